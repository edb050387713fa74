/* sdtm_life.c - when a patient died, and until when he is known to have lived: what all tables say,
 * brought together. Findings stand at the patient's row of DM. */
#include <string.h>

#include "doubt.h"
#include "mspike/base/text.h"
#include "sdtm.h"

bool sdtm_lives(sdtm *s)
{
    s->life = msp_arena_array(&s->scratch, s->out->n + 1, sizeof *s->life);
    for (size_t i = 0; s->life != NULL && i < s->out->n; i++) {
        s->life[i].death = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
        for (int k = 0; k < SDTM_SIGNS; k++)
            s->life[i].last[k] = MSP_NO_DAY;
    }
    return s->life != NULL;
}

void sdtm_alive(sdtm_table *t, sdtm_sign sign, const msp_column *column, size_t row)
{
    msp_date date;
    const uint32_t i = sdtm_patient(t, row);
    if (t->s->life != NULL && i != SDTM_NO_PATIENT && sdtm_date(t, column, row, &date))
        sdtm_later(&t->s->life[i].last[sign], date.earliest);
}

void sdtm_dead(sdtm_table *t, const msp_column *column, size_t row, bool sure)
{
    msp_date date = {.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    const char *text = sdtm_cell(column, row);
    sdtm_life *life = &t->s->life[sdtm_patient(t, row)];
    life->died = life->died || sure;
    if (!msp_date_parse(text, strlen(text), &date)) {
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-date", row, column, "it counts as not said",
                  "\"%.40s\" is no date (YYYY-MM-DD)", text);
        return;
    }
    if (date.precision == MSP_DATE_NONE)
        return;
    life->died = true;
    if (life->death.precision == MSP_DATE_NONE) {
        life->death = date;
        return;
    }
    if (date.latest < life->death.earliest || date.earliest > life->death.latest)
        sdtm_note(t, MSP_SEVERITY_WARNING, "data-conflict", row, column, "the date of DM counts",
                  "the date of death is another one than in DM");
    else if (date.precision > life->death.precision)
        life->death = date;
}

/* Whether the signs of life reach beyond a death; DS also dates what was only written down later.
 */
static void note_after(sdtm_table *dm, size_t row, const msp_column *column, const sdtm_life *life,
                       msp_day death)
{
    static const char *const texts[SDTM_SIGNS] = {
        [SDTM_MEASURED] = "a measurement is dated after the death",
        [SDTM_DOSED] = "a dose is dated after the death",
        [SDTM_TREATED] = "a subsequent therapy begins after the death",
        [SDTM_CALLED] = "the patient was said to be alive after the death",
    };
    for (int k = 0; k < SDTM_SIGNS; k++)
        if (texts[k] != NULL && life->last[k] != MSP_NO_DAY && life->last[k] > death)
            sdtm_note(dm, MSP_SEVERITY_WARNING, "data-death", row, column,
                      "the date of death counts; look which one is wrong", "%s", texts[k]);
}

/* The day of a death of which only a month or year is known: the earliest of them on which the
 * patient is not known to have lived longer. */
static msp_day impute(sdtm_table *dm, size_t row, const msp_column *column, msp_date date,
                      msp_day alive)
{
    char from[MSP_DATE_MAX], to[MSP_DATE_MAX], chosen[MSP_DATE_MAX];
    const msp_day day = doubt_day(date, alive);
    msp_day_format(date.earliest, from);
    msp_day_format(date.latest, to);
    msp_day_format(day, chosen);
    sdtm_note(dm, MSP_SEVERITY_WARNING, "data-date", row, column,
              "it is the earliest day of them on which nothing shows the patient alive later",
              "a part of the date of death is missing: %s is taken, of %s to %s", chosen, from, to);
    return day;
}

/* The death of one patient, with all that bounds it. */
static void settle(sdtm *s, size_t i)
{
    msp_patient *p = &s->out->patients[i];
    const sdtm_life *life = &s->life[i];
    sdtm_table *dm = &s->dm;
    const msp_column *when = msp_table_column(&dm->table, "DTHDTC"),
                     *flag = msp_table_column(&dm->table, "DTHFL");
    const msp_column *column = when != NULL ? when : flag;
    msp_day alive = p->randomised, death = life->death.earliest;
    for (int k = 0; k < SDTM_SIGNS; k++)
        sdtm_later(&alive, life->last[k]);
    if (life->death.precision != MSP_DATE_NONE && life->death.precision < MSP_DATE_DAY)
        death = impute(dm, life->row, column, life->death, alive);
    const bool lived_on = s->cutoff != MSP_NO_DAY &&
                          (alive > s->cutoff || (death != MSP_NO_DAY && death > s->cutoff));
    if (death != MSP_NO_DAY)
        note_after(dm, life->row, column, life, death);
    if (death != MSP_NO_DAY && p->randomised != MSP_NO_DAY && death < p->randomised)
        sdtm_note(dm, MSP_SEVERITY_WARNING, "data-death", life->row, column,
                  "look which date is wrong: times to this event are left out (C15)",
                  "the death is dated before the randomisation");
    const bool not_yet = lived_on && (death == MSP_NO_DAY || death > s->cutoff);
    p->died = life->died && !not_yet;
    p->died_of_myeloma = p->died && p->died_of_myeloma;
    p->death = p->died ? death : MSP_NO_DAY;
    if (p->died && p->death == MSP_NO_DAY)
        sdtm_note(dm, MSP_SEVERITY_WARNING, "data-death", life->row, flag != NULL ? flag : column,
                  "survival is censored at the last day known alive; give the date, or what is "
                  "known of it (YYYY, YYYY-MM)",
                  "the patient died, and no table says when");
    if (lived_on) /* alive after the cut-off is alive on it */
        s->disposition[i].last_contact = s->cutoff;
}

void sdtm_settle_lives(sdtm *s)
{
    for (size_t i = 0; i < s->out->n; i++)
        settle(s, i);
}
