/* answer.c - what the parts of an answer share, the shape of the evidence, and the whole. */
#include "mspike/evidence/answer.h"

#include <math.h>
#include <string.h>

#include "answer_internal.h"
#include "mspike/evidence/compare.h"

/* -- lists and words -- */

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
    msp_answer *out = b->out;
    msp_statement *items = grown(b, out->statements, out->n_statements, sizeof *items);
    if (items == NULL)
        return &b->nowhere;
    out->statements = items;
    msp_statement *s = &items[out->n_statements++];
    *s = (msp_statement){.kind = kind, .id = "", .text = "", .why = "", .certainty = -1};
    s->estimate = s->lower = s->upper = (double)NAN;
    return s;
}

msp_gap *msp__answer_gap(builder *b)
{
    msp_gap *items = grown(b, b->out->gaps, b->out->n_gaps, sizeof *items);
    if (items == NULL)
        return &b->nowhere_gap;
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

const char *msp__answer_measure(const builder *b)
{
    static const char *const words[] = {"hazard ratio", "odds ratio",      "risk ratio",
                                        "rate ratio",   "risk difference", "mean difference"};
    return words[b->q->choice.measure];
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

/* -- shape -- */

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
    msp_text_printf(&text, "%zu comparison%s of %zu treatments", b->choice->n,
                    b->choice->n == 1 ? "" : "s", p->n);
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

/* Whether the result is of another time to an event, compares the same two, and its hazard ratio
 * lies on the other side of 1. */
static bool is_opposed(const builder *b, const msp_chosen *c, const msp_evidence_result *r)
{
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(b->e, r->endpoint.text);
    const msp_printed hr = msp_printed_parse(r->effect.estimate.text);
    const char *first, *second;
    msp_evidence_compared(c->trial, r, &first, &second);
    return e != NULL && e->kind.value == MSP_EVIDENCE_TIME &&
           !same_name(r->endpoint.text, b->q->choice.endpoint) &&
           r->effect.measure.value == MSP_MEASURE_HR && hr.state == MSP_PRINTED_NUMBER &&
           hr.bound == 0 && hr.value > 0 && first != NULL && same_name(first, c->first) &&
           same_name(second, c->second) && c->estimate * log(hr.value) < 0;
}

/* The printed interval lies wholly on its estimate's side of 1. */
static bool is_apart(const msp_evidence_result *r)
{
    if (r->effect.interval.n < 2)
        return false;
    const msp_printed lower = msp_printed_parse(r->effect.interval.items[0].text);
    const msp_printed upper = msp_printed_parse(r->effect.interval.items[1].text);
    return lower.value > 1 || upper.value < 1; /* false for NaN */
}

/* What does well by this endpoint and, in one print at least, clearly badly by another. */
static void add_opposed(builder *b, const msp_chosen *c)
{
    const char *records[16] = {c->result->id};
    size_t n = 1;
    bool apart = false;
    msp_text text = {0}, id = {0};
    for (size_t i = 0; i < c->trial->results.n && n < MSP_COUNT(records); i++) {
        const msp_evidence_result *r = &c->trial->results.items[i];
        if (!is_opposed(b, c, r))
            continue;
        msp_text_printf(&text, "%s %s %s, ", n == 1 ? "" : ";", r->endpoint.text,
                        r->population.text);
        msp_answer_print_of(b->e, r->id, &text);
        records[n++] = r->id;
        apart |= is_apart(r);
    }
    if (apart) {
        msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_WARNING);
        msp_text whole = {0};
        msp_text_printf(&whole, "%s, %s to %s: another endpoint points the other way:%s.", c->study,
                        c->first, c->second, msp_text_str(&text));
        msp_text_printf(&id, "opposed %s", c->study);
        s->records = msp__answer_records(b, records, n);
        s->n_records = n;
        s->id = msp__answer_text(b, &id);
        s->text = msp__answer_text(b, &whole);
    }
    b->failed |= text.failed;
    msp_text_free(&text);
}

msp_status msp_answer_make(const msp_evidence *e, const msp_choice *choice,
                           const msp_pooled *pooled, const msp_answer_query *query, msp_answer *out,
                           msp_error *err)
{
    *out = (msp_answer){0};
    builder b = {.e = e, .choice = choice, .pooled = pooled, .q = query, .out = out};
    add_shape(&b);
    for (size_t c = 0; c < pooled->n_components; c++)
        msp__answer_add_pairs(&b, c);
    msp__answer_add_bounds(&b);
    msp__answer_add_modifications(&b);
    msp__answer_add_not_pooled(&b);
    add_cautions(&b);
    for (size_t i = 0; i < choice->n && query->choice.measure == MSP_MEASURE_HR; i++)
        add_opposed(&b, &choice->items[i]);
    msp__answer_add_gaps(&b);
    msp__answer_add_harms(&b);
    msp__answer_add_planned(&b);
    msp__answer_add_absolute(&b);
    msp__answer_add_printed(&b);
    msp__answer_add_brief(&b);
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
