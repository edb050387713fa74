#include "mspike/stats/root.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* Where between x1 (0) and x2 (1) to look next; x3 was left last. */
static double next_step(double x1, double x2, double x3, double f1, double f2, double f3)
{
    const double xi = (x1 - x2) / (x3 - x2), phi = (f1 - f2) / (f3 - f2);
    if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
        return f1 / (f2 - f1) * (f3 / (f2 - f3)) +
               (x3 - x1) / (x2 - x1) * (f1 / (f3 - f1)) * (f2 / (f3 - f2));
    return 0.5;
}

double msp_root(msp_function f, const void *context, double lo, double hi)
{
    double x1 = hi, f1 = f(hi, context), x2 = lo, f2 = f(lo, context), step = 0.5;
    if ((f1 > 0 && f2 > 0) || (f1 < 0 && f2 < 0))
        return fabs(f1) < fabs(f2) ? x1 : x2;
    for (;;) {
        const bool second = fabs(f2) < fabs(f1);
        const double best = second ? x2 : x1, at_best = second ? f2 : f1;
        const double least = (2 * DBL_EPSILON * fabs(best) + DBL_MIN) / fabs(x2 - x1);
        if (!(at_best < 0 || at_best > 0) || least > 0.5)
            return best;
        step = fmin(fmax(step, least), 1 - least);
        const double x = x1 + step * (x2 - x1), y = f(x, context);
        double x3, f3;
        if ((y > 0) == (f1 > 0)) {
            x3 = x1;
            f3 = f1;
        } else {
            x3 = x2;
            f3 = f2;
            x2 = x1;
            f2 = f1;
        }
        x1 = x;
        f1 = y;
        step = next_step(x1, x2, x3, f1, f2, f3);
    }
}
