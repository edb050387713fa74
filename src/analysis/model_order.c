/*
 * model_order.c - the rows of a model in an order of their own.
 *
 * Sums of doubles depend on the order of what is added; patients who were sorted or renamed are not
 * to change a result. So rows are put in order of what they hold, the rows of a patient first among
 * themselves, then patients by their rows; rows that hold the same stand for one another.
 */
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

static int by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static int by_code(const uint32_t *codes, size_t a, size_t b)
{
    return codes == NULL ? 0 : (codes[a] > codes[b]) - (codes[a] < codes[b]);
}

static int compare_rows(const msp_model_work *w, size_t p, size_t a, size_t b)
{
    const double *numbers[] = {w->time, w->entry, w->weight, w->y};
    int c = by_code(w->stratum, a, b);
    if (c == 0)
        c = by_code(w->visit, a, b);
    for (size_t i = 0; c == 0 && i < MSP_COUNT(numbers); i++)
        c = numbers[i] != NULL ? by_number(numbers[i][a], numbers[i][b]) : 0;
    if (c == 0)
        c = w->event[a] - w->event[b];
    for (size_t k = 0; c == 0 && k < p; k++)
        c = by_number(w->x[a * p + k], w->x[b * p + k]);
    return c;
}

/* The rows of one patient, or a row alone: at[0 .. n). */
typedef struct unit {
    const msp_model *model;
    size_t *at;
    size_t n;
} unit;

static int compare_units(const void *a, const void *b)
{
    const unit *u = a, *v = b;
    const msp_model *m = u->model;
    int c = 0;
    for (size_t i = 0; c == 0 && i < u->n && i < v->n; i++)
        c = compare_rows(m->work, m->coding.n_columns, u->at[i], v->at[i]);
    return c != 0 ? c : (u->n > v->n) - (u->n < v->n);
}

/* Each row a unit, sorted, and then gathered by patient: their rows keep that order. */
static size_t gather(const msp_model *m, unit *rows, unit *units, size_t *at)
{
    const uint32_t *subject = m->work->subject;
    size_t n_units = subject != NULL ? m->subject.n_levels : m->n, next = 0;
    for (size_t i = 0; i < n_units; i++)
        units[i] = (unit){.model = m};
    for (size_t i = 0; i < m->n; i++)
        units[subject != NULL ? subject[rows[i].at[0]] : i].n++;
    for (size_t i = 0; i < n_units; i++) {
        units[i].at = at + next;
        next += units[i].n;
        units[i].n = 0;
    }
    for (size_t i = 0; i < m->n; i++) {
        unit *u = &units[subject != NULL ? subject[rows[i].at[0]] : i];
        u->at[u->n++] = rows[i].at[0];
    }
    return n_units;
}

/* Moves items of `size` bytes: the i-th comes from from[i]. */
static void permute(void *items, size_t size, const size_t *from, size_t n, void *room)
{
    if (items == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        memcpy((char *)room + i * size, (char *)items + from[i] * size, size);
    memcpy(items, room, n * size);
}

static void apply(msp_model *m, const size_t *from, void *room)
{
    msp_model_work *w = m->work;
    permute(w->row, sizeof *w->row, from, m->n, room);
    permute(w->y, sizeof *w->y, from, m->n, room);
    permute(w->time, sizeof *w->time, from, m->n, room);
    permute(w->entry, sizeof *w->entry, from, m->n, room);
    permute(w->weight, sizeof *w->weight, from, m->n, room);
    permute(w->event, sizeof *w->event, from, m->n, room);
    permute(w->subject, sizeof *w->subject, from, m->n, room);
    permute(w->visit, sizeof *w->visit, from, m->n, room);
    permute(w->stratum, sizeof *w->stratum, from, m->n, room);
    permute(w->x, m->coding.n_columns * sizeof *w->x, from, m->n, room);
}

static void settle(msp_model *m, unit *rows, unit *units, size_t *at, void *room)
{
    for (size_t i = 0; i < m->n; i++) {
        at[i] = i;
        rows[i] = (unit){m, &at[i], 1};
    }
    qsort(rows, m->n, sizeof *rows, compare_units);
    size_t *sorted = at + m->n, next = 0;
    const size_t n_units = gather(m, rows, units, sorted);
    qsort(units, n_units, sizeof *units, compare_units);
    for (size_t u = 0; u < n_units; u++)
        for (size_t i = 0; i < units[u].n; i++) {
            const size_t row = units[u].at[i];
            at[next++] = row;
            if (m->work->subject != NULL)
                m->work->subject[row] = (uint32_t)u;
        }
    apply(m, at, room);
}

msp_status msp__model_settle(msp_model *m, msp_error *err)
{
    const size_t n_units = m->n > m->subject.n_levels ? m->n : m->subject.n_levels;
    unit *rows = malloc((m->n + n_units + 1) * sizeof *rows);
    size_t *at = malloc((2 * m->n + 1) * sizeof *at);
    void *room = malloc((m->n + 1) * (m->coding.n_columns + 1) * sizeof(double));
    const bool there = rows != NULL && at != NULL && room != NULL;
    if (there)
        settle(m, rows, rows + m->n, at, room);
    free(rows);
    free(at);
    free(room);
    return there ? MSP_OK : msp__model_no_memory(err);
}
