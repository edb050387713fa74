#include "near.h"

#include <string.h>

#include "mspike/patient/stage.h"

/* "3.5", "<3.5", ">=3.5", "?" */
static msp_amount is(const char *text)
{
    const size_t sign = strspn(text, "<>="), limit = strspn(text, "<>");
    msp_amount amount = msp_amount_of(text + sign);
    if (limit > 0)
        amount.flags = text[0] == '<' ? MSP_MEASURED_BELOW : MSP_MEASURED_ABOVE;
    if (sign > limit)
        amount.flags |= MSP_MEASURED_OR_EQUAL;
    assert_true(amount.known || strcmp(text, "?") == 0);
    return amount;
}

static void three_values_follow_kleene(void **state)
{
    (void)state;
    assert_int_equal(msp_fact_and(MSP_UNKNOWN, MSP_NO), MSP_NO);
    assert_int_equal(msp_fact_and(MSP_UNKNOWN, MSP_YES), MSP_UNKNOWN);
    assert_int_equal(msp_fact_or(MSP_UNKNOWN, MSP_YES), MSP_YES);
    assert_int_equal(msp_fact_or(MSP_UNKNOWN, MSP_NO), MSP_UNKNOWN);
    assert_int_equal(msp_amount_at_least(is("3.50"), is("3.5")), MSP_YES);
    assert_int_equal(msp_amount_above(is("3.50"), is("3.5")), MSP_NO);
    assert_int_equal(msp_amount_below(is("?"), is("3.5")), MSP_UNKNOWN);
    assert_string_equal(msp_fact_name(MSP_UNKNOWN), "unknown");
}

/* By hand: y where every pair of values that the bounds allow has it, n where none has. */
static void bounds_compare_as_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        char below;
    } cases[] = {
        {"<3.5", "3.5", 'y'},  {"<=3.5", "3.5", '?'}, {"<3.6", "3.5", '?'}, {">3.5", "3.5", 'n'},
        {">=3.5", "3.5", 'n'}, {">3.4", "3.5", '?'},  {"3.5", ">3.5", 'y'}, {"3.5", ">=3.5", '?'},
        {"3.5", "<3.5", 'n'},  {"3.5", "<=3.5", 'n'}, {"3.4", "<3.5", '?'}, {"<3", ">3", 'y'},
        {"<=3", ">=3", '?'},   {"<=3", ">3", 'y'},    {">3", "<3", 'n'},    {">=3", "<=3", 'n'},
        {"<2", "<3", '?'},     {">3", ">2", '?'},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const char want = cases[i].below;
        const msp_fact got = msp_amount_below(is(cases[i].a), is(cases[i].b));
        assert_int_equal(got, want == 'y' ? MSP_YES : want == 'n' ? MSP_NO : MSP_UNKNOWN);
        char text[MSP_AMOUNT_MAX];
        msp_amount_format(is(cases[i].a), text);
        assert_string_equal(text, cases[i].a);
    }
}

/* Both sides of each limit of the rules, 3.3; "?" is not known. */
static void iss_at_its_limits(void **state)
{
    (void)state;
    static const struct {
        const char *b2m, *albumin, *stage;
    } cases[] = {
        {"3.49", "3.5", "I"},  {"3.5", "3.5", "II"},  {"3.49", "3.49", "II"},
        {"5.49", "4.0", "II"}, {"5.5", "4.0", "III"}, {"5.50", "2.0", "III"},
        {"5.5", "?", "III"},   {"4.0", "?", "II"},    {"3.4", "?", "NC"},
        {"?", "3.4", "NC"},    {"?", "4.0", "NC"},    {"?", "?", "NC"},
        {"<3.5", "3.5", "I"},  {"<3.5", ">3.5", "I"}, {"<3.5", "<3.5", "II"},
        {"<=3.5", "4", "NC"},  {"<3.6", "3.4", "II"}, {"<3.6", "3.5", "NC"},
        {"<3.5", ">3", "NC"},  {">5.5", "?", "III"},  {">=5.5", "?", "III"},
        {">5.4", "4", "NC"},   {"<5.5", "3", "II"},   {"<=5.5", "3", "NC"},
        {">=3.5", "4", "NC"},  {"4.0", ">3", "II"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_risk_facts facts = {.beta2_microglobulin = is(cases[i].b2m),
                                      .albumin = is(cases[i].albumin)};
        assert_string_equal(msp_stage_name(msp_stage_iss(&facts)), cases[i].stage);
    }
}

/* One letter a part: y, n, ? */
static msp_fact fact(char letter)
{
    return letter == 'y' ? MSP_YES : letter == 'n' ? MSP_NO : MSP_UNKNOWN;
}

static msp_risk_facts facts_of(const char *b2m, const char *ldh, const char *lesions)
{
    return (msp_risk_facts){
        .beta2_microglobulin = is(b2m),
        .albumin = is("4.0"),
        .ldh = is(ldh),
        .ldh_upper = is("250"),
        .del17p = {.found = fact(lesions[0])},
        .t4_14 = {.found = fact(lesions[1])},
        .t14_16 = {.found = fact(lesions[2])},
        .gain_1q = fact(lesions[3]),
    };
}

/* The table of missing parts in the rules, 3.3. Lesions: del17p, t(4;14), t(14;16), 1q. */
static void riss_with_missing_parts(void **state)
{
    (void)state;
    static const struct {
        const char *b2m, *ldh, *lesions, *stage;
    } cases[] = {
        {"3.0", "250", "nnnn", "I"}, /* LDH at the limit is normal */
        {"3.0", "251", "nnnn", "II"},   {"3.0", "250", "nnyn", "II"},
        {"3.0", "251", "????", "II"},   {"3.0", "?", "nynn", "II"},
        {"3.0", "?", "nnnn", "NC"},     {"3.0", "200", "nn?n", "NC"},
        {"3.0", "<200", "nnnn", "I"},   {"3.0", "<=250", "nnnn", "I"},
        {"3.0", "<251", "nnnn", "NC"},  {"3.0", ">250", "nnnn", "II"},
        {"3.0", ">=250", "nnnn", "NC"}, {"6.0", ">250", "????", "III"},
        {"4.0", "?", "????", "II"},     {"4.0", "300", "yyyy", "II"},
        {"6.0", "250", "nnnn", "II"},   {"6.0", "251", "nnnn", "III"},
        {"6.0", "?", "ynnn", "III"},    {"6.0", "251", "????", "III"},
        {"6.0", "?", "nnnn", "NC"},     {"6.0", "250", "?nnn", "NC"},
        {"?", "250", "nnnn", "NC"}, /* I or II */
    };
    const msp_lesion_cuts none = {0};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_risk_facts facts = facts_of(cases[i].b2m, cases[i].ldh, cases[i].lesions);
        assert_string_equal(msp_stage_name(msp_stage_riss(&facts, &none)), cases[i].stage);
    }
}

/* Points of D'Agostino 2022: the sum beside each case. */
static void r2iss_at_its_limits(void **state)
{
    (void)state;
    static const struct {
        const char *b2m, *ldh, *lesions, *stage;
    } cases[] = {
        {"3.0", "250", "nnnn", "low"},               /* 0 */
        {"3.0", "250", "nnnn", "low"},               /* t(14;16) gives no point: */
        {"3.0", "250", "nnyn", "low"},               /* 0 */
        {"3.0", "250", "nnny", "low-intermediate"},  /* 0.5 */
        {"4.0", "250", "nnnn", "low-intermediate"},  /* 1 */
        {"4.0", "250", "nnny", "intermediate-high"}, /* 1.5 */
        {"6.0", "250", "nnnn", "intermediate-high"}, /* 1.5 */
        {"6.0", "251", "nnnn", "intermediate-high"}, /* 2.5 */
        {"6.0", "251", "nnny", "high"},              /* 3 */
        {"6.0", "251", "yyny", "high"},              /* 5 */
        {"6.0", "251", "y???", "high"},              /* 3.5 to 5 */
        {"3.0", "250", "nnn?", "NC"},                /* 0 or 0.5 */
        {"4.0", "251", "nnn?", "intermediate-high"}, /* 2 or 2.5 */
        {"4.0", "251", "n?nn", "NC"},                /* 2 or 3 */
    };
    const msp_lesion_cuts none = {0};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_risk_facts facts = facts_of(cases[i].b2m, cases[i].ldh, cases[i].lesions);
        assert_string_equal(msp_stage_r2iss_name(msp_stage_r2iss(&facts, &none)), cases[i].stage);
    }
}

static void a_trial_counts_cells(void **state)
{
    (void)state;
    const msp_lesion_cuts ikema = {.del17p = is("50"), .translocation = is("30")};
    msp_risk_facts facts = {
        .del17p = {MSP_YES, is("49.9")}, .t4_14 = {MSP_NO, is("?")}, .t14_16 = {MSP_NO, is("?")}};
    assert_int_equal(msp_risk_lesions(&facts, &ikema), MSP_NO);
    assert_int_equal(msp_risk_lesions(&facts, &(msp_lesion_cuts){0}), MSP_YES);
    facts.del17p.cells = is("50");
    assert_int_equal(msp_risk_lesions(&facts, &ikema), MSP_YES);
    facts.del17p.cells = is("?"); /* a call without its share says nothing of the cut */
    assert_int_equal(msp_risk_lesions(&facts, &ikema), MSP_UNKNOWN);
    facts.t4_14.cells = is("30");
    assert_int_equal(msp_risk_lesions(&facts, &ikema), MSP_YES);
    facts.t4_14.cells = is("29");
    facts.del17p = (msp_lesion){MSP_NO, is("?")};
    assert_int_equal(msp_risk_lesions(&facts, &ikema), MSP_NO);
}

static void cuts_of_a_protocol(void **state)
{
    (void)state;
    msp_rules rules = {0};
    assert_false(msp_lesion_cuts_of(&rules).del17p.known);
    rules.del17p_cut_pct.value = is("60").value;
    rules.del17p_cut_pct.at.line = 7;
    const msp_lesion_cuts cuts = msp_lesion_cuts_of(&rules);
    assert_int_equal(msp_amount_at_least(cuts.del17p, is("60")), MSP_YES);
    assert_false(cuts.translocation.known);
}

static msp_risk_facts standard_risk(void)
{
    return (msp_risk_facts){
        .beta2_microglobulin = is("3.0"),
        .creatinine = is("1.0"),
        .del17p = {MSP_NO, is("0")},
        .t4_14 = {.found = MSP_NO},
        .t14_16 = {.found = MSP_NO},
        .t14_20 = {.found = MSP_NO},
        .gain_1q = MSP_NO,
        .del1p32 = MSP_NO,
        .del1p32_biallelic = MSP_NO,
        .tp53_mutation = MSP_NO,
    };
}

static void ims2025_row_by_row(void **state)
{
    (void)state;
    msp_risk_facts f = standard_risk();
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);

    f.del17p = (msp_lesion){MSP_YES, is("20")};
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);
    f.del17p.cells = is("20.1");
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);
    f.del17p.cells = is("?");
    assert_int_equal(msp_risk_ims2025(&f), MSP_UNKNOWN);

    f = standard_risk();
    f.tp53_mutation = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);

    f = standard_risk();
    f.t14_20.found = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO); /* alone it is not high risk */
    f.gain_1q = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);
    f.gain_1q = MSP_NO;
    f.del1p32 = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);

    f = standard_risk();
    f.del1p32 = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);
    f.gain_1q = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);
    f.gain_1q = MSP_NO;
    f.del1p32_biallelic = MSP_YES;
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);

    f = standard_risk();
    f.del1p32_biallelic = MSP_UNKNOWN; /* no copy is lost, so not both are */
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);

    f = standard_risk();
    f.beta2_microglobulin = is("5.5");
    f.creatinine = is("1.19");
    assert_int_equal(msp_risk_ims2025(&f), MSP_YES);
    f.creatinine = is("1.2");
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);
    f.creatinine = is("1.19");
    f.beta2_microglobulin = is("5.49");
    assert_int_equal(msp_risk_ims2025(&f), MSP_NO);
    f.beta2_microglobulin = is("?"); /* any unknown and none true */
    assert_int_equal(msp_risk_ims2025(&f), MSP_UNKNOWN);
}

/* A stage that is known with a part missing is the stage with that part, whatever it is. */
static void a_known_stage_survives_every_completion(void **state)
{
    (void)state;
    static const char *const b2ms[] = {"3.0", "4.0", "6.0", "?"};
    static const char *const ldhs[] = {"200", "300", "?"};
    const msp_lesion_cuts none = {0};
    for (size_t b = 0; b < MSP_COUNT(b2ms); b++)
        for (size_t l = 0; l < MSP_COUNT(ldhs); l++)
            for (int code = 0; code < 81; code++) {
                char text[5] = "....";
                for (int i = 0, rest = code; i < 4; i++, rest /= 3)
                    text[i] = "yn?"[rest % 3];
                const msp_risk_facts facts = facts_of(b2ms[b], ldhs[l], text);
                const msp_stage riss = msp_stage_riss(&facts, &none);
                const msp_stage r2iss = msp_stage_r2iss(&facts, &none);
                for (int full = 0; full < 96; full++) {
                    char parts[5] = "....";
                    for (int i = 0; i < 4; i++)
                        parts[i] = text[i] != '?' ? text[i] : "yn"[full >> i & 1];
                    const char *b2m = strcmp(b2ms[b], "?") != 0 ? b2ms[b] : b2ms[full / 32];
                    const char *ldh = strcmp(ldhs[l], "?") != 0 ? ldhs[l] : ldhs[full >> 4 & 1];
                    const msp_risk_facts known = facts_of(b2m, ldh, parts);
                    if (riss != MSP_STAGE_UNKNOWN)
                        assert_int_equal(msp_stage_riss(&known, &none), riss);
                    if (r2iss != MSP_STAGE_UNKNOWN)
                        assert_int_equal(msp_stage_r2iss(&known, &none), r2iss);
                }
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_values_follow_kleene),
        cmocka_unit_test(bounds_compare_as_bounds),
        cmocka_unit_test(iss_at_its_limits),
        cmocka_unit_test(riss_with_missing_parts),
        cmocka_unit_test(r2iss_at_its_limits),
        cmocka_unit_test(a_trial_counts_cells),
        cmocka_unit_test(cuts_of_a_protocol),
        cmocka_unit_test(ims2025_row_by_row),
        cmocka_unit_test(a_known_stage_survives_every_completion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
