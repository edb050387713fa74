/*
 * cox_discrete.c - the exact partial likelihood of tied events, by recursion.
 *
 * At a time with d events the likelihood is that of these d among all subsets of d of those at
 * risk, each subset weighing the product of its members' w = exp(x'b). With e_k the sum of these
 * products over the subsets of size k, adding a row gives e_k' = e_k + w e_{k-1} (Gail, Lubin &
 * Rubinstein 1981). The e_k themselves overflow (they hold binomial coefficients), so we keep, for
 * a subset of size k drawn with these weights,
 *
 *   ratio_k = e_k / e_{k-1},   mean_k = E[sum of x],   spread_k = Var[sum of x]
 *
 * Adding a row makes the draw a mixture: with probability q = w / (ratio_k + w) it holds the new
 * row and k - 1 others, so with D = mean_{k-1} + x - mean_k
 *
 *   ratio_k'  = (ratio_k + w) ratio_{k-1} / (ratio_{k-1} + w)
 *   mean_k'   = mean_k + q D
 *   spread_k' = (1 - q) spread_k + q spread_{k-1} + q (1 - q) D D'
 *
 * which only adds positive terms: nothing cancels and nothing overflows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_internal.h"
#include "kernels.h"

/* Subset sizes 0 .. k_max. */
typedef struct subsets {
    size_t p, size;     /* size: doubles of mean and spread for one k */
    double *ratio;      /* k_max + 1 */
    double *moments;    /* (k_max + 1) x size: mean (p), then the lower triangle of the spread */
    double *difference; /* p */
} subsets;

static msp_status subsets_init(subsets *sub, size_t k_max, size_t p, msp_error *err)
{
    *sub = (subsets){.p = p, .size = p + p * (p + 1) / 2};
    if (k_max < SIZE_MAX / sizeof(double) / (sub->size + 2) - p) {
        sub->ratio = malloc(((k_max + 1) * (sub->size + 1) + p) * sizeof *sub->ratio);
        sub->moments = sub->ratio + k_max + 1;
        sub->difference = sub->moments + (k_max + 1) * sub->size;
    }
    return sub->ratio != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for %zu events at one time", k_max);
}

static void empty_subsets(subsets *sub, size_t k_max)
{
    memset(sub->ratio, 0, (k_max + 1) * sizeof *sub->ratio);
    memset(sub->moments, 0, (k_max + 1) * sub->size * sizeof *sub->moments);
}

/* Mixes the draw of size k - 1 plus the row into the draw of size k. */
static void mix(const subsets *sub, size_t k, double q, const cox_work *work, size_t row)
{
    size_t p = sub->p;
    double *mean = sub->moments + k * sub->size, *spread = mean + p;
    const double *less_mean = mean - sub->size, *less_spread = spread - sub->size;
    for (size_t c = 0; c < p; c++)
        sub->difference[c] = less_mean[c] + work->x[c][row] - mean[c];
    for (size_t c = 0, i = 0; c < p; c++) {
        double change = q * sub->difference[c];
        mean[c] += change;
        for (size_t h = 0; h <= c; h++, i++)
            spread[i] =
                (1 - q) * spread[i] + q * less_spread[i] + (1 - q) * change * sub->difference[h];
    }
}

static void add_row(const subsets *sub, size_t k_max, const cox_work *work, size_t row)
{
    double w = work->weight[row];
    for (size_t k = k_max; k > 0; k--) {
        double less = sub->ratio[k - 1], ratio = sub->ratio[k];
        mix(sub, k, w / (ratio + w), work, row);
        sub->ratio[k] = k == 1 ? ratio + w : (ratio + w) * (less / (less + w));
    }
}

/* Takes from the likelihood, score and information what d events among those added expect. */
static void take_tie(const subsets *sub, size_t d, cox_point *out)
{
    const double *mean = sub->moments + d * sub->size, *spread = mean + sub->p;
    for (size_t k = 1; k <= d; k++)
        out->loglik -= msp__log(sub->ratio[k]);
    for (size_t c = 0, i = 0; c < sub->p; c++) {
        out->score[c] -= mean[c];
        for (size_t h = 0; h <= c; h++, i++)
            out->information[c * sub->p + h] += spread[i];
    }
}

/* Without entry times the risk sets grow: each row is added once. most[t] is the largest number of
 * events at this or an earlier time of the stratum. */
static void pass_growing(const subsets *sub, const cox_work *work, size_t s, const uint32_t *most,
                         cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t i = frame->start[s];
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1]; t++) {
        for (; i < frame->ties[t].end; i++)
            add_row(sub, most[t], work, i);
        take_tie(sub, frame->ties[t].events, out);
    }
}

/* With entry times every risk set is added anew. */
static void pass_changing(subsets *sub, const cox_work *work, size_t s, uint8_t *gone,
                          cox_point *out)
{
    const cox_frame *frame = work->frame;
    size_t start = frame->start[s], left = 0;
    for (size_t t = frame->tie_start[s]; t < frame->tie_start[s + 1]; t++) {
        const cox_tie *tie = &frame->ties[t];
        for (; left < tie->left; left++)
            gone[frame->leave[start + left]] = 1;
        empty_subsets(sub, tie->events);
        for (size_t i = start; i < tie->end; i++)
            if (!gone[i])
                add_row(sub, tie->events, work, i);
        take_tie(sub, tie->events, out);
    }
}

msp_status cox_evaluate_discrete(cox_work *work, cox_point *out, msp_error *err)
{
    const cox_frame *frame = work->frame;
    uint32_t k_max = 0, *most = malloc((frame->n_ties + 1) * sizeof *most);
    uint8_t *gone = calloc(frame->n, sizeof *gone);
    for (size_t s = frame->n_strata; most != NULL && s-- > 0;) {
        uint32_t so_far = 0;
        for (size_t t = frame->tie_start[s + 1]; t-- > frame->tie_start[s];) {
            so_far = frame->ties[t].events > so_far ? frame->ties[t].events : so_far;
            most[t] = so_far;
        }
        k_max = so_far > k_max ? so_far : k_max;
    }
    subsets sub = {0};
    msp_status status = most == NULL || gone == NULL
                            ? msp_fail(err, MSP_EMEM, "no memory for %zu rows", frame->n)
                            : subsets_init(&sub, k_max, work->p, err);
    for (size_t s = 0; status == MSP_OK && s < frame->n_strata; s++) {
        empty_subsets(&sub, k_max);
        if (frame->leave == NULL)
            pass_growing(&sub, work, s, most, out);
        else
            pass_changing(&sub, work, s, gone, out);
    }
    free(sub.ratio);
    free(most);
    free(gone);
    return status;
}
