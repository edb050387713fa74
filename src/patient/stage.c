#include "mspike/patient/stage.h"

#include "stage_limits.h"

msp_lesion_cuts msp_lesion_cuts_of(const msp_rules *rules)
{
    const msp_said_quantity *del17p = &rules->del17p_cut_pct;
    return (msp_lesion_cuts){.del17p = {.known = msp_was_said(del17p->at), .value = del17p->value}};
}

const char *msp_stage_name(msp_stage stage)
{
    static const char *const names[] = {"NC", "I", "II", "III", "IV"};
    return (size_t)stage < MSP_COUNT(names) ? names[stage] : "?";
}

const char *msp_stage_r2iss_name(msp_stage stage)
{
    static const char *const names[] = {"NC", "low", "low-intermediate", "intermediate-high",
                                        "high"};
    return (size_t)stage < MSP_COUNT(names) ? names[stage] : "?";
}

/* The lowest and the highest stage that the missing parts leave open. */
typedef struct stages {
    msp_stage low, high;
} stages;

static stages iss_range(const msp_risk_facts *facts)
{
    const msp_fact three = msp_amount_at_least(facts->beta2_microglobulin, STAGE_B2M_HIGH);
    const msp_fact one = msp_fact_and(msp_amount_below(facts->beta2_microglobulin, STAGE_B2M_LOW),
                                      msp_amount_at_least(facts->albumin, STAGE_ALBUMIN));
    return (stages){
        three == MSP_YES ? MSP_STAGE_III
        : one != MSP_NO  ? MSP_STAGE_I
                         : MSP_STAGE_II,
        one == MSP_YES    ? MSP_STAGE_I
        : three != MSP_NO ? MSP_STAGE_III
                          : MSP_STAGE_II,
    };
}

static msp_stage only(stages range)
{
    return range.low == range.high ? range.low : MSP_STAGE_UNKNOWN;
}

msp_stage msp_stage_iss(const msp_risk_facts *facts)
{
    return only(iss_range(facts));
}

/* Whether a lesion counts. */
static msp_fact counts(msp_lesion lesion, msp_amount cut)
{
    if (!cut.known)
        return lesion.found;
    if (!lesion.cells.known)
        return lesion.found == MSP_NO ? MSP_NO : MSP_UNKNOWN;
    return msp_amount_at_least(lesion.cells, cut);
}

msp_fact msp_risk_lesions(const msp_risk_facts *facts, const msp_lesion_cuts *cuts)
{
    const msp_fact translocation = msp_fact_or(counts(facts->t4_14, cuts->translocation),
                                               counts(facts->t14_16, cuts->translocation));
    return msp_fact_or(counts(facts->del17p, cuts->del17p), translocation);
}

static msp_fact ldh_is_high(const msp_risk_facts *facts)
{
    return msp_amount_above(facts->ldh, facts->ldh_upper);
}

/* R-ISS of one ISS stage, with an abnormal part or without. */
static msp_stage riss(msp_stage iss, bool abnormal)
{
    if (iss == MSP_STAGE_I && !abnormal)
        return MSP_STAGE_I;
    return iss == MSP_STAGE_III && abnormal ? MSP_STAGE_III : MSP_STAGE_II;
}

/* R-ISS grows with ISS and with an abnormal part, so its range is that of its parts' ends. */
msp_stage msp_stage_riss(const msp_risk_facts *facts, const msp_lesion_cuts *cuts)
{
    const stages iss = iss_range(facts);
    const msp_fact abnormal = msp_fact_or(ldh_is_high(facts), msp_risk_lesions(facts, cuts));
    return only((stages){riss(iss.low, abnormal == MSP_YES), riss(iss.high, abnormal != MSP_NO)});
}

/* In halves of a point. */
static int iss_points(msp_stage iss)
{
    return iss == MSP_STAGE_I ? 0 : iss == MSP_STAGE_II ? 2 : 3;
}

static msp_stage r2iss_of(int points)
{
    return points == 0  ? MSP_STAGE_I
           : points < 3 ? MSP_STAGE_II
           : points < 6 ? MSP_STAGE_III
                        : MSP_STAGE_IV;
}

msp_stage msp_stage_r2iss(const msp_risk_facts *facts, const msp_lesion_cuts *cuts)
{
    const struct {
        msp_fact present;
        int points;
    } parts[] = {
        {counts(facts->del17p, cuts->del17p), 2},
        {ldh_is_high(facts), 2},
        {counts(facts->t4_14, cuts->translocation), 2},
        {facts->gain_1q, 1},
    };
    const stages iss = iss_range(facts);
    int low = iss_points(iss.low), high = iss_points(iss.high);
    for (size_t i = 0; i < MSP_COUNT(parts); i++) {
        low += parts[i].present == MSP_YES ? parts[i].points : 0;
        high += parts[i].present != MSP_NO ? parts[i].points : 0;
    }
    return only((stages){r2iss_of(low), r2iss_of(high)});
}

/* In more than 20 % of the cells; the consensus wants the share, not the call. */
static msp_fact del17p_over_20(msp_lesion lesion)
{
    if (!lesion.cells.known)
        return lesion.found == MSP_NO ? MSP_NO : MSP_UNKNOWN;
    return msp_amount_above(lesion.cells, STAGE_DEL17P_CELLS);
}

msp_fact msp_risk_ims2025(const msp_risk_facts *facts)
{
    const msp_fact both = facts->del1p32 == MSP_NO ? MSP_NO : facts->del1p32_biallelic;
    const msp_fact any_1p = msp_fact_or(facts->del1p32, both);
    const msp_fact translocation =
        msp_fact_or(facts->t4_14.found, msp_fact_or(facts->t14_16.found, facts->t14_20.found));
    const msp_fact rows[] = {
        del17p_over_20(facts->del17p),
        facts->tp53_mutation,
        msp_fact_and(translocation, msp_fact_or(facts->gain_1q, any_1p)),
        msp_fact_and(any_1p, facts->gain_1q),
        both,
        msp_fact_and(msp_amount_at_least(facts->beta2_microglobulin, STAGE_B2M_HIGH),
                     msp_amount_below(facts->creatinine, STAGE_CREATININE)),
    };
    msp_fact high = MSP_NO;
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        high = msp_fact_or(high, rows[i]);
    return high;
}
