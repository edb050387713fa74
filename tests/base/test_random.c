#include "near.h"

#include "mspike/base/random.h"

/* Known answers published with Random123 (kat_vectors, philox4x32 10 rounds). */
static void philox_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        uint32_t out[4];
        msp_philox4x32(cases[i].counter, cases[i].key, out);
        assert_memory_equal(out, cases[i].out, sizeof out);
    }
}

static void streams_stand_alone(void **state)
{
    (void)state;
    msp_random a = msp_random_at(7, 3, 11, 2), b = msp_random_at(7, 3, 11, 2);
    for (int i = 0; i < 5; i++)
        (void)msp_random_bits(&a);
    b.next = 5;
    assert_true(msp_random_bits(&a) == msp_random_bits(&b));
    msp_random other = msp_random_at(7, 3, 11, 3);
    assert_false(msp_random_bits(&other) == msp_random_bits(&(msp_random){7, 3, 11, 2, 0}));
}

static void uniform_is_open_and_even(void **state)
{
    (void)state;
    msp_random r = msp_random_at(1, 0, 0, 0);
    double sum = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        const double u = msp_random_uniform(&r);
        assert_true(u > 0 && u < 1);
        sum += u;
    }
    assert_true(fabs(sum / n - 0.5) < 4 * sqrt(1.0 / 12 / n));
    size_t counts[6] = {0};
    r = msp_random_at(1, 1, 0, 0);
    for (int i = 0; i < 60000; i++)
        counts[msp_random_below(&r, 6)]++;
    double chi_square = 0;
    for (int i = 0; i < 6; i++)
        chi_square += ((double)counts[i] - 10000) * ((double)counts[i] - 10000) / 10000;
    assert_true(chi_square < 20.5); /* 0.999 quantile, 5 df */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(streams_stand_alone),
        cmocka_unit_test(uniform_is_open_and_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
