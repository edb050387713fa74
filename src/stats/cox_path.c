#include "cox_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "large.h"

static msp_status out_of_memory(const cox_path *path, msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the residuals of %zu rows", path->frame.n);
}

/* --- sums over risk sets ---------------------------------------------------------------------- */

typedef struct sums {
    size_t size;
    double *pairs; /* 2 size: rows may leave, so each sum is kept in two doubles */
    double *row, *own, *now;
} sums;

static void row_terms(const cox_path *path, size_t i, size_t size, double *out)
{
    const size_t p = path->p;
    const double count = cox_row_weight(&path->frame, i);
    out[0] = path->weight[i] * count;
    for (size_t k = 0; k < p; k++)
        out[k + 1] = out[0] * path->x[k][i];
    size_t at = p + 1;
    for (size_t k = 0; at < size && k < p; k++)
        for (size_t j = 0; j <= k; j++)
            out[at++] = out[k + 1] * path->x[j][i];
}

static void move_row(const cox_path *path, const sums *s, size_t i, double sign)
{
    row_terms(path, i, s->size, s->row);
    for (size_t q = 0; q < s->size; q++)
        cox_add_exactly(s->pairs + 2 * q, sign * s->row[q]);
}

static void visit_tie(const cox_path *path, const sums *s, size_t t, cox_visit visit, void *context)
{
    const cox_tie *tie = &path->frame.ties[t];
    memset(s->own, 0, s->size * sizeof *s->own);
    for (size_t i = tie->end - tie->events; tie->events > 1 && i < tie->end; i++) {
        row_terms(path, i, s->size, s->row);
        for (size_t q = 0; q < s->size; q++)
            s->own[q] += s->row[q];
    }
    for (size_t l = 0; l < tie->events; l++) {
        const double part = path->ties == MSP_COX_EFRON ? (double)l / tie->events : 0;
        for (size_t q = 0; q < s->size; q++)
            s->now[q] = s->pairs[2 * q] + s->pairs[2 * q + 1] - part * s->own[q];
        visit(context, path, t, l, s->now);
    }
}

msp_status cox_path_visit(const cox_path *path, bool squares, cox_visit visit, void *context,
                          msp_error *err)
{
    const cox_frame *frame = &path->frame;
    const size_t p = path->p;
    sums s = {.size = 1 + p + (squares ? p * (p + 1) / 2 : 0)};
    s.pairs = malloc(5 * s.size * sizeof *s.pairs);
    if (s.pairs == NULL)
        return out_of_memory(path, err);
    s.row = s.pairs + 2 * s.size;
    s.own = s.row + s.size;
    s.now = s.own + s.size;
    for (size_t stratum = 0; stratum < frame->n_strata; stratum++) {
        size_t i = frame->start[stratum], left = 0;
        memset(s.pairs, 0, 2 * s.size * sizeof *s.pairs);
        for (size_t t = frame->tie_start[stratum]; t < frame->tie_start[stratum + 1]; t++) {
            for (; i < frame->ties[t].end; i++)
                move_row(path, &s, i, 1);
            for (; left < frame->ties[t].left; left++)
                move_row(path, &s, frame->leave[frame->start[stratum] + left], -1);
            visit_tie(path, &s, t, visit, context);
        }
    }
    free(s.pairs);
    return MSP_OK;
}

/* --- the path --------------------------------------------------------------------------------- */

static void keep_event(void *context, const cox_path *path, size_t t, size_t place, const double *s)
{
    (void)context;
    const size_t e = path->event[t] + place;
    path->hazard[e] = cox_event_weight(&path->frame, e) / s[0];
    for (size_t k = 0; k < path->p; k++)
        path->mean[e * path->p + k] = s[k + 1] / s[0];
}

static msp_status allocate(cox_path *path, msp_error *err)
{
    const size_t n = path->frame.n, p = path->p, events = path->frame.n_events;
    path->x = calloc(p + 1, sizeof *path->x);
    path->event = malloc((path->frame.n_ties + 1) * sizeof *path->event);
    path->block = p < SIZE_MAX / 64 / (n + 1)
                      ? msp__large((p + 1) * (n + events) + p + 1, sizeof *path->block)
                      : NULL;
    if (path->x == NULL || path->event == NULL || path->block == NULL)
        return out_of_memory(path, err);
    path->weight = path->block;
    for (size_t k = 0; k < p; k++)
        path->x[k] = path->block + (k + 1) * n;
    path->hazard = path->block + (p + 1) * n;
    path->mean = path->hazard + events;
    path->b = path->mean + p * events;
    return MSP_OK;
}

static msp_status fill(cox_path *path, const msp_cox_model *model, bool null, msp_error *err)
{
    const size_t n = path->frame.n, p = path->p;
    for (size_t k = 0; k < p; k++) {
        double scale;
        const msp_cox_coefficient *c = &model->fit->coefficients[k];
        path->b[k] = null || c->kind != MSP_COX_ESTIMATED ? 0 : c->coef;
        const msp_status status =
            cox_gather(path->x[k], &scale, &path->frame, &model->columns[k], k, err);
        if (status != MSP_OK)
            return status;
    }
    msp__linear(path->weight, (const double *const *)path->x, path->b, p, 0, n);
    for (size_t i = 0; i < n; i++)
        path->weight[i] = msp__exp(path->weight[i]);
    path->event[0] = 0;
    for (size_t t = 0; t < path->frame.n_ties; t++)
        path->event[t + 1] = path->event[t] + path->frame.ties[t].events;
    return cox_path_visit(path, false, keep_event, NULL, err);
}

msp_status cox_path_init(cox_path *path, const msp_cox_model *model, bool null, msp_error *err)
{
    *path = (cox_path){.p = model->n_columns, .ties = model->fit->ties};
    if (model->fit->state != MSP_COX_CONVERGED || path->ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUNSUPPORTED,
                        "residuals of a model that did not converge, or with %s ties",
                        msp_cox_ties_name(path->ties));
    msp_status status =
        cox_frame_init(&path->frame, model->order, model->stratum, model->n_strata, err);
    if (status == MSP_OK)
        status = cox_frame_weigh(&path->frame, model->fit->weight, err);
    if (status == MSP_OK)
        status = allocate(path, err);
    if (status == MSP_OK)
        status = fill(path, model, null, err);
    if (status != MSP_OK)
        cox_path_free(path);
    return status;
}

void cox_path_free(cox_path *path)
{
    cox_frame_free(&path->frame);
    free(path->x);
    free(path->event);
    free(path->block);
    *path = (cox_path){0};
}

/* --- residuals -------------------------------------------------------------------------------- */

/* Cumulative hazard H and sums of h m, going forward in time; and both at each row's entry. */
typedef struct walk {
    const cox_path *path;
    double *martingale, *score;
    double *now;   /* p + 1: H, then the sums */
    double *tie;   /* p + 1: what the tie at hand adds */
    double *own;   /* p + 1: what its own events see less of it */
    double *mean;  /* p: of the tie's means */
    double *entry; /* NULL, or n x (p + 1) */
} walk;

static void close_row(const walk *w, size_t i, bool event)
{
    const cox_path *path = w->path;
    const size_t p = path->p;
    const double *from = w->entry != NULL ? w->entry + i * (p + 1) : NULL;
    const bool entered = from == NULL || isfinite(from[0]);
    const double end = w->now[0] + (event ? w->tie[0] - w->own[0] : 0);
    const double hazard = entered ? end - (from != NULL ? from[0] : 0) : 0;
    if (w->martingale != NULL)
        w->martingale[i] = (event ? 1 : 0) - path->weight[i] * hazard;
    for (size_t k = 0; w->score != NULL && k < p; k++) {
        double sum = w->now[k + 1] + (event ? w->tie[k + 1] - w->own[k + 1] : 0) -
                     (from != NULL ? from[k + 1] : 0);
        sum = entered ? sum : 0;
        w->score[i * p + k] = (event ? path->x[k][i] - w->mean[k] : 0) -
                              path->weight[i] * (path->x[k][i] * hazard - sum);
    }
}

static void open_tie(const walk *w, size_t t)
{
    const cox_path *path = w->path;
    const size_t p = path->p;
    const uint32_t d = path->frame.ties[t].events;
    memset(w->tie, 0, (p + 1) * sizeof *w->tie);
    memset(w->own, 0, (p + 1) * sizeof *w->own);
    memset(w->mean, 0, p * sizeof *w->mean);
    for (size_t l = 0; l < d; l++) {
        const size_t e = path->event[t] + l;
        const double h = path->hazard[e];
        const double part = path->ties == MSP_COX_EFRON ? (double)l / d : 0;
        w->tie[0] += h;
        w->own[0] += part * h;
        for (size_t k = 0; k < p; k++) {
            const double m = path->mean[e * p + k];
            w->tie[k + 1] += h * m;
            w->own[k + 1] += part * h * m;
            w->mean[k] += m / d;
        }
    }
}

static void walk_stratum(const walk *w, size_t s)
{
    const cox_frame *frame = &w->path->frame;
    const size_t p = w->path->p, start = frame->start[s];
    size_t i = frame->start[s + 1], inside = i - start;
    memset(w->now, 0, (p + 1) * sizeof *w->now);
    for (size_t r = start; w->entry != NULL && r < i; r++)
        w->entry[r * (p + 1)] = INFINITY; /* until it enters */
    for (size_t t = frame->tie_start[s + 1]; t-- > frame->tie_start[s];) {
        const cox_tie *tie = &frame->ties[t];
        for (; i > tie->end; i--)
            close_row(w, i - 1, false);
        while (w->entry != NULL && inside > tie->left)
            memcpy(w->entry + frame->leave[start + --inside] * (p + 1), w->now,
                   (p + 1) * sizeof *w->now);
        open_tie(w, t);
        for (; i > tie->end - tie->events; i--)
            close_row(w, i - 1, true);
        for (size_t k = 0; k <= p; k++)
            w->now[k] += w->tie[k];
    }
    for (; i > start; i--)
        close_row(w, i - 1, false);
}

msp_status cox_path_residuals(const cox_path *path, double *martingale, double *score,
                              msp_error *err)
{
    const size_t p = path->p, n = path->frame.n;
    walk w = {.path = path, .martingale = martingale, .score = score};
    w.now = malloc(4 * (p + 1) * sizeof *w.now);
    if (path->frame.leave != NULL)
        w.entry = msp__large(n * (p + 1), sizeof *w.entry);
    if (w.now == NULL || (path->frame.leave != NULL && w.entry == NULL)) {
        free(w.now);
        free(w.entry);
        return out_of_memory(path, err);
    }
    w.tie = w.now + p + 1;
    w.own = w.tie + p + 1;
    w.mean = w.own + p + 1;
    for (size_t s = 0; s < path->frame.n_strata; s++)
        walk_stratum(&w, s);
    free(w.now);
    free(w.entry);
    return MSP_OK;
}
