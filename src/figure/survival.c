#include "mspike/figure/survival.h"

#include <math.h>
#include <string.h>

#include "measure.h"
#include "svg.h"

#define PLOT_RATIO      0.46 /* height to width of the plot */
#define PLOT_RATIO_SLIM 0.72
#define TICK            5.0
#define GAP             8.0
#define SAMPLE          26.0 /* length of a line in the legend */
#define NOTE_LINE       15.0
#define NEAR            0.1 /* steps nearer than this cannot be told apart */

/* Where everything stands. Margins come from what is written in them. */
typedef struct layout {
    double left, right, top, bottom; /* of the plot */
    double legend_left, legend_top, notes_top;
    double table_top, height;
    double notes_x, notes_y, notes_width, notes_height, notes_label_width;
    bool notes_above;
} layout;

static double x_of(const msp_survival_figure *f, const layout *at, double time)
{
    const double first = f->ticks.at[0], last = f->ticks.at[f->ticks.n - 1];
    return at->left + (time - first) / (last - first) * (at->right - at->left);
}

static double y_of(const layout *at, double value)
{
    return at->bottom - value * (at->bottom - at->top);
}

/* -- checks -- */

static msp_status check_curve(const msp_figure_curve *curve, msp_error *err)
{
    for (size_t i = 0; i < curve->n; i++) {
        if (!isfinite(curve->time[i]) || curve->time[i] < 0 ||
            (i > 0 && !(curve->time[i] > curve->time[i - 1])))
            return msp_fail_row(err, MSP_EINPUT, i,
                                "the times of the curve \"%s\" do not increase from 0",
                                curve->label);
        if (!(curve->value[i] >= 0 && curve->value[i] <= 1))
            return msp_fail_row(err, MSP_EINPUT, i,
                                "a value of the curve \"%s\" is not within 0 to 1", curve->label);
    }
    return MSP_OK;
}

static msp_status check(const msp_survival_figure *f, msp_error *err)
{
    if (!(f->frame.width >= 280 && f->frame.width <= 4000))
        return msp_fail(err, MSP_EINPUT, "a figure is %g wide; expected 280 to 4000",
                        f->frame.width);
    if (f->n_curves == 0)
        return msp_fail(err, MSP_EINPUT, "a figure has no curve");
    if (f->ticks.n < 2 || f->ticks.n > MSP_TICKS_MAX)
        return msp_fail(err, MSP_EINPUT, "a time axis has %zu marks; expected 2 to %d", f->ticks.n,
                        MSP_TICKS_MAX);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < f->n_curves && rc == MSP_OK; i++)
        rc = check_curve(&f->curves[i], err);
    return rc;
}

/* -- layout -- */

static void count_text(double count, char out[MSP_DOUBLE_MAX])
{
    out[0] = '\0';
    if (isfinite(count))
        msp_double_format(count, out);
}

static double widest_count(const msp_survival_figure *f)
{
    double widest = 0;
    for (size_t i = 0; i < f->n_rows; i++) {
        for (size_t j = 0; f->rows[i].counts != NULL && j < f->ticks.n; j++) {
            char text[MSP_DOUBLE_MAX];
            count_text(f->rows[i].counts[j], text);
            widest = fmax(widest, figure_text_width(text, FIGURE_SMALL, false));
        }
    }
    return widest;
}

static void place_columns(const msp_survival_figure *f, layout *at)
{
    const double half = widest_count(f) / 2;
    double label = 0;
    for (size_t i = 0; i < f->n_rows; i++)
        if (f->rows[i].counts != NULL)
            label = fmax(label, figure_text_width(f->rows[i].label, FIGURE_SMALL, false));
    label = fmin(label, f->frame.width * 0.3);
    const double axis = FIGURE_TEXT + 10 + figure_text_width("100", FIGURE_SMALL, false) + TICK + 4;
    at->left = ceil(fmax(axis, GAP + label + GAP + half));
    at->right = floor(f->frame.width - fmax(half, 14) - 6);
}

static double legend_width(const msp_figure_curve *curve)
{
    return SAMPLE + 6 + figure_text_width(curve->label, FIGURE_TEXT, true) + 18;
}

/* Calls for each entry with its place; returns the height of the legend. */
static double walk_legend(const msp_survival_figure *f, const layout *at, msp_text *out)
{
    double x = at->legend_left, y = at->legend_top;
    for (size_t i = 0; i < f->n_curves; i++) {
        const double width = fmin(legend_width(&f->curves[i]), f->frame.width - at->legend_left);
        if (x > at->legend_left && x + width > f->frame.width) {
            x = at->legend_left;
            y += FIGURE_LINE + 2;
        }
        if (out != NULL) {
            char style[32];
            const int series = (int)i;
            snprintf(style, sizeof style, "curve s %s %s", svg_colour(series), svg_pattern(series));
            svg_line(out, style, x, y + 8, x + SAMPLE, y + 8);
            snprintf(style, sizeof style, "strong f %s", svg_colour(series));
            svg_text_in(out, style, SVG_START, x + SAMPLE + 6, y + 12, f->curves[i].label,
                        f->frame.width - x - SAMPLE - 8, FIGURE_TEXT, true);
        }
        x += width;
    }
    return y + FIGURE_LINE + 2 - at->legend_top;
}

static void measure_notes(const msp_survival_figure *f, layout *at)
{
    double label = 0, value = 0, alone = 0;
    for (size_t i = 0; i < f->n_notes; i++) {
        const msp_figure_note *note = &f->notes[i];
        const double l = figure_text_width(note->label, FIGURE_SMALL, note->series >= 0);
        if (*note->value == '\0') {
            alone = fmax(alone, l);
            continue;
        }
        label = fmax(label, l);
        value = fmax(value, figure_text_width(note->value, FIGURE_SMALL, false));
    }
    const double room = f->frame.width - at->legend_left - 8;
    label = fmin(label, fmax(room - value - 10, room / 3));
    at->notes_label_width = label;
    at->notes_width = fmin(fmax(alone, label + 10 + value) + 12, room);
    at->notes_height = (double)f->n_notes * NOTE_LINE + 6;
}

/* The value of a curve (or of its upper or lower limit) at a time. */
static double value_at(const msp_figure_curve *curve, const double *limit, double time)
{
    double value = 1;
    for (size_t i = 0; i < curve->n && curve->time[i] <= time; i++)
        value = limit != NULL && isfinite(limit[i]) ? limit[i] : curve->value[i];
    return value;
}

static double last_median(const msp_survival_figure *f)
{
    double last = NAN;
    for (size_t i = 0; i < f->n_curves; i++)
        if (isfinite(f->curves[i].median) && !(f->curves[i].median <= last))
            last = f->curves[i].median;
    return last;
}

static double time_at(const msp_survival_figure *f, const layout *at, double x)
{
    const double first = f->ticks.at[0], last = f->ticks.at[f->ticks.n - 1];
    return first + (x - at->left) / (at->right - at->left) * (last - first);
}

/* Curves fall: what is highest right of a line stands on it, what is lowest left of it too. */
static bool top_right_is_free(const msp_survival_figure *f, const layout *at)
{
    const double left = at->right - at->notes_width, bottom = at->top + at->notes_height + 6;
    const double median = last_median(f);
    if (bottom > y_of(at, 0.5) - 4 && isfinite(median) && x_of(f, at, median) > left - 6)
        return false;
    double highest = 0;
    for (size_t i = 0; i < f->n_curves; i++)
        highest =
            fmax(highest, value_at(&f->curves[i], f->curves[i].upper, time_at(f, at, left - 6)));
    return y_of(at, highest) > bottom;
}

static bool bottom_left_is_free(const msp_survival_figure *f, const layout *at)
{
    const double right = at->left + at->notes_width + 12, top = at->bottom - at->notes_height - 8;
    double first = INFINITY, lowest = 1;
    for (size_t i = 0; i < f->n_curves; i++) {
        const msp_figure_curve *curve = &f->curves[i];
        if (curve->median < first) /* false for NaN */
            first = curve->median;
        lowest = fmin(lowest, value_at(curve, curve->lower, time_at(f, at, right)));
    }
    if (isfinite(first) && (x_of(f, at, first) < right || top < y_of(at, 0.5) + 4))
        return false;
    return y_of(at, lowest) < top;
}

static void place_plot(const msp_survival_figure *f, layout *at)
{
    const bool narrow = f->frame.width < FIGURE_NARROW;
    at->top = at->notes_top + (at->notes_above ? at->notes_height + 6 : 0) + 6;
    at->bottom = at->top + floor((at->right - at->left) * (narrow ? PLOT_RATIO_SLIM : PLOT_RATIO));
}

/* The notes stand in a corner that the curves leave free, or else above the plot. */
static void place_notes(const msp_survival_figure *f, layout *at)
{
    measure_notes(f, at);
    at->notes_above = f->n_notes > 0 && f->frame.width < FIGURE_NARROW;
    place_plot(f, at);
    at->notes_x = at->legend_left;
    at->notes_y = at->notes_top;
    if (f->n_notes == 0 || at->notes_above)
        return;
    if (top_right_is_free(f, at)) {
        at->notes_x = at->right - at->notes_width;
        at->notes_y = at->top;
    } else if (bottom_left_is_free(f, at)) {
        at->notes_x = at->left + 8;
        at->notes_y = at->bottom - at->notes_height - 6;
    } else {
        at->notes_above = true;
        place_plot(f, at);
    }
}

/* A heading stands a little away from the rows above it. */
static double row_offset(const msp_survival_figure *f, size_t row)
{
    double y = 0;
    for (size_t i = 1; i <= row && i < f->n_rows; i++)
        y += FIGURE_LINE + (f->rows[i].counts == NULL ? 6 : 0);
    return y;
}

static layout lay_out(const msp_survival_figure *f)
{
    layout at = {.legend_top = 4};
    place_columns(f, &at);
    at.legend_left = f->frame.width < FIGURE_NARROW ? GAP : at.left;
    at.notes_top = at.legend_top + walk_legend(f, &at, NULL) + 2;
    place_notes(f, &at);
    at.table_top = at.bottom + TICK + 12 + FIGURE_LINE + 22;
    at.height = f->n_rows > 0 ? at.table_top + row_offset(f, f->n_rows - 1) + 8 : at.table_top - 12;
    return at;
}

/* -- drawing -- */

static void draw_axes(const msp_survival_figure *f, const layout *at, msp_text *out)
{
    for (int percent = 0; percent <= 100; percent += 25) {
        const double y = y_of(at, percent / 100.0);
        char label[MSP_DOUBLE_MAX];
        svg_decimal(percent, 0, label);
        if (percent > 0)
            svg_line(out, "grid", at->left, y, at->right, y);
        svg_line(out, "axis", at->left - TICK, y, at->left, y);
        svg_text(out, "small", SVG_END, at->left - TICK - 4, y + 4, label);
    }
    for (size_t i = 0; i < f->ticks.n; i++) {
        const double x = x_of(f, at, f->ticks.at[i]);
        char label[MSP_DOUBLE_MAX];
        svg_decimal(f->ticks.at[i], f->ticks.digits, label);
        svg_line(out, "axis", x, at->bottom, x, at->bottom + TICK);
        svg_text(out, "small", SVG_MIDDLE, x, at->bottom + TICK + 13, label);
    }
    svg_path_begin(out, "axis");
    svg_path_move(out, 'M', at->left, at->top);
    svg_path_step(out, 'V', at->bottom);
    svg_path_step(out, 'H', at->right);
    svg_path_end(out);
    svg_text_in(out, "", SVG_MIDDLE, (at->left + at->right) / 2,
                at->bottom + TICK + 13 + FIGURE_LINE + 2, f->x_label, f->frame.width * 0.8,
                FIGURE_TEXT, false);
    msp_text_add(out, "<g transform=\"translate(");
    svg_number(out, FIGURE_TEXT + 2);
    msp_text_add_char(out, ' ');
    svg_number(out, (at->top + at->bottom) / 2);
    msp_text_add(out, ") rotate(-90)\">\n");
    svg_text_in(out, "", SVG_MIDDLE, 0, 0, f->y_label, at->bottom - at->top + 16, FIGURE_TEXT,
                false);
    msp_text_add(out, "</g>\n");
}

/* The steps of values[], from the pen's place at height y on. */
static void path_steps(const msp_survival_figure *f, const layout *at,
                       const msp_figure_curve *curve, double y, msp_text *out)
{
    double x_last = at->left;
    for (size_t i = 0; i < curve->n; i++) {
        const double x = x_of(f, at, curve->time[i]), y_new = y_of(at, curve->value[i]);
        const bool last = i + 1 == curve->n;
        if (y_new == y || (!last && fabs(y_new - y) < NEAR && x - x_last < NEAR))
            continue;
        svg_path_step(out, 'H', x);
        svg_path_step(out, 'V', y_new);
        x_last = x;
        y = y_new;
    }
}

static void draw_curve(const msp_survival_figure *f, const layout *at, size_t k, msp_text *out)
{
    const msp_figure_curve *curve = &f->curves[k];
    char style[32];
    snprintf(style, sizeof style, "curve s %s %s", svg_colour((int)k), svg_pattern((int)k));
    svg_path_begin(out, style);
    svg_path_move(out, 'M', x_of(f, at, f->ticks.at[0]), y_of(at, 1));
    path_steps(f, at, curve, y_of(at, 1), out);
    if (curve->n > 0)
        svg_path_step(out, 'H', x_of(f, at, curve->time[curve->n - 1]));
    svg_path_end(out);
}

static bool has_limits(const msp_figure_curve *curve, size_t i)
{
    return isfinite(curve->lower[i]) && isfinite(curve->upper[i]);
}

/* The rows that a band is drawn through: those a reader can tell apart, and always the last. */
static bool skip_in_band(const msp_survival_figure *f, const layout *at,
                         const msp_figure_curve *curve, size_t i, size_t last, double *drawn)
{
    const double x = x_of(f, at, curve->time[i]);
    if (i != last && fabs(x - *drawn) < NEAR * 5)
        return true;
    *drawn = x;
    return false;
}

/* One stretch of rows that have limits: forward along the upper, back along the lower ones. */
static void band_stretch(const msp_survival_figure *f, const layout *at,
                         const msp_figure_curve *curve, size_t first, size_t last, double end,
                         msp_text *out)
{
    double drawn = -1;
    svg_path_move(out, 'M', x_of(f, at, curve->time[first]), y_of(at, curve->upper[first]));
    for (size_t i = first + 1; i <= last; i++) {
        if (skip_in_band(f, at, curve, i, last, &drawn))
            continue;
        svg_path_step(out, 'H', x_of(f, at, curve->time[i]));
        svg_path_step(out, 'V', y_of(at, curve->upper[i]));
    }
    svg_path_step(out, 'H', end);
    svg_path_step(out, 'V', y_of(at, curve->lower[last]));
    drawn = -1;
    for (size_t i = last; i > first; i--) {
        if (skip_in_band(f, at, curve, i, first + 1, &drawn))
            continue;
        svg_path_step(out, 'H', x_of(f, at, curve->time[i]));
        svg_path_step(out, 'V', y_of(at, curve->lower[i - 1]));
    }
    svg_path_step(out, 'H', x_of(f, at, curve->time[first]));
    msp_text_add_char(out, 'Z');
}

static void draw_band(const msp_survival_figure *f, const layout *at, size_t k, msp_text *out)
{
    const msp_figure_curve *curve = &f->curves[k];
    if (curve->lower == NULL || curve->upper == NULL)
        return;
    char style[32];
    snprintf(style, sizeof style, "band f %s", svg_colour((int)k));
    svg_path_begin(out, style);
    for (size_t i = 0; i < curve->n;) {
        if (!has_limits(curve, i)) {
            i++;
            continue;
        }
        const size_t first = i;
        while (i < curve->n && has_limits(curve, i))
            i++;
        const size_t stop = i < curve->n ? i : curve->n - 1;
        band_stretch(f, at, curve, first, i - 1, x_of(f, at, curve->time[stop]), out);
    }
    svg_path_end(out);
}

static void draw_censored(const msp_survival_figure *f, const layout *at, size_t k, msp_text *out)
{
    const msp_figure_curve *curve = &f->curves[k];
    if (curve->censored == NULL)
        return;
    char style[32];
    snprintf(style, sizeof style, "censor s %s", svg_colour((int)k));
    svg_path_begin(out, style);
    double drawn = -1;
    for (size_t i = 0; i < curve->n; i++) {
        const double x = x_of(f, at, curve->time[i]), y = y_of(at, curve->value[i]);
        if (!(curve->censored[i] > 0) || x - drawn < NEAR * 5)
            continue;
        svg_path_move(out, 'M', x, y - 3.5);
        svg_path_step(out, 'V', y + 3.5);
        drawn = x;
    }
    svg_path_end(out);
}

static void draw_medians(const msp_survival_figure *f, const layout *at, msp_text *out)
{
    const double last = last_median(f), y = y_of(at, 0.5);
    if (!isfinite(last))
        return;
    svg_line(out, "median", at->left, y, x_of(f, at, last), y);
    for (size_t i = 0; i < f->n_curves; i++)
        if (isfinite(f->curves[i].median)) {
            const double x = x_of(f, at, f->curves[i].median);
            svg_line(out, "median", x, y, x, at->bottom);
        }
}

static void draw_notes(const msp_survival_figure *f, const layout *at, msp_text *out)
{
    if (f->n_notes == 0)
        return;
    svg_rect(out, "box", at->notes_x, at->notes_y, at->notes_width, at->notes_height);
    for (size_t i = 0; i < f->n_notes; i++) {
        const msp_figure_note *note = &f->notes[i];
        const double x = at->notes_x + (at->notes_above ? 0 : 6);
        const double y = at->notes_y + (double)(i + 1) * NOTE_LINE;
        char style[32];
        snprintf(style, sizeof style, note->series >= 0 ? "small strong f %s" : "small%s",
                 svg_colour(note->series));
        const bool alone = *note->value == '\0';
        svg_text_in(out, style, SVG_START, x, y, note->label,
                    alone ? at->notes_width : at->notes_label_width + 1, FIGURE_SMALL,
                    note->series >= 0);
        svg_text_in(out, "small", SVG_START, x + at->notes_label_width + 10, y, note->value,
                    at->notes_width - at->notes_label_width - 10, FIGURE_SMALL, false);
    }
}

static void draw_row(const msp_survival_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_figure_row *row = &f->rows[i];
    const double y = at->table_top + row_offset(f, i);
    char style[32];
    snprintf(style, sizeof style, row->series >= 0 ? "small f %s%s" : "small soft%s%s",
             svg_colour(row->series), row->counts == NULL ? " strong" : "");
    if (row->counts == NULL) {
        svg_text_in(out, style, SVG_START, GAP, y, row->label, f->frame.width - 2 * GAP,
                    FIGURE_SMALL, true);
        return;
    }
    svg_text_in(out, style, SVG_START, GAP, y, row->label, f->frame.width * 0.3, FIGURE_SMALL,
                false);
    for (size_t j = 0; j < f->ticks.n; j++) {
        char text[MSP_DOUBLE_MAX];
        count_text(row->counts[j], text);
        svg_text(out, "small", SVG_MIDDLE, x_of(f, at, f->ticks.at[j]), y, text);
    }
}

msp_status msp_figure_survival(const msp_survival_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    const layout at = lay_out(f);
    rc = svg_open(out, &f->frame, at.height, err);
    if (rc != MSP_OK)
        return rc;
    walk_legend(f, &at, out);
    draw_axes(f, &at, out);
    for (size_t i = 0; i < f->n_curves; i++)
        draw_band(f, &at, i, out);
    draw_medians(f, &at, out);
    for (size_t i = 0; i < f->n_curves; i++) {
        draw_curve(f, &at, i, out);
        draw_censored(f, &at, i, out);
    }
    draw_notes(f, &at, out);
    for (size_t i = 0; i < f->n_rows; i++)
        draw_row(f, &at, i, out);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
