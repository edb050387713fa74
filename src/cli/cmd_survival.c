/* survival - the time-to-event analysis of any table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survival_part.h"

/* -- the command -- */

/* Index 0 stands for what the convention says. */
static const char *const intervals[] = {"default", "log-log", "log", "plain", "arcsine", NULL};
static const char *const ties_names[] = {"default",  "efron", "breslow", "discrete",
                                         "marginal", "exact", NULL};
const char *const survival_alternatives[] = {"two-sided", "less", "greater", NULL};
const char *const survival_units[] = {"unstated", "days", "weeks", "months", "years", NULL};

const char *const survival_residuals[] = {"none", "rows", "events", NULL};
const char *const survival_models[] = {"cox",          "exponential", "weibull",   "log-normal",
                                       "log-logistic", "gengamma",    "piecewise", NULL};

#define DATA   "Data"
#define METHOD "Method"

static const msp_option options[] = {
    {"time", 't', MSP_OPTION_TEXT, offsetof(survival_values, time), "COL",
     "how long each row was followed", DATA, NULL, 0, 0},
    {"event", 'e', MSP_OPTION_TEXT, offsetof(survival_values, event), "COL",
     "1 for an event, 0 for a censoring", DATA, NULL, 0, 0},
    {"event-value", 0, MSP_OPTION_TEXT, offsetof(survival_values, event_value), "V",
     "the value that is an event; every other one is a censoring", DATA, NULL, 0, 0},
    {"cause", 0, MSP_OPTION_TEXT, offsetof(survival_values, cause), "COL",
     "instead of --event, competing risks: 0 for a censoring, a number from 1 for each cause", DATA,
     NULL, 0, 0},
    {"entry", 0, MSP_OPTION_TEXT, offsetof(survival_values, entry), "COL",
     "from when each row was watched (left truncation, start of an interval)", DATA, NULL, 0, 0},
    {"lower", 0, MSP_OPTION_TEXT, offsetof(survival_values, lower), "COL",
     "instead of --time and --event: the last visit without the event [empty: 0]", DATA, NULL, 0,
     0},
    {"upper", 0, MSP_OPTION_TEXT, offsetof(survival_values, upper), "COL",
     "the first visit with it; equal to --lower: then exactly; empty: not seen", DATA, NULL, 0, 0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(survival_values, arm), "COL", "compare its groups", DATA,
     NULL, 0, 0},
    {"id", 0, MSP_OPTION_TEXT, offsetof(survival_values, id), "COL",
     "the patient of each row: clusters of --robust", DATA, NULL, 0, 0},
    {"weight", 0, MSP_OPTION_TEXT, offsetof(survival_values, weight), "COL",
     "what each row counts, in curves and Cox's model; with r --robust unless all are whole", DATA,
     NULL, 0, 0},
    {"strata", 0, MSP_OPTION_LIST, offsetof(survival_values, strata), "COL",
     "strata of the test and of the model", DATA, NULL, 0, 0},
    {"covariates", 0, MSP_OPTION_LIST, offsetof(survival_values, covariates), "COL",
     "of the model, beside the arm; factor(COL) takes a number as groups", DATA, NULL, 0, 0},
    {"where", 0, MSP_OPTION_LIST, offsetof(survival_values, where), "COL=V",
     "only rows with these values, as PARAMCD=PFS", DATA, NULL, 0, 0},
    {"unit", 0, MSP_OPTION_CHOICE, offsetof(survival_values, unit), NULL,
     "the unit of the times, for the output", DATA, survival_units, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(survival_values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(survival_values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    {"times", 0, MSP_OPTION_LIST, offsetof(survival_values, times), "T", "survival at these times",
     METHOD, NULL, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(survival_values, level), "L",
     "of the intervals of curves and medians [0.95]", METHOD, NULL, 0, 1},
    {"level-ratio", 0, MSP_OPTION_NUMBER, offsetof(survival_values, level_ratio), "L",
     "of the intervals of hazard ratios [0.95]", METHOD, NULL, 0, 1},
    {"interval", 0, MSP_OPTION_CHOICE, offsetof(survival_values, interval), NULL,
     "of the curve [r: log, sas: log-log]", METHOD, intervals, 0, 0},
    {"model", 0, MSP_OPTION_CHOICE, offsetof(survival_values, model), NULL,
     "beside Cox's model another one with the same terms: accelerated failure time, or piecewise "
     "exponential [cox]",
     METHOD, survival_models, 0, 0},
    {"cuts", 0, MSP_OPTION_LIST, offsetof(survival_values, cuts), "T",
     "with --model piecewise: where its periods end", METHOD, NULL, 0, 0},
    {"ties", 0, MSP_OPTION_CHOICE, offsetof(survival_values, ties), NULL,
     "in the model [r: efron, sas: breslow]; exact means discrete under r, "
     "marginal under sas",
     METHOD, ties_names, 0, 0},
    {"robust", 0, MSP_OPTION_FLAG, offsetof(survival_values, robust), NULL,
     "a sandwich variance in the model, which its tests and intervals then use", METHOD, NULL, 0,
     0},
    {"diagnostics", 0, MSP_OPTION_FLAG, offsetof(survival_values, diagnostics), NULL,
     "of the model: concordance, test of proportional hazards", METHOD, NULL, 0, 0},
    {"residuals", 0, MSP_OPTION_CHOICE, offsetof(survival_values, residuals), NULL,
     "of Cox's model, as CSV instead of the answer: martingale, deviance, score and dfbeta of "
     "rows, or "
     "Schoenfeld's of events [none]",
     METHOD, survival_residuals, 0, 0},
    {"profile", 0, MSP_OPTION_FLAG, offsetof(survival_values, profile), NULL,
     "tests and intervals of the model from the profile of its likelihood, not Wald's", METHOD,
     NULL, 0, 0},
    {"firth", 0, MSP_OPTION_FLAG, offsetof(survival_values, firth), NULL,
     "Firth's penalised likelihood in the model, with its profile: finite where an arm has no "
     "events",
     METHOD, NULL, 0, 0},
    {"adjusted", 0, MSP_OPTION_FLAG, offsetof(survival_values, adjusted), NULL,
     "survival of each arm at --times as the model has it for all its patients, and differences",
     METHOD, NULL, 0, 0},
    {"at", 0, MSP_OPTION_LIST, offsetof(survival_values, at), "TERM=X",
     "survival at --times that the model predicts for one patient: a value for each of its terms",
     METHOD, NULL, 0, 0},
    {"alternative", 0, MSP_OPTION_CHOICE, offsetof(survival_values, alternative), NULL,
     "less: the second arm's hazard is lower, or with --expected the one arm's [two-sided]", METHOD,
     survival_alternatives, 0, 0},
    {"test", 0, MSP_OPTION_TEXT, offsetof(survival_values, test), "TEST",
     "logrank, fh:RHO,GAMMA (Fleming-Harrington), mwlr:TIME (modestly weighted) or maxcombo "
     "[logrank]",
     METHOD, NULL, 0, 0},
    {"expected", 0, MSP_OPTION_TEXT, offsetof(survival_values, expected), "S@TIME",
     "one arm against a known survival, S at TIME on an exponential curve: the one-sample log-rank "
     "test",
     METHOD, NULL, 0, 0},
    {"rmst", 0, MSP_OPTION_NUMBER, offsetof(survival_values, rmst), "TAU",
     "mean time up to TAU, with its difference and ratio between arms", METHOD, NULL, 0, 1e300},
    {"resamples", 0, MSP_OPTION_COUNT, offsetof(survival_values, resamples), "N",
     "with --lower and --upper: limits from so many resamples of the patients [none]", METHOD, NULL,
     0, 1000000},
    CLI_OPTION_CONVENTION(survival_values),
    {"curve", 0, MSP_OPTION_FLAG, offsetof(survival_values, curve), NULL,
     "the curves, step by step", "Output", NULL, 0, 0},
    CLI_OPTION_FORMAT(survival_values, cli_formats),
    CLI_OPTION_OUTPUT(survival_values),
    CLI_OPTIONS_RUNNING(survival_values),
};

static const msp_example examples[] = {
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --strata lines,stage "
     "--times 365,730",
     "medians, a stratified log-rank test and hazard ratio, survival at one and two years"},
    {"mspike survival examples/pfs.csv --time days --event event --covariates arm,age,b2m "
     "--format json",
     "a Cox model of three terms, as JSON"},
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --test maxcombo "
     "--rmst 365",
     "without proportional hazards: the largest of four weighted tests, mean time in a year"},
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --convention sas "
     "--curve --format csv",
     "every step of the curves, with the defaults of SAS"},
    {"mspike survival examples/myeloma.csv --time months --event died --covariates "
     "log_bun,hgb,contrived --firth",
     "a covariate that no event goes against: Firth's penalised likelihood"},
    {"mspike survival examples/visits.csv --lower from --upper to --arm arm --times 12 "
     "--model weibull",
     "progression that is only seen at visits: Turnbull's curves, a log-rank test and a model"},
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --model piecewise "
     "--cuts 180,360",
     "rates and hazard ratios by half-year"},
    {"mspike survival examples/pfs.csv --time days --event event --covariates arm,age --id patient "
     "--residuals rows",
     "what each patient leaves over of the model: martingale, deviance, score, dfbeta"},
    {"mspike survival examples/weighted.csv --time months --event died --arm arm --weight weight",
     "rows that count more or less than one, as after matching: robust variances"},
    {"mspike survival examples/pfs.csv --time days --event event --where arm=KRd "
     "--expected 0.5@540 --alternative less",
     "one arm against a known median of 18 months"},
};

static int run(int argc, char **argv);

const msp_command cli_survival = {
    .name = "survival",
    .group = "analysis",
    .summary = "time-to-event analysis of any table",
    .usage = "TABLE --time T --event E | --lower L --upper U [options]",
    .description =
        "Kaplan-Meier curves, medians with intervals, follow-up, the log-rank test and Cox's "
        "model; with --cause the incidence of each cause, Gray's test, the Fine-Gray model and "
        "that of the cause-specific hazard; with --lower and --upper, for an event that is only "
        "known to lie between two visits, Turnbull's curve, Sun's log-rank test and parametric "
        "models; from a CSV, XPT, sas7bdat or Dataset-JSON file. Only "
        "the columns named are "
        "read. A row with a missing value in a column that an analysis uses is left out of "
        "that analysis.\n\n"
        "Groups are ordered: numbers ascending, texts in byte order; the first is the "
        "reference. With an arm, the arm is in the model, first unless it stands among the "
        "covariates.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- from the table to the arrays -- */

/* "factor(stage)" names the column "stage" and asks for groups. */
static const char *column_of(msp_arena *arena, const char *word, bool *groups)
{
    const size_t len = strlen(word);
    *groups = len > 8 && strncmp(word, "factor(", 7) == 0 && word[len - 1] == ')';
    return *groups ? msp_arena_text_n(arena, word + 7, len - 8) : word;
}

/* A column asked for twice is read once: as a number where one is needed, for groups can be made of
 * numbers but no time of a text; else as a text, so that names of groups are kept as they stand. */
static void ask(survival_job *j, const char *name, msp_read_as as)
{
    if (name == NULL)
        return;
    for (size_t i = 0; i < j->n_columns; i++)
        if (strcmp(j->columns[i].name, name) == 0) {
            if (as == MSP_READ_NUMBER || j->columns[i].as == MSP_READ_AUTO)
                j->columns[i].as = as;
            return;
        }
    j->columns[j->n_columns++] = (msp_read_column){name, as};
}

static bool is_interval(const survival_values *v)
{
    return v->lower != NULL || v->upper != NULL;
}

static msp_status ask_for_columns(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    if (is_interval(v)) {
        const msp_status rc = survival_check_intervals(v, err);
        if (rc != MSP_OK)
            return rc;
    } else if (v->time == NULL || (v->event == NULL) == (v->cause == NULL)) {
        msp_fail(err, MSP_EUSAGE,
                 "survival needs --time COL and either --event COL or --cause COL, or --lower COL "
                 "and --upper COL");
        return msp_hint(err, MSP_EUSAGE, "usage: mspike survival %s", cli_survival.usage);
    }
    if (v->cause != NULL && v->event_value != NULL)
        return msp_fail(err, MSP_EUSAGE, "--event-value goes with --event, not with --cause");
    if (v->expected != NULL) {
        const msp_status rc = survival_check_expected(j, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->residuals > 0) {
        const msp_status rc = survival_check_residuals(v, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->weight != NULL) {
        const msp_status rc = survival_check_weights(v, err);
        if (rc != MSP_OK)
            return rc;
    }
    if (v->resamples > 0 && !is_interval(v))
        return msp_fail(err, MSP_EUSAGE, "--resamples goes with --lower and --upper");
    ask(j, v->time, MSP_READ_NUMBER);
    ask(j, v->lower, MSP_READ_NUMBER);
    ask(j, v->upper, MSP_READ_NUMBER);
    ask(j, v->event, MSP_READ_AUTO);
    ask(j, v->cause, MSP_READ_NUMBER);
    ask(j, v->entry, MSP_READ_NUMBER);
    ask(j, v->weight, MSP_READ_NUMBER);
    ask(j, v->arm, MSP_READ_TEXT);
    ask(j, v->id, MSP_READ_TEXT);
    for (size_t i = 0; i < v->strata.n; i++)
        ask(j, v->strata.word[i], MSP_READ_TEXT);
    for (size_t i = 0; i < v->covariates.n; i++) {
        bool groups;
        const char *name = column_of(&j->arena, v->covariates.word[i], &groups);
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the covariates");
        ask(j, name, groups ? MSP_READ_TEXT : MSP_READ_AUTO);
    }
    return MSP_OK;
}

/* The columns of --where; its words stay as they are. */
static msp_status ask_for_conditions(survival_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->where.n; i++) {
        const char *word = j->v->where.word[i], *equals = strchr(word, '=');
        if (equals == NULL || equals == word)
            return msp_fail(err, MSP_EUSAGE, "--where has \"%s\"; expected COL=VALUE", word);
        const char *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for --where");
        ask(j, name, MSP_READ_AUTO);
    }
    return MSP_OK;
}

static msp_status read_table(survival_job *j, const char *path, msp_error *err)
{
    msp_read_options read = {.columns = j->columns, .n_columns = j->n_columns};
    msp_status rc = cli_one_character(j->v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(j->v->decimal, "decimal", &read.decimal, err);
    if (rc == MSP_OK)
        rc = cli_read_table(&j->v->common, path, &read, &j->table, err);
    return rc;
}

/* The table has the columns asked for, in that order: also where two names differ only in their
 * letters' case, and so stand for one column of the file. */
static const msp_column *column(const survival_job *j, const char *name)
{
    size_t i = 0;
    while (strcmp(j->columns[i].name, name) != 0)
        i++;
    return &j->table.columns[i];
}

/* Beyond this a column names patients or measures them; curves and indicators for each of its
 * values would take hours and tell nothing. */
#define GROUPS_MAX 256

static msp_status check_groups(const survival_job *j, const msp_factor *factor, const char *option,
                               msp_error *err)
{
    if (factor->n_levels <= GROUPS_MAX)
        return MSP_OK;
    msp_fail_at(err, MSP_EINPUT, (msp_place){.file = j->table.file},
                "%s has %zu distinct values; --%s takes at most %d groups", factor->name,
                factor->n_levels, option, GROUPS_MAX);
    return msp_hint(err, MSP_EINPUT,
                    "is %s an identifier or a measurement? --strata and --id take any number",
                    factor->name);
}

/* A column of the model: a number as it is, groups as indicators. */
static msp_status add_covariate(survival_job *j, const char *word, msp_error *err)
{
    bool groups;
    const char *name = column_of(&j->arena, word, &groups);
    if (name == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the covariates");
    const msp_column *c = column(j, name);
    const size_t n = j->table.n_rows;
    msp_keep_present(c, n, j->keep_model);
    if (c->type == MSP_COLUMN_NUMBER && !groups)
        return msp_terms_add_number(&j->terms, name, c->number, &j->arena, err);
    msp_factor factor;
    msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &factor, err);
    if (rc == MSP_OK)
        rc = check_groups(j, &factor, "covariates", err);
    if (rc != MSP_OK)
        return rc;
    return msp_terms_add_factor(&j->terms, &factor, word, factor.value != NULL && !groups, n,
                                &j->arena, err);
}

static bool is_covariate(const survival_values *v, const char *name)
{
    for (size_t i = 0; i < v->covariates.n; i++)
        if (strcmp(v->covariates.word[i], name) == 0)
            return true;
    return false;
}

static msp_status make_terms(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    msp_status rc = MSP_OK;
    memcpy(j->keep_model, j->keep_test, j->table.n_rows);
    if (v->arm != NULL && !is_covariate(v, v->arm) && j->arm.n_levels > 1)
        rc = msp_terms_add_factor(&j->terms, &j->arm, v->arm, j->arm.value != NULL, j->table.n_rows,
                                  &j->arena, err);
    for (size_t i = 0; rc == MSP_OK && i < v->covariates.n; i++)
        rc = add_covariate(j, v->covariates.word[i], err);
    return rc;
}

static msp_status make_strata(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    const size_t n = j->table.n_rows;
    memcpy(j->keep_test, j->keep, n);
    if (v->strata.n == 0)
        return MSP_OK;
    msp_factor *parts = msp_arena_array(&j->arena, v->strata.n, sizeof *parts);
    if (parts == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the strata");
    for (size_t i = 0; i < v->strata.n; i++) {
        const msp_column *c = column(j, v->strata.word[i]);
        const msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &parts[i], err);
        if (rc != MSP_OK)
            return rc;
    }
    const msp_status rc = msp_factor_cross(parts, v->strata.n, n, &j->arena, &j->stratum, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->stratum, n, j->keep_test);
    return rc;
}

/* Causes in ascending order; the event is to have one. */
static msp_status make_causes(survival_job *j, msp_error *err)
{
    const msp_column *c = column(j, j->v->cause);
    const size_t n = j->table.n_rows;
    j->cause = msp_arena_array(&j->arena, n, sizeof *j->cause);
    uint8_t *happened = msp_arena_array(&j->arena, n, 1);
    if (j->cause == NULL || happened == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    msp_keep_present(c, n, j->keep);
    for (size_t i = 0; i < n; i++) {
        const double x = c->number[i];
        if (j->keep[i] && !(x >= 0 && x <= 1000 && x <= floor(x)))
            return msp_table_fail(err, MSP_EINPUT, &j->table, i, c,
                                  "cause is %g; expected 0 for a censoring or a number from 1", x);
        j->event[i] = happened[i] = j->keep[i] && x > 0;
    }
    const msp_status rc = msp_factor_from_column(c, n, happened, &j->arena, &j->causes, err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++)
        j->cause[i] = happened[i] ? j->causes.code[i] + 1 : 0;
    return rc;
}

/* Rows that --where does not name are as if they were not there. */
static msp_status select_rows(survival_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    memset(j->keep, 1, n);
    for (size_t k = 0; k < j->v->where.n; k++) {
        const char *word = j->v->where.word[k], *equals = strchr(word, '=');
        const char *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for --where");
        const msp_column *c = column(j, name);
        for (size_t i = 0; i < n; i++)
            j->keep[i] = j->keep[i] && msp_cell_equals(c, i, equals + 1);
    }
    for (size_t i = 0; i < n; i++)
        j->n_elsewhere += !j->keep[i];
    if (n > 0 && j->n_elsewhere == n)
        return msp_fail_at(err, MSP_ENODATA, (msp_place){.file = j->table.file},
                           "no row is as --where asks");
    return MSP_OK;
}

/* When the event happened, or did not, and which rows say so. */
static msp_status make_times(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    if (is_interval(v))
        return survival_read_intervals(j, column(j, v->lower), column(j, v->upper), err);
    msp_keep_present(column(j, v->time), j->table.n_rows, j->keep);
    if (v->entry != NULL)
        msp_keep_present(column(j, v->entry), j->table.n_rows, j->keep);
    return v->cause != NULL ? make_causes(j, err)
                            : msp_event_from_column(&j->table, column(j, v->event), v->event_value,
                                                    j->event, j->keep, err);
}

static msp_status make_rows(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    const size_t n = j->table.n_rows;
    uint8_t **const masks[] = {&j->event, &j->keep, &j->keep_test, &j->keep_model};
    for (size_t i = 0; i < MSP_COUNT(masks); i++)
        if ((*masks[i] = msp_arena_array(&j->arena, n, 1)) == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    msp_status rc = select_rows(j, err);
    if (rc == MSP_OK)
        rc = make_times(j, err);
    if (rc == MSP_OK && v->weight != NULL)
        rc = survival_read_weights(j, column(j, v->weight), err);
    if (v->weight != NULL && v->id != NULL) /* clusters of the curves too */
        msp_keep_present(column(j, v->id), n, j->keep);
    if (rc != MSP_OK || v->arm == NULL)
        return rc;
    rc = msp_factor_from_column(column(j, v->arm), n, j->keep, &j->arena, &j->arm, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->arm, n, j->keep);
    return rc == MSP_OK ? check_groups(j, &j->arm, "arm", err) : rc;
}

static msp_status make_clusters(survival_job *j, msp_error *err)
{
    const size_t n = j->table.n_rows;
    if (j->v->id == NULL)
        return MSP_OK;
    const msp_status rc =
        msp_factor_from_column(column(j, j->v->id), n, j->keep, &j->arena, &j->cluster, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->cluster, n, j->keep_model);
    return rc;
}

static msp_status read_times(survival_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->times.n; i++) {
        const char *word = j->v->times.word[i];
        if (!msp_double_parse(word, strlen(word), &j->times[i]) || j->times[i] < 0)
            return msp_fail(err, MSP_EUSAGE, "--times has \"%s\"; expected a time of at least 0",
                            word);
    }
    j->n_times = j->v->times.n;
    return MSP_OK;
}

/* "0,0.5": n numbers of at least 0. */
static bool numbers_from(const char *text, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *end = i + 1 < n ? strchr(text, ',') : text + strlen(text);
        if (end == NULL || !msp_double_parse(text, (size_t)(end - text), &out[i]) || out[i] < 0)
            return false;
        text = end + 1;
    }
    return true;
}

static msp_status choose_test(survival_job *j, msp_error *err)
{
    const char *test = j->v->test;
    double x[2] = {0, 0};
    bool good = strcmp(test, "logrank") == 0;
    if (strcmp(test, "maxcombo") == 0) {
        j->options.maxcombo = good = true;
    } else if (strncmp(test, "fh:", 3) == 0) {
        good = numbers_from(test + 3, x, 2);
        j->time_weight = (msp_time_weight){MSP_FLEMING_HARRINGTON, x[0], x[1], 0};
        j->options.weight = &j->time_weight;
    } else if (strncmp(test, "mwlr:", 5) == 0) {
        good = numbers_from(test + 5, x, 1);
        j->time_weight = (msp_time_weight){MSP_MODESTLY_WEIGHTED, 0, 0, x[0]};
        j->options.weight = &j->time_weight;
    }
    if (!good)
        return msp_fail(err, MSP_EUSAGE,
                        "--test is \"%s\"; expected logrank, fh:RHO,GAMMA, mwlr:TIME or maxcombo",
                        test);
    if (j->options.maxcombo && j->arm.n_levels > 2)
        return msp_fail(err, MSP_EUSAGE, "--test maxcombo compares two groups; --arm has %zu",
                        j->arm.n_levels);
    return MSP_OK;
}

/* A value for each term of the model, by its name. */
static msp_status read_patient(survival_job *j, msp_error *err)
{
    const size_t n = j->terms.n;
    j->at = msp_arena_array(&j->arena, n + 1, sizeof *j->at);
    if (j->at == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu terms", n);
    for (size_t k = 0; k < n; k++)
        j->at[k] = NAN;
    for (size_t i = 0; i < j->v->at.n; i++) {
        const char *word = j->v->at.word[i], *equals = strrchr(word, '=');
        const size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
        size_t k = 0;
        while (k < n && (strncmp(j->terms.columns[k].name, word, length) != 0 ||
                         j->terms.columns[k].name[length] != '\0'))
            k++;
        if (k == n || equals == NULL ||
            !msp_double_parse(equals + 1, strlen(equals + 1), &j->at[k]))
            return msp_fail(err, MSP_EUSAGE,
                            "--at has \"%s\"; expected the name of a term, = and a number", word);
    }
    for (size_t k = 0; k < n; k++)
        if (isnan(j->at[k]))
            return msp_fail(err, MSP_EUSAGE, "--at gives no value for the term %s",
                            j->terms.columns[k].name);
    j->options.at = j->at;
    return MSP_OK;
}

/* What the model is to predict. */
static msp_status choose_prediction(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    j->options.adjusted = v->adjusted;
    if (!v->adjusted && v->at.n == 0)
        return MSP_OK;
    if (v->times.n == 0 || v->cause != NULL || v->firth)
        return msp_fail(err, MSP_EUSAGE,
                        "--adjusted and --at need --times and go with neither --cause nor --firth");
    if (v->adjusted && j->arm.n_levels < 2)
        return msp_fail(err, MSP_EUSAGE, "--adjusted needs an --arm with at least two groups");
    if (j->options.cox.ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "--adjusted and --at need --ties efron or breslow");
    return v->at.n > 0 ? read_patient(j, err) : MSP_OK;
}

static msp_status choose_method(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    static const msp_km_interval interval_of[] = {0, MSP_KM_LOG_LOG, MSP_KM_LOG, MSP_KM_PLAIN,
                                                  MSP_KM_ARCSINE};
    static const msp_cox_ties ties_of[] = {
        0, MSP_COX_EFRON, MSP_COX_BRESLOW, MSP_COX_DISCRETE, MSP_COX_MARGINAL, MSP_COX_DISCRETE};
    const msp_convention convention =
        v->common.convention == 1 ? MSP_CONVENTION_SAS : MSP_CONVENTION_R;
    j->options = msp_survival_options_default(convention);
    j->options.km.level = v->level;
    j->options.cox.level = v->level_ratio;
    j->options.alternative = (msp_alternative)v->alternative;
    j->options.times = j->times;
    j->options.n_times = j->n_times;
    j->options.curves = v->curve;
    j->options.tau = v->rmst;
    j->options.robust = survival_is_robust(j);
    j->options.diagnostics = v->diagnostics;
    j->options.residuals = v->residuals > 0;
    j->options.firth = v->firth;
    j->options.profile = v->profile;
    j->options.test = j->options.model = v->cause == NULL;
    if (v->interval > 0)
        j->options.km.interval = interval_of[v->interval];
    if (v->ties > 0)
        j->options.cox.ties = ties_of[v->ties];
    if (v->ties == 5 && convention == MSP_CONVENTION_SAS)
        j->options.cox.ties = MSP_COX_MARGINAL;
    if (v->alternative != 0 && v->expected == NULL && j->arm.n_levels != 2)
        return msp_fail(err, MSP_EUSAGE,
                        "--alternative %s needs an --arm with two groups; there are %zu",
                        survival_alternatives[v->alternative], j->arm.n_levels);
    if ((v->robust || v->diagnostics) && (v->firth || v->profile))
        return msp_fail(err, MSP_EUSAGE,
                        "--robust and --diagnostics go with neither --firth nor --profile");
    if (v->firth && j->options.cox.ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "--firth needs --ties efron or breslow");
    if ((v->firth || v->profile) && v->cause != NULL)
        return msp_fail(err, MSP_EUSAGE, "--firth and --profile do not go with --cause");
    if ((v->robust || v->diagnostics) && j->options.cox.ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "--robust and --diagnostics need --ties efron or breslow");
    if ((v->cuts.n > 0) != (v->model == SURVIVAL_PIECEWISE))
        return msp_fail(err, MSP_EUSAGE, "--model piecewise and --cuts T,... go together");
    if (v->model > 0 && ((v->entry != NULL && v->model != SURVIVAL_PIECEWISE) || v->strata.n > 0 ||
                         v->cause != NULL))
        return msp_fail(err, MSP_EUSAGE,
                        "--model %s goes with neither --entry, --strata nor --cause",
                        survival_models[v->model]);
    const msp_status rc = choose_prediction(j, err);
    return rc == MSP_OK ? choose_test(j, err) : rc;
}

static msp_status no_rows(const survival_job *j, msp_error *err)
{
    const msp_place file = {.file = j->table.file};
    if (j->table.n_rows == 0)
        return msp_fail_at(err, MSP_ENODATA, file, "the table has no rows");
    msp_text names = {0};
    if (is_interval(j->v))
        msp_text_printf(&names, "%s or %s", j->v->lower, j->v->upper);
    else
        msp_text_printf(&names, "%s, %s", j->v->time,
                        j->v->cause != NULL ? j->v->cause : j->v->event);
    if (j->v->entry != NULL)
        msp_text_printf(&names, ", %s", j->v->entry);
    if (j->v->weight != NULL)
        msp_text_printf(&names, ", %s", j->v->weight);
    if (j->v->arm != NULL)
        msp_text_printf(&names, ", %s", j->v->arm);
    msp_fail_at(err, MSP_ENODATA, file, "none of the %zu rows has a value in each of %s",
                j->table.n_rows - j->n_elsewhere, msp_text_str(&names));
    msp_text_free(&names);
    return msp_hint(err, MSP_ENODATA, "an empty field, NA and a point are missing values");
}

/* Rows are named as the user's file does. */
static msp_status at_its_row(const survival_job *j, msp_status rc, msp_error *err)
{
    if (rc == MSP_ENODATA)
        return no_rows(j, err);
    if (rc == MSP_OK || err->row == MSP_NO_ROW)
        return rc;
    const msp_error numeric = *err;
    const msp_column *at = column(j, is_interval(j->v) ? j->v->upper : j->v->time);
    for (size_t i = 0; i < j->n_columns; i++) { /* the message may begin with a covariate's name */
        const size_t length = strlen(j->columns[i].name);
        if (strncmp(numeric.text, j->columns[i].name, length) == 0 &&
            strncmp(numeric.text + length, " is ", 4) == 0)
            at = &j->table.columns[i];
    }
    return msp_table_fail(err, rc, &j->table, numeric.row, at, "%s", numeric.text);
}

static msp_status analyse(survival_job *j, const char *path, msp_error *err)
{
    msp_status rc = ask_for_columns(j, err);
    if (rc == MSP_OK)
        rc = ask_for_conditions(j, err);
    if (rc == MSP_OK)
        rc = read_times(j, err);
    if (rc == MSP_OK)
        rc = read_table(j, path, err);
    if (rc == MSP_OK)
        rc = make_rows(j, err);
    if (rc == MSP_OK)
        rc = make_strata(j, err);
    if (rc == MSP_OK)
        rc = make_terms(j, err);
    if (rc == MSP_OK)
        rc = make_clusters(j, err);
    if (rc == MSP_OK)
        rc = choose_method(j, err);
    if (rc != MSP_OK)
        return rc;
    const survival_values *v = j->v;
    j->time = is_interval(v) ? j->lower : column(j, v->time)->number;
    const msp_survival_data data = {
        .n = j->table.n_rows,
        .time = j->time,
        .upper = j->upper,
        .event = j->event,
        .entry = v->entry != NULL ? column(j, v->entry)->number : NULL,
        .keep = j->keep,
        .arm = v->arm != NULL ? &j->arm : NULL,
        .stratum = v->strata.n > 0 ? &j->stratum : NULL,
        .terms = &j->terms,
        .cluster = v->id != NULL ? &j->cluster : NULL,
        .weight = j->weight,
        .keep_test = j->keep_test,
        .keep_model = j->keep_model,
    };
    rc = is_interval(v) ? survival_fit_intervals(j, &data, err)
                        : msp_survival_fit(&data, &j->options, &j->survival, err);
    if (rc == MSP_OK && v->residuals > 0)
        rc = survival_has_residuals(j, err);
    if (rc == MSP_OK && v->cause != NULL && j->causes.n_levels > 0)
        rc =
            msp_competing_fit(&data, j->cause, j->causes.n_levels, &j->options, &j->competing, err);
    if (rc == MSP_OK && v->expected != NULL)
        rc = survival_fit_expected(j, &data, err);
    if (rc == MSP_OK && v->model == SURVIVAL_PIECEWISE)
        rc = survival_fit_periods(j, &data, err);
    if (rc == MSP_OK && survival_has_lifetime(j))
        rc = msp_lifetime_fit(&data, (msp_lifetime)(v->model - 1), &j->lifetime, err);
    return at_its_row(j, rc, err);
}

/* -- run -- */

static int print(const survival_job *j)
{
    msp_text text = {0};
    const survival_counts counts = survival_count(j);
    if (counts.n_missing > 0)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out", counts.n_missing);
    if (j->survival.has_model && j->survival.cox_missing > 0)
        cli_note(&j->v->common, "the model leaves out %zu more rows, for a missing covariate",
                 j->survival.cox_missing);
    if (counts.events == 0 && j->v->event_value != NULL)
        cli_note(&j->v->common, "no row has %s equal to \"%s\"", j->v->event, j->v->event_value);
    if (j->v->residuals > 0)
        survival_residuals_csv(j, &text);
    else if (j->v->common.format == CLI_JSON)
        survival_as_json(j, &text);
    else if (j->v->common.format == CLI_CSV)
        survival_as_csv(j, &text);
    else
        survival_as_text(j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    survival_values v = {
        .common = CLI_COMMON_DEFAULT, .level = 0.95, .level_ratio = 0.95, .test = "logrank"};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_survival, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    survival_job j = {.v = &v};
    msp_error err;
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_survival_free(&j.survival);
    msp_competing_free(&j.competing);
    msp_parametric_free(&j.lifetime);
    msp_intervals_free(&j.intervals);
    msp_periods_free(&j.periods);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
