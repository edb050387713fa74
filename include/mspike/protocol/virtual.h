/*
 * virtual.h - the virtual block: what is supposed of patients, so that a trial can be simulated
 * with its laboratory values. Times are in months, hazards and rates per month; the model is that
 * of mspike/simulate/kinetics.h and docs/methods/virtual-patients.md.
 */
#ifndef MSPIKE_PROTOCOL_VIRTUAL_H
#define MSPIKE_PROTOCOL_VIRTUAL_H

#include "mspike/form/said.h"

MSP_BEGIN

/* Differs between patients: log-normal with this median, and this standard deviation of its natural
 * logarithm. */
typedef struct msp_virtual_spread {
    msp_place at;
    msp_said_number median, spread;
} msp_virtual_spread;

/* A published figure that the scenario is to give. */
#define MSP_VIRTUAL_FIGURE_LIST(X)  \
    X(PFS_MEDIAN, "pfs-median")     \
    X(PFS_RATE, "pfs-rate")         \
    X(HAZARD_RATIO, "hazard-ratio") \
    X(ORR, "orr")                   \
    X(VGPR, "vgpr")                 \
    X(CR, "cr")                     \
    X(OS_RATE, "os-rate")
typedef enum msp_virtual_figure {
#define MSP_AS_ENUM(name, text) MSP_FIGURE_##name,
    MSP_VIRTUAL_FIGURE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_FIGURE_COUNT
} msp_virtual_figure;

typedef struct msp_virtual_target {
    msp_place at;
    msp_said_choice figure; /* msp_virtual_figure */
    msp_said_number value;  /* months, a fraction, or a ratio */
    msp_said_number time;   /* month of a rate */
    msp_said_text source;
} msp_virtual_target;

typedef struct msp_virtual_death {
    msp_place at;
    msp_said_number before, after; /* hazards, before and after progression */
} msp_virtual_death;

/* How much of the disease the transplant takes, in powers of ten. */
typedef struct msp_virtual_transplant {
    msp_place at;
    msp_said_number sensitive, resistant;
} msp_virtual_transplant;

typedef struct msp_virtual_arm {
    msp_place at;
    const char *id;               /* of an arm of the protocol */
    msp_virtual_spread decay;     /* of what is sensitive */
    msp_virtual_spread resistant; /* its share of the disease, as odds */
    msp_virtual_spread growth;    /* of what is resistant */
    msp_said_number regrowth; /* growth without treatment, to that of what is resistant under it */
    msp_virtual_transplant transplant;
    msp_virtual_spread harvest; /* line 0: no stem cells are collected */
    msp_said_number refractory; /* fraction of patients whose disease only grows */
    msp_said_number deep;       /* fraction of patients with a thousandth of that resistance */
    msp_virtual_death death;
    msp_said_number stop;                           /* hazard of stopping treatment for toxicity */
    msp_said_number delay, reduction, missed_doses; /* probabilities, a cycle */
    msp_said_number grade3, serious; /* fractions of patients with such an adverse event */
    MSP_SAID_LIST(msp_virtual_target) targets;
} msp_virtual_arm;

/* Of a stratification factor: one value a level. */
typedef struct msp_virtual_stratum {
    msp_place at;
    const char *id; /* of the factor */
    msp_said_numbers shares;
    msp_said_numbers growth; /* factor of the growth rate; empty: 1 */
} msp_virtual_stratum;

/* By what the disease is measured: shares of the patients. */
typedef struct msp_virtual_measured {
    msp_place at;
    msp_said_number serum, urine, both, light_chains;
} msp_virtual_measured;

/* Who of the arm that the protocol's `crossover:` names goes over, and the disease then. */
typedef struct msp_virtual_crossing {
    msp_place at;
    msp_said_number share;        /* of those whose progression the site sees */
    msp_virtual_spread delay;     /* days from that visit to the first dose */
    msp_virtual_spread decay;     /* of what is sensitive */
    msp_virtual_spread resistant; /* to this treatment, of what resists the first one, as odds */
    msp_said_number growth;       /* of what is resistant, to that under the first treatment */
    MSP_SAID_LIST(msp_virtual_target) targets;
} msp_virtual_crossing;

/* Soft-tissue plasmacytomas. */
typedef struct msp_virtual_plasmacytomas {
    msp_place at;
    msp_said_number share; /* of the patients who have measurable ones at the start */
    msp_said_number fresh; /* `new`: of the patients in whom another one comes with progression */
    msp_said_count every;  /* visits between two scans */
} msp_virtual_plasmacytomas;

typedef struct msp_virtual {
    msp_place at;
    msp_said_number follow_up; /* after the last patient */
    msp_virtual_measured measured;
    msp_said_number missed_visits, missed_labs; /* probabilities */
    msp_said_number withdrawal;                 /* hazard */
    MSP_SAID_LIST(msp_virtual_stratum) strata;
    MSP_SAID_LIST(msp_virtual_arm) arms;
    msp_virtual_crossing crossover;
    msp_virtual_plasmacytomas plasmacytomas;
} msp_virtual;

MSP_END
#endif
