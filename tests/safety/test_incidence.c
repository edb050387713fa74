#include "near.h"

#include <math.h>
#include <string.h>

#include "mspike/safety.h"

/* Two arms: patients 0 to 2 and 3, windows of 365 days from day 0, and one of 100. */
static const msp_patient_at_risk patients[] = {
    {0, 0, 364}, {0, 0, 99}, {0, 0, 364}, {1, 0, 364}, {MSP_NO_ARM, 0, 10}};

static msp_counted_event event(uint32_t patient, const char *term, int grade, msp_day start)
{
    return (msp_counted_event){
        .patient = patient, .term = term, .organ_class = "Blood", .grade = grade, .start = start};
}

static msp_incidence count(const msp_counted_event *events, size_t n, uint32_t arm,
                           msp_adverse_kind kind, int grade, const char *term)
{
    msp_day first[5];
    uint8_t worst[5];
    const msp_adverse_asked asked = {.kind = kind, .grade = grade, .term = term};
    return msp_incidence_of(events, n, patients, 5, arm, &asked, first, worst);
}

static void once_a_patient_at_the_worst_grade(void **state)
{
    (void)state;
    const msp_counted_event events[] = {event(0, "Anaemia", 1, 99), event(0, "Anaemia", 3, 9),
                                        event(0, "Nausea", 2, 50),  event(1, "Anaemia", 0, 20),
                                        event(3, "Anaemia", 2, 0),  event(4, "Anaemia", 4, 0)};
    msp_incidence r = count(events, 6, 0, MSP_ADVERSE_ANY, 0, "Anaemia");
    assert_int_equal(r.n, 3);
    assert_int_equal(r.patients, 2);
    assert_int_equal(r.events, 3);
    assert_int_equal(r.worst[3], 1);
    assert_int_equal(r.worst[0], 1);
    assert_int_equal(r.worst[1], 0);
    /* to the first: 10, 21 and 365 days; in all 365, 100 and 365 */
    assert_near(r.years_to_first, 396 / 365.25, 1e-14);
    assert_near(r.exposure_adjusted, 100 * 2 / (396 / 365.25), 1e-14);
    assert_near(r.event_rate, 100 * 3 / (830 / 365.25), 1e-14);
    r = count(events, 6, 0, MSP_ADVERSE_ANY, 3, NULL);
    assert_int_equal(r.patients, 1);
    assert_int_equal(r.events, 1);
    r = count(events, 6, 1, MSP_ADVERSE_ANY, 0, NULL);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.patients, 1);
    assert_near(r.exposure_adjusted, 100 / (1 / 365.25), 1e-14);
    r = count(events, 6, 0, MSP_ADVERSE_SERIOUS, 0, NULL);
    assert_int_equal(r.patients, 0);
    assert_near(r.exposure_adjusted, 0, 0);
}

static void kinds(void **state)
{
    (void)state;
    const struct {
        msp_counted_event event;
        bool is[MSP_ADVERSE_KINDS];
    } cases[] = {
        {{.grade = 2}, {true}},
        {{.grade = 3}, {true, true}},
        {{.serious = true}, {true, false, true}},
        {{.grade = 5}, {true, true, false, true}},
        {{.fatal = true}, {true, true, false, true}},
        {{.stopped_any = true}, {true, false, false, false, true}},
        {{.stopped_any = true, .stopped_all = true}, {true, false, false, false, true, true}},
        {{.related = true, .grade = 3}, {true, true, false, false, false, false, true, true}},
        {{.related = true, .serious = true, .grade = 2},
         {true, false, true, false, false, false, true, false, true}},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++)
            assert_int_equal(msp_adverse_is(&cases[i].event, (msp_adverse_kind)k), cases[i].is[k]);
}

static void unknown_days(void **state)
{
    (void)state;
    const msp_counted_event events[] = {event(0, "Nausea", 1, MSP_NO_DAY),
                                        event(0, "Nausea", 1, 5)};
    const msp_incidence r = count(events, 2, 0, MSP_ADVERSE_ANY, 0, NULL);
    assert_true(isnan(r.exposure_adjusted)); /* the first may have been before day 5 */
    assert_near(r.event_rate, 100 * 2 / (830 / 365.25), 1e-14);
    const msp_patient_at_risk goes_on = {0, 0, MSP_NO_DAY};
    msp_day first;
    uint8_t worst;
    const msp_adverse_asked any = {0};
    const msp_incidence none = msp_incidence_of(NULL, 0, &goes_on, 1, 0, &any, &first, &worst);
    assert_int_equal(none.n, 1);
    assert_true(isnan(none.event_rate) && isnan(none.exposure_adjusted));
}

/* Patients of published trials, by their counts (rules.md 6.2): IKEMA, Lancet 2021. */
static void published_percentages(void **state)
{
    (void)state;
    static const struct {
        int64_t n, severe;
        double percent;
    } arms[] = {{177, 136, 77}, {122, 82, 67}};
    for (size_t a = 0; a < MSP_COUNT(arms); a++) {
        msp_patient_at_risk treated[177];
        msp_counted_event events[177];
        msp_day first[177];
        uint8_t worst[177];
        const size_t n = (size_t)arms[a].n;
        for (size_t i = 0; i < n; i++) {
            treated[i] = (msp_patient_at_risk){0, 0, 100};
            events[i] = event((uint32_t)i, "Anaemia", i < (size_t)arms[a].severe ? 3 : 2, 10);
        }
        const msp_adverse_asked severe = {.kind = MSP_ADVERSE_SEVERE};
        const msp_incidence r = msp_incidence_of(events, n, treated, n, 0, &severe, first, worst);
        assert_int_equal(r.n, arms[a].n);
        assert_int_equal(r.patients, arms[a].severe);
        assert_near(round(100 * (double)r.patients / (double)r.n), arms[a].percent, 0);
    }
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        msp_adverse_kind kind;
    } cases[] = {
        {NULL, MSP_ADVERSE_ANY},
        {"treatment-emergent adverse events", MSP_ADVERSE_ANY},
        {"serious treatment-emergent adverse events", MSP_ADVERSE_SERIOUS},
        {"fatal adverse events", MSP_ADVERSE_FATAL},
        {"related adverse events", MSP_ADVERSE_RELATED},
        {"serious treatment-related adverse events", MSP_ADVERSE_RELATED_SERIOUS},
        {"adverse events leading to discontinuation", MSP_ADVERSE_STOPPED_ANY},
        {"adverse events for which all drugs were withdrawn", MSP_ADVERSE_STOPPED_ALL},
        {"unrelated adverse events", MSP_ADVERSE_KINDS},
        {"serious adverse events leading to discontinuation", MSP_ADVERSE_KINDS},
        {"secondary malignancies", MSP_ADVERSE_KINDS},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        assert_int_equal(msp_adverse_kind_in_words(cases[i].words), cases[i].kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_a_patient_at_the_worst_grade),
        cmocka_unit_test(kinds),
        cmocka_unit_test(unknown_days),
        cmocka_unit_test(published_percentages),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
