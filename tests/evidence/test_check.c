/* What the checks find: the traps and contradictions that ../shared/evidence/rrmm.md lists, in the
 * shipped file, and digits altered by a generator. */
#include "near.h"

#include <string.h>

#include "mspike/base.h"
#include "mspike/evidence.h"

static char *file_text;
static size_t file_len;

static int read_file(void **state)
{
    (void)state;
    msp_file file;
    assert_int_equal(msp_file_open(project_file("evidence/rrmm.yaml"), &file, NULL), MSP_OK);
    file_text = malloc(file.size + 1);
    assert_non_null(file_text);
    memcpy(file_text, file.data, file.size);
    file_len = file.size;
    file_text[file_len] = '\0';
    msp_file_close(&file);
    return 0;
}

static int free_file(void **state)
{
    (void)state;
    free(file_text);
    return 0;
}

static msp_status check_text(const char *text, size_t len, msp_findings *findings)
{
    msp_evidence e = {0};
    const msp_status status = msp_evidence_parse(text, len, "rrmm.yaml", &e, findings, NULL);
    if (status == MSP_OK && findings->n_errors == 0)
        msp_evidence_check(&e, findings);
    msp_evidence_free(&e);
    return status;
}

/* Id and number of the contradiction or trap in rrmm.md; the finding's id; who it is about; a part
 * of its text. */
static const struct {
    const char *what, *id, *about, *part;
} traps[] = {
    {"C1", "evidence-share", "OPTIMISMM T01", "about 391, but R005"},
    {"C1", "evidence-patients", "OPTIMISMM R005", "238 patients together"},
    {"C2", "evidence-share", "OPTIMISMM T02", "57.7 % on PVd"},
    {"C2", "evidence-share", "OPTIMISMM T02", "56.5 % on Vd"},
    {"C3", "evidence-share", "EMN011 T03", "57 patients on KPd here, 60"},
    {"C3", "evidence-population", "EMN011 R013", "the same patients"},
    {"C4", "evidence-population", "MMY1001-DPd T04", "the same numbers stand under"},
    {"C5", "evidence-range", "MM-014 R028", "a range"},
    {"C5", "evidence-horizon", "MM-014 R028", "8.2"},
    {"C6", "evidence-arm", "REP: ", "dexamethasone"},
    {"C7", "evidence-arm", "ASPIRE: ", "placebo"},
    {"C8", "evidence-claim", "Elo-Vd-2 R021", "missing benefit"},
    {"C9", "evidence-follow-up", "CASTOR R059", "19.4 in R003"},
    {"C9", "evidence-twice", "Mohyuddin-2021 R151", "0.44"},
    {"C10", "evidence-plan", "IKEMA: ", "302"},
    {"C10", "evidence-plan", "APOLLO: ", "304"},
    {"C10", "evidence-plan", "BOSTON: ", "402"},
    {"IKEMA interim", "evidence-level", "IKEMA R047", "0.0075 instead of 0.00069"},
    {"IKEMA final", "evidence-level", "IKEMA R085", "95.4 %"},
    {"A061202", "evidence-bound", "A061202 R051", "39.5 events) and"},
    {"A061202", "evidence-bound", "A061202 R051", "65.1 events"},
    {"Elo-Vd", "evidence-level", "Elo-Vd-2 R144", "0.0013 instead of 0.089"},
    {"ELOQUENT-2 OS", "evidence-level", "ELOQUENT-2 R137", "95.4 %"},
    {"CANDOR OS", "evidence-p-sides", "CANDOR R082", "one-sided (0.036)"},
    {"BOSTON", "evidence-p-sides", "BOSTON R096", "one-sided"},
    {"DREAMM-7 OS", "evidence-p-sides", "DREAMM-7 R109", "one-sided"},
    {"ENDEAVOR high-risk", "evidence-p-sides", "ENDEAVOR R067", "one-sided"},
    {"ICARIA OS", "evidence-interval", "ICARIA T10", "1.1015"},
    {"DREAMM-3", "evidence-curves", "DREAMM-3 R119", "favours Bela"},
    {"DREAMM-3", "evidence-p-sides", "DREAMM-3 R119", "one-sided (0.56)"},
    {"CARTITUDE-4", "evidence-weighted", "CARTITUDE-4 R120", "weighted"},
    {"BELLINI OS", "evidence-cut-off", "BELLINI R102", "1.19 at 45.6"},
    {"KarMMa-3 OS", "evidence-crossover", "KarMMa-3 R126", "56 %"},
    {"TOURMALINE PFS", "evidence-p-only", "TOURMALINE-MM1 R138", "0.117"},
    {"ELOQUENT-2 PFS", "evidence-p-only", "ELOQUENT-2 R136", "0.099"},
    {"BELLINI OS final", "evidence-p-only", "BELLINI R104", "0.202"},
    {"PANORAMA-1 OS", "evidence-twice", "PANORAMA-1 T11", "40.8 here and 40.3"},
    /* not in rrmm.md */
    {"51 of 85 is no 59 %", "evidence-percentage", "MMY1001-DKd T06", "60.0 %"},
    {"assessable patients", "evidence-percentage", "POLLUX R134", "286"},
};

static bool has(const msp_findings *findings, const char *id, const char *about, const char *part)
{
    for (size_t i = 0; i < findings->n; i++) {
        const msp_finding *f = &findings->items[i];
        if (strcmp(f->id, id) == 0 && strncmp(f->text, about, strlen(about)) == 0 &&
            strstr(f->text, part) != NULL)
            return true;
    }
    return false;
}

static void traps_of_the_published_results(void **state)
{
    (void)state;
    msp_findings findings = {0};
    assert_int_equal(check_text(file_text, file_len, &findings), MSP_OK);
    size_t missed = 0;
    for (size_t i = 0; i < MSP_COUNT(traps); i++)
        if (!has(&findings, traps[i].id, traps[i].about, traps[i].part)) {
            print_error("%s is not found\n", traps[i].what);
            missed++;
        }
    if (missed > 0) {
        msp_text text = {0};
        msp_findings_render(&findings, &text);
        print_error("%s", msp_text_str(&text));
        msp_text_free(&text);
    }
    assert_int_equal(missed, 0);
    assert_int_equal(findings.n_errors, 0);
    msp_findings_free(&findings);
}

static void the_slip_is_named(void **state)
{
    (void)state;
    msp_findings findings = {0};
    assert_int_equal(check_text(file_text, file_len, &findings), MSP_OK);
    bool named = false;
    for (size_t i = 0; i < findings.n; i++)
        named |= findings.items[i].hint != NULL &&
                 strcmp(findings.items[i].hint, "1.1015 may be a slip for 1.015") == 0;
    assert_true(named);
    msp_findings_free(&findings);
}

/* -- one number of the file made another -- */

/* A text of the file, what takes its place, and the finding that comes of it. */
static const struct {
    const char *was, *now, *id, *part;
} slips[] = {
    {"DVd: {n: 251, value: 49.6}", "DVd: {n: 251, value: 9.6}", "evidence-depth", "above OS, 9.6"},
    {"DKd: {n: 51, value: 65}",
     "DKd: {n: 51, value: 65}\n        source: review\n        page: Table 1\n      R999:\n"
     "        population: len-refractory\n        endpoint: PFS\n        follow_up: 16.6\n"
     "        arms:\n          DKd: {n: 51, value: 9.0}",
     "evidence-depth", "a median of 9.0 on DKd, but 65 % at 12"},
    {"time: 9\n        arms:\n          DPd: {n: 84, value: 86}",
     "time: 3\n        arms:\n          DPd: {n: 84, value: 56}", "evidence-depth",
     "56 % on DPd at 3, but 86.3 % at 9"},
    {"interval: [22.8, NE]", "interval: [92.8, NE]", "evidence-horizon", "92.8 months"},
    {"IsaPd: {n: 45, value: 17.6}", "IsaPd: {n: 45, value: 07.6}", "evidence-print", "07.6"},
    {"DVd: {n: 125, value: 19.1}", "DVd: {n: 195, value: 19.1}", "evidence-patients",
     "chance hardly divides"},
    {"Rd: {value: 14.9}", "Rd: {value: 34.9}", "evidence-elsewhere",
     "in other trials 14.7 to 18.4"},
    {"DVd: {n: 60, value: 7.8}", "DVd: {n: 60, value: 1.8}", "evidence-elsewhere",
     "1.8 on DVd in this part"},
    {"interval: [9.66, 13.73]", "interval: [9.66, 23.73]", "evidence-interval", "11.2"},
    {"interval: [14.4, 26.2]", "interval: [16.9, 26.2]", "evidence-interval", "close to one end"},
    {"interval: [15.77, NR]", "interval: [19.10, NR]", "evidence-interval", "narrower than"},
};

static void slips_are_found(void **state)
{
    (void)state;
    char *text = malloc(file_len + 1000);
    assert_non_null(text);
    for (size_t i = 0; i < MSP_COUNT(slips); i++) {
        const char *at = strstr(file_text, slips[i].was);
        assert_non_null(at);
        const int len = sprintf(text, "%.*s%s%s", (int)(at - file_text), file_text, slips[i].now,
                                at + strlen(slips[i].was));
        msp_findings before = {0}, after = {0};
        assert_int_equal(check_text(file_text, file_len, &before), MSP_OK);
        assert_int_equal(check_text(text, (size_t)len, &after), MSP_OK);
        if (!has(&after, slips[i].id, "", slips[i].part))
            fail_msg("%s: not found", slips[i].now);
        assert_false(has(&before, slips[i].id, "", slips[i].part));
        msp_findings_free(&before);
        msp_findings_free(&after);
    }
    free(text);
}

/* -- altered digits -- */

/* A digit of a number of a result: the line of an arm or an effect, or of events and patients. */
static bool may_alter(const char *line, const char *at)
{
    static const char *const starts[] = {
        "        effect: {", "        events: ", "        patients: ", "        value: "};
    bool numbers = strncmp(line, "          ", 10) == 0 && memchr(line, '{', (size_t)(at - line));
    for (size_t i = 0; i < MSP_COUNT(starts); i++)
        numbers |= strncmp(line, starts[i], strlen(starts[i])) == 0;
    if (!numbers || *at < '0' || *at > '9')
        return false;
    const char *first = at; /* of the number */
    while (first > line && ((first[-1] >= '0' && first[-1] <= '9') || first[-1] == '.'))
        first--;
    return first > line && (first[-1] == ' ' || first[-1] == '[' || first[-1] == '<');
}

static const char *line_of(const char *at)
{
    while (at > file_text && at[-1] != '\n')
        at--;
    return at;
}

/* Any finding that the file as it is does not have. */
static bool is_noticed(const msp_findings *now, const msp_findings *before)
{
    for (size_t i = 0; i < now->n; i++) {
        bool known = false;
        for (size_t k = 0; k < before->n && !known; k++)
            known = strcmp(now->items[i].text, before->items[k].text) == 0;
        if (!known)
            return true;
    }
    return false;
}

/* Results of the file, each with the first and last place of its text. */
typedef struct record {
    size_t from, to;
} record;

static size_t find_records(record *out, size_t max)
{
    size_t n = 0;
    const char *trials = strstr(file_text, "\ntrials:"), *end = strstr(file_text, "\nharms:");
    for (const char *p = strstr(trials, "\n      "); p != NULL && p < end;
         p = strstr(p + 1, "\n      "))
        if ((p[7] == 'R' || p[7] == 'T') && strchr(p, ':') < strchr(p + 1, '\n') && n < max) {
            if (n > 0)
                out[n - 1].to = (size_t)(p - file_text);
            out[n++].from = (size_t)(p - file_text);
        }
    out[n - 1].to = (size_t)(end - file_text);
    return n;
}

/* How many first digits of numbers were altered, and later ones; how many of each were noticed. */
static size_t altered_at[2], noticed_at[2];

static bool is_later_digit(const char *at)
{
    while ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == '.')
        if (*--at >= '1' && *at <= '9')
            return true;
    return false;
}

/* Alters one digit of the record, drawn at random, puts it back, and returns whether the checks
 * noticed; -1 where the record has no digit. */
static int alter(const record *r, msp_random *random, const msp_findings *before)
{
    size_t places[512], n = 0;
    for (size_t at = r->from; at < r->to && n < MSP_COUNT(places); at++)
        if (may_alter(line_of(file_text + at), file_text + at))
            places[n++] = at;
    if (n == 0)
        return -1;
    char *digit = file_text + places[msp_random_below(random, n)];
    const char was = *digit;
    *digit = (char)('0' + (was - '0' + 1 + (char)msp_random_below(random, 9)) % 10);
    msp_findings now = {0};
    assert_int_equal(check_text(file_text, file_len, &now), MSP_OK);
    const bool noticed = is_noticed(&now, before);
    if (getenv("MSPIKE_SHOW") != NULL && !noticed)
        print_message("not noticed: was %c: %.*s\n", was, 100, line_of(digit));
    *digit = was;
    altered_at[is_later_digit(digit)]++;
    noticed_at[is_later_digit(digit)] += noticed;
    msp_findings_free(&now);
    return noticed;
}

/* Of `wanted` records drawn at random, those whose altered digit was noticed. `comparison`: only
 * those that print an estimate with its interval. */
static size_t alter_records(uint64_t seed, size_t wanted, bool comparison)
{
    static record records[256];
    bool done[256] = {false};
    msp_findings before = {0};
    assert_int_equal(check_text(file_text, file_len, &before), MSP_OK);
    const size_t n = find_records(records, MSP_COUNT(records));
    msp_random random = msp_random_at(seed, 0, 0, 0);
    size_t altered = 0, noticed = 0;
    while (altered < wanted) {
        const size_t k = msp_random_below(&random, n);
        const record *r = &records[k];
        const char *estimate = strstr(file_text + r->from, "estimate: ");
        const bool compares = estimate != NULL && estimate < file_text + r->to &&
                              strncmp(strchr(estimate, ',') + 1, " interval", 9) == 0;
        if (done[k] || (comparison && !compares))
            continue;
        done[k] = true;
        const int result = alter(r, &random, &before);
        altered += result >= 0;
        noticed += result > 0;
    }
    msp_findings_free(&before);
    return noticed;
}

/* docs/methods/printed-results.md states these counts: a change of them belongs there. */
static void altered_digits(void **state)
{
    (void)state;
    const size_t any = alter_records(1, 50, false), comparisons = alter_records(1, 50, true);
    print_message("noticed: %zu of 50 records, %zu of 50 with an interval\n", any, comparisons);
    assert_int_equal(any, 32);
    assert_int_equal(comparisons, 41);
}

/* One seed is luck: the mean of many. */
static void many_seeds(void **state)
{
    (void)state;
    size_t any = 0, comparisons = 0;
    memset(altered_at, 0, sizeof altered_at);
    memset(noticed_at, 0, sizeof noticed_at);
    const size_t seeds = getenv("MSPIKE_SOAK") != NULL ? 40 : 0;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        any += alter_records(seed, 50, false);
        comparisons += alter_records(seed, 50, true);
    }
    if (seeds > 0)
        print_message("mean of %zu seeds: %.1f of 50 records, %.1f of 50 with an interval\n", seeds,
                      (double)any / (double)seeds, (double)comparisons / (double)seeds);
    for (size_t i = 0; seeds > 0 && i < 2; i++)
        print_message("%s digits: %zu of %zu\n", i == 0 ? "first" : "later", noticed_at[i],
                      altered_at[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traps_of_the_published_results),
        cmocka_unit_test(the_slip_is_named),
        cmocka_unit_test(slips_are_found),
        cmocka_unit_test(altered_digits),
        cmocka_unit_test(many_seeds),
    };
    return cmocka_run_group_tests(tests, read_file, free_file);
}
