/* describe.c - a type in words: the "expected ..." of a finding and the reference page. */
#include <string.h>

#include "mspike/base/text.h"
#include "mspike/form/schema.h"

static void add_bounds(const msp_schema_type *type, msp_text *out)
{
    const bool has_max = type->max > type->min && type->max < 1e9;
    if (type->min == 0 && type->max == 0 && !type->above_min)
        return;
    if (!type->above_min && has_max && !type->below_max) {
        msp_text_add(out, " from ");
        msp_text_add_double(out, type->min);
        msp_text_add(out, " to ");
        msp_text_add_double(out, type->max);
        return;
    }
    msp_text_add(out, type->above_min ? " above " : " of at least ");
    msp_text_add_double(out, type->min);
    if (!has_max)
        return;
    msp_text_add(out, type->below_max ? " and below " : " and at most ");
    msp_text_add_double(out, type->max);
}

static void add_words(const char *const *words, const char *before, msp_text *out)
{
    for (size_t i = 0; words[i] != NULL; i++)
        msp_text_printf(out, "%s%s",
                        i == 0                 ? before
                        : words[i + 1] == NULL ? " or "
                                               : ", ",
                        words[i]);
}

static void add_length(const msp_schema_type *type, msp_text *out)
{
    if (type->max_items > 0 && type->min_items == type->max_items)
        msp_text_printf(out, " of %zu", type->min_items);
    else if (type->max_items > 0 && type->min_items == 0)
        msp_text_printf(out, " of at most %zu", type->max_items);
    else if (type->max_items > 0)
        msp_text_printf(out, " of %zu to %zu", type->min_items, type->max_items);
    else if (type->min_items > 1)
        msp_text_printf(out, " of at least %zu", type->min_items);
}

void msp_schema_describe(const msp_schema_type *type, msp_text *out)
{
    switch (type->kind) {
    case MSP_SCHEMA_TEXT:
        if (type->scope != NULL)
            msp_text_printf(out, "the name of %s %s",
                            strchr("aeiou", type->scope->noun[0]) != NULL ? "an" : "a",
                            type->scope->noun);
        else
            msp_text_add(out, type->name != NULL ? type->name : "a text");
        break;
    case MSP_SCHEMA_COUNT:
        msp_text_add(out, "a whole number");
        add_bounds(type, out);
        break;
    case MSP_SCHEMA_NUMBER:
        msp_text_add(out, "a number");
        add_bounds(type, out);
        break;
    case MSP_SCHEMA_FLAG:
        msp_text_add(out, "yes or no");
        break;
    case MSP_SCHEMA_CHOICE:
        add_words(type->words, type->words[1] != NULL ? "one of " : "", out);
        break;
    case MSP_SCHEMA_DATE:
        msp_text_add(out, "a date as YYYY-MM-DD, or as much of it as is known");
        break;
    case MSP_SCHEMA_QUANTITY:
        msp_text_add(out, "a number");
        add_bounds(type, out);
        if (type->words != NULL)
            add_words(type->words, " with its unit: ", out);
        break;
    case MSP_SCHEMA_RANGE:
        msp_text_add(out, "a whole number or a range as 1-12 or 13-");
        add_bounds(type, out);
        break;
    case MSP_SCHEMA_LIST:
        msp_text_add(out, "a list");
        add_length(type, out);
        msp_text_add(out, type->min_items == type->max_items && type->max_items > 0 ? ", each "
                                                                                    : ": each ");
        msp_schema_describe(type->of, out);
        break;
    case MSP_SCHEMA_FIELDS:
    case MSP_SCHEMA_VARIANT:
        msp_text_printf(out, "a mapping (%s)", type->name);
        break;
    case MSP_SCHEMA_ITEMS:
        msp_text_add(out, "a mapping: names, each with ");
        if (type->of->fields != NULL || type->of->variants != NULL)
            msp_text_printf(out, "its %s", type->of->name);
        else
            msp_schema_describe(type->of, out);
        break;
    }
}
