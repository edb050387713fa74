/* test_derived.c - derived responses as timelines; two assessors compared. */
#include "near.h"

#include <string.h>

#include "mspike/endpoint.h"

static msp_day on(int day)
{
    return msp_day_from_civil(2020, 1, 1) + day;
}

static msp_measured measured(int day, uint32_t row)
{
    return (msp_measured){.day = on(day), .assessed = on(day), .row = row};
}

/* A patient with three assessments, progression on the third, and a next therapy after it. */
static void a_derived_timeline(void **state)
{
    (void)state;
    const msp_patient_source source = {.file = "lb.csv", .name = "LB"};
    const msp_measured values[] = {measured(0, 0), measured(28, 4), measured(28, 5),
                                   measured(56, 9), measured(84, 12)};
    const msp_patient patient = {.id = "P1",
                                 .randomised = on(1),
                                 .first_dose = on(2),
                                 .last_dose = MSP_NO_DAY,
                                 .transplant = MSP_NO_DAY,
                                 .baseline = on(2),
                                 .new_therapy = on(90),
                                 .death = on(200),
                                 .died = true,
                                 .died_of_myeloma = true,
                                 .measured = values,
                                 .n_measured = MSP_COUNT(values)};
    const msp_assessed assessed[] = {
        {.day = on(28), .raw = MSP_LEVEL_PR, .confirmed = MSP_LEVEL_PR},
        {.day = on(56), .raw = MSP_LEVEL_VGPR, .confirmed = MSP_LEVEL_SD},
        {.day = on(84), .raw = MSP_LEVEL_PD, .confirmed = MSP_LEVEL_PD, .progressed = true}};
    const msp_response_result result = {.baseline_assessed = true,
                                        .progression = on(84),
                                        .relapse_from_cr = MSP_NO_DAY,
                                        .assessed = assessed,
                                        .n_assessed = MSP_COUNT(assessed)};
    msp_arena arena = {0};
    msp_timeline timeline;
    msp_error err;
    assert_int_equal(
        msp_derived_timeline(&patient, &source, &result, &result, &arena, &timeline, &err), MSP_OK);
    assert_int_equal(msp_timeline_check(&timeline, &err), MSP_OK);
    assert_false(timeline.no_baseline);
    assert_int_equal(timeline.died_of_myeloma, MSP_YES);
    assert_int_equal(timeline.last_alive.day, on(200));
    const msp_tte_rules fda = msp_tte_rules_fda();
    const msp_tte pfs = msp_tte_derive(&timeline, msp_tte_definition_find("PFS"), &fda);
    assert_int_equal(pfs.state, MSP_TTE_EVENT);
    assert_int_equal(pfs.days, 84);
    assert_string_equal(pfs.end.from.domain, "LB");
    assert_int_equal(pfs.end.from.seq, 13);
    const msp_tte dor = msp_tte_derive(&timeline, msp_tte_definition_find("DOR"), &fda);
    assert_int_equal(dor.start.day, on(28));
    assert_int_equal(dor.start.from.seq, 5);

    msp_table adtte;
    assert_int_equal(msp_adtte_init(&adtte, &err), MSP_OK);
    msp_rules rules;
    msp_asked asked;
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    assert_int_equal(msp_asked_of(NULL, &rules, &arena, &asked, &err), MSP_OK);
    assert_int_equal(
        msp_adtte_add_all(&adtte, "DEMO", "P1", 'D', &timeline, asked.times, asked.n_times, &err),
        MSP_OK);
    /* all but TTVGPR and TTCR, DOCR and DFS (never confirmed) and TFI (no last dose) */
    const msp_tte_definition *all;
    assert_int_equal(adtte.n_rows, msp_tte_definitions(&all) - 5);
    msp_table_free(&adtte);

    const msp_patient late = {.randomised = on(1),
                              .first_dose = MSP_NO_DAY,
                              .baseline = on(-1),
                              .new_therapy = MSP_NO_DAY,
                              .death = MSP_NO_DAY,
                              .measured = values,
                              .n_measured = MSP_COUNT(values)};
    msp_response_result unassessed = result;
    unassessed.baseline_assessed = false;
    assert_int_equal(
        msp_derived_timeline(&late, &source, &unassessed, NULL, &arena, &timeline, &err), MSP_OK);
    assert_true(timeline.no_baseline);
    assert_int_equal(timeline.last_alive.day, on(84));
    assert_int_equal(timeline.n_therapies, 0);
    msp_arena_free(&arena);
}

static void responses_by_two_assessors(void **state)
{
    (void)state;
    const msp_response_level a[] = {MSP_LEVEL_CR, MSP_LEVEL_PR, MSP_LEVEL_SD, MSP_LEVEL_NE};
    const msp_response_level b[] = {MSP_LEVEL_VGPR, MSP_LEVEL_PR, MSP_LEVEL_PR, MSP_LEVEL_NE};
    msp_level_agreement got;
    msp_error err;
    assert_int_equal(msp_agree_levels(a, b, 4, 0.95, &got, &err), MSP_OK);
    assert_near(got.counts[MSP_LEVEL_CR][MSP_LEVEL_VGPR], 1, 0);
    assert_near(got.levels.identical, 0.5, 1e-15);
    /* By hand: CR is 1 of 7 steps from VGPR, SD 2 of 7 from PR: (6/7 + 1 + 5/7 + 1) / 4. */
    assert_near(got.levels.observed, 25.0 / 28, 1e-14);
    assert_near(got.responses.observed, 0.75, 1e-15);
    assert_near(got.responses.kappa, 0.5, 1e-14); /* pe = (2 * 3 + 2 * 1) / 16 */
    assert_int_equal(msp_agree_levels(a, b, 0, 0.95, &got, &err), MSP_ENODATA);
}

static void progressions_by_two_assessors(void **state)
{
    (void)state;
    const msp_tte event = {.state = MSP_TTE_EVENT, .end = {.day = 100}};
    const msp_tte later = {.state = MSP_TTE_EVENT, .end = {.day = 128}};
    const msp_tte censored = {.state = MSP_TTE_CENSORED, .end = {.day = 100}};
    const msp_tte undefined = {.state = MSP_TTE_UNDEFINED};
    const msp_tte a[] = {event, event, later, event, censored, undefined};
    const msp_tte b[] = {event, later, event, censored, censored, event};
    msp_event_agreement got;
    msp_error err;
    assert_int_equal(msp_agree_events(a, b, 6, 0.95, &got, &err), MSP_OK);
    assert_near(got.counts[1][1], 3, 0);
    assert_near(got.counts[1][0], 1, 0);
    assert_near(got.counts[0][0], 1, 0);
    assert_int_equal(got.undefined, 1);
    assert_int_equal(got.same_day, 1);
    assert_int_equal(got.first_earlier, 1);
    assert_int_equal(got.second_earlier, 1);
    assert_near(got.events.observed, 0.8, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_derived_timeline),
        cmocka_unit_test(responses_by_two_assessors),
        cmocka_unit_test(progressions_by_two_assessors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
