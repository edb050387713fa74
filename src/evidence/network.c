/*
 * network.c - contrasts of studies become independent rows of a regression.
 *
 *   1. studies: arms, completeness, the rows
 *   2. the graph: components, designs
 *   3. building and selecting
 */
#include <math.h>
#include <string.h>

#include "network_internal.h"

static const double root2 = 1.4142135623730950488;
/* Of effects and standard errors: no sum of the fit, weights squared times residuals squared among
 * them, leaves a double's range. */
static const double farthest = 1e50;

/* 1. Studies */

/* One study on the way in: k arms, treat[] their treatments; te and v are k x k. */
typedef struct study {
    size_t k, *treat, *row; /* row[k * k]: which contrast, for messages */
    double *te, *v, *arm, *value, *vec;
} study;

static bool study_room(study *s, size_t n_treat, msp_arena *memory)
{
    const size_t square = n_treat * n_treat;
    s->treat = msp_arena_array(memory, n_treat + square, sizeof(size_t));
    s->te = msp_arena_array(memory, 3 * square + 2 * n_treat, sizeof(double));
    if (s->treat == NULL || s->te == NULL)
        return false;
    s->row = s->treat + n_treat;
    s->v = s->te + square;
    s->vec = s->v + square;
    s->arm = s->vec + square;
    s->value = s->arm + n_treat;
    return true;
}

static size_t arm_of(study *s, size_t treat)
{
    size_t i = 0;
    while (i < s->k && s->treat[i] != treat)
        i++;
    if (i == s->k)
        s->treat[s->k++] = treat;
    return i;
}

static msp_status check_contrast(const msp_network_contrast *c, size_t row, size_t n_treat,
                                 size_t n_study, msp_error *err)
{
    if (c->treat1 >= n_treat || c->treat2 >= n_treat || c->study >= n_study)
        return msp_fail_row(err, MSP_ERANGE, row,
                            "treatments %zu and %zu in study %zu; there are %zu treatments and %zu "
                            "studies, counted from 0",
                            c->treat1, c->treat2, c->study, n_treat, n_study);
    if (c->treat1 == c->treat2)
        return msp_fail_row(err, MSP_ERANGE, row, "a treatment is compared with itself");
    if (!isfinite(c->te) || !isfinite(c->se) || c->se <= 0)
        return msp_fail_row(
            err, MSP_ERANGE, row,
            "effect %g with standard error %g; expected numbers, the second above 0", c->te, c->se);
    if (fabs(c->te) > farthest || c->se > farthest || c->se < 1 / farthest)
        return msp_fail_row(err, MSP_ERANGE, row,
                            "effect %g with standard error %g; expected at most %g, and a standard "
                            "error of at least %g",
                            c->te, c->se, farthest, 1 / farthest);
    return MSP_OK;
}

/* The arms of study `number`, then its matrices; pairs that were not given stay at v = 0. */
static msp_status gather(study *s, const msp_network *net, size_t number, msp_error *err)
{
    s->k = 0;
    size_t given = 0, last = 0;
    for (size_t i = 0; i < net->n_contrast; i++)
        if (net->contrast[i].study == number) {
            arm_of(s, net->contrast[i].treat1);
            arm_of(s, net->contrast[i].treat2);
            given++;
            last = i;
        }
    const size_t k = s->k;
    memset(s->te, 0, k * k * sizeof(double));
    memset(s->v, 0, k * k * sizeof(double));
    for (size_t i = 0; i < net->n_contrast; i++) {
        const msp_network_contrast *c = &net->contrast[i];
        if (c->study != number)
            continue;
        const size_t a = arm_of(s, c->treat1), b = arm_of(s, c->treat2);
        if (s->v[a * k + b] > 0)
            return msp_fail_row(err, MSP_ERANGE, i, "the study compares these two a second time");
        s->te[a * k + b] = c->te;
        s->te[b * k + a] = -c->te;
        s->v[a * k + b] = s->v[b * k + a] = c->se * c->se;
        s->row[a * k + b] = s->row[b * k + a] = i;
    }
    if (k > 0 && given != k * (k - 1) / 2)
        return msp_fail_row(err, MSP_ERANGE, last,
                            "%zu treatments and %zu comparisons in its study; expected all %zu "
                            "pairs",
                            k, given, k * (k - 1) / 2);
    return MSP_OK;
}

/* The mean of each arm against the study's: exact where the contrasts add up. */
static msp_status arm_means(study *s, msp_error *err)
{
    const double tolerance = 0.001;
    const size_t k = s->k;
    for (size_t i = 0; i < k; i++) {
        s->arm[i] = 0;
        for (size_t j = 0; j < k; j++)
            s->arm[i] += s->te[i * k + j] / (double)k;
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++)
            if (fabs(s->arm[i] - s->arm[j] - s->te[i * k + j]) > tolerance)
                return msp_fail_row(err, MSP_ERANGE, s->row[i * k + j],
                                    "the effects of its study do not add up: %g here, %g by all of "
                                    "them together",
                                    s->te[i * k + j], s->arm[i] - s->arm[j]);
    return MSP_OK;
}

/* v becomes G = -C V C / 2. */
static void centre_twice(double *v, size_t k, double *mean)
{
    double all = 0;
    for (size_t i = 0; i < k; i++) {
        mean[i] = 0;
        for (size_t j = 0; j < k; j++)
            mean[i] += v[i * k + j] / (double)k;
        all += mean[i] / (double)k;
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            v[i * k + j] = -(v[i * k + j] - mean[i] - mean[j] + all) / 2;
}

static double *add_row(msp_network *net, size_t number, double y, double v)
{
    msp_pool_model *m = &net->model;
    net->row_study[m->n] = number;
    m->y[m->n] = y;
    m->v[m->n] = v;
    return m->x + m->p * m->n++;
}

static msp_status study_rows(study *s, msp_network *net, size_t number, msp_error *err)
{
    const size_t k = s->k;
    if (k == 2) { /* no rounding on the way */
        double *x = add_row(net, number, s->te[1], s->v[1]);
        x[s->treat[0]] = 1;
        x[s->treat[1]] = -1;
        return MSP_OK;
    }
    const msp_status status = arm_means(s, err);
    if (status != MSP_OK)
        return status;
    double greatest = 0;
    for (size_t i = 0; i < k * k; i++)
        greatest = fmax(greatest, s->v[i]);
    centre_twice(s->v, k, s->value);
    msp__eigen(s->v, k, s->value, s->vec);
    size_t constant = 0; /* the column of the vector (1, 1, ..., 1), whose eigenvalue is 0 */
    double sum = 0;
    for (size_t m = 0; m < k; m++) {
        double total = 0;
        for (size_t i = 0; i < k; i++)
            total += s->vec[i * k + m];
        if (fabs(total) > sum) {
            sum = fabs(total);
            constant = m;
        }
    }
    for (size_t m = 0; m < k; m++) {
        if (m == constant)
            continue;
        if (s->value[m] < 1e-9 * greatest)
            return msp_fail_row(err, MSP_ERANGE, s->row[1],
                                "no variances of the arms of its study give the standard errors of "
                                "all its comparisons");
        double y = 0;
        for (size_t i = 0; i < k; i++)
            y += root2 * s->vec[i * k + m] * s->arm[i];
        double *x = add_row(net, number, y, 2 * s->value[m]);
        for (size_t i = 0; i < k; i++)
            x[s->treat[i]] = root2 * s->vec[i * k + m];
    }
    return MSP_OK;
}

/* 2. The graph */

static void name_component(msp_network *net, size_t from, size_t to)
{
    for (size_t t = 0; t < net->n_treat; t++)
        if (net->component[t] == from)
            net->component[t] = to;
}

/* Components are first named by their least treatment, then 0, 1, ... in that order. */
static void find_components(msp_network *net)
{
    for (size_t t = 0; t < net->n_treat; t++)
        net->component[t] = t;
    for (size_t i = 0; i < net->n_contrast; i++) {
        const size_t a = net->component[net->contrast[i].treat1];
        const size_t b = net->component[net->contrast[i].treat2];
        name_component(net, a > b ? a : b, a > b ? b : a);
    }
    for (size_t t = 0; t < net->n_treat; t++) {
        net->model.use[t] = net->component[t] != t;
        if (!net->model.use[t])
            name_component(net, t, net->n_component++);
    }
    net->model.rank = net->n_treat - net->n_component;
}

static void find_designs(msp_network *net)
{
    const size_t n = net->n_treat;
    for (size_t i = 0; i < net->n_contrast; i++) {
        const msp_network_contrast *c = &net->contrast[i];
        net->arms[c->study * n + c->treat1] = net->arms[c->study * n + c->treat2] = true;
    }
    for (size_t s = 0; s < net->n_study; s++) {
        size_t same = 0;
        while (memcmp(net->arms + same * n, net->arms + s * n, n * sizeof(bool)) != 0)
            same++;
        net->design[s] = same < s ? net->design[same] : net->n_design++;
    }
}

/* 3. Building */

static bool room(msp_network *net, const msp_network_contrast *contrast)
{
    /* A study of k arms has k - 1 rows from k (k - 1) / 2 contrasts: never more rows. */
    const size_t n = net->n_contrast, p = net->n_treat;
    msp_arena *memory = &net->memory;
    net->contrast = msp_arena_array(memory, n, sizeof *contrast);
    net->component = msp_arena_array(memory, p, sizeof(size_t));
    net->design = msp_arena_array(memory, net->n_study, sizeof(size_t));
    net->row_study = msp_arena_array(memory, n, sizeof(size_t));
    if (p > 0 && net->n_study <= SIZE_MAX / p)
        net->arms = msp_arena_array(memory, net->n_study * p, sizeof(bool));
    if (p > 0 && n <= SIZE_MAX / p)
        net->model.x = msp_arena_array(memory, n * p, sizeof(double));
    net->model.y = msp_arena_array(memory, n, sizeof(double));
    net->model.v = msp_arena_array(memory, n, sizeof(double));
    net->model.use = msp_arena_array(memory, p, sizeof(bool));
    if (net->contrast == NULL || net->component == NULL || net->design == NULL ||
        net->row_study == NULL || net->arms == NULL || net->model.x == NULL ||
        net->model.y == NULL || net->model.v == NULL || net->model.use == NULL)
        return false;
    memcpy(net->contrast, contrast, n * sizeof *contrast);
    return true;
}

static msp_status build(msp_network *net, msp_error *err)
{
    study s = {0};
    if (!study_room(&s, net->n_treat, &net->memory))
        return msp_fail(err, MSP_EMEM, "out of memory for %zu treatments", net->n_treat);
    msp_status status = MSP_OK;
    for (size_t i = 0; status == MSP_OK && i < net->n_contrast; i++)
        status = check_contrast(&net->contrast[i], i, net->n_treat, net->n_study, err);
    for (size_t number = 0; status == MSP_OK && number < net->n_study; number++) {
        status = gather(&s, net, number, err);
        if (status == MSP_OK && s.k > 0)
            status = study_rows(&s, net, number, err);
    }
    if (status == MSP_OK) {
        find_components(net);
        find_designs(net);
    }
    return status;
}

msp_status msp_network_build(const msp_network_contrast *contrast, size_t n, size_t n_treat,
                             size_t n_study, msp_network *out, msp_error *err)
{
    *out = (msp_network){.n_treat = n_treat, .n_study = n_study, .n_contrast = n};
    out->model.p = n_treat;
    if (n == 0 || n_treat == 0 || n_study == 0)
        return msp_fail(err, MSP_ENODATA, "no trial compares any two treatments");
    if (n_treat > 10000)
        return msp_fail(err, MSP_ERANGE, "%zu treatments; at most 10000 are pooled", n_treat);
    if (!room(out, contrast))
        return msp_fail(err, MSP_EMEM, "out of memory for %zu comparisons", n);
    return build(out, err);
}

msp_status msp_network_select(const msp_network *network, const bool *keep, msp_network *out,
                              msp_error *err)
{
    msp_arena memory = {0};
    msp_network_contrast *kept = msp_arena_array(&memory, network->n_contrast, sizeof *kept);
    size_t n = 0;
    for (size_t i = 0; kept != NULL && i < network->n_contrast; i++)
        if (keep[network->contrast[i].study])
            kept[n++] = network->contrast[i];
    *out = (msp_network){0};
    const msp_status status =
        kept == NULL ? msp_fail(err, MSP_EMEM, "out of memory for a part of a network")
                     : msp_network_build(kept, n, network->n_treat, network->n_study, out, err);
    msp_arena_free(&memory);
    return status;
}

void msp_network_free(msp_network *network)
{
    msp_arena_free(&network->memory);
    *network = (msp_network){0};
}
