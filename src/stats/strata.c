#include "strata.h"

#include <stdlib.h>
#include <string.h>

#include "large.h"

/* Rows lie anywhere in memory; asked for so many rows before their turn, they are there in time. */
enum { AHEAD = 32 };

/* Reading code[row] jumps about in memory, so it is done once: the codes in the order's own order.
 * NULL where there is one code only. */
static msp_status read_codes(uint32_t **out, const msp_order *order, const uint32_t *code,
                             size_t n_codes, const char *what, msp_error *err)
{
    *out = NULL;
    if (code == NULL)
        return MSP_OK;
    *out = msp__large(order->n, sizeof **out);
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to lay out %zu rows", order->n);
    uint32_t largest = 0;
    for (size_t i = 0; i < order->n; i++) {
        __builtin_prefetch(&code[order->row[i + AHEAD < order->n ? i + AHEAD : i]]);
        (*out)[i] = code[order->row[i]];
        largest = (*out)[i] > largest ? (*out)[i] : largest;
    }
    if (largest < n_codes)
        return MSP_OK;
    size_t i = 0;
    while ((*out)[i] < n_codes)
        i++;
    return msp_fail_row(err, MSP_ERANGE, order->row[i], "%s code is %u; expected 0 to %zu", what,
                        (*out)[i], n_codes - 1);
}

/* Where the next item of each code goes: begins as a copy of start. */
static size_t *copy_starts(const msp_layout *layout)
{
    size_t *next = malloc(layout->n_codes * sizeof *next);
    if (next != NULL)
        memcpy(next, layout->start, layout->n_codes * sizeof *next);
    return next;
}

/* Up to so many codes, reading the codes once for each is quicker: counts in memory, which every
 * row waits for, are not. */
enum { FEW_CODES = 4 };

static void place_few(msp_layout *out, size_t n, const uint32_t *codes)
{
    size_t next = 0;
    for (uint32_t c = 0; c < out->n_codes; c++) {
        for (size_t i = 0; i < n; i++) {
            out->at[next] = (uint32_t)i; /* kept if the next one does not overwrite it */
            next += codes[i] == c;
        }
        out->start[c + 1] = next;
    }
}

static msp_status place(msp_layout *out, size_t n, const uint32_t *codes, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        out->start[codes[i] + 1]++;
    for (size_t c = 0; c < out->n_codes; c++)
        out->start[c + 1] += out->start[c];
    size_t *next = copy_starts(out);
    if (next == NULL)
        return msp_fail(err, MSP_EMEM, "no memory to lay out %zu rows", n);
    for (size_t i = 0; i < n; i++)
        out->at[next[codes[i]]++] = (uint32_t)i;
    free(next);
    return MSP_OK;
}

static msp_status place_all(msp_layout *out, size_t n, const uint32_t *codes, msp_error *err)
{
    if (codes != NULL && out->n_codes > FEW_CODES)
        return place(out, n, codes, err);
    if (codes != NULL) {
        place_few(out, n, codes);
        return MSP_OK;
    }
    for (size_t i = 0; i < n; i++)
        out->at[i] = (uint32_t)i;
    for (size_t c = 0; c < out->n_codes; c++)
        out->start[c + 1] = n;
    return MSP_OK;
}

msp_status msp__layout_init(msp_layout *out, const msp_order *order, const uint32_t *code,
                            size_t n_codes, const char *what, msp_error *err)
{
    *out = (msp_layout){.n_codes = n_codes};
    if (n_codes == 0)
        return msp_fail(err, MSP_ERANGE, "no %s codes are allowed; expected at least one", what);
    uint32_t *codes;
    msp_status status = read_codes(&codes, order, code, n_codes, what, err);
    if (status == MSP_OK) {
        out->start = n_codes < SIZE_MAX ? calloc(n_codes + 1, sizeof *out->start) : NULL;
        out->at = msp__large(order->n + 1, sizeof *out->at);
        status = out->start != NULL && out->at != NULL
                     ? place_all(out, order->n, codes, err)
                     : msp_fail(err, MSP_EMEM, "no memory to lay out %zu rows", order->n);
    }
    free(codes);
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
    for (size_t i = 0; i < order->n; i++) {
        uint32_t c = code != NULL ? code[order->row[order->entry_at[i]]] : 0;
        (*out)[next[c]++] = (uint32_t)i;
    }
    free(next);
    return MSP_OK;
}

void msp__layout_free(msp_layout *layout)
{
    free(layout->start);
    free(layout->at);
    *layout = (msp_layout){0};
}
