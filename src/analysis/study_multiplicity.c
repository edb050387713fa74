/* study_multiplicity.c - the tests that share one alpha: their adjusted p, from their records. */
#include <math.h>
#include <string.h>

#include "mspike/stats/multiplicity.h"
#include "study_internal.h"

static const msp_record *find_test(const struct study *study, const char *analysis)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = analysis;
    query.subgroup = "";
    query.statistic = MSP_STATISTIC_TEST;
    return msp_results_find(study->results, &query, NULL);
}

static size_t index_of(const msp_multiplicity *m, const char *analysis)
{
    size_t i = 0;
    while (i < m->analyses.n && strcmp(m->analyses.items[i].text, analysis) != 0)
        i++;
    return i;
}

static msp_status adjust_by_graph(struct study *study, const msp_multiplicity *m, const double *p,
                                  double *adjusted, msp_error *err)
{
    const size_t n = m->analyses.n;
    double *weights = msp_arena_array(&study->arena, n, sizeof *weights);
    double *transitions = msp_arena_array(&study->arena, n * n, sizeof *transitions);
    if (weights == NULL || transitions == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu hypotheses", n);
    for (size_t i = 0; i < n; i++)
        weights[i] = m->weights.items[i].value;
    for (size_t i = 0; i < m->transfers.n; i++) {
        const msp_weight_transfer *t = &m->transfers.items[i];
        transitions[index_of(m, t->from.text) * n + index_of(m, t->to.text)] += t->part.value;
    }
    return msp_adjust_p_graph(p, weights, transitions, n, adjusted, err);
}

msp_status study_multiplicity(struct study *study, msp_error *err)
{
    static const msp_adjustment how[] = {
        [MSP_MULTIPLICITY_BONFERRONI] = MSP_ADJUST_BONFERRONI,
        [MSP_MULTIPLICITY_HOLM] = MSP_ADJUST_HOLM,
        [MSP_MULTIPLICITY_HOCHBERG] = MSP_ADJUST_HOCHBERG,
        [MSP_MULTIPLICITY_FIXED_SEQUENCE] = MSP_ADJUST_FIXED_SEQUENCE,
    };
    static const char *const names[] = {"Bonferroni", "Holm", "Hochberg", "fixed sequence",
                                        "graphical procedure"};
    const msp_multiplicity *m = &study->protocol->multiplicity;
    const size_t n = m->analyses.n;
    double *p = msp_arena_array(&study->arena, n + 1, sizeof *p);
    double *adjusted = msp_arena_array(&study->arena, n + 1, sizeof *adjusted);
    if (p == NULL || adjusted == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu hypotheses", n);
    for (size_t i = 0; i < n; i++) {
        const msp_record *test = find_test(study, m->analyses.items[i].text);
        p[i] = test != NULL ? test->p : (double)NAN;
    }
    msp_status rc = m->kind.value == MSP_MULTIPLICITY_GRAPHICAL
                        ? adjust_by_graph(study, m, p, adjusted, err)
                        : msp_adjust_p(p, n, how[m->kind.value], adjusted, err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        const msp_record *test = find_test(study, m->analyses.items[i].text);
        msp_record r = msp_record_empty();
        r.analysis = "multiplicity";
        r.category = m->analyses.items[i].text;
        r.statistic = MSP_STATISTIC_ADJUSTED_P;
        r.estimate = r.p = adjusted[i];
        r.level = m->alpha.value;
        r.method = names[m->kind.value];
        r.sided = test != NULL ? test->sided : "";
        r.arm = test != NULL ? test->arm : "";
        r.endpoint = test != NULL ? test->endpoint : "";
        r.note = isnan(adjusted[i]) ? "not tested, or behind a test that was not done" : "";
        rc = study_add(study, &r, err);
    }
    return rc;
}
