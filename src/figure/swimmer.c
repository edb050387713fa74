#include "mspike/figure/swimmer.h"

#include <math.h>
#include <stdlib.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define ROOMY       40 /* patients up to whom lanes are wide */
#define LABELLED    200
#define LABEL_SHARE 0.24
#define AFTER       20.0 /* for arrows right of the last mark */
#define PLAIN       12   /* lanes above which a second axis stands on top */

typedef struct entry {
    const msp_swimmer_lane *is;
    size_t given;
} entry;

typedef struct layout {
    figure_plot plot;
    entry *lanes; /* in the order drawn */
    size_t n_lanes;
    size_t *order; /* room for the events of one lane, by time */
    double *marks; /* and where they are drawn */
    bool ongoing, labelled;
    double pitch, bar, radius, keys_height, label_width, height;
} layout;

/* -- checks -- */

static msp_status check_segments(const msp_swimmer_figure *f, size_t i, msp_error *err)
{
    const msp_swimmer_lane *lane = &f->lanes[i];
    double last = 0;
    for (size_t k = 0; k < lane->n_segments; k++) {
        const msp_swimmer_segment *s = &lane->segments[k];
        if (!(s->from >= last && s->to >= s->from && s->to <= lane->end))
            return msp_fail_row(err, MSP_EINPUT, i,
                                "\"%s\": segment %zu is not within the bar and after the one "
                                "before it",
                                lane->label, k + 1);
        if (s->state < 0 || (size_t)s->state >= f->n_states)
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a segment's state is not in the list",
                                lane->label);
        last = s->to;
    }
    return MSP_OK;
}

static msp_status check_lane(const msp_swimmer_figure *f, size_t i, msp_error *err)
{
    const msp_swimmer_lane *lane = &f->lanes[i];
    if (isnan(lane->end))
        return MSP_OK;
    if (!(lane->end >= 0) || isinf(lane->end))
        return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a bar does not end at a time from 0 on",
                            lane->label);
    for (size_t k = 0; k < lane->n_events; k++) {
        const msp_swimmer_event *e = &lane->events[k];
        if (!(e->time >= 0) || isinf(e->time))
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": an event is not at a time from 0 on",
                                lane->label);
        if (e->kind < 0 || (size_t)e->kind >= f->n_kinds)
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": an event's kind is not in the list",
                                lane->label);
    }
    return check_segments(f, i, err);
}

static msp_status check(const msp_swimmer_figure *f, msp_error *err)
{
    msp_status rc = plot_check_width(&f->frame, err);
    if (rc == MSP_OK)
        rc = mark_check_states(f->states, f->n_states, err);
    if (rc == MSP_OK && f->n_kinds > MSP_STATES_MAX)
        rc = msp_fail(err, MSP_EINPUT, "a figure has %zu kinds of events; expected at most %d",
                      f->n_kinds, MSP_STATES_MAX);
    for (size_t i = 0; i < f->n_kinds && rc == MSP_OK; i++)
        if ((int)f->kinds[i].mark < 0 || f->kinds[i].mark >= MSP_MARKS)
            rc = msp_fail(err, MSP_EINPUT, "the event \"%s\" has no such mark", f->kinds[i].label);
    for (size_t i = 0; i < f->n_lanes && rc == MSP_OK; i++)
        rc = check_lane(f, i, err);
    return rc;
}

/* -- layout -- */

static int longest_first(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->is->end != y->is->end)
        return x->is->end > y->is->end ? -1 : 1;
    return x->given < y->given ? -1 : 1;
}

static bool collect(const msp_swimmer_figure *f, layout *at)
{
    size_t most = 0;
    at->lanes = calloc(f->n_lanes + 1, sizeof *at->lanes);
    if (at->lanes == NULL)
        return false;
    for (size_t i = 0; i < f->n_lanes; i++) {
        const msp_swimmer_lane *is = &f->lanes[i];
        if (isnan(is->end))
            continue;
        at->lanes[at->n_lanes++] = (entry){is, i};
        at->ongoing |= is->ongoing;
        most = is->n_events > most ? is->n_events : most;
    }
    if (!f->as_given)
        qsort(at->lanes, at->n_lanes, sizeof *at->lanes, longest_first);
    at->order = calloc(most + 1, sizeof *at->order);
    at->marks = calloc(most + 1, sizeof *at->marks);
    return at->order != NULL && at->marks != NULL;
}

static double last_time(const layout *at)
{
    double last = 0;
    for (size_t i = 0; i < at->n_lanes; i++) {
        const msp_swimmer_lane *is = at->lanes[i].is;
        last = fmax(last, is->end);
        for (size_t k = 0; k < is->n_events; k++)
            last = fmax(last, is->events[k].time);
    }
    return last;
}

/* Wide lanes for a few patients, ever closer ones for more. */
static void choose_pitch(layout *at)
{
    at->labelled = at->n_lanes <= LABELLED;
    at->pitch = at->n_lanes <= ROOMY ? 18 : at->labelled ? 13 : 6;
    at->bar = at->n_lanes <= ROOMY ? 11 : at->labelled ? 9 : 4.5;
    at->radius = at->labelled ? 4.2 : 2.2;
}

static double widest_label(const msp_swimmer_figure *f, const layout *at)
{
    double width = figure_text_width(f->label_heading, FIGURE_SMALL, true);
    for (size_t i = 0; i < at->n_lanes && at->labelled; i++)
        width = fmax(width, figure_text_width(at->lanes[i].is->label, FIGURE_SMALL, false));
    return ceil(fmin(width, f->frame.width * LABEL_SHARE));
}

static double walk_legend(const msp_swimmer_figure *f, const layout *at, msp_text *out)
{
    figure_key keys[2 * MSP_STATES_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < f->n_states; i++)
        keys[n++] = (figure_key){.label = f->states[i].label, .fill = f->states[i].fill};
    for (size_t i = 0; i < f->n_kinds; i++)
        keys[n++] = (figure_key){
            .label = f->kinds[i].label, .fill = -1, .mark_class = "ev", .mark = f->kinds[i].mark};
    if (at->ongoing)
        keys[n++] = (figure_key){.label = f->ongoing_label, .fill = -1, .arrow = true};
    return plot_keys(f->frame.id, keys, n, PLOT_EDGE, 4, f->frame.width - 2, out);
}

static void lay_out(const msp_swimmer_figure *f, layout *at)
{
    choose_pitch(at);
    at->label_width = widest_label(f, at);
    at->keys_height = walk_legend(f, at, NULL);
    at->plot.left = PLOT_EDGE + at->label_width + 8;
    at->plot.right = f->frame.width - PLOT_EDGE - AFTER;
    at->plot.top = 4 + at->keys_height + 2 * FIGURE_LINE;
    at->plot.bottom = at->plot.top + fmax((double)at->n_lanes * at->pitch, 36) + 6;
    plot_set_time(&at->plot, 0, last_time(at), f->unit);
    at->height = at->plot.bottom + PLOT_FOOT;
    if (at->n_lanes < f->n_lanes)
        at->height += FIGURE_LINE;
}

/* -- drawing -- */

static void draw_frame(const msp_swimmer_figure *f, const layout *at, msp_text *out)
{
    svg_text_in(out, "small strong", SVG_START, PLOT_EDGE, at->plot.top - 8, f->label_heading,
                at->label_width + 1, FIGURE_SMALL, true);
    for (size_t i = 0; i < at->plot.x.n; i++) {
        const double x = plot_x(&at->plot, at->plot.x.at[i]);
        char text[MSP_DOUBLE_MAX];
        svg_line(out, "grid", x, at->plot.top, x, at->plot.bottom);
        svg_decimal(at->plot.x.at[i], at->plot.x.digits, text);
        if (at->n_lanes > PLAIN)
            svg_text(out, "small", SVG_MIDDLE, x, at->plot.top - 8, text);
    }
    plot_x_axis(&at->plot, f->x_label, f->frame.width, out);
}

/* "P001: PR, 1.5 to 3" */
static void hover(const msp_swimmer_figure *f, const msp_swimmer_lane *lane, const char *what,
                  double from, double to, const char *why, msp_text *out)
{
    msp_text text = {0};
    msp_text_printf(&text, "%s: %s", lane->label, what);
    msp_text_add(&text, *what != '\0' ? ", " : "");
    plot_add_tenths(from, &text);
    if (to >= from) {
        msp_text_add(&text, " to ");
        plot_add_tenths(to, &text);
    }
    msp_text_printf(&text, " %s", f->unit);
    if (why != NULL)
        msp_text_printf(&text, "; %s", why);
    mark_hover_begin(out, msp_text_str(&text));
    out->failed |= text.failed;
    msp_text_free(&text);
}

static void draw_bar(const msp_swimmer_figure *f, const layout *at, const msp_swimmer_lane *lane,
                     double middle, msp_text *out)
{
    const double top = middle - at->bar / 2;
    hover(f, lane, "", 0, lane->end, NULL, out);
    svg_rect(out, "track", at->plot.left, top,
             fmax(plot_x(&at->plot, lane->end) - at->plot.left, 1), at->bar);
    mark_hover_end(out);
    for (size_t k = 0; k < lane->n_segments; k++) {
        const msp_swimmer_segment *s = &lane->segments[k];
        const double from = plot_x(&at->plot, s->from);
        hover(f, lane, f->states[s->state].label, s->from, s->to, s->why, out);
        mark_rect(out, f->frame.id, f->states[s->state].fill, from, top,
                  plot_x(&at->plot, s->to) - from, at->bar);
        mark_hover_end(out);
    }
}

/* The events of a lane by time; those of one time stay in the order given. */
static void sort_events(const layout *at, const msp_swimmer_lane *lane)
{
    for (size_t i = 0; i < lane->n_events; i++) {
        size_t k = i;
        for (; k > 0 && lane->events[at->order[k - 1]].time > lane->events[i].time; k--)
            at->order[k] = at->order[k - 1];
        at->order[k] = i;
    }
    for (size_t i = 0; i < lane->n_events; i++)
        at->marks[i] = plot_x(&at->plot, lane->events[at->order[i]].time);
    plot_spread(at->marks, lane->n_events, 2 * at->radius + 1.5, at->plot.left, at->plot.right);
}

static void draw_events(const msp_swimmer_figure *f, const layout *at, const msp_swimmer_lane *lane,
                        double middle, msp_text *out)
{
    for (size_t i = 0; i < lane->n_events; i++) {
        const double x = plot_x(&at->plot, lane->events[at->order[i]].time);
        if (fabs(x - at->marks[i]) > 0.5) {
            svg_line(out, "lead", x, middle - at->bar / 2, x, middle + at->bar / 2);
            svg_line(out, "lead", x, middle, at->marks[i], middle);
        }
    }
    for (size_t i = 0; i < lane->n_events; i++) {
        const msp_swimmer_event *e = &lane->events[at->order[i]];
        hover(f, lane, f->kinds[e->kind].label, e->time, NAN, e->why, out);
        mark_shape(out, "ev", f->kinds[e->kind].mark, at->marks[i], middle, at->radius);
        mark_hover_end(out);
    }
}

static void draw_ongoing(const layout *at, const msp_swimmer_lane *lane, double middle,
                         msp_text *out)
{
    const double end = plot_x(&at->plot, lane->end);
    double free_from = end + 2;
    if (lane->n_events > 0)
        free_from = fmax(free_from, at->marks[lane->n_events - 1] + at->radius + 2);
    svg_line(out, "interval", end, middle, free_from + 2, middle);
    plot_arrow_right(out, free_from + 2, middle, fmin(4, at->bar / 2));
}

static void draw_lane(const msp_swimmer_figure *f, const layout *at, size_t i, msp_text *out)
{
    const msp_swimmer_lane *lane = at->lanes[i].is;
    const double middle = at->plot.top + 3 + ((double)i + 0.5) * at->pitch;
    if (at->labelled)
        svg_text_in(out, "small", SVG_START, PLOT_EDGE, middle + 4, lane->label,
                    at->label_width + 1, FIGURE_SMALL, false);
    draw_bar(f, at, lane, middle, out);
    sort_events(at, lane);
    if (lane->ongoing)
        draw_ongoing(at, lane, middle, out);
    draw_events(f, at, lane, middle, out);
}

static void draw(const msp_swimmer_figure *f, const layout *at, msp_text *out)
{
    mark_define_fills(out, f->frame.id, f->states, f->n_states);
    walk_legend(f, at, out);
    draw_frame(f, at, out);
    for (size_t i = 0; i < at->n_lanes; i++)
        draw_lane(f, at, i, out);
    if (at->n_lanes == 0)
        plot_say(&at->plot, "No duration to show.", out);
    if (at->n_lanes < f->n_lanes) {
        char note[80];
        snprintf(note, sizeof note, "Not shown, because they have no duration: %zu",
                 f->n_lanes - at->n_lanes);
        svg_text(out, "small soft", SVG_START, PLOT_EDGE, at->height - 6, note);
    }
}

msp_status msp_figure_swimmer(const msp_swimmer_figure *f, msp_text *out, msp_error *err)
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
    free(at.lanes);
    free(at.order);
    free(at.marks);
    return rc;
}
