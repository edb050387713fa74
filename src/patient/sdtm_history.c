/* sdtm_history.c - what CM, PR and EX gave each patient, as histories. */
#include <stdlib.h>
#include <string.h>

#include "sdtm.h"

static int by_start(const void *a, const void *b)
{
    const msp_course *x = a, *y = b;
    return (x->start.earliest > y->start.earliest) - (x->start.earliest < y->start.earliest);
}

/* The courses of rows[0 .. n), all of one patient, by start; NULL in *out where they make no
 * history, and why. */
static bool build(const sdtm_given *from, size_t n, msp_arena *scratch, msp_arena *arena,
                  const msp_history **out, const char **fault)
{
    courses_row *rows = msp_arena_array(scratch, n + 1, sizeof *rows);
    msp_history *history = msp_arena_alloc(arena, sizeof *history);
    msp_course *courses;
    if (rows == NULL || history == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        rows[i] = from[i].row;
    if (!courses_build(rows, n, arena, &courses, &history->n))
        return false;
    qsort(courses, history->n, sizeof *courses, by_start);
    /* What was planned to follow follows no progression. */
    for (size_t i = 0; i + 1 < history->n; i++)
        if (courses[i].progressed == MSP_UNKNOWN && courses[i + 1].planned)
            courses[i].progressed = MSP_NO;
    history->courses = courses;
    msp_error why = {0};
    if (msp_history_check(history, &why) == MSP_OK) {
        *out = history;
        return true;
    }
    *fault = msp_arena_text(arena, why.text);
    return *fault != NULL;
}

/* The rows of each patient together, as they stand. */
static bool group_by_patient(const sdtm_givens *all, size_t n_patients, msp_arena *scratch,
                             sdtm_given **out)
{
    size_t *at = msp_arena_array(scratch, n_patients + 2, sizeof *at);
    *out = msp_arena_array(scratch, all->n + 1, sizeof **out);
    if (at == NULL || *out == NULL)
        return false;
    for (size_t i = 0; i < all->n; i++)
        at[all->items[i].patient + 1]++;
    for (size_t i = 0; i < n_patients; i++)
        at[i + 1] += at[i];
    for (size_t i = 0; i < all->n; i++)
        (*out)[at[all->items[i].patient]++] = all->items[i];
    return true;
}

/* Progression on the next therapy; how far a patient was followed. */
static void read_next(const msp_history *next, msp_disposition *d)
{
    for (size_t i = 0; i < next->n; i++)
        sdtm_later(&d->last_contact, next->courses[i].start.earliest);
    if (next->n > 0 && next->courses[0].progression.precision >= MSP_DATE_DAY)
        d->second_progression = next->courses[0].progression.earliest;
}

bool sdtm_histories(sdtm *s, const sdtm_givens *before, const sdtm_givens *after)
{
    msp_patients *out = s->out;
    const struct {
        const sdtm_givens *all;
        bool previous;
    } times[] = {{before, true}, {after, false}};
    for (size_t t = 0; t < MSP_COUNT(times); t++) {
        sdtm_given *grouped;
        if (!group_by_patient(times[t].all, out->n, &s->scratch, &grouped))
            return false;
        for (size_t i = 0, from = 0, to; i < out->n; i++, from = to) {
            msp_patient *p = &out->patients[i];
            const char *fault = NULL;
            for (to = from; to < times[t].all->n && grouped[to].patient == i;)
                to++;
            if (times[t].all->n > 0 &&
                !build(grouped + from, to - from, &s->scratch, &out->arena,
                       times[t].previous ? &p->history : &p->next_lines, &fault))
                return false;
            if (times[t].previous)
                p->history_fault = fault;
            else if (p->next_lines != NULL)
                read_next(p->next_lines, &s->disposition[i]);
        }
    }
    return true;
}
