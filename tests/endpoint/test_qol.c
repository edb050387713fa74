/* EORTC scores, by hand from the scoring rules (../shared/domain/rules.md, section 7). */
#include "near.h"

#include <string.h>

#include "mspike/endpoint/qol.h"

static msp_qol score(const uint8_t *answers)
{
    msp_qol out;
    assert_int_equal(msp_qol_score(answers, &out, NULL), MSP_OK);
    return out;
}

/* Every item at its best, and at its worst. */
static void ends_of_the_scales(void **state)
{
    (void)state;
    uint8_t low[MSP_QOL_ITEMS], high[MSP_QOL_ITEMS];
    memset(low, 1, sizeof low);
    memset(high, 4, sizeof high);
    high[28] = high[29] = 7;
    const msp_qol a = score(low), b = score(high);
    for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SUMMARY; s++) {
        const bool reversed = msp_qol_high_is_good(s) && s != MSP_QOL_QL;
        assert_near(a.score[s], reversed ? 100 : 0, 0);
        assert_near(b.score[s], reversed ? 0 : 100, 0);
    }
    assert_near(a.score[MSP_QOL_SUMMARY], 100, 0);
    assert_near(b.score[MSP_QOL_SUMMARY], 0, 0);
    assert_int_equal(a.answered[MSP_QOL_MYSE], 10);
    assert_int_equal(a.answered[MSP_QOL_SUMMARY], 13);
}

static void one_patient_by_hand(void **state)
{
    (void)state;
    uint8_t x[MSP_QOL_ITEMS];
    memset(x, 1, sizeof x);
    memcpy(x, ((uint8_t[]){2, 3, 1, 2, 1}), 5); /* PF: mean 1.8 */
    x[9] = 3, x[11] = 2, x[17] = 4;             /* FA: mean 3 */
    x[28] = 5, x[29] = 4;                       /* QL: mean 4.5 */
    x[20] = 2, x[21] = 2, x[22] = 3, x[23] = 2; /* EF: mean 9/4 */
    x[47] = 2, x[48] = 3, x[49] = 3;            /* MYFP: mean 8/3 */
    const msp_qol q = score(x);
    assert_near(q.score[MSP_QOL_PF], 100 * (1 - 0.8 / 3), 1e-14);
    assert_near(q.score[MSP_QOL_FA], 200 / 3., 1e-15);
    assert_near(q.score[MSP_QOL_QL], 100 * 3.5 / 6, 1e-14);
    assert_near(q.score[MSP_QOL_EF], 100 * (1 - 1.25 / 3), 1e-14);
    assert_near(q.score[MSP_QOL_MYFP], 100 * (1 - 5 / 9.), 1e-14);
    assert_near(q.score[MSP_QOL_SUMMARY], (1300 - 80 / 3. - 200 / 3. - 125 / 3.) / 13, 1e-14);
}

/* Needed: 1 of 2, 2 of 3 and 4, 3 of 5 and 6, 5 of 10, and the one of one. */
static void half_of_the_items(void **state)
{
    (void)state;
    static const struct {
        msp_qol_scale scale;
        unsigned first, items, needed;
    } cases[] = {{MSP_QOL_QL, 29, 2, 1},   {MSP_QOL_PF, 1, 5, 3},     {MSP_QOL_EF, 21, 4, 2},
                 {MSP_QOL_MYDS, 31, 6, 3}, {MSP_QOL_MYSE, 37, 10, 5}, {MSP_QOL_MYBI, 47, 1, 1},
                 {MSP_QOL_MYFP, 48, 3, 2}, {MSP_QOL_DY, 8, 1, 1}};
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        for (unsigned answered = 0; answered <= cases[i].items; answered++) {
            uint8_t x[MSP_QOL_ITEMS] = {0};
            for (unsigned k = 0; k < answered; k++)
                x[cases[i].first - 1 + k] = 4;
            const msp_qol q = score(x);
            assert_int_equal(q.needed[cases[i].scale], cases[i].needed);
            assert_int_equal(q.answered[cases[i].scale], answered);
            assert_int_equal(isnan(q.score[cases[i].scale]) != 0, answered < cases[i].needed);
        }
    uint8_t x[MSP_QOL_ITEMS] = {0};
    x[9] = 2; /* one of fatigue's three is too few; half of two scales' items is enough */
    assert_near(score(x).score[MSP_QOL_FA], NAN, 0);
    x[17] = 3;
    assert_near(score(x).score[MSP_QOL_FA], 50, 1e-15);
    assert_near(score(x).score[MSP_QOL_SUMMARY], NAN, 0);
}

/* Each item is in one scale, and only there. */
static void every_item_counts_once(void **state)
{
    (void)state;
    for (size_t item = 1; item <= MSP_QOL_ITEMS; item++) {
        uint8_t x[MSP_QOL_ITEMS] = {0};
        x[item - 1] = 1;
        const msp_qol q = score(x);
        int scales = 0;
        for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SUMMARY; s++)
            scales += q.answered[s];
        assert_int_equal(scales, 1);
    }
}

static void answers_out_of_range(void **state)
{
    (void)state;
    uint8_t x[MSP_QOL_ITEMS] = {0};
    msp_qol q;
    msp_error err;
    x[29] = 7;
    assert_int_equal(msp_qol_score(x, &q, &err), MSP_OK);
    x[11] = 5;
    assert_int_equal(msp_qol_score(x, &q, &err), MSP_ERANGE);
    assert_int_equal(err.row, 11);
    assert_string_equal(err.text, "the answer to item 12 is 5; expected 1 to 4, or none");
}

static void gains(void **state)
{
    (void)state;
    assert_near(msp_qol_gain(MSP_QOL_QL, 50, 58), 8, 0);
    assert_near(msp_qol_gain(MSP_QOL_FA, 50, 58), -8, 0);
    assert_near(msp_qol_gain(MSP_QOL_FA, NAN, 58), NAN, 0);
    assert_string_equal(msp_qol_code(MSP_QOL_MYFP), "MYFP");
    assert_string_equal(msp_qol_text(MSP_QOL_SUMMARY), "summary score");
}

static msp_qol_deterioration lost(msp_qol_scale s, double baseline, const double *y, bool lasting)
{
    const double time[] = {28, 56, 84, 112};
    msp_qol_deterioration out;
    assert_int_equal(
        msp_qol_time_to_deterioration(s, baseline, time, y, 4, 10, lasting, &out, NULL), MSP_OK);
    return out;
}

static void time_to_deterioration(void **state)
{
    (void)state;
    const double y[] = {66, NAN, 56, 70}, steady[] = {66, 60, NAN, NAN},
                 none[] = {NAN, NAN, NAN, NAN};
    msp_qol_deterioration d = lost(MSP_QOL_QL, 66, y, false);
    assert_true(d.event);
    assert_near(d.time, 84, 0);
    d = lost(MSP_QOL_QL, 66, y, true); /* better again at the last visit */
    assert_false(d.event);
    assert_near(d.time, 112, 0);
    d = lost(MSP_QOL_FA, 60, y, false); /* fatigue rises by 10 */
    assert_true(d.event);
    assert_near(d.time, 112, 0);
    d = lost(MSP_QOL_QL, 66, steady, false);
    assert_false(d.event);
    assert_near(d.time, 56, 0);
    assert_string_equal(d.reason, "no deterioration by the last score");
    d = lost(MSP_QOL_QL, 66, none, false);
    assert_string_equal(d.reason, "no score after baseline");
    d = lost(MSP_QOL_QL, NAN, y, false);
    assert_string_equal(d.reason, "no score at baseline");
    assert_near(d.time, 0, 0);
    const double back[] = {28, 28};
    msp_error err;
    assert_int_equal(msp_qol_time_to_deterioration(MSP_QOL_QL, 66, back, y, 2, 10, false, &d, &err),
                     MSP_ERANGE);
    assert_int_equal(err.row, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_of_the_scales),    cmocka_unit_test(one_patient_by_hand),
        cmocka_unit_test(half_of_the_items),     cmocka_unit_test(every_item_counts_once),
        cmocka_unit_test(answers_out_of_range),  cmocka_unit_test(gains),
        cmocka_unit_test(time_to_deterioration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
