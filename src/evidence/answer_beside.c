/* answer_beside.c - what stands beside the pooled comparisons: bounds for mixed controls, whole
 * trials beside their parts, two medians, single arms, and absolute numbers. */
#include <math.h>
#include <string.h>

#include "answer_internal.h"
#include "mspike/stats/dist.h"

/* -- mixed controls -- */

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
    msp__answer_rest_on(b, pair, s, &studies);
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

void msp__answer_add_bounds(builder *b)
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

/* -- parts of trials -- */

/* A trial's result in a part of its patients beside that in all of them. */
static void add_modification(builder *b, const msp_chosen *here, const msp_chosen *whole)
{
    const double z = msp_dist_normal_limit(0.95);
    const char *const records[] = {whole->result->id, here->result->id};
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_MODIFICATION);
    msp_text text = {0}, id = {0};
    msp_text_printf(&id, "modification %s", here->study);
    msp_text_printf(&text, "%s, %s to %s: %s ", here->study, here->first, here->second,
                    msp__answer_measure(b));
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

void msp__answer_add_modifications(builder *b)
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

/* -- medians and single arms -- */

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

void msp__answer_add_not_pooled(builder *b)
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
