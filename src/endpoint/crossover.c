#include "mspike/endpoint/crossover.h"

#include "mspike/endpoint/derived.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the patients who crossed over");
}

msp_patient msp_crossover_begin(const msp_patient *patient)
{
    const msp_crossed *crossed = patient->crossed;
    msp_patient p = *patient;
    p.baseline = crossed->day;
    p.new_therapy = crossed->next_therapy;
    p.new_therapy_from = p.new_therapy_variable = NULL;
    p.new_therapy_seq = 0;
    p.next_lines = NULL;
    if (p.transplant != MSP_NO_DAY && p.transplant < crossed->day)
        p.transplant = MSP_NO_DAY;
    return p;
}

static msp_status time_them(const msp_patients *all, const msp_rules *rules,
                            const msp_measurability *measurability, msp_arena *arena,
                            msp_timeline **out, msp_error *err)
{
    msp_responses responses = {0};
    msp_status rc = msp_responses_judge(all, rules, measurability, &responses, err);
    if (rc == MSP_OK)
        rc = msp_derived_timelines(all, &responses, rules, measurability, arena, out, err);
    msp_responses_free(&responses);
    return rc;
}

msp_status msp_crossover_timelines(const msp_patients *patients, const msp_rules *rules,
                                   const msp_measurability *measurability, msp_arena *arena,
                                   msp_timeline *whole, msp_timeline **out, msp_error *err)
{
    msp_patients crossed = *patients; /* borrows all but the list */
    *out = NULL;
    crossed.n = 0;
    crossed.patients = msp_arena_array(arena, patients->n + 1, sizeof *crossed.patients);
    if (crossed.patients == NULL)
        return no_memory(err);
    for (size_t i = 0; i < patients->n; i++)
        if (patients->patients[i].crossed != NULL)
            crossed.patients[crossed.n++] = msp_crossover_begin(&patients->patients[i]);
    if (crossed.n == 0)
        return MSP_OK;
    msp_timeline *theirs, *all = msp_arena_array(arena, patients->n + 1, sizeof *all);
    if (all == NULL)
        return no_memory(err);
    const msp_status rc = time_them(&crossed, rules, measurability, arena, &theirs, err);
    for (size_t i = 0, k = 0; rc == MSP_OK && i < patients->n; i++) {
        const msp_crossed *c = patients->patients[i].crossed;
        all[i] = c != NULL ? theirs[k++] : msp_timeline_none();
        if (c == NULL)
            continue;
        all[i].crossover = (msp_dated){c->day, {c->from, c->variable, c->seq}};
        if (whole[i].second_progression.day == MSP_NO_DAY)
            whole[i].second_progression = all[i].progression;
    }
    *out = all;
    return rc;
}
