/* simulate - operating characteristics of a planned trial over many virtual ones. */
#include <string.h>
#include <time.h>

#include "read_protocol.h"
#include "simulate.h"
#include "virtual.h"

#define SIMULATION "Simulation"
#define MACHINES   "Many machines"

enum { DEFAULT_TRIALS = 100000, DEFAULT_RANKS = 4 };

static const msp_option options[] = {
    {"trials", 0, MSP_OPTION_COUNT, offsetof(simulate_values, trials), "N",
     "trials a scenario [as the protocol says, else 100000]", SIMULATION, NULL, 1, 1e15},
    {"scenario", 0, MSP_OPTION_LIST, offsetof(simulate_values, scenarios), "NAME,...",
     "only these: planned, null (a hazard ratio of 1) or the protocol's [planned and the "
     "protocol's]",
     SIMULATION, NULL, 0, 0},
    {"hazard-ratio", 0, MSP_OPTION_LIST, offsetof(simulate_values, ratios), "R,...",
     "each scenario at these ratios (64 at most), experimental to control, instead of its own",
     SIMULATION, NULL, 0, 0},
    {"estimates", 0, MSP_OPTION_FLAG, offsetof(simulate_values, estimates), NULL,
     "also estimate the hazard ratio where each trial stops: bias and coverage", SIMULATION, NULL,
     0, 0},
    {"gpu", 0, MSP_OPTION_FLAG, offsetof(simulate_values, gpu), NULL,
     "on the graphics processor, with the same bits: for plans of constant hazards and the plain "
     "log-rank test, in a build made with -DMSP_CUDA=ON",
     SIMULATION, NULL, 0, 0},
    {"slurm", 0, MSP_OPTION_TEXT, offsetof(simulate_values, slurm), "FILE",
     "write a batch script for Slurm that does this, instead of doing it", MACHINES, NULL, 0, 0},
    {"ranks", 0, MSP_OPTION_COUNT, offsetof(simulate_values, ranks), "N",
     "tasks that the script asks for [4]", MACHINES, NULL, 1, 1000000},
    VIRTUAL_OPTIONS(simulate_values),
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
    {"mspike simulate protocols/ikema.yaml --trials 100000000 --slurm ikema.sbatch --ranks 64",
     "a batch script for a cluster"},
    {"mspike simulate protocols/ikema.yaml --patients virtual",
     "one virtual trial as SDTM tables, for respond and report"},
    {"mspike simulate protocols/ikema.yaml --measurement --trials 20",
     "what intervals of visits and missed samples do to the answer"},
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
        "What else may be true stands in the protocol under design: scenarios, each by a name: "
        "piecewise, Weibull, delayed, crossing or cured hazards, strata and stratified tests, "
        "weighted log-rank, modestly weighted, MaxCombo, restricted-mean and milestone tests, "
        "dropout, random arrivals, looks by the calendar, survival behind the endpoint "
        "(correlated, "
        "with crossover, tested in order), events found anew at a look, several arms of which some "
        "are dropped, a subgroup that goes on alone. docs/methods/simulation.md has an example of "
        "each.\n\n"
        "The same seed and number of trials give the same digits on any number of threads and "
        "every kind of processor; the digest says so. Ctrl-C ends a run early and what is done "
        "so far is reported, with exit code 130.\n\n"
        "`mpirun -n N mspike simulate ...` shares the trials out over processes and machines, with "
        "the same digits, where mspike was built with MPI (`mspike doctor` says so).\n\n"
        "With --patients a trial is simulated patient by patient, as the protocol's virtual block "
        "says: M-protein and plasmacytomas under treatment, visits, doses, adverse events, "
        "crossover, death. Its SDTM tables go the road of real ones (respond, report); truth.csv "
        "holds what no real trial knows.",
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
        if (!msp_double_parse(ratios->word[i], strlen(ratios->word[i]), &ratio) || !(ratio > 0))
            return msp_fail(err, MSP_EUSAGE, "--hazard-ratio has \"%s\"; expected a ratio above 0",
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

static msp_status run_one(const simulate_job *j, const msp_team *team, simulated *a,
                          const msp_progress *progress, msp_error *err)
{
    const cli_common *c = &j->v->common;
    if (j->v->gpu)
        return msp_sim_run_gpu(&a->scenario.plan, c->seed, j->trials, a->scenario.log_ratio,
                               progress, &a->result, err);
    return msp_sim_run_team(team, &a->scenario.plan, c->seed, j->trials, a->scenario.log_ratio,
                            (size_t)c->threads, progress, &a->result, err);
}

/* All ranks do a scenario together, one after the other. */
static msp_status together(simulate_job *j, const msp_progress *progress, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < j->n && rc == MSP_OK; i++) {
        rc = run_one(j, &j->team, &j->answers[i], progress, err);
        if (rc == MSP_EINTERRUPTED)
            j->n = i + 1;
    }
    return rc;
}

/* Each rank does a scenario of its own, as many at a time as there are ranks. */
static msp_status side_by_side(simulate_job *j, const msp_progress *progress, msp_error *err)
{
    const msp_team alone = {1, 0};
    const size_t ranks = j->team.n;
    msp_sim_result *all = msp_arena_array(&j->arena, ranks, sizeof *all);
    msp_status rc =
        all != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for %zu ranks", ranks);
    rc = msp_team_agree(&j->team, rc, err);
    for (size_t first = 0; first < j->n && rc == MSP_OK; first += ranks) {
        const size_t own = first + j->team.rank, left = j->n - first;
        msp_sim_result mine = {0};
        if (own < j->n) {
            rc = run_one(j, &alone, &j->answers[own], progress, err);
            mine = j->answers[own].result;
        }
        rc = msp_team_agree(&j->team, rc, err);
        if (rc != MSP_OK && rc != MSP_EINTERRUPTED)
            return rc;
        msp_team_gather(&j->team, &mine, sizeof mine, all);
        for (size_t i = 0; i < ranks && i < left && j->team.rank == 0; i++)
            j->answers[first + i].result = all[i];
        if (rc == MSP_EINTERRUPTED && left > ranks)
            j->n = first + ranks;
    }
    return rc;
}

/* Stopped on request: what was done stays, and the scenarios that were not begun go. */
static msp_status simulate(simulate_job *j, msp_error *err)
{
    cli_progress progress;
    cli_progress_start(&progress, &j->v->common);
    const double start = now();
    const msp_status rc = j->team.n > 1 && j->n >= j->team.n
                              ? side_by_side(j, &progress.progress, err)
                              : together(j, &progress.progress, err);
    j->seconds = now() - start;
    cli_progress_done(&progress);
    j->interrupted = rc == MSP_EINTERRUPTED;
    return j->interrupted ? MSP_OK : rc;
}

/* -- the answer -- */

static int print(const simulate_job *j)
{
    static void (*const as[])(const simulate_job *, msp_text *) = {
        [CLI_TEXT] = simulate_as_text, [CLI_JSON] = simulate_as_json, [CLI_CSV] = simulate_as_csv};
    msp_text text = {0};
    as[j->v->common.format](j, &text);
    if (j->interrupted)
        cli_note(&j->v->common, "stopped on request; the results are those of the trials done");
    return cli_write(&j->v->common, &text,
                     j->interrupted ? msp_status_exit_code(MSP_EINTERRUPTED) : 0);
}

/* Every rank reads the protocol for itself; one that cannot stops all. */
static int do_all(simulate_job *j, const char *path)
{
    const bool speaks = j->team.rank == 0;
    msp_error err = {0};
    msp_status rc = read_protocol(j, path, &err);
    if (rc == MSP_OK)
        rc = find_scenarios(j, &err);
    rc = msp_team_agree(&j->team, rc, &err);
    if (rc == MSP_OK && j->v->slurm != NULL)
        rc = speaks ? simulate_slurm(j, path, &err) : MSP_OK;
    else if (rc == MSP_OK)
        rc = simulate(j, &err);
    if (!speaks)
        return 0; /* rank 0 says how it went */
    if (rc != MSP_OK)
        return cli_fail(&err);
    return j->v->slurm != NULL ? 0 : print(j);
}

/* -- what goes together -- */

/* The option that says what is done instead of simulating here and now; NULL: none. */
static const char *instead_of(const simulate_values *v)
{
    if (v->slurm != NULL)
        return "slurm";
    if (v->virtual.patients != NULL)
        return "patients";
    if (v->virtual.calibrate)
        return "calibrate";
    return v->virtual.measurement ? "measurement" : NULL;
}

/* An option that was given and that virtual patients take no notice of; NULL: none. */
static const char *of_the_design_alone(const simulate_values *v)
{
    if (v->trials > 0 && !v->virtual.measurement)
        return "trials";
    if (v->scenarios.n > 0)
        return "scenario";
    if (v->ratios.n > 0)
        return "hazard-ratio";
    if (v->estimates)
        return "estimates";
    if (v->gpu)
        return "gpu";
    return v->virtual.patients != NULL && v->common.output != NULL ? "output" : NULL;
}

/* An option that would be left unheeded is refused: whoever gave it meant something. */
static msp_status check_options(const simulate_values *v, msp_error *err)
{
    const virtual_values *virtual = &v->virtual;
    const int instead = (v->slurm != NULL) + (virtual->patients != NULL) + virtual->calibrate +
                        virtual->measurement;
    const char *other = virtual_asked(virtual) ? of_the_design_alone(v) : NULL;
    if (instead > 1)
        return msp_fail(err, MSP_EUSAGE,
                        "--slurm, --patients, --calibrate and --measurement: one at a time");
    if (other != NULL)
        return msp_fail(err, MSP_EUSAGE, "--%s and --%s do not go together", other, instead_of(v));
    if (v->ranks > 0 && v->slurm == NULL)
        return msp_fail(err, MSP_EUSAGE, "--ranks belongs to --slurm");
    if (virtual->crowd > 0 && !virtual->calibrate)
        return msp_fail(err, MSP_EUSAGE, "--crowd belongs to --calibrate");
    if (virtual->table_format != 0 && virtual->patients == NULL)
        return msp_fail(err, MSP_EUSAGE, "--table-format belongs to --patients");
    return MSP_OK;
}

/* What one process does by itself. */
static msp_status check_team(const simulate_job *j, msp_error *err)
{
    const char *alone = j->v->gpu ? "gpu" : virtual_asked(&j->v->virtual) ? instead_of(j->v) : NULL;
    if (alone == NULL || j->team.n == 1)
        return MSP_OK;
    return msp_fail(err, MSP_EUSAGE, "--%s is for one process, and there are %zu", alone,
                    j->team.n);
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
    msp_status rc = check_options(&v, &err);
    v.ranks = v.ranks > 0 ? v.ranks : DEFAULT_RANKS;
    if (rc == MSP_OK)
        rc = msp_team_start(&j.team, &err);
    if (rc == MSP_OK)
        rc = check_team(&j, &err);
    v.common.quiet = v.common.quiet || j.team.rank > 0;
    if (rc != MSP_OK)
        exit_code = j.team.rank == 0 ? cli_fail(&err) : msp_status_exit_code(rc);
    else if (virtual_asked(&v.virtual))
        exit_code = virtual_run(&v.virtual, &v.common, v.trials, path);
    else
        exit_code = do_all(&j, path);
    msp_team_finish(&j.team);
    msp_protocol_free(&j.protocol);
    msp_arena_free(&j.arena);
    return exit_code;
}
