/* test_casefiles - the cases that a clinician can read, tests/cases/ *.txt: see README.md there. */
#include <ctype.h>
#include <dirent.h>
#include <string.h>

#include "mspike/base.h"
#include "mspike/patient.h"
#include "mspike/response.h"
#include "near.h"

#define FIRST  18262 /* day 0 is 2020-01-01 */
#define CHECKS 64

/* What is expected of one visit. */
typedef struct expected {
    int line, day;
    char raw[8], confirmed[8], rule[64], words[128];
} expected;

typedef struct one_case {
    char title[128], set[512], isotype[64], ends[256], therapy[32];
    bool died, died_pd;
    msp_text rows; /* the table of visits */
    expected want[CHECKS];
    size_t n_want;
    int line;
} one_case;

static const char *file_name;
static int faults;

static void fault(int line, const char *what, const char *got, const char *want)
{
    ++faults;
    print_error("%s:%d: %s is \"%s\", want \"%s\"\n", file_name, line, what, got, want);
}

static void trim(char *s)
{
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        s[--n] = '\0';
    const size_t lead = strspn(s, " \t");
    memmove(s, s + lead, strlen(s + lead) + 1);
}

/* -- reading a case -- */

static const char *const value_names[][2] = {
    {"serum", "serum_m_gdl"},
    {"urine", "urine_m_mg24h"},
    {"second", "second_m_gdl"},
    {"iga", "iga_gdl"},
    {"kappa", "kappa_mgl"},
    {"lambda", "lambda_mgl"},
    {"ife-serum", "ife_serum"},
    {"ife-urine", "ife_urine"},
    {"reflex", "ife_reflex"},
    {"marrow", "bm_pc_pct"},
    {"clonal", "bm_clonal"},
    {"spd", "plasmacytoma_spd_cm2"},
    {"new-lesion", "plasmacytoma_new"},
    {"longer", "plasmacytoma_longer"},
    {"bone", "bone_lesion_new_or_progressive"},
    {"circulating", "circulating_pc_per_ul"},
    {"calcium", "corrected_calcium_mgdl"},
    {"haemoglobin", "haemoglobin_gdl"},
    {"creatinine", "creatinine_mgdl"},
    {"egfr", "egfr"},
    {"flow", "mrd_flow_per_million"},
    {"sequencing", "mrd_sequencing_per_million"},
    {"pet", "pet_ct"},
    {"spurious", "spurious"},
};

static void add_day(int day, msp_text *out)
{
    char text[MSP_DATE_MAX];
    msp_day_format(FIRST + day, text);
    msp_text_add(out, text);
}

/* "serum 3.0, urine 0" as the cells of a row */
static void add_values(one_case *c, int line, char *values)
{
    char cell[MSP_COUNT(value_names)][24] = {{0}};
    for (char *part = strtok(values, ","); part != NULL; part = strtok(NULL, ",")) {
        char name[24], value[24];
        size_t i = 0;
        assert_int_equal(sscanf(part, "%23s %23s", name, value), 2);
        while (i < MSP_COUNT(value_names) && strcmp(value_names[i][0], name) != 0)
            i++;
        if (i == MSP_COUNT(value_names))
            fail_msg("%s:%d: no value is called \"%s\"", file_name, line, name);
        snprintf(cell[i], sizeof cell[i], "%s", value);
    }
    for (size_t i = 0; i < MSP_COUNT(value_names); i++)
        msp_text_printf(&c->rows, ",%s", cell[i]);
    msp_text_add_char(&c->rows, '\n');
}

/* "PR, SD  R-PR-serum: 50.0 %" */
static void add_expected(one_case *c, int line, int day, char *text)
{
    expected *e = &c->want[c->n_want++];
    assert_true(c->n_want <= CHECKS);
    *e = (expected){.line = line, .day = day};
    int used = 0;
    assert_true(sscanf(text, " %7[A-Za-z], %7[A-Za-z]%n", e->raw, e->confirmed, &used) == 2);
    char *words = strchr(text + used, ':');
    if (words != NULL) {
        *words = '\0';
        snprintf(e->words, sizeof e->words, "%s", words + 1);
        trim(e->words);
    }
    snprintf(e->rule, sizeof e->rule, "%s", text + used);
    trim(e->rule);
}

static void add_visit(one_case *c, int line, char *text)
{
    int day, used = 0;
    assert_int_equal(sscanf(text, "%d%n", &day, &used), 1);
    char *arrow = strstr(text, "->");
    if (arrow != NULL) {
        *arrow = '\0';
        add_expected(c, line, day, arrow + 2);
    }
    msp_text_printf(&c->rows, "X,%d,", day <= 0 ? 0 : 1);
    add_day(day, &c->rows);
    add_values(c, line, text + used);
}

/* -- judging it -- */

static void make_table(const one_case *c, msp_text *out)
{
    msp_text_add(out, "case_id,visit_no,visit_date");
    for (size_t i = 0; i < MSP_COUNT(value_names); i++)
        msp_text_printf(out, ",%s", value_names[i][1]);
    msp_text_add_char(out, '\n');
    msp_text_add(out, msp_text_str(&c->rows));
}

/* What is not said visit by visit is said of the patient directly. */
static void complete_patient(const one_case *c, msp_patient *p)
{
    p->switches = c->set;
    msp_isotype_read(c->isotype, &p->heavy, &p->light);
    p->died = c->died;
    p->died_of_myeloma = c->died_pd;
    if (c->therapy[0] != '\0')
        p->new_therapy = FIRST + atoi(c->therapy);
}

static const char *in_days(msp_day day, char out[32])
{
    if (day == MSP_NO_DAY)
        return "none";
    snprintf(out, 32, "day %d", day - FIRST);
    return out;
}

static void check_end(const one_case *c, const msp_response_result *r, const msp_mrd *mrd,
                      const char *part)
{
    static const char *const names[] = {"best ",
                                        "first response ",
                                        "progression ",
                                        "clinical relapse ",
                                        "relapse from CR ",
                                        "significant relapse ",
                                        "MRD negative ",
                                        "with imaging ",
                                        "sustained ",
                                        "sustained in the marrow ",
                                        "relapse from MRD "};
    const msp_day days[] = {0,
                            r->first_response,
                            r->progression,
                            r->clinical_relapse,
                            r->relapse_from_cr,
                            r->significant_relapse,
                            mrd->negative,
                            mrd->imaging_plus,
                            mrd->sustained,
                            mrd->sustained_marrow,
                            mrd->relapse};
    char text[32];
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        const size_t len = strlen(names[i]);
        if (strncmp(part, names[i], len) != 0 ||
            (strncmp(part + len, "day", 3) != 0 && strcmp(part + len, "none") != 0 && i > 0))
            continue;
        const char *got = i == 0 ? msp_response_level_name(r->best) : in_days(days[i], text);
        if (strcmp(got, part + len) != 0)
            fault(c->line, names[i], got, part + len);
        return;
    }
    if (strncmp(part, "kind ", 5) == 0) {
        if (strcmp(part + 5, msp_pd_kind_text(r->progression_kind)) != 0)
            fault(c->line, "kind of progression", msp_pd_kind_text(r->progression_kind), part + 5);
        return;
    }
    if (strcmp(part, msp_disease_type_name(r->type)) != 0)
        fault(c->line, "disease type", msp_disease_type_name(r->type), part);
}

static bool is_told(const msp_reasons *reasons, const expected *e)
{
    for (size_t i = 0; i < reasons->n; i++)
        if (strcmp(reasons->items[i].rule, e->rule) == 0 &&
            strstr(reasons->items[i].text, e->words) != NULL)
            return true;
    return false;
}

static void check_reason(const msp_judge *judge, const msp_response_result *r, size_t k,
                         const expected *e)
{
    msp_arena arena = {0};
    msp_reasons reasons;
    if (e->rule[0] == '\0')
        return;
    assert_int_equal(msp_explain_assessment(judge, r, k, &arena, &reasons, NULL), MSP_OK);
    if (!is_told(&reasons, e)) {
        fault(e->line, "the reason", "not told", e->rule);
        for (size_t i = 0; i < reasons.n; i++)
            print_error("    %s: %s\n", reasons.items[i].rule, reasons.items[i].text);
    }
    msp_arena_free(&arena);
}

static void check_visit(const msp_judge *judge, const msp_response_result *r, const expected *e)
{
    for (size_t k = 0; k < r->n_assessed; k++) {
        const msp_assessed *a = &r->assessed[k];
        if (a->day != FIRST + e->day)
            continue;
        const char *raw =
            a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)a->raw);
        const char *confirmed =
            a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)a->confirmed);
        if (strcmp(raw, e->raw) != 0)
            fault(e->line, "the response", raw, e->raw);
        if (strcmp(confirmed, e->confirmed) != 0)
            fault(e->line, "the confirmed response", confirmed, e->confirmed);
        check_reason(judge, r, k, e);
        return;
    }
    fault(e->line, "the visit", "not assessed", e->raw);
}

/* The case's switches for residual disease, which hold for a trial, not for a patient. */
static void find_mrd(const one_case *c, const msp_patient *p, const msp_response_result *r,
                     msp_rules *rules, msp_arena *arena, msp_mrd *out)
{
    char set[512];
    snprintf(set, sizeof set, "%s", c->set);
    for (char *s = strtok(set, ";"); s != NULL; s = strtok(NULL, ";")) {
        char *equals = strchr(s, '=');
        assert_non_null(equals);
        *equals = '\0';
        assert_int_equal(msp_rules_set(rules, s, equals + 1, arena, NULL), MSP_OK);
    }
    const msp_mrd_rules how = msp_mrd_rules_of(rules);
    assert_int_equal(msp_mrd_find(p, r, &how, arena, out, NULL), MSP_OK);
}

static void check_case(one_case *c)
{
    msp_text table = {0};
    msp_arena arena = {0};
    msp_patients patients;
    msp_responses responses;
    msp_response_result result;
    msp_rules rules;
    msp_judge judge = {0};
    msp_error err = {0};
    make_table(c, &table);
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    if (msp_tidy_read_memory(table.data, table.len, "case", &patients, NULL, &err) != MSP_OK)
        fail_msg("%s:%d: %s", file_name, c->line, err.text);
    complete_patient(c, &patients.patients[0]);
    if (msp_responses_judge(&patients, &rules, NULL, &responses, &err) != MSP_OK)
        fail_msg("%s:%d: %s", file_name, c->line, err.text);
    assert_int_equal(
        msp_judge_patient(&judge, &patients.patients[0], responses.criteria[0], &result, NULL),
        MSP_OK);
    for (size_t i = 0; i < c->n_want; i++)
        check_visit(&judge, &result, &c->want[i]);
    msp_mrd mrd;
    find_mrd(c, &patients.patients[0], &result, &rules, &arena, &mrd);
    for (char *part = strtok(c->ends, ";"); part != NULL; part = strtok(NULL, ";")) {
        trim(part);
        check_end(c, &result, &mrd, part);
    }
    msp_judge_free(&judge);
    msp_responses_free(&responses);
    msp_patients_free(&patients);
    msp_arena_free(&arena);
    msp_text_free(&table);
}

/* -- files -- */

static int n_cases;

static void finish(one_case *c)
{
    if (c->title[0] != '\0') {
        check_case(c);
        n_cases++;
    }
    msp_text_free(&c->rows);
    *c = (one_case){0};
}

static void take_line(one_case *c, int number, char *line)
{
    char word[16] = "";
    int used = 0;
    if (sscanf(line, "%15s%n", word, &used) != 1 || word[0] == '#')
        return;
    char *rest = line + used;
    trim(rest);
    if (strcmp(word, "case") == 0) {
        finish(c);
        c->line = number;
        snprintf(c->title, sizeof c->title, "%s", rest);
    } else if (strcmp(word, "set") == 0) {
        snprintf(c->set, sizeof c->set, "%s", rest);
    } else if (strcmp(word, "isotype") == 0) {
        snprintf(c->isotype, sizeof c->isotype, "%s", rest);
    } else if (strcmp(word, "therapy") == 0) {
        snprintf(c->therapy, sizeof c->therapy, "%s", rest + strlen("day "));
    } else if (strcmp(word, "died") == 0) {
        c->died = true;
        c->died_pd = strcmp(rest, "of myeloma") == 0;
    } else if (strcmp(word, "day") == 0) {
        add_visit(c, number, rest);
    } else if (strcmp(word, "ends") == 0) {
        snprintf(c->ends, sizeof c->ends, "%s", rest);
    } else {
        fail_msg("%s:%d: no line begins with \"%s\"", file_name, number, word);
    }
}

static void run_file(const char *path)
{
    static one_case c;
    char line[512];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (int number = 1; fgets(line, sizeof line, f) != NULL; number++)
        take_line(&c, number, line);
    finish(&c);
    fclose(f);
}

static void every_case(void **state)
{
    (void)state;
    char name[300];
    DIR *d = opendir(project_file("tests/cases"));
    assert_non_null(d);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        const size_t len = strlen(e->d_name);
        if (len < 4 || strcmp(e->d_name + len - 4, ".txt") != 0)
            continue;
        snprintf(name, sizeof name, "tests/cases/%s", e->d_name);
        file_name = name;
        run_file(project_file(name));
    }
    closedir(d);
    print_message("%d cases\n", n_cases);
    assert_true(n_cases > 50);
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
