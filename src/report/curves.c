/* curves.c - the Kaplan-Meier figure of an analysis, with its table of counts. */
#include <math.h>
#include <string.h>

#include "mspike/figure/survival.h"
#include "page.h"

#define COUNTS 3 /* at risk, censored, events */
#define NOTES  (MSP_PLAN_ARMS_MAX * 3 + 2)

typedef struct curves {
    const msp_plan_analysis *analysis;
    const char *arms[MSP_PLAN_ARMS_MAX];
    const msp_curve *curve[MSP_PLAN_ARMS_MAX];
    size_t n;
    double longest;
    bool counts; /* all curves carry them */
} curves;

static void collect(page *p, const msp_plan_analysis *analysis, curves *c)
{
    const size_t n = analysis->n_arms > 0 ? analysis->n_arms : p->plan->n_arms;
    *c = (curves){.analysis = analysis, .counts = true};
    for (size_t i = 0; i < n && c->n < MSP_PLAN_ARMS_MAX; i++) {
        const char *arm = analysis->n_arms > 0 ? analysis->arms[i] : p->plan->arms[i].name;
        const msp_curve *curve = msp_results_find_curve(p->results, analysis->id, "", "", arm);
        if (curve == NULL || curve->n == 0)
            continue;
        c->arms[c->n] = arm;
        c->curve[c->n++] = curve;
        c->longest = fmax(c->longest, curve->time[curve->n - 1]);
        c->counts =
            c->counts && curve->at_risk != NULL && curve->events != NULL && curve->censored != NULL;
    }
}

static const msp_record *find_median(const page *p, const curves *c, size_t i)
{
    msp_record_query query =
        page_query(c->analysis->id, MSP_STATISTIC_SURVIVAL_QUANTILE, c->arms[i]);
    query.at = 0.5;
    return page_find(p, &query);
}

/* -- counts under the axis -- */

/* Looked up in the curve, not estimated: at risk just before `time`, and what happened before it,
 * so that the three add up to the patients. */
static void count_at(const msp_curve *curve, double time, double out[COUNTS])
{
    out[0] = out[1] = out[2] = 0;
    size_t i = 0;
    for (; i < curve->n && curve->time[i] < time; i++) {
        out[1] += curve->censored[i];
        out[2] += curve->events[i];
    }
    if (i < curve->n)
        out[0] = curve->at_risk[i];
}

/* A heading and three rows of counts for one arm. */
static void add_rows(page *p, const curves *c, const msp_ticks *ticks, size_t i,
                     msp_figure_row *rows)
{
    static const char *const labels[COUNTS] = {"At risk", "Censored", "Events"};
    double(*counts)[MSP_TICKS_MAX] = msp_arena_array(&p->arena, COUNTS, sizeof *counts);
    p->failed |= counts == NULL;
    for (size_t t = 0; counts != NULL && t < ticks->n; t++) {
        double at[COUNTS];
        count_at(c->curve[i], ticks->at[t], at);
        for (size_t k = 0; k < COUNTS; k++)
            counts[k][t] = at[k];
    }
    rows[0] = (msp_figure_row){page_arm_label(p, c->arms[i]), (int)i, NULL};
    for (size_t k = 0; k < COUNTS; k++)
        rows[k + 1] = (msp_figure_row){labels[k], -1, counts != NULL ? counts[k] : NULL};
}

/* -- the box -- */

static size_t add_medians(page *p, const curves *c, msp_figure_note *notes)
{
    const msp_record *first = NULL;
    size_t n = 1;
    for (size_t i = 0; i < c->n; i++) {
        const msp_record *r = find_median(p, c, i);
        if (r == NULL)
            continue;
        first = first != NULL ? first : r;
        const msp_formatted text =
            msp_format_interval(p->format, r->estimate, r->lower, r->upper, p->format->time_digits);
        const char *value = isnan(r->estimate) && r->n != 0
                                ? page_printf(p, "NR%s", text.s + strcspn(text.s, " "))
                                : page_text(p, text.s);
        notes[n++] = (msp_figure_note){page_arm_label(p, c->arms[i]), value, (int)i};
    }
    if (first == NULL)
        return 0;
    notes[0] = (msp_figure_note){
        page_printf(p, "Median, %s (%s)", c->analysis->time_unit, page_ci(p, first)), "", -1};
    return n;
}

static size_t add_comparison(page *p, const curves *c, const msp_plan_comparison *comparison,
                             msp_figure_note *notes)
{
    size_t n = 0;
    const bool several = c->analysis->n_comparisons > 1;
    msp_record_query query =
        page_query(c->analysis->id, MSP_STATISTIC_HAZARD_RATIO, comparison->name);
    const msp_record *r = page_find(p, &query);
    if (r != NULL)
        notes[n++] =
            (msp_figure_note){several ? page_printf(p, "HR, %s", comparison->label)
                                      : page_printf(p, "HR (%s)", page_ci(p, r)),
                              page_text(p, msp_format_interval(p->format, r->estimate, r->lower,
                                                               r->upper, p->format->ratio_digits)
                                               .s),
                              -1};
    query.statistic = MSP_STATISTIC_TEST;
    r = page_find(p, &query);
    if (r != NULL)
        notes[n++] = (msp_figure_note){*r->sided != '\0' ? page_printf(p, "p, %s", r->sided) : "p",
                                       page_text(p, msp_format_p(p->format, r->p).s), -1};
    return n;
}

static size_t add_notes(page *p, const curves *c, msp_figure_note *notes)
{
    size_t n = add_medians(p, c, notes);
    for (size_t i = 0; i < c->analysis->n_comparisons && n + 2 <= NOTES; i++)
        n += add_comparison(p, c, &c->analysis->comparisons[i], notes + n);
    return n;
}

/* -- the figure -- */

static msp_status draw(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                       msp_error *err)
{
    const curves *c = what;
    const bool narrow = frame->width < MSP_FIGURE_WIDE;
    const msp_ticks ticks = msp_ticks_time(c->longest, c->analysis->time_unit, narrow ? 6 : 11);
    msp_figure_curve drawn[MSP_PLAN_ARMS_MAX];
    msp_figure_row rows[MSP_PLAN_ARMS_MAX * (COUNTS + 1)];
    msp_figure_note notes[NOTES];
    for (size_t i = 0; i < c->n; i++) {
        const msp_curve *curve = c->curve[i];
        const msp_record *median = find_median(p, c, i);
        drawn[i] = (msp_figure_curve){
            .label =
                page_printf(p, "%s (n = %zu)", page_arm_label(p, c->arms[i]), curve->n_patients),
            .n = curve->n,
            .time = curve->time,
            .value = curve->survival,
            .lower = curve->lower,
            .upper = curve->upper,
            .censored = curve->censored,
            .median = median != NULL ? median->estimate : (double)NAN};
        if (c->counts)
            add_rows(p, c, &ticks, i, rows + i * (COUNTS + 1));
    }
    const char *y_label = page_or_empty(c->analysis->y_label);
    if (*y_label == '\0')
        y_label = "Patients without event";
    const char *unit = c->analysis->time_unit, *origin = page_or_empty(c->analysis->origin);
    const char *x_label =
        page_printf(p, "%c%s%s%s", *unit >= 'a' && *unit <= 'z' ? *unit - 32 : *unit,
                    *unit != '\0' ? unit + 1 : "", *origin ? " since " : "", origin);
    const msp_survival_figure figure = {.frame = *frame,
                                        .x_label = x_label,
                                        .y_label = page_printf(p, "%s (%%)", y_label),
                                        .ticks = ticks,
                                        .curves = drawn,
                                        .n_curves = c->n,
                                        .rows = rows,
                                        .n_rows = c->counts ? c->n * (COUNTS + 1) : 0,
                                        .notes = notes,
                                        .n_notes = add_notes(p, c, notes)};
    return msp_figure_survival(&figure, out, err);
}

static const char *describe(page *p, const curves *c)
{
    const char *text = page_printf(p, "Kaplan-Meier curves of %s.", c->analysis->endpoint_label);
    for (size_t i = 0; i < c->n; i++) {
        const msp_record *r = find_median(p, c, i);
        text = page_printf(p, "%s %s: %zu patients", text, page_arm_label(p, c->arms[i]),
                           c->curve[i]->n_patients);
        if (r != NULL && !isnan(r->estimate))
            text = page_printf(p, "%s, median %s %s", text,
                               msp_format_number(p->format, r->estimate, p->format->time_digits).s,
                               c->analysis->time_unit);
        text = page_printf(p, "%s.", text);
    }
    return text;
}

static const char *footnote(page *p, const curves *c)
{
    const msp_curve *curve = c->curve[0];
    const char *band = "";
    bool reached = false;
    for (size_t i = 0; i < c->n; i++) {
        const msp_record *r = find_median(p, c, i);
        reached = reached || (r != NULL && !isnan(r->estimate));
    }
    if (curve->lower != NULL && isfinite(curve->level))
        band = page_printf(p, " Shaded: %s confidence limits at each time%s%s.",
                           msp_format_level(curve->level).s, *curve->method != '\0' ? ", " : "",
                           curve->method);
    return page_printf(p, "Vertical ticks: censored patients.%s%s%s", band,
                       reached ? " Dashed: medians." : "",
                       c->counts ? " At risk: just before the time shown; censored and events: "
                                   "before it."
                                 : "");
}

msp_status page_survival_figure(page *p, const msp_plan_analysis *analysis, const char *number,
                                msp_error *err)
{
    curves c;
    collect(p, analysis, &c);
    if (c.n == 0) {
        page_raw(p, "<p class=\"foot\">The results hold no curve of this analysis.</p>\n");
        return MSP_OK;
    }
    const page_drawing drawing = {
        .number = number,
        .title = page_printf(p, "%s, %s", analysis->title, analysis->population_label),
        .description = describe(p, &c),
        .footnote = footnote(p, &c),
        .draw = draw,
        .what = &c};
    return page_draw(p, &drawing, err);
}
