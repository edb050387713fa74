/* sdtm_table.c - SDTM tables with their qualifiers, whose rows belong to patients; what is said of
 * their cells. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"
#include "sdtm.h"

const char *sdtm_cell(const msp_column *column, size_t row)
{
    return column != NULL ? column->text[column->code[row]] : "";
}

uint32_t sdtm_patient(const sdtm_table *t, size_t row)
{
    return t->patient[t->id->code[row]];
}

void sdtm_note(sdtm_table *t, msp_severity severity, const char *id, size_t row,
               const msp_column *column, const char *hint, const char *fmt, ...)
{
    if (t->s->findings == NULL || ++t->n_findings > MSP_SDTM_FINDINGS_MAX)
        return;
    const msp_place at = msp_table_place(&t->table, row, column);
    size_t there;
    msp_text text = {0};
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (t->s->options.name_patients && t->id != NULL) {
        const msp_column *visit = msp_table_column(&t->table, "VISITNUM");
        msp_text_printf(&text, "patient %s", sdtm_cell(t->id, row));
        if (sdtm_cell(visit, row)[0] != '\0')
            msp_text_printf(&text, ", visit %s", sdtm_cell(visit, row));
        msp_text_add(&text, ": ");
    }
    if (at.line == 0) {
        (void)msp_table_part_of(&t->table, row, &there);
        msp_text_printf(&text, "row %zu", there + 1);
        if (column != NULL)
            msp_text_printf(&text, ", %s", column->name);
        msp_text_add(&text, ": ");
    }
    msp_findings_add(t->s->findings, severity, id, at, hint, "%s%s", msp_text_str(&text), what);
    msp_text_free(&text);
}

/* Outlives the tables, for findings and errors name files. */
static msp_arena *names_of(sdtm *s)
{
    return s->findings != NULL ? &s->findings->arena : &s->scratch;
}

msp_status sdtm_close(sdtm_table *t, msp_status rc, msp_error *err)
{
    if (t->s->findings != NULL && t->n_findings > MSP_SDTM_FINDINGS_MAX)
        msp_findings_add(t->s->findings, MSP_SEVERITY_WARNING, "data-more",
                         (msp_place){.file = t->path}, NULL, "%zu more findings of this table",
                         t->n_findings - MSP_SDTM_FINDINGS_MAX);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL) /* the table's own names go */
        err->at.file = msp_arena_text(names_of(t->s), err->at.file);
    msp_table_free(&t->table);
    return rc;
}

msp_status sdtm_know_patients(sdtm_table *t, msp_error *err)
{
    const msp_patients *patients = t->s->out;
    uint32_t *index = msp_arena_array(&t->s->scratch, t->id->n_texts, sizeof *index);
    if (index == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the patients of %s", t->name);
    size_t n_unknown = 0, first = 0;
    for (size_t i = 0; i < t->id->n_texts; i++) {
        const msp_patient *p = msp_patients_find(patients, t->id->text[i]);
        index[i] = p != NULL ? (uint32_t)(p - patients->patients) : SDTM_NO_PATIENT;
    }
    for (size_t row = t->table.n_rows; row-- > 0;)
        if (index[t->id->code[row]] == SDTM_NO_PATIENT) {
            n_unknown++;
            first = row;
        }
    t->patient = index;
    if (n_unknown > 0)
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-patient", first, t->id, "they are left out",
                  "%zu row%s of patients who are not in DM, this the first", n_unknown,
                  n_unknown == 1 ? "" : "s");
    return MSP_OK;
}

/* Reads those of the columns that the files have, as texts; a table that is not there is none. */
static msp_status read_columns(sdtm_table *t, const char *const *columns, size_t n, msp_error *err)
{
    msp_read_column *asked = msp_arena_array(&t->s->scratch, n + 1, sizeof *asked);
    if (asked == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", t->name);
    asked[0] = (msp_read_column){"USUBJID", MSP_READ_TEXT};
    for (size_t i = 0; i < n; i++)
        asked[i + 1] = (msp_read_column){columns[i], MSP_READ_TEXT};
    const msp_read_options options = {
        .columns = asked, .n_columns = n + 1, .skip_absent = true, .notes = t->s->findings};
    msp_column *id = NULL;
    msp_status rc = msp_table_read_split(t->s->folder, t->name, &options, names_of(t->s), &t->table,
                                         &t->path, err);
    if (rc == MSP_OK && t->path == NULL)
        return MSP_OK;
    if (rc == MSP_OK)
        rc = msp_table_need_column(&t->table, "USUBJID", &id, err);
    t->id = id;
    t->there = rc == MSP_OK;
    return rc;
}

/* The qualifiers of a table, where there are any. */
static msp_status open_supp(sdtm *s, const char *name, sdtm_table *out, msp_error *err)
{
    static const char *const columns[] = {"RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QVAL"};
    *out = (sdtm_table){.s = s, .name = msp_arena_printf(&s->scratch, "SUPP%s", name)};
    if (out->name == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the qualifiers of %s", name);
    return read_columns(out, columns, MSP_COUNT(columns), err);
}

/* The columns asked for, and those by which the qualifiers find their rows. */
static msp_status open_table(sdtm_table *t, const sdtm_table *supp, const char *const *columns,
                             size_t n, msp_error *err)
{
    const msp_column *idvar = supp->there ? msp_table_column(&supp->table, "IDVAR") : NULL;
    const size_t n_more = idvar != NULL ? idvar->n_texts - 1 : 0;
    const char **all = msp_arena_array(&t->s->scratch, n + n_more + 1, sizeof *all);
    size_t n_all = 0;
    if (all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", t->name);
    for (size_t i = 0; i < n + n_more; i++) {
        const char *name = i < n ? columns[i] : idvar->text[i - n + 1];
        bool known = msp_text_equal_nocase(name, "USUBJID");
        for (size_t k = 0; k < n_all && !known; k++)
            known = msp_text_equal_nocase(all[k], name);
        if (!known)
            all[n_all++] = name;
    }
    return read_columns(t, all, n_all, err);
}

/* Qualifiers become columns; what belongs to no row, or is there twice, is said. */
static msp_status join_supp(sdtm_table *t, sdtm_table *supp, const char *const *columns, size_t n,
                            msp_error *err)
{
    msp_supp_match match;
    msp_status rc = msp_supp_find(&t->table, t->name, &supp->table, &t->s->scratch, &match, err);
    for (size_t row = 0; rc == MSP_OK && row < supp->table.n_rows; row++) {
        const msp_supp_fault fault = match.found[row].fault;
        if (fault != MSP_SUPP_NONE)
            sdtm_note(supp, fault == MSP_SUPP_REPEATED ? MSP_SEVERITY_WARNING : MSP_SEVERITY_ERROR,
                      "data-supp", row, msp_table_column(&supp->table, "QNAM"), "it is left out",
                      "a qualifier of %s: %s", t->name, msp_supp_fault_text(fault));
    }
    if (rc == MSP_OK)
        rc = msp_supp_join(&t->table, &supp->table, &match, columns, n, err);
    t->id = msp_table_column(&t->table, "USUBJID"); /* columns moved */
    return rc;
}

typedef struct numbered_row {
    uint32_t id, seq; /* codes of USUBJID and --SEQ */
    size_t row;
} numbered_row;

static int by_number(const void *a, const void *b)
{
    const numbered_row *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* --SEQ is unique in a domain, over all of its files: the same one in two of them may be a copy.
 * False when memory is out. */
static bool check_copies(sdtm_table *t)
{
    const char *name = msp_arena_printf(&t->s->scratch, "%sSEQ", t->name);
    const msp_column *seq = name != NULL ? msp_table_column(&t->table, name) : NULL;
    const size_t n = t->table.n_parts > 0 && seq != NULL ? t->table.n_rows : 0;
    numbered_row *rows = msp_arena_array(&t->s->scratch, n + 1, sizeof *rows);
    if (name == NULL || rows == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        rows[i] = (numbered_row){t->id->code[i], seq->code[i], i};
    qsort(rows, n, sizeof *rows, by_number);
    size_t n_twice = 0, first = 0, there;
    for (size_t i = 1; i < n; i++) {
        const bool twice = rows[i].id == rows[i - 1].id && rows[i].seq == rows[i - 1].seq &&
                           msp_table_part_of(&t->table, rows[i].row, &there) !=
                               msp_table_part_of(&t->table, rows[i - 1].row, &there);
        if (twice && (n_twice++ == 0 || rows[i].row < first))
            first = rows[i].row;
    }
    if (n_twice > 0)
        sdtm_note(t, MSP_SEVERITY_WARNING, "data-copy", first, seq,
                  "is one file a copy of the other? move it away; all rows are used",
                  "%zu row%s with the %s of one in another file of %s, this the first", n_twice,
                  n_twice == 1 ? "" : "s", name, t->name);
    return true;
}

msp_status sdtm_open(sdtm *s, const char *name, const char *const *columns, size_t n, bool know,
                     sdtm_table *out, msp_error *err)
{
    sdtm_table supp = {.s = s};
    *out = (sdtm_table){.s = s, .name = name};
    msp_status rc = open_supp(s, name, &supp, err);
    if (rc == MSP_OK)
        rc = open_table(out, &supp, columns, n, err);
    if (rc == MSP_OK && out->there && supp.there)
        rc = join_supp(out, &supp, columns, n, err);
    rc = sdtm_close(&supp, rc, err);
    if (rc == MSP_OK && out->there && know)
        rc = sdtm_know_patients(out, err);
    if (rc == MSP_OK && out->there && know && !check_copies(out))
        rc = msp_fail(err, MSP_EMEM, "no memory for the rows of %s", name);
    if (rc == MSP_OK && out->there && know && out->table.n_rows == 0 && s->findings != NULL)
        msp_findings_add(s->findings, MSP_SEVERITY_WARNING, "data-empty",
                         (msp_place){.file = out->path}, "look whether the export is complete",
                         "the table %s has columns and no rows", name);
    return rc;
}

bool sdtm_date(sdtm_table *t, const msp_column *column, size_t row, msp_date *out)
{
    const char *text = sdtm_cell(column, row);
    sdtm_read_date *kept = &t->dates[((uintptr_t)text / 16) % SDTM_DATES_KEPT];
    if (kept->text != text) {
        kept->text = text;
        kept->good = msp_date_parse(text, strlen(text), &kept->date);
    }
    if (kept->good)
        *out = kept->date;
    return kept->good;
}

/* `otherwise` says what becomes of a date with a part missing. */
static msp_day day_or(sdtm_table *t, const msp_column *column, size_t row, bool partial,
                      const char *otherwise)
{
    msp_date date;
    const char *text = sdtm_cell(column, row);
    if (!sdtm_date(t, column, row, &date)) {
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-date", row, column, "it counts as not said",
                  "\"%.40s\" is no date (YYYY-MM-DD)", text);
        return MSP_NO_DAY;
    }
    if (t->s->cutoff != MSP_NO_DAY && date.earliest > t->s->cutoff)
        return MSP_NO_DAY;
    if (date.precision == MSP_DATE_NONE || date.precision >= MSP_DATE_DAY)
        return date.earliest;
    sdtm_note(t, MSP_SEVERITY_WARNING, "data-date", row, column, otherwise,
              "a part of the date \"%.20s\" is missing", text);
    return partial ? date.earliest : MSP_NO_DAY;
}

msp_day sdtm_day(sdtm_table *t, const msp_column *column, size_t row, bool partial)
{
    return day_or(t, column, row, partial,
                  partial ? "its earliest day is taken" : "the row is left out");
}

msp_day sdtm_whole_day(sdtm_table *t, const msp_column *column, size_t row, const char *otherwise)
{
    return day_or(t, column, row, false, otherwise);
}

bool sdtm_keep(sdtm *s, sdtm_sample sample)
{
    if (s->n_samples == s->cap_samples) {
        const size_t cap = s->cap_samples > 0 ? 2 * s->cap_samples : 4096;
        sdtm_sample *more = realloc(s->samples, cap * sizeof *more);
        if (more == NULL)
            return false;
        s->samples = more;
        s->cap_samples = cap;
    }
    s->samples[s->n_samples++] = sample;
    return true;
}

void sdtm_earlier(msp_day *day, msp_day other)
{
    if (other != MSP_NO_DAY && (*day == MSP_NO_DAY || other < *day))
        *day = other;
}

void sdtm_later(msp_day *day, msp_day other)
{
    if (other != MSP_NO_DAY && (*day == MSP_NO_DAY || other > *day))
        *day = other;
}
