/* sdtm_doses.c - each dose of the trial, from a row of EX: which drug, how much, in which cycle. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"
#include "sdtm.h"

#define COLUMN_LIST(X)       \
    X(FREQUENCY, "EXDOSFRQ") \
    X(VISIT, "VISIT")        \
    X(TIME_POINT, "EXTPT")   \
    X(EPOCH, "EPOCH")        \
    X(DRUG, "EXDECOD")       \
    X(TREATMENT, "EXTRT")    \
    X(DOSE, "EXDOSE")        \
    X(UNIT, "EXDOSU")        \
    X(START, "EXSTDTC")      \
    X(END, "EXENDTC")
enum {
#define AS_ENUM(code, name) COLUMN_##code,
    COLUMN_LIST(AS_ENUM)
#undef AS_ENUM
        COLUMN_COUNT
};
const char *const sdtm_dose_names[COLUMN_COUNT + 1] = {
#define AS_NAME(code, name) name,
    COLUMN_LIST(AS_NAME)
#undef AS_NAME
        NULL};

/* -- words -- */

/* EXDOSU; `shift` powers of ten bring micrograms to milligrams. */
static int unit_of(const char *text, int *shift)
{
    static const struct {
        const char *text;
        int unit, shift;
    } units[] = {{"mg", MSP_DOSE_MG, 0},           {"g", MSP_DOSE_G, 0},
                 {"ug", MSP_DOSE_MG, -3},          {"mcg", MSP_DOSE_MG, -3},
                 {"mg/m2", MSP_DOSE_MG_PER_M2, 0}, {"mg/m^2", MSP_DOSE_MG_PER_M2, 0},
                 {"mg/kg", MSP_DOSE_MG_PER_KG, 0}, {"ug/kg", MSP_DOSE_UG_PER_KG, 0},
                 {"mcg/kg", MSP_DOSE_UG_PER_KG, 0}};
    *shift = 0;
    for (size_t i = 0; i < MSP_COUNT(units); i++)
        if (msp_text_equal_nocase(text, units[i].text)) {
            *shift = units[i].shift;
            return units[i].unit;
        }
    return -1;
}

/* EXDOSFRQ in the words of CDISC's FREQ; nothing said: daily. */
static void read_frequency(const char *text, msp_given *out)
{
    static const struct {
        const char *text;
        int every, times;
    } words[] = {{"", 1, 1},
                 {"QD", 1, 1},
                 {"DAILY", 1, 1},
                 {"Q24H", 1, 1},
                 {"BID", 1, 2},
                 {"TID", 1, 3},
                 {"QID", 1, 4},
                 {"QOD", 2, 1},
                 {"Q2D", 2, 1},
                 {"Q48H", 2, 1},
                 {"EVERY WEEK", 7, 1},
                 {"QW", 7, 1},
                 {"EVERY 2 WEEKS", 14, 1},
                 {"Q2W", 14, 1},
                 {"EVERY 3 WEEKS", 21, 1},
                 {"Q3W", 21, 1},
                 {"EVERY 4 WEEKS", 28, 1},
                 {"Q4W", 28, 1}};
    out->every = 1;
    out->times = 0;
    for (size_t i = 0; i < MSP_COUNT(words) && out->times == 0; i++)
        if (msp_text_equal_nocase(text, words[i].text)) {
            out->every = words[i].every;
            out->times = words[i].times;
        }
    if (out->first != MSP_NO_DAY && out->first == out->last && out->times == 0)
        out->times = 1; /* one day, whatever the word for it */
}

/* The number at `text`, 1 to 999; 0 where there is none. */
static int64_t number_at(const char *text)
{
    int64_t n = 0;
    size_t digits = 0;
    for (; digits < 4 && isdigit((unsigned char)text[digits]); digits++)
        n = 10 * n + (text[digits] - '0');
    return digits < 4 ? n : 0;
}

/* "CYCLE 3 DAY 8", "Cycle 03", "C3D8", "INDUCTION C3": 3. */
static int64_t cycle_named(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if ((*at != 'C' && *at != 'c') || (at > text && isalnum((unsigned char)at[-1])))
            continue;
        const char *word = at + 1;
        for (const char *rest = "ycle"; *rest != '\0' && tolower((unsigned char)*word) == *rest;
             rest++)
            word++;
        if (word - at != 1 && word - at != 5)
            continue;
        while (word - at >= 5 && (*word == ' ' || *word == '#' || *word == '-'))
            word++;
        if (number_at(word) > 0)
            return number_at(word);
    }
    return 0;
}

/* -- one row -- */

static const char *in_regimen(const msp_regimen *regimen, const char *text)
{
    for (size_t i = 0; i < regimen->drugs.n; i++)
        if (msp_text_equal_nocase(msp_dosing_drug(&regimen->drugs.items[i]), text))
            return msp_dosing_drug(&regimen->drugs.items[i]);
    return NULL;
}

/* The protocol's drug of this name; NULL where it has none. */
static const char *drug_of(const msp_protocol *p, const char *text)
{
    const char *found = NULL;
    for (size_t i = 0; i < p->regimens.n && found == NULL; i++)
        found = in_regimen(&p->regimens.items[i], text);
    if (found != NULL)
        return found;
    for (size_t i = 0; i < p->drugs.n; i++) {
        const msp_drug *drug = &p->drugs.items[i];
        if (msp_text_equal_nocase(drug->id, text))
            return drug->id;
        for (size_t k = 0; k < drug->values.n; k++)
            if (msp_text_equal_nocase(drug->values.items[k].text, text))
                return drug->id;
    }
    return NULL;
}

static const char *cell(const sdtm_doses *d, int which, size_t row)
{
    return sdtm_cell(d->column[which], row);
}

/* Once a name, as far as there is room for them. */
static bool say_unknown(sdtm_table *t, size_t row, const char *name, sdtm_doses *d)
{
    for (size_t i = 0; i < d->n_unknown; i++)
        if (strcmp(d->unknown[i], name) == 0)
            return true;
    if (d->n_unknown == SDTM_UNKNOWN_MAX)
        return true;
    d->unknown[d->n_unknown] = msp_arena_text(&t->s->scratch, name);
    sdtm_note(t, MSP_SEVERITY_WARNING, "data-drug", row, d->column[COLUMN_TREATMENT],
              "its doses count for the duration of treatment, not for cycles and intensity; "
              "values: of the protocol's drugs can name it",
              "the protocol has no drug \"%.40s\"", name);
    return d->unknown[d->n_unknown++] != NULL;
}

/* False when memory is out. A drug that the protocol has not stays NULL. Rows of one drug share the
 * text of their cells: most need no search. */
static bool read_drug(sdtm_table *t, size_t row, sdtm_doses *d, const char **out)
{
    const msp_protocol *p = t->s->options.protocol;
    const char *said[] = {cell(d, COLUMN_DRUG, row), cell(d, COLUMN_TREATMENT, row)};
    for (size_t i = 0; i < SDTM_DRUGS_KEPT; i++)
        if (d->text[i] != NULL && d->text[i] == said[0] && d->other[i] == said[1]) {
            *out = d->drug[i];
            return true;
        }
    *out = NULL;
    for (size_t i = 0; i < MSP_COUNT(said) && *out == NULL; i++)
        if (*said[i] != '\0')
            *out = drug_of(p, said[i]);
    if (*out != NULL) {
        const size_t at = d->n_kept++ % SDTM_DRUGS_KEPT;
        d->text[at] = said[0];
        d->other[at] = said[1];
        d->drug[at] = *out;
        return true;
    }
    const char *name = *said[0] != '\0' ? said[0] : said[1];
    return msp_text_contains_nocase(name, "placebo") || say_unknown(t, row, name, d);
}

static void read_amount(const sdtm_doses *d, size_t row, msp_given *out)
{
    int shift;
    out->amount = msp_amount_of(cell(d, COLUMN_DOSE, row));
    out->unit = unit_of(cell(d, COLUMN_UNIT, row), &shift);
    if (out->amount.known)
        out->amount.known = msp_decimal_shift(out->amount.value, shift, &out->amount.value);
}

/* A row that begins after the cut-off is not there yet; one that goes on ends there. */
static bool is_later(const sdtm_table *t, const char *text)
{
    msp_date date;
    return t->s->cutoff != MSP_NO_DAY && msp_date_parse(text, strlen(text), &date) &&
           date.precision != MSP_DATE_NONE && date.earliest > t->s->cutoff;
}

static void read_days(sdtm_table *t, const sdtm_doses *d, size_t row, msp_day start, msp_day end,
                      msp_given *out)
{
    const char *until = cell(d, COLUMN_END, row);
    const bool once = msp_text_equal_nocase(cell(d, COLUMN_FREQUENCY, row), "ONCE");
    out->first = start;
    out->last = end;
    if (end == MSP_NO_DAY && is_later(t, until))
        out->last = t->s->cutoff;
    else if (once || (*until == '\0' && *cell(d, COLUMN_FREQUENCY, row) == '\0'))
        out->last = start;
    if (out->last != MSP_NO_DAY && start != MSP_NO_DAY && out->last < start) {
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-date", row, d->column[COLUMN_END],
                  "it counts as given on its first day", "a dose ends before it begins");
        out->last = start;
    }
}

static bool keep(sdtm_doses *to, uint32_t patient, const msp_given *given)
{
    if (to->n == to->cap) {
        const size_t cap = to->cap > 0 ? 2 * to->cap : 1024;
        sdtm_dose *more = realloc(to->items, cap * sizeof *more);
        if (more == NULL)
            return false;
        to->items = more;
        to->cap = cap;
    }
    to->items[to->n++] = (sdtm_dose){patient, *given};
    return true;
}

static void find_columns(const sdtm_table *t, sdtm_doses *d)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        d->column[i] = msp_table_column(&t->table, sdtm_dose_names[i]);
    d->found = true;
}

bool sdtm_keep_dose(sdtm_table *t, size_t row, msp_day start, msp_day end, sdtm_doses *d)
{
    const msp_protocol *p = t->s->options.protocol;
    msp_given given = {0};
    if (p == NULL || p->regimens.n == 0)
        return true;
    if (!d->found)
        find_columns(t, d);
    if (is_later(t, cell(d, COLUMN_START, row)))
        return true;
    if (!read_drug(t, row, d, &given.drug))
        return false;
    if (given.drug == NULL)
        return true;
    read_amount(d, row, &given);
    read_days(t, d, row, start, end, &given);
    read_frequency(cell(d, COLUMN_FREQUENCY, row), &given);
    for (int i = COLUMN_VISIT; i <= COLUMN_EPOCH && given.cycle == 0; i++)
        given.cycle = cycle_named(cell(d, i, row));
    return keep(d, sdtm_patient(t, row), &given);
}

/* -- everybody's -- */

bool sdtm_give_doses(sdtm *s, const sdtm_doses *doses)
{
    const size_t n = s->out->n;
    size_t *at = msp_arena_array(&s->scratch, n + 2, sizeof *at);
    msp_given *given = msp_arena_array(&s->out->arena, doses->n + 1, sizeof *given);
    if (at == NULL || given == NULL)
        return false;
    for (size_t i = 0; i < doses->n; i++)
        at[doses->items[i].patient + 1]++;
    for (size_t i = 0; i < n; i++) {
        at[i + 1] += at[i];
        s->out->patients[i].given = given + at[i];
    }
    for (size_t i = 0; i < doses->n; i++) {
        msp_patient *p = &s->out->patients[doses->items[i].patient];
        given[at[doses->items[i].patient] + p->n_given++] = doses->items[i].given;
    }
    return true;
}
