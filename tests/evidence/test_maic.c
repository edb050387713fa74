/* Population adjustment. Expected numbers: ../shared/golden/population-adjustment (base R's optim
 * and survival 3.5-3 on multinma's simulated trials), closed forms, and other ways to the same. */
#include "near.h"

#include <jansson.h>
#include <string.h>

#include "mspike/evidence/maic.h"
#include "mspike/table.h"

enum { MOST = 500 };

/* One of the trials with patients, Pbo 0 and another 1. */
typedef struct trial {
    size_t n;
    double time[MOST], x[MOST * 5];
    uint8_t event[MOST], arm[MOST];
} trial;

static double value(const msp_table *t, const char *column, size_t row)
{
    const msp_column *c = msp_table_column(t, column);
    assert_non_null(c);
    return c->number[row];
}

static const char *text(const msp_table *t, const char *column, size_t row)
{
    const msp_column *c = msp_table_column(t, column);
    assert_non_null(c);
    return c->text[c->code[row]];
}

/* Columns: age, (age squared), stage III, response, male. */
static trial *read_trial(const char *name, bool squared)
{
    msp_table t;
    trial *out = calloc(1, sizeof *out);
    assert_non_null(out);
    assert_int_equal(
        msp_table_read(shared_file("golden/population-adjustment/ndmm_ipd.csv"), NULL, &t, NULL),
        MSP_OK);
    for (size_t row = 0; row < t.n_rows; row++) {
        if (strcmp(text(&t, "study", row), name) != 0)
            continue;
        const size_t i = out->n++, p = squared ? 5 : 4;
        double *x = &out->x[i * p];
        out->time[i] = value(&t, "eventtime", row);
        out->event[i] = value(&t, "status", row) > 0;
        out->arm[i] = strcmp(text(&t, "trt", row), "Pbo") != 0;
        *x++ = value(&t, "age", row);
        if (squared)
            *x++ = value(&t, "age", row) * value(&t, "age", row);
        *x++ = value(&t, "iss_stage3", row);
        *x++ = value(&t, "response_cr_vgpr", row);
        *x++ = value(&t, "male", row);
    }
    msp_table_free(&t);
    return out;
}

static void against(const char *key, bool squared, const char *weights)
{
    const char *root = "golden/population-adjustment/result.json";
    json_t *file = json_load_file(shared_file(root), 0, NULL);
    json_t *want = json_object_get(file, key);
    json_t *target_said = json_object_get(want, "target");
    assert_non_null(want);
    double target[5];
    size_t p = 0;
    const char *name;
    json_t *v;
    json_object_foreach(target_said, name, v) target[p++] = json_number_value(v);
    trial *t = read_trial("McCarthy2012", squared);
    msp_maic m;
    assert_int_equal(msp_maic_weigh(t->x, t->n, p, target, &m, NULL), MSP_OK);
    assert_int_equal(m.state, MSP_MAIC_BALANCED);
    assert_true(m.imbalance < 1e-10);
    assert_near(m.ess, json_number_value(json_object_get(want, "ess")), 1e-8);
    size_t k = 0;
    json_object_foreach(json_object_get(want, "coef_unscaled"), name, v)
    {
        assert_near(m.coef[k], json_number_value(v), squared && k == 4 ? 1e-6 : 1e-8);
        k++;
    }
    msp_table table;
    assert_int_equal(
        msp_table_read(
            shared_file("golden/population-adjustment/maic_weights_mccarthy_to_morgan.csv"), NULL,
            &table, NULL),
        MSP_OK);
    for (size_t i = 0; i < t->n; i++)
        assert_near(m.weight[i], value(&table, weights, i), 1e-7);
    msp_table_free(&table);
    msp_weighted_hazard h;
    assert_int_equal(msp_weighted_hazard_fit(t->time, t->event, t->arm, m.weight, t->n, &h, NULL),
                     MSP_OK);
    assert_near(h.log_hr, json_number_value(json_object_get(want, "cox_loghr")), 1e-7);
    assert_near(h.naive_se, json_number_value(json_object_get(want, "cox_naive_se")), 1e-7);
    assert_near(h.robust_se, json_number_value(json_object_get(want, "cox_robust_se")), 1e-7);
    msp_maic_free(&m);
    msp_maic_free(&m);
    free(t);
    json_decref(file);
}

static void reference(void **state)
{
    (void)state;
    require_shared("golden/population-adjustment/result.json");
    against("maic_means", false, "w_means");
    against("maic_means_and_age_variance", true, "w_means_var");
}

/* One covariate of 0 and 1: weights are target / share and (1 - target) / (1 - share). */
static void closed_form(void **state)
{
    (void)state;
    const double x[] = {1, 1, 1, 0, 0}, target = 0.4;
    msp_maic m;
    assert_int_equal(msp_maic_weigh(x, 5, 1, &target, &m, NULL), MSP_OK);
    for (size_t i = 0; i < 5; i++)
        assert_near(m.weight[i], x[i] > 0 ? 0.4 / 0.6 : 0.6 / 0.4, 1e-12);
    assert_near(m.coef[0], log(0.4 / 0.6 / (0.6 / 0.4)), 1e-12);
    assert_near(m.ess, 25 / (3 * 4. / 9 + 2 * 9. / 4), 1e-12);
    assert_near(m.largest_weight, 0.3, 1e-12);
    msp_maic_free(&m);
}

static void where_there_is_no_answer(void **state)
{
    (void)state;
    const double x[] = {0, 0, 1, 0, 0, 1, 1, 1, 0.2, 0.3}; /* the unit square */
    const struct {
        double target[2];
        msp_maic_state state;
    } cases[] = {
        {{0.5, 0.9}, MSP_MAIC_BALANCED},   {{1.1, 0.5}, MSP_MAIC_OUTSIDE},
        {{-0.01, -3}, MSP_MAIC_OUTSIDE},   {{0.5, 1.0}, MSP_MAIC_BALANCED},
        {{0.001, 0.5}, MSP_MAIC_BALANCED},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_maic m;
        assert_int_equal(msp_maic_weigh(x, 5, 2, cases[i].target, &m, NULL), MSP_OK);
        assert_int_equal(m.state, cases[i].state);
        assert_int_equal(m.note == NULL, m.state == MSP_MAIC_BALANCED);
        assert_int_equal(isnan(m.ess), m.state != MSP_MAIC_BALANCED);
        msp_maic_free(&m);
    }
    msp_error err;
    msp_maic m;
    const double bad[] = {0, 0, (double)NAN, 0};
    assert_int_equal(msp_maic_weigh(bad, 2, 2, cases[0].target, &m, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
    assert_int_equal(msp_maic_weigh(x, 0, 2, cases[0].target, &m, &err), MSP_ENODATA);
}

/* On the border only the patients who lie on it have weight: two of the unit square's corners. */
static void on_the_border(void **state)
{
    (void)state;
    const double x[] = {0, 0, 1, 0, 0, 1, 1, 1, 0.2, 0.3}, target[] = {0.5, 1};
    msp_maic m;
    assert_int_equal(msp_maic_weigh(x, 5, 2, target, &m, NULL), MSP_OK);
    assert_int_equal(m.state, MSP_MAIC_BALANCED);
    assert_near(m.weight[2], 2.5, 1e-9);
    assert_near(m.weight[3], 2.5, 1e-9);
    assert_near(m.ess, 2, 1e-9);
    msp_maic_free(&m);
}

/* The same column twice: the weights are those of one, and a target that contradicts it is none. */
static void dependent_columns(void **state)
{
    (void)state;
    const double x[] = {1, 2, 1, 2, 1, 2, 0, 0, 0, 0}, target[] = {0.4, 0.8}, other[] = {0.4, 0.5};
    msp_maic m;
    assert_int_equal(msp_maic_weigh(x, 5, 2, target, &m, NULL), MSP_OK);
    assert_int_equal(m.state, MSP_MAIC_BALANCED);
    assert_near(m.weight[0], 0.4 / 0.6, 1e-12);
    msp_maic_free(&m);
    assert_int_equal(msp_maic_weigh(x, 5, 2, other, &m, NULL), MSP_OK);
    assert_int_equal(m.state, MSP_MAIC_NO_BALANCE);
    msp_maic_free(&m);
}

/* Weights that are counts: the estimate is that of the patients written so often (no two events at
 * one time), which Cox's model without weights gives. */
static void weights_as_counts(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4, 5, 6, 7, 8}, weight[] = {1, 1, 1, 1, 1, 1, 1, 1};
    const uint8_t event[] = {1, 1, 0, 1, 1, 0, 1, 1}, arm[] = {0, 1, 0, 0, 1, 1, 0, 1};
    msp_weighted_hazard h;
    assert_int_equal(msp_weighted_hazard_fit(time, event, arm, weight, 8, &h, NULL), MSP_OK);
    msp_order order;
    assert_int_equal(
        msp_order_init(&order, &(msp_follow_up){.n = 8, .time = time, .event = event}, NULL),
        MSP_OK);
    double x[8];
    for (size_t i = 0; i < 8; i++)
        x[i] = arm[i];
    const msp_cox_options options = msp_cox_options_default(MSP_CONVENTION_R);
    msp_cox cox;
    assert_int_equal(
        msp_cox_fit(&order, &(msp_cox_column){.value = x}, 1, NULL, 1, &options, &cox, NULL),
        MSP_OK);
    assert_near(h.log_hr, cox.coefficients[0].coef, 1e-11);
    assert_near(h.naive_se, cox.coefficients[0].std_error, 1e-11);
    msp_cox_free(&cox);
    msp_order_free(&order);

    double scaled[8];
    for (size_t i = 0; i < 8; i++)
        scaled[i] = 3;
    msp_weighted_hazard s;
    assert_int_equal(msp_weighted_hazard_fit(time, event, arm, scaled, 8, &s, NULL), MSP_OK);
    assert_near(s.log_hr, h.log_hr, 1e-12);
    assert_near(s.robust_se, h.robust_se, 1e-12);
    assert_near(s.naive_se, h.naive_se / sqrt(3), 1e-12);
}

/* Several events at one time, with weights. R 4.2.2, survival 3.5-3: coxph(Surv(t, e) ~ a,
 * weights = w, robust = TRUE). */
static void tied_events(void **state)
{
    (void)state;
    const double time[] = {1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6};
    const double weight[] = {.5, 2, 1, 1.5, .7, 1, .3, 2.2, 1, .9, 1.1, .4};
    const uint8_t event[] = {1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0};
    const uint8_t arm[] = {0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1};
    msp_weighted_hazard h;
    assert_int_equal(msp_weighted_hazard_fit(time, event, arm, weight, 12, &h, NULL), MSP_OK);
    assert_near(h.log_hr, -0.226869312250197, 1e-12);
    assert_near(h.naive_se, 0.634330098636340, 1e-12);
    assert_near(h.robust_se, 0.526519082628538, 1e-12);
}

/* Events in one arm only; of one arm only. */
static void weighted_corners(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4}, weight[] = {1, 2, 1, 2};
    const uint8_t event[] = {1, 1, 0, 0}, arm[] = {1, 1, 0, 0}, same[] = {0, 0, 0, 0};
    const uint8_t wrong[] = {0, 2, 0, 0};
    msp_weighted_hazard h;
    msp_error err;
    assert_int_equal(msp_weighted_hazard_fit(time, event, arm, weight, 4, &h, NULL), MSP_OK);
    assert_true(isinf(h.log_hr) && h.log_hr > 0);
    assert_int_equal(msp_weighted_hazard_fit(time, event, same, weight, 4, &h, &err), MSP_ENODATA);
    assert_int_equal(msp_weighted_hazard_fit(time, event, wrong, weight, 4, &h, &err), MSP_ERANGE);
    assert_int_equal(err.row, 1);
}

/* R 4.2.2, survival 3.5-3, of the McCarthy trial:
 * coxph(Surv(eventtime, status) ~ trt * (I(age - 63.9235991515199) + I(iss - 0.363414634146341) +
 *       I(resp - 0.717073170731707) + I(male - 0.619512195121951))) */
static void model_at_the_target(void **state)
{
    (void)state;
    require_shared("golden/population-adjustment/ndmm_ipd.csv");
    const double target[] = {63.9235991515199, 0.363414634146341, 0.717073170731707,
                             0.619512195121951};
    trial *t = read_trial("McCarthy2012", false);
    msp_stc s;
    assert_int_equal(msp_stc_fit(t->time, t->event, t->arm, t->x, t->n, 4, target, &s, NULL),
                     MSP_OK);
    assert_near(s.log_hr, -0.541974880104841, 1e-7);
    assert_near(s.std_error, 0.178932335988208, 1e-7);
    assert_null(s.note);
    free(t);
}

static void gate(void **state)
{
    (void)state;
    msp_indirect i;
    assert_int_equal(msp_maic_indirect(-0.5, 0.3, -0.1, 0.4, true, 50, 30, 0.95, &i, NULL), MSP_OK);
    assert_near(i.estimate, -0.4, 1e-14);
    assert_near(i.std_error, 0.5, 1e-14);
    assert_near(i.upper, -0.4 + 0.5 * 1.959963984540054, 1e-14);
    assert_near(i.p, 0.4237107971667934, 1e-12); /* 2 Phi(-0.8) */
    assert_non_null(strstr(i.caveat, "anchored"));
    assert_int_equal(msp_maic_indirect(-0.5, 0.3, -0.1, 0.4, false, 20, 30, 0.95, &i, NULL),
                     MSP_OK);
    assert_false(i.enough);
    assert_true(isnan(i.estimate) && isnan(i.p));
    assert_non_null(strstr(i.caveat, "unanchored"));
    assert_int_equal(msp_maic_indirect(0, 0, 0, 1, true, 50, 30, 0.95, &i, NULL), MSP_ERANGE);
    assert_int_equal(msp_maic_indirect(0, 1, 0, 1, true, 50, 30, 1, &i, NULL), MSP_ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference),
        cmocka_unit_test(closed_form),
        cmocka_unit_test(where_there_is_no_answer),
        cmocka_unit_test(on_the_border),
        cmocka_unit_test(dependent_columns),
        cmocka_unit_test(weights_as_counts),
        cmocka_unit_test(tied_events),
        cmocka_unit_test(weighted_corners),
        cmocka_unit_test(model_at_the_target),
        cmocka_unit_test(gate),
    };
    return cmocka_run_group_tests_name("evidence/maic", tests, NULL, NULL);
}
