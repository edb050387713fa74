/* simon.c - two stages and a response: exact. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "mspike/design/single_arm.h"
#include "mspike/stats/dist.h"

static const int64_t most = 1000; /* patients; beyond it a normal approximation would do */

/* P(X <= x) and P(X = x) of n patients are asked for again and again: tables for each n. */
typedef struct binomial {
    double *mass, *at_most; /* of 0..n */
    int64_t n;
} binomial;

static double least(const binomial *b, int64_t x)
{
    return x < 0 ? 0 : b->at_most[x < b->n ? x : b->n];
}

typedef struct tables {
    binomial *h0, *h1; /* by n */
    double *values;
    int64_t n;
} tables;

static void fill(binomial *b, double *values, int64_t n, double p)
{
    *b = (binomial){values, values + n + 1, n};
    for (int64_t x = 0; x <= n; x++) {
        b->mass[x] = exp(msp_dist_binomial_log((double)x, (double)n, p));
        b->at_most[x] = msp_dist_binomial_at_most((double)x, (double)n, p).p;
    }
}

static void free_tables(tables *t)
{
    free(t->h0);
    free(t->h1);
    free(t->values);
    *t = (tables){0};
}

static msp_status make_tables(tables *t, int64_t n, double p0, double p1, msp_error *err)
{
    const size_t count = (size_t)(n + 1);
    t->n = n;
    t->h0 = calloc(count, sizeof *t->h0);
    t->h1 = calloc(count, sizeof *t->h1);
    t->values = calloc(2 * count * (count + 1), sizeof *t->values);
    if (t->h0 == NULL || t->h1 == NULL || t->values == NULL) {
        free_tables(t);
        return msp_fail(err, MSP_EMEM, "no memory for the probabilities of %" PRId64 " patients",
                        n);
    }
    double *at = t->values;
    for (int64_t i = 0; i <= n; i++) {
        fill(&t->h0[i], at, i, p0);
        fill(&t->h1[i], at + 2 * (i + 1), i, p1);
        at += 4 * (i + 1);
    }
    return MSP_OK;
}

/* P(a claim): more than r1 responses of n1, and more than r of all. */
static double claims(const binomial *first, const binomial *second, int64_t r1, int64_t r)
{
    double p = 0;
    for (int64_t x = r1 + 1; x <= first->n; x++)
        p += first->mass[x] * (1 - least(second, r - x));
    return p;
}

static void describe(const tables *t, msp_simon *d)
{
    const int64_t n2 = d->n - d->n1;
    d->alpha = claims(&t->h0[d->n1], &t->h0[n2], d->r1, d->r);
    d->power = claims(&t->h1[d->n1], &t->h1[n2], d->r1, d->r);
    d->stop_early_h0 = least(&t->h0[d->n1], d->r1);
    d->stop_early_h1 = least(&t->h1[d->n1], d->r1);
    d->expected_n_h0 = (double)d->n1 + (1 - d->stop_early_h0) * (double)n2;
    d->expected_n_h1 = (double)d->n1 + (1 - d->stop_early_h1) * (double)n2;
}

static msp_status check(double p0, double p1, msp_error *err)
{
    if (!(p0 > 0 && p0 < p1 && p1 < 1))
        return msp_fail(err, MSP_ERANGE, "p0 is %g and p1 %g; expected 0 < p0 < p1 < 1", p0, p1);
    return MSP_OK;
}

msp_status msp_simon_describe(int64_t r1, int64_t n1, int64_t r, int64_t n, double p0, double p1,
                              msp_simon *out, msp_error *err)
{
    *out = (msp_simon){.r1 = r1, .n1 = n1, .r = r, .n = n};
    msp_status rc = check(p0, p1, err);
    if (rc == MSP_OK && !(0 <= r1 && r1 <= n1 && n1 < n && r1 <= r && r < n && n <= most))
        rc = msp_fail(err, MSP_ERANGE, "this is no design in two stages");
    tables t = {0};
    if (rc == MSP_OK)
        rc = make_tables(&t, n, p0, p1, err);
    if (rc == MSP_OK)
        describe(&t, out);
    free_tables(&t);
    return rc;
}

/* -- the search -- */

typedef struct search {
    tables t;
    double alpha, power;
    msp_simon_choice choice;
    msp_simon best;
    double worth; /* of the best; the smaller the better */
} search;

static double worth(const search *s, double n, double expected)
{
    if (s->choice == MSP_SIMON_OPTIMAL)
        return expected;
    return s->choice == MSP_SIMON_MINIMAX ? n : (n + expected) / 2;
}

/* Of two designs that are worth the same: the fewer expected, then the fewer in all. */
static bool is_better(const search *s, const msp_simon *d)
{
    const double w = worth(s, (double)d->n, d->expected_n_h0);
    if (s->best.n == 0 || w < s->worth)
        return true;
    return w == s->worth && d->expected_n_h0 < s->best.expected_n_h0;
}

/* The smallest r that keeps alpha; its power decides. P(claim) falls with r. */
static bool complete(const search *s, msp_simon *d)
{
    const binomial *first = &s->t.h0[d->n1], *second = &s->t.h0[d->n - d->n1];
    int64_t low = d->r1, high = d->n - 1; /* alpha is kept at high, not below low */
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (claims(first, second, d->r1, middle) <= s->alpha)
            high = middle;
        else
            low = middle + 1;
    }
    d->r = low;
    describe(&s->t, d);
    return d->alpha <= s->alpha && d->power >= s->power;
}

/* Stopping early with r1 costs power at once: the largest r1 that leaves enough. */
static int64_t largest_r1(const search *s, int64_t n1)
{
    int64_t r1 = -1;
    while (r1 + 1 < n1 && 1 - s->t.h1[n1].at_most[r1 + 1] >= s->power)
        r1++;
    return r1;
}

static double fewest_expected(const search *s, int64_t n1, int64_t r1, int64_t n)
{
    return (double)n1 + (1 - least(&s->t.h0[n1], r1)) * (double)(n - n1);
}

/* Whether some design of n patients may be worth more than the best so far. */
static bool may_be_better(const search *s, int64_t n)
{
    if (s->best.n == 0)
        return true;
    for (int64_t n1 = 1; n1 < n; n1++)
        if (worth(s, (double)n, fewest_expected(s, n1, largest_r1(s, n1), n)) < s->worth)
            return true;
    return false;
}

static void search_n(search *s, int64_t n)
{
    for (int64_t n1 = 1; n1 < n; n1++)
        for (int64_t r1 = largest_r1(s, n1); r1 >= 0; r1--) {
            msp_simon d = {.r1 = r1, .n1 = n1, .n = n};
            d.expected_n_h0 = fewest_expected(s, n1, r1, n);
            if (!is_better(s, &d))
                break; /* a smaller r1 expects more patients */
            if (complete(s, &d)) {
                s->best = d;
                s->worth = worth(s, (double)n, d.expected_n_h0);
                break;
            }
        }
}

static msp_status search_all(search *s, double p0, double p1, int64_t max_n, msp_error *err)
{
    const int64_t limit = max_n > 0 && max_n < most ? max_n : most;
    msp_status rc = MSP_OK;
    bool over = false;
    int64_t room = 64, n = 2;
    while (rc == MSP_OK && !over && n <= limit) {
        room = room < limit ? room : limit;
        free_tables(&s->t);
        rc = make_tables(&s->t, room, p0, p1, err);
        for (; rc == MSP_OK && !over && n <= room; n++) {
            over = !may_be_better(s, n);
            if (!over)
                search_n(s, n);
        }
        room *= 2;
    }
    if (rc == MSP_OK && s->best.n == 0)
        rc = msp_fail(err, MSP_ERANGE, "no design of at most %" PRId64 " patients does it", limit);
    if (rc == MSP_OK && !over && limit == most)
        rc = msp_fail(err, MSP_ERANGE,
                      "the best design may have more than %" PRId64 " patients; p0 and p1 are too "
                      "near to each other for an exact search",
                      most);
    return rc;
}

msp_status msp_simon_find(double p0, double p1, double alpha, double power, int64_t max_n,
                          msp_simon_choice choice, msp_simon *out, msp_error *err)
{
    search s = {.alpha = alpha, .power = power, .choice = choice};
    *out = (msp_simon){0};
    msp_status rc = check(p0, p1, err);
    if (rc == MSP_OK && !(alpha > 0 && alpha < power && power < 1))
        rc = msp_fail(err, MSP_ERANGE,
                      "alpha is %g and the power %g; expected 0 < alpha < power < 1", alpha, power);
    if (rc == MSP_OK)
        rc = search_all(&s, p0, p1, max_n, err);
    free_tables(&s.t);
    if (rc == MSP_OK)
        *out = s.best;
    return rc;
}
