/* The drug column of a table: any text is drugs, each once, and what is known names itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "patient/drug_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int good)
{
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    msp_arena arena = {0};
    named_drug drugs[NAMED_MAX], again[NAMED_MAX];
    bool transplant = false;
    const size_t n = name_drugs(text, NULL, &arena, drugs, &transplant);
    check(n <= NAMED_MAX);
    for (size_t i = 0; i < n; i++) {
        check(drugs[i].id[0] != '\0');
        for (size_t k = 0; k < i; k++)
            check(strcasecmp(drugs[i].id, drugs[k].id) != 0);
        if (!drugs[i].known)
            continue;
        check(name_drugs(drugs[i].id, NULL, &arena, again, NULL) == 1 && again[0].known &&
              again[0].id == drugs[i].id && again[0].drug_class == drugs[i].drug_class);
    }
    char hint[320];
    name_drugs_hint(text, hint, sizeof hint);
    check(hint[0] != '\0');
    msp_arena_free(&arena);
    free(text);
    return 0;
}
