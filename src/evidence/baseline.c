#include "mspike/evidence/baseline.h"

#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"

static const double log_2 = 0.69314718055994530942;

static bool number_of(const char *text, double *out)
{
    const msp_printed x = msp_printed_parse(text);
    *out = x.value;
    return x.state == MSP_PRINTED_NUMBER && x.bound == 0 && x.value > 0;
}

/* The log median's standard error from its interval; false where neither limit is a number. */
static bool read_interval(const msp_evidence_arm *arm, double median, double *std_error)
{
    double lower, upper;
    if (arm->interval.n < 2 || arm->interval_kind.value != 0)
        return false;
    const bool has_lower = number_of(arm->interval.items[0].text, &lower) && lower < median;
    const bool has_upper = number_of(arm->interval.items[1].text, &upper) && upper > median;
    if (!has_lower && !has_upper)
        return false;
    const double level = msp_was_said(arm->level.at) ? arm->level.value : 0.95;
    const double z = msp_dist_normal_limit(level);
    *std_error = has_lower && has_upper ? log(upper / lower) / (2 * z)
                 : has_lower            ? log(median / lower) / z
                                        : log(upper / median) / z;
    return true;
}

/* Fills the curve of out->arm; false where it prints nothing to draw one through. */
static bool read_arm(msp_baseline *out)
{
    const msp_evidence_arm *arm = out->arm;
    const msp_said_number *time = &out->result->time;
    const double n = (double)arm->n.value;
    double value;
    if (!number_of(arm->value.text, &value))
        return false;
    if (msp_was_said(time->at)) {
        const double s = value / 100;
        if (!(s < 1) || !(n > 0) || !(time->value > 0))
            return false;
        out->log_hazard = log(-log(s) / time->value);
        out->std_error = sqrt((1 - s) / (n * s)) / -log(s);
        out->no_interval = false;
        return true;
    }
    out->log_hazard = log(log_2 / value);
    out->no_interval = !read_interval(arm, value, &out->std_error);
    if (out->no_interval)
        out->std_error = 1 / sqrt(n);
    return !out->no_interval || n > 0;
}

/* Whether `a` says more than `b`. */
static bool says_more(const msp_baseline *a, const msp_baseline *b)
{
    if (b->arm == NULL || a->how != b->how)
        return b->arm == NULL || a->how < b->how;
    if (a->no_interval != b->no_interval)
        return b->no_interval;
    if (a->arm->n.value != b->arm->n.value)
        return a->arm->n.value > b->arm->n.value;
    return msp_printed_parse(a->arm->value.text).decimals >
           msp_printed_parse(b->arm->value.text).decimals;
}

bool msp_baseline_find(const msp_evidence *e, const msp_choice_query *query, const char *regimen,
                       const char *trial, msp_baseline *out)
{
    *out = (msp_baseline){.regimen = regimen};
    for (size_t i = 0; i < e->trials.n; i++) {
        const msp_evidence_trial *t = &e->trials.items[i];
        if (trial != NULL && strcmp(trial, t->id) != 0)
            continue;
        for (size_t k = 0; k < t->results.n; k++) {
            const msp_evidence_result *r = &t->results.items[k];
            msp_baseline found = {.regimen = regimen,
                                  .trial = t,
                                  .result = r,
                                  .arm = msp_evidence_find_arm(r, regimen),
                                  .how = msp_choice_relation(e, t, r, query->population)};
            const bool proxy = found.how == MSP_CHOSEN_PROXY && query->no_proxies;
            if (found.arm != NULL && found.how >= 0 && found.how <= MSP_CHOSEN_PROXY && !proxy &&
                strcmp(r->endpoint.text, query->endpoint) == 0 && msp_choice_may_use(query, r) &&
                read_arm(&found) && says_more(&found, out))
                *out = found;
        }
    }
    return out->arm != NULL;
}

/* exp(-hazard * months) at the log hazard and its limits. */
msp_absolute msp_baseline_survival(const msp_baseline *b, double log_ratio, double std_error,
                                   double level, double months)
{
    const double at = b->log_hazard + log_ratio;
    const double reach = msp_dist_normal_limit(level) * hypot(b->std_error, std_error);
    return (msp_absolute){exp(-exp(at) * months), exp(-exp(at + reach) * months),
                          exp(-exp(at - reach) * months)};
}

msp_absolute msp_baseline_median(const msp_baseline *b, double log_ratio, double std_error,
                                 double level)
{
    const double at = b->log_hazard + log_ratio;
    const double reach = msp_dist_normal_limit(level) * hypot(b->std_error, std_error);
    return (msp_absolute){log_2 / exp(at), log_2 / exp(at + reach), log_2 / exp(at - reach)};
}
