#include "mspike/figure/forest.h"

#include <math.h>
#include <string.h>

#include "measure.h"
#include "svg.h"

#define EDGE        6.0
#define GAP         14.0
#define ROW         21.0 /* height of a row; of one on a narrow page: two lines */
#define ROW_NARROW  40.0
#define INDENT      12.0
#define SQUARE      11.0 /* side of the largest square */
#define SQUARE_MIN  3.5
#define PLOT_MIN    190.0
#define LABEL_SHARE 0.34
#define ARROW       5.0

typedef struct layout {
    bool narrow;
    double column_x[MSP_FOREST_COLUMNS_MAX], column_width[MSP_FOREST_COLUMNS_MAX];
    double label_width, left, right; /* of the plot */
    double text_x, text_width, extra_x, extra_width;
    double width, head_y, rows_y, axis_y, height;
    msp_ticks ticks;
    double weight_max;
} layout;

/* -- checks -- */

static const char *text_or_empty(const char *s)
{
    return s != NULL ? s : "";
}

static bool is_drawn(const msp_forest_row *row)
{
    return row->kind != MSP_FOREST_HEADING && isfinite(row->estimate);
}

static msp_status check(const msp_forest_figure *f, msp_error *err)
{
    if (!(f->frame.width >= 280 && f->frame.width <= 4000))
        return msp_fail(err, MSP_EINPUT, "a figure is %g wide; expected 280 to 4000",
                        f->frame.width);
    if (f->n_rows == 0 || f->n_columns > MSP_FOREST_COLUMNS_MAX)
        return msp_fail(err, MSP_EINPUT,
                        "a forest has %zu rows and %zu columns; expected rows, "
                        "and at most %d columns",
                        f->n_rows, f->n_columns, MSP_FOREST_COLUMNS_MAX);
    for (size_t i = 0; i < f->n_rows; i++) {
        const msp_forest_row *row = &f->rows[i];
        if (!is_drawn(row))
            continue;
        if (row->lower > row->estimate || row->upper < row->estimate)
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": the interval leaves its estimate out",
                                row->label);
        if (f->log_axis && (row->estimate <= 0 || row->lower < 0))
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a ratio is not above 0", row->label);
    }
    return MSP_OK;
}

/* -- layout -- */

/* A log axis is even in the logarithm. */
static double scaled(const msp_forest_figure *f, double x)
{
    return f->log_axis ? log(x) : x;
}

static double x_of(const msp_forest_figure *f, const layout *at, double value)
{
    const double first = scaled(f, at->ticks.at[0]);
    const double last = scaled(f, at->ticks.at[at->ticks.n - 1]);
    return at->left + (scaled(f, value) - first) / (last - first) * (at->right - at->left);
}

/* All estimates stand on the axis, and the limits of all but the widest intervals, which end in an
 * arrow: else one group of five patients would flatten all others. */
static msp_ticks choose_ticks(const msp_forest_figure *f, double plot_width)
{
    const double none = scaled(f, f->log_axis ? 1 : 0);
    double lo = none, hi = none, low_limit = none, high_limit = none;
    for (size_t i = 0; i < f->n_rows; i++) {
        const msp_forest_row *row = &f->rows[i];
        if (!is_drawn(row))
            continue;
        const double estimate = scaled(f, row->estimate);
        lo = fmin(lo, estimate);
        hi = fmax(hi, estimate);
        low_limit = fmin(low_limit, scaled(f, row->lower)); /* fmin and fmax pass over NaN */
        high_limit = fmax(high_limit, scaled(f, row->upper));
    }
    const double reach = f->log_axis ? log(3) : fmax(hi - lo, 1e-12);
    lo = fmax(low_limit, lo - reach);
    hi = fmin(high_limit, hi + reach);
    const size_t max = (size_t)(plot_width / 26);
    return f->log_axis ? msp_ticks_ratio(exp(lo), exp(hi), max) : msp_ticks_linear(lo, hi, max);
}

static double widest(const msp_forest_figure *f, const char *heading, double smallest,
                     const char *(*text_of)(const msp_forest_row *, size_t), size_t k)
{
    double width = fmax(smallest, figure_text_width(heading, FIGURE_SMALL, true));
    for (size_t i = 0; i < f->n_rows; i++)
        width = fmax(width, figure_text_width(text_or_empty(text_of(&f->rows[i], k)), FIGURE_SMALL,
                                              f->rows[i].kind == MSP_FOREST_OVERALL));
    return ceil(width);
}

static const char *cell_of(const msp_forest_row *row, size_t k)
{
    return row->cells[k];
}

static const char *text_of(const msp_forest_row *row, size_t k)
{
    (void)k;
    return row->text;
}

static const char *extra_of(const msp_forest_row *row, size_t k)
{
    (void)k;
    return row->extra;
}

static double widest_label(const msp_forest_figure *f)
{
    double width = figure_text_width(f->label_heading, FIGURE_SMALL, true);
    for (size_t i = 0; i < f->n_rows; i++) {
        const bool row = f->rows[i].kind == MSP_FOREST_ROW;
        width = fmax(width,
                     figure_text_width(f->rows[i].label, FIGURE_SMALL, !row) + (row ? INDENT : 0));
    }
    return ceil(width);
}

/* Label, columns, plot, estimate, test from left to right; the drawing grows when they need it. */
static void place_wide(const msp_forest_figure *f, layout *at)
{
    at->label_width = fmin(widest_label(f), f->frame.width * LABEL_SHARE);
    double x = EDGE + at->label_width + GAP;
    for (size_t k = 0; k < f->n_columns; k++) {
        at->column_width[k] = widest(f, f->column_headings[k], 30, cell_of, k);
        at->column_x[k] = x + at->column_width[k];
        x = at->column_x[k] + GAP;
    }
    at->left = x + 4;
    const double extra = at->extra_width > 0 ? GAP + at->extra_width : 0;
    const double tail = GAP + at->text_width + extra + EDGE;
    at->right = fmax(f->frame.width - tail, at->left + PLOT_MIN);
    at->text_x = at->right + GAP;
    at->extra_x = at->text_x + at->text_width + extra; /* right-aligned */
    at->width = at->right + tail;
}

/* Two lines a row: label and estimate, then counts and interval. */
static void place_narrow(const msp_forest_figure *f, layout *at)
{
    at->width = f->frame.width;
    at->text_x = at->width - EDGE; /* right-aligned */
    at->extra_x = at->width - EDGE;
    at->label_width = at->width - 2 * EDGE - at->text_width - GAP;
    double counts = 0;
    for (size_t k = 0; k < f->n_columns; k++)
        counts += widest(f, "", 0, cell_of, k) + (k > 0 ? 14 : 0);
    at->left = EDGE + INDENT + fmin(counts, at->width * 0.45) + GAP;
    at->right = at->width - EDGE - 8;
}

/* A heading may run over the columns, which are empty beside it. */
static double label_room(const layout *at, const msp_forest_row *row)
{
    if (row->kind == MSP_FOREST_HEADING)
        return (at->narrow ? at->width - at->extra_width : at->left) - 2 * EDGE - GAP;
    return at->label_width - (row->kind == MSP_FOREST_ROW ? INDENT : 0) + 1;
}

/* A label that is too long takes a second line. */
static double height_of(const layout *at, const msp_forest_row *row)
{
    if (at->narrow && row->kind != MSP_FOREST_HEADING)
        return ROW_NARROW;
    figure_line lines[2];
    const size_t n = figure_text_wrap(row->label, label_room(at, row), FIGURE_SMALL,
                                      row->kind != MSP_FOREST_ROW, 2, lines);
    return n > 1 ? ROW + FIGURE_SMALL + 3 : ROW;
}

static double favours_height(const msp_forest_figure *f)
{
    return *f->favours_left != '\0' || *f->favours_right != '\0' ? FIGURE_LINE : 0;
}

static layout lay_out(const msp_forest_figure *f)
{
    layout at = {.narrow = f->frame.width < FIGURE_NARROW};
    at.text_width = widest(f, f->text_heading, 0, text_of, 0);
    if (*f->extra_heading != '\0')
        at.extra_width = widest(f, at.narrow ? "" : f->extra_heading, 0, extra_of, 0);
    if (at.narrow && at.extra_width > 0) /* the heading stands before each */
        at.extra_width += figure_text_width(f->extra_heading, FIGURE_SMALL, false) + 4;
    if (at.narrow)
        place_narrow(f, &at);
    else
        place_wide(f, &at);
    at.ticks = choose_ticks(f, at.right - at.left);
    at.head_y = 16;
    at.rows_y = at.head_y + 10 + (at.narrow && f->n_columns > 0 ? FIGURE_LINE : 0);
    double y = at.rows_y;
    for (size_t i = 0; i < f->n_rows; i++) {
        y += height_of(&at, &f->rows[i]);
        at.weight_max =
            fmax(at.weight_max, f->rows[i].kind == MSP_FOREST_ROW && isfinite(f->rows[i].weight)
                                    ? f->rows[i].weight
                                    : 0);
    }
    at.axis_y = y + 6;
    at.height = at.axis_y + 20 + FIGURE_LINE + favours_height(f) + 6;
    return at;
}

/* -- drawing -- */

static void draw_head(const msp_forest_figure *f, const layout *at, msp_text *out)
{
    const char *style = "small strong";
    svg_text_in(out, style, SVG_START, EDGE, at->head_y, f->label_heading, at->label_width,
                FIGURE_SMALL, true);
    if (at->narrow) {
        msp_text heads = {0};
        for (size_t k = 0; k < f->n_columns; k++)
            msp_text_printf(&heads, "%s%s", k > 0 ? " \xc2\xb7 " : "", f->column_headings[k]);
        svg_text_in(out, "small soft", SVG_START, EDGE, at->head_y + FIGURE_LINE,
                    msp_text_str(&heads), at->width - 2 * EDGE, FIGURE_SMALL, false);
        out->failed |= heads.failed;
        msp_text_free(&heads);
        svg_text(out, style, SVG_END, at->text_x, at->head_y, f->text_heading);
    } else {
        for (size_t k = 0; k < f->n_columns; k++)
            svg_text(out, style, SVG_END, at->column_x[k], at->head_y, f->column_headings[k]);
        svg_text(out, style, SVG_START, at->text_x, at->head_y, f->text_heading);
        svg_text(out, style, SVG_END, at->extra_x, at->head_y, f->extra_heading);
    }
    svg_line(out, "rule", EDGE, at->rows_y - 3, at->width - EDGE, at->rows_y - 3);
}

/* No effect, and the overall effect. */
static void draw_references(const msp_forest_figure *f, const layout *at, double top, double bottom,
                            msp_text *out)
{
    const double one = x_of(f, at, f->log_axis ? 1 : 0);
    svg_line(out, "axis", one, top, one, bottom);
    if (isfinite(f->overall) && (!f->log_axis || f->overall > 0)) {
        const double x = x_of(f, at, f->overall);
        svg_line(out, "median", x, top, x, bottom);
    }
}

static void draw_axis(const msp_forest_figure *f, const layout *at, msp_text *out)
{
    const double y = at->axis_y;
    svg_line(out, "axis", at->left, y, at->right, y);
    for (size_t i = 0; i < at->ticks.n; i++) {
        const double x = x_of(f, at, at->ticks.at[i]);
        char label[MSP_DOUBLE_MAX];
        if (f->log_axis)
            msp_double_format(at->ticks.at[i], label);
        else
            svg_decimal(at->ticks.at[i], at->ticks.digits, label);
        svg_line(out, "axis", x, y, x, y + 4);
        svg_text(out, "small", SVG_MIDDLE, x, y + 16, label);
    }
    if (!at->narrow)
        draw_references(f, at, at->rows_y - 3, y, out);
    svg_text_in(out, "small", SVG_MIDDLE, (at->left + at->right) / 2, y + 16 + FIGURE_LINE,
                f->x_label, at->right - at->left + 60, FIGURE_SMALL, false);
}

/* Each label stays on its side of the line of no effect, and within the drawing. */
static void draw_favours(const msp_forest_figure *f, const layout *at, msp_text *out)
{
    const double one = x_of(f, at, f->log_axis ? 1 : 0);
    const double y = at->axis_y + 16 + 2 * FIGURE_LINE;
    msp_text label = {0};
    if (*f->favours_left != '\0') {
        msp_text_printf(&label, "\xe2\x86\x90 %s", f->favours_left);
        svg_text_in(out, "small soft", SVG_END, one - 6, y, msp_text_str(&label), one - 6 - EDGE,
                    FIGURE_SMALL, false);
    }
    out->failed |= label.failed;
    msp_text_clear(&label);
    if (*f->favours_right != '\0') {
        msp_text_printf(&label, "%s \xe2\x86\x92", f->favours_right);
        svg_text_in(out, "small soft", SVG_START, one + 6, y, msp_text_str(&label),
                    at->width - one - 6 - EDGE, FIGURE_SMALL, false);
    }
    out->failed |= label.failed;
    msp_text_free(&label);
}

static void draw_arrow(double x, double y, int direction, msp_text *out)
{
    svg_path_begin(out, "arrow");
    svg_path_move(out, 'M', x + direction * ARROW, y);
    svg_path_move(out, 'L', x - direction * 2, y - ARROW + 1);
    svg_path_move(out, 'L', x - direction * 2, y + ARROW - 1);
    svg_path_end(out);
}

/* A limit that cannot be estimated, or lies beyond the axis, ends in an arrow at its edge. */
static void draw_whisker(const msp_forest_figure *f, const layout *at, const msp_forest_row *row,
                         double y, msp_text *out)
{
    const double first = at->ticks.at[0], last = at->ticks.at[at->ticks.n - 1];
    const bool beyond_left = !(row->lower >= first), beyond_right = !(row->upper <= last);
    const double from = beyond_left ? at->left : x_of(f, at, row->lower);
    const double to = beyond_right ? at->right : x_of(f, at, row->upper);
    svg_line(out, "interval", from, y, to, y);
    if (beyond_left)
        draw_arrow(from, y, -1, out);
    if (beyond_right)
        draw_arrow(to, y, 1, out);
}

static void draw_diamond(const msp_forest_figure *f, const layout *at, const msp_forest_row *row,
                         double y, msp_text *out)
{
    const double first = at->ticks.at[0], last = at->ticks.at[at->ticks.n - 1];
    const double lower = row->lower >= first ? row->lower : first;
    const double upper = row->upper <= last ? row->upper : last;
    svg_path_begin(out, "mark");
    svg_path_move(out, 'M', x_of(f, at, lower), y);
    svg_path_move(out, 'L', x_of(f, at, row->estimate), y - 6);
    svg_path_move(out, 'L', x_of(f, at, upper), y);
    svg_path_move(out, 'L', x_of(f, at, row->estimate), y + 6);
    msp_text_add_char(out, 'Z');
    svg_path_end(out);
}

static void draw_estimate(const msp_forest_figure *f, const layout *at, const msp_forest_row *row,
                          double y, msp_text *out)
{
    if (!is_drawn(row))
        return;
    if (row->kind == MSP_FOREST_OVERALL) {
        draw_diamond(f, at, row, y, out);
        return;
    }
    draw_whisker(f, at, row, y, out);
    const double share = at->weight_max > 0 && row->weight > 0 ? row->weight / at->weight_max : 0;
    const double side = fmax(SQUARE * sqrt(share), SQUARE_MIN);
    svg_rect(out, "mark", x_of(f, at, row->estimate) - side / 2, y - side / 2, side, side);
}

static void draw_row_wide(const msp_forest_figure *f, const layout *at, const msp_forest_row *row,
                          double y, msp_text *out)
{
    const bool strong = row->kind != MSP_FOREST_ROW;
    const char *style = strong ? "small strong" : "small";
    const double indent = strong ? 0 : INDENT, line = y + ROW / 2 + 4;
    svg_text_lines(out, style, EDGE + indent, line, row->label, label_room(at, row), FIGURE_SMALL,
                   strong, 2);
    for (size_t k = 0; k < f->n_columns; k++)
        svg_text(out, style, SVG_END, at->column_x[k], line, text_or_empty(row->cells[k]));
    svg_text(out, style, SVG_START, at->text_x, line, text_or_empty(row->text));
    svg_text(out, "small", SVG_END, at->extra_x, line, text_or_empty(row->extra));
    draw_estimate(f, at, row, y + ROW / 2, out);
}

/* The test's name stands before it where there is no column to bear it. */
static void draw_extra_narrow(const msp_forest_figure *f, const layout *at,
                              const msp_forest_row *row, double y, msp_text *out)
{
    if (*text_or_empty(row->extra) == '\0')
        return;
    msp_text extra = {0};
    msp_text_printf(&extra, "%s %s", f->extra_heading, row->extra);
    svg_text(out, "small soft", SVG_END, at->extra_x, y, msp_text_str(&extra));
    out->failed |= extra.failed;
    msp_text_free(&extra);
}

static void draw_row_narrow(const msp_forest_figure *f, const layout *at, const msp_forest_row *row,
                            double y, msp_text *out)
{
    const bool strong = row->kind != MSP_FOREST_ROW;
    const char *style = strong ? "small strong" : "small";
    const double indent = strong ? 0 : INDENT;
    svg_text_lines(out, style, EDGE + indent, y + 15, row->label, label_room(at, row), FIGURE_SMALL,
                   strong, row->kind == MSP_FOREST_HEADING ? 2 : 1);
    svg_text(out, style, SVG_END, at->text_x, y + 15, text_or_empty(row->text));
    if (row->kind == MSP_FOREST_HEADING) {
        draw_extra_narrow(f, at, row, y + 15, out);
        return;
    }
    draw_references(f, at, y + 20, y + 37, out);
    msp_text counts = {0};
    for (size_t k = 0; k < f->n_columns; k++)
        msp_text_printf(&counts, "%s%s", k > 0 ? " \xc2\xb7 " : "", text_or_empty(row->cells[k]));
    svg_text_in(out, "small soft", SVG_START, EDGE + INDENT, y + 32, msp_text_str(&counts),
                at->left - GAP - EDGE - INDENT + 6, FIGURE_SMALL, false);
    out->failed |= counts.failed;
    msp_text_free(&counts);
    draw_estimate(f, at, row, y + 28, out);
}

static void draw_rows(const msp_forest_figure *f, const layout *at, msp_text *out)
{
    double y = at->rows_y;
    for (size_t i = 0; i < f->n_rows; i++) {
        const msp_forest_row *row = &f->rows[i];
        if (at->narrow)
            draw_row_narrow(f, at, row, y, out);
        else
            draw_row_wide(f, at, row, y, out);
        y += height_of(at, row);
    }
}

msp_status msp_figure_forest(const msp_forest_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    const layout at = lay_out(f);
    msp_figure_frame frame = f->frame;
    frame.width = at.width;
    rc = svg_open(out, &frame, at.height, err);
    if (rc != MSP_OK)
        return rc;
    draw_head(f, &at, out);
    draw_axis(f, &at, out);
    draw_rows(f, &at, out);
    draw_favours(f, &at, out);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
