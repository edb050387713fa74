/* survival_periods.c - the piecewise exponential model: rates and hazard ratios by period. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

static bool has_periods(const survival_job *j)
{
    return j->v->model == SURVIVAL_PIECEWISE;
}

msp_status survival_fit_periods(survival_job *j, const msp_survival_data *data, msp_error *err)
{
    double cuts[MSP_WORDS_MAX];
    const msp_words *words = &j->v->cuts;
    for (size_t i = 0; i < words->n; i++)
        if (!msp_double_parse(words->word[i], strlen(words->word[i]), &cuts[i]) ||
            !(cuts[i] > (i > 0 ? cuts[i - 1] : 0)))
            return msp_fail(err, MSP_EUSAGE,
                            "--cuts has \"%s\"; expected times that increase from above 0",
                            words->word[i]);
    const msp_periods_options options = {
        .cut = cuts, .n_cuts = words->n, .level = j->v->level, .level_ratio = j->v->level_ratio};
    return msp_periods_fit(data, &options, &j->periods, err);
}

static const msp_piecewise_period *period_at(const survival_job *j, size_t arm, size_t period)
{
    const msp_piecewise *of = &j->periods.arms[arm];
    return of->n > 0 ? &of->periods[period] : &j->periods.model.periods[period];
}

static const char *arm_of(const survival_job *j, size_t a)
{
    return j->v->arm != NULL ? j->arm.level[a] : "all";
}

/* -- as JSON -- */

/* The last period has no end. */
static void put_ends(msp_json *json, const msp_piecewise_period *period)
{
    msp_json_put_double(json, "from", period->from);
    if (!isinf(period->to))
        msp_json_put_double(json, "to", period->to);
}

static void put_limits(msp_json *json, const char *estimate, const msp_interval *i)
{
    msp_json_put_double(json, estimate, i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void put_rates(msp_json *json, const survival_job *j)
{
    const msp_periods *r = &j->periods;
    msp_json_key(json, "rates");
    msp_json_begin_array(json);
    for (size_t i = 0; i < r->n_arms * r->n_periods; i++) {
        const size_t a = i / r->n_periods;
        const msp_piecewise_period *period = period_at(j, a, i % r->n_periods);
        msp_json_begin_object(json);
        msp_json_put_text(json, "arm", arm_of(j, a));
        put_ends(json, period);
        msp_json_put_int(json, "events", r->arms[a].n > 0 ? (int64_t)period->events : 0);
        msp_json_put_double(json, "time", r->arms[a].n > 0 ? period->time : 0);
        put_limits(json, "rate", &r->rates[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_ratios(msp_json *json, const survival_job *j)
{
    const msp_periods *r = &j->periods;
    msp_json_key(json, "hazard_ratios");
    msp_json_begin_array(json);
    for (size_t i = 0; i < (r->n_arms - 1) * r->n_periods; i++) {
        msp_json_begin_object(json);
        msp_json_put_text(json, "arm", arm_of(j, i / r->n_periods + 1));
        msp_json_put_text(json, "against", arm_of(j, 0));
        put_ends(json, period_at(j, 0, i % r->n_periods));
        part_put_p(json, r->ratios[i].p, r->ratios[i].log_p);
        put_limits(json, "hazard_ratio", &r->ratios[i].ratio);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_key(json, "same_ratio");
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", r->alike.statistic);
    msp_json_put_double(json, "df", r->alike.df);
    part_put_p(json, r->alike.p, r->alike.log_p);
    if (r->alike_note != NULL)
        msp_json_put_text(json, "note", r->alike_note);
    msp_json_end_object(json);
}

static msp_interval ratio_of(const survival_job *j, const msp_parametric_coefficient *c)
{
    const double z = msp_dist_normal_limit(j->v->level_ratio);
    return (msp_interval){exp(c->estimate), exp(c->estimate - z * c->std_error),
                          exp(c->estimate + z * c->std_error), NULL};
}

static void put_coefficient(msp_json *json, const survival_job *j, size_t k)
{
    const msp_parametric_coefficient *c = &j->periods.model.coefficients[k];
    const msp_interval ratio = ratio_of(j, c);
    msp_json_begin_object(json);
    msp_json_put_text(json, "term", j->terms.columns[k].name);
    msp_json_put_double(json, "coef", c->estimate);
    msp_json_put_double(json, "std_error", c->std_error);
    msp_json_put_double(json, "z", c->z);
    part_put_p(json, c->p, c->log_p);
    put_limits(json, "hazard_ratio", &ratio);
    msp_json_end_object(json);
}

void survival_periods_json(const survival_job *j, msp_json *json)
{
    const msp_piecewise *m = &j->periods.model;
    if (!has_periods(j))
        return;
    msp_json_key(json, "piecewise");
    msp_json_begin_object(json);
    msp_json_put_text(json, "limits", j->periods.exact ? "exact" : "wald");
    put_rates(json, j);
    if (j->periods.n_arms > 1)
        put_ratios(json, j);
    msp_json_put_int(json, "n", (int64_t)m->n);
    msp_json_put_int(json, "events", (int64_t)m->n_events);
    msp_json_put_double(json, "loglik", m->loglik);
    if (m->note != NULL)
        msp_json_put_text(json, "note", m->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t k = 0; k < m->n_columns; k++)
        put_coefficient(json, j, k);
    msp_json_end_array(json);
    msp_json_end_object(json);
}

/* -- as text -- */

static void period_cell(grid *g, const msp_piecewise_period *period)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    if (isinf(period->to))
        grid_cell(g, "after %s", part_number(period->from, a));
    else
        grid_cell(g, "%s to %s", part_number(period->from, a), part_number(period->to, b));
}

static void rates_as_text(const survival_job *j, msp_text *out)
{
    static const char *const heads[] = {"period", "events", "time", "rate"};
    const msp_periods *r = &j->periods;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "rates");
    for (size_t h = 0; h < MSP_COUNT(heads); h++)
        grid_cell(&g, "%s", heads[h]);
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    for (size_t i = 0; i < r->n_arms * r->n_periods; i++) {
        const size_t a = i / r->n_periods;
        const msp_piecewise_period *period = period_at(j, a, i % r->n_periods);
        grid_row(&g);
        grid_cell(&g, "%s", arm_of(j, a));
        period_cell(&g, period);
        grid_cell(&g, "%zu", r->arms[a].n > 0 ? period->events : 0);
        grid_cell(&g, "%s", part_number(r->arms[a].n > 0 ? period->time : 0, x));
        grid_cell(&g, "%s", part_number(r->rates[i].estimate, x));
        part_limits_cell(&g, r->rates[i].lower, r->rates[i].upper);
    }
    grid_print(&g, out);
}

static void ratios_as_text(const survival_job *j, msp_text *out)
{
    const msp_periods *r = &j->periods;
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    if (r->n_arms < 2)
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "hazard ratio");
    grid_cell(&g, "period");
    grid_cell(&g, "%s", "");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level_ratio);
    grid_cell(&g, "p");
    for (size_t i = 0; i < (r->n_arms - 1) * r->n_periods; i++) {
        const msp_periods_ratio *ratio = &r->ratios[i];
        grid_row(&g);
        grid_cell(&g, "%s / %s", arm_of(j, i / r->n_periods + 1), arm_of(j, 0));
        period_cell(&g, period_at(j, 0, i % r->n_periods));
        grid_cell(&g, "%s", part_number(ratio->ratio.estimate, x));
        part_limits_cell(&g, ratio->ratio.lower, ratio->ratio.upper);
        part_p(ratio->p, ratio->log_p, x);
        grid_cell(&g, "%s", x);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    part_p(r->alike.p, r->alike.log_p, x);
    if (r->alike_note != NULL)
        msp_text_printf(out, "  the same ratio in all periods: no test, %s\n", r->alike_note);
    else
        msp_text_printf(out, "  the same ratio in all periods: chi-square %s on %g df, p = %s\n",
                        part_number(r->alike.statistic, y), r->alike.df, x);
}

static void model_as_text(const survival_job *j, msp_text *out)
{
    const msp_piecewise *m = &j->periods.model;
    char x[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\npiecewise exponential model: n %zu, events %zu\n", m->n, m->n_events);
    if (m->note != NULL) {
        msp_text_printf(out, "  %s\n", m->note);
        return;
    }
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "term");
    grid_cell(&g, "hazard ratio");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level_ratio);
    grid_cell(&g, "coef");
    grid_cell(&g, "SE");
    grid_cell(&g, "p");
    for (size_t k = 0; k < m->n_columns; k++) {
        const msp_parametric_coefficient *c = &m->coefficients[k];
        const msp_interval ratio = ratio_of(j, c);
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[k].name);
        grid_cell(&g, "%s", part_number(ratio.estimate, x));
        part_limits_cell(&g, ratio.lower, ratio.upper);
        grid_cell(&g, "%s", part_number(c->estimate, x));
        grid_cell(&g, "%s", part_number(c->std_error, x));
        part_p(c->p, c->log_p, x);
        grid_cell(&g, "%s", x);
    }
    if (m->n_columns > 0)
        grid_print(&g, out);
    msp_text_printf(out, "  log-likelihood %s\n", part_number(m->loglik, x));
}

void survival_periods_text(const survival_job *j, msp_text *out)
{
    if (!has_periods(j))
        return;
    msp_text_add_char(out, '\n');
    rates_as_text(j, out);
    ratios_as_text(j, out);
    if (j->terms.n > 0)
        model_as_text(j, out);
}

/* -- as CSV -- */

void survival_periods_csv(const survival_job *j, msp_text *out)
{
    const msp_periods *r = &j->periods;
    if (!has_periods(j))
        return;
    for (size_t i = 0; i < r->n_arms * r->n_periods; i++) {
        const size_t a = i / r->n_periods;
        const msp_piecewise_period *period = period_at(j, a, i % r->n_periods);
        const double at = period->from;
        const bool rows = r->arms[a].n > 0;
        part_csv(out, arm_of(j, a), "period_events", at, rows ? (double)period->events : 0, NAN,
                 NAN, NAN);
        part_csv(out, arm_of(j, a), "period_time", at, rows ? period->time : 0, NAN, NAN, NAN);
        part_csv(out, arm_of(j, a), "period_rate", at, r->rates[i].estimate, NAN, r->rates[i].lower,
                 r->rates[i].upper);
    }
    for (size_t i = 0; i < (r->n_arms - 1) * r->n_periods; i++) {
        const msp_periods_ratio *ratio = &r->ratios[i];
        const double at = period_at(j, 0, i % r->n_periods)->from;
        const char *arm = arm_of(j, i / r->n_periods + 1);
        part_csv(out, arm, "period_hazard_ratio", at, ratio->ratio.estimate, NAN,
                 ratio->ratio.lower, ratio->ratio.upper);
        part_csv(out, arm, "period_p", at, ratio->p, NAN, NAN, NAN);
    }
    for (size_t k = 0; k < r->model.n_columns; k++) {
        const msp_parametric_coefficient *c = &r->model.coefficients[k];
        part_csv(out, j->terms.columns[k].name, "piecewise_coef", NAN, c->estimate, c->std_error,
                 NAN, NAN);
        part_csv(out, j->terms.columns[k].name, "piecewise_p", NAN, c->p, NAN, NAN, NAN);
    }
}
