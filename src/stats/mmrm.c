/*
 * mmrm.c
 *   1. the search
 *   2. what comes out
 */
#include "mspike/stats/mmrm.h"

#include <math.h>
#include <stdlib.h>

#include "mmrm_internal.h"
#include "mmrm_structure.h"
#include "solve.h"

static const double none = NAN;

static const int most_iterations = 200;
static const double converged_at = 1e-13; /* Newton decrement: twice the likelihood still to gain */

static msp_status check_data(const msp_mmrm_data *d, msp_error *err)
{
    if (d->n == 0)
        return msp_fail(err, MSP_ENODATA, "no rows to fit a mixed model to");
    if (d->n_visits == 0 || d->n_visits > MSP_MMRM_VISITS || d->p == 0)
        return msp_fail(err, MSP_ERANGE,
                        "%zu visits and %zu columns; expected 1 to %d visits and a "
                        "column at least",
                        d->n_visits, d->p, MSP_MMRM_VISITS);
    for (size_t i = 0; i < d->n; i++) {
        if (d->visit[i] >= d->n_visits)
            return msp_fail_row(err, MSP_ERANGE, i, "the visit's code is %u; expected 0 to %zu",
                                d->visit[i], d->n_visits - 1);
        bool finite = isfinite(d->y[i]);
        for (size_t k = 0; k < d->p; k++)
            finite = finite && isfinite(d->x[i * d->p + k]);
        if (!finite)
            return msp_fail_row(err, MSP_ERANGE, i, "a value is not a finite number");
    }
    return MSP_OK;
}

static msp_status allocate(mmrm_fitter *f, msp_error *err)
{
    const size_t t2 = f->t * f->t, r = f->r, q = f->q, wide = r > f->t ? r : f->t;
    const struct {
        double **to;
        size_t n;
    } parts[] = {
        {&f->parameters, q},   {&f->trial, q},
        {&f->sigma, t2},       {&f->info, r * r},
        {&f->beta, r},         {&f->f, r * r},
        {&f->score, q},        {&f->expected, q * q},
        {&f->observed, q * q}, {&f->step, q},
        {&f->first, q * t2},   {&f->p_k, q * r * r},
        {&f->u_k, q * r},      {&f->work, 6 * wide * wide + 4 * wide},
        {&f->a_k, q * t2},
    };
    for (size_t i = 0; i < MSP_COUNT(parts); i++)
        if ((*parts[i].to = msp_arena_array(&f->arena, parts[i].n + 1, sizeof(double))) == NULL)
            return msp__mmrm_no_memory(err);
    f->used = msp_arena_array(&f->arena, r + 1, sizeof *f->used);
    f->determined = msp_arena_array(&f->arena, q + 1, sizeof *f->determined);
    return f->used != NULL && f->determined != NULL ? MSP_OK : msp__mmrm_no_memory(err);
}

/* -- 1. the search -- */

/* Factors a q x q information in place; false unless positive definite. */
static bool factor_information(mmrm_fitter *f, double *information)
{
    double *floor = f->work;
    for (size_t k = 0; k < f->q; k++)
        floor[k] = mmrm_singular * fabs(information[k * f->q + k]);
    return msp__factor(information, f->q, floor, f->determined) == f->q;
}

/* The step of Newton's method, or of Fisher's where the likelihood is not concave here; its
 * decrement, or -1 where the data do not determine the parameters. */
static double find_step(mmrm_fitter *f, double *factor)
{
    const size_t q = f->q;
    memcpy(factor, f->observed, q * q * sizeof *factor);
    if (!factor_information(f, factor)) {
        memcpy(factor, f->expected, q * q * sizeof *factor);
        if (!factor_information(f, factor))
            return -1;
    }
    msp__solve(factor, q, f->determined, f->score, f->step);
    double decrement = 0;
    for (size_t k = 0; k < q; k++)
        decrement += f->score[k] * f->step[k];
    return decrement;
}

/* Goes as far along the step as S stays a covariance and the likelihood does not fall. */
static bool take_step(mmrm_fitter *f)
{
    for (int half = 0; half < 60; half++) {
        double loglik;
        for (size_t k = 0; k < f->q; k++)
            f->trial[k] = f->parameters[k] + f->step[k];
        msp__mmrm_sigma(f->structure, f->t, f->trial, f->sigma);
        if (msp__mmrm_evaluate(f, f->sigma, &loglik) &&
            loglik >= f->loglik - 1e-12 * fabs(f->loglik)) {
            f->loglik = loglik;
            memcpy(f->parameters, f->trial, f->q * sizeof *f->parameters);
            return true;
        }
        for (size_t k = 0; k < f->q; k++)
            f->step[k] /= 2;
    }
    return false;
}

/* Starts from independent visits with the variances of ordinary least squares. */
static const char *start(mmrm_fitter *f)
{
    double variance[MSP_MMRM_VISITS] = {0}, count[MSP_MMRM_VISITS] = {0}, all = 0;
    double e[MSP_MMRM_VISITS], unused, total = 0;
    for (size_t i = 0; i < f->t * f->t; i++)
        f->sigma[i] = i % (f->t + 1) == 0;
    if (f->n <= f->r || !msp__mmrm_evaluate(f, f->sigma, &unused))
        return "there are no more rows than coefficients";
    for (size_t i = 0; i < f->n; i++)
        total += f->y[i] * f->y[i];
    for (size_t s = 0; s < f->n_patients; s++) {
        const mmrm_pattern *p = &f->patterns[f->patients[s].pattern];
        msp__mmrm_residuals(f, s, e);
        for (size_t i = 0; i < p->m; i++) {
            variance[p->visit[i]] += e[i] * e[i];
            count[p->visit[i]]++;
            all += e[i] * e[i];
        }
    }
    if (!(all > 1e-24 * total))
        return "the fixed effects explain every value: there is no variance left";
    for (size_t v = 0; v < f->t; v++) {
        const double mean = all / (double)f->n;
        variance[v] = count[v] > 0 ? variance[v] / count[v] : mean;
        variance[v] = fmax(variance[v], 1e-6 * mean);
    }
    msp__mmrm_start(f->structure, f->t, variance, f->parameters);
    msp__mmrm_sigma(f->structure, f->t, f->parameters, f->sigma);
    return msp__mmrm_evaluate(f, f->sigma, &f->loglik) ? NULL
                                                       : "the fixed effects are not determined";
}

static void search(mmrm_fitter *f, msp_mmrm *out)
{
    double *factor = f->a_k; /* q x t x t is room for q x q: q is at most t (t + 1) / 2 */
    out->state = MSP_MMRM_NOT_ESTIMABLE;
    out->note = start(f);
    if (out->note != NULL)
        return;
    out->state = MSP_MMRM_NOT_CONVERGED;
    out->note = "the search for the covariance did not converge; it may have too many parameters";
    while (out->iterations < most_iterations) {
        out->iterations++;
        msp__mmrm_derive(f);
        const double decrement = find_step(f, factor);
        if (decrement < 0) {
            out->state = MSP_MMRM_NOT_ESTIMABLE;
            out->note = "the data do not determine the covariance of these visits";
            return;
        }
        out->gradient = decrement;
        if (!take_step(f))
            return;
        if (decrement < converged_at) {
            out->state = MSP_MMRM_CONVERGED;
            out->note = NULL;
            return;
        }
    }
}

/* -- 2. what comes out -- */

/* The covariance of the parameters; false unless the information is positive definite. */
static bool invert_information(mmrm_fitter *f, const double *information, double *out)
{
    double *factor = f->a_k;
    memcpy(factor, information, f->q * f->q * sizeof *factor);
    if (!factor_information(f, factor))
        return false;
    msp__invert(factor, f->q, f->determined, out);
    return true;
}

static msp_status report(mmrm_fitter *f, msp_mmrm *out, msp_error *err)
{
    const size_t r = f->r, q = f->q, p = out->p;
    msp__mmrm_sigma(f->structure, f->t, f->parameters, f->sigma);
    (void)msp__mmrm_evaluate(f, f->sigma, &f->loglik); /* a last step that failed left traces */
    msp__mmrm_derive(f);
    out->loglik = f->loglik;
    for (size_t k = 0; k < r; k++)
        out->beta[f->column[k]] = f->beta[k];
    mmrm_expand(f, p, f->f, out->covariance);
    memcpy(out->sigma, f->sigma, f->t * f->t * sizeof *out->sigma);
    memcpy(out->parameters, f->parameters, q * sizeof *out->parameters);
    for (size_t k = 0; k < q; k++) {
        double *a = f->work, *b = a + r * r;
        mmrm_multiply(a, f->f, f->p_k + k * r * r, r, r, r);
        mmrm_multiply(b, a, f->f, r, r, r);
        mmrm_expand(f, p, b, out->derivative + k * p * p);
    }
    if (!invert_information(f, f->observed, out->observed) ||
        !invert_information(f, f->expected, out->expected)) {
        out->state = MSP_MMRM_NOT_CONVERGED;
        out->note = "the likelihood is flat at the covariance found";
        return MSP_OK;
    }
    return msp__mmrm_enlarge(f, out, out->kenward_roger, err);
}

static msp_status allocate_answer(msp_mmrm *out, size_t t, size_t q, msp_error *err)
{
    const size_t p = out->p, n = p + 2 * p * p + t * t + q + 2 * q * q + q * p * p;
    double *block = p < 65536 ? calloc(n, sizeof *block) : NULL;
    if (block == NULL)
        return msp__mmrm_no_memory(err);
    out->block = block;
    out->beta = block;
    out->covariance = out->beta + p;
    out->kenward_roger = out->covariance + p * p;
    out->sigma = out->kenward_roger + p * p;
    out->parameters = out->sigma + t * t;
    out->observed = out->parameters + q;
    out->expected = out->observed + q * q;
    out->derivative = out->expected + q * q;
    return MSP_OK;
}

msp_status msp_mmrm_fit(const msp_mmrm_data *data, msp_mmrm_structure structure, msp_mmrm *out,
                        msp_error *err)
{
    mmrm_fitter f = {.n = data->n, .t = data->n_visits, .structure = structure};
    *out = (msp_mmrm){.n = data->n,
                      .p = data->p,
                      .n_visits = data->n_visits,
                      .structure = structure,
                      .loglik = none};
    f.q = out->n_parameters = msp__mmrm_parameters(structure, data->n_visits);
    msp_status rc = check_data(data, err);
    if (rc == MSP_OK)
        rc = allocate_answer(out, f.t, f.q, err);
    if (rc == MSP_OK)
        rc = msp__mmrm_rows(&f, data, &out->alias, err);
    if (rc == MSP_OK)
        rc = allocate(&f, err);
    if (rc == MSP_OK) {
        out->n_subjects = f.n_patients;
        search(&f, out);
        if (out->state != MSP_MMRM_NOT_ESTIMABLE)
            rc = report(&f, out, err);
    }
    msp_arena_free(&f.arena);
    if (rc != MSP_OK)
        msp_mmrm_free(out);
    return rc;
}

void msp_mmrm_free(msp_mmrm *fit)
{
    msp_alias_free(&fit->alias);
    free(fit->block);
    *fit = (msp_mmrm){0};
}
