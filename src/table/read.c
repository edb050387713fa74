/* read.c - which reader a file needs, by what it holds. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "internal.h"

static bool starts_with(const char *data, size_t size, const char *with, size_t len)
{
    return size >= len && memcmp(data, with, len) == 0;
}
#define STARTS_WITH(text) starts_with(data, size, text, sizeof(text) - 1)

/* How many blanks and line ends it starts with, the last byte never counted. */
static size_t leading_blanks(const char *s, size_t len)
{
    size_t i = 0;
    while (i + 1 < len && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t'))
        i++;
    return i;
}

/* Two bytes that begin a zlib stream also begin some words; what they unpack to decides. */
static bool is_packed_json(const char *data, size_t size)
{
    char start[64];
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 32) != Z_OK)
        return false;
    z.next_in = (Bytef *)(uintptr_t)data; /* not written to */
    z.avail_in = size < 65536 ? (uInt)size : 65536;
    z.next_out = (Bytef *)start;
    z.avail_out = sizeof start;
    const int state = inflate(&z, Z_SYNC_FLUSH);
    const size_t got = sizeof start - z.avail_out;
    inflateEnd(&z);
    return (state == Z_OK || state == Z_STREAM_END) && got > 0 &&
           start[leading_blanks(start, got)] == '{';
}

typedef msp_status reader(const char *data, size_t size, const char *file,
                          const msp_read_options *options, msp_table *out, msp_error *err);

/* Kinds of file that people send by mistake, each with its way out. */
static const struct {
    const char *start;
    size_t len;
    const char *what, *hint;
} strangers[] = {
#define STRANGER(start, what, hint)          \
    {                                        \
        start, sizeof(start) - 1, what, hint \
    }
    STRANGER("PK\3\4", "a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    STRANGER("\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    STRANGER("%PDF", "a PDF document", ""),
    STRANGER("SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    STRANGER("\xff\xfe", "UTF-16 text", "save it as UTF-8"),
    STRANGER("\xfe\xff", "UTF-16 text", "save it as UTF-8"),
    STRANGER("**COMPRESSED** **COMPRESSED**", "a SAS CPORT file",
             "write a transport file instead: LIBNAME XPORT or %loc2xpt"),
    STRANGER("RDX2\n", "an R data file", "write a CSV file from R"),
    STRANGER("RDX3\n", "an R data file", "write a CSV file from R"),
    STRANGER("PAR1\x15", "a Parquet file", "write a CSV file instead"),
    STRANGER("$FL2@(#)", "an SPSS file", "write a CSV file instead"),
    STRANGER("<stata_dta>", "a Stata file", "write a CSV file instead"),
#undef STRANGER
};

static reader *refuse(msp_error *err, const char *file, const char *what, const char *hint)
{
    const msp_status rc =
        msp_fail_at(err, MSP_EUNSUPPORTED, (msp_place){.file = file},
                    "this is %s; expected CSV, SAS transport, sas7bdat or Dataset-JSON", what);
    if (hint[0] != '\0')
        (void)msp_hint(err, rc, "%s", hint);
    return NULL;
}

msp_status msp__reading(const msp_read_options *options, const char *file, size_t step,
                        uint64_t done, uint64_t total, msp_error *err)
{
    if (step % 65536 != 0 || options == NULL ||
        msp_progress_report(options->progress, "reading", done, total))
        return MSP_OK;
    return msp_fail_at(err, MSP_EINTERRUPTED, (msp_place){.file = file}, "stopped while reading");
}

/* NULL for a file that is none of ours, with the reason in *err. */
static reader *choose_reader(const char *data, size_t size, const char *file, msp_error *err)
{
    static const char sas7bdat[] =
        "\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92"
        "\x08\0\x09\xc7\x31\x8c\x18\x1f\x10\x11";
    if (STARTS_WITH("HEADER RECORD*******LIB"))
        return msp__xpt_read;
    if (starts_with(data, size, sas7bdat, sizeof sas7bdat - 1))
        return msp__sas7bdat_read;
    const size_t mark = STARTS_WITH("\xef\xbb\xbf") && size > 3 ? 3 : 0;
    const char first = data[mark + leading_blanks(data + mark, size - mark)];
    if (first == '{' || is_packed_json(data, size))
        return msp__dataset_json_read;
    for (size_t i = 0; i < MSP_COUNT(strangers); i++)
        if (starts_with(data, size, strangers[i].start, strangers[i].len))
            return refuse(err, file, strangers[i].what, strangers[i].hint);
    if (first == '<')
        return refuse(err, file, "an HTML or XML page",
                      "was a login page saved in place of the file? fetch it again");
    if (STARTS_WITH("\x1f\x8b"))
        return refuse(err, file, "a compressed file with no Dataset-JSON in it", "unpack it first");
    if (memchr(data, '\0', size < 4096 ? size : 4096) != NULL)
        return refuse(err, file, "a binary file of another kind", "");
    return msp__csv_read;
}

/* The name of the data set from the name of its file: "data/adsl.v2.xpt" is "adsl.v2". */
static msp_status name_from_file(msp_table *table, const char *file, msp_error *err)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    const size_t len = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
    table->file = msp__table_text(table, file, strlen(file));
    table->name = msp_utf8_valid(name, len) == len ? msp__table_text(table, name, len) : "";
    return table->file != NULL && table->name != NULL ? MSP_OK : msp__no_memory(err, file);
}

msp_status msp_table_read_memory(const char *data, size_t size, const char *file,
                                 const msp_read_options *options, msp_table *out, msp_error *err)
{
    *out = (msp_table){0};
    if (size == 0)
        return msp_fail_at(err, MSP_ENODATA, (msp_place){.file = file}, "the file is empty");
    reader *read = choose_reader(data, size, file, err);
    if (read == NULL)
        return MSP_EUNSUPPORTED;
    msp_status rc = msp_table_init(out, "", "", err);
    if (rc == MSP_OK)
        rc = name_from_file(out, file, err);
    if (rc == MSP_OK)
        rc = read(data, size, out->file, options, out, err);
    if (rc == MSP_OK) {
        msp__table_seal(out);
        return MSP_OK;
    }
    if (err != NULL && err->at.file == out->file)
        err->at.file = file; /* the table's copy goes */
    msp_table_free(out);
    return rc;
}

msp_status msp_table_read(const char *path, const msp_read_options *options, msp_table *out,
                          msp_error *err)
{
    *out = (msp_table){0};
    msp_file file;
    msp_status rc = msp_file_open(path, &file, err);
    if (rc == MSP_OK) {
        rc = msp_table_read_memory(file.data, file.size, path, options, out, err);
        msp_file_close(&file);
    }
    return rc;
}
