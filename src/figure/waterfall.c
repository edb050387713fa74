#include "mspike/figure/waterfall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define RATIO      0.5 /* height to width of the plot */
#define RATIO_SLIM 0.8
#define NAMED      13.0 /* bars this wide have their marker's name under them */
#define SPACED     4.0  /* narrower ones stand side by side without a gap */
#define NAME_MAX   120.0
#define LANE       24.0 /* a marker's name, and under it the ticks of its bars */

/* A bar that is drawn; `given` is its place in the caller's list. */
typedef struct bar {
    const msp_waterfall_bar *is;
    size_t given, lane;
} bar;

typedef struct layout {
    figure_plot plot;
    bar *bars; /* sorted */
    size_t n_bars;
    const char **lanes; /* the markers, where bars are too narrow for a name */
    size_t n_lanes;
    bool named, marked;
    double pitch, keys_height, label_width, names_height, height;
} layout;

/* -- what is drawn -- */

static msp_status check(const msp_waterfall_figure *f, msp_error *err)
{
    msp_status rc = plot_check_width(&f->frame, err);
    if (rc == MSP_OK)
        rc = mark_check_states(f->states, f->n_states, err);
    if (rc == MSP_OK)
        rc = plot_check_references(f->n_references, err);
    if (rc != MSP_OK)
        return rc;
    if (f->cap <= 0)
        return msp_fail(err, MSP_EINPUT, "bars are cut at %g; expected a change above 0", f->cap);
    for (size_t i = 0; i < f->n_bars; i++)
        if (f->bars[i].state < 0 || (size_t)f->bars[i].state >= f->n_states)
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a bar's state is not in the list",
                                f->bars[i].label);
    return MSP_OK;
}

static int worst_first(const void *a, const void *b)
{
    const bar *x = a, *y = b;
    if (x->is->change != y->is->change)
        return x->is->change > y->is->change ? -1 : 1;
    if (x->is->state != y->is->state)
        return x->is->state > y->is->state ? -1 : 1;
    return x->given < y->given ? -1 : 1;
}

static size_t lane_of(layout *at, const char *marker)
{
    for (size_t i = 0; i < at->n_lanes; i++)
        if (strcmp(at->lanes[i], marker) == 0)
            return i;
    at->lanes[at->n_lanes] = marker;
    return at->n_lanes++;
}

static bool collect(const msp_waterfall_figure *f, layout *at)
{
    at->bars = calloc(f->n_bars + 1, sizeof *at->bars);
    at->lanes = calloc(f->n_bars + 1, sizeof *at->lanes);
    if (at->bars == NULL || at->lanes == NULL)
        return false;
    for (size_t i = 0; i < f->n_bars; i++)
        if (isfinite(f->bars[i].change))
            at->bars[at->n_bars++] = (bar){&f->bars[i], i, 0};
    qsort(at->bars, at->n_bars, sizeof *at->bars, worst_first);
    for (size_t i = 0; i < at->n_bars; i++) {
        const char *marker = at->bars[i].is->marker;
        if (*marker != '\0')
            at->bars[i].lane = lane_of(at, marker);
        at->marked |= *marker != '\0';
    }
    return true;
}

static bool is_cut(const msp_waterfall_figure *f, const bar *b)
{
    return b->is->change > f->cap; /* false where there is no cap */
}

static bool any_cut(const msp_waterfall_figure *f, const layout *at)
{
    return at->n_bars > 0 && is_cut(f, &at->bars[0]);
}

/* -- layout -- */

static void choose_scale(const msp_waterfall_figure *f, layout *at)
{
    double lo = 0, hi = 0;
    for (size_t i = 0; i < at->n_bars; i++) {
        const bar *b = &at->bars[i];
        lo = fmin(lo, b->is->change);
        hi = fmax(hi, is_cut(f, b) ? f->cap : b->is->change);
    }
    for (size_t i = 0; i < f->n_references; i++)
        if (isfinite(f->references[i].value)) {
            lo = fmin(lo, f->references[i].value);
            hi = fmax(hi, f->references[i].value);
        }
    at->plot.y = msp_ticks_linear(lo, hi, 11);
}

static double names_height(const layout *at)
{
    if (!at->marked)
        return 0;
    if (!at->named)
        return (double)at->n_lanes * LANE + 4;
    double width = 0;
    for (size_t i = 0; i < at->n_lanes; i++)
        width = fmax(width, figure_text_width(at->lanes[i], FIGURE_SMALL, false));
    return ceil(fmin(width, NAME_MAX)) + 8;
}

static double walk_legend(const msp_waterfall_figure *f, const layout *at, msp_text *out)
{
    figure_key keys[MSP_STATES_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < f->n_states; i++)
        keys[n++] = (figure_key){.label = f->states[i].label, .fill = f->states[i].fill};
    msp_text beyond = {0};
    if (any_cut(f, at)) {
        msp_text_add(&beyond, "above +");
        msp_text_add_double(&beyond, f->cap);
        msp_text_add(&beyond, " %: cut");
        keys[n++] = (figure_key){.label = msp_text_str(&beyond),
                                 .fill = -1,
                                 .mark_class = "arrow",
                                 .mark = MSP_MARK_TRIANGLE};
    }
    const double height = plot_keys(f->frame.id, keys, n, PLOT_EDGE, 4, f->frame.width - 2, out);
    if (out != NULL)
        out->failed |= beyond.failed;
    msp_text_free(&beyond);
    return height;
}

static void lay_out(const msp_waterfall_figure *f, layout *at)
{
    const bool narrow = f->frame.width < FIGURE_NARROW;
    choose_scale(f, at);
    at->label_width = plot_references_width(f->references, f->n_references, f->frame.width * 0.22);
    at->plot.left = plot_margin(&at->plot.y, false, true);
    at->plot.right = f->frame.width - PLOT_EDGE - (at->label_width > 0 ? at->label_width + 6 : 0);
    at->pitch = (at->plot.right - at->plot.left) / fmax((double)at->n_bars, 8);
    at->named = at->pitch >= NAMED;
    at->names_height = names_height(at);
    at->keys_height = walk_legend(f, at, NULL);
    at->plot.top = 4 + at->keys_height + 16;
    at->plot.bottom =
        at->plot.top + floor((at->plot.right - at->plot.left) * (narrow ? RATIO_SLIM : RATIO));
    at->height = at->plot.bottom + at->names_height + 8;
    if (at->n_bars < f->n_bars)
        at->height += FIGURE_LINE;
}

/* -- drawing -- */

static void hover(const msp_waterfall_bar *b, msp_text *out)
{
    msp_text text = {0};
    msp_text_printf(&text, "%s: ", b->label);
    if (b->change > 0)
        msp_text_add_char(&text, '+');
    plot_add_tenths(b->change, &text);
    msp_text_add(&text, " %");
    if (*b->marker != '\0')
        msp_text_printf(&text, ", %s", b->marker);
    if (b->why != NULL)
        msp_text_printf(&text, "; %s", b->why);
    mark_hover_begin(out, msp_text_str(&text));
    out->failed |= text.failed;
    msp_text_free(&text);
}

static void draw_bar(const msp_waterfall_figure *f, const layout *at, size_t i, msp_text *out)
{
    const bar *b = &at->bars[i];
    /* narrow bars overlap a little, so that no light falls between them */
    const double gap = at->pitch >= SPACED ? at->pitch * 0.1 : -0.15;
    const double x = at->plot.left + (double)i * at->pitch + gap, width = at->pitch - 2 * gap;
    const double zero = plot_y(&at->plot, 0);
    const double end = plot_y(&at->plot, is_cut(f, b) ? f->cap : b->is->change);
    hover(b->is, out);
    /* no change at all is still a patient: a bar of a line's height */
    const double top = fmin(end, zero), height = fmax(fabs(end - zero), 1);
    mark_rect(out, f->frame.id, f->states[b->is->state].fill, x, top, width, height);
    mark_hover_end(out);
}

/* Over the bars that were cut; where they are narrow one arrow stands for its neighbours too. */
static void draw_arrows(const msp_waterfall_figure *f, const layout *at, msp_text *out)
{
    double free_from = 0;
    for (size_t i = 0; i < at->n_bars && is_cut(f, &at->bars[i]); i++) {
        const double x = at->plot.left + ((double)i + 0.5) * at->pitch;
        if (x < free_from)
            continue;
        plot_arrow_up(out, x, plot_y(&at->plot, f->cap) - 3, 4);
        free_from = x + 9;
    }
}

static void draw_names(const layout *at, msp_text *out)
{
    for (size_t i = 0; i < at->n_bars; i++)
        plot_turned(out, "small soft", SVG_END,
                    at->plot.left + ((double)i + 0.5) * at->pitch + FIGURE_SMALL / 2 - 1.5,
                    at->plot.bottom + 6, at->bars[i].is->marker, at->names_height - 6,
                    FIGURE_SMALL);
}

/* Runs of neighbours with one marker are one tick. */
static void draw_lanes(const layout *at, msp_text *out)
{
    for (size_t lane = 0; lane < at->n_lanes; lane++) {
        const double y = at->plot.bottom + 6 + (double)lane * LANE;
        svg_text_in(out, "small soft", SVG_START, at->plot.left, y + 10, at->lanes[lane],
                    at->plot.right - at->plot.left, FIGURE_SMALL, false);
    }
    for (size_t i = 0, next; i < at->n_bars; i = next) {
        const bar *b = &at->bars[i];
        for (next = i + 1; next < at->n_bars && at->bars[next].lane == b->lane &&
                           (*at->bars[next].is->marker == '\0') == (*b->is->marker == '\0');)
            next++;
        if (*b->is->marker == '\0')
            continue;
        svg_rect(out, "tick", at->plot.left + (double)i * at->pitch,
                 at->plot.bottom + 6 + (double)b->lane * LANE + 14, (double)(next - i) * at->pitch,
                 5);
    }
}

static void draw_note(const msp_waterfall_figure *f, const layout *at, msp_text *out)
{
    const size_t without = f->n_bars - at->n_bars;
    if (without == 0)
        return;
    char note[80];
    snprintf(note, sizeof note, "Not shown, because they have no value: %zu", without);
    svg_text(out, "small soft", SVG_START, PLOT_EDGE, at->height - 6, note);
}

static void draw(const msp_waterfall_figure *f, const layout *at, msp_text *out)
{
    mark_define_fills(out, f->frame.id, f->states, f->n_states);
    walk_legend(f, at, out);
    plot_y_axis(&at->plot, f->y_label, out);
    msp_text_printf(out, "<g class=\"%s\">\n", at->pitch >= SPACED ? "bars" : "bars thin");
    for (size_t i = 0; i < at->n_bars; i++)
        draw_bar(f, at, i, out);
    msp_text_add(out, "</g>\n");
    draw_arrows(f, at, out);
    plot_references(&at->plot, f->references, f->n_references, at->label_width, out);
    const double zero = plot_y(&at->plot, 0);
    svg_line(out, "axis", at->plot.left, zero, at->plot.right, zero);
    if (at->n_bars == 0)
        plot_say(&at->plot, "No value to show.", out);
    else if (at->marked && at->named)
        draw_names(at, out);
    else if (at->marked)
        draw_lanes(at, out);
    draw_note(f, at, out);
}

msp_status msp_figure_waterfall(const msp_waterfall_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    layout at = {0};
    if (!collect(f, &at)) {
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
        goto done;
    }
    lay_out(f, &at);
    rc = svg_open(out, &f->frame, at.height, err);
    if (rc != MSP_OK)
        goto done;
    draw(f, &at, out);
    svg_close(out);
    if (out->failed)
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
done:
    free(at.bars);
    free(at.lanes);
    return rc;
}
