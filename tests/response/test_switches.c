/* test_switches - every default of the rules may be said. */
#include <string.h>

#include "mspike/base.h"
#include "mspike/protocol.h"
#include "near.h"
#include "protocol/schema_internal.h"

/* As it is said, the value is that of not saying it. */
static void every_default_is_accepted(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules plain, said;
    msp_error err;
    assert_int_equal(msp_rules_default(&arena, &plain, &err), MSP_OK);
    for (size_t i = 0; i < msp__rules.n_fields; i++) {
        const msp_schema_field *f = &msp__rules.fields[i];
        const size_t value = msp_schema_size(f->type) - sizeof(msp_place);
        assert_int_equal(msp_rules_default(&arena, &said, &err), MSP_OK);
        if (msp_rules_set(&said, f->key, f->fallback != NULL ? f->fallback : "", &arena, &err) !=
            MSP_OK)
            fail_msg("%s: %s", f->key, err.text);
        if (f->type->kind != MSP_SCHEMA_TEXT) /* a text is another copy */
            assert_memory_equal((char *)&said + f->offset, (char *)&plain + f->offset, value);
    }
    msp_arena_free(&arena);
}

/* "name=default|other" of the specification; what follows a blank is a comment. */
static void so_is_every_default_of_annex_a(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules rules;
    msp_error err;
    msp_file file;
    msp_text text = {0};
    size_t n = 0;
    require_shared("domain/rules.md");
    assert_int_equal(msp_file_open(shared_file("domain/rules.md"), &file, NULL), MSP_OK);
    msp_text_add_n(&text, file.data, file.size);
    msp_file_close(&file);
    char *at = strstr(text.data, "## Annex A."), *end = strstr(text.data, "## Annex B.");
    assert_true(at != NULL && end != NULL);
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    *end = '\0';
    for (char *equals = strchr(at, '='); equals != NULL; equals = strchr(equals + 1, '=')) {
        char *name = equals;
        while ((name[-1] >= 'a' && name[-1] <= 'z') || name[-1] == '_' ||
               (name[-1] >= '0' && name[-1] <= '9'))
            name--;
        char key[64], value[64];
        size_t len = strcspn(equals + 1, "|; \n)");
        if (equals[len] == '.') /* the last of all ends the sentence */
            len--;
        snprintf(key, sizeof key, "%.*s", (int)(equals - name), name);
        snprintf(value, sizeof value, "%.*s", (int)len, equals + 1);
        if (strcmp(value, "per") == 0)
            strcpy(value, "per trial");
        if (msp_rules_set(&rules, key, value, &arena, &err) != MSP_OK)
            fail_msg("%s=%s: %s", key, value, err.text);
        n++;
    }
    assert_true(n > 60);
    msp_text_free(&text);
    msp_arena_free(&arena);
}

static void an_empty_value_takes_back(void **state)
{
    (void)state;
    msp_arena arena = {0};
    msp_rules rules;
    msp_error err;
    assert_int_equal(msp_rules_default(&arena, &rules, &err), MSP_OK);
    assert_int_equal(msp_rules_set(&rules, "efs_events", "relapse", &arena, &err), MSP_OK);
    assert_int_equal(rules.efs_events.n, 1);
    assert_int_equal(msp_rules_set(&rules, "efs_events", "", &arena, &err), MSP_OK);
    assert_int_equal(rules.efs_events.n, 0);
    assert_int_equal(msp_rules_set(&rules, "nadir", "", &arena, &err), MSP_EUSAGE);
    msp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_default_is_accepted),
                                       cmocka_unit_test(so_is_every_default_of_annex_a),
                                       cmocka_unit_test(an_empty_value_takes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
