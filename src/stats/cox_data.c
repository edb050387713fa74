#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_internal.h"
#include "kernels.h"
#include "large.h"
#include "strata.h"

/* Beyond these, weighted hazards would leave the range of doubles. */
static const double least_weight = 1e-40, largest_weight = 1e30;

static msp_status out_of_memory(const msp_order *order, msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for a Cox model of %zu rows", order->n);
}

/* Where the i-th of positions in the order stands; all of them where `at` is NULL. */
static inline size_t position(const uint32_t *at, size_t i)
{
    return at != NULL ? at[i] : i;
}

/* Lists the event times of one stratum, whose n positions in the order are `at`; *first counts the
 * events listed. */
static void list_ties(cox_frame *frame, const msp_order *order, const uint32_t *at, size_t n,
                      size_t start, size_t *first)
{
    for (size_t i = n; i > 0;) {
        uint64_t time = order->key[position(at, i - 1)] >> 1;
        uint32_t events = 0;
        for (; i > 0 && order->key[position(at, i - 1)] >> 1 == time; i--)
            events += msp_order_event(order, position(at, i - 1));
        frame->last[start + n - i - 1] = events > 0;
        if (events > 0) {
            frame->ties[frame->n_ties++] =
                (cox_tie){(uint32_t)(start + n - i), events, (uint32_t)*first, 0};
            *first += events;
        }
    }
}

/* Lists who leaves the risk set going back in time, and how many have done so at each event time.
 */
static void list_leaving(cox_frame *frame, const msp_order *order, const uint32_t *entries,
                         const uint32_t *frame_row, const msp_layout *layout, size_t s)
{
    size_t start = layout->start[s], n = layout->start[s + 1] - start, gone = 0;
    for (size_t i = 0; i < n; i++)
        frame->leave[start + i] = frame_row[order->entry_at[entries[start + n - 1 - i]]];
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1]; t++) {
        size_t event = layout->start[s + 1] - 1 - (frame->ties[t].end - 1 - start);
        double time = msp_order_time(order, layout->at[event]);
        while (gone < n && order->entry[entries[start + n - 1 - gone]] >= time)
            gone++;
        frame->ties[t].left = (uint32_t)gone;
    }
}

static msp_status add_entries(cox_frame *frame, const msp_order *order, const uint32_t *stratum,
                              const msp_layout *layout, msp_error *err)
{
    uint32_t *entries = NULL;
    msp_status status = msp__layout_entries(&entries, order, stratum, layout, err);
    uint32_t *frame_row = malloc(order->n * sizeof *frame_row);
    frame->leave = msp__large(order->n, sizeof *frame->leave);
    if (status == MSP_OK && (frame_row == NULL || frame->leave == NULL))
        status = out_of_memory(order, err);
    for (size_t s = 0; status == MSP_OK && s < frame->n_strata; s++)
        for (size_t i = layout->start[s]; i < layout->start[s + 1]; i++)
            frame_row[layout->at[i]] = (uint32_t)(layout->start[s] + layout->start[s + 1] - 1 - i);
    for (size_t s = 0; status == MSP_OK && s < frame->n_strata; s++)
        list_leaving(frame, order, entries, frame_row, layout, s);
    free(entries);
    free(frame_row);
    return status;
}

static msp_status fill_frame(cox_frame *frame, const msp_order *order, const uint32_t *stratum,
                             const msp_layout *layout, msp_error *err)
{
    frame->row = msp__large(order->n, sizeof *frame->row);
    frame->start = malloc((frame->n_strata + 1) * sizeof *frame->start);
    frame->tie_start = malloc((frame->n_strata + 1) * sizeof *frame->tie_start);
    frame->ties = msp__large(order->n_events + 1, sizeof *frame->ties);
    frame->last = msp__large(order->n, 1);
    if (frame->row == NULL || frame->start == NULL || frame->tie_start == NULL ||
        frame->ties == NULL || frame->last == NULL)
        return out_of_memory(order, err);
    memset(frame->last, 0, order->n);
    size_t events = 0;
    for (size_t s = 0; s < frame->n_strata; s++) {
        size_t start = layout->start[s], n = layout->start[s + 1] - start;
        frame->start[s] = start;
        frame->tie_start[s] = frame->n_ties;
        for (size_t i = 0; i < n; i++)
            frame->row[start + i] = order->row[position(layout->at, start + n - 1 - i)];
        list_ties(frame, order, layout->at != NULL ? layout->at + start : NULL, n, start, &events);
    }
    frame->start[frame->n_strata] = order->n;
    frame->tie_start[frame->n_strata] = frame->n_ties;
    return order->entry != NULL ? add_entries(frame, order, stratum, layout, err) : MSP_OK;
}

msp_status cox_frame_init(cox_frame *frame, const msp_order *order, const uint32_t *stratum,
                          size_t n_strata, msp_error *err)
{
    *frame = (cox_frame){
        .n = order->n,
        .n_rows = order->n_rows,
        .n_events = order->n_events,
        .n_strata = stratum != NULL ? n_strata : 1,
        .events = (double)order->n_events,
    };
    size_t whole[] = {0, order->n};
    msp_layout layout = {1, whole, NULL}; /* of one stratum: the order's own */
    const bool laid_out = stratum != NULL || order->entry != NULL;
    msp_status status = MSP_OK;
    if (laid_out)
        status = msp__layout_init(&layout, order, stratum, frame->n_strata, "stratum", err);
    if (status != MSP_OK)
        return status;
    status = fill_frame(frame, order, stratum, &layout, err);
    if (laid_out)
        msp__layout_free(&layout);
    if (status != MSP_OK)
        cox_frame_free(frame);
    return status;
}

/* The mean weight at every tie, and the sum over all events. */
static void weigh_events(cox_frame *frame)
{
    frame->events = 0;
    for (size_t t = 0; t < frame->n_ties; t++) {
        const cox_tie *tie = &frame->ties[t];
        double sum = 0;
        for (size_t i = tie->end - tie->events; i < tie->end; i++)
            sum += frame->weight[i];
        frame->events += sum;
        for (size_t l = 0; l < tie->events; l++)
            frame->event_weight[tie->first + l] = sum / tie->events;
    }
}

msp_status cox_check_weight(double w, size_t row, msp_error *err)
{
    if (w >= least_weight && w <= largest_weight)
        return MSP_OK;
    return msp_fail_row(err, MSP_ERANGE, row,
                        "the weight is %g; expected a number from 1e-40 to 1e30", w);
}

msp_status cox_frame_weigh(cox_frame *frame, const double *weight, msp_error *err)
{
    if (weight == NULL)
        return MSP_OK;
    frame->weight = msp__large(frame->n, sizeof *frame->weight);
    frame->event_weight = msp__large(frame->n_events + 1, sizeof *frame->event_weight);
    if (frame->weight == NULL || frame->event_weight == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the weights of %zu rows", frame->n);
    for (size_t i = 0; i < frame->n; i++) {
        const double w = weight[frame->row[i]];
        const msp_status status = cox_check_weight(w, frame->row[i], err);
        if (status != MSP_OK)
            return status;
        frame->weight[i] = w;
    }
    weigh_events(frame);
    return MSP_OK;
}

void cox_frame_free(cox_frame *frame)
{
    free(frame->weight);
    free(frame->event_weight);
    free(frame->row);
    free(frame->start);
    free(frame->tie_start);
    free(frame->ties);
    free(frame->last);
    free(frame->leave);
    *frame = (cox_frame){0};
}

/* Covariates beyond would overflow, or vanish, when squared. */
static const double largest_value = 1e100, least_value = 1e-100;

/* A column whose standard deviation is below this part of its largest value is constant: what is
 * left is the rounding of its mean. */
static const double constant_column = 1e-12;

/* Names the value that is too large, or where all are too small one that is not 0. */
static msp_status refuse(const double *x, const cox_frame *frame, const msp_cox_column *column,
                         size_t index, msp_error *err)
{
    size_t i = 0;
    const bool small = msp__largest(x, frame->n) < least_value;
    while (small ? !(fabs(x[i]) > 0) : fabs(x[i]) <= largest_value)
        i++;
    const char *expected = small ? "expected a number from 1e-100 among them"
                                 : "expected a number between -1e100 and 1e100";
    if (column->name != NULL)
        return msp_fail_row(err, MSP_ERANGE, frame->row[i], "%s is %g; %s", column->name, x[i],
                            expected);
    return msp_fail_row(err, MSP_ERANGE, frame->row[i], "covariate %zu is %g; %s", index + 1, x[i],
                        expected);
}

/* Rows lie anywhere in memory; asked for so many rows before their turn, they are there in time. */
enum { AHEAD = 32 };

static size_t block_length(size_t left)
{
    return left < MSP_BLOCK ? left : MSP_BLOCK;
}

/* A column by the caller's rows. Whole numbers up to 255, as most covariates are, also stand in
 * `narrow`: a million of them stay in the nearer cache, where a million doubles do not. */
typedef struct source {
    const msp_cox_column *column;
    uint8_t *narrow; /* or NULL */
} source;

enum { WORTH_NARROWING = 100000 }; /* rows */

static bool narrow_rows(uint8_t *restrict narrow, const double *restrict value, size_t n)
{
    int lost = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = value[i] >= 0 && value[i] <= UINT8_MAX ? value[i] : 0;
        narrow[i] = (uint8_t)x;
        lost |= narrow[i] != value[i];
    }
    return lost == 0;
}

static source open_source(const msp_cox_column *column, const cox_frame *frame)
{
    source from = {column, NULL};
    if (column->value != NULL && frame->n >= WORTH_NARROWING && frame->n_rows / 2 <= frame->n)
        from.narrow = msp__large(frame->n_rows, 1); /* without it, it takes longer */
    bool fits = from.narrow != NULL;
    for (size_t i = 0, n; i < frame->n_rows && fits; i += n) {
        n = block_length(frame->n_rows - i);
        fits = narrow_rows(from.narrow + i, column->value + i, n);
    }
    if (!fits) {
        free(from.narrow);
        from.narrow = NULL;
    }
    return from;
}

static void gather_rows(double *x, const uint32_t *row, size_t n, const source *from)
{
    const msp_cox_column *column = from->column;
    if (column->value == NULL)
        for (size_t i = 0; i < n; i++)
            x[i] = column->code[row[i]] == column->level;
    else if (from->narrow != NULL)
        for (size_t i = 0; i < n; i++)
            x[i] = from->narrow[row[i]];
    else
        for (size_t i = 0; i < n; i++) {
            __builtin_prefetch(&column->value[row[i + AHEAD < n ? i + AHEAD : i]]);
            x[i] = column->value[row[i]];
        }
}

/* Gathers and centres the rows start .. end - 1, block by block while they are near. */
static double gather_stratum(double *x, size_t start, size_t end, const cox_frame *frame,
                             const source *from, double *largest)
{
    double sum = 0, squares = 0;
    for (size_t i = start, n; i < end; i += n) {
        n = block_length(end - i);
        gather_rows(x + i, frame->row + i, n, from);
        double here = msp__largest(x + i, n);
        *largest = here <= *largest ? *largest : here;
        sum += msp__sum(x + i, n);
    }
    for (size_t i = start, n; i < end; i += n) {
        n = block_length(end - i);
        msp__subtract(x + i, sum / (double)(end - start), n);
        squares += msp__dot(x + i, x + i, n);
    }
    return squares;
}

msp_status cox_gather(double *x, double *scale, const cox_frame *frame,
                      const msp_cox_column *column, size_t index, msp_error *err)
{
    double squares = 0, largest = 0;
    const source from = open_source(column, frame);
    for (size_t s = 0; s < frame->n_strata; s++)
        squares += gather_stratum(x, frame->start[s], frame->start[s + 1], frame, &from, &largest);
    free(from.narrow);
    if (!(largest <= largest_value) || (largest > 0 && largest < least_value)) {
        gather_rows(x, frame->row, frame->n, &(source){column, NULL});
        return refuse(x, frame, column, index, err);
    }
    *scale = sqrt(squares / (double)frame->n);
    if (*scale <= constant_column * largest)
        *scale = 0;
    return MSP_OK;
}
