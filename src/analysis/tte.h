/*
 * tte.h - what the files of one time-to-event analysis share: its patients, and two of its arms.
 *
 * tte_inputs.c brings everything to one value a patient; tte_arms.c describes the arms side by
 * side; tte_compare.c compares two; tte_subgroups.c does both in each subgroup; study_survival.c
 * walks the analysis.
 */
#ifndef MSPIKE_TTE_H
#define MSPIKE_TTE_H

#include "study_internal.h"

/* One value a patient of everything that the analysis needs. */
struct tte {
    struct study *study;
    const msp_analysis *analysis;
    const msp_endpoint *endpoint;
    double scale;  /* from the table's unit to the result's: multiply */
    double *time;  /* in the table's unit; NaN without a record */
    double *after; /* of an event, where the endpoint says: it came after this and by `time` */
    uint8_t *event;
    uint8_t *keep; /* in the population, with a record and an arm */
    msp_factor arms;
    msp_factor strata_test, strata_ratio; /* no levels: not stratified */
    msp_terms covariates;
    uint8_t *covered; /* has every covariate */
    double *times;    /* landmarks in the table's unit */
    msp_record base;
    msp_survival_options options;
};

/* The two arms of a comparison, control first, and the patients in them. */
struct pair {
    msp_factor arms;
    uint8_t *keep;
    const char *name; /* "KRd v Rd" */
};

static inline msp_status tte_no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for a time-to-event analysis");
}

static inline double tte_level(msp_said_number said, double fallback)
{
    return said.value > 0 && said.value < 1 ? said.value : fallback;
}

static inline msp_survival_data tte_data(const struct tte *t, const uint8_t *keep,
                                         const msp_factor *arm)
{
    return (msp_survival_data){
        .n = t->study->n_patients,
        .time = t->time,
        .event = t->event,
        .keep = keep,
        .arm = arm,
    };
}

/* Fills all of t but `study`, `analysis`, `endpoint` and `base`; arrays are the study's. */
msp_status tte_read_inputs(struct tte *t, msp_error *err);

/* Counts, medians and curves of each arm, of the patients in `keep`. MSP_ENODATA: there are none.
 */
msp_status tte_add_medians(struct tte *t, const uint8_t *keep, msp_error *err);
/* Follow-up, survival at times and restricted means, where the analysis asks for them. */
msp_status tte_describe_arms(struct tte *t, msp_error *err);

/* Everything that the analysis asks about two arms. */
msp_status tte_compare(struct tte *t, const msp_comparison *comparison, msp_error *err);
msp_status tte_make_pair(struct tte *t, const msp_comparison *comparison, const uint8_t *keep,
                         struct pair *out, msp_error *err);
/* The hazard ratio of those in `keep`, unstratified and unadjusted. */
msp_status tte_plain_ratio(struct tte *t, const msp_comparison *comparison, const uint8_t *keep,
                           msp_error *err);
/* One column for the experimental arm, then `more` (NULL: nothing else). */
msp_status tte_arm_terms(struct tte *t, const struct pair *pair, const msp_terms *more,
                         msp_terms *out, msp_error *err);
msp_status tte_fit_model(struct tte *t, const struct pair *pair, const msp_terms *terms,
                         const msp_factor *strata, const uint8_t *keep, msp_survival *out,
                         msp_error *err);
/* Those of `keep` with a level of `strata`, and in `also` (NULL: whoever). */
msp_status tte_keep_strata(struct tte *t, const uint8_t *keep, const msp_factor *strata,
                           const uint8_t *also, uint8_t **out, msp_error *err);

/* Each level of a subgroup, and whether the arms differ alike in them. */
msp_status tte_analyse_subgroup(struct tte *t, const msp_subgroup *subgroup, msp_error *err);

#endif
