/* patients.c - figures of patients: best change, values over time, responses over time; and the
 * page with everybody's course. */
#include <math.h>
#include <string.h>

#include "mspike/analysis/cases.h"
#include "mspike/figure/course.h"
#include "mspike/figure/spider.h"
#include "mspike/figure/swimmer.h"
#include "mspike/figure/waterfall.h"
#include "page.h"

#define CAP 100 /* per cent above the baseline: what is more is drawn as an arrow there */

/* From best to worst; the fills are those that mark.h keeps for them. */
static const struct {
    msp_response_level level;
    int fill;
} levels[] = {{MSP_LEVEL_SCR, 0}, {MSP_LEVEL_CR, 1}, {MSP_LEVEL_VGPR, 2}, {MSP_LEVEL_PR, 3},
              {MSP_LEVEL_MR, 4},  {MSP_LEVEL_SD, 5}, {MSP_LEVEL_PD, 6},   {MSP_LEVEL_NE, 8}};
#define N_LEVELS MSP_COUNT(levels)

static int state_of(msp_response_level level)
{
    for (size_t i = 0; i < N_LEVELS; i++)
        if (levels[i].level == level)
            return (int)i;
    return (int)N_LEVELS - 1;
}

static void make_states(msp_figure_state states[N_LEVELS])
{
    for (size_t i = 0; i < N_LEVELS; i++)
        states[i] = (msp_figure_state){msp_response_level_name(levels[i].level), levels[i].fill};
}

/* Patients of one arm (NULL: of all). */
typedef struct group {
    const msp_cases *cases;
    const char *arm;
} group;

static bool is_in(const group *g, const msp_case *c)
{
    return g->arm == NULL || strcmp(g->arm, c->arm) == 0;
}

static size_t count(const group *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->cases->n; i++)
        n += is_in(g, &g->cases->items[i]);
    return n;
}

static void *array(page *p, size_t n, size_t size)
{
    void *made = msp_arena_array(&p->arena, n + 1, size);
    p->failed |= made == NULL;
    return made;
}

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the figures of patients");
}

/* -- waterfall -- */

static msp_status draw_waterfall(page *p, const void *what, const msp_figure_frame *frame,
                                 msp_text *out, msp_error *err)
{
    const group *g = what;
    static const msp_figure_reference references[] = {{-25, "\xe2\x88\x92"
                                                            "25 %"},
                                                      {-50, "\xe2\x88\x92"
                                                            "50 %"},
                                                      {-90, "\xe2\x88\x92"
                                                            "90 %"}};
    msp_figure_state states[N_LEVELS];
    msp_waterfall_bar *bars = array(p, count(g), sizeof *bars);
    size_t n = 0;
    if (bars == NULL)
        return no_memory(err);
    make_states(states);
    for (size_t i = 0; i < g->cases->n; i++) {
        const msp_case *c = &g->cases->items[i];
        if (is_in(g, c))
            bars[n++] = (msp_waterfall_bar){c->id, c->change, state_of(c->best), c->marker, NULL};
    }
    const msp_waterfall_figure figure = {.frame = *frame,
                                         .y_label = "Best change from baseline (%)",
                                         .states = states,
                                         .n_states = N_LEVELS,
                                         .references = references,
                                         .n_references = MSP_COUNT(references),
                                         .cap = CAP,
                                         .bars = bars,
                                         .n_bars = n};
    return msp_figure_waterfall(&figure, out, err);
}

/* -- spider -- */

static msp_status draw_spider(page *p, const void *what, const msp_figure_frame *frame,
                              msp_text *out, msp_error *err)
{
    const group *g = what;
    static const msp_figure_reference references[] = {{0, "baseline"}};
    msp_figure_state states[N_LEVELS];
    msp_spider_line *lines = array(p, count(g), sizeof *lines);
    size_t n = 0;
    if (lines == NULL)
        return no_memory(err);
    make_states(states);
    for (size_t i = 0; i < g->cases->n; i++) {
        const msp_case *c = &g->cases->items[i];
        if (!is_in(g, c) || c->marker[0] == '\0' || !(c->series[0].baseline > 0))
            continue;
        const msp_case_series *s = &c->series[0];
        double *time = array(p, s->n, sizeof *time), *value = array(p, s->n, sizeof *value);
        if (time == NULL || value == NULL)
            return no_memory(err);
        for (size_t k = 0; k < s->n; k++) {
            time[k] = fmax(s->values[k].time, 0);
            value[k] = 100 * (s->values[k].value - s->baseline) / s->baseline;
        }
        lines[n++] = (msp_spider_line){c->id, state_of(c->best), s->n, time, value, c->marker};
    }
    const msp_spider_figure figure = {.frame = *frame,
                                      .x_label = "Months since the baseline",
                                      .y_label = "Change from baseline (%)",
                                      .unit = "months",
                                      .states = states,
                                      .n_states = N_LEVELS,
                                      .references = references,
                                      .n_references = MSP_COUNT(references),
                                      .cap = CAP,
                                      .lines = lines,
                                      .n_lines = n};
    return msp_figure_spider(&figure, out, err);
}

/* -- swimmer -- */

enum { EVENT_RESPONSE, EVENT_PROGRESSION, EVENT_THERAPY, EVENT_DEATH, EVENT_COUNT };
static const msp_swimmer_kind kinds[EVENT_COUNT] = {
    [EVENT_RESPONSE] = {"First response", MSP_MARK_TRIANGLE},
    [EVENT_PROGRESSION] = {"Progression", MSP_MARK_WEDGE},
    [EVENT_THERAPY] = {"Next therapy", MSP_MARK_DIAMOND},
    [EVENT_DEATH] = {"Death", MSP_MARK_CROSS}};

/* What was confirmed at a visit holds until the next one, or the next therapy. A response that
 * stays is one segment, with the reasons of its first visit. */
static bool add_segments(page *p, const msp_case *c, msp_swimmer_lane *lane)
{
    msp_swimmer_segment *segments = array(p, c->n_visits, sizeof *segments);
    size_t n = 0;
    if (segments == NULL)
        return false;
    for (size_t k = 0; k < c->n_visits; k++) {
        const msp_case_visit *v = &c->visits[k];
        double to = k + 1 < c->n_visits ? c->visits[k + 1].time : c->last;
        if (to > c->next_therapy)
            to = c->next_therapy;
        if (v->excluded || !(to > v->time))
            continue;
        msp_swimmer_segment *last = n > 0 ? &segments[n - 1] : NULL;
        const int state = state_of(v->confirmed);
        if (last != NULL && last->state == state && last->to >= v->time)
            last->to = to;
        else
            segments[n++] = (msp_swimmer_segment){v->time, to, state, v->why};
    }
    lane->segments = segments;
    lane->n_segments = n;
    return true;
}

static bool add_events(page *p, const msp_case *c, msp_swimmer_lane *lane)
{
    const double times[EVENT_COUNT] = {[EVENT_RESPONSE] = c->response,
                                       [EVENT_PROGRESSION] = c->progression,
                                       [EVENT_THERAPY] = c->next_therapy,
                                       [EVENT_DEATH] = c->death};
    msp_swimmer_event *events = array(p, EVENT_COUNT, sizeof *events);
    if (events == NULL)
        return false;
    for (int k = 0; k < EVENT_COUNT; k++)
        if (times[k] >= 0)
            events[lane->n_events++] = (msp_swimmer_event){times[k], k, NULL};
    lane->events = events;
    return true;
}

static msp_status draw_swimmer(page *p, const void *what, const msp_figure_frame *frame,
                               msp_text *out, msp_error *err)
{
    const group *g = what;
    msp_figure_state states[N_LEVELS];
    msp_swimmer_lane *lanes = array(p, count(g), sizeof *lanes);
    size_t n = 0;
    if (lanes == NULL)
        return no_memory(err);
    make_states(states);
    for (size_t i = 0; i < g->cases->n; i++) {
        const msp_case *c = &g->cases->items[i];
        if (!is_in(g, c))
            continue;
        lanes[n] = (msp_swimmer_lane){
            .label = c->id, .end = c->last, .ongoing = isnan(c->death) && isnan(c->progression)};
        if (!add_segments(p, c, &lanes[n]) || !add_events(p, c, &lanes[n]))
            return no_memory(err);
        n++;
    }
    const msp_swimmer_figure figure = {.frame = *frame,
                                       .label_heading = "Patient",
                                       .x_label = "Months since the baseline",
                                       .unit = "months",
                                       .ongoing_label = "Without progression or death",
                                       .states = states,
                                       .n_states = N_LEVELS,
                                       .kinds = kinds,
                                       .n_kinds = EVENT_COUNT,
                                       .lanes = lanes,
                                       .n_lanes = n};
    return msp_figure_swimmer(&figure, out, err);
}

/* -- the section -- */

/* The arms that the patients have, in the order of the plan; one group of all where none is known.
 */
static size_t make_groups(page *p, group groups[MSP_PLAN_ARMS_MAX])
{
    const msp_cases *cases = p->plan->cases;
    size_t n = 0;
    for (size_t i = 0; i < p->plan->n_arms; i++) {
        const group g = {cases, p->plan->arms[i].name};
        if (count(&g) > 0)
            groups[n++] = g;
    }
    if (n == 0)
        groups[n++] = (group){cases, NULL};
    return n;
}

static const char *titled(page *p, const char *what, const group *g)
{
    return g->arm != NULL ? page_printf(p, "%s, %s", what, page_arm_label(p, g->arm)) : what;
}

static msp_status draw_group(page *p, const group *g, const char *number, size_t *part,
                             msp_error *err)
{
    static const struct {
        const char *title, *description, *footnote;
        msp_status (*draw)(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                           msp_error *err);
    } figures[] = {
        {"Best change of the disease's marker",
         "One bar a patient: the best change of the marker that the disease is measured by.",
         "The lowest value after the baseline and before the next therapy. Filled by the best "
         "confirmed response, derived from the laboratory values.",
         draw_waterfall},
        {"Change of the disease's marker over time", "One line a patient.",
         "Lines by the best confirmed response. An arrow: more than 100 % above the baseline.",
         draw_spider},
        {"Response over time", "One bar a patient: the confirmed response between visits.",
         "Derived from the laboratory values; what was confirmed at a visit holds until the next "
         "one. The reasons of its first visit show where the pointer rests.",
         draw_swimmer},
    };
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(figures); i++) {
        const page_drawing drawing = {.number = page_number(p, number, (*part)++),
                                      .title = titled(p, figures[i].title, g),
                                      .description = figures[i].description,
                                      .footnote = figures[i].footnote,
                                      .draw = figures[i].draw,
                                      .what = g};
        rc = page_draw(p, &drawing, err);
    }
    return rc;
}

msp_status page_case_figures(page *p, msp_error *err)
{
    const msp_cases *cases = p->plan->cases;
    group groups[MSP_PLAN_ARMS_MAX];
    size_t part = 0;
    msp_status rc = MSP_OK;
    if (cases == NULL || cases->n == 0)
        return rc;
    page_begin_section(p, "Patients", false);
    page_raw(p, "<p>The course of every patient, with the reasons for each response: "
                "<a href=\"patients.html\">patients.html</a>.</p>\n");
    const char *number = page_printf(p, "14.2.%zu", p->plan->n_analyses + 1);
    const size_t n = make_groups(p, groups);
    for (size_t i = 0; rc == MSP_OK && i < n; i++)
        rc = draw_group(p, &groups[i], number, &part, err);
    page_end_section(p);
    return rc;
}

/* -- everybody's course -- */

static msp_status add_panels(page *p, const msp_case *c, msp_course_panel *panels, msp_error *err)
{
    for (size_t k = 0; k < c->n_series; k++) {
        const msp_case_series *s = &c->series[k];
        msp_course_point *points = array(p, s->n, sizeof *points);
        msp_course_series *series = array(p, 1, sizeof *series);
        msp_course_steps *steps = array(p, 2, sizeof *steps);
        double *time = array(p, s->n, sizeof *time), *lowest = array(p, s->n, sizeof *lowest);
        double *progression = array(p, s->n, sizeof *progression);
        bool progresses = false; /* by this marker, in this disease */
        if (points == NULL || series == NULL || steps == NULL || time == NULL || lowest == NULL ||
            progression == NULL)
            return no_memory(err);
        for (size_t i = 0; i < s->n; i++) {
            const msp_case_value *v = &s->values[i];
            const double shown = v->below && !isnan(v->limit) ? v->limit : v->value;
            points[i] = (msp_course_point){v->time, shown, v->below, NULL};
            time[i] = s->values[i].time;
            lowest[i] = s->values[i].lowest;
            progression[i] = s->values[i].progression;
            progresses |= !isnan(progression[i]);
        }
        *series = (msp_course_series){s->name, s->n, points};
        steps[0] = (msp_course_steps){"lowest value before", s->n, time, lowest};
        steps[1] = (msp_course_steps){"progression from here", s->n, time, progression};
        panels[k] = (msp_course_panel){.label = page_printf(p, "%s (%s)", s->name, s->unit),
                                       .series = series,
                                       .n_series = 1,
                                       .steps = steps,
                                       .n_steps = progresses ? 2 : 1};
    }
    return MSP_OK;
}

static msp_status make_course(page *p, const msp_case *c, size_t i, msp_course_figure *out,
                              msp_error *err)
{
    msp_course_panel *panels = array(p, c->n_series, sizeof *panels);
    msp_course_visit *visits = array(p, c->n_visits, sizeof *visits);
    msp_course_bar *bars = array(p, 2, sizeof *bars);
    if (panels == NULL || visits == NULL || bars == NULL)
        return no_memory(err);
    for (size_t k = 0; k < c->n_visits; k++)
        visits[k] = (msp_course_visit){c->visits[k].time, c->visits[k].level, c->visits[k].why};
    /* fmin and fmax pass over what is not a number */
    const double until = isnan(c->last_dose) ? fmin(c->next_therapy, c->last) : c->last_dose;
    const double from = isnan(c->first_dose) ? 0 : c->first_dose;
    bars[0] = (msp_course_bar){"Treatment of the trial", from, fmax(from, until), NULL};
    bars[1] =
        (msp_course_bar){"Next therapy", c->next_therapy, fmax(c->next_therapy, c->last), NULL};
    *out = (msp_course_figure){
        .frame = {page_printf(p, "course-%zu", i + 1), page_printf(p, "Course of %s", c->id),
                  "Values, responses and treatment over time; the table below holds the same.",
                  MSP_FIGURE_WIDE, false},
        .x_label = "Months since the baseline",
        .unit = "months",
        .days = MSP_DAYS_PER_MONTH,
        .origin = c->baseline,
        .bars_label = "Treatment",
        .visits_label = "Response",
        .below_label = "below quantification",
        .bars = bars,
        .n_bars = isnan(c->next_therapy) ? 1 : 2,
        .visits = visits,
        .n_visits = c->n_visits,
        .panels = panels,
        .n_panels = c->n_series};
    return add_panels(p, c, panels, err);
}

static void add_facts(page *p, const msp_case *c)
{
    page_raw(p, "<p>");
    if (*c->arm != '\0') {
        page_html(p, page_arm_label(p, c->arm));
        page_raw(p, ". ");
    }
    page_html(p, page_printf(p, "Disease measured by: %s. Best confirmed response: %s.", c->disease,
                             msp_response_level_name(c->best)));
    if (!isnan(c->progression))
        page_html(p, page_printf(p, " Progression after %s months.",
                                 msp_format_number(p->format, c->progression, 1).s));
    page_raw(p, "</p>\n");
}

/* For a page and for a telephone; the style sheet shows one of them. */
static msp_status draw_course(page *p, msp_course_figure *figure, msp_error *err)
{
    const char *id = figure->frame.id;
    page_raw(p, "<div class=\"wide\">\n");
    msp_status rc = msp_figure_course(figure, &p->body, err);
    page_raw(p, "</div>\n<div class=\"narrow\">\n");
    figure->frame.id = page_printf(p, "%s-narrow", id);
    figure->frame.width = MSP_FIGURE_NARROW;
    figure->no_reasons = true;
    if (rc == MSP_OK)
        rc = msp_figure_course(figure, &p->body, err);
    page_raw(p, "</div>\n");
    return rc;
}

msp_status page_case_courses(page *p, msp_error *err)
{
    const msp_cases *cases = p->plan->cases;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < cases->n; i++) {
        const msp_case *c = &cases->items[i];
        msp_course_figure figure;
        page_begin_section(p, c->id, true);
        add_facts(p, c);
        rc = make_course(p, c, i, &figure, err);
        if (rc == MSP_OK && c->n_series > 0) {
            rc = draw_course(p, &figure, err);
            page_raw(p, "<details><summary>Values and reasons as a table</summary>\n");
            if (rc == MSP_OK)
                rc = msp_figure_course_table(&figure, &p->body, err);
            page_raw(p, "</details>\n");
        }
        page_end_section(p);
    }
    return rc;
}
