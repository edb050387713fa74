/* answer.c - statements about pairs of treatments, and what stands beside them.
 *
 *   1. lists and words       4. pairs
 *   2. flows                 5. mixed controls, medians, single arms
 *   3. how sure              6. shape
 */
#include "mspike/evidence/answer.h"

#include <math.h>
#include <string.h>

#include "answer_internal.h"
#include "mspike/stats/dist.h"

/* A study carries a pair where its share is at least this. */
#define FLOW_LEAST 1e-4
/* Its weaknesses count where its share is at least this. */
#define FLOW_COUNTS 0.1
/* Comparisons on the way beyond which a result is indirect. */
#define FLOW_INDIRECT 1.5
#define FEW_PATIENTS  100

/* -- 1. lists and words -- */

const char *msp_certainty_name(msp_certainty certainty)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) text,
        MSP_CERTAINTY_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)certainty < MSP_COUNT(names) ? names[certainty] : "?";
}

const char *msp_statement_kind_name(msp_statement_kind kind)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) text,
        MSP_STATEMENT_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)kind < MSP_COUNT(names) ? names[kind] : "?";
}

const char *msp__answer_text(builder *b, msp_text *text)
{
    const char *copy = text->failed ? NULL : msp_arena_text(&b->out->arena, msp_text_str(text));
    b->failed |= copy == NULL;
    msp_text_free(text);
    return copy != NULL ? copy : "";
}

/* Room for one more at the end of a list that holds n; NULL when memory is out. */
static void *grown(builder *b, void *items, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0) /* room is doubled at powers of two */
        return items;
    void *more = msp_arena_array(&b->out->arena, n > 0 ? 2 * n : 1, size);
    b->failed |= more == NULL;
    if (more != NULL && n > 0)
        memcpy(more, items, n * size);
    return more;
}

msp_statement *msp__answer_statement(builder *b, msp_statement_kind kind)
{
    static msp_statement nowhere;
    msp_answer *out = b->out;
    msp_statement *items = grown(b, out->statements, out->n_statements, sizeof *items);
    if (items == NULL)
        return &nowhere;
    out->statements = items;
    msp_statement *s = &items[out->n_statements++];
    *s = (msp_statement){.kind = kind, .id = "", .text = "", .why = "", .certainty = -1};
    s->estimate = s->lower = s->upper = (double)NAN;
    return s;
}

msp_gap *msp__answer_gap(builder *b)
{
    static msp_gap nowhere;
    msp_gap *items = grown(b, b->out->gaps, b->out->n_gaps, sizeof *items);
    if (items == NULL)
        return &nowhere;
    b->out->gaps = items;
    items[b->out->n_gaps] = (msp_gap){"", "", "", "", ""};
    return &items[b->out->n_gaps++];
}

const char *const *msp__answer_records(builder *b, const char *const *names, size_t n)
{
    const char **copy = msp_arena_array(&b->out->arena, n > 0 ? n : 1, sizeof *copy);
    b->failed |= copy == NULL;
    for (size_t i = 0; copy != NULL && i < n; i++)
        copy[i] = names[i];
    return copy;
}

double msp__answer_scale(const builder *b, double x)
{
    return msp_measure_is_ratio(b->q->choice.measure) ? exp(x) : x;
}

void msp__answer_add_effect(const builder *b, double estimate, double lower, double upper,
                            msp_text *out)
{
    msp_text_printf(out, "%.2f (%.2f to %.2f)", msp__answer_scale(b, estimate),
                    msp__answer_scale(b, lower), msp__answer_scale(b, upper));
}

static const char *measure_words(const builder *b)
{
    static const char *const words[] = {"hazard ratio", "odds ratio",      "risk ratio",
                                        "rate ratio",   "risk difference", "mean difference"};
    return words[b->q->choice.measure];
}

/* -- 2. flows -- */

static double variance(const msp_pooled *p, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return 0;
    const msp_pair *pair = msp_pooled_find(p, a, b);
    return pair != NULL ? pair->std_error * pair->std_error : (double)NAN;
}

/* Variances of pairs are resistances of the network whose conductances are the weights (Rucker
 * 2012), and the share of a study is the current through it. */
double msp_answer_flow(const msp_pooled *p, const msp_pair *pair, const msp_chosen *study)
{
    const char *a = p->treatments[pair->treatment], *b = p->treatments[pair->comparator];
    const char *u = study->first, *v = study->second;
    const double potential =
        (variance(p, a, v) + variance(p, b, u) - variance(p, a, u) - variance(p, b, v)) / 2;
    return potential / (study->std_error * study->std_error);
}

/* -- 3. how sure -- */

static bool is_whole(const builder *b, const msp_chosen *c)
{
    const msp_evidence_population *p =
        msp_evidence_find_population(b->e, c->result->population.text);
    return p != NULL && p->all.value;
}

static double patients(const msp_chosen *c)
{
    double n = 0;
    for (size_t i = 0; i < c->result->arms.n; i++)
        n += c->result->arms.items[i].n.value > 0 ? (double)c->result->arms.items[i].n.value
                                                  : (double)NAN;
    if (msp_was_said(c->result->patients.at))
        return (double)c->result->patients.value;
    return c->result->arms.n > 0 ? n : (double)NAN;
}

/* What weighs on the studies that carry a pair, and on the pair. */
typedef struct weakness {
    bool subgroup, proxy, synthesis, weighted, stopped, crossover, indirect, imprecise, few;
} weakness;

static void weigh_study(const builder *b, const msp_chosen *c, weakness *w)
{
    const msp_evidence_result *r = c->result;
    w->subgroup |= !is_whole(b, c) && c->how <= MSP_CHOSEN_PART;
    w->proxy |= c->how == MSP_CHOSEN_PROXY;
    w->synthesis |= c->how == MSP_CHOSEN_SYNTHESIS || c->how == MSP_CHOSEN_LINK;
    w->indirect |= c->how == MSP_CHOSEN_SYNTHESIS && r->pools.n > 1;
    w->weighted |= r->weighted.value;
    w->stopped |= r->stopped_early.value;
    w->crossover |= r->crossover.value > 0;
    w->few |= patients(c) < FEW_PATIENTS;
}

static weakness weaknesses_of(const builder *b, const msp_pair *pair)
{
    weakness w = {0};
    double way = 0;
    for (size_t i = 0; i < b->choice->n; i++) {
        const double flow = fabs(msp_answer_flow(b->pooled, pair, &b->choice->items[i]));
        if (flow >= FLOW_COUNTS)
            weigh_study(b, &b->choice->items[i], &w);
        way += flow >= FLOW_LEAST ? flow : 0;
    }
    w.indirect |= way > FLOW_INDIRECT && !(pair->proportion_direct > 0.5);
    w.imprecise = pair->lower < 0 && pair->upper > 0;
    return w;
}

static void grade(builder *b, const msp_pair *pair, msp_statement *s)
{
    const weakness w = weaknesses_of(b, pair);
    const struct {
        bool is;
        const char *words;
    } steps[] = {
        {w.subgroup, "a subgroup"},
        {w.proxy, "a whole trial that only stands for the population"},
        {w.synthesis, "a published synthesis in place of the trial"},
        {w.weighted, "weighted time"},
        {w.stopped, "stopped early"},
        {w.crossover, "controls crossed over"},
        {w.indirect, "no trial of its own"},
        {w.imprecise, "an interval that holds no effect"},
        {w.few, "fewer than 100 patients"},
    };
    msp_text why = {0};
    int certainty = MSP_CERTAINTY_HIGH;
    for (size_t i = 0; i < MSP_COUNT(steps); i++)
        if (steps[i].is) {
            msp_text_printf(&why, "%s%s", why.len > 0 ? ", " : "", steps[i].words);
            certainty--;
        }
    s->certainty = certainty > MSP_CERTAINTY_VERY_LOW ? certainty : MSP_CERTAINTY_VERY_LOW;
    s->why = msp__answer_text(b, &why);
}

/* -- 4. pairs -- */

static void rest_on(builder *b, const msp_pair *pair, msp_statement *s, msp_text *studies)
{
    const char *names[2 * 64];
    size_t n = 0;
    for (size_t i = 0; i < b->choice->n; i++) {
        const msp_chosen *c = &b->choice->items[i];
        if (!(fabs(msp_answer_flow(b->pooled, pair, c)) >= FLOW_LEAST))
            continue;
        msp_text_printf(studies, "%s%s", studies->len > 0 ? ", " : "", c->study);
        if (n + 2 <= MSP_COUNT(names)) {
            names[n++] = c->result->id;
            if (c->less != NULL)
                names[n++] = c->less->id;
        }
    }
    s->records = msp__answer_records(b, names, n);
    s->n_records = n;
}

static bool is_better(const builder *b, const msp_pair *pair)
{
    return b->q->higher_is_better ? pair->estimate > 0 : pair->estimate < 0;
}

static const char *star(const builder *b, const char *treatment)
{
    for (size_t i = 0; i < b->choice->n; i++)
        if (b->choice->items[i].how == MSP_CHOSEN_PROXY &&
            same_name(b->choice->items[i].first, treatment))
            return "*";
    return "";
}

static void add_pair(builder *b, const msp_pair *pair)
{
    const char *a = b->pooled->treatments[pair->treatment];
    const char *c = b->pooled->treatments[pair->comparator];
    const bool apart = pair->upper < 0 || pair->lower > 0;
    msp_statement *s = msp__answer_statement(b, apart ? MSP_STATEMENT_EFFECT : MSP_STATEMENT_OPEN);
    msp_text text = {0}, id = {0}, studies = {0};
    s->pair = pair;
    rest_on(b, pair, s, &studies);
    grade(b, pair, s);
    msp_text_printf(&id, "%s:%s", a, c);
    /* What holds only while trials do not differ is said so. */
    const bool unsure = pair->bayes_lower < 0 && pair->bayes_upper > 0;
    if (apart)
        msp_text_printf(&text, "%s%s does better than %s%s%s: %s ", a, star(b, a), c, star(b, c),
                        unsure ? ", if trials do not differ" : "", measure_words(b));
    else
        msp_text_printf(&text, "%s%s and %s%s cannot be told apart: %s ", a, star(b, a), c,
                        star(b, c), measure_words(b));
    msp__answer_add_effect(b, pair->estimate, pair->lower, pair->upper, &text);
    if (!isnan(pair->median)) {
        msp_text_add(&text, "; exact Bayesian ");
        msp__answer_add_effect(b, pair->median, pair->bayes_lower, pair->bayes_upper, &text);
        msp_text_printf(&text, ", in a new trial %.2f to %.2f",
                        msp__answer_scale(b, pair->predictive_lower),
                        msp__answer_scale(b, pair->predictive_upper));
    }
    msp_text_printf(&text, ". On %s.", msp_text_str(&studies));
    msp_text_free(&studies);
    s->id = msp__answer_text(b, &id);
    s->text = msp__answer_text(b, &text);
}

/* Each pair once, the one that does better first; those with the reference first of all. */
static void add_pairs_of(builder *b, size_t component)
{
    const msp_pooled *p = b->pooled;
    const size_t reference = p->reference[component];
    for (int with = 1; with >= 0; with--)
        for (size_t i = 0; i < p->n_pairs; i++) {
            const msp_pair *pair = &p->pairs[i];
            const bool has = pair->treatment == reference || pair->comparator == reference;
            if (p->component[pair->treatment] == component && has == (with == 1) &&
                is_better(b, pair))
                add_pair(b, pair);
        }
}

/* -- 5. mixed controls, medians, single arms -- */

static void add_bound(builder *b, const msp_pair *pair, const char *member)
{
    const msp_pooled *p = b->pooled;
    const size_t m = msp_pooled_index(p, member);
    if (m == p->n)
        return;
    const size_t reference = p->reference[p->component[m]];
    const msp_pair *on = msp_pooled_find(p, member, p->treatments[reference]);
    if (on == NULL)
        return;
    const double estimate = pair->estimate + on->estimate;
    const double se = sqrt(pair->std_error * pair->std_error + on->std_error * on->std_error);
    const double z = msp_dist_normal_limit(0.95);
    const char *a = p->treatments[pair->treatment], *c = p->treatments[reference];
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_BOUND);
    msp_text text = {0}, id = {0}, studies = {0};
    rest_on(b, pair, s, &studies);
    s->estimate = msp__answer_scale(b, estimate);
    s->lower = msp__answer_scale(b, estimate - z * se);
    s->upper = msp__answer_scale(b, estimate + z * se);
    s->certainty = MSP_CERTAINTY_VERY_LOW;
    s->why = "an assumption in place of a trial";
    msp_text_printf(&id, "%s:%s if all had %s", a, c, member);
    msp_text_printf(&text, "If all controls of %s had had %s, %s to %s would be ",
                    msp_text_str(&studies), member, a, c);
    msp__answer_add_effect(b, estimate, estimate - z * se, estimate + z * se, &text);
    msp_text_add(&text, "; no trial says so.");
    msp_text_free(&studies);
    s->id = msp__answer_text(b, &id);
    s->text = msp__answer_text(b, &text);
}

static void add_bounds(builder *b)
{
    const msp_pooled *p = b->pooled;
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_evidence_regimen *mixed =
            msp_evidence_find_regimen(b->e, p->treatments[p->pairs[i].comparator]);
        for (size_t k = 0; mixed != NULL && k < mixed->one_of.n; k++)
            if (mixed->one_of.items[k].text != NULL)
                add_bound(b, &p->pairs[i], mixed->one_of.items[k].text);
    }
}

/* What is printed of an arm: a number, not a bound. */
static bool value_of(const msp_evidence_arm *a, msp_printed *x)
{
    *x = msp_printed_parse(a != NULL ? a->value.text : NULL);
    return x->state == MSP_PRINTED_NUMBER && x->bound == 0 && x->value > 0;
}

static bool in_question(const builder *b, const msp_evidence_trial *t, const msp_evidence_result *r)
{
    const int relation = msp_choice_relation(b->e, t, r, b->q->choice.population);
    return same_name(r->endpoint.text, b->q->choice.endpoint) &&
           msp_choice_may_use(&b->q->choice, r) &&
           (relation == MSP_CHOSEN_EXACT || relation == MSP_CHOSEN_PART);
}

static int digits_of(const msp_evidence_result *r)
{
    int most = 0;
    for (size_t i = 0; i < r->arms.n; i++) {
        const msp_printed x = msp_printed_parse(r->arms.items[i].value.text);
        most = x.decimals > most ? x.decimals : most;
    }
    return most;
}

/* Of the trial's results in question the one with the most digits that `fits`; NULL: none. */
static const msp_evidence_result *printed_best(const builder *b, const msp_evidence_trial *t,
                                               bool (*fits)(const msp_evidence_trial *t,
                                                            const msp_evidence_result *r))
{
    const msp_evidence_result *best = NULL;
    for (size_t i = 0; i < t->results.n; i++) {
        const msp_evidence_result *r = &t->results.items[i];
        if (in_question(b, t, r) && fits(t, r) &&
            (best == NULL || digits_of(r) > digits_of(best) ||
             (digits_of(r) == digits_of(best) &&
              msp_evidence_follow_up(r) > msp_evidence_follow_up(best))))
            best = r;
    }
    return best;
}

static bool has_two_medians(const msp_evidence_trial *t, const msp_evidence_result *r)
{
    const char *first, *second;
    msp_printed x, y;
    msp_evidence_compared(t, r, &first, &second);
    const msp_evidence_arm *a = msp_evidence_find_arm(r, first);
    const msp_evidence_arm *c = msp_evidence_find_arm(r, second);
    return !msp_was_said(r->time.at) && value_of(a, &x) && value_of(c, &y) && a->n.value > 0 &&
           c->n.value > 0;
}

bool msp__answer_has_result(const builder *b, const msp_evidence_trial *t)
{
    for (size_t i = 0; i < b->choice->n; i++) {
        const msp_chosen *c = &b->choice->items[i];
        if (c->trial == t)
            return true;
        for (size_t k = 0; k < c->result->pools.n; k++)
            if (same_name(c->result->pools.items[k].text, t->id))
                return true;
    }
    return false;
}

/* Exponential curves through two medians; every patient an event, so that the interval is too
 * narrow. */
static void add_medians(builder *b, const msp_evidence_trial *t, const msp_evidence_result *r)
{
    const char *first, *second;
    msp_printed x, y;
    msp_evidence_compared(t, r, &first, &second);
    const msp_evidence_arm *a = msp_evidence_find_arm(r, first);
    const msp_evidence_arm *c = msp_evidence_find_arm(r, second);
    if (!value_of(a, &x) || !value_of(c, &y))
        return;
    const double estimate = log(y.value / x.value), z = msp_dist_normal_limit(0.95);
    const double se = sqrt(1 / (double)a->n.value + 1 / (double)c->n.value);
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_MEDIANS);
    msp_text text = {0}, id = {0};
    s->estimate = exp(estimate);
    s->lower = exp(estimate - z * se);
    s->upper = exp(estimate + z * se);
    s->certainty = MSP_CERTAINTY_VERY_LOW;
    s->why = "medians only";
    s->records = msp__answer_records(b, &r->id, 1);
    s->n_records = 1;
    msp_text_printf(&id, "%s:%s medians", first, second);
    msp_text_printf(&text,
                    "%s prints medians only: %s months with %s (%lld patients), %s with %s (%lld); "
                    "exponential curves would give a hazard ratio of ",
                    t->id, a->value.text, first, (long long)a->n.value, c->value.text, second,
                    (long long)c->n.value);
    msp__answer_add_effect(b, estimate, estimate - z * se, estimate + z * se, &text);
    msp_text_add(&text, " at the narrowest.");
    s->id = msp__answer_text(b, &id);
    s->text = msp__answer_text(b, &text);
}

static bool has_value(const msp_evidence_trial *t, const msp_evidence_result *r)
{
    msp_printed x;
    (void)t;
    return r->arms.n == 1 && value_of(&r->arms.items[0], &x);
}

static void add_single_arm(builder *b, const msp_evidence_trial *t, const msp_evidence_result *r)
{
    const msp_evidence_arm *a = &r->arms.items[0];
    msp_printed x;
    if (!value_of(a, &x))
        return;
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_ALONE);
    msp_text text = {0}, id = {0};
    s->certainty = MSP_CERTAINTY_VERY_LOW;
    s->why = "compared with nothing";
    s->records = msp__answer_records(b, &r->id, 1);
    s->n_records = 1;
    msp_text_printf(&id, "%s alone (%s)", a->id, t->id);
    msp_text_printf(&text, "%s in %s, compared with nothing: ", a->id, t->id);
    if (msp_was_said(r->time.at))
        msp_text_printf(&text, "%s %% without the event at %g months", a->value.text,
                        r->time.value);
    else
        msp_text_printf(&text, "median %s months", a->value.text);
    if (a->n.value > 0)
        msp_text_printf(&text, ", %lld patients", (long long)a->n.value);
    const bool at_12 = msp_was_said(r->time.at) && r->time.value == 12;
    if (!at_12)
        msp_text_printf(&text, "; %.1f %% at 12 months if exponential",
                        100 * (msp_was_said(r->time.at) ? pow(x.value / 100, 12 / r->time.value)
                                                        : pow(0.5, 12 / x.value)));
    msp_text_add(&text, ".");
    s->id = msp__answer_text(b, &id);
    s->text = msp__answer_text(b, &text);
}

static void add_what_is_not_pooled(builder *b)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(b->e, b->q->choice.endpoint);
    if (p == NULL || p->kind.value != MSP_EVIDENCE_TIME)
        return;
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        const msp_evidence_result *r = printed_best(b, t, has_two_medians);
        bool own = false;
        for (size_t k = 0; k < b->choice->n; k++)
            own |= b->choice->items[k].trial == t;
        if (t->design.value == MSP_EVIDENCE_RANDOMISED && !own && r != NULL)
            add_medians(b, t, r);
    }
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        const msp_evidence_result *r = printed_best(b, t, has_value);
        if (t->design.value == MSP_EVIDENCE_SINGLE_ARM && r != NULL)
            add_single_arm(b, t, r);
    }
}

/* -- 6. shape -- */

static void add_components(const builder *b, msp_text *text)
{
    const msp_pooled *p = b->pooled;
    for (size_t c = 0; c < p->n_components; c++) {
        msp_text_add(text, c > 0 ? "; " : "");
        size_t n = 0;
        for (size_t t = 0; t < p->n; t++)
            if (p->component[t] == c)
                msp_text_printf(text, "%s%s", n++ > 0 ? ", " : "", p->treatments[t]);
    }
}

static void add_shape(builder *b)
{
    const msp_pooled *p = b->pooled;
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_SHAPE);
    msp_text text = {0};
    s->id = "shape";
    if (p->n == 0) {
        s->text = "No comparison of this population and endpoint has been published that can be "
                  "pooled.";
        return;
    }
    msp_text_printf(&text, "%zu comparisons of %zu treatments", b->choice->n, p->n);
    if (p->n_components > 1)
        msp_text_printf(&text,
                        ", in %zu networks between which no trial makes a link, so that nothing "
                        "can be said across them: ",
                        p->n_components);
    else
        msp_text_add(&text, ": ");
    add_components(b, &text);
    msp_text_add(&text, ".");
    s->text = msp__answer_text(b, &text);
    if (p->n != b->choice->n + p->n_components)
        return;
    s = msp__answer_statement(b, MSP_STATEMENT_SHAPE);
    s->id = "heterogeneity";
    s->text = "One trial a comparison and no loop: how much trials differ cannot be estimated, so "
              "the common-effect interval is the narrowest that could be right; beside it stands "
              "the exact Bayesian one.";
}

/* A trial's result in a part of its patients beside that in all of them. */
static void add_modification(builder *b, const msp_chosen *here, const msp_chosen *whole)
{
    const double z = msp_dist_normal_limit(0.95);
    const char *const records[] = {whole->result->id, here->result->id};
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_MODIFICATION);
    msp_text text = {0}, id = {0};
    msp_text_printf(&id, "modification %s", here->study);
    msp_text_printf(&text, "%s, %s to %s: %s ", here->study, here->first, here->second,
                    measure_words(b));
    msp__answer_add_effect(b, whole->estimate, whole->estimate - z * whole->std_error,
                           whole->estimate + z * whole->std_error, &text);
    msp_text_add(&text, " in all patients, ");
    msp__answer_add_effect(b, here->estimate, here->estimate - z * here->std_error,
                           here->estimate + z * here->std_error, &text);
    msp_text_printf(&text, " in %s.", here->result->population.text);
    s->records = msp__answer_records(b, records, MSP_COUNT(records));
    s->n_records = MSP_COUNT(records);
    s->id = msp__answer_text(b, &id);
    s->text = msp__answer_text(b, &text);
}

static void add_modifications(builder *b)
{
    const char *all = NULL;
    for (size_t i = 0; i < b->e->populations.n; i++)
        if (b->e->populations.items[i].all.value)
            all = b->e->populations.items[i].id;
    msp_choice_query query = b->q->choice;
    msp_choice whole;
    query.population = all;
    if (all == NULL || msp_choice_make(b->e, &query, &whole, NULL) != MSP_OK)
        return;
    for (size_t i = 0; i < b->choice->n; i++)
        for (size_t k = 0; k < whole.n; k++)
            if (whole.items[k].trial == b->choice->items[i].trial &&
                whole.items[k].result != b->choice->items[i].result &&
                whole.items[k].result->pools.n == 0 &&
                same_name(whole.items[k].first, b->choice->items[i].first) &&
                same_name(whole.items[k].second, b->choice->items[i].second))
                add_modification(b, &b->choice->items[i], &whole.items[k]);
    msp_choice_free(&whole);
}

static void add_cautions(builder *b)
{
    for (size_t i = 0; i < b->choice->n; i++) {
        const msp_chosen *c = &b->choice->items[i];
        msp_text text = {0};
        if (c->how == MSP_CHOSEN_PROXY)
            msp_text_printf(&text, "* %s stands for this population: %s.", c->study,
                            c->trial->stands_for.why.text);
        else if (c->result->note.text != NULL)
            msp_text_printf(&text, "%s: %s.", c->study, c->result->note.text);
        if (text.len == 0)
            continue;
        msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_WARNING);
        msp_text id = {0};
        msp_text_printf(&id, "caution %s", c->study);
        s->id = msp__answer_text(b, &id);
        s->text = msp__answer_text(b, &text);
        s->records = msp__answer_records(b, &c->result->id, 1);
        s->n_records = 1;
    }
}

msp_status msp_answer_make(const msp_evidence *e, const msp_choice *choice,
                           const msp_pooled *pooled, const msp_answer_query *query, msp_answer *out,
                           msp_error *err)
{
    *out = (msp_answer){0};
    builder b = {e, choice, pooled, query, out, false};
    add_shape(&b);
    for (size_t c = 0; c < pooled->n_components; c++)
        add_pairs_of(&b, c);
    add_bounds(&b);
    add_modifications(&b);
    add_what_is_not_pooled(&b);
    add_cautions(&b);
    msp__answer_add_gaps(&b);
    msp__answer_add_harms(&b);
    msp__answer_add_planned(&b);
    if (!b.failed)
        return MSP_OK;
    msp_answer_free(out);
    return msp_fail(err, MSP_EMEM, "out of memory while answering");
}

void msp_answer_free(msp_answer *answer)
{
    msp_arena_free(&answer->arena);
    *answer = (msp_answer){0};
}
