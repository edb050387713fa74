/*
 * file.h - whole files in, and files out that are either complete or not there.
 */
#ifndef MSPIKE_BASE_FILE_H
#define MSPIKE_BASE_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* A file's bytes, mapped where the system can (a pipe or "-" is read instead). */
typedef struct msp_file {
    const char *data; /* NULL for an empty file */
    size_t size;
    bool mapped;
} msp_file;

/* Opens `path` ("-": standard input) for reading. MSP_EIO says why not; release with
 * msp_file_close. A mapped file that another program shortens while we read is that program's
 * fault to mend: readers that must survive it copy the file first. */
msp_status msp_file_open(const char *path, msp_file *file, msp_error *err);
void msp_file_close(msp_file *file);

/* A file written beside `path` under a temporary name and renamed when it is complete; a device or
 * a pipe is written to as it is. */
typedef struct msp_output {
    FILE *stream;
    char *path, *temporary; /* owned; NULL where there is none */
} msp_output;

/* `path` NULL or "-" writes to standard output. */
msp_status msp_output_open(const char *path, msp_output *out, msp_error *err);
/* Flushes, checks that every byte arrived, and puts the file in its place. */
msp_status msp_output_commit(msp_output *out, msp_error *err);
/* Drops what was written. Safe after commit. */
void msp_output_discard(msp_output *out);

/* Writes `size` bytes to `path` in one step, as above. */
msp_status msp_file_write(const char *path, const void *data, size_t size, msp_error *err);

/* SHA-256 of `size` bytes as 64 hexadecimal digits and a NUL (FIPS 180-4). */
void msp_sha256_hex(const void *data, size_t size, char out[65]);

MSP_END
#endif
