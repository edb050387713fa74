/* rates.c - the table of responders. */
#include <math.h>
#include <string.h>

#include "table.h"

typedef struct rates_table {
    table table;
    const msp_plan_analysis *analysis;
} rates_table;

static const msp_record *find(rates_table *t, msp_statistic statistic, const char *category,
                              size_t column)
{
    msp_record_query query = page_query(t->analysis->id, statistic, t->table.columns[column].name);
    query.category = category;
    return page_find(t->table.p, &query);
}

static const char *count_percent(page *p, double count, int64_t n)
{
    return page_text(
        p, msp_format_count_percent(p->format, count, n >= 0 ? (double)n : (double)NAN).s);
}

static void add_patients(rates_table *t)
{
    table_row *row = table_add(&t->table, TABLE_ROW, "Patients", "");
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = t->table.columns[k].record;
        table_set(&t->table, row, k, r, r != NULL ? msp_format_count(page_patients(r)).s : "");
    }
}

/* The responses in the order of the records of the first arm. */
static void add_categories(rates_table *t)
{
    page *p = t->table.p;
    const char *first = t->table.n_columns > 0 ? t->table.columns[0].name : "";
    const msp_record_query query = page_query(t->analysis->id, MSP_STATISTIC_CATEGORY, first);
    const msp_record *r = page_find(p, &query);
    if (r != NULL)
        table_add(&t->table, TABLE_HEADING, "Best response", "n (%)");
    for (; r != NULL; r = msp_results_find(p->results, &query, r)) {
        table_row *row = table_add(&t->table, TABLE_ROW, r->category, "");
        row->indented = true;
        for (size_t k = 0; k < t->table.n_columns; k++) {
            const msp_record *cell = find(t, MSP_STATISTIC_CATEGORY, r->category, k);
            table_set(&t->table, row, k, cell,
                      cell != NULL ? count_percent(p, cell->estimate, cell->n) : "0");
        }
    }
}

static void add_responders(rates_table *t)
{
    page *p = t->table.p;
    const msp_record *any = t->table.n_columns > 0 ? find(t, MSP_STATISTIC_RATE, "", 0) : NULL;
    table_add(&t->table, TABLE_HEADING, t->analysis->endpoint_label,
              any != NULL ? page_printf(p, "%s interval", any->method) : "");
    table_row *count = table_add(&t->table, TABLE_ROW, t->analysis->reached, "n (%)");
    count->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_RATE, "", k);
        table_set(&t->table, count, k, r,
                  r != NULL ? count_percent(p, (double)r->events, r->n) : "");
    }
    table_row *limits =
        table_add(&t->table, TABLE_ROW, page_printf(p, "%s, %%", page_ci(p, any)), "");
    limits->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_RATE, "", k);
        const char *text = "";
        if (r != NULL && isnan(r->estimate))
            text = "NE";
        else if (r != NULL)
            text = page_printf(p, "%s, %s", msp_format_percent(p->format, r->lower).s,
                               msp_format_percent(p->format, r->upper).s);
        table_set(&t->table, limits, k, r, text);
    }
}

/* -- comparisons -- */

static void add_difference(rates_table *t, const msp_plan_comparison *c, const msp_record *r)
{
    page *p = t->table.p;
    const char *text = isnan(r->estimate)
                           ? "NE"
                           : page_text(p, msp_format_interval(p->format, 100 * r->estimate,
                                                              100 * r->lower, 100 * r->upper, 1)
                                              .s);
    table_add_comparison(
        &t->table, c, page_printf(p, "Difference, percentage points (%s)", page_ci(p, r)), r, text);
}

static void add_odds_ratio(rates_table *t, const msp_plan_comparison *c, const msp_record *r)
{
    page *p = t->table.p;
    const char *text = isnan(r->estimate)
                           ? "NE"
                           : page_text(p, msp_format_interval(p->format, r->estimate, r->lower,
                                                              r->upper, p->format->ratio_digits)
                                              .s);
    table_add_comparison(&t->table, c, page_printf(p, "Odds ratio (%s)", page_ci(p, r)), r, text);
}

static void add_test(rates_table *t, const msp_plan_comparison *c, const msp_record *r)
{
    page *p = t->table.p;
    const char *label = *r->sided != '\0' ? page_printf(p, "p-value, %s", r->sided) : "p-value";
    table_add_comparison(&t->table, c, label, r, msp_format_p(p->format, r->p).s);
}

static void add_comparison(rates_table *t, const msp_plan_comparison *comparison)
{
    static const struct {
        msp_statistic statistic;
        void (*add)(rates_table *t, const msp_plan_comparison *c, const msp_record *r);
    } parts[] = {{MSP_STATISTIC_DIFFERENCE, add_difference},
                 {MSP_STATISTIC_ODDS_RATIO, add_odds_ratio},
                 {MSP_STATISTIC_TEST, add_test}};
    page *p = t->table.p;
    table_add(&t->table, TABLE_HEADING, comparison->label, "");
    for (size_t i = 0; i < MSP_COUNT(parts); i++) {
        const msp_record_query query =
            page_query(t->analysis->id, parts[i].statistic, comparison->name);
        for (const msp_record *r = NULL; (r = msp_results_find(p->results, &query, r)) != NULL;)
            parts[i].add(t, comparison, r);
    }
}

void page_rates_table(page *p, const msp_plan_analysis *analysis, const char *number)
{
    rates_table t = {.analysis = analysis,
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
    if (analysis->categories)
        add_categories(&t);
    add_responders(&t);
    for (size_t i = 0; i < analysis->n_comparisons; i++)
        add_comparison(&t, &analysis->comparisons[i]);
    table_write(&t.table);
}
