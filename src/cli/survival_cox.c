/* survival_cox.c - Cox's model and what tells whether it fits. */
#include <math.h>

#include "survival_part.h"

static const char *coefficient_note(const msp_cox_coefficient *c)
{
    return c->kind == MSP_COX_ALIASED ? "determined by the terms before it"
           : c->kind == MSP_COX_INFINITE
               ? (c->coef > 0 ? "infinite: the likelihood grows for ever with this term"
                              : "zero: the likelihood grows for ever against this term")
               : "";
}

void part_put_coefficient(msp_json *json, const char *term, const msp_cox_coefficient *c,
                          const msp_cox_coefficient *robust)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "term", term);
    msp_json_put_double(json, "coef", c->coef);
    msp_json_put_double(json, "std_error", c->std_error);
    if (robust != NULL) {
        msp_json_put_double(json, "robust_std_error", robust->std_error);
        c = robust;
    }
    msp_json_put_double(json, "z", c->z);
    part_put_p(json, c->p, c->log_p);
    msp_json_put_double(json, "hazard_ratio", c->hazard_ratio);
    msp_json_put_double(json, "lower", c->lower);
    msp_json_put_double(json, "upper", c->upper);
    if (c->kind != MSP_COX_ESTIMATED)
        msp_json_put_text(json, "note", coefficient_note(c));
    else if (robust != NULL && isnan(robust->std_error))
        msp_json_put_text(json, "note", "no robust variance: the clusters do not differ");
    msp_json_end_object(json);
}

/* Are the tests and limits of single terms those of the profile? */
static bool is_profile(const msp_survival *s)
{
    return s->has_profile || s->options.firth;
}

static const msp_cox_coefficient *coefficient(const msp_survival *s, size_t i)
{
    return s->has_profile ? &s->profile.coefficients[i] : &s->cox.coefficients[i];
}

static void put_chi_square(msp_json *json, const char *key, const msp_test *t)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", t->statistic);
    msp_json_put_double(json, "df", t->df);
    part_put_p(json, t->p, t->log_p);
    if (isnan(t->statistic))
        msp_json_put_text(json, "note", "not estimable");
    msp_json_end_object(json);
}

static void put_diagnostics(msp_json *json, const survival_job *j)
{
    const msp_survival *s = &j->survival;
    msp_json_key(json, "concordance");
    msp_json_begin_object(json);
    msp_json_put_double(json, "estimate", s->concordance.estimate);
    msp_json_put_double(json, "std_error", s->concordance.std_error);
    if (s->concordance.note != NULL)
        msp_json_put_text(json, "note", s->concordance.note);
    msp_json_end_object(json);
    msp_json_key(json, "proportional_hazards");
    msp_json_begin_array(json);
    for (size_t i = 0; i <= s->cox.n_columns; i++) {
        const msp_test *t = &s->proportionality[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "term",
                          i < s->cox.n_columns ? j->terms.columns[i].name : "all terms");
        msp_json_put_double(json, "statistic", t->statistic);
        msp_json_put_double(json, "df", t->df);
        part_put_p(json, t->p, t->log_p);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void survival_cox_json(const survival_job *j, msp_json *json)
{
    const msp_survival *s = &j->survival;
    const msp_cox *c = &s->cox;
    if (!s->has_model)
        return;
    msp_json_key(json, "cox");
    msp_json_begin_object(json);
    msp_json_put_text(json, "ties", msp_cox_ties_name(c->ties));
    msp_json_put_int(json, "n", (int64_t)c->n);
    msp_json_put_int(json, "n_missing",
                     (int64_t)(j->survival.cox_missing + survival_count(j).n_missing));
    msp_json_put_int(json, "events", (int64_t)c->n_events);
    msp_json_put_double(json, "loglik_null", c->loglik_null);
    msp_json_put_double(json, "loglik", c->loglik);
    msp_json_put_bool(json, "converged", c->state == MSP_COX_CONVERGED);
    msp_json_put_int(json, "iterations", c->iterations);
    msp_json_put_double(json, "gradient", c->gradient);
    msp_json_put_double(json, "level", c->level);
    msp_json_put_text(json, "penalty", s->options.firth ? "firth" : "none");
    msp_json_put_text(json, "limits", is_profile(s) ? "profile" : "wald");
    if (c->note != NULL)
        msp_json_put_text(json, "note", c->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n_columns; i++)
        part_put_coefficient(json, j->terms.columns[i].name, coefficient(s, i),
                             s->has_robust ? &s->robust.coefficients[i] : NULL);
    msp_json_end_array(json);
    put_chi_square(json, "likelihood_ratio", &c->likelihood_ratio);
    put_chi_square(json, "wald", s->has_robust ? &s->robust.wald : &c->wald);
    put_chi_square(json, "score", &c->score);
    if (s->has_robust) {
        put_chi_square(json, "robust_score", &s->robust.score);
        msp_json_put_int(json, "clusters", (int64_t)s->robust.n_clusters);
    }
    if (s->proportionality != NULL)
        put_diagnostics(json, j);
    msp_json_end_object(json);
}

void survival_cox_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    const msp_cox *c = &s->cox;
    if (!s->has_model)
        return;
    msp_text_printf(out, "\n%sCox model, %s ties%s%s: n %zu, events %zu\n",
                    j->v->strata.n > 0 ? "stratified " : "", msp_cox_ties_name(c->ties),
                    s->options.firth ? ", Firth's penalty" : "",
                    is_profile(s) ? ", profile intervals" : "", c->n, c->n_events);
    if (c->note != NULL)
        msp_text_printf(out, "  %s\n", c->note);
    if (c->state == MSP_COX_NOT_ESTIMABLE)
        return;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "term");
    grid_cell(&g, "hazard ratio");
    grid_cell(&g, "(%g %% CI)", 100 * c->level);
    grid_cell(&g, "coef");
    grid_cell(&g, s->has_robust ? "robust SE" : "SE");
    grid_cell(&g, "p");
    for (size_t i = 0; i < c->n_columns; i++) {
        const msp_cox_coefficient *k =
            s->has_robust ? &s->robust.coefficients[i] : coefficient(s, i);
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[i].name);
        grid_cell(&g, "%s", part_number(k->hazard_ratio, x));
        part_limits_cell(&g, k->lower, k->upper);
        grid_cell(&g, "%s", part_number(k->coef, x));
        grid_cell(&g, "%s", part_number(k->std_error, x));
        part_p(k->p, k->log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
    /* rows that are not independent, or weights that are no counts, have no likelihood */
    const msp_test *of_all = s->has_robust ? &s->robust.score : &c->likelihood_ratio;
    part_p(of_all->p, of_all->log_p, x);
    char y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "  %s test: %s on %g df, p = %s\n",
                    s->has_robust ? "robust score" : "likelihood-ratio",
                    part_number(of_all->statistic, y), of_all->df, x);
    if (s->proportionality == NULL)
        return;
    const msp_test *all = &s->proportionality[c->n_columns];
    part_p(all->p, all->log_p, x);
    msp_text_printf(out, "  proportional hazards: %s on %g df, p = %s",
                    part_number(all->statistic, y), all->df, x);
    msp_text_printf(out, "; concordance %s", part_number(s->concordance.estimate, x));
    msp_text_printf(out, " (SE %s)\n", part_number(s->concordance.std_error, y));
}

void survival_cox_csv(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    for (size_t i = 0; s->has_model && i < s->cox.n_columns; i++) {
        const msp_cox_coefficient *c =
            s->has_robust ? &s->robust.coefficients[i] : coefficient(s, i);
        const char *term = j->terms.columns[i].name;
        part_csv(out, term, "coef", NAN, c->coef, c->std_error, NAN, NAN);
        part_csv(out, term, "hazard_ratio", NAN, c->hazard_ratio, NAN, c->lower, c->upper);
        part_csv(out, term, "p", NAN, c->p, NAN, NAN, NAN);
    }
}
