/* past.c - histories of treatment from a table of drugs and courses. */
#include "mspike/patient/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "courses.h"
#include "drug_names.h"
#include "mspike/base/text.h"
#include "mspike/table/read.h"

/* The columns; what is said of a drug, then of a course. */
#define COLUMN_LIST(X)          \
    X(ID, "usubjid")            \
    X(COURSE, "course")         \
    X(DRUG, "drug")             \
    X(CLASS, "drug_class")      \
    X(START, "start")           \
    X(STOP, "stop")             \
    X(ONGOING, "ongoing")       \
    X(CYCLES, "cycles")         \
    X(DOSE, "dose_mg")          \
    X(PLANNED, "planned")       \
    X(TRANSPLANT, "transplant") \
    X(RESPONSE, "response")     \
    X(PROGRESSED, "progressed") \
    X(PROGRESSION, "progression_date")
enum {
#define AS_ENUM(code, name) COLUMN_##code,
    COLUMN_LIST(AS_ENUM)
#undef AS_ENUM
        COLUMN_COUNT
};

typedef struct reader {
    msp_table table;
    const msp_column *column[COLUMN_COUNT];
    msp_past *out;
    msp_findings *findings; /* or NULL */
    size_t n_findings;
    bool *unknown;      /* per text of the drug's column: was said to be unknown */
    courses_row *given; /* of one patient */
    size_t n_given, cap_given;
} reader;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the histories");
}

static const char *cell(const reader *r, int which, size_t row)
{
    const msp_column *c = r->column[which];
    return c != NULL ? c->text[c->code[row]] : "";
}

static msp_status fault(const reader *r, int which, size_t row, const char *expected,
                        msp_error *err)
{
    return msp_table_fail(err, MSP_EINPUT, &r->table, row, r->column[which],
                          "%s is \"%.40s\"; expected %s", r->column[which]->name,
                          cell(r, which, row), expected);
}

/* -- findings -- */

static void say(reader *r, msp_severity severity, const char *id, msp_place at, const char *hint,
                const char *text)
{
    if (r->findings != NULL && ++r->n_findings <= MSP_PAST_FINDINGS_MAX)
        msp_findings_add(r->findings, severity, id, at, hint, "%s", text);
}

/* A row, or a patient, that cannot be used is one finding; others go on. */
static void say_error(reader *r, const msp_error *why)
{
    say(r, MSP_SEVERITY_ERROR, "data-value", why->at,
        why->hint[0] != '\0' ? why->hint : "the history of this patient is not known", why->text);
}

static void say_unknown(reader *r, size_t row, const char *name)
{
    const msp_column *column = r->column[COLUMN_DRUG];
    char hint[320], text[128];
    if (r->unknown[column->code[row]])
        return;
    r->unknown[column->code[row]] = true;
    name_drugs_hint(name, hint, sizeof hint);
    snprintf(text, sizeof text, "the drug \"%.40s\" is not known here", name);
    say(r, MSP_SEVERITY_WARNING, "data-drug", msp_table_place(&r->table, row, column), hint, text);
}

/* -- cells -- */

static msp_status read_date(const reader *r, int which, size_t row, msp_date *out, msp_error *err)
{
    const char *text = cell(r, which, row);
    return msp_date_parse(text, strlen(text), out)
               ? MSP_OK
               : fault(r, which, row, "a date as YYYY-MM-DD, YYYY-MM or YYYY", err);
}

static msp_status read_fact(const reader *r, int which, size_t row, msp_fact *out, msp_error *err)
{
    static const char *const yes[] = {"1", "yes", "y", "true"}, *const no[] = {"0", "no", "n",
                                                                               "false"};
    const char *text = cell(r, which, row);
    *out = MSP_UNKNOWN;
    if (text[0] == '\0')
        return MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(yes); i++) {
        if (msp_text_equal_nocase(text, yes[i]))
            *out = MSP_YES;
        if (msp_text_equal_nocase(text, no[i]))
            *out = MSP_NO;
    }
    return *out != MSP_UNKNOWN ? MSP_OK : fault(r, which, row, "1, 0 or nothing", err);
}

static msp_status read_amount(const reader *r, int which, size_t row, msp_amount *out,
                              msp_error *err)
{
    const char *text = cell(r, which, row);
    *out = msp_amount_of(text);
    return out->known || text[0] == '\0' ? MSP_OK
                                         : fault(r, which, row, "a number or nothing", err);
}

static msp_status read_response(const reader *r, size_t row, msp_fact *out, msp_error *err)
{
    return courses_response(cell(r, COLUMN_RESPONSE, row), out)
               ? MSP_OK
               : fault(r, COLUMN_RESPONSE, row, "sCR to PD, NE, yes, no or nothing", err);
}

/* The class that the row says, for one drug; `said` whether it says one. */
static msp_status read_class(const reader *r, size_t row, size_t n_drugs, msp_drug_class *out,
                             bool *said, msp_error *err)
{
#define AS_NAME(code, name) name,
    static const char *const names[] = {MSP_DRUG_CLASS_LIST(AS_NAME)};
#undef AS_NAME
    const char *text = cell(r, COLUMN_CLASS, row);
    *said = text[0] != '\0';
    if (*said && n_drugs > 1)
        return fault(r, COLUMN_CLASS, row, "nothing beside several drugs", err);
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        if (msp_text_equal_nocase(text, names[i])) {
            *out = (msp_drug_class)i;
            return MSP_OK;
        }
    return *said ? fault(r, COLUMN_CLASS, row,
                         "a class of drugs, as docs/protocol-form.md lists them", err)
                 : MSP_OK;
}

/* -- rows -- */

/* What the row says of its drug, or of each of its drugs. */
static msp_status read_given(const reader *r, size_t row, msp_given_drug *out, msp_error *err)
{
    msp_fact ongoing = MSP_UNKNOWN;
    *out = (msp_given_drug){.id = ""};
    msp_status rc = read_date(r, COLUMN_START, row, &out->first, err);
    if (rc == MSP_OK)
        rc = read_date(r, COLUMN_STOP, row, &out->last, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_ONGOING, row, &ongoing, err);
    if (rc == MSP_OK)
        rc = read_amount(r, COLUMN_CYCLES, row, &out->cycles, err);
    if (rc == MSP_OK)
        rc = read_amount(r, COLUMN_DOSE, row, &out->dose, err);
    out->ongoing = ongoing == MSP_YES;
    return rc;
}

/* Longer than any name: more than this is another column, or a broken quote. */
enum { COURSE_MOST = 64, NAME_MOST = 200 };
/* Drugs of one patient's courses; the rules compare each course with all others. */
enum { ROWS_MOST = 1000 };

static msp_status check_length(const reader *r, int which, size_t row, size_t most, msp_error *err)
{
    const size_t n = strlen(cell(r, which, row));
    return n <= most ? MSP_OK
                     : msp_table_fail(err, MSP_EINPUT, &r->table, row, r->column[which],
                                      "%s has %zu characters; expected %zu at most",
                                      r->column[which]->name, n, most);
}

/* A number counts courses from 1; anything else is a name. */
static msp_status check_course(const reader *r, size_t row, msp_error *err)
{
    const char *text = cell(r, COLUMN_COURSE, row);
    msp_decimal number;
    const bool counted = msp_decimal_parse(text, strlen(text), &number);
    if (text[0] == '\0' || (counted && (number.coefficient <= 0 || number.scale > 0)))
        return fault(r, COLUMN_COURSE, row, "a whole number from 1, or a name", err);
    return check_length(r, COLUMN_COURSE, row, COURSE_MOST, err);
}

static msp_status read_row(const reader *r, size_t row, courses_row *out, msp_error *err)
{
    msp_fact planned, transplant;
    *out = (courses_row){.course = cell(r, COLUMN_COURSE, row)};
    msp_status rc = check_course(r, row, err);
    if (rc == MSP_OK)
        rc = check_length(r, COLUMN_ID, row, NAME_MOST, err);
    if (rc == MSP_OK)
        rc = check_length(r, COLUMN_DRUG, row, NAME_MOST, err);
    if (rc == MSP_OK)
        rc = read_given(r, row, &out->drug, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_PLANNED, row, &planned, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_TRANSPLANT, row, &transplant, err);
    if (rc == MSP_OK)
        rc = read_response(r, row, &out->response, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_PROGRESSED, row, &out->progressed, err);
    if (rc == MSP_OK)
        rc = read_date(r, COLUMN_PROGRESSION, row, &out->progression, err);
    if (rc != MSP_OK)
        return rc;
    out->planned = planned == MSP_YES;
    out->transplant = transplant == MSP_YES;
    return MSP_OK;
}

static msp_status keep(reader *r, const courses_row *row, msp_error *err)
{
    if (r->n_given == r->cap_given) {
        const size_t cap = r->cap_given > 0 ? 2 * r->cap_given : 64;
        courses_row *more = realloc(r->given, cap * sizeof *more);
        if (more == NULL)
            return no_memory(err);
        r->given = more;
        r->cap_given = cap;
    }
    r->given[r->n_given++] = *row;
    return MSP_OK;
}

/* One row for each of its drugs; one of a transplant has none. */
static msp_status keep_row(reader *r, size_t row, msp_error *err)
{
    courses_row given;
    named_drug drugs[NAMED_MAX];
    msp_drug_class class_said = MSP_DRUG_CLASS_OTHER;
    bool said = false, transplant = false;
    const size_t n =
        name_drugs(cell(r, COLUMN_DRUG, row), NULL, &r->out->arena, drugs, &transplant);
    msp_status rc = n <= NAMED_MAX ? read_row(r, row, &given, err) : no_memory(err);
    if (rc == MSP_OK)
        rc = read_class(r, row, n, &class_said, &said, err);
    if (rc == MSP_OK)
        given.transplant = given.transplant || transplant;
    if (rc == MSP_OK && n == 0)
        rc = keep(r, &given, err);
    if (rc == MSP_OK && n > 1)
        given.drug.dose = (msp_amount){0}; /* of which of them? */
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        given.drug.id = drugs[i].id;
        given.drug.drug_class = said ? class_said : drugs[i].drug_class;
        given.drug.unidentified = !said && !drugs[i].known;
        if (given.drug.unidentified)
            say_unknown(r, row, drugs[i].id);
        rc = keep(r, &given, err);
    }
    return rc;
}

/* The courses of one patient; a fault of a row or of all of them is *why. */
static msp_status build(reader *r, const size_t *rows, size_t n, msp_history *out, msp_error *why)
{
    bool good = true;
    r->n_given = 0;
    if (n > ROWS_MOST)
        return msp_table_fail(why, MSP_EINPUT, &r->table, rows[ROWS_MOST], r->column[COLUMN_ID],
                              "one patient has %zu rows; expected %d at most", n, ROWS_MOST);
    for (size_t i = 0; i < n; i++) {
        msp_error one = {0};
        const msp_status rc = keep_row(r, rows[i], &one);
        if (rc == MSP_EMEM)
            return no_memory(why);
        if (rc == MSP_OK)
            continue;
        if (good)
            *why = one;
        else
            say_error(r, &one);
        good = false;
    }
    if (!good)
        return MSP_EINPUT;
    msp_course *courses;
    msp_history history = {0};
    if (!courses_build(r->given, r->n_given, &r->out->arena, &courses, &history.n))
        return no_memory(why);
    history.courses = courses;
    msp_error fault = {0};
    if (msp_history_check(&history, &fault) != MSP_OK)
        return msp_table_fail(why, MSP_EINPUT, &r->table, rows[0], NULL,
                              "the history that begins here cannot be: %s (course %zu)", fault.text,
                              fault.row + 1);
    *out = history;
    return MSP_OK;
}

/* A patient with a fault is one without a history, which says so. */
static msp_status add_patient(reader *r, const size_t *rows, size_t n, msp_past_patient *p,
                              msp_error *err)
{
    msp_error why = {0};
    *p = (msp_past_patient){.id = msp_arena_text(&r->out->arena, cell(r, COLUMN_ID, rows[0]))};
    if (p->id == NULL)
        return no_memory(err);
    const msp_status rc = build(r, rows, n, &p->history, &why);
    if (rc == MSP_EMEM)
        return no_memory(err);
    if (rc == MSP_OK)
        return MSP_OK;
    say_error(r, &why);
    p->fault = msp_arena_text(&r->out->arena, why.text);
    return p->fault != NULL ? MSP_OK : no_memory(err);
}

/* -- the whole -- */

static msp_status find_columns(reader *r, msp_error *err)
{
    static const char *const names[] = {
#define AS_NAME(code, name) name,
        COLUMN_LIST(AS_NAME)
#undef AS_NAME
    };
    static const int needed[] = {COLUMN_ID, COLUMN_COURSE, COLUMN_DRUG, COLUMN_START};
    for (int i = 0; i < COLUMN_COUNT; i++)
        r->column[i] = msp_table_column(&r->table, names[i]);
    for (size_t i = 0; i < MSP_COUNT(needed); i++) {
        msp_column *unused;
        const msp_status rc = msp_table_need_column(&r->table, names[needed[i]], &unused, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

/* Patients in byte order of their ids, the rows of each as they stand. */
static msp_status read_patients(reader *r, msp_error *err)
{
    const msp_column *id = r->column[COLUMN_ID];
    const size_t n_rows = r->table.n_rows;
    msp_arena scratch = {0};
    uint32_t *levels = msp_arena_array(&scratch, id->n_texts, sizeof *levels);
    size_t *from = msp_arena_array(&scratch, id->n_texts + 1, sizeof *from); /* of each code */
    size_t *rows = msp_arena_array(&scratch, n_rows + 1, sizeof *rows);
    r->out->patients = msp_arena_array(&r->out->arena, id->n_texts, sizeof *r->out->patients);
    msp_status rc = levels != NULL && from != NULL && rows != NULL && r->out->patients != NULL
                        ? MSP_OK
                        : no_memory(err);
    for (size_t i = 0; i < n_rows && rc == MSP_OK; i++) {
        from[id->code[i] + 1]++;
        if (id->code[i] == 0)
            say(r, MSP_SEVERITY_ERROR, "data-patient", msp_table_place(&r->table, i, id),
                "the row is left out", "usubjid is \"\"; expected the patient of this row");
    }
    if (rc == MSP_OK) {
        for (size_t i = 0; i < id->n_texts; i++)
            from[i + 1] += from[i];
        for (size_t i = n_rows; i-- > 0;)
            rows[--from[id->code[i] + 1]] = i;
        r->out->n = msp_column_levels(id, levels); /* from[code + 1] is now where the code begins */
    }
    for (size_t i = 0; i < r->out->n && rc == MSP_OK; i++) {
        const size_t begin = from[levels[i] + 1];
        const size_t end = levels[i] + 1 < id->n_texts ? from[levels[i] + 2] : n_rows;
        rc = add_patient(r, rows + begin, end - begin, &r->out->patients[i], err);
    }
    msp_arena_free(&scratch);
    return rc;
}

msp_status msp_past_read(const char *path, msp_past *out, msp_findings *findings, msp_error *err)
{
    static const msp_read_column columns[] = {
#define AS_COLUMN(code, name) {name, MSP_READ_TEXT},
        COLUMN_LIST(AS_COLUMN)
#undef AS_COLUMN
    };
    const msp_read_options options = {
        .columns = columns, .n_columns = MSP_COUNT(columns), .skip_absent = true};
    reader r = {.out = out, .findings = findings};
    *out = (msp_past){0};
    msp_status rc = msp_table_read(path, &options, &r.table, err);
    if (rc == MSP_OK)
        rc = find_columns(&r, err);
    if (rc == MSP_OK && r.table.n_rows == 0)
        rc = msp_fail_at(err, MSP_EINPUT, (msp_place){.file = path},
                         "the table has columns and no rows: there are no patients");
    r.unknown = calloc(r.column[COLUMN_DRUG] != NULL ? r.column[COLUMN_DRUG]->n_texts : 1,
                       sizeof *r.unknown);
    if (rc == MSP_OK)
        rc = r.unknown != NULL ? read_patients(&r, err) : no_memory(err);
    if (findings != NULL && r.n_findings > MSP_PAST_FINDINGS_MAX)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "data-more", (msp_place){.file = path}, NULL,
                         "%zu more findings of this table", r.n_findings - MSP_PAST_FINDINGS_MAX);
    free(r.unknown);
    free(r.given);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = path;
    msp_table_free(&r.table);
    if (rc != MSP_OK)
        msp_past_free(out);
    return rc;
}

msp_status msp_past_of_patients(const msp_patients *patients, msp_past *out, msp_error *err)
{
    *out = (msp_past){0};
    out->patients = msp_arena_array(&out->arena, patients->n + 1, sizeof *out->patients);
    if (out->patients == NULL)
        return no_memory(err);
    for (size_t i = 0; i < patients->n; i++) {
        const msp_patient *p = &patients->patients[i];
        out->patients[out->n++] =
            p->history != NULL
                ? (msp_past_patient){.id = p->id, .history = *p->history}
                : (msp_past_patient){.id = p->id,
                                     .fault = p->history_fault != NULL
                                                  ? p->history_fault
                                                  : "the tables hold no previous therapy"};
    }
    return MSP_OK;
}

void msp_past_free(msp_past *past)
{
    msp_arena_free(&past->arena);
    *past = (msp_past){0};
}
