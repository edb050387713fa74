/* study_summary.c - counts and summaries by arm: disposition, baseline characteristics. */
#include "study_summary.h"

#include <math.h>
#include <string.h>

#include "mspike/base/decimal.h"
#include "mspike/stats/describe.h"

/* Arm i, or all arms where i is their number. Returns the patients in it. */
static int64_t choose_arm(struct summary *s, size_t i)
{
    const bool all = i == s->arms.n_levels;
    int64_t n = 0;
    for (size_t p = 0; p < s->study->n_patients; p++) {
        s->in_arm[p] = s->keep[p] && (all ? s->arms.code[p] != MSP_NO_LEVEL : s->arms.code[p] == i);
        n += s->in_arm[p];
    }
    s->base.arm = all ? "" : s->arms.level[i];
    return n;
}

static msp_status add_number(struct summary *s, msp_statistic statistic, double at, double x,
                             double spread, int64_t n, const char *note, msp_error *err)
{
    msp_record r = s->base;
    r.statistic = statistic;
    r.at = at;
    r.estimate = x;
    r.std_error = spread;
    r.n = n;
    r.note = note;
    return study_add(s->study, &r, err);
}

static msp_status numbers_in_arm(struct summary *s, const double *x, int64_t n, msp_error *err)
{
    const msp_convention convention = s->study->options->convention;
    msp_describe d;
    msp_status rc = msp_describe_numbers(x, s->in_arm, s->study->n_patients, convention, &d, err);
    if (rc != MSP_OK)
        return rc;
    const int64_t known = (int64_t)d.n;
    const char *note = d.n == 0 ? "no values" : "";
    const double at[] = {0, 0.25, 0.5, 0.75, 1};
    const double quantile[] = {d.minimum, d.lower_quartile, d.median, d.upper_quartile, d.maximum};
    s->base.method = msp_describe_quantile_name(convention);
    rc = add_number(s, MSP_STATISTIC_MEAN, NAN, d.mean, d.standard_deviation, known, note, err);
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(at); i++)
        rc = add_number(s, MSP_STATISTIC_QUANTILE, at[i], quantile[i], NAN, known, note, err);
    s->base.method = "";
    s->base.category = s->empty;
    if (rc == MSP_OK && known < n)
        rc = add_number(s, MSP_STATISTIC_CATEGORY, NAN, (double)(n - known), NAN, n, "", err);
    s->base.category = "";
    return rc;
}

static msp_status levels_in_arm(struct summary *s, const msp_factor *factor, int64_t n,
                                bool any_missing, msp_error *err)
{
    msp_status rc = MSP_OK;
    int64_t known = 0;
    for (size_t level = 0; rc == MSP_OK && level < factor->n_levels; level++) {
        int64_t count = 0;
        for (size_t p = 0; p < s->study->n_patients; p++)
            count += s->in_arm[p] && factor->code[p] == level;
        known += count;
        s->base.category = factor->level[level];
        rc = add_number(s, MSP_STATISTIC_CATEGORY, NAN, (double)count, NAN, n, "", err);
    }
    s->base.category = s->empty;
    if (rc == MSP_OK && any_missing)
        rc = add_number(s, MSP_STATISTIC_CATEGORY, NAN, (double)(n - known), NAN, n, "", err);
    s->base.category = "";
    return rc;
}

static bool has_missing(const struct summary *s, const msp_factor *factor)
{
    for (size_t p = 0; p < s->study->n_patients; p++)
        if (s->keep[p] && s->arms.code[p] != MSP_NO_LEVEL && factor->code[p] == MSP_NO_LEVEL)
            return true;
    return false;
}

msp_status study_summary_numbers(struct summary *s, const char *name, const char *unit, int digits,
                                 const double *x, msp_error *err)
{
    msp_status rc = MSP_OK;
    s->base.endpoint = name;
    s->base.unit = unit;
    s->base.digits = digits;
    for (size_t arm = 0; rc == MSP_OK && arm <= s->arms.n_levels; arm++) {
        const int64_t n = choose_arm(s, arm);
        rc = numbers_in_arm(s, x, n, err);
    }
    return rc;
}

msp_status study_summary_category(struct summary *s, const char *name, const char *category,
                                  const uint8_t *yes, const uint8_t *of, msp_error *err)
{
    msp_status rc = MSP_OK;
    s->base.endpoint = name;
    s->base.unit = "";
    s->base.digits = -1;
    for (size_t arm = 0; rc == MSP_OK && arm <= s->arms.n_levels; arm++) {
        int64_t n = 0, count = 0;
        (void)choose_arm(s, arm);
        for (size_t p = 0; p < s->study->n_patients; p++) {
            n += s->in_arm[p] && of[p];
            count += s->in_arm[p] && of[p] && yes[p];
        }
        s->base.category = category;
        rc = add_number(s, MSP_STATISTIC_CATEGORY, NAN, (double)count, NAN, n, "", err);
        s->base.category = "";
    }
    return rc;
}

/* Decimals of the numbers, said or as they were reported; means and quantiles are printed with a
 * few more. */
#define DIGITS_MAX 4
static int digits_of(const msp_variable *v, const double *x, size_t n)
{
    if (msp_was_said(v->decimals.at))
        return (int)v->decimals.value;
    int digits = 0;
    for (size_t i = 0; i < n; i++) {
        msp_decimal reported;
        if (isnan(x[i]))
            continue;
        if (!msp_decimal_from_double(x[i], &reported) || reported.scale > DIGITS_MAX)
            return DIGITS_MAX;
        if (reported.scale > digits)
            digits = reported.scale;
    }
    return digits;
}

static msp_status summarise_variable(struct summary *s, const msp_variable *v, msp_error *err)
{
    struct study *study = s->study;
    const msp_column *column = msp_table_column(&study->subjects->table, v->column.text);
    const bool numbers = column->type == MSP_COLUMN_NUMBER && v->levels.n == 0 &&
                         v->kind.value != MSP_VARIABLE_CATEGORICAL;
    double *x = NULL;
    msp_factor factor = {0};
    msp_status rc =
        numbers ? study_numbers(study, study->subjects, v->column.text, &x, err)
                : study_factor(study, study->subjects, v->column.text, &v->levels, &factor, err);
    s->base.endpoint = v->column.text;
    s->base.unit = v->unit.text != NULL ? v->unit.text : "";
    s->base.digits = numbers && rc == MSP_OK ? digits_of(v, x, study->n_patients) : -1;
    const bool any_missing = !numbers && rc == MSP_OK && has_missing(s, &factor);
    for (size_t arm = 0; rc == MSP_OK && arm <= s->arms.n_levels; arm++) {
        const int64_t n = choose_arm(s, arm);
        rc =
            numbers ? numbers_in_arm(s, x, n, err) : levels_in_arm(s, &factor, n, any_missing, err);
    }
    return rc;
}

/* How many patients each arm has in this population. */
static msp_status count_patients(struct summary *s, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t arm = 0; rc == MSP_OK && arm <= s->arms.n_levels; arm++) {
        const int64_t n = choose_arm(s, arm);
        rc = add_number(s, MSP_STATISTIC_COUNT, NAN, (double)n, NAN, n, "", err);
    }
    return rc;
}

msp_status study_summary_begin(struct study *study, const char *population_id, const char *id,
                               struct summary *s, msp_error *err)
{
    const msp_population *population = msp_protocol_population(study->protocol, population_id);
    uint8_t *keep;
    *s = (struct summary){.study = study, .base = msp_record_empty(), .empty = "(missing)"};
    msp_status rc = study_population(study, population, &keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &s->arms, err);
    s->keep = keep;
    s->in_arm = msp_arena_array(&study->arena, study->n_patients, 1);
    if (rc == MSP_OK && s->in_arm == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for a summary");
    s->base.analysis = id;
    s->base.population = population != NULL ? population->id : "";
    return rc == MSP_OK ? count_patients(s, err) : rc;
}

msp_status study_summary(struct study *study, const msp_summary *summary, const char *id,
                         msp_error *err)
{
    struct summary s;
    msp_status rc = study_summary_begin(study, summary->population.text, id, &s, err);
    /* Who still takes part has no reason for leaving: nothing is missing there. */
    if (summary == &study->protocol->disposition)
        s.empty = "(none given)";
    for (size_t i = 0; rc == MSP_OK && i < summary->variables.n; i++)
        rc = summarise_variable(&s, &summary->variables.items[i], err);
    return rc;
}
