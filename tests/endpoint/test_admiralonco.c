/* test_admiralonco.c - the profile against results of admiralonco: the confirmed responses and
 * parameters that its vignette on IMWG prints, and the ADTTE that pharmaverseadam publishes. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"
#include "mspike/table.h"

static void read_table(const char *name, msp_table *out)
{
    msp_error err;
    if (msp_table_read(shared_file(name), NULL, out, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static const char *cell(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    if (column->type == MSP_COLUMN_NUMBER) /* of an empty column, or one of numbers */
        return isnan(column->number[row]) ? "" : NULL;
    return column->text[column->code[row]];
}

static double number(const msp_table *table, size_t row, const char *name)
{
    const msp_column *column = msp_table_column(table, name);
    assert_non_null(column);
    assert_int_equal(column->type, MSP_COLUMN_NUMBER);
    return column->number[row];
}

/* "" is no day. */
static msp_day day_in(const msp_table *table, size_t row, const char *name)
{
    const char *text = cell(table, row, name);
    msp_date date;
    assert_non_null(text);
    assert_true(msp_date_parse(text, strlen(text), &date));
    return date.latest;
}

typedef struct study {
    msp_table adsl, rs, supprs;
    msp_rs reports;
    msp_arena arena;
} study;

static void open_study(study *s)
{
    *s = (study){0};
    read_table("data/pharmaverse/adam/adsl.csv", &s->adsl);
    read_table("data/pharmaverse/sdtm/rs_onco_imwg.csv", &s->rs);
    read_table("data/pharmaverse/sdtm/supprs_onco_imwg.csv", &s->supprs);
    msp_error err;
    if (msp_rs_read(&s->rs, &s->supprs, "INVESTIGATOR", NULL, &s->reports, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static void close_study(study *s)
{
    msp_table_free(&s->adsl);
    msp_table_free(&s->rs);
    msp_table_free(&s->supprs);
    msp_rs_free(&s->reports);
    msp_arena_free(&s->arena);
}

static msp_adsl_dates dates_of(const study *s, const char *id)
{
    msp_adsl_dates dates = {0};
    msp_error err;
    for (size_t row = 0; row < s->adsl.n_rows; row++)
        if (strcmp(cell(&s->adsl, row, "USUBJID"), id) == 0) {
            assert_int_equal(msp_adsl_dates_read(&s->adsl, row, &dates, &err), MSP_OK);
            return dates;
        }
    fail_msg("no %s in ADSL", id);
    return dates;
}

enum { VISITS_MAX = 16 };

typedef struct confirmed {
    const msp_rs_subject *reporting;
    msp_seen seen[VISITS_MAX];
    uint8_t flags[VISITS_MAX];
    msp_response_summary summary;
    msp_day randomised;
} confirmed;

static void confirm(const study *s, const char *id, confirmed *c)
{
    c->reporting = msp_rs_find(&s->reports, id);
    assert_non_null(c->reporting);
    assert_true(c->reporting->n <= VISITS_MAX);
    c->randomised = dates_of(s, id).randomised.day;
    const msp_rs_rules rules = msp_rs_rules_admiralonco();
    msp_rs_confirm(c->reporting, &rules, c->randomised, c->seen);
    const msp_summary_rules summary = {c->randomised, 42};
    msp_summary_flags(c->seen, c->reporting->n, &summary, c->flags);
    c->summary = msp_summary_of(c->seen, c->flags, c->reporting->n, &summary);
}

static void confirmed_responses(void **state)
{
    (void)state;
    require_shared("domain/expected/adrs_imwg_covr.csv");
    study s;
    open_study(&s);
    msp_table want;
    read_table("domain/expected/adrs_imwg_covr.csv", &want);
    size_t visit = 0;
    confirmed c = {0};
    for (size_t row = 0; row < want.n_rows; row++, visit++) {
        const char *id = cell(&want, row, "USUBJID");
        if (row == 0 || strcmp(id, cell(&want, row - 1, "USUBJID")) != 0) {
            assert_true(row == 0 || visit == c.reporting->n);
            confirm(&s, id, &c);
            visit = 0;
        }
        const msp_rs_visit *reported = &c.reporting->visits[visit];
        assert_near((double)reported->seq, number(&want, row, "RSSEQ"), 0);
        assert_int_equal(reported->day, day_in(&want, row, "ADT"));
        assert_int_equal(reported->imputed, cell(&want, row, "ADTF")[0]);
        assert_string_equal(reported->visit, cell(&want, row, "VISIT"));
        assert_string_equal(msp_response_level_name(c.seen[visit].raw), cell(&want, row, "OVR"));
        assert_string_equal(msp_response_level_name(c.seen[visit].confirmed),
                            cell(&want, row, "COVR"));
        static const char *const flags[] = {"ANL01FL", "ANL02FL", "ANL03FL"};
        for (size_t i = 0; i < MSP_COUNT(flags); i++)
            assert_string_equal(c.flags[visit] >> i & 1 ? "Y" : "", cell(&want, row, flags[i]));
    }
    assert_int_equal(want.n_rows, 65);
    msp_table_free(&want);
    close_study(&s);
}

/* The row of ADRS for a subject and a parameter. */
static size_t find_row(const msp_table *table, const char *id, const char *paramcd)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (strcmp(cell(table, row, "USUBJID"), id) == 0 &&
            strcmp(cell(table, row, "PARAMCD"), paramcd) == 0)
            return row;
    fail_msg("no %s of %s", paramcd, id);
    return 0;
}

static void parameters_as_adrs(void **state)
{
    (void)state;
    require_shared("domain/expected/adrs_imwg_params.csv");
    study s;
    open_study(&s);
    msp_table want, adrs;
    msp_error err;
    assert_int_equal(msp_adrs_init(&adrs, &err), MSP_OK);
    for (size_t i = 0; i < s.reports.n; i++) {
        confirmed c;
        confirm(&s, s.reports.subjects[i].id, &c);
        const msp_adrs_subject subject = {.study = "CDISCPILOT01",
                                          .id = c.reporting->id,
                                          .assessor = MSP_ASSESSOR_INVESTIGATOR,
                                          .seen = c.seen,
                                          .reported = c.reporting->visits,
                                          .n = c.reporting->n,
                                          .rules = {c.randomised, 42}};
        assert_int_equal(msp_adrs_add(&adrs, &subject, &err), MSP_OK);
    }
    assert_int_equal(s.reports.n, 23);
    assert_int_equal(adrs.n_rows, 2 * 65 + 7 * 23);
    read_table("domain/expected/adrs_imwg_params.csv", &want);
    for (size_t row = 0; row < want.n_rows; row++) {
        const size_t got =
            find_row(&adrs, cell(&want, row, "USUBJID"), cell(&want, row, "PARAMCD"));
        assert_string_equal(cell(&adrs, got, "AVALC"), cell(&want, row, "AVALC"));
        const msp_day day = day_in(&want, row, "ADT");
        /* of nobody who did not respond does the file give a date; CBOR alone has one for all */
        assert_near(number(&adrs, got, "ADT"),
                    day == MSP_NO_DAY ? (double)NAN : (double)day - MSP_SAS_EPOCH, 0);
        assert_string_equal(cell(&adrs, got, "AVISIT"), cell(&want, row, "AVISIT"));
    }
    assert_int_equal(want.n_rows, 138);
    msp_table_free(&want);
    msp_table_free(&adrs);
    close_study(&s);
}

static void derived_times(void **state)
{
    (void)state;
    require_shared("domain/expected/adtte_imwg_derived.csv");
    study s;
    open_study(&s);
    msp_table want;
    read_table("domain/expected/adtte_imwg_derived.csv", &want);
    const msp_rs_rules reporting = msp_rs_rules_admiralonco();
    const msp_tte_rules rules = msp_tte_rules_admiralonco();
    size_t defined = 0;
    msp_error err;
    for (size_t i = 0; i < s.reports.n; i++) {
        const char *id = s.reports.subjects[i].id;
        const msp_adsl_dates dates = dates_of(&s, id);
        msp_timeline timeline;
        assert_int_equal(
            msp_rs_timeline(&s.reports.subjects[i], &dates, &reporting, &s.arena, &timeline, &err),
            MSP_OK);
        static const char *const codes[] = {"OS", "PFS", "RSD"};
        for (size_t k = 0; k < MSP_COUNT(codes); k++) {
            const msp_tte tte =
                msp_tte_derive(&timeline, msp_tte_definition_find(codes[k]), &rules);
            if (tte.state == MSP_TTE_UNDEFINED)
                continue;
            const size_t row = find_row(&want, id, codes[k]);
            assert_int_equal(tte.start.day, day_in(&want, row, "STARTDT"));
            assert_int_equal(tte.end.day, day_in(&want, row, "ADT"));
            assert_near((double)tte.days, number(&want, row, "AVAL"), 0);
            assert_near(tte.why->cnsr, number(&want, row, "CNSR"), 0);
            /* The file's own words for a last assessment are not those published below. */
            const char *text = cell(&want, row, "EVNTDESC");
            assert_string_equal(tte.why->evntdesc, strcmp(text, "Last assessment") == 0
                                                       ? "Last Tumor Assessment"
                                                       : text);
            defined++;
        }
    }
    assert_int_equal(defined, want.n_rows);
    assert_int_equal(defined, 53);
    msp_table_free(&want);
    close_study(&s);
}

/* -- published rows of ADTTE, from published ADRS and ADSL -- */

/* The parameter's date in ADRS where it is "Y" (or has a date: LSTA). */
static msp_dated parameter(const msp_table *adrs, const char *id, const char *paramcd)
{
    for (size_t row = 0; row < adrs->n_rows; row++) {
        if (strcmp(cell(adrs, row, "USUBJID"), id) != 0 ||
            strcmp(cell(adrs, row, "PARAMCD"), paramcd) != 0 ||
            strcmp(cell(adrs, row, "AVALC"), "N") == 0)
            continue;
        const msp_day day = day_in(adrs, row, "ADT");
        return (msp_dated){day, {"ADRS", "ADT", (int64_t)number(adrs, row, "ASEQ")}};
    }
    return (msp_dated){.day = MSP_NO_DAY};
}

/* Response and last assessment as two visits. */
static size_t visits_of(const msp_table *adrs, const char *id, msp_seen seen[2])
{
    size_t n = 0;
    const msp_dated response = parameter(adrs, id, "RSP"), last = parameter(adrs, id, "LSTA");
    if (response.day != MSP_NO_DAY)
        seen[n++] = (msp_seen){response.day, MSP_LEVEL_PR, MSP_LEVEL_PR, false, response.from};
    if (last.day != MSP_NO_DAY)
        seen[n++] = (msp_seen){last.day, MSP_LEVEL_SD, MSP_LEVEL_SD, false, last.from};
    return n;
}

static void check_published(const msp_table *want, size_t row, const msp_tte *tte)
{
    assert_int_equal(tte->start.day, day_in(want, row, "STARTDT"));
    assert_int_equal(tte->end.day, day_in(want, row, "ADT"));
    assert_near((double)tte->days, number(want, row, "AVAL"), 0);
    assert_near(tte->why->cnsr, number(want, row, "CNSR"), 0);
    assert_string_equal(tte->why->evntdesc, cell(want, row, "EVNTDESC"));
    assert_string_equal(tte->why->cnsdtdsc, cell(want, row, "CNSDTDSC"));
    assert_string_equal(tte->end.from.domain, cell(want, row, "SRCDOM"));
    assert_string_equal(tte->end.from.variable, cell(want, row, "SRCVAR"));
    const double seq = number(want, row, "SRCSEQ");
    assert_near((double)tte->end.from.seq, isnan(seq) ? 0 : seq, 0);
}

static void published_times(void **state)
{
    (void)state;
    require_shared("domain/expected/adtte_onco_recist.csv");
    study s;
    open_study(&s);
    msp_table adrs, want;
    read_table("data/pharmaverse/adam/adrs_onco_recist.csv", &adrs);
    read_table("domain/expected/adtte_onco_recist.csv", &want);
    const msp_tte_rules rules = msp_tte_rules_admiralonco();
    size_t rows = 0;
    for (size_t subject = 0; subject < s.adsl.n_rows; subject++) {
        msp_adsl_dates dates = {0};
        msp_error err;
        assert_int_equal(msp_adsl_dates_read(&s.adsl, subject, &dates, &err), MSP_OK);
        msp_timeline timeline = msp_adsl_timeline(&dates);
        msp_seen seen[2];
        timeline.seen = seen;
        timeline.n_seen = visits_of(&adrs, dates.id, seen);
        timeline.progression = parameter(&adrs, dates.id, "PD");
        timeline.death = parameter(&adrs, dates.id, "DEATH");
        static const char *const codes[] = {"OS", "PFS", "RSD"};
        for (size_t k = 0; k < MSP_COUNT(codes); k++) {
            const msp_tte tte =
                msp_tte_derive(&timeline, msp_tte_definition_find(codes[k]), &rules);
            if (tte.state == MSP_TTE_UNDEFINED)
                continue;
            check_published(&want, find_row(&want, dates.id, codes[k]), &tte);
            rows++;
        }
    }
    assert_int_equal(rows, want.n_rows);
    assert_int_equal(rows, 512);
    msp_table_free(&adrs);
    msp_table_free(&want);
    close_study(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confirmed_responses),
        cmocka_unit_test(parameters_as_adrs),
        cmocka_unit_test(derived_times),
        cmocka_unit_test(published_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
