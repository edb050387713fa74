/*
 * mmrm.c
 *   1. rows by patient, patients by pattern of visits
 *   2. likelihood
 *   3. derivatives
 *   4. the search
 *   5. what comes out
 *
 * With P = V^-1 - V^-1 X F X' V^-1, F = (X' V^-1 X)^-1, e = V^-1 (y - X b), D = dS/dparameter, the
 * restricted likelihood has
 *   score          -1/2 (tr(P D_k) - e' D_k e)
 *   expected       1/2 tr(P D_k P D_l)
 *   observed       -1/2 tr(P D_k P D_l) + e' D_k P D_l e + 1/2 (tr(P D_kl) - e' D_kl e)
 * (Lindstrom & Bates, JASA 83:1014, 1988). Patients with the same visits share V, so traces are
 * taken once a pattern, of sums over its patients.
 */
#include "mspike/stats/mmrm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mmrm_structure.h"
#include "mspike/base/arena.h"
#include "solve.h"

static const double none = NAN;

static const int most_iterations = 200;
static const double converged_at = 1e-13; /* Newton decrement: twice the likelihood still to gain */
static const double singular = 1e-11;     /* pivot to diagonal */
static const double log_2pi = 1.8378770664093454835606594728112;

typedef struct pattern {
    size_t m, n_subjects;
    size_t visit[MSP_MMRM_VISITS];
    double *inverse; /* m x m: of V */
    double *fitted;  /* sum of X F X' over its patients */
    double *errors;  /* sum of e e' */
} pattern;

typedef struct patient {
    size_t start, pattern; /* first row, in sorted order */
} patient;

typedef struct fitter {
    msp_arena arena;
    size_t n, r, t, q; /* rows, columns not aliased, visits, parameters */
    size_t n_patients, n_patterns;
    msp_mmrm_structure structure;
    size_t *row;    /* sorted -> given */
    double *x, *y;  /* sorted; n x r */
    size_t *visit;  /* sorted */
    size_t *column; /* r: of the given columns */
    patient *patients;
    pattern *patterns;
    double *parameters, *trial, *sigma;
    double *info, *beta, *f; /* X'V^-1X factored; b; F */
    bool *used;              /* r, all true */
    bool *determined;        /* q: parameters that the information determines */
    double loglik;
    double *score, *expected, *observed, *step; /* by parameter */
    double *first;                              /* q x t x t */
    double *p_k;                                /* q x r x r: X' V^-1 D_k V^-1 X */
    double *u_k;                                /* q x r: X' V^-1 D_k e */
    double *work;                               /* room for a few small matrices */
    double *a_k;                                /* q x t x t: V^-1 D_k of one pattern */
} fitter;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the mixed model");
}

/* out (m x n) = a (m x k) b (k x n) */
static void multiply(double *out, const double *a, const double *b, size_t m, size_t k, size_t n)
{
    memset(out, 0, m * n * sizeof *out);
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++) {
            const double x = a[i * k + l];
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += x * b[l * n + j];
        }
}

/* tr(a b), both m x m */
static double trace(const double *a, const double *b, size_t m)
{
    double sum = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            sum += a[i * m + j] * b[j * m + i];
    return sum;
}

/* out (r x r) += x' a x with x m x r and a m x m; room for m x r in work */
static void add_quadratic(double *out, const double *x, const double *a, size_t m, size_t r,
                          double *work)
{
    multiply(work, a, x, m, m, r);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < r; k++) {
            const double w = x[i * r + k];
            for (size_t l = 0; l < r; l++)
                out[k * r + l] += w * work[i * r + l];
        }
}

/* The rows and columns of a t x t matrix that a pattern has. */
static void take(double *out, const double *full, const pattern *p, size_t t)
{
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->m; j++)
            out[i * p->m + j] = full[p->visit[i] * t + p->visit[j]];
}

/* -- 1. rows -- */

typedef struct place {
    uint32_t subject, visit;
    size_t row;
} place;

static int by_subject_and_visit(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    if (a->visit != b->visit)
        return a->visit < b->visit ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

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

static msp_status sort_rows(fitter *f, const msp_mmrm_data *d, msp_error *err)
{
    place *places = msp_arena_array(&f->arena, d->n, sizeof *places);
    f->row = msp_arena_array(&f->arena, d->n, sizeof *f->row);
    f->visit = msp_arena_array(&f->arena, d->n, sizeof *f->visit);
    f->patients = msp_arena_array(&f->arena, d->n + 1, sizeof *f->patients);
    if (places == NULL || f->row == NULL || f->visit == NULL || f->patients == NULL)
        return no_memory(err);
    for (size_t i = 0; i < d->n; i++)
        places[i] = (place){d->subject[i], d->visit[i], i};
    qsort(places, d->n, sizeof *places, by_subject_and_visit);
    for (size_t i = 0; i < d->n; i++) {
        const bool same = i > 0 && places[i].subject == places[i - 1].subject;
        if (same && places[i].visit == places[i - 1].visit)
            return msp_fail_row(err, MSP_ERANGE, places[i].row,
                                "this patient has the same visit twice");
        if (!same)
            f->patients[f->n_patients++].start = i;
        f->row[i] = places[i].row;
        f->visit[i] = places[i].visit;
    }
    f->patients[f->n_patients].start = d->n;
    return MSP_OK;
}

static uint64_t visits_of(const fitter *f, size_t s)
{
    uint64_t mask = 0;
    for (size_t i = f->patients[s].start; i < f->patients[s + 1].start; i++)
        mask |= (uint64_t)1 << f->visit[i];
    return mask;
}

static msp_status find_patterns(fitter *f, msp_error *err)
{
    uint64_t *masks = msp_arena_array(&f->arena, f->n_patients, sizeof *masks);
    f->patterns = msp_arena_array(&f->arena, f->n_patients, sizeof *f->patterns);
    if (masks == NULL || f->patterns == NULL)
        return no_memory(err);
    for (size_t s = 0; s < f->n_patients; s++) {
        const uint64_t mask = visits_of(f, s);
        size_t k = 0;
        while (k < f->n_patterns && masks[k] != mask)
            k++;
        pattern *p = &f->patterns[k];
        if (k == f->n_patterns) {
            masks[f->n_patterns++] = mask;
            for (size_t v = 0; v < f->t; v++)
                if (mask >> v & 1)
                    p->visit[p->m++] = v;
            double *room = msp_arena_array(&f->arena, 3 * p->m * p->m, sizeof *room);
            if (room == NULL)
                return no_memory(err);
            p->inverse = room;
            p->fitted = room + p->m * p->m;
            p->errors = room + 2 * p->m * p->m;
        }
        p->n_subjects++;
        f->patients[s].pattern = k;
    }
    return MSP_OK;
}

/* Columns that earlier ones determine are left out; the rest is copied in sorted order. */
static msp_status choose_columns(fitter *f, const msp_mmrm_data *d, msp_alias *alias,
                                 msp_error *err)
{
    const size_t p = d->p;
    const msp_status rc = msp_alias_find(d->x, d->n, p, alias, err);
    if (rc != MSP_OK)
        return rc;
    f->column = msp_arena_array(&f->arena, p, sizeof *f->column);
    f->x = msp_arena_array(&f->arena, d->n * p, sizeof *f->x);
    f->y = msp_arena_array(&f->arena, d->n, sizeof *f->y);
    if (f->column == NULL || f->x == NULL || f->y == NULL)
        return no_memory(err);
    for (size_t k = 0; k < p; k++)
        if (!alias->aliased[k])
            f->column[f->r++] = k;
    for (size_t i = 0; i < d->n; i++) {
        f->y[i] = d->y[f->row[i]];
        for (size_t k = 0; k < f->r; k++)
            f->x[i * f->r + k] = d->x[f->row[i] * p + f->column[k]];
    }
    return MSP_OK;
}

static msp_status allocate(fitter *f, msp_error *err)
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
            return no_memory(err);
    f->used = msp_arena_array(&f->arena, r + 1, sizeof *f->used);
    f->determined = msp_arena_array(&f->arena, q + 1, sizeof *f->determined);
    return f->used != NULL && f->determined != NULL ? MSP_OK : no_memory(err);
}

/* -- 2. likelihood -- */

/* Inverts V of each pattern; the sum of log|V| over patients. False unless positive definite. */
static bool invert_patterns(fitter *f, const double *sigma, double *log_determinant)
{
    double floor[MSP_MMRM_VISITS];
    bool used[MSP_MMRM_VISITS];
    *log_determinant = 0;
    for (size_t k = 0; k < f->n_patterns; k++) {
        pattern *p = &f->patterns[k];
        double *v = f->work, sum = 0;
        take(v, sigma, p, f->t);
        for (size_t i = 0; i < p->m; i++)
            floor[i] = singular * fabs(v[i * p->m + i]);
        if (msp__factor(v, p->m, floor, used) < p->m)
            return false;
        for (size_t i = 0; i < p->m; i++)
            sum += log(v[i * p->m + i]);
        msp__invert(v, p->m, used, p->inverse);
        *log_determinant += sum * (double)p->n_subjects;
    }
    return true;
}

/* y - X b of one patient. */
static void residuals(const fitter *f, size_t s, double *out)
{
    for (size_t i = f->patients[s].start; i < f->patients[s + 1].start; i++) {
        double sum = f->y[i];
        for (size_t k = 0; k < f->r; k++)
            sum -= f->x[i * f->r + k] * f->beta[k];
        out[i - f->patients[s].start] = sum;
    }
}

/* b and the factored X'V^-1X; its log determinant. */
static bool solve_fixed(fitter *f, double *log_determinant)
{
    const size_t r = f->r;
    double *work = f->work, *floor = f->work + f->t * r;
    memset(f->info, 0, r * r * sizeof *f->info);
    memset(f->beta, 0, r * sizeof *f->beta);
    for (size_t s = 0; s < f->n_patients; s++) {
        const pattern *p = &f->patterns[f->patients[s].pattern];
        const size_t start = f->patients[s].start;
        add_quadratic(f->info, f->x + start * r, p->inverse, p->m, r, work);
        for (size_t i = 0; i < p->m; i++) /* work is V^-1 X */
            for (size_t k = 0; k < r; k++)
                f->beta[k] += work[i * r + k] * f->y[start + i];
    }
    memset(floor, 0, r * sizeof *floor);
    if (msp__factor(f->info, r, floor, f->used) < r)
        return false;
    msp__solve(f->info, r, f->used, f->beta, f->beta);
    *log_determinant = 0;
    for (size_t k = 0; k < r; k++)
        *log_determinant += log(f->info[k * r + k]);
    return true;
}

/* Everything at a covariance S; false where S is not one. */
static bool evaluate(fitter *f, const double *sigma, double *loglik)
{
    double log_v, log_x, squares = 0, e[MSP_MMRM_VISITS];
    if (!invert_patterns(f, sigma, &log_v) || !solve_fixed(f, &log_x))
        return false;
    for (size_t s = 0; s < f->n_patients; s++) {
        const pattern *p = &f->patterns[f->patients[s].pattern];
        residuals(f, s, e);
        for (size_t i = 0; i < p->m; i++)
            for (size_t j = 0; j < p->m; j++)
                squares += e[i] * p->inverse[i * p->m + j] * e[j];
    }
    *loglik = -(log_v + log_x + squares + (double)(f->n - f->r) * log_2pi) / 2;
    return isfinite(*loglik);
}

/* -- 3. derivatives -- */

/* The sums over the patients of each pattern, and u_k. */
static void sum_patients(fitter *f)
{
    const size_t r = f->r, t = f->t;
    double *h = f->work, *d = h + t * r, *de = d + t * t, e[MSP_MMRM_VISITS], v[MSP_MMRM_VISITS];
    for (size_t k = 0; k < f->n_patterns; k++) {
        pattern *p = &f->patterns[k];
        memset(p->fitted, 0, p->m * p->m * sizeof *p->fitted);
        memset(p->errors, 0, p->m * p->m * sizeof *p->errors);
    }
    memset(f->u_k, 0, f->q * r * sizeof *f->u_k);
    memset(f->p_k, 0, f->q * r * r * sizeof *f->p_k);
    for (size_t s = 0; s < f->n_patients; s++) {
        pattern *p = &f->patterns[f->patients[s].pattern];
        const double *x = f->x + f->patients[s].start * r;
        const size_t m = p->m;
        residuals(f, s, v);
        multiply(e, p->inverse, v, m, m, 1);
        multiply(h, x, f->f, m, r, r);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) {
                p->errors[i * m + j] += e[i] * e[j];
                for (size_t k = 0; k < r; k++)
                    p->fitted[i * m + j] += h[i * r + k] * x[j * r + k];
            }
        for (size_t k = 0; k < f->q; k++) {
            take(d, f->first + k * t * t, p, t);
            multiply(v, d, e, m, m, 1);
            multiply(de, p->inverse, v, m, m, 1);
            for (size_t i = 0; i < m; i++)
                for (size_t c = 0; c < r; c++)
                    f->u_k[k * r + c] += x[i * r + c] * de[i];
        }
    }
}

/* P_k = X' V^-1 D_k V^-1 X over all patients. */
static void sum_p(fitter *f)
{
    const size_t r = f->r, t = f->t;
    double *work = f->work, *d = work + t * r, *a = d + t * t, *b = a + t * t;
    for (size_t k = 0; k < f->q; k++)
        for (size_t g = 0; g < f->n_patterns; g++) {
            const pattern *p = &f->patterns[g];
            take(d, f->first + k * t * t, p, t);
            multiply(a, p->inverse, d, p->m, p->m, p->m);
            multiply(b, a, p->inverse, p->m, p->m, p->m);
            for (size_t s = 0; s < f->n_patients; s++)
                if (f->patients[s].pattern == g)
                    add_quadratic(f->p_k + k * r * r, f->x + f->patients[s].start * r, b, p->m, r,
                                  work);
        }
}

/* The parts of score and information that are traces over the patients of one pattern. */
static void add_pattern(fitter *f, const pattern *p)
{
    const size_t m = p->m, m2 = m * m, q = f->q, t2 = f->t * f->t;
    const double n = (double)p->n_subjects;
    double *d = f->work, *vg = d + m2, *product = vg + m2, *vde = product + m2;
    multiply(vg, p->inverse, p->fitted, m, m, m); /* V^-1 G */
    for (size_t k = 0; k < q; k++) {
        double *a = f->a_k + k * m2;
        take(d, f->first + k * t2, p, f->t);
        multiply(a, p->inverse, d, m, m, m);
        double own = 0;
        for (size_t i = 0; i < m; i++)
            own += a[i * m + i];
        f->score[k] -= (n * own - trace(a, vg, m) - trace(d, p->errors, m)) / 2;
    }
    for (size_t k = 0; k < q; k++) {
        take(d, f->first + k * t2, p, f->t);
        multiply(vde, p->errors, d, m, m, m); /* E D_k */
        for (size_t l = 0; l <= k; l++) {
            multiply(product, f->a_k + k * m2, f->a_k + l * m2, m, m, m);
            double own = 0, curved = 0;
            for (size_t i = 0; i < m; i++)
                own += product[i * m + i];
            const double crossed = n * own - 2 * trace(product, vg, m);
            /* tr(E D_k V^-1 D_l) = e' D_k V^-1 D_l e */
            const double seen = trace(vde, f->a_k + l * m2, m);
            double *second = f->work + 4 * m2, *full = f->work + 5 * t2;
            if (msp__mmrm_second(f->structure, f->t, f->parameters, k, l, full)) {
                take(second, full, p, f->t);
                multiply(product, p->inverse, second, m, m, m);
                for (size_t i = 0; i < m; i++)
                    curved += n * product[i * m + i];
                curved -= trace(product, vg, m) + trace(second, p->errors, m);
            }
            f->expected[k * q + l] += crossed / 2;
            f->observed[k * q + l] += -crossed / 2 + seen + curved / 2;
        }
    }
}

/* The parts that go through the fixed effects: tr(F P_k F P_l) and u_k' F u_l. */
static void add_fixed(fitter *f)
{
    const size_t r = f->r, q = f->q;
    double *fp_k = f->work, *fp_l = fp_k + r * r, *fu = fp_l + r * r;
    for (size_t k = 0; k < q; k++) {
        multiply(fp_k, f->f, f->p_k + k * r * r, r, r, r);
        multiply(fu, f->f, f->u_k + k * r, r, r, 1);
        for (size_t l = 0; l <= k; l++) {
            multiply(fp_l, f->f, f->p_k + l * r * r, r, r, r);
            const double fixed = trace(fp_k, fp_l, r);
            double u = 0;
            for (size_t c = 0; c < r; c++)
                u += f->u_k[l * r + c] * fu[c];
            f->expected[k * q + l] += fixed / 2;
            f->observed[k * q + l] += -fixed / 2 - u;
        }
    }
}

static void derive(fitter *f)
{
    const size_t q = f->q, t2 = f->t * f->t;
    msp__invert(f->info, f->r, f->used, f->f);
    for (size_t k = 0; k < q; k++)
        msp__mmrm_first(f->structure, f->t, f->parameters, k, f->first + k * t2);
    memset(f->score, 0, q * sizeof *f->score);
    memset(f->expected, 0, q * q * sizeof *f->expected);
    memset(f->observed, 0, q * q * sizeof *f->observed);
    sum_patients(f);
    sum_p(f);
    for (size_t g = 0; g < f->n_patterns; g++)
        add_pattern(f, &f->patterns[g]);
    add_fixed(f);
    for (size_t k = 0; k < q; k++)
        for (size_t l = 0; l < k; l++) {
            f->expected[l * q + k] = f->expected[k * q + l];
            f->observed[l * q + k] = f->observed[k * q + l];
        }
}

/* -- 4. the search -- */

/* Factors a q x q information in place; false unless positive definite. */
static bool factor_information(fitter *f, double *information)
{
    double *floor = f->work;
    for (size_t k = 0; k < f->q; k++)
        floor[k] = singular * fabs(information[k * f->q + k]);
    return msp__factor(information, f->q, floor, f->determined) == f->q;
}

/* The step of Newton's method, or of Fisher's where the likelihood is not concave here; its
 * decrement, or -1 where the data do not determine the parameters. */
static double find_step(fitter *f, double *factor)
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
static bool take_step(fitter *f)
{
    for (int half = 0; half < 60; half++) {
        double loglik;
        for (size_t k = 0; k < f->q; k++)
            f->trial[k] = f->parameters[k] + f->step[k];
        msp__mmrm_sigma(f->structure, f->t, f->trial, f->sigma);
        if (evaluate(f, f->sigma, &loglik) && loglik >= f->loglik - 1e-12 * fabs(f->loglik)) {
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
static const char *start(fitter *f)
{
    double variance[MSP_MMRM_VISITS] = {0}, count[MSP_MMRM_VISITS] = {0}, all = 0;
    double e[MSP_MMRM_VISITS], unused, total = 0;
    for (size_t i = 0; i < f->t * f->t; i++)
        f->sigma[i] = i % (f->t + 1) == 0;
    if (f->n <= f->r || !evaluate(f, f->sigma, &unused))
        return "there are no more rows than coefficients";
    for (size_t i = 0; i < f->n; i++)
        total += f->y[i] * f->y[i];
    for (size_t s = 0; s < f->n_patients; s++) {
        const pattern *p = &f->patterns[f->patients[s].pattern];
        residuals(f, s, e);
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
    return evaluate(f, f->sigma, &f->loglik) ? NULL : "the fixed effects are not determined";
}

static void search(fitter *f, msp_mmrm *out)
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
        derive(f);
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

/* -- 5. what comes out -- */

static void expand(const fitter *f, size_t p, const double *small, double *full)
{
    for (size_t k = 0; k < f->r; k++)
        for (size_t l = 0; l < f->r; l++)
            full[f->column[k] * p + f->column[l]] = small[k * f->r + l];
}

/* The covariance of the parameters; false unless the information is positive definite. */
static bool invert_information(fitter *f, const double *information, double *out)
{
    double *factor = f->a_k;
    memcpy(factor, information, f->q * f->q * sizeof *factor);
    if (!factor_information(f, factor))
        return false;
    msp__invert(factor, f->q, f->determined, out);
    return true;
}

/* sum_kl W_kl (V^-1 D_k V^-1 D_l V^-1 - V^-1 D_kl V^-1 / 4) of one pattern. */
static void weigh_pattern(fitter *f, const pattern *p, const double *w, double *out)
{
    const size_t m = p->m, m2 = m * m, q = f->q, t2 = f->t * f->t;
    double *d = f->work, *sum = d + t2, *product = sum + m2, *inner = product + t2;
    memset(inner, 0, m2 * sizeof *inner);
    for (size_t k = 0; k < q; k++) {
        take(d, f->first + k * t2, p, f->t);
        multiply(f->a_k + k * m2, p->inverse, d, m, m, m);
    }
    for (size_t k = 0; k < q; k++) {
        memset(sum, 0, m2 * sizeof *sum);
        for (size_t l = 0; l < q; l++)
            for (size_t i = 0; i < m2; i++)
                sum[i] += w[k * q + l] * f->a_k[l * m2 + i];
        multiply(product, f->a_k + k * m2, sum, m, m, m);
        for (size_t i = 0; i < m2; i++)
            inner[i] += product[i];
        for (size_t l = 0; l < q; l++)
            if (msp__mmrm_second(f->structure, f->t, f->parameters, k, l, product)) {
                take(d, product, p, f->t);
                multiply(sum, p->inverse, d, m, m, m);
                for (size_t i = 0; i < m2; i++)
                    inner[i] -= w[k * q + l] / 4 * sum[i];
            }
    }
    multiply(out, inner, p->inverse, m, m, m);
}

/* F + 2 F (sum_kl W_kl (Q_kl - P_k F P_l - R_kl / 4)) F, Kenward and Roger's. */
static msp_status enlarge(fitter *f, const msp_mmrm *fit, double *out, msp_error *err)
{
    const size_t r = f->r, q = f->q, wide = r > f->t ? r : f->t;
    double *room = msp_arena_array(&f->arena, 4 * wide * wide, sizeof *room);
    if (room == NULL)
        return no_memory(err);
    double *middle = room, *weights = room + wide * wide;
    double *a = weights + wide * wide, *b = a + wide * wide;
    for (size_t g = 0; g < f->n_patterns; g++) {
        const pattern *p = &f->patterns[g];
        weigh_pattern(f, p, fit->expected, weights);
        for (size_t s = 0; s < f->n_patients; s++)
            if (f->patients[s].pattern == g)
                add_quadratic(middle, f->x + f->patients[s].start * r, weights, p->m, r, f->work);
    }
    for (size_t k = 0; k < q; k++) {
        memset(a, 0, r * r * sizeof *a);
        for (size_t l = 0; l < q; l++)
            for (size_t i = 0; i < r * r; i++)
                a[i] += fit->expected[k * q + l] * f->p_k[l * r * r + i];
        multiply(b, f->p_k + k * r * r, f->f, r, r, r);
        multiply(weights, b, a, r, r, r);
        for (size_t i = 0; i < r * r; i++)
            middle[i] -= weights[i];
    }
    multiply(a, f->f, middle, r, r, r);
    multiply(b, a, f->f, r, r, r);
    for (size_t i = 0; i < r * r; i++)
        b[i] = f->f[i] + 2 * b[i];
    expand(f, fit->p, b, out);
    return MSP_OK;
}

static msp_status report(fitter *f, msp_mmrm *out, msp_error *err)
{
    const size_t r = f->r, q = f->q, p = out->p;
    msp__mmrm_sigma(f->structure, f->t, f->parameters, f->sigma);
    (void)evaluate(f, f->sigma, &f->loglik); /* a last step that failed left traces */
    derive(f);
    out->loglik = f->loglik;
    for (size_t k = 0; k < r; k++)
        out->beta[f->column[k]] = f->beta[k];
    expand(f, p, f->f, out->covariance);
    memcpy(out->sigma, f->sigma, f->t * f->t * sizeof *out->sigma);
    memcpy(out->parameters, f->parameters, q * sizeof *out->parameters);
    for (size_t k = 0; k < q; k++) {
        double *a = f->work, *b = a + r * r;
        multiply(a, f->f, f->p_k + k * r * r, r, r, r);
        multiply(b, a, f->f, r, r, r);
        expand(f, p, b, out->derivative + k * p * p);
    }
    if (!invert_information(f, f->observed, out->observed) ||
        !invert_information(f, f->expected, out->expected)) {
        out->state = MSP_MMRM_NOT_CONVERGED;
        out->note = "the likelihood is flat at the covariance found";
        return MSP_OK;
    }
    return enlarge(f, out, out->kenward_roger, err);
}

static msp_status allocate_answer(msp_mmrm *out, size_t t, size_t q, msp_error *err)
{
    const size_t p = out->p, n = p + 2 * p * p + t * t + q + 2 * q * q + q * p * p;
    double *block = p < 65536 ? calloc(n, sizeof *block) : NULL;
    if (block == NULL)
        return no_memory(err);
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
    fitter f = {.n = data->n, .t = data->n_visits, .structure = structure};
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
        rc = sort_rows(&f, data, err);
    if (rc == MSP_OK)
        rc = find_patterns(&f, err);
    if (rc == MSP_OK)
        rc = choose_columns(&f, data, &out->alias, err);
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
