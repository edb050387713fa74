#include "mspike/stats/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "large.h"
#include "sort.h"

static msp_status check_row(const msp_follow_up *data, size_t i, msp_error *err)
{
    if (!(isfinite(data->time[i]) && data->time[i] >= 0))
        return msp_fail_row(err, MSP_ERANGE, i,
                            "follow-up time is %g; expected a number of at least 0", data->time[i]);
    if (data->event[i] > 1)
        return msp_fail_row(err, MSP_ERANGE, i, "event is %d; expected 1 (event) or 0 (censored)",
                            data->event[i]);
    if (data->entry == NULL)
        return MSP_OK;
    if (!(isfinite(data->entry[i]) && data->entry[i] >= 0))
        return msp_fail_row(err, MSP_ERANGE, i, "entry time is %g; expected a number of at least 0",
                            data->entry[i]);
    if (data->entry[i] >= data->time[i])
        return msp_fail_row(err, MSP_ERANGE, i,
                            "entry at %g is not before the end of follow-up at %g", data->entry[i],
                            data->time[i]);
    return MSP_OK;
}

static bool kept(const msp_follow_up *data, size_t i)
{
    return data->keep == NULL || data->keep[i] != 0;
}

static size_t count_kept(const msp_follow_up *data)
{
    if (data->keep == NULL)
        return data->n;
    size_t n = 0;
    for (size_t i = 0; i < data->n; i++)
        n += data->keep[i] != 0;
    return n;
}

/* Work space: the rows by time and by entry, each with room to sort. */
typedef struct work {
    size_t n;
    msp_pair *block;    /* owns all */
    msp_pair *by_time;  /* n, sorted */
    msp_pair *by_entry; /* n, sorted, or NULL */
    msp_pair *spare;    /* room for n */
} work;

/* Sorts pairs[0..n) with the spare room, which afterwards may be the other block. */
static void sort_with_spare(work *w, msp_pair **pairs)
{
    msp_pair *sorted = msp__sort_times(*pairs, w->spare, w->n);
    if (sorted != *pairs) {
        w->spare = *pairs;
        *pairs = sorted;
    }
}

static msp_status sort_rows(work *w, const msp_follow_up *data, msp_error *err)
{
    w->block = msp__large((data->entry != NULL ? 3 : 2) * w->n, sizeof *w->block);
    if (w->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to sort %zu rows", w->n);
    w->by_time = w->block;
    w->spare = w->block + w->n;
    if (data->entry != NULL)
        w->by_entry = w->block + 2 * w->n;

    size_t k = 0;
    for (size_t i = 0; i < data->n; i++) {
        if (!kept(data, i))
            continue;
        msp_status status = check_row(data, i, err);
        if (status != MSP_OK)
            return status;
        w->by_time[k] =
            (msp_pair){msp__time_key(data->time[i]) | (data->event[i] == 0), (uint32_t)i};
        if (data->entry != NULL)
            w->by_entry[k] = (msp_pair){msp__time_key(data->entry[i]), (uint32_t)i};
        k++;
    }
    sort_with_spare(w, &w->by_time);
    if (data->entry != NULL)
        sort_with_spare(w, &w->by_entry);
    return MSP_OK;
}

/* The distinct times of both sorted lists, increasing, with how many. */
static size_t distinct_times(const work *w, double *out)
{
    size_t n = 0, i = 0, j = 0, n_entries = w->by_entry != NULL ? w->n : 0;
    while (i < w->n || j < n_entries) {
        bool from_time =
            j == n_entries || (i < w->n && w->by_time[i].key >> 1 <= w->by_entry[j].key >> 1);
        double t = msp__key_time(from_time ? w->by_time[i++].key : w->by_entry[j++].key);
        if (n == 0 || out[n - 1] < t)
            out[n++] = t;
    }
    return n;
}

/* Gives every time the first of its cluster: gaps up to the tolerance join, as R's aeqSurv does. */
static void move_to_clusters(msp_pair *pairs, size_t n, const double *times, const double *cluster)
{
    size_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (times[t] < msp__key_time(pairs[i].key))
            t++;
        pairs[i].key = msp__time_key(cluster[t]) | (pairs[i].key & 1);
    }
}

static msp_status merge_times(work *w, double tolerance, msp_error *err)
{
    size_t room = (w->by_entry != NULL ? 2 : 1) * w->n;
    double *times = malloc(2 * room * sizeof *times);
    if (times == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to merge the times of %zu rows", w->n);
    double *cluster = times + room;
    size_t n_times = distinct_times(w, times);
    double mean = 0;
    for (size_t t = 0; t < n_times; t++)
        mean += times[t] / (double)n_times;
    double widest = tolerance * (mean > 1 ? mean : 1);
    cluster[0] = times[0];
    for (size_t t = 1; t < n_times; t++)
        cluster[t] = times[t] - times[t - 1] <= widest ? cluster[t - 1] : times[t];
    move_to_clusters(w->by_time, w->n, times, cluster);
    if (w->by_entry != NULL)
        move_to_clusters(w->by_entry, w->n, times, cluster);
    free(times);
    sort_with_spare(w, &w->by_time); /* events first again, where clusters grew */
    return MSP_OK;
}

static msp_status allocate(msp_order *out, size_t n, size_t n_rows, bool entry, msp_error *err)
{
    *out = (msp_order){.n = n, .n_rows = n_rows};
    out->key = msp__large(n, sizeof *out->key);
    out->row = msp__large(n, sizeof *out->row);
    if (entry) {
        out->entry = msp__large(n, sizeof *out->entry);
        out->entry_at = msp__large(n, sizeof *out->entry_at);
    }
    if (out->key != NULL && out->row != NULL &&
        (!entry || (out->entry != NULL && out->entry_at != NULL)))
        return MSP_OK;
    msp_order_free(out);
    return msp_fail(err, MSP_EMEM, "no memory for the order of %zu rows", n);
}

static void store_times(msp_order *out, const msp_pair *by_time)
{
    for (size_t i = 0; i < out->n; i++) {
        out->key[i] = by_time[i].key;
        out->row[i] = by_time[i].row;
        out->n_events += msp_order_event(out, i);
    }
}

/* Turns the rows of by_entry into positions; merging may have left an interval without length. */
static msp_status store_entries(msp_order *out, const msp_pair *by_entry, msp_error *err)
{
    uint32_t *position = malloc(out->n_rows * sizeof *position);
    if (position == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu entry times", out->n);
    for (size_t i = 0; i < out->n; i++)
        position[out->row[i]] = (uint32_t)i;
    msp_status status = MSP_OK;
    for (size_t i = 0; i < out->n && status == MSP_OK; i++) {
        out->entry[i] = msp__key_time(by_entry[i].key);
        out->entry_at[i] = position[by_entry[i].row];
        if (out->entry[i] >= msp_order_time(out, out->entry_at[i]))
            status = msp_fail_row(
                err, MSP_ERANGE, by_entry[i].row,
                "merging near times leaves no time between entry and end, both %g", out->entry[i]);
    }
    free(position);
    return status;
}

msp_status msp_order_init(msp_order *out, const msp_follow_up *data, msp_error *err)
{
    *out = (msp_order){0};
    if (data->n > UINT32_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu rows; expected at most 4294967295", data->n);
    if (!(data->merge_tolerance >= 0 && isfinite(data->merge_tolerance)))
        return msp_fail(err, MSP_ERANGE, "merge tolerance is %g; expected a number of at least 0",
                        data->merge_tolerance);
    work w = {.n = count_kept(data)};
    if (w.n == 0)
        return msp_fail(err, MSP_ENODATA, "no rows to analyse");
    msp_status status = sort_rows(&w, data, err);
    if (status == MSP_OK && data->merge_tolerance > 0)
        status = merge_times(&w, data->merge_tolerance, err);
    if (status == MSP_OK)
        status = allocate(out, w.n, data->n, data->entry != NULL, err);
    if (status == MSP_OK) {
        store_times(out, w.by_time);
        if (data->entry != NULL)
            status = store_entries(out, w.by_entry, err);
    }
    free(w.block);
    if (status != MSP_OK)
        msp_order_free(out);
    return status;
}

/* The rows of `order` that are kept; position, where entries need it, tells where each went. */
static void copy_kept(msp_order *out, const msp_order *order, const uint8_t *keep,
                      uint32_t *position)
{
    size_t k = 0;
    for (size_t i = 0; i < order->n; i++) {
        if (keep[order->row[i]] == 0)
            continue;
        if (position != NULL)
            position[i] = (uint32_t)k;
        out->key[k] = order->key[i];
        out->row[k++] = order->row[i];
        out->n_events += msp_order_event(order, i);
    }
    k = 0;
    for (size_t i = 0; position != NULL && i < order->n; i++) {
        if (keep[order->row[order->entry_at[i]]] == 0)
            continue;
        out->entry[k] = order->entry[i];
        out->entry_at[k++] = position[order->entry_at[i]];
    }
}

msp_status msp_order_subset(msp_order *out, const msp_order *order, const uint8_t *keep,
                            msp_error *err)
{
    *out = (msp_order){0};
    size_t n = 0;
    for (size_t i = 0; i < order->n; i++)
        n += keep[order->row[i]] != 0;
    if (n == 0)
        return msp_fail(err, MSP_ENODATA, "no rows to analyse");
    uint32_t *position = NULL;
    if (order->entry != NULL && (position = malloc(order->n * sizeof *position)) == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a subset of %zu rows", n);
    msp_status status = allocate(out, n, order->n_rows, order->entry != NULL, err);
    if (status == MSP_OK)
        copy_kept(out, order, keep, position);
    free(position);
    return status;
}

void msp_order_free(msp_order *order)
{
    free(order->key);
    free(order->row);
    free(order->entry);
    free(order->entry_at);
    *order = (msp_order){0};
}
