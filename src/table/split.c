/* split.c - a data set that is split over several files, as one table. */
#include <string.h>
#include <strings.h>

#include "internal.h"

#define SUPP_LEN 4 /* of "SUPP" */

static bool is_supp(const char *name)
{
    return strncasecmp(name, "SUPP", SUPP_LEN) == 0 && name[SUPP_LEN] != '\0';
}

const char *msp_split_domain(const char *name)
{
    return is_supp(name) ? name + SUPP_LEN : name;
}

const char *msp_split_column(const char *name)
{
    return is_supp(name) ? "RDOMAIN" : "DOMAIN";
}

bool msp_split_says(const msp_table *table, const char *name)
{
    const msp_column *column = msp_table_column(table, msp_split_column(name));
    for (size_t i = 1; column != NULL && i < column->n_texts; i++)
        if (msp_text_equal_nocase(column->text[i], msp_split_domain(name)))
            return true;
    return false;
}

/* Reads a file with the column that names its domain, where `how` asks for columns at all. */
static msp_status read_file(const char *path, const char *name, const msp_read_options *how,
                            msp_arena *scratch, msp_table *out, msp_error *err)
{
    msp_read_options options = how != NULL ? *how : (msp_read_options){0};
    options.skip_absent = true;
    msp_read_column *columns =
        msp_arena_array(scratch, options.n_columns + 1, sizeof(msp_read_column));
    if (columns == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", name);
    bool asked = options.columns == NULL;
    for (size_t i = 0; i < options.n_columns; i++) {
        columns[i] = options.columns[i];
        asked = asked || msp_text_equal_nocase(columns[i].name, msp_split_column(name));
    }
    if (!asked) {
        columns[options.n_columns++] = (msp_read_column){msp_split_column(name), MSP_READ_TEXT};
        options.columns = columns;
    }
    return msp_table_read(path, &options, out, err);
}

/* One file more; its path is kept. */
static msp_status take_file(const char *data_set, const char *path, const char *name,
                            const msp_read_options *how, msp_arena *names, msp_table *out,
                            const char **first, msp_error *err)
{
    msp_arena scratch = {0};
    msp_table table = {0};
    const char *kept = msp_arena_text(names, path);
    const bool whole = msp_text_equal_nocase(data_set, name);
    msp_status rc = kept != NULL ? read_file(kept, name, how, &scratch, &table, err)
                                 : msp_fail(err, MSP_EMEM, "no memory for a file's name");
    if (rc == MSP_ENODATA) /* an empty file is no part, and no table */
        rc = whole ? MSP_EINPUT : MSP_OK;
    else if (rc == MSP_OK && (whole || msp_split_says(&table, name))) {
        if (*first == NULL) {
            *first = kept;
            *out = table;
            table = (msp_table){0};
        } else {
            rc = msp_table_append(out, &table, err);
        }
    }
    if (rc != MSP_OK && err != NULL) {
        err->code = rc;
        err->at.file = kept;
    }
    msp_table_free(&table);
    msp_arena_free(&scratch);
    return rc;
}

msp_status msp_table_read_split(const char *folder, const char *name, const msp_read_options *how,
                                msp_arena *names, msp_table *out, const char **first,
                                msp_error *err)
{
    msp_table_list list;
    *out = (msp_table){0};
    *first = NULL;
    msp_status rc = msp_table_find_parts(folder, name, &list, err);
    const bool may_be_split = strlen(msp_split_domain(name)) == 2;
    for (size_t i = 0; i < list.n && rc == MSP_OK; i++)
        if (may_be_split || msp_text_equal_nocase(list.names[i], name))
            rc = take_file(list.names[i], list.paths[i], name, how, names, out, first, err);
    msp_arena_free(&list.arena);
    if (rc != MSP_OK)
        msp_table_free(out);
    return rc;
}
