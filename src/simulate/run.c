#include "mspike/simulate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "general_road.h"
#include "gpu.h"
#include "mspike/base/parallel.h"

/* Trials to a piece of work, and pieces to a share, which is what a rank does between two reports.
 * Pieces are added up to shares and shares to the whole, each in its order: so sums are the same
 * bits for any number of threads and ranks. */
enum { PIECE = 256, GENERAL_PIECE = 16, SLOW_PIECE = 1, PIECES = 64 };

/* What a rank hands in. */
typedef struct share_done {
    msp_sim_result result;
    bool stop; /* asked to */
} share_done;

typedef struct job {
    const msp_sim_plan *plan;
    sim_tables tables; /* the fast road */
    sim_kernel *kernel;
    sim_general *general; /* the general one; NULL: the fast one */
    sim_gpu *gpu;         /* does the trials; NULL: the threads do */
    msp_sim_outcome *batch;
    uint64_t seed, trials, piece;
    uint64_t first; /* trial of this rank's share */
    const msp_team *team;
    share_done *shares; /* of all ranks, in their order; NULL but at rank 0 */
    double log_ratio;
    size_t n_workers;
    sim_work *work;
    sim_general_work **general_work;
    msp_sim_result pieces[PIECES];
    msp_status status[PIECES];
    msp_error errors[PIECES];
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
    to->untested += from->untested;
    for (size_t h = 0; h < MSP_SIM_HYPOTHESES_MAX; h++) {
        to->claimed[h] += from->claimed[h];
        to->kept[h] += from->kept[h];
    }
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
    x = mix(x ^ bits_of(o->survival_z) ^ (uint64_t)o->claimed << 8 ^ (uint64_t)o->kept);
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
    r->untested += o->untested;
    for (size_t h = 0; h < MSP_SIM_HYPOTHESES_MAX; h++) {
        r->claimed[h] += o->claimed >> h & 1;
        r->kept[h] += o->kept >> h & 1;
    }
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

/* So that a share takes seconds at most. */
static uint64_t piece_of(const msp_sim_plan *p)
{
    if (p->general == NULL)
        return PIECE;
    return p->general->test == MSP_SIM_MAXCOMBO ? SLOW_PIECE : GENERAL_PIECE;
}

static msp_status run_trial(job *j, size_t worker, uint64_t trial, msp_sim_outcome *o,
                            msp_error *err)
{
    if (j->general != NULL)
        return sim_general_trial(j->general, j->general_work[worker], j->seed, trial, o, NULL, err);
    if (j->gpu != NULL)
        *o = j->batch[trial - j->first];
    else
        j->kernel(&j->tables, &j->work[worker], j->seed, trial, o);
    return MSP_OK;
}

static void run_piece(void *context, size_t worker, size_t piece)
{
    job *j = context;
    msp_sim_result *r = &j->pieces[piece];
    const uint64_t first = j->first + piece * j->piece, left = j->trials - first;
    const uint64_t n = left < j->piece ? left : j->piece;
    *r = (msp_sim_result){0};
    for (uint64_t i = first; i < first + n; i++) {
        msp_sim_outcome o;
        j->status[piece] = run_trial(j, worker, i, &o, &j->errors[piece]);
        if (j->status[piece] != MSP_OK)
            return;
        tally(r, &o, j->log_ratio);
        if (j->plan->survival.events > 0)
            tally_survival(r, j->plan, &o);
        r->digest += digest(j->seed, i, &o);
    }
}

/* The pieces in their order, up to one that failed. */
static msp_status add_pieces(const job *j, size_t n, msp_sim_result *out, msp_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (j->status[i] != MSP_OK) {
            if (err != NULL)
                *err = j->errors[i];
            return j->status[i];
        }
        add(out, &j->pieces[i]);
    }
    return MSP_OK;
}

/* The share from j->first on; none where the trials end before it. */
static msp_status run_share(job *j, msp_sim_result *out, msp_error *err)
{
    const uint64_t left = j->first < j->trials ? j->trials - j->first : 0;
    const uint64_t most = PIECES * j->piece, n = left < most ? left : most;
    const size_t n_pieces = (size_t)((n + j->piece - 1) / j->piece);
    *out = (msp_sim_result){0};
    if (j->gpu != NULL && n > 0) { /* its trials are for the threads to count */
        const msp_status rc = sim_gpu_run(j->gpu, j->seed, j->first, (size_t)n, j->batch, err);
        if (rc != MSP_OK)
            return rc;
    }
    msp_parallel_for(j->n_workers, n_pieces, run_piece, j);
    return add_pieces(j, n_pieces, out, err);
}

/* Every rank does a share, and rank 0 adds them up; *go_on: on every rank, whether there is more.
 */
static msp_status run_round(job *j, uint64_t round, const msp_progress *progress,
                            msp_sim_result *out, bool *go_on, msp_error *err)
{
    const uint64_t share = j->piece * PIECES, ranks = j->team->n;
    const uint64_t after = (round + 1) * ranks * share,
                   done = after < j->trials ? after : j->trials;
    share_done mine = {0};
    j->first = (round * ranks + j->team->rank) * share;
    msp_status rc = run_share(j, &mine.result, err);
    rc = msp_team_agree(j->team, rc, err);
    if (rc != MSP_OK)
        return rc;
    mine.stop = !msp_progress_report(progress, "trials", done, j->trials);
    msp_team_gather(j->team, &mine, sizeof mine, j->shares);
    bool stop = false;
    for (size_t i = 0; i < ranks && j->team->rank == 0; i++) {
        add(out, &j->shares[i].result);
        stop = stop || j->shares[i].stop;
    }
    stop = msp_team_tell(j->team, stop) != 0;
    *go_on = done < j->trials && !stop;
    return stop && done < j->trials
               ? msp_fail(err, MSP_EINTERRUPTED, "stopped after %llu of %llu trials",
                          (unsigned long long)done, (unsigned long long)j->trials)
               : MSP_OK;
}

static msp_status run_all(job *j, const msp_progress *progress, msp_sim_result *out, msp_error *err)
{
    bool go_on = j->trials > 0;
    msp_status rc = MSP_OK;
    for (uint64_t round = 0; go_on && rc == MSP_OK; round++)
        rc = run_round(j, round, progress, out, &go_on, err);
    return rc;
}

static msp_status make_fast(job *j, msp_error *err)
{
    msp_status rc = sim_tables_make(j->plan, &j->tables, err);
    j->kernel = sim_kernel_of(sim_best_path());
    j->work = calloc(j->n_workers, sizeof *j->work);
    if (rc == MSP_OK && j->work == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for %zu threads", j->n_workers);
    for (size_t i = 0; i < j->n_workers && rc == MSP_OK; i++)
        rc = sim_work_make(&j->tables, &j->work[i], err);
    return rc;
}

static msp_status make_gpu(job *j, msp_error *err)
{
    if (j->plan->general != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "a graphics processor takes no calendar looks, choices or other tests");
    const msp_status rc = sim_tables_make(j->plan, &j->tables, err);
    if (rc != MSP_OK)
        return rc;
    j->batch = calloc(PIECES * PIECE, sizeof *j->batch);
    if (j->batch == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %d trials", PIECES * PIECE);
    return sim_gpu_open(&j->tables, PIECES * PIECE, &j->gpu, err);
}

static msp_status make_general(job *j, msp_error *err)
{
    j->general_work = calloc(j->n_workers, sizeof(sim_general_work *));
    if (j->general_work == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu threads", j->n_workers);
    j->general = sim_general_new(j->plan, err);
    if (j->general == NULL)
        return MSP_EMEM;
    for (size_t i = 0; i < j->n_workers; i++) {
        j->general_work[i] = sim_general_work_new(j->general, err);
        if (j->general_work[i] == NULL)
            return MSP_EMEM;
    }
    return MSP_OK;
}

static void job_free(job *j)
{
    if (j == NULL)
        return;
    free(j->shares);
    for (size_t i = 0; j->work != NULL && i < j->n_workers; i++)
        sim_work_free(&j->work[i]);
    for (size_t i = 0; j->general_work != NULL && i < j->n_workers; i++)
        sim_general_work_destroy(j->general_work[i]);
    free(j->work);
    free(j->general_work);
    sim_gpu_close(j->gpu);
    free(j->batch);
    sim_tables_free(&j->tables);
    sim_general_destroy(j->general);
    free(j);
}

typedef msp_status maker(job *j, msp_error *err);

static msp_status make_shares(job *j, msp_error *err)
{
    if (j->team->rank > 0)
        return MSP_OK;
    j->shares = calloc(j->team->n, sizeof *j->shares);
    return j->shares != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for the results of %zu ranks", j->team->n);
}

static msp_status run_with(maker *make, const msp_team *team, const msp_sim_plan *plan,
                           uint64_t seed, uint64_t trials, double log_ratio, size_t threads,
                           const msp_progress *progress, msp_sim_result *out, msp_error *err)
{
    *out = (msp_sim_result){.n_looks = plan->n_looks};
    msp_status rc = msp_sim_check(plan, err);
    job *j = calloc(1, sizeof *j);
    if (rc == MSP_OK && j == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for a simulation");
    if (rc == MSP_OK) {
        j->plan = plan;
        j->team = team;
        j->seed = seed;
        j->trials = trials;
        j->piece = piece_of(plan);
        j->log_ratio = log_ratio;
        j->n_workers = threads > 0 ? threads : msp_processors();
        if (j->n_workers > PIECES)
            j->n_workers = PIECES;
        rc = make_shares(j, err);
    }
    if (rc == MSP_OK)
        rc = make(j, err);
    rc = msp_team_agree(team, rc, err);
    if (rc == MSP_OK)
        rc = run_all(j, progress, out, err);
    job_free(j);
    return rc;
}

msp_status msp_sim_run(const msp_sim_plan *plan, uint64_t seed, uint64_t trials, double log_ratio,
                       size_t threads, const msp_progress *progress, msp_sim_result *out,
                       msp_error *err)
{
    const msp_team alone = {1, 0};
    return msp_sim_run_team(&alone, plan, seed, trials, log_ratio, threads, progress, out, err);
}

msp_status msp_sim_run_team(const msp_team *team, const msp_sim_plan *plan, uint64_t seed,
                            uint64_t trials, double log_ratio, size_t threads,
                            const msp_progress *progress, msp_sim_result *out, msp_error *err)
{
    maker *const make = plan->general != NULL ? make_general : make_fast;
    return run_with(make, team, plan, seed, trials, log_ratio, threads, progress, out, err);
}

msp_status msp_sim_run_gpu(const msp_sim_plan *plan, uint64_t seed, uint64_t trials,
                           double log_ratio, const msp_progress *progress, msp_sim_result *out,
                           msp_error *err)
{
    const msp_team alone = {1, 0};
    return run_with(make_gpu, &alone, plan, seed, trials, log_ratio, 0, progress, out, err);
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
