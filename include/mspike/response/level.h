/*
 * level.h - the levels of response, the types of disease, as one code list each.
 */
#ifndef MSPIKE_RESPONSE_LEVEL_H
#define MSPIKE_RESPONSE_LEVEL_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Worst first, so that the larger is the better response and the best response is a maximum: PD is
 * a best response only where there is nothing else, NE where there is nothing at all. The names
 * are those of SDTM's controlled terminology (ONCRSR). */
#define MSP_RESPONSE_LEVEL_LIST(X)                \
    X(NE, "NE", "not evaluable")                  \
    X(PD, "PD", "progressive disease")            \
    X(SD, "SD", "stable disease")                 \
    X(MR, "MR", "minimal response")               \
    X(PR, "PR", "partial response")               \
    X(VGPR, "VGPR", "very good partial response") \
    X(CR, "CR", "complete response")              \
    X(SCR, "sCR", "stringent complete response")
typedef enum msp_response_level {
#define MSP_AS_ENUM(code, name, text) MSP_LEVEL_##code,
    MSP_RESPONSE_LEVEL_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_LEVEL_COUNT
} msp_response_level;

/* "VGPR" and "very good partial response"; never NULL. */
const char *msp_response_level_name(msp_response_level level);
const char *msp_response_level_text(msp_response_level level);
/* By its name, letters' case ignored; false where it is none. */
bool msp_response_level_parse(const char *name, msp_response_level *out);

/* What makes the disease measurable, and so which markers a response is judged by. */
#define MSP_DISEASE_TYPE_LIST(X) \
    X(NONE, "none")              \
    X(SERUM, "serum")            \
    X(URINE, "urine")            \
    X(BOTH, "both")              \
    X(FLC, "flc")                \
    X(MARROW, "marrow")          \
    X(PLASMACYTOMA, "plasmacytoma") /* only where plasmacytoma_only is on */
typedef enum msp_disease_type {
#define MSP_AS_ENUM(code, name) MSP_DISEASE_##code,
    MSP_DISEASE_TYPE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
        MSP_DISEASE_COUNT
} msp_disease_type;

const char *msp_disease_type_name(msp_disease_type type);

MSP_END
#endif
