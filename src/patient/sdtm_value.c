/* sdtm_value.c - one value of a row of an SDTM table as a sample: its unit, its result, its doubts.
 */
#include <string.h>

#include "doubt.h"
#include "mspike/base/text.h"
#include "mspike/patient/unit.h"
#include "sdtm_measure.h"

static double visit_of(const reader *r, size_t row)
{
    double visit;
    const char *text = sdtm_cell(r->visit, row);
    return msp_double_parse(text, strlen(text), &visit) ? visit : SDTM_NO_VISIT;
}

/* What the site's unit is, as the protocol says; else the unit itself. */
static const char *unit_of(const reader *r, const map_rule *rule, size_t index, size_t row)
{
    const char *unit = sdtm_cell(r->unit[index], row);
    if (unit[0] == '\0')
        return rule->unit;
    for (size_t i = 0; rule->said != NULL && i < rule->said->units.n; i++)
        if (msp_text_equal_nocase(rule->said->units.items[i].id, unit))
            return rule->said->units.items[i].unit.text;
    return unit;
}

static bool is_immunofixation(msp_marker marker)
{
    return marker == MSP_MARKER_IFE_SERUM || marker == MSP_MARKER_IFE_URINE;
}

/* "IgG kappa" is a positive immunofixation, and the earliest one says which disease it is. */
static void read_isotype(reader *r, const char *text, uint32_t patient, msp_day day)
{
    msp_patient *p = &r->t.s->out->patients[patient];
    if (r->isotype_day[patient] != MSP_NO_DAY && day >= r->isotype_day[patient])
        return;
    r->isotype_day[patient] = day;
    msp_isotype_read(text, &p->heavy, &p->light);
}

static void say(reader *r, doubt d, const map_rule *rule, const char *text, const char *unit,
                size_t row, size_t index)
{
    doubt_said said;
    doubt_say(d, rule->marker, text, unit, &said);
    sdtm_note(&r->t, said.error ? MSP_SEVERITY_ERROR : MSP_SEVERITY_WARNING, said.id, row,
              r->value[index], said.hint[0] != '\0' ? said.hint : NULL, "%s", said.text);
}

/* Whether a figure without a unit would be a guess. */
static bool needs_unit(msp_marker marker, const msp_lab_result *result)
{
    const msp_marker_info *about = msp_marker_about(marker);
    return about->kind == MSP_MARKER_QUANTITY && strcmp(about->unit, "cells") != 0 &&
           result->value.coefficient != 0;
}

/* Whether the row says in how many of the cells a lesion was found, not whether it was. */
static bool is_share(const reader *r, const map_rule *rule, size_t index, size_t row)
{
    const char *unit = unit_of(r, rule, index, row), *text = sdtm_cell(r->value[index], row);
    double x;
    return map_cells_of(rule->marker) != MSP_MARKER_COUNT && unit != NULL &&
           strcmp(unit, "%") == 0 && msp_double_parse(text, strlen(text), &x);
}

/* Whether urine M-protein is reported as a concentration. */
static bool is_concentration(const reader *r, const map_rule *rule, size_t index, size_t row)
{
    msp_decimal unused;
    if (rule->marker != MSP_MARKER_URINE_M)
        return false;
    const char *unit = unit_of(r, rule, index, row);
    return unit != NULL && unit[0] != '\0' &&
           msp_unit_convert(MSP_MARKER_URINE_M, (msp_decimal){1, 0}, unit, &unused) ==
               MSP_UNIT_OTHER_DIMENSION &&
           msp_unit_convert(MSP_MARKER_SERUM_M, (msp_decimal){1, 0}, unit, &unused) ==
               MSP_UNIT_CONVERTED;
}

/* Without a volume of its day a concentration is none of the units that count. */
void sdtm_refuse_concentration(void *context, size_t row)
{
    reader *r = context;
    for (size_t i = 0; i < r->n_rules; i++)
        if (r->value[i] != NULL && is_concentration(r, r->rules[i], i, row)) {
            say(r, DOUBT_DIMENSION, r->rules[i], sdtm_cell(r->value[i], row),
                unit_of(r, r->rules[i], i, row), row, i);
            return;
        }
}

/* What the value of a row is a measurement of, for its units. */
static msp_marker marker_of(const reader *r, const map_rule *rule, size_t index, size_t row)
{
    return is_concentration(r, rule, index, row) ? MSP_MARKER_SERUM_M
           : is_share(r, rule, index, row)       ? map_cells_of(rule->marker)
                                                 : rule->marker;
}

/* The value of a row; false where it cannot be used. */
static bool read_result(reader *r, const map_rule *rule, size_t index, size_t row, uint32_t patient,
                        msp_day day, msp_lab_result *out)
{
    const char *text = sdtm_cell(r->value[index], row), *unit = unit_of(r, rule, index, row);
    const doubt d = doubt_read(marker_of(r, rule, index, row), text, unit, false, out);
    if (is_immunofixation(rule->marker) && msp_is_band(text))
        read_isotype(r, text, patient, day);
    if (d != DOUBT_NONE)
        say(r, d, rule, text, unit, row, index);
    if (out->kind != MSP_RESULT_VALUE)
        return false;
    if (needs_unit(rule->marker, out) && (unit == NULL || unit[0] == '\0')) {
        sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-unit", row, r->value[index],
                  "it counts as not measured; unit: of the protocol's measurement says it for all",
                  "%s is \"%.40s\" without a unit", msp_marker_about(rule->marker)->text, text);
        return false;
    }
    return true;
}

/* One measurement of a row. False when memory is out. */
bool sdtm_read_value(reader *r, size_t row, const map_rule *rule, size_t index)
{
    const uint32_t patient = sdtm_patient(&r->t, row);
    msp_lab_result result;
    if (patient == SDTM_NO_PATIENT ||
        msp_text_equal_nocase(sdtm_cell(r->status, row), "NOT DONE") ||
        sdtm_cell(r->value[index], row)[0] == '\0')
        return true;
    const msp_day day = sdtm_day(&r->t, r->date[index], row, false);
    sdtm_alive(&r->t, SDTM_MEASURED, r->date[index], row);
    if (day == MSP_NO_DAY) {
        if (sdtm_cell(r->date[index], row)[0] == '\0')
            sdtm_note(&r->t, MSP_SEVERITY_ERROR, "data-date", row, r->date[index],
                      "the row is left out", "a result without a date");
        return true;
    }
    if (!read_result(r, rule, index, row, patient, day, &result))
        return true;
    const bool spurious = msp_text_equal_nocase(sdtm_cell(r->spurious, row), "Y");
    const bool share = is_share(r, rule, index, row);
    const bool concentration = is_concentration(r, rule, index, row);
    const msp_measured m = {.coefficient = result.value.coefficient,
                            .scale = (uint8_t)result.value.scale,
                            .day = day,
                            .assessed = day,
                            .row = (uint32_t)row,
                            .table = r->t.source,
                            .marker = (uint8_t)(share ? map_cells_of(rule->marker) : rule->marker),
                            .flags =
                                (uint8_t)(result.flags | (spurious ? MSP_MEASURED_SPURIOUS : 0))};
    if (result.limit.coefficient > 0 && !concentration &&
        !msp_patients_add_limit(r->t.s->out, &m, result.limit))
        return false;
    return sdtm_keep(r->t.s, (sdtm_sample){.m = m,
                                           .patient = patient,
                                           .total_calcium = rule->total_calcium,
                                           .concentration = concentration,
                                           .visit = visit_of(r, row)});
}
