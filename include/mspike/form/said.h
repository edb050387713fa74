/*
 * said.h - values as a file said them: the value, and the place that said it.
 *
 * A later fault (a column that the data lack, an analysis that cannot be done) points at the line
 * that asked for it. Where nothing was said the place's line is 0 and the value is the schema's
 * default; where what was said is no such value (a finding says so) the place stands and the value
 * is the empty one of its type, so that later checks stay quiet about it: NULL, NaN, MSP_NO_COUNT,
 * -1, an empty list. A flag has no empty value: one that is neither yes nor no counts as not said.
 */
#ifndef MSPIKE_FORM_SAID_H
#define MSPIKE_FORM_SAID_H

#include <stdbool.h>

#include "mspike/base/date.h"
#include "mspike/base/decimal.h"
#include "mspike/base/status.h"

MSP_BEGIN

#define MSP_NO_COUNT INT64_MIN
#define MSP_NO_END   INT64_MAX /* of an open range such as "13-" */

typedef struct msp_said_text {
    const char *text;
    msp_place at;
} msp_said_text;

typedef struct msp_said_number {
    double value;
    msp_place at;
} msp_said_number;

typedef struct msp_said_count {
    int64_t value;
    msp_place at;
} msp_said_count;

typedef struct msp_said_flag {
    bool value;
    msp_place at;
} msp_said_flag;

typedef struct msp_said_choice {
    int value; /* index into the words of its type; -1: none of them */
    msp_place at;
} msp_said_choice;

typedef struct msp_said_date {
    msp_date value;
    msp_place at;
} msp_said_date;

/* A decimal with its unit: "27 mg/m2", "18 months". */
typedef struct msp_said_quantity {
    msp_decimal value;
    int unit; /* index into the words of its type; -1: none */
    msp_place at;
} msp_said_quantity;

/* "1-12", "13-" (to MSP_NO_END), "8" (from 8 to 8) */
typedef struct msp_said_range {
    int64_t from, to;
    msp_place at;
} msp_said_range;

/* Lists of one layout: `n` items of one type. */
#define MSP_SAID_LIST(type) \
    struct {                \
        type *items;        \
        size_t n;           \
        msp_place at;       \
    }
typedef MSP_SAID_LIST(msp_said_text) msp_said_texts;
typedef MSP_SAID_LIST(msp_said_number) msp_said_numbers;
typedef MSP_SAID_LIST(msp_said_count) msp_said_counts;
typedef MSP_SAID_LIST(msp_said_choice) msp_said_choices;
typedef MSP_SAID_LIST(msp_said_range) msp_said_ranges;

/* True where a file said it, rightly or wrongly. */
static inline bool msp_was_said(msp_place at)
{
    return at.line > 0;
}

MSP_END
#endif
