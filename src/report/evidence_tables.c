/* evidence_tables.c - what was pooled, absolute numbers, harm beside benefit, and what is not
 * known: the tables of a page of published results. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "evidence_page.h"
#include "mspike/stats/dist.h"

/* "review, Table 1": the sources are listed in full at the end. */
static const char *short_source(const evidence_view *v, const char *id, const char *at)
{
    return *page_or_empty(at) != '\0' ? page_printf(v->p, "%s, %s", id, at) : page_or_empty(id);
}

static bool uses(const evidence_view *v, const char *source)
{
    const msp_answer *a = v->in->answer;
    bool used = false;
    for (size_t i = 0; i < v->in->choice->n; i++)
        used |= strcmp(page_or_empty(v->in->choice->items[i].result->source.text), source) == 0;
    for (size_t i = 0; i < a->n_gaps; i++)
        used |= strcmp(a->gaps[i].source, source) == 0;
    for (size_t i = 0; i < a->n_harms; i++)
        used |= strcmp(a->harms[i].source, source) == 0;
    for (size_t i = 0; i < a->n_absolutes; i++) {
        const msp_baseline *b = &a->baselines[a->absolutes[i].component];
        const msp_baseline *own = &a->absolutes[i].printed;
        used |= strcmp(page_or_empty(b->result->source.text), source) == 0;
        used |= own->arm != NULL && strcmp(page_or_empty(own->result->source.text), source) == 0;
    }
    for (size_t i = 0; i < a->n_printed; i++)
        used |= strcmp(page_or_empty(a->printed[i].print.result->source.text), source) == 0;
    return used;
}

void view_sources(evidence_view *v)
{
    static const char *const heads[] = {"Source", "In full", NULL};
    view_table_begin(v, "Sources", "words", heads);
    for (size_t i = 0; i < v->in->evidence->sources.n; i++) {
        const msp_evidence_source *s = &v->in->evidence->sources.items[i];
        const char *cells[] = {s->id, page_or_empty(s->text.text)};
        if (uses(v, s->id))
            view_row(v, cells, MSP_COUNT(cells));
    }
    view_table_end(v, "");
}

/* -- what was pooled -- */

static const char *patients_text(const evidence_view *v, const msp_chosen *c)
{
    const msp_evidence_arm *a = msp_evidence_find_arm(c->result, c->first);
    const msp_evidence_arm *b = msp_evidence_find_arm(c->result, c->second);
    if (a != NULL && b != NULL && a->n.value > 0 && b->n.value > 0)
        return page_printf(v->p, "%" PRId64 " + %" PRId64, a->n.value, b->n.value);
    if (msp_was_said(c->result->patients.at))
        return page_printf(v->p, "%" PRId64, c->result->patients.value);
    return "not told";
}

/* A per cent sign stays with its number. */
static const char *unbroken(const evidence_view *v, const char *s)
{
    msp_text text = {0};
    for (const char *at; (at = strstr(s, " %")) != NULL; s = at + 1) {
        msp_text_add_n(&text, s, (size_t)(at - s));
        msp_text_add(&text, "\xc2\xa0");
    }
    msp_text_add(&text, s);
    const char *kept = page_text(v->p, msp_text_str(&text));
    v->p->failed |= text.failed;
    msp_text_free(&text);
    return kept;
}

void view_trials(evidence_view *v)
{
    static const char *const heads[] = {"Trial", "Compares", "Patients", "As printed",
                                        "Taken", "Source",   NULL};
    if (v->in->choice->n == 0)
        return;
    view_table_begin(v, "The results that were pooled, one a trial", "words", heads);
    for (size_t i = 0; i < v->in->choice->n; i++) {
        const msp_chosen *c = &v->in->choice->items[i];
        msp_text print = {0};
        msp_answer_print_of(v->in->evidence, c->result->id, &print);
        const char *cells[] = {
            view_is_own(c) ? page_printf(v->p, "%s (this trial)", c->study) : c->study,
            page_printf(v->p, "%s to %s", c->first, c->second),
            patients_text(v, c),
            unbroken(v, msp_text_str(&print)),
            page_printf(v->p, "%s; standard error from %s", msp_chosen_how_text(c->how),
                        c->readings.n > 0 ? msp_se_source_text(c->readings.reading[0].source)
                                          : "the counts of the arms"),
            short_source(v, c->result->source.text, c->result->page.text)};
        msp_text_free(&print);
        view_row(v, cells, MSP_COUNT(cells));
    }
    view_table_end(v, "As printed: the estimate, its interval with its level, p, and the number of "
                      "each arm (a median in months, or a percentage; NR: not reached). What else "
                      "was printed of these trials, and why it was not taken, stands in the answer "
                      "as JSON under left_out.");
}

/* -- direct against indirect -- */

/* A comparison that has trials of its own and a way around them. */
static bool split_of(const msp_pooled_network *network, size_t a, size_t b, msp_network_split *out)
{
    msp_network_back_calculate(&network->net, &network->fit, a, b, out);
    return out->studies > 0 && isfinite(out->direct.te) && isfinite(out->indirect.te) &&
           out->proportion < 1 - 1e-9;
}

static const char *split_text(const evidence_view *v, const msp_network_estimate *x)
{
    const double reach = msp_dist_normal_limit(v->in->pooling->level) * x->se;
    return view_interval(v, x->te, x->te - reach, x->te + reach);
}

static void split_row(evidence_view *v, const msp_pooled_network *network, size_t a, size_t b,
                      const msp_network_split *s)
{
    const char *cells[] = {
        page_printf(v->p, "%s to %s", view_treatment(v, network->treatment[a]),
                    view_treatment(v, network->treatment[b])),
        page_printf(v->p, "%zu", s->studies),
        page_printf(v->p, "%s%%", msp_format_percent(v->p->format, s->proportion).s),
        split_text(v, &s->direct),
        split_text(v, &s->indirect),
        page_text(v->p, msp_format_p(v->p->format, s->p).s)};
    view_row(v, cells, MSP_COUNT(cells));
}

void view_splits(evidence_view *v)
{
    static const char *const heads[] = {"Comparison", "Trials",   "Share of its own",
                                        "Direct",     "Indirect", "p of the difference",
                                        NULL};
    const msp_pooled *p = v->in->pooled;
    bool begun = false;
    for (size_t c = 0; c < p->n_components; c++) {
        const msp_pooled_network *network = &p->networks[c];
        for (size_t b = 0; b < network->net.n_treat; b++)
            for (size_t a = b + 1; a < network->net.n_treat; a++) {
                msp_network_split s;
                if (!split_of(network, a, b, &s))
                    continue;
                if (!begun)
                    view_table_begin(v, "Direct against indirect", "words", heads);
                begun = true;
                split_row(v, network, a, b, &s);
            }
    }
    if (begun)
        view_table_end(v, page_printf(v->p,
                                      "%s, with %s intervals; the indirect estimate is calculated "
                                      "back from the other two. Many comparisons: some p are small "
                                      "by chance.",
                                      view_measure(v), view_level(v)));
}

/* -- in absolute terms -- */

/* Beyond this many months no trial here has followed curves. */
#define FAR 48

static const char *median_text(const evidence_view *v, double months)
{
    return months > FAR ? page_printf(v->p, ">%d", FAR)
                        : page_text(v->p, msp_format_number(v->p->format, months, 1).s);
}

static const char *printed_text(const evidence_view *v, const msp_baseline *b)
{
    if (b->arm == NULL)
        return "nothing";
    if (msp_was_said(b->result->time.at))
        return page_printf(v->p, "%s %% at %g months (%s)", b->arm->value.text,
                           b->result->time.value, b->trial->id);
    return page_printf(v->p, "median %s months (%s)", b->arm->value.text, b->trial->id);
}

void view_absolutes(evidence_view *v)
{
    const msp_answer *a = v->in->answer;
    const char *const heads[] = {
        "Treatment", page_printf(v->p, "Median, months (%s)", view_level(v)),
        page_printf(v->p, "Of 100 without the event at 12 months (%s)", view_level(v)),
        "Printed of it by a trial", NULL};
    if (a->n_absolutes == 0)
        return;
    view_table_begin(v, "In absolute terms, and what trials printed of each treatment itself",
                     "words", heads);
    for (size_t i = 0; i < a->n_absolutes; i++) {
        const msp_absolute_line *x = &a->absolutes[i];
        const msp_baseline *b = &a->baselines[x->component];
        if (x->pair == NULL)
            view_row_heading(
                v,
                page_printf(v->p, "Beside %s of %s (%s)", b->regimen, b->trial->id,
                            short_source(v, b->result->source.text, b->result->page.text)),
                4);
        const char *cells[] = {
            x->treatment,
            page_printf(v->p, "%s (%s to %s)", median_text(v, x->median.estimate),
                        median_text(v, x->median.lower), median_text(v, x->median.upper)),
            page_printf(v->p, "%.0f (%.0f to %.0f)", 100 * x->at_12.estimate, 100 * x->at_12.lower,
                        100 * x->at_12.upper),
            printed_text(v, &x->printed)};
        view_row(v, cells, MSP_COUNT(cells));
    }
    view_table_end(v, "As if curves were exponential and hazards proportional. Where that differs "
                      "from what a trial printed, the print is right and the assumption is not.");
}

void view_printed(evidence_view *v)
{
    static const char *const heads[] = {"Treatment", "Printed",
                                        "Patients",  "Of 100 without the event at 12 months",
                                        "Source",    NULL};
    const msp_answer *a = v->in->answer;
    if (a->n_printed == 0)
        return;
    view_table_begin(v, "Each treatment by itself, as one trial printed it", "words", heads);
    for (size_t i = 0; i < a->n_printed; i++) {
        const msp_printed_line *x = &a->printed[i];
        const msp_baseline *b = &x->print;
        const char *cells[] = {
            page_printf(v->p, "%s%s", b->regimen, b->how == MSP_CHOSEN_PROXY ? "*" : ""),
            printed_text(v, b),
            b->arm->n.value > 0 ? page_printf(v->p, "%" PRId64, b->arm->n.value) : "not told",
            page_printf(v->p, "%.1f%s (%.1f to %.1f)", 100 * x->at_12.estimate,
                        b->no_interval ? "\xe2\x80\xa0" : "", 100 * x->at_12.lower,
                        100 * x->at_12.upper),
            short_source(v, b->result->source.text, b->result->page.text)};
        view_row(v, cells, MSP_COUNT(cells));
    }
    view_table_end(v, "At 12 months as if exponential. Patients of different trials side by side: "
                      "this compares nothing. \xe2\x80\xa0: printed without an interval, so that "
                      "this one is too narrow. *: a whole trial that only stands for the "
                      "population.");
}

/* -- harm beside benefit -- */

#define NOTHING_TOLD "nothing told"

/* The kinds that the page looks for by name. */
static const char *const named_kinds[] = {"neuropathy", "cardiac", "renal", "cytopenia"};

static bool is_told(const evidence_view *v, const char *regimen, const char *kind)
{
    for (size_t i = 0; i < v->in->answer->n_harms; i++)
        if (strcmp(v->in->answer->harms[i].regimen, regimen) == 0 &&
            strcmp(v->in->answer->harms[i].kind, kind) == 0)
            return true;
    return false;
}

/* A regimen's lines of harm, or of its schedule, one after the other. */
static const char *harm_text(const evidence_view *v, const char *regimen, bool schedule)
{
    const msp_answer *a = v->in->answer;
    const char *text = "";
    for (size_t i = 0; i < a->n_harms; i++) {
        const msp_harm_line *h = &a->harms[i];
        const bool is_schedule = strcmp(h->kind, "schedule") == 0;
        if (strcmp(h->regimen, regimen) == 0 && is_schedule == schedule)
            text = page_printf(v->p, "%s%s%s%s%s (%s)", text, *text != '\0' ? "; " : "",
                               schedule ? "" : h->kind, schedule ? "" : ": ", h->text, h->source);
    }
    return *text != '\0' ? page_printf(v->p, "%s.", text) : NOTHING_TOLD;
}

static const char *untold(const evidence_view *v, const char *regimen)
{
    const char *text = "";
    for (size_t i = 0; i < MSP_COUNT(named_kinds); i++)
        if (!is_told(v, regimen, named_kinds[i]))
            text = page_printf(v->p, "%s%s%s", text, *text != '\0' ? ", " : "", named_kinds[i]);
    return *text != '\0' ? text : "\xe2\x80\x93";
}

static const char *benefit_text(const evidence_view *v, size_t treatment, const char *reference)
{
    const msp_pair *x = msp_pooled_find(v->in->pooled, view_treatment(v, treatment), reference);
    if (x == NULL)
        return "reference";
    const msp_statement *s = view_statement(v, x);
    return page_printf(v->p, "%s; %s",
                       isnan(x->median)
                           ? view_interval(v, x->estimate, x->lower, x->upper)
                           : view_interval(v, x->median, x->bayes_lower, x->bayes_upper),
                       s != NULL ? msp_certainty_name((msp_certainty)s->certainty) : "not judged");
}

static void harm_row(evidence_view *v, const char *name, const char *regimen, const char *benefit)
{
    const char *harm = harm_text(v, regimen, false);
    const char *cells[] = {name, benefit, harm,
                           strcmp(harm, NOTHING_TOLD) == 0 ? "" : untold(v, regimen),
                           harm_text(v, regimen, true)};
    view_row(v, cells, MSP_COUNT(cells));
}

/* Regimens of harms that no comparison has, in the order of the lines. */
static void alone_rows(evidence_view *v)
{
    const msp_answer *a = v->in->answer;
    bool any = false;
    for (size_t i = 0; i < a->n_harms; i++) {
        const char *regimen = a->harms[i].regimen;
        bool before = msp_pooled_index(v->in->pooled, regimen) < v->in->pooled->n;
        for (size_t k = 0; k < i; k++)
            before |= strcmp(a->harms[k].regimen, regimen) == 0;
        if (before)
            continue;
        if (!any)
            view_row_heading(v, "Without a pooled comparison", 5);
        any = true;
        harm_row(v, regimen, regimen, "none pooled");
    }
}

void view_harms(evidence_view *v)
{
    const msp_pooled *p = v->in->pooled;
    const char *const heads[] = {"Treatment",
                                 page_printf(v->p, "%s; how sure", view_measure(v)),
                                 "Harm, as sources tell it",
                                 "Of these no word",
                                 "Burden: schedule",
                                 NULL};
    size_t *order = msp_arena_array(&v->p->arena, p->n, sizeof *order);
    v->p->failed |= order == NULL;
    if (order == NULL)
        return;
    view_table_begin(v, "Benefit beside harm and burden", "words", heads);
    for (size_t c = 0; c < p->n_components; c++) {
        const char *reference = view_treatment(v, p->reference[c]);
        const size_t n = view_ranked(v, c, order);
        view_row_heading(v, page_printf(v->p, "Network of %s", reference), 5);
        for (size_t i = 0; i < n; i++)
            harm_row(v, view_starred(v, order[i]), view_treatment(v, order[i]),
                     benefit_text(v, order[i], reference));
    }
    alone_rows(v);
    view_table_end(v, page_printf(v->p,
                                  "Benefit: %s to the reference of the network. Harms are told by "
                                  "trials of other patients too, in the words of the source; "
                                  "\xe2\x80\x9cnothing told\xe2\x80\x9d is a gap in the file, not "
                                  "a sign of safety.",
                                  v->in->pooling->bayes ? "the exact Bayesian estimate"
                                                        : "the pooled estimate"));
}

/* -- what is not known -- */

void view_gaps(evidence_view *v)
{
    static const char *const heads[] = {"What is not known", "Who says so", "What would tell",
                                        NULL};
    const msp_answer *a = v->in->answer;
    if (a->n_gaps == 0)
        return;
    view_table_begin(v, "Gaps", "words", heads);
    for (size_t i = 0; i < a->n_gaps; i++) {
        const msp_gap *g = &a->gaps[i];
        const char *cells[] = {g->text,
                               *g->source != '\0' ? short_source(v, g->source, g->page)
                                                  : "the file's results",
                               *g->closed_by != '\0' ? g->closed_by : "nothing in the file"};
        view_row(v, cells, MSP_COUNT(cells));
    }
    view_table_end(v, "");
}

void view_planned(evidence_view *v)
{
    static const char *const heads[] = {
        "Planned trial", "Patients", "Objective", "Result for this population", NULL, NULL};
    const char *with_patient[] = {
        heads[0], heads[1], heads[2], heads[3], "Would have taken the patient", NULL};
    const msp_answer *a = v->in->answer;
    if (a->n_planned == 0)
        return;
    const bool patient = a->planned[0].eligible >= 0;
    view_table_begin(v, "Planned trials", "words", patient ? with_patient : heads);
    for (size_t i = 0; i < a->n_planned; i++) {
        const msp_planned_line *x = &a->planned[i];
        const char *taken = "";
        if (patient)
            taken = page_printf(v->p, "%s%s%s", msp_eligible_name((msp_eligible)x->eligible),
                                *x->why != '\0' ? ": " : "", x->why);
        const char *cells[] = {
            x->trial->registry.text != NULL
                ? page_printf(v->p, "%s (%s)", x->trial->id, x->trial->registry.text)
                : x->trial->id,
            msp_was_said(x->trial->plan.patients.at)
                ? page_printf(v->p, "%" PRId64, x->trial->plan.patients.value)
                : "not told",
            page_or_empty(x->trial->plan.objective.text), x->has_result ? "yes" : "none yet",
            taken};
        view_row(v, cells, patient ? 5 : 4);
    }
    view_table_end(v, "");
}
