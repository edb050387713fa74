/*
 * lab_course.h - a patient's laboratory grades in time: baseline, worst on treatment, the shift.
 *
 * The baseline of a test is its last value on or before the day of the first dose. On treatment is
 * what is later, up to `teae_days` (30) after the last dose, as adverse events are; with
 * teae_stop_at_new_therapy up to the day before the next therapy. Every value of the patient is
 * graded beside that baseline, also the baseline itself, as admiral does: of an enzyme that was
 * above its limit then, version 5 counts what it grew by.
 */
#ifndef MSPIKE_SAFETY_LAB_COURSE_H
#define MSPIKE_SAFETY_LAB_COURSE_H

#include "mspike/safety/grade.h"
#include "mspike/safety/teae.h"

MSP_BEGIN

typedef struct msp_lab_grade {
    const msp_blood *x, *baseline; /* NULL: there is none */
    msp_toxicity toxicity;
    msp_grade grade, baseline_grade; /* the second unknown where there is no baseline */
    bool is_baseline, on_treatment;
    bool worst; /* the first of the highest grade on treatment */
} msp_lab_grade;

#define MSP_GRADE_NOT_MEASURED (-2)
typedef struct msp_lab_shift {
    int baseline, worst;     /* 0 to 4, MSP_GRADE_UNKNOWN, MSP_GRADE_NOT_MEASURED */
    const msp_lab_grade *at; /* the worst; NULL where none is graded */
} msp_lab_shift;

typedef struct msp_lab_course {
    const msp_blood *baseline[MSP_BLOOD_COUNT]; /* NULL: there is none */
    bool *on_treatment;                         /* of each value, graded or not */
    msp_lab_grade *grades; /* in the order of the values; of calcium, say, one each way */
    size_t n;
    msp_lab_shift shifts[MSP_TOXICITY_COUNT];
} msp_lab_course;

/* Grades a patient's values; lives in `arena`. Without a first dose nothing is baseline or on
 * treatment. MSP_EMEM. */
msp_status msp_lab_course_of(const msp_blood_of *values, const msp_treated_time *exposure,
                             const msp_teae_rules *rules, msp_ctcae version, msp_arena *arena,
                             msp_lab_course *out, msp_error *err);

/* Those that the version grades by values. */
bool msp_toxicity_is_graded(msp_toxicity toxicity, msp_ctcae version);

MSP_END
#endif
