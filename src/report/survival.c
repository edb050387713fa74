/* survival.c - the table of a time-to-event analysis. */
#include <math.h>
#include <string.h>

#include "table.h"

typedef struct survival_table {
    table table;
    const msp_plan_analysis *analysis;
} survival_table;

static const msp_record *find(survival_table *t, msp_statistic statistic, double at, size_t column)
{
    msp_record_query query = page_query(t->analysis->id, statistic, t->table.columns[column].name);
    query.at = at;
    return page_find(t->table.p, &query);
}

/* The first such record of any arm: says whether a row has anything to show, and its level. */
static const msp_record *find_any(survival_table *t, msp_statistic statistic, double at)
{
    const msp_record *found = NULL;
    for (size_t k = 0; found == NULL && k < t->table.n_columns; k++)
        found = find(t, statistic, at, k);
    return found;
}

/* -- counts -- */

static void add_patients(survival_table *t)
{
    table_row *row = table_add(&t->table, TABLE_ROW, "Patients", "");
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = t->table.columns[k].record;
        table_set(&t->table, row, k, r, r != NULL ? msp_format_count(page_patients(r)).s : "");
    }
}

/* Where patients lack a record of the endpoint the percentages are not of all: it says of how many.
 */
static void add_analysed(survival_table *t)
{
    bool fewer = false;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *all = t->table.columns[k].record;
        const msp_record *r = find(t, MSP_STATISTIC_EVENTS, NAN, k);
        fewer |= r != NULL && all != NULL && r->n >= 0 && (double)r->n < page_patients(all);
    }
    table_row *row = fewer ? table_add(&t->table, TABLE_ROW, "With a record", "") : NULL;
    for (size_t k = 0; fewer && k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_EVENTS, NAN, k);
        table_set(&t->table, row, k, r,
                  r != NULL && r->n >= 0 ? msp_format_count((double)r->n).s : "");
    }
}

static void add_counts(survival_table *t, const char *label, msp_statistic statistic)
{
    table_row *row = table_add(&t->table, TABLE_ROW, label, "n (%)");
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, statistic, NAN, k);
        const char *text = "";
        if (r != NULL)
            text = page_text(t->table.p,
                             msp_format_count_percent(t->table.p->format, r->estimate,
                                                      r->n >= 0 ? (double)r->n : (double)NAN)
                                 .s);
        table_set(&t->table, row, k, r, text);
    }
}

/* -- times -- */

/* A quantile of which fewer than asked for had the event is not reached (NR) rather than not
 * estimable: the reader learns that the curve stayed above it. */
static const char *time_text(page *p, const msp_record *r)
{
    const int digits = p->format->time_digits;
    const msp_formatted text =
        msp_format_interval(p->format, r->estimate, r->lower, r->upper, digits);
    if (!isnan(r->estimate) || r->n == 0)
        return page_text(p, text.s);
    return page_printf(p, "NR%s", text.s + strcspn(text.s, " "));
}

static void add_time(survival_table *t, const char *label, msp_statistic statistic, double at,
                     bool indented)
{
    const msp_record *any = find_any(t, statistic, at);
    if (any == NULL)
        return;
    page *p = t->table.p;
    table_row *row =
        table_add(&t->table, TABLE_ROW, page_printf(p, "%s (%s)", label, page_ci(p, any)), "");
    row->indented = indented;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, statistic, at, k);
        table_set(&t->table, row, k, r, r != NULL ? time_text(p, r) : "");
    }
}

static void add_range(survival_table *t)
{
    if (find_any(t, MSP_STATISTIC_SHORTEST, NAN) == NULL ||
        find_any(t, MSP_STATISTIC_LONGEST, NAN) == NULL)
        return;
    table_row *row = table_add(&t->table, TABLE_ROW, "Range", "+ censored");
    row->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *least = find(t, MSP_STATISTIC_SHORTEST, NAN, k);
        const msp_record *most = find(t, MSP_STATISTIC_LONGEST, NAN, k);
        const bool both = least != NULL && most != NULL;
        table_set_pair(&t->table, row, k, both ? least : NULL, both ? most : NULL,
                       both ? msp_format_range(t->table.p->format, least->estimate,
                                               least->events == 0, most->estimate,
                                               most->events == 0, t->table.p->format->time_digits)
                                  .s
                            : "");
    }
}

static void add_times(survival_table *t)
{
    page *p = t->table.p;
    const msp_record *median = find_any(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5);
    const char *detail = median != NULL && *median->method != '\0'
                             ? page_printf(p, "%s interval", median->method)
                             : "";
    table_add(&t->table, TABLE_HEADING, page_printf(p, "Time to event, %s", t->analysis->time_unit),
              detail);
    add_time(t, "25th percentile", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.25, true);
    if (median != NULL)
        add_time(t, "Median", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5, true);
    else
        table_set(&t->table, table_add(&t->table, TABLE_SPAN, "Median", ""), 0, NULL, "");
    add_time(t, "75th percentile", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.75, true);
    add_range(t);
    add_time(t, "Median follow-up", MSP_STATISTIC_FOLLOW_UP, NAN, true);
}

/* -- landmarks -- */

static size_t landmarks(survival_table *t, const double **times)
{
    *times = t->analysis->landmarks;
    if (t->analysis->n_landmarks > 0)
        return t->analysis->n_landmarks;
    page *p = t->table.p;
    const msp_record_query query = page_query(t->analysis->id, MSP_STATISTIC_SURVIVAL_AT, NULL);
    double *found = NULL;
    size_t n = 0, cap = 0;
    for (const msp_record *r = NULL; (r = msp_results_find(p->results, &query, r)) != NULL;) {
        bool seen = false;
        for (size_t i = 0; i < n; i++)
            seen = seen || found[i] == r->at;
        double *more = seen ? NULL : page_grow(p, found, n, &cap, sizeof *more);
        if (more == NULL)
            continue;
        found = more;
        found[n++] = r->at;
    }
    *times = found;
    return n;
}

static void add_landmark(survival_table *t, double time)
{
    page *p = t->table.p;
    char number[MSP_DOUBLE_MAX];
    msp_double_format(time, number);
    table_row *row = table_add(&t->table, TABLE_ROW,
                               page_printf(p, "%s %s", number, t->analysis->time_unit), "");
    row->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_SURVIVAL_AT, time, k);
        const char *text = "";
        if (r != NULL && isnan(r->estimate))
            text = "NE";
        else if (r != NULL)
            text = page_printf(p, "%s (%s, %s)", msp_format_percent(p->format, r->estimate).s,
                               msp_format_percent(p->format, r->lower).s,
                               msp_format_percent(p->format, r->upper).s);
        table_set(&t->table, row, k, r, text);
    }
}

static void add_landmarks(survival_table *t)
{
    page *p = t->table.p;
    const double *times;
    const size_t n = landmarks(t, &times);
    if (n == 0)
        return;
    const msp_record *any = find_any(t, MSP_STATISTIC_SURVIVAL_AT, NAN);
    table_add(&t->table, TABLE_HEADING, page_printf(p, "Event-free at, %% (%s)", page_ci(p, any)),
              any != NULL && *any->method != '\0' ? page_printf(p, "%s interval", any->method)
                                                  : "");
    for (size_t i = 0; i < n; i++)
        add_landmark(t, times[i]);
}

/* -- comparisons -- */

static void add_ratio(survival_table *t, const msp_plan_comparison *comparison, const msp_record *r)
{
    page *p = t->table.p;
    const char *label = page_printf(p, "Hazard ratio (%s)", page_ci(p, r));
    const char *text = "";
    if (r != NULL)
        text = page_text(p, msp_format_interval(p->format, r->estimate, r->lower, r->upper,
                                                p->format->ratio_digits)
                                .s);
    table_add_comparison(&t->table, comparison, label, r, text);
}

/* Small p also come as logarithms: where p itself has become 0 the text is the same, "<0.0001". */
static void add_test(survival_table *t, const msp_plan_comparison *comparison, const msp_record *r)
{
    page *p = t->table.p;
    const char *label = *r->sided != '\0' ? page_printf(p, "p-value, %s", r->sided) : "p-value";
    table_add_comparison(&t->table, comparison, label, r, msp_format_p(p->format, r->p).s);
}

/* All ratios and tests of one comparison, stratified and not, as the records have them. */
static void add_comparison(survival_table *t, const msp_plan_comparison *comparison)
{
    page *p = t->table.p;
    table_add(&t->table, TABLE_HEADING, comparison->label, "");
    msp_record_query query =
        page_query(t->analysis->id, MSP_STATISTIC_HAZARD_RATIO, comparison->name);
    const msp_record *r = page_find(p, &query);
    if (r == NULL)
        add_ratio(t, comparison, NULL);
    for (; r != NULL; r = msp_results_find(p->results, &query, r))
        add_ratio(t, comparison, r);
    query.statistic = MSP_STATISTIC_TEST;
    for (r = NULL; (r = msp_results_find(p->results, &query, r)) != NULL;)
        add_test(t, comparison, r);
}

static void add_overall_tests(survival_table *t)
{
    page *p = t->table.p;
    const msp_record_query query = page_query(t->analysis->id, MSP_STATISTIC_TEST, "");
    const msp_record *r = page_find(p, &query);
    if (r != NULL)
        table_add(&t->table, TABLE_HEADING, "All arms", "");
    for (; r != NULL; r = msp_results_find(p->results, &query, r))
        add_test(t, NULL, r);
}

void page_survival_table(page *p, const msp_plan_analysis *analysis, const char *number)
{
    survival_table t = {.analysis = analysis,
                        .table = {.p = p,
                                  .number = number,
                                  .title = analysis->title,
                                  .subtitle = analysis->population_label,
                                  .row_head = "",
                                  .footnotes = analysis->footnotes,
                                  .n_footnotes = analysis->n_footnotes}};
    table_add_arms(&t.table, analysis->id, analysis->population, analysis->arms, analysis->n_arms,
                   false);
    add_patients(&t);
    add_analysed(&t);
    add_counts(&t, "Events", MSP_STATISTIC_EVENTS);
    add_counts(&t, "Censored", MSP_STATISTIC_CENSORED);
    add_times(&t);
    add_landmarks(&t);
    for (size_t i = 0; i < analysis->n_comparisons; i++)
        add_comparison(&t, &analysis->comparisons[i]);
    add_overall_tests(&t);
    table_write(&t.table);
}
