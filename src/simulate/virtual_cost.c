#include "mspike/simulate/virtual_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/parallel.h"
#include "mspike/stats/cox.h"
#include "mspike/stats/km.h"
#include "mspike/stats/logrank.h"

static const msp_virtual_way ways[] = {
    {"as the protocol plans", 0, -1, -1, MSP_CONFIRM_AS_RULED},
    {"every 4 weeks", 28, -1, -1, MSP_CONFIRM_AS_RULED},
    {"every 8 weeks", 56, -1, -1, MSP_CONFIRM_AS_RULED},
    {"every 12 weeks", 84, -1, -1, MSP_CONFIRM_AS_RULED},
    {"no visit missed, no sample", 0, 0, 0, MSP_CONFIRM_AS_RULED},
    {"20 % of visits missed", 0, 0.2, -1, MSP_CONFIRM_AS_RULED},
    {"20 % of samples missed", 0, -1, 0.2, MSP_CONFIRM_AS_RULED},
    {"progression not confirmed", 0, -1, -1, MSP_CONFIRM_NOTHING},
    {"dated when confirmed", 0, -1, -1, MSP_CONFIRM_SECOND},
};

size_t msp_virtual_ways(const msp_virtual_way **out)
{
    *out = ways;
    return MSP_COUNT(ways);
}

/* -- one trial -- */

/* Two arms of one trial as the tests take them. */
typedef struct compared {
    size_t n;
    double *time;
    uint8_t *event;
    uint32_t *group, *stratum; /* group 0 is the control arm */
} compared;

/* What an analysis finds; NaN where it cannot be estimated. */
typedef struct found {
    double median[2], log_ratio, z, events; /* median[0] is the experimental arm's */
} found;

typedef struct worker {
    msp_virtual_watch watch;
    compared arms;
    msp_status failed;
} worker;

static double sum_of(const uint8_t *event, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += event[i];
    return sum;
}

static msp_status medians(const msp_order *order, const compared *c, size_t n_groups, found *out)
{
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    msp_km km;
    const msp_status rc = msp_km_fit(order, c->group, n_groups, &options, &km, NULL);
    if (rc != MSP_OK)
        return rc;
    for (size_t g = 0; g < n_groups; g++)
        out->median[n_groups - 1 - g] =
            msp_km_quantile(&km.curves[g], 0.5).estimate / MSP_DAYS_PER_MONTH;
    msp_km_free(&km);
    return MSP_OK;
}

static msp_status compare(const msp_order *order, const compared *c, size_t n_strata, found *out)
{
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    const msp_cox_column column = {.name = "arm", .code = c->group, .level = 1};
    msp_cox cox;
    msp_logrank test;
    msp_status rc = msp_cox_fit(order, &column, 1, c->stratum, n_strata, &options, &cox, NULL);
    if (rc != MSP_OK)
        return rc;
    if (cox.coefficients[0].kind == MSP_COX_ESTIMATED && cox.state == MSP_COX_CONVERGED)
        out->log_ratio = cox.coefficients[0].coef;
    msp_cox_free(&cox);
    rc = msp_logrank_test(order, c->group, 2, c->stratum, n_strata, MSP_TWO_SIDED, &test, NULL);
    if (rc != MSP_OK)
        return rc;
    out->z = -test.z; /* positive where the experimental arm does better */
    msp_logrank_free(&test);
    return MSP_OK;
}

static msp_status analyse(const msp_virtual_plan *plan, const compared *c, found *out)
{
    const double none = (double)NAN;
    const size_t n_groups = plan->experimental != plan->control ? 2 : 1;
    const msp_follow_up data = {.n = c->n, .time = c->time, .event = c->event};
    msp_order order;
    *out = (found){.median = {none, none}, .log_ratio = none, .z = none};
    msp_status rc = msp_order_init(&order, &data, NULL);
    if (rc != MSP_OK)
        return rc;
    out->events = sum_of(c->event, c->n);
    rc = medians(&order, c, n_groups, out);
    if (rc == MSP_OK && n_groups == 2)
        rc = compare(&order, c, plan->n_cells, out);
    msp_order_free(&order);
    return rc;
}

/* The patients of the two arms, as they were seen or as they were. */
static void take(const msp_virtual_watch *w, bool truth, compared *out)
{
    const msp_virtual_plan *plan = w->plan;
    out->n = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const msp_virtual_outcome *o = &w->outcomes[i];
        if (o->arm != plan->experimental && o->arm != plan->control)
            continue;
        out->time[out->n] = truth ? o->true_pfs : o->pfs;
        out->event[out->n] = truth ? o->true_event : o->event;
        out->group[out->n] = o->arm != plan->control;
        out->stratum[out->n++] = o->cell;
    }
}

/* -- sums -- */

static void count(msp_sim_sum *s, double x)
{
    if (isnan(x))
        return;
    s->n++;
    s->sum += x;
    s->squares += x * x;
}

static void count_trial(msp_virtual_cost *c, const found *seen, const found *truth, double boundary)
{
    c->trials++;
    for (int i = 0; i < 2; i++) {
        count(&c->median[i], seen->median[i]);
        count(&c->true_median[i], truth->median[i]);
        count(&c->median_bias[i], seen->median[i] - truth->median[i]);
    }
    count(&c->log_ratio, seen->log_ratio);
    count(&c->true_log_ratio, truth->log_ratio);
    count(&c->log_ratio_bias, seen->log_ratio - truth->log_ratio);
    count(&c->events, seen->events);
    count(&c->true_events, truth->events);
    c->claims += seen->z >= boundary;
    c->true_claims += truth->z >= boundary;
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t what_of(const msp_virtual_after *a)
{
    return (uint64_t)a->pfs << 32 ^ (uint64_t)a->true_pfs << 8 ^ (uint64_t)a->event << 7 ^
           (uint64_t)a->true_event << 6 ^ a->best;
}

static void count_patients(msp_virtual_cost *c, const msp_virtual_watch *w, uint64_t seed,
                           uint64_t trial)
{
    const uint64_t key = mix(mix(seed + 0x9e3779b97f4a7c15u) ^ trial);
    for (size_t i = 0; i < w->plan->n; i++) {
        const msp_virtual_outcome *o = &w->outcomes[i];
        count(&c->delay, o->delay);
        c->visits += o->visits;
        c->patients++;
        const uint64_t what = (uint64_t)o->pfs << 32 ^ (uint64_t)o->true_pfs << 8 ^
                              (uint64_t)o->event << 7 ^ (uint64_t)o->true_event << 6 ^ o->best;
        if (o->after.crossed)
            c->digest += mix(key ^ mix((uint64_t)i << 32) ^ mix(what_of(&o->after)));
        c->digest += mix(key ^ mix((uint64_t)i << 32 ^ o->visits) ^ what);
    }
}

static void add_sum(msp_sim_sum *to, const msp_sim_sum *from)
{
    to->n += from->n;
    to->sum += from->sum;
    to->squares += from->squares;
}

static void add(msp_virtual_cost *to, const msp_virtual_cost *from)
{
    to->trials += from->trials;
    for (int i = 0; i < 2; i++) {
        add_sum(&to->median[i], &from->median[i]);
        add_sum(&to->true_median[i], &from->true_median[i]);
        add_sum(&to->median_bias[i], &from->median_bias[i]);
    }
    add_sum(&to->log_ratio, &from->log_ratio);
    add_sum(&to->true_log_ratio, &from->true_log_ratio);
    add_sum(&to->log_ratio_bias, &from->log_ratio_bias);
    add_sum(&to->delay, &from->delay);
    add_sum(&to->events, &from->events);
    add_sum(&to->true_events, &from->true_events);
    to->claims += from->claims;
    to->true_claims += from->true_claims;
    to->visits += from->visits;
    to->patients += from->patients;
    to->digest += from->digest;
}

/* -- many trials -- */

/* Trials to a piece of work, and pieces between two reports: of one number for every machine. */
enum { PIECE = 4, PIECES = 32 };

typedef struct job {
    msp_virtual_plan plan;
    uint64_t seed, trials, done;
    double boundary;
    size_t n_workers;
    worker *workers;
    msp_virtual_cost pieces[PIECES];
} job;

static msp_status follow(worker *w, uint64_t seed, uint64_t trial, double boundary,
                         msp_virtual_cost *out)
{
    found seen, truth;
    msp_status rc = msp_virtual_trial_follow(&w->watch, seed, trial, NULL);
    if (rc != MSP_OK)
        return rc;
    take(&w->watch, false, &w->arms);
    rc = analyse(w->watch.plan, &w->arms, &seen);
    if (rc == MSP_OK) {
        take(&w->watch, true, &w->arms);
        rc = analyse(w->watch.plan, &w->arms, &truth);
    }
    if (rc != MSP_OK)
        return rc;
    count_trial(out, &seen, &truth, boundary);
    count_patients(out, &w->watch, seed, trial);
    return MSP_OK;
}

static void run_piece(void *context, size_t number, size_t piece)
{
    job *j = context;
    worker *w = &j->workers[number];
    const uint64_t first = j->done + piece * PIECE, left = j->trials - first;
    j->pieces[piece] = (msp_virtual_cost){0};
    for (uint64_t i = first; i < first + (left < PIECE ? left : PIECE); i++) {
        const msp_status rc = follow(w, j->seed, i, j->boundary, &j->pieces[piece]);
        if (rc != MSP_OK)
            w->failed = rc;
    }
}

static msp_status run_all(job *j, const msp_progress *progress, msp_virtual_cost *out,
                          msp_error *err)
{
    while (j->done < j->trials) {
        const uint64_t left = (j->trials - j->done + PIECE - 1) / PIECE;
        const size_t n = left < PIECES ? (size_t)left : PIECES;
        msp_parallel_for(j->n_workers, n, run_piece, j);
        for (size_t i = 0; i < j->n_workers; i++)
            if (j->workers[i].failed != MSP_OK)
                return msp_fail(err, j->workers[i].failed, "a virtual trial could not be analysed");
        for (size_t i = 0; i < n; i++)
            add(out, &j->pieces[i]);
        j->done = out->trials;
        if (!msp_progress_report(progress, "trials", j->done, j->trials) && j->done < j->trials)
            return msp_fail(err, MSP_EINTERRUPTED, "stopped");
    }
    return MSP_OK;
}

static void unconfirm(msp_criteria *criteria)
{
    for (size_t i = 0; i < criteria->n_rows; i++)
        criteria->rows[i].repeat = false;
}

static msp_status init_worker(worker *w, const msp_virtual_plan *plan, const msp_virtual_way *way,
                              msp_error *err)
{
    msp_rules rules = plan->protocol->rules;
    if (way->confirmation == MSP_CONFIRM_SECOND)
        rules.pd_date.value = 1; /* the order of its words: first, second */
    const msp_status rc = msp_virtual_watch_init(&w->watch, plan, &rules, err);
    if (rc != MSP_OK)
        return rc;
    if (way->confirmation == MSP_CONFIRM_NOTHING) {
        unconfirm(&w->watch.criteria);
        unconfirm(&w->watch.followed);
    }
    if (way->every > 0) /* an event after missed visits is censored by the interval in force */
        w->watch.rules.interval_days = way->every;
    w->arms = (compared){.time = calloc(plan->n, sizeof *w->arms.time),
                         .event = calloc(plan->n, 1),
                         .group = calloc(plan->n, sizeof *w->arms.group),
                         .stratum = calloc(plan->n, sizeof *w->arms.stratum)};
    return w->arms.time != NULL && w->arms.event != NULL && w->arms.group != NULL &&
                   w->arms.stratum != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for %zu virtual patients", plan->n);
}

static void free_worker(worker *w)
{
    msp_virtual_watch_free(&w->watch);
    free(w->arms.time);
    free(w->arms.event);
    free(w->arms.group);
    free(w->arms.stratum);
}

static msp_status init_job(job *j, const msp_protocol *protocol, const msp_virtual_way *way,
                           msp_arena *arena, msp_error *err)
{
    msp_status rc = msp_virtual_plan_make(protocol, way->every, arena, &j->plan, err);
    if (rc != MSP_OK)
        return rc;
    if (way->missed_visits >= 0)
        j->plan.missed_visits = way->missed_visits;
    if (way->missed_labs >= 0)
        j->plan.missed_labs = way->missed_labs;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    if (j->workers == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu threads", j->n_workers);
    for (size_t i = 0; i < j->n_workers && rc == MSP_OK; i++)
        rc = init_worker(&j->workers[i], &j->plan, way, err);
    return rc;
}

msp_status msp_virtual_cost_of(const msp_protocol *protocol, const msp_virtual_way *way,
                               uint64_t seed, uint64_t trials, size_t threads, double boundary,
                               const msp_progress *progress, msp_virtual_cost *out, msp_error *err)
{
    msp_arena arena = {0};
    *out = (msp_virtual_cost){0};
    job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to simulate");
    *j = (job){.seed = seed,
               .trials = trials,
               .boundary = boundary,
               .n_workers = threads > 0 ? threads : msp_processors()};
    msp_status rc = init_job(j, protocol, way, &arena, err);
    if (rc == MSP_OK)
        rc = run_all(j, progress, out, err);
    for (size_t i = 0; j->workers != NULL && i < j->n_workers; i++)
        free_worker(&j->workers[i]);
    free(j->workers);
    free(j);
    msp_arena_free(&arena);
    return rc;
}
