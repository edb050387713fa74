/* general_test.c - what a look computes, by the stats room. */
#include <math.h>

#include "general_road.h"
#include "mspike/stats/contrast.h"
#include "mspike/stats/cox.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/maxcombo.h"

/* The strata of a stratified test, else NULL and 1. */
static const uint32_t *strata_of(const msp_sim_plan *p, const sim_cut *c, size_t *n)
{
    const bool stratified = p->test.stratified && p->n_strata > 0;
    *n = stratified ? p->n_strata : 1;
    return stratified ? c->stratum : NULL;
}

static msp_status order_of(const sim_cut *c, msp_order *order, msp_error *err)
{
    const msp_follow_up rows = {.n = c->n, .time = c->time, .event = c->event};
    return msp_order_init(order, &rows, err);
}

/* The library's z is positive where the second group does worse. */
static msp_status logrank(const msp_sim_plan *p, const sim_cut *c, const msp_order *order,
                          double *z, msp_error *err)
{
    const msp_time_weight weight = {.kind = p->general->test == MSP_SIM_MODESTLY_WEIGHTED
                                                ? MSP_MODESTLY_WEIGHTED
                                                : MSP_FLEMING_HARRINGTON,
                                    .rho = p->test.rho,
                                    .gamma = p->test.gamma,
                                    .time = p->general->time};
    msp_logrank test;
    size_t n_strata;
    const uint32_t *stratum = strata_of(p, c, &n_strata);
    const msp_status rc = msp_logrank_weighted(order, c->group, 2, stratum, n_strata, &weight,
                                               MSP_TWO_SIDED, &test, err);
    *z = rc == MSP_OK && test.note == NULL ? -test.z : (double)NAN;
    msp_logrank_free(&test);
    return rc;
}

/* The largest Z of the usual weights; NaN where there is no test. */
static msp_status largest(const msp_sim_plan *p, const sim_cut *c, const msp_order *order,
                          double *z, msp_error *err)
{
    size_t n_strata;
    const uint32_t *stratum = strata_of(p, c, &n_strata);
    msp_status rc = MSP_OK;
    *z = -INFINITY;
    for (size_t i = 0; i < MSP_COUNT(msp_maxcombo_usual) && rc == MSP_OK; i++) {
        msp_logrank test;
        rc = msp_logrank_weighted(order, c->group, 2, stratum, n_strata, &msp_maxcombo_usual[i],
                                  MSP_TWO_SIDED, &test, err);
        if (rc == MSP_OK)
            *z = test.note == NULL ? fmax(*z, -test.z) : (double)NAN;
        msp_logrank_free(&test);
        if (isnan(*z))
            break;
    }
    return rc;
}

/* Whether a boundary lies between the two, so that it matters where between them Z is. */
static bool undecided(const sim_cut *c, double low, double high)
{
    return isnan(c->upper) || (low < c->upper && c->upper <= high) ||
           (low <= c->lower && c->lower < high);
}

/* Its p is an integral that takes long, and lies between that of the largest alone and
 * Bonferroni's: mostly the decision is the same with both, and the latter is taken. */
static msp_status maxcombo(const msp_sim_plan *p, const sim_cut *c, const msp_order *order,
                           double *z, msp_error *err)
{
    msp_maxcombo test;
    size_t n_strata;
    const uint32_t *stratum = strata_of(p, c, &n_strata);
    double high;
    msp_status rc = largest(p, c, order, &high, err);
    if (rc != MSP_OK || isnan(high))
        return rc;
    const size_t n_tests = MSP_COUNT(msp_maxcombo_usual);
    const double bound = (double)n_tests * msp_dist_normal_upper(high).p;
    *z = bound < 1 ? -msp_dist_normal_quantile(bound) : -(double)INFINITY;
    if (bound < 1 && !undecided(c, *z, high))
        return MSP_OK;
    rc = msp_maxcombo_test(order, c->group, stratum, n_strata, msp_maxcombo_usual,
                           MSP_COUNT(msp_maxcombo_usual), MSP_LESS, &test, err);
    if (rc == MSP_OK)
        *z = test.note == NULL ? -msp_dist_normal_quantile_log(test.log_p) : (double)NAN;
    return rc;
}

static msp_status at_a_time(const msp_sim_plan *p, const sim_cut *c, const msp_order *order,
                            double *z, msp_error *err)
{
    const msp_km_options options = msp_km_options_default(MSP_CONVENTION_R);
    const double time = p->general->time;
    msp_km km;
    const msp_status rc = msp_km_fit(order, c->group, 2, &options, &km, err);
    if (rc != MSP_OK)
        return rc;
    const msp_km_curve *experimental = &km.curves[1], *control = &km.curves[0];
    if (p->general->test == MSP_SIM_RESTRICTED_MEAN) {
        const msp_mean a = msp_km_restricted_mean(control, time);
        const msp_mean b = msp_km_restricted_mean(experimental, time);
        *z = msp_difference_of(a.estimate, a.std_error, b.estimate, b.std_error, 0.95).z;
    } else {
        const msp_km_point a = msp_km_at(control, time), b = msp_km_at(experimental, time);
        *z = a.beyond || b.beyond ? (double)NAN : msp_milestone_log_log(&a, &b, 0.95).z;
    }
    msp_km_free(&km);
    return MSP_OK;
}

msp_status sim_test(const msp_sim_plan *p, const sim_cut *c, double *z, msp_error *err)
{
    static msp_status (*const of_kind[])(const msp_sim_plan *, const sim_cut *, const msp_order *,
                                         double *, msp_error *) = {
        [MSP_SIM_LOGRANK] = logrank,     [MSP_SIM_MODESTLY_WEIGHTED] = logrank,
        [MSP_SIM_MAXCOMBO] = maxcombo,   [MSP_SIM_RESTRICTED_MEAN] = at_a_time,
        [MSP_SIM_MILESTONE] = at_a_time,
    };
    msp_order order;
    *z = (double)NAN;
    if (c->n == 0)
        return MSP_OK;
    msp_status rc = order_of(c, &order, err);
    if (rc == MSP_OK)
        rc = of_kind[p->general->test](p, c, &order, z, err);
    msp_order_free(&order);
    return rc;
}

msp_status sim_estimate(const msp_sim_plan *p, const sim_cut *c, double *log_ratio,
                        double *std_error, msp_error *err)
{
    const msp_cox_column arm = {.name = "arm", .code = c->group, .level = 1};
    msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_order order;
    msp_cox cox = {0};
    size_t n_strata;
    const uint32_t *stratum = strata_of(p, c, &n_strata);
    options.ties = MSP_COX_BRESLOW;
    msp_status rc = order_of(c, &order, err);
    if (rc == MSP_OK)
        rc = msp_cox_fit(&order, &arm, 1, stratum, n_strata, &options, &cox, err);
    if (rc == MSP_OK && cox.state == MSP_COX_CONVERGED) {
        *log_ratio = cox.coefficients[0].coef;
        *std_error = cox.coefficients[0].std_error;
    }
    msp_cox_free(&cox);
    msp_order_free(&order);
    return rc;
}
