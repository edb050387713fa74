/* out_folder.c - folders that a command fills. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/* "adsl.xpt" is of the stem "adsl". */
static bool has_stem(const char *name, const char *stem)
{
    const size_t n = strlen(stem);
    return strncmp(name, stem, n) == 0 && name[n] == '.';
}

static bool is_taken(const char *name, const char *const *stems)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    if (stems == NULL)
        return true;
    while (*stems != NULL && !has_stem(name, *stems))
        stems++;
    return *stems != NULL;
}

/* Appends the first entry that is in the way; nothing where none is. */
static void find_taken(DIR *dir, const char *const *stems, msp_text *out)
{
    for (struct dirent *entry; out->len == 0 && (entry = readdir(dir)) != NULL;)
        if (is_taken(entry->d_name, stems))
            msp_text_add(out, entry->d_name);
}

static bool has_file(const char *folder, const char *name)
{
    struct stat about;
    msp_text path = {0};
    msp_text_printf(&path, "%s/%s", folder, name);
    const bool has = !path.failed && stat(msp_text_str(&path), &about) == 0;
    msp_text_free(&path);
    return has;
}

msp_status cli_out_folder(const char *folder, const char *mark, const char *const *stems,
                          bool *made, msp_error *err)
{
    *made = mkdir(folder, 0777) == 0;
    if (*made)
        return MSP_OK;
    if (errno != EEXIST)
        return msp_fail(err, MSP_EIO, "%s: %s", folder, strerror(errno));
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return msp_fail(err, MSP_EIO, "%s: %s", folder,
                        errno == ENOTDIR ? "a file stands where a folder is to be written"
                                         : strerror(errno));
    msp_text taken = {0};
    find_taken(dir, stems, &taken);
    closedir(dir);
    msp_status rc = MSP_OK;
    if (taken.failed) {
        rc = msp_fail(err, MSP_EMEM, "out of memory");
    } else if (taken.len > 0 && !has_file(folder, mark)) {
        msp_fail(err, MSP_EIO,
                 "%s: the folder holds %s, and no %s beside it that this command made", folder,
                 msp_text_str(&taken), mark);
        rc = msp_hint(err, MSP_EIO, "name a new folder; nothing was written to this one");
    }
    msp_text_free(&taken);
    return rc;
}
