/* respond_rates.c - how many responded by when, how soon, and whose stem cells were enough. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "grid.h"
#include "mspike/stats.h"
#include "respond.h"

#define CONFIDENCE 0.95

/* A line of the answer. */
typedef struct answer {
    const char *arm, *what;
    char period[64];
    size_t events, n;
    msp_interval rate;
} answer;

typedef struct rates {
    const msp_patients *patients;
    const msp_timeline *timelines;
    const msp_timeline *crossed; /* from the crossover on; NULL: nobody crossed over */
    const msp_tte_rules rules;
    msp_arena arena;
    msp_rate_asked *asked;
    const char **labels;
    size_t n_asked;
    const char **arms;
    size_t n_arms;
    answer *answers;
    size_t n_answers;
    msp_describe *times; /* to response, of each arm */
} rates;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the rates");
}

/* -- what is asked -- */

static bool has_collections(const msp_patients *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        for (size_t k = 0; k < patients->patients[i].n_apart; k++)
            if (patients->patients[i].apart[k].marker == MSP_MARKER_CD34)
                return true;
    return false;
}

static void add_asked(rates *r, const msp_rate_asked *rate, const char *label)
{
    r->labels[r->n_asked] = label;
    r->asked[r->n_asked++] = *rate;
}

/* Those of one kind; returns how many. Residual disease has its own parameters in ADRS. */
static size_t add_kind(rates *r, const msp_asked *all, msp_rate_kind kind)
{
    const size_t before = r->n_asked;
    for (size_t i = 0; i < all->n_rates; i++)
        if (all->rates[i].kind == kind)
            add_asked(r, &all->rates[i], msp_endpoint_label(all->rates[i].endpoint));
    return r->n_asked - before;
}

static msp_status ask(rates *r, const msp_rules *rules, const msp_protocol *protocol,
                      msp_error *err)
{
    static const struct {
        const char *label;
        msp_response_level level;
    } usual[] = {{"PR or better", MSP_LEVEL_PR},
                 {"VGPR or better", MSP_LEVEL_VGPR},
                 {"CR or better", MSP_LEVEL_CR}};
    msp_asked all;
    const msp_status rc = msp_asked_of(protocol, rules, &r->arena, &all, err);
    if (rc != MSP_OK)
        return rc;
    r->asked = msp_arena_array(&r->arena, all.n_rates + MSP_COUNT(usual) + 1, sizeof *r->asked);
    r->labels = msp_arena_array(&r->arena, all.n_rates + MSP_COUNT(usual) + 1, sizeof *r->labels);
    if (r->asked == NULL || r->labels == NULL)
        return no_memory(err);
    const bool responses = add_kind(r, &all, MSP_RATE_OF_RESPONSE) > 0;
    for (size_t i = 0; !responses && i < MSP_COUNT(usual); i++) {
        const msp_rate_asked rate = {.level = usual[i].level, .rules = r->rules};
        add_asked(r, &rate, usual[i].label);
    }
    if (add_kind(r, &all, MSP_RATE_OF_HARVEST) == 0 && has_collections(r->patients)) {
        const msp_rate_asked rate = {.kind = MSP_RATE_OF_HARVEST, .above = {2, 0}};
        add_asked(r, &rate, "Harvest above 2 million CD34+/kg");
    }
    return MSP_OK;
}

/* -- arms -- */

static const char *arm_of(const msp_patient *p)
{
    return p->arm != NULL && p->arm[0] != '\0' ? p->arm : "all";
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static msp_status find_arms(rates *r, msp_error *err)
{
    const size_t n = r->patients->n;
    r->arms = msp_arena_array(&r->arena, n + 1, sizeof *r->arms);
    if (r->arms == NULL)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        r->arms[i] = arm_of(&r->patients->patients[i]);
    qsort(r->arms, n, sizeof *r->arms, by_name);
    for (size_t i = 0; i < n; i++)
        if (r->n_arms == 0 || strcmp(r->arms[r->n_arms - 1], r->arms[i]) != 0)
            r->arms[r->n_arms++] = r->arms[i];
    return MSP_OK;
}

/* -- answers -- */

static void name_period(const msp_period *period, bool crossover, char out[64])
{
    const long long days = period->days;
    if (period->kind == MSP_PERIOD_EVER)
        (void)snprintf(out, 64, crossover ? "after the crossover" : "ever");
    else if (period->kind == MSP_PERIOD_AFTER_TRANSPLANT)
        (void)snprintf(out, 64, "to %lld days after transplant", days);
    else
        (void)snprintf(out, 64, "to %lld days after %s", days,
                       period->kind != MSP_PERIOD_OF_TRIAL ? "the first dose"
                       : crossover                         ? "the crossover"
                                                           : "the start");
}

static msp_status finish(rates *r, answer *a, msp_error *err)
{
    const msp_confidence confidence = {CONFIDENCE, MSP_TWO_SIDED};
    r->n_answers++;
    return msp_proportion((int64_t)a->events, (int64_t)a->n, MSP_CLOPPER_PEARSON, &confidence,
                          &a->rate, err);
}

/* Of everybody who has such a period: who was not collected from did not succeed. Where nobody's
   collections are in the tables, that is no rate of 0 but nothing known. */
static msp_status count(rates *r, const char *arm, size_t what, msp_error *err)
{
    answer *a = &r->answers[r->n_answers];
    const msp_rate_asked *asked = &r->asked[what];
    const bool harvest = asked->kind == MSP_RATE_OF_HARVEST;
    const bool recorded = !harvest || has_collections(r->patients);
    *a = (answer){.arm = arm, .what = r->labels[what]};
    if (harvest && (!recorded || asked->period.kind == MSP_PERIOD_EVER))
        (void)snprintf(a->period, sizeof a->period,
                       recorded ? "all collections" : "no collection recorded");
    else
        name_period(&asked->period, asked->rules.origin == MSP_ORIGIN_CROSSOVER, a->period);
    for (size_t i = 0; recorded && i < r->patients->n; i++) {
        msp_rate_answer of;
        if (strcmp(arm_of(&r->patients->patients[i]), arm) != 0)
            continue;
        const bool crossed = asked->rules.origin == MSP_ORIGIN_CROSSOVER && r->crossed != NULL;
        const msp_status rc =
            msp_rate_of(asked, crossed ? &r->crossed[i] : &r->timelines[i], &of, err);
        if (rc != MSP_OK)
            return rc;
        a->n += of.counts;
        a->events += of.counts && of.yes == MSP_YES;
    }
    return finish(r, a, err);
}

/* Days to the first response, of those who responded. */
static msp_status time_to_response(rates *r, size_t arm, msp_error *err)
{
    const msp_tte_definition *ttr = msp_tte_definition_find("TTR");
    double *days = msp_arena_array(&r->arena, r->patients->n + 1, sizeof *days);
    if (days == NULL)
        return no_memory(err);
    for (size_t i = 0; i < r->patients->n; i++) {
        const msp_tte t = msp_tte_derive(&r->timelines[i], ttr, &r->rules);
        const bool counts = t.state == MSP_TTE_EVENT &&
                            strcmp(arm_of(&r->patients->patients[i]), r->arms[arm]) == 0;
        days[i] = counts ? (double)t.days : (double)NAN;
    }
    return msp_describe_numbers(days, NULL, r->patients->n, MSP_CONVENTION_R, &r->times[arm], err);
}

static msp_status answer_all(rates *r, msp_error *err)
{
    r->answers = msp_arena_array(&r->arena, r->n_arms * r->n_asked + 1, sizeof *r->answers);
    r->times = msp_arena_array(&r->arena, r->n_arms + 1, sizeof *r->times);
    if (r->answers == NULL || r->times == NULL)
        return no_memory(err);
    msp_status rc = MSP_OK;
    for (size_t arm = 0; arm < r->n_arms; arm++) {
        for (size_t i = 0; rc == MSP_OK && i < r->n_asked; i++)
            rc = count(r, r->arms[arm], i, err);
        if (rc == MSP_OK)
            rc = time_to_response(r, arm, err);
    }
    return rc;
}

/* -- printing -- */

static void as_text(const rates *r, msp_text *out)
{
    grid g = {0};
    static const char *const heads[] = {"what", "when", "arm", "n", "of", "%", "95% CI"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(heads); i++)
        grid_cell(&g, "%s", heads[i]);
    for (size_t i = 0; i < r->n_answers; i++) {
        const answer *a = &r->answers[i];
        grid_row(&g);
        grid_cell(&g, "%s", a->what);
        grid_cell(&g, "%s", a->period);
        grid_cell(&g, "%s", a->arm);
        grid_cell(&g, "%zu", a->events);
        grid_cell(&g, "%zu", a->n);
        if (a->n > 0)
            grid_cell(&g, "%.1f", 100 * a->rate.estimate);
        else
            grid_cell(&g, "-");
        if (a->n > 0)
            grid_cell(&g, "%.1f to %.1f", 100 * a->rate.lower, 100 * a->rate.upper);
        else
            grid_cell(&g, "-");
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
    for (size_t i = 0; i < r->n_arms; i++) {
        const msp_describe *t = &r->times[i];
        msp_text_printf(out, "time to response, %s: %zu patients", r->arms[i], t->n);
        if (t->n > 0)
            msp_text_printf(out, ", mean %.1f days, median %.1f (%.0f to %.0f)", t->mean, t->median,
                            t->minimum, t->maximum);
        msp_text_add_char(out, '\n');
    }
}

static void as_json(const rates *r, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_key(&json, "rates");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < r->n_answers; i++) {
        const answer *a = &r->answers[i];
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "arm", a->arm);
        msp_json_put_text(&json, "what", a->what);
        msp_json_put_text(&json, "when", a->period);
        msp_json_put_int(&json, "events", (int64_t)a->events);
        msp_json_put_int(&json, "n", (int64_t)a->n);
        msp_json_put_double(&json, "estimate", a->rate.estimate);
        msp_json_put_double(&json, "lower", a->rate.lower);
        msp_json_put_double(&json, "upper", a->rate.upper);
        msp_json_put_double(&json, "level", CONFIDENCE);
        msp_json_put_text(&json, "method", msp_proportion_method_name(MSP_CLOPPER_PEARSON));
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_key(&json, "time_to_response");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < r->n_arms; i++) {
        const msp_describe *t = &r->times[i];
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "arm", r->arms[i]);
        msp_json_put_int(&json, "n", (int64_t)t->n);
        msp_json_put_double(&json, "mean_days", t->mean);
        msp_json_put_double(&json, "median_days", t->median);
        msp_json_put_double(&json, "minimum_days", t->minimum);
        msp_json_put_double(&json, "maximum_days", t->maximum);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void csv_number(double x, msp_text *out)
{
    char text[MSP_DOUBLE_MAX];
    msp_double_format(x, text);
    msp_text_printf(out, ",%s", isnan(x) ? "" : text);
}

static void as_csv(const rates *r, msp_text *out)
{
    msp_text_add(out, "arm,what,when,events,n,estimate,lower,upper\n");
    for (size_t i = 0; i < r->n_answers; i++) {
        const answer *a = &r->answers[i];
        msp_text_add_field(out, a->arm);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, a->what);
        msp_text_printf(out, ",%s,%zu,%zu", a->period, a->events, a->n);
        csv_number(a->rate.estimate, out);
        csv_number(a->rate.lower, out);
        csv_number(a->rate.upper, out);
        msp_text_add_char(out, '\n');
    }
}

msp_status respond_rates(const respond_happened *happened, int format, msp_text *out,
                         msp_error *err)
{
    rates r = {.patients = happened->patients,
               .timelines = happened->timelines,
               .crossed = happened->crossed,
               .rules = msp_tte_rules_of(happened->rules)};
    msp_status rc = ask(&r, happened->rules, happened->protocol, err);
    if (rc == MSP_OK)
        rc = find_arms(&r, err);
    if (rc == MSP_OK)
        rc = answer_all(&r, err);
    if (rc == MSP_OK && format == CLI_JSON)
        as_json(&r, out);
    else if (rc == MSP_OK && format == CLI_CSV)
        as_csv(&r, out);
    else if (rc == MSP_OK)
        as_text(&r, out);
    msp_arena_free(&r.arena);
    return rc;
}
