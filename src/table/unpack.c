/* unpack.c - text that zlib or gzip compressed, piece by piece. */
#include <stdlib.h>
#include <zlib.h>

#include "internal.h"

/* A little that unpacks to a lot is an attack or an accident; a table compresses by 10 to 100. */
#define MAX_RATIO    200
#define NEVER_A_BOMB (16u << 20)

static msp_status fail_stream(const char *file, msp_error *err, const char *text)
{
    return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = file}, "%s", text);
}

msp_status msp__unpack(const char *data, size_t size, const char *file,
                       msp_status (*take)(void *context, const char *text, size_t size),
                       void *context, msp_error *err)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 32) != Z_OK) /* zlib as specified, gzip as the real files are */
        return msp__no_memory(err, file);
    enum { CHUNK = 1 << 16 };
    char *buffer = malloc(CHUNK);
    msp_status rc = buffer != NULL ? MSP_OK : msp__no_memory(err, file);
    size_t in = 0, unpacked = 0;
    int state = Z_OK;
    while (rc == MSP_OK && state != Z_STREAM_END) {
        if (z.avail_in == 0) {
            const size_t part = size - in < (1u << 30) ? size - in : 1u << 30;
            z.next_in = (Bytef *)(uintptr_t)(data + in); /* not written to */
            z.avail_in = (uInt)part;
            in += part;
        }
        z.next_out = (Bytef *)buffer;
        z.avail_out = CHUNK;
        state = inflate(&z, Z_NO_FLUSH);
        const size_t got = CHUNK - z.avail_out;
        unpacked += got;
        if (state != Z_OK && state != Z_STREAM_END)
            rc = fail_stream(file, err,
                             state == Z_BUF_ERROR ? "the compressed file is cut short"
                                                  : "the compressed file is damaged");
        else if (unpacked > NEVER_A_BOMB && unpacked / MAX_RATIO > size)
            rc = fail_stream(file, err, "the file unpacks to more than 200 times its size");
        else
            rc = take(context, buffer, got);
    }
    if (rc == MSP_OK && (z.avail_in > 0 || in < size))
        rc = fail_stream(file, err, "bytes follow the end of the compressed text");
    free(buffer);
    inflateEnd(&z);
    return rc;
}
