/* Expected events against closed forms, and against a sum over many patients. */
#include "near.h"

#include <string.h>

#include "mspike/design/events.h"
#include "mspike/design/survival.h"

static const double zero = 0;

static msp_two_arms exponential(const double *hazards, double share, double duration,
                                const double *rate)
{
    msp_two_arms t = {.enrolment = {{1, &zero, rate}, duration}};
    t.arm[0] = (msp_arm_course){share, {1, &zero, &hazards[0]}, 0};
    t.arm[1] = (msp_arm_course){1 - share, {1, &zero, &hazards[1]}, 0};
    return t;
}

/* One hazard h and even intake over a: N (1 - (e^-h(T-a) - e^-hT) / (h a)). */
static void one_hazard(void **state)
{
    (void)state;
    const double h[] = {0.04, 0.04}, rate = 10, a = 18;
    const msp_two_arms t = exponential(h, 0.6, a, &rate);
    for (double time = 18; time < 90; time += 13)
        assert_near(msp_events_by(&t, time),
                    180 * (1 - (exp(-0.04 * (time - a)) - exp(-0.04 * time)) / (0.04 * a)), 1e-13);
    assert_near(msp_events_by(&t, 9), 90 * (1 - (1 - exp(-0.36)) / 0.36), 1e-13);
    assert_near(msp_enrolled(&t.enrolment, 9), 90, 1e-15);
    assert_near(msp_events_by(&t, msp_time_of_events(&t, 100)), 100, 1e-13);
    assert_true(isnan(msp_time_of_events(&t, 181)));
}

/* Steps in everything, dropout too, against a sum over 2 x 200 x 4000 slices. */
static void steps_everywhere(void **state)
{
    (void)state;
    static const double from_h[] = {0, 3, 11}, rate_h[2][3] = {{0.02, 0, 0.09}, {0.05, 0.03, 0.01}};
    static const double from_a[] = {0, 4, 7}, rate_a[] = {5, 0, 12};
    msp_two_arms t = {.enrolment = {{3, from_a, rate_a}, 10}};
    const double dropout[] = {0.01, 0.03}, share[] = {0.4, 0.6}, time = 24;
    double sum = 0;
    for (int g = 0; g < 2; g++) {
        t.arm[g] = (msp_arm_course){share[g], {3, from_h, rate_h[g]}, dropout[g]};
        for (int i = 0; i < 1000; i++) {
            const double entry = (i + 0.5) / 100;
            const double patients = (entry < 4 ? 5 : entry < 7 ? 0 : 12) * share[g] / 100;
            double followed = 1;
            const int n = 2000;
            const double d = (time - entry) / n;
            for (int k = 0; k < n && patients > 0; k++) {
                const double u = (k + 0.5) * d;
                const double h = rate_h[g][u < 3 ? 0 : u < 11 ? 1 : 2];
                sum += patients * h * followed * exp(-(h + dropout[g]) * d / 2) * d;
                followed *= exp(-(h + dropout[g]) * d);
            }
        }
    }
    assert_near(msp_events_by(&t, time), sum, 2e-5);
}

/* Lakatos with a ratio near 1 and equal arms is Schoenfeld's formula. */
static void lakatos_is_schoenfeld_nearby(void **state)
{
    (void)state;
    const double h[] = {0.05 * 0.999, 0.05}, rate = 1;
    const msp_two_arms t = exponential(h, 0.5, 12, &rate);
    assert_near(msp_lakatos_effect(&t, 30), -0.5 * log(0.999), 1e-4);
    const double same[] = {0.05, 0.05};
    const msp_two_arms null = exponential(same, 0.3, 12, &rate);
    assert_true(fabs(msp_lakatos_effect(&null, 30)) < 1e-15);
}

/* Nobody is censored before the end: at one time the moments are those of the definition, summed
 * over short intervals. */
static void lakatos_by_hand(void **state)
{
    (void)state;
    static const double from[] = {0, 6}, e[] = {0.06, 0.03}, c[] = {0.06, 0.06}, rate = 1;
    msp_two_arms t = {.enrolment = {{1, &zero, &rate}, 12}};
    t.arm[0] = (msp_arm_course){0.6, {2, from, e}, 0};
    t.arm[1] = (msp_arm_course){0.4, {2, from, c}, 0};
    double score = 0, variance = 0, deaths = 0;
    const double time = 24, d = 24.0 / 240000;
    for (int i = 0; i < 240000; i++) {
        const double u = (i + 0.5) * d, in = fmin(12, time - u);
        const double he = u < 6 ? 0.06 : 0.03;
        const double se = 0.6 * exp(-0.06 * fmin(u, 6) - 0.03 * fmax(0, u - 6));
        const double sc = 0.4 * exp(-0.06 * u), phi = se / sc, theta = he / 0.06;
        const double dead = in * (se * he + sc * 0.06) * d;
        score += dead * (phi / (1 + phi) - phi * theta / (1 + phi * theta));
        variance += dead * phi / ((1 + phi) * (1 + phi));
        deaths += dead;
    }
    assert_near(msp_events_by(&t, time), deaths, 1e-8);
    assert_near(msp_lakatos_effect(&t, time), score / sqrt(variance * deaths), 1e-8);
}

static msp_survival_plan plan(const msp_two_arms *t)
{
    return (msp_survival_plan){.looks = {.n = 1, .information = {1}, .alpha = 0.025, .sided = 1},
                               .hazard_ratio = 0.6,
                               .share = t->arm[0].share,
                               .power = 0.9,
                               .events = NAN,
                               .has_enrolment = true,
                               .trial = *t,
                               .sample_size = NAN,
                               .follow_up = NAN};
}

/* Schoenfeld: (1.959964 + 1.281552)^2 / (0.25 log(0.6)^2) = 161.0686 events. */
static void every_way_to_say_it(void **state)
{
    (void)state;
    const double h[] = {0.03, 0.05}, rate = 1;
    const msp_two_arms t = exponential(h, 0.5, 18, &rate);
    msp_survival_plan p = plan(&t);
    msp_survival_design by_time, by_size, by_events, by_rate;
    p.follow_up = 12;
    assert_int_equal(msp_survival_design_find(&p, &by_time, NULL), MSP_OK);
    assert_near(by_time.events, 161.06859190325576, 1e-12);
    p.sample_size = by_time.sample_size;
    assert_int_equal(msp_survival_design_find(&p, &by_size, NULL), MSP_OK);
    assert_near(by_size.follow_up, 12, 1e-11);
    p.power = NAN;
    p.events = by_time.events;
    assert_int_equal(msp_survival_design_find(&p, &by_events, NULL), MSP_OK);
    assert_near(by_events.boundaries.power, 0.9, 1e-13);
    const double known = by_time.sample_size / 18;
    p.trial.enrolment.rate.rate = &known;
    p.rates_are_known = true;
    p.sample_size = NAN;
    assert_int_equal(msp_survival_design_find(&p, &by_rate, NULL), MSP_OK);
    assert_near(by_rate.study_duration, 30, 1e-11);
}

static void what_cannot_be(void **state)
{
    (void)state;
    const double h[] = {0.03, 0.05}, rate = 1;
    const msp_two_arms t = exponential(h, 0.5, 18, &rate);
    msp_survival_plan p = plan(&t);
    msp_survival_design d;
    msp_error err;
    assert_int_equal(msp_survival_design_find(&p, &d, &err), MSP_OK);
    assert_non_null(d.note);
    assert_true(isnan(d.sample_size) && isnan(d.study_duration));
    p.sample_size = 150;
    assert_int_equal(msp_survival_design_find(&p, &d, &err), MSP_ERANGE);
    assert_non_null(strstr(err.text, "no more than 150 events"));
    p.hazard_ratio = 1.2;
    assert_int_equal(msp_survival_design_find(&p, &d, &err), MSP_ERANGE);
    p.hazard_ratio = NAN;
    assert_int_equal(msp_survival_design_find(&p, &d, &err), MSP_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hazard),
        cmocka_unit_test(steps_everywhere),
        cmocka_unit_test(lakatos_is_schoenfeld_nearby),
        cmocka_unit_test(lakatos_by_hand),
        cmocka_unit_test(every_way_to_say_it),
        cmocka_unit_test(what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
