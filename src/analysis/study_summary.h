/* study_summary.h - counts and summaries by arm, of whatever has a value a patient. */
#ifndef MSPIKE_STUDY_SUMMARY_H
#define MSPIKE_STUDY_SUMMARY_H

#include "study_internal.h"

/* What is summarised: which patients, by arm (and all together), under which ids. */
struct summary {
    struct study *study;
    msp_record base;
    const uint8_t *keep;
    msp_factor arms;
    uint8_t *in_arm;   /* of the arm at hand */
    const char *empty; /* what the category of empty cells is called */
};

/* Counts the patients of the population (NULL: all). */
msp_status study_summary_begin(struct study *study, const char *population_id, const char *id,
                               struct summary *s, msp_error *err);
/* Mean and quantiles; NaN is missing. */
msp_status study_summary_numbers(struct summary *s, const char *name, const char *unit, int digits,
                                 const double *x, msp_error *err);
/* How many of those with `of` have `yes`, one byte a patient each. */
msp_status study_summary_category(struct summary *s, const char *name, const char *category,
                                  const uint8_t *yes, const uint8_t *of, msp_error *err);

#endif
