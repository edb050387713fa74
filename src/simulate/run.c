#include "mspike/simulate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "mspike/base/parallel.h"

/* Trials to a piece of work, and pieces between two reports: of one number for every machine. */
enum { PIECE = 256, PIECES = 64 };

typedef struct job {
    sim_tables tables;
    sim_kernel *kernel;
    uint64_t seed, trials, done;
    double log_ratio;
    size_t n_workers;
    sim_work *work;
    msp_sim_result pieces[PIECES];
} job;

/* -- adding up -- */

static void count(msp_sim_sum *s, double x)
{
    s->n++;
    s->sum += x;
    s->squares += x * x;
}

static void add_sum(msp_sim_sum *to, const msp_sim_sum *from)
{
    to->n += from->n;
    to->sum += from->sum;
    to->squares += from->squares;
}

static void add(msp_sim_result *to, const msp_sim_result *from)
{
    to->trials += from->trials;
    to->efficacy += from->efficacy;
    to->harm += from->harm;
    to->short_of_events += from->short_of_events;
    to->covered += from->covered;
    to->digest += from->digest;
    to->survival += from->survival;
    to->survival_alone += from->survival_alone;
    add_sum(&to->survival_time, &from->survival_time);
    add_sum(&to->time, &from->time);
    add_sum(&to->events, &from->events);
    add_sum(&to->enrolled, &from->enrolled);
    add_sum(&to->log_ratio, &from->log_ratio);
    for (size_t k = 0; k < MSP_LOOKS_MAX; k++) {
        to->look[k].reached += from->look[k].reached;
        to->look[k].efficacy += from->look[k].efficacy;
        to->look[k].futility += from->look[k].futility;
        to->look[k].harm += from->look[k].harm;
        to->look[k].time += from->look[k].time;
    }
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Sums of these do not depend on the order of the trials. */
static uint64_t digest(uint64_t seed, uint64_t trial, const msp_sim_outcome *o)
{
    uint64_t x = mix(seed + 0x9e3779b97f4a7c15u);
    x = mix(x ^ trial);
    x = mix(x ^ (uint64_t)o->look << 8 ^ (uint64_t)o->decision);
    x = mix(x ^ bits_of(o->z));
    x = mix(x ^ bits_of(o->time));
    x = mix(x ^ bits_of(o->survival_z));
    return mix(x ^ (uint64_t)o->events << 32 ^ (uint64_t)o->enrolled);
}

static void tally_survival(msp_sim_result *r, const msp_sim_plan *plan, const msp_sim_outcome *o)
{
    r->survival += msp_sim_survival_claimed(plan, o);
    r->survival_alone += o->survival_z >= plan->survival.upper;
    count(&r->survival_time, o->survival_time);
}

static void tally(msp_sim_result *r, const msp_sim_outcome *o, double log_ratio)
{
    for (size_t k = 0; k <= o->look; k++) {
        r->look[k].reached++;
        r->look[k].time += o->look_time[k];
    }
    r->trials++;
    r->short_of_events += o->short_of_events;
    r->efficacy += o->decision == MSP_SIM_EFFICACY;
    r->harm += o->decision == MSP_SIM_HARM;
    r->look[o->look].efficacy += o->decision == MSP_SIM_EFFICACY;
    r->look[o->look].futility += o->decision == MSP_SIM_FUTILITY;
    r->look[o->look].harm += o->decision == MSP_SIM_HARM;
    count(&r->time, o->time);
    count(&r->events, (double)o->events);
    count(&r->enrolled, (double)o->enrolled);
    if (isfinite(o->log_ratio)) {
        count(&r->log_ratio, o->log_ratio);
        r->covered += fabs(o->log_ratio - log_ratio) <= 1.959963984540054 * o->std_error;
    }
}

/* -- running -- */

static void run_piece(void *context, size_t worker, size_t piece)
{
    job *j = context;
    msp_sim_result *r = &j->pieces[piece];
    const uint64_t first = j->done + piece * PIECE, left = j->trials - first;
    const uint64_t n = left < PIECE ? left : PIECE;
    *r = (msp_sim_result){0};
    for (uint64_t i = first; i < first + n; i++) {
        msp_sim_outcome o;
        j->kernel(&j->tables, &j->work[worker], j->seed, i, &o);
        tally(r, &o, j->log_ratio);
        if (j->tables.plan->survival.events > 0)
            tally_survival(r, j->tables.plan, &o);
        r->digest += digest(j->seed, i, &o);
    }
}

static msp_status run_all(job *j, const msp_progress *progress, msp_sim_result *out, msp_error *err)
{
    while (j->done < j->trials) {
        const uint64_t left = (j->trials - j->done + PIECE - 1) / PIECE;
        const size_t n = left < PIECES ? (size_t)left : PIECES;
        msp_parallel_for(j->n_workers, n, run_piece, j);
        for (size_t i = 0; i < n; i++)
            add(out, &j->pieces[i]);
        j->done = out->trials;
        if (!msp_progress_report(progress, "trials", j->done, j->trials) && j->done < j->trials)
            return msp_fail(err, MSP_EINTERRUPTED, "stopped after %llu of %llu trials",
                            (unsigned long long)j->done, (unsigned long long)j->trials);
    }
    return MSP_OK;
}

static msp_status make_workers(job *j, size_t threads, msp_error *err)
{
    j->n_workers = threads > 0 ? threads : msp_processors();
    if (j->n_workers > PIECES)
        j->n_workers = PIECES;
    j->work = calloc(j->n_workers, sizeof *j->work);
    if (j->work == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu threads", j->n_workers);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < j->n_workers && rc == MSP_OK; i++)
        rc = sim_work_make(&j->tables, &j->work[i], err);
    return rc;
}

msp_status msp_sim_run(const msp_sim_plan *plan, uint64_t seed, uint64_t trials, double log_ratio,
                       size_t threads, const msp_progress *progress, msp_sim_result *out,
                       msp_error *err)
{
    *out = (msp_sim_result){.n_looks = plan->n_looks};
    job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a simulation");
    j->kernel = sim_kernel_of(sim_best_path());
    j->seed = seed;
    j->trials = trials;
    j->log_ratio = log_ratio;
    msp_status rc = sim_tables_make(plan, &j->tables, err);
    if (rc == MSP_OK)
        rc = make_workers(j, threads, err);
    if (rc == MSP_OK)
        rc = run_all(j, progress, out, err);
    for (size_t i = 0; j->work != NULL && i < j->n_workers; i++)
        sim_work_free(&j->work[i]);
    free(j->work);
    sim_tables_free(&j->tables);
    free(j);
    return rc;
}

/* -- errors of means -- */

double msp_sim_mean(const msp_sim_sum *s)
{
    return s->n > 0 ? s->sum / (double)s->n : (double)NAN;
}

double msp_sim_std_error(const msp_sim_sum *s)
{
    const double n = (double)s->n, mean = s->sum / n;
    return s->n > 1 ? sqrt(fmax(0, s->squares / n - mean * mean) / (n - 1)) : (double)NAN;
}

double msp_sim_share_std_error(uint64_t k, uint64_t n)
{
    const double p = (double)k / (double)n;
    return n > 0 ? sqrt(p * (1 - p) / (double)n) : (double)NAN;
}
