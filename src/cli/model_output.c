/* model_output.c - the answer of `model` as JSON, as text for people, and as CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "model.h"

static const char *reach_name(msp_model_reach reach)
{
    static const char *const names[] = {"unknown", "beyond", "within", "open"};
    return names[reach];
}

/* -- as JSON -- */

static void put_p(msp_json *json, const msp_prob *p)
{
    msp_json_put_double(json, "p", p->p);
    if (p->p < 1e-15)
        msp_json_put_double(json, "log_p", p->log_p);
}

/* As members of an open object. */
static void put_estimate(msp_json *json, const model_job *j, const char *key,
                         const msp_model_estimate *e)
{
    const msp_model_kind kind = j->model.kind;
    const bool t = kind == MSP_MODEL_LINEAR || kind == MSP_MODEL_REPEATED;
    msp_json_put_double(json, key, e->estimate);
    msp_json_put_double(json, "std_error", e->std_error);
    if (t)
        msp_json_put_double(json, "df", e->df);
    msp_json_put_double(json, t ? "t" : "z", e->statistic);
    put_p(json, &e->p);
    if (!t)
        msp_json_put_double(json, kind == MSP_MODEL_COX ? "hazard_ratio" : "odds_ratio", e->ratio);
    msp_json_put_double(json, "lower", t ? e->lower : e->ratio_lower);
    msp_json_put_double(json, "upper", t ? e->upper : e->ratio_upper);
    if (e->note != NULL)
        msp_json_put_text(json, "note", e->note);
}

static void put_factors(msp_json *json, const msp_model *m)
{
    msp_json_key(json, "factors");
    msp_json_begin_array(json);
    for (size_t v = 0; v < m->coding.formula->n_variables; v++) {
        const msp_coding_variable *variable = &m->coding.variables[v];
        if (!variable->is_factor)
            continue;
        msp_json_begin_object(json);
        msp_json_put_text(json, "name", variable->label);
        msp_json_put_text(json, "reference", variable->factor.level[0]);
        msp_json_key(json, "levels");
        msp_json_begin_array(json);
        for (size_t i = 0; i < variable->factor.n_levels; i++)
            msp_json_text(json, variable->factor.level[i]);
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_coefficients(msp_json *json, const model_job *j)
{
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t k = 0; k < j->model.n_coefficients; k++) {
        const msp_model_coefficient *c = &j->model.coefficients[k];
        msp_json_begin_object(json);
        msp_json_put_text(json, "term", c->name);
        put_estimate(json, j, "coef", &c->value);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_tests(msp_json *json, const msp_model *m)
{
    msp_json_key(json, "tests");
    msp_json_begin_array(json);
    for (size_t k = 0; k < m->n_tests; k++) {
        const msp_model_test *t = &m->tests[k];
        msp_json_begin_object(json);
        msp_json_put_text(json, "term", t->term);
        msp_json_put_text(json, "name", t->f ? "F" : "chi-square");
        msp_json_put_double(json, "statistic", t->statistic);
        msp_json_put_double(json, "df", t->df);
        if (t->f)
            msp_json_put_double(json, "df_error", t->df_error);
        put_p(json, &t->p);
        if (t->note != NULL)
            msp_json_put_text(json, "note", t->note);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

/* "level": "Rd", "sex": "F", "visit": "4" */
static void put_place(msp_json *json, const msp_model *m, const char *level, const char *const *by)
{
    msp_json_put_text(json, "level", level);
    for (size_t k = 0; k < m->n_by; k++)
        msp_json_put_text(json, m->by[k], by[k]);
}

static void put_means(msp_json *json, const model_job *j)
{
    const msp_model *m = &j->model;
    msp_json_key(json, "means");
    msp_json_begin_array(json);
    for (size_t k = 0; k < m->n_means; k++) {
        msp_json_begin_object(json);
        put_place(json, m, m->means[k].level, m->means[k].by);
        msp_json_put_int(json, "n", (int64_t)m->means[k].n);
        put_estimate(json, j, "estimate", &m->means[k].value);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_differences(msp_json *json, const model_job *j)
{
    const msp_model *m = &j->model;
    msp_json_key(json, "differences");
    msp_json_begin_array(json);
    for (size_t k = 0; k < m->n_differences; k++) {
        const msp_model_difference *d = &m->differences[k];
        msp_json_begin_object(json);
        put_place(json, m, d->level, d->by);
        msp_json_put_text(json, "reference", d->reference);
        put_estimate(json, j, "estimate", &d->value);
        if (!isnan(d->mid)) {
            msp_json_put_double(json, "mid", d->mid);
            msp_json_put_bool(json, "reached", d->reached);
            msp_json_put_text(json, "interval_to_mid", reach_name(d->reach));
        }
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_matrix(msp_json *json, const char *key, const double *x, size_t n)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        msp_json_begin_array(json);
        for (size_t k = 0; k < n; k++)
            msp_json_double(json, x[i * n + k]);
        msp_json_end_array(json);
    }
    msp_json_end_array(json);
}

static void put_covariance(msp_json *json, const msp_model *m)
{
    const msp_mmrm *fit = &m->repeated;
    msp_json_put_double(json, "loglik_reml", fit->loglik);
    msp_json_key(json, "covariance");
    msp_json_begin_object(json);
    msp_json_put_text(json, "structure", msp_mmrm_structure_name(fit->structure));
    msp_json_put_int(json, "parameters", (int64_t)fit->n_parameters);
    msp_json_key(json, "visits");
    msp_json_begin_array(json);
    for (size_t i = 0; i < m->visit.n_levels; i++)
        msp_json_text(json, m->visit.level[i]);
    msp_json_end_array(json);
    if (m->fitted)
        put_matrix(json, "matrix", fit->sigma, fit->n_visits);
    msp_json_end_object(json);
}

static void put_ratio_test(msp_json *json, double null, double full, const msp_test *t)
{
    const msp_prob p = {t->p, t->log_p};
    msp_json_put_double(json, "loglik_null", null);
    msp_json_put_double(json, "loglik", full);
    msp_json_key(json, "likelihood_ratio");
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", t->statistic);
    msp_json_put_double(json, "df", t->df);
    put_p(json, &p);
    msp_json_end_object(json);
}

static void put_fit(msp_json *json, const msp_model *m)
{
    switch (m->kind) {
    case MSP_MODEL_LINEAR:
        msp_json_put_double(json, "sigma", sqrt(m->linear.variance));
        msp_json_put_double(json, "df_error", m->linear.df);
        msp_json_put_double(json, "r_squared", m->linear.r_squared);
        msp_json_put_double(json, "loglik", m->linear.loglik);
        break;
    case MSP_MODEL_REPEATED:
        put_covariance(json, m);
        break;
    case MSP_MODEL_LOGISTIC:
        put_ratio_test(json, m->logistic.loglik_null, m->logistic.loglik,
                       &m->logistic.likelihood_ratio);
        break;
    case MSP_MODEL_COX:
        msp_json_put_text(json, "ties", msp_cox_ties_name(m->cox.ties));
        put_ratio_test(json, m->cox.loglik_null, m->cox.loglik, &m->cox.likelihood_ratio);
        break;
    }
}

static void put_counts(msp_json *json, const msp_model *m)
{
    msp_json_put_int(json, "n", (int64_t)m->n);
    msp_json_put_int(json, "n_missing", (int64_t)m->n_missing);
    if (m->n_other > 0)
        msp_json_put_int(json, "n_other", (int64_t)m->n_other);
    if (m->subject.n_levels > 0)
        msp_json_put_int(json, "subjects", (int64_t)m->n_subjects);
    if (m->kind == MSP_MODEL_COX || m->kind == MSP_MODEL_LOGISTIC)
        msp_json_put_int(json, "events", (int64_t)m->n_events);
    if (m->stratum.n_levels > 0)
        msp_json_put_int(json, "strata", (int64_t)m->stratum.n_levels);
}

void model_as_json(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "model", msp_model_kind_name(m->kind));
    msp_json_put_text(&json, "formula", m->coding.formula->text);
    put_counts(&json, m);
    msp_json_put_double(&json, "level", m->options.level);
    if (m->kind == MSP_MODEL_REPEATED)
        msp_json_put_text(&json, "df_method",
                          m->options.df == MSP_MMRM_KENWARD_ROGER ? "kenward-roger"
                                                                  : "satterthwaite");
    if (m->options.robust)
        msp_json_put_text(&json, "variance", "robust");
    msp_json_put_text(&json, "convention", cli_conventions[j->v->common.convention]);
    msp_json_put_bool(&json, "fitted", m->fitted);
    if (m->note != NULL)
        msp_json_put_text(&json, "note", m->note);
    put_fit(&json, m);
    put_factors(&json, m);
    put_coefficients(&json, j);
    put_tests(&json, m);
    if (m->n_means > 0)
        put_means(&json, j);
    if (m->n_differences > 0)
        put_differences(&json, j);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    (void)snprintf(out, MSP_DOUBLE_MAX, isinf(x) ? (x > 0 ? "infinite" : "-infinite") : "%.5g", x);
    return out;
}

static const char *p_text(const msp_prob *p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p->p))
        return "NE";
    (void)snprintf(out, MSP_DOUBLE_MAX, p->p < 0.0001 ? "%.1e" : "%.4f", p->p);
    return out;
}

static void interval_cell(grid *g, double lower, double upper)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    grid_cell(g, "(%s, %s)", number(lower, x), number(upper, y));
}

/* The heads of what estimate_cells prints. */
static void estimate_heads(grid *g, const model_job *j, const char *what)
{
    const bool cox = j->model.kind == MSP_MODEL_COX,
               ratio = cox || j->model.kind == MSP_MODEL_LOGISTIC;
    grid_cell(g, "%s", what);
    grid_cell(g, "SE");
    if (ratio)
        grid_cell(g, cox ? "hazard ratio" : "odds ratio");
    grid_cell(g, "(%g %% CI)", 100 * j->model.options.level);
    if (!ratio)
        grid_cell(g, "df");
    grid_cell(g, "p");
}

static void estimate_cells(grid *g, const model_job *j, const msp_model_estimate *e)
{
    char x[MSP_DOUBLE_MAX];
    const bool ratio = j->model.kind == MSP_MODEL_COX || j->model.kind == MSP_MODEL_LOGISTIC;
    grid_cell(g, "%s", number(e->estimate, x));
    grid_cell(g, "%s", number(e->std_error, x));
    if (ratio)
        grid_cell(g, "%s", number(e->ratio, x));
    interval_cell(g, ratio ? e->ratio_lower : e->lower, ratio ? e->ratio_upper : e->upper);
    if (!ratio)
        grid_cell(g, isnan(e->df) ? "NE" : "%.1f", e->df);
    grid_cell(g, "%s", p_text(&e->p, x));
}

static void note_as_text(msp_text *out, const char *name, const char *at, const char *note)
{
    if (note != NULL)
        msp_text_printf(out, "  note: %s%s%s: %s\n", name, at != NULL ? " at " : "",
                        at != NULL ? at : "", note);
}

static void head_as_text(const model_job *j, msp_text *out)
{
    static const char *const names[] = {"Linear model", "Mixed model for repeated measures",
                                        "Logistic regression", "Cox's model"};
    const msp_model *m = &j->model;
    msp_text_printf(out, "%s: %s\n%zu rows", names[m->kind], m->coding.formula->text, m->n);
    if (m->subject.n_levels > 0)
        msp_text_printf(out, " of %zu patients", m->n_subjects);
    if (m->kind == MSP_MODEL_COX || m->kind == MSP_MODEL_LOGISTIC)
        msp_text_printf(out, ", %zu events", m->n_events);
    if (m->stratum.n_levels > 0)
        msp_text_printf(out, ", %zu strata", m->stratum.n_levels);
    if (m->n_missing > 0)
        msp_text_printf(out, "; %zu rows left out for a missing value", m->n_missing);
    if (m->n_other > 0)
        msp_text_printf(out, "; %zu rows not asked for", m->n_other);
    msp_text_add_char(out, '\n');
    if (m->note != NULL)
        msp_text_printf(out, "note: %s\n", m->note);
}

static void factors_as_text(const msp_model *m, msp_text *out)
{
    for (size_t v = 0; v < m->coding.formula->n_variables; v++) {
        const msp_coding_variable *variable = &m->coding.variables[v];
        if (!variable->is_factor)
            continue;
        msp_text_printf(out, "%s: reference %s; then ", variable->label, variable->factor.level[0]);
        for (size_t i = 1; i < variable->factor.n_levels && i < 13; i++)
            msp_text_printf(out, "%s%s", i > 1 ? ", " : "", variable->factor.level[i]);
        if (variable->factor.n_levels > 13)
            msp_text_printf(out, " and %zu more", variable->factor.n_levels - 13);
        msp_text_add_char(out, '\n');
    }
}

static void coefficients_as_text(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, " ");
    estimate_heads(&g, j, "coefficient");
    for (size_t k = 0; k < m->n_coefficients; k++) {
        grid_row(&g);
        grid_cell(&g, "%s", m->coefficients[k].name);
        estimate_cells(&g, j, &m->coefficients[k].value);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    for (size_t k = 0; k < m->n_coefficients && m->fitted; k++)
        note_as_text(out, m->coefficients[k].name, NULL, m->coefficients[k].value.note);
}

static void tests_as_text(const msp_model *m, msp_text *out)
{
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    if (m->n_tests == 0)
        return;
    const bool f = m->kind == MSP_MODEL_LINEAR || m->kind == MSP_MODEL_REPEATED;
    grid_row(&g);
    grid_cell(&g, "test");
    grid_cell(&g, f ? "F" : "chi-square");
    grid_cell(&g, "df");
    if (f)
        grid_cell(&g, "df of error");
    grid_cell(&g, "p");
    for (size_t k = 0; k < m->n_tests; k++) {
        const msp_model_test *t = &m->tests[k];
        grid_row(&g);
        grid_cell(&g, "%s", t->term);
        grid_cell(&g, "%s", number(t->statistic, x));
        grid_cell(&g, "%s", number(t->df, x));
        if (f)
            grid_cell(&g, "%s", number(t->df_error, x));
        grid_cell(&g, "%s", p_text(&t->p, x));
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    for (size_t k = 0; k < m->n_tests && m->fitted; k++)
        note_as_text(out, m->tests[k].term, NULL, m->tests[k].note);
}

static void means_as_text(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    grid g = {0};
    if (m->n_means == 0)
        return;
    grid_row(&g);
    grid_cell(&g, "least-squares means of %s", m->options.arm);
    grid_cell(&g, "n");
    estimate_heads(&g, j, "mean");
    for (size_t k = 0; k < m->n_means; k++) {
        const msp_model_mean *mean = &m->means[k];
        grid_row(&g);
        grid_cell(&g, mean->at != NULL ? "%s at %s" : "%s", mean->level, mean->at);
        grid_cell(&g, "%zu", mean->n);
        estimate_cells(&g, j, &mean->value);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    for (size_t k = 0; k < m->n_means && m->fitted; k++)
        note_as_text(out, m->means[k].level, m->means[k].at, m->means[k].value.note);
}

static const char *reach_text(const msp_model_difference *d)
{
    static const char *const texts[] = {"", "interval beyond it", "interval within it",
                                        "interval undecided"};
    return texts[d->reach];
}

static void differences_as_text(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    if (m->n_differences == 0)
        return;
    grid_row(&g);
    grid_cell(&g, "differences of %s", m->options.arm);
    estimate_heads(&g, j, "difference");
    if (m->options.n_mid > 0)
        grid_cell(&g, "important difference");
    for (size_t k = 0; k < m->n_differences; k++) {
        const msp_model_difference *d = &m->differences[k];
        grid_row(&g);
        grid_cell(&g, d->at != NULL ? "%s - %s at %s" : "%s - %s", d->level, d->reference, d->at);
        estimate_cells(&g, j, &d->value);
        if (d->reach != MSP_REACH_UNKNOWN)
            grid_cell(&g, "%s %s, %s", number(d->mid, x), d->reached ? "reached" : "not reached",
                      reach_text(d));
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    for (size_t k = 0; k < m->n_differences && m->fitted; k++)
        note_as_text(out, m->differences[k].level, m->differences[k].at,
                     m->differences[k].value.note);
}

static void fit_as_text(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX], z[MSP_DOUBLE_MAX];
    const bool cox = m->kind == MSP_MODEL_COX;
    const bool robust = m->robust.n_clusters > 0;
    const msp_test *t = !cox     ? &m->logistic.likelihood_ratio
                        : robust ? &m->robust.score
                                 : &m->cox.likelihood_ratio;
    const msp_prob p = {t->p, t->log_p};
    msp_text_add_char(out, '\n');
    switch (m->kind) {
    case MSP_MODEL_LINEAR:
        (void)snprintf(z, sizeof z, "%.4f", m->linear.r_squared);
        msp_text_printf(out, "Residual standard deviation %s on %s df, R squared %s.\n",
                        number(sqrt(m->linear.variance), x), number(m->linear.df, y),
                        isnan(m->linear.r_squared) ? "NE" : z);
        break;
    case MSP_MODEL_REPEATED:
        msp_text_printf(out, "REML log-likelihood %s; covariance %s, %zu parameters; %s.\n",
                        number(m->repeated.loglik, x),
                        msp_mmrm_structure_name(m->repeated.structure), m->repeated.n_parameters,
                        m->options.df == MSP_MMRM_KENWARD_ROGER ? "Kenward-Roger"
                                                                : "Satterthwaite");
        break;
    case MSP_MODEL_LOGISTIC:
    case MSP_MODEL_COX:
        msp_text_printf(out, "%s test of all terms: %s on %g df, p = %s.%s%s%s\n",
                        robust ? "Robust score" : "Likelihood-ratio", number(t->statistic, x),
                        t->df, p_text(&p, y), cox ? " Ties: " : "",
                        cox ? msp_cox_ties_name(m->cox.ties) : "", cox ? "." : "");
        break;
    }
    msp_text_printf(out, "NE: not estimable. Convention %s%s.\n",
                    cli_conventions[j->v->common.convention],
                    m->options.robust ? "; robust variance" : "");
}

void model_as_text(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    head_as_text(j, out);
    factors_as_text(m, out);
    coefficients_as_text(j, out);
    tests_as_text(m, out);
    means_as_text(j, out);
    differences_as_text(j, out);
    fit_as_text(j, out);
}

/* -- as CSV -- */

static void csv_numbers(msp_text *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        msp_text_add_char(out, ',');
        if (isfinite(x[i]))
            msp_text_add_double(out, x[i]);
    }
}

static void csv_line(msp_text *out, const char *what, const char *name, const char *reference,
                     const char *at, const msp_model_estimate *e, double df_test)
{
    const double x[] = {e->estimate, e->std_error, df_test,  e->df,          e->statistic,  e->p.p,
                        e->lower,    e->upper,     e->ratio, e->ratio_lower, e->ratio_upper};
    msp_text_printf(out, "%s,", what);
    msp_text_add_field(out, name);
    msp_text_add_char(out, ',');
    msp_text_add_field(out, reference);
    msp_text_add_char(out, ',');
    msp_text_add_field(out, at);
    csv_numbers(out, x, MSP_COUNT(x));
    msp_text_add_char(out, ',');
    msp_text_add_field(out, e->note);
    msp_text_add_char(out, '\n');
}

void model_as_csv(const model_job *j, msp_text *out)
{
    const msp_model *m = &j->model;
    const double none = (double)NAN;
    msp_text_add(out, "what,name,reference,at,estimate,std_error,df,df_error,statistic,p,lower,"
                      "upper,ratio,ratio_lower,ratio_upper,note\n");
    for (size_t k = 0; k < m->n_coefficients; k++)
        csv_line(out, "coefficient", m->coefficients[k].name, NULL, NULL, &m->coefficients[k].value,
                 none);
    for (size_t k = 0; k < m->n_tests; k++) {
        const msp_model_test *t = &m->tests[k];
        const msp_model_estimate e = {none, none, t->df_error, t->statistic, t->p,   none,
                                      none, none, none,        none,         t->note};
        csv_line(out, t->f ? "f-test" : "chi-square", t->term, NULL, NULL, &e, t->df);
    }
    for (size_t k = 0; k < m->n_means; k++)
        csv_line(out, "mean", m->means[k].level, NULL, m->means[k].at, &m->means[k].value, none);
    for (size_t k = 0; k < m->n_differences; k++)
        csv_line(out, "difference", m->differences[k].level, m->differences[k].reference,
                 m->differences[k].at, &m->differences[k].value, none);
}
