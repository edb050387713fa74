/* evidence_place.c - a trial among the published results: what its report ends with. */
#include <string.h>

#include "evidence_page.h"
#include "mspike/stats/dist.h"

bool view_is_own(const msp_chosen *chosen)
{
    return strcmp(page_or_empty(chosen->result->source.text), MSP_EVIDENCE_OWN) == 0;
}

static const char *pair_text(const evidence_view *v, const msp_pooled *pooled, const msp_chosen *c)
{
    const msp_pair *x = msp_pooled_find(pooled, c->first, c->second);
    return x != NULL ? view_interval(v, x->estimate, x->lower, x->upper) : "nothing";
}

static void own_row(evidence_view *v, const msp_chosen *c)
{
    const double reach = msp_dist_normal_limit(v->in->pooling->level) * c->std_error;
    const msp_pair *together = msp_pooled_find(v->in->pooled, c->first, c->second);
    const msp_statement *s = together != NULL ? view_statement(v, together) : NULL;
    const char *cells[] = {page_printf(v->p, "%s to %s", c->first, c->second),
                           view_interval(v, c->estimate, c->estimate - reach, c->estimate + reach),
                           pair_text(v, v->in->alone, c), pair_text(v, v->in->pooled, c),
                           s != NULL ? msp_certainty_name((msp_certainty)s->certainty)
                                     : "not judged"};
    view_row(v, cells, MSP_COUNT(cells));
}

void view_own(evidence_view *v)
{
    const msp_choice *choice = v->in->choice;
    size_t own = 0;
    for (size_t i = 0; i < choice->n; i++)
        own += view_is_own(&choice->items[i]);
    if (own == 0) {
        const char *why =
            v->in->apart != NULL
                ? v->in->apart
                : page_printf(v->p,
                              "%s is not among them: it has no comparison of this population and "
                              "endpoint under the names that the published results have.",
                              v->in->trial);
        page_paragraphs(v->p, "text", &why, 1);
        return;
    }
    const char *const heads[] = {"Comparison", v->in->trial, "Published before",
                                 "Together",   "How sure",   NULL};
    view_table_begin(v, page_printf(v->p, "%s beside what was published", v->in->trial), "words",
                     heads);
    for (size_t i = 0; i < choice->n; i++)
        if (view_is_own(&choice->items[i]))
            own_row(v, &choice->items[i]);
    view_table_end(v, page_printf(v->p,
                                  "%s with %s intervals, %s. What was published may rest on "
                                  "trials of other comparisons of the same network.",
                                  view_measure(v), view_level(v),
                                  v->in->pooling->random ? "random effects" : "one common effect"));
}

static bool rests_on_own(const evidence_view *v, const msp_statement *s)
{
    for (size_t i = 0; i < v->in->choice->n; i++)
        for (size_t k = 0; view_is_own(&v->in->choice->items[i]) && k < s->n_records; k++)
            if (strcmp(s->records[k], v->in->choice->items[i].result->id) == 0)
                return true;
    return false;
}

/* What is said of two treatments on the trial's results; without any, the answer in short. */
static void add_resting(evidence_view *v)
{
    const msp_answer *a = v->in->answer;
    const char **items = msp_arena_array(&v->p->arena, a->n_statements + 1, sizeof *items);
    size_t n = 0;
    v->p->failed |= items == NULL;
    for (size_t i = 0; items != NULL && i < a->n_statements; i++)
        if (a->statements[i].pair != NULL && rests_on_own(v, &a->statements[i]))
            items[n++] = view_statement_text(v, &a->statements[i]);
    if (n == 0) {
        view_statements(v, MSP_STATEMENT_BRIEF, "In short");
        return;
    }
    page_raw(v->p, "<h3>What rests on it</h3>\n");
    view_list(v, items, n);
}

static msp_status add_figures(evidence_view *v, msp_error *err)
{
    if (v->in->pooled->n_pairs == 0)
        return MSP_OK;
    const msp_status rc = view_network(v, err);
    return rc == MSP_OK ? view_forest(v, err) : rc;
}

msp_status page_evidence(page *p, msp_error *err)
{
    const msp_evidence_page *in = p->plan->evidence;
    evidence_view v = {.p = p, .in = in, .prefix = "E"};
    const char *const intro[] = {page_printf(p, "%s.", in->question), in->notice};
    page_begin_section(p, "Among the published results", false);
    page_paragraphs(p, "text", intro, MSP_COUNT(intro));
    view_own(&v);
    add_resting(&v);
    const msp_status rc = add_figures(&v, err);
    page_raw(p, "<p class=\"text\">League tables, the chance of each rank, curves beside a "
                "baseline, harm and burden, the gaps and what every statement rests on: "
                "<a href=\"evidence.html\">evidence.html</a>.</p>\n");
    page_end_section(p);
    return rc;
}
