/* A formula: any text is parsed or refused; what is parsed holds together. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    msp_formula formula;
    msp_error err = {0};
    if (msp_formula_parse(text, &formula, &err) == MSP_OK) {
        for (size_t k = 0; k < formula.n_terms; k++)
            if (!msp_formula_has(&formula, formula.terms[k]) ||
                msp_formula_term_label(&formula, formula.terms[k], &formula.arena) == NULL)
                abort();
        if ((formula.response == NULL) == (formula.time == NULL))
            abort();
        msp_formula_free(&formula);
    } else if (err.text[0] == '\0') {
        abort();
    }
    free(text);
    return 0;
}
