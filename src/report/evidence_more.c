/* evidence_more.c - of a page of published results: absolute curves, and whether a network holds
 * together. */
#include <math.h>
#include <string.h>

#include "evidence_page.h"
#include "mspike/figure/funnel.h"
#include "mspike/figure/heat.h"
#include "mspike/figure/survival.h"
#include "mspike/stats/dist.h"

/* -- absolute curves -- */

#define POINTS     192
#define HORIZON    24.0 /* months; twice as far where the baseline's median is beyond one year */
#define BAND_WIDTH 300.0

typedef struct band {
    double time[POINTS], value[POINTS], lower[POINTS], upper[POINTS];
} band;

static void fill_band(const evidence_view *v, const msp_absolute_line *line, double horizon,
                      band *out)
{
    const msp_baseline *b = &v->in->answer->baselines[line->component];
    for (size_t i = 0; i < POINTS; i++) {
        out->time[i] = horizon * (double)(i + 1) / POINTS;
        const msp_absolute x = msp_baseline_survival(b, line->ratio, line->std_error,
                                                     v->in->pooling->level, out->time[i]);
        out->value[i] = x.estimate;
        out->lower[i] = x.lower;
        out->upper[i] = x.upper;
    }
}

static msp_figure_curve curve_of(const char *label, const band *b)
{
    return (msp_figure_curve){.label = label,
                              .n = POINTS,
                              .time = b->time,
                              .value = b->value,
                              .lower = b->lower,
                              .upper = b->upper,
                              .median = (double)NAN};
}

/* The treatment beside the baseline. */
static msp_status draw_pair(evidence_view *v, const char *id, const msp_absolute_line *baseline,
                            const msp_absolute_line *line, msp_error *err)
{
    page *p = v->p;
    band *bands = msp_arena_array(&p->arena, 2, sizeof *bands);
    if (bands == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a figure");
    const double horizon = baseline->median.estimate > 12 ? 2 * HORIZON : HORIZON;
    fill_band(v, baseline, horizon, &bands[0]);
    fill_band(v, line, horizon, &bands[1]);
    const msp_figure_curve curves[] = {curve_of(baseline->treatment, &bands[0]),
                                       curve_of(line->treatment, &bands[1])};
    msp_survival_figure figure = {
        .frame = {id, page_printf(p, "%s beside %s", line->treatment, baseline->treatment),
                  page_printf(p,
                              "At 12 months %.0f of 100 without the event with %s (%.0f to %.0f), "
                              "%.0f with %s (%.0f to %.0f).",
                              100 * line->at_12.estimate, line->treatment, 100 * line->at_12.lower,
                              100 * line->at_12.upper, 100 * baseline->at_12.estimate,
                              baseline->treatment, 100 * baseline->at_12.lower,
                              100 * baseline->at_12.upper),
                  BAND_WIDTH, false},
        .x_label = "Months",
        .y_label = "Without the event (%)",
        .ticks = msp_ticks_time(horizon, "months", 6),
        .curves = curves,
        .n_curves = 2};
    msp_text svg = {0};
    page_raw(p, "<div>\n");
    msp_status rc = msp_figure_survival(&figure, &p->body, err);
    page_raw(p, "</div>\n");
    figure.frame.standalone = true;
    if (rc == MSP_OK)
        rc = msp_figure_survival(&figure, &svg, err);
    page_keep_figure(p, id, &svg);
    msp_text_free(&svg);
    return rc;
}

static msp_status add_bands(evidence_view *v, size_t first, size_t end, msp_error *err)
{
    page *p = v->p;
    const msp_absolute_line *lines = v->in->answer->absolutes;
    const msp_baseline *b = &v->in->answer->baselines[lines[first].component];
    const char *number = page_printf(p, "%s%zu", v->prefix, ++v->n_figures);
    const char *title =
        page_printf(p, "In absolute terms, beside %s in %s", b->regimen, b->trial->id);
    const char *anchor = page_add_item(p, "Figure", number, title);
    msp_text_printf(&p->body, "<figure id=\"%s\">\n<figcaption><b>Figure %s</b> ", anchor, number);
    page_html(p, title);
    page_raw(p, "</figcaption>\n<div class=\"pair\">\n");
    msp_status rc = MSP_OK;
    for (size_t i = first + 1; rc == MSP_OK && i < end; i++)
        rc = draw_pair(v, page_printf(p, "%s-%zu", anchor, i - first), &lines[first], &lines[i],
                       err);
    page_raw(p, "</div>\n");
    const char *foot = page_printf(
        p,
        "Bands: %s, of the baseline and of the %s together. Curves are as if exponential and "
        "hazards proportional; trials print other shapes, see the next table.%s",
        view_level(v), v->in->pooling->bayes ? "exact Bayesian ratio" : "ratio",
        b->no_interval ? " The baseline was printed without an interval: the bands are too narrow."
                       : "");
    page_paragraphs(p, "foot", &foot, 1);
    page_raw(p, "</figure>\n");
    return rc;
}

msp_status view_bands(evidence_view *v, msp_error *err)
{
    const msp_answer *a = v->in->answer;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < a->n_absolutes;) {
        size_t end = i;
        while (end < a->n_absolutes && a->absolutes[end].component == a->absolutes[i].component)
            end++;
        rc = add_bands(v, i, end, err);
        i = end;
    }
    return rc;
}

/* -- net heat -- */

typedef struct heat_view {
    const evidence_view *v;
    const msp_network_heat *heat;
    size_t component;
} heat_view;

static const char *row_label(const heat_view *h, size_t row)
{
    const msp_pooled_network *network = &h->v->in->pooled->networks[h->component];
    size_t contrasts = 0;
    for (size_t i = 0; i < h->heat->n; i++)
        contrasts += h->heat->design[i] == h->heat->design[row];
    return page_printf(
        h->v->p, "%s:%s%s", view_treatment(h->v, network->treatment[h->heat->treat1[row]]),
        view_treatment(h->v, network->treatment[h->heat->treat2[row]]), contrasts > 1 ? "_" : "");
}

static msp_status draw_heat(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                            msp_error *err)
{
    const heat_view *h = what;
    const size_t n = h->heat->n;
    const char **labels = msp_arena_array(&p->arena, n, sizeof *labels);
    if (labels == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a figure");
    for (size_t i = 0; i < n; i++)
        labels[i] = row_label(h, i);
    const msp_heat_figure figure = {.frame = *frame,
                                    .row_heading = "Design that contributes",
                                    .column_heading = "Design that is let go",
                                    .labels = labels,
                                    .n = n,
                                    .share = h->heat->share,
                                    .change = h->heat->change,
                                    .share_means =
                                        "area: share of the column in the row's estimate",
                                    .rise_means = "+: disagreement that goes with the column",
                                    .fall_means = "\xe2\x88\x92: the column stands by the row"};
    return msp_figure_heat(&figure, out, err);
}

static msp_status add_heat(evidence_view *v, size_t component, msp_error *err)
{
    page *p = v->p;
    const msp_pooled_network *network = &v->in->pooled->networks[component];
    const char *reference = view_treatment(v, network->treatment[0]);
    msp_network_heat heat;
    msp_status rc = msp_network_heat_make(&network->net, &heat, err);
    if (rc != MSP_OK)
        return rc;
    if (heat.n > 1 && heat.n <= MSP_HEAT_MAX) {
        const heat_view h = {v, &heat, component};
        const page_drawing drawing = {
            .number = page_printf(p, "%s%zu", v->prefix, ++v->n_figures),
            .title = page_printf(p, "Net heat: which designs disagree, network of %s", reference),
            .description = "For each design and each design let go, how much of the inconsistency "
                           "goes away; the numbers stand in the cells.",
            .footnote = "The diagonal is what each design contributes to Q between designs. _: one "
                        "of several contrasts of a study of several arms. Krahn, Binder and "
                        "K\xc3\xb6nig 2013.",
            .draw = draw_heat,
            .what = &h};
        rc = page_draw(p, &drawing, err);
    } else if (network->net.n_treat > 2) {
        const char *why = heat.note != NULL       ? heat.note
                          : heat.n > MSP_HEAT_MAX ? "there are too many designs to draw"
                                                  : "no design can be contradicted by the others";
        const char *text =
            page_printf(p, "Network of %s: no net heat plot, for %s.", reference, why);
        page_paragraphs(p, "text", &text, 1);
    }
    msp_network_heat_free(&heat);
    return rc;
}

msp_status view_heat(evidence_view *v, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t c = 0; rc == MSP_OK && c < v->in->pooled->n_components; c++)
        rc = add_heat(v, c, err);
    return rc;
}

/* -- comparison-adjusted funnel -- */

/* Comparisons of two trials and more, a group each. */
typedef struct funnel {
    const evidence_view *v;
    const char **groups;
    size_t *first, *second; /* treatments of each group */
    size_t n_groups, n_points;
    msp_funnel_point *points;
} funnel;

static size_t group_of(funnel *f, size_t first, size_t second)
{
    for (size_t i = 0; i < f->n_groups; i++)
        if (f->first[i] == first && f->second[i] == second)
            return i;
    f->first[f->n_groups] = first;
    f->second[f->n_groups] = second;
    f->groups[f->n_groups] =
        page_printf(f->v->p, "%s to %s", view_treatment(f->v, first), view_treatment(f->v, second));
    return f->n_groups++;
}

/* Each seen from the treatment that is further from the reference. */
static void gather(funnel *f, const msp_pooled_network *network)
{
    const msp_network *net = &network->net;
    msp_network_adjusted *adjusted =
        msp_arena_array(&f->v->p->arena, net->n_contrast + 1, sizeof *adjusted);
    f->v->p->failed |= adjusted == NULL;
    if (adjusted == NULL)
        return;
    msp_network_adjust(net, &network->fit, adjusted);
    for (size_t i = 0; i < net->n_contrast; i++) {
        const msp_network_contrast *x = &net->contrast[i];
        const bool turned = x->treat2 > x->treat1;
        if (adjusted[i].trials < 2)
            continue;
        const size_t group = group_of(f, network->treatment[turned ? x->treat2 : x->treat1],
                                      network->treatment[turned ? x->treat1 : x->treat2]);
        f->points[f->n_points++] =
            (msp_funnel_point){turned ? -adjusted[i].difference : adjusted[i].difference, x->se,
                               group, network->study[x->study]};
    }
}

static msp_status draw_funnel(page *p, const void *what, const msp_figure_frame *frame,
                              msp_text *out, msp_error *err)
{
    const funnel *f = what;
    const msp_funnel_figure figure = {
        .frame = *frame,
        .x_label = page_printf(p, "%s%s less that of its comparison",
                               msp_measure_is_ratio(f->v->in->measure) ? "Logarithm of the " : "",
                               view_measure(f->v)),
        .y_label = "Standard error",
        .z = msp_dist_normal_limit(f->v->in->pooling->level),
        .groups = f->groups,
        .n_groups = f->n_groups,
        .points = f->points,
        .n_points = f->n_points};
    return msp_figure_funnel(&figure, out, err);
}

msp_status view_funnel(evidence_view *v, msp_error *err)
{
    const msp_pooled *pooled = v->in->pooled;
    page *p = v->p;
    size_t n = 1;
    for (size_t c = 0; c < pooled->n_components; c++)
        n += pooled->networks[c].net.n_contrast;
    msp_arena *a = &p->arena;
    funnel f = {.v = v,
                .groups = msp_arena_array(a, n, sizeof *f.groups),
                .first = msp_arena_array(a, n, sizeof(size_t)),
                .second = msp_arena_array(a, n, sizeof(size_t)),
                .points = msp_arena_array(a, n, sizeof *f.points)};
    if (f.groups == NULL || f.first == NULL || f.second == NULL || f.points == NULL) {
        p->failed = true;
        return MSP_OK;
    }
    for (size_t c = 0; c < pooled->n_components; c++)
        gather(&f, &pooled->networks[c]);
    if (f.n_points == 0 || f.n_groups > MSP_FUNNEL_GROUPS_MAX) {
        static const char *const why[] = {
            "No funnel: no comparison has two trials, so small ones cannot be set against large "
            "ones.",
            "No funnel: there are too many comparisons to tell apart."};
        page_paragraphs(p, "text", &why[f.n_points == 0 ? 0 : 1], 1);
        return MSP_OK;
    }
    const page_drawing drawing = {
        .number = page_printf(p, "%s%zu", v->prefix, ++v->n_figures),
        .title = "Comparison-adjusted funnel",
        .description = "Each trial's estimate less that of its comparison, against its standard "
                       "error; where small trials lean to one side, they may be missing on the "
                       "other.",
        .footnote = page_printf(p,
                                "Comparisons of two trials and more, each about its own pooled "
                                "estimate, the treatment nearer to the reference second. Broken "
                                "lines: %s limits if trials did not differ.",
                                view_level(v)),
        .draw = draw_funnel,
        .what = &f};
    return page_draw(p, &drawing, err);
}
