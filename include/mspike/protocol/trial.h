/*
 * trial.h - what the trial is: its names, dates and arms.
 */
#ifndef MSPIKE_PROTOCOL_TRIAL_H
#define MSPIKE_PROTOCOL_TRIAL_H

#include "mspike/form/said.h"

MSP_BEGIN

/* A table of words: the enum and what a protocol writes come from it. */
#define MSP_BLINDING_LIST(X)        \
    X(OPEN_LABEL, "open-label")     \
    X(SINGLE_BLIND, "single-blind") \
    X(DOUBLE_BLIND, "double-blind")
typedef enum msp_blinding {
#define MSP_AS_ENUM(name, text) MSP_BLINDING_##name,
    MSP_BLINDING_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_blinding;

/* A register's name and the trial's number there. */
typedef struct msp_registration {
    msp_place at;
    const char *id;
    msp_said_text number;
} msp_registration;

/* A data cut-off by name: "interim", "final". */
typedef struct msp_cutoff {
    msp_place at;
    const char *id;
    msp_said_date date;
} msp_cutoff;

#define MSP_TRIAL_PHASE_LIST(X) \
    X(1, "1")                   \
    X(1_2, "1/2")               \
    X(2, "2")                   \
    X(2_3, "2/3")               \
    X(3, "3")                   \
    X(3B, "3b")                 \
    X(4, "4")
typedef enum msp_trial_phase {
#define MSP_AS_ENUM(name, text) MSP_TRIAL_PHASE_##name,
    MSP_TRIAL_PHASE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_trial_phase;

typedef struct msp_enrolment {
    msp_place at;
    msp_said_count planned, enrolled; /* patients */
    msp_said_date first, last;        /* partial where no more is known */
} msp_enrolment;

typedef struct msp_trial {
    msp_place at;
    msp_said_text title, acronym, sponsor;
    msp_said_choice phase; /* msp_trial_phase */
    MSP_SAID_LIST(msp_registration) registry;
    msp_said_flag randomised;
    msp_said_choice blinding; /* msp_blinding */
    msp_enrolment enrolment;
    MSP_SAID_LIST(msp_cutoff) cutoffs;
} msp_trial;

typedef struct msp_arm {
    msp_place at;
    const char *id;
    msp_said_text label;        /* NULL: the id */
    msp_said_text value;        /* what the data call it; NULL: the id */
    msp_said_number allocation; /* its share of the randomisation */
    msp_said_count planned;     /* patients */
    msp_said_text regimen;      /* NULL: see phases */
    msp_said_texts phases;      /* in their order */
} msp_arm;

MSP_END
#endif
