#include "drawn.h"

static msp_spider_figure figure_of(const msp_spider_line *lines, size_t n)
{
    return (msp_spider_figure){.frame = {"sp", "A title", "A description", 720, true},
                               .x_label = "Months",
                               .y_label = "Change (%)",
                               .unit = "months",
                               .states = drawn_states,
                               .n_states = MSP_COUNT(drawn_states),
                               .references = drawn_references,
                               .n_references = MSP_COUNT(drawn_references),
                               .cap = 100,
                               .lines = lines,
                               .n_lines = n};
}

static const double months[] = {0, 1, 2, 3, 4};
static const double change[] = {0, -50, NAN, -100, 300};

/* Where a line passes: (month, change) looked up on the axes; broken at what is missing; cut at
 * 100. */
static void test_a_line_is_to_scale(void **state)
{
    (void)state;
    const msp_spider_line lines[] = {{"P1", 2, 5, months, change, "why"},
                                     {"P2", 3, 1, months, change + 2, NULL},
                                     {"P3", 3, 0, NULL, NULL, NULL}};
    const msp_spider_figure figure = figure_of(lines, 3);
    msp_text text = {0};
    assert_int_equal(msp_figure_spider(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    const char *upright = drawn_find(svg, "<line class=\"axis\"", 0);
    while (drawn_number(upright, "x1") != drawn_number(upright, "x2"))
        upright = drawn_find(upright + 1, "<line class=\"axis\"", 0);
    const double top = drawn_number(upright, "y1"), bottom = drawn_number(upright, "y2");
    const double left = drawn_number(upright, "x1");
    double right = 0;
    for (const char *line = svg; (line = strstr(line, "<line class=\"axis\"")) != NULL; line++)
        right = fmax(right, drawn_number(line, "x2"));
    double x[4], y[4];
    const char *path = strstr(svg, "<title>P1, VGPR; why</title>");
    assert_non_null(path);
    path = strstr(path, " d=\"");
    assert_int_equal(sscanf(path, " d=\"M%lf %lfL%lf %lfM%lf %lfL%lf %lf\"", &x[0], &y[0], &x[1],
                            &y[1], &x[2], &y[2], &x[3], &y[3]),
                     8);
    static const double want_x[] = {0, 1, 3, 4}, want_y[] = {0, -50, -100, 100};
    for (size_t i = 0; i < 4; i++) {
        assert_near(x[i], left + (right - left) * want_x[i] / 4, 0.02);
        assert_near(y[i], bottom - (bottom - top) * (want_y[i] + 100) / 200, 0.02);
    }
    assert_int_equal(drawn_count(svg, "class=\"arrow\""), 2); /* in the legend, and at 300 % */
    assert_int_equal(drawn_count(svg, "have no value: 2<"), 1);
    msp_text_free(&text);
}

static void test_all_sizes(void **state)
{
    (void)state;
    enum { VISITS = 20 };
    for (size_t i = 0; i < MSP_COUNT(drawn_sizes); i++) {
        const size_t n = drawn_sizes[i];
        msp_spider_line *lines = calloc(n + 1, sizeof *lines);
        double *times = calloc(n * VISITS + 1, sizeof *times);
        double *values = calloc(n * VISITS + 1, sizeof *values);
        unsigned seed = 5;
        for (size_t k = 0; k < n; k++) {
            const double best = -100 + 150 * drawn_random(&seed);
            for (size_t j = 0; j < VISITS; j++) {
                times[k * VISITS + j] = (double)j + 0.3 * drawn_random(&seed);
                values[k * VISITS + j] = best * (double)j / (double)(j + 2);
            }
            lines[k] = (msp_spider_line){"P1001",
                                         (int)(8 * drawn_random(&seed)),
                                         1 + (size_t)((VISITS - 1) * drawn_random(&seed)),
                                         times + k * VISITS,
                                         values + k * VISITS,
                                         NULL};
        }
        for (size_t k = 0; k < MSP_COUNT(drawn_widths); k++) {
            msp_spider_figure figure = figure_of(lines, n);
            figure.frame.width = drawn_widths[k];
            msp_text one = {0}, two = {0};
            assert_int_equal(msp_figure_spider(&figure, &one, NULL), MSP_OK);
            assert_int_equal(msp_figure_spider(&figure, &two, NULL), MSP_OK);
            assert_string_equal(msp_text_str(&one), msp_text_str(&two));
            assert_readable(msp_text_str(&one));
            assert_int_equal(drawn_count(msp_text_str(&one), "<path class=\"path"), n);
            assert_int_equal(drawn_count(msp_text_str(&one), "No value to show"), n == 0);
            msp_text_free(&one);
            msp_text_free(&two);
        }
        free(lines);
        free(times);
        free(values);
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
            const msp_spider_line lines[] = {{labels[i], 0, 2, months, change, labels[i]},
                                             {labels[i], 0, 5, months, change, labels[i]}};
            const msp_figure_state response = {labels[i], 3};
            const msp_figure_reference reference = {-50, labels[i]};
            msp_spider_figure figure = figure_of(lines, 2);
            figure.frame.title = figure.frame.description = figure.x_label = labels[i];
            figure.y_label = figure.unit = labels[i];
            figure.frame.width = drawn_widths[k];
            figure.states = &response;
            figure.references = &reference;
            figure.n_states = figure.n_references = 1;
            msp_text text = {0};
            assert_int_equal(msp_figure_spider(&figure, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_free(&text);
        }
}

static void test_faults(void **state)
{
    (void)state;
    const double back[] = {0, 2, 1}, infinite[] = {0, INFINITY, 1};
    const msp_spider_line faulty[] = {{"a", 8, 2, months, change, NULL},
                                      {"b", -1, 2, months, change, NULL},
                                      {"c", 0, 3, back, change, NULL},
                                      {"d", 0, 3, infinite, change, NULL},
                                      {"e", 0, 3, months, infinite, NULL}};
    for (size_t i = 0; i < MSP_COUNT(faulty); i++) {
        const msp_spider_line lines[] = {{"P1", 2, 5, months, change, NULL}, faulty[i]};
        const msp_spider_figure figure = figure_of(lines, 2);
        msp_text text = {0};
        msp_error err;
        assert_int_equal(msp_figure_spider(&figure, &text, &err), MSP_EINPUT);
        assert_int_equal(err.row, 1);
        assert_int_equal(text.len, 0);
        msp_text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_is_to_scale),
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_hostile_labels),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
