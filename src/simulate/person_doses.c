/* person_doses.c - a virtual patient on the protocol's calendar: doses, and questionnaires. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "mspike/schedule/write.h"
#include "person.h"
#include "virtual_truth.h"

#define CYCLE_DAYS     7 /* the shortest */
#define MISSED_ANSWERS 0.1

/* -- what the patient adds to the plan -- */

static msp_decimal whole(double x)
{
    return (msp_decimal){(int64_t)x, 0};
}

/* A treatment as it was given: the arm's, or that of a crossover. */
typedef struct treatment {
    const person *who;
    const msp_virtual_course *course;
    const msp_virtual_change *changes;
    size_t n_changes;
    msp_day first_dose, last_dose;
    bool short_of_response;
} treatment;

static treatment own_treatment(const person *who)
{
    const msp_virtual_patient *p = who->p;
    return (treatment){
        who,          &who->plan->arm[p->arm],   p->changes, p->n_changes, p->patient.first_dose,
        p->last_dose, p->truth.short_of_response};
}

static treatment second_treatment(const person *who)
{
    const msp_virtual_crossed *c = who->p->crossed;
    return (treatment){who,
                       &who->plan->arm[who->plan->crossover.to],
                       c->changes,
                       c->n_changes,
                       c->said.day,
                       c->last_dose,
                       c->truth.short_of_response};
}

static const msp_planned_cycle *cycle_of(const treatment *t, const msp_virtual_change *c)
{
    return &t->course->cycles[c->cycle];
}

/* Quarters of the dose planned last of a drug for the patient. */
static msp_decimal reduced(const msp_dosing *d, const msp_patient_plan *plan, int64_t quarters)
{
    const msp_said_quantity *own = msp_dosing_adjusted(d, plan);
    const msp_decimal full = own != NULL      ? own->value
                             : d->steps.n > 0 ? d->steps.items[d->steps.n - 1].dose.value
                                              : d->dose.value;
    return (msp_decimal){full.coefficient * 25 * quarters, full.scale + 2};
}

/* Cycles that begin late and doses that are reduced, as the disease had it. */
static msp_status add_changes(const treatment *t, msp_arena *arena, msp_patient_plan *plan)
{
    msp_cycle_delay *delays = msp_arena_array(arena, t->n_changes + 1, sizeof *delays);
    msp_dose_reduction *reductions = msp_arena_array(arena, t->n_changes + 1, sizeof *reductions);
    if (delays == NULL || reductions == NULL)
        return MSP_EMEM;
    for (size_t i = 0; i < t->n_changes; i++) {
        const msp_virtual_change *c = &t->changes[i];
        const msp_planned_cycle *cycle = cycle_of(t, c);
        if (c->kind == MSP_CHANGE_LATE)
            delays[plan->n_delays++] = (msp_cycle_delay){cycle->phase, cycle->number, LATE_DAYS};
        else if (c->kind == MSP_CHANGE_REDUCED) {
            const msp_dosing *d = &cycle->regimen->drugs.items[c->drug];
            reductions[plan->n_reductions++] = (msp_dose_reduction){
                cycle->phase, d->id, cycle->number, reduced(d, plan, c->quarters)};
        }
    }
    plan->delays = delays;
    plan->reductions = reductions;
    return MSP_OK;
}

/* Whether this is a dose of a drug that was left out of the cycle. */
static bool is_missed(const treatment *t, const msp_calendar_entry *e)
{
    for (size_t i = 0; i < t->n_changes; i++) {
        const msp_planned_cycle *cycle = cycle_of(t, &t->changes[i]);
        if (t->changes[i].kind == MSP_CHANGE_MISSED && cycle->number == (int)e->cycle &&
            strcmp(cycle->phase, e->phase) == 0 &&
            e->dosing == &cycle->regimen->drugs.items[t->changes[i].drug])
            return true;
    }
    return false;
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
    const double burden =
        msp_kinetics_burden(&who->p->truth.kinetics, &who->p->doses, since > 0 ? since : 0);
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

static bool plans_transplant(const person *who)
{
    const msp_virtual_course *c = &who->plan->arm[who->p->arm];
    for (size_t i = 0; i < c->n_cycles; i++)
        if (c->cycles[i].transplant)
            return true;
    return false;
}

/* The transplant that the arm's phases plan, where the patient came to it. */
static msp_status put_transplant(const person *who)
{
    const msp_day day = who->p->patient.transplant;
    sheet pr = person_sheet(who, MSP_VIRTUAL_PR), supp = person_sheet(who, MSP_VIRTUAL_SUPPDM);
    if (!plans_transplant(who))
        return MSP_OK;
    if (day != MSP_NO_DAY) {
        sheet_row(&pr, "PR");
        sheet_sequence(&pr, "PRSEQ");
        sheet_text(&pr, "PRTRT", "Reported Name of Procedure", "AUTOLOGOUS STEM CELL TRANSPLANT");
        sheet_day(&pr, "PRSTDTC", "Start Date/Time of Procedure", day);
    }
    person_qualifier(&supp, "ASCTFL", "Transplanted", day != MSP_NO_DAY ? "Y" : "N");
    return pr.status == MSP_OK ? supp.status : pr.status;
}

static bool collects_cells(const msp_calendar_entry *e)
{
    if (e->kind != MSP_CALENDAR_VISIT || e->visit == NULL)
        return false;
    for (size_t i = 0; i < e->visit->assess.n; i++)
        if (e->visit->assess.items[i].value == MSP_ASSESSMENT_HARVEST)
            return true;
    return false;
}

/* At the visits that plan it, as long as nothing ended the treatment. */
static msp_status put_harvest(const treatment *t, const msp_calendar *calendar)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < calendar->n && rc == MSP_OK; i++)
        if (collects_cells(&calendar->entries[i]) && calendar->entries[i].day < person_last(t->who))
            rc = person_harvest(t->who, calendar->entries[i].day);
    return rc;
}

/* Questionnaires are those of the arm's own treatment. */
static void put_calendar(const treatment *t, const msp_calendar *calendar, bool questionnaires,
                         sheet *ex, sheet *qs)
{
    msp_random r = person_stream(t->who, DRAW_ANSWERS);
    r.next = 16;
    for (size_t i = 0; i < calendar->n; i++) {
        const msp_calendar_entry *e = &calendar->entries[i];
        const bool asked =
            questionnaires && e->kind == MSP_CALENDAR_VISIT && e->visit == NULL && e->note != NULL;
        if (e->kind == MSP_CALENDAR_DOSE && e->mg_known && !is_missed(t, e))
            put_dose(ex, t->who, e);
        else if (asked && e->day <= t->last_dose)
            put_answers(qs, t->who, &r, e);
    }
}

static msp_status put_treatment(const treatment *t, bool questionnaires, sheet *ex, sheet *qs,
                                msp_error *err)
{
    msp_arena arena = {0};
    msp_calendar calendar = {0};
    const msp_patient_value age = {"age", t->who->age};
    msp_patient_plan plan = {
        .arm = t->course->arm->id,
        .start = t->first_dose,
        .stop = t->last_dose + 1,
        .response = t->short_of_response ? MSP_ASKED_SD : MSP_ASKED_SCR,
        .cycles = (t->last_dose - t->first_dose) / CYCLE_DAYS + 2,
        .values = &age,
        .n_values = 1,
    };
    msp_status rc = size_of(t->who, &plan.size, err);
    if (rc == MSP_OK && add_changes(t, &arena, &plan) != MSP_OK)
        rc = msp_fail(err, MSP_EMEM, "no memory for a patient's doses");
    if (rc == MSP_OK)
        rc = msp_calendar_make(t->who->plan->protocol, &plan, &calendar, err);
    if (rc == MSP_OK)
        put_calendar(t, &calendar, questionnaires, ex, qs);
    if (rc == MSP_OK && put_harvest(t, &calendar) != MSP_OK)
        rc = msp_fail(err, MSP_EMEM, "no memory for a patient's stem cells");
    msp_calendar_free(&calendar);
    msp_arena_free(&arena);
    return rc;
}

msp_status person_doses(const person *who, msp_error *err)
{
    sheet ex = person_sheet(who, MSP_VIRTUAL_EX), qs = person_sheet(who, MSP_VIRTUAL_QS);
    const treatment own = own_treatment(who);
    if (own.last_dose < own.first_dose)
        return MSP_OK;
    msp_status rc = put_treatment(&own, true, &ex, &qs, err);
    if (rc == MSP_OK && who->p->crossed != NULL) {
        const treatment second = second_treatment(who);
        rc = put_treatment(&second, false, &ex, &qs, err);
    }
    if (rc == MSP_OK &&
        (put_transplant(who) != MSP_OK || ex.status != MSP_OK || qs.status != MSP_OK))
        rc = msp_fail(err, MSP_EMEM, "no memory for a patient's doses");
    return rc;
}
