/* The combination test: by hand, and its error of the first kind where events follow the data. */
#include "near.h"

#include "mspike/base/random.h"
#include "mspike/design/combine.h"
#include "mspike/stats/dist.h"

/* Schoenfeld, one-sided 2.5 %, O'Brien-Fleming by spending at half of 200 events. */
static void plan_of(msp_survival_plan *plan, msp_survival_design *design)
{
    *plan = (msp_survival_plan){
        .looks = {.n = 2,
                  .information = {0.5, 1},
                  .alpha = 0.025,
                  .sided = 1,
                  .efficacy = {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
        .formula = MSP_EFFECT_SCHOENFELD,
        .hazard_ratio = 0.7,
        .share = 0.5,
        .power = (double)NAN,
        .events = 200,
        .sample_size = (double)NAN,
        .follow_up = (double)NAN,
    };
    assert_int_equal(msp_survival_design_find(plan, design, NULL), MSP_OK);
}

/* With the events planned the combined Z is that of all data; else by hand: 100 and 300 events, z 1
 * and 2: Y = (2 sqrt(300) - sqrt(100)) / sqrt(200) = 1.7424, (1 + Y) / sqrt(2) = 1.9392. */
static void by_hand(void **state)
{
    (void)state;
    const double share[] = {0.5, 1}, z[] = {1, 2};
    const double planned[] = {100, 200}, more[] = {100, 300};
    assert_near(msp_combined_z(share, planned, z, 2), 2, 1e-15);
    assert_near(msp_combined_z(share, more, z, 2), (1 + (2 * sqrt(300) - 10) / sqrt(200)) / sqrt(2),
                1e-15);
}

/* The events found give the power asked for, and no more than it takes. */
static void events_for_a_power(void **state)
{
    (void)state;
    msp_survival_plan plan;
    msp_survival_design design;
    plan_of(&plan, &design);
    const msp_look_data data = {.n = 1, .events = {100}, .z = {1}};
    msp_reestimate how = {.power = 0.9, .max_events = INFINITY};
    msp_reestimated out;
    assert_int_equal(msp_look_reestimate(&plan, &design, &data, &how, &out, NULL), MSP_OK);
    const double limit = (design.boundaries.upper[1] - sqrt(0.5)) / sqrt(0.5);
    const double effect = -log(0.7) / 2;
    assert_near(out.power, msp_dist_normal_upper(limit - effect * sqrt(out.events - 100)).p, 1e-13);
    assert_true(out.power >= 0.9 && out.power < 0.905 && out.events == floor(out.events));
    assert_near(out.power_before, msp_dist_normal_upper(limit - effect * 10).p, 1e-13);
    how.max_events = 210;
    assert_int_equal(msp_look_reestimate(&plan, &design, &data, &how, &out, NULL), MSP_OK);
    assert_true(out.limited && out.events == 210 && out.power < 0.9);
    how = (msp_reestimate){.power = 0.1, .max_events = INFINITY};
    assert_int_equal(msp_look_reestimate(&plan, &design, &data, &how, &out, NULL), MSP_OK);
    assert_true(out.events == 200); /* never fewer than planned */
    const msp_look_data done = {.n = 2, .events = {100, 200}, .z = {1, 1}};
    assert_int_equal(msp_look_reestimate(&plan, &design, &done, &how, &out, NULL), MSP_ERANGE);
}

static double normal(msp_random *random)
{
    return msp_dist_normal_quantile(msp_random_uniform(random));
}

/* No effect, and events chosen at the look by the trend: 0.025 of 100,000 trials make a claim with
 * the combined Z (4 standard errors are 0.0020), and clearly more with the Z of all data. */
static void keeps_the_error(void **state)
{
    (void)state;
    msp_survival_plan plan;
    msp_survival_design design;
    plan_of(&plan, &design);
    const double *u = design.boundaries.upper;
    const msp_reestimate how = {.power = 0.8, .max_events = 1000, .trend = true};
    const int n = 100000;
    int combined = 0, naive = 0;
    for (int i = 0; i < n; i++) {
        msp_random random = msp_random_at(7, (uint64_t)i, 0, 1);
        msp_look_data data = {.n = 1, .events = {100}, .z = {normal(&random)}};
        msp_reestimated more = {.events = 200};
        if (data.z[0] >= u[0]) {
            combined++;
            naive++;
            continue;
        }
        if (data.z[0] > 0)
            assert_int_equal(msp_look_reestimate(&plan, &design, &data, &how, &more, NULL), MSP_OK);
        const double y = normal(&random), d = more.events;
        data.events[1] = d;
        data.z[1] = (data.z[0] * 10 + y * sqrt(d - 100)) / sqrt(d);
        combined += msp_combined_z(plan.looks.information, data.events, data.z, 2) >= u[1];
        naive += data.z[1] >= u[1];
    }
    assert_true(fabs((double)combined / n - 0.025) < 0.0020);
    assert_true((double)naive / n > 0.029);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(events_for_a_power),
        cmocka_unit_test(keeps_the_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
