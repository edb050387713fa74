/* test_drug_names - what the drug column of a table names. */
#include <string.h>

#include "mspike/base.h"
#include "near.h"
#include "patient/drug_names.h"

/* Expected as "transplant|bortezomib"; a text that is not known has ? before it. */
static const char *named(const char *text, msp_arena *arena)
{
    named_drug drugs[NAMED_MAX];
    msp_text out = {0};
    bool transplant = false;
    const size_t n = name_drugs(text, NULL, arena, drugs, &transplant);
    assert_true(n <= NAMED_MAX);
    if (transplant)
        msp_text_add(&out, n > 0 ? "transplant|" : "transplant");
    for (size_t i = 0; i < n; i++)
        msp_text_printf(&out, "%s%s%s", i > 0 ? "|" : "", drugs[i].known ? "" : "?", drugs[i].id);
    const char *kept = msp_arena_text(arena, msp_text_str(&out));
    msp_text_free(&out);
    return kept;
}

static void names_brands_and_regimens(void **state)
{
    (void)state;
    static const struct {
        const char *text, *drugs;
    } cases[] = {
        {"LENALIDOMIDE HEMIHYDRATE", "lenalidomide"},
        {" Velcade ", "bortezomib"},
        {"ISATUXIMAB-IRFC", "isatuximab"},
        {"melphalan flufenamide", "melphalan flufenamide"},
        {"MELPHALAN HYDROCHLORIDE", "melphalan"},
        {"belantamab mafodotin-blmf", "belantamab mafodotin"},
        {"DARATUMUMAB AND HYALURONIDASE-FIHJ", "daratumumab"},
        {"DARZALEX FASPRO", "daratumumab"},
        {"BORTEZOMIB; LENALIDOMIDE;DEX", "bortezomib|lenalidomide|dexamethasone"},
        {"bortezomib (Velcade) with lenalidomide", "bortezomib|lenalidomide"},
        {"Bortezomib-Dexamethasone", "bortezomib|dexamethasone"},
        {"BORTEZOMIB DEXAMETHASONE", "bortezomib|dexamethasone"},
        {"VRD", "bortezomib|lenalidomide|dexamethasone"},
        {"RVd", "bortezomib|lenalidomide|dexamethasone"},
        {"KRd", "carfilzomib|lenalidomide|dexamethasone"},
        {"D-VRd", "daratumumab|bortezomib|lenalidomide|dexamethasone"},
        {"Isa-Kd", "isatuximab|carfilzomib|dexamethasone"},
        {"Isa Pd", "isatuximab|pomalidomide|dexamethasone"},
        {"CyBorD", "bortezomib|cyclophosphamide|dexamethasone"},
        {"VMP", "bortezomib|melphalan|prednisone"},
        {"MP", "melphalan|prednisone"},
        {"VDT-PACE", "bortezomib|thalidomide|dexamethasone|cisplatin|doxorubicin|"
                     "cyclophosphamide|etoposide"},
        {"DARATUMUMAB + VRd", "daratumumab|bortezomib|lenalidomide|dexamethasone"},
        {"VRd + ASCT", "transplant|bortezomib|lenalidomide|dexamethasone"},
        {"AUTOLOGOUS STEM CELL TRANSPLANT", "transplant"},
        {"BVd", "?BVd"},
        {"V", "?V"},
        {"DEXA", "?DEXA"},
        {"VRd-lite", "?VRd-lite"},
        {"VRd + INVESTIGATIONAL DRUG",
         "bortezomib|lenalidomide|dexamethasone|?INVESTIGATIONAL DRUG"},
        {"Rdx", "?Rdx"},
        {" ;, ", ""},
        {"", ""},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "?a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"},
    };
    msp_arena arena = {0};
    for (size_t i = 0; i < MSP_COUNT(cases); i++)
        assert_string_equal(named(cases[i].text, &arena), cases[i].drugs);
    msp_arena_free(&arena);
}

/* A protocol's drug is one, whatever its name looks like; the usual drugs stay what they are. */
static void a_protocol_names_its_own(void **state)
{
    (void)state;
    static const char text[] =
        "mspike: 1\ntrial: {title: T}\n"
        "drugs:\n  iberdomide: {class: immunomodulatory, values: [CC-220]}\n";
    msp_protocol protocol;
    msp_findings findings = {0};
    msp_error err = {0};
    msp_arena arena = {0};
    named_drug drugs[NAMED_MAX];
    assert_int_equal(msp_protocol_parse(text, strlen(text), "t.yaml", &protocol, &findings, &err),
                     MSP_OK);
    assert_int_equal(name_drugs("CC-220; dex", &protocol, &arena, drugs, NULL), 2);
    assert_string_equal(drugs[0].id, "iberdomide");
    assert_true(drugs[0].known && drugs[0].drug_class == MSP_DRUG_CLASS_IMMUNOMODULATORY);
    assert_int_equal(name_drugs("CC-220", NULL, &arena, drugs, NULL), 1);
    assert_false(drugs[0].known);
    char hint[320];
    name_drugs_hint("lenalidomid", hint, sizeof hint);
    assert_non_null(strstr(hint, "did you mean lenalidomide?"));
    msp_arena_free(&arena);
    msp_findings_free(&findings);
    msp_protocol_free(&protocol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_brands_and_regimens),
        cmocka_unit_test(a_protocol_names_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
