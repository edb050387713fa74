/*
 * cox_concordance.c - Harrell's C, with each row's part in it.
 *
 * An event at t is compared to every row still at risk after it: of two tied events neither comes
 * first, a row censored at t comes after. For each row we count the pairs it is in, higher, lower
 * or equal in risk, as the event (among those at risk) and as the other (among the events from its
 * entry on), both in a Fenwick tree over the ranks of risk. With case weights a pair counts the
 * product of both.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_path.h"

typedef struct tree {
    size_t n;
    double *sum; /* n + 1 */
} tree;

static void add(tree *t, size_t rank, double x)
{
    for (size_t i = rank + 1; i <= t->n; i += i & (~i + 1))
        t->sum[i] += x;
}

/* Those of rank below. */
static double below(const tree *t, size_t rank)
{
    double sum = 0;
    for (size_t i = rank; i > 0; i -= i & (~i + 1))
        sum += t->sum[i];
    return sum;
}

/* Lower, equal and all in the tree, against a rank. */
typedef struct counts {
    double lower, equal, all;
} counts;

static counts look_up(const tree *t, size_t rank)
{
    const double lower = below(t, rank), up_to = below(t, rank + 1);
    return (counts){lower, up_to - lower, below(t, t->n)};
}

typedef struct pairs {
    const cox_path *path;
    uint32_t *rank;     /* n: of the risk, equal for equal risks */
    double *good, *all; /* n: pairs in order (ties by half), comparable pairs */
    counts *entry;      /* NULL, or n: the events before each row's entry */
    tree at_risk, events;
    double concordant, discordant, tied;
} pairs;

static void leave(pairs *w, size_t i)
{
    counts seen = look_up(&w->events, w->rank[i]);
    if (w->entry != NULL) {
        seen.lower -= w->entry[i].lower;
        seen.equal -= w->entry[i].equal;
        seen.all -= w->entry[i].all;
    }
    /* an earlier event of higher risk is in order */
    w->good[i] += seen.all - seen.lower - seen.equal / 2;
    w->all[i] += seen.all;
}

static void take_event(pairs *w, size_t i)
{
    const counts seen = look_up(&w->at_risk, w->rank[i]);
    const double higher = seen.all - seen.lower - seen.equal;
    const double count = cox_row_weight(&w->path->frame, i);
    w->concordant += count * seen.lower;
    w->discordant += count * higher;
    w->tied += count * seen.equal;
    w->good[i] += seen.lower + seen.equal / 2;
    w->all[i] += seen.all;
}

/* Forward in time through one stratum. Rows of a tie leave before the tie's events are counted,
 * those of the tie themselves see neither each other. */
static void walk(pairs *w, size_t s)
{
    const cox_frame *frame = &w->path->frame;
    const size_t start = frame->start[s];
    size_t i = frame->start[s + 1], inside = i - start;
    memset(w->at_risk.sum, 0, (w->at_risk.n + 1) * sizeof(double));
    memset(w->events.sum, 0, (w->events.n + 1) * sizeof(double));
    for (size_t r = start; r < i; r++) {
        if (w->entry == NULL)
            add(&w->at_risk, w->rank[r], cox_row_weight(frame, r));
        else
            w->entry[r].all = -1; /* not yet inside */
    }
    for (size_t t = frame->tie_start[s + 1]; t-- > frame->tie_start[s];) {
        const cox_tie *tie = &frame->ties[t];
        while (w->entry != NULL && inside > tie->left) {
            const size_t r = frame->leave[start + --inside];
            w->entry[r] = look_up(&w->events, w->rank[r]);
            add(&w->at_risk, w->rank[r], cox_row_weight(frame, r));
        }
        for (; i > tie->end - tie->events; i--) {
            if (w->entry != NULL && w->entry[i - 1].all < 0)
                continue; /* came and went between two events */
            leave(w, i - 1);
            add(&w->at_risk, w->rank[i - 1], -cox_row_weight(frame, i - 1));
        }
        for (size_t e = i; e < tie->end; e++)
            take_event(w, e);
        for (size_t e = i; e < tie->end; e++)
            add(&w->events, w->rank[e], cox_row_weight(frame, e));
    }
    for (; i > start; i--)
        if (w->entry == NULL || w->entry[i - 1].all >= 0)
            leave(w, i - 1);
}

typedef struct risk {
    double eta;
    uint32_t row;
} risk;

static int compare(const void *a, const void *b)
{
    const risk *x = a, *y = b;
    return x->eta < y->eta ? -1 : x->eta > y->eta;
}

/* Equal risks may differ by the rounding of x'b: those as close as R's unique() takes for equal. */
static msp_status rank_risks(pairs *w, msp_error *err)
{
    const cox_path *path = w->path;
    const size_t n = path->frame.n;
    risk *risks = malloc((n + 1) * sizeof *risks);
    if (risks == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to rank %zu rows", n);
    for (size_t i = 0; i < n; i++)
        risks[i] = (risk){log(path->weight[i]), (uint32_t)i};
    qsort(risks, n, sizeof *risks, compare);
    uint32_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        rank += i > 0 && risks[i].eta > risks[i - 1].eta + 1e-12 * (1 + fabs(risks[i].eta));
        w->rank[risks[i].row] = rank;
    }
    w->at_risk.n = w->events.n = (size_t)rank + 1;
    free(risks);
    return MSP_OK;
}

/* Risks are compared within strata, whose columns are centred apart: any one serves there. */
static msp_status finish(const pairs *w, const uint32_t *cluster, size_t n_clusters,
                         msp_concordance *out, msp_error *err)
{
    const cox_frame *frame = &w->path->frame;
    const double total = w->concordant + w->discordant + w->tied;
    out->concordant = w->concordant;
    out->discordant = w->discordant;
    out->tied = w->tied;
    if (!(total > 0)) {
        out->note = "no two patients can be compared";
        return MSP_OK;
    }
    out->estimate = (w->concordant + w->tied / 2) / total;
    double *sums = calloc(n_clusters + 1, sizeof *sums), square = 0;
    if (sums == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu clusters", n_clusters);
    for (size_t i = 0; i < frame->n; i++) {
        const size_t row = frame->row[i], c = cluster != NULL ? cluster[row] : row;
        if (c >= n_clusters) {
            free(sums);
            return msp_fail_row(err, MSP_ERANGE, row, "cluster code is %zu; expected 0 to %zu", c,
                                n_clusters - 1);
        }
        sums[c] += cox_row_weight(frame, i) * (w->good[i] - out->estimate * w->all[i]) / total;
    }
    for (size_t c = 0; c < n_clusters; c++)
        square += sums[c] * sums[c];
    out->std_error = sqrt(square);
    free(sums);
    return MSP_OK;
}

msp_status msp_cox_concordance(const msp_cox_model *model, const uint32_t *cluster,
                               size_t n_clusters, msp_concordance *out, msp_error *err)
{
    const double none = NAN;
    *out = (msp_concordance){none, none, 0, 0, 0, NULL};
    cox_path path;
    msp_status status = cox_path_init(&path, model, false, err);
    if (status != MSP_OK)
        return status;
    const size_t n = path.frame.n;
    pairs w = {.path = &path};
    double *block = calloc(4 * n + 4, sizeof *block);
    w.rank = malloc((n + 1) * sizeof *w.rank);
    w.entry = path.frame.leave != NULL ? malloc((n + 1) * sizeof *w.entry) : NULL;
    if (block == NULL || w.rank == NULL || (path.frame.leave != NULL && w.entry == NULL)) {
        status = msp_fail(err, MSP_EMEM, "no memory for the concordance of %zu rows", n);
    } else {
        w.good = block;
        w.all = block + n;
        w.at_risk.sum = block + 2 * n;
        w.events.sum = block + 3 * n + 2;
        status = rank_risks(&w, err);
    }
    for (size_t s = 0; status == MSP_OK && s < path.frame.n_strata; s++)
        walk(&w, s);
    if (status == MSP_OK)
        status = finish(&w, cluster, cluster != NULL ? n_clusters : model->order->n_rows, out, err);
    free(block);
    free(w.rank);
    free(w.entry);
    cox_path_free(&path);
    return status;
}
