#include "mspike/figure/funnel.h"

#include <math.h>
#include <string.h>

#include "mark.h"
#include "measure.h"
#include "plot.h"

#define RATIO 0.5 /* height to width */
#define TOP   10.0

/* Shapes go round faster than colours, so that neighbours differ in both; the shapes that are
 * told apart best come first. */
static const msp_mark shapes[] = {MSP_MARK_DISC, MSP_MARK_DIAMOND, MSP_MARK_TRIANGLE,
                                  MSP_MARK_SQUARE, MSP_MARK_WEDGE};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static msp_status check(const msp_funnel_figure *f, msp_error *err)
{
    const msp_status rc = plot_check_width(&f->frame, err);
    if (rc != MSP_OK)
        return rc;
    if (f->n_points == 0 || f->n_groups > MSP_FUNNEL_GROUPS_MAX)
        return msp_fail(err, MSP_EINPUT, "a funnel of %zu points in %zu groups; at most %d groups",
                        f->n_points, f->n_groups, MSP_FUNNEL_GROUPS_MAX);
    for (size_t i = 0; i < f->n_points; i++) {
        const msp_funnel_point *p = &f->points[i];
        if (!(p->std_error > 0) || !isfinite(p->std_error) || !isfinite(p->difference) ||
            p->group >= f->n_groups)
            return msp_fail_row(err, MSP_EINPUT, i,
                                "point %zu of a funnel: %g with a standard error of %g in group "
                                "%zu of %zu",
                                i, p->difference, p->std_error, p->group, f->n_groups);
    }
    return MSP_OK;
}

static const char *style_of(size_t group)
{
    static const char *const styles[] = {"pt f c0", "pt f c1", "pt f c2",
                                         "pt f c3", "pt f c4", "pt f c5"};
    return styles[(group + group / N_SHAPES) % MSP_COUNT(styles)];
}

/* y runs downwards: the axis of the plot holds -se. */
static figure_plot make_plot(const msp_funnel_figure *f)
{
    double reach = 0, worst = 0;
    for (size_t i = 0; i < f->n_points; i++) {
        reach = fmax(reach, fabs(f->points[i].difference));
        worst = fmax(worst, f->points[i].std_error);
    }
    figure_plot plot = {.top = TOP};
    plot.y = msp_ticks_linear(0, worst * 1.02, 6);
    plot.left = plot_margin(&plot.y, false, true);
    plot.right = f->frame.width - 14;
    plot.bottom = plot.top + floor((plot.right - plot.left) * RATIO);
    reach = fmax(reach * 1.05, f->z * worst);
    plot.x = msp_ticks_linear(-reach, reach, (size_t)((plot.right - plot.left) / 56));
    plot.x_first = plot.x.at[0];
    return plot;
}

static double y_of(const figure_plot *plot, double std_error)
{
    const double worst = plot->y.at[plot->y.n - 1];
    return plot->top + std_error / worst * (plot->bottom - plot->top);
}

static void draw_axes(const msp_funnel_figure *f, const figure_plot *plot, msp_text *out)
{
    for (size_t i = 0; i < plot->y.n; i++) {
        const double y = y_of(plot, plot->y.at[i]);
        char text[MSP_DOUBLE_MAX];
        svg_decimal(plot->y.at[i], plot->y.digits, text);
        svg_line(out, "grid", plot->left, y, plot->right, y);
        svg_text(out, "small", SVG_END, plot->left - PLOT_TICK - 4, y + 4, text);
    }
    svg_line(out, "axis", plot->left, plot->top, plot->left, plot->bottom);
    plot_turned(out, "", SVG_MIDDLE, FIGURE_TEXT + 2, (plot->top + plot->bottom) / 2, f->y_label,
                plot->bottom - plot->top, FIGURE_TEXT);
    plot_x_axis(plot, f->x_label, f->frame.width, out);
}

static void draw_funnel(const msp_funnel_figure *f, const figure_plot *plot, msp_text *out)
{
    const double worst = plot->y.at[plot->y.n - 1];
    const double last = plot->x.at[plot->x.n - 1], first = plot->x.at[0];
    svg_line(out, "axis", plot_x(plot, 0), plot->top, plot_x(plot, 0), plot->bottom);
    if (!(f->z > 0))
        return;
    for (int side = -1; side <= 1; side += 2) { /* ends where it leaves the plot */
        const double edge = fmin(f->z * worst, side < 0 ? -first : last);
        svg_line(out, "median", plot_x(plot, 0), plot->top, plot_x(plot, side * edge),
                 y_of(plot, edge / f->z));
    }
}

static size_t make_keys(const msp_funnel_figure *f, figure_key *keys)
{
    for (size_t i = 0; i < f->n_groups; i++)
        keys[i] = (figure_key){f->groups[i], -1, NULL, style_of(i), shapes[i % N_SHAPES], false};
    return f->n_groups;
}

msp_status msp_figure_funnel(const msp_funnel_figure *f, msp_text *out, msp_error *err)
{
    figure_key keys[MSP_FUNNEL_GROUPS_MAX];
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    const figure_plot plot = make_plot(f);
    const size_t n_keys = make_keys(f, keys);
    const double keys_top = plot.bottom + PLOT_FOOT + 6, right = f->frame.width - PLOT_EDGE;
    const double legend = plot_keys("", keys, n_keys, PLOT_EDGE, 0, right, NULL);
    rc = svg_open(out, &f->frame, keys_top + legend + 4, err);
    if (rc != MSP_OK)
        return rc;
    draw_axes(f, &plot, out);
    draw_funnel(f, &plot, out);
    for (size_t i = 0; i < f->n_points; i++) {
        const msp_funnel_point *p = &f->points[i];
        mark_hover_begin(out, p->hint != NULL ? p->hint : "");
        mark_shape(out, style_of(p->group), shapes[p->group % N_SHAPES],
                   plot_x(&plot, p->difference), y_of(&plot, p->std_error), 4.5);
        mark_hover_end(out);
    }
    plot_keys("", keys, n_keys, PLOT_EDGE, keys_top, right, out);
    svg_close(out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a figure") : MSP_OK;
}
