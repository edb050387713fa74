#include "near.h"

#include <locale.h>
#include <string.h>

#include "figure/measure.h"
#include "figure/svg.h"
#include "mspike/figure.h"
#include "wellformed.h"

static const char hostile[] = "<script>alert(\"1\")</script> & 'x' \x01 \xff \xc3\xa9\xe4\xb8\xad";

/* -- numbers and text -- */

static void test_coordinates_have_two_decimals(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *want;
    } cases[] = {{0, "0"},       {1, "1"},       {-0.001, "0"}, {0.1, "0.1"}, {12.345, "12.35"},
                 {-2.5, "-2.5"}, {0.05, "0.05"}, {NAN, "0"},    {1e300, "0"}, {99.999, "100"}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_text text = {0};
        svg_number(&text, cases[i].x);
        assert_string_equal(msp_text_str(&text), cases[i].want);
        msp_text_free(&text);
    }
    char out[MSP_DOUBLE_MAX];
    svg_decimal(-12.05, 1, out);
    assert_string_equal(out, "-12.1"); /* of a mark; only marks are written so */
    svg_decimal(0.3000000000000000444, 1, out);
    assert_string_equal(out, "0.3");
    svg_decimal(48, 0, out);
    assert_string_equal(out, "48");
}

static void test_widths(void **state)
{
    (void)state;
    /* Helvetica's published advances: H 722, e 556, l 222, o 556; bold 722, 556, 278, 611. */
    assert_near(figure_text_width("Hello", 10, false), (722 + 556 + 222 + 222 + 556) / 100.0,
                1e-12);
    assert_near(figure_text_width("Hello", 10, true), (722 + 556 + 278 + 278 + 611) / 100.0, 1e-12);
    assert_near(figure_text_width("\xe4\xb8\xad", 12, false), 12, 1e-12); /* a square character */
}

static void test_wrapping(void **state)
{
    (void)state;
    figure_line lines[3];
    assert_int_equal(figure_text_wrap("one two three", 1000, 10, false, 3, lines), 1);
    assert_false(lines[0].cut);
    const double width = figure_text_width("one two", 10, false) + 0.1;
    assert_int_equal(figure_text_wrap("one two three", width, 10, false, 3, lines), 2);
    assert_int_equal(lines[0].len, 7);
    assert_int_equal(lines[1].len, 5);
    assert_int_equal(figure_text_wrap("one two three", width, 10, false, 1, lines), 1);
    assert_true(lines[0].cut);
    assert_true(figure_text_wrap("undividable", 12, 10, false, 3, lines) ==
                3); /* cut in the word */
    assert_int_equal(figure_text_wrap("", 10, 10, false, 3, lines), 0);
}

/* -- survival -- */

static const double time_of[] = {1, 2, 3};
static const double value[] = {0.5, 0.5, 0.25};
static const double lower[] = {0.2, 0.2, 0.1}, upper[] = {0.8, 0.8, 0.6};
static const double censored[] = {0, 1, 0};
static const double counts[] = {4, 3, 1};

static msp_survival_figure small_figure(const msp_figure_curve *curve, const msp_figure_row *row,
                                        const msp_figure_note *note)
{
    msp_ticks ticks = {.n = 3, .at = {0, 2, 4}};
    return (msp_survival_figure){.frame = {"fig-1", "A title", "A description", 720, true},
                                 .x_label = "Months",
                                 .y_label = "Survival (%)",
                                 .ticks = ticks,
                                 .curves = curve,
                                 .n_curves = 1,
                                 .rows = row,
                                 .n_rows = 1,
                                 .notes = note,
                                 .n_notes = 1};
}

static double attribute_after(const char *svg, const char *mark, const char *name)
{
    const char *at = strstr(svg, mark);
    assert_non_null(at);
    at = strstr(at, name);
    assert_non_null(at);
    return atof(at + strlen(name));
}

/* The corners of the drawn path are the steps of the curve in the scale of the drawn axes. */
static void test_a_curve_is_drawn_where_it_is(void **state)
{
    (void)state;
    const msp_figure_curve curve = {"Arm", 3, time_of, value, lower, upper, censored, 1};
    const msp_figure_row row = {"At risk", -1, counts};
    const msp_figure_note note = {"Median", "1.0", 0};
    const msp_survival_figure figure = small_figure(&curve, &row, &note);
    msp_text text = {0};
    msp_error err;
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_wellformed(svg);
    const char *axis = strstr(svg, "<path class=\"axis\" d=\"M");
    assert_non_null(axis);
    double left, top, bottom, right;
    assert_int_equal(
        sscanf(axis, "<path class=\"axis\" d=\"M%lf %lfV%lfH%lf", &left, &top, &bottom, &right), 4);
    const char *path = strstr(svg, "<path class=\"curve s c0 d0\" d=\"M");
    assert_non_null(path);
    double x0, y0, x1, y1, x2, y2, x3;
    char rest[8];
    assert_int_equal(sscanf(path,
                            "<path class=\"curve s c0 d0\" d=\"M%lf %lfH%lfV%lfH%lfV%lfH%lf%3s",
                            &x0, &y0, &x1, &y1, &x2, &y2, &x3, rest),
                     8);
    const double month = (right - left) / 4, whole = bottom - top;
    assert_near(x0, left, 1e-9);
    assert_near(y0, top, 1e-9);
    assert_near(x1, left + month, 1e-4);
    assert_near(y1, bottom - 0.5 * whole, 1e-4);
    assert_near(x2, left + 3 * month, 1e-4); /* the censoring between draws no corner */
    assert_near(y2, bottom - 0.25 * whole, 1e-4);
    assert_near(x3, x2, 0);
    assert_near(attribute_after(svg, "<path class=\"censor", "d=\"M"), left + 2 * month, 1e-4);
    assert_near(attribute_after(svg, "<line class=\"median\"", "x2=\""), left + month, 1e-4);
    /* the counts stand under their ticks */
    assert_near(attribute_after(svg, ">At risk</text>\n<text", "x=\""), left, 1e-4);
    msp_text_free(&text);
}

/* Along the upper limits and back along the lower ones: 0.8, 0.8, 0.6, then 0.1, 0.2, 0.2. */
static void test_a_band_lies_between_its_limits(void **state)
{
    (void)state;
    const msp_figure_curve curve = {"Arm", 3, time_of, value, lower, upper, NULL, NAN};
    const msp_figure_row row = {"At risk", -1, counts};
    const msp_figure_note note = {"", "", -1};
    const msp_survival_figure figure = small_figure(&curve, &row, &note);
    msp_text text = {0};
    assert_int_equal(msp_figure_survival(&figure, &text, NULL), MSP_OK);
    double top, bottom, y[6];
    const char *axis = strstr(msp_text_str(&text), "<path class=\"axis\" d=\"M");
    assert_int_equal(sscanf(axis, "<path class=\"axis\" d=\"M%*f %lfV%lf", &top, &bottom), 2);
    const char *band = strstr(msp_text_str(&text), "<path class=\"band f c0\" d=\"M");
    assert_non_null(band);
    assert_int_equal(sscanf(band,
                            "<path class=\"band f c0\" d=\"M%*f %lfH%*fV%lfH%*fV%lfH%*fV%lf"
                            "H%*fV%lfH%*fV%lfH%*fZ",
                            &y[0], &y[1], &y[2], &y[3], &y[4], &y[5]),
                     6);
    static const double want[6] = {0.8, 0.8, 0.6, 0.1, 0.2, 0.2};
    for (size_t i = 0; i < 6; i++)
        assert_near((bottom - y[i]) / (bottom - top), want[i], 1e-4);
    msp_text_free(&text);
}

static void test_same_bytes_whatever_the_locale(void **state)
{
    (void)state;
    const msp_figure_curve curve = {"Arm", 3, time_of, value, lower, upper, censored, 1};
    const msp_figure_row row = {"At risk", -1, counts};
    const msp_figure_note note = {"Median", "1.0", 0};
    msp_survival_figure figure = small_figure(&curve, &row, &note);
    figure.ticks = msp_ticks_time(0.8, "years", 6); /* marks with decimals */
    figure.n_rows = 0;
    msp_text one = {0}, two = {0};
    assert_int_equal(msp_figure_survival(&figure, &one, NULL), MSP_OK);
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
        print_message("no locale with a decimal comma here\n");
    assert_int_equal(msp_figure_survival(&figure, &two, NULL), MSP_OK);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(msp_text_str(&one), msp_text_str(&two));
    msp_text_free(&one);
    msp_text_free(&two);
}

static void test_hostile_and_long_labels(void **state)
{
    (void)state;
    char longest[3000];
    memset(longest, 'W', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const char *labels[] = {hostile, longest, ""};
    for (size_t i = 0; i < MSP_COUNT(labels); i++) {
        for (double width = 280; width <= 800; width += 130) {
            const msp_figure_curve curve = {labels[i], 3, time_of, value, NULL, NULL, NULL, NAN};
            const msp_figure_row row = {labels[i], 0, counts};
            const msp_figure_note note = {labels[i], labels[i], 0};
            msp_survival_figure figure = small_figure(&curve, &row, &note);
            figure.frame.width = width;
            figure.frame.title = figure.frame.description = labels[i];
            figure.x_label = figure.y_label = labels[i];
            msp_text text = {0};
            assert_int_equal(msp_figure_survival(&figure, &text, NULL), MSP_OK);
            assert_wellformed(msp_text_str(&text));
            assert_null(strstr(msp_text_str(&text), "<script"));
            msp_text_free(&text);
        }
    }
}

static void test_survival_faults(void **state)
{
    (void)state;
    const double back[] = {1, 1, 3}, above[] = {0.5, 1.5, 0.25};
    const msp_figure_row row = {"At risk", -1, counts};
    const msp_figure_note note = {"", "", -1};
    msp_figure_curve curve = {"Arm", 3, back, value, NULL, NULL, NULL, NAN};
    msp_survival_figure figure = small_figure(&curve, &row, &note);
    msp_text text = {0};
    msp_error err;
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    curve.time = time_of;
    curve.value = above;
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    curve.value = value;
    figure.frame.width = 10;
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_EINPUT);
    figure.frame.width = 720;
    figure.frame.id = "a\"b";
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_EINPUT);
    figure.frame.id = "a";
    figure.n_curves = 0;
    assert_int_equal(msp_figure_survival(&figure, &text, &err), MSP_EINPUT);
    msp_text_free(&text);
}

/* A million steps: the drawing stays small, and still ends at the last value. */
static void test_many_steps_draw_what_can_be_seen(void **state)
{
    (void)state;
    enum { N = 1000000 };
    double *time = malloc(N * sizeof *time), *survival = malloc(N * sizeof *survival);
    double *one = malloc(N * sizeof *one);
    for (int i = 0; i < N; i++) {
        time[i] = (i + 1) * 4e-6;
        survival[i] = 1 - (i + 1) / (double)N;
        one[i] = 1;
    }
    const msp_figure_curve curve = {"Arm", N, time, survival, survival, survival, one, 2};
    const msp_figure_row row = {"At risk", -1, counts};
    const msp_figure_note note = {"", "", -1};
    const msp_survival_figure figure = small_figure(&curve, &row, &note);
    msp_text text = {0};
    assert_int_equal(msp_figure_survival(&figure, &text, NULL), MSP_OK);
    assert_true(text.len < 300000);
    const char *path = strstr(msp_text_str(&text), "<path class=\"curve s c0 d0\"");
    const char *end = strchr(path + 32, '"');
    char bottom[16];
    const char *axis = strstr(msp_text_str(&text), "<path class=\"axis\" d=\"M");
    assert_int_equal(sscanf(axis, "<path class=\"axis\" d=\"M%*f %*fV%15[0-9.]", bottom), 1);
    const char *last = end;
    while (*last != 'V')
        last--;
    assert_int_equal(strncmp(last + 1, bottom, strlen(bottom)), 0);
    msp_text_free(&text);
    free(time);
    free(survival);
    free(one);
}

/* -- forest -- */

static msp_forest_figure small_forest(const msp_forest_row *rows, size_t n)
{
    return (msp_forest_figure){.frame = {"fig-2", "Forest", "In words", 720, true},
                               .label_heading = "Subgroup",
                               .column_headings = {"A", "B"},
                               .n_columns = 2,
                               .text_heading = "HR (95% CI)",
                               .extra_heading = "p",
                               .x_label = "Hazard ratio",
                               .favours_left = "Favours A",
                               .favours_right = "Favours B",
                               .log_axis = true,
                               .overall = 0.7,
                               .rows = rows,
                               .n_rows = n};
}

static size_t count_of(const char *s, const char *what)
{
    size_t n = 0;
    for (; (s = strstr(s, what)) != NULL; s++)
        n++;
    return n;
}

static const msp_forest_row forest_rows[] = {
    {MSP_FOREST_OVERALL, "All", {"5/9", "7/9"}, 0.7, 0.6, 0.82, 12, "0.70 (0.60, 0.82)", ""},
    {MSP_FOREST_HEADING, "Age", {0}, NAN, NAN, NAN, 0, NULL, "0.54"},
    {MSP_FOREST_ROW, "Young", {"4/5", "4/5"}, 0.5, 0.4, 0.6, 8, "0.50 (0.40, 0.60)", NULL},
    {MSP_FOREST_ROW, "Old", {"1/4", "1/4"}, 1.5, 0.01, 90, 2, "1.50 (0.01, 90.00)", NULL},
    {MSP_FOREST_ROW, "Older", {"1/4", "1/4"}, 1.5, 0.9, 90, 2, "1.50 (0.90, 90.00)", NULL},
    {MSP_FOREST_ROW, "Unknown", {"0/0", "0/0"}, NAN, NAN, NAN, 0, "NE", NULL},
};

static void test_forest(void **state)
{
    (void)state;
    for (double width = 300; width <= 720; width += 420) {
        msp_forest_figure figure = small_forest(forest_rows, MSP_COUNT(forest_rows));
        figure.frame.width = width;
        msp_text text = {0};
        assert_int_equal(msp_figure_forest(&figure, &text, NULL), MSP_OK);
        const char *svg = msp_text_str(&text);
        assert_wellformed(svg);
        assert_int_equal(count_of(svg, "class=\"arrow\""),
                         3); /* both sides of "Old", one of "Older" */
        assert_int_equal(count_of(svg, "class=\"interval\""),
                         3); /* none for what is not estimated */
        assert_int_equal(count_of(svg, "<rect class=\"mark\""), 3);
        assert_int_equal(count_of(svg, "<path class=\"mark\""), 1); /* the diamond */
        assert_int_equal(count_of(svg, ">NE</text>"), 1);
        msp_text_free(&text);
    }
}

/* Squares by area: 8 events against 2 is twice the side. */
static void test_squares_are_sized_by_area(void **state)
{
    (void)state;
    msp_forest_figure figure = small_forest(forest_rows, MSP_COUNT(forest_rows));
    msp_text text = {0};
    assert_int_equal(msp_figure_forest(&figure, &text, NULL), MSP_OK);
    const char *first = strstr(msp_text_str(&text), "<rect class=\"mark\"");
    const double large = attribute_after(first, "<rect", "width=\"");
    const double small = attribute_after(first + 1, "<rect class=\"mark\"", "width=\"");
    assert_near(large / small, 2, 0.01);
    msp_text_free(&text);
}

static void test_forest_faults(void **state)
{
    (void)state;
    msp_forest_row rows[2] = {forest_rows[0], forest_rows[2]};
    msp_forest_figure figure = small_forest(rows, 2);
    msp_text text = {0};
    msp_error err;
    rows[1].lower = 0.55;
    assert_int_equal(msp_figure_forest(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    rows[1] = forest_rows[2];
    rows[1].estimate = rows[1].lower = 0;
    assert_int_equal(msp_figure_forest(&figure, &text, &err), MSP_EINPUT);
    figure.log_axis = false; /* a difference may well be 0 */
    assert_int_equal(msp_figure_forest(&figure, &text, &err), MSP_OK);
    figure.n_rows = 0;
    assert_int_equal(msp_figure_forest(&figure, &text, &err), MSP_EINPUT);
    msp_text_free(&text);
}

static void test_hostile_forest(void **state)
{
    (void)state;
    msp_forest_row row = {MSP_FOREST_ROW, hostile, {hostile, hostile}, 0.5, 0.4, 0.6, 8,
                          hostile,        hostile};
    msp_forest_figure figure = small_forest(&row, 1);
    figure.label_heading = figure.column_headings[0] = figure.text_heading = hostile;
    figure.extra_heading = figure.x_label = figure.favours_left = figure.favours_right = hostile;
    for (double width = 300; width <= 720; width += 420) {
        figure.frame.width = width;
        msp_text text = {0};
        assert_int_equal(msp_figure_forest(&figure, &text, NULL), MSP_OK);
        assert_wellformed(msp_text_str(&text));
        assert_null(strstr(msp_text_str(&text), "<script"));
        assert_int_equal(msp_utf8_valid(msp_text_str(&text), text.len), text.len);
        msp_text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coordinates_have_two_decimals),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_a_curve_is_drawn_where_it_is),
        cmocka_unit_test(test_a_band_lies_between_its_limits),
        cmocka_unit_test(test_same_bytes_whatever_the_locale),
        cmocka_unit_test(test_hostile_and_long_labels),
        cmocka_unit_test(test_survival_faults),
        cmocka_unit_test(test_many_steps_draw_what_can_be_seen),
        cmocka_unit_test(test_forest),
        cmocka_unit_test(test_squares_are_sized_by_area),
        cmocka_unit_test(test_forest_faults),
        cmocka_unit_test(test_hostile_forest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
