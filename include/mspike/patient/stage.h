/*
 * stage.h - stage and risk at diagnosis or at study entry.
 *
 *   ISS        Greipp and others, J Clin Oncol 2005;23:3412
 *   R-ISS      Palumbo and others, J Clin Oncol 2015;33:2863
 *   R2-ISS     D'Agostino and others, J Clin Oncol 2022;40:3406
 *   high risk  IMS and IMWG consensus 2025, J Clin Oncol, JCO-24-01893
 *
 * One principle answers every question of missing parts: a stage is known when it is the same
 * whatever the missing parts turn out to be, and unknown otherwise. docs/methods/staging.md has
 * the tables and worked examples.
 */
#ifndef MSPIKE_PATIENT_STAGE_H
#define MSPIKE_PATIENT_STAGE_H

#include "mspike/patient/fact.h"
#include "mspike/protocol/rules.h"

MSP_BEGIN

/* An abnormality: what the laboratory called it, and in how many of the cells, in %. */
typedef struct msp_lesion {
    msp_fact found;
    msp_amount cells; /* % */
} msp_lesion;

/* What stage and risk are read from. {0}: nothing is known. */
typedef struct msp_risk_facts {
    msp_amount beta2_microglobulin; /* mg/L */
    msp_amount albumin;             /* g/dL */
    msp_amount ldh, ldh_upper;      /* and the laboratory's upper limit of normal, in one unit */
    msp_amount creatinine;          /* mg/dL */
    msp_lesion del17p, t4_14, t14_16, t14_20;
    msp_fact gain_1q; /* 3 copies or more */
    msp_fact del1p32; /* of one copy or of both */
    msp_fact del1p32_biallelic;
    msp_fact tp53_mutation;
} msp_risk_facts;

/* From which share of the cells on an abnormality counts, at least, in %. Not known: the
 * laboratory's call counts. Known: only the cells count, and a call without them counts as unknown
 * when it is yes. ASPIRE 60 and 10, IKEMA 50 and 30. */
typedef struct msp_lesion_cuts {
    msp_amount del17p, translocation;
} msp_lesion_cuts;

/* What a protocol says: del17p_cut_pct; of translocations the laboratory's call counts. */
msp_lesion_cuts msp_lesion_cuts_of(const msp_rules *rules);

typedef enum msp_stage {
    MSP_STAGE_UNKNOWN, /* R-ISS: "not classified" */
    MSP_STAGE_I,
    MSP_STAGE_II,
    MSP_STAGE_III,
    MSP_STAGE_IV, /* R2-ISS only: high */
} msp_stage;

/* I: beta2-microglobulin below 3.5 mg/L and albumin 3.5 g/dL or more; III: beta2-microglobulin 5.5
 * or more; II otherwise. */
msp_stage msp_stage_iss(const msp_risk_facts *facts);
/* I: ISS I, normal LDH, no high-risk lesion; III: ISS III with LDH above the limit or a high-risk
 * lesion; II otherwise. */
msp_stage msp_stage_riss(const msp_risk_facts *facts, const msp_lesion_cuts *cuts);
/* Points: ISS II 1, ISS III 1.5, del(17p) 1, LDH above the limit 1, t(4;14) 1, 1q gain 0.5.
 * I: 0, II: to 1, III: to 2.5, IV: more. */
msp_stage msp_stage_r2iss(const msp_risk_facts *facts, const msp_lesion_cuts *cuts);

/* del(17p), t(4;14) or t(14;16): R-ISS's high-risk lesions, and most trials'. */
msp_fact msp_risk_lesions(const msp_risk_facts *facts, const msp_lesion_cuts *cuts);
/* The consensus definition of 2025. */
msp_fact msp_risk_ims2025(const msp_risk_facts *facts);

/* "I" to "IV"; "NC" where it is unknown. */
const char *msp_stage_name(msp_stage stage);
/* "low", "low-intermediate", "intermediate-high", "high"; "NC". */
const char *msp_stage_r2iss_name(msp_stage stage);

MSP_END
#endif
