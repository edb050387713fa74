/* The shipped protocols are clean, and say what they say. */
#include "near.h"

#include <string.h>

#include "mspike/protocol.h"

/* Reads a protocol that must have no finding of any severity. */
static void read_clean(const char *path, msp_protocol *out)
{
    msp_findings findings = {0};
    msp_error err = {0};
    const msp_status status = msp_protocol_read(path, out, &findings, &err);
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

static void example_for_the_road(void **state)
{
    (void)state;
    msp_protocol p = {0};
    read_clean(project_file("examples/spike-1/protocol.yaml"), &p);
    assert_int_equal(p.version.value, 1);
    assert_int_equal(p.arms.n, 2);
    assert_string_equal(msp_arm_value(msp_protocol_arm(&p, "KRd")), "KRd");
    assert_string_equal(p.data.subjects.table.text, "ADSL");
    assert_string_equal(p.data.cutoff.text, "primary");
    assert_int_equal(msp_protocol_cutoff(&p, "primary")->date.value.earliest,
                     msp_day_from_civil(2022, 3, 31));

    const msp_population *safety = msp_protocol_population(&p, "Safety");
    assert_string_equal(safety->where.items[0].column, "SAFFL");
    assert_string_equal(safety->where.items[0].values.items[0].text, "Y");
    assert_string_equal(msp_population_arm(&p, safety), "TRT01A");
    assert_string_equal(msp_population_table(&p, safety), "ADSL");
    assert_string_equal(msp_population_arm(&p, msp_protocol_population(&p, "ITT")), "TRT01P");

    const msp_endpoint *pfs = msp_protocol_endpoint(&p, "PFS");
    assert_int_equal(pfs->kind.value, MSP_ENDPOINT_TIME_TO_EVENT);
    assert_int_equal(pfs->role.value, MSP_ROLE_PRIMARY);
    assert_int_equal(pfs->events.n, 2);
    assert_int_equal(pfs->events.items[1].value, MSP_EVENT_DEATH);
    assert_int_equal(pfs->from.unit.value, MSP_TIME_DAYS);
    assert_int_equal(pfs->unit.value, MSP_TIME_MONTHS);
    assert_string_equal(pfs->from.event_value.text, "0");

    const msp_analysis *a = msp_protocol_analysis(&p, "pfs-itt");
    assert_true(msp_was_said(a->test.at));
    assert_int_equal(a->test.kind.value, MSP_TEST_LOGRANK);
    assert_int_equal(a->test.strata.n, 2);
    assert_int_equal(a->test.sided.value, 1);
    assert_near(a->hazard_ratio.level.value, 0.95, 0);
    assert_int_equal(a->comparisons.n, 1);
    assert_string_equal(a->comparisons.items[0].control.text, "Rd");
    assert_int_equal(a->survival_at.times.n, 4);
    assert_near(a->survival_at.times.items[3].value, 24, 0);
    assert_int_equal(a->subgroups.n, 6);
    assert_false(msp_was_said(a->restricted_mean.at));
    assert_false(msp_was_said(a->convention.at));

    const msp_subgroup *age = msp_protocol_subgroup(&p, "age");
    assert_int_equal(age->cuts.n, 2);
    assert_near(age->cuts.items[1].value, 75, 0);
    assert_null(msp_protocol_arm(&p, "nobody"));
    msp_protocol_free(&p);
}

/* Facts of the trials, as their sources have them (the abstract, the registry record). */
static void facts_of_ikema(void **state)
{
    (void)state;
    msp_protocol p = {0};
    read_clean(project_file("protocols/ikema.yaml"), &p);
    assert_near(msp_protocol_arm(&p, "Isa-Kd")->allocation.value, 3, 0);
    assert_near(msp_protocol_arm(&p, "Kd")->allocation.value, 2, 0);
    assert_int_equal(p.sites.centres.value, 69);
    assert_int_equal(p.sites.country_count.value, 16);
    assert_int_equal(p.trial.enrolment.first.value.earliest, msp_day_from_civil(2017, 11, 15));

    const msp_regimen *r = msp_protocol_regimen(&p, "Isa-Kd");
    assert_int_equal(r->drugs.n, 3);
    const msp_dosing *isatuximab = &r->drugs.items[0], *carfilzomib = &r->drugs.items[1];
    assert_int_equal(isatuximab->dose.unit, MSP_DOSE_MG_PER_KG);
    assert_int_equal(isatuximab->dose.value.coefficient, 10);
    assert_int_equal(isatuximab->schedule.items[0].days.n, 4);
    assert_int_equal(isatuximab->schedule.items[1].cycles.from, 2);
    assert_int_equal(isatuximab->schedule.items[1].cycles.to, MSP_NO_END);
    assert_int_equal(carfilzomib->infusion.unit, MSP_DURATION_MINUTES);
    assert_int_equal(carfilzomib->steps.items[0].day.value, 8);
    assert_int_equal(carfilzomib->steps.items[0].dose.value.coefficient, 56);
    assert_int_equal(r->cycle.items[0].length.unit, MSP_DURATION_DAYS);

    /* 95 % for medians and 99 % for the ratio; one-sided */
    const msp_analysis *pfs = msp_protocol_analysis(&p, "pfs");
    assert_near(pfs->hazard_ratio.level.value, 0.99, 0);
    assert_near(pfs->median.level.value, 0.95, 0);
    assert_int_equal(pfs->test.sided.value, 1);

    const msp_planned_design *d = &p.design;
    assert_int_equal(d->kind.value, MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL);
    assert_int_equal(d->max_sample_size.value, 302);
    assert_near(d->hazard_ratio.items[0].value.value, 0.59, 0);
    assert_near(d->looks.information.items[0].value, 0.65, 0);
    assert_int_equal(d->looks.efficacy.spending.value, MSP_PLANNED_SPENDING_OBRIEN_FLEMING);
    assert_false(msp_was_said(d->looks.futility.at));
    msp_protocol_free(&p);
}

static void facts_of_krd_asct2(void **state)
{
    (void)state;
    msp_protocol p = {0};
    read_clean(project_file("protocols/krd-asct2.yaml"), &p);
    const msp_arm *arm = &p.arms.items[0];
    static const char *const way[] = {"induction", "transplant", "maintenance", "follow-up"};
    assert_int_equal(arm->phases.n, MSP_COUNT(way));
    for (size_t i = 0; i < MSP_COUNT(way); i++)
        assert_string_equal(arm->phases.items[i].text, way[i]);
    assert_int_equal(msp_protocol_phase(&p, "transplant")->requires.value, MSP_ASKED_PR);
    const msp_phase *maintenance = msp_protocol_phase(&p, "maintenance");
    assert_int_equal(maintenance->duration.value.coefficient, 18);
    assert_int_equal(maintenance->duration.unit, MSP_DURATION_MONTHS);
    const msp_phase *follow_up = msp_protocol_phase(&p, "follow-up");
    assert_int_equal(follow_up->every.unit, MSP_DURATION_MONTHS);
    assert_int_equal(follow_up->duration.unit, MSP_DURATION_YEARS);
    assert_int_equal(msp_protocol_drug(&p, "carfilzomib")->drug_class.value,
                     MSP_DRUG_CLASS_PROTEASOME_INHIBITOR);
    assert_int_equal(p.design.kind.value, MSP_PLANNED_DESIGN_ONE_SAMPLE_LOGRANK);

    /* an endpoint's rules go before the protocol's, and those before the defaults */
    const msp_rules trial = msp_protocol_rules(&p, NULL);
    const msp_rules dor = msp_protocol_rules(&p, msp_protocol_endpoint(&p, "DOR"));
    assert_int_equal(trial.dor_death.value, 0);
    assert_int_equal(dor.dor_death.value, 1);
    assert_int_equal(trial.origin.value, 2);
    assert_int_equal(dor.origin.value, 2);
    assert_int_equal(dor.missed_visits.value, 2);
    assert_false(msp_was_said(dor.missed_visits.at));
    msp_protocol_free(&p);
}

static void every_example_is_clean(void **state)
{
    (void)state;
    static const char *const files[] = {
        "examples/phuse.yaml",     "examples/among.yaml",    "examples/spike-1/protocol.yaml",
        "protocols/aspire.yaml",   "protocols/a061202.yaml", "protocols/ikema.yaml",
        "protocols/krd-asct2.yaml"};
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        msp_protocol p = {0};
        read_clean(project_file(files[i]), &p);
        msp_protocol_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_for_the_road),
        cmocka_unit_test(facts_of_ikema),
        cmocka_unit_test(facts_of_krd_asct2),
        cmocka_unit_test(every_example_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
