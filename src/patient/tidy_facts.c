/* tidy_facts.c - what a table of visits says of a patient, beside measurements. */
#include <string.h>

#include "tidy.h"

bool tidy_is_one(const tidy *t, int field, size_t row)
{
    char buffer[MSP_DOUBLE_MAX];
    const msp_column *column = t->field[field];
    if (column == NULL)
        return false;
    const char *text = tidy_cell(column, row, buffer);
    return strcmp(text, "1") == 0 || msp_text_equal_nocase(text, "yes") ||
           msp_text_equal_nocase(text, "y") || msp_text_equal_nocase(text, "true");
}

/* A text said of the patient in any of the rows; NULL where it is nowhere. */
static const char *said(tidy *t, int field, const size_t *rows, size_t n, size_t *row)
{
    const msp_column *column = t->field[field];
    const char *found = NULL;
    if (column == NULL || column->type != MSP_COLUMN_TEXT)
        return NULL;
    uint32_t code = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t here = column->code[rows[i]];
        if (here == 0 || here == code)
            continue;
        if (found != NULL) {
            tidy_note(t, MSP_SEVERITY_WARNING, "data-conflict", rows[i], column,
                      "the first one counts", "rows of one patient say different things");
            break;
        }
        code = here;
        found = column->text[here];
        *row = rows[i];
    }
    return found;
}

/* A partial date of a therapy begins as early as it can: no assessment that may lie after it is
 * judged as if it lay before. */
static msp_day said_day(tidy *t, int field, const size_t *rows, size_t n)
{
    size_t row = 0;
    msp_date date;
    const char *text = said(t, field, rows, n, &row);
    if (text == NULL)
        return MSP_NO_DAY;
    if (!msp_date_parse(text, strlen(text), &date)) {
        tidy_note(t, MSP_SEVERITY_ERROR, "data-date", row, t->field[field], "it counts as not said",
                  "this is no date (YYYY-MM-DD)");
        return MSP_NO_DAY;
    }
    if (date.precision != MSP_DATE_NONE && date.precision < MSP_DATE_DAY)
        tidy_note(t, MSP_SEVERITY_WARNING, "data-date", row, t->field[field],
                  "its earliest day is taken", "a part of this date is missing");
    if (t->cutoff != MSP_NO_DAY && date.precision != MSP_DATE_NONE && date.earliest > t->cutoff) {
        t->lived_on = true;
        return MSP_NO_DAY;
    }
    return date.earliest;
}

/* Years; 0 where no row says them. */
static int said_age(tidy *t, const size_t *rows, size_t n)
{
    size_t row = 0;
    double age;
    const char *text = said(t, FIELD_AGE, rows, n, &row);
    if (text == NULL)
        return 0;
    if (msp_double_parse(text, strlen(text), &age) && age > 0 && age < 150)
        return (int)age;
    tidy_note(t, MSP_SEVERITY_ERROR, "data-value", row, t->field[FIELD_AGE],
              "it counts as not said", "this is no age in years");
    return 0;
}

static bool said_yes(const tidy *t, int field, const size_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tidy_is_one(t, field, rows[i]))
            return true;
    return false;
}

/* NULL where no table says any of it; false when memory is out. */
static bool read_disposition(tidy *t, msp_patient *p, const size_t *rows, size_t n)
{
    bool any = false;
    for (int field = FIELD_CONSENT; field <= FIELD_DETERIORATED; field++)
        any = any || t->field[field] != NULL;
    any = any || t->lived_on;
    if (!any)
        return true;
    msp_disposition *d = msp_arena_alloc(&t->out->arena, sizeof *d);
    if (d == NULL)
        return false;
    *d = (msp_disposition){.consent = said_day(t, FIELD_CONSENT, rows, n),
                           .stopped = said_day(t, FIELD_STOPPED, rows, n),
                           .treatment_ended = MSP_NO_DAY,
                           .clinical_progression = said_day(t, FIELD_CLINICAL, rows, n),
                           .lost = said_day(t, FIELD_LOST, rows, n),
                           .last_contact = said_day(t, FIELD_CONTACT, rows, n),
                           .second_progression = said_day(t, FIELD_SECOND, rows, n),
                           .third_line = said_day(t, FIELD_THIRD, rows, n),
                           .adverse_event = said_day(t, FIELD_ADVERSE, rows, n),
                           .deterioration = said_day(t, FIELD_DETERIORATED, rows, n)};
    if (t->lived_on) /* alive after the cut-off is alive on it */
        d->last_contact = t->cutoff;
    p->disposition = d;
    return true;
}

/* For whom it is the next therapy. False when memory is out. */
static bool read_crossover(tidy *t, msp_patient *p, const size_t *rows, size_t n)
{
    const msp_day day = said_day(t, FIELD_CROSSOVER, rows, n);
    if (day == MSP_NO_DAY)
        return true;
    msp_crossed *crossed = msp_arena_alloc(&t->out->arena, sizeof *crossed);
    if (crossed == NULL)
        return false;
    const bool later = p->new_therapy != MSP_NO_DAY && p->new_therapy > day;
    *crossed = (msp_crossed){.day = day, .next_therapy = later ? p->new_therapy : MSP_NO_DAY};
    if (later || p->new_therapy == MSP_NO_DAY)
        p->new_therapy = day;
    p->crossed = crossed;
    return true;
}

bool tidy_facts(tidy *t, msp_patient *p, const size_t *rows, size_t n)
{
    size_t row;
    const char *isotype = said(t, FIELD_ISOTYPE, rows, n, &row);
    if (isotype != NULL)
        msp_isotype_read(isotype, &p->heavy, &p->light);
    const char *arm = said(t, FIELD_ARM, rows, n, &row);
    if (arm != NULL)
        p->arm = p->actual_arm = msp_arena_text(&t->out->arena, arm);
    const char *sex = said(t, FIELD_SEX, rows, n, &row);
    if (sex != NULL)
        p->sex = msp_arena_text(&t->out->arena, sex);
    p->age = said_age(t, rows, n);
    const char *config = said(t, FIELD_CONFIG, rows, n, &row);
    if (config != NULL)
        p->switches = msp_arena_text(&t->out->arena, config);
    p->first_dose = said_day(t, FIELD_FIRST_DOSE, rows, n);
    p->last_dose = said_day(t, FIELD_LAST_DOSE, rows, n);
    p->randomised = said_day(t, FIELD_RANDOMISED, rows, n);
    p->transplant = said_day(t, FIELD_TRANSPLANT, rows, n);
    p->new_therapy = said_day(t, FIELD_THERAPY, rows, n);
    const bool before = t->lived_on;
    t->lived_on = false;
    p->death = said_day(t, FIELD_DEATH, rows, n);
    const bool not_yet = t->lived_on; /* a later death is none yet */
    t->lived_on = before || not_yet;
    p->died_of_myeloma = !not_yet && said_yes(t, FIELD_DEATH_PD, rows, n);
    p->died = !not_yet &&
              (p->died_of_myeloma || p->death != MSP_NO_DAY || said_yes(t, FIELD_DIED, rows, n));
    for (size_t i = 0; i < t->n_visits && p->new_therapy == MSP_NO_DAY; i++)
        if (tidy_is_one(t, FIELD_STARTED, t->visits[i].row))
            p->new_therapy = t->visits[i].day;
    return read_crossover(t, p, rows, n) && read_disposition(t, p, rows, n);
}

/* The last visit whose number is 0 or less. */
static msp_day numbered_baseline(const tidy *t)
{
    char buffer[MSP_DOUBLE_MAX];
    msp_day day = MSP_NO_DAY;
    for (size_t i = 0; i < t->n_visits && t->field[FIELD_VISIT] != NULL; i++) {
        double number;
        const char *text = tidy_cell(t->field[FIELD_VISIT], t->visits[i].row, buffer);
        if (msp_double_parse(text, strlen(text), &number) && number <= 0)
            day = t->visits[i].day;
    }
    return day;
}

msp_day tidy_baseline(const tidy *t, const msp_patient *p)
{
    if (p->first_dose != MSP_NO_DAY)
        return p->first_dose;
    if (p->randomised != MSP_NO_DAY)
        return p->randomised;
    const msp_day numbered = numbered_baseline(t);
    if (numbered != MSP_NO_DAY)
        return numbered;
    return t->n_visits > 0 ? t->visits[0].day : MSP_NO_DAY;
}
