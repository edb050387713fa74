#include "near.h"

#include "synthetic.h"
#include "wellformed.h"

static char *html_of(const msp_report_plan *plan, const msp_results *results)
{
    msp_text text = {0};
    msp_error err = {0};
    if (msp_report_html(plan, results, &text, &err) != MSP_OK)
        fail_msg("%s", err.text);
    return text.data;
}

static size_t count_of(const char *s, const char *what)
{
    size_t n = 0;
    for (; (s = strstr(s, what)) != NULL; s++)
        n++;
    return n;
}

/* -- every number on the page stands in a record -- */

/* Whether a number with so many decimals is what `x` rounds to; half a unit of the last place. */
static bool rounds_to(double x, double number, int digits)
{
    return fabs(x - number) <= 0.5 * pow(10, -digits) * (1 + 1e-9);
}

static bool stands_in(const msp_record *r, double number, int digits)
{
    const double n = (double)r->n;
    const double fields[] = {r->estimate,
                             r->std_error,
                             r->lower,
                             r->upper,
                             r->p,
                             n,
                             r->at,
                             r->estimate * 100,
                             r->lower * 100,
                             r->upper * 100,
                             r->estimate * 100 / n};
    for (size_t i = 0; i < MSP_COUNT(fields); i++)
        if (isfinite(fields[i]) && rounds_to(fields[i], number, digits))
            return true;
    return false;
}

static void check_number(const msp_results *results, const char *records, const char *text,
                         size_t len)
{
    char number[64];
    assert_true(len < sizeof number);
    memcpy(number, text, len);
    number[len] = '\0';
    const char *point = strchr(number, '.');
    const int digits = point != NULL ? (int)strlen(point + 1) : 0;
    for (const char *s = records; *s != '"'; s += strspn(s, " ")) {
        char *end;
        const size_t i = strtoul(s, &end, 10);
        assert_true(i < results->n_records);
        if (stands_in(&results->records[i], atof(number), digits))
            return;
        s = end;
    }
    fail_msg("%s stands in none of the records %.20s", number, records);
}

/* The text of an element from after its > to the next tag; the numbers in it, one by one. */
static size_t check_cell(const msp_results *results, const char *records, const char *text)
{
    size_t n = 0;
    for (const char *s = text; *s != '<';) {
        const bool bound = strncmp(s, "&lt;0.0", 7) == 0 || strncmp(s, "&gt;", 4) == 0;
        if (bound) { /* of a p-value or a percentage: not in the record itself */
            s += 4;
            s += strspn(s, "0123456789.");
            continue;
        }
        const size_t len = strspn(s, "0123456789.");
        if (len > 0 && *s != '.') {
            check_number(results, records, s, len);
            n++;
        }
        s += len > 0 ? len : 1;
    }
    return n;
}

static void test_every_number_stands_in_a_record(void **state)
{
    (void)state;
    for (size_t arms = 2; arms <= 3; arms++) {
        synthetic s;
        synthetic_make(&s, arms);
        char *html = html_of(&s.plan, &s.results);
        size_t n = 0, cells = 0;
        for (const char *at = html; (at = strstr(at, "<td")) != NULL; at++, cells++) {
            const char *end = strchr(at, '>');
            const char *records = strstr(at, "data-record=\"");
            if (strstr(at, "<table class=\"sources\"") == NULL)
                break; /* the inputs' table counts rows, and is the last */
            if (records != NULL && records < end)
                n += check_cell(&s.results, records + strlen("data-record=\""), end + 1);
            else
                assert_int_equal(strcspn(end + 1, "0123456789<") + end + 1 - end,
                                 strcspn(end + 1, "<") + 1); /* no digit without a record */
        }
        assert_true(n > 150 && cells > 100);
        for (const char *at = html; (at = strstr(at, "<span class=\"n\" data-record=\"")) != NULL;
             at++)
            n += check_cell(&s.results, at + strlen("<span class=\"n\" data-record=\""),
                            strchr(at, '>') + 1);
        free(html);
        synthetic_free(&s);
    }
}

/* -- each row stands on the records it names -- */

/* The place after the label of a row, in a table or after a place. */
static const char *row_after(const char *from, const char *label)
{
    char mark[256];
    snprintf(mark, sizeof mark, ">%s", label);
    const char *row = strstr(from, mark);
    if (row == NULL)
        fail_msg("no row \"%s\"", label);
    return row;
}

/* The k-th record of the column-th cell of a row, and the cell's text. */
static const msp_record *record_in(const msp_results *results, const char *row, size_t column,
                                   size_t k, const char **text)
{
    const char *cell = row;
    for (size_t i = 0; i <= column; i++)
        cell = strstr(cell + 1, "<td");
    const char *records = strstr(cell, "data-record=\"");
    *text = strchr(cell, '>') + 1;
    assert_true(records != NULL && records < *text);
    char *end = NULL;
    records += strlen("data-record=\"");
    size_t index = strtoul(records, &end, 10);
    for (size_t i = 0; i < k; i++)
        index = strtoul(end, &end, 10);
    assert_true(index < results->n_records);
    return &results->records[index];
}

static void assert_text(const char *text, const char *want)
{
    if (strncmp(text, want, strlen(want)) != 0 || text[strlen(want)] != '<')
        fail_msg("%.30s, want %s", text, want);
}

static void test_rows_of_time_to_event(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        msp_statistic statistic;
        double at;
    } rows[] = {{"Patients", MSP_STATISTIC_COUNT, NAN},
                {"Events <small>", MSP_STATISTIC_EVENTS, NAN},
                {"Censored <small>", MSP_STATISTIC_CENSORED, NAN},
                {"25th percentile", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.25},
                {"Median (95% CI)", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5},
                {"75th percentile", MSP_STATISTIC_SURVIVAL_QUANTILE, 0.75},
                {"Median follow-up (95% CI)", MSP_STATISTIC_FOLLOW_UP, NAN},
                {"6 months", MSP_STATISTIC_SURVIVAL_AT, 6},
                {"24 months", MSP_STATISTIC_SURVIVAL_AT, 24}};
    synthetic s;
    synthetic_make(&s, 2);
    char *html = html_of(&s.plan, &s.results);
    const char *table = strstr(html, "<div class=\"table\" id=\"table-14-2-1-1\"");
    const char *text;
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        for (size_t k = 0; k < 2; k++) {
            const msp_record *r =
                record_in(&s.results, row_after(table, rows[i].label), k, 0, &text);
            assert_int_equal(r->statistic, rows[i].statistic);
            assert_near(r->at, rows[i].at, 0);
            assert_string_equal(r->arm, s.arms[k].name);
            assert_string_equal(r->analysis, "pfs-itt");
            assert_string_equal(r->subgroup, "");
        }
    }
    const msp_record *least = record_in(&s.results, row_after(table, "Range"), 0, 0, &text);
    const msp_record *most = record_in(&s.results, row_after(table, "Range"), 0, 1, &text);
    assert_int_equal(least->statistic, MSP_STATISTIC_SHORTEST);
    assert_int_equal(most->statistic, MSP_STATISTIC_LONGEST);
    assert_text(text, msp_format_range(&s.plan.format, least->estimate, least->events == 0,
                                       most->estimate, most->events == 0, 1)
                          .s);
    assert_true(least->events == 1 && most->events == 0); /* so that one of them has a + */
    /* the box of the figure shows the median, not another quantile */
    const msp_record *median = record_in(&s.results, row_after(table, "Median (95%"), 0, 0, &text);
    char note[160];
    snprintf(
        note, sizeof note, ">%s</text>",
        msp_format_interval(&s.plan.format, median->estimate, median->lower, median->upper, 1).s);
    assert_non_null(strstr(html, note));
    free(html);
    synthetic_free(&s);
}

static void test_rows_of_subgroups(void **state)
{
    (void)state;
    static const struct {
        msp_statistic statistic;
        const char *arm;
    } columns[] = {{MSP_STATISTIC_EVENTS, "KRd"},
                   {MSP_STATISTIC_SURVIVAL_QUANTILE, "KRd"},
                   {MSP_STATISTIC_EVENTS, "Rd"},
                   {MSP_STATISTIC_SURVIVAL_QUANTILE, "Rd"},
                   {MSP_STATISTIC_HAZARD_RATIO, "KRd v Rd"}};
    synthetic s;
    synthetic_make(&s, 2);
    char *html = html_of(&s.plan, &s.results);
    const char *table = strstr(html, "<div class=\"table\" id=\"table-14-2-1-2\"");
    const char *text;
    for (size_t k = 0; k < MSP_COUNT(columns); k++) {
        const msp_record *r = record_in(&s.results, row_after(table, "65 to &lt;75"), k, 0, &text);
        assert_int_equal(r->statistic, columns[k].statistic);
        assert_string_equal(r->arm, columns[k].arm);
        assert_string_equal(r->subgroup, "AGE");
        assert_string_equal(r->level_name, "65 to <75");
    }
    const msp_record *r = record_in(&s.results, row_after(table, "ISS stage"), 5, 0, &text);
    assert_int_equal(r->statistic, MSP_STATISTIC_INTERACTION);
    assert_string_equal(r->subgroup, "ISS");
    record_in(&s.results, row_after(table, "Not evaluable"), 3, 0, &text);
    assert_text(text, "NE"); /* no patients: not estimable rather than not reached */
    free(html);
    synthetic_free(&s);
}

static void test_rows_of_a_number(void **state)
{
    (void)state;
    synthetic s;
    synthetic_make(&s, 2);
    char *html = html_of(&s.plan, &s.results);
    const char *table = strstr(html, "<div class=\"table\" id=\"table-14-1-2\"");
    static const struct {
        const char *label, *want; /* of the first arm: mean 63.7, SD 9.482, 63 and so much */
    } rows[] = {{"n</th>", "396"},        {"Mean (SD)", "63.7 (9.48)"}, {"Median", "64.0"},
                {"Q1, Q3", "56.0, 71.0"}, {"Min, max", "30, 87"},       {"Female", "181 (45.7%)"},
                {"II</th>", "9 (2.3%)"}};
    const char *text;
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        const msp_record *r = record_in(&s.results, row_after(table, rows[i].label), 0, 0, &text);
        assert_string_equal(r->arm, "KRd");
        assert_text(text, rows[i].want);
    }
    free(html);
    synthetic_free(&s);
}

/* With an arm without patients nothing was "not reached". */
static void test_an_empty_arm_is_not_estimable(void **state)
{
    (void)state;
    synthetic s = {.results = {.version = "0"}};
    msp_record r = synthetic_record("a", "A", MSP_STATISTIC_SURVIVAL_QUANTILE, NAN);
    r.at = 0.5;
    r.level = 0.95;
    r.n = 0;
    r.note = "No patients.";
    synthetic_add(&s, r);
    r.arm = "B";
    r.n = 5;
    r.lower = 3;
    r.note = "Not reached.";
    synthetic_add(&s, r);
    const msp_plan_name arms[] = {{"A", "A"}, {"B", "B"}};
    const msp_plan_analysis analysis = {.id = "a",
                                        .title = "T",
                                        .population = "P",
                                        .population_label = "P",
                                        .endpoint_label = "E",
                                        .time_unit = "months"};
    const msp_report_plan plan = {.title = "T",
                                  .arms = arms,
                                  .n_arms = 2,
                                  .analyses = &analysis,
                                  .n_analyses = 1,
                                  .format = msp_format_default()};
    char *html = html_of(&plan, &s.results);
    const char *text;
    const char *row = row_after(html, "Median (95% CI)");
    record_in(&s.results, row, 0, 0, &text);
    assert_text(text, "NE (NE, NE)");
    record_in(&s.results, row, 1, 0, &text);
    assert_text(text, "NR (3.0, NE)");
    free(html);
    msp_results_free(&s.results);
}

/* -- what is printed -- */

static void test_a_page(void **state)
{
    (void)state;
    synthetic s;
    synthetic_make(&s, 2);
    char *html = html_of(&s.plan, &s.results);
    assert_wellformed(html);
    static const char *const wanted[] = {"Table 14.1.1",
                                         "Table 14.2.1.1",
                                         "Figure 14.2.1.1",
                                         "Figure 14.2.1.2",
                                         "Table 14.2.1.2",
                                         "Table 14.2.2.1",
                                         "(N = 396)",
                                         ">0.69 (0.57, 0.83)<",
                                         "&lt;0.0001",
                                         "p-value, two-sided",
                                         "NR (NE, NE)",
                                         "Not reached: the curve stays above this level.",
                                         "Events <small>n (%)</small>",
                                         "quantiles of type 2 (SAS PCTLDEF=5)",
                                         "adtte.xpt",
                                         "2024-06-30",
                                         "NCT00000000",
                                         "role=\"img\"",
                                         "<th scope=\"col\">",
                                         "<th scope=\"row\"",
                                         "<caption",
                                         "One of the arms has no patient here."};
    for (size_t i = 0; i < MSP_COUNT(wanted); i++)
        if (strstr(html, wanted[i]) == NULL)
            fail_msg("the page lacks: %s", wanted[i]);
    assert_null(strstr(html, "http://")); /* self-contained: nothing is fetched */
    assert_null(strstr(html, "src="));
    assert_null(strstr(html, ">nan"));
    assert_null(strstr(html, "(nan"));
    free(html);
    synthetic_free(&s);
}

static void test_a_missing_record_prints_a_dash_and_a_note(void **state)
{
    (void)state;
    synthetic s;
    synthetic_make(&s, 2);
    const double landmarks[] = {6, 99};
    s.analyses[0].landmarks = landmarks;
    s.analyses[0].n_landmarks = 2;
    s.plan.n_analyses = 1;
    s.plan.n_summaries = 0;
    char *html = html_of(&s.plan, &s.results);
    const char *row = strstr(html, ">99 months</th>");
    assert_non_null(row);
    const char *end = strstr(row, "</tr>");
    const char *dash = strstr(row, ">\xe2\x80\x93<sup>");
    assert_true(dash != NULL && dash < end);
    assert_non_null(strstr(end, "The results hold no such record."));
    free(html);
    synthetic_free(&s);
}

/* Three patients: events at 6 and 12, one censored at 12. At 6 all three are at risk and nothing
 * has happened before; at 12 two are at risk; the three counts always add up. */
static void test_counts_under_the_axis(void **state)
{
    (void)state;
    synthetic s = {.results = {.version = "0"}};
    const double time[] = {6, 12}, survival[] = {2.0 / 3, 1.0 / 3}, at_risk[] = {3, 2},
                 events[] = {1, 1}, censored[] = {0, 1};
    const msp_curve curve = {.analysis = "a",
                             .arm = "A",
                             .n_patients = 3,
                             .n = 2,
                             .level = NAN,
                             .time = time,
                             .survival = survival,
                             .at_risk = at_risk,
                             .events = events,
                             .censored = censored};
    assert_non_null(msp_results_add_curve(&s.results, &curve));
    const msp_plan_name arm = {"A", "A"};
    const msp_plan_analysis analysis = {.id = "a",
                                        .title = "T",
                                        .population_label = "P",
                                        .population = "P",
                                        .endpoint_label = "E",
                                        .time_unit = "months",
                                        .figure = true};
    const msp_report_plan plan = {.title = "T",
                                  .arms = &arm,
                                  .n_arms = 1,
                                  .analyses = &analysis,
                                  .n_analyses = 1,
                                  .format = msp_format_default()};
    char *html = html_of(&plan, &s.results);
    static const struct {
        const char *label;
        double counts[7]; /* at 0, 2, ... 12 */
    } rows[] = {{">At risk</text>", {3, 3, 3, 3, 2, 2, 2}},
                {">Censored</text>", {0, 0, 0, 0, 0, 0, 0}},
                {">Events</text>", {0, 0, 0, 0, 1, 1, 1}}};
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        const char *at = strstr(html, rows[i].label);
        assert_non_null(at);
        at += strlen(rows[i].label);
        for (size_t k = 0; k < 7; k++) {
            at = strchr(strstr(at, "<text"), '>') + 1;
            assert_near(atof(at), rows[i].counts[k], 0);
        }
    }
    free(html);
    msp_results_free(&s.results);
}

static void test_nothing_planned_is_a_page_too(void **state)
{
    (void)state;
    const msp_results results = {0};
    const msp_report_plan plan = {.title = "Nothing yet", .format = msp_format_default()};
    char *html = html_of(&plan, &results);
    assert_wellformed(html);
    assert_int_equal(count_of(html, "<table"), 0);
    free(html);
}

/* -- what may be in a label -- */

static const char hostile[] =
    "<script>alert(\"1\")</script></style>'&\\ \x01\xff \xc3\xa9\xe4\xb8\xad";

static void test_hostile_labels(void **state)
{
    (void)state;
    synthetic s;
    synthetic_make(&s, 3);
    for (size_t i = 0; i < s.results.n_records; i++)
        s.results.records[i].note = s.results.records[i].method = s.results.records[i].sided =
            hostile;
    s.results.cutoff = s.results.version = hostile;
    s.plan.title = s.plan.acronym = hostile;
    s.arms[0].label = hostile;
    s.comparisons[0].label = hostile;
    s.disposition[0].label = s.baseline[0].unit = hostile;
    s.summaries[0].number = s.summaries[1].number = "../../etc/passwd";
    for (size_t i = 0; i < 2; i++) {
        s.analyses[i].title = s.analyses[i].population_label = s.analyses[i].endpoint_label =
            hostile;
        s.analyses[i].number = hostile; /* the same twice: anchors stay unique */
        s.analyses[i].origin = s.analyses[i].time_unit = hostile;
    }
    for (size_t i = 0; i < MSP_COUNT(s.subgroups); i++)
        s.subgroups[i].label = hostile;
    s.analyses[0].n_subgroups = MSP_COUNT(s.subgroups);
    char *html = html_of(&s.plan, &s.results);
    assert_wellformed(html);
    assert_null(strstr(html, "<script"));
    assert_int_equal(count_of(html, "</style>"), 1);
    assert_int_equal(msp_utf8_valid(html, strlen(html)), strlen(html));
    for (const char *at = html; (at = strstr(at, " id=\"")) != NULL;) {
        char id[256];
        const size_t len = strcspn(at + 5, "\"") + 6;
        snprintf(id, sizeof id, "%.*s", (int)len, at + 4);
        at += len;
        char mark[272];
        snprintf(mark, sizeof mark, " id=%s", id);
        assert_int_equal(count_of(html, mark), 1);
    }
    free(html);
    synthetic_free(&s);
}

static void test_too_many_arms(void **state)
{
    (void)state;
    const msp_results results = {0};
    const msp_plan_name arms[7] = {{"", ""}};
    const msp_report_plan plan = {.title = "T", .arms = arms, .n_arms = 7};
    msp_text text = {0};
    msp_error err;
    assert_int_equal(msp_report_html(&plan, &results, &text, &err), MSP_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "7 arms"));
    msp_text_free(&text);
}

static void test_same_bytes(void **state)
{
    (void)state;
    synthetic one, two;
    synthetic_make(&one, 3);
    synthetic_make(&two, 3);
    char *first = html_of(&one.plan, &one.results), *second = html_of(&two.plan, &two.results);
    assert_string_equal(first, second);
    free(first);
    free(second);
    synthetic_free(&one);
    synthetic_free(&two);
}

/* To look at: MSPIKE_REPORT_OUT=DIR writes the made-up reports there and keeps them. */
static void test_write_to_look_at(void **state)
{
    (void)state;
    const char *out = getenv("MSPIKE_REPORT_OUT");
    if (out == NULL)
        skip();
    for (size_t n = 2; n <= 3; n++) {
        synthetic s;
        msp_error err = {0};
        char dir[4096];
        snprintf(dir, sizeof dir, "%s/arms-%zu", out, n);
        synthetic_make(&s, n);
        if (msp_report_write(&s.plan, &s.results, dir, false, &err) != MSP_OK)
            fail_msg("%s: %s", err.at.file, err.text);
        synthetic_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_stands_in_a_record),
        cmocka_unit_test(test_rows_of_time_to_event),
        cmocka_unit_test(test_rows_of_subgroups),
        cmocka_unit_test(test_rows_of_a_number),
        cmocka_unit_test(test_an_empty_arm_is_not_estimable),
        cmocka_unit_test(test_a_page),
        cmocka_unit_test(test_a_missing_record_prints_a_dash_and_a_note),
        cmocka_unit_test(test_counts_under_the_axis),
        cmocka_unit_test(test_nothing_planned_is_a_page_too),
        cmocka_unit_test(test_hostile_labels),
        cmocka_unit_test(test_too_many_arms),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_write_to_look_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
