/* exposure.c - what a patient got: the phases of the arm, and the weeks of treatment. */
#include "mspike/schedule/exposure.h"

#include <math.h>
#include <string.h>

#include "exposure.h"

/* -- the phases of an arm in which drugs are given -- */

static void add_course(msp__course *courses, size_t *n, const msp_phase *phase,
                       const msp_regimen *regimen, bool after_transplant)
{
    msp__course *c = &courses[(*n)++];
    *c = (msp__course){.phase = phase != NULL ? phase->id : regimen->id,
                       .regimen = regimen,
                       .cycles = INT64_MAX,
                       .after_transplant = after_transplant};
    if (msp_was_said(regimen->cycles.at) && regimen->cycles.value > 0)
        c->cycles = regimen->cycles.value;
    if (phase != NULL && msp_was_said(phase->cycles.at) && phase->cycles.value > 0)
        c->cycles = phase->cycles.value;
    if (phase != NULL && msp_was_said(phase->duration.at))
        c->duration = &phase->duration;
}

static msp_status list_courses(msp__finding *f, const msp_arm *arm, msp_error *err)
{
    const msp_protocol *p = f->making.protocol;
    msp__course *courses = msp_arena_array(&f->scratch, arm->phases.n + 1, sizeof *courses);
    if (courses == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the phases of an arm");
    const msp_regimen *own = msp_protocol_regimen(p, arm->regimen.text);
    bool transplanted = false;
    if (arm->phases.n == 0 && own != NULL)
        add_course(courses, &f->n_courses, NULL, own, false);
    for (size_t i = 0; i < arm->phases.n; i++) {
        const msp_phase *phase = msp_protocol_phase(p, arm->phases.items[i].text);
        const msp_regimen *regimen =
            phase != NULL ? msp_protocol_regimen(p, phase->regimen.text) : NULL;
        if (phase != NULL && phase->kind.value == MSP_PHASE_TRANSPLANT)
            transplanted = true;
        if (regimen == NULL)
            continue;
        add_course(courses, &f->n_courses, phase, regimen, transplanted);
        transplanted = false;
    }
    f->courses = courses;
    return MSP_OK;
}

/* -- weeks -- */

static void sooner(msp_day *day, msp_day other)
{
    if (other != MSP_NO_DAY && other < *day)
        *day = other;
}

/* The day after the last one that counts: of the last cycle, of treatment, of what is known. */
static msp_day end_of_treatment(const msp__finding *f, msp_day end)
{
    const msp_patient *p = f->who;
    msp_day stop = end - 1;
    sooner(&stop, p->death);
    sooner(&stop, p->disposition != NULL ? p->disposition->treatment_ended : MSP_NO_DAY);
    sooner(&stop, msp_protocol_cutoff_day(f->making.protocol));
    if (p->crossed != NULL)
        sooner(&stop, p->crossed->day - 1);
    return (stop > f->out->last ? stop : f->out->last) + 1;
}

static void count_weeks(msp__finding *f)
{
    double planned = 0, actual = 0;
    for (size_t i = 0; i < f->out->n_cycles; i++) {
        const msp_regimen *regimen = f->courses[f->course[i]].regimen;
        const bool last = i + 1 == f->out->n_cycles;
        const int64_t days = msp__cycle_days(regimen, f->cycles[i].cycle);
        for (int64_t k = f->cycles[i].passed; k > 0; k--)
            planned += (double)msp__cycle_days(regimen, f->cycles[i].cycle - k);
        planned += (double)days;
        msp_day end = f->day_one[i] + (msp_day)days;
        if (last)
            f->out->cycle_end = end;
        if (last)
            end = end_of_treatment(f, end);
        else if (f->course[i + 1] == f->course[i] || f->day_one[i + 1] < end)
            end = f->day_one[i + 1];
        actual += (double)end - f->day_one[i];
    }
    f->out->planned_weeks = planned / 7;
    f->out->actual_weeks = actual / 7;
}

/* -- the whole -- */

static msp_status find(msp__finding *f, const msp_arm *arm, msp_error *err)
{
    msp_status rc = list_courses(f, arm, err);
    if (rc == MSP_OK)
        rc = msp__given_days(f, err);
    if (rc != MSP_OK || f->n_doses == 0)
        return rc;
    f->out->first = f->out->last = f->doses[0].day;
    for (size_t i = 0; i < f->out->n_drugs; i++)
        if (f->from[i] < f->from[i + 1]) {
            const msp_day first = f->doses[f->from[i]].day, last = f->doses[f->from[i + 1] - 1].day;
            f->out->first = first < f->out->first ? first : f->out->first;
            f->out->last = last > f->out->last ? last : f->out->last;
        }
    rc = msp__begun_cycles(f, err);
    if (rc != MSP_OK)
        return rc;
    count_weeks(f);
    return msp__drug_exposures(f, err);
}

msp_status msp_dosage_find(const msp_protocol *protocol, const msp_patient *patient,
                           const msp_patient_plan *plan, msp_arena *arena, msp_dosage *out,
                           msp_error *err)
{
    const msp_arm *arm = msp_protocol_arm(protocol, plan->arm);
    *out = (msp_dosage){.first = MSP_NO_DAY, .last = MSP_NO_DAY};
    if (arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "there is no arm \"%s\"",
                        plan->arm != NULL ? plan->arm : "");
    msp__finding f = {.making = {.protocol = protocol,
                                 .patient = plan,
                                 .rules = plan->rules != NULL ? plan->rules : &protocol->rules,
                                 .without_label = true},
                      .who = patient,
                      .out = out,
                      .arena = arena};
    const msp_status rc = find(&f, arm, err);
    msp_arena_free(&f.scratch);
    if (rc != MSP_OK)
        *out = (msp_dosage){.first = MSP_NO_DAY, .last = MSP_NO_DAY};
    return rc;
}
