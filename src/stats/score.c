#include "score.h"

#include <math.h>

#include "mspike/stats/root.h"

msp__counts msp__counts_of(const msp_two_by_two *t)
{
    return (msp__counts){(double)t->x1, (double)t->n1, (double)t->x2, (double)t->n2};
}

msp_status msp__check_table(const msp_two_by_two *t, msp_error *err)
{
    const int64_t x[] = {t->x1, t->x2}, n[] = {t->n1, t->n2};
    for (int g = 0; g < 2; g++)
        if (x[g] < 0 || x[g] > n[g] || n[g] > (int64_t)1 << 53)
            return msp_fail(err, MSP_ERANGE,
                            "%lld of %lld patients in group %d; expected 0 <= events <= patients",
                            (long long)x[g], (long long)n[g], g + 1);
    return MSP_OK;
}

/* -- the most likely P2 when P1 = P2 + d -- */

typedef struct likelihood {
    const msp__counts *c;
    double d;
} likelihood;

/* The score x1/P1 - y1/Q1 + x2/P2 - y2/Q2 times the denominators of its terms, so that it is finite
 * at the ends and keeps its sign; a term without patients is not there. */
static double score(double p2, const void *context)
{
    const likelihood *l = context;
    const msp__counts *c = l->c;
    const double p1 = p2 + l->d;
    const double over[] = {p1, 1 - p1, p2, 1 - p2};
    const double weight[] = {c->x1, c->x1 - c->n1, c->x2, c->x2 - c->n2};
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        double term = weight[i];
        for (int j = 0; j < 4; j++)
            if (j != i && (weight[j] < 0 || weight[j] > 0))
                term *= over[j];
        sum += term;
    }
    return sum;
}

double msp__difference_variance(const msp__counts *c, double d)
{
    const likelihood l = {c, d};
    const double lo = fmax(0, -d), hi = fmin(1, 1 - d);
    const double p2 = score(lo, &l) <= 0   ? lo
                      : score(hi, &l) >= 0 ? hi
                                           : msp_root(score, &l, lo, hi);
    const double p1 = fmin(fmax(p2 + d, 0), 1), n = c->n1 + c->n2;
    return n / (n - 1) * (p1 * (1 - p1) / c->n1 + p2 * (1 - p2) / c->n2);
}

double msp__score_limit(double (*excess)(double d, const void *context), const void *context,
                        double estimate, double end)
{
    const double least = 0x1p-60;
    double outside = end, inside = end;
    if (!(excess(end, context) > 0))
        return end;
    /* Halving the distance finds the limit's scale: it may lie very near the estimate. */
    for (double step = 0.5; !(excess(inside, context) <= 0); step /= 2) {
        if (step < least)
            return estimate;
        outside = inside;
        inside = estimate + step * (end - estimate);
    }
    return msp_root(excess, context, inside, outside);
}
