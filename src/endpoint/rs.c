/* rs.c - RS and SUPPRS into what an assessor reported of each subject, visit by visit. */
#include "mspike/endpoint/rs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "mspike/base/text.h"
#include "mspike/patient/readers.h"
#include "mspike/patient/supp.h"
#include "mspike/table/read.h"

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
    msp_column *id, *test, *evaluator, *level, *date, *seq, *visit, *number, *reader, *accepted;
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
    out->number = msp_table_column(rs, "VISITNUM");
    out->reader = msp_table_column(rs, "RSEVALID");
    out->accepted = msp_table_column(rs, "RSACPTFL");
    return MSP_OK;
}

/* -- cells that cannot be used -- */

typedef struct rs_reader {
    const msp_table *rs;
    rs_columns columns;
    msp_findings *findings; /* or NULL */
} rs_reader;

static void say(const rs_reader *r, msp_severity severity, const char *id, size_t row,
                const msp_column *column, const char *hint, const char *text)
{
    if (r->findings == NULL)
        return;
    const msp_place at = msp_table_place(r->rs, row, column);
    size_t there;
    (void)msp_table_part_of(r->rs, row, &there);
    if (at.line > 0)
        msp_findings_add(r->findings, severity, id, at, hint, "%s", text);
    else
        msp_findings_add(r->findings, severity, id, at, hint, "row %zu, %s: %s", there + 1,
                         column->name, text);
}

/* "Very Good Partial Response" is VGPR, by the first letters of its words. */
static bool level_of_words(const char *text, msp_response_level *out)
{
    char letters[8];
    size_t n = 0;
    for (const char *at = text; *at != '\0'; at++)
        if (isalpha((unsigned char)*at) && (at == text || !isalpha((unsigned char)at[-1])) &&
            n + 1 < sizeof letters)
            letters[n++] = *at;
    letters[n] = '\0';
    return n > 1 && msp_response_level_parse(letters, out);
}

static void say_level(const rs_reader *r, size_t row, const char *text)
{
    const char *names[MSP_LEVEL_COUNT];
    char hint[160], said[96];
    msp_response_level level;
    for (size_t i = 0; i < MSP_LEVEL_COUNT; i++)
        names[i] = msp_response_level_name((msp_response_level)i);
    const char *near = level_of_words(text, &level) ? msp_response_level_name(level)
                                                    : msp_suggest(text, names, MSP_LEVEL_COUNT);
    snprintf(hint, sizeof hint,
             "%s%s%sthe row is left out; the levels are sCR, CR, VGPR, PR, MR, SD, PD, NE",
             near != NULL ? "did you mean " : "", near != NULL ? near : "",
             near != NULL ? "? " : "");
    snprintf(said, sizeof said, "\"%.60s\" is no level of response", text);
    say(r, MSP_SEVERITY_ERROR, "data-value", row, r->columns.level, hint, said);
}

/* A date of the month stands for its last day, one of the year alone is refused. */
static bool read_day(const rs_reader *r, size_t row, msp_rs_visit *visit)
{
    msp_date date;
    if (!msp__cell_date(r->columns.date, row, &date) || date.precision < MSP_DATE_MONTH) {
        say(r, MSP_SEVERITY_ERROR, "data-date", row, r->columns.date, "the row is left out",
            "a response needs a date with year and month, as in 2014-02-12");
        return false;
    }
    visit->day = date.latest;
    visit->imputed = date.precision == MSP_DATE_MONTH ? 'D' : 0;
    return true;
}

/* *good where the row can be used; what cannot is said. */
static msp_status read_row(const rs_reader *r, size_t row, msp_arena *arena, row_read *out,
                           bool *good, msp_error *err)
{
    const rs_columns *columns = &r->columns;
    *out = (row_read){.id = msp_arena_text(arena, msp__cell_text(columns->id, row)), .row = row};
    msp_rs_visit *visit = &out->visit;
    visit->visit = msp_arena_text(arena, msp__cell_text(columns->visit, row));
    visit->dtc = msp_arena_text(arena, msp__cell_text(columns->date, row));
    if (out->id == NULL || visit->visit == NULL || visit->dtc == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    visit->seq = msp__cell_count(columns->seq, row);
    visit->new_therapy = MSP_NO_DAY;
    const char *level = msp__cell_text(columns->level, row);
    *good = msp_response_level_parse(level, &visit->level);
    if (!*good)
        say_level(r, row, level);
    *good = *good && read_day(r, row, visit);
    return MSP_OK;
}

/* Whose a report is; nobody named is the investigator. NULL: somebody else's. */
static const char *evaluator_of(const char *text)
{
    if (text[0] == '\0' || msp_text_contains_nocase(text, "investigator"))
        return MSP_RS_INVESTIGATOR;
    return msp_evaluator_is_independent(text) ? MSP_RS_COMMITTEE : NULL;
}

static bool is_response(const rs_columns *columns, size_t row)
{
    return strcmp(msp__cell_text(columns->test, row), "OVRLRESP") == 0 &&
           !msp_column_is_missing(columns->level, row);
}

static bool is_wanted(const rs_columns *columns, size_t row, const char *evaluator)
{
    if (!is_response(columns, row))
        return false;
    const char *whose = evaluator_of(msp__cell_text(columns->evaluator, row));
    return evaluator == NULL || columns->evaluator == NULL ||
           (whose != NULL && strcmp(whose, evaluator) == 0);
}

/* Those of a sponsor, say: once for each name. */
static void say_others(const rs_reader *r)
{
    const msp_column *evaluator = r->columns.evaluator;
    if (evaluator == NULL || evaluator->type != MSP_COLUMN_TEXT)
        return;
    for (size_t i = 1; i < evaluator->n_texts; i++) {
        size_t row = 0;
        char said[96];
        while (row < r->rs->n_rows && (evaluator->code[row] != i || !is_response(&r->columns, row)))
            row++;
        if (row == r->rs->n_rows || evaluator_of(evaluator->text[i]) != NULL)
            continue;
        snprintf(said, sizeof said, "responses of \"%.40s\" are not read", evaluator->text[i]);
        say(r, MSP_SEVERITY_WARNING, "data-evaluator", row, evaluator,
            "they are neither the investigator's nor an independent assessor's", said);
    }
}

/* -- whose rows -- */

static void say_several(void *context, const msp_reader_row *second, const char *taken)
{
    const rs_reader *r = context;
    char hint[128];
    snprintf(hint, sizeof hint, "those of %.40s are taken; RSACPTFL Y says which were accepted",
             taken[0] != '\0' ? taken : "nobody named");
    say(r, MSP_SEVERITY_WARNING, "data-reader", second->row, r->columns.reader, hint,
        "several readers at one time, and none accepted");
}

/* VISITNUM, else the date: readers may date one visit differently. */
static const char *time_of(const rs_columns *columns, size_t row, msp_arena *arena)
{
    const msp_column *number = columns->number;
    if (number == NULL || msp_column_is_missing(number, row))
        return msp__cell_text(columns->date, row);
    if (number->type == MSP_COLUMN_TEXT)
        return msp__cell_text(number, row);
    char text[MSP_DOUBLE_MAX];
    return msp_arena_text_n(arena, text, msp_double_format(number->number[row], text));
}

/* Sets taken[row] for each row of the evaluator that counts. */
static msp_status choose_rows(rs_reader *r, const char *evaluator, bool *taken, msp_error *err)
{
    msp_arena scratch = {0};
    msp_reader_row *all = msp_arena_array(&scratch, r->rs->n_rows + 1, sizeof *all);
    size_t n = 0;
    bool memory = all != NULL;
    for (size_t row = 0; memory && row < r->rs->n_rows; row++) {
        if (!is_wanted(&r->columns, row, evaluator))
            continue;
        all[n] = (msp_reader_row){.subject = msp__cell_text(r->columns.id, row),
                                  .time = time_of(&r->columns, row, &scratch),
                                  .reader = msp__cell_text(r->columns.reader, row),
                                  .accepted = msp__cell_text(r->columns.accepted, row),
                                  .row = row};
        memory = all[n++].time != NULL;
    }
    if (memory && (r->columns.reader != NULL || r->columns.accepted != NULL))
        msp_readers_choose(all, n, say_several, r);
    for (size_t i = 0; memory && i < n; i++)
        taken[all[i].row] = !all[i].left_out;
    msp_arena_free(&scratch);
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "out of memory");
}

/* -- qualifiers -- */

/* Puts one qualifier where it belongs; those of other records and other names are passed over. */
static void take_qualifier(const rs_reader *r, size_t row, const char *name,
                           const msp_column *value, msp_rs_visit *visit)
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
        if (msp__cell_date(value, row, &date) && date.precision >= MSP_DATE_DAY)
            visit->new_therapy = date.latest;
        else
            say(r, MSP_SEVERITY_ERROR, "data-date", row, value, "it is left out",
                "the start of a new therapy needs a full date");
    }
}

/* The qualifiers of the rows that are visits; `visits` stand in the order of `rows`. */
static msp_status take_qualifiers(const rs_reader *r, const msp_table *supprs, const row_read *rows,
                                  size_t n, msp_rs_visit *visits, msp_error *err)
{
    const rs_reader of_supp = {.rs = supprs, .findings = r->findings};
    msp_arena scratch = {0};
    msp_supp_match match;
    msp_status rc = msp_supp_find(r->rs, "RS", supprs, &scratch, &match, err);
    msp_rs_visit **visit_of = msp_arena_array(&scratch, r->rs->n_rows + 1, sizeof(msp_rs_visit *));
    if (rc == MSP_OK && visit_of == NULL)
        rc = msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < n && rc == MSP_OK; i++)
        visit_of[rows[i].row] = &visits[i];
    const msp_column *name = msp_table_column(supprs, "QNAM"),
                     *value = msp_table_column(supprs, "QVAL");
    for (size_t row = 0; rc == MSP_OK && row < supprs->n_rows; row++) {
        const msp_supp_found *found = &match.found[row];
        for (size_t k = 0; k < found->n; k++) {
            msp_rs_visit *visit = visit_of[match.rows[found->first + k]];
            if (visit != NULL)
                take_qualifier(&of_supp, row, msp__cell_text(name, row), value, visit);
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
                       msp_findings *findings, msp_rs *out, msp_error *err)
{
    *out = (msp_rs){0};
    rs_reader r = {.rs = rs, .findings = findings};
    msp_status rc = find_columns(rs, &r.columns, err);
    if (rc != MSP_OK)
        return rc;
    if (evaluator != NULL && strcmp(evaluator, MSP_RS_INVESTIGATOR) == 0) /* of two readings once */
        say_others(&r);
    row_read *rows = calloc(rs->n_rows + 1, sizeof *rows);
    bool *taken = calloc(rs->n_rows + 1, sizeof *taken);
    rc = rows != NULL && taken != NULL ? choose_rows(&r, evaluator, taken, err)
                                       : msp_fail(err, MSP_EMEM, "out of memory");
    size_t n = 0;
    for (size_t row = 0; row < rs->n_rows && rc == MSP_OK; row++) {
        bool good = false;
        if (!taken[row])
            continue;
        rc = read_row(&r, row, &out->arena, &rows[n], &good, err);
        n += rc == MSP_OK && good;
    }
    msp_rs_visit *visits = NULL;
    if (rc == MSP_OK) {
        qsort(rows, n, sizeof *rows, by_subject_day_seq);
        rc = group(rows, n, out, &visits, err);
    }
    if (rc == MSP_OK && supprs != NULL && n > 0)
        rc = take_qualifiers(&r, supprs, rows, n, visits, err);
    free(rows);
    free(taken);
    if (rc != MSP_OK)
        msp_rs_free(out);
    return rc;
}

/* -- of a folder -- */

/* What names a thing is text however it looks: patient 101. */
static bool is_name(const char *column)
{
    static const char *const names[] = {"USUBJID", "RSSTRESC", "RSEVAL", "RSEVALID", "RSACPTFL",
                                        "VISIT",   "IDVARVAL", "QNAM",   "QVAL"};
    bool is = false;
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        is = is || msp_text_equal_nocase(column, names[i]);
    return is;
}

/* All columns; read again where a name was taken for a number. */
static msp_status read_table(const char *folder, const char *name, msp_arena *names, msp_table *out,
                             const char **first, msp_error *err)
{
    msp_status rc = msp_table_read_split(folder, name, NULL, names, out, first, err);
    bool again = false;
    for (size_t i = 0; i < out->n_columns; i++)
        again =
            again || (out->columns[i].type == MSP_COLUMN_NUMBER && is_name(out->columns[i].name));
    if (rc != MSP_OK || !again)
        return rc;
    msp_arena scratch = {0};
    msp_read_column *columns = msp_arena_array(&scratch, out->n_columns, sizeof *columns);
    const msp_read_options how = {.columns = columns, .n_columns = out->n_columns};
    rc = columns != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "out of memory");
    for (size_t i = 0; i < out->n_columns && rc == MSP_OK; i++) {
        const char *column = msp_arena_text(&scratch, out->columns[i].name);
        columns[i] = (msp_read_column){column, column != NULL && is_name(column) ? MSP_READ_TEXT
                                                                                 : MSP_READ_AUTO};
        rc = column != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "out of memory");
    }
    msp_table_free(out);
    if (rc == MSP_OK)
        rc = msp_table_read_split(folder, name, &how, names, out, first, err);
    msp_arena_free(&scratch);
    return rc;
}

msp_status msp_reports_read(const char *folder, msp_findings *findings, msp_reports *out,
                            msp_error *err)
{
    msp_arena *names = &findings->arena;
    msp_table rs = {0}, supp = {0};
    const char *has_rs, *has_supp = NULL;
    *out = (msp_reports){0};
    msp_status rc = read_table(folder, "RS", names, &rs, &has_rs, err);
    if (rc == MSP_OK && has_rs != NULL)
        rc = read_table(folder, "SUPPRS", names, &supp, &has_supp, err);
    const msp_table *qualifiers = has_supp != NULL ? &supp : NULL;
    if (rc == MSP_OK && has_rs != NULL)
        rc = msp_rs_read(&rs, qualifiers, MSP_RS_INVESTIGATOR, findings, &out->investigator, err);
    if (rc == MSP_OK && has_rs != NULL)
        rc = msp_rs_read(&rs, qualifiers, MSP_RS_COMMITTEE, findings, &out->committee, err);
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
