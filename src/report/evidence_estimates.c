/* evidence_estimates.c - forest, league tables and rankograms of a page of published results. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evidence_page.h"
#include "mspike/figure/forest.h"
#include "mspike/figure/rankogram.h"

#define DRAWS 20000 /* of the chances of ranks: within 0.4 points */

/* -- forest -- */

static msp_forest_row row_of(const evidence_view *v, const msp_pair *x)
{
    const msp_statement *s = view_statement(v, x);
    return (msp_forest_row){
        .kind = MSP_FOREST_ROW,
        .label = view_starred(v, x->treatment),
        .cells = {s != NULL ? msp_certainty_name((msp_certainty)s->certainty) : NULL},
        .estimate = view_scale(v, x->estimate),
        .lower = view_scale(v, x->lower),
        .upper = view_scale(v, x->upper),
        .weight = 1 / (x->std_error * x->std_error),
        .text = view_interval(v, x->estimate, x->lower, x->upper),
        .extra =
            isnan(x->median) ? "" : view_interval(v, x->median, x->bayes_lower, x->bayes_upper)};
}

static size_t forest_rows(const evidence_view *v, msp_forest_row *rows)
{
    const msp_pooled *p = v->in->pooled;
    size_t *order = msp_arena_array(&v->p->arena, p->n, sizeof *order), n = 0;
    v->p->failed |= order == NULL;
    for (size_t c = 0; order != NULL && c < p->n_components; c++) {
        const char *reference = view_treatment(v, p->reference[c]);
        const size_t m = view_ranked(v, c, order);
        rows[n++] = (msp_forest_row){.kind = MSP_FOREST_HEADING,
                                     .label = page_printf(v->p, "to %s", reference)};
        for (size_t i = 0; i < m; i++) {
            const msp_pair *x = msp_pooled_find(p, view_treatment(v, order[i]), reference);
            if (x != NULL)
                rows[n++] = row_of(v, x);
        }
    }
    return n;
}

static msp_status draw_forest(page *p, const void *what, const msp_figure_frame *frame,
                              msp_text *out, msp_error *err)
{
    const evidence_view *v = what;
    const msp_pooled *pooled = v->in->pooled;
    const bool higher = v->in->pooling->higher_is_better;
    msp_forest_row *rows =
        msp_arena_array(&p->arena, pooled->n + pooled->n_components + 1, sizeof *rows);
    if (rows == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a figure");
    const msp_forest_figure figure = {
        .frame = *frame,
        .label_heading = "Treatment",
        .column_headings = {"How sure"},
        .n_columns = v->in->answer != NULL ? 1 : 0,
        .text_heading = v->in->pooling->random ? "Random effects" : "Common effect",
        .extra_heading = v->in->pooling->bayes ? "Exact Bayesian" : "",
        .x_label = msp_measure_is_ratio(v->in->measure)
                       ? page_printf(p, "%s, logarithmic scale", view_measure(v))
                       : view_measure(v),
        .favours_left = higher ? "reference better" : "treatment better",
        .favours_right = higher ? "treatment better" : "reference better",
        .log_axis = msp_measure_is_ratio(v->in->measure),
        .overall = (double)NAN,
        .rows = rows,
        .n_rows = forest_rows(v, rows),
    };
    return msp_figure_forest(&figure, out, err);
}

msp_status view_forest(evidence_view *v, msp_error *err)
{
    const page_drawing drawing = {
        .number = page_printf(v->p, "%s%zu", v->prefix, ++v->n_figures),
        .title = "Each treatment against the reference of its network",
        .description = "Estimates with their intervals, network by network, the one that ranks "
                       "first on top. The league tables hold the same numbers.",
        .footnote = page_printf(
            v->p, "Squares and lines: %s with %s intervals; the area grows with the precision.%s%s",
            v->in->pooling->random ? "random effects" : "one common effect", view_level(v),
            v->in->pooling->bayes ? " The right column allows trials to differ." : "",
            v->in->choice != NULL ? " *: the trial only stands for this population." : ""),
        .draw = draw_forest,
        .what = v};
    return page_draw(v->p, &drawing, err);
}

/* -- league tables -- */

/* The row's treatment to the column's: below the diagonal as pooled, above it exact. */
static void add_cell(evidence_view *v, const msp_pair *x, bool exact)
{
    const double estimate = exact ? x->median : x->estimate;
    const double lower = exact ? x->bayes_lower : x->lower;
    const double upper = exact ? x->bayes_upper : x->upper;
    const bool better = v->in->pooling->higher_is_better ? lower > 0 : upper < 0;
    const bool worse = v->in->pooling->higher_is_better ? upper < 0 : lower > 0;
    const msp_format *format = v->p->format;
    msp_text_printf(&v->p->body, "<td class=\"%s\">%s%s<small>%s to %s</small></td>",
                    exact ? "exact" : "common",
                    better  ? "\xe2\x96\xb2 "
                    : worse ? "\xe2\x96\xbc "
                            : "",
                    msp_format_number(format, view_scale(v, estimate), 2).s,
                    msp_format_number(format, view_scale(v, lower), 2).s,
                    msp_format_number(format, view_scale(v, upper), 2).s);
}

static void add_league(evidence_view *v, const size_t *order, size_t n)
{
    const msp_pooled *p = v->in->pooled;
    const bool bayes = v->in->pooling->bayes;
    const char **heads = msp_arena_array(&v->p->arena, n + 2, sizeof *heads);
    if (heads == NULL) {
        v->p->failed = true;
        return;
    }
    heads[0] = "";
    for (size_t i = 0; i < n; i++)
        heads[i + 1] = view_starred(v, order[i]);
    view_table_begin(v,
                     page_printf(v->p, "%s of each treatment to each other, network of %s",
                                 view_measure(v),
                                 view_treatment(v, p->reference[p->component[order[0]]])),
                     "league", heads);
    for (size_t i = 0; i < n; i++) {
        page_raw(v->p, "<tr><th scope=\"row\">");
        page_html(v->p, view_starred(v, order[i]));
        page_raw(v->p, "</th>");
        for (size_t k = 0; k < n; k++) {
            const msp_pair *x =
                msp_pooled_find(p, view_treatment(v, order[i]), view_treatment(v, order[k]));
            if (x != NULL)
                add_cell(v, x, bayes && k > i);
            else
                page_raw(v->p, "<td class=\"self\"></td>");
        }
        page_raw(v->p, "</tr>\n");
    }
    const char *halves =
        bayes ? page_printf(v->p,
                            ": below the diagonal %s, above it exact Bayesian, which allows trials "
                            "to differ",
                            v->in->pooling->random ? "random effects" : "one common effect")
              : "";
    view_table_end(v, page_printf(v->p,
                                  "The row's treatment to the column's, the best in rank first, "
                                  "with %s intervals%s. \xe2\x96\xb2: the row is better, "
                                  "\xe2\x96\xbc: worse, the interval holds no \xe2\x80\x9cno "
                                  "effect\xe2\x80\x9d; without a mark the two cannot be told "
                                  "apart.",
                                  view_level(v), halves));
}

void view_leagues(evidence_view *v)
{
    const msp_pooled *p = v->in->pooled;
    size_t *order = msp_arena_array(&v->p->arena, p->n, sizeof *order);
    v->p->failed |= order == NULL;
    for (size_t c = 0; order != NULL && c < p->n_components; c++) {
        const size_t n = view_ranked(v, c, order);
        if (n > 2)
            add_league(v, order, n);
    }
}

/* -- ranks -- */

typedef struct rank_view {
    const evidence_view *v;
    const msp_ranks *ranks;
    size_t component, *order; /* numbers within the network, by P-score */
} rank_view;

static msp_status draw_ranks(page *p, const void *what, const msp_figure_frame *frame,
                             msp_text *out, msp_error *err)
{
    const rank_view *r = what;
    const size_t n = r->ranks->n;
    const msp_pooled_network *network = &r->v->in->pooled->networks[r->component];
    msp_rank_panel *panels = msp_arena_array(&p->arena, n, sizeof *panels);
    if (panels == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a figure");
    for (size_t i = 0; i < n; i++) {
        const size_t t = r->order[i];
        panels[i] = (msp_rank_panel){
            .label = view_starred(r->v, network->treatment[t]),
            .note = page_printf(p, "P-score %s",
                                msp_format_number(p->format, r->ranks->p_score[t], 2).s),
            .probability = r->ranks->probability + t * n};
    }
    const msp_rankogram_figure figure = {.frame = *frame,
                                         .x_label = "Rank, 1 is best",
                                         .n_ranks = n,
                                         .panels = panels,
                                         .n_panels = n};
    return msp_figure_rankogram(&figure, out, err);
}

/* By P-score of the draws' own estimates. */
static void sort_ranks(rank_view *r)
{
    for (size_t i = 0; i < r->ranks->n; i++) {
        size_t k = i;
        for (; k > 0 && r->ranks->p_score[r->order[k - 1]] < r->ranks->p_score[i]; k--)
            r->order[k] = r->order[k - 1];
        r->order[k] = i;
    }
}

static msp_status add_ranks(evidence_view *v, size_t component, msp_error *err)
{
    const msp_pooled_network *network = &v->in->pooled->networks[component];
    const size_t n = network->net.n_treat;
    msp_ranks ranks;
    msp_status rc =
        msp_ranks_make(network->fit.beta, network->fit.cov, n, !v->in->pooling->higher_is_better,
                       v->in->seed, DRAWS, &ranks, err);
    if (rc != MSP_OK)
        return rc;
    rank_view r = {v, &ranks, component, msp_arena_array(&v->p->arena, n, sizeof *r.order)};
    v->p->failed |= r.order == NULL;
    if (r.order != NULL) {
        sort_ranks(&r);
        const page_drawing drawing = {
            .number = page_printf(v->p, "%s%zu", v->prefix, ++v->n_figures),
            .title = page_printf(v->p, "The chance of each rank, in percent, network of %s",
                                 view_treatment(v, network->treatment[0])),
            .description = "For each treatment the chance to be first, second, third and so on.",
            .footnote =
                page_printf(v->p,
                            "From the estimates of %s and their covariances; a rank says "
                            "nothing of how much better, and nothing of harm.",
                            v->in->pooling->random ? "random effects" : "one common effect"),
            .draw = draw_ranks,
            .what = &r};
        rc = page_draw(v->p, &drawing, err);
    }
    msp_ranks_free(&ranks);
    return rc;
}

msp_status view_ranks(evidence_view *v, msp_error *err)
{
    const msp_pooled *p = v->in->pooled;
    msp_status rc = MSP_OK;
    for (size_t c = 0; rc == MSP_OK && c < p->n_components; c++)
        if (p->networks[c].net.n_treat > 2 && p->networks[c].net.n_treat <= MSP_RANK_TREATMENTS_MAX)
            rc = add_ranks(v, c, err);
    return rc;
}

/* -- the forest alone -- */

msp_status msp_evidence_page_forest(const msp_evidence_page *in, const msp_figure_frame *frame,
                                    msp_text *out, msp_error *err)
{
    const msp_format format = msp_format_default();
    page p = {.format = &format};
    const evidence_view v = {.p = &p, .in = in};
    if (in->pooled->n_pairs == 0)
        return msp_fail(err, MSP_ENODATA, "nothing was pooled: there is no figure to draw");
    msp_status rc = draw_forest(&p, &v, frame, out, err);
    if (rc == MSP_OK && p.failed)
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
    msp_arena_free(&p.arena);
    return rc;
}
