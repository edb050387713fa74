/* evidence_job.c - from what the command line says to what is printed and drawn. */
#include <math.h>
#include <string.h>

#include "evidence.h"

/* As msp_prior. */
static const char *const priors[] = {"half-normal", "uniform"};
evidence_values evidence_values_default(void)
{
    return (evidence_values){.common = CLI_COMMON_DEFAULT,
                             .endpoint = "PFS",
                             .measure = -1,
                             .likelihood = -1,
                             .age = (double)NAN,
                             .at = (double)NAN,
                             .level = 0.95};
}

const char *evidence_tau(const evidence_job *j)
{
    static const char *const words[] = {
        "DerSimonian-Laird",
        "REML, the comparisons of a study of several arms taken as apart, as netmeta",
        "ML, the comparisons of a study of several arms taken as apart, as netmeta",
        "Paule-Mandel",
        "REML",
        "ML",
    };
    return words[j->pooling.tau];
}

double evidence_scale(const evidence_job *j, double x)
{
    return msp_measure_is_ratio(j->measure) ? exp(x) : x;
}

msp_status evidence_no_treatment(const evidence_job *j, const char *what, msp_error *err)
{
    msp_fail(err, MSP_EUSAGE, "%s \"%s\"", what, j->v->reference);
    return msp_evidence_hint_names(err, MSP_EUSAGE, j->v->reference, j->pooled.treatments,
                                   j->pooled.n);
}

msp_status evidence_check_scale(const evidence_job *j, msp_error *err)
{
    const msp_pooled *p = &j->pooled;
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *x = &p->pairs[i];
        if (isfinite(evidence_scale(j, x->upper)) && isfinite(evidence_scale(j, x->lower)))
            continue;
        msp_fail(err, MSP_ENUMERIC,
                 "%s to %s: the effect %g (%g to %g) on the scale of the analysis has no %s that "
                 "can be printed",
                 p->treatments[x->treatment], p->treatments[x->comparator], x->estimate, x->lower,
                 x->upper, evidence_measure(j));
        return msp_hint(err, MSP_ENUMERIC, "TE and seTE are natural logarithms for a ratio");
    }
    return MSP_OK;
}

static bool is_table(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL &&
           (msp_text_equal_nocase(dot, ".csv") || msp_text_equal_nocase(dot, ".tsv"));
}

/* "half-normal:0.2" */
static msp_status read_prior(evidence_job *j, msp_error *err)
{
    const char *prior = j->v->prior;
    for (size_t k = 0; prior != NULL && k < MSP_COUNT(priors); k++) {
        const size_t length = strlen(priors[k]);
        double scale;
        if (strncmp(prior, priors[k], length) == 0 && prior[length] == ':' &&
            msp_double_parse(prior + length + 1, strlen(prior + length + 1), &scale) && scale > 0) {
            j->pooling.prior = (msp_prior)k;
            j->pooling.prior_scale = scale;
            return MSP_OK;
        }
    }
    return prior == NULL ? MSP_OK
                         : msp_fail(err, MSP_EUSAGE,
                                    "--prior is \"%s\"; expected half-normal:SCALE or "
                                    "uniform:GREATEST",
                                    prior);
}

const char *evidence_prior(const evidence_job *j)
{
    return priors[j->pooling.prior];
}

msp_status evidence_work(evidence_job *j, msp_error *err)
{
    const evidence_values *v = j->v;
    j->from_file = !is_table(j->path);
    j->answers = v->population != NULL;
    j->pooling = msp_pooling_default();
    j->pooling.random = v->model == 1;
    j->pooling.tau = v->tau;
    j->pooling.level = v->level;
    j->pooling.reference = v->reference;
    j->pooling.seed = v->common.seed;
    j->pooling.bayes = v->bayes || (j->from_file && j->answers);
    msp_status rc = read_prior(j, err);
    if (rc == MSP_OK && !j->from_file && j->answers)
        return msp_fail(err, MSP_EUSAGE, "--population asks an evidence file; %s is a table",
                        j->path);
    if (rc == MSP_OK && j->n_paths > 1 && (!j->from_file || v->import))
        return msp_fail(err, MSP_EUSAGE, "only evidence files are read together");
    if (rc == MSP_OK && j->from_file && v->covariate != NULL)
        return msp_fail(err, MSP_EUSAGE, "--covariate asks a table of contrasts");
    if (rc == MSP_OK && j->from_file && !j->answers && v->show.n > 0)
        return msp_fail(err, MSP_EUSAGE, "--show asks what was pooled: give --population");
    if (rc == MSP_OK && v->earlier != NULL && !j->answers)
        return msp_fail(err, MSP_EUSAGE, "--earlier compares answers: give --population");
    if (rc == MSP_OK)
        rc = j->from_file ? evidence_answer_files(j, err) : evidence_pool_table(j, err);
    return rc == MSP_OK && (j->answers || !j->from_file) ? evidence_find_more(j, err) : rc;
}

void evidence_free(evidence_job *j)
{
    evidence_more_free(j);
    msp_answer_changes_free(&j->changes);
    msp_answer_free(&j->answer);
    msp_pooled_free(&j->pooled);
    msp_choice_free(&j->choice);
    msp_evidence_free(&j->evidence);
    msp_findings_free(&j->findings);
    msp_table_free(&j->table);
    msp_arena_free(&j->arena);
}
