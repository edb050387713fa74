/* evidence_file.c - from evidence files to an answer for a population. */
#include <math.h>
#include <string.h>

#include "evidence.h"

/* As asked for, else as the kind of the endpoint has it. */
static msp_measure measure_of(const evidence_job *j)
{
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(&j->evidence, j->v->endpoint);
    if (j->v->measure >= 0)
        return (msp_measure)j->v->measure;
    if (e != NULL && e->kind.value == MSP_EVIDENCE_RATE)
        return MSP_MEASURE_OR;
    return e != NULL && e->kind.value == MSP_EVIDENCE_MEAN ? MSP_MEASURE_MD : MSP_MEASURE_HR;
}

static msp_status join_file(evidence_job *j, const char *path, msp_error *err)
{
    msp_evidence more;
    msp_status rc = msp_evidence_read(path, &more, &j->findings, err);
    if (rc == MSP_OK)
        rc = msp_evidence_join(&j->evidence, &more, &j->findings, err);
    msp_evidence_free(&more);
    return rc;
}

static msp_status join_own(evidence_job *j, msp_error *err)
{
    msp_evidence own;
    msp_status rc = msp_evidence_parse(msp_text_str(j->own), j->own->len, "this trial", &own,
                                       &j->findings, err);
    if (rc == MSP_OK)
        rc = msp_evidence_join_own(&j->evidence, &own, &j->findings, err);
    msp_evidence_free(&own);
    return rc;
}

static msp_status read_files(evidence_job *j, msp_error *err)
{
    msp_status rc = msp_evidence_read(j->path, &j->evidence, &j->findings, err);
    for (size_t i = 1; rc == MSP_OK && i < j->n_paths; i++)
        rc = join_file(j, j->paths[i], err);
    if (rc == MSP_OK && j->own != NULL)
        rc = join_own(j, err);
    if (rc == MSP_OK && j->findings.n_errors == 0)
        msp_evidence_check(&j->evidence, &j->findings);
    msp_findings_sort(&j->findings);
    return rc;
}

/* Errors of the file are printed and end the command. */
static msp_status refuse_errors(evidence_job *j, msp_error *err)
{
    if (j->findings.n_errors == 0)
        return MSP_OK;
    msp_text text = {0};
    msp_findings_render(&j->findings, &text);
    fputs(msp_text_str(&text), stderr);
    msp_text_free(&text);
    return msp_fail(err, MSP_EINPUT, "%s: the evidence file has errors", j->path);
}

static msp_status take_contrasts(evidence_job *j, msp_error *err)
{
    j->n_contrasts = j->choice.n;
    j->contrasts = msp_arena_array(&j->arena, j->choice.n + 1, sizeof *j->contrasts);
    if (j->contrasts == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while pooling");
    for (size_t i = 0; i < j->choice.n; i++) {
        const msp_chosen *c = &j->choice.items[i];
        j->contrasts[i] = (msp_contrast_said){c->study,    c->first,     c->second,
                                              c->estimate, c->std_error, c->result->at.line};
    }
    return MSP_OK;
}

static void take_history(evidence_job *j)
{
    const evidence_values *v = j->v;
    j->history = (msp_history_said){
        .lines = v->lines > 0 ? (int64_t)v->lines : -1,
        .age = v->age,
        .exposed = v->exposed.word,
        .n_exposed = v->exposed.n,
        .refractory = v->refractory.word,
        .n_refractory = v->refractory.n,
        .refractory_to_last = v->refractory_to_last ? 1 : -1,
    };
    if (v->lines > 0 || v->exposed.n > 0 || v->refractory.n > 0 || !isnan(v->age))
        j->query.history = &j->history;
}

static msp_status check_drugs(const evidence_job *j, const msp_words *words, msp_error *err)
{
    const char *names[MSP_SCHEMA_ITEMS_MAX];
    for (size_t i = 0; i < j->evidence.drugs.n; i++)
        names[i] = j->evidence.drugs.items[i].id;
    for (size_t i = 0; i < words->n; i++) {
        if (msp_evidence_find_drug(&j->evidence, words->word[i]) != NULL)
            continue;
        msp_fail(err, MSP_EUSAGE, "%s has no drug \"%s\"", j->path, words->word[i]);
        return msp_evidence_hint_names(err, MSP_EUSAGE, words->word[i], names, j->evidence.drugs.n);
    }
    return MSP_OK;
}

static msp_status check_sources(const evidence_job *j, msp_error *err)
{
    const msp_words *words = &j->v->sources;
    const char *names[MSP_SCHEMA_ITEMS_MAX];
    for (size_t i = 0; i < j->evidence.sources.n && i < MSP_COUNT(names); i++)
        names[i] = j->evidence.sources.items[i].id;
    for (size_t i = 0; i < words->n; i++) {
        if (msp_evidence_find_source(&j->evidence, words->word[i]) != NULL)
            continue;
        msp_fail(err, MSP_EUSAGE, "%s has no source \"%s\"", j->path, words->word[i]);
        return msp_evidence_hint_names(err, MSP_EUSAGE, words->word[i], names,
                                       j->evidence.sources.n);
    }
    return MSP_OK;
}

static msp_status answer_file(evidence_job *j, msp_error *err)
{
    const evidence_values *v = j->v;
    j->measure = measure_of(j);
    j->query.choice = (msp_choice_query){v->population, v->endpoint,     j->measure,
                                         v->no_proxies, v->sources.word, v->sources.n};
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(&j->evidence, v->endpoint);
    j->query.baseline = v->baseline;
    j->query.level = j->pooling.level;
    j->query.higher_is_better = v->better == 2 || (v->better == 0 && j->measure != MSP_MEASURE_HR &&
                                                   e != NULL && e->better.value == 1);
    j->pooling.higher_is_better = j->query.higher_is_better;
    take_history(j);
    msp_status rc = check_drugs(j, &v->exposed, err);
    if (rc == MSP_OK)
        rc = check_drugs(j, &v->refractory, err);
    if (rc == MSP_OK)
        rc = check_sources(j, err);
    if (rc == MSP_OK)
        rc = msp_choice_make(&j->evidence, &j->query.choice, &j->choice, err);
    if (rc == MSP_OK)
        rc = take_contrasts(j, err);
    if (rc == MSP_OK)
        rc = msp_pooled_make(j->contrasts, j->n_contrasts, &j->pooling, &j->pooled, err);
    if (rc == MSP_OK)
        rc = evidence_check_scale(j, err);
    if (rc == MSP_OK && v->reference != NULL &&
        msp_pooled_index(&j->pooled, v->reference) == j->pooled.n)
        rc = evidence_no_treatment(j, "no comparison of this population and endpoint has", err);
    if (rc == MSP_OK)
        rc = msp_answer_make(&j->evidence, &j->choice, &j->pooled, &j->query, &j->answer, err);
    if (rc == MSP_OK && v->baseline != NULL && j->answer.n_absolutes == 0)
        rc = msp_fail(err, MSP_EUSAGE,
                      "%s prints no median or rate of %s for the reference of a network here",
                      v->baseline, v->endpoint);
    if (rc == MSP_OK && v->earlier != NULL)
        rc = msp_answer_compare(&j->evidence, &j->answer, &j->query, v->earlier, &j->changes, err);
    return rc;
}

msp_status evidence_answer_files(evidence_job *j, msp_error *err)
{
    msp_status rc = read_files(j, err);
    if (rc == MSP_OK && j->answers)
        rc = refuse_errors(j, err);
    return rc == MSP_OK && j->answers ? answer_file(j, err) : rc;
}
