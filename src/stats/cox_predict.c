#include "mspike/stats/cox_predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cox_path.h"
#include "kernels.h"
#include "km_limits.h"
#include "mspike/stats/dist.h"

/* One stratum up to the time at hand. */
typedef struct walk {
    size_t tie;             /* ties from here on have passed; counted down */
    double hazard, squares; /* sums of 1 / S0 and its square */
    double *mean;           /* p: sum of m / S0 */
    double *centre;         /* p: what the model's columns were centred by */
    double gradient;        /* sum of w S r */
} walk;

typedef struct prediction {
    const msp_cox_model *model;
    const msp_cox_patients *patients;
    cox_path path;
    double *of_row; /* time of each of the caller's rows */
    walk *strata;
    double *risk;     /* n: r */
    double *variance; /* p x p, 0 where the model has none */
    double *gradient; /* p */
    double *block;
} prediction;

static msp_status allocate(prediction *p, msp_error *err)
{
    const size_t n_columns = p->path.p, n_strata = p->path.frame.n_strata;
    const size_t per_stratum = 2 * n_columns;
    p->of_row = malloc(p->model->order->n_rows * sizeof *p->of_row);
    p->strata = calloc(n_strata, sizeof *p->strata);
    p->block = calloc(per_stratum * n_strata + n_columns * (n_columns + 1) + p->patients->n + 1,
                      sizeof *p->block);
    if (p->of_row == NULL || p->strata == NULL || p->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to predict for %zu patients", p->patients->n);
    for (size_t s = 0; s < n_strata; s++) {
        p->strata[s].mean = p->block + s * per_stratum;
        p->strata[s].centre = p->strata[s].mean + n_columns;
    }
    p->variance = p->block + per_stratum * n_strata;
    p->gradient = p->variance + n_columns * n_columns;
    p->risk = p->gradient + n_columns;
    return MSP_OK;
}

static void release(prediction *p)
{
    cox_path_free(&p->path);
    free(p->of_row);
    free(p->strata);
    free(p->block);
}

static double value_of(const msp_cox_column *c, size_t row)
{
    return c->value != NULL ? c->value[row] : c->code[row] == c->level;
}

/* The columns' centres: a row's value less its centred one. */
static void set_centres(prediction *p)
{
    const cox_frame *frame = &p->path.frame;
    for (size_t s = 0; s < frame->n_strata; s++)
        for (size_t k = 0; k < p->path.p && frame->start[s] < frame->start[s + 1]; k++)
            p->strata[s].centre[k] = value_of(&p->model->columns[k], frame->row[frame->start[s]]) -
                                     p->path.x[k][frame->start[s]];
}

static void set_model(prediction *p)
{
    const size_t n = p->path.p;
    const msp_order *order = p->model->order;
    for (size_t i = 0; i < order->n; i++)
        p->of_row[order->row[i]] = msp_order_time(order, i);
    for (size_t i = 0; i < n * n; i++)
        p->variance[i] = isnan(p->model->fit->variance[i]) ? 0 : p->model->fit->variance[i];
    set_centres(p);
}

static uint32_t stratum_of(const prediction *p, size_t i)
{
    return p->patients->stratum != NULL ? p->patients->stratum[i] : 0;
}

static msp_status set_risks(prediction *p, msp_error *err)
{
    const size_t n_columns = p->path.p;
    const cox_frame *frame = &p->path.frame;
    for (size_t i = 0; i < p->patients->n; i++) {
        const uint32_t s = stratum_of(p, i);
        double eta = 0;
        if (s >= frame->n_strata || frame->start[s] == frame->start[s + 1])
            return msp_fail_row(err, MSP_ERANGE, i,
                                "stratum %u of %zu; expected one with patients in the model", s,
                                frame->n_strata);
        for (size_t k = 0; k < n_columns; k++) {
            const double x = p->patients->x[i * n_columns + k];
            if (!isfinite(x))
                return msp_fail_row(err, MSP_ERANGE, i, "covariate %zu is %g; expected a number",
                                    k + 1, x);
            eta += p->path.b[k] * (x - p->strata[s].centre[k]);
        }
        p->risk[i] = msp__exp(eta);
    }
    return MSP_OK;
}

static void restart(prediction *p)
{
    for (size_t s = 0; s < p->path.frame.n_strata; s++) {
        walk *w = &p->strata[s];
        w->tie = p->path.frame.tie_start[s + 1];
        w->hazard = w->squares = 0;
        memset(w->mean, 0, p->path.p * sizeof *w->mean);
    }
}

/* Lets the events up to `time` happen. */
static void advance(prediction *p, double time)
{
    const cox_path *path = &p->path;
    const cox_frame *frame = &path->frame;
    for (size_t s = 0; s < frame->n_strata; s++) {
        walk *w = &p->strata[s];
        for (; w->tie > frame->tie_start[s]; w->tie--) {
            const cox_tie *tie = &frame->ties[w->tie - 1];
            if (p->of_row[frame->row[tie->end - 1]] > time)
                break;
            for (size_t e = path->event[w->tie - 1]; e < path->event[w->tie]; e++) {
                w->hazard += path->hazard[e];
                w->squares += path->hazard[e] * path->hazard[e] / cox_event_weight(&path->frame, e);
                for (size_t k = 0; k < path->p; k++)
                    w->mean[k] += path->mean[e * path->p + k] * path->hazard[e];
            }
        }
        w->gradient = 0;
    }
}

static void sum_patients(prediction *p, msp_cox_predicted *out)
{
    const size_t n_columns = p->path.p, n = p->patients->n;
    memset(p->gradient, 0, n_columns * sizeof *p->gradient);
    out->estimate = 0;
    for (size_t i = 0; i < n; i++) {
        walk *w = &p->strata[stratum_of(p, i)];
        const double weight = p->patients->weight != NULL ? p->patients->weight[i] : 1 / (double)n;
        const double survival = weight * msp__exp(-p->risk[i] * w->hazard);
        const double change = survival * p->risk[i];
        out->estimate += survival;
        w->gradient += change;
        for (size_t k = 0; k < n_columns; k++) {
            const double x = p->patients->x[i * n_columns + k] - w->centre[k];
            p->gradient[k] += change * (x * w->hazard - w->mean[k]);
        }
    }
}

static double variance_now(const prediction *p)
{
    const size_t n = p->path.p;
    double sum = 0;
    for (size_t s = 0; s < p->path.frame.n_strata; s++)
        sum += p->strata[s].gradient * p->strata[s].gradient * p->strata[s].squares;
    for (size_t k = 0; k < n; k++)
        sum += p->gradient[k] * msp__dot(p->variance + k * n, p->gradient, n);
    return sum;
}

msp_status msp_cox_predict(const msp_cox_model *model, const msp_cox_patients *patients,
                           const double *times, size_t n_times, msp_cox_predicted *out,
                           msp_error *err)
{
    prediction p = {.model = model, .patients = patients};
    msp_status status = cox_path_init(&p.path, model, false, err);
    if (status == MSP_OK)
        status = allocate(&p, err);
    if (status == MSP_OK) {
        set_model(&p);
        status = set_risks(&p, err);
    }
    for (size_t t = 0; status == MSP_OK && t < n_times; t++) {
        if (t == 0 || times[t] < times[t - 1])
            restart(&p);
        advance(&p, times[t]);
        out[t].time = times[t];
        sum_patients(&p, &out[t]);
        out[t].std_error = sqrt(variance_now(&p));
    }
    release(&p);
    return status;
}

void msp_cox_predicted_limits(const msp_cox_predicted *point, msp_km_interval interval,
                              double level, double *lower, double *upper)
{
    const double of_log = point->std_error / point->estimate;
    msp__km_limits(interval, msp_dist_normal_limit(level), &point->estimate, &of_log, 1, lower,
                   upper);
}
