/*
 * status.h - status codes, places in the user's files, and messages that point there.
 *
 * Every function that can fail returns msp_status and fills a caller-owned msp_error, which is
 * always the last argument and may be NULL. The place that knows most fills it in: numeric rooms
 * know rows (`row`), readers know lines (`at`); whoever read the file turns one into the other.
 * The library never prints, never exits, and never aborts on input.
 */
#ifndef MSPIKE_BASE_STATUS_H
#define MSPIKE_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Public declarations stand between these two: C linkage in C++, exported from the library. */
#ifdef __cplusplus
#define MSP_BEGIN extern "C" {
#define MSP_END   }
#elif defined(__GNUC__)
#define MSP_BEGIN _Pragma("GCC visibility push(default)")
#define MSP_END   _Pragma("GCC visibility pop")
#else
#define MSP_BEGIN
#define MSP_END
#endif

#if defined(__GNUC__)
#define MSP_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define MSP_MUST_USE           __attribute__((warn_unused_result))
#else
#define MSP_PRINTF(fmt, first)
#define MSP_MUST_USE
#endif

#define MSP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

MSP_BEGIN

/* One list: the enum, the printed names, the exit codes and the manual's table come from it.
 * The third column is the exit code of a command that ends this way. */
#define MSP_STATUS_LIST(X)                                         \
    X(OK, "success", 0)                                            \
    X(EUSAGE, "the command line is wrong", 2)                      \
    X(EINPUT, "an input is malformed", 3)                          \
    X(ERANGE, "a value lies outside its valid range", 3)           \
    X(ENODATA, "there is nothing to work on", 3)                   \
    X(EUNSUPPORTED, "the input asks for what is not supported", 3) \
    X(ENUMERIC, "the computation did not reach an answer", 3)      \
    X(EIO, "a file could not be read or written", 3)               \
    X(EMEM, "out of memory", 4)                                    \
    X(ESYSTEM, "the machine failed", 4)                            \
    X(EINTERRUPTED, "stopped on request", 130)

typedef enum msp_status {
#define MSP_AS_ENUM(name, text, exit_code) MSP_##name,
    MSP_STATUS_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_status;

/* A place in a file the user gave us; line 0 means "the file as a whole". Columns count bytes.
 * `span` is the length of the faulty text, for the caret; 0 or 1 draws a single caret. Of a row of
 * patients' data no more than that text is ever shown. */
typedef struct msp_place {
    const char *file;         /* not owned; NULL when the data came from memory */
    uint32_t line, col, span; /* line and col count from 1, as editors do */
    bool data;                /* the line is a row of data */
} msp_place;

#define MSP_NO_ROW SIZE_MAX

typedef struct msp_error {
    msp_status code;
    size_t row; /* index of the faulty row in the arrays given; MSP_NO_ROW if none */
    msp_place at;
    char text[512]; /* one sentence: what was found, what was expected */
    char hint[256]; /* what to do about it; may be empty */
} msp_error;

/* Fill *err (may be NULL) and return `code`, so: return msp_fail(...);
 * msp_fail_row names a row of the arrays given, msp_fail_at a place in a file. */
msp_status msp_fail(msp_error *err, msp_status code, const char *fmt, ...) MSP_PRINTF(3, 4);
msp_status msp_fail_row(msp_error *err, msp_status code, size_t row, const char *fmt, ...)
    MSP_PRINTF(4, 5);
msp_status msp_fail_at(msp_error *err, msp_status code, msp_place at, const char *fmt, ...)
    MSP_PRINTF(4, 5);

/* Adds the way out to a filled *err and returns its code, so: return msp_hint(err, ...);
 * `err` may be NULL, then the code given is returned. */
msp_status msp_hint(msp_error *err, msp_status code, const char *fmt, ...) MSP_PRINTF(3, 4);

/* For a caller whose text of the file's path ends before the error: the place becomes `folder`, and
 * what is said begins with the file's own name. `err` may be NULL. */
void msp_error_in_folder(msp_error *err, const char *folder);

/* "ERANGE" and "a value lies outside its valid range"; never NULL. */
const char *msp_status_name(msp_status code);
const char *msp_status_text(msp_status code);
int msp_status_exit_code(msp_status code);

/* The version of the library, "MAJOR.MINOR.PATCH". */
const char *msp_version(void);

MSP_END
#endif
