/* test_sight.c - bands decide as the draws themselves would. */
#include "near.h"
#include "simulate/sight.h"

#include "mspike/base.h"
#include "mspike/base/random.h"

static bool shows(double spread, double x, double visible, uint32_t word)
{
    return x >= visible * exp_of(spread * normal_of(word));
}

/* Values all about what a word sees, some next to it and some next to the ends of bands. */
static void hold(double spread, double visible, msp_random *r)
{
    sim_sight sight;
    size_t seen = 0;
    enum { MANY = 200000 };
    sim_sight_init(&sight, spread);
    for (size_t i = 0; i < MANY; i++) {
        const uint32_t word = (uint32_t)(msp_random_bits(r) >> 32) << (i % 3 == 0 ? 20 : 0);
        const double own = visible * exp_of(spread * normal_of(word));
        const double at[] = {visible * exp_of(spread * 7 * (2 * msp_random_uniform(r) - 1)),
                             own,
                             nextafter(own, 0),
                             nextafter(own, INFINITY),
                             visible * sight.from[word >> 26],
                             visible * sight.from[(word >> 26) + 1]};
        for (size_t k = 0; k < MSP_COUNT(at); k++) {
            const bool here = sim_shows(&sight, at[k], visible, word);
            assert_int_equal(here, shows(spread, at[k], visible, word));
            seen += k == 0 && here;
        }
    }
    assert_true(seen > MANY * 45 / 100 && seen < MANY * 55 / 100);
}

static void test_bands(void **state)
{
    (void)state;
    msp_random r = msp_random_at(3, 1, 4, 1);
    hold(0.3, 0.015, &r);
    hold(1, 1e-4, &r);
}

/* The first and last words that there are; nothing is never seen. */
static void test_ends(void **state)
{
    (void)state;
    sim_sight sight;
    sim_sight_init(&sight, 1);
    const uint32_t words[] = {0, 1, UINT32_MAX / 2, UINT32_MAX - 1, UINT32_MAX};
    for (size_t i = 0; i < MSP_COUNT(words); i++) {
        const double own = exp_of(normal_of(words[i]));
        assert_true(sight.from[0] < own && own < sight.from[SIGHT_BANDS]);
        assert_false(sim_shows(&sight, 0, 1, words[i]));
        assert_true(sim_shows(&sight, own, 1, words[i]));
        assert_false(sim_shows(&sight, nextafter(own, 0), 1, words[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bands), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
