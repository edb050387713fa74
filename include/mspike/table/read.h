/*
 * read.h - one reader for every kind of table, chosen by what the file holds, not by its name.
 */
#ifndef MSPIKE_TABLE_READ_H
#define MSPIKE_TABLE_READ_H

#include "mspike/base/findings.h"
#include "mspike/base/progress.h"
#include "mspike/table/table.h"

MSP_BEGIN

typedef enum msp_read_as {
    MSP_READ_AUTO,   /* the file's own type; in CSV a number where every cell is one */
    MSP_READ_NUMBER, /* a cell that is no number is an error */
    MSP_READ_TEXT,   /* as it stands: 01 stays "01", 3.20 stays "3.20" */
} msp_read_as;

typedef struct msp_read_column {
    const char *name; /* letters' case is ignored where no column has exactly this name */
    msp_read_as as;
} msp_read_column;

typedef struct msp_read_options {
    const msp_read_column *columns; /* NULL: all of them. The table then has these, in this order */
    size_t n_columns;
    bool skip_absent;             /* a column that the file lacks is left out instead of an error */
    char delimiter, decimal;      /* of CSV; 0: found from the header line */
    const char *encoding;         /* of texts that do not say theirs (CSV, XPT); NULL: UTF-8 */
    msp_findings *notes;          /* what a user should know of a file that was read; may be NULL */
    const msp_progress *progress; /* told how far reading is, and asked whether to go on; or NULL */
} msp_read_options;               /* {0}: everything, as found */

/* Reads `path` ("-": standard input) into `out`, which is {0} after a failure; free it with
 * msp_table_free. `options` may be NULL. A fault in the file is MSP_EINPUT with its place, a kind
 * of file that is not read MSP_EUNSUPPORTED, a column that is not there MSP_EINPUT. Every row and
 * every column is checked, also those not asked for. */
msp_status msp_table_read(const char *path, const msp_read_options *options, msp_table *out,
                          msp_error *err);

/* The same for bytes in memory; `file` names them in messages. */
msp_status msp_table_read_memory(const char *data, size_t size, const char *file,
                                 const msp_read_options *options, msp_table *out, msp_error *err);

/* The file in `folder` that holds the data set `name`, "ADTTE": adtte.xpt, ADTTE.csv, adtte.json
 * ... The path is allocated; free it. None is MSP_ENODATA and names what is there; two are
 * MSP_EINPUT. */
msp_status msp_table_find(const char *folder, const char *name, char **path, msp_error *err);

/* Whether there is one, and only one. */
bool msp_table_is_in(const char *folder, const char *name);

/* Data sets of a folder, by the names of their files in upper case and in byte order. Release with
 * msp_arena_free. */
typedef struct msp_table_list {
    msp_arena arena;
    const char **names, **paths;
    size_t n;
} msp_table_list;
/* All of them; two files of one name are MSP_EINPUT. */
msp_status msp_table_list_folder(const char *folder, msp_table_list *out, msp_error *err);
/* Those of a data set that may be split: of this name, and of names that are one or two letters or
 * digits longer (LB, LBCH, LBUR); none is no failure, two files of one of them are. */
msp_status msp_table_find_parts(const char *folder, const char *name, msp_table_list *out,
                                msp_error *err);

/* -- SDTM domains that are split over files --
 *
 * A part is named by its domain and one or two letters or digits more (LBCH, LBUR, QS36; of a
 * SUPP-- SUPPLBUR), while its column DOMAIN (RDOMAIN) goes on naming the domain (SDTMIG, splitting
 * domains). The parts are read as one table, whose rows know their file; columns may differ. A file
 * that is named like a part but does not say that it is one is not read. */

/* Reads the domain `name` ("LB", "SUPPLB"; any other name is one file) of `folder` with those of
 * the columns that each part has, `how` (may be NULL) as if skip_absent were set. *first is the
 * path of the first file, in `names`, where a failure's place is too; NULL where the folder has
 * none, and *out then is {0}. Fails as msp_table_read does, and where two files of one name are
 * there (MSP_EINPUT). */
msp_status msp_table_read_split(const char *folder, const char *name, const msp_read_options *how,
                                msp_arena *names, msp_table *out, const char **first,
                                msp_error *err);
/* "LB" of "LB" and of "SUPPLB"; the column that says it: DOMAIN, RDOMAIN. */
const char *msp_split_domain(const char *name);
const char *msp_split_column(const char *name);
/* Whether some row of a table says that it is of the domain `name`; the column is one of texts. */
bool msp_split_says(const msp_table *table, const char *name);

MSP_END
#endif
