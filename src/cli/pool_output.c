/* pool_output.c - what `pool` prints. */
#include <math.h>

#include "grid.h"
#include "mspike/stats/dist.h"
#include "pool.h"

/* A number with its interval on the scale that is printed. */
typedef struct shown {
    double estimate, lower, upper, p;
} shown;

static bool is_survival(const pool_number *x)
{
    return x->comparator == NULL;
}

static shown show(const pool_job *j, const pool_number *x)
{
    const double z = msp_dist_normal_limit(j->v->level) * x->std_error;
    const double e = x->estimate, p = msp_dist_normal_two_sided(e / x->std_error).p;
    if (is_survival(x)) /* log(-log S) falls as S grows */
        return (shown){exp(-exp(e)), exp(-exp(e + z)), exp(-exp(e - z)), (double)NAN};
    if (j->v->model == POOL_RMST)
        return (shown){e, e - z, e + z, p};
    return (shown){exp(e), exp(e - z), exp(e + z), p};
}

/* The interval of a new trial, on the scale that is printed; NaN below two degrees of freedom. */
static shown show_new(const pool_job *j, const pool_number *x)
{
    const double s = sqrt(x->std_error * x->std_error + x->between);
    const double half = x->df > 1 ? msp_dist_t_limit(j->v->level, (double)x->df) * s : (double)NAN;
    return (shown){.lower = exp(x->estimate - half), .upper = exp(x->estimate + half)};
}

static const char *measure(const pool_job *j)
{
    return j->v->model == POOL_RMST ? "difference of means" : "hazard ratio";
}

/* -- as JSON -- */

static void put_number(const pool_job *j, const pool_number *x, msp_json *json)
{
    const shown s = show(j, x);
    msp_json_begin_object(json);
    msp_json_put_text(json, "treatment", x->treatment);
    if (!is_survival(x))
        msp_json_put_text(json, "comparator", x->comparator);
    if (!isnan(x->time))
        msp_json_put_double(json, "time", x->time);
    if (!is_survival(x))
        msp_json_put_double(json, "log_estimate", x->estimate);
    msp_json_put_double(json, "std_error", x->std_error);
    msp_json_put_double(json, "estimate", s.estimate);
    msp_json_put_double(json, "lower", s.lower);
    msp_json_put_double(json, "upper", s.upper);
    if (!is_survival(x))
        msp_json_put_double(json, "p", s.p);
    if (!isnan(x->between)) {
        const shown new_trial = show_new(j, x);
        msp_json_put_double(json, "between_variance", x->between);
        msp_json_put_int(json, "between_df", (int64_t)x->df);
        msp_json_put_double(json, "new_trial_lower", new_trial.lower);
        msp_json_put_double(json, "new_trial_upper", new_trial.upper);
    }
    msp_json_end_object(json);
}

static void put_numbers(const pool_job *j, const char *key, bool survival, msp_json *json)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->all.n; i++)
        if (is_survival(&j->all.number[i]) == survival)
            put_number(j, &j->all.number[i], json);
    msp_json_end_array(json);
}

static void put_q(const char *key, msp_heterogeneity h, msp_json *json)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", h.q);
    msp_json_put_int(json, "df", (int64_t)h.df);
    msp_json_put_double(json, "p", h.p);
    msp_json_end_object(json);
}

static bool is_curve(const pool_job *j)
{
    return j->v->model == POOL_PIECEWISE || j->v->model == POOL_POLYNOMIAL;
}

static void put_model(const pool_job *j, msp_json *json)
{
    const pool_set *s = &j->all;
    if (j->v->model == POOL_POLYNOMIAL) {
        msp_json_key(json, "powers");
        msp_json_begin_array(json);
        for (size_t i = 0; i < j->n_powers; i++)
            msp_json_double(json, j->power[i]);
        msp_json_end_array(json);
    }
    if (is_curve(j)) {
        msp_json_put_double(json, "log_likelihood", s->log_likelihood);
        msp_json_put_double(json, "aic", s->aic);
        msp_json_put_double(json, "aic_proportional", s->aic_proportional);
        put_q("proportional_hazards", s->proportional, json);
        if (j->v->effects == 1) {
            put_q("Q", s->q, json);
            msp_json_put_int(json, "silent", (int64_t)s->n_silent);
            msp_json_put_int(json, "arms_left_out", (int64_t)s->n_arm_out);
        }
    } else if (j->v->stages == 0 || j->v->model == POOL_RMST) {
        msp_json_put_int(json, "left_out", (int64_t)s->left_out);
        msp_json_put_double(json, "tau2", s->tau2);
        put_q("Q", s->q, json);
    }
}

static void as_json(const pool_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "studies", (int64_t)j->n_study);
    msp_json_put_int(&json, "patients", (int64_t)j->all.n_patients);
    msp_json_put_int(&json, "events", (int64_t)j->all.n_events);
    msp_json_put_int(&json, "sets", (int64_t)j->n_draws);
    msp_json_put_text(&json, "measure", measure(j));
    put_model(j, &json);
    put_numbers(j, "league", false, &json);
    if (j->v->baseline != NULL) {
        msp_json_put_text(&json, "baseline", j->v->baseline);
        put_numbers(j, "survival", true, &json);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void add_number(double x, msp_text *out)
{
    msp_text_add_char(out, ',');
    if (!isnan(x))
        msp_text_add_double(out, x);
}

static void as_csv(const pool_job *j, msp_text *out)
{
    msp_text_add(out, "what,treatment,comparator,time,estimate,lower,upper,std_error\n");
    for (size_t i = 0; i < j->all.n; i++) {
        const pool_number *x = &j->all.number[i];
        const shown s = show(j, x);
        msp_text_printf(out, "%s,", is_survival(x) ? "survival" : measure(j));
        msp_text_add_field(out, x->treatment);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, x->comparator);
        const double numbers[] = {x->time, s.estimate, s.lower, s.upper, x->std_error};
        for (size_t k = 0; k < MSP_COUNT(numbers); k++)
            add_number(numbers[k], out);
        msp_text_add_char(out, '\n');
    }
}

/* -- as text -- */

static void add_rows(const pool_job *j, bool survival, msp_text *out)
{
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", survival ? "survival with" : "comparison");
    if (is_curve(j))
        grid_cell(&g, "at");
    grid_cell(&g, "%s", survival ? "" : measure(j));
    for (size_t i = 0; i < j->all.n; i++) {
        const pool_number *x = &j->all.number[i];
        const shown s = show(j, x);
        if (is_survival(x) != survival)
            continue;
        grid_row(&g);
        if (survival)
            grid_cell(&g, "%s", x->treatment);
        else
            grid_cell(&g, "%s : %s", x->treatment, x->comparator);
        if (is_curve(j))
            grid_cell(&g, "%g", x->time);
        if (isnan(s.estimate))
            grid_cell(&g, "not estimable");
        else
            grid_cell(&g, "%.3f (%.3f-%.3f)", s.estimate, s.lower, s.upper);
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static void add_deviation(const pool_number *x, bool more, msp_text *out)
{
    if (is_survival(x))
        return;
    msp_text_add(out, more ? ", " : " ");
    if (x->df > 0)
        msp_text_printf(out, "%.3g at %g", sqrt(x->between), x->time);
    else
        msp_text_printf(out, "not estimable at %g", x->time);
}

/* The standard deviation between trials at each time, of the first comparison: it is the same
 * for all. */
static void add_between(const pool_job *j, msp_text *out)
{
    const pool_set *s = &j->all;
    if (s->note != NULL)
        msp_text_printf(out, "%c%s.\n", s->note[0] - 'a' + 'A', s->note + 1);
    if (s->q.df > 0) {
        msp_text_printf(out,
                        "Q %.4g on %zu df, p %.3g. Standard deviation of the log hazard ratio "
                        "between trials:",
                        s->q.q, s->q.df, s->q.p);
        for (size_t i = 0; i < s->n && s->number[i].treatment == s->number[0].treatment; i++)
            add_deviation(&s->number[i], i > 0, out);
        msp_text_add(out, ".\n");
    }
    if (s->n_silent > 0)
        msp_text_printf(out,
                        "%zu times an arm had no event in an interval, and is not used there.\n",
                        s->n_silent);
    if (s->n_arm_out > 0)
        msp_text_printf(out, "%zu arms have too few events for a curve of their own.\n",
                        s->n_arm_out);
}

static void add_aic(const pool_set *s, msp_text *out)
{
    if (isnan(s->aic)) {
        msp_text_add(out, "The likelihood of a common effect has no maximum.\n");
        return;
    }
    msp_text_printf(out, "AIC%s %.2f, with proportional hazards %.2f",
                    s->q.df > 0 ? " of the common effect" : "", s->aic, s->aic_proportional);
    if (s->proportional.df > 0)
        msp_text_printf(out, "; against these %.3g on %zu df, p %.3g.\n", s->proportional.q,
                        s->proportional.df, s->proportional.p);
    else
        msp_text_add(out, "; no ratio varies, so there is nothing to test.\n");
}

static void add_model(const pool_job *j, msp_text *out)
{
    const pool_set *s = &j->all;
    if (j->v->model == POOL_POLYNOMIAL) {
        msp_text_add(out, "Powers of time:");
        for (size_t i = 0; i < j->n_powers; i++)
            msp_text_printf(out, " %g", j->power[i]);
        msp_text_add(out, ".\n");
    }
    if (is_curve(j)) {
        if (j->v->effects == 1)
            add_between(j, out);
        add_aic(s, out);
    } else if (j->v->model == POOL_COX && j->v->stages == 1)
        msp_text_add(out, "One model, a baseline hazard for each trial.\n");
    else if (s->q.df > 0)
        msp_text_printf(out, "Q %.4g on %zu df, p %.3g; tau2 %.4g.\n", s->q.q, s->q.df, s->q.p,
                        s->tau2);
    else
        msp_text_add(out, "No degrees of freedom: the heterogeneity cannot be estimated.\n");
    if (s->left_out > 0)
        msp_text_printf(out,
                        "%zu trials say nothing: one arm, an arm without events, or too short "
                        "a follow-up.\n",
                        s->left_out);
}

static void as_text(const pool_job *j, msp_text *out)
{
    msp_text_printf(out, "%zu patients of %zu trials, %zu events", j->all.n_patients, j->n_study,
                    j->all.n_events);
    if (j->n_draws > 1)
        msp_text_printf(out, "; %zu sets of patients, combined by Rubin's rules", j->n_draws);
    msp_text_add(out, "\n\n");
    add_rows(j, false, out);
    if (j->v->baseline != NULL) {
        msp_text_printf(out, "The patients of %s, were they given\n", j->v->baseline);
        add_rows(j, true, out);
    }
    add_model(j, out);
}

msp_status pool_print(const pool_job *j, msp_text *out, msp_error *err)
{
    if (j->all.n == 0)
        return pool_nothing(j, err);
    if (j->v->common.format == CLI_JSON)
        as_json(j, out);
    else if (j->v->common.format == CLI_CSV)
        as_csv(j, out);
    else
        as_text(j, out);
    return MSP_OK;
}
