/* table.h - a table before it becomes HTML: heads, rows, notes. Private to the room. */
#ifndef MSP_REPORT_TABLE_H
#define MSP_REPORT_TABLE_H

#include "page.h"

#define TABLE_COLUMNS_MAX (MSP_PLAN_ARMS_MAX + 1)
#define TABLE_NOTES_MAX   26 /* a to z */

typedef struct table_column {
    const char *name;           /* of the arm, for the caller */
    const char *label, *detail; /* second line of the head: "N = 396" */
    const msp_record *record;   /* of the detail */
} table_column;

typedef struct table_cell {
    const char *text;    /* NULL: the cell is empty */
    const char *records; /* indices of the records it stands on, "" */
    char mark;           /* of its note, 0 for none */
} table_cell;

typedef enum table_row_kind {
    TABLE_ROW,
    TABLE_HEADING, /* of the rows that follow */
    TABLE_GROUP,   /* the same, with cells of its own */
    TABLE_SPAN,    /* one cell for all columns: the first */
} table_row_kind;

typedef struct table_row {
    table_row_kind kind;
    bool indented;
    const char *label, *detail; /* detail: how, in small print */
    table_cell cells[TABLE_COLUMNS_MAX];
} table_row;

typedef struct table {
    page *p;
    const char *number, *title, *subtitle, *row_head;
    table_column columns[TABLE_COLUMNS_MAX];
    size_t n_columns;
    table_row *rows;
    size_t n_rows, cap_rows;
    table_row spare; /* handed out when memory is out */
    const char *notes[TABLE_NOTES_MAX];
    size_t n_notes;
    const char *const *footnotes; /* the plan's */
    size_t n_footnotes;
    const char *closing; /* one more, of the table's own; NULL for none */
} table;

/* Columns for the arms of a plan, `total` for one more with all of them (where records have it). */
void table_add_arms(table *t, const char *analysis, const char *population, const char *const *arms,
                    size_t n_arms, bool total);
/* A row to fill before the next is added; never NULL (when memory is out, one that is not shown).
 */
table_row *table_add(table *t, table_row_kind kind, const char *label, const char *detail);
/* Fills a cell from a record: NULL prints a dash with a note; a record's note gets a mark where its
 * estimate, or a limit that it should have, is missing. */
void table_set(table *t, table_row *row, size_t column, const msp_record *record, const char *text);
/* The same for a cell that stands on two records, either of which may be NULL. */
void table_set_pair(table *t, table_row *row, size_t column, const msp_record *one,
                    const msp_record *two, const char *text);
/* A row of a comparison (NULL: of all arms), its method as the detail: with two arms it takes one
 * cell; with more, it stands under its experimental arm. */
void table_add_comparison(table *t, const msp_plan_comparison *comparison, const char *label,
                          const msp_record *record, const char *text);
/* Appends the table to the page and lists it in the contents. */
void table_write(table *t);

#endif
