/* internal.h - what the readers and writers of this room share. */
#ifndef MSP_TABLE_INTERNAL_H
#define MSP_TABLE_INTERNAL_H

#include "mspike/base/file.h"
#include "mspike/base/text.h"
#include "mspike/table.h"

/* -- table.c -- */

/* Room for `cap` rows in every column. */
msp_status msp__table_reserve(msp_table *table, size_t cap, msp_error *err);
/* Gives back the room that was not needed, and the indexes of the dictionaries. */
void msp__table_seal(msp_table *table);
/* A column of numbers starts anew as one of empty texts. */
msp_status msp__column_becomes_text(msp_table *table, msp_column *column, msp_error *err);
/* Copies `s` into the table, an empty text without allocating. NULL when memory is out. */
const char *msp__table_text(msp_table *table, const char *s, size_t len);
msp_status msp__no_memory(msp_error *err, const char *file);

/* -- select.c : which columns of the file a caller asked for -- */

typedef struct msp_selection {
    size_t n_fields;     /* columns in the file */
    size_t n;            /* distinct columns to read, in the order asked */
    size_t *field;       /* n: their index in the file */
    msp_read_as *as;     /* n */
    size_t *slot;        /* n_fields: index among the n, or MSP_NO_SLOT */
    size_t n_requests;   /* 0: all columns were asked for */
    size_t *request;     /* n_requests: index among the n */
    msp_read_as *wanted; /* n_requests */
} msp_selection;
#define MSP_NO_SLOT SIZE_MAX

msp_status msp__selection_init(msp_selection *selection, const char *const *names, size_t n_names,
                               const msp_read_options *options, const char *file, msp_error *err);
/* Turns a table with the n columns into the one asked for: order, repeats, and types. */
msp_status msp__selection_apply(const msp_selection *selection, msp_table *table, msp_error *err);
void msp__selection_free(msp_selection *selection);

/* -- recode.c : texts of other encodings -- */

typedef struct msp_recoder msp_recoder;
/* NULL in *out for UTF-8, where nothing is to be done. An unknown encoding is MSP_EUSAGE. */
msp_status msp__recoder_open(msp_recoder **out, const char *encoding, msp_error *err);
/* Turns the text into UTF-8, good until the next call; MSP_EINPUT where it is not in the encoding.
 */
msp_status msp__recode(msp_recoder *recoder, const char **s, size_t *len);
void msp__recoder_close(msp_recoder *recoder);

/* -- unpack.c -- */

/* Hands the text of compressed data to `take`, piece by piece; a status that is not MSP_OK ends it.
 */
msp_status msp__unpack(const char *data, size_t size, const char *file,
                       msp_status (*take)(void *context, const char *text, size_t size),
                       void *context, msp_error *err);

/* Tells how far the reading of `file` is, now and then: at every 65,536th `step`. MSP_EINTERRUPTED
 * when it was asked to stop. */
msp_status msp__reading(const msp_read_options *options, const char *file, size_t step,
                        uint64_t done, uint64_t total, msp_error *err);

/* -- readers: each fills a table that was initialised, and leaves freeing to its caller -- */

msp_status msp__csv_read(const char *data, size_t size, const char *file,
                         const msp_read_options *options, msp_table *out, msp_error *err);
msp_status msp__xpt_read(const char *data, size_t size, const char *file,
                         const msp_read_options *options, msp_table *out, msp_error *err);

msp_status msp__sas7bdat_read(const char *data, size_t size, const char *file,
                              const msp_read_options *options, msp_table *out, msp_error *err);
msp_status msp__dataset_json_read(const char *data, size_t size, const char *file,
                                  const msp_read_options *options, msp_table *out, msp_error *err);

/* A number as CSV writes it; the plain one also looks like no name: no leading zero, no integer
 * that a double cannot hold. */
bool msp__csv_number(const char *s, size_t len, char decimal, double *out);
bool msp__csv_plain_number(const char *s, size_t len, char decimal, double *out);

/* Where a cell of a CSV file stands, by walking the file again. */
msp_place msp__csv_place(const msp_table *table, const char *data, size_t size, size_t row,
                         const char *column_name);

/* -- write.c -- */

/* A note for the user, where notes are wanted. */
void msp__note(const msp_write_options *options, const char *fmt, ...) MSP_PRINTF(2, 3);
/* The kind of date a column is written as. */
msp_date_kind msp__written_as_date(const msp_table *table, const msp_column *column);
/* In bytes. */
size_t msp__longest_text(const msp_column *column);
/* '.', '_' or 'A' to 'Z' of a missing number. */
char msp__missing_kind(const msp_column *column, size_t row);

/* -- writers: each appends the whole file to `out` -- */

msp_status msp__csv_write(const msp_table *table, const msp_write_options *options, msp_text *out,
                          msp_error *err);
msp_status msp__xpt_write(const msp_table *table, const msp_write_options *options, msp_text *out,
                          msp_error *err);
msp_status msp__dataset_json_write(const msp_table *table, msp_table_format format,
                                   const msp_write_options *options, msp_text *out, msp_error *err);

#endif
