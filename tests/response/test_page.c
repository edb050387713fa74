/* test_page - the page of the method holds the table of rows as the code has it. */
#include <string.h>

#include "mspike/base.h"
#include "mspike/response.h"
#include "near.h"

static void the_page_is_the_table(void **state)
{
    (void)state;
    msp_file page;
    msp_text rows = {0}, text = {0};
    assert_int_equal(msp_file_open(project_file("docs/methods/imwg-response.md"), &page, NULL),
                     MSP_OK);
    msp_text_add_n(&text, page.data, page.size);
    msp_criteria_describe(&rows);
    if (strstr(msp_text_str(&text), msp_text_str(&rows)) == NULL) {
        fputs(msp_text_str(&rows), stdout);
        print_error("docs/methods/imwg-response.md should hold the table above\n");
        fail();
    }
    msp_file_close(&page);
    msp_text_free(&rows);
    msp_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_page_is_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
