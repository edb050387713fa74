/*
 * exposure.h - what a patient got, beside what was planned: cycles with their delays, dose
 * intensity, reductions and omissions (rules.md 5; docs/methods/exposure.md).
 *
 * A cycle is started by the first dose of any drug of the arm's regimen in it. Which cycle a dose
 * is of says EX where it names one; else its day does: the next cycle begins with the first dose on
 * or after its planned day, or up to `delay_days` before it where the cycle that runs plans no dose
 * on these days. A cycle of which EX names none is passed over; by days alone there are no such
 * cycles, only late ones.
 *
 * Planned is the start of the cycle before plus its planned length (and that of each cycle passed
 * over); the first cycle of a phase is not planned. Late are the days after the planned one, and a
 * cycle is delayed where they are more than the rule `delay_days`.
 *
 *   planned intensity   what the regimen plans of a drug in the cycles up to the last one started,
 *                       a week of these cycles
 *   actual intensity    what was given, a week: from the first dose to the end of the last cycle
 *                       started or, where it is earlier, of treatment (DS), death, the crossover or
 *                       the cut-off; without the time between phases
 *   reduction           a day's dose below the level assigned before, which is the part that was
 *                       given of the planned dose, 1 at first: what is planned to change is no
 *                       reduction. A dose in mg of one that goes by body surface or weight is lower
 *                       where it is so by more than a tenth: rounding to vials, a change of weight
 *   omission            a planned day of a drug without a dose, up to the drug's last dose
 */
#ifndef MSPIKE_SCHEDULE_EXPOSURE_H
#define MSPIKE_SCHEDULE_EXPOSURE_H

#include "mspike/patient/patient.h"
#include "mspike/schedule/calendar.h"

MSP_BEGIN

typedef struct msp_cycle_begun {
    const char *phase; /* id; of an arm with one regimen the regimen's */
    int64_t cycle;     /* from 1 in its phase */
    msp_day start;     /* first dose */
    msp_day planned;   /* MSP_NO_DAY: the first of its phase */
    int64_t late;      /* days; below 0: earlier than planned; 0 where none was planned */
    int64_t passed;    /* cycles without a dose just before it */
    bool delayed;
} msp_cycle_begun;

typedef struct msp_drug_exposure {
    const char *drug;                /* id */
    const char *unit;                /* of the doses: "mg"; NULL where not known */
    double given, planned;           /* in that unit; NaN: not known */
    double planned_rate, given_rate; /* a week */
    double relative;                 /* %: 100 given_rate / planned_rate */
    int64_t days;                    /* with a dose; -1: not known */
    int64_t reductions, omissions;   /* the same */
    const char *note;                /* why something is not known; NULL: all is */
} msp_drug_exposure;

typedef struct msp_dosage {
    msp_day first, last; /* dose */
    const msp_cycle_begun *cycles;
    size_t n_cycles;   /* 0: no dose of a drug of the arm's, and nothing else is known */
    msp_day cycle_end; /* the day after the last cycle started, as planned */
    int64_t n_delays, days_delayed, n_passed;
    double planned_weeks, actual_weeks;
    const msp_drug_exposure *drugs; /* in the order of the regimens */
    size_t n_drugs;
} msp_dosage;

/* Of `plan` the arm, the size of the body, the values and the rules count. Arrays live in `arena`,
 * texts in the protocol or there. MSP_EUSAGE for an arm that there is none of, MSP_EINPUT where a
 * cycle's length is not said, MSP_EMEM. */
msp_status msp_dosage_find(const msp_protocol *protocol, const msp_patient *patient,
                           const msp_patient_plan *plan, msp_arena *arena, msp_dosage *out,
                           msp_error *err);

MSP_END
#endif
