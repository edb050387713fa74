#include "near.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "mspike/base/arena.h"
#include "mspike/base/file.h"
#include "mspike/base/findings.h"

static void findings_read_as_editors_jump(void **state)
{
    (void)state;
    char path[] = "/tmp/mspike-test-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    const char text[] = "trial:\n  prim\xc3\xa9: PSF\n";
    assert_int_equal(msp_file_write(path, text, sizeof text - 1, NULL), MSP_OK);

    msp_findings list = {0};
    msp_findings_add(&list, MSP_SEVERITY_WARNING, "later", (msp_place){path, 3, 1, 1, false}, NULL,
                     "second");
    msp_findings_add(&list, MSP_SEVERITY_ERROR, "protocol-endpoint",
                     (msp_place){path, 2, 11, 3, false}, "did you mean \"PFS\"?",
                     "unknown endpoint \"%s\"", "PSF");
    msp_findings_sort(&list);
    assert_int_equal(list.n_errors, 1);
    assert_int_equal(list.n_warnings, 1);
    msp_text got = {0}, want = {0};
    msp_finding_render(&list.items[0], &got);
    msp_text_printf(&want,
                    "%s:2:11: error: unknown endpoint \"PSF\"  [protocol-endpoint]\n"
                    "    2 |   prim\xc3\xa9: PSF\n"
                    "      |          ^~~\n"
                    "   hint: did you mean \"PFS\"?\n",
                    path);
    assert_string_equal(msp_text_str(&got), msp_text_str(&want));
    msp_text_free(&got);
    msp_text_free(&want);
    msp_findings_free(&list);
    unlink(path);
}

/* Of a patient's row the fault is shown, and nothing beside it. */
static void a_row_of_data_is_not_shown(void **state)
{
    (void)state;
    char path[] = "/tmp/mspike-test-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    const char text[] = "id,time\n017-203,2020-01-01,Smith\n";
    assert_int_equal(msp_file_write(path, text, sizeof text - 1, NULL), MSP_OK);
    msp_error err;
    msp_place at = {.file = path, .line = 2, .col = 9, .span = 10, .data = true};
    (void)msp_fail_at(&err, MSP_EINPUT, at, "found a date");
    msp_text got = {0}, want = {0};
    msp_error_render(&err, &got);
    msp_text_printf(&want,
                    "%s:2:9: error: found a date  [EINPUT]\n"
                    "    2 | 2020-01-01\n"
                    "      | ^~~~~~~~~~\n",
                    path);
    assert_string_equal(msp_text_str(&got), msp_text_str(&want));
    at.span = 0; /* a place between two fields: nothing to show */
    (void)msp_fail_at(&err, MSP_EINPUT, at, "found a date");
    msp_text_clear(&got);
    msp_error_render(&err, &got);
    assert_null(strchr(msp_text_str(&got), '|'));
    msp_text_free(&got);
    msp_text_free(&want);
    unlink(path);
}

/* A rename would put a file in the place of a pipe, or of /dev/null. */
static void a_pipe_is_written_to(void **state)
{
    (void)state;
    char dir[] = "/tmp/mspike-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char path[64];
    snprintf(path, sizeof path, "%s/pipe", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    const int fd = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(msp_file_write(path, "whole", 5, NULL), MSP_OK);
    char got[8];
    assert_int_equal(read(fd, got, sizeof got), 5);
    assert_memory_equal(got, "whole", 5);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    close(fd);
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
}

static void output_is_complete_or_not_there(void **state)
{
    (void)state;
    char dir[] = "/tmp/mspike-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char path[64];
    snprintf(path, sizeof path, "%s/out", dir);
    msp_output out;
    msp_error err;
    assert_int_equal(msp_output_open(path, &out, &err), MSP_OK);
    fputs("half", out.stream);
    assert_int_equal(access(path, F_OK), -1);
    msp_output_discard(&out);
    assert_int_equal(msp_output_open(path, &out, &err), MSP_OK);
    fputs("whole", out.stream);
    assert_int_equal(msp_output_commit(&out, &err), MSP_OK);
    msp_file file;
    assert_int_equal(msp_file_open(path, &file, &err), MSP_OK);
    assert_int_equal(file.size, 5);
    assert_memory_equal(file.data, "whole", 5);
    msp_file_close(&file);
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
    assert_int_equal(msp_file_open(path, &file, &err), MSP_EIO);
    assert_string_equal(err.text, "cannot open the file: No such file or directory");
}

/* FIPS 180-4 examples and the lengths around a block's end. */
static void sha256_known_answers(void **state)
{
    (void)state;
    char hex[65];
    msp_sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    msp_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    msp_sha256_hex(two, sizeof two - 1, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    msp_sha256_hex(million, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void arena_objects_stay(void **state)
{
    (void)state;
    msp_arena arena = {0};
    char *first = msp_arena_text(&arena, "first");
    for (size_t i = 0; i < 5000; i++) {
        unsigned char *object = msp_arena_alloc(&arena, i % 700);
        assert_non_null(object);
        assert_int_equal((uintptr_t)object % 16, 0);
        for (size_t k = 0; k < i % 700; k++)
            assert_int_equal(object[k], 0);
    }
    assert_non_null(msp_arena_alloc(&arena, 1000000));
    assert_null(msp_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_string_equal(first, "first");
    assert_string_equal(msp_arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    msp_arena_free(&arena);
    msp_arena_free(&arena);
}

/* What comes after is zeroed, too, wherever it is. */
static void an_arena_is_used_again(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_arena_clear(&arena);
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 1; i < 300; i++) {
            const size_t size = (i % 97 == 96 ? 40000 : 0) + i;
            unsigned char *object = msp_arena_alloc(&arena, size);
            assert_non_null(object);
            for (size_t k = 0; k < size; k++)
                assert_int_equal(object[k], 0);
            memset(object, 0xff, size);
        }
        msp_arena_clear(&arena);
    }
    msp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_read_as_editors_jump),
        cmocka_unit_test(a_row_of_data_is_not_shown),
        cmocka_unit_test(output_is_complete_or_not_there),
        cmocka_unit_test(a_pipe_is_written_to),
        cmocka_unit_test(sha256_known_answers),
        cmocka_unit_test(arena_objects_stay),
        cmocka_unit_test(an_arena_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
