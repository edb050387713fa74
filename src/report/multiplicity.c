/* multiplicity.c - the tests that share one alpha. */
#include <math.h>

#include "table.h"

static const msp_record *find(const page *p, msp_statistic statistic, const char *analysis,
                              const char *category)
{
    msp_record_query query = page_query(analysis, statistic, NULL);
    query.category = category;
    return page_find(p, &query);
}

static void add_test(table *t, const msp_plan_name *test)
{
    page *p = t->p;
    const msp_record *raw = find(p, MSP_STATISTIC_TEST, test->name, NULL);
    const msp_record *adjusted = find(p, MSP_STATISTIC_ADJUSTED_P, "multiplicity", test->name);
    table_row *row = table_add(t, TABLE_ROW, test->label, raw != NULL ? raw->method : "");
    table_set(t, row, 0, raw, raw != NULL ? page_text(p, msp_format_p(p->format, raw->p).s) : "");
    if (adjusted == NULL || isnan(adjusted->estimate)) {
        table_set(t, row, 1, adjusted, "NE");
        table_set(t, row, 2, adjusted, "no");
        return;
    }
    table_set(t, row, 1, adjusted, page_text(p, msp_format_p(p->format, adjusted->p).s));
    table_set(t, row, 2, adjusted, adjusted->p <= adjusted->level ? "yes" : "no");
}

void page_multiplicity(page *p)
{
    const msp_plan_multiplicity *m = &p->plan->multiplicity;
    const msp_record *any = find(p, MSP_STATISTIC_ADJUSTED_P, "multiplicity", NULL);
    if (m->n_tests == 0 || any == NULL)
        return;
    char alpha[MSP_DOUBLE_MAX];
    msp_double_format(any->level, alpha);
    table t = {.p = p,
               .number = *page_or_empty(m->number) != '\0'
                             ? m->number
                             : page_printf(p, "14.2.%zu.1", p->plan->n_analyses + 2),
               .title = m->title,
               .subtitle = page_printf(p, "%s, alpha %s in all", any->method, alpha),
               .row_head = "Analysis",
               .n_columns = 3,
               .columns = {{"", "p", any->sided, NULL},
                           {"", "Adjusted p", "", NULL},
                           {"", "Rejected", page_printf(p, "at %s", alpha), NULL}}};
    page_begin_section(p, m->title, false);
    for (size_t i = 0; i < m->n_tests; i++)
        add_test(&t, &m->tests[i]);
    table_write(&t);
    page_end_section(p);
}
