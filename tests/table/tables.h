/* tables.h - what the tests of this room share. */
#ifndef MSP_TEST_TABLES_H
#define MSP_TEST_TABLES_H

#include "near.h"

#include <string.h>

#include "mspike/table.h"

static inline void must(msp_status rc, const msp_error *err, const char *file, int line)
{
    if (rc == MSP_OK)
        return;
    print_error("%s: %s (%s)\n", msp_status_name(rc), err->text, err->hint);
    _fail(file, line);
}
/* The call's last argument is `err`. */
#define assert_ok(call)                        \
    do {                                       \
        msp_error err_ = {0}, *err = &err_;    \
        must((call), err, __FILE__, __LINE__); \
    } while (0)

static inline const char *text_at(const msp_table *table, size_t column, size_t row)
{
    const msp_column *c = &table->columns[column];
    assert_int_equal(c->type, MSP_COLUMN_TEXT);
    return c->text[c->code[row]];
}

static inline double number_at(const msp_table *table, size_t column, size_t row)
{
    assert_int_equal(table->columns[column].type, MSP_COLUMN_NUMBER);
    return table->columns[column].number[row];
}

/* '.' for a plain missing value, whether or not the column has an array of kinds. */
static inline char kind_at(const msp_column *column, size_t row)
{
    if (!isnan(column->number[row]))
        return 0;
    return column->missing != NULL ? (char)column->missing[row] : '.';
}

#endif
