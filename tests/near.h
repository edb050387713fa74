/* near.h - what every cmocka test starts with: doubles compared relative to `want` (NaN equals
 * NaN), and the way to the reference data that stand beside a checkout. */
#ifndef MSP_TEST_NEAR_H
#define MSP_TEST_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static inline void near_at(double got, double want, double tol, const char *what, const char *file,
                           int line)
{
    if ((isnan(got) && isnan(want)) || got == want ||
        fabs(got - want) <= tol * (want != 0 ? fabs(want) : 1))
        return;
    print_error("%s: got %.17g, want %.17g (relative tolerance %g)\n", what, got, want, tol);
    _fail(file, line);
}
#define assert_near(got, want, tol) near_at((got), (want), (tol), #got, __FILE__, __LINE__)

/* Path of a file of the reference data (../shared, or $MSPIKE_SHARED), or NULL when it is not
 * there. The result is good until the next call. */
static inline const char *shared_file(const char *name)
{
    static char path[4096];
    const char *root = getenv("MSPIKE_SHARED");
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : MSP_SOURCE_DIR "/../shared", name);
    return access(path, R_OK) == 0 ? path : NULL;
}

/* Skips a test whose reference data are not there, and says so. */
#define require_shared(name)                                            \
    do {                                                                \
        if (shared_file(name) == NULL) {                                \
            print_message("skipped: ../shared/%s is not here\n", name); \
            skip();                                                     \
        }                                                               \
    } while (0)

/* A file of the project itself, such as "tests/data/x.csv". */
static inline const char *project_file(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", MSP_SOURCE_DIR, name);
    return path;
}

#endif
