/* simulate - operating characteristics of a planned trial over many virtual ones. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "grid.h"
#include "mspike/simulate.h"
#include "read_protocol.h"

#define SIMULATION "Simulation"

enum { DEFAULT_TRIALS = 100000 };

typedef struct simulate_values {
    cli_common common;
    uint64_t trials;
    msp_words scenarios, ratios;
    bool estimates;
} simulate_values;

typedef struct answer {
    msp_sim_scenario scenario;
    msp_sim_result result;
} answer;

typedef struct simulate_job {
    const simulate_values *v;
    msp_arena arena;
    msp_protocol protocol;
    size_t n;
    answer *answers;
    uint64_t trials; /* a scenario */
    double seconds;
    bool interrupted;
} simulate_job;

static const msp_option options[] = {
    {"trials", 0, MSP_OPTION_COUNT, offsetof(simulate_values, trials), "N",
     "trials a scenario [as the protocol says, else 100000]", SIMULATION, NULL, 1, 1e15},
    {"scenario", 0, MSP_OPTION_LIST, offsetof(simulate_values, scenarios), "NAME,...",
     "only these: planned, null (a hazard ratio of 1) or the protocol's [planned and the "
     "protocol's]",
     SIMULATION, NULL, 0, 0},
    {"hazard-ratio", 0, MSP_OPTION_LIST, offsetof(simulate_values, ratios), "R,...",
     "each scenario at these ratios, experimental to control, instead of its own", SIMULATION, NULL,
     0, 0},
    {"estimates", 0, MSP_OPTION_FLAG, offsetof(simulate_values, estimates), NULL,
     "also estimate the hazard ratio where each trial stops: bias and coverage", SIMULATION, NULL,
     0, 0},
    CLI_OPTION_FORMAT(simulate_values, cli_formats),
    CLI_OPTION_OUTPUT(simulate_values),
    CLI_OPTIONS_RUNNING(simulate_values),
};

static const msp_example examples[] = {
    {"mspike simulate protocols/ikema.yaml --trials 10000", "power, stops and durations"},
    {"mspike simulate protocols/ikema.yaml --scenario null --trials 10000",
     "the error of the first kind"},
    {"mspike simulate protocols/ikema.yaml --hazard-ratio 0.5,0.6,0.7,0.8 --trials 10000",
     "a curve of power"},
    {"mspike simulate protocols/ikema.yaml --trials 10000 --estimates --format json",
     "bias of the estimates and coverage of their intervals, as JSON"},
};

static int run(int argc, char **argv);

const msp_command cli_simulate = {
    .name = "simulate",
    .group = "protocol",
    .summary = "operating characteristics over many virtual trials",
    .usage = "PROTOCOL [options]",
    .description =
        "Runs virtual trials of a group-sequential design: patients enter, are allocated in "
        "permuted blocks, have their event or are lost; at each look the log-rank test is made on "
        "the data of that day and the trial stops or goes on. Reports power, stops, durations and "
        "sizes with their Monte Carlo standard errors.\n\n"
        "The same seed and number of trials give the same digits on any number of threads and "
        "every kind of processor; the digest says so. Ctrl-C ends a run early and what is done "
        "so far is reported, with exit code 130.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- the work -- */

static msp_status read_protocol(simulate_job *j, const char *path, msp_error *err)
{
    msp_status rc = cli_read_protocol(&j->v->common, path, &j->protocol, err);
    if (rc == MSP_OK && !msp_was_said(j->protocol.design.at)) {
        msp_fail(err, MSP_ENODATA, "%s: there is no design block", path);
        rc = msp_hint(err, MSP_ENODATA, "docs/protocol-form.md describes it, under design");
    }
    if (rc == MSP_OK && j->protocol.design.kind.value != MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL)
        rc = msp_fail_at(err, MSP_EUNSUPPORTED, j->protocol.design.kind.at,
                         "only group-sequential designs are simulated; this one is of another "
                         "kind");
    return rc;
}

/* One scenario, or one for each ratio asked for; *n grows. */
static msp_status add_scenario(simulate_job *j, const char *name, msp_error *err)
{
    const msp_words *ratios = &j->v->ratios;
    msp_sim_scenario s;
    msp_status rc = msp_sim_scenario_find(&j->protocol, name, &j->arena, &s, err);
    s.plan.estimates = j->v->estimates;
    if (rc == MSP_OK && ratios->n == 0)
        j->answers[j->n++].scenario = s;
    for (size_t i = 0; i < ratios->n && rc == MSP_OK; i++) {
        double ratio;
        if (!msp_double_parse(ratios->word[i], strlen(ratios->word[i]), &ratio))
            return msp_fail(err, MSP_EUSAGE, "--hazard-ratio has \"%s\"; expected a number",
                            ratios->word[i]);
        rc = msp_sim_scenario_at(&s, ratio, &j->arena, &j->answers[j->n].scenario, err);
        j->n += rc == MSP_OK;
    }
    return rc;
}

static msp_status find_scenarios(simulate_job *j, msp_error *err)
{
    const msp_words *names = &j->v->scenarios;
    const msp_said_count *said = &j->protocol.design.trials;
    j->trials = DEFAULT_TRIALS;
    if (j->v->trials > 0)
        j->trials = j->v->trials;
    else if (msp_was_said(said->at))
        j->trials = (uint64_t)said->value;
    const size_t n = names->n > 0 ? names->n : msp_sim_n_scenarios(&j->protocol);
    const size_t times = j->v->ratios.n > 0 ? j->v->ratios.n : 1;
    j->answers = msp_arena_array(&j->arena, n * times, sizeof *j->answers);
    if (j->answers == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu scenarios", n);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < n && rc == MSP_OK; i++)
        rc = add_scenario(j, names->n > 0 ? names->word[i] : msp_sim_scenario_name(&j->protocol, i),
                          err);
    if (rc != MSP_OK && err->at.line == 0 && rc != MSP_EUSAGE && rc != MSP_EMEM)
        err->at = j->protocol.design.at;
    return rc;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Stopped on request: what was done stays, and the scenarios that were not begun go. */
static msp_status simulate(simulate_job *j, msp_error *err)
{
    cli_progress progress;
    msp_status rc = MSP_OK;
    cli_progress_start(&progress, &j->v->common);
    const double start = now();
    for (size_t i = 0; i < j->n && rc == MSP_OK; i++) {
        answer *a = &j->answers[i];
        rc = msp_sim_run(&a->scenario.plan, j->v->common.seed, j->trials, a->scenario.log_ratio,
                         (size_t)j->v->common.threads, &progress.progress, &a->result, err);
        if (rc == MSP_EINTERRUPTED)
            j->n = i + 1;
    }
    j->seconds = now() - start;
    cli_progress_done(&progress);
    j->interrupted = rc == MSP_EINTERRUPTED;
    return j->interrupted ? MSP_OK : rc;
}

/* -- the answer -- */

static double share(uint64_t k, uint64_t n)
{
    return (double)k / (double)n;
}

static uint64_t trials_done(const simulate_job *j)
{
    uint64_t n = 0;
    for (size_t i = 0; i < j->n; i++)
        n += j->answers[i].result.trials;
    return n;
}

static const char *digest_of(const simulate_job *j, char out[17])
{
    uint64_t sum = 0;
    for (size_t i = 0; i < j->n; i++)
        sum = (sum << 1 | sum >> 63) + j->answers[i].result.digest;
    snprintf(out, 17, "%016" PRIx64, sum);
    return out;
}

static void put_mean(msp_json *json, const char *key, const char *error_key, const msp_sim_sum *sum)
{
    msp_json_put_double(json, key, msp_sim_mean(sum));
    msp_json_put_double(json, error_key, msp_sim_std_error(sum));
}

static void put_look(msp_json *json, const answer *a, size_t k)
{
    const msp_sim_plan *p = &a->scenario.plan;
    const msp_sim_look *l = &a->result.look[k];
    const uint64_t n = a->result.trials;
    msp_json_begin_object(json);
    msp_json_put_int(json, "look", (int64_t)k + 1);
    msp_json_put_int(json, "events", (int64_t)p->events[k]);
    msp_json_put_double(json, "z", p->upper[k]);
    msp_json_put_double(json, "futility_z", k + 1 < p->n_looks ? p->lower[k] : (double)NAN);
    msp_json_put_double(json, "reached", share(l->reached, n));
    msp_json_put_double(json, "stop_efficacy", share(l->efficacy, n));
    msp_json_put_double(json, "stop_futility", share(l->futility, n));
    if (p->sided == 2)
        msp_json_put_double(json, "stop_harm", share(l->harm, n));
    msp_json_put_double(json, "expected_time", l->time / (double)l->reached);
    msp_json_end_object(json);
}

static void put_estimates(msp_json *json, const answer *a)
{
    const msp_sim_sum *s = &a->result.log_ratio;
    const double truth = a->scenario.log_ratio;
    msp_json_key(json, "estimates");
    msp_json_begin_object(json);
    msp_json_put_int(json, "n", (int64_t)s->n);
    msp_json_put_double(json, "hazard_ratio", exp(msp_sim_mean(s)));
    msp_json_put_double(json, "true_hazard_ratio", exp(truth));
    put_mean(json, "mean_log_ratio", "mean_log_ratio_std_error", s);
    msp_json_put_double(json, "bias_log_ratio", msp_sim_mean(s) - truth);
    msp_json_put_double(json, "coverage",
                        isnan(truth) ? (double)NAN : share(a->result.covered, s->n));
    msp_json_put_double(json, "coverage_std_error",
                        isnan(truth) ? (double)NAN
                                     : msp_sim_share_std_error(a->result.covered, s->n));
    if (isnan(truth))
        msp_json_put_text(json, "note", "the true hazard ratio is not one number");
    msp_json_end_object(json);
}

static void put_survival(msp_json *json, const answer *a)
{
    const msp_sim_result *r = &a->result;
    msp_json_key(json, "survival");
    msp_json_begin_object(json);
    msp_json_put_int(json, "events", (int64_t)a->scenario.plan.survival.events);
    msp_json_put_double(json, "z", a->scenario.plan.survival.upper);
    msp_json_put_double(json, "power", share(r->survival, r->trials));
    msp_json_put_double(json, "power_std_error", msp_sim_share_std_error(r->survival, r->trials));
    msp_json_put_double(json, "power_alone", share(r->survival_alone, r->trials));
    put_mean(json, "expected_time", "expected_time_std_error", &r->survival_time);
    msp_json_end_object(json);
}

static void put_scenario(msp_json *json, const answer *a)
{
    const msp_sim_result *r = &a->result;
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, r->digest);
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", a->scenario.name);
    msp_json_put_int(json, "trials", (int64_t)r->trials);
    msp_json_put_double(json, "hazard_ratio", exp(a->scenario.log_ratio));
    msp_json_put_int(json, "patients", (int64_t)a->scenario.plan.n);
    msp_json_put_double(json, "power", share(r->efficacy, r->trials));
    msp_json_put_double(json, "power_std_error", msp_sim_share_std_error(r->efficacy, r->trials));
    if (a->scenario.plan.sided == 2) {
        msp_json_put_double(json, "harm", share(r->harm, r->trials));
        msp_json_put_double(json, "rejected", share(r->efficacy + r->harm, r->trials));
    }
    put_mean(json, "expected_events", "expected_events_std_error", &r->events);
    put_mean(json, "expected_sample_size", "expected_sample_size_std_error", &r->enrolled);
    put_mean(json, "expected_duration", "expected_duration_std_error", &r->time);
    msp_json_put_double(json, "short_of_events", share(r->short_of_events, r->trials));
    msp_json_key(json, "looks");
    msp_json_begin_array(json);
    for (size_t k = 0; k < r->n_looks; k++)
        put_look(json, a, k);
    msp_json_end_array(json);
    if (a->scenario.plan.estimates)
        put_estimates(json, a);
    if (a->scenario.plan.survival.events > 0)
        put_survival(json, a);
    msp_json_put_text(json, "digest", digest);
    msp_json_end_object(json);
}

static void as_json(const simulate_job *j, msp_text *out)
{
    msp_json json;
    char digest[17];
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "trials", (int64_t)j->trials);
    msp_json_put_int(&json, "seed", (int64_t)j->v->common.seed);
    msp_json_put_double(&json, "trials_per_second", (double)trials_done(j) / j->seconds);
    msp_json_put_bool(&json, "interrupted", j->interrupted);
    msp_json_key(&json, "scenarios");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++)
        put_scenario(&json, &j->answers[i]);
    msp_json_end_array(&json);
    msp_json_put_text(&json, "digest", digest_of(j, digest));
    msp_json_end_object(&json);
    msp_text_printf(out, "\n");
}

static void scenario_as_text(const answer *a, msp_text *out)
{
    const msp_sim_plan *p = &a->scenario.plan;
    const msp_sim_result *r = &a->result;
    grid g = {0};
    msp_text_printf(out,
                    "%s: %zu patients, %" PRIu64 " trials\n"
                    "claims of efficacy %.5f (+- %.5f)",
                    a->scenario.name, p->n, r->trials, share(r->efficacy, r->trials),
                    msp_sim_share_std_error(r->efficacy, r->trials));
    if (p->sided == 2)
        msp_text_printf(out, ", of harm %.5f", share(r->harm, r->trials));
    msp_text_printf(out, "\nexpected: %.2f events, %.2f patients, %.2f months (+- %.2g)\n\n",
                    msp_sim_mean(&r->events), msp_sim_mean(&r->enrolled), msp_sim_mean(&r->time),
                    msp_sim_std_error(&r->time));
    static const char *const head[] = {"look",     "events",   "month",
                                       "boundary", "efficacy", "futility"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(head); i++)
        grid_cell(&g, "%s", head[i]);
    for (size_t k = 0; k < r->n_looks; k++) {
        const msp_sim_look *l = &r->look[k];
        grid_row(&g);
        grid_cell(&g, "%zu", k + 1);
        grid_cell(&g, "%zu", p->events[k]);
        grid_cell(&g, "%.2f", l->time / (double)l->reached);
        grid_cell(&g, "%.4f", p->upper[k]);
        grid_cell(&g, "%.5f", share(l->efficacy, r->trials));
        grid_cell(&g, "%.5f", share(l->futility, r->trials));
    }
    grid_print(&g, out);
    if (p->estimates)
        msp_text_printf(out,
                        "hazard ratio where it stopped: geometric mean %.4f, true %.4f; "
                        "95 %% intervals hold it in %.4f\n",
                        exp(msp_sim_mean(&r->log_ratio)), exp(a->scenario.log_ratio),
                        isnan(a->scenario.log_ratio) ? (double)NAN
                                                     : share(r->covered, r->log_ratio.n));
    if (p->survival.events > 0)
        msp_text_printf(out,
                        "survival at %zu deaths, month %.1f: claimed after the first endpoint in "
                        "%.5f, beyond its boundary in %.5f\n",
                        p->survival.events, msp_sim_mean(&r->survival_time),
                        share(r->survival, r->trials), share(r->survival_alone, r->trials));
    if (r->short_of_events > 0)
        msp_text_printf(out,
                        "note: in %" PRIu64 " trials the events of a look never came; it was taken "
                        "at the last event\n",
                        r->short_of_events);
    msp_text_printf(out, "\n");
}

static void as_text(const simulate_job *j, msp_text *out)
{
    char digest[17];
    for (size_t i = 0; i < j->n; i++)
        scenario_as_text(&j->answers[i], out);
    msp_text_printf(out, "seed %" PRIu64 ", digest %s, %.3g trials a second\n", j->v->common.seed,
                    digest_of(j, digest), (double)trials_done(j) / j->seconds);
    if (j->interrupted)
        msp_text_printf(out,
                        "note: stopped on request; the results are those of the trials done\n");
}

static void csv_double(msp_text *out, double x)
{
    char text[MSP_DOUBLE_MAX];
    msp_text_printf(out, ",%s", isfinite(x) ? (msp_double_format(x, text), text) : "");
}

/* A row a look. */
static void as_csv(const simulate_job *j, msp_text *out)
{
    msp_text_printf(out, "scenario,trials,power,power_std_error,expected_events,"
                         "expected_sample_size,expected_duration,look,events,z,reached,"
                         "stop_efficacy,stop_futility,expected_time\n");
    for (size_t i = 0; i < j->n; i++) {
        const msp_sim_result *r = &j->answers[i].result;
        const msp_sim_plan *p = &j->answers[i].scenario.plan;
        for (size_t k = 0; k < r->n_looks; k++) {
            msp_text_add_field(out, j->answers[i].scenario.name);
            msp_text_printf(out, ",%" PRIu64, r->trials);
            csv_double(out, share(r->efficacy, r->trials));
            csv_double(out, msp_sim_share_std_error(r->efficacy, r->trials));
            csv_double(out, msp_sim_mean(&r->events));
            csv_double(out, msp_sim_mean(&r->enrolled));
            csv_double(out, msp_sim_mean(&r->time));
            msp_text_printf(out, ",%zu,%zu", k + 1, p->events[k]);
            csv_double(out, p->upper[k]);
            csv_double(out, share(r->look[k].reached, r->trials));
            csv_double(out, share(r->look[k].efficacy, r->trials));
            csv_double(out, share(r->look[k].futility, r->trials));
            csv_double(out, r->look[k].time / (double)r->look[k].reached);
            msp_text_printf(out, "\n");
        }
    }
}

static int print(const simulate_job *j)
{
    static void (*const as[])(const simulate_job *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    msp_text text = {0};
    as[j->v->common.format](j, &text);
    if (j->interrupted)
        cli_note(&j->v->common, "stopped on request; the results are those of the trials done");
    return cli_write(&j->v->common, &text,
                     j->interrupted ? msp_status_exit_code(MSP_EINTERRUPTED) : 0);
}

static int run(int argc, char **argv)
{
    simulate_values v = {.common = CLI_COMMON_DEFAULT};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_simulate, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    simulate_job j = {.v = &v};
    msp_error err = {0};
    msp_status rc = read_protocol(&j, path, &err);
    if (rc == MSP_OK)
        rc = find_scenarios(&j, &err);
    if (rc == MSP_OK)
        rc = simulate(&j, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_protocol_free(&j.protocol);
    msp_arena_free(&j.arena);
    return exit_code;
}
