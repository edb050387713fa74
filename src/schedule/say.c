/* say.c - entries in words. */
#include <inttypes.h>

#include "mspike/schedule/write.h"

const char *msp_calendar_kind_name(msp_calendar_kind kind)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_CALENDAR_##name] = (text),
        MSP_CALENDAR_KIND_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return names[kind];
}

const char *msp_route_name(int route)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_ROUTE_##name] = (text),
        MSP_ROUTE_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return route < 0 || route >= (int)MSP_COUNT(names) ? "" : names[route];
}

void msp_visit_assessments(const msp_visit *visit, msp_text *out)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_ASSESSMENT_##name] = (text),
        MSP_ASSESSMENT_LIST(AS_TEXT)
#undef AS_TEXT
    };
    for (size_t i = 0; visit != NULL && i < visit->assess.n; i++)
        msp_text_printf(out, "%s%s", i > 0 ? ", " : "", names[visit->assess.items[i].value]);
}

static void add_decimal(msp_decimal x, msp_text *out)
{
    char digits[MSP_DECIMAL_MAX];
    msp_decimal_format(x, digits);
    msp_text_add(out, digits);
}

static void say_dose(const msp_calendar_entry *e, msp_text *out)
{
    const msp_dosing *d = e->dosing;
    msp_text_printf(out, "%s ", e->name);
    add_decimal(e->dose.value, out);
    msp_text_printf(out, " %s", msp_dose_unit_name(e->dose.unit));
    if (e->mg_known && e->dose.unit != MSP_DOSE_MG) {
        msp_text_add(out, ": ");
        add_decimal(e->mg, out);
        msp_text_add(out, " mg");
    }
    msp_text_printf(out, " %s", msp_route_name(d->route.value));
    if (msp_was_said(d->infusion.at)) {
        msp_text_add(out, " over ");
        add_decimal(d->infusion.value, out);
        msp_text_add(out, d->infusion.unit == MSP_DURATION_HOURS ? " h" : " min");
    }
    if (e->capped) {
        msp_text_add(out, ", body surface taken as ");
        add_decimal(e->cap, out);
        msp_text_add(out, " m2");
    }
    if (e->reduced)
        msp_text_add(out, ", reduced");
    if (e->note != NULL)
        msp_text_printf(out, ", %s", e->note);
}

void msp_calendar_say(const msp_calendar_entry *e, msp_text *out)
{
    if (e->kind == MSP_CALENDAR_DOSE) {
        say_dose(e, out);
        return;
    }
    msp_text_add(out, e->name);
    if (e->kind == MSP_CALENDAR_VISIT && e->visit != NULL && e->visit->assess.n > 0) {
        msp_text_add(out, ": ");
        msp_visit_assessments(e->visit, out);
    }
    if (e->kind == MSP_CALENDAR_PHASE)
        msp_text_add(out, " begins");
    if (e->note != NULL)
        msp_text_printf(out, ": %s", e->note);
}
