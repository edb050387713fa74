/* simon.c - two stages and a response: exact. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "mspike/design/single_arm.h"
#include "mspike/stats/dist.h"

static const int64_t most = 1000; /* patients; beyond it a normal approximation would do */
static const int64_t countless = 100000000;
static const double slack = 1e-9; /* of a power worked out in two ways */

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

/* -- whether there is a design at all -- */

/* The power of the best test of n responses that there is, in one stage or in two: Neyman and
 * Pearson's, which draws a lot at its boundary to spend all of alpha. */
static double best_power(int64_t n, double p0, double p1, double alpha)
{
    int64_t low = 0, high = n + 1; /* so many responses or more: alpha is kept at high */
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (msp_dist_binomial_at_least((double)middle, (double)n, p0).p <= alpha)
            high = middle;
        else
            low = middle + 1;
    }
    const double x = (double)low - 1, above = msp_dist_binomial_at_least(x + 1, (double)n, p0).p;
    const double lot = (alpha - above) / exp(msp_dist_binomial_log(x, (double)n, p0));
    return msp_dist_binomial_at_least(x + 1, (double)n, p1).p +
           lot * exp(msp_dist_binomial_log(x, (double)n, p1));
}

/* No fewer patients can keep both errors; it grows with n. */
static int64_t fewest(double p0, double p1, double alpha, double power)
{
    int64_t low = 1, high = 2;
    while (high < countless && best_power(high, p0, p1, alpha) < power - slack) {
        low = high;
        high *= 2;
    }
    while (low + 1 < high) {
        const int64_t middle = low + (high - low) / 2;
        if (best_power(middle, p0, p1, alpha) < power - slack)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* -- the search -- */

typedef struct search {
    tables t;
    double alpha, power;
    msp_simon_choice choice;
    msp_simon best;
    double worth;      /* of the best; the smaller the better */
    int64_t *r1_at_n1; /* the largest r1 that leaves enough power */
    int64_t r;         /* that of the last design looked at: the next one's is near */
} search;

static double worth(const search *s, double n, double expected)
{
    if (s->choice == MSP_SIMON_OPTIMAL)
        return expected;
    return s->choice == MSP_SIMON_MINIMAX ? n : (n + expected) / 2;
}

/* Of two designs that are worth the same: the fewer expected, then the fewer in all. */
static bool is_better(const search *s, int64_t n, double expected)
{
    const double w = worth(s, (double)n, expected);
    if (s->best.n == 0 || w < s->worth)
        return true;
    return w == s->worth && expected < s->best.expected_n_h0;
}

/* Stopping early with r1 costs power at once: the largest r1 that leaves enough. */
static int64_t largest_r1(const binomial *first, double power)
{
    int64_t r1 = -1;
    while (r1 + 1 < first->n && 1 - first->at_most[r1 + 1] >= power)
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
        if (worth(s, (double)n, fewest_expected(s, n1, s->r1_at_n1[n1], n)) < s->worth)
            return true;
    return false;
}

/* The smallest r that keeps alpha, from near it. P(claim) falls with r. */
static int64_t smallest_r(const search *s, int64_t n1, int64_t n, int64_t r1)
{
    const binomial *first = &s->t.h0[n1], *second = &s->t.h0[n - n1];
    int64_t r = s->r < r1 ? r1 : s->r;
    r = r < n ? r : n - 1;
    while (r > r1 && claims(first, second, r1, r - 1) <= s->alpha)
        r--;
    while (r < n - 1 && claims(first, second, r1, r) > s->alpha)
        r++;
    return r;
}

/* The best r1 of the designs with these n1 and n. One response fewer in r1 adds one term to
 * P(claim) and lets r grow, seldom by more than one. */
static void search_r1(search *s, int64_t n1, int64_t n)
{
    const binomial *h0 = &s->t.h0[n1], *h1 = &s->t.h1[n1];
    const binomial *second0 = &s->t.h0[n - n1], *second1 = &s->t.h1[n - n1];
    int64_t r1 = s->r1_at_n1[n1];
    if (r1 < 0 || !is_better(s, n, fewest_expected(s, n1, r1, n)))
        return;
    int64_t r = s->r = smallest_r(s, n1, n, r1);
    double alpha = claims(h0, second0, r1, r), power = claims(h1, second1, r1, r);
    for (;;) {
        if (alpha <= s->alpha && power >= s->power) {
            msp_simon d = {.r1 = r1, .n1 = n1, .r = r, .n = n};
            describe(&s->t, &d);
            s->best = d;
            s->worth = worth(s, (double)n, d.expected_n_h0);
            return; /* a smaller r1 expects more patients */
        }
        if (r1 == 0 || !is_better(s, n, fewest_expected(s, n1, r1 - 1, n)))
            return;
        alpha += h0->mass[r1] * (1 - least(second0, r - r1));
        power += h1->mass[r1] * (1 - least(second1, r - r1));
        r1--;
        while (alpha > s->alpha && r < n - 1) {
            r++;
            alpha = claims(h0, second0, r1, r);
            power = claims(h1, second1, r1, r);
        }
    }
}

/* The tables for up to `room` patients, and what follows from them. */
static msp_status make_room(search *s, double p0, double p1, int64_t room, msp_error *err)
{
    free_tables(&s->t);
    const msp_status rc = make_tables(&s->t, room, p0, p1, err);
    for (int64_t n1 = 1; rc == MSP_OK && n1 <= room; n1++)
        s->r1_at_n1[n1] = largest_r1(&s->t.h1[n1], s->power);
    return rc;
}

static msp_status none_found(const search *s, int64_t limit, int64_t from, msp_error *err)
{
    if (limit == most && from > limit)
        msp_fail(err, MSP_ERANGE,
                 "a trial needs %s%" PRId64
                 " patients at least, and two stages are searched for up "
                 "to %" PRId64,
                 from >= countless ? "more than " : "", from < countless ? from : countless, most);
    else if (s->best.n == 0 && limit < most)
        msp_fail(err, MSP_ERANGE,
                 "no design of at most %" PRId64 " patients does it; any takes %" PRId64
                 " at least",
                 limit, from > limit ? from : limit + 1);
    else
        msp_fail(err, MSP_ERANGE, "the best design may have more than %" PRId64 " patients", most);
    return msp_hint(err, MSP_ERANGE,
                    limit < most
                        ? "raise max_sample_size, or look at p0, p1 and the errors"
                        : "p0 and p1 are near to each other: look at both, or compare with "
                          "a control arm");
}

static msp_status search_all(search *s, double p0, double p1, int64_t max_n, msp_error *err)
{
    const int64_t limit = max_n > 0 && max_n < most ? max_n : most;
    const int64_t from = fewest(p0, p1, s->alpha, s->power);
    if (from > limit)
        return none_found(s, limit, from, err);
    msp_status rc = MSP_OK;
    bool over = false;
    int64_t room = from > 32 ? 2 * from : 64, n = from;
    while (rc == MSP_OK && !over && n <= limit) {
        room = room < limit ? room : limit;
        rc = make_room(s, p0, p1, room, err);
        for (; rc == MSP_OK && !over && n <= room; n++) {
            over = !may_be_better(s, n);
            for (int64_t n1 = 1; !over && n1 < n; n1++)
                search_r1(s, n1, n);
        }
        room *= 2;
    }
    if (rc == MSP_OK && (s->best.n == 0 || (!over && limit == most)))
        rc = none_found(s, limit, from, err);
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
    s.r1_at_n1 = calloc((size_t)most + 1, sizeof *s.r1_at_n1);
    if (rc == MSP_OK && s.r1_at_n1 == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for the search");
    if (rc == MSP_OK)
        rc = search_all(&s, p0, p1, max_n, err);
    free(s.r1_at_n1);
    free_tables(&s.t);
    if (rc == MSP_OK)
        *out = s.best;
    return rc;
}
