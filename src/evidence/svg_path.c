/*
 * svg_path.c - path data (SVG 1.1, 8.3) as corners of a line; curves as chords.
 *
 *   1. the pen     2. Bezier curves     3. arcs     4. commands
 */
#include <math.h>
#include <string.h>

#include "svg_internal.h"

/* The most chords of one curve. */
#define CHORDS_MAX 4096

/* -- 1. the pen -- */

typedef struct at {
    double x, y;
} at;

/* The pen in the coordinates of the path, and where its points go. */
typedef struct pen {
    svg_span data;
    size_t i;
    char command;
    at here, from; /* from: where this part of the path began */
    at control;    /* the last control point */
    char curve;    /* of which kind of curve: 'C', 'Q' or none */
    svg_matrix matrix;
    double tolerance;
    msp_curve_point *point; /* in the coordinates of the figure; NULL while counting */
    size_t n;
} pen;

static at mapped(const pen *p, at a)
{
    const svg_matrix *m = &p->matrix;
    return (at){m->a * a.x + m->c * a.y + m->e, m->b * a.x + m->d * a.y + m->f};
}

static void put(pen *p, at figure)
{
    if (p->point != NULL)
        p->point[p->n] = (msp_curve_point){figure.x, figure.y};
    p->n++;
}

static void line_to(pen *p, at to)
{
    p->here = to;
    p->curve = '\0';
    put(p, mapped(p, to));
}

/* So many chords keep a curve with a second derivative of `bend` within the tolerance; 0: too many.
 */
static size_t chords(const pen *p, double bend)
{
    const double n = ceil(sqrt(bend / (8 * p->tolerance)));
    return n < CHORDS_MAX ? (n > 1 ? (size_t)n : 1) : 0;
}

/* -- 2. Bezier curves -- */

/* Of a quadratic curve as the cubic that it is. */
static at third(at end, at control)
{
    return (at){end.x + 2 * (control.x - end.x) / 3, end.y + 2 * (control.y - end.y) / 3};
}

static double second_difference(at a, at b, at c)
{
    return hypot(a.x - 2 * b.x + c.x, a.y - 2 * b.y + c.y);
}

/* The cubic from the pen to d; affine maps move its control points. */
static bool cubic_to(pen *p, at b, at c, at d)
{
    const at q[4] = {mapped(p, p->here), mapped(p, b), mapped(p, c), mapped(p, d)};
    const double bend =
        6 * fmax(second_difference(q[0], q[1], q[2]), second_difference(q[1], q[2], q[3]));
    const size_t n = chords(p, bend);
    for (size_t k = 1; k < n; k++) {
        const double t = (double)k / (double)n, u = 1 - t;
        const double w[4] = {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
        at sum = {0, 0};
        for (size_t j = 0; j < 4; j++) {
            sum.x += w[j] * q[j].x;
            sum.y += w[j] * q[j].y;
        }
        put(p, sum);
    }
    p->here = d;
    put(p, q[3]);
    return n > 0;
}

/* The last control point mirrored, or the pen's place where the last command was no such curve. */
static at mirrored(const pen *p, char curve)
{
    return p->curve == curve ? (at){2 * p->here.x - p->control.x, 2 * p->here.y - p->control.y}
                             : p->here;
}

/* -- 3. arcs -- */

static double angle(double x, double y)
{
    return atan2(y, x);
}

/* From the pen to `to` on an ellipse, by its centre (SVG 1.1, F.6). */
static bool arc_to(pen *p, at radius, double degrees, bool large, bool sweep, at to)
{
    const double pi = acos(-1), phi = degrees * (pi / 180), c = cos(phi), s = sin(phi);
    double rx = fabs(radius.x), ry = fabs(radius.y);
    const double dx = (p->here.x - to.x) / 2, dy = (p->here.y - to.y) / 2;
    if (!(rx > 0) || !(ry > 0) || (dx == 0 && dy == 0)) {
        line_to(p, to);
        return true;
    }
    const double x = c * dx + s * dy, y = -s * dx + c * dy;
    const double grow = sqrt(fmax(1, x * x / (rx * rx) + y * y / (ry * ry)));
    rx *= grow;
    ry *= grow;
    const double below = rx * rx * y * y + ry * ry * x * x;
    const double far = sqrt(fmax(0, rx * rx * ry * ry - below) / below) * (large == sweep ? -1 : 1);
    const double cx = far * rx * y / ry, cy = -far * ry * x / rx;
    const double first = angle((x - cx) / rx, (y - cy) / ry);
    double turn = angle((-x - cx) / rx, (-y - cy) / ry) - first;
    if (sweep && turn < 0)
        turn += 2 * pi;
    if (!sweep && turn > 0)
        turn -= 2 * pi;
    const at middle = {c * cx - s * cy + (p->here.x + to.x) / 2,
                       s * cx + c * cy + (p->here.y + to.y) / 2};
    const svg_matrix *m = &p->matrix;
    const double scale = hypot(hypot(m->a, m->b), hypot(m->c, m->d));
    const size_t n = chords(p, scale * fmax(rx, ry) * turn * turn);
    for (size_t k = 1; k < n; k++) {
        const double t = first + turn * (double)k / (double)n;
        const double u = rx * cos(t), v = ry * sin(t);
        put(p, mapped(p, (at){middle.x + c * u - s * v, middle.y + s * u + c * v}));
    }
    line_to(p, to);
    return n > 0;
}

/* -- 4. commands -- */

static bool is_number_start(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

static bool numbers(pen *p, double *out, size_t n)
{
    bool good = true;
    for (size_t k = 0; good && k < n; k++)
        good = msp__svg_number(p->data, &p->i, &out[k]);
    return good;
}

/* 0 or 1; the next number may follow at once. */
static bool flag(pen *p, bool *out)
{
    msp__svg_skip(p->data, &p->i);
    if (p->i == p->data.len || (p->data.at[p->i] != '0' && p->data.at[p->i] != '1'))
        return false;
    *out = p->data.at[p->i++] == '1';
    return true;
}

/* n places, two numbers each; relative ones are to the pen. */
static bool places(pen *p, at *out, size_t n)
{
    const at base = p->command >= 'a' ? p->here : (at){0, 0};
    double x[2];
    for (size_t k = 0; k < n; k++) {
        if (!numbers(p, x, 2))
            return false;
        out[k] = (at){base.x + x[0], base.y + x[1]};
    }
    return true;
}

/* What came of the numbers of one command. */
typedef enum outcome {
    DRAWN,
    NO_NUMBER,
    TOO_LARGE,
} outcome;

static outcome curve_step(pen *p)
{
    at a[3];
    const char kind = (char)(p->command & ~0x20); /* upper case */
    const char order = kind == 'C' || kind == 'S' ? 'C' : 'Q';
    const bool smooth = kind == 'S' || kind == 'T';
    const size_t n = (order == 'C' ? 3U : 2U) - smooth;
    if (smooth)
        a[0] = mirrored(p, order);
    if (!places(p, a + smooth, n))
        return NO_NUMBER;
    const at from = p->here;
    const bool drawn = order == 'C' ? cubic_to(p, a[0], a[1], a[2])
                                    : cubic_to(p, third(from, a[0]), third(a[1], a[0]), a[1]);
    p->control = order == 'C' ? a[1] : a[0];
    p->curve = order;
    return drawn ? DRAWN : TOO_LARGE;
}

static outcome arc_step(pen *p)
{
    double x[3];
    bool large, sweep;
    at to;
    if (!numbers(p, x, 3) || !flag(p, &large) || !flag(p, &sweep) || !places(p, &to, 1))
        return NO_NUMBER;
    return arc_to(p, (at){x[0], x[1]}, x[2], large, sweep, to) ? DRAWN : TOO_LARGE;
}

static outcome line_step(pen *p)
{
    const bool relative = p->command >= 'a';
    const char kind = (char)(p->command & ~0x20);
    at to = p->here;
    double x;
    if (kind == 'H' || kind == 'V') {
        if (!numbers(p, &x, 1))
            return NO_NUMBER;
        if (kind == 'H')
            to.x = relative ? to.x + x : x;
        else
            to.y = relative ? to.y + x : x;
    } else if (!places(p, &to, 1)) {
        return NO_NUMBER;
    }
    if (kind == 'M') { /* more numbers are lines */
        p->from = to;
        p->command = relative ? 'l' : 'L';
    }
    line_to(p, to);
    return DRAWN;
}

static outcome step(pen *p)
{
    const char kind = (char)(p->command & ~0x20);
    return kind == 'A' ? arc_step(p) : strchr("CSQT", kind) != NULL ? curve_step(p) : line_step(p);
}

msp_status msp__svg_draw(svg_span data, const svg_matrix *matrix, double tolerance,
                         msp_curve_point *point, size_t *n, msp_error *err)
{
    pen p = {
        .data = data, .command = 'L', .matrix = *matrix, .tolerance = tolerance, .point = point};
    for (msp__svg_skip(data, &p.i); p.i < data.len; msp__svg_skip(data, &p.i)) {
        const char c = data.at[p.i];
        if (c != '\0' && strchr("MmLlHhVvCcSsQqTtAa", c) != NULL) {
            p.command = c;
            p.i++;
        } else if (c == 'Z' || c == 'z') {
            p.here = p.from;
            p.curve = '\0';
            p.i++;
            continue;
        } else if (!is_number_start(c)) {
            return msp_fail(err, MSP_EINPUT,
                            "the path has \"%c\"; expected M, L, H, V, C, S, Q, T, A or Z", c);
        }
        switch (step(&p)) {
        case NO_NUMBER:
            return msp_fail(err, MSP_EINPUT, "the path has no number after \"%c\"", p.command);
        case TOO_LARGE:
            return msp_fail(err, MSP_ERANGE,
                            "a curve of the path is far larger than the axes between their ticks");
        case DRAWN:
            break;
        }
    }
    *n = p.n;
    return MSP_OK;
}
