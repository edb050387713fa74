/*
 * cox_table.c - the likelihood of Breslow and Efron where rows share few patterns of covariates.
 *
 * A trial's model has often only its arm. With patterns x_j of weight w_j = exp(x_j'b), and n_je of
 * them at risk at event e (with Efron's ties less l/d of the events at the time), S0_e is the sum
 * of w_j n_je, and with
 *
 *   A_j = sum over events of n_je / S0_e      B_jk = sum over events of n_je n_ke / S0_e^2
 *
 *   score = sum over events of x - sum of w_j A_j x_j
 *   information = sum of w_j A_j x_j x_j' - sum of w_j w_k B_jk x_j x_k'
 *
 * so the counts n_je, made once, are all an evaluation reads.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "cox_internal.h"
#include "kernels.h"
#include "large.h"

enum { MOST_PATTERNS = 8, NO_PATTERN = MOST_PATTERNS };

/* Below so many events a stratum the sweeps over rows are as quick. */
enum { FEWEST_EVENTS = 16 };

/* The patterns of one stratum and its part of the counts. */
typedef struct patterns {
    size_t n;
    size_t first; /* the stratum's first event */
} patterns;

struct cox_table {
    size_t n_events, n_strata;
    patterns *of;                   /* n_strata + 1 */
    double *x;                      /* n_strata x MOST_PATTERNS x p */
    double *at_risk[MOST_PATTERNS]; /* n_events of each pattern */
    double *block;                  /* owns at_risk */
};

/* --- finding the patterns --------------------------------------------------------------------- */

/* code[i] = j where row from + i has pattern x, for n rows. */
MSP_CLONES static void match_rows(uint8_t *code, const cox_work *work, size_t from, size_t n,
                                  const double *x, uint8_t j)
{
    uint8_t same[MSP_BLOCK];
    memset(same, 1, n);
    for (size_t k = 0; k < work->p; k++)
        for (size_t i = 0; i < n; i++)
            same[i] &= work->x[k][from + i] == x[k];
    for (size_t i = 0; i < n; i++)
        code[i] = same[i] ? j : code[i];
}

/* Codes n rows; false once there are too many patterns. x has room for MOST_PATTERNS of them. */
static bool code_rows(uint8_t *code, const cox_work *work, size_t from, size_t n, double *x,
                      size_t *n_patterns)
{
    const size_t p = work->p;
    memset(code, NO_PATTERN, n);
    for (size_t j = 0; j < *n_patterns; j++)
        match_rows(code, work, from, n, x + j * p, (uint8_t)j);
    const uint8_t *found;
    while ((found = memchr(code, NO_PATTERN, n)) != NULL) {
        if (*n_patterns == MOST_PATTERNS)
            return false;
        double *new = x + *n_patterns *p;
        for (size_t k = 0; k < p; k++)
            new[k] = work->x[k][from + (size_t)(found - code)];
        match_rows(code, work, from, n, new, (uint8_t)(*n_patterns)++);
    }
    return true;
}

static bool code_stratum(uint8_t *code, const cox_work *work, size_t s, double *x,
                         size_t *n_patterns)
{
    const size_t end = work->frame->start[s + 1];
    for (size_t i = work->frame->start[s], n; i < end; i += n) {
        n = end - i < MSP_BLOCK ? end - i : MSP_BLOCK;
        if (!code_rows(code + i, work, i, n, x, n_patterns))
            return false;
    }
    return true;
}

/* --- counting --------------------------------------------------------------------------------- */

/* Where a count over a stratum stands: rows and events done, and rows of each pattern. */
typedef struct tally {
    size_t row, event;
    double count[MOST_PATTERNS];
} tally;

static void count_ties(const cox_table *t, const cox_work *work, const uint8_t *code,
                       size_t n_patterns, size_t tie, size_t end, tally *now)
{
    for (; tie < end; tie++) {
        const size_t last = work->frame->ties[tie].end, events = work->frame->ties[tie].events;
        double own[MOST_PATTERNS] = {0};
        for (; now->row < last; now->row++)
            now->count[code[now->row]]++;
        for (size_t r = last - events; r < last && events > 1; r++)
            own[code[r]]++;
        for (size_t l = 0; l < events; l++, now->event++) {
            const double part = work->ties == MSP_COX_EFRON ? (double)l / (double)events : 0;
            for (size_t j = 0; j < n_patterns; j++)
                t->at_risk[j][now->event] = now->count[j] - part * own[j];
        }
    }
}

/* Of two patterns up to row `end`, where no event time has more than one event. Which rows are
 * events is anybody's guess, so no branch asks: every row writes, and events keep what they wrote.
 */
static void count_two(const cox_table *t, const cox_frame *frame, const uint8_t *code, size_t end,
                      tally *now)
{
    double first = now->count[0], second = now->count[1];
    size_t event = now->event;
    for (size_t i = now->row; i < end; i++) {
        second += code[i];
        first += 1 - code[i];
        t->at_risk[0][event] = first;
        t->at_risk[1][event] = second;
        event += frame->last[i];
    }
    *now = (tally){end, event, {first, second}};
}

static void count_stratum(cox_table *t, const cox_work *work, const uint8_t *code, size_t s)
{
    const cox_frame *frame = work->frame;
    tally now = {frame->start[s], t->of[s].first, {0}};
    for (size_t tie = frame->tie_start[s], end; tie < frame->tie_start[s + 1]; tie = end) {
        const size_t left = frame->tie_start[s + 1] - tie;
        end = tie + (left < MSP_BLOCK ? left : MSP_BLOCK);
        if (t->of[s].n == 2 && cox_all_single(frame, tie, end))
            count_two(t, frame, code, frame->ties[end - 1].end, &now);
        else
            count_ties(t, work, code, t->of[s].n, tie, end, &now);
    }
    t->of[s + 1].first = now.event;
}

static msp_status count_all(cox_table *t, const cox_work *work, const uint8_t *code, msp_error *err)
{
    size_t most = 0;
    for (size_t s = 0; s < t->n_strata; s++)
        most = t->of[s].n > most ? t->of[s].n : most;
    t->block = msp__large(most * t->n_events, sizeof *t->block);
    if (t->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to count %zu events", t->n_events);
    for (size_t j = 0; j < most; j++)
        t->at_risk[j] = t->block + j * t->n_events;
    for (size_t s = 0; s < t->n_strata; s++)
        count_stratum(t, work, code, s);
    return MSP_OK;
}

void cox_table_free(cox_table *t)
{
    if (t == NULL)
        return;
    free(t->of);
    free(t->x);
    free(t->block);
    free(t);
}

static msp_status allocate(cox_table **out, uint8_t **code, const cox_work *work, msp_error *err)
{
    const cox_frame *frame = work->frame;
    cox_table *t = *out = calloc(1, sizeof *t);
    *code = msp__large(frame->n, 1);
    if (t != NULL) {
        t->n_events = frame->n_events;
        t->n_strata = frame->n_strata;
        t->of = calloc(frame->n_strata + 1, sizeof *t->of);
        t->x = calloc(frame->n_strata * MOST_PATTERNS, work->p * sizeof *t->x);
    }
    if (t != NULL && *code != NULL && t->of != NULL && t->x != NULL)
        return MSP_OK;
    return msp_fail(err, MSP_EMEM, "no memory for a Cox model of %zu rows", frame->n);
}

msp_status cox_table_init(cox_table **out, const cox_work *work, msp_error *err)
{
    *out = NULL;
    const cox_frame *frame = work->frame;
    if (frame->leave != NULL || frame->weight != NULL || work->p == 0 ||
        frame->n_events < FEWEST_EVENTS * frame->n_strata)
        return MSP_OK;
    uint8_t *code;
    msp_status status = allocate(out, &code, work, err);
    bool few = status == MSP_OK;
    for (size_t s = 0; s < frame->n_strata && few; s++)
        few =
            code_stratum(code, work, s, (*out)->x + s * MOST_PATTERNS * work->p, &(*out)->of[s].n);
    if (few)
        status = count_all(*out, work, code, err);
    free(code);
    if (!few || status != MSP_OK) {
        cox_table_free(*out);
        *out = NULL;
    }
    return status;
}

/* --- evaluating ------------------------------------------------------------------------------- */

/* The sums A and B over one stratum, and what its events take from the log-likelihood. */
typedef struct sums {
    double a[MOST_PATTERNS], b[MOST_PATTERNS][MOST_PATTERNS], log;
} sums;

static void sum_block(sums *out, const cox_table *t, const double *w, size_t n_patterns,
                      size_t from, size_t n)
{
    double s0[MSP_BLOCK], inverse[MSP_BLOCK], share[MOST_PATTERNS][MSP_BLOCK];
    double dots[MOST_PATTERNS];
    const double *columns[MOST_PATTERNS];
    msp__linear(s0, (const double *const *)t->at_risk, w, n_patterns, from, n);
    msp__reciprocal(inverse, s0, n);
    out->log += msp__sum_log(s0, n);
    for (size_t j = 0; j < n_patterns; j++) {
        columns[j] = share[j];
        msp__multiply(share[j], t->at_risk[j] + from, inverse, n);
        out->a[j] += msp__sum(share[j], n);
        msp__dots(dots, share[j], columns, j + 1, 0, n);
        for (size_t k = 0; k <= j; k++)
            out->b[j][k] += dots[k];
    }
}

/* Takes what the stratum expects from score and information. */
static void add_stratum(cox_point *out, sums *sum, const double *w, const double *x,
                        size_t n_patterns, size_t p)
{
    for (size_t j = 0; j < n_patterns; j++)
        for (size_t k = 0; k < n_patterns; k++) {
            const double b = w[j] * w[k] * (j >= k ? sum->b[j][k] : sum->b[k][j]);
            const double here = (j == k ? w[j] * sum->a[j] : 0) - b;
            for (size_t r = 0; r < p; r++)
                for (size_t c = 0; c <= r; c++)
                    out->information[r * p + c] += here * x[j * p + r] * x[k * p + c];
        }
    for (size_t j = 0; j < n_patterns; j++)
        for (size_t r = 0; r < p; r++)
            out->score[r] -= w[j] * sum->a[j] * x[j * p + r];
    out->loglik -= sum->log;
}

void cox_table_evaluate(const cox_table *t, cox_work *work, cox_point *out)
{
    const size_t p = work->p;
    for (size_t s = 0; s < t->n_strata; s++) {
        const double *x = t->x + s * MOST_PATTERNS * p;
        const size_t n_patterns = t->of[s].n, end = t->of[s + 1].first;
        double w[MOST_PATTERNS];
        sums sum = {0};
        for (size_t j = 0; j < n_patterns; j++) {
            double eta = 0;
            for (size_t k = 0; k < p; k++)
                eta += work->b[k] * x[j * p + k];
            work->in_range &= fabs(eta) <= cox_largest_exponent;
            w[j] = msp__exp(eta);
        }
        for (size_t i = t->of[s].first, n; i < end; i += n) {
            n = end - i < MSP_BLOCK ? end - i : MSP_BLOCK;
            sum_block(&sum, t, w, n_patterns, i, n);
        }
        add_stratum(out, &sum, w, x, n_patterns, p);
    }
}
