#include "virtual_cycles.h"

#include <math.h>
#include <string.h>

/* -- a cycle after another -- */

/* Burden below which a response is there, by M-protein (docs/methods/imwg-response.md); of CR, what
 * immunofixation does not see of 2.5 g/dL. */
static const double response_of[] = {
    [MSP_ASKED_SCR] = 0.006, [MSP_ASKED_CR] = 0.006, [MSP_ASKED_VGPR] = 0.1,
    [MSP_ASKED_PR] = 0.5,    [MSP_ASKED_MR] = 0.75,  [MSP_ASKED_SD] = INFINITY,
};

static double asked_of(const msp_phase *phase)
{
    return phase != NULL && msp_was_said(phase->requires.at) ? response_of[phase->requires.value]
                                                             : (double)INFINITY;
}

static msp_planned_cycle *begin(msp_virtual_course *out, msp_planned_cycle *cycles, int day)
{
    if (out->n_cycles > 0 && cycles[out->n_cycles - 1].day == day)
        out->n_cycles--; /* what begins on the day on which something ends takes its place */
    cycles[out->n_cycles] = (msp_planned_cycle){.day = day, .at_most = INFINITY};
    return &cycles[out->n_cycles++];
}

static const msp_regimen *regimen_in(const msp_protocol *p, const char *phase)
{
    const msp_phase *f = msp_protocol_phase(p, phase);
    return msp_protocol_regimen(p, f != NULL ? f->regimen.text : phase);
}

/* The cycle of a dose, new or the last one. */
static msp_planned_cycle *cycle_of(const msp_protocol *p, const msp_calendar_entry *e, int start,
                                   msp_virtual_course *out, msp_planned_cycle *cycles)
{
    msp_planned_cycle *last = out->n_cycles > 0 ? &cycles[out->n_cycles - 1] : NULL;
    const bool same_phase =
        last != NULL && last->phase != NULL && strcmp(last->phase, e->phase) == 0;
    if (same_phase && last->number == (int)e->cycle)
        return last;
    const double asked = same_phase ? (double)INFINITY : asked_of(msp_protocol_phase(p, e->phase));
    msp_planned_cycle *c = begin(out, cycles, start);
    c->phase = e->phase;
    c->number = (int)e->cycle;
    c->regimen = regimen_in(p, e->phase);
    c->at_most = asked;
    return c;
}

static size_t drug_index(const msp_regimen *regimen, const msp_dosing *dosing)
{
    size_t i = 0;
    while (i < regimen->drugs.n && &regimen->drugs.items[i] != dosing)
        i++;
    return i;
}

/* Of the cycle that a dose is in, or of anything else: days from the first dose. */
static int first_day_of(const msp_calendar *calendar, const msp_calendar_entry *e)
{
    const int day = e->day - calendar->start;
    return e->kind == MSP_CALENDAR_DOSE ? day - (int)e->cycle_day + 1 : day;
}

/* What a day's entry says; amounts in the dose's own unit, which is that of all its drug's. */
static void add_entry(const msp_protocol *p, const msp_calendar *calendar,
                      const msp_calendar_entry *e, msp_virtual_course *out,
                      msp_planned_cycle *cycles)
{
    const int day = first_day_of(calendar, e);
    const msp_phase *phase = e->phase != NULL ? msp_protocol_phase(p, e->phase) : NULL;
    if (e->kind == MSP_CALENDAR_DOSE) {
        msp_planned_cycle *c = cycle_of(p, e, day, out, cycles);
        const size_t drug = drug_index(c->regimen, e->dosing);
        c->of[drug] += msp_decimal_to_double(e->dose.value) * (double)e->n_days;
    } else if (e->kind == MSP_CALENDAR_END ||
               (e->kind == MSP_CALENDAR_PHASE && regimen_in(p, e->phase) == NULL)) {
        msp_planned_cycle *c = begin(out, cycles, day);
        c->phase = e->phase;
        c->transplant = e->kind == MSP_CALENDAR_PHASE && phase != NULL &&
                        phase->kind.value == MSP_PHASE_TRANSPLANT;
        c->at_most = e->kind == MSP_CALENDAR_PHASE ? asked_of(phase) : (double)INFINITY;
    }
}

/* -- amounts as shares -- */

/* The second cycle's; where that gives none of the drug, the largest. */
static double full_dose(const msp_planned_cycle *first, const msp_planned_cycle *end, size_t drug)
{
    double largest = 0;
    for (const msp_planned_cycle *c = first; c < end; c++) {
        if (c->number == 2 && c->of[drug] > 0)
            return c->of[drug];
        largest = c->of[drug] > largest ? c->of[drug] : largest;
    }
    return largest;
}

/* Cycles of one phase. */
static void share_out(msp_planned_cycle *first, msp_planned_cycle *end)
{
    const size_t n_drugs = first->regimen->drugs.n;
    for (size_t drug = 0; drug < n_drugs; drug++) {
        const double full = full_dose(first, end, drug);
        for (msp_planned_cycle *c = first; c < end; c++) {
            const double share = full > 0 && c->of[drug] < full ? c->of[drug] / full : full > 0;
            c->of[drug] = share / (double)n_drugs;
        }
    }
    for (msp_planned_cycle *c = first; c < end; c++) {
        c->given = 0;
        for (size_t drug = 0; drug < n_drugs; drug++)
            c->given += c->of[drug];
        c->given = fabs(c->given - 1) < 1e-9 ? 1 : c->given; /* thirds */
    }
}

static bool same_phase(const msp_planned_cycle *a, const msp_planned_cycle *b)
{
    return a->regimen != NULL && a->regimen == b->regimen && strcmp(a->phase, b->phase) == 0;
}

static bool goes_on(const msp_planned_cycle *a, const msp_planned_cycle *b)
{
    if (!same_phase(a, b))
        return false;
    for (size_t drug = 0; drug < a->regimen->drugs.n; drug++)
        if (fabs(a->of[drug] - b->of[drug]) > 0)
            return false;
    return true;
}

static void finish(msp_planned_cycle *cycles, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_phase(&cycles[i], &cycles[end]); end++)
            continue;
        if (cycles[i].regimen != NULL)
            share_out(&cycles[i], &cycles[end]);
    }
    for (size_t i = n; i-- > 0;)
        cycles[i].next =
            i + 1 < n && goes_on(&cycles[i], &cycles[i + 1]) ? cycles[i + 1].next : i + 1;
}

msp_status sim_plan_cycles(const msp_protocol *p, const msp_calendar *calendar, double horizon,
                           msp_arena *arena, msp_virtual_course *out, msp_error *err)
{
    for (size_t i = 0; i < p->regimens.n; i++)
        if (p->regimens.items[i].drugs.n > MSP_VIRTUAL_DRUGS_MAX)
            return msp_fail_at(err, MSP_ERANGE, p->regimens.items[i].at,
                               "regimen \"%s\" has %zu drugs; %d are simulated at most",
                               p->regimens.items[i].id, p->regimens.items[i].drugs.n,
                               MSP_VIRTUAL_DRUGS_MAX);
    msp_planned_cycle *cycles = msp_arena_array(arena, calendar->n + 1, sizeof *cycles);
    if (cycles == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu cycles", calendar->n);
    out->n_cycles = 0;
    for (size_t i = 0; i < calendar->n; i++)
        if (first_day_of(calendar, &calendar->entries[i]) <= horizon)
            add_entry(p, calendar, &calendar->entries[i], out, cycles);
    if (out->n_cycles == 0 || cycles[0].day != 0)
        return msp_fail_at(err, MSP_ENODATA, p->supposed.at,
                           "arm \"%s\" plans no dose in its first cycle", out->arm->id);
    finish(cycles, out->n_cycles);
    out->cycles = cycles;
    return MSP_OK;
}
