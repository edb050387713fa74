/* past.c - histories of treatment from a table of drugs and courses. */
#include "mspike/patient/past.h"

#include <string.h>

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

static const struct {
    const char *drug;
    msp_drug_class drug_class;
} known[] = {
    {"bortezomib", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"carfilzomib", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"ixazomib", MSP_DRUG_CLASS_PROTEASOME_INHIBITOR},
    {"thalidomide", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"lenalidomide", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"pomalidomide", MSP_DRUG_CLASS_IMMUNOMODULATORY},
    {"daratumumab", MSP_DRUG_CLASS_ANTI_CD38},
    {"isatuximab", MSP_DRUG_CLASS_ANTI_CD38},
    {"elotuzumab", MSP_DRUG_CLASS_ANTI_SLAMF7},
    {"dexamethasone", MSP_DRUG_CLASS_STEROID},
    {"prednisone", MSP_DRUG_CLASS_STEROID},
    {"prednisolone", MSP_DRUG_CLASS_STEROID},
    {"melphalan", MSP_DRUG_CLASS_ALKYLATOR},
    {"cyclophosphamide", MSP_DRUG_CLASS_ALKYLATOR},
    {"bendamustine", MSP_DRUG_CLASS_ALKYLATOR},
    {"panobinostat", MSP_DRUG_CLASS_HDAC_INHIBITOR},
    {"selinexor", MSP_DRUG_CLASS_XPO1_INHIBITOR},
    {"venetoclax", MSP_DRUG_CLASS_BCL2_INHIBITOR},
    {"belantamab mafodotin", MSP_DRUG_CLASS_ANTI_BCMA},
    {"teclistamab", MSP_DRUG_CLASS_ANTI_BCMA},
    {"ciltacabtagene autoleucel", MSP_DRUG_CLASS_ANTI_BCMA},
    {"idecabtagene vicleucel", MSP_DRUG_CLASS_ANTI_BCMA},
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

/* Whether a course brought MR or better: by a level, or said outright. */
static msp_status read_response(const reader *r, size_t row, msp_fact *out, msp_error *err)
{
    static const char *const better[] = {"sCR", "CR", "VGPR", "PR", "MR"};
    const char *text = cell(r, COLUMN_RESPONSE, row);
    for (size_t i = 0; i < MSP_COUNT(better); i++)
        if (msp_text_equal_nocase(text, better[i])) {
            *out = MSP_YES;
            return MSP_OK;
        }
    *out = MSP_UNKNOWN;
    if (msp_text_equal_nocase(text, "NE"))
        return MSP_OK;
    *out = MSP_NO;
    if (msp_text_equal_nocase(text, "SD") || msp_text_equal_nocase(text, "PD"))
        return MSP_OK;
    return read_fact(r, COLUMN_RESPONSE, row, out, err);
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
    *out = MSP_DRUG_CLASS_OTHER;
    for (size_t i = 0; i < MSP_COUNT(known); i++)
        if (msp_text_equal_nocase(drug, known[i].drug))
            *out = known[i].drug_class;
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

/* What a row says of its course, where an earlier one has not. */
static msp_status read_course(const reader *r, size_t row, msp_course *c, msp_error *err)
{
    msp_fact planned, transplant, response, progressed;
    msp_date progression;
    msp_status rc = read_fact(r, COLUMN_PLANNED, row, &planned, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_TRANSPLANT, row, &transplant, err);
    if (rc == MSP_OK)
        rc = read_response(r, row, &response, err);
    if (rc == MSP_OK)
        rc = read_fact(r, COLUMN_PROGRESSED, row, &progressed, err);
    if (rc == MSP_OK)
        rc = read_date(r, COLUMN_PROGRESSION, row, &progression, err);
    if (rc != MSP_OK)
        return rc;
    c->planned = c->planned || planned == MSP_YES;
    c->transplant = c->transplant || transplant == MSP_YES;
    if (c->minimal_response == MSP_UNKNOWN)
        c->minimal_response = response;
    if (c->progressed == MSP_UNKNOWN)
        c->progressed = progression.precision != MSP_DATE_NONE ? MSP_YES : progressed;
    if (c->progression.precision == MSP_DATE_NONE)
        c->progression = progression;
    return MSP_OK;
}

/* A course begins with its first drug and stops with its last one. */
static void span(msp_course *c, const msp_given_drug *d, bool *ongoing)
{
    if (d->first.precision != MSP_DATE_NONE &&
        (c->start.precision == MSP_DATE_NONE || d->first.earliest < c->start.earliest))
        c->start = d->first;
    if (d->last.precision != MSP_DATE_NONE &&
        (c->stop.precision == MSP_DATE_NONE || d->last.latest > c->stop.latest))
        c->stop = d->last;
    *ongoing = *ongoing || d->ongoing;
    if (!c->cycles.known || msp_amount_below(c->cycles, d->cycles) == MSP_YES)
        c->cycles = d->cycles.known ? d->cycles : c->cycles;
}

/* One course: those of the patient's rows that name it. */
static msp_status add_course(const reader *r, const size_t *rows, size_t n, uint32_t number,
                             msp_course *c, msp_error *err)
{
    msp_given_drug *drugs = msp_arena_array(&r->out->arena, n, sizeof *drugs);
    bool ongoing = false;
    if (drugs == NULL)
        return no_memory(err);
    *c = (msp_course){.drugs = drugs};
    for (size_t i = 0; i < n; i++) {
        if (r->column[COLUMN_COURSE]->code[rows[i]] != number)
            continue;
        msp_given_drug d;
        msp_status rc = read_drug(r, rows[i], &d, err);
        if (rc == MSP_OK)
            rc = read_course(r, rows[i], c, err);
        if (rc != MSP_OK)
            return rc;
        span(c, &d, &ongoing);
        if (d.id[0] != '\0')
            drugs[c->n_drugs++] = d;
    }
    if (ongoing)
        c->stop = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    return MSP_OK;
}

/* Whether no earlier row of the patient names the course of row i. */
static bool begins_course(const reader *r, const size_t *rows, size_t i)
{
    const uint32_t *code = r->column[COLUMN_COURSE]->code;
    for (size_t k = 0; k < i; k++)
        if (code[rows[k]] == code[rows[i]])
            return false;
    return true;
}

static msp_status add_patient(const reader *r, const size_t *rows, size_t n, msp_past_patient *p,
                              msp_error *err)
{
    msp_course *courses = msp_arena_array(&r->out->arena, n, sizeof *courses);
    p->id = msp_arena_text(&r->out->arena, cell(r, COLUMN_ID, rows[0]));
    if (p->id == NULL || courses == NULL)
        return no_memory(err);
    p->history.courses = courses;
    for (size_t i = 0; i < n; i++) {
        if (!begins_course(r, rows, i))
            continue;
        const msp_status rc = add_course(r, rows, n, r->column[COLUMN_COURSE]->code[rows[i]],
                                         &courses[p->history.n++], err);
        if (rc != MSP_OK)
            return rc;
    }
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
    if (rc == MSP_OK)
        rc = read_patients(&r, err);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = path;
    msp_table_free(&r.table);
    if (rc != MSP_OK)
        msp_past_free(out);
    return rc;
}

void msp_past_free(msp_past *past)
{
    msp_arena_free(&past->arena);
    *past = (msp_past){0};
}
