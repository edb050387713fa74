/* safety.c - adverse events and laboratory grades by arm. */
#include <math.h>
#include <string.h>

#include "mspike/analysis/safety.h"
#include "table.h"

static msp_record_query ask(const char *subgroup, const char *class_name, const char *name,
                            msp_statistic statistic, const char *arm, double at)
{
    msp_record_query q = page_query(MSP_SAFETY_ANALYSIS, statistic, arm);
    q.subgroup = subgroup;
    q.level_name = class_name;
    q.endpoint = name;
    q.at = at;
    return q;
}

static const msp_record *find(const table *t, const char *subgroup, const char *class_name,
                              const char *name, msp_statistic statistic, size_t column, double at)
{
    const msp_record_query q =
        ask(subgroup, class_name, name, statistic, t->columns[column].name, at);
    return page_find(t->p, &q);
}

/* The next of the first arm's records of a kind: one a row. */
static const msp_record *next_row(const page *p, const char *subgroup, const char *class_name,
                                  msp_statistic statistic, double at, const msp_record *after)
{
    const char *first = p->plan->n_arms > 0 ? p->plan->arms[0].name : "";
    const msp_record_query q = ask(subgroup, class_name, NULL, statistic, first, at);
    return msp_results_find(p->results, &q, after);
}

static const char *count_percent(page *p, const msp_record *r)
{
    return r == NULL ? "0"
                     : page_text(p, msp_format_count_percent(p->format, r->estimate,
                                                             r->n >= 0 ? (double)r->n : (double)NAN)
                                        .s);
}

static table begin(page *p, const char *number, const char *title, const char *subtitle)
{
    table t = {.p = p, .number = number, .title = title, .subtitle = subtitle, .row_head = ""};
    table_add_arms(&t, MSP_SAFETY_ANALYSIS, NULL, NULL, 0, false);
    return t;
}

/* -- kinds, and the protocol's endpoints -- */

static void add_kind(table *t, const char *subgroup, const char *name, const char *label)
{
    table_row *row = table_add(t, TABLE_ROW, label, "");
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find(t, subgroup, "", name, MSP_STATISTIC_INCIDENCE, k, NAN);
        table_set(t, row, k, r, count_percent(t->p, r));
    }
}

static void add_rate(table *t, const char *name, const char *label, msp_statistic statistic)
{
    table_row *row = table_add(t, TABLE_ROW, label, "");
    row->indented = true;
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find(t, "", "", name, statistic, k, NAN);
        table_set(t, row, k, r,
                  r == NULL || isnan(r->estimate)
                      ? "NE"
                      : page_text(t->p, msp_format_number(t->p->format, r->estimate, 1).s));
    }
}

static void overview(page *p)
{
    const msp_record *any = next_row(p, "", "", MSP_STATISTIC_INCIDENCE, NAN, NULL);
    if (any == NULL)
        return;
    table t = begin(p, "14.3.1", "Treatment-emergent adverse events", any->population);
    t.closing = "Patients are counted once, by the arm they were treated in; percentages are of "
                "treated patients. At risk from the first dose to the end of the window after the "
                "last, death or the cut-off; of a patient with an event to the first.";
    table_add(&t, TABLE_HEADING, "Patients with an adverse event", "n (%)");
    for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++)
        add_kind(&t, "", msp_adverse_kind_name((msp_adverse_kind)k),
                 msp_adverse_kind_text((msp_adverse_kind)k));
    const msp_record *own = next_row(p, "endpoint", "", MSP_STATISTIC_INCIDENCE, NAN, NULL);
    if (own != NULL)
        table_add(&t, TABLE_HEADING, "Endpoints of the protocol", "n (%)");
    for (; own != NULL; own = next_row(p, "endpoint", "", MSP_STATISTIC_INCIDENCE, NAN, own))
        add_kind(&t, "endpoint", own->endpoint, own->category);
    table_add(&t, TABLE_HEADING, "Patients with one per 100 patient-years at risk", "");
    for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++)
        add_rate(&t, msp_adverse_kind_name((msp_adverse_kind)k),
                 msp_adverse_kind_text((msp_adverse_kind)k), MSP_STATISTIC_EXPOSURE_ADJUSTED);
    table_add(&t, TABLE_HEADING, "Events per 100 patient-years", "");
    for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++)
        add_rate(&t, msp_adverse_kind_name((msp_adverse_kind)k),
                 msp_adverse_kind_text((msp_adverse_kind)k), MSP_STATISTIC_EVENT_RATE);
    table_write(&t);
}

/* -- classes and terms -- */

static void add_group(table *t, const msp_record *r)
{
    const bool is_class = strcmp(r->subgroup, "class") == 0;
    table_row *row = table_add(t, is_class ? TABLE_GROUP : TABLE_ROW, r->endpoint, "");
    row->indented = !is_class;
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *any =
            find(t, r->subgroup, r->level_name, r->endpoint, MSP_STATISTIC_INCIDENCE, k, 1);
        const msp_record *high =
            find(t, r->subgroup, r->level_name, r->endpoint, MSP_STATISTIC_INCIDENCE, k, 3);
        table_set_pair(
            t, row, k, any, high,
            page_printf(t->p, "%s / %s", count_percent(t->p, any), count_percent(t->p, high)));
    }
}

static void by_term(page *p)
{
    const msp_record *c = next_row(p, "class", "", MSP_STATISTIC_INCIDENCE, 1, NULL);
    if (c == NULL)
        return;
    table t = begin(p, "14.3.2", "Adverse events by system organ class and preferred term",
                    "Any grade / grade 3 or higher, n (%)");
    t.closing = "Patients are counted once in each line, at their worst grade.";
    for (; c != NULL; c = next_row(p, "class", "", MSP_STATISTIC_INCIDENCE, 1, c)) {
        add_group(&t, c);
        for (const msp_record *r = NULL;
             (r = next_row(p, "term", c->endpoint, MSP_STATISTIC_INCIDENCE, 1, r)) != NULL;)
            add_group(&t, r);
    }
    table_write(&t);
}

/* -- laboratory -- */

static void add_worst(table *t, const char *name, int grade, const char *label)
{
    table_row *row = table_add(t, TABLE_ROW, label, "");
    row->indented = true;
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find(t, "laboratory", "", name, MSP_STATISTIC_WORST_GRADE, k, grade);
        table_set(t, row, k, r, count_percent(t->p, r));
    }
}

static bool is_ungraded(const page *p, const char *name)
{
    const msp_record_query q =
        ask("laboratory", "", name, MSP_STATISTIC_WORST_GRADE, NULL, MSP_GRADE_UNKNOWN);
    for (const msp_record *r = NULL; (r = msp_results_find(p->results, &q, r)) != NULL;)
        if (r->estimate > 0)
            return true;
    return false;
}

static void worst_grades(page *p, const msp_record *first)
{
    table t = begin(p, "14.3.3", "Worst laboratory grade on treatment",
                    page_printf(p, "%s, n (%%) of patients with a value", first->method));
    t.closing = "Patients are counted once, at the worst grade. Not graded: what the mildest grade "
                "asks for (the laboratory's reference limits, mostly) is not known, and no other "
                "grade is met.";
    for (const msp_record *r = first; r != NULL;
         r = next_row(p, "laboratory", "", MSP_STATISTIC_WORST_GRADE, 0, r)) {
        table_add(&t, TABLE_HEADING, r->endpoint, "");
        for (int grade = 0; grade <= 4; grade++)
            add_worst(&t, r->endpoint, grade, page_printf(p, "Grade %d", grade));
        if (is_ungraded(p, r->endpoint))
            add_worst(&t, r->endpoint, MSP_GRADE_UNKNOWN, "Not graded");
    }
    table_write(&t);
}

static const msp_record *find_shift(const page *p, const char *name, const char *before, int worst,
                                    const char *arm)
{
    msp_record_query q = ask("laboratory", "", name, MSP_STATISTIC_SHIFT, arm, worst);
    q.category = before;
    return page_find(p, &q);
}

static void add_shift(table *t, const char *name, const char *before, int worst)
{
    if (find_shift(t->p, name, before, worst, NULL) == NULL)
        return;
    table_row *row = table_add(t, TABLE_ROW, page_printf(t->p, "%s to %d", before, worst), "");
    row->indented = true;
    for (size_t k = 0; k < t->n_columns; k++) {
        const msp_record *r = find_shift(t->p, name, before, worst, t->columns[k].name);
        if (r != NULL)
            table_set(t, row, k, r, msp_format_count(r->estimate).s);
        else
            row->cells[k] = (table_cell){"0", "", 0};
    }
}

static void shifts(page *p, const msp_record *first)
{
    static const char *const before[] = {"0", "1", "2", "3", "4", "missing"};
    table t = begin(p, "14.3.4", "Shift of laboratory grades",
                    "From the grade at baseline to the worst on treatment, patients");
    t.closing = "Baseline: the last value on or before the day of the first dose. Shifts that no "
                "patient had are left out.";
    for (const msp_record *r = first; r != NULL;
         r = next_row(p, "laboratory", "", MSP_STATISTIC_WORST_GRADE, 0, r)) {
        const msp_record_query any =
            ask("laboratory", "", r->endpoint, MSP_STATISTIC_SHIFT, NULL, NAN);
        if (page_find(p, &any) != NULL)
            table_add(&t, TABLE_HEADING, r->endpoint, "");
        for (size_t b = 0; b < MSP_COUNT(before); b++)
            for (int worst = 0; worst <= 4; worst++)
                add_shift(&t, r->endpoint, before[b], worst);
    }
    table_write(&t);
}

void page_safety(page *p)
{
    const msp_record *grades = next_row(p, "laboratory", "", MSP_STATISTIC_WORST_GRADE, 0, NULL);
    if (grades == NULL && next_row(p, "", "", MSP_STATISTIC_INCIDENCE, NAN, NULL) == NULL)
        return;
    page_begin_section(p, "Safety", false);
    overview(p);
    by_term(p);
    if (grades != NULL) {
        worst_grades(p, grades);
        shifts(p, grades);
    }
    page_end_section(p);
}
