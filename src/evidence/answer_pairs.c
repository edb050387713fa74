/* answer_pairs.c - what can be said of each pair of treatments, how sure, and on which trials. */
#include <math.h>
#include <string.h>

#include "answer_internal.h"

/* A study carries a pair where its share is at least this. */
#define FLOW_LEAST 1e-4
/* Its weaknesses count where its share is at least this. */
#define FLOW_COUNTS 0.1
/* Comparisons on the way beyond which a result is indirect. */
#define FLOW_INDIRECT 1.5
#define FEW_PATIENTS  100

/* -- which studies carry a pair -- */

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

/* -- how sure -- */

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

/* -- pairs -- */

void msp__answer_rest_on(builder *b, const msp_pair *pair, msp_statement *s, msp_text *studies)
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

const char *msp__answer_star(const builder *b, const char *treatment)
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
    msp__answer_rest_on(b, pair, s, &studies);
    grade(b, pair, s);
    msp_text_printf(&id, "%s:%s", a, c);
    /* What holds only while trials do not differ is said so. */
    const bool unsure = pair->bayes_lower < 0 && pair->bayes_upper > 0;
    if (apart)
        msp_text_printf(&text, "%s%s does better than %s%s%s: %s ", a, msp__answer_star(b, a), c,
                        msp__answer_star(b, c), unsure ? ", if trials do not differ" : "",
                        msp__answer_measure(b));
    else
        msp_text_printf(&text, "%s%s and %s%s cannot be told apart: %s ", a, msp__answer_star(b, a),
                        c, msp__answer_star(b, c), msp__answer_measure(b));
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
void msp__answer_add_pairs(builder *b, size_t component)
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
