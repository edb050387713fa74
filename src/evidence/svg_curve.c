/* svg_curve.c - path data as the points of a step function. */
#include "mspike/evidence/svg_curve.h"

#include <math.h>
#include <string.h>

#include "mspike/base/text.h"

/* A part of the text of the figure. */
typedef struct span {
    const char *at;
    size_t len;
} span;

/* -- elements -- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static uint32_t line_of(span svg, const char *at)
{
    uint32_t line = 1;
    for (const char *c = svg.at; c < at; c++)
        line += *c == '\n';
    return line;
}

static bool begins(span text, size_t i, const char *word)
{
    const size_t len = strlen(word);
    return text.len - i >= len && memcmp(text.at + i, word, len) == 0;
}

/* The value of an attribute of a start tag; at NULL: it has none. */
static span attribute(span tag, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 1; i + len + 2 < tag.len; i++) {
        if (!is_space(tag.at[i - 1]) || !begins(tag, i, name))
            continue;
        size_t k = i + len;
        while (k < tag.len && is_space(tag.at[k]))
            k++;
        if (k == tag.len || tag.at[k] != '=')
            continue;
        for (k++; k < tag.len && is_space(tag.at[k]); k++)
            ;
        if (k == tag.len || (tag.at[k] != '"' && tag.at[k] != '\''))
            continue;
        const char *end = memchr(tag.at + k + 1, tag.at[k], tag.len - k - 1);
        if (end != NULL)
            return (span){tag.at + k + 1, (size_t)(end - tag.at) - k - 1};
    }
    return (span){NULL, 0};
}

/* The next start tag of a path or polyline from *from on; at NULL: there is none. */
static span next_tag(span svg, size_t *from)
{
    for (size_t i = *from; i < svg.len; i++) {
        if (begins(svg, i, "<!--")) {
            while (i < svg.len && !begins(svg, i, "-->"))
                i++;
            continue;
        }
        const bool path = begins(svg, i, "<path"), line = begins(svg, i, "<polyline");
        const size_t name = path ? 5 : 9;
        if ((!path && !line) || i + name >= svg.len || !is_space(svg.at[i + name]))
            continue;
        const char *end = memchr(svg.at + i, '>', svg.len - i);
        const size_t len = end != NULL ? (size_t)(end - svg.at) - i : svg.len - i;
        *from = i + len;
        return (span){svg.at + i, len};
    }
    return (span){NULL, 0};
}

static bool is_called(span tag, size_t number, const char *path)
{
    const span id = attribute(tag, "id");
    double wanted;
    if (id.at != NULL && id.len == strlen(path) && memcmp(id.at, path, id.len) == 0)
        return true;
    return msp_double_parse(path, strlen(path), &wanted) && wanted == (double)number;
}

static msp_status find_path(span svg, const char *path, span *out, msp_error *err)
{
    size_t from = 0, number = 0;
    for (span tag = next_tag(svg, &from); tag.at != NULL; tag = next_tag(svg, &from)) {
        if (!is_called(tag, ++number, path))
            continue;
        const msp_place place = {.line = line_of(svg, tag.at), .col = 1};
        if (attribute(tag, "transform").at != NULL)
            return msp_fail_at(err, MSP_EINPUT, place,
                               "path %s has a transform; expected coordinates as they are drawn",
                               path);
        *out = attribute(tag, tag.at[2] == 'a' ? "d" : "points");
        if (out->at == NULL)
            return msp_fail_at(err, MSP_EINPUT, place, "path %s has no data", path);
        return MSP_OK;
    }
    return msp_fail(err, MSP_ENODATA,
                    "no path has the id or the number \"%s\"; the figure has %zu paths", path,
                    number);
}

/* -- path data -- */

/* The pen, and where its points go. */
typedef struct pen {
    span data;
    size_t i;
    char command;
    double x, y, from_x, from_y;
    msp_curve_point *point; /* in the coordinates of the figure; NULL while counting */
    size_t n;
} pen;

static bool is_number_start(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

static void skip(pen *p)
{
    while (p->i < p->data.len && (is_space(p->data.at[p->i]) || p->data.at[p->i] == ','))
        p->i++;
}

/* One number; "1-2" and "1.5.5" are two each. */
static bool number(pen *p, double *out)
{
    skip(p);
    const size_t from = p->i;
    bool point = false, exponent = false;
    for (; p->i < p->data.len; p->i++) {
        const char c = p->data.at[p->i], before = p->i > from ? p->data.at[p->i - 1] : ' ';
        const bool sign =
            (c == '-' || c == '+') && (p->i == from || before == 'e' || before == 'E');
        if (c == '.' && !point && !exponent)
            point = true;
        else if ((c == 'e' || c == 'E') && p->i > from && !exponent)
            exponent = true;
        else if (!(c >= '0' && c <= '9') && !sign)
            break;
    }
    const size_t skip_plus = p->i > from && p->data.at[from] == '+';
    return msp_double_parse(p->data.at + from + skip_plus, p->i - from - skip_plus, out);
}

static void put(pen *p)
{
    if (p->point != NULL)
        p->point[p->n] = (msp_curve_point){p->x, p->y};
    p->n++;
}

/* The numbers of one command; false where they are no numbers. */
static bool step(pen *p)
{
    const bool relative = p->command >= 'a';
    double a, b;
    switch (p->command) {
    case 'H':
    case 'h':
        if (!number(p, &a))
            return false;
        p->x = relative ? p->x + a : a;
        break;
    case 'V':
    case 'v':
        if (!number(p, &a))
            return false;
        p->y = relative ? p->y + a : a;
        break;
    default:
        if (!number(p, &a) || !number(p, &b))
            return false;
        p->x = relative ? p->x + a : a;
        p->y = relative ? p->y + b : b;
    }
    if (p->command == 'M' || p->command == 'm') { /* more numbers are lines */
        p->from_x = p->x;
        p->from_y = p->y;
        p->command = p->command == 'M' ? 'L' : 'l';
    }
    put(p);
    return true;
}

/* Runs through the data; MSP_EINPUT says what is no line. */
static msp_status draw(pen *p, msp_error *err)
{
    for (skip(p); p->i < p->data.len; skip(p)) {
        const char c = p->data.at[p->i];
        if (strchr("MmLlHhVv", c) != NULL && c != '\0') {
            p->command = c;
            p->i++;
        } else if (c == 'Z' || c == 'z') {
            p->x = p->from_x;
            p->y = p->from_y;
            p->i++;
            continue;
        } else if (!is_number_start(c)) {
            return msp_fail(err, MSP_EINPUT,
                            "the path has \"%c\"; a Kaplan-Meier curve is drawn by M, L, H and V",
                            c);
        }
        if (!step(p))
            return msp_fail(err, MSP_EINPUT, "the path has no number after \"%c\"", p->command);
    }
    return MSP_OK;
}

/* -- axes -- */

static double value_at(const msp_svg_axis *axis, double at)
{
    return axis->value[0] +
           (at - axis->at[0]) / (axis->at[1] - axis->at[0]) * (axis->value[1] - axis->value[0]);
}

static bool is_axis(const msp_svg_axis *axis)
{
    bool finite = true;
    for (size_t k = 0; k < 2; k++)
        finite &= isfinite(axis->at[k]) && isfinite(axis->value[k]);
    return finite && axis->at[0] != axis->at[1] && axis->value[0] != axis->value[1];
}

/* The corners of the steps as falls: the last point at each level's end is where it falls to the
 * next. Rests between two falls say nothing, but for the last. */
static size_t keep_falls(msp_curve_point *point, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const bool falls = kept > 0 && point[i].survival < point[kept - 1].survival;
        const bool last = i + 1 == n && kept > 0 && point[i].time > point[kept - 1].time;
        if (kept == 0 || falls || last)
            point[kept++] = point[i];
    }
    return kept;
}

msp_status msp_svg_curve(const char *svg, size_t size, const char *path, const msp_svg_axis *time,
                         const msp_svg_axis *survival, msp_arena *arena, msp_curve_point **point,
                         size_t *n_points, msp_error *err)
{
    pen p = {.command = 'L'};
    *point = NULL;
    *n_points = 0;
    if (!is_axis(time) || !is_axis(survival))
        return msp_fail(err, MSP_ERANGE, "the two ticks of an axis have to differ");
    msp_status status = find_path((span){svg, size}, path, &p.data, err);
    if (status == MSP_OK)
        status = draw(&p, err);
    if (status != MSP_OK)
        return status;
    if (p.n == 0)
        return msp_fail(err, MSP_EINPUT, "path %s has no points", path);
    msp_curve_point *out = msp_arena_array(arena, p.n, sizeof *out);
    if (out == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu points", p.n);
    p = (pen){.command = 'L', .data = p.data, .point = out};
    status = draw(&p, err);
    for (size_t i = 0; i < p.n; i++)
        out[i] =
            (msp_curve_point){value_at(time, out[i].time), value_at(survival, out[i].survival)};
    *point = out;
    *n_points = keep_falls(out, p.n);
    return status;
}
