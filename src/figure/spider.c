#include "mspike/figure/spider.h"

#include <math.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define RATIO      0.5
#define RATIO_SLIM 0.85
#define MANY       60 /* lines above which each is thin; half of them on a narrow page */
#define NAMED      12 /* lines up to which their ends are named */
#define NAME_MAX   90.0

typedef struct layout {
    figure_plot plot;
    size_t n_lines; /* with a value */
    bool cut, many;
    double keys_height, label_width, height;
} layout;

/* -- checks -- */

static msp_status check_line(const msp_spider_figure *f, size_t i, msp_error *err)
{
    const msp_spider_line *line = &f->lines[i];
    if (line->state < 0 || (size_t)line->state >= f->n_states)
        return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a line's state is not in the list",
                            line->label);
    for (size_t k = 0; k < line->n; k++) {
        if (!isfinite(line->time[k]) || (k > 0 && line->time[k] < line->time[k - 1]))
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": the times of a line decrease",
                                line->label);
        if (isinf(line->value[k]))
            return msp_fail_row(err, MSP_EINPUT, i, "\"%s\": a value is infinite", line->label);
    }
    return MSP_OK;
}

static msp_status check(const msp_spider_figure *f, msp_error *err)
{
    msp_status rc = plot_check_width(&f->frame, err);
    if (rc == MSP_OK)
        rc = mark_check_states(f->states, f->n_states, err);
    if (rc == MSP_OK)
        rc = plot_check_references(f->n_references, err);
    for (size_t i = 0; i < f->n_lines && rc == MSP_OK; i++)
        rc = check_line(f, i, err);
    return rc;
}

/* -- layout -- */

static bool is_cut(const msp_spider_figure *f, double value)
{
    return value > f->cap; /* false where there is no cap */
}

static bool has_value(const msp_spider_line *line)
{
    for (size_t k = 0; k < line->n; k++)
        if (!isnan(line->value[k]))
            return true;
    return false;
}

typedef struct range {
    double lo, hi;
} range;

static void widen(range *r, double x)
{
    r->lo = fmin(r->lo, x); /* fmin and fmax pass over NaN */
    r->hi = fmax(r->hi, x);
}

static void choose_scales(const msp_spider_figure *f, layout *at, range *time, range *value)
{
    for (size_t i = 0; i < f->n_lines; i++) {
        const msp_spider_line *line = &f->lines[i];
        at->n_lines += has_value(line);
        for (size_t k = 0; k < line->n; k++) {
            if (isnan(line->value[k]))
                continue;
            widen(time, line->time[k]);
            widen(value, is_cut(f, line->value[k]) ? f->cap : line->value[k]);
            at->cut |= is_cut(f, line->value[k]);
        }
    }
    for (size_t i = 0; i < f->n_references; i++)
        if (isfinite(f->references[i].value))
            widen(value, f->references[i].value);
}

static void state_classes(const msp_spider_figure *f, int state, char out[32])
{
    snprintf(out, 32, "path t%d %s", f->states[state].fill, svg_pattern(state));
}

static double walk_legend(const msp_spider_figure *f, const layout *at, msp_text *out)
{
    figure_key keys[MSP_STATES_MAX + 1];
    char classes[MSP_STATES_MAX][32];
    size_t n = 0;
    for (size_t i = 0; i < f->n_states; i++) {
        state_classes(f, (int)i, classes[i]);
        keys[n++] = (figure_key){.label = f->states[i].label, .fill = -1, .line = classes[i]};
    }
    msp_text beyond = {0};
    if (at->cut) {
        msp_text_add(&beyond, "above ");
        msp_text_add_double(&beyond, f->cap);
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

static void lay_out(const msp_spider_figure *f, layout *at)
{
    range time = {0, 0}, value = {0, 0};
    choose_scales(f, at, &time, &value);
    at->many = at->n_lines > (f->frame.width < FIGURE_NARROW ? MANY / 2 : MANY);
    at->plot.y = msp_ticks_linear(value.lo, value.hi, 11);
    at->label_width = plot_references_width(f->references, f->n_references, f->frame.width * 0.22);
    at->keys_height = walk_legend(f, at, NULL);
    const double right = at->label_width > 0 ? at->label_width + 6 : 8;
    at->plot.left = plot_margin(&at->plot.y, false, true);
    at->plot.right = f->frame.width - PLOT_EDGE - right;
    at->plot.top = 4 + at->keys_height + 14;
    at->plot.bottom = at->plot.top + floor((at->plot.right - at->plot.left) *
                                           (f->frame.width < FIGURE_NARROW ? RATIO_SLIM : RATIO));
    plot_set_time(&at->plot, time.lo, time.hi, f->unit);
    at->height = at->plot.bottom + PLOT_FOOT + (at->n_lines < f->n_lines ? FIGURE_LINE : 0);
}

/* -- drawing -- */

static double y_of(const msp_spider_figure *f, const layout *at, double value)
{
    return plot_y(&at->plot, is_cut(f, value) ? f->cap : value);
}

static void draw_path(const msp_spider_figure *f, const layout *at, const msp_spider_line *line,
                      msp_text *out)
{
    char classes[32];
    state_classes(f, line->state, classes);
    svg_path_begin(out, classes);
    bool pen_down = false;
    for (size_t k = 0; k < line->n; k++) {
        if (!isnan(line->value[k]))
            svg_path_move(out, pen_down ? 'L' : 'M', plot_x(&at->plot, line->time[k]),
                          y_of(f, at, line->value[k]));
        pen_down = !isnan(line->value[k]);
    }
    svg_path_end(out);
}

static size_t last_value(const msp_spider_line *line)
{
    size_t last = line->n - 1;
    while (isnan(line->value[last]))
        last--;
    return last;
}

/* A point where a line ends, or stands alone; arrows where it left the plot. */
static void draw_points(const msp_spider_figure *f, const layout *at, const msp_spider_line *line,
                        msp_text *out)
{
    const double r = 1; /* its stroke is wider than that */
    char classes[32];
    snprintf(classes, sizeof classes, "dot t%d", f->states[line->state].fill);
    for (size_t k = 0; k < line->n; k++) {
        if (isnan(line->value[k]))
            continue;
        const double x = plot_x(&at->plot, line->time[k]), y = y_of(f, at, line->value[k]);
        if (is_cut(f, line->value[k]))
            plot_arrow_up(out, x, y - 2, 4);
        else if (!at->many || k == last_value(line))
            mark_shape(out, classes, MSP_MARK_DISC, x, y, r);
    }
}

static void draw_line(const msp_spider_figure *f, const layout *at, const msp_spider_line *line,
                      msp_text *out)
{
    msp_text text = {0};
    msp_text_printf(&text, "%s, %s", line->label, f->states[line->state].label);
    if (line->why != NULL)
        msp_text_printf(&text, "; %s", line->why);
    mark_hover_begin(out, msp_text_str(&text));
    out->failed |= text.failed;
    msp_text_free(&text);
    draw_path(f, at, line, out);
    draw_points(f, at, line, out);
    mark_hover_end(out);
}

typedef struct box {
    double left, right, line; /* of text */
} box;

static bool is_free(const layout *at, const box *taken, size_t n, const box *b)
{
    if (b->left < at->plot.left || b->right > at->plot.right ||
        b->line - FIGURE_SMALL < at->plot.top || b->line > at->plot.bottom - 2)
        return false;
    for (size_t i = 0; i < n; i++)
        if (b->left < taken[i].right + 4 && b->right + 4 > taken[i].left &&
            fabs(b->line - taken[i].line) < FIGURE_SMALL + 1)
            return false;
    return true;
}

/* Right of the line's end, else over or under it; false where no place is free. */
static bool find_place(const layout *at, const box *taken, size_t n, double x, double y,
                       double width, box *out)
{
    const box places[] = {
        {x + 5, x + 5 + width, y + 4}, {x - width, x, y - 6}, {x - width, x, y + 6 + FIGURE_SMALL}};
    for (size_t i = 0; i < MSP_COUNT(places); i++)
        if (is_free(at, taken, n, &places[i])) {
            *out = places[i];
            return true;
        }
    return false;
}

/* The labels of a few lines at their ends; one that finds no place is for the pointer only. */
static void draw_names(const msp_spider_figure *f, const layout *at, msp_text *out)
{
    box taken[NAMED];
    size_t n = 0;
    for (size_t i = 0; i < f->n_lines && at->n_lines <= NAMED; i++) {
        const msp_spider_line *line = &f->lines[i];
        if (!has_value(line))
            continue;
        const size_t k = last_value(line);
        const double width = fmin(figure_text_width(line->label, FIGURE_SMALL, false), NAME_MAX);
        if (!find_place(at, taken, n, plot_x(&at->plot, line->time[k]), y_of(f, at, line->value[k]),
                        width, &taken[n]))
            continue;
        svg_text_in(out, "small halo", SVG_START, taken[n].left, taken[n].line, line->label,
                    width + 1, FIGURE_SMALL, false);
        n++;
    }
}

static void draw(const msp_spider_figure *f, const layout *at, msp_text *out)
{
    walk_legend(f, at, out);
    plot_y_axis(&at->plot, f->y_label, out);
    plot_x_axis(&at->plot, f->x_label, f->frame.width, out);
    plot_references(&at->plot, f->references, f->n_references, at->label_width, out);
    msp_text_printf(out, "<g class=\"%s\">\n", at->many ? "lines many" : "lines");
    for (size_t i = 0; i < f->n_lines; i++)
        if (has_value(&f->lines[i]))
            draw_line(f, at, &f->lines[i], out);
    msp_text_add(out, "</g>\n");
    if (at->n_lines == 0)
        plot_say(&at->plot, "No value to show.", out);
    draw_names(f, at, out);
    if (at->n_lines < f->n_lines) {
        char note[80];
        snprintf(note, sizeof note, "Not shown, because they have no value: %zu",
                 f->n_lines - at->n_lines);
        svg_text(out, "small soft", SVG_START, PLOT_EDGE, at->height - 6, note);
    }
}

msp_status msp_figure_spider(const msp_spider_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    layout at = {0};
    lay_out(f, &at);
    rc = svg_open(out, &f->frame, at.height, err);
    if (rc != MSP_OK)
        return rc;
    draw(f, &at, out);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
