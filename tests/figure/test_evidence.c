/* Rankograms, funnels and heat plots: to scale, readable at every width, and what they refuse. */
#include "drawn.h"

/* -- rankogram -- */

static msp_rankogram_figure ranks_of(const msp_rank_panel *panels, size_t n, size_t n_ranks,
                                     double width)
{
    return (msp_rankogram_figure){.frame = {"rank", "A title", "A description", width, true},
                                  .x_label = "Rank, 1 is best",
                                  .n_ranks = n_ranks,
                                  .panels = panels,
                                  .n_panels = n};
}

static void bars_are_as_high_as_they_are_likely(void **state)
{
    (void)state;
    static const double a[] = {0.75, 0.25, 0}, b[] = {0.25, 0.5, 0.25};
    static const msp_rank_panel panels[] = {{"A", "P-score 0.9", a}, {"B & <c>", NULL, b}};
    const msp_rankogram_figure f = ranks_of(panels, 2, 3, 720);
    msp_text text = {0};
    assert_int_equal(msp_figure_rankogram(&f, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    double height[6];
    for (size_t i = 0; i < 6; i++)
        height[i] = drawn_number(drawn_find(svg, "<rect class=\"mark\"", i), "height");
    assert_near(height[0] / height[1], 3, 1e-6);
    assert_near(height[2], 0, 0);
    assert_near(height[4] / height[3], 2, 1e-6);
    assert_int_equal(drawn_count(svg, "<title>rank 2: 25.0 %</title>"), 1);
    msp_text_free(&text);
}

static void rankograms_are_readable(void **state)
{
    (void)state;
    double even[40];
    msp_rank_panel panels[40];
    for (size_t i = 0; i < 40; i++) {
        even[i] = 1 / 40.0;
        panels[i] = (msp_rank_panel){i % 9 == 0 ? hostile : "Treatment", "P-score 0.50", even};
    }
    static const size_t sizes[] = {1, 5, 40};
    for (size_t s = 0; s < MSP_COUNT(sizes); s++)
        for (size_t w = 0; w < MSP_COUNT(drawn_widths); w++) {
            const msp_rankogram_figure f = ranks_of(panels, sizes[s], sizes[s], drawn_widths[w]);
            msp_text text = {0};
            assert_int_equal(msp_figure_rankogram(&f, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_free(&text);
        }
}

/* -- funnel -- */

static const char *const groups[] = {"A v B", "A v C & <d>"};

static msp_funnel_figure funnel_of(const msp_funnel_point *points, size_t n, double width)
{
    return (msp_funnel_figure){.frame = {"funnel", "A title", "A description", width, true},
                               .x_label = "Difference",
                               .y_label = "Standard error",
                               .z = 1.96,
                               .groups = groups,
                               .n_groups = 2,
                               .points = points,
                               .n_points = n};
}

/* A point at 1.96 standard errors lies on the side of the funnel; the precise one stands higher. */
static void points_stand_in_the_funnel(void **state)
{
    (void)state;
    static const msp_funnel_point points[] = {{0.392, 0.2, 0, "S1"}, {-0.1, 0.4, 1, hostile}};
    const msp_funnel_figure f = funnel_of(points, 2, 720);
    msp_text text = {0};
    assert_int_equal(msp_figure_funnel(&f, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    const char *disc = drawn_find(svg, "<circle class=\"pt f c0\"", 0);
    const char *side = drawn_find(svg, "<line class=\"median\"", 1); /* to the right */
    const double x1 = drawn_number(side, "x1"), x2 = drawn_number(side, "x2"),
                 y1 = drawn_number(side, "y1"), y2 = drawn_number(side, "y2");
    const double x = drawn_number(disc, "cx"), y = drawn_number(disc, "cy");
    assert_true(x2 > x1 && y2 > y1);
    assert_near((x - x1) / (x2 - x1), (y - y1) / (y2 - y1), 1e-3);
    assert_int_equal(drawn_count(svg, "<title>S1</title>"), 1);
    msp_text_free(&text);
}

static void funnels_are_readable(void **state)
{
    (void)state;
    msp_funnel_point points[100];
    unsigned seed = 3;
    for (size_t i = 0; i < 100; i++)
        points[i] = (msp_funnel_point){4 * drawn_random(&seed) - 2, 0.01 + drawn_random(&seed),
                                       i % 2, NULL};
    for (size_t w = 0; w < MSP_COUNT(drawn_widths); w++) {
        const msp_funnel_figure f = funnel_of(points, 100, drawn_widths[w]);
        msp_text text = {0};
        assert_int_equal(msp_figure_funnel(&f, &text, NULL), MSP_OK);
        assert_readable(msp_text_str(&text));
        msp_text_free(&text);
    }
}

/* -- heat -- */

static msp_heat_figure heat_of(const char *const *labels, size_t n, const double *share,
                               const double *change, double width)
{
    return (msp_heat_figure){.frame = {"heat", "A title", "A description", width, true},
                             .row_heading = "Network estimate",
                             .column_heading = "Design let go",
                             .labels = labels,
                             .n = n,
                             .share = share,
                             .change = change,
                             .share_means = "area: share of the column in the row",
                             .rise_means = "+ disagreement goes with the column",
                             .fall_means = "- the column stands by the row"};
}

static void cells_show_number_and_share(void **state)
{
    (void)state;
    static const char *const labels[] = {"A:B", "A:C"};
    static const double share[] = {1, 0.25, -0.25, 0.5}, change[] = {2.04, -0.5, NAN, 13.2};
    const msp_heat_figure f = heat_of(labels, 2, share, change, 720);
    msp_text text = {0};
    assert_int_equal(msp_figure_heat(&f, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    assert_int_equal(drawn_count(svg, ">+2.0</text>"), 1);
    assert_int_equal(drawn_count(svg, ">\xe2\x88\x92"
                                      "0.5</text>"),
                     1);
    assert_int_equal(drawn_count(svg, ">+13</text>"), 1);
    const double whole = drawn_number(drawn_find(svg, "<rect class=\"k8\"", 0), "width");
    const double part = drawn_number(drawn_find(svg, "<rect class=\"k8\"", 1), "width");
    assert_near(part / whole, 0.5, 1e-3); /* a quarter of the area */
    assert_int_equal(drawn_count(svg, "not defined</title>"), 1);
    msp_text_free(&text);
}

static void heat_plots_are_readable(void **state)
{
    (void)state;
    enum { MOST = MSP_HEAT_MAX };
    const char *labels[MOST];
    double *share = calloc(MOST * MOST, sizeof *share),
           *change = calloc(MOST * MOST, sizeof *change);
    unsigned seed = 9;
    for (size_t i = 0; i < MOST; i++)
        labels[i] = i % 11 == 1 ? hostile : "Treatment A:B";
    for (size_t i = 0; i < MOST * MOST; i++) {
        share[i] = 2 * drawn_random(&seed) - 1;
        change[i] = 40 * drawn_random(&seed) - 20;
    }
    static const size_t sizes[] = {1, 3, 15, MOST};
    for (size_t s = 0; s < MSP_COUNT(sizes); s++)
        for (size_t w = 0; w < MSP_COUNT(drawn_widths); w++) {
            const msp_heat_figure f = heat_of(labels, sizes[s], share, change, drawn_widths[w]);
            msp_text text = {0};
            assert_int_equal(msp_figure_heat(&f, &text, NULL), MSP_OK);
            assert_readable(msp_text_str(&text));
            msp_text_free(&text);
        }
    free(share);
    free(change);
}

static void what_is_refused(void **state)
{
    (void)state;
    msp_text text = {0};
    static const double over[] = {1.5};
    const msp_rank_panel panel = {"A", NULL, over};
    const msp_rankogram_figure ranks[] = {ranks_of(&panel, 1, 1, 720), ranks_of(&panel, 0, 1, 720),
                                          ranks_of(&panel, 1, 0, 720)};
    for (size_t i = 0; i < MSP_COUNT(ranks); i++)
        assert_int_equal(msp_figure_rankogram(&ranks[i], &text, NULL), MSP_EINPUT);
    const msp_funnel_point wrong[] = {{0, 0, 0, NULL}, {NAN, 1, 0, NULL}, {0, 1, 2, NULL}};
    for (size_t i = 0; i < MSP_COUNT(wrong); i++) {
        const msp_funnel_figure f = funnel_of(&wrong[i], 1, 720);
        assert_int_equal(msp_figure_funnel(&f, &text, NULL), MSP_EINPUT);
    }
    const char *const label = "A:B";
    const msp_heat_figure heats[] = {heat_of(&label, 1, over, over, 720),
                                     heat_of(&label, 0, over, over, 720)};
    for (size_t i = 0; i < MSP_COUNT(heats); i++)
        assert_int_equal(msp_figure_heat(&heats[i], &text, NULL), MSP_EINPUT);
    assert_int_equal(text.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_as_high_as_they_are_likely),
        cmocka_unit_test(rankograms_are_readable),
        cmocka_unit_test(points_stand_in_the_funnel),
        cmocka_unit_test(funnels_are_readable),
        cmocka_unit_test(cells_show_number_and_share),
        cmocka_unit_test(heat_plots_are_readable),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
