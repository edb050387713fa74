#include "mspike/stats/stratified.h"

#include <math.h>

#include "conditional.h"
#include "score.h"

static const double none = NAN;
static const double infinite = INFINITY;
static const msp_prob unknown = {NAN, NAN};

static const char uninformative[] =
    "no stratum has patients in both groups and an event in some of them only";

/* One stratum: its counts, events m and patients n of both groups. */
typedef struct stratum {
    msp__counts c;
    double m, n;
    bool both;    /* groups have patients */
    bool differs; /* and some patients have the event, some not */
} stratum;

static stratum stratum_of(const msp_two_by_two *table)
{
    const msp__counts c = msp__counts_of(table);
    const double m = c.x1 + c.x2, n = c.n1 + c.n2;
    const bool both = c.n1 > 0 && c.n2 > 0;
    return (stratum){c, m, n, both, both && m > 0 && m < n};
}

static msp_status check_tables(const msp_two_by_two *tables, size_t k, msp_error *err)
{
    for (size_t i = 0; i < k; i++) {
        const msp_status rc = msp__check_table(&tables[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

static msp_status check(const msp_two_by_two *tables, size_t k, const msp_confidence *confidence,
                        msp_error *err)
{
    const msp_status rc = check_tables(tables, k, err);
    return rc == MSP_OK ? msp_confidence_check(confidence, err) : rc;
}

static msp_test chi_square(double statistic, double df)
{
    const msp_prob p = msp_dist_chisq_upper(statistic, df);
    return (msp_test){statistic, df, p.p, p.log_p};
}

msp_status msp_stratified_cmh(const msp_two_by_two *tables, size_t k, bool corrected, msp_test *out,
                              const char **note, msp_error *err)
{
    *out = (msp_test){none, 0, none, none};
    *note = uninformative;
    const msp_status rc = check_tables(tables, k, err);
    double excess = 0, variance = 0;
    for (size_t i = 0; rc == MSP_OK && i < k; i++) {
        const stratum s = stratum_of(&tables[i]);
        if (!s.differs)
            continue;
        excess += s.c.x1 - s.c.n1 * s.m / s.n;
        variance += s.c.n1 / s.n * (s.c.n2 / s.n) * s.m * ((s.n - s.m) / (s.n - 1));
    }
    if (rc != MSP_OK || !(variance > 0))
        return rc;
    excess = fabs(excess);
    if (corrected)
        excess -= fmin(0.5, excess);
    *out = chi_square(excess * excess / variance, 1);
    *note = NULL;
    return MSP_OK;
}

/* -- ratios -- */

/* Sums over strata: the ratio is above / below, and the variance of its logarithm. */
typedef struct ratio_sums {
    double above, below, variance;
} ratio_sums;

static ratio_sums odds_ratio_sums(const msp_two_by_two *tables, size_t k)
{
    double r_sum = 0, s_sum = 0, pr = 0, ps_qr = 0, qs = 0;
    for (size_t i = 0; i < k; i++) {
        const stratum st = stratum_of(&tables[i]);
        if (!st.both)
            continue;
        const msp__counts c = st.c;
        const double r = c.x1 * (c.n2 - c.x2) / st.n, s = c.x2 * (c.n1 - c.x1) / st.n;
        const double p = (c.x1 + c.n2 - c.x2) / st.n, q = (c.x2 + c.n1 - c.x1) / st.n;
        r_sum += r;
        s_sum += s;
        pr += p * r;
        ps_qr += p * s + q * r;
        qs += q * s;
    }
    return (ratio_sums){r_sum, s_sum,
                        pr / (2 * r_sum * r_sum) + ps_qr / (2 * r_sum * s_sum) +
                            qs / (2 * s_sum * s_sum)};
}

static ratio_sums risk_ratio_sums(const msp_two_by_two *tables, size_t k)
{
    double r = 0, s = 0, v = 0;
    for (size_t i = 0; i < k; i++) {
        const stratum st = stratum_of(&tables[i]);
        if (!st.both)
            continue;
        const msp__counts c = st.c;
        r += c.x1 * c.n2 / st.n;
        s += c.x2 * c.n1 / st.n;
        v += c.n1 / st.n * (c.n2 / st.n) * st.m - c.x1 * c.x2 / st.n;
    }
    return (ratio_sums){r, s, v / (r * s)};
}

msp_status msp_stratified_ratio(const msp_two_by_two *tables, size_t k, msp_contrast contrast,
                                const msp_confidence *confidence, msp_interval *out, msp_error *err)
{
    *out = (msp_interval){none, none, none, "the common ratio is 0 to 0"};
    msp_status rc = check(tables, k, confidence, err);
    if (rc == MSP_OK && contrast == MSP_DIFFERENCE)
        rc = msp_fail(err, MSP_EUNSUPPORTED, "a difference is no ratio");
    if (rc != MSP_OK)
        return rc;
    const ratio_sums sums =
        contrast == MSP_ODDS_RATIO ? odds_ratio_sums(tables, k) : risk_ratio_sums(tables, k);
    if (!(sums.above > 0 || sums.below > 0))
        return MSP_OK;
    out->estimate = sums.above / sums.below;
    if (!(sums.above > 0 && sums.below > 0)) {
        out->note = "0 or infinite in every stratum: no standard error";
        return MSP_OK;
    }
    const double z = -msp_dist_normal_quantile(msp_confidence_tail(confidence));
    const double factor = exp(z * sqrt(sums.variance));
    out->lower = confidence->side == MSP_LESS ? 0 : out->estimate / factor;
    out->upper = confidence->side == MSP_GREATER ? infinite : out->estimate * factor;
    out->note = NULL;
    return MSP_OK;
}

/* -- the difference -- */

typedef struct difference {
    const msp_two_by_two *tables;
    size_t k;
    double estimate, weight; /* weight: of all strata together */
    double z;
} difference;

static double score_excess(double d, const void *context)
{
    const difference *f = context;
    double variance = 0;
    for (size_t i = 0; i < f->k; i++) {
        const stratum s = stratum_of(&f->tables[i]);
        const double w = s.both ? s.c.n1 * s.c.n2 / s.n / f->weight : 0;
        variance += s.both ? w * w * msp__difference_variance(&s.c, d) : 0;
    }
    const double distance = f->estimate - d;
    return distance * distance - f->z * f->z * variance;
}

static double difference_variance(const difference *f, msp_stratified_method method)
{
    double p = 0, q = 0, sum = 0;
    for (size_t i = 0; i < f->k; i++) {
        const stratum s = stratum_of(&f->tables[i]);
        if (!s.both)
            continue;
        const msp__counts c = s.c;
        const double y1 = c.n1 - c.x1, y2 = c.n2 - c.x2, w = c.n1 * c.n2 / s.n;
        p += (c.n1 * c.n1 * c.x2 - c.n2 * c.n2 * c.x1 + c.n1 * c.n2 * (c.n2 - c.n1) / 2) /
             (s.n * s.n);
        q += (c.x1 * y2 + c.x2 * y1) / (2 * s.n);
        sum += w * w * (c.x1 * y1 / (c.n1 * c.n1 * c.n1) + c.x2 * y2 / (c.n2 * c.n2 * c.n2));
    }
    const double of_sum = method == MSP_STRATIFIED_SATO ? f->estimate * p + q : sum;
    return of_sum / (f->weight * f->weight);
}

msp_status msp_stratified_difference(const msp_two_by_two *tables, size_t k,
                                     msp_stratified_method method, const msp_confidence *confidence,
                                     msp_interval *out, msp_error *err)
{
    *out = (msp_interval){none, none, none, "no stratum has patients in both groups"};
    const msp_status rc = check(tables, k, confidence, err);
    difference f = {tables, k, 0, 0, 0};
    for (size_t i = 0; rc == MSP_OK && i < k; i++) {
        const stratum s = stratum_of(&tables[i]);
        if (!s.both)
            continue;
        f.estimate += (s.c.x1 * s.c.n2 - s.c.x2 * s.c.n1) / s.n;
        f.weight += s.c.n1 * s.c.n2 / s.n;
    }
    if (rc != MSP_OK || !(f.weight > 0))
        return rc;
    f.estimate /= f.weight;
    f.z = -msp_dist_normal_quantile(msp_confidence_tail(confidence));
    const bool score = method == MSP_STRATIFIED_MIETTINEN_NURMINEN;
    const double half = score ? 0 : f.z * sqrt(fmax(0, difference_variance(&f, method)));
    *out = (msp_interval){
        .estimate = f.estimate,
        .lower = confidence->side == MSP_LESS ? -1
                 : score                      ? msp__score_limit(score_excess, &f, f.estimate, -1)
                                              : fmax(-1, f.estimate - half),
        .upper = confidence->side == MSP_GREATER ? 1
                 : score                         ? msp__score_limit(score_excess, &f, f.estimate, 1)
                                                 : fmin(1, f.estimate + half),
    };
    return MSP_OK;
}

/* -- do the odds ratios differ? -- */

/* The events of group 1 that the margins and an odds ratio imply. */
static double implied(const stratum *s, double ratio)
{
    const double a = 1 - ratio, b = s->c.n2 - s->m + ratio * (s->c.n1 + s->m);
    const double c = ratio * s->c.n1 * s->m, root = sqrt(b * b + 4 * a * c);
    return b > 0 ? 2 * c / (b + root) : (root - b) / (2 * a);
}

msp_status msp_stratified_breslow_day(const msp_two_by_two *tables, size_t k, bool tarone,
                                      msp_test *out, const char **note, msp_error *err)
{
    *out = (msp_test){none, 0, none, none};
    *note = "fewer than two strata tell of the odds ratio";
    const msp_status rc = check_tables(tables, k, err);
    if (rc != MSP_OK)
        return rc;
    const ratio_sums sums = odds_ratio_sums(tables, k);
    double chi = 0, excess = 0, variance = 0, used = 0;
    if (!(sums.above > 0 && sums.below > 0)) {
        *note = "there is no common odds ratio above 0 and finite";
        return MSP_OK;
    }
    for (size_t i = 0; i < k; i++) {
        const stratum s = stratum_of(&tables[i]);
        if (!s.differs)
            continue;
        const double e = implied(&s, sums.above / sums.below);
        const double v = 1 / (1 / e + 1 / (s.c.n1 - e) + 1 / (s.m - e) + 1 / (s.c.n2 - s.m + e));
        chi += (s.c.x1 - e) * (s.c.x1 - e) / v;
        excess += s.c.x1 - e;
        variance += v;
        used++;
    }
    if (used < 2)
        return MSP_OK;
    *out = chi_square(tarone ? fmax(0, chi - excess * excess / variance) : chi, used - 1);
    *note = NULL;
    return MSP_OK;
}

/* -- exact -- */

msp_status msp_stratified_exact(const msp_two_by_two *tables, size_t k, msp_fisher *out,
                                msp_error *err)
{
    msp__conditional c;
    *out = (msp_fisher){unknown, unknown, unknown, unknown, unknown, unknown, NULL};
    const msp_status rc = msp__conditional_init(tables, k, &c, err);
    if (rc == MSP_OK)
        msp__conditional_test(&c, out);
    msp__conditional_free(&c);
    return rc;
}

msp_status msp_stratified_exact_odds_ratio(const msp_two_by_two *tables, size_t k,
                                           const msp_confidence *confidence, msp_interval *out,
                                           msp_error *err)
{
    msp__conditional c = {0};
    *out = (msp_interval){none, none, none, NULL};
    msp_status rc = msp_confidence_check(confidence, err);
    if (rc == MSP_OK)
        rc = msp__conditional_init(tables, k, &c, err);
    if (rc == MSP_OK)
        msp__conditional_odds_ratio(&c, confidence, out);
    msp__conditional_free(&c);
    return rc;
}
