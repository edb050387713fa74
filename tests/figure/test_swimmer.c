#include "drawn.h"

static const msp_swimmer_kind kinds[] = {
    {"First response", MSP_MARK_TRIANGLE}, {"Best response", MSP_MARK_STAR},
    {"Progression", MSP_MARK_CROSS},       {"Death", MSP_MARK_SQUARE},
    {"Transplant", MSP_MARK_DIAMOND},      {"Dose hold", MSP_MARK_PAUSE}};

static msp_swimmer_figure figure_of(const msp_swimmer_lane *lanes, size_t n)
{
    return (msp_swimmer_figure){.frame = {"sw", "A title", "A description", 720, true},
                                .label_heading = "Patient",
                                .x_label = "Months",
                                .unit = "months",
                                .ongoing_label = "ongoing",
                                .states = drawn_states,
                                .n_states = MSP_COUNT(drawn_states),
                                .kinds = kinds,
                                .n_kinds = MSP_COUNT(kinds),
                                .lanes = lanes,
                                .n_lanes = n};
}

static const msp_swimmer_segment segments[] = {{0, 3, 5, NULL}, {3, 12, 2, "two visits"}};
static const msp_swimmer_event events[] = {
    {12, 3, NULL}, {3, 0, "first"}, {3, 1, NULL}, {11.9, 2, NULL}};

/* The plot's left and right end, from the axis with the marks 0 to `last`. */
static void axis_of(const char *svg, double *left, double *right)
{
    const char *axis = drawn_find(svg, "<line class=\"axis\"", 0);
    *left = drawn_number(axis, "x1");
    *right = drawn_number(axis, "x2");
}

/* Bars from 0 to 24 months on a plot that ends at 24. */
static void test_bars_are_to_scale(void **state)
{
    (void)state;
    const msp_swimmer_lane lanes[] = {{"short", 6, false, NULL, 0, NULL, 0},
                                      {"without", NAN, false, NULL, 0, NULL, 0},
                                      {"long", 24, true, NULL, 0, NULL, 0},
                                      {"middle", 12, false, segments, 2, NULL, 0}};
    const msp_swimmer_figure figure = figure_of(lanes, 4);
    msp_text text = {0};
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    double left, right;
    axis_of(svg, &left, &right);
    static const double ends[] = {24, 12, 6}; /* the longest on top */
    for (size_t i = 0; i < 3; i++) {
        const char *track = drawn_find(svg, "<rect class=\"track\"", i);
        assert_near(drawn_number(track, "x"), left, 0.02);
        assert_near(drawn_number(track, "width"), (right - left) * ends[i] / 24, 0.02);
    }
    const char *vgpr = strstr(svg, "<title>middle: VGPR, 3 to 12 months; two visits</title>");
    assert_non_null(vgpr);
    const char *rect = strstr(vgpr, "<rect class=\"bar k2\"");
    assert_near(drawn_number(rect, "x"), left + (right - left) * 3 / 24, 0.02);
    assert_near(drawn_number(rect, "width"), (right - left) * 9 / 24, 0.02);
    assert_int_equal(drawn_count(svg, "class=\"arrow\""), 2); /* in the legend, and of "long" */
    assert_int_equal(drawn_count(svg, "have no duration: 1<"), 1);
    msp_text_free(&text);
}

static void test_the_order_given_is_kept(void **state)
{
    (void)state;
    const msp_swimmer_lane lanes[] = {{"short", 6, false, NULL, 0, NULL, 0},
                                      {"long", 24, true, NULL, 0, NULL, 0}};
    msp_swimmer_figure figure = figure_of(lanes, 2);
    msp_text text = {0};
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    assert_true(strstr(msp_text_str(&text), ">short<") > strstr(msp_text_str(&text), ">long<"));
    msp_text_clear(&text);
    figure.as_given = true;
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    assert_true(strstr(msp_text_str(&text), ">short<") < strstr(msp_text_str(&text), ">long<"));
    msp_text_free(&text);
}

/* Where a mark stands: the middle of its outline, or of its circle. */
static double mark_middle(const char *tag)
{
    double lo = INFINITY, hi = -INFINITY;
    const char *d = strstr(tag, " d=\"") + 4;
    for (; *d != '"'; d++)
        if (*d == 'M' || *d == 'L') {
            lo = fmin(lo, atof(d + 1));
            hi = fmax(hi, atof(d + 1));
        }
    return (lo + hi) / 2;
}

/* Two events of one day, and two a few days apart: all drawn, in the order of their times, none
 * over another, each within a few marks of its time. */
static void test_marks_are_kept_apart(void **state)
{
    (void)state;
    const msp_swimmer_lane lanes[] = {{"P1", 12, true, segments, 2, events, 4},
                                      {"P2", 24, false, NULL, 0, NULL, 0}};
    const msp_swimmer_figure figure = figure_of(lanes, 2);
    msp_text text = {0};
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    static const char *const titles[] = {
        "<title>P1: First response, 3 months; first</title>",
        "<title>P1: Best response, 3 months</title>",
        "<title>P1: Progression, 11.9 months</title>",
        "<title>P1: Death, 12 months</title>",
    };
    static const double times[] = {3, 3, 11.9, 12};
    double left, right, last = 0;
    axis_of(svg, &left, &right);
    for (size_t i = 0; i < 4; i++) {
        const char *at = strstr(svg, titles[i]);
        assert_non_null(at);
        const double x = mark_middle(strstr(at, "<path class=\"ev\""));
        assert_true(x > last + 8);
        assert_near(x, left + (right - left) * times[i] / 24, 12);
        last = x;
    }
    assert_true(drawn_count(svg, "class=\"lead\"") > 0);
    /* the arrow stands after the last mark */
    assert_true(mark_middle(drawn_find(svg, "<path class=\"arrow\"", 1)) > last + 4);
    msp_text_free(&text);
}

/* At the end of the axis there is no room to the right: the marks give way to the left. */
static void test_marks_stay_on_the_axis(void **state)
{
    (void)state;
    const msp_swimmer_lane lane = {"P1", 12, false, segments, 2, events, 4};
    const msp_swimmer_figure figure = figure_of(&lane, 1);
    msp_text text = {0};
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    double left, right;
    axis_of(svg, &left, &right);
    const char *death = strstr(svg, "<title>P1: Death");
    const char *progression = strstr(svg, "<title>P1: Progression");
    assert_near(mark_middle(strstr(death, "<path class=\"ev\"")), right, 0.02);
    assert_true(mark_middle(strstr(progression, "<path class=\"ev\"")) < right - 8);
    msp_text_free(&text);
}

/* More marks than there is room for are spread evenly, and still all there. */
static void test_many_marks_on_one_bar(void **state)
{
    (void)state;
    msp_swimmer_event many[300];
    for (size_t i = 0; i < 300; i++)
        many[i] = (msp_swimmer_event){6, (int)(i % 6), NULL};
    const msp_swimmer_lane lane = {"P1", 12, false, NULL, 0, many, 300};
    const msp_swimmer_figure figure = figure_of(&lane, 1);
    msp_text text = {0};
    assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
    assert_int_equal(drawn_count(msp_text_str(&text), "class=\"ev\""), 300 + MSP_COUNT(kinds));
    assert_readable(msp_text_str(&text));
    msp_text_free(&text);
}

typedef struct trial {
    msp_swimmer_lane *lanes;
    msp_swimmer_segment *segments;
    msp_swimmer_event *events;
    char (*labels)[32];
} trial;

static trial random_trial(size_t n)
{
    trial t = {calloc(n + 1, sizeof *t.lanes), calloc(3 * n + 1, sizeof *t.segments),
               calloc(4 * n + 1, sizeof *t.events), calloc(n + 1, sizeof *t.labels)};
    unsigned seed = 11;
    for (size_t i = 0; i < n; i++) {
        const double end = 1 + 59 * drawn_random(&seed);
        for (size_t k = 0; k < 3; k++) {
            const double third = end / 3;
            t.segments[3 * i + k] =
                (msp_swimmer_segment){third * (double)k, k < 2 ? third * (double)(k + 1) : end,
                                      (int)(8 * drawn_random(&seed)), NULL};
        }
        for (size_t k = 0; k < 4; k++)
            t.events[4 * i + k] = (msp_swimmer_event){end * drawn_random(&seed), (int)k, NULL};
        snprintf(t.labels[i], sizeof t.labels[i], "1001-%04zu", i);
        t.lanes[i] = (msp_swimmer_lane){
            t.labels[i],      end, drawn_random(&seed) < 0.4, &t.segments[3 * i], 3,
            &t.events[4 * i], 4};
    }
    return t;
}

static void test_all_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(drawn_sizes); i++) {
        const trial t = random_trial(drawn_sizes[i]);
        const size_t n_widths = drawn_sizes[i] < 800 ? MSP_COUNT(drawn_widths) : 2; /* time */
        for (size_t k = 0; k < n_widths; k++) {
            msp_swimmer_figure figure = figure_of(t.lanes, drawn_sizes[i]);
            figure.frame.width = drawn_widths[k];
            msp_text one = {0}, two = {0};
            assert_int_equal(msp_figure_swimmer(&figure, &one, NULL), MSP_OK);
            assert_int_equal(msp_figure_swimmer(&figure, &two, NULL), MSP_OK);
            assert_string_equal(msp_text_str(&one), msp_text_str(&two));
            assert_readable(msp_text_str(&one));
            assert_int_equal(drawn_count(msp_text_str(&one), "class=\"track\""), drawn_sizes[i]);
            assert_int_equal(drawn_count(msp_text_str(&one), "class=\"ev\""),
                             4 * drawn_sizes[i] + MSP_COUNT(kinds));
            assert_int_equal(drawn_count(msp_text_str(&one), "No duration to show"),
                             drawn_sizes[i] == 0);
            msp_text_free(&one);
            msp_text_free(&two);
        }
        free(t.lanes);
        free(t.segments);
        free(t.events);
        free(t.labels);
    }
}

static void test_hostile_labels(void **state)
{
    (void)state;
    char longest[3000];
    memset(longest, 'W', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const char *labels[] = {hostile, longest, ""};
    for (size_t i = 0; i < MSP_COUNT(labels); i++)
        for (size_t k = 0; k < MSP_COUNT(drawn_widths); k++) {
            const msp_swimmer_event event = {1, 0, labels[i]};
            const msp_swimmer_segment segment = {0, 1, 0, labels[i]};
            const msp_swimmer_lane lane = {labels[i], 1, true, &segment, 1, &event, 1};
            const msp_figure_state response = {labels[i], 3};
            const msp_swimmer_kind kind = {labels[i], MSP_MARK_RING};
            msp_swimmer_figure figure = figure_of(&lane, 1);
            figure.frame.title = figure.frame.description = figure.x_label = labels[i];
            figure.label_heading = figure.unit = figure.ongoing_label = labels[i];
            figure.frame.width = drawn_widths[k];
            figure.states = &response;
            figure.kinds = &kind;
            figure.n_states = figure.n_kinds = 1;
            msp_text text = {0};
            assert_int_equal(msp_figure_swimmer(&figure, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_free(&text);
        }
}

static void assert_fault(const msp_swimmer_lane *second)
{
    const msp_swimmer_lane lanes[] = {{"P1", 12, false, segments, 2, events, 4}, *second};
    const msp_swimmer_figure figure = figure_of(lanes, 2);
    msp_text text = {0};
    msp_error err;
    assert_int_equal(msp_figure_swimmer(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    assert_int_equal(text.len, 0);
    msp_text_free(&text);
}

static void test_faults(void **state)
{
    (void)state;
    const msp_swimmer_segment over[] = {{0, 3, 5, NULL}, {2, 4, 2, NULL}};
    const msp_swimmer_segment stateless[] = {{0, 3, 8, NULL}};
    const msp_swimmer_event before[] = {{-1, 0, NULL}}, nameless[] = {{1, 6, NULL}};
    assert_fault(&(msp_swimmer_lane){"P2", -1, false, NULL, 0, NULL, 0});
    assert_fault(&(msp_swimmer_lane){"P2", INFINITY, false, NULL, 0, NULL, 0});
    assert_fault(&(msp_swimmer_lane){"P2", 12, false, over, 2, NULL, 0});
    assert_fault(&(msp_swimmer_lane){"P2", 11, false, segments, 2, NULL, 0});
    assert_fault(&(msp_swimmer_lane){"P2", 12, false, stateless, 1, NULL, 0});
    assert_fault(&(msp_swimmer_lane){"P2", 12, false, NULL, 0, before, 1});
    assert_fault(&(msp_swimmer_lane){"P2", 12, false, NULL, 0, nameless, 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_are_to_scale),
        cmocka_unit_test(test_the_order_given_is_kept),
        cmocka_unit_test(test_marks_are_kept_apart),
        cmocka_unit_test(test_marks_stay_on_the_axis),
        cmocka_unit_test(test_many_marks_on_one_bar),
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_hostile_labels),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
