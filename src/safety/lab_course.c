#include "mspike/safety/lab_course.h"

bool msp_toxicity_is_graded(msp_toxicity toxicity, msp_ctcae version)
{
    return msp_grade_refusal(toxicity, version) == NULL;
}

static bool is_on_treatment(msp_day day, const msp_treated_time *exposure,
                            const msp_teae_rules *rules)
{
    if (exposure->first == MSP_NO_DAY || day <= exposure->first)
        return false;
    if (rules->stop_at_new_therapy && exposure->next_therapy != MSP_NO_DAY &&
        day >= exposure->next_therapy)
        return false;
    return exposure->last == MSP_NO_DAY || day <= exposure->last + rules->days;
}

/* The last value of the test that is not after the first dose; values are in order of time. */
static const msp_blood *find_baseline(const msp_blood_of *values, msp_blood_test test,
                                      msp_day first)
{
    const msp_blood *last = NULL;
    for (size_t i = 0; i < values->n && first != MSP_NO_DAY; i++)
        if (values->items[i].test == test && values->items[i].day <= first)
            last = &values->items[i];
    return last;
}

/* One value, once for each toxicity of its test that the version grades. */
static void grade_value(const msp_blood *x, const msp_blood *baseline, bool on_treatment,
                        msp_ctcae version, msp_lab_course *out)
{
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++) {
        const msp_toxicity toxicity = (msp_toxicity)t;
        if (msp_toxicity_about(toxicity)->test != (msp_blood_test)x->test ||
            !msp_toxicity_is_graded(toxicity, version))
            continue;
        msp_lab_grade *g = &out->grades[out->n++];
        *g = (msp_lab_grade){.x = x,
                             .baseline = baseline,
                             .toxicity = toxicity,
                             .grade = msp_grade_of(toxicity, version, x, baseline),
                             .baseline_grade = {.grade = MSP_GRADE_UNKNOWN},
                             .is_baseline = x == baseline,
                             .on_treatment = on_treatment};
        if (baseline != NULL)
            g->baseline_grade = msp_grade_of(toxicity, version, baseline, baseline);
    }
}

static void find_shifts(msp_lab_course *c)
{
    msp_lab_grade *worst[MSP_TOXICITY_COUNT] = {NULL};
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++)
        c->shifts[t] = (msp_lab_shift){MSP_GRADE_NOT_MEASURED, MSP_GRADE_NOT_MEASURED, NULL};
    for (size_t i = 0; i < c->n; i++) {
        msp_lab_grade *g = &c->grades[i];
        msp_lab_shift *s = &c->shifts[g->toxicity];
        if (g->is_baseline)
            s->baseline = g->grade.grade;
        if (!g->on_treatment || g->grade.grade <= s->worst)
            continue;
        s->worst = g->grade.grade;
        if (g->grade.grade != MSP_GRADE_UNKNOWN)
            worst[g->toxicity] = g;
    }
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++)
        if (worst[t] != NULL) {
            worst[t]->worst = true;
            c->shifts[t].at = worst[t];
        }
}

/* No test has more than two. */
#define TOXICITIES_OF_A_TEST 2

msp_status msp_lab_course_of(const msp_blood_of *values, const msp_treated_time *exposure,
                             const msp_teae_rules *rules, msp_ctcae version, msp_arena *arena,
                             msp_lab_course *out, msp_error *err)
{
    *out = (msp_lab_course){
        .grades = msp_arena_array(arena, values->n * TOXICITIES_OF_A_TEST + 1, sizeof *out->grades),
        .on_treatment = msp_arena_array(arena, values->n + 1, sizeof *out->on_treatment)};
    if (out->grades == NULL || out->on_treatment == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu grades", values->n);
    for (size_t t = 0; t < MSP_BLOOD_COUNT; t++)
        out->baseline[t] = find_baseline(values, (msp_blood_test)t, exposure->first);
    for (size_t i = 0; i < values->n; i++) {
        const msp_blood *x = &values->items[i];
        out->on_treatment[i] = is_on_treatment(x->day, exposure, rules);
        grade_value(x, out->baseline[x->test], out->on_treatment[i], version, out);
    }
    find_shifts(out);
    return MSP_OK;
}
