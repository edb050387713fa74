/* summary.c - disposition and baseline: counts and summaries of variables by arm. */
#include <math.h>
#include <string.h>

#include "table.h"

static msp_record_query of_variable(const msp_plan_summary *summary, const char *variable,
                                    msp_statistic statistic, const char *arm)
{
    msp_record_query query = page_query(summary->id, statistic, arm);
    query.endpoint = variable;
    return query;
}

static bool has_total(const page *p, const msp_plan_summary *summary)
{
    msp_record_query query = page_query(summary->id, MSP_STATISTIC_CATEGORY, "");
    if (page_find(p, &query) != NULL)
        return true;
    query.statistic = MSP_STATISTIC_MEAN;
    return page_find(p, &query) != NULL;
}

static void add_categories(table *t, const msp_plan_summary *summary,
                           const msp_plan_variable *variable, const msp_plan_name *levels, size_t n)
{
    page *p = t->p;
    for (size_t i = 0; i < n; i++) {
        table_row *row = table_add(t, TABLE_ROW, levels[i].label, "");
        row->indented = true;
        for (size_t k = 0; k < t->n_columns; k++) {
            msp_record_query query =
                of_variable(summary, variable->name, MSP_STATISTIC_CATEGORY, t->columns[k].name);
            query.category = levels[i].name;
            const msp_record *r = page_find(p, &query);
            table_set(t, row, k, r,
                      r == NULL ? ""
                                : msp_format_count_percent(p->format, r->estimate,
                                                           r->n >= 0 ? (double)r->n : (double)NAN)
                                      .s);
        }
    }
}

/* -- numbers: one function a row, from one or two records -- */

static const msp_record *find(table *t, const msp_plan_summary *summary, const char *variable,
                              msp_statistic statistic, double at, size_t column)
{
    msp_record_query query = of_variable(summary, variable, statistic, t->columns[column].name);
    query.at = at;
    query.category = "";
    return page_find(t->p, &query);
}

static table_row *number_row(table *t, const char *label)
{
    table_row *row = table_add(t, TABLE_ROW, label, "");
    row->indented = true;
    return row;
}

static void add_count(table *t, const msp_plan_summary *summary, const msp_plan_variable *variable)
{
    table_row *row = number_row(t, "n");
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find(t, summary, variable->name, MSP_STATISTIC_COUNT, NAN, k);
        if (r == NULL) /* a mean says in how many it was taken */
            r = find(t, summary, variable->name, MSP_STATISTIC_MEAN, NAN, k);
        table_set(t, row, k, r, r != NULL ? msp_format_count(page_patients(r)).s : "");
    }
}

static void add_mean(table *t, const msp_plan_summary *summary, const msp_plan_variable *variable)
{
    table_row *row = number_row(t, "Mean (SD)");
    const msp_format *format = t->p->format;
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find(t, summary, variable->name, MSP_STATISTIC_MEAN, NAN, k);
        const char *text = "";
        if (r != NULL)
            text = page_printf(t->p, "%s (%s)",
                               msp_format_number(format, r->estimate, variable->digits + 1).s,
                               msp_format_number(format, r->std_error, variable->digits + 2).s);
        table_set(t, row, k, r, text);
    }
}

static void add_quantiles(table *t, const msp_plan_summary *summary,
                          const msp_plan_variable *variable, const char *label, double one,
                          double two, int digits)
{
    table_row *row = number_row(t, label);
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *a = find(t, summary, variable->name, MSP_STATISTIC_QUANTILE, one, k);
        const msp_record *b =
            isnan(two) ? NULL : find(t, summary, variable->name, MSP_STATISTIC_QUANTILE, two, k);
        const double first = a != NULL ? a->estimate : (double)NAN,
                     second = b != NULL ? b->estimate : (double)NAN;
        const msp_formatted left = msp_format_number(t->p->format, first, digits);
        const msp_formatted right = msp_format_number(t->p->format, second, digits);
        table_set_pair(t, row, k, a, b,
                       isnan(two) ? left.s : page_printf(t->p, "%s, %s", left.s, right.s));
    }
}

static void add_numbers(table *t, const msp_plan_summary *summary,
                        const msp_plan_variable *variable)
{
    add_count(t, summary, variable);
    add_mean(t, summary, variable);
    add_quantiles(t, summary, variable, "Median", 0.5, NAN, variable->digits + 1);
    add_quantiles(t, summary, variable, "Q1, Q3", 0.25, 0.75, variable->digits + 1);
    add_quantiles(t, summary, variable, "Min, max", 0, 1, variable->digits);
}

static bool is_number(const page *p, const msp_plan_summary *summary, const char *variable)
{
    const msp_record_query query = of_variable(summary, variable, MSP_STATISTIC_MEAN, NULL);
    return page_find(p, &query) != NULL;
}

static void add_variable(table *t, const msp_plan_summary *summary,
                         const msp_plan_variable *variable)
{
    const bool number = is_number(t->p, summary, variable->name);
    const char *unit = page_or_empty(variable->unit);
    const char *label =
        *unit == '\0' ? variable->label : page_printf(t->p, "%s, %s", variable->label, unit);
    const msp_plan_name *levels;
    const size_t n = number ? 0 : page_levels(t->p, summary->id, variable, false, &levels);
    table_row *row = table_add(t, TABLE_GROUP, label, n > 0 ? "n (%)" : "");
    if (number)
        add_numbers(t, summary, variable);
    else if (n > 0)
        add_categories(t, summary, variable, levels, n);
    else
        for (size_t k = 0; k < t->n_columns; k++)
            table_set(t, row, k, NULL, "");
}

/* How quantiles were taken, as the records say it. */
static const char *closing(page *p, const msp_plan_summary *summary)
{
    const msp_record_query query = page_query(summary->id, MSP_STATISTIC_QUANTILE, NULL);
    const msp_record *r = page_find(p, &query);
    if (r == NULL || *r->method == '\0')
        return "Percentages may not add up to 100 because of rounding.";
    return page_printf(p,
                       "Percentages may not add up to 100 because of rounding. "
                       "Medians and quartiles are quantiles of %s.",
                       r->method);
}

void page_summary(page *p, const msp_plan_summary *summary, size_t k)
{
    const char *number = page_or_empty(summary->number);
    table t = {.p = p,
               .number = *number != '\0' ? number : page_printf(p, "14.1.%zu", k + 1),
               .title = summary->title,
               .subtitle = summary->population_label,
               .row_head = "",
               .footnotes = summary->footnotes,
               .n_footnotes = summary->n_footnotes,
               .closing = closing(p, summary)};
    table_add_arms(&t, summary->id, summary->population, NULL, 0, has_total(p, summary));
    page_begin_section(p, summary->title, false);
    for (size_t i = 0; i < summary->n_variables; i++)
        add_variable(&t, summary, &summary->variables[i]);
    table_write(&t);
    page_end_section(p);
}
