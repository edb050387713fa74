/*
 * profile.h - who a patient is at the beginning: stage, risk, body, previous therapy; and of what
 * is not known, why not.
 *
 * Values are the last ones up to the baseline day, within no window: the day of the first dose,
 * else of randomisation. A lesion of the chromosomes is there when any test up to that day found
 * it, in the largest share of cells that one gave. A value that is only a bound ("<3.5") counts as
 * far as it decides; what is reckoned from values (clearance, surface) takes none.
 */
#ifndef MSPIKE_PATIENT_PROFILE_H
#define MSPIKE_PATIENT_PROFILE_H

#include "mspike/patient/body.h"
#include "mspike/patient/history.h"
#include "mspike/patient/patient.h"
#include "mspike/patient/stage.h"

MSP_BEGIN

/* The drugs whose refractoriness ADSL has a column of. */
#define MSP_PROFILE_DRUG_LIST(X)    \
    X(BORTEZOMIB, "bortezomib")     \
    X(CARFILZOMIB, "carfilzomib")   \
    X(IXAZOMIB, "ixazomib")         \
    X(THALIDOMIDE, "thalidomide")   \
    X(LENALIDOMIDE, "lenalidomide") \
    X(POMALIDOMIDE, "pomalidomide") \
    X(DARATUMUMAB, "daratumumab")   \
    X(ISATUXIMAB, "isatuximab")
typedef enum msp_profile_drug {
#define MSP_AS_ENUM(code, name) MSP_PROFILE_##code,
    MSP_PROFILE_DRUG_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_PROFILE_DRUGS
} msp_profile_drug;

/* What is said of why something is not known: NULL where it is. */
typedef struct msp_profile_notes {
    const char *iss, *riss, *r2iss, *lesions, *ims2025, *clearance, *surface, *lines, *refractory;
} msp_profile_notes;

typedef struct msp_profile {
    msp_risk_facts risk;
    msp_stage iss, riss, r2iss;
    msp_fact lesions;          /* del(17p), t(4;14) or t(14;16), by the trial's shares of cells */
    msp_fact ims2025;          /* high risk by the consensus of 2025 */
    double weight, height;     /* kg, cm; NaN */
    double clearance, surface; /* mL/min by cg_weight, m2 by bsa; NaN */
    int64_t lines;             /* -1: not known */
    bool transplanted;         /* before the trial */
    msp_history_state state;
    msp_refractoriness refractory[MSP_PROFILE_DRUGS];
    msp_fact double_refractory, triple_class_refractory, penta_refractory;
    msp_profile_notes notes; /* in the arena */
} msp_profile;

/* MSP_EMEM. */
msp_status msp_profile_of(const msp_patient *patient, const msp_rules *rules, msp_arena *arena,
                          msp_profile *out, msp_error *err);

MSP_END
#endif
