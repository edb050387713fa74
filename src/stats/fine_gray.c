#include "mspike/stats/fine_gray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "fine_gray_internal.h"
#include "kernels.h"
#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;
/* As in the Cox model: see cox.c. */
static const double dependent = 1e-11, converged = 1e-18, rounding = 1e-12;
enum { MAX_HALVINGS = 60 };

typedef struct fit {
    const msp_cox_options *options;
    const msp_cox_column *columns;
    msp_fine_gray *out;
    msp_error *err;
    subrisk risk;
    size_t p;
    size_t *column; /* p: which of the caller's */
    double *scale;
    double *b, *step, *trial_b, *unit_b, *floor; /* in units of the scale */
    double *factor, *score_variance;
    cox_point now, trial;
    bool *used;
    double *block;
} fit;

static msp_status allocate(fit *f)
{
    msp_fine_gray *out = f->out;
    const size_t p = out->n_columns, matrix = p * p * sizeof(double);
    out->block = calloc(1, 2 * matrix + p * sizeof *out->coefficients + 1);
    f->block = calloc(8 * p + 4 * p * p + 1, sizeof *f->block);
    f->column = calloc(p + 1, sizeof *f->column);
    f->used = calloc(p + 1, sizeof *f->used);
    if (out->block == NULL || f->block == NULL || f->column == NULL || f->used == NULL)
        return msp_fail(f->err, MSP_EMEM, "no memory for a Fine-Gray model of %zu columns", p);
    out->variance = out->block;
    out->information = out->variance + p * p;
    out->coefficients = (void *)((char *)out->block + 2 * matrix);
    double *next = f->block;
    double **vectors[] = {&f->scale,  &f->b,     &f->step,      &f->trial_b,
                          &f->unit_b, &f->floor, &f->now.score, &f->trial.score};
    for (size_t i = 0; i < MSP_COUNT(vectors); i++, next += p)
        *vectors[i] = next;
    double **matrices[] = {&f->factor, &f->score_variance, &f->now.information,
                           &f->trial.information};
    for (size_t i = 0; i < MSP_COUNT(matrices); i++, next += p * p)
        *matrices[i] = next;
    return MSP_OK;
}

static void release(fit *f)
{
    subrisk_free(&f->risk);
    free(f->block);
    free(f->column);
    free(f->used);
}

static void set_unknown(msp_fine_gray *out)
{
    for (size_t c = 0; c < out->n_columns; c++) {
        msp_cox_coefficient *of = &out->coefficients[c];
        const bool infinite = of->kind == MSP_COX_INFINITE;
        *of =
            (msp_cox_coefficient){of->kind, infinite ? of->coef : none,           none, none, none,
                                  none,     infinite ? msp__exp(of->coef) : none, none, none};
    }
    for (size_t i = 0; i < out->n_columns * out->n_columns; i++)
        out->variance[i] = out->information[i] = none;
}

/* --- the columns ------------------------------------------------------------------------------ */

static msp_status gather(fit *f)
{
    for (size_t c = 0; c < f->out->n_columns; c++) {
        const msp_status status =
            cox_gather(f->risk.x[f->p], &f->scale[f->p], &f->risk.frame, &f->columns[c], c, f->err);
        if (status != MSP_OK)
            return status;
        f->column[f->p] = c;
        if (f->scale[f->p] > 0)
            f->p++;
        else
            f->out->coefficients[c].kind = MSP_COX_ALIASED;
    }
    subrisk_set(&f->risk, f->p);
    return MSP_OK;
}

static void drop_column(fit *f, size_t i)
{
    double *gone = f->risk.x[i];
    for (f->p--; i < f->p; i++) {
        f->column[i] = f->column[i + 1];
        f->risk.x[i] = f->risk.x[i + 1];
        f->scale[i] = f->scale[i + 1];
    }
    f->risk.x[f->p] = gone;
    subrisk_set(&f->risk, f->p);
}

/* --- Newton's method -------------------------------------------------------------------------- */

static void evaluate(fit *f, const double *b, cox_point *out)
{
    for (size_t k = 0; k < f->p; k++)
        f->unit_b[k] = b[k] / f->scale[k];
    subrisk_evaluate(&f->risk, f->unit_b, out);
    for (size_t k = 0; k < f->p; k++) {
        out->score[k] /= f->scale[k];
        for (size_t j = 0; j <= k; j++)
            out->information[k * f->p + j] /= f->scale[k] * f->scale[j];
    }
}

static bool factor(fit *f, double floor)
{
    for (size_t k = 0; k < f->p; k++)
        f->floor[k] = floor;
    memcpy(f->factor, f->now.information, f->p * f->p * sizeof *f->factor);
    return msp__factor(f->factor, f->p, f->floor, f->used) == f->p;
}

static void start(fit *f)
{
    memset(f->b, 0, f->p * sizeof *f->b);
    evaluate(f, f->b, &f->now);
    if (factor(f, dependent * (double)f->out->n_events))
        return;
    for (size_t i = f->p; i-- > 0;)
        if (!f->used[i]) {
            f->out->coefficients[f->column[i]].kind = MSP_COX_ALIASED;
            drop_column(f, i);
        }
    evaluate(f, f->b, &f->now);
}

static bool move(fit *f)
{
    double length = 1;
    for (int i = 0; i < MAX_HALVINGS; i++, length /= 2) {
        for (size_t k = 0; k < f->p; k++)
            f->trial_b[k] = f->b[k] + length * f->step[k];
        evaluate(f, f->trial_b, &f->trial);
        f->out->iterations++;
        if (f->trial.loglik >= f->now.loglik - rounding * fabs(f->now.loglik)) {
            memcpy(f->b, f->trial_b, f->p * sizeof *f->b);
            const cox_point swap = f->now;
            f->now = f->trial;
            f->trial = swap;
            return true;
        }
    }
    return false;
}

/* True once the next step is below rounding. */
static bool maximise(fit *f)
{
    for (int i = 0; i <= f->options->max_iterations; i++) {
        if (!factor(f, 0))
            return false;
        msp__solve(f->factor, f->p, f->used, f->now.score, f->step);
        if (msp__dot(f->step, f->now.score, f->p) <= converged) {
            for (size_t k = 0; k < f->p; k++)
                f->b[k] += f->step[k];
            return true;
        }
        if (!move(f))
            return false;
    }
    return false;
}

/* --- the result ------------------------------------------------------------------------------- */

/* I^-1 V I^-1, in f->trial.information; the inverse is symmetric. */
static void sandwich(fit *f)
{
    const size_t p = f->p;
    double *inverse = f->factor, *half = f->trial.information;
    msp__invert(f->factor, p, f->used, f->now.information);
    memcpy(inverse, f->now.information, p * p * sizeof *inverse);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum +=
                    inverse[i * p + k] * f->score_variance[k * p + j] / f->scale[k] / f->scale[j];
            half[i * p + j] = sum;
        }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += half[i * p + k] * inverse[k * p + j];
            f->score_variance[i * p + j] = sum;
        }
}

static void set_estimate(fit *f, size_t i)
{
    msp_fine_gray *out = f->out;
    const size_t p = f->p, c = f->column[i];
    msp_cox_coefficient *of = &out->coefficients[c];
    const double z = msp_dist_normal_limit(out->level);
    of->coef = f->b[i] / f->scale[i];
    of->std_error = sqrt(f->score_variance[i * p + i]) / f->scale[i];
    of->z = of->coef / of->std_error;
    const msp_prob q = msp_dist_normal_two_sided(of->z);
    of->p = q.p;
    of->log_p = q.log_p;
    of->hazard_ratio = msp__exp(of->coef);
    of->lower = msp__exp(of->coef - z * of->std_error);
    of->upper = msp__exp(of->coef + z * of->std_error);
    for (size_t j = 0; j < p; j++)
        out->variance[c * out->n_columns + f->column[j]] =
            f->score_variance[i * p + j] / (f->scale[i] * f->scale[j]);
}

/* b' V^- b. */
static msp_test wald_test(fit *f)
{
    for (size_t k = 0; k < f->p; k++)
        f->floor[k] = dependent * f->score_variance[k * f->p + k];
    const size_t df = msp__factor(f->score_variance, f->p, f->floor, f->used);
    msp__solve(f->score_variance, f->p, f->used, f->b, f->step);
    const double statistic = msp__dot(f->b, f->step, f->p);
    const msp_prob q = msp_dist_chisq_upper(statistic, (double)df);
    return (msp_test){statistic, (double)df, q.p, q.log_p};
}

static msp_status finish(fit *f)
{
    msp_fine_gray *out = f->out;
    const size_t p = f->p;
    evaluate(f, f->b, &f->now); /* the sums of the last b */
    out->loglik = f->now.loglik;
    for (size_t k = 0; k < p; k++) {
        out->gradient = fmax(out->gradient, fabs(f->now.score[k]));
        for (size_t j = 0; j < p; j++) {
            const double i = f->now.information[k > j ? k * p + j : j * p + k];
            out->information[f->column[k] * out->n_columns + f->column[j]] =
                i * f->scale[k] * f->scale[j];
        }
    }
    factor(f, 0);
    const msp_status status = subrisk_score_variance(&f->risk, f->score_variance, f->err);
    if (status != MSP_OK)
        return status;
    sandwich(f);
    for (size_t i = 0; i < p; i++)
        set_estimate(f, i);
    out->wald = wald_test(f);
    return MSP_OK;
}

static msp_status find_infinite(fit *f, bool *found)
{
    *found = false;
    for (size_t i = 0; i < f->p; i++) {
        int sign;
        const msp_status status = subrisk_find_order(&f->risk, f->risk.x[i], &sign, f->err);
        if (status != MSP_OK)
            return status;
        if (sign == 0)
            continue;
        msp_cox_coefficient *c = &f->out->coefficients[f->column[i]];
        c->kind = MSP_COX_INFINITE;
        c->coef = sign > 0 ? INFINITY : -INFINITY;
        *found = true;
    }
    return MSP_OK;
}

static msp_status run(fit *f)
{
    msp_fine_gray *out = f->out;
    bool infinite;
    msp_status status = gather(f);
    if (status == MSP_OK)
        status = find_infinite(f, &infinite);
    if (status != MSP_OK)
        return status;
    start(f);
    out->loglik_null = f->now.loglik;
    set_unknown(out);
    if (f->p == 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no covariate differs between patients";
    } else if (infinite) {
        out->state = MSP_COX_MONOTONE;
        out->note = "the likelihood grows for ever as a ratio goes to 0 or infinity; nothing else "
                    "is estimated beside it";
    } else if (!maximise(f)) {
        out->state = MSP_COX_NOT_CONVERGED;
        out->note = "Newton's method found no maximum of the likelihood";
    } else {
        return finish(f);
    }
    return MSP_OK;
}

static msp_status fit_causes(fit *f, const msp_order *order, const uint32_t *cause, uint32_t which)
{
    msp_fine_gray *out = f->out;
    for (size_t i = 0; i < order->n; i++) {
        out->n_events += cause[i] == which;
        out->n_other += cause[i] != 0 && cause[i] != which;
    }
    if (out->n_events == 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no events of this cause";
        set_unknown(out);
        return MSP_OK;
    }
    const msp_status status = subrisk_init(&f->risk, order, cause, which, out->n_columns, f->err);
    return status == MSP_OK ? run(f) : status;
}

msp_status msp_fine_gray_fit(const msp_order *order, const uint32_t *cause, size_t n_causes,
                             uint32_t which, const msp_cox_column *columns, size_t n_columns,
                             const msp_cox_options *options, msp_fine_gray *out, msp_error *err)
{
    *out = (msp_fine_gray){
        .n = order->n,
        .n_columns = n_columns,
        .level = options->level,
        .loglik_null = none,
        .loglik = none,
        .wald = {none, 0, none, none},
    };
    if (which < 1 || which > n_causes || n_columns == 0)
        return msp_fail(err, MSP_ERANGE, "cause %u of %zu and %zu columns; expected one of each",
                        which, n_causes, n_columns);
    if (!(options->level > 0 && options->level < 1) || options->max_iterations < 1)
        return msp_fail(err, MSP_ERANGE, "level %g, %d iterations; expected 0 to 1, at least 1",
                        options->level, options->max_iterations);
    fit f = {.options = options, .columns = columns, .out = out, .err = err};
    uint32_t *causes;
    msp_status status = msp__read_causes(&causes, order, cause, n_causes, err);
    if (status == MSP_OK)
        status = allocate(&f);
    if (status == MSP_OK)
        status = fit_causes(&f, order, causes, which);
    release(&f);
    free(causes);
    if (status != MSP_OK)
        msp_fine_gray_free(out);
    return status;
}

void msp_fine_gray_free(msp_fine_gray *model)
{
    free(model->block);
    *model = (msp_fine_gray){0};
}
