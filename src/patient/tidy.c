/* tidy.c - patients from a table of visits.
 *
 *   1. columns, and what their texts mean     3. one patient
 *   2. rows by patient                        4. everybody
 */
#include "tidy.h"

#include <stdlib.h>
#include <string.h>

#include "mspike/base/file.h"
#include "mspike/patient/lab_result.h"
#include "mspike/table/read.h"

/* -- 1. columns -- */

#define AS_NAME(code, name, other) {name, other},
static const char *const field_names[][2] = {FIELD_LIST(AS_NAME)};
#undef AS_NAME

static const char *const id_names[] = {"usubjid", "case_id"};

/* Columns in another unit than the marker's own. */
static const struct {
    const char *name, *unit;
    msp_marker marker;
} other_units[] = {
    {"serum_m_gl", "g/L", MSP_MARKER_SERUM_M},
    {"urine_m_g24h", "g/24h", MSP_MARKER_URINE_M},
    {"creatinine_mgdl", "mg/dL", MSP_MARKER_CREATININE},
    {"haemoglobin_gl", "g/L", MSP_MARKER_HAEMOGLOBIN},
    {"hemoglobin_gdl", "g/dL", MSP_MARKER_HAEMOGLOBIN},
    {"corrected_calcium_mmoll", "mmol/L", MSP_MARKER_CALCIUM},
};

_Static_assert(MSP_COUNT(other_units) == TIDY_OTHER_UNITS, "as many as are made room for");

void tidy_note(tidy *t, msp_severity severity, const char *id, size_t row, const msp_column *column,
               const char *hint, const char *text)
{
    if (t->findings == NULL || ++t->n_findings > MSP_TIDY_FINDINGS_MAX)
        return;
    char buffer[MSP_DOUBLE_MAX], day[MSP_DOUBLE_MAX];
    msp_text whose = {0};
    if (t->name_patients)
        msp_text_printf(&whose, "patient %s, visit %s: ", tidy_cell(t->id, row, buffer),
                        tidy_cell(t->field[FIELD_DATE], row, day));
    msp_findings_add(t->findings, severity, id, msp_table_place(t->table, row, column), hint,
                     "%s%s", msp_text_str(&whose), text);
    msp_text_free(&whose);
}

static void note_the_rest(const tidy *t)
{
    if (t->findings == NULL || t->n_findings <= MSP_TIDY_FINDINGS_MAX)
        return;
    msp_findings_add(t->findings, MSP_SEVERITY_WARNING, "data-more",
                     (msp_place){.file = t->table->file}, NULL, "%zu more findings of this table",
                     t->n_findings - MSP_TIDY_FINDINGS_MAX);
}

/* The text of a cell; a number as its shortest decimal. */
const char *tidy_cell(const msp_column *column, size_t row, char buffer[MSP_DOUBLE_MAX])
{
    if (column->type == MSP_COLUMN_TEXT)
        return column->text[column->code[row]];
    if (msp_column_is_missing(column, row))
        return "";
    buffer[msp_double_format(column->number[row], buffer)] = '\0';
    return buffer;
}

static void say_doubt(tidy *t, const value_column *v, size_t row, doubt of)
{
    char buffer[MSP_DOUBLE_MAX];
    doubt_said said;
    doubt_say(of, (msp_marker)v->marker, tidy_cell(v->column, row, buffer), v->unit, &said);
    tidy_note(t, said.error ? MSP_SEVERITY_ERROR : MSP_SEVERITY_WARNING, said.id, row, v->column,
              said.hint[0] != '\0' ? said.hint : NULL, said.text);
}

/* False: no memory. A table may lack the column. */
static bool add_value_column(tidy *t, const char *name, msp_marker marker, const char *unit)
{
    const msp_column *column = msp_table_column(t->table, name);
    if (column == NULL)
        return true;
    value_column *v = &t->values[t->n_values];
    *v = (value_column){.column = column, .unit = unit, .marker = (uint8_t)marker};
    if (column->type == MSP_COLUMN_TEXT) {
        v->read = msp_arena_array(&t->scratch, column->n_texts, sizeof *v->read);
        v->doubt = msp_arena_array(&t->scratch, column->n_texts, 1);
        if (v->read == NULL || v->doubt == NULL)
            return false;
        const bool fixation = marker == MSP_MARKER_IFE_SERUM || marker == MSP_MARKER_IFE_URINE;
        for (size_t i = 0; i < column->n_texts; i++) {
            v->bands = v->bands || (fixation && msp_is_band(column->text[i]));
            v->doubt[i] = (uint8_t)doubt_read(marker, column->text[i], unit,
                                              t->table->decimal == ',', &v->read[i]);
        }
    }
    t->n_values++;
    return true;
}

/* NULL for a column that is not of this form. */
const char *tidy_known_name(const char *name)
{
    for (size_t i = 0; i < MSP_COUNT(id_names); i++)
        if (msp_text_equal_nocase(name, id_names[i]))
            return id_names[i];
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (size_t k = 0; k < 2; k++)
            if (msp_text_equal_nocase(name, field_names[i][k]))
                return field_names[i][k];
    for (size_t i = 0; i < MSP_MARKER_COUNT; i++)
        if (msp_text_equal_nocase(name, msp_marker_about((msp_marker)i)->column))
            return msp_marker_about((msp_marker)i)->column;
    for (size_t i = 0; i < MSP_COUNT(other_units); i++)
        if (msp_text_equal_nocase(name, other_units[i].name))
            return other_units[i].name;
    return NULL;
}

msp_status tidy_need(const msp_table *table, const char *name, const msp_column **out,
                     msp_error *err)
{
    msp_column *column = NULL;
    const msp_status rc = msp_table_need_column(table, name, &column, err);
    *out = column;
    return rc;
}

/* By marker, so that the measurements of a day come in that order. */
static bool find_value_columns(tidy *t)
{
    bool memory = true;
    for (size_t m = 0; m < MSP_MARKER_COUNT; m++) {
        memory = memory &&
                 add_value_column(t, msp_marker_about((msp_marker)m)->column, (msp_marker)m, NULL);
        for (size_t i = 0; i < MSP_COUNT(other_units); i++)
            if (other_units[i].marker == m)
                memory = memory && add_value_column(t, other_units[i].name, other_units[i].marker,
                                                    other_units[i].unit);
    }
    return memory;
}

static msp_status find_columns(tidy *t, msp_error *err)
{
    for (size_t i = 0; i < MSP_COUNT(id_names) && t->id == NULL; i++)
        t->id = msp_table_column(t->table, id_names[i]);
    if (t->id == NULL) {
        const msp_status rc = tidy_need(t->table, "usubjid", &t->id, err);
        return msp_hint(err, rc, "the patient's column is \"usubjid\" or \"case_id\"");
    }
    if (t->id->type != MSP_COLUMN_TEXT)
        return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = t->table->file},
                           "the patients in column \"%s\" are numbers; expected text", t->id->name);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (size_t k = 0; k < 2 && t->field[i] == NULL && field_names[i][k][0] != '\0'; k++)
            t->field[i] = msp_table_column(t->table, field_names[i][k]);
    if (t->field[FIELD_DATE] == NULL)
        return tidy_need(t->table, "visit_date", &t->field[FIELD_DATE], err);
    return find_value_columns(t) ? MSP_OK
                                 : msp_fail(err, MSP_EMEM, "no memory for the measurements");
}

/* A date: text as ISO 8601, a number as SAS counts days. */
bool tidy_date(const msp_column *column, size_t row, msp_date *out)
{
    if (column->type == MSP_COLUMN_TEXT) {
        const char *text = column->text[column->code[row]];
        return msp_date_parse(text, strlen(text), out);
    }
    *out = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    const double x = column->number[row];
    if (msp_column_is_missing(column, row))
        return true;
    if (!(x > -1e6 && x < 1e6) || x != (double)(int)x)
        return false;
    out->earliest = out->latest = (msp_day)x + MSP_SAS_EPOCH;
    out->precision = MSP_DATE_DAY;
    return true;
}

/* -- 2. rows by patient -- */

/* Patients in byte order of their ids, rows of each as they stand; `first` has n + 1 entries. */
static msp_status group_rows(tidy *t, size_t **first_row, msp_error *err)
{
    const msp_column *id = t->id;
    const size_t n_rows = t->table->n_rows;
    uint32_t *levels = msp_arena_array(&t->scratch, id->n_texts, sizeof *levels);
    uint32_t *rank = msp_arena_array(&t->scratch, id->n_texts, sizeof *rank);
    t->rows = msp_arena_array(&t->scratch, n_rows + 1, sizeof *t->rows);
    if (levels == NULL || rank == NULL || t->rows == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n_rows);
    const size_t n = msp_column_levels(id, levels);
    size_t *first = msp_arena_array(&t->scratch, n + 2, sizeof *first);
    t->out->patients = msp_arena_array(&t->out->arena, n + 1, sizeof *t->out->patients);
    if (first == NULL || t->out->patients == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu patients", n);
    t->out->n = n;
    for (size_t i = 0; i < n; i++)
        rank[levels[i]] = (uint32_t)i;
    for (size_t i = 0; i < n_rows; i++) {
        if (id->code[i] == 0)
            tidy_note(t, MSP_SEVERITY_ERROR, "data-patient", i, id, "the row is left out",
                      "no patient in this row");
        else
            first[rank[id->code[i]] + 2]++;
    }
    for (size_t i = 1; i < n; i++)
        first[i + 1] += first[i];
    for (size_t i = 0; i < n_rows; i++)
        if (id->code[i] != 0)
            t->rows[first[rank[id->code[i]] + 1]++] = i;
    for (size_t i = 0; i < n; i++)
        t->out->patients[i].id = msp_arena_text(&t->out->arena, id->text[levels[i]]);
    *first_row = first;
    return MSP_OK;
}

/* -- 3. one patient -- */

static int by_day(const void *a, const void *b)
{
    const visit *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows that have a day, by day. A partial date is no day. */
static void find_visits(tidy *t, const size_t *rows, size_t n)
{
    bool sorted = true;
    t->n_visits = 0;
    for (size_t i = 0; i < n; i++) {
        msp_date date;
        if (!tidy_date(t->field[FIELD_DATE], rows[i], &date) || date.earliest == MSP_NO_DAY ||
            date.precision < MSP_DATE_DAY) {
            tidy_note(t, MSP_SEVERITY_ERROR, "data-date", rows[i], t->field[FIELD_DATE],
                      "the row is left out", "visit_date is no full date (YYYY-MM-DD)");
            continue;
        }
        if (t->cutoff != MSP_NO_DAY && date.earliest > t->cutoff) {
            t->lived_to = date.earliest > t->lived_to ? date.earliest : t->lived_to;
            continue;
        }
        sorted = sorted && (t->n_visits == 0 || t->visits[t->n_visits - 1].day <= date.earliest);
        t->visits[t->n_visits++] = (visit){date.earliest, rows[i]};
    }
    if (!sorted)
        qsort(t->visits, t->n_visits, sizeof *t->visits, by_day);
}

static bool keep(tidy *t, msp_measured m)
{
    if (t->n_measured == t->cap_measured) {
        const size_t cap = t->cap_measured > 0 ? 2 * t->cap_measured : 512;
        msp_measured *more = realloc(t->measured, cap * sizeof *more);
        if (more == NULL)
            return false;
        t->measured = more;
        t->cap_measured = cap;
    }
    t->measured[t->n_measured++] = m;
    return true;
}

/* One cell, where it holds a value. */
static bool measure(tidy *t, const value_column *v, const visit *at)
{
    msp_lab_result now;
    doubt of;
    const msp_lab_result *r = &now;
    if (v->column->type == MSP_COLUMN_TEXT) {
        const uint32_t code = v->column->code[at->row];
        if (code == 0)
            return true;
        r = &v->read[code];
        of = (doubt)v->doubt[code];
        if (v->bands && t->band == NULL && msp_is_band(v->column->text[code]))
            t->band = v->column->text[code];
    } else {
        char buffer[MSP_DOUBLE_MAX];
        of = doubt_read((msp_marker)v->marker, tidy_cell(v->column, at->row, buffer), v->unit,
                        false, &now);
    }
    if (of != DOUBT_NONE)
        say_doubt(t, v, at->row, of);
    if (r->kind != MSP_RESULT_VALUE)
        return true;
    const uint8_t spurious = tidy_is_one(t, FIELD_SPURIOUS, at->row) ? MSP_MEASURED_SPURIOUS : 0;
    const msp_measured m = {.coefficient = r->value.coefficient,
                            .scale = (uint8_t)r->value.scale,
                            .day = at->day,
                            .assessed = at->day,
                            .row = (uint32_t)at->row,
                            .marker = v->marker,
                            .flags = (uint8_t)(r->flags | spurious)};
    return keep(t, m) &&
           (r->limit.coefficient == 0 || msp_patients_add_limit(t->out, &m, r->limit));
}

/* The first plain value of a marker on a day; NULL where there is none. */
static const msp_measured *value_of(const tidy *t, size_t from, msp_marker marker)
{
    for (size_t i = from; i < t->n_measured; i++)
        if (t->measured[i].marker == marker && t->measured[i].flags == 0)
            return &t->measured[i];
    return NULL;
}

/* Where the clonality of a day was not reported, but counts of cells were, it follows from them.
 * The measurements of the day begin at `from`. */
static bool add_clonality(tidy *t, size_t from)
{
    const msp_measured *kappa = value_of(t, from, MSP_MARKER_MARROW_KAPPA),
                       *lambda = value_of(t, from, MSP_MARKER_MARROW_LAMBDA);
    if (kappa == NULL || lambda == NULL)
        return true;
    const msp_fact clonal = msp_clonality_of(msp_measured_value(kappa), msp_measured_value(lambda));
    msp_measured sign = *kappa;
    size_t at = from;
    while (at < t->n_measured && t->measured[at].marker < MSP_MARKER_CLONAL)
        at++;
    const bool said = at < t->n_measured && t->measured[at].marker == MSP_MARKER_CLONAL;
    if (clonal == MSP_UNKNOWN || said)
        return true;
    sign.marker = MSP_MARKER_CLONAL;
    sign.coefficient = clonal == MSP_YES;
    sign.scale = 0;
    if (!keep(t, sign))
        return false;
    memmove(&t->measured[at + 1], &t->measured[at], (t->n_measured - 1 - at) * sizeof *t->measured);
    t->measured[at] = sign;
    return true;
}

/* Measurements of one day, by marker as the columns are. */
static bool measure_day(tidy *t, size_t from, size_t to)
{
    const size_t first = t->n_measured;
    for (size_t k = 0; k < t->n_values; k++)
        for (size_t i = from; i < to; i++)
            if (!measure(t, &t->values[k], &t->visits[i]))
                return false;
    return add_clonality(t, first);
}

/* What was measured, and what is no part of an assessment apart. */
static bool keep_measured(tidy *t, msp_patient *p)
{
    msp_measured *measured = msp_arena_array(&t->out->arena, t->n_measured + 1, sizeof *measured);
    size_t n_apart = 0;
    if (measured == NULL)
        return false;
    for (size_t i = 0; i < t->n_measured; i++)
        n_apart += t->measured[i].marker >= MSP_MARKER_APART;
    msp_measured *apart = measured + (t->n_measured - n_apart);
    p->measured = measured;
    p->apart = apart;
    for (size_t i = 0; i < t->n_measured; i++)
        if (t->measured[i].marker < MSP_MARKER_APART)
            measured[p->n_measured++] = t->measured[i];
        else if ((t->measured[i].flags & MSP_MEASURED_SPURIOUS) == 0)
            apart[p->n_apart++] = t->measured[i];
    return true;
}

static bool build_patient(tidy *t, msp_patient *p, const size_t *rows, size_t n)
{
    t->lived_to = MSP_NO_DAY;
    find_visits(t, rows, n);
    if (!tidy_facts(t, p, rows, n))
        return false;
    p->baseline = tidy_baseline(t, p);
    msp_day *days = msp_arena_array(&t->out->arena, t->n_visits + 1, sizeof *days);
    if (days == NULL)
        return false;
    t->n_measured = 0;
    t->band = NULL;
    for (size_t i = 0, to; i < t->n_visits; i = to) {
        to = i + 1;
        while (to < t->n_visits && t->visits[to].day == t->visits[i].day)
            to++;
        days[p->n_visits++] = t->visits[i].day;
        if (!measure_day(t, i, to))
            return false;
    }
    if (t->band != NULL && p->heavy == MSP_HEAVY_UNKNOWN && p->light == 0)
        msp_isotype_read(t->band, &p->heavy, &p->light);
    p->visits = days;
    return keep_measured(t, p);
}

static msp_status build_patients(tidy *t, msp_error *err)
{
    size_t *first = NULL, most = 0;
    msp_status rc = group_rows(t, &first, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < t->out->n; i++)
        if (first[i + 1] - first[i] > most)
            most = first[i + 1] - first[i];
    t->visits = msp_arena_array(&t->scratch, most + 1, sizeof *t->visits);
    bool memory = t->visits != NULL;
    for (size_t i = 0; memory && i < t->out->n; i++)
        memory =
            t->out->patients[i].id != NULL &&
            build_patient(t, &t->out->patients[i], t->rows + first[i], first[i + 1] - first[i]);
    msp_patients_share_limits(t->out);
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the patients");
}

/* -- 4. everybody -- */

static msp_status name_source(const msp_table *table, msp_patients *out, msp_error *err)
{
    out->sources = msp_arena_array(&out->arena, 1, sizeof *out->sources);
    if (out->sources == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the patients");
    out->n_sources = 1;
    out->sources[0] = (msp_patient_source){.file = msp_arena_text(&out->arena, table->file),
                                           .name = msp_arena_text(&out->arena, table->name),
                                           .has_lines = table->format == MSP_TABLE_CSV};
    return out->sources[0].file != NULL && out->sources[0].name != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for the patients");
}

msp_status msp_tidy_from_table(const msp_table *table, const msp_tidy_options *options,
                               msp_patients *out, msp_findings *findings, msp_error *err)
{
    *out = (msp_patients){0};
    tidy t = {.table = table,
              .cutoff = options->cutoff,
              .name_patients = options->name_patients,
              .findings = findings,
              .out = out};
    msp_status rc = table->n_rows <= UINT32_MAX
                        ? find_columns(&t, err)
                        : msp_fail(err, MSP_ERANGE, "more than %u rows", UINT32_MAX);
    if (rc == MSP_OK && table->n_rows == 0)
        rc = msp_fail_at(err, MSP_EINPUT, (msp_place){.file = table->file},
                         "the table has columns and no rows: there are no patients");
    if (rc == MSP_OK)
        rc = name_source(table, out, err);
    out->says_adverse_events = t.field[FIELD_ADVERSE] != NULL;
    out->says_deterioration = t.field[FIELD_DETERIORATED] != NULL;
    if (rc == MSP_OK)
        rc = build_patients(&t, err);
    note_the_rest(&t);
    free(t.measured);
    msp_arena_free(&t.scratch);
    if (rc != MSP_OK)
        msp_patients_free(out);
    return rc;
}
