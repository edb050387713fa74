/* Broken protocols and every finding they must give: place, id, text and way out. A file
 * tests/data/protocol/NAME.yaml has its findings in NAME.findings, one a line:
 * LINE:COLUMN severity id: text | hint. */
#include "near.h"

#include <string.h>

#include "mspike/base/file.h"
#include "mspike/protocol.h"

static void add_findings(msp_findings *findings, msp_text *out)
{
    msp_findings_sort(findings);
    for (size_t i = 0; i < findings->n; i++) {
        const msp_finding *f = &findings->items[i];
        msp_text_printf(out, "%u:%u %s %s: %s", f->at.line, f->at.col,
                        msp_severity_name(f->severity), f->id, f->text);
        if (f->hint != NULL)
            msp_text_printf(out, " | %s", f->hint);
        msp_text_add_char(out, '\n');
    }
}

/* Reports the first line in which the two differ. */
static void assert_same_lines(const char *name, const char *got, const char *want)
{
    for (size_t line = 1; *got != '\0' || *want != '\0'; line++) {
        const size_t n = strcspn(got, "\n"), m = strcspn(want, "\n");
        if (n != m || memcmp(got, want, n) != 0) {
            print_error("%s, finding %zu\n got: %.*s\nwant: %.*s\n", name, line, (int)n, got,
                        (int)m, want);
            fail();
        }
        got += n + (got[n] == '\n');
        want += m + (want[m] == '\n');
    }
}

static void check_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/data/protocol/%s.findings", name);
    msp_file want = {0};
    assert_int_equal(msp_file_open(project_file(path), &want, NULL), MSP_OK);
    snprintf(path, sizeof path, "tests/data/protocol/%s.yaml", name);
    msp_protocol p = {0};
    msp_findings findings = {0};
    assert_int_equal(msp_protocol_read(project_file(path), &p, &findings, NULL), MSP_OK);
    msp_text got = {0}, expected = {0};
    add_findings(&findings, &got);
    msp_text_add_n(&expected, want.data, want.size);
    assert_same_lines(name, msp_text_str(&got), msp_text_str(&expected));
    msp_text_free(&got);
    msp_text_free(&expected);
    msp_file_close(&want);
    msp_findings_free(&findings);
    msp_protocol_free(&p);
}

static void broken_files(void **state)
{
    (void)state;
    static const char *const names[] = {"form",     "references", "schedule",    "phases",
                                        "analyses", "visits",     "multiplicity"};
    for (size_t i = 0; i < MSP_COUNT(names); i++)
        check_file(names[i]);
}

/* tests/data/protocol/designs.txt: the findings of a case are in its comments. */
static void check_case(const char *text, size_t len)
{
    const char *name_end = memchr(text, '\n', len);
    char name[80];
    snprintf(name, sizeof name, "%.*s", (int)(name_end - text), text);
    len -= (size_t)(name_end + 1 - text);
    text = name_end + 1;
    msp_text want = {0}, got = {0};
    for (const char *line = text; line < text + len;) {
        const char *end = memchr(line, '\n', (size_t)(text + len - line));
        if (strncmp(line, "#> ", 3) == 0)
            msp_text_add_n(&want, line + 3, (size_t)(end + 1 - line) - 3);
        line = end + 1;
    }
    msp_protocol p = {0};
    msp_findings findings = {0};
    assert_int_equal(msp_protocol_parse(text, len, "design.yaml", &p, &findings, NULL), MSP_OK);
    add_findings(&findings, &got);
    assert_same_lines(name, msp_text_str(&got), msp_text_str(&want));
    msp_text_free(&got);
    msp_text_free(&want);
    msp_findings_free(&findings);
    msp_protocol_free(&p);
}

static void broken_designs(void **state)
{
    (void)state;
    static const char mark[] = "# case: ";
    msp_file file = {0};
    assert_int_equal(msp_file_open(project_file("tests/data/protocol/designs.txt"), &file, NULL),
                     MSP_OK);
    msp_text text = {0};
    msp_text_add_n(&text, file.data, file.size);
    size_t n = 0;
    for (const char *from = strstr(text.data, mark); from != NULL; n++) {
        const char *next = strstr(from + 1, mark);
        from += strlen(mark);
        check_case(from, next != NULL ? (size_t)(next - from) : strlen(from));
        from = next;
    }
    assert_true(n > 10);
    msp_text_free(&text);
    msp_file_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_files),
        cmocka_unit_test(broken_designs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
