/* check_analyses.c - populations, subgroups, endpoints and analyses that contradict themselves. */
#include <string.h>

#include "check_internal.h"

static void check_cuts(const msp_subgroup *subgroup, msp_findings *findings)
{
    for (size_t i = 1; i < subgroup->cuts.n; i++)
        if (subgroup->cuts.items[i].value <= subgroup->cuts.items[i - 1].value)
            msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-subgroup",
                             subgroup->cuts.items[i].at, "write the cut points from low to high",
                             "the cut points of \"%s\" do not increase", subgroup->id);
    if (subgroup->cuts.n > 0 && subgroup->levels.n > 0)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-subgroup", subgroup->levels.at,
                         "keep levels for a text or a code, cuts for a number",
                         "\"%s\" has both levels and cut points", subgroup->id);
}

static void check_comparisons(const msp_analysis *a, msp_findings *findings)
{
    for (size_t i = 0; i < a->comparisons.n; i++) {
        const msp_comparison *c = &a->comparisons.items[i];
        if (c->experimental.text != NULL && c->control.text != NULL &&
            strcmp(c->experimental.text, c->control.text) == 0)
            msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-comparison", c->control.at,
                             "name two different arms", "arm \"%s\" is compared with itself",
                             c->control.text);
    }
    if (msp_was_said(a->hazard_ratio.at) && a->comparisons.n == 0)
        msp_findings_add(findings, MSP_SEVERITY_ERROR, "protocol-comparison", a->hazard_ratio.at,
                         "add \"comparison: {experimental: ..., control: ...}\"",
                         "a hazard ratio needs to know which two arms it compares");
}

/* The interval and the test of one ratio have to tell the same story: an interval narrower than the
 * test's level can leave 1 out while the test does not reject. */
static void check_levels(const msp_analysis *a, msp_findings *findings)
{
    const double alpha = a->test.alpha.value;
    const double level = a->hazard_ratio.level.value;
    if (!msp_was_said(a->test.alpha.at) || !msp_was_said(a->hazard_ratio.at))
        return;
    const double needed = a->test.sided.value == 1 ? 1 - 2 * alpha : 1 - alpha;
    if (level < needed - 1e-9)
        msp_findings_add(
            findings, MSP_SEVERITY_WARNING, "protocol-level",
            msp_was_said(a->hazard_ratio.level.at) ? a->hazard_ratio.level.at : a->hazard_ratio.at,
            "widen the interval, or say the alpha that it belongs to",
            "a %g %% interval can exclude 1 where the %s test at %g does not reject "
            "(that one goes with %g %%)",
            level * 100, a->test.sided.value == 1 ? "one-sided" : "two-sided", alpha, needed * 100);
}

void msp__check_analyses(const msp_protocol *protocol, msp_findings *findings)
{
    for (size_t i = 0; i < protocol->subgroups.n; i++)
        check_cuts(&protocol->subgroups.items[i], findings);
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        check_comparisons(&protocol->analyses.items[i], findings);
        check_levels(&protocol->analyses.items[i], findings);
    }
}
