#include "plain_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- random numbers -- */

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

plain_random plain_random_start(uint64_t seed)
{
    plain_random r;
    for (size_t i = 0; i < 4; i++)
        r.s[i] = splitmix(&seed);
    return r;
}

static uint64_t turned(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static uint64_t next(plain_random *r)
{
    uint64_t *s = r->s;
    const uint64_t out = turned(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = turned(s[3], 45);
    return out;
}

/* Above 0 and at most 1. */
static double uniform(plain_random *r)
{
    return (double)((next(r) >> 11) + 1) * 0x1p-53;
}

static double exponential(plain_random *r, double hazard)
{
    return -log(uniform(r)) / hazard;
}

/* -- patients -- */

/* The block that a stratum is filling. */
typedef struct urn {
    int experimental, control;
} urn;

/* A ball out of the urn, which is filled again when it is empty. */
static bool draw_arm(const plain_design *d, plain_random *r, urn *u)
{
    if (u->experimental + u->control == 0)
        *u = (urn){d->of_experimental, d->block - d->of_experimental};
    const bool experimental =
        uniform(r) * (double)(u->experimental + u->control) <= (double)u->experimental;
    if (experimental)
        u->experimental--;
    else
        u->control--;
    return experimental;
}

static size_t draw_stratum(const plain_design *d, plain_random *r)
{
    double left = uniform(r);
    size_t s = 0;
    while (s + 1 < d->n_strata && left > d->share[s])
        left -= d->share[s++];
    return s;
}

static void draw_patients(const plain_design *d, plain_random *r, plain_patient *p)
{
    const double gap = d->accrual / (double)d->n_patients;
    urn urns[PLAIN_STRATA_MAX] = {{0, 0}};
    double now = 0;
    for (size_t i = 0; i < d->n_patients; i++) {
        now += d->poisson ? exponential(r, 1 / gap) : gap;
        p[i].entry = now;
        p[i].stratum = d->n_strata > 1 ? draw_stratum(d, r) : 0;
        p[i].experimental = draw_arm(d, r, &urns[p[i].stratum]);
        p[i].time = exponential(r, d->hazard * (p[i].experimental ? d->ratio : 1) *
                                       (d->n_strata > 1 ? d->stratum_ratio[p[i].stratum] : 1));
    }
}

/* -- the test -- */

/* Smallest first, by the bytes of their bits: the bits of numbers above 0 are in the order of the
 * numbers. Eight passes are an even number, so the result stands where it began. */
static void sort(plain_key *keys, plain_key *other, size_t n)
{
    for (int shift = 0; shift < 64; shift += 8) {
        size_t begin[257] = {0};
        for (size_t i = 0; i < n; i++)
            begin[(keys[i].bits >> shift & 255) + 1]++;
        for (size_t b = 1; b < 257; b++)
            begin[b] += begin[b - 1];
        for (size_t i = 0; i < n; i++)
            other[begin[keys[i].bits >> shift & 255]++] = keys[i];
        plain_key *t = keys;
        keys = other;
        other = t;
    }
}

static plain_key key_of(double number, size_t patient)
{
    plain_key k = {.patient = patient};
    memcpy(&k.bits, &number, sizeof number);
    return k;
}

/* The log-rank Z on a day. Events go from the longest time to the shortest: at risk are those who
 * had theirs later, and the censored who came in early enough to be followed as long. */
static double log_rank(const plain_design *d, const plain_work *w, double day)
{
    double score = 0, variance = 0, at_risk[PLAIN_STRATA_MAX][2] = {{0, 0}};
    size_t next = 0;
    for (size_t i = 0; i < d->n_patients; i++) {
        const plain_patient *p = &w->by_time[i];
        if (p->entry + p->time > day)
            continue;
        for (; next < d->n_patients && w->by_entry[next].entry <= day - p->time; next++) {
            const plain_patient *other = &w->by_entry[next];
            if (other->entry + other->time > day)
                at_risk[other->stratum][other->experimental]++;
        }
        double *here = at_risk[p->stratum];
        here[p->experimental]++;
        const double share = here[1] / (here[0] + here[1]);
        score += share - (double)p->experimental;
        variance += share * (1 - share);
    }
    return score / sqrt(variance);
}

void plain_trial(const plain_design *d, plain_random *r, plain_work *w, double *z)
{
    const size_t n = d->n_patients;
    draw_patients(d, r, w->by_entry);
    for (size_t i = 0; i < n; i++)
        w->keys[i] = key_of(w->by_entry[i].time, i);
    sort(w->keys, w->other, n);
    for (size_t i = 0; i < n; i++)
        w->by_time[n - 1 - i] = w->by_entry[w->keys[i].patient];
    for (size_t i = 0; i < n; i++)
        w->keys[i] = key_of(w->by_entry[i].entry + w->by_entry[i].time, i);
    sort(w->keys, w->other, n);
    for (size_t k = 0; k < d->n_looks; k++) {
        const plain_patient *last = &w->by_entry[w->keys[d->events[k] - 1].patient];
        z[k] = log_rank(d, w, last->entry + last->time);
    }
}

bool plain_work_make(const plain_design *d, plain_work *out)
{
    out->by_entry = malloc(d->n_patients * sizeof *out->by_entry);
    out->by_time = malloc(d->n_patients * sizeof *out->by_time);
    out->keys = malloc(d->n_patients * sizeof *out->keys);
    out->other = malloc(d->n_patients * sizeof *out->other);
    if (out->by_entry == NULL || out->by_time == NULL || out->keys == NULL || out->other == NULL) {
        plain_work_free(out);
        return false;
    }
    return true;
}

void plain_work_free(plain_work *w)
{
    free(w->by_entry);
    free(w->by_time);
    free(w->keys);
    free(w->other);
    *w = (plain_work){0};
}
