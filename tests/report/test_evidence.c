/* The page of published results: well formed, everything on it, nothing that was not asked for. */
#include "near.h"

#include <math.h>
#include <string.h>

#include "mspike/report/evidence.h"
#include "wellformed.h"

static size_t count(const char *s, const char *mark)
{
    size_t n = 0;
    for (; (s = strstr(s, mark)) != NULL; s++)
        n++;
    return n;
}

/* Six treatments in a loop of two designs each, several trials a comparison, one of three arms. */
static const msp_contrast_said contrasts[] = {
    {"S1", "B", "A", -0.5, 0.2, 0}, {"S2", "B", "A", -0.1, 0.3, 0},
    {"S3", "C", "A", -0.8, 0.2, 0}, {"S4", "C", "B", 0.2, 0.2, 0},
    {"S5", "D", "C", 0.1, 0.3, 0},  {"S6", "D", "B", 0.9, 0.3, 0},
    {"S7", "E", "D", 0.1, 0.4, 0},  {"S7", "F", "D", 0.3, 0.4, 0},
    {"S7", "F", "E", 0.2, 0.4, 0},  {"S8", "Y & <x>", "X", 0.2, 0.1, 0}};

static void pool(msp_pooled *pooled, msp_pooling *options)
{
    *options = msp_pooling_default();
    options->bayes = true;
    assert_int_equal(msp_pooled_make(contrasts, MSP_COUNT(contrasts), options, pooled, NULL),
                     MSP_OK);
}

static void a_table_of_contrasts(void **state)
{
    (void)state;
    msp_pooled pooled;
    msp_pooling options;
    msp_text html = {0}, again = {0};
    pool(&pooled, &options);
    const msp_evidence_page page = {.title = "A <title> & more",
                                    .question = "",
                                    .notice = "For professionals.",
                                    .pooled = &pooled,
                                    .pooling = &options,
                                    .measure = MSP_MEASURE_HR,
                                    .seed = 1};
    assert_int_equal(msp_evidence_page_html(&page, &html, NULL), MSP_OK);
    const char *s = msp_text_str(&html);
    assert_wellformed(s);
    assert_int_equal(count(s, "<h1>A &lt;title&gt; &amp; more</h1>"), 1);
    /* Network, forest, ranks, heat and funnel, each wide and narrow; one league of six. */
    assert_int_equal(count(s, "<figure "), 5);
    assert_int_equal(count(s, "<table class=\"league\">"), 1);
    assert_int_equal(count(s, "class=\"self\""), 6);
    assert_int_equal(count(s, "class=\"exact\""), 15);
    assert_int_equal(count(s, "<td class=\"common\">"), 15);
    assert_int_equal(count(s, ">one trial of several arms</text>"), 2);
    /* B, the most compared, and A: two trials of their own, and a way around by C. */
    assert_int_equal(count(s, "<b>Table 2</b> Direct against indirect"), 1);
    assert_non_null(strstr(s, "<tr><th scope=\"row\">A to B</th><td>2</td>"));
    assert_null(strstr(s, "<tr><th scope=\"row\">Y &amp; &lt;x&gt; to X</th><td>1</td><td>"));
    /* Without an answer: neither notice, harms nor gaps. */
    assert_null(strstr(s, "For professionals."));
    assert_null(strstr(s, "Beside harm and burden"));
    assert_int_equal(msp_evidence_page_html(&page, &again, NULL), MSP_OK);
    assert_string_equal(s, msp_text_str(&again));
    msp_text_free(&again);
    msp_text_free(&html);
    msp_pooled_free(&pooled);
}

static const char file[] =
    "mspike: 1\n"
    "title: A file\n"
    "drugs: {a: {class: steroid}, b: {class: steroid}, c: {class: steroid}}\n"
    "regimens:\n"
    "  A: {drugs: [a]}\n"
    "  AB: {drugs: [a, b], schedule: by mouth, source: s}\n"
    "  C: {drugs: [c]}\n"
    "populations: {all: {all: yes}}\n"
    "endpoints: {PFS: {kind: time-to-event}}\n"
    "sources: {s: {text: a source}, t: {text: an unused source}}\n"
    "trials:\n"
    "  T1:\n"
    "    design: randomised\n"
    "    patients: all\n"
    "    arms: [AB, A]\n"
    "    results:\n"
    "      R1:\n"
    "        population: all\n"
    "        endpoint: PFS\n"
    "        arms: {AB: {n: 50, value: 9.0}, A: {n: 64, value: 6.0}}\n"
    "        effect: {estimate: 0.5, interval: [0.35, 0.72], level: 0.95}\n"
    "        source: s\n"
    "  T2:\n"
    "    design: randomised\n"
    "    patients: all\n"
    "    arms: [C, A]\n"
    "    results:\n"
    "      R2:\n"
    "        population: all\n"
    "        endpoint: PFS\n"
    "        arms: {C: {n: 50}, A: {n: 60}}\n"
    "        effect: {estimate: 0.9, interval: [0.6, 1.35], level: 0.95}\n"
    "        source: s\n"
    "harms:\n"
    "  h: {regimen: A, kind: cardiac, source: s, page: p. 2, text: arrhythmia & more}\n";

#define CONTRASTS_MAX 4

/* The page of everyone's PFS in an evidence file, appended to `html`. */
static void page_of(const char *yaml, msp_text *html)
{
    msp_evidence e;
    msp_findings findings = {0};
    msp_choice choice;
    msp_pooled pooled;
    msp_answer answer;
    msp_contrast_said c[CONTRASTS_MAX];
    msp_pooling options = msp_pooling_default();
    const msp_answer_query query = {
        .choice = {.population = "all", .endpoint = "PFS", .measure = MSP_MEASURE_HR}};
    options.bayes = true;
    assert_int_equal(msp_evidence_parse(yaml, strlen(yaml), "here", &e, &findings, NULL), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    msp_evidence_check(&e, &findings);
    assert_int_equal(msp_choice_make(&e, &query.choice, &choice, NULL), MSP_OK);
    assert_in_range(choice.n, 1, CONTRASTS_MAX);
    for (size_t i = 0; i < choice.n; i++)
        c[i] = (msp_contrast_said){choice.items[i].study,     choice.items[i].first,
                                   choice.items[i].second,    choice.items[i].estimate,
                                   choice.items[i].std_error, 0};
    assert_int_equal(msp_pooled_make(c, choice.n, &options, &pooled, NULL), MSP_OK);
    assert_int_equal(msp_answer_make(&e, &choice, &pooled, &query, &answer, NULL), MSP_OK);
    const msp_evidence_page page = {.title = "A file",
                                    .question = "all: PFS",
                                    .notice = "For professionals.",
                                    .pooled = &pooled,
                                    .pooling = &options,
                                    .measure = MSP_MEASURE_HR,
                                    .evidence = &e,
                                    .choice = &choice,
                                    .answer = &answer,
                                    .findings = &findings,
                                    .seed = 1};
    assert_int_equal(msp_evidence_page_html(&page, html, NULL), MSP_OK);
    assert_wellformed(msp_text_str(html));
    msp_answer_free(&answer);
    msp_pooled_free(&pooled);
    msp_choice_free(&choice);
    msp_findings_free(&findings);
    msp_evidence_free(&e);
}

static void an_answer(void **state)
{
    (void)state;
    msp_text html = {0};
    page_of(file, &html);
    const char *s = msp_text_str(&html);
    assert_int_equal(count(s, "For professionals."), 1);
    assert_non_null(strstr(s, "<h1>all: PFS</h1>"));
    /* Beside A's median 6.0: AB at half the hazard 12.0, and what T1 printed of AB itself. */
    assert_non_null(strstr(s, "<tr><th scope=\"row\">AB</th><td>12.0 ("));
    assert_non_null(strstr(s, "median 9.0 months (T1)"));
    /* By themselves: 0.5^(12/9) and 0.5^(12/6), without an interval in print. */
    assert_non_null(strstr(s,
                           "<tr><th scope=\"row\">AB</th><td>median 9.0 months (T1)</td><td>50</td>"
                           "<td>39.7\xe2\x80\xa0 ("));
    assert_non_null(strstr(s, "<td>64</td><td>25.0\xe2\x80\xa0 ("));
    /* A is a part of AB, and of C nothing is told. */
    assert_non_null(strstr(s, "cardiac: of its part A: arrhythmia &amp; more (s)."));
    assert_non_null(strstr(s, "neuropathy, renal, cytopenia"));
    assert_int_equal(count(s, "<td>nothing told</td><td></td><td>nothing told</td>"), 1);
    assert_non_null(strstr(s, "<tr><th scope=\"row\">s</th><td>a source</td></tr>"));
    assert_null(strstr(s, "an unused source"));
    assert_non_null(strstr(s, "No funnel: no comparison has two trials"));
    assert_non_null(strstr(s, "no net heat plot, for the network has no loop"));
    msp_text_free(&html);
}

#define LONG                                                                                      \
    "carfilzomib with lenalidomide, dexamethasone, daratumumab and hyaluronidase under the skin " \
    "every week for sixteen cycles, then every second week until progression or intolerance"

/* Names that are markup, names without an end, and two networks of one trial each. */
static void odd_names(void **state)
{
    (void)state;
    static const char yaml[] =
        "mspike: 1\n"
        "drugs: {a: {class: steroid}}\n"
        "regimens: {'<b>A & co</b>': {drugs: [a]}, '" LONG "': {drugs: [a]}, C: {drugs: [a]}, "
        "'D\"': {drugs: [a]}}\n"
        "populations: {all: {all: yes}}\n"
        "endpoints: {PFS: {kind: time-to-event}}\n"
        "sources: {'<s>': {text: <u>a source</u>}}\n"
        "trials:\n"
        "  '<T1>':\n"
        "    design: randomised\n"
        "    patients: all\n"
        "    arms: ['" LONG "', '<b>A & co</b>']\n"
        "    results:\n"
        "      R1:\n"
        "        population: all\n"
        "        endpoint: PFS\n"
        "        arms: {'" LONG "': {n: 50, value: 9}, '<b>A & co</b>': {n: 50, value: 6}}\n"
        "        effect: {estimate: 0.5, interval: [0.35, 0.72], level: 0.95}\n"
        "        source: '<s>'\n"
        "  T2:\n"
        "    design: randomised\n"
        "    patients: all\n"
        "    arms: [C, 'D\"']\n"
        "    results:\n"
        "      R2:\n"
        "        population: all\n"
        "        endpoint: PFS\n"
        "        effect: {estimate: 0.9, interval: [0.6, 1.35], level: 0.95}\n"
        "        source: '<s>'\n"
        "harms: {h: {regimen: C, kind: renal, source: '<s>', text: <i>acute</i> failure}}\n";
    msp_text html = {0};
    page_of(yaml, &html);
    const char *s = msp_text_str(&html);
    assert_null(strstr(s, "<b>A"));
    assert_null(strstr(s, "<T1>"));
    assert_null(strstr(s, "<i>acute"));
    assert_non_null(strstr(s, "<th scope=\"row\">&lt;T1&gt;</th>"));
    assert_non_null(strstr(s, "renal: &lt;i&gt;acute&lt;/i&gt; failure (&lt;s&gt;)."));
    assert_non_null(strstr(s, "&lt;u&gt;a source&lt;/u&gt;"));
    /* In full in the tables; the figures cut it and keep it as a title. */
    assert_non_null(strstr(s, "<td>" LONG " to &lt;b&gt;A &amp; co&lt;/b&gt;</td>"));
    /* Nothing is said from one network to the other. */
    assert_non_null(strstr(s, "<td>the file&#39;s results</td>"));
    assert_non_null(strstr(s, "2 comparisons of 4 treatments, in 2 networks"));
    assert_null(strstr(s, "C to &lt;b&gt;A"));
    msp_text_free(&html);
}

/* One trial is a page too: it has no ranks to draw and no league of more than two. */
static void one_trial(void **state)
{
    (void)state;
    static const char yaml[] =
        "mspike: 1\n"
        "drugs: {a: {class: steroid}}\n"
        "regimens: {A: {drugs: [a]}, B: {drugs: [a]}}\n"
        "populations: {all: {all: yes}}\n"
        "endpoints: {PFS: {kind: time-to-event}}\n"
        "sources: {s: {text: a source}}\n"
        "trials:\n"
        "  T1:\n"
        "    design: randomised\n"
        "    patients: all\n"
        "    arms: [B, A]\n"
        "    results:\n"
        "      R1:\n"
        "        population: all\n"
        "        endpoint: PFS\n"
        "        effect: {estimate: 0.5, interval: [0.35, 0.72], level: 0.95}\n"
        "        source: s\n";
    msp_text html = {0};
    page_of(yaml, &html);
    const char *s = msp_text_str(&html);
    assert_non_null(strstr(s, "1 comparison of 2 treatments: A, B."));
    assert_non_null(strstr(s, "0.50 (0.35, 0.72)"));
    assert_int_equal(count(s, "<figure "), 2); /* network and forest: no median, no curve */
    assert_null(strstr(s, "In absolute terms"));
    msp_text_free(&html);
}

static void the_forest_alone_and_nothing(void **state)
{
    (void)state;
    static const msp_figure_frame frame = {"f", "A title", "A description", 720, true};
    msp_pooled pooled;
    msp_pooling options;
    msp_text svg = {0};
    pool(&pooled, &options);
    msp_evidence_page page = {
        .pooled = &pooled, .pooling = &options, .measure = MSP_MEASURE_OR, .seed = 1};
    assert_int_equal(msp_evidence_page_forest(&page, &frame, &svg, NULL), MSP_OK);
    assert_wellformed(msp_text_str(&svg));
    assert_int_equal(count(msp_text_str(&svg), "<rect class=\"mark\""), 6);
    assert_non_null(strstr(msp_text_str(&svg), "Odds ratio, logarithmic scale"));
    msp_text_free(&svg);
    msp_pooled none = {0};
    page.pooled = &none;
    assert_int_equal(msp_evidence_page_html(&page, &svg, NULL), MSP_ENODATA);
    assert_int_equal(msp_evidence_page_forest(&page, &frame, &svg, NULL), MSP_ENODATA);
    assert_int_equal(svg.len, 0);
    msp_pooled_free(&pooled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_contrasts),
        cmocka_unit_test(an_answer),
        cmocka_unit_test(odd_names),
        cmocka_unit_test(one_trial),
        cmocka_unit_test(the_forest_alone_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
