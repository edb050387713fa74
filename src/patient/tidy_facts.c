/* tidy_facts.c - what a table of visits says of a patient, beside measurements. */
#include <stdio.h>
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
        t->lived_to = date.earliest > t->lived_to ? date.earliest : t->lived_to;
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

/* The first row that says yes. */
static bool said_yes(const tidy *t, int field, const size_t *rows, size_t n, size_t *row)
{
    for (size_t i = 0; i < n; i++)
        if (tidy_is_one(t, field, rows[i])) {
            *row = rows[i];
            return true;
        }
    return false;
}

/* Cells that are neither yes nor no. */
static void check_answers(tidy *t, const size_t *rows, size_t n)
{
    static const int fields[] = {FIELD_SPURIOUS, FIELD_STARTED, FIELD_DEATH_PD, FIELD_DIED};
    static const char *const no[] = {"", "0", "no", "n", "false"};
    for (size_t k = 0; k < MSP_COUNT(fields); k++)
        for (size_t i = 0; t->field[fields[k]] != NULL && i < n; i++) {
            char buffer[MSP_DOUBLE_MAX], found[80];
            const char *text = tidy_cell(t->field[fields[k]], rows[i], buffer);
            bool understood = tidy_is_one(t, fields[k], rows[i]);
            for (size_t w = 0; w < MSP_COUNT(no) && !understood; w++)
                understood = msp_text_equal_nocase(text, no[w]);
            if (understood)
                continue;
            snprintf(found, sizeof found, "found \"%.30s\"; expected 1 or 0, yes or no", text);
            tidy_note(t, MSP_SEVERITY_ERROR, "data-value", rows[i], t->field[fields[k]],
                      "it counts as no", found);
        }
}

/* A date said of the patient, that may be partial; one that is none is said. */
static msp_date said_date(tidy *t, int field, const size_t *rows, size_t n, size_t *row)
{
    const msp_date none = {.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    msp_date date = none;
    const char *text = said(t, field, rows, n, row);
    if (text == NULL || msp_date_parse(text, strlen(text), &date))
        return date;
    tidy_note(t, MSP_SEVERITY_ERROR, "data-date", *row, t->field[field], "it counts as not said",
              "this is no date (YYYY-MM-DD)");
    return none;
}

/* The day of a date, of which a part may be missing: not before `known`. */
static msp_day day_from(tidy *t, int field, size_t row, msp_date date, msp_day known)
{
    const msp_day day = doubt_day(date, known);
    if (date.precision == MSP_DATE_NONE || date.precision >= MSP_DATE_DAY)
        return date.earliest;
    char from[MSP_DATE_MAX], to[MSP_DATE_MAX], chosen[MSP_DATE_MAX], text[160];
    msp_day_format(date.earliest, from);
    msp_day_format(date.latest, to);
    msp_day_format(day, chosen);
    snprintf(text, sizeof text, "a part of this date is missing: %s is taken, of %s to %s", chosen,
             from, to);
    tidy_note(t, MSP_SEVERITY_WARNING, "data-date", row, t->field[field],
              "it is the earliest of these days that the other dates allow", text);
    return day;
}

static msp_day later(msp_day a, msp_day b)
{
    return a > b ? a : b; /* no day is before all */
}

/* The next therapy, in the trial's time: not before its last dose where only a part of the date is
 * known; one that began before the patient was randomised is a previous one. */
static void read_therapy(tidy *t, msp_patient *p, const size_t *rows, size_t n)
{
    size_t row = 0;
    const msp_day origin = p->randomised != MSP_NO_DAY ? p->randomised : p->first_dose;
    const msp_date date = said_date(t, FIELD_THERAPY, rows, n, &row);
    if (date.precision != MSP_DATE_NONE && date.latest < origin) {
        tidy_note(t, MSP_SEVERITY_WARNING, "data-therapy", row, t->field[FIELD_THERAPY],
                  "it counts as a previous one, and not as the next",
                  "the therapy begins before the trial does for this patient");
        return;
    }
    const msp_day day = day_from(t, FIELD_THERAPY, row, date, later(origin, p->last_dose));
    if (t->cutoff != MSP_NO_DAY && day > t->cutoff)
        t->lived_to = later(t->lived_to, day);
    else
        p->new_therapy = day;
}

/* What contradicts a death that has a day. */
static void check_death(tidy *t, const msp_patient *p, size_t row)
{
    const msp_column *column = t->field[FIELD_DEATH];
    const char *const hint = "the date of death counts; look which one is wrong";
    if (p->death == MSP_NO_DAY)
        return;
    if (p->death < p->randomised)
        tidy_note(t, MSP_SEVERITY_WARNING, "data-death", row, column,
                  "look which date is wrong: times to this event are left out (C15)",
                  "the death is dated before the randomisation");
    if (t->n_visits > 0 && t->visits[t->n_visits - 1].day > p->death)
        tidy_note(t, MSP_SEVERITY_WARNING, "data-death", t->visits[t->n_visits - 1].row,
                  t->field[FIELD_DATE], hint, "a visit is dated after the death");
    if (p->last_dose > p->death)
        tidy_note(t, MSP_SEVERITY_WARNING, "data-death", row, column, hint,
                  "the last dose is dated after the death");
}

/* Whether and when he died; `contact` is the last one. */
static void read_death(tidy *t, msp_patient *p, msp_day contact, const size_t *rows, size_t n)
{
    size_t row = 0, flag = 0;
    int said_by = FIELD_DIED;
    p->died = said_yes(t, FIELD_DIED, rows, n, &flag);
    p->died_of_myeloma = said_yes(t, FIELD_DEATH_PD, rows, n, p->died ? &row : &flag);
    if (!p->died && p->died_of_myeloma)
        said_by = FIELD_DEATH_PD;
    msp_day alive = later(later(p->randomised, p->first_dose), later(p->last_dose, contact));
    alive = later(alive, later(p->new_therapy, t->lived_to));
    if (t->n_visits > 0)
        alive = later(alive, t->visits[t->n_visits - 1].day);
    const msp_date date = said_date(t, FIELD_DEATH, rows, n, &row);
    p->death = day_from(t, FIELD_DEATH, row, date, alive);
    p->died = p->died || p->died_of_myeloma || p->death != MSP_NO_DAY;
    if (t->cutoff != MSP_NO_DAY &&
        (p->death == MSP_NO_DAY ? alive > t->cutoff : p->death > t->cutoff)) { /* not yet */
        t->lived_to = later(t->lived_to, p->death);
        p->died = p->died_of_myeloma = false;
        p->death = MSP_NO_DAY;
    }
    check_death(t, p, row);
    if (p->died && p->death == MSP_NO_DAY)
        tidy_note(t, MSP_SEVERITY_WARNING, "data-death", flag, t->field[said_by],
                  "survival is censored at the last day known alive; give the date, or what is "
                  "known of it (YYYY, YYYY-MM)",
                  "the patient died, and no row says when");
}

static msp_disposition read_disposition(tidy *t, const size_t *rows, size_t n)
{
    return (msp_disposition){.consent = said_day(t, FIELD_CONSENT, rows, n),
                             .stopped = said_day(t, FIELD_STOPPED, rows, n),
                             .treatment_ended = MSP_NO_DAY,
                             .clinical_progression = said_day(t, FIELD_CLINICAL, rows, n),
                             .lost = said_day(t, FIELD_LOST, rows, n),
                             .last_contact = said_day(t, FIELD_CONTACT, rows, n),
                             .second_progression = said_day(t, FIELD_SECOND, rows, n),
                             .third_line = said_day(t, FIELD_THIRD, rows, n),
                             .adverse_event = said_day(t, FIELD_ADVERSE, rows, n),
                             .deterioration = said_day(t, FIELD_DETERIORATED, rows, n)};
}

/* None where no column says any of it; false when memory is out. */
static bool keep_disposition(tidy *t, msp_patient *p, const msp_disposition *d)
{
    bool any = t->lived_to != MSP_NO_DAY;
    for (int field = FIELD_CONSENT; field <= FIELD_DETERIORATED; field++)
        any = any || t->field[field] != NULL;
    if (!any)
        return true;
    msp_disposition *kept = msp_arena_alloc(&t->out->arena, sizeof *kept);
    if (kept == NULL)
        return false;
    *kept = *d;
    if (t->lived_to != MSP_NO_DAY) /* alive after the cut-off is alive on it */
        kept->last_contact = t->cutoff;
    p->disposition = kept;
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
    if (config != NULL) {
        const msp_place at = msp_table_place(t->table, row, t->field[FIELD_CONFIG]);
        p->switches = msp_arena_text(&t->out->arena, config);
        p->switches_line = at.line;
        p->switches_col = at.col;
    }
    p->first_dose = said_day(t, FIELD_FIRST_DOSE, rows, n);
    p->last_dose = said_day(t, FIELD_LAST_DOSE, rows, n);
    p->randomised = said_day(t, FIELD_RANDOMISED, rows, n);
    p->transplant = said_day(t, FIELD_TRANSPLANT, rows, n);
    p->new_therapy = MSP_NO_DAY;
    check_answers(t, rows, n);
    read_therapy(t, p, rows, n);
    const msp_disposition d = read_disposition(t, rows, n);
    read_death(t, p, d.last_contact, rows, n);
    for (size_t i = 0; i < t->n_visits && p->new_therapy == MSP_NO_DAY; i++)
        if (tidy_is_one(t, FIELD_STARTED, t->visits[i].row))
            p->new_therapy = t->visits[i].day;
    return read_crossover(t, p, rows, n) && keep_disposition(t, p, &d);
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
