/*
 * cox_monotone.c - does a combination y of the columns order every event in its risk set?
 *
 * With Breslow's and Efron's ties the likelihood grows for ever along y exactly when at every event
 * time all events have the largest y of the risk set (or all the smallest, downwards), and
 * somewhere y differs. With discrete ties the d events must be d largest. In the limit every row
 * with another y drops out of the risk set, or, with discrete ties, the subsets split by y: either
 * way what remains is the likelihood stratified by y.
 */
#include <math.h>
#include <stdlib.h>

#include "cox_internal.h"
#include "sort.h"

/* The largest and smallest y of the rows at risk. Rows that leave need a tree of maxima: leaf i is
 * node n_leaves + i, the root is node 1. */
typedef struct extremes {
    double largest, smallest;
    size_t n_leaves;      /* 0: rows only join */
    double *top, *bottom; /* 2 n_leaves each */
} extremes;

static msp_status extremes_init(extremes *ex, const cox_frame *frame, msp_error *err)
{
    *ex = (extremes){0};
    if (frame->leave == NULL)
        return MSP_OK;
    ex->n_leaves = frame->n;
    ex->top = malloc(4 * ex->n_leaves * sizeof *ex->top);
    if (ex->top == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the risk sets of %zu rows", frame->n);
    ex->bottom = ex->top + 2 * ex->n_leaves;
    return MSP_OK;
}

static void empty(extremes *ex)
{
    ex->largest = -INFINITY;
    ex->smallest = INFINITY;
    for (size_t node = 0; node < 2 * ex->n_leaves; node++) {
        ex->top[node] = -INFINITY;
        ex->bottom[node] = INFINITY;
    }
}

static void set_leaf(extremes *ex, size_t i, double top, double bottom)
{
    size_t node = ex->n_leaves + i;
    ex->top[node] = top;
    ex->bottom[node] = bottom;
    for (node /= 2; node > 0; node /= 2) {
        ex->top[node] = fmax(ex->top[2 * node], ex->top[2 * node + 1]);
        ex->bottom[node] = fmin(ex->bottom[2 * node], ex->bottom[2 * node + 1]);
    }
    ex->largest = ex->top[1];
    ex->smallest = ex->bottom[1];
}

static void join(extremes *ex, size_t i, double y)
{
    if (ex->n_leaves > 0) {
        set_leaf(ex, i, y, y);
        return;
    }
    ex->largest = fmax(ex->largest, y);
    ex->smallest = fmin(ex->smallest, y);
}

/* What is still possible, and whether y has told any rows apart. */
typedef struct verdict {
    bool up, down, differs;
} verdict;

/* With discrete and marginal ties the events are held against the others at risk, else against all.
 */
static bool among_others(msp_cox_ties ties)
{
    return ties == MSP_COX_DISCRETE || ties == MSP_COX_MARGINAL;
}

static void judge_tie(verdict *v, extremes *ex, const cox_tie *tie, size_t at_risk, const double *y,
                      msp_cox_ties ties)
{
    extremes before = *ex;
    for (size_t i = tie->end - tie->events; i < tie->end; i++)
        join(ex, i, y[i]);
    const extremes *against = among_others(ties) ? &before : ex;
    for (size_t i = tie->end - tie->events; i < tie->end; i++) {
        v->up &= y[i] >= against->largest;
        v->down &= y[i] <= against->smallest;
    }
    if (!among_others(ties) || tie->events < at_risk)
        v->differs |= ex->largest > ex->smallest;
}

static void judge_stratum(verdict *v, extremes *ex, const cox_frame *frame, size_t s,
                          const double *y, msp_cox_ties ties)
{
    size_t i = frame->start[s], left = 0;
    empty(ex);
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1] && (v->up || v->down); t++) {
        const cox_tie *tie = &frame->ties[t];
        for (; i < tie->end - tie->events; i++)
            join(ex, i, y[i]);
        for (; left < tie->left; left++)
            set_leaf(ex, frame->leave[frame->start[s] + left], -INFINITY, INFINITY);
        judge_tie(v, ex, tie, tie->end - frame->start[s] - tie->left, y, ties);
        i = tie->end;
    }
}

msp_status cox_find_order(const cox_frame *frame, const double *y, msp_cox_ties ties, int *sign,
                          msp_error *err)
{
    *sign = 0;
    extremes ex;
    msp_status status = extremes_init(&ex, frame, err);
    if (status != MSP_OK)
        return status;
    verdict v = {true, true, false};
    for (size_t s = 0; s < frame->n_strata && (v.up || v.down); s++)
        judge_stratum(&v, &ex, frame, s, y, ties);
    free(ex.top);
    if (v.differs && v.up != v.down)
        *sign = v.up ? 1 : -1;
    return MSP_OK;
}

/* Bits that order like the numbers, negative ones included. */
static uint64_t order_bits(double y)
{
    union {
        double y;
        uint64_t bits;
    } of = {y + 0.0};
    return of.bits >> 63 != 0 ? ~of.bits : of.bits | (uint64_t)1 << 63;
}

msp_status cox_split_strata(const cox_frame *frame, const double *y, uint32_t *new_stratum,
                            size_t *n_strata, msp_error *err)
{
    msp_pair *pairs = malloc(2 * frame->n * sizeof *pairs);
    if (pairs == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to split the strata of %zu rows", frame->n);
    uint32_t code = 0;
    for (size_t s = 0; s < frame->n_strata; s++) {
        size_t start = frame->start[s], n = frame->start[s + 1] - start;
        for (size_t i = 0; i < n; i++)
            pairs[i] = (msp_pair){order_bits(y[start + i]), frame->row[start + i]};
        const msp_pair *sorted = msp__sort_pairs(pairs, pairs + n, n);
        for (size_t i = 0; i < n; i++) {
            code += i > 0 && sorted[i].key != sorted[i - 1].key;
            new_stratum[sorted[i].row] = code;
        }
        code += n > 0;
    }
    *n_strata = code;
    free(pairs);
    return MSP_OK;
}
