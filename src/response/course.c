/* course.c - a patient's measurements as a course of assessments.
 *
 *   1. units: one whole-number scale a marker     4. disease type, involved chain
 *   2. a day: values of one day merged            5. the course
 *   3. baseline, assessments
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* -- 1. units -- */

static const int64_t powers[] = {1,
                                 10,
                                 100,
                                 1000,
                                 10000,
                                 100000,
                                 1000000,
                                 10000000,
                                 100000000,
                                 1000000000,
                                 10000000000,
                                 100000000000,
                                 1000000000000,
                                 10000000000000,
                                 100000000000000,
                                 1000000000000000,
                                 10000000000000000,
                                 100000000000000000,
                                 1000000000000000000};

#define SCALE_MIN   3 /* every amount of a row is whole in it */
#define SCALE_FINER 3 /* below a bound is nearer to it than any percentage of another value */
#define VALUE_MAX   1000000000000000000
#define WIDEN_MAX   1000000
#define ORDINARY    ((uint64_t)1 << 32) /* in thousandths far below VALUE_MAX */

/* Values of one day, on the way to one value a marker. */
typedef struct day_values {
    uint32_t has;
    uint32_t less, more, strict; /* of msp_seen, by marker; where the course is bounded */
    int64_t value[MSP_MARKER_APART];
} day_values;

typedef struct builder {
    msp_course *course;
    const msp_patient *patient;
    const msp_response_rules *rules;
    bool only_rows;
    int scale[MSP_MARKER_APART];     /* where they are not */
    int64_t widen[MSP_MARKER_APART]; /* 1, but for means; 0 where it would be too large */
    const msp_judged_as *judged_as;  /* of the criteria, by marker */
    const msp_measured *next, *end;  /* what is not read yet */
    day_values base;                 /* chosen for the baseline */
} builder;

static bool usable(const msp_measured *m)
{
    return (m->flags & MSP_MEASURED_SPURIOUS) == 0;
}

/* Values of one marker on one day: measured[from..to). */
static size_t end_of_run(const msp_patient *p, size_t from)
{
    size_t to = from + 1;
    while (to < p->n_measured && p->measured[to].assessed == p->measured[from].assessed &&
           p->measured[to].marker == p->measured[from].marker)
        to++;
    return to;
}

/* Whether the value is only a bound; an M-protein that is too small to quantify is 0 (rules 1.3).
 */
static bool is_bound(const msp_measured *m)
{
    return (m->flags & MSP_MEASURED_ABOVE) != 0 ||
           ((m->flags & MSP_MEASURED_BELOW) != 0 && m->coefficient != 0);
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The least common multiple, or 0 where it is too large to be of use. */
static int64_t common_multiple(int64_t a, int64_t b)
{
    const int64_t part = a > 0 ? b / gcd(a, b) : 0;
    return part > 0 && a <= WIDEN_MAX / part ? a * part : 0;
}

/* A mean of k values is a whole number of parts once the unit is a multiple of k. */
static void widen_for_means(builder *b)
{
    const msp_patient *p = b->patient;
    for (size_t i = 0, to; i < p->n_measured; i = to) {
        to = end_of_run(p, i);
        int64_t k = 0;
        for (size_t j = i; j < to; j++)
            k += usable(&p->measured[j]);
        int64_t *widen = &b->widen[p->measured[i].marker];
        if (k > 1)
            *widen = common_multiple(*widen, k);
    }
}

static void choose_scales(builder *b)
{
    const msp_patient *p = b->patient;
    for (size_t m = 0; m < MSP_MARKER_APART; m++) {
        b->scale[m] = SCALE_MIN;
        b->widen[m] = 1;
    }
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        if (m->scale > b->scale[m->marker])
            b->scale[m->marker] = m->scale;
    }
    if (b->rules->same_day == MSP_SAME_DAY_MEAN)
        widen_for_means(b);
    for (size_t m = 0; b->course->bounded && m < MSP_MARKER_APART; m++)
        b->scale[m] += b->scale[m] + SCALE_FINER < (int)MSP_COUNT(powers) ? SCALE_FINER : 0;
    /* the chains are subtracted and compared with each other */
    const size_t k = MSP_MARKER_KAPPA, l = MSP_MARKER_LAMBDA;
    b->scale[k] = b->scale[l] = b->scale[k] > b->scale[l] ? b->scale[k] : b->scale[l];
    b->widen[k] = b->widen[l] = common_multiple(b->widen[k], b->widen[l] > 0 ? b->widen[l] : 1);
}

static void choose_units(builder *b, bool ordinary)
{
    const msp_patient *p = b->patient;
    int64_t *unit = b->course->unit;
    for (size_t m = 0; m < MSP_MARKER_APART; m++)
        unit[m] = powers[SCALE_MIN];
    b->course->ordinary = ordinary;
    b->course->bounded = false;
    if (ordinary)
        return;
    for (size_t i = 0; i < p->n_measured; i++)
        b->course->bounded = b->course->bounded || is_bound(&p->measured[i]);
    choose_scales(b);
    for (size_t m = 0; m < MSP_MARKER_APART; m++)
        if (__builtin_mul_overflow(powers[b->scale[m]], b->widen[m], &unit[m]))
            b->widen[m] = 0;
}

/* In whole numbers of 1/unit; false where it has too many digits. */
static bool in_units(const builder *b, const msp_measured *m, int64_t *out)
{
    int64_t factor = powers[b->scale[m->marker] - m->scale];
    if (b->widen[m->marker] != 1 &&
        (b->widen[m->marker] == 0 || __builtin_mul_overflow(factor, b->widen[m->marker], &factor)))
        return false;
    return !__builtin_mul_overflow(m->coefficient, factor, out) &&
           *out<VALUE_MAX && * out> - VALUE_MAX;
}

/* -- 2. a day -- */

/* A value as it was reported: "<5" is less, and strictly so. */
typedef struct reading {
    int64_t value;
    bool less, more, strict;
} reading;

static reading reading_of(const msp_measured *m, int64_t value)
{
    const bool bound = is_bound(m);
    return (reading){.value = value,
                     .less = bound && (m->flags & MSP_MEASURED_BELOW) != 0,
                     .more = bound && (m->flags & MSP_MEASURED_ABOVE) != 0,
                     .strict = bound && (m->flags & MSP_MEASURED_OR_EQUAL) == 0};
}

/* Of ">5" and 7 the larger is ">=7". */
static reading larger_open(reading a, reading b)
{
    const int64_t from_a = a.less ? 0 : a.value, from_b = b.less ? 0 : b.value;
    const bool first = from_a > from_b || (from_a == from_b && a.more && a.strict);
    const reading from = first ? a : b;
    return (reading){
        .value = first ? from_a : from_b, .more = true, .strict = from.more && from.strict};
}

/* Of one number 5 is the largest, then "<=5", then "<5"; of "<5" and 3 it is "<5". */
static reading larger(reading a, reading b)
{
    if (a.more || b.more)
        return larger_open(a, b);
    if (a.value != b.value)
        return a.value > b.value ? a : b;
    return !a.less || (b.less && !a.strict) ? a : b;
}

static void put_reading(day_values *day, uint8_t marker, reading r)
{
    const uint32_t bit = BIT(marker);
    day->value[marker] = r.value;
    day->has |= bit;
    day->less |= r.less ? bit : 0;
    day->more |= r.more ? bit : 0;
    day->strict |= r.strict ? bit : 0;
}

/* One value of several: rule same_day. A sign is positive where any is, but for "last"; a mean is a
 * bound where one of its values is. */
static bool merge(const builder *b, size_t from, size_t to, day_values *day, size_t *fault)
{
    const msp_measured *measured = b->patient->measured;
    const uint8_t marker = measured[from].marker;
    const bool mean = b->rules->same_day == MSP_SAME_DAY_MEAN &&
                      msp_marker_about((msp_marker)marker)->kind == MSP_MARKER_QUANTITY;
    reading all = {0};
    int64_t count = 0;
    for (size_t i = from; i < to; i++) {
        int64_t value;
        if (!usable(&measured[i]))
            continue;
        *fault = i;
        if (!in_units(b, &measured[i], &value))
            return false;
        if (count > 0 && mean && all.value > VALUE_MAX - value)
            return false;
        const reading now = reading_of(&measured[i], value);
        if (count == 0 || b->rules->same_day == MSP_SAME_DAY_LAST)
            all = now;
        else if (mean)
            all = (reading){all.value + value, all.less || now.less, all.more || now.more,
                            all.strict || now.strict};
        else
            all = larger(all, now);
        count++;
    }
    if (count == 0)
        return true;
    all.value /= mean ? count : 1;
    put_reading(day, marker, all);
    return true;
}

static msp_status too_long(const builder *b, size_t row, msp_error *err)
{
    return msp_fail_row(err, MSP_ERANGE, row, "a value of %s has more digits than can be compared",
                        msp_marker_about((msp_marker)b->patient->measured[row].marker)->text);
}

/* The place of what is not judged as it was measured. */
#define NOT_PLAIN MSP_JUDGED_COUNT

/* The usual day, of the usual patient: each value counts, is no bound, small and whole in
 * thousandths, and the only one of its marker. What is judged as it was measured goes to `seen` at
 * once. False where it is another day; all but the repeated marker is seen at its end alone. */
static inline bool read_ordinary(builder *b, day_values *day, msp_seen *seen)
{
    static const uint64_t thousandths[MSP_COUNT(powers)] = {1000, 100, 10, 1};
    const msp_measured *m = b->next;
    const msp_day when = m->assessed;
    uint64_t has = 0, values = 0, bounds = 0; /* the bits of all */
    unsigned scales = 0, flags = 0;
    for (; m < b->end && m->assessed == when; m++) {
        const uint64_t bits = b->judged_as->bits[m->marker], value = (uint64_t)m->coefficient;
        if ((uint32_t)(has & bits) != 0)
            return false;
        has |= bits;
        values |= value;
        bounds |= value * (m->flags & MSP_MEASURED_BELOW);
        scales |= m->scale;
        flags |= m->flags;
        seen->value[b->judged_as->judged[m->marker]] = day->value[m->marker] =
            (int64_t)(value * thousandths[m->scale]);
    }
    day->has = (uint32_t)has;
    seen->has = (uint32_t)(has >> 32) & ~BIT(NOT_PLAIN);
    b->next = m;
    return (values / ORDINARY | bounds | scales / (SCALE_MIN + 1) |
            (flags & (MSP_MEASURED_ABOVE | MSP_MEASURED_SPURIOUS))) == 0;
}

/* What is judged as it was measured. */
static void judge_plain(const builder *b, const day_values *day, msp_seen *seen)
{
    uint64_t has = 0;
    for (uint32_t left = day->has; left != 0; left &= left - 1) {
        const int marker = __builtin_ctz(left);
        has |= b->judged_as->bits[marker];
        seen->value[b->judged_as->judged[marker]] = day->value[marker];
    }
    seen->has = (uint32_t)(has >> 32) & ~BIT(NOT_PLAIN);
}

static msp_status merge_day(builder *b, day_values *day, msp_seen *seen, msp_error *err)
{
    const msp_measured *measured = b->patient->measured;
    const msp_day when = b->next->assessed;
    size_t fault = 0;
    day->has = day->less = day->more = day->strict = 0;
    while (b->next < b->end && b->next->assessed == when) {
        const size_t from = (size_t)(b->next - measured), to = end_of_run(b->patient, from);
        if (!merge(b, from, to, day, &fault))
            return too_long(b, fault, err);
        b->next = measured + to;
    }
    judge_plain(b, day, seen);
    return MSP_OK;
}

/* All values of the day that the next one is of. */
static inline msp_status read_day(builder *b, bool ordinary, day_values *day, msp_seen *seen,
                                  msp_error *err)
{
    if (ordinary)
        return read_ordinary(b, day, seen) ? MSP_OK : MSP_EINPUT;
    return merge_day(b, day, seen, err);
}

/* -- 3. baseline, assessments -- */

#define IMAGING                                                              \
    (BIT(MSP_MARKER_MARROW) | BIT(MSP_MARKER_CLONAL) | BIT(MSP_MARKER_SPD) | \
     BIT(MSP_MARKER_NEW_LESION) | BIT(MSP_MARKER_LONGER) | BIT(MSP_MARKER_BONE))
#define CHAINS (BIT(MSP_MARKER_KAPPA) | BIT(MSP_MARKER_LAMBDA))

static void take_bounds(day_values *base, const day_values *day, uint32_t bits)
{
    base->less = (base->less & ~bits) | (day->less & bits);
    base->more = (base->more & ~bits) | (day->more & bits);
    base->strict = (base->strict & ~bits) | (day->strict & bits);
}

/* Of the days up to the baseline a later one replaces an earlier one; under baseline=screening the
 * day of the baseline itself only fills what is missing. The chains count as a pair. */
static void take_baseline(builder *b, const day_values *day, msp_day when)
{
    const bool day_one = b->rules->baseline_screening && when == b->patient->baseline;
    const int64_t age = (int64_t)b->patient->baseline - when;
    uint32_t taken = day->has;
    taken &= (taken & CHAINS) != CHAINS ? ~CHAINS : UINT32_MAX;
    taken &= age > b->rules->baseline_window_days ? IMAGING : UINT32_MAX;
    taken &= age > b->rules->baseline_window_imaging_days ? ~IMAGING : UINT32_MAX;
    taken &= day_one ? ~b->base.has : UINT32_MAX;
    for (uint32_t left = taken; left != 0; left &= left - 1) {
        const size_t m = (unsigned)__builtin_ctz(left);
        b->base.value[m] = day->value[m];
        b->course->baseline_day[m] = when;
    }
    b->base.has |= taken;
    if (b->course->bounded)
        take_bounds(&b->base, day, taken);
}

static bool has(const day_values *day, msp_marker marker)
{
    return (day->has & BIT(marker)) != 0;
}

/* From where to where a value may be. */
typedef struct extent {
    int64_t low, high;
    bool endless;   /* there is no `high` */
    bool open_low;  /* `low` itself is not meant: ">5" */
    bool open_high; /* nor `high`: "<5" */
} extent;

static extent extent_of(const day_values *day, msp_marker marker)
{
    const bool less = (day->less & BIT(marker)) != 0, more = (day->more & BIT(marker)) != 0,
               strict = (day->strict & BIT(marker)) != 0;
    const int64_t x = day->value[marker];
    return (extent){.low = less ? 0 : x,
                    .high = x,
                    .endless = more,
                    .open_low = more && !less && strict,
                    .open_high = less && strict};
}

/* Whether a·x is below b·y for all that the bounds leave open. */
static bool surely_below(extent x, msp_decimal b, extent y)
{
    const msp__wide high = (msp__wide)x.high * powers[b.scale],
                    low = (msp__wide)y.low * b.coefficient;
    return !x.endless && (high < low || (high == low && (x.open_high || y.open_low)));
}

static bool surely_above(extent x, msp_decimal b, extent y)
{
    const msp__wide low = (msp__wide)x.low * powers[b.scale],
                    high = (msp__wide)y.high * b.coefficient;
    return !y.endless && (low > high || (low == high && (x.open_low || y.open_high)));
}

static bool may_be_below(extent x, msp_decimal b, extent y)
{
    return y.endless || (msp__wide)x.low * powers[b.scale] < (msp__wide)y.high * b.coefficient;
}

static bool may_be_above(extent x, msp_decimal b, extent y)
{
    return x.endless || (msp__wide)x.high * powers[b.scale] > (msp__wide)y.low * b.coefficient;
}

static bool is_zero(extent x)
{
    return x.high == 0 && !x.endless;
}

/* The side of what bounds leave open; false where it is unknown. */
static bool open_side(extent k, extent l, msp_decimal low, msp_decimal high, int *side)
{
    if (is_zero(k) && is_zero(l))
        return false;
    *side = surely_above(k, high, l) - surely_below(k, low, l);
    return *side != 0 || (!may_be_below(k, low, l) && !may_be_above(k, high, l));
}

static inline int plain_side(int64_t k, int64_t l, msp_decimal low, msp_decimal high)
{
    const bool above = (msp__wide)k * powers[high.scale] > (msp__wide)l * high.coefficient,
               below = (msp__wide)k * powers[low.scale] < (msp__wide)l * low.coefficient;
    return above - below;
}

/* Kappa to lambda: below the normal range -1, in it 0, above it 1; both 0 is unknown, and so is
 * what bounds leave open. */
static inline bool ratio_side(const builder *b, const day_values *day, int *side)
{
    const msp_response_rules *r = b->rules;
    if ((day->has & CHAINS) != CHAINS)
        return false;
    const bool renal =
        r->ratio_renal && (!has(day, MSP_MARKER_EGFR) ||
                           day->value[MSP_MARKER_EGFR] < 60 * b->course->unit[MSP_MARKER_EGFR]);
    const msp_decimal low = renal ? r->renal_ratio_low : r->ratio_low;
    const msp_decimal high = renal ? r->renal_ratio_high : r->ratio_high;
    if (b->course->bounded)
        return open_side(extent_of(day, MSP_MARKER_KAPPA), extent_of(day, MSP_MARKER_LAMBDA), low,
                         high, side);
    const int64_t k = day->value[MSP_MARKER_KAPPA], l = day->value[MSP_MARKER_LAMBDA];
    *side = plain_side(k, l, low, high);
    return k != 0 || l != 0;
}

/* Serum immunofixation as it counts: a band that is the therapeutic antibody's is none (A13). */
static int64_t ife_serum(const builder *b, const day_values *day)
{
    const msp_patient *p = b->patient;
    const int64_t band = day->value[MSP_MARKER_IFE_SERUM];
    if (has(day, MSP_MARKER_IFE_REFLEX))
        return band == 0 || day->value[MSP_MARKER_IFE_REFLEX] == 0
                   ? 0
                   : b->course->unit[MSP_MARKER_IFE_SERUM];
    const bool igg_kappa = p->heavy == MSP_HEAVY_IGG && p->light == 'k';
    if (b->rules->antibody_assumed && igg_kappa && has(day, MSP_MARKER_SERUM_M) &&
        (day->more & BIT(MSP_MARKER_SERUM_M)) == 0 &&
        day->value[MSP_MARKER_SERUM_M] * 5 <= b->course->unit[MSP_MARKER_SERUM_M])
        return 0;
    return band;
}

static void set_judged(builder *b)
{
#define AS_MARKER(code, marker, text) MSP_MARKER_##marker,
    static const uint8_t markers[] = {MSP_JUDGED_LIST(AS_MARKER)};
#undef AS_MARKER
    msp_course *c = b->course;
    memcpy(c->marker_of, markers, sizeof markers);
    if (b->rules->serum_by_iga)
        c->marker_of[MSP_JUDGED_SERUM] = c->marker_of[MSP_JUDGED_SERUM_RECENT] = MSP_MARKER_IGA;
}

/* What something is worked out from. */
#define WORKED_OUT (BIT(MSP_MARKER_IFE_SERUM) | BIT(MSP_MARKER_HAEMOGLOBIN) | CHAINS)

static uint32_t judged_bits(const builder *b, uint32_t markers)
{
    const bool kappa = b->course->chain == 'k';
    const uint32_t involved = BIT(kappa ? MSP_MARKER_KAPPA : MSP_MARKER_LAMBDA);
    uint32_t judged = 0;
    for (uint32_t left = markers; left != 0; left &= left - 1)
        judged |= BIT(b->judged_as->judged[__builtin_ctz(left)]);
    if ((markers & involved) != 0)
        judged |= BIT(MSP_JUDGED_INVOLVED) | BIT(MSP_JUDGED_DFLC);
    if ((markers & BIT(MSP_MARKER_HAEMOGLOBIN)) != 0)
        judged |= BIT(MSP_JUDGED_HAEMOGLOBIN);
    return judged & ~BIT(NOT_PLAIN);
}

/* Which judged values are only bounds. The difference of the chains is where the involved one is;
 * the other, which is small, counts as its limit. Haemoglobin is kept turned round. */
static void work_out_bounds(const builder *b, const day_values *day, msp_seen *seen)
{
    const uint32_t turned = BIT(MSP_JUDGED_HAEMOGLOBIN);
    const uint32_t less = judged_bits(b, day->less), more = judged_bits(b, day->more);
    seen->less = (less & ~turned) | (more & turned);
    seen->more = (more & ~turned) | (less & turned);
    seen->strict = judged_bits(b, day->strict);
}

static void work_out_values(const builder *b, const day_values *day, msp_seen *seen)
{
    const msp_course *c = b->course;
    if (has(day, MSP_MARKER_IFE_SERUM))
        msp__put(seen, MSP_JUDGED_IFE_SERUM, ife_serum(b, day));
    if (has(day, MSP_MARKER_HAEMOGLOBIN)) /* turned round: its nadir is the highest value */
        msp__put(seen, MSP_JUDGED_HAEMOGLOBIN, -day->value[MSP_MARKER_HAEMOGLOBIN]);
    int side;
    if ((day->has & CHAINS) != CHAINS)
        return;
    if (ratio_side(b, day, &side))
        msp__put(seen, MSP_JUDGED_RATIO, side);
    if (c->chain == 0)
        return;
    const int64_t kappa = day->value[MSP_MARKER_KAPPA], lambda = day->value[MSP_MARKER_LAMBDA];
    msp__put(seen, MSP_JUDGED_INVOLVED, c->chain == 'k' ? kappa : lambda);
    msp__put(seen, MSP_JUDGED_DFLC, c->chain == 'k' ? kappa - lambda : lambda - kappa);
}

/* The rest of what is judged; at most visits there is none. */
static inline void work_out(const builder *b, bool bounded, const day_values *day, msp_seen *seen)
{
    seen->markers = day->has;
    seen->less = seen->more = seen->strict = seen->has_nadir = 0;
    if (bounded)
        work_out_bounds(b, day, seen);
    seen->above = seen->more;
    if ((day->has & WORKED_OUT) != 0)
        work_out_values(b, day, seen);
}

/* -- 4. disease type, involved chain -- */

static bool reaches(const builder *b, msp_marker marker, int64_t value, msp_limit limit)
{
    return limit.used && (msp__wide)value * powers[limit.at_least.scale] >=
                             (msp__wide)limit.at_least.coefficient * b->course->unit[marker];
}

static bool measurable(const builder *b, msp_marker marker, msp_limit limit)
{
    const bool may_be_less = b->course->bounded && (b->base.less & BIT(marker)) != 0;
    return has(&b->base, marker) && !may_be_less &&
           reaches(b, marker, b->base.value[marker], limit);
}

static char involved_chain(const builder *b)
{
    int side;
    if (ratio_side(b, &b->base, &side) && side != 0)
        return side > 0 ? 'k' : 'l';
    return b->patient->light;
}

static bool flc_measurable(const builder *b, char chain)
{
    int side;
    const msp_marker involved = chain == 'k' ? MSP_MARKER_KAPPA : MSP_MARKER_LAMBDA;
    return ratio_side(b, &b->base, &side) && side != 0 && measurable(b, involved, b->rules->flc);
}

static msp_disease_type disease_type(const builder *b, char chain)
{
    const msp_response_rules *r = b->rules;
    const bool serum = r->serum_by_iga
                           ? measurable(b, MSP_MARKER_IGA, r->iga)
                           : measurable(b, MSP_MARKER_SERUM_M, r->serum[b->patient->heavy]);
    const bool urine = measurable(b, MSP_MARKER_URINE_M, r->urine);
    if (serum || urine)
        return serum && urine ? MSP_DISEASE_BOTH : serum ? MSP_DISEASE_SERUM : MSP_DISEASE_URINE;
    if (flc_measurable(b, chain))
        return MSP_DISEASE_FLC;
    if (measurable(b, MSP_MARKER_MARROW, r->marrow))
        return MSP_DISEASE_MARROW;
    return r->plasmacytoma_only && b->course->plasmacytoma ? MSP_DISEASE_PLASMACYTOMA
                                                           : MSP_DISEASE_NONE;
}

/* -- 5. the course -- */

/* Visits up to the baseline; assessments are those after it. */
static size_t visits_before(const msp_patient *p)
{
    size_t n = 0;
    while (n < p->n_visits && p->visits[n] <= p->baseline)
        n++;
    return n;
}

/* The number of assessments has to fit nadir_at. */
static msp_status reserve(msp_course *c, const msp_patient *p, msp_error *err)
{
    const size_t n = 1 + p->n_visits - visits_before(p);
    if (n > UINT16_MAX)
        return msp_fail(err, MSP_ERANGE, "a patient with more than %d assessments", UINT16_MAX - 1);
    c->n_seen = n;
    if (n <= c->cap_seen)
        return MSP_OK;
    free(c->seen);
    c->cap_seen = 2 * n;
    c->seen = calloc(c->cap_seen, sizeof *c->seen);
    if (c->seen == NULL) {
        c->cap_seen = 0;
        return msp_fail(err, MSP_EMEM, "no memory for %zu assessments", n);
    }
    return MSP_OK;
}

static void settle_baseline(builder *b)
{
    msp_course *c = b->course;
    const msp_patient *p = b->patient;
    c->plasmacytoma = has(&b->base, MSP_MARKER_SPD) && (b->base.value[MSP_MARKER_SPD] > 0 ||
                                                        (b->base.more & BIT(MSP_MARKER_SPD)) != 0);
    c->chain = involved_chain(b);
    c->type = disease_type(b, c->chain);
    c->lists = c->criteria->lists[c->type][c->plasmacytoma];
    c->list = &c->criteria->checks[c->type][c->plasmacytoma];
    c->followed = (BIT(MSP_NADIR_COUNT) - 1) & (b->only_rows ? c->list->looked_at : UINT32_MAX);
    if (c->chain == 'l')
        c->marker_of[MSP_JUDGED_INVOLVED] = c->marker_of[MSP_JUDGED_DFLC] = MSP_MARKER_LAMBDA;
    judge_plain(b, &b->base, &c->seen[0]);
    work_out(b, c->bounded, &b->base, &c->seen[0]);
    c->seen[0].day = p->baseline;
}

ALWAYS_INLINE msp_status read_baseline(builder *b, bool ordinary, msp_error *err)
{
    b->base.has = b->base.less = b->base.more = b->base.strict = 0;
    for (size_t m = 0; m < MSP_MARKER_APART; m++)
        b->course->baseline_day[m] = MSP_NO_DAY;
    day_values day;
    day.less = day.more = day.strict = 0;
    while (b->next < b->end && b->next->assessed <= b->patient->baseline) {
        const msp_day when = b->next->assessed;
        const msp_status rc = read_day(b, ordinary, &day, &b->course->seen[0], err);
        if (rc != MSP_OK)
            return rc;
        take_baseline(b, &day, when);
    }
    return MSP_OK;
}

ALWAYS_INLINE msp_status read_assessments(builder *b, bool ordinary, msp_error *err)
{
    msp_course *c = b->course;
    const bool bounded = !ordinary && c->bounded;
    const msp_day *visit = b->patient->visits + visits_before(b->patient);
    uint32_t ever = 0;
    day_values day;
    day.less = day.more = day.strict = 0;
    for (msp_seen *seen = &c->seen[1], *end = c->seen + c->n_seen; seen < end; seen++, visit++) {
        if (b->next < b->end && b->next->assessed == *visit) {
            const msp_status rc = read_day(b, ordinary, &day, seen, err);
            if (rc != MSP_OK)
                return rc;
        } else {
            day.has = seen->has = day.less = day.more = day.strict = 0;
        }
        seen->day = *visit;
        work_out(b, bounded, &day, seen);
        ever |= seen->has;
    }
    c->ever = ever;
    return MSP_OK;
}

/* Everything, where it is `ordinary` in thousandths: then one day that is not is the only fault. */
ALWAYS_INLINE msp_status read_all(builder *b, bool ordinary, msp_error *err)
{
    b->next = b->patient->measured;
    choose_units(b, ordinary);
    set_judged(b);
    msp_status rc = read_baseline(b, ordinary, err);
    if (rc != MSP_OK)
        return rc;
    settle_baseline(b);
    return read_assessments(b, ordinary, err);
}

/* A large one, filled in where it is needed. */
static void begin(builder *b, msp_course *c, const msp_patient *patient,
                  const msp_criteria *criteria)
{
    b->course = c;
    b->patient = patient;
    b->rules = &criteria->rules;
    b->judged_as = &criteria->judged_as;
    b->end = patient->measured + patient->n_measured;
    c->patient = patient;
    c->criteria = criteria;
}

msp_status msp__course_build(msp_course *c, const msp_patient *patient,
                             const msp_criteria *criteria, bool only_rows, msp_error *err)
{
    builder b;
    begin(&b, c, patient, criteria);
    b.only_rows = only_rows;
    msp_status rc = reserve(c, patient, err);
    if (rc != MSP_OK)
        return rc;
    /* nearly every patient is ordinary; who is not is read again */
    if (b.rules->same_day == MSP_SAME_DAY_MEAN || read_all(&b, true, err) != MSP_OK)
        rc = read_all(&b, false, err);
    if (rc == MSP_OK)
        msp__look_back(c);
    return rc;
}
