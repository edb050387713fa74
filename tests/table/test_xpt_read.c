/* test_xpt_read.c - SAS transport files, against what is known of real ones and against ReadStat.
 */
#include "tables.h"

#include <glob.h>
#include <readstat.h>

#include "mspike/base/file.h"
#include "mspike/base/text.h"
#include "table/xpt.h"

/* IBM floats by hand: 118.625 is 0x76.A, that is 0x0.76A * 16^2: exponent 66 = 0x42. */
static void ibm_numbers(void **state)
{
    (void)state;
    static const struct {
        double x;
        unsigned char bytes[8];
    } cases[] = {
        {1, {0x41, 0x10}},
        {-118.625, {0xc2, 0x76, 0xa0}},
        {0, {0}},
        {0.1, {0x40, 0x19, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a}},
        {16, {0x42, 0x10}},
        {0x1p-260, {0x00, 0x10}},
        {0x0.fffffffffffff8p252, {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf8}},
    };
    unsigned char bytes[8];
    char missing;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        assert_true(msp__ibm_from_double(cases[i].x, bytes));
        assert_memory_equal(bytes, cases[i].bytes, 8);
        assert_near(msp__ibm_to_double(bytes, 8, &missing), cases[i].x, 0);
        assert_int_equal(missing, 0);
    }
    assert_false(msp__ibm_from_double(0x1p252, bytes));
    assert_false(msp__ibm_from_double(0x1p-261, bytes));
    assert_false(msp__ibm_from_double(INFINITY, bytes));
    assert_near(msp__ibm_to_double((const unsigned char *)".\0\0\0\0\0\0\0", 8, &missing), NAN, 0);
    assert_int_equal(missing, '.');
    (void)msp__ibm_to_double((const unsigned char *)"Z\0\0", 3, &missing);
    assert_int_equal(missing, 'Z');
    /* three bytes hold 118.625 exactly */
    assert_near(msp__ibm_to_double((const unsigned char *)"\xc2\x76\xa0", 3, &missing), -118.625,
                0);
}

static void every_number_comes_back(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        const double x = ldexp((double)(int64_t)seed, (int)(seed % 500) - 310);
        unsigned char bytes[8];
        char missing;
        if (fabs(x) >= 0x1p252 || fabs(x) < 0x1p-260)
            continue;
        assert_true(msp__ibm_from_double(x, bytes));
        assert_near(msp__ibm_to_double(bytes, 8, &missing), x, 0);
    }
}

static void sas_version_8(void **state)
{
    (void)state;
    require_shared("data/sas-made/dates_xpt_v8.xpt");
    msp_table t;
    assert_ok(msp_table_read(shared_file("data/sas-made/dates_xpt_v8.xpt"), NULL, &t, err));
    assert_string_equal(t.name, "DATES");
    assert_string_equal(t.label, "dataset label for the dates test dataset");
    assert_int_equal(t.n_rows, 19);
    assert_string_equal(t.columns[0].label,
                        "a very long label for testing accuracy of transformations");
    assert_string_equal(t.columns[1].name, "string_dt");
    assert_string_equal(t.columns[0].format, "DATETIME.");
    /* the file tells every moment twice: as a number and as text */
    for (size_t row = 0; row < t.n_rows; row++) {
        char iso[MSP_ISO_MAX], want[MSP_ISO_MAX];
        (void)snprintf(want, sizeof want, "%s", text_at(&t, 1, row));
        want[10] = 'T';
        assert_true(msp_sas_date_format(number_at(&t, 0, row), MSP_SAS_DATETIME, iso));
        assert_string_equal(iso, want);
    }
    msp_table_free(&t);
}

static void text_of_windows(void **state)
{
    (void)state;
    require_shared("data/phuse/ts.xpt");
    msp_findings notes = {0};
    const msp_read_options options = {.notes = &notes};
    msp_table t;
    assert_ok(msp_table_read(shared_file("data/phuse/ts.xpt"), &options, &t, err));
    assert_int_equal(notes.n_warnings, 1);
    const msp_column *value = msp_table_column(&t, "TSVAL");
    bool found = false;
    for (size_t i = 0; i < value->n_texts; i++)
        found = found || strstr(value->text[i], "Alzheimer’s Disease") != NULL;
    assert_true(found);
    msp_table_free(&t);
    msp_findings_free(&notes);
}

/* -- against ReadStat, which reads the same format on its own -- */

typedef struct other {
    const msp_table *table;
    size_t values;
} other;

static int same_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context)
{
    other *o = context;
    const msp_column *column = &o->table->columns[readstat_variable_get_index(variable)];
    assert_string_equal(readstat_variable_get_name(variable), column->name);
    assert_true((size_t)row < o->table->n_rows);
    o->values++;
    if (column->type == MSP_COLUMN_TEXT) {
        const char *s = readstat_string_value(value);
        assert_string_equal(s != NULL ? s : "", column->text[column->code[row]]);
    } else if (readstat_value_is_missing(value, variable)) {
        const char tag = readstat_value_is_tagged_missing(value) ? readstat_value_tag(value) : '.';
        assert_int_equal(kind_at(column, (size_t)row), tag);
    } else {
        assert_near(column->number[row], readstat_double_value(value), 0);
    }
    return READSTAT_HANDLER_OK;
}

static void compare_with_readstat(const char *path)
{
    msp_table t;
    assert_ok(msp_table_read(path, NULL, &t, err));
    readstat_parser_t *parser = readstat_parser_init();
    readstat_set_value_handler(parser, same_value);
    if (strstr(path, "phuse/ts.xpt") != NULL) /* the one file here that is not UTF-8 */
        readstat_set_file_character_encoding(parser, "WINDOWS-1252");
    other o = {&t, 0};
    assert_int_equal(readstat_parse_xport(parser, path, &o), READSTAT_OK);
    readstat_parser_free(parser);
    assert_int_equal(o.values, t.n_rows * t.n_columns);
    msp_table_free(&t);
}

static void as_readstat_reads(void **state)
{
    (void)state;
    require_shared("data/phuse/adsl.xpt");
    static const char *const folders[] = {"data/phuse", "data/sas-made", "data/cdisc-examples/sdtm",
                                          "data/cdisc-examples/adam"};
    size_t n = 0;
    for (size_t i = 0; i < MSP_COUNT(folders); i++) {
        char pattern[4200];
        (void)snprintf(pattern, sizeof pattern, "%s/*.xpt*", shared_file(folders[i]));
        glob_t found;
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t k = 0; k < found.gl_pathc; k++, n++)
            compare_with_readstat(found.gl_pathv[k]);
        globfree(&found);
    }
    assert_true(n >= 40);
}

/* -- faults -- */

static void faults_are_said(void **state)
{
    (void)state;
    require_shared("data/sas-made/sas.xpt8");
    msp_file file;
    assert_int_equal(msp_file_open(shared_file("data/sas-made/sas.xpt8"), &file, NULL), MSP_OK);
    static const struct {
        size_t size, at;
        const char *patch, *text;
    } cases[] = {
        {79, 0, NULL, "it ends inside its header (at byte 0)"},
        {560, 0, NULL, "it ends inside its header (at byte 560)"},
        {700, 0, NULL, "it ends inside the descriptions of its variables (at byte 640)"},
        {960, 260, "X", "its MEMBV8 record is not where it should be (at byte 240)"},
        {960, 614, "9999", "it ends inside the descriptions of its variables (at byte 640)"},
        {960, 640, "\0\3", "a variable is neither number nor text (at byte 640)"},
        {960, 644, "\0\1", "a variable has an impossible length (at byte 640)"},
        {920, 0, NULL, "the file is cut short: it ends inside row 6"},
        {880, 0, NULL, "the file says that it has 10 rows; it holds 0"},
        {960, 848, "     2147483649", "the file says that it has 2147483649 rows; it holds 10"},
        {960, 848, "              9", "the file says that it has 9 rows; it holds 10"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        char *copy = malloc(cases[i].size);
        assert_non_null(copy);
        memcpy(copy, file.data, cases[i].size);
        if (cases[i].patch != NULL)
            memcpy(copy + cases[i].at, cases[i].patch,
                   cases[i].patch[0] == '\0' ? 2 : strlen(cases[i].patch));
        msp_table t;
        msp_error err;
        assert_int_equal(msp_table_read_memory(copy, cases[i].size, "x.xpt", NULL, &t, &err),
                         MSP_EINPUT);
        if (strstr(err.text, cases[i].text) == NULL)
            assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err.at.file, "x.xpt");
        free(copy);
    }
    msp_file_close(&file);
}

static void strangers_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *what;
    } cases[] = {
        {"<!DOCTYPE html><html>", "this is an HTML or XML page;"},
        {"PK\3\4....", "this is a ZIP archive or an Excel workbook;"},
        {"\xff\xfe.", "this is UTF-16 text;"},
    };
    msp_table t;
    msp_error err;
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        assert_int_equal(msp_table_read_memory(cases[i].bytes, strlen(cases[i].bytes), "adsl.xpt",
                                               NULL, &t, &err),
                         MSP_EUNSUPPORTED);
        err.text[strlen(cases[i].what)] = '\0';
        assert_string_equal(err.text, cases[i].what);
    }
    assert_int_equal(msp_table_read_memory("", 0, "x", NULL, &t, &err), MSP_ENODATA);
    assert_int_equal(msp_table_read("/nowhere/x.xpt", NULL, &t, &err), MSP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ibm_numbers),
        cmocka_unit_test(every_number_comes_back),
        cmocka_unit_test(sas_version_8),
        cmocka_unit_test(text_of_windows),
        cmocka_unit_test(as_readstat_reads),
        cmocka_unit_test(faults_are_said),
        cmocka_unit_test(strangers_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
