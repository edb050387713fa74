/* evidence_more_csv.c - what --show and --covariate ask for as CSV: one table, its numbers on the
 * analysis scale, as in JSON; an empty cell is a number that does not exist. */
#include <math.h>

#include "evidence_output.h"

static const char *name_of(const evidence_job *j, size_t c, size_t treat)
{
    return j->pooled.treatments[j->pooled.networks[c].treatment[treat]];
}

static void add_names(const char *first, const char *second, msp_text *out)
{
    msp_text_add_field(out, first);
    msp_text_add_char(out, ',');
    msp_text_add_field(out, second);
}

/* ",1,,2\n" */
static void end_row(const double *x, size_t n, msp_text *out)
{
    for (size_t i = 0; i < n; i++) {
        msp_text_add_char(out, ',');
        if (!isnan(x[i]))
            msp_text_add_double(out, x[i]);
    }
    msp_text_add_char(out, '\n');
}
#define END_ROW(out, ...) \
    end_row((const double[]){__VA_ARGS__}, MSP_COUNT(((const double[]){__VA_ARGS__})), (out))

static void ranks_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "network,treatment,rank,probability,std_error\n");
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_ranks *r = &j->more.ranks[c];
        for (size_t t = 0; t < r->n; t++)
            for (size_t k = 0; k < r->n; k++) {
                msp_text_printf(out, "%zu,", c + 1);
                msp_text_add_field(out, name_of(j, c, t));
                msp_text_printf(out, ",%zu", k + 1);
                END_ROW(out, r->probability[t * r->n + k], r->error[t * r->n + k]);
            }
    }
}

static void splits_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "treatment,comparator,studies,network,network_std_error,direct,"
                      "direct_std_error,indirect,indirect_std_error,proportion_direct,difference,"
                      "difference_std_error,z,p\n");
    for (size_t i = 0; i < j->more.n_splits; i++) {
        const evidence_split *s = &j->more.splits[i];
        const msp_network_split *x = &s->split;
        add_names(name_of(j, s->c, s->treat1), name_of(j, s->c, s->treat2), out);
        msp_text_printf(out, ",%zu", x->studies);
        END_ROW(out, x->network.te, x->network.se, x->direct.te, x->direct.se, x->indirect.te,
                x->indirect.se, x->proportion, x->difference, x->se, x->z, x->p);
    }
}

static void shares_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "treatment,comparator,from_treatment,from_comparator,share\n");
    for (size_t i = 0; i < j->more.n_shares; i++) {
        const evidence_share *s = &j->more.shares[i];
        const size_t n = j->pooled.networks[s->c].net.n_treat;
        for (size_t b = 0; b < n; b++)
            for (size_t a = b + 1; a < n; a++) {
                if (!(s->share[a * n + b] > 0))
                    continue;
                add_names(name_of(j, s->c, s->treat1), name_of(j, s->c, s->treat2), out);
                msp_text_add_char(out, ',');
                add_names(name_of(j, s->c, a), name_of(j, s->c, b), out);
                END_ROW(out, s->share[a * n + b]);
            }
    }
}

static void add_q(size_t network, const char *design, const char *part, msp_heterogeneity h,
                  msp_text *out)
{
    msp_text_printf(out, "%zu,", network);
    add_names(design, part, out);
    END_ROW(out, h.q, (double)h.df, h.p);
}

static void designs_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "network,design,part,Q,df,p\n");
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const msp_network_designs *d = &j->more.designs[c];
        add_q(c + 1, "", "total", d->total, out);
        add_q(c + 1, "", "within", d->within, out);
        add_q(c + 1, "", "between", d->between, out);
        add_q(c + 1, "", "between_random", d->between_random, out);
        for (size_t i = 0; i < j->pooled.networks[c].net.n_design; i++) {
            msp_text name = {0};
            evidence_add_design(j, c, i, &name);
            add_q(c + 1, msp_text_str(&name), "within", d->design[i], out);
            add_q(c + 1, msp_text_str(&name), "between_without", d->detached[i], out);
            msp_text_free(&name);
        }
    }
}

/* Where the gate is shut there are no estimates, and the last column says why. */
static void additive_as_csv(const evidence_job *j, msp_text *out)
{
    const msp_additive *a = &j->more.additive;
    msp_text_add(out, "part,note,estimate,std_error,Q,df,p\n");
    for (size_t k = 0; k < a->n_part; k++) {
        add_names(a->part[k], msp_gate_text(a->gate), out);
        END_ROW(out, a->effect[k].te, a->effect[k].se, a->difference.q, (double)a->difference.df,
                a->difference.p);
    }
}

static void slopes_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "treatment,comparator,network,slope,slope_std_error,at,log_estimate,"
                      "std_error\n");
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        const evidence_slope *s = &j->more.slopes[c];
        for (size_t t = 1; t < j->pooled.networks[c].net.n_treat; t++) {
            add_names(name_of(j, c, t), name_of(j, c, 0), out);
            msp_text_printf(out, ",%zu", c + 1);
            END_ROW(out, s->fit.slope.te, s->fit.slope.se, s->fit.at, s->effect[t].te,
                    s->effect[t].se);
        }
    }
}

bool evidence_more_as_csv(const evidence_job *j, msp_text *out)
{
    static void (*const add[])(const evidence_job *, msp_text *) = {
        ranks_as_csv, splits_as_csv, shares_as_csv, designs_as_csv, additive_as_csv};
    for (size_t k = 0; k < MSP_COUNT(add); k++)
        if (j->more.wanted & 1U << k) {
            add[k](j, out);
            return true;
        }
    if (j->more.slopes == NULL)
        return false;
    slopes_as_csv(j, out);
    return true;
}
