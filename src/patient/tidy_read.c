/* tidy_read.c - tables of visits from files; the cells of CSV stay as they were written. */
#include <stdlib.h>
#include <string.h>

#include "mspike/base/file.h"
#include "mspike/table/read.h"
#include "tidy.h"

static const msp_tidy_options usual = {.cutoff = MSP_NO_DAY};

/* One note names all the columns that are not used. */
static void note_unknown(const msp_table *header, msp_findings *findings)
{
    msp_text names = {0};
    for (size_t i = 0; i < header->n_columns; i++)
        if (tidy_known_name(header->columns[i].name) == NULL)
            msp_text_printf(&names, "%s%s", names.len > 0 ? ", " : "", header->columns[i].name);
    if (names.len > 0 && findings != NULL)
        msp_findings_add(findings, MSP_SEVERITY_NOTE, "data-column",
                         (msp_place){.file = header->file, .line = 1, .col = 1}, "",
                         "columns that are not used: %s", msp_text_str(&names));
    msp_text_free(&names);
}

/* The columns of this form that the header has, all as text. */
static msp_status choose_columns(const msp_table *header, msp_read_column **out, size_t *n,
                                 msp_error *err)
{
    *out = calloc(header->n_columns + 1, sizeof **out);
    *n = 0;
    if (*out == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns");
    for (size_t i = 0; i < header->n_columns; i++)
        if (tidy_known_name(header->columns[i].name) != NULL)
            (*out)[(*n)++] = (msp_read_column){header->columns[i].name, MSP_READ_TEXT};
    return MSP_OK;
}

/* A CSV file is read for its header first, so that every cell that is used stays as written. */
static msp_status read_csv(const char *data, size_t size, const char *file, const msp_table *header,
                           const msp_tidy_options *how, msp_patients *out, msp_findings *findings,
                           msp_error *err)
{
    msp_read_options options = {.delimiter = header->delimiter, .decimal = header->decimal};
    msp_read_column *columns = NULL;
    msp_table table = {0};
    note_unknown(header, findings);
    msp_status rc = choose_columns(header, &columns, &options.n_columns, err);
    options.columns = columns;
    if (rc == MSP_OK && options.n_columns == 0) {
        const msp_column *none;
        rc = tidy_need(header, "usubjid", &none, err);
    }
    if (rc == MSP_OK)
        rc = msp_table_read_memory(data, size, file, &options, &table, err);
    if (rc == MSP_OK)
        rc = msp_tidy_from_table(&table, how, out, findings, err);
    msp_table_free(&table);
    free(columns);
    return rc;
}

static msp_status read_other(const char *data, size_t size, const char *file,
                             const msp_tidy_options *how, msp_patients *out, msp_findings *findings,
                             msp_error *err)
{
    msp_table table = {0};
    msp_status rc = msp_table_read_memory(data, size, file, NULL, &table, err);
    if (rc == MSP_OK)
        note_unknown(&table, findings);
    if (rc == MSP_OK)
        rc = msp_tidy_from_table(&table, how, out, findings, err);
    msp_table_free(&table);
    return rc;
}

static msp_status read_memory(const char *data, size_t size, const char *file,
                              const msp_tidy_options *how, msp_patients *out,
                              msp_findings *findings, msp_error *err)
{
    *out = (msp_patients){0};
    const char *end = size > 0 ? memchr(data, '\n', size) : NULL;
    const size_t first = end != NULL ? (size_t)(end - data) + 1 : size;
    msp_table header = {0};
    msp_status rc = msp_table_read_memory(data, first, file, NULL, &header, NULL);
    if (rc == MSP_OK && header.format == MSP_TABLE_CSV)
        rc = read_csv(data, size, file, &header, how, out, findings, err);
    else
        rc = read_other(data, size, file, how, out, findings, err);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = file; /* it outlives the tables */
    msp_table_free(&header);
    return rc;
}

msp_status msp_tidy_read_memory(const char *data, size_t size, const char *file, msp_patients *out,
                                msp_findings *findings, msp_error *err)
{
    return read_memory(data, size, file, &usual, out, findings, err);
}

msp_status msp_tidy_read_with(const char *path, const msp_tidy_options *how, msp_patients *out,
                              msp_findings *findings, msp_error *err)
{
    msp_file file;
    *out = (msp_patients){0};
    msp_status rc = msp_file_open(path, &file, err);
    if (rc != MSP_OK)
        return rc;
    rc = read_memory(file.data, file.size, path, how, out, findings, err);
    msp_file_close(&file);
    return rc;
}

msp_status msp_tidy_read(const char *path, msp_patients *out, msp_findings *findings,
                         msp_error *err)
{
    return msp_tidy_read_with(path, &usual, out, findings, err);
}
