/*
 * rs.h - responses that someone reported (SDTM RS), and their confirmation.
 *
 * An investigator or a review committee says at each visit what the response is; whether a second
 * assessment confirms it is worked out here, by the rules of IMWG or as admiralonco's vignette
 * "Creating ADRS with IMWG Criteria" does it (profile admiralonco). The two differ in this:
 *
 *                                  IMWG                        admiralonco
 *   confirming visit               before the next therapy     up to its day
 *   of a progression               before the next therapy     any
 *   level at a visit               as confirmed there          the best so far is carried forward
 *
 * Response derived from laboratory values confirms itself: see response/.
 */
#ifndef MSPIKE_ENDPOINT_RS_H
#define MSPIKE_ENDPOINT_RS_H

#include "mspike/base/arena.h"
#include "mspike/base/findings.h"
#include "mspike/endpoint/timeline.h"
#include "mspike/protocol/rules.h"
#include "mspike/table/table.h"

MSP_BEGIN

/* The dates of one row of ADSL, each with its source; texts are the table's. */
typedef struct msp_adsl_dates {
    const char *study, *id;
    msp_dated randomised, first_dose, last_dose, death, last_alive;
    bool died_undated; /* died, and nobody says when */
} msp_adsl_dates;

/* STUDYID, USUBJID, RANDDT, TRTSDT, TRTEDT, DTHDT, LSTALVDT of `row`, and whether DTHFL is Y
 * without a DTHDT; a column that the table does not have is not known, except USUBJID. MSP_EINPUT
 * for a date that is none or is partial. */
msp_status msp_adsl_dates_read(const msp_table *adsl, size_t row, msp_adsl_dates *out,
                               msp_error *err);
/* A timeline with these dates alone. */
msp_timeline msp_adsl_timeline(const msp_adsl_dates *dates);

typedef struct msp_rs_visit {
    const char *visit, *dtc; /* VISIT, RSDTC as the table has them */
    msp_day day;  /* of a date without a day: the last of its month, and imputed is 'D' */
    char imputed; /* 'D', or 0 */
    int64_t seq;  /* RSSEQ */
    msp_response_level level;
    bool by_imaging;     /* PDIFL: a progression that needs no second assessment */
    bool by_other;       /* PDOFL: one by serum, urine or marrow */
    bool death_from_pd;  /* DTHPDFL */
    msp_day new_therapy; /* NACTDT; MSP_NO_DAY */
} msp_rs_visit;

typedef struct msp_rs_subject {
    const char *id; /* USUBJID */
    const msp_rs_visit *visits;
    size_t n;
    msp_day new_therapy; /* known from elsewhere than NACTDT: the earlier one counts; MSP_NO_DAY */
} msp_rs_subject;

typedef struct msp_rs {
    msp_rs_subject *subjects; /* in byte order of their ids */
    size_t n;
    msp_arena arena; /* owns everything */
} msp_rs;            /* {0} is empty, and safe to free */

/* RSEVAL of the two who report. */
#define MSP_RS_INVESTIGATOR "INVESTIGATOR"
#define MSP_RS_COMMITTEE    "INDEPENDENT ASSESSOR"

/* The overall responses (RSTESTCD OVRLRESP) of one evaluator in RS, with the qualifiers of SUPPRS
 * (may be NULL; what fits no row is passed over: patient/supp.h), by subject, day and RSSEQ.
 * `evaluator` is one of those two, whom RSEVAL may name in other words (nobody: the investigator;
 * patient/readers.h: who is independent); NULL: any. Responses of others are a warning. Of several
 * readers at one visit (RSEVALID) the accepted one counts (RSACPTFL; patient/readers.h). A level or
 * a date that is none is a finding
 * (`findings` may be NULL) and its row left out. MSP_EINPUT where a column is missing. */
msp_status msp_rs_read(const msp_table *rs, const msp_table *supprs, const char *evaluator,
                       msp_findings *findings, msp_rs *out, msp_error *err);
const msp_rs_subject *msp_rs_find(const msp_rs *reportings, const char *id);
void msp_rs_free(msp_rs *reportings);

/* What was reported (SDTM RS); {0}: nothing. */
typedef struct msp_reports {
    msp_rs investigator, committee;
} msp_reports;
/* Of a folder of SDTM tables; without RS it is {0}. The file that an error names is of the
 * findings' arena. */
msp_status msp_reports_read(const char *folder, msp_findings *findings, msp_reports *out,
                            msp_error *err);
void msp_reports_free(msp_reports *reports);

typedef struct msp_rs_rules {
    bool admiralonco;
    int64_t confirm_min_days; /* 1: a later day */
    bool death_confirms;      /* death from myeloma confirms a progression */
    bool follows;             /* visits after the next therapy are read like any other */
} msp_rs_rules;

/* By the switches profile, confirm_min_days and pd_confirm_by_death. */
msp_rs_rules msp_rs_rules_of(const msp_rules *rules);
msp_rs_rules msp_rs_rules_imwg(void);
msp_rs_rules msp_rs_rules_admiralonco(void);

/* The confirmed level of each visit into seen[0..n). `excluded` is set on and after the first new
 * therapy, and before `randomised` (MSP_NO_DAY: not looked at). */
void msp_rs_confirm(const msp_rs_subject *subject, const msp_rs_rules *rules, msp_day randomised,
                    msp_seen *seen);
/* What happened to a subject by these reports and the dates of ADSL: visits, progression, next
 * therapy, death from myeloma where a report says so. Under admiralonco the visits are those that
 * count in its parameters, with the confirmed level as the raw one, as it takes them for
 * assessments. The lists are the arena's; `subject` may be NULL. MSP_EMEM. */
msp_status msp_rs_timeline(const msp_rs_subject *subject, const msp_adsl_dates *dates,
                           const msp_rs_rules *rules, msp_arena *arena, msp_timeline *out,
                           msp_error *err);
/* The first date of a new therapy, of those that visits name and the one known otherwise. */
msp_day msp_rs_new_therapy(const msp_rs_subject *subject);

MSP_END
#endif
