/* evidence_page.c - the figure and the page that `evidence` writes beside its answer. */
#include <string.h>

#include "evidence.h"
#include "mspike/figure.h"

static const char *or_else(const char *text, const char *other)
{
    return text != NULL ? text : other;
}

/* "Refractory to lenalidomide, any prior line: progression-free survival" */
static const char *question(evidence_job *j)
{
    const msp_evidence_population *p = msp_evidence_find_population(&j->evidence, j->v->population);
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(&j->evidence, j->v->endpoint);
    if (p == NULL || e == NULL)
        return "";
    char *text = msp_arena_printf(&j->arena, "%s: %s", or_else(p->label.text, p->id),
                                  or_else(e->label.text, e->id));
    if (text != NULL && p->label.text != NULL && *text >= 'a' && *text <= 'z')
        *text = (char)(*text - 'a' + 'A'); /* a heading; a name stays as it is */
    return text;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

msp_evidence_page evidence_page_of(evidence_job *j)
{
    msp_evidence_page page = {.title = base_name(j->path),
                              .question = "",
                              .notice = EVIDENCE_NOTICE,
                              .pooled = &j->pooled,
                              .pooling = &j->pooling,
                              .measure = j->measure,
                              .seed = j->v->common.seed};
    if (j->answers) {
        page.title = or_else(j->evidence.title.text, page.title);
        page.question = or_else(question(j), "");
        page.evidence = &j->evidence;
        page.choice = &j->choice;
        page.answer = &j->answer;
        page.findings = &j->findings;
        page.changes = &j->changes;
    }
    return page;
}

static msp_status write_file(const char *path, const msp_text *text, msp_error *err)
{
    if (text->failed)
        return msp_fail(err, MSP_EMEM, "out of memory while drawing");
    return msp_file_write(path, msp_text_str(text), text->len, err);
}

msp_status evidence_draw(evidence_job *j, msp_error *err)
{
    static const msp_figure_frame frame = {
        .id = "evidence-forest",
        .title = "Treatments against the reference of their network",
        .description = "Estimates with their intervals, network by network, the one that ranks "
                       "first on top.",
        .width = MSP_FIGURE_WIDE,
        .standalone = true};
    if (j->from_file && !j->answers && (j->v->figure != NULL || j->v->report != NULL))
        return msp_fail(err, MSP_EUSAGE, "%s shows an answer: give --population",
                        j->v->figure != NULL ? "--figure" : "--report");
    const msp_evidence_page page = evidence_page_of(j);
    msp_text text = {0};
    msp_status rc = MSP_OK;
    if (j->v->figure != NULL) {
        rc = msp_evidence_page_forest(&page, &frame, &text, err);
        if (rc == MSP_OK)
            rc = write_file(j->v->figure, &text, err);
    }
    msp_text_free(&text);
    if (rc == MSP_OK && j->v->report != NULL) {
        rc = msp_evidence_page_html(&page, &text, err);
        if (rc == MSP_OK)
            rc = write_file(j->v->report, &text, err);
    }
    msp_text_free(&text);
    return rc;
}
