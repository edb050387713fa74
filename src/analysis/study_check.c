/* study_check.c - a protocol held against the tables that its study is read from. */
#include "mspike/analysis/labs.h"
#include "mspike/protocol/tables.h"
#include "study_internal.h"

/* The tables that the study made, each once. */
static size_t made_tables(const struct study *study, const msp_table *made[MSP_TABLES_MADE])
{
    const msp_table *const all[] = {&study->adam.adsl, &study->adam.adrs, &study->adam.adtte,
                                    &study->scores};
    size_t n = 0;
    for (size_t i = 0; i < MSP_COUNT(all); i++)
        if (all[i]->name != NULL)
            made[n++] = all[i];
    return n;
}

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
    const msp_table *made[MSP_TABLES_MADE];
    msp_status rc = study_make_tables(&study, err);
    if (rc == MSP_OK)
        rc = msp_protocol_check_tables(study.protocol, folder, made, made_tables(&study, made),
                                       findings, err);
    study_free(&study);
    msp_results_free(&results);
    return rc == MSP_ENODATA ? MSP_OK : rc;
}
