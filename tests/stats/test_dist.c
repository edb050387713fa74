/* Expected values from R 4.2.2: pnorm, qnorm, pchisq, qchisq, also with log.p = TRUE. */
#include "near.h"

#include <string.h>

#include "mspike/stats/dist.h"

static void normal_tails_keep_their_logarithm(void **state)
{
    (void)state;
    assert_near(msp_dist_normal_lower(-1.96).p, 0.024997895148220428, 1e-14);
    assert_near(msp_dist_normal_upper(1.96).p, 0.024997895148220428, 1e-14);
    assert_near(msp_dist_normal_two_sided(-1.96).p, 2 * 0.024997895148220428, 1e-14);
    /* Mills' series to the sixth term at z = 40, where p itself is 0 */
    double z = 40, v = 1 / (z * z);
    double log_tail = -z * z / 2 - log(z * sqrt(2 * M_PI)) +
                      log1p(v * (-1 + v * (3 + v * (-15 + v * (105 - 945 * v)))));
    assert_near(msp_dist_normal_upper(z).p, 0, 0);
    assert_near(msp_dist_normal_upper(z).log_p, log_tail, 1e-13);
    assert_near(msp_dist_normal_two_sided(z).log_p, log_tail + log(2), 1e-13);
    /* log10 p = -2173.87 at z = 100 */
    assert_near(msp_dist_normal_upper(100).log_p / log(10), -2173.8715, 1e-7);
}

static void normal_quantiles(void **state)
{
    (void)state;
    assert_near(msp_dist_normal_limit(0.95), 1.959963984540054, 1e-15);
    assert_near(msp_dist_normal_limit(0.99), 2.5758293035489004, 1e-15);
    assert_near(msp_dist_normal_quantile(0.5), 0, 0);
    assert_near(msp_dist_normal_quantile_log(msp_dist_normal_lower(-30).log_p), -30, 1e-12);
    assert_true(isinf(msp_dist_normal_quantile(0)));
}

static void chi_square(void **state)
{
    (void)state;
    assert_near(msp_dist_chisq_upper(3.84, 1).p, 0.05004352124870519, 1e-13);
    /* two degrees of freedom: exp(-x / 2) */
    assert_near(msp_dist_chisq_upper(2000, 2).log_p, -1000, 1e-14);
    assert_near(msp_dist_chisq_upper(2000, 2).p, 0, 0);
    assert_near(msp_dist_chisq_lower(3, 2).p, -expm1(-1.5), 1e-14);
    assert_near(msp_dist_chisq_quantile(0.95, 2), -2 * log(0.05), 1e-14);
    for (double x = 0.5; x < 3000; x *= 3)
        assert_near(msp_dist_chisq_upper(x, 1).log_p, msp_dist_normal_two_sided(sqrt(x)).log_p,
                    1e-12);
}

/* Runs `call` with standard output in a file and returns how much it wrote. */
static long written_by(void (*call)(void))
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    call();
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    return size;
}

static void ask_outside_the_domain(void)
{
    const double odd[] = {NAN, INFINITY, -INFINITY, -1, 0, 2, 1e308, 5e-324};
    for (size_t i = 0; i < MSP_COUNT(odd); i++) {
        msp_dist_normal_lower(odd[i]);
        msp_dist_normal_upper(odd[i]);
        msp_dist_normal_two_sided(odd[i]);
        msp_dist_normal_quantile(odd[i]);
        msp_dist_normal_quantile_log(odd[i]);
        msp_dist_normal_limit(odd[i]);
        for (size_t j = 0; j < MSP_COUNT(odd); j++) {
            msp_dist_chisq_upper(odd[i], odd[j]);
            msp_dist_chisq_lower(odd[i], odd[j]);
            msp_dist_chisq_quantile(odd[i], odd[j]);
        }
    }
}

static void nothing_reaches_stdout(void **state)
{
    (void)state;
    assert_int_equal(written_by(ask_outside_the_domain), 0);
    assert_true(isnan(msp_dist_normal_quantile(1.5)));
    assert_true(isnan(msp_dist_normal_quantile_log(1)));
    assert_true(isnan(msp_dist_normal_limit(1)));
    assert_true(isnan(msp_dist_chisq_upper(1, 0).p));
    assert_true(isnan(msp_dist_chisq_quantile(0.5, -1)));
    assert_true(isnan(msp_dist_normal_lower(NAN).log_p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_tails_keep_their_logarithm),
        cmocka_unit_test(normal_quantiles),
        cmocka_unit_test(chi_square),
        cmocka_unit_test(nothing_reaches_stdout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
