#include "mspike/patient/patient.h"

#include <stdlib.h>
#include <string.h>

bool msp_patients_simulated(const msp_patients *patients)
{
    const size_t n = patients->study != NULL ? strlen(patients->study) : 0,
                 end = strlen(MSP_SIMULATED);
    return n >= end && strcmp(patients->study + n - end, MSP_SIMULATED) == 0;
}

const msp_patient *msp_patients_find(const msp_patients *patients, const char *id)
{
    size_t low = 0, high = patients->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(id, patients->patients[middle].id);
        if (order == 0)
            return &patients->patients[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void msp_patients_free(msp_patients *patients)
{
    msp_arena_free(&patients->arena);
    *patients = (msp_patients){0};
}

/* -- limits -- */

static int by_place(const void *a, const void *b)
{
    const msp_below_limit *x = a, *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->marker > y->marker) - (x->marker < y->marker);
}

bool msp_patients_add_limit(msp_patients *patients, const msp_measured *m, msp_decimal limit)
{
    if (patients->limits == NULL)
        patients->limits = msp_arena_alloc(&patients->arena, sizeof *patients->limits);
    msp_below_limits *l = patients->limits;
    if (l == NULL)
        return false;
    if (l->n == l->cap) {
        const size_t cap = l->cap > 0 ? 2 * l->cap : 64;
        msp_below_limit *more = msp_arena_array(&patients->arena, cap, sizeof *more);
        if (more == NULL)
            return false;
        if (l->n > 0)
            memcpy(more, l->items, l->n * sizeof *more);
        l->items = more;
        l->cap = cap;
    }
    l->items[l->n++] = (msp_below_limit){m->row, m->table, m->marker, limit};
    return true;
}

void msp_patients_share_limits(msp_patients *patients)
{
    if (patients->limits == NULL)
        return;
    qsort(patients->limits->items, patients->limits->n, sizeof(msp_below_limit), by_place);
    for (size_t i = 0; i < patients->n; i++)
        patients->patients[i].limits = patients->limits;
}

const msp_decimal *msp_patient_limit(const msp_patient *patient, const msp_measured *m)
{
    const msp_below_limit wanted = {.row = m->row, .table = m->table, .marker = m->marker};
    const msp_below_limit *found =
        patient->limits != NULL
            ? bsearch(&wanted, patient->limits->items, patient->limits->n, sizeof wanted, by_place)
            : NULL;
    return found != NULL ? &found->value : NULL;
}

msp_disposition msp_disposition_none(void)
{
    return (msp_disposition){.consent = MSP_NO_DAY,
                             .stopped = MSP_NO_DAY,
                             .treatment_ended = MSP_NO_DAY,
                             .clinical_progression = MSP_NO_DAY,
                             .lost = MSP_NO_DAY,
                             .last_contact = MSP_NO_DAY,
                             .second_progression = MSP_NO_DAY,
                             .third_line = MSP_NO_DAY,
                             .adverse_event = MSP_NO_DAY,
                             .deterioration = MSP_NO_DAY};
}
