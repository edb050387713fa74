/* study_adae.c - adverse events of a study whose folder has analysis tables: ADAE beside ADSL. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/safety.h"
#include "mspike/base/text.h"
#include "study_internal.h"

/* What each is called; the first of the names that the table has is read. */
enum { TERM, CLASS, GRADE, SERIOUS, RELATED, ACTION, STOPPED, FATAL, OUTCOME, START, EMERGENT, N };
static const char *const names[N][4] = {
    [TERM] = {"AEDECOD", "AETERM"},
    [CLASS] = {"AEBODSYS", "AESOC"},
    [GRADE] = {"ATOXGRN", "AETOXGRN", "ATOXGR", "AETOXGR"},
    [SERIOUS] = {"AESER"},
    [RELATED] = {"AREL", "AEREL"},
    [ACTION] = {"AEACN"},
    [STOPPED] = {"AEWDFL"},
    [FATAL] = {"AEFATFL", "AESDTH"},
    [OUTCOME] = {"AEOUT"},
    [START] = {"ASTDT", "AESTDTC"},
    [EMERGENT] = {"TRTEMFL"},
};

struct adae {
    struct study *study;
    msp_table events, subjects;
    const msp_column *column[N], *id;
    const msp_column *first, *last, *death; /* of the subjects */
    uint32_t *patient;                      /* of each text of `id`; NO_ROW */
};

/* -- cells -- */

static const char *text_of(const msp_column *c, size_t row)
{
    return c != NULL && c->type == MSP_COLUMN_TEXT ? c->text[c->code[row]] : "";
}

/* A SAS date, or ISO 8601 of which the first possible day counts. */
static msp_day day_of(const msp_column *c, size_t row)
{
    msp_date date;
    if (c == NULL)
        return MSP_NO_DAY;
    if (c->type == MSP_COLUMN_NUMBER) {
        const double x = c->number[row];
        return fabs(x) < 1e6 ? (msp_day)x + MSP_SAS_EPOCH : MSP_NO_DAY;
    }
    const char *text = text_of(c, row);
    return msp_date_parse(text, strlen(text), &date) ? date.earliest : MSP_NO_DAY;
}

/* 1 to 5; 0 where it is not said. */
static int grade_of(const msp_column *c, size_t row)
{
    double x = 0;
    if (c == NULL)
        return 0;
    const char *text = text_of(c, row);
    if (c->type == MSP_COLUMN_NUMBER)
        x = c->number[row];
    else if (!msp_double_parse(text, strlen(text), &x))
        return 0;
    return x >= 1 && x <= 5 ? (int)x : 0;
}

static bool says(const msp_column *c, size_t row, const char *word)
{
    return msp_text_equal_nocase(text_of(c, row), word);
}

/* -- the tables -- */

static msp_status open_table(struct study *study, const char *name, const char *const *wanted,
                             size_t n, msp_table *out, msp_error *err)
{
    msp_read_column columns[8 + 4 * N];
    char *path = NULL;
    columns[0] = (msp_read_column){study->protocol->data.subjects.id.text, MSP_READ_TEXT};
    for (size_t i = 0; i < n; i++)
        columns[i + 1] = (msp_read_column){wanted[i], MSP_READ_AUTO};
    const msp_read_options how = {.columns = columns, .n_columns = n + 1, .skip_absent = true};
    msp_status rc = msp_table_find(study->folder, name, &path, err);
    const char *kept = rc == MSP_OK ? msp_arena_text(&study->findings->arena, path) : NULL;
    free(path);
    if (rc == MSP_OK && kept == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the adverse events");
    return rc == MSP_OK ? msp_table_read(kept, &how, out, err) : rc;
}

static msp_status open_both(struct adae *a, msp_error *err)
{
    static const char *const dates[] = {"TRTSDT", "TRTEDT", "DTHDT"};
    const msp_subjects *subjects = &a->study->protocol->data.subjects;
    const char *wanted[4 * N];
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < 4 && names[i][k] != NULL; k++)
            wanted[n++] = names[i][k];
    msp_status rc = open_table(a->study, "ADAE", wanted, n, &a->events, err);
    if (rc == MSP_OK)
        rc = study_add_source(a->study, a->events.file, a->events.n_rows, err);
    if (rc == MSP_OK)
        rc = open_table(a->study, subjects->table.text, dates, MSP_COUNT(dates), &a->subjects, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < 4 && names[i][k] != NULL && a->column[i] == NULL; k++)
            a->column[i] = msp_table_column(&a->events, names[i][k]);
    a->id = msp_table_column(&a->events, subjects->id.text);
    a->first = msp_table_column(&a->subjects, dates[0]);
    a->last = msp_table_column(&a->subjects, dates[1]);
    a->death = msp_table_column(&a->subjects, dates[2]);
    return MSP_OK;
}

/* Which row of the subjects each patient of ADAE is. */
static msp_status know_patients(struct adae *a, msp_error *err)
{
    const msp_column *id =
        msp_table_column(&a->subjects, a->study->protocol->data.subjects.id.text);
    a->patient = msp_arena_array(&a->study->arena, a->id->n_texts, sizeof *a->patient);
    uint32_t *row_of = msp_arena_array(&a->study->arena, id->n_texts, sizeof *row_of);
    if (a->patient == NULL || row_of == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the patients of ADAE");
    for (size_t row = 0; row < a->subjects.n_rows; row++)
        row_of[id->code[row]] = (uint32_t)row;
    for (size_t i = 0; i < a->id->n_texts; i++) {
        a->patient[i] = NO_ROW;
        for (size_t k = 1; k < id->n_texts && a->patient[i] == NO_ROW; k++)
            if (strcmp(id->text[k], a->id->text[i]) == 0)
                a->patient[i] = row_of[k];
    }
    return MSP_OK;
}

/* -- to be counted -- */

static msp_day earlier(msp_day a, msp_day b)
{
    return a == MSP_NO_DAY || (b != MSP_NO_DAY && b < a) ? b : a;
}

static msp_patient_at_risk at_risk(const struct adae *a, size_t row, uint32_t arm)
{
    const msp_protocol *p = a->study->protocol;
    const msp_day first = day_of(a->first, row), last = day_of(a->last, row);
    const msp_day window =
        last != MSP_NO_DAY ? last + (msp_day)p->rules.teae_days.value : MSP_NO_DAY;
    const msp_day end = earlier(earlier(window, msp_protocol_cutoff_day(p)), day_of(a->death, row));
    return (msp_patient_at_risk){arm, first, first != MSP_NO_DAY ? end : MSP_NO_DAY};
}

static msp_counted_event event_of(const struct adae *a, size_t row, uint32_t patient, msp_day first)
{
    const msp_day start = day_of(a->column[START], row);
    const char *action = text_of(a->column[ACTION], row);
    const bool withdrawn = msp_words_withdraw(action);
    const char *term = text_of(a->column[TERM], row), *organ = text_of(a->column[CLASS], row);
    const int grade = grade_of(a->column[GRADE], row);
    return (msp_counted_event){
        .patient = patient,
        .term = term,
        .organ_class = organ,
        .grade = grade,
        .serious = says(a->column[SERIOUS], row, "Y"),
        .related = msp_words_relate(text_of(a->column[RELATED], row)),
        .fatal = grade == 5 || says(a->column[FATAL], row, "Y") ||
                 says(a->column[OUTCOME], row, "FATAL"),
        .stopped_any = withdrawn || says(a->column[STOPPED], row, "Y"),
        .stopped_all = withdrawn,
        .start = start == MSP_NO_DAY || start > first ? start : first,
    };
}

static msp_status count(struct adae *a, const uint32_t *arm, msp_adverse_counted *out,
                        msp_error *err)
{
    msp_arena *arena = &a->study->arena;
    *out = (msp_adverse_counted){
        .events = msp_arena_array(arena, a->events.n_rows + 1, sizeof *out->events),
        .patients = msp_arena_array(arena, a->subjects.n_rows + 1, sizeof *out->patients),
        .n = a->subjects.n_rows};
    if (out->events == NULL || out->patients == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu adverse events", a->events.n_rows);
    for (size_t i = 0; i < out->n; i++)
        out->patients[i] = at_risk(a, i, arm[i]);
    for (size_t row = 0; row < a->events.n_rows; row++) {
        const uint32_t patient = a->patient[a->id->code[row]];
        if (patient != NO_ROW && says(a->column[EMERGENT], row, "Y"))
            out->events[out->n_events++] = event_of(a, row, patient, out->patients[patient].first);
    }
    return MSP_OK;
}

bool study_has_adae(const struct study *study)
{
    return msp_table_is_in(study->folder, "ADAE");
}

/* Texts of the events live as long as the tables: `use` is told them before these go. */
msp_status study_count_adae(struct study *study, const uint32_t *arm,
                            msp_status (*use)(void *context, const msp_adverse_counted *counted,
                                              msp_error *err),
                            void *context, msp_error *err)
{
    struct adae a = {.study = study};
    msp_adverse_counted counted;
    msp_status rc = open_both(&a, err);
    if (rc == MSP_OK && (a.column[EMERGENT] == NULL || a.id == NULL)) {
        msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-not-analysed",
                         (msp_place){.file = a.events.file},
                         "derive it: which events are treatment-emergent is not guessed",
                         "adverse events are left out: ADAE has no TRTEMFL, or no patients");
    } else if (rc == MSP_OK) {
        rc = know_patients(&a, err);
        if (rc == MSP_OK)
            rc = count(&a, arm, &counted, err);
        if (rc == MSP_OK)
            rc = use(context, &counted, err);
    }
    msp_table_free(&a.events);
    msp_table_free(&a.subjects);
    return rc;
}
