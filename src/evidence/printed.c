/* printed.c - printed numbers, and the standard errors that they allow. */
#include "mspike/evidence/printed.h"

#include <math.h>
#include <string.h>

#include "mspike/stats/dist.h"

/* In standard errors: limits are rounded after the estimate. */
#define MIDDLE_SLACK 0.05

/* -- one number -- */

/* Digits after the point of a decimal number that parsed; an exponent has none of interest. */
static int decimals_of(const char *s)
{
    const char *point = strchr(s, '.');
    return point != NULL ? (int)strspn(point + 1, "0123456789") : 0;
}

msp_printed msp_printed_parse(const char *text)
{
    msp_printed out = {.value = (double)NAN};
    if (text == NULL || text[0] == '\0')
        return out;
    if (strcmp(text, "NR") == 0 || strcmp(text, "NE") == 0) {
        out.state = MSP_PRINTED_NOT_REACHED;
        return out;
    }
    if (text[0] == '<' || text[0] == '>')
        out.bound = *text++;
    out.state = MSP_PRINTED_FAULT;
    if (!msp_double_parse(text, strlen(text), &out.value)) {
        out.value = (double)NAN;
        return out;
    }
    out.state = MSP_PRINTED_NUMBER;
    out.decimals = decimals_of(text);
    out.half = out.bound != 0 ? 0 : 0.5 * pow(10, -out.decimals);
    return out;
}

double msp_printed_low(const msp_printed *printed)
{
    return printed->value - printed->half;
}

double msp_printed_high(const msp_printed *printed)
{
    return printed->value + printed->half;
}

/* -- readings -- */

const char *msp_se_source_text(msp_se_source source)
{
    static const char *const texts[] = {
#define AS_TEXT(name, text) text,
        MSP_SE_SOURCE_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)source < MSP_COUNT(texts) ? texts[source] : "?";
}

msp_printed_effect msp_printed_effect_empty(void)
{
    const msp_printed nothing = {.value = (double)NAN};
    return (msp_printed_effect){
        .ratio = true,
        .estimate = nothing,
        .lower = nothing,
        .upper = nothing,
        .p = nothing,
        .level = (double)NAN,
        .events = {(double)NAN, (double)NAN},
        .events_total = (double)NAN,
        .allocation = (double)NAN,
    };
}

/* On the analysis scale; the logarithm of what is not positive does not exist. */
static double scaled(const msp_printed_effect *e, double x)
{
    if (!e->ratio)
        return x;
    return x > 0 ? log(x) : (double)NAN;
}

static msp_range range_on_scale(const msp_printed_effect *e, const msp_printed *x)
{
    if (x->state != MSP_PRINTED_NUMBER)
        return (msp_range){(double)NAN, (double)NAN, (double)NAN};
    return (msp_range){scaled(e, msp_printed_low(x)), scaled(e, x->value),
                       scaled(e, msp_printed_high(x))};
}

static double ratio_of_allocation(const msp_printed_effect *e)
{
    return e->allocation > 0 ? e->allocation : 1;
}

static double events_for(const msp_printed_effect *e, double se)
{
    const double r = ratio_of_allocation(e);
    return e->ratio ? (1 + r) * (1 + r) / (r * se * se) : (double)NAN;
}

/* A reading whose standard error is not a positive number is none. */
static void add(const msp_printed_effect *e, msp_reading reading, msp_readings *out)
{
    if (!(reading.se.middle > 0) || !isfinite(reading.se.middle) || out->n == MSP_READINGS_MAX)
        return;
    reading.se.low = fmax(reading.se.low, 0);
    reading.events = events_for(e, reading.se.middle);
    out->reading[out->n++] = reading;
}

static void add_interval(const msp_printed_effect *e, msp_readings *out)
{
    const double level = isnan(e->level) ? 0.95 : e->level;
    const double z = msp_dist_normal_limit(level);
    const msp_range low = range_on_scale(e, &e->lower), high = range_on_scale(e, &e->upper);
    add(e,
        (msp_reading){.source = MSP_SE_INTERVAL,
                      .level = level,
                      .sides = 2,
                      .se = {(high.low - low.high) / (2 * z), (high.middle - low.middle) / (2 * z),
                             (high.high - low.low) / (2 * z)}},
        out);
}

static void add_bound(const msp_printed_effect *e, int sides, msp_readings *out)
{
    const bool upper = e->bound == MSP_BOUND_UPPER || e->bound == MSP_BOUND_UPPER_ONE_SIDED;
    const double level = isnan(e->level) ? 0.95 : e->level;
    const double z = sides == 1 ? msp_dist_normal_quantile(level) : msp_dist_normal_limit(level);
    const msp_range at = range_on_scale(e, &e->estimate);
    const msp_range limit = range_on_scale(e, upper ? &e->upper : &e->lower);
    const msp_range a = upper ? at : limit, b = upper ? limit : at; /* a below b */
    add(e,
        (msp_reading){
            .source = sides == 1 ? MSP_SE_ONE_SIDED_BOUND : MSP_SE_TWO_SIDED_END,
            .level = level,
            .sides = sides,
            .se = {(b.low - a.high) / z, (b.middle - a.middle) / z, (b.high - a.low) / z}},
        out);
}

static double z_of_p(double p, int sides)
{
    if (p <= 0)
        return INFINITY;
    return p >= sides ? (double)NAN : -msp_dist_normal_quantile(p / sides);
}

msp_range msp_printed_p_z(const msp_printed *p, int sides)
{
    if (p->state != MSP_PRINTED_NUMBER || p->bound == '>')
        return (msp_range){(double)NAN, (double)NAN, (double)NAN};
    if (p->bound == '<')
        return (msp_range){z_of_p(p->value, sides), (double)NAN, INFINITY};
    return (msp_range){z_of_p(fmin(msp_printed_high(p), sides * (1 - 1e-9)), sides),
                       z_of_p(p->value, sides), z_of_p(msp_printed_low(p), sides)};
}

/* A p of one side above a half belongs to an estimate on the other side of no effect. */
static void add_p(const msp_printed_effect *e, int sides, msp_readings *out)
{
    const msp_range at = range_on_scale(e, &e->estimate);
    const msp_range z = msp_printed_p_z(&e->p, sides);
    const double size = fabs(at.middle), slack = fmax(at.high - at.middle, at.middle - at.low);
    if (isnan(z.middle) || z.middle == 0)
        return;
    const double a = fabs(z.low), b = fabs(z.high);
    add(e,
        (msp_reading){.source = MSP_SE_P,
                      .level = (double)NAN,
                      .sides = sides,
                      .se = {fmax(size - slack, 0) / fmax(a, b), size / fabs(z.middle),
                             (size + slack) / fmin(a, b)}},
        out);
}

static void add_events(const msp_printed_effect *e, msp_readings *out)
{
    const double r = ratio_of_allocation(e);
    double se = (double)NAN;
    if (e->events[0] > 0 && e->events[1] > 0)
        se = sqrt(1 / e->events[0] + 1 / e->events[1]);
    else if (e->events_total > 0)
        se = (1 + r) / sqrt(r * e->events_total);
    if (e->ratio)
        add(e, (msp_reading){.source = MSP_SE_EVENTS, .level = (double)NAN, .se = {se, se, se}},
            out);
}

static const char *why(const msp_readings *r)
{
    const msp_reading *first = &r->reading[0];
    if (r->n < 2)
        return NULL;
    if (first->source == MSP_SE_ONE_SIDED_BOUND && r->reading[1].source == MSP_SE_TWO_SIDED_END)
        return "the print says a bound and not an interval, and read one-sided it is the more "
               "cautious of the two";
    if (first->source == MSP_SE_P && r->reading[1].source == MSP_SE_P)
        return "p is taken as two-sided where the print does not say";
    return "what the interval says goes before p, and p before the events";
}

void msp_printed_read(const msp_printed_effect *e, msp_readings *out)
{
    *out = (msp_readings){.log_estimate = range_on_scale(e, &e->estimate).middle};
    if (e->bound == MSP_BOUND_TWO_SIDED) {
        add_interval(e, out);
    } else {
        add_bound(e, 1, out);
        if (e->bound == MSP_BOUND_UPPER || e->bound == MSP_BOUND_LOWER)
            add_bound(e, 2, out);
    }
    if (e->p_sides != 1)
        add_p(e, 2, out);
    if (e->p_sides != 2)
        add_p(e, 1, out);
    add_events(e, out);
    out->choice = why(out);
}

/* Ranges of the middle and of the estimate that are not apart; what is no number leaves them open.
 */
bool msp_printed_middle_fits(const msp_printed_effect *e)
{
    const msp_range a = range_on_scale(e, &e->lower), b = range_on_scale(e, &e->upper);
    const msp_range at = range_on_scale(e, &e->estimate);
    const double slack = MIDDLE_SLACK * (b.high - a.low) / 4;
    return !((a.low + b.low) / 2 - slack > at.high || at.low > (a.high + b.high) / 2 + slack);
}

double msp_printed_level_for(const msp_printed_effect *e, double se)
{
    const msp_range low = range_on_scale(e, &e->lower), high = range_on_scale(e, &e->upper);
    const double z = (high.middle - low.middle) / (2 * se);
    const double level = 1 - msp_dist_normal_two_sided(z).p;
    return level >= 0.5 && level <= 0.9995 ? level : (double)NAN;
}
