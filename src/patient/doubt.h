/*
 * doubt.h - what can be wrong with a reported value, and how it is said; the readers share it.
 */
#ifndef MSPIKE_PATIENT_DOUBT_H
#define MSPIKE_PATIENT_DOUBT_H

#include "mspike/base/date.h"
#include "mspike/base/status.h"
#include "mspike/patient/lab_result.h"

typedef enum doubt {
    DOUBT_NONE,
    DOUBT_UNREADABLE,
    DOUBT_NEGATIVE,
    DOUBT_DIGITS,
    DOUBT_UNIT,        /* one that is not known */
    DOUBT_DIMENSION,   /* a unit of something else */
    DOUBT_IMPLAUSIBLE, /* used nevertheless */
} doubt;

/* The result that `text` is, brought to the marker's unit from `unit` (NULL: it is that already).
 * With a doubt other than DOUBT_IMPLAUSIBLE it is MSP_RESULT_UNREADABLE. */
doubt doubt_read(msp_marker marker, const char *text, const char *unit, bool comma,
                 msp_lab_result *out);

/* A day for a date of which a part is missing, where `known` (or MSP_NO_DAY) shows that it was not
 * earlier: the earliest of its days that is not before `known`, the last one where all are. */
msp_day doubt_day(msp_date date, msp_day known);

#define DOUBT_TEXT_MAX 256
typedef struct doubt_said {
    bool error;
    const char *id;
    char text[DOUBT_TEXT_MAX], hint[DOUBT_TEXT_MAX];
} doubt_said;
/* `found` is the text of the value. */
void doubt_say(doubt d, msp_marker marker, const char *found, const char *unit, doubt_said *out);

#endif
