/* tables.c - the protocol's names held against the tables: tables, columns, values. */
#include "mspike/protocol/tables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"
#include "mspike/table.h"

/* A table that the protocol named; read once. */
typedef struct held_table {
    const char *name;
    const msp_table *table; /* NULL: missing, and said so */
    msp_table read;         /* what was read for it; empty where the caller has it */
} held_table;

#define TABLES_MAX 64

typedef struct checker {
    const msp_protocol *protocol;
    const char *folder;
    msp_findings *findings;
    msp_error *err;
    msp_table_list list;
    held_table held[TABLES_MAX];
    size_t n_held;
    msp_status status; /* of the first table that could not be read */
} checker;

/* What several places of the protocol lack in the tables is one fault, said at the first. */
static bool was_said_before(const msp_findings *findings, const char *text)
{
    for (size_t i = 0; i < findings->n; i++)
        if (strcmp(findings->items[i].text, text) == 0)
            return true;
    return false;
}

static void find_fault(checker *c, msp_severity severity, const char *id, msp_place at,
                       msp_text *hint, const char *what, const char *name, const char *where)
{
    msp_text text = {0};
    msp_text_printf(&text, "%s \"%s\" %s", what, name, where);
    if (!was_said_before(c->findings, msp_text_str(&text)))
        msp_findings_add(c->findings, severity, id, at, hint != NULL ? msp_text_str(hint) : NULL,
                         "%s", msp_text_str(&text));
    msp_text_free(&text);
    if (hint != NULL)
        msp_text_free(hint);
}

#define SHOWN_NAMES 12 /* of a column's or a folder's names in a hint */

static void list_names(const char *const *words, size_t n, const char *label, msp_text *hint)
{
    if (n == 0 || n > SHOWN_NAMES)
        return;
    msp_text_printf(hint, "%s: ", label);
    for (size_t i = 0; i < n; i++)
        msp_text_printf(hint, "%s%s", i > 0 ? ", " : "", words[i]);
}

static void suggest(const char *word, const char *const *words, size_t n, const char *label,
                    msp_text *hint)
{
    const char *meant = msp_suggest(word, words, n);
    if (meant != NULL) {
        msp_text_printf(hint, "did you mean \"%s\"?", meant);
        return;
    }
    list_names(words, n, label, hint);
}

/* -- tables -- */

/* The table, read; or NULL: it is not there, which was said when it was first asked for. */
static const msp_table *get_table(checker *c, msp_severity severity, const char *name, msp_place at)
{
    if (name == NULL)
        return NULL;
    for (size_t i = 0; i < c->n_held; i++)
        if (msp_text_equal_nocase(c->held[i].name, name))
            return c->held[i].table;
    if (c->n_held == TABLES_MAX)
        return NULL; /* no protocol names so many */
    held_table *held = &c->held[c->n_held++];
    *held = (held_table){.name = name};
    const char *first = NULL;
    if (c->status == MSP_OK)
        c->status = msp_table_read_split(c->folder, name, NULL, &c->findings->arena, &held->read,
                                         &first, c->err);
    if (first != NULL && c->status == MSP_OK)
        held->table = &held->read;
    if (first != NULL || c->status != MSP_OK)
        return held->table;
    msp_text hint = {0};
    suggest(name, c->list.names, c->list.n, "the folder has", &hint);
    find_fault(c, severity, "tables-table", at, &hint, "the table", name, "is not in the folder");
    return NULL;
}

/* Of laboratory values; no file holds it. */
static bool is_made(const msp_table *table)
{
    return table->file[0] == '\0';
}

/* Where a table stands, as a fault says it. */
static const char *name_of(const msp_table *table)
{
    return is_made(table) ? table->name : table->file;
}

/* -- columns -- */

static const msp_column *get_column(checker *c, msp_severity severity, const msp_table *table,
                                    const char *name, msp_place at)
{
    if (table == NULL || name == NULL)
        return NULL;
    const msp_column *column = msp_table_column(table, name);
    if (column != NULL)
        return column;
    const char **names = calloc(table->n_columns + 1, sizeof *names);
    msp_text hint = {0};
    for (size_t i = 0; names != NULL && i < table->n_columns; i++)
        names[i] = table->columns[i].name;
    if (names != NULL)
        suggest(name, names, table->n_columns, "the table has", &hint);
    free(names);
    msp_text where = {0};
    msp_text_printf(&where, "is not in %s%s", name_of(table),
                    is_made(table) ? ", which is made of the laboratory values" : "");
    find_fault(c, severity, "tables-column", at, &hint, "the column", name, msp_text_str(&where));
    msp_text_free(&where);
    return NULL;
}

static const msp_column *said_column(checker *c, const msp_table *table, const msp_said_text *said,
                                     msp_place otherwise)
{
    return get_column(c, MSP_SEVERITY_ERROR, table, said->text,
                      msp_was_said(said->at) ? said->at : otherwise);
}

static void need_number(checker *c, const msp_column *column, msp_place at, const char *what)
{
    if (column != NULL && column->type != MSP_COLUMN_NUMBER)
        msp_findings_add(c->findings, MSP_SEVERITY_ERROR, "tables-type", at,
                         "name a column of numbers",
                         "the column \"%s\" holds texts; %s needs numbers", column->name, what);
}

/* -- values -- */

static bool cell_is(const msp_column *column, size_t row, const char *value)
{
    if (column->type == MSP_COLUMN_TEXT)
        return column->code[row] != 0 && strcmp(column->text[column->code[row]], value) == 0;
    double number;
    return msp_double_parse(value, strlen(value), &number) && column->number[row] >= number &&
           column->number[row] <= number;
}

static bool occurs(const msp_column *column, size_t n_rows, const char *value)
{
    for (size_t row = 0; row < n_rows; row++)
        if (cell_is(column, row, value))
            return true;
    return false;
}

/* What the column holds, unless it may tell who a patient is: many different texts. */
static void suggest_value(const msp_column *column, const char *value, msp_text *hint)
{
    if (column->type == MSP_COLUMN_TEXT && column->n_texts > 1 &&
        column->n_texts <= SHOWN_NAMES + 1)
        suggest(value, (const char *const *)column->text + 1, column->n_texts - 1,
                "the column holds", hint);
}

static void need_value(checker *c, msp_severity severity, const msp_table *table,
                       const msp_column *column, const char *value, msp_place at)
{
    if (column == NULL || value == NULL || occurs(column, table->n_rows, value))
        return;
    msp_text hint = {0}, where = {0};
    suggest_value(column, value, &hint);
    msp_text_printf(&where, "does not occur in the column %s of %s", column->name, name_of(table));
    if (is_made(table)) /* what no patient came to yet is in no row that is made */
        severity = MSP_SEVERITY_WARNING;
    find_fault(c, severity, "tables-value", at, &hint, "the value", value, msp_text_str(&where));
    msp_text_free(&where);
}

static bool is_said(const char *value, const msp_said_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        if (texts->items[i].text != NULL && strcmp(texts->items[i].text, value) == 0)
            return true;
    return false;
}

/* Values that the data have and the list does not; each is said once. */
static void no_other_value(checker *c, const msp_table *table, const msp_column *column,
                           const msp_said_texts *levels)
{
    if (column == NULL || column->type != MSP_COLUMN_TEXT || levels->n == 0 ||
        column->n_texts > SHOWN_NAMES + 1)
        return;
    for (size_t i = 1; i < column->n_texts; i++)
        if (!is_said(column->text[i], levels))
            msp_findings_add(c->findings, MSP_SEVERITY_WARNING, "tables-value", levels->at,
                             "add it to the list, or the patients who have it are left out",
                             "the column %s of %s also holds \"%s\"", column->name, name_of(table),
                             column->text[i]);
}

static void check_levels(checker *c, const msp_table *table, const msp_column *column,
                         const msp_said_texts *levels)
{
    for (size_t i = 0; i < levels->n; i++)
        need_value(c, MSP_SEVERITY_WARNING, table, column, levels->items[i].text,
                   levels->items[i].at);
    no_other_value(c, table, column, levels);
}

static void check_conditions(checker *c, msp_severity severity, const msp_table *table,
                             const msp_conditions *where)
{
    for (size_t i = 0; table != NULL && i < where->n; i++) {
        const msp_condition *condition = &where->items[i];
        const msp_column *column = get_column(c, severity, table, condition->column, condition->at);
        for (size_t j = 0; j < condition->values.n; j++)
            need_value(c, severity, table, column, condition->values.items[j].text,
                       condition->values.items[j].at);
    }
}

/* -- the protocol's sections -- */

static bool any_arm_occurs(const msp_protocol *p, const msp_table *table, const msp_column *column)
{
    for (size_t i = 0; i < p->arms.n; i++)
        if (occurs(column, table->n_rows, msp_arm_value(&p->arms.items[i])))
            return true;
    return false;
}

/* A table that is made may lack an arm that nobody was allocated to yet; where it has arms and none
 * of them is the protocol's, it is another trial's. */
static void check_arms(checker *c, const msp_table *table, const msp_column *column)
{
    const msp_protocol *p = c->protocol;
    if (column == NULL)
        return;
    if (is_made(table) && column->type == MSP_COLUMN_TEXT && column->n_texts > 1 &&
        !any_arm_occurs(p, table, column)) {
        msp_text hint = {0};
        list_names((const char *const *)column->text + 1, column->n_texts - 1, "the column holds",
                   &hint);
        msp_findings_add(c->findings, MSP_SEVERITY_ERROR, "tables-arms", p->arms.items[0].at,
                         msp_text_str(&hint),
                         "the column %s of %s holds none of the protocol's arms", column->name,
                         name_of(table));
        msp_text_free(&hint);
        return;
    }
    for (size_t i = 0; i < p->arms.n; i++) {
        const msp_arm *arm = &p->arms.items[i];
        need_value(c, MSP_SEVERITY_ERROR, table, column, msp_arm_value(arm),
                   msp_was_said(arm->value.at) ? arm->value.at : arm->at);
    }
}

static const msp_table *check_subjects(checker *c)
{
    const msp_subjects *subjects = &c->protocol->data.subjects;
    const msp_place at = msp_was_said(subjects->at) ? subjects->at : c->protocol->at;
    const msp_table *table = get_table(c, MSP_SEVERITY_ERROR, subjects->table.text,
                                       msp_was_said(subjects->table.at) ? subjects->table.at : at);
    said_column(c, table, &subjects->id, at);
    if (c->protocol->arms.n > 1) /* a single arm needs no column */
        check_arms(c, table, said_column(c, table, &subjects->arm, at));
    return table;
}

static void check_populations(checker *c)
{
    const msp_protocol *p = c->protocol;
    for (size_t i = 0; i < p->populations.n; i++) {
        const msp_population *population = &p->populations.items[i];
        const msp_table *table =
            get_table(c, MSP_SEVERITY_ERROR, msp_population_table(p, population),
                      msp_was_said(population->table.at) ? population->table.at : population->at);
        check_conditions(c, MSP_SEVERITY_ERROR, table, &population->where);
        if (msp_was_said(population->arm.at))
            check_arms(c, table, said_column(c, table, &population->arm, population->at));
    }
}

static void check_groups(checker *c, const msp_table *subjects)
{
    const msp_protocol *p = c->protocol;
    for (size_t i = 0; i < p->stratification.n; i++) {
        const msp_stratum *s = &p->stratification.items[i];
        check_levels(c, subjects, said_column(c, subjects, &s->column, s->at), &s->levels);
    }
    for (size_t i = 0; i < p->subgroups.n; i++) {
        const msp_subgroup *s = &p->subgroups.items[i];
        const msp_column *column = said_column(c, subjects, &s->column, s->at);
        check_levels(c, subjects, column, &s->levels);
        if (s->cuts.n > 0)
            need_number(c, column, s->column.at, "a subgroup by cut points");
    }
}

static void check_summary(checker *c, const msp_table *subjects, const msp_summary *summary)
{
    for (size_t i = 0; i < summary->variables.n; i++) {
        const msp_variable *v = &summary->variables.items[i];
        const msp_column *column = said_column(c, subjects, &v->column, v->at);
        check_levels(c, subjects, column, &v->levels);
        if (v->kind.value == MSP_VARIABLE_CONTINUOUS)
            need_number(c, column, v->column.at, "a continuous variable");
        if (msp_was_said(v->decimals.at))
            need_number(c, column, v->decimals.at, "a variable with decimals");
    }
}

static void check_event_source(checker *c, const msp_event_source *from)
{
    const msp_table *table = get_table(c, MSP_SEVERITY_ERROR, from->table.text,
                                       msp_was_said(from->table.at) ? from->table.at : from->at);
    said_column(c, table, &c->protocol->data.subjects.id, from->at);
    check_conditions(c, MSP_SEVERITY_ERROR, table, &from->where);
    need_number(c, said_column(c, table, &from->time, from->at),
                msp_was_said(from->time.at) ? from->time.at : from->at, "a time");
    if (msp_was_said(from->after.at))
        need_number(c, said_column(c, table, &from->after, from->at), from->after.at, "a time");
    need_value(c, MSP_SEVERITY_WARNING, table, said_column(c, table, &from->event, from->at),
               from->event_value.text,
               msp_was_said(from->event_value.at) ? from->event_value.at : from->at);
}

/* A level that nobody reached is no fault where another one of the list was reached. */
static bool is_level(const char *value)
{
#define MSP_AS_TEXT(name, text) text,
    static const char *const levels[] = {MSP_RESPONSE_LIST(MSP_AS_TEXT)};
#undef MSP_AS_TEXT
    for (size_t i = 0; i < MSP_COUNT(levels); i++)
        if (strcmp(levels[i], value) == 0)
            return true;
    return false;
}

static bool any_occurs(const msp_column *column, size_t n_rows, const msp_said_texts *values)
{
    for (size_t i = 0; i < values->n; i++)
        if (values->items[i].text != NULL && occurs(column, n_rows, values->items[i].text))
            return true;
    return false;
}

static void check_response_source(checker *c, const msp_response_source *from)
{
    const msp_table *table = get_table(c, MSP_SEVERITY_ERROR, from->table.text,
                                       msp_was_said(from->table.at) ? from->table.at : from->at);
    check_conditions(c, MSP_SEVERITY_ERROR, table, &from->where);
    const msp_column *column = said_column(c, table, &from->column, from->at);
    const bool any = column != NULL && any_occurs(column, table->n_rows, &from->values);
    for (size_t i = 0; i < from->values.n; i++) {
        const msp_said_text *value = &from->values.items[i];
        if (value->text != NULL && !(any && is_level(value->text)))
            need_value(c, MSP_SEVERITY_WARNING, table, column, value->text, value->at);
    }
}

static void check_score_source(checker *c, const msp_score_source *from)
{
    const msp_table *table = get_table(c, MSP_SEVERITY_ERROR, from->table.text,
                                       msp_was_said(from->table.at) ? from->table.at : from->at);
    const msp_said_text *const numbers[] = {&from->value, &from->baseline};
    said_column(c, table, &c->protocol->data.subjects.id, from->at);
    check_conditions(c, MSP_SEVERITY_ERROR, table, &from->where);
    said_column(c, table, &from->visit, from->at);
    for (size_t i = 0; i < MSP_COUNT(numbers); i++)
        need_number(c, said_column(c, table, numbers[i], from->at),
                    msp_was_said(numbers[i]->at) ? numbers[i]->at : from->at, "a score");
}

static void check_endpoints(checker *c)
{
    const msp_protocol *p = c->protocol;
    for (size_t i = 0; i < p->endpoints.n; i++) {
        const msp_endpoint *e = &p->endpoints.items[i];
        if (msp_was_said(e->from.at))
            check_event_source(c, &e->from);
        if (msp_was_said(e->response.at))
            check_response_source(c, &e->response);
        if (msp_was_said(e->scores.at))
            check_score_source(c, &e->scores);
    }
}

static void check_covariates(checker *c, const msp_table *subjects)
{
    const msp_protocol *p = c->protocol;
    for (size_t i = 0; i < p->analyses.n; i++) {
        const msp_said_texts *covariates = &p->analyses.items[i].hazard_ratio.covariates;
        for (size_t j = 0; j < covariates->n; j++)
            said_column(c, subjects, &covariates->items[j], covariates->at);
    }
}

static void check_measurements(checker *c)
{
    const msp_protocol *p = c->protocol;
    const msp_severity severity = MSP_SEVERITY_WARNING;
    for (size_t i = 0; i < p->measurements.n; i++) {
        const msp_measurement *m = &p->measurements.items[i];
        const msp_table *table =
            get_table(c, severity, m->table.text, msp_was_said(m->table.at) ? m->table.at : m->at);
        check_conditions(c, severity, table, &m->where);
        get_column(c, severity, table, m->value.text, m->at);
        get_column(c, severity, table, m->date.text, m->at);
        if (m->unit.text == NULL)
            get_column(c, severity, table, m->unit_column.text, m->at);
    }
}

msp_status msp_protocol_check_tables(const msp_protocol *protocol, const char *folder,
                                     const msp_table *const *made, size_t n_made,
                                     msp_findings *findings, msp_error *err)
{
    checker c = {.protocol = protocol, .folder = folder, .findings = findings, .err = err};
    c.status = msp_table_list_folder(folder, &c.list, err);
    if (c.status != MSP_OK)
        return c.status;
    for (size_t i = 0; i < n_made; i++)
        c.held[c.n_held++] = (held_table){.name = made[i]->name, .table = made[i]};
    const msp_table *subjects = check_subjects(&c);
    check_populations(&c);
    check_groups(&c, subjects);
    check_summary(&c, subjects, &protocol->disposition);
    check_summary(&c, subjects, &protocol->baseline);
    check_endpoints(&c);
    check_covariates(&c, subjects);
    check_measurements(&c);
    for (size_t i = 0; i < c.n_held; i++)
        msp_table_free(&c.held[i].read);
    msp_arena_free(&c.list.arena);
    return c.status;
}
