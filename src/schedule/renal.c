/* renal.c - lenalidomide in renal failure, as its label says (rules.md 5; the rule renal_label). */
#include <string.h>

#include "mspike/base/text.h"
#include "schedule_internal.h"

static const char clearance_name[] = "creatinine-clearance";

/* Below which 10 mg, in the order of the words of renal_label. */
static const double limits[] = {60, 50};
static const char *const labels[] = {"US", "EU"};

static bool is_lenalidomide(const msp_protocol *protocol, const msp_dosing *d)
{
    const char *id = msp_dosing_drug(d);
    const msp_drug *drug = msp_protocol_drug(protocol, id);
    bool is = msp_text_equal_nocase(id, "lenalidomide");
    for (size_t i = 0; drug != NULL && !is && i < drug->values.n; i++)
        is = msp_text_equal_nocase(drug->values.items[i].text, "lenalidomide");
    return is;
}

static bool adjusts_itself(const msp_dosing *d)
{
    for (size_t i = 0; i < d->adjustments.n; i++)
        if (strcmp(d->adjustments.items[i].measure.text, clearance_name) == 0)
            return true;
    return false;
}

static const double *clearance_of(const msp_patient_plan *p)
{
    for (size_t i = 0; i < p->n_values; i++)
        if (strcmp(p->values[i].name, clearance_name) == 0)
            return &p->values[i].value;
    return NULL;
}

bool msp__renal_dose(const msp__making *m, const msp_dosing *d, msp_said_quantity *dose,
                     msp__renal *out)
{
    const double *clearance = clearance_of(m->patient);
    const size_t label = m->rules->renal_label.value == 1;
    *out = (msp__renal){.label = labels[label], .dialysis = m->patient->dialysis};
    if (m->without_label || (clearance == NULL && !out->dialysis) || dose->unit != MSP_DOSE_MG ||
        !is_lenalidomide(m->protocol, d) || adjusts_itself(d))
        return false;
    int64_t mg = 0;
    if (out->dialysis) {
        mg = 5;
    } else {
        out->clearance = *clearance;
        mg = *clearance < 30 ? 15 : *clearance < limits[label] ? 10 : 0;
        out->alternate = mg == 15;
    }
    const msp_decimal most = {mg, 0};
    if (mg == 0 || msp_decimal_cmp(dose->value, most) <= 0)
        return false;
    dose->value = most;
    return true;
}

const char *msp__renal_note(msp_arena *arena, const msp__renal *renal)
{
    char clearance[MSP_DOUBLE_MAX];
    if (renal->dialysis)
        return msp_arena_printf(arena, "on dialysis, after it (%s label)", renal->label);
    msp_double_format(renal->clearance, clearance);
    return msp_arena_printf(arena, "%screatinine clearance %s mL/min (%s label)",
                            renal->alternate ? "every other day, " : "", clearance, renal->label);
}
