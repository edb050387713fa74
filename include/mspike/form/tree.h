/*
 * tree.h - a YAML or JSON file as a small tree that remembers where everything stands.
 *
 * Only what a form needs: mappings, lists and scalars, every scalar as the text that was written
 * (a schema gives it its type, so `no`, `01` and `1e5` are never reinterpreted). Anchors, aliases,
 * tags, merge keys and second documents are refused by name; duplicate keys are kept, for the
 * schema's walk reports them with both places. The parser is libfyaml; it stops at the first syntax
 * error.
 */
#ifndef MSPIKE_FORM_TREE_H
#define MSPIKE_FORM_TREE_H

#include <stdbool.h>

#include "mspike/base/arena.h"

MSP_BEGIN

#define MSP_TREE_BYTES_MAX ((size_t)1 << 20) /* of a file */
#define MSP_TREE_DEPTH_MAX 32                /* of nesting */

typedef enum msp_node_kind {
    MSP_NODE_SCALAR,
    MSP_NODE_LIST,
    MSP_NODE_MAPPING,
} msp_node_kind;

typedef struct msp_node {
    msp_node_kind kind;
    bool quoted;     /* the scalar stands in quotes or in a block */
    const char *key; /* NULL outside a mapping */
    msp_place key_at;
    msp_place at;     /* span: of a scalar its text; of the others 1 */
    const char *text; /* of a scalar; "" where nothing was written */
    size_t n;         /* children */
    struct msp_node *first, *next;
} msp_node;

typedef struct msp_tree {
    msp_arena arena; /* owns every node, text and the file's name */
    msp_node *root;
} msp_tree;

/* Reads the file at `path` ("-": standard input); a name ending in .json is read as JSON. MSP_EIO,
 * MSP_EINPUT (syntax, or what this form does not use; *err has the place), MSP_ERANGE (a limit
 * above), MSP_EMEM. On failure *out is empty. */
msp_status msp_tree_read(const char *path, msp_tree *out, msp_error *err);
/* The same for text in memory; `name` is what places call it and is copied. */
msp_status msp_tree_parse(const char *text, size_t len, const char *name, msp_tree *out,
                          msp_error *err);
/* The value of the first such key of a mapping, or NULL. */
const msp_node *msp_node_get(const msp_node *mapping, const char *key);
void msp_tree_free(msp_tree *tree);

MSP_END
#endif
