/* rates - proportions: one sample, two samples, stratified. */
#include <math.h>
#include <string.h>

#include "rates.h"

/* -- the command -- */

const char *const rates_alternatives[] = {"two-sided", "less", "greater", NULL};
static const char *const methods[] = {"clopper-pearson", "wilson", "wilson-cc", "agresti-coull",
                                      "jeffreys",        "mid-p",  "wald",      NULL};

static const char *const missing_choices[] = {"omit", "no", NULL};

#define DATA   "Data"
#define METHOD "Method"

static const msp_option options[] = {
    {"counts", 'c', MSP_OPTION_LIST, offsetof(rates_values, counts), "X/N",
     "events of patients, a group each, instead of a table", DATA, NULL, 0, 0},
    {"exposure", 0, MSP_OPTION_LIST, offsetof(rates_values, exposure), "D/T",
     "events by time of exposure, a group each: incidence, and the ratio of two", DATA, NULL, 0, 0},
    {"events", 0, MSP_OPTION_TEXT, offsetof(rates_values, events), "COL",
     "with --time, of a table: how many events each row had", DATA, NULL, 0, 0},
    {"time", 't', MSP_OPTION_TEXT, offsetof(rates_values, time), "COL",
     "how long each row was exposed", DATA, NULL, 0, 0},
    {"response", 'r', MSP_OPTION_TEXT, offsetof(rates_values, response), "COL",
     "1 for a response (or another event), 0 for none", DATA, NULL, 0, 0},
    {"response-value", 0, MSP_OPTION_LIST, offsetof(rates_values, response_value), "V",
     "the values that are responses; every other one is none", DATA, NULL, 0, 0},
    {"missing", 0, MSP_OPTION_CHOICE, offsetof(rates_values, missing), NULL,
     "a row without a response: left out, or taken as no response [omit]", DATA, missing_choices, 0,
     0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(rates_values, arm), "COL", "compare its groups", DATA,
     NULL, 0, 0},
    {"strata", 0, MSP_OPTION_LIST, offsetof(rates_values, strata), "COL",
     "compare two groups within strata", DATA, NULL, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(rates_values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(rates_values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    {"method", 0, MSP_OPTION_CHOICE, offsetof(rates_values, method), NULL,
     "of each group's interval [clopper-pearson]", METHOD, methods, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(rates_values, level), "L", "of every interval [0.95]",
     METHOD, NULL, 0, 1},
    {"alternative", 0, MSP_OPTION_CHOICE, offsetof(rates_values, alternative), NULL,
     "less: upper limits only; greater: lower limits only [two-sided]", METHOD, rates_alternatives,
     0, 0},
    {"null", 0, MSP_OPTION_NUMBER, offsetof(rates_values, null), "P",
     "test each group's proportion against P, exactly", METHOD, NULL, 0, 1},
    CLI_OPTION_FORMAT(rates_values, cli_formats),
    CLI_OPTION_OUTPUT(rates_values),
    CLI_OPTIONS_RUNNING(rates_values),
};

static const msp_example examples[] = {
    {"mspike rates --counts 345/396,264/396",
     "two response rates, their exact intervals, and how they differ"},
    {"mspike rates --counts 29/58 --null 0.4 --alternative greater --level 0.9",
     "one arm against a fixed rate: exact test and lower limit"},
    {"mspike rates --exposure 41/1234.5,22/1100",
     "events by patient-years: exact limits of each rate and of their ratio"},
    {"mspike rates examples/pfs.csv --events event --time days --arm arm",
     "the same of a table: the sums of each arm"},
    {"mspike rates examples/pfs.csv --response event --arm arm --strata lines,stage --format json",
     "compared within strata: Mantel-Haenszel, Breslow-Day, Miettinen-Nurminen"},
    {"mspike rates examples/spike-1/adsl.xpt --response DTHFL --response-value Y --missing no "
     "--arm TRT01P",
     "a flag that is Y or empty: who died, by arm"},
};

static int run(int argc, char **argv);

const msp_command cli_rates = {
    .name = "rates",
    .group = "analysis",
    .summary = "proportions: one sample, two samples, stratified",
    .usage = "--counts X/N,... | --exposure D/T,... | TABLE [options]",
    .description =
        "Proportions with their intervals; for two groups the difference (Miettinen-Nurminen, "
        "Newcombe), risk ratio and odds ratio, Fisher's exact test and chi-square without "
        "continuity correction; within strata the Cochran-Mantel-Haenszel test, common ratios and "
        "difference, and the Breslow-Day test. Group 1 is compared to group 2.\n\n"
        "A table is a CSV, XPT, sas7bdat or Dataset-JSON file. Its groups are ordered: numbers "
        "ascending, texts in byte order. A row without a response or an arm is left out.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};

/* -- from the command line -- */

static msp_status usage(msp_error *err)
{
    return msp_hint(err, MSP_EUSAGE, "usage: mspike rates %s", cli_rates.usage);
}

/* Whether the data are said in another way than by --counts or --exposure. */
static bool has_table(const rates_values *v, const char *path)
{
    return path != NULL || v->response != NULL || v->arm != NULL || v->strata.n > 0 ||
           v->response_value.n > 0;
}

static msp_status check_usage(const rates_values *v, const char *path, msp_error *err)
{
    if (v->events != NULL || v->time != NULL) {
        if (path != NULL && v->events != NULL && v->time != NULL && v->response == NULL &&
            v->strata.n == 0 && v->response_value.n == 0 && v->counts.n == 0 &&
            v->exposure.n == 0 && isnan(v->null))
            return MSP_OK;
        msp_fail(err, MSP_EUSAGE,
                 "--events and --time go together, with a TABLE, and with --arm alone");
        return usage(err);
    }
    if (v->exposure.n > 0) {
        if (!has_table(v, path) && v->counts.n == 0 && isnan(v->null))
            return MSP_OK;
        msp_fail(err, MSP_EUSAGE, "--exposure goes with neither --counts, --null nor a table");
        return usage(err);
    }
    if (v->counts.n > 0 && has_table(v, path)) {
        msp_fail(err, MSP_EUSAGE, "--counts stands for a table; it is one or the other");
        return usage(err);
    }
    if (v->counts.n == 0 && (path == NULL || v->response == NULL)) {
        msp_fail(err, MSP_EUSAGE, "rates needs --counts X/N, or a TABLE and --response COL");
        return usage(err);
    }
    if (v->strata.n > 0 && v->arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "--strata compares groups within strata; name an --arm");
    return MSP_OK;
}

/* Up to 15 digits. */
static bool read_count(const char *s, size_t len, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *out = 10 * *out + (s[i] - '0');
    }
    return len > 0 && len <= 15;
}

static msp_status read_counts(rates_job *j, msp_error *err)
{
    const msp_words *words = &j->v->counts;
    j->n_groups = words->n;
    j->groups = msp_arena_array(&j->arena, words->n, sizeof *j->groups);
    if (j->groups == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the groups");
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->word[i], *slash = strchr(word, '/');
        rates_group *g = &j->groups[i];
        g->name = msp_arena_printf(&j->arena, "%zu", i + 1);
        if (g->name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the groups");
        if (slash == NULL || !read_count(word, (size_t)(slash - word), &g->events) ||
            !read_count(slash + 1, strlen(slash + 1), &g->n))
            return msp_fail(err, MSP_EUSAGE,
                            "--counts has \"%s\"; expected events/patients, as 345/396", word);
        if (g->events > g->n)
            return msp_fail(err, MSP_EUSAGE, "--counts has \"%s\": more events than patients",
                            word);
    }
    return MSP_OK;
}

/* -- from a table -- */

static void ask(msp_read_column *columns, size_t *n, const char *name, msp_read_as as)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(columns[i].name, name) == 0)
            return;
    columns[(*n)++] = (msp_read_column){name, as};
}

static msp_status read_table(rates_job *j, const char *path, msp_error *err)
{
    const rates_values *v = j->v;
    msp_read_column columns[MSP_WORDS_MAX + 2] = {{0}};
    msp_read_options read = {.columns = columns};
    if (v->arm != NULL)
        ask(columns, &read.n_columns, v->arm, MSP_READ_TEXT);
    for (size_t i = 0; i < v->strata.n; i++)
        ask(columns, &read.n_columns, v->strata.word[i], MSP_READ_TEXT);
    ask(columns, &read.n_columns, v->response, MSP_READ_AUTO);
    msp_status rc = cli_one_character(v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(v->decimal, "decimal", &read.decimal, err);
    if (rc == MSP_OK)
        rc = cli_read_table(&v->common, path, &read, &j->table, err);
    return rc;
}

static msp_status no_response(const rates_job *j, const msp_column *c, size_t row, msp_error *err)
{
    char number[MSP_DOUBLE_MAX];
    const char *found = number;
    if (c->type == MSP_COLUMN_NUMBER)
        msp_double_format(c->number[row], number);
    else
        found = c->text[c->code[row]];
    msp_table_fail(err, MSP_EINPUT, &j->table, row, c,
                   "%s is \"%s\"; expected 1 for a response and 0 for none", c->name, found);
    return msp_hint(err, MSP_EINPUT, "say which values are responses: --response-value %s", found);
}

/* 1 and 0 a row; a row without a response leaves `keep`. */
static msp_status read_responses(const rates_job *j, uint8_t *response, uint8_t *keep,
                                 msp_error *err)
{
    const msp_column *c = msp_table_column(&j->table, j->v->response);
    const msp_words *values = &j->v->response_value;
    bool found[MSP_WORDS_MAX] = {false};
    for (size_t row = 0; row < j->table.n_rows; row++) {
        if (msp_column_is_missing(c, row)) {
            keep[row] = j->v->missing != 0;
            continue;
        }
        for (size_t i = 0; i < values->n; i++)
            if (msp_cell_equals(c, row, values->word[i]))
                response[row] = found[i] = true;
        if (values->n > 0)
            continue;
        response[row] = msp_cell_equals(c, row, "1");
        if (!response[row] && !msp_cell_equals(c, row, "0"))
            return no_response(j, c, row, err);
    }
    for (size_t i = 0; i < values->n; i++)
        if (!found[i])
            cli_note(&j->v->common, "no row has %s equal to \"%s\"", c->name, values->word[i]);
    return MSP_OK;
}

/* Everyone in one group where there is no arm. */
static msp_status make_arm(rates_job *j, uint8_t *keep, msp_factor *arm, msp_error *err)
{
    const size_t n = j->table.n_rows;
    if (j->v->arm != NULL) {
        const msp_column *c = msp_table_column(&j->table, j->v->arm);
        const msp_status rc = msp_factor_from_column(c, n, keep, &j->arena, arm, err);
        if (rc == MSP_OK)
            msp_keep_levels(arm, n, keep);
        return rc;
    }
    *arm = (msp_factor){.n_levels = 1};
    arm->level = msp_arena_array(&j->arena, 1, sizeof *arm->level);
    arm->code = msp_arena_array(&j->arena, n, sizeof *arm->code);
    if (arm->level == NULL || arm->code == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    arm->level[0] = "all";
    return MSP_OK;
}

static msp_status count_groups(rates_job *j, const msp_factor *arm, const uint8_t *response,
                               const uint8_t *keep, msp_error *err)
{
    j->n_groups = arm->n_levels;
    j->groups = msp_arena_array(&j->arena, arm->n_levels, sizeof *j->groups);
    if (j->groups == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu groups", arm->n_levels);
    for (size_t i = 0; i < arm->n_levels; i++)
        j->groups[i].name = arm->level[i];
    for (size_t row = 0; row < j->table.n_rows; row++) {
        if (!keep[row]) {
            j->n_missing++;
            continue;
        }
        j->n++;
        j->groups[arm->code[row]].n++;
        j->groups[arm->code[row]].events += response[row];
    }
    if (j->n == 0)
        return msp_fail(err, MSP_ENODATA, "no row of %s has all that is needed", j->table.file);
    return MSP_OK;
}

static msp_status cross_strata(rates_job *j, const uint8_t *keep, msp_error *err)
{
    const msp_words *names = &j->v->strata;
    const size_t n = j->table.n_rows;
    msp_factor *parts = msp_arena_array(&j->arena, names->n, sizeof *parts);
    if (parts == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the strata");
    for (size_t i = 0; i < names->n; i++) {
        const msp_column *c = msp_table_column(&j->table, names->word[i]);
        const msp_status rc = msp_factor_from_column(c, n, keep, &j->arena, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    return msp_factor_cross(parts, names->n, n, &j->arena, &j->stratum, err);
}

static msp_status count_strata(rates_job *j, const msp_factor *arm, const uint8_t *response,
                               const uint8_t *keep, msp_error *err)
{
    if (j->v->strata.n == 0)
        return MSP_OK;
    if (j->n_groups != 2)
        return msp_fail(err, MSP_EUSAGE, "--strata compares two groups; %s has %zu", j->v->arm,
                        j->n_groups);
    const msp_status rc = cross_strata(j, keep, err);
    if (rc != MSP_OK)
        return rc;
    j->n_strata = j->stratum.n_levels;
    j->tables = msp_arena_array(&j->arena, j->n_strata, sizeof *j->tables);
    if (j->tables == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu strata", j->n_strata);
    for (size_t row = 0; row < j->table.n_rows; row++) {
        if (!keep[row])
            continue;
        if (j->stratum.code[row] == MSP_NO_LEVEL) {
            j->n_missing_stratum++;
            continue;
        }
        msp_two_by_two *t = &j->tables[j->stratum.code[row]];
        *(arm->code[row] == 0 ? &t->n1 : &t->n2) += 1;
        *(arm->code[row] == 0 ? &t->x1 : &t->x2) += response[row];
    }
    return MSP_OK;
}

static msp_status count_table(rates_job *j, const char *path, msp_error *err)
{
    msp_factor arm;
    msp_status rc = read_table(j, path, err);
    if (rc != MSP_OK)
        return rc;
    uint8_t *response = msp_arena_array(&j->arena, j->table.n_rows, 1);
    uint8_t *keep = msp_arena_array(&j->arena, j->table.n_rows, 1);
    if (response == NULL || keep == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", j->table.n_rows);
    memset(keep, 1, j->table.n_rows);
    rc = read_responses(j, response, keep, err);
    if (rc == MSP_OK)
        rc = make_arm(j, keep, &arm, err);
    if (rc == MSP_OK)
        rc = count_groups(j, &arm, response, keep, err);
    if (rc == MSP_OK)
        rc = count_strata(j, &arm, response, keep, err);
    return rc;
}

/* -- the answer -- */

static msp_status chi_square(rates_job *j, msp_error *err)
{
    int64_t *events = msp_arena_array(&j->arena, j->n_groups, sizeof *events);
    int64_t *n = msp_arena_array(&j->arena, j->n_groups, sizeof *n);
    if (events == NULL || n == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu groups", j->n_groups);
    for (size_t i = 0; i < j->n_groups; i++) {
        events[i] = j->groups[i].events;
        n[i] = j->groups[i].n;
    }
    return msp_two_by_two_chi_square(events, n, j->n_groups, false, &j->chi_square,
                                     &j->chi_square_note, err);
}

static msp_status describe_groups(rates_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->n_groups; i++) {
        rates_group *g = &j->groups[i];
        msp_status rc = msp_proportion(g->events, g->n, j->method, &j->confidence, &g->rate, err);
        if (rc == MSP_OK && j->has_null)
            rc =
                msp_proportion_test(g->events, g->n, j->v->null, j->confidence.side, &g->test, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

static msp_status analyse(rates_job *j, const char *path, msp_error *err)
{
    const rates_values *v = j->v;
    j->confidence = (msp_confidence){v->level, (msp_alternative)v->alternative};
    j->method = (msp_proportion_method)v->method;
    j->has_null = !isnan(v->null);
    msp_status rc = v->counts.n > 0 ? read_counts(j, err) : count_table(j, path, err);
    if (rc == MSP_OK)
        rc = describe_groups(j, err);
    if (rc == MSP_OK && j->n_groups > 1)
        rc = chi_square(j, err);
    if (rc == MSP_OK && j->n_groups == 2) {
        const rates_group *g = j->groups;
        const msp_two_by_two table = {g[0].events, g[0].n, g[1].events, g[1].n};
        rc = msp_rates_compare(&table, &j->confidence, &j->pair, err);
    }
    if (rc == MSP_OK && j->n_strata > 0)
        rc = msp_rates_compare_strata(j->tables, j->n_strata, &j->confidence, &j->strata, err);
    return rc;
}

/* -- run -- */

static int print(const rates_job *j)
{
    msp_text text = {0};
    if (j->n_missing > 0)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out", j->n_missing);
    if (j->n_missing_stratum > 0)
        cli_note(&j->v->common, "the strata leave out %zu more rows, for a missing stratum",
                 j->n_missing_stratum);
    if (j->v->common.format == CLI_JSON)
        rates_as_json(j, &text);
    else if (j->v->common.format == CLI_CSV)
        rates_as_csv(j, &text);
    else
        rates_as_text(j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    rates_values v = {.common = CLI_COMMON_DEFAULT, .level = 0.95, .null = (double)NAN};
    const char *path = NULL;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_rates, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    msp_error err;
    if (check_usage(&v, n_operands > 0 ? path : NULL, &err) != MSP_OK)
        return cli_fail(&err);
    if (v.exposure.n > 0 || v.events != NULL)
        return rates_exposure(&v, n_operands > 0 ? path : NULL);
    rates_job j = {.v = &v};
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
