/* tte_subgroups.c - each level of a subgroup, and the interaction with the arm. */
#include "tte.h"

#include <math.h>

/* Products of the arm and each level of the subgroup but the first. */
static msp_status product_terms(struct tte *t, const struct pair *pair, const msp_factor *levels,
                                msp_terms *terms, msp_error *err)
{
    struct study *study = t->study;
    for (uint32_t level = 1; level < levels->n_levels; level++) {
        double *x = msp_arena_array(&study->arena, study->n_patients, sizeof *x);
        if (x == NULL)
            return tte_no_memory(err);
        for (size_t p = 0; p < study->n_patients; p++)
            x[p] = pair->arms.code[p] == 1 && levels->code[p] == level ? 1 : 0;
        const msp_status rc = msp_terms_add_number(terms, "arm x level", x, &study->arena, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

static size_t parameters(const msp_cox *cox)
{
    size_t n = 0;
    for (size_t i = 0; i < cox->n_columns; i++)
        n += cox->coefficients[i].kind != MSP_COX_ALIASED;
    return n;
}

/* Twice the gain in log-likelihood from the products. */
static msp_status add_interaction(struct tte *t, const struct pair *pair, const msp_factor *levels,
                                  msp_error *err)
{
    struct study *study = t->study;
    msp_terms terms, main_terms = {0};
    msp_survival without = {0}, with = {0};
    uint8_t *keep;
    msp_status rc = msp_terms_add_factor(&main_terms, levels, "level ", false, study->n_patients,
                                         &study->arena, err);
    if (rc == MSP_OK)
        rc = tte_keep_strata(t, pair->keep, levels, NULL, &keep, err);
    if (rc == MSP_OK)
        rc = tte_arm_terms(t, pair, &main_terms, &terms, err);
    if (rc == MSP_OK)
        rc = tte_fit_model(t, pair, &terms, NULL, keep, &without, err);
    if (rc == MSP_OK)
        rc = product_terms(t, pair, levels, &terms, err);
    if (rc == MSP_OK)
        rc = tte_fit_model(t, pair, &terms, NULL, keep, &with, err);
    if (rc == MSP_OK) {
        msp_record r = t->base;
        const double gain = 2 * (with.cox.loglik - without.cox.loglik);
        const double df = (double)parameters(&with.cox) - (double)parameters(&without.cox);
        r.arm = pair->name;
        r.statistic = MSP_STATISTIC_INTERACTION;
        r.sided = "two-sided";
        r.method = "likelihood ratio, unstratified Cox";
        r.n = (int64_t)with.cox.n;
        r.events = (int64_t)with.cox.n_events;
        if (isnan(gain) || df < 1) {
            r.note = "too few events to test the interaction";
        } else {
            const msp_prob p = msp_dist_chisq_upper(gain > 0 ? gain : 0, df);
            r.estimate = gain > 0 ? gain : 0;
            r.df = df;
            r.p = p.p;
            r.log_p = p.log_p;
        }
        rc = study_add(t->study, &r, err);
    }
    msp_survival_free(&without);
    msp_survival_free(&with);
    return rc;
}

static msp_status analyse_level(struct tte *t, const msp_factor *levels, uint32_t level,
                                msp_error *err)
{
    const size_t n = t->study->n_patients;
    uint8_t *keep = msp_arena_array(&t->study->arena, n, 1);
    if (keep == NULL)
        return tte_no_memory(err);
    for (size_t p = 0; p < n; p++)
        keep[p] = t->keep[p] && levels->code[p] == level;
    t->base.level_name = levels->level[level];
    msp_status rc = tte_add_medians(t, keep, err);
    if (rc == MSP_ENODATA)
        rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++)
        rc = tte_plain_ratio(t, &t->analysis->comparisons.items[i], keep, err);
    t->base.level_name = "";
    return rc;
}

msp_status tte_analyse_subgroup(struct tte *t, const msp_subgroup *g, msp_error *err)
{
    msp_factor levels;
    t->base.subgroup = g->id;
    msp_status rc = study_subgroup(t->study, g, &levels, err);
    for (uint32_t level = 0; rc == MSP_OK && level < levels.n_levels; level++)
        rc = analyse_level(t, &levels, level, err);
    for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++) {
        struct pair pair;
        rc = tte_make_pair(t, &t->analysis->comparisons.items[i], t->keep, &pair, err);
        if (rc == MSP_OK)
            rc = add_interaction(t, &pair, &levels, err);
    }
    t->base.subgroup = "";
    return rc;
}
