/*
 * treatment.h - what patients get and when: drugs, regimens, phases, visits, crossover.
 *
 * Days count from 1 within a cycle, cycles from 1 within a regimen. A drug ends with the last cycle
 * of its schedule; a schedule with an open range ("13-") goes on as long as the regimen does.
 */
#ifndef MSPIKE_PROTOCOL_TREATMENT_H
#define MSPIKE_PROTOCOL_TREATMENT_H

#include "mspike/form/said.h"

MSP_BEGIN

#define MSP_DRUG_CLASS_LIST(X)                      \
    X(PROTEASOME_INHIBITOR, "proteasome-inhibitor") \
    X(IMMUNOMODULATORY, "immunomodulatory")         \
    X(ANTI_CD38, "anti-CD38")                       \
    X(ANTI_SLAMF7, "anti-SLAMF7")                   \
    X(ANTI_BCMA, "anti-BCMA")                       \
    X(STEROID, "steroid")                           \
    X(ALKYLATOR, "alkylator")                       \
    X(HDAC_INHIBITOR, "HDAC-inhibitor")             \
    X(XPO1_INHIBITOR, "XPO1-inhibitor")             \
    X(BCL2_INHIBITOR, "BCL2-inhibitor")             \
    X(OTHER, "other")
typedef enum msp_drug_class {
#define MSP_AS_ENUM(name, text) MSP_DRUG_CLASS_##name,
    MSP_DRUG_CLASS_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_drug_class;

typedef struct msp_drug {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_choice drug_class; /* msp_drug_class */
    msp_said_texts values;      /* what the exposure table calls it; empty: the id */
} msp_drug;

#define MSP_DOSE_UNIT_LIST(X) \
    X(MG, "mg")               \
    X(MG_PER_M2, "mg/m2")     \
    X(MG_PER_KG, "mg/kg")     \
    X(UG_PER_KG, "ug/kg")     \
    X(G, "g")
typedef enum msp_dose_unit {
#define MSP_AS_ENUM(name, text) MSP_DOSE_##name,
    MSP_DOSE_UNIT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_dose_unit;

#define MSP_ROUTE_LIST(X) \
    X(ORAL, "oral")       \
    X(IV, "iv")           \
    X(SC, "sc")           \
    X(IM, "im")           \
    X(ORAL_OR_IV, "oral-or-iv")
typedef enum msp_route {
#define MSP_AS_ENUM(name, text) MSP_ROUTE_##name,
    MSP_ROUTE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_route;

/* Durations are msp_said_quantity with one of these units. */
#define MSP_DURATION_UNIT_LIST(X) \
    X(MINUTES, "min")             \
    X(HOURS, "h")                 \
    X(DAYS, "days")               \
    X(WEEKS, "weeks")             \
    X(MONTHS, "months")           \
    X(YEARS, "years")             \
    X(CYCLES, "cycles")
typedef enum msp_duration_unit {
#define MSP_AS_ENUM(name, text) MSP_DURATION_##name,
    MSP_DURATION_UNIT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_duration_unit;

/* From this day of this cycle on the dose is another one. */
typedef struct msp_dose_step {
    msp_place at;
    msp_said_count cycle, day;
    msp_said_quantity dose; /* msp_dose_unit */
} msp_dose_step;

/* Another dose for patients with a value in [at_least, at_most] or strictly inside (above, below);
 * a bound that was not said does not bind. */
typedef struct msp_dose_adjustment {
    msp_place at;
    msp_said_text measure; /* "age", or a measurement */
    msp_said_number at_least, above, below, at_most;
    msp_said_quantity dose;
} msp_dose_adjustment;

/* Days of these cycles on which the drug is given, with their own dose where one is said. */
typedef struct msp_dose_days {
    msp_place at;
    msp_said_range cycles;
    msp_said_ranges days;
    msp_said_quantity dose;
} msp_dose_days;

typedef struct msp_dosing {
    msp_place at;
    const char *id;
    msp_said_text drug; /* NULL: the id names it */
    msp_said_choice route;
    msp_said_quantity infusion; /* msp_duration_unit: min or h */
    msp_said_quantity dose;
    MSP_SAID_LIST(msp_dose_step) steps; /* in the order of time */
    MSP_SAID_LIST(msp_dose_adjustment) adjustments;
    msp_said_quantity bsa_cap; /* m2; a larger body surface is dosed as this one */
    MSP_SAID_LIST(msp_dose_days) schedule;
} msp_dosing;

/* The id of the drug that is dosed. */
static inline const char *msp_dosing_drug(const msp_dosing *dosing)
{
    return dosing->drug.text != NULL ? dosing->drug.text : dosing->id;
}

typedef struct msp_cycle_length {
    msp_place at;
    msp_said_range cycles;
    msp_said_quantity length; /* msp_duration_unit: days or weeks */
} msp_cycle_length;

#define MSP_UNTIL_LIST(X)         \
    X(PROGRESSION, "progression") \
    X(TOXICITY, "toxicity")       \
    X(WITHDRAWAL, "withdrawal")
typedef enum msp_until {
#define MSP_AS_ENUM(name, text) MSP_UNTIL_##name,
    MSP_UNTIL_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_until;

typedef struct msp_regimen {
    msp_place at;
    const char *id;
    msp_said_text label;
    MSP_SAID_LIST(msp_cycle_length) cycle;
    msp_said_count cycles;  /* how many; MSP_NO_COUNT never, line 0: until `until` */
    msp_said_choices until; /* msp_until */
    MSP_SAID_LIST(msp_dosing) drugs;
} msp_regimen;

#define MSP_PHASE_LIST(X)             \
    X(INDUCTION, "induction")         \
    X(TREATMENT, "treatment")         \
    X(TRANSPLANT, "transplant")       \
    X(CONSOLIDATION, "consolidation") \
    X(MAINTENANCE, "maintenance")     \
    X(FOLLOW_UP, "follow-up")
typedef enum msp_phase_kind {
#define MSP_AS_ENUM(name, text) MSP_PHASE_##name,
    MSP_PHASE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_phase_kind;

/* A response that is asked for, at least; best first, as IMWG orders them. */
#define MSP_RESPONSE_LIST(X) \
    X(SCR, "sCR")            \
    X(CR, "CR")              \
    X(VGPR, "VGPR")          \
    X(PR, "PR")              \
    X(MR, "MR")              \
    X(SD, "SD")
typedef enum msp_response_asked {
#define MSP_AS_ENUM(name, text) MSP_ASKED_##name,
    MSP_RESPONSE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_response_asked;

typedef struct msp_phase {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_choice kind; /* msp_phase_kind */
    msp_said_text regimen;
    msp_said_count cycles;      /* of the regimen */
    msp_said_quantity duration; /* or so long */
    msp_said_text after;        /* the phase it follows; NULL: as the arm lists them */
    msp_said_choice requires;   /* msp_response_asked to enter it, at least; line 0: none */
    msp_said_quantity within;   /* after the end of the phase before */
    msp_said_quantity every;    /* of follow-up: the interval of contacts */
} msp_phase;

#define MSP_ASSESSMENT_LIST(X)            \
    X(RESPONSE, "response")               \
    X(LABS, "labs")                       \
    X(MARROW, "marrow")                   \
    X(MRD, "mrd")                         \
    X(IMAGING, "imaging")                 \
    X(ADVERSE_EVENTS, "adverse-events")   \
    X(QUALITY_OF_LIFE, "quality-of-life") \
    X(SURVIVAL, "survival")               \
    X(HARVEST, "stem-cell-harvest")
typedef enum msp_assessment {
#define MSP_AS_ENUM(name, text) MSP_ASSESSMENT_##name,
    MSP_ASSESSMENT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_assessment;

typedef struct msp_window {
    msp_place at;
    msp_said_quantity before, after, either;
} msp_window;

/* What the day of a visit counts from: of the study, the phase or the cycle its first day, which is
 * day 1; of the last dose of treatment that day, and day 1 is the next. */
#define MSP_VISIT_ORIGIN_LIST(X) \
    X(START, "start")            \
    X(LAST_DOSE, "last-dose")
typedef enum msp_visit_origin {
#define MSP_AS_ENUM(name, text) MSP_VISIT_##name,
    MSP_VISIT_ORIGIN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_visit_origin;

/* A visit, or a series of them: a study day, a day of each cycle, or one every so often. */
typedef struct msp_visit {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_text phase;     /* NULL: the whole trial */
    msp_said_count day;      /* of the study, or of each of `cycles` */
    msp_said_choice origin;  /* msp_visit_origin */
    msp_said_range cycles;   /* line 0: `day` is a study day */
    msp_said_quantity every; /* line 0: once */
    msp_said_quantity until; /* how long such a series goes on; line 0: as the phase */
    msp_window window;
    msp_said_choices assess; /* msp_assessment */
} msp_visit;

/* Patients of one arm who go over to another treatment, with a time origin of their own. */
typedef struct msp_crossover {
    msp_place at;
    msp_said_text from; /* arm */
    msp_said_text regimen;
    msp_said_choice when;     /* always progression today */
    msp_said_text population; /* those who did; NULL: no data yet */
    msp_said_texts endpoints; /* counted from the crossover */
} msp_crossover;

MSP_END
#endif
