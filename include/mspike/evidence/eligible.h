/*
 * eligible.h - would a trial have taken this patient, as far as its criteria can be told?
 */
#ifndef MSPIKE_EVIDENCE_ELIGIBLE_H
#define MSPIKE_EVIDENCE_ELIGIBLE_H

#include "mspike/evidence/file.h"

MSP_BEGIN

/* What is known of a patient. Names are drugs of the file, or classes of drugs. */
typedef struct msp_history_said {
    int64_t lines;              /* prior lines of therapy; -1: not known */
    double age;                 /* years; NaN: not known */
    const char *const *exposed; /* drugs had; those refractory to are had too */
    size_t n_exposed;
    const char *const *refractory; /* drugs refractory to */
    size_t n_refractory;
    int refractory_to_last; /* 1, 0; -1: not known */
} msp_history_said;

typedef enum msp_eligible {
    MSP_ELIGIBLE_NO,
    MSP_ELIGIBLE_UNKNOWN, /* the file has no criteria, or the history does not say */
    MSP_ELIGIBLE_YES,
} msp_eligible;

/* Judges, and appends the reason for anything but yes ("2 prior lines or more, has 1"), and the
 * criteria in words, which are not judged. */
msp_eligible msp_eligible_judge(const msp_evidence *evidence, const msp_evidence_trial *trial,
                                const msp_history_said *history, msp_text *why);
/* "no", "unknown", "yes" */
const char *msp_eligible_name(msp_eligible eligible);

MSP_END
#endif
