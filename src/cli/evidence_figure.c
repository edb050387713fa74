/* evidence_figure.c - the forest of an answer: every treatment against the reference of its
 * network. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evidence.h"
#include "mspike/figure.h"

/* Rows with texts of their own, in the arena of the job. */
typedef struct forest {
    evidence_job *j;
    msp_forest_row *rows;
    size_t n;
    bool failed;
} forest;

static const char *keep(forest *f, const char *fmt, double a, double b, double c)
{
    char text[96];
    snprintf(text, sizeof text, fmt, a, b, c);
    const char *copy = msp_arena_text(&f->j->arena, text);
    f->failed |= copy == NULL;
    return copy != NULL ? copy : "";
}

static void add_heading(forest *f, const char *reference)
{
    char text[160];
    snprintf(text, sizeof text, "to %s", reference);
    const char *label = msp_arena_text(&f->j->arena, text);
    f->failed |= label == NULL;
    f->rows[f->n++] = (msp_forest_row){.kind = MSP_FOREST_HEADING, .label = label};
}

static void add_row(forest *f, const msp_pair *x)
{
    const evidence_job *j = f->j;
    const double e = evidence_scale(j, x->estimate), low = evidence_scale(j, x->lower),
                 high = evidence_scale(j, x->upper);
    f->rows[f->n++] = (msp_forest_row){
        .kind = MSP_FOREST_ROW,
        .label = j->pooled.treatments[x->treatment],
        .estimate = e,
        .lower = low,
        .upper = high,
        .weight = 1 / (x->std_error * x->std_error),
        .text = keep(f, "%.2f (%.2f, %.2f)", e, low, high),
        .extra = isnan(x->median)
                     ? ""
                     : keep(f, "%.2f (%.2f, %.2f)", evidence_scale(j, x->median),
                            evidence_scale(j, x->bayes_lower), evidence_scale(j, x->bayes_upper))};
}

/* The treatments of a network by rank. */
static void add_network(forest *f, size_t component)
{
    const msp_pooled *p = &f->j->pooled;
    const size_t reference = p->reference[component], from = f->n + 1;
    add_heading(f, p->treatments[reference]);
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *x = &p->pairs[i];
        if (x->comparator != reference)
            continue;
        add_row(f, x);
        for (size_t k = f->n - 1; k > from; k--) { /* into its place */
            const size_t a = msp_pooled_index(p, f->rows[k - 1].label);
            if (p->p_score[a] >= p->p_score[x->treatment])
                break;
            const msp_forest_row row = f->rows[k];
            f->rows[k] = f->rows[k - 1];
            f->rows[k - 1] = row;
        }
    }
}

msp_status evidence_forest(evidence_job *j, msp_text *out, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    const bool ratio = msp_measure_is_ratio(j->measure);
    if (p->n_pairs == 0)
        return msp_fail(err, MSP_ENODATA, "nothing was pooled: there is no figure to draw");
    forest f = {.j = j,
                .rows = msp_arena_array(&j->arena, p->n + p->n_components + 1, sizeof *f.rows)};
    if (f.rows == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while drawing");
    for (size_t c = 0; c < p->n_components; c++)
        add_network(&f, c);
    if (f.failed)
        return msp_fail(err, MSP_EMEM, "out of memory while drawing");
    const msp_forest_figure figure = {
        .frame = {.id = "evidence-forest",
                  .title = "Treatments against the reference of their network",
                  .description = "Estimates with their intervals, network by network, the one that "
                                 "ranks first on top.",
                  .width = MSP_FIGURE_WIDE,
                  .standalone = true},
        .label_heading = "Treatment",
        .text_heading = j->pooling.random ? "Random effects" : "Common effect",
        .extra_heading = j->pooling.bayes ? "Exact Bayesian" : "",
        .x_label = evidence_measure(j),
        .favours_left = j->pooling.higher_is_better ? "reference better" : "treatment better",
        .favours_right = j->pooling.higher_is_better ? "treatment better" : "reference better",
        .log_axis = ratio,
        .overall = (double)NAN,
        .rows = f.rows,
        .n_rows = f.n,
    };
    return msp_figure_forest(&figure, out, err);
}
