/* doses.c - what is given on the days of a cycle. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "mspike/base/text.h"
#include "schedule_internal.h"

/* -- the dose of a day -- */

static bool is_of(const char *asked, const char *name)
{
    return asked == NULL || strcmp(asked, name) == 0;
}

static bool reduce(const msp_patient_plan *p, const char *phase, const char *drug, int64_t cycle,
                   msp_said_quantity *dose)
{
    bool reduced = false;
    for (size_t i = 0; i < p->n_reductions; i++) {
        const msp_dose_reduction *r = &p->reductions[i];
        if (cycle >= r->cycle && is_of(r->phase, phase) && is_of(r->drug, drug) &&
            msp_decimal_cmp(r->dose, dose->value) < 0) {
            dose->value = r->dose;
            reduced = true;
        }
    }
    return reduced;
}

/* -- entries -- */

static const char *drug_label(const msp_protocol *protocol, const msp_dosing *d)
{
    const char *id = msp_dosing_drug(d);
    const msp_drug *drug = msp_protocol_drug(protocol, id);
    return drug != NULL && drug->label.text != NULL ? drug->label.text : id;
}

static void work_out(msp__making *m, msp_calendar_entry *e)
{
    const msp_said_quantity cap = msp__dose_cap(m, e->dosing);
    e->cap = cap.value;
    e->mg_known = msp_dose_in_mg(&e->dose, &cap, &m->patient->size, &e->mg, &e->capped);
    if (!e->mg_known && e->dose.unit == MSP_DOSE_MG_PER_M2)
        m->out->needs_surface = true;
    else if (!e->mg_known)
        m->out->needs_weight = true;
}

/* The dose of a day: one day more of the entry before, where it is the same dose. */
static msp_status add_dose(msp__making *m, const msp__stretch *s, const msp_dosing *d,
                           const msp_dose_days *row, int64_t cycle, int64_t day, int64_t from,
                           msp_error *err)
{
    const msp_day date = s->cycles[cycle - 1] + (msp_day)(day - 1);
    if (date >= s->end || msp__stopped(m, date))
        return MSP_OK;
    msp__planned planned;
    if (!msp__planned_dose(m, d, row, cycle, day, from, &planned))
        return MSP_OK;
    msp_said_quantity dose = planned.dose;
    const bool reduced = reduce(m->patient, s->phase->id, d->id, cycle, &dose);
    if (dose.value.coefficient == 0)
        return MSP_OK;
    msp_calendar_entry *last = m->out->n > 0 ? &m->out->entries[m->out->n - 1] : NULL;
    if (last != NULL && last->dosing == d && last->cycle == cycle &&
        last->day + last->n_days == date && last->dose.unit == dose.unit &&
        msp_decimal_cmp(last->dose.value, dose.value) == 0) {
        last->n_days++;
        return MSP_OK;
    }
    msp_calendar_entry *e =
        msp__entry(m, s, MSP_CALENDAR_DOSE, date, drug_label(m->protocol, d), err);
    if (e == NULL)
        return err->code;
    e->cycle = cycle;
    e->cycle_day = day;
    e->dosing = d;
    e->dose = dose;
    e->reduced = reduced;
    work_out(m, e);
    e->note = planned.by_label ? msp__renal_note(&m->out->arena, &planned.renal) : NULL;
    return planned.by_label && e->note == NULL
               ? msp_fail(err, MSP_EMEM, "no memory for the calendar")
               : MSP_OK;
}

static msp_status add_days(msp__making *m, const msp__stretch *s, const msp_dosing *d,
                           int64_t cycle, msp_error *err)
{
    for (size_t i = 0; i < d->schedule.n; i++) {
        const msp_dose_days *row = &d->schedule.items[i];
        if (cycle < row->cycles.from || cycle > row->cycles.to)
            continue;
        for (size_t k = 0; k < row->days.n; k++)
            for (int64_t day = row->days.items[k].from; day <= row->days.items[k].to; day++) {
                const msp_status rc =
                    add_dose(m, s, d, row, cycle, day, row->days.items[k].from, err);
                if (rc != MSP_OK)
                    return rc;
            }
    }
    return MSP_OK;
}

/* The last cycle in which the drug is given. */
static int64_t last_given(const msp_dosing *d)
{
    int64_t last = 0;
    for (size_t i = 0; i < d->schedule.n; i++)
        if (d->schedule.items[i].cycles.to > last)
            last = d->schedule.items[i].cycles.to;
    return last;
}

static msp_status add_end(msp__making *m, const msp__stretch *s, const msp_dosing *d,
                          msp_error *err)
{
    const int64_t last = last_given(d);
    if (last >= s->n_cycles || msp__stopped(m, s->cycles[last]))
        return MSP_OK;
    msp_calendar_entry *e =
        msp__entry(m, s, MSP_CALENDAR_END, s->cycles[last], drug_label(m->protocol, d), err);
    if (e == NULL)
        return err->code;
    e->cycle = last + 1;
    e->cycle_day = 1;
    e->note = msp_arena_printf(&m->out->arena, "no more after cycle %" PRId64, last);
    return e->note != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the calendar");
}

msp_status msp__add_doses(msp__making *m, const msp__stretch *s, msp_error *err)
{
    for (size_t i = 0; i < s->regimen->drugs.n; i++) {
        const msp_dosing *d = &s->regimen->drugs.items[i];
        msp_status rc = MSP_OK;
        for (int64_t cycle = 1; rc == MSP_OK && cycle <= s->n_cycles; cycle++)
            rc = add_days(m, s, d, cycle, err);
        if (rc == MSP_OK)
            rc = add_end(m, s, d, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}
