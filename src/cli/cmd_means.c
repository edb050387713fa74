/* means - a number in groups: summaries, t and rank tests, shifts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "grid.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* -- the command -- */

typedef struct means_values {
    cli_common common;
    const char *value, *arm;
    msp_words strata;
    double level;
    int alternative;
    bool pooled;
    const char *delimiter, *decimal;
} means_values;

static const char *const alternatives[] = {"two-sided", "less", "greater", NULL};

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
     "less: the first group has the lower numbers [two-sided]", METHOD, alternatives, 0, 0},
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

typedef struct means_job {
    const means_values *v;
    msp_arena arena;
    msp_table table;
    msp_convention convention;
    const double *value;
    uint8_t *keep;
    msp_factor arm, stratum;
    msp_describe *groups;
    size_t n_groups, n_missing, n_missing_stratum;
    bool has_pair; /* of two groups */
    msp_t_test t;
    msp_rank_sum ranks;
    msp_test stratified; /* with --strata */
    double stratified_z;
    const char *stratified_note;
} means_job;

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

/* -- as JSON -- */

static void put_limits(msp_json *json, const msp_interval *i)
{
    msp_json_put_double(json, "estimate", i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void put_p(msp_json *json, double p, double log_p)
{
    msp_json_put_double(json, "p", p);
    if (p < 1e-15)
        msp_json_put_double(json, "log_p", log_p);
}

static void put_group(msp_json *json, const char *name, const msp_describe *d)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", name);
    msp_json_put_int(json, "n", (int64_t)d->n);
    msp_json_put_double(json, "mean", d->mean);
    msp_json_put_double(json, "standard_deviation", d->standard_deviation);
    msp_json_put_double(json, "minimum", d->minimum);
    msp_json_put_double(json, "lower_quartile", d->lower_quartile);
    msp_json_put_double(json, "median", d->median);
    msp_json_put_double(json, "upper_quartile", d->upper_quartile);
    msp_json_put_double(json, "maximum", d->maximum);
    if (d->n < 2)
        msp_json_put_text(json, "note", "one value has no standard deviation");
    msp_json_end_object(json);
}

static void put_pair(msp_json *json, const means_job *j)
{
    msp_json_key(json, "t_test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "method", j->v->pooled ? "pooled" : "welch");
    msp_json_put_double(json, "t", j->t.t);
    msp_json_put_double(json, "df", j->t.df);
    put_p(json, j->t.p.p, j->t.p.log_p);
    msp_json_put_double(json, "std_error", j->t.std_error);
    put_limits(json, &j->t.difference);
    msp_json_end_object(json);
    msp_json_key(json, "wilcoxon");
    msp_json_begin_object(json);
    msp_json_put_double(json, "w", j->ranks.w);
    msp_json_put_bool(json, "exact", j->ranks.exact);
    if (!j->ranks.exact)
        msp_json_put_double(json, "z", j->ranks.z);
    put_p(json, j->ranks.p.p, j->ranks.p.log_p);
    if (j->ranks.note != NULL)
        msp_json_put_text(json, "note", j->ranks.note);
    msp_json_key(json, "shift");
    msp_json_begin_object(json);
    put_limits(json, &j->ranks.shift);
    msp_json_end_object(json);
    msp_json_end_object(json);
}

static void as_json(const means_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_double(&json, "level", j->v->level);
    msp_json_put_text(&json, "alternative", alternatives[j->v->alternative]);
    msp_json_put_text(&json, "convention", cli_conventions[j->v->common.convention]);
    msp_json_put_text(&json, "quantiles", msp_describe_quantile_name(j->convention));
    msp_json_put_int(&json, "n_missing", (int64_t)j->n_missing);
    msp_json_key(&json, "groups");
    msp_json_begin_array(&json);
    for (size_t g = 0; g < j->n_groups; g++)
        put_group(&json, j->arm.level[g], &j->groups[g]);
    msp_json_end_array(&json);
    if (j->has_pair)
        put_pair(&json, j);
    if (j->v->strata.n > 0) {
        msp_json_key(&json, "van_elteren");
        msp_json_begin_object(&json);
        msp_json_put_double(&json, "statistic", j->stratified.statistic);
        msp_json_put_double(&json, "df", j->stratified.df);
        msp_json_put_double(&json, "z", j->stratified_z);
        put_p(&json, j->stratified.p, j->stratified.log_p);
        if (j->stratified_note != NULL)
            msp_json_put_text(&json, "note", j->stratified_note);
        msp_json_end_object(&json);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

static const char *p_text(double p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p))
        return "NE";
    snprintf(out, MSP_DOUBLE_MAX, p < 0.0001 ? "%.2g" : "%.4f", p);
    return out;
}

static void groups_as_text(const means_job *j, msp_text *out)
{
    static const char *const heads[] = {"n",    "mean",   "SD",   "minimum",
                                        "25 %", "median", "75 %", "maximum"};
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    for (size_t h = 0; h < MSP_COUNT(heads); h++)
        grid_cell(&g, "%s", heads[h]);
    for (size_t i = 0; i < j->n_groups; i++) {
        const msp_describe *d = &j->groups[i];
        const double row[] = {d->mean,   d->standard_deviation, d->minimum, d->lower_quartile,
                              d->median, d->upper_quartile,     d->maximum};
        grid_row(&g);
        grid_cell(&g, "%s", j->arm.level[i]);
        grid_cell(&g, "%zu", d->n);
        for (size_t k = 0; k < MSP_COUNT(row); k++)
            grid_cell(&g, "%s", number(row[k], x));
    }
    grid_print(&g, out);
}

static void contrast_row(grid *g, const char *what, const msp_interval *i, double p)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    grid_row(g);
    grid_cell(g, "%s", what);
    grid_cell(g, "%s", number(i->estimate, x));
    const char *lower = number(i->lower, x), *upper = number(i->upper, y);
    grid_cell(g, "(%s, %s)", lower, upper);
    grid_cell(g, "%s", p_text(p, x));
    grid_cell(g, "%s", i->note != NULL ? i->note : "");
}

static void pair_as_text(const means_job *j, msp_text *out)
{
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s - %s", j->arm.level[0], j->arm.level[1]);
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    grid_cell(&g, "p");
    contrast_row(&g, j->v->pooled ? "means, pooled t test" : "means, Welch's t test",
                 &j->t.difference, j->t.p.p);
    contrast_row(&g,
                 j->ranks.exact ? "shift (Hodges-Lehmann), exact Wilcoxon test"
                                : "shift (Hodges-Lehmann), Wilcoxon test",
                 &j->ranks.shift, j->ranks.p.p);
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void as_text(const means_job *j, msp_text *out)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    groups_as_text(j, out);
    if (j->has_pair)
        pair_as_text(j, out);
    if (j->v->strata.n > 0 && j->stratified_note != NULL)
        msp_text_printf(out, "\nvan Elteren's test: not estimable, %s\n", j->stratified_note);
    else if (j->v->strata.n > 0)
        msp_text_printf(out, "\nvan Elteren's test: z %s, two-sided p = %s\n",
                        number(j->stratified_z, x), p_text(j->stratified.p, y));
    msp_text_printf(out, "\nQuantiles of %s (%s). NE: not estimable.",
                    msp_describe_quantile_name(j->convention),
                    j->convention == MSP_CONVENTION_SAS ? "SAS" : "R");
    if (j->has_pair)
        msp_text_printf(out, " p: %s.", alternatives[j->v->alternative]);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void csv_line(msp_text *out, const char *name, const char *what, double estimate,
                     double lower, double upper)
{
    const double numbers[] = {estimate, lower, upper};
    msp_text_add_field(out, name);
    msp_text_printf(out, ",%s", what);
    for (size_t k = 0; k < MSP_COUNT(numbers); k++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[k]))
            msp_text_add_double(out, numbers[k]);
    }
    msp_text_add_char(out, '\n');
}

static void as_csv(const means_job *j, msp_text *out)
{
    msp_text_add(out, "name,statistic,estimate,lower,upper\n");
    for (size_t i = 0; i < j->n_groups; i++) {
        const msp_describe *d = &j->groups[i];
        const struct {
            const char *what;
            double x;
        } rows[] = {{"n", (double)d->n},
                    {"mean", d->mean},
                    {"standard_deviation", d->standard_deviation},
                    {"minimum", d->minimum},
                    {"lower_quartile", d->lower_quartile},
                    {"median", d->median},
                    {"upper_quartile", d->upper_quartile},
                    {"maximum", d->maximum}};
        for (size_t k = 0; k < MSP_COUNT(rows); k++)
            csv_line(out, j->arm.level[i], rows[k].what, rows[k].x, NAN, NAN);
    }
    if (j->has_pair) {
        const msp_interval *d = &j->t.difference, *s = &j->ranks.shift;
        csv_line(out, "t_test", "difference", d->estimate, d->lower, d->upper);
        csv_line(out, "t_test", "p", j->t.p.p, NAN, NAN);
        csv_line(out, "wilcoxon", "shift", s->estimate, s->lower, s->upper);
        csv_line(out, "wilcoxon", "p", j->ranks.p.p, NAN, NAN);
    }
    if (j->v->strata.n > 0)
        csv_line(out, "van_elteren", "p", j->stratified.p, NAN, NAN);
}

/* -- run -- */

static int print(const means_job *j)
{
    static void (*const print_as[])(const means_job *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
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
