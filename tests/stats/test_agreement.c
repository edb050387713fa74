#include "near.h"

#include <string.h>

#include "mspike/stats/agreement.h"

/* Two pathologists on 118 slides, 91 couples asked the same question: both in Agresti, Categorical
 * Data Analysis, which gives the first a kappa of 0.493 with standard error 0.057. */
static const double slides[] = {22, 2, 2, 0, 5, 7, 14, 0, 0, 2, 36, 0, 0, 1, 17, 10};
static const double couples[] = {7, 7, 2, 3, 2, 8, 3, 7, 1, 5, 4, 9, 2, 8, 9, 14};

/* Standard errors from R 4.2: the delta method with numerical derivatives of kappa by the shares,
 * at the shares seen and at those of independence. */
static void agrees_with_references(void **state)
{
    (void)state;
    static const struct {
        const double *counts;
        msp_kappa_weights weights;
        double observed, expected, kappa, std_error, null_std_error;
    } cases[] = {
        {slides, MSP_KAPPA_IDENTITY, 0.635593220338983, 0.281241022694628, 0.493005595523581,
         0.0567431504053869, 0.0501385800011564},
        {slides, MSP_KAPPA_LINEAR, 0.870056497175141, 0.629991381786843, 0.648809523809524,
         0.0476524223532717, 0.0630581732420536},
        {slides, MSP_KAPPA_QUADRATIC, 0.951035781544256, 0.773500590507198, 0.783821871476889,
         0.0386703361340749, 0.0910483474829827},
        {couples, MSP_KAPPA_IDENTITY, 0.362637362637363, 0.267962806424345, 0.129330254041571,
         0.068598532482229, 0.0611834605611877},
        {couples, MSP_KAPPA_LINEAR, 0.684981684981685, 0.586925894618202, 0.237380627557981,
         0.0783163347751883, 0.0769903121},
        {couples, MSP_KAPPA_QUADRATIC, 0.81440781440781, 0.722148425445129, 0.332045586246861,
         0.0972975219673881, 0.104349375074410},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_agreement got;
        msp_error err;
        assert_int_equal(
            msp_agreement_kappa(cases[i].counts, 4, cases[i].weights, 0.95, &got, &err), MSP_OK);
        assert_near(got.observed, cases[i].observed, 1e-13);
        assert_near(got.expected, cases[i].expected, 1e-13);
        assert_near(got.kappa, cases[i].kappa, 1e-12);
        assert_near(got.std_error, cases[i].std_error, 1e-8);
        assert_near(got.null_std_error, cases[i].null_std_error, 1e-8);
        assert_near(got.upper - got.lower, 2 * 1.959963984540054 * got.std_error, 1e-12);
        assert_null(got.note);
    }
}

static void counts_pairs(void **state)
{
    (void)state;
    const uint8_t a[] = {0, 1, 1, 2}, b[] = {0, 1, 2, 2};
    double counts[9] = {0};
    msp_error err;
    assert_int_equal(msp_agreement_count(a, b, 4, 3, counts, &err), MSP_OK);
    const double want[9] = {1, 0, 0, 0, 1, 1, 0, 0, 1};
    assert_memory_equal(counts, want, sizeof want);
    assert_int_equal(msp_agreement_count(a, b, 4, 2, counts, &err), MSP_ERANGE);
    assert_int_equal(err.row, 2);
    msp_agreement got;
    assert_int_equal(msp_agreement_kappa(want, 3, MSP_KAPPA_IDENTITY, 0.95, &got, &err), MSP_OK);
    assert_near(got.identical, 0.75, 1e-15);
    assert_near(got.kappa, (0.75 - 5.0 / 16) / (1 - 5.0 / 16), 1e-14);
}

/* Bounds and symmetries that hold of every table. */
static void limits_and_symmetry(void **state)
{
    (void)state;
    msp_agreement got, other;
    msp_error err;
    const double all_agree[] = {3, 0, 0, 5};
    assert_int_equal(msp_agreement_kappa(all_agree, 2, MSP_KAPPA_LINEAR, 0.95, &got, &err), MSP_OK);
    assert_near(got.kappa, 1, 1e-15);
    assert_near(got.std_error, 0, 1e-15);
    const double one[] = {4, 0, 0, 0};
    assert_int_equal(msp_agreement_kappa(one, 2, MSP_KAPPA_LINEAR, 0.95, &got, &err), MSP_OK);
    assert_true(isnan(got.kappa));
    assert_non_null(got.note);

    double turned[16];
    for (size_t i = 0; i < 16; i++)
        turned[i % 4 * 4 + i / 4] = couples[i];
    msp_agreement_kappa(couples, 4, MSP_KAPPA_LINEAR, 0.95, &got, &err);
    msp_agreement_kappa(turned, 4, MSP_KAPPA_LINEAR, 0.95, &other, &err);
    assert_near(other.kappa, got.kappa, 1e-14);
    assert_near(other.std_error, got.std_error, 1e-13);
    /* With two categories there is one way to disagree, so that weights make no difference. */
    const double two[] = {10, 3, 4, 20};
    msp_agreement_kappa(two, 2, MSP_KAPPA_IDENTITY, 0.95, &got, &err);
    msp_agreement_kappa(two, 2, MSP_KAPPA_QUADRATIC, 0.95, &other, &err);
    assert_near(other.kappa, got.kappa, 1e-15);
}

static void refuses_what_is_no_table(void **state)
{
    (void)state;
    msp_agreement got;
    msp_error err;
    const double none[] = {0, 0, 0, 0}, negative[] = {1, -1, 0, 1}, nan[] = {1, NAN, 0, 1};
    assert_int_equal(msp_agreement_kappa(none, 2, MSP_KAPPA_LINEAR, 0.95, &got, &err), MSP_ENODATA);
    assert_int_equal(msp_agreement_kappa(negative, 2, MSP_KAPPA_LINEAR, 0.95, &got, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_agreement_kappa(nan, 2, MSP_KAPPA_LINEAR, 0.95, &got, &err), MSP_ERANGE);
    assert_int_equal(msp_agreement_kappa(couples, 1, MSP_KAPPA_LINEAR, 0.95, &got, &err),
                     MSP_ERANGE);
    assert_int_equal(msp_agreement_kappa(couples, 4, MSP_KAPPA_LINEAR, 1, &got, &err), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_references),
        cmocka_unit_test(counts_pairs),
        cmocka_unit_test(limits_and_symmetry),
        cmocka_unit_test(refuses_what_is_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
