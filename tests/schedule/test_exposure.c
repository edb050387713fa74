/* Exposure by hand: cycles from days and from names, delays on and beside their limit, dose
 * intensity, reductions, omissions. The numbers are worked out in docs/methods/exposure.md or here.
 */
#include "near.h"

#include <string.h>

#include "mspike/schedule.h"

/* A: two drugs of 28-day cycles. P: two cycles, transplant, maintenance of 21 days. */
static const char text[] =
    "mspike: 1\n"
    "trial: {title: T, acronym: T1, cutoffs: {final: 2024-06-30}}\n"
    "data: {cutoff: final}\n"
    "arms: {A: {regimen: Kd}, P: {phases: [induction, asct, maintenance]}}\n"
    "drugs: {carfilzomib: {class: proteasome-inhibitor}, dexamethasone: {class: steroid},\n"
    "        lenalidomide: {class: immunomodulatory}}\n"
    "regimens:\n"
    "  Kd:\n"
    "    cycle: 28 days\n"
    "    until: progression\n"
    "    drugs:\n"
    "      carfilzomib:\n"
    "        route: iv\n"
    "        dose: 20 mg/m2\n"
    "        steps: [{cycle: 1, day: 8, dose: 56 mg/m2}]\n"
    "        schedule: [{cycles: 1-3, days: [1, 8, 15]}, {cycles: 4-, days: [1, 15]}]\n"
    "      dexamethasone: {route: oral, dose: 20 mg, schedule: [{days: [1, 8, 15, 22]}]}\n"
    "  Len: {cycle: 21 days, until: progression, drugs: {lenalidomide: {route: oral, dose: 10 mg,\n"
    "        schedule: [{days: 1-21}]}}}\n"
    "phases:\n"
    "  induction: {kind: induction, regimen: Kd, cycles: 2}\n"
    "  asct: {kind: transplant}\n"
    "  maintenance: {kind: maintenance, regimen: Len}\n";

enum { ROWS_MAX = 200 };

typedef struct made {
    msp_protocol protocol;
    msp_patient patient;
    msp_given given[ROWS_MAX];
    msp_patient_plan plan;
    msp_rules rules;
    msp_disposition disposition;
    msp_arena arena;
    msp_dosage got;
    msp_day start;
} made;

static int setup(void **state)
{
    static made m;
    msp_findings findings = {0};
    memset(&m, 0, sizeof m);
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &m.protocol, &findings, NULL),
                     MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    msp_findings_free(&findings);
    m.start = msp_day_from_civil(2024, 1, 1);
    m.disposition = msp_disposition_none();
    m.patient = (msp_patient){.given = m.given,
                              .transplant = MSP_NO_DAY,
                              .death = MSP_NO_DAY,
                              .disposition = &m.disposition};
    m.plan = (msp_patient_plan){.arm = "A", .size = {{200, 2}, {70, 0}}};
    *state = &m;
    return 0;
}

static int teardown(void **state)
{
    made *m = *state;
    msp_arena_free(&m->arena);
    msp_protocol_free(&m->protocol);
    return 0;
}

/* A dose on day `day` of treatment, from 1. */
static msp_given *give(made *m, const char *drug, int64_t amount, int unit, int day)
{
    msp_given *g = &m->given[m->patient.n_given++];
    assert_true(m->patient.n_given <= ROWS_MAX);
    *g = (msp_given){.drug = drug,
                     .amount = {.known = true, .value = {amount, 0}},
                     .unit = unit,
                     .first = m->start + day - 1,
                     .last = m->start + day - 1,
                     .every = 1,
                     .times = 1};
    return g;
}

static void dex(made *m, int day)
{
    give(m, "dexamethasone", 20, MSP_DOSE_MG, day);
}

/* All four doses of a cycle that begins on `day`. */
static void dex_cycle(made *m, int day)
{
    for (int i = 0; i < 4; i++)
        dex(m, day + 7 * i);
}

static void find(made *m)
{
    msp_error err = {0};
    assert_int_equal(msp_dosage_find(&m->protocol, &m->patient, &m->plan, &m->arena, &m->got, &err),
                     MSP_OK);
}

static const msp_drug_exposure *drug(const made *m, const char *id)
{
    for (size_t i = 0; i < m->got.n_drugs; i++)
        if (strcmp(m->got.drugs[i].drug, id) == 0)
            return &m->got.drugs[i];
    fail_msg("no %s", id);
    return NULL;
}

/* -- cycles and delays -- */

static void three_days_late_is_no_delay_and_four_are(void **state)
{
    made *m = *state;
    dex_cycle(m, 1);
    dex_cycle(m, 29 + 3);
    dex_cycle(m, 32 + 28 + 4);
    find(m);
    assert_int_equal(m->got.n_cycles, 3);
    assert_int_equal(m->got.cycles[0].planned, MSP_NO_DAY);
    assert_int_equal(m->got.cycles[1].planned, m->start + 28);
    assert_int_equal(m->got.cycles[1].late, 3);
    assert_false(m->got.cycles[1].delayed);
    assert_int_equal(m->got.cycles[2].planned, m->start + 31 + 28); /* from the actual start */
    assert_int_equal(m->got.cycles[2].start, m->start + 63);
    assert_int_equal(m->got.cycles[2].late, 4);
    assert_true(m->got.cycles[2].delayed);
    assert_int_equal(m->got.n_delays, 1);
    assert_int_equal(m->got.days_delayed, 4);
}

static void the_switch_moves_the_limit(void **state)
{
    made *m = *state;
    msp_error err = {0};
    dex_cycle(m, 1);
    dex_cycle(m, 29 + 3);
    dex_cycle(m, 32 + 28 + 4);
    const struct {
        const char *days;
        int64_t delays, sum;
    } cases[] = {{"0", 2, 7}, {"2", 2, 7}, {"3", 1, 4}, {"4", 0, 0}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        m->rules = m->protocol.rules;
        assert_int_equal(msp_rules_set(&m->rules, "delay_days", cases[i].days, &m->arena, &err),
                         MSP_OK);
        m->plan.rules = &m->rules;
        find(m);
        assert_int_equal(m->got.n_delays, cases[i].delays);
        assert_int_equal(m->got.days_delayed, cases[i].sum);
    }
}

static void a_late_dose_of_a_cycle_begins_no_cycle(void **state)
{
    made *m = *state;
    dex_cycle(m, 1);
    dex(m, 25);           /* day 22 again: before day 26, three days before the planned start */
    dex_cycle(m, 29 - 3); /* the earliest */
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
    assert_int_equal(m->got.cycles[1].late, -3);
    assert_int_equal(m->got.n_delays, 0);
}

/* Maintenance is given on all 21 days: a dose before the planned start is of the cycle that runs.
 */
static void doses_without_a_pause_are_cut_by_the_plan(void **state)
{
    made *m = *state;
    m->plan.arm = "P";
    m->patient.transplant = m->start + 60;
    dex_cycle(m, 1);
    msp_given *g = give(m, "lenalidomide", 10, MSP_DOSE_MG, 100);
    g->last = g->first + 62; /* 63 days in one row */
    find(m);
    assert_int_equal(m->got.n_cycles, 4); /* induction 1; maintenance 1 to 3 */
    assert_string_equal(m->got.cycles[1].phase, "maintenance");
    assert_int_equal(m->got.cycles[1].cycle, 1);
    assert_int_equal(m->got.cycles[1].planned, MSP_NO_DAY); /* after a transplant: no plan */
    assert_int_equal(m->got.cycles[3].cycle, 3);
    assert_int_equal(m->got.cycles[3].late, 0);
    assert_int_equal(m->got.n_delays, 0);
    /* induction 28 days, maintenance 63; not the 71 days between */
    assert_near(m->got.actual_weeks, (28 + 63) / 7.0, 1e-12);
    assert_near(m->got.planned_weeks, (28 + 63) / 7.0, 1e-12);
}

/* A row over the rest days too: no cycle begins early in it, and one of its own after it can. */
static void a_row_of_many_days_is_cut_by_the_plan(void **state)
{
    made *m = *state;
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 1)->last = m->start + 40;
    dex(m, 57 - 3);
    find(m);
    assert_int_equal(m->got.n_cycles, 3);
    assert_int_equal(m->got.cycles[1].late, 0);
    assert_int_equal(m->got.cycles[2].late, -3);
}

/* Rows of their own on the last days of 21: those are days of this cycle's plan. */
static void a_planned_day_is_of_its_cycle(void **state)
{
    made *m = *state;
    m->plan.arm = "P";
    m->patient.transplant = m->start + 60;
    dex_cycle(m, 1);
    for (int day = 100; day < 100 + 24; day++)
        give(m, "lenalidomide", 10, MSP_DOSE_MG, day);
    find(m);
    assert_int_equal(m->got.n_cycles, 3);
    assert_int_equal(m->got.cycles[2].late, 0);
}

/* A row that goes on and one that begins the next cycle early, on one day: both are of that. */
static void doses_of_one_day_are_of_one_cycle(void **state)
{
    made *m = *state;
    msp_given *g = give(m, "dexamethasone", 10, MSP_DOSE_MG, 1);
    g->last = m->start + 26;
    g->every = 26; /* days 1 and 27 */
    give(m, "dexamethasone", 10, MSP_DOSE_MG, 27);
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
    assert_int_equal(drug(m, "dexamethasone")->days, 2);
}

/* Without a transplant the third cycle is of the next phase, as induction has two. */
static void phases_end_with_their_cycles(void **state)
{
    made *m = *state;
    m->plan.arm = "P";
    dex_cycle(m, 1);
    dex_cycle(m, 29);
    give(m, "lenalidomide", 10, MSP_DOSE_MG, 57 + 5);
    find(m);
    assert_int_equal(m->got.n_cycles, 3);
    assert_string_equal(m->got.cycles[2].phase, "maintenance");
    assert_false(m->got.cycles[2].delayed);
    assert_near(m->got.actual_weeks, (56 + 21) / 7.0, 1e-12);
}

static void by_days_a_long_pause_is_one_delay(void **state)
{
    made *m = *state;
    dex_cycle(m, 1);
    dex_cycle(m, 29 + 30);
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
    assert_int_equal(m->got.cycles[1].cycle, 2);
    assert_int_equal(m->got.cycles[1].late, 30);
    assert_int_equal(m->got.n_passed, 0);
}

static void by_name_a_cycle_can_be_passed_over(void **state)
{
    made *m = *state;
    for (int i = 0; i < 4; i++)
        give(m, "dexamethasone", 20, MSP_DOSE_MG, 1 + 7 * i)->cycle = 1;
    for (int i = 0; i < 4; i++)
        give(m, "dexamethasone", 20, MSP_DOSE_MG, 59 + 7 * i)->cycle = 3;
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
    assert_int_equal(m->got.cycles[1].cycle, 3);
    assert_int_equal(m->got.cycles[1].planned, m->start + 56);
    assert_int_equal(m->got.cycles[1].late, 2);
    assert_int_equal(m->got.n_passed, 1);
    assert_near(m->got.planned_weeks, 12, 1e-12);
    assert_near(m->got.actual_weeks, (58 + 28) / 7.0, 1e-12);
    const msp_drug_exposure *d = drug(m, "dexamethasone");
    assert_near(d->planned, 240, 1e-12);
    assert_near(d->given, 160, 1e-12);
    assert_int_equal(d->omissions, 4);
}

/* A name outweighs the day: a dose of cycle 1 on a day of cycle 2, and cycle 2 begun early. */
static void names_outweigh_days(void **state)
{
    made *m = *state;
    dex(m, 1);
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 30)->cycle = 1;
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 36)->cycle = 2;
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
    assert_int_equal(m->got.cycles[1].start, m->start + 35);
    assert_int_equal(m->got.cycles[1].late, 7);
    /* of a cycle that has begun before, after another one has: it begins none */
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 37)->cycle = 1;
    find(m);
    assert_int_equal(m->got.n_cycles, 2);
}

static void phases_number_their_cycles_anew_or_through(void **state)
{
    made *m = *state;
    m->plan.arm = "P";
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 1)->cycle = 1;
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 29)->cycle = 2;
    msp_given *g = give(m, "lenalidomide", 10, MSP_DOSE_MG, 60);
    g->cycle = 1;
    find(m);
    assert_int_equal(m->got.n_cycles, 3);
    assert_string_equal(m->got.cycles[2].phase, "maintenance");
    assert_int_equal(m->got.cycles[2].cycle, 1);
    g->cycle = 3;
    find(m);
    assert_string_equal(m->got.cycles[2].phase, "maintenance");
    assert_int_equal(m->got.cycles[2].cycle, 1);
}

static void nothing_given_is_nothing_known(void **state)
{
    made *m = *state;
    find(m);
    assert_int_equal(m->got.n_cycles, 0);
    give(m, "dexamethasone", 20, MSP_DOSE_MG, 1)->first = MSP_NO_DAY;
    find(m);
    assert_int_equal(m->got.n_cycles, 0);
    give(m, "lenalidomide", 10, MSP_DOSE_MG, 1); /* no drug of this arm */
    find(m);
    assert_int_equal(m->got.n_cycles, 0);
    m->plan.arm = "B";
    msp_error err = {0};
    assert_int_equal(msp_dosage_find(&m->protocol, &m->patient, &m->plan, &m->arena, &m->got, &err),
                     MSP_EUSAGE);
}

/* -- dose intensity -- */

/* Body surface 2.00 m2: 40 mg on day 1, then 112 mg. Two cycles, the second three days late and
 * without day 15; dexamethasone all given. */
static void intensity_by_hand(void **state)
{
    made *m = *state;
    const int days[] = {1, 8, 15, 32, 39};
    for (size_t i = 0; i < MSP_COUNT(days); i++)
        give(m, "carfilzomib", i == 0 ? 40 : 112, MSP_DOSE_MG, days[i]);
    dex_cycle(m, 1);
    dex_cycle(m, 32);
    find(m);
    const msp_drug_exposure *k = drug(m, "carfilzomib"), *d = drug(m, "dexamethasone");
    assert_null(k->note);
    assert_string_equal(k->unit, "mg");
    assert_near(k->planned, 40 + 5 * 112, 1e-12);
    assert_near(k->given, 40 + 4 * 112, 1e-12);
    assert_near(m->got.planned_weeks, 8, 1e-12);
    assert_near(m->got.actual_weeks, (31 + 28) / 7.0, 1e-12);
    assert_near(k->planned_rate, 600 / 8.0, 1e-12);
    assert_near(k->given_rate, 488 * 7 / 59.0, 1e-12);
    assert_near(k->relative, 100 * (488 * 7 / 59.0) / 75, 1e-10);
    assert_int_equal(k->days, 5);
    assert_int_equal(k->reductions, 0); /* 20 to 56 is planned */
    assert_int_equal(k->omissions, 0);  /* its last dose is on day 8 */
    assert_near(d->relative, 100 * 56 / 59.0, 1e-10);
}

/* In the unit of the plan nothing of the body is needed. */
static void doses_in_the_unit_of_the_plan(void **state)
{
    made *m = *state;
    m->plan.size = (msp_body_size){0};
    give(m, "carfilzomib", 20, MSP_DOSE_MG_PER_M2, 1);
    give(m, "carfilzomib", 56, MSP_DOSE_MG_PER_M2, 8);
    give(m, "carfilzomib", 56, MSP_DOSE_MG_PER_M2, 15);
    find(m);
    assert_null(drug(m, "carfilzomib")->note);
    assert_string_equal(drug(m, "carfilzomib")->unit, "mg/m2");
    assert_near(drug(m, "carfilzomib")->relative, 100, 1e-12);
    m->given[1].unit = MSP_DOSE_MG;
    find(m);
    assert_string_equal(drug(m, "carfilzomib")->note, "doses in more than one unit");
    for (int i = 0; i < 3; i++)
        m->given[i].unit = MSP_DOSE_MG;
    find(m);
    assert_string_equal(drug(m, "carfilzomib")->note, "the body surface is not known");
    assert_near(drug(m, "carfilzomib")->given, 132, 1e-12); /* known for itself */
    assert_near(drug(m, "carfilzomib")->relative, (double)NAN, 0);
    assert_int_equal(drug(m, "carfilzomib")->reductions, -1);
}

/* Weeks end with treatment, death, the crossover: day 15 of a cycle of 28. */
static void weeks_end_with_treatment(void **state)
{
    made *m = *state;
    msp_crossed crossed = {.day = m->start + 15};
    dex(m, 1);
    dex(m, 8);
    find(m);
    assert_near(m->got.actual_weeks, 4, 1e-12);
    m->disposition.treatment_ended = m->start + 14;
    find(m);
    assert_near(m->got.actual_weeks, 15 / 7.0, 1e-12);
    assert_near(drug(m, "dexamethasone")->relative, 100 * (40 / (15 / 7.0)) / 20, 1e-10);
    m->disposition.treatment_ended = m->start + 2; /* before the last dose: that counts */
    find(m);
    assert_near(m->got.actual_weeks, 8 / 7.0, 1e-12);
    m->disposition.treatment_ended = MSP_NO_DAY;
    m->patient.death = m->start + 14;
    find(m);
    assert_near(m->got.actual_weeks, 15 / 7.0, 1e-12);
    m->patient.death = MSP_NO_DAY;
    const msp_day start = m->start;
    m->start = msp_day_from_civil(2024, 6, 30) - 14; /* day 15 is the cut-off */
    m->patient.n_given = 0;
    dex(m, 1);
    dex(m, 8);
    find(m);
    assert_near(m->got.actual_weeks, 15 / 7.0, 1e-12);
    m->start = start;
    m->patient.n_given = 0;
    dex(m, 1);
    dex(m, 8);
    m->patient.crossed = &crossed;
    find(m);
    assert_near(m->got.actual_weeks, 15 / 7.0, 1e-12);
}

static void a_drug_never_given_has_none_of_its_dose(void **state)
{
    made *m = *state;
    dex_cycle(m, 1);
    find(m);
    assert_near(drug(m, "carfilzomib")->relative, 0, 0);
    assert_near(drug(m, "carfilzomib")->planned, 40 + 2 * 112, 1e-12);
    assert_int_equal(drug(m, "carfilzomib")->days, 0);
    assert_int_equal(drug(m, "carfilzomib")->reductions, 0);
    assert_int_equal(drug(m, "carfilzomib")->omissions, 0);
}

/* -- reductions and omissions -- */

static void reductions_are_counted_step_by_step(void **state)
{
    made *m = *state;
    const int64_t mg[] = {20, 20, 12, 12, 8, 8, 20, 12};
    for (int i = 0; i < 8; i++)
        give(m, "dexamethasone", mg[i], MSP_DOSE_MG, 1 + 7 * i);
    find(m);
    assert_int_equal(drug(m, "dexamethasone")->reductions, 3); /* 12, 8; up again; 12 */
    assert_int_equal(drug(m, "dexamethasone")->omissions, 0);
}

/* By body surface: 112 mg planned; 101 is within a tenth, 100 is not. */
static void rounding_by_body_size_is_no_reduction(void **state)
{
    made *m = *state;
    give(m, "carfilzomib", 40, MSP_DOSE_MG, 1);
    give(m, "carfilzomib", 101, MSP_DOSE_MG, 8);
    find(m);
    assert_int_equal(drug(m, "carfilzomib")->reductions, 0);
    m->given[1].amount.value.coefficient = 100;
    find(m);
    assert_int_equal(drug(m, "carfilzomib")->reductions, 1);
}

/* 12 mg in the morning and 8 in the evening are 20. */
static void doses_of_one_day_are_one(void **state)
{
    made *m = *state;
    give(m, "dexamethasone", 12, MSP_DOSE_MG, 1);
    give(m, "dexamethasone", 8, MSP_DOSE_MG, 1);
    give(m, "dexamethasone", 10, MSP_DOSE_MG, 8)->times = 2;
    find(m);
    assert_int_equal(drug(m, "dexamethasone")->days, 2);
    assert_int_equal(drug(m, "dexamethasone")->reductions, 0);
    assert_near(drug(m, "dexamethasone")->given, 40, 1e-12);
}

static void omissions_are_up_to_the_last_dose(void **state)
{
    made *m = *state;
    dex(m, 1);
    dex(m, 15);
    find(m);
    assert_int_equal(drug(m, "dexamethasone")->omissions, 1); /* day 8; day 22 is after it */
    dex_cycle(m, 29);
    find(m);
    assert_int_equal(drug(m, "dexamethasone")->omissions, 2);
}

/* From cycle 4 on carfilzomib has no day 8: nothing is omitted there. */
static void what_is_not_planned_is_not_omitted(void **state)
{
    made *m = *state;
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < 3; i++)
            if (c < 3 || i != 1)
                give(m, "carfilzomib", c == 0 && i == 0 ? 40 : 112, MSP_DOSE_MG,
                     1 + 28 * c + 7 * i);
    find(m);
    assert_int_equal(m->got.n_cycles, 4);
    assert_int_equal(drug(m, "carfilzomib")->omissions, 0);
    assert_near(drug(m, "carfilzomib")->relative, 100, 1e-10);
}

/* -- what cannot be known -- */

static void faults_of_rows_are_said(void **state)
{
    made *m = *state;
    const struct {
        const char *note;
        int what;
    } cases[] = {{"a dose without its day", 0},
                 {"a dose of which the end is not known", 1},
                 {"how often a dose was given is not known", 2},
                 {"a dose without its amount", 3},
                 {"a dose without a unit of dose", 4},
                 {"a dose that goes on for more than ten years", 5}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        m->patient.n_given = 0;
        dex(m, 1);
        dex(m, 8);
        msp_given *g = &m->given[1];
        switch (cases[i].what) {
        case 0:
            g->first = MSP_NO_DAY;
            break;
        case 1:
            g->last = MSP_NO_DAY;
            break;
        case 2:
            g->times = 0;
            break;
        case 3:
            g->amount.known = false;
            break;
        case 4:
            g->unit = -1;
            break;
        default:
            g->last = g->first + 3661;
            break;
        }
        find(m);
        assert_int_equal(m->got.n_cycles, 1);
        assert_string_equal(drug(m, "dexamethasone")->note, cases[i].note);
        assert_near(drug(m, "dexamethasone")->relative, (double)NAN, 0);
        const bool dated = cases[i].what == 3 || cases[i].what == 4;
        assert_int_equal(drug(m, "dexamethasone")->days, dated ? 2 : -1);
        assert_int_equal(drug(m, "dexamethasone")->omissions, dated ? 0 : -1);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(three_days_late_is_no_delay_and_four_are),
        TEST(the_switch_moves_the_limit),
        TEST(a_late_dose_of_a_cycle_begins_no_cycle),
        TEST(doses_without_a_pause_are_cut_by_the_plan),
        TEST(a_row_of_many_days_is_cut_by_the_plan),
        TEST(a_planned_day_is_of_its_cycle),
        TEST(doses_of_one_day_are_of_one_cycle),
        TEST(phases_end_with_their_cycles),
        TEST(by_days_a_long_pause_is_one_delay),
        TEST(by_name_a_cycle_can_be_passed_over),
        TEST(names_outweigh_days),
        TEST(phases_number_their_cycles_anew_or_through),
        TEST(nothing_given_is_nothing_known),
        TEST(intensity_by_hand),
        TEST(doses_in_the_unit_of_the_plan),
        TEST(weeks_end_with_treatment),
        TEST(a_drug_never_given_has_none_of_its_dose),
        TEST(reductions_are_counted_step_by_step),
        TEST(rounding_by_body_size_is_no_reduction),
        TEST(doses_of_one_day_are_one),
        TEST(omissions_are_up_to_the_last_dose),
        TEST(what_is_not_planned_is_not_omitted),
        TEST(faults_of_rows_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
