/* cox_search.c - Newton's method with a coefficient held, and the profile's limits. */
#include "cox_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "large.h"
#include "mspike/stats/cox_profile.h"
#include "mspike/stats/dist.h"
#include "solve.h"

static const double none = NAN;
/* As in cox.c; the penalised steps shrink only linearly, so the last one is to be small. */
static const double dependent = 1e-11, converged = 1e-22, rounding = 1e-13;
enum { MAX_HALVINGS = 60, MAX_STEPS = 200, MAX_DOUBLINGS = 40 };

static msp_status out_of_memory(const cox_search *s, msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the profiles of %zu rows", s->frame.n);
}

/* --- room ------------------------------------------------------------------------------------- */

static msp_status allocate_penalty(cox_search *s, size_t p, msp_error *err)
{
    cox_penalty *f = &s->penalty;
    f->size = 2 * (1 + p) + p * (p + 1) / 2;
    f->pairs = calloc(5 * f->size + p * p + 2 * p, sizeof *f->pairs);
    f->weight = malloc(s->frame.n * sizeof *f->weight);
    if (f->pairs == NULL || f->weight == NULL)
        return out_of_memory(s, err);
    f->row = f->pairs + 2 * f->size;
    f->own = f->row + f->size;
    f->now = f->own + f->size;
    f->inverse = f->now + f->size;
    f->third = f->inverse + p * p;
    f->vector = f->third + p;
    return MSP_OK;
}

static msp_status allocate(cox_search *s, size_t p, msp_error *err)
{
    s->column = calloc(p + 1, sizeof *s->column);
    s->x = calloc(p + 1, sizeof *s->x);
    s->used = calloc(p + 1, sizeof *s->used);
    s->block = calloc(8 * p + 3 * p * p + 1, sizeof *s->block);
    s->x_block = msp__large(p * s->frame.n + 1, sizeof *s->x_block);
    if (s->column == NULL || s->x == NULL || s->used == NULL || s->block == NULL ||
        s->x_block == NULL)
        return out_of_memory(s, err);
    double *next = s->block;
    double **vectors[] = {&s->scale,  &s->b,     &s->step,      &s->trial_b,
                          &s->unit_b, &s->floor, &s->now.score, &s->trial.score};
    for (size_t i = 0; i < MSP_COUNT(vectors); i++, next += p)
        *vectors[i] = next;
    double **matrices[] = {&s->factor, &s->now.information, &s->trial.information};
    for (size_t i = 0; i < MSP_COUNT(matrices); i++, next += p * p)
        *matrices[i] = next;
    return s->firth ? allocate_penalty(s, p, err) : MSP_OK;
}

void cox_search_free(cox_search *s)
{
    cox_work_free(&s->work);
    cox_frame_free(&s->frame);
    free(s->penalty.pairs);
    free(s->penalty.weight);
    free(s->column);
    free(s->x);
    free(s->used);
    free(s->block);
    free(s->x_block);
    *s = (cox_search){0};
}

static void set_columns(cox_search *s)
{
    s->penalty.size = 2 * (1 + s->p) + s->p * (s->p + 1) / 2;
    cox_work_set(&s->work, s->p, (const double *const *)s->x);
}

static msp_status gather(cox_search *s, const msp_cox_column *columns, size_t n_columns,
                         const bool *take, msp_error *err)
{
    for (size_t c = 0; c < n_columns; c++) {
        if (take != NULL && !take[c])
            continue;
        s->x[s->p] = s->x_block + s->p * s->frame.n;
        const msp_status status =
            cox_gather(s->x[s->p], &s->scale[s->p], &s->frame, &columns[c], c, err);
        if (status != MSP_OK)
            return status;
        s->column[s->p] = c;
        s->p += s->scale[s->p] > 0;
    }
    set_columns(s);
    return MSP_OK;
}

msp_status cox_search_init(cox_search *s, const msp_order *order, const msp_cox_column *columns,
                           size_t n_columns, const bool *take, const uint32_t *stratum,
                           size_t n_strata, const msp_cox_options *options, bool firth,
                           msp_error *err)
{
    *s = (cox_search){.firth = firth, .max_iterations = MAX_STEPS};
    msp_status status = cox_frame_init(&s->frame, order, stratum, n_strata, err);
    if (status == MSP_OK)
        status = cox_frame_weigh(&s->frame, options->weight, err);
    if (status == MSP_OK)
        status = cox_work_init(&s->work, &s->frame, n_columns, options->ties, err);
    if (status == MSP_OK)
        status = allocate(s, n_columns, err);
    return status == MSP_OK ? gather(s, columns, n_columns, take, err) : status;
}

/* --- Newton's method -------------------------------------------------------------------------- */

static msp_status evaluate(cox_search *s, const double *b, cox_point *out, msp_error *err)
{
    const size_t p = s->p;
    for (size_t k = 0; k < p; k++)
        s->unit_b[k] = b[k] / s->scale[k];
    const msp_status status = cox_evaluate(&s->work, s->unit_b, out, err);
    if (status == MSP_OK && s->firth)
        cox_penalise(s, s->unit_b, out);
    for (size_t k = 0; k < p; k++) {
        out->score[k] /= s->scale[k];
        for (size_t j = 0; j <= k; j++)
            out->information[k * p + j] /= s->scale[k] * s->scale[j];
    }
    return status;
}

/* Factors the information at s->now without the held coefficient; false unless the others are
 * independent there. */
static bool factor(cox_search *s, size_t held, double floor)
{
    for (size_t k = 0; k < s->p; k++)
        s->floor[k] = k == held ? HUGE_VAL : floor;
    memcpy(s->factor, s->now.information, s->p * s->p * sizeof *s->factor);
    return msp__factor(s->factor, s->p, s->floor, s->used) == s->p - (held < s->p);
}

msp_status cox_search_start(cox_search *s, msp_error *err)
{
    return evaluate(s, s->b, &s->now, err);
}

msp_status cox_search_drop(cox_search *s, msp_error *err)
{
    if (factor(s, COX_ALL_FREE, dependent * (double)s->frame.n_events))
        return MSP_OK;
    for (size_t i = s->p; i-- > 0;) {
        if (s->used[i])
            continue;
        s->p--;
        for (size_t k = i; k < s->p; k++) {
            s->column[k] = s->column[k + 1];
            s->x[k] = s->x[k + 1];
            s->scale[k] = s->scale[k + 1];
        }
    }
    set_columns(s);
    return cox_search_start(s, err);
}

/* As much of the step as raises the likelihood. */
static msp_status move(cox_search *s, bool *moved, msp_error *err)
{
    double length = 1;
    *moved = false;
    for (int i = 0; i < MAX_HALVINGS && !*moved; i++, length /= 2) {
        for (size_t k = 0; k < s->p; k++)
            s->trial_b[k] = s->b[k] + length * s->step[k];
        const msp_status status = evaluate(s, s->trial_b, &s->trial, err);
        if (status != MSP_OK)
            return status;
        s->iterations++;
        *moved = s->trial.loglik >= s->now.loglik - rounding * fabs(s->now.loglik);
    }
    if (*moved) {
        memcpy(s->b, s->trial_b, s->p * sizeof *s->b);
        const cox_point swap = s->now;
        s->now = s->trial;
        s->trial = swap;
    }
    return MSP_OK;
}

msp_status cox_search_climb(cox_search *s, size_t held, bool *found, msp_error *err)
{
    msp_status status = cox_search_start(s, err);
    double before = INFINITY;
    *found = false;
    for (int i = 0; status == MSP_OK && i < s->max_iterations; i++) {
        if (!isfinite(s->now.loglik) || !factor(s, held, 0))
            return MSP_OK;
        msp__solve(s->factor, s->p, s->used, s->now.score, s->step);
        const double gain = msp__dot(s->step, s->now.score, s->p);
        /* enough, or no nearer than the step before came: rounding */
        if (gain <= converged || (gain <= sqrt(converged) * 1e-3 && gain >= before)) {
            *found = true;
            return MSP_OK;
        }
        before = gain;
        bool moved;
        status = move(s, &moved, err);
        if (!moved)
            return status;
    }
    return status;
}

/* --- the profile ------------------------------------------------------------------------------ */

typedef struct profile {
    cox_search *search;
    size_t k;
    double top, allowed; /* the maximum; how far twice the profile may fall */
    msp_error *err;
} profile;

/* How much further than allowed twice the profile falls at b_k = at, INFINITY where hazards leave
 * the range of doubles; and how that changes with b_k. */
static msp_status fall(const profile *p, double at, double *out, double *slope)
{
    cox_search *s = p->search;
    bool found;
    s->b[p->k] = at;
    const msp_status status = cox_search_climb(s, p->k, &found, p->err);
    *out = found ? 2 * (p->top - s->now.loglik) - p->allowed : HUGE_VAL;
    *slope = -2 * s->now.score[p->k];
    return status;
}

/* Newton's method for where the fall is 0, between `inside`, where it is below, and what was found
 * to lie outside; from inside + step. INFINITY in the step's direction where nothing does. */
static msp_status find_limit(const profile *p, double inside, double step, double *out)
{
    double outside = step > 0 ? HUGE_VAL : -HUGE_VAL, at = inside + step, f, slope;
    *out = outside;
    for (int i = 0; i < MAX_DOUBLINGS; i++) {
        const msp_status status = fall(p, at, &f, &slope);
        if (status != MSP_OK)
            return status;
        *(f > 0 ? &outside : &inside) = at;
        const double next = at - f / slope, low = fmin(inside, outside),
                     high = fmax(inside, outside);
        if (fabs(f) <= 1e-13 * (1 + fabs(p->top)) ||
            fabs(next - at) <= 1e-14 * (fabs(at) + fabs(step))) {
            *out = at;
            return MSP_OK;
        }
        if (next > low && next < high && fabs(next - at) <= 4 * fabs(step))
            at = next;
        else
            at = isinf(outside) ? at + (step *= 2) : inside + (outside - inside) / 2;
    }
    if (isfinite(outside))
        *out = at;
    return MSP_OK;
}

msp_status cox_search_limits(cox_search *s, size_t k, double at, double top, double width,
                             double level, cox_limits *out, msp_error *err)
{
    const double z = msp_dist_normal_limit(level);
    const profile p = {s, k, top, z * z, err};
    double from = at, slope;
    *out = (cox_limits){at, at, none};
    msp_status status = fall(&p, 0, &out->ratio, &slope);
    out->ratio = fmax(out->ratio + p.allowed, 0);
    while (status == MSP_OK && isinf(from)) { /* somewhere on the way up */
        double f;
        status = fall(&p, at > 0 ? width : -width, &f, &slope);
        from = f < 0 ? s->b[k] : from;
        width *= 2;
    }
    if (status == MSP_OK && !(at < 0 && isinf(at)))
        status = find_limit(&p, from, -z * width, &out->lower);
    if (status == MSP_OK && !(at > 0 && isinf(at)))
        status = find_limit(&p, from, z * width, &out->upper);
    return status;
}

void cox_set_profile(msp_cox_coefficient *of, const cox_limits *limits, double scale)
{
    const msp_prob p = msp_dist_chisq_upper(limits->ratio, 1);
    of->z = copysign(sqrt(limits->ratio), of->coef);
    of->p = p.p;
    of->log_p = p.log_p;
    of->lower = msp__exp(limits->lower / scale);
    of->upper = msp__exp(limits->upper / scale);
}

/* --- of a fitted model ------------------------------------------------------------------------ */

/* The columns to profile: those estimated, and one that is infinite where it stands alone. */
static size_t choose_columns(const msp_cox *fit, bool *take, size_t *infinite)
{
    size_t n_infinite = 0;
    *infinite = fit->n_columns;
    for (size_t c = 0; c < fit->n_columns; c++) {
        take[c] = fit->coefficients[c].kind != MSP_COX_ALIASED;
        if (fit->coefficients[c].kind == MSP_COX_INFINITE) {
            n_infinite++;
            *infinite = c;
        }
    }
    return n_infinite;
}

static msp_status profile_column(cox_search *s, const msp_cox *fit, size_t i,
                                 msp_cox_coefficient *of, msp_error *err)
{
    for (size_t k = 0; k < s->p; k++) {
        const double coef = fit->coefficients[s->column[k]].coef;
        s->b[k] = isfinite(coef) ? coef * s->scale[k] : 0;
    }
    const bool infinite = of->kind == MSP_COX_INFINITE;
    const double at = infinite ? of->coef : of->coef * s->scale[i];
    const double width = infinite ? 1 : of->std_error * s->scale[i];
    cox_limits limits;
    const msp_status status =
        cox_search_limits(s, i, at, fit->loglik, width, fit->level, &limits, err);
    if (status == MSP_OK)
        cox_set_profile(of, &limits, s->scale[i]);
    return status;
}

static msp_status profile_all(cox_search *s, const msp_cox_model *model, size_t infinite,
                              msp_cox_profile *out, msp_error *err)
{
    const msp_cox *fit = model->fit;
    msp_status status = MSP_OK;
    for (size_t i = 0; status == MSP_OK && i < s->p; i++) {
        const size_t c = s->column[i];
        if (infinite == fit->n_columns || c == infinite)
            status = profile_column(s, fit, i, &out->coefficients[c], err);
    }
    return status;
}

/* Everything that is not profiled is unknown. */
static void set_unknown(msp_cox_profile *out)
{
    for (size_t c = 0; c < out->n_columns; c++) {
        msp_cox_coefficient *of = &out->coefficients[c];
        of->z = of->p = of->log_p = of->lower = of->upper = none;
    }
}

msp_status msp_cox_profile_of(const msp_cox_model *model, msp_cox_profile *out, msp_error *err)
{
    const msp_cox *fit = model->fit;
    const size_t n = model->n_columns;
    *out = (msp_cox_profile){.n_columns = n};
    if (fit->state != MSP_COX_CONVERGED && fit->state != MSP_COX_MONOTONE)
        return msp_fail(err, MSP_EUNSUPPORTED, "profiles of a model without a maximum");
    bool *take = calloc(n + 1, sizeof *take);
    out->block = out->coefficients = calloc(n + 1, sizeof *out->coefficients);
    msp_status status = take != NULL && out->block != NULL
                            ? MSP_OK
                            : msp_fail(err, MSP_EMEM, "no memory for %zu profiles", n);
    cox_search s = {0};
    if (status == MSP_OK) {
        size_t infinite;
        const msp_cox_options options = {fit->ties, fit->level, MAX_STEPS, fit->weight};
        memcpy(out->coefficients, fit->coefficients, n * sizeof *out->coefficients);
        set_unknown(out);
        if (choose_columns(fit, take, &infinite) < 2) {
            status = cox_search_init(&s, model->order, model->columns, n, take, model->stratum,
                                     model->n_strata, &options, false, err);
            if (status == MSP_OK)
                status = profile_all(&s, model, infinite, out, err);
        }
    }
    cox_search_free(&s);
    free(take);
    if (status != MSP_OK)
        msp_cox_profile_free(out);
    return status;
}

void msp_cox_profile_free(msp_cox_profile *out)
{
    free(out->block);
    *out = (msp_cox_profile){0};
}
