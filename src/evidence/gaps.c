/* gaps.c - what an answer cannot say, the harms beside it, and the trials that were planned. */
#include <string.h>

#include "answer_internal.h"

/* -- what is about the question -- */

bool msp__answer_is_about(const builder *b, const char *population, const char *endpoint)
{
    const char *asked = b->q->choice.population;
    return (msp_evidence_is_within(b->e, population, asked) ||
            msp_evidence_is_within(b->e, asked, population)) &&
           (endpoint == NULL || same_name(endpoint, b->q->choice.endpoint));
}

static bool names(const msp_said_texts *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (same_name(list->items[i].text, name))
            return true;
    return false;
}

/* Planned trials, without a result here, that give one of these regimens to such patients. */
static const char *closed_by(builder *b, const msp_said_texts *regimens)
{
    msp_text text = {0};
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        bool gives = false;
        for (size_t k = 0; k < t->arms.n; k++)
            gives |= names(regimens, t->arms.items[k].text);
        if (gives && msp_was_said(t->plan.at) && !msp__answer_has_result(b, t))
            msp_text_printf(&text, "%s%s", text.len > 0 ? ", " : "", t->id);
    }
    return text.len > 0 ? msp__answer_text(b, &text) : "";
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* -- gaps -- */

/* What the sources say is not known. */
static void add_said(builder *b)
{
    for (size_t i = 0; i < b->e->gaps.n; i++) {
        const msp_evidence_gap *said = &b->e->gaps.items[i];
        if (!msp__answer_is_about(b, said->population.text, said->endpoint.text))
            continue;
        msp_gap *gap = msp__answer_gap(b);
        msp_text text = {0};
        for (size_t k = 0; k < said->regimens.n; k++)
            msp_text_printf(&text, "%s%s", k > 0 ? ", " : "", said->regimens.items[k].text);
        if (said->trial.text != NULL)
            msp_text_printf(&text, text.len > 0 ? " (%s)" : "%s", said->trial.text);
        msp_text_printf(&text, "%s%s, %s: %s.", text.len > 0 ? ", " : "",
                        said->endpoint.text != NULL ? said->endpoint.text : "any endpoint",
                        said->population.text, said->text.text);
        gap->id = said->id;
        gap->text = msp__answer_text(b, &text);
        gap->source = or_empty(said->source.text);
        gap->page = or_empty(said->page.text);
        gap->closed_by = closed_by(b, &said->regimens);
    }
}

/* Results that a source marks as not known. */
static void add_unknown(builder *b)
{
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        for (size_t k = 0; k < t->results.n; k++) {
            const msp_evidence_result *r = &t->results.items[k];
            if (!r->unknown.value || !msp__answer_is_about(b, r->population.text, r->endpoint.text))
                continue;
            msp_gap *gap = msp__answer_gap(b);
            msp_text text = {0};
            msp_text_printf(&text, "%s, %s, %s: not known.", t->id, r->endpoint.text,
                            r->population.text);
            gap->id = r->id;
            gap->text = msp__answer_text(b, &text);
            gap->source = or_empty(r->source.text);
            gap->page = or_empty(r->page.text);
        }
    }
}

/* Randomised trials that could have had such patients, with results of this endpoint for others
 * only. */
static void add_missing(builder *b)
{
    msp_text trials = {0}, text = {0};
    size_t n = 0;
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        bool other = false;
        for (size_t k = 0; k < t->results.n; k++)
            other |= same_name(t->results.items[k].endpoint.text, b->q->choice.endpoint) &&
                     msp_was_said(t->results.items[k].effect.estimate.at);
        if (t->design.value != MSP_EVIDENCE_RANDOMISED || !other || msp__answer_has_result(b, t) ||
            !msp_evidence_is_within(b->e, b->q->choice.population, t->patients.text))
            continue;
        msp_text_printf(&trials, "%s%s", n++ > 0 ? ", " : "", t->id);
    }
    if (n > 0) {
        msp_gap *gap = msp__answer_gap(b);
        msp_text_printf(&text, "%s compared treatments by %s, but not in %s.",
                        msp_text_str(&trials), b->q->choice.endpoint, b->q->choice.population);
        gap->id = "no-subgroup";
        gap->text = msp__answer_text(b, &text);
        gap->closed_by =
            n > 1 ? "a subgroup analysis of each" : "a subgroup analysis of this trial";
    }
    b->failed |= trials.failed;
    msp_text_free(&trials);
}

/* Networks that no trial links. */
static void add_unlinked(builder *b)
{
    const msp_pooled *p = b->pooled;
    msp_text text = {0};
    if (p->n_components < 2)
        return;
    msp_text_add(&text, "No trial links the treatments compared with");
    for (size_t c = 0; c < p->n_components; c++)
        msp_text_printf(&text, "%s %s",
                        c == 0                     ? ""
                        : c + 1 == p->n_components ? " and those compared with"
                                                   : ", with",
                        p->treatments[p->reference[c]]);
    msp_text_add(&text, ".");
    msp_gap *gap = msp__answer_gap(b);
    gap->id = "no-link";
    gap->text = msp__answer_text(b, &text);
}

void msp__answer_add_gaps(builder *b)
{
    add_unlinked(b);
    add_missing(b);
    add_unknown(b);
    add_said(b);
}

/* -- harms and burden -- */

/* The first, "overall", says nothing of a kind. */
static const char *const harm_kinds[] = {
#define AS_TEXT(name, text) text,
    MSP_HARM_LIST(AS_TEXT)
#undef AS_TEXT
};

/* The name of a statement is "PVd:Vd medians" or "KPd alone (EMN011)". */
static bool is_named(const char *id, const char *regimen)
{
    const size_t len = strlen(regimen), first = strcspn(id, ": ");
    const char *second = id[first] == ':' ? id + first + 1 : "";
    return (first == len && strncmp(id, regimen, len) == 0) ||
           (strncmp(second, regimen, len) == 0 && second[len] == ' ');
}

/* A regimen that the answer speaks of: pooled, or of a statement about medians or one arm. */
static bool is_in_answer(const builder *b, const char *regimen)
{
    if (msp_pooled_index(b->pooled, regimen) < b->pooled->n)
        return true;
    for (size_t i = 0; i < b->out->n_statements; i++) {
        const msp_statement *s = &b->out->statements[i];
        if ((s->kind == MSP_STATEMENT_ALONE || s->kind == MSP_STATEMENT_MEDIANS) &&
            is_named(s->id, regimen))
            return true;
    }
    return false;
}

static msp_harm_line *new_harm(builder *b)
{
    return &b->out->harms[b->out->n_harms++];
}

/* The difference in words: "136 of 177 (77 %) against 82 of 122 (67 %)". */
static void add_arm(const msp_evidence_arm *a, msp_text *out)
{
    if (a->count.value > 0 && a->n.value > 0)
        msp_text_printf(out, "%lld of %lld", (long long)a->count.value, (long long)a->n.value);
    if (msp_was_said(a->value.at))
        msp_text_printf(out, a->count.value > 0 ? " (%s %%)" : "%s %%", a->value.text);
}

static void add_counted(builder *b, const msp_evidence_trial *t, const msp_evidence_result *r)
{
    const msp_evidence_endpoint *p = msp_evidence_find_endpoint(b->e, r->endpoint.text);
    const char *first, *second;
    msp_evidence_compared(t, r, &first, &second);
    const msp_evidence_arm *a = msp_evidence_find_arm(r, first);
    const msp_evidence_arm *c = msp_evidence_find_arm(r, second);
    if (p == NULL || !p->harm.value || a == NULL || c == NULL || !is_in_answer(b, first))
        return;
    msp_text text = {0};
    msp_text_printf(&text, "%s in %s: ", p->label.text != NULL ? p->label.text : p->id, t->id);
    add_arm(a, &text);
    msp_text_printf(&text, ", with %s ", second);
    add_arm(c, &text);
    *new_harm(b) = (msp_harm_line){first, "counted", msp__answer_text(b, &text),
                                   or_empty(r->source.text), or_empty(r->page.text)};
}

/* Whether all drugs of `part`, and fewer than all of `whole`, are given. */
static bool is_part(const msp_evidence_regimen *part, const msp_evidence_regimen *whole)
{
    for (size_t i = 0; i < part->drugs.n; i++)
        if (!names(&whole->drugs, part->drugs.items[i].text))
            return false;
    return part->drugs.n > 0 && part->drugs.n < whole->drugs.n;
}

static bool is_told(const builder *b, const char *regimen, const char *kind)
{
    for (size_t i = 0; i < b->out->n_harms; i++)
        if (same_name(b->out->harms[i].regimen, regimen) && same_name(b->out->harms[i].kind, kind))
            return true;
    return false;
}

/* What is told of a regimen's part, where nothing of the kind is told of itself. */
static void add_parts(builder *b)
{
    const size_t own = b->out->n_harms;
    for (size_t t = 0; t < b->pooled->n; t++) {
        const msp_evidence_regimen *whole =
            msp_evidence_find_regimen(b->e, b->pooled->treatments[t]);
        for (size_t i = 0; whole != NULL && i < own; i++) {
            const msp_harm_line h = b->out->harms[i];
            const msp_evidence_regimen *part = msp_evidence_find_regimen(b->e, h.regimen);
            if (part == NULL || !is_part(part, whole) || same_name(h.kind, harm_kinds[0]) ||
                is_told(b, whole->id, h.kind))
                continue;
            msp_text text = {0};
            msp_text_printf(&text, "of its part %s: %s", h.regimen, h.text);
            *new_harm(b) =
                (msp_harm_line){whole->id, h.kind, msp__answer_text(b, &text), h.source, h.page};
        }
    }
}

/* Treatments of which neither a harm nor a schedule is told. A mixed control arm is none. */
static void list_without_harm(builder *b)
{
    const msp_pooled *p = b->pooled;
    msp_answer *out = b->out;
    out->without_harm = msp_arena_array(&out->arena, p->n + 1, sizeof *out->without_harm);
    b->failed |= out->without_harm == NULL;
    for (size_t t = 0; !b->failed && t < p->n; t++) {
        const msp_evidence_regimen *r = msp_evidence_find_regimen(b->e, p->treatments[t]);
        bool told = r != NULL && r->one_of.n > 0;
        for (size_t i = 0; i < out->n_harms; i++)
            told |= same_name(out->harms[i].regimen, p->treatments[t]);
        if (!told)
            out->without_harm[out->n_without_harm++] = p->treatments[t];
    }
}

void msp__answer_add_harms(builder *b)
{
    size_t most = b->e->harms.n * (1 + b->pooled->n) + b->e->regimens.n;
    for (size_t i = 0; i < b->e->trials.n; i++)
        most += b->e->trials.items[i].results.n;
    b->out->harms = msp_arena_array(&b->out->arena, most + 1, sizeof *b->out->harms);
    if (b->out->harms == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < b->e->harms.n; i++) {
        const msp_evidence_harm *h = &b->e->harms.items[i];
        if (!is_in_answer(b, h->regimen.text))
            continue;
        msp_text text = {0};
        if (h->versus.text != NULL)
            msp_text_printf(&text, "against %s: ", h->versus.text);
        msp_text_add(&text, h->text.text);
        *new_harm(b) =
            (msp_harm_line){h->regimen.text, harm_kinds[h->kind.value], msp__answer_text(b, &text),
                            or_empty(h->source.text), or_empty(h->page.text)};
    }
    for (size_t i = 0; i < b->e->trials.n; i++)
        for (size_t k = 0; k < b->e->trials.items[i].results.n; k++)
            add_counted(b, &b->e->trials.items[i], &b->e->trials.items[i].results.items[k]);
    add_parts(b);
    for (size_t i = 0; i < b->e->regimens.n; i++) {
        const msp_evidence_regimen *r = &b->e->regimens.items[i];
        if (r->schedule.text != NULL && is_in_answer(b, r->id))
            *new_harm(b) = (msp_harm_line){r->id, "schedule", r->schedule.text,
                                           or_empty(r->source.text), or_empty(r->page.text)};
    }
    list_without_harm(b);
}

/* -- planned trials -- */

void msp__answer_add_planned(builder *b)
{
    b->out->planned = msp_arena_array(&b->out->arena, b->e->trials.n + 1, sizeof *b->out->planned);
    if (b->out->planned == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < b->e->trials.n; i++) {
        const msp_evidence_trial *t = &b->e->trials.items[i];
        if (!msp_was_said(t->plan.at))
            continue;
        msp_planned_line *line = &b->out->planned[b->out->n_planned++];
        msp_text why = {0};
        *line = (msp_planned_line){t, msp__answer_has_result(b, t), -1, ""};
        if (b->q->history == NULL)
            continue;
        line->eligible = (int)msp_eligible_judge(b->e, t, b->q->history, &why);
        line->why = msp__answer_text(b, &why);
    }
}
