/* means - a number in groups: summaries, t and rank tests, shifts. */
#include <stdlib.h>
#include <string.h>

#include "means.h"

/* -- the command -- */

const char *const means_alternatives[] = {"two-sided", "less", "greater", NULL};

#define DATA   "Data"
#define METHOD "Method"

static const msp_option options[] = {
    {"value", 0, MSP_OPTION_TEXT, offsetof(means_values, value), "COL", "the number", DATA, NULL, 0,
     0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(means_values, arm), "COL", "compare its groups", DATA,
     NULL, 0, 0},
    {"strata", 0, MSP_OPTION_LIST, offsetof(means_values, strata), "COL",
     "rank two groups within strata too", DATA, NULL, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(means_values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(means_values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(means_values, level), "L", "of every interval [0.95]",
     METHOD, NULL, 0, 1},
    {"alternative", 0, MSP_OPTION_CHOICE, offsetof(means_values, alternative), NULL,
     "less: the first group has the lower numbers [two-sided]", METHOD, means_alternatives, 0, 0},
    {"pooled", 0, MSP_OPTION_FLAG, offsetof(means_values, pooled), NULL,
     "one variance for both groups in the t test [Welch]", METHOD, NULL, 0, 0},
    CLI_OPTION_CONVENTION(means_values),
    CLI_OPTION_FORMAT(means_values, cli_formats),
    CLI_OPTION_OUTPUT(means_values),
    CLI_OPTIONS_RUNNING(means_values),
};

static const msp_example examples[] = {
    {"mspike means examples/pfs.csv --value age --arm arm",
     "the ages of two arms: summaries, Welch's t test, Wilcoxon's test, the shift"},
    {"mspike means examples/pfs.csv --value b2m --arm arm --strata stage --convention sas "
     "--format json",
     "ranked within stages too (van Elteren), quantiles as SAS has them, as JSON"},
};

static int run(int argc, char **argv);

const msp_command cli_means = {
    .name = "means",
    .group = "analysis",
    .summary = "a number in groups: summaries, t test, ranks",
    .usage = "TABLE --value COL [--arm COL] [options]",
    .description =
        "Number, mean, standard deviation and quantiles of each group; for two groups the "
        "difference of means with Welch's t test, Wilcoxon's rank-sum test with the "
        "Hodges-Lehmann shift, and within strata van Elteren's test. Group 1 is compared to group "
        "2.\n\n"
        "A table is a CSV, XPT, sas7bdat or Dataset-JSON file. Its groups are ordered: numbers "
        "ascending, texts in byte order. A row without the number or an arm is left out.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- in -- */

static void ask(msp_read_options *read, msp_read_column *columns, const char *name, msp_read_as as)
{
    for (size_t i = 0; i < read->n_columns; i++)
        if (strcmp(columns[i].name, name) == 0)
            return;
    columns[read->n_columns++] = (msp_read_column){name, as};
}

static msp_status read_table(means_job *j, const char *path, msp_error *err)
{
    const means_values *v = j->v;
    msp_read_column columns[MSP_WORDS_MAX + 2] = {{0}};
    msp_read_options read = {.columns = columns};
    if (v->value == NULL)
        return msp_fail(err, MSP_EUSAGE, "means needs --value COL");
    if (v->strata.n > 0 && v->arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "--strata compares groups within strata; name an --arm");
    ask(&read, columns, v->value, MSP_READ_NUMBER);
    if (v->arm != NULL)
        ask(&read, columns, v->arm, MSP_READ_TEXT);
    for (size_t i = 0; i < v->strata.n; i++)
        ask(&read, columns, v->strata.word[i], MSP_READ_TEXT);
    msp_status rc = cli_one_character(v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(v->decimal, "decimal", &read.decimal, err);
    return rc == MSP_OK ? cli_read_table(&v->common, path, &read, &j->table, err) : rc;
}

/* Everyone in one group where there is no arm. */
static msp_status make_arm(means_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    if (j->v->arm != NULL) {
        const msp_column *c = msp_table_column(&j->table, j->v->arm);
        const msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &j->arm, err);
        if (rc == MSP_OK)
            msp_keep_levels(&j->arm, n, j->keep);
        return rc;
    }
    j->arm = (msp_factor){.n_levels = 1};
    j->arm.level = msp_arena_array(&j->arena, 1, sizeof *j->arm.level);
    j->arm.code = msp_arena_array(&j->arena, n + 1, sizeof *j->arm.code);
    if (j->arm.level == NULL || j->arm.code == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    j->arm.level[0] = "all";
    return MSP_OK;
}

static msp_status make_rows(means_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    const msp_column *value = msp_table_column(&j->table, j->v->value);
    j->keep = msp_arena_array(&j->arena, n + 1, 1);
    if (j->keep == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    memset(j->keep, 1, n);
    j->value = value->number;
    msp_keep_present(value, n, j->keep);
    msp_status rc = msp_check_numbers(&j->table, value, j->keep, err);
    if (rc == MSP_OK)
        rc = make_arm(j, err);
    for (size_t i = 0; i < n; i++)
        j->n_missing += !j->keep[i];
    if (rc == MSP_OK && j->n_missing == n)
        return msp_fail(err, MSP_ENODATA, "no row of %s has all that is needed", j->table.file);
    return rc;
}

/* -- statistics -- */

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static msp_status describe_groups(means_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    uint8_t *mine = msp_arena_array(&j->arena, n + 1, 1);
    j->n_groups = j->arm.n_levels;
    j->groups = msp_arena_array(&j->arena, j->n_groups + 1, sizeof *j->groups);
    if (mine == NULL || j->groups == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu groups", j->n_groups);
    msp_status rc = MSP_OK;
    for (size_t g = 0; rc == MSP_OK && g < j->n_groups; g++) {
        for (size_t i = 0; i < n; i++)
            mine[i] = j->keep[i] && j->arm.code[i] == g;
        rc = msp_describe_numbers(j->value, mine, n, j->convention, &j->groups[g], err);
    }
    return rc;
}

static msp_status compare(means_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    const msp_rank_options ranks = {
        MSP_RANK_AUTO, true, {j->v->level, (msp_alternative)j->v->alternative}};
    double *x[2];
    size_t count[2] = {0, 0};
    for (size_t g = 0; g < 2; g++)
        if ((x[g] = msp_arena_array(&j->arena, n + 1, sizeof *x[g])) == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    for (size_t i = 0; i < n; i++)
        if (j->keep[i])
            x[j->arm.code[i]][count[j->arm.code[i]]++] = j->value[i];
    for (size_t g = 0; g < 2; g++) /* sums that do not depend on the order of rows */
        qsort(x[g], count[g], sizeof *x[g], compare_doubles);
    j->has_pair = true;
    const msp_status rc =
        msp_ttest_two(x[0], count[0], x[1], count[1], j->v->pooled, &ranks.confidence, &j->t, err);
    return rc == MSP_OK ? msp_rank_test(x[0], count[0], x[1], count[1], &ranks, &j->ranks, err)
                        : rc;
}

static msp_status cross_strata(means_job *j, msp_error *err)
{
    const msp_words *names = &j->v->strata;
    const size_t n = j->table.n_rows;
    msp_factor *parts = msp_arena_array(&j->arena, names->n, sizeof *parts);
    if (parts == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the strata");
    for (size_t i = 0; i < names->n; i++) {
        const msp_column *c = msp_table_column(&j->table, names->word[i]);
        const msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    return msp_factor_cross(parts, names->n, n, &j->arena, &j->stratum, err);
}

static msp_status compare_in_strata(means_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    if (j->n_groups != 2)
        return msp_fail(err, MSP_EUSAGE, "--strata compares two groups; %s has %zu", j->v->arm,
                        j->n_groups);
    msp_status rc = cross_strata(j, err);
    double *x = msp_arena_array(&j->arena, n + 1, sizeof *x);
    uint32_t *group = msp_arena_array(&j->arena, n + 1, sizeof *group);
    uint32_t *stratum = msp_arena_array(&j->arena, n + 1, sizeof *stratum);
    if (rc == MSP_OK && (x == NULL || group == NULL || stratum == NULL))
        rc = msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    size_t kept = 0;
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        if (!j->keep[i])
            continue;
        if (j->stratum.code[i] == MSP_NO_LEVEL) {
            j->n_missing_stratum++;
            continue;
        }
        x[kept] = j->value[i];
        group[kept] = j->arm.code[i];
        stratum[kept++] = j->stratum.code[i];
    }
    return rc == MSP_OK
               ? msp_rank_stratified(x, group, stratum, kept, j->stratum.n_levels, &j->stratified_z,
                                     &j->stratified, &j->stratified_note, err)
               : rc;
}

static msp_status analyse(means_job *j, const char *path, msp_error *err)
{
    j->convention = j->v->common.convention == 1 ? MSP_CONVENTION_SAS : MSP_CONVENTION_R;
    msp_status rc = read_table(j, path, err);
    if (rc == MSP_OK)
        rc = make_rows(j, err);
    if (rc == MSP_OK)
        rc = describe_groups(j, err);
    if (rc == MSP_OK && j->n_groups == 2)
        rc = compare(j, err);
    if (rc == MSP_OK && j->v->strata.n > 0)
        rc = compare_in_strata(j, err);
    return rc;
}

/* -- run -- */

static int print(const means_job *j)
{
    static void (*const print_as[])(const means_job *, msp_text *) = {
        [CLI_TEXT] = means_as_text, [CLI_JSON] = means_as_json, [CLI_CSV] = means_as_csv};
    msp_text text = {0};
    if (j->n_missing > 0)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out", j->n_missing);
    if (j->n_missing_stratum > 0)
        cli_note(&j->v->common, "the strata leave out %zu more rows, for a missing stratum",
                 j->n_missing_stratum);
    print_as[j->v->common.format](j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    means_values v = {.common = CLI_COMMON_DEFAULT, .level = 0.95};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_means, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    means_job j = {.v = &v};
    msp_error err;
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
