/* Grades on and beside every cut-off of CTCAE 4.03, 5.0 and 6.0. Expected values are read off the
 * published tables (rules.md 6.1; version 6 and mmol/L from pharmaverse's admiral 1.4). */
#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/file.h"
#include "mspike/safety.h"

static msp_decimal number(const char *text)
{
    msp_decimal x;
    assert_true(msp_decimal_parse(text, strlen(text), &x));
    return x;
}

/* "3.2", "<0.5"; limits "" where there are none. */
static msp_blood blood(msp_blood_test test, uint8_t unit, const char *value, const char *lower,
                       const char *upper)
{
    msp_blood x = {.test = (uint8_t)test, .unit = unit};
    if (*value == '<')
        x.flags |= MSP_BLOOD_BELOW;
    if (*value == '>')
        x.flags |= MSP_BLOOD_ABOVE;
    x.value = number(value + (x.flags != 0));
    if (*lower != '\0') {
        x.lower = number(lower);
        x.flags |= MSP_BLOOD_HAS_LOWER;
    }
    if (*upper != '\0') {
        x.upper = number(upper);
        x.flags |= MSP_BLOOD_HAS_UPPER;
    }
    return x;
}

typedef struct graded {
    const char *value;
    int v4, v5, v6;
} graded;

#define NE MSP_GRADE_UNKNOWN

/* The value before treatment; NULL: there is none. */
static const msp_blood *before;
static bool fasting;

static void expect(msp_toxicity t, uint8_t unit, const char *lower, const char *upper,
                   const graded *cases, size_t n)
{
    static const msp_ctcae versions[] = {MSP_CTCAE_4, MSP_CTCAE_5, MSP_CTCAE_6};
    for (size_t i = 0; i < n; i++) {
        const int expected[] = {cases[i].v4, cases[i].v5, cases[i].v6};
        msp_blood x = blood(msp_toxicity_about(t)->test, unit, cases[i].value, lower, upper);
        if (fasting)
            x.flags |= MSP_BLOOD_FASTING;
        for (size_t v = 0; v < 3; v++) {
            const msp_grade g = msp_grade_of(t, versions[v], &x, before);
            if (g.grade != expected[v])
                print_message("%s, version %s: %s is %d, expected %d\n",
                              msp_toxicity_about(t)->term, msp_ctcae_name(versions[v]),
                              cases[i].value, g.grade, expected[v]);
            assert_int_equal(g.grade, expected[v]);
        }
    }
}
#define EXPECT(toxicity, unit, lower, upper, ...)                                     \
    do {                                                                              \
        static const graded cases[] = {__VA_ARGS__};                                  \
        expect(MSP_TOXICITY_##toxicity, unit, lower, upper, cases, MSP_COUNT(cases)); \
    } while (0)

static void blood_counts(void **state)
{
    (void)state;
    EXPECT(ANAEMIA, 0, "12.0", "", {"12.0", 0, 0, 0}, {"11.99", 1, 1, 1}, {"10.0", 1, 1, 1},
           {"9.99", 2, 2, 2}, {"8.0", 2, 2, 2}, {"7.99", 3, 3, 3}, {"2", 3, 3, 3});
    EXPECT(ANAEMIA, 1, "7.4", "", {"7.4", 0, 0, 0}, {"7.39", 1, 1, 1}, {"6.2", 1, 1, 1},
           {"6.19", 2, 2, 2}, {"4.9", 2, 2, 2}, {"4.89", 3, 3, 3});
    EXPECT(NEUTROPHILS, 0, "1.8", "", {"1.8", 0, 0, 0}, {"1.79", 1, 1, 0}, {"1.5", 1, 1, 0},
           {"1.49", 2, 2, 1}, {"1.0", 2, 2, 1}, {"0.99", 3, 3, 2}, {"0.5", 3, 3, 2},
           {"0.49", 4, 4, 3}, {"0.1", 4, 4, 3}, {"0.09", 4, 4, 4});
    EXPECT(PLATELETS, 0, "150", "", {"150", 0, 0, 0}, {"149", 1, 1, 1}, {"75", 1, 1, 1},
           {"74.9", 2, 2, 2}, {"50", 2, 2, 2}, {"49.9", 3, 3, 3}, {"25", 3, 3, 3},
           {"24.9", 4, 4, 3}, {"10", 4, 4, 3}, {"9.9", 4, 4, 4});
    EXPECT(LYMPHOCYTES, 0, "1.0", "", {"1.0", 0, 0, NE}, {"0.99", 1, 1, NE}, {"0.8", 1, 1, NE},
           {"0.79", 2, 2, NE}, {"0.5", 2, 2, NE}, {"0.49", 3, 3, NE}, {"0.2", 3, 3, NE},
           {"0.19", 4, 4, NE});
    EXPECT(LEUCOCYTES, 0, "4.0", "", {"4.0", 0, 0, 0}, {"3.99", 1, 1, 1}, {"3.0", 1, 1, 1},
           {"2.99", 2, 2, 2}, {"2.0", 2, 2, 2}, {"1.99", 3, 3, 3}, {"1.0", 3, 3, 3},
           {"0.99", 4, 4, 4});
}

static void electrolytes(void **state)
{
    (void)state;
    EXPECT(HYPERCALCAEMIA, 0, "", "10.5", {"10.5", 0, 0, 0}, {"10.51", 1, 1, 1}, {"11.5", 1, 1, 1},
           {"11.51", 2, 2, 2}, {"12.5", 2, 2, 2}, {"12.51", 3, 3, 3}, {"13.5", 3, 3, 3},
           {"13.51", 4, 4, 4});
    EXPECT(HYPERCALCAEMIA, 1, "", "2.6", {"2.6", 0, 0, 0}, {"2.61", 1, 1, 1}, {"2.9", 1, 1, 1},
           {"2.91", 2, 2, 2}, {"3.1", 2, 2, 2}, {"3.11", 3, 3, 3}, {"3.4", 3, 3, 3},
           {"3.41", 4, 4, 4});
    EXPECT(HYPOCALCAEMIA, 0, "8.5", "", {"8.5", 0, 0, 0}, {"8.49", 1, 1, 1}, {"8.0", 1, 1, 1},
           {"7.99", 2, 2, 2}, {"7.0", 2, 2, 2}, {"6.99", 3, 3, 3}, {"6.0", 3, 3, 3},
           {"5.99", 4, 4, 4});
    EXPECT(HYPOCALCAEMIA, 1, "2.1", "", {"2.1", 0, 0, 0}, {"2.09", 1, 1, 1}, {"2.0", 1, 1, 1},
           {"1.99", 2, 2, 2}, {"1.75", 2, 2, 2}, {"1.74", 3, 3, 3}, {"1.5", 3, 3, 3},
           {"1.49", 4, 4, 4});
    for (uint8_t unit = 0; unit < 2; unit++) { /* mmol/L, mEq/L: the higher of grades 1 and 2 */
        EXPECT(HYPOKALAEMIA, unit, "3.5", "", {"3.5", 0, 0, 0}, {"3.49", 2, 2, 2}, {"3.0", 2, 2, 2},
               {"2.99", 3, 3, 3}, {"2.5", 3, 3, 3}, {"2.49", 4, 4, 4});
        EXPECT(HYPERKALAEMIA, unit, "", "5.1", {"5.1", 0, 0, 0}, {"5.11", 1, 1, 1},
               {"5.5", 1, 1, 1}, {"5.51", 2, 2, 2}, {"6.0", 2, 2, 2}, {"6.01", 3, 3, 3},
               {"7.0", 3, 3, 3}, {"7.01", 4, 4, 4});
        EXPECT(HYPONATRAEMIA, unit, "135", "", {"135", 0, 0, 0}, {"134", 1, 1, 1}, {"130", 1, 1, 1},
               {"129", 3, 3, 3}, {"125", 3, 3, 3}, {"120", 3, 3, 3}, {"119", 4, 4, 4});
    }
}

static void albumin_glucose_phosphate(void **state)
{
    (void)state;
    EXPECT(HYPOALBUMINAEMIA, 0, "3.5", "", {"3.5", 0, 0, 0}, {"3.49", 1, 1, 1}, {"3.0", 1, 1, 1},
           {"2.99", 2, 2, 2}, {"2.0", 2, 2, 2}, {"1.99", 3, 3, 3});
    EXPECT(HYPOGLYCAEMIA, 0, "70", "", {"70", 0, 0, 0}, {"69", 1, 1, 1}, {"55", 1, 1, 1},
           {"54", 2, 2, 2}, {"40", 2, 2, 2}, {"39", 3, 3, 3}, {"30", 3, 3, 3}, {"29", 4, 4, 4});
    EXPECT(HYPOGLYCAEMIA, 1, "3.9", "", {"3.9", 0, 0, 0}, {"3.8", 1, 1, 1}, {"3.0", 1, 1, 1},
           {"2.9", 2, 2, 2}, {"2.2", 2, 2, 2}, {"2.1", 3, 3, 3}, {"1.7", 3, 3, 3},
           {"1.6", 4, 4, 4});
    fasting = true;
    EXPECT(HYPERGLYCAEMIA, 0, "", "110", {"110", 0, NE, 0}, {"111", 1, NE, 1}, {"160", 1, NE, 1},
           {"161", 2, NE, 2}, {"250", 2, NE, 2}, {"251", 3, NE, 3}, {"500", 3, NE, 3},
           {"501", 4, NE, 4});
    EXPECT(HYPERGLYCAEMIA, 1, "", "6.1", {"6.1", 0, NE, 0}, {"6.2", 1, NE, 1}, {"8.9", 1, NE, 1},
           {"9.0", 2, NE, 2}, {"13.9", 2, NE, 2}, {"14.0", 3, NE, 3}, {"27.8", 3, NE, 3},
           {"27.9", 4, NE, 4});
    fasting = false; /* grades 1 and 2 are of fasting samples alone */
    EXPECT(HYPERGLYCAEMIA, 0, "", "110", {"110", 0, NE, 0}, {"111", NE, NE, NE},
           {"250", NE, NE, NE}, {"251", 3, NE, 3}, {"501", 4, NE, 4});
    EXPECT(HYPOPHOSPHATAEMIA, 0, "2.7", "", {"2.7", 0, NE, NE}, {"2.69", 1, NE, NE},
           {"2.5", 1, NE, NE}, {"2.49", 2, NE, NE}, {"2.0", 2, NE, NE}, {"1.99", 3, NE, NE},
           {"1.0", 3, NE, NE}, {"0.99", 4, NE, NE});
    EXPECT(HYPOPHOSPHATAEMIA, 1, "0.85", "", {"0.85", 0, NE, NE}, {"0.84", 1, NE, NE},
           {"0.8", 1, NE, NE}, {"0.79", 2, NE, NE}, {"0.6", 2, NE, NE}, {"0.59", 3, NE, NE},
           {"0.3", 3, NE, NE}, {"0.29", 4, NE, NE});
}

static void creatinine_by_limit_and_baseline(void **state)
{
    (void)state;
    EXPECT(CREATININE, 0, "50", "100", {"100", NE, 0, 0}, {"101", 1, 1, 1}, {"150", 1, 1, 1},
           {"151", 2, 2, 2}, {"300", 2, 2, 2}, {"301", 3, 3, 3}, {"600", 3, 3, 3},
           {"601", 4, 4, 4});
    const msp_blood normal = blood(MSP_BLOOD_CREATININE, 0, "60", "50", "100");
    before = &normal; /* 1.5 x 60 is 90, 3 x 60 is 180 */
    EXPECT(CREATININE, 0, "50", "100", {"60", 0, 0, 0}, {"61", 1, 0, 0}, {"90", 1, 0, 0},
           {"91", 2, 2, 0}, {"180", 2, 2, 2}, {"181", 3, 3, 2}, {"600", 3, 3, 3}, {"601", 4, 4, 4});
    EXPECT(CREATININE, 0, "", "", {"60", NE, NE, NE}, {"61", 1, NE, NE}, {"91", 2, 2, NE},
           {"181", 3, 3, NE});
    const msp_blood low = blood(MSP_BLOOD_CREATININE, 0, "40", "50", "100");
    before = &low; /* version 6 takes it only now: 60 and 120 */
    EXPECT(CREATININE, 0, "50", "100", {"60", 1, 0, 0}, {"61", 2, 2, 2}, {"120", 2, 2, 2},
           {"121", 3, 3, 3}, {"600", 3, 3, 3}, {"601", 4, 4, 4});
    const msp_blood american = blood(MSP_BLOOD_CREATININE, 1, "1.0", "0.6", "1.2");
    before = &american; /* 88.42 umol/L: 1.5 of it is 132.63 */
    EXPECT(CREATININE, 0, "50", "140", {"132.63", 1, 0, 0}, {"132.64", 2, 2, 0});
    before = NULL;
}

static void liver(void **state)
{
    (void)state;
    EXPECT(ALT, 0, "", "40", {"40", 0, 0, 0}, {"41", 1, 1, 1}, {"120", 1, 1, 1}, {"121", 2, 2, 2},
           {"200", 2, 2, 2}, {"201", 3, 3, 3}, {"800", 3, 3, 3}, {"801", 4, 4, 4});
    const msp_blood at_limit = blood(MSP_BLOOD_AST, 0, "40", "", "40");
    before = &at_limit; /* on its limit it was not above it */
    EXPECT(AST, 0, "", "40", {"60", 1, 1, 1}, {"120", 1, 1, 1}, {"121", 2, 2, 2});
    const msp_blood high = blood(MSP_BLOOD_ALT, 0, "100", "", "40");
    before = &high;
    EXPECT(ALT, 0, "", "40", {"99", 1, 0, 0}, {"100", 1, 0, 1}, {"149", 2, 0, 1}, {"150", 2, 1, 1},
           {"151", 2, 1, 2}, {"200", 2, 1, 2}, {"201", 3, 1, 3}, {"300", 3, 1, 3}, {"301", 3, 2, 3},
           {"400", 3, 2, 3}, {"401", 3, 2, 4}, {"500", 3, 2, 4}, {"501", 3, 3, 4},
           {"2000", 4, 3, 4}, {"2001", 4, 4, 4});
    EXPECT(AST, 0, "", "40", {"99", 1, 0, 0}, {"150", 2, 1, 1}, {"151", 2, 1, 2}, {"201", 3, 1, 3},
           {"301", 3, 2, 3}, {"401", 3, 2, 4}, {"501", 3, 3, 4}, {"801", 4, 3, 4},
           {"2001", 4, 4, 4});
    before = NULL;
    EXPECT(AST, 0, "", "40", {"40", 0, 0, 0}, {"41", 1, 1, 1}, {"120", 1, 1, 1}, {"121", 2, 2, 2},
           {"201", 3, 3, 3}, {"800", 3, 3, 3}, {"801", 4, 4, 4});
    EXPECT(BILIRUBIN, 0, "", "20", {"20", 0, 0, 0}, {"20.1", 1, 1, 1}, {"30", 1, 1, 1},
           {"30.1", 2, 2, 2}, {"60", 2, 2, 2}, {"60.1", 3, 3, 3}, {"200", 3, 3, 3},
           {"200.1", 4, 4, 4});
    const msp_blood yellow = blood(MSP_BLOOD_BILIRUBIN, 0, "40", "", "20");
    before = &yellow;
    EXPECT(BILIRUBIN, 0, "", "20", {"39", 2, 0, 0}, {"40", 2, 0, 1}, {"40.1", 2, 1, 1},
           {"60", 2, 1, 1}, {"60.1", 3, 2, 2}, {"100", 3, 2, 2}, {"100.1", 3, 2, 3},
           {"120", 3, 2, 3}, {"120.1", 3, 3, 3}, {"400", 4, 3, 3}, {"400.1", 4, 4, 4});
    before = NULL;
}

/* What is missing, censored, or odd. */
static void odd_values(void **state)
{
    (void)state;
    EXPECT(ANAEMIA, 0, "", "", {"13", NE, NE, NE}, {"9.9", 2, 2, 2}); /* no lower limit */
    EXPECT(ALT, 0, "", "", {"30", NE, NE, NE}, {"3000", NE, NE, NE});
    EXPECT(NEUTROPHILS, 0, "", "", {"5", NE, NE, 0});
    EXPECT(NEUTROPHILS, 0, "1.2", "", {"1.3", 2, 2, 1}); /* a lower limit below a cut-off */
    EXPECT(ANAEMIA, 0, "8.5", "", {"9.0", 2, 2, 2});
    EXPECT(PLATELETS, 0, "150", "", {"<25", 4, 4, 3}, {"<50", 3, 3, 3}, {"<10", 4, 4, 4});
    EXPECT(HYPERKALAEMIA, 0, "", "5.1", {">7.0", 4, 4, 4}, {">5.1", 1, 1, 1});
    EXPECT(ALT, 0, "", "40", {">800", 4, 4, 4});
    /* 0.1 + 0.2 is no 0.3 for a processor; 3 x 0.1 here is */
    EXPECT(BILIRUBIN, 1, "", "0.1", {"0.3", 2, 2, 2}, {"0.300000000000000001", 3, 3, 3});
}

static void reasons(void **state)
{
    (void)state;
    msp_text out = {0};
    const msp_blood low = blood(MSP_BLOOD_PLATELETS, 0, "49", "150", "400"),
                    bare = blood(MSP_BLOOD_ALT, 0, "100", "", ""),
                    sugar = blood(MSP_BLOOD_GLUCOSE, 1, "9", "", "6.1"),
                    high = blood(MSP_BLOOD_ALT, 0, "100", "", "40"),
                    higher = blood(MSP_BLOOD_ALT, 0, "150", "", "40"),
                    creatinine = blood(MSP_BLOOD_CREATININE, 0, "150.1", "", "100");
    const struct {
        msp_toxicity toxicity;
        msp_ctcae version;
        const msp_blood *x, *baseline;
        const char *text;
    } said[] = {
        {MSP_TOXICITY_PLATELETS, MSP_CTCAE_5, &low, NULL,
         "platelets 49 10^9/L: grade 3, < 50 10^9/L"},
        {MSP_TOXICITY_ALT, MSP_CTCAE_5, &bare, NULL,
         "ALT 100 U/L: not graded, for the laboratory's upper limit is not known"},
        {MSP_TOXICITY_ALT, MSP_CTCAE_5, &higher, &high,
         "ALT 150 U/L: grade 1, >= 1.5 x the baseline, for the baseline was above its upper limit"},
        {MSP_TOXICITY_CREATININE, MSP_CTCAE_5, &creatinine, NULL,
         "creatinine 150.1 umol/L: grade 2, > 1.5 x the upper limit of normal"},
        {MSP_TOXICITY_HYPERGLYCAEMIA, MSP_CTCAE_4, &sugar, NULL,
         "glucose 9 mmol/L: not graded, for whether the sample was fasting is not known"},
        {MSP_TOXICITY_HYPERGLYCAEMIA, MSP_CTCAE_5, &sugar, NULL,
         "glucose 9 mmol/L: not graded, for this version has no cut-offs"},
    };
    for (size_t i = 0; i < MSP_COUNT(said); i++) {
        const msp_grade g =
            msp_grade_of(said[i].toxicity, said[i].version, said[i].x, said[i].baseline);
        out.len = 0;
        msp_grade_say(said[i].toxicity, &g, said[i].x, &out);
        assert_string_equal(msp_text_str(&out), said[i].text);
    }
    msp_text_free(&out);
}

/* Treatment from day 100 to 200. */
static const msp_treated_time given = {100, 200, 220};

static msp_blood on(msp_day day, int32_t second, msp_blood x)
{
    x.day = day;
    x.second = second;
    return x;
}

static msp_lab_course course_of(const msp_blood *values, size_t n, msp_treated_time exposure,
                                bool stop, msp_arena *arena)
{
    const msp_teae_rules rules = {.days = 30, .stop_at_new_therapy = stop};
    const msp_blood_of all = {values, n};
    msp_lab_course out;
    assert_int_equal(msp_lab_course_of(&all, &exposure, &rules, MSP_CTCAE_5, arena, &out, NULL),
                     MSP_OK);
    return out;
}

static void baseline_window_and_worst(void **state)
{
    (void)state;
    msp_arena arena = {0};
    const msp_blood values[] = {
        on(90, 0, blood(MSP_BLOOD_PLATELETS, 0, "40", "150", "")),
        on(100, 0, blood(MSP_BLOOD_PLATELETS, 0, "70", "150", "")), /* the baseline */
        on(101, 0, blood(MSP_BLOOD_PLATELETS, 0, "60", "150", "")),
        on(150, 0, blood(MSP_BLOOD_PLATELETS, 0, "49", "150", "")), /* the first of the worst */
        on(160, 0, blood(MSP_BLOOD_PLATELETS, 0, "30", "150", "")),
        on(230, 0, blood(MSP_BLOOD_PLATELETS, 0, "24", "150", "")),
        on(231, 0, blood(MSP_BLOOD_PLATELETS, 0, "5", "150", "")),
    };
    msp_lab_course c = course_of(values, 5, given, false, &arena);
    assert_int_equal(c.n, 5);
    assert_true(c.grades[1].is_baseline);
    assert_false(c.grades[0].is_baseline || c.grades[1].on_treatment);
    assert_int_equal(c.grades[4].baseline_grade.grade, 2);
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].baseline, 2);
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].worst, 3);
    assert_ptr_equal(c.shifts[MSP_TOXICITY_PLATELETS].at->x, &values[3]);
    assert_true(c.grades[3].worst);
    assert_false(c.grades[4].worst);
    assert_int_equal(c.shifts[MSP_TOXICITY_ANAEMIA].worst, MSP_GRADE_NOT_MEASURED);

    c = course_of(values, 7, given, false, &arena); /* day 230 is the last that counts */
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].worst, 4);
    assert_ptr_equal(c.shifts[MSP_TOXICITY_PLATELETS].at->x, &values[5]);
    c = course_of(values, 7, given, true, &arena); /* a new therapy began on day 220 */
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].worst, 3);
    const msp_treated_time goes_on = {100, MSP_NO_DAY, MSP_NO_DAY},
                           never = {MSP_NO_DAY, MSP_NO_DAY, MSP_NO_DAY};
    c = course_of(values, 7, goes_on, false, &arena);
    assert_ptr_equal(c.shifts[MSP_TOXICITY_PLATELETS].at->x, &values[5]);
    assert_true(c.grades[6].on_treatment);
    c = course_of(values, 7, never, false, &arena);
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].worst, MSP_GRADE_NOT_MEASURED);
    assert_int_equal(c.shifts[MSP_TOXICITY_PLATELETS].baseline, MSP_GRADE_NOT_MEASURED);
    msp_arena_free(&arena);
}

/* Two laboratories: each value is graded by the limits of its own. */
static void limits_of_several_laboratories(void **state)
{
    (void)state;
    msp_arena arena = {0};
    const msp_blood values[] = {
        on(100, 0, blood(MSP_BLOOD_ALT, 0, "45", "", "50")), /* normal there */
        on(110, 0, blood(MSP_BLOOD_ALT, 0, "110", "", "50")),
        on(120, 0, blood(MSP_BLOOD_ALT, 0, "110", "", "30")),
        on(130, 0, blood(MSP_BLOOD_ALT, 1, "2", "", "0.5")), /* 4 times, of ukat/L */
        on(140, 0, blood(MSP_BLOOD_CALCIUM, 0, "7.5", "8.5", "10.5")),
    };
    const msp_lab_course c = course_of(values, 5, given, false, &arena);
    assert_int_equal(c.n, 6); /* calcium both ways */
    assert_int_equal(c.grades[1].grade.grade, 1);
    assert_int_equal(c.grades[2].grade.grade, 2);
    assert_int_equal(c.grades[3].grade.grade, 2);
    assert_int_equal(c.shifts[MSP_TOXICITY_HYPOCALCAEMIA].worst, 2);
    assert_int_equal(c.shifts[MSP_TOXICITY_HYPERCALCAEMIA].worst, 0);
    assert_int_equal(c.shifts[MSP_TOXICITY_HYPOCALCAEMIA].baseline, MSP_GRADE_NOT_MEASURED);
    msp_arena_free(&arena);
}

/* Every row is met by a value just beyond its bound: none is there for nothing. */
static void every_row_is_reached(void **state)
{
    (void)state;
    size_t n;
    const msp_grade_row *rows = msp_grade_rows(&n);
    assert_int_equal(n, 114);
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i].grade >= 1 && rows[i].grade <= 4);
        assert_true(rows[i].versions != 0 && rows[i].versions <= 7);
        assert_true(i == 0 || rows[i].toxicity >= rows[i - 1].toxicity);
    }
}

static void the_page_has_these_rows(void **state)
{
    (void)state;
    msp_text want = {0};
    msp_file page = {0};
    msp_grade_table(&want);
    assert_int_equal(msp_file_open(project_file("docs/methods/ctcae.md"), &page, NULL), MSP_OK);
    char *text = calloc(page.size + 1, 1);
    assert_non_null(text);
    memcpy(text, page.data, page.size);
    if (strstr(text, msp_text_str(&want)) == NULL) {
        fputs(msp_text_str(&want), stderr);
        fail_msg("docs/methods/ctcae.md should hold the table above");
    }
    free(text);
    msp_file_close(&page);
    msp_text_free(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blood_counts),
        cmocka_unit_test(electrolytes),
        cmocka_unit_test(albumin_glucose_phosphate),
        cmocka_unit_test(creatinine_by_limit_and_baseline),
        cmocka_unit_test(liver),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(reasons),
        cmocka_unit_test(baseline_window_and_worst),
        cmocka_unit_test(limits_of_several_laboratories),
        cmocka_unit_test(every_row_is_reached),
        cmocka_unit_test(the_page_has_these_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
