/*
 * formula.h - a model as a line of text, in the notation of Wilkinson and Rogers (Appl Stat 22:392,
 * 1973) that R took over:
 *
 *   CHG ~ ARM * AVISIT + BASE                    a number on factors and numbers
 *   AVALC == 'Y' ~ ARM + strata(STAGE)           an event: the cells that equal a value
 *   surv(AVAL, CNSR == 0) ~ ARM + AGE            time and event; surv(START, STOP, EVENT)
 * start-stop
 *
 *   formula  = response "~" sum
 *   response = NAME [ "==" VALUE ] | "surv" "(" [ NAME "," ] NAME "," NAME [ "==" VALUE ] ")"
 *   sum      = product { ("+" | "-") product }
 *   product  = cross { "*" cross }                a * b is a + b + a:b
 *   cross    = operand { ":" operand }
 *   operand  = NAME | "factor" "(" NAME ")" | "strata" "(" NAME { "," NAME } ")" | "(" sum ")"
 *            | "1" | "0"
 *   VALUE    = NAME | NUMBER | 'text' | "text"
 *
 * A NAME is a column: letters, digits, "_" and ".", not beginning with a digit; any other name
 * stands in `backquotes`. "- 1" and "+ 0" leave the intercept out. Parsing knows no table.
 */
#ifndef MSPIKE_ANALYSIS_FORMULA_H
#define MSPIKE_ANALYSIS_FORMULA_H

#include "mspike/base/arena.h"

MSP_BEGIN

#define MSP_FORMULA_VARIABLES 64
#define MSP_FORMULA_TERMS     256

typedef struct msp_formula_variable {
    const char *name;  /* of the column */
    const char *label; /* as printed: "ARM", "factor(CYCLE)" */
    bool factor;       /* factor(NAME) */
} msp_formula_variable;

/* A set of variables: bit v is variable v. */
typedef uint64_t msp_formula_term;

typedef struct msp_formula {
    const char *text;
    /* The response: one column, or (`time` not NULL) a time and an event. */
    const char *response;
    const char *entry, *time, *event; /* entry: NULL unless start-stop */
    const char *value; /* of the response or event that counts, NULL where not said */
    bool intercept;
    size_t n_variables, n_terms, n_strata;
    msp_formula_variable *variables;
    msp_formula_term *terms; /* none empty; by number of variables, then as written */
    const char **strata;     /* columns */
    msp_arena arena;         /* owns all of it */
} msp_formula;               /* {0} is empty */

/* MSP_EUSAGE says what stands where in the text and what was expected; more than
 * MSP_FORMULA_VARIABLES variables or MSP_FORMULA_TERMS terms is MSP_EUSAGE too; MSP_EMEM. */
msp_status msp_formula_parse(const char *text, msp_formula *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_formula_free(msp_formula *formula);

/* Whether the model has exactly this term; the empty set is the intercept. */
bool msp_formula_has(const msp_formula *formula, msp_formula_term term);
/* "ARM:AVISIT"; NULL when memory is out. */
const char *msp_formula_term_label(const msp_formula *formula, msp_formula_term term,
                                   msp_arena *arena);

MSP_END
#endif
