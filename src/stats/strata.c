#include "strata.h"

#include <stdlib.h>
#include <string.h>

#include "large.h"

static uint32_t code_of(const uint32_t *code, uint32_t row)
{
    return code != NULL ? code[row] : 0;
}

/* Counts the rows of each code into start[code + 1]. */
static msp_status count_codes(msp_layout *out, const msp_order *order, const uint32_t *code,
                              const char *what, msp_error *err)
{
    for (size_t i = 0; i < order->n; i++) {
        uint32_t c = code_of(code, order->row[i]);
        if (c >= out->n_codes)
            return msp_fail_row(err, MSP_ERANGE, order->row[i], "%s code is %u; expected 0 to %zu",
                                what, c, out->n_codes - 1);
        out->start[c + 1]++;
    }
    return MSP_OK;
}

/* Puts item i, with code c, at next[c]++. `next` begins as a copy of start. */
static size_t *copy_starts(const msp_layout *layout)
{
    size_t *next = malloc(layout->n_codes * sizeof *next);
    if (next != NULL)
        memcpy(next, layout->start, layout->n_codes * sizeof *next);
    return next;
}

msp_status msp__layout_init(msp_layout *out, const msp_order *order, const uint32_t *code,
                            size_t n_codes, const char *what, msp_error *err)
{
    *out = (msp_layout){.n_codes = n_codes};
    if (n_codes == 0)
        return msp_fail(err, MSP_ERANGE, "no %s codes are allowed; expected at least one", what);
    out->start = n_codes < SIZE_MAX ? calloc(n_codes + 1, sizeof *out->start) : NULL;
    out->at = msp__large(order->n, sizeof *out->at);
    if (out->start == NULL || out->at == NULL) {
        msp__layout_free(out);
        return msp_fail(err, MSP_EMEM, "no memory to lay out %zu rows", order->n);
    }
    msp_status status = count_codes(out, order, code, what, err);
    for (size_t c = 0; c < n_codes; c++)
        out->start[c + 1] += out->start[c];
    size_t *next = status == MSP_OK ? copy_starts(out) : NULL;
    if (status == MSP_OK && next == NULL)
        status = msp_fail(err, MSP_EMEM, "no memory to lay out %zu rows", order->n);
    for (size_t i = 0; status == MSP_OK && i < order->n; i++)
        out->at[next[code_of(code, order->row[i])]++] = (uint32_t)i;
    free(next);
    if (status != MSP_OK)
        msp__layout_free(out);
    return status;
}

msp_status msp__layout_entries(uint32_t **out, const msp_order *order, const uint32_t *code,
                               const msp_layout *layout, msp_error *err)
{
    size_t *next = copy_starts(layout);
    *out = msp__large(order->n, sizeof **out);
    if (next == NULL || *out == NULL) {
        free(next);
        free(*out);
        *out = NULL;
        return msp_fail(err, MSP_EMEM, "no memory to lay out %zu entry times", order->n);
    }
    for (size_t i = 0; i < order->n; i++)
        (*out)[next[code_of(code, order->row[order->entry_at[i]])]++] = (uint32_t)i;
    free(next);
    return MSP_OK;
}

void msp__layout_free(msp_layout *layout)
{
    free(layout->start);
    free(layout->at);
    *layout = (msp_layout){0};
}
