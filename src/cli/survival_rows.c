/* survival_rows.c - from the table to the arrays of an analysis. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

/* -- the columns -- */

/* "factor(stage)" names the column "stage" and asks for groups. */
static const char *column_of(msp_arena *arena, const char *word, bool *groups)
{
    const size_t len = strlen(word);
    *groups = len > 8 && strncmp(word, "factor(", 7) == 0 && word[len - 1] == ')';
    return *groups ? msp_arena_text_n(arena, word + 7, len - 8) : word;
}

/* A column asked for twice is read once: as a number where one is needed, for groups can be made of
 * numbers but no time of a text; else as a text, so that names of groups are kept as they stand. */
static void ask(survival_job *j, const char *name, msp_read_as as)
{
    if (name == NULL)
        return;
    for (size_t i = 0; i < j->n_columns; i++)
        if (strcmp(j->columns[i].name, name) == 0) {
            if (as == MSP_READ_NUMBER || j->columns[i].as == MSP_READ_AUTO)
                j->columns[i].as = as;
            return;
        }
    j->columns[j->n_columns++] = (msp_read_column){name, as};
}

bool survival_is_interval(const survival_values *v)
{
    return v->lower != NULL || v->upper != NULL;
}

static msp_status ask_for_columns(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    if (survival_is_interval(v)) {
        const msp_status rc = survival_check_intervals(v, err);
        if (rc != MSP_OK)
            return rc;
    } else if (v->time == NULL || (v->event == NULL) == (v->cause == NULL)) {
        msp_fail(err, MSP_EUSAGE,
                 "survival needs --time COL and either --event COL or --cause COL, or --lower COL "
                 "and --upper COL");
        return msp_hint(err, MSP_EUSAGE, "usage: mspike survival %s", cli_survival.usage);
    }
    if (v->cause != NULL && v->event_value != NULL)
        return msp_fail(err, MSP_EUSAGE, "--event-value goes with --event, not with --cause");
    if (v->expected != NULL) {
        const msp_status rc = survival_check_expected(j, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->residuals > 0) {
        const msp_status rc = survival_check_residuals(v, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->weight != NULL) {
        const msp_status rc = survival_check_weights(v, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->resamples > 0 && !survival_is_interval(v))
        return msp_fail(err, MSP_EUSAGE, "--resamples goes with --lower and --upper");
    ask(j, v->time, MSP_READ_NUMBER);
    ask(j, v->lower, MSP_READ_NUMBER);
    ask(j, v->upper, MSP_READ_NUMBER);
    ask(j, v->event, MSP_READ_AUTO);
    ask(j, v->cause, MSP_READ_NUMBER);
    ask(j, v->entry, MSP_READ_NUMBER);
    ask(j, v->weight, MSP_READ_NUMBER);
    ask(j, v->arm, MSP_READ_TEXT);
    ask(j, v->id, MSP_READ_TEXT);
    for (size_t i = 0; i < v->strata.n; i++)
        ask(j, v->strata.word[i], MSP_READ_TEXT);
    for (size_t i = 0; i < v->covariates.n; i++) {
        bool groups;
        const char *name = column_of(&j->arena, v->covariates.word[i], &groups);
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the covariates");
        ask(j, name, groups ? MSP_READ_TEXT : MSP_READ_AUTO);
    }
    return MSP_OK;
}

/* The columns of --where; its words stay as they are. */
static msp_status ask_for_conditions(survival_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->where.n; i++) {
        const char *word = j->v->where.word[i], *equals = strchr(word, '=');
        if (equals == NULL || equals == word)
            return msp_fail(err, MSP_EUSAGE, "--where has \"%s\"; expected COL=VALUE", word);
        const char *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for --where");
        ask(j, name, MSP_READ_AUTO);
    }
    return MSP_OK;
}

static msp_status read_table(survival_job *j, const char *path, msp_error *err)
{
    msp_read_options read = {.columns = j->columns, .n_columns = j->n_columns};
    msp_status rc = cli_one_character(j->v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(j->v->decimal, "decimal", &read.decimal, err);
    if (rc == MSP_OK)
        rc = cli_read_table(&j->v->common, path, &read, &j->table, err);
    return rc;
}

/* The table has the columns asked for, in that order: also where two names differ only in their
 * letters' case, and so stand for one column of the file. */
const msp_column *survival_column(const survival_job *j, const char *name)
{
    size_t i = 0;
    while (strcmp(j->columns[i].name, name) != 0)
        i++;
    return &j->table.columns[i];
}

/* Beyond this a column names patients or measures them; curves and indicators for each of its
 * values would take hours and tell nothing. */
#define GROUPS_MAX 256

static msp_status check_groups(const survival_job *j, const msp_factor *factor, const char *option,
                               msp_error *err)
{
    if (factor->n_levels <= GROUPS_MAX)
        return MSP_OK;
    msp_fail_at(err, MSP_EINPUT, (msp_place){.file = j->table.file},
                "%s has %zu distinct values; --%s takes at most %d groups", factor->name,
                factor->n_levels, option, GROUPS_MAX);
    return msp_hint(err, MSP_EINPUT,
                    "is %s an identifier or a measurement? --strata and --id take any number",
                    factor->name);
}

/* A column of the model: a number as it is, groups as indicators. */
static msp_status add_covariate(survival_job *j, const char *word, msp_error *err)
{
    bool groups;
    const char *name = column_of(&j->arena, word, &groups);
    if (name == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the covariates");
    const msp_column *c = survival_column(j, name);
    const size_t n = j->table.n_rows;
    msp_keep_present(c, n, j->keep_model);
    if (c->type == MSP_COLUMN_NUMBER && !groups)
        return msp_terms_add_number(&j->terms, name, c->number, &j->arena, err);
    msp_factor factor;
    msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &factor, err);
    if (rc == MSP_OK)
        rc = check_groups(j, &factor, "covariates", err);
    if (rc != MSP_OK)
        return rc;
    return msp_terms_add_factor(&j->terms, &factor, word, factor.value != NULL && !groups, n,
                                &j->arena, err);
}

static bool is_covariate(const survival_values *v, const char *name)
{
    for (size_t i = 0; i < v->covariates.n; i++)
        if (strcmp(v->covariates.word[i], name) == 0)
            return true;
    return false;
}

static msp_status make_terms(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    msp_status rc = MSP_OK;
    memcpy(j->keep_model, j->keep_test, j->table.n_rows);
    if (v->arm != NULL && !is_covariate(v, v->arm) && j->arm.n_levels > 1)
        rc = msp_terms_add_factor(&j->terms, &j->arm, v->arm, j->arm.value != NULL, j->table.n_rows,
                                  &j->arena, err);
    for (size_t i = 0; rc == MSP_OK && i < v->covariates.n; i++)
        rc = add_covariate(j, v->covariates.word[i], err);
    return rc;
}

static msp_status make_strata(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    const size_t n = j->table.n_rows;
    memcpy(j->keep_test, j->keep, n);
    if (v->strata.n == 0)
        return MSP_OK;
    msp_factor *parts = msp_arena_array(&j->arena, v->strata.n, sizeof *parts);
    if (parts == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the strata");
    for (size_t i = 0; i < v->strata.n; i++) {
        const msp_column *c = survival_column(j, v->strata.word[i]);
        const msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    const msp_status rc = msp_factor_cross(parts, v->strata.n, n, &j->arena, &j->stratum, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->stratum, n, j->keep_test);
    return rc;
}

/* Causes in ascending order; the event is to have one. */
static msp_status make_causes(survival_job *j, msp_error *err)
{
    const msp_column *c = survival_column(j, j->v->cause);
    const size_t n = j->table.n_rows;
    j->cause = msp_arena_array(&j->arena, n, sizeof *j->cause);
    uint8_t *happened = msp_arena_array(&j->arena, n, 1);
    if (j->cause == NULL || happened == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    msp_keep_present(c, n, j->keep);
    for (size_t i = 0; i < n; i++) {
        const double x = c->number[i];
        if (j->keep[i] && !(x >= 0 && x <= 1000 && x <= floor(x)))
            return msp_table_fail(err, MSP_EINPUT, &j->table, i, c,
                                  "cause is %g; expected 0 for a censoring or a number from 1", x);
        j->event[i] = happened[i] = j->keep[i] && x > 0;
    }
    const msp_status rc = msp_factor_from_column(c, n, happened, &j->arena, &j->causes, err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++)
        j->cause[i] = happened[i] ? j->causes.code[i] + 1 : 0;
    return rc;
}

/* Rows that --where does not name are as if they were not there. */
static msp_status select_rows(survival_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    memset(j->keep, 1, n);
    for (size_t k = 0; k < j->v->where.n; k++) {
        const char *word = j->v->where.word[k], *equals = strchr(word, '=');
        const char *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for --where");
        const msp_column *c = survival_column(j, name);
        for (size_t i = 0; i < n; i++)
            j->keep[i] = j->keep[i] && msp_cell_equals(c, i, equals + 1);
    }
    for (size_t i = 0; i < n; i++)
        j->n_elsewhere += !j->keep[i];
    if (n > 0 && j->n_elsewhere == n)
        return msp_fail_at(err, MSP_ENODATA, (msp_place){.file = j->table.file},
                           "no row is as --where asks");
    return MSP_OK;
}

/* When the event happened, or did not, and which rows say so. */
static msp_status make_times(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    if (survival_is_interval(v))
        return survival_read_intervals(j, survival_column(j, v->lower),
                                       survival_column(j, v->upper), err);
    msp_keep_present(survival_column(j, v->time), j->table.n_rows, j->keep);
    if (v->entry != NULL)
        msp_keep_present(survival_column(j, v->entry), j->table.n_rows, j->keep);
    return v->cause != NULL ? make_causes(j, err)
                            : msp_event_from_column(&j->table, survival_column(j, v->event),
                                                    v->event_value, j->event, j->keep, err);
}

static msp_status make_rows(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    const size_t n = j->table.n_rows;
    uint8_t **const masks[] = {&j->event, &j->keep, &j->keep_test, &j->keep_model};
    for (size_t i = 0; i < MSP_COUNT(masks); i++)
        if ((*masks[i] = msp_arena_array(&j->arena, n, 1)) == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    msp_status rc = select_rows(j, err);
    if (rc == MSP_OK)
        rc = make_times(j, err);
    if (rc == MSP_OK && v->weight != NULL)
        rc = survival_read_weights(j, survival_column(j, v->weight), err);
    if (v->weight != NULL && v->id != NULL) /* clusters of the curves too */
        msp_keep_present(survival_column(j, v->id), n, j->keep);
    if (rc != MSP_OK || v->arm == NULL)
        return rc;
    rc = msp_factor_from_column(survival_column(j, v->arm), n, j->keep, &j->arena, &j->arm, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->arm, n, j->keep);
    return rc == MSP_OK ? check_groups(j, &j->arm, "arm", err) : rc;
}

static msp_status make_clusters(survival_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    if (j->v->id == NULL)
        return MSP_OK;
    const msp_status rc = msp_factor_from_column(survival_column(j, j->v->id), n, j->keep,
                                                 &j->arena, &j->cluster, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->cluster, n, j->keep_model);
    return rc;
}
/* -- all of it -- */

msp_status survival_read(survival_job *j, const char *path, msp_error *err)
{
    msp_status rc = ask_for_columns(j, err);
    if (rc == MSP_OK)
        rc = ask_for_conditions(j, err);
    if (rc == MSP_OK)
        rc = read_table(j, path, err);
    if (rc == MSP_OK)
        rc = make_rows(j, err);
    if (rc == MSP_OK)
        rc = make_strata(j, err);
    if (rc == MSP_OK)
        rc = make_terms(j, err);
    return rc == MSP_OK ? make_clusters(j, err) : rc;
}

/* -- what is wrong, in the user's words -- */

static msp_status no_rows(const survival_job *j, msp_error *err)
{
    const msp_place file = {.file = j->table.file};
    if (j->table.n_rows == 0)
        return msp_fail_at(err, MSP_ENODATA, file, "the table has no rows");
    msp_text names = {0};
    if (survival_is_interval(j->v))
        msp_text_printf(&names, "%s or %s", j->v->lower, j->v->upper);
    else
        msp_text_printf(&names, "%s, %s", j->v->time,
                        j->v->cause != NULL ? j->v->cause : j->v->event);
    if (j->v->entry != NULL)
        msp_text_printf(&names, ", %s", j->v->entry);
    if (j->v->weight != NULL)
        msp_text_printf(&names, ", %s", j->v->weight);
    if (j->v->arm != NULL)
        msp_text_printf(&names, ", %s", j->v->arm);
    msp_fail_at(err, MSP_ENODATA, file, "none of the %zu rows has a value in each of %s",
                j->table.n_rows - j->n_elsewhere, msp_text_str(&names));
    msp_text_free(&names);
    return msp_hint(err, MSP_ENODATA, "an empty field, NA and a point are missing values");
}

/* Rows are named as the user's file does. */
msp_status survival_at_its_row(const survival_job *j, msp_status rc, msp_error *err)
{
    if (rc == MSP_ENODATA)
        return no_rows(j, err);
    if (rc == MSP_OK || err->row == MSP_NO_ROW)
        return rc;
    const msp_error numeric = *err;
    const msp_column *at =
        survival_column(j, survival_is_interval(j->v) ? j->v->upper : j->v->time);
    for (size_t i = 0; i < j->n_columns; i++) { /* the message may begin with a covariate's name */
        const size_t length = strlen(j->columns[i].name);
        if (strncmp(numeric.text, j->columns[i].name, length) == 0 &&
            strncmp(numeric.text + length, " is ", 4) == 0)
            at = &j->table.columns[i];
    }
    return msp_table_fail(err, rc, &j->table, numeric.row, at, "%s", numeric.text);
}
