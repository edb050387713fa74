/* survival - the time-to-event analysis of any table. */
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
/* -- the analysis -- */

static msp_status analyse(survival_job *j, const char *path, msp_error *err)
{
    msp_status rc = survival_read_times(j, err);
    if (rc == MSP_OK)
        rc = survival_read(j, path, err);
    if (rc == MSP_OK)
        rc = survival_choose(j, err);
    if (rc != MSP_OK)
        return rc;
    const survival_values *v = j->v;
    j->time = survival_is_interval(v) ? j->lower : survival_column(j, v->time)->number;
    const msp_survival_data data = {
        .n = j->table.n_rows,
        .time = j->time,
        .upper = j->upper,
        .event = j->event,
        .entry = v->entry != NULL ? survival_column(j, v->entry)->number : NULL,
        .keep = j->keep,
        .arm = v->arm != NULL ? &j->arm : NULL,
        .stratum = v->strata.n > 0 ? &j->stratum : NULL,
        .terms = &j->terms,
        .cluster = v->id != NULL ? &j->cluster : NULL,
        .weight = j->weight,
        .keep_test = j->keep_test,
        .keep_model = j->keep_model,
    };
    rc = survival_is_interval(v) ? survival_fit_intervals(j, &data, err)
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
    return survival_at_its_row(j, rc, err);
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
