/* check_effect.c - a comparison against itself: estimate, interval, p, events, medians. */
#include <math.h>
#include <string.h>

#include "check_internal.h"
#include "mspike/stats/dist.h"

/* How far z of an interval and z of a p value may be apart: a log-rank test beside a Wald
 * interval, strata in one of the two. In 27 prints of myeloma trials they are within 4 %. */
#define Z_RELATIVE 0.05
#define Z_ABSOLUTE 0.06
/* A one-sided reading is mentioned where the two-sided one is this far off in z, and that many
 * times as far. */
#define NEARER_FROM  0.15
#define NEARER_TIMES 3
/* Standard error of the interval to that of the events: strata and covariates widen it a little.
 * In 8 prints 0.986 to 1.040. */
#define EVENTS_LOW  0.93
#define EVENTS_HIGH 1.13
/* Hazard ratio against the ratio of medians, in logarithms: equal for exponential curves. */
#define MEDIANS_APART 0.45
#define MEDIANS_SURE  0.2

typedef struct span {
    double low, high;
} span;

static span log_span(const msp_printed_effect *e, const msp_printed *x)
{
    const double low = msp_printed_low(x), high = msp_printed_high(x);
    return e->ratio ? (span){low > 0 ? log(low) : -HUGE_VAL, high > 0 ? log(high) : (double)NAN}
                    : (span){low, high};
}

static bool overlap(span a, span b, double slack)
{
    return a.low - slack <= b.high && b.low - slack <= a.high;
}

static bool has_interval(const msp_printed_effect *e)
{
    return is_number(&e->estimate) && is_number(&e->lower) && is_number(&e->upper);
}

/* 1 where a larger estimate is the better one, else -1. */
static double sign_of_benefit(const subject *s)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(s->e, s->r->endpoint.text);
    const bool hazard = s->r->effect.measure.value == MSP_MEASURE_HR;
    return !hazard && p != NULL && p->better.value == 1 ? 1 : -1;
}

/* -- estimate and interval -- */

static double z_of(const msp_reading *reading, double estimate)
{
    return estimate / reading->se.middle;
}

/* All z that estimate and interval allow, positive for benefit. */
static span z_span(const msp_printed_effect *e, const msp_reading *reading, double sign)
{
    const span est = log_span(e, &e->estimate);
    const double a = sign * est.low, b = sign * est.high;
    const double low = fmin(a, b), high = fmax(a, b);
    const double se_low = fmax(reading->se.low, 1e-9);
    return (span){low / (low > 0 ? reading->se.high : se_low),
                  high / (high > 0 ? se_low : reading->se.high)};
}

/* `lenient`: beyond what rounding allows, as far as two methods may be apart. */
static bool p_is_near(const msp_printed_effect *e, const msp_reading *reading, double sign,
                      int sides, bool lenient)
{
    span z = z_span(e, reading, sign);
    const double slack = lenient ? Z_ABSOLUTE + Z_RELATIVE * fmax(fabs(z.low), fabs(z.high)) : 0;
    const msp_range p = msp_printed_p_z(&e->p, sides);
    if (sides == 2)
        z = z.low <= 0 && z.high >= 0
                ? (span){0, fmax(-z.low, z.high)}
                : (span){fmin(fabs(z.low), fabs(z.high)), fmax(fabs(z.low), fabs(z.high))};
    return !isnan(p.low) && overlap(z, (span){p.low, p.high}, slack);
}

static bool p_fits(const msp_printed_effect *e, const msp_reading *reading, double sign, int sides)
{
    return p_is_near(e, reading, sign, sides, true);
}

static double p_of_z(double z, int sides)
{
    return sides == 2 ? msp_dist_normal_two_sided(z).p : msp_dist_normal_upper(z).p;
}

/* -- one slip of the pen -- */

static bool everything_fits(const msp_printed_effect *e, double sign, int sides)
{
    msp_readings r;
    if (!has_interval(e) || !(e->lower.value <= e->estimate.value) ||
        !(e->estimate.value <= e->upper.value) || !msp_printed_middle_fits(e))
        return false;
    msp_printed_read(e, &r);
    if (r.n == 0 || r.reading[0].source != MSP_SE_INTERVAL)
        return false;
    if (!is_number(&e->p))
        return true;
    return sides != 0 ? p_fits(e, &r.reading[0], sign, sides)
                      : p_fits(e, &r.reading[0], sign, 2) || p_fits(e, &r.reading[0], sign, 1);
}

/* Writes `text` without its digit k, or with the digits k and k + 1 exchanged; false where that
 * makes no other number. */
static bool slip(const char *text, size_t k, bool exchange, char out[32])
{
    const size_t len = strlen(text);
    if (len < 2 || len >= 31 || k >= len || text[k] == '.')
        return false;
    if (exchange && (k + 1 >= len || text[k + 1] == '.' || text[k] == text[k + 1]))
        return false;
    memcpy(out, text, len + 1);
    if (exchange) {
        out[k] = text[k + 1];
        out[k + 1] = text[k];
    } else {
        memmove(out + k, out + k + 1, len - k);
    }
    return out[0] != '.' && strcmp(out, text) != 0;
}

/* "1.1015 may be a slip for 1.015", or "" */
static void find_slip(const subject *s, const msp_printed_effect *e, char out[96])
{
    const msp_evidence_effect *f = &s->r->effect;
    const char *texts[3] = {f->estimate.text, f->interval.items[0].text, f->interval.items[1].text};
    out[0] = '\0';
    for (int exchange = 0; exchange < 2; exchange++)
        for (size_t which = 0; which < 3; which++)
            for (size_t k = 0; texts[which] != NULL && k < strlen(texts[which]); k++) {
                char other[32];
                if (!slip(texts[which], k, exchange, other))
                    continue;
                msp_printed_effect tried = *e;
                msp_printed *members[3] = {&tried.estimate, &tried.lower, &tried.upper};
                *members[which] = msp_printed_parse(other);
                if (everything_fits(&tried, sign_of_benefit(s), e->p_sides)) {
                    snprintf(out, 96, "%s may be a slip for %s", texts[which], other);
                    return;
                }
            }
}

static bool check_shape(const subject *s, const msp_printed_effect *e)
{
    const msp_evidence_effect *f = &s->r->effect;
    char hint[96];
    if (!has_interval(e))
        return true;
    const bool inside = msp_printed_low(&e->lower) <= msp_printed_high(&e->estimate) &&
                        msp_printed_low(&e->estimate) <= msp_printed_high(&e->upper);
    if (inside && msp_printed_middle_fits(e))
        return true;
    find_slip(s, e, hint);
    if (hint[0] == '\0' && e->ratio)
        snprintf(hint, sizeof hint, "an upper limit of %.3g or a lower one of %.3g would fit",
                 e->estimate.value * e->estimate.value / e->lower.value,
                 e->estimate.value * e->estimate.value / e->upper.value);
    SAY(s, WARNING, "evidence-interval", f->interval.at, hint[0] != '\0' ? hint : NULL,
        inside ? "%s is not the middle of %s to %s" : "%s is not within %s to %s", f->estimate.text,
        f->interval.items[0].text, f->interval.items[1].text);
    return false;
}

/* -- interval and p -- */

/* The other readings that would make interval and p agree: levels that prints have, other sides. */
static void reconcile(const subject *s, const msp_printed_effect *e, char out[160])
{
    static const double levels[] = {0.7, 0.8, 0.9, 0.95, 0.954, 0.9685, 0.975, 0.98, 0.99};
    const double sign = sign_of_benefit(s);
    find_slip(s, e, out);
    for (size_t i = 0; out[0] == '\0' && i < MSP_COUNT(levels); i++)
        for (int sides = 2; sides > 0; sides--) {
            msp_printed_effect tried = *e;
            msp_readings r;
            tried.level = levels[i];
            msp_printed_read(&tried, &r);
            if (r.n > 0 && p_fits(&tried, &r.reading[0], sign, sides) &&
                (e->p_sides == 0 || e->p_sides == sides || levels[i] == e->level)) {
                snprintf(out, 160, "a %g %% interval with a %s p would agree", 100 * levels[i],
                         sides == 1 ? "one-sided" : "two-sided");
                break;
            }
        }
}

/* Both readings are possible, and one is much nearer. */
static void remark_sides(const subject *s, const msp_printed_effect *e, double z)
{
    const double two = fabs(fabs(z) - msp_printed_p_z(&e->p, 2).middle);
    const double one = fabs(z - msp_printed_p_z(&e->p, 1).middle);
    if (two > NEARER_FROM && one < two / NEARER_TIMES)
        SAY(s, NOTE, "evidence-p-sides", s->r->effect.p.at, NULL,
            "p %s is nearer to what the interval implies one-sided (%.2g) than two-sided (%.2g)",
            s->r->effect.p.text, p_of_z(z, 1), p_of_z(z, 2));
}

static void check_p(const subject *s, const msp_printed_effect *e, const msp_reading *reading)
{
    const msp_evidence_effect *f = &s->r->effect;
    const double sign = sign_of_benefit(s);
    const double z = z_of(reading, sign * log_span(e, &e->estimate).low / 2 +
                                       sign * log_span(e, &e->estimate).high / 2);
    const int said = e->p_sides;
    bool two = said != 1 && p_fits(e, reading, sign, 2);
    const bool one = said != 2 && p_fits(e, reading, sign, 1);
    /* The better of two readings that both could be. */
    if (said == 0 && two && p_is_near(e, reading, sign, 1, false) &&
        !p_is_near(e, reading, sign, 2, false))
        two = false;
    if (two && said == 0)
        remark_sides(s, e, z);
    if (two || (one && said == 1))
        return;
    if (one) {
        SAY(s, WARNING, "evidence-p-sides", f->p.at, "say \"p_sides: 1\" where the source does",
            "p %s agrees with the interval as one-sided (%.2g), which the print does not say; "
            "two-sided the interval implies %.2g",
            f->p.text, p_of_z(z, 1), p_of_z(z, 2));
        return;
    }
    char hint[160];
    reconcile(s, e, hint);
    SAY(s, WARNING, "evidence-p", f->p.at, hint[0] != '\0' ? hint : NULL,
        "the %g %% interval implies a %s p of %.2g, the print says %s", 100 * reading->level,
        said == 1 ? "one-sided" : "two-sided", p_of_z(z, said == 1 ? 1 : 2), f->p.text);
}

/* What a reader makes of it who takes every interval for one of 95 %. */
static void remark_level(const subject *s, const msp_printed_effect *e, const msp_reading *reading)
{
    if (isnan(e->level)) {
        SAY(s, WARNING, "evidence-level", s->r->effect.at, "add \"level:\" where the source has it",
            "the interval has no level; it is read as 95 %%");
        return;
    }
    if (e->level == 0.95)
        return;
    const double sign = sign_of_benefit(s);
    const double at = e->ratio ? log(e->estimate.value) : e->estimate.value;
    const double z = z_of(reading, sign * at);
    const double naive = z * msp_dist_normal_limit(0.95) / msp_dist_normal_limit(e->level);
    const int sides = e->p_sides == 1 ? 1 : 2;
    SAY(s, NOTE, "evidence-level", s->r->effect.level.at, NULL,
        "an interval of %g %%: read as 95 %% it would imply a %s p of %.2g instead of %.2g",
        100 * e->level, sides == 1 ? "one-sided" : "two-sided", p_of_z(naive, sides),
        p_of_z(z, sides));
}

static void remark_bound(const subject *s, const msp_printed_effect *e, const msp_readings *r)
{
    if (e->bound == MSP_BOUND_TWO_SIDED || r->n < 2 || r->reading[1].source != MSP_SE_TWO_SIDED_END)
        return;
    SAY(s, NOTE, "evidence-bound", s->r->effect.at, NULL,
        "a %g %% bound reads two ways: one-sided (standard error %.3f, %.1f events) and as the end "
        "of a two-sided interval (%.3f, %.1f events); the first is taken: %s",
        100 * r->reading[0].level, r->reading[0].se.middle, r->reading[0].events,
        r->reading[1].se.middle, r->reading[1].events, r->choice);
}

static void remark_p_only(const subject *s, const msp_readings *r)
{
    const msp_reading *first = &r->reading[0];
    if (first->source != MSP_SE_P)
        return;
    if (r->n > 1 && r->reading[1].source == MSP_SE_P)
        SAY(s, NOTE, "evidence-p-only", s->r->effect.p.at, NULL,
            "no interval: the standard error comes from p, %.3f if two-sided (taken), %.3f if "
            "one-sided",
            first->se.middle, r->reading[1].se.middle);
    else
        SAY(s, NOTE, "evidence-p-only", s->r->effect.p.at, NULL,
            "no interval: the standard error comes from p, %.3f", first->se.middle);
}

/* Bounds are round: 0.05, 0.001, 0.0001. */
static void check_round_bound(const subject *s, const msp_printed *p)
{
    const char *digits = s->r->effect.p.text;
    if (p->bound == 0 || p->state != MSP_PRINTED_NUMBER)
        return;
    digits += strcspn(digits, "123456789");
    if ((digits[0] != '1' && digits[0] != '5') ||
        strcspn(digits + 1, "123456789") != strlen(digits + 1))
        SAY(s, WARNING, "evidence-p", s->r->effect.p.at, NULL, "%s is an unusual bound of p",
            s->r->effect.p.text);
}

/* -- events -- */

/* Events that another result of the same analysis has, where this one has none. */
static double events_elsewhere(const subject *s)
{
    for (size_t i = 0; i < s->t->results.n; i++) {
        const msp_evidence_result *o = &s->t->results.items[i];
        if (o != s->r && msp_was_said(o->events.at) && !msp_was_said(o->effect.at) &&
            msp__evidence_same_analysis(o, s->r))
            return (double)o->events.value;
    }
    return (double)NAN;
}

static void check_events(const subject *s, msp_printed_effect *e, const msp_reading *reading)
{
    if (isnan(e->events_total) && isnan(e->events[0]))
        e->events_total = events_elsewhere(s);
    msp_readings r;
    msp_printed_read(e, &r);
    const msp_reading *events = r.n > 0 ? &r.reading[r.n - 1] : NULL;
    if (events == NULL || events->source != MSP_SE_EVENTS || reading->source == MSP_SE_EVENTS)
        return;
    if (reading->se.high < EVENTS_LOW * events->se.middle ||
        reading->se.low > EVENTS_HIGH * events->se.middle)
        SAY(s, WARNING, "evidence-events", said_or(s->r->events.at, s->r->effect.at), NULL,
            "%s implies about %.0f events, the print has %.0f", msp_se_source_text(reading->source),
            reading->events, e->events[0] > 0 ? e->events[0] + e->events[1] : e->events_total);
}

static double patients_of(const subject *s)
{
    double n = 0;
    for (size_t i = 0; i < s->r->arms.n; i++) {
        if (s->r->arms.items[i].n.value <= 0)
            return (double)NAN;
        n += (double)s->r->arms.items[i].n.value;
    }
    return n > 0 ? n : (double)NAN;
}

/* No patient has two first events. */
static void check_enough_patients(const subject *s, const msp_printed_effect *e,
                                  const msp_reading *reading)
{
    const double n = patients_of(s), r = e->allocation > 0 ? e->allocation : 1;
    const double least = (1 + r) * (1 + r) / (r * reading->se.high * reading->se.high);
    if (s->r->effect.measure.value == MSP_MEASURE_HR && least > 1.1 * n)
        SAY(s, WARNING, "evidence-events", s->r->effect.at, NULL,
            "%s implies at least %.0f events, but there are %.0f patients",
            msp_se_source_text(reading->source), least, n);
}

/* -- curves -- */

/* What is printed of an arm here, or where this result has none, in another of the same analysis.
 */
static const msp_evidence_arm *printed_arm(const subject *s, const char *id)
{
    const msp_evidence_arm *a = msp_evidence_find_arm(s->r, id);
    for (size_t i = 0; (a == NULL || a->value.text == NULL) && i < s->t->results.n; i++) {
        const msp_evidence_result *o = &s->t->results.items[i];
        if (msp_was_said(o->time.at) == msp_was_said(s->r->time.at) &&
            (!msp_was_said(o->time.at) || o->time.value == s->r->time.value) &&
            !msp_was_said(o->share_of.at) && msp__evidence_same_analysis(s->r, o))
            a = msp_evidence_find_arm(o, id);
    }
    return a;
}

/* The hazard ratio of exponential curves through what is printed of both arms; NaN where a median
 * was not reached. */
static double exponential_ratio(const subject *s, const char *first, const char *second)
{
    const msp_evidence_arm *a = printed_arm(s, first), *b = printed_arm(s, second);
    if (a == NULL || b == NULL)
        return (double)NAN;
    const msp_printed x = msp_printed_parse(a->value.text), y = msp_printed_parse(b->value.text);
    if (!is_number(&x) || !is_number(&y) || x.value <= 0 || y.value <= 0)
        return (double)NAN;
    if (!msp_was_said(s->r->time.at))
        return y.value / x.value;
    return x.value < 100 && y.value < 100 ? log(x.value / 100) / log(y.value / 100) : (double)NAN;
}

static void check_curves(const subject *s, const msp_printed_effect *e)
{
    const char *first, *second;
    msp_evidence_compared(s->t, s->r, &first, &second);
    const double ratio = exponential_ratio(s, first, second);
    if (s->r->effect.measure.value != MSP_MEASURE_HR || !is_number(&e->estimate) || !(ratio > 0))
        return;
    const double a = log(e->estimate.value), b = log(ratio);
    if (a * b <= 0 && fabs(b) > MEDIANS_SURE)
        SAY(s, WARNING, "evidence-curves", s->r->effect.estimate.at,
            "curves that cross would do this: one hazard ratio then says little",
            "the hazard ratio is %s, but what is printed of the arms favours %s (exponential "
            "curves: %.2f)",
            s->r->effect.estimate.text, ratio < 1 ? first : second, ratio);
    else if (fabs(a - b) > MEDIANS_APART)
        SAY(s, WARNING, "evidence-curves", s->r->effect.estimate.at, NULL,
            "the hazard ratio is %s, but exponential curves through what is printed of the arms "
            "would have %.2f",
            s->r->effect.estimate.text, ratio);
}

/* -- words -- */

static void check_claim(const subject *s, const msp_printed_effect *e)
{
    if (!msp_was_said(s->r->claim.at) || !has_interval(e))
        return;
    const double sign = sign_of_benefit(s), none = e->ratio ? 1 : 0;
    const bool better = sign < 0 ? e->upper.value < none : e->lower.value > none;
    const bool worse = sign < 0 ? e->lower.value > none : e->upper.value < none;
    const int claim = s->r->claim.value;
    if ((claim == MSP_CLAIM_BENEFIT && !better) || (claim == MSP_CLAIM_HARM && !worse) ||
        (claim == MSP_CLAIM_NO_BENEFIT && better))
        SAY(s, WARNING, "evidence-claim", s->r->claim.at, NULL,
            "the words of the print and its interval %s to %s disagree",
            s->r->effect.interval.items[0].text, s->r->effect.interval.items[1].text);
}

static void remark_conduct(const subject *s)
{
    if (s->r->weighted.value)
        SAY(s, NOTE, "evidence-weighted", s->r->weighted.at, NULL,
            "a weighted analysis: its hazard ratio is none of the ordinary kind");
    if (s->r->crossover.value > 0)
        SAY(s, NOTE, "evidence-crossover", s->r->crossover.at, NULL,
            "%lld %% of the controls crossed over, which hides a difference",
            (long long)s->r->crossover.value);
}

void msp__evidence_check_effect(const subject *s)
{
    remark_conduct(s);
    if (!msp_was_said(s->r->effect.at))
        return;
    msp_printed_effect e = msp_evidence_effect_of(s->t, s->r);
    msp_readings r;
    msp_printed_read(&e, &r);
    check_round_bound(s, &e.p);
    const bool good = check_shape(s, &e);
    check_curves(s, &e);
    check_claim(s, &e);
    if (!good || r.n == 0)
        return;
    remark_bound(s, &e, &r);
    remark_p_only(s, &r);
    if (r.reading[0].source == MSP_SE_INTERVAL) {
        remark_level(s, &e, &r.reading[0]);
        if (e.p.state == MSP_PRINTED_NUMBER)
            check_p(s, &e, &r.reading[0]);
    }
    check_events(s, &e, &r.reading[0]);
    check_enough_patients(s, &e, &r.reading[0]);
}
