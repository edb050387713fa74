#include "mspike/design/boundary.h"

#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "mspike/stats/root.h"
#include "mspike/stats/sequential.h"

static const double unbounded = INFINITY;

/* -- spending -- */

static bool spends(const msp_boundary *b)
{
    return b->kind >= MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING;
}

/* A line from (0, 0) through the points of the plan. */
static double user_spent(const msp_boundary *b, double t)
{
    double from = 0, spent = 0;
    for (size_t k = 0; k < b->n_values; k++) {
        if (t <= b->times[k])
            return spent + (b->values[k] - spent) * (t - from) / (b->times[k] - from);
        from = b->times[k];
        spent = b->values[k];
    }
    return spent;
}

double msp_boundary_spent(const msp_boundary *b, double error, double t)
{
    const double g = b->parameter;
    t = fmin(t, 1);
    switch (b->kind) {
    case MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING:
        return 2 * msp_dist_normal_lower(msp_dist_normal_quantile(error / 2) / sqrt(t)).p;
    case MSP_BOUNDARY_LAN_DEMETS_POCOCK:
        return error * log1p((exp(1) - 1) * t);
    case MSP_BOUNDARY_KIM_DEMETS:
        return error * pow(t, g);
    case MSP_BOUNDARY_HWANG_SHIH_DECANI:
        return g == 0 ? error * t : error * (expm1(-g * t) / expm1(-g));
    case MSP_BOUNDARY_USER:
        return user_spent(b, t);
    default:
        return NAN;
    }
}

/* -- checks -- */

static msp_status check(const msp_looks *l, msp_error *err)
{
    if (l->n < 1 || l->n > MSP_LOOKS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu looks; from 1 to %d can be planned", l->n,
                        MSP_LOOKS_MAX);
    for (size_t k = 0; k < l->n; k++)
        if (!(l->information[k] > (k > 0 ? l->information[k - 1] : 0)))
            return msp_fail(err, MSP_ERANGE, "information has to grow from look to look");
    if (!(l->alpha > 0 && l->alpha < 1) || (l->sided != 1 && l->sided != 2))
        return msp_fail(err, MSP_ERANGE,
                        "alpha is %g on %d sides; expected between 0 and 1 on 1 or 2", l->alpha,
                        l->sided);
    if (l->sided == 2 && l->futility.kind != MSP_BOUNDARY_NONE)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a futility boundary needs a one-sided test; this one is two-sided");
    if (l->futility.kind == MSP_BOUNDARY_WANG_TSIATIS)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a futility boundary is a spending function or fixed values");
    return MSP_OK;
}

/* -- one way through the looks -- */

/* What is known before the boundaries are. */
typedef struct given {
    const msp_looks *looks;
    double drift, beta, constant;
    bool to_the_end; /* the last look spends what is left, and ends the trial */
} given;

static double side(const msp_looks *l)
{
    return l->alpha / l->sided;
}

/* The error of one side to be spent at look k. */
static double due(const given *g, const msp_boundary *b, double error, size_t k)
{
    const msp_looks *l = g->looks;
    const bool last = g->to_the_end && k + 1 == l->n && b->kind != MSP_BOUNDARY_USER;
    const double before = k > 0 ? msp_boundary_spent(b, error, l->information[k - 1]) : 0;
    return (last ? error : msp_boundary_spent(b, error, l->information[k])) - before;
}

static double upper_at(const given *g, const msp_sequential *h0, size_t k)
{
    const msp_looks *l = g->looks;
    const msp_boundary *b = &l->efficacy;
    const double t = l->information[k];
    const bool last = g->to_the_end && k + 1 == l->n;
    if (b->kind == MSP_BOUNDARY_WANG_TSIATIS)
        return g->constant * pow(t, b->parameter - 0.5);
    if (b->kind == MSP_BOUNDARY_NONE)
        return last ? msp_sequential_above_quantile(h0, t, side(l)) : unbounded;
    return msp_sequential_above_quantile(h0, t, due(g, b, side(l), k));
}

/* Above the efficacy boundary there is nothing to give up. */
static double lower_at(const given *g, const msp_sequential *h1, size_t k, double upper)
{
    const msp_looks *l = g->looks;
    const msp_boundary *b = &l->futility;
    if (l->sided == 2)
        return -upper;
    if (g->to_the_end && k + 1 == l->n)
        return upper;
    if (b->kind == MSP_BOUNDARY_FIXED)
        return k < b->n_values ? fmin(b->values[k], upper) : -unbounded;
    if (!spends(b))
        return -unbounded;
    const double z = msp_sequential_below_quantile(h1, l->information[k], due(g, b, g->beta, k));
    return fmin(z, upper);
}

/* From look to look: the efficacy boundary where there is no effect, the futility boundary under
 * the drift. */
static msp_status walk(const given *g, msp_boundaries *out, msp_error *err)
{
    const msp_looks *l = g->looks;
    msp_sequential h0 = {0}, h1 = {.drift = g->drift};
    msp_status rc = MSP_OK;
    double spent = 0;
    out->n = l->n;
    memcpy(out->information, l->information, sizeof out->information);
    for (size_t k = 0; rc == MSP_OK && k < l->n; k++) {
        const double t = l->information[k], next = k + 1 < l->n ? l->information[k + 1] : 0;
        out->upper[k] = upper_at(g, &h0, k);
        out->lower[k] = lower_at(g, &h1, k, out->upper[k]);
        spent += l->sided * msp_sequential_above(&h0, t, out->upper[k]);
        out->alpha_spent[k] = spent;
        if (isnan(out->upper[k]) || isnan(out->lower[k]))
            rc = msp_fail(err, MSP_ENUMERIC, "no boundary was found at look %zu", k + 1);
        if (rc != MSP_OK || k + 1 == l->n)
            break;
        const bool bound = l->sided == 2 || l->binding;
        rc = msp_sequential_continue(&h0, t, bound ? out->lower[k] : -unbounded, out->upper[k],
                                     next, err);
        if (rc == MSP_OK)
            rc = msp_sequential_continue(&h1, t, out->lower[k], out->upper[k], next, err);
    }
    msp_sequential_free(&h0);
    msp_sequential_free(&h1);
    return rc;
}

/* -- solving -- */

/* A search, and why it could not go on. */
typedef struct search {
    given *g;
    msp_boundaries *out;
    double target; /* the power sought; NaN: 1 - beta */
    msp_status *rc;
    msp_error *err;
} search;

static double alpha_excess(double constant, const void *context)
{
    const search *s = context;
    s->g->constant = constant;
    if (*s->rc == MSP_OK)
        *s->rc = walk(s->g, s->out, s->err);
    return *s->rc == MSP_OK ? s->out->alpha_spent[s->out->n - 1] - s->g->looks->alpha : 0;
}

/* With this constant every boundary lies where next to nothing crosses it. */
static double largest_constant(const msp_looks *l)
{
    const double beyond = 3 * fabs(msp_dist_normal_quantile(side(l))) + 10;
    double lowest = 1;
    for (size_t k = 0; k < l->n; k++)
        lowest = fmin(lowest, pow(l->information[k], l->efficacy.parameter - 0.5));
    return beyond / lowest;
}

static msp_status find_boundaries(given *g, msp_boundaries *out, msp_error *err)
{
    if (g->looks->efficacy.kind != MSP_BOUNDARY_WANG_TSIATIS || !isnan(g->constant))
        return walk(g, out, err);
    msp_status rc = MSP_OK;
    const search s = {g, out, 0, &rc, err};
    const double one_look = -msp_dist_normal_quantile(side(g->looks));
    const double c = msp_root(alpha_excess, &s, fmin(0, one_look), largest_constant(g->looks));
    g->constant = c;
    if (rc == MSP_OK)
        rc = walk(g, out, err);
    if (rc == MSP_OK && !(fabs(out->alpha_spent[out->n - 1] - g->looks->alpha) <= 1e-9))
        rc = msp_fail(err, MSP_ENUMERIC, "no boundary of this shape (delta %g) spends alpha",
                      g->looks->efficacy.parameter);
    if (g->looks->binding && spends(&g->looks->futility)) /* c belongs to this drift alone */
        g->constant = NAN;
    out->constant = c;
    return rc;
}

static msp_status find_power(given *g, msp_boundaries *out, msp_error *err)
{
    msp_status rc = find_boundaries(g, out, err);
    if (rc == MSP_OK)
        rc = msp_sequential_cross(out->n, out->information, out->lower, out->upper, g->drift,
                                  out->lower_h1, out->upper_h1, err);
    out->power = 0;
    for (size_t k = 0; rc == MSP_OK && k < out->n; k++)
        out->power += out->upper_h1[k];
    return rc;
}

static double power_excess(double x, const void *context)
{
    const search *s = context;
    *(isnan(s->target) ? &s->g->beta : &s->g->drift) = x;
    if (*s->rc == MSP_OK)
        *s->rc = find_power(s->g, s->out, s->err);
    return *s->rc == MSP_OK ? s->out->power - (isnan(s->target) ? 1 - x : s->target) : 0;
}

/* Futility and efficacy may meet only at the last look. */
static msp_status check_met(const msp_boundaries *b, msp_error *err)
{
    for (size_t k = 0; k + 1 < b->n; k++)
        if (b->lower[k] >= b->upper[k])
            return msp_fail(err, MSP_ENUMERIC,
                            "the futility boundary meets the efficacy boundary at look %zu: the "
                            "trial would always stop there",
                            k + 1);
    return MSP_OK;
}

/* -- what the boundaries do -- */

static double expected(const msp_boundaries *b, const double *p_lower, const double *p_upper)
{
    double going = 1, information = 0;
    for (size_t k = 0; k + 1 < b->n; k++) {
        const double stops = p_lower[k] + p_upper[k];
        information += b->information[k] * stops;
        going -= stops;
    }
    return information + b->information[b->n - 1] * going;
}

static msp_status describe(const msp_looks *l, msp_boundaries *b, msp_error *err)
{
    const msp_status rc = msp_sequential_cross(b->n, b->information, b->lower, b->upper, 0,
                                               b->lower_h0, b->upper_h0, err);
    if (rc != MSP_OK)
        return rc;
    b->expected_h0 = expected(b, b->lower_h0, b->upper_h0);
    b->expected_h1 = expected(b, b->lower_h1, b->upper_h1);
    double spent = 0;
    for (size_t k = 0; k < b->n; k++)
        b->beta_spent[k] = spent += b->lower_h1[k];
    const double fixed = msp_dist_normal_quantile(b->power) - msp_dist_normal_quantile(side(l));
    b->inflation = b->information[b->n - 1] * b->drift * b->drift / (fixed * fixed);
    return check_met(b, err);
}

msp_status msp_boundaries_for_drift(const msp_looks *l, double drift, msp_boundaries *out,
                                    msp_error *err)
{
    *out = (msp_boundaries){.constant = NAN, .drift = drift};
    given g = {l, drift, 0, NAN, true};
    msp_status rc = check(l, err);
    const search s = {&g, out, NAN, &rc, err};
    if (rc == MSP_OK && spends(&l->futility))
        g.beta = msp_root(power_excess, &s, 1e-12, 1 - side(l));
    if (rc == MSP_OK)
        rc = find_power(&g, out, err);
    return rc == MSP_OK ? describe(l, out, err) : rc;
}

msp_status msp_boundaries_for_power(const msp_looks *l, double power, msp_boundaries *out,
                                    msp_error *err)
{
    *out = (msp_boundaries){.constant = NAN};
    given g = {l, 0, 1 - power, NAN, true};
    msp_status rc = check(l, err);
    if (rc == MSP_OK && !(power > side(l) && power < 1))
        rc = msp_fail(err, MSP_ERANGE, "a power of %g is not between alpha (%g a side) and 1",
                      power, side(l));
    const search s = {&g, out, power, &rc, err};
    const double one_look = msp_dist_normal_quantile(power) - msp_dist_normal_quantile(side(l));
    if (rc == MSP_OK)
        g.drift = msp_root(power_excess, &s, 0, 3 * one_look + 5);
    out->drift = g.drift;
    if (rc == MSP_OK)
        rc = find_power(&g, out, err);
    return rc == MSP_OK ? describe(l, out, err) : rc;
}

msp_status msp_boundaries_reached(const msp_looks *l, const msp_boundaries *plan, bool final,
                                  msp_boundaries *out, msp_error *err)
{
    *out = (msp_boundaries){.constant = plan->constant, .drift = plan->drift};
    given g = {l, plan->drift, 1 - plan->power, plan->constant, final};
    msp_status rc = check(l, err);
    if (rc == MSP_OK)
        rc = find_power(&g, out, err);
    return rc == MSP_OK ? describe(l, out, err) : rc;
}
