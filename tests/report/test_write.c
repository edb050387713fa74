#include "near.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "mspike/base/file.h"
#include "synthetic.h"

/* Every test works in a folder of its own, which it leaves empty for rmdir to prove. */
static char home[4096];

static int set_up(void **state)
{
    const char *base = getenv("TMPDIR");
    snprintf(home, sizeof home, "%s/mspike-report-XXXXXX", base != NULL ? base : "/tmp");
    synthetic *s = malloc(sizeof *s);
    *state = s;
    if (s == NULL || mkdtemp(home) == NULL)
        return -1;
    synthetic_make(s, 2);
    return 0;
}

static int tear_down(void **state)
{
    synthetic_free(*state);
    free(*state);
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command);
}

static const char *in_home(const char *name)
{
    static char paths[4][4400];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", home, name);
    return path;
}

static bool exists(const char *name)
{
    struct stat st;
    return lstat(in_home(name), &st) == 0;
}

static size_t entries(void)
{
    size_t n = 0;
    DIR *dir = opendir(home);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n - 2;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_home(name), "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static char *get(const char *name)
{
    msp_file file;
    assert_int_equal(msp_file_open(in_home(name), &file, NULL), MSP_OK);
    char *copy = malloc(file.size + 1);
    assert_non_null(copy);
    memcpy(copy, file.data, file.size);
    copy[file.size] = '\0';
    msp_file_close(&file);
    return copy;
}

static msp_status write_report(synthetic *s, const char *name, bool force, msp_error *err)
{
    return msp_report_write(&s->plan, &s->results, in_home(name), force, err);
}

static void assert_whole(const char *dir)
{
    static const char *const files[] = {"index.html",
                                        "results.json",
                                        "data/records.csv",
                                        "data/curves.csv",
                                        "figures/figure-14-2-1-1.svg",
                                        "figures/figure-14-2-1-2.svg"};
    for (size_t i = 0; i < MSP_COUNT(files); i++) {
        char name[256];
        snprintf(name, sizeof name, "%s/%s", dir, files[i]);
        if (!exists(name))
            fail_msg("no %s", name);
    }
}

static void test_a_report_is_written_and_replaced(void **state)
{
    synthetic *s = *state;
    msp_error err = {0};
    assert_int_equal(write_report(s, "out", false, &err), MSP_OK);
    assert_whole("out");
    assert_int_equal(entries(), 1); /* nothing temporary is left */
    char *first = get("out/index.html"), *json = get("out/results.json");
    assert_int_equal(write_report(s, "out/", false, &err), MSP_OK); /* ours: replaced */
    assert_int_equal(entries(), 1);
    char *second = get("out/index.html"), *json_again = get("out/results.json");
    assert_string_equal(first, second);
    assert_string_equal(json, json_again);
    free(first);
    free(second);
    free(json);
    free(json_again);
    assert_int_equal(mkdir(in_home("empty"), 0777), 0);
    assert_int_equal(write_report(s, "empty", false, &err), MSP_OK);
    assert_whole("empty");
}

static void test_tables_as_csv(void **state)
{
    synthetic *s = *state;
    assert_int_equal(write_report(s, "out", false, NULL), MSP_OK);
    char *csv = get("out/data/records.csv");
    size_t lines = 0;
    for (const char *at = csv; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, s->results.n_records + 1);
    assert_non_null(strstr(csv, "\"Cox, Efron ties, stratified\"")); /* quoted: it has commas */
    assert_non_null(strstr(csv, "pfs-itt,ITT,,,,KRd v Rd,,hazard_ratio,"));
    free(csv);
    csv = get("out/data/curves.csv");
    assert_non_null(strstr(csv, "time,at_risk,events,censored,survival,lower,upper,level\n"));
    free(csv);
}

/* What is not ours stays as it is; forced, it keeps its files under another name. */
static void test_another_folder_is_never_lost(void **state)
{
    synthetic *s = *state;
    msp_error err = {0};
    assert_int_equal(mkdir(in_home("thesis"), 0777), 0);
    put("thesis/chapter.tex", "years of work");
    assert_int_equal(write_report(s, "thesis", false, &err), MSP_EIO);
    assert_non_null(strstr(err.hint, "--force"));
    assert_string_equal(err.at.file, in_home("thesis"));
    assert_int_equal(entries(), 1);
    assert_int_equal(write_report(s, "thesis", true, &err), MSP_OK);
    assert_whole("thesis");
    char *kept = get("thesis.1/chapter.tex");
    assert_string_equal(kept, "years of work");
    free(kept);
    put("thesis/notes.txt", "mine"); /* a report with a file of the user's is not ours any more */
    assert_int_equal(write_report(s, "thesis", false, &err), MSP_EIO);
    assert_int_equal(write_report(s, "thesis", true, &err), MSP_OK);
    assert_true(exists("thesis.2/notes.txt"));
    assert_int_equal(mkdir(in_home("other"), 0777), 0);
    put("other/results.json", "{\"not\": \"ours\"}");
    assert_int_equal(write_report(s, "other", false, &err), MSP_EIO);
    assert_true(exists("other/results.json"));
}

static void test_files_links_and_dots_are_refused(void **state)
{
    synthetic *s = *state;
    msp_error err = {0};
    put("file", "text");
    assert_int_equal(write_report(s, "file", true, &err), MSP_EIO);
    assert_int_equal(mkdir(in_home("real"), 0777), 0);
    assert_int_equal(symlink("real", in_home("link")), 0);
    assert_int_equal(write_report(s, "link", true, &err), MSP_EIO);
    assert_int_equal(write_report(s, ".", true, &err), MSP_EIO);
    assert_int_equal(write_report(s, "real/..", true, &err), MSP_EIO);
    assert_int_equal(write_report(s, "no/such/parent", false, &err), MSP_EIO);
    assert_int_equal(msp_report_write(&s->plan, &s->results, "/", true, &err), MSP_EIO);
    assert_int_equal(msp_report_write(&s->plan, &s->results, "", true, &err), MSP_EIO);
    assert_int_equal(entries(), 3);
}

/* The disk is full (here: files may not grow): an error, the old report stays, nothing new is left.
 */
static void test_a_failed_write_leaves_nothing(void **state)
{
    synthetic *s = *state;
    msp_error err = {0};
    assert_int_equal(write_report(s, "old", false, &err), MSP_OK);
    char *before = get("old/index.html");
    struct rlimit was, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    static const rlim_t limits[] = {0, 50000, 120000}; /* fails at the page, and further on */
    for (size_t i = 0; i < MSP_COUNT(limits); i++) {
        small = was;
        small.rlim_cur = limits[i];
        void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        const msp_status fresh = write_report(s, "new", false, &err);
        const msp_status again = write_report(s, "old", false, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
        signal(SIGXFSZ, handler);
        assert_int_not_equal(fresh, MSP_OK);
        assert_int_not_equal(again, MSP_OK);
        assert_true(strlen(err.text) > 0);
        assert_int_equal(entries(), 1);
    }
    char *after = get("old/index.html");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_report_is_written_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tables_as_csv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_folder_is_never_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_links_and_dots_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_failed_write_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
