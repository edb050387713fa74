#include "mspike/stats/cox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_internal.h"
#include "kernels.h"
#include "large.h"
#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;

/* A pivot of the information below this part of the number of events (columns have standard
 * deviation 1) is rounding: the column depends on the earlier ones. */
static const double dependent = 1e-11;

/* Newton's method ends when the squared length of a step, in standard errors, is below this, and,
 * for the information to be that of the maximum, in standard deviations of the columns below that;
 * or one step later, where the information is too flat for that. */
static const double converged = 1e-18, precise = 1e-24;

/* A log-likelihood that falls by less than this part of itself has not fallen: rounding. */
static const double rounding = 1e-12;

/* Halvings of a step before giving up, and the iteration from which, and how often, a step is tried
 * as a direction in which the likelihood grows for ever. */
enum { MAX_HALVINGS = 60, FIRST_TRY = 12, TRY_EVERY = 6 };

/* One fit on its way. */
typedef struct fit {
    const msp_order *order;
    const msp_cox_column *columns;
    const msp_cox_options *options;
    msp_cox *out;
    msp_error *err;

    cox_frame frame;
    cox_work work;
    uint32_t *stratum; /* NULL, or strata split by infinite directions */
    size_t n_strata;

    /* The columns in the fit, centred; x[i] and scale[i] belong to column[i]. */
    size_t p;
    size_t *column;
    double *x_block;
    double **x;
    double *scale;

    /* Vectors of p and matrices of p x p, in units of the scale. */
    double *b, *step, *trial_b, *unit_b, *floor;
    double *factor;
    cox_point now, trial;
    bool *used;
    double *block;
} fit;

const char *msp_cox_ties_name(msp_cox_ties ties)
{
    static const char *const names[] = {"efron", "breslow", "discrete", "marginal"};
    return (size_t)ties < MSP_COUNT(names) ? names[ties] : "?";
}

msp_cox_options msp_cox_options_default(msp_convention convention)
{
    return (msp_cox_options){
        .ties = convention == MSP_CONVENTION_SAS ? MSP_COX_BRESLOW : MSP_COX_EFRON,
        .level = 0.95,
        .max_iterations = 40,
    };
}

/* --- room ------------------------------------------------------------------------------------- */

static msp_status out_of_memory(const fit *f)
{
    return msp_fail(f->err, MSP_EMEM, "no memory for a Cox model of %zu rows and %zu columns",
                    f->order->n, f->out->n_columns);
}

msp_status cox_allocate_result(msp_cox *out, msp_error *err)
{
    size_t p = out->n_columns, matrix = p * p * sizeof(double);
    out->block = calloc(1, matrix + p * sizeof *out->coefficients + 1);
    if (out->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a Cox model of %zu columns", p);
    out->variance = out->block;
    out->coefficients = (void *)((char *)out->block + matrix);
    return MSP_OK;
}

static msp_status allocate_vectors(fit *f)
{
    size_t p = f->out->n_columns;
    f->column = calloc(p + 1, sizeof *f->column);
    f->x = calloc(p + 1, sizeof *f->x);
    f->used = calloc(p + 1, sizeof *f->used);
    f->block = calloc(8 * p + 3 * p * p + 1, sizeof *f->block);
    f->x_block = msp__large(p * f->order->n + 1, sizeof *f->x_block);
    if (f->column == NULL || f->x == NULL || f->used == NULL || f->block == NULL ||
        f->x_block == NULL)
        return out_of_memory(f);
    double *next = f->block;
    double **vectors[] = {&f->scale,  &f->b,     &f->step,      &f->trial_b,
                          &f->unit_b, &f->floor, &f->now.score, &f->trial.score};
    for (size_t i = 0; i < MSP_COUNT(vectors); i++, next += p)
        *vectors[i] = next;
    f->factor = next;
    f->now.information = next + p * p;
    f->trial.information = next + 2 * p * p;
    return MSP_OK;
}

static void release(fit *f)
{
    cox_work_free(&f->work);
    cox_frame_free(&f->frame);
    free(f->stratum);
    free(f->column);
    free(f->x);
    free(f->used);
    free(f->block);
    free(f->x_block);
}

/* --- the columns in the fit ------------------------------------------------------------------- */

/* Gathers the columns f->column[0 .. p) anew; those constant within strata are aliased. */
static msp_status gather_columns(fit *f)
{
    size_t p = 0;
    for (size_t i = 0; i < f->p; i++) {
        size_t c = f->column[i];
        f->x[p] = f->x_block + p * f->frame.n;
        msp_status status = cox_gather(f->x[p], &f->scale[p], &f->frame, &f->columns[c], c, f->err);
        if (status != MSP_OK)
            return status;
        f->column[p] = c;
        if (f->scale[p] > 0)
            p++;
        else if (f->out->coefficients[c].kind == MSP_COX_ESTIMATED)
            f->out->coefficients[c].kind = MSP_COX_ALIASED;
    }
    f->p = p;
    cox_work_set(&f->work, p, (const double *const *)f->x);
    return MSP_OK;
}

/* Leaves out column i of the fit. */
static void drop_column(fit *f, size_t i)
{
    for (f->p--; i < f->p; i++) {
        f->column[i] = f->column[i + 1];
        f->x[i] = f->x[i + 1];
        f->scale[i] = f->scale[i + 1];
    }
    cox_work_set(&f->work, f->p, (const double *const *)f->x);
}

/* --- Newton's method -------------------------------------------------------------------------- */

/* Likelihood, score and information at b, all in units of the scale. */
static msp_status evaluate(fit *f, const double *b, cox_point *out)
{
    for (size_t k = 0; k < f->p; k++)
        f->unit_b[k] = b[k] / f->scale[k];
    msp_status status = cox_evaluate(&f->work, f->unit_b, out, f->err);
    for (size_t k = 0; k < f->p; k++) {
        out->score[k] /= f->scale[k];
        for (size_t j = 0; j <= k; j++)
            out->information[k * f->p + j] /= f->scale[k] * f->scale[j];
    }
    return status;
}

/* Factors the information at f->now; false unless all columns are independent there. */
static bool factor(fit *f, double floor)
{
    for (size_t k = 0; k < f->p; k++)
        f->floor[k] = floor;
    memcpy(f->factor, f->now.information, f->p * f->p * sizeof *f->factor);
    return msp__factor(f->factor, f->p, f->floor, f->used) == f->p;
}

/* Starts from b = 0 and leaves out the columns that earlier ones determine. */
static msp_status start(fit *f)
{
    memset(f->b, 0, f->out->n_columns * sizeof *f->b);
    msp_status status = evaluate(f, f->b, &f->now);
    if (status != MSP_OK || factor(f, dependent * f->frame.events))
        return status;
    for (size_t i = f->p; i-- > 0;) {
        if (f->used[i])
            continue;
        msp_cox_coefficient *c = &f->out->coefficients[f->column[i]];
        if (c->kind == MSP_COX_ESTIMATED)
            c->kind = MSP_COX_ALIASED;
        drop_column(f, i);
    }
    status = evaluate(f, f->b, &f->now);
    factor(f, 0);
    return status;
}

/* Begins anew on strata split by y. */
static msp_status split(fit *f, const double *y)
{
    uint32_t *stratum = malloc(f->order->n_rows * sizeof *stratum);
    if (stratum == NULL)
        return out_of_memory(f);
    msp_status status = cox_split_strata(&f->frame, y, stratum, &f->n_strata, f->err);
    free(f->stratum);
    f->stratum = stratum;
    cox_work_free(&f->work);
    cox_frame_free(&f->frame);
    if (status == MSP_OK)
        status = cox_frame_init(&f->frame, f->order, f->stratum, f->n_strata, f->err);
    if (status == MSP_OK)
        status = cox_frame_weigh(&f->frame, f->options->weight, f->err);
    if (status == MSP_OK)
        status = cox_work_init(&f->work, &f->frame, f->p, f->options->ties, f->err);
    if (status == MSP_OK)
        status = gather_columns(f);
    return status == MSP_OK ? start(f) : status;
}

typedef enum outcome {
    CONVERGED,
    GROWS, /* f->step may be a direction in which the likelihood grows for ever */
    FAILED
} outcome;

/* Moves along the step, or as much of it as raises the likelihood; false where nothing does. */
static msp_status move(fit *f, bool *moved)
{
    double length = 1;
    *moved = false;
    for (int i = 0; i < MAX_HALVINGS; i++, length /= 2) {
        for (size_t k = 0; k < f->p; k++)
            f->trial_b[k] = f->b[k] + length * f->step[k];
        msp_status status = evaluate(f, f->trial_b, &f->trial);
        if (status != MSP_OK)
            return status;
        f->out->iterations++;
        if (f->trial.loglik >= f->now.loglik - rounding * fabs(f->now.loglik)) {
            memcpy(f->b, f->trial_b, f->p * sizeof *f->b);
            cox_point swap = f->now;
            f->now = f->trial;
            f->trial = swap;
            *moved = true;
            return MSP_OK;
        }
    }
    return MSP_OK;
}

/* Goes on from f->now for up to n_steps steps. */
static msp_status iterate(fit *f, int n_steps, outcome *end)
{
    bool last = false;
    for (int i = 0; i < n_steps; i++) {
        *end = GROWS;
        if (!factor(f, 0))
            return MSP_OK;
        msp__solve(f->factor, f->p, f->used, f->now.score, f->step);
        const double gain = msp__dot(f->step, f->now.score, f->p);
        const bool near = gain <= converged * f->frame.events / (double)f->frame.n_events;
        if (near && (last || msp__dot(f->step, f->step, f->p) <= precise)) {
            for (size_t k = 0; k < f->p; k++)
                f->b[k] += f->step[k];
            *end = CONVERGED;
            return MSP_OK;
        }
        last = near;
        bool moved;
        msp_status status = move(f, &moved);
        if (status != MSP_OK)
            return status;
        if (!moved) {
            *end = near ? CONVERGED : FAILED;
            return MSP_OK;
        }
    }
    return MSP_OK;
}

/* --- infinite coefficients -------------------------------------------------------------------- */

static void set_infinite(fit *f, size_t i, double sign)
{
    msp_cox_coefficient *c = &f->out->coefficients[f->column[i]];
    c->kind = MSP_COX_INFINITE;
    c->coef = sign > 0 ? INFINITY : -INFINITY;
}

/* Looks for single columns that order the events; *found when one was taken to its limit. */
static msp_status split_by_column(fit *f, bool *found)
{
    *found = false;
    for (size_t i = 0; i < f->p; i++) {
        int sign;
        msp_status status = cox_find_order(&f->frame, f->x[i], f->options->ties, &sign, f->err);
        if (status != MSP_OK)
            return status;
        if (sign == 0)
            continue;
        *found = true;
        if (f->out->coefficients[f->column[i]].kind == MSP_COX_ESTIMATED)
            set_infinite(f, i, sign);
        double *y = malloc(f->frame.n * sizeof *y);
        if (y == NULL)
            return out_of_memory(f);
        memcpy(y, f->x[i], f->frame.n * sizeof *y);
        drop_column(f, i);
        status = split(f, y);
        free(y);
        return status;
    }
    return MSP_OK;
}

/* The fraction with a denominator up to 12 that x nearly is, or else x. */
static double snap(double x)
{
    for (int q = 1; q <= 12; q++)
        if (fabs(rint(x * q) / q - x) < 1e-4)
            return rint(x * q) / q;
    return x;
}

/* The last step as a direction per unit of the columns, in multiples of its largest part; which
 * column that is in *largest. Parts that are nearly 0 or nearly simple fractions become so. */
static void make_direction(const fit *f, double *direction, size_t *largest)
{
    *largest = 0;
    for (size_t k = 1; k < f->p; k++)
        if (fabs(f->step[k]) > fabs(f->step[*largest]))
            *largest = k;
    double top = fabs(f->step[*largest]), unit = top / f->scale[*largest];
    for (size_t k = 0; k < f->p; k++)
        direction[k] = fabs(f->step[k]) < 1e-4 * top ? 0 : snap(f->step[k] / f->scale[k] / unit);
}

/* Is the last step a direction that orders the events? If so, *found, and on to its limit. */
static msp_status split_by_step(fit *f, bool *found)
{
    *found = false;
    double *y = malloc(f->frame.n * sizeof *y);
    if (y == NULL)
        return out_of_memory(f);
    size_t largest;
    make_direction(f, f->trial_b, &largest);
    msp__linear(y, f->work.x, f->trial_b, f->p, 0, f->frame.n);
    /* what should be equal is so but for rounding */
    double unit = 1e-9 * msp__largest(y, f->frame.n);
    for (size_t i = 0; i < f->frame.n; i++)
        y[i] = unit > 0 ? rint(y[i] / unit) : 0;
    int sign;
    msp_status status = cox_find_order(&f->frame, y, f->options->ties, &sign, f->err);
    if (status == MSP_OK && sign > 0) {
        *found = true;
        for (size_t k = 0; k < f->p; k++)
            if (f->trial_b[k] != 0)
                set_infinite(f, k, f->trial_b[k]);
        drop_column(f, largest);
        status = split(f, y);
    }
    free(y);
    return status;
}

/* Newton's method, with a look at where it is heading when it takes long. */
static msp_status climb(fit *f, outcome *end, bool *found)
{
    *found = false;
    int left = f->options->max_iterations, steps = FIRST_TRY;
    do {
        steps = steps < left ? steps : left;
        msp_status status = iterate(f, steps, end);
        if (status != MSP_OK || *end != GROWS)
            return status;
        status = split_by_step(f, found);
        if (status != MSP_OK || *found)
            return status;
        left -= steps;
        steps = TRY_EVERY;
    } while (left > 0 && factor(f, 0));
    *end = FAILED;
    return MSP_OK;
}

/* Fits what is finite; columns and directions that are not go to their limits first. */
static msp_status maximise(fit *f, outcome *end)
{
    for (bool found = true; found;) {
        msp_status status = split_by_column(f, &found);
        if (status == MSP_OK && !found)
            status = climb(f, end, &found);
        if (status != MSP_OK)
            return status;
    }
    return MSP_OK;
}

/* --- the result ------------------------------------------------------------------------------- */

static msp_test make_test(double statistic, size_t df)
{
    if (df == 0)
        return (msp_test){none, 0, none, none};
    msp_prob p = msp_dist_chisq_upper(statistic, (double)df);
    return (msp_test){statistic, (double)df, p.p, p.log_p};
}

static void set_unknown(msp_cox *out)
{
    for (size_t c = 0; c < out->n_columns; c++) {
        msp_cox_coefficient *of = &out->coefficients[c];
        bool infinite = of->kind == MSP_COX_INFINITE;
        double ratio = !infinite ? none : msp__exp(of->coef);
        *of = (msp_cox_coefficient){
            of->kind, infinite ? of->coef : none, none, none, none, none, ratio, none, none};
    }
    for (size_t i = 0; i < out->n_columns * out->n_columns; i++)
        out->variance[i] = none;
}

static void set_estimate(fit *f, size_t i, const double *inverse)
{
    msp_cox *out = f->out;
    size_t c = f->column[i];
    msp_cox_coefficient *of = &out->coefficients[c];
    double z = msp_dist_normal_limit(out->level);
    of->coef = f->b[i] / f->scale[i];
    of->std_error = sqrt(inverse[i * f->p + i]) / f->scale[i];
    of->z = of->coef / of->std_error;
    msp_prob p = msp_dist_normal_two_sided(of->z);
    of->p = p.p;
    of->log_p = p.log_p;
    of->hazard_ratio = msp__exp(of->coef);
    of->lower = msp__exp(of->coef - z * of->std_error);
    of->upper = msp__exp(of->coef + z * of->std_error);
    for (size_t j = 0; j < f->p; j++)
        if (out->coefficients[f->column[j]].kind == MSP_COX_ESTIMATED)
            out->variance[c * out->n_columns + f->column[j]] =
                inverse[i * f->p + j] / (f->scale[i] * f->scale[j]);
}

/* b' I b, with only the lower triangle of I at hand. */
static double quadratic(const fit *f)
{
    double sum = 0;
    for (size_t k = 0; k < f->p; k++) {
        sum += f->now.information[k * f->p + k] * f->b[k] * f->b[k];
        for (size_t j = 0; j < k; j++)
            sum += 2 * f->now.information[k * f->p + j] * f->b[k] * f->b[j];
    }
    return sum;
}

static void finish(fit *f, size_t rank)
{
    msp_cox *out = f->out;
    out->loglik = f->now.loglik;
    for (size_t k = 0; k < f->p; k++)
        out->gradient = fmax(out->gradient, fabs(f->now.score[k]));
    msp__invert(f->factor, f->p, f->used, f->trial.information);
    for (size_t c = 0; c < out->n_columns; c++)
        if (out->coefficients[c].kind == MSP_COX_INFINITE)
            out->state = MSP_COX_MONOTONE;
    for (size_t i = 0; i < f->p; i++)
        if (out->coefficients[f->column[i]].kind == MSP_COX_ESTIMATED)
            set_estimate(f, i, f->trial.information);
    out->likelihood_ratio = make_test(2 * (out->loglik - out->loglik_null), rank);
    if (out->state == MSP_COX_MONOTONE)
        out->note = "the likelihood has no maximum: it grows for ever as a hazard ratio goes to 0 "
                    "or infinity";
    else
        out->wald = make_test(quadratic(f), rank);
}

static msp_status run(fit *f)
{
    msp_cox *out = f->out;
    msp_status status = gather_columns(f);
    if (status == MSP_OK)
        status = start(f);
    if (status != MSP_OK)
        return status;
    size_t rank = f->p;
    out->loglik_null = out->loglik = f->now.loglik;
    msp__solve(f->factor, f->p, f->used, f->now.score, f->step);
    out->score = make_test(msp__dot(f->step, f->now.score, f->p), rank);
    if (rank == 0 && out->n_columns > 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no covariate differs between patients at risk when an event happens";
        set_unknown(out);
        return MSP_OK;
    }
    outcome end = FAILED;
    status = maximise(f, &end);
    if (status != MSP_OK)
        return status;
    set_unknown(out);
    if (end == CONVERGED) {
        finish(f, rank);
    } else {
        out->state = MSP_COX_NOT_CONVERGED;
        out->loglik = none;
        out->note = "Newton's method found no maximum of the likelihood";
    }
    return MSP_OK;
}

static msp_status check_options(const msp_cox_options *options, msp_error *err)
{
    if (!(options->level > 0 && options->level < 1))
        return msp_fail(err, MSP_ERANGE, "level is %g; expected a number between 0 and 1",
                        options->level);
    if (options->max_iterations < 1)
        return msp_fail(err, MSP_ERANGE, "%d iterations; expected at least 1",
                        options->max_iterations);
    if (options->weight != NULL && options->ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "case weights with %s ties; expected efron or breslow",
                        msp_cox_ties_name(options->ties));
    return MSP_OK;
}

static msp_status fit_events(fit *f, const uint32_t *stratum, size_t n_strata)
{
    msp_status status = allocate_vectors(f);
    f->p = f->out->n_columns;
    for (size_t c = 0; status == MSP_OK && c < f->p; c++)
        f->column[c] = c;
    if (status == MSP_OK)
        status = cox_frame_init(&f->frame, f->order, stratum, n_strata, f->err);
    if (status == MSP_OK)
        status = cox_frame_weigh(&f->frame, f->options->weight, f->err);
    if (status == MSP_OK)
        status = cox_work_init(&f->work, &f->frame, f->p, f->options->ties, f->err);
    return status == MSP_OK ? run(f) : status;
}

msp_status msp_cox_fit(const msp_order *order, const msp_cox_column *columns, size_t n_columns,
                       const uint32_t *stratum, size_t n_strata, const msp_cox_options *options,
                       msp_cox *out, msp_error *err)
{
    *out = (msp_cox){
        .n = order->n,
        .n_events = order->n_events,
        .n_columns = n_columns,
        .ties = options->ties,
        .level = options->level,
        .weight = options->weight,
        .likelihood_ratio = make_test(none, 0),
        .wald = make_test(none, 0),
        .score = make_test(none, 0),
    };
    msp_status status = check_options(options, err);
    if (status != MSP_OK)
        return status;
    fit f = {.order = order, .columns = columns, .options = options, .out = out, .err = err};
    status = cox_allocate_result(out, err);
    if (status == MSP_OK && order->n_events == 0) {
        out->state = MSP_COX_NOT_ESTIMABLE;
        out->note = "no events";
        out->loglik_null = out->loglik = none;
        set_unknown(out);
    } else if (status == MSP_OK) {
        status = fit_events(&f, stratum, n_strata);
    }
    release(&f);
    if (status != MSP_OK)
        msp_cox_free(out);
    return status;
}

void msp_cox_free(msp_cox *cox)
{
    free(cox->block);
    *cox = (msp_cox){0};
}
