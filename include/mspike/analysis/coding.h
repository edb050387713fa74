/*
 * coding.h - a formula and a table become the columns of a model.
 *
 * Factors are coded as R's model.matrix does with treatment contrasts: in a term T, a factor f has
 * an indicator for each level but the first where the model holds T without f (or f is all of T),
 * and for each level where it does not; without an intercept the first factor has one for each
 * level too. A term's columns are the products of its variables' columns, the first variable
 * changing fastest. A text is a factor; so are factor(NAME) and what a caller names (visits, arms).
 */
#ifndef MSPIKE_ANALYSIS_CODING_H
#define MSPIKE_ANALYSIS_CODING_H

#include "mspike/analysis/formula.h"
#include "mspike/analysis/frame.h"
#include "mspike/table/read.h"

MSP_BEGIN

/* How a factor differs from what frame.h makes of its column. */
typedef struct msp_coding_levels {
    const char *name;         /* of the column */
    const char *reference;    /* this level first; NULL: as they come */
    const char *const *order; /* all levels, in this order; NULL: as they come */
    size_t n_order;
    bool natural; /* numbers within the texts count as numbers: "Cycle 2" before "Cycle 10" */
} msp_coding_levels;

typedef struct msp_coding_variable {
    const char *name, *label;
    bool is_factor;
    msp_factor factor;   /* levels in their order: the first is the reference */
    const double *value; /* of a number, a row of the table */
    double mean;         /* of a number over the rows kept */
} msp_coding_variable;

#define MSP_CODING_NO_TERM SIZE_MAX /* of the intercept */
#define MSP_CODING_ABSENT  UINT32_MAX
#define MSP_CODING_NUMBER  (UINT32_MAX - 1)

typedef struct msp_coding_column {
    const char *name; /* "ARMKRd:BASE", "(Intercept)" */
    size_t term;      /* of the formula, or MSP_CODING_NO_TERM */
    uint32_t *part;   /* of each variable: ABSENT, NUMBER, or the level it indicates */
} msp_coding_column;

#define MSP_CODING_COLUMNS 4096

typedef struct msp_coding {
    const msp_formula *formula; /* borrowed */
    msp_coding_variable *variables;
    size_t n_columns; /* at most MSP_CODING_COLUMNS */
    msp_coding_column *columns;
    msp_arena arena;
} msp_coding; /* {0} is empty */

/* The columns that a formula's variables need, added to `columns` (room for MSP_FORMULA_VARIABLES
 * more), each name once; `factors` names those that are factors though they be numbers. */
void msp_coding_ask(const msp_formula *formula, const msp_coding_levels *factors, size_t n_factors,
                    msp_read_column *columns, size_t *n_columns);

/*
 * `keep` has 1 for the rows to use; rows in which a variable is missing leave it. `factors` are
 * columns to be taken as factors, and how. MSP_EUSAGE for a level that is not there or a factor
 * that has none, MSP_ERANGE for more than MSP_CODING_COLUMNS columns, MSP_EMEM.
 */
msp_status msp_coding_make(const msp_formula *formula, const msp_table *table,
                           const msp_coding_levels *factors, size_t n_factors, uint8_t *keep,
                           msp_coding *out, msp_error *err);
void msp_coding_free(msp_coding *coding);

/* A factor of a column, with its levels as `how` (may be NULL) has them. */
msp_status msp_coding_factor(const msp_table *table, const msp_column *column, const uint8_t *keep,
                             const msp_coding_levels *how, msp_arena *arena, msp_factor *out,
                             msp_error *err);

/* The value of a column in a row of the table. */
double msp_coding_at(const msp_coding *coding, size_t column, size_t row);

/*
 * The weights of a least-squares mean, l[0..n_columns): of each variable fixed[v] is the level it
 * is held at, or MSP_CODING_ABSENT. Factors not held count each of their levels alike; numbers are
 * at their means, and so are products of numbers at the products of those.
 */
void msp_coding_mean(const msp_coding *coding, const uint32_t *fixed, double *l);

/*
 * The hypothesis that a term is nothing, with the other factors' levels counted alike and other
 * numbers at 0 (SAS type III where no cell is empty). A row for each combination of the levels of
 * the term's factors: each level against the first, or, where the term has an indicator for each
 * level, the level itself (against the last one where the intercept is all that is below the term).
 * *l (k x n_columns) is in `arena`. MSP_EMEM.
 */
msp_status msp_coding_hypothesis(const msp_coding *coding, size_t term, msp_arena *arena,
                                 double **l, size_t *k, msp_error *err);

MSP_END
#endif
