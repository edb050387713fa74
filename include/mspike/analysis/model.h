/*
 * model.h - a formula fitted to a table: linear model, mixed model for repeated measures, logistic
 * regression, Cox's model; their coefficients, tests of terms, and an arm's means and differences.
 *
 * In: a formula (formula.h), a table with the columns that it names, options. Out: estimates with
 * their intervals, which `mspike model` prints. Whatever the data do not determine is NaN with a
 * note. docs/methods/models.md has formulas, conventions and a worked example.
 */
#ifndef MSPIKE_ANALYSIS_MODEL_H
#define MSPIKE_ANALYSIS_MODEL_H

#include "mspike/analysis/coding.h"
#include "mspike/stats.h"

MSP_BEGIN

typedef enum msp_model_kind {
    MSP_MODEL_LINEAR,   /* least squares; ANCOVA is one */
    MSP_MODEL_REPEATED, /* REML, errors correlated within a patient */
    MSP_MODEL_LOGISTIC,
    MSP_MODEL_COX,
} msp_model_kind;

/* "linear", "repeated", "logistic", "cox". */
const char *msp_model_kind_name(msp_model_kind kind);

/* A level's name, or a number for it. */
typedef struct msp_model_word {
    const char *name, *value;
} msp_model_word;

#define MSP_MODEL_BY 4

typedef struct msp_model_options {
    msp_model_kind kind;
    const char *subject;       /* column: patients of repeated measures, clusters of `robust` */
    const char *visit;         /* column: visits of repeated measures */
    const char *const *visits; /* their order; NULL: numbers and numbers within texts ascending */
    size_t n_visits;
    msp_mmrm_structure structure;
    msp_mmrm_df df;
    msp_cox_ties ties;
    bool robust;                      /* Cox: sandwich variance */
    const char *weight;               /* column: Cox: case weights; robust unless all are whole */
    double level;                     /* of every interval */
    const char *arm;                  /* column: means of its levels, differences to the first */
    const char *const *by;            /* columns: of these, at each combination; none: the visit */
    size_t n_by;                      /* at most MSP_MODEL_BY */
    const msp_model_word *references; /* column, and which level is the reference */
    size_t n_references;
    const msp_model_word
        *only; /* rows in which the column has the value; one column's values add */
    size_t n_only;
    const msp_model_word
        *mid; /* minimal important difference: of a level of `by` (name NULL: all) */
    size_t n_mid;
} msp_model_options;

/* Unstructured with Kenward-Roger, or ties by the convention, level 0.95. */
msp_model_options msp_model_options_default(msp_convention convention);

typedef struct msp_model_estimate {
    double estimate, std_error, df; /* df is infinite where the normal distribution is used */
    double statistic;               /* t or z */
    msp_prob p;                     /* of 0, two-sided */
    double lower, upper;
    double ratio, ratio_lower, ratio_upper; /* logistic, Cox: odds or hazard ratio, else NaN */
    const char *note;                       /* NULL, or why something is missing; static text */
} msp_model_estimate;

typedef struct msp_model_coefficient {
    const char *name;
    bool aliased;
    msp_model_estimate value;
} msp_model_coefficient;

typedef struct msp_model_test {
    const char *term;
    bool f;                         /* F on df and df_error, else chi-square on df */
    double statistic, df, df_error; /* df_error: infinite for chi-square */
    msp_prob p;
    const char *note; /* NULL, or why there is none, or what was left out */
} msp_model_test;

typedef struct msp_model_mean {
    const char *level;     /* of `arm` */
    const char *at;        /* "F, 4": of what divides them; NULL where nothing does */
    const char *const *by; /* the same, a level for each of the model's `by` */
    size_t n;              /* rows there */
    msp_model_estimate value;
} msp_model_mean;

/* How an interval lies to the minimal important difference m > 0. */
typedef enum msp_model_reach {
    MSP_REACH_UNKNOWN, /* no m, or no estimate */
    MSP_REACH_BEYOND,  /* the interval lies beyond m, or beyond -m */
    MSP_REACH_WITHIN,  /* it lies within -m and m */
    MSP_REACH_OPEN,    /* neither */
} msp_model_reach;

typedef struct msp_model_difference {
    const char *level, *reference, *at;
    const char *const *by;
    msp_model_estimate value;
    double mid;   /* NaN where none was given */
    bool reached; /* the estimate is m or more, either way */
    msp_model_reach reach;
} msp_model_difference;

typedef struct msp_model {
    msp_model_kind kind;
    msp_model_options options;
    size_t n_rows, n_other, n_missing; /* of the table; not `only`; with a missing value */
    size_t n, n_subjects, n_events;    /* rows used; subjects 0 without a column of them */
    msp_coding coding;
    msp_factor visit, subject, stratum; /* where there are such */
    const char *note;                   /* NULL, or why there is no fit, or what is doubtful */
    bool fitted;
    size_t n_coefficients, n_tests, n_means, n_differences;
    const char *by[MSP_MODEL_BY]; /* columns that divide means and differences */
    size_t n_by;
    msp_model_coefficient *coefficients;
    msp_model_test *tests;
    msp_model_mean *means; /* none of Cox's model */
    msp_model_difference *differences;
    /* The fit of its kind; the others are empty. */
    msp_linear linear;
    msp_mmrm repeated;
    msp_logistic logistic;
    msp_cox cox;
    msp_cox_robust robust;
    struct msp_model_work *work; /* private */
    msp_arena arena;
} msp_model; /* {0} is empty; borrows formula, table and options */

/* The columns to read for it, `columns` with room for MSP_MODEL_COLUMNS. */
#define MSP_MODEL_COLUMNS 256
void msp_model_ask(const msp_formula *formula, const msp_model_options *options,
                   msp_read_column *columns, size_t *n_columns);

/*
 * MSP_OK whenever the question is well put: read out->fitted and out->note. MSP_EUSAGE for a
 * formula and options that do not go together or a name that the table has not, MSP_EINPUT for a
 * cell that is no number, MSP_ENODATA where no row is left, MSP_EMEM.
 */
msp_status msp_model_fit(const msp_formula *formula, const msp_table *table,
                         const msp_model_options *options, msp_model *out, msp_error *err);
/* Safe to call twice or on {0}. */
void msp_model_free(msp_model *model);

MSP_END
#endif
