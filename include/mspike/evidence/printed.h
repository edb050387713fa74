/*
 * printed.h - a result as it was printed, and what it can have meant.
 *
 * A printed number stands for every number that rounds to it: 0.53 for 0.525 to 0.535. From the
 * estimate of a ratio, its interval (of any level, of one side or two), its p value and its events
 * follow standard errors of the logarithm, each with the range that the rounding leaves:
 *
 *   two limits         (log upper - log lower) / 2 z,  z the normal quantile at (1 + level) / 2
 *   one limit          |log limit - log estimate| / z, z the quantile at `level` where the bound is
 *                      one-sided, at (1 + level) / 2 where it is the end of a two-sided interval
 *   p                  |log estimate| / z,             z the quantile at 1 - p / sides
 *   events of the arms sqrt(1 / d1 + 1 / d2)           (Tsiatis 1981: no effect, equal follow-up)
 *   events in all      (1 + r) / sqrt(r d)             r to 1 allocated (Schoenfeld 1981)
 *
 * Differences are read the same way without the logarithm. docs/methods/printed-results.md.
 */
#ifndef MSPIKE_EVIDENCE_PRINTED_H
#define MSPIKE_EVIDENCE_PRINTED_H

#include <stdbool.h>

#include "mspike/base/text.h"

MSP_BEGIN

typedef enum msp_printed_state {
    MSP_PRINTED_NOTHING,     /* no text */
    MSP_PRINTED_NUMBER,      /* a decimal number */
    MSP_PRINTED_NOT_REACHED, /* NR or NE: not reached, not estimable */
    MSP_PRINTED_FAULT,       /* anything else */
} msp_printed_state;

typedef struct msp_printed {
    msp_printed_state state;
    char bound;   /* '<' or '>' before the number, else 0 */
    double value; /* NaN unless a number */
    double half;  /* half a unit of the last digit; 0 for a bound */
    int decimals; /* digits after the point */
} msp_printed;

/* NULL is nothing; "0.53", "<0.001", ">0.1", "NR", "NE". A number that ends in the digit that a
 * repeated rounding could have moved is still taken at half a unit. */
msp_printed msp_printed_parse(const char *text);
/* The least and the greatest number that prints so. */
double msp_printed_low(const msp_printed *printed);
double msp_printed_high(const msp_printed *printed);

/* Both ends of what is known of a number; lower is NaN where nothing is. */
typedef struct msp_range {
    double low, middle, high; /* middle: from the numbers exactly as printed */
} msp_range;

typedef enum msp_bound {
    MSP_BOUND_TWO_SIDED, /* two limits */
    MSP_BOUND_UPPER,     /* an upper limit, whose side is not said */
    MSP_BOUND_LOWER,
    MSP_BOUND_UPPER_ONE_SIDED, /* said to be one-sided */
    MSP_BOUND_LOWER_ONE_SIDED,
} msp_bound;

/* What was printed of a comparison. What was not is MSP_PRINTED_NOTHING, NaN or -1. */
typedef struct msp_printed_effect {
    bool ratio; /* HR, OR, RR; false: a difference */
    msp_printed estimate, lower, upper, p;
    double level;        /* of the interval; NaN: not said */
    msp_bound bound;     /* of the interval */
    int p_sides;         /* 1, 2; 0: not said */
    double events[2];    /* of the experimental arm and of the control; NaN: not known */
    double events_total; /* NaN: not known */
    double allocation;   /* experimental to control; NaN: not known, then 1 is used */
} msp_printed_effect;

/* {0} with every number NaN. */
msp_printed_effect msp_printed_effect_empty(void);

/* Where a standard error came from. */
#define MSP_SE_SOURCE_LIST(X)                                              \
    X(NONE, "nothing")                                                     \
    X(INTERVAL, "the interval")                                            \
    X(ONE_SIDED_BOUND, "the bound, read as one-sided")                     \
    X(TWO_SIDED_END, "the bound, read as one end of a two-sided interval") \
    X(P, "p")                                                              \
    X(EVENTS, "the events")                                                \
    X(COUNTS, "the counts of the arms")
typedef enum msp_se_source {
#define MSP_AS_ENUM(name, text) MSP_SE_##name,
    MSP_SE_SOURCE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_se_source;
const char *msp_se_source_text(msp_se_source source);

/* One way to read a result. */
typedef struct msp_reading {
    msp_se_source source;
    double level;  /* of the interval that was read; NaN for p and events */
    int sides;     /* of that interval, or of p; 0 for events */
    msp_range se;  /* on the analysis scale */
    double events; /* that the middle implies: (1 + r)^2 / (r se^2); NaN for a difference */
} msp_reading;

#define MSP_READINGS_MAX 6

/* Every way to read a result, in the order of preference: the interval as its level is said (a
 * bound whose side is not said first as one-sided, then as the end of a two-sided interval), then p
 * (with the sides that are said; otherwise two-sided, then one-sided), then the events. */
typedef struct msp_readings {
    double log_estimate; /* the estimate itself for a difference; NaN where none is printed */
    msp_reading reading[MSP_READINGS_MAX];
    size_t n;           /* the first is the one that pooling takes */
    const char *choice; /* why that one, static; NULL where n < 2 */
} msp_readings;

/* Never fails: what cannot be read gives no reading. An interval without a level is read as 95 %;
 * a check says so. */
void msp_printed_read(const msp_printed_effect *effect, msp_readings *out);

/* The range of z = estimate / se that a printed p allows with these sides; for p < x the low end
 * only (high infinite). The sign is lost: both ends are positive or, for p > 0.5 of one side,
 * negative. */
msp_range msp_printed_p_z(const msp_printed *p, int sides);

/* Whether the estimate can be the middle of its two limits, on the analysis scale; true where a
 * number is missing. */
bool msp_printed_middle_fits(const msp_printed_effect *effect);

/* The level, 0.5 to 0.999, at which the interval would give this standard error; NaN where none
 * would. */
double msp_printed_level_for(const msp_printed_effect *effect, double se);

MSP_END
#endif
