/*
 * date.h - calendar dates as ISO 8601, partial dates included.
 *
 * A date is a day number, so that durations are whole days and ties are exact. A partial date
 * ("2013-08") is what it is: every day from its earliest to its latest; imputing one is a rule of
 * the protocol, never a reader's habit. The calendar is the proleptic Gregorian one, years 1 to
 * 9999. Dates have no time zone.
 */
#ifndef MSPIKE_BASE_DATE_H
#define MSPIKE_BASE_DATE_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Days since 1970-01-01. SAS counts from 1960-01-01, which is MSP_SAS_EPOCH here. */
typedef int32_t msp_day;
#define MSP_SAS_EPOCH (-3653)
#define MSP_NO_DAY    INT32_MIN

/* Days in the average month and year of the Gregorian calendar, as reports divide by. */
#define MSP_DAYS_PER_MONTH 30.4375
#define MSP_DAYS_PER_YEAR  365.25

typedef enum msp_date_precision {
    MSP_DATE_NONE,
    MSP_DATE_YEAR,
    MSP_DATE_MONTH,
    MSP_DATE_DAY, /* an exact day; earliest equals latest */
    MSP_DATE_MINUTE,
    MSP_DATE_SECOND,
} msp_date_precision;

typedef struct msp_date {
    msp_day earliest, latest; /* MSP_NO_DAY when there is no date */
    int32_t second_of_day;    /* of the time given; 0 when none was */
    msp_date_precision precision;
} msp_date;

/* Reads YYYY, YYYY-MM, YYYY-MM-DD, the SDTM forms with a missing part ("2013---15", "--08-15" has
 * no year and is refused), each full date also with Thh:mm or Thh:mm:ss[.f] and a zone, which
 * is checked and dropped. "" is no date (precision NONE, true). False: not such a date, or a day
 * that does not exist. */
bool msp_date_parse(const char *s, size_t len, msp_date *out);

#define MSP_DATE_MAX 32
/* YYYY-MM-DD */
size_t msp_day_format(msp_day day, char out[MSP_DATE_MAX]);
/* 01JAN2020, as listings print */
size_t msp_day_format_listing(msp_day day, char out[MSP_DATE_MAX]);

/* MSP_NO_DAY when there is no such day. */
msp_day msp_day_from_civil(int year, int month, int day);
void msp_day_to_civil(msp_day day, int *year, int *month, int *day_of_month);
/* The same day `months` later; the last day of that month where there is no such day. */
msp_day msp_day_add_months(msp_day day, int months);
/* 1 = Monday to 7 = Sunday */
int msp_day_of_week(msp_day day);
/* Study day as SDTM counts: the reference day is 1, the day before it is -1. */
int msp_study_day(msp_day day, msp_day reference);

MSP_END
#endif
