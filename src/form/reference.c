/* reference.c - the reference page of a form: a section for each mapping, in the order met. */
#include <string.h>

#include "mspike/base/text.h"
#include "mspike/form/schema.h"

#define SECTIONS_MAX 200 /* mappings in one form */

typedef struct page {
    msp_text *out;
    const msp_schema_type *sections[SECTIONS_MAX];
    size_t n;
} page;

static bool is_mapping(const msp_schema_type *type)
{
    return type->kind == MSP_SCHEMA_FIELDS || type->kind == MSP_SCHEMA_VARIANT;
}

/* -- which sections -- */

static void collect(page *p, const msp_schema_type *type);

static void collect_fields(page *p, const msp_schema_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        collect(p, fields[i].type);
}

/* The mappings that `type` leads to, each once; one that is only a list or a table of others
 * leads on. */
static void collect(page *p, const msp_schema_type *type)
{
    if (type->of != NULL)
        collect(p, type->of);
    if (!is_mapping(type))
        return;
    for (size_t i = 0; i < p->n; i++)
        if (p->sections[i] == type)
            return;
    if (p->n == SECTIONS_MAX)
        return;
    p->sections[p->n++] = type;
    collect_fields(p, type->fields, type->n_fields);
    for (size_t i = 0; i < type->n_variants; i++)
        collect_fields(p, type->variants[i].fields, type->variants[i].n_fields);
}

/* -- one section -- */

/* Text in a cell of a Markdown table: `|` would end the cell. */
static void add_cell(const char *text, msp_text *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '<' || *text == '*')
            msp_text_add_char(out, '\\');
        msp_text_add_char(out, *text);
    }
}

static void add_link(const char *name, msp_text *out)
{
    msp_text_printf(out, "[%s](#", name);
    for (; *name != '\0'; name++)
        msp_text_add_char(out, *name == ' ' ? '-' : *name);
    msp_text_add_char(out, ')');
}

static void add_value(const msp_schema_type *type, msp_text *out)
{
    msp_text words = {0};
    if (is_mapping(type)) {
        add_link(type->name, out);
    } else if (type->kind == MSP_SCHEMA_LIST && type->min_items == 0) {
        msp_text_add(out, "a list: ");
        add_value(type->of, out);
    } else if (type->kind == MSP_SCHEMA_ITEMS) {
        msp_text_add(out, is_mapping(type->of) ? "names, each with its " : "names, each with ");
        add_value(type->of, out);
    } else {
        msp_schema_describe(type, &words);
        add_cell(msp_text_str(&words), out);
    }
    msp_text_free(&words);
}

static void add_rows(const msp_schema_field *fields, size_t n, msp_text *out)
{
    for (size_t i = 0; i < n; i++) {
        const msp_schema_field *f = &fields[i];
        msp_text_printf(out, "| `%s` | ", f->key);
        add_value(f->type, out);
        msp_text_add(out, " | ");
        if (f->fallback == msp_schema_required)
            msp_text_add(out, "**required**");
        else if (f->fallback != NULL && strcmp(f->fallback, "{}") != 0)
            msp_text_printf(out, "`%s`", f->fallback);
        msp_text_add(out, " | ");
        add_cell(f->doc, out);
        msp_text_add(out, " |\n");
    }
}

static void begin_table(msp_text *out)
{
    msp_text_add(out, "\n| key | value | when left out | what it says |\n|---|---|---|---|\n");
}

static void add_variants(const msp_schema_type *type, msp_text *out)
{
    msp_text_printf(out, "\nThe key `%s` says which other keys there are:\n\n", type->selector);
    for (size_t i = 0; i < type->n_variants; i++)
        msp_text_printf(out, "- `%s`%s: %s\n", type->variants[i].word,
                        i == 0 ? " (when left out)" : "", type->variants[i].doc);
    if (type->n_fields > 0) {
        begin_table(out);
        add_rows(type->fields, type->n_fields, out);
    }
    for (size_t i = 0; i < type->n_variants; i++) {
        const msp_schema_variant *v = &type->variants[i];
        if (v->n_fields == 0)
            continue;
        msp_text_printf(out, "\n### %s, %s: %s\n", type->name, type->selector, v->word);
        begin_table(out);
        add_rows(v->fields, v->n_fields, out);
    }
}

/* The section that lists the keys which a bare type takes over. */
static const msp_schema_type *full_section(const page *p, const msp_schema_type *bare)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->sections[i]->fields == bare->fields && !p->sections[i]->bare)
            return p->sections[i];
    return NULL;
}

static void add_section(const page *p, const msp_schema_type *type)
{
    msp_text *out = p->out;
    msp_text_printf(out, "\n## %s\n\n%s\n", type->name, type->doc);
    if (type->shorthand != NULL)
        msp_text_printf(out, "\nA value alone stands for `%s:` with that value.\n",
                        type->shorthand);
    const msp_schema_type *full = type->bare ? full_section(p, type) : NULL;
    if (full != NULL) {
        msp_text_add(out, "\nThe keys of ");
        add_link(full->name, out);
        msp_text_add(out, "; what is left out stays as it is there.\n");
    } else if (type->kind == MSP_SCHEMA_VARIANT) {
        add_variants(type, out);
    } else {
        begin_table(out);
        add_rows(type->fields, type->n_fields, out);
    }
}

void msp_schema_reference(const msp_schema_type *root, msp_text *out)
{
    page p = {.out = out};
    collect(&p, root);
    for (size_t i = 0; i < p.n; i++)
        add_section(&p, p.sections[i]);
}
