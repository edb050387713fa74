#include "mspike/stats/two_by_two.h"

#include <math.h>

#include "mspike/stats/root.h"
#include "score.h"

static const double none = NAN;
static const double infinite = INFINITY;

static const char empty_group[] = "a group has no patients";
static const char no_ratio[] = "the ratio is 0 to 0";
static const char infinite_ratio[] = "infinite: the second group has none";
static const char infinite_limit[] = "the upper limit is infinite";
static const char no_variance[] =
    "nobody, or everybody, had the event: the Wald variance is 0; the score interval has limits";
static const char no_error[] =
    "a count is 0, so the log has no standard error; the score and the exact interval have limits";

/* -- Miettinen and Nurminen -- */

typedef struct problem {
    msp__counts c;
    double z; /* to be reached; with its sign for the ratios */
} problem;

static double difference_excess(double d, const void *context)
{
    const problem *p = context;
    const msp__counts *c = &p->c;
    const double distance = c->x1 / c->n1 - c->x2 / c->n2 - d;
    return distance * distance - p->z * p->z * msp__difference_variance(c, d);
}

/* The standardised difference when p1 = ratio p2: falls as the ratio grows. */
static double risk_ratio_score(const msp__counts *c, double ratio)
{
    const double n = c->n1 + c->n2, events = c->x1 + c->x2;
    const double b = ratio * (c->n1 + c->x2) + c->x1 + c->n2;
    const double p2 = fmin(1, 2 * events / (b + sqrt(fmax(0, b * b - 4 * n * ratio * events))));
    const double p1 = fmin(1, ratio * p2);
    const double variance =
        n / (n - 1) * (p1 * (1 - p1) / c->n1 + ratio * ratio * p2 * (1 - p2) / c->n2);
    const double distance = c->x1 / c->n1 - ratio * c->x2 / c->n2;
    return distance < 0 || distance > 0 ? distance / sqrt(variance) : 0;
}

static double risk_ratio_excess(double log_ratio, const void *context)
{
    const problem *p = context;
    return risk_ratio_score(&p->c, exp(log_ratio)) - p->z;
}

/*
 * The margins and an odds ratio fix the table: e events in group 1, e between the ends of its
 * range, and the ratio grows with e. So the score is one of e, and its root gives the ratio.
 */
static double odds_ratio_excess(double e, const void *context)
{
    const problem *p = context;
    const msp__counts *c = &p->c;
    const double n = c->n1 + c->n2, events = c->x1 + c->x2;
    const double information =
        c->n1 / (e * (c->n1 - e)) + c->n2 / ((events - e) * (c->n2 - events + e));
    const double distance = c->x1 - e;
    return (distance < 0 || distance > 0 ? distance * sqrt((n - 1) / n * information) : 0) - p->z;
}

static double odds_ratio_limit(const problem *p, double end)
{
    const msp__counts *c = &p->c;
    const double events = c->x1 + c->x2, e = msp_root(odds_ratio_excess, p, end, c->x1);
    return e * (c->n2 - events + e) / ((c->n1 - e) * (events - e));
}

static void odds_ratio_limits(const msp__counts *c, double z, msp_interval *out)
{
    const problem low = {*c, z}, high = {*c, -z};
    const double events = c->x1 + c->x2;
    const double least = fmax(0, events - c->n2), most = fmin(c->n1, events);
    out->lower = c->x1 > least ? odds_ratio_limit(&low, least) : 0;
    out->upper = c->x1 < most ? odds_ratio_limit(&high, most) : infinite;
}

/* Risk ratios beyond e^150 are infinite or 0: counts do not reach so far. */
static const double widest = 150;

static void risk_ratio_limits(const msp__counts *c, double z, msp_interval *out)
{
    const problem low = {*c, z}, high = {*c, -z};
    out->lower = risk_ratio_excess(-widest, &low) > 0
                     ? exp(msp_root(risk_ratio_excess, &low, -widest, widest))
                     : 0;
    out->upper = risk_ratio_excess(widest, &high) < 0
                     ? exp(msp_root(risk_ratio_excess, &high, -widest, widest))
                     : infinite;
}

static void difference_limits(const msp__counts *c, double z, msp_interval *out)
{
    const problem p = {*c, z};
    out->lower = msp__score_limit(difference_excess, &p, out->estimate, -1);
    out->upper = msp__score_limit(difference_excess, &p, out->estimate, 1);
}

/* -- closed forms -- */

static msp_status newcombe(const msp_two_by_two *t, double tail, msp_interval *out, msp_error *err)
{
    const msp_confidence each = {1 - 2 * tail, MSP_TWO_SIDED};
    msp_interval a, b;
    msp_status rc = msp_proportion(t->x1, t->n1, MSP_WILSON, &each, &a, err);
    if (rc == MSP_OK)
        rc = msp_proportion(t->x2, t->n2, MSP_WILSON, &each, &b, err);
    if (rc != MSP_OK)
        return rc;
    out->lower = out->estimate - hypot(a.estimate - a.lower, b.upper - b.estimate);
    out->upper = out->estimate + hypot(a.upper - a.estimate, b.estimate - b.lower);
    return MSP_OK;
}

static void wald(const msp__counts *c, msp_contrast contrast, double z, msp_interval *out)
{
    const double y1 = c->n1 - c->x1, y2 = c->n2 - c->x2;
    if (contrast == MSP_DIFFERENCE) {
        const double half =
            z * sqrt(c->x1 / c->n1 * (y1 / c->n1) / c->n1 + c->x2 / c->n2 * (y2 / c->n2) / c->n2);
        if (!(half > 0)) {
            out->note = no_variance;
            return;
        }
        out->lower = out->estimate - half;
        out->upper = out->estimate + half;
        return;
    }
    const double smallest = fmin(c->x1, c->x2);
    if (!(smallest > 0) || (contrast == MSP_ODDS_RATIO && !(fmin(y1, y2) > 0))) {
        out->note = no_error;
        return;
    }
    const double variance = contrast == MSP_ODDS_RATIO
                                ? 1 / c->x1 + 1 / y1 + 1 / c->x2 + 1 / y2
                                : y1 / (c->x1 * c->n1) + y2 / (c->x2 * c->n2);
    if (!(variance > 0)) {
        out->note = no_variance;
        return;
    }
    const double factor = exp(z * sqrt(variance));
    out->lower = out->estimate / factor;
    out->upper = out->estimate * factor;
}

/* -- together -- */

static double estimate(const msp__counts *c, msp_contrast contrast)
{
    if (contrast == MSP_DIFFERENCE)
        return c->x1 / c->n1 - c->x2 / c->n2;
    const double above = contrast == MSP_ODDS_RATIO ? c->x1 * (c->n2 - c->x2) : c->x1 * c->n2;
    const double below = contrast == MSP_ODDS_RATIO ? c->x2 * (c->n1 - c->x1) : c->x2 * c->n1;
    return above / below; /* NaN for 0 to 0 */
}

static void score_limits(const msp__counts *c, msp_contrast contrast, double z, msp_interval *out)
{
    if (contrast == MSP_DIFFERENCE)
        difference_limits(c, z, out);
    else if (contrast == MSP_RISK_RATIO)
        risk_ratio_limits(c, z, out);
    else
        odds_ratio_limits(c, z, out);
}

/* Only the side asked for, and nothing beyond the ends of the range. */
static void keep_side(msp_interval *out, msp_contrast contrast, msp_alternative side)
{
    const double least = contrast == MSP_DIFFERENCE ? -1 : 0;
    const double most = contrast == MSP_DIFFERENCE ? 1 : infinite;
    if (!isnan(out->lower))
        out->lower = side == MSP_LESS ? least : fmax(out->lower, least);
    if (!isnan(out->upper))
        out->upper = side == MSP_GREATER ? most : fmin(out->upper, most);
}

msp_status msp_two_by_two_contrast(const msp_two_by_two *table, msp_contrast contrast,
                                   msp_contrast_method method, const msp_confidence *confidence,
                                   msp_interval *out, msp_error *err)
{
    *out = (msp_interval){none, none, none, empty_group};
    msp_status rc = msp__check_table(table, err);
    if (rc == MSP_OK)
        rc = msp_confidence_check(confidence, err);
    if (rc == MSP_OK && method == MSP_NEWCOMBE && contrast != MSP_DIFFERENCE)
        rc = msp_fail(err, MSP_EUNSUPPORTED, "Newcombe's interval is one of the difference");
    if (rc != MSP_OK || table->n1 == 0 || table->n2 == 0)
        return rc;
    const msp__counts c = msp__counts_of(table);
    const double tail = msp_confidence_tail(confidence), z = -msp_dist_normal_quantile(tail);
    out->estimate = estimate(&c, contrast);
    out->note = isnan(out->estimate) ? no_ratio : NULL;
    if (out->note != NULL)
        return MSP_OK;
    if (method == MSP_NEWCOMBE)
        rc = newcombe(table, tail, out, err);
    else if (method == MSP_WALD_CONTRAST)
        wald(&c, contrast, z, out);
    else
        score_limits(&c, contrast, z, out);
    keep_side(out, contrast, confidence->side);
    if (out->note == NULL && isinf(out->upper))
        out->note = isinf(out->estimate) ? infinite_ratio : infinite_limit;
    return rc;
}

/* -- chi-square -- */

msp_status msp_two_by_two_chi_square(const int64_t *events, const int64_t *n, size_t k,
                                     bool corrected, msp_test *out, const char **note,
                                     msp_error *err)
{
    double all = 0, with = 0, groups = 0, chi = 0;
    *out = (msp_test){none, 0, none, none};
    *note = NULL;
    for (size_t g = 0; g < k; g++) {
        const msp_two_by_two t = {events[g], n[g], 0, 0};
        const msp_status rc = msp__check_table(&t, err);
        if (rc != MSP_OK)
            return rc;
        all += (double)n[g];
        with += (double)events[g];
        groups += n[g] > 0;
    }
    if (groups < 2 || !(with > 0) || !(with < all)) {
        *note = groups < 2    ? "fewer than two groups have patients"
                : !(with > 0) ? "no one has the event"
                              : "everyone has the event";
        return MSP_OK;
    }
    const double p = with / all, q = (all - with) / all;
    for (size_t g = 0; g < k; g++) {
        double distance = fabs((double)events[g] - (double)n[g] * p);
        if (corrected && k == 2)
            distance -= fmin(0.5, distance);
        chi += n[g] > 0 ? distance * distance / ((double)n[g] * p * q) : 0;
    }
    const msp_prob tail = msp_dist_chisq_upper(chi, groups - 1);
    *out = (msp_test){chi, groups - 1, tail.p, tail.log_p};
    return MSP_OK;
}
