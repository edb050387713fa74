#include "near.h"

#include <sys/stat.h>

#include "synthetic.h"
#include "wellformed.h"

/* To look at: MSPIKE_REPORT_OUT=DIR writes the two made-up reports there and keeps them. */
static void test_write_to_look_at(void **state)
{
    (void)state;
    const char *out = getenv("MSPIKE_REPORT_OUT");
    if (out == NULL)
        skip();
    for (size_t n = 2; n <= 3; n++) {
        synthetic s;
        msp_error err = {0};
        char dir[4096];
        snprintf(dir, sizeof dir, "%s/arms-%zu", out, n);
        synthetic_make(&s, n);
        const msp_status rc = msp_report_write(&s.plan, &s.results, dir, false, &err);
        if (rc != MSP_OK)
            fail_msg("%s: %s", err.at.file, err.text);
        synthetic_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_to_look_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
