#include "survival_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One row on its way; `first` is its first number, which settles nearly every comparison. */
typedef struct item {
    const msp_survival_data *data;
    const uint32_t *cause; /* NULL: none */
    double first;
    size_t row, position;
} item;

/* What is missing comes last: such a row is in no model. */
static int by_number(double a, double b)
{
    return isnan(a) || isnan(b) ? isnan(a) - isnan(b) : (a > b) - (a < b);
}

static int by_code(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_items(const void *a, const void *b)
{
    const item *p = a, *q = b;
    const msp_survival_data *d = p->data;
    int c = by_number(p->first, q->first);
    if (c == 0 && d->entry != NULL)
        c = by_number(d->entry[p->row], d->entry[q->row]);
    if (c == 0 && d->stratum != NULL)
        c = by_code(d->stratum->code[p->row], d->stratum->code[q->row]);
    for (size_t k = 0; c == 0 && d->terms != NULL && k < d->terms->n; k++) {
        const msp_cox_column *x = &d->terms->columns[k];
        c = x->value != NULL ? by_number(x->value[p->row], x->value[q->row])
                             : (x->code[p->row] == x->level) - (x->code[q->row] == x->level);
    }
    if (c == 0 && d->weight != NULL)
        c = by_number(d->weight[p->row], d->weight[q->row]);
    if (c == 0 && p->cause != NULL)
        c = by_code(p->cause[p->row], p->cause[q->row]);
    return c != 0 ? c : by_code(p->row, q->row);
}

/* What most rows of one time differ in: the first numbers among the covariates; without any, which
 * of the groups a row is in. */
static double first_of(const msp_survival_data *d, size_t row)
{
    double groups = 0;
    for (size_t k = 0; k < d->terms->n; k++) {
        const msp_cox_column *x = &d->terms->columns[k];
        if (x->value != NULL)
            return x->value[row];
        groups = 2 * groups + (x->code[row] == x->level);
    }
    return groups;
}

/* Positions from .. end - 1 have one key; where[i] tells where what was at i went. */
static void settle_run(msp_order *order, const msp_survival_data *d, const uint32_t *cause,
                       size_t from, size_t end, item *items, uint32_t *where)
{
    for (size_t i = from; i < end; i++)
        items[i - from] = (item){d, cause, first_of(d, order->row[i]), order->row[i], i};
    qsort(items, end - from, sizeof *items, compare_items);
    for (size_t i = from; i < end; i++) {
        order->row[i] = (uint32_t)items[i - from].row;
        if (where != NULL)
            where[items[i - from].position] = (uint32_t)i;
    }
}

static int compare_positions(const void *a, const void *b)
{
    const uint32_t *p = a, *q = b;
    return by_code(*p, *q);
}

/* Entries at one time in order of the positions they now stand for. */
static void settle_entries(msp_order *order, const uint32_t *where)
{
    for (size_t i = 0; i < order->n; i++)
        order->entry_at[i] = where[order->entry_at[i]];
    for (size_t i = 0, end; i < order->n; i = end) {
        for (end = i + 1; end < order->n && order->entry[end] <= order->entry[i]; end++)
            continue;
        qsort(order->entry_at + i, end - i, sizeof *order->entry_at, compare_positions);
    }
}

static size_t run_end(const msp_order *order, size_t from)
{
    size_t end = from + 1;
    while (end < order->n && order->key[end] == order->key[from])
        end++;
    return end;
}

msp_status msp__settle_order(msp_order *order, const msp_survival_data *data, const uint32_t *cause,
                             msp_error *err)
{
    size_t longest = 0;
    if (data->terms == NULL || data->terms->n == 0)
        return MSP_OK;
    for (size_t i = 0, end; i < order->n; i = end) {
        end = run_end(order, i);
        longest = end - i > longest ? end - i : longest;
    }
    item *items = malloc(longest * sizeof *items);
    uint32_t *where = order->entry != NULL ? malloc(order->n * sizeof *where) : NULL;
    const bool there = items != NULL && (order->entry == NULL || where != NULL);
    for (size_t i = 0, end; there && i < order->n; i = end) {
        end = run_end(order, i);
        settle_run(order, data, cause, i, end, items, where);
    }
    if (there && where != NULL)
        settle_entries(order, where);
    free(items);
    free(where);
    return there ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for %zu rows", order->n);
}

/* By the times first. */
static int compare_rows(const void *a, const void *b)
{
    const item *p = a, *q = b;
    const msp_survival_data *d = p->data;
    int c = by_number(p->first, q->first);
    if (c == 0 && d->upper != NULL)
        c = by_number(d->upper[p->row], d->upper[q->row]);
    else if (c == 0)
        c = by_code(d->event[p->row], d->event[q->row]);
    return c != 0 ? c : compare_items(a, b);
}

msp_status msp__settle_rows(size_t *rows, size_t n, const msp_survival_data *data, msp_error *err)
{
    item *items = malloc((n + 1) * sizeof *items);
    if (items == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    for (size_t i = 0; i < n; i++)
        items[i] = (item){data, NULL, data->time[rows[i]], rows[i], i};
    qsort(items, n, sizeof *items, compare_rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = items[i].row;
    free(items);
    return MSP_OK;
}

/* number[c] is that of cluster c, or UINT32_MAX until it comes. */
static void number_clusters(const msp_order *order, const msp_factor *cluster, uint32_t *number,
                            uint32_t *code)
{
    uint32_t n = 0;
    memset(number, 0xff, cluster->n_levels * sizeof *number);
    for (size_t i = 0; i < order->n; i++) {
        const uint32_t c = cluster->code[order->row[i]];
        if (number[c] == UINT32_MAX)
            number[c] = n++;
        code[order->row[i]] = number[c];
    }
}

msp_status msp__settle_clusters(const msp_order *order, const msp_survival_data *data,
                                msp_arena *arena, uint32_t **out, size_t *n_clusters,
                                msp_error *err)
{
    *n_clusters = data->cluster != NULL ? data->cluster->n_levels : order->n;
    *out = msp_arena_array(arena, order->n_rows + 1, sizeof **out);
    uint32_t *number = malloc((*n_clusters + 1) * sizeof *number);
    const bool there = *out != NULL && number != NULL;
    if (there && data->cluster != NULL)
        number_clusters(order, data->cluster, number, *out);
    for (size_t i = 0; there && data->cluster == NULL && i < order->n; i++)
        (*out)[order->row[i]] = (uint32_t)i;
    free(number);
    return there ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for %zu clusters", *n_clusters);
}
