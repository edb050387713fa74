/* explain.c - the decision on one assessment, in sentences.
 *
 *   1. rows of a level, of progression, of relapse (each in words: explain_row.c)
 *   2. rules of missing data, confirmation, baseline
 */
#include "mspike/response/explain.h"

#include "explain_row.h"

#define AS_NAME(code, name) name,
static const char *const kind_names[] = {MSP_REASON_LIST(AS_NAME)};
#undef AS_NAME

const char *msp_reason_kind_name(msp_reason_kind kind)
{
    return kind_names[kind];
}

/* -- 1. rows -- */

static void tell_level(teller *t, unsigned level, bool met)
{
    const msp_row_list *list = &t->c->lists[level];
    for (size_t k = 0; k < list->n; k++) {
        const msp_fact fact = msp__row_fact(t->c, list->row[k], t->i);
        if ((fact == MSP_YES) == met)
            msp__tell_row(t, list->row[k], fact);
    }
}

/* What kept the next better level away. */
static void tell_next(teller *t, msp_response_level reached)
{
    for (unsigned level = reached < MSP_LEVEL_MR ? MSP_LEVEL_MR : reached + 1u;
         level <= MSP_LEVEL_SCR; level++)
        if (t->c->lists[level].n > 0) {
            tell_level(t, level, false);
            return;
        }
}

/* Rows for progression: those met, or those of markers that rose without meeting one. */
static void tell_progression(teller *t, bool met)
{
    const msp_row_list *list = &t->c->lists[MSP_LEVEL_PD];
    const msp_seen *seen = &t->c->seen[t->i];
    for (size_t k = 0; k < list->n; k++) {
        const msp_response_row *row = &t->c->criteria->rows[list->row[k]];
        const msp_fact fact = msp__row_fact(t->c, list->row[k], t->i);
        const msp_judged j = row->judged;
        const bool rose = (seen->above & BIT(j)) != 0;
        const bool high = row->compare == MSP_COMPARE_RISE_FROM_NADIR ||
                          row->compare == MSP_COMPARE_RISE_FROM_BASELINE;
        if (met ? fact == MSP_YES : fact == MSP_NO && rose && !high)
            msp__tell_row(t, list->row[k], fact);
    }
}

/* -- 2. rules -- */

static void tell_rule(teller *t, msp_reason_kind kind, const char *rule, const char *words)
{
    msp_text text = {0};
    msp_text_add(&text, words);
    msp__tell(t, kind, rule, NULL, &text);
    msp_text_free(&text);
}

static void tell_not_evaluable(teller *t)
{
    bool all;
    const uint32_t missing = msp__missing_markers(t->c, t->i, &all);
    msp_text text = {0};
    if (!msp__anything_seen(&t->c->seen[t->i]))
        msp_text_add(&text, "nothing of the disease was measured");
    else {
        const char *separator = "";
        for (size_t j = 0; j < MSP_JUDGED_COUNT; j++)
            if ((missing & BIT(j)) != 0) {
                msp_text_printf(&text, "%s%s", separator, msp_judged_text((msp_judged)j));
                separator = " and ";
            }
        msp_text_add(&text, ", measurable at baseline, not measured, and no level is met without");
    }
    msp__tell(t, MSP_REASON_RULE, "2.6-missing", NULL, &text);
    msp_text_free(&text);
}

static void add_level_at(const msp_assessed *a, msp_text *out)
{
    msp_text_add(out, msp_response_level_name((msp_response_level)a->raw));
    msp_text_add(out, " on ");
    msp__tell_add_day(a->day, out);
}

static size_t next_evaluable(const teller *t, size_t k)
{
    const msp_response_result *r = t->result;
    for (size_t j = k + 1; j < r->n_assessed; j++)
        if (r->assessed[j].raw != MSP_LEVEL_NE &&
            (int64_t)r->assessed[j].day - r->assessed[k].day >=
                t->c->criteria->rules.confirm_min_days)
            return j;
    return r->n_assessed;
}

static void add_next(const teller *t, size_t next, msp_text *out)
{
    const msp_response_result *r = t->result;
    if (next == r->n_assessed) {
        msp_text_add(out, "no later assessment");
        return;
    }
    msp_text_add(out, "next: ");
    add_level_at(&r->assessed[next], out);
    if (r->assessed[next].excluded)
        msp_text_add(out, ", after the next therapy started");
}

static void tell_progression_confirmed(teller *t, size_t k)
{
    const msp_response_result *r = t->result;
    msp_text text = {0};
    if (k == r->progression_at) {
        msp_text_printf(&text, "progression: %s", msp_pd_basis_text(r->progression_by));
        if (r->progression_again != MSP_NO_ASSESSMENT) {
            msp_text_add(&text, " (");
            msp__tell_add_day(r->assessed[r->progression_again].day, &text);
            msp_text_add(&text, ")");
        }
    } else {
        msp_text_add(&text, "not confirmed, so it counts as NE; ");
        add_next(t, next_evaluable(t, k), &text);
    }
    msp__tell(t, MSP_REASON_RULE, "2.7-confirmation", NULL, &text);
    msp_text_free(&text);
}

static void tell_response_confirmed(teller *t, size_t k)
{
    const msp_assessed *a = &t->result->assessed[k];
    msp_text text = {0};
    msp_text_printf(&text, "%s", a->confirmed == a->raw ? "confirmed; " : "confirmed only as ");
    if (a->confirmed != a->raw)
        msp_text_printf(&text, "%s; ", msp_response_level_name((msp_response_level)a->confirmed));
    add_next(t, next_evaluable(t, k), &text);
    msp__tell(t, MSP_REASON_RULE, "2.7-confirmation", NULL, &text);
    msp_text_free(&text);
}

static void tell_confirmation(teller *t, size_t k)
{
    const msp_assessed *a = &t->result->assessed[k];
    if (a->excluded)
        tell_rule(t, MSP_REASON_RULE, "2.7-new-therapy",
                  "on or after the start of the next therapy: of no account");
    else if (k > t->result->progression_at && t->result->progression_at != MSP_NO_ASSESSMENT)
        tell_rule(t, MSP_REASON_RULE, "2.7-frozen", "after a confirmed progression");
    else if (a->raw == MSP_LEVEL_PD)
        tell_progression_confirmed(t, k);
    else if (a->raw >= MSP_LEVEL_MR)
        tell_response_confirmed(t, k);
}

static void tell_queries(teller *t, const msp_assessed *a)
{
    const msp_seen *seen = &t->c->seen[t->i];
    if ((a->flags & MSP_ASSESSED_SPEP_WITHOUT_IFE) != 0)
        tell_rule(t, MSP_REASON_QUERY, "2.3-query",
                  "M-protein is measured while immunofixation is negative");
    if ((seen->has & BIT(MSP_JUDGED_SPD)) != 0 && seen->value[MSP_JUDGED_SPD] > 0 &&
        !msp__has_nadir(seen, MSP_JUDGED_SPD))
        tell_rule(
            t, MSP_REASON_QUERY, "2.4-query",
            "a plasmacytoma is measured for the first time, with no earlier scan: new or not?");
    if ((a->flags & MSP_ASSESSED_RELAPSE_FROM_CR) != 0)
        tell_rule(t, MSP_REASON_RULE, "2.8-relapse-from-CR", "first sign after a confirmed CR");
}

static void tell_assessment(teller *t, size_t k)
{
    const msp_assessed *a = &t->result->assessed[k];
    const msp_response_level raw = (msp_response_level)a->raw;
    if (raw == MSP_LEVEL_PD) {
        tell_progression(t, true);
    } else {
        if (raw == MSP_LEVEL_NE)
            tell_not_evaluable(t);
        if (raw == MSP_LEVEL_SCR)
            tell_level(t, MSP_LEVEL_CR, true);
        if ((a->flags & MSP_ASSESSED_PROVISIONAL) != 0)
            tell_rule(t, MSP_REASON_RULE, "2.6-missing",
                      "a measurable marker is missing: judged by missing_measurable");
        else
            tell_level(t, raw, true);
        tell_next(t, raw);
        tell_progression(t, false);
    }
    tell_level(t, MSP_LEVEL_RELAPSE, true);
    tell_confirmation(t, k);
    tell_queries(t, a);
}

static msp_status finished(const teller *t, msp_error *err)
{
    return t->failed ? msp_fail(err, MSP_EMEM, "no memory for the reasons") : MSP_OK;
}

msp_status msp_explain_assessment(const msp_judge *judge, const msp_response_result *result,
                                  size_t k, msp_arena *arena, msp_reasons *out, msp_error *err)
{
    *out = (msp_reasons){0};
    teller t = {judge->course, result, k + 1, arena, out, false};
    tell_assessment(&t, k);
    return finished(&t, err);
}

/* "serum M-protein 3.0 g/dL (2020-01-01): measurable from 1.0" */
static void tell_limit(teller *t, msp_judged judged, msp_limit limit)
{
    const msp_seen *base = &t->c->seen[0];
    msp_text text = {0};
    msp_text_add(&text, msp_judged_text(judged));
    if ((base->has & BIT(judged)) == 0) {
        msp_text_add(&text, " has no baseline value");
    } else {
        msp_text_add_char(&text, ' ');
        msp__tell_add_value(t, judged, base->value[judged], 0, &text);
        msp__tell_add_unit(t, judged, &text);
        msp_text_add(&text, " (");
        msp__tell_add_day(msp__baseline_day(t->c, judged), &text);
        msp_text_add(&text, ")");
    }
    if (limit.used) {
        msp_text_add(&text, "; measurable from ");
        msp__tell_add_decimal(limit.at_least, &text);
    } else {
        msp_text_add(&text, "; does not make disease measurable here");
    }
    msp__tell(t, MSP_REASON_RULE, "1.1-measurable", msp__tell_source_of(t, judged, 0), &text);
    msp_text_free(&text);
}

/* The last value of a marker up to the baseline that is in no window; NULL where there is none. */
static const msp_measured *too_old(const teller *t, msp_judged judged, int64_t window)
{
    const msp_patient *p = t->c->patient;
    const msp_measured *found = NULL;
    for (size_t k = 0; k < p->n_measured && p->measured[k].assessed <= p->baseline; k++)
        if (p->measured[k].marker == msp__judged_marker(t->c, judged) &&
            (p->measured[k].flags & MSP_MEASURED_SPURIOUS) == 0 &&
            (int64_t)p->baseline - p->measured[k].assessed > window)
            found = &p->measured[k];
    return found;
}

/* "serum M-protein 3.0 g/dL (2019-11-01) is no baseline value: 61 days before the baseline
 * (2020-01-01), of baseline_window_days=28" */
static void tell_too_old(teller *t, msp_judged judged, const char *rule, int64_t window)
{
    const msp_measured *m = msp__has(&t->c->seen[0], judged) ? NULL : too_old(t, judged, window);
    if (m == NULL)
        return;
    const msp_day baseline = t->c->patient->baseline;
    msp_text text = {0};
    msp_text_printf(&text, "%s ", msp_marker_about((msp_marker)m->marker)->text);
    msp__tell_add_decimal(msp_measured_value(m), &text);
    msp__tell_add_unit(t, judged, &text);
    msp_text_add(&text, " (");
    msp__tell_add_day(m->assessed, &text);
    msp_text_printf(&text, ") is no baseline value: taken %d days before the baseline (",
                    baseline - m->assessed);
    msp__tell_add_day(baseline, &text);
    msp_text_printf(&text, "), more than %s=%lld", rule, (long long)window);
    msp__tell(t, MSP_REASON_RULE, "1.2-window", m, &text);
    msp_text_free(&text);
}

static void tell_windows(teller *t)
{
    static const char labs[] = "baseline_window_days", imaging[] = "baseline_window_imaging_days";
    const msp_response_rules *r = &t->c->criteria->rules;
    tell_too_old(t, MSP_JUDGED_SERUM, labs, r->baseline_window_days);
    tell_too_old(t, MSP_JUDGED_URINE, labs, r->baseline_window_days);
    tell_too_old(t, MSP_JUDGED_INVOLVED, labs, r->baseline_window_days);
    tell_too_old(t, MSP_JUDGED_MARROW, imaging, r->baseline_window_imaging_days);
    tell_too_old(t, MSP_JUDGED_SPD, imaging, r->baseline_window_imaging_days);
}

/* Without one a time to progression ends at its start under the FDA's rules. */
static void tell_unassessed(teller *t)
{
    if (!t->result->baseline_assessed)
        tell_rule(t, MSP_REASON_QUERY, "C1",
                  "no value of the disease counts as a baseline: progression-free survival is "
                  "censored at its start (EMA: unless there is an event)");
}

msp_status msp_explain_baseline(const msp_judge *judge, const msp_response_result *result,
                                msp_arena *arena, msp_reasons *out, msp_error *err)
{
    *out = (msp_reasons){0};
    teller t = {judge->course, result, 0, arena, out, false};
    const msp_response_rules *r = &t.c->criteria->rules;
    tell_limit(&t, MSP_JUDGED_SERUM, r->serum_by_iga ? r->iga : r->serum[t.c->patient->heavy]);
    tell_limit(&t, MSP_JUDGED_URINE, r->urine);
    if (result->type != MSP_DISEASE_SERUM && result->type != MSP_DISEASE_URINE &&
        result->type != MSP_DISEASE_BOTH) {
        tell_limit(&t, MSP_JUDGED_INVOLVED, r->flc);
        tell_limit(&t, MSP_JUDGED_MARROW, r->marrow);
    }
    tell_windows(&t);
    tell_unassessed(&t);
    return finished(&t, err);
}
