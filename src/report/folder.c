#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mspike/base/file.h"

#define KEPT_MAX 1000 /* numbers tried for the name of a folder that is set aside */

static msp_status fail_errno(msp_error *err, const char *path, const char *what)
{
    const int number = errno;
    return msp_fail_at(err, number == ENOMEM ? MSP_EMEM : MSP_EIO, (msp_place){.file = path},
                       "%s: %s", what, strerror(number));
}

static char *join(const char *where, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", where, name) >= 0 ? path : NULL;
}

/* -- what is a report of ours -- */

static const char *const inner[] = {"figures", "data"}; /* the folders within */

typedef bool entry_test(const char *where, const char *name);

static bool is_kind(const char *where, const char *name, mode_t kind)
{
    struct stat st;
    char *path = join(where, name);
    const bool is = path != NULL && lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
    free(path);
    return is;
}

static bool ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* True when every entry passes; false too when the folder cannot be read. */
static bool all_entries(const char *where, entry_test *test)
{
    DIR *dir = opendir(where);
    if (dir == NULL)
        return false;
    bool all = true;
    for (struct dirent *entry; all && (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            all = test(where, entry->d_name);
    closedir(dir);
    return all;
}

static bool no_entry(const char *where, const char *name)
{
    (void)where;
    (void)name;
    return false;
}

static bool is_figure(const char *where, const char *name)
{
    return ends_in(name, ".svg") && is_kind(where, name, S_IFREG);
}

static bool is_data(const char *where, const char *name)
{
    return ends_in(name, ".csv") && is_kind(where, name, S_IFREG);
}

static bool is_report_entry(const char *where, const char *name)
{
    static const char *const files[] = {"index.html", "patients.html", "evidence.html",
                                        "results.json", "evidence.json"};
    for (size_t i = 0; i < MSP_COUNT(files); i++)
        if (strcmp(name, files[i]) == 0)
            return is_kind(where, name, S_IFREG);
    const bool figures = strcmp(name, "figures") == 0;
    if ((!figures && strcmp(name, "data") != 0) || !is_kind(where, name, S_IFDIR))
        return false;
    char *path = join(where, name);
    const bool ours = path != NULL && all_entries(path, figures ? is_figure : is_data);
    free(path);
    return ours;
}

static bool begins_with(const char *where, const char *name, const char *begins)
{
    char head[32] = "";
    char *path = join(where, name);
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    free(path);
    if (file == NULL)
        return false;
    const size_t n = fread(head, 1, strlen(begins), file);
    fclose(file);
    return n == strlen(begins) && memcmp(head, begins, n) == 0;
}

/* As msp_results_json begins; a report of published results alone, as its answer does. */
static bool has_our_results(const char *where)
{
    return begins_with(where, "results.json", "{\n \"mspike\": ") ||
           begins_with(where, "evidence.json", "{\n  \"treatments\": [");
}

static bool is_replaceable(const char *where)
{
    return all_entries(where, no_entry) ||
           (has_our_results(where) && all_entries(where, is_report_entry));
}

/* -- removing: only what this room writes -- */

static void remove_files(const char *where)
{
    DIR *dir = opendir(where);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}

static void remove_report(const char *where)
{
    for (size_t i = 0; i < MSP_COUNT(inner); i++) {
        char *path = join(where, inner[i]);
        if (path != NULL) {
            remove_files(path);
            (void)rmdir(path);
        }
        free(path);
    }
    remove_files(where);
    (void)rmdir(where);
}

/* -- writing -- */

static msp_status check_target(const char *target, bool force, msp_error *err)
{
    const char *last = strrchr(target, '/');
    last = last != NULL ? last + 1 : target;
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        (void)msp_fail_at(err, MSP_EIO, (msp_place){.file = target},
                          "a report cannot take the place of this folder");
        return msp_hint(err, MSP_EIO, "name a new where, such as %s/report", target);
    }
    struct stat st;
    if (lstat(target, &st) != 0)
        return errno == ENOENT ? MSP_OK : fail_errno(err, target, "cannot write the report");
    if (!S_ISDIR(st.st_mode)) {
        (void)msp_fail_at(err, MSP_EIO, (msp_place){.file = target},
                          "there is a file of this name; expected a folder or nothing");
        return msp_hint(err, MSP_EIO, "remove it or name another folder");
    }
    if (force || is_replaceable(target))
        return MSP_OK;
    (void)msp_fail_at(err, MSP_EIO, (msp_place){.file = target},
                      "the folder holds files that are not a report of mspike");
    return msp_hint(err, MSP_EIO,
                    "name another where, or use --force: what it holds is then kept as %s.1",
                    target);
}

static msp_status make_temporary(folder *f, msp_error *err)
{
    if (asprintf(&f->temporary, "%s.XXXXXX", f->target) < 0) {
        f->temporary = NULL;
        return msp_fail(err, MSP_EMEM, "no memory for a file name");
    }
    if (mkdtemp(f->temporary) == NULL) {
        const msp_status rc = fail_errno(err, f->target, "cannot write the report");
        free(f->temporary);
        f->temporary = NULL;
        return rc;
    }
    const mode_t mask = umask(0);
    umask(mask);
    (void)chmod(f->temporary, 0777 & ~mask); /* mkdtemp makes it private; a report is not */
    return MSP_OK;
}

static msp_status make_inner(const folder *f, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(inner) && rc == MSP_OK; i++) {
        char *path = join(f->temporary, inner[i]);
        if (path == NULL)
            rc = msp_fail(err, MSP_EMEM, "no memory for a file name");
        else if (mkdir(path, 0777) != 0)
            rc = fail_errno(err, f->target, "cannot write the report");
        free(path);
    }
    return rc;
}

msp_status folder_begin(folder *f, const char *target, bool force, msp_error *err)
{
    *f = (folder){0};
    size_t len = strlen(target);
    while (len > 1 && target[len - 1] == '/')
        len--;
    f->target = strndup(target, len);
    if (f->target == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a file name");
    msp_status rc = check_target(f->target, force, err);
    if (rc == MSP_OK)
        rc = make_temporary(f, err);
    if (rc == MSP_OK)
        rc = make_inner(f, err);
    if (rc != MSP_OK)
        folder_discard(f);
    return rc;
}

msp_status folder_write(folder *f, const char *name, const void *data, size_t size, msp_error *err)
{
    char *path = join(f->temporary, name);
    if (path == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a file name");
    const msp_status rc = msp_file_write(path, data, size, err);
    if (rc != MSP_OK && err != NULL)
        err->at.file = NULL; /* it would point at the path freed here */
    free(path);
    return rc;
}

/* Gives an existing folder another name: a free number behind its own. */
static msp_status set_aside(const folder *f, char **kept, msp_error *err)
{
    for (int i = 1; i <= KEPT_MAX; i++) {
        if (asprintf(kept, "%s.%d", f->target, i) < 0) {
            *kept = NULL;
            return msp_fail(err, MSP_EMEM, "no memory for a file name");
        }
        struct stat st;
        if (lstat(*kept, &st) != 0 && errno == ENOENT) {
            if (rename(f->target, *kept) == 0)
                return MSP_OK;
            const msp_status rc = fail_errno(err, f->target, "cannot set the folder aside");
            free(*kept);
            *kept = NULL;
            return rc;
        }
        free(*kept);
    }
    *kept = NULL;
    return msp_fail_at(err, MSP_EIO, (msp_place){.file = f->target},
                       "cannot set the folder aside: all names up to .%d are taken", KEPT_MAX);
}

static msp_status put_in_place(const folder *f, msp_error *err)
{
    return rename(f->temporary, f->target) == 0
               ? MSP_OK
               : fail_errno(err, f->target, "cannot put the report in its place");
}

msp_status folder_commit(folder *f, bool force, msp_error *err)
{
    struct stat st;
    msp_status rc = check_target(f->target, force, err); /* again: time has passed */
    if (rc != MSP_OK)
        return rc;
    const bool exists = lstat(f->target, &st) == 0;
    const bool old_report = exists && is_replaceable(f->target);
    char *kept = NULL;
    if (exists)
        rc = set_aside(f, &kept, err);
    if (rc == MSP_OK)
        rc = put_in_place(f, err);
    if (rc == MSP_OK && old_report)
        remove_report(kept);
    else if (rc != MSP_OK && kept != NULL)
        (void)rename(kept, f->target); /* as it was */
    if (rc == MSP_OK) {
        free(f->temporary);
        f->temporary = NULL;
    }
    free(kept);
    return rc;
}

void folder_discard(folder *f)
{
    if (f->temporary != NULL)
        remove_report(f->temporary);
    free(f->temporary);
    free(f->target);
    *f = (folder){0};
}
