#include "mspike/figure/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "mark.h"
#include "measure.h"
#include "plot.h"

#define BAR         15.0 /* height of a treatment's bar */
#define ROW         16.0 /* of one line of bars or letters */
#define BRACKET     7.0  /* of one line of brackets */
#define LETTERS_MAX 80.0
#define ROWS_MAX    16
#define FIRST       0.32 /* height to width of the first panel, and of the others */
#define OTHERS      0.2
#define FIRST_SLIM  0.5
#define OTHERS_SLIM 0.34
#define BETWEEN     22.0 /* panels */

typedef struct layout {
    figure_plot panels[MSP_COURSE_PANELS_MAX];
    double keys_top[MSP_COURSE_PANELS_MAX];
    double left, right, bars_top, letters_top, brackets_top, height;
    size_t *bar_rows, *pair_rows; /* the line of each bar and bracket */
    int *letter_rows;             /* of each visit; -1: a dot */
    size_t n_bar_rows, n_letter_rows, n_pair_rows;
} layout;

/* -- checks -- */

static msp_status check_series(const msp_course_series *series, msp_error *err)
{
    for (size_t i = 0; i < series->n; i++) {
        const msp_course_point *p = &series->points[i];
        if (!isfinite(p->time) || (i > 0 && p->time < series->points[i - 1].time))
            return msp_fail_row(err, MSP_EINPUT, i, "the times of \"%s\" decrease", series->label);
        if (isinf(p->value))
            return msp_fail_row(err, MSP_EINPUT, i, "a value of \"%s\" is infinite", series->label);
    }
    return MSP_OK;
}

static msp_status check_steps(const msp_course_steps *steps, msp_error *err)
{
    for (size_t i = 0; i < steps->n; i++)
        if (!isfinite(steps->time[i]) || (i > 0 && steps->time[i] < steps->time[i - 1]) ||
            isinf(steps->value[i]))
            return msp_fail_row(err, MSP_EINPUT, i,
                                "the times of \"%s\" decrease, or a value is infinite",
                                steps->label);
    return MSP_OK;
}

static msp_status check_panel(const msp_course_panel *panel, msp_error *err)
{
    msp_status rc = MSP_OK;
    if (panel->n_series > MSP_COURSE_SERIES_MAX || panel->n_steps > MSP_COURSE_SERIES_MAX)
        return msp_fail(err, MSP_EINPUT, "\"%s\" has %zu series and %zu steps; expected at most %d",
                        panel->label, panel->n_series, panel->n_steps, MSP_COURSE_SERIES_MAX);
    for (size_t i = 0; i < panel->n_series && rc == MSP_OK; i++)
        rc = check_series(&panel->series[i], err);
    for (size_t i = 0; i < panel->n_steps && rc == MSP_OK; i++)
        rc = check_steps(&panel->steps[i], err);
    return rc;
}

static msp_status check_times(const msp_course_figure *f, msp_error *err)
{
    for (size_t i = 0; i < f->n_bars; i++)
        if (!isfinite(f->bars[i].from) || !(f->bars[i].to >= f->bars[i].from))
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\" ends before it begins",
                                f->bars[i].label);
    for (size_t i = 0; i < f->n_visits; i++)
        if (!isfinite(f->visits[i].time) || (i > 0 && f->visits[i].time < f->visits[i - 1].time))
            return msp_fail_row(err, MSP_EINPUT, i, "the times of the visits decrease");
    for (size_t i = 0; i < f->n_pairs; i++)
        if (!isfinite(f->pairs[i].from) || !(f->pairs[i].to >= f->pairs[i].from) ||
            isinf(f->pairs[i].to))
            return msp_fail_row(err, MSP_EINPUT, i, "a pair of visits ends before it begins");
    return MSP_OK;
}

msp_status course_check(const msp_course_figure *f, msp_error *err)
{
    msp_status rc = plot_check_width(&f->frame, err);
    if (rc == MSP_OK && (f->n_panels == 0 || f->n_panels > MSP_COURSE_PANELS_MAX))
        rc = msp_fail(err, MSP_EINPUT, "a course has %zu panels; expected 1 to %d", f->n_panels,
                      MSP_COURSE_PANELS_MAX);
    for (size_t i = 0; i < f->n_panels && rc == MSP_OK; i++)
        rc = check_panel(&f->panels[i], err);
    return rc == MSP_OK ? check_times(f, err) : rc;
}

/* -- scales -- */

typedef struct range {
    double lo, hi;
} range;

static void widen(range *r, double x)
{
    if (!isfinite(x))
        return;
    r->lo = fmin(r->lo, x);
    r->hi = fmax(r->hi, x);
}

static range all_times(const msp_course_figure *f)
{
    range r = {0, 0};
    for (size_t i = 0; i < f->n_bars; i++) {
        widen(&r, f->bars[i].from);
        widen(&r, f->bars[i].to);
    }
    for (size_t i = 0; i < f->n_visits; i++)
        widen(&r, f->visits[i].time);
    for (size_t i = 0; i < f->n_pairs; i++) {
        widen(&r, f->pairs[i].from);
        widen(&r, f->pairs[i].to);
    }
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->panels[i].n_series; k++)
            for (size_t j = 0; j < f->panels[i].series[k].n; j++)
                widen(&r, f->panels[i].series[k].points[j].time);
    return r;
}

/* Of what can be drawn: on a log axis that is what is above 0. */
static void widen_value(const msp_course_panel *panel, range *r, double value)
{
    if (!panel->log_axis || value > 0)
        widen(r, value);
}

static msp_ticks value_ticks(const msp_course_panel *panel)
{
    range r = {panel->log_axis ? INFINITY : 0, 0};
    for (size_t i = 0; i < panel->n_series; i++)
        for (size_t k = 0; k < panel->series[i].n; k++)
            widen_value(panel, &r, panel->series[i].points[k].value);
    for (size_t i = 0; i < panel->n_steps; i++)
        for (size_t k = 0; k < panel->steps[i].n; k++)
            widen_value(panel, &r, panel->steps[i].value[k]);
    if (!panel->log_axis)
        return msp_ticks_linear(r.lo, r.hi, 7);
    /* a little lower, so that what is lowest does not lie on the axis */
    return r.hi > 0 ? plot_log_ticks(0.85 * r.lo, r.hi, 8) : plot_log_ticks(0.1, 10, 8);
}

static bool has_value(const msp_course_panel *panel)
{
    for (size_t i = 0; i < panel->n_series; i++)
        for (size_t k = 0; k < panel->series[i].n; k++)
            if (!isnan(panel->series[i].points[k].value))
                return true;
    return false;
}

/* Drawn hollow: below quantification, or nothing that a log axis could show. */
static bool is_hollow(const msp_course_panel *panel, const msp_course_point *p)
{
    return p->below || (panel->log_axis && p->value <= 0);
}

static bool any_hollow(const msp_course_panel *panel)
{
    for (size_t i = 0; i < panel->n_series; i++)
        for (size_t k = 0; k < panel->series[i].n; k++)
            if (is_hollow(panel, &panel->series[i].points[k]))
                return true;
    return false;
}

static double x_of(const layout *at, double time)
{
    return plot_x(&at->panels[0], time);
}

static double y_of(const figure_plot *plot, double value)
{
    return plot->log_y && value <= 0 ? plot->bottom : plot_y(plot, value);
}

/* -- the lines of bars, letters and brackets -- */

/* The first line whose last entry ends before `from`; which then ends at `to`. Where all are taken,
 * `rows` itself. */
static size_t first_free(double *ends, size_t rows, double from, double to)
{
    for (size_t i = 0; i < rows; i++)
        if (ends[i] < from) {
            ends[i] = to;
            return i;
        }
    return rows;
}

static void no_ends(double ends[ROWS_MAX])
{
    for (size_t i = 0; i < ROWS_MAX; i++)
        ends[i] = -INFINITY;
}

static double bar_end(const layout *at, const msp_course_bar *bar)
{
    return isinf(bar->to) ? at->right - 8 : x_of(at, bar->to);
}

/* What a bar takes up with its label, which stands within it, or else right or left of it. */
typedef struct span {
    double from, to, label_x, label_width;
} span;

static span bar_span(const layout *at, const msp_course_bar *bar)
{
    const double from = x_of(at, bar->from), to = bar_end(at, bar);
    const double text = figure_text_width(bar->label, FIGURE_SMALL, false);
    const double after = isinf(bar->to) ? at->right : to;
    const double right = at->right + 14 - (after + 4), left = from - 4 - PLOT_EDGE;
    if (text + 8 <= to - from || (to - from > right && to - from > left))
        return (span){from, after, from + 4, to - from - 5};
    if (text <= right || right > left)
        return (span){from, after + 4 + fmin(text, right), after + 4, right};
    const double label = from - 4 - fmin(text, left);
    return (span){label, after, label, left};
}

static void place_bars(const msp_course_figure *f, layout *at)
{
    double ends[ROWS_MAX];
    no_ends(ends);
    for (size_t i = 0; i < f->n_bars; i++) {
        const span taken = bar_span(at, &f->bars[i]);
        size_t row = first_free(ends, ROWS_MAX, taken.from, taken.to + 2);
        if (row == ROWS_MAX)
            row = ROWS_MAX - 1;
        at->bar_rows[i] = row;
        at->n_bar_rows = row + 1 > at->n_bar_rows ? row + 1 : at->n_bar_rows;
    }
}

static void place_brackets(const msp_course_figure *f, layout *at)
{
    double ends[ROWS_MAX];
    no_ends(ends);
    for (size_t i = 0; i < f->n_pairs; i++) {
        size_t row =
            first_free(ends, ROWS_MAX, x_of(at, f->pairs[i].from), x_of(at, f->pairs[i].to) + 1);
        if (row == ROWS_MAX)
            row = ROWS_MAX - 1;
        at->pair_rows[i] = row;
        at->n_pair_rows = row + 1 > at->n_pair_rows ? row + 1 : at->n_pair_rows;
    }
}

static double letters_width(const msp_course_visit *visit)
{
    return fmin(figure_text_width(visit->label, FIGURE_SMALL, true), LETTERS_MAX);
}

/* The middle of a visit's letters: over its time, but within the drawing. */
static double letters_x(const msp_course_figure *f, const layout *at, const msp_course_visit *visit)
{
    const double half = letters_width(visit) / 2, x = x_of(at, visit->time);
    return fmax(PLOT_EDGE + half, fmin(x, f->frame.width - 2 - half));
}

static bool is_change(const msp_course_figure *f, size_t i)
{
    return i == 0 || strcmp(f->visits[i].label, f->visits[i - 1].label) != 0;
}

/* Whether the letters of visit i would touch letters of the first line that are already placed. */
static bool first_line_is_free(const msp_course_figure *f, const layout *at, size_t i,
                               double last_end)
{
    const double x = letters_x(f, at, &f->visits[i]), half = letters_width(&f->visits[i]) / 2 + 2;
    if (x - half < last_end)
        return false;
    for (size_t k = i + 1; k < f->n_visits; k++) {
        if (at->letter_rows[k] != 0)
            continue;
        return letters_x(f, at, &f->visits[k]) - letters_width(&f->visits[k]) / 2 - 2 > x + half;
    }
    return true;
}

/* First every change of the letters, then those that repeat the one before where there is room. */
static void place_letters(const msp_course_figure *f, layout *at)
{
    double ends[ROWS_MAX];
    no_ends(ends);
    for (size_t i = 0; i < f->n_visits; i++) {
        const msp_course_visit *visit = &f->visits[i];
        at->letter_rows[i] = -1;
        if (!is_change(f, i) || *visit->label == '\0')
            continue;
        const double x = letters_x(f, at, visit), half = letters_width(visit) / 2 + 2;
        const size_t row = first_free(ends, ROWS_MAX, x - half, x + half);
        if (row == ROWS_MAX)
            continue;
        at->letter_rows[i] = (int)row;
        at->n_letter_rows = row + 1 > at->n_letter_rows ? row + 1 : at->n_letter_rows;
    }
    double end = -INFINITY;
    for (size_t i = 0; i < f->n_visits; i++) {
        if (at->letter_rows[i] < 0 && !is_change(f, i) && *f->visits[i].label != '\0' &&
            first_line_is_free(f, at, i, end))
            at->letter_rows[i] = 0;
        if (at->letter_rows[i] == 0)
            end = letters_x(f, at, &f->visits[i]) + letters_width(&f->visits[i]) / 2 + 2;
    }
}

/* -- the legend of a panel -- */

static const int series_colours[MSP_COURSE_SERIES_MAX] = {0, 4, 2, 3};
static const msp_mark series_marks[MSP_COURSE_SERIES_MAX] = {MSP_MARK_DISC, MSP_MARK_SQUARE,
                                                             MSP_MARK_DIAMOND, MSP_MARK_TRIANGLE};
static const int steps_colours[MSP_COURSE_SERIES_MAX] = {5, 1, 3, 2};

static void series_classes(size_t i, char line[32], char mark[32])
{
    const int colour = series_colours[i];
    snprintf(line, 32, "path s %s", svg_colour(colour));
    snprintf(mark, 32, "pt f %s", svg_colour(colour));
}

/* Short dashes for the first, long ones for the second. */
static void steps_classes(size_t i, char line[32])
{
    snprintf(line, 32, "path s %s %s", svg_colour(steps_colours[i]),
             svg_pattern(i == 0   ? 2
                         : i == 1 ? 1
                                  : (int)i + 1));
}

static double walk_legend(const msp_course_figure *f, const layout *at, size_t k, msp_text *out)
{
    const msp_course_panel *panel = &f->panels[k];
    figure_key keys[2 * MSP_COURSE_SERIES_MAX + 1];
    char lines[2 * MSP_COURSE_SERIES_MAX][32], marks[MSP_COURSE_SERIES_MAX][32];
    size_t n = 0;
    for (size_t i = 0; i < panel->n_series; i++, n++) {
        series_classes(i, lines[n], marks[i]);
        keys[n] = (figure_key){.label = panel->series[i].label,
                               .fill = -1,
                               .line = lines[n],
                               .mark_class = marks[i],
                               .mark = series_marks[i]};
    }
    for (size_t i = 0; i < panel->n_steps; i++, n++) {
        steps_classes(i, lines[n]);
        keys[n] = (figure_key){.label = panel->steps[i].label, .fill = -1, .line = lines[n]};
    }
    if (any_hollow(panel))
        keys[n++] = (figure_key){
            .label = f->below_label, .fill = -1, .mark_class = "hollow", .mark = MSP_MARK_WEDGE};
    return plot_keys(f->frame.id, keys, n, PLOT_EDGE, at->keys_top[k] + FIGURE_LINE,
                     f->frame.width - 2, out);
}

/* -- layout -- */

static bool allocate(const msp_course_figure *f, layout *at)
{
    at->bar_rows = calloc(f->n_bars + 1, sizeof *at->bar_rows);
    at->pair_rows = calloc(f->n_pairs + 1, sizeof *at->pair_rows);
    at->letter_rows = calloc(f->n_visits + 1, sizeof *at->letter_rows);
    return at->bar_rows != NULL && at->pair_rows != NULL && at->letter_rows != NULL;
}

static void place_columns(const msp_course_figure *f, layout *at)
{
    for (size_t k = 0; k < f->n_panels; k++) {
        at->panels[k].y = value_ticks(&f->panels[k]);
        at->panels[k].log_y = f->panels[k].log_axis;
        at->left = fmax(at->left, plot_margin(&at->panels[k].y, f->panels[k].log_axis, false));
    }
    at->right = f->frame.width - PLOT_EDGE - 14;
    const range times = all_times(f);
    for (size_t k = 0; k < f->n_panels; k++) {
        at->panels[k].left = at->left;
        at->panels[k].right = at->right;
        plot_set_time(&at->panels[k], times.lo, times.hi, f->unit);
    }
}

static void place_panels(const msp_course_figure *f, layout *at, double y)
{
    const bool narrow = f->frame.width < FIGURE_NARROW;
    for (size_t k = 0; k < f->n_panels; k++) {
        const double ratio =
            narrow ? (k == 0 ? FIRST_SLIM : OTHERS_SLIM) : (k == 0 ? FIRST : OTHERS);
        at->keys_top[k] = y;
        at->panels[k].top = y + FIGURE_LINE + walk_legend(f, at, k, NULL) + 8;
        at->panels[k].bottom = at->panels[k].top + floor((at->right - at->left) * ratio);
        y = at->panels[k].bottom + BETWEEN;
    }
    at->height = y - BETWEEN + PLOT_FOOT;
}

static void lay_out(const msp_course_figure *f, layout *at)
{
    place_columns(f, at);
    place_bars(f, at);
    place_letters(f, at);
    place_brackets(f, at);
    double y = 4;
    at->bars_top = y + (f->n_bars > 0 ? FIGURE_LINE + 2 : 0);
    y = at->bars_top + (double)at->n_bar_rows * (ROW + 2) + (f->n_bars > 0 ? 6 : 0);
    at->letters_top = y + (f->n_visits > 0 ? FIGURE_LINE : 0);
    y = at->letters_top + (double)at->n_letter_rows * FIGURE_LINE + (f->n_visits > 0 ? 8 : 0);
    at->brackets_top = y;
    y += (double)at->n_pair_rows * BRACKET + (f->n_pairs > 0 ? 4 : 0);
    place_panels(f, at, y + 2);
}

/* -- drawing -- */

void course_add_date(const msp_course_figure *f, double time, msp_text *out)
{
    char date[MSP_DATE_MAX];
    msp_day_format(f->origin + (msp_day)lround(time * f->days), date);
    msp_text_add(out, date);
}

void course_add_value(const msp_course_figure *f, const msp_course_point *p, msp_text *out)
{
    if (p->below && p->value <= 0) {
        msp_text_add(out, f->below_label);
        return;
    }
    msp_text_add(out, p->below ? "< " : "");
    msp_text_add_double(out, p->value);
}

static void hover(const msp_course_figure *f, const char *label, double from, double to,
                  const char *why, msp_text *out)
{
    msp_text text = {0};
    const bool ends = to > from && isfinite(to);
    msp_text_printf(&text, "%s, ", label);
    if (f->days > 0) {
        course_add_date(f, from, &text);
        msp_text_add(&text, ends ? " to " : "");
        if (ends)
            course_add_date(f, to, &text);
        msp_text_add(&text, " (");
    }
    plot_add_tenths(from, &text);
    msp_text_add(&text, ends ? " to " : "");
    if (ends)
        plot_add_tenths(to, &text);
    msp_text_printf(&text, " %s%s%s", f->unit, f->days > 0 ? ")" : "",
                    isinf(to) ? ", ongoing" : "");
    if (why != NULL && *why != '\0' && !f->no_reasons)
        msp_text_printf(&text, "; %s", why);
    mark_hover_begin(out, msp_text_str(&text));
    out->failed |= text.failed;
    msp_text_free(&text);
}

static void draw_bar(const msp_course_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_course_bar *bar = &f->bars[i];
    const double from = x_of(at, bar->from), to = bar_end(at, bar);
    const double y = at->bars_top + (double)at->bar_rows[i] * (ROW + 2);
    const span taken = bar_span(at, bar);
    hover(f, bar->label, bar->from, bar->to, bar->why, out);
    svg_rect(out, "course", from, y, fmax(to - from, 2), BAR);
    if (isinf(bar->to))
        plot_arrow_right(out, to, y + BAR / 2, 4.5);
    svg_text_in(out, "small", SVG_START, taken.label_x, y + 11, bar->label, taken.label_width + 1,
                FIGURE_SMALL, false);
    mark_hover_end(out);
}

static void draw_visit(const msp_course_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_course_visit *visit = &f->visits[i];
    const double x = x_of(at, visit->time);
    const double foot = at->letters_top + (double)at->n_letter_rows * FIGURE_LINE;
    const int row = at->letter_rows[i];
    hover(f, visit->label, visit->time, visit->time, visit->why, out);
    if (row >= 0) {
        const double y = foot - (double)row * FIGURE_LINE - 5; /* the first line is the lowest */
        svg_text_in(out, "small strong", SVG_MIDDLE, letters_x(f, at, visit), y, visit->label,
                    LETTERS_MAX, FIGURE_SMALL, true);
    }
    mark_shape(out, "ev", MSP_MARK_DISC, x, foot + 2, 2);
    mark_hover_end(out);
}

static void draw_bracket(const msp_course_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_course_pair *pair = &f->pairs[i];
    const double from = x_of(at, pair->from), to = x_of(at, pair->to);
    const double top = at->brackets_top + (double)at->pair_rows[i] * BRACKET;
    hover(f, "confirmed", pair->from, pair->to, pair->why, out);
    svg_path_begin(out, "pair");
    svg_path_move(out, 'M', from, top);
    svg_path_step(out, 'V', top + BRACKET - 3);
    svg_path_step(out, 'H', to);
    svg_path_step(out, 'V', top);
    svg_path_end(out);
    mark_hover_end(out);
}

static void draw_head(const msp_course_figure *f, const layout *at, msp_text *out)
{
    const double room = f->frame.width - 2 * PLOT_EDGE;
    if (f->n_bars > 0)
        svg_text_in(out, "small strong", SVG_START, PLOT_EDGE, at->bars_top - 6, f->bars_label,
                    room, FIGURE_SMALL, true);
    for (size_t i = 0; i < f->n_bars; i++)
        draw_bar(f, at, i, out);
    if (f->n_visits > 0)
        svg_text_in(out, "small strong", SVG_START, PLOT_EDGE, at->letters_top - 4, f->visits_label,
                    room, FIGURE_SMALL, true);
    for (size_t i = 0; i < f->n_visits; i++)
        draw_visit(f, at, i, out);
    for (size_t i = 0; i < f->n_pairs; i++)
        draw_bracket(f, at, i, out);
}

/* Flat from each time to the next, and from the last to the end of the axis. */
static void draw_steps(const msp_course_panel *panel, const figure_plot *plot, size_t i,
                       msp_text *out)
{
    const msp_course_steps *steps = &panel->steps[i];
    char classes[32];
    steps_classes(i, classes);
    svg_path_begin(out, classes);
    bool pen_down = false;
    for (size_t k = 0; k < steps->n; k++) {
        const bool drawn = !isnan(steps->value[k]) && !(plot->log_y && steps->value[k] <= 0);
        const double x = plot_x(plot, steps->time[k]);
        const double end = k + 1 < steps->n ? plot_x(plot, steps->time[k + 1]) : plot->right;
        if (drawn && !pen_down)
            svg_path_move(out, 'M', x, plot_y(plot, steps->value[k]));
        else if (drawn)
            svg_path_step(out, 'V', plot_y(plot, steps->value[k]));
        if (drawn)
            svg_path_step(out, 'H', end);
        pen_down = drawn;
    }
    svg_path_end(out);
}

static void draw_series_path(const msp_course_series *series, const figure_plot *plot,
                             const char *classes, msp_text *out)
{
    bool pen_down = false;
    svg_path_begin(out, classes);
    for (size_t k = 0; k < series->n; k++) {
        const msp_course_point *p = &series->points[k];
        if (!isnan(p->value))
            svg_path_move(out, pen_down ? 'L' : 'M', plot_x(plot, p->time), y_of(plot, p->value));
        pen_down = !isnan(p->value);
    }
    svg_path_end(out);
}

static void draw_series(const msp_course_figure *f, const msp_course_panel *panel,
                        const figure_plot *plot, size_t i, msp_text *out)
{
    const msp_course_series *series = &panel->series[i];
    const double space = (plot->right - plot->left) / (double)(series->n + 1);
    const double r = fmax(1.4, fmin(0.45 * space, 3.2)); /* marks of many visits are smaller */
    char line[32], mark[32];
    series_classes(i, line, mark);
    draw_series_path(series, plot, line, out);
    for (size_t k = 0; k < series->n; k++) {
        const msp_course_point *p = &series->points[k];
        if (isnan(p->value))
            continue;
        msp_text label = {0};
        msp_text_printf(&label, "%s ", series->label);
        course_add_value(f, p, &label);
        hover(f, msp_text_str(&label), p->time, p->time, p->why, out);
        out->failed |= label.failed;
        msp_text_free(&label);
        const bool hollow = is_hollow(panel, p);
        mark_shape(out, hollow ? "hollow" : mark, hollow ? MSP_MARK_WEDGE : series_marks[i],
                   plot_x(plot, p->time), y_of(plot, p->value), hollow ? r + 0.4 : r);
        mark_hover_end(out);
    }
}

/* One path: a page of many patients has many of them. */
static void draw_visit_lines(const msp_course_figure *f, const layout *at, const figure_plot *plot,
                             msp_text *out)
{
    if (f->n_visits == 0)
        return;
    svg_path_begin(out, "grid");
    for (size_t i = 0; i < f->n_visits; i++) {
        svg_path_move(out, 'M', x_of(at, f->visits[i].time), plot->top);
        svg_path_step(out, 'V', plot->bottom);
    }
    svg_path_end(out);
}

static void draw_panel(const msp_course_figure *f, const layout *at, size_t k, msp_text *out)
{
    const msp_course_panel *panel = &f->panels[k];
    const figure_plot *plot = &at->panels[k];
    svg_text_in(out, "small strong", SVG_START, PLOT_EDGE, at->keys_top[k] + 12, panel->label,
                f->frame.width - 2 * PLOT_EDGE, FIGURE_SMALL, true);
    walk_legend(f, at, k, out);
    plot_y_axis(plot, "", out);
    draw_visit_lines(f, at, plot, out);
    if (k + 1 == f->n_panels)
        plot_x_axis(plot, f->x_label, f->frame.width, out);
    else
        svg_line(out, "axis", plot->left, plot->bottom, plot->right, plot->bottom);
    for (size_t i = 0; i < panel->n_steps; i++)
        draw_steps(panel, plot, i, out);
    for (size_t i = 0; i < panel->n_series; i++)
        draw_series(f, panel, plot, i, out);
    if (!has_value(panel))
        plot_say(plot, "No value to show.", out);
}

msp_status msp_figure_course(const msp_course_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = course_check(f, err);
    if (rc != MSP_OK)
        return rc;
    layout at = {0};
    if (!allocate(f, &at)) {
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
        goto done;
    }
    lay_out(f, &at);
    rc = svg_open(out, &f->frame, at.height, err);
    if (rc != MSP_OK)
        goto done;
    draw_head(f, &at, out);
    for (size_t k = 0; k < f->n_panels; k++)
        draw_panel(f, &at, k, out);
    svg_close(out);
    if (out->failed)
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
done:
    free(at.bar_rows);
    free(at.pair_rows);
    free(at.letter_rows);
    return rc;
}
