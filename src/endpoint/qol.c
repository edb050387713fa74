#include "mspike/endpoint/qol.h"

#include <math.h>

static const double none = NAN;

enum { FUNCTIONAL, SYMPTOM, MOST_ITEMS = 10 };

typedef struct scale {
    const char *code, *text;
    int kind;
    uint8_t items[MOST_ITEMS]; /* 0 after the last */
} scale;

static const scale scales[] = {
#define AS_ROW(code, text, kind, ...) {#code, text, kind, {__VA_ARGS__}},
    MSP_QOL_LIST(AS_ROW)
#undef AS_ROW
        {"SUMMARY", "summary score", FUNCTIONAL, {0}},
};

const char *msp_qol_code(msp_qol_scale s)
{
    return scales[s].code;
}

const char *msp_qol_text(msp_qol_scale s)
{
    return scales[s].text;
}

bool msp_qol_high_is_good(msp_qol_scale s)
{
    return scales[s].kind == FUNCTIONAL;
}

/* Answers go from 1 to this. */
static uint8_t most(size_t item)
{
    return item == 29 || item == 30 ? 7 : 4;
}

static void score_scale(const uint8_t *answers, msp_qol_scale s, msp_qol *out)
{
    unsigned items = 0, answered = 0, sum = 0, range = 3;
    for (; items < MOST_ITEMS && scales[s].items[items] != 0; items++) {
        const size_t item = scales[s].items[items];
        range = most(item) - 1u;
        answered += answers[item - 1] > 0;
        sum += answers[item - 1];
    }
    out->answered[s] = (uint8_t)answered;
    out->needed[s] = (uint8_t)((items + 1) / 2);
    out->score[s] = none;
    if (answered < out->needed[s])
        return;
    /* Whole numbers until the last division, so that equal answers give equal scores. */
    const unsigned above = sum - answered, full = answered * range;
    const bool reversed = scales[s].kind == FUNCTIONAL && s != MSP_QOL_QL;
    out->score[s] = 100.0 * (reversed ? full - above : above) / full;
}

static void score_summary(msp_qol *out)
{
    double sum = 0;
    unsigned have = 0, all = 0;
    for (msp_qol_scale s = MSP_QOL_QL; s <= MSP_QOL_FI; s++) {
        if (s == MSP_QOL_QL || s == MSP_QOL_FI)
            continue;
        all++;
        have += isnan(out->score[s]) ? 0 : 1;
        sum += scales[s].kind == SYMPTOM ? 100 - out->score[s] : out->score[s];
    }
    out->answered[MSP_QOL_SUMMARY] = (uint8_t)have;
    out->needed[MSP_QOL_SUMMARY] = (uint8_t)all;
    out->score[MSP_QOL_SUMMARY] = have == all ? sum / all : none;
}

msp_status msp_qol_score(const uint8_t answers[MSP_QOL_ITEMS], msp_qol *out, msp_error *err)
{
    *out = (msp_qol){0};
    for (size_t item = 1; item <= MSP_QOL_ITEMS; item++)
        if (answers[item - 1] > most(item))
            return msp_fail_row(err, MSP_ERANGE, item - 1,
                                "the answer to item %zu is %u; expected 1 to %u, or none", item,
                                answers[item - 1], most(item));
    for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SUMMARY; s++)
        score_scale(answers, s, out);
    score_summary(out);
    return MSP_OK;
}

double msp_qol_gain(msp_qol_scale s, double baseline, double score)
{
    return msp_qol_high_is_good(s) ? score - baseline : baseline - score;
}

/* Scores are thirds and sixths of 100: a loss is reached if it is within rounding. */
static bool is_loss(msp_qol_scale s, double baseline, double score, double points)
{
    return msp_qol_gain(s, baseline, score) <= -points + 1e-9;
}

static bool holds(msp_qol_scale s, double baseline, const double *score, size_t n, double points)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i]) && !is_loss(s, baseline, score[i], points))
            return false;
    return true;
}

static msp_status check_visits(const double *time, size_t n, double points, msp_error *err)
{
    if (!(points > 0))
        return msp_fail(err, MSP_ERANGE, "a loss of %g points; expected above 0", points);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(time[i]) || (i > 0 && !(time[i] > time[i - 1])))
            return msp_fail_row(err, MSP_ERANGE, i, "a visit is not later than the one before");
    return MSP_OK;
}

msp_status msp_qol_time_to_deterioration(msp_qol_scale s, double baseline, const double *time,
                                         const double *score, size_t n, double points, bool lasting,
                                         msp_qol_deterioration *out, msp_error *err)
{
    *out = (msp_qol_deterioration){.reason = "no score after baseline"};
    const msp_status rc = check_visits(time, n, points, err);
    if (rc != MSP_OK)
        return rc;
    if (isnan(baseline)) {
        out->reason = "no score at baseline";
        return MSP_OK;
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(score[i]))
            continue;
        out->visit = i;
        out->time = time[i];
        out->event = is_loss(s, baseline, score[i], points) &&
                     (!lasting || holds(s, baseline, score + i + 1, n - i - 1, points));
        out->reason = out->event ? "deterioration" : "no deterioration by the last score";
        if (out->event)
            break;
    }
    return MSP_OK;
}
