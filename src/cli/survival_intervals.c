/* survival_intervals.c - times that are only known to lie between two visits: from the columns of
 * --lower and --upper to the answer in its three forms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "survival_part.h"

/* -- in -- */

msp_status survival_check_intervals(const survival_values *v, msp_error *err)
{
    const struct {
        bool given;
        const char *option;
    } others[] = {
        {v->time != NULL, "time"},     {v->event != NULL, "event"},
        {v->cause != NULL, "cause"},   {v->event_value != NULL, "event-value"},
        {v->entry != NULL, "entry"},   {v->id != NULL, "id"},
        {v->robust, "robust"},         {v->diagnostics, "diagnostics"},
        {v->weight != NULL, "weight"}, {v->residuals > 0, "residuals"},
        {v->rmst > 0, "rmst"},         {v->interval > 0, "interval"},
        {v->ties > 0, "ties"},         {strcmp(v->test, "logrank") != 0, "test"},
    };
    if (v->lower == NULL || v->upper == NULL)
        return msp_fail(err, MSP_EUSAGE, "--lower COL and --upper COL go together");
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        if (others[i].given)
            return msp_fail(err, MSP_EUSAGE, "--%s does not go with --lower and --upper",
                            others[i].option);
    if (v->covariates.n > 0 && v->model == 0)
        return msp_fail(err, MSP_EUSAGE,
                        "--covariates with --lower and --upper need --model exponential, weibull, "
                        "log-normal, log-logistic or gengamma: Cox's model is not fitted to "
                        "intervals");
    if (v->resamples > 0 && v->resamples < MSP_RESAMPLES_LEAST)
        return msp_fail(err, MSP_EUSAGE, "--resamples is %llu; expected at least %d",
                        (unsigned long long)v->resamples, MSP_RESAMPLES_LEAST);
    return MSP_OK;
}

/* No upper end: not seen by the lower one. No lower end: at any time until the upper one. */
msp_status survival_read_intervals(survival_job *j, const msp_column *lower,
                                   const msp_column *upper, msp_error *err)
{
    const size_t n = j->table.n_rows;
    j->lower = msp_arena_array(&j->arena, n + 1, sizeof *j->lower);
    j->upper = msp_arena_array(&j->arena, n + 1, sizeof *j->upper);
    if (j->lower == NULL || j->upper == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    for (size_t i = 0; i < n; i++) {
        const double from = lower->number[i], to = upper->number[i];
        j->keep[i] = j->keep[i] && !(isnan(from) && isnan(to));
        j->lower[i] = isnan(from) ? 0 : from;
        j->upper[i] = isnan(to) ? (double)INFINITY : to;
        if (j->keep[i] && !(j->lower[i] >= 0 && j->lower[i] <= j->upper[i]))
            return msp_table_fail(err, MSP_ERANGE, &j->table, i, j->lower[i] < 0 ? lower : upper,
                                  "the time is from %g to %g; expected 0 <= from <= to", from, to);
    }
    return MSP_OK;
}

msp_status survival_fit_intervals(survival_job *j, const msp_survival_data *data, msp_error *err)
{
    const survival_values *v = j->v;
    const msp_intervals_options options = {
        .level = v->level,
        .alternative = (msp_alternative)v->alternative,
        .times = j->times,
        .n_times = j->n_times,
        .test = true,
        .resamples = v->resamples,
        .seed = v->common.seed,
        .threads = v->common.threads,
    };
    return msp_intervals_fit(data, &options, &j->intervals, err);
}

/* -- as JSON -- */

static const char *arm_of(const survival_job *j, const msp_intervals_arm *arm)
{
    return j->v->arm != NULL ? arm->label : "all";
}

static bool is_known(const msp_turnbull_range *r)
{
    return r->low >= r->high && r->low <= r->high;
}

/* "estimate" where there is one, else the range it lies in. */
static void put_value(msp_json *json, const survival_job *j, const msp_intervals_value *value,
                      const char *estimate, const char *beyond)
{
    const msp_turnbull_range *r = &value->range;
    msp_json_put_double(json, estimate, is_known(r) ? r->low : (double)NAN);
    msp_json_put_double(json, "from", r->low);
    msp_json_put_double(json, "to", r->high);
    msp_json_put_double(json, "lower", value->limits.low);
    msp_json_put_double(json, "upper", value->limits.high);
    if (j->v->resamples > 0)
        msp_json_put_double(json, "level", j->v->level);
    if (isnan(r->high))
        msp_json_put_text(json, "note", beyond);
    else if (!is_known(r))
        msp_json_put_text(json, "note", "the data do not say where between from and to");
    else if (j->v->resamples == 0)
        msp_json_put_text(json, "note", "limits need --resamples");
    else if (isnan(value->limits.low) || isnan(value->limits.high))
        msp_json_put_text(json, "note", "a limit is not reached");
}

static const char *beyond_of(const msp_intervals_arm *arm)
{
    return arm->n == 0 ? "no rows" : "not reached by the last visit";
}

static void put_masses(msp_json *json, const msp_turnbull *t)
{
    msp_json_key(json, "curve");
    msp_json_begin_array(json);
    for (size_t k = 0; k < t->n; k++) {
        if (!(t->mass[k] > 0))
            continue;
        msp_json_begin_object(json);
        msp_json_put_double(json, "from", t->left[k]);
        msp_json_put_double(json, "to", t->right[k]);
        msp_json_put_double(json, "mass", t->mass[k]);
        msp_json_put_double(json, "survival", fmax(1 - t->by[k], 0));
        if (isinf(t->right[k]))
            msp_json_put_text(json, "note", "after the last visit");
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_arm(msp_json *json, const survival_job *j, const msp_intervals_arm *arm)
{
    static const char *const quantiles[] = {"lower_quartile", "median", "upper_quartile"};
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", arm_of(j, arm));
    msp_json_put_int(json, "n", (int64_t)arm->n);
    msp_json_put_int(json, "exact", (int64_t)arm->n_exact);
    msp_json_put_int(json, "between", (int64_t)arm->n_between);
    msp_json_put_int(json, "right_censored", (int64_t)arm->n_open);
    for (size_t k = 0; k < 3; k++) {
        msp_json_key(json, quantiles[k]);
        msp_json_begin_object(json);
        put_value(json, j, &arm->quantile[k], "estimate", beyond_of(arm));
        msp_json_end_object(json);
    }
    msp_json_key(json, "times");
    msp_json_begin_array(json);
    for (size_t t = 0; t < j->n_times; t++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "time", j->times[t]);
        put_value(json, j, &arm->points[t], "survival", beyond_of(arm));
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_put_double(json, "loglik", arm->n > 0 ? arm->curve.loglik : (double)NAN);
    msp_json_put_double(json, "loglik_gap", arm->n > 0 ? arm->curve.gap : (double)NAN);
    if (arm->n == 0 || arm->curve.note != NULL)
        msp_json_put_text(json, "note", arm->n == 0 ? "no rows" : arm->curve.note);
    if (j->v->curve)
        put_masses(json, &arm->curve);
    msp_json_end_object(json);
}

static void put_test(msp_json *json, const survival_job *j)
{
    const msp_interval_logrank *t = &j->intervals.test;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", "logrank");
    msp_json_put_text(json, "method", "Sun's scores, permutation variance");
    msp_json_put_double(json, "statistic", t->test.statistic);
    msp_json_put_double(json, "df", t->test.df);
    msp_json_put_double(json, "z", t->z);
    part_put_p(json, t->test.p, t->test.log_p);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    msp_json_key(json, "scores");
    msp_json_begin_array(json);
    for (size_t g = 0; g < t->n_groups; g++)
        msp_json_double(json, t->score[g]);
    msp_json_end_array(json);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    else if (isnan(t->z))
        msp_json_put_text(json, "note", "z is for two groups");
    msp_json_end_object(json);
}

void survival_intervals_json(const survival_job *j, msp_json *json)
{
    msp_json_key(json, "arms");
    msp_json_begin_array(json);
    for (size_t a = 0; a < j->intervals.n_arms; a++)
        put_arm(json, j, &j->intervals.arms[a]);
    msp_json_end_array(json);
    if (j->intervals.has_test)
        put_test(json, j);
}

/* -- as text -- */

/* One number, or "from-to". */
static void range_cell(grid *g, const msp_turnbull_range *r)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    if (isnan(r->low) || is_known(r))
        grid_cell(g, "%s", part_number(r->low, a));
    else if (isnan(r->high))
        grid_cell(g, "after %s", part_number(r->low, a));
    else
        grid_cell(g, "%s to %s", part_number(r->low, a), part_number(r->high, b));
}

static void limits_of(grid *g, const survival_job *j, const msp_intervals_value *value)
{
    if (j->v->resamples > 0)
        part_limits_cell(g, value->limits.low, value->limits.high);
}

static void head_of_limits(grid *g, const survival_job *j)
{
    if (j->v->resamples > 0)
        grid_cell(g, "(%g %% CI)", 100 * j->v->level);
}

static void arms_as_text(const survival_job *j, msp_text *out)
{
    static const char *const heads[] = {"n", "exact", "between visits", "right-censored", "median"};
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    for (size_t h = 0; h < MSP_COUNT(heads); h++)
        grid_cell(&g, "%s", heads[h]);
    head_of_limits(&g, j);
    for (size_t a = 0; a < j->intervals.n_arms; a++) {
        const msp_intervals_arm *arm = &j->intervals.arms[a];
        grid_row(&g);
        grid_cell(&g, "%s", arm_of(j, arm));
        grid_cell(&g, "%zu", arm->n);
        grid_cell(&g, "%zu", arm->n_exact);
        grid_cell(&g, "%zu", arm->n_between);
        grid_cell(&g, "%zu", arm->n_open);
        range_cell(&g, &arm->quantile[1].range);
        limits_of(&g, j, &arm->quantile[1]);
    }
    grid_print(&g, out);
}

static void times_as_text(const survival_job *j, msp_text *out)
{
    char x[MSP_DOUBLE_MAX];
    if (j->n_times == 0)
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "survival at");
    grid_cell(&g, "time");
    grid_cell(&g, "S");
    head_of_limits(&g, j);
    for (size_t a = 0; a < j->intervals.n_arms; a++)
        for (size_t t = 0; t < j->n_times; t++) {
            const msp_intervals_arm *arm = &j->intervals.arms[a];
            grid_row(&g);
            grid_cell(&g, "%s", arm_of(j, arm));
            grid_cell(&g, "%s", part_number(j->times[t], x));
            range_cell(&g, &arm->points[t].range);
            limits_of(&g, j, &arm->points[t]);
        }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void masses_as_text(const survival_job *j, msp_text *out)
{
    char x[MSP_DOUBLE_MAX];
    for (size_t a = 0; j->v->curve && a < j->intervals.n_arms; a++) {
        const msp_turnbull *t = &j->intervals.arms[a].curve;
        static const char *const heads[] = {"after", "by", "mass", "S"};
        grid g = {0};
        grid_row(&g);
        grid_cell(&g, "%s", arm_of(j, &j->intervals.arms[a]));
        for (size_t h = 0; h < MSP_COUNT(heads); h++)
            grid_cell(&g, "%s", heads[h]);
        for (size_t k = 0; k < t->n; k++) {
            const double row[] = {t->left[k], t->right[k], t->mass[k], fmax(1 - t->by[k], 0)};
            if (!(t->mass[k] > 0))
                continue;
            grid_row(&g);
            grid_cell(&g, "%s", "");
            for (size_t h = 0; h < MSP_COUNT(row); h++)
                grid_cell(&g, "%s", part_number(row[h], x));
        }
        msp_text_add_char(out, '\n');
        grid_print(&g, out);
    }
}

static void test_as_text(const survival_job *j, msp_text *out)
{
    const msp_interval_logrank *t = &j->intervals.test;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    if (!j->intervals.has_test)
        return;
    msp_text_printf(out,
                    "\n%slog-rank test for intervals: ", j->v->strata.n > 0 ? "stratified " : "");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    part_p(t->test.p, t->test.log_p, p);
    msp_text_printf(out, "chi-square %s on %g df", part_number(t->test.statistic, a), t->test.df);
    if (!isnan(t->z))
        msp_text_printf(out, ", z %s", part_number(t->z, b));
    msp_text_printf(out, ", %s p = %s\n", j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

void survival_intervals_text(const survival_job *j, msp_text *out)
{
    arms_as_text(j, out);
    times_as_text(j, out);
    test_as_text(j, out);
    survival_lifetime_text(j, out);
    survival_periods_text(j, out);
    masses_as_text(j, out);
    for (size_t a = 0; a < j->intervals.n_arms; a++)
        if (j->intervals.arms[a].curve.note != NULL)
            msp_text_printf(out, "\n%s: %s\n", arm_of(j, &j->intervals.arms[a]),
                            j->intervals.arms[a].curve.note);
    msp_text_add(out, "\nTurnbull's curve; Sun's log-rank test with the variance of permutations. "
                      "\"a to b\": the data\ndo not say where between. NE: not estimable.");
    if (j->v->resamples == 0)
        msp_text_add(out, " Limits need --resamples.\n");
    else
        msp_text_printf(out, "\nLimits: percentiles of %llu resamples, seed %llu.\n",
                        (unsigned long long)j->v->resamples, (unsigned long long)j->v->common.seed);
}

/* -- as CSV -- */

/* The range in two lines, each with the limit at its side. */
static void value_as_csv(const char *arm, const char *what, double at,
                         const msp_intervals_value *value, msp_text *out)
{
    char name[64];
    snprintf(name, sizeof name, "%s_from", what);
    part_csv(out, arm, name, at, value->range.low, NAN, value->limits.low, NAN);
    snprintf(name, sizeof name, "%s_to", what);
    part_csv(out, arm, name, at, value->range.high, NAN, NAN, value->limits.high);
}

void survival_intervals_csv(const survival_job *j, msp_text *out)
{
    for (size_t a = 0; a < j->intervals.n_arms; a++) {
        const msp_intervals_arm *arm = &j->intervals.arms[a];
        const char *name = arm_of(j, arm);
        part_csv(out, name, "n", NAN, (double)arm->n, NAN, NAN, NAN);
        part_csv(out, name, "exact", NAN, (double)arm->n_exact, NAN, NAN, NAN);
        part_csv(out, name, "between", NAN, (double)arm->n_between, NAN, NAN, NAN);
        part_csv(out, name, "right_censored", NAN, (double)arm->n_open, NAN, NAN, NAN);
        value_as_csv(name, "median", 0.5, &arm->quantile[1], out);
        for (size_t t = 0; t < j->n_times; t++)
            value_as_csv(name, "survival", j->times[t], &arm->points[t], out);
        for (size_t k = 0; j->v->curve && k < arm->curve.n; k++)
            if (arm->curve.mass[k] > 0)
                part_csv(out, name, "mass", NAN, arm->curve.mass[k], NAN, arm->curve.left[k],
                         arm->curve.right[k]);
    }
    if (!j->intervals.has_test)
        return;
    const msp_interval_logrank *t = &j->intervals.test;
    part_csv(out, "logrank", "chi_square", NAN, t->test.statistic, NAN, NAN, NAN);
    part_csv(out, "logrank", "df", NAN, t->test.df, NAN, NAN, NAN);
    part_csv(out, "logrank", "z", NAN, t->z, NAN, NAN, NAN);
    part_csv(out, "logrank", "p", NAN, t->test.p, NAN, NAN, NAN);
}
