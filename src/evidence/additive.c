/* additive.c - every network's contrasts as one, on the columns of their parts. */
#include "mspike/evidence/additive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *msp_gate_text(msp_gate gate)
{
    static const char *const texts[] = {
        "additivity was tested and not rejected",
        "additivity is rejected: the parts' effects do not add up",
        "additivity cannot be tested here: nothing speaks for it or against it",
    };
    return texts[gate];
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static size_t part_number(const msp_additive *a, const char *name)
{
    size_t i = 0;
    while (i < a->n_part && strcmp(a->part[i], name) != 0)
        i++;
    return i;
}

static msp_status name_parts(const msp_parts *parts, msp_additive *out, msp_error *err)
{
    const size_t n = out->pooled->n;
    size_t most = 0;
    for (size_t t = 0; t < n; t++)
        most += parts[t].n;
    if (most == 0)
        return msp_fail(err, MSP_ENODATA, "no treatment is said to be made of parts");
    out->part = msp_arena_array(&out->memory, most, sizeof *out->part);
    for (size_t t = 0; out->part != NULL && t < n; t++)
        for (size_t k = 0; k < parts[t].n; k++)
            if (part_number(out, parts[t].part[k]) == out->n_part)
                out->part[out->n_part++] = parts[t].part[k];
    if (out->n_part > MSP_PARTS_MAX)
        return msp_fail(err, MSP_ERANGE, "%zu parts; at most %d", out->n_part, MSP_PARTS_MAX);
    out->holds = msp_arena_array(&out->memory, n * out->n_part, sizeof *out->holds);
    out->effect = msp_arena_array(&out->memory, out->n_part, sizeof *out->effect);
    if (out->part == NULL || out->holds == NULL || out->effect == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu parts", most);
    qsort(out->part, out->n_part, sizeof *out->part, by_name);
    for (size_t t = 0; t < n; t++)
        for (size_t k = 0; k < parts[t].n; k++)
            out->holds[t * out->n_part + part_number(out, parts[t].part[k])] = 1;
    return MSP_OK;
}

static size_t study_number(const char *name, const char **names, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[*n] = name;
    return (*n)++;
}

/* The only comparison of its study, and one of the same parts on both sides. */
static bool says_nothing(const msp_contrast_said *c, size_t n, size_t i, const msp_additive *a)
{
    const size_t first = msp_pooled_index(a->pooled, c[i].first),
                 second = msp_pooled_index(a->pooled, c[i].second);
    for (size_t k = 0; k < n; k++)
        if (k != i && strcmp(c[k].study, c[i].study) == 0)
            return false;
    return memcmp(a->holds + first * a->n_part, a->holds + second * a->n_part,
                  a->n_part * sizeof *a->holds) == 0;
}

/* All contrasts as one network, connected or not. */
static msp_status build_network(const msp_contrast_said *c, size_t n, msp_additive *a,
                                msp_error *err)
{
    msp_network_contrast *contrast = msp_arena_array(&a->memory, n, sizeof *contrast);
    const char **study = msp_arena_array(&a->memory, n, sizeof *study);
    size_t studies = 0, kept = 0;
    if (contrast == NULL || study == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu comparisons", n);
    for (size_t i = 0; i < n; i++) {
        if (says_nothing(c, n, i, a)) {
            a->left_out++;
            continue;
        }
        contrast[kept++] =
            (msp_network_contrast){.treat1 = msp_pooled_index(a->pooled, c[i].first),
                                   .treat2 = msp_pooled_index(a->pooled, c[i].second),
                                   .study = study_number(c[i].study, study, &studies),
                                   .te = c[i].estimate,
                                   .se = c[i].std_error};
    }
    return msp_network_build(contrast, kept, a->pooled->n, studies, &a->network, err);
}

static msp_status fit(msp_tau_method method, double level, msp_additive *out, msp_error *err)
{
    msp_status status =
        msp_component_build(&out->network, out->holds, out->n_part, &out->model, err);
    if (status == MSP_OK)
        status =
            msp_component_additivity(&out->network, &out->model, &out->q, &out->difference, err);
    if (status == MSP_OK)
        status = msp_pool_fit_init(&out->model.model, &out->fit, err);
    if (status != MSP_OK)
        return status;
    msp_pool_estimate(&out->model.model, method, &out->fit);
    out->tau2 = out->fit.df > 0 ? out->fit.tau2 : (double)NAN;
    out->gate = out->difference.df == 0     ? MSP_GATE_UNTESTED
                : out->difference.p < level ? MSP_GATE_REJECTED
                                            : MSP_GATE_OPEN;
    return MSP_OK;
}

static msp_network_estimate effect_of(const msp_additive *a, const double *combination)
{
    return a->gate == MSP_GATE_OPEN ? msp_derived_effect(&a->model, &a->fit, combination)
                                    : (msp_network_estimate){(double)NAN, (double)NAN};
}

msp_status msp_additive_make(const msp_contrast_said *contrasts, size_t n, const msp_pooled *pooled,
                             const msp_parts *parts, msp_tau_method method, double level,
                             msp_additive *out, msp_error *err)
{
    *out = (msp_additive){.pooled = pooled};
    if (!(level > 0 && level < 1))
        return msp_fail(err, MSP_ERANGE, "level %g; expected one between 0 and 1", level);
    if (n == 0)
        return msp_fail(err, MSP_ENODATA, "there is no comparison");
    msp_status status = name_parts(parts, out, err);
    if (status == MSP_OK)
        status = build_network(contrasts, n, out, err);
    if (status == MSP_OK)
        status = fit(method, level, out, err);
    double one[MSP_PARTS_MAX] = {0};
    for (size_t k = 0; status == MSP_OK && k < out->n_part; k++) {
        one[k] = 1;
        out->effect[k] = effect_of(out, one);
        one[k] = 0;
    }
    return status;
}

msp_network_estimate msp_additive_compare(const msp_additive *additive, size_t a, size_t b)
{
    const size_t n = additive->n_part;
    double combination[MSP_PARTS_MAX];
    for (size_t k = 0; k < n; k++)
        combination[k] = additive->holds[a * n + k] - additive->holds[b * n + k];
    return effect_of(additive, combination);
}

void msp_additive_free(msp_additive *additive)
{
    msp_pool_fit_free(&additive->fit);
    msp_derived_free(&additive->model);
    msp_network_free(&additive->network);
    msp_arena_free(&additive->memory);
    *additive = (msp_additive){0};
}
