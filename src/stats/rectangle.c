/*
 * rectangle.c - normal probabilities by quadrature over as many dimensions as the correlation
 * matrix has rank, less one.
 *
 * Z = A Y with independent standard normal Y (a Cholesky factor with pivots, so that a singular
 * matrix gives fewer Y than Z). The box becomes a polytope of slabs lower <= a'y <= upper. With
 * one y it is an interval. With more, P(outside) = the integral over y_1 of its density times
 * P(outside | y_1), which has one dimension less; as a function of y_1 it is smooth between the
 * corners of the polytope, so the corners are found and the integral is taken between them. Only
 * positive terms are added, so small probabilities keep their digits, and nothing is random.
 */
#include "rectangle.h"

#include <math.h>
#include <stdbool.h>

#include "kronrod.h"
#include "mspike/stats/dist.h"

enum { M = MSP_RECTANGLE_MAX, R = MSP_RECTANGLE_RANK };

/* Corners, and a grid for the density. */
enum { MAX_BREAKS = 256 };

/* Beyond this a normal variable has probability 0 in doubles. */
static const double infinity = 40;

/* A pivot below this is rounding; corners this close to a slab lie on it. */
static const double singular = 1e-13, touching = 1e-9;

typedef struct slab {
    double a[R];
    double lower, upper;
} slab;

typedef struct polytope {
    slab slabs[M];
    size_t m, r;
    double tolerance;
} polytope;

static double clamp(double x)
{
    return fmin(fmax(x, -infinity), infinity);
}

static double outside(const polytope *of);

/* The polytope cut at y_1 = y. */
static polytope cut(const polytope *of, double y)
{
    polytope out = {.m = of->m, .r = of->r - 1, .tolerance = of->tolerance};
    for (size_t i = 0; i < of->m; i++) {
        const slab *from = &of->slabs[i];
        for (size_t k = 1; k < of->r; k++)
            out.slabs[i].a[k - 1] = from->a[k];
        out.slabs[i].lower = from->lower - from->a[0] * y;
        out.slabs[i].upper = from->upper - from->a[0] * y;
    }
    return out;
}

static double weighted(double y, const void *context)
{
    static const double root_two_pi = 2.50662827463100050242;
    const polytope rest = cut(context, y);
    return exp(-y * y / 2) / root_two_pi * outside(&rest);
}

/* -- corners -- */

/* Where the r planes named by `plane` (slab 2 i at its lower, 2 i + 1 at its upper side) meet. */
static bool meet(const polytope *of, const size_t *plane, double *y)
{
    const size_t r = of->r;
    double a[R][R + 1];
    for (size_t i = 0; i < r; i++) {
        const slab *s = &of->slabs[plane[i] / 2];
        for (size_t k = 0; k < r; k++)
            a[i][k] = s->a[k];
        a[i][r] = plane[i] % 2 == 0 ? s->lower : s->upper;
    }
    for (size_t k = 0; k < r; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < r; i++)
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        if (fabs(a[best][k]) < touching)
            return false;
        for (size_t c = k; c <= r; c++) {
            const double swap = a[k][c];
            a[k][c] = a[best][c];
            a[best][c] = swap;
        }
        for (size_t i = k + 1; i < r; i++)
            for (size_t c = r + 1; c-- > k;)
                a[i][c] -= a[i][k] / a[k][k] * a[k][c];
    }
    for (size_t k = r; k-- > 0;) {
        y[k] = a[k][r];
        for (size_t c = k + 1; c < r; c++)
            y[k] -= a[k][c] * y[c];
        y[k] /= a[k][k];
    }
    return true;
}

static bool inside(const polytope *of, const double *y)
{
    for (size_t i = 0; i < of->m; i++) {
        const slab *s = &of->slabs[i];
        double x = 0;
        for (size_t k = 0; k < of->r; k++)
            x += s->a[k] * y[k];
        if (x < s->lower - touching || x > s->upper + touching)
            return false;
    }
    return true;
}

/* Keeps `breaks` in order. */
static void add_break(double *breaks, size_t *n, double y)
{
    size_t i = *n;
    if (*n == MAX_BREAKS)
        return; /* the quadrature then halves towards it */
    for (; i > 0 && breaks[i - 1] > y; i--)
        breaks[i] = breaks[i - 1];
    breaks[i] = y;
    ++*n;
}

/* First coordinates of all corners, ascending. */
static size_t find_corners(const polytope *of, double *breaks)
{
    size_t plane[R], n = 0, depth = 0;
    plane[0] = 0;
    for (;;) {
        if (plane[depth] == 2 * of->m) {
            if (depth == 0)
                return n;
            plane[--depth]++;
            continue;
        }
        if (depth + 1 < of->r) { /* both sides of one slab never meet */
            plane[depth + 1] = (plane[depth] / 2 + 1) * 2;
            depth++;
            continue;
        }
        double y[R];
        if (meet(of, plane, y) && inside(of, y))
            add_break(breaks, &n, y[0]);
        plane[depth]++;
    }
}

/* -- probabilities -- */

static double outside_interval(const polytope *of)
{
    double lower = -INFINITY, upper = INFINITY;
    for (size_t i = 0; i < of->m; i++) {
        const slab *s = &of->slabs[i];
        if (fabs(s->a[0]) < singular) {
            if (s->lower > touching || s->upper < -touching)
                return 1;
            continue;
        }
        const double x = s->lower / s->a[0], y = s->upper / s->a[0];
        lower = fmax(lower, fmin(x, y));
        upper = fmin(upper, fmax(x, y));
    }
    if (lower >= upper)
        return 1;
    return msp_dist_normal_lower(lower).p + msp_dist_normal_upper(upper).p;
}

static double outside(const polytope *of)
{
    if (of->r == 1)
        return outside_interval(of);
    double breaks[MAX_BREAKS];
    size_t n = find_corners(of, breaks);
    if (n < 2)
        return 1; /* nothing lies inside */
    const double first = breaks[0], last = breaks[n - 1];
    static const double grid[] = {-12, -8, -6, -4, -2, 0, 2, 4, 6, 8, 12};
    for (size_t i = 0; i < MSP_COUNT(grid); i++)
        if (grid[i] > first && grid[i] < last)
            add_break(breaks, &n, grid[i]);
    double sum = msp_dist_normal_lower(first).p + msp_dist_normal_upper(last).p;
    for (size_t i = 1; i < n; i++)
        if (breaks[i] > breaks[i - 1])
            sum +=
                msp__integrate(weighted, of, breaks[i - 1], breaks[i], of->tolerance / (double)n);
    return fmin(sum, 1);
}

/* Slabs from the correlations: row i of A, by the largest remaining variance first. Returns the
 * rank, or R + 1 where it is more than R. */
static size_t factor(const double *correlation, size_t m, slab *slabs)
{
    double left[M];
    for (size_t i = 0; i < m; i++)
        left[i] = correlation[i * m + i];
    for (size_t r = 0;; r++) {
        size_t best = 0;
        for (size_t i = 1; i < m; i++)
            best = left[i] > left[best] ? i : best;
        if (left[best] < singular)
            return r;
        if (r == R)
            return R + 1;
        const double pivot = sqrt(left[best]);
        double column[M];
        for (size_t i = 0; i < m; i++) {
            double x = correlation[i * m + best];
            for (size_t k = 0; k < r; k++)
                x -= slabs[i].a[k] * slabs[best].a[k];
            column[i] = x / pivot;
        }
        for (size_t i = 0; i < m; i++) {
            const bool taken = left[i] < singular;
            slabs[i].a[r] = taken ? 0 : column[i];
            left[i] = i == best || taken ? 0 : fmax(left[i] - column[i] * column[i], 0);
        }
    }
}

msp_status msp__rectangle_outside(const double *correlation, size_t m, const double *lower,
                                  const double *upper, double *p, msp_error *err)
{
    if (m < 1 || m > M)
        return msp_fail(err, MSP_EUNSUPPORTED, "%zu normal variables; expected 1 to %d", m, M);
    polytope of = {.m = m};
    of.r = factor(correlation, m, of.slabs);
    if (of.r > R)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "more than %d independent normal variables; expected up to %d", R, R);
    double least = 0; /* the answer is at least this */
    for (size_t i = 0; i < m; i++) {
        of.slabs[i].lower = clamp(lower[i]);
        of.slabs[i].upper = clamp(upper[i]);
        const double alone = msp_dist_normal_lower(lower[i]).p + msp_dist_normal_upper(upper[i]).p;
        least = fmax(least, alone);
    }
    of.tolerance = 1e-12 * least;
    *p = outside(&of);
    return MSP_OK;
}
