#include "cells.h"
#include "mspike/base/text.h"
#include "mspike/endpoint/rs.h"

static msp_status read_date(const msp_table *adsl, size_t row, const char *name, msp_dated *out,
                            msp_error *err)
{
    *out = (msp_dated){.day = MSP_NO_DAY};
    const msp_column *column = msp_table_column(adsl, name);
    if (column == NULL || msp_column_is_missing(column, row))
        return MSP_OK;
    msp_date date;
    if (!msp__cell_date(column, row, &date) || date.precision < MSP_DATE_DAY)
        return msp_table_fail(err, MSP_EINPUT, adsl, row, column,
                              "%s needs a full date, as in 2014-02-12", name);
    *out = (msp_dated){date.latest, {"ADSL", name, 0}};
    return MSP_OK;
}

msp_status msp_adsl_dates_read(const msp_table *adsl, size_t row, msp_adsl_dates *out,
                               msp_error *err)
{
    msp_column *id;
    msp_status rc = msp_table_need_column(adsl, "USUBJID", &id, err);
    if (rc != MSP_OK)
        return rc;
    out->study = msp__cell_text(msp_table_column(adsl, "STUDYID"), row);
    out->id = msp__cell_text(id, row);
    const struct {
        const char *name;
        msp_dated *dated;
    } dates[] = {
        {"RANDDT", &out->randomised}, {"TRTSDT", &out->first_dose},   {"TRTEDT", &out->last_dose},
        {"DTHDT", &out->death},       {"LSTALVDT", &out->last_alive},
    };
    for (size_t i = 0; i < MSP_COUNT(dates) && rc == MSP_OK; i++)
        rc = read_date(adsl, row, dates[i].name, dates[i].dated, err);
    out->died_undated =
        rc == MSP_OK && out->death.day == MSP_NO_DAY &&
        msp_text_equal_nocase(msp__cell_text(msp_table_column(adsl, "DTHFL"), row), "Y");
    return rc;
}

msp_timeline msp_adsl_timeline(const msp_adsl_dates *dates)
{
    msp_timeline timeline = msp_timeline_none();
    timeline.randomised = dates->randomised;
    timeline.first_dose = dates->first_dose;
    timeline.last_dose = dates->last_dose;
    timeline.death = dates->death;
    timeline.last_alive = dates->last_alive;
    timeline.died_undated = dates->died_undated;
    return timeline;
}
