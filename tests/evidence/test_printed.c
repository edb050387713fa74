/* Readings of printed results. Expected numbers: ../shared/evidence/rrmm.md and answer.md, and
 * ../shared/golden/source-documents.md (which name the prints), and arithmetic by hand. */
#include "near.h"

#include "mspike/evidence/printed.h"

static void numbers_as_printed(void **state)
{
    (void)state;
    msp_printed x = msp_printed_parse("0.53");
    assert_int_equal(x.state, MSP_PRINTED_NUMBER);
    assert_int_equal(x.decimals, 2);
    assert_near(msp_printed_low(&x), 0.525, 1e-15);
    assert_near(msp_printed_high(&x), 0.535, 1e-15);
    x = msp_printed_parse("<0.0001");
    assert_int_equal(x.bound, '<');
    assert_near(msp_printed_high(&x), 0.0001, 0);
    x = msp_printed_parse("13");
    assert_near(x.half, 0.5, 0);
    assert_int_equal(msp_printed_parse("NR").state, MSP_PRINTED_NOT_REACHED);
    assert_int_equal(msp_printed_parse("NE").state, MSP_PRINTED_NOT_REACHED);
    assert_int_equal(msp_printed_parse(NULL).state, MSP_PRINTED_NOTHING);
    assert_int_equal(msp_printed_parse("about 2").state, MSP_PRINTED_FAULT);
    assert_true(isnan(msp_printed_parse("1,4").value));
}

static msp_printed_effect hazard_ratio(const char *estimate, const char *lower, const char *upper,
                                       double level)
{
    msp_printed_effect e = msp_printed_effect_empty();
    e.estimate = msp_printed_parse(estimate);
    e.lower = msp_printed_parse(lower);
    e.upper = msp_printed_parse(upper);
    e.level = level;
    return e;
}

/* Standard errors of ../shared/golden/evidence/rrmm_*: what R gets from the same prints. */
static void intervals_of_any_level(void **state)
{
    (void)state;
    static const struct {
        const char *estimate, *lower, *upper;
        double level, se;
    } prints[] = {
        {"0.44", "0.28", "0.68", 0.95, 0.226357015230851},  /* CASTOR */
        {"0.58", "0.42", "0.79", 0.954, 0.158309199235142}, /* IKEMA, final */
        {"0.72", "0.59", "0.88", 0.7, 0.192872679819663},   /* Elo-Vd */
    };
    for (size_t i = 0; i < MSP_COUNT(prints); i++) {
        const msp_printed_effect e =
            hazard_ratio(prints[i].estimate, prints[i].lower, prints[i].upper, prints[i].level);
        msp_readings r;
        msp_printed_read(&e, &r);
        assert_int_equal(r.n, 1);
        assert_int_equal(r.reading[0].source, MSP_SE_INTERVAL);
        assert_near(r.reading[0].se.middle, prints[i].se, 1e-13);
        assert_true(r.reading[0].se.low < prints[i].se && prints[i].se < r.reading[0].se.high);
        assert_near(msp_printed_level_for(&e, prints[i].se), prints[i].level, 1e-12);
    }
}

/* IKEMA, interim: 0.53 (99 % 0.32-0.89): SE 0.19856, 105.7 events at 3:2 over the rounding 101 to
 * 110; 103 events give 0.2006. */
static void ikema_interim(void **state)
{
    (void)state;
    msp_printed_effect e = hazard_ratio("0.53", "0.32", "0.89", 0.99);
    e.allocation = 1.5;
    e.events_total = 103;
    e.p = msp_printed_parse("0.0007");
    e.p_sides = 1;
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 3);
    assert_near(r.reading[0].se.middle, 0.19856, 5e-5);
    assert_near(r.reading[0].events, 105.7, 1e-3);
    assert_int_equal(r.reading[1].source, MSP_SE_P);
    assert_int_equal(r.reading[1].sides, 1);
    assert_int_equal(r.reading[2].source, MSP_SE_EVENTS);
    assert_near(r.reading[2].se.middle, 0.2011, 5e-4); /* 2.5 / sqrt(1.5 x 103) */
    assert_non_null(r.choice);
}

/* A061202: 0.437, upper 90 % bound 0.657: 39.5 events read one-sided, 65 as a two-sided end. */
static void a_bound_reads_two_ways(void **state)
{
    (void)state;
    msp_printed_effect e = hazard_ratio("0.437", NULL, "0.657", 0.9);
    e.bound = MSP_BOUND_UPPER;
    e.allocation = 38.0 / 39.0;
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.reading[0].source, MSP_SE_ONE_SIDED_BOUND);
    assert_near(r.reading[0].se.middle, 0.318169658054879, 1e-12);
    assert_near(r.reading[0].events, 39.5, 2e-3);
    assert_int_equal(r.reading[1].source, MSP_SE_TWO_SIDED_END);
    assert_near(r.reading[1].se.middle, 0.24789, 2e-5);
    assert_near(r.reading[1].events, 65.1, 1e-3);
    assert_non_null(r.choice);
    e.bound = MSP_BOUND_UPPER_ONE_SIDED;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 1);
    assert_null(r.choice);
}

/* ELOQUENT-2, 3 years: 0.73, p = 0.0014 two-sided: SE 0.0985. TOURMALINE: 0.74, 0.01: 0.1169. */
static void from_p_alone(void **state)
{
    (void)state;
    msp_printed_effect e = hazard_ratio("0.73", NULL, NULL, (double)NAN);
    e.p = msp_printed_parse("0.0014");
    e.p_sides = 2;
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 1);
    assert_near(r.reading[0].se.middle, 0.0985, 5e-4);
    e = hazard_ratio("0.74", NULL, NULL, (double)NAN);
    e.p = msp_printed_parse("0.01");
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 2); /* sides not said: both, two-sided first */
    assert_int_equal(r.reading[0].sides, 2);
    assert_near(r.reading[0].se.middle, 0.1169, 5e-4);
    assert_true(r.reading[1].se.middle > r.reading[0].se.middle);
    e.p = msp_printed_parse("<0.001"); /* a bound only: no standard error */
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 0);
}

/* BELLINI, final OS: 78 and 36 deaths: sqrt(1/78 + 1/36). */
static void from_events(void **state)
{
    (void)state;
    msp_printed_effect e = hazard_ratio("1.19", NULL, NULL, (double)NAN);
    e.events[0] = 78;
    e.events[1] = 36;
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 1);
    assert_near(r.reading[0].se.middle, sqrt(1 / 78.0 + 1 / 36.0), 1e-14);
}

static void a_difference_has_no_logarithm(void **state)
{
    (void)state;
    msp_printed_effect e = hazard_ratio("-2.0", "-3.96", "-0.04", 0.95);
    e.ratio = false;
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_near(r.log_estimate, -2, 0);
    assert_near(r.reading[0].se.middle, 1, 1e-4);
    assert_true(isnan(r.reading[0].events));
}

static void limits_not_reached_give_no_reading(void **state)
{
    (void)state;
    const msp_printed_effect e = hazard_ratio("0.53", "0.32", "NE", 0.95);
    msp_readings r;
    msp_printed_read(&e, &r);
    assert_int_equal(r.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_printed),
        cmocka_unit_test(intervals_of_any_level),
        cmocka_unit_test(ikema_interim),
        cmocka_unit_test(a_bound_reads_two_ways),
        cmocka_unit_test(from_p_alone),
        cmocka_unit_test(from_events),
        cmocka_unit_test(a_difference_has_no_logarithm),
        cmocka_unit_test(limits_not_reached_give_no_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
