/* test_csv_read.c - RFC 4180 and what people write instead of it. */
#include "tables.h"

#include <locale.h>

#include "mspike/base/text.h"

static msp_status read_text(const char *text, const msp_read_options *options, msp_table *out,
                            msp_error *err)
{
    return msp_table_read_memory(text, strlen(text), "x.csv", options, out, err);
}

static void types_and_missing_values(void **state)
{
    (void)state;
    msp_table t;
    assert_ok(read_text("id,time,arm,note\n"
                        "01,12.5,A,NA\n"
                        "02,.,B,\"NA\"\n"
                        "03,-3e2,A,\n"
                        "04,NA,,\" \"\"x\"\"\"\n",
                        NULL, &t, err));
    assert_int_equal(t.n_rows, 4);
    assert_int_equal(t.n_columns, 4);
    assert_string_equal(t.name, "x");
    assert_string_equal(text_at(&t, 0, 0), "01"); /* what names a thing is text however it looks */
    assert_near(number_at(&t, 1, 0), 12.5, 0);
    assert_near(number_at(&t, 1, 1), NAN, 0);
    assert_near(number_at(&t, 1, 2), -300, 0);
    assert_null(t.columns[1].missing);
    assert_string_equal(text_at(&t, 2, 3), "");
    assert_int_equal(t.columns[2].n_texts, 3);
    assert_int_equal(t.columns[2].code[1], 2); /* by first appearance */
    assert_string_equal(text_at(&t, 3, 0), "");
    assert_string_equal(text_at(&t, 3, 1), "NA"); /* in quotes it is Namibia */
    assert_string_equal(text_at(&t, 3, 3), " \"x\"");
    msp_table_free(&t);
}

static void a_late_text_turns_the_column(void **state)
{
    (void)state;
    msp_text csv = {0};
    msp_text_add(&csv, "a,b\n");
    for (int i = 0; i < 3000; i++)
        msp_text_printf(&csv, "%d.50,%d\n", i, i);
    msp_text_add(&csv, "x,1\n");
    msp_table t;
    assert_ok(read_text(csv.data, NULL, &t, err));
    assert_int_equal(t.n_rows, 3001);
    assert_string_equal(text_at(&t, 0, 7), "7.50"); /* as it stands in the file */
    assert_string_equal(text_at(&t, 0, 3000), "x");
    assert_near(number_at(&t, 1, 2999), 2999, 0);
    msp_table_free(&t);
    msp_text_free(&csv);
}

static void names_stay_names(void **state)
{
    (void)state;
    msp_table t;
    assert_ok(read_text("a,b,c,d\n12345678901234567,007,0.5,-0\n1,2,0,1e3\n", NULL, &t, err));
    assert_string_equal(text_at(&t, 0, 0), "12345678901234567");
    assert_string_equal(text_at(&t, 1, 0), "007");
    assert_near(number_at(&t, 2, 0), 0.5, 0);
    assert_near(number_at(&t, 3, 1), 1000, 0);
    assert_true(signbit(number_at(&t, 3, 0)));
    msp_table_free(&t);
}

static void columns_asked_for(void **state)
{
    (void)state;
    const msp_read_column columns[] = {{"TIME", MSP_READ_NUMBER},
                                       {"arm", MSP_READ_TEXT},
                                       {"arm", MSP_READ_AUTO},
                                       {"dose", MSP_READ_TEXT}};
    const msp_read_options options = {.columns = columns, .n_columns = 4};
    msp_table t;
    assert_ok(read_text("id,time,arm,dose,rest\n1,05,1,3.20,x\n2,6,2,,y\n", &options, &t, err));
    assert_int_equal(t.n_columns, 4);
    assert_string_equal(t.columns[0].name, "time");
    assert_near(number_at(&t, 0, 0), 5, 0); /* 05 is a number where one is asked for */
    assert_string_equal(text_at(&t, 1, 1), "2");
    assert_near(number_at(&t, 2, 1), 2, 0);
    assert_string_equal(text_at(&t, 3, 0), "3.20");
    assert_true(msp_column_is_missing(&t.columns[3], 1));
    msp_table_free(&t);

    const msp_read_column unknown[] = {{"tiem", MSP_READ_NUMBER}};
    const msp_read_options bad = {.columns = unknown, .n_columns = 1};
    msp_error err;
    assert_int_equal(read_text("id,time\n1,2\n", &bad, &t, &err), MSP_EINPUT);
    assert_string_equal(err.text, "there is no column \"tiem\"");
    assert_string_equal(err.hint, "did you mean \"time\"?");

    const msp_read_column some[] = {{"none", MSP_READ_TEXT}, {"time", MSP_READ_TEXT}};
    const msp_read_options there = {.columns = some, .n_columns = 2, .skip_absent = true};
    assert_int_equal(read_text("id,time\n1,2\n", &there, &t, &err), MSP_OK);
    assert_int_equal(t.n_columns, 1);
    assert_string_equal(text_at(&t, 0, 0), "2");
    msp_table_free(&t);
}

static void exact_name_before_any_case(void **state)
{
    (void)state;
    const msp_read_column columns[] = {{"Aval", MSP_READ_AUTO}, {"AVAL", MSP_READ_AUTO}};
    const msp_read_options options = {.columns = columns, .n_columns = 2};
    msp_table t;
    assert_ok(read_text("aval,AVAL,Aval\n1,2,3\n", &options, &t, err));
    assert_near(number_at(&t, 0, 0), 3, 0);
    assert_near(number_at(&t, 1, 0), 2, 0);
    msp_table_free(&t);
}

static void delimiters_and_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        char delimiter, decimal;
    } cases[] = {
        {"a,b\n1.5,x\n", 0, 0},
        {"a;b\n1,5;x\n", 0, 0},
        {"a\tb\n1.5\tx\n", 0, 0},
        {"a;b\n1.5;x\n", 0, '.'},
        {"a|b\n1.5|x\n", '|', 0},
        {"a\tb\n1,5\tx\n", 0, ','},
        {"\"a\";\"b\"\n1,5;x\n", 0, 0},
        {"\xef\xbb\xbf"
         "a,b\r\n1.5,x\r\n",
         0, 0},
        {"a,b\n1.5,x", 0, 0},
        {"a,b\r\n\"1.5\",\"x\"", 0, 0},
        {"a,b\n 1.5 ,x\n\n\n", 0, 0},
        {" a , b\n\n1.5,x\n\r\n", 0, 0},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        const msp_read_options options = {.delimiter = cases[i].delimiter,
                                          .decimal = cases[i].decimal};
        msp_table t;
        assert_ok(read_text(cases[i].csv, &options, &t, err));
        assert_int_equal(t.n_rows, 1);
        assert_int_equal(t.n_columns, 2);
        assert_string_equal(t.columns[0].name, "a");
        assert_near(number_at(&t, 0, 0), 1.5, 0);
        assert_string_equal(text_at(&t, 1, 0), "x");
        msp_table_free(&t);
    }
}

static void impossible_delimiters(void **state)
{
    (void)state;
    static const char pairs[][2] = {{'"', 0}, {',', ','}, {'.', '.'}, {';', ';'}, {0, 'x'}};
    for (size_t i = 0; i < MSP_COUNT(pairs); i++) {
        const msp_read_options options = {.delimiter = pairs[i][0], .decimal = pairs[i][1]};
        msp_table t;
        assert_int_equal(read_text("a,b\n1,2\n", &options, &t, NULL), MSP_EUSAGE);
    }
}

static void every_fault_has_its_place(void **state)
{
    (void)state;
    static const msp_read_column numbers[] = {{"a", MSP_READ_NUMBER}};
    static const msp_read_options as_numbers = {.columns = numbers, .n_columns = 1};
    static const struct {
        const char *csv;
        unsigned line, col;
        const char *text;
        const msp_read_options *options;
    } cases[] = {
        {"a,b\n1,2\n3\n", 3, 2, "the row ends after 1 of 2 fields", NULL},
        {"a,b\n1,2,3\n", 2, 4, "the row goes on after its 2 fields", NULL},
        {"a,b\n1,\"x\ny\"z\n", 3, 3, "text after the closing quote", NULL},
        {"a,b\n1,x\"y\n", 2, 4, "a quote inside an unquoted field", NULL},
        {"a,b\n\"1,2\n3,4\n", 2, 1, "the quote that opens here is never closed", NULL},
        {"a,b\n1,\"\xc3\x28\"\n", 2, 4, "the text is not valid UTF-8", NULL},
        {"a,b\n1,x\xff\n", 2, 4, "the text is not valid UTF-8", &as_numbers},
        {"a,b\n1,x\ry\n", 2, 4, "a carriage return inside a field", NULL},
        {"a,a\n1,2\n", 0, 0, "two columns are called \"a\"", NULL},
        {"a,b\n1,2\ninf,3\n", 3, 1, "column a: found \"inf\" where a number is expected",
         &as_numbers},
        {"a,b\nnan,3\n", 2, 1, "column a: found \"nan\" where a number is expected", &as_numbers},
        {"a,b\n0x10,3\n", 2, 1, "column a: found \"0x10\" where a number is expected", &as_numbers},
        {"b,a\n0,1e999\n", 2, 3, "column a: found \"1e999\" where a number is expected",
         &as_numbers},
        {"a;b\n1.5;3\n", 2, 1, "column a: found \"1.5\" where a number is expected", &as_numbers},
        {"a,b\n1,x\r\n\"2\",\"y", 3, 5, "the quote that opens here is never closed", NULL},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_table t;
        msp_error err;
        assert_int_equal(read_text(cases[i].csv, cases[i].options, &t, &err), MSP_EINPUT);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err.at.file, "x.csv");
        assert_int_equal(err.at.line, cases[i].line);
        assert_int_equal(err.at.col, cases[i].col);
        assert_null(t.columns);
    }
}

static void a_nul_is_no_text(void **state)
{
    (void)state;
    msp_table t;
    msp_error err;
    char big[6000]; /* beyond the bytes that choose the reader */
    memset(big, 'x', sizeof big);
    memcpy(big, "a\n", 2);
    big[5000] = '\0';
    big[5999] = '\n';
    assert_int_equal(msp_table_read_memory(big, sizeof big, "x.csv", NULL, &t, &err), MSP_EINPUT);
    assert_string_equal(err.text, "a NUL byte in the text");
    assert_int_equal(err.at.col, 4999);
    assert_int_equal(msp_table_read_memory("a,b\n1,x\0y\n", 10, "x.csv", NULL, &t, &err),
                     MSP_EUNSUPPORTED);
}

static void special_missing_values(void **state)
{
    (void)state;
    msp_table t;
    assert_ok(read_text("a,b\n1,x\n.A,.A\n.,y\n._,z\n5,w\n", NULL, &t, err));
    const char kinds[] = {0, 'A', '.', '_', 0};
    for (size_t row = 0; row < 5; row++)
        assert_int_equal(kind_at(&t.columns[0], row), kinds[row]);
    assert_int_equal(t.columns[0].missing[4], 0);
    assert_string_equal(text_at(&t, 1, 1), ".A");
    msp_table_free(&t);
}

static void other_encodings(void **state)
{
    (void)state;
    const msp_read_options options = {.encoding = "windows-1252"};
    msp_table t;
    assert_ok(read_text("a,b\nCr\xe8te,\x92\n", &options, &t, err));
    assert_string_equal(text_at(&t, 0, 0), "Crète");
    assert_string_equal(text_at(&t, 1, 0), "’");
    msp_table_free(&t);
    const msp_read_options none = {.encoding = "klingon-1"};
    msp_error err;
    assert_int_equal(read_text("a\n1\n", &none, &t, &err), MSP_EUSAGE);
}

/* Numbers in every form agree with the correctly rounded value, which base's parser gives. */
static void numbers_round_correctly(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    msp_text csv = {0};
    msp_text_add(&csv, "x\n");
    enum { N = 20000 };
    static double want[N];
    for (int i = 0; i < N; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        char number[64];
        const int digits = (int)(seed % 19) + 1, point = (int)(seed / 19 % 20);
        int len = 0;
        if (seed & 1 << 20)
            number[len++] = '-';
        for (int k = 0; k < digits; k++) {
            if (k == point)
                number[len++] = '.';
            number[len++] = (char)('0' + (k == 0 ? 1 : (seed >> k) % 10));
        }
        if (seed % 7 == 0)
            len += snprintf(number + len, 8, "e%d", (int)(seed % 40) - 20);
        assert_true(msp_double_parse(number, (size_t)len, &want[i]));
        msp_text_add_n(&csv, number, (size_t)len);
        msp_text_add_char(&csv, '\n');
    }
    const msp_read_column column[] = {{"x", MSP_READ_NUMBER}};
    const msp_read_options options = {.columns = column, .n_columns = 1};
    msp_table t;
    assert_ok(read_text(csv.data, &options, &t, err));
    for (int i = 0; i < N; i++)
        assert_near(number_at(&t, 0, (size_t)i), want[i], 0);
    msp_table_free(&t);
    msp_text_free(&csv);
}

static void a_cell_knows_its_place(void **state)
{
    (void)state;
    char path[] = "/tmp/msp-place-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    const char csv[] = "a,b,c\r\n1,\"x\ny\",2\r\n\r\n3,,4\r\n";
    assert_int_equal(write(fd, csv, sizeof csv - 1), (int)sizeof csv - 1);
    close(fd);
    msp_table t;
    assert_ok(msp_table_read(path, NULL, &t, err));
    msp_place at = msp_table_place(&t, 0, &t.columns[2]);
    assert_int_equal(at.line, 3); /* the second line of the quoted field */
    assert_int_equal(at.col, 4);
    at = msp_table_place(&t, 1, &t.columns[2]);
    assert_int_equal(at.line, 5);
    assert_int_equal(at.col, 4);
    at = msp_table_place(&t, 1, NULL);
    assert_int_equal(at.line, 5);
    assert_int_equal(at.col, 1);
    msp_error err;
    assert_int_equal(msp_table_fail(&err, MSP_ERANGE, &t, 1, &t.columns[0], "too low: %d", 3),
                     MSP_ERANGE);
    assert_string_equal(err.text, "too low: 3");
    assert_int_equal(err.at.line, 5);
    assert_int_equal(err.row, 1);
    msp_table_free(&t);
    unlink(path);
}

static void reference_files_read(void **state)
{
    (void)state;
    require_shared("data/survival/myeloma.csv");
    msp_table t;
    assert_ok(msp_table_read(shared_file("data/survival/myeloma.csv"), NULL, &t, err));
    assert_int_equal(t.n_rows, 3882); /* ../shared/data/README.md */
    assert_int_equal(t.n_columns, 5);
    double sum = 0;
    const msp_column *death = msp_table_column(&t, "death");
    for (size_t i = 0; i < t.n_rows; i++)
        sum += death->number[i];
    assert_near(sum, 2769, 0); /* awk: the sum of the column */
    msp_table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_missing_values),
        cmocka_unit_test(a_late_text_turns_the_column),
        cmocka_unit_test(names_stay_names),
        cmocka_unit_test(columns_asked_for),
        cmocka_unit_test(exact_name_before_any_case),
        cmocka_unit_test(delimiters_and_decimals),
        cmocka_unit_test(impossible_delimiters),
        cmocka_unit_test(every_fault_has_its_place),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(special_missing_values),
        cmocka_unit_test(other_encodings),
        cmocka_unit_test(numbers_round_correctly),
        cmocka_unit_test(a_cell_knows_its_place),
        cmocka_unit_test(reference_files_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
