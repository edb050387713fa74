/* pool - patients of several trials: hazard ratios, restricted means, whole curves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

#define DATA   "Data"
#define MODEL  "Model"
#define OUTPUT "What is printed"

static const char *const models[] = {"cox", "rmst", "piecewise", "polynomial", NULL};
static const char *const stages[] = {"two", "one", NULL};
static const char *const effects[] = {"common", "random", NULL};
/* As msp_curve_vary. */
static const char *const varies[] = {"terms", "level", "all", NULL};
/* As msp_pooling_tau. */
static const char *const taus[] = {"dl", "reml", "ml", "pm", "reml-full", "ml-full", NULL};

static const msp_option options[] = {
    {"study", 0, MSP_OPTION_TEXT, offsetof(pool_values, study), "COL", "the trial [study]", DATA,
     NULL, 0, 0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(pool_values, arm), "COL", "the treatment [arm]", DATA,
     NULL, 0, 0},
    {"time", 't', MSP_OPTION_TEXT, offsetof(pool_values, time), "COL", "follow-up [time]", DATA,
     NULL, 0, 0},
    {"event", 'e', MSP_OPTION_TEXT, offsetof(pool_values, event), "COL",
     "1 for an event, 0 for a censoring [event]", DATA, NULL, 0, 0},
    {"event-value", 0, MSP_OPTION_TEXT, offsetof(pool_values, event_value), "V",
     "the value that is an event [1]", DATA, NULL, 0, 0},
    {"draw", 0, MSP_OPTION_TEXT, offsetof(pool_values, draw), "COL",
     "tells several sets of the same patients apart (`mspike reconstruct --draws`): each is "
     "pooled, "
     "and the results are combined",
     DATA, NULL, 0, 0},
    {"model", 'm', MSP_OPTION_CHOICE, offsetof(pool_values, model), NULL,
     "hazard ratios; means up to --rmst; hazards constant in intervals; fractional polynomials "
     "[cox]",
     MODEL, models, 0, 0},
    {"stages", 0, MSP_OPTION_CHOICE, offsetof(pool_values, stages), NULL,
     "of cox: each trial and then their network, or one model stratified by trial [two]", MODEL,
     stages, 0, 0},
    {"effects", 0, MSP_OPTION_CHOICE, offsetof(pool_values, effects), NULL,
     "of a network of trials, or of curves [common]", MODEL, effects, 0, 0},
    {"tau", 0, MSP_OPTION_CHOICE, offsetof(pool_values, tau), NULL,
     "estimator of the heterogeneity; of curves dl, ml or reml [dl]", MODEL, taus, 0, 0},
    {"vary", 0, MSP_OPTION_CHOICE, offsetof(pool_values, vary), NULL,
     "of curves with random effects, what differs between trials: each interval or term on its "
     "own, "
     "the whole log hazard ratio up or down, or all terms and their correlations [terms]",
     MODEL, varies, 0, 0},
    {"rmst", 0, MSP_OPTION_NUMBER, offsetof(pool_values, rmst), "T",
     "of rmst: the time up to which means are taken", MODEL, NULL, 0, 1e9},
    {"cuts", 0, MSP_OPTION_LIST, offsetof(pool_values, cuts), "T",
     "of piecewise: where intervals end", MODEL, NULL, 0, 0},
    {"powers", 0, MSP_OPTION_LIST, offsetof(pool_values, powers), "P",
     "of polynomial: one or two powers of time, 0 is its logarithm; the best by AIC of -2, -1, "
     "-0.5, 0, 0.5, 1, 2, 3 when left out",
     MODEL, NULL, 0, 0},
    {"reference", 'r', MSP_OPTION_TEXT, offsetof(pool_values, reference), "ARM",
     "compare with this one [the first]", OUTPUT, NULL, 0, 0},
    {"times", 0, MSP_OPTION_LIST, offsetof(pool_values, times), "T",
     "of piecewise and polynomial: hazard ratios, and survival, at these times", OUTPUT, NULL, 0,
     0},
    {"baseline", 0, MSP_OPTION_TEXT, offsetof(pool_values, baseline), "STUDY",
     "of piecewise and polynomial: survival with every treatment, were this trial's patients given "
     "it",
     OUTPUT, NULL, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(pool_values, level), "P", "of intervals [0.95]",
     OUTPUT, NULL, 0, 1},
    CLI_OPTION_FORMAT(pool_values, cli_formats),
    CLI_OPTION_OUTPUT(pool_values),
    CLI_OPTIONS_RUNNING(pool_values),
};

static const msp_example examples[] = {
    {"mspike pool examples/patients.csv --reference A",
     "hazard ratios of three trials, two stages"},
    {"mspike pool examples/patients.csv --reference A --stages one",
     "one Cox model, stratified by trial"},
    {"mspike pool examples/patients.csv --reference A --model rmst --rmst 24",
     "differences of mean times up to 24 months: no proportional hazards"},
    {"mspike pool examples/patients.csv --reference A --model piecewise --cuts 6,18 "
     "--times 3,12,24 --baseline T1",
     "hazard ratios by interval, and survival of one trial's patients with each treatment"},
    {"mspike pool examples/patients.csv --reference A --model piecewise --cuts 6,18 --times 3,12 "
     "--effects random --tau reml",
     "the same where trials may differ"},
    {"mspike pool examples/patients.csv --reference A --model polynomial --times 3,12,24",
     "the same as smooth curves, their powers by AIC"},
};

static int run(int argc, char **argv);

const msp_command cli_pool = {
    .name = "pool",
    .group = "evidence",
    .summary = "pools patients of several trials: hazard ratios, means, curves",
    .usage = "TABLE [options]",
    .description =
        "A row is a patient of one of several trials, published ones rebuilt by `mspike "
        "reconstruct` among them. Patients are only ever compared within their trial. `cox` takes "
        "hazard ratios; `rmst`, `piecewise` and `polynomial` ask for no proportional hazards, and "
        "the last two say by a test whether hazards are proportional.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- the command line -- */

static msp_status read_numbers(const msp_words *words, const char *option, size_t most, double *out,
                               size_t *n, msp_error *err)
{
    if (words->n > most)
        return msp_fail(err, MSP_EUSAGE, "--%s has %zu numbers; at most %zu", option, words->n,
                        most);
    for (size_t i = 0; i < words->n; i++)
        if (!msp_double_parse(words->word[i], strlen(words->word[i]), &out[i]))
            return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected numbers", option,
                            words->word[i]);
    *n = words->n;
    return MSP_OK;
}

static msp_status read_options(pool_job *j, msp_error *err)
{
    const pool_values *v = j->v;
    const bool curves = v->model == POOL_PIECEWISE || v->model == POOL_POLYNOMIAL;
    msp_status rc = read_numbers(&v->cuts, "cuts", MSP_CURVE_TERMS - 1, j->cut, &j->n_cuts, err);
    if (rc == MSP_OK)
        rc = read_numbers(&v->powers, "powers", 2, j->power, &j->n_powers, err);
    if (rc == MSP_OK)
        rc = read_numbers(&v->times, "times", MSP_WORDS_MAX, j->times, &j->n_times, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < j->n_times; i++)
        if (!(j->times[i] > 0))
            return msp_fail(err, MSP_EUSAGE, "--times has %g; expected times above 0", j->times[i]);
    if (v->model == POOL_RMST && !(v->rmst > 0))
        return msp_fail(err, MSP_EUSAGE, "--model rmst needs --rmst T");
    if (v->model == POOL_PIECEWISE && j->n_cuts == 0)
        return msp_fail(err, MSP_EUSAGE, "--model piecewise needs --cuts T,...");
    if (curves && j->n_times == 0)
        return msp_fail(err, MSP_EUSAGE, "--model %s needs --times T,...", models[v->model]);
    if (!curves && (v->baseline != NULL || j->n_times > 0))
        return msp_fail(err, MSP_EUSAGE, "--times and --baseline are of piecewise and polynomial");
    if (!(curves && v->effects == 1) && v->vary != 0)
        return msp_fail(err, MSP_EUSAGE, "--vary is of curves with --effects random");
    return MSP_OK;
}

/* -- the table -- */

static const char *cell(const msp_column *column, size_t row)
{
    return column->text[column->code[row]];
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The different texts of a column in the rows used, in byte order. */
static const char **names_of(pool_job *j, const msp_column *column, const size_t *used, size_t n,
                             size_t *count)
{
    const char **names = msp_arena_array(&j->arena, column->n_texts + 1, sizeof *names);
    bool *seen = msp_arena_array(&j->arena, column->n_texts + 1, sizeof *seen);
    *count = 0;
    if (names == NULL || seen == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const uint32_t code = column->code[used[i]];
        if (!seen[code])
            names[(*count)++] = column->text[code];
        seen[code] = true;
    }
    qsort(names, *count, sizeof *names, by_name);
    return names;
}

static size_t place_of(const char *name, const char *const *names, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    return i;
}

static msp_status take_rows(pool_job *j, const size_t *used, size_t n, msp_error *err)
{
    const msp_column *c = j->table.columns;
    size_t n_draws = 0;
    const char **draws = j->v->draw != NULL ? names_of(j, &c[4], used, n, &n_draws) : NULL;
    j->study = names_of(j, &c[0], used, n, &j->n_study);
    j->treat = names_of(j, &c[1], used, n, &j->n_treat);
    j->time = msp_arena_array(&j->arena, n + 1, sizeof *j->time);
    j->event = msp_arena_array(&j->arena, n + 1, sizeof *j->event);
    j->study_of = msp_arena_array(&j->arena, 3 * (n + 1), sizeof *j->study_of);
    if (j->study == NULL || j->treat == NULL || j->time == NULL || j->event == NULL ||
        j->study_of == NULL || (j->v->draw != NULL && draws == NULL))
        return msp_fail(err, MSP_EMEM, "out of memory for %zu patients", n);
    j->treat_of = j->study_of + n + 1;
    j->draw_of = j->treat_of + n + 1;
    j->n = n;
    j->n_draws = draws != NULL ? n_draws : 1;
    for (size_t i = 0; i < n; i++) {
        const size_t row = used[i];
        j->time[i] = c[2].number[row];
        j->event[i] = strcmp(cell(&c[3], row), j->v->event_value) == 0;
        j->study_of[i] = place_of(cell(&c[0], row), j->study, j->n_study);
        j->treat_of[i] = place_of(cell(&c[1], row), j->treat, j->n_treat);
        j->draw_of[i] = draws != NULL ? place_of(cell(&c[4], row), draws, n_draws) : 0;
        if (!(j->time[i] > 0))
            return msp_fail_at(err, MSP_EINPUT, msp_table_place(&j->table, row, &c[2]),
                               "time %g; expected a number above 0", j->time[i]);
    }
    return MSP_OK;
}

static msp_status read_table(pool_job *j, msp_error *err)
{
    const pool_values *v = j->v;
    const msp_read_column columns[] = {{v->study, MSP_READ_TEXT},
                                       {v->arm, MSP_READ_TEXT},
                                       {v->time, MSP_READ_NUMBER},
                                       {v->event, MSP_READ_TEXT},
                                       {v->draw, MSP_READ_TEXT}};
    const msp_read_options read = {.columns = columns,
                                   .n_columns = MSP_COUNT(columns) - (v->draw == NULL)};
    const msp_status rc = cli_read_table(&v->common, j->path, &read, &j->table, err);
    if (rc != MSP_OK)
        return rc;
    const msp_table *t = &j->table;
    size_t *used = msp_arena_array(&j->arena, t->n_rows + 1, sizeof *used), n = 0;
    if (used == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu rows", t->n_rows);
    for (size_t row = 0; row < t->n_rows; row++) {
        bool missing = false;
        for (size_t k = 0; k < t->n_columns; k++)
            missing |= msp_column_is_missing(&t->columns[k], row);
        if (!missing)
            used[n++] = row;
    }
    if (n < t->n_rows)
        cli_note(&v->common, "%zu rows have a missing value and are left out", t->n_rows - n);
    return take_rows(j, used, n, err);
}

/* The number of a name that an option gives. */
static msp_status find_name(const char *name, const char *const *names, size_t n,
                            const char *option, size_t *out, msp_error *err)
{
    *out = 0;
    if (name == NULL)
        return MSP_OK;
    *out = place_of(name, names, n);
    return *out < n ? MSP_OK : msp_fail(err, MSP_EUSAGE, "--%s: there is no \"%s\"", option, name);
}

static msp_status work(pool_job *j, msp_error *err)
{
    msp_status rc = read_options(j, err);
    if (rc == MSP_OK)
        rc = read_table(j, err);
    if (rc == MSP_OK && j->n == 0)
        rc = msp_fail(err, MSP_ENODATA, "%s has no patients", j->path);
    if (rc == MSP_OK)
        rc = find_name(j->v->reference, j->treat, j->n_treat, "reference", &j->reference, err);
    if (rc == MSP_OK)
        rc = find_name(j->v->baseline, j->study, j->n_study, "baseline", &j->baseline, err);
    return rc == MSP_OK ? pool_fit(j, err) : rc;
}

static int run(int argc, char **argv)
{
    pool_values v = {.common = CLI_COMMON_DEFAULT,
                     .study = "study",
                     .arm = "arm",
                     .time = "time",
                     .event = "event",
                     .event_value = "1",
                     .level = 0.95};
    pool_job j = {.v = &v};
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_pool, argc, argv, &v, &j.path, &n_operands, &exit_code))
        return exit_code;
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = work(&j, &err);
    if (rc == MSP_OK)
        rc = pool_print(&j, &text, &err);
    exit_code = cli_answer(&v.common, rc, &text, &err);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
