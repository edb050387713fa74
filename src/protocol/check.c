/* check.c - the file as a whole, and what the other checks share. */
#include <inttypes.h>
#include <math.h>

#include "check_internal.h"

/* -- shared -- */

double msp__duration_days(const msp_said_quantity *duration)
{
    static const double days[] = {
        [MSP_DURATION_MINUTES] = 1.0 / 1440,
        [MSP_DURATION_HOURS] = 1.0 / 24,
        [MSP_DURATION_DAYS] = 1,
        [MSP_DURATION_WEEKS] = 7,
        [MSP_DURATION_MONTHS] = MSP_DAYS_PER_MONTH,
        [MSP_DURATION_YEARS] = MSP_DAYS_PER_YEAR,
    };
    if (!msp_was_said(duration->at) || duration->unit < 0 ||
        (size_t)duration->unit >= MSP_COUNT(days))
        return (double)NAN;
    return msp_decimal_to_double(duration->value) * days[duration->unit];
}

msp_said_range msp__cut_range(msp_said_range range, int64_t last)
{
    if (range.to > last)
        range.to = last;
    return range;
}

int64_t msp__last_cycle(const msp_regimen *regimen)
{
    return msp_was_said(regimen->cycles.at) && regimen->cycles.value > 0 ? regimen->cycles.value
                                                                         : MSP_NO_END;
}

static int64_t whole_days(const msp_said_quantity *length)
{
    const double days = msp__duration_days(length);
    return days >= 1 && days < 1000 ? (int64_t)days : 0;
}

int64_t msp__shortest_cycle(const msp_regimen *regimen, msp_said_range cycles)
{
    int64_t shortest = 0;
    for (size_t i = 0; i < regimen->cycle.n; i++) {
        const msp_cycle_length *c = &regimen->cycle.items[i];
        const int64_t days = whole_days(&c->length);
        if (c->cycles.from <= cycles.to && c->cycles.to >= cycles.from && days > 0 &&
            (shortest == 0 || days < shortest))
            shortest = days;
    }
    return shortest;
}

void msp__check_bounds(const msp_said_number *at_least, const msp_said_number *above,
                       const msp_said_number *below, const msp_said_number *at_most, msp_place at,
                       bool may_be_open, const char *id, msp_findings *findings)
{
    const bool low = msp_was_said(at_least->at) || msp_was_said(above->at);
    const bool high = msp_was_said(below->at) || msp_was_said(at_most->at);
    if (msp_was_said(at_least->at) && msp_was_said(above->at))
        FAULT(id, above->at, "keep one of the two", "both at_least and above are said");
    if (msp_was_said(below->at) && msp_was_said(at_most->at))
        FAULT(id, at_most->at, "keep one of the two", "both below and at_most are said");
    if (!low && !high && !may_be_open)
        FAULT(id, at, "add at_least, above, below or at_most", "a limit is missing");
    if (!low || !high)
        return;
    const bool closed = msp_was_said(at_least->at) && msp_was_said(at_most->at);
    const msp_said_number *from = msp_was_said(at_least->at) ? at_least : above;
    const msp_said_number *to = msp_was_said(at_most->at) ? at_most : below;
    if (from->value > to->value || (!closed && from->value >= to->value))
        FAULT(id, to->at, "the lower limit is the smaller number", "no value is %s %g and %s %g",
              from == at_least ? "at least" : "above", from->value,
              to == at_most ? "at most" : "below", to->value);
}

/* -- the file -- */

static void check_version(const msp_node *root, const msp_protocol *p, msp_findings *findings)
{
    const bool only_design = root->n == 1 && msp_node_get(root, "design") != NULL;
    if (root->kind != MSP_NODE_MAPPING || only_design)
        return;
    if (!msp_was_said(p->version.at))
        FAULT("protocol-version", root->at, "begin the file with \"mspike: 1\"",
              "the version of the form is missing");
    else if (p->version.value > MSP_PROTOCOL_VERSION)
        FAULT("protocol-version", p->version.at,
              "use a newer mspike, or write the protocol in version 1",
              "version %" PRId64 " of the form is newer than this mspike reads (%d)",
              p->version.value, MSP_PROTOCOL_VERSION);
    if (msp_node_get(root, "trial") == NULL)
        FAULT("protocol-trial", root->at, "add \"trial:\" with at least a title",
              "the section \"trial\" is missing");
}

void msp__protocol_check(const msp_node *root, const msp_protocol *protocol, msp_findings *findings)
{
    check_version(root, protocol, findings);
    msp__check_trial(protocol, findings);
    msp__check_regimens(protocol, findings);
    msp__check_phases(protocol, findings);
    msp__check_visits(protocol, findings);
    msp__check_conduct(protocol, findings);
    msp__check_endpoints(protocol, findings);
    msp__check_analyses(protocol, findings);
    msp__check_design(protocol, findings);
    msp__check_virtual(protocol, findings);
    if (!may_find(findings))
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "form-too-many", root->at,
                         "mend these first and check again", "more faults than are listed here");
}
