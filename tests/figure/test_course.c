#include "drawn.h"

static const msp_course_point serum[] = {{-0.5, 4, false, "screening"},
                                         {1, 2, false, NULL},
                                         {2, NAN, false, NULL},
                                         {3, 0.1, true, "too small to quantify"},
                                         {4, 0, false, NULL}};
static const msp_course_point kappa[] = {{1, 200, false, NULL}, {3.5, 20, false, NULL}};
static const double times[] = {-0.5, 1, 3}, nadir[] = {4, 2, 0.1}, limit[] = {5, 2.5, 0.6};
static const msp_course_visit visits[] = {
    {1, "PR", "serum down by 50 %"}, {2, "NE", NULL}, {3, "VGPR", NULL}, {4, "VGPR", NULL}};
static const msp_course_pair pairs[] = {{3, 4, "VGPR, VGPR"}};
static const msp_course_bar bars[] = {{"VRd", 0, 3, "4 cycles"}, {"R", 3.5, INFINITY, NULL}};
static const msp_course_series serum_series = {"Serum", 5, serum};
static const msp_course_series light_chains = {"kappa", 2, kappa};
static const msp_course_steps steps[] = {{"nadir", 3, times, nadir}, {"limit", 3, times, limit}};
static const msp_course_panel panels[] = {
    {"Serum M-protein (g/dL)", false, &serum_series, 1, steps, 2},
    {"Free light chains (mg/L)", true, &light_chains, 1, NULL, 0}};

static msp_course_figure small_course(void)
{
    return (msp_course_figure){.frame = {"co", "Patient 1", "A description", 720, true},
                               .x_label = "Months",
                               .unit = "months",
                               .bars_label = "Treatment",
                               .visits_label = "Response",
                               .below_label = "below quantification",
                               .bars = bars,
                               .n_bars = 2,
                               .visits = visits,
                               .n_visits = 4,
                               .pairs = pairs,
                               .n_pairs = 1,
                               .panels = panels,
                               .n_panels = 2};
}

/* The places of a time and of a value, from the marks of the axes that are drawn: "x of the mark
 * 2", found by its text. */
static double mark_x(const char *svg, const char *mark)
{
    const char *at = strstr(svg, mark);
    assert_non_null(at);
    while (strncmp(at, "<text", 5) != 0)
        at--;
    return drawn_number(at, "x");
}

static double mark_y(const char *svg, const char *mark)
{
    const char *at = strstr(svg, mark);
    assert_non_null(at);
    while (strncmp(at, "<text", 5) != 0)
        at--;
    return drawn_number(at, "y") - 4; /* the text stands a little under its mark */
}

static void test_values_are_to_scale(void **state)
{
    (void)state;
    const msp_course_figure figure = small_course();
    msp_text text = {0};
    assert_int_equal(msp_figure_course(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    const char *foot = strstr(svg, ">Free light chains"); /* the times stand under the last panel */
    const double zero = mark_x(foot, ">0<"), four = mark_x(foot, ">4<");
    const double month = (four - zero) / 4;
    const char *head = strstr(svg, ">Serum M-protein");
    const double y0 = mark_y(head, ">0<"), y5 = mark_y(head, ">5<"), gram = (y5 - y0) / 5;
    double x[4], y[4];
    const char *path = strstr(svg, "<path class=\"path s c0\"");
    assert_int_equal(sscanf(strstr(path, " d="), " d=\"M%lf %lfL%lf %lfM%lf %lfL%lf %lf\"", &x[0],
                            &y[0], &x[1], &y[1], &x[2], &y[2], &x[3], &y[3]),
                     8);
    static const double want_x[] = {-0.5, 1, 3, 4}, want_y[] = {4, 2, 0.1, 0};
    for (size_t i = 0; i < 4; i++) {
        assert_near(x[i], zero + month * want_x[i], 0.03);
        assert_near(y[i], y0 + gram * want_y[i], 0.03);
    }
    const char *axis = drawn_find(svg, "<line class=\"axis\"", 0);
    assert_true(x[0] > drawn_number(axis, "x2") + 5); /* what is first does not lie on the axis */
    /* one is below quantification: a hollow mark, and one in the legend */
    assert_int_equal(drawn_count(svg, "class=\"hollow\""), 2);
    assert_non_null(strstr(svg, "<title>Serum &lt; 0.1, 3 months; too small to quantify</title>"));
    /* the limit of progression: flat at 5, 2.5 and 0.6 up to the end */
    double v[3];
    path = strstr(svg, "<path class=\"path s c1 d1\"");
    assert_int_equal(
        sscanf(strstr(path, " d="), " d=\"M%*f %lfH%*fV%lfH%*fV%lfH", &v[0], &v[1], &v[2]), 3);
    for (size_t i = 0; i < 3; i++)
        assert_near(v[i], y0 + gram * limit[i], 0.03);
    /* kappa on a log axis: 200 and 20 lie a decade apart */
    double log_y[2];
    path = drawn_find(svg, "<path class=\"path s c0\"", 1);
    assert_int_equal(sscanf(strstr(path, " d="), " d=\"M%*f %lfL%*f %lf\"", &log_y[0], &log_y[1]),
                     2);
    assert_near(log_y[1] - log_y[0], mark_y(foot, ">10<") - mark_y(foot, ">100<"), 0.03);
    /* treatment from 0 to 3 */
    const char *bar = strstr(svg, "<title>VRd, 0 to 3 months; 4 cycles</title>");
    assert_non_null(bar);
    bar = strstr(bar, "<rect");
    assert_near(drawn_number(bar, "x"), zero, 0.03);
    assert_near(drawn_number(bar, "width"), 3 * month, 0.03);
    assert_non_null(strstr(svg, "<title>R, 3.5 months, ongoing</title>"));
    /* the bracket joins the visits at 3 and 4 */
    double from, to;
    path = strstr(svg, "<path class=\"pair\" d=\"");
    assert_int_equal(sscanf(path, "<path class=\"pair\" d=\"M%lf %*fV%*fH%lf", &from, &to), 2);
    assert_near(from, zero + 3 * month, 0.03);
    assert_near(to, zero + 4 * month, 0.03);
    /* the letters stand over their visits */
    assert_near(mark_x(svg, ">PR</text>"), zero + month, 0.03);
    assert_non_null(strstr(svg, "<title>PR, 1 months; serum down by 50 %</title>"));
    msp_text_free(&text);
}

/* Times as dates beside tenths of the unit; a telephone's drawing has no reasons. */
static void test_dates(void **state)
{
    (void)state;
    const double month = MSP_DAYS_PER_MONTH;
    const msp_course_bar bar = {"VRd", -3 / month, 100 / month, "4 cycles"};
    const msp_course_visit two[] = {{28 / month, "PR", "half"}, {59 / month, "PR", NULL}};
    const msp_course_point points[] = {{28 / month, 2, false, NULL}};
    const msp_course_series series = {"Serum", 1, points};
    const msp_course_panel panel = {"Serum", false, &series, 1, NULL, 0};
    msp_course_figure figure = {.frame = {"co", "t", "d", MSP_FIGURE_WIDE, false},
                                .x_label = "Months",
                                .unit = "months",
                                .days = month,
                                .origin = msp_day_from_civil(2024, 2, 1),
                                .bars_label = "Treatment",
                                .visits_label = "Response",
                                .below_label = "below",
                                .bars = &bar,
                                .n_bars = 1,
                                .visits = two,
                                .n_visits = 2,
                                .panels = &panel,
                                .n_panels = 1};
    msp_text text = {0};
    assert_int_equal(msp_figure_course(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_non_null(
        strstr(svg, "<title>VRd, 2024-01-29 to 2024-05-11 (-0.1 to 3.3 months); 4 cycles</title>"));
    assert_non_null(strstr(svg, "<title>PR, 2024-02-29 (0.9 months); half</title>"));
    assert_non_null(strstr(svg, "<title>Serum 2, 2024-02-29 (0.9 months)</title>"));
    /* the visits' lines are one path */
    assert_int_equal(drawn_count(strstr(svg, "<path class=\"grid\""), "V"), 2);
    msp_text_clear(&text);
    assert_int_equal(msp_figure_course_table(&figure, &text, NULL), MSP_OK);
    const char *table = msp_text_str(&text);
    assert_non_null(strstr(table, "<th scope=\"col\">Date</th><th scope=\"col\">Months</th>"));
    assert_non_null(strstr(table, "<tr><th scope=\"row\">2024-02-29</th><td>0.9</td><td>PR</td>"));
    assert_non_null(strstr(table, "<td>2024-01-29</td><td>2024-05-11</td><td>4 cycles</td>"));
    msp_text_clear(&text);
    figure.no_reasons = true;
    assert_int_equal(msp_figure_course(&figure, &text, NULL), MSP_OK);
    assert_null(strstr(msp_text_str(&text), "half"));
    msp_text_free(&text);
}

/* What a log axis cannot show lies hollow on its floor. */
static void test_zero_on_a_log_axis(void **state)
{
    (void)state;
    const msp_course_point points[] = {{0, 2, false, NULL}, {1, 0, false, NULL}};
    const msp_course_series series = {"Serum", 2, points};
    const msp_course_panel panel = {"Serum", true, &series, 1, NULL, 0};
    msp_course_figure figure = small_course();
    figure.panels = &panel;
    figure.n_panels = 1;
    msp_text text = {0};
    assert_int_equal(msp_figure_course(&figure, &text, NULL), MSP_OK);
    const char *path = strstr(msp_text_str(&text), "<path class=\"path s c0\"");
    double y;
    assert_int_equal(sscanf(strstr(path, " d="), " d=\"M%*f %*fL%*f %lf", &y), 1);
    double floor_y = 0;
    for (const char *line = msp_text_str(&text);
         (line = strstr(line, "<line class=\"axis\"")) != NULL; line++)
        if (drawn_number(line, "y1") == drawn_number(line, "y2") &&
            drawn_number(line, "x2") - drawn_number(line, "x1") > 100)
            floor_y = drawn_number(line, "y1");
    assert_near(y, floor_y, 0.01);
    assert_int_equal(drawn_count(msp_text_str(&text), "class=\"hollow\""), 2);
    msp_text_free(&text);
}

static void test_the_table_says_the_same(void **state)
{
    (void)state;
    const msp_course_figure figure = small_course();
    msp_text text = {0};
    assert_int_equal(msp_figure_course_table(&figure, &text, NULL), MSP_OK);
    assert_string_equal(
        msp_text_str(&text),
        "<table class=\"course\">\n<caption>Patient 1</caption>\n"
        "<thead><tr><th scope=\"col\">Months</th><th scope=\"col\">Response</th>"
        "<th scope=\"col\">Serum M-protein (g/dL)</th>"
        "<th scope=\"col\">Free light chains (mg/L)</th><th "
        "scope=\"col\">Reason</th></tr></thead>\n"
        "<tbody>\n"
        "<tr><th scope=\"row\">-0.5</th><td></td><td>4</td><td></td><td>screening</td></tr>\n"
        "<tr><th scope=\"row\">1</th><td>PR</td><td>2</td><td>200</td>"
        "<td>serum down by 50 %</td></tr>\n"
        "<tr><th scope=\"row\">2</th><td>NE</td><td></td><td></td><td></td></tr>\n"
        "<tr><th scope=\"row\">3</th><td>VGPR</td><td>&lt; 0.1</td><td></td>"
        "<td>too small to quantify</td></tr>\n"
        "<tr><th scope=\"row\">3.5</th><td></td><td></td><td>20</td><td></td></tr>\n"
        "<tr><th scope=\"row\">4</th><td>VGPR</td><td>0</td><td></td><td></td></tr>\n"
        "</tbody>\n</table>\n"
        "<table class=\"course\">\n<caption>Patient 1: Treatment</caption>\n"
        "<thead><tr><th scope=\"col\">Treatment</th><th scope=\"col\">From</th>"
        "<th scope=\"col\">To</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n"
        "<tr><th scope=\"row\">VRd</th><td>0</td><td>3</td><td>4 cycles</td></tr>\n"
        "<tr><th scope=\"row\">R</th><td>3.5</td><td>ongoing</td><td></td></tr>\n"
        "</tbody>\n</table>\n");
    msp_text_free(&text);
}

/* Every change of the letters is written, whatever the number of visits; nothing collides. */
static void test_many_visits(void **state)
{
    (void)state;
    static const char *const letters[] = {"SD", "PR", "VGPR", "CR", "sCR", "PD"};
    static const size_t sizes[] = {0, 1, 12, 60, 400};
    for (size_t i = 0; i < MSP_COUNT(sizes); i++) {
        const size_t n = sizes[i];
        msp_course_visit *many = calloc(n + 1, sizeof *many);
        msp_course_point *points = calloc(n + 1, sizeof *points);
        msp_course_pair *joined = calloc(n + 1, sizeof *joined);
        size_t changes = n > 0;
        for (size_t k = 0; k < n; k++) {
            const double month = 0.92 * (double)k - 0.5;
            many[k] = (msp_course_visit){month, letters[k * 6 / n], "why"};
            points[k] = (msp_course_point){month, 4 * exp(-0.1 * (double)k), k % 7 == 6, NULL};
            joined[k] = (msp_course_pair){month, month + 1.84, NULL};
            changes += k > 0 && strcmp(many[k].label, many[k - 1].label) != 0;
        }
        const msp_course_series series = {"Serum", n, points};
        const msp_course_panel panel = {"Serum", n % 2 == 0, &series, 1, steps, 2};
        for (size_t k = 0; k < MSP_COUNT(drawn_widths); k++) {
            msp_course_figure figure = small_course();
            figure.frame.width = drawn_widths[k];
            figure.visits = many;
            figure.pairs = joined;
            figure.panels = &panel;
            figure.n_visits = figure.n_pairs = n;
            figure.n_panels = 1;
            msp_text one = {0}, two = {0};
            assert_int_equal(msp_figure_course(&figure, &one, NULL), MSP_OK);
            assert_int_equal(msp_figure_course(&figure, &two, NULL), MSP_OK);
            assert_string_equal(msp_text_str(&one), msp_text_str(&two));
            assert_readable(msp_text_str(&one));
            size_t written = 0;
            for (size_t j = 0; j < MSP_COUNT(letters); j++) {
                char mark[16];
                snprintf(mark, sizeof mark, ">%s</text>", letters[j]);
                written += strstr(msp_text_str(&one), mark) != NULL;
            }
            assert_int_equal(written, changes);
            assert_int_equal(drawn_count(msp_text_str(&one), "class=\"pair\""), n);
            assert_int_equal(drawn_count(msp_text_str(&one), "No value to show"), n == 0);
            msp_text_free(&one);
            msp_text_free(&two);
        }
        free(many);
        free(points);
        free(joined);
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
            const char *s = labels[i];
            const msp_course_bar two_bars[] = {{s, 0, 0.1, s}, {s, 3, INFINITY, s}};
            const msp_course_visit two_visits[] = {{1, s, s}, {4, s, s}};
            const msp_course_pair pair = {1, 4, s};
            const msp_course_point point = {1, 2, true, s};
            const msp_course_series series = {s, 1, &point};
            const msp_course_steps step = {s, 1, times, nadir};
            const msp_course_panel panel = {s, true, &series, 1, &step, 1};
            const msp_course_figure figure = {.frame = {"co", s, s, drawn_widths[k], true},
                                              .x_label = s,
                                              .unit = s,
                                              .bars_label = s,
                                              .visits_label = s,
                                              .below_label = s,
                                              .bars = two_bars,
                                              .n_bars = 2,
                                              .visits = two_visits,
                                              .n_visits = 2,
                                              .pairs = &pair,
                                              .n_pairs = 1,
                                              .panels = &panel,
                                              .n_panels = 1};
            msp_text text = {0};
            assert_int_equal(msp_figure_course(&figure, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_clear(&text);
            assert_int_equal(msp_figure_course_table(&figure, &text, NULL), MSP_OK);
            assert_wellformed(msp_text_str(&text));
            assert_null(strstr(msp_text_str(&text), "<script"));
            msp_text_free(&text);
        }
}

static void assert_refused(const msp_course_figure *figure)
{
    msp_text text = {0};
    assert_int_equal(msp_figure_course(figure, &text, NULL), MSP_EINPUT);
    assert_int_equal(msp_figure_course_table(figure, &text, NULL), MSP_EINPUT);
    assert_int_equal(text.len, 0);
    msp_text_free(&text);
}

static void test_faults(void **state)
{
    (void)state;
    msp_course_figure figure = small_course();
    figure.n_panels = 0;
    assert_refused(&figure);
    figure.n_panels = MSP_COURSE_PANELS_MAX + 1;
    assert_refused(&figure);
    figure = small_course();
    const msp_course_bar back = {"x", 3, 2, NULL};
    figure.bars = &back;
    figure.n_bars = 1;
    assert_refused(&figure);
    figure = small_course();
    const msp_course_visit unsorted[] = {{3, "PR", NULL}, {1, "CR", NULL}};
    figure.visits = unsorted;
    figure.n_visits = 2;
    assert_refused(&figure);
    figure = small_course();
    const msp_course_pair early = {3, 1, NULL};
    figure.pairs = &early;
    assert_refused(&figure);
    figure = small_course();
    const msp_course_point infinite = {1, INFINITY, false, NULL};
    const msp_course_series series = {"x", 1, &infinite};
    const msp_course_panel panel = {"x", false, &series, 1, NULL, 0};
    figure.panels = &panel;
    figure.n_panels = 1;
    assert_refused(&figure);
    const msp_course_panel crowded = {"x",  false, &serum_series, MSP_COURSE_SERIES_MAX + 1,
                                      NULL, 0};
    figure.panels = &crowded;
    assert_refused(&figure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_values_are_to_scale),
        cmocka_unit_test(test_zero_on_a_log_axis),
        cmocka_unit_test(test_the_table_says_the_same),
        cmocka_unit_test(test_many_visits),
        cmocka_unit_test(test_hostile_labels),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
