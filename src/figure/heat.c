#include "mspike/figure/heat.h"

#include <math.h>
#include <string.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define CELL_MAX 46.0
#define CELL_MIN 9.0
#define NUMBERS  27.0 /* a cell as wide as this has room for its number */
#define SLIGHT   0.05 /* a change below it has neither ground nor number */
#define PALE     0.12 /* opacity of the ground: least and most */
#define DEEP     0.75
#define LABELS   150.0

typedef struct layout {
    double left, top, cell, bottom, most;
} layout;

static msp_status check(const msp_heat_figure *f, msp_error *err)
{
    const msp_status rc = plot_check_width(&f->frame, err);
    if (rc != MSP_OK)
        return rc;
    if (f->n == 0 || f->n > MSP_HEAT_MAX)
        return msp_fail(err, MSP_EINPUT, "a heat plot of %zu rows; expected 1 to %d", f->n,
                        MSP_HEAT_MAX);
    for (size_t i = 0; i < f->n * f->n; i++)
        if (!(fabs(f->share[i]) <= 1 + 1e-9))
            return msp_fail_row(err, MSP_EINPUT, i / f->n, "\"%s\" has a share of %g",
                                f->labels[i / f->n], f->share[i]);
    return MSP_OK;
}

static layout lay_out(const msp_heat_figure *f)
{
    double wide = 0;
    layout at = {0};
    for (size_t i = 0; i < f->n; i++)
        wide = fmax(wide, figure_text_width(f->labels[i], FIGURE_SMALL, false));
    wide = fmin(ceil(wide), fmin(LABELS, f->frame.width * 0.3));
    at.left = PLOT_EDGE + FIGURE_LINE + wide + 6;
    at.top = FIGURE_LINE + 6 + wide + 6;
    at.cell = (f->frame.width - at.left - PLOT_EDGE) / (double)f->n;
    at.cell = fmax(fmin(at.cell, CELL_MAX), CELL_MIN);
    at.bottom = at.top + at.cell * (double)f->n;
    for (size_t i = 0; i < f->n * f->n; i++)
        at.most = fmax(at.most, fabs(f->change[i])); /* passes over NaN */
    return at;
}

static double drawing_width(const msp_heat_figure *f, const layout *at)
{
    return fmax(f->frame.width, at->left + at->cell * (double)f->n + PLOT_EDGE);
}

static void draw_ground(const layout *at, double x, double y, double change, msp_text *out)
{
    const double depth = PALE + (DEEP - PALE) * fmin(fabs(change) / at->most, 1);
    msp_text_printf(out, "<rect class=\"f %s\" fill-opacity=\"", change > 0 ? "c1" : "c0");
    svg_number(out, depth);
    msp_text_add(out, "\" x=\"");
    svg_number(out, x);
    msp_text_add(out, "\" y=\"");
    svg_number(out, y);
    msp_text_add(out, "\" width=\"");
    svg_number(out, at->cell);
    msp_text_add(out, "\" height=\"");
    svg_number(out, at->cell);
    msp_text_add(out, "\"/>\n");
}

/* "+3.1", "-12" */
static void change_text(double change, char *out, size_t size)
{
    char digits[MSP_DOUBLE_MAX];
    svg_decimal(fabs(change), fabs(change) < 9.95 ? 1 : 0, digits);
    snprintf(out, size, "%s%s", change > 0 ? "+" : "\xe2\x88\x92", digits);
}

static void draw_cell(const msp_heat_figure *f, const layout *at, size_t row, size_t column,
                      msp_text *out)
{
    const double share = f->share[row * f->n + column], change = f->change[row * f->n + column];
    const double x = at->left + at->cell * (double)column, y = at->top + at->cell * (double)row;
    const double side = at->cell * sqrt(fmin(fabs(share), 1));
    char number[MSP_DOUBLE_MAX + 8] = "", percent[MSP_DOUBLE_MAX];
    msp_text hint = {0};
    if (isfinite(change))
        change_text(change, number, sizeof number);
    svg_decimal(100 * share, 0, percent);
    msp_text_printf(&hint, "%s; %s: share %s %%, change %s", f->labels[row], f->labels[column],
                    percent, *number != '\0' ? number : "not defined");
    mark_hover_begin(out, msp_text_str(&hint));
    out->failed |= hint.failed;
    msp_text_free(&hint);
    if (fabs(change) >= SLIGHT && at->most > 0) /* false for NaN */
        draw_ground(at, x, y, change, out);
    if (side > 0.5)
        svg_rect(out, "k8", x + (at->cell - side) / 2, y + (at->cell - side) / 2, side, side);
    mark_hover_end(out);
    if (fabs(change) >= SLIGHT && at->cell >= NUMBERS)
        svg_text(out, "small", SVG_MIDDLE, x + at->cell / 2, y + at->cell / 2 + 4, number);
}

static void draw_labels(const msp_heat_figure *f, const layout *at, msp_text *out)
{
    const double room = at->left - PLOT_EDGE - FIGURE_LINE - 6;
    for (size_t i = 0; i < f->n; i++) {
        const double middle = at->cell * ((double)i + 0.5);
        if (at->cell < FIGURE_SMALL && i % 2 == 1)
            continue; /* the pointer tells */
        svg_text_in(out, "small", SVG_END, at->left - 6, at->top + middle + 4, f->labels[i],
                    room + 1, FIGURE_SMALL, false);
        plot_turned(out, "small", SVG_START, at->left + middle + 4, at->top - 6, f->labels[i],
                    room + 1, FIGURE_SMALL);
    }
    svg_text_in(out, "small strong", SVG_START, at->left, 13, f->column_heading,
                drawing_width(f, at) - at->left - PLOT_EDGE, FIGURE_SMALL, true);
    plot_turned(out, "small strong", SVG_END, FIGURE_TEXT + 2, at->top, f->row_heading,
                at->bottom - at->top, FIGURE_SMALL);
}

msp_status msp_figure_heat(const msp_heat_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    const layout at = lay_out(f);
    const figure_key keys[] = {
        {f->share_means, -1, NULL, "k8", MSP_MARK_SQUARE, false},
        {f->rise_means, -1, NULL, "f c1", MSP_MARK_SQUARE, false},
        {f->fall_means, -1, NULL, "f c0", MSP_MARK_SQUARE, false},
    };
    msp_figure_frame frame = f->frame;
    frame.width = drawing_width(f, &at);
    const double right = frame.width - PLOT_EDGE;
    const double legend = plot_keys("", keys, MSP_COUNT(keys), PLOT_EDGE, 0, right, NULL);
    rc = svg_open(out, &frame, at.bottom + 10 + legend, err);
    if (rc != MSP_OK)
        return rc;
    svg_rect(out, "track", at.left, at.top, at.cell * (double)f->n, at.cell * (double)f->n);
    draw_labels(f, &at, out);
    for (size_t row = 0; row < f->n; row++)
        for (size_t column = 0; column < f->n; column++)
            draw_cell(f, &at, row, column, out);
    plot_keys("", keys, MSP_COUNT(keys), PLOT_EDGE, at.bottom + 8, right, out);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
