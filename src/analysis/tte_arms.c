/* tte_arms.c - all arms side by side: medians, curves, follow-up, landmarks, means. */
#include "tte.h"

#include <math.h>
#include <stdlib.h>

/* -- records -- */

static msp_km_interval interval_of(msp_said_choice said, msp_km_interval fallback)
{
    static const msp_km_interval of[] = {
        [MSP_SURVIVAL_INTERVAL_LOG_LOG] = MSP_KM_LOG_LOG,
        [MSP_SURVIVAL_INTERVAL_LOG] = MSP_KM_LOG,
        [MSP_SURVIVAL_INTERVAL_PLAIN] = MSP_KM_PLAIN,
        [MSP_SURVIVAL_INTERVAL_ARCSINE] = MSP_KM_ARCSINE,
    };
    return said.value >= 0 && (size_t)said.value < MSP_COUNT(of) && msp_was_said(said.at)
               ? of[said.value]
               : fallback;
}

static msp_status add_count(struct tte *t, msp_statistic statistic, size_t count, size_t n,
                            const char *note, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = statistic;
    r.estimate = (double)count;
    r.n = (int64_t)n;
    r.note = note;
    return study_add(t->study, &r, err);
}

static msp_status add_estimate(struct tte *t, msp_statistic statistic, double at,
                               const msp_km_estimate *e, const msp_km_options *o,
                               const msp_survival_arm *arm, const char *note, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = statistic;
    r.at = at;
    r.estimate = e->estimate * t->scale;
    r.lower = e->lower * t->scale;
    r.upper = e->upper * t->scale;
    r.level = o->level;
    r.method = msp_km_interval_name(o->interval);
    r.n = (int64_t)arm->n;
    r.events = (int64_t)arm->events;
    r.note = isnan(e->estimate) ? note : "";
    return study_add(t->study, &r, err);
}

static msp_status add_point(struct tte *t, double at, const msp_km_point *p,
                            const msp_km_options *o, msp_error *err)
{
    const struct {
        msp_statistic statistic;
        double x;
    } counts[] = {
        {MSP_STATISTIC_AT_RISK, p->at_risk},
        {MSP_STATISTIC_EVENTS_BY, p->events_by},
        {MSP_STATISTIC_CENSORED_BY, p->censored_by},
    };
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_SURVIVAL_AT;
    r.at = at;
    r.estimate = p->beyond ? (double)NAN : p->survival; /* a report does not carry a curve on */
    r.std_error = p->beyond ? (double)NAN : p->std_error;
    r.lower = p->beyond ? (double)NAN : p->lower;
    r.upper = p->beyond ? (double)NAN : p->upper;
    r.level = o->level;
    r.method = msp_km_interval_name(o->interval);
    r.note = p->beyond ? "follow-up ended before this time" : "";
    msp_status rc = study_add(t->study, &r, err);
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(counts); i++) {
        r = t->base;
        r.statistic = counts[i].statistic;
        r.at = at;
        r.estimate = counts[i].x;
        rc = study_add(t->study, &r, err);
    }
    return rc;
}

static msp_status add_curve(struct tte *t, const msp_km_curve *c, msp_error *err)
{
    double *time = malloc((c->n + 1) * sizeof *time);
    if (time == NULL)
        return tte_no_memory(err);
    for (size_t i = 0; i < c->n; i++)
        time[i] = c->time[i] * t->scale;
    const msp_curve curve = {
        .analysis = t->base.analysis,
        .population = t->base.population,
        .endpoint = t->base.endpoint,
        .subgroup = "",
        .level_name = "",
        .arm = t->base.arm,
        .unit = t->base.unit,
        .level = c->options.level,
        .method = msp_km_interval_name(c->options.interval),
        .n_patients = c->n_patients,
        .n = c->n,
        .time = time,
        .survival = c->survival,
        .lower = c->lower,
        .upper = c->upper,
        .at_risk = c->at_risk,
        .events = c->events,
        .censored = c->censored,
    };
    const bool added = msp_results_add_curve(t->study->results, &curve) != NULL;
    free(time);
    return added ? MSP_OK : tte_no_memory(err);
}

/* -- all arms side by side -- */

/* Fits all arms with the interval of one statistic; the statistics of an analysis may each have
 * their own. Cheap: a study has hundreds of patients, not millions. */
static msp_status fit_arms(struct tte *t, const uint8_t *keep, msp_said_choice interval,
                           msp_said_number level, msp_survival *out, msp_error *err)
{
    msp_survival_options options = t->options;
    const msp_survival_data data = tte_data(t, keep, &t->arms);
    /* One that is not said is that of the median, so that a figure and its tables agree. */
    options.km.interval =
        interval_of(interval, interval_of(t->analysis->median.interval, options.km.interval));
    options.km.level = tte_level(level, options.km.level);
    options.times = t->times;
    options.n_times = t->analysis->survival_at.times.n;
    return msp_survival_fit(&data, &options, out, err);
}

/* The shortest and the longest follow-up. */
static msp_status add_range(struct tte *t, const msp_survival_arm *arm, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_SHORTEST;
    r.estimate = arm->shortest * t->scale;
    r.events = arm->shortest_censored ? 0 : 1;
    r.n = (int64_t)arm->n;
    const msp_status rc = study_add(t->study, &r, err);
    r.statistic = MSP_STATISTIC_LONGEST;
    r.estimate = arm->longest * t->scale;
    r.events = arm->longest_censored ? 0 : 1;
    return rc == MSP_OK ? study_add(t->study, &r, err) : rc;
}

static msp_status medians_of_arm(struct tte *t, const msp_survival *s, size_t i, msp_error *err)
{
    const msp_survival_arm *arm = &s->arms[i];
    const msp_km_options *o = &s->options.km;
    t->base.arm = arm->label;
    msp_status rc = add_count(t, MSP_STATISTIC_COUNT, arm->n, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_count(t, MSP_STATISTIC_EVENTS, arm->events, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_count(t, MSP_STATISTIC_CENSORED, arm->n - arm->events, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5, &arm->median, o, arm,
                          msp_survival_median_note(arm), err);
    const char *not_reached = arm->n > 0 ? "not reached" : "no patients";
    if (rc == MSP_OK && t->base.subgroup[0] == '\0') {
        rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.25, &arm->lower_quartile, o, arm,
                          not_reached, err);
        if (rc == MSP_OK)
            rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.75, &arm->upper_quartile, o,
                              arm, not_reached, err);
        if (rc == MSP_OK && arm->n > 0)
            rc = add_range(t, arm, err);
        if (rc == MSP_OK)
            rc = add_curve(t, &s->km.curves[i], err);
    }
    t->base.arm = "";
    return rc;
}

msp_status tte_add_medians(struct tte *t, const uint8_t *keep, msp_error *err)
{
    const msp_median *median = &t->analysis->median;
    msp_survival s;
    msp_status rc = fit_arms(t, keep, median->interval, median->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++)
        rc = medians_of_arm(t, &s, i, err);
    msp_survival_free(&s);
    return rc;
}

static msp_status add_follow_up(struct tte *t, msp_error *err)
{
    const msp_median *asked = &t->analysis->follow_up;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_status rc = fit_arms(t, t->keep, asked->interval, asked->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        t->base.arm = s.arms[i].label;
        rc = add_estimate(
            t, MSP_STATISTIC_FOLLOW_UP, 0.5, &s.arms[i].follow_up, &s.options.km, &s.arms[i],
            s.arms[i].n > 0 ? "not reached: fewer than half were censored" : "no patients", err);
    }
    t->base.arm = "";
    msp_survival_free(&s);
    return rc;
}

static msp_status add_landmarks(struct tte *t, msp_error *err)
{
    const msp_survival_at *asked = &t->analysis->survival_at;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_status rc = fit_arms(t, t->keep, asked->interval, asked->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        t->base.arm = s.arms[i].label;
        for (size_t k = 0; rc == MSP_OK && k < asked->times.n; k++)
            rc =
                add_point(t, asked->times.items[k].value, &s.arms[i].points[k], &s.options.km, err);
    }
    t->base.arm = "";
    msp_survival_free(&s);
    return rc;
}

static msp_status add_restricted_means(struct tte *t, msp_error *err)
{
    const msp_restricted_mean *asked = &t->analysis->restricted_mean;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_survival_options options = t->options;
    const msp_survival_data data = tte_data(t, t->keep, &t->arms);
    options.tau = asked->until.value / t->scale;
    msp_status rc = msp_survival_fit(&data, &options, &s, err);
    if (rc != MSP_OK)
        return rc;
    const double level = tte_level(asked->level, 0.95), z = msp_dist_normal_limit(level);
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        const msp_mean *m = &s.arms[i].restricted;
        msp_record r = t->base;
        r.arm = s.arms[i].label;
        r.statistic = MSP_STATISTIC_RESTRICTED_MEAN;
        r.at = asked->until.value;
        r.estimate = m->estimate * t->scale;
        r.std_error = m->std_error * t->scale;
        r.lower = (m->estimate - z * m->std_error) * t->scale;
        r.upper = (m->estimate + z * m->std_error) * t->scale;
        r.level = level;
        r.method = "area under the Kaplan-Meier curve";
        r.n = (int64_t)s.arms[i].n;
        r.events = (int64_t)s.arms[i].events;
        r.note = m->note != NULL ? m->note : "";
        rc = study_add(t->study, &r, err);
    }
    msp_survival_free(&s);
    return rc;
}

msp_status tte_describe_arms(struct tte *t, msp_error *err)
{
    msp_status rc = add_follow_up(t, err);
    if (rc == MSP_OK)
        rc = add_landmarks(t, err);
    return rc == MSP_OK ? add_restricted_means(t, err) : rc;
}
