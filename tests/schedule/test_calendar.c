/* Calendars by hand: cycles that change their length, series by weeks and cycles, contacts, delays.
 */
#include "near.h"

#include <string.h>

#include "mspike/schedule.h"

/* Vd as in CASTOR: eight cycles of 21 days, then 28; treatment for 60 weeks, then follow-up. */
static const char text[] =
    "mspike: 1\n"
    "trial: {title: T, acronym: T1}\n"
    "arms: {A: {phases: [treat, follow]}}\n"
    "drugs: {bortezomib: {class: proteasome-inhibitor}, melphalan: {class: alkylator}}\n"
    "regimens:\n"
    "  Vd:\n"
    "    cycle: [{cycles: 1-8, length: 3 weeks}, {cycles: 9-, length: 28 days}]\n"
    "    until: progression\n"
    "    drugs:\n"
    "      bortezomib:\n"
    "        route: sc\n"
    "        dose: 1.3 mg/m2\n"
    "        adjust: [{measure: creatinine-clearance, below: 30, dose: 1 mg/m2}]\n"
    "        schedule: [{cycles: 1-8, days: [1, 4, 8, 11]}]\n"
    "      melphalan:\n"
    "        route: oral\n"
    "        dose: 100 ug/kg\n"
    "        schedule: [{cycles: 1-, days: 1-4}, {cycles: 2, days: 15, dose: 200 ug/kg}]\n"
    "phases:\n"
    "  treat: {kind: treatment, regimen: Vd, duration: 60 weeks}\n"
    "  follow: {kind: follow-up, every: 6 months, duration: 1 years}\n"
    "visits:\n"
    "  weekly: {phase: treat, day: 1, every: 10 weeks, until: 20 weeks, assess: labs}\n"
    "  third: {phase: treat, every: 3 cycles, assess: [response, marrow]}\n";

typedef struct made {
    msp_protocol protocol;
    msp_calendar calendar;
    msp_status status;
    msp_error error;
} made;

static void make(made *m, const msp_patient_plan *patient)
{
    msp_findings findings = {0};
    memset(m, 0, sizeof *m);
    assert_int_equal(
        msp_protocol_parse(text, strlen(text), "t.yaml", &m->protocol, &findings, NULL), MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    msp_findings_free(&findings);
    m->status = msp_calendar_make(&m->protocol, patient, &m->calendar, &m->error);
}

static void drop(made *m)
{
    msp_calendar_free(&m->calendar);
    msp_protocol_free(&m->protocol);
}

static msp_patient_plan plan_of(void)
{
    return (msp_patient_plan){.arm = "A",
                              .start = msp_day_from_civil(2024, 1, 1),
                              .stop = MSP_NO_DAY,
                              .response = -1,
                              .cycles = 20,
                              .size = {{200, 2}, {70, 0}}};
}

/* The n-th entry (from 0) of this kind and name, or NULL. */
static const msp_calendar_entry *entry(const made *m, msp_calendar_kind kind, const char *name,
                                       size_t n)
{
    for (size_t i = 0; i < m->calendar.n; i++)
        if (m->calendar.entries[i].kind == kind && strcmp(m->calendar.entries[i].name, name) == 0 &&
            n-- == 0)
            return &m->calendar.entries[i];
    return NULL;
}

static void assert_day(const msp_calendar_entry *e, const char *date)
{
    char day[MSP_DATE_MAX];
    assert_non_null(e);
    msp_day_format(e->day, day);
    assert_string_equal(day, date);
}

static void assert_words(const msp_calendar_entry *e, const char *expected)
{
    msp_text words = {0};
    assert_non_null(e);
    msp_calendar_say(e, &words);
    assert_string_equal(msp_text_str(&words), expected);
    msp_text_free(&words);
}

/* 1 January 2024 and 8 x 21 days is 17 June; then every 28 days. 60 weeks end on 24 February 2025.
 */
static void cycles_that_change(void **state)
{
    (void)state;
    const msp_patient_plan p = plan_of();
    made m;
    make(&m, &p);
    assert_int_equal(m.status, MSP_OK);
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 4), "2024-01-22");
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 31), "2024-06-06");
    assert_null(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 32));
    assert_day(entry(&m, MSP_CALENDAR_END, "bortezomib", 0), "2024-06-17");
    assert_words(entry(&m, MSP_CALENDAR_END, "bortezomib", 0), "bortezomib: no more after cycle 8");
    assert_words(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 0), "bortezomib 1.3 mg/m2: 2.6 mg sc");
    /* melphalan: four days in a row, once more in cycle 2; 70 kg x 0.1 mg = 7 mg */
    assert_int_equal(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 0)->n_days, 4);
    assert_words(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 0), "melphalan 100 ug/kg: 7 mg oral");
    assert_words(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 2), "melphalan 200 ug/kg: 14 mg oral");
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 2), "2024-02-05");
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 9), "2024-06-17"); /* cycle 9 */
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "melphalan", 10), "2024-07-15");
    assert_day(entry(&m, MSP_CALENDAR_PHASE, "follow", 0), "2025-02-24");
    drop(&m);
}

/* Days 1, 71 and 141; the beginnings of cycles 4, 7, 10, ...; contacts after 6 and 12 months. */
static void series(void **state)
{
    (void)state;
    const msp_patient_plan p = plan_of();
    made m;
    make(&m, &p);
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "weekly", 0), "2024-01-01");
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "weekly", 2), "2024-05-20");
    assert_null(entry(&m, MSP_CALENDAR_VISIT, "weekly", 3));
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "third", 0), "2024-03-04");
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "third", 2), "2024-07-15");
    assert_words(entry(&m, MSP_CALENDAR_VISIT, "third", 0), "third: response, marrow");
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "contact", 0), "2025-08-24");
    assert_day(entry(&m, MSP_CALENDAR_VISIT, "contact", 1), "2026-02-24");
    assert_null(entry(&m, MSP_CALENDAR_VISIT, "contact", 2));
    drop(&m);
}

static void a_patient_of_his_own(void **state)
{
    (void)state;
    const msp_patient_value clearance = {"creatinine-clearance", 29.9};
    const msp_cycle_delay delays[] = {{NULL, 2, 7}, {"treat", 2, 3}};
    msp_patient_plan p = plan_of();
    p.values = &clearance;
    p.n_values = 1;
    p.delays = delays;
    p.n_delays = 2;
    p.size = (msp_body_size){{0, 0}, {0, 0}};
    made m;
    make(&m, &p);
    assert_int_equal(m.status, MSP_OK);
    assert_words(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 0), "bortezomib 1 mg/m2 sc");
    assert_true(m.calendar.needs_surface && m.calendar.needs_weight);
    assert_day(entry(&m, MSP_CALENDAR_DOSE, "bortezomib", 4), "2024-02-01");
    assert_day(entry(&m, MSP_CALENDAR_PHASE, "follow", 0), "2025-02-24"); /* by its duration */
    drop(&m);
}

static void what_cannot_be(void **state)
{
    (void)state;
    const msp_cycle_delay late = {NULL, 1, 4000}, nowhere = {"induction", 1, 1};
    const msp_dose_reduction none = {NULL, "carfilzomib", 1, {1, 0}};
    made m;
    msp_patient_plan p = plan_of();
    p.arm = "B";
    make(&m, &p);
    assert_int_equal(m.status, MSP_EUSAGE);
    drop(&m);
    p = plan_of();
    p.delays = &late;
    p.n_delays = 1;
    make(&m, &p);
    assert_int_equal(m.status, MSP_ERANGE);
    drop(&m);
    p.delays = &nowhere;
    make(&m, &p);
    assert_int_equal(m.status, MSP_EUSAGE);
    drop(&m);
    p = plan_of();
    p.reductions = &none;
    p.n_reductions = 1;
    make(&m, &p);
    assert_int_equal(m.status, MSP_EUSAGE);
    assert_null(m.calendar.entries);
    drop(&m);
    p = plan_of();
    p.start = msp_day_from_civil(9999, 1, 1);
    make(&m, &p);
    assert_int_equal(m.status, MSP_ERANGE);
    drop(&m);
}

/* A title in two-octet letters: no line is longer than 75 octets and no letter is cut. */
static void folded(void **state)
{
    (void)state;
    char name[121];
    for (size_t i = 0; i < 60; i++)
        memcpy(name + 2 * i, "\xC3\xA4", 2);
    name[120] = '\0';
    const msp_patient_plan p = plan_of();
    made m;
    make(&m, &p);
    m.calendar.entries[0].kind = MSP_CALENDAR_VISIT;
    m.calendar.entries[0].name = name;
    msp_text ical = {0}, flat = {0};
    msp_calendar_as_ical(&m.calendar, NULL, &ical);
    size_t length = 0;
    for (size_t i = 0; i < ical.len; i++) {
        length = ical.data[i] == '\r' ? 0 : length + (ical.data[i] != '\n');
        assert_true(length <= 75);
        if (i + 2 < ical.len && memcmp(ical.data + i, "\r\n ", 3) == 0) {
            i += 2;
            length = 1;
        } else {
            msp_text_add_char(&flat, ical.data[i]);
        }
    }
    assert_int_equal(msp_utf8_valid(ical.data, ical.len), ical.len);
    assert_non_null(strstr(msp_text_str(&flat), name));
    msp_text_free(&ical);
    msp_text_free(&flat);
    drop(&m);
}

/* Lenalidomide 25 mg and 10 mg on days 1-5, carfilzomib without a cap of its own. */
static const char kidneys[] =
    "mspike: 1\n"
    "trial: {title: T}\n"
    "arms: {A: {regimen: R}}\n"
    "drugs: {R: {class: immunomodulatory, values: LENALIDOMIDE}, carfilzomib: {class: "
    "proteasome-inhibitor}}\n"
    "regimens:\n"
    "  R:\n"
    "    cycle: 28 days\n"
    "    cycles: 1\n"
    "    drugs:\n"
    "      R: {route: oral, dose: 25 mg, schedule: [{days: 1-5}, {days: 11-12, dose: 10 mg}]}\n"
    "      carfilzomib: {route: iv, dose: 27 mg/m2, schedule: [{days: 1}]}\n";

typedef struct renal_case {
    double clearance; /* 0: dialysis */
    const char *label, *words;
    size_t entries; /* of lenalidomide */
} renal_case;

/* The limits of rules.md 5: below 60 (US) or 50 (EU) 10 mg, below 30 15 mg every other day. */
static void lenalidomide_in_renal_failure(void **state)
{
    (void)state;
    static const renal_case cases[] = {
        {60, "us", "R 25 mg oral", 2},
        {59.9, "us", "R 10 mg oral, creatinine clearance 59.9 mL/min (US label)", 2},
        {59.9, "eu", "R 25 mg oral", 2},
        {50, "eu", "R 25 mg oral", 2},
        {49, "eu", "R 10 mg oral, creatinine clearance 49 mL/min (EU label)", 2},
        {30, "eu", "R 10 mg oral, creatinine clearance 30 mL/min (EU label)", 2},
        {29.9, "us", "R 15 mg oral, every other day, creatinine clearance 29.9 mL/min (US label)",
         4},
        {0, "us", "R 5 mg oral, on dialysis, after it (US label)", 2},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        made m = {0};
        msp_findings findings = {0};
        msp_arena arena = {0};
        msp_error err;
        assert_int_equal(
            msp_protocol_parse(kidneys, strlen(kidneys), "t.yaml", &m.protocol, &findings, NULL),
            MSP_OK);
        assert_int_equal(findings.n_errors, 0);
        msp_rules rules = m.protocol.rules;
        assert_int_equal(msp_rules_set(&rules, "renal_label", cases[i].label, &arena, &err),
                         MSP_OK);
        const msp_patient_value value = {"creatinine-clearance", cases[i].clearance};
        msp_patient_plan p = plan_of();
        p.rules = &rules;
        p.values = &value;
        p.n_values = cases[i].clearance > 0;
        p.dialysis = cases[i].clearance == 0;
        assert_int_equal(msp_calendar_make(&m.protocol, &p, &m.calendar, &err), MSP_OK);
        assert_words(entry(&m, MSP_CALENDAR_DOSE, "R", 0), cases[i].words);
        assert_non_null(entry(&m, MSP_CALENDAR_DOSE, "R", cases[i].entries - 1));
        assert_null(entry(&m, MSP_CALENDAR_DOSE, "R", cases[i].entries));
        /* no more than the label says, but never more than was planned */
        const msp_decimal five = {5, 0}, ten = {10, 0};
        assert_int_equal(
            msp_decimal_cmp(entry(&m, MSP_CALENDAR_DOSE, "R", cases[i].entries - 1)->dose.value,
                            cases[i].clearance > 0 ? ten : five),
            0);
        msp_findings_free(&findings);
        msp_arena_free(&arena);
        drop(&m);
    }
}

/* 2.5 m2 are dosed as the rule says: 27 x 2.2 = 59.4 mg; with bsa_cap=2.4 64.8. */
static void carfilzomib_has_a_cap_by_rule(void **state)
{
    (void)state;
    static const char *const caps[] = {"2.2", "2.4"},
                             *const words[] = {
                                 "carfilzomib 27 mg/m2: 59.4 mg iv, body surface taken as 2.2 m2",
                                 "carfilzomib 27 mg/m2: 64.8 mg iv, body surface taken as 2.4 m2"};
    for (size_t i = 0; i < MSP_COUNT(caps); i++) {
        made m = {0};
        msp_findings findings = {0};
        msp_arena arena = {0};
        msp_error err;
        assert_int_equal(
            msp_protocol_parse(kidneys, strlen(kidneys), "t.yaml", &m.protocol, &findings, NULL),
            MSP_OK);
        msp_rules rules = m.protocol.rules;
        assert_int_equal(msp_rules_set(&rules, "bsa_cap", caps[i], &arena, &err), MSP_OK);
        msp_patient_plan p = plan_of();
        p.rules = &rules;
        p.size.surface = (msp_decimal){25, 1};
        assert_int_equal(msp_calendar_make(&m.protocol, &p, &m.calendar, &err), MSP_OK);
        assert_words(entry(&m, MSP_CALENDAR_DOSE, "carfilzomib", 0), words[i]);
        msp_findings_free(&findings);
        msp_arena_free(&arena);
        drop(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lenalidomide_in_renal_failure),
        cmocka_unit_test(carfilzomib_has_a_cap_by_rule),
        cmocka_unit_test(cycles_that_change),
        cmocka_unit_test(series),
        cmocka_unit_test(a_patient_of_his_own),
        cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
