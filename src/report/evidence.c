/* evidence.c - a page of published results, its sections in order. */
#include "mspike/report/evidence.h"

#include <math.h>
#include <string.h>

#include "evidence_page.h"

/* -- statements -- */

const char *view_statement_text(const evidence_view *v, const msp_statement *s)
{
    if (s->pair == NULL || s->certainty < 0)
        return s->text;
    return page_printf(v->p, "%s How sure: %s%s%s.", s->text,
                       msp_certainty_name((msp_certainty)s->certainty),
                       *s->why != '\0' ? ", for " : "", s->why);
}

void view_statements(evidence_view *v, msp_statement_kind kind, const char *heading)
{
    const msp_answer *a = v->in->answer;
    page *p = v->p;
    const char **items = msp_arena_array(&p->arena, a->n_statements + 1, sizeof *items);
    size_t n = 0;
    p->failed |= items == NULL;
    for (size_t i = 0; items != NULL && i < a->n_statements; i++) {
        const msp_statement *s = &a->statements[i];
        if (s->kind != kind)
            continue;
        items[n++] = view_statement_text(v, s);
    }
    if (n == 0)
        return;
    if (*heading != '\0') {
        page_raw(p, "<h3>");
        page_html(p, heading);
        page_raw(p, "</h3>\n");
    }
    view_list(v, items, n);
}

/* What the checks found of a result that was pooled. */
static void add_doubts(evidence_view *v)
{
    page *p = v->p;
    const char **items = msp_arena_array(&p->arena, v->in->findings->n + 1, sizeof *items);
    size_t n = 0;
    p->failed |= items == NULL;
    for (size_t i = 0; items != NULL && i < v->in->findings->n; i++) {
        const msp_finding *f = &v->in->findings->items[i];
        const msp_evidence_result *r = msp_evidence_result_at(v->in->evidence, f->at);
        bool used = false;
        for (size_t k = 0; r != NULL && k < v->in->choice->n; k++)
            used |= v->in->choice->items[k].result == r || v->in->choice->items[k].less == r;
        if (used)
            items[n++] = f->text;
    }
    if (n > 0)
        page_raw(p, "<h3>What the checks say of these prints</h3>\n");
    view_list(v, items, n);
}

static void add_changes(evidence_view *v)
{
    const msp_answer_changes *changes = v->in->changes;
    page *p = v->p;
    if (changes == NULL || changes->file == NULL)
        return;
    page_begin_section(p, page_printf(p, "What changed since %s", changes->file), true);
    const char **items = msp_arena_array(&p->arena, changes->n + 1, sizeof *items);
    p->failed |= items == NULL;
    for (size_t i = 0; items != NULL && i < changes->n; i++) {
        const msp_change *c = &changes->items[i];
        items[i] = page_printf(p, "%s%s%s%s Because %s.", c->now != NULL ? "Now: " : "No longer: ",
                               c->now != NULL ? c->now : c->before,
                               c->now != NULL && c->before != NULL ? " Before: " : "",
                               c->now != NULL && c->before != NULL ? c->before : "", c->because);
    }
    if (items != NULL)
        view_list(v, items, changes->n);
    if (changes->n == 0)
        page_raw(p, "<p class=\"text\">Nothing changed.</p>\n");
    page_end_section(p);
}

/* -- sections -- */

static void add_brief(evidence_view *v)
{
    page *p = v->p;
    page_begin_section(p, "In short", true);
    view_statements(v, MSP_STATEMENT_BRIEF, "");
    if (v->in->pooled->n_pairs == 0)
        view_statements(v, MSP_STATEMENT_SHAPE, "");
    page_raw(p, "<p class=\"foot\">*: its own trial only stands for this population. How sure is a "
                "rule that everyone can follow by hand; the reasons stand with each "
                "statement.</p>\n");
    page_end_section(p);
}

static void add_own(evidence_view *v)
{
    page_begin_section(v->p, page_printf(v->p, "%s among them", v->in->trial), true);
    view_own(v);
    page_end_section(v->p);
}

static msp_status add_network(evidence_view *v, msp_error *err)
{
    page *p = v->p;
    page_begin_section(p, "What was pooled", false);
    if (v->in->answer != NULL)
        view_statements(v, MSP_STATEMENT_SHAPE, "");
    const msp_status rc = view_network(v, err);
    if (v->in->answer != NULL) {
        view_trials(v);
        view_statements(v, MSP_STATEMENT_WARNING, "What to know of these trials");
        add_doubts(v);
    }
    page_end_section(p);
    return rc;
}

static msp_status add_estimates(evidence_view *v, msp_error *err)
{
    page_begin_section(v->p, "What it says", false);
    msp_status rc = view_forest(v, err);
    view_leagues(v);
    if (rc == MSP_OK)
        rc = view_ranks(v, err);
    page_end_section(v->p);
    return rc;
}

static msp_status add_absolute(evidence_view *v, msp_error *err)
{
    if (v->in->answer->n_absolutes + v->in->answer->n_printed == 0)
        return MSP_OK;
    page_begin_section(v->p, "In absolute terms", false);
    const msp_status rc = view_bands(v, err);
    view_absolutes(v);
    view_printed(v);
    page_end_section(v->p);
    return rc;
}

static void add_said(evidence_view *v)
{
    page_begin_section(v->p, "Every statement, and what it rests on", false);
    view_statements(v, MSP_STATEMENT_EFFECT, "What can be said");
    view_statements(v, MSP_STATEMENT_OPEN, "What cannot be told apart");
    view_statements(v, MSP_STATEMENT_BOUND, "What a mixed control arm allows");
    view_statements(v, MSP_STATEMENT_MODIFICATION, "The same trials in all of their patients");
    view_statements(v, MSP_STATEMENT_MEDIANS, "From medians only");
    view_statements(v, MSP_STATEMENT_ALONE, "Without a comparison");
    page_end_section(v->p);
}

static const char *spread_text(const evidence_view *v, size_t component)
{
    const msp_pooled *p = v->in->pooled;
    const msp_spread *s = &p->spread[component];
    const char *reference = view_treatment(v, p->reference[component]);
    const msp_format *f = v->p->format;
    if (!(s->df > 0))
        return page_printf(v->p,
                           "Network of %s: one trial a comparison and no loop, so how much trials "
                           "differ cannot be estimated.",
                           reference);
    return page_printf(v->p,
                       "Network of %s: Q %s on %.0f degrees of freedom, p %s (within designs %s, "
                       "between %s); tau2 %s; I2 %s%%.",
                       reference, msp_format_number(f, s->q, 2).s, s->df, msp_format_p(f, s->p).s,
                       msp_format_number(f, s->q_heterogeneity, 2).s,
                       msp_format_number(f, s->q_inconsistency, 2).s,
                       msp_format_number(f, s->tau2, 3).s, msp_format_percent(f, s->i2).s);
}

static msp_status add_consistency(evidence_view *v, msp_error *err)
{
    page *p = v->p;
    page_begin_section(p, "Whether the trials agree", false);
    for (size_t c = 0; c < v->in->pooled->n_components; c++) {
        const char *text = spread_text(v, c);
        if (v->in->pooled->networks[c].net.n_treat > 2 || v->in->pooled->spread[c].df > 0)
            page_paragraphs(p, "text", &text, 1);
    }
    view_splits(v);
    msp_status rc = view_heat(v, err);
    if (rc == MSP_OK)
        rc = view_funnel(v, err);
    page_end_section(p);
    return rc;
}

static const char *bayes_sentence(evidence_view *v)
{
    const msp_pooling *o = v->in->pooling;
    const char *prior = o->prior == MSP_PRIOR_UNIFORM ? "uniform" : "half-normal";
    if (!o->bayes)
        return "";
    if (o->arms == NULL)
        return page_printf(v->p,
                           "Exact Bayesian: normal given the heterogeneity, integrated over its "
                           "%s prior of scale %g by quadrature; nothing is sampled.",
                           prior, o->prior_scale);
    return page_printf(v->p,
                       "Bayesian: the binomial likelihood of the counts, integrated over the "
                       "heterogeneity's %s prior of scale %g by quadrature and over the effects by "
                       "weighted quasi-random points (seed %llu).",
                       prior, o->prior_scale, (unsigned long long)o->seed);
}

static void add_methods(evidence_view *v)
{
    page *p = v->p;
    const msp_pooling *o = v->in->pooling;
    const char *const sentences[] = {
        v->in->answer != NULL
            ? "One result a trial is chosen by a stated rule, never two counted; standard errors "
              "are read from what was printed (docs/methods/printed-results.md)."
            : "Contrasts or arms of a table.",
        page_printf(p,
                    "Each connected network is pooled on its own by weighted least squares (%s), "
                    "with the graph-theoretical weights of studies of several arms; %s intervals.",
                    o->random ? "random effects" : "one common effect", view_level(v)),
        bayes_sentence(v),
        page_printf(p,
                    "P-scores are exact; the chance of each rank comes from draws with seed %llu.",
                    (unsigned long long)v->in->seed),
        page_printf(p, "Made with mspike %s. The same input gives the same bytes.", msp_version())};
    page_begin_section(p, "How it was done", true);
    for (size_t i = 0; i < MSP_COUNT(sentences); i++)
        if (*sentences[i] != '\0')
            page_paragraphs(p, "text", &sentences[i], 1);
    if (v->in->answer != NULL)
        view_sources(v);
    page_end_section(p);
}

/* -- the whole -- */

/* What stands on pooled estimates. */
static msp_status add_pooled(evidence_view *v, msp_error *err)
{
    msp_status rc = add_network(v, err);
    if (rc == MSP_OK)
        rc = add_estimates(v, err);
    return rc;
}

static void add_beside(evidence_view *v)
{
    if (v->in->pooled->n_pairs > 0 || v->in->answer->n_harms > 0) {
        page_begin_section(v->p, "Beside harm and burden", false);
        view_harms(v);
        page_end_section(v->p);
    }
    page_begin_section(v->p, "What is not known", false);
    view_gaps(v);
    view_planned(v);
    page_end_section(v->p);
    add_said(v);
}

static msp_status build(evidence_view *v, msp_error *err)
{
    const bool answers = v->in->answer != NULL, pooled = v->in->pooled->n_pairs > 0;
    msp_status rc = MSP_OK;
    if (answers)
        add_brief(v);
    if (v->in->trial != NULL)
        add_own(v);
    add_changes(v);
    if (pooled)
        rc = add_pooled(v, err);
    if (rc == MSP_OK && answers)
        rc = add_absolute(v, err);
    if (answers)
        add_beside(v);
    if (rc == MSP_OK && pooled)
        rc = add_consistency(v, err);
    add_methods(v);
    return rc;
}

/* A page and what it borrows, which has to stay where it is. */
typedef struct standing {
    msp_plan_entry facts[1];
    msp_report_plan plan;
    msp_results results;
    page p;
} standing;

static msp_status stand(standing *s, const msp_evidence_page *in, msp_text *out, msp_error *err)
{
    const bool asked = in->answer != NULL;
    *s = (standing){.facts = {{"Please note", in->notice}},
                    .plan = {.title = asked ? in->question : in->title,
                             .acronym = asked ? in->title : "",
                             .facts = s->facts,
                             .n_facts = asked ? MSP_COUNT(s->facts) : 0,
                             .format = msp_format_default()},
                    .p = {.plan = &s->plan,
                          .results = &s->results,
                          .format = &s->plan.format,
                          .kind = "Published results"}};
    if (in->pooled->n_pairs == 0 && !asked)
        return msp_fail(err, MSP_ENODATA, "nothing was pooled: there is no page to write");
    evidence_view v = {.p = &s->p, .in = in, .prefix = in->trial != NULL ? "E" : ""};
    const msp_status rc = build(&v, err);
    if (rc == MSP_OK)
        page_assemble(&s->p, out);
    if (s->p.failed || s->p.body.failed || out->failed)
        return msp_fail(err, MSP_EMEM, "no memory for the page");
    return rc;
}

static void fall(standing *s)
{
    msp_text_free(&s->p.body);
    msp_arena_free(&s->p.arena);
}

msp_status msp_evidence_page_html(const msp_evidence_page *in, msp_text *out, msp_error *err)
{
    standing s;
    const msp_status rc = stand(&s, in, out, err);
    fall(&s);
    return rc;
}

/* -- as a folder -- */

msp_status page_evidence_files(const msp_evidence_page *in, const char *name, folder *f,
                               msp_error *err)
{
    standing s;
    msp_text html = {0};
    msp_status rc = stand(&s, in, &html, err);
    if (rc == MSP_OK)
        rc = folder_write(f, name, msp_text_str(&html), html.len, err);
    if (rc == MSP_OK)
        rc = page_figure_files(&s.p, f, err);
    if (rc == MSP_OK && in->json != NULL)
        rc = folder_write(f, "evidence.json", msp_text_str(in->json), in->json->len, err);
    if (rc == MSP_OK && in->csv != NULL)
        rc = folder_write(f, "data/league.csv", msp_text_str(in->csv), in->csv->len, err);
    fall(&s);
    msp_text_free(&html);
    return rc;
}

msp_status msp_evidence_page_write(const msp_evidence_page *in, const char *dir, bool force,
                                   msp_error *err)
{
    folder f;
    msp_status rc = folder_begin(&f, dir, force, err);
    if (rc == MSP_OK)
        rc = page_evidence_files(in, "index.html", &f, err);
    if (rc == MSP_OK)
        rc = folder_commit(&f, force, err);
    folder_discard(&f);
    if (rc != MSP_OK && err != NULL)
        err->at.file = dir;
    return rc;
}
