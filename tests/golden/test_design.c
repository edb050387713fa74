/*
 * Every boundary of ../shared/golden/design: its column `hp`, an integration converged to 1e-14.
 */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/design/boundary.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
