/* explain_row.c - one row of the criteria in words.
 *
 *   1. numbers as they were reported     2. one row
 */
#include "explain_row.h"

#include <stdlib.h>
#include <string.h>

void msp__tell(teller *t, msp_reason_kind kind, const char *rule, const msp_measured *source,
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
    const char *copy = msp_arena_text_n(t->arena, msp_text_str(text), text->len);
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

void msp__tell_add_decimal(msp_decimal value, msp_text *out)
{
    char text[MSP_DECIMAL_MAX];
    msp_decimal_format(value, text);
    msp_text_add(out, text);
}

void msp__tell_add_day(msp_day day, msp_text *out)
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
    return i == 0 ? msp__baseline_day(t->c, judged) : t->c->seen[i].day;
}

/* The first of a day's measurements of a marker, or where it would be. */
static size_t first_measured(const msp_patient *p, msp_day day, msp_marker marker)
{
    size_t low = 0, high = p->n_measured;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const msp_measured *m = &p->measured[middle];
        if (m->assessed < day || (m->assessed == day && m->marker < marker))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The measurement that the value at assessment i comes from; NULL for what is worked out. */
const msp_measured *msp__tell_source_of(const teller *t, msp_judged judged, size_t i)
{
    const msp_patient *p = t->c->patient;
    const msp_marker marker = msp__judged_marker(t->c, judged);
    const msp_day day = day_of(t, judged, i);
    const msp_measured *found = NULL;
    for (size_t k = first_measured(p, day, marker); k < p->n_measured; k++) {
        const msp_measured *m = &p->measured[k];
        if (m->assessed != day || m->marker != marker)
            break;
        if ((m->flags & MSP_MEASURED_SPURIOUS) != 0)
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

/* "<", ">=": of a value that is only a bound; haemoglobin is kept turned round. */
static void add_bound(const msp_seen *seen, msp_judged judged, msp_text *out)
{
    const bool turned = judged == MSP_JUDGED_HAEMOGLOBIN;
    const bool less = ((turned ? seen->more : seen->less) & BIT(judged)) != 0;
    const bool more = ((turned ? seen->less : seen->more) & BIT(judged)) != 0;
    if (less || more)
        msp_text_printf(out, "%c%s", less ? '<' : '>',
                        (seen->strict & BIT(judged)) != 0 ? "" : "=");
}

/* A value as it was reported where it was, else as it was worked out. */
void msp__tell_add_value(const teller *t, msp_judged judged, int64_t value, size_t i, msp_text *out)
{
    const int64_t unit = msp__unit(t->c, judged);
    const msp_measured *m = worked_out(judged) ? NULL : msp__tell_source_of(t, judged, i);
    if (judged == MSP_JUDGED_HAEMOGLOBIN)
        value = -value;
    const msp_decimal exact = as_decimal(value, unit);
    if (t->c->bounded && judged != MSP_JUDGED_RATIO)
        add_bound(&t->c->seen[i], judged, out);
    if (m != NULL && msp_decimal_cmp(msp_measured_value(m), exact) == 0)
        msp__tell_add_decimal(msp_measured_value(m), out);
    else
        msp__tell_add_decimal(exact, out);
}

void msp__tell_add_unit(const teller *t, msp_judged judged, msp_text *out)
{
    const char *unit = msp_marker_about(msp__judged_marker(t->c, judged))->unit;
    if (unit[0] != '\0')
        msp_text_printf(out, " %s", unit);
    const msp_measured *m =
        judged == MSP_JUDGED_CALCIUM ? msp__tell_source_of(t, judged, t->i) : NULL;
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

/* ": 24.7 % below 3.0 (2020-01-01)" */
static void add_fall(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_judged j = msp__plain_of(row->judged);
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
    msp__tell_add_value(t, j, b, 0, out);
    msp_text_add(out, " (");
    msp__tell_add_day(msp__baseline_day(t->c, j), out);
    msp_text_add(out, ")");
}

/* "MR needs 25 %: 2.25 or less" */
static void add_fall_needed(const teller *t, const msp_response_row *row, msp_text *out)
{
    const msp_judged j = msp__plain_of(row->judged);
    msp_text_printf(out, "; %s needs %d %%", level_name(row), row->percent);
    if ((t->c->seen[0].has & BIT(j)) == 0 || msp__unit(t->c, j) > INT64_MAX / 100)
        return;
    msp_text_add(out, ": ");
    add_number((msp__wide)t->c->seen[0].value[j] * (100 - row->percent), msp__unit(t->c, j) * 100,
               out);
    msp_text_add(out, " or less");
}

/* ": +0.5 and 50.0 % above the lowest value 1.0 (2020-02-26)" */
static void add_rise(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_seen *seen = &t->c->seen[t->i];
    const msp_judged j = row->judged;
    if (!msp__has_nadir(seen, j)) {
        msp_text_add(out, ", with no earlier value");
        return;
    }
    const int64_t n = msp__nadir(t->c, seen, j);
    const msp__wide rise = (msp__wide)x - n;
    msp_text_printf(out, ": %s", rise >= 0 ? "+" : "");
    add_number(rise, msp__unit(t->c, j), out);
    if (n > 0) {
        msp_text_add(out, " and ");
        add_percent(rise, n, row->percent, out);
    }
    msp_text_add(out, " from the lowest value ");
    msp__tell_add_value(t, j, n, seen->nadir_at[j], out);
    msp_text_add(out, " (");
    msp__tell_add_day(day_of(t, j, seen->nadir_at[j]), out);
    msp_text_add(out, ")");
}

static void add_rise_needed(const teller *t, const msp_response_row *row, msp_text *out)
{
    msp_text_printf(out, "; %s needs ", level_name(row));
    if (row->compare == MSP_COMPARE_RISE_TO) {
        msp__tell_add_decimal(row->amount, out);
        msp__tell_add_unit(t, row->judged, out);
        msp_text_add(out, " or more");
    } else if (row->amount.coefficient > 0) {
        msp_text_add(out, row->compare == MSP_COMPARE_RISE_MORE ? "more than +" : "+");
        msp__tell_add_decimal(row->amount, out);
        msp__tell_add_unit(t, row->judged, out);
    }
    if (row->percent > 0)
        msp_text_printf(out, "%s%d %%", row->amount.coefficient > 0 ? " and " : "+", row->percent);
    if (row->compare == MSP_COMPARE_RISE_FROM_NADIR ||
        row->compare == MSP_COMPARE_RISE_FROM_BASELINE) {
        msp_text_printf(out, ", where the %s value is ",
                        row->compare == MSP_COMPARE_RISE_FROM_NADIR ? "lowest" : "baseline");
        msp__tell_add_decimal(row->from, out);
        msp_text_add(out, " or more");
    }
}

static void add_drop(const teller *t, const msp_response_row *row, int64_t x, msp_text *out)
{
    const msp_seen *seen = &t->c->seen[t->i];
    const msp_judged j = row->judged;
    if (!msp__has_nadir(seen, j))
        return;
    msp_text_add(out, ": ");
    add_number((msp__wide)x - msp__nadir(t->c, seen, j), msp__unit(t->c, j), out);
    msp_text_add(out, " below the highest earlier value ");
    msp__tell_add_value(t, j, msp__nadir(t->c, seen, j), seen->nadir_at[j], out);
    msp_text_add(out, " (");
    msp__tell_add_day(day_of(t, j, seen->nadir_at[j]), out);
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
        msp__tell_add_value(t, judged, x, seen_at(t, judged), out);
        msp__tell_add_unit(t, judged, out);
    } else {
        msp_text_add(out, x == 0 ? " negative" : " positive");
    }
    const bool band = judged == MSP_JUDGED_IFE_SERUM && x == 0;
    const msp_measured *m = band ? msp__tell_source_of(t, judged, t->i) : NULL;
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
        msp__tell_add_decimal(row->amount, out);
        break;
    case MSP_COMPARE_BELOW_AND_FALL:
        if (t->c->criteria->rules.urine_with_pct) {
            add_fall(t, row, x, out);
            add_fall_needed(t, row, out);
            msp_text_add(out, ", and less than ");
            msp__tell_add_decimal(row->amount, out);
            break;
        }
        /* fall through */
    case MSP_COMPARE_BELOW:
        msp_text_printf(out, "; %s needs less than ", level_name(row));
        msp__tell_add_decimal(row->amount, out);
        break;
    case MSP_COMPARE_ASSESSED:
        if (t->c->criteria->rules.vgpr_serum_red90)
            add_fall(t, row, x, out);
        else
            msp_text_printf(out, ": %s needs it to be measured", level_name(row));
        break;
    case MSP_COMPARE_ABOVE:
        msp_text_printf(out, "; %s needs more than ", level_name(row));
        msp__tell_add_decimal(row->amount, out);
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

static bool measured_chains(const msp_seen *seen)
{
    const uint32_t chains = BIT(MSP_MARKER_KAPPA) | BIT(MSP_MARKER_LAMBDA);
    return (seen->markers & chains) == chains;
}

static void tell_missing(teller *t, const msp_response_row *row, msp_fact fact)
{
    msp_text text = {0};
    if (row->judged == MSP_JUDGED_RATIO && measured_chains(&t->c->seen[t->i]))
        msp_text_printf(&text, "%s left open by a chain reported as < or >; %s needs it normal",
                        msp_judged_text(row->judged), level_name(row));
    else if (fact == MSP_YES)
        msp_text_printf(&text, "%s not measured; the rules do not ask for it",
                        msp_judged_text(row->judged));
    else
        msp_text_printf(&text, "%s not measured; %s needs it", msp_judged_text(row->judged),
                        level_name(row));
    if (row->judged == MSP_JUDGED_MARROW_RUN)
        msp_text_add(&text, " while immunofixation stays negative");
    msp__tell(t, fact == MSP_YES ? MSP_REASON_MET : MSP_REASON_UNKNOWN, row->id, NULL, &text);
    msp_text_free(&text);
}

/* An M-protein below what can be quantified is 0 (rules 1.3). */
static void add_unquantified(const teller *t, msp_judged judged, int64_t x, size_t at,
                             msp_text *out)
{
    const msp_measured *m = x == 0 ? msp__tell_source_of(t, msp__plain_of(judged), at) : NULL;
    if (m == NULL || m->coefficient != 0 || (m->flags & MSP_MEASURED_BELOW) == 0)
        return;
    const msp_decimal *limit = msp_patient_limit(t->c->patient, m);
    msp_text_add(out, " (reported as ");
    if (limit != NULL) {
        msp_text_add(out, (m->flags & MSP_MEASURED_OR_EQUAL) != 0 ? "<=" : "<");
        msp__tell_add_decimal(*limit, out);
    } else {
        msp_text_add(out, "below what can be quantified");
    }
    msp_text_add(out, ": counts as 0)");
}

void msp__tell_row(teller *t, size_t index, msp_fact fact)
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
        msp__tell_add_value(t, row->judged, x, at, &text);
        msp__tell_add_unit(t, row->judged, &text);
        add_unquantified(t, row->judged, x, at, &text);
        if (at != t->i) {
            msp_text_add(&text, " of ");
            msp__tell_add_day(day_of(t, msp__plain_of(row->judged), at), &text);
        }
        add_comparison(t, row, x, &text);
    }
    const msp_reason_kind kind = fact == MSP_YES  ? MSP_REASON_MET
                                 : fact == MSP_NO ? MSP_REASON_NOT_MET
                                                  : MSP_REASON_UNKNOWN;
    msp__tell(t, kind, row->id, msp__tell_source_of(t, msp__plain_of(row->judged), at), &text);
    msp_text_free(&text);
}
