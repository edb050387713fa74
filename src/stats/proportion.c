#include "mspike/stats/proportion.h"

#include <math.h>
#include <stdbool.h>

#include "mspike/stats/root.h"

static const double none = NAN;

msp_status msp_confidence_check(const msp_confidence *confidence, msp_error *err)
{
    if (confidence->level > 0 && confidence->level < 1)
        return MSP_OK;
    return msp_fail(err, MSP_ERANGE, "the confidence level is %g; expected above 0 and below 1",
                    confidence->level);
}

double msp_confidence_tail(const msp_confidence *confidence)
{
    const double error = 1 - confidence->level;
    return confidence->side == MSP_TWO_SIDED ? error / 2 : error;
}

const char *msp_proportion_method_name(msp_proportion_method method)
{
    static const char *const names[] = {[MSP_CLOPPER_PEARSON] = "clopper-pearson",
                                        [MSP_WILSON] = "wilson",
                                        [MSP_WILSON_CORRECTED] = "wilson-cc",
                                        [MSP_AGRESTI_COULL] = "agresti-coull",
                                        [MSP_JEFFREYS] = "jeffreys",
                                        [MSP_MID_P] = "mid-p",
                                        [MSP_WALD] = "wald"};
    return names[method];
}

static msp_status check_counts(int64_t x, int64_t n, msp_error *err)
{
    if (n < 0 || n > (int64_t)1 << 53)
        return msp_fail(err, MSP_ERANGE, "%lld patients; expected 0 to 2^53", (long long)n);
    if (x < 0 || x > n)
        return msp_fail(err, MSP_ERANGE, "%lld of %lld patients; expected 0 to %lld", (long long)x,
                        (long long)n, (long long)n);
    return MSP_OK;
}

/* -- limits: x of n, with probability `tail` beyond each -- */

typedef struct limits {
    double lower, upper;
} limits;

/* The tail probability that a limit solves: the mean of two beta probabilities, which are those of
 * x or more (a, b) and of more than x, or of x or fewer and of fewer. */
typedef struct beta_equation {
    double a[2], b[2], tail;
    bool upper;
} beta_equation;

static double beta_excess(double p, const void *context)
{
    const beta_equation *e = context;
    double sum = 0;
    for (int i = 0; i < 2; i++)
        if (e->a[i] > 0 && e->b[i] > 0)
            sum += e->upper ? msp_dist_beta_upper(p, e->a[i], e->b[i]).p
                            : msp_dist_beta_lower(p, e->a[i], e->b[i]).p;
    return sum / 2 - e->tail;
}

static double beta_limit(const beta_equation *equation)
{
    return msp_root(beta_excess, equation, 0, 1);
}

static limits clopper_pearson(double x, double n, double tail)
{
    const beta_equation more = {{x, x}, {n - x + 1, n - x + 1}, tail, false};
    const beta_equation fewer = {{x + 1, x + 1}, {n - x, n - x}, tail, true};
    return (limits){x <= 0   ? 0
                    : x >= n ? exp(log(tail) / n)
                             : beta_limit(&more),
                    x >= n   ? 1
                    : x <= 0 ? -expm1(log(tail) / n)
                             : beta_limit(&fewer)};
}

static limits mid_p(double x, double n, double tail)
{
    const beta_equation more = {{x, x + 1}, {n - x + 1, n - x}, tail, false};
    const beta_equation fewer = {{x + 1, x}, {n - x, n - x + 1}, tail, true};
    return (limits){x <= 0 ? 0 : beta_limit(&more), x >= n ? 1 : beta_limit(&fewer)};
}

static limits jeffreys(double x, double n, double tail)
{
    const double a = x + 0.5, b = n - x + 0.5;
    const beta_equation low = {{a, a}, {b, b}, tail, false}, high = {{a, a}, {b, b}, tail, true};
    return (limits){x <= 0 ? 0 : beta_limit(&low), x >= n ? 1 : beta_limit(&high)};
}

/* The limits are the p at which |x - n p| - shift is z standard errors. */
static limits wilson(double x, double n, double z, double shift)
{
    const double low = x - shift, high = x + shift, scale = n + z * z, half = z * z / 2;
    return (limits){x <= 0 ? 0 : (low + half - z * sqrt(low * (n - low) / n + half / 2)) / scale,
                    x >= n ? 1
                           : (high + half + z * sqrt(high * (n - high) / n + half / 2)) / scale};
}

static limits wald(double x, double n, double z)
{
    const double p = x / n, half = z * sqrt(p * (1 - p) / n);
    return (limits){p - half, p + half};
}

static limits find_limits(double x, double n, msp_proportion_method method, double tail)
{
    const double z = -msp_dist_normal_quantile(tail);
    switch (method) {
    case MSP_CLOPPER_PEARSON:
        return clopper_pearson(x, n, tail);
    case MSP_MID_P:
        return mid_p(x, n, tail);
    case MSP_JEFFREYS:
        return jeffreys(x, n, tail);
    case MSP_WILSON:
        return wilson(x, n, z, 0);
    case MSP_WILSON_CORRECTED:
        return wilson(x, n, z, 0.5);
    case MSP_AGRESTI_COULL:
        return wald(x + z * z / 2, n + z * z, z);
    case MSP_WALD:
        return wald(x, n, z);
    }
    return (limits){none, none};
}

msp_status msp_proportion(int64_t x, int64_t n, msp_proportion_method method,
                          const msp_confidence *confidence, msp_interval *out, msp_error *err)
{
    *out = (msp_interval){none, none, none, "no patients"};
    msp_status rc = check_counts(x, n, err);
    if (rc == MSP_OK)
        rc = msp_confidence_check(confidence, err);
    if (rc != MSP_OK || n == 0)
        return rc;
    const limits at = find_limits((double)x, (double)n, method, msp_confidence_tail(confidence));
    *out = (msp_interval){
        .estimate = (double)x / (double)n,
        .lower = confidence->side == MSP_LESS ? 0 : fmin(fmax(at.lower, 0), 1),
        .upper = confidence->side == MSP_GREATER ? 1 : fmin(fmax(at.upper, 0), 1),
    };
    if (method == MSP_WALD && (x == 0 || x == n))
        out->note = "nobody, or everybody, had the event: Wald's interval has no width";
    return MSP_OK;
}

/* -- the exact test -- */

/* Likelihoods this close are equal, as in R. */
static const double relative_error = 1e-7;

/* How many outcomes from `far` on towards the mode are no likelier than `log_likelihood`;
 * `step` is 1 or -1 and `room` the number of outcomes up to the mode. */
static double count_unlikelier(double far, double step, double room, double n, double p,
                               double log_likelihood)
{
    double yes = 0, no = room + 1; /* the first `yes` are, the `no`th is not */
    while (no - yes > 1) {
        const double middle = floor((yes + no) / 2);
        if (msp_dist_binomial_log(far + step * (middle - 1), n, p) <= log_likelihood)
            yes = middle;
        else
            no = middle;
    }
    return yes;
}

static double log_add(double a, double b)
{
    const double high = fmax(a, b), low = fmin(a, b);
    return isinf(high) ? high : high + log1p(exp(low - high));
}

static msp_prob two_sided(double x, double n, double p)
{
    const double mean = n * p;
    const double limit = msp_dist_binomial_log(x, n, p) + log1p(relative_error);
    msp_prob near, far;
    if (x <= mean && x >= mean)
        return (msp_prob){1, 0};
    if (x < mean) {
        const double others = count_unlikelier(n, -1, n - ceil(mean) + 1, n, p, limit);
        near = msp_dist_binomial_at_most(x, n, p);
        far = msp_dist_binomial_at_least(n - others + 1, n, p);
    } else {
        const double others = count_unlikelier(0, 1, floor(mean) + 1, n, p, limit);
        near = msp_dist_binomial_at_least(x, n, p);
        far = msp_dist_binomial_at_most(others - 1, n, p);
    }
    return (msp_prob){fmin(1, near.p + far.p), fmin(0, log_add(near.log_p, far.log_p))};
}

msp_status msp_proportion_test(int64_t x, int64_t n, double p0, msp_alternative alternative,
                               msp_prob *out, msp_error *err)
{
    *out = (msp_prob){none, none};
    const msp_status rc = check_counts(x, n, err);
    if (rc != MSP_OK)
        return rc;
    if (!(p0 >= 0 && p0 <= 1))
        return msp_fail(err, MSP_ERANGE, "the proportion tested is %g; expected 0 to 1", p0);
    const double k = (double)x, m = (double)n;
    *out = alternative == MSP_LESS      ? msp_dist_binomial_at_most(k, m, p0)
           : alternative == MSP_GREATER ? msp_dist_binomial_at_least(k, m, p0)
                                        : two_sided(k, m, p0);
    return MSP_OK;
}
