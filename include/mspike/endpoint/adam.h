/*
 * adam.h - ADaM tables to be written: ADSL, ADRS and ADTTE.
 *
 * Names have at most 8 characters, labels at most 40, dates are SAS dates with the format DATE9.,
 * so that a table can be written in every format of table/write.h. AVAL of a response is the one
 * code list of response/level.h: NE 0, PD 1, SD 2, MR 3, PR 4, VGPR 5, CR 6, sCR 7.
 */
#ifndef MSPIKE_ENDPOINT_ADAM_H
#define MSPIKE_ENDPOINT_ADAM_H

#include "mspike/endpoint/asked.h"
#include "mspike/endpoint/derive.h"
#include "mspike/endpoint/derived.h"
#include "mspike/endpoint/rs.h"
#include "mspike/endpoint/summary.h"
#include "mspike/patient/profile.h"
#include "mspike/response/judge.h"

MSP_BEGIN

/* Whose assessment: the last letter of PARAMCD, as OVR, OVRI, OVRD; and what PARAM calls it. The
 * investigator, and the trial's main assessment, have no letter. */
char msp_assessor_letter(msp_assessor assessor);

/* Times to event. MSP_EMEM. */
msp_status msp_adtte_init(msp_table *table, msp_error *err);
/* One row a defined time; undefined ones and faults add none. `letter` is 0 or ends PARAMCD
 * of times that depend on who assessed the disease. */
msp_status msp_adtte_add(msp_table *table, const char *study, const char *id, char letter,
                         const msp_tte_definition *definition, const msp_tte *tte, msp_error *err);

/* The same for each time that is asked for, of one patient. */
msp_status msp_adtte_add_all(msp_table *table, const char *study, const char *id, char letter,
                             const msp_timeline *timeline, const msp_time_asked *times, size_t n,
                             msp_error *err);

/* Responses: OVR and COVR by visit, then PD, RSP, VGPRRSP, CRRSP, SCRRSP, CB and CBOR. */
msp_status msp_adrs_init(msp_table *table, msp_error *err);
typedef struct msp_adrs_subject {
    const char *study, *id;
    msp_assessor assessor;
    const msp_seen *seen;
    const msp_rs_visit *reported; /* beside `seen`: their visits' names and dates; or NULL */
    size_t n;
    msp_summary_rules rules;
} msp_adrs_subject;
msp_status msp_adrs_add(msp_table *table, const msp_adrs_subject *subject, msp_error *err);

/* The answer to each rate of response that the protocol asks for and that is no standard parameter;
 * nothing where the patient has no such period. */
msp_status msp_adrs_add_rates(msp_table *table, const msp_adrs_subject *subject,
                              const msp_timeline *timeline, const msp_rate_asked *rates, size_t n,
                              msp_error *err);

/* One parameter that is yes from `when` on, no, or not known; no letter. */
msp_status msp_adrs_add_fact(msp_table *table, const char *study, const char *id,
                             const char *paramcd, const char *param, msp_fact yes, msp_dated when,
                             msp_error *err);
/* The same: Y, or N where `when` is no day. */
msp_status msp_adrs_add_flag(msp_table *table, const char *study, const char *id,
                             const char *paramcd, const char *param, msp_dated when,
                             msp_error *err);

/* Subjects. Texts may be NULL, days MSP_NO_DAY: the cell is then missing. Facts are Y, N or
 * missing. */
typedef struct msp_adsl_subject {
    const char *study, *id, *sex, *arm, *actual_arm;
    double age; /* years; NaN */
    msp_day randomised, first_dose, last_dose, crossover, death, last_alive;
    int64_t treated_days; /* TRTDURD; 0: not treated */
    msp_fact itt, safety, response_evaluable;
    const char *m_protein, *measurable; /* MTYPE, MEASDIS */
    bool died;                          /* with or without a day */
    const msp_profile *profile;         /* stage, risk, body, previous therapy */
} msp_adsl_subject;
msp_status msp_adsl_init(msp_table *table, msp_error *err);
msp_status msp_adsl_add(msp_table *table, const msp_adsl_subject *subject, msp_error *err);

/* -- from derived responses -- */

/* ADSL, ADRS and ADTTE; ADAE where adverse events were reported at all, ADEX where doses were and a
 * protocol has regimens. {0} is safe to free. */
typedef struct msp_adam {
    msp_table adsl, adrs, adtte, adae, adex;
} msp_adam;
void msp_adam_free(msp_adam *adam);

/* Of derived responses ADRS also has PDSYMP (a progression with signs of clinical relapse),
 * CLINREL, CRREL and SIGREL (clinical relapse, relapse from CR, significant biochemical relapse).
 * Where residual disease was tested at all it has, for every patient, MRDNEG5 and MRDNEG6 (negative
 * at 1 in 10^5 and 10^6 with the response that mrd_requires asks for), MRDCR (at mrd_limit, with
 * CR), MRDIMG (imaging-plus), SUSMRD12 (sustained), SUSMRDBM (sustained in the marrow) and MRDREL
 * (relapse from negativity), and ADTTE TTMRD of those who became negative.
 *
 * Patients and their responses were judged by `rules` and `measurability`; they are judged once
 * more with post_new_therapy=include, for rules that follow patients beyond the next therapy. Times
 * start as the rule `origin` says: a patient without that date has none. Nothing is derived where
 * nobody was measured.
 *
 * What the protocol's endpoints ask for (asked.h) has rows of its own: a time in ADTTE; in ADRS
 * responses by a named time, harvest of stem cells (where a collection is recorded of anybody), no
 * residual disease (where it was tested at all). AVALC is Y, N, or missing where it is not known;
 * ADT is the day on which it was first so. */
typedef struct msp_adam_options {
    const msp_rules *rules;
    const msp_measurability *measurability; /* NULL: the usual limits */
    const msp_protocol *protocol;           /* NULL: standard parameters alone */
    /* NULL: none. Adds the responses of the investigator (OVR, CBOR, PFS ...) and of the review
     * committee (OVRI ...), confirmed by msp_rs_rules_of, and their times. */
    const msp_reports *reports;
    const char *study; /* STUDYID; NULL: missing */
} msp_adam_options;

msp_status msp_adam_of_responses(const msp_patients *patients, const msp_responses *responses,
                                 const msp_adam_options *options, msp_adam *out, msp_error *err);
/* Writes adsl, adrs, adtte, and adae and adex where there are any, into `folder`, as .xpt, .json
 * (Dataset-JSON) or .csv. */
msp_status msp_adam_write(const msp_adam *adam, const char *folder, msp_table_format format,
                          msp_error *err);

MSP_END
#endif
