#include "mspike/figure/scale.h"

#include <math.h>
#include <string.h>

static const double month_steps[] = {1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200};
static const double week_steps[] = {1, 2, 4, 8, 13, 26, 52, 104, 156, 260, 520, 1040};
static const double day_steps[] = {1, 2, 7, 14, 30, 60, 90, 180, 360, 720, 1800, 3600, 7200};

static size_t clamp_max(size_t max)
{
    return max < 2 ? 2 : max > MSP_TICKS_MAX ? MSP_TICKS_MAX : max;
}

/* The marks from below lo to above hi at multiples of step; n is 0 where they are more than max. */
static msp_ticks at_multiples(double lo, double hi, double step, size_t max)
{
    msp_ticks ticks = {0};
    const double first = floor(lo / step), last = ceil(hi / step);
    if (!(last - first < (double)max))
        return ticks;
    const size_t n = (size_t)(last - first) + 1;
    for (size_t i = 0; i < n; i++)
        ticks.at[i] = (first + (double)i) * step;
    ticks.n = n;
    return ticks;
}

msp_ticks msp_ticks_linear(double lo, double hi, size_t max)
{
    max = clamp_max(max);
    if (!(lo < hi) || !isfinite(hi - lo)) {
        lo = 0;
        hi = 1;
    }
    int power = (int)floor(log10((hi - lo) / (double)max)) - 1;
    for (;; power++) {
        for (int i = 0; i < 3; i++) {
            const double step = (i == 0 ? 1 : i == 1 ? 2 : 5) * pow(10, power);
            msp_ticks ticks = at_multiples(lo, hi, step, max);
            if (ticks.n < 2)
                continue;
            ticks.digits = power < 0 ? -power : 0;
            return ticks;
        }
    }
}

msp_ticks msp_ticks_time(double hi, const char *unit, size_t max)
{
    const double *steps = NULL;
    size_t n = 0;
    if (strcmp(unit, "months") == 0) {
        steps = month_steps;
        n = MSP_COUNT(month_steps);
    } else if (strcmp(unit, "weeks") == 0) {
        steps = week_steps;
        n = MSP_COUNT(week_steps);
    } else if (strcmp(unit, "days") == 0) {
        steps = day_steps;
        n = MSP_COUNT(day_steps);
    }
    max = clamp_max(max);
    for (size_t i = 0; i < n && hi >= 2 * steps[0]; i++) {
        const msp_ticks ticks = at_multiples(0, hi, steps[i], max);
        if (ticks.n >= 2)
            return ticks;
    }
    return msp_ticks_linear(0, hi, max);
}

/* 1, 2, 5, 10, ... for i = 0, 1, 2, 3, ... and 0.5, 0.2, 0.1 for -1, -2, -3. */
static double ratio_mark(int i)
{
    static const double digits[] = {1, 2, 5};
    const int power = (i >= 0 ? i : i - 2) / 3;
    const double digit = digits[i - 3 * power];
    return power < 0 ? digit / pow(10, -power) : digit * pow(10, power);
}

msp_ticks msp_ticks_ratio(double lo, double hi, size_t max)
{
    max = clamp_max(max);
    int first = -1, last = 1;
    while (ratio_mark(first) > lo && first > -900)
        first--;
    while (ratio_mark(last) < hi && last < 900)
        last++;
    int step = 1;
    if ((size_t)(last - first) + 1 > max) {
        first = -3 * ((-first + 2) / 3); /* whole powers of ten */
        last = 3 * ((last + 2) / 3);
        for (step = 3; (size_t)((last - first) / step) + 1 > max;)
            step += 3;
        first = -step * ((-first + step - 1) / step);
    }
    msp_ticks ticks = {0};
    for (int i = first; ticks.n < MSP_TICKS_MAX; i += step) {
        ticks.at[ticks.n++] = ratio_mark(i);
        if (i >= last)
            break;
    }
    const int below = (-first + 2) / 3; /* decimals of the smallest mark */
    ticks.digits = below > 0 ? below : 0;
    return ticks;
}
