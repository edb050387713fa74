/* Treatments as sums of their parts, against netmeta's discomb, and the gate. */
#include "networks.h"

#include "mspike/evidence/additive.h"

enum { MOST = 64 };

typedef struct sample {
    msp_contrast_said said[MOST];
    size_t n;
    msp_parts parts[MOST];
    const char *part[MOST][8];
    msp_pooled pooled;
    msp_arena memory;
} sample;

/* "K+R" is K and R. */
static void split_names(sample *s)
{
    for (size_t t = 0; t < s->pooled.n; t++) {
        char *name = msp_arena_text(&s->memory, s->pooled.treatments[t]);
        size_t n = 0;
        for (char *word = strtok(name, "+"); word != NULL; word = strtok(NULL, "+"))
            s->part[t][n++] = word;
        s->parts[t] = (msp_parts){s->part[t], n};
    }
}

static void pool(sample *s, bool higher)
{
    msp_pooling o = msp_pooling_default();
    o.higher_is_better = higher;
    assert_int_equal(msp_pooled_make(s->said, s->n, &o, &s->pooled, NULL), MSP_OK);
    split_names(s);
}

static void clear(sample *s)
{
    msp_pooled_free(&s->pooled);
    msp_arena_free(&s->memory);
}

static void read_input(const char *path, sample *s)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[400];
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line;
        msp_contrast_said *c = &s->said[s->n++];
        c->study = msp_arena_text(&s->memory, csv_field(&at));
        c->first = msp_arena_text(&s->memory, csv_field(&at));
        c->second = msp_arena_text(&s->memory, csv_field(&at));
        c->estimate = field_number(&at);
        c->std_error = field_number(&at);
    }
    fclose(file);
}

static size_t part_at(const msp_additive *a, const char *name)
{
    size_t k = 0;
    while (k < a->n_part && strcmp(a->part[k], name) != 0)
        k++;
    assert_true(k < a->n_part);
    return k;
}

/* The gate is set so low that it stays open: the numbers behind it are netmeta's. */
static void reference(void **state)
{
    (void)state;
    require_shared("golden/evidence");
    sample s = {0};
    read_input(golden("rrmm_component_itt_pfs", "input.csv"), &s);
    pool(&s, false);
    assert_true(s.pooled.n_components == 3);
    json_t *want = read_json(golden("rrmm_component_itt_pfs", "result.json"));
    for (int random = 0; random < 2; random++) {
        msp_additive a;
        assert_int_equal(msp_additive_make(s.said, s.n, &s.pooled, s.parts,
                                           random ? MSP_TAU_DL : MSP_TAU_COMMON, 1e-12, &a, NULL),
                         MSP_OK);
        assert_near(a.q.q, json_at(want, "Q_additive"), 1e-9);
        assert_near((double)a.q.df, json_at(want, "df_additive"), 0);
        assert_near(a.q.p, json_at(want, "p_additive"), 1e-7);
        assert_near(a.difference.q, a.q.q, 1e-9); /* every network is a tree */
        if (random)
            assert_near(a.tau2, json_at(want, "tau2"), 1e-8);
        size_t i;
        json_t *row;
        json_array_foreach(json_object_get(want, "components"), i, row)
        {
            const char *name = json_string_value(json_object_get(row, "comp"));
            const msp_network_estimate e = a.effect[part_at(&a, name)];
            if (strcmp(name, "R") == 0) { /* cancels in every contrast */
                assert_true(isnan(e.te));
                continue;
            }
            assert_near(e.te, json_at(row, random ? "TE_random" : "TE_common"), 1e-7);
            assert_near(e.se, json_at(row, random ? "se_random" : "se_common"), 1e-7);
        }
        msp_additive_free(&a);
        assert_int_equal(
            msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL),
            MSP_OK);
        assert_int_equal(a.gate, MSP_GATE_REJECTED);
        for (size_t k = 0; k < a.n_part; k++)
            assert_true(isnan(a.effect[k].te));
        assert_true(isnan(msp_additive_compare(&a, 0, 1).te));
        msp_additive_free(&a);
    }
    json_decref(want);
    clear(&s);
}

/* A, B and A+B against P: the sum of -1 and -2 is what the third trial finds, -3 or -3.5. By hand:
 * three estimates, two parts, so Q = misfit^2 / (3 variances). */
static void by_hand(void **state)
{
    (void)state;
    for (int adds_up = 0; adds_up < 2; adds_up++) {
        sample s = {.n = 3,
                    .said = {{"1", "A", "P", -1, 0.1, 0},
                             {"2", "B", "P", -2, 0.1, 0},
                             {"3", "A+B", "P", adds_up ? -3 : -3.5, 0.1, 0}}};
        pool(&s, false);
        s.parts[msp_pooled_index(&s.pooled, "P")].n = 0;
        msp_additive a;
        assert_int_equal(
            msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL),
            MSP_OK);
        assert_near(a.q.q, adds_up ? 0 : 0.25 / 0.03, 1e-9);
        assert_int_equal(a.gate, adds_up ? MSP_GATE_OPEN : MSP_GATE_REJECTED);
        if (adds_up) {
            const size_t ab = msp_pooled_index(&s.pooled, "A+B");
            const msp_network_estimate e =
                msp_additive_compare(&a, ab, msp_pooled_index(&s.pooled, "A"));
            assert_near(e.te, -2, 1e-12);
            assert_near(e.se, sqrt(0.02 / 3), 1e-12);
        }
        msp_additive_free(&a);
        clear(&s);
    }
}

/* Two schedules of the same drug say nothing of the drug: the other trials' Q stays. */
static void same_parts(void **state)
{
    (void)state;
    sample s = {.n = 4,
                .said = {{"1", "A", "P", -1, 0.1, 0},
                         {"2", "B", "P", -2, 0.1, 0},
                         {"3", "A+B", "P", -3.5, 0.1, 0},
                         {"4", "B+A", "A+B", -5, 0.1, 0}}};
    pool(&s, false);
    msp_additive a;
    assert_int_equal(
        msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL), MSP_OK);
    assert_int_equal(a.left_out, 1);
    assert_near((double)a.q.df, 0, 0); /* P is a part here */
    msp_additive_free(&a);
    s.parts[msp_pooled_index(&s.pooled, "P")].n = 0;
    assert_int_equal(
        msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL), MSP_OK);
    assert_near(a.q.q, 0.25 / 0.03, 1e-9);
    msp_additive_free(&a);
    clear(&s);
}

static void what_is_refused(void **state)
{
    (void)state;
    sample s = {.n = 2, .said = {{"1", "A", "P", -1, 0.1, 0}, {"2", "B", "Q", -2, 0.1, 0}}};
    pool(&s, false);
    msp_additive a;
    /* no test is possible, so nothing is bridged */
    assert_int_equal(
        msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL), MSP_OK);
    assert_int_equal(a.gate, MSP_GATE_UNTESTED);
    assert_true(isnan(msp_additive_compare(&a, 0, 1).te));
    msp_additive_free(&a);
    assert_int_equal(
        msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0, &a, NULL),
        MSP_ERANGE);
    msp_additive_free(&a);
    for (size_t t = 0; t < s.pooled.n; t++)
        s.parts[t].n = 0;
    assert_int_equal(
        msp_additive_make(s.said, s.n, &s.pooled, s.parts, MSP_TAU_COMMON, 0.05, &a, NULL),
        MSP_ENODATA);
    msp_additive_free(&a);
    clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(same_parts),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
