/* sas_format.c - SAS display formats: which numbers are dates, and dates as ISO 8601 and back. */
#include <math.h>
#include <string.h>

#include "internal.h"
#include "mspike/base/date.h"

#define SECONDS_PER_DAY 86400

/* The formats SAS documents for dates, times and datetimes, without width and decimals. National
 * variants (NL...) are told by their beginning. */
static const struct {
    const char *name;
    msp_date_kind kind;
} formats[] = {
    {"DATE", MSP_SAS_DATE},         {"DAY", MSP_SAS_DATE},          {"DDMMYY", MSP_SAS_DATE},
    {"DDMMYYB", MSP_SAS_DATE},      {"DDMMYYC", MSP_SAS_DATE},      {"DDMMYYD", MSP_SAS_DATE},
    {"DDMMYYN", MSP_SAS_DATE},      {"DDMMYYP", MSP_SAS_DATE},      {"DDMMYYS", MSP_SAS_DATE},
    {"DOWNAME", MSP_SAS_DATE},      {"JULDAY", MSP_SAS_DATE},       {"JULIAN", MSP_SAS_DATE},
    {"MMDDYY", MSP_SAS_DATE},       {"MMDDYYB", MSP_SAS_DATE},      {"MMDDYYC", MSP_SAS_DATE},
    {"MMDDYYD", MSP_SAS_DATE},      {"MMDDYYN", MSP_SAS_DATE},      {"MMDDYYP", MSP_SAS_DATE},
    {"MMDDYYS", MSP_SAS_DATE},      {"MMYY", MSP_SAS_DATE},         {"MONNAME", MSP_SAS_DATE},
    {"MONTH", MSP_SAS_DATE},        {"MONYY", MSP_SAS_DATE},        {"QTR", MSP_SAS_DATE},
    {"QTRR", MSP_SAS_DATE},         {"WEEKDATE", MSP_SAS_DATE},     {"WEEKDATX", MSP_SAS_DATE},
    {"WEEKDAY", MSP_SAS_DATE},      {"WORDDATE", MSP_SAS_DATE},     {"WORDDATX", MSP_SAS_DATE},
    {"YEAR", MSP_SAS_DATE},         {"YYMM", MSP_SAS_DATE},         {"YYMMDD", MSP_SAS_DATE},
    {"YYMMDDB", MSP_SAS_DATE},      {"YYMMDDC", MSP_SAS_DATE},      {"YYMMDDD", MSP_SAS_DATE},
    {"YYMMDDN", MSP_SAS_DATE},      {"YYMMDDP", MSP_SAS_DATE},      {"YYMMDDS", MSP_SAS_DATE},
    {"YYMON", MSP_SAS_DATE},        {"YYQ", MSP_SAS_DATE},          {"YYQR", MSP_SAS_DATE},
    {"E8601DA", MSP_SAS_DATE},      {"B8601DA", MSP_SAS_DATE},      {"IS8601DA", MSP_SAS_DATE},
    {"ND8601DA", MSP_SAS_DATE},     {"TIME", MSP_SAS_TIME},         {"TIMEAMPM", MSP_SAS_TIME},
    {"TOD", MSP_SAS_TIME},          {"HHMM", MSP_SAS_TIME},         {"HOUR", MSP_SAS_TIME},
    {"E8601TM", MSP_SAS_TIME},      {"B8601TM", MSP_SAS_TIME},      {"IS8601TM", MSP_SAS_TIME},
    {"DATETIME", MSP_SAS_DATETIME}, {"DATEAMPM", MSP_SAS_DATETIME}, {"DTDATE", MSP_SAS_DATETIME},
    {"DTMONYY", MSP_SAS_DATETIME},  {"DTWKDATX", MSP_SAS_DATETIME}, {"DTYEAR", MSP_SAS_DATETIME},
    {"DTYYQC", MSP_SAS_DATETIME},   {"MDYAMPM", MSP_SAS_DATETIME},  {"E8601DT", MSP_SAS_DATETIME},
    {"B8601DT", MSP_SAS_DATETIME},  {"E8601DN", MSP_SAS_DATETIME},  {"B8601DN", MSP_SAS_DATETIME},
    {"IS8601DT", MSP_SAS_DATETIME},
};

static size_t trailing_digits(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && s[len - 1 - n] >= '0' && s[len - 1 - n] <= '9')
        n++;
    return n;
}

msp_date_kind msp_sas_format_kind(const char *format)
{
    char name[32];
    size_t len = strlen(format);
    const size_t decimals = trailing_digits(format, len);
    if (len > decimals && format[len - decimals - 1] == '.')
        len -= decimals + 1;
    len -= trailing_digits(format, len);
    if (len == 0 || len >= sizeof name)
        return MSP_NOT_A_DATE;
    memcpy(name, format, len);
    name[len] = '\0';
    for (size_t i = 0; i < MSP_COUNT(formats); i++)
        if (msp_text_equal_nocase(name, formats[i].name))
            return formats[i].kind;
    name[len < 6 ? len : 6] = '\0';
    return msp_text_equal_nocase(name, "NLDATE")   ? MSP_SAS_DATE
           : msp_text_equal_nocase(name, "NLTIME") ? MSP_SAS_TIME
           : msp_text_equal_nocase(name, "NLDATM") ? MSP_SAS_DATETIME
                                                   : MSP_NOT_A_DATE;
}

/* -- as ISO 8601 -- */

/* "08:30:00.25" with `digits` decimals. */
static size_t format_clock(double seconds, int digits, char *out, size_t size)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    int whole = (int)floor(seconds);
    long fraction = lround((seconds - whole) * powers[digits]);
    if (fraction == lround(powers[digits])) { /* .9999 rounded up */
        fraction = 0;
        whole++;
    }
    const int len = digits == 0 ? snprintf(out, size, "%02d:%02d:%02d", whole / 3600,
                                           whole / 60 % 60, whole % 60)
                                : snprintf(out, size, "%02d:%02d:%02d.%0*ld", whole / 3600,
                                           whole / 60 % 60, whole % 60, digits, fraction);
    return (size_t)len;
}

bool msp_sas_date_format(double x, msp_date_kind kind, char out[MSP_ISO_MAX])
{
    const double days = kind == MSP_SAS_DATE       ? x
                        : kind == MSP_SAS_DATETIME ? floor(x / SECONDS_PER_DAY)
                                                   : 0;
    if (!(fabs(days) < 4e6) || days != floor(days) || (x == 0 && signbit(x)))
        return false;
    size_t len = 0;
    if (kind != MSP_SAS_TIME) {
        const msp_day day = (msp_day)days + MSP_SAS_EPOCH;
        if (day < msp_day_from_civil(1, 1, 1) || day > msp_day_from_civil(9999, 12, 31))
            return false;
        len = msp_day_format(day, out);
    }
    if (kind == MSP_SAS_DATE)
        return true;
    if (kind == MSP_SAS_DATETIME)
        out[len++] = 'T';
    const double seconds = x - days * SECONDS_PER_DAY;
    if (!(seconds >= 0 && seconds < SECONDS_PER_DAY))
        return false;
    for (int digits = 0; digits <= 9; digits++) {
        const size_t all = len + format_clock(seconds, digits, out + len, MSP_ISO_MAX - len);
        double back;
        if (msp_sas_date_parse(out, all, kind, &back) && back == x)
            return true;
    }
    return false;
}

static bool two_digits(const char *s, int most, int *out)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return false;
    *out = (s[0] - '0') * 10 + (s[1] - '0');
    return *out <= most;
}

static bool all_digits(const char *s, size_t len)
{
    return trailing_digits(s, len) == len;
}

/* hh:mm, hh:mm:ss or hh:mm:ss.f */
static bool parse_clock(const char *s, size_t len, double *out)
{
    int hours, minutes, seconds = 0;
    if (len < 5 || !two_digits(s, 23, &hours) || s[2] != ':' || !two_digits(s + 3, 59, &minutes))
        return false;
    if (len != 5 && (len < 8 || s[5] != ':' || !two_digits(s + 6, 59, &seconds)))
        return false;
    double fraction = 0;
    if (len > 8 && (s[8] != '.' || len == 9 || !all_digits(s + 9, len - 9) ||
                    !msp_double_parse(s + 8, len - 8, &fraction)))
        return false;
    *out = hours * 3600 + minutes * 60 + seconds + fraction;
    return true;
}

static bool parse_day(const char *s, size_t len, double *out)
{
    int century, year, month, day;
    if (len != 10 || !two_digits(s, 99, &century) || !two_digits(s + 2, 99, &year) || s[4] != '-' ||
        !two_digits(s + 5, 12, &month) || s[7] != '-' || !two_digits(s + 8, 31, &day))
        return false;
    const msp_day number = msp_day_from_civil(century * 100 + year, month, day);
    *out = number - MSP_SAS_EPOCH;
    return number != MSP_NO_DAY;
}

bool msp_sas_date_parse(const char *s, size_t len, msp_date_kind kind, double *out)
{
    if (kind == MSP_SAS_DATE)
        return parse_day(s, len, out);
    if (kind == MSP_SAS_TIME)
        return parse_clock(s, len, out);
    double days, seconds = 0;
    if (kind != MSP_SAS_DATETIME || len < 10 || !parse_day(s, 10, &days) ||
        (len > 10 && (s[10] != 'T' || !parse_clock(s + 11, len - 11, &seconds))))
        return false;
    *out = days * SECONDS_PER_DAY + seconds;
    return true;
}
