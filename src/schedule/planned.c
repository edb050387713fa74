/* planned.c - what a regimen plans of a drug on one day of a cycle, for one patient. */
#include <string.h>

#include "mspike/base/text.h"
#include "schedule_internal.h"

static bool fits(const msp_dose_adjustment *a, double x)
{
    return !(msp_was_said(a->at_least.at) && x < a->at_least.value) &&
           !(msp_was_said(a->above.at) && x <= a->above.value) &&
           !(msp_was_said(a->below.at) && x >= a->below.value) &&
           !(msp_was_said(a->at_most.at) && x > a->at_most.value);
}

const msp_said_quantity *msp_dosing_adjusted(const msp_dosing *d, const msp_patient_plan *p)
{
    for (size_t i = 0; i < d->adjustments.n; i++)
        for (size_t k = 0; k < p->n_values; k++)
            if (strcmp(d->adjustments.items[i].measure.text, p->values[k].name) == 0 &&
                fits(&d->adjustments.items[i], p->values[k].value))
                return &d->adjustments.items[i].dose;
    return NULL;
}

static const msp_said_quantity *said_dose(const msp_dosing *d, const msp_dose_days *row,
                                          const msp_patient_plan *p, int64_t cycle, int64_t day)
{
    const msp_said_quantity *dose = msp_dosing_adjusted(d, p);
    if (dose != NULL)
        return dose;
    if (msp_was_said(row->dose.at))
        return &row->dose;
    dose = &d->dose;
    for (size_t i = 0; i < d->steps.n; i++) {
        const msp_dose_step *s = &d->steps.items[i];
        if (s->cycle.value < cycle || (s->cycle.value == cycle && s->day.value <= day))
            dose = &s->dose;
    }
    return dose;
}

bool msp__planned_dose(const msp__making *m, const msp_dosing *d, const msp_dose_days *row,
                       int64_t cycle, int64_t day, int64_t from, msp__planned *out)
{
    out->dose = *said_dose(d, row, m->patient, cycle, day);
    out->by_label = msp__renal_dose(m, d, &out->dose, &out->renal);
    const bool other_day = out->by_label && out->renal.alternate && (day - from) % 2 != 0;
    return !other_day && out->dose.value.coefficient != 0;
}

msp_said_quantity msp__dose_cap(const msp__making *m, const msp_dosing *d)
{
    msp_said_quantity cap = d->bsa_cap;
    if (!msp_was_said(cap.at) && m->rules->bsa_cap.value.coefficient > 0 &&
        msp_text_equal_nocase(msp_dosing_drug(d), "carfilzomib")) {
        cap.value = m->rules->bsa_cap.value;
        cap.at = d->at;
    }
    return cap;
}
