/* check_conduct.c - eligibility, measurements, and what is said in two places. */
#include <inttypes.h>

#include "check_internal.h"

static void check_criteria(const msp_criterion *items, size_t n, msp_findings *findings)
{
    static const char id[] = "protocol-eligibility";
    for (size_t i = 0; i < n; i++) {
        const msp_criterion *c = &items[i];
        if (!msp_was_said(c->text.at) && !msp_was_said(c->measure.at))
            FAULT(id, c->at, "add \"text:\" or \"measure:\"", "\"%s\" says nothing", c->id);
        const bool free = !msp_was_said(c->measure.at) || c->is.n > 0;
        msp__check_bounds(&c->at_least, &c->above, &c->below, &c->at_most, c->at, free, id,
                          findings);
    }
}

static void check_measurement_names(const msp_protocol *p, msp_findings *findings)
{
    size_t n = 0;
    while (msp_measurement_names[n] != NULL)
        n++;
    for (size_t i = 0; i < p->measurements.n; i++) {
        const msp_measurement *m = &p->measurements.items[i];
        bool known = false;
        for (size_t j = 0; j < n; j++)
            known = known || same_name(m->id, msp_measurement_names[j]);
        if (known)
            continue;
        const char *meant = msp_suggest(m->id, msp_measurement_names, n);
        char hint[128] = "docs/protocol-form.md lists the measurements that have a meaning";
        if (meant != NULL)
            snprintf(hint, sizeof hint, "did you mean \"%.80s\"?", meant);
        DOUBT("protocol-measurement", m->at, hint, "nothing uses the measurement \"%s\"", m->id);
    }
}

/* A limit in the unit of the rules, g/dL or mg/L; the tables of units have that one first. */
static bool same_limit(const msp_said_quantity *here, const msp_said_quantity *rule, int shift)
{
    msp_decimal scaled = here->value;
    return here->unit < 0 || !msp_was_said(here->at) || !msp_was_said(rule->at) || rule->unit < 0 ||
           (msp_decimal_shift(here->value, here->unit == 0 ? 0 : shift, &scaled) &&
            msp_decimal_cmp(scaled, rule->value) == 0);
}

static void said_differently(msp_place at, const char *rule, msp_findings *findings)
{
    char hint[96];
    snprintf(hint, sizeof hint, "leave \"%s\" out of the rules", rule);
    FAULT("protocol-rules", at, hint, "this is not what \"rules: {%s: ...}\" says", rule);
}

static void check_limits(const msp_protocol *p, msp_findings *findings)
{
    const msp_measurability *m = &p->measurability;
    const msp_rules *rules = &p->rules;
    if (m->serum.n == 1 && m->serum.items[0].isotypes.n == 0 &&
        !same_limit(&m->serum.items[0].at_least, &rules->serum_measurable_gdl, 1))
        said_differently(m->serum.items[0].at_least.at, "serum_measurable_gdl", findings);
    if (!same_limit(&m->urine, &rules->urine_measurable_mg24h, 0))
        said_differently(m->urine.at, "urine_measurable_mg24h", findings);
    if (!same_limit(&m->flc, &rules->flc_measurable_mgl, -1))
        said_differently(m->flc.at, "flc_measurable_mgl", findings);
    if (!same_limit(&m->marrow, &rules->marrow_measurable_pct, 0))
        said_differently(m->marrow.at, "marrow_measurable_pct", findings);
    msp_decimal days = {0};
    if (msp_was_said(m->within.at) && msp_was_said(rules->baseline_window_days.at) &&
        m->within.unit >= 0 && rules->baseline_window_days.value != MSP_NO_COUNT) {
        days.coefficient = rules->baseline_window_days.value;
        if (msp_decimal_cmp(m->within.value, days) != 0)
            said_differently(m->within.at, "baseline_window_days", findings);
    }
}

static void check_safety(const msp_protocol *p, msp_findings *findings)
{
    const msp_safety *s = &p->safety;
    const msp_rules *rules = &p->rules;
    msp_decimal days = {0};
    if (msp_was_said(s->window.at) && msp_was_said(rules->teae_days.at) && s->window.unit >= 0 &&
        rules->teae_days.value != MSP_NO_COUNT) {
        days.coefficient = rules->teae_days.value;
        if (msp_decimal_cmp(s->window.value, days) != 0)
            said_differently(s->window.at, "teae_days", findings);
    }
    if (msp_was_said(s->stop_at_new_therapy.at) &&
        msp_was_said(rules->teae_stop_at_new_therapy.at) &&
        s->stop_at_new_therapy.value != rules->teae_stop_at_new_therapy.value)
        said_differently(s->stop_at_new_therapy.at, "teae_stop_at_new_therapy", findings);
    if (msp_was_said(s->ctcae.at) && msp_was_said(rules->ctcae.at) &&
        msp__ctcae_rule(s->ctcae.value) != rules->ctcae.value)
        said_differently(s->ctcae.at, "ctcae", findings);
}

/* "0.26-1.65" */
static void check_ratio_range(const msp_rules *rules, msp_findings *findings)
{
    const msp_said_text *range = &rules->flc_ratio_range;
    if (!msp_was_said(range->at) || range->text == NULL)
        return;
    const char *dash = strchr(range->text, '-');
    msp_decimal low, high;
    if (dash == NULL || !msp_decimal_parse(range->text, (size_t)(dash - range->text), &low) ||
        !msp_decimal_parse(dash + 1, strlen(dash + 1), &high) || msp_decimal_cmp(low, high) >= 0)
        FAULT("protocol-rules", range->at, "write it as 0.26-1.65",
              "\"%s\" is no range of two decimals", range->text);
}

void msp__check_conduct(const msp_protocol *p, msp_findings *findings)
{
    check_criteria(p->eligibility.inclusion.items, p->eligibility.inclusion.n, findings);
    check_criteria(p->eligibility.exclusion.items, p->eligibility.exclusion.n, findings);
    check_measurement_names(p, findings);
    check_limits(p, findings);
    check_safety(p, findings);
    check_ratio_range(&p->rules, findings);
    for (size_t i = 0; i < p->endpoints.n; i++)
        check_ratio_range(&p->endpoints.items[i].rules, findings);
}
