/* choice.c - one result a trial. */
#include "mspike/evidence/choice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

const char *msp_chosen_how_text(msp_chosen_how how)
{
    static const char *const texts[] = {
#define AS_TEXT(name, text) text,
        MSP_CHOSEN_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)how < MSP_COUNT(texts) ? texts[how] : "?";
}

static const char NOT_WANTED[] = "it only stands for the population";

/* -- what comes into question -- */

int msp_choice_relation(const msp_evidence *e, const msp_evidence_trial *t,
                        const msp_evidence_result *r, const char *population)
{
    const msp_evidence_population *own = msp_evidence_find_population(e, r->population.text);
    const bool whole = own != NULL && own->all.value;
    if (same_name(r->population.text, population))
        return MSP_CHOSEN_EXACT;
    const char *of = msp_evidence_population_of(e, t, r);
    if (same_name(of, population))
        return MSP_CHOSEN_EXACT;
    if (msp_evidence_is_within(e, of, population))
        return MSP_CHOSEN_PART;
    if (whole && same_name(t->stands_for.population.text, population))
        return MSP_CHOSEN_PROXY;
    return -1;
}

bool msp_choice_may_use(const msp_choice_query *q, const msp_evidence_result *r)
{
    for (size_t i = 0; i < q->n_sources; i++)
        if (same_name(q->sources[i], r->source.text))
            return true;
    return q->n_sources == 0;
}

static bool is_rate(const msp_evidence *e, const msp_choice_query *q)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(e, q->endpoint);
    return p != NULL && p->kind.value == MSP_EVIDENCE_RATE;
}

/* The effect of the counts of a rate: its logarithm for a ratio, with half a patient added to each
 * cell where one is empty. False where the arms print none. */
static bool from_counts(const msp_evidence *e, const msp_choice_query *q, msp_chosen *out)
{
    int64_t x[2], n[2];
    if (!is_rate(e, q) || out->first == NULL ||
        !msp_evidence_counts(msp_evidence_find_arm(out->result, out->first), &x[0], &n[0]) ||
        !msp_evidence_counts(msp_evidence_find_arm(out->result, out->second), &x[1], &n[1]))
        return false;
    const bool empty = x[0] == 0 || x[1] == 0 || x[0] == n[0] || x[1] == n[1];
    const double half = empty ? 0.5 : 0;
    const double a = (double)x[0] + half, b = (double)(n[0] - x[0]) + half;
    const double c = (double)x[1] + half, d = (double)(n[1] - x[1]) + half;
    const double p1 = a / (a + b), p2 = c / (c + d);
    if (q->measure == MSP_MEASURE_OR) {
        out->estimate = log(a * d / (b * c));
        out->std_error = sqrt(1 / a + 1 / b + 1 / c + 1 / d);
    } else if (q->measure == MSP_MEASURE_RR) {
        out->estimate = log(p1 / p2);
        out->std_error = sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d));
    } else if (q->measure == MSP_MEASURE_RD) {
        out->estimate = p1 - p2;
        out->std_error = sqrt(p1 * (1 - p1) / (a + b) + p2 * (1 - p2) / (c + d));
    } else {
        return false;
    }
    const double se = out->std_error, none = (double)NAN;
    out->readings = (msp_readings){.log_estimate = out->estimate, .n = 1};
    out->readings.reading[0] = (msp_reading){MSP_SE_COUNTS, none, 0, {se, se, se}, none};
    return true;
}

/* Fills `out`; false where the result is none of the question, *why NULL, or where it cannot be
 * used, and why. */
static bool consider(const msp_evidence *e, const msp_choice_query *q, const msp_evidence_trial *t,
                     const msp_evidence_result *r, msp_chosen *out, const char **why)
{
    *why = NULL;
    const int relation = msp_choice_relation(e, t, r, q->population);
    if (!same_name(r->endpoint.text, q->endpoint) || relation < 0 || !msp_choice_may_use(q, r))
        return false;
    const msp_printed_effect effect = msp_evidence_effect_of(t, r);
    *out = (msp_chosen){.trial = t, .result = r, .how = (msp_chosen_how)relation, .study = t->id};
    out->population = msp_evidence_population_of(e, t, r);
    msp_evidence_compared(t, r, &out->first, &out->second);
    if (!msp_was_said(r->effect.estimate.at) || r->effect.measure.value != (int)q->measure) {
        if (!from_counts(e, q, out))
            return false;
        *why = relation == MSP_CHOSEN_PROXY && q->no_proxies ? NOT_WANTED : NULL;
        return *why == NULL;
    }
    msp_printed_read(&effect, &out->readings);
    out->estimate = out->readings.log_estimate;
    if (out->readings.n > 0)
        out->std_error = out->readings.reading[0].se.middle;
    if (q->measure == MSP_MEASURE_RD && is_rate(e, q)) { /* printed in points of a percentage */
        out->estimate /= 100;
        out->std_error /= 100;
    }
    if (effect.estimate.state != MSP_PRINTED_NUMBER || out->first == NULL)
        return false;
    if (relation == MSP_CHOSEN_PROXY && q->no_proxies)
        *why = NOT_WANTED;
    else if (out->readings.n == 0 || out->readings.reading[0].source == MSP_SE_EVENTS)
        *why = "it prints neither an interval nor a p value to get a standard error from";
    else if (!msp_printed_middle_fits(&effect))
        *why = "its estimate and its interval contradict each other";
    return *why == NULL;
}

/* -- which of two of one trial -- */

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

/* The whole that a part is in comes first. */
static int by_size(const msp_evidence *e, const msp_chosen *a, const msp_chosen *b)
{
    if (same_name(a->population, b->population))
        return 0;
    if (msp_evidence_is_within(e, b->population, a->population))
        return -1;
    return msp_evidence_is_within(e, a->population, b->population) ? 1 : 0;
}

static int by_time(const msp_chosen *a, const msp_chosen *b)
{
    static const int rank[] = {[MSP_STAGE_EXPLORATORY] = 0,
                               [MSP_STAGE_INTERIM] = 1,
                               [MSP_STAGE_PRIMARY] = 2,
                               [MSP_STAGE_UPDATE] = 3,
                               [MSP_STAGE_FINAL] = 4};
    const double x = msp_evidence_follow_up(a->result), y = msp_evidence_follow_up(b->result);
    if (!isnan(x) && !isnan(y))
        return order(y, x);
    const msp_said_choice *p = &a->result->stage, *q = &b->result->stage;
    const int i = msp_was_said(p->at) && p->value >= 0 ? rank[p->value] : -1;
    const int j = msp_was_said(q->at) && q->value >= 0 ? rank[q->value] : -1;
    return order(j, i);
}

/* Why b is not taken where a is; NULL where b comes first. The rows are the rule of choice.h. */
static const char *prefer(const msp_evidence *e, const msp_chosen *a, const msp_chosen *b)
{
    const int investigator[2] = {
        msp_was_said(a->result->assessor.at) && a->result->assessor.value == 1,
        msp_was_said(b->result->assessor.at) && b->result->assessor.value == 1};
    const struct {
        int order;
        const char *why;
    } rows[] = {
        {order(a->how, b->how), "another result is nearer to the population"},
        {by_size(e, a, b), "another result is of a larger part of the population"},
        {order(a->result->weighted.value, b->result->weighted.value),
         "another analysis did not weight time"},
        {order(investigator[0], investigator[1]), "another one was assessed independently"},
        {by_time(a, b), "a later analysis of the trial is there"},
        {order(a->readings.reading[0].source, b->readings.reading[0].source),
         "another print has an interval"},
        {order(msp_printed_parse(b->result->effect.estimate.text).decimals,
               msp_printed_parse(a->result->effect.estimate.text).decimals),
         "another print has more digits"},
    };
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        if (rows[i].order != 0)
            return rows[i].order < 0 ? rows[i].why : NULL;
    return "the file has another print of it before";
}

/* -- the list -- */

static void leave(msp_choice *c, const msp_chosen *one, const char *why)
{
    c->left_out[c->n_left_out++] = (msp_left_out){one->trial, one->result, why};
}

static void choose_of_trial(const msp_evidence *e, const msp_choice_query *q,
                            const msp_evidence_trial *t, msp_choice *out)
{
    msp_chosen best = {0}, one;
    const char *why;
    for (size_t i = 0; i < t->results.n; i++) {
        if (!consider(e, q, t, &t->results.items[i], &one, &why)) {
            if (why != NULL)
                leave(out, &(msp_chosen){.trial = t, .result = &t->results.items[i]}, why);
            continue;
        }
        if (best.result == NULL) {
            best = one;
            continue;
        }
        why = prefer(e, &best, &one);
        leave(out, why != NULL ? &one : &best, why != NULL ? why : prefer(e, &one, &best));
        best = why != NULL ? best : one;
    }
    if (best.result != NULL)
        out->items[out->n++] = best;
}

/* -- published syntheses -- */

static bool pools(const msp_evidence_result *r, const char *trial)
{
    for (size_t i = 0; i < r->pools.n; i++)
        if (same_name(r->pools.items[i].text, trial))
            return true;
    return false;
}

static bool pools_all_of(const msp_evidence_result *r, const msp_evidence_result *other)
{
    for (size_t i = 0; i < other->pools.n; i++)
        if (!pools(r, other->pools.items[i].text))
            return false;
    return true;
}

static bool shares_a_trial(const msp_evidence_result *r, const msp_evidence_result *other)
{
    for (size_t i = 0; i < other->pools.n; i++)
        if (pools(r, other->pools.items[i].text))
            return true;
    return false;
}

/* "ICARIA (Mohyuddin-2021)": the trials of `r` that are not in `less`. */
static const char *name_of_synthesis(msp_arena *arena, const msp_evidence_trial *t,
                                     const msp_evidence_result *r, const msp_evidence_result *less)
{
    msp_text text = {0};
    for (size_t i = 0; i < r->pools.n; i++)
        if (less == NULL || !pools(less, r->pools.items[i].text))
            msp_text_printf(&text, "%s%s", text.len > 0 ? " x " : "", r->pools.items[i].text);
    msp_text_printf(&text, " (%s)", t->id);
    const char *out = text.failed ? NULL : msp_arena_text(arena, msp_text_str(&text));
    msp_text_free(&text);
    return out;
}

/* The result of its own that one of the pooled trials has. */
static bool has_own(const msp_choice *c, const msp_evidence_result *r)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->items[i].trial->design.value != MSP_EVIDENCE_SYNTHESIS &&
            pools(r, c->items[i].trial->id))
            return true;
    return false;
}

/* The link between `one` and an estimate taken before it that shares a trial; false where it makes
 * none. */
static bool subtract(const msp_chosen *before, msp_chosen *one)
{
    const double variance = one->std_error * one->std_error - before->std_error * before->std_error;
    if (before->less != NULL || !same_name(before->second, one->second) ||
        !pools_all_of(one->result, before->result) || !(variance > 0))
        return false;
    one->how = MSP_CHOSEN_LINK;
    one->less = before->result;
    one->second = before->first;
    one->estimate -= before->estimate;
    one->std_error = sqrt(variance);
    return true;
}

static const char *take_synthesis(msp_choice *c, size_t from, msp_chosen *one)
{
    one->how = MSP_CHOSEN_SYNTHESIS;
    if (has_own(c, one->result))
        return "a trial in it has a result of its own";
    for (size_t i = from; i < c->n; i++)
        if (shares_a_trial(one->result, c->items[i].result) && !subtract(&c->items[i], one))
            return "it shares a trial with another number of the synthesis";
        else if (one->how == MSP_CHOSEN_LINK)
            break;
    return NULL;
}

/* Estimates of fewer trials first, so that those of more can be taken apart. */
static bool choose_of_synthesis(const msp_evidence *e, const msp_choice_query *q,
                                const msp_evidence_trial *t, msp_choice *out)
{
    const size_t from = out->n;
    size_t most = 0;
    for (size_t i = 0; i < t->results.n; i++)
        most = t->results.items[i].pools.n > most ? t->results.items[i].pools.n : most;
    for (size_t size = 1; size <= most; size++)
        for (size_t i = 0; i < t->results.n; i++) {
            msp_chosen one;
            const char *why;
            if (t->results.items[i].pools.n != size)
                continue;
            if (consider(e, q, t, &t->results.items[i], &one, &why))
                why = take_synthesis(out, from, &one);
            else if (why == NULL)
                continue;
            if (why != NULL) {
                leave(out, &one, why);
                continue;
            }
            one.study = name_of_synthesis(&out->arena, t, one.result, one.less);
            if (one.study == NULL)
                return false;
            out->items[out->n++] = one;
        }
    return true;
}

/* -- the whole -- */

msp_status msp_evidence_hint_names(msp_error *err, msp_status code, const char *wanted,
                                   const char *const *names, size_t n)
{
    const char *near = msp_suggest(wanted, names, n);
    char list[sizeof err->hint] = "";
    size_t len = 0, i = 0;
    if (near != NULL)
        return msp_hint(err, code, "did you mean \"%s\"?", near);
    for (; i < n && len + strlen(names[i]) + 20 < sizeof list; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "", names[i]);
    return msp_hint(err, code, "there are %s%s", i > 0 ? list : "none", i < n ? ", ..." : "");
}

static msp_status check_names(const msp_evidence *e, const msp_choice_query *q, msp_error *err)
{
    const char *names[MSP_SCHEMA_ITEMS_MAX];
    const bool no_population = msp_evidence_find_population(e, q->population) == NULL;
    if (!no_population && msp_evidence_find_endpoint(e, q->endpoint) != NULL)
        return MSP_OK;
    const char *wanted = no_population ? q->population : q->endpoint;
    const size_t n = no_population ? e->populations.n : e->endpoints.n;
    for (size_t i = 0; i < n && i < MSP_COUNT(names); i++)
        names[i] = no_population ? e->populations.items[i].id : e->endpoints.items[i].id;
    msp_fail(err, MSP_EINPUT, "%s has no %s \"%s\"", e->file,
             no_population ? "population" : "endpoint", wanted);
    return msp_evidence_hint_names(err, MSP_EINPUT, wanted, names, n);
}

msp_status msp_choice_make(const msp_evidence *e, const msp_choice_query *q, msp_choice *out,
                           msp_error *err)
{
    *out = (msp_choice){0};
    const msp_status status = check_names(e, q, err);
    if (status != MSP_OK)
        return status;
    size_t n = 1;
    for (size_t i = 0; i < e->trials.n; i++)
        n += e->trials.items[i].results.n;
    out->items = msp_arena_array(&out->arena, n, sizeof *out->items);
    out->left_out = msp_arena_array(&out->arena, n, sizeof *out->left_out);
    bool good = out->items != NULL && out->left_out != NULL;
    for (size_t i = 0; good && i < e->trials.n; i++)
        if (e->trials.items[i].design.value == MSP_EVIDENCE_RANDOMISED)
            choose_of_trial(e, q, &e->trials.items[i], out);
    for (size_t i = 0; good && i < e->trials.n; i++)
        if (e->trials.items[i].design.value == MSP_EVIDENCE_SYNTHESIS)
            good = choose_of_synthesis(e, q, &e->trials.items[i], out);
    if (good)
        return MSP_OK;
    msp_choice_free(out);
    return msp_fail(err, MSP_EMEM, "out of memory while choosing results");
}

void msp_choice_free(msp_choice *choice)
{
    msp_arena_free(&choice->arena);
    *choice = (msp_choice){0};
}
