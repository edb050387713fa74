#include "mspike/stats/order.h"

#include <float.h>
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

/* Whether some row kept will not pass check_row; in vectors, for nearly always none is. */
static bool any_bad(const msp_follow_up *data)
{
    int bad = 0;
    for (size_t i = 0; i < data->n; i++)
        bad |= kept(data, i) &
               !((data->time[i] >= 0) & (data->time[i] <= DBL_MAX) & (data->event[i] <= 1));
    for (size_t i = 0; i < data->n && data->entry != NULL; i++)
        bad |= kept(data, i) & !((data->entry[i] >= 0) & (data->entry[i] < data->time[i]));
    return bad != 0;
}

static msp_status check_rows(const msp_follow_up *data, msp_error *err)
{
    msp_status status = MSP_OK;
    if (any_bad(data))
        for (size_t i = 0; status == MSP_OK && i < data->n; i++)
            if (kept(data, i))
                status = check_row(data, i, err);
    return status;
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

static msp_status out_of_memory(const msp_order *out, msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory to sort %zu rows", out->n);
}

/* The distinct times of both sorted lists (entry: NULL or n), increasing, with how many. */
static size_t distinct_times(const msp_order *order, const uint64_t *entry, double *out)
{
    size_t n = 0, i = 0, j = 0, n_entries = entry != NULL ? order->n : 0;
    while (i < order->n || j < n_entries) {
        bool from_time = j == n_entries || (i < order->n && order->key[i] >> 1 <= entry[j] >> 1);
        double t = msp__key_time(from_time ? order->key[i++] : entry[j++]);
        if (n == 0 || out[n - 1] < t)
            out[n++] = t;
    }
    return n;
}

/* Gives every time the first of its cluster: gaps up to the tolerance join, as R's aeqSurv does. */
static void move_to_clusters(uint64_t *key, size_t n, const double *times, const double *cluster)
{
    size_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (times[t] < msp__key_time(key[i]))
            t++;
        key[i] = msp__time_key(cluster[t]) | (key[i] & 1);
    }
}

static msp_status merge_times(msp_order *order, uint64_t *entry, double tolerance, msp_error *err)
{
    size_t room = (entry != NULL ? 2 : 1) * order->n;
    double *times = malloc(2 * room * sizeof *times);
    if (times == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to merge the times of %zu rows", order->n);
    double *cluster = times + room;
    size_t n_times = distinct_times(order, entry, times);
    double mean = 0;
    for (size_t t = 0; t < n_times; t++)
        mean += times[t] / (double)n_times;
    double widest = tolerance * (mean > 1 ? mean : 1);
    cluster[0] = times[0];
    for (size_t t = 1; t < n_times; t++)
        cluster[t] = times[t] - times[t - 1] <= widest ? cluster[t - 1] : times[t];
    move_to_clusters(order->key, order->n, times, cluster);
    if (entry != NULL)
        move_to_clusters(entry, order->n, times, cluster);
    free(times);
    /* events first again, where clusters grew */
    return msp__sort_rows(order->key, order->row, order->n) ? MSP_OK : out_of_memory(order, err);
}

/* Turns rows into positions; merging may have left an interval without length. */
static msp_status store_entries(msp_order *out, const uint64_t *entry, msp_error *err)
{
    uint32_t *position = malloc(out->n_rows * sizeof *position);
    if (position == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu entry times", out->n);
    for (size_t i = 0; i < out->n; i++)
        position[out->row[i]] = (uint32_t)i;
    msp_status status = MSP_OK;
    for (size_t i = 0; i < out->n && status == MSP_OK; i++) {
        size_t row = out->entry_at[i];
        out->entry[i] = msp__key_time(entry[i]);
        out->entry_at[i] = position[row];
        if (out->entry[i] >= msp_order_time(out, out->entry_at[i]))
            status = msp_fail_row(
                err, MSP_ERANGE, row,
                "merging near times leaves no time between entry and end, both %g", out->entry[i]);
    }
    free(position);
    return status;
}

/* Sorts times and entries; entry_key is NULL, or room for the keys of the entries. */
static msp_status sort_rows(msp_order *out, const msp_follow_up *data, uint64_t *entry_key,
                            msp_error *err)
{
    const msp_times times = {data->n, data->time, data->event, data->keep};
    const msp_times entries = {data->n, data->entry, NULL, data->keep};
    if (!msp__sort_times(&times, out->key, out->row, out->n) ||
        (entry_key != NULL && !msp__sort_times(&entries, entry_key, out->entry_at, out->n)))
        return out_of_memory(out, err);
    msp_status status = MSP_OK;
    if (data->merge_tolerance > 0)
        status = merge_times(out, entry_key, data->merge_tolerance, err);
    for (size_t i = 0; i < out->n; i++)
        out->n_events += msp_order_event(out, i);
    return status == MSP_OK && entry_key != NULL ? store_entries(out, entry_key, err) : status;
}

static msp_status make_order(msp_order *out, const msp_follow_up *data, size_t n, msp_error *err)
{
    msp_status status = check_rows(data, err);
    if (status == MSP_OK)
        status = allocate(out, n, data->n, data->entry != NULL, err);
    if (status != MSP_OK)
        return status;
    uint64_t *entry_key = NULL;
    if (data->entry != NULL && (entry_key = msp__large(n, sizeof *entry_key)) == NULL)
        return out_of_memory(out, err);
    status = sort_rows(out, data, entry_key, err);
    free(entry_key);
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
    size_t n = count_kept(data);
    if (n == 0)
        return msp_fail(err, MSP_ENODATA, "no rows to analyse");
    msp_status status = make_order(out, data, n, err);
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
