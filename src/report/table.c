#include "table.h"

#include <math.h>
#include <string.h>

#define DASH    "\xe2\x80\x93"
#define PAD_MAX 6 /* classes p0 to p6 of the style sheet */

/* -- filling -- */

static void add_arm(table *t, const char *analysis, const char *population, const char *name,
                    const char *label)
{
    const msp_record *record = page_find_patients(t->p, analysis, population, name);
    const char *detail = "";
    if (record != NULL)
        detail = page_printf(t->p, "(N = %s)", msp_format_count(page_patients(record)).s);
    if (t->n_columns < TABLE_COLUMNS_MAX)
        t->columns[t->n_columns++] = (table_column){name, label, detail, record};
}

void table_add_arms(table *t, const char *analysis, const char *population, const char *const *arms,
                    size_t n_arms, bool total)
{
    const msp_report_plan *plan = t->p->plan;
    if (n_arms > 0)
        for (size_t i = 0; i < n_arms; i++)
            add_arm(t, analysis, population, arms[i], page_arm_label(t->p, arms[i]));
    else
        for (size_t i = 0; i < plan->n_arms; i++)
            add_arm(t, analysis, population, plan->arms[i].name, plan->arms[i].label);
    if (total)
        add_arm(t, analysis, population, "", "Total");
}

table_row *table_add(table *t, table_row_kind kind, const char *label, const char *detail)
{
    table_row *rows = page_grow(t->p, t->rows, t->n_rows, &t->cap_rows, sizeof *rows);
    if (rows == NULL)
        return &t->spare;
    t->rows = rows;
    rows[t->n_rows] = (table_row){.kind = kind, .label = label, .detail = detail};
    return &rows[t->n_rows++];
}

/* The letter of a note; the same words have the same letter. */
static char mark_of(table *t, const char *note)
{
    for (size_t i = 0; i < t->n_notes; i++)
        if (strcmp(t->notes[i], note) == 0)
            return (char)('a' + i);
    if (t->n_notes == TABLE_NOTES_MAX)
        return 'z';
    t->notes[t->n_notes++] = note;
    return (char)('a' + t->n_notes - 1);
}

static bool is_incomplete(const msp_record *record)
{
    return isnan(record->estimate) ||
           (isfinite(record->level) && (isnan(record->lower) || isnan(record->upper)));
}

void table_set(table *t, table_row *row, size_t column, const msp_record *record, const char *text)
{
    table_set_pair(t, row, column, record, NULL, text);
}

void table_set_pair(table *t, table_row *row, size_t column, const msp_record *one,
                    const msp_record *two, const char *text)
{
    table_cell *cell = &row->cells[column];
    const msp_record *const records[] = {one, two};
    *cell = (table_cell){DASH, "", 0};
    if (one == NULL && two == NULL) {
        cell->mark = mark_of(t, "The results hold no such record.");
        return;
    }
    cell->text = page_text(t->p, text);
    for (size_t i = 0; i < 2; i++) {
        if (records[i] == NULL)
            continue;
        cell->records = page_printf(t->p, "%s%s%zu", cell->records, *cell->records ? " " : "",
                                    page_index(t->p, records[i]));
        if (is_incomplete(records[i]) && *records[i]->note != '\0')
            cell->mark = mark_of(t, records[i]->note);
    }
}

/* -- writing -- */

/* Characters before the decimal point of the first number: what has to stand flush right for
 * numbers under one another to align. */
static size_t whole_part(const char *text)
{
    const size_t sign = strspn(text, "-<>");
    const size_t digits = strspn(text + sign, "0123456789");
    return digits > 0 ? sign + digits : 1;
}

static bool has_cells(const table_row *row)
{
    return row->kind == TABLE_ROW || row->kind == TABLE_GROUP;
}

static bool begins_group(const table_row *row)
{
    return row->kind == TABLE_HEADING || row->kind == TABLE_GROUP;
}

static size_t column_whole_part(const table *t, size_t column)
{
    size_t most = 1;
    for (size_t i = 0; i < t->n_rows; i++) {
        const table_cell *cell = &t->rows[i].cells[column];
        if (has_cells(&t->rows[i]) && cell->text != NULL && whole_part(cell->text) > most)
            most = whole_part(cell->text);
    }
    return most;
}

static void write_head(table *t)
{
    page *p = t->p;
    page_raw(p, "<thead>\n<tr><th scope=\"col\">");
    page_html(p, t->row_head);
    page_raw(p, "</th>");
    for (size_t i = 0; i < t->n_columns; i++) {
        page_raw(p, "<th scope=\"col\">");
        page_html(p, t->columns[i].label);
        if (*t->columns[i].detail != '\0') {
            page_raw(p, "<span class=\"n\"");
            if (t->columns[i].record != NULL)
                msp_text_printf(&p->body, " data-record=\"%zu\"",
                                page_index(p, t->columns[i].record));
            page_raw(p, ">");
            page_html(p, t->columns[i].detail);
            page_raw(p, "</span>");
        }
        page_raw(p, "</th>");
    }
    page_raw(p, "</tr>\n</thead>\n");
}

static void write_cell(table *t, const table_cell *cell, size_t span, size_t pad)
{
    page *p = t->p;
    page_raw(p, "<td");
    if (span > 1)
        msp_text_printf(&p->body, " colspan=\"%zu\"", span);
    if (pad > 0)
        msp_text_printf(&p->body, " class=\"p%zu\"", pad < PAD_MAX ? pad : PAD_MAX);
    if (cell->text == NULL) {
        page_raw(p, "></td>");
        return;
    }
    if (*cell->records != '\0')
        msp_text_printf(&p->body, " data-record=\"%s\"", cell->records);
    page_raw(p, ">");
    page_html(p, cell->text);
    if (cell->mark != 0)
        msp_text_printf(&p->body, "<sup>%c</sup>", cell->mark);
    page_raw(p, "</td>");
}

static void write_row(table *t, const table_row *row, const size_t *widest)
{
    page *p = t->p;
    const bool heading = row->kind == TABLE_HEADING;
    page_raw(p, begins_group(row) ? "<tr class=\"group\">" : "<tr>");
    if (heading)
        msp_text_printf(&p->body, "<th scope=\"rowgroup\" colspan=\"%zu\">", t->n_columns + 1);
    else
        page_raw(p, row->indented ? "<th scope=\"row\" class=\"in\">" : "<th scope=\"row\">");
    page_html(p, row->label);
    if (*row->detail != '\0') {
        page_raw(p, " <small>");
        page_html(p, row->detail);
        page_raw(p, "</small>");
    }
    page_raw(p, "</th>");
    if (row->kind == TABLE_SPAN)
        write_cell(t, &row->cells[0], t->n_columns, 0);
    for (size_t k = 0; has_cells(row) && k < t->n_columns; k++)
        write_cell(t, &row->cells[k], 1,
                   row->cells[k].text != NULL ? widest[k] - whole_part(row->cells[k].text) : 0);
    page_raw(p, "</tr>\n");
}

static void write_rows(table *t)
{
    size_t widest[TABLE_COLUMNS_MAX];
    for (size_t k = 0; k < t->n_columns; k++)
        widest[k] = column_whole_part(t, k);
    page_raw(t->p, "<tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++) {
        if (i > 0 && begins_group(&t->rows[i]))
            page_raw(t->p, "</tbody>\n<tbody>\n"); /* a group stays on one printed page */
        write_row(t, &t->rows[i], widest);
    }
    page_raw(t->p, "</tbody>\n");
}

static void write_notes(table *t)
{
    page *p = t->p;
    for (size_t i = 0; i < t->n_notes; i++) {
        msp_text_printf(&p->body, "<p class=\"foot\"><sup>%c</sup> ", (char)('a' + i));
        page_html(p, t->notes[i]);
        page_raw(p, "</p>\n");
    }
    page_paragraphs(p, "foot", t->footnotes, t->n_footnotes);
    if (t->closing != NULL)
        page_paragraphs(p, "foot", &t->closing, 1);
}

void table_add_comparison(table *t, const msp_plan_comparison *comparison, const char *label,
                          const msp_record *record, const char *text)
{
    size_t column = 0;
    while (comparison != NULL && column < t->n_columns &&
           strcmp(t->columns[column].name, page_or_empty(comparison->experimental)) != 0)
        column++;
    const bool span = t->n_columns <= 2 || comparison == NULL || column == t->n_columns;
    table_row *row =
        table_add(t, span ? TABLE_SPAN : TABLE_ROW, label, record != NULL ? record->method : "");
    row->indented = true;
    table_set(t, row, span ? 0 : column, record, text);
}

void table_write(table *t)
{
    page *p = t->p;
    const char *anchor = page_add_item(p, "Table", t->number, t->title);
    msp_text_printf(
        &p->body,
        "<div class=\"table\" id=\"%s\">\n<div class=\"scroll\" tabindex=\"0\" "
        "role=\"region\" aria-labelledby=\"%s-c\">\n<table class=\"k%zu\">\n<caption id=\"%s-c\">"
        "<b>Table ",
        anchor, anchor, t->n_columns, anchor);
    page_html(p, t->number);
    page_raw(p, "</b> ");
    page_html(p, t->title);
    if (*t->subtitle != '\0') {
        page_raw(p, "<span class=\"sub\">");
        page_html(p, t->subtitle);
        page_raw(p, "</span>");
    }
    page_raw(p, "</caption>\n");
    write_head(t);
    write_rows(t);
    page_raw(p, "</table>\n</div>\n");
    write_notes(t);
    page_raw(p, "</div>\n");
}
