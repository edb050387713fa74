#include "mspike/base/status.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
    int exit_code;
} statuses[] = {
#define AS_ROW(name, text, exit_code) {#name, text, exit_code},
    MSP_STATUS_LIST(AS_ROW)
#undef AS_ROW
};

static msp_status fail(msp_error *err, msp_status code, size_t row, msp_place at, const char *fmt,
                       va_list args)
{
    if (err != NULL) {
        err->code = code;
        err->row = row;
        err->at = at;
        err->hint[0] = '\0';
        (void)vsnprintf(err->text, sizeof err->text, fmt, args);
    }
    return code;
}

msp_status msp_fail(msp_error *err, msp_status code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail(err, code, MSP_NO_ROW, (msp_place){0}, fmt, args);
    va_end(args);
    return code;
}

msp_status msp_fail_row(msp_error *err, msp_status code, size_t row, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail(err, code, row, (msp_place){0}, fmt, args);
    va_end(args);
    return code;
}

msp_status msp_fail_at(msp_error *err, msp_status code, msp_place at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail(err, code, MSP_NO_ROW, at, fmt, args);
    va_end(args);
    return code;
}

void msp_error_in_folder(msp_error *err, const char *folder)
{
    if (err == NULL || err->at.file == NULL)
        return;
    const msp_error why = *err;
    const char *slash = strrchr(why.at.file, '/');
    (void)snprintf(err->text, sizeof err->text, "%.80s: %.400s",
                   slash != NULL ? slash + 1 : why.at.file, why.text);
    err->at.file = folder;
}

msp_status msp_hint(msp_error *err, msp_status code, const char *fmt, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, fmt);
        (void)vsnprintf(err->hint, sizeof err->hint, fmt, args);
        va_end(args);
    }
    return code;
}

const char *msp_status_name(msp_status code)
{
    return (size_t)code < MSP_COUNT(statuses) ? statuses[code].name : "?";
}

const char *msp_status_text(msp_status code)
{
    return (size_t)code < MSP_COUNT(statuses) ? statuses[code].text : "unknown status";
}

int msp_status_exit_code(msp_status code)
{
    return (size_t)code < MSP_COUNT(statuses) ? statuses[code].exit_code : 4;
}

const char *msp_version(void)
{
    return MSP_VERSION;
}
