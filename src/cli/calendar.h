/*
 * calendar.h - between the command `calendar` and its output.
 */
#ifndef MSPIKE_CLI_CALENDAR_H
#define MSPIKE_CLI_CALENDAR_H

#include "cli.h"
#include "mspike/schedule.h"

/* What the command line says. */
typedef struct calendar_values {
    cli_common common;
    const char *arm, *start, *stop, *patient;
    const char *bsa, *weight, *height, *age;
    msp_words values, delays, reductions, begins;
    int response;
    bool dialysis;
    uint64_t cycles;
} calendar_values;

/* The answer, appended. */
void calendar_as_text(const msp_calendar *c, msp_text *out);
void calendar_as_csv(const msp_calendar *c, msp_text *out);
void calendar_as_json(const msp_calendar *c, const msp_patient_plan *plan, msp_text *out);

#endif
