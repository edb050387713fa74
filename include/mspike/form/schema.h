/*
 * schema.h - what a form may say, as tables; reading, checking and the reference page come from
 * them.
 *
 * A type says what a value is; a field says what a key of a mapping means, where its value goes,
 * and what holds when it is left out. So a form is a handful of `static const` tables like
 *
 *     #define IN(member) MSP_MEMBER(struct drug, member)
 *     static const msp_schema_field drug_fields[] = {
 *         {"class", &drug_class, IN(class), MSP_REQUIRED, "how it works"},
 *         {"route", &route, IN(route), "oral", "how it is given"},
 *     };
 *     static const msp_schema_type drug = {.kind = MSP_SCHEMA_FIELDS, .name = "drug",
 *         .size = sizeof(struct drug), .fields = drug_fields, .n_fields = MSP_COUNT(drug_fields)};
 *
 * and one walk reads a tree into the structs while it collects every fault: a key that is not known
 * (did you mean) or said twice (both places) or missing, a value of the wrong type or unit, out of
 * its range, none of its choices, and a reference to what is not defined.
 *
 * Every struct that a mapping is read into begins with `msp_place at`, the place of the mapping;
 * one that is an item of MSP_SCHEMA_ITEMS goes on with `const char *id`, and its place is that of
 * its key. A mapping that is left out stays zeroed, or, with the fallback "{}", holds its fields'
 * defaults.
 */
#ifndef MSPIKE_FORM_SCHEMA_H
#define MSPIKE_FORM_SCHEMA_H

#include <stddef.h>

#include "mspike/base/findings.h"
#include "mspike/form/said.h"
#include "mspike/form/tree.h"

MSP_BEGIN

/* What a value is, and what it is read into. */
typedef enum msp_schema_kind {
    MSP_SCHEMA_TEXT,     /* any text but the empty one: msp_said_text */
    MSP_SCHEMA_COUNT,    /* a whole number in [min, max]: msp_said_count */
    MSP_SCHEMA_NUMBER,   /* a decimal number in its range: msp_said_number */
    MSP_SCHEMA_FLAG,     /* yes or no: msp_said_flag */
    MSP_SCHEMA_CHOICE,   /* one of `words`: msp_said_choice */
    MSP_SCHEMA_DATE,     /* an ISO 8601 date, partial or full: msp_said_date */
    MSP_SCHEMA_QUANTITY, /* a decimal in its range with a unit of `words`, or with none where
                           there are no words: msp_said_quantity */
    MSP_SCHEMA_RANGE,    /* whole numbers in [min, max], as 8, 1-12 or 13-: msp_said_range */
    MSP_SCHEMA_LIST,     /* of `of`; a value alone is a list of one: MSP_SAID_LIST */
    MSP_SCHEMA_FIELDS,   /* a mapping of `fields` */
    MSP_SCHEMA_VARIANT,  /* a mapping whose key `selector` says which fields it has */
    MSP_SCHEMA_ITEMS,    /* a mapping from names that the user gives to `of`: MSP_SAID_LIST */
} msp_schema_kind;

/* Names that the form defines (the keys of an ITEMS type) and refers to (TEXT types). */
typedef struct msp_schema_scope {
    const char *noun; /* "endpoint" */
    const char *id;   /* of the finding for a name that is not defined: "protocol-endpoint" */
} msp_schema_scope;

typedef struct msp_schema_type msp_schema_type;

/* The fallback of a key that has to be there. */
extern const char msp_schema_required[];
#define MSP_REQUIRED msp_schema_required

typedef struct msp_schema_field {
    const char *key;
    const msp_schema_type *type;
    size_t offset, size;  /* in the struct of the mapping: MSP_MEMBER fills these three in */
    int holds;            /* the kind of value that the C type there is for; FIELDS: a struct */
    const char *fallback; /* as it would be written; NULL: may be left out */
    const char *doc;      /* one line */
} msp_schema_field;

/* What the compiler knows of a member, so that msp_schema_mismatches finds a table that would read
 * a choice into a text. */
#define MSP_MEMBER(struct_type, member)                                \
    offsetof(struct_type, member), sizeof(((struct_type *)0)->member), \
        MSP_HOLDS(((struct_type *)0)->member)
#define MSP_HOLDS_LIST 100 /* added to the kind of what a list is of */
#define MSP_HOLDS(value)                                           \
    _Generic((value), msp_said_text                                \
             : MSP_SCHEMA_TEXT, msp_said_count                     \
             : MSP_SCHEMA_COUNT, msp_said_number                   \
             : MSP_SCHEMA_NUMBER, msp_said_flag                    \
             : MSP_SCHEMA_FLAG, msp_said_choice                    \
             : MSP_SCHEMA_CHOICE, msp_said_date                    \
             : MSP_SCHEMA_DATE, msp_said_quantity                  \
             : MSP_SCHEMA_QUANTITY, msp_said_range                 \
             : MSP_SCHEMA_RANGE, msp_said_texts                    \
             : MSP_HOLDS_LIST + MSP_SCHEMA_TEXT, msp_said_numbers  \
             : MSP_HOLDS_LIST + MSP_SCHEMA_NUMBER, msp_said_counts \
             : MSP_HOLDS_LIST + MSP_SCHEMA_COUNT, msp_said_choices \
             : MSP_HOLDS_LIST + MSP_SCHEMA_CHOICE, msp_said_ranges \
             : MSP_HOLDS_LIST + MSP_SCHEMA_RANGE, default          \
             : MSP_SCHEMA_FIELDS)
/* offsetof, which compiles only where the member is of this type. */
/* A type cannot stand in parentheses there. NOLINTBEGIN(bugprone-macro-parentheses) */
#define MSP_OFFSET(struct_type, said_type, member) \
    (offsetof(struct_type, member) +               \
     0 * sizeof(_Generic(((struct_type *)0)->member, said_type : 0)))
/* NOLINTEND(bugprone-macro-parentheses) */

/* One shape of a mapping; all are read into the same struct. */
typedef struct msp_schema_variant {
    const char *word;
    const msp_schema_field *fields;
    size_t n_fields;
    const char *doc;
} msp_schema_variant;

struct msp_schema_type {
    msp_schema_kind kind;
    const char *name;              /* what it is called: "probability", "arm" */
    const char *doc;               /* FIELDS, VARIANT: opens its section of the reference page */
    int first;                     /* QUANTITY: what words[0] is numbered in the struct */
    const char *const *words;      /* CHOICE, QUANTITY: NULL-ended */
    double min, max;               /* COUNT, NUMBER, QUANTITY, RANGE; both 0: any */
    bool above_min, below_max;     /* NUMBER, QUANTITY: the bound itself is outside */
    const msp_schema_scope *scope; /* TEXT: refers to it; ITEMS: defines it */
    const char *const *built_in;   /* TEXT with a scope: names that need no definition; or NULL */
    const msp_schema_type *of;     /* LIST, ITEMS */
    size_t min_items, max_items;   /* LIST, ITEMS; max 0: MSP_SCHEMA_ITEMS_MAX */
    size_t size;                   /* FIELDS, VARIANT: of the struct; ITEMS: of one item */
    size_t offset;                 /* ITEMS of anything but a mapping: of the value in the item */
    const char *shorthand; /* FIELDS, VARIANT: the key that a value alone stands for; or NULL */
    const msp_schema_field *fields; /* FIELDS, and those common to all variants */
    size_t n_fields;
    bool
        bare; /* FIELDS: what is left out stays zeroed, fallbacks or not, and nothing is required */
    const char *selector;   /* VARIANT: left out, the first variant is meant */
    size_t selector_offset; /* of an msp_said_choice */
    const msp_schema_variant *variants;
    size_t n_variants;
};

/* The most entries of a list or a table of names, where its type says nothing else: no form has so
 * many, and checks may compare each with each. */
#define MSP_SCHEMA_ITEMS_MAX 1000

/* The most findings that one reading reports; a last one says that there were more. */
#define MSP_SCHEMA_FINDINGS_MAX 200

/* Reads `root` into the zeroed struct `out` of a FIELDS or VARIANT type. Texts and lists live in
 * `arena`. Faults become findings, the values they spoil are the empty ones of said.h. The
 * only failure is MSP_EMEM. */
msp_status msp_schema_read(const msp_node *root, const msp_schema_type *type, msp_arena *arena,
                           void *out, msp_findings *findings, msp_error *err);

/* Bytes of the struct that a value is read into; its place is the last member of every msp_said_*
 * and of every list. */
size_t msp_schema_size(const msp_schema_type *type);

/* Every field reachable from `root` that would be read into a member of another C type: a line
 * each, appended. Returns how many; a test asks for none. */
size_t msp_schema_mismatches(const msp_schema_type *root, msp_text *out);

/* What a value of the type looks like, in words: "a number above 0 and below 1". */
void msp_schema_describe(const msp_schema_type *type, msp_text *out);
/* The reference page in Markdown: a section for each mapping that can be reached from `root`. */
void msp_schema_reference(const msp_schema_type *root, msp_text *out);

MSP_END
#endif
