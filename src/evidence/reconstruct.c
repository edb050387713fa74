/*
 * reconstruct.c
 *   1. the points, cleaned, and their pieces
 *   2. how many events in each piece
 *   3. the published number of events
 *   4. patients
 *   5. how well they agree
 */
#include <math.h>
#include <stdlib.h>

#include "mspike/base/random.h"
#include "reconstruct_internal.h"

enum { PURPOSE_CENSORED = 1, PURPOSE_READING = 2 };

/* What happens between two columns of the risk table; the last one ends with the curve. */
typedef struct piece {
    double from, to;
    size_t first, end; /* points */
    size_t at_risk;
    size_t losses; /* until `to`; of the last piece at most so many: the rest is followed to `to` */
    size_t events, censored;
    double wanted; /* events for which the curve asks */
    double off;    /* sum of squares: rebuilt less read survival at the points */
    double start;  /* rebuilt survival at `from` */
    double *when;  /* of the censored, ascending; room for at_risk */
} piece;

typedef struct rebuild {
    const msp_published_curve *curve;
    const msp_reconstruct_draw *draw;
    double *t, *s; /* cleaned points; the first is (0, 1) */
    double *died;  /* events at each point, as the curve asks; then whole numbers */
    size_t n;
    piece *piece;
    size_t n_pieces;
    double *memory;
    msp_random random;
} rebuild;

/* -- 1. the points -- */

/* Never above an earlier point. */
static void clean_points(rebuild *r)
{
    double lowest = 1;
    r->n = 1;
    r->t[0] = 0;
    r->s[0] = 1;
    for (size_t i = 0; i < r->curve->n_points; i++) {
        const msp_curve_point p = r->curve->point[i];
        double s = p.survival;
        if (r->draw != NULL && s > 0 && s < 1)
            s += r->draw->reading * (2 * msp_random_uniform(&r->random) - 1);
        lowest = fmin(lowest, fmax(s, 0));
        r->t[r->n] = fmax(p.time, 0);
        r->s[r->n++] = lowest;
    }
}

static void cut(rebuild *r)
{
    const msp_risk_column *risk = r->curve->risk;
    double *when = r->died + r->n;
    size_t at = 0;
    for (size_t k = 0; k < r->n_pieces; k++) {
        piece *p = &r->piece[k];
        const bool last = k + 1 == r->n_pieces;
        p->from = risk[k].time;
        p->to = last ? fmax(r->t[r->n - 1], risk[k].time) : risk[k + 1].time;
        p->first = at;
        while (at < r->n && (last || r->t[at] < p->to))
            at++;
        p->end = at;
        p->at_risk = risk[k].at_risk;
        p->losses = last ? p->at_risk : p->at_risk - risk[k + 1].at_risk;
        p->when = when;
        when += p->at_risk;
    }
}

/* -- 2. how many events -- */

/* Events that the curve asks for in a piece, n lost to censoring evenly over it (n need not be
 * whole); into died[]. */
static double asked(rebuild *r, const piece *p, double n)
{
    const double length = p->to - p->from;
    double left = (double)p->at_risk, sum = 0, s = p->start;
    for (size_t i = p->first; i < p->end; i++) {
        r->died[i] = 0;
        if (!(r->s[i] < s))
            continue;
        const double gone = length > 0 ? n * (r->t[i] - p->from) / length : 0;
        r->died[i] = fmax(0, left - gone - sum) * (1 - r->s[i] / s);
        sum += r->died[i];
        s = r->s[i];
    }
    return sum;
}

/* The number censored, not whole, at which events(n) + share n reach `total`. */
static double balance(rebuild *r, const piece *p, double share, double total)
{
    double lo = 0, hi = (double)p->at_risk;
    for (int i = 0; i < 60; i++) {
        const double middle = (lo + hi) / 2;
        const double sum = asked(r, p, middle) + share * middle;
        /* with a share the sum grows with n; without, fewer at risk have fewer events */
        if (share > 0 ? sum < total : sum > total)
            lo = middle;
        else
            hi = middle;
    }
    return (lo + hi) / 2;
}

static size_t whole(double x, size_t most)
{
    const double rounded = floor(x + 0.5);
    return rounded <= 0 ? 0 : rounded >= (double)most ? most : (size_t)rounded;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void place_censored(const rebuild *r, piece *p)
{
    const double length = p->to - p->from;
    msp_random random = {0};
    if (r->draw != NULL)
        random =
            msp_random_at(r->draw->seed, r->draw->draw, (uint32_t)(p - r->piece), PURPOSE_CENSORED);
    for (size_t i = 0; i < p->censored; i++) {
        const double share =
            r->draw != NULL ? msp_random_uniform(&random) : ((double)i + 0.5) / (double)p->censored;
        p->when[i] = p->from + share * length;
    }
    qsort(p->when, p->censored, sizeof *p->when, ascending);
}

/* Puts the patients of a piece: at each point so many events that survival comes nearest to what it
 * would be if each asked for its share of the piece's events; what is left goes to the last fall.
 * Returns the survival at the end. */
static double place(rebuild *r, piece *p)
{
    place_censored(r, p);
    const double total = asked(r, p, (double)p->censored), length = p->to - p->from;
    const double share = total > 0 ? (double)p->events / total : 0;
    double s = p->start, wanted = s, sum = 0;
    size_t left = p->at_risk, placed = 0, gone = 0, last = p->end;
    p->off = 0;
    for (size_t i = p->first; i < p->end; i++)
        last = r->died[i] > 0 ? i : last;
    for (size_t i = p->first; i < p->end; i++) {
        for (; gone < p->censored && p->when[gone] < r->t[i]; gone++)
            left--;
        const double lost = length > 0 ? (double)p->censored * (r->t[i] - p->from) / length : 0;
        const double expected = (double)p->at_risk - lost - sum;
        sum += r->died[i];
        if (expected > 0)
            wanted *= fmax(0, 1 - fmin(1, share * r->died[i] / expected));
        size_t d = 0;
        if (i == last)
            d = p->events - placed;
        else if (r->died[i] > 0 && s > 0)
            d = whole((double)left * (1 - wanted / s), p->events - placed);
        s *= left > 0 ? 1 - (double)d / (double)left : 1;
        left -= d;
        placed += d;
        r->died[i] = (double)d;
        p->off += (s - r->s[i]) * (s - r->s[i]);
    }
    return s;
}

/* Events of a piece, and who is censored: all other losses, but in the last piece as given. */
static void set_events(const rebuild *r, piece *p, size_t events, size_t censored)
{
    const bool last = p + 1 == r->piece + r->n_pieces;
    p->events = events;
    p->censored = p->losses - events;
    if (last && censored < p->censored)
        p->censored = censored;
}

/* The whole number of events, below or above what the curve asks for, that follows it better.
 * Returns the survival at the end. */
static double settle(rebuild *r, piece *p, size_t censored)
{
    const size_t above = whole(ceil(p->wanted), p->losses);
    size_t best = above;
    double least = (double)INFINITY;
    for (size_t tries = 0; tries < 2 && tries <= above; tries++) {
        set_events(r, p, above - tries, censored);
        place(r, p);
        if (p->off < least) {
            least = p->off;
            best = p->events;
        }
    }
    set_events(r, p, best, censored);
    return place(r, p);
}

/* Censored for each patient and unit of time before the last piece. */
static double censoring_rate(const rebuild *r)
{
    double censored = 0, followed = 0;
    for (size_t k = 0; k + 1 < r->n_pieces; k++) {
        const piece *p = &r->piece[k];
        censored += (double)p->censored;
        followed += ((double)p->at_risk - (double)p->losses / 2) * (p->to - p->from);
    }
    return followed > 0 ? censored / followed : 0;
}

/* Nothing says who left the last piece: as many as before, or as the number of events needs. */
static void count_last(rebuild *r, piece *p, size_t events_before)
{
    const double length = p->to - p->from, rate = censoring_rate(r);
    double censored = (double)p->at_risk * (1 - exp(-rate * length));
    const size_t known = r->curve->events;
    if (known != MSP_EVENTS_UNKNOWN)
        censored = balance(r, p, 0, known > events_before ? (double)(known - events_before) : 0);
    p->wanted = asked(r, p, censored);
    settle(r, p, whole(censored, p->at_risk));
}

static void count(rebuild *r)
{
    double start = 1;
    size_t events = 0;
    for (size_t k = 0; k < r->n_pieces; k++) {
        piece *p = &r->piece[k];
        p->start = start;
        if (k + 1 == r->n_pieces) {
            count_last(r, p, events);
            return;
        }
        p->wanted = asked(r, p, balance(r, p, 1, (double)p->losses));
        start = settle(r, p, 0);
        events += p->events;
    }
}

/* -- 3. the published number of events -- */

/* What one event more (or less) in a piece does to the curve; infinite where it cannot be. */
static double cost(rebuild *r, const piece *p, bool more)
{
    const bool falls = asked(r, p, (double)p->censored) > 0;
    if (!falls || p->events == (more ? p->losses : 0))
        return (double)INFINITY;
    const double off = (double)p->events + (more ? 1 : -1) - p->wanted;
    return fabs(off) * p->start / (double)p->at_risk;
}

/* Moves one event at a time where it costs the curve least. Returns how many could not be moved. */
static size_t enforce(rebuild *r)
{
    size_t sum = 0;
    for (size_t k = 0; k < r->n_pieces; k++)
        sum += r->piece[k].events;
    while (r->curve->events != MSP_EVENTS_UNKNOWN && sum != r->curve->events) {
        const bool more = sum < r->curve->events;
        piece *best = NULL;
        double least = (double)INFINITY;
        for (size_t k = 0; k < r->n_pieces; k++) {
            const double c = cost(r, &r->piece[k], more);
            if (c < least) {
                least = c;
                best = &r->piece[k];
            }
        }
        if (best == NULL)
            return more ? r->curve->events - sum : sum - r->curve->events;
        sum = more ? sum + 1 : sum - 1;
        set_events(r, best, more ? best->events + 1 : best->events - 1, best->censored);
    }
    return 0;
}

/* -- 4. patients -- */

static void add(msp_reconstructed *out, size_t *n, double time, bool event, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        out->time[*n] = time;
        out->event[(*n)++] = event;
    }
    out->n_events += event ? times : 0;
}

static void patients(rebuild *r, msp_reconstructed *out)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_pieces; k++) {
        piece *p = &r->piece[k];
        place(r, p);
        const size_t before = out->n_events;
        for (size_t i = p->first; i < p->end; i++)
            add(out, &n, r->t[i], true, (size_t)r->died[i]);
        for (size_t i = 0; i < p->censored; i++)
            add(out, &n, p->when[i], false, 1);
        out->piece[k] =
            (msp_reconstructed_piece){p->from, p->at_risk, out->n_events - before, p->censored};
        if (k + 1 == r->n_pieces) {
            out->piece[k].censored = out->n - n + p->censored;
            add(out, &n, p->to, false, out->n - n);
        }
    }
}

/* -- 5. how well they agree -- */

/* Kaplan-Meier of what was placed, beside the points read. */
static void compare(const rebuild *r, msp_reconstructed *out)
{
    double s = 1, squares = 0;
    size_t left = out->n;
    out->median = out->median_read = (double)NAN;
    for (size_t k = 0; k < r->n_pieces; k++) {
        const piece *p = &r->piece[k];
        size_t gone = 0;
        for (size_t i = p->first; i < p->end; i++) {
            for (; gone < p->censored && p->when[gone] < r->t[i]; gone++)
                left--;
            if (left > 0)
                s *= 1 - r->died[i] / (double)left;
            left -= (size_t)r->died[i];
            const bool vertical = i + 1 < r->n && !(r->t[i + 1] > r->t[i]);
            const double off = vertical ? 0 : fabs(s - r->s[i]); /* the foot of the step counts */
            squares += off * off;
            out->largest_error = fmax(out->largest_error, off);
            if (isnan(out->median) && s <= 0.5)
                out->median = r->t[i];
            if (isnan(out->median_read) && r->s[i] <= 0.5)
                out->median_read = r->t[i];
        }
        left -= p->censored - gone;
    }
    out->rmse = sqrt(squares / (double)r->n);
}

static msp_status make_room(rebuild *r, msp_reconstructed *out, msp_error *err)
{
    const size_t points = r->curve->n_points + 1, n = r->curve->risk[0].at_risk;
    const bool fits = points < SIZE_MAX / 64 && r->n_pieces < ((size_t)1 << 16);
    size_t censored = 0;
    for (size_t k = 0; fits && k < r->n_pieces; k++)
        censored += r->curve->risk[k].at_risk;
    r->memory = fits ? calloc(3 * points + censored, sizeof *r->memory) : NULL;
    r->piece = fits ? calloc(r->n_pieces, sizeof *r->piece) : NULL;
    char *block =
        fits ? calloc(1, n * (sizeof *out->time + 1) + r->n_pieces * sizeof *out->piece) : NULL;
    if (r->memory == NULL || r->piece == NULL || block == NULL) {
        free(block);
        return msp_fail(err, MSP_EMEM, "no memory for a curve of %zu points", points);
    }
    r->t = r->memory;
    r->s = r->t + points;
    r->died = r->s + points;
    *out = (msp_reconstructed){.n = n, .n_pieces = r->n_pieces, .block = block};
    out->time = out->block;
    out->piece = (msp_reconstructed_piece *)(void *)(out->time + n);
    out->event = (uint8_t *)(out->piece + r->n_pieces);
    return MSP_OK;
}

msp_status msp_reconstruct(const msp_published_curve *curve, const msp_reconstruct_draw *draw,
                           msp_reconstructed *out, msp_error *err)
{
    *out = (msp_reconstructed){0};
    msp_status status = msp__curve_check(curve, draw, err);
    if (status != MSP_OK)
        return status;
    rebuild r = {.curve = curve, .draw = draw, .n_pieces = curve->n_risk};
    status = make_room(&r, out, err);
    if (status == MSP_OK) {
        if (draw != NULL)
            r.random = msp_random_at(draw->seed, draw->draw, 0, PURPOSE_READING);
        clean_points(&r);
        cut(&r);
        count(&r);
        out->lacking = enforce(&r);
        patients(&r, out);
        compare(&r, out);
    }
    free(r.memory);
    free(r.piece);
    return status;
}

void msp_reconstructed_free(msp_reconstructed *reconstructed)
{
    free(reconstructed->block);
    *reconstructed = (msp_reconstructed){0};
}
