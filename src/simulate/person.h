/* person.h - a virtual patient while his tables are written: the patient, his size, his streams. */
#ifndef MSPIKE_SIMULATE_PERSON_H
#define MSPIKE_SIMULATE_PERSON_H

#include "mspike/base/random.h"
#include "mspike/simulate/virtual_tables.h"
#include "sheet.h"

/* Purposes of draws; those of virtual_patient.c go before. */
enum {
    DRAW_PERSON = 40,
    DRAW_CHEMISTRY,
    DRAW_EVENTS,
    DRAW_ANSWERS,
    DRAW_EVENTS_AGAIN = 74,
    DRAW_HARVEST
};

typedef struct person {
    const msp_virtual_plan *plan;
    const msp_virtual_patient *p;
    const msp_virtual_work *work;
    const char *id, *study;
    msp_arena *arena; /* of the tables */
    uint64_t seed, trial;
    int age;
    bool female;
    double weight, height; /* kg, cm; whole numbers */
    msp_virtual_tables *out;
} person;

static inline msp_random person_stream(const person *who, uint16_t purpose)
{
    return msp_random_at(who->seed, who->trial, who->p->number, purpose);
}

static inline sheet person_sheet(const person *who, msp_virtual_table table)
{
    return (sheet){.table = &who->out->table[table], .study = who->study, .subject = who->id};
}

/* The last day of which anything is known. */
msp_day person_last(const person *who);

/* A test as LB or MI has it. */
typedef struct person_test {
    msp_marker marker;
    const char *code, *name, *specimen, *unit;
} person_test;

/* A row of LB or MI; visit NaN: of no visit. */
void person_finding(sheet *s, const char *domain, const person_test *test, const char *result,
                    double visit, msp_day day);

/* A row of SUPPDM. */
void person_qualifier(sheet *s, const char *name, const char *label, const char *value);

/* person_events.c: AE. person_lesions.c: TU, TR. person_doses.c: EX, and QS, which is on the same
 * calendar; person_harvest.c: stem cells in LB, where that plans to collect them on `day`. */
msp_status person_events(const person *who);
msp_status person_lesions(const person *who);
msp_status person_doses(const person *who, msp_error *err);
msp_status person_harvest(const person *who, msp_day day);

#endif
