#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "measure.h"

/* -- scales -- */

double plot_x(const figure_plot *plot, double x)
{
    const double last = plot->x.at[plot->x.n - 1];
    return plot->left + (x - plot->x_first) / (last - plot->x_first) * (plot->right - plot->left);
}

double plot_y(const figure_plot *plot, double y)
{
    const double first = plot->y.at[0], last = plot->y.at[plot->y.n - 1];
    const double share =
        plot->log_y ? log(y / first) / log(last / first) : (y - first) / (last - first);
    return plot->bottom - share * (plot->bottom - plot->top);
}

msp_status plot_check_width(const msp_figure_frame *frame, msp_error *err)
{
    if (frame->width >= 280 && frame->width <= 4000)
        return MSP_OK;
    return msp_fail(err, MSP_EINPUT, "a figure is %g wide; expected 280 to 4000", frame->width);
}

#define TICK_SPACE 40.0
#define BEFORE     0.02 /* of the axis: what is first does not lie on its end */

/* The marks are carried on before 0; the axis begins between two of them. */
void plot_set_time(figure_plot *plot, double lo, double hi, const char *unit)
{
    if (lo >= 0 && hi <= 0)
        hi = 1;
    const double span = fmax(hi, 0) - fmin(lo, 0);
    const size_t max = (size_t)((plot->right - plot->left) / TICK_SPACE);
    const msp_ticks whole = msp_ticks_time(span, unit, max < 3 ? 3 : max);
    const double step = whole.at[1], last = fmax(ceil(hi / step), lo < 0 ? 0 : 1);
    plot->x_first = lo < 0 ? lo - BEFORE * span : 0;
    plot->x = (msp_ticks){.digits = whole.digits};
    for (double i = ceil(plot->x_first / step); i <= last && plot->x.n < MSP_TICKS_MAX; i++)
        plot->x.at[plot->x.n++] = i * step;
}

msp_ticks plot_log_ticks(double lo, double hi, size_t max)
{
    const int power = (int)floor(log10(lo));
    const double unit = pow(10, abs(power));
    msp_ticks ticks = power < 0 ? msp_ticks_ratio(lo * unit, hi * unit, max)
                                : msp_ticks_ratio(lo / unit, hi / unit, max);
    for (size_t i = 0; i < ticks.n; i++)
        ticks.at[i] = power < 0 ? ticks.at[i] / unit : ticks.at[i] * unit;
    size_t first = 0;
    while (ticks.n - first > 2 && ticks.at[first + 1] <= lo)
        first++;
    while (ticks.n - first > 2 && ticks.at[ticks.n - 2] >= hi)
        ticks.n--;
    ticks.n -= first;
    memmove(ticks.at, ticks.at + first, ticks.n * sizeof *ticks.at);
    return ticks;
}

/* -- axes -- */

static void tick_text(const msp_ticks *ticks, size_t i, bool is_log, char out[MSP_DOUBLE_MAX])
{
    if (is_log || fabs(ticks->at[i]) >= 1e9)
        msp_double_format(ticks->at[i], out);
    else
        svg_decimal(ticks->at[i], ticks->digits, out);
}

double plot_margin(const msp_ticks *y, bool log_y, bool labelled)
{
    double width = 0;
    for (size_t i = 0; i < y->n; i++) {
        char text[MSP_DOUBLE_MAX];
        tick_text(y, i, log_y, text);
        width = fmax(width, figure_text_width(text, FIGURE_SMALL, false));
    }
    return ceil((labelled ? FIGURE_TEXT + 10 : PLOT_EDGE) + width + PLOT_TICK + 4);
}

void plot_x_axis(const figure_plot *plot, const char *label, double width, msp_text *out)
{
    const double y = plot->bottom;
    svg_line(out, "axis", plot->left, y, plot->right, y);
    for (size_t i = 0; i < plot->x.n; i++) {
        const double x = plot_x(plot, plot->x.at[i]);
        char text[MSP_DOUBLE_MAX];
        tick_text(&plot->x, i, false, text);
        svg_line(out, "axis", x, y, x, y + PLOT_TICK);
        svg_text(out, "small", SVG_MIDDLE, x, y + PLOT_TICK + 13, text);
    }
    const double middle = (plot->left + plot->right) / 2;
    svg_text_in(out, "", SVG_MIDDLE, middle, y + PLOT_TICK + 13 + FIGURE_LINE + 2, label,
                2 * fmin(middle, width - middle) - 2 * PLOT_EDGE, FIGURE_TEXT, false);
}

void plot_turned(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
                 const char *s, double length, double size)
{
    msp_text_add(out, "<g transform=\"translate(");
    svg_number(out, x);
    msp_text_add_char(out, ' ');
    svg_number(out, y);
    msp_text_add(out, ") rotate(-90)\">\n");
    svg_text_in(out, class_name, anchor, 0, 0, s, length, size, false);
    msp_text_add(out, "</g>\n");
}

void plot_y_axis(const figure_plot *plot, const char *label, msp_text *out)
{
    for (size_t i = 0; i < plot->y.n; i++) {
        const double y = plot_y(plot, plot->y.at[i]);
        char text[MSP_DOUBLE_MAX];
        tick_text(&plot->y, i, plot->log_y, text);
        svg_line(out, "grid", plot->left, y, plot->right, y);
        svg_line(out, "axis", plot->left - PLOT_TICK, y, plot->left, y);
        svg_text(out, "small", SVG_END, plot->left - PLOT_TICK - 4, y + 4, text);
    }
    svg_line(out, "axis", plot->left, plot->top, plot->left, plot->bottom);
    plot_turned(out, "", SVG_MIDDLE, FIGURE_TEXT + 2, (plot->top + plot->bottom) / 2, label,
                plot->bottom - plot->top, FIGURE_TEXT);
}

void plot_add_tenths(double x, msp_text *out)
{
    msp_text_add_double(out, round(10 * x) / 10 + 0.0); /* + 0.0: no -0 */
}

void plot_say(const figure_plot *plot, const char *s, msp_text *out)
{
    const double x = (plot->left + plot->right) / 2, y = (plot->top + plot->bottom) / 2;
    const double width =
        fmin(figure_text_width(s, FIGURE_TEXT, false) + 16, plot->right - plot->left);
    svg_rect(out, "box", x - width / 2, y - FIGURE_LINE, width, 1.5 * FIGURE_LINE);
    svg_text_in(out, "soft", SVG_MIDDLE, x, y, s, width, FIGURE_TEXT, false);
}

/* -- reference lines -- */

msp_status plot_check_references(size_t n, msp_error *err)
{
    if (n <= MSP_REFERENCES_MAX)
        return MSP_OK;
    return msp_fail(err, MSP_EINPUT, "a figure has %zu reference lines; expected at most %d", n,
                    MSP_REFERENCES_MAX);
}

double plot_references_width(const msp_figure_reference *references, size_t n, double max)
{
    double width = 0;
    for (size_t i = 0; i < n; i++)
        width = fmax(width, figure_text_width(references[i].label, FIGURE_SMALL, false));
    return ceil(fmin(width, max));
}

static bool is_within(const figure_plot *plot, double value)
{
    return value >= plot->y.at[0] && value <= plot->y.at[plot->y.n - 1];
}

void plot_references(const figure_plot *plot, const msp_figure_reference *references, size_t n,
                     double label_width, msp_text *out)
{
    const msp_figure_reference *shown[MSP_REFERENCES_MAX];
    double at[MSP_REFERENCES_MAX];
    size_t n_shown = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_within(plot, references[i].value))
            continue;
        const double y = plot_y(plot, references[i].value);
        size_t k = n_shown++;
        for (; k > 0 && at[k - 1] > y; k--) {
            at[k] = at[k - 1];
            shown[k] = shown[k - 1];
        }
        at[k] = y;
        shown[k] = &references[i];
        svg_line(out, "median", plot->left, y, plot->right, y);
    }
    plot_spread(at, n_shown, FIGURE_SMALL + 2, plot->top, plot->bottom);
    for (size_t i = 0; i < n_shown; i++)
        svg_text_in(out, "small soft", SVG_START, plot->right + 5, at[i] + 4, shown[i]->label,
                    label_width + 1, FIGURE_SMALL, false);
}

void plot_spread(double *at, size_t n, double gap, double lo, double hi)
{
    if (n == 0)
        return;
    if ((double)(n - 1) * gap > hi - lo) {
        for (size_t i = 0; i < n; i++)
            at[i] = n > 1 ? lo + (hi - lo) * (double)i / (double)(n - 1) : (lo + hi) / 2;
        return;
    }
    double least = lo;
    for (size_t i = 0; i < n; i++) {
        at[i] = fmax(at[i], least);
        least = at[i] + gap;
    }
    double most = hi;
    for (size_t i = n; i-- > 0;) {
        at[i] = fmin(at[i], most);
        most = at[i] - gap;
    }
}

/* -- the legend -- */

#define SWATCH     14.0
#define SAMPLE     26.0
#define KEY_GAP    16.0
#define KEY_HEIGHT 17.0

static double sample_width(const figure_key *key)
{
    return key->line != NULL ? SAMPLE : SWATCH;
}

static void draw_key(const char *id, const figure_key *key, double x, double y, msp_text *out)
{
    const double width = sample_width(key), middle = y + 8;
    if (key->fill >= 0)
        mark_rect(out, id, key->fill, x, y + 2, width, 12);
    if (key->line != NULL)
        svg_line(out, key->line, x, middle, x + width, middle);
    if (key->mark_class != NULL)
        mark_shape(out, key->mark_class, key->mark, x + width / 2, middle, 4.5);
    if (key->arrow) {
        svg_line(out, "interval", x, middle, x + width - 6, middle);
        plot_arrow_right(out, x + width - 7, middle, 4);
    }
}

double plot_keys(const char *id, const figure_key *keys, size_t n, double left, double top,
                 double right, msp_text *out)
{
    double x = left, y = top;
    for (size_t i = 0; i < n; i++) {
        const double sample = sample_width(&keys[i]) + 5;
        const double text = figure_text_width(keys[i].label, FIGURE_SMALL, false);
        if (x > left && x + sample + text > right) {
            x = left;
            y += KEY_HEIGHT;
        }
        if (out != NULL) {
            draw_key(id, &keys[i], x, y, out);
            svg_text_in(out, "small", SVG_START, x + sample, y + 12, keys[i].label,
                        right - x - sample + 1, FIGURE_SMALL, false);
        }
        x += sample + text + KEY_GAP;
    }
    return n > 0 ? y + KEY_HEIGHT - top : 0;
}

void plot_arrow_right(msp_text *out, double x, double y, double half)
{
    svg_path_begin(out, "arrow");
    svg_path_move(out, 'M', x + 1.7 * half, y);
    svg_path_move(out, 'L', x, y - half);
    svg_path_move(out, 'L', x, y + half);
    msp_text_add_char(out, 'Z');
    svg_path_end(out);
}

void plot_arrow_up(msp_text *out, double x, double y, double half)
{
    svg_path_begin(out, "arrow");
    svg_path_move(out, 'M', x, y - 1.5 * half);
    svg_path_move(out, 'L', x - half, y);
    svg_path_move(out, 'L', x + half, y);
    msp_text_add_char(out, 'Z');
    svg_path_end(out);
}
