#include "mspike/stats/logrank.h"

#include <math.h>
#include <stdlib.h>

#include "kernels.h"
#include "large.h"
#include "mspike/stats/dist.h"
#include "solve.h"
#include "sort.h"
#include "strata.h"

static const double none = NAN;

/* A pivot of the variance below this part of its diagonal is rounding. */
static const double singular = 1e-10;

/*
 * Event times wait here until a block is full, then all sums over it are taken at once. Slot t
 * holds what is known when event time t begins: of each group those at risk and the events before.
 * A slot more than a block lets the events at a time be the difference to the next slot.
 */
enum { SLOTS = MSP_BLOCK + 1 };

typedef struct pass {
    size_t n_groups, n_times;
    double *now, *done;    /* at risk and events so far, by group */
    double *at_risk;       /* n_groups x SLOTS, then the shares of those at risk */
    double *events_before; /* n_groups x SLOTS, then the events at each time */
    double *time;          /* SLOTS; only with weights */
    double *total, *weight, *events, *variance, *scratch; /* MSP_BLOCK each */
    msp_logrank *sums;
    const msp_time_weight *weights; /* NULL: every event time counts 1 */
    double survival;                /* pooled, just before the time at hand; only with weights */
} pass;

/* What an event time counts. */
static double weight_now(const pass *p)
{
    if (p->weights->kind == MSP_MODESTLY_WEIGHTED)
        return 1 / p->survival;
    return pow(p->survival, p->weights->rho) * pow(1 - p->survival, p->weights->gamma);
}

/* Modest weights grow no more after their time: there the curve is held. */
static void move_survival(pass *p, double time, double d, double r)
{
    if (p->weights->kind != MSP_MODESTLY_WEIGHTED || time <= p->weights->time)
        p->survival *= (r - d) / r;
}

static void set_weights(pass *p, size_t n)
{
    for (size_t t = 0; t < n; t++) {
        p->weight[t] = p->weights != NULL ? weight_now(p) : 1;
        if (p->weights != NULL)
            move_survival(p, p->time[t], p->events[t], p->total[t]);
    }
}

/* Of the first n slots: the events by group, in all, and how many are at risk. */
static void count_events(pass *p, size_t n)
{
    for (size_t t = 0; t < n; t++)
        p->total[t] = p->events[t] = 0;
    for (size_t g = 0; g < p->n_groups; g++) {
        double *at_risk = p->at_risk + g * SLOTS, *before = p->events_before + g * SLOTS;
        for (size_t t = 0; t < n; t++) {
            before[t] = before[t + 1] - before[t];
            p->events[t] += before[t];
            p->total[t] += at_risk[t];
        }
    }
}

/* Weighted events and the weights of the covariances; numbers at risk become shares. */
static void weigh_events(pass *p, size_t n)
{
    for (size_t g = 0; g < p->n_groups; g++)
        for (size_t t = 0; t < n; t++)
            p->at_risk[g * SLOTS + t] /= p->total[t];
    for (size_t t = 0; t < n; t++) {
        double w = p->weight[t], d = p->events[t], r = p->total[t];
        p->variance[t] = r > 1 ? w * w * d * (r - d) / (r - 1) : 0;
        p->events[t] = w * d;
    }
}

/* Adds observations, expectations and covariances of the first n slots; the first group's
 * covariances follow from the others'. */
static void add_block(pass *p, size_t n)
{
    size_t k = p->n_groups;
    count_events(p, n);
    set_weights(p, n);
    weigh_events(p, n);
    for (size_t g = 0; g < k; g++) {
        const double *share = p->at_risk + g * SLOTS;
        p->sums->observed[g] += msp__dot(p->weight, p->events_before + g * SLOTS, n);
        p->sums->expected[g] += msp__dot(p->events, share, n);
        if (g == 0)
            continue;
        msp__multiply(p->scratch, p->variance, share, n);
        p->sums->variance[g * k + g] += msp__sum(p->scratch, n);
        for (size_t h = 1; h <= g; h++)
            p->sums->variance[g * k + h] -= msp__dot(p->scratch, p->at_risk + h * SLOTS, n);
    }
}

/* Writes what is known now into slot t. Inlined below with a constant k. */
static inline void fill_slot(pass *p, size_t t, size_t k)
{
    for (size_t g = 0; g < k; g++) {
        p->at_risk[g * SLOTS + t] = p->now[g];
        p->events_before[g * SLOTS + t] = p->done[g];
    }
}

/* All slots but the last, which is the first of the next block. */
static void add_full_block(pass *p)
{
    add_block(p, MSP_BLOCK);
    fill_slot(p, 0, p->n_groups);
    p->time[0] = p->time[MSP_BLOCK];
    p->n_times = 1;
}

/* One stratum's rows in time order, their groups, and its entries. */
typedef struct stratum_rows {
    const uint32_t *at, *group;
    const uint32_t *entries; /* NULL without entry times */
    size_t n;
} stratum_rows;

static void start_stratum(pass *p, const stratum_rows *rows)
{
    for (size_t g = 0; g < p->n_groups; g++)
        p->now[g] = p->done[g] = 0;
    for (size_t i = 0; i < rows->n; i++)
        p->now[rows->group[i]]++;
    for (size_t g = 0; g < p->n_groups; g++) {
        p->sums->n[g] += p->now[g];
        if (rows->entries != NULL)
            p->now[g] = 0;
    }
    p->survival = 1;
    p->n_times = 0;
}

/* Lets in who enters before `time`; returns how many have entered so far. */
static size_t let_in(pass *p, const msp_order *order, const uint32_t *group,
                     const stratum_rows *rows, double time, size_t entered)
{
    while (entered < rows->n && order->entry[rows->entries[entered]] < time)
        p->now[group[order->row[order->entry_at[rows->entries[entered++]]]]]++;
    return entered;
}

/*
 * Takes one stratum's rows in time order. Whether a row is an event is anybody's guess, so no
 * branch asks: every row writes the next slot, and the first event of a time keeps it.
 */
static inline void pass_rows(pass *p, const msp_order *order, const uint32_t *group,
                             const stratum_rows *rows, size_t k)
{
    uint64_t last = UINT64_MAX;
    size_t entered = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const uint64_t key = order->key[rows->at[i]], event = ~key & 1;
        if (rows->entries != NULL)
            entered = let_in(p, order, group, rows, msp__key_time(key), entered);
        fill_slot(p, p->n_times, k);
        p->time[p->n_times] = msp__key_time(key);
        p->n_times += event & (key != last);
        last = key;
        if (p->n_times == SLOTS)
            add_full_block(p);
        p->now[rows->group[i]]--;
        p->done[rows->group[i]] += (double)event;
    }
}

static void pass_stratum(pass *p, const msp_order *order, const uint32_t *group,
                         const stratum_rows *rows)
{
    start_stratum(p, rows);
    if (p->n_groups == 2)
        pass_rows(p, order, group, rows, 2);
    else
        pass_rows(p, order, group, rows, p->n_groups);
    fill_slot(p, p->n_times, p->n_groups);
    add_block(p, p->n_times);
}

/* Rows of the variance add up to nothing, which gives the first group's. */
static void complete_variance(msp_logrank *t)
{
    size_t k = t->n_groups;
    for (size_t g = 1; g < k; g++)
        for (size_t h = 1; h < g; h++)
            t->variance[h * k + g] = t->variance[g * k + h];
    for (size_t g = 1; g < k; g++) {
        double sum = 0;
        for (size_t h = 1; h < k; h++)
            sum += t->variance[g * k + h];
        t->variance[g * k] = t->variance[g] = -sum;
        t->variance[0] += sum;
    }
}

/* (O - E)' V^- (O - E) over the groups that expect events but the first; the rank of V in *df. */
static double chi_square(const msp_logrank *t, double *work, bool *used, double *df)
{
    size_t k = t->n_groups, p = 0, first = 0;
    double *v = work, *floor = v + k * k, *excess = floor + k, *x = excess + k;
    while (t->expected[first] <= 0)
        first++;
    for (size_t g = first + 1; g < k; g++)
        p += t->expected[g] > 0;
    for (size_t g = first + 1, i = 0; g < k; g++) {
        if (t->expected[g] <= 0)
            continue;
        floor[i] = singular * t->variance[g * k + g];
        excess[i] = t->observed[g] - t->expected[g];
        for (size_t h = first + 1, j = 0; h < k; h++)
            if (t->expected[h] > 0)
                v[i * p + j++] = t->variance[g * k + h];
        i++;
    }
    *df = (double)msp__factor(v, p, floor, used);
    msp__solve(v, p, used, excess, x);
    return msp__dot(excess, x, p);
}

static void no_test(msp_logrank *t, const char *note)
{
    t->test = (msp_test){none, 0, none, none};
    t->z = none;
    t->note = note;
}

static void finish_test(msp_logrank *t, bool weighted, double *work, bool *used)
{
    size_t n_expecting = 0;
    double events = 0;
    for (size_t g = 0; g < t->n_groups; g++) {
        n_expecting += t->expected[g] > 0;
        events += t->observed[g];
    }
    t->z = none;
    if (events <= 0) {
        no_test(t, weighted ? "no event has a weight above 0" : "no events");
        return;
    }
    if (!isfinite(events)) {
        no_test(t, "a weight is infinite: the pooled curve reached 0 before");
        return;
    }
    if (n_expecting < 2) {
        no_test(t, "only one group was at risk when events happened");
        return;
    }
    t->test.statistic = chi_square(t, work, used, &t->test.df);
    if (t->test.df < 1) {
        no_test(t, "the observed events leave no room for chance: the variance is zero");
        return;
    }
    if (t->n_groups == 2)
        t->z = (t->observed[1] - t->expected[1]) / sqrt(t->variance[3]);
    msp_prob p = t->alternative == MSP_LESS      ? msp_dist_normal_lower(t->z)
                 : t->alternative == MSP_GREATER ? msp_dist_normal_upper(t->z)
                 : t->n_groups == 2              ? msp_dist_normal_two_sided(t->z)
                                    : msp_dist_chisq_upper(t->test.statistic, t->test.df);
    t->test.p = p.p;
    t->test.log_p = p.log_p;
}

/* What one test works with besides its result. */
typedef struct room {
    double *block;  /* of the pass */
    double *matrix; /* k x k and three vectors, for the statistic */
    bool *used;
} room;

static msp_status allocate(msp_logrank *out, pass *p, room *r, msp_error *err)
{
    size_t k = out->n_groups;
    bool fits = k < ((size_t)1 << 24);
    out->block = fits ? calloc(3 * k + k * k, sizeof *out->block) : NULL;
    r->block = fits ? calloc(2 * k * (SLOTS + 1) + SLOTS + 5 * MSP_BLOCK, sizeof *r->block) : NULL;
    r->matrix = fits ? calloc(k * k + 3 * k, sizeof *r->matrix) : NULL;
    r->used = calloc(k, sizeof *r->used);
    if (out->block == NULL || r->block == NULL || r->matrix == NULL || r->used == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a test of %zu groups", k);
    out->n = out->block;
    out->observed = out->n + k;
    out->expected = out->observed + k;
    out->variance = out->expected + k;
    *p = (pass){.n_groups = k, .at_risk = r->block, .sums = out};
    p->events_before = p->at_risk + k * SLOTS;
    p->now = p->events_before + k * SLOTS;
    p->done = p->now + k;
    p->time = p->done + k;
    double **vectors[] = {&p->total, &p->weight, &p->events, &p->variance, &p->scratch};
    for (size_t i = 0; i < MSP_COUNT(vectors); i++)
        *vectors[i] = p->time + SLOTS + i * MSP_BLOCK;
    return MSP_OK;
}

static msp_status check_groups(size_t n_groups, msp_alternative alternative, msp_error *err)
{
    if (n_groups < 2)
        return msp_fail(err, MSP_ERANGE, "%zu group; expected at least two to compare", n_groups);
    if (n_groups > 2 && alternative != MSP_TWO_SIDED)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a one-sided test of %zu groups; expected two groups", n_groups);
    return MSP_OK;
}

/* The groups of the rows as laid out. */
static msp_status read_groups(uint32_t **out, const msp_order *order, const uint32_t *group,
                              size_t n_groups, const msp_layout *layout, msp_error *err)
{
    *out = msp__large(order->n, sizeof **out);
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the groups of %zu rows", order->n);
    uint32_t largest = 0;
    for (size_t i = 0; i < order->n; i++) {
        (*out)[i] = group[order->row[layout->at[i]]];
        largest = (*out)[i] > largest ? (*out)[i] : largest;
    }
    if (largest < n_groups)
        return MSP_OK;
    size_t i = 0;
    while ((*out)[i] < n_groups)
        i++;
    return msp_fail_row(err, MSP_ERANGE, order->row[layout->at[i]],
                        "group code is %u; expected 0 to %zu", (*out)[i], n_groups - 1);
}

static msp_status pass_strata(pass *p, const msp_order *order, const uint32_t *group,
                              const uint32_t *stratum, size_t n_strata, msp_error *err)
{
    msp_layout layout;
    msp_status status = msp__layout_init(&layout, order, stratum, n_strata, "stratum", err);
    if (status != MSP_OK)
        return status;
    uint32_t *entries = NULL, *groups;
    status = read_groups(&groups, order, group, p->n_groups, &layout, err);
    if (status == MSP_OK && order->entry != NULL)
        status = msp__layout_entries(&entries, order, stratum, &layout, err);
    for (size_t s = 0; status == MSP_OK && s < n_strata; s++) {
        size_t start = layout.start[s];
        stratum_rows rows = {layout.at + start, groups + start,
                             entries != NULL ? entries + start : NULL, layout.start[s + 1] - start};
        pass_stratum(p, order, group, &rows);
    }
    free(entries);
    free(groups);
    msp__layout_free(&layout);
    return status;
}

static msp_status test_groups(const msp_order *order, const uint32_t *group, size_t n_groups,
                              const uint32_t *stratum, size_t n_strata,
                              const msp_time_weight *weight, msp_alternative alternative,
                              msp_logrank *out, msp_error *err)
{
    *out = (msp_logrank){.n_groups = n_groups, .alternative = alternative};
    pass p = {0};
    room r = {0};
    msp_status status = check_groups(n_groups, alternative, err);
    if (status == MSP_OK)
        status = allocate(out, &p, &r, err);
    p.weights = weight;
    if (status == MSP_OK)
        status = pass_strata(&p, order, group, stratum, stratum != NULL ? n_strata : 1, err);
    if (status == MSP_OK) {
        complete_variance(out);
        finish_test(out, weight != NULL, r.matrix, r.used);
    } else {
        msp_logrank_free(out);
    }
    free(r.block);
    free(r.matrix);
    free(r.used);
    return status;
}

msp_status msp_logrank_test(const msp_order *order, const uint32_t *group, size_t n_groups,
                            const uint32_t *stratum, size_t n_strata, msp_alternative alternative,
                            msp_logrank *out, msp_error *err)
{
    return test_groups(order, group, n_groups, stratum, n_strata, NULL, alternative, out, err);
}

static bool at_least_zero(double x)
{
    return x >= 0 && isfinite(x);
}

msp_status msp_logrank_weighted(const msp_order *order, const uint32_t *group, size_t n_groups,
                                const uint32_t *stratum, size_t n_strata,
                                const msp_time_weight *weight, msp_alternative alternative,
                                msp_logrank *out, msp_error *err)
{
    *out = (msp_logrank){0};
    if (!at_least_zero(weight->rho) || !at_least_zero(weight->gamma) ||
        !at_least_zero(weight->time))
        return msp_fail(err, MSP_ERANGE,
                        "weights with rho %g, gamma %g, time %g; expected numbers of at least 0",
                        weight->rho, weight->gamma, weight->time);
    return test_groups(order, group, n_groups, stratum, n_strata, weight, alternative, out, err);
}

void msp_logrank_free(msp_logrank *test)
{
    free(test->block);
    *test = (msp_logrank){0};
}
