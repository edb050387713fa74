/* mmrm_likelihood.c - the restricted likelihood and its derivatives (mmrm_internal.h). */
#include <math.h>

#include "mmrm_internal.h"
#include "mmrm_structure.h"
#include "solve.h"

static const double log_2pi = 1.8378770664093454835606594728112;

/* Inverts V of each pattern; the sum of log|V| over patients. False unless positive definite. */
static bool invert_patterns(mmrm_fitter *f, const double *sigma, double *log_determinant)
{
    double floor[MSP_MMRM_VISITS];
    bool used[MSP_MMRM_VISITS];
    *log_determinant = 0;
    for (size_t k = 0; k < f->n_patterns; k++) {
        mmrm_pattern *p = &f->patterns[k];
        double *v = f->work, sum = 0;
        mmrm_take(v, sigma, p, f->t);
        for (size_t i = 0; i < p->m; i++)
            floor[i] = mmrm_singular * fabs(v[i * p->m + i]);
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
void msp__mmrm_residuals(const mmrm_fitter *f, size_t s, double *out)
{
    for (size_t i = f->patients[s].start; i < f->patients[s + 1].start; i++) {
        double sum = f->y[i];
        for (size_t k = 0; k < f->r; k++)
            sum -= f->x[i * f->r + k] * f->beta[k];
        out[i - f->patients[s].start] = sum;
    }
}

/* b and the factored X'V^-1X; its log determinant. */
static bool solve_fixed(mmrm_fitter *f, double *log_determinant)
{
    const size_t r = f->r;
    double *work = f->work, *floor = f->work + f->t * r;
    memset(f->info, 0, r * r * sizeof *f->info);
    memset(f->beta, 0, r * sizeof *f->beta);
    for (size_t s = 0; s < f->n_patients; s++) {
        const mmrm_pattern *p = &f->patterns[f->patients[s].pattern];
        const size_t start = f->patients[s].start;
        mmrm_add_quadratic(f->info, f->x + start * r, p->inverse, p->m, r, work);
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
bool msp__mmrm_evaluate(mmrm_fitter *f, const double *sigma, double *loglik)
{
    double log_v, log_x, squares = 0, e[MSP_MMRM_VISITS];
    if (!invert_patterns(f, sigma, &log_v) || !solve_fixed(f, &log_x))
        return false;
    for (size_t s = 0; s < f->n_patients; s++) {
        const mmrm_pattern *p = &f->patterns[f->patients[s].pattern];
        msp__mmrm_residuals(f, s, e);
        for (size_t i = 0; i < p->m; i++)
            for (size_t j = 0; j < p->m; j++)
                squares += e[i] * p->inverse[i * p->m + j] * e[j];
    }
    *loglik = -(log_v + log_x + squares + (double)(f->n - f->r) * log_2pi) / 2;
    return isfinite(*loglik);
}

/* -- derivatives -- */

/* The sums over the patients of each pattern, and u_k. */
static void sum_patients(mmrm_fitter *f)
{
    const size_t r = f->r, t = f->t;
    double *h = f->work, *d = h + t * r, *de = d + t * t, e[MSP_MMRM_VISITS], v[MSP_MMRM_VISITS];
    for (size_t k = 0; k < f->n_patterns; k++) {
        mmrm_pattern *p = &f->patterns[k];
        memset(p->fitted, 0, p->m * p->m * sizeof *p->fitted);
        memset(p->errors, 0, p->m * p->m * sizeof *p->errors);
    }
    memset(f->u_k, 0, f->q * r * sizeof *f->u_k);
    memset(f->p_k, 0, f->q * r * r * sizeof *f->p_k);
    for (size_t s = 0; s < f->n_patients; s++) {
        mmrm_pattern *p = &f->patterns[f->patients[s].pattern];
        const double *x = f->x + f->patients[s].start * r;
        const size_t m = p->m;
        msp__mmrm_residuals(f, s, v);
        mmrm_multiply(e, p->inverse, v, m, m, 1);
        mmrm_multiply(h, x, f->f, m, r, r);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++) {
                p->errors[i * m + j] += e[i] * e[j];
                for (size_t k = 0; k < r; k++)
                    p->fitted[i * m + j] += h[i * r + k] * x[j * r + k];
            }
        for (size_t k = 0; k < f->q; k++) {
            mmrm_take(d, f->first + k * t * t, p, t);
            mmrm_multiply(v, d, e, m, m, 1);
            mmrm_multiply(de, p->inverse, v, m, m, 1);
            for (size_t i = 0; i < m; i++)
                for (size_t c = 0; c < r; c++)
                    f->u_k[k * r + c] += x[i * r + c] * de[i];
        }
    }
}

/* P_k = X' V^-1 D_k V^-1 X over all patients. */
static void sum_p(mmrm_fitter *f)
{
    const size_t r = f->r, t = f->t;
    double *work = f->work, *d = work + t * r, *a = d + t * t, *b = a + t * t;
    for (size_t k = 0; k < f->q; k++)
        for (size_t g = 0; g < f->n_patterns; g++) {
            const mmrm_pattern *p = &f->patterns[g];
            mmrm_take(d, f->first + k * t * t, p, t);
            mmrm_multiply(a, p->inverse, d, p->m, p->m, p->m);
            mmrm_multiply(b, a, p->inverse, p->m, p->m, p->m);
            for (size_t s = 0; s < f->n_patients; s++)
                if (f->patients[s].pattern == g)
                    mmrm_add_quadratic(f->p_k + k * r * r, f->x + f->patients[s].start * r, b, p->m,
                                       r, work);
        }
}

/* The parts of score and information that are traces over the patients of one pattern. */
static void add_pattern(mmrm_fitter *f, const mmrm_pattern *p)
{
    const size_t m = p->m, m2 = m * m, q = f->q, t2 = f->t * f->t;
    const double n = (double)p->n_subjects;
    double *d = f->work, *vg = d + m2, *product = vg + m2, *vde = product + m2;
    mmrm_multiply(vg, p->inverse, p->fitted, m, m, m); /* V^-1 G */
    for (size_t k = 0; k < q; k++) {
        double *a = f->a_k + k * m2;
        mmrm_take(d, f->first + k * t2, p, f->t);
        mmrm_multiply(a, p->inverse, d, m, m, m);
        double own = 0;
        for (size_t i = 0; i < m; i++)
            own += a[i * m + i];
        f->score[k] -= (n * own - mmrm_trace(a, vg, m) - mmrm_trace(d, p->errors, m)) / 2;
    }
    for (size_t k = 0; k < q; k++) {
        mmrm_take(d, f->first + k * t2, p, f->t);
        mmrm_multiply(vde, p->errors, d, m, m, m); /* E D_k */
        for (size_t l = 0; l <= k; l++) {
            mmrm_multiply(product, f->a_k + k * m2, f->a_k + l * m2, m, m, m);
            double own = 0, curved = 0;
            for (size_t i = 0; i < m; i++)
                own += product[i * m + i];
            const double crossed = n * own - 2 * mmrm_trace(product, vg, m);
            /* tr(E D_k V^-1 D_l) = e' D_k V^-1 D_l e */
            const double seen = mmrm_trace(vde, f->a_k + l * m2, m);
            double *second = f->work + 4 * m2, *full = f->work + 5 * t2;
            if (msp__mmrm_second(f->structure, f->t, f->parameters, k, l, full)) {
                mmrm_take(second, full, p, f->t);
                mmrm_multiply(product, p->inverse, second, m, m, m);
                for (size_t i = 0; i < m; i++)
                    curved += n * product[i * m + i];
                curved -= mmrm_trace(product, vg, m) + mmrm_trace(second, p->errors, m);
            }
            f->expected[k * q + l] += crossed / 2;
            f->observed[k * q + l] += -crossed / 2 + seen + curved / 2;
        }
    }
}

/* The parts that go through the fixed effects: tr(F P_k F P_l) and u_k' F u_l. */
static void add_fixed(mmrm_fitter *f)
{
    const size_t r = f->r, q = f->q;
    double *fp_k = f->work, *fp_l = fp_k + r * r, *fu = fp_l + r * r;
    for (size_t k = 0; k < q; k++) {
        mmrm_multiply(fp_k, f->f, f->p_k + k * r * r, r, r, r);
        mmrm_multiply(fu, f->f, f->u_k + k * r, r, r, 1);
        for (size_t l = 0; l <= k; l++) {
            mmrm_multiply(fp_l, f->f, f->p_k + l * r * r, r, r, r);
            const double fixed = mmrm_trace(fp_k, fp_l, r);
            double u = 0;
            for (size_t c = 0; c < r; c++)
                u += f->u_k[l * r + c] * fu[c];
            f->expected[k * q + l] += fixed / 2;
            f->observed[k * q + l] += -fixed / 2 - u;
        }
    }
}

void msp__mmrm_derive(mmrm_fitter *f)
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
