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

typedef struct msp_enrolment {
    msp_place at;
    msp_said_count planned, enrolled; /* patients */
    msp_said_date first, last;        /* partial where no more is known */
} msp_enrolment;

typedef struct msp_trial {
    msp_place at;
    msp_said_text title, acronym, phase, sponsor;
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
