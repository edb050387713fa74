#include "drawn.h"

static msp_waterfall_figure figure_of(const msp_waterfall_bar *bars, size_t n)
{
    return (msp_waterfall_figure){.frame = {"wf", "A title", "A description", 720, true},
                                  .y_label = "Best change (%)",
                                  .states = drawn_states,
                                  .n_states = MSP_COUNT(drawn_states),
                                  .references = drawn_references,
                                  .n_references = MSP_COUNT(drawn_references),
                                  .cap = 100,
                                  .bars = bars,
                                  .n_bars = n};
}

static const msp_waterfall_bar bars[] = {
    {"P1", -50, 3, "serum", NULL}, {"P2", 25, 5, "dFLC", "first of two"},
    {"P3", 250, 6, "serum", NULL}, {"P4", -100, 0, "urine", NULL},
    {"P5", NAN, 7, "", NULL},      {"P6", -100, 1, "serum", NULL},
    {"P7", 0, 5, "serum", NULL},
};

/* P3, P2, P7, P1, then of the two at -100 the one with the lower response, P6, and P4. */
static void test_bars_are_sorted_and_to_scale(void **state)
{
    (void)state;
    const msp_waterfall_figure figure = figure_of(bars, MSP_COUNT(bars));
    msp_text text = {0};
    assert_int_equal(msp_figure_waterfall(&figure, &text, NULL), MSP_OK);
    const char *svg = strstr(msp_text_str(&text), "<g class=\"bars\">");
    static const struct {
        const char *patient;
        double change, fill;
    } want[] = {{"P3: +250 %, serum<", 100, 6},  {"P2: +25 %, dFLC; first of two<", 25, 5},
                {"P7: 0 %, serum<", 0, 5},       {"P1: -50 %, serum<", -50, 3},
                {"P6: -100 %, serum<", -100, 1}, {"P4: -100 %, urine<", -100, 0}};
    const char *axis = drawn_find(msp_text_str(&text), "<line class=\"axis\" x1=\"", 0);
    while (drawn_number(axis, "x1") != drawn_number(axis, "x2"))
        axis = drawn_find(axis + 1, "<line class=\"axis\" x1=\"", 0);
    const double top = drawn_number(axis, "y1"), bottom = drawn_number(axis, "y2");
    const double unit = (bottom - top) / 200, zero = top + 100 * unit; /* +100 to -100 % */
    assert_int_equal(drawn_count(svg, "<rect class=\"bar"), 6);
    double x = 0;
    for (size_t i = 0; i < MSP_COUNT(want); i++) {
        const char *title = drawn_find(svg, "<title>P", i) + 7;
        assert_int_equal(strncmp(title, want[i].patient, strlen(want[i].patient)), 0);
        const char *rect = drawn_find(svg, "<rect class=\"bar", i);
        assert_near(drawn_number(rect, "y"), zero - fmax(want[i].change, 0) * unit, 0.02);
        assert_near(drawn_number(rect, "height"), fmax(fabs(want[i].change) * unit, 1), 0.02);
        assert_true(drawn_number(rect, "x") > x);
        x = drawn_number(rect, "x") + drawn_number(rect, "width");
        /* its marker stands under it */
        const char *name = drawn_find(svg, "<g transform=\"translate(", i + 0);
        assert_true(atof(name + 24) > drawn_number(rect, "x") && atof(name + 24) < x);
    }
    assert_int_equal(drawn_count(svg, "<path class=\"arrow\""), 1); /* over P3 */
    assert_int_equal(drawn_count(svg, "have no value: 1<"), 1);
    msp_text_free(&text);
}

/* A line of -50 % lies where the bar of -50 % ends. */
static void test_references_are_to_scale(void **state)
{
    (void)state;
    const msp_waterfall_figure figure = figure_of(bars, 1);
    msp_text text = {0};
    assert_int_equal(msp_figure_waterfall(&figure, &text, NULL), MSP_OK);
    const char *svg = strstr(msp_text_str(&text), "<g class=\"bars\">");
    const char *bar = drawn_find(svg, "<rect class=\"bar", 0);
    const char *line = drawn_find(svg, "<line class=\"median\"", 1);
    assert_near(drawn_number(line, "y1"), drawn_number(bar, "y") + drawn_number(bar, "height"),
                0.02);
    msp_text_free(&text);
}

static msp_waterfall_bar *many_bars(size_t n)
{
    static const char *const markers[] = {"Serum M-protein", "Urine M-protein", "dFLC", ""};
    msp_waterfall_bar *many = calloc(n + 1, sizeof *many);
    unsigned seed = 7;
    for (size_t i = 0; i < n; i++) {
        const double change = -100 + 260 * pow(drawn_random(&seed), 2);
        many[i] = (msp_waterfall_bar){"patient", change, (int)(drawn_random(&seed) * 8),
                                      markers[(int)(drawn_random(&seed) * 4)], NULL};
    }
    return many;
}

static void test_all_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MSP_COUNT(drawn_sizes); i++) {
        msp_waterfall_bar *many = many_bars(drawn_sizes[i]);
        for (size_t k = 0; k < MSP_COUNT(drawn_widths); k++) {
            msp_waterfall_figure figure = figure_of(many, drawn_sizes[i]);
            figure.frame.width = drawn_widths[k];
            msp_text one = {0}, two = {0};
            assert_int_equal(msp_figure_waterfall(&figure, &one, NULL), MSP_OK);
            assert_int_equal(msp_figure_waterfall(&figure, &two, NULL), MSP_OK);
            assert_string_equal(msp_text_str(&one), msp_text_str(&two));
            assert_readable(msp_text_str(&one));
            assert_int_equal(
                drawn_count(strstr(msp_text_str(&one), "<g class=\"bars"), "<rect class=\"bar"),
                drawn_sizes[i]);
            assert_int_equal(drawn_count(msp_text_str(&one), "No value to show"),
                             drawn_sizes[i] == 0);
            msp_text_free(&one);
            msp_text_free(&two);
        }
        free(many);
    }
}

/* Over narrow bars arrows stand side by side, one for several bars; never one over another. */
static void test_arrows_of_narrow_bars(void **state)
{
    (void)state;
    msp_waterfall_bar *many = many_bars(800);
    msp_waterfall_figure figure = figure_of(many, 800);
    figure.cap = 50;
    msp_text text = {0};
    assert_int_equal(msp_figure_waterfall(&figure, &text, NULL), MSP_OK);
    size_t n = 0;
    double last = 0;
    const char *arrow = strstr(msp_text_str(&text), "<g class=\"bars");
    while ((arrow = strstr(arrow + 1, "<path class=\"arrow\" d=\"M")) != NULL) {
        const double x = atof(arrow + 24);
        assert_true(n == 0 || (x > last + 8.9 && x < last + 10));
        last = x;
        n++;
    }
    assert_true(n > 5);
    msp_text_free(&text);
    free(many);
}

/* Narrow bars: each marker has its line, and its ticks are as long as its bars together. */
static void test_markers_of_narrow_bars(void **state)
{
    (void)state;
    msp_waterfall_bar *many = many_bars(800);
    size_t urine = 0;
    for (size_t i = 0; i < 800; i++)
        urine += strcmp(many[i].marker, "Urine M-protein") == 0;
    const msp_waterfall_figure figure = figure_of(many, 800);
    msp_text text = {0};
    assert_int_equal(msp_figure_waterfall(&figure, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    const char *name = strstr(svg, ">Urine M-protein</text>");
    assert_non_null(name);
    while (strncmp(name, "<text", 5) != 0)
        name--;
    const double line = drawn_number(name, "y");
    double covered = 0, all = 0;
    for (const char *tick = svg; (tick = strstr(tick, "<rect class=\"tick\"")) != NULL; tick++) {
        all += drawn_number(tick, "width");
        if (fabs(drawn_number(tick, "y") - line - 4) < 0.1)
            covered += drawn_number(tick, "width");
    }
    size_t marked = 0;
    for (size_t i = 0; i < 800; i++)
        marked += *many[i].marker != '\0';
    assert_near(covered / all, (double)urine / (double)marked, 0.01);
    msp_text_free(&text);
    free(many);
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
            const msp_waterfall_bar bar = {labels[i], 250, 0, labels[i], labels[i]};
            const msp_figure_state response = {labels[i], 3};
            const msp_figure_reference reference = {-50, labels[i]};
            msp_waterfall_figure figure = figure_of(&bar, 1);
            figure.frame.title = figure.frame.description = figure.y_label = labels[i];
            figure.frame.width = drawn_widths[k];
            figure.states = &response;
            figure.references = &reference;
            figure.n_states = figure.n_references = 1;
            msp_text text = {0};
            assert_int_equal(msp_figure_waterfall(&figure, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_free(&text);
        }
}

static void test_faults(void **state)
{
    (void)state;
    msp_waterfall_bar two[2] = {bars[0], bars[1]};
    msp_waterfall_figure figure = figure_of(two, 2);
    msp_text text = {0};
    msp_error err;
    two[1].state = 8;
    assert_int_equal(msp_figure_waterfall(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(err.row, 1);
    two[1].state = 0;
    figure.cap = 0;
    assert_int_equal(msp_figure_waterfall(&figure, &text, &err), MSP_EINPUT);
    figure.cap = NAN; /* nothing is cut */
    figure.n_references = MSP_REFERENCES_MAX + 1;
    assert_int_equal(msp_figure_waterfall(&figure, &text, &err), MSP_EINPUT);
    figure.n_references = 0;
    const msp_figure_state wrong = {"x", MSP_FILLS};
    figure.states = &wrong;
    figure.n_states = 1;
    assert_int_equal(msp_figure_waterfall(&figure, &text, &err), MSP_EINPUT);
    figure.frame.width = 20;
    assert_int_equal(msp_figure_waterfall(&figure, &text, &err), MSP_EINPUT);
    assert_int_equal(text.len, 0);
    msp_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_are_sorted_and_to_scale),
        cmocka_unit_test(test_references_are_to_scale),
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_arrows_of_narrow_bars),
        cmocka_unit_test(test_markers_of_narrow_bars),
        cmocka_unit_test(test_hostile_labels),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
