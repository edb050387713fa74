#include "mspike/base/date.h"

#include <stdio.h>
#include <string.h>

#include "digits.h"

#define YEAR_MIN 1
#define YEAR_MAX 9999

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from civil: the year begins in March, so that the leap day is its last
 * (Hinnant, chrono-compatible low-level date algorithms, 2013). */
msp_day msp_day_from_civil(int year, int month, int day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return MSP_NO_DAY;
    const int y = month <= 2 ? year - 1 : year; /* 0 .. 9999 */
    const int era = y / 400, year_of_era = y % 400;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void msp_day_to_civil(msp_day day, int *year, int *month, int *day_of_month)
{
    const int64_t z = (int64_t)day + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = (int)(z - era * 146097); /* day of the era of 400 years */
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    *day_of_month = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = (int)(yoe + era * 400) + (*month <= 2);
}

msp_day msp_day_add_months(msp_day day, int months)
{
    int year, month, dom;
    msp_day_to_civil(day, &year, &month, &dom);
    const int64_t total = (int64_t)year * 12 + month - 1 + months;
    if (total < YEAR_MIN * INT64_C(12) || total >= (YEAR_MAX + 1) * INT64_C(12))
        return MSP_NO_DAY;
    year = (int)(total / 12);
    month = (int)(total % 12) + 1;
    const int last = days_in_month(year, month);
    return msp_day_from_civil(year, month, dom < last ? dom : last);
}

int msp_day_of_week(msp_day day)
{
    return (int)((((int64_t)day + 3) % 7 + 7) % 7) + 1; /* 1970-01-01 was a Thursday */
}

int msp_study_day(msp_day day, msp_day reference)
{
    return day >= reference ? day - reference + 1 : day - reference;
}

/* -- reading -- */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->at < c->end && *c->at == wanted) {
        c->at++;
        return true;
    }
    return false;
}

/* Exactly n digits. */
static bool take_number(struct cursor *c, int n, int *out)
{
    if (c->end - c->at < n)
        return false;
    int value = 0;
    for (int i = 0; i < n; i++) {
        const char d = c->at[i];
        if (d < '0' || d > '9')
            return false;
        value = value * 10 + (d - '0');
    }
    c->at += n;
    *out = value;
    return true;
}

static bool take_zone(struct cursor *c)
{
    if (c->at == c->end || take(c, 'Z'))
        return true;
    int hour, minute = 0;
    if (!take(c, '+') && !take(c, '-'))
        return false;
    if (!take_number(c, 2, &hour) || hour > 14)
        return false;
    if (take(c, ':') || c->at < c->end)
        return take_number(c, 2, &minute) && minute < 60;
    return true;
}

static bool take_time(struct cursor *c, msp_date *out)
{
    int hour, minute, second = 0;
    if (!take_number(c, 2, &hour) || hour > 24)
        return false;
    if (!take(c, ':')) { /* an hour alone says no more than the day */
        out->second_of_day = hour * 3600;
        return hour < 24 && take_zone(c);
    }
    if (!take_number(c, 2, &minute) || minute > 59)
        return false;
    out->precision = MSP_DATE_MINUTE;
    if (take(c, ':')) {
        if (!take_number(c, 2, &second) || second > 59)
            return false;
        out->precision = MSP_DATE_SECOND;
        if (take(c, '.')) {
            int digit;
            if (!take_number(c, 1, &digit))
                return false;
            while (take_number(c, 1, &digit))
                ;
        }
    }
    if (hour == 24 && (minute > 0 || second > 0))
        return false;
    out->second_of_day = hour * 3600 + minute * 60 + second;
    return take_zone(c);
}

static msp_date span(msp_day earliest, msp_day latest, msp_date_precision precision)
{
    return (msp_date){earliest, latest, 0, precision};
}

bool msp_date_parse(const char *s, size_t len, msp_date *out)
{
    struct cursor c = {s, s + len};
    int year, month, day;
    *out = span(MSP_NO_DAY, MSP_NO_DAY, MSP_DATE_NONE);
    if (len == 0)
        return true;
    if (!take_number(&c, 4, &year) || year < YEAR_MIN)
        return false;
    const msp_date whole_year =
        span(msp_day_from_civil(year, 1, 1), msp_day_from_civil(year, 12, 31), MSP_DATE_YEAR);
    if (c.at == c.end) {
        *out = whole_year;
        return true;
    }
    if (!take(&c, '-'))
        return false;
    if (take(&c, '-')) { /* "2013---15": the month is missing, the day says little */
        if (!take(&c, '-') || !take_number(&c, 2, &day) || day < 1 || day > 31 || c.at != c.end)
            return false;
        *out = span(msp_day_from_civil(year, 1, day), msp_day_from_civil(year, 12, day),
                    MSP_DATE_YEAR);
        return true;
    }
    if (!take_number(&c, 2, &month) || month < 1 || month > 12)
        return false;
    if (c.at == c.end) {
        *out = span(msp_day_from_civil(year, month, 1),
                    msp_day_from_civil(year, month, days_in_month(year, month)), MSP_DATE_MONTH);
        return true;
    }
    if (!take(&c, '-') || !take_number(&c, 2, &day))
        return false;
    const msp_day exact = msp_day_from_civil(year, month, day);
    if (exact == MSP_NO_DAY)
        return false;
    *out = span(exact, exact, MSP_DATE_DAY);
    if (c.at == c.end)
        return true;
    msp_date with_time = *out;
    if ((!take(&c, 'T') && !take(&c, ' ')) || !take_time(&c, &with_time) || c.at != c.end)
        return false;
    *out = with_time;
    return true;
}

/* -- writing -- */

size_t msp_day_format(msp_day day, char out[MSP_DATE_MAX])
{
    int y, m, d;
    msp_day_to_civil(day, &y, &m, &d);
    if (y < 0 || y > YEAR_MAX)
        return (size_t)snprintf(out, MSP_DATE_MAX, "%04d-%02d-%02d", y, m, d);
    char *at = msp__put_digits(out, (uint64_t)y, 4);
    *at++ = '-';
    at = msp__put_digits(at, (uint64_t)m, 2);
    *at++ = '-';
    return msp__end_text(out, msp__put_digits(at, (uint64_t)d, 2));
}

size_t msp_day_format_listing(msp_day day, char out[MSP_DATE_MAX])
{
    static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                         "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    int y, m, d;
    msp_day_to_civil(day, &y, &m, &d);
    return (size_t)snprintf(out, MSP_DATE_MAX, "%02d%s%04d", d, months[m - 1], y);
}
