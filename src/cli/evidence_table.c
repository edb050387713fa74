/* evidence_table.c - a table of contrasts or of arms, pooled without any answer. */
#include <math.h>
#include <string.h>

#include "evidence.h"

static const char *text_cell(const msp_column *column, size_t row)
{
    return column->text[column->code[row]];
}

static bool has_column(const evidence_job *j, const char *name)
{
    return msp_table_column(&j->table, name) != NULL;
}

/* Reads these columns; `used` gets the rows that miss none. */
static msp_status read_columns(evidence_job *j, const msp_read_column *columns, size_t n,
                               size_t **used, size_t *n_used, msp_error *err)
{
    const msp_read_options read = {.columns = columns, .n_columns = n};
    msp_table_free(&j->table);
    const msp_status rc = cli_read_table(&j->v->common, j->path, &read, &j->table, err);
    if (rc != MSP_OK)
        return rc;
    const msp_table *t = &j->table;
    *used = msp_arena_array(&j->arena, t->n_rows + 1, sizeof **used);
    if (*used == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while reading %s", j->path);
    for (size_t row = 0; row < t->n_rows; row++) {
        bool missing = false;
        for (size_t k = 0; k < n; k++)
            missing |= msp_column_is_missing(&t->columns[k], row);
        if (!missing)
            (*used)[(*n_used)++] = row;
    }
    if (*n_used < t->n_rows)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out",
                 t->n_rows - *n_used);
    return MSP_OK;
}

static msp_status read_contrasts(evidence_job *j, size_t **used, msp_error *err)
{
    const msp_read_column columns[] = {
        {"studlab", MSP_READ_TEXT}, {"treat1", MSP_READ_TEXT}, {"treat2", MSP_READ_TEXT},
        {"TE", MSP_READ_NUMBER},    {"seTE", MSP_READ_NUMBER}, {j->v->covariate, MSP_READ_NUMBER}};
    const size_t n_columns = MSP_COUNT(columns) - (j->v->covariate == NULL);
    size_t n = 0;
    const msp_status rc = read_columns(j, columns, n_columns, used, &n, err);
    if (rc != MSP_OK)
        return rc;
    const msp_column *c = j->table.columns;
    j->contrasts = msp_arena_array(&j->arena, n + 1, sizeof *j->contrasts);
    double *covariate = msp_arena_array(&j->arena, n + 1, sizeof *covariate);
    if (j->contrasts == NULL || covariate == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while reading contrasts");
    if (j->v->covariate != NULL)
        j->covariate = covariate;
    for (size_t i = 0; i < n; i++) {
        const size_t row = (*used)[i];
        if (j->v->covariate != NULL)
            covariate[i] = c[5].number[row];
        j->contrasts[i] =
            (msp_contrast_said){text_cell(&c[0], row), text_cell(&c[1], row),
                                text_cell(&c[2], row), c[3].number[row],
                                c[4].number[row],      msp_table_place(&j->table, row, NULL).line};
    }
    j->n_contrasts = n;
    return MSP_OK;
}

/* Tables of counts name their columns in one of two ways. */
static const char *one_of(const evidence_job *j, const char *name, const char *other)
{
    return !has_column(j, name) && has_column(j, other) ? other : name;
}

/* -- arms -- */

enum { STUDY, TREATMENT, EVENTS, PATIENTS, ARM_COLUMNS };

/* A count is whole, and no more have the event than there are. */
static msp_status check_counts(const evidence_job *j, size_t row, msp_error *err)
{
    const msp_column *c = j->table.columns;
    const double events = c[EVENTS].number[row], n = c[PATIENTS].number[row];
    if (!(n >= 1) || n > floor(n))
        return msp_table_fail(err, MSP_EINPUT, &j->table, row, &c[PATIENTS],
                              "%g patients; expected a whole number of at least 1", n);
    if (events >= 0 && events <= floor(events) && events <= n)
        return MSP_OK;
    msp_table_fail(err, MSP_EINPUT, &j->table, row, &c[EVENTS],
                   "%g events; expected a whole number from 0 to %g", events, n);
    return msp_hint(err, MSP_EINPUT, "give the patients with the event, not their share");
}

/* The arms in the rows used; faults name their cell. */
static msp_status take_arms(evidence_job *j, const size_t *used, size_t n, msp_arm_said **out,
                            msp_error *err)
{
    const msp_column *c = j->table.columns;
    msp_arm_said *arms = *out = msp_arena_array(&j->arena, n + 1, sizeof *arms);
    if (arms == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while reading arms");
    for (size_t i = 0; i < n; i++) {
        const size_t row = used[i];
        const msp_status rc = check_counts(j, row, err);
        if (rc != MSP_OK)
            return rc;
        arms[i] = (msp_arm_said){text_cell(&c[STUDY], row), text_cell(&c[TREATMENT], row),
                                 c[EVENTS].number[row], c[PATIENTS].number[row]};
    }
    return MSP_OK;
}

static msp_status check_twice(const evidence_job *j, const msp_arm_said *arms, const size_t *used,
                              size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(arms[k].study, arms[i].study) == 0 &&
                strcmp(arms[k].treatment, arms[i].treatment) == 0)
                return msp_table_fail(err, MSP_EINPUT, &j->table, used[i],
                                      &j->table.columns[TREATMENT],
                                      "study \"%s\" has a second arm of \"%s\"; expected one",
                                      arms[i].study, arms[i].treatment);
    return MSP_OK;
}

static size_t studies_of_one_arm(const msp_arm_said *arms, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t k = 0; k < n; k++)
            same += strcmp(arms[k].study, arms[i].study) == 0;
        found += same == 1;
    }
    return found;
}

static msp_status read_arms(evidence_job *j, size_t **used, msp_error *err)
{
    const msp_read_column columns[ARM_COLUMNS] = {
        [STUDY] = {one_of(j, "studlab", "study"), MSP_READ_TEXT},
        [TREATMENT] = {one_of(j, "treatment", "treat"), MSP_READ_TEXT},
        [EVENTS] = {one_of(j, "event", "r"), MSP_READ_NUMBER},
        [PATIENTS] = {"n", MSP_READ_NUMBER}};
    size_t n = 0, left_out = 0;
    msp_arm_said *arms = NULL;
    msp_status rc = read_columns(j, columns, ARM_COLUMNS, used, &n, err);
    if (rc == MSP_OK)
        rc = take_arms(j, *used, n, &arms, err);
    if (rc != MSP_OK)
        return rc;
    if (j->v->likelihood == 0 && j->measure != MSP_MEASURE_OR)
        return msp_fail(err, MSP_EUSAGE, "--likelihood binomial asks --measure OR, not %s",
                        evidence_measure(j));
    if (j->v->likelihood != 1 && j->measure == MSP_MEASURE_OR) {
        j->pooling.arms = arms;
        j->pooling.n_arms = n;
    }
    rc = msp_contrasts_from_arms(arms, n, j->measure, &j->arena, &j->contrasts, &j->n_contrasts,
                                 &left_out, err);
    if (rc == MSP_OK)
        rc = check_twice(j, arms, *used, n, err);
    const size_t alone = rc == MSP_OK ? studies_of_one_arm(arms, n) : 0;
    if (alone > 0)
        cli_note(&j->v->common, "studies of one arm, which compare nothing: %zu", alone);
    if (rc == MSP_OK && left_out > 0)
        cli_note(&j->v->common,
                 "studies without events, or with nothing else, which say nothing: %zu", left_out);
    return rc;
}

/* -- the whole -- */

/* The line of the first row says where to look. */
static msp_status refuse_empty(const evidence_job *j, bool arms, msp_error *err)
{
    msp_place at = {.file = j->path, .line = 1};
    if (j->table.n_rows > 0)
        at = msp_table_place(&j->table, 0, NULL);
    msp_fail_at(err, MSP_ENODATA, at, "%s",
                j->table.n_rows == 0 ? "the table has no rows" : "no row compares two treatments");
    return msp_hint(err, MSP_ENODATA, "%s",
                    arms ? "a row is an arm: two rows with one study and two treatments make a "
                           "comparison, one of them with an event"
                         : "a row is a comparison: studlab, treat1, treat2, TE, seTE");
}

static msp_status pool(evidence_job *j, const size_t *used, bool arms, msp_error *err)
{
    if (j->n_contrasts == 0)
        return refuse_empty(j, arms, err);
    const msp_status rc =
        msp_pooled_make(j->contrasts, j->n_contrasts, &j->pooling, &j->pooled, err);
    if (rc != MSP_OK && err->at.line == 0 && err->row < j->n_contrasts && !arms)
        err->at = msp_table_place(&j->table, used[err->row], NULL);
    if (rc == MSP_ENUMERIC && j->pooling.bayes && j->pooling.arms != NULL)
        return msp_hint(err, rc, "--likelihood normal pools their log odds ratios instead");
    return rc;
}

msp_status evidence_pool_table(evidence_job *j, msp_error *err)
{
    size_t *used = NULL;
    msp_status rc = cli_read_table(&(cli_common){.quiet = true}, j->path, &(msp_read_options){0},
                                   &j->table, err);
    if (rc != MSP_OK)
        return rc;
    const bool arms =
        !has_column(j, "treat1") && (has_column(j, "treatment") || has_column(j, "treat"));
    j->measure =
        j->v->measure < 0 ? (arms ? MSP_MEASURE_OR : MSP_MEASURE_HR) : (msp_measure)j->v->measure;
    j->pooling.higher_is_better = j->v->better == 2;
    if (arms && j->v->covariate != NULL)
        return msp_fail(err, MSP_EUSAGE, "--covariate asks a table of contrasts");
    rc = arms ? read_arms(j, &used, err) : read_contrasts(j, &used, err);
    if (rc == MSP_OK)
        rc = pool(j, used, arms, err);
    if (rc == MSP_OK)
        rc = evidence_check_scale(j, err);
    if (rc == MSP_OK && j->v->reference != NULL &&
        msp_pooled_index(&j->pooled, j->v->reference) == j->pooled.n)
        rc = evidence_no_treatment(j, "no comparison has", err);
    return rc;
}
