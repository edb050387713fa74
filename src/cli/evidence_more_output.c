/* evidence_more_output.c - what --show and --covariate ask for, as JSON and as tables. JSON numbers
 * are on the analysis scale; tables show ratios as ratios. */
#include <math.h>
#include <string.h>

#include "evidence_output.h"
#include "grid.h"
#include "mspike/stats/dist.h"

static const char *name_of(const evidence_job *j, size_t c, size_t treat)
{
    return j->pooled.treatments[j->pooled.networks[c].treatment[treat]];
}

/* -- as JSON -- */

static void put_comparison(const evidence_job *j, size_t c, size_t a, size_t b, msp_json *json)
{
    msp_json_put_text(json, "treatment", name_of(j, c, a));
    msp_json_put_text(json, "comparator", name_of(j, c, b));
}

static void put_numbers(const char *key, const double *x, size_t n, msp_json *json)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        msp_json_double(json, x[i]);
    msp_json_end_array(json);
}

static void put_estimate(const char *key, msp_network_estimate e, msp_json *json)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "estimate", e.te);
    msp_json_put_double(json, "std_error", e.se);
    msp_json_end_object(json);
}

static void put_q(const char *key, msp_heterogeneity h, msp_json *json)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "Q", h.q);
    msp_json_put_int(json, "df", (int64_t)h.df);
    msp_json_put_double(json, "p", h.p);
    msp_json_end_object(json);
}

static void put_ranks(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "ranks");
    msp_json_begin_array(json);
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_ranks *r = &j->more.ranks[c];
        for (size_t t = 0; t < r->n; t++) {
            msp_json_begin_object(json);
            msp_json_put_text(json, "treatment", name_of(j, c, t));
            msp_json_put_int(json, "network", (int64_t)c + 1);
            msp_json_put_double(json, "mean_rank", r->mean_rank[t]);
            put_numbers("probability", r->probability + t * r->n, r->n, json);
            put_numbers("std_error", r->error + t * r->n, r->n, json);
            msp_json_end_object(json);
        }
    }
    msp_json_end_array(json);
}

static void put_splits(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "splits");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->more.n_splits; i++) {
        const evidence_split *s = &j->more.splits[i];
        msp_json_begin_object(json);
        put_comparison(j, s->c, s->treat1, s->treat2, json);
        msp_json_put_int(json, "studies", (int64_t)s->split.studies);
        put_estimate("network", s->split.network, json);
        put_estimate("direct", s->split.direct, json);
        put_estimate("indirect", s->split.indirect, json);
        msp_json_put_double(json, "proportion_direct", s->split.proportion);
        msp_json_put_double(json, "difference", s->split.difference);
        msp_json_put_double(json, "std_error", s->split.se);
        msp_json_put_double(json, "z", s->split.z);
        msp_json_put_double(json, "p", s->split.p);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_shares(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "contributions");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->more.n_shares; i++) {
        const evidence_share *s = &j->more.shares[i];
        const size_t n = j->pooled.networks[s->c].net.n_treat;
        msp_json_begin_object(json);
        put_comparison(j, s->c, s->treat1, s->treat2, json);
        msp_json_key(json, "from");
        msp_json_begin_array(json);
        for (size_t b = 0; b < n; b++)
            for (size_t a = b + 1; a < n; a++) {
                if (!(s->share[a * n + b] > 0))
                    continue;
                msp_json_begin_object(json);
                put_comparison(j, s->c, a, b, json);
                msp_json_put_double(json, "share", s->share[a * n + b]);
                msp_json_end_object(json);
            }
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void evidence_add_design(const evidence_job *j, size_t c, size_t design, msp_text *out)
{
    const msp_network *net = &j->pooled.networks[c].net;
    size_t study = 0;
    while (net->design[study] != design)
        study++;
    const char *between = "";
    for (size_t t = 0; t < net->n_treat; t++)
        if (net->arms[study * net->n_treat + t]) {
            msp_text_printf(out, "%s%s", between, name_of(j, c, t));
            between = ":";
        }
}

static void put_designs(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "designs");
    msp_json_begin_array(json);
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_network_designs *d = &j->more.designs[c];
        msp_json_begin_object(json);
        msp_json_put_int(json, "network", (int64_t)c + 1);
        put_q("total", d->total, json);
        put_q("within", d->within, json);
        put_q("between", d->between, json);
        put_q("between_random", d->between_random, json);
        msp_json_put_double(json, "tau2_within", d->tau2_within);
        msp_json_key(json, "design");
        msp_json_begin_array(json);
        for (size_t i = 0; i < j->pooled.networks[c].net.n_design; i++) {
            msp_text name = {0};
            evidence_add_design(j, c, i, &name);
            msp_json_begin_object(json);
            msp_json_put_text(json, "treatments", msp_text_str(&name));
            put_q("within", d->design[i], json);
            put_q("between_without", d->detached[i], json);
            msp_json_end_object(json);
            msp_text_free(&name);
        }
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_additive(const evidence_job *j, msp_json *json)
{
    const msp_additive *a = &j->more.additive;
    msp_json_key(json, "additive");
    msp_json_begin_object(json);
    put_q("Q", a->q, json);
    put_q("difference", a->difference, json);
    msp_json_put_double(json, "tau2", a->tau2);
    msp_json_put_int(json, "left_out", (int64_t)a->left_out);
    msp_json_put_bool(json, "open", a->gate == MSP_GATE_OPEN);
    msp_json_put_text(json, "note", msp_gate_text(a->gate));
    msp_json_key(json, "parts");
    msp_json_begin_array(json);
    for (size_t k = 0; k < a->n_part; k++) {
        msp_json_begin_object(json);
        msp_json_put_text(json, "part", a->part[k]);
        msp_json_put_double(json, "estimate", a->effect[k].te);
        msp_json_put_double(json, "std_error", a->effect[k].se);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_key(json, "league");
    msp_json_begin_array(json);
    for (size_t t = 0; t < j->pooled.n; t++)
        for (size_t u = 0; u < t; u++) {
            const msp_network_estimate e = msp_additive_compare(a, t, u);
            msp_json_begin_object(json);
            msp_json_put_text(json, "treatment", j->pooled.treatments[t]);
            msp_json_put_text(json, "comparator", j->pooled.treatments[u]);
            msp_json_put_bool(json, "bridged", j->pooled.component[t] != j->pooled.component[u]);
            msp_json_put_double(json, "log_estimate", e.te);
            msp_json_put_double(json, "std_error", e.se);
            msp_json_end_object(json);
        }
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void put_slopes(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "regression");
    msp_json_begin_array(json);
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const evidence_slope *s = &j->more.slopes[c];
        msp_json_begin_object(json);
        msp_json_put_int(json, "network", (int64_t)c + 1);
        msp_json_put_text(json, "covariate", j->v->covariate);
        put_estimate("slope", s->fit.slope, json);
        if (isnan(s->fit.slope.te))
            msp_json_put_text(json, "note", "no trials of one comparison differ in it");
        msp_json_put_double(json, "tau2", s->fit.tau2);
        put_q("left", s->fit.left, json);
        msp_json_put_double(json, "at", s->fit.at);
        msp_json_key(json, "effects");
        msp_json_begin_array(json);
        for (size_t t = 1; t < j->pooled.networks[c].net.n_treat; t++) {
            msp_json_begin_object(json);
            put_comparison(j, c, t, 0, json);
            msp_json_put_double(json, "log_estimate", s->effect[t].te);
            msp_json_put_double(json, "std_error", s->effect[t].se);
            msp_json_end_object(json);
        }
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void evidence_put_more(const evidence_job *j, msp_json *json)
{
    static void (*const put[])(const evidence_job *, msp_json *) = {
        put_ranks, put_splits, put_shares, put_designs, put_additive};
    for (size_t k = 0; k < MSP_COUNT(put); k++)
        if (j->more.wanted & 1U << k)
            put[k](j, json);
    if (j->more.slopes != NULL)
        put_slopes(j, json);
}

/* -- as text -- */

static void add_cell(const evidence_job *j, msp_network_estimate e, grid *g)
{
    const double z = msp_dist_normal_limit(j->pooling.level);
    const double low = evidence_scale(j, e.te - z * e.se),
                 high = evidence_scale(j, e.te + z * e.se);
    if (isnan(e.te))
        grid_cell(g, "-");
    else
        grid_cell(g, "%.3f (%.3f%s%.3f)", evidence_scale(j, e.te), low, grid_between(low, high),
                  high);
}

static void ranks_as_text(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "Chance of each rank\n");
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_ranks *r = &j->more.ranks[c];
        grid g = {0};
        grid_row(&g);
        grid_cell(&g, "rank");
        for (size_t k = 0; k < r->n; k++)
            grid_cell(&g, "%zu", k + 1);
        for (size_t t = 0; t < r->n; t++) {
            grid_row(&g);
            grid_cell(&g, "%s", name_of(j, c, t));
            for (size_t k = 0; k < r->n; k++)
                grid_cell(&g, "%.3f", r->probability[t * r->n + k]);
        }
        grid_print(&g, out);
        msp_text_add_char(out, '\n');
    }
}

static void splits_as_text(const evidence_job *j, msp_text *out)
{
    grid g = {0};
    msp_text_add(out, "Direct against indirect\n");
    grid_row(&g);
    static const char *const head[] = {"comparison", "trials",   "network",
                                       "direct",     "indirect", "p of the difference"};
    for (size_t k = 0; k < MSP_COUNT(head); k++)
        grid_cell(&g, "%s", head[k]);
    for (size_t i = 0; i < j->more.n_splits; i++) {
        const evidence_split *s = &j->more.splits[i];
        grid_row(&g);
        grid_cell(&g, "%s : %s", name_of(j, s->c, s->treat1), name_of(j, s->c, s->treat2));
        grid_cell(&g, "%zu", s->split.studies);
        add_cell(j, s->split.network, &g);
        add_cell(j, s->split.direct, &g);
        add_cell(j, s->split.indirect, &g);
        if (isnan(s->split.p))
            grid_cell(&g, "-");
        else
            grid_cell(&g, "%.3f", s->split.p);
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static void shares_as_text(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "What each comparison rests on\n");
    for (size_t i = 0; i < j->more.n_shares; i++) {
        const evidence_share *s = &j->more.shares[i];
        const size_t n = j->pooled.networks[s->c].net.n_treat;
        msp_text_printf(out, "  %s : %s", name_of(j, s->c, s->treat1), name_of(j, s->c, s->treat2));
        const char *between = " = ";
        for (size_t b = 0; b < n; b++)
            for (size_t a = b + 1; a < n; a++)
                if (s->share[a * n + b] > 0.0005) {
                    msp_text_printf(out, "%s%.1f %% %s : %s", between, 100 * s->share[a * n + b],
                                    name_of(j, s->c, a), name_of(j, s->c, b));
                    between = ", ";
                }
        msp_text_add_char(out, '\n');
    }
    msp_text_add_char(out, '\n');
}

static void add_q_row(const char *what, msp_heterogeneity h, grid *g)
{
    grid_row(g);
    grid_cell(g, "%s", what);
    grid_cell(g, "%.4g", h.q);
    grid_cell(g, "%zu", h.df);
    if (isnan(h.p))
        grid_cell(g, "-");
    else
        grid_cell(g, "%.3g", h.p);
}

static void designs_as_text(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "Q by design\n");
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_network_designs *d = &j->more.designs[c];
        grid g = {0};
        grid_row(&g);
        static const char *const head[] = {"", "Q", "df", "p"};
        for (size_t k = 0; k < MSP_COUNT(head); k++)
            grid_cell(&g, "%s", head[k]);
        add_q_row("all", d->total, &g);
        add_q_row("within designs", d->within, &g);
        add_q_row("between designs", d->between, &g);
        for (size_t i = 0; i < j->pooled.networks[c].net.n_design; i++) {
            msp_text name = {0};
            msp_text_add(&name, "within ");
            evidence_add_design(j, c, i, &name);
            if (d->design[i].df > 0)
                add_q_row(msp_text_str(&name), d->design[i], &g);
            msp_text_free(&name);
        }
        grid_print(&g, out);
        msp_text_add_char(out, '\n');
    }
}

static void additive_as_text(const evidence_job *j, msp_text *out)
{
    const msp_additive *a = &j->more.additive;
    grid g = {0};
    msp_text_printf(out,
                    "Additive parts\n  Q %.4g on %zu df; more than the networks' own by %.4g on "
                    "%zu df",
                    a->q.q, a->q.df, a->difference.q, a->difference.df);
    if (a->difference.df > 0)
        msp_text_printf(out, ", p %.3g", a->difference.p);
    if (a->left_out > 0)
        msp_text_printf(out, "\n  %zu trials of the same parts on both sides are left out",
                        a->left_out);
    msp_text_printf(out, "\n  %s%s.\n",
                    a->gate == MSP_GATE_OPEN ? "" : "No estimate: ", msp_gate_text(a->gate));
    for (size_t k = 0; a->gate == MSP_GATE_OPEN && k < a->n_part; k++) {
        grid_row(&g);
        grid_cell(&g, "%s", a->part[k]);
        add_cell(j, a->effect[k], &g);
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static void slopes_as_text(const evidence_job *j, msp_text *out)
{
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const evidence_slope *s = &j->more.slopes[c];
        grid g = {0};
        if (isnan(s->fit.slope.te))
            msp_text_printf(out, "%s: no slope, for no trials of one comparison differ in it\n",
                            j->v->covariate);
        else
            msp_text_printf(out,
                            "%s: the effects change by %.4g (standard error %.4g) with each "
                            "unit; Q left %.4g on %zu df\n",
                            j->v->covariate, s->fit.slope.te, s->fit.slope.se, s->fit.left.q,
                            s->fit.left.df);
        grid_row(&g);
        grid_cell(&g, "at %.4g, to %s", s->fit.at, name_of(j, c, 0));
        grid_cell(&g, "%s", evidence_measure(j));
        for (size_t t = 1; t < j->pooled.networks[c].net.n_treat; t++) {
            grid_row(&g);
            grid_cell(&g, "%s", name_of(j, c, t));
            add_cell(j, s->effect[t], &g);
        }
        grid_print(&g, out);
        msp_text_add_char(out, '\n');
    }
}

void evidence_more_as_text(const evidence_job *j, msp_text *out)
{
    static void (*const add[])(const evidence_job *, msp_text *) = {
        ranks_as_text, splits_as_text, shares_as_text, designs_as_text, additive_as_text};
    for (size_t k = 0; k < MSP_COUNT(add); k++)
        if (j->more.wanted & 1U << k)
            add[k](j, out);
    if (j->more.slopes != NULL)
        slopes_as_text(j, out);
}
