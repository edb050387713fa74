/* recode.c - texts of other encodings into UTF-8. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "internal.h"

struct msp_recoder {
    iconv_t cd;
    char *buffer;
    size_t cap;
};

msp_status msp__recoder_open(msp_recoder **out, const char *encoding, msp_error *err)
{
    *out = NULL;
    if (encoding == NULL || msp_text_equal_nocase(encoding, "UTF-8"))
        return MSP_OK;
    msp_recoder *recoder = calloc(1, sizeof *recoder);
    if (recoder == NULL)
        return msp__no_memory(err, NULL);
    recoder->cd = iconv_open("UTF-8", encoding);
    /* iconv's way of saying no is the pointer -1 */
    if ((intptr_t)recoder->cd == -1) {
        free(recoder);
        const msp_status rc =
            msp_fail(err, MSP_EUSAGE, "there is no encoding called \"%s\"", encoding);
        return msp_hint(err, rc, "`iconv -l` lists those there are");
    }
    *out = recoder;
    return MSP_OK;
}

msp_status msp__recode(msp_recoder *recoder, const char **s, size_t *len)
{
    if (*len > (SIZE_MAX - 16) / 4)
        return MSP_EMEM;
    const size_t need = *len * 4 + 16; /* no character takes more in UTF-8 */
    if (need > recoder->cap) {
        char *buffer = realloc(recoder->buffer, need);
        if (buffer == NULL)
            return MSP_EMEM;
        recoder->buffer = buffer;
        recoder->cap = need;
    }
    char *in = (char *)(uintptr_t)*s; /* iconv does not write there */
    char *out = recoder->buffer;
    size_t in_left = *len, out_left = recoder->cap;
    (void)iconv(recoder->cd, NULL, NULL, NULL, NULL);
    if (iconv(recoder->cd, &in, &in_left, &out, &out_left) == (size_t)-1 ||
        iconv(recoder->cd, NULL, NULL, &out, &out_left) == (size_t)-1)
        return MSP_EINPUT;
    *s = recoder->buffer;
    *len = (size_t)(out - recoder->buffer);
    return MSP_OK;
}

void msp__recoder_close(msp_recoder *recoder)
{
    if (recoder == NULL)
        return;
    iconv_close(recoder->cd);
    free(recoder->buffer);
    free(recoder);
}
