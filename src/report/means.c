/* means.c - the table of adjusted means by visit. */
#include <math.h>
#include <string.h>

#include "table.h"

typedef struct means_table {
    table table;
    const msp_plan_analysis *analysis;
} means_table;

static const msp_record *find(means_table *t, msp_statistic statistic, const char *arm,
                              const char *visit)
{
    msp_record_query query = page_query(t->analysis->id, statistic, arm);
    query.category = visit;
    return page_find(t->table.p, &query);
}

static const char *interval(page *p, const msp_record *r)
{
    if (r == NULL || isnan(r->estimate))
        return "NE";
    return page_text(p, msp_format_interval(p->format, r->estimate, r->lower, r->upper, 1).s);
}

static void add_means(means_table *t, const char *visit, const msp_record *any)
{
    page *p = t->table.p;
    table_row *n = table_add(&t->table, TABLE_ROW, "Patients", "");
    n->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_ADJUSTED_MEAN, t->table.columns[k].name, visit);
        table_set(&t->table, n, k, r, r != NULL ? msp_format_count((double)r->n).s : "");
    }
    table_row *mean =
        table_add(&t->table, TABLE_ROW, page_printf(p, "Mean change (%s)", page_ci(p, any)), "");
    mean->indented = true;
    for (size_t k = 0; k < t->table.n_columns; k++) {
        const msp_record *r = find(t, MSP_STATISTIC_ADJUSTED_MEAN, t->table.columns[k].name, visit);
        table_set(&t->table, mean, k, r, interval(p, r));
    }
}

static void add_difference(means_table *t, const msp_plan_comparison *c, const char *visit)
{
    page *p = t->table.p;
    const msp_record *r = find(t, MSP_STATISTIC_DIFFERENCE, c->name, visit);
    const msp_record *mid = find(t, MSP_STATISTIC_IMPORTANT_DIFFERENCE, c->name, visit);
    if (r == NULL)
        return;
    table_add_comparison(&t->table, c,
                         page_printf(p, "Difference, %s (%s)", c->label, page_ci(p, r)), r,
                         interval(p, r));
    table_add_comparison(&t->table, c, "p-value, two-sided", r, msp_format_p(p->format, r->p).s);
    if (mid != NULL)
        table_add_comparison(&t->table, c,
                             page_printf(p, "Important difference of %g", mid->estimate), mid,
                             page_text(p, mid->note));
}

/* Visits in the order of the first arm's records. */
static void add_visits(means_table *t)
{
    const char *first = t->table.n_columns > 0 ? t->table.columns[0].name : "";
    const msp_record_query query = page_query(t->analysis->id, MSP_STATISTIC_ADJUSTED_MEAN, first);
    for (const msp_record *r = page_find(t->table.p, &query); r != NULL;
         r = msp_results_find(t->table.p->results, &query, r)) {
        table_add(&t->table, TABLE_HEADING, r->category, "");
        add_means(t, r->category, r);
        for (size_t i = 0; i < t->analysis->n_comparisons; i++)
            add_difference(t, &t->analysis->comparisons[i], r->category);
    }
}

void page_means_table(page *p, const msp_plan_analysis *analysis, const char *number)
{
    means_table t = {.analysis = analysis,
                     .table = {.p = p,
                               .number = number,
                               .title = analysis->title,
                               .subtitle = analysis->population_label,
                               .row_head = "",
                               .footnotes = analysis->footnotes,
                               .n_footnotes = analysis->n_footnotes}};
    table_add_arms(&t.table, analysis->id, analysis->population, analysis->arms, analysis->n_arms,
                   false);
    add_visits(&t);
    table_write(&t.table);
}
