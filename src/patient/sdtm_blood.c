/* sdtm_blood.c - blood values from LB, with the limits of their laboratory. */
#include <string.h>

#include "blood.h"
#include "mspike/base/text.h"
#include "sdtm.h"

#define COLUMN_LIST(X)            \
    X(CODE, "LBTESTCD")           \
    X(SPECIMEN, "LBSPEC")         \
    X(REPORTED, "LBORRES")        \
    X(UNIT, "LBORRESU")           \
    X(LOWER, "LBORNRLO")          \
    X(UPPER, "LBORNRHI")          \
    X(STANDARD, "LBSTRESN")       \
    X(STANDARD_C, "LBSTRESC")     \
    X(STANDARD_UNIT, "LBSTRESU")  \
    X(STANDARD_LOWER, "LBSTNRLO") \
    X(STANDARD_UPPER, "LBSTNRHI") \
    X(DATE, "LBDTC")              \
    X(STATUS, "LBSTAT")           \
    X(SPURIOUS, "LBSPURFL")       \
    X(FASTING, "LBFAST")          \
    X(SEQ, "LBSEQ")
enum {
#define AS_ENUM(code, name) COLUMN_##code,
    COLUMN_LIST(AS_ENUM)
#undef AS_ENUM
        COLUMN_COUNT
};

#define CONDITIONS_MAX 8 /* of one measurement of a protocol */

/* How one test is found; `said` where the protocol says how. */
typedef struct source {
    const msp_measurement *said;
    bool total; /* calcium that is to be corrected */
    const msp_column *value, *unit, *date, *where[CONDITIONS_MAX];
} source;

#define SOURCES_MAX (2 * MSP_BLOOD_COUNT)

typedef struct reader {
    sdtm_table t;
    const msp_column *column[COLUMN_COUNT];
    source sources[SOURCES_MAX];
    msp_blood_test test[SOURCES_MAX];
    size_t n_sources;
    blood_list list;
} reader;

static const char *cell(const reader *r, int which, size_t row)
{
    return sdtm_cell(r->column[which], row);
}

/* -- which test a row is of -- */

static bool is_one_of(const char *text, const char *list)
{
    const size_t n = strlen(text);
    for (const char *word = list; n > 0 && *word != '\0';) {
        const size_t len = strcspn(word, "|");
        if (len == n && strncmp(word, text, n) == 0)
            return true;
        word += len + (word[len] == '|');
    }
    return false;
}

static bool is_blood(const char *specimen)
{
    static const char *const words[] = {"blood", "serum", "plasma"};
    bool found = specimen[0] == '\0';
    for (size_t i = 0; i < MSP_COUNT(words) && !found; i++)
        found = msp_text_contains_nocase(specimen, words[i]);
    return found;
}

static bool meets(const source *s, size_t row)
{
    for (size_t i = 0; i < s->said->where.n; i++) {
        const msp_condition *c = &s->said->where.items[i];
        bool found = false;
        for (size_t k = 0; k < c->values.n && !found; k++)
            found = msp_text_equal_nocase(c->values.items[k].text, sdtm_cell(s->where[i], row));
        if (!found)
            return false;
    }
    return true;
}

static bool is_of(const reader *r, const source *s, msp_blood_test test, size_t row)
{
    const char *codes = s->total ? "CA" : msp_blood_about(test)->codes;
    return s->said != NULL ? meets(s, row)
                           : is_one_of(cell(r, COLUMN_CODE, row), codes) &&
                                 is_blood(cell(r, COLUMN_SPECIMEN, row));
}

/* -- one row -- */

/* What the site's unit is, as the protocol says; else the unit itself. */
static const char *unit_of(const source *s, size_t row)
{
    const char *unit = sdtm_cell(s->unit, row);
    if (s->said == NULL)
        return unit;
    if (unit[0] == '\0')
        return s->said->unit.text != NULL ? s->said->unit.text : "";
    for (size_t i = 0; i < s->said->units.n; i++)
        if (msp_text_equal_nocase(s->said->units.items[i].id, unit))
            return s->said->units.items[i].unit.text;
    return unit;
}

static bool has_limits(const msp_blood *x)
{
    return (x->flags & (MSP_BLOOD_HAS_LOWER | MSP_BLOOD_HAS_UPPER)) != 0;
}

static const char *standard_value(const reader *r, size_t row)
{
    const char *number = cell(r, COLUMN_STANDARD, row);
    return number[0] != '\0' ? number : cell(r, COLUMN_STANDARD_C, row);
}

/* As it was reported; in standard units where that is no number, or where they alone have limits.
 */
static blood_fault read_value(const reader *r, const source *s, msp_blood_test test, size_t row,
                              msp_blood *out)
{
    const bool standard_said =
        s->value == r->column[COLUMN_STANDARD] || s->value == r->column[COLUMN_STANDARD_C];
    const blood_cells standard = {.value = standard_value(r, row),
                                  .unit = cell(r, COLUMN_STANDARD_UNIT, row),
                                  .lower = cell(r, COLUMN_STANDARD_LOWER, row),
                                  .upper = cell(r, COLUMN_STANDARD_UPPER, row)};
    const blood_cells reported = {.value = sdtm_cell(s->value, row),
                                  .unit = unit_of(s, row),
                                  .lower = cell(r, COLUMN_LOWER, row),
                                  .upper = cell(r, COLUMN_UPPER, row)};
    msp_blood other = *out;
    if (s->said != NULL && standard_said && s->value != NULL)
        return blood_read(test, &standard, out);
    const blood_fault fault = blood_read(test, &reported, out);
    if (fault == BLOOD_READ && has_limits(out))
        return fault;
    if (blood_read(test, &standard, &other) == BLOOD_READ &&
        (fault != BLOOD_READ || has_limits(&other))) {
        *out = other;
        return BLOOD_READ;
    }
    return fault;
}

static void say_fault(reader *r, const source *s, msp_blood_test test, blood_fault fault,
                      size_t row)
{
    const msp_blood_info *about = msp_blood_about(test);
    const bool unit = fault == BLOOD_UNIT || fault == BLOOD_NO_UNIT;
    char hint[96] = "it is not graded";
    if (unit)
        snprintf(hint, sizeof hint, "it is not graded; expected %s%s%s", about->unit[0],
                 about->unit[1][0] != '\0' ? " or " : "", about->unit[1]);
    sdtm_note(&r->t, MSP_SEVERITY_WARNING, unit ? "data-unit" : "data-value", row, s->value, hint,
              "%s is \"%.40s\" %.24s: %s", about->text, sdtm_cell(s->value, row), unit_of(s, row),
              blood_fault_text(fault));
}

static void say_implausible(reader *r, const source *s, const msp_blood *x, size_t row)
{
    sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-implausible", row, s->value,
              "it is graded as it stands; compare the unit",
              "%s is \"%.40s\" %.24s, which is hardly possible",
              msp_blood_about((msp_blood_test)x->test)->text, sdtm_cell(s->value, row),
              unit_of(s, row));
}

static int32_t second_of(const source *s, size_t row)
{
    msp_date date;
    const char *text = sdtm_cell(s->date, row);
    return msp_date_parse(text, strlen(text), &date) ? date.second_of_day : 0;
}

/* False when memory is out. */
static bool read_row(reader *r, const source *s, msp_blood_test test, size_t row)
{
    blood_sample sample = {.patient = sdtm_patient(&r->t, row), .total = s->total};
    msp_blood *x = &sample.b;
    if (sample.patient == SDTM_NO_PATIENT ||
        msp_text_equal_nocase(cell(r, COLUMN_STATUS, row), "NOT DONE") ||
        msp_text_equal_nocase(cell(r, COLUMN_SPURIOUS, row), "Y"))
        return true;
    const blood_fault fault = read_value(r, s, test, row, x);
    if (fault != BLOOD_READ) {
        if (fault != BLOOD_NOTHING)
            say_fault(r, s, test, fault, row);
        return true;
    }
    x->day = sdtm_day(&r->t, s->date, row, false);
    if (x->day == MSP_NO_DAY)
        return true;
    x->second = second_of(s, row);
    x->row = (uint32_t)row;
    if (msp_text_equal_nocase(cell(r, COLUMN_FASTING, row), "Y"))
        x->flags |= MSP_BLOOD_FASTING;
    if ((x->flags & (MSP_BLOOD_BELOW | MSP_BLOOD_ABOVE)) == 0 && !blood_plausible(x))
        say_implausible(r, s, x, row);
    return blood_keep(&r->list, &sample);
}

/* -- the table -- */

static const msp_measurement *said_of(const msp_protocol *protocol, const char *name)
{
    for (size_t i = 0; protocol != NULL && i < protocol->measurements.n; i++) {
        const msp_measurement *m = &protocol->measurements.items[i];
        if (msp_text_equal_nocase(m->id, name) && m->table.text != NULL &&
            msp_text_equal_nocase(m->table.text, "LB") && m->where.n <= CONDITIONS_MAX)
            return m;
    }
    return NULL;
}

static void add_source(reader *r, msp_blood_test test, const msp_measurement *said, bool total)
{
    r->sources[r->n_sources] = (source){.said = said, .total = total};
    r->test[r->n_sources++] = test;
}

static void choose_sources(reader *r, const msp_protocol *protocol)
{
    for (size_t i = 0; i < MSP_BLOOD_COUNT; i++) {
        const msp_blood_test test = (msp_blood_test)i;
        add_source(r, test, said_of(protocol, msp_blood_about(test)->name), false);
        if (test == MSP_BLOOD_CALCIUM)
            add_source(r, test, said_of(protocol, "calcium"), true);
    }
}

/* The columns that the protocol's measurements ask for. */
static size_t name_columns(const reader *r, const char **names)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_sources; i++) {
        const msp_measurement *m = r->sources[i].said;
        if (m == NULL)
            continue;
        const char *asked[] = {m->value.text, m->unit_column.text, m->date.text};
        for (size_t k = 0; k < MSP_COUNT(asked); k++)
            if (asked[k] != NULL)
                names[n++] = asked[k];
        for (size_t k = 0; k < m->where.n; k++)
            names[n++] = m->where.items[k].column;
    }
    return n;
}

static const msp_column *column_or(const reader *r, const char *name, int usual)
{
    return name != NULL ? msp_table_column(&r->t.table, name) : r->column[usual];
}

static void find_columns(reader *r)
{
    for (size_t i = 0; i < r->n_sources; i++) {
        source *s = &r->sources[i];
        const msp_measurement *m = s->said;
        s->value = column_or(r, m != NULL ? m->value.text : NULL, COLUMN_REPORTED);
        s->unit = column_or(r, m != NULL ? m->unit_column.text : NULL, COLUMN_UNIT);
        s->date = column_or(r, m != NULL ? m->date.text : NULL, COLUMN_DATE);
        for (size_t k = 0; m != NULL && k < m->where.n; k++)
            s->where[k] = msp_table_column(&r->t.table, m->where.items[k].column);
    }
}

static msp_status keep_sequence(const reader *r, msp_bloods *out, msp_error *err)
{
    const size_t n = r->t.table.n_rows;
    if (r->column[COLUMN_SEQ] == NULL)
        return MSP_OK;
    uint32_t *all = msp_arena_array(&out->arena, n + 1, sizeof *all);
    if (all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the blood values");
    for (size_t row = 0; row < n; row++) {
        double x;
        const char *text = cell(r, COLUMN_SEQ, row);
        if (!msp_double_parse(text, strlen(text), &x) || x < 0 || x > UINT32_MAX)
            return MSP_OK;
        all[row] = (uint32_t)x;
    }
    out->sequence = all;
    return MSP_OK;
}

static msp_status read_rows(reader *r, msp_error *err)
{
    if (r->t.table.n_rows > UINT32_MAX)
        return msp_fail(err, MSP_ERANGE, "%s: more than %u rows", r->t.path, UINT32_MAX);
    for (size_t row = 0; row < r->t.table.n_rows; row++)
        for (size_t i = 0; i < r->n_sources; i++) {
            if (!is_of(r, &r->sources[i], r->test[i], row))
                continue;
            if (!read_row(r, &r->sources[i], r->test[i], row))
                return msp_fail(err, MSP_EMEM, "no memory for the blood values");
            break;
        }
    return MSP_OK;
}

/* LB is opened with the columns of all tests and of the protocol's. */
static msp_status open_table(reader *r, sdtm *s, msp_error *err)
{
    static const char *const usual[] = {
#define AS_NAME(code, name) name,
        COLUMN_LIST(AS_NAME)
#undef AS_NAME
    };
    const char *names[COLUMN_COUNT + SOURCES_MAX * (CONDITIONS_MAX + 3)];
    memcpy(names, usual, sizeof usual);
    const size_t n = COLUMN_COUNT + name_columns(r, names + COLUMN_COUNT);
    const msp_status rc = sdtm_open(s, "LB", names, n, true, &r->t, err);
    for (size_t i = 0; rc == MSP_OK && i < COLUMN_COUNT; i++)
        r->column[i] = msp_table_column(&r->t.table, usual[i]);
    return rc;
}

static msp_status read_lb(reader *r, sdtm *s, const msp_protocol *protocol, msp_bloods *out,
                          msp_error *err)
{
    choose_sources(r, protocol);
    msp_status rc = open_table(r, s, err);
    if (rc == MSP_OK && r->t.there) {
        find_columns(r);
        out->name = "LB";
        out->file = msp_arena_text(&out->arena, r->t.path);
        rc = out->file != NULL ? read_rows(r, err)
                               : msp_fail(err, MSP_EMEM, "no memory for a file's name");
        if (rc == MSP_OK)
            rc = keep_sequence(r, out, err);
    }
    return sdtm_close(&r->t, rc, err);
}

msp_status msp_blood_read(const char *folder, const msp_protocol *protocol,
                          const msp_patients *patients, msp_bloods *out, msp_findings *findings,
                          msp_error *err)
{
    msp_patients known = *patients; /* the reader of tables only looks ids up in it */
    sdtm s = {.folder = folder, .out = &known, .findings = findings, .cutoff = MSP_NO_DAY};
    reader r = {0};
    s.options.protocol = protocol;
    if (protocol != NULL)
        s.cutoff = msp_protocol_cutoff_day(protocol);
    *out = (msp_bloods){0};
    msp_status rc = read_lb(&r, &s, protocol, out, err);
    const msp_status finished = blood_finish(&r.list, patients->n, out, rc == MSP_OK ? err : NULL);
    rc = rc == MSP_OK ? finished : rc;
    msp_arena_free(&s.scratch);
    if (rc != MSP_OK)
        msp_bloods_free(out);
    return rc;
}
