/*
 * test_memory.c - every allocation of the room's own fails once; each time the call says so and
 * nothing is left behind.
 *
 * The program's own malloc stands before the C library's and fails on the n-th call that comes from
 * the program itself, so that libraries keep theirs. Under a sanitizer, which has its own, it stays
 * out.
 */
#include "tables.h"

#include <malloc.h>

#include "table/internal.h"

#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define CAN_FAIL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAN_FAIL 0
#endif
#endif
#ifndef CAN_FAIL
#define CAN_FAIL 1
#endif

#if CAN_FAIL
extern char __executable_start, etext; /* the linker's */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);

extern void __libc_free(void *block);

static long countdown; /* 0: never */
static bool failed;
static long live; /* blocks of everybody's */

static bool fails(const void *caller)
{
    const bool ours = (const char *)caller >= &__executable_start && (const char *)caller < &etext;
    if (!ours || countdown == 0 || --countdown > 0)
        return false;
    failed = true;
    return true;
}

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *block, size_t size)
{
    if (block == NULL)
        return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(size));
    /* giving room back may fail without harm */
    const bool grows = size > malloc_usable_size(block);
    return grows && fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}

static const char csv[] = "USUBJID,AGE,ARM\n01,63,\"K\"\"Rd\"\n02,.A,x\n03,1e3,Rd\n04,y,Rd\n";
static const char json[] =
    "{\"datasetJSONVersion\":\"1.1.0\",\"originator\":\"x\",\"records\":2,\"name\":\"A\",\"label\":"
    "\"l\","
    "\"columns\":[{\"itemOID\":\"i\",\"name\":\"X\",\"label\":\"\",\"dataType\":\"integer\"},"
    "{\"name\":\"Y\",\"dataType\":\"string\"}],\"rows\":[[\".A\",\"a\"],[2,\"b\"]]}";

/* Read with the first column also as text, written as every format, looked at. */
static msp_status all_of_it(const char *bytes, size_t size, const char *file)
{
    msp_table t;
    msp_error err;
    msp_status rc = msp_table_read_memory(bytes, size, file, NULL, &t, &err);
    if (rc != MSP_OK) {
        assert_null(t.columns);
        return rc;
    }
    const msp_read_column columns[] = {{t.columns[1].name, MSP_READ_TEXT},
                                       {t.columns[1].name, MSP_READ_AUTO},
                                       {t.columns[0].name, MSP_READ_AUTO}};
    const msp_read_options options = {.columns = columns, .n_columns = 3};
    msp_table again;
    rc = msp_table_read_memory(bytes, size, file, &options, &again, &err);
    msp_table_free(&again);
    for (msp_table_format format = MSP_TABLE_CSV; rc == MSP_OK && format <= MSP_TABLE_DSJC;
         format++) {
        msp_text text = {0};
        if (format == MSP_TABLE_CSV)
            rc = msp__csv_write(&t, NULL, &text, &err);
        else if (format == MSP_TABLE_XPT)
            rc = msp__xpt_write(&t, NULL, &text, &err);
        else if (format != MSP_TABLE_SAS7BDAT)
            rc = msp__dataset_json_write(&t, format, NULL, &text, &err);
        rc = rc == MSP_OK && text.failed ? MSP_EMEM : rc;
        msp_text_free(&text);
    }
    msp_table_free(&t);
    return rc;
}

static void fail_each(const char *bytes, size_t size, const char *file)
{
    assert_int_equal(all_of_it(bytes, size, file), MSP_OK);
    long n = 1;
    for (;; n++) {
        const long before = live;
        failed = false;
        countdown = n;
        const msp_status rc = all_of_it(bytes, size, file);
        countdown = 0;
        assert_int_equal(live, before);
        if (!failed) {
            assert_int_equal(rc, MSP_OK);
            break;
        }
        assert_int_equal(rc, MSP_EMEM);
    }
    assert_true(n > 20); /* allocations were met, one by one */
}

static void csv_without_memory(void **state)
{
    (void)state;
    fail_each(csv, sizeof csv - 1, "A.csv");
}

static void json_without_memory(void **state)
{
    (void)state;
    fail_each(json, sizeof json - 1, "A.json");
}
static void xpt_without_memory(void **state)
{
    (void)state;
    msp_table t;
    msp_text xpt = {0};
    assert_ok(msp_table_read_memory(csv, sizeof csv - 1, "A.csv", NULL, &t, err));
    assert_ok(msp__xpt_write(&t, NULL, &xpt, err));
    msp_table_free(&t);
    fail_each(xpt.data, xpt.len, "A.xpt");
    msp_text_free(&xpt);
}
#endif

int main(void)
{
#if CAN_FAIL
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_without_memory),
        cmocka_unit_test(json_without_memory),
        cmocka_unit_test(xpt_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
#else
    print_message("skipped: the sanitizer's own malloc cannot be made to fail\n");
    return 0;
#endif
}
