/* sdtm_adverse.c - adverse events, as AE reports them. */
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"
#include "sdtm.h"

#define COLUMN_LIST(X)   \
    X(TERM, "AEDECOD")   \
    X(SAID, "AETERM")    \
    X(CLASS, "AEBODSYS") \
    X(START, "AESTDTC")  \
    X(END, "AEENDTC")    \
    X(GRADE, "AETOXGR")  \
    X(SERIOUS, "AESER")  \
    X(RELATED, "AEREL")  \
    X(OUTCOME, "AEOUT")  \
    X(DEATH, "AESDTH")   \
    X(SEQ, "AESEQ")      \
    X(OCCURRED, "AEOCCUR")
enum {
#define AS_ENUM(code, name) COLUMN_##code,
    COLUMN_LIST(AS_ENUM)
#undef AS_ENUM
        COLUMN_COUNT
};

/* The action taken, with one drug or, as qualifiers, with each of several. */
static const char *const actions[] = {"AEACN",  "AEACN1", "AEACN2", "AEACN3",
                                      "AEACN4", "AEACN5", "AEACN6"};

typedef struct reader {
    sdtm_table t;
    const msp_column *column[COLUMN_COUNT], *action[MSP_COUNT(actions)];
} reader;

static const char *cell(const reader *r, int which, size_t row)
{
    return sdtm_cell(r->column[which], row);
}

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (msp_text_equal_nocase(text, words[i]))
            return true;
    return false;
}

bool msp_words_relate(const char *text)
{
    static const char *const unrelated[] = {"N",
                                            "NO",
                                            "NONE",
                                            "NOT RELATED",
                                            "UNRELATED",
                                            "UNLIKELY",
                                            "UNLIKELY RELATED",
                                            "NOT SUSPECTED"};
    return !is_one_of(text, unrelated, MSP_COUNT(unrelated));
}

bool msp_words_withdraw(const char *action)
{
    return msp_text_contains_nocase(action, "withdrawn") ||
           msp_text_contains_nocase(action, "permanently discontinued");
}

/* Of several drugs each has its own action, where it has one; AEACN alone is of all of them. */
static void read_actions(const reader *r, size_t row, msp_reported_event *out)
{
    size_t n = 0, n_withdrawn = 0;
    for (size_t i = 1; i < MSP_COUNT(actions); i++) {
        const char *text = sdtm_cell(r->action[i], row);
        n += *text != '\0' && !msp_text_equal_nocase(text, "NOT APPLICABLE");
        n_withdrawn += msp_words_withdraw(text);
    }
    const bool whole = msp_words_withdraw(sdtm_cell(r->action[0], row));
    out->withdrawn = whole || n_withdrawn > 0;
    out->withdrawn_all = n > 0 ? n_withdrawn == n : whole;
}

/* 1 to 5; 0 where it is not said. */
static int grade_of(reader *r, size_t row)
{
    const char *text = cell(r, COLUMN_GRADE, row);
    if (strlen(text) == 1 && *text >= '1' && *text <= '5')
        return *text - '0';
    if (*text != '\0' && strcmp(text, "0") != 0)
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-value", row, r->column[COLUMN_GRADE],
                  "it counts as not said", "\"%.40s\" is no grade, 1 to 5", text);
    return 0;
}

/* Of an event that began after the cut-off there is none yet, of an end none either. */
static bool read_date(reader *r, int which, size_t row, msp_date *out)
{
    const char *text = cell(r, which, row);
    *out = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    if (!msp_date_parse(text, strlen(text), out)) {
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-date", row, r->column[which],
                  "it counts as not said", "\"%.40s\" is no date (YYYY-MM-DD)", text);
        *out = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    }
    if (r->t.s->cutoff == MSP_NO_DAY || out->precision == MSP_DATE_NONE ||
        out->earliest <= r->t.s->cutoff)
        return true;
    *out = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    return false;
}

static bool keep_text(const reader *r, int which, size_t row, const char **out)
{
    const char *text = cell(r, which, row);
    *out = *text != '\0' ? msp_arena_text(&r->t.s->out->arena, text) : NULL;
    return *text == '\0' || *out != NULL;
}

/* False when memory is out; *there is false for a row that is no event. */
static bool read_event(reader *r, size_t row, msp_reported_event *out, bool *there)
{
    double seq;
    const char *number = cell(r, COLUMN_SEQ, row);
    *out = (msp_reported_event){0};
    *there = !msp_text_equal_nocase(cell(r, COLUMN_OCCURRED, row), "N") &&
             read_date(r, COLUMN_START, row, &out->start);
    if (!*there)
        return true;
    (void)read_date(r, COLUMN_END, row, &out->end);
    out->grade = grade_of(r, row);
    out->serious = msp_text_equal_nocase(cell(r, COLUMN_SERIOUS, row), "Y");
    out->related = msp_words_relate(cell(r, COLUMN_RELATED, row));
    read_actions(r, row, out);
    out->fatal = out->grade == 5 || msp_text_equal_nocase(cell(r, COLUMN_DEATH, row), "Y") ||
                 msp_text_equal_nocase(cell(r, COLUMN_OUTCOME, row), "FATAL");
    out->seq = msp_double_parse(number, strlen(number), &seq) && seq > 0 && seq <= UINT32_MAX
                   ? (uint32_t)seq
                   : (uint32_t)row + 1;
    const bool coded = *cell(r, COLUMN_TERM, row) != '\0';
    return keep_text(r, coded ? COLUMN_TERM : COLUMN_SAID, row, &out->term) &&
           keep_text(r, COLUMN_CLASS, row, &out->organ_class);
}

/* Each patient's events together, as they stand. */
static bool collect(reader *r)
{
    msp_patients *out = r->t.s->out;
    const size_t n_rows = r->t.table.n_rows;
    size_t *at = msp_arena_array(&r->t.s->scratch, out->n + 2, sizeof *at);
    msp_reported_event *events = msp_arena_array(&out->arena, n_rows + 1, sizeof *events);
    if (at == NULL || events == NULL)
        return false;
    for (size_t row = 0; row < n_rows; row++)
        if (sdtm_patient(&r->t, row) != SDTM_NO_PATIENT)
            at[sdtm_patient(&r->t, row) + 1]++;
    for (size_t i = 0; i < out->n; i++) {
        at[i + 1] += at[i];
        out->patients[i].events = events + at[i];
    }
    for (size_t row = 0; row < n_rows; row++) {
        bool there;
        msp_reported_event event;
        const uint32_t i = sdtm_patient(&r->t, row);
        if (i == SDTM_NO_PATIENT)
            continue;
        if (!read_event(r, row, &event, &there))
            return false;
        if (there)
            events[at[i] + out->patients[i].n_events++] = event;
    }
    return true;
}

msp_status sdtm_adverse(sdtm *s, msp_error *err)
{
    static const char *const names[] = {
#define AS_NAME(code, name) name,
        COLUMN_LIST(AS_NAME)
#undef AS_NAME
    };
    const char *all[COLUMN_COUNT + MSP_COUNT(actions)];
    memcpy(all, names, sizeof names);
    memcpy(all + COLUMN_COUNT, actions, sizeof actions);
    reader r;
    msp_status rc = sdtm_open(s, "AE", all, MSP_COUNT(all), true, &r.t, err);
    for (size_t i = 0; rc == MSP_OK && i < COLUMN_COUNT; i++)
        r.column[i] = msp_table_column(&r.t.table, names[i]);
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(actions); i++)
        r.action[i] = msp_table_column(&r.t.table, actions[i]);
    if (rc == MSP_OK && r.t.there) {
        s->out->says_adverse_events = true;
        if (!collect(&r))
            rc = msp_fail(err, MSP_EMEM, "no memory for the adverse events");
    }
    return sdtm_close(&r.t, rc, err);
}
