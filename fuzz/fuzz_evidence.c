/* Bytes as an evidence file: read, checked, chosen from, pooled and answered from. */
#include <stdint.h>
#include <stdlib.h>

#include "mspike/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define POOLED_MAX 24

static void ask(const msp_evidence *e, const char *population, const char *endpoint)
{
    msp_contrast_said contrasts[POOLED_MAX];
    const msp_answer_query query = {.choice = {.population = population, .endpoint = endpoint}};
    msp_choice choice;
    msp_pooled pooled;
    msp_answer answer;
    if (msp_choice_make(e, &query.choice, &choice, NULL) != MSP_OK)
        return;
    for (size_t i = 0; i < choice.n && i < POOLED_MAX; i++) {
        const msp_chosen *c = &choice.items[i];
        contrasts[i] =
            (msp_contrast_said){c->study, c->first, c->second, c->estimate, c->std_error, 0};
    }
    const msp_pooling options = msp_pooling_default();
    if (choice.n <= POOLED_MAX &&
        msp_pooled_make(contrasts, choice.n, &options, &pooled, NULL) == MSP_OK) {
        if (msp_answer_make(e, &choice, &pooled, &query, &answer, NULL) == MSP_OK)
            msp_answer_free(&answer);
        msp_pooled_free(&pooled);
    }
    msp_choice_free(&choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msp_evidence e;
    msp_findings findings = {0};
    msp_text text = {0};
    if (msp_evidence_parse((const char *)data, size, "no-such-folder/fuzz.yaml", &e, &findings,
                           NULL) == MSP_OK) {
        msp_evidence_check(&e, &findings);
        if (findings.n_errors == 0 && e.populations.n > 0 && e.endpoints.n > 0)
            ask(&e, e.populations.items[0].id, e.endpoints.items[0].id);
        msp_evidence_free(&e);
    }
    msp_findings_sort(&findings);
    msp_findings_render(&findings, &text);
    msp_text_free(&text);
    msp_findings_free(&findings);
    return 0;
}
