/* docs/protocol-form.md is what the tables say. */
#include "near.h"

#include <string.h>

#include "mspike/base/file.h"
#include "mspike/protocol.h"

static void the_page_is_fresh(void **state)
{
    (void)state;
    msp_text want = {0};
    msp_protocol_reference(&want);
    msp_file page = {0};
    assert_int_equal(msp_file_open(project_file("docs/protocol-form.md"), &page, NULL), MSP_OK);
    if (page.size != want.len || memcmp(page.data, want.data, want.len) != 0)
        fail_msg("docs/protocol-form.md is stale: mspike --generate protocol-form > "
                 "docs/protocol-form.md");
    msp_file_close(&page);
    msp_text_free(&want);
}

/* Every mapping of the form has its section, and every link leads to one. */
static void links_lead_somewhere(void **state)
{
    (void)state;
    msp_text text = {0};
    msp_protocol_reference(&text);
    size_t n = 0;
    for (const char *link = strstr(text.data, "](#"); link != NULL;
         link = strstr(link + 1, "](#")) {
        char heading[80] = "\n## ";
        size_t len = strlen(heading);
        for (const char *c = link + 3; *c != ')' && len < sizeof heading - 2; c++)
            heading[len++] = *c == '-' ? ' ' : *c;
        heading[len++] = '\n';
        heading[len] = '\0';
        if (strstr(text.data, heading) == NULL)
            fail_msg("no section for %s", heading + 4);
        n++;
    }
    assert_true(n > 40);
    msp_text_free(&text);
}

/* Every value goes into a member made for it. */
static void tables_agree_with_structs(void **state)
{
    (void)state;
    msp_text said = {0};
    if (msp_schema_mismatches(&msp_protocol_schema, &said) > 0)
        fail_msg("%s", msp_text_str(&said));
    msp_text_free(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_fresh),
        cmocka_unit_test(tables_agree_with_structs),
        cmocka_unit_test(links_lead_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
