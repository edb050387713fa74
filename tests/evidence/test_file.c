/* The evidence file: its form, its faults, and the one that is shipped. */
#include "near.h"

#include <string.h>

#include "mspike/base/file.h"
#include "mspike/evidence/file.h"
#include "mspike/table.h"

static void no_member_of_another_type(void **state)
{
    (void)state;
    msp_text text = {0};
    assert_int_equal(msp_schema_mismatches(&msp_evidence_schema, &text), 0);
    msp_text_free(&text);
}

static void the_page_is_fresh(void **state)
{
    (void)state;
    msp_text want = {0};
    msp_file page = {0};
    msp_evidence_reference(&want);
    assert_int_equal(msp_file_open(project_file("docs/evidence-form.md"), &page, NULL), MSP_OK);
    if (page.size != want.len || memcmp(page.data, want.data, want.len) != 0)
        fail_msg("stale: mspike --generate evidence-form > docs/evidence-form.md");
    msp_file_close(&page);
    msp_text_free(&want);
}

static void read_clean(const char *path, msp_evidence *out)
{
    msp_findings findings = {0};
    msp_error err = {0};
    const msp_status status = msp_evidence_read(path, out, &findings, &err);
    msp_text text = {0};
    if (status != MSP_OK)
        msp_error_render(&err, &text);
    msp_findings_render(&findings, &text);
    if (text.len > 0)
        print_error("%s", msp_text_str(&text));
    assert_int_equal(status, MSP_OK);
    assert_int_equal(findings.n, 0);
    msp_text_free(&text);
    msp_findings_free(&findings);
}

static void the_shipped_file(void **state)
{
    (void)state;
    msp_evidence e;
    read_clean(project_file("evidence/rrmm.yaml"), &e);
    const msp_evidence_trial *trial;
    const msp_evidence_result *r = msp_evidence_find_result(&e, "R047", &trial);
    assert_non_null(r);
    assert_string_equal(trial->id, "IKEMA");
    assert_string_equal(r->source.text, "moreau-2021");
    const msp_printed_effect effect = msp_evidence_effect_of(trial, r);
    assert_near(effect.level, 0.99, 0);
    assert_int_equal(effect.p_sides, 1);
    assert_near(effect.allocation, 179.0 / 123.0, 1e-15);
    assert_near(effect.upper.value, 0.89, 0);
    assert_true(isnan(effect.events_total));
    const char *first, *second;
    msp_evidence_compared(trial, r, &first, &second);
    assert_string_equal(first, "IsaKd");
    assert_string_equal(second, "Kd");
    assert_string_equal(msp_evidence_find_arm(r, "IsaKd")->value.text, "NR");

    assert_true(msp_evidence_is_within(&e, "len-refractory-1L", "len-refractory"));
    assert_true(msp_evidence_is_within(&e, "len-refractory-1L", "relapsed"));
    assert_false(msp_evidence_is_within(&e, "len-refractory", "len-refractory-1L"));
    r = msp_evidence_find_result(&e, "R051", &trial);
    assert_string_equal(msp_evidence_population_of(&e, trial, r), "len-refractory-1L");
    assert_int_equal(msp_evidence_effect_of(trial, r).bound, MSP_BOUND_UPPER);
    assert_near(msp_evidence_follow_up(msp_evidence_find_result(&e, "R096", NULL)), 13.2, 0);
    assert_string_equal(msp_evidence_find_trial(&e, "ICARIA")->eligibility.exposed.items[1].text,
                        "proteasome-inhibitor");
    assert_int_equal(msp_evidence_find_trial(&e, "CANDOR")->plan.patients.value, 466);
    assert_true(msp_evidence_find_result(&e, "R002", NULL)->unknown.value);
    msp_evidence_free(&e);
}

/* -- against the table that it came from -- */

static void same_number(const msp_table *table, const char *column, size_t row,
                        const msp_said_text *said)
{
    const msp_column *c = msp_table_column(table, column);
    assert_non_null(c);
    const bool missing = msp_column_is_missing(c, row);
    if (missing != !msp_was_said(said->at))
        print_error("row %zu, %s: %s\n", row, column, missing ? "is too much" : "is missing");
    assert_int_equal(missing, !msp_was_said(said->at));
    if (missing)
        return;
    if (c->type == MSP_COLUMN_TEXT)
        assert_string_equal(said->text, c->text[c->code[row]]);
    else
        assert_near(msp_printed_parse(said->text).value, c->number[row], 0);
}

static const msp_said_text nothing;

static const msp_said_text *limit(const msp_said_texts *interval, size_t k)
{
    return interval->n == 2 ? &interval->items[k] : &nothing;
}

/* Each row is a result with its numbers, but for seven that are plans. */
static void every_row_of_the_table(void **state)
{
    (void)state;
    require_shared("evidence/rrmm.csv");
    msp_table table = {0};
    msp_error err = {0};
    const msp_read_options options = {0};
    assert_int_equal(msp_table_read(shared_file("evidence/rrmm.csv"), &options, &table, &err),
                     MSP_OK);
    msp_evidence e;
    read_clean(project_file("evidence/rrmm.yaml"), &e);
    const msp_column *id = msp_table_column(&table, "id");
    size_t found = 0;
    for (size_t row = 0; row < table.n_rows; row++) {
        const msp_evidence_trial *trial;
        const msp_evidence_result *r =
            msp_evidence_find_result(&e, id->text[id->code[row]], &trial);
        if (r == NULL)
            continue;
        found++;
        const msp_evidence_effect *f = &r->effect;
        same_number(&table, "hr", row, &f->estimate);
        same_number(&table, "p", row, &f->p);
        same_number(&table, "ci_lo", row, limit(&f->interval, 0));
        same_number(&table, "ci_hi", row,
                    msp_was_said(f->upper_bound.at) ? &f->upper_bound : limit(&f->interval, 1));
        const char *arms[2] = {trial->arms.n > 0 ? trial->arms.items[0].text : NULL,
                               trial->arms.n > 1 ? trial->arms.items[1].text : NULL};
        static const char *const columns[2][3] = {{"est_exp", "est_exp_lo", "est_exp_hi"},
                                                  {"est_ctl", "est_ctl_lo", "est_ctl_hi"}};
        for (size_t k = 0; k < 2; k++) {
            const msp_evidence_arm *a = arms[k] != NULL ? msp_evidence_find_arm(r, arms[k]) : NULL;
            same_number(&table, columns[k][0], row, a != NULL ? &a->value : &nothing);
            same_number(&table, columns[k][1], row, a != NULL ? limit(&a->interval, 0) : &nothing);
            same_number(&table, columns[k][2], row, a != NULL ? limit(&a->interval, 1) : &nothing);
        }
    }
    assert_int_equal(table.n_rows, 158);
    assert_int_equal(found, 151);
    msp_evidence_free(&e);
    msp_table_free(&table);
}

/* -- faults -- */

#define HEAD                                                          \
    "drugs: {a: {class: other}}\n"                                    \
    "regimens: {A: {drugs: [a]}, B: {drugs: [a]}}\n"                  \
    "populations: {ITT: {all: yes}}\n"                                \
    "endpoints: {PFS: {kind: time-to-event}, share: {kind: share}}\n" \
    "sources: {s: a source}\n"                                        \
    "trials:\n"                                                       \
    "  T:\n"                                                          \
    "    design: randomised\n"                                        \
    "    arms: [A, B]\n"                                              \
    "    results:\n"                                                  \
    "      r1:\n"                                                     \
    "        population: ITT\n"                                       \
    "        source: s\n"
#define LAST_LINE_OF_HEAD 13

/* The finding of this id on this line. */
static void finds(const char *text, const char *id, unsigned line)
{
    msp_evidence e;
    msp_findings findings = {0};
    assert_int_equal(msp_evidence_parse(text, strlen(text), "x.yaml", &e, &findings, NULL), MSP_OK);
    bool found = false;
    for (size_t i = 0; i < findings.n; i++)
        found |= strcmp(findings.items[i].id, id) == 0 && findings.items[i].at.line == line;
    if (!found) {
        msp_text all = {0};
        msp_findings_render(&findings, &all);
        print_error("no %s on line %u; found:\n%s", id, line, msp_text_str(&all));
        msp_text_free(&all);
    }
    assert_true(found);
    msp_findings_free(&findings);
    msp_evidence_free(&e);
}

static void faults_have_their_places(void **state)
{
    (void)state;
    const unsigned next = LAST_LINE_OF_HEAD + 1;
    finds(HEAD "        endpoint: PSF\n", "evidence-endpoint", next);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: 0,53}\n", "form-unknown-key",
          next + 1);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: about 1}\n", "evidence-number",
          next + 1);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: -1}\n", "evidence-number",
          next + 1);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: 1, p: 3}\n", "evidence-number",
          next + 1);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: 1, interval: [1.2, 0.8]}\n",
          "evidence-interval", next + 1);
    finds(HEAD "        endpoint: PFS\n        effect: {estimate: 1, compare: [A, A]}\n",
          "evidence-effect", next + 1);
    finds(HEAD "        endpoint: PFS\n        arms: {C: {n: 3}}\n", "evidence-regimen", next + 1);
    finds(HEAD "        endpoint: PFS\n        arms: {A: {n: 3, count: 4}}\n", "evidence-number",
          next + 1);
    finds(HEAD "        endpoint: PFS\n", "evidence-result", next - 3);
    finds(HEAD "        endpoint: share\n        value: 70\n", "evidence-result", next - 3);
    finds(HEAD "        endpoint: PFS\n        value: 1\n        pools: [T]\n", "evidence-result",
          next + 2);
    finds(HEAD "        endpoint: PFS\n        value: 1\n  U:\n    design: single-arm\n"
               "    results:\n      r1: {population: ITT, endpoint: PFS, source: s, value: 1}\n",
          "evidence-result", next + 5);
    finds("regimens: {A: {}}\npopulations: {p: {within: q}, q: {within: p}}\n",
          "evidence-population", 2);
    finds("regimens: {A: {}}\n", "evidence-regimen", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_member_of_another_type), cmocka_unit_test(the_page_is_fresh),
        cmocka_unit_test(the_shipped_file),          cmocka_unit_test(every_row_of_the_table),
        cmocka_unit_test(faults_have_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
