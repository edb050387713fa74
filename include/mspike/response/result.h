/*
 * result.h - what is concluded about one patient: the response at each assessment, confirmed
 * response, progression.
 *
 * Days are MSP_NO_DAY where there is none. An assessment is a day on which the disease was looked
 * at after the baseline; baseline itself is not one.
 */
#ifndef MSPIKE_RESPONSE_RESULT_H
#define MSPIKE_RESPONSE_RESULT_H

#include "mspike/base/date.h"
#include "mspike/response/level.h"

MSP_BEGIN

typedef struct msp_assessed {
    msp_day day;
    uint8_t raw;       /* msp_response_level at this assessment alone */
    uint8_t confirmed; /* after confirmation: a response that was not confirmed is SD, a progression
                          that was not is NE, all after a confirmed progression is PD */
    bool excluded;     /* on or after the next therapy: of no account, whatever raw says */
    bool progressed;   /* raw is PD, and it is confirmed (by a second assessment, by death, or
                          because it needs no second one) */
    uint32_t pd_rows;  /* rows for progression that are met: bit i is the i-th row of the criteria's
                          list for this disease at level PD */
    uint8_t flags;     /* MSP_ASSESSED_... */
    uint8_t decider;   /* msp_marker whose value here decided: of the first row of the level that
                          looks at one; the disease's own at SD; MSP_NO_MARKER where there is none */
} msp_assessed;

#define MSP_NO_MARKER UINT8_MAX

#define MSP_ASSESSED_CLINICAL_RELAPSE 1u /* a sign of clinical relapse (rules 2.8) */
#define MSP_ASSESSED_RELAPSE_FROM_CR  2u /* the first sign after a confirmed CR */
#define MSP_ASSESSED_SPEP_WITHOUT_IFE 4u /* M-protein above 0 while immunofixation is negative */
#define MSP_ASSESSED_PROVISIONAL      8u /* a measurable marker is missing; missing_measurable */
/* What would be a relapse from MRD negativity; set in patients whose residual disease was tested.
 */
#define MSP_ASSESSED_PROTEIN      16u  /* M-protein on electrophoresis */
#define MSP_ASSESSED_IFE_POSITIVE 32u  /* immunofixation of serum or urine */
#define MSP_ASSESSED_IFE_NEGATIVE 64u  /* the one that was made, or both */
#define MSP_ASSESSED_MARROW       128u /* 5 % plasma cells or more, not known to be polyclonal */

/* How a progression came to be believed. */
#define MSP_PD_BASIS_LIST(X)                                             \
    X(NONE, "there is none")                                             \
    X(REPEATED, "seen again at the next assessment")                     \
    X(IMAGING, "imaging, marrow or calcium: needs no second assessment") \
    X(DEATH, "death before another sample")                              \
    X(SIMULTANEOUS, "two markers on one day")                            \
    X(COUNTED, "at the last assessment, counted though not confirmed")
typedef enum msp_pd_basis {
#define MSP_AS_ENUM(code, text) MSP_PD_BASIS_##code,
    MSP_PD_BASIS_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_pd_basis;

const char *msp_pd_basis_text(msp_pd_basis basis);

/* What kind of relapse a progression is (2.8): with a sign of clinical relapse (CRAB) at the
 * assessment that shows it or the one that confirms it, or by a lesion or calcium; by M-protein or
 * light chains without one; or neither, by the marrow alone. */
#define MSP_PD_KIND_LIST(X)       \
    X(NONE, "none")               \
    X(BIOCHEMICAL, "biochemical") \
    X(SYMPTOMATIC, "symptomatic") \
    X(MARROW, "by the marrow alone")
typedef enum msp_pd_kind {
#define MSP_AS_ENUM(code, text) MSP_PD_KIND_##code,
    MSP_PD_KIND_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_pd_kind;
const char *msp_pd_kind_text(msp_pd_kind kind);

#define MSP_NO_ASSESSMENT SIZE_MAX

typedef struct msp_response_result {
    msp_disease_type type;
    bool baseline_assessed;  /* some value of the disease counts as one at baseline */
    char chain;              /* the involved light chain: 'k', 'l', or 0 where undefined */
    msp_response_level best; /* confirmed */
    msp_day first_response;  /* first assessment whose confirmed level is PR or better */
    msp_day best_day;        /* first assessment at the best confirmed level; of MR or better */
    msp_day progression;     /* first confirmed progression, dated by the switch pd_date */
    msp_pd_basis progression_by;
    msp_pd_kind progression_kind;
    size_t progression_at;    /* its index; MSP_NO_ASSESSMENT where there is none */
    size_t progression_again; /* index of the assessment that confirmed it, or as above */
    msp_day last_evaluable;   /* last assessment that is evaluable, before the next therapy */
    msp_day clinical_relapse; /* first sign */
    msp_day relapse_from_cr;
    msp_day significant_relapse;  /* biochemical relapse that calls for treatment */
    const msp_assessed *assessed; /* by day */
    size_t n_assessed;
} msp_response_result;

MSP_END
#endif
