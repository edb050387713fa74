/* test_sdtm - patients from a folder of SDTM tables.
 *
 * tests/data/sdtm/ holds four patients made by hand, each row there for one rule of sdtm.h;
 * patients.txt and findings.txt in it say, worked by hand, what is read from them. */
#include <string.h>
#include <sys/stat.h>

#include "mspike/base.h"
#include "mspike/patient.h"
#include "near.h"

#define FOLDER "tests/data/sdtm"

static void add_day(const char *what, msp_day day, msp_text *out)
{
    char text[MSP_DATE_MAX] = "-";
    if (day != MSP_NO_DAY)
        msp_day_format(day, text);
    msp_text_printf(out, "%s%s", what, text);
}

/* A patient as the expected text writes one. */
static void describe(const msp_patients *all, const msp_patient *p, msp_text *out)
{
#define AS_NAME(code, name) name,
    static const char *const chains[] = {MSP_HEAVY_CHAIN_LIST(AS_NAME)};
#undef AS_NAME
    msp_text_printf(out, "%s %s%s", p->id, chains[p->heavy][0] != '\0' ? chains[p->heavy] : "?",
                    p->light == 'k'   ? " kappa"
                    : p->light == 'l' ? " lambda"
                                      : "");
    add_day(" randomised ", p->randomised, out);
    add_day(" dosed ", p->first_dose, out);
    add_day(" baseline ", p->baseline, out);
    add_day(" next ", p->new_therapy, out);
    add_day(p->died ? " died " : " alive ", p->death, out);
    msp_text_printf(out, "%s\n", p->died_of_myeloma ? " of myeloma" : "");
    size_t m = 0;
    for (size_t v = 0; v < p->n_visits; v++) {
        add_day("  ", p->visits[v], out);
        msp_text_add_char(out, '\n');
        for (; m < p->n_measured && p->measured[m].assessed == p->visits[v]; m++) {
            const msp_measured *x = &p->measured[m];
            char value[MSP_DECIMAL_MAX];
            msp_decimal_format(msp_measured_value(x), value);
            msp_text_printf(out, "    %s %s%s%s", msp_marker_about((msp_marker)x->marker)->name,
                            (x->flags & MSP_MEASURED_BELOW) != 0 ? "below, " : "", value,
                            (x->flags & MSP_MEASURED_SPURIOUS) != 0 ? " spurious" : "");
            add_day(" ", x->day, out);
            msp_text_printf(out, " %s:%u\n", all->sources[x->table].name, x->row + 2);
        }
    }
    assert_int_equal(m, p->n_measured); /* every measurement has its assessment */
}

static void expect_text(const char *got, const char *file)
{
    msp_file expected;
    msp_error err = {0};
    if (msp_file_open(project_file(file), &expected, &err) != MSP_OK)
        fail_msg("%s", err.text);
    const size_t len = strlen(got);
    if (len != expected.size || memcmp(got, expected.data, len) != 0) {
        fprintf(stderr, "%s", got);
        fail_msg("%s differs from the above", file);
    }
    msp_file_close(&expected);
}

static void read_folder(const char *folder, const msp_sdtm_options *options, msp_patients *all,
                        msp_findings *findings)
{
    msp_error err = {0};
    if (msp_sdtm_read(folder, options, all, findings, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static void by_hand(void **state)
{
    (void)state;
    msp_patients all;
    msp_findings findings = {0};
    msp_text text = {0};
    const msp_sdtm_options options = {.name_patients = true};
    read_folder(project_file(FOLDER), &options, &all, &findings);
    for (size_t i = 0; i < all.n; i++)
        describe(&all, &all.patients[i], &text);
    expect_text(msp_text_str(&text), FOLDER "/patients.txt");
    msp_text_clear(&text);
    msp_findings_sort(&findings);
    for (size_t i = 0; i < findings.n; i++) {
        const msp_finding *f = &findings.items[i];
        msp_text_printf(&text, "%s:%u:%u %s %s\n", strrchr(f->at.file, '/') + 1, f->at.line,
                        f->at.col, msp_severity_name(f->severity), f->text);
    }
    expect_text(msp_text_str(&text), FOLDER "/findings.txt");
    msp_text_free(&text);
    msp_findings_free(&findings);
    msp_patients_free(&all);
}

/* Without name_patients no finding says who. */
static void no_patient_in_a_log(void **state)
{
    (void)state;
    msp_patients all;
    msp_findings findings = {0};
    read_folder(project_file(FOLDER), NULL, &all, &findings);
    assert_true(findings.n > 5);
    for (size_t i = 0; i < findings.n; i++)
        assert_null(strstr(findings.items[i].text, "T-0"));
    msp_findings_free(&findings);
    msp_patients_free(&all);
}

/* The protocol's mapping takes the place of the usual codes of that measurement alone. */
static void the_protocol_maps(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\n"
                               "trial: {title: T}\n"
                               "measurements:\n"
                               "  serum-m-protein:\n"
                               "    table: LB\n"
                               "    where: {LBTESTCD: [ZZSPE, MCPROT], LBSPEC: [SERUM]}\n"
                               "    value: LBORRES\n"
                               "    unit_column: LBORRESU\n"
                               "    date: LBDTC\n"
                               "    unit: g/dL\n"
                               "    units: {furlongs: g/L}\n";
    msp_protocol protocol;
    msp_patients all;
    msp_findings findings = {0};
    msp_error err = {0};
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &protocol, &findings, &err),
                     MSP_OK);
    msp_findings_free(&findings);
    const msp_sdtm_options options = {.protocol = &protocol};
    read_folder(project_file(FOLDER), &options, &all, NULL);
    const msp_patient *p = msp_patients_find(&all, "T-01");
    const msp_day day = msp_day_from_civil(2024, 6, 25);
    unsigned n = 0;
    for (size_t i = 0; i < p->n_measured; i++)
        if (p->measured[i].day == day) {
            const msp_decimal want = n == 0 ? (msp_decimal){20, 1} : (msp_decimal){21, 2};
            assert_int_equal(msp_decimal_cmp(msp_measured_value(&p->measured[i]), want), 0);
            n++;
        }
    assert_int_equal(n, 2); /* 2.0 without a unit, 2.1 "furlongs" */
    msp_patients_free(&all);
    msp_protocol_free(&protocol);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[4096];
    msp_error err = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (msp_file_write(path, text, strlen(text), &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    char folder[] = "/tmp/mspike-sdtm-XXXXXX";
    msp_patients all;
    msp_findings findings = {0};
    msp_error err = {0};
    assert_non_null(mkdtemp(folder));
    assert_false(msp_sdtm_is(folder));
    assert_int_equal(msp_sdtm_read(folder, NULL, &all, &findings, &err), MSP_ENODATA);
    assert_non_null(strstr(err.text, "DM"));
    write_text(folder, "dm.csv", "USUBJID,RFXSTDTC\nA,2024-01-01\n");
    assert_true(msp_sdtm_is(folder));
    assert_int_equal(msp_sdtm_read(folder, NULL, &all, &findings, &err), MSP_ENODATA);
    assert_non_null(strstr(err.text, "LB"));
    write_text(folder, "lb.csv",
               "USUBJID,LBTESTCD,LBSPEC,LBORRESU,LBDTC\nA,MCPROT,SERUM,g/L,2024-01-01\n");
    err = (msp_error){0};
    assert_int_equal(msp_sdtm_read(folder, NULL, &all, &findings, &err), MSP_EINPUT);
    assert_non_null(strstr(err.text, "LBORRES"));
    assert_non_null(strstr(err.at.file, "lb.csv"));
    assert_int_equal(all.n, 0);
    char path[4096];
    snprintf(path, sizeof path, "%s/lb.csv", folder);
    remove(path);
    snprintf(path, sizeof path, "%s/dm.csv", folder);
    remove(path);
    remove(folder);
    msp_findings_free(&findings);
}

/* -- the same patients as visits and as SDTM -- */

/* The measurements of `p` as rows of LB and TR, each day of its own. */
static void as_rows(const msp_patient *p, msp_text *lb, msp_text *tu)
{
    static const struct {
        msp_marker marker;
        const char *code, *specimen, *unit;
    } codes[] = {{MSP_MARKER_SERUM_M, "MCPROT", "SERUM", "g/dL"},
                 {MSP_MARKER_URINE_M, "MPROTEXR", "URINE", "mg/day"},
                 {MSP_MARKER_KAPPA, "KLCFR", "SERUM", "mg/L"},
                 {MSP_MARKER_LAMBDA, "LLCFR", "SERUM", "mg/L"},
                 {MSP_MARKER_IFE_SERUM, "MPIGISO", "SERUM", ""},
                 {MSP_MARKER_IFE_URINE, "MPIGISO", "URINE", ""},
                 {MSP_MARKER_MARROW, "PLSTCECE", "BONE MARROW", "%"},
                 {MSP_MARKER_CLONAL, "PCCLONAL", "BONE MARROW", ""},
                 {MSP_MARKER_CALCIUM, "CACR", "SERUM", "mg/dL"}};
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        char day[MSP_DATE_MAX], value[MSP_DECIMAL_MAX];
        msp_day_format(m->day, day);
        msp_decimal_format(msp_measured_value(m), value);
        for (size_t k = 0; k < MSP_COUNT(codes); k++)
            if (codes[k].marker == m->marker)
                msp_text_printf(lb, "%s,%s,%s,%s,%s,%s\n", p->id, codes[k].code, codes[k].specimen,
                                value, codes[k].unit, day);
        if (m->marker == MSP_MARKER_BONE)
            msp_text_printf(tu, "%s,BONE,%s,%s\n", p->id, m->coefficient != 0 ? "NEW" : "", day);
    }
}

static void same_as_visits(void **state)
{
    (void)state;
    char folder[] = "/tmp/mspike-sdtm-XXXXXX";
    msp_patients visits, tables;
    msp_findings findings = {0};
    msp_error err = {0};
    msp_text dm = {0}, lb = {0}, tu = {0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(msp_tidy_read(project_file("examples/labs.csv"), &visits, &findings, &err),
                     MSP_OK);
    msp_text_add(&dm, "USUBJID,RFXSTDTC\n");
    msp_text_add(&lb, "USUBJID,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBDTC\n");
    msp_text_add(&tu, "USUBJID,TULOC,TUORRES,TUDTC\n");
    for (size_t i = 0; i < visits.n; i++) {
        char day[MSP_DATE_MAX];
        msp_day_format(visits.patients[i].baseline, day);
        msp_text_printf(&dm, "%s,%s\n", visits.patients[i].id, day);
        as_rows(&visits.patients[i], &lb, &tu);
    }
    write_text(folder, "dm.csv", msp_text_str(&dm));
    write_text(folder, "lb.csv", msp_text_str(&lb));
    write_text(folder, "tu.csv", msp_text_str(&tu));
    read_folder(folder, NULL, &tables, &findings);
    assert_int_equal(tables.n, visits.n);
    size_t n_compared = 0;
    for (size_t i = 0; i < tables.n; i++) {
        const msp_patient *a = &visits.patients[i], *b = &tables.patients[i];
        assert_string_equal(a->id, b->id);
        for (size_t k = 0, j = 0; k < b->n_measured; k++, j++) {
            while (j < a->n_measured && (a->measured[j].marker != b->measured[k].marker ||
                                         a->measured[j].day != b->measured[k].day))
                j++;
            assert_true(j < a->n_measured);
            assert_int_equal(a->measured[j].coefficient, b->measured[k].coefficient);
            assert_int_equal(a->measured[j].scale, b->measured[k].scale);
            n_compared++;
        }
    }
    assert_true(n_compared > 100);
    static const char *const names[] = {"dm.csv", "lb.csv", "tu.csv"};
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    remove(folder);
    msp_text_free(&dm);
    msp_text_free(&lb);
    msp_text_free(&tu);
    msp_findings_free(&findings);
    msp_patients_free(&visits);
    msp_patients_free(&tables);
}

/* Rules 1.3: 15 mg/dL in 2,000 mL a day are 300 mg; a volume of another day, or of no time, is
 * none. */
static void a_concentration_needs_its_volume(void **state)
{
    (void)state;
    static const char lb[] = "USUBJID,LBTESTCD,LBSPEC,LBORRES,LBORRESU,LBDTC\n"
                             "P,UPEP,URINE,15,mg/dL,2024-01-01\n"
                             "P,VOLUME,URINE,2.0,L/24h,2024-01-01\n"
                             "P,UPEP,URINE,0.15,g/L,2024-02-01\n"
                             "P,VOLUME,URINE,1500,mL/day,2024-02-01\n"
                             "P,UPEP,URINE,15,mg/dL,2024-03-01\n"
                             "P,VOLUME,URINE,1500,mL/day,2024-03-02\n"
                             "P,UPEP,URINE,15,mg/dL,2024-04-01\n"
                             "P,VOLUME,URINE,1500,mL,2024-04-01\n"
                             "P,UPEP,URINE,not detected,mg/dL,2024-05-01\n"
                             "P,VOLUME,URINE,1500,mL/24h,2024-05-01\n";
    static const int64_t mg[] = {300, 225, 0};
    char folder[] = "/tmp/mspike-sdtm-XXXXXX", path[128];
    msp_patients all;
    msp_findings findings = {0};
    assert_non_null(mkdtemp(folder));
    write_text(folder, "dm.csv", "USUBJID,RFXSTDTC\nP,2024-01-05\n");
    write_text(folder, "lb.csv", lb);
    read_folder(folder, NULL, &all, &findings);
    const msp_patient *p = &all.patients[0];
    size_t n = 0;
    for (size_t i = 0; i < p->n_measured; i++)
        if (p->measured[i].marker == MSP_MARKER_URINE_M) {
            assert_true(n < MSP_COUNT(mg));
            assert_int_equal(
                msp_decimal_cmp(msp_measured_value(&p->measured[i]), (msp_decimal){mg[n], 0}), 0);
            n++;
        }
    assert_int_equal(n, MSP_COUNT(mg));
    assert_int_equal(findings.n_errors, 3); /* two concentrations, and mL in no time */
    msp_findings_free(&findings);
    msp_patients_free(&all);
    snprintf(path, sizeof path, "%s/dm.csv", folder);
    remove(path);
    snprintf(path, sizeof path, "%s/lb.csv", folder);
    remove(path);
    remove(folder);
}

/* The days on which a lesion of P is longer by half, of a table TR and the doses beside; *n is how
 * many there is room for, and how many there are. */
static void days_of_longer(const char *tr, const char *ex, const msp_protocol *protocol,
                           msp_day *day, size_t *n)
{
    static const char *const files[] = {"dm.csv", "tr.csv", "ex.csv"};
    const msp_sdtm_options options = {.protocol = protocol};
    char folder[] = "/tmp/mspike-sdtm-XXXXXX", path[128];
    msp_patients all;
    const size_t room = *n;
    assert_non_null(mkdtemp(folder));
    write_text(folder, files[0], "USUBJID,ARM,RFXSTDTC\nP,Pd,2024-01-05\n");
    write_text(folder, files[1], tr);
    if (ex != NULL)
        write_text(folder, files[2], ex);
    read_folder(folder, &options, &all, NULL);
    const msp_patient *p = &all.patients[0];
    *n = 0;
    for (size_t i = 0; i < p->n_measured; i++)
        if (p->measured[i].marker == MSP_MARKER_LONGER) {
            assert_true(*n < room);
            day[(*n)++] = p->measured[i].day;
        }
    msp_patients_free(&all);
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    remove(folder);
}

/* Rules 2.4, P6: 30 mm is half as long again as 20, the shortest; 29 is not. T02 is 1 cm wide, not
 * more, however long it grows; of a lesion never measured across nothing is said. */
static void a_lesion_grows_longer(void **state)
{
    (void)state;
    static const char tr[] = "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,VISITNUM,TRDTC\n"
                             "P,T01,LDIAM,40,mm,0,2024-01-01\nP,T01,PERP,11,mm,0,2024-01-01\n"
                             "P,T02,LDIAM,20,mm,0,2024-01-01\nP,T02,PERP,10,mm,0,2024-01-01\n"
                             "P,T03,LDIAM,20,mm,0,2024-01-01\n"
                             "P,T01,LDIAM,20,mm,1,2024-02-01\nP,T02,LDIAM,40,mm,1,2024-02-01\n"
                             "P,T03,LDIAM,40,mm,1,2024-02-01\n"
                             "P,T01,LDIAM,29,mm,2,2024-03-01\nP,T01,LDIAM,3.0,cm,3,2024-04-01\n";
    msp_day day[4];
    size_t n = MSP_COUNT(day);
    days_of_longer(tr, NULL, NULL, day, &n);
    assert_int_equal(n, 1);
    assert_int_equal(day[0], msp_day_from_civil(2024, 4, 1));
}

/* One that is gone is not longer while it stays so, and is when it is there again. */
static void a_lesion_that_is_gone(void **state)
{
    (void)state;
    static const char tr[] = "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,VISITNUM,TRDTC\n"
                             "P,T01,LDIAM,40,mm,0,2024-01-01\nP,T01,PERP,20,mm,0,2024-01-01\n"
                             "P,T01,LDIAM,0,mm,1,2024-02-01\nP,T01,PERP,0,mm,1,2024-02-01\n"
                             "P,T01,LDIAM,0,mm,2,2024-03-01\nP,T01,PERP,0,mm,2,2024-03-01\n"
                             "P,T01,LDIAM,5,mm,3,2024-04-01\nP,T01,PERP,5,mm,3,2024-04-01\n";
    msp_day day[4];
    size_t n = MSP_COUNT(day);
    days_of_longer(tr, NULL, NULL, day, &n);
    assert_int_equal(n, 1);
    assert_int_equal(day[0], msp_day_from_civil(2024, 4, 1));
}

/* After a crossover (1 July) a lesion is held against the last visit up to it: 50 mm is 1.25 times
 * that of 40, however short it was before, and 60 mm is 1.5 times. */
static void a_lesion_after_a_crossover(void **state)
{
    (void)state;
    static const char tr[] = "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,VISITNUM,TRDTC\n"
                             "P,T01,LDIAM,40,mm,0,2024-01-01\nP,T01,PERP,20,mm,0,2024-01-01\n"
                             "P,T01,LDIAM,20,mm,1,2024-03-01\nP,T01,PERP,12,mm,1,2024-03-01\n"
                             "P,T01,LDIAM,40,mm,2,2024-06-20\nP,T01,PERP,20,mm,2,2024-06-20\n"
                             "P,T01,LDIAM,50,mm,3,2024-08-01\nP,T01,PERP,20,mm,3,2024-08-01\n"
                             "P,T01,LDIAM,60,mm,4,2024-09-01\nP,T01,PERP,20,mm,4,2024-09-01\n";
    static const char ex[] = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\n"
                             "P,POMALIDOMIDE,4,mg,2024-01-05,2024-01-25\n"
                             "P,IXAZOMIB,4,mg,2024-07-01,2024-07-01\n";
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err = {0};
    msp_day day[4];
    size_t n = MSP_COUNT(day);
    assert_int_equal(msp_protocol_read(project_file("tests/data/crossover/protocol.yaml"),
                                       &protocol, &findings, &err),
                     MSP_OK);
    days_of_longer(tr, ex, &protocol, day, &n);
    assert_int_equal(n, 2);
    assert_int_equal(day[0], msp_day_from_civil(2024, 6, 20));
    assert_int_equal(day[1], msp_day_from_civil(2024, 9, 1));
    msp_protocol_free(&protocol);
    msp_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(no_patient_in_a_log),
        cmocka_unit_test(the_protocol_maps),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(same_as_visits),
        cmocka_unit_test(a_lesion_grows_longer),
        cmocka_unit_test(a_lesion_that_is_gone),
        cmocka_unit_test(a_lesion_after_a_crossover),
        cmocka_unit_test(a_concentration_needs_its_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
