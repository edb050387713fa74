/*
 * trial.h - a virtual trial of two arms, patient by patient: entry, events, dropout, looks.
 *
 * Patients enter one after the other, are allocated in permuted blocks, have their event or are
 * lost; a look is taken when so many events were seen, with the test made anew on the data of that
 * day, and stops the trial or not. Times are in months; Z is positive where the experimental arm
 * does better. Trial i of a seed is the same whoever asks, alone or among millions, on any number
 * of threads and on every kind of processor: draws are a function of seed, trial, purpose and
 * position (base/random.h), and all arithmetic is done in one order.
 *
 * docs/methods/simulation.md says how, and how it was checked.
 */
#ifndef MSPIKE_SIMULATE_TRIAL_H
#define MSPIKE_SIMULATE_TRIAL_H

#include <stdbool.h>

#include "mspike/design/boundary.h"
#include "mspike/design/events.h"
#include "mspike/simulate/general.h"

MSP_BEGIN

enum { MSP_SIM_PATIENTS_MAX = 60000, MSP_SIM_BLOCK_MAX = 64, MSP_SIM_STRATA_MAX = 64 };

/* The time to the event: a mixture of those never to have it and of a curve with hazard steps in
 * months^shape (shape 1: plain hazards; one step and another shape: a Weibull curve). */
typedef struct msp_sim_curve {
    msp_steps hazard;
    double shape; /* above 0 */
    double cured; /* fraction, below 1 */
} msp_sim_curve;

/* Strata differ in their hazards by a factor, and in the experimental arm by another. */
typedef struct msp_sim_stratum {
    double share, hazard_ratio, effect; /* ratios: 1 for no difference */
} msp_sim_stratum;

/* Weights of the log-rank test: S(t-)^rho (1 - S(t-))^gamma by the pooled curve. */
typedef struct msp_sim_test {
    bool stratified;
    int rho, gamma; /* 0 to 4 */
} msp_sim_test;

/* Survival behind the endpoint, tested once at so many deaths: some events are deaths, others are
 * followed by an exponential time to death, and some of the control arm cross over then. The two
 * endpoints of a patient are so correlated. The claim counts where the first endpoint's was made.
 */
typedef struct msp_sim_survival {
    size_t events;          /* 0: no second endpoint */
    double upper;           /* Z from which it is claimed */
    double deaths;          /* fraction of the events that are deaths */
    double hazard[2];       /* of death after the event, a month */
    double crossover;       /* fraction of the control arm's that cross over */
    double crossover_ratio; /* of their hazard */
} msp_sim_survival;

typedef struct msp_sim_plan {
    size_t n;                      /* patients, 2 to MSP_SIM_PATIENTS_MAX */
    msp_intake enrolment;          /* rates count relative to each other; the n enter by its end */
    bool poisson;                  /* at random times, in the mean those of even arrival */
    int block, block_experimental; /* size of a permuted block, and the experimental arm's of it */
    msp_sim_curve arm[2];          /* experimental, control */
    double dropout[2];             /* a month; 0: none */
    size_t n_strata;               /* 0: all alike; each stratum has its own blocks */
    msp_sim_stratum strata[MSP_SIM_STRATA_MAX];
    msp_sim_test test;
    size_t n_looks;
    size_t events[MSP_LOOKS_MAX];                      /* increasing */
    double upper[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX]; /* infinite: no bound */
    int sided;                                         /* 2: Z <= -upper stops for harm */
    msp_sim_survival survival;
    bool estimates;                 /* of the hazard ratio, where it stops */
    const msp_sim_general *general; /* NULL: the fast road */
} msp_sim_plan;

typedef enum msp_sim_decision {
    MSP_SIM_NO_CLAIM, /* the last look passed without a claim */
    MSP_SIM_EFFICACY,
    MSP_SIM_FUTILITY, /* at a look before the last */
    MSP_SIM_HARM,
} msp_sim_decision;

/* How a trial ended. */
typedef struct msp_sim_outcome {
    size_t look; /* from 0 */
    msp_sim_decision decision;
    bool short_of_events; /* those of a look never came: it is the last one, at the last event */
    double z, time;
    size_t events, enrolled;
    double log_ratio, std_error;      /* Cox, Breslow; NaN where not asked for or infinite */
    double look_time[MSP_LOOKS_MAX];  /* up to `look` */
    double look_z[MSP_LOOKS_MAX];     /* likewise; a look that was left out has that of the end */
    double survival_z, survival_time; /* of the second endpoint, whatever became of the first */
    uint32_t claimed, kept; /* general: bit h for hypothesis h; kept: still tested at the end */
    bool untested;          /* general: the test could not be made at a look, and claimed nothing */
} msp_sim_outcome;

/* Whether survival was claimed: after the first endpoint's claim. */
static inline bool msp_sim_survival_claimed(const msp_sim_plan *plan, const msp_sim_outcome *o)
{
    return plan->survival.events > 0 && o->decision == MSP_SIM_EFFICACY &&
           o->survival_z >= plan->survival.upper;
}

/* A patient as a trial without looks would see them. */
typedef struct msp_sim_patient {
    double entry, time; /* `time` from entry to the event or the loss; infinite: neither */
    bool experimental, event;
    size_t arm; /* which experimental arm, from 0; the number of them for control */
    size_t stratum;
    double death; /* the same of the second endpoint, where there is one */
    bool died;
} msp_sim_patient;

/* MSP_ERANGE for a plan outside the bounds above. */
msp_status msp_sim_check(const msp_sim_plan *plan, msp_error *err);

/* Replays one trial: how it ended, and its patients in the order of entry (n of them; NULL: not
 * asked for). MSP_ERANGE, MSP_EMEM. */
msp_status msp_sim_replay(const msp_sim_plan *plan, uint64_t seed, uint64_t trial,
                          msp_sim_outcome *outcome, msp_sim_patient *patients, msp_error *err);

MSP_END
#endif
