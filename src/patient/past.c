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

static bool same(const reader *r, int which, size_t a, size_t b)
{
    return r->column[which]->code[a] == r->column[which]->code[b];
}

static msp_status add_course(const reader *r, size_t patient_row, const char *number, size_t from,
                             msp_course *c, msp_error *err)
{
    const size_t n_rows = r->table.n_rows;
    msp_given_drug *drugs = msp_arena_array(&r->out->arena, n_rows - from, sizeof *drugs);
    bool ongoing = false;
    if (drugs == NULL)
        return no_memory(err);
    *c = (msp_course){.drugs = drugs};
    for (size_t row = from; row < n_rows; row++) {
        if (!same(r, COLUMN_ID, row, patient_row) ||
            strcmp(cell(r, COLUMN_COURSE, row), number) != 0)
            continue;
        msp_given_drug d;
        msp_status rc = read_drug(r, row, &d, err);
        if (rc == MSP_OK)
            rc = read_course(r, row, c, err);
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

static msp_status add_patient(reader *r, size_t row, msp_error *err)
{
    const size_t n_rows = r->table.n_rows;
    msp_past_patient *p = &r->out->patients[r->out->n++];
    msp_course *courses = msp_arena_array(&r->out->arena, n_rows - row, sizeof *courses);
    p->id = msp_arena_text(&r->out->arena, cell(r, COLUMN_ID, row));
    if (p->id == NULL || courses == NULL)
        return no_memory(err);
    size_t n = 0;
    for (size_t i = row; i < n_rows; i++) {
        bool first = same(r, COLUMN_ID, i, row);
        for (size_t k = row; k < i && first; k++)
            first = !same(r, COLUMN_ID, k, row) || !same(r, COLUMN_COURSE, k, i);
        if (!first)
            continue;
        const msp_status rc = add_course(r, row, cell(r, COLUMN_COURSE, i), i, &courses[n++], err);
        if (rc != MSP_OK)
            return rc;
    }
    p->history = (msp_history){courses, n};
    msp_error why = {0};
    if (msp_history_check(&p->history, &why) == MSP_OK)
        return MSP_OK;
    return msp_table_fail(err, MSP_EINPUT, &r->table, row, NULL,
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

static msp_status read_patients(reader *r, msp_error *err)
{
    const msp_column *id = r->column[COLUMN_ID];
    uint32_t *levels = msp_arena_array(&r->out->arena, id->n_texts, sizeof *levels);
    r->out->patients = msp_arena_array(&r->out->arena, id->n_texts, sizeof *r->out->patients);
    if (levels == NULL || r->out->patients == NULL)
        return no_memory(err);
    const size_t n = msp_column_levels(id, levels);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        size_t row = 0;
        while (row < r->table.n_rows && id->code[row] != levels[i])
            row++;
        rc = add_patient(r, row, err);
    }
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
