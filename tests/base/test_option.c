#include "near.h"

#include <string.h>

#include "mspike/base/option.h"

typedef struct values {
    bool flag;
    const char *text;
    int choice;
    uint64_t count;
    double number;
    msp_words list;
} values;

static const char *const choices[] = {"log-log", "log", "plain", NULL};
static const msp_option options[] = {
    {"flag", 'f', MSP_OPTION_FLAG, offsetof(values, flag), NULL, "a flag", "Some", NULL, 0, 0},
    {"text", 0, MSP_OPTION_TEXT, offsetof(values, text), "COL", "a text", "Some", NULL, 0, 0},
    {"interval", 0, MSP_OPTION_CHOICE, offsetof(values, choice), NULL, "which", "More", choices, 0,
     0},
    {"count", 'n', MSP_OPTION_COUNT, offsetof(values, count), "N", "how many", "More", NULL, 1, 9},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(values, number), "L", "level", "More", NULL, 0, 1},
    {"strata", 0, MSP_OPTION_LIST, offsetof(values, list), "COL", "columns", "Some", NULL, 0, 0},
};
static const msp_command command = {.name = "try",
                                    .group = "g",
                                    .summary = "tries",
                                    .usage = "FILE [options]",
                                    .options = options,
                                    .n_options = MSP_COUNT(options),
                                    .min_operands = 1,
                                    .max_operands = 2};

/* Parses a command line written with blanks. */
static msp_status parse(const char *line, values *v, const char **operands, size_t *n,
                        msp_error *err)
{
    static char copy[256];
    static char *argv[32];
    int argc = 0;
    snprintf(copy, sizeof copy, "try %s", line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    *v = (values){.number = 0.95};
    return msp_options_parse(&command, argc, argv, v, operands, n, err);
}

static void reads_every_kind(void **state)
{
    (void)state;
    values v;
    const char *operands[2];
    size_t n;
    msp_error err;
    assert_int_equal(parse("a.csv -f --text=COL --interval plain -n3 --level 0.9 --strata A,B "
                           "--strata C -- -x",
                           &v, operands, &n, &err),
                     MSP_OK);
    assert_true(v.flag);
    assert_string_equal(v.text, "COL");
    assert_int_equal(v.choice, 2);
    assert_int_equal(v.count, 3);
    assert_near(v.number, 0.9, 0);
    assert_int_equal(v.list.n, 3);
    assert_string_equal(v.list.word[2], "C");
    assert_int_equal(n, 2);
    assert_string_equal(operands[1], "-x");
}

static void wrong_lines_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text, *hint;
    } cases[] = {
        {"a --strat X", "unknown option --strat", "did you mean --strata?"},
        {"a --interval logg", "--interval is \"logg\"; expected one of: log-log, log, plain",
         "did you mean log?"},
        {"a --level 1", "--level is 1; expected a number above 0 and below 1", ""},
        {"a --count 10", "--count is 10; expected 1 to 9", ""},
        {"a --count 1.5", "--count is \"1.5\"; expected a whole number", ""},
        {"a --text", "--text needs a value: --text COL", ""},
        {"a --flag=1", "--flag takes no value", ""},
        {"a --strata A,,B", "--strata has an empty value in its list", ""},
        {"a b c", "unexpected \"c\"", "usage: mspike try FILE [options]"},
        {"", "try needs a file to work on", "usage: mspike try FILE [options]"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        values v;
        const char *operands[2];
        size_t n;
        msp_error err;
        assert_int_equal(parse(cases[i].line, &v, operands, &n, &err), MSP_EUSAGE);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err.hint, cases[i].hint);
    }
}

static void help_fits_the_page(void **state)
{
    (void)state;
    msp_text text = {0};
    msp_command_help(&command, "mspike", &text);
    const char *all = msp_text_str(&text);
    assert_non_null(strstr(all, "--interval log-log|log|plain"));
    assert_non_null(strstr(all, "--strata COL,..."));
    for (const char *line = all; *line != '\0';) {
        const size_t len = strcspn(line, "\n");
        assert_true(len <= 80);
        line += len + (line[len] == '\n');
    }
    msp_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(wrong_lines_are_explained),
        cmocka_unit_test(help_fits_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
