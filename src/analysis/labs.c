#include "mspike/analysis/labs.h"

#include <stdlib.h>

#include "mspike/patient.h"
#include "mspike/table.h"

static msp_status read_visits(const msp_protocol *protocol, const char *folder, msp_patients *out,
                              msp_findings *findings, msp_error *err)
{
    const msp_tidy_options how = {.cutoff = msp_protocol_cutoff_day(protocol)};
    char *path = NULL;
    msp_status rc = msp_table_find(folder, protocol->data.visits.text, &path, err);
    if (rc != MSP_OK)
        return rc;
    /* A place outlives the path it names where somebody keeps the findings. */
    const char *kept = findings != NULL ? msp_arena_text(&findings->arena, path) : path;
    rc = kept != NULL ? msp_tidy_read_with(kept, &how, out, findings, err)
                      : msp_fail(err, MSP_EMEM, "no memory for the visits");
    if (rc != MSP_OK && findings == NULL && err != NULL)
        err->at.file = folder;
    free(path);
    return rc;
}

msp_status msp_labs_read(const msp_protocol *protocol, const char *folder, msp_patients *out,
                         msp_findings *findings, msp_error *err)
{
    const msp_sdtm_options how = {.protocol = protocol,
                                  .may_lack_measurements = msp_table_is_in(folder, "RS")};
    *out = (msp_patients){0};
    if (protocol->data.visits.text != NULL)
        return read_visits(protocol, folder, out, findings, err);
    if (!msp_sdtm_is(folder))
        return msp_fail(err, MSP_ENODATA, "%s holds no laboratory values", folder);
    return msp_sdtm_read(folder, &how, out, findings, err);
}

bool msp_labs_are_the_study(const msp_protocol *protocol, const char *folder)
{
    const bool labs = protocol->data.visits.text != NULL
                          ? msp_table_is_in(folder, protocol->data.visits.text)
                          : msp_sdtm_is(folder);
    const char *subjects = protocol->data.subjects.table.text;
    return labs && !(subjects != NULL && msp_table_is_in(folder, subjects));
}
