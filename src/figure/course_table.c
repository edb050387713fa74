/* course_table.c - a course in words and numbers: for readers that cannot see the figure, and for
 * those who want to copy a value. */
#include <math.h>
#include <stdlib.h>

#include "course.h"
#include "plot.h"

static int by_time(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static size_t count_times(const msp_course_figure *f)
{
    size_t n = f->n_visits;
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->panels[i].n_series; k++)
            n += f->panels[i].series[k].n;
    return n;
}

/* All times at which something is known, each once; returns how many. */
static size_t collect_times(const msp_course_figure *f, double *times)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_visits; i++)
        times[n++] = f->visits[i].time;
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->panels[i].n_series; k++)
            for (size_t j = 0; j < f->panels[i].series[k].n; j++)
                times[n++] = f->panels[i].series[k].points[j].time;
    qsort(times, n, sizeof *times, by_time);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || times[i] != times[kept - 1])
            times[kept++] = times[i];
    return kept;
}

/* Appends `s` after what a cell holds already. */
static void also(msp_text *cell, const char *s)
{
    if (s == NULL || *s == '\0')
        return;
    if (cell->len > 0)
        msp_text_add(cell, "; ");
    msp_text_add(cell, s);
}

static void end_cell(msp_text *cell, msp_text *out)
{
    msp_text_add(out, "<td>");
    msp_text_add_html(out, msp_text_str(cell));
    msp_text_add(out, "</td>");
    out->failed |= cell->failed;
    msp_text_clear(cell);
}

/* Where a reader of one series or of the visits stands: all of them go through the times once. */
typedef struct cursors {
    size_t visit, at[MSP_COURSE_PANELS_MAX][MSP_COURSE_SERIES_MAX];
} cursors;

static void add_visits(const msp_course_figure *f, double time, cursors *c, msp_text *cell,
                       msp_text *why)
{
    for (; c->visit < f->n_visits && f->visits[c->visit].time <= time; c->visit++) {
        also(cell, f->visits[c->visit].label);
        also(why, f->visits[c->visit].why);
    }
}

static void add_value(const msp_course_figure *f, const msp_course_point *p, msp_text *cell)
{
    msp_text value = {0};
    if (isnan(p->value))
        return;
    course_add_value(f, p, &value);
    also(cell, msp_text_str(&value));
    cell->failed |= value.failed;
    msp_text_free(&value);
}

static void add_points(const msp_course_figure *f, const msp_course_series *series, double time,
                       size_t *next, msp_text *cell, msp_text *why)
{
    for (; *next < series->n && series->points[*next].time <= time; ++*next) {
        add_value(f, &series->points[*next], cell);
        also(why, series->points[*next].why);
    }
}

static void add_row(const msp_course_figure *f, double time, cursors *c, msp_text *out)
{
    msp_text cell = {0}, why = {0};
    msp_text_add(out, "<tr><th scope=\"row\">");
    if (f->days > 0) {
        course_add_date(f, time, out);
        msp_text_add(out, "</th><td>");
    }
    plot_add_tenths(time, out);
    msp_text_add(out, f->days > 0 ? "</td>" : "</th>");
    add_visits(f, time, c, &cell, &why);
    end_cell(&cell, out);
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->panels[i].n_series; k++) {
            add_points(f, &f->panels[i].series[k], time, &c->at[i][k], &cell, &why);
            end_cell(&cell, out);
        }
    end_cell(&why, out);
    msp_text_add(out, "</tr>\n");
    msp_text_free(&cell);
    msp_text_free(&why);
}

static void add_head(const char *s, msp_text *out)
{
    msp_text_add(out, "<th scope=\"col\">");
    msp_text_add_html(out, s);
    msp_text_add(out, "</th>");
}

static void add_caption(const char *s, const char *more, msp_text *out)
{
    msp_text_add(out, "<table class=\"course\">\n<caption>");
    msp_text_add_html(out, s);
    if (*more != '\0') {
        msp_text_add(out, ": ");
        msp_text_add_html(out, more);
    }
    msp_text_add(out, "</caption>\n<thead><tr>");
}

/* "Serum M-protein (g/dL)", or "Free light chains (mg/L): kappa" where a panel has several. */
static void add_value_heads(const msp_course_figure *f, msp_text *out)
{
    for (size_t i = 0; i < f->n_panels; i++)
        for (size_t k = 0; k < f->panels[i].n_series; k++) {
            msp_text head = {0};
            msp_text_add(&head, f->panels[i].label);
            if (f->panels[i].n_series > 1)
                msp_text_printf(&head, ": %s", f->panels[i].series[k].label);
            add_head(msp_text_str(&head), out);
            out->failed |= head.failed;
            msp_text_free(&head);
        }
}

static void add_values(const msp_course_figure *f, const double *times, size_t n, msp_text *out)
{
    cursors c = {0};
    add_caption(f->frame.title, "", out);
    if (f->days > 0)
        add_head("Date", out);
    add_head(f->x_label, out);
    add_head(f->visits_label, out);
    add_value_heads(f, out);
    add_head("Reason", out);
    msp_text_add(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < n; i++)
        add_row(f, times[i], &c, out);
    msp_text_add(out, "</tbody>\n</table>\n");
}

/* When a bar begins or ends. */
static void add_end(const msp_course_figure *f, double time, msp_text *cell)
{
    if (isinf(time))
        msp_text_add(cell, "ongoing");
    else if (f->days > 0)
        course_add_date(f, time, cell);
    else
        plot_add_tenths(time, cell);
}

static void add_bars(const msp_course_figure *f, msp_text *out)
{
    msp_text cell = {0};
    add_caption(f->frame.title, f->bars_label, out);
    add_head(f->bars_label, out);
    add_head("From", out);
    add_head("To", out);
    add_head("Reason", out);
    msp_text_add(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < f->n_bars; i++) {
        const msp_course_bar *bar = &f->bars[i];
        msp_text_add(out, "<tr><th scope=\"row\">");
        msp_text_add_html(out, bar->label);
        msp_text_add(out, "</th>");
        add_end(f, bar->from, &cell);
        end_cell(&cell, out);
        add_end(f, bar->to, &cell);
        end_cell(&cell, out);
        also(&cell, bar->why);
        end_cell(&cell, out);
        msp_text_add(out, "</tr>\n");
    }
    msp_text_add(out, "</tbody>\n</table>\n");
    msp_text_free(&cell);
}

msp_status msp_figure_course_table(const msp_course_figure *f, msp_text *out, msp_error *err)
{
    const msp_status rc = course_check(f, err);
    if (rc != MSP_OK)
        return rc;
    double *times = calloc(count_times(f) + 1, sizeof *times);
    if (times == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a table");
    add_values(f, times, collect_times(f, times), out);
    free(times);
    if (f->n_bars > 0)
        add_bars(f, out);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for a table") : MSP_OK;
}
