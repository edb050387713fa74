/* sdtm_therapy.c - what was given, before the trial, in it and after it: CM, PR, EX.
 *
 *   1. columns     2. one row     3. the tables
 *
 * The category of a row says when: PRIOR or PREVIOUS of the disease, SUBSEQUENT, or neither.
 */
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "drug_names.h"
#include "mspike/base/text.h"
#include "sdtm.h"

/* -- 1. columns -- */

/* Those of every such table, by what follows its name. */
#define COLUMN_LIST(X)     \
    X(CATEGORY, "CAT")     \
    X(SUB, "SCAT")         \
    X(DRUG, "DECOD")       \
    X(TREATMENT, "TRT")    \
    X(START, "STDTC")      \
    X(END, "ENDTC")        \
    X(DOSE, "DOSE")        \
    X(DOSE_TEXT, "DOSTXT") \
    X(DOSE_UNIT, "DOSU")   \
    X(ENDS, "ENRTPT")      \
    X(ENDS_THEN, "ENRF")   \
    X(SEQ, "SEQ")          \
    X(OCCURRED, "OCCUR")   \
    X(STATUS, "STAT")
enum {
#define AS_ENUM(code, suffix) COLUMN_##code,
    COLUMN_LIST(AS_ENUM)
#undef AS_ENUM
        COLUMN_COUNT
};

/* What a course is told by: the rule's member of the protocol, and the usual names by |, with % for
 * the table's. */
#define SAID_LIST(X)                                                              \
    X(COURSE, course, "%GRPID|%REGID|%REGNO|%LINE|REGIMEN|LINE|LINENO")           \
    X(RESPONSE, response, "%BRESP|%BESTRS|%BOR|%RESP|BESTRESP|BRESP|BOR")         \
    X(PROGRESSION, progression, "%PDDTC|%PDDT|%RELDTC|PDDTC|PDDT|PROGDTC|RELDTC") \
    X(REASON, reason, "%RSDISC|%REASDS|%DISRS|RSDISC|DISCREAS")                   \
    X(CYCLES, cycles, "%NCYC|%CYCLES|NCYCLES|CYCLES")                             \
    X(PLANNED, planned, "%PLANFL|PLANFL|PLANNED")
enum {
#define AS_ENUM(code, member, names) SAID_##code,
    SAID_LIST(AS_ENUM)
#undef AS_ENUM
        SAID_COUNT
};

#define NAMES_MAX 64

typedef struct reader {
    sdtm_table t;
    const msp_column *column[COLUMN_COUNT], *said[SAID_COUNT];
    const char *names[NAMES_MAX];
    size_t n_names, from[SAID_COUNT + 1]; /* names[from[i] .. from[i + 1]) for said[i] */
    sdtm_givens *before, *after;
    const char *domain, *start; /* "CM", "CMSTDTC" of the patients' arena */
    bool *unknown;              /* per text of the drug's column: was said to be unknown */
} reader;

static const msp_previous_therapy *protocol_says(const reader *r)
{
    const msp_protocol *protocol = r->t.s->options.protocol;
    return protocol != NULL ? &protocol->previous_therapy : NULL;
}

static bool add_name(reader *r, const char *name)
{
    if (name != NULL && r->n_names < NAMES_MAX)
        r->names[r->n_names++] = name;
    return name != NULL;
}

static bool add_usual(reader *r, const char *names)
{
    msp_arena *arena = &r->t.s->scratch;
    bool memory = true;
    while (memory && *names != '\0') {
        const size_t len = strcspn(names, "|");
        const bool prefixed = names[0] == '%';
        memory = add_name(r, msp_arena_printf(arena, "%s%.*s", prefixed ? r->t.name : "",
                                              (int)(len - prefixed), names + prefixed));
        names += len + (names[len] == '|');
    }
    return memory;
}

/* Every name that may be asked for; false when memory is out. */
static bool name_columns(reader *r)
{
    static const char *const suffixes[] = {
#define AS_SUFFIX(code, suffix) suffix,
        COLUMN_LIST(AS_SUFFIX)
#undef AS_SUFFIX
    };
    const msp_previous_therapy *p = protocol_says(r);
    bool memory = true;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        memory = memory &&
                 add_name(r, msp_arena_printf(&r->t.s->scratch, "%s%s", r->t.name, suffixes[i]));
    size_t said = 0;
#define AS_NAMES(code, member, usual)                                \
    r->from[said++] = r->n_names;                                    \
    if (p != NULL && p->member.n > 0)                                \
        for (size_t i = 0; i < p->member.n; i++)                     \
            memory = memory && add_name(r, p->member.items[i].text); \
    else                                                             \
        memory = memory && add_usual(r, usual);
    SAID_LIST(AS_NAMES)
#undef AS_NAMES
    r->from[said] = r->n_names;
    if (msp_text_equal_nocase(r->t.name, "EX"))
        for (size_t i = 0; sdtm_dose_names[i] != NULL; i++)
            memory = memory && add_name(r, sdtm_dose_names[i]);
    return memory;
}

static void find_columns(reader *r)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        r->column[i] = msp_table_column(&r->t.table, r->names[i]);
    for (size_t k = 0; k < SAID_COUNT; k++)
        for (size_t i = r->from[k]; i < r->from[k + 1] && r->said[k] == NULL; i++)
            r->said[k] = msp_table_column(&r->t.table, r->names[i]);
}

static const char *cell(const reader *r, int which, size_t row)
{
    return sdtm_cell(r->column[which], row);
}

/* -- 2. one row -- */

typedef enum when { BEFORE, DURING, AFTER } when;

static bool says(const reader *r, size_t row, const char *word)
{
    return msp_text_contains_nocase(cell(r, COLUMN_CATEGORY, row), word) ||
           msp_text_contains_nocase(cell(r, COLUMN_SUB, row), word);
}

/* Of the disease, not other medicines that were taken before: by the protocol's words, or one that
 * says so. */
static bool is_previous(const reader *r, size_t row)
{
    static const char *const of_disease[] = {"cancer",  "myeloma", "neoplas",    "therap",
                                             "regimen", "chemo",   "transplant", "treatment"};
    const msp_previous_therapy *p = protocol_says(r);
    if (p != NULL && p->categories.n > 0) {
        for (size_t i = 0; i < p->categories.n; i++)
            if (says(r, row, p->categories.items[i].text))
                return true;
        return false;
    }
    if ((!says(r, row, "prior") && !says(r, row, "previous")) || says(r, row, "concomitant"))
        return false;
    for (size_t i = 0; i < MSP_COUNT(of_disease); i++)
        if (says(r, row, of_disease[i]))
            return true;
    return false;
}

static when when_of(const reader *r, size_t row)
{
    return says(r, row, "subsequent") ? AFTER : is_previous(r, row) ? BEFORE : DURING;
}

static bool is_transplant(const reader *r, size_t row)
{
    return names_transplant(cell(r, COLUMN_TREATMENT, row)) ||
           names_transplant(cell(r, COLUMN_DRUG, row));
}

/* A date that may be partial; one that is none is said, unless it was before, and not known. */
static msp_date date_of(reader *r, const msp_column *column, size_t row, bool said)
{
    msp_date date = {.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    const char *text = sdtm_cell(column, row);
    if (!msp_date_parse(text, strlen(text), &date)) {
        if (!said)
            sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-date", row, column, "it counts as not said",
                      "\"%.40s\" is no date (YYYY-MM-DD)", text);
        date = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    }
    if (r->t.s->cutoff != MSP_NO_DAY && date.precision != MSP_DATE_NONE &&
        date.earliest > r->t.s->cutoff)
        date = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    return date;
}

static bool is_ongoing(const reader *r, size_t row)
{
    const char *text = cell(r, COLUMN_ENDS, row), *then = cell(r, COLUMN_ENDS_THEN, row);
    return msp_text_equal_nocase(text, "ONGOING") || msp_text_equal_nocase(then, "ONGOING") ||
           msp_text_equal_nocase(then, "DURING/AFTER");
}

static bool is_yes(const char *text)
{
    return msp_text_equal_nocase(text, "Y") || msp_text_equal_nocase(text, "YES") ||
           strcmp(text, "1") == 0;
}

/* What the row says of its course. A course that was stopped for progression progressed when it
 * stopped, where no date of that is said. */
static void read_course(reader *r, size_t row, courses_row *out)
{
    const char *response = sdtm_cell(r->said[SAID_RESPONSE], row);
    if (!courses_response(response, &out->response))
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-value", row, r->said[SAID_RESPONSE],
                  "it counts as not known", "the best response is \"%.40s\"; expected sCR to PD",
                  response);
    out->planned = is_yes(sdtm_cell(r->said[SAID_PLANNED], row));
    out->progression = date_of(r, r->said[SAID_PROGRESSION], row, false);
    const char *reason = sdtm_cell(r->said[SAID_REASON], row);
    const bool progressed = msp_text_contains_nocase(reason, "progress") ||
                            msp_text_contains_nocase(reason, "relapse") ||
                            msp_text_equal_nocase(reason, "PD");
    if (progressed && out->progression.precision == MSP_DATE_NONE)
        out->progression = out->drug.last;
    out->progressed = progressed ? MSP_YES : MSP_UNKNOWN;
    if (out->progression.precision != MSP_DATE_NONE && out->drug.first.precision != MSP_DATE_NONE &&
        out->progression.latest < out->drug.first.earliest)
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-therapy", row, r->said[SAID_PROGRESSION],
                  "look which date is wrong; until then the patient's history is not known",
                  "the progression is before the therapy began");
}

static bool keep(sdtm_givens *to, uint32_t patient, const courses_row *row)
{
    if (to->n == to->cap) {
        const size_t cap = to->cap > 0 ? 2 * to->cap : 256;
        sdtm_given *more = realloc(to->items, cap * sizeof *more);
        if (more == NULL)
            return false;
        to->items = more;
        to->cap = cap;
    }
    to->items[to->n++] = (sdtm_given){patient, *row};
    return true;
}

static void say_unknown(reader *r, size_t row, const msp_column *column, const char *name)
{
    char hint[320];
    bool *said = &r->unknown[column->code[row]];
    if (*said)
        return;
    *said = true;
    name_drugs_hint(name, hint, sizeof hint);
    sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-drug", row, column, hint,
              "the drug \"%.40s\" is not known here", name);
}

/* Each of the drugs that a cell names: "BORTEZOMIB; LENALIDOMIDE", "VRd". */
static bool keep_drugs(reader *r, size_t row, sdtm_givens *to, courses_row *out)
{
    const int which = cell(r, COLUMN_DRUG, row)[0] != '\0' ? COLUMN_DRUG : COLUMN_TREATMENT;
    named_drug drugs[NAMED_MAX];
    const size_t n = name_drugs(cell(r, which, row), r->t.s->options.protocol, &r->t.s->out->arena,
                                drugs, &out->transplant);
    bool memory = n <= NAMED_MAX;
    if (n == 0 && out->transplant)
        return keep(to, sdtm_patient(&r->t, row), out);
    if (n > 1)
        out->drug.dose = (msp_amount){0}; /* of which of them? */
    for (size_t i = 0; memory && i < n; i++) {
        out->drug.id = drugs[i].id;
        out->drug.drug_class = drugs[i].drug_class;
        out->drug.unidentified = !drugs[i].known;
        if (!drugs[i].known)
            say_unknown(r, row, r->column[which], drugs[i].id);
        memory = keep(to, sdtm_patient(&r->t, row), out);
    }
    return memory;
}

/* A row of another time than the trial's. */
static bool read_other(reader *r, size_t row, sdtm_givens *to)
{
    msp_arena *arena = &r->t.s->out->arena;
    const bool transplant = is_transplant(r, row);
    if (!transplant && msp_text_equal_nocase(r->t.name, "PR"))
        return true; /* surgery, radiotherapy: no line */
    courses_row out = {.transplant = transplant,
                       .drug = {.id = "",
                                .first = date_of(r, r->column[COLUMN_START], row, to == r->after),
                                .last = date_of(r, r->column[COLUMN_END], row, false),
                                .ongoing = is_ongoing(r, row),
                                .cycles = msp_amount_of(sdtm_cell(r->said[SAID_CYCLES], row))}};
    if (msp_text_equal_nocase(cell(r, COLUMN_DOSE_UNIT, row), "mg"))
        out.drug.dose = msp_amount_of(cell(r, COLUMN_DOSE, row));
    read_course(r, row, &out);
    const char *course = sdtm_cell(r->said[SAID_COURSE], row);
    out.course = course[0] != '\0' ? msp_arena_text(arena, course)
                                   : msp_arena_printf(arena, " %s", cell(r, COLUMN_START, row));
    if (out.course == NULL)
        return false;
    return keep_drugs(r, row, to, &out);
}

/* What a row of EX says was given, by EXDOSE, else by EXDOSTXT: nothing is no dose, but where the
 * table has no column for it at all. */
typedef enum amount { AMOUNT_GIVEN, AMOUNT_NONE, AMOUNT_BLANK, AMOUNT_UNREADABLE } amount;

static amount amount_of(const reader *r, size_t row)
{
    const char *dose = cell(r, COLUMN_DOSE, row), *text = cell(r, COLUMN_DOSE_TEXT, row);
    msp_decimal number;
    if (r->column[COLUMN_DOSE] == NULL && r->column[COLUMN_DOSE_TEXT] == NULL)
        return AMOUNT_GIVEN;
    if (dose[0] == '\0' && text[0] == '\0')
        return AMOUNT_BLANK;
    if (dose[0] == '\0' && !msp_decimal_parse(text, strlen(text), &number))
        return AMOUNT_GIVEN; /* "200-400" */
    if (dose[0] != '\0' && !msp_decimal_parse(dose, strlen(dose), &number))
        return AMOUNT_UNREADABLE;
    return number.coefficient > 0    ? AMOUNT_GIVEN
           : number.coefficient == 0 ? AMOUNT_NONE
                                     : AMOUNT_UNREADABLE;
}

/* Whether the row did not happen. */
static bool is_denied(const reader *r, size_t row)
{
    return msp_text_equal_nocase(cell(r, COLUMN_OCCURRED, row), "N") ||
           msp_text_equal_nocase(cell(r, COLUMN_STATUS, row), "NOT DONE");
}

static bool is_dose(reader *r, size_t row)
{
    const amount given = amount_of(r, row);
    if (given == AMOUNT_BLANK)
        sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-dose", row, r->column[COLUMN_DOSE],
                  "it counts as not given; EXDOSE or EXDOSTXT says how much was, EXOCCUR N that "
                  "nothing was",
                  "a dose without an amount");
    else if (given == AMOUNT_UNREADABLE)
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-dose", row, r->column[COLUMN_DOSE],
                  "it counts as not given; words belong into EXDOSTXT",
                  "the dose is \"%.40s\"; expected a number from 0", cell(r, COLUMN_DOSE, row));
    return given == AMOUNT_GIVEN;
}

/* -- 3. the tables -- */

/* Doses of the trial: where there are any, they say when the first one was, whatever DM does. */
typedef struct doses {
    msp_day *first, *last;
    msp_day *crossed; /* from then on they are another arm's */
    sdtm_doses each;
} doses;

/* False when memory is out. */
static bool read_dose(reader *r, size_t row, doses *d)
{
    const uint32_t i = sdtm_patient(&r->t, row);
    if (!is_dose(r, row))
        return true;
    const msp_day start = sdtm_day(&r->t, r->column[COLUMN_START], row, false);
    msp_day end = sdtm_day(&r->t, r->column[COLUMN_END], row, false);
    if (start != MSP_NO_DAY && end != MSP_NO_DAY && end < start)
        sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-date", row, r->column[COLUMN_END],
                  "look which date is wrong", "EXENDTC is before EXSTDTC");
    sdtm_alive(&r->t, SDTM_DOSED, r->column[COLUMN_START], row);
    sdtm_alive(&r->t, SDTM_DOSED, r->column[COLUMN_END], row);
    if (d->crossed[i] != MSP_NO_DAY && start != MSP_NO_DAY && start >= d->crossed[i])
        return true; /* of the other treatment */
    if (d->crossed[i] != MSP_NO_DAY && end > d->crossed[i])
        end = d->crossed[i];
    sdtm_earlier(&d->first[i], start);
    sdtm_later(&d->last[i], end);
    return sdtm_keep_dose(&r->t, row, start, end, &d->each);
}

/* --SEQ, else the row from 1. */
static uint32_t seq_of(const reader *r, size_t row)
{
    double seq;
    const char *text = cell(r, COLUMN_SEQ, row);
    return msp_double_parse(text, strlen(text), &seq) && seq > 0 && seq <= UINT32_MAX
               ? (uint32_t)seq
               : (uint32_t)row + 1;
}

/* Whether the row gives a drug that the patient's own arm has not. */
static bool is_crossover(const reader *r, uint32_t patient, size_t row)
{
    return sdtm_is_crossover(r->t.s, patient, cell(r, COLUMN_TREATMENT, row)) ||
           sdtm_is_crossover(r->t.s, patient, cell(r, COLUMN_DRUG, row));
}

/* The day a dose was given, without a finding where it is none: the row is read once more. */
static msp_day quiet_day(const reader *r, size_t row)
{
    msp_date date;
    const char *text = cell(r, COLUMN_START, row);
    const msp_day cutoff = r->t.s->cutoff;
    if (!msp_date_parse(text, strlen(text), &date) || date.precision < MSP_DATE_DAY ||
        (cutoff != MSP_NO_DAY && date.earliest > cutoff))
        return MSP_NO_DAY;
    return date.earliest;
}

/* The first dose of the other treatment, where it comes after one of the own: from there on the
 * doses are not the trial's first treatment. Who got it from the start did not go over to it. */
static bool find_crossovers(reader *r, doses *d)
{
    const size_t n = r->t.s->out->n;
    msp_day *own = msp_arena_array(&r->t.s->scratch, n + 1, sizeof *own);
    size_t *first = msp_arena_array(&r->t.s->scratch, n + 1, sizeof *first);
    if (own == NULL || first == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        own[i] = MSP_NO_DAY;
    for (size_t row = 0; row < r->t.table.n_rows; row++) {
        const uint32_t i = sdtm_patient(&r->t, row);
        const msp_day day = quiet_day(r, row);
        if (i == SDTM_NO_PATIENT || day == MSP_NO_DAY || when_of(r, row) != DURING ||
            is_denied(r, row) || amount_of(r, row) != AMOUNT_GIVEN)
            continue;
        if (!is_crossover(r, i, row)) {
            sdtm_earlier(&own[i], day);
        } else if (d->crossed[i] == MSP_NO_DAY || day < d->crossed[i]) {
            d->crossed[i] = day;
            first[i] = row;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (own[i] == MSP_NO_DAY || d->crossed[i] <= own[i])
            d->crossed[i] = MSP_NO_DAY;
        else
            sdtm_cross(r->t.s, (uint32_t)i, CROSSED_EX, d->crossed[i], seq_of(r, first[i]));
    return true;
}

typedef enum next { NEXT_COUNTS, NEXT_PRIOR, NEXT_LEFT_OUT } next;

/* When a subsequent therapy begins; *day is MSP_NO_DAY where nobody says. One that begins before
 * the patient is randomised is a previous one; of a date with a part missing it is the earliest day
 * that is not before the trial's last dose. */
static next start_of_next(reader *r, size_t row, const doses *d, msp_day *day)
{
    const uint32_t i = sdtm_patient(&r->t, row);
    const msp_patient *p = &r->t.s->out->patients[i];
    const msp_column *column = r->column[COLUMN_START];
    const char *text = sdtm_cell(column, row);
    msp_date date;
    msp_day origin = p->randomised != MSP_NO_DAY ? p->randomised : d->first[i];
    if (origin == MSP_NO_DAY)
        origin = p->first_dose;
    *day = MSP_NO_DAY;
    if (!msp_date_parse(text, strlen(text), &date)) {
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-date", row, column, "the therapy is left out",
                  "\"%.40s\" is no date (YYYY-MM-DD)", text);
        return NEXT_LEFT_OUT;
    }
    if (date.precision == MSP_DATE_NONE) {
        sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-therapy", row, column,
                  "it ends no time and excludes no assessment; give what is known of its start",
                  "a subsequent therapy without a start");
        return NEXT_COUNTS;
    }
    if (date.latest < origin) {
        sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-therapy", row, column,
                  "it counts as a previous one",
                  "a subsequent therapy begins before the trial does for this patient");
        return NEXT_PRIOR;
    }
    sdtm_alive(&r->t, SDTM_TREATED, column, row);
    *day = date.earliest;
    if (date.precision < MSP_DATE_DAY) {
        char from[MSP_DATE_MAX], to[MSP_DATE_MAX], chosen[MSP_DATE_MAX];
        msp_day known = origin;
        sdtm_later(&known, p->last_dose);
        sdtm_later(&known, d->last[i]);
        *day = doubt_day(date, known);
        msp_day_format(date.earliest, from);
        msp_day_format(date.latest, to);
        msp_day_format(*day, chosen);
        sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-date", row, column,
                  "it is the earliest of these days that is not before the trial's last dose",
                  "a part of the date is missing: %s is taken, of %s to %s", chosen, from, to);
    }
    return r->t.s->cutoff != MSP_NO_DAY && *day > r->t.s->cutoff ? NEXT_LEFT_OUT : NEXT_COUNTS;
}

/* One row of CM, PR or EX; false when memory is out. */
static bool read_row(reader *r, size_t row, doses *d)
{
    const uint32_t i = sdtm_patient(&r->t, row);
    if (i == SDTM_NO_PATIENT || is_denied(r, row))
        return true;
    msp_patient *p = &r->t.s->out->patients[i];
    const when time = when_of(r, row);
    if (time == BEFORE)
        return read_other(r, row, r->before);
    if (time == AFTER) {
        msp_day day;
        switch (start_of_next(r, row, d, &day)) {
        case NEXT_PRIOR:
            return read_other(r, row, r->before);
        case NEXT_LEFT_OUT:
            return true;
        case NEXT_COUNTS:
            break;
        }
        if (day != MSP_NO_DAY && (p->new_therapy == MSP_NO_DAY || day < p->new_therapy)) {
            p->new_therapy = day;
            p->new_therapy_from = r->domain;
            p->new_therapy_variable = r->start;
            p->new_therapy_seq = seq_of(r, row);
        }
        if (msp_text_equal_nocase(r->t.name, "CM") && is_crossover(r, i, row))
            sdtm_cross(r->t.s, i, CROSSED_CM, day, seq_of(r, row));
        return read_other(r, row, r->after);
    }
    if (msp_text_equal_nocase(r->t.name, "EX"))
        return read_dose(r, row, d);
    if (msp_text_equal_nocase(r->t.name, "PR") && is_transplant(r, row))
        sdtm_earlier(&p->transplant, sdtm_day(&r->t, r->column[COLUMN_START], row, false));
    return true;
}

static msp_status read_table(sdtm *s, const char *name, sdtm_givens *before, sdtm_givens *after,
                             doses *d, msp_error *err)
{
    reader r = {.t = {.s = s, .name = name}, .before = before, .after = after};
    if (!name_columns(&r))
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", name);
    msp_status rc = sdtm_open(s, name, r.names, r.n_names, true, &r.t, err);
    size_t n_texts = 1;
    if (rc == MSP_OK && r.t.there) {
        find_columns(&r);
        for (size_t i = COLUMN_DRUG; i <= COLUMN_TREATMENT; i++)
            if (r.column[i] != NULL && r.column[i]->n_texts > n_texts)
                n_texts = r.column[i]->n_texts;
    }
    r.domain = msp_arena_text(&s->out->arena, name);
    r.start = msp_arena_printf(&s->out->arena, "%sSTDTC", name);
    r.unknown = msp_arena_array(&s->scratch, n_texts, sizeof *r.unknown);
    bool memory = r.unknown != NULL && r.domain != NULL && r.start != NULL;
    if (rc == MSP_OK && r.t.there && s->n_cross_drugs > 0 && msp_text_equal_nocase(name, "EX"))
        memory = memory && find_crossovers(&r, d);
    for (size_t row = 0; rc == MSP_OK && memory && r.t.there && row < r.t.table.n_rows; row++)
        memory = read_row(&r, row, d);
    if (rc == MSP_OK && !memory)
        rc = msp_fail(err, MSP_EMEM, "no memory for the therapies of %s", name);
    return sdtm_close(&r.t, rc, err);
}

msp_status sdtm_therapy(sdtm *s, msp_error *err)
{
    static const char *const tables[] = {"EX", "CM", "PR"};
    sdtm_givens before = {0}, after = {0};
    const size_t n = s->out->n;
    doses d = {msp_arena_array(&s->scratch, n + 1, sizeof *d.first),
               msp_arena_array(&s->scratch, n + 1, sizeof *d.last),
               msp_arena_array(&s->scratch, n + 1, sizeof *d.crossed),
               {0}};
    msp_status rc = d.first != NULL && d.last != NULL && d.crossed != NULL
                        ? MSP_OK
                        : msp_fail(err, MSP_EMEM, "no memory for the doses");
    for (size_t i = 0; rc == MSP_OK && i < n; i++)
        d.first[i] = d.last[i] = d.crossed[i] = MSP_NO_DAY;
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(tables); i++)
        rc = read_table(s, tables[i], &before, &after, &d, err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        msp_patient *p = &s->out->patients[i];
        if (d.first[i] != MSP_NO_DAY)
            p->first_dose = d.first[i];
        if (p->last_dose == MSP_NO_DAY ||
            (d.crossed[i] != MSP_NO_DAY && p->last_dose >= d.crossed[i]))
            p->last_dose = d.last[i];
        sdtm_later(&s->disposition[i].last_contact, d.last[i]);
    }
    if (rc == MSP_OK && !(sdtm_give_doses(s, &d.each) && sdtm_histories(s, &before, &after)))
        rc = msp_fail(err, MSP_EMEM, "no memory for the therapies");
    free(d.each.items);
    free(before.items);
    free(after.items);
    return rc;
}
