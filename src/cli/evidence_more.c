/* evidence_more.c - what --show and --covariate ask for: ranks, splits, contributions, Q by design,
 * additive parts, a covariate. */
#include <math.h>
#include <string.h>

#include "evidence.h"

#define RANK_DRAWS 20000
#define GATE_LEVEL 0.05

static const char *const shown[] = {"ranks", "splits", "contributions", "designs", "additive"};

static msp_status read_wanted(evidence_job *j, msp_error *err)
{
    const msp_words *words = &j->v->show;
    for (size_t i = 0; i < words->n; i++) {
        size_t k = 0;
        while (k < MSP_COUNT(shown) && strcmp(words->word[i], shown[k]) != 0)
            k++;
        if (k == MSP_COUNT(shown))
            return msp_fail(err, MSP_EUSAGE,
                            "--show has \"%s\"; expected ranks, splits, contributions, designs or "
                            "additive",
                            words->word[i]);
        j->more.wanted |= 1U << k;
    }
    return MSP_OK;
}

static msp_status no_room(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "out of memory while pooling");
}

static msp_status find_ranks(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    msp_status status = MSP_OK;
    j->more.ranks = msp_arena_array(&j->arena, p->n_components, sizeof *j->more.ranks);
    if (j->more.ranks == NULL)
        return no_room(err);
    for (size_t c = 0; status == MSP_OK && c < p->n_components; c++) {
        const msp_pooled_network *net = &p->networks[c];
        status = msp_ranks_make(net->fit.beta, net->fit.cov, net->net.n_treat,
                                !j->pooling.higher_is_better, j->v->common.seed, RANK_DRAWS,
                                &j->more.ranks[c], err);
    }
    return status;
}

static msp_status find_designs(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    msp_status status = MSP_OK;
    j->more.designs = msp_arena_array(&j->arena, p->n_components, sizeof *j->more.designs);
    if (j->more.designs == NULL)
        return no_room(err);
    for (size_t c = 0; status == MSP_OK && c < p->n_components; c++)
        status = msp_network_decompose(&p->networks[c].net, &j->more.designs[c], err);
    return status;
}

/* Pairs of all networks, each once. */
static size_t count_pairs(const msp_pooled *p)
{
    return p->n_pairs / 2;
}

static msp_status find_splits(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    j->more.splits = msp_arena_array(&j->arena, count_pairs(p) + 1, sizeof *j->more.splits);
    if (j->more.splits == NULL)
        return no_room(err);
    for (size_t c = 0; c < p->n_components; c++) {
        const msp_pooled_network *net = &p->networks[c];
        for (size_t b = 0; b < net->net.n_treat; b++)
            for (size_t a = b + 1; a < net->net.n_treat; a++) {
                evidence_split *s = &j->more.splits[j->more.n_splits];
                *s = (evidence_split){.c = c, .treat1 = a, .treat2 = b};
                const msp_status status =
                    msp_network_node_split(&net->net, &net->fit, net->method, a, b, &s->split, err);
                if (status != MSP_OK)
                    return status;
                j->more.n_splits += s->split.studies > 0;
            }
    }
    return MSP_OK;
}

static msp_status find_shares(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    j->more.shares = msp_arena_array(&j->arena, count_pairs(p) + 1, sizeof *j->more.shares);
    if (j->more.shares == NULL)
        return no_room(err);
    for (size_t c = 0; c < p->n_components; c++) {
        const msp_pooled_network *net = &p->networks[c];
        const size_t n = net->net.n_treat;
        for (size_t b = 0; b < n; b++)
            for (size_t a = b + 1; a < n; a++) {
                evidence_share *s = &j->more.shares[j->more.n_shares++];
                *s = (evidence_share){c, a, b, msp_arena_array(&j->arena, n * n, sizeof(double))};
                if (s->share == NULL)
                    return no_room(err);
                const msp_status status =
                    msp_network_contributions(&net->net, &net->fit, a, b, s->share, err);
                if (status != MSP_OK)
                    return status;
            }
    }
    return MSP_OK;
}

/* -- additive parts -- */

static bool is_inactive(const evidence_job *j, const char *name)
{
    for (size_t i = 0; i < j->v->inactive.n; i++)
        if (strcmp(j->v->inactive.word[i], name) == 0)
            return true;
    return false;
}

/* "K+R" of a table is K and R. */
static msp_status parts_of_name(evidence_job *j, const char *name, msp_parts *out, msp_error *err)
{
    size_t most = 1;
    for (const char *c = name; *c != '\0'; c++)
        most += *c == '+';
    const char **part = msp_arena_array(&j->arena, most, sizeof *part);
    if (part == NULL)
        return no_room(err);
    out->part = part;
    for (const char *from = name; *from != '\0';) {
        const size_t len = strcspn(from, "+");
        const char *word = msp_arena_text_n(&j->arena, from, len);
        if (word == NULL)
            return no_room(err);
        if (len > 0 && !is_inactive(j, word))
            part[out->n++] = word;
        from += len + (from[len] == '+');
    }
    return MSP_OK;
}

/* A regimen of an evidence file is its drugs; without any, as the mixed ones, a part of its own. */
static msp_status parts_of_regimen(evidence_job *j, const char *name, msp_parts *out,
                                   msp_error *err)
{
    const msp_evidence_regimen *regimen = msp_evidence_find_regimen(&j->evidence, name);
    const size_t n = regimen != NULL ? regimen->drugs.n : 0;
    const char **part = msp_arena_array(&j->arena, n + 1, sizeof *part);
    if (part == NULL)
        return no_room(err);
    if (n == 0)
        part[out->n++] = name;
    out->part = part;
    for (size_t i = 0; i < n; i++)
        if (!is_inactive(j, regimen->drugs.items[i].text))
            part[out->n++] = regimen->drugs.items[i].text;
    return MSP_OK;
}

static msp_tau_method method_of(const evidence_job *j)
{
    return j->pooled.n_components > 0 ? j->pooled.networks[0].method : MSP_TAU_COMMON;
}

static msp_status find_additive(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    msp_parts *parts = msp_arena_array(&j->arena, p->n + 1, sizeof *parts);
    if (parts == NULL)
        return no_room(err);
    msp_status status = MSP_OK;
    for (size_t t = 0; status == MSP_OK && t < p->n; t++)
        status = j->from_file ? parts_of_regimen(j, p->treatments[t], &parts[t], err)
                              : parts_of_name(j, p->treatments[t], &parts[t], err);
    if (status != MSP_OK)
        return status;
    return msp_additive_make(j->contrasts, j->n_contrasts, p, parts, method_of(j), GATE_LEVEL,
                             &j->more.additive, err);
}

/* -- a covariate -- */

/* Of each study of a network: all rows of a study have to agree. */
static msp_status covariate_of_studies(const evidence_job *j, const msp_pooled_network *net,
                                       double *value, msp_error *err)
{
    for (size_t s = 0; s < net->net.n_study; s++)
        value[s] = (double)NAN;
    for (size_t i = 0; i < j->n_contrasts; i++)
        for (size_t s = 0; s < net->net.n_study; s++) {
            if (strcmp(net->study[s], j->contrasts[i].study) != 0)
                continue;
            if (!isnan(value[s]) && value[s] != j->covariate[i])
                return msp_fail(err, MSP_EINPUT, "study %s has two values of %s", net->study[s],
                                j->v->covariate);
            value[s] = j->covariate[i];
        }
    return MSP_OK;
}

/* As asked for, else the mean of the studies. */
static double covariate_at(const evidence_job *j, const double *value, size_t n)
{
    double sum = 0;
    for (size_t s = 0; s < n; s++)
        sum += value[s] / (double)n;
    return isnan(j->v->at) ? sum : j->v->at;
}

/* Far from the studies' values an effect may be none that can be printed; without a slope it is
 * NaN, which is said elsewhere. */
static msp_status check_effects(const evidence_job *j, const msp_network_estimate *effect, size_t n,
                                double at, msp_error *err)
{
    for (size_t t = 0; t < n; t++) {
        const double reach = fabs(effect[t].te) + 10 * effect[t].se;
        if (!isnan(reach) && !isfinite(evidence_scale(j, reach)))
            return msp_fail(err, MSP_ENUMERIC,
                            "at %s %g an effect is %g with standard error %g, which cannot be "
                            "printed; give --at a value near those of the studies",
                            j->v->covariate, at, effect[t].te, effect[t].se);
    }
    return MSP_OK;
}

static msp_status find_slopes(evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    msp_status status = MSP_OK;
    j->more.slopes = msp_arena_array(&j->arena, p->n_components, sizeof *j->more.slopes);
    if (j->more.slopes == NULL)
        return no_room(err);
    for (size_t c = 0; status == MSP_OK && c < p->n_components; c++) {
        const msp_pooled_network *net = &p->networks[c];
        double *value = msp_arena_array(&j->arena, net->net.n_study, sizeof *value);
        evidence_slope *out = &j->more.slopes[c];
        out->effect = msp_arena_array(&j->arena, net->net.n_treat, sizeof *out->effect);
        if (value == NULL || out->effect == NULL)
            return no_room(err);
        status = covariate_of_studies(j, net, value, err);
        const double at = covariate_at(j, value, net->net.n_study);
        if (status == MSP_OK)
            status = msp_regression_fit(&net->net, value, 0, at, net->method, &out->fit,
                                        out->effect, err);
        if (status == MSP_OK)
            status = check_effects(j, out->effect, net->net.n_treat, at, err);
    }
    return status;
}

/* -- all of it -- */

/* Of --show and --covariate. */
static int n_tables(const evidence_job *j)
{
    int n = j->covariate != NULL;
    for (size_t k = 0; k < MSP_COUNT(shown); k++)
        n += (j->more.wanted >> k & 1U) != 0;
    return n;
}

msp_status evidence_find_more(evidence_job *j, msp_error *err)
{
    static msp_status (*const find[])(evidence_job *, msp_error *) = {
        find_ranks, find_splits, find_shares, find_designs, find_additive};
    msp_status status = read_wanted(j, err);
    if (status == MSP_OK && j->v->common.format == CLI_CSV && n_tables(j) > 1)
        status = msp_fail(err, MSP_EUSAGE,
                          "a CSV is one table, and %d are asked for: give --show "
                          "one of them",
                          n_tables(j));
    if (status == MSP_OK && (j->more.wanted != 0 || j->covariate != NULL) && j->pooled.n == 0)
        status = msp_fail(err, MSP_ENODATA, "nothing was pooled");
    for (size_t k = 0; status == MSP_OK && k < MSP_COUNT(find); k++)
        if (j->more.wanted & 1U << k)
            status = find[k](j, err);
    if (status == MSP_OK && j->covariate != NULL)
        status = find_slopes(j, err);
    return status;
}

void evidence_more_free(evidence_job *j)
{
    evidence_more *m = &j->more;
    for (size_t c = 0; c < j->pooled.n_components; c++) {
        if (m->ranks != NULL)
            msp_ranks_free(&m->ranks[c]);
        if (m->designs != NULL)
            msp_network_designs_free(&m->designs[c]);
    }
    msp_additive_free(&m->additive);
}
