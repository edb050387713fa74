/* Networks: every node once, no text over another, discs to scale, and the same picture each time.
 */
#include "drawn.h"

enum { MOST = MSP_NETWORK_NODES_MAX };

static msp_network_figure figure_of(const msp_figure_node *nodes, size_t n,
                                    const msp_figure_edge *edges, size_t n_edges, double width)
{
    return (msp_network_figure){.frame = {"net", "A title", "A description", width, true},
                                .nodes = nodes,
                                .n_nodes = n,
                                .edges = edges,
                                .n_edges = n_edges,
                                .size_means = "area: patients",
                                .weight_means = "width: trials",
                                .broken_means = "no trial of its own",
                                .area_means = "one trial of several arms",
                                .reference_means = "outer ring: reference"};
}

static const msp_figure_node some_nodes[] = {{"A", 400, true, "400 patients"},
                                             {"B", 100, false, NULL},
                                             {"C & <d>", NAN, false, ""},
                                             {"D", 25, false, NULL}};
static const msp_figure_edge some_edges[] = {{0, 1, 1, false, "Trial 1", "Trial 1"},
                                             {1, 2, 2, true, "Trial 2", NULL},
                                             {3, 0, 1, false, "", ""}};

/* Areas are as 400 to 100: radii as 2 to 1. What has no size is a ring, the reference has one more.
 */
static void discs_are_to_scale(void **state)
{
    (void)state;
    const msp_network_figure f = figure_of(some_nodes, 4, some_edges, 3, 720);
    msp_text text = {0};
    assert_int_equal(msp_figure_network(&f, &text, NULL), MSP_OK);
    const char *svg = msp_text_str(&text);
    assert_readable(svg);
    const double a = drawn_number(drawn_find(svg, "<circle class=\"mark\"", 0), "r");
    const double b = drawn_number(drawn_find(svg, "<circle class=\"mark\"", 1), "r");
    assert_near(a / b, 2, 1e-2);
    assert_int_equal(drawn_count(svg, " hollow\""), 2 + 1); /* and one of the legend */
    assert_int_equal(drawn_count(svg, "<title>400 patients</title>"), 1);
    assert_int_equal(drawn_count(svg, "class=\"link d2\""), 1);
    assert_int_equal(drawn_count(svg, ">Trial 2</text>"), 1);
    assert_int_equal(drawn_count(svg, ">no trial of its own</text>"), 1);
    assert_int_equal(drawn_count(svg, ">one trial of several arms</text>"), 0); /* none is drawn */
    msp_text again = {0};
    assert_int_equal(msp_figure_network(&f, &again, NULL), MSP_OK);
    assert_string_equal(svg, msp_text_str(&again));
    msp_text_free(&again);
    msp_text_free(&text);
}

/* A line of three: the middle one stands between the others, as far from the one as the other. */
static void distances_follow_steps(void **state)
{
    (void)state;
    static const msp_figure_node nodes[] = {
        {"A", 1, false, NULL}, {"M", 1, false, NULL}, {"Z", 1, false, NULL}};
    static const msp_figure_edge edges[] = {{1, 0, 1, false, "", NULL}, {1, 2, 1, false, "", NULL}};
    const msp_network_figure f = figure_of(nodes, 3, edges, 2, 720);
    msp_text text = {0};
    assert_int_equal(msp_figure_network(&f, &text, NULL), MSP_OK);
    double x[3], y[3];
    for (size_t i = 0; i < 3; i++) {
        const char *disc = drawn_find(msp_text_str(&text), "<circle class=\"mark\"", i);
        x[i] = drawn_number(disc, "cx");
        y[i] = drawn_number(disc, "cy");
    }
    assert_near(x[1], (x[0] + x[2]) / 2, 1e-3);
    assert_true(fabs(y[1] - (y[0] + y[2]) / 2) < 8); /* the last bend straightens slowly */
    assert_true(fabs(y[0] - y[2]) < 0.1);            /* level */
    msp_text_free(&text);
}

/* Networks of all densities, at four widths, with long and hostile names: nothing collides. */
static void nothing_collides(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 7, 20, MOST};
    static const unsigned shares[] = {0, 4, 20, 100}; /* percent of the pairs */
    msp_figure_node nodes[MOST];
    char names[MOST][24];
    msp_figure_edge *edges = calloc(MOST * MOST, sizeof *edges);
    unsigned seed = 5;
    for (size_t i = 0; i < MOST; i++) {
        snprintf(names[i], sizeof names[i], i % 7 == 3 ? "a long name of %zu" : "T%zu", i);
        nodes[i] = (msp_figure_node){i == 6 ? hostile : names[i],
                                     i % 5 == 0 ? (double)NAN : 10.0 * (double)i, i == 0, hostile};
    }
    for (size_t s = 0; s < MSP_COUNT(sizes); s++)
        for (size_t d = 0; d < MSP_COUNT(shares); d++) {
            size_t n = 0;
            if (sizes[s] == MOST && shares[d] == 20) /* all of them takes long enough */
                continue;
            for (size_t i = 0; i < sizes[s]; i++)
                for (size_t k = 0; k < i; k++)
                    if (100 * drawn_random(&seed) < shares[d]) {
                        edges[n] = (msp_figure_edge){i,          k,         (double)(n % 4),
                                                     n % 3 == 0, "A trial", hostile};
                        n++;
                    }
            static const size_t of_area[] = {0, 1, 2, 3, 4};
            const msp_figure_area area = {of_area, 5, "one trial"};
            for (size_t w = 0; w < MSP_COUNT(drawn_widths); w++) {
                if (drawn_widths[w] == 360 || (sizes[s] == MOST && drawn_widths[w] != 720))
                    continue;
                msp_network_figure f = figure_of(nodes, sizes[s], edges, n, drawn_widths[w]);
                f.areas = &area;
                f.n_areas = sizes[s] > 5;
                msp_text text = {0};
                assert_int_equal(msp_figure_network(&f, &text, NULL), MSP_OK);
                assert_readable(msp_text_str(&text));
                msp_text_free(&text);
            }
        }
    free(edges);
}

/* Two long names: nothing collides at any width, and where there is room neither is cut, so that
 * they can be told apart. */
static void long_names(void **state)
{
    (void)state;
    static const char first[] = "Isatuximab plus carfilzomib plus dexamethasone";
    static const char second[] = "Isatuximab plus carfilzomib without dexamethasone weekly";
    const msp_figure_node nodes[] = {{first, NAN, true, ""}, {second, NAN, false, ""}};
    const msp_figure_edge edge = {0, 1, 1, false, "A trial with a long name of its own", ""};
    for (size_t w = 0; w < MSP_COUNT(drawn_widths); w++) {
        const msp_network_figure f = figure_of(nodes, 2, &edge, 1, drawn_widths[w]);
        msp_text text = {0};
        assert_int_equal(msp_figure_network(&f, &text, NULL), MSP_OK);
        const char *svg = msp_text_str(&text);
        assert_readable(svg);
        if (drawn_widths[w] >= 720) {
            assert_non_null(strstr(svg, ">Isatuximab plus carfilzomib plus dexamethasone</text>"));
            assert_non_null(
                strstr(svg, ">Isatuximab plus carfilzomib without dexamethasone weekly</text>"));
            assert_non_null(strstr(svg, "A trial with a long"));
        }
        msp_text_free(&text);
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    const msp_figure_node below = {"A", -1, false, NULL};
    const msp_figure_edge nowhere = {0, 9, 1, false, "", NULL}, itself = {1, 1, 1, false, "", NULL};
    const size_t two[] = {0, 1};
    const msp_figure_area small = {two, 2, NULL};
    msp_network_figure wrong[] = {
        figure_of(some_nodes, 0, NULL, 0, 720),      figure_of(&below, 1, NULL, 0, 720),
        figure_of(some_nodes, 4, &nowhere, 1, 720),  figure_of(some_nodes, 4, &itself, 1, 720),
        figure_of(some_nodes, 4, some_edges, 3, 10), figure_of(some_nodes, 4, some_edges, 3, 720)};
    wrong[5].areas = &small;
    wrong[5].n_areas = 1;
    for (size_t i = 0; i < MSP_COUNT(wrong); i++) {
        msp_text text = {0};
        assert_int_equal(msp_figure_network(&wrong[i], &text, NULL), MSP_EINPUT);
        assert_int_equal(text.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discs_are_to_scale), cmocka_unit_test(distances_follow_steps),
        cmocka_unit_test(nothing_collides),   cmocka_unit_test(long_names),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
