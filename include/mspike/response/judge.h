/*
 * judge.h - judging patients: from measurements and criteria to responses.
 *
 * The order of evaluation: units and spurious values are the room patient's; then baseline, disease
 * type and involved chain; at each assessment the rows for progression, else the levels from sCR
 * down to MR, each met, not met or unknown; then confirmation, and what follows from it.
 */
#ifndef MSPIKE_RESPONSE_JUDGE_H
#define MSPIKE_RESPONSE_JUDGE_H

#include "mspike/patient/patient.h"
#include "mspike/response/criteria.h"
#include "mspike/response/result.h"

MSP_BEGIN

/* Memory that judging one patient after another reuses; holds the last one judged. */
typedef struct msp_judge {
    struct msp_course *course;
    msp_assessed *assessed;
    size_t cap;
    bool without_relapses; /* in: no relapse after a response is looked for, nor which kind the
                              progression is of; both are none. Nor is the lowest value known of
                              what no row of the criteria looks at */
} msp_judge;               /* {0} is ready to use */

/* Judges one patient. out->assessed is in `judge` and stands until its next use. MSP_ERANGE names
 * (as row, an index into patient->measured) a value of more digits than can be compared; MSP_EMEM.
 */
msp_status msp_judge_patient(msp_judge *judge, const msp_patient *patient,
                             const msp_criteria *criteria, msp_response_result *out,
                             msp_error *err);
void msp_judge_free(msp_judge *judge);

/* Everyone, each under his own switches where the table sets some. */
typedef struct msp_responses {
    msp_response_result *results;  /* in the order of the patients */
    const msp_criteria **criteria; /* that each was judged by */
    size_t n;
    msp_arena arena;
} msp_responses;

/* `rules` and `measurability` as of msp_response_rules_of. A patient who cannot be judged is the
 * error, which names the row and the file, never the patient. */
msp_status msp_responses_judge(const msp_patients *patients, const msp_rules *rules,
                               const msp_measurability *measurability, msp_responses *out,
                               msp_error *err);
void msp_responses_free(msp_responses *responses);

MSP_END
#endif
