/*
 * parametric.c
 *   1. one row's part in the likelihood
 *   2. Newton's method
 *   3. the whole
 */
#include "mspike/stats/parametric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lifetime.h"
#include "mspike/stats/dist.h"
#include "solve.h"

/* At a maximum the gain expected of the next step falls to nothing within a few steps. Where the
 * likelihood grows for ever it falls by about e each time, and is still above this after the last.
 */
static const int most_iterations = 30;
static const double converged_at = 1e-17;
static const double rounding = 1e-13; /* of a log-likelihood, relative */
static const double shape_step = 1e-3;

/* -- 1. one row's part -- */

/* The log-likelihood of a row and its derivatives by the linear predictor and log sigma. */
typedef struct part {
    double l, eta, lambda, eta2, lambda2, eta_lambda;
    double q, q2, eta_q, lambda_q; /* by Prentice's shape, where the model has one */
} part;

/* h(z): value and two derivatives, of a row that one z describes. */
static part from_one(double l, double h1, double h2, double z, double sigma)
{
    return (part){.l = l,
                  .eta = -h1 / sigma,
                  .lambda = -z * h1,
                  .eta2 = h2 / (sigma * sigma),
                  .lambda2 = z * z * h2 + z * h1,
                  .eta_lambda = (z * h2 + h1) / sigma};
}

static part exact(const msp__lifetime *s, double y, double z, double sigma)
{
    part p = from_one(s->log_f - log(sigma) - y, s->r, s->dr, z, sigma);
    p.lambda -= 1;
    return p;
}

static part right(const msp__lifetime *s, double z, double sigma)
{
    const double m = exp(s->log_f - s->log_s);
    return from_one(s->log_s, -m, -m * (s->r + m), z, sigma);
}

static part left(const msp__lifetime *s, double z, double sigma)
{
    const double m = exp(s->log_f - s->log_p);
    return from_one(s->log_p, m, m * (s->r - m), z, sigma);
}

/* Between z1 and z2: log(S(z1) - S(z2)). */
static part between(const msp__lifetime *a, const msp__lifetime *b, double z1, double z2,
                    double sigma)
{
    /* Of the two tails the smaller one loses nothing in the difference. */
    const double d = a->log_s < a->log_p ? a->log_s + log(-expm1(b->log_s - a->log_s))
                                         : b->log_p + log(-expm1(a->log_p - b->log_p));
    const double f1 = exp(a->log_f - d), f2 = exp(b->log_f - d);
    const double h1 = -f1, h2 = f2, h11 = -f1 * a->r - f1 * f1, h22 = f2 * b->r - f2 * f2,
                 h12 = f1 * f2;
    return (part){.l = d,
                  .eta = -(h1 + h2) / sigma,
                  .lambda = -(z1 * h1 + z2 * h2),
                  .eta2 = (h11 + 2 * h12 + h22) / (sigma * sigma),
                  .lambda2 = z1 * h1 + z2 * h2 + z1 * z1 * h11 + 2 * z1 * z2 * h12 + z2 * z2 * h22,
                  .eta_lambda = (h1 + h2 + z1 * (h11 + h12) + z2 * (h12 + h22)) / sigma};
}

static part part_at(msp_lifetime lifetime, double lower, double upper, double eta, double sigma,
                    double q)
{
    const double z1 = (log(lower) - eta) / sigma, z2 = (log(upper) - eta) / sigma;
    if (lower == 0 && isinf(upper)) /* never seen after the start: any time is as likely */
        return (part){0};
    if (isinf(upper)) {
        const msp__lifetime s = msp__lifetime_at(lifetime, q, z1);
        return right(&s, z1, sigma);
    }
    const msp__lifetime b = msp__lifetime_at(lifetime, q, z2);
    if (lower == upper)
        return exact(&b, log(upper), z2, sigma);
    if (lower == 0)
        return left(&b, z2, sigma);
    const msp__lifetime a = msp__lifetime_at(lifetime, q, z1);
    return between(&a, &b, z1, z2, sigma);
}

/* By q the incomplete gamma function has no derivative in closed form: differences of five points,
 * right to the fourth power of their distance. */
static void add_shape(part *p, const part at[4])
{
    const double h = shape_step;
    p->q = (8 * (at[2].l - at[1].l) - (at[3].l - at[0].l)) / (12 * h);
    p->q2 = (16 * (at[1].l + at[2].l) - (at[0].l + at[3].l) - 30 * p->l) / (12 * h * h);
    p->eta_q = (8 * (at[2].eta - at[1].eta) - (at[3].eta - at[0].eta)) / (12 * h);
    p->lambda_q = (8 * (at[2].lambda - at[1].lambda) - (at[3].lambda - at[0].lambda)) / (12 * h);
}

/* -- 2. Newton's method -- */

typedef struct work {
    const msp_parametric_data *data;
    msp_lifetime lifetime;
    size_t p, q;  /* columns with the intercept; parameters: then the log scale, then the shape */
    size_t free;  /* of the log scale and the shape, how many are estimated */
    double *x;    /* n x p, columns centred */
    double *mean; /* p */
    double *beta, *trial, *score, *step, *floor, *began, *peak; /* q */
    double *information, *inverse;                              /* q x q */
    bool *used;
    double *block;
} work;

static double value_of(const msp_cox_column *c, size_t row)
{
    return c->value != NULL ? c->value[row] : c->code[row] == c->level ? 1 : 0;
}

static msp_status allocate(work *w, size_t n, msp_error *err)
{
    const size_t q = w->q;
    const bool fits = q < 1000000 && n < SIZE_MAX / (16 * (q + 8));
    w->block = fits ? calloc(n * w->p + w->p + 7 * q + 2 * q * q, sizeof *w->block) : NULL;
    w->used = calloc(q, sizeof *w->used);
    if (w->block == NULL || w->used == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a model of %zu rows and %zu columns", n, q);
    double *at = w->block;
    w->x = at;
    w->mean = at += n * w->p;
    at += w->p;
    double **const parts[] = {&w->beta,  &w->trial, &w->score, &w->step,
                              &w->floor, &w->began, &w->peak};
    for (size_t i = 0; i < MSP_COUNT(parts); i++, at += q)
        *parts[i] = at;
    w->information = at;
    w->inverse = at + q * q;
    return MSP_OK;
}

static msp_status take_rows(work *w, msp_error *err)
{
    const msp_parametric_data *d = w->data;
    for (size_t i = 0; i < d->n; i++) {
        if (!(d->lower[i] >= 0) || !(d->upper[i] > 0) || d->upper[i] < d->lower[i] ||
            (d->lower[i] == d->upper[i] && isinf(d->upper[i])))
            return msp_fail_row(err, MSP_ERANGE, i,
                                "a time from %g to %g; expected 0 <= from <= to, to above 0",
                                d->lower[i], d->upper[i]);
        if (d->weight != NULL && !(d->weight[i] > 0 && isfinite(d->weight[i])))
            return msp_fail_row(err, MSP_ERANGE, i, "a weight of %g; expected above 0",
                                d->weight[i]);
        w->x[i * w->p] = 1;
        for (size_t k = 0; k < d->n_columns; k++) {
            const double x = value_of(&d->columns[k], i);
            if (!isfinite(x))
                return msp_fail_row(err, MSP_ERANGE, i, "column %zu is not finite", k + 1);
            w->x[i * w->p + k + 1] = x;
            w->mean[k + 1] += x / (double)d->n;
        }
    }
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = 1; k < w->p; k++)
            w->x[i * w->p + k] -= w->mean[k];
    return MSP_OK;
}

static double weight_of(const work *w, size_t i)
{
    return w->data->weight != NULL ? w->data->weight[i] : 1;
}

static double predictor(const work *w, const double *beta, size_t i, size_t p)
{
    double eta = 0;
    for (size_t k = 0; k < p; k++)
        eta += w->x[i * w->p + k] * beta[k];
    return eta;
}

static bool has_shape(const work *w)
{
    return w->q > w->p + 1;
}

static part part_of(const work *w, const double *beta, size_t i, size_t p, double more)
{
    const double q = has_shape(w) ? beta[w->p + 1] + more : 0;
    return part_at(w->lifetime, w->data->lower[i], w->data->upper[i], predictor(w, beta, i, p),
                   exp(beta[w->p]), q);
}

static double loglik(const work *w, const double *beta, size_t p)
{
    double sum = 0;
    for (size_t i = 0; i < w->data->n; i++)
        sum += weight_of(w, i) * part_of(w, beta, i, p, 0).l;
    return sum;
}

static part whole_part(const work *w, size_t i, size_t p)
{
    part d = part_of(w, w->beta, i, p, 0);
    if (w->free > 1) {
        const part near[] = {
            part_of(w, w->beta, i, p, -2 * shape_step), part_of(w, w->beta, i, p, -shape_step),
            part_of(w, w->beta, i, p, shape_step), part_of(w, w->beta, i, p, 2 * shape_step)};
        add_shape(&d, near);
    }
    return d;
}

/* Score and information at beta, of the first p columns, the log scale and the shape, where they
 * are free. */
static void derivatives(work *w, size_t p)
{
    const size_t q = w->q, scale = w->p, shape = w->p + 1;
    memset(w->score, 0, q * sizeof *w->score);
    memset(w->information, 0, q * q * sizeof *w->information);
    for (size_t i = 0; i < w->data->n; i++) {
        const double *x = &w->x[i * w->p], weight = weight_of(w, i);
        const part d = whole_part(w, i, p);
        for (size_t k = 0; k < p; k++) {
            w->score[k] += weight * d.eta * x[k];
            for (size_t l = 0; l <= k; l++)
                w->information[k * q + l] -= weight * d.eta2 * x[k] * x[l];
            if (w->free > 0)
                w->information[scale * q + k] -= weight * d.eta_lambda * x[k];
            if (w->free > 1)
                w->information[shape * q + k] -= weight * d.eta_q * x[k];
        }
        if (w->free > 0) {
            w->score[scale] += weight * d.lambda;
            w->information[scale * q + scale] -= weight * d.lambda2;
        }
        if (w->free > 1) {
            w->score[shape] += weight * d.q;
            w->information[shape * q + scale] -= weight * d.lambda_q;
            w->information[shape * q + shape] -= weight * d.q2;
        }
    }
}

/* A start: the logs of the times as if they were exact and normal. */
static void start(work *w)
{
    double sum = 0, squares = 0, all = 0;
    for (size_t i = 0; i < w->data->n; i++) {
        const double lower = w->data->lower[i], upper = w->data->upper[i];
        const double y = isinf(upper) ? log(lower > 0 ? lower : 1)
                         : lower == 0 ? log(upper)
                                      : (log(lower) + log(upper)) / 2;
        sum += weight_of(w, i) * y;
        squares += weight_of(w, i) * y * y;
        all += weight_of(w, i);
    }
    const double mean = sum / all, variance = squares / all - mean * mean;
    memset(w->beta, 0, w->q * sizeof *w->beta);
    w->beta[0] = mean + 0.5;
    w->beta[w->p] =
        w->lifetime == MSP_EXPONENTIAL ? 0 : log(variance > 1e-4 ? sqrt(variance) : 0.01);
}

/* A step that lowers the likelihood by more than rounding does is halved; where the information is
 * not positive definite its diagonal is raised first. Returns whether it converged. */
static bool newton(work *w, size_t p, double *best, int *iterations)
{
    const size_t q = w->q;
    *best = loglik(w, w->beta, p);
    for (*iterations = 1; *iterations <= most_iterations; ++*iterations) {
        derivatives(w, p);
        double raise = 0;
        for (int attempt = 0; attempt < 20; attempt++) {
            memcpy(w->inverse, w->information, q * q * sizeof *w->inverse);
            for (size_t k = 0; k < q; k++) {
                w->floor[k] = 1e-11 * fabs(w->information[k * q + k]);
                w->inverse[k * q + k] += raise * (fabs(w->information[k * q + k]) + 1e-8);
            }
            const size_t found = msp__factor(w->inverse, q, w->floor, w->used);
            if (found == p + w->free)
                break;
            raise = raise == 0 ? 1e-6 : 10 * raise;
        }
        msp__solve(w->inverse, q, w->used, w->score, w->step);
        double next = *best, share = 1, gain = 0;
        for (size_t k = 0; k < q; k++)
            gain += w->step[k] * w->score[k];
        if (!(gain > converged_at))
            return raise == 0 && isfinite(*best);
        for (int halving = 0; halving < 60; halving++, share /= 2) {
            for (size_t k = 0; k < q; k++)
                w->trial[k] = w->beta[k] + share * w->step[k];
            next = loglik(w, w->trial, p);
            if (next >= *best - rounding * (fabs(*best) + 1))
                break;
        }
        memcpy(w->beta, w->trial, q * sizeof *w->beta);
        *best = next;
    }
    return false;
}

/* The generalised gamma's likelihood may have more than one peak: from the log-normal and the
 * Weibull model, and from the latter's mirror image, the best. */
static bool maximise(work *w, size_t p, double *best, int *iterations)
{
    static const double shapes[] = {0, 1, -1};
    bool found = false;
    if (!has_shape(w))
        return newton(w, p, best, iterations);
    *best = -INFINITY;
    for (size_t s = 0; s < MSP_COUNT(shapes); s++) {
        double here;
        int steps;
        memcpy(w->beta, w->began, w->q * sizeof *w->beta);
        w->beta[w->p + 1] = shapes[s];
        w->free = 1;
        (void)newton(w, p, &here, &steps);
        w->free = 2;
        if (!newton(w, p, &here, &steps) || here <= *best)
            continue;
        *best = here;
        *iterations = steps;
        found = true;
        memcpy(w->peak, w->beta, w->q * sizeof *w->beta);
    }
    if (found)
        memcpy(w->beta, w->peak, w->q * sizeof *w->beta);
    return found;
}

/* Whether the other columns, the intercept among them, determine a column. */
static bool has_repeats(work *w)
{
    const size_t p = w->p;
    memset(w->inverse, 0, p * p * sizeof *w->inverse);
    for (size_t i = 0; i < w->data->n; i++)
        for (size_t k = 0; k < p; k++)
            for (size_t l = 0; l <= k; l++)
                w->inverse[k * p + l] += w->x[i * p + k] * w->x[i * p + l];
    for (size_t k = 0; k < p; k++)
        w->floor[k] = 1e-11 * w->inverse[k * p + k];
    return msp__factor(w->inverse, p, w->floor, w->used) < p;
}

/* -- 3. the whole -- */

const char *msp_lifetime_name(msp_lifetime lifetime)
{
    static const char *const names[] = {"exponential", "weibull", "log-normal", "log-logistic",
                                        "gengamma"};
    return names[lifetime];
}

static msp_parametric_coefficient unknown_coefficient(void)
{
    return (msp_parametric_coefficient){NAN, NAN, NAN, NAN, NAN};
}

static void set(msp_parametric_coefficient *c, double estimate, double variance)
{
    *c = (msp_parametric_coefficient){.estimate = estimate, .std_error = sqrt(variance)};
    c->z = c->estimate / c->std_error;
    const msp_prob p = msp_dist_normal_two_sided(c->z);
    c->p = p.p;
    c->log_p = p.log_p;
}

/* From centred columns back: the intercept is b0 - sum b m. */
static void report(work *w, msp_parametric *out)
{
    const size_t q = w->q, p = w->p;
    derivatives(w, p);
    memcpy(w->inverse, w->information, q * q * sizeof *w->inverse);
    (void)msp__factor(w->inverse, q, w->floor, w->used);
    double *v = out->covariance;
    msp__invert(w->inverse, q, w->used, v);
    /* V becomes A V A' with A the identity but for its first row, 1 and minus the means. */
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < q; k++) {
            double sum = 0;
            for (size_t l = 1; l < p; l++)
                sum += w->mean[l] * (pass == 0 ? v[l * q + k] : v[k * q + l]);
            v[pass == 0 ? k : k * q] -= sum;
        }
    double intercept = w->beta[0];
    for (size_t k = 1; k < p; k++) {
        intercept -= w->mean[k] * w->beta[k];
        set(&out->coefficients[k], w->beta[k], v[k * q + k]);
    }
    set(&out->coefficients[0], intercept, v[0]);
    out->scale = exp(w->beta[p]);
    out->log_scale = unknown_coefficient();
    if (w->lifetime == MSP_EXPONENTIAL)
        out->log_scale.estimate = 0;
    else
        set(&out->log_scale, w->beta[p], v[p * q + p]);
    if (has_shape(w))
        set(&out->shape, w->beta[p + 1], v[q * q - 1]);
}

/* Why the rows tell nothing of the times, or NULL; and the number of events. */
static const char *no_events(const msp_parametric_data *d, size_t *n)
{
    size_t left = 0;
    *n = 0;
    for (size_t i = 0; i < d->n; i++) {
        *n += !isinf(d->upper[i]) ? 1 : 0;
        left += d->lower[i] <= 0 ? 1 : 0;
    }
    return *n == 0        ? "no event: the times have no upper bound"
           : left == d->n ? "the times have no lower bound"
                          : NULL;
}

static void fit(work *w, msp_parametric *out)
{
    int ignored;
    for (size_t k = 0; k <= out->n_columns; k++)
        out->coefficients[k] = unknown_coefficient();
    out->log_scale = out->shape = unknown_coefficient();
    out->scale = out->loglik = out->null_loglik = NAN;
    out->likelihood_ratio = (msp_test){NAN, NAN, NAN, NAN};
    out->note = no_events(w->data, &out->n_events);
    if (out->note != NULL)
        return;
    if (has_repeats(w)) {
        out->note = "a column repeats others: its coefficient is not determined";
        return;
    }
    start(w);
    memcpy(w->began, w->beta, w->q * sizeof *w->beta);
    if (!maximise(w, 1, &out->null_loglik, &ignored)) {
        out->note = "the likelihood has no maximum";
        return;
    }
    memcpy(w->began, w->beta, w->q * sizeof *w->beta);
    if (!maximise(w, w->p, &out->loglik, &out->iterations)) {
        out->note = "the likelihood has no maximum: a column may tell all events apart";
        return;
    }
    report(w, out);
    if (w->p > 1) {
        const double chi = fmax(2 * (out->loglik - out->null_loglik), 0);
        const msp_prob p = msp_dist_chisq_upper(chi, (double)(w->p - 1));
        out->likelihood_ratio = (msp_test){chi, (double)(w->p - 1), p.p, p.log_p};
    }
}

msp_status msp_parametric_fit(const msp_parametric_data *data, msp_lifetime lifetime,
                              msp_parametric *out, msp_error *err)
{
    *out = (msp_parametric){.lifetime = lifetime, .n = data->n, .n_columns = data->n_columns};
    if (data->n == 0)
        return msp_fail(err, MSP_ENODATA, "a model of no rows");
    work w = {.data = data, .lifetime = lifetime, .p = data->n_columns + 1};
    w.free = lifetime == MSP_EXPONENTIAL ? 0 : lifetime == MSP_GENERALISED_GAMMA ? 2 : 1;
    w.q = w.p + (w.free > 1 ? 2 : 1);
    msp_status rc = allocate(&w, data->n, err);
    if (rc == MSP_OK)
        rc = take_rows(&w, err);
    out->coefficients = rc == MSP_OK ? calloc(w.p, sizeof *out->coefficients) : NULL;
    out->covariance = rc == MSP_OK ? calloc(w.q * w.q, sizeof *out->covariance) : NULL;
    if (rc == MSP_OK && (out->coefficients == NULL || out->covariance == NULL))
        rc = msp_fail(err, MSP_EMEM, "no memory for a model of %zu columns", w.p);
    if (rc == MSP_OK)
        fit(&w, out);
    free(w.block);
    free(w.used);
    if (rc != MSP_OK)
        msp_parametric_free(out);
    return rc;
}

void msp_parametric_free(msp_parametric *model)
{
    free(model->coefficients);
    free(model->covariance);
    *model = (msp_parametric){0};
}

static double predictor_of(const msp_parametric *m, const double *x)
{
    double eta = m->coefficients[0].estimate;
    for (size_t k = 0; x != NULL && k < m->n_columns; k++)
        eta += m->coefficients[k + 1].estimate * x[k];
    return eta;
}

double msp_parametric_quantile(const msp_parametric *model, const double *x, double p)
{
    if (!(p > 0 && p < 1))
        return NAN;
    const double w = msp__lifetime_quantile(model->lifetime, model->shape.estimate, p);
    return exp(predictor_of(model, x) + model->scale * w);
}

double msp_parametric_survival(const msp_parametric *model, const double *x, double t)
{
    const double w = (log(t) - predictor_of(model, x)) / model->scale;
    return t <= 0 ? 1 : exp(msp__lifetime_at(model->lifetime, model->shape.estimate, w).log_s);
}
