#include "mspike/simulate/virtual_figures.h"

#include <math.h>
#include <stdlib.h>

#include "mspike/base/parallel.h"
#include "mspike/base/random.h"
#include "mspike/stats/cox.h"
#include "mspike/stats/km.h"

/* -- the crowd -- */

enum { PIECE = 256 };

typedef struct crowd_job {
    msp_virtual_plan plan;
    msp_virtual_crowd *crowd;
    uint64_t seed;
    size_t arm;
    msp_virtual_watch *watches;
    msp_status *failed;
} crowd_job;

static size_t cell_of(const msp_virtual_plan *plan, uint64_t seed, size_t arm, uint32_t number)
{
    enum { DRAW_CROWD = 48 };
    msp_random r = msp_random_at(seed, arm, number, DRAW_CROWD);
    double left = msp_random_uniform(&r);
    size_t i = 0;
    while (i + 1 < plan->n_cells && (left -= plan->cell[i].share) >= 0)
        i++;
    return i;
}

static void follow_piece(void *context, size_t worker, size_t piece)
{
    crowd_job *j = context;
    msp_virtual_watch *watch = &j->watches[worker];
    const size_t first = piece * PIECE, left = j->plan.n - first, n = left < PIECE ? left : PIECE;
    uint8_t arm[PIECE], cell[PIECE];
    for (size_t i = 0; i < n; i++) {
        arm[i] = (uint8_t)j->arm;
        cell[i] = (uint8_t)cell_of(&j->plan, j->seed, j->arm, (uint32_t)(first + i));
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t number = (uint32_t)(first + i);
        if (i % MSP_VIRTUAL_ABREAST == 0)
            msp_virtual_patients_expect(&j->plan, j->seed, j->arm, number, n - i, arm + i, cell + i,
                                        &watch->work);
        const msp_status rc = msp_virtual_follow(watch, j->seed, j->arm, number, j->arm, cell[i],
                                                 &j->crowd->arm[j->arm][number], NULL);
        if (rc != MSP_OK)
            j->failed[worker] = rc;
    }
}
static msp_status follow_arm(crowd_job *j, size_t threads, msp_error *err)
{
    msp_virtual_outcome **to = &j->crowd->arm[j->arm];
    if (*to == NULL)
        *to = calloc(j->plan.n, sizeof **to);
    if (*to == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu virtual patients", j->plan.n);
    msp_parallel_for(threads, (j->plan.n + PIECE - 1) / PIECE, follow_piece, j);
    for (size_t i = 0; i < threads; i++)
        if (j->failed[i] != MSP_OK)
            return msp_fail(err, j->failed[i], "no memory to follow virtual patients");
    return MSP_OK;
}

msp_status msp_virtual_crowd_follow(const msp_virtual_plan *plan, uint64_t seed, size_t n,
                                    uint32_t arms, size_t threads, msp_virtual_crowd *crowd,
                                    msp_error *err)
{
    threads = threads > 0 ? threads : msp_processors();
    crowd_job j = {.plan = *plan, .crowd = crowd, .seed = seed};
    j.plan.n = n;
    crowd->plan = plan;
    crowd->n = n;
    j.watches = calloc(threads, sizeof *j.watches);
    j.failed = calloc(threads, sizeof *j.failed);
    msp_status rc = j.watches != NULL && j.failed != NULL
                        ? MSP_OK
                        : msp_fail(err, MSP_EMEM, "no memory for %zu threads", threads);
    for (size_t i = 0; i < threads && rc == MSP_OK; i++)
        rc = msp_virtual_watch_init(&j.watches[i], &j.plan, NULL, err);
    for (j.arm = 0; j.arm < plan->n_arms && rc == MSP_OK; j.arm++)
        if ((arms >> j.arm & 1) != 0)
            rc = follow_arm(&j, threads, err);
    for (size_t i = 0; j.watches != NULL && i < threads; i++)
        msp_virtual_watch_free(&j.watches[i]);
    free(j.watches);
    free(j.failed);
    return rc;
}

void msp_virtual_crowd_free(msp_virtual_crowd *crowd)
{
    for (size_t i = 0; i < MSP_VIRTUAL_ARMS_MAX; i++)
        free(crowd->arm[i]);
    *crowd = (msp_virtual_crowd){0};
}

/* -- figures -- */

typedef enum clock_kind { DETECTED, TRUE_ONE, SURVIVAL } clock_kind;

/* Times and events of some patients; freed as one. */
typedef struct times {
    double *time;
    uint8_t *event;
    uint32_t *group, *stratum;
    size_t n;
    msp_order order;
} times;

static void free_times(times *t)
{
    msp_order_free(&t->order);
    free(t->time);
    free(t->event);
    free(t->group);
    free(t->stratum);
}

static msp_status new_times(times *t, size_t n, msp_error *err)
{
    *t = (times){.time = calloc(n, sizeof *t->time),
                 .event = calloc(n, 1),
                 .group = calloc(n, sizeof *t->group),
                 .stratum = calloc(n, sizeof *t->stratum)};
    if (t->time != NULL && t->event != NULL && t->group != NULL && t->stratum != NULL)
        return MSP_OK;
    free_times(t);
    return msp_fail(err, MSP_EMEM, "no memory for %zu times", n);
}

static void add_times(times *t, const msp_virtual_outcome *o, size_t n, clock_kind kind,
                      uint32_t group)
{
    for (size_t i = 0; i < n; i++, t->n++) {
        t->time[t->n] = kind == DETECTED   ? o[i].pfs
                        : kind == TRUE_ONE ? o[i].true_pfs
                                           : o[i].survival;
        t->event[t->n] = kind == DETECTED   ? o[i].event
                         : kind == TRUE_ONE ? o[i].true_event
                                            : o[i].died;
        t->group[t->n] = group;
        t->stratum[t->n] = o[i].cell;
    }
}

static msp_status sort_times(times *t, msp_error *err)
{
    const msp_follow_up data = {.n = t->n, .time = t->time, .event = t->event};
    return msp_order_init(&t->order, &data, err);
}

/* The median in months, or (at > 0) the fraction without the event at that month. */
static msp_status curve_figure(const msp_virtual_outcome *o, size_t n, clock_kind kind, double at,
                               double *out, msp_error *err)
{
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    times t;
    msp_km km = {0};
    msp_status rc = new_times(&t, n, err);
    if (rc != MSP_OK)
        return rc;
    add_times(&t, o, n, kind, 0);
    rc = sort_times(&t, err);
    if (rc == MSP_OK)
        rc = msp_km_fit(&t.order, NULL, 1, &options, &km, err);
    if (rc == MSP_OK)
        *out = at > 0 ? msp_km_at(&km.curves[0], at * MSP_DAYS_PER_MONTH).survival
                      : msp_km_quantile(&km.curves[0], 0.5).estimate / MSP_DAYS_PER_MONTH;
    msp_km_free(&km);
    free_times(&t);
    return rc;
}

/* As many of each arm as the protocol allocates. */
static msp_status ratio_figure(const msp_virtual_crowd *crowd, size_t arm, clock_kind kind,
                               double *out, msp_error *err)
{
    const msp_virtual_plan *plan = crowd->plan;
    const size_t arms[2] = {plan->control, arm};
    double share[2];
    for (int i = 0; i < 2; i++)
        share[i] = plan->arm[arms[i]].arm->allocation.value;
    const double most = share[0] > share[1] ? share[0] : share[1];
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    times t;
    msp_cox cox = {0};
    *out = (double)NAN;
    if (arm == plan->control || crowd->arm[arms[0]] == NULL)
        return MSP_OK;
    msp_status rc = new_times(&t, 2 * crowd->n, err);
    if (rc != MSP_OK)
        return rc;
    for (uint32_t i = 0; i < 2; i++)
        add_times(&t, crowd->arm[arms[i]], (size_t)((double)crowd->n * share[i] / most), kind, i);
    rc = sort_times(&t, err);
    const msp_cox_column column = {.name = "arm", .code = t.group, .level = 1};
    if (rc == MSP_OK)
        rc = msp_cox_fit(&t.order, &column, 1, t.stratum, plan->n_cells, &options, &cox, err);
    if (rc == MSP_OK)
        *out = cox.coefficients[0].hazard_ratio;
    msp_cox_free(&cox);
    free_times(&t);
    return rc;
}

static double response_figure(const msp_virtual_outcome *o, size_t n, msp_response_level level)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += o[i].best >= level;
    return (double)k / (double)n;
}

/* But for the hazard ratio, which needs two arms. */
static msp_status figure_of(const msp_virtual_outcome *o, size_t n,
                            const msp_virtual_target *target, clock_kind kind, double *out,
                            msp_error *err)
{
    switch ((msp_virtual_figure)target->figure.value) {
    case MSP_FIGURE_PFS_MEDIAN:
        return curve_figure(o, n, kind, 0, out, err);
    case MSP_FIGURE_PFS_RATE:
        return curve_figure(o, n, kind, target->time.value, out, err);
    case MSP_FIGURE_OS_RATE:
        return curve_figure(o, n, SURVIVAL, target->time.value, out, err);
    case MSP_FIGURE_ORR:
        *out = response_figure(o, n, MSP_LEVEL_PR);
        return MSP_OK;
    case MSP_FIGURE_VGPR:
        *out = response_figure(o, n, MSP_LEVEL_VGPR);
        return MSP_OK;
    case MSP_FIGURE_CR:
        *out = response_figure(o, n, MSP_LEVEL_CR);
        return MSP_OK;
    default:
        *out = (double)NAN;
        return MSP_OK;
    }
}

/* Those who went over, as an arm whose trial began with it. */
static msp_status figure_after(const msp_virtual_crowd *crowd, const msp_virtual_target *target,
                               clock_kind kind, double *out, msp_error *err)
{
    const msp_virtual_outcome *all = crowd->arm[crowd->plan->crossover.from];
    msp_virtual_outcome *o = calloc(crowd->n, sizeof *o);
    size_t n = 0;
    if (o == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for those who went over");
    for (size_t i = 0; i < crowd->n; i++) {
        const msp_virtual_after *a = &all[i].after;
        if (a->crossed)
            o[n++] = (msp_virtual_outcome){.pfs = a->pfs,
                                           .true_pfs = a->true_pfs,
                                           .survival = a->survival,
                                           .event = a->event,
                                           .true_event = a->true_event,
                                           .died = all[i].died,
                                           .best = a->best};
    }
    *out = (double)NAN;
    const msp_status rc = n > 0 ? figure_of(o, n, target, kind, out, err) : MSP_OK;
    free(o);
    return rc;
}

static msp_status figure(const msp_virtual_crowd *crowd, size_t arm,
                         const msp_virtual_target *target, clock_kind kind, double *out,
                         msp_error *err)
{
    if (arm >= crowd->plan->n_arms)
        return figure_after(crowd, target, kind, out, err);
    if (target->figure.value == MSP_FIGURE_HAZARD_RATIO)
        return ratio_figure(crowd, arm, kind, out, err);
    return figure_of(crowd->arm[arm], crowd->n, target, kind, out, err);
}

msp_status msp_virtual_figure_of(const msp_virtual_crowd *crowd, size_t arm,
                                 const msp_virtual_target *target, double *out, msp_error *err)
{
    return figure(crowd, arm, target, DETECTED, out, err);
}

msp_status msp_virtual_true_figure(const msp_virtual_crowd *crowd, size_t arm,
                                   const msp_virtual_target *target, double *out, msp_error *err)
{
    return figure(crowd, arm, target, TRUE_ONE, out, err);
}
