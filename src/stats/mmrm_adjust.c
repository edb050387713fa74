/* mmrm_adjust.c - the covariance of b, enlarged for S being estimated. */
#include "mmrm_internal.h"
#include "mmrm_structure.h"

/* sum_kl W_kl (V^-1 D_k V^-1 D_l V^-1 - V^-1 D_kl V^-1 / 4) of one pattern. */
static void weigh_pattern(mmrm_fitter *f, const mmrm_pattern *p, const double *w, double *out)
{
    const size_t m = p->m, m2 = m * m, q = f->q, t2 = f->t * f->t;
    double *d = f->work, *sum = d + t2, *product = sum + m2, *inner = product + t2;
    memset(inner, 0, m2 * sizeof *inner);
    for (size_t k = 0; k < q; k++) {
        mmrm_take(d, f->first + k * t2, p, f->t);
        mmrm_multiply(f->a_k + k * m2, p->inverse, d, m, m, m);
    }
    for (size_t k = 0; k < q; k++) {
        memset(sum, 0, m2 * sizeof *sum);
        for (size_t l = 0; l < q; l++)
            for (size_t i = 0; i < m2; i++)
                sum[i] += w[k * q + l] * f->a_k[l * m2 + i];
        mmrm_multiply(product, f->a_k + k * m2, sum, m, m, m);
        for (size_t i = 0; i < m2; i++)
            inner[i] += product[i];
        for (size_t l = 0; l < q; l++)
            if (msp__mmrm_second(f->structure, f->t, f->parameters, k, l, product)) {
                mmrm_take(d, product, p, f->t);
                mmrm_multiply(sum, p->inverse, d, m, m, m);
                for (size_t i = 0; i < m2; i++)
                    inner[i] -= w[k * q + l] / 4 * sum[i];
            }
    }
    mmrm_multiply(out, inner, p->inverse, m, m, m);
}

/* F + 2 F (sum_kl W_kl (Q_kl - P_k F P_l - R_kl / 4)) F, Kenward and Roger's. */
msp_status msp__mmrm_enlarge(mmrm_fitter *f, const msp_mmrm *fit, double *out, msp_error *err)
{
    const size_t r = f->r, q = f->q, wide = r > f->t ? r : f->t;
    double *room = msp_arena_array(&f->arena, 4 * wide * wide, sizeof *room);
    if (room == NULL)
        return msp__mmrm_no_memory(err);
    double *middle = room, *weights = room + wide * wide;
    double *a = weights + wide * wide, *b = a + wide * wide;
    for (size_t g = 0; g < f->n_patterns; g++) {
        const mmrm_pattern *p = &f->patterns[g];
        weigh_pattern(f, p, fit->expected, weights);
        for (size_t s = 0; s < f->n_patients; s++)
            if (f->patients[s].pattern == g)
                mmrm_add_quadratic(middle, f->x + f->patients[s].start * r, weights, p->m, r,
                                   f->work);
    }
    for (size_t k = 0; k < q; k++) {
        memset(a, 0, r * r * sizeof *a);
        for (size_t l = 0; l < q; l++)
            for (size_t i = 0; i < r * r; i++)
                a[i] += fit->expected[k * q + l] * f->p_k[l * r * r + i];
        mmrm_multiply(b, f->p_k + k * r * r, f->f, r, r, r);
        mmrm_multiply(weights, b, a, r, r, r);
        for (size_t i = 0; i < r * r; i++)
            middle[i] -= weights[i];
    }
    mmrm_multiply(a, f->f, middle, r, r, r);
    mmrm_multiply(b, a, f->f, r, r, r);
    for (size_t i = 0; i < r * r; i++)
        b[i] = f->f[i] + 2 * b[i];
    mmrm_expand(f, fit->p, b, out);
    return MSP_OK;
}
