#include "mspike/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- in -- */

static msp_status fail_errno(msp_error *err, const char *path, const char *what, int number)
{
    const msp_status code = number == ENOMEM ? MSP_EMEM : MSP_EIO;
    return msp_fail_at(err, code, (msp_place){.file = path}, "%s: %s", what, strerror(number));
}

/* What cannot be mapped (a pipe, a terminal, some file systems) is read to its end. */
static msp_status read_all(int fd, const char *path, msp_file *file, msp_error *err)
{
    char *data = NULL;
    size_t size = 0, cap = 0;
    for (;;) {
        if (size == cap) {
            cap = cap > 0 ? cap * 2 : 65536;
            char *more = realloc(data, cap);
            if (more == NULL) {
                free(data);
                return fail_errno(err, path, "cannot read the file", ENOMEM);
            }
            data = more;
        }
        const ssize_t got = read(fd, data + size, cap - size);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            const int number = errno;
            free(data);
            return fail_errno(err, path, "cannot read the file", number);
        }
        size += (size_t)got;
    }
    if (size == 0) {
        free(data);
        data = NULL;
    }
    *file = (msp_file){data, size, false};
    return MSP_OK;
}

msp_status msp_file_open(const char *path, msp_file *file, msp_error *err)
{
    *file = (msp_file){0};
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", file, err);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, path, "cannot open the file", errno);
    msp_status rc = MSP_OK;
    struct stat st;
    if (fstat(fd, &st) != 0) {
        rc = fail_errno(err, path, "cannot open the file", errno);
    } else if (S_ISDIR(st.st_mode)) {
        rc = fail_errno(err, path, "expected a file", EISDIR);
    } else if (S_ISREG(st.st_mode) && st.st_size > 0) {
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data != MAP_FAILED) {
            (void)madvise(data, (size_t)st.st_size, MADV_SEQUENTIAL);
            *file = (msp_file){data, (size_t)st.st_size, true};
        } else {
            rc = read_all(fd, path, file, err);
        }
    } else {
        rc = read_all(fd, path, file, err);
    }
    close(fd);
    return rc;
}

void msp_file_close(msp_file *file)
{
    void *data = (void *)(uintptr_t)file->data; /* ours: const only for the readers */
    if (data != NULL && file->mapped)
        munmap(data, file->size);
    else
        free(data);
    *file = (msp_file){0};
}

/* -- out -- */

msp_status msp_output_open(const char *path, msp_output *out, msp_error *err)
{
    *out = (msp_output){0};
    if (path == NULL || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return MSP_OK;
    }
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return fail_errno(err, path, "cannot write the file", EISDIR);
    /* the file that a link leads to is replaced, not the link */
    const bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    out->path = link ? realpath(path, NULL) : strdup(path);
    if (out->path == NULL && link && errno != ENOMEM)
        out->path = strdup(path);
    /* a device or a pipe is written to; a rename would put a file in its place */
    if (out->path != NULL && stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        out->stream = fopen(path, "wb");
        if (out->stream != NULL)
            return MSP_OK;
        const int number = errno;
        msp_output_discard(out);
        return fail_errno(err, path, "cannot write the file", number);
    }
    if (out->path == NULL || asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0) {
        out->temporary = NULL;
        msp_output_discard(out);
        return fail_errno(err, path, "cannot write the file", ENOMEM);
    }
    const int fd = mkstemp(out->temporary);
    if (fd < 0) {
        const int number = errno;
        free(out->temporary);
        out->temporary = NULL;
        msp_output_discard(out);
        return fail_errno(err, path, "cannot write the file", number);
    }
    const mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask); /* mkstemp makes it private; an ordinary file is not */
    out->stream = fdopen(fd, "wb");
    if (out->stream == NULL) {
        const int number = errno;
        close(fd);
        msp_output_discard(out);
        return fail_errno(err, path, "cannot write the file", number);
    }
    return MSP_OK;
}

msp_status msp_output_commit(msp_output *out, msp_error *err)
{
    const char *path = out->path != NULL ? out->path : "standard output";
    bool written = fflush(out->stream) == 0 && !ferror(out->stream);
    int number = written ? 0 : errno;
    if (out->path != NULL) {
        if (fclose(out->stream) != 0 && written) {
            written = false;
            number = errno;
        }
        out->stream = NULL;
        if (written && out->temporary != NULL && rename(out->temporary, out->path) != 0) {
            written = false;
            number = errno;
        }
        if (written) {
            free(out->temporary);
            out->temporary = NULL;
        }
    }
    const msp_status rc = written
                              ? MSP_OK
                              : msp_fail_at(err, MSP_ESYSTEM, (msp_place){0}, "cannot write %s: %s",
                                            path, strerror(number != 0 ? number : EIO));
    msp_output_discard(out);
    return rc;
}

void msp_output_discard(msp_output *out)
{
    if (out->path != NULL && out->stream != NULL)
        fclose(out->stream);
    if (out->temporary != NULL) {
        (void)unlink(out->temporary);
        free(out->temporary);
    }
    free(out->path);
    *out = (msp_output){0};
}

msp_status msp_file_write(const char *path, const void *data, size_t size, msp_error *err)
{
    msp_output out;
    const msp_status rc = msp_output_open(path, &out, err);
    if (rc != MSP_OK)
        return rc;
    (void)fwrite(data, 1, size, out.stream); /* commit looks at the stream's error flag */
    return msp_output_commit(&out, err);
}
