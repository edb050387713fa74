/* sdtm_clonal.c - whether the marrow is clonal, by plasma cells that were counted by their chain.
 */
#include <stdlib.h>

#include "mspike/patient/lab_result.h"
#include "sdtm.h"

static bool is_of_interest(const sdtm_sample *x)
{
    return (x->m.marker == MSP_MARKER_MARROW_KAPPA || x->m.marker == MSP_MARKER_MARROW_LAMBDA ||
            x->m.marker == MSP_MARKER_CLONAL) &&
           (x->m.flags & MSP_MEASURED_SPURIOUS) == 0;
}

static int by_patient_and_day(const void *a, const void *b)
{
    const sdtm_sample *x = a, *y = b;
    if (x->patient != y->patient)
        return x->patient < y->patient ? -1 : 1;
    if (x->m.day != y->m.day)
        return x->m.day < y->m.day ? -1 : 1;
    return (x->m.row > y->m.row) - (x->m.row < y->m.row);
}

static const sdtm_sample *find(const sdtm_sample *x, size_t n, msp_marker marker)
{
    for (size_t i = 0; i < n; i++)
        if (x[i].m.marker == marker && (marker == MSP_MARKER_CLONAL || x[i].m.flags == 0))
            return &x[i];
    return NULL;
}

/* Of one patient and day. */
static bool add(sdtm *s, const sdtm_sample *x, size_t n)
{
    const sdtm_sample *kappa = find(x, n, MSP_MARKER_MARROW_KAPPA),
                      *lambda = find(x, n, MSP_MARKER_MARROW_LAMBDA);
    if (kappa == NULL || lambda == NULL || find(x, n, MSP_MARKER_CLONAL) != NULL)
        return true;
    const msp_fact clonal =
        msp_clonality_of(msp_measured_value(&kappa->m), msp_measured_value(&lambda->m));
    sdtm_sample sign = *kappa;
    sign.m.marker = MSP_MARKER_CLONAL;
    sign.m.coefficient = clonal == MSP_YES;
    sign.m.scale = 0;
    return clonal == MSP_UNKNOWN || sdtm_keep(s, sign);
}

bool sdtm_clonality(sdtm *s)
{
    size_t n = 0;
    bool counted = false;
    for (size_t i = 0; i < s->n_samples; i++) {
        n += is_of_interest(&s->samples[i]);
        counted = counted || s->samples[i].m.marker == MSP_MARKER_MARROW_KAPPA;
    }
    if (!counted)
        return true;
    sdtm_sample *all = msp_arena_array(&s->scratch, n + 1, sizeof *all);
    if (all == NULL)
        return false;
    n = 0;
    for (size_t i = 0; i < s->n_samples; i++)
        if (is_of_interest(&s->samples[i]))
            all[n++] = s->samples[i];
    qsort(all, n, sizeof *all, by_patient_and_day);
    for (size_t from = 0, to; from < n; from = to) {
        to = from + 1;
        while (to < n && all[to].patient == all[from].patient && all[to].m.day == all[from].m.day)
            to++;
        if (!add(s, all + from, to - from))
            return false;
    }
    return true;
}
