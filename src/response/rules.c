/* rules.c - from the rules as a protocol says them to the switches of the evaluator. */
#include "mspike/response/rules.h"

#include <string.h>

/* "0.26-1.65" */
static msp_status parse_range(const char *text, msp_decimal *low, msp_decimal *high, msp_error *err)
{
    const char *dash = text != NULL ? strchr(text, '-') : NULL;
    if (dash == NULL || !msp_decimal_parse(text, (size_t)(dash - text), low) ||
        !msp_decimal_parse(dash + 1, strlen(dash + 1), high) || msp_decimal_cmp(*low, *high) >= 0)
        return msp_fail(err, MSP_EINPUT,
                        "flc_ratio_range is \"%s\"; expected two decimals as 0.26-1.65",
                        text != NULL ? text : "");
    return MSP_OK;
}

static msp_limit limit_of(msp_decimal at_least)
{
    return (msp_limit){true, at_least};
}

/* A limit of the protocol in the unit of the rules; unit 1 is ten times smaller or larger. */
static msp_limit said_limit(const msp_said_quantity *said, int shift)
{
    msp_limit limit = {.used = msp_was_said(said->at) && said->unit >= 0};
    if (limit.used && !msp_decimal_shift(said->value, said->unit == 0 ? 0 : shift, &limit.at_least))
        limit.used = false;
    return limit;
}

static void rules_limits(const msp_rules *rules, msp_response_rules *out)
{
    for (int i = 0; i < MSP_HEAVY_CHAINS; i++)
        out->serum[i] = limit_of(rules->serum_measurable_gdl.value);
    out->iga = limit_of(rules->serum_measurable_gdl.value);
    out->urine = limit_of(rules->urine_measurable_mg24h.value);
    out->flc = limit_of(rules->flc_measurable_mgl.value);
    out->marrow = limit_of(rules->marrow_measurable_pct.value);
}

/* Limits for some isotypes stand before those for any. */
static void serum_limits(const msp_measurability *m, msp_response_rules *out)
{
    for (int i = 0; i < MSP_HEAVY_CHAINS; i++)
        out->serum[i] = (msp_limit){0};
    for (size_t i = m->serum.n; i-- > 0;) {
        const msp_serum_limit *said = &m->serum.items[i];
        for (int heavy = 0; said->isotypes.n == 0 && heavy < MSP_HEAVY_CHAINS; heavy++)
            out->serum[heavy] = said_limit(&said->at_least, 1);
    }
    for (size_t i = 0; i < m->serum.n; i++)
        for (size_t k = 0; k < m->serum.items[i].isotypes.n; k++) {
            const int isotype = m->serum.items[i].isotypes.items[k].value;
            if (isotype >= 0)
                out->serum[MSP_HEAVY_IGG + isotype] = said_limit(&m->serum.items[i].at_least, 1);
        }
}

static void protocol_limits(const msp_measurability *m, msp_response_rules *out)
{
    serum_limits(m, out);
    if (msp_was_said(m->quantitative_iga.at))
        out->iga = said_limit(&m->quantitative_iga, 1);
    out->urine = said_limit(&m->urine, 0);
    out->flc = said_limit(&m->flc, -1);
    out->marrow = said_limit(&m->marrow, 0);
}

static void response_switches(const msp_rules *r, msp_response_rules *out)
{
    out->nadir_confirmed = r->nadir.value == 1;
    out->urine_with_pct = r->urine_abs_rule.value == 1;
    out->vgpr_urine_waived = r->vgpr_urine.value == 1;
    out->vgpr_serum_red90 = r->vgpr_nonmeasurable.value == 1;
    out->missing = (msp_missing_measurable)r->missing_measurable.value;
    out->marrow_of_visit = r->bm_run.value == 1;
    out->cr_from_first_negative = r->cr_date.value == 1;
    out->imaging_of_visit = r->imaging_carry.value == 1;
    out->antibody_assumed = r->antibody_reflex.value == 1;
    out->include_new_therapy = r->post_new_therapy.value == 1;
    out->carry_best = r->carry_best.value;
    out->mr_plasmacytoma_pct = r->mr_plasmacytoma_pct.value == 1 ? 25 : 50;
    out->vgpr_plasmacytoma_pct = r->vgpr_plasmacytoma_pct.value == 1 ? 90 : 50;
    out->mr_flc = r->mr_flc.value;
    out->new_clone_pd = r->new_clone_pd.value;
    out->relapse_cr_confirm = r->relapse_cr_confirm.value;
    out->urine_carry_days = r->urine_carry_days.value;
    out->confirm_min_days = r->confirm_min_days.value;
    out->sd_min_days = r->sd_min_days.value;
}

/* hypercalcemia_pd: 0 by profile, 1 on, 2 off. The profile admiralonco lets a sample after the next
 * therapy confirm, unless the rules say otherwise. */
static void progression_switches(const msp_rules *r, msp_response_rules *out)
{
    const int calcium = r->hypercalcemia_pd.value;
    out->pd_measurable_only = r->pd_markers.value == 1;
    out->pd_ge5_with25 = r->pd_ge5_rule.value == 1;
    out->flc_escape = r->flc_escape_pd.value;
    out->hypercalcaemia = calcium == 1 || (calcium == 0 && out->edition != MSP_IMWG2016);
    out->pd_simultaneous = r->pd_simultaneous.value;
    out->pd_same_marker = r->pd_confirm_marker.value == 1;
    out->pd_date_second = r->pd_date.value == 1;
    out->pd_after_new_therapy =
        msp_was_said(r->pd_confirm_after_new_therapy.at) || r->profile.value != 1
            ? r->pd_confirm_after_new_therapy.value == 1
            : true;
    out->pd_count_unconfirmed = r->pd_unconfirmed.value == 1;
    out->death = (msp_confirm_by_death)r->pd_confirm_by_death.value;
}

#define CUSTOM 3 /* of the choice `criteria` */

msp_status msp_response_rules_of(const msp_rules *rules, const msp_measurability *measurability,
                                 msp_response_rules *out, msp_error *err)
{
    *out = (msp_response_rules){.renal_ratio_low = {37, 2}, .renal_ratio_high = {310, 2}};
    const bool custom = rules->criteria.value == CUSTOM, has_rows = rules->criteria_rows.n > 0;
    if (custom != has_rows) {
        msp_fail_at(err, MSP_EINPUT, custom ? rules->criteria.at : rules->criteria_rows.at,
                    custom ? "custom criteria without rows"
                           : "rows of criteria that are not custom");
        return msp_hint(err, MSP_EINPUT,
                        "say criteria: custom and the rows that differ under criteria_rows");
    }
    out->edition = (msp_criteria_edition)(custom ? rules->criteria_base : rules->criteria).value;
    rules_limits(rules, out);
    if (measurability != NULL && msp_was_said(measurability->at))
        protocol_limits(measurability, out);
    out->plasmacytoma_only = rules->plasmacytoma_only.value;
    out->baseline_screening = rules->baseline.value == 1;
    out->serum_by_iga = rules->serum_method.value == 1;
    out->baseline_window_days = rules->baseline_window_days.value;
    out->baseline_window_imaging_days = rules->baseline_window_imaging_days.value;
    out->same_day = (msp_same_day)rules->same_day.value;
    out->ratio_renal = rules->flc_ratio_renal.value;
    response_switches(rules, out);
    progression_switches(rules, out);
    return parse_range(rules->flc_ratio_range.text, &out->ratio_low, &out->ratio_high, err);
}
