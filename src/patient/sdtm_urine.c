/* sdtm_urine.c - M-protein of urine that is reported as a concentration: with the volume of the 24
 * hours it is an amount a day (rules 1.3), without it nothing, for a spot urine does not count. */
#include <stdlib.h>

#include "sdtm.h"

typedef struct volume {
    uint32_t patient;
    msp_day day;
    msp_decimal ml;
} volume;

static int by_patient_and_day(const void *a, const void *b)
{
    const volume *x = a, *y = b;
    if (x->patient != y->patient)
        return x->patient < y->patient ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* The volumes among the samples from `first` on, in order; NULL when memory is out. */
static volume *find_volumes(const sdtm *s, size_t first, msp_arena *arena, size_t *n)
{
    volume *all = msp_arena_array(arena, s->n_samples - first + 1, sizeof *all);
    *n = 0;
    for (size_t i = first; all != NULL && i < s->n_samples; i++) {
        const sdtm_sample *x = &s->samples[i];
        if (x->m.marker == MSP_MARKER_URINE_VOLUME && x->m.flags == 0)
            all[(*n)++] = (volume){x->patient, x->m.day, msp_measured_value(&x->m)};
    }
    if (all != NULL && *n > 0)
        qsort(all, *n, sizeof *all, by_patient_and_day);
    return all;
}

/* g/dL times mL/24h: of a tenth of a litre to all of it, and g to mg. */
static bool as_amount(sdtm_sample *x, const volume *v)
{
    msp_decimal value;
    if (v == NULL || !msp_decimal_mul(msp_measured_value(&x->m), v->ml, &value) ||
        !msp_decimal_shift(value, -1, &value))
        return false;
    x->m.coefficient = value.coefficient;
    x->m.scale = (uint8_t)value.scale;
    x->concentration = false;
    return true;
}

msp_status sdtm_urine(sdtm *s, size_t first, void (*refused)(void *, size_t row), void *context,
                      msp_error *err)
{
    size_t n_volumes, n_asked = 0, kept = first;
    for (size_t i = first; i < s->n_samples; i++)
        n_asked += s->samples[i].concentration;
    if (n_asked == 0)
        return MSP_OK;
    const volume *volumes = find_volumes(s, first, &s->scratch, &n_volumes);
    if (volumes == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the volumes of urine");
    for (size_t i = first; i < s->n_samples; i++) {
        sdtm_sample x = s->samples[i];
        const volume wanted = {.patient = x.patient, .day = x.m.day};
        if (x.concentration && !as_amount(&x, bsearch(&wanted, volumes, n_volumes, sizeof *volumes,
                                                      by_patient_and_day)))
            refused(context, x.m.row);
        else
            s->samples[kept++] = x;
    }
    s->n_samples = kept;
    return MSP_OK;
}
