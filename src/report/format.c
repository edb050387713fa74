#include "mspike/report/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mspike/base/decimal.h"
#include "mspike/base/text.h"

#define NOT_ESTIMABLE "NE"
#define DIGITS_MAX    12
#define LARGE         1e15 /* beyond it a double has no decimals that mean anything */

msp_format msp_format_default(void)
{
    return (msp_format){.ratio_digits = 2, .time_digits = 1, .percent_digits = 1};
}

/* printf's rounding; the locale's decimal point, whatever it is, becomes a point. */
static void print_binary(double x, int digits, char *out, size_t size)
{
    char raw[64];
    (void)snprintf(raw, sizeof raw, "%.*f", digits, x);
    size_t n = 0;
    bool point = false;
    for (const char *s = raw; *s != '\0' && n + 2 < size; s++) {
        if (*s == '-' || (*s >= '0' && *s <= '9'))
            out[n++] = *s;
        else if (!point) {
            out[n++] = '.';
            point = true;
        }
    }
    out[n] = '\0';
}

/* Fills a rounded decimal with zeros up to `digits`. */
static void print_decimal(msp_decimal x, int digits, char *out, size_t size)
{
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(x, text);
    int missing = digits - x.scale;
    size_t n = (size_t)snprintf(out, size, "%s", text);
    if (missing > 0 && x.scale == 0)
        out[n++] = '.';
    for (; missing > 0 && n + 1 < size; missing--)
        out[n++] = '0';
    out[n] = '\0';
}

msp_formatted msp_format_number(const msp_format *format, double x, int digits)
{
    msp_formatted out = {0};
    msp_decimal decimal;
    digits = digits < 0 ? 0 : digits > DIGITS_MAX ? DIGITS_MAX : digits;
    if (!isfinite(x))
        (void)snprintf(out.s, sizeof out.s, "%s", NOT_ESTIMABLE);
    else if (fabs(x) >= LARGE)
        msp_double_format(x, out.s);
    /* What has more than 18 decimals is no tie at 12: its binary value rounds the same way. */
    else if (format->rounding == MSP_ROUNDING_SAS && msp_decimal_from_double(x, &decimal))
        print_decimal(msp_decimal_round(decimal, digits), digits, out.s, sizeof out.s);
    else
        print_binary(x, digits, out.s, sizeof out.s);
    if (out.s[0] == '-' && strspn(out.s + 1, "0.") == strlen(out.s + 1))
        memmove(out.s, out.s + 1, strlen(out.s)); /* no minus before zero */
    return out;
}

msp_formatted msp_format_count(double count)
{
    msp_formatted out = {0};
    if (isfinite(count))
        msp_double_format(count, out.s);
    else
        (void)snprintf(out.s, sizeof out.s, "%s", NOT_ESTIMABLE);
    return out;
}

static bool is_zero(const char *number)
{
    return strspn(number, "0.") == strlen(number);
}

msp_formatted msp_format_count_percent(const msp_format *format, double count, double n)
{
    msp_formatted out = msp_format_count(count);
    if (!(count > 0) || !(n > 0))
        return out;
    const size_t len = strlen(out.s);
    char *rest = out.s + len;
    const size_t room = sizeof out.s - len;
    const msp_formatted percent =
        msp_format_number(format, count * 100 / n, format->percent_digits);
    const double unit = pow(10, -format->percent_digits);
    if (count == n)
        (void)snprintf(rest, room, " (100%%)");
    else if (is_zero(percent.s))
        (void)snprintf(rest, room, " (<%.40s%%)",
                       msp_format_number(format, unit, format->percent_digits).s);
    else if (count < n && strncmp(percent.s, "100", 3) == 0)
        (void)snprintf(rest, room, " (>%.40s%%)",
                       msp_format_number(format, 100 - unit, format->percent_digits).s);
    else
        (void)snprintf(rest, room, " (%.40s%%)", percent.s);
    return out;
}

msp_formatted msp_format_percent(const msp_format *format, double proportion)
{
    /* The decimal is shifted, not multiplied: 0.0285 * 100 is not 2.85. */
    msp_decimal decimal;
    double percent = proportion * 100;
    if (isfinite(proportion) && msp_decimal_from_double(proportion, &decimal) &&
        msp_decimal_shift(decimal, -2, &decimal))
        percent = msp_decimal_to_double(decimal);
    return msp_format_number(format, percent, format->percent_digits);
}

msp_formatted msp_format_p(const msp_format *format, double p)
{
    const int digits = format->p_style == MSP_P_TABLE ? 4 : 3;
    const double least = digits == 4 ? 0.0001 : 0.001;
    msp_formatted out = msp_format_number(format, p, digits);
    if (p < least)
        (void)snprintf(out.s, sizeof out.s, "<%s", digits == 4 ? "0.0001" : "0.001");
    else if (p < 1 && out.s[0] == '1')
        (void)snprintf(out.s, sizeof out.s, ">%s", digits == 4 ? "0.9999" : "0.999");
    return out;
}

msp_formatted msp_format_level(double level)
{
    msp_formatted out = {0};
    msp_decimal decimal;
    char digits[MSP_DOUBLE_MAX] = NOT_ESTIMABLE;
    if (isfinite(level) && msp_decimal_from_double(level, &decimal) &&
        msp_decimal_shift(decimal, -2, &decimal))
        msp_double_format(msp_decimal_to_double(decimal), digits);
    (void)snprintf(out.s, sizeof out.s, "%.31s%%", digits);
    return out;
}

msp_formatted msp_format_interval(const msp_format *format, double estimate, double lower,
                                  double upper, int digits)
{
    const msp_formatted e = msp_format_number(format, estimate, digits);
    const msp_formatted l = msp_format_number(format, lower, digits);
    const msp_formatted u = msp_format_number(format, upper, digits);
    msp_formatted out = {0};
    (void)snprintf(out.s, sizeof out.s, "%.36s (%.36s, %.36s)", e.s, l.s, u.s);
    return out;
}

msp_formatted msp_format_estimate(const msp_format *format, double estimate, double lower,
                                  double upper, double level, int digits)
{
    const msp_formatted e = msp_format_number(format, estimate, digits);
    const msp_formatted l = msp_format_number(format, lower, digits);
    const msp_formatted u = msp_format_number(format, upper, digits);
    msp_formatted out = {0};
    (void)snprintf(out.s, sizeof out.s, "%.30s (%.20s CI: %.30s, %.30s)", e.s,
                   msp_format_level(level).s, l.s, u.s);
    return out;
}

msp_formatted msp_format_range(const msp_format *format, double least, bool least_censored,
                               double most, bool most_censored, int digits)
{
    msp_formatted out = {0};
    (void)snprintf(out.s, sizeof out.s, "%.40s%s to %.40s%s",
                   msp_format_number(format, least, digits).s, least_censored ? "+" : "",
                   msp_format_number(format, most, digits).s, most_censored ? "+" : "");
    return out;
}
