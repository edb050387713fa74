/* rs.c - RS and SUPPRS into what an assessor reported of each subject, visit by visit. */
#include "mspike/endpoint/rs.h"

#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "mspike/patient/domain.h"
#include "mspike/patient/supp.h"

void msp_rs_free(msp_rs *reportings)
{
    msp_arena_free(&reportings->arena);
    *reportings = (msp_rs){0};
}

const msp_rs_subject *msp_rs_find(const msp_rs *reportings, const char *id)
{
    size_t low = 0, high = reportings->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(id, reportings->subjects[middle].id);
        if (order == 0)
            return &reportings->subjects[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* A visit that still knows whose it is and where it stands. */
typedef struct row_read {
    const char *id;
    size_t row;
    msp_rs_visit visit;
} row_read;

static int by_subject_day_seq(const void *a, const void *b)
{
    const row_read *x = a, *y = b;
    const int id = strcmp(x->id, y->id);
    if (id != 0)
        return id;
    if (x->visit.day != y->visit.day)
        return x->visit.day < y->visit.day ? -1 : 1;
    return (x->visit.seq > y->visit.seq) - (x->visit.seq < y->visit.seq);
}

typedef struct rs_columns {
    msp_column *id, *test, *evaluator, *level, *date, *seq, *visit;
} rs_columns;

static msp_status find_columns(const msp_table *rs, rs_columns *out, msp_error *err)
{
    const struct {
        const char *name;
        msp_column **column;
    } needed[] = {
        {"USUBJID", &out->id}, {"RSTESTCD", &out->test}, {"RSSTRESC", &out->level},
        {"RSDTC", &out->date}, {"RSSEQ", &out->seq},
    };
    for (size_t i = 0; i < MSP_COUNT(needed); i++) {
        const msp_status rc = msp_table_need_column(rs, needed[i].name, needed[i].column, err);
        if (rc != MSP_OK)
            return rc;
    }
    out->evaluator = msp_table_column(rs, "RSEVAL");
    out->visit = msp_table_column(rs, "VISIT");
    return MSP_OK;
}

/* A date of the month stands for its last day, one of the year alone is refused. */
static msp_status read_day(const msp_table *rs, size_t row, const msp_column *column,
                           msp_rs_visit *visit, msp_error *err)
{
    msp_date date;
    if (!msp__cell_date(column, row, &date) || date.precision < MSP_DATE_MONTH)
        return msp_table_fail(err, MSP_EINPUT, rs, row, column,
                              "a response needs a date with year and month, as in 2014-02-12");
    visit->day = date.latest;
    visit->imputed = date.precision == MSP_DATE_MONTH ? 'D' : 0;
    return MSP_OK;
}

static msp_status read_row(const msp_table *rs, const rs_columns *columns, size_t row,
                           msp_arena *arena, row_read *out, msp_error *err)
{
    *out = (row_read){.id = msp_arena_text(arena, msp__cell_text(columns->id, row)), .row = row};
    msp_rs_visit *visit = &out->visit;
    visit->visit = msp_arena_text(arena, msp__cell_text(columns->visit, row));
    visit->dtc = msp_arena_text(arena, msp__cell_text(columns->date, row));
    if (out->id == NULL || visit->visit == NULL || visit->dtc == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    visit->seq = msp__cell_count(columns->seq, row);
    visit->new_therapy = MSP_NO_DAY;
    const char *level = msp__cell_text(columns->level, row);
    if (!msp_response_level_parse(level, &visit->level))
        return msp_hint(err,
                        msp_table_fail(err, MSP_EINPUT, rs, row, columns->level,
                                       "\"%s\" is no level of response", level),
                        "the levels are sCR, CR, VGPR, PR, MR, SD, PD, NE");
    return read_day(rs, row, columns->date, visit, err);
}

static bool is_wanted(const rs_columns *columns, size_t row, const char *evaluator)
{
    if (strcmp(msp__cell_text(columns->test, row), "OVRLRESP") != 0 ||
        msp_column_is_missing(columns->level, row))
        return false;
    return evaluator == NULL || columns->evaluator == NULL ||
           strcmp(msp__cell_text(columns->evaluator, row), evaluator) == 0;
}

/* Puts one qualifier where it belongs; those of other records and other names are passed over. */
static msp_status take_qualifier(const msp_table *supprs, size_t row, const char *name,
                                 const msp_column *value, msp_rs_visit *visit, msp_error *err)
{
    const bool yes = strcmp(msp__cell_text(value, row), "Y") == 0;
    msp_date date;
    if (strcmp(name, "PDIFL") == 0)
        visit->by_imaging |= yes;
    else if (strcmp(name, "PDOFL") == 0)
        visit->by_other |= yes;
    else if (strcmp(name, "DTHPDFL") == 0)
        visit->death_from_pd |= yes;
    else if (strcmp(name, "NACTDT") == 0) {
        if (!msp__cell_date(value, row, &date) || date.precision < MSP_DATE_DAY)
            return msp_table_fail(err, MSP_EINPUT, supprs, row, value,
                                  "the start of a new therapy needs a full date");
        visit->new_therapy = date.latest;
    }
    return MSP_OK;
}

/* The qualifiers of the rows that are visits; `visits` stand in the order of `rows`. */
static msp_status take_qualifiers(const msp_table *rs, const msp_table *supprs,
                                  const row_read *rows, size_t n, msp_rs_visit *visits,
                                  msp_error *err)
{
    msp_arena scratch = {0};
    msp_supp_match match;
    msp_status rc = msp_supp_find(rs, "RS", supprs, &scratch, &match, err);
    msp_rs_visit **visit_of = msp_arena_array(&scratch, rs->n_rows + 1, sizeof *visit_of);
    if (rc == MSP_OK && visit_of == NULL)
        rc = msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < n && rc == MSP_OK; i++)
        visit_of[rows[i].row] = &visits[i];
    const msp_column *name = msp_table_column(supprs, "QNAM"),
                     *value = msp_table_column(supprs, "QVAL");
    for (size_t row = 0; rc == MSP_OK && row < supprs->n_rows; row++) {
        const msp_supp_found *found = &match.found[row];
        for (size_t k = 0; k < found->n && rc == MSP_OK; k++) {
            msp_rs_visit *visit = visit_of[match.rows[found->first + k]];
            if (visit != NULL)
                rc = take_qualifier(supprs, row, msp__cell_text(name, row), value, visit, err);
        }
    }
    msp_arena_free(&scratch);
    return rc;
}

/* Rows in order become subjects with their visits. */
static msp_status group(const row_read *rows, size_t n, msp_rs *out, msp_rs_visit **out_visits,
                        msp_error *err)
{
    msp_rs_visit *visits = msp_arena_array(&out->arena, n, sizeof *visits);
    out->subjects = msp_arena_array(&out->arena, n, sizeof *out->subjects);
    if (n > 0 && (visits == NULL || out->subjects == NULL))
        return msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        visits[i] = rows[i].visit;
        if (i == 0 || strcmp(rows[i].id, rows[i - 1].id) != 0)
            out->subjects[out->n++] = (msp_rs_subject){rows[i].id, &visits[i], 0, MSP_NO_DAY};
        out->subjects[out->n - 1].n++;
    }
    *out_visits = visits;
    return MSP_OK;
}

msp_status msp_rs_read(const msp_table *rs, const msp_table *supprs, const char *evaluator,
                       msp_rs *out, msp_error *err)
{
    *out = (msp_rs){0};
    rs_columns columns;
    msp_status rc = find_columns(rs, &columns, err);
    if (rc != MSP_OK)
        return rc;
    row_read *rows = calloc(rs->n_rows + 1, sizeof *rows);
    if (rows == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    size_t n = 0;
    for (size_t row = 0; row < rs->n_rows && rc == MSP_OK; row++)
        if (is_wanted(&columns, row, evaluator))
            rc = read_row(rs, &columns, row, &out->arena, &rows[n++], err);
    msp_rs_visit *visits = NULL;
    if (rc == MSP_OK) {
        qsort(rows, n, sizeof *rows, by_subject_day_seq);
        rc = group(rows, n, out, &visits, err);
    }
    if (rc == MSP_OK && supprs != NULL && n > 0)
        rc = take_qualifiers(rs, supprs, rows, n, visits, err);
    free(rows);
    if (rc != MSP_OK)
        msp_rs_free(out);
    return rc;
}

/* -- of a folder -- */

msp_status msp_reports_read(const char *folder, msp_arena *names, msp_reports *out, msp_error *err)
{
    msp_table rs = {0}, supp = {0};
    const char *has_rs, *has_supp = NULL;
    *out = (msp_reports){0};
    msp_status rc = msp_domain_read(folder, "RS", NULL, names, &rs, &has_rs, err);
    if (rc == MSP_OK && has_rs != NULL)
        rc = msp_domain_read(folder, "SUPPRS", NULL, names, &supp, &has_supp, err);
    const msp_table *qualifiers = has_supp != NULL ? &supp : NULL;
    if (rc == MSP_OK && has_rs != NULL)
        rc = msp_rs_read(&rs, qualifiers, MSP_RS_INVESTIGATOR, &out->investigator, err);
    if (rc == MSP_OK && has_rs != NULL)
        rc = msp_rs_read(&rs, qualifiers, MSP_RS_COMMITTEE, &out->committee, err);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = msp_arena_text(names, err->at.file); /* the table's own name goes */
    msp_table_free(&rs);
    msp_table_free(&supp);
    if (rc != MSP_OK)
        msp_reports_free(out);
    return rc;
}

void msp_reports_free(msp_reports *reports)
{
    msp_rs_free(&reports->investigator);
    msp_rs_free(&reports->committee);
}
