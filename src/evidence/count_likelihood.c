/*
 * count_likelihood.c - the likelihood of the arms' counts, without an approximation of it.
 *
 * Arm a of a study has log odds theta_a = m + d_a + u_a, the u_a normal with variance tau^2 / 2 and
 * independent, so that two arms' difference varies by tau^2 and two differences correlate by 1/2.
 * Given m the arms are independent: a study is one integral over m of a product of functions of one
 * variable each. Integrands are analytic and log-concave: the trapezoidal rule with steps of a
 * part of their width, walked outwards from the top until nothing is left, is right to about 1e-10.
 */
#include <math.h>
#include <string.h>

#include "count_internal.h"

static const double negligible = -32; /* on the log scale: 1e-14 */
/* Steps as a part of the standard deviation at the top, and at most the second: e^theta leaves the
 * real line's behaviour at a distance of pi / 2. */
static const double fine = 0.7, widest = 0.4;

/* log of the binomial likelihood, and its first two derivatives. */
typedef struct curve {
    double value, slope, bend;
} curve;

static curve binomial(const msp__count_arm *a, double theta)
{
    const double e = exp(-fabs(theta)), log_sum = fmax(theta, 0) + log1p(e);
    const double p = theta > 0 ? 1 / (1 + e) : e / (1 + e);
    return (curve){a->events * theta - a->n * log_sum - a->prior * theta * theta / 2,
                   a->events - a->n * p - a->prior * theta,
                   -a->n * e / ((1 + e) * (1 + e)) - a->prior};
}

/* What is integrated: the likelihood of theta times the density of theta about x. */
static curve arm_term(const msp__count_arm *a, double variance, double x, double theta)
{
    curve c = binomial(a, theta);
    c.value -= (theta - x) * (theta - x) / (2 * variance);
    c.slope -= (theta - x) / variance;
    c.bend -= 1 / variance;
    return c;
}

/* Near the top: Newton's steps, none longer than 2, for a logistic curve bends little far out. */
static double arm_top(const msp__count_arm *a, double variance, double x)
{
    const double wa = 1 / (a->spread * a->spread), wx = 1 / variance;
    double theta = (wa * a->centre + wx * x) / (wa + wx);
    for (int i = 0; i < 60; i++) {
        const curve c = arm_term(a, variance, x, theta);
        const double step = fmin(fmax(-c.slope / c.bend, -2), 2);
        theta += step;
        if (step * step * -c.bend < 0.01)
            break;
    }
    return theta;
}

/* The arm's averaged likelihood expected at log odds x: its logarithm and slope. */
static void average_arm(const msp__count_arm *a, double variance, double x, double *value,
                        double *slope)
{
    const double top = arm_top(a, variance, x);
    const curve c = arm_term(a, variance, x, top);
    const double step = fmin(fine / sqrt(-c.bend), widest);
    double sum = 1, moment = top - x;
    for (int side = -1; side <= 1; side += 2)
        for (int k = 1;; k++) {
            const double theta = top + side * k * step;
            const double log_term = arm_term(a, variance, x, theta).value - c.value;
            if (!(log_term >= negligible))
                break;
            const double term = exp(log_term);
            sum += term;
            moment += term * (theta - x);
        }
    const double two_pi = 6.283185307179586477;
    *value = c.value + log(sum * step / sqrt(two_pi * variance));
    *slope = moment / sum / variance;
}

void msp__counts_at(msp__counts *counts, double tau)
{
    const double reach = 10; /* standard deviations to either side that have knots */
    const double variance = tau * tau / 2;
    for (size_t i = 0; i < counts->n_arm; i++) {
        msp__count_arm *a = &counts->arm[i];
        const double width = sqrt(a->spread * a->spread + variance);
        a->lo = a->centre - reach * width;
        a->step = 2 * reach * width / (COUNT_KNOTS - 1);
        for (size_t k = 0; k < COUNT_KNOTS; k++)
            average_arm(a, variance, a->lo + (double)k * a->step, &a->value[k], &a->slope[k]);
    }
}

/* The cubic through the values and slopes of two knots; beyond the last ones, where nothing is
 * left, it goes on as a parabola. */
static curve read_arm(const msp__count_arm *a, double x)
{
    const double at = (x - a->lo) / a->step;
    const size_t last = COUNT_KNOTS - 2;
    const size_t k = at > 0 ? (at < (double)last ? (size_t)at : last) : 0;
    const double h = a->step, t = at - (double)k;
    const double *y = a->value + k, *d = a->slope + k;
    if (t < 0 || t > 1) {
        const double bend = fmin((d[1] - d[0]) / h, 0);
        const size_t end = t > 1;
        const double u = (t - (double)end) * h;
        return (curve){y[end] + u * (d[end] + bend * u / 2), d[end] + bend * u, bend};
    }
    const double rise = y[1] - y[0], c2 = 3 * rise - h * (2 * d[0] + d[1]);
    const double c3 = h * (d[0] + d[1]) - 2 * rise;
    return (curve){y[0] + t * (h * d[0] + t * (c2 + t * c3)), d[0] + t * (2 * c2 + 3 * t * c3) / h,
                   (2 * c2 + 6 * t * c3) / (h * h)};
}

/* The product over the arms of a study at level m. */
static curve level_term(const msp__count_arm *arm, size_t k, const double *effect, double m)
{
    curve sum = {0, 0, 0};
    for (size_t a = 0; a < k; a++) {
        const curve c = read_arm(&arm[a], m + effect[arm[a].treat]);
        sum.value += c.value;
        sum.slope += c.slope;
        sum.bend += c.bend;
    }
    return sum;
}

static double level_top(const msp__count_arm *arm, size_t k, const double *effect, double *width)
{
    double sum = 0, weight = 0;
    for (size_t a = 0; a < k; a++) {
        const double reach = arm[a].step * (COUNT_KNOTS - 1), w = 1 / (reach * reach);
        sum += w * (arm[a].centre - effect[arm[a].treat]);
        weight += w;
    }
    double m = sum / weight, bend = 0;
    for (int i = 0; i < 60; i++) {
        const curve c = level_term(arm, k, effect, m);
        bend = fmin(c.bend, -1e-6);
        const double step = fmin(fmax(-c.slope / bend, -2), 2);
        if (step * step * -bend < 0.01)
            break;
        m += step;
    }
    *width = 1 / sqrt(-bend);
    return m;
}

/* Adds what a level m of weight `term` says of the derivatives. */
static void add_moments(const msp__count_arm *arm, size_t k, const double *effect, double m,
                        double term, double *gradient, double *hessian)
{
    for (size_t a = 0; a < k; a++) {
        const curve x = read_arm(&arm[a], m + effect[arm[a].treat]);
        gradient[a] += term * x.slope;
        hessian[a * k + a] += term * x.bend;
        for (size_t b = 0; b < k; b++)
            hessian[a * k + b] +=
                term * x.slope * read_arm(&arm[b], m + effect[arm[b].treat]).slope;
    }
}

static double study_log_likelihood(const msp__counts *c, const msp__count_study *s,
                                   const double *effect, bool derive)
{
    const msp__count_arm *arm = c->arm + s->first;
    const size_t k = s->n_arm;
    double width, sum = 0;
    const double top = level_top(arm, k, effect, &width);
    const double peak = level_term(arm, k, effect, top).value, step = fmin(fine * width, widest);
    if (derive) {
        memset(c->gradient, 0, k * sizeof(double));
        memset(c->hessian, 0, k * k * sizeof(double));
    }
    for (int side = -1; side <= 1; side += 2)
        for (int i = side > 0;; i++) {
            const double m = top + side * i * step;
            const double log_term = level_term(arm, k, effect, m).value - peak;
            if (!(log_term >= negligible))
                break;
            const double term = exp(log_term);
            sum += term;
            if (derive)
                add_moments(arm, k, effect, m, term, c->gradient, c->hessian);
        }
    for (size_t i = 0; derive && i < k; i++)
        c->gradient[i] /= sum;
    for (size_t i = 0; derive && i < k * k; i++)
        c->hessian[i] = c->hessian[i] / sum - c->gradient[i / k] * c->gradient[i % k];
    return peak + log(sum * step);
}

double msp__counts_log_likelihood(const msp__counts *c, const double *effect, double *gradient,
                                  double *hessian)
{
    double sum = 0;
    for (size_t i = 0; i < c->n_study; i++) {
        const msp__count_study *s = &c->study[i];
        sum += study_log_likelihood(c, s, effect, gradient != NULL);
        for (size_t a = 0; gradient != NULL && a < s->n_arm; a++) {
            const size_t ta = c->arm[s->first + a].treat;
            gradient[ta] += c->gradient[a];
            for (size_t b = 0; b < s->n_arm; b++)
                hessian[ta * c->n_treat + c->arm[s->first + b].treat] +=
                    c->hessian[a * s->n_arm + b];
        }
    }
    return sum;
}
