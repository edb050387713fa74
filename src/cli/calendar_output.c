/* calendar_output.c - a calendar as text, CSV and JSON. */
#include <inttypes.h>

#include "calendar.h"

/* -- text -- */

static void add_date(msp_day day, msp_text *out)
{
    char text[MSP_DATE_MAX];
    msp_day_format(day, text);
    msp_text_add(out, text);
}

static void text_line(const msp_calendar *c, const msp_calendar_entry *e, msp_text *out)
{
    char place[64] = "";
    add_date(e->day, out);
    msp_text_add(out, e->n_days > 1 ? " to " : "    ");
    if (e->n_days > 1)
        add_date(e->day + (msp_day)e->n_days - 1, out);
    if (e->cycle > 0 && e->n_days > 1)
        snprintf(place, sizeof place, "C%" PRId64 " D%" PRId64 "-%" PRId64, e->cycle, e->cycle_day,
                 e->cycle_day + e->n_days - 1);
    else if (e->cycle > 0)
        snprintf(place, sizeof place, "C%" PRId64 " D%" PRId64, e->cycle, e->cycle_day);
    msp_text_printf(out, "%*s  %5d  %-10s ", e->n_days > 1 ? 0 : 10, "",
                    msp_study_day(e->day, c->start), place);
    msp_calendar_say(e, out);
    if (e->earliest != e->latest) {
        msp_text_add(out, " (");
        add_date(e->earliest, out);
        msp_text_add(out, " to ");
        add_date(e->latest, out);
        msp_text_add(out, ")");
    }
    msp_text_add(out, "\n");
}

void calendar_as_text(const msp_calendar *c, msp_text *out)
{
    msp_text_printf(out, "%s%s%s\n\n%-24s  %5s  %-10s %s\n", c->title != NULL ? c->title : "",
                    c->title != NULL ? ": " : "", c->arm, "date", "day", "cycle", "what");
    for (size_t i = 0; i < c->n; i++)
        text_line(c, &c->entries[i], out);
}

/* -- numbers, a line or an object each day -- */

static const char *decimal_or_empty(bool known, msp_decimal x, char digits[MSP_DECIMAL_MAX])
{
    if (!known)
        return NULL;
    msp_decimal_format(x, digits);
    return digits;
}

static void csv_line(const msp_calendar *c, const msp_calendar_entry *e, int64_t offset,
                     msp_text *out)
{
    char digits[MSP_DECIMAL_MAX];
    const bool dose = e->kind == MSP_CALENDAR_DOSE;
    add_date(e->day + (msp_day)offset, out);
    msp_text_printf(out, ",%d,%s,", msp_study_day(e->day + (msp_day)offset, c->start),
                    msp_calendar_kind_name(e->kind));
    msp_text_add_field(out, e->phase);
    if (e->cycle > 0)
        msp_text_printf(out, ",%" PRId64 ",%" PRId64 ",", e->cycle, e->cycle_day + offset);
    else
        msp_text_add(out, ",,,");
    msp_text_add_field(out, e->name);
    msp_text_add(out, ",");
    msp_text_add_field(out, decimal_or_empty(dose, e->dose.value, digits));
    msp_text_printf(out, ",%s,", dose ? msp_dose_unit_name(e->dose.unit) : "");
    msp_text_add_field(out, decimal_or_empty(dose && e->mg_known, e->mg, digits));
    msp_text_printf(out, ",%s,", dose ? msp_route_name(e->dosing->route.value) : "");
    add_date(e->earliest + (msp_day)offset, out);
    msp_text_add(out, ",");
    add_date(e->latest + (msp_day)offset, out);
    msp_text_add(out, ",");
    msp_text words = {0};
    msp_visit_assessments(e->visit, &words);
    if (words.failed)
        out->failed = true;
    msp_text_add_field(out, words.len > 0 ? msp_text_str(&words) : e->note);
    msp_text_free(&words);
    msp_text_add(out, "\n");
}

void calendar_as_csv(const msp_calendar *c, msp_text *out)
{
    msp_text_add(out, "date,study_day,kind,phase,cycle,cycle_day,name,dose,unit,mg,route,earliest,"
                      "latest,detail\n");
    for (size_t i = 0; i < c->n; i++)
        for (int64_t k = 0; k < c->entries[i].n_days; k++)
            csv_line(c, &c->entries[i], k, out);
}

static void put_date(msp_json *json, const char *key, msp_day day)
{
    char text[MSP_DATE_MAX];
    msp_day_format(day, text);
    msp_json_put_text(json, key, text);
}

static void json_dose(msp_json *json, const msp_calendar_entry *e)
{
    char digits[MSP_DECIMAL_MAX];
    msp_json_put_double(json, "dose", msp_decimal_to_double(e->dose.value));
    msp_json_put_text(json, "unit", msp_dose_unit_name(e->dose.unit));
    msp_json_key(json, "mg");
    if (e->mg_known)
        msp_json_double(json, msp_decimal_to_double(e->mg));
    else
        msp_json_null(json);
    msp_json_put_text(json, "mg_exact", decimal_or_empty(e->mg_known, e->mg, digits));
    msp_json_put_text(json, "route", msp_route_name(e->dosing->route.value));
    msp_json_put_bool(json, "capped", e->capped);
    msp_json_put_bool(json, "reduced", e->reduced);
}

static void json_entry(msp_json *json, const msp_calendar *c, const msp_calendar_entry *e,
                       int64_t offset)
{
    const msp_day day = e->day + (msp_day)offset;
    msp_json_begin_object(json);
    put_date(json, "date", day);
    msp_json_put_int(json, "study_day", msp_study_day(day, c->start));
    msp_json_put_text(json, "kind", msp_calendar_kind_name(e->kind));
    msp_json_put_text(json, "phase", e->phase);
    if (e->cycle > 0) {
        msp_json_put_int(json, "cycle", e->cycle);
        msp_json_put_int(json, "cycle_day", e->cycle_day + offset);
    }
    msp_json_put_text(json, "name", e->name);
    if (e->kind == MSP_CALENDAR_DOSE)
        json_dose(json, e);
    if (e->kind == MSP_CALENDAR_VISIT) {
        msp_text words = {0};
        msp_visit_assessments(e->visit, &words);
        put_date(json, "earliest", e->earliest);
        put_date(json, "latest", e->latest);
        msp_json_put_text(json, "assess", msp_text_str(&words));
        msp_text_free(&words);
    }
    if (e->note != NULL)
        msp_json_put_text(json, "note", e->note);
    msp_json_end_object(json);
}

void calendar_as_json(const msp_calendar *c, const msp_patient_plan *plan, msp_text *out)
{
    char digits[MSP_DECIMAL_MAX];
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "trial", c->title);
    msp_json_put_text(&json, "arm", plan->arm);
    put_date(&json, "start", c->start);
    msp_json_put_text(
        &json, "body_surface",
        decimal_or_empty(plan->size.surface.coefficient > 0, plan->size.surface, digits));
    msp_json_put_text(
        &json, "weight",
        decimal_or_empty(plan->size.weight.coefficient > 0, plan->size.weight, digits));
    msp_json_key(&json, "entries");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < c->n; i++)
        for (int64_t k = 0; k < c->entries[i].n_days; k++)
            json_entry(&json, c, &c->entries[i], k);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add(out, "\n");
}
