/* explain.c - the decision on one assessment, in sentences.
 *
 *   1. numbers as they were reported     3. rows of a level, of progression, of relapse
 *   2. one row in words                  4. rules of missing data, confirmation, baseline
 */
#include "mspike/response/explain.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mspike/base/text.h"

#define AS_NAME(code, name) name,
static const char *const kind_names[] = {MSP_REASON_LIST(AS_NAME)};
#undef AS_NAME

const char *msp_reason_kind_name(msp_reason_kind kind)
{
    return kind_names[kind];
}

typedef struct teller {
    const msp_course *c;
    const msp_response_result *result;
    size_t i; /* index into c->seen */
    msp_arena *arena;
    msp_reasons *out;
    bool failed;
} teller;

static void tell(teller *t, msp_reason_kind kind, const char *rule, const msp_measured *source,
                 const msp_text *text)
{
    msp_reasons *r = t->out;
    if (r->n == r->cap) {
        const size_t cap = r->cap > 0 ? 2 * r->cap : 16;
        msp_reason *items = msp_arena_array(t->arena, cap, sizeof *items);
        if (items == NULL) {
            t->failed = true;
            return;
        }
        if (r->n > 0)
            memcpy(items, r->items, r->n * sizeof *items);
        r->items = items;
        r->cap = cap;
    }
    const char *copy = msp_arena_text(t->arena, msp_text_str(text));
    t->failed |= copy == NULL || text->failed;
    r->items[r->n++] =
        (msp_reason){kind, rule, copy, source != NULL ? source->table : MSP_NO_SOURCE,
                     source != NULL ? source->row : MSP_NO_SOURCE};
}

/* -- 1. numbers -- */

/* value / unit as a decimal; a mean that has none is cut to 4 decimals. */
static msp_decimal as_decimal(msp__wide value, int64_t unit)
{
    int scale = 0;
    int64_t power = 1;
    while (scale < 18 && power < unit && unit % (power * 10) == 0) {
        power *= 10;
        scale++;
    }
    if (power != unit) {
        value = value * 10000 / unit;
        scale = 4;
    }
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    return (msp_decimal){(int64_t)value, scale};
}

static void add_number(msp__wide value, int64_t unit, msp_text *out)
{
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(as_decimal(value, unit), text);
    msp_text_add(out, text);
}

static void add_decimal(msp_decimal value, msp_text *out)
{
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(value, text);
    msp_text_add(out, text);
}

static void add_day(msp_day day, msp_text *out)
{
    char text[MSP_DATE_MAX];
    msp_day_format(day, text);
    msp_text_add(out, text);
}

/* Which assessment the value that a row looks at is of. */
static size_t seen_at(const teller *t, msp_judged judged)
{
    const uint16_t *from = t->c->seen[t->i].from;
    switch (judged) {
    case MSP_JUDGED_SERUM_RECENT:
        return from[FROM_SERUM];
    case MSP_JUDGED_URINE_RECENT:
        return from[FROM_URINE];
    case MSP_JUDGED_MARROW_RUN:
        return from[FROM_MARROW];
    case MSP_JUDGED_CLONAL_RUN:
        return from[FROM_CLONAL];
    case MSP_JUDGED_SPD_RECENT:
        return from[FROM_SPD];
    default:
        return t->i;
    }
}

static msp_day day_of(const teller *t, msp_judged judged, size_t i)
{
    return i == 0 ? t->c->baseline_day[judged] : t->c->seen[i].day;
}

/* The measurement that the value at assessment i comes from; NULL for what is worked out. */
static const msp_measured *source_of(const teller *t, msp_judged judged, size_t i)
{
    const msp_patient *p = t->c->patient;
    const msp_marker marker = msp__judged_marker(t->c, judged);
    const msp_day day = day_of(t, judged, i);
    const msp_measured *found = NULL;
    for (size_t k = 0; k < p->n_measured; k++) {
        const msp_measured *m = &p->measured[k];
        if (m->assessed != day || m->marker != marker || (m->flags & MSP_MEASURED_SPURIOUS) != 0)
            continue;
        if (found == NULL || msp_decimal_cmp(msp_measured_value(m), msp_measured_value(found)) > 0)
            found = m;
    }
    return found;
}

static bool worked_out(msp_judged judged)
{
    return judged == MSP_JUDGED_DFLC || judged == MSP_JUDGED_RATIO;
}

/* A value as it was reported where it was, else as it was worked out. */
static void add_value(const teller *t, msp_judged judged, int64_t value, size_t i, msp_text *out)
{
    const int64_t unit = t->c->unit[judged];
    const msp_measured *m = worked_out(judged) ? NULL : source_of(t, judged, i);
    if (judged == MSP_JUDGED_HAEMOGLOBIN)
        value = -value;
    const msp_decimal exact = as_decimal(value, unit);
    if (m != NULL && msp_decimal_cmp(msp_measured_value(m), exact) == 0)
        add_decimal(msp_measured_value(m), out);
    else
        add_decimal(exact, out);
}

static void add_unit(const teller *t, msp_judged judged, msp_text *out)
{
    const char *unit = msp_marker_about(msp__judged_marker(t->c, judged))->unit;
    if (unit[0] != '\0')
        msp_text_printf(out, " %s", unit);
    const msp_measured *m = judged == MSP_JUDGED_CALCIUM ? source_of(t, judged, t->i) : NULL;
    if (m != NULL && (m->flags & MSP_MEASURED_UNCORRECTED) != 0)
        msp_text_add(out, " (total: no albumin to correct it by)");
}

/* part / whole in percent, to one decimal; to more where the one would look like `limit` on the
 * other side of it. */
static void add_percent(msp__wide part, msp__wide whole, int limit, msp_text *out)
{
    char text[MSP_DECIMAL_MAX];
    const bool reached = part * 100 >= whole * limit;
    msp_decimal shown = {0, 0};
    msp__wide power = 1000;
    for (int digits = 1; digits <= 4; digits++, power *= 10) {
        const msp__wide twice = 2 * part * power / whole;
        shown = (msp_decimal){(int64_t)((twice + (twice < 0 ? -1 : 1)) / 2), digits};
        if ((msp_decimal_cmp(shown, (msp_decimal){limit, 0}) >= 0) == reached)
            break;
    }
    msp_decimal_format(shown, text);
    msp_text_printf(out, "%s %%", text);
}

/* -- 2. one row -- */

static const char *level_name(const msp_response_row *row)
{
    return row->level == MSP_LEVEL_RELAPSE
               ? "clinical relapse"
               : msp_response_level_name((msp_response_level)row->level);
}

static msp_judged baseline_of(msp_judged judged)
{
    return judged == MSP_JUDGED_SPD_RECENT     ? MSP_JUDGED_SPD
           : judged == MSP_JUDGED_SERUM_RECENT ? MSP_JUDGED_SERUM
           : judged == MSP_JUDGED_URINE_RECENT ? MSP_JUDGED_URINE
                                               : judged;
}

/* ": 24.7 % below 3.0 (2020-01-01)" */
static void add_fall(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_judged j = baseline_of(row->judged);
    const msp_seen *base = &t->c->seen[0];
    if ((base->has & BIT(j)) == 0) {
        msp_text_add(out, ", with no baseline value");
        return;
    }
    const int64_t b = base->value[j];
    msp_text_add(out, ": ");
    if (b > 0) {
        const bool up = x > b;
        add_percent((msp__wide)(up ? x - b : b - x), b, row->percent, out);
        msp_text_add(out, up ? " above " : " below ");
    } else {
        msp_text_add(out, "baseline ");
    }
    add_value(t, j, b, 0, out);
    msp_text_add(out, " (");
    add_day(t->c->baseline_day[j], out);
    msp_text_add(out, ")");
}

/* "MR needs 25 %: 2.25 or less" */
static void add_fall_needed(const teller *t, const msp_response_row *row, msp_text *out)
{
    const msp_judged j = baseline_of(row->judged);
    msp_text_printf(out, "; %s needs %d %%", level_name(row), row->percent);
    if ((t->c->seen[0].has & BIT(j)) == 0 || t->c->unit[j] > INT64_MAX / 100)
        return;
    msp_text_add(out, ": ");
    add_number((msp__wide)t->c->seen[0].value[j] * (100 - row->percent), t->c->unit[j] * 100, out);
    msp_text_add(out, " or less");
}

/* ": +0.5 and 50.0 % above the lowest value 1.0 (2020-02-26)" */
static void add_rise(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_seen *seen = &t->c->seen[t->i];
    const msp_judged j = row->judged;
    if ((seen->has_nadir & BIT(j)) == 0) {
        msp_text_add(out, ", with no earlier value");
        return;
    }
    const int64_t n = seen->nadir[j];
    const msp__wide rise = (msp__wide)x - n;
    msp_text_printf(out, ": %s", rise >= 0 ? "+" : "");
    add_number(rise, t->c->unit[j], out);
    if (n > 0) {
        msp_text_add(out, " and ");
        add_percent(rise, n, row->percent, out);
    }
    msp_text_add(out, " from the lowest value ");
    add_value(t, j, n, seen->nadir_at[j], out);
    msp_text_add(out, " (");
    add_day(day_of(t, j, seen->nadir_at[j]), out);
    msp_text_add(out, ")");
}

static void add_rise_needed(const teller *t, const msp_response_row *row, msp_text *out)
{
    msp_text_printf(out, "; %s needs ", level_name(row));
    if (row->compare == MSP_COMPARE_RISE_TO) {
        add_decimal(row->amount, out);
        add_unit(t, row->judged, out);
        msp_text_add(out, " or more");
    } else if (row->amount.coefficient > 0) {
        msp_text_add(out, row->compare == MSP_COMPARE_RISE_MORE ? "more than +" : "+");
        add_decimal(row->amount, out);
        add_unit(t, row->judged, out);
    }
    if (row->percent > 0)
        msp_text_printf(out, "%s%d %%", row->amount.coefficient > 0 ? " and " : "+", row->percent);
    if (row->compare == MSP_COMPARE_RISE_FROM_NADIR ||
        row->compare == MSP_COMPARE_RISE_FROM_BASELINE) {
        msp_text_printf(out, ", where the %s value is ",
                        row->compare == MSP_COMPARE_RISE_FROM_NADIR ? "lowest" : "baseline");
        add_decimal(row->from, out);
        msp_text_add(out, " or more");
    }
}

static void add_drop(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_seen *seen = &t->c->seen[t->i];
    const msp_judged j = row->judged;
    if ((seen->has_nadir & BIT(j)) == 0)
        return;
    msp_text_add(out, ": ");
    add_number((msp__wide)x - seen->nadir[j], t->c->unit[j], out);
    msp_text_add(out, " below the highest earlier value ");
    add_value(t, j, seen->nadir[j], seen->nadir_at[j], out);
    msp_text_add(out, " (");
    add_day(day_of(t, j, seen->nadir_at[j]), out);
    msp_text_add(out, "); whether therapy explains it is not known");
}

static void add_sign(const teller *t, msp_judged judged, int64_t x, msp_text *out)
{
    if (judged == MSP_JUDGED_RATIO)
        msp_text_add(out, x == 0  ? " normal"
                          : x < 0 ? " below the normal range"
                                  : " above the normal range");
    else if (judged == MSP_JUDGED_SPD_RECENT) {
        msp_text_add_char(out, ' ');
        add_value(t, judged, x, seen_at(t, judged), out);
        add_unit(t, judged, out);
    } else {
        msp_text_add(out, x == 0 ? " negative" : " positive");
    }
    const bool band = judged == MSP_JUDGED_IFE_SERUM && x == 0;
    const msp_measured *m = band ? source_of(t, judged, t->i) : NULL;
    if (m != NULL && m->coefficient != 0)
        msp_text_add(out, ": the band is the therapeutic antibody's");
}

/* What the row compares with, as it was here. */
static void add_comparison(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    switch (row->compare) {
    case MSP_COMPARE_FALL:
        add_fall(t, row, x, out);
        add_fall_needed(t, row, out);
        break;
    case MSP_COMPARE_FALL_OR_BELOW:
        add_fall(t, row, x, out);
        add_fall_needed(t, row, out);
        msp_text_add(out, ", or less than ");
        add_decimal(row->amount, out);
        break;
    case MSP_COMPARE_BELOW_AND_FALL:
        if (t->c->criteria->rules.urine_with_pct) {
            add_fall(t, row, x, out);
            add_fall_needed(t, row, out);
            msp_text_add(out, ", and less than ");
            add_decimal(row->amount, out);
            break;
        }
        /* fall through */
    case MSP_COMPARE_BELOW:
        msp_text_printf(out, "; %s needs less than ", level_name(row));
        add_decimal(row->amount, out);
        break;
    case MSP_COMPARE_ASSESSED:
        if (t->c->criteria->rules.vgpr_serum_red90)
            add_fall(t, row, x, out);
        else
            msp_text_printf(out, ": %s needs it to be measured", level_name(row));
        break;
    case MSP_COMPARE_ABOVE:
        msp_text_printf(out, "; %s needs more than ", level_name(row));
        add_decimal(row->amount, out);
        break;
    case MSP_COMPARE_DROP:
        add_drop(t, row, x, out);
        break;
    case MSP_COMPARE_NEGATIVE:
    case MSP_COMPARE_POSITIVE:
        break;
    default:
        add_rise(t, row, x, out);
        add_rise_needed(t, row, out);
        break;
    }
}

static bool is_sign(const msp_response_row *row)
{
    return row->compare == MSP_COMPARE_NEGATIVE || row->compare == MSP_COMPARE_POSITIVE;
}

static void tell_missing(teller *t, const msp_response_row *row, msp_fact fact)
{
    msp_text text = {0};
    if (fact == MSP_YES)
        msp_text_printf(&text, "%s not measured; the rules do not ask for it",
                        msp_judged_text(row->judged));
    else
        msp_text_printf(&text, "%s not measured; %s needs it", msp_judged_text(row->judged),
                        level_name(row));
    if (row->judged == MSP_JUDGED_MARROW_RUN)
        msp_text_add(&text, " while immunofixation stays negative");
    tell(t, fact == MSP_YES ? MSP_REASON_MET : MSP_REASON_UNKNOWN, row->id, NULL, &text);
    msp_text_free(&text);
}

static void tell_row(teller *t, size_t index, msp_fact fact)
{
    const msp_response_row *row = &t->c->criteria->rows[index];
    const msp_seen *seen = &t->c->seen[t->i];
    if ((seen->has & BIT(row->judged)) == 0) {
        tell_missing(t, row, fact);
        return;
    }
    const int64_t x = seen->value[row->judged];
    const size_t at = seen_at(t, row->judged);
    msp_text text = {0};
    msp_text_add(&text, msp_judged_text(row->judged));
    if (is_sign(row)) {
        add_sign(t, row->judged, x, &text);
        if (fact != MSP_YES)
            msp_text_printf(&text, "; %s needs it %s", level_name(row),
                            row->judged == MSP_JUDGED_RATIO        ? "normal"
                            : row->judged == MSP_JUDGED_SPD_RECENT ? "gone"
                                                                   : "negative");
    } else {
        msp_text_add_char(&text, ' ');
        add_value(t, row->judged, x, at, &text);
        add_unit(t, row->judged, &text);
        if (at != t->i) {
            msp_text_add(&text, " of ");
            add_day(day_of(t, baseline_of(row->judged), at), &text);
        }
        add_comparison(t, row, x, &text);
    }
    const msp_reason_kind kind = fact == MSP_YES  ? MSP_REASON_MET
                                 : fact == MSP_NO ? MSP_REASON_NOT_MET
                                                  : MSP_REASON_UNKNOWN;
    tell(t, kind, row->id, source_of(t, baseline_of(row->judged), at), &text);
    msp_text_free(&text);
}

/* -- 3. rows -- */

static void tell_level(teller *t, unsigned level, bool met)
{
    const msp_row_list *list = &t->c->lists[level];
    for (size_t k = 0; k < list->n; k++) {
        const msp_fact fact = msp__row_fact(t->c, list->row[k], t->i);
        if ((fact == MSP_YES) == met)
            tell_row(t, list->row[k], fact);
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
        const bool rose = j < MSP_NADIR_COUNT && (seen->has & seen->has_nadir & BIT(j)) != 0 &&
                          seen->value[j] > seen->nadir[j];
        const bool high = row->compare == MSP_COMPARE_RISE_FROM_NADIR ||
                          row->compare == MSP_COMPARE_RISE_FROM_BASELINE;
        if (met ? fact == MSP_YES : fact == MSP_NO && rose && !high)
            tell_row(t, list->row[k], fact);
    }
}

/* -- 4. rules -- */

static void tell_rule(teller *t, msp_reason_kind kind, const char *rule, const char *words)
{
    msp_text text = {0};
    msp_text_add(&text, words);
    tell(t, kind, rule, NULL, &text);
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
    tell(t, MSP_REASON_RULE, "2.6-missing", NULL, &text);
    msp_text_free(&text);
}

static void add_level_at(const msp_assessed *a, msp_text *out)
{
    msp_text_add(out, msp_response_level_name((msp_response_level)a->raw));
    msp_text_add(out, " on ");
    add_day(a->day, out);
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
            add_day(r->assessed[r->progression_again].day, &text);
            msp_text_add(&text, ")");
        }
    } else {
        msp_text_add(&text, "not confirmed, so it counts as NE; ");
        add_next(t, next_evaluable(t, k), &text);
    }
    tell(t, MSP_REASON_RULE, "2.7-confirmation", NULL, &text);
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
    tell(t, MSP_REASON_RULE, "2.7-confirmation", NULL, &text);
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
        (seen->has_nadir & BIT(MSP_JUDGED_SPD)) == 0)
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
        add_value(t, judged, base->value[judged], 0, &text);
        add_unit(t, judged, &text);
        msp_text_add(&text, " (");
        add_day(t->c->baseline_day[judged], &text);
        msp_text_add(&text, ")");
    }
    if (limit.used) {
        msp_text_add(&text, "; measurable from ");
        add_decimal(limit.at_least, &text);
    } else {
        msp_text_add(&text, "; does not make disease measurable here");
    }
    tell(t, MSP_REASON_RULE, "1.1-measurable", source_of(t, judged, 0), &text);
    msp_text_free(&text);
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
    return finished(&t, err);
}
