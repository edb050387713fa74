/* test_profile - who a patient is, from SDTM tables: tests/data/previous/, each row there for one
 * rule; profiles.txt and findings.txt in it were worked by hand.
 *
 *   A-01  VRd, transplant and planned R: one line. R was stopped for progression, so the disease is
 *         refractory to it, not to V. (140 - 60) 72 / (72 * 1.6) = 50 mL/min; sqrt(175 * 72 / 3600)
 *         = 1.87083 m2. ISS I with LDH at its limit and no lesion: R-ISS I; 1q found once: 0.5
 *         points.
 *   A-02  beta-2 microglobulin above 8: ISS III; LDH 300 of 246: R-ISS III. 62 % of the cells with
 *         del(17p) is no call, unless the trial says from which share on it counts. Progression 60
 *         days after daratumumab and carfilzomib.
 *   A-03  nothing is known. A-04: a course without a start. A-05: still given. */
#include <string.h>

#include "mspike/base.h"
#include "mspike/patient.h"
#include "near.h"

#define FOLDER "tests/data/previous"

static void add_note(const char *what, const char *note, msp_text *out)
{
    if (note != NULL)
        msp_text_printf(out, "    %s: %s\n", what, note);
}

static void describe(const msp_patient *p, const msp_profile *f, msp_text *out)
{
    static const char *const drugs[] = {
#define AS_NAME(code, name) name,
        MSP_PROFILE_DRUG_LIST(AS_NAME)
#undef AS_NAME
    };
    msp_text_printf(out, "%s ISS %s R-ISS %s R2-ISS %s lesions %s 2025 %s\n", p->id,
                    msp_stage_name(f->iss), msp_stage_name(f->riss), msp_stage_r2iss_name(f->r2iss),
                    msp_fact_name(f->lesions), msp_fact_name(f->ims2025));
    msp_text_printf(out, "  clearance %.3f surface %.5f lines %d%s %s\n", f->clearance, f->surface,
                    (int)f->lines, f->transplanted ? " transplant" : "",
                    msp_history_state_text(f->state));
    msp_text_add(out, "  refractory to");
    for (size_t i = 0; i < MSP_PROFILE_DRUGS; i++)
        if (f->refractory[i].status != MSP_NO)
            msp_text_printf(out, " %s%s", drugs[i],
                            f->refractory[i].status == MSP_UNKNOWN ? "?" : "");
    msp_text_printf(out, " double %s triple %s penta %s\n", msp_fact_name(f->double_refractory),
                    msp_fact_name(f->triple_class_refractory), msp_fact_name(f->penta_refractory));
    add_note("ISS", f->notes.iss, out);
    add_note("R-ISS", f->notes.riss, out);
    add_note("R2-ISS", f->notes.r2iss, out);
    add_note("lesions", f->notes.lesions, out);
    add_note("clearance", f->notes.clearance, out);
    add_note("surface", f->notes.surface, out);
    add_note("lines", f->notes.lines, out);
    add_note("refractory", f->notes.refractory, out);
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

typedef struct setting {
    msp_arena arena;
    msp_rules rules;
    msp_patients all;
    msp_findings findings;
} setting;

static void begin(setting *s, const msp_protocol *protocol, const char *name, const char *value)
{
    const msp_sdtm_options options = {.protocol = protocol, .name_patients = true};
    msp_error err = {0};
    *s = (setting){0};
    msp_status rc = msp_rules_default(&s->arena, &s->rules, &err);
    if (rc == MSP_OK && name != NULL)
        rc = msp_rules_set(&s->rules, name, value, &s->arena, &err);
    if (rc == MSP_OK)
        rc = msp_sdtm_read(project_file(FOLDER), &options, &s->all, &s->findings, &err);
    if (rc != MSP_OK)
        fail_msg("%s", err.text);
}

static void end(setting *s)
{
    msp_findings_free(&s->findings);
    msp_patients_free(&s->all);
    msp_arena_free(&s->arena);
}

static msp_profile profile_of(setting *s, const char *id)
{
    msp_profile out;
    assert_int_equal(
        msp_profile_of(msp_patients_find(&s->all, id), &s->rules, &s->arena, &out, NULL), MSP_OK);
    return out;
}

static void by_hand(void **state)
{
    (void)state;
    setting s;
    msp_text text = {0};
    begin(&s, NULL, NULL, NULL);
    for (size_t i = 0; i < s.all.n; i++) {
        const msp_profile f = profile_of(&s, s.all.patients[i].id);
        describe(&s.all.patients[i], &f, &text);
    }
    expect_text(msp_text_str(&text), FOLDER "/profiles.txt");
    msp_text_clear(&text);
    msp_findings_sort(&s.findings);
    for (size_t i = 0; i < s.findings.n; i++) {
        const msp_finding *f = &s.findings.items[i];
        msp_text_printf(&text, "%s:%u:%u %s %s\n", strrchr(f->at.file, '/') + 1, f->at.line,
                        f->at.col, msp_severity_name(f->severity), f->text);
    }
    expect_text(msp_text_str(&text), FOLDER "/findings.txt");
    msp_text_free(&text);
    end(&s);
}

/* Each switch changes what it is for. */
static void switches(void **state)
{
    (void)state;
    setting s;
    begin(&s, NULL, "del17p_cut_pct", "60");
    assert_int_equal(profile_of(&s, "A-02").lesions, MSP_YES);
    end(&s);
    begin(&s, NULL, "del17p_cut_pct", "63");
    assert_int_equal(profile_of(&s, "A-02").lesions, MSP_UNKNOWN); /* t(4;14) is not known */
    end(&s);
    begin(&s, NULL, "refractory_window_days", "59");
    /* not by its own course any more; XYZ-123, on which the disease progressed, may be it */
    assert_int_equal(profile_of(&s, "A-02").refractory[MSP_PROFILE_DARATUMUMAB].reason,
                     MSP_REFRACTORY_UNIDENTIFIED);
    end(&s);
    begin(&s, NULL, "len_refractory_dose", "ge25");
    assert_int_equal(profile_of(&s, "A-01").refractory[MSP_PROFILE_LENALIDOMIDE].status, MSP_NO);
    end(&s);
    begin(&s, NULL, "bsa", "dubois"); /* 0.007184 72^0.425 175^0.725 */
    assert_near(profile_of(&s, "A-01").surface, 1.8708, 2e-3);
    assert_true(profile_of(&s, "A-01").surface != sqrt(3.5));
    end(&s);
    begin(&s, NULL, "cg_weight", "ideal"); /* 50 + 2.3 (175 / 2.54 - 60) = 70.46457 kg */
    assert_near(profile_of(&s, "A-01").clearance, 50 * 70.464566929133852 / 72, 1e-12);
    end(&s);
}

/* A trial that calls things otherwise. */
static void the_protocol_maps(void **state)
{
    (void)state;
    static const char text[] = "mspike: 1\n"
                               "trial: {title: T}\n"
                               "drugs:\n"
                               "  xyz: {class: anti-BCMA, values: [XYZ-123]}\n"
                               "previous_therapy:\n"
                               "  categories: [anti-cancer]\n"
                               "  response: [CMTRT]\n"
                               "measurements:\n"
                               "  del17p-cells:\n"
                               "    {table: VS, where: {VSTESTCD: WEIGHT}, value: VSORRES, "
                               "date: VSDTC, unit_column: VSORRESU, units: {kg: '%'}}\n";
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err = {0};
    setting s;
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &protocol, &findings, &err),
                     MSP_OK);
    assert_int_equal(findings.n_errors, 0);
    begin(&s, &protocol, NULL, NULL);
    assert_int_equal(profile_of(&s, "A-01").lines, 0);
    assert_int_equal(profile_of(&s, "A-02").lines, 2);
    const msp_history *history = msp_patients_find(&s.all, "A-02")->history;
    assert_int_equal(history->courses[1].drugs[0].drug_class, MSP_DRUG_CLASS_ANTI_BCMA);
    assert_string_equal(history->courses[1].drugs[0].id, "xyz");
    assert_int_equal(history->courses[0].minimal_response, MSP_UNKNOWN);
    /* what stood for weight is now a share of cells */
    assert_near(msp_decimal_to_double(profile_of(&s, "A-01").risk.del17p.cells.value), 75, 0);
    assert_true(isnan(profile_of(&s, "A-01").weight));
    end(&s);
    msp_findings_free(&findings);
    msp_protocol_free(&protocol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(switches),
        cmocka_unit_test(the_protocol_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
