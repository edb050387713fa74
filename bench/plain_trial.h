/*
 * plain_trial.h - a trial simulated the plain way: the reference for ours.
 *
 * Written from the textbook, with nothing of mspike in it: a generator of its own, the C library's
 * logarithm, a sort byte by byte, and a log-rank test that counts those at risk patient by patient.
 */
#ifndef MSP_BENCH_PLAIN_TRIAL_H
#define MSP_BENCH_PLAIN_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLAIN_STRATA_MAX = 8, PLAIN_LOOKS_MAX = 8 };

typedef struct plain_design {
    size_t n_patients;
    double accrual;             /* months */
    bool poisson;               /* arrivals at random, or evenly */
    int block, of_experimental; /* permuted blocks within strata */
    double hazard, ratio;       /* of the control arm, a month; experimental : control */
    size_t n_strata;            /* 1: all alike */
    double share[PLAIN_STRATA_MAX], stratum_ratio[PLAIN_STRATA_MAX];
    size_t n_looks;
    const size_t *events; /* at each look; the test is stratified where there are strata */
} plain_design;

/* xoshiro256**: Blackman and Vigna, ACM Transactions on Mathematical Software 2021;47:36. */
typedef struct plain_random {
    uint64_t s[4];
} plain_random;

typedef struct plain_patient {
    double entry, time;
    size_t stratum;
    bool experimental;
} plain_patient;

/* A patient's place, and the number to sort by, as its bits. */
typedef struct plain_key {
    uint64_t bits;
    size_t patient;
} plain_key;

typedef struct plain_work {
    plain_patient *by_entry, *by_time; /* n_patients each: as they come in, longest time first */
    plain_key *keys, *other;           /* n_patients each: for sorting */
} plain_work;

plain_random plain_random_start(uint64_t seed);

/* False: no memory. */
bool plain_work_make(const plain_design *d, plain_work *out);
void plain_work_free(plain_work *w);

/* Runs a trial to its last look. z: n_looks, above 0 where the experimental arm has fewer events
 * than expected. */
void plain_trial(const plain_design *d, plain_random *r, plain_work *w, double *z);

#endif
