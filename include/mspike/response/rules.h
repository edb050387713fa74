/*
 * rules.h - the switches that response and progression depend on, ready to be used.
 *
 * docs/protocol-form.md says what each means; they are set in a protocol's `rules:` or by --set,
 * and each choice here is in the order of that table. docs/methods/imwg-response.md has the text
 * of the criteria.
 */
#ifndef MSPIKE_RESPONSE_RULES_H
#define MSPIKE_RESPONSE_RULES_H

#include <stdbool.h>

#include "mspike/patient/patient.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

typedef enum msp_criteria_edition {
    MSP_IMWG2016,
    MSP_IMWG2011,
    MSP_IMWG2006,
} msp_criteria_edition;

typedef enum msp_same_day { MSP_SAME_DAY_MAX, MSP_SAME_DAY_LAST, MSP_SAME_DAY_MEAN } msp_same_day;

typedef enum msp_missing_measurable {
    MSP_MISSING_NE,
    MSP_MISSING_DOWNGRADE_ONE,
    MSP_MISSING_IGNORE,
} msp_missing_measurable;

typedef enum msp_confirm_by_death {
    MSP_DEATH_PD_RELATED,
    MSP_DEATH_ANY,
    MSP_DEATH_NONE,
} msp_confirm_by_death;

/* From which value on a marker makes disease measurable; one that is not used never does. */
typedef struct msp_limit {
    bool used;
    msp_decimal at_least;
} msp_limit;

#define MSP_HEAVY_CHAINS (MSP_HEAVY_LIGHT + 1)

typedef struct msp_response_rules {
    msp_criteria_edition edition;
    /* measurable disease */
    msp_limit serum[MSP_HEAVY_CHAINS]; /* by msp_heavy_chain, g/dL */
    msp_limit iga;                     /* serum_method=qiga, g/dL */
    msp_limit urine, flc, marrow;      /* mg/24h, mg/L, % */
    bool plasmacytoma_only;
    /* baseline */
    bool baseline_screening, serum_by_iga;
    int64_t baseline_window_days, baseline_window_imaging_days;
    msp_same_day same_day;
    msp_decimal ratio_low, ratio_high;             /* of kappa to lambda, both normal */
    msp_decimal renal_ratio_low, renal_ratio_high; /* the same where ratio_renal asks for it */
    bool ratio_renal;
    /* response */
    bool nadir_confirmed, urine_with_pct, vgpr_urine_waived, vgpr_serum_red90;
    msp_missing_measurable missing;
    bool marrow_of_visit, cr_from_first_negative, imaging_of_visit, antibody_assumed;
    bool include_new_therapy, carry_best;
    int mr_plasmacytoma_pct, vgpr_plasmacytoma_pct;
    bool mr_flc, new_clone_pd, relapse_cr_confirm;
    int64_t urine_carry_days, confirm_min_days, sd_min_days;
    /* progression */
    bool pd_measurable_only, pd_ge5_with25, flc_escape, hypercalcaemia, pd_simultaneous;
    bool pd_same_marker, pd_date_second, pd_after_new_therapy, pd_count_unconfirmed;
    msp_confirm_by_death death;
} msp_response_rules;

/* The rules of a protocol (or of msp_rules_default), with its limits of measurable disease.
 * `measurability` may be NULL: the limits are those of the rules. MSP_EINPUT for custom criteria
 * without rows, or rows without them, and for a ratio range that is none. The rows themselves are
 * read by msp_criteria_of. */
msp_status msp_response_rules_of(const msp_rules *rules, const msp_measurability *measurability,
                                 msp_response_rules *out, msp_error *err);

MSP_END
#endif
