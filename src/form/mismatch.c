/* mismatch.c - whether the tables of a form agree with the structs that they fill. */
#include "mspike/base/text.h"
#include "mspike/form/schema.h"

#define TYPES_MAX 1000 /* types in one form */

typedef struct search {
    msp_text *out;
    const msp_schema_type *seen[TYPES_MAX];
    size_t n, n_wrong;
} search;

/* What `holds` should say of a member that a value of this type is read into. A list of mappings
 * and a mapping are structs of the form's own: only their size is known. */
static int expected(const msp_schema_type *type)
{
    const bool list = type->kind == MSP_SCHEMA_LIST;
    const msp_schema_kind kind = list ? type->of->kind : type->kind;
    if (kind >= MSP_SCHEMA_LIST)
        return MSP_SCHEMA_FIELDS;
    return list ? MSP_HOLDS_LIST + (int)kind : (int)kind;
}

static void look(search *s, const msp_schema_type *type);

static void look_at_fields(search *s, const char *name, const msp_schema_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const msp_schema_field *f = &fields[i];
        if (f->holds != expected(f->type) || f->size != msp_schema_size(f->type)) {
            s->n_wrong++;
            msp_text_printf(s->out, "%s: %s: kind %d in a member for kind %d, %zu bytes in %zu\n",
                            name, f->key, expected(f->type), f->holds, msp_schema_size(f->type),
                            f->size);
        }
        look(s, f->type);
    }
}

static void look(search *s, const msp_schema_type *type)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->seen[i] == type)
            return;
    if (s->n == TYPES_MAX) { /* never silently less than all */
        s->n_wrong++;
        return;
    }
    s->seen[s->n++] = type;
    if (type->of != NULL)
        look(s, type->of);
    look_at_fields(s, type->name, type->fields, type->n_fields);
    for (size_t i = 0; i < type->n_variants; i++)
        look_at_fields(s, type->variants[i].word, type->variants[i].fields,
                       type->variants[i].n_fields);
}

size_t msp_schema_mismatches(const msp_schema_type *root, msp_text *out)
{
    search s = {.out = out};
    look(&s, root);
    return s.n_wrong;
}
