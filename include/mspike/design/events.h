/*
 * events.h - how many events to expect, and when, in a trial of two arms that enrols over time.
 *
 * Hazards, enrolment and effects are steps in time (months, here); people drop out at a constant
 * rate, independently. All expectations are closed forms.
 */
#ifndef MSPIKE_DESIGN_EVENTS_H
#define MSPIKE_DESIGN_EVENTS_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* rate[i] holds from from[i] to from[i + 1], the last one for ever; from[0] is 0 and `from`
 * increases. The arrays are the caller's. */
typedef struct msp_steps {
    size_t n;
    const double *from, *rate;
} msp_steps;

/* One arm: its share of the patients, its hazard of the event, its rate of dropping out. */
typedef struct msp_arm_course {
    double share;
    msp_steps hazard;
    double dropout;
} msp_arm_course;

/* Patients per month until `duration`, when nobody comes in any more. */
typedef struct msp_intake {
    msp_steps rate;
    double duration;
} msp_intake;

/* Experimental, control. Shares add up to 1. */
typedef struct msp_two_arms {
    msp_arm_course arm[2];
    msp_intake enrolment;
} msp_two_arms;

/* Patients that came in by `time`, and events that happened by then, expected. */
double msp_enrolled(const msp_intake *enrolment, double time);
double msp_events_by(const msp_two_arms *trial, double time);

/* When `events` are expected; NaN where they never come (msp_events_by at 10^6 months is less). */
double msp_time_of_events(const msp_two_arms *trial, double events);

/* What the log-rank test expects of the trial at `time`: the mean of Z (positive where the
 * experimental arm does better) over the square root of the expected number of events. Lakatos,
 * Biometrics 44:229 (1988), in the limit of short intervals: the mean of the score is the sum over
 * events of phi/(1 + phi) - phi theta/(1 + phi theta), its variance that of phi/(1 + phi)^2, with
 * phi the ratio of patients at risk and theta that of the hazards. */
double msp_lakatos_effect(const msp_two_arms *trial, double time);

MSP_END
#endif
