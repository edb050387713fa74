/* test_mutants - every threshold and every switch matters: with any one of them changed, the
 * evaluator disagrees with the second one about some random patient.
 *
 * Prints the list of changes and how many patients it took to notice each. */
#include <string.h>

#include "mspike/patient.h"
#include "mspike/response.h"
#include "near.h"
#include "random_patients.h"

#define PATIENTS 20000

static second_patient *drawn;
static msp_patients patients;
static msp_responses responses; /* unchanged: whose rules hold for whom */
static second_answer *answers;
static msp_judge judge;

static int in_days(msp_day day)
{
    return day == MSP_NO_DAY ? NO_DATE : day - FIRST;
}

static bool same(const msp_response_result *got, const second_answer *want)
{
    if ((int)got->type != want->type || (int)got->best != want->best ||
        in_days(got->first_response) != want->first_response ||
        in_days(got->progression) != want->progression ||
        in_days(got->clinical_relapse) != want->clinical ||
        in_days(got->relapse_from_cr) != want->from_cr)
        return false;
    for (size_t k = 0; k < got->n_assessed; k++)
        if (got->assessed[k].raw != want->raw[k] ||
            got->assessed[k].confirmed != want->confirmed[k])
            return false;
    return true;
}

static int setup(void **state)
{
    (void)state;
    msp_text table = {0}, config = {0};
    msp_arena arena = {0};
    msp_rules rules;
    drawn = malloc(PATIENTS * sizeof *drawn);
    answers = malloc(PATIENTS * sizeof *answers);
    if (drawn == NULL || answers == NULL)
        return -1;
    msp_text_add(&table, header);
    for (int i = 0; i < PATIENTS; i++) {
        msp_random r = msp_random_at(7, (uint64_t)i, 0, 0);
        random_patient(&r, &drawn[i], &config);
        add_patient(&table, i, &drawn[i], msp_text_str(&config));
        second_judge(&drawn[i], &answers[i]);
    }
    msp_status rc = msp_rules_default(&arena, &rules, NULL);
    if (rc == MSP_OK)
        rc = msp_tidy_read_memory(table.data, table.len, "random.csv", &patients, NULL, NULL);
    if (rc == MSP_OK)
        rc = msp_responses_judge(&patients, &rules, NULL, &responses, NULL);
    msp_text_free(&table);
    msp_text_free(&config);
    msp_arena_free(&arena);
    return rc == MSP_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    msp_judge_free(&judge);
    msp_responses_free(&responses);
    msp_patients_free(&patients);
    free(drawn);
    free(answers);
    return 0;
}

/* A change to criteria that are in force for a patient. */
typedef struct mutation {
    void (*apply)(const struct mutation *m, msp_criteria *c);
    const char *what;
    size_t row; /* of msp_response_rows */
    size_t offset;
    int64_t by;
} mutation;

/* How many patients it took to see a difference; 0: nobody shows it. */
static size_t noticed_after(const mutation *m)
{
    static msp_criteria changed;
    const msp_criteria *of = NULL;
    for (size_t i = 0; i < patients.n; i++) {
        msp_response_result result;
        if (of != responses.criteria[i]) {
            of = responses.criteria[i];
            changed = *of;
            m->apply(m, &changed);
        }
        assert_int_equal(msp_judge_patient(&judge, &patients.patients[i], &changed, &result, NULL),
                         MSP_OK);
        if (!same(&result, &answers[i]))
            return i + 1;
    }
    return 0;
}

static int survivors;

static void try_it(const mutation *m, const char *name)
{
    const size_t after = noticed_after(m);
    print_message("%-28s %-34s %s %zu\n", name, m->what,
                  after > 0 ? "noticed, patient" : "SURVIVES", after);
    survivors += after == 0;
}

static void nothing(const mutation *m, msp_criteria *c)
{
    (void)m;
    (void)c;
}

static void unchanged_nobody_differs(void **state)
{
    (void)state;
    const mutation none = {.apply = nothing};
    assert_int_equal(noticed_after(&none), 0);
}

/* Row 33 of a level is refused, whatever it looks at. */
static void a_level_has_32_rows(void **state)
{
    (void)state;
    static msp_criteria c;
    msp_response_row rows[MSP_LEVEL_ROWS_MAX + 1];
    msp_rules said;
    msp_response_rules rules;
    msp_arena arena = {0};
    msp_error err;
    assert_int_equal(msp_rules_default(&arena, &said, &err), MSP_OK);
    assert_int_equal(msp_response_rules_of(&said, NULL, &rules, &err), MSP_OK);
    for (size_t i = 0; i <= MSP_LEVEL_ROWS_MAX; i++)
        rows[i] = msp_response_rows[0];
    assert_int_equal(msp_criteria_from_rows(rows, MSP_LEVEL_ROWS_MAX, &rules, &c, &err), MSP_OK);
    assert_int_equal(msp_criteria_from_rows(rows, MSP_LEVEL_ROWS_MAX + 1, &rules, &c, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, MSP_LEVEL_ROWS_MAX);
    msp_arena_free(&arena);
}

/* -- rows -- */

static void recompile(msp_criteria *c)
{
    msp_response_row rows[MSP_RESPONSE_ROWS_MAX];
    const msp_response_rules rules = c->rules;
    const size_t n = c->n_rows;
    memcpy(rows, c->rows, sizeof rows);
    assert_int_equal(msp_criteria_from_rows(rows, n, &rules, c, NULL), MSP_OK);
}

static void change_percent(const mutation *m, msp_criteria *c)
{
    c->rows[m->row].percent += (int)m->by;
}

static void change_amount(const mutation *m, msp_criteria *c)
{
    msp_decimal *amount = &c->rows[m->row].amount;
    *amount = (msp_decimal){amount->coefficient * 10 + m->by, amount->scale + 1};
}

static void change_from(const mutation *m, msp_criteria *c)
{
    msp_decimal *from = &c->rows[m->row].from;
    *from = (msp_decimal){from->coefficient * 10 + m->by, from->scale + 1};
}

static void change_strictness(const mutation *m, msp_criteria *c)
{
    msp_compare *compare = &c->rows[m->row].compare;
    *compare = *compare == MSP_COMPARE_RISE ? MSP_COMPARE_RISE_MORE : MSP_COMPARE_RISE;
}

static void change_repeat(const mutation *m, msp_criteria *c)
{
    c->rows[m->row].repeat = !c->rows[m->row].repeat;
}

static void drop_row(const mutation *m, msp_criteria *c)
{
    c->rows[m->row].types = 0;
    recompile(c);
}

/* Rows of markers that the random patients do not have. */
static bool not_drawn(const msp_response_row *row)
{
    return row->judged == MSP_JUDGED_SECOND || row->judged == MSP_JUDGED_HAEMOGLOBIN ||
           row->judged == MSP_JUDGED_CREATININE || row->judged == MSP_JUDGED_NEW_LESION ||
           row->judged == MSP_JUDGED_LONGER;
}

static void try_row(size_t i)
{
    const msp_response_row *row = &msp_response_rows[i];
    const bool rise = row->compare == MSP_COMPARE_RISE || row->compare == MSP_COMPARE_RISE_MORE;
    const mutation all[] = {
        {drop_row, "dropped", i, 0, 0},
        {change_percent, "percent + 1", i, 0, 1},
        {change_percent, "percent - 1", i, 0, -1},
        {change_amount, "amount + a tenth of its last digit", i, 0, 1},
        {change_amount, "amount + its last digit", i, 0, 10},
        {change_amount, "amount - a tenth of its last digit", i, 0, -1},
        {change_from, "from + a tenth of its last digit", i, 0, 1},
        {change_strictness, ">= for >, or > for >=", i, 0, 0},
        {change_repeat, "repeat or not", i, 0, 0},
    };
    for (size_t k = 0; k < MSP_COUNT(all); k++) {
        const mutation *m = &all[k];
        const bool coarse = row->compare == MSP_COMPARE_ABOVE; /* of values with no finer digit */
        if ((m->apply == change_percent && row->percent == 0) ||
            (m->apply == change_amount && coarse != (m->by == 10) && m->by > 0) ||
            (m->apply == change_amount && row->amount.coefficient == 0) ||
            (m->apply == change_from && row->from.coefficient == 0) ||
            (m->apply == change_strictness && (!rise || row->amount.coefficient == 0)) ||
            (m->apply == change_repeat && row->level != MSP_LEVEL_PD))
            continue;
        try_it(m, row->id);
    }
}

static void every_row_matters(void **state)
{
    (void)state;
    survivors = 0;
    for (size_t i = 0; i < msp_n_response_rows; i++)
        if (!not_drawn(&msp_response_rows[i]))
            try_row(i);
    assert_int_equal(survivors, 0);
}

/* -- switches -- */

static void flip(const mutation *m, msp_criteria *c)
{
    bool *value = (bool *)((char *)&c->rules + m->offset);
    msp_response_rules rules;
    *value = !*value;
    rules = c->rules;
    msp_criteria_init(&rules, c);
}

static void add_days(const mutation *m, msp_criteria *c)
{
    *(int64_t *)((char *)&c->rules + m->offset) += m->by;
}

static void next_choice(const mutation *m, msp_criteria *c)
{
    int *value = (int *)((char *)&c->rules + m->offset);
    *value = (*value + 1) % (int)m->by;
    const msp_response_rules rules = c->rules;
    msp_criteria_init(&rules, c);
}

static void change_limit(const mutation *m, msp_criteria *c)
{
    for (size_t i = 0;
         i < (m->offset == offsetof(msp_response_rules, serum) ? MSP_HEAVY_CHAINS : 1); i++) {
        msp_limit *limit = (msp_limit *)((char *)&c->rules + m->offset) + i;
        limit->at_least =
            (msp_decimal){limit->at_least.coefficient * 100 + m->by, limit->at_least.scale + 2};
    }
}

static void change_decimal(const mutation *m, msp_criteria *c)
{
    msp_decimal *x = (msp_decimal *)((char *)&c->rules + m->offset);
    *x = (msp_decimal){x->coefficient * 10 + m->by, x->scale + 1};
}

#define FLIP(member)                                              \
    {                                                             \
        flip, #member, 0, offsetof(msp_response_rules, member), 0 \
    }
#define DAYS(member, by)                                                       \
    {                                                                          \
        add_days, #member " " #by, 0, offsetof(msp_response_rules, member), by \
    }
#define CHOICE(member, n)                                                \
    {                                                                    \
        next_choice, #member, 0, offsetof(msp_response_rules, member), n \
    }
#define LIMIT(member, by)                                                          \
    {                                                                              \
        change_limit, #member " " #by, 0, offsetof(msp_response_rules, member), by \
    }
#define DECIMAL(member, by)                                                          \
    {                                                                                \
        change_decimal, #member " " #by, 0, offsetof(msp_response_rules, member), by \
    }

static const mutation switches[] = {
    CHOICE(edition, 3),
    CHOICE(same_day, 3),
    CHOICE(missing, 3),
    CHOICE(death, 3),
    LIMIT(serum, +1),
    LIMIT(serum, -100),
    LIMIT(urine, +1),
    LIMIT(urine, -1000),
    LIMIT(flc, +1),
    LIMIT(flc, -1000),
    LIMIT(marrow, +1),
    LIMIT(marrow, -100),
    FLIP(plasmacytoma_only),
    FLIP(baseline_screening),
    DAYS(baseline_window_days, +1),
    DAYS(baseline_window_days, -1),
    DAYS(baseline_window_imaging_days, +3),
    DAYS(baseline_window_imaging_days, -14),
    DECIMAL(ratio_low, +1),
    DECIMAL(ratio_low, -10),
    DECIMAL(ratio_high, -1),
    DECIMAL(ratio_high, +10),
    DECIMAL(renal_ratio_low, +1),
    DECIMAL(renal_ratio_high, -1),
    FLIP(ratio_renal),
    FLIP(nadir_confirmed),
    FLIP(urine_with_pct),
    FLIP(vgpr_urine_waived),
    FLIP(vgpr_serum_red90),
    FLIP(marrow_of_visit),
    FLIP(cr_from_first_negative),
    FLIP(imaging_of_visit),
    FLIP(antibody_assumed),
    FLIP(include_new_therapy),
    FLIP(carry_best),
    FLIP(mr_flc),
    FLIP(relapse_cr_confirm),
    DAYS(urine_carry_days, +28),
    DAYS(confirm_min_days, +28),
    DAYS(sd_min_days, +28),
    FLIP(pd_measurable_only),
    FLIP(pd_ge5_with25),
    FLIP(flc_escape),
    FLIP(hypercalcaemia),
    FLIP(pd_simultaneous),
    FLIP(pd_same_marker),
    FLIP(pd_date_second),
    FLIP(pd_after_new_therapy),
    FLIP(pd_count_unconfirmed),
};

static void every_switch_matters(void **state)
{
    (void)state;
    survivors = 0;
    for (size_t i = 0; i < MSP_COUNT(switches); i++)
        try_it(&switches[i], "switch");
    assert_int_equal(survivors, 0);
}

/* -- bounds -- */

enum { BELOW = MSP_MEASURED_BELOW, ABOVE = MSP_MEASURED_ABOVE, EQUAL = MSP_MEASURED_OR_EQUAL };
#define BOUND (BELOW | ABOVE | EQUAL)

/* A bound that is read as another one, or as the number that it names. */
typedef struct misreading {
    msp_marker marker;
    const char *what;
    unsigned from, to;
} misreading;

#define MISREAD_AS_NUMBER(marker)                \
    {MSP_MARKER_##marker, "<x as x", BELOW, 0},  \
    {                                            \
        MSP_MARKER_##marker, ">x as x", ABOVE, 0 \
    }
#define MISREAD_SIGNS(marker)                                     \
    {MSP_MARKER_##marker, "<x as <=x", BELOW, BELOW | EQUAL},     \
        {MSP_MARKER_##marker, "<=x as <x", BELOW | EQUAL, BELOW}, \
        {MSP_MARKER_##marker, ">x as >=x", ABOVE, ABOVE | EQUAL}, \
    {                                                             \
        MSP_MARKER_##marker, ">=x as >x", ABOVE | EQUAL, ABOVE    \
    }

/* "<x" of an M-protein is 0; of the others the sign of equality decides where a row asks for less
 * or more than a number. */
static const misreading misreadings[] = {
    {MSP_MARKER_SERUM_M, ">x as x", ABOVE, 0},
    {MSP_MARKER_SERUM_M, ">x as >=x", ABOVE, ABOVE | EQUAL},
    {MSP_MARKER_URINE_M, ">x as x", ABOVE, 0},
    {MSP_MARKER_URINE_M, ">x as >=x", ABOVE, ABOVE | EQUAL},
    MISREAD_AS_NUMBER(KAPPA),
    MISREAD_SIGNS(KAPPA),
    MISREAD_AS_NUMBER(LAMBDA),
    MISREAD_SIGNS(LAMBDA),
    MISREAD_AS_NUMBER(MARROW),
    {MSP_MARKER_MARROW, "<x as <=x", BELOW, BELOW | EQUAL},
    {MSP_MARKER_MARROW, "<=x as <x", BELOW | EQUAL, BELOW},
    MISREAD_AS_NUMBER(SPD),
    MISREAD_AS_NUMBER(CALCIUM),
    {MSP_MARKER_CALCIUM, ">x as >=x", ABOVE, ABOVE | EQUAL},
    {MSP_MARKER_CALCIUM, ">=x as >x", ABOVE | EQUAL, ABOVE},
    MISREAD_AS_NUMBER(CIRCULATING),
};

/* How many patients it took to see a difference; 0: nobody shows it. */
static size_t misread_after(const misreading *m)
{
    static msp_measured values[ROWS_MAX * MSP_MARKER_COUNT];
    for (size_t i = 0; i < patients.n; i++) {
        msp_patient p = patients.patients[i];
        msp_response_result result;
        size_t changed = 0;
        for (size_t k = 0; k < p.n_measured; k++) {
            values[k] = p.measured[k];
            if (values[k].marker != m->marker || (values[k].flags & BOUND) != m->from)
                continue;
            values[k].flags = (uint8_t)((values[k].flags & ~(unsigned)BOUND) | m->to);
            changed++;
        }
        p.measured = values;
        if (changed == 0)
            continue;
        assert_int_equal(msp_judge_patient(&judge, &p, responses.criteria[i], &result, NULL),
                         MSP_OK);
        if (!same(&result, &answers[i]))
            return i + 1;
    }
    return 0;
}

static void every_bound_matters(void **state)
{
    (void)state;
    survivors = 0;
    for (size_t i = 0; i < MSP_COUNT(misreadings); i++) {
        const misreading *m = &misreadings[i];
        const size_t after = misread_after(m);
        print_message("%-28s %-34s %s %zu\n", msp_marker_about(m->marker)->text, m->what,
                      after > 0 ? "noticed, patient" : "SURVIVES", after);
        survivors += after == 0;
    }
    assert_int_equal(survivors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_nobody_differs), cmocka_unit_test(a_level_has_32_rows),
        cmocka_unit_test(every_row_matters), cmocka_unit_test(every_bound_matters),
        cmocka_unit_test(every_switch_matters)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
