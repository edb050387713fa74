#include "mspike/stats/sequential.h"

#include <math.h>
#include <stdlib.h>

#include "elementary.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"

#define NODES   MSP_LEGENDRE_NODES /* of a panel */
#define REACH   12.0      /* standard deviations beyond which a normal density is nothing: 5e-32 */
#define WIDTH   3.0       /* of a panel, in standard deviations of the narrowest factor */
#define MOST    (1 << 18) /* nodes */
#define SQRT2PI 2.50662827463100050242

static const double unbounded = INFINITY;

/* The increment of the score Z sqrt(t) from the last look to the next, which is normal. */
typedef struct step {
    double from, to; /* square roots of information */
    double mean, sd;
} step;

static step step_to(const msp_sequential *s, double information)
{
    const double growth = information - s->information;
    return (step){sqrt(s->information), sqrt(information), s->drift * growth, sqrt(growth)};
}

/* The increment, standardised, that leads from u to z. */
static double needed(const step *t, double u, double z)
{
    return (z * t->to - u * t->from - t->mean) / t->sd;
}

double msp_sequential_above(const msp_sequential *s, double information, double z)
{
    const step t = step_to(s, information);
    if (s->information <= 0)
        return msp_dist_normal_upper(needed(&t, 0, z)).p;
    double p = 0;
    for (size_t i = 0; i < s->n; i++)
        p += s->mass[i] * msp_dist_normal_upper(needed(&t, s->z[i], z)).p;
    return p;
}

double msp_sequential_below(const msp_sequential *s, double information, double z)
{
    const step t = step_to(s, information);
    if (s->information <= 0)
        return msp_dist_normal_lower(needed(&t, 0, z)).p;
    double p = 0;
    for (size_t i = 0; i < s->n; i++)
        p += s->mass[i] * msp_dist_normal_lower(needed(&t, s->z[i], z)).p;
    return p;
}

/* Density of Z at the next look among those that reach it. Nodes ascend, so those that matter stand
 * together. */
static double density(const msp_sequential *s, const step *t, double z)
{
    const double scale = t->to / (t->sd * SQRT2PI);
    if (s->information <= 0) {
        const double x = needed(t, 0, z);
        return scale * msp__exp_inline(-0.5 * x * x);
    }
    const double lowest = (z * t->to - t->mean - REACH * t->sd) / t->from;
    const double highest = (z * t->to - t->mean + REACH * t->sd) / t->from;
    size_t first = 0, last = s->n;
    while (first < last) {
        const size_t middle = first + (last - first) / 2;
        if (s->z[middle] < lowest)
            first = middle + 1;
        else
            last = middle;
    }
    double sum = 0;
    for (size_t i = first; i < s->n && s->z[i] <= highest; i++) {
        const double x = needed(t, s->z[i], z);
        sum += s->mass[i] * msp__exp_inline(-0.5 * x * x);
    }
    return scale * sum;
}

/* -- quantiles -- */

typedef struct tail {
    const msp_sequential *s;
    double information, log_p;
    bool above;
} tail;

/* Positive where the tail beyond z is larger than asked. */
static double excess(double z, const void *context)
{
    const tail *t = context;
    return log(t->above ? msp_sequential_above(t->s, t->information, z)
                        : msp_sequential_below(t->s, t->information, z)) -
           t->log_p;
}

/* The tail is at most what it is without earlier looks, which bounds z on one side; on the other
 * side the bound is where a normal variable never is. */
static double quantile(const msp_sequential *s, double information, double p, bool above)
{
    const double sign = above ? 1 : -1, mean = s->drift * sqrt(information);
    const tail t = {s, information, log(p), above};
    if (!(p > 0))
        return sign * unbounded;
    const double farthest = mean - sign * msp_dist_normal_quantile(fmin(p, 1));
    if (s->information <= 0)
        return farthest;
    double reached = 0;
    for (size_t i = 0; i < s->n; i++)
        reached += s->mass[i];
    if (p >= reached)
        return -sign * unbounded;
    return msp_root(excess, &t, mean - sign * 40, farthest);
}

double msp_sequential_above_quantile(const msp_sequential *s, double information, double p)
{
    return quantile(s, information, p, true);
}

double msp_sequential_below_quantile(const msp_sequential *s, double information, double p)
{
    return quantile(s, information, p, false);
}

/* -- the recursion -- */

static msp_status make_room(msp_sequential *s, size_t n, msp_error *err)
{
    if (n <= s->cap)
        return MSP_OK;
    double **const arrays[] = {&s->z, &s->mass, &s->spare_z, &s->spare_mass};
    for (size_t i = 0; i < MSP_COUNT(arrays); i++) {
        double *grown = realloc(*arrays[i], n * sizeof *grown);
        if (grown == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the nodes of an integral");
        *arrays[i] = grown;
    }
    s->cap = n;
    return MSP_OK;
}

/* Of Z, the narrowest thing under the integral: the step that led here, or the one that follows. */
static double narrowest(const msp_sequential *s, double information, double next)
{
    const double came = sqrt((information - s->information) / information);
    const double goes = sqrt((next - information) / information);
    return fmin(came, fmin(goes, 1));
}

/* Nodes and weights of `panels` panels over lo..hi, ascending. */
static void lay_nodes(double lo, double hi, size_t panels, double *z, double *weight)
{
    const double half = (hi - lo) / (2 * (double)panels);
    for (size_t k = 0; k < panels; k++) {
        const double centre = lo + (2 * (double)k + 1) * half;
        for (size_t i = 0; i < NODES; i++) {
            const double *node = msp_legendre[i < NODES / 2 ? NODES / 2 - 1 - i : i - NODES / 2];
            z[k * NODES + i] = centre + (i < NODES / 2 ? -half : half) * node[0];
            weight[k * NODES + i] = half * node[1];
        }
    }
}

static void swap(double **a, double **b)
{
    double *was = *a;
    *a = *b;
    *b = was;
}

msp_status msp_sequential_continue(msp_sequential *s, double information, double lower,
                                   double upper, double next, msp_error *err)
{
    if (!(information > s->information && next > information && isfinite(next)))
        return msp_fail(err, MSP_ERANGE, "information has to grow from look to look");
    const step t = step_to(s, information);
    const double lo = fmax(lower, s->drift * t.to - REACH);
    const double hi = fmin(upper, s->drift * t.to + REACH);
    const double panels = ceil((hi - lo) / (WIDTH * narrowest(s, information, next)));
    if (panels * NODES > MOST)
        return msp_fail(err, MSP_ENUMERIC,
                        "looks at information %g and %g are too near to each other to integrate",
                        information, next);
    const size_t n = hi > lo ? (size_t)panels * NODES : 0;
    const msp_status rc = make_room(s, n, err);
    if (rc != MSP_OK)
        return rc;
    if (n > 0)
        lay_nodes(lo, hi, (size_t)panels, s->spare_z, s->spare_mass);
    for (size_t i = 0; i < n; i++)
        s->spare_mass[i] *= density(s, &t, s->spare_z[i]);
    swap(&s->z, &s->spare_z);
    swap(&s->mass, &s->spare_mass);
    s->n = n;
    s->information = information;
    return MSP_OK;
}

void msp_sequential_free(msp_sequential *s)
{
    free(s->z);
    free(s->mass);
    free(s->spare_z);
    free(s->spare_mass);
    *s = (msp_sequential){0};
}

msp_status msp_sequential_cross(size_t n, const double *information, const double *lower,
                                const double *upper, double drift, double *p_lower, double *p_upper,
                                msp_error *err)
{
    msp_sequential s = {.drift = drift};
    msp_status rc = MSP_OK;
    if (n == 0 || !(information[0] > 0) || !isfinite(drift))
        rc = msp_fail(err, MSP_ERANGE, "there is no look with information");
    for (size_t k = 0; rc == MSP_OK && k < n; k++) {
        const double below = lower != NULL ? lower[k] : -unbounded;
        if (!(information[k] > s.information && isfinite(information[k])))
            rc = msp_fail(err, MSP_ERANGE, "information has to grow from look to look");
        if (rc == MSP_OK && p_upper != NULL)
            p_upper[k] = msp_sequential_above(&s, information[k], upper[k]);
        if (rc == MSP_OK && p_lower != NULL)
            p_lower[k] = msp_sequential_below(&s, information[k], fmin(below, upper[k]));
        if (rc == MSP_OK && k + 1 < n)
            rc = msp_sequential_continue(&s, information[k], below, upper[k], information[k + 1],
                                         err);
    }
    msp_sequential_free(&s);
    return rc;
}
