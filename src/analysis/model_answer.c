/*
 * model_answer.c - what a fitted model says.
 *   1. one contrast
 *   2. coefficients
 *   3. tests of terms
 *   4. means and differences of an arm
 */
#include <math.h>
#include <string.h>

#include "model_internal.h"

static const double none = NAN;
static const double infinite = INFINITY;

#define NOTHING ((msp_prob){NAN, NAN})
static const msp_model_estimate unknown = {NAN, NAN, NAN, NAN, {NAN, NAN}, NAN,
                                           NAN, NAN, NAN, NAN, NULL};

/* -- 1. one contrast -- */

static bool has_ratio(const msp_model *m)
{
    return m->kind == MSP_MODEL_LOGISTIC || m->kind == MSP_MODEL_COX;
}

static const char *why_not(const msp_model *m, const double *l)
{
    const msp_model_work *w = m->work;
    if (!m->fitted)
        return m->note;
    if (!msp_alias_allows(&w->alias, l))
        return "the data do not determine it";
    for (size_t k = 0; k < m->coding.n_columns; k++)
        if (fabs(l[k]) > 0 && !w->known[k])
            return "a coefficient in it is infinite or cannot be estimated";
    return NULL;
}

static msp_status of_repeated(const msp_model *m, const double *l, msp_model_estimate *out,
                              msp_error *err)
{
    const msp_confidence confidence = {m->options.level, MSP_TWO_SIDED};
    msp_mmrm_contrast c;
    const msp_status rc = msp_mmrm_estimate(&m->repeated, l, m->options.df, &confidence, &c, err);
    out->estimate = c.value.estimate;
    out->std_error = c.std_error;
    out->df = c.df;
    out->statistic = c.t;
    out->p = c.p;
    out->lower = c.value.lower;
    out->upper = c.value.upper;
    out->note = c.value.note;
    return rc;
}

/* l'b against 0, by t on the model's degrees of freedom. */
static void of_others(const msp_model *m, const double *l, msp_model_estimate *out)
{
    const msp_model_work *w = m->work;
    const size_t p = m->coding.n_columns;
    double variance = 0, estimate = 0;
    for (size_t k = 0; k < p; k++) {
        estimate += fabs(l[k]) > 0 ? l[k] * w->beta[k] : 0;
        for (size_t j = 0; j < p && fabs(l[k]) > 0; j++)
            variance += l[k] * l[j] * w->variance[k * p + j];
    }
    const double half = msp_dist_t_limit(m->options.level, w->df) * sqrt(variance);
    out->estimate = estimate;
    out->std_error = sqrt(variance);
    out->df = w->df;
    out->statistic = estimate / out->std_error;
    out->p = msp_dist_t_two_sided(out->statistic, w->df);
    out->lower = estimate - half;
    out->upper = estimate + half;
}

static msp_status contrast(const msp_model *m, const double *l, msp_model_estimate *out,
                           msp_error *err)
{
    msp_status rc = MSP_OK;
    *out =
        (msp_model_estimate){none, none, none, none, NOTHING, none, none, none, none, none, NULL};
    out->note = why_not(m, l);
    if (out->note != NULL)
        return MSP_OK;
    if (m->kind == MSP_MODEL_REPEATED)
        rc = of_repeated(m, l, out, err);
    else
        of_others(m, l, out);
    if (has_ratio(m)) {
        out->ratio = exp(out->estimate);
        out->ratio_lower = exp(out->lower);
        out->ratio_upper = exp(out->upper);
    }
    return rc;
}

static double *new_weights(msp_model *m)
{
    return msp_arena_array(&m->arena, m->coding.n_columns + 1, sizeof(double));
}

/* -- 2. coefficients -- */

/* b_k as an estimable function, the aliased coefficients being 0. */
static void weigh_coefficient(const msp_model *m, size_t k, double *l)
{
    const msp_alias *alias = &m->work->alias;
    for (size_t j = 0; j < alias->p; j++)
        l[j] = alias->aliased[j] ? alias->combination[j * alias->p + k] : (double)(j == k);
}

static msp_status coefficient(msp_model *m, size_t k, double *l, msp_error *err)
{
    const msp_model_work *w = m->work;
    msp_model_coefficient *c = &m->coefficients[m->n_coefficients++];
    *c = (msp_model_coefficient){.name = m->coding.columns[k].name, .value = unknown};
    c->aliased = w->alias.aliased[k];
    if (c->aliased) {
        c->value.note = "left out: earlier columns determine it";
        return MSP_OK;
    }
    weigh_coefficient(m, k, l);
    const msp_status rc = contrast(m, l, &c->value, err);
    if (rc == MSP_OK && m->fitted && !w->known[k]) {
        const double b = w->beta[k];
        c->value.note =
            isinf(b) ? "infinite: the likelihood grows for ever along it" : "cannot be estimated";
        c->value.estimate = isinf(b) ? b : none;
        c->value.ratio = isinf(b) ? (b > 0 ? infinite : 0) : none;
    }
    return rc;
}

static msp_status coefficients(msp_model *m, msp_error *err)
{
    const size_t p = m->coding.n_columns;
    double *l = new_weights(m);
    m->coefficients = msp_arena_array(&m->arena, p + 1, sizeof *m->coefficients);
    if (l == NULL || m->coefficients == NULL)
        return msp__model_no_memory(err);
    msp_status rc = MSP_OK;
    for (size_t k = m->kind == MSP_MODEL_COX; k < p && rc == MSP_OK; k++)
        rc = coefficient(m, k, l, err);
    return rc;
}

/* -- 3. tests -- */

static msp_status wald(const msp_model *m, const double *l, size_t k, msp_model_test *out,
                       msp_error *err)
{
    const msp_model_work *w = m->work;
    size_t rank;
    double statistic;
    const msp_status rc =
        msp_wald_statistic(w->beta, w->variance, m->coding.n_columns, l, k, &statistic, &rank, err);
    if (rc != MSP_OK)
        return rc;
    out->f = m->kind == MSP_MODEL_LINEAR;
    out->df = (double)rank;
    out->df_error = w->df;
    out->statistic = out->f ? statistic / out->df : statistic;
    out->p = out->f ? msp_dist_f_upper(out->statistic, out->df, w->df)
                    : msp_dist_chisq_upper(statistic, out->df);
    return MSP_OK;
}

static msp_status f_test(const msp_model *m, const double *l, size_t k, msp_model_test *out,
                         msp_error *err)
{
    msp_mmrm_test test;
    const msp_status rc = msp_mmrm_test_of(&m->repeated, l, k, m->options.df, &test, err);
    out->f = true;
    out->statistic = test.f;
    out->df = test.df;
    out->df_error = test.df_error;
    out->p = test.p;
    out->note = test.note;
    return rc;
}

/* Rows that cannot be estimated leave; how many stay. */
static size_t estimable(const msp_model *m, double *l, size_t k)
{
    const size_t p = m->coding.n_columns;
    size_t n = 0;
    for (size_t i = 0; i < k; i++)
        if (why_not(m, l + i * p) == NULL)
            memmove(l + n++ * p, l + i * p, p * sizeof *l);
    return n;
}

static msp_status test_term(msp_model *m, size_t term, msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    msp_model_test *out = &m->tests[m->n_tests++];
    double *l;
    size_t k;
    *out = (msp_model_test){.statistic = none, .df = none, .df_error = none, .p = NOTHING};
    out->term = msp_formula_term_label(f, f->terms[term], &m->arena);
    if (out->term == NULL)
        return msp__model_no_memory(err);
    msp_status rc = msp_coding_hypothesis(&m->coding, term, &m->arena, &l, &k, err);
    const size_t left = rc == MSP_OK ? estimable(m, l, k) : 0;
    if (rc == MSP_OK && left > 0)
        rc = m->kind == MSP_MODEL_REPEATED ? f_test(m, l, left, out, err)
                                           : wald(m, l, left, out, err);
    if (!m->fitted)
        out->note = m->note;
    else if (left == 0)
        out->note = "the data do not determine it";
    else if (left < k && out->note == NULL)
        out->note = "some of its contrasts cannot be estimated and are left out";
    return rc;
}

static msp_status tests(msp_model *m, msp_error *err)
{
    const size_t n = m->coding.formula->n_terms;
    m->tests = msp_arena_array(&m->arena, n + 1, sizeof *m->tests);
    msp_status rc = m->tests != NULL ? MSP_OK : msp__model_no_memory(err);
    for (size_t k = 0; k < n && rc == MSP_OK; k++)
        rc = test_term(m, k, err);
    return rc;
}

/* -- 4. means -- */

/* The arm, and the combinations of levels at which its means are taken; without any there is one.
 */
typedef struct division {
    size_t arm, by[MSP_MODEL_BY];
    const msp_factor *arms, *at[MSP_MODEL_BY];
    size_t n_by, n_at;
} division;

/* The level of the i-th column in a combination; the last column changes fastest. */
static uint32_t level_at(const division *d, size_t at, size_t i)
{
    for (size_t k = d->n_by; k-- > i + 1;)
        at /= d->at[k]->n_levels;
    return (uint32_t)(at % d->at[i]->n_levels);
}

static size_t rows_at(const msp_model *m, const division *d, size_t arm, size_t at)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const size_t row = m->work->row[i];
        bool there = d->arms->code[row] == arm;
        for (size_t k = 0; k < d->n_by; k++)
            there = there && d->at[k]->code[row] == level_at(d, at, k);
        n += there;
    }
    return n;
}

static void weigh(const msp_model *m, const division *d, size_t arm, size_t at, double *l)
{
    uint32_t fixed[MSP_FORMULA_VARIABLES];
    for (size_t v = 0; v < MSP_FORMULA_VARIABLES; v++)
        fixed[v] = MSP_CODING_ABSENT;
    fixed[d->arm] = (uint32_t)arm;
    for (size_t k = 0; k < d->n_by; k++)
        fixed[d->by[k]] = level_at(d, at, k);
    msp_coding_mean(&m->coding, fixed, l);
}

/* "F, 4" and its parts; NULL where nothing divides. */
static msp_status name_place(msp_model *m, const division *d, size_t at, const char **label,
                             const char *const **by, msp_error *err)
{
    const char **levels = msp_arena_array(&m->arena, d->n_by + 1, sizeof *levels);
    *label = NULL;
    *by = levels;
    for (size_t k = 0; levels != NULL && k < d->n_by; k++) {
        levels[k] = d->at[k]->level[level_at(d, at, k)];
        *label = k == 0 ? levels[k] : msp_arena_printf(&m->arena, "%s, %s", *label, levels[k]);
        if (*label == NULL)
            return msp__model_no_memory(err);
    }
    return levels != NULL ? MSP_OK : msp__model_no_memory(err);
}

/* The one that names a level there, else the one of all. */
static const msp_model_word *find_mid(const msp_model *m, const char *const *by)
{
    const msp_model_options *o = &m->options;
    const msp_model_word *all = NULL;
    for (size_t i = 0; i < o->n_mid; i++) {
        if (o->mid[i].name == NULL)
            all = &o->mid[i];
        for (size_t k = 0; k < m->n_by && o->mid[i].name != NULL; k++)
            if (strcmp(o->mid[i].name, by[k]) == 0)
                return &o->mid[i];
    }
    return all;
}

static void judge(msp_model_difference *d)
{
    const double low = d->value.lower, high = d->value.upper, mid = d->mid;
    if (isnan(mid) || isnan(d->value.estimate))
        return;
    d->reached = fabs(d->value.estimate) >= mid;
    d->reach = low > mid || high < -mid   ? MSP_REACH_BEYOND
               : low > -mid && high < mid ? MSP_REACH_WITHIN
                                          : MSP_REACH_OPEN;
}

static msp_status difference(msp_model *m, const division *d, size_t arm, size_t at, double *l,
                             double *reference, msp_error *err)
{
    msp_model_difference *out = &m->differences[m->n_differences++];
    *out = (msp_model_difference){
        .level = d->arms->level[arm], .reference = d->arms->level[0], .mid = none};
    weigh(m, d, arm, at, l);
    weigh(m, d, 0, at, reference);
    for (size_t k = 0; k < m->coding.n_columns; k++)
        l[k] -= reference[k];
    msp_status rc = name_place(m, d, at, &out->at, &out->by, err);
    if (rc == MSP_OK)
        rc = contrast(m, l, &out->value, err);
    const msp_model_word *mid = rc == MSP_OK ? find_mid(m, out->by) : NULL;
    if (rc == MSP_OK && mid != NULL) {
        if (!msp_double_parse(mid->value, strlen(mid->value), &out->mid) || !(out->mid > 0))
            return msp_fail(err, MSP_EUSAGE,
                            "the important difference is \"%s\"; expected a number above 0",
                            mid->value);
        judge(out);
    }
    return rc;
}

static msp_status mean(msp_model *m, const division *d, size_t arm, size_t at, double *l,
                       msp_error *err)
{
    msp_model_mean *out = &m->means[m->n_means++];
    *out = (msp_model_mean){.level = d->arms->level[arm], .n = rows_at(m, d, arm, at)};
    weigh(m, d, arm, at, l);
    const msp_status rc = name_place(m, d, at, &out->at, &out->by, err);
    return rc == MSP_OK ? contrast(m, l, &out->value, err) : rc;
}

static bool is_level(const division *d, const char *name)
{
    for (size_t k = 0; k < d->n_by; k++)
        for (size_t i = 0; i < d->at[k]->n_levels; i++)
            if (strcmp(d->at[k]->level[i], name) == 0)
                return true;
    return false;
}

static msp_status check_mid(const msp_model *m, const division *d, msp_error *err)
{
    for (size_t i = 0; i < m->options.n_mid; i++) {
        const char *name = m->options.mid[i].name, *meant = NULL;
        if (name == NULL || is_level(d, name))
            continue;
        msp_fail(err, MSP_EUSAGE, "an important difference is said of \"%s\", where there is none",
                 name);
        for (size_t k = 0; k < d->n_by && meant == NULL; k++)
            meant = msp_suggest(name, d->at[k]->level, d->at[k]->n_levels);
        return meant != NULL ? msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", meant)
                             : MSP_EUSAGE;
    }
    return MSP_OK;
}

/* What was asked for, or the visit where the formula has it. */
static msp_status divide(msp_model *m, division *d, msp_error *err)
{
    const msp_formula *f = m->coding.formula;
    const msp_model_options *o = &m->options;
    const bool visit =
        o->n_by == 0 && o->visit != NULL && msp__model_variable(f, o->visit) < f->n_variables;
    *d = (division){.arm = msp__model_variable(f, o->arm), .n_by = visit ? 1 : o->n_by, .n_at = 1};
    d->arms = &m->coding.variables[d->arm].factor;
    m->n_by = d->n_by;
    for (size_t k = 0; k < d->n_by; k++) {
        m->by[k] = visit ? o->visit : o->by[k];
        d->by[k] = msp__model_variable(f, m->by[k]);
        d->at[k] = &m->coding.variables[d->by[k]].factor;
        if (d->by[k] == d->arm)
            return msp_fail(err, MSP_EUSAGE, "the arm %s cannot be divided by itself", o->arm);
        if (d->n_at > MSP_CODING_COLUMNS / d->at[k]->n_levels)
            return msp_fail(err, MSP_EUSAGE, "\"by\" makes more than %d combinations",
                            MSP_CODING_COLUMNS);
        d->n_at *= d->at[k]->n_levels;
    }
    return check_mid(m, d, err);
}

static msp_status means(msp_model *m, msp_error *err)
{
    division d;
    msp_status rc = divide(m, &d, err);
    if (rc != MSP_OK)
        return rc;
    const size_t n = d.arms->n_levels * d.n_at;
    double *l = new_weights(m), *reference = new_weights(m);
    m->means = msp_arena_array(&m->arena, n, sizeof *m->means);
    m->differences = msp_arena_array(&m->arena, n, sizeof *m->differences);
    if (l == NULL || reference == NULL || m->means == NULL || m->differences == NULL)
        return msp__model_no_memory(err);
    for (size_t at = 0; at < d.n_at; at++)
        for (size_t arm = 0; arm < d.arms->n_levels && rc == MSP_OK; arm++) {
            if (!has_ratio(m))
                rc = mean(m, &d, arm, at, l, err);
            if (rc == MSP_OK && arm > 0)
                rc = difference(m, &d, arm, at, l, reference, err);
        }
    return rc;
}

msp_status msp__model_answer(msp_model *m, msp_error *err)
{
    msp_status rc = coefficients(m, err);
    if (rc == MSP_OK)
        rc = tests(m, err);
    return rc == MSP_OK && m->options.arm != NULL ? means(m, err) : rc;
}
