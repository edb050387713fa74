/* person_doses.c - a virtual patient on the protocol's calendar: doses, and questionnaires. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "mspike/schedule/write.h"
#include "person.h"

#define CYCLE_DAYS     28
#define LATE_DAYS      7
#define REDUCTIONS_MAX 2 /* to three quarters, then to half */
#define MISSED_ANSWERS 0.1

/* -- what the patient adds to the plan -- */

static msp_decimal whole(double x)
{
    return (msp_decimal){(int64_t)x, 0};
}

static const msp_regimen *first_regimen(const person *who)
{
    const msp_arm *arm = who->plan->arm[who->p->arm].arm;
    const msp_protocol *p = who->plan->protocol;
    if (arm->regimen.text != NULL)
        return msp_protocol_regimen(p, arm->regimen.text);
    const msp_phase *phase =
        arm->phases.n > 0 ? msp_protocol_phase(p, arm->phases.items[0].text) : NULL;
    return phase != NULL ? msp_protocol_regimen(p, phase->regimen.text) : NULL;
}

/* Cycles that begin late, as the patient's visits had it. */
static msp_status add_delays(const person *who, msp_arena *arena, msp_patient_plan *plan)
{
    const msp_virtual_course *c = &who->plan->arm[who->p->arm];
    msp_cycle_delay *delays = msp_arena_array(arena, c->n_visits + 1, sizeof *delays);
    size_t n = 0;
    if (delays == NULL)
        return MSP_EMEM;
    const char *phase = c->arm->phases.n > 0 ? c->arm->phases.items[0].text : NULL;
    for (size_t i = 0; i < c->n_visits; i++)
        if (who->work->late[i] && c->visits[i].cycle > 1 && c->visits[i].cycle < plan->cycles)
            delays[n++] = (msp_cycle_delay){phase, c->visits[i].cycle, LATE_DAYS};
    plan->delays = delays;
    plan->n_delays = n;
    return MSP_OK;
}

/* Three quarters or half of the dose planned last for a drug. */
static msp_decimal reduced(const msp_dosing *d, int64_t quarters)
{
    const msp_decimal full =
        d->steps.n > 0 ? d->steps.items[d->steps.n - 1].dose.value : d->dose.value;
    return (msp_decimal){full.coefficient * 25 * quarters, full.scale + 2};
}

/* At each cycle one drug's dose may go down; each drug goes down twice at most. */
static msp_status add_reductions(const person *who, msp_arena *arena, msp_patient_plan *plan)
{
    const msp_regimen *regimen = first_regimen(who);
    const double probability = who->plan->arm[who->p->arm].said->reduction.value;
    msp_random r = person_stream(who, DRAW_DOSES);
    if (regimen == NULL || regimen->drugs.n == 0)
        return MSP_OK;
    const size_t drugs = regimen->drugs.n;
    msp_dose_reduction *all = msp_arena_array(arena, drugs * REDUCTIONS_MAX, sizeof *all);
    uint8_t *times = msp_arena_array(arena, drugs, 1);
    size_t n = 0;
    if (all == NULL || times == NULL)
        return MSP_EMEM;
    for (int64_t cycle = 2; cycle < plan->cycles; cycle++) {
        const bool here = msp_random_uniform(&r) < probability;
        const size_t drug = (size_t)msp_random_below(&r, drugs);
        const msp_dosing *d = &regimen->drugs.items[drug];
        if (!here || times[drug] >= REDUCTIONS_MAX)
            continue;
        all[n++] = (msp_dose_reduction){
            .drug = d->id, .cycle = cycle, .dose = reduced(d, 3 - times[drug])};
        times[drug]++;
    }
    plan->reductions = all;
    plan->n_reductions = n;
    return MSP_OK;
}

static msp_status size_of(const person *who, msp_body_size *out, msp_error *err)
{
    out->weight = whole(who->weight);
    return msp_surface_rounded(out->weight, whole(who->height), MSP_SURFACE_MOSTELLER,
                               &out->surface, err);
}

/* -- tables -- */

static void put_dose(sheet *s, const person *who, const msp_calendar_entry *e)
{
    const msp_protocol *p = who->plan->protocol;
    const char *id = e->dosing->drug.text != NULL ? e->dosing->drug.text : e->dosing->id;
    const msp_drug *drug = msp_protocol_drug(p, id);
    sheet_row(s, "EX");
    sheet_sequence(s, "EXSEQ");
    sheet_text(s, "EXTRT", "Name of Treatment",
               drug != NULL && drug->values.n > 0 ? drug->values.items[0].text : id);
    sheet_number(s, "EXDOSE", "Dose", msp_decimal_to_double(e->mg));
    sheet_text(s, "EXDOSU", "Dose Units", "mg");
    sheet_text(s, "EXROUTE", "Route of Administration", msp_route_name(e->dosing->route.value));
    sheet_text(s, "EXADJ", "Reason for Dose Adjustment", e->reduced ? "ADVERSE EVENT" : "");
    sheet_number(s, "VISITNUM", "Visit Number", (double)e->cycle);
    sheet_day(s, "EXSTDTC", "Start Date/Time of Treatment", e->day);
    sheet_day(s, "EXENDTC", "End Date/Time of Treatment", e->day + (msp_day)e->n_days - 1);
}

static int answer(msp_random *r, double centre, double spread, int most)
{
    const double x = round(centre + spread * normal_of((uint32_t)(msp_random_bits(r) >> 32)));
    return x < 1 ? 1 : x > most ? most : (int)x;
}

/* How the patient feels, in standard deviations: his own way, and better with less disease. */
static double feeling(const person *who, msp_day day)
{
    msp_random own = person_stream(who, DRAW_ANSWERS);
    const double since = day - who->p->patient.first_dose;
    const double burden = msp_kinetics_burden(&who->p->truth.kinetics, since > 0 ? since : 0);
    return normal_of((uint32_t)(msp_random_bits(&own) >> 32)) +
           0.6 * (1 - (burden < 2 ? burden : 2));
}

/* Items 1 to 30 are those of QLQ-C30, 31 to 50 those of QLQ-MY20; 29 and 30 have seven answers. */
static void put_answers(sheet *s, const person *who, msp_random *r, const msp_calendar_entry *e)
{
    const bool myeloma = strstr(e->name, "MY20") != NULL;
    const double well = feeling(who, e->day);
    char visit[48] = "Baseline";
    if (msp_random_uniform(r) < MISSED_ANSWERS)
        return;
    if (e->cycle > 0)
        snprintf(visit, sizeof visit, "Cycle %lld Day 1", (long long)e->cycle);
    for (int item = myeloma ? 31 : 1; item <= (myeloma ? 50 : 30); item++) {
        const bool overall = item == 29 || item == 30;
        const int given =
            overall ? answer(r, 4.6 + 0.8 * well, 0.7, 7) : answer(r, 1.9 - 0.4 * well, 0.6, 4);
        char code[24], test[24], text[24];
        if (myeloma)
            snprintf(code, sizeof code, "QLQ%02d", item); /* CDISC's is not known here */
        else
            snprintf(code, sizeof code, "EOR01%02d", item);
        snprintf(test, sizeof test, "Item %d", item);
        snprintf(text, sizeof text, "%d", given);
        sheet_row(s, "QS");
        sheet_sequence(s, "QSSEQ");
        sheet_text(s, "QSCAT", "Category of Question", e->name);
        sheet_text(s, "QSTESTCD", "Question Short Name", code);
        sheet_text(s, "QSTEST", "Question Name", test);
        sheet_text(s, "QSORRES", "Finding in Original Units", text);
        sheet_number(s, "QSSTRESN", "Numeric Finding in Standard Units", given);
        sheet_number(s, "VISITNUM", "Visit Number", (double)e->cycle);
        sheet_text(s, "VISIT", "Visit Name", visit);
        sheet_day(s, "QSDTC", "Date/Time of Finding", e->day);
    }
}

/* The transplant that the arm's phases plan, where the patient came to it. */
static msp_status put_transplant(const person *who, const msp_calendar *calendar)
{
    sheet pr = person_sheet(who, MSP_VIRTUAL_PR), supp = person_sheet(who, MSP_VIRTUAL_SUPPDM);
    bool planned = false, done = false;
    const msp_arm *arm = who->plan->arm[who->p->arm].arm;
    for (size_t i = 0; i < arm->phases.n; i++) {
        const msp_phase *phase = msp_protocol_phase(who->plan->protocol, arm->phases.items[i].text);
        if (phase == NULL || phase->kind.value != MSP_PHASE_TRANSPLANT)
            continue;
        planned = true;
        for (size_t e = 0; e < calendar->n && !done; e++) {
            const msp_calendar_entry *entry = &calendar->entries[e];
            done = entry->kind == MSP_CALENDAR_PHASE && entry->phase != NULL &&
                   strcmp(entry->phase, phase->id) == 0 && entry->day <= who->p->last_dose;
            if (!done)
                continue;
            sheet_row(&pr, "PR");
            sheet_sequence(&pr, "PRSEQ");
            sheet_text(&pr, "PRTRT", "Reported Name of Procedure",
                       "AUTOLOGOUS STEM CELL TRANSPLANT");
            sheet_day(&pr, "PRSTDTC", "Start Date/Time of Procedure", entry->day);
        }
    }
    if (planned)
        person_qualifier(&supp, "ASCTFL", "Transplanted", done ? "Y" : "N");
    return pr.status == MSP_OK ? supp.status : pr.status;
}

static msp_status put_calendar(const person *who, const msp_calendar *calendar)
{
    sheet ex = person_sheet(who, MSP_VIRTUAL_EX), qs = person_sheet(who, MSP_VIRTUAL_QS);
    msp_random r = person_stream(who, DRAW_ANSWERS);
    r.next = 16;
    for (size_t i = 0; i < calendar->n; i++) {
        const msp_calendar_entry *e = &calendar->entries[i];
        const bool asked = e->kind == MSP_CALENDAR_VISIT && e->visit == NULL && e->note != NULL;
        if (e->kind == MSP_CALENDAR_DOSE && e->mg_known)
            put_dose(&ex, who, e);
        else if (asked && e->day <= who->p->last_dose)
            put_answers(&qs, who, &r, e);
    }
    const msp_status rc = put_transplant(who, calendar);
    return ex.status != MSP_OK ? ex.status : rc != MSP_OK ? rc : qs.status;
}

msp_status person_doses(const person *who, msp_error *err)
{
    const msp_virtual_patient *p = who->p;
    const msp_patient *m = &p->patient;
    msp_arena arena = {0};
    msp_calendar calendar = {0};
    msp_patient_plan plan = {
        .arm = who->plan->arm[p->arm].arm->id,
        .start = m->first_dose,
        .stop = p->last_dose + 1,
        .response = p->truth.nadir <= 0.5 ? MSP_ASKED_PR : MSP_ASKED_SD,
        .cycles = (p->last_dose - m->first_dose) / CYCLE_DAYS + 2,
    };
    if (p->last_dose < m->first_dose)
        return MSP_OK;
    msp_status rc = size_of(who, &plan.size, err);
    if (rc == MSP_OK &&
        (add_delays(who, &arena, &plan) != MSP_OK || add_reductions(who, &arena, &plan) != MSP_OK))
        rc = msp_fail(err, MSP_EMEM, "no memory for a patient's doses");
    if (rc == MSP_OK)
        rc = msp_calendar_make(who->plan->protocol, &plan, &calendar, err);
    if (rc == MSP_OK && put_calendar(who, &calendar) != MSP_OK)
        rc = msp_fail(err, MSP_EMEM, "no memory for a patient's doses");
    msp_calendar_free(&calendar);
    msp_arena_free(&arena);
    return rc;
}
