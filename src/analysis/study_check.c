/* study_check.c - a protocol held against the tables that its study is read from. */
#include "mspike/analysis/labs.h"
#include "mspike/protocol/tables.h"
#include "study_internal.h"

msp_status msp_study_check(const msp_protocol *protocol, const char *folder, msp_findings *findings,
                           msp_error *err)
{
    if (!msp_labs_are_the_study(protocol, folder))
        return msp_protocol_check_tables(protocol, folder, NULL, 0, findings, err);
    msp_results results = {0}; /* of what was read */
    struct study study = {
        .protocol = protocol,
        .folder = folder,
        .results = &results,
        .findings = findings,
        .from_labs = true,
    };
    msp_table *made[STUDY_MADE];
    msp_status rc = study_make_tables(&study, err);
    if (rc == MSP_OK)
        rc = msp_protocol_check_tables(study.protocol, folder, (const msp_table *const *)made,
                                       study_made_tables(&study, made), findings, err);
    study_free(&study);
    msp_results_free(&results);
    return rc == MSP_ENODATA ? MSP_OK : rc;
}
