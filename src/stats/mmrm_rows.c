/* mmrm_rows.c - rows by patient, patients by pattern of visits, columns that are not aliased. */
#include <stdlib.h>

#include "mmrm_internal.h"

typedef struct place {
    uint32_t subject, visit;
    size_t row;
} place;

static int by_subject_and_visit(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    if (a->visit != b->visit)
        return a->visit < b->visit ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static msp_status sort_rows(mmrm_fitter *f, const msp_mmrm_data *d, msp_error *err)
{
    place *places = msp_arena_array(&f->arena, d->n, sizeof *places);
    f->row = msp_arena_array(&f->arena, d->n, sizeof *f->row);
    f->visit = msp_arena_array(&f->arena, d->n, sizeof *f->visit);
    f->patients = msp_arena_array(&f->arena, d->n + 1, sizeof *f->patients);
    if (places == NULL || f->row == NULL || f->visit == NULL || f->patients == NULL)
        return msp__mmrm_no_memory(err);
    for (size_t i = 0; i < d->n; i++)
        places[i] = (place){d->subject[i], d->visit[i], i};
    qsort(places, d->n, sizeof *places, by_subject_and_visit);
    for (size_t i = 0; i < d->n; i++) {
        const bool same = i > 0 && places[i].subject == places[i - 1].subject;
        if (same && places[i].visit == places[i - 1].visit)
            return msp_fail_row(err, MSP_ERANGE, places[i].row,
                                "this patient has the same visit twice");
        if (!same)
            f->patients[f->n_patients++].start = i;
        f->row[i] = places[i].row;
        f->visit[i] = places[i].visit;
    }
    f->patients[f->n_patients].start = d->n;
    return MSP_OK;
}

static uint64_t visits_of(const mmrm_fitter *f, size_t s)
{
    uint64_t mask = 0;
    for (size_t i = f->patients[s].start; i < f->patients[s + 1].start; i++)
        mask |= (uint64_t)1 << f->visit[i];
    return mask;
}

static msp_status find_patterns(mmrm_fitter *f, msp_error *err)
{
    uint64_t *masks = msp_arena_array(&f->arena, f->n_patients, sizeof *masks);
    f->patterns = msp_arena_array(&f->arena, f->n_patients, sizeof *f->patterns);
    if (masks == NULL || f->patterns == NULL)
        return msp__mmrm_no_memory(err);
    for (size_t s = 0; s < f->n_patients; s++) {
        const uint64_t mask = visits_of(f, s);
        size_t k = 0;
        while (k < f->n_patterns && masks[k] != mask)
            k++;
        mmrm_pattern *p = &f->patterns[k];
        if (k == f->n_patterns) {
            masks[f->n_patterns++] = mask;
            for (size_t v = 0; v < f->t; v++)
                if (mask >> v & 1)
                    p->visit[p->m++] = v;
            double *room = msp_arena_array(&f->arena, 3 * p->m * p->m, sizeof *room);
            if (room == NULL)
                return msp__mmrm_no_memory(err);
            p->inverse = room;
            p->fitted = room + p->m * p->m;
            p->errors = room + 2 * p->m * p->m;
        }
        p->n_subjects++;
        f->patients[s].pattern = k;
    }
    return MSP_OK;
}

/* Columns that earlier ones determine are left out; the rest is copied in sorted order. */
static msp_status choose_columns(mmrm_fitter *f, const msp_mmrm_data *d, msp_alias *alias,
                                 msp_error *err)
{
    const size_t p = d->p;
    const msp_status rc = msp_alias_find(d->x, d->n, p, alias, err);
    if (rc != MSP_OK)
        return rc;
    f->column = msp_arena_array(&f->arena, p, sizeof *f->column);
    f->x = msp_arena_array(&f->arena, d->n * p, sizeof *f->x);
    f->y = msp_arena_array(&f->arena, d->n, sizeof *f->y);
    if (f->column == NULL || f->x == NULL || f->y == NULL)
        return msp__mmrm_no_memory(err);
    for (size_t k = 0; k < p; k++)
        if (!alias->aliased[k])
            f->column[f->r++] = k;
    for (size_t i = 0; i < d->n; i++) {
        f->y[i] = d->y[f->row[i]];
        for (size_t k = 0; k < f->r; k++)
            f->x[i * f->r + k] = d->x[f->row[i] * p + f->column[k]];
    }
    return MSP_OK;
}

msp_status msp__mmrm_rows(mmrm_fitter *f, const msp_mmrm_data *data, msp_alias *alias,
                          msp_error *err)
{
    msp_status rc = sort_rows(f, data, err);
    if (rc == MSP_OK)
        rc = find_patterns(f, err);
    if (rc == MSP_OK)
        rc = choose_columns(f, data, alias, err);
    return rc;
}
