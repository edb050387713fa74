#include "doubt.h"

#include <stdio.h>
#include <string.h>

#include "mspike/base/text.h"
#include "mspike/patient/unit.h"

static doubt convert(msp_marker marker, const char *unit, msp_lab_result *r)
{
    if (r->limit.coefficient != 0 &&
        msp_unit_convert(marker, r->limit, unit, &r->limit) != MSP_UNIT_CONVERTED)
        r->limit = (msp_decimal){0};
    switch (msp_unit_convert(marker, r->value, unit, &r->value)) {
    case MSP_UNIT_CONVERTED:
        return DOUBT_NONE;
    case MSP_UNIT_UNKNOWN:
        return DOUBT_UNIT;
    case MSP_UNIT_OTHER_DIMENSION:
        return DOUBT_DIMENSION;
    case MSP_UNIT_TOO_LONG:
        break;
    }
    return DOUBT_DIGITS;
}

doubt doubt_read(msp_marker marker, const char *text, const char *unit, bool comma,
                 msp_lab_result *out)
{
    const bool quantity = msp_marker_about(marker)->kind == MSP_MARKER_QUANTITY;
    *out = msp_lab_result_read(marker, text, comma);
    if (out->kind == MSP_RESULT_NOTHING)
        return DOUBT_NONE;
    doubt d = out->kind == MSP_RESULT_UNREADABLE ? DOUBT_UNREADABLE
              : quantity                         ? convert(marker, unit, out)
                                                 : DOUBT_NONE;
    if (d == DOUBT_NONE && out->value.coefficient < 0)
        d = DOUBT_NEGATIVE;
    if (d != DOUBT_NONE)
        out->kind = MSP_RESULT_UNREADABLE;
    else if (quantity && out->flags == 0 && !msp_value_plausible(marker, out->value))
        d = DOUBT_IMPLAUSIBLE;
    return d;
}

static void say_implausible(msp_marker marker, const char *found, const char *unit, doubt_said *out)
{
    const msp_lab_result figure = msp_lab_result_read(marker, found, strchr(found, ',') != NULL);
    const char *other = msp_value_plausible_unit(marker, figure.value);
    out->error = false;
    out->id = "data-implausible";
    snprintf(out->text, sizeof out->text, "%s is \"%.40s\" %s, which is hardly possible",
             msp_marker_about(marker)->text, found, unit);
    if (other != NULL && !msp_text_equal_nocase(other, unit))
        snprintf(out->hint, sizeof out->hint,
                 "it would be plausible in %s; the value is used as it stands", other);
    else
        snprintf(out->hint, sizeof out->hint, "the value is used as it stands");
}

static const char *expected(doubt d, msp_marker marker)
{
    if (d == DOUBT_NEGATIVE)
        return "0 or more";
    if (d == DOUBT_DIGITS)
        return "at most 18 digits";
    if (msp_marker_about(marker)->kind == MSP_MARKER_SIGN)
        return "pos, neg, 1, 0 or nothing";
    return "a number, or nothing";
}

void doubt_say(doubt d, msp_marker marker, const char *found, const char *unit, doubt_said *out)
{
    const msp_marker_info *about = msp_marker_about(marker);
    if (unit == NULL)
        unit = about->unit;
    *out = (doubt_said){.error = true, .id = "data-value", .hint = "it counts as not measured"};
    if (d == DOUBT_IMPLAUSIBLE) {
        say_implausible(marker, found, unit, out);
    } else if (d == DOUBT_UNIT || d == DOUBT_DIMENSION) {
        out->id = "data-unit";
        snprintf(out->text, sizeof out->text, "%s is \"%.40s\" in \"%.24s\"; expected %s",
                 about->text, found, unit, about->unit);
        if (marker == MSP_MARKER_URINE_M)
            snprintf(
                out->hint, sizeof out->hint,
                "only a collection over 24 hours counts, or a concentration with its volume of "
                "that day; this is not measured");
        else
            snprintf(out->hint, sizeof out->hint,
                     "say what it is under units: of the protocol's measurement");
    } else {
        snprintf(out->text, sizeof out->text, "%s is \"%.40s\"; expected %s%s%s", about->text,
                 found, expected(d, marker), unit[0] != '\0' ? " in " : "", unit);
    }
}

msp_day doubt_day(msp_date date, msp_day known)
{
    if (known == MSP_NO_DAY || known <= date.earliest)
        return date.earliest;
    return known < date.latest ? known : date.latest;
}
