/* pool_fit.c - the model of `pool` for each set of patients, and the sets combined. */
#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"
#include "pool.h"

static msp_status no_room(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "out of memory while pooling patients");
}

static msp_status add(pool_job *j, pool_set *s, const char *treatment, const char *comparator,
                      double time, msp_network_estimate e, msp_error *err)
{
    if (s->n == s->cap) {
        const size_t cap = s->cap > 0 ? 2 * s->cap : 64;
        pool_number *more = msp_arena_array(&j->arena, cap, sizeof *more);
        if (more == NULL)
            return no_room(err);
        if (s->n > 0)
            memcpy(more, s->number, s->n * sizeof *more);
        s->number = more;
        s->cap = cap;
    }
    s->number[s->n++] = (pool_number){treatment, comparator, time, e.te, e.se, (double)NAN, 0};
    return MSP_OK;
}

/* Trials with patients of more than one treatment. */
static size_t comparing(const pool_job *j)
{
    size_t found = 0;
    for (size_t s = 0; s < j->n_study; s++) {
        size_t first = j->n, i = 0;
        for (; i < j->n; i++) {
            if (j->study_of[i] != s)
                continue;
            first = first == j->n ? i : first;
            if (j->treat_of[i] != j->treat_of[first])
                break;
        }
        found += i < j->n;
    }
    return found;
}

msp_status pool_nothing(const pool_job *j, msp_error *err)
{
    const pool_values *v = j->v;
    const size_t compare = comparing(j);
    bool any = false;
    for (size_t i = 0; i < j->n; i++)
        any |= j->event[i] != 0;
    if (compare == 0) {
        msp_fail(err, MSP_ENODATA, "no trial compares treatments: each of %zu has patients of one",
                 j->n_study);
        return msp_hint(
            err, MSP_ENODATA,
            "trials are those of column \"%s\", treatments of \"%s\": --study and --arm "
            "name others",
            v->study, v->arm);
    }
    if (!any) {
        msp_fail(err, MSP_ENODATA, "no patient has an event: column \"%s\" is never \"%s\"",
                 v->event, v->event_value);
        return msp_hint(err, MSP_ENODATA, "--event-value says which value is an event");
    }
    if (v->model == POOL_RMST) {
        msp_fail(
            err, MSP_ENODATA,
            "%zu of %zu trials compare treatments, but in each an arm is not followed up to %g "
            "or has no event by then",
            compare, j->n_study, v->rmst);
        return msp_hint(err, MSP_ENODATA, "an earlier --rmst, where the follow-up is too short");
    }
    msp_fail(err, MSP_ENODATA,
             "%zu of %zu trials compare treatments, but in each an arm has no event: no hazard "
             "ratio is finite",
             compare, j->n_study);
    return msp_hint(err, MSP_ENODATA,
                    "of a trial of several arms, leave out the rows of the arm without events: the "
                    "others can be compared");
}

/* -- a trial at a time, then their network -- */

static msp_status pool_contrasts(pool_job *j, const msp_network_contrast *c, size_t n,
                                 pool_set *out, msp_error *err)
{
    msp_pooling o = msp_pooling_default();
    o.reference = j->treat[j->reference];
    o.random = j->v->effects == 1;
    o.tau = j->v->tau;
    o.level = j->v->level;
    msp_contrast_said *said = msp_arena_array(&j->arena, n + 1, sizeof *said);
    msp_pooled p;
    if (said == NULL)
        return no_room(err);
    if (n == 0)
        return pool_nothing(j, err);
    for (size_t i = 0; i < n; i++)
        said[i] = (msp_contrast_said){j->study[c[i].study],
                                      j->treat[c[i].treat1],
                                      j->treat[c[i].treat2],
                                      c[i].te,
                                      c[i].se,
                                      0};
    msp_status rc = msp_pooled_make(said, n, &o, &p, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < p.n_pairs; i++) {
        const msp_pair *pair = &p.pairs[i];
        if (p.reference[p.component[pair->comparator]] == pair->comparator)
            rc = add(j, out, p.treatments[pair->treatment], p.treatments[pair->comparator],
                     (double)NAN, (msp_network_estimate){pair->estimate, pair->std_error}, err);
    }
    out->tau2 = p.total.tau2;
    out->q = (msp_heterogeneity){p.total.q, (size_t)p.total.df, p.total.p};
    msp_pooled_free(&p);
    return rc;
}

static msp_status two_stages(pool_job *j, const msp_ipd *ipd, pool_set *out, msp_error *err)
{
    const size_t most = ipd->n_study * ipd->n_treat * (ipd->n_treat - 1) / 2;
    msp_network_contrast *c = msp_arena_array(&j->arena, most + 1, sizeof *c);
    size_t n = 0;
    if (c == NULL)
        return no_room(err);
    const msp_status rc =
        j->v->model == POOL_RMST
            ? msp_ipd_restricted_means(ipd, j->v->rmst, c, &n, &out->left_out, err)
            : msp_ipd_hazard_ratios(ipd, c, &n, &out->left_out, err);
    return rc == MSP_OK ? pool_contrasts(j, c, n, out, err) : rc;
}

/* The reference where the treatments of `component` hold it, else their first. */
static size_t reference_of(const pool_job *j, const size_t *component, size_t treat)
{
    return component[j->reference] == component[treat] ? j->reference : component[treat];
}

static msp_status one_stage(pool_job *j, const msp_ipd *ipd, pool_set *out, msp_error *err)
{
    msp_ipd_fit fit;
    msp_status rc = msp_ipd_one_stage(ipd, &fit, err);
    for (size_t t = 0; rc == MSP_OK && t < ipd->n_treat; t++) {
        const size_t reference = reference_of(j, fit.component, t);
        if (t != reference)
            rc = add(j, out, j->treat[t], j->treat[reference], (double)NAN,
                     msp_ipd_compare(&fit, t, reference), err);
    }
    if (rc == MSP_OK && fit.note != NULL)
        cli_note(&j->v->common, "%s", fit.note);
    msp_ipd_fit_free(&fit);
    return rc;
}

/* -- curves -- */

static msp_curve_model piecewise(const pool_job *j)
{
    msp_curve_model m = {.kind = MSP_CURVE_PIECEWISE, .n_terms = j->n_cuts + 1};
    memcpy(m.cut, j->cut, j->n_cuts * sizeof *j->cut);
    return m;
}

static msp_curve_model polynomial(const double *power, size_t n)
{
    msp_curve_model m = {.kind = MSP_CURVE_POLYNOMIAL, .n_terms = n + 1};
    memcpy(m.power, power, n * sizeof *power);
    return m;
}

/* The powers with the least AIC of all pairs and single ones, into j->power. */
static msp_status choose_powers(pool_job *j, const msp_ipd *ipd, msp_error *err)
{
    static const double powers[] = {-2, -1, -0.5, 0, 0.5, 1, 2, 3};
    double least = INFINITY;
    for (size_t a = 0; a < MSP_COUNT(powers); a++)
        for (size_t b = a; b <= MSP_COUNT(powers); b++) {
            const bool one = b == MSP_COUNT(powers);
            const double pair[] = {powers[a], one ? 0 : powers[b]};
            const msp_curve_model m = polynomial(pair, one ? 1 : 2);
            msp_curve_fit fit;
            const msp_status rc = msp_curve_network(ipd, &m, &fit, err);
            if (rc == MSP_OK && msp_curve_aic(&fit) < least) {
                least = msp_curve_aic(&fit);
                j->n_powers = m.n_terms - 1;
                memcpy(j->power, pair, sizeof pair);
            }
            msp_curve_fit_free(&fit);
            if (rc != MSP_OK && rc != MSP_ENUMERIC) /* that one has no maximum */
                return rc;
        }
    return isfinite(least)
               ? MSP_OK
               : msp_fail(err, MSP_ENUMERIC, "no fractional polynomial could be fitted");
}

/* What a number of a curve must be to be printed as a ratio or a survival, limits and all. */
static msp_status check_printable(const pool_job *j, const msp_ipd *ipd, const pool_number *x,
                                  msp_error *err)
{
    const double largest = 700; /* of a logarithm; exp(709.8) is the last finite one */
    const double half = msp_dist_normal_limit(j->v->level) * x->std_error;
    if (isnan(x->estimate) || /* no trials link the two there, which is said */
        (x->comparator == NULL ? isfinite(half) : fabs(x->estimate) + half < largest))
        return MSP_OK;
    double last = 0;
    for (size_t i = 0; i < ipd->n; i++)
        last = fmax(last, ipd->time[i]);
    const char *what = x->comparator == NULL ? "the logarithm of its cumulative hazard"
                                             : "the logarithm of the hazard ratio";
    return msp_fail(err, MSP_ERANGE,
                    "%s at %g: %s is %.3g, standard error %.3g: nothing to print; the longest "
                    "follow-up is %g: ask for --times within it, or for a model of fewer terms",
                    x->treatment, x->time, what, x->estimate, x->std_error, last);
}

static msp_status add_curves(pool_job *j, const msp_curve_fit *fit, pool_set *out, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t t = 0; t < j->n_treat; t++) {
        const size_t reference = reference_of(j, fit->component, t);
        for (size_t k = 0; rc == MSP_OK && t != reference && k < j->n_times; k++)
            rc = add(j, out, j->treat[t], j->treat[reference], j->times[k],
                     msp_curve_log_hazard_ratio(fit, t, reference, j->times[k]), err);
    }
    for (size_t t = 0; j->v->baseline != NULL && t < j->n_treat; t++)
        for (size_t k = 0; rc == MSP_OK && k < j->n_times; k++) {
            const msp_curve_survival s =
                msp_curve_survival_at(fit, j->baseline, t, j->times[k], j->v->level);
            rc = add(j, out, j->treat[t], NULL, j->times[k],
                     (msp_network_estimate){log(-log(s.estimate)), s.std_error}, err);
        }
    return rc;
}

/* The two stages of curve_random.h, in the place of the common effect. */
static msp_status random_curves(pool_job *j, const msp_ipd *ipd, const msp_curve_model *m,
                                pool_set *out, msp_error *err)
{
    static const msp_tau_method methods[] = {
        [MSP_POOLING_DL] = MSP_TAU_DL,          [MSP_POOLING_REML] = MSP_TAU_REML,
        [MSP_POOLING_ML] = MSP_TAU_ML,          [MSP_POOLING_PM] = MSP_TAU_PM,
        [MSP_POOLING_REML_FULL] = MSP_TAU_REML, [MSP_POOLING_ML_FULL] = MSP_TAU_ML,
    };
    msp_curve_random fit = {0};
    msp_status rc =
        msp_curve_random_fit(ipd, m, (msp_curve_vary)j->v->vary, methods[j->v->tau], &fit, err);
    if (rc == MSP_OK)
        rc = add_curves(j, &fit.fit, out, err);
    for (size_t i = 0; rc == MSP_OK && i < out->n; i++)
        if (out->number[i].comparator != NULL)
            out->number[i].between =
                msp_curve_between_at(&fit, out->number[i].time, &out->number[i].df);
    if (rc == MSP_OK) {
        out->q = fit.q;
        out->n_silent = fit.n_silent;
        out->n_arm_out = fit.n_arm_out;
        out->note = fit.note;
    }
    msp_curve_random_free(&fit);
    return rc;
}

/* What the common effect's likelihood says; where it has no maximum, random effects do without. */
static msp_status common_curves(pool_job *j, const msp_ipd *ipd, const msp_curve_model *model,
                                pool_set *out, msp_error *err)
{
    msp_curve_model m = *model;
    msp_curve_fit fit = {0}, proportional = {0};
    msp_status rc = msp_curve_network(ipd, &m, &fit, err);
    m.proportional = true;
    if (rc == MSP_OK)
        rc = msp_curve_network(ipd, &m, &proportional, err);
    if (rc == MSP_OK && j->v->effects == 0)
        rc = add_curves(j, &fit, out, err);
    if (rc == MSP_OK) {
        out->aic = msp_curve_aic(&fit);
        out->aic_proportional = msp_curve_aic(&proportional);
        out->log_likelihood = fit.log_likelihood;
        out->proportional = msp_curve_test(&fit, &proportional);
    }
    msp_curve_fit_free(&fit);
    msp_curve_fit_free(&proportional);
    if (rc != MSP_ENUMERIC || j->v->effects == 0)
        return rc;
    out->aic = out->aic_proportional = out->log_likelihood = (double)NAN;
    return MSP_OK;
}

static msp_status curves(pool_job *j, const msp_ipd *ipd, pool_set *out, msp_error *err)
{
    msp_status rc = MSP_OK;
    if (j->v->model == POOL_POLYNOMIAL && j->n_powers == 0)
        rc = choose_powers(j, ipd, err);
    if (rc != MSP_OK)
        return rc;
    const msp_curve_model m =
        j->v->model == POOL_PIECEWISE ? piecewise(j) : polynomial(j->power, j->n_powers);
    rc = common_curves(j, ipd, &m, out, err);
    if (rc == MSP_OK && j->v->effects == 1)
        rc = random_curves(j, ipd, &m, out, err);
    for (size_t i = 0; rc == MSP_OK && i < out->n; i++)
        rc = check_printable(j, ipd, &out->number[i], err);
    return rc;
}

/* -- every set of patients -- */

/* The rows of one set, side by side. */
static void gather(const pool_job *j, size_t draw, double *time, uint8_t *event, size_t *study,
                   size_t *treat, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->draw_of[i] != draw)
            continue;
        time[*n] = j->time[i];
        event[*n] = j->event[i];
        study[*n] = j->study_of[i];
        treat[(*n)++] = j->treat_of[i];
    }
}

static msp_status fit_set(pool_job *j, const msp_ipd *ipd, pool_set *out, msp_error *err)
{
    *out = (pool_set){.tau2 = (double)NAN, .n_patients = ipd->n};
    for (size_t i = 0; i < ipd->n; i++)
        out->n_events += ipd->event[i];
    if (j->v->model == POOL_PIECEWISE || j->v->model == POOL_POLYNOMIAL)
        return curves(j, ipd, out, err);
    return j->v->model == POOL_COX && j->v->stages == 1 ? one_stage(j, ipd, out, err)
                                                        : two_stages(j, ipd, out, err);
}

/* Rubin's rules. */
static msp_status combine(pool_job *j, const pool_set *sets, msp_error *err)
{
    const double m = (double)j->n_draws;
    j->all = sets[0];
    j->all.number = msp_arena_array(&j->arena, sets[0].n + 1, sizeof *j->all.number);
    if (j->all.number == NULL)
        return no_room(err);
    for (size_t d = 1; d < j->n_draws; d++)
        if (sets[d].n != sets[0].n)
            return msp_fail(err, MSP_ENODATA,
                            "the sets of patients do not have the same comparisons");
    for (size_t i = 0; i < sets[0].n; i++) {
        double mean = 0, within = 0, between = 0;
        for (size_t d = 0; d < j->n_draws; d++) {
            mean += sets[d].number[i].estimate / m;
            within += sets[d].number[i].std_error * sets[d].number[i].std_error / m;
        }
        for (size_t d = 0; d < j->n_draws; d++)
            between += pow(sets[d].number[i].estimate - mean, 2);
        j->all.number[i] = sets[0].number[i];
        j->all.number[i].estimate = mean;
        for (size_t d = 1; d < j->n_draws; d++)
            j->all.number[i].between += sets[d].number[i].between;
        j->all.number[i].between /= m;
        j->all.number[i].std_error = sqrt(within + (m > 1 ? (1 + 1 / m) * between / (m - 1) : 0));
    }
    return MSP_OK;
}

msp_status pool_fit(pool_job *j, msp_error *err)
{
    pool_set *sets = msp_arena_array(&j->arena, j->n_draws, sizeof *sets);
    double *time = msp_arena_array(&j->arena, j->n, sizeof *time);
    uint8_t *event = msp_arena_array(&j->arena, j->n, sizeof *event);
    size_t *study = msp_arena_array(&j->arena, 2 * j->n, sizeof *study);
    if (sets == NULL || time == NULL || event == NULL || study == NULL)
        return no_room(err);
    for (size_t d = 0; d < j->n_draws; d++) {
        msp_ipd ipd = {0, j->n_study, j->n_treat, time, event, study, study + j->n};
        gather(j, d, time, event, study, study + j->n, &ipd.n);
        const msp_status rc = fit_set(j, &ipd, &sets[d], err);
        if (rc != MSP_OK)
            return rc;
    }
    return combine(j, sets, err);
}
