/*
 * format.h - numbers as tables and figures print them: one place for all rules.
 *
 * docs/number-format.md lists the rules with their reasons. A number is rounded as the decimal it
 * was reported as, half away from zero (2.675 -> 2.68, -1.15 -> -1.2), as SAS ROUND does; with
 * rounding R, as C's and R's printf does: the double's exact binary value, ties to even (2.675
 * -> 2.67). Nothing here fails, allocates or reads the locale. NaN prints NE, "not estimable".
 */
#ifndef MSPIKE_REPORT_FORMAT_H
#define MSPIKE_REPORT_FORMAT_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

typedef enum msp_rounding { MSP_ROUNDING_SAS, MSP_ROUNDING_R } msp_rounding;
typedef enum msp_p_style {
    MSP_P_TABLE,   /* 4 decimals: 0.0273, <0.0001 */
    MSP_P_JOURNAL, /* 3 decimals: 0.027, <0.001 */
} msp_p_style;

typedef struct msp_format {
    msp_rounding rounding;
    msp_p_style p_style;
    int ratio_digits;   /* of hazard and other ratios */
    int time_digits;    /* of medians and other times */
    int percent_digits; /* of percentages, rates at a time */
} msp_format;

/* SAS rounding, table style, 2 decimals of ratios, 1 of times and percentages. */
msp_format msp_format_default(void);

/* What a function below returns: text by value, ended by NUL. */
typedef struct msp_formatted {
    char s[128];
} msp_formatted;

/* `x` with `digits` decimals (0 to 12); beyond 10^15 its shortest form. Never "-0.0". */
msp_formatted msp_format_number(const msp_format *format, double x, int digits);
msp_formatted msp_format_count(double count);
/* "12 (3.0%)"; "0"; "396 (100%)"; "1 (<0.1%)"; ">99.9%" where fewer than all; "12" when n is not
 * above 0. */
msp_formatted msp_format_count_percent(const msp_format *format, double count, double n);
/* 0.734 -> "73.4" */
msp_formatted msp_format_percent(const msp_format *format, double proportion);
/* "0.0273", "<0.0001", ">0.9999"; never 0.0000 nor, for p below 1, 1.0000. */
msp_formatted msp_format_p(const msp_format *format, double p);
/* 0.95 -> "95%", 0.995 -> "99.5%" */
msp_formatted msp_format_level(double level);
/* "0.69 (0.57, 0.83)"; limits that cannot be estimated are NE. */
msp_formatted msp_format_interval(const msp_format *format, double estimate, double lower,
                                  double upper, int digits);
/* "0.69 (95% CI: 0.57, 0.83)" */
msp_formatted msp_format_estimate(const msp_format *format, double estimate, double lower,
                                  double upper, double level, int digits);
/* "0.3+ to 34.2"; + says that the time was censored. */
msp_formatted msp_format_range(const msp_format *format, double least, bool least_censored,
                               double most, bool most_censored, int digits);

MSP_END
#endif
