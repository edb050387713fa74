/* test_table.c - the table in memory, dates of SAS, and finding a data set in a folder. */
#include "tables.h"

static void filling_and_looking(void **state)
{
    (void)state;
    msp_table t;
    assert_ok(msp_table_init(&t, "ADSL", "Subjects", err));
    assert_non_null(msp_table_add_column(&t, "AGE", MSP_COLUMN_NUMBER));
    assert_non_null(msp_table_add_column(&t, "ARM", MSP_COLUMN_TEXT));
    static const char *const arms[] = {"Vd", "DVd", "Vd", "", "é"};
    for (size_t row = 0; row < MSP_COUNT(arms); row++) {
        assert_ok(msp_table_add_row(&t, err));
        assert_int_equal(msp_table_put_text(&t, &t.columns[1], row, arms[row], strlen(arms[row])),
                         MSP_OK);
    }
    assert_true(msp_column_is_missing(&t.columns[0], 0));
    t.columns[0].number[0] = 63;
    assert_int_equal(msp_table_put_missing(&t, &t.columns[0], 2, 'B'), MSP_OK);
    assert_int_equal(kind_at(&t.columns[0], 0), 0);
    assert_int_equal(kind_at(&t.columns[0], 1), '.');
    assert_int_equal(kind_at(&t.columns[0], 2), 'B');
    assert_ok(msp_table_add_row(&t, err));
    assert_int_equal(kind_at(&t.columns[0], 5), '.');

    uint32_t levels[4];
    assert_int_equal(msp_column_levels(&t.columns[1], levels), 3);
    assert_string_equal(t.columns[1].text[levels[0]], "DVd"); /* byte order */
    assert_string_equal(t.columns[1].text[levels[1]], "Vd");
    assert_string_equal(t.columns[1].text[levels[2]], "é");
    assert_int_equal(msp_table_put_text(&t, &t.columns[1], 0, "\xff", 1), MSP_EINPUT);

    msp_column *column;
    msp_error err;
    assert_int_equal(msp_table_need_column(&t, "arm", &column, &err), MSP_OK);
    assert_ptr_equal(column, &t.columns[1]);
    assert_int_equal(msp_table_need_column(&t, "AGGE", &column, &err), MSP_EINPUT);
    assert_string_equal(err.hint, "did you mean \"AGE\"?");
    msp_table_free(&t);
    msp_table_free(&t);
}

static void many_texts(void **state)
{
    (void)state;
    msp_table t;
    assert_ok(msp_table_init(&t, "X", "", err));
    assert_non_null(msp_table_add_column(&t, "ID", MSP_COLUMN_TEXT));
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < 5000; i++) {
            char id[24];
            const int len = snprintf(id, sizeof id, "%zu", i);
            assert_ok(msp_table_add_row(&t, err));
            assert_int_equal(msp_table_put_text(&t, &t.columns[0], t.n_rows - 1, id, (size_t)len),
                             MSP_OK);
            assert_int_equal(t.columns[0].code[t.n_rows - 1], i + 1);
        }
    assert_int_equal(t.columns[0].n_texts, 5001);
    msp_table_free(&t);
}

/* Day numbers as SAS documents them: '01JAN1960'd is 0, '17OCT1991'd 11612, '01JAN2000'd 14610. */
static void dates_of_sas(void **state)
{
    (void)state;
    static const struct {
        msp_date_kind kind;
        double x;
        const char *iso;
    } cases[] = {
        {MSP_SAS_DATE, 0, "1960-01-01"},
        {MSP_SAS_DATE, 11612, "1991-10-17"},
        {MSP_SAS_DATE, 14610, "2000-01-01"},
        {MSP_SAS_DATE, -1, "1959-12-31"},
        {MSP_SAS_TIME, 30600, "08:30:00"},
        {MSP_SAS_TIME, 0.25, "00:00:00.25"},
        {MSP_SAS_DATETIME, -1, "1959-12-31T23:59:59"},
        {MSP_SAS_DATETIME, 1003298400.5, "1991-10-17T06:00:00.5"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        char iso[MSP_ISO_MAX];
        double back;
        assert_true(msp_sas_date_format(cases[i].x, cases[i].kind, iso));
        assert_string_equal(iso, cases[i].iso);
        assert_true(msp_sas_date_parse(iso, strlen(iso), cases[i].kind, &back));
        assert_near(back, cases[i].x, 0);
    }
    char iso[MSP_ISO_MAX];
    double x;
    assert_false(msp_sas_date_format(0.5, MSP_SAS_DATE, iso));
    assert_false(msp_sas_date_format(90000, MSP_SAS_TIME, iso));
    assert_false(msp_sas_date_format(NAN, MSP_SAS_DATE, iso));
    assert_false(msp_sas_date_format(1e300, MSP_SAS_DATETIME, iso));
    static const char *const wrong[] = {"2013-02-29",        "2013-08",  "13-08-01",
                                        "2013-08-01T",       "20130801", "2013-08-01T24:00:00",
                                        "2013-08-01T10:00Z", ""};
    for (size_t i = 0; i < MSP_COUNT(wrong); i++)
        assert_false(msp_sas_date_parse(wrong[i], strlen(wrong[i]), MSP_SAS_DATETIME, &x));
}

static void kinds_of_format(void **state)
{
    (void)state;
    assert_int_equal(msp_sas_format_kind("DATE9."), MSP_SAS_DATE);
    assert_int_equal(msp_sas_format_kind("yymmdd10"), MSP_SAS_DATE);
    assert_int_equal(msp_sas_format_kind("E8601DA."), MSP_SAS_DATE);
    assert_int_equal(msp_sas_format_kind("DATETIME20.3"), MSP_SAS_DATETIME);
    assert_int_equal(msp_sas_format_kind("TIME8."), MSP_SAS_TIME);
    assert_int_equal(msp_sas_format_kind("NLDATM20."), MSP_SAS_DATETIME);
    static const char *const plain[] = {"", "8.2", "BEST12.", "$20.", "DATES.", "NL"};
    for (size_t i = 0; i < MSP_COUNT(plain); i++)
        assert_int_equal(msp_sas_format_kind(plain[i]), MSP_NOT_A_DATE);
}

static void touch(const char *folder, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("A\n1\n", f) >= 0);
    fclose(f);
}

/* The dictionary of the second file has another order; a column of either alone is missing in the
 * other, numbers and texts of one name are texts. */
static void two_files_as_one_table(void **state)
{
    (void)state;
    char folder[] = "/tmp/msp-append-XXXXXX", path[2][256];
    assert_non_null(mkdtemp(folder));
    static const char *const texts[] = {"ID,TEST,N,ONLY\na,x,1.5,7\nb,y,,8\n",
                                        "ID,N,TEST,MORE\nb,low,y,z\n\nc,2,,z\n"};
    msp_table table[2];
    msp_error err = {0};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path[i], sizeof path[i], "%s/lb%s.csv", folder, i == 0 ? "" : "ur");
        FILE *f = fopen(path[i], "w");
        assert_non_null(f);
        assert_true(fputs(texts[i], f) >= 0);
        fclose(f);
        assert_int_equal(msp_table_read(path[i], NULL, &table[i], &err), MSP_OK);
    }
    assert_int_equal(msp_table_append(&table[0], &table[1], &err), MSP_OK);
    msp_table_free(&table[1]);
    static const struct {
        const char *column, *text[4];
    } cells[] = {{"ID", {"a", "b", "b", "c"}},
                 {"TEST", {"x", "y", "y", ""}},
                 {"N", {"1.5", "", "low", "2"}},
                 {"MORE", {"", "", "z", "z"}}};
    assert_int_equal(table[0].n_rows, 4);
    for (size_t i = 0; i < MSP_COUNT(cells); i++) {
        const msp_column *c = msp_table_column(&table[0], cells[i].column);
        assert_non_null(c);
        for (size_t row = 0; row < 4; row++)
            assert_string_equal(c->text[c->code[row]], cells[i].text[row]);
    }
    const msp_column *only = msp_table_column(&table[0], "ONLY");
    assert_near(only->number[1], 8.0, 0);
    assert_true(msp_column_is_missing(only, 2) && msp_column_is_missing(only, 3));

    const msp_place at = msp_table_place(&table[0], 3, msp_table_column(&table[0], "N"));
    assert_string_equal(at.file, path[1]);
    assert_int_equal(at.line, 4);
    assert_int_equal(at.col, 3);
    assert_string_equal(msp_table_place(&table[0], 1, NULL).file, path[0]);
    size_t there;
    assert_ptr_equal(msp_table_part_of(&table[0], 2, &there), &table[0].parts[1]);
    assert_int_equal(there, 0);
    msp_table_free(&table[0]);

    msp_table_list list;
    assert_int_equal(msp_table_find_parts(folder, "LB", &list, &err), MSP_OK);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.names[1], "LBUR");
    msp_arena_free(&list.arena);
    assert_int_equal(msp_table_find_parts(folder, "L", &list, &err), MSP_OK);
    assert_int_equal(list.n, 1); /* LBUR is three letters longer */
    msp_arena_free(&list.arena);
    unlink(path[0]);
    unlink(path[1]);
    rmdir(folder);
}

static void finding_a_data_set(void **state)
{
    (void)state;
    char folder[] = "/tmp/msp-find-XXXXXX";
    assert_non_null(mkdtemp(folder));
    static const char *const names[] = {"adtte.xpt", "ADSL.CSV", "notes.txt", ".hidden.csv",
                                        "AdTtE.json"};
    for (size_t i = 0; i < 4; i++)
        touch(folder, names[i]);
    char *path;
    msp_error err;
    assert_int_equal(msp_table_find(folder, "ADTTE", &path, &err), MSP_OK);
    assert_string_equal(strrchr(path, '/'), "/adtte.xpt");
    free(path);
    assert_true(msp_table_is_in(folder, "adtte") && !msp_table_is_in(folder, "ADRS"));
    assert_int_equal(msp_table_find(folder, "ADRS", &path, &err), MSP_ENODATA);
    assert_string_equal(err.hint, "it holds ADSL, ADTTE");
    assert_null(path);

    msp_table_list list;
    assert_int_equal(msp_table_list_folder(folder, &list, &err), MSP_OK);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.names[0], "ADSL");
    msp_arena_free(&list.arena);

    touch(folder, names[4]);
    assert_int_equal(msp_table_find(folder, "ADTTE", &path, &err), MSP_EINPUT);
    assert_false(msp_table_is_in(folder, "ADTTE"));
    assert_int_equal(msp_table_list_folder(folder, &list, &err), MSP_EINPUT);
    assert_int_equal(msp_table_find("/nowhere", "ADTTE", &path, &err), MSP_EIO);
    for (size_t i = 0; i < MSP_COUNT(names); i++) {
        char file[256];
        (void)snprintf(file, sizeof file, "%s/%s", folder, names[i]);
        unlink(file);
    }
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_and_looking), cmocka_unit_test(many_texts),
        cmocka_unit_test(dates_of_sas),        cmocka_unit_test(kinds_of_format),
        cmocka_unit_test(finding_a_data_set),  cmocka_unit_test(two_files_as_one_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
