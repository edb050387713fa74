/* answer_brief.c - the answer in a few sentences, and in absolute terms. */
#include <math.h>
#include <string.h>

#include "answer_internal.h"
#include "mspike/stats/dist.h"

/* -- in absolute terms -- */

/* The exact Bayesian interval where there is one, else that of the common effect. */
static msp_absolute_line absolute_of(const builder *b, const msp_baseline *baseline, double level,
                                     size_t component, const msp_pair *pair)
{
    msp_absolute_line line = {.component = component, .treatment = baseline->regimen, .pair = pair};
    if (pair != NULL) {
        const bool exact = !isnan(pair->median);
        const double reach =
            exact ? pair->bayes_upper - pair->bayes_lower : pair->upper - pair->lower;
        line.treatment = b->pooled->treatments[pair->treatment];
        line.ratio = exact ? pair->median : pair->estimate;
        line.std_error = reach / (2 * msp_dist_normal_limit(level));
    }
    msp_baseline_find(b->e, &b->q->choice, line.treatment, NULL, &line.printed);
    line.median = msp_baseline_median(baseline, line.ratio, line.std_error, level);
    line.at_12 = msp_baseline_survival(baseline, line.ratio, line.std_error, level, 12);
    return line;
}

/* After the baseline's own, by P-score. */
static void add_line(builder *b, const msp_absolute_line *line, size_t first)
{
    const msp_pooled *p = b->pooled;
    msp_absolute_line *items = b->out->absolutes;
    size_t k = b->out->n_absolutes++;
    for (; line->pair != NULL && k > first + 1; k--) {
        const msp_pair *before = items[k - 1].pair;
        if (p->p_score[before->treatment] >= p->p_score[line->pair->treatment])
            break;
        items[k] = items[k - 1];
    }
    items[k] = *line;
}

void msp__answer_add_absolute(builder *b)
{
    const msp_pooled *p = b->pooled;
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(b->e, b->q->choice.endpoint);
    const double level = b->q->level > 0 ? b->q->level : 0.95;
    if (b->q->choice.measure != MSP_MEASURE_HR || e == NULL || e->kind.value != MSP_EVIDENCE_TIME)
        return;
    msp_answer *out = b->out;
    out->baselines = msp_arena_array(&out->arena, p->n_components + 1, sizeof *out->baselines);
    out->absolutes = msp_arena_array(&out->arena, p->n + 1, sizeof *out->absolutes);
    b->failed |= out->baselines == NULL || out->absolutes == NULL;
    for (size_t c = 0; !b->failed && c < p->n_components; c++) {
        msp_baseline *baseline = &out->baselines[c];
        const size_t first = out->n_absolutes;
        if (!msp_baseline_find(b->e, &b->q->choice, p->treatments[p->reference[c]], b->q->baseline,
                               baseline))
            continue;
        const msp_absolute_line own = absolute_of(b, baseline, level, c, NULL);
        add_line(b, &own, first);
        for (size_t i = 0; i < p->n_pairs; i++)
            if (p->pairs[i].comparator == p->reference[c]) {
                const msp_absolute_line line = absolute_of(b, baseline, level, c, &p->pairs[i]);
                add_line(b, &line, first);
            }
    }
}

/* -- in short -- */

typedef enum standing {
    BETTER,          /* also where trials may differ */
    BETTER_IF_ALIKE, /* only under one common effect */
    OPEN,
    WORSE,
    STANDINGS,
} standing;

/* How the first of the pair stands to the second. */
static standing standing_of(const builder *b, const msp_pair *x)
{
    const double sign = b->q->higher_is_better ? -1 : 1;
    const bool apart = x->lower * x->upper > 0;
    const bool sure = isnan(x->bayes_lower) ? apart : x->bayes_lower * x->bayes_upper > 0;
    if (!apart)
        return OPEN;
    if (sign * x->estimate > 0)
        return WORSE;
    return sure ? BETTER : BETTER_IF_ALIKE;
}

static const char *certainty_of(const builder *b, size_t treatment, size_t comparator)
{
    for (size_t i = 0; i < b->out->n_statements; i++) {
        const msp_statement *s = &b->out->statements[i];
        if (s->pair != NULL && s->certainty >= 0 &&
            ((s->pair->treatment == treatment && s->pair->comparator == comparator) ||
             (s->pair->treatment == comparator && s->pair->comparator == treatment)))
            return msp_certainty_name((msp_certainty)s->certainty);
    }
    return "not judged";
}

/* "BVd (0.14, low)" */
static void add_treatment(const builder *b, const msp_pair *x, msp_text *out)
{
    const char *name = b->pooled->treatments[x->treatment];
    msp_text_printf(out, "%s%s%s (%.2f, %s)", out->len > 0 ? ", " : "", name,
                    msp__answer_star(b, name), msp__answer_scale(b, x->estimate),
                    certainty_of(b, x->treatment, x->comparator));
}

/* Pairs with the reference by P-score. */
static size_t ranked(const builder *b, size_t component, const msp_pair **out, size_t most)
{
    const msp_pooled *p = b->pooled;
    size_t n = 0;
    for (size_t i = 0; i < p->n_pairs && n < most; i++) {
        const msp_pair *x = &p->pairs[i];
        if (x->comparator != p->reference[component])
            continue;
        size_t k = n++;
        for (; k > 0 && p->p_score[out[k - 1]->treatment] < p->p_score[x->treatment]; k--)
            out[k] = out[k - 1];
        out[k] = x;
    }
    return n;
}

static void add_sentence(msp_text *text, const char *before, msp_text *names, const char *after)
{
    if (names->len > 0)
        msp_text_printf(text, "%s%s%s%s", text->len > 0 ? " " : "", before, msp_text_str(names),
                        after);
    text->failed |= names->failed;
    msp_text_free(names);
}

static void put_brief(builder *b, const char *id, msp_text *text)
{
    if (text->len == 0 && !text->failed) {
        msp_text_free(text);
        return;
    }
    msp_statement *s = msp__answer_statement(b, MSP_STATEMENT_BRIEF);
    s->id = id;
    s->text = msp__answer_text(b, text);
}

/* Treatments beside the reference: estimates and how sure. */
static void say_network(builder *b, size_t component)
{
    enum { MOST = 64 };
    const msp_pooled *p = b->pooled;
    const char *reference = p->treatments[p->reference[component]];
    const msp_pair *pairs[MOST];
    const size_t n = ranked(b, component, pairs, MOST);
    msp_text names[STANDINGS] = {{0}}, text = {0}, id = {0};
    for (size_t i = 0; i < n; i++)
        add_treatment(b, pairs[i], &names[standing_of(b, pairs[i])]);
    msp_text_printf(&id, "in short:%s", reference);
    msp_text_printf(&text, "Compared with %s (%s, how sure).", reference, msp__answer_measure(b));
    const bool bayes = n > 0 && !isnan(pairs[0]->median);
    add_sentence(
        &text, bayes ? "Better, also where trials may differ: " : "Better: ", &names[BETTER], ".");
    add_sentence(&text, "Better only if trials do not differ: ", &names[BETTER_IF_ALIKE], ".");
    add_sentence(&text, "Not told apart from it: ", &names[OPEN], ".");
    add_sentence(&text, "Worse: ", &names[WORSE], ".");
    put_brief(b, msp__answer_text(b, &id), &text);
}

/* Pairs without the reference of which one is better, also where trials may differ. */
static void say_others(builder *b)
{
    const msp_pooled *p = b->pooled;
    msp_text names = {0}, text = {0};
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *x = &p->pairs[i];
        const size_t reference = p->reference[p->component[x->treatment]];
        if (x->treatment == reference || x->comparator == reference ||
            p->p_score[x->comparator] == 0 || standing_of(b, x) != BETTER)
            continue;
        const char *a = p->treatments[x->treatment], *c = p->treatments[x->comparator];
        msp_text_printf(&names, "%s%s%s over %s%s (%.2f, %s)", names.len > 0 ? ", " : "", a,
                        msp__answer_star(b, a), c, msp__answer_star(b, c),
                        msp__answer_scale(b, x->estimate),
                        certainty_of(b, x->treatment, x->comparator));
    }
    add_sentence(&text, "Between the others: ", &names, "; the rest cannot be told apart.");
    put_brief(b, "in short:others", &text);
}

static void say_what_has_no_link(builder *b)
{
    const msp_pooled *p = b->pooled;
    msp_text text = {0};
    if (p->n_components < 2)
        return;
    msp_text_add(&text, "Not known, for no trial links them: which of ");
    for (size_t c = 0; c < p->n_components; c++) {
        size_t best = p->reference[c];
        for (size_t t = 0; t < p->n; t++)
            if (p->component[t] == c && p->p_score[t] > p->p_score[best])
                best = t;
        msp_text_printf(&text, "%s%s%s",
                        c == 0                     ? ""
                        : c + 1 == p->n_components ? " and "
                                                   : ", ",
                        p->treatments[best], msp__answer_star(b, p->treatments[best]));
    }
    msp_text_add(&text, ", the first of their networks, is best.");
    put_brief(b, "in short:links", &text);
}

static void say_harm(builder *b)
{
    msp_text names = {0}, text = {0};
    for (size_t i = 0; i < b->out->n_without_harm; i++)
        msp_text_printf(&names, "%s%s", i > 0 ? ", " : "", b->out->without_harm[i]);
    add_sentence(&text, "Of harm and burden the file says nothing for ", &names,
                 ": a gap in the file, not a sign of safety.");
    put_brief(b, "in short:harm", &text);
}

/* The statements from `first` on are moved before the others. */
static void move_to_front(builder *b, size_t first)
{
    msp_answer *out = b->out;
    const size_t n = out->n_statements - first;
    msp_statement *brief = msp_arena_array(&out->arena, n + 1, sizeof *brief);
    b->failed |= brief == NULL;
    if (brief == NULL || n == 0)
        return;
    memcpy(brief, out->statements + first, n * sizeof *brief);
    memmove(out->statements + n, out->statements, first * sizeof *brief);
    memcpy(out->statements, brief, n * sizeof *brief);
}

void msp__answer_add_brief(builder *b)
{
    const size_t first = b->out->n_statements;
    if (b->pooled->n == 0)
        return;
    for (size_t c = 0; c < b->pooled->n_components; c++)
        say_network(b, c);
    say_others(b);
    say_what_has_no_link(b);
    say_harm(b);
    if (!b->failed)
        move_to_front(b, first);
}
