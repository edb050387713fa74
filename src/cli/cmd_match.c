/* match - our patients against a published trial of another population. */
#include <math.h>
#include <string.h>

#include "match.h"
#include "mspike/stats/dist.h"

#define OURS   "Our patients"
#define THEIRS "The published trial"
#define METHOD "Method"

static const msp_option options[] = {
    {"time", 't', MSP_OPTION_TEXT, offsetof(match_values, time), "COL", "follow-up [time]", OURS,
     NULL, 0, 0},
    {"event", 'e', MSP_OPTION_TEXT, offsetof(match_values, event), "COL",
     "1 for an event, 0 for a censoring [event]", OURS, NULL, 0, 0},
    {"event-value", 0, MSP_OPTION_TEXT, offsetof(match_values, event_value), "V",
     "the value that is an event [1]", OURS, NULL, 0, 0},
    {"arm", 'a', MSP_OPTION_TEXT, offsetof(match_values, arm), "COL",
     "the two arms of our trial; without it all patients are one arm", OURS, NULL, 0, 0},
    {"reference", 'r', MSP_OPTION_TEXT, offsetof(match_values, reference), "ARM",
     "the arm that their trial has too [the first]", OURS, NULL, 0, 0},
    {"target", 0, MSP_OPTION_LIST, offsetof(match_values, targets), "COL=X",
     "published means (age=64), standard deviations (age:sd=9) and shares (sex:F=0.45)", THEIRS,
     NULL, 0, 0},
    {"ratio", 0, MSP_OPTION_NUMBER, offsetof(match_values, ratio), "HR",
     "anchored: their hazard ratio, to the same reference", THEIRS, NULL, 0, 1e6},
    {"interval", 0, MSP_OPTION_LIST, offsetof(match_values, limits), "L,U", "and its interval",
     THEIRS, NULL, 0, 0},
    {"interval-level", 0, MSP_OPTION_NUMBER, offsetof(match_values, ratio_level), "P",
     "of that interval [0.95]", THEIRS, NULL, 0, 1},
    {"patients", 0, MSP_OPTION_TEXT, offsetof(match_values, patients), "TABLE",
     "unanchored: their arm as patients (time, event), as `mspike reconstruct` rebuilds it", THEIRS,
     NULL, 0, 0},
    {"least", 0, MSP_OPTION_NUMBER, offsetof(match_values, least), "N",
     "no comparison below this effective sample size [30]", METHOD, NULL, 0, 1e9},
    {"level", 0, MSP_OPTION_NUMBER, offsetof(match_values, level), "P", "of intervals [0.95]",
     METHOD, NULL, 0, 1},
    CLI_OPTION_FORMAT(match_values, cli_formats),
    CLI_OPTION_OUTPUT(match_values),
    CLI_OPTIONS_RUNNING(match_values),
};

static const msp_example examples[] = {
    {"mspike match examples/pfs.csv --time days --event event --arm arm --reference Rd "
     "--target age=68,b2m=4.4,sex:F=0.5",
     "what our hazard ratio would be in a population with these means"},
    {"mspike match examples/pfs.csv --time days --event event --arm arm --reference Rd "
     "--target age=68,age:sd=9 --ratio 0.74 --interval 0.59,0.94",
     "against a published trial with the same control, anchored there"},
};

static int run(int argc, char **argv);

const msp_command cli_match = {
    .name = "match",
    .group = "evidence",
    .summary = "our patients against a published trial of another population",
    .usage = "TABLE --target COL=X,... [options]",
    .description =
        "Weights our patients so that their means are those of a published baseline table "
        "(matching-adjusted comparison), and models them there (simulated treatment comparison). "
        "With --arm and their --ratio the comparison is anchored in the common reference. With "
        "their --patients it is not: it is labelled so, and is right only if nothing that matters "
        "for the outcome is missing among the targets. What weights cost is the effective sample "
        "size, and below --least there is no comparison. As CSV the weights are printed.",
    .examples = examples,
    .n_examples = MSP_COUNT(examples),
    .options = options,
    .n_options = MSP_COUNT(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};

/* -- targets -- */

/* Room for the column in the list of those read; its place there. */
static size_t column_of(match_job *j, const char *name)
{
    size_t i = 0;
    while (i < j->n_names && strcmp(j->names[i], name) != 0)
        i++;
    if (i == j->n_names)
        j->names[j->n_names++] = name;
    return i;
}

/* "age=64", "age:sd=9", "sex:F=0.45" */
static msp_status read_target(match_job *j, const char *word, msp_error *err)
{
    const char *equals = strrchr(word, '=');
    match_target *t = &j->target[j->n_targets];
    if (equals == NULL || equals == word ||
        !msp_double_parse(equals + 1, strlen(equals + 1), &t->wanted))
        return msp_fail(err, MSP_EUSAGE, "--target has \"%s\"; expected COL=NUMBER", word);
    char *name = msp_arena_text_n(&j->arena, word, (size_t)(equals - word));
    if (name == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for a target");
    t->name = msp_arena_text(&j->arena, name);
    char *colon = strchr(name, ':');
    if (colon != NULL) {
        *colon = '\0';
        t->spread = strcmp(colon + 1, "sd") == 0;
        t->level = t->spread ? NULL : colon + 1;
    }
    t->column = column_of(j, name);
    j->n_targets++;
    return t->name != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "out of memory for a target");
}

/* A standard deviation s about a mean m is the mean of squares m^2 + s^2. */
static msp_status square_spreads(match_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->n_targets; i++) {
        match_target *t = &j->target[i];
        size_t k = 0;
        while (k < j->n_targets && (j->target[k].column != t->column || j->target[k].spread ||
                                    j->target[k].level != NULL))
            k++;
        if (!t->spread)
            continue;
        if (k == j->n_targets)
            return msp_fail(err, MSP_EUSAGE, "--target has %s without the mean", t->name);
        t->wanted = t->wanted * t->wanted + j->target[k].wanted * j->target[k].wanted;
    }
    return MSP_OK;
}

/* -- patients -- */

static const char *cell(const msp_column *column, size_t row)
{
    return column->text[column->code[row]];
}

/* The time, whether it ended in an event, and the arm of a row. */
static void take_row(match_job *j, const msp_table *t, size_t row, size_t to)
{
    const msp_column *c = t->columns;
    j->time[to] = c[0].number[row];
    j->event[to] = strcmp(cell(&c[1], row), j->v->event_value) == 0;
}

static msp_status find_arms(match_job *j, const msp_column *column, const size_t *used,
                            msp_error *err)
{
    const char *name[2] = {NULL, NULL};
    for (size_t i = 0; i < j->n; i++) {
        const char *text = cell(column, used[i]);
        const size_t k = name[0] == NULL || strcmp(name[0], text) == 0   ? 0
                         : name[1] == NULL || strcmp(name[1], text) == 0 ? 1
                                                                         : 2;
        if (k == 2)
            return msp_fail(err, MSP_EINPUT, "%s has more than two arms: %s, %s, %s", j->path,
                            name[0], name[1], text);
        name[k] = text;
    }
    if (name[1] == NULL)
        return msp_fail(err, MSP_EINPUT, "%s has one arm only", j->path);
    const char *reference = j->v->reference;
    if (reference == NULL)
        reference = strcmp(name[0], name[1]) < 0 ? name[0] : name[1];
    if (strcmp(reference, name[0]) != 0 && strcmp(reference, name[1]) != 0)
        return msp_fail(err, MSP_EUSAGE, "there is no arm \"%s\"", reference);
    j->arm[0] = reference;
    j->arm[1] = strcmp(reference, name[0]) == 0 ? name[1] : name[0];
    for (size_t i = 0; i < j->n; i++)
        j->arm_of[i] = strcmp(cell(column, used[i]), reference) != 0;
    return MSP_OK;
}

static double value_of(const match_target *t, const msp_column *column, size_t row)
{
    if (t->level != NULL)
        return strcmp(cell(column, row), t->level) == 0;
    const double x = column->number[row];
    return t->spread ? x * x : x;
}

static msp_status take_patients(match_job *j, const size_t *used, msp_error *err)
{
    const size_t others = j->theirs.n_rows, all = j->n + others;
    j->time = msp_arena_array(&j->arena, all, sizeof *j->time);
    j->event = msp_arena_array(&j->arena, all, sizeof *j->event);
    j->arm_of = msp_arena_array(&j->arena, all, sizeof *j->arm_of);
    j->x = msp_arena_array(&j->arena, j->n * j->n_targets, sizeof *j->x);
    if (j->time == NULL || j->event == NULL || j->arm_of == NULL || j->x == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu patients", all);
    const msp_column *columns = j->table.columns;
    for (size_t i = 0; i < j->n; i++) {
        take_row(j, &j->table, used[i], i);
        j->arm_of[i] = 1; /* of ours, where theirs are 0 */
        for (size_t k = 0; k < j->n_targets; k++) {
            match_target *t = &j->target[k];
            const double x = value_of(t, &columns[2 + t->column], used[i]);
            j->x[i * j->n_targets + k] = x;
            t->before += x / (double)j->n;
        }
    }
    for (size_t i = 0; i < others; i++)
        take_row(j, &j->theirs, i, j->n + i);
    return j->v->arm != NULL ? find_arms(j, &columns[2 + j->n_names], used, err) : MSP_OK;
}

static bool is_text(const match_job *j, size_t column)
{
    for (size_t k = 0; k < j->n_targets; k++)
        if (j->target[k].column == column && j->target[k].level != NULL)
            return true;
    return false;
}

static msp_status read_patients(match_job *j, msp_error *err)
{
    msp_read_column columns[MATCH_TARGETS + 3] = {{j->v->time, MSP_READ_NUMBER},
                                                  {j->v->event, MSP_READ_TEXT}};
    size_t n = 2;
    for (size_t k = 0; k < j->n_names; k++)
        columns[n++] =
            (msp_read_column){j->names[k], is_text(j, k) ? MSP_READ_TEXT : MSP_READ_NUMBER};
    if (j->v->arm != NULL)
        columns[n++] = (msp_read_column){j->v->arm, MSP_READ_TEXT};
    const msp_read_options read = {.columns = columns, .n_columns = n};
    msp_status rc = cli_read_table(&j->v->common, j->path, &read, &j->table, err);
    const msp_read_column theirs[] = {{"time", MSP_READ_NUMBER}, {"event", MSP_READ_TEXT}};
    const msp_read_options read_theirs = {.columns = theirs, .n_columns = 2};
    if (rc == MSP_OK && j->v->patients != NULL)
        rc = cli_read_table(&j->v->common, j->v->patients, &read_theirs, &j->theirs, err);
    if (rc != MSP_OK)
        return rc;
    size_t *used = msp_arena_array(&j->arena, j->table.n_rows + 1, sizeof *used);
    if (used == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu patients", j->table.n_rows);
    for (size_t row = 0; row < j->table.n_rows; row++) {
        bool missing = false;
        for (size_t k = 0; k < n; k++)
            missing |= msp_column_is_missing(&j->table.columns[k], row);
        if (!missing)
            used[j->n++] = row;
    }
    if (j->n < j->table.n_rows)
        cli_note(&j->v->common, "%zu rows have a missing value and are left out",
                 j->table.n_rows - j->n);
    if (j->n == 0)
        return msp_fail(err, MSP_ENODATA, "%s has no patients", j->path);
    return take_patients(j, used, err);
}

/* -- the comparison -- */

static msp_status fit_hazards(match_job *j, msp_error *err)
{
    const size_t all = j->n + j->theirs.n_rows;
    double wanted[MATCH_TARGETS];
    double *one = msp_arena_array(&j->arena, all, sizeof *one),
           *weight = msp_arena_array(&j->arena, all, sizeof *weight);
    if (one == NULL || weight == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory for %zu patients", all);
    for (size_t i = 0; i < all; i++) {
        one[i] = 1;
        weight[i] = i < j->n ? j->maic.weight[i] : 1;
    }
    for (size_t k = 0; k < j->n_targets; k++)
        wanted[k] = j->target[k].wanted;
    msp_status rc = msp_weighted_hazard_fit(j->time, j->event, j->arm_of, one, all, &j->plain, err);
    if (rc == MSP_OK && j->maic.state == MSP_MAIC_BALANCED)
        rc = msp_weighted_hazard_fit(j->time, j->event, j->arm_of, weight, all, &j->weighted, err);
    if (rc == MSP_OK && j->arm[0] != NULL)
        rc = msp_stc_fit(j->time, j->event, j->arm_of, j->x, j->n, j->n_targets, wanted, &j->stc,
                         err);
    j->has_hazard = rc == MSP_OK;
    return rc;
}

/* Their estimate and its standard error; of patients the comparison is already made. */
static msp_status compare(match_job *j, msp_error *err)
{
    const match_values *v = j->v;
    double theirs = 0, se = 0, limit[2];
    if (isnan(v->ratio))
        return MSP_OK;
    if (v->limits.n != 2)
        return msp_fail(err, MSP_EUSAGE, "--ratio needs --interval L,U");
    for (size_t i = 0; i < 2; i++)
        if (!msp_double_parse(v->limits.word[i], strlen(v->limits.word[i]), &limit[i]) ||
            !(limit[i] > 0))
            return msp_fail(err, MSP_EUSAGE, "--interval has \"%s\"; expected a ratio",
                            v->limits.word[i]);
    if (!(limit[0] < v->ratio && v->ratio < limit[1]))
        return msp_fail(err, MSP_EUSAGE,
                        "--interval is %s,%s; expected a limit below and one above the ratio %g",
                        v->limits.word[0], v->limits.word[1], v->ratio);
    if (!isfinite(j->weighted.log_hr) || !(j->weighted.robust_se > 0))
        return msp_fail(err, MSP_ENODATA,
                        "our own hazard ratio is not estimable: an arm has no event among the "
                        "weighted patients, so there is nothing to put beside --ratio");
    theirs = log(v->ratio);
    se = log(limit[1] / limit[0]) / (2 * msp_dist_normal_limit(v->ratio_level));
    j->has_indirect = true;
    return msp_maic_indirect(j->weighted.log_hr, j->weighted.robust_se, theirs, se, true,
                             j->maic.ess, v->least, v->level, &j->indirect, err);
}

/* With their patients ours against theirs is one number with its own standard error. */
static void compare_patients(match_job *j)
{
    const double z = msp_dist_normal_limit(j->v->level);
    const bool enough = j->maic.ess >= j->v->least;
    const double nan = (double)NAN, e = j->weighted.log_hr, se = j->weighted.robust_se;
    j->has_indirect = true;
    j->indirect = (msp_indirect){
        .estimate = enough ? e : nan,
        .std_error = enough ? se : nan,
        .lower = enough ? e - z * se : nan,
        .upper = enough ? e + z * se : nan,
        .p = enough ? msp_dist_normal_two_sided(e / se).p : nan,
        .enough = enough,
        .caveat = msp_maic_caveat(false),
    };
}

static msp_status check_usage(const match_values *v, msp_error *err)
{
    if (v->targets.n == 0)
        return msp_fail(err, MSP_EUSAGE, "--target COL=X,... is missing: whom to look like");
    if (v->targets.n > MATCH_TARGETS)
        return msp_fail(err, MSP_EUSAGE, "more than %d targets", MATCH_TARGETS);
    if (v->arm != NULL && v->patients != NULL)
        return msp_fail(err, MSP_EUSAGE,
                        "--arm has a reference of its own; --patients are an arm of another trial");
    if (v->arm == NULL && !isnan(v->ratio))
        return msp_fail(err, MSP_EUSAGE, "--ratio is anchored in a reference: name the --arm");
    return MSP_OK;
}

static msp_status work(match_job *j, msp_error *err)
{
    const match_values *v = j->v;
    double wanted[MATCH_TARGETS];
    msp_status rc = check_usage(v, err);
    for (size_t i = 0; rc == MSP_OK && i < v->targets.n; i++)
        rc = read_target(j, v->targets.word[i], err);
    if (rc == MSP_OK)
        rc = square_spreads(j, err);
    if (rc == MSP_OK)
        rc = read_patients(j, err);
    for (size_t k = 0; k < j->n_targets; k++)
        wanted[k] = j->target[k].wanted;
    if (rc == MSP_OK)
        rc = msp_maic_weigh(j->x, j->n, j->n_targets, wanted, &j->maic, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t k = 0; k < j->n_targets; k++)
        for (size_t i = 0; i < j->n; i++)
            j->target[k].after += j->maic.weight[i] * j->x[i * j->n_targets + k] / (double)j->n;
    if (v->arm == NULL && v->patients == NULL)
        return MSP_OK;
    rc = fit_hazards(j, err);
    if (rc != MSP_OK || j->maic.state != MSP_MAIC_BALANCED)
        return rc;
    if (v->patients == NULL)
        return compare(j, err);
    compare_patients(j);
    return MSP_OK;
}

static int run(int argc, char **argv)
{
    match_values v = {.common = CLI_COMMON_DEFAULT,
                      .time = "time",
                      .event = "event",
                      .event_value = "1",
                      .ratio = (double)NAN,
                      .ratio_level = 0.95,
                      .least = 30,
                      .level = 0.95};
    match_job j = {.v = &v};
    size_t n_operands;
    int exit_code;
    if (!cli_parse(&cli_match, argc, argv, &v, &j.path, &n_operands, &exit_code))
        return exit_code;
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = work(&j, &err);
    if (rc == MSP_OK)
        rc = match_print(&j, &text, &err);
    exit_code = cli_answer(&v.common, rc, &text, &err);
    msp_maic_free(&j.maic);
    msp_table_free(&j.table);
    msp_table_free(&j.theirs);
    msp_arena_free(&j.arena);
    return exit_code;
}
