/* schema.c - the one walk that checks a tree against a schema and reads it into structs.
 *
 *   1. findings          4. collections: lists, mappings, items
 *   2. scalars           5. references, once every name is known
 *   3. where values go
 */
#include "mspike/form/schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

const char msp_schema_required[] = "required";

/* A name defined, or referred to. */
typedef struct mention {
    const msp_schema_scope *scope;
    const msp_schema_type *type; /* of a reference */
    const char *name;
    msp_place at;
} mention;

typedef struct mentions {
    mention *items;
    size_t n, cap;
} mentions;

typedef struct walk {
    msp_arena *arena;
    msp_findings *findings;
    size_t n_findings;
    mentions defined, referred;
    const char *shorthand, *written; /* a key that a shorthand stands for, and the one written */
    bool out_of_memory;
} walk;

static void read_value(walk *w, const msp_schema_type *type, const msp_node *node, void *out);

/* -- 1. findings -- */

/* False once enough was said. */
static bool may_report(walk *w, msp_place at)
{
    if (++w->n_findings == MSP_SCHEMA_FINDINGS_MAX)
        msp_findings_add(w->findings, MSP_SEVERITY_ERROR, "form-too-many", at,
                         "mend these first and check again", "more faults than are listed here");
    return w->n_findings < MSP_SCHEMA_FINDINGS_MAX;
}

#define REPORT(w, id, at, hint, ...)                                                              \
    do {                                                                                          \
        if (may_report((w), (at)))                                                                \
            msp_findings_add((w)->findings, MSP_SEVERITY_ERROR, (id), (at), (hint), __VA_ARGS__); \
    } while (0)

#define SHOWN_MAX 64

/* `text` cut to what fits in a message, never inside a character. */
static const char *shown(const char *text, char out[SHOWN_MAX])
{
    size_t len = strlen(text);
    if (len < SHOWN_MAX)
        return text;
    len = msp_utf8_valid(text, SHOWN_MAX - 4);
    memcpy(out, text, len);
    memcpy(out + len, "...", 4);
    return out;
}

static bool is_nothing(const msp_node *node)
{
    return node->kind == MSP_NODE_SCALAR && !node->quoted &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

static void add_found(const msp_node *node, msp_text *out)
{
    char buffer[SHOWN_MAX];
    if (node->kind == MSP_NODE_MAPPING)
        msp_text_add(out, "a mapping");
    else if (node->kind == MSP_NODE_LIST)
        msp_text_add(out, "a list");
    else if (is_nothing(node))
        msp_text_add(out, "empty");
    else
        msp_text_printf(out, "\"%s\"", shown(node->text, buffer));
}

/* "alpha is "x"; expected a number above 0 and below 1" */
static void wrong(walk *w, const char *id, const msp_node *node, const msp_schema_type *type,
                  const char *hint)
{
    char buffer[SHOWN_MAX];
    msp_text found = {0}, expected = {0};
    const char *key = node->key != NULL && node->key == w->shorthand ? w->written : node->key;
    add_found(node, &found);
    msp_schema_describe(type, &expected);
    REPORT(w, id, node->at, hint, "%s is %s; expected %s",
           key != NULL ? shown(key, buffer) : "this", msp_text_str(&found),
           msp_text_str(&expected));
    msp_text_free(&found);
    msp_text_free(&expected);
}

/* "did you mean "PFS"?", or "" */
static const char *did_you_mean(const char *word, const char *const *words, size_t n, char out[128])
{
    const char *meant = msp_suggest(word, words, n);
    char buffer[SHOWN_MAX];
    out[0] = '\0';
    if (meant != NULL)
        snprintf(out, 128, "did you mean \"%s\"?", shown(meant, buffer));
    return out;
}

static size_t count_words(const char *const *words)
{
    size_t n = 0;
    while (words != NULL && words[n] != NULL)
        n++;
    return n;
}

/* -- 2. scalars -- */

static int find_word(const char *const *words, const char *text, size_t len)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
            return (int)i;
    return -1;
}

static bool in_range(const msp_schema_type *type, double x)
{
    if (type->min == 0 && type->max == 0 && !type->above_min)
        return true;
    if (type->above_min ? x <= type->min : x < type->min)
        return false;
    return type->max <= type->min || (type->below_max ? x < type->max : x <= type->max);
}

static bool parse_count(const char *s, size_t len, int64_t *out)
{
    const bool negative = len > 0 && s[0] == '-';
    if (len == (size_t)negative || len > 18)
        return false;
    int64_t value = 0;
    for (size_t i = negative; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        value = value * 10 + (s[i] - '0');
    }
    *out = negative ? -value : value;
    return true;
}

static void read_text(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_text *said = out;
    said->at = node->at;
    if (node->text[0] == '\0') {
        wrong(w, "form-type", node, type, NULL);
        return;
    }
    said->text = msp_arena_text(w->arena, node->text);
    w->out_of_memory |= said->text == NULL;
}

static void read_count(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_count *said = out;
    *said = (msp_said_count){MSP_NO_COUNT, node->at};
    int64_t value = 0;
    if (!parse_count(node->text, strlen(node->text), &value))
        wrong(w, "form-type", node, type, NULL);
    else if (!in_range(type, (double)value))
        wrong(w, "form-range", node, type, NULL);
    else
        said->value = value;
}

/* 95 where a probability is asked for */
static const char *percent_hint(const msp_schema_type *type, double value, char out[64])
{
    if (type->max < 1 || type->max > 1 || !(value > 1 && value < 100))
        return NULL;
    snprintf(out, 64, "write %g for %g %%", value / 100, value);
    return out;
}

static void read_number(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_number *said = out;
    *said = (msp_said_number){NAN, node->at};
    char hint[64];
    double value = 0;
    const size_t len = strlen(node->text);
    if (msp_double_parse_comma(node->text, len, &value) &&
        !msp_double_parse(node->text, len, &value))
        wrong(w, "form-type", node, type, "write a decimal point, not a comma");
    else if (!msp_double_parse(node->text, len, &value))
        wrong(w, "form-type", node, type, NULL);
    else if (!in_range(type, value))
        wrong(w, "form-range", node, type, percent_hint(type, value, hint));
    else
        said->value = value;
}

static void read_flag(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    static const char *const words[] = {"no", "yes", "off", "on", "false", "true"};
    msp_said_flag *said = out;
    for (size_t i = 0; i < MSP_COUNT(words); i++)
        if (msp_text_equal_nocase(node->text, words[i])) {
            *said = (msp_said_flag){i % 2 == 1, node->at};
            return;
        }
    wrong(w, "form-type", node, type, NULL);
}

static void read_choice(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_choice *said = out;
    *said = (msp_said_choice){find_word(type->words, node->text, strlen(node->text)), node->at};
    if (said->value >= 0)
        return;
    char hint[128];
    wrong(w, "form-choice", node, type,
          did_you_mean(node->text, type->words, count_words(type->words), hint));
}

static void read_date(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_date *said = out;
    *said =
        (msp_said_date){.value = {.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY}, .at = node->at};
    msp_date value = {0};
    if (msp_date_parse(node->text, strlen(node->text), &value) &&
        value.precision >= MSP_DATE_YEAR && value.precision <= MSP_DATE_DAY)
        said->value = value;
    else
        wrong(w, "form-type", node, type, NULL);
}

/* "27 mg/m2": the number, blanks or none, the unit. */
static void read_quantity(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_quantity *said = out;
    *said = (msp_said_quantity){.unit = -1, .at = node->at};
    const size_t digits = strspn(node->text, "+-.0123456789");
    const char *unit = node->text + digits + strspn(node->text + digits, " ");
    msp_decimal value = {0};
    if (!msp_decimal_parse(node->text, digits, &value)) {
        wrong(w, "form-type", node, type, NULL);
    } else if (type->words == NULL && unit[0] != '\0') {
        wrong(w, "form-unit", node, type, "leave the unit out");
    } else if (type->words != NULL &&
               (said->unit = find_word(type->words, unit, strlen(unit))) < 0) {
        char hint[128];
        wrong(w, "form-unit", node, type,
              did_you_mean(unit, type->words, count_words(type->words), hint));
    } else if (!in_range(type, msp_decimal_to_double(value))) {
        wrong(w, "form-range", node, type, NULL);
        said->unit = -1;
    } else {
        said->value = value;
        said->unit = type->words == NULL ? 0 : type->first + said->unit;
    }
}

static void read_range(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_said_range *said = out;
    *said = (msp_said_range){MSP_NO_COUNT, MSP_NO_COUNT, node->at};
    const char *s = node->text;
    const char *dash = s[0] != '\0' ? strchr(s + 1, '-') : NULL;
    const size_t first = dash != NULL ? (size_t)(dash - s) : strlen(s);
    int64_t from = 0, to = MSP_NO_END;
    bool good = parse_count(s, first, &from);
    if (good && dash == NULL)
        to = from;
    else if (good && dash[1] != '\0')
        good = parse_count(dash + 1, strlen(dash + 1), &to);
    if (!good)
        wrong(w, "form-type", node, type, NULL);
    else if (to < from)
        wrong(w, "form-range", node, type, "the first number is the smaller one");
    else if (!in_range(type, (double)from) || (to != MSP_NO_END && !in_range(type, (double)to)))
        wrong(w, "form-range", node, type, NULL);
    else
        *said = (msp_said_range){from, to, node->at};
}

/* -- 3. where values go -- */

/* What every list looks like; copied as bytes, for its items have a type of their own. */
typedef MSP_SAID_LIST(void) any_list;

size_t msp_schema_size(const msp_schema_type *type)
{
    switch (type->kind) {
    case MSP_SCHEMA_TEXT:
        return sizeof(msp_said_text);
    case MSP_SCHEMA_COUNT:
        return sizeof(msp_said_count);
    case MSP_SCHEMA_NUMBER:
        return sizeof(msp_said_number);
    case MSP_SCHEMA_FLAG:
        return sizeof(msp_said_flag);
    case MSP_SCHEMA_CHOICE:
        return sizeof(msp_said_choice);
    case MSP_SCHEMA_DATE:
        return sizeof(msp_said_date);
    case MSP_SCHEMA_QUANTITY:
        return sizeof(msp_said_quantity);
    case MSP_SCHEMA_RANGE:
        return sizeof(msp_said_range);
    case MSP_SCHEMA_LIST:
    case MSP_SCHEMA_ITEMS:
        return sizeof(any_list);
    default:
        return type->size;
    }
}

static char *start_list(walk *w, size_t n, size_t size, msp_place at, void *out)
{
    any_list list = {.at = at};
    if (n > 0) {
        list.items = msp_arena_array(w->arena, n, size);
        list.n = list.items != NULL ? n : 0;
        w->out_of_memory |= list.items == NULL;
    }
    memcpy(out, &list, sizeof list);
    return list.items;
}

static void put_place(void *mapping, msp_place at)
{
    memcpy(mapping, &at, sizeof at);
}

static void remember(walk *w, mentions *list, mention m)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap > 0 ? list->cap * 2 : 64;
        mention *items = realloc(list->items, cap * sizeof *items);
        if (items == NULL) {
            w->out_of_memory = true;
            return;
        }
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = m;
}

/* -- 4. collections -- */

/* False, and an empty list, where there are too few entries or too many. */
static bool good_length(walk *w, const msp_schema_type *type, const msp_node *node, size_t n,
                        void *out)
{
    const size_t most = type->max_items > 0 ? type->max_items : MSP_SCHEMA_ITEMS_MAX;
    if (n >= type->min_items && n <= most)
        return true;
    char hint[80];
    snprintf(hint, sizeof hint, "there %s %zu here; %s %zu", n == 1 ? "is" : "are", n,
             n > most ? "at most" : "at least", n > most ? most : type->min_items);
    wrong(w, "form-range", node, type, hint);
    start_list(w, 0, 0, node->at, out);
    return false;
}

static void read_list(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    const bool alone = node->kind != MSP_NODE_LIST;
    const size_t n = alone ? 1 : node->n;
    if (!good_length(w, type, node, n, out))
        return;
    char *item = start_list(w, n, msp_schema_size(type->of), node->at, out);
    for (const msp_node *child = alone ? node : node->first; item != NULL && child != NULL;
         child = alone ? NULL : child->next, item += msp_schema_size(type->of))
        read_value(w, type->of, child, item);
}

/* The fields that a mapping of this type may have: those of the type, then those of a variant. */
typedef struct field_set {
    const msp_schema_type *type;
    const msp_schema_variant *variant;
    size_t n;
} field_set;

static const msp_schema_field *field_at(const field_set *set, size_t i)
{
    return i < set->type->n_fields ? &set->type->fields[i]
                                   : &set->variant->fields[i - set->type->n_fields];
}

static const msp_schema_field *find_field(const field_set *set, const char *key)
{
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(field_at(set, i)->key, key) == 0)
            return field_at(set, i);
    return NULL;
}

#define KEYS_MAX 160

static void unknown_key(walk *w, const field_set *set, const msp_node *node)
{
    const char *keys[KEYS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < set->n && n < KEYS_MAX; i++)
        keys[n++] = field_at(set, i)->key;
    msp_text hint = {0};
    char meant[128], key[SHOWN_MAX];
    const msp_schema_type *type = set->type;
    for (size_t v = 0; v < type->n_variants && hint.len == 0; v++)
        for (size_t i = 0; i < type->variants[v].n_fields && hint.len == 0; i++)
            if (strcmp(type->variants[v].fields[i].key, node->key) == 0)
                msp_text_printf(&hint, "it belongs to %s: %s", type->selector,
                                type->variants[v].word);
    if (hint.len == 0)
        msp_text_add(&hint, did_you_mean(node->key, keys, n, meant));
    if (hint.len == 0) {
        msp_text_add(&hint, "known here: ");
        for (size_t i = 0; i < n; i++)
            msp_text_printf(&hint, "%s%s", i > 0 ? ", " : "", keys[i]);
    }
    REPORT(w, "form-unknown-key", node->key_at, msp_text_str(&hint), "unknown key \"%s\" in %s",
           shown(node->key, key), type->name);
    msp_text_free(&hint);
}

static void duplicate_key(walk *w, const msp_node *again, const msp_node *first)
{
    char hint[96], key[SHOWN_MAX];
    snprintf(hint, sizeof hint, "it was said on line %u, column %u: keep one of the two",
             first->key_at.line, first->key_at.col);
    REPORT(w, "form-duplicate-key", again->key_at, hint, "\"%s\" is said twice",
           shown(again->key, key));
}

/* A value read from the schema's own text, as if it had been written; it has no place. */
static void read_fallback(walk *w, const msp_schema_field *field, char *out)
{
    const msp_node nowhere = {
        .kind = MSP_NODE_SCALAR, .text = field->fallback, .key = field->key, .quoted = true};
    const msp_node empty = {.kind = MSP_NODE_MAPPING, .key = field->key};
    read_value(w, field->type, strcmp(field->fallback, "{}") == 0 ? &empty : &nowhere,
               out + field->offset);
}

static void missing_key(walk *w, const field_set *set, const msp_schema_field *field,
                        const msp_node *node)
{
    msp_text hint = {0};
    msp_text_printf(&hint, "add \"%s:\" with ", field->key);
    msp_schema_describe(field->type, &hint);
    msp_text_printf(&hint, ": %s", field->doc);
    char key[SHOWN_MAX];
    const bool named = node->key != NULL && strcmp(node->key, set->type->name) != 0;
    REPORT(w, "form-missing-key", node->key != NULL ? node->key_at : node->at, msp_text_str(&hint),
           "%s%s%s lacks \"%s\"", set->type->name, named ? " " : "",
           named ? shown(node->key, key) : "", field->key);
    msp_text_free(&hint);
}

static void read_fields(walk *w, const field_set *set, const msp_node *node, char *out)
{
    const msp_node *seen[KEYS_MAX] = {NULL};
    for (const msp_node *child = node->first; child != NULL; child = child->next) {
        const msp_schema_field *field = find_field(set, child->key);
        if (field == NULL) {
            if (set->type->selector == NULL || strcmp(child->key, set->type->selector) != 0)
                unknown_key(w, set, child);
            continue;
        }
        size_t i = 0;
        while (field_at(set, i) != field)
            i++;
        if (seen[i] != NULL) {
            duplicate_key(w, child, seen[i]);
            continue;
        }
        seen[i] = child;
        if (!is_nothing(child))
            read_value(w, field->type, child, out + field->offset);
        else
            wrong(w, "form-type", child, field->type,
                  "leave the key out if there is nothing to say");
    }
    for (size_t i = 0; i < set->n; i++) {
        const msp_schema_field *field = field_at(set, i);
        if (seen[i] != NULL || field->fallback == NULL || set->type->bare)
            continue;
        if (field->fallback == msp_schema_required)
            missing_key(w, set, field, node);
        else
            read_fallback(w, field, out);
    }
}

static const msp_schema_variant *choose_variant(walk *w, const msp_schema_type *type,
                                                const msp_node *node, void *out)
{
    const msp_node *said = msp_node_get(node, type->selector);
    msp_said_choice choice = {0};
    if (said != NULL) {
        const char *words[KEYS_MAX] = {NULL};
        for (size_t i = 0; i < type->n_variants; i++)
            words[i] = type->variants[i].word;
        const msp_schema_type kinds = {.kind = MSP_SCHEMA_CHOICE, .words = words};
        if (said->kind == MSP_NODE_SCALAR)
            read_choice(w, &kinds, said, &choice);
        else
            wrong(w, "form-type", said, &kinds, NULL);
    }
    memcpy((char *)out + type->selector_offset, &choice, sizeof choice);
    return choice.value >= 0 ? &type->variants[choice.value] : NULL;
}

static void read_mapping(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    put_place(out, node->at);
    field_set set = {.type = type, .n = type->n_fields};
    if (type->kind == MSP_SCHEMA_VARIANT) {
        set.variant = choose_variant(w, type, node, out);
        if (set.variant == NULL)
            return; /* which keys it may have is not known */
        set.n += set.variant->n_fields;
    }
    read_fields(w, &set, node, out);
}

/* `logrank` where {kind: logrank} is meant. */
static void read_shorthand(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    msp_node value = *node;
    value.next = NULL;
    value.key = type->shorthand;
    value.key_at = node->at;
    const msp_node mapping = {.kind = MSP_NODE_MAPPING,
                              .key = node->key,
                              .key_at = node->key_at,
                              .at = node->at,
                              .first = &value,
                              .n = 1};
    const char *const shorthand = w->shorthand, *const written = w->written;
    w->shorthand = type->shorthand;
    w->written = node->key == shorthand ? written : node->key;
    read_mapping(w, type, &mapping, out);
    w->shorthand = shorthand;
    w->written = written;
}

static int by_key(const void *pa, const void *pb)
{
    const msp_node *a = *(const msp_node *const *)pa, *b = *(const msp_node *const *)pb;
    const int by_text = strcmp(a->key, b->key);
    if (by_text != 0)
        return by_text;
    return a->key_at.line != b->key_at.line
               ? (a->key_at.line < b->key_at.line ? -1 : 1)
               : (a->key_at.col > b->key_at.col) - (a->key_at.col < b->key_at.col);
}

/* Reports each key of a user's mapping that stands there before, by sorting: there may be many. */
static void check_unique(walk *w, const msp_node *node)
{
    const msp_node **sorted = msp_arena_array(w->arena, node->n, sizeof *sorted);
    if (sorted == NULL) {
        w->out_of_memory = true;
        return;
    }
    size_t n = 0;
    for (const msp_node *child = node->first; child != NULL; child = child->next)
        sorted[n++] = child;
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            duplicate_key(w, sorted[i], sorted[i - 1]);
}

static void read_items(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    if (!good_length(w, type, node, node->n, out))
        return;
    char *item = start_list(w, node->n, type->size, node->at, out);
    if (item == NULL)
        return;
    check_unique(w, node);
    const bool of_mappings =
        type->of->kind == MSP_SCHEMA_FIELDS || type->of->kind == MSP_SCHEMA_VARIANT;
    for (const msp_node *child = node->first; child != NULL; child = child->next) {
        if (child->key[0] == '\0')
            REPORT(w, "form-type", child->key_at, NULL, "a name is empty");
        if (of_mappings && is_nothing(child)) {
            msp_node empty = *child;
            empty.kind = MSP_NODE_MAPPING;
            read_value(w, type->of, &empty, item);
        } else {
            read_value(w, type->of, child, item + (of_mappings ? 0 : type->offset));
        }
        const char *id = msp_arena_text(w->arena, child->key);
        w->out_of_memory |= id == NULL;
        put_place(item, child->key_at);
        memcpy(item + sizeof(msp_place), &id, sizeof id);
        if (type->scope != NULL)
            remember(w, &w->defined, (mention){type->scope, NULL, id, child->key_at});
        item += type->size;
    }
}

static void read_scalar(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    switch (type->kind) {
    case MSP_SCHEMA_TEXT:
        read_text(w, type, node, out);
        if (type->scope != NULL && ((msp_said_text *)out)->text != NULL)
            remember(w, &w->referred,
                     (mention){type->scope, type, ((msp_said_text *)out)->text, node->at});
        break;
    case MSP_SCHEMA_COUNT:
        read_count(w, type, node, out);
        break;
    case MSP_SCHEMA_NUMBER:
        read_number(w, type, node, out);
        break;
    case MSP_SCHEMA_FLAG:
        read_flag(w, type, node, out);
        break;
    case MSP_SCHEMA_CHOICE:
        read_choice(w, type, node, out);
        break;
    case MSP_SCHEMA_DATE:
        read_date(w, type, node, out);
        break;
    case MSP_SCHEMA_QUANTITY:
        read_quantity(w, type, node, out);
        break;
    default:
        read_range(w, type, node, out);
        break;
    }
}

/* What a value of the wrong shape leaves behind: the empty value of said.h, and its place. */
static void leave_empty(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    static const msp_said_count no_count = {MSP_NO_COUNT, {0}};
    static const msp_said_number no_number = {NAN, {0}};
    static const msp_said_choice no_choice = {-1, {0}};
    static const msp_said_quantity no_quantity = {.unit = -1};
    static const msp_said_range no_range = {MSP_NO_COUNT, MSP_NO_COUNT, {0}};
    const void *empty = type->kind == MSP_SCHEMA_COUNT      ? (const void *)&no_count
                        : type->kind == MSP_SCHEMA_NUMBER   ? (const void *)&no_number
                        : type->kind == MSP_SCHEMA_CHOICE   ? (const void *)&no_choice
                        : type->kind == MSP_SCHEMA_QUANTITY ? (const void *)&no_quantity
                        : type->kind == MSP_SCHEMA_RANGE    ? (const void *)&no_range
                                                            : NULL;
    if (empty != NULL)
        memcpy(out, empty, msp_schema_size(type));
    wrong(w, "form-type", node, type, NULL);
}

static void read_value(walk *w, const msp_schema_type *type, const msp_node *node, void *out)
{
    const bool mapping = node->kind == MSP_NODE_MAPPING;
    switch (type->kind) {
    case MSP_SCHEMA_LIST:
        read_list(w, type, node, out);
        break;
    case MSP_SCHEMA_FIELDS:
    case MSP_SCHEMA_VARIANT:
        if (mapping)
            read_mapping(w, type, node, out);
        else if (type->shorthand != NULL && !is_nothing(node))
            read_shorthand(w, type, node, out);
        else
            wrong(w, "form-type", node, type, NULL);
        break;
    case MSP_SCHEMA_ITEMS:
        if (mapping)
            read_items(w, type, node, out);
        else
            wrong(w, "form-type", node, type, NULL);
        break;
    default:
        if (node->kind == MSP_NODE_SCALAR && !is_nothing(node))
            read_scalar(w, type, node, out);
        else
            leave_empty(w, type, node, out);
        break;
    }
}

/* -- 5. references -- */

static int by_scope_and_name(const void *pa, const void *pb)
{
    const mention *a = pa, *b = pb;
    const int by_noun = strcmp(a->scope->noun, b->scope->noun);
    return by_noun != 0 ? by_noun : strcmp(a->name, b->name);
}

#define NAMES_MAX 500 /* beyond so many no suggestion is looked for */

static void unknown_name(walk *w, const mention *r)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < w->defined.n && n < NAMES_MAX; i++)
        if (w->defined.items[i].scope == r->scope)
            names[n++] = w->defined.items[i].name;
    for (size_t i = 0; r->type->built_in != NULL && r->type->built_in[i] != NULL && n < NAMES_MAX;
         i++)
        names[n++] = r->type->built_in[i];
    char meant[128], name[SHOWN_MAX];
    msp_text hint = {0};
    if (n < NAMES_MAX)
        msp_text_add(&hint, did_you_mean(r->name, names, n, meant));
    if (hint.len == 0 && n > 0 && n <= 20) {
        msp_text_add(&hint, "defined: ");
        for (size_t i = 0; i < n; i++)
            msp_text_printf(&hint, "%s%s", i > 0 ? ", " : "", names[i]);
    } else if (n == 0) {
        msp_text_printf(&hint, "no %s is defined in this file", r->scope->noun);
    }
    REPORT(w, r->scope->id, r->at, msp_text_str(&hint), "unknown %s \"%s\"", r->scope->noun,
           shown(r->name, name));
    msp_text_free(&hint);
}

static void resolve(walk *w)
{
    if (w->defined.n > 0)
        qsort(w->defined.items, w->defined.n, sizeof *w->defined.items, by_scope_and_name);
    for (size_t i = 0; i < w->referred.n; i++) {
        const mention *r = &w->referred.items[i];
        const bool known =
            find_word(r->type->built_in, r->name, strlen(r->name)) >= 0 ||
            (w->defined.n > 0 && bsearch(r, w->defined.items, w->defined.n,
                                         sizeof *w->defined.items, by_scope_and_name) != NULL);
        if (!known)
            unknown_name(w, r);
    }
}

msp_status msp_schema_read(const msp_node *root, const msp_schema_type *type, msp_arena *arena,
                           void *out, msp_findings *findings, msp_error *err)
{
    walk w = {.arena = arena, .findings = findings};
    read_value(&w, type, root, out);
    if (!w.out_of_memory)
        resolve(&w);
    free(w.defined.items);
    free(w.referred.items);
    if (w.out_of_memory)
        return msp_fail(err, MSP_EMEM, "out of memory while reading a form");
    return MSP_OK;
}
