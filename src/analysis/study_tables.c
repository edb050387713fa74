#include "study_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/labs.h"
#include "mspike/base/file.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the tables of the study");
}

struct study_table *study_find_table(const struct study *study, const char *name)
{
    for (size_t i = 0; name != NULL && i < study->n_tables; i++)
        if (msp_text_equal_nocase(study->tables[i].name, name))
            return &study->tables[i];
    return NULL;
}

/* -- which columns -- */

static struct study_table *need_table(struct study *study, const char *name)
{
    struct study_table *found = study_find_table(study, name);
    if (found != NULL)
        return found;
    if (study->n_tables == study->cap_tables) {
        const size_t cap = study->cap_tables > 0 ? study->cap_tables * 2 : 4;
        struct study_table *tables = realloc(study->tables, cap * sizeof *tables);
        if (tables == NULL)
            return NULL;
        study->tables = tables;
        study->cap_tables = cap;
    }
    struct study_table *table = &study->tables[study->n_tables++];
    *table = (struct study_table){.name = name};
    return table;
}

/* Names of things are read as texts, so that 01 stays 01; a column that must be a number is one. */
static msp_status ask(struct study *study, const char *table_name, const char *column,
                      msp_read_as as, msp_error *err)
{
    if (table_name == NULL || column == NULL)
        return MSP_OK;
    struct study_table *table = need_table(study, table_name);
    if (table == NULL)
        return no_memory(err);
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, column) == 0) {
            if (as == MSP_READ_NUMBER || table->columns[i].as == MSP_READ_AUTO)
                table->columns[i].as = as;
            return MSP_OK;
        }
    if (table->n_columns == table->cap_columns) {
        const size_t cap = table->cap_columns > 0 ? table->cap_columns * 2 : 16;
        msp_read_column *columns = realloc(table->columns, cap * sizeof *columns);
        if (columns == NULL)
            return no_memory(err);
        table->columns = columns;
        table->cap_columns = cap;
    }
    table->columns[table->n_columns++] = (msp_read_column){column, as};
    return MSP_OK;
}

static msp_status ask_conditions(struct study *study, const char *table,
                                 const msp_conditions *where, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < where->n; i++)
        rc = ask(study, table, where->items[i].column, MSP_READ_TEXT, err);
    return rc;
}

static msp_status ask_variables(struct study *study, const char *table, const msp_summary *summary,
                                msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < summary->variables.n; i++) {
        const msp_variable *v = &summary->variables.items[i];
        const bool levels = v->levels.n > 0 || v->kind.value == MSP_VARIABLE_CATEGORICAL;
        rc = ask(study, table, v->column.text,
                 v->kind.value == MSP_VARIABLE_CONTINUOUS ? MSP_READ_NUMBER
                 : levels                                 ? MSP_READ_TEXT
                                                          : MSP_READ_AUTO,
                 err);
    }
    return rc;
}

static msp_status ask_response(struct study *study, const msp_response_source *from, msp_error *err)
{
    msp_status rc =
        ask(study, from->table.text, study->protocol->data.subjects.id.text, MSP_READ_TEXT, err);
    if (rc == MSP_OK)
        rc = ask(study, from->table.text, from->column.text, MSP_READ_TEXT, err);
    return rc == MSP_OK ? ask_conditions(study, from->table.text, &from->where, err) : rc;
}

static msp_status ask_scores(struct study *study, const msp_score_source *from, msp_error *err)
{
    const char *table = from->table.text;
    msp_status rc = ask(study, table, study->protocol->data.subjects.id.text, MSP_READ_TEXT, err);
    if (rc == MSP_OK)
        rc = ask(study, table, from->visit.text, MSP_READ_TEXT, err);
    if (rc == MSP_OK)
        rc = ask(study, table, from->value.text, MSP_READ_NUMBER, err);
    if (rc == MSP_OK)
        rc = ask(study, table, from->baseline.text, MSP_READ_NUMBER, err);
    return rc == MSP_OK ? ask_conditions(study, table, &from->where, err) : rc;
}

static msp_status ask_endpoints(struct study *study, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    const char *id = p->data.subjects.id.text;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < p->endpoints.n; i++) {
        const msp_event_source *from = &p->endpoints.items[i].from;
        if (msp_was_said(p->endpoints.items[i].response.at))
            rc = ask_response(study, &p->endpoints.items[i].response, err);
        if (rc == MSP_OK && msp_was_said(p->endpoints.items[i].scores.at))
            rc = ask_scores(study, &p->endpoints.items[i].scores, err);
        if (!msp_was_said(from->at) || rc != MSP_OK)
            continue;
        rc = ask(study, from->table.text, id, MSP_READ_TEXT, err);
        if (rc == MSP_OK)
            rc = ask(study, from->table.text, from->time.text, MSP_READ_NUMBER, err);
        if (rc == MSP_OK && msp_was_said(from->after.at))
            rc = ask(study, from->table.text, from->after.text, MSP_READ_NUMBER, err);
        if (rc == MSP_OK)
            rc = ask(study, from->table.text, from->event.text, MSP_READ_AUTO, err);
        if (rc == MSP_OK)
            rc = ask_conditions(study, from->table.text, &from->where, err);
    }
    return rc;
}

static msp_status ask_for_groups(struct study *study, const char *subjects, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < p->populations.n; i++) {
        const msp_population *population = &p->populations.items[i];
        const char *table = msp_population_table(p, population);
        rc = ask(study, table, p->data.subjects.id.text, MSP_READ_TEXT, err);
        if (rc == MSP_OK)
            rc = ask(study, table, msp_population_arm(p, population), MSP_READ_TEXT, err);
        if (rc == MSP_OK)
            rc = ask_conditions(study, table, &population->where, err);
    }
    for (size_t i = 0; rc == MSP_OK && i < p->stratification.n; i++)
        rc = ask(study, subjects, p->stratification.items[i].column.text, MSP_READ_TEXT, err);
    for (size_t i = 0; rc == MSP_OK && i < p->subgroups.n; i++)
        rc = ask(study, subjects, p->subgroups.items[i].column.text,
                 p->subgroups.items[i].cuts.n > 0 ? MSP_READ_NUMBER : MSP_READ_TEXT, err);
    for (size_t i = 0; rc == MSP_OK && i < p->analyses.n; i++) {
        const msp_said_texts *covariates = &p->analyses.items[i].hazard_ratio.covariates;
        for (size_t j = 0; rc == MSP_OK && j < covariates->n; j++)
            rc = ask(study, subjects, covariates->items[j].text, MSP_READ_AUTO, err);
    }
    return rc;
}

static msp_status ask_for_columns(struct study *study, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    const msp_subjects *subjects = &p->data.subjects;
    msp_status rc = ask(study, subjects->table.text, subjects->id.text, MSP_READ_TEXT, err);
    if (rc == MSP_OK)
        rc = ask(study, subjects->table.text, subjects->arm.text, MSP_READ_TEXT, err);
    if (rc == MSP_OK)
        rc = ask_for_groups(study, subjects->table.text, err);
    if (rc == MSP_OK)
        rc = ask_variables(study, subjects->table.text, &p->disposition, err);
    if (rc == MSP_OK)
        rc = ask_variables(study, subjects->table.text, &p->baseline, err);
    return rc == MSP_OK ? ask_endpoints(study, err) : rc;
}

/* -- reading -- */

msp_status study_add_source(struct study *study, const char *path, size_t rows, msp_error *err)
{
    msp_file file;
    char hash[65];
    const msp_status rc = msp_file_open(path, &file, err);
    if (rc != MSP_OK)
        return rc;
    msp_sha256_hex(file.data, file.size, hash);
    msp_file_close(&file);
    const char *slash = strrchr(path, '/');
    return msp_results_add_source(study->results, slash != NULL ? slash + 1 : path, hash, rows,
                                  err);
}

msp_status study_add_domain(struct study *study, const msp_table *table, msp_error *err)
{
    msp_status rc =
        table->n_parts == 0 ? study_add_source(study, table->file, table->n_rows, err) : MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < table->n_parts; i++) {
        const size_t end = i + 1 < table->n_parts ? table->parts[i + 1].first : table->n_rows;
        rc = study_add_source(study, table->parts[i].file, end - table->parts[i].first, err);
    }
    return rc;
}

static msp_status read_one(struct study *study, struct study_table *table, msp_error *err)
{
    const msp_read_options read = {.columns = table->columns, .n_columns = table->n_columns};
    char *path = NULL;
    msp_status rc;
    if (study->from_labs && study_take_derived(study, table, &rc, err))
        return rc;
    rc = msp_table_find(study->folder, table->name, &path, err);
    if (rc != MSP_OK)
        return rc;
    /* The place in an error must outlive the study; the caller keeps the findings. */
    const char *kept = msp_arena_text(&study->findings->arena, path);
    free(path);
    if (kept == NULL)
        return no_memory(err);
    rc = msp_table_read(kept, &read, &table->table, err);
    return rc == MSP_OK ? study_add_source(study, kept, table->table.n_rows, err) : rc;
}

/* -- patients -- */

struct patient {
    const char *id;
    uint32_t row;
};

static int by_id(const void *pa, const void *pb)
{
    const struct patient *a = pa, *b = pb;
    const int order = strcmp(a->id, b->id);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static int find_id(const void *key, const void *element)
{
    return strcmp(key, ((const struct patient *)element)->id);
}

/* The patients in order of their ids, each once. */
static msp_status sort_patients(struct study *study, const msp_column *id, struct patient *patients,
                                msp_error *err)
{
    const msp_table *table = &study->subjects->table;
    for (size_t row = 0; row < table->n_rows; row++) {
        if (id->code[row] == 0)
            return msp_table_fail(err, MSP_EINPUT, table, row, id, "%s is missing", id->name);
        patients[row] = (struct patient){id->text[id->code[row]], (uint32_t)row};
    }
    qsort(patients, table->n_rows, sizeof *patients, by_id);
    for (size_t i = 1; i < table->n_rows; i++)
        if (strcmp(patients[i - 1].id, patients[i].id) == 0) {
            msp_table_fail(err, MSP_EINPUT, table, patients[i].row, id,
                           "the same %s stands in row %u already; %s holds one row a patient",
                           id->name, patients[i - 1].row + 1, study->subjects->name);
            return msp_hint(err, MSP_EINPUT, "remove the repeated row, or name another table");
        }
    return MSP_OK;
}

/* Says for each row whose it is, and for each patient which row is the first. A text stands once in
 * a column's dictionary, so it is looked for once. */
static msp_status join(struct study *study, struct study_table *table,
                       const struct patient *patients, msp_error *err)
{
    const msp_column *id = msp_table_column(&table->table, study->protocol->data.subjects.id.text);
    const size_t n_rows = table->table.n_rows;
    uint32_t *of_text = malloc((id->n_texts + 1) * sizeof *of_text);
    table->patient = msp_arena_array(&study->arena, n_rows, sizeof *table->patient);
    table->row = msp_arena_array(&study->arena, study->n_patients, sizeof *table->row);
    if (of_text == NULL || table->patient == NULL || table->row == NULL) {
        free(of_text);
        return no_memory(err);
    }
    for (size_t i = 0; i < id->n_texts; i++) {
        const struct patient *p =
            bsearch(id->text[i], patients, study->n_patients, sizeof *patients, find_id);
        of_text[i] = p != NULL ? p->row : NO_ROW;
    }
    for (size_t i = 0; i < study->n_patients; i++)
        table->row[i] = NO_ROW;
    size_t strangers = 0;
    for (size_t row = 0; row < n_rows; row++) {
        const uint32_t patient = of_text[id->code[row]];
        table->patient[row] = patient;
        strangers += patient == NO_ROW;
        if (patient != NO_ROW && table->row[patient] == NO_ROW)
            table->row[patient] = (uint32_t)row;
    }
    free(of_text);
    if (strangers > 0)
        msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-unknown-patient",
                         (msp_place){.file = table->table.file},
                         "they are left out; compare the two tables",
                         "%zu rows belong to no patient of %s", strangers, study->subjects->name);
    return MSP_OK;
}

msp_status study_make_tables(struct study *study, msp_error *err)
{
    msp_status rc = study_ask(study, err);
    if (rc == MSP_OK)
        rc = study_derive(study, err);
    return rc == MSP_OK ? study_score(study, err) : rc;
}

static bool is_an_arm(const msp_protocol *p, const char *value)
{
    for (size_t i = 0; i < p->arms.n; i++)
        if (strcmp(msp_arm_value(&p->arms.items[i]), value) == 0)
            return true;
    return false;
}

/* Patients of whom none is in an arm of the protocol are another trial's. Tables that are given,
 * not made, are held against the protocol before they are read. */
static msp_status check_made_arms(const struct study *study, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    const char *other = NULL;
    for (size_t i = 0; i < study->patients.n; i++) {
        const char *arm = study->patients.patients[i].arm;
        if (arm != NULL && is_an_arm(p, arm))
            return MSP_OK;
        other = arm != NULL ? arm : other;
    }
    if (other == NULL || p->arms.n < 2)
        return MSP_OK;
    msp_fail_at(err, MSP_EINPUT, p->arms.items[0].at,
                "no patient is in an arm of the protocol: the tables have \"%s\"", other);
    return msp_hint(err, MSP_EINPUT,
                    "are they this trial's? `value:` says how the tables name an arm");
}

msp_status study_read(struct study *study, msp_error *err)
{
    const msp_subjects *asked = &study->protocol->data.subjects;
    study->from_labs = msp_labs_are_the_study(study->protocol, study->folder);
    msp_status rc = study->from_labs ? study_make_tables(study, err) : MSP_OK;
    if (rc == MSP_OK && study->from_labs)
        rc = check_made_arms(study, err);
    if (rc == MSP_OK)
        rc = ask_for_columns(study, err);
    for (size_t i = 0; rc == MSP_OK && i < study->n_tables; i++)
        rc = read_one(study, &study->tables[i], err);
    if (rc != MSP_OK)
        return rc;
    study->subjects = study_find_table(study, asked->table.text);
    study->n_patients = study->subjects->table.n_rows;
    if (study->n_patients == 0)
        return msp_fail_at(err, MSP_ENODATA, (msp_place){.file = study->subjects->table.file},
                           "the table of the subjects has no rows");
    struct patient *patients = malloc(study->n_patients * sizeof *patients);
    if (patients == NULL)
        return no_memory(err);
    const msp_column *id = msp_table_column(&study->subjects->table, asked->id.text);
    rc = sort_patients(study, id, patients, err);
    for (size_t i = 0; rc == MSP_OK && i < study->n_tables; i++)
        rc = join(study, &study->tables[i], patients, err);
    free(patients);
    return rc;
}

void study_free(struct study *study)
{
    for (size_t i = 0; i < study->n_tables; i++) {
        msp_table_free(&study->tables[i].table);
        free(study->tables[i].columns);
    }
    free(study->tables);
    msp_adam_free(&study->adam);
    msp_table_free(&study->scores);
    msp_patients_free(&study->patients);
    msp_arena_free(&study->arena);
}

/* -- a value a patient -- */

void study_rows_where(const struct study_table *table, const msp_conditions *where, uint8_t *rows)
{
    memset(rows, 1, table->table.n_rows);
    for (size_t i = 0; i < where->n; i++) {
        const msp_condition *c = &where->items[i];
        const msp_column *column = msp_table_column(&table->table, c->column);
        for (size_t row = 0; row < table->table.n_rows; row++) {
            bool any = false;
            for (size_t v = 0; !any && v < c->values.n; v++)
                any = msp_cell_equals(column, row, c->values.items[v].text);
            rows[row] = rows[row] && any;
        }
    }
}

msp_status study_population(struct study *study, const msp_population *population, uint8_t **out,
                            msp_error *err)
{
    *out = msp_arena_array(&study->arena, study->n_patients, 1);
    if (*out == NULL)
        return no_memory(err);
    if (population == NULL) {
        memset(*out, 1, study->n_patients);
        return MSP_OK;
    }
    const struct study_table *table =
        study_find_table(study, msp_population_table(study->protocol, population));
    uint8_t *rows = malloc(table->table.n_rows + 1);
    if (rows == NULL)
        return no_memory(err);
    study_rows_where(table, &population->where, rows);
    for (size_t row = 0; row < table->table.n_rows; row++)
        if (rows[row] && table->patient[row] != NO_ROW)
            (*out)[table->patient[row]] = 1;
    free(rows);
    return MSP_OK;
}

msp_status study_numbers(struct study *study, const struct study_table *table, const char *column,
                         double **out, msp_error *err)
{
    const msp_column *c = msp_table_column(&table->table, column);
    *out = msp_arena_array(&study->arena, study->n_patients, sizeof **out);
    if (*out == NULL)
        return no_memory(err);
    for (size_t i = 0; i < study->n_patients; i++)
        (*out)[i] = table->row[i] != NO_ROW ? c->number[table->row[i]] : (double)NAN;
    return MSP_OK;
}

/* From a code a row to a code a patient. */
static msp_status codes_of_patients(struct study *study, const struct study_table *table,
                                    msp_factor *factor, msp_error *err)
{
    uint32_t *code = msp_arena_array(&study->arena, study->n_patients, sizeof *code);
    if (code == NULL)
        return no_memory(err);
    for (size_t i = 0; i < study->n_patients; i++)
        code[i] = table->row[i] != NO_ROW ? factor->code[table->row[i]] : MSP_NO_LEVEL;
    factor->code = code;
    return MSP_OK;
}

static msp_status texts_of(struct study *study, const msp_said_texts *said, const char ***out,
                           msp_error *err)
{
    *out = msp_arena_array(&study->arena, said->n, sizeof **out);
    if (*out == NULL)
        return no_memory(err);
    for (size_t i = 0; i < said->n; i++)
        (*out)[i] = said->items[i].text;
    return MSP_OK;
}

msp_status study_factor(struct study *study, const struct study_table *table, const char *column,
                        const msp_said_texts *levels, msp_factor *out, msp_error *err)
{
    const msp_column *c = msp_table_column(&table->table, column);
    msp_status rc;
    if (levels == NULL || levels->n == 0) {
        rc = msp_factor_from_column(c, table->table.n_rows, NULL, &study->arena, out, err);
    } else {
        const char **values;
        rc = texts_of(study, levels, &values, err);
        if (rc == MSP_OK)
            rc = msp_factor_from_values(c, table->table.n_rows, column, values, NULL, levels->n,
                                        &study->arena, out, err);
    }
    return rc == MSP_OK ? codes_of_patients(study, table, out, err) : rc;
}

msp_status study_arms(struct study *study, const msp_population *population, msp_factor *out,
                      msp_error *err)
{
    const msp_protocol *p = study->protocol;
    const size_t n = p->arms.n;
    const char *column_name = p->data.subjects.arm.text;
    const struct study_table *table = study->subjects;
    if (population != NULL) {
        column_name = msp_population_arm(p, population);
        table = study_find_table(study, msp_population_table(p, population));
    }
    const char **values = msp_arena_array(&study->arena, n, sizeof *values);
    const char **ids = msp_arena_array(&study->arena, n, sizeof *ids);
    if (values == NULL || ids == NULL)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        values[i] = msp_arm_value(&p->arms.items[i]);
        ids[i] = p->arms.items[i].id;
    }
    const msp_column *column =
        column_name != NULL ? msp_table_column(&table->table, column_name) : NULL;
    if (column == NULL) { /* a single arm needs no column */
        *out = (msp_factor){.name = "arm", .n_levels = n, .level = ids};
        out->code = msp_arena_array(&study->arena, study->n_patients, sizeof *out->code);
        return out->code != NULL ? MSP_OK : no_memory(err);
    }
    const msp_status rc = msp_factor_from_values(column, table->table.n_rows, column_name, values,
                                                 ids, n, &study->arena, out, err);
    return rc == MSP_OK ? codes_of_patients(study, table, out, err) : rc;
}

msp_status study_add(struct study *study, const msp_record *record, msp_error *err)
{
    return msp_results_add(study->results, record) != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for the results");
}
