/* test_page - the page of the method holds the rows of the criteria, the switches and the columns
 * of a table of visits as the code has them. */
#include <string.h>

#include "mspike/base.h"
#include "mspike/protocol.h"
#include "mspike/response.h"
#include "near.h"
#include "patient/tidy.h"
#include "protocol/schema_internal.h"

static msp_text page;

static int read_page(void **state)
{
    (void)state;
    msp_file file;
    if (msp_file_open(project_file("docs/methods/imwg-response.md"), &file, NULL) != MSP_OK)
        return -1;
    msp_text_add_n(&page, file.data, file.size);
    msp_file_close(&file);
    return 0;
}

static int forget_page(void **state)
{
    (void)state;
    msp_text_free(&page);
    return 0;
}

static bool page_has(const char *text)
{
    return strstr(msp_text_str(&page), text) != NULL;
}

static void the_page_is_the_table(void **state)
{
    (void)state;
    msp_text rows = {0};
    msp_criteria_describe(&rows);
    if (!page_has(msp_text_str(&rows))) {
        fputs(msp_text_str(&rows), stdout);
        print_error("docs/methods/imwg-response.md should hold the table above\n");
        fail();
    }
    msp_text_free(&rows);
}

/* The line of the form's reference that describes a rule; `out` is its text without the links. */
static void line_of(const msp_text *form, const char *key, msp_text *out)
{
    msp_text begin = {0};
    msp_text_printf(&begin, "\n| `%s` |", key);
    const char *section = strstr(msp_text_str(form), "\n## rules\n");
    const char *line = section != NULL ? strstr(section, msp_text_str(&begin)) : NULL;
    assert_non_null(line);
    const size_t n = strcspn(line + 1, "\n");
    msp_text_clear(out);
    msp_text_add_n(out, line + 1, n);
    msp_text_free(&begin);
}

static void every_switch_is_on_the_page(void **state)
{
    (void)state;
    msp_text form = {0}, line = {0};
    size_t lacking = 0;
    msp_protocol_reference(&form);
    for (size_t i = 0; i < msp__rules.n_fields; i++) {
        const char *key = msp__rules.fields[i].key;
        line_of(&form, key, &line);
        if (strcmp(key, "criteria_rows") == 0) /* its link leads elsewhere */
            line.data[strcspn(line.data, "[")] = '\0';
        if (!page_has(msp_text_str(&line))) {
            print_error("docs/methods/imwg-response.md lacks: %s\n", msp_text_str(&line));
            lacking++;
        }
    }
    msp_text_free(&form);
    msp_text_free(&line);
    assert_int_equal(lacking, 0);
}

static void expect_column(const char *name, size_t *lacking)
{
    msp_text quoted = {0};
    msp_text_printf(&quoted, "`%s`", name);
    if (name[0] != '\0' && !page_has(msp_text_str(&quoted))) {
        print_error("docs/methods/imwg-response.md lacks the column %s\n", name);
        ++*lacking;
    }
    msp_text_free(&quoted);
}

/* Both ways: the page names no column that the reader does not know, and as many of other units as
 * there are. */
static void every_column_is_on_the_page(void **state)
{
    (void)state;
#define AS_NAMES(code, name, other) name, other,
    static const char *const fields[] = {FIELD_LIST(AS_NAMES)};
#undef AS_NAMES
    size_t lacking = 0, named = 0, known = 2; /* usubjid, case_id */
    for (size_t i = 0; i < MSP_COUNT(fields); i++) {
        expect_column(fields[i], &lacking);
        known += fields[i][0] != '\0';
    }
    for (size_t i = 0; i < MSP_MARKER_COUNT; i++)
        expect_column(msp_marker_about((msp_marker)i)->column, &lacking);
    known += MSP_MARKER_COUNT + TIDY_OTHER_UNITS;

    const char *at = strstr(msp_text_str(&page), "| column | what | value |");
    assert_non_null(at);
    for (const char *line = strchr(strchr(at, '\n') + 1, '\n') + 1; *line == '|';
         line = strchr(line, '\n') + 1)
        for (const char *c = line + 1; *c != '|'; c++) {
            char name[64];
            if (*c != '`')
                continue;
            const size_t n = strcspn(c + 1, "`");
            assert_true(n < sizeof name);
            memcpy(name, c + 1, n);
            name[n] = '\0';
            if (tidy_known_name(name) == NULL) {
                print_error("docs/methods/imwg-response.md: no column is \"%s\"\n", name);
                lacking++;
            }
            named++;
            c += n + 1;
        }
    assert_int_equal(lacking, 0);
    assert_int_equal(named, known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_page_is_the_table),
                                       cmocka_unit_test(every_switch_is_on_the_page),
                                       cmocka_unit_test(every_column_is_on_the_page)};
    return cmocka_run_group_tests(tests, read_page, forget_page);
}
