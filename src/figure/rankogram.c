#include "mspike/figure/rankogram.h"

#include <math.h>
#include <string.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define PANEL_MIN  150.0 /* width; the columns follow from it */
#define PANEL_GAP  18.0
#define BAR_MIN    7.0 /* what a rank needs */
#define BARS_HIGH  72.0
#define HEAD       20.0
#define FOOT       17.0 /* the numbers of ranks */
#define ROW_GAP    12.0
#define AXIS_WIDTH 34.0

typedef struct layout {
    size_t columns, rows;
    double left, panel, height;
} layout;

static msp_status check(const msp_rankogram_figure *f, msp_error *err)
{
    const msp_status rc = plot_check_width(&f->frame, err);
    if (rc != MSP_OK)
        return rc;
    if (f->n_panels == 0 || f->n_ranks == 0)
        return msp_fail(err, MSP_EINPUT, "a rankogram of %zu panels and %zu ranks", f->n_panels,
                        f->n_ranks);
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->n_ranks; k++) {
            const double p = f->panels[i].probability[k];
            if (!(p >= 0 && p <= 1 + 1e-9))
                return msp_fail_row(err, MSP_EINPUT, i, "\"%s\" has rank %zu with probability %g",
                                    f->panels[i].label, k + 1, p);
        }
    return MSP_OK;
}

static layout lay_out(const msp_rankogram_figure *f)
{
    const double room = f->frame.width - AXIS_WIDTH - PLOT_EDGE;
    const double least = fmax(PANEL_MIN, BAR_MIN * (double)f->n_ranks) + PANEL_GAP;
    layout at = {.left = AXIS_WIDTH, .columns = (size_t)fmax(floor((room + PANEL_GAP) / least), 1)};
    if (at.columns > f->n_panels)
        at.columns = f->n_panels;
    at.rows = (f->n_panels + at.columns - 1) / at.columns;
    at.columns = (f->n_panels + at.rows - 1) / at.rows; /* rows as full as each other */
    at.panel = (room + PANEL_GAP) / (double)at.columns - PANEL_GAP;
    at.height = (double)at.rows * (HEAD + BARS_HIGH + FOOT + ROW_GAP) + FIGURE_LINE;
    return at;
}

/* 0, 50 and 100 % behind the bars; the numbers stand at the first panel of a row. */
static void draw_grid(double left, double bottom, double width, bool numbered, msp_text *out)
{
    for (int percent = 0; percent <= 100; percent += 50) {
        const double y = bottom - BARS_HIGH * percent / 100;
        char text[MSP_DOUBLE_MAX];
        svg_decimal(percent, 0, text);
        svg_line(out, percent == 0 ? "axis" : "grid", left, y, left + width, y);
        if (numbered)
            svg_text(out, "small", SVG_END, left - 5, y + 4, text);
    }
}

/* Every rank has its number where there is room for it, or else every second, third ... */
static size_t number_step(double bar)
{
    return (size_t)ceil((figure_text_width("00", FIGURE_SMALL, false) + 2) / bar);
}

static void draw_panel(const msp_rankogram_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_rank_panel *panel = &f->panels[i];
    const double left = at->left + (double)(i % at->columns) * (at->panel + PANEL_GAP);
    const size_t row = i / at->columns;
    const double top = (double)row * (HEAD + BARS_HIGH + FOOT + ROW_GAP);
    const double bottom = top + HEAD + BARS_HIGH, bar = at->panel / (double)f->n_ranks;
    const char *note = panel->note != NULL ? panel->note : "";
    const double aside = *note != '\0' ? figure_text_width(note, FIGURE_SMALL, false) + 6 : 0;
    svg_text_in(out, "strong", SVG_START, left, top + 13, panel->label, at->panel - aside,
                FIGURE_TEXT, true);
    svg_text_in(out, "small soft", SVG_END, left + at->panel, top + 13, note, at->panel,
                FIGURE_SMALL, false);
    draw_grid(left, bottom, at->panel, i % at->columns == 0, out);
    for (size_t k = 0; k < f->n_ranks; k++) {
        const double p = fmin(panel->probability[k], 1), x = left + (double)k * bar;
        char text[MSP_DOUBLE_MAX], hint[64];
        svg_decimal(100 * p, 1, text);
        snprintf(hint, sizeof hint, "rank %zu: %s %%", k + 1, text);
        mark_hover_begin(out, hint);
        svg_rect(out, "mark", x + 0.12 * bar, bottom - BARS_HIGH * p, 0.76 * bar, BARS_HIGH * p);
        mark_hover_end(out);
        svg_decimal((double)(k + 1), 0, text);
        if (k % number_step(bar) == 0)
            svg_text(out, "small", SVG_MIDDLE, x + bar / 2, bottom + 13, text);
    }
}

msp_status msp_figure_rankogram(const msp_rankogram_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    const layout at = lay_out(f);
    rc = svg_open(out, &f->frame, at.height, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < f->n_panels; i++)
        draw_panel(f, &at, i, out);
    svg_text_in(out, "small", SVG_MIDDLE, f->frame.width / 2, at.height - 6, f->x_label,
                f->frame.width - 2 * PLOT_EDGE, FIGURE_SMALL, false);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
