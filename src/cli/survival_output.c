/* survival_output.c - the answer of `survival` as JSON, as text for people, and as CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "survival.h"

/* -- as JSON -- */

static void put_limits(msp_json *json, double estimate, double lower, double upper, double level)
{
    msp_json_put_double(json, "estimate", estimate);
    msp_json_put_double(json, "lower", lower);
    msp_json_put_double(json, "upper", upper);
    msp_json_put_double(json, "level", level);
}

static void put_estimate(msp_json *json, const char *key, const msp_km_estimate *e, double level,
                         const char *note)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_limits(json, e->estimate, e->lower, e->upper, level);
    if (isnan(e->estimate))
        msp_json_put_text(json, "note", note);
    else if (isnan(e->lower) || isnan(e->upper))
        msp_json_put_text(json, "note", "a limit is not reached");
    msp_json_end_object(json);
}

/* Greenwood's variance divides by those who are left. */
static void put_note_at_zero(msp_json *json, double std_error)
{
    if (isnan(std_error))
        msp_json_put_text(json, "note", "no interval where S is 0");
}

static void put_point(msp_json *json, const msp_km_point *p)
{
    msp_json_begin_object(json);
    msp_json_put_double(json, "time", p->time);
    msp_json_put_double(json, "at_risk", p->at_risk);
    msp_json_put_double(json, "survival", p->survival);
    msp_json_put_double(json, "std_error", p->std_error);
    msp_json_put_double(json, "lower", p->lower);
    msp_json_put_double(json, "upper", p->upper);
    if (p->beyond)
        msp_json_put_text(json, "note",
                          isnan(p->survival) ? "follow-up ended before this time"
                                             : "follow-up ended before this time; carried on");
    else
        put_note_at_zero(json, p->std_error);
    msp_json_end_object(json);
}

static void put_curve(msp_json *json, const msp_km_curve *c)
{
    msp_json_key(json, "curve");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n; i++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "time", c->time[i]);
        msp_json_put_double(json, "at_risk", c->at_risk[i]);
        msp_json_put_double(json, "events", c->events[i]);
        msp_json_put_double(json, "censored", c->censored[i]);
        msp_json_put_double(json, "survival", c->survival[i]);
        msp_json_put_double(json, "std_error", c->std_error[i]);
        msp_json_put_double(json, "lower", c->lower[i]);
        msp_json_put_double(json, "upper", c->upper[i]);
        put_note_at_zero(json, c->std_error[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_mean(msp_json *json, const msp_mean *m)
{
    msp_json_key(json, "rmst");
    msp_json_begin_object(json);
    msp_json_put_double(json, "tau", m->tau);
    msp_json_put_double(json, "estimate", m->estimate);
    msp_json_put_double(json, "std_error", m->std_error);
    if (m->note != NULL)
        msp_json_put_text(json, "note", m->note);
    msp_json_end_object(json);
}

static void put_arm(msp_json *json, const survival_job *j, size_t i)
{
    const msp_survival_arm *arm = &j->survival.arms[i];
    const double level = j->options.km.level;
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", j->v->arm != NULL ? arm->label : "all");
    msp_json_put_int(json, "n", (int64_t)arm->n);
    msp_json_put_int(json, "events", (int64_t)arm->events);
    put_estimate(json, "median", &arm->median, level, msp_survival_median_note(arm));
    put_estimate(json, "lower_quartile", &arm->lower_quartile, level, "not reached");
    put_estimate(json, "upper_quartile", &arm->upper_quartile, level, "not reached");
    put_estimate(json, "median_follow_up", &arm->follow_up, level,
                 "not reached: fewer than half were censored");
    if (j->options.tau > 0)
        put_mean(json, &arm->restricted);
    if (j->n_times > 0) {
        msp_json_key(json, "times");
        msp_json_begin_array(json);
        for (size_t t = 0; t < j->n_times; t++)
            put_point(json, &arm->points[t]);
        msp_json_end_array(json);
    }
    if (j->v->curve)
        put_curve(json, &j->survival.km.curves[i]);
    msp_json_end_object(json);
}

static void put_p(msp_json *json, double p, double log_p)
{
    msp_json_put_double(json, "p", p);
    if (p < 1e-15)
        msp_json_put_double(json, "log_p", log_p);
}

static void put_numbers(msp_json *json, const char *key, const double *x, size_t n)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        msp_json_double(json, x[i]);
    msp_json_end_array(json);
}

static void put_test(msp_json *json, const survival_job *j)
{
    const msp_logrank *t = &j->survival.test;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", j->v->test);
    msp_json_put_double(json, "statistic", t->test.statistic);
    msp_json_put_double(json, "df", t->test.df);
    msp_json_put_double(json, "z", t->z);
    put_p(json, t->test.p, t->test.log_p);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    put_numbers(json, "observed", t->observed, t->n_groups);
    put_numbers(json, "expected", t->expected, t->n_groups);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    else if (isnan(t->z))
        msp_json_put_text(json, "note", "z is for two groups");
    msp_json_end_object(json);
}

static void put_combination(msp_json *json, const survival_job *j)
{
    const msp_maxcombo *t = &j->survival.combination;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", j->v->test);
    msp_json_put_double(json, "statistic", t->note == NULL ? fabs(t->z[t->largest]) : (double)NAN);
    msp_json_put_double(json, "df", (double)NAN);
    msp_json_put_double(json, "z", t->note == NULL ? t->z[t->largest] : (double)NAN);
    put_p(json, t->p, t->log_p);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    msp_json_key(json, "tests");
    msp_json_begin_array(json);
    for (size_t i = 0; i < t->n_tests; i++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "rho", t->weights[i].rho);
        msp_json_put_double(json, "gamma", t->weights[i].gamma);
        msp_json_put_double(json, "z", t->z[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    msp_json_end_object(json);
}

static void put_contrasts(msp_json *json, const msp_survival *s)
{
    msp_json_key(json, "difference");
    msp_json_begin_array(json);
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const msp_survival_contrast *c = &s->contrasts[i];
        const msp_difference *d = &c->difference;
        msp_json_begin_object(json);
        msp_json_put_text(json, "what", c->what);
        msp_json_put_text(json, "arm", c->arm);
        msp_json_put_text(json, "against", c->against);
        msp_json_put_double(json, "at", c->at);
        msp_json_put_double(json, "estimate", d->estimate);
        msp_json_put_double(json, "std_error", d->std_error);
        msp_json_put_double(json, "lower", d->lower);
        msp_json_put_double(json, "upper", d->upper);
        msp_json_put_double(json, "z", d->z);
        put_p(json, d->p, d->log_p);
        if (d->note != NULL)
            msp_json_put_text(json, "note", d->note);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static const char *coefficient_note(const msp_cox_coefficient *c)
{
    return c->kind == MSP_COX_ALIASED ? "determined by the terms before it"
           : c->kind == MSP_COX_INFINITE
               ? (c->coef > 0 ? "infinite: the likelihood grows for ever with this term"
                              : "zero: the likelihood grows for ever against this term")
               : "";
}

/* `robust`, where it is there, has the test and the limits. */
static void put_coefficient(msp_json *json, const char *term, const msp_cox_coefficient *c,
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
    put_p(json, c->p, c->log_p);
    msp_json_put_double(json, "hazard_ratio", c->hazard_ratio);
    msp_json_put_double(json, "lower", c->lower);
    msp_json_put_double(json, "upper", c->upper);
    if (c->kind != MSP_COX_ESTIMATED)
        msp_json_put_text(json, "note", coefficient_note(c));
    msp_json_end_object(json);
}

static void put_chi_square(msp_json *json, const char *key, const msp_test *t)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", t->statistic);
    msp_json_put_double(json, "df", t->df);
    put_p(json, t->p, t->log_p);
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
        put_p(json, t->p, t->log_p);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_parametric(msp_json *json, const char *term, const msp_parametric_coefficient *c)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "term", term);
    msp_json_put_double(json, "coef", c->estimate);
    msp_json_put_double(json, "std_error", c->std_error);
    msp_json_put_double(json, "z", c->z);
    msp_json_put_double(json, "p", c->p);
    msp_json_put_double(json, "log_p", c->log_p);
    msp_json_end_object(json);
}

static void put_lifetime(msp_json *json, const survival_job *j)
{
    const msp_parametric *m = &j->lifetime;
    msp_json_key(json, "parametric");
    msp_json_begin_object(json);
    msp_json_put_text(json, "model", survival_models[j->v->model]);
    msp_json_put_int(json, "n", (int64_t)m->n);
    msp_json_put_int(json, "events", (int64_t)m->n_events);
    msp_json_put_double(json, "scale", m->scale);
    msp_json_put_double(json, "log_scale_std_error", m->log_scale.std_error);
    msp_json_put_double(json, "loglik", m->loglik);
    msp_json_put_double(json, "null_loglik", m->null_loglik);
    if (m->note != NULL)
        msp_json_put_text(json, "note", m->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t k = 0; k <= m->n_columns; k++)
        put_parametric(json, k == 0 ? "(intercept)" : j->terms.columns[k - 1].name,
                       &m->coefficients[k]);
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void put_cox(msp_json *json, const survival_job *j)
{
    const msp_survival *s = &j->survival;
    const msp_cox *c = &s->cox;
    msp_json_key(json, "cox");
    msp_json_begin_object(json);
    msp_json_put_text(json, "ties", msp_cox_ties_name(c->ties));
    msp_json_put_int(json, "n", (int64_t)c->n);
    msp_json_put_int(json, "n_missing", (int64_t)(j->survival.cox_missing + j->survival.n_missing));
    msp_json_put_int(json, "events", (int64_t)c->n_events);
    msp_json_put_double(json, "loglik_null", c->loglik_null);
    msp_json_put_double(json, "loglik", c->loglik);
    msp_json_put_bool(json, "converged", c->state == MSP_COX_CONVERGED);
    msp_json_put_int(json, "iterations", c->iterations);
    msp_json_put_double(json, "gradient", c->gradient);
    msp_json_put_double(json, "level", c->level);
    if (c->note != NULL)
        msp_json_put_text(json, "note", c->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n_columns; i++)
        put_coefficient(json, j->terms.columns[i].name, &c->coefficients[i],
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

/* -- competing risks, as JSON -- */

static void put_incidence(msp_json *json, const survival_job *j)
{
    const msp_cumulative *f = &j->competing.incidence;
    msp_json_key(json, "cumulative_incidence");
    msp_json_begin_array(json);
    for (size_t i = 0; i < f->n_groups * f->n_causes; i++) {
        const msp_cumulative_curve *c = &f->curves[i];
        const double *times = j->n_times > 0 ? j->times : c->time;
        const size_t n = j->n_times > 0 ? j->n_times : c->n;
        msp_json_begin_object(json);
        msp_json_put_text(json, "arm",
                          j->v->arm != NULL ? j->survival.arms[i / f->n_causes].label : "all");
        msp_json_put_text(json, "cause", j->causes.level[i % f->n_causes]);
        msp_json_put_int(json, "events", (int64_t)c->n_events);
        msp_json_key(json, "times");
        msp_json_begin_array(json);
        for (size_t t = 0; t < n; t++) {
            const msp_cumulative_point p = msp_cumulative_at(c, times[t], j->options.km.level);
            msp_json_begin_object(json);
            msp_json_put_double(json, "time", p.time);
            msp_json_put_double(json, "estimate", p.estimate);
            msp_json_put_double(json, "std_error", p.std_error);
            msp_json_put_double(json, "lower", p.lower);
            msp_json_put_double(json, "upper", p.upper);
            if (isnan(p.estimate))
                msp_json_put_text(json, "note", "follow-up ended before this time");
            msp_json_end_object(json);
        }
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_gray(msp_json *json, const survival_job *j)
{
    msp_json_key(json, "gray_test");
    msp_json_begin_array(json);
    for (size_t c = 0; c < j->competing.n_causes; c++) {
        const msp_gray *t = &j->competing.causes[c].gray;
        msp_json_begin_object(json);
        msp_json_put_text(json, "cause", j->causes.level[c]);
        msp_json_put_double(json, "statistic", t->test.statistic);
        msp_json_put_double(json, "df", t->test.df);
        put_p(json, t->test.p, t->test.log_p);
        if (t->note != NULL)
            msp_json_put_text(json, "note", t->note);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

/* One cause's model: of the subdistribution, or of the cause-specific hazard. */
static void put_cause_model(msp_json *json, const survival_job *j, size_t c, const char *note,
                            const msp_cox_coefficient *coefficients)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "cause", j->causes.level[c]);
    if (note != NULL)
        msp_json_put_text(json, "note", note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->terms.n; i++)
        put_coefficient(json, j->terms.columns[i].name, &coefficients[i], NULL);
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void put_competing(msp_json *json, const survival_job *j)
{
    const msp_competing *r = &j->competing;
    put_incidence(json, j);
    if (r->has_test)
        put_gray(json, j);
    if (!r->has_model)
        return;
    msp_json_key(json, "fine_gray");
    msp_json_begin_array(json);
    for (size_t c = 0; c < r->n_causes; c++)
        put_cause_model(json, j, c, r->causes[c].fine_gray.note,
                        r->causes[c].fine_gray.coefficients);
    msp_json_end_array(json);
    msp_json_key(json, "cause_specific");
    msp_json_begin_array(json);
    for (size_t c = 0; c < r->n_causes; c++)
        put_cause_model(json, j, c, r->causes[c].specific.note, r->causes[c].specific.coefficients);
    msp_json_end_array(json);
}

static void put_method(msp_json *json, const survival_job *j)
{
    msp_json_put_text(json, "convention", cli_conventions[j->v->common.convention]);
    msp_json_put_text(json, "interval", msp_km_interval_name(j->options.km.interval));
    if (j->v->unit > 0)
        msp_json_put_text(json, "unit", survival_units[j->v->unit]);
    msp_json_key(json, "strata");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->v->strata.n; i++)
        msp_json_text(json, j->v->strata.word[i]);
    msp_json_end_array(json);
}

void survival_as_json(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_json json;
    msp_json_init(&json, out, j->v->curve ? 0 : 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "n", (int64_t)s->n);
    msp_json_put_int(&json, "n_missing", (int64_t)s->n_missing);
    msp_json_put_int(&json, "events", (int64_t)s->events);
    put_method(&json, j);
    msp_json_key(&json, "arms");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < s->n_arms; i++)
        put_arm(&json, j, i);
    msp_json_end_array(&json);
    if (s->n_contrasts > 0)
        put_contrasts(&json, s);
    if (s->has_test)
        put_test(&json, j);
    if (s->has_combination)
        put_combination(&json, j);
    if (j->competing.n_causes > 0)
        put_competing(&json, j);
    if (s->has_model)
        put_cox(&json, j);
    if (j->v->model > 0)
        put_lifetime(&json, j);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

/* Five significant digits: what a person reads. */
static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    if (isinf(x))
        return x > 0 ? "infinite" : "-infinite";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

static void limits_cell(grid *g, double lower, double upper)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    grid_cell(g, "(%s, %s)", number(lower, a), number(upper, b));
}

static void p_text(double p, double log_p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p))
        snprintf(out, MSP_DOUBLE_MAX, "NE");
    else if (p < 1e-300)
        snprintf(out, MSP_DOUBLE_MAX, "< 1e-300 (1e%.0f)", floor(log_p / log(10)));
    else if (p < 0.0001)
        snprintf(out, MSP_DOUBLE_MAX, "%.2g", p);
    else
        snprintf(out, MSP_DOUBLE_MAX, "%.4f", p);
}

static void arms_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    grid_cell(&g, "n");
    grid_cell(&g, "events");
    grid_cell(&g, "median");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "median follow-up");
    for (size_t i = 0; i < s->n_arms; i++) {
        const msp_survival_arm *a = &s->arms[i];
        grid_row(&g);
        grid_cell(&g, "%s", j->v->arm != NULL ? a->label : "all");
        grid_cell(&g, "%zu", a->n);
        grid_cell(&g, "%zu", a->events);
        grid_cell(&g, "%s", number(a->median.estimate, x));
        limits_cell(&g, a->median.lower, a->median.upper);
        grid_cell(&g, "%s", number(a->follow_up.estimate, x));
    }
    grid_print(&g, out);
}

static void times_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    if (j->n_times == 0)
        return;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    bool beyond = false;
    grid_row(&g);
    grid_cell(&g, "survival at");
    grid_cell(&g, "time");
    grid_cell(&g, "at risk");
    grid_cell(&g, "S");
    grid_cell(&g, "SE");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = 0; i < s->n_arms; i++)
        for (size_t t = 0; t < j->n_times; t++) {
            const msp_km_point *p = &s->arms[i].points[t];
            grid_row(&g);
            grid_cell(&g, "%s", j->v->arm != NULL ? s->arms[i].label : "all");
            grid_cell(&g, "%s", number(p->time, x));
            grid_cell(&g, "%s", number(p->at_risk, x));
            grid_cell(&g, "%s", number(p->survival, x));
            grid_cell(&g, "%s", number(p->std_error, x));
            limits_cell(&g, p->lower, p->upper);
            if (p->beyond)
                grid_cell(&g, "*");
            beyond = beyond || p->beyond;
        }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (beyond)
        msp_text_add(out, "* follow-up ended before this time\n");
}

static void test_as_text(const survival_job *j, msp_text *out)
{
    const msp_logrank *t = &j->survival.test;
    if (!j->survival.has_test)
        return;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\n%slog-rank test", j->v->strata.n > 0 ? "stratified " : "");
    if (j->options.weight != NULL)
        msp_text_printf(out, " (%s)", j->v->test);
    msp_text_add(out, ": ");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    p_text(t->test.p, t->test.log_p, p);
    msp_text_printf(out, "chi-square %s on %g df", number(t->test.statistic, a), t->test.df);
    if (!isnan(t->z))
        msp_text_printf(out, ", z %s", number(t->z, b));
    msp_text_printf(out, ", %s p = %s\n", j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

static void combination_as_text(const survival_job *j, msp_text *out)
{
    const msp_maxcombo *t = &j->survival.combination;
    if (!j->survival.has_combination)
        return;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\n%sMaxCombo test: ", j->v->strata.n > 0 ? "stratified " : "");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    p_text(t->p, t->log_p, p);
    const msp_time_weight *w = &t->weights[t->largest];
    msp_text_printf(out, "largest z %s (rho %g, gamma %g), %s p = %s\n",
                    number(t->z[t->largest], a), w->rho, w->gamma,
                    j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

static void means_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    if (!(j->options.tau > 0))
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "mean time up to %s", number(j->options.tau, x));
    grid_cell(&g, "mean");
    grid_cell(&g, "SE");
    for (size_t i = 0; i < s->n_arms; i++) {
        grid_row(&g);
        grid_cell(&g, "%s", j->v->arm != NULL ? s->arms[i].label : "all");
        grid_cell(&g, "%s", number(s->arms[i].restricted.estimate, x));
        grid_cell(&g, "%s", number(s->arms[i].restricted.std_error, x));
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (s->n_arms > 0 && s->arms[0].restricted.note != NULL)
        msp_text_printf(out, "NE: %s\n", s->arms[0].restricted.note);
}

static void contrasts_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    if (s->n_contrasts == 0)
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "arms compared");
    grid_cell(&g, "%s", "");
    grid_cell(&g, "at");
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "p");
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const msp_survival_contrast *c = &s->contrasts[i];
        const bool ratio = strcmp(c->what, "rmst_ratio") == 0;
        grid_row(&g);
        grid_cell(&g, "%s %s %s", c->arm, ratio ? "/" : "-", c->against);
        grid_cell(&g, "%s", strcmp(c->what, "survival") == 0 ? "S" : "mean time");
        grid_cell(&g, "%s", number(c->at, x));
        grid_cell(&g, "%s", number(c->difference.estimate, x));
        limits_cell(&g, c->difference.lower, c->difference.upper);
        p_text(c->difference.p, c->difference.log_p, x);
        grid_cell(&g, "%s", x);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void incidence_as_text(const survival_job *j, msp_text *out)
{
    const msp_cumulative *f = &j->competing.incidence;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "incidence");
    grid_cell(&g, "cause");
    grid_cell(&g, "events");
    grid_cell(&g, "time");
    grid_cell(&g, "F");
    grid_cell(&g, "SE");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = 0; i < f->n_groups * f->n_causes; i++) {
        const msp_cumulative_curve *c = &f->curves[i];
        for (size_t t = 0; t < (j->n_times > 0 ? j->n_times : 1); t++) {
            const msp_cumulative_point p =
                msp_cumulative_at(c, j->n_times > 0 ? j->times[t] : c->end, j->options.km.level);
            grid_row(&g);
            grid_cell(&g, "%s",
                      j->v->arm != NULL ? j->survival.arms[i / f->n_causes].label : "all");
            grid_cell(&g, "%s", j->causes.level[i % f->n_causes]);
            grid_cell(&g, "%zu", c->n_events);
            grid_cell(&g, "%s", number(p.time, x));
            grid_cell(&g, "%s", number(p.estimate, x));
            grid_cell(&g, "%s", number(p.std_error, x));
            limits_cell(&g, p.lower, p.upper);
        }
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void cause_model_as_text(const survival_job *j, const char *what, const char *note,
                                const msp_cox_coefficient *coefficients, msp_text *out)
{
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", what);
    grid_cell(&g, "HR");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.cox.level);
    grid_cell(&g, "p");
    for (size_t i = 0; i < j->terms.n; i++) {
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[i].name);
        grid_cell(&g, "%s", number(coefficients[i].hazard_ratio, x));
        limits_cell(&g, coefficients[i].lower, coefficients[i].upper);
        p_text(coefficients[i].p, coefficients[i].log_p, x);
        grid_cell(&g, "%s", x);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (note != NULL)
        msp_text_printf(out, "%s\n", note);
}

static void competing_as_text(const survival_job *j, msp_text *out)
{
    const msp_competing *r = &j->competing;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], what[256];
    if (r->n_causes == 0)
        return;
    incidence_as_text(j, out);
    for (size_t c = 0; c < r->n_causes; c++) {
        const msp_competing_cause *of = &r->causes[c];
        if (r->has_test) {
            p_text(of->gray.test.p, of->gray.test.log_p, p);
            msp_text_printf(out, "\nGray's test, cause %s: chi-square %s on %g df, p = %s\n",
                            j->causes.level[c], number(of->gray.test.statistic, a),
                            of->gray.test.df, p);
            if (of->gray.note != NULL)
                msp_text_printf(out, "%s\n", of->gray.note);
        }
        if (!r->has_model)
            continue;
        snprintf(what, sizeof what, "Fine-Gray, cause %s", j->causes.level[c]);
        cause_model_as_text(j, what, of->fine_gray.note, of->fine_gray.coefficients, out);
        snprintf(what, sizeof what, "cause-specific, cause %s", j->causes.level[c]);
        cause_model_as_text(j, what, of->specific.note, of->specific.coefficients, out);
    }
}

static const char *term_name(const survival_job *j, size_t k)
{
    return k == 0 ? "(intercept)" : j->terms.columns[k - 1].name;
}

/* exp(b) of a term is how many times as long it makes the times. */
static void lifetime_as_text(const survival_job *j, msp_text *out)
{
    const msp_parametric *m = &j->lifetime;
    if (j->v->model == 0)
        return;
    msp_text_printf(out, "\n%s model (accelerated failure time): n %zu, events %zu\n",
                    survival_models[j->v->model], m->n, m->n_events);
    if (m->note != NULL) {
        msp_text_printf(out, "  %s\n", m->note);
        return;
    }
    const double z = msp_dist_normal_limit(j->options.cox.level);
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "term");
    grid_cell(&g, "time ratio");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.cox.level);
    grid_cell(&g, "coef");
    grid_cell(&g, "SE");
    grid_cell(&g, "p");
    for (size_t k = 0; k <= m->n_columns; k++) {
        const msp_parametric_coefficient *c = &m->coefficients[k];
        grid_row(&g);
        grid_cell(&g, "%s", term_name(j, k));
        if (k == 0) {
            grid_cell(&g, "%s", "");
            grid_cell(&g, "%s", "");
        } else {
            grid_cell(&g, "%s", number(exp(c->estimate), x));
            limits_cell(&g, exp(c->estimate - z * c->std_error),
                        exp(c->estimate + z * c->std_error));
        }
        grid_cell(&g, "%s", number(c->estimate, x));
        grid_cell(&g, "%s", number(c->std_error, x));
        p_text(c->p, c->log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
    char y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "  scale %s; log-likelihood %s\n", number(m->scale, x),
                    number(m->loglik, y));
    if (m->lifetime == MSP_WEIBULL)
        msp_text_printf(out, "  Weibull shape %s; hazard ratios are exp(-coef / scale)\n",
                        number(1 / m->scale, x));
}

static void cox_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    const msp_cox *c = &s->cox;
    if (!s->has_model)
        return;
    msp_text_printf(out, "\n%sCox model, %s ties: n %zu, events %zu\n",
                    j->v->strata.n > 0 ? "stratified " : "", msp_cox_ties_name(c->ties), c->n,
                    c->n_events);
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
            s->has_robust ? &s->robust.coefficients[i] : &c->coefficients[i];
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[i].name);
        grid_cell(&g, "%s", number(k->hazard_ratio, x));
        limits_cell(&g, k->lower, k->upper);
        grid_cell(&g, "%s", number(k->coef, x));
        grid_cell(&g, "%s", number(k->std_error, x));
        p_text(k->p, k->log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
    p_text(c->likelihood_ratio.p, c->likelihood_ratio.log_p, x);
    char y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "  likelihood-ratio test: %s on %g df, p = %s\n",
                    number(c->likelihood_ratio.statistic, y), c->likelihood_ratio.df, x);
    if (s->proportionality == NULL)
        return;
    const msp_test *all = &s->proportionality[c->n_columns];
    p_text(all->p, all->log_p, x);
    msp_text_printf(out, "  proportional hazards: %s on %g df, p = %s", number(all->statistic, y),
                    all->df, x);
    msp_text_printf(out, "; concordance %s", number(s->concordance.estimate, x));
    msp_text_printf(out, " (SE %s)\n", number(s->concordance.std_error, y));
}

static void curves_as_text(const survival_job *j, msp_text *out)
{
    for (size_t i = 0; j->v->curve && i < j->survival.n_arms; i++) {
        const msp_km_curve *c = &j->survival.km.curves[i];
        grid g = {0};
        char x[MSP_DOUBLE_MAX];
        grid_row(&g);
        grid_cell(&g, "%s", j->v->arm != NULL ? j->survival.arms[i].label : "all");
        static const char *const heads[] = {"time", "at risk", "events", "censored", "S", "SE"};
        for (size_t h = 0; h < MSP_COUNT(heads); h++)
            grid_cell(&g, "%s", heads[h]);
        grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
        for (size_t k = 0; k < c->n; k++) {
            const double row[] = {c->time[k],     c->at_risk[k],  c->events[k],
                                  c->censored[k], c->survival[k], c->std_error[k]};
            grid_row(&g);
            grid_cell(&g, "%s", "");
            for (size_t h = 0; h < MSP_COUNT(row); h++)
                grid_cell(&g, "%s", number(row[h], x));
            limits_cell(&g, c->lower[k], c->upper[k]);
        }
        msp_text_add_char(out, '\n');
        grid_print(&g, out);
    }
}

void survival_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_text_printf(out, "%zu rows, %zu events", s->n, s->events);
    if (s->n_missing > 0)
        msp_text_printf(out, "; %zu rows left out for a missing value", s->n_missing);
    if (j->v->unit > 0)
        msp_text_printf(out, "; times in %s", survival_units[j->v->unit]);
    msp_text_add(out, "\n\n");
    arms_as_text(j, out);
    times_as_text(j, out);
    means_as_text(j, out);
    contrasts_as_text(j, out);
    test_as_text(j, out);
    combination_as_text(j, out);
    cox_as_text(j, out);
    lifetime_as_text(j, out);
    competing_as_text(j, out);
    curves_as_text(j, out);
    msp_text_printf(out,
                    "\nKaplan-Meier; %s intervals (Greenwood), medians after Brookmeyer and "
                    "Crowley,\nfollow-up by reverse Kaplan-Meier; defaults of %s. NE: not "
                    "estimable.\n",
                    msp_km_interval_name(j->options.km.interval),
                    j->v->common.convention == 0 ? "R" : "SAS");
}

/* -- as CSV: one number a line -- */

static void csv_line(msp_text *out, const char *arm, const char *what, double at, double estimate,
                     double std_error, double lower, double upper)
{
    const double numbers[] = {at, estimate, std_error, lower, upper};
    msp_text_add_field(out, arm);
    msp_text_printf(out, ",%s", what);
    for (size_t i = 0; i < MSP_COUNT(numbers); i++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[i]))
            msp_text_add_double(out, numbers[i]);
    }
    msp_text_add_char(out, '\n');
}

static void arm_as_csv(const survival_job *j, size_t i, msp_text *out)
{
    const msp_survival_arm *a = &j->survival.arms[i];
    const msp_km_curve *c = &j->survival.km.curves[i];
    const char *label = j->v->arm != NULL ? a->label : "all";
    csv_line(out, label, "n", NAN, (double)a->n, NAN, NAN, NAN);
    csv_line(out, label, "events", NAN, (double)a->events, NAN, NAN, NAN);
    csv_line(out, label, "median", 0.5, a->median.estimate, NAN, a->median.lower, a->median.upper);
    csv_line(out, label, "median_follow_up", 0.5, a->follow_up.estimate, NAN, a->follow_up.lower,
             a->follow_up.upper);
    for (size_t t = 0; t < j->n_times; t++) {
        const msp_km_point *p = &a->points[t];
        csv_line(out, label, "survival", p->time, p->survival, p->std_error, p->lower, p->upper);
        csv_line(out, label, "at_risk", p->time, p->at_risk, NAN, NAN, NAN);
    }
    if (j->options.tau > 0)
        csv_line(out, label, "rmst", a->restricted.tau, a->restricted.estimate,
                 a->restricted.std_error, NAN, NAN);
    for (size_t k = 0; j->v->curve && k < c->n; k++)
        csv_line(out, label, "curve", c->time[k], c->survival[k], c->std_error[k], c->lower[k],
                 c->upper[k]);
}

static void competing_as_csv(const survival_job *j, msp_text *out)
{
    const msp_competing *r = &j->competing;
    char what[256];
    for (size_t i = 0; i < r->incidence.n_groups * r->n_causes; i++) {
        const msp_cumulative_curve *c = &r->incidence.curves[i];
        const char *arm = j->v->arm != NULL ? j->survival.arms[i / r->n_causes].label : "all";
        snprintf(what, sizeof what, "incidence_%s", j->causes.level[i % r->n_causes]);
        for (size_t t = 0; t < (j->n_times > 0 ? j->n_times : c->n); t++) {
            const msp_cumulative_point p = msp_cumulative_at(
                c, j->n_times > 0 ? j->times[t] : c->time[t], j->options.km.level);
            csv_line(out, arm, what, p.time, p.estimate, p.std_error, p.lower, p.upper);
        }
    }
    for (size_t c = 0; c < r->n_causes; c++) {
        snprintf(what, sizeof what, "cause_%s", j->causes.level[c]);
        if (r->has_test)
            csv_line(out, "gray", what, NAN, r->causes[c].gray.test.statistic, NAN, NAN, NAN);
        if (r->has_test)
            csv_line(out, "gray_p", what, NAN, r->causes[c].gray.test.p, NAN, NAN, NAN);
        for (size_t i = 0; r->has_model && i < j->terms.n; i++) {
            const msp_cox_coefficient *f = &r->causes[c].fine_gray.coefficients[i];
            csv_line(out, j->terms.columns[i].name, what, NAN, f->hazard_ratio, NAN, f->lower,
                     f->upper);
        }
    }
}

void survival_as_csv(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_text_add(out, "name,statistic,at,estimate,std_error,lower,upper\n");
    for (size_t i = 0; i < s->n_arms; i++)
        arm_as_csv(j, i, out);
    if (s->has_test) {
        csv_line(out, "logrank", "chi_square", NAN, s->test.test.statistic, NAN, NAN, NAN);
        csv_line(out, "logrank", "df", NAN, s->test.test.df, NAN, NAN, NAN);
        csv_line(out, "logrank", "z", NAN, s->test.z, NAN, NAN, NAN);
        csv_line(out, "logrank", "p", NAN, s->test.test.p, NAN, NAN, NAN);
    }
    if (s->has_combination) {
        csv_line(out, "maxcombo", "z", NAN, s->combination.z[s->combination.largest], NAN, NAN,
                 NAN);
        csv_line(out, "maxcombo", "p", NAN, s->combination.p, NAN, NAN, NAN);
    }
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const msp_difference *d = &s->contrasts[i].difference;
        csv_line(out, s->contrasts[i].arm,
                 strcmp(s->contrasts[i].what, "survival") == 0 ? "survival_difference"
                 : strcmp(s->contrasts[i].what, "rmst") == 0   ? "rmst_difference"
                                                               : "rmst_ratio",
                 s->contrasts[i].at, d->estimate, d->std_error, d->lower, d->upper);
    }
    competing_as_csv(j, out);
    for (size_t k = 0; j->v->model > 0 && k <= j->lifetime.n_columns; k++) {
        const msp_parametric_coefficient *c = &j->lifetime.coefficients[k];
        csv_line(out, term_name(j, k), "parametric_coef", NAN, c->estimate, c->std_error, NAN, NAN);
        csv_line(out, term_name(j, k), "parametric_p", NAN, c->p, NAN, NAN, NAN);
    }
    for (size_t i = 0; s->has_model && i < s->cox.n_columns; i++) {
        const msp_cox_coefficient *c =
            s->has_robust ? &s->robust.coefficients[i] : &s->cox.coefficients[i];
        const char *term = j->terms.columns[i].name;
        csv_line(out, term, "coef", NAN, c->coef, c->std_error, NAN, NAN);
        csv_line(out, term, "hazard_ratio", NAN, c->hazard_ratio, NAN, c->lower, c->upper);
        csv_line(out, term, "p", NAN, c->p, NAN, NAN, NAN);
    }
}
