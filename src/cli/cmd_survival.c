/* survival - the time-to-event analysis of any table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "grid.h"
#include "mspike/analysis.h"
#include "mspike/table.h"

/* -- the command -- */

typedef struct values {
    cli_common common;
    const char *time, *event, *event_value, *entry, *arm;
    msp_words strata, covariates, times;
    double level, level_ratio;
    int interval, ties, alternative, test, unit;
    bool curve;
    const char *delimiter, *decimal;
} values;

/* Index 0 stands for what the convention says. */
static const char *const intervals[] = {"default", "log-log", "log", "plain", "arcsine", NULL};
static const char *const ties_names[] = {"default", "efron", "breslow", "discrete", "exact", NULL};
static const char *const alternatives[] = {"two-sided", "less", "greater", NULL};
static const char *const tests[] = {"logrank", NULL};
static const char *const units[] = {"unstated", "days", "weeks", "months", "years", NULL};

#define DATA   "Data"
#define METHOD "Method"

static const msp_option options[] = {
    {"time", 't', MSP_OPTION_TEXT, offsetof(values, time), "COL", "how long each row was followed",
     DATA, NULL, 0, 0},
    {"event", 'e', MSP_OPTION_TEXT, offsetof(values, event), "COL",
     "1 for an event, 0 for a censoring", DATA, NULL, 0, 0},
    {"event-value", 0, MSP_OPTION_TEXT, offsetof(values, event_value), "V",
     "the value that is an event; every other one is a censoring", DATA, NULL, 0, 0},
    {"entry", 0, MSP_OPTION_TEXT, offsetof(values, entry), "COL",
     "from when each row was watched (left truncation, start of an interval)", DATA, NULL, 0, 0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(values, arm), "COL", "compare its groups", DATA, NULL, 0,
     0},
    {"strata", 0, MSP_OPTION_LIST, offsetof(values, strata), "COL",
     "strata of the test and of the model", DATA, NULL, 0, 0},
    {"covariates", 0, MSP_OPTION_LIST, offsetof(values, covariates), "COL",
     "of the model, beside the arm; factor(COL) takes a number as groups", DATA, NULL, 0, 0},
    {"unit", 0, MSP_OPTION_CHOICE, offsetof(values, unit), NULL,
     "the unit of the times, for the output", DATA, units, 0, 0},
    {"delimiter", 0, MSP_OPTION_TEXT, offsetof(values, delimiter), "CHAR",
     "of a CSV file [found from its first line]", DATA, NULL, 0, 0},
    {"decimal", 0, MSP_OPTION_TEXT, offsetof(values, decimal), "CHAR",
     "of a CSV file [a comma where the delimiter is a semicolon]", DATA, NULL, 0, 0},
    {"times", 0, MSP_OPTION_LIST, offsetof(values, times), "T", "survival at these times", METHOD,
     NULL, 0, 0},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(values, level), "L",
     "of the intervals of curves and medians [0.95]", METHOD, NULL, 0, 1},
    {"level-ratio", 0, MSP_OPTION_NUMBER, offsetof(values, level_ratio), "L",
     "of the intervals of hazard ratios [0.95]", METHOD, NULL, 0, 1},
    {"interval", 0, MSP_OPTION_CHOICE, offsetof(values, interval), NULL,
     "of the curve [r: log, sas: log-log]", METHOD, intervals, 0, 0},
    {"ties", 0, MSP_OPTION_CHOICE, offsetof(values, ties), NULL,
     "in the model [r: efron, sas: breslow]; exact means discrete under r", METHOD, ties_names, 0,
     0},
    {"alternative", 0, MSP_OPTION_CHOICE, offsetof(values, alternative), NULL,
     "less: the second arm's hazard is lower [two-sided]", METHOD, alternatives, 0, 0},
    {"test", 0, MSP_OPTION_CHOICE, offsetof(values, test), NULL, "which test [logrank]", METHOD,
     tests, 0, 0},
    CLI_OPTION_CONVENTION(values),
    {"curve", 0, MSP_OPTION_FLAG, offsetof(values, curve), NULL, "the curves, step by step",
     "Output", NULL, 0, 0},
    CLI_OPTION_FORMAT(values, cli_formats),
    CLI_OPTION_OUTPUT(values),
    CLI_OPTION_QUIET(values),
};

static const msp_example examples[] = {
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --strata lines,stage "
     "--times 365,730",
     "medians, a stratified log-rank test and hazard ratio, survival at one and two years"},
    {"mspike survival examples/pfs.csv --time days --event event --covariates arm,age,b2m "
     "--format json",
     "a Cox model of three terms, as JSON"},
    {"mspike survival examples/pfs.csv --time days --event event --arm arm --convention sas "
     "--curve --format csv",
     "every step of the curves, with the defaults of SAS"},
};

static int run(int argc, char **argv);

const msp_command cli_survival = {
    .name = "survival",
    .group = "analysis",
    .summary = "time-to-event analysis of any table",
    .usage = "TABLE --time COL --event COL [options]",
    .description =
        "Kaplan-Meier curves, medians with intervals, follow-up, the log-rank test and Cox's "
        "model, from a CSV, XPT, sas7bdat or Dataset-JSON file. Only the columns named are "
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

/* Everything between the command line and the answer; `arena` owns what the table does not. */
typedef struct job {
    const values *v;
    msp_arena arena;
    msp_table table;
    msp_read_column columns[2 * MSP_WORDS_MAX + 8];
    size_t n_columns;
    uint8_t *event, *keep, *keep_test, *keep_model;
    msp_factor arm, stratum;
    msp_terms terms;
    double times[MSP_WORDS_MAX];
    size_t n_times;
    msp_survival_options options;
    msp_survival survival;
} job;

/* "factor(stage)" names the column "stage" and asks for groups. */
static const char *column_of(msp_arena *arena, const char *word, bool *groups)
{
    const size_t len = strlen(word);
    *groups = len > 8 && strncmp(word, "factor(", 7) == 0 && word[len - 1] == ')';
    return *groups ? msp_arena_text_n(arena, word + 7, len - 8) : word;
}

static void ask(job *j, const char *name, msp_read_as as)
{
    if (name == NULL)
        return;
    for (size_t i = 0; i < j->n_columns; i++)
        if (strcmp(j->columns[i].name, name) == 0) {
            if (as == MSP_READ_TEXT) /* names of groups are kept as they stand */
                j->columns[i].as = as;
            return;
        }
    j->columns[j->n_columns++] = (msp_read_column){name, as};
}

static msp_status ask_for_columns(job *j, msp_error *err)
{
    const values *v = j->v;
    if (v->time == NULL || v->event == NULL) {
        msp_fail(err, MSP_EUSAGE, "survival needs --time COL and --event COL");
        return msp_hint(err, MSP_EUSAGE, "usage: mspike survival %s", cli_survival.usage);
    }
    ask(j, v->time, MSP_READ_NUMBER);
    ask(j, v->event, MSP_READ_AUTO);
    ask(j, v->entry, MSP_READ_NUMBER);
    ask(j, v->arm, MSP_READ_TEXT);
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

static msp_status read_table(job *j, const char *path, msp_error *err)
{
    msp_read_options read = {.columns = j->columns, .n_columns = j->n_columns};
    msp_status rc = cli_one_character(j->v->delimiter, "delimiter", &read.delimiter, err);
    if (rc == MSP_OK)
        rc = cli_one_character(j->v->decimal, "decimal", &read.decimal, err);
    if (rc == MSP_OK)
        rc = msp_table_read(path, &read, &j->table, err);
    return rc;
}

static const msp_column *column(const job *j, const char *name)
{
    return msp_table_column(&j->table, name);
}

/* A column of the model: a number as it is, groups as indicators. */
static msp_status add_covariate(job *j, const char *word, msp_error *err)
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
    const msp_status rc = msp_factor_from_column(c, n, j->keep, &j->arena, &factor, err);
    if (rc != MSP_OK)
        return rc;
    return msp_terms_add_factor(&j->terms, &factor, word, factor.value != NULL && !groups, n,
                                &j->arena, err);
}

static bool is_covariate(const values *v, const char *name)
{
    for (size_t i = 0; i < v->covariates.n; i++)
        if (strcmp(v->covariates.word[i], name) == 0)
            return true;
    return false;
}

static msp_status make_terms(job *j, msp_error *err)
{
    const values *v = j->v;
    msp_status rc = MSP_OK;
    memcpy(j->keep_model, j->keep_test, j->table.n_rows);
    if (v->arm != NULL && !is_covariate(v, v->arm) && j->arm.n_levels > 1)
        rc = msp_terms_add_factor(&j->terms, &j->arm, v->arm, j->arm.value != NULL, j->table.n_rows,
                                  &j->arena, err);
    for (size_t i = 0; rc == MSP_OK && i < v->covariates.n; i++)
        rc = add_covariate(j, v->covariates.word[i], err);
    return rc;
}

static msp_status make_strata(job *j, msp_error *err)
{
    const values *v = j->v;
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

static msp_status make_rows(job *j, msp_error *err)
{
    const values *v = j->v;
    const size_t n = j->table.n_rows;
    uint8_t **const masks[] = {&j->event, &j->keep, &j->keep_test, &j->keep_model};
    for (size_t i = 0; i < MSP_COUNT(masks); i++)
        if ((*masks[i] = msp_arena_array(&j->arena, n, 1)) == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for %zu rows", n);
    memset(j->keep, 1, n);
    msp_keep_present(column(j, v->time), n, j->keep);
    if (v->entry != NULL)
        msp_keep_present(column(j, v->entry), n, j->keep);
    msp_status rc = msp_event_from_column(&j->table, column(j, v->event), v->event_value, j->event,
                                          j->keep, err);
    if (rc != MSP_OK || v->arm == NULL)
        return rc;
    rc = msp_factor_from_column(column(j, v->arm), n, j->keep, &j->arena, &j->arm, err);
    if (rc == MSP_OK)
        msp_keep_levels(&j->arm, n, j->keep);
    return rc;
}

static msp_status read_times(job *j, msp_error *err)
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

static msp_status choose_method(job *j, msp_error *err)
{
    const values *v = j->v;
    static const msp_km_interval interval_of[] = {0, MSP_KM_LOG_LOG, MSP_KM_LOG, MSP_KM_PLAIN,
                                                  MSP_KM_ARCSINE};
    static const msp_cox_ties ties_of[] = {0, MSP_COX_EFRON, MSP_COX_BRESLOW, MSP_COX_DISCRETE,
                                           MSP_COX_DISCRETE};
    const msp_convention convention =
        v->common.convention == 1 ? MSP_CONVENTION_SAS : MSP_CONVENTION_R;
    j->options = msp_survival_options_default(convention);
    j->options.km.level = v->level;
    j->options.cox.level = v->level_ratio;
    j->options.alternative = (msp_alternative)v->alternative;
    j->options.times = j->times;
    j->options.n_times = j->n_times;
    j->options.curves = v->curve;
    if (v->interval > 0)
        j->options.km.interval = interval_of[v->interval];
    if (v->ties > 0)
        j->options.cox.ties = ties_of[v->ties];
    if (v->ties == 4 && convention == MSP_CONVENTION_SAS) {
        msp_fail(err, MSP_EUNSUPPORTED,
                 "--ties exact is the exact marginal likelihood in SAS, which is not there yet");
        return msp_hint(err, MSP_EUNSUPPORTED, "--ties discrete is SAS's TIES=DISCRETE");
    }
    if (v->alternative != 0 && j->arm.n_levels != 2)
        return msp_fail(err, MSP_EUSAGE,
                        "--alternative %s needs an --arm with two groups; there are %zu",
                        alternatives[v->alternative], j->arm.n_levels);
    return MSP_OK;
}

/* Rows are named as the user's file does. */
static msp_status at_its_row(const job *j, msp_status rc, msp_error *err)
{
    if (rc == MSP_OK || err->row == MSP_NO_ROW)
        return rc;
    const msp_error numeric = *err;
    return msp_table_fail(err, rc, &j->table, numeric.row, column(j, j->v->time), "%s",
                          numeric.text);
}

static msp_status analyse(job *j, const char *path, msp_error *err)
{
    msp_status rc = ask_for_columns(j, err);
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
        rc = choose_method(j, err);
    if (rc != MSP_OK)
        return rc;
    const values *v = j->v;
    const msp_survival_data data = {
        .n = j->table.n_rows,
        .time = column(j, v->time)->number,
        .event = j->event,
        .entry = v->entry != NULL ? column(j, v->entry)->number : NULL,
        .keep = j->keep,
        .arm = v->arm != NULL ? &j->arm : NULL,
        .stratum = v->strata.n > 0 ? &j->stratum : NULL,
        .terms = &j->terms,
        .keep_test = j->keep_test,
        .keep_model = j->keep_model,
    };
    return at_its_row(j, msp_survival_fit(&data, &j->options, &j->survival, err), err);
}

/* -- as JSON -- */

static void put_limits(msp_json *json, double estimate, double lower, double upper, double level)
{
    msp_json_put_double(json, "estimate", estimate);
    msp_json_put_double(json, "lower", lower);
    msp_json_put_double(json, "upper", upper);
    msp_json_put_double(json, "level", level);
}

static void put_estimate(msp_json *json, const char *key, const msp_km_estimate *e, double level,
                         const char *note)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_limits(json, e->estimate, e->lower, e->upper, level);
    if (isnan(e->estimate))
        msp_json_put_text(json, "note", note);
    msp_json_end_object(json);
}

static void put_point(msp_json *json, const msp_km_point *p)
{
    msp_json_begin_object(json);
    msp_json_put_double(json, "time", p->time);
    msp_json_put_double(json, "at_risk", p->at_risk);
    msp_json_put_double(json, "survival", p->survival);
    msp_json_put_double(json, "std_error", p->std_error);
    msp_json_put_double(json, "lower", p->lower);
    msp_json_put_double(json, "upper", p->upper);
    if (isnan(p->survival))
        msp_json_put_text(json, "note", "follow-up ended before this time");
    msp_json_end_object(json);
}

static void put_curve(msp_json *json, const msp_km_curve *c)
{
    msp_json_key(json, "curve");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n; i++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "time", c->time[i]);
        msp_json_put_double(json, "at_risk", c->at_risk[i]);
        msp_json_put_double(json, "events", c->events[i]);
        msp_json_put_double(json, "censored", c->censored[i]);
        msp_json_put_double(json, "survival", c->survival[i]);
        msp_json_put_double(json, "std_error", c->std_error[i]);
        msp_json_put_double(json, "lower", c->lower[i]);
        msp_json_put_double(json, "upper", c->upper[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_arm(msp_json *json, const job *j, size_t i)
{
    const msp_survival_arm *arm = &j->survival.arms[i];
    const double level = j->options.km.level;
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", j->v->arm != NULL ? arm->label : "all");
    msp_json_put_int(json, "n", (int64_t)arm->n);
    msp_json_put_int(json, "events", (int64_t)arm->events);
    put_estimate(json, "median", &arm->median, level, msp_survival_median_note(arm));
    put_estimate(json, "lower_quartile", &arm->lower_quartile, level, "not reached");
    put_estimate(json, "upper_quartile", &arm->upper_quartile, level, "not reached");
    put_estimate(json, "median_follow_up", &arm->follow_up, level,
                 "not reached: fewer than half were censored");
    if (j->n_times > 0) {
        msp_json_key(json, "times");
        msp_json_begin_array(json);
        for (size_t t = 0; t < j->n_times; t++)
            put_point(json, &arm->points[t]);
        msp_json_end_array(json);
    }
    if (j->v->curve)
        put_curve(json, &j->survival.km.curves[i]);
    msp_json_end_object(json);
}

static void put_p(msp_json *json, double p, double log_p)
{
    msp_json_put_double(json, "p", p);
    if (p < 1e-15)
        msp_json_put_double(json, "log_p", log_p);
}

static void put_numbers(msp_json *json, const char *key, const double *x, size_t n)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        msp_json_double(json, x[i]);
    msp_json_end_array(json);
}

static void put_test(msp_json *json, const job *j)
{
    const msp_logrank *t = &j->survival.test;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", tests[j->v->test]);
    msp_json_put_double(json, "statistic", t->test.statistic);
    msp_json_put_double(json, "df", t->test.df);
    msp_json_put_double(json, "z", t->z);
    put_p(json, t->test.p, t->test.log_p);
    msp_json_put_text(json, "alternative", alternatives[j->v->alternative]);
    put_numbers(json, "observed", t->observed, t->n_groups);
    put_numbers(json, "expected", t->expected, t->n_groups);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    msp_json_end_object(json);
}

static const char *coefficient_note(const msp_cox_coefficient *c)
{
    return c->kind == MSP_COX_ALIASED ? "determined by the terms before it"
           : c->kind == MSP_COX_INFINITE
               ? (c->coef > 0 ? "infinite: the likelihood grows for ever with this term"
                              : "zero: the likelihood grows for ever against this term")
               : "";
}

static void put_coefficient(msp_json *json, const char *term, const msp_cox_coefficient *c)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "term", term);
    msp_json_put_double(json, "coef", c->coef);
    msp_json_put_double(json, "std_error", c->std_error);
    msp_json_put_double(json, "z", c->z);
    put_p(json, c->p, c->log_p);
    msp_json_put_double(json, "hazard_ratio", c->hazard_ratio);
    msp_json_put_double(json, "lower", c->lower);
    msp_json_put_double(json, "upper", c->upper);
    if (c->kind != MSP_COX_ESTIMATED)
        msp_json_put_text(json, "note", coefficient_note(c));
    msp_json_end_object(json);
}

static void put_chi_square(msp_json *json, const char *key, const msp_test *t)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "statistic", t->statistic);
    msp_json_put_double(json, "df", t->df);
    put_p(json, t->p, t->log_p);
    msp_json_end_object(json);
}

static void put_cox(msp_json *json, const job *j)
{
    const msp_cox *c = &j->survival.cox;
    msp_json_key(json, "cox");
    msp_json_begin_object(json);
    msp_json_put_text(json, "ties", msp_cox_ties_name(c->ties));
    msp_json_put_int(json, "n", (int64_t)c->n);
    msp_json_put_int(json, "n_missing", (int64_t)(j->survival.cox_missing + j->survival.n_missing));
    msp_json_put_int(json, "events", (int64_t)c->n_events);
    msp_json_put_double(json, "loglik_null", c->loglik_null);
    msp_json_put_double(json, "loglik", c->loglik);
    msp_json_put_bool(json, "converged", c->state == MSP_COX_CONVERGED);
    msp_json_put_int(json, "iterations", c->iterations);
    msp_json_put_double(json, "level", c->level);
    if (c->note != NULL)
        msp_json_put_text(json, "note", c->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n_columns; i++)
        put_coefficient(json, j->terms.columns[i].name, &c->coefficients[i]);
    msp_json_end_array(json);
    put_chi_square(json, "likelihood_ratio", &c->likelihood_ratio);
    put_chi_square(json, "wald", &c->wald);
    put_chi_square(json, "score", &c->score);
    msp_json_end_object(json);
}

static void put_method(msp_json *json, const job *j)
{
    msp_json_put_text(json, "convention", cli_conventions[j->v->common.convention]);
    msp_json_put_text(json, "interval", msp_km_interval_name(j->options.km.interval));
    if (j->v->unit > 0)
        msp_json_put_text(json, "unit", units[j->v->unit]);
    msp_json_key(json, "strata");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->v->strata.n; i++)
        msp_json_text(json, j->v->strata.word[i]);
    msp_json_end_array(json);
}

static void as_json(const job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_json json;
    msp_json_init(&json, out, j->v->curve ? 0 : 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "n", (int64_t)s->n);
    msp_json_put_int(&json, "n_missing", (int64_t)s->n_missing);
    msp_json_put_int(&json, "events", (int64_t)s->events);
    put_method(&json, j);
    msp_json_key(&json, "arms");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < s->n_arms; i++)
        put_arm(&json, j, i);
    msp_json_end_array(&json);
    if (s->has_test)
        put_test(&json, j);
    if (s->has_model)
        put_cox(&json, j);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

/* Five significant digits: what a person reads. */
static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    if (isinf(x))
        return x > 0 ? "infinite" : "-infinite";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

static void limits_cell(grid *g, double lower, double upper)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    grid_cell(g, "(%s, %s)", number(lower, a), number(upper, b));
}

static void p_text(double p, double log_p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p))
        snprintf(out, MSP_DOUBLE_MAX, "NE");
    else if (p < 1e-300)
        snprintf(out, MSP_DOUBLE_MAX, "< 1e-300 (1e%.0f)", floor(log_p / log(10)));
    else if (p < 0.0001)
        snprintf(out, MSP_DOUBLE_MAX, "%.2g", p);
    else
        snprintf(out, MSP_DOUBLE_MAX, "%.4f", p);
}

static void arms_as_text(const job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    grid_cell(&g, "n");
    grid_cell(&g, "events");
    grid_cell(&g, "median");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "median follow-up");
    for (size_t i = 0; i < s->n_arms; i++) {
        const msp_survival_arm *a = &s->arms[i];
        grid_row(&g);
        grid_cell(&g, "%s", j->v->arm != NULL ? a->label : "all");
        grid_cell(&g, "%zu", a->n);
        grid_cell(&g, "%zu", a->events);
        grid_cell(&g, "%s", number(a->median.estimate, x));
        limits_cell(&g, a->median.lower, a->median.upper);
        grid_cell(&g, "%s", number(a->follow_up.estimate, x));
    }
    grid_print(&g, out);
}

static void times_as_text(const job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    if (j->n_times == 0)
        return;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "survival at");
    grid_cell(&g, "time");
    grid_cell(&g, "at risk");
    grid_cell(&g, "S");
    grid_cell(&g, "SE");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = 0; i < s->n_arms; i++)
        for (size_t t = 0; t < j->n_times; t++) {
            const msp_km_point *p = &s->arms[i].points[t];
            grid_row(&g);
            grid_cell(&g, "%s", j->v->arm != NULL ? s->arms[i].label : "all");
            grid_cell(&g, "%s", number(p->time, x));
            grid_cell(&g, "%s", number(p->at_risk, x));
            grid_cell(&g, "%s", number(p->survival, x));
            grid_cell(&g, "%s", number(p->std_error, x));
            limits_cell(&g, p->lower, p->upper);
        }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void test_as_text(const job *j, msp_text *out)
{
    const msp_logrank *t = &j->survival.test;
    if (!j->survival.has_test)
        return;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\n%slog-rank test: ", j->v->strata.n > 0 ? "stratified " : "");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    p_text(t->test.p, t->test.log_p, p);
    msp_text_printf(out, "chi-square %s on %g df", number(t->test.statistic, a), t->test.df);
    if (!isnan(t->z))
        msp_text_printf(out, ", z %s", number(t->z, b));
    msp_text_printf(out, ", %s p = %s\n", j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

static void cox_as_text(const job *j, msp_text *out)
{
    const msp_cox *c = &j->survival.cox;
    if (!j->survival.has_model)
        return;
    msp_text_printf(out, "\n%sCox model, %s ties: n %zu, events %zu\n",
                    j->v->strata.n > 0 ? "stratified " : "", msp_cox_ties_name(c->ties), c->n,
                    c->n_events);
    if (c->note != NULL)
        msp_text_printf(out, "  %s\n", c->note);
    if (c->state == MSP_COX_NOT_ESTIMABLE)
        return;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "term");
    grid_cell(&g, "hazard ratio");
    grid_cell(&g, "(%g %% CI)", 100 * c->level);
    grid_cell(&g, "coef");
    grid_cell(&g, "SE");
    grid_cell(&g, "p");
    for (size_t i = 0; i < c->n_columns; i++) {
        const msp_cox_coefficient *k = &c->coefficients[i];
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[i].name);
        grid_cell(&g, "%s", number(k->hazard_ratio, x));
        limits_cell(&g, k->lower, k->upper);
        grid_cell(&g, "%s", number(k->coef, x));
        grid_cell(&g, "%s", number(k->std_error, x));
        p_text(k->p, k->log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
    p_text(c->likelihood_ratio.p, c->likelihood_ratio.log_p, x);
    char y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "  likelihood-ratio test: %s on %g df, p = %s\n",
                    number(c->likelihood_ratio.statistic, y), c->likelihood_ratio.df, x);
}

static void curves_as_text(const job *j, msp_text *out)
{
    for (size_t i = 0; j->v->curve && i < j->survival.n_arms; i++) {
        const msp_km_curve *c = &j->survival.km.curves[i];
        grid g = {0};
        char x[MSP_DOUBLE_MAX];
        grid_row(&g);
        grid_cell(&g, "%s", j->v->arm != NULL ? j->survival.arms[i].label : "all");
        static const char *const heads[] = {"time", "at risk", "events", "censored", "S", "SE"};
        for (size_t h = 0; h < MSP_COUNT(heads); h++)
            grid_cell(&g, "%s", heads[h]);
        grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
        for (size_t k = 0; k < c->n; k++) {
            const double row[] = {c->time[k],     c->at_risk[k],  c->events[k],
                                  c->censored[k], c->survival[k], c->std_error[k]};
            grid_row(&g);
            grid_cell(&g, "%s", "");
            for (size_t h = 0; h < MSP_COUNT(row); h++)
                grid_cell(&g, "%s", number(row[h], x));
            limits_cell(&g, c->lower[k], c->upper[k]);
        }
        msp_text_add_char(out, '\n');
        grid_print(&g, out);
    }
}

static void as_text(const job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_text_printf(out, "%zu rows, %zu events", s->n, s->events);
    if (s->n_missing > 0)
        msp_text_printf(out, "; %zu rows left out for a missing value", s->n_missing);
    if (j->v->unit > 0)
        msp_text_printf(out, "; times in %s", units[j->v->unit]);
    msp_text_add(out, "\n\n");
    arms_as_text(j, out);
    times_as_text(j, out);
    test_as_text(j, out);
    cox_as_text(j, out);
    curves_as_text(j, out);
    msp_text_printf(out,
                    "\nKaplan-Meier; %s intervals (Greenwood), medians after Brookmeyer and "
                    "Crowley,\nfollow-up by reverse Kaplan-Meier; defaults of %s. NE: not "
                    "estimable.\n",
                    msp_km_interval_name(j->options.km.interval),
                    j->v->common.convention == 0 ? "R" : "SAS");
}

/* -- as CSV: one number a line -- */

static void csv_line(msp_text *out, const char *arm, const char *what, double at, double estimate,
                     double std_error, double lower, double upper)
{
    const double numbers[] = {at, estimate, std_error, lower, upper};
    const bool quoted = strpbrk(arm, ",\"\n") != NULL;
    if (quoted)
        msp_text_add_char(out, '"');
    for (const char *s = arm; *s != '\0'; s++) {
        if (*s == '"')
            msp_text_add_char(out, '"');
        msp_text_add_char(out, *s);
    }
    if (quoted)
        msp_text_add_char(out, '"');
    msp_text_printf(out, ",%s", what);
    for (size_t i = 0; i < MSP_COUNT(numbers); i++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[i]))
            msp_text_add_double(out, numbers[i]);
    }
    msp_text_add_char(out, '\n');
}

static void arm_as_csv(const job *j, size_t i, msp_text *out)
{
    const msp_survival_arm *a = &j->survival.arms[i];
    const msp_km_curve *c = &j->survival.km.curves[i];
    const char *label = j->v->arm != NULL ? a->label : "all";
    csv_line(out, label, "n", NAN, (double)a->n, NAN, NAN, NAN);
    csv_line(out, label, "events", NAN, (double)a->events, NAN, NAN, NAN);
    csv_line(out, label, "median", 0.5, a->median.estimate, NAN, a->median.lower, a->median.upper);
    csv_line(out, label, "median_follow_up", 0.5, a->follow_up.estimate, NAN, a->follow_up.lower,
             a->follow_up.upper);
    for (size_t t = 0; t < j->n_times; t++) {
        const msp_km_point *p = &a->points[t];
        csv_line(out, label, "survival", p->time, p->survival, p->std_error, p->lower, p->upper);
        csv_line(out, label, "at_risk", p->time, p->at_risk, NAN, NAN, NAN);
    }
    for (size_t k = 0; j->v->curve && k < c->n; k++)
        csv_line(out, label, "curve", c->time[k], c->survival[k], c->std_error[k], c->lower[k],
                 c->upper[k]);
}

static void as_csv(const job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    msp_text_add(out, "name,statistic,at,estimate,std_error,lower,upper\n");
    for (size_t i = 0; i < s->n_arms; i++)
        arm_as_csv(j, i, out);
    if (s->has_test) {
        csv_line(out, "logrank", "chi_square", NAN, s->test.test.statistic, NAN, NAN, NAN);
        csv_line(out, "logrank", "df", NAN, s->test.test.df, NAN, NAN, NAN);
        csv_line(out, "logrank", "z", NAN, s->test.z, NAN, NAN, NAN);
        csv_line(out, "logrank", "p", NAN, s->test.test.p, NAN, NAN, NAN);
    }
    for (size_t i = 0; s->has_model && i < s->cox.n_columns; i++) {
        const msp_cox_coefficient *c = &s->cox.coefficients[i];
        const char *term = j->terms.columns[i].name;
        csv_line(out, term, "coef", NAN, c->coef, c->std_error, NAN, NAN);
        csv_line(out, term, "hazard_ratio", NAN, c->hazard_ratio, NAN, c->lower, c->upper);
        csv_line(out, term, "p", NAN, c->p, NAN, NAN, NAN);
    }
}

/* -- run -- */

static int print(const job *j)
{
    msp_text text = {0};
    if (j->survival.n_missing > 0)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out",
                 j->survival.n_missing);
    if (j->survival.has_model && j->survival.cox_missing > 0)
        cli_note(&j->v->common, "the model leaves out %zu more rows, for a missing covariate",
                 j->survival.cox_missing);
    if (j->survival.events == 0 && j->v->event_value != NULL)
        cli_note(&j->v->common, "no row has %s equal to \"%s\"", j->v->event, j->v->event_value);
    if (j->v->common.format == CLI_JSON)
        as_json(j, &text);
    else if (j->v->common.format == CLI_CSV)
        as_csv(j, &text);
    else
        as_text(j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    values v = {.common = CLI_COMMON_DEFAULT, .level = 0.95, .level_ratio = 0.95};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_survival, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    job j = {.v = &v};
    msp_error err;
    const msp_status rc = analyse(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_survival_free(&j.survival);
    msp_table_free(&j.table);
    msp_arena_free(&j.arena);
    return exit_code;
}
