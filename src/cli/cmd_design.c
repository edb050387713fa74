/* design - size, boundaries and calendar of a planned trial; the analysis at a look. */
#include <math.h>
#include <string.h>

#include "design.h"
#include "read_protocol.h"

static const double largest_z = 100; /* that of 10,000 events, all of one arm */

#define LOOK    "Look"
#define RUNNING "Running trial"

static const msp_option options[] = {
    {"events", 0, MSP_OPTION_LIST, offsetof(design_values, events), "N",
     "events so far at each look taken, the last one too: analyse that look", LOOK, NULL, 0, 0},
    {"z", 0, MSP_OPTION_LIST, offsetof(design_values, z), "Z",
     "Z of the log-rank test at each look, positive where the experimental arm does better", LOOK,
     NULL, 0, 0},
    {"final", 0, MSP_OPTION_FLAG, offsetof(design_values, final), NULL,
     "no look will follow this one, whatever the events", LOOK, NULL, 0, 0},
    {"as-planned", 0, MSP_OPTION_FLAG, offsetof(design_values, as_planned), NULL,
     "keep the planned shares of information, not those reached", LOOK, NULL, 0, 0},
    {"reestimate", 0, MSP_OPTION_NUMBER, offsetof(design_values, reestimate), "POWER",
     "before the last look: how many events have this conditional power", LOOK, NULL, 0, 1},
    {"trend", 0, MSP_OPTION_FLAG, offsetof(design_values, trend), NULL,
     "under the effect estimated, not the planned one", LOOK, NULL, 0, 0},
    {"max-events", 0, MSP_OPTION_NUMBER, offsetof(design_values, max_events), "N",
     "and no more than these [any number]", LOOK, NULL, 0, 1e9},
    {"combine", 0, MSP_OPTION_FLAG, offsetof(design_values, combine), NULL,
     "events were found anew: combine the stages with the planned weights", LOOK, NULL, 0, 0},
    {"month", 0, MSP_OPTION_NUMBER, offsetof(design_values, month), "T",
     "months since the first patient: with --events, when the rest will come", RUNNING, NULL, 0,
     1e5},
    {"enrolled", 0, MSP_OPTION_NUMBER, offsetof(design_values, enrolled), "N",
     "patients by then [as planned]", RUNNING, NULL, 0, 1e7},
    CLI_OPTION_FORMAT(design_values, cli_text_or_json),
    CLI_OPTION_OUTPUT(design_values),
    CLI_OPTIONS_RUNNING(design_values),
};

static const msp_example examples[] = {
    {"mspike design protocols/ikema.yaml", "events, boundaries and the calendar of looks"},
    {"mspike design protocols/ikema.yaml --events 103 --z 3.194",
     "the interim look: boundary, decision, the interval that allows for looking"},
    {"mspike design protocols/ikema.yaml --events 103 --z 1.8 --reestimate 0.9 --max-events 250",
     "the events that give a power of 0.9 after this look"},
    {"mspike design protocols/ikema.yaml --events 103,175 --z 1.8,2.3 --combine",
     "and the last look with them: the error of the first kind stays"},
    {"mspike design protocols/ikema.yaml --month 20 --events 80 --enrolled 302",
     "a running trial: when the events of the looks will come"},
    {"mspike design protocols/krd-asct2.yaml --format json", "the power of a single arm, as JSON"},
};

static int run(int argc, char **argv);

const msp_command cli_design = {
    .name = "design",
    .group = "protocol",
    .summary = "sample size, events, boundaries, power, calendar of looks",
    .usage = "PROTOCOL [options]",
    .description =
        "Works out what the design block of a protocol leaves open: events, patients, boundaries, "
        "power and when the looks will be. Kinds: group-sequential trials of two arms with a "
        "time-to-event endpoint, Simon's two stages, one stage, the one-sample log-rank test, one "
        "median, two proportions, two means. Sizes are not rounded; beside them stands what "
        "rounding "
        "up gives.\n\n"
        "The block says kind: group-sequential (1 to 20 looks), simon (choice: optimal, minimax or "
        "admissible), single-stage (Fleming's and A'Hern's question, exact), one-sample-logrank, "
        "median "
        "(Brookmeyer and Crowley's interval), proportions or means. Of the first, formula: "
        "schoenfeld, "
        "freedman "
        "or lakatos, which takes hazards and ratios in steps; efficacy by boundary: "
        "obrien-fleming, "
        "pocock or wang-tsiatis, or spending: lan-demets-obrien-fleming, lan-demets-pocock, "
        "kim-demets, hwang-shih-decani or user; futility by spending or z, binding or not. "
        "docs/protocol-form.md has every key under design, docs/methods/group-sequential.md, "
        "sample-size.md and single-arm.md the formulas.\n\n"
        "With --events and --z it analyses the last look given: spending functions at the "
        "information reached, boundary shapes with their planned constants. Effects are hazard "
        "ratios, experimental to control; z is positive where the experimental arm does better.\n\n"
        "With --month and the events so far, of a running trial and blinded, it says when the "
        "events of the looks are expected, at the pace seen so far.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- the look -- */

static msp_status read_numbers(const msp_words *words, const char *option, double *out,
                               msp_error *err)
{
    for (size_t k = 0; k < words->n; k++)
        if (!msp_double_parse(words->word[k], strlen(words->word[k]), &out[k]))
            return msp_fail(err, MSP_EUSAGE, "--%s has \"%s\"; expected a number", option,
                            words->word[k]);
    return MSP_OK;
}

static msp_status read_running(design_job *j, msp_error *err)
{
    const design_values *v = j->v;
    if (v->events.n != 1 || v->z.n > 0 || v->final || v->as_planned || v->combine ||
        !isnan(v->reestimate))
        return msp_fail(err, MSP_EUSAGE,
                        "--month needs --events with one number, and no option of a look");
    j->is_running = true;
    j->so_far = (msp_trial_so_far){.month = v->month, .enrolled = v->enrolled};
    return read_numbers(&v->events, "events", &j->so_far.events, err);
}

static msp_status read_look(design_job *j, msp_error *err)
{
    const design_values *v = j->v;
    const size_t n = v->events.n;
    if (!isnan(v->month))
        return read_running(j, err);
    if (!isnan(v->enrolled))
        return msp_fail(err, MSP_EUSAGE, "--enrolled belongs to --month");
    if (n == 0 && v->z.n == 0 && (v->final || v->as_planned))
        return msp_fail(err, MSP_EUSAGE, "--%s belongs to a look: give --events and --z",
                        v->final ? "final" : "as-planned");
    if (n == 0 && (v->combine || !isnan(v->reestimate)))
        return msp_fail(err, MSP_EUSAGE, "--%s belongs to a look: give --events and --z",
                        v->combine ? "combine" : "reestimate");
    if (isnan(v->reestimate) && (v->trend || !isnan(v->max_events)))
        return msp_fail(err, MSP_EUSAGE, "--%s belongs to --reestimate",
                        v->trend ? "trend" : "max-events");
    if (v->final && v->combine)
        return msp_fail(err, MSP_EUSAGE, "--final and --combine: boundaries are the planned ones");
    if (n != v->z.n)
        return msp_fail(err, MSP_EUSAGE,
                        "--events has %zu values and --z %zu; expected one of each a look", n,
                        v->z.n);
    if (n > MSP_LOOKS_MAX)
        return msp_fail(err, MSP_EUSAGE, "%zu looks; at most %d can be analysed", n, MSP_LOOKS_MAX);
    j->has_look = n > 0;
    j->data = (msp_look_data){.n = n, .final = v->final, .as_planned = v->as_planned};
    msp_status rc = read_numbers(&v->events, "events", j->data.events, err);
    if (rc == MSP_OK)
        rc = read_numbers(&v->z, "z", j->data.z, err);
    for (size_t k = 0; rc == MSP_OK && k < n; k++)
        if (!(fabs(j->data.z[k]) <= largest_z))
            rc = msp_fail(err, MSP_EUSAGE, "--z has %g; expected a Z from -%g to %g", j->data.z[k],
                          largest_z, largest_z);
    return rc;
}

/* -- the protocol -- */

static msp_status read_protocol(design_job *j, const char *path, msp_error *err)
{
    const msp_status rc = cli_read_protocol(&j->v->common, path, &j->protocol, err);
    if (rc != MSP_OK || msp_was_said(j->protocol.design.at))
        return rc;
    msp_fail(err, MSP_ENODATA, "%s: there is no design block", path);
    return msp_hint(err, MSP_ENODATA, "docs/protocol-form.md describes it, under design");
}

/* A fault that no line was given for is one of the block. */
static msp_status at_the_block(const design_job *j, msp_status rc, msp_error *err)
{
    if (rc != MSP_OK && err->at.line == 0 && rc != MSP_EMEM)
        err->at = j->protocol.design.at;
    return rc;
}

/* -- the answer -- */

static msp_status look(design_job *j, msp_error *err)
{
    const design_values *v = j->v;
    const msp_status rc = v->combine
                              ? msp_look_combine(&j->plan, &j->design, &j->data, &j->look, err)
                              : msp_look_analyse(&j->plan, &j->design, &j->data, &j->look, err);
    if (rc != MSP_OK || isnan(v->reestimate))
        return rc;
    const msp_reestimate how = {.power = v->reestimate,
                                .max_events =
                                    isnan(v->max_events) ? (double)INFINITY : v->max_events,
                                .trend = v->trend};
    j->is_reestimated = true;
    return msp_look_reestimate(&j->plan, &j->design, &j->data, &how, &j->reestimated, err);
}

static msp_status group_sequential(design_job *j, msp_error *err)
{
    msp_status rc = msp_plan_survival(&j->protocol, &j->arena, &j->plan, err);
    if (rc == MSP_OK)
        rc = msp_plan_design(&j->protocol, &j->plan, &j->design, err);
    rc = at_the_block(j, rc, err);
    if (rc == MSP_OK && j->is_running)
        rc = msp_project(&j->plan, &j->design, &j->so_far, &j->arena, &j->projection, err);
    if (rc == MSP_OK && j->has_look)
        rc = look(j, err);
    return rc;
}

/* Exact designs of one arm are searched for by their power. */
static msp_status check_power(const msp_planned_design *d, msp_error *err)
{
    if (msp_was_said(d->power.at))
        return MSP_OK;
    msp_fail_at(err, MSP_ERANGE, d->at, "a design for a response rate needs its power");
    return msp_hint(err, MSP_ERANGE, "add power: 0.8");
}

static int64_t most_patients(const msp_planned_design *d)
{
    return msp_was_said(d->max_sample_size.at) ? d->max_sample_size.value : 0;
}

static msp_status single_stage(design_job *j, msp_error *err)
{
    const msp_planned_design *d = &j->protocol.design;
    const msp_status rc = check_power(d, err);
    if (rc != MSP_OK)
        return rc;
    return at_the_block(j,
                        msp_single_stage_find(d->p0.value, d->p1.value, d->alpha.value,
                                              d->power.value, most_patients(d), &j->single_stage,
                                              err),
                        err);
}

static msp_status simon(design_job *j, msp_error *err)
{
    const msp_planned_design *d = &j->protocol.design;
    const msp_status rc = check_power(d, err);
    if (rc != MSP_OK)
        return rc;
    return at_the_block(j,
                        msp_simon_find(d->p0.value, d->p1.value, d->alpha.value, d->power.value,
                                       most_patients(d), (msp_simon_choice)d->choice.value,
                                       &j->simon, err),
                        err);
}

static msp_status one_sample(design_job *j, msp_error *err)
{
    msp_status rc = msp_plan_one_sample(&j->protocol, &j->arena, &j->one_sample_plan, err);
    if (rc == MSP_OK)
        rc = msp_one_sample_find(&j->one_sample_plan, &j->one_sample, err);
    return at_the_block(j, rc, err);
}

static msp_status proportions(design_job *j, msp_error *err)
{
    j->proportions_plan = msp_plan_proportions(&j->protocol);
    msp_status rc = msp_plan_check_arms(&j->protocol, j->proportions_plan.sample_size, err);
    if (rc == MSP_OK)
        rc = msp_proportions_find(&j->proportions_plan, &j->proportions, err);
    return at_the_block(j, rc, err);
}

static msp_status means(design_job *j, msp_error *err)
{
    j->means_plan = msp_plan_means(&j->protocol);
    msp_status rc = msp_plan_check_arms(&j->protocol, j->means_plan.sample_size, err);
    if (rc == MSP_OK)
        rc = msp_means_find(&j->means_plan, &j->means, err);
    return at_the_block(j, rc, err);
}

static msp_status median(design_job *j, msp_error *err)
{
    msp_status rc = msp_plan_median(&j->protocol, &j->arena, &j->median_plan, err);
    if (rc == MSP_OK)
        rc = msp_one_median_find(&j->median_plan, &j->median, err);
    return at_the_block(j, rc, err);
}

static msp_status work_out(design_job *j, const char *path, msp_error *err)
{
    static msp_status (*const of_kind[])(design_job *, msp_error *) = {
        [MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL] = group_sequential,
        [MSP_PLANNED_DESIGN_SIMON] = simon,
        [MSP_PLANNED_DESIGN_ONE_SAMPLE_LOGRANK] = one_sample,
        [MSP_PLANNED_DESIGN_PROPORTIONS] = proportions,
        [MSP_PLANNED_DESIGN_SINGLE_STAGE] = single_stage,
        [MSP_PLANNED_DESIGN_MEANS] = means,
        [MSP_PLANNED_DESIGN_MEDIAN] = median,
    };
    msp_status rc = read_look(j, err);
    if (rc == MSP_OK)
        rc = read_protocol(j, path, err);
    if (rc != MSP_OK)
        return rc;
    j->kind = j->protocol.design.kind.value;
    if ((j->has_look || j->is_running) && j->kind != MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL)
        return msp_fail_at(err, MSP_EUSAGE, j->protocol.design.kind.at,
                           "--events belongs to a group-sequential design, and this one is of "
                           "another kind");
    return of_kind[j->kind](j, err);
}

static int print(const design_job *j)
{
    msp_text text = {0};
    if (j->v->common.format == CLI_JSON)
        design_as_json(j, &text);
    else
        design_as_text(j, &text);
    return cli_write(&j->v->common, &text, 0);
}

static int run(int argc, char **argv)
{
    design_values v = {.common = CLI_COMMON_DEFAULT,
                       .month = (double)NAN,
                       .enrolled = (double)NAN,
                       .reestimate = (double)NAN,
                       .max_events = (double)NAN};
    const char *path;
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_design, argc, argv, &v, &path, &n_operands, &exit_code))
        return exit_code;
    design_job j = {.v = &v};
    msp_error err = {0};
    const msp_status rc = work_out(&j, path, &err);
    exit_code = rc == MSP_OK ? print(&j) : cli_fail(&err);
    msp_protocol_free(&j.protocol);
    msp_arena_free(&j.arena);
    return exit_code;
}
