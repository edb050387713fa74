/* find.c - the data sets of a folder, by name. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

static const struct {
    const char *ending;
    msp_table_format format;
} endings[] = {
    {"csv", MSP_TABLE_CSV},           {"tsv", MSP_TABLE_CSV},   {"xpt", MSP_TABLE_XPT},
    {"sas7bdat", MSP_TABLE_SAS7BDAT}, {"json", MSP_TABLE_JSON}, {"ndjson", MSP_TABLE_NDJSON},
    {"dsjc", MSP_TABLE_DSJC},
};

static bool format_of_ending(const char *name, msp_table_format *out)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && dot > name && i < MSP_COUNT(endings); i++)
        if (msp_text_equal_nocase(dot + 1, endings[i].ending)) {
            *out = endings[i].format;
            return true;
        }
    return false;
}

bool msp_table_format_of_path(const char *path, msp_table_format *out)
{
    const char *slash = strrchr(path, '/');
    return format_of_ending(slash != NULL ? slash + 1 : path, out) && *out != MSP_TABLE_SAS7BDAT;
}

typedef struct entry {
    const char *name, *path;
} entry;

static int by_name_then_path(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int by_name = strcmp(x->name, y->name);
    return by_name != 0 ? by_name : strcmp(x->path, y->path);
}

/* Upper case for ASCII letters, without the ending. */
static char *data_set_name(msp_arena *arena, const char *file)
{
    const size_t len = (size_t)(strrchr(file, '.') - file);
    char *name = msp_arena_text_n(arena, file, len);
    for (char *p = name; p != NULL && *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return name;
}

/* Every file with a table's ending, hidden ones left out. */
static msp_status list_files(const char *folder, msp_arena *arena, entry **out, size_t *n,
                             msp_error *err)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return msp_fail_at(err, MSP_EIO, (msp_place){.file = folder}, "cannot open the folder: %s",
                           strerror(errno));
    entry *entries = NULL;
    size_t cap = 0;
    msp_status rc = MSP_OK;
    *n = 0;
    for (const struct dirent *file; rc == MSP_OK && (file = readdir(dir)) != NULL;) {
        msp_table_format format;
        if (file->d_name[0] == '.' || !format_of_ending(file->d_name, &format))
            continue;
        if (*n == cap) {
            cap = cap > 0 ? cap * 2 : 16;
            entry *more = realloc(entries, cap * sizeof *more);
            if (more == NULL) {
                rc = msp__no_memory(err, folder);
                break;
            }
            entries = more;
        }
        const bool slash = folder[0] != '\0' && folder[strlen(folder) - 1] == '/';
        entries[*n].name = data_set_name(arena, file->d_name);
        entries[*n].path =
            msp_arena_printf(arena, "%s%s%s", folder, slash ? "" : "/", file->d_name);
        if (entries[*n].name == NULL || entries[*n].path == NULL)
            rc = msp__no_memory(err, folder);
        else
            (*n)++;
    }
    closedir(dir);
    if (rc == MSP_OK && *n > 0)
        qsort(entries, *n, sizeof *entries, by_name_then_path);
    if (rc != MSP_OK) {
        free(entries);
        entries = NULL;
    }
    *out = entries;
    return rc;
}

static msp_status two_files(const char *folder, const entry *a, const entry *b, msp_error *err)
{
    const msp_status rc =
        msp_fail_at(err, MSP_EINPUT, (msp_place){.file = folder},
                    "%s and %s both hold the data set %s", a->path, b->path, a->name);
    return msp_hint(err, rc, "which of the two is meant? move the other one away");
}

/* The data sets of the folder of which `wanted` (NULL: all of them) says yes. */
static msp_status list_some(const char *folder,
                            bool (*wanted)(const char *data_set, const char *name),
                            const char *name, msp_table_list *out, msp_error *err)
{
    *out = (msp_table_list){0};
    entry *entries = NULL;
    size_t n = 0;
    msp_status rc = list_files(folder, &out->arena, &entries, &n, err);
    out->names = msp_arena_array(&out->arena, n + 1, sizeof *out->names);
    out->paths = msp_arena_array(&out->arena, n + 1, sizeof *out->paths);
    if (rc == MSP_OK && (out->names == NULL || out->paths == NULL))
        rc = msp__no_memory(err, folder);
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        if (wanted != NULL && !wanted(entries[i].name, name))
            continue;
        if (i > 0 && strcmp(entries[i - 1].name, entries[i].name) == 0)
            rc = two_files(folder, &entries[i - 1], &entries[i], err);
        out->names[out->n] = entries[i].name;
        out->paths[out->n++] = entries[i].path;
    }
    if (rc != MSP_OK) {
        msp_arena_free(&out->arena);
        *out = (msp_table_list){0};
    }
    free(entries);
    return rc;
}

msp_status msp_table_list_folder(const char *folder, msp_table_list *out, msp_error *err)
{
    return list_some(folder, NULL, NULL, out, err);
}

static msp_status not_found(const char *folder, const char *name, const entry *entries, size_t n,
                            msp_error *err)
{
    const msp_status rc = msp_fail_at(err, MSP_ENODATA, (msp_place){.file = folder},
                                      "there is no data set %s in this folder", name);
    msp_text list = {0};
    for (size_t i = 0; i < n && list.len < 200; i++)
        msp_text_printf(&list, "%s%s", i > 0 ? ", " : "", entries[i].name);
    (void)msp_hint(err, rc, n > 0 ? "it holds %s" : "it holds no tables%s", msp_text_str(&list));
    msp_text_free(&list);
    return rc;
}

msp_status msp_table_find(const char *folder, const char *name, char **path, msp_error *err)
{
    msp_arena arena = {0};
    entry *entries = NULL;
    size_t n = 0;
    *path = NULL;
    msp_status rc = list_files(folder, &arena, &entries, &n, err);
    const entry *found = NULL;
    for (size_t i = 0; i < n && rc == MSP_OK; i++) {
        if (!msp_text_equal_nocase(entries[i].name, name))
            continue;
        if (found != NULL)
            rc = two_files(folder, found, &entries[i], err);
        found = &entries[i];
    }
    if (rc == MSP_OK && found == NULL)
        rc = not_found(folder, name, entries, n, err);
    if (rc == MSP_OK && (*path = strdup(found->path)) == NULL)
        rc = msp__no_memory(err, folder);
    free(entries);
    msp_arena_free(&arena);
    return rc;
}

/* Whether a data set may be a part of `name`, or it itself. */
static bool may_be_part(const char *data_set, const char *name)
{
    const size_t len = strlen(name);
    if (strncasecmp(data_set, name, len) != 0 || strlen(data_set) > len + 2)
        return false;
    for (const char *p = data_set + len; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p))
            return false;
    return true;
}

msp_status msp_table_find_parts(const char *folder, const char *name, msp_table_list *out,
                                msp_error *err)
{
    return list_some(folder, may_be_part, name, out, err);
}

bool msp_table_is_in(const char *folder, const char *name)
{
    char *path = NULL;
    const bool is = msp_table_find(folder, name, &path, NULL) == MSP_OK;
    free(path);
    return is;
}
