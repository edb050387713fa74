/* subgroup.c - one comparison in every subgroup: the forest, and the same as a table. */
#include <math.h>
#include <string.h>

#include "mspike/figure/forest.h"
#include "table.h"

typedef struct subgroups {
    const msp_plan_analysis *analysis;
    const msp_plan_comparison *comparison;
    const char *arms[2]; /* experimental, control */
} subgroups;

/* What is estimated in each subgroup, and how it is called. */
static msp_statistic ratio_of(const subgroups *s)
{
    return s->analysis->rates ? MSP_STATISTIC_ODDS_RATIO : MSP_STATISTIC_HAZARD_RATIO;
}

static const char *ratio_name(const subgroups *s)
{
    return s->analysis->rates ? "Odds ratio" : "Hazard ratio";
}

static const char *what_counts(const subgroups *s)
{
    return s->analysis->rates ? "responders" : "events";
}

/* What is shown of all patients or of one level: the records, as found. */
typedef struct group {
    const msp_record *events[2], *median[2], *ratio;
} group;

static msp_record_query query_in(const subgroups *s, msp_statistic statistic, const char *arm,
                                 const char *variable, const char *level)
{
    msp_record_query query = page_query(s->analysis->id, statistic, arm);
    query.subgroup = variable;
    query.level_name = level;
    return query;
}

static group find_group(const page *p, const subgroups *s, const char *variable, const char *level)
{
    group g = {0};
    msp_record_query query = query_in(s, ratio_of(s), s->comparison->name, variable, level);
    g.ratio = page_find(p, &query);
    for (int k = 0; k < 2; k++) {
        query = query_in(s, s->analysis->rates ? MSP_STATISTIC_RATE : MSP_STATISTIC_EVENTS,
                         s->arms[k], variable, level);
        g.events[k] = page_find(p, &query);
        query = query_in(s, MSP_STATISTIC_SURVIVAL_QUANTILE, s->arms[k], variable, level);
        query.at = 0.5;
        g.median[k] = page_find(p, &query);
    }
    return g;
}

static const msp_record *find_interaction(const page *p, const subgroups *s, const char *variable)
{
    const msp_record_query query =
        query_in(s, MSP_STATISTIC_INTERACTION, s->comparison->name, variable, "");
    return page_find(p, &query);
}

static double events_of(const msp_record *r)
{
    const double events = r == NULL                            ? 0
                          : r->statistic == MSP_STATISTIC_RATE ? (double)r->events
                                                               : r->estimate;
    return events > 0 ? events : 0;
}

/* "103/196": events, or responders, of patients */
static const char *events_text(page *p, const msp_record *r)
{
    if (r == NULL)
        return "\xe2\x80\x93";
    return page_printf(p, "%s/%s", msp_format_count(events_of(r)).s,
                       msp_format_count(r->n >= 0 ? (double)r->n : (double)NAN).s);
}

static const char *ratio_text(page *p, const msp_record *r)
{
    if (r == NULL)
        return "\xe2\x80\x93";
    if (isnan(r->estimate))
        return "NE";
    return page_text(
        p,
        msp_format_interval(p->format, r->estimate, r->lower, r->upper, p->format->ratio_digits).s);
}

static const char *p_text(page *p, const msp_record *r)
{
    return r != NULL ? page_text(p, msp_format_p(p->format, r->p).s) : "";
}

/* -- the forest -- */

typedef struct forest {
    const subgroups *s;
    msp_forest_row *rows;
    size_t n, cap;
    double overall;
} forest;

static void add_row(page *p, forest *f, msp_forest_row row)
{
    msp_forest_row *rows = page_grow(p, f->rows, f->n, &f->cap, sizeof *rows);
    if (rows == NULL)
        return;
    f->rows = rows;
    rows[f->n++] = row;
}

static void add_group(page *p, forest *f, msp_forest_kind kind, const char *label, const group *g)
{
    add_row(p, f,
            (msp_forest_row){.kind = kind,
                             .label = label,
                             .cells = {events_text(p, g->events[0]), events_text(p, g->events[1])},
                             .estimate = g->ratio != NULL ? g->ratio->estimate : (double)NAN,
                             .lower = g->ratio != NULL ? g->ratio->lower : (double)NAN,
                             .upper = g->ratio != NULL ? g->ratio->upper : (double)NAN,
                             .weight = events_of(g->events[0]) + events_of(g->events[1]),
                             .text = ratio_text(p, g->ratio)});
}

static void collect_rows(page *p, forest *f)
{
    const subgroups *s = f->s;
    const group all = find_group(p, s, "", "");
    f->overall = all.ratio != NULL ? all.ratio->estimate : (double)NAN;
    add_group(p, f, MSP_FOREST_OVERALL, "All patients", &all);
    for (size_t i = 0; i < s->analysis->n_subgroups; i++) {
        const msp_plan_variable *variable = &s->analysis->subgroups[i];
        const msp_plan_name *levels;
        const size_t n = page_levels(p, s->analysis->id, variable, true, &levels);
        add_row(p, f,
                (msp_forest_row){.kind = MSP_FOREST_HEADING,
                                 .label = variable->label,
                                 .extra = p_text(p, find_interaction(p, s, variable->name))});
        for (size_t k = 0; k < n; k++) {
            const group g = find_group(p, s, variable->name, levels[k].name);
            add_group(p, f, MSP_FOREST_ROW, levels[k].label, &g);
        }
    }
}

static msp_status draw(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                       msp_error *err)
{
    const forest *f = what;
    const subgroups *s = f->s;
    const msp_record_query query = page_query(s->analysis->id, ratio_of(s), s->comparison->name);
    const char *experimental = page_arm_label(p, s->arms[0]);
    const char *control = page_arm_label(p, s->arms[1]);
    const msp_forest_figure figure = {
        .frame = *frame,
        .label_heading = "Subgroup",
        .column_headings = {experimental, control},
        .n_columns = 2,
        .text_heading = page_printf(p, "%s (%s)", s->analysis->rates ? "OR" : "HR",
                                    page_ci(p, page_find(p, &query))),
        .extra_heading = "Interaction p",
        .x_label = ratio_name(s),
        /* fewer events, or more responders */
        .favours_left = page_printf(p, "Favours %s", s->analysis->rates ? control : experimental),
        .favours_right = page_printf(p, "Favours %s", s->analysis->rates ? experimental : control),
        .log_axis = true,
        .overall = f->overall,
        .rows = f->rows,
        .n_rows = f->n};
    return msp_figure_forest(&figure, out, err);
}

static msp_status draw_forest(page *p, const subgroups *s, const char *title, const char *number,
                              msp_error *err)
{
    forest f = {.s = s};
    collect_rows(p, &f);
    const page_drawing drawing = {
        .number = number,
        .title = title,
        .description = page_printf(p,
                                   "%ss of %s in %zu subgroup variables. The table of "
                                   "subgroups holds the same numbers.",
                                   ratio_name(s), s->comparison->label, s->analysis->n_subgroups),
        .footnote =
            page_printf(p,
                        "Counts: %s/patients. Squares are sized by the number of %s. An "
                        "arrow: the interval goes on beyond the axis. Dashed: all patients.",
                        what_counts(s), what_counts(s)),
        .draw = draw,
        .what = &f};
    return page_draw(p, &drawing, err);
}

/* -- the table -- */

/* Of rates there is no median: its column is not there. */
static void add_table_row(table *t, const subgroups *s, const char *label, bool indented,
                          const group *g)
{
    page *p = t->p;
    const size_t wide = s->analysis->rates ? 1 : 2; /* columns of an arm */
    table_row *row = table_add(t, TABLE_ROW, label, "");
    row->indented = indented;
    for (size_t k = 0; k < 2; k++) {
        const msp_record *median = g->median[k];
        table_set(t, row, wide * k, g->events[k], events_text(p, g->events[k]));
        if (median == NULL) /* not asked for in subgroups: no dash */
            continue;
        table_set(t, row, wide * k + 1, median,
                  isnan(median->estimate)
                      ? (median->n == 0 ? "NE" : "NR")
                      : msp_format_number(p->format, median->estimate, p->format->time_digits).s);
    }
    table_set(t, row, 2 * wide, g->ratio, ratio_text(p, g->ratio));
}

static void add_variable(table *t, const subgroups *s, const msp_plan_variable *variable)
{
    page *p = t->p;
    const msp_plan_name *levels;
    const size_t n = page_levels(p, s->analysis->id, variable, true, &levels);
    table_row *row = table_add(t, TABLE_GROUP, variable->label, "");
    const msp_record *interaction = find_interaction(p, s, variable->name);
    if (interaction != NULL)
        table_set(t, row, t->n_columns - 1, interaction, p_text(p, interaction));
    for (size_t k = 0; k < n; k++) {
        const group g = find_group(p, s, variable->name, levels[k].name);
        add_table_row(t, s, levels[k].label, true, &g);
    }
}

static void write_table(page *p, const subgroups *s, const char *title, const char *number)
{
    const char *experimental = page_arm_label(p, s->arms[0]);
    const char *control = page_arm_label(p, s->arms[1]);
    const group all = find_group(p, s, "", "");
    table t = {.p = p,
               .number = number,
               .title = title,
               .subtitle = s->analysis->population_label,
               .row_head = "Subgroup"};
    const char *const arms[] = {experimental, control};
    for (size_t k = 0; k < 2; k++) {
        t.columns[t.n_columns++] =
            (table_column){"", arms[k], page_printf(p, "%s/n", what_counts(s)), NULL};
        if (!s->analysis->rates)
            t.columns[t.n_columns++] = (table_column){
                "", arms[k], page_printf(p, "median, %s", s->analysis->time_unit), NULL};
    }
    t.columns[t.n_columns++] =
        (table_column){"", ratio_name(s), page_printf(p, "(%s)", page_ci(p, all.ratio)), NULL};
    t.columns[t.n_columns++] = (table_column){"", "Interaction", "p", NULL};
    add_table_row(&t, s, "All patients", false, &all);
    for (size_t i = 0; i < s->analysis->n_subgroups; i++)
        add_variable(&t, s, &s->analysis->subgroups[i]);
    table_write(&t);
}

msp_status page_subgroups(page *p, const msp_plan_analysis *analysis,
                          const msp_plan_comparison *comparison, const char *table_number,
                          const char *figure_number, msp_error *err)
{
    const subgroups s = {.analysis = analysis,
                         .comparison = comparison,
                         .arms = {comparison->experimental, comparison->control}};
    const char *title =
        analysis->n_comparisons > 1
            ? page_printf(p, "%s in subgroups, %s", analysis->title, comparison->label)
            : page_printf(p, "%s in subgroups", analysis->title);
    const msp_status rc = draw_forest(p, &s, title, figure_number, err);
    if (rc == MSP_OK)
        write_table(p, &s, title, table_number);
    return rc;
}
