/* Curves from the paths of a figure: by hand. */
#include "near.h"

#include <string.h>

#include "mspike/evidence/svg_curve.h"

/* 10 units a month from 100 on, 200 units from 1 at 20 down to 0 at 220. */
static const msp_svg_axis months = {{100, 220}, {0, 12}};
static const msp_svg_axis survival = {{220, 20}, {0, 1}};

static msp_status read_path(const char *svg, const char *path, msp_arena *arena,
                            msp_curve_point **point, size_t *n, msp_error *err)
{
    return msp_svg_curve(svg, strlen(svg), path, &months, &survival, arena, point, n, err);
}

static void same_curve(void **state)
{
    (void)state;
    /* 1 until month 2, 0.9 until month 5, 0.5 until month 12 */
    static const char *const figures[] = {
        "<svg><path id=\"a\" d=\"M100,20H120V40H150V120H220\"/></svg>",
        "<svg><path id='a' class=\"x\" d='m100 20 h20v20h30v80h70'/></svg>",
        "<svg><polyline id=\"a\" points=\"100,20 120,20 120,40 150,40 150,120 220,120\"/></svg>",
        "<svg>\n<!-- <path id=\"a\" d=\"M0 0\"/> --><path\n id=\"a\"\n d=\"M100 20 120 20 120 "
        "40L150 40\n"
        "150 120 220 120\"></path></svg>",
        "<svg><path id=\"a\" d=\"M1e2+20l20 0v2e1l30,0V120H220.0\"/></svg>",
    };
    static const msp_curve_point want[] = {{0, 1}, {2, 0.9}, {5, 0.5}, {12, 0.5}};
    for (size_t f = 0; f < MSP_COUNT(figures); f++) {
        msp_arena arena = {0};
        msp_curve_point *point;
        size_t n;
        msp_error err;
        if (read_path(figures[f], "a", &arena, &point, &n, &err) != MSP_OK)
            fail_msg("figure %zu: %s", f, err.text);
        assert_int_equal(n, MSP_COUNT(want));
        for (size_t i = 0; i < n; i++) {
            assert_near(point[i].time, want[i].time, 1e-12);
            assert_near(point[i].survival, want[i].survival, 1e-12);
        }
        msp_arena_free(&arena);
    }
}

static void chosen_by_number(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    assert_int_equal(read_path("<svg><path d=\"M0 0\"/><path d=\"M100 20H160V220\"/></svg>", "2",
                               &arena, &point, &n, NULL),
                     MSP_OK);
    assert_int_equal(n, 2);
    assert_near(point[1].time, 6, 1e-12);
    assert_near(point[1].survival, 0, 1e-12);
    msp_arena_free(&arena);
}

static void faults(void **state)
{
    (void)state;
    static const struct {
        const char *svg;
        msp_status status;
        const char *text;
    } cases[] = {
        {"<svg><path id=\"b\" d=\"M0 0\"/></svg>", MSP_ENODATA, "the figure has 1 paths"},
        {"<svg>\n<path id=\"a\" transform=\"scale(2)\" d=\"M0 0\"/></svg>", MSP_EINPUT,
         "transform"},
        {"<svg><path id=\"a\"/></svg>", MSP_EINPUT, "no data"},
        {"<svg><path id=\"a\" d=\"\"/></svg>", MSP_EINPUT, "no points"},
        {"<svg><path id=\"a\" d=\"M0 0C1 1 2 2 3 3\"/></svg>", MSP_EINPUT, "\"C\""},
        {"<svg><path id=\"a\" d=\"M0\"/></svg>", MSP_EINPUT, "no number after \"M\""},
        {"<svg><path id=\"a\" d=\"M0 0H--3\"/></svg>", MSP_EINPUT, "no number after \"H\""},
        {"<svg><path id=\"a\" d=\"M0 0H1", MSP_EINPUT, "no data"},
        {"", MSP_ENODATA, "0 paths"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_arena arena = {0};
        msp_curve_point *point;
        size_t n;
        msp_error err = {0};
        assert_int_equal(read_path(cases[i].svg, "a", &arena, &point, &n, &err), cases[i].status);
        if (strstr(err.text, cases[i].text) == NULL)
            fail_msg("case %zu: %s", i, err.text);
        msp_arena_free(&arena);
    }
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    static const msp_svg_axis flat = {{1, 1}, {0, 1}};
    assert_int_equal(
        msp_svg_curve("<path d=\"M0 0\"/>", 16, "1", &flat, &survival, &arena, &point, &n, NULL),
        MSP_ERANGE);
    msp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_curve),
        cmocka_unit_test(chosen_by_number),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
