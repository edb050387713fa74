/* file.c - reading an evidence file, and finding one's way in it. */
#include "mspike/evidence/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_internal.h"
#include "mspike/form/tree.h"

/* The places name the file, so the tree's arena becomes the file's. */
static msp_status take_tree(msp_tree *tree, msp_evidence *out, msp_findings *findings,
                            msp_error *err)
{
    *out = (msp_evidence){.arena = tree->arena};
    tree->arena = (msp_arena){0};
    const char *name = tree->root->at.file;
    out->file = msp_arena_text(&out->arena, name != NULL ? name : "");
    msp_status status =
        out->file != NULL
            ? msp_schema_read(tree->root, &msp_evidence_schema, &out->arena, out, findings, err)
            : msp_fail(err, MSP_EMEM, "out of memory while reading evidence");
    if (status == MSP_OK)
        msp__evidence_check_sense(out, findings);
    else
        msp_evidence_free(out);
    return status;
}

msp_status msp_evidence_read(const char *path, msp_evidence *out, msp_findings *findings,
                             msp_error *err)
{
    *out = (msp_evidence){0};
    msp_tree tree = {0};
    const msp_status status = msp_tree_read(path, &tree, err);
    return status == MSP_OK ? take_tree(&tree, out, findings, err) : status;
}

msp_status msp_evidence_parse(const char *text, size_t len, const char *name, msp_evidence *out,
                              msp_findings *findings, msp_error *err)
{
    *out = (msp_evidence){0};
    msp_tree tree = {0};
    const msp_status status = msp_tree_parse(text, len, name, &tree, err);
    return status == MSP_OK ? take_tree(&tree, out, findings, err) : status;
}

void msp_evidence_free(msp_evidence *evidence)
{
    for (size_t i = 0; i < evidence->n_joined; i++)
        msp_arena_free(&evidence->joined[i]);
    free(evidence->joined);
    msp_arena_free(&evidence->arena);
    *evidence = (msp_evidence){0};
}

/* -- several files -- */

/* Room for both lists, with those of `a` in it; NULL when memory is out. */
static void *both(msp_arena *arena, const void *a, size_t n, size_t more, size_t size)
{
    char *items = msp_arena_array(arena, n + more + 1, size);
    if (items != NULL && n > 0)
        memcpy(items, a, n * size);
    return items;
}

/* Appends what has no namesake; `list` is a member of both files. */
#define JOIN(list, find)                                                \
    do {                                                                \
        for (size_t i = 0; i < more->list.n; i++)                       \
            if (find(into, more->list.items[i].id) == NULL)             \
                into->list.items[into->list.n++] = more->list.items[i]; \
    } while (0)

static bool has_results_of(const msp_evidence *into, const msp_evidence_trial *trial,
                           msp_findings *findings)
{
    for (size_t i = 0; i < trial->results.n; i++) {
        const msp_evidence_result *r = &trial->results.items[i];
        const msp_evidence_result *other = msp_evidence_find_result(into, r->id, NULL);
        if (other == NULL)
            continue;
        FAULT("evidence-result", r->at, "give each result a name of its own",
              "\"%s\" is the name of a result of another file too (line %u)", r->id,
              (unsigned)other->at.line);
        return true;
    }
    return false;
}

static msp_evidence_trial *same_trial(const msp_evidence *into, const msp_evidence_trial *own)
{
    const char *number = own->registry.text;
    for (size_t i = 0; i < into->trials.n; i++) {
        msp_evidence_trial *t = &into->trials.items[i];
        if (strcmp(t->id, own->id) == 0 ||
            (number != NULL && t->registry.text != NULL && strcmp(t->registry.text, number) == 0))
            return t;
    }
    return NULL;
}

static bool has_of_kind(const msp_evidence_trial *t, const msp_evidence_result *r)
{
    for (size_t i = 0; i < t->results.n; i++)
        if (strcmp(t->results.items[i].population.text, r->population.text) == 0 &&
            strcmp(t->results.items[i].endpoint.text, r->endpoint.text) == 0)
            return true;
    return false;
}

/* The trial with its own results before what else was published of it. */
static bool take_own(msp_evidence *into, msp_evidence_trial *trial, const msp_evidence_trial *own)
{
    msp_evidence_result *results =
        both(&into->arena, own->results.items, own->results.n, trial->results.n, sizeof *results);
    if (results == NULL)
        return false;
    size_t n = own->results.n;
    for (size_t i = 0; i < trial->results.n; i++)
        if (!has_of_kind(own, &trial->results.items[i]))
            results[n++] = trial->results.items[i];
    trial->results.items = results;
    trial->results.n = n;
    return true;
}

static void join_trials(msp_evidence *into, const msp_evidence *more, msp_findings *findings)
{
    for (size_t i = 0; i < more->trials.n; i++) {
        const msp_evidence_trial *t = &more->trials.items[i];
        const msp_evidence_trial *other = msp_evidence_find_trial(into, t->id);
        if (other != NULL)
            FAULT("evidence-trial", t->at, "put the results of one trial in one file",
                  "\"%s\" is a trial of another file too (line %u)", t->id,
                  (unsigned)other->at.line);
        else if (!has_results_of(into, t, findings))
            into->trials.items[into->trials.n++] = *t;
    }
}

msp_status msp_evidence_join(msp_evidence *into, msp_evidence *more, msp_findings *findings,
                             msp_error *err)
{
    msp_arena *joined = realloc(into->joined, (into->n_joined + 1) * sizeof *joined);
    if (joined != NULL)
        into->joined = joined;
    msp_evidence room = {0};
#define ROOM(list)                                                                      \
    (room.list.items = both(&into->arena, into->list.items, into->list.n, more->list.n, \
                            sizeof *into->list.items)) != NULL
    if (joined == NULL || !(ROOM(drugs) && ROOM(regimens) && ROOM(populations) && ROOM(endpoints) &&
                            ROOM(sources) && ROOM(trials) && ROOM(harms) && ROOM(gaps)))
        return msp_fail(err, MSP_EMEM, "out of memory while reading evidence");
#undef ROOM
    into->drugs.items = room.drugs.items;
    into->regimens.items = room.regimens.items;
    into->populations.items = room.populations.items;
    into->endpoints.items = room.endpoints.items;
    into->sources.items = room.sources.items;
    into->trials.items = room.trials.items;
    into->harms.items = room.harms.items;
    into->gaps.items = room.gaps.items;
    JOIN(drugs, msp_evidence_find_drug);
    JOIN(regimens, msp_evidence_find_regimen);
    JOIN(populations, msp_evidence_find_population);
    JOIN(endpoints, msp_evidence_find_endpoint);
    JOIN(sources, msp_evidence_find_source);
    join_trials(into, more, findings);
    for (size_t i = 0; i < more->harms.n; i++)
        into->harms.items[into->harms.n++] = more->harms.items[i];
    for (size_t i = 0; i < more->gaps.n; i++)
        into->gaps.items[into->gaps.n++] = more->gaps.items[i];
    into->joined[into->n_joined++] = more->arena;
    free(more->joined);
    *more = (msp_evidence){0};
    return MSP_OK;
}

msp_status msp_evidence_join_own(msp_evidence *into, msp_evidence *own, msp_findings *findings,
                                 msp_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < own->trials.n; i++) {
        msp_evidence_trial *published = same_trial(into, &own->trials.items[i]);
        if (published == NULL)
            own->trials.items[n++] = own->trials.items[i];
        else if (!take_own(into, published, &own->trials.items[i]))
            return msp_fail(err, MSP_EMEM, "out of memory while reading evidence");
    }
    own->trials.n = n;
    return msp_evidence_join(into, own, findings, err);
}

void msp_evidence_reference(msp_text *out)
{
    msp_text_add(
        out, "# The form of an evidence file\n\n"
             "Made by `mspike --generate evidence-form`; do not edit. [evidence.md](evidence.md) "
             "is the\nguide. A number is written as its source prints it, with the digits that "
             "it has there:\n`0.50` is not `0.5`. `NR` and `NE` are not reached and not "
             "estimable; `<0.001` is a bound.\n");
    msp_schema_reference(&msp_evidence_schema, out);
}

/* -- words -- */

bool msp_measure_is_ratio(msp_measure measure)
{
    return measure != MSP_MEASURE_RD && measure != MSP_MEASURE_MD;
}

const char *msp_measure_name(msp_measure measure)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) text,
        MSP_MEASURE_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)measure < MSP_COUNT(names) ? names[measure] : "?";
}

/* -- by name -- */

#define FIND(list, wanted)                                        \
    do {                                                          \
        for (size_t i = 0; (wanted) != NULL && i < (list).n; i++) \
            if (strcmp((list).items[i].id, (wanted)) == 0)        \
                return &(list).items[i];                          \
        return NULL;                                              \
    } while (0)

const msp_evidence_drug *msp_evidence_find_drug(const msp_evidence *e, const char *id)
{
    FIND(e->drugs, id);
}

const msp_evidence_regimen *msp_evidence_find_regimen(const msp_evidence *e, const char *id)
{
    FIND(e->regimens, id);
}

const msp_evidence_population *msp_evidence_find_population(const msp_evidence *e, const char *id)
{
    FIND(e->populations, id);
}

const msp_evidence_endpoint *msp_evidence_find_endpoint(const msp_evidence *e, const char *id)
{
    FIND(e->endpoints, id);
}

const msp_evidence_source *msp_evidence_find_source(const msp_evidence *e, const char *id)
{
    FIND(e->sources, id);
}

const msp_evidence_trial *msp_evidence_find_trial(const msp_evidence *e, const char *id)
{
    FIND(e->trials, id);
}

const msp_evidence_arm *msp_evidence_find_arm(const msp_evidence_result *result, const char *id)
{
    FIND(result->arms, id);
}

const msp_evidence_result *msp_evidence_find_result(const msp_evidence *e, const char *id,
                                                    const msp_evidence_trial **trial)
{
    for (size_t t = 0; id != NULL && t < e->trials.n; t++)
        for (size_t i = 0; i < e->trials.items[t].results.n; i++)
            if (strcmp(e->trials.items[t].results.items[i].id, id) == 0) {
                if (trial != NULL)
                    *trial = &e->trials.items[t];
                return &e->trials.items[t].results.items[i];
            }
    return NULL;
}

/* -- populations -- */

/* A chain longer than there are populations would be a circle. */
bool msp_evidence_is_within(const msp_evidence *e, const char *inner, const char *outer)
{
    for (size_t step = 0; inner != NULL && outer != NULL && step <= e->populations.n; step++) {
        if (strcmp(inner, outer) == 0)
            return true;
        const msp_evidence_population *p = msp_evidence_find_population(e, inner);
        inner = p != NULL ? p->within.text : NULL;
    }
    return false;
}

const char *msp_evidence_population_of(const msp_evidence *e, const msp_evidence_trial *trial,
                                       const msp_evidence_result *result)
{
    const msp_evidence_population *p = msp_evidence_find_population(e, result->population.text);
    const bool everyone = p != NULL && p->all.value;
    return everyone && trial->patients.text != NULL ? trial->patients.text
                                                    : result->population.text;
}

/* -- comparisons -- */

void msp_evidence_compared(const msp_evidence_trial *trial, const msp_evidence_result *result,
                           const char **first, const char **second)
{
    const msp_said_texts *pair =
        result->effect.compare.n == 2 ? &result->effect.compare : &trial->arms;
    *first = *second = NULL;
    if (pair->n >= 2) {
        *first = pair->items[0].text;
        *second = pair->items[1].text;
    }
}

static double count_or_nan(const msp_said_count *count)
{
    return msp_was_said(count->at) && count->value != MSP_NO_COUNT ? (double)count->value
                                                                   : (double)NAN;
}

/* As planned; else as the arms have it. */
static double allocation_of(const msp_evidence_trial *trial, const msp_evidence_result *result,
                            const char *first, const char *second)
{
    const msp_evidence_arm *a = msp_evidence_find_arm(result, first);
    const msp_evidence_arm *b = msp_evidence_find_arm(result, second);
    if (a != NULL && b != NULL && a->n.value > 0 && b->n.value > 0)
        return (double)a->n.value / (double)b->n.value;
    if (trial->allocation.n == 2 && result->effect.compare.n == 0)
        return trial->allocation.items[0].value / trial->allocation.items[1].value;
    return (double)NAN;
}

static void put_interval(const msp_evidence_effect *said, msp_printed_effect *out)
{
    const bool one_sided = said->bound_sides.value == 1;
    if (said->interval.n == 2) {
        out->lower = msp_printed_parse(said->interval.items[0].text);
        out->upper = msp_printed_parse(said->interval.items[1].text);
    } else if (msp_was_said(said->upper_bound.at)) {
        out->upper = msp_printed_parse(said->upper_bound.text);
        out->bound = one_sided ? MSP_BOUND_UPPER_ONE_SIDED : MSP_BOUND_UPPER;
    } else if (msp_was_said(said->lower_bound.at)) {
        out->lower = msp_printed_parse(said->lower_bound.text);
        out->bound = one_sided ? MSP_BOUND_LOWER_ONE_SIDED : MSP_BOUND_LOWER;
    }
    if (msp_was_said(said->level.at))
        out->level = said->level.value;
}

msp_printed_effect msp_evidence_effect_of(const msp_evidence_trial *trial,
                                          const msp_evidence_result *result)
{
    const msp_evidence_effect *said = &result->effect;
    msp_printed_effect out = msp_printed_effect_empty();
    const char *arm[2];
    msp_evidence_compared(trial, result, &arm[0], &arm[1]);
    out.ratio = msp_measure_is_ratio((msp_measure)said->measure.value);
    out.estimate = msp_printed_parse(said->estimate.text);
    put_interval(said, &out);
    out.p = msp_printed_parse(said->p.text);
    out.p_sides =
        msp_was_said(said->p_sides.at) && said->p_sides.value > 0 ? (int)said->p_sides.value : 0;
    for (size_t k = 0; k < 2; k++) {
        const msp_evidence_arm *a = msp_evidence_find_arm(result, arm[k]);
        if (a != NULL)
            out.events[k] = count_or_nan(&a->events);
    }
    out.events_total = count_or_nan(&result->events);
    if (isnan(out.events_total))
        out.events_total = out.events[0] + out.events[1];
    out.allocation = allocation_of(trial, result, arm[0], arm[1]);
    return out;
}

bool msp_evidence_counts(const msp_evidence_arm *arm, int64_t *count, int64_t *n)
{
    const msp_printed x = msp_printed_parse(arm != NULL ? arm->value.text : NULL);
    if (arm == NULL || arm->n.value <= 0)
        return false;
    *n = arm->n.value;
    *count = arm->count.value;
    if (msp_was_said(arm->count.at))
        return *count >= 0 && *count <= *n;
    if (x.state != MSP_PRINTED_NUMBER || x.bound != 0)
        return false;
    const double nearest = round(x.value / 100 * (double)*n);
    *count = (int64_t)nearest;
    return fabs(100 * nearest / (double)*n - x.value) <= x.half * (1 + 1e-9) && nearest >= 0 &&
           *count <= *n;
}

double msp_evidence_follow_up(const msp_evidence_result *result)
{
    double shortest = (double)NAN;
    for (size_t i = 0; i < result->follow_up.n; i++)
        shortest = fmin(shortest, result->follow_up.items[i].value);
    return shortest;
}
