/*
 * cox_likelihood.c - the partial likelihood with Breslow's or Efron's ties, in two sweeps.
 *
 * Write w = exp(x'b), and for event e at time t the denominator S0 = sum of w over those at risk,
 * less, with Efron's ties, the part l/d of the sum over the d events at t for the l-th of them
 * (l = 0 .. d - 1); S1 is the same sum of w x, and m = S1 / S0. Then
 *
 *   loglik = sum over events of (x'b) - sum of log S0
 *   score  = sum over events of x - sum over rows of v x
 *   information = sum over rows of v x x' - sum over events of m m'
 *
 * With case weights w is times the row's, sums over events are weighted, and each denominator
 * counts the mean weight of the events of its tie.
 *
 * Here v is what a row contributes to all sums of 1/S0: w times the cumulative hazard (the sum of
 * 1/S0 over the events at which it was at risk; Efron's events count 1 - l/d at their own time).
 *
 * The first sweep goes back in time, where rows only join the risk set, and needs just S0 and S1;
 * the second goes forward and turns w into v. The sums over rows then run over whole columns. With
 * entry times rows also leave the risk set; there sums are kept in two doubles each, so that what
 * is left when most have left is still right.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_internal.h"
#include "kernels.h"
#include "large.h"

/* Sums at event after event wait here until a block is full. */
typedef struct denominators {
    size_t n;      /* in the block */
    size_t n_done; /* before the block */
    double *s0;    /* MSP_BLOCK */
    double *s1;    /* p x MSP_BLOCK */
} denominators;

static denominators open_block(const cox_work *work)
{
    return (denominators){0, 0, work->room, work->room + MSP_BLOCK};
}

/* The same where an event counts its weight: each 1 / S0 kept is times the weight. */
static void close_weighted(denominators *block, const cox_work *work, cox_point *out)
{
    const double *count = work->frame->event_weight + block->n_done;
    double *inverse = work->hazard + block->n_done, weighted[MSP_BLOCK];
    for (size_t e = 0; e < block->n; e++)
        out->loglik -= count[e] * msp__log(block->s0[e]);
    for (size_t k = 0; k < work->p; k++) {
        double *mean = block->s1 + k * MSP_BLOCK;
        msp__multiply(mean, mean, inverse, block->n);
        msp__multiply(weighted, mean, count, block->n);
        msp__dots(work->dots, weighted, work->mean, k + 1, 0, block->n);
        for (size_t j = 0; j <= k; j++)
            out->information[k * work->p + j] -= work->dots[j];
    }
    msp__multiply(inverse, inverse, count, block->n);
    block->n_done += block->n;
    block->n = 0;
}

/* Takes the means' products with one another from the information. */
static void take_squares(const cox_work *work, size_t n, cox_point *out)
{
    const size_t p = work->p;
    double sums[MSP_MOMENTS];
    if (p > 0 && p <= MSP_FEW)
        msp__squares(sums, work->mean, p, 0, n);
    for (size_t k = 0; k < p; k++) {
        const double *dots = sums + k * (k + 1) / 2;
        if (p > MSP_FEW) {
            msp__dots(work->dots, work->mean[k], work->mean, k + 1, 0, n);
            dots = work->dots;
        }
        for (size_t j = 0; j <= k; j++)
            out->information[k * p + j] -= dots[j];
    }
}

/* Takes the block's share of the log-likelihood and the information; keeps each 1 / S0. */
static void close_block(denominators *block, const cox_work *work, cox_point *out)
{
    double *inverse = work->hazard + block->n_done;
    msp__reciprocal(inverse, block->s0, block->n);
    if (work->frame->event_weight != NULL) {
        close_weighted(block, work, out);
        return;
    }
    out->loglik -= msp__sum_log(block->s0, block->n);
    for (size_t k = 0; k < work->p; k++)
        msp__multiply(block->s1 + k * MSP_BLOCK, block->s1 + k * MSP_BLOCK, inverse, block->n);
    take_squares(work, block->n, out);
    block->n_done += block->n;
    block->n = 0;
}

/* w = exp(x'b), times the case weight, of the rows before `end` that have none yet, in blocks that
 * stay near for the sweep which asks for them. */
static void weigh_rows(cox_work *work, size_t end)
{
    double eta[MSP_BLOCK];
    const bool zero = msp__largest(work->b, work->p) == 0;
    while (work->n_weighed < end) {
        size_t i = work->n_weighed, left = work->frame->n - i;
        size_t n = left < MSP_BLOCK ? left : MSP_BLOCK;
        if (zero) {
            for (size_t r = i; r < i + n; r++)
                work->weight[r] = 1;
        } else {
            msp__linear(eta, work->x, work->b, work->p, i, n);
            work->in_range &= msp__largest(eta, n) <= cox_largest_exponent;
            msp__exp_all(work->weight + i, eta, n);
        }
        if (work->frame->weight != NULL)
            msp__multiply(work->weight + i, work->weight + i, work->frame->weight + i, n);
        work->n_weighed += n;
    }
}

/* Sums of w and w x over the risk set: sums[0], sums[1 .. p]. */
static inline void add_row(double *sums, const cox_work *work, size_t p, size_t i)
{
    double w = work->weight[i];
    sums[0] += w;
    for (size_t k = 0; k < p; k++)
        sums[k + 1] += w * work->x[k][i];
}

/* One denominator for each event of a tie; `own` holds the sums over those events. */
static inline void add_events(denominators *block, const cox_work *work, size_t p,
                              const double *sums, const double *own, uint32_t events,
                              cox_point *out)
{
    for (uint32_t l = 0; l < events; l++) {
        double part = work->ties == MSP_COX_EFRON ? (double)l / events : 0;
        block->s0[block->n] = l == 0 ? sums[0] : sums[0] - part * own[0];
        for (size_t k = 0; k < p; k++)
            block->s1[k * MSP_BLOCK + block->n] =
                l == 0 ? sums[k + 1] : sums[k + 1] - part * own[k + 1];
        if (++block->n == MSP_BLOCK)
            close_block(block, work, out);
    }
}

static inline void sum_events(double *own, const cox_work *work, size_t p, const cox_tie *tie)
{
    for (size_t k = 0; k <= p; k++)
        own[k] = 0;
    for (size_t i = tie->end - tie->events; i < tie->end; i++)
        add_row(own, work, p, i);
}

/* Event times are taken in chunks of up to a block; returns where the chunk from t on ends. */
static size_t chunk_end(const cox_frame *frame, size_t s, size_t t, size_t room)
{
    const size_t left = frame->tie_start[s + 1] - t;
    return t + (left < room ? left : room);
}

/* Rows i .. end - 1, where no event time has more than one event. Which rows are events is
 * anybody's guess, so no branch asks: every row writes the next denominator, and events keep
 * theirs. */
static inline void sweep_singles(denominators *block, const cox_work *work, size_t p, size_t i,
                                 size_t end, double *sums)
{
    size_t n = block->n;
    for (; i < end; i++) {
        add_row(sums, work, p, i);
        block->s0[n] = sums[0];
        for (size_t k = 0; k < p; k++)
            block->s1[k * MSP_BLOCK + n] = sums[k + 1];
        n += work->frame->last[i];
    }
    block->n = n;
}

static inline void sweep_ties(denominators *block, const cox_work *work, size_t p, size_t i,
                              size_t t, size_t end, double *sums, double *own, cox_point *out)
{
    for (; t < end; t++) {
        const cox_tie *tie = &work->frame->ties[t];
        for (; i < tie->end; i++)
            add_row(sums, work, p, i);
        if (tie->events > 1)
            sum_events(own, work, p, tie);
        add_events(block, work, p, sums, own, tie->events, out);
    }
}

/* Back in time through stratum s. Inlined below with a constant p. */
static inline void sweep_back(denominators *block, cox_work *work, size_t p, size_t s, double *sums,
                              double *own, cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t i = frame->start[s];
    for (size_t k = 0; k <= p; k++)
        sums[k] = 0;
    for (size_t t = frame->tie_start[s], end; t < frame->tie_start[s + 1]; t = end) {
        end = chunk_end(frame, s, t, MSP_BLOCK - block->n);
        const size_t last = frame->ties[end - 1].end;
        weigh_rows(work, last);
        if (cox_all_single(frame, t, end)) {
            sweep_singles(block, work, p, i, last, sums);
            if (block->n == MSP_BLOCK)
                close_block(block, work, out);
        } else {
            sweep_ties(block, work, p, i, t, end, sums, own, out);
        }
        i = last;
    }
}

static void move_row(double *pairs, const cox_work *work, size_t i, double sign)
{
    double w = sign * work->weight[i];
    cox_add_exactly(pairs, w);
    for (size_t k = 0; k < work->p; k++)
        cox_add_exactly(pairs + 2 * (k + 1), w * work->x[k][i]);
}

/* The same where rows leave the risk set at their entry; pairs has room for 2 (p + 1). */
static void sweep_back_entries(denominators *block, cox_work *work, size_t s, double *pairs,
                               double *sums, double *own, cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t i = frame->start[s], p = work->p, left = 0;
    memset(pairs, 0, 2 * (p + 1) * sizeof *pairs);
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1]; t++) {
        const cox_tie *tie = &frame->ties[t];
        weigh_rows(work, tie->end);
        for (; i < tie->end; i++)
            move_row(pairs, work, i, 1);
        for (; left < tie->left; left++)
            move_row(pairs, work, frame->leave[frame->start[s] + left], -1);
        for (size_t k = 0; k <= p; k++)
            sums[k] = pairs[2 * k] + pairs[2 * k + 1];
        sum_events(own, work, p, tie);
        add_events(block, work, p, sums, own, tie->events, out);
    }
}

/* Sums over few columns live in local arrays, which the compiler keeps in registers. */
static void sweep_back_few(denominators *block, cox_work *work, size_t s, cox_point *out)
{
    double sums[MSP_FEW + 1], own[MSP_FEW + 1] = {0};
    switch (work->p) {
    case 0:
        sweep_back(block, work, 0, s, sums, own, out);
        break;
    case 1:
        sweep_back(block, work, 1, s, sums, own, out);
        break;
    case 2:
        sweep_back(block, work, 2, s, sums, own, out);
        break;
    case 3:
        sweep_back(block, work, 3, s, sums, own, out);
        break;
    case 4:
        sweep_back(block, work, 4, s, sums, own, out);
        break;
    case 5:
        sweep_back(block, work, 5, s, sums, own, out);
        break;
    default:
        sweep_back(block, work, MSP_FEW, s, sums, own, out);
    }
}

static void sweep_strata_back(cox_work *work, cox_point *out)
{
    denominators block = open_block(work);
    double *sums = work->room + (work->p + 1) * MSP_BLOCK;
    double *own = sums + work->p + 1, *pairs = own + work->p + 1;
    for (size_t s = 0; s < work->frame->n_strata; s++) {
        if (work->frame->leave != NULL)
            sweep_back_entries(&block, work, s, pairs, sums, own, out);
        else if (work->p <= MSP_FEW)
            sweep_back_few(&block, work, s, out);
        else
            sweep_back(&block, work, work->p, s, sums, own, out);
    }
    close_block(&block, work, out);
}

/* The hazard of a tie as all at risk see it, and what its own events see less of it. */
typedef struct step {
    double all, own;
} step;

static step sum_tie(const double *inverse, uint32_t events, msp_cox_ties ties)
{
    if (events == 1)
        return (step){inverse[0], 0};
    step sum = {0, 0};
    for (uint32_t l = 0; l < events; l++) {
        sum.all += inverse[l];
        sum.own += inverse[l] * l;
    }
    sum.own = ties == MSP_COX_EFRON ? sum.own / events : 0;
    return sum;
}

/* Going forward, rows entering before a tie start from the cumulative hazard reached. */
static void set_entries(const cox_work *work, size_t s, const cox_tie *tie, size_t *inside,
                        double hazard)
{
    while (*inside > tie->left)
        work->at_entry[work->frame->leave[work->frame->start[s] + --*inside]] = hazard;
}

/* Of few columns all sums go together. */
static void sum_few(const cox_work *work, size_t from, size_t n, cox_point *out)
{
    const size_t p = work->p;
    double sums[MSP_MOMENTS], *at = sums;
    if (p == 0)
        return;
    msp__moments(sums, work->weight + from, work->x, p, from, n);
    for (size_t k = 0; k < p; k++)
        for (size_t j = 0; j <= k; j++)
            out->information[k * p + j] += *at++;
    for (size_t k = 0; k < p; k++)
        out->score[k] -= *at++;
}

/* Adds v x and v x x' over rows from .. end - 1, block by block while they are near. */
static void sum_rows(const cox_work *work, size_t from, size_t end, cox_point *out)
{
    double *vx = work->room;
    size_t p = work->p;
    for (size_t i = from, n; i < end; i += n) {
        n = end - i < MSP_BLOCK ? end - i : MSP_BLOCK;
        if (p <= MSP_FEW) {
            sum_few(work, i, n, out);
            continue;
        }
        msp__dots(work->dots, work->weight + i, work->x, p, i, n);
        for (size_t k = 0; k < p; k++)
            out->score[k] -= work->dots[k];
        for (size_t k = 0; k < p; k++) {
            msp__multiply(vx, work->weight + i, work->x[k] + i, n);
            msp__dots(work->dots, vx, work->x, k + 1, i, n);
            for (size_t j = 0; j <= k; j++)
                out->information[k * p + j] += work->dots[j];
        }
    }
}

/* Where the sweep forward stands: the cumulative hazard, the first row done, the first event done,
 * and of a stratum with entry times how many rows have not entered. */
typedef struct forward {
    double hazard;
    size_t row, event, inside;
} forward;

/* The counterpart of sweep_singles: down to row `end`. */
static void pass_singles(const cox_work *work, forward *now, size_t end)
{
    double *v = work->weight, hazard = now->hazard;
    const double *inverse = work->hazard;
    size_t i = now->row, event = now->event;
    for (; i > end; i--) {
        const uint8_t is_event = work->frame->last[i - 1];
        event -= is_event;
        hazard += is_event * inverse[event];
        v[i - 1] *= hazard;
    }
    *now = (forward){hazard, i, event, now->inside};
}

/* Gives the rows down to `end`, which are no events, what has happened while they were at risk. */
static void pass_censored(const cox_work *work, forward *now, size_t end)
{
    double *v = work->weight, hazard = now->hazard;
    bool entries = work->frame->leave != NULL;
    for (; now->row > end; now->row--)
        v[now->row - 1] *= !entries ? hazard
                           : work->at_entry[now->row - 1] < hazard
                               ? hazard - work->at_entry[now->row - 1]
                               : 0;
}

static void pass_tie(const cox_work *work, forward *now, size_t s, const cox_tie *tie)
{
    bool entries = work->frame->leave != NULL;
    pass_censored(work, now, tie->end);
    if (entries)
        set_entries(work, s, tie, &now->inside, now->hazard);
    now->event -= tie->events;
    step add = sum_tie(work->hazard + now->event, tie->events, work->ties);
    now->hazard += add.all;
    for (; now->row > tie->end - tie->events; now->row--)
        work->weight[now->row - 1] *=
            now->hazard - (entries ? work->at_entry[now->row - 1] : 0) - add.own;
}

/* Forward in time through stratum s: turns w into v, and sums it while it is near. */
static void sweep_forward(cox_work *work, size_t s, cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t start = frame->start[s], n = frame->start[s + 1] - start;
    forward now = {0, start + n, 0, n};
    bool entries = frame->leave != NULL;
    for (size_t r = start; entries && r < start + n; r++)
        work->at_entry[r] = INFINITY; /* until it enters, which it may do after the last event */
    for (size_t end = frame->tie_start[s + 1], t; end > frame->tie_start[s]; end = t) {
        const size_t row = now.row, left = end - frame->tie_start[s];
        t = end - (left < MSP_BLOCK ? left : MSP_BLOCK);
        now.event = frame->ties[end - 1].first + frame->ties[end - 1].events;
        if (!entries && cox_all_single(frame, t, end))
            pass_singles(work, &now, frame->ties[t].end - 1);
        else
            for (size_t i = end; i-- > t;)
                pass_tie(work, &now, s, &frame->ties[i]);
        sum_rows(work, now.row, row, out);
    }
    const size_t row = now.row;
    pass_censored(work, &now, start);
    sum_rows(work, start, row, out);
}

static void sweep_strata_forward(cox_work *work, cox_point *out)
{
    const cox_frame *frame = work->frame;
    for (size_t s = 0; s < frame->n_strata; s++)
        sweep_forward(work, s, out);
}

/* By counts where patterns are few, else in two sweeps over the rows. */
static msp_status evaluate_sums(cox_work *work, cox_point *out, msp_error *err)
{
    if (!work->looked) {
        const msp_status status = cox_table_init(&work->table, work, err);
        if (status != MSP_OK)
            return status;
        work->looked = true;
    }
    if (work->table != NULL) {
        cox_table_evaluate(work->table, work, out);
        return MSP_OK;
    }
    sweep_strata_back(work, out);
    weigh_rows(work, work->frame->n);
    sweep_strata_forward(work, out);
    return MSP_OK;
}

msp_status cox_evaluate(cox_work *work, const double *b, cox_point *out, msp_error *err)
{
    size_t p = work->p;
    memset(out->information, 0, p * p * sizeof *out->information);
    memcpy(out->score, work->event_sums, p * sizeof *out->score);
    out->loglik = 0;
    for (size_t k = 0; k < p; k++)
        out->loglik += b[k] * work->event_sums[k];
    work->b = b;
    work->n_weighed = 0;
    work->in_range = true;
    msp_status status = MSP_OK;
    if (work->ties == MSP_COX_DISCRETE) {
        weigh_rows(work, work->frame->n);
        status = cox_evaluate_discrete(work, out, err);
    } else if (work->ties == MSP_COX_MARGINAL) {
        weigh_rows(work, work->frame->n);
        if (work->in_range)
            status = cox_evaluate_marginal(work, out, err);
    } else {
        status = evaluate_sums(work, out, err);
    }
    if (!work->in_range)
        out->loglik = -INFINITY;
    return status;
}

msp_status cox_work_init(cox_work *work, const cox_frame *frame, size_t p_max, msp_cox_ties ties,
                         msp_error *err)
{
    *work = (cox_work){.frame = frame, .ties = ties};
    size_t n_entries = frame->leave != NULL ? frame->n : 0;
    size_t n_room = (p_max + 1) * MSP_BLOCK + 5 * (p_max + 1);
    work->x = malloc(2 * (p_max + 1) * sizeof *work->x);
    work->block =
        msp__large(p_max + frame->n + frame->n_events + n_entries + n_room, sizeof *work->block);
    if (work->x == NULL || work->block == NULL) {
        cox_work_free(work);
        return msp_fail(err, MSP_EMEM, "no memory for a Cox model of %zu rows", frame->n);
    }
    work->event_sums = work->block;
    work->weight = work->event_sums + p_max;
    work->hazard = work->weight + frame->n;
    work->at_entry = work->hazard + frame->n_events;
    work->room = work->at_entry + n_entries;
    work->dots = work->room + (p_max + 1) * MSP_BLOCK + 4 * (p_max + 1);
    work->mean = work->x + p_max + 1;
    for (size_t k = 0; k < p_max; k++)
        work->mean[k] = work->room + (k + 1) * MSP_BLOCK;
    return MSP_OK;
}

/* Sums the columns over the events, `part` is room for as many. */
static void sum_over_events(const cox_frame *frame, const double *const *x, size_t p, double *part,
                            double *total)
{
    for (size_t k = 0; k < p; k++)
        total[k] = part[k] = 0;
    for (size_t t = 0; t < frame->n_ties; t++) {
        const cox_tie *tie = &frame->ties[t];
        for (size_t i = tie->end - tie->events; i < tie->end; i++)
            for (size_t k = 0; k < p; k++)
                part[k] += cox_row_weight(frame, i) * x[k][i];
        if (t % MSP_BLOCK == 0) /* long sums in two levels keep their last digits */
            for (size_t k = 0; k < p; k++) {
                total[k] += part[k];
                part[k] = 0;
            }
    }
    for (size_t k = 0; k < p; k++)
        total[k] += part[k];
}

void cox_work_set(cox_work *work, size_t p, const double *const *x)
{
    work->p = p;
    cox_table_free(work->table);
    work->table = NULL;
    work->looked = false;
    memcpy(work->x, x, p * sizeof *work->x);
    sum_over_events(work->frame, x, p, work->room, work->event_sums);
}

void cox_work_free(cox_work *work)
{
    cox_table_free(work->table);
    free(work->x);
    free(work->block);
    *work = (cox_work){0};
}
