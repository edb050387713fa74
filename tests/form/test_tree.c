/* YAML and JSON as a tree: what stands where, and what is refused. */
#include "near.h"

#include <string.h>
#include <time.h>

#include "mspike/base/text.h"
#include "mspike/form/tree.h"

static void parse(const char *text, msp_tree *tree)
{
    msp_error err = {0};
    if (msp_tree_parse(text, strlen(text), "f.yaml", tree, &err) != MSP_OK)
        fail_msg("%s", err.text);
}

static void assert_place(msp_place at, uint32_t line, uint32_t col, uint32_t span)
{
    assert_string_equal(at.file, "f.yaml");
    assert_int_equal(at.line, line);
    assert_int_equal(at.col, col);
    assert_int_equal(at.span, span);
}

static void places_count_bytes_from_one(void **state)
{
    (void)state;
    msp_tree tree;
    parse("# comment\n"
          "title: \"A: b\"\n"
          "\xc3\xa9t\xc3\xa9: {days: [1, 8-15]}\n"
          "empty:\n"
          "twice: 1\n"
          "twice: 2\n",
          &tree);
    assert_int_equal(tree.root->kind, MSP_NODE_MAPPING);
    assert_int_equal(tree.root->n, 5);
    const msp_node *title = msp_node_get(tree.root, "title");
    assert_string_equal(title->text, "A: b");
    assert_true(title->quoted);
    assert_place(title->key_at, 2, 1, 5);
    const msp_node *ete = msp_node_get(tree.root, "\xc3\xa9t\xc3\xa9");
    assert_place(ete->key_at, 3, 1, 5);
    const msp_node *days = msp_node_get(ete, "days");
    assert_int_equal(days->kind, MSP_NODE_LIST);
    assert_place(days->at, 3, 15, 1);
    assert_place(days->first->next->at, 3, 19, 4);
    assert_string_equal(days->first->next->text, "8-15");
    const msp_node *empty = msp_node_get(tree.root, "empty");
    assert_string_equal(empty->text, "");
    assert_place(empty->at, 4, 1, 5); /* what can be pointed at is the key */
    const msp_node *twice = msp_node_get(tree.root, "twice");
    assert_place(twice->next->key_at, 6, 1, 5);
    assert_string_equal(twice->next->text, "2");
    msp_tree_free(&tree);
    msp_tree_free(&tree);
}

static void scalars_are_texts(void **state)
{
    (void)state;
    msp_tree tree;
    parse("[no, 01, 1e5, ~, 'it''s', \"a\\tb\\u00e9\", null, 0x10]", &tree);
    static const char *const want[] = {"no",   "01",           "1e5",  "~",
                                       "it's", "a\tb\xc3\xa9", "null", "0x10"};
    const msp_node *node = tree.root->first;
    for (size_t i = 0; i < MSP_COUNT(want); i++, node = node->next)
        assert_string_equal(node->text, want[i]);
    assert_null(node);
    msp_tree_free(&tree);
    parse("a: |\n  one\n  two\nb: >-\n  three\n  four\n", &tree);
    assert_string_equal(msp_node_get(tree.root, "a")->text, "one\ntwo\n");
    assert_string_equal(msp_node_get(tree.root, "b")->text, "three four");
    msp_tree_free(&tree);
}

static void line_ends_and_byte_order_mark(void **state)
{
    (void)state;
    msp_tree tree;
    parse("\xef\xbb\xbf"
          "a: 1\r\nb: 2\r\n",
          &tree);
    assert_string_equal(tree.root->first->key, "a");
    assert_place(tree.root->first->key_at, 1, 1, 1);
    assert_string_equal(msp_node_get(tree.root, "b")->text, "2");
    msp_tree_free(&tree);
}

static void json_is_read(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, 2.5],\n\t\"b\": {\"c\": null, \"d\": \"\\\"\"}}";
    msp_tree tree;
    msp_error err = {0};
    assert_int_equal(msp_tree_parse(text, strlen(text), "f.json", &tree, &err), MSP_OK);
    assert_int_equal(msp_node_get(tree.root, "a")->n, 2);
    assert_string_equal(msp_node_get(msp_node_get(tree.root, "b"), "d")->text, "\"");
    msp_tree_free(&tree);
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, col;
        const char *says;
    } cases[] = {
        {"", 1, 1, "empty"},
        {"# only a comment\n", 1, 1, "empty"},
        {"a: &x 1\n", 1, 7, "anchors"},
        {"a: 1\nb: *x\n", 2, 5, "aliases"},
        {"a: !!str x\n", 1, 10, "tags"},
        {"<<: {a: 1}\n", 1, 1, "merge keys"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second documents"},
        {"? [a, b]\n: 1\n", 1, 3, "as keys"},
        {"%YAML 9.9\n---\na: 1\n", 1, 1, "directives"},
        {"a: \"\\0\"\n", 1, 5, "NUL"},
        {"a: [1, 2\n", 2, 1, "not valid YAML"},
        {"a: 1\n b: 2\n", 1, 4, "not valid YAML"},
        {"a: 'x\n", 1, 5, "not valid YAML"},
        {"a: 1\nb: \xff\n", 2, 4, "not UTF-8"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1, 33, "nested"},
    };
    for (size_t i = 0; i < MSP_COUNT(cases); i++) {
        msp_tree tree;
        msp_error err = {0};
        const msp_status status =
            msp_tree_parse(cases[i].text, strlen(cases[i].text), "f.yaml", &tree, &err);
        assert_int_not_equal(status, MSP_OK);
        assert_int_equal(msp_status_exit_code(status), 3);
        assert_null(tree.root);
        if (strstr(err.text, cases[i].says) == NULL)
            fail_msg("case %zu says \"%s\"", i, err.text);
        if (err.at.line != cases[i].line || err.at.col != cases[i].col)
            fail_msg("case %zu is placed at %u:%u", i, err.at.line, err.at.col);
    }
    msp_tree tree;
    assert_int_equal(msp_tree_parse("a: \0", 4, "f.yaml", &tree, NULL), MSP_EINPUT);
}

/* A file of the largest size allowed takes less than a second, whatever it holds. */
static void large_files_are_quick(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "- a: 1\n",    "[a],",    "\"\\n\\n\\n\",", "- ", "? a\n", "#\n",
        "a: [b, c]\n", "'''''',", "{a: b},",        "\n", "a ",    "k: v\n"};
    for (size_t i = 0; i < MSP_COUNT(parts); i++) {
        msp_text text = {0};
        if (strchr(parts[i], ',') != NULL && strchr(parts[i], '\n') == NULL)
            msp_text_add_char(&text, '[');
        const bool flow = text.len > 0;
        while (text.len + strlen(parts[i]) < MSP_TREE_BYTES_MAX - 2)
            msp_text_add(&text, parts[i]);
        if (flow)
            msp_text_add(&text, "0]");
        msp_tree tree;
        msp_error err = {0};
        const clock_t start = clock();
        (void)msp_tree_parse(text.data, text.len, "f.yaml", &tree, &err);
        const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        msp_tree_free(&tree);
        msp_text_free(&text);
#ifndef MSP_ARENA_PLAIN /* the sanitizers take their time */
        if (seconds > 1)
            fail_msg("%zu: %.2f s", i, seconds);
#else
        (void)seconds;
#endif
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_count_bytes_from_one),
        cmocka_unit_test(scalars_are_texts),
        cmocka_unit_test(line_ends_and_byte_order_mark),
        cmocka_unit_test(json_is_read),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(large_files_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
