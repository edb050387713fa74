/* tidy_blood.c - blood values from a table with a row for each visit. */
#include <stdio.h>
#include <string.h>

#include "blood.h"
#include "mspike/base/text.h"
#include "mspike/table/read.h"

/* The columns of one test. */
typedef struct columns {
    const msp_column *value, *lower, *upper;
} columns;

typedef struct reader {
    const msp_patients *patients;
    msp_table table;
    msp_findings *findings;
    msp_day cutoff;
    const msp_column *id, *date, *spurious;
    columns of[MSP_BLOOD_COUNT];
    blood_list list;
} reader;

static const char *cell(const msp_column *column, size_t row)
{
    return column != NULL ? column->text[column->code[row]] : "";
}

/* The names of the columns, all as text: 3.20 stays 3.20. */
typedef struct names {
    char texts[3 * MSP_BLOOD_COUNT][64];
    msp_read_column asked[3 * MSP_BLOOD_COUNT + 4];
    size_t n;
} names;

static void list_names(names *out)
{
    static const char *const others[] = {"usubjid", "case_id", "visit_date", "spurious"};
    static const char *const endings[] = {"", "_lln", "_uln"};
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        out->asked[out->n++] = (msp_read_column){others[i], MSP_READ_TEXT};
    for (size_t i = 0; i < 3 * (size_t)MSP_BLOOD_COUNT; i++) {
        snprintf(out->texts[i], sizeof out->texts[i], "%s%s",
                 msp_blood_about((msp_blood_test)(i / 3))->column, endings[i % 3]);
        out->asked[out->n++] = (msp_read_column){out->texts[i], MSP_READ_TEXT};
    }
}

static void find_columns(reader *r, const names *n)
{
    r->id = msp_table_column(&r->table, "usubjid");
    if (r->id == NULL)
        r->id = msp_table_column(&r->table, "case_id");
    r->date = msp_table_column(&r->table, "visit_date");
    r->spurious = msp_table_column(&r->table, "spurious");
    for (size_t i = 0; i < MSP_BLOOD_COUNT; i++)
        r->of[i] = (columns){msp_table_column(&r->table, n->texts[3 * i]),
                             msp_table_column(&r->table, n->texts[3 * i + 1]),
                             msp_table_column(&r->table, n->texts[3 * i + 2])};
}

static void say(reader *r, const msp_column *column, size_t row, const char *id, const char *hint,
                const char *what)
{
    if (r->findings != NULL)
        msp_findings_add(r->findings, MSP_SEVERITY_WARNING, id,
                         msp_table_place(&r->table, row, column), hint, "%s is \"%.40s\": %s",
                         column->name, cell(column, row), what);
}

/* False when memory is out. */
static bool read_value(reader *r, msp_blood_test test, uint32_t patient, msp_day day, size_t row)
{
    const columns *c = &r->of[test];
    const char *text = cell(c->value, row);
    const blood_cells cells = {.value = text,
                               .unit = msp_blood_about(test)->unit[0],
                               .lower = cell(c->lower, row),
                               .upper = cell(c->upper, row),
                               .comma = strchr(text, ',') != NULL};
    blood_sample sample = {.patient = patient};
    const blood_fault fault = blood_read(test, &cells, &sample.b);
    if (fault == BLOOD_NOTHING)
        return true;
    if (fault != BLOOD_READ) {
        say(r, c->value, row, "data-value", "it is not graded", blood_fault_text(fault));
        return true;
    }
    if ((sample.b.flags & (MSP_BLOOD_BELOW | MSP_BLOOD_ABOVE)) == 0 && !blood_plausible(&sample.b))
        say(r, c->value, row, "data-implausible", "it is graded as it stands; compare the unit",
            "hardly possible");
    sample.b.day = day;
    sample.b.row = (uint32_t)row;
    return blood_keep(&r->list, &sample);
}

static bool read_row(reader *r, size_t row)
{
    msp_date date;
    const char *id = cell(r->id, row), *text = cell(r->date, row);
    const msp_patient *p = msp_patients_find(r->patients, id);
    if (p == NULL || strcmp(cell(r->spurious, row), "1") == 0 ||
        !msp_date_parse(text, strlen(text), &date) || date.precision < MSP_DATE_DAY ||
        (r->cutoff != MSP_NO_DAY && date.earliest > r->cutoff))
        return true; /* the reader of patients says these */
    for (size_t i = 0; i < MSP_BLOOD_COUNT; i++)
        if (r->of[i].value != NULL &&
            !read_value(r, (msp_blood_test)i, (uint32_t)(p - r->patients->patients), date.earliest,
                        row))
            return false;
    return true;
}

static msp_status read_rows(reader *r, const char *path, msp_bloods *out, msp_error *err)
{
    if (r->table.n_rows > UINT32_MAX)
        return msp_fail(err, MSP_ERANGE, "%s: more than %u rows", path, UINT32_MAX);
    for (size_t row = 0; row < r->table.n_rows; row++)
        if (!read_row(r, row))
            return msp_fail(err, MSP_EMEM, "no memory for the blood values");
    out->name = "visits";
    out->file = msp_arena_text(&out->arena, path);
    return out->file != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a file's name");
}

msp_status msp_blood_read_tidy(const char *path, msp_day cutoff, const msp_patients *patients,
                               msp_bloods *out, msp_findings *findings, msp_error *err)
{
    reader r = {.patients = patients, .findings = findings, .cutoff = cutoff};
    names n = {0};
    list_names(&n);
    const msp_read_options how = {.columns = n.asked, .n_columns = n.n, .skip_absent = true};
    *out = (msp_bloods){0};
    msp_status rc = msp_table_read(path, &how, &r.table, err);
    if (rc == MSP_OK) {
        find_columns(&r, &n);
        rc = read_rows(&r, path, out, err);
    }
    const msp_status finished = blood_finish(&r.list, patients->n, out, rc == MSP_OK ? err : NULL);
    rc = rc == MSP_OK ? finished : rc;
    msp_table_free(&r.table);
    if (rc != MSP_OK)
        msp_bloods_free(out);
    return rc;
}
