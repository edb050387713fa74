/* past.c - histories of treatment from a table of drugs and courses. */
#include "mspike/patient/past.h"

#include <string.h>

#include "courses.h"
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

static msp_status read_class(const reader *r, size_t row, const char *drug, msp_drug_class *out,
                             msp_error *err)
{
#define AS_NAME(code, name) name,
    static const char *const names[] = {MSP_DRUG_CLASS_LIST(AS_NAME)};
#undef AS_NAME
    const char *text = cell(r, COLUMN_CLASS, row);
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        if (msp_text_equal_nocase(text, names[i])) {
            *out = (msp_drug_class)i;
            return MSP_OK;
        }
    if (text[0] != '\0')
        return fault(r, COLUMN_CLASS, row, "a class of drugs, as docs/protocol-form.md lists them",
                     err);
    const char *name;
    (void)courses_drug(drug, &name, out);
    return MSP_OK;
}

/* -- rows -- */

static msp_status read_drug(const reader *r, size_t row, msp_given_drug *out, msp_error *err)
{
    msp_fact ongoing;
    *out = (msp_given_drug){.id = msp_arena_text(&r->out->arena, cell(r, COLUMN_DRUG, row))};
    if (out->id == NULL)
        return no_memory(err);
    msp_status rc = read_class(r, row, out->id, &out->drug_class, err);
    if (rc == MSP_OK)
        rc = read_date(r, COLUMN_START, row, &out->first, err);
    if (rc == MSP_OK)
        rc = read_date(r, COLUMN_STOP, row, &out->last, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_ONGOING, row, &ongoing, err);
    if (rc == MSP_OK)
        rc = read_amount(r, COLUMN_CYCLES, row, &out->cycles, err);
    if (rc == MSP_OK)
        rc = read_amount(r, COLUMN_DOSE, row, &out->dose, err);
    if (rc == MSP_OK)
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
        rc = read_drug(r, row, &out->drug, err);
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

static msp_status add_patient(const reader *r, const size_t *rows, size_t n, msp_past_patient *p,
                              msp_error *err)
{
    if (n > ROWS_MOST)
        return msp_table_fail(err, MSP_EINPUT, &r->table, rows[ROWS_MOST], r->column[COLUMN_ID],
                              "one patient has %zu rows; expected %d at most", n, ROWS_MOST);
    msp_arena scratch = {0};
    courses_row *given = msp_arena_array(&scratch, n, sizeof *given);
    msp_course *courses;
    p->id = msp_arena_text(&r->out->arena, cell(r, COLUMN_ID, rows[0]));
    msp_status rc = p->id != NULL && given != NULL ? MSP_OK : no_memory(err);
    for (size_t i = 0; i < n && rc == MSP_OK; i++)
        rc = read_row(r, rows[i], &given[i], err);
    if (rc == MSP_OK && !courses_build(given, n, &r->out->arena, &courses, &p->history.n))
        rc = no_memory(err);
    msp_arena_free(&scratch);
    if (rc != MSP_OK)
        return rc;
    p->history.courses = courses;
    msp_error why = {0};
    if (msp_history_check(&p->history, &why) == MSP_OK)
        return MSP_OK;
    return msp_table_fail(err, MSP_EINPUT, &r->table, rows[0], NULL,
                          "the history that begins here cannot be: %s (course %zu)", why.text,
                          why.row + 1);
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
    if (rc == MSP_OK) {
        for (size_t i = 0; i < n_rows && rc == MSP_OK; i++) {
            from[id->code[i] + 1]++;
            if (id->code[i] == 0)
                rc = fault(r, COLUMN_ID, i, "the patient of this row", err);
        }
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

msp_status msp_past_read(const char *path, msp_past *out, msp_error *err)
{
    static const msp_read_column columns[] = {
#define AS_COLUMN(code, name) {name, MSP_READ_TEXT},
        COLUMN_LIST(AS_COLUMN)
#undef AS_COLUMN
    };
    const msp_read_options options = {
        .columns = columns, .n_columns = MSP_COUNT(columns), .skip_absent = true};
    reader r = {.out = out};
    *out = (msp_past){0};
    msp_status rc = msp_table_read(path, &options, &r.table, err);
    if (rc == MSP_OK)
        rc = find_columns(&r, err);
    if (rc == MSP_OK && r.table.n_rows == 0)
        rc = msp_fail_at(err, MSP_EINPUT, (msp_place){.file = path},
                         "the table has columns and no rows: there are no patients");
    if (rc == MSP_OK)
        rc = read_patients(&r, err);
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
