/*
 * kernel.c - one virtual trial.
 *
 * Only those who leave (by an event or a loss) are sorted. Censoring by the day of the look needs
 * no order: patients are numbered by entry, so at t months on study those from number
 * #{entry <= look - t} on have been censored, and how many of them were still followed is a
 * look-up in a running sum. The day of a look is found by counting into buckets, and so are the
 * order of the exits and the place of a time among the entries.
 *
 * The body is compiled three times, for AVX-512, AVX2 and any processor; sums go over eight lanes
 * in one order, so the bits agree.
 */
#include "kernel.h"

#include <math.h>

#include "day.h"
#include "exits.h"
#include "patients.h"

/* With few looks the exits are sorted at each, for many trials stop before the last; with more,
 * once a trial by the last look, and the others pick theirs. */
enum { SORT_ANEW = 2 };

double sim_entry_of(const msp_intake *intake, double total, double patients)
{
    const msp_steps *s = &intake->rate;
    for (size_t i = 0; i < s->n && s->from[i] < intake->duration; i++) {
        const double end = i + 1 < s->n ? fmin(s->from[i + 1], intake->duration) : intake->duration;
        const double here = s->rate[i] * (end - s->from[i]);
        if (patients <= here && here > 0)
            return s->from[i] + patients / s->rate[i];
        patients -= here;
    }
    return intake->duration * (1 + patients / total);
}

void sim_place(const sim_tables *t, sim_work *w, uint64_t seed, uint64_t trial)
{
    place(t, w, &any, seed, trial);
}

void sim_live(const sim_tables *t, sim_work *w, uint64_t seed, uint64_t trial)
{
    live(t, w, &any, seed, trial);
}

/* -- the trial -- */

ALWAYS_INLINE void swap(double **a, double **b)
{
    double *was = *a;
    *a = *b;
    *b = was;
}

/* The second endpoint, once, by the same test. */
ALWAYS_INLINE void test_survival(const sim_tables *t, sim_work *w, const processor *cpu,
                                 msp_sim_outcome *out)
{
    tally at = {0};
    size_t events = t->plan->survival.events, n;
    double observed;
    swap(&w->time, &w->death);
    swap(&w->seen, &w->death_seen);
    count_events(t, w);
    out->survival_time = day_of_event(t, w, cpu, &at, &events);
    sort_exits(t, w, cpu, out->survival_time);
    out->survival_z = test_at(t, w, cpu, out->survival_time, &n, &observed);
    swap(&w->time, &w->death);
    swap(&w->seen, &w->death_seen);
}

/* Days and events of looks from .. to - 1, up to one that is short of events; how many are known.
 */
ALWAYS_INLINE size_t days_of_looks(const sim_tables *t, sim_work *w, const processor *cpu,
                                   tally *at, size_t from, size_t to, double *day, size_t *events)
{
    const msp_sim_plan *p = t->plan;
    for (size_t k = from; k < to; k++) {
        events[k] = p->events[k];
        day[k] = day_of_event(t, w, cpu, at, &events[k]);
        if (events[k] < p->events[k])
            return k + 1;
    }
    return to;
}

ALWAYS_INLINE void one_trial(const sim_tables *t, sim_work *w, const processor *cpu, uint64_t seed,
                             uint64_t trial, msp_sim_outcome *out)
{
    const msp_sim_plan *p = t->plan;
    const bool anew = p->n_looks <= SORT_ANEW;
    double day[MSP_LOOKS_MAX], observed;
    size_t events[MSP_LOOKS_MAX], n, known = 0;
    tally at = {0};
    *out = (msp_sim_outcome){.log_ratio = (double)NAN, .std_error = (double)NAN};
    place(t, w, cpu, seed, trial);
    live(t, w, cpu, seed, trial);
    count_events(t, w);
    if (!t->even)
        mark_entries(t, w);
    for (size_t k = 0;; k++) {
        if (k == known) {
            const size_t to = anew ? k + 1 : p->n_looks;
            known = days_of_looks(t, w, cpu, &at, k, to, day, events);
            sort_exits(t, w, cpu, day[known - 1]);
        }
        out->events = events[k];
        out->time = day[k];
        out->short_of_events = events[k] < p->events[k];
        out->look = out->short_of_events ? p->n_looks - 1 : k;
        const bool last = out->look + 1 == p->n_looks;
        out->z = test_at(t, w, cpu, out->time, &n, &observed);
        for (size_t i = k; i <= out->look; i++) {
            out->look_time[i] = out->time;
            out->look_z[i] = out->z;
        }
        out->decision = decide(p, out->look, last, out->z);
        if (out->decision != MSP_SIM_NO_CLAIM || last)
            break;
    }
    if (p->estimates)
        estimate(w, n, observed, out->events, out);
    for (size_t i = 0; i < p->n; i++)
        out->enrolled += w->entry[i] < out->time;
    if (p->survival.events > 0)
        test_survival(t, w, cpu, out);
}

/* -- one body, three processors -- */

static void portable(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial,
                     msp_sim_outcome *out)
{
    one_trial(tables, work, &any, seed, trial, out);
}

#if SIM_X86
FOR_AVX2 static void avx2(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial,
                          msp_sim_outcome *out)
{
    one_trial(tables, work, &with_avx2, seed, trial, out);
}

FOR_AVX512 static void avx512(const sim_tables *tables, sim_work *work, uint64_t seed,
                              uint64_t trial, msp_sim_outcome *out)
{
    one_trial(tables, work, &with_avx512, seed, trial, out);
}
#endif

sim_kernel *sim_kernel_of(sim_path path)
{
#if SIM_X86
    if (path == SIM_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                   ? avx512
                   : NULL;
    if (path == SIM_AVX2)
        return __builtin_cpu_supports("avx2") ? avx2 : NULL;
#endif
    return path == SIM_PORTABLE ? portable : NULL;
}

sim_path sim_best_path(void)
{
    sim_path path = SIM_AVX512;
    while (sim_kernel_of(path) == NULL)
        path--;
    return path;
}
