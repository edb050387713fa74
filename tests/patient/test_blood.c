/* Blood values from LB and from a table of visits: units, limits, calcium. Rows and expected values
 * by hand. */
#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mspike/patient.h"

static char folder[64];

static void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/mspike-blood-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"dm.csv", "lb.csv", "visits.csv"};
    char path[128];
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

typedef struct scene {
    msp_patients patients;
    msp_bloods bloods;
    msp_findings findings, other;
    msp_protocol protocol;
    size_t next;
} scene;

#define HEAD                                                                              \
    "USUBJID,LBSEQ,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBORNRLO,LBORNRHI,LBSTRESN,LBSTRESU," \
    "LBSTNRLO,LBSTNRHI,LBDTC,LBSTAT,LBFAST,LBSPURFL\n"

/* The values of one patient, in order. */
static scene read_lb(const char *rows, const char *protocol)
{
    scene s = {0};
    char text[8192];
    snprintf(text, sizeof text, "%s%s", HEAD, rows);
    put("dm.csv", "USUBJID,RFXSTDTC\nP1,2024-01-01\n");
    put("lb.csv", text);
    if (protocol != NULL)
        assert_int_equal(
            msp_protocol_parse(protocol, strlen(protocol), "p.yaml", &s.protocol, &s.other, NULL),
            MSP_OK);
    const msp_sdtm_options how = {.may_lack_measurements = true};
    assert_int_equal(msp_sdtm_read(folder, &how, &s.patients, &s.other, NULL), MSP_OK);
    assert_int_equal(msp_blood_read(folder, protocol != NULL ? &s.protocol : NULL, &s.patients,
                                    &s.bloods, &s.findings, NULL),
                     MSP_OK);
    return s;
}

static void done(scene *s)
{
    msp_bloods_free(&s->bloods);
    msp_patients_free(&s->patients);
    msp_protocol_free(&s->protocol);
    msp_findings_free(&s->findings);
    msp_findings_free(&s->other);
}

static bool is(msp_decimal x, const char *text)
{
    msp_decimal want;
    assert_true(msp_decimal_parse(text, strlen(text), &want));
    return msp_decimal_cmp(x, want) == 0;
}

/* The next value; limits "" where there are none. */
static const msp_blood *expect(scene *s, msp_blood_test test, uint8_t unit, const char *value,
                               const char *lower, const char *upper)
{
    assert_true(s->next < s->bloods.of[0].n);
    const msp_blood *x = &s->bloods.of[0].items[s->next++];
    assert_int_equal(x->test, test);
    assert_int_equal(x->unit, unit);
    assert_true(is(x->value, value));
    assert_int_equal((x->flags & MSP_BLOOD_HAS_LOWER) != 0, *lower != '\0');
    assert_int_equal((x->flags & MSP_BLOOD_HAS_UPPER) != 0, *upper != '\0');
    assert_true(*lower == '\0' || is(x->lower, lower));
    assert_true(*upper == '\0' || is(x->upper, upper));
    return x;
}

static void units_and_their_limits(void **state)
{
    (void)state;
    scene s = read_lb("P1,1,HGB,BLOOD,98,g/L,120,160,,,,,2024-02-01,,,\n"
                      "P1,2,HGB,BLOOD,6.2,mmol/L,7.4,9.9,,,,,2024-02-02,,,\n"
                      "P1,3,NEUT,BLOOD,1500,/uL,1800,7500,,,,,2024-02-03,,,\n"
                      "P1,4,PLAT,,75,10^3/uL,150,400,,,,,2024-02-04,,,\n"
                      "P1,5,PLT,BLOOD,75,GI/L,150,400,,,,,2024-02-05,,,\n"
                      "P1,6,CREAT,SERUM,1.3,mg/dL,0.6,1.2,,,,,2024-02-06,,,\n"
                      "P1,7,CREAT,SERUM,0.115,mmol/L,0.06,0.11,,,,,2024-02-07,,,\n"
                      "P1,8,ALT,SERUM,1.5,ukat/L,,0.75,,,,,2024-02-08,,,\n"
                      "P1,9,K,PLASMA,3.4,mEq/L,3.5,5,,,,,2024-02-09,,,\n"
                      "P1,10,GLUC,SERUM,9,mmol/L,4,6,,,,,2024-02-10T08:00,,Y,\n",
                      NULL);
    expect(&s, MSP_BLOOD_HAEMOGLOBIN, 0, "9.8", "12", "16");
    expect(&s, MSP_BLOOD_HAEMOGLOBIN, 1, "6.2", "7.4", "9.9");
    expect(&s, MSP_BLOOD_NEUTROPHILS, 0, "1.5", "1.8", "7.5");
    expect(&s, MSP_BLOOD_PLATELETS, 0, "75", "150", "400");
    expect(&s, MSP_BLOOD_PLATELETS, 0, "75", "150", "400");
    expect(&s, MSP_BLOOD_CREATININE, 1, "1.3", "0.6", "1.2");
    expect(&s, MSP_BLOOD_CREATININE, 0, "115", "60", "110");
    expect(&s, MSP_BLOOD_ALT, 1, "1.5", "", "0.75");
    expect(&s, MSP_BLOOD_POTASSIUM, 1, "3.4", "3.5", "5");
    const msp_blood *sugar = expect(&s, MSP_BLOOD_GLUCOSE, 1, "9", "4", "6");
    assert_true((sugar->flags & MSP_BLOOD_FASTING) != 0);
    assert_int_equal(sugar->second, 8 * 3600);
    assert_int_equal(s.bloods.n_values, 10);
    assert_int_equal(s.bloods.sequence[sugar->row], 10);
    assert_int_equal(s.findings.n, 0);
    done(&s);
}

static void which_columns(void **state)
{
    (void)state;
    /* reported with limits; limits of the standard one alone; no number reported; neither has some
     */
    scene s = read_lb("P1,1,ALB,SERUM,3.2,g/dL,3.5,5,32,g/L,36,50,2024-02-01,,,\n"
                      "P1,2,ALB,SERUM,3.2,g/dL,,,32,g/L,36,50,2024-02-02,,,\n"
                      "P1,3,ALB,SERUM,see note,,,,31,g/L,36,50,2024-02-03,,,\n"
                      "P1,4,ALB,SERUM,3.2,g/dL,,,32,g/L,,,2024-02-04,,,\n"
                      "P1,5,ALB,SERUM,3.2,g/dL,5,3.5,,,,,2024-02-05,,,\n"
                      "P1,6,PLAT,BLOOD,<10,10^9/L,150,400,,,,,2024-02-06,,,\n"
                      "P1,7,ALB,URINE,3.2,g/dL,3.5,5,,,,,2024-02-07,,,\n"
                      "P1,8,ALB,SERUM,3.2,g/dL,3.5,5,,,,,2024-02-08,NOT DONE,,\n"
                      "P1,9,ALB,SERUM,3.2,g/dL,3.5,5,,,,,2024-02-09,,,Y\n"
                      "P1,10,ALB,SERUM,3.2,g/dL,3.5,5,,,,,,,,\n",
                      NULL);
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3.2", "3.5", "5");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3.2", "3.6", "5");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3.1", "3.6", "5");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3.2", "", "");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3.2", "", ""); /* the lower above the upper one */
    assert_true((expect(&s, MSP_BLOOD_PLATELETS, 0, "10", "150", "400")->flags & MSP_BLOOD_BELOW) !=
                0);
    assert_int_equal(s.bloods.of[0].n, 6);
    assert_int_equal(s.bloods.n_unlimited, 2);
    done(&s);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    scene s = read_lb("P1,1,NEUT,BLOOD,3.2,,,,,,,,2024-02-01,,,\n"
                      "P1,2,NEUT,BLOOD,3.2,mg/dL,,,,,,,2024-02-02,,,\n"
                      "P1,3,NEUT,BLOOD,-3,10^9/L,,,,,,,2024-02-03,,,\n"
                      "P1,4,NEUT,BLOOD,many,10^9/L,,,,,,,2024-02-04,,,\n"
                      "P1,5,NEUT,BLOOD,3200,10^9/L,,,,,,,2024-02-05,,,\n"
                      "P1,6,K,SERUM,400,mmol/L,3.5,5,,,,,2024-02-06,,,\n",
                      NULL);
    expect(&s, MSP_BLOOD_NEUTROPHILS, 0, "3200", "", "");
    expect(&s, MSP_BLOOD_POTASSIUM, 0, "400", "3.5", "5");
    assert_int_equal(s.bloods.of[0].n, 2);
    static const char *const said[] = {"without a unit", "none of this test", "below 0",
                                       "no number",      "hardly possible",   "hardly possible"};
    assert_int_equal(s.findings.n, MSP_COUNT(said));
    for (size_t i = 0; i < MSP_COUNT(said); i++)
        assert_non_null(strstr(s.findings.items[i].text, said[i]));
    done(&s);
}

static void calcium_is_corrected(void **state)
{
    (void)state;
    scene s = read_lb("P1,1,CA,SERUM,9.0,mg/dL,8.5,10.5,,,,,2024-02-01,,,\n"
                      "P1,2,ALB,SERUM,30,g/L,35,50,,,,,2024-02-01,,,\n"
                      "P1,3,CA,SERUM,2.30,mmol/L,2.1,2.6,,,,,2024-02-02,,,\n"
                      "P1,4,ALB,SERUM,3.0,g/dL,3.5,5,,,,,2024-02-02,,,\n"
                      "P1,5,CA,SERUM,9.0,mg/dL,8.5,10.5,,,,,2024-02-03,,,\n"
                      "P1,6,CA,SERUM,9.0,mg/dL,8.5,10.5,,,,,2024-02-04,,,\n"
                      "P1,7,CACORR,SERUM,9.9,mg/dL,8.5,10.5,,,,,2024-02-04,,,\n",
                      NULL);
    expect(&s, MSP_BLOOD_CALCIUM, 0, "9.8", "8.5", "10.5");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3", "3.5", "5");
    expect(&s, MSP_BLOOD_CALCIUM, 1, "2.50", "2.1", "2.6");
    expect(&s, MSP_BLOOD_ALBUMIN, 0, "3", "3.5", "5");
    assert_true(
        (expect(&s, MSP_BLOOD_CALCIUM, 0, "9", "8.5", "10.5")->flags & MSP_BLOOD_UNCORRECTED) != 0);
    expect(&s, MSP_BLOOD_CALCIUM, 0, "9.9", "8.5", "10.5");
    assert_int_equal(s.bloods.of[0].n, 6);
    done(&s);
}

static void a_protocol_names_tests_and_units(void **state)
{
    (void)state;
    static const char protocol[] =
        "mspike: 1\ntrial: {title: T, cutoffs: {final: 2024-02-10}}\narms: {A: {}}\n"
        "data: {subjects: {table: ADSL, id: USUBJID, arm: TRT01P}, cutoff: final}\n"
        "measurements:\n"
        "  neutrophils: {table: LB, where: {LBTESTCD: [GRAN]}, value: LBORRES, "
        "unit_column: LBORRESU, date: LBDTC, units: {mill: /uL}}\n"
        "  platelets: {table: LB, where: {LBTESTCD: [PLAT]}, value: LBSTRESN, "
        "unit_column: LBSTRESU, date: LBDTC}\n";
    scene s = read_lb("P1,1,GRAN,BLOOD,900,mill,1800,7500,,,,,2024-02-01,,,\n"
                      "P1,2,NEUT,BLOOD,3.2,10^9/L,,,,,,,2024-02-02,,,\n"
                      "P1,3,PLAT,BLOOD,75,10^9/L,150,400,80,10^9/L,140,400,2024-02-03,,,\n"
                      "P1,4,HGB,BLOOD,9.9,g/dL,12,16,,,,,2024-02-11,,,\n",
                      protocol);
    expect(&s, MSP_BLOOD_NEUTROPHILS, 0, "0.9", "1.8", "7.5");
    expect(&s, MSP_BLOOD_PLATELETS, 0, "80", "140", "400");
    assert_int_equal(s.bloods.of[0].n, 2); /* the last is after the cut-off */
    done(&s);
}

static void a_table_of_visits(void **state)
{
    (void)state;
    scene s = {0};
    char path[128];
    put("visits.csv", "usubjid,visit_date,first_dose_date,serum_m_gdl,haemoglobin_gdl,"
                      "haemoglobin_gdl_lln,neutrophils_e9l,neutrophils_e9l_lln,spurious\n"
                      "P1,2024-01-01,2024-01-01,3.0,10.0,12,2.50,1.8,\n"
                      "P1,2024-02-01,,2.0,9.9,,<0.5,1.8,\n"
                      "P1,2024-03-01,,2.0,1.1,12,many,1.8,\n"
                      "P1,2024-04-01,,2.0,7.0,12,,,1\n");
    snprintf(path, sizeof path, "%s/visits.csv", folder);
    assert_int_equal(msp_tidy_read(path, &s.patients, &s.other, NULL), MSP_OK);
    assert_int_equal(
        msp_blood_read_tidy(path, MSP_NO_DAY, &s.patients, &s.bloods, &s.findings, NULL), MSP_OK);
    expect(&s, MSP_BLOOD_HAEMOGLOBIN, 0, "10", "12", "");
    expect(&s, MSP_BLOOD_NEUTROPHILS, 0, "2.5", "1.8", "");
    expect(&s, MSP_BLOOD_HAEMOGLOBIN, 0, "9.9", "", "");
    assert_true((expect(&s, MSP_BLOOD_NEUTROPHILS, 0, "0.5", "1.8", "")->flags & MSP_BLOOD_BELOW) !=
                0);
    expect(&s, MSP_BLOOD_HAEMOGLOBIN, 0, "1.1", "12", "");
    assert_int_equal(s.bloods.of[0].n, 5);
    assert_int_equal(s.findings.n, 2); /* hardly possible; no number */
    done(&s);
}

static void other_values_of_the_test(void **state)
{
    (void)state;
    const msp_blood si = {.value = {13263, 2}, .test = MSP_BLOOD_CREATININE, .unit = 0},
                    mg = {.value = {10, 1}, .test = MSP_BLOOD_CREATININE, .unit = 1},
                    huge = {
                        .value = {999999999999999999, 0}, .test = MSP_BLOOD_CREATININE, .unit = 1};
    int order;
    assert_true(msp_blood_cmp_other(&si, &mg, 15, &order)); /* 132.63 is 1.5 times 88.42 */
    assert_int_equal(order, 0);
    assert_true(msp_blood_cmp_other(&mg, &si, 10, &order));
    assert_int_equal(order, -1);
    assert_false(msp_blood_cmp_other(&si, &huge, 10, &order));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_and_their_limits),
        cmocka_unit_test(which_columns),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(calcium_is_corrected),
        cmocka_unit_test(a_protocol_names_tests_and_units),
        cmocka_unit_test(a_table_of_visits),
        cmocka_unit_test(other_values_of_the_test),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
