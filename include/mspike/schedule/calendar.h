/*
 * calendar.h - a patient's way through an arm: phases, doses, visits, each with its day.
 *
 * The protocol says what is planned; the patient adds what is known of him. Conventions:
 *
 *   day 1           of the study, of a phase and of a cycle is its first day
 *   cycles          follow each other without a gap; a delay moves its cycle and all later ones
 *   a phase         follows the end of the one before (or of the one it names), unless its first
 *                   day is given; one of no length, such as a transplant, ends with its last visit
 *   a dose          an adjustment that fits the patient, else what these days say, else the last
 *                   step reached, else the dose; then the smallest reduction in force
 *   lenalidomide    where the creatinine clearance is given and the dosing has no adjustment by it,
 *                   no more than the label says in renal failure (rule renal_label): below 60
 * mL/min (us) or 50 (eu) 10 mg, below 30 15 mg on every other day, on dialysis 5 mg carfilzomib in
 * mg/m2 without a cap of its own: the rule bsa_cap months, years   are those of the calendar: 31
 * January and one month is the last of February a series        (`every:`) comes first one interval
 * after the start, or on its `day:` after a stop    no dose and no visit of treatment; what remains
 * is follow-up, from that day
 *
 * A regimen that goes on until progression is shown for `cycles` cycles.
 */
#ifndef MSPIKE_SCHEDULE_CALENDAR_H
#define MSPIKE_SCHEDULE_CALENDAR_H

#include "mspike/protocol/protocol.h"
#include "mspike/schedule/dose.h"

MSP_BEGIN

typedef struct msp_patient_value {
    const char *name; /* "age", or a measurement */
    double value;
} msp_patient_value;

/* `phase` NULL: in any. An arm with one regimen has one phase, with the regimen's id. */
typedef struct msp_cycle_delay {
    const char *phase;
    int64_t cycle, days;
} msp_cycle_delay;

/* From this cycle on no more than this dose, in the unit of the planned one; 0: not given. */
typedef struct msp_dose_reduction {
    const char *phase, *drug;
    int64_t cycle;
    msp_decimal dose;
} msp_dose_reduction;

typedef struct msp_phase_begin {
    const char *phase;
    msp_day day;
} msp_phase_begin;

typedef struct msp_patient_plan {
    const char *arm;
    msp_day start;      /* day 1 */
    msp_day stop;       /* treatment stopped: no dose from here on; MSP_NO_DAY: it did not */
    int response;       /* msp_response_asked that was reached; -1: not known */
    int64_t cycles;     /* to show of a regimen without an end, 1 to 1000 */
    msp_body_size size; /* {0}: doses stay per m2 or kg */
    bool dialysis;
    const msp_rules *rules; /* bsa_cap, renal_label; NULL: the protocol's */
    const msp_patient_value *values;
    const msp_cycle_delay *delays;
    const msp_dose_reduction *reductions;
    const msp_phase_begin *begins;
    size_t n_values, n_delays, n_reductions, n_begins;
} msp_patient_plan;

#define MSP_CALENDAR_KIND_LIST(X) \
    X(END, "end")                 \
    X(PHASE, "phase")             \
    X(VISIT, "visit")             \
    X(DOSE, "dose")
typedef enum msp_calendar_kind { /* in the order of a day */
#define MSP_AS_ENUM(name, text) MSP_CALENDAR_##name,
                                 MSP_CALENDAR_KIND_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_calendar_kind;

typedef struct msp_calendar_entry {
    msp_calendar_kind kind;
    msp_day day;              /* the first */
    int64_t n_days;           /* of a dose given on so many days in a row; else 1 */
    msp_day earliest, latest; /* window; both `day` where there is none */
    const char *phase;        /* id; NULL before and outside them */
    int64_t cycle, cycle_day; /* 0: none */
    const char *name;         /* what to call it */
    const char *note;         /* of an end, a phase, a questionnaire, a label's dose; NULL: none */
    const msp_visit *visit;   /* VISIT; NULL for a contact and a questionnaire */
    const msp_dosing *dosing; /* DOSE */
    msp_said_quantity dose;   /* as prescribed, after a reduction */
    msp_decimal cap;          /* of the body surface, where `capped` */
    msp_decimal mg;           /* a day */
    bool mg_known, capped, reduced;
    size_t order; /* as it was found */
} msp_calendar_entry;

typedef struct msp_calendar {
    msp_arena arena;
    const char *title, *arm; /* of the protocol; what outputs call the arm */
    msp_day start;
    bool needs_surface, needs_weight; /* some dose has no milligrams for want of it */
    msp_calendar_entry *entries;      /* by day, then by kind */
    size_t n, room;
} msp_calendar; /* {0} is an empty one */

/* Texts point into the protocol, which has to outlive the calendar. MSP_EUSAGE for an arm, phase or
 * drug that there is none of, MSP_ERANGE for days out of order or beyond the year 9999, MSP_EMEM.
 * On failure *out is empty. */
msp_status msp_calendar_make(const msp_protocol *protocol, const msp_patient_plan *patient,
                             msp_calendar *out, msp_error *err);
void msp_calendar_free(msp_calendar *calendar);
/* The dose of the first adjustment that fits the patient's values; NULL: none does. */
const msp_said_quantity *msp_dosing_adjusted(const msp_dosing *dosing,
                                             const msp_patient_plan *patient);

MSP_END
#endif
