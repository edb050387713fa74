/* study_survival.c - one time-to-event analysis: all arms, each comparison, each subgroup. */
#include "tte.h"

#include <math.h>

/* A rate that the protocol asks of a time to event is not computed: it is said, never passed over.
 */
static void note_what_is_left_out(struct tte *t)
{
    const msp_analysis *a = t->analysis;
    if (msp_was_said(a->rate.at))
        msp_findings_add(t->study->findings, MSP_SEVERITY_WARNING, "study-not-computed", a->rate.at,
                         NULL, "analysis \"%s\": a time to event has no `rate`", a->id);
}

/* Patients of the population without a usable record are counted. */
static msp_status drop_missing(struct tte *t, msp_error *err)
{
    size_t missing = 0, n = 0;
    for (size_t p = 0; p < t->study->n_patients; p++) {
        const bool asked = t->keep[p] && t->arms.code[p] != MSP_NO_LEVEL;
        n += asked;
        missing += asked && isnan(t->time[p]);
        t->keep[p] = asked && !isnan(t->time[p]);
    }
    if (missing == 0)
        return MSP_OK;
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_COUNT;
    r.category = "(missing)";
    r.estimate = (double)missing;
    r.n = (int64_t)n;
    r.note = "patients of the population without a record of this endpoint; left out";
    return study_add(t->study, &r, err);
}

static msp_status analyse(struct tte *t, msp_error *err)
{
    const msp_analysis *a = t->analysis;
    note_what_is_left_out(t);
    msp_status rc = tte_read_inputs(t, err);
    if (rc == MSP_OK)
        rc = drop_missing(t, err);
    if (rc == MSP_OK)
        rc = tte_add_medians(t, t->keep, err);
    if (rc == MSP_OK)
        rc = tte_describe_arms(t, err);
    for (size_t i = 0; rc == MSP_OK && i < a->comparisons.n; i++)
        rc = tte_compare(t, &a->comparisons.items[i], err);
    for (size_t i = 0; rc == MSP_OK && i < a->subgroups.n; i++)
        rc = tte_analyse_subgroup(
            t, msp_protocol_subgroup(t->study->protocol, a->subgroups.items[i].text), err);
    return rc;
}

msp_status study_survival(struct study *study, const msp_analysis *analysis,
                          const msp_endpoint *endpoint, msp_error *err)
{
    static const char *const units[] = {
#define AS_NAME(name, text, days) text,
        MSP_TIME_UNIT_LIST(AS_NAME)
#undef AS_NAME
    };
    struct tte t = {
        .study = study,
        .analysis = analysis,
        .endpoint = endpoint,
        .base = msp_record_empty(),
    };
    t.base.analysis = analysis->id;
    t.base.population = analysis->population.text;
    t.base.endpoint = endpoint->id;
    t.base.unit = units[endpoint->unit.value];
    const msp_status rc = analyse(&t, err);
    if (rc != MSP_ENODATA)
        return rc;
    msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-no-patients", analysis->at,
                     "look at the population's and the endpoint's `where`",
                     "analysis \"%s\" is left out: no patient of the population has a record",
                     analysis->id);
    return MSP_OK;
}
