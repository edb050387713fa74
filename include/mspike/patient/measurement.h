/*
 * measurement.h - what can be measured on a patient, and one measurement of it.
 *
 * A value is the decimal that was reported, brought to the marker's own unit by an exact decimal
 * factor (unit.h). Creatinine is kept in umol/L because mg/dL to umol/L is such a factor (88.42)
 * and the other direction is not.
 */
#ifndef MSPIKE_PATIENT_MEASUREMENT_H
#define MSPIKE_PATIENT_MEASUREMENT_H

#include "mspike/base/date.h"
#include "mspike/base/decimal.h"

MSP_BEGIN

/* What kind of answer a marker gives. A sign is 0 (negative, absent) or 1 (positive, present). */
typedef enum msp_marker_kind {
    MSP_MARKER_QUANTITY,
    MSP_MARKER_SIGN,
} msp_marker_kind;

/* code, name in a protocol's `measurements:`, column of the tidy CSV, unit, kind, how it is called
 * in a sentence */
#define MSP_MARKER_LIST(X)                                                                         \
    X(SERUM_M, "serum-m-protein", "serum_m_gdl", "g/dL", QUANTITY, "serum M-protein")              \
    X(URINE_M, "urine-m-protein", "urine_m_mg24h", "mg/24h", QUANTITY, "urine M-protein")          \
    X(SECOND_M, "second-m-protein", "second_m_gdl", "g/dL", QUANTITY, "second M-protein")          \
    X(IGA, "quantitative-iga", "iga_gdl", "g/dL", QUANTITY, "quantitative IgA")                    \
    X(KAPPA, "kappa", "kappa_mgl", "mg/L", QUANTITY, "free kappa")                                 \
    X(LAMBDA, "lambda", "lambda_mgl", "mg/L", QUANTITY, "free lambda")                             \
    X(IFE_SERUM, "serum-immunofixation", "ife_serum", "", SIGN, "serum immunofixation")            \
    X(IFE_URINE, "urine-immunofixation", "ife_urine", "", SIGN, "urine immunofixation")            \
    X(IFE_REFLEX, "reflex-immunofixation", "ife_reflex", "", SIGN, "reflex immunofixation")        \
    X(MARROW, "marrow-plasma-cells", "bm_pc_pct", "%", QUANTITY, "plasma cells in the marrow")     \
    X(CLONAL, "marrow-clonality", "bm_clonal", "", SIGN, "clonal plasma cells in the marrow")      \
    X(SPD, "plasmacytoma-spd", "plasmacytoma_spd_cm2", "cm2", QUANTITY, "plasmacytomas (SPD)")     \
    X(NEW_LESION, "plasmacytoma-new", "plasmacytoma_new", "", SIGN, "new plasmacytoma")            \
    X(LONGER, "plasmacytoma-longer", "plasmacytoma_longer", "", SIGN,                              \
      "plasmacytoma longer by half")                                                               \
    X(BONE, "bone-lesions", "bone_lesion_new_or_progressive", "", SIGN,                            \
      "new or larger lytic lesion")                                                                \
    X(CIRCULATING, "circulating-plasma-cells", "circulating_pc_per_ul", "/uL", QUANTITY,           \
      "circulating plasma cells")                                                                  \
    X(CALCIUM, "calcium", "corrected_calcium_mgdl", "mg/dL", QUANTITY, "corrected calcium")        \
    X(HAEMOGLOBIN, "haemoglobin", "haemoglobin_gdl", "g/dL", QUANTITY, "haemoglobin")              \
    X(CREATININE, "creatinine", "creatinine_umoll", "umol/L", QUANTITY, "creatinine")              \
    X(EGFR, "egfr", "egfr", "mL/min", QUANTITY, "glomerular filtration rate")                      \
    X(ALBUMIN, "albumin", "albumin_gdl", "g/dL", QUANTITY, "albumin")                              \
    X(B2M, "b2-microglobulin", "b2m_mgl", "mg/L", QUANTITY, "beta-2 microglobulin")                \
    X(MRD_FLOW, "mrd-flow", "mrd_flow_per_million", "/10^6", QUANTITY, "residual disease by flow") \
    X(MRD_SEQUENCING, "mrd-sequencing", "mrd_sequencing_per_million", "/10^6", QUANTITY,           \
      "residual disease by sequencing")                                                            \
    X(PET, "pet-ct", "pet_ct", "", SIGN, "disease on PET/CT")                                      \
    MSP_MARKER_APART_LIST(X)

/* Those that are no part of an assessment: stem cells, plasma cells counted by their chain (which
 * become the marrow's clonality, lab_result.h), the patient's body, LDH, and what stage and
 * risk are read from. Of a lesion of the chromosomes the laboratory calls it, or says in how many
 * cells it is, or both. */
#define MSP_MARKER_APART_LIST(X)                                                                 \
    X(CD34, "cd34-cells", "cd34_per_kg", "10^6/kg", QUANTITY, "CD34+ cells collected")           \
    X(MARROW_KAPPA, "marrow-kappa-cells", "bm_kappa_cells", "cells", QUANTITY,                   \
      "kappa plasma cells counted in the marrow")                                                \
    X(MARROW_LAMBDA, "marrow-lambda-cells", "bm_lambda_cells", "cells", QUANTITY,                \
      "lambda plasma cells counted in the marrow")                                               \
    X(URINE_VOLUME, "urine-volume", "urine_volume_ml24h", "mL/24h", QUANTITY, "volume of urine") \
    X(WEIGHT, "weight", "weight_kg", "kg", QUANTITY, "weight")                                   \
    X(HEIGHT, "height", "height_cm", "cm", QUANTITY, "height")                                   \
    X(LDH, "ldh", "ldh_ul", "U/L", QUANTITY, "LDH")                                              \
    X(LDH_UPPER, "ldh-upper-limit", "ldh_upper_ul", "U/L", QUANTITY, "upper limit of LDH")       \
    X(DEL17P, "del17p", "del17p", "", SIGN, "del(17p)")                                          \
    X(DEL17P_CELLS, "del17p-cells", "del17p_cells_pct", "%", QUANTITY, "cells with del(17p)")    \
    X(T4_14, "t4-14", "t4_14", "", SIGN, "t(4;14)")                                              \
    X(T4_14_CELLS, "t4-14-cells", "t4_14_cells_pct", "%", QUANTITY, "cells with t(4;14)")        \
    X(T14_16, "t14-16", "t14_16", "", SIGN, "t(14;16)")                                          \
    X(T14_16_CELLS, "t14-16-cells", "t14_16_cells_pct", "%", QUANTITY, "cells with t(14;16)")    \
    X(T14_20, "t14-20", "t14_20", "", SIGN, "t(14;20)")                                          \
    X(GAIN_1Q, "gain-1q", "gain_1q", "", SIGN, "gain of 1q")                                     \
    X(DEL1P32, "del1p32", "del1p32", "", SIGN, "del(1p32)")                                      \
    X(DEL1P32_BOTH, "del1p32-biallelic", "del1p32_biallelic", "", SIGN,                          \
      "del(1p32) of both copies")                                                                \
    X(TP53, "tp53-mutation", "tp53_mutation", "", SIGN, "mutation of TP53")
typedef enum msp_marker {
#define MSP_AS_ENUM(code, name, column, unit, kind, text) MSP_MARKER_##code,
    MSP_MARKER_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_MARKER_COUNT,
    MSP_MARKER_APART = MSP_MARKER_CD34, /* the first that is no part of an assessment */
} msp_marker;

typedef struct msp_marker_info {
    const char *name, *column, *unit;
    msp_marker_kind kind;
    const char *text;
} msp_marker_info;

/* Never NULL for a marker of the list. */
const msp_marker_info *msp_marker_about(msp_marker marker);

/* Reported as below a limit ("<5"): the value is 0 for an M-protein, else the limit. */
#define MSP_MEASURED_BELOW 1u
/* Reported as above it (">5"): the value is the limit. */
#define MSP_MEASURED_ABOVE 2u
/* Flagged as a laboratory error: used for nothing. */
#define MSP_MEASURED_SPURIOUS 4u
/* Total calcium without an albumin to correct it by (rules 1.3). */
#define MSP_MEASURED_UNCORRECTED 8u
/* With one of the first two: the limit itself may be it as well ("<=5"). */
#define MSP_MEASURED_OR_EQUAL 16u

/* 24 bytes, for a trial has millions of them. */
typedef struct msp_measured {
    int64_t coefficient; /* of the value, a decimal in the marker's unit; of a sign 0 or 1 */
    msp_day day;         /* of the sample */
    msp_day assessed;    /* of the assessment that the sample belongs to; often the same */
    uint32_t row;        /* where it was reported: row of the table, from 0 */
    uint8_t scale;       /* of the value */
    uint8_t table;       /* index into the sources of msp_patients */
    uint8_t marker;      /* msp_marker */
    uint8_t flags;       /* MSP_MEASURED_... */
} msp_measured;

static inline msp_decimal msp_measured_value(const msp_measured *m)
{
    msp_decimal value = {m->coefficient, m->scale};
    return value;
}

MSP_END
#endif
