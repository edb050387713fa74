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

/* 1 until month 2, 0.9 until 5, 0.95 until 12: a rise stays; the tick of a censored patient at
 * month 8 does not. */
static void rising_curve(void **state)
{
    (void)state;
    static const char figure[] =
        "<svg><path id='a' d='M100,20H120V40H150V30H180V25V30H220'/></svg>";
    static const msp_curve_point want[] = {{0, 1}, {2, 0.9}, {5, 0.95}, {12, 0.95}};
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    assert_int_equal(read_path(figure, "a", &arena, &point, &n, NULL), MSP_OK);
    assert_int_equal(n, MSP_COUNT(want));
    for (size_t i = 0; i < n; i++) {
        assert_near(point[i].time, want[i].time, 1e-12);
        assert_near(point[i].survival, want[i].survival, 1e-12);
    }
    msp_arena_free(&arena);
}

/* Ticks that are read to a few digits put the beginning just above 1, which is 1; 1.1 is none. */
static void rough_ticks(void **state)
{
    (void)state;
    static const char figure[] = "<svg><path id='a' d='M100,19.99H120V220.01'/></svg>";
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    assert_int_equal(read_path(figure, "a", &arena, &point, &n, NULL), MSP_OK);
    assert_true(point[0].survival == 1 && point[n - 1].survival == 0);
    assert_int_equal(read_path("<path d='M100,0H120'/>", "1", &arena, &point, &n, NULL), MSP_OK);
    assert_near(point[0].survival, 1.1, 1e-12);
    msp_arena_free(&arena);
}

/* The same curve where transforms of the path and of what holds it move it. */
static void moved_curve(void **state)
{
    (void)state;
    static const char *const figures[] = {
        "<svg><path id='a' transform='translate(100,20)' d='M0 0h20v20h30v80h70'/></svg>",
        "<svg><g transform='translate(100 20)'><g/><path id='a' d='M0 "
        "0h20v20h30v80h70'/></g></svg>",
        "<svg><g transform='translate(9)'></g><g transform='matrix(2,0,0,-2,0,220)'>"
        "<path id='a' d='M50 100H60V90H75V50H110'/></g></svg>", /* as pdftocairo turns y round */
        "<svg><g transform='scale(10)'><path id='a' transform='translate(10, 2) scale(.1)' "
        "d='M0 0h20v20h30v80h70'/></g></svg>",
        "<svg><path id='a' transform='rotate(90)' d='M20 -100V-120H40V-150H120V-220'/></svg>",
        "<svg><path id='a' transform='rotate(-90 50 50)' d='M80 100V120H60V150H-20V220'/></svg>",
        "<svg><path id='a' transform='skewX(45)' d='M80 20H100L80 40H110L30 120H100'/></svg>",
        "<svg><path id='a' transform='skewY(45) translate(0,0)' d='M100-80L120-100V-80L150-110V-30"
        "L220-100'/></svg>",
        "<?xml version='1.0'?><!DOCTYPE svg [ <!ENTITY a '>'> ]><svg><g id='a' desc='<g>'><desc>x"
        "</desc><path d='M100,20H120V40H150V120H220'/><path d='M0 0'/></g></svg>", /* matplotlib */
    };
    static const msp_curve_point want[] = {{0, 1}, {2, 0.9}, {5, 0.5}, {12, 0.5}};
    for (size_t f = 0; f < MSP_COUNT(figures); f++) {
        msp_arena arena = {0};
        msp_curve_point *point;
        size_t n;
        msp_error err;
        if (read_path(figures[f], "a", &arena, &point, &n, &err) != MSP_OK)
            fail_msg("figure %zu: %s", f, err.text);
        if (n != MSP_COUNT(want))
            fail_msg("figure %zu: %zu points", f, n);
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs(point[i].time - want[i].time) < 1e-10);
            assert_true(fabs(point[i].survival - want[i].survival) < 1e-10);
        }
        msp_arena_free(&arena);
    }
}

/* The largest distance from y = f(x) of the corners of a path from (0, 0) to (100, 0). */
static size_t far_from(const char *data, double (*distance)(double, double), double *most)
{
    /* figure coordinates as they are: survival falls where y falls */
    static const msp_svg_axis x = {{0, 100}, {0, 100}}, y = {{0, 100}, {0, 100}};
    char svg[400];
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    msp_error err;
    snprintf(svg, sizeof svg, "<svg><path id=\"a\" d=\"%s\"/></svg>", data);
    if (msp_svg_curve(svg, strlen(svg), "a", &x, &y, &arena, &point, &n, &err) != MSP_OK)
        fail_msg("%s: %s", data, err.text);
    *most = 0;
    for (size_t i = 0; i < n; i++) {
        *most = fmax(*most, fabs(distance(point[i].time, point[i].survival)));
        if (i > 0) /* the chord's middle: within the tolerance of 0.01 */
            *most = fmax(*most, fabs(distance((point[i].time + point[i - 1].time) / 2,
                                              (point[i].survival + point[i - 1].survival) / 2)));
    }
    msp_arena_free(&arena);
    return n;
}

static double from_circle(double x, double y)
{
    return hypot(x, y) - 100;
}

static double from_parabola(double x, double y)
{
    return y - (100 - x * x / 100); /* (0, 100), control (50, 100), (100, 0) */
}

static double from_cubic(double x, double y) /* x = 100 t, y = 100 (1 - 3 t^2 + 2 t^3) */
{
    const double t = x / 100;
    return y - 100 * (1 - 3 * t * t + 2 * t * t * t);
}

/* Curves become chords within a ten-thousandth of the axes. */
static void curves(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        double (*distance)(double, double);
    } cases[] = {
        {"M0 100A100 100 0 0 0 100 0", from_circle},
        {"M0 100a100,100,0,00100-100", from_circle}, /* flags without spaces */
        {"M0 100A50 50 0 0 0 100 0", NULL},          /* radii too small: a half circle */
        {"M0 100Q50 100 100 0", from_parabola},
        {"M0 100q25 0 50-25T100 0", from_parabola},
        {"M0 100C33.333333333333333 100 66.666666666666666 0 100 0", from_cubic},
        {"M0 100c16.66666666666666667 0 33.33333333333333333-25 50-50S83.33333333333333333 0 100 0",
         from_cubic},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        double most = 0;
        if (cases[i].distance == NULL)
            continue;
        const size_t n = far_from(cases[i].data, cases[i].distance, &most);
        if (!(most < 0.0101) || n < 20 || n > 400)
            fail_msg("%s: %zu points, %g off", cases[i].data, n, most);
    }
    double ignored;
    assert_true(far_from(cases[2].data, from_circle, &ignored) > 20);
    /* an arc of no radius is a line, one to where the pen is nothing */
    assert_int_equal(far_from("M0 100A0 5 0 0 0 100 0", from_circle, &ignored), 2);
    assert_int_equal(far_from("M0 100A5 5 0 0 0 0 100L100 0", from_circle, &ignored), 2);
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
        {"<svg>\n<path id=\"a\" transform=\"scale(2\" d=\"M0 0\"/></svg>", MSP_EINPUT,
         "transform=\"scale(2\""},
        {"<svg><g transform=\"turn(2)\"><path id=\"a\" d=\"M0 0\"/></g></svg>", MSP_EINPUT,
         "transform=\"turn(2)\""},
        {"<svg><path id=\"a\" transform=\"rotate(1 2)\" d=\"M0 0\"/></svg>", MSP_EINPUT,
         "rotate(1 2)"},
        {"<svg><g style=\"x:1;transform: scale(2)\"><path id=\"a\" d=\"M0 0\"/></g></svg>",
         MSP_EINPUT, "in a style"},
        {"<svg><svg x=\"9\"><path id=\"a\" d=\"M0 0\"/></svg></svg>", MSP_EINPUT,
         "coordinates of its own"},
        {"<svg><path id=\"a\" d=\"M0 0A1 1 0 2 0 3 3\"/></svg>", MSP_EINPUT,
         "no number after \"A\""},
        {"<svg><path id=\"a\" d=\"M0 0C1 1 2 2 3\"/></svg>", MSP_EINPUT, "no number after \"C\""},
        {"<svg><path id=\"a\" d=\"M0 0C1e12 1 -1e12 2 3 3\"/></svg>", MSP_ERANGE, "larger"},
        {"<svg><path id=\"a\"/></svg>", MSP_EINPUT, "no data"},
        {"<svg><path id=\"a\" d=\"\"/></svg>", MSP_EINPUT, "no points"},
        {"<svg><path id=\"a\" d=\"M0 0B1 1\"/></svg>", MSP_EINPUT, "\"B\""},
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
        cmocka_unit_test(same_curve),   cmocka_unit_test(moved_curve),
        cmocka_unit_test(rising_curve), cmocka_unit_test(rough_ticks),
        cmocka_unit_test(curves),       cmocka_unit_test(chosen_by_number),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
