/* evidence_network.c - the network graph of a page of published results. */
#include <math.h>
#include <string.h>

#include "evidence_page.h"
#include "mspike/figure/network.h"

/* The figure's parts, in the arena of the page. */
typedef struct graph {
    const evidence_view *v;
    msp_figure_node *nodes;
    msp_figure_edge *edges;
    msp_figure_area *areas;
    const char **study; /* of the first trial of each line */
    size_t *trials;     /* of each line */
    double *own;        /* trials of each line that are of the population themselves */
    size_t n_edges, n_areas;
    double largest;
} graph;

/* Patients given a treatment in one of its studies; NaN: not told. */
static double patients_of(const msp_chosen *c, const char *treatment)
{
    const msp_evidence_arm *arm = c != NULL ? msp_evidence_find_arm(c->result, treatment) : NULL;
    return arm != NULL && arm->n.value > 0 ? (double)arm->n.value : (double)NAN;
}

static bool is_own(const graph *g, const char *study)
{
    const msp_chosen *c = view_chosen(g->v, study);
    return c == NULL || c->how <= MSP_CHOSEN_PART;
}

static void count_line(graph *g, size_t from, size_t to, const char *study)
{
    size_t i = 0;
    while (i < g->n_edges && !((g->edges[i].from == from && g->edges[i].to == to) ||
                               (g->edges[i].from == to && g->edges[i].to == from)))
        i++;
    if (i == g->n_edges) {
        g->edges[g->n_edges++] = (msp_figure_edge){.from = from, .to = to};
        g->study[i] = study;
    }
    g->trials[i]++;
    g->own[i] += is_own(g, study) ? 1 : 0;
}

/* A study's patients count once for each of its treatments. */
static void count_network(graph *g, size_t component)
{
    const msp_pooled_network *network = &g->v->in->pooled->networks[component];
    const msp_network *net = &network->net;
    for (size_t i = 0; i < net->n_contrast; i++) {
        const msp_network_contrast *c = &net->contrast[i];
        count_line(g, network->treatment[c->treat1], network->treatment[c->treat2],
                   network->study[c->study]);
    }
    for (size_t s = 0; s < net->n_study; s++) {
        size_t *arm = msp_arena_array(&g->v->p->arena, net->n_treat, sizeof *arm), n = 0;
        for (size_t t = 0; arm != NULL && t < net->n_treat; t++)
            if (net->arms[s * net->n_treat + t])
                arm[n++] = network->treatment[t];
        for (size_t i = 0; i < n; i++) {
            msp_figure_node *node = &g->nodes[arm[i]];
            const double more = patients_of(view_chosen(g->v, network->study[s]), node->label);
            node->size = isnan(more) ? node->size : isnan(node->size) ? more : node->size + more;
        }
        if (n > 2)
            g->areas[g->n_areas++] = (msp_figure_area){arm, n, network->study[s]};
        g->v->p->failed |= arm == NULL;
    }
}

static const char *trials_text(const graph *g, size_t i)
{
    if (g->trials[i] > 1)
        return page_printf(g->v->p, "%zu trials", g->trials[i]);
    const msp_chosen *c = view_chosen(g->v, g->study[i]);
    if (c == NULL)
        return g->study[i];
    const size_t len = strcspn(c->study, "("); /* "ICARIA (Mohyuddin-2021)" */
    return page_printf(g->v->p, "%.*s", (int)(len > 1 && c->study[len] == '(' ? len - 1 : len),
                       c->study);
}

static void finish(graph *g)
{
    const msp_pooled *p = g->v->in->pooled;
    for (size_t i = 0; i < g->n_edges; i++) {
        msp_figure_edge *e = &g->edges[i];
        e->weight = (double)g->trials[i];
        e->broken = g->own[i] == 0;
        e->label = trials_text(g, i);
        e->hint = page_printf(g->v->p, "%s and %s: %s", p->treatments[e->from],
                              p->treatments[e->to], e->label);
    }
    for (size_t t = 0; t < p->n; t++) {
        msp_figure_node *node = &g->nodes[t];
        node->reference = p->reference[p->component[t]] == t;
        g->largest = fmax(g->largest, node->size); /* passes over NaN */
        node->hint = isnan(node->size)
                         ? page_printf(g->v->p, "%s: patients not told", node->label)
                         : page_printf(g->v->p, "%s: %.0f patients", node->label, node->size);
    }
}

static bool make_graph(evidence_view *v, graph *g)
{
    const msp_pooled *p = v->in->pooled;
    msp_arena *a = &v->p->arena;
    size_t lines = 1, studies = 1;
    for (size_t c = 0; c < p->n_components; c++) {
        lines += p->networks[c].net.n_contrast;
        studies += p->networks[c].net.n_study;
    }
    *g = (graph){.v = v,
                 .nodes = msp_arena_array(a, p->n, sizeof *g->nodes),
                 .edges = msp_arena_array(a, lines, sizeof *g->edges),
                 .areas = msp_arena_array(a, studies, sizeof *g->areas),
                 .study = msp_arena_array(a, lines, sizeof *g->study),
                 .trials = msp_arena_array(a, lines, sizeof *g->trials),
                 .own = msp_arena_array(a, lines, sizeof *g->own)};
    if (g->nodes == NULL || g->edges == NULL || g->areas == NULL || g->study == NULL ||
        g->trials == NULL || g->own == NULL) {
        v->p->failed = true;
        return false;
    }
    for (size_t t = 0; t < p->n; t++)
        g->nodes[t] = (msp_figure_node){.label = p->treatments[t], .size = (double)NAN};
    for (size_t c = 0; c < p->n_components; c++)
        count_network(g, c);
    finish(g);
    return true;
}

static msp_status draw(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                       msp_error *err)
{
    const graph *g = what;
    const bool known = g->largest > 0;
    const msp_network_figure figure = {
        .frame = *frame,
        .nodes = g->nodes,
        .n_nodes = g->v->in->pooled->n,
        .edges = g->edges,
        .n_edges = g->n_edges,
        .areas = g->areas,
        .n_areas = g->n_areas,
        .size_means =
            known ? page_printf(p, "area: patients told of, %.0f at most; small ring: none told of",
                                g->largest)
                  : "",
        .weight_means = "width: trials",
        .broken_means = "no trial of this population itself",
        .area_means = "one trial of several arms",
        .reference_means = "outer ring: reference",
    };
    return msp_figure_network(&figure, out, err);
}

/* Every line in words, for those who do not see it. */
static const char *describe(const graph *g)
{
    const msp_pooled *p = g->v->in->pooled;
    const char *text = "";
    for (size_t i = 0; i < g->n_edges; i++)
        text = page_printf(g->v->p, "%s%s%s with %s: %s%s", text, i > 0 ? "; " : "",
                           p->treatments[g->edges[i].from], p->treatments[g->edges[i].to],
                           g->edges[i].label,
                           g->edges[i].broken ? ", none of this population itself" : "");
    return page_printf(g->v->p, "%s.", text);
}

msp_status view_network(evidence_view *v, msp_error *err)
{
    graph g;
    if (v->in->pooled->n > MSP_NETWORK_NODES_MAX) {
        page_raw(v->p, "<p class=\"foot\">There are too many treatments to draw.</p>\n");
        return MSP_OK;
    }
    if (!make_graph(v, &g))
        return MSP_OK;
    const page_drawing drawing = {
        .number = page_printf(v->p, "%s%zu", v->prefix, ++v->n_figures),
        .title = "What was compared with what",
        .description = describe(&g),
        .footnote =
            "Discs are treatments, lines the trials that compare them. Between networks that "
            "no line joins nothing can be said.",
        .draw = draw,
        .what = &g};
    return page_draw(v->p, &drawing, err);
}
