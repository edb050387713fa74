/* internal.h - one patient's course of disease on the way from measurements to levels. */
#ifndef MSP_RESPONSE_INTERNAL_H
#define MSP_RESPONSE_INTERNAL_H

#include "mspike/patient/fact.h"
#include "mspike/response/judge.h"

/* 128 bits hold the product of any value and any factor; gcc and clang have the type. */
__extension__ typedef __int128 msp__wide;

#define BIT(i) (1u << (i))

/* For what is made once for each value of its switches. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Where a carried value comes from, beside the value. */
enum { FROM_SERUM, FROM_URINE, FROM_MARROW, FROM_CLONAL, FROM_SPD, FROM_COUNT };

/* One day of assessment; the first is the baseline, put together from the days that each value was
 * taken on. Values are whole numbers of 1/unit of the marker. */
typedef struct msp_seen {
    msp_day day;
    uint32_t has;                        /* bit i: msp_judged i is known here */
    uint32_t markers;                    /* bit i: msp_marker i was measured here */
    uint32_t has_nadir;                  /* there is an earlier value, the baseline's included */
    uint32_t above;                      /* this value is above the lowest of them */
    int64_t value[MSP_JUDGED_COUNT + 1]; /* the last is of no account */
    uint32_t less, more;                 /* bit i: the value of msp_judged i is only an upper, only
                                            a lower bound: "<5", ">5" */
    uint32_t strict;                     /* and is not the bound itself */
    uint16_t nadir_at[MSP_NADIR_COUNT];  /* which assessment has the lowest */
    uint16_t from[FROM_COUNT];           /* which assessment a carried value is of */
} msp_seen;

typedef struct msp_course {
    const msp_patient *patient;
    const msp_criteria *criteria;
    int64_t unit[MSP_MARKER_APART];         /* what 1 is, in the values' whole numbers */
    msp_day baseline_day[MSP_MARKER_APART]; /* of each baseline value */
    msp_disease_type type;
    bool plasmacytoma; /* at baseline */
    bool bounded;      /* some value is only a bound */
    char chain;
    bool ordinary;                       /* units are thousandths */
    const msp_row_list *lists;           /* by level, for this disease */
    const msp_check_list *list;          /* the same as checks */
    uint32_t followed;                   /* bit i: the lowest value of msp_judged i is kept */
    uint8_t marker_of[MSP_JUDGED_COUNT]; /* msp_marker that a judged value is read from */
    uint32_t ever;                       /* bit i: msp_judged i is of some assessment itself */
    msp_check checks[MSP_RESPONSE_ROWS_MAX];
    msp_seen *seen; /* [0] is the baseline */
    size_t n_seen, cap_seen;
} msp_course;

static inline void msp__put(msp_seen *seen, msp_judged judged, int64_t value)
{
    seen->value[judged] = value;
    seen->has |= BIT(judged);
}

static inline bool msp__has(const msp_seen *seen, msp_judged judged)
{
    return (seen->has & BIT(judged)) != 0;
}

/* The value that a fall is measured from: at baseline the carried ones are the plain ones. */
static inline msp_judged msp__plain_of(msp_judged judged)
{
    switch (judged) {
    case MSP_JUDGED_SERUM_RECENT:
        return MSP_JUDGED_SERUM;
    case MSP_JUDGED_URINE_RECENT:
        return MSP_JUDGED_URINE;
    case MSP_JUDGED_SPD_RECENT:
        return MSP_JUDGED_SPD;
    case MSP_JUDGED_MARROW_RUN:
        return MSP_JUDGED_MARROW;
    case MSP_JUDGED_CLONAL_RUN:
        return MSP_JUDGED_CLONAL;
    default:
        return judged;
    }
}

static inline msp_marker msp__judged_marker(const msp_course *course, msp_judged judged)
{
    return (msp_marker)course->marker_of[judged];
}

static inline int64_t msp__unit(const msp_course *course, msp_judged judged)
{
    return course->unit[course->marker_of[judged]];
}

/* MSP_NO_DAY where there is no baseline value. */
static inline msp_day msp__baseline_day(const msp_course *course, msp_judged judged)
{
    return course->baseline_day[course->marker_of[judged]];
}

static inline bool msp__has_nadir(const msp_seen *seen, msp_judged judged)
{
    return judged < MSP_NADIR_COUNT && (seen->has_nadir & BIT(judged)) != 0;
}

/* The lowest value before this assessment, where there is one. */
static inline int64_t msp__nadir(const msp_course *course, const msp_seen *seen, msp_judged judged)
{
    return course->seen[seen->nadir_at[judged]].value[judged];
}

/* "<5": 5 itself is not meant. */
static inline bool msp__is_strictly_less(const msp_seen *seen, size_t judged)
{
    return (seen->less & seen->strict & BIT(judged)) != 0;
}

/* Whether a value is from low to high: of one that is only a bound, yes and no where every value
 * that it leaves open is, or is not. */
msp_fact msp__is_within(const msp_seen *seen, msp_judged judged, int64_t low, int64_t high);

/* Nadirs of what is there, and values that are carried, of every assessment; in look_back.c. */
void msp__look_back(msp_course *course);

/* From the patient's measurements to what was seen at each assessment; where only the rows ask,
 * lowest values are kept of what they look at. */
msp_status msp__course_build(msp_course *course, const msp_patient *patient,
                             const msp_criteria *criteria, bool only_rows, msp_error *err);

/* The rows of `lists`, by level, as they are asked; in checks.c. */
void msp__make_checks(const msp_criteria *criteria, const msp_row_list *lists, msp_check_list *out);
/* The same for this patient; once the course is there. */
void msp__set_checks(msp_course *course);
/* The values that meet one at an assessment. */
void msp__set_range(const msp_course *course, const msp_seen *seen, msp_check *check);
/* Whether a row is met at assessment i. */
msp_fact msp__row_fact(const msp_course *course, size_t row, size_t i);
/* Markers that the disease type is judged by and that are missing at i; *all says none is there. */
uint32_t msp__missing_markers(const msp_course *course, size_t i, bool *all);
/* Whether anything of the disease was looked at. */
bool msp__anything_seen(const msp_seen *seen);

/* Confirmation, and what follows: best, dates, relapses. assessed[k] is seen[k + 1]. */
void msp__confirm(const msp_course *course, msp_assessed *assessed, size_t n,
                  msp_response_result *out);
void msp__relapses(const msp_course *course, msp_assessed *assessed, size_t n,
                   msp_response_result *out);

#endif
