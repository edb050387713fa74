/*
 * frame.h - from a table's columns to the arrays that `stats` takes: groups, events, terms.
 *
 * In: columns as read. Out: plain arrays, one value a row of the table, borrowed where the column's
 * own array serves and in an arena where it does not; and `keep`, which rows have all of it.
 */
#ifndef MSPIKE_ANALYSIS_FRAME_H
#define MSPIKE_ANALYSIS_FRAME_H

#include "mspike/base/arena.h"
#include "mspike/stats/cox.h"
#include "mspike/table/table.h"

MSP_BEGIN

#define MSP_NO_LEVEL UINT32_MAX

/* What divides patients into groups. Levels come in order: numbers ascending when every level is
 * one, otherwise texts in byte order. The first is the reference. */
typedef struct msp_factor {
    const char *name;
    size_t n_levels;
    const char **level;
    double *value;  /* the levels as numbers, NULL where one of them is none */
    uint32_t *code; /* a level a row, MSP_NO_LEVEL where missing */
} msp_factor;

/* The levels found in the rows kept (`keep` NULL: all). A text column names its levels as they
 * stand; a number names them in its shortest form. */
msp_status msp_factor_from_column(const msp_column *column, size_t n_rows, const uint8_t *keep,
                                  msp_arena *arena, msp_factor *out, msp_error *err);
/* Levels in the order given; a row with another value is missing. `labels` (may be NULL) name
 * them, `values` are looked for in the column. */
msp_status msp_factor_from_values(const msp_column *column, size_t n_rows, const char *name,
                                  const char *const *values, const char *const *labels, size_t n,
                                  msp_arena *arena, msp_factor *out, msp_error *err);
/* One factor whose levels are the combinations that occur of several: strata. */
msp_status msp_factor_cross(const msp_factor *factors, size_t n_factors, size_t n_rows,
                            msp_arena *arena, msp_factor *out, msp_error *err);

/* 1 where the column equals `value` (as a number where the column is one), 0 elsewhere, and
 * `missing` 1 where it is missing. `value` NULL: the column must hold 0 and 1. */
msp_status msp_event_from_column(const msp_table *table, const msp_column *column,
                                 const char *value, uint8_t *event, uint8_t *keep, msp_error *err);

/* Whether a cell equals `value`: as a number where the column is one, else letter by letter. A
 * missing cell equals nothing. */
bool msp_cell_equals(const msp_column *column, size_t row, const char *value);

/* MSP_ERANGE, naming the cell, where a number of the rows kept is beyond 1e70 either way or all are
 * nearer 0 than 1e-70 but not all 0: squares of squares would leave the range of doubles. */
msp_status msp_check_numbers(const msp_table *table, const msp_column *column, const uint8_t *keep,
                             msp_error *err);

/* Drops from `keep` the rows where the column, or the factor, has no value. */
void msp_keep_present(const msp_column *column, size_t n_rows, uint8_t *keep);
void msp_keep_levels(const msp_factor *factor, size_t n_rows, uint8_t *keep);

/* The columns of a model with their printed names ("age", "xNonmaintained", "factor(stage)2"). */
typedef struct msp_terms {
    msp_cox_column *columns;
    size_t n, cap;
} msp_terms;

/* Adds a factor as indicators of all levels but the first, `prefix` before each level's name; or,
 * of a factor whose levels are numbers, as one number a row (`as_number`). */
msp_status msp_terms_add_factor(msp_terms *terms, const msp_factor *factor, const char *prefix,
                                bool as_number, size_t n_rows, msp_arena *arena, msp_error *err);
/* Adds a column made before. */
msp_status msp_terms_add(msp_terms *terms, const msp_cox_column *column, msp_arena *arena,
                         msp_error *err);
/* Adds a number column as it is. */
msp_status msp_terms_add_number(msp_terms *terms, const char *name, const double *value,
                                msp_arena *arena, msp_error *err);

MSP_END
#endif
