/* tree.c - from libfyaml's events to our tree.
 *
 * Events rather than libfyaml's own documents: they know nothing of duplicate keys or aliases, need
 * no recursion, and hold one token at a time. */
#include "mspike/form/tree.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/file.h"
#include "mspike/base/text.h"

/* A mapping or list that is still being filled. */
typedef struct open_node {
    msp_node *node, *last;
    const char *key; /* of the pair whose value comes next */
    msp_place key_at;
} open_node;

typedef struct reader {
    msp_tree *tree;
    msp_error *err;
    const char *file;
    const char *text;
    size_t len;
    size_t *line_starts; /* byte offsets */
    size_t n_lines;
    struct fy_diag *diag; /* collects: libfyaml prints to stderr otherwise */
    struct fy_parser *parser;
    struct fy_token_iter *chunks; /* of a scalar's text */
    msp_text scalar;
    open_node stack[MSP_TREE_DEPTH_MAX];
    size_t depth;
    size_t n_documents;
} reader;

static msp_status out_of_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "out of memory while reading a file");
}

/* -- places -- */

static msp_status find_lines(reader *r)
{
    size_t n = 1;
    for (size_t i = 0; i < r->len; i++)
        n += r->text[i] == '\n';
    r->line_starts = malloc(n * sizeof *r->line_starts);
    if (r->line_starts == NULL)
        return out_of_memory(r->err);
    r->line_starts[r->n_lines++] = 0;
    for (size_t i = 0; i < r->len; i++)
        if (r->text[i] == '\n')
            r->line_starts[r->n_lines++] = i + 1;
    return MSP_OK;
}

/* Line and column of the byte at `from`; the span ends with the line. */
static msp_place place_of(const reader *r, size_t from, size_t to)
{
    from = from < r->len ? from : r->len;
    size_t low = 0, high = r->n_lines;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (r->line_starts[middle] <= from)
            low = middle;
        else
            high = middle;
    }
    const size_t line_end = low + 1 < r->n_lines ? r->line_starts[low + 1] - 1 : r->len;
    to = to < line_end ? to : line_end;
    return (msp_place){.file = r->file,
                       .line = (uint32_t)low + 1,
                       .col = (uint32_t)(from - r->line_starts[low]) + 1,
                       .span = to > from ? (uint32_t)(to - from) : 1};
}

/* Where an event stands. A plain scalar's marks are exact; those of a quoted one leave the opening
 * quote out. */
static msp_place event_place(const reader *r, struct fy_event *event)
{
    const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
    if (start == NULL)
        return (msp_place){.file = r->file, .line = 1, .col = 1, .span = 1};
    return place_of(r, start->input_pos, end != NULL ? end->input_pos : start->input_pos);
}

/* -- the tree -- */

static msp_status refuse(reader *r, msp_place at, const char *what, const char *instead)
{
    msp_status status = msp_fail_at(r->err, MSP_EINPUT, at, "%s not used in this form", what);
    return msp_hint(r->err, status, "%s", instead);
}

static msp_status check_plain(reader *r, struct fy_event *event)
{
    struct fy_token *anchor = fy_event_get_anchor_token(event);
    struct fy_token *tag = fy_event_get_tag_token(event);
    const msp_place at = event_place(r, event);
    if (anchor != NULL)
        return refuse(r, at, "anchors (&) are", "write the value out where it is needed");
    if (tag != NULL)
        return refuse(r, at, "tags (!) are", "leave the tag out: the form knows the type");
    return MSP_OK;
}

/* The text of a scalar, its quotes and escapes resolved. By the token's chunks: fy_token_get_text
 * of libfyaml 0.7 loses memory where many escapes follow each other. */
static msp_status scalar_text(reader *r, struct fy_event *event, msp_place at, const char **out)
{
    struct fy_token *token = fy_event_get_token(event);
    int failed = 0;
    msp_text_clear(&r->scalar);
    if (token != NULL) {
        fy_token_iter_start(token, r->chunks);
        for (const struct fy_iter_chunk *chunk = NULL;
             (chunk = fy_token_iter_chunk_next(r->chunks, chunk, &failed)) != NULL;)
            msp_text_add_n(&r->scalar, chunk->str, chunk->len);
        fy_token_iter_finish(r->chunks);
    }
    if (failed || r->scalar.failed)
        return out_of_memory(r->err);
    if (r->scalar.len > 0 && memchr(r->scalar.data, '\0', r->scalar.len) != NULL)
        return msp_fail_at(r->err, MSP_EINPUT, at, "a NUL character inside a text");
    *out = msp_arena_text_n(&r->tree->arena, msp_text_str(&r->scalar), r->scalar.len);
    return *out != NULL ? MSP_OK : out_of_memory(r->err);
}

/* Puts a node where the innermost open node expects one. */
static msp_status attach(reader *r, msp_node *node)
{
    if (r->depth == 0) {
        r->tree->root = node;
        return MSP_OK;
    }
    open_node *parent = &r->stack[r->depth - 1];
    if (parent->node->kind == MSP_NODE_MAPPING) {
        if (parent->key == NULL)
            return refuse(r, node->at, "mappings and lists as keys are", "a key is a plain word");
        node->key = parent->key;
        node->key_at = parent->key_at;
        parent->key = NULL;
    }
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->node->first = node;
    parent->last = node;
    parent->node->n++;
    return MSP_OK;
}

static msp_status add_node(reader *r, struct fy_event *event, msp_node_kind kind, msp_node **out)
{
    msp_node *node = msp_arena_alloc(&r->tree->arena, sizeof *node);
    if (node == NULL)
        return out_of_memory(r->err);
    node->kind = kind;
    node->at = event_place(r, event);
    *out = node;
    return attach(r, node);
}

static bool key_comes_next(const reader *r)
{
    return r->depth > 0 && r->stack[r->depth - 1].node->kind == MSP_NODE_MAPPING &&
           r->stack[r->depth - 1].key == NULL;
}

static msp_status add_key(reader *r, struct fy_event *event)
{
    open_node *mapping = &r->stack[r->depth - 1];
    mapping->key_at = event_place(r, event);
    msp_status status = scalar_text(r, event, mapping->key_at, &mapping->key);
    if (status == MSP_OK && strcmp(mapping->key, "<<") == 0)
        return refuse(r, mapping->key_at, "merge keys (<<) are", "write the keys out");
    return status;
}

static msp_status add_scalar(reader *r, struct fy_event *event)
{
    msp_status status = check_plain(r, event);
    if (status != MSP_OK)
        return status;
    if (key_comes_next(r))
        return add_key(r, event);
    msp_node *node = NULL;
    status = add_node(r, event, MSP_NODE_SCALAR, &node);
    if (status != MSP_OK)
        return status;
    struct fy_token *token = fy_event_get_token(event);
    node->quoted = token != NULL && fy_token_scalar_style(token) != FYSS_PLAIN;
    status = scalar_text(r, event, node->at, &node->text);
    if (status == MSP_OK && node->text[0] == '\0' && !node->quoted && node->key != NULL)
        node->at = node->key_at; /* nothing was written: the key is what can be pointed at */
    return status;
}

static msp_status open_collection(reader *r, struct fy_event *event, msp_node_kind kind)
{
    msp_status status = check_plain(r, event);
    if (status != MSP_OK)
        return status;
    if (r->depth == MSP_TREE_DEPTH_MAX)
        return msp_fail_at(r->err, MSP_ERANGE, event_place(r, event), "nested more than %d deep",
                           MSP_TREE_DEPTH_MAX);
    msp_node *node = NULL;
    status = add_node(r, event, kind, &node);
    if (status == MSP_OK) {
        node->at.span = 1;
        r->stack[r->depth++] = (open_node){.node = node};
    }
    return status;
}

static msp_status take_event(reader *r, struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (r->n_documents++ > 0)
            return refuse(r, event_place(r, event), "second documents (---) are",
                          "one file holds one document");
        return MSP_OK;
    case FYET_SCALAR:
        return add_scalar(r, event);
    case FYET_SEQUENCE_START:
        return open_collection(r, event, MSP_NODE_LIST);
    case FYET_MAPPING_START:
        return open_collection(r, event, MSP_NODE_MAPPING);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        r->depth--;
        return MSP_OK;
    case FYET_ALIAS:
        return refuse(r, event_place(r, event), "aliases (*) are",
                      "write the value out where it is needed");
    default:
        return MSP_OK;
    }
}

/* -- the parser -- */

static msp_status syntax_error(reader *r)
{
    void *iter = NULL;
    for (struct fy_diag_error *e; (e = fy_diag_errors_iterate(r->diag, &iter)) != NULL;)
        if (e->type == FYET_ERROR) {
            const msp_place at = {.file = r->file,
                                  .line = e->line > 0 ? (uint32_t)e->line : 1,
                                  .col = e->column > 0 ? (uint32_t)e->column : 1};
            return msp_fail_at(r->err, MSP_EINPUT, at, "not valid YAML: %s", e->msg);
        }
    return msp_fail_at(r->err, MSP_EINPUT, (msp_place){.file = r->file}, "not valid YAML");
}

static msp_status parse_events(reader *r)
{
    for (;;) {
        struct fy_event *event = fy_parser_parse(r->parser);
        if (event == NULL)
            return fy_parser_get_stream_error(r->parser) ? syntax_error(r) : MSP_OK;
        const bool at_end = event->type == FYET_STREAM_END;
        const msp_status status = take_event(r, event);
        fy_parser_event_free(r->parser, event);
        if (status != MSP_OK || at_end)
            return status;
    }
}

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);
    return n >= m && msp_text_equal_nocase(s + n - m, end);
}

static msp_status parse(reader *r)
{
    const bool json = r->file != NULL && ends_with(r->file, ".json");
    r->diag = fy_diag_create(NULL);
    if (r->diag == NULL)
        return out_of_memory(r->err);
    fy_diag_set_collect_errors(r->diag, true);
    const struct fy_parse_cfg config = {.diag = r->diag,
                                        .search_path = "",
                                        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                                 FYPCF_ALLOW_DUPLICATE_KEYS |
                                                 (json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE)};
    r->parser = fy_parser_create(&config);
    r->chunks = fy_token_iter_create(NULL);
    if (r->parser == NULL || r->chunks == NULL ||
        fy_parser_set_string(r->parser, r->text, r->len) != 0)
        return out_of_memory(r->err);
    msp_status status = parse_events(r);
    if (status == MSP_OK && r->tree->root == NULL)
        status = msp_fail_at(r->err, MSP_EINPUT, (msp_place){.file = r->file, .line = 1, .col = 1},
                             "the file is empty; expected \"key: value\" lines");
    return status;
}

static msp_status check_text(reader *r)
{
    const msp_place whole = {.file = r->file};
    if (r->len > MSP_TREE_BYTES_MAX)
        return msp_fail_at(r->err, MSP_ERANGE, whole, "%zu bytes; a form has at most %zu", r->len,
                           MSP_TREE_BYTES_MAX);
    msp_status status = find_lines(r);
    if (status != MSP_OK)
        return status;
    const size_t valid = msp_utf8_valid(r->text, r->len);
    if (valid < r->len) {
        status = msp_fail_at(r->err, MSP_EINPUT, place_of(r, valid, valid), "this is not UTF-8");
        return msp_hint(r->err, status, "save the file as UTF-8");
    }
    /* libfyaml prints what it thinks of a version that it does not know. */
    for (size_t i = 0; i < r->n_lines; i++)
        if (r->line_starts[i] < r->len && r->text[r->line_starts[i]] == '%')
            return refuse(r, place_of(r, r->line_starts[i], r->line_starts[i]),
                          "directives (%) are", "leave the line out");
    const char *nul = memchr(r->text, '\0', r->len);
    if (nul != NULL) {
        const size_t from = (size_t)(nul - r->text);
        return msp_fail_at(r->err, MSP_EINPUT, place_of(r, from, from),
                           "a NUL byte; this is not a text file");
    }
    return MSP_OK;
}

msp_status msp_tree_parse(const char *text, size_t len, const char *name, msp_tree *out,
                          msp_error *err)
{
    *out = (msp_tree){0};
    reader r = {.tree = out, .err = err, .text = text != NULL ? text : "", .len = len};
    if (name != NULL && (r.file = msp_arena_text(&out->arena, name)) == NULL)
        return out_of_memory(err);
    if (len >= 3 && memcmp(r.text, "\xef\xbb\xbf", 3) == 0) {
        r.text += 3; /* a byte order mark is no part of the first line */
        r.len -= 3;
    }
    msp_status status = check_text(&r);
    if (status == MSP_OK)
        status = parse(&r);
    msp_text_free(&r.scalar);
    if (r.chunks != NULL)
        fy_token_iter_destroy(r.chunks);
    if (r.parser != NULL)
        fy_parser_destroy(r.parser);
    if (r.diag != NULL)
        fy_diag_destroy(r.diag);
    free(r.line_starts);
    /* A place in *err names `name`, which the caller still has; the tree's copy goes. */
    if (status != MSP_OK) {
        if (err != NULL && err->at.file != NULL)
            err->at.file = name;
        msp_tree_free(out);
    }
    return status;
}

msp_status msp_tree_read(const char *path, msp_tree *out, msp_error *err)
{
    *out = (msp_tree){0};
    msp_file file = {0};
    msp_status status = msp_file_open(path, &file, err);
    if (status != MSP_OK)
        return status;
    status = msp_tree_parse(file.data, file.size, path, out, err);
    msp_file_close(&file);
    return status;
}

const msp_node *msp_node_get(const msp_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != MSP_NODE_MAPPING)
        return NULL;
    for (const msp_node *child = mapping->first; child != NULL; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

void msp_tree_free(msp_tree *tree)
{
    msp_arena_free(&tree->arena);
    tree->root = NULL;
}
