/*
 * Every figure of ../shared/golden/design and ../shared/golden/analysis: the column `hp`, an
 * integration converged to 1e-14, where there is one (1e-12 absolute); sizes and calendars of rpact
 * 3.3.4 elsewhere, to the tolerance it reaches. Simon's designs by clinfun 1.1.5.
 */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/design.h"

static json_t *load(const char *name)
{
    json_error_t error;
    json_t *file = json_load_file(shared_file(name), 0, &error);
    if (file == NULL)
        fail_msg("%s: %s", name, error.text);
    return file;
}

static double number(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static size_t numbers(const json_t *item, const char *key, double out[MSP_LOOKS_MAX])
{
    const json_t *list = json_object_get(item, key);
    for (size_t i = 0; i < json_array_size(list); i++)
        out[i] = json_number_value(json_array_get(list, i));
    return json_array_size(list);
}

/* The names that rpact gives. */
static msp_boundary boundary_of(const char *type, double parameter)
{
    static const struct {
        const char *name;
        msp_boundary boundary;
    } names[] = {
        {"OF", {.kind = MSP_BOUNDARY_WANG_TSIATIS}},
        {"P", {.kind = MSP_BOUNDARY_WANG_TSIATIS, .parameter = 0.5}},
        {"WT", {.kind = MSP_BOUNDARY_WANG_TSIATIS}},
        {"asOF", {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
        {"bsOF", {.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING}},
        {"asP", {.kind = MSP_BOUNDARY_LAN_DEMETS_POCOCK}},
        {"asKD", {.kind = MSP_BOUNDARY_KIM_DEMETS}},
        {"asHSD", {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI}},
        {"bsHSD", {.kind = MSP_BOUNDARY_HWANG_SHIH_DECANI}},
        {"asUser", {.kind = MSP_BOUNDARY_USER}},
    };
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        if (strcmp(names[i].name, type) == 0) {
            msp_boundary b = names[i].boundary;
            if (!isnan(parameter))
                b.parameter = parameter;
            return b;
        }
    fail_msg("unknown kind %s", type);
    return (msp_boundary){0};
}

static msp_looks looks_of(const json_t *d)
{
    msp_looks l = {.alpha = number(d, "alpha"), .sided = 1};
    if (number(d, "sided") == 2)
        l.sided = 2;
    l.n = numbers(d, "information_rates", l.information);
    l.efficacy = boundary_of(json_string_value(json_object_get(d, "type")), number(d, "parameter"));
    l.efficacy.n_values = numbers(d, "user_alpha", l.efficacy.values);
    memcpy(l.efficacy.times, l.information, sizeof l.information);
    const char *beta = json_string_value(json_object_get(d, "beta_spending"));
    if (beta != NULL)
        l.futility = boundary_of(beta, number(d, "beta_parameter"));
    else if (json_is_array(json_object_get(d, "futility_bounds")))
        l.futility = (msp_boundary){.kind = MSP_BOUNDARY_FIXED};
    if (l.futility.kind == MSP_BOUNDARY_FIXED)
        l.futility.n_values = numbers(d, "futility_bounds", l.futility.values);
    l.binding = json_is_true(json_object_get(d, "binding"));
    return l;
}

static void compare(const json_t *hp, const char *key, const double *got)
{
    double want[MSP_LOOKS_MAX];
    const size_t n = numbers(hp, key, want);
    for (size_t k = 0; k < n; k++)
        if (!(fabs(got[k] - want[k]) < 1e-12))
            fail_msg("%s[%zu]: got %.17g, want %.17g", key, k, got[k], want[k]);
}

static void boundaries(void **state)
{
    (void)state;
    require_shared("golden/design/group_sequential.json");
    json_t *file = load("golden/design/group_sequential.json");
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(file, "designs"), i, item)
    {
        const json_t *d = json_object_get(item, "design"), *hp = json_object_get(item, "hp");
        const msp_looks l = looks_of(d);
        msp_boundaries b;
        msp_error err;
        print_message("%s\n", json_string_value(json_object_get(item, "id")));
        if (msp_boundaries_for_power(&l, 1 - number(d, "beta"), &b, &err) != MSP_OK)
            fail_msg("%s", err.text);
        compare(hp, "critical_values", b.upper);
        compare(hp, "futility_bounds", b.lower);
        compare(hp, "reject_h1_upper", b.upper_h1);
        if (l.sided == 1 && l.futility.kind == MSP_BOUNDARY_NONE)
            b.lower_h0[l.n - 1] = b.lower_h1[l.n - 1] = 0; /* hp counts no acceptance there */
        compare(hp, "stop_lower_h1", b.lower_h1);
        compare(hp, "reject_h0_upper", b.upper_h0);
        compare(hp, "stop_lower_h0", b.lower_h0);
        assert_near(b.drift * b.drift, number(hp, "shift"), 1e-12);
        assert_near(b.inflation, number(hp, "inflation_factor"), 1e-12);
        assert_near(b.expected_h1, number(hp, "asn_h1_fraction"), 1e-12);
        assert_near(b.expected_h0, number(hp, "asn_h0_fraction"), 1e-12);
    }
    assert_true(i > 15);
    json_decref(file);
}

/* -- sizes and calendars -- */

/* Plans as the items of sample_size_survival.json have them. */
typedef struct plan_space {
    double from[2][MSP_LOOKS_MAX], rate[2][MSP_LOOKS_MAX];
    double intensity_from[MSP_LOOKS_MAX], intensity[MSP_LOOKS_MAX];
} plan_space;

static void set_hazards(const json_t *in, double ratio, msp_survival_plan *p, plan_space *m)
{
    const json_t *pieces = json_object_get(in, "piecewise");
    size_t n = 1;
    if (json_is_object(pieces)) {
        n = numbers(pieces, "start", m->from[1]);
        numbers(pieces, "lambda2", m->rate[1]);
    } else {
        m->rate[1][0] = log(2) / number(in, "median_control");
    }
    for (size_t i = 0; i < n; i++) {
        m->from[0][i] = m->from[1][i];
        m->rate[0][i] = ratio * m->rate[1][i];
    }
    for (int g = 0; g < 2; g++) {
        p->trial.arm[g].hazard = (msp_steps){n, m->from[g], m->rate[g]};
        p->trial.arm[g].dropout =
            -log1p(-number(in, g == 0 ? "dropout1" : "dropout2")) / number(in, "dropout_time");
    }
}

static void set_intake(const json_t *in, msp_survival_plan *p, plan_space *m)
{
    double times[MSP_LOOKS_MAX];
    const size_t n = numbers(in, "accrual_time", times);
    size_t n_rates = numbers(in, "accrual_intensity", m->intensity);
    p->rates_are_known = n_rates > 0;
    if (n_rates == 0) {
        m->intensity[0] = 1;
        n_rates = 1;
    } else {
        memcpy(m->intensity_from, times, n_rates * sizeof *times);
    }
    p->trial.enrolment.rate = (msp_steps){n_rates, m->intensity_from, m->intensity};
    p->trial.enrolment.duration = times[n - 1];
}

static msp_survival_plan plan_of(const json_t *in, plan_space *m)
{
    *m = (plan_space){0};
    const double ratio = number(in, "allocation_treatment_per_control");
    msp_survival_plan p = {.looks = looks_of(in), .has_enrolment = true};
    p.hazard_ratio = number(in, "hr");
    p.share = ratio / (1 + ratio);
    p.power = 1 - number(in, "beta");
    p.events = NAN;
    p.sample_size = number(in, "max_subjects");
    p.follow_up = number(in, "follow_up");
    p.trial.arm[0].share = p.share;
    p.trial.arm[1].share = 1 - p.share;
    set_hazards(in, p.hazard_ratio, &p, m);
    set_intake(in, &p, m);
    return p;
}

static void compare_to(const json_t *rpact, const char *key, const double *got, double tolerance)
{
    double want[MSP_LOOKS_MAX];
    const size_t n = numbers(rpact, key, want);
    for (size_t k = 0; k < n; k++)
        if (!(fabs(got[k] - want[k]) <= tolerance * fabs(want[k])))
            fail_msg("%s[%zu]: got %.17g, want %.17g", key, k, got[k], want[k]);
}

/* With one look rpact is right to 1e-9; with more its boundaries are off by up to 5e-7, and with
 * them what follows from them. */
static void sizes(void **state)
{
    (void)state;
    require_shared("golden/design/sample_size_survival.json");
    json_t *file = load("golden/design/sample_size_survival.json");
    size_t i, compared = 0;
    const json_t *item;
    json_array_foreach(json_object_get(file, "items"), i, item)
    {
        const json_t *in = json_object_get(item, "input"), *r = json_object_get(item, "rpact");
        const json_t *formulas = json_object_get(item, "events_formula");
        const char *formula = json_string_value(json_object_get(in, "formula"));
        plan_space m;
        msp_survival_plan p = plan_of(in, &m);
        msp_survival_design d;
        msp_error err;
        p.formula =
            strcmp(formula, "Schoenfeld") == 0 ? MSP_EFFECT_SCHOENFELD : MSP_EFFECT_FREEDMAN;
        if (msp_survival_design_find(&p, &d, &err) != MSP_OK)
            fail_msg("%s", err.text);
        const double tolerance = p.looks.n == 1 ? 1e-9 : 1e-6;
        const bool freedman = p.formula == MSP_EFFECT_FREEDMAN;
        assert_near(d.events, number(formulas, freedman ? "freedman" : "schoenfeld"), tolerance);
        if (strcmp(formula, "HsiehFreedman") == 0)
            continue; /* rpact's other formula with unequal arms, which we do not have */
        print_message("%s\n", json_string_value(json_object_get(item, "id")));
        compare_to(r, "max_subjects", &d.sample_size, tolerance);
        compare_to(r, "max_study_duration", &d.study_duration, tolerance);
        compare_to(r, "follow_up_time", &d.follow_up, tolerance);
        compare_to(r, "study_duration", &d.duration_h1, tolerance);
        compare_to(r, "analysis_time", d.look_time, tolerance);
        compare_to(r, "events_per_stage", d.look_events, tolerance);
        compare_to(r, "expected_events_h1", &d.events_h1, tolerance);
        compare_to(r, "critical_effect", d.upper_ratio, tolerance);
        compare_to(r, "subjects_per_stage", d.look_enrolled, tolerance);
        compare_to(json_object_get(item, "hp"), "expected_events_at_T", &d.events, tolerance);
        compared++;
    }
    assert_true(compared > 7);
    json_decref(file);
}

/* Power from events: what rpact and lrstat say of the same trial. */
static void crosscheck(void **state)
{
    (void)state;
    require_shared("golden/design/crosscheck_packages.json");
    json_t *file = load("golden/design/crosscheck_packages.json");
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(file, "items"), i, item)
    {
        const json_t *in = json_object_get(item, "input");
        const double r = number(in, "ratio"), zero = 0, one = 1, hr = number(in, "hr");
        const double control = log(2) / number(in, "med"), experimental = hr * control;
        msp_survival_plan p = {.hazard_ratio = hr,
                               .share = r / (1 + r),
                               .power = NAN,
                               .events = number(item, "events_rounded"),
                               .has_enrolment = true,
                               .sample_size = number(in, "N"),
                               .follow_up = NAN};
        p.looks = (msp_looks){.alpha = number(in, "alpha"), .sided = 1};
        p.looks.n = numbers(item, "information_rates", p.looks.information);
        p.looks.efficacy.kind = MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING;
        p.trial.arm[0] = (msp_arm_course){p.share, {1, &zero, &experimental}, number(in, "eta")};
        p.trial.arm[1] = (msp_arm_course){1 - p.share, {1, &zero, &control}, number(in, "eta")};
        p.trial.enrolment = (msp_intake){{1, &zero, &one}, number(in, "R")};
        msp_survival_design d;
        msp_error err;
        print_message("%s\n", json_string_value(json_object_get(in, "id")));
        if (msp_survival_design_find(&p, &d, &err) != MSP_OK)
            fail_msg("%s", err.text);
        assert_near(d.boundaries.power, number(item, "rpact_power"), 1e-8);
        compare_to(item, "rpact_reject_per_stage", d.boundaries.upper_h1, 1e-6);
        compare_to(item, "rpact_analysis_time", d.look_time, 1e-8);
        compare_to(item, "lrstat_analysis_time", d.look_time, 1e-6);
    }
    json_decref(file);
}

/* -- looks -- */

static double last(const json_t *hp, const char *key)
{
    const json_t *value = json_object_get(hp, key);
    return json_is_array(value)
               ? json_number_value(json_array_get(value, json_array_size(value) - 1))
               : number(hp, key);
}

static void same(double got, const json_t *hp, const char *key)
{
    if (json_object_get(hp, key) != NULL && !(fabs(got - last(hp, key)) < 1e-11))
        fail_msg("%s: got %.17g, want %.17g", key, got, last(hp, key));
}

static void looks(void **state)
{
    (void)state;
    require_shared("golden/analysis/group_sequential_analysis.json");
    json_t *file = load("golden/analysis/group_sequential_analysis.json");
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(file, "items"), i, item)
    {
        const json_t *design = json_object_get(item, "design");
        const json_t *data = json_object_get(item, "data"), *hp = json_object_get(item, "hp");
        const double r = number(data, "allocation"), ratio = number(data, "thetaH1");
        msp_look_data look = {.as_planned = true};
        look.n = numbers(data, "cumulative_events", look.events);
        numbers(data, "cumulative_logrank_z", look.z);
        for (size_t k = 0; k < look.n; k++)
            look.z[k] = -look.z[k];
        msp_survival_plan p = {.looks = looks_of(design),
                               .hazard_ratio = isnan(ratio) ? 0.6 : ratio,
                               .share = r / (1 + r),
                               .power = NAN,
                               .sample_size = NAN,
                               .follow_up = NAN};
        p.events = look.events[look.n - 1] / p.looks.information[look.n - 1];
        msp_survival_design d;
        msp_look_analysis a;
        msp_error err;
        print_message("%s\n", json_string_value(json_object_get(item, "id")));
        if (msp_survival_design_find(&p, &d, &err) != MSP_OK ||
            msp_look_analyse(&p, &d, &look, &a, &err) != MSP_OK)
            fail_msg("%s", err.text);
        compare(hp, "critical_values", a.boundaries.upper);
        same(a.estimate, hp, "hr_from_logrank");
        same(a.repeated.lower, hp, "repeated_ci_lower");
        same(a.repeated.upper, hp, "repeated_ci_upper");
        same(a.stage_wise_p, hp, "stagewise_p");
        same(a.median_unbiased, hp, "median_unbiased_hr");
        same(a.final.lower, hp, "final_ci_lower");
        same(a.final.upper, hp, "final_ci_upper");
        const json_t *power = json_array_get(
            json_object_get(json_object_get(item, "rpact"), "conditional_power"), p.looks.n - 1);
        if (json_is_number(power))
            assert_near(isnan(ratio) ? a.conditional_power_trend : a.conditional_power,
                        json_number_value(power), 1e-7);
    }
    assert_true(i > 6);
    json_decref(file);
}

/* -- Simon -- */

static void simon_case(const json_t *item, const char *key, msp_simon_choice choice)
{
    const json_t *want = json_object_get(item, key);
    msp_simon s;
    msp_error err;
    if (msp_simon_find(number(item, "p0"), number(item, "p1"), number(item, "alpha"),
                       1 - number(item, "beta"), 0, choice, &s, &err) != MSP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(s.r1, (int64_t)number(want, "r1"));
    assert_int_equal(s.n1, (int64_t)number(want, "n1"));
    assert_int_equal(s.r, (int64_t)number(want, "r"));
    assert_int_equal(s.n, (int64_t)number(want, "n"));
    assert_near(s.expected_n_h0, number(want, "en_p0"), 1e-12);
    assert_near(s.stop_early_h0, number(want, "pet_p0"), 1e-12);
    assert_near(s.alpha, number(want, "alpha"), 1e-12);
    assert_near(s.power, number(want, "power"), 1e-12);
}

static void simon(void **state)
{
    (void)state;
    require_shared("golden/binomial/simon.json");
    json_t *file = load("golden/binomial/simon.json");
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(file, "items"), i, item)
    {
        simon_case(item, "optimal", MSP_SIMON_OPTIMAL);
        simon_case(item, "minimax", MSP_SIMON_MINIMAX);
    }
    assert_true(i > 3);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundaries), cmocka_unit_test(sizes), cmocka_unit_test(crosscheck),
        cmocka_unit_test(looks),      cmocka_unit_test(simon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
