/*
 * cases.h - what was seen in each patient: from laboratory values to values, responses and their
 * reasons, for figures and listings of patients.
 *
 * Times are months (30.4375 days) after the baseline, which is time 0. What is judged, and how, is
 * what `mspike respond` does under the same protocol.
 */
#ifndef MSPIKE_ANALYSIS_CASES_H
#define MSPIKE_ANALYSIS_CASES_H

#include "mspike/base/findings.h"
#include "mspike/protocol/protocol.h"
#include "mspike/response/level.h"

MSP_BEGIN

typedef struct msp_case_value {
    double time, value;
    bool below;         /* below what can be quantified */
    double limit;       /* where `value` is 0 for that: what can be; NaN: not known */
    double lowest;      /* earlier value; NaN: none */
    double progression; /* from here on the rise from it is progression; NaN: it never is */
} msp_case_value;

#define MSP_CASE_SERIES_MAX 4
typedef struct msp_case_series {
    const char *name, *unit, *abbreviation; /* "serum M-protein", "g/dL", "serum" */
    double baseline;                        /* NaN: not known */
    const msp_case_value *values;
    size_t n;
} msp_case_series;

typedef struct msp_case_visit {
    double time;
    const char *level; /* "VGPR"; "EXCL" on or after the next therapy */
    msp_response_level confirmed;
    bool excluded;
    const char *why; /* the reasons, one a line */
} msp_case_visit;

/* NaN: it did not happen, or is not known. */
typedef struct msp_case {
    const char *id, *arm; /* arm: as the subjects' table has it; "" where there is none */
    const char *disease;  /* "serum" */
    msp_day baseline;     /* day of time 0 */
    msp_response_level best;
    const char *marker; /* abbreviation of what the disease is measured by; "" none */
    double change;      /* the best of it, % of the baseline, before the next therapy */
    double first_dose, last_dose, response, progression, next_therapy, death;
    double last; /* known day */
    const msp_case_visit *visits;
    size_t n_visits;
    msp_case_series series[MSP_CASE_SERIES_MAX]; /* those that were measured; the disease's first */
    size_t n_series;
} msp_case;

typedef struct msp_cases {
    msp_case *items; /* in byte order of their ids */
    size_t n;
    msp_arena arena;
} msp_cases; /* {0} is empty */

/* Reads and judges the patients of `folder`. A folder without laboratory values (labs.h)
 * is no fault: *out is empty then. Values that cannot be used become findings. */
msp_status msp_cases_make(const msp_protocol *protocol, const char *folder, msp_cases *out,
                          msp_findings *findings, msp_error *err);
void msp_cases_free(msp_cases *cases);

MSP_END
#endif
