/* same.h - two tables that should be one. */
#ifndef MSP_TEST_SAME_H
#define MSP_TEST_SAME_H

#include "tables.h"

/* Names, types, rows; texts and missing kinds exactly, numbers to `tolerance` relative. */
static inline void assert_same_values(const msp_table *a, const msp_table *b, double tolerance)
{
    assert_int_equal(a->n_columns, b->n_columns);
    assert_int_equal(a->n_rows, b->n_rows);
    for (size_t i = 0; i < a->n_columns; i++) {
        const msp_column *x = &a->columns[i], *y = &b->columns[i];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->type, y->type);
        for (size_t row = 0; row < a->n_rows; row++) {
            if (x->type == MSP_COLUMN_TEXT) {
                assert_string_equal(x->text[x->code[row]], y->text[y->code[row]]);
            } else {
                assert_near(x->number[row], y->number[row], tolerance);
                assert_int_equal(kind_at(x, row), kind_at(y, row));
                assert_int_equal(signbit(x->number[row]) != 0, signbit(y->number[row]) != 0);
            }
        }
    }
}

/* Everything that SAS knows of a data set. */
static inline void assert_same(const msp_table *a, const msp_table *b)
{
    assert_same_values(a, b, 0);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    for (size_t i = 0; i < a->n_columns; i++) {
        const msp_column *x = &a->columns[i], *y = &b->columns[i];
        assert_string_equal(x->label, y->label);
        assert_string_equal(x->format, y->format);
        /* 8 is what a number is stored in where nothing else is said */
        const uint32_t plain = x->type == MSP_COLUMN_NUMBER ? 8 : 0;
        assert_int_equal(x->length != 0 ? x->length : plain, y->length != 0 ? y->length : plain);
    }
}

#endif
