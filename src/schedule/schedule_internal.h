/* schedule_internal.h - what the parts of a calendar share while it is made. */
#ifndef MSPIKE_SCHEDULE_INTERNAL_H
#define MSPIKE_SCHEDULE_INTERNAL_H

#include "mspike/schedule/calendar.h"

/* A phase as this patient goes through it. */
typedef struct msp__stretch {
    const msp_phase *phase;
    const msp_regimen *regimen; /* NULL: no treatment */
    msp_day begin, end;         /* the day after its last; MSP_NO_DAY while it is not known */
    const msp_day *cycles;      /* n_cycles first days, and the end of the last */
    int64_t n_cycles;
    bool open; /* shown for so many cycles, but it goes on */
} msp__stretch;

typedef struct msp__making {
    const msp_protocol *protocol;
    const msp_patient_plan *patient;
    const msp_rules *rules;
    msp_calendar *out;
    bool without_label; /* of lenalidomide in renal failure: the protocol's doses alone */
    msp_day last_dose;  /* MSP_NO_DAY: none, or treatment goes on beyond the calendar */
} msp__making;

/* A new entry of one day, of no phase where `s` is NULL; NULL where memory is out or the day is
 * beyond the calendar. */
msp_calendar_entry *msp__entry(msp__making *m, const msp__stretch *s, msp_calendar_kind kind,
                               msp_day day, const char *name, msp_error *err);
/* The doses of every cycle, and where a drug ends before its regimen. */
msp_status msp__add_doses(msp__making *m, const msp__stretch *s, msp_error *err);
/* renal.c: what a label says of a dose in renal failure. */
typedef struct msp__renal {
    const char *label; /* "US" */
    double clearance;  /* mL/min */
    bool dialysis, alternate;
} msp__renal;
/* Whether the dose is lenalidomide's and the label says less, which *dose then is. */
bool msp__renal_dose(const msp__making *m, const msp_dosing *d, msp_said_quantity *dose,
                     msp__renal *out);
/* planned.c: the dose of a day of the cycle, one of `row`'s days, the first of which (in its range)
 * is `from`; false where none is planned on it. */
typedef struct msp__planned {
    msp_said_quantity dose;
    msp__renal renal;
    bool by_label;
} msp__planned;
bool msp__planned_dose(const msp__making *m, const msp_dosing *d, const msp_dose_days *row,
                       int64_t cycle, int64_t day, int64_t from, msp__planned *out);
/* The dosing's own cap of the body surface; of carfilzomib else the rule's. */
msp_said_quantity msp__dose_cap(const msp__making *m, const msp_dosing *d);
/* NULL where memory is out. */
const char *msp__renal_note(msp_arena *arena, const msp__renal *renal);
/* The visits of a phase, or (NULL) those of the whole trial; in *last the day of the last one,
 * where it is later than that. */
msp_status msp__add_visits(msp__making *m, const msp__stretch *s, msp_day *last, msp_error *err);
/* Whether treatment has stopped by `day`. */
bool msp__stopped(const msp__making *m, msp_day day);
/* `n` times a duration after `day`, in days, weeks, months or years; `day` for anything else. */
msp_day msp__after(msp_day day, const msp_said_quantity *duration, int64_t n);

#endif
