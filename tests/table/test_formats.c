/* test_formats.c - the same data in every format: read, written, and back. */
#include "same.h"

#include <glob.h>

#include "mspike/base/file.h"

/* -- CDISC's examples: one data set, four files -- */

static void read_ok(const char *path, msp_table *out)
{
    msp_error err;
    if (msp_table_read(path, NULL, out, &err) != MSP_OK)
        fail_msg("%s: %s", path, err.text);
}

static size_t compare_folder(const char *folder)
{
    static const char *const endings[] = {"json", "ndjson", "dsjc"};
    char pattern[4200];
    (void)snprintf(pattern, sizeof pattern, "%s/*.xpt", shared_file(folder));
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t k = 0; k < found.gl_pathc; k++) {
        msp_table xpt, other;
        read_ok(found.gl_pathv[k], &xpt);
        for (size_t i = 0; i < MSP_COUNT(endings); i++) {
            char path[4300];
            const size_t stem = strlen(found.gl_pathv[k]) - strlen("xpt");
            (void)snprintf(path, sizeof path, "%.*s%s", (int)stem, found.gl_pathv[k], endings[i]);
            read_ok(path, &other);
            assert_string_equal(xpt.name, other.name);
            assert_same_values(&xpt, &other, 1e-14);
            msp_table_free(&other);
        }
        msp_table_free(&xpt);
    }
    const size_t n = found.gl_pathc;
    globfree(&found);
    return n;
}

static void cdisc_examples_agree(void **state)
{
    (void)state;
    require_shared("data/cdisc-examples/adam/adsl.xpt");
    assert_int_equal(compare_folder("data/cdisc-examples/adam"), 3);
    assert_int_equal(compare_folder("data/cdisc-examples/sdtm"), 21);
}

static void japanese_and_extensions(void **state)
{
    (void)state;
    require_shared("data/cdisc-examples/i18n/ae.json");
    msp_table t;
    read_ok(shared_file("data/cdisc-examples/i18n/ae.json"), &t);
    assert_int_equal(t.n_rows, 1191);
    msp_table_free(&t);
    /* this example says 72 records and holds the first two: a wrong count is an error */
    msp_error err;
    assert_int_equal(msp_table_read(shared_file("data/cdisc-examples/ext/extended_dataset.json"),
                                    NULL, &t, &err),
                     MSP_EINPUT);
    assert_string_equal(err.text, "the file says \"records\": 72; it holds 2 rows");
}

static void sas_data_sets_read(void **state)
{
    (void)state;
    require_shared("data/sas-made/sample.sas7bdat");
    msp_table xpt, sas, packed;
    read_ok(shared_file("data/sas-made/sample.xpt"), &xpt);
    read_ok(shared_file("data/sas-made/sample.sas7bdat"), &sas);
    read_ok(shared_file("data/sas-made/sample_bincompressed.sas7bdat"), &packed);
    assert_same_values(&sas, &packed, 0);
    assert_int_equal(sas.n_rows, xpt.n_rows);
    for (size_t row = 0; row < sas.n_rows; row++)
        for (size_t i = 1; i < 4; i++)
            assert_near(sas.columns[i].number[row], xpt.columns[i].number[row], 1e-14);
    msp_table_free(&xpt);
    msp_table_free(&sas);
    msp_table_free(&packed);

    /* var1 to var9 are .A .B .C .X .Y .Z ._ . 1 */
    read_ok(shared_file("data/sas-made/missing_test.sas7bdat"), &sas);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(kind_at(&sas.columns[i], 0), "ABCXYZ_."[i]);
    assert_near(number_at(&sas, 8, 0), 1, 0);
    msp_table_free(&sas);
    const msp_read_column columns[] = {{"VAR9", MSP_READ_TEXT}, {"var2", MSP_READ_AUTO}};
    const msp_read_options options = {.columns = columns, .n_columns = 2};
    assert_ok(
        msp_table_read(shared_file("data/sas-made/missing_test.sas7bdat"), &options, &sas, err));
    assert_int_equal(sas.n_columns, 2);
    assert_string_equal(text_at(&sas, 0, 0), "1");
    assert_int_equal(kind_at(&sas.columns[1], 0), 'B');
    msp_table_free(&sas);
}

/* -- there and back -- */

static char folder[] = "/tmp/msp-formats-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* Writes, reads, and gives the table read. */
static void through(const msp_table *table, msp_table_format format, msp_table *out)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/x.%s", folder, msp_table_format_name(format));
    msp_error err;
    if (msp_table_write(table, path, format, NULL, &err) != MSP_OK)
        fail_msg("%s: %s", table->file, err.text);
    read_ok(path, out);
    unlink(path);
    assert_int_equal(out->format, format);
}

static void round_trips(const char *path)
{
    static const msp_table_format formats[] = {MSP_TABLE_JSON, MSP_TABLE_NDJSON, MSP_TABLE_DSJC};
    msp_table xpt, json, back, csv;
    read_ok(path, &xpt);
    for (size_t i = 0; i < MSP_COUNT(formats); i++) {
        through(&xpt, formats[i], &json);
        assert_same(&xpt, &json);
        /* phuse/ts.xpt alone holds a text that is not ASCII, and dates_xpt_v8 long labels */
        if (strstr(path, "phuse/ts.xpt") == NULL && strstr(path, "dates_xpt_v8") == NULL) {
            through(&json, MSP_TABLE_XPT, &back);
            assert_same(&xpt, &back);
            msp_table_free(&back);
        }
        msp_table_free(&json);
    }
    through(&xpt, MSP_TABLE_CSV, &csv);
    assert_int_equal(csv.n_rows, xpt.n_rows);
    assert_int_equal(csv.n_columns, xpt.n_columns);
    msp_table_free(&csv);
    msp_table_free(&xpt);
}

static void nothing_is_lost_on_the_way(void **state)
{
    (void)state;
    require_shared("data/phuse/adsl.xpt");
    static const char *const folders[] = {"data/phuse", "data/sas-made", "data/cdisc-examples/sdtm",
                                          "data/cdisc-examples/adam"};
    for (size_t i = 0; i < MSP_COUNT(folders); i++) {
        char pattern[4200];
        (void)snprintf(pattern, sizeof pattern, "%s/*.xpt*", shared_file(folders[i]));
        glob_t found;
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t k = 0; k < found.gl_pathc; k++)
            round_trips(found.gl_pathv[k]);
        globfree(&found);
    }
}

/* A table with everything in it that a format may stumble over. */
static void make_hard_table(msp_table *t)
{
    assert_ok(msp_table_init(t, "HARD", "Everything at once", err));
    static const struct {
        const char *name, *label, *format;
        msp_column_type type;
        uint32_t length;
    } columns[] = {
        {"NUM", "Numbers \"quoted\"", "8.2", MSP_COLUMN_NUMBER, 8},
        {"DT", "A date", "DATE9.", MSP_COLUMN_NUMBER, 8},
        {"TM", "A time", "TIME8.", MSP_COLUMN_NUMBER, 8},
        {"DTM", "A moment", "E8601DT26.6", MSP_COLUMN_NUMBER, 8},
        {"LATE", "No clock time", "TIME8.", MSP_COLUMN_NUMBER, 8},
        {"SHORT", "In three bytes", "", MSP_COLUMN_NUMBER, 3},
        {"TXT", "Texts", "$20.", MSP_COLUMN_TEXT, 60},
    };
    for (size_t i = 0; i < MSP_COUNT(columns); i++) {
        msp_column *column = msp_table_add_column(t, columns[i].name, columns[i].type);
        assert_non_null(column);
        column->label = columns[i].label;
        column->format = columns[i].format;
        column->length = columns[i].length;
    }
    static const double numbers[][6] = {
        {0.1, -3653, 0, 1e9 + 0.25, 90000, 1},
        {1.0 / 3, 0, 86399, -1, -5, -2},
        {-1e-70, 14610, 30600.5, 0, 0, 8192},
        {9007199254740993.0, 21915, 1, 1.6e9, 1, 0},
        {-0.0, 1, 2, 3, 4, 5},
    };
    static const char *const texts[] = {"plain", "a,\"b\"\nc", "NA", ".", "x\\y/z<&>"};
    for (size_t row = 0; row < MSP_COUNT(numbers); row++) {
        assert_ok(msp_table_add_row(t, err));
        for (size_t i = 0; i < 6; i++)
            t->columns[i].number[row] = numbers[row][i];
        assert_int_equal(msp_table_put_text(t, &t->columns[6], row, texts[row], strlen(texts[row])),
                         MSP_OK);
    }
    assert_ok(msp_table_add_row(t, err)); /* all plainly missing */
    assert_ok(msp_table_add_row(t, err));
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(msp_table_put_missing(t, &t->columns[i], 6, "._AZBC"[i]), MSP_OK);
}

static void a_hard_table_comes_back(void **state)
{
    (void)state;
    static const msp_table_format formats[] = {MSP_TABLE_JSON, MSP_TABLE_NDJSON, MSP_TABLE_DSJC};
    msp_table t, back;
    make_hard_table(&t);
    for (size_t i = 0; i < MSP_COUNT(formats); i++) {
        through(&t, formats[i], &back);
        assert_same(&t, &back);
        msp_table_free(&back);
    }
    /* a line feed is no printable ASCII: XPT refuses it, without it all else comes back */
    msp_error err;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/x.xpt", folder);
    assert_int_equal(msp_table_write(&t, path, MSP_TABLE_XPT, NULL, &err), MSP_EUNSUPPORTED);
    assert_string_equal(err.text,
                        "row 2, column TXT: XPT cannot hold this text: it takes printable "
                        "ASCII");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(msp_table_put_text(&t, &t.columns[6], 1, "a,\"b\"", 5), MSP_OK);
    through(&t, MSP_TABLE_XPT, &back);
    assert_same(&t, &back);
    msp_table_free(&back);
    msp_table_free(&t);
}

static void csv_keeps_values(void **state)
{
    (void)state;
    msp_table t, back;
    make_hard_table(&t);
    through(&t, MSP_TABLE_CSV, &back);
    assert_int_equal(back.n_rows, t.n_rows);
    for (size_t row = 0; row < t.n_rows; row++) {
        assert_near(number_at(&back, 0, row), t.columns[0].number[row], 0);
        assert_int_equal(kind_at(&back.columns[4], row), kind_at(&t.columns[4], row));
        assert_string_equal(text_at(&back, 6, row), t.columns[6].text[t.columns[6].code[row]]);
    }
    assert_string_equal(text_at(&back, 1, 0), "1949-12-31");
    assert_string_equal(text_at(&back, 2, 2), "08:30:00.5");
    assert_string_equal(text_at(&back, 3, 0), "1991-09-09T01:46:40.25");
    assert_near(number_at(&back, 4, 0), 90000, 0); /* 25 hours are no time of day */
    msp_table_free(&back);
    msp_table_free(&t);
}

/* -- what XPT would damage -- */

static void refused(msp_table *t, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/x.xpt", folder);
    msp_error err;
    assert_int_equal(msp_table_write(t, path, MSP_TABLE_XPT, NULL, &err), MSP_EUNSUPPORTED);
    err.text[strlen(text) < sizeof err.text ? strlen(text) : 0] = '\0';
    assert_string_equal(err.text, text);
    assert_int_equal(access(path, F_OK), -1);
    msp_table_free(t);
}

static void make_table(msp_table *t, const char *name, const char *column, msp_column_type type)
{
    assert_ok(msp_table_init(t, name, "", err));
    assert_non_null(msp_table_add_column(t, column, type));
    assert_ok(msp_table_add_row(t, err));
}

static void xpt_refuses_what_it_would_damage(void **state)
{
    (void)state;
    msp_table t;
    make_table(&t, "A", "VERYLONGNAME", MSP_COLUMN_NUMBER);
    refused(&t, "XPT cannot hold the column name \"VERYLONGNAME\"");
    make_table(&t, "A", "ph.ecog", MSP_COLUMN_NUMBER);
    refused(&t, "XPT cannot hold the column name \"ph.ecog\"");
    make_table(&t, "surv_1000000", "X", MSP_COLUMN_NUMBER);
    refused(&t, "XPT cannot hold the data set name \"surv_1000000\"");
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    assert_non_null(msp_table_add_column(&t, "x", MSP_COLUMN_NUMBER));
    refused(&t, "XPT cannot hold both X and x");
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    t.columns[0].label = "a label of forty-one characters, no more.";
    refused(&t, "XPT cannot hold the label of column X");
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    t.columns[0].number[0] = 1e76;
    refused(&t, "row 1, column X: XPT cannot hold the number 1e+76");
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    t.columns[0].number[0] = 1e-80;
    refused(&t, "row 1, column X: XPT cannot hold the number 1e-80");
    make_table(&t, "A", "X", MSP_COLUMN_TEXT);
    refused(&t, "XPT cannot hold this table: its last row (1) is all blank");
    make_table(&t, "A", "X", MSP_COLUMN_TEXT);
    assert_int_equal(msp_table_put_text(&t, &t.columns[0], 0, "  ", 2), MSP_OK);
    refused(&t, "XPT cannot hold this table: its last row (1) is all blank");
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    t.columns[0].number[0] = 0x20202020202020 / 0x1p56 * 0x1p-128; /* eight bytes 0x20 */
    refused(&t, "XPT cannot hold this table: its last row (1) is all blank");
    make_table(&t, "A", "X", MSP_COLUMN_TEXT);
    char text[202];
    memset(text, 'x', sizeof text);
    assert_int_equal(msp_table_put_text(&t, &t.columns[0], 0, text, 201), MSP_OK);
    refused(&t, "row 1, column X: XPT cannot hold a text of 201 bytes");
    make_table(&t, "A", "X", MSP_COLUMN_TEXT);
    assert_int_equal(msp_table_put_text(&t, &t.columns[0], 0, "é", 2), MSP_OK);
    refused(&t, "row 1, column X: XPT cannot hold this text");
}

static void short_numbers_are_not_cut(void **state)
{
    (void)state;
    msp_table t, back;
    make_table(&t, "A", "X", MSP_COLUMN_NUMBER);
    t.columns[0].length = 3;
    t.columns[0].number[0] = 0.1;
    through(&t, MSP_TABLE_XPT, &back);
    assert_near(number_at(&back, 0, 0), 0.1, 0);
    assert_int_equal(back.columns[0].length, 8);
    msp_table_free(&t);
    msp_table_free(&back);
}

/* -- Dataset-JSON in its letter -- */

static void json_as_specified(void **state)
{
    (void)state;
    msp_table t;
    make_table(&t, "ADSL", "TRTSDT", MSP_COLUMN_NUMBER);
    t.columns[0].format = "DATE9.";
    t.columns[0].number[0] = 19725;
    msp_column *sex = msp_table_add_column(&t, "SEX", MSP_COLUMN_TEXT);
    assert_non_null(sex);
    sex->label = "Sex";
    sex->length = 1;
    assert_non_null(msp_table_add_column(&t, "AGE", MSP_COLUMN_NUMBER));
    assert_int_equal(msp_table_add_attribute(&t, "dbLastModifiedDateTime", "2026-06-29T02:28"),
                     MSP_OK);
    assert_int_equal(msp_table_add_attribute(&t, "studyOID", "S1"), MSP_OK);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/x.json", folder);
    msp_findings notes = {0};
    const msp_write_options options = {.timestamp = 86400, .notes = &notes};
    assert_ok(msp_table_write(&t, path, MSP_TABLE_JSON, &options, err));
    msp_file file;
    assert_int_equal(msp_file_open(path, &file, NULL), MSP_OK);
    static const char want[] =
        "{\"datasetJSONCreationDateTime\":\"1970-01-02T00:00:00\",\"datasetJSONVersion\":\"1.1.0\","
        "\"studyOID\":\"S1\",\"itemGroupOID\":\"IG.ADSL\",\"records\":1,\"name\":\"ADSL\","
        "\"label\":\"\",\"columns\":[{\"itemOID\":\"IT.ADSL.TRTSDT\",\"name\":\"TRTSDT\",\"label\":"
        "\"\","
        "\"dataType\":\"date\",\"targetDataType\":\"integer\",\"displayFormat\":\"DATE9.\"},"
        "{\"itemOID\":\"IT.ADSL.SEX\",\"name\":\"SEX\",\"label\":\"Sex\",\"dataType\":\"string\","
        "\"length\":1},{\"itemOID\":\"IT.ADSL.AGE\",\"name\":\"AGE\",\"label\":\"\","
        "\"dataType\":\"float\"}],\"rows\":[\n[\"2014-01-02\",\"\",null]\n]}\n";
    assert_int_equal(file.size, sizeof want - 1);
    assert_memory_equal(file.data, want, file.size);
    assert_int_equal(notes.n, 1); /* the datetime without seconds, which the schema forbids */
    msp_findings_free(&notes);
    msp_file_close(&file);
    unlink(path);
    msp_table_free(&t);
}

#define HEAD                                                                        \
    "{\"datasetJSONVersion\":\"1.1.0\",\"itemGroupOID\":\"IG.A\",\"name\":\"A\","   \
    "\"label\":\"\",\"columns\":[{\"itemOID\":\"I\",\"name\":\"X\",\"label\":\"\"," \
    "\"dataType\":\"integer\"},{\"itemOID\":\"J\",\"name\":\"Y\",\"label\":\"\","   \
    "\"dataType\":\"string\"}],\"records\":"

static void json_faults_have_places(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
        unsigned line;
    } cases[] = {
        {HEAD "1,\"rows\":[\n[1,\"a\"],\n[2,\"b\"]]}",
         "the file says \"records\": 1; it holds more rows", 3},
        {HEAD "2147483649,\"rows\":[\n[1,\"a\"]]}",
         "the file says \"records\": 2147483649; it holds 1 rows", 0},
        /* 4e25 is no whole number of 64 bits; the nearest double is shown */
        {HEAD "4e25,\"rows\":[\n[1,\"a\"]]}",
         "the file says \"records\": 40000000000000003623878656; it holds 1 rows", 0},
        {HEAD "1,\"rows\":[\n[1]]}", "row 1 has 1 of its 2 values", 2},
        {HEAD "1,\"rows\":[\n[1,\"a\",3]]}", "row 1 has more than its 2 values", 2},
        {HEAD "1,\"rows\":[\n[\"x\",\"a\"]]}",
         "row 1, column X: found x where a number is expected", 2},
        {HEAD "1,\"rows\":[\n[1,2]]}", "row 1, column Y: found 2 where a string is expected", 2},
        {HEAD "1,\"rows\":[\n[1,[]]]}", "an array inside a row", 2},
        {HEAD "1,\"rows\":[\n[1,\"a\"", "not valid JSON: parse error: premature EOF", 2},
        {HEAD "1,\"rows\":[\n[1,\"\xff\"]]}",
         "not valid JSON: lexical error: invalid bytes in UTF8 string.", 2},
        {HEAD "1,\"rows\":[\n[1,\"a\\u0000\"]]}", "a text holds a NUL, which no table can", 2},
        {HEAD "1}\n[1,\"a\"]\n[1]\n", "the file says \"records\": 1; it holds more rows", 3},
        {HEAD "2}\n[1,\"a\"]\n[1]\n", "row 2 has 1 of its 2 values", 3},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_table t;
        msp_error err;
        assert_int_equal(
            msp_table_read_memory(cases[i].json, strlen(cases[i].json), "a.json", NULL, &t, &err),
            MSP_EINPUT);
        assert_string_equal(err.text, cases[i].text);
        assert_int_equal(err.at.line, cases[i].line);
        assert_null(t.columns);
    }
    msp_table t;
    msp_error err;
    assert_int_equal(msp_table_read_memory("{}", 2, "a.json", NULL, &t, &err), MSP_EUNSUPPORTED);
}

static void json_in_any_order(void **state)
{
    (void)state;
    static const char json[] =
        "{\"rows\":[[\"1.50\",true,\"2020-02-29\"],[null,false,\"\"]],\"records\":2,\"x\":{\"y\":["
        "1]},"
        "\"columns\":[{\"name\":\"D\",\"dataType\":\"decimal\",\"targetDataType\":\"decimal\"},"
        "{\"name\":\"B\",\"dataType\":\"boolean\"},"
        "{\"name\":\"T\",\"dataType\":\"date\",\"targetDataType\":\"integer\"}],"
        "\"name\":\"A\",\"datasetJSONVersion\":\"1.1\"}";
    const msp_read_column columns[] = {
        {"D", MSP_READ_AUTO}, {"d", MSP_READ_TEXT}, {"B", MSP_READ_AUTO}, {"T", MSP_READ_AUTO}};
    msp_findings notes = {0};
    const msp_read_options options = {.columns = columns, .n_columns = 4, .notes = &notes};
    msp_table t;
    assert_ok(msp_table_read_memory(json, sizeof json - 1, "a.json", &options, &t, err));
    assert_string_equal(text_at(&t, 1, 0), "1.50"); /* the decimal as it was exchanged */
    assert_near(number_at(&t, 2, 0), 1, 0);
    assert_near(number_at(&t, 3, 0), 21974, 0); /* SAS: '29FEB2020'd */
    assert_true(msp_column_is_missing(&t.columns[3], 1));
    assert_string_equal(t.columns[3].format, "E8601DA.");
    assert_int_equal(notes.n, 1); /* the extension passed over */
    msp_table_free(&t);
    msp_findings_free(&notes);
}

static void packed_text_is_checked(void **state)
{
    (void)state;
    msp_table t;
    make_hard_table(&t);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/x.dsjc", folder);
    assert_ok(msp_table_write(&t, path, MSP_TABLE_DSJC, NULL, err));
    msp_table_free(&t);
    msp_file file;
    assert_int_equal(msp_file_open(path, &file, NULL), MSP_OK);
    msp_error err;
    assert_int_equal(msp_table_read_memory(file.data, file.size - 20, "x.dsjc", NULL, &t, &err),
                     MSP_EINPUT);
    assert_string_equal(err.text, "the compressed file is cut short");
    char *damaged = malloc(file.size + 1);
    assert_non_null(damaged);
    memcpy(damaged, file.data, file.size);
    damaged[file.size - 1] ^= 1; /* the check sum */
    assert_int_equal(msp_table_read_memory(damaged, file.size, "x.dsjc", NULL, &t, &err),
                     MSP_EINPUT);
    assert_string_equal(err.text, "the compressed file is damaged");
    damaged[file.size - 1] ^= 1;
    damaged[file.size] = 'x';
    assert_int_equal(msp_table_read_memory(damaged, file.size + 1, "x.dsjc", NULL, &t, &err),
                     MSP_EINPUT);
    assert_string_equal(err.text, "bytes follow the end of the compressed text");
    free(damaged);
    msp_file_close(&file);
    unlink(path);
}

static void damaged_sas_data_sets(void **state)
{
    (void)state;
    require_shared("data/sas-made/sample.sas7bdat");
    msp_file file;
    assert_int_equal(msp_file_open(shared_file("data/sas-made/sample.sas7bdat"), &file, NULL),
                     MSP_OK);
    msp_table t;
    msp_error err;
    static const size_t sizes[] = {100, 5000, 70000, 131071};
    for (size_t i = 0; i < MSP_COUNT(sizes); i++) {
        assert_int_equal(msp_table_read_memory(file.data, sizes[i], "x.sas7bdat", NULL, &t, &err),
                         MSP_EINPUT);
        assert_non_null(strstr(err.text, "sas7bdat"));
    }
    msp_file_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdisc_examples_agree),
        cmocka_unit_test(japanese_and_extensions),
        cmocka_unit_test(sas_data_sets_read),
        cmocka_unit_test(nothing_is_lost_on_the_way),
        cmocka_unit_test(a_hard_table_comes_back),
        cmocka_unit_test(csv_keeps_values),
        cmocka_unit_test(xpt_refuses_what_it_would_damage),
        cmocka_unit_test(short_numbers_are_not_cut),
        cmocka_unit_test(json_as_specified),
        cmocka_unit_test(json_faults_have_places),
        cmocka_unit_test(json_in_any_order),
        cmocka_unit_test(packed_text_is_checked),
        cmocka_unit_test(damaged_sas_data_sets),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
