/* internal.h - one patient's course of disease on the way from measurements to levels. */
#ifndef MSP_RESPONSE_INTERNAL_H
#define MSP_RESPONSE_INTERNAL_H

#include "mspike/patient/fact.h"
#include "mspike/response/judge.h"

/* 128 bits hold the product of any value and any factor; gcc and clang have the type. */
__extension__ typedef __int128 msp__wide;

#define BIT(i) (1u << (i))

/* Where a carried value comes from, beside the value. */
enum { FROM_SERUM, FROM_URINE, FROM_MARROW, FROM_CLONAL, FROM_SPD, FROM_COUNT };

/* One day of assessment; the first is the baseline, put together from the days that each value was
 * taken on. Values are whole numbers of 1/unit of the marker. */
typedef struct msp_seen {
    msp_day day;
    uint32_t has;     /* bit i: msp_judged i is known here */
    uint32_t markers; /* bit i: msp_marker i was measured here */
    int64_t value[MSP_JUDGED_COUNT];
    uint32_t has_nadir; /* lowest earlier value, the baseline's included */
    int64_t nadir[MSP_NADIR_COUNT];
    uint16_t nadir_at[MSP_NADIR_COUNT]; /* which assessment it was at */
    uint16_t from[FROM_COUNT];          /* which assessment a carried value is of */
} msp_seen;

typedef struct msp_course {
    const msp_patient *patient;
    const msp_criteria *criteria;
    int64_t unit[MSP_JUDGED_COUNT];         /* what 1 is, in the values' whole numbers */
    msp_day baseline_day[MSP_JUDGED_COUNT]; /* of each baseline value */
    msp_disease_type type;
    bool plasmacytoma; /* at baseline */
    char chain;
    const msp_row_list *lists; /* by level, for this disease */
    /* amounts of the rows in the units of their values */
    int64_t amount[MSP_RESPONSE_ROWS_MAX], from[MSP_RESPONSE_ROWS_MAX];
    msp_seen *seen; /* [0] is the baseline */
    size_t n_seen, cap_seen;
} msp_course;

static inline void msp__put(msp_seen *seen, msp_judged judged, int64_t value)
{
    seen->value[judged] = value;
    seen->has |= BIT(judged);
}

/* Nadirs, and values that are carried, of every assessment; in look_back.c. */
void msp__look_back(msp_course *course);

/* Which marker a judged value is read from. */
msp_marker msp__judged_marker(const msp_course *course, msp_judged judged);

/* From the patient's measurements to what was seen at each assessment. */
msp_status msp__course_build(msp_course *course, const msp_patient *patient,
                             const msp_criteria *criteria, msp_error *err);

/* Whether a row is met at assessment i. */
msp_fact msp__row_fact(const msp_course *course, size_t row, size_t i);
/* Markers that the disease type is judged by and that are missing at i; *all says none is there. */
uint32_t msp__missing_markers(const msp_course *course, size_t i, bool *all);
/* Whether anything of the disease was looked at. */
bool msp__anything_seen(const msp_seen *seen);
/* The level at assessment i, the rows for progression that are met, flags. */
void msp__level_at(const msp_course *course, size_t i, msp_assessed *out);

/* Confirmation, and what follows: best, dates, relapses. assessed[k] is seen[k + 1]. */
void msp__confirm(const msp_course *course, msp_assessed *assessed, size_t n,
                  msp_response_result *out);
void msp__relapses(const msp_course *course, msp_assessed *assessed, size_t n,
                   msp_response_result *out);

#endif
