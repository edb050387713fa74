/* stage_limits.h - the numbers of the stages (stage.h), for the rules and for what is said of them.
 */
#ifndef MSP_PATIENT_STAGE_LIMITS_H
#define MSP_PATIENT_STAGE_LIMITS_H

#include "mspike/patient/fact.h"

#define STAGE_LIMIT(coefficient, scale) ((msp_amount){.known = true, .value = {coefficient, scale}})
#define STAGE_B2M_LOW                   STAGE_LIMIT(35, 1) /* mg/L */
#define STAGE_B2M_HIGH                  STAGE_LIMIT(55, 1)
#define STAGE_ALBUMIN                   STAGE_LIMIT(35, 1) /* g/dL */
#define STAGE_DEL17P_CELLS              STAGE_LIMIT(20, 0) /* % */
#define STAGE_CREATININE                STAGE_LIMIT(12, 1) /* mg/dL */

#endif
