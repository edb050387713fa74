/*
 * formula.c
 *   1. words of the text
 *   2. terms: lists of sets of variables
 *   3. the right side, by recursive descent
 *   4. the response
 */
#include "mspike/analysis/formula.h"

#include <stdio.h>
#include <string.h>

/* -- 1. words -- */

typedef enum word_kind { WORD_END, WORD_NAME, WORD_NUMBER, WORD_QUOTED, WORD_SIGN } word_kind;

typedef struct word {
    word_kind kind;
    bool bare;         /* a name that is not in backquotes: it may be "factor" or "surv" */
    size_t at, length; /* in the text, quotes included */
    const char *name;  /* what it says, quotes taken off; of names, numbers and quoted texts */
} word;

typedef struct parser {
    msp_formula *out;
    const char *text;
    size_t at; /* of the next word */
    word word; /* the one being looked at */
    int depth;
    msp_error *err;
} parser;

enum { DEPTH_MAX = 64 };

static msp_status no_memory(const parser *p)
{
    return msp_fail(p->err, MSP_EMEM, "no memory for the formula");
}

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

static bool in_name(char c)
{
    return starts_name(c) || in_number(c);
}

static size_t run_of(const char *s, bool (*belongs)(char))
{
    size_t n = 0;
    while (s[n] != '\0' && belongs(s[n]))
        n++;
    return n;
}

/* 'text', "text" and `name` end at the same mark; there is no way to write the mark inside. */
static msp_status quoted(parser *p, word *w)
{
    const char *s = p->text + w->at;
    const char *end = strchr(s + 1, s[0]);
    if (end == NULL || end == s + 1)
        return msp_fail(p->err, MSP_EUSAGE, "formula: the %c at character %zu %s", s[0], w->at + 1,
                        end == NULL ? "is not closed" : "has nothing between it and the next");
    w->kind = s[0] == '`' ? WORD_NAME : WORD_QUOTED;
    w->length = (size_t)(end - s) + 1;
    w->name = msp_arena_text_n(&p->out->arena, s + 1, w->length - 2);
    return w->name != NULL ? MSP_OK : no_memory(p);
}

static msp_status next(parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n')
        p->at++;
    const char *s = p->text + p->at;
    word w = {.at = p->at, .length = 1, .kind = WORD_SIGN};
    if (s[0] == '\'' || s[0] == '"' || s[0] == '`') {
        const msp_status rc = quoted(p, &w);
        if (rc != MSP_OK)
            return rc;
    } else if (s[0] == '\0') {
        w = (word){.at = p->at, .kind = WORD_END};
    } else if (in_name(s[0])) {
        w.bare = starts_name(s[0]) || (s[0] == '.' && !in_number(s[1]));
        w.kind = w.bare ? WORD_NAME : WORD_NUMBER;
        w.length = run_of(s, w.bare ? in_name : in_number);
        w.name = msp_arena_text_n(&p->out->arena, s, w.length);
        if (w.name == NULL)
            return no_memory(p);
    } else if (s[0] == '=' && s[1] == '=') {
        w.length = 2;
    }
    p->at += w.length;
    p->word = w;
    return MSP_OK;
}

static bool is_sign(const parser *p, const char *sign)
{
    return p->word.kind == WORD_SIGN && p->word.length == strlen(sign) &&
           strncmp(p->text + p->word.at, sign, p->word.length) == 0;
}

static bool is_call(const parser *p, const char *name)
{
    const char *rest = p->text + p->at;
    return p->word.kind == WORD_NAME && p->word.bare && strcmp(p->word.name, name) == 0 &&
           rest[strspn(rest, " \t\n")] == '(';
}

static msp_status unexpected(const parser *p, const char *expected)
{
    const word *w = &p->word;
    if (w->kind == WORD_END)
        return msp_fail(p->err, MSP_EUSAGE, "the formula ends after character %zu; expected %s",
                        w->at, expected);
    const int shown = w->length < 40 ? (int)w->length : 40;
    return msp_fail(p->err, MSP_EUSAGE, "formula: found %.*s at character %zu; expected %s", shown,
                    p->text + w->at, w->at + 1, expected);
}

static msp_status take_sign(parser *p, const char *sign)
{
    if (is_sign(p, sign))
        return next(p);
    char expected[16];
    snprintf(expected, sizeof expected, "\"%s\"", sign);
    return unexpected(p, expected);
}

static msp_status take_name(parser *p, const char **name)
{
    if (p->word.kind != WORD_NAME)
        return unexpected(p, "the name of a column");
    *name = p->word.name;
    return next(p);
}

/* -- 2. terms -- */

typedef struct terms {
    size_t n, cap;
    msp_formula_term *set; /* the empty one is the intercept */
} terms;

static bool has(const terms *t, msp_formula_term set)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->set[i] == set)
            return true;
    return false;
}

static msp_status add_term(const parser *p, terms *t, msp_formula_term set)
{
    if (has(t, set))
        return MSP_OK;
    if (t->n == MSP_FORMULA_TERMS)
        return msp_fail(p->err, MSP_EUSAGE, "the formula has more than %d terms",
                        MSP_FORMULA_TERMS);
    if (t->n == t->cap) {
        const size_t cap = 2 * t->cap + 2;
        msp_formula_term *grown = msp_arena_array(&p->out->arena, cap, sizeof *grown);
        if (grown == NULL)
            return no_memory(p);
        if (t->n > 0)
            memcpy(grown, t->set, t->n * sizeof *grown);
        t->set = grown;
        t->cap = cap;
    }
    t->set[t->n++] = set;
    return MSP_OK;
}

static msp_status add_terms(const parser *p, terms *t, const terms *more)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < more->n && rc == MSP_OK; i++)
        rc = add_term(p, t, more->set[i]);
    return rc;
}

static void remove_terms(terms *t, const terms *less)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (!has(less, t->set[i]))
            t->set[n++] = t->set[i];
    t->n = n;
}

/* a:b, every term of a with every one of b. */
static msp_status cross_terms(const parser *p, terms *a, const terms *b)
{
    terms out = {0};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n && rc == MSP_OK; j++)
            rc = add_term(p, &out, a->set[i] | b->set[j]);
    if (rc == MSP_OK)
        *a = out;
    return rc;
}

/* -- 3. the right side -- */

static msp_status find_variable(const parser *p, const char *name, bool factor,
                                msp_formula_term *set)
{
    msp_formula *f = p->out;
    size_t v = 0;
    while (v < f->n_variables &&
           (strcmp(f->variables[v].name, name) != 0 || f->variables[v].factor != factor))
        v++;
    if (v == MSP_FORMULA_VARIABLES)
        return msp_fail(p->err, MSP_EUSAGE, "the formula has more than %d variables",
                        MSP_FORMULA_VARIABLES);
    *set = (msp_formula_term)1 << v;
    if (v < f->n_variables)
        return MSP_OK;
    const char *label = factor ? msp_arena_printf(&f->arena, "factor(%s)", name) : name;
    f->variables[f->n_variables++] = (msp_formula_variable){name, label, factor};
    return label != NULL ? MSP_OK : no_memory(p);
}

static msp_status sum(parser *p, terms *out);

static msp_status variable(parser *p, terms *out)
{
    const bool factor = is_call(p, "factor");
    const char *name = NULL;
    msp_formula_term set = 0;
    msp_status rc = MSP_OK;
    if (factor) {
        rc = next(p);
        if (rc == MSP_OK)
            rc = take_sign(p, "(");
    }
    if (rc == MSP_OK)
        rc = take_name(p, &name);
    if (rc == MSP_OK)
        rc = find_variable(p, name, factor, &set);
    if (rc == MSP_OK)
        rc = add_term(p, out, set);
    if (rc == MSP_OK && factor)
        rc = take_sign(p, ")");
    return rc;
}

static msp_status operand(parser *p, terms *out)
{
    if (is_call(p, "strata"))
        return msp_fail(p->err, MSP_EUSAGE,
                        "formula: strata() at character %zu stands inside another term; it can "
                        "only be added",
                        p->word.at + 1);
    if (is_sign(p, "(")) {
        msp_status rc = next(p);
        if (rc == MSP_OK)
            rc = sum(p, out);
        return rc == MSP_OK ? take_sign(p, ")") : rc;
    }
    if (p->word.kind == WORD_NUMBER && strcmp(p->word.name, "1") == 0) {
        const msp_status rc = add_term(p, out, 0);
        return rc == MSP_OK ? next(p) : rc;
    }
    if (p->word.kind == WORD_NAME)
        return variable(p, out);
    return unexpected(p, "a column, factor(), strata(), \"(\" or 1");
}

static msp_status cross(parser *p, terms *out)
{
    msp_status rc = operand(p, out);
    while (rc == MSP_OK && is_sign(p, ":")) {
        terms more = {0};
        rc = next(p);
        if (rc == MSP_OK)
            rc = operand(p, &more);
        if (rc == MSP_OK)
            rc = cross_terms(p, out, &more);
    }
    return rc;
}

static msp_status product(parser *p, terms *out)
{
    msp_status rc = cross(p, out);
    while (rc == MSP_OK && is_sign(p, "*")) {
        terms more = {0}, crossed = *out;
        rc = next(p);
        if (rc == MSP_OK)
            rc = cross(p, &more);
        if (rc == MSP_OK)
            rc = cross_terms(p, &crossed, &more);
        if (rc == MSP_OK)
            rc = add_terms(p, out, &more);
        if (rc == MSP_OK)
            rc = add_terms(p, out, &crossed);
    }
    return rc;
}

static msp_status strata(parser *p)
{
    msp_formula *f = p->out;
    msp_status rc = next(p);
    if (rc == MSP_OK)
        rc = take_sign(p, "(");
    while (rc == MSP_OK) {
        if (f->n_strata == MSP_FORMULA_VARIABLES)
            return msp_fail(p->err, MSP_EUSAGE, "strata() names more than %d columns",
                            MSP_FORMULA_VARIABLES);
        rc = take_name(p, &f->strata[f->n_strata]);
        f->n_strata++;
        if (rc != MSP_OK || !is_sign(p, ","))
            break;
        rc = next(p);
    }
    return rc == MSP_OK ? take_sign(p, ")") : rc;
}

/* One summand after its sign. */
static msp_status summand(parser *p, bool minus, terms *out)
{
    if (is_call(p, "strata") && p->depth == 1 && !minus)
        return strata(p);
    terms more = {0};
    const bool zero = p->word.kind == WORD_NUMBER && strcmp(p->word.name, "0") == 0;
    msp_status rc = zero ? add_term(p, &more, 0) : product(p, &more);
    if (rc == MSP_OK && zero)
        rc = next(p);
    if (rc != MSP_OK)
        return rc;
    if (minus == zero) /* "- 0" puts the intercept back, as "+ 1" does */
        return add_terms(p, out, &more);
    remove_terms(out, &more);
    return MSP_OK;
}

static msp_status sum(parser *p, terms *out)
{
    if (++p->depth > DEPTH_MAX)
        return msp_fail(p->err, MSP_EUSAGE, "the formula nests more than %d brackets", DEPTH_MAX);
    bool minus = false;
    msp_status rc = MSP_OK;
    if (is_sign(p, "+") || is_sign(p, "-")) {
        minus = is_sign(p, "-");
        rc = next(p);
    }
    while (rc == MSP_OK) {
        rc = summand(p, minus, out);
        if (rc != MSP_OK || (!is_sign(p, "+") && !is_sign(p, "-")))
            break;
        minus = is_sign(p, "-");
        rc = next(p);
    }
    p->depth--;
    return rc;
}

static int degree(msp_formula_term set)
{
    int n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

/* The empty set becomes the intercept; lower degrees come first. */
static void store_terms(msp_formula *f, const terms *t)
{
    f->intercept = has(t, 0);
    for (int wanted = 1; wanted <= MSP_FORMULA_VARIABLES; wanted++)
        for (size_t i = 0; i < t->n; i++)
            if (degree(t->set[i]) == wanted)
                f->terms[f->n_terms++] = t->set[i];
}

static msp_status right_side(parser *p)
{
    msp_formula *f = p->out;
    terms all = {0};
    f->variables = msp_arena_array(&f->arena, MSP_FORMULA_VARIABLES, sizeof *f->variables);
    f->terms = msp_arena_array(&f->arena, MSP_FORMULA_TERMS, sizeof *f->terms);
    f->strata = msp_arena_array(&f->arena, MSP_FORMULA_VARIABLES, sizeof *f->strata);
    if (f->variables == NULL || f->terms == NULL || f->strata == NULL)
        return no_memory(p);
    msp_status rc = add_term(p, &all, 0);
    if (rc == MSP_OK)
        rc = sum(p, &all);
    if (rc == MSP_OK && p->word.kind != WORD_END)
        rc = unexpected(p, "\"+\", \"-\", \"*\", \":\" or the end");
    if (rc == MSP_OK)
        store_terms(f, &all);
    return rc;
}

/* -- 4. the response -- */

static msp_status value(parser *p)
{
    if (!is_sign(p, "=="))
        return MSP_OK;
    msp_status rc = next(p);
    bool minus = false;
    if (rc == MSP_OK && is_sign(p, "-")) {
        minus = true;
        rc = next(p);
    }
    if (rc != MSP_OK)
        return rc;
    if (p->word.name == NULL || (minus && p->word.kind != WORD_NUMBER))
        return unexpected(p, "a value");
    p->out->value = minus ? msp_arena_printf(&p->out->arena, "-%s", p->word.name) : p->word.name;
    return p->out->value != NULL ? next(p) : no_memory(p);
}

static msp_status survival(parser *p)
{
    const char *name[3] = {NULL};
    size_t n = 0;
    msp_status rc = next(p);
    if (rc == MSP_OK)
        rc = take_sign(p, "(");
    while (rc == MSP_OK) {
        rc = take_name(p, &name[n++]);
        if (rc != MSP_OK || n == 3 || !is_sign(p, ","))
            break;
        rc = next(p);
    }
    if (rc == MSP_OK && n < 2)
        rc = unexpected(p, "\",\" and the event: surv(TIME, EVENT) or surv(START, STOP, EVENT)");
    if (rc == MSP_OK)
        rc = value(p);
    p->out->entry = n == 3 ? name[0] : NULL;
    p->out->time = name[n == 3 ? 1 : 0];
    p->out->event = name[n == 3 ? 2 : 1];
    return rc == MSP_OK ? take_sign(p, ")") : rc;
}

static msp_status response(parser *p)
{
    if (is_call(p, "surv") || is_call(p, "Surv"))
        return survival(p);
    const msp_status rc = take_name(p, &p->out->response);
    return rc == MSP_OK ? value(p) : rc;
}

msp_status msp_formula_parse(const char *text, msp_formula *out, msp_error *err)
{
    *out = (msp_formula){0};
    parser p = {.out = out, .err = err};
    out->text = p.text = msp_arena_text(&out->arena, text);
    msp_status rc = p.text != NULL ? next(&p) : no_memory(&p);
    if (rc == MSP_OK)
        rc = response(&p);
    if (rc == MSP_OK)
        rc = take_sign(&p, "~");
    if (rc == MSP_OK)
        rc = right_side(&p);
    if (rc != MSP_OK)
        msp_formula_free(out);
    return rc;
}

void msp_formula_free(msp_formula *formula)
{
    msp_arena_free(&formula->arena);
    *formula = (msp_formula){0};
}

bool msp_formula_has(const msp_formula *formula, msp_formula_term term)
{
    if (term == 0)
        return formula->intercept;
    for (size_t i = 0; i < formula->n_terms; i++)
        if (formula->terms[i] == term)
            return true;
    return false;
}

const char *msp_formula_term_label(const msp_formula *formula, msp_formula_term term,
                                   msp_arena *arena)
{
    const char *label = NULL;
    for (size_t v = 0; v < formula->n_variables; v++) {
        if (!(term >> v & 1))
            continue;
        const char *own = formula->variables[v].label;
        label = label == NULL ? msp_arena_text(arena, own)
                              : msp_arena_printf(arena, "%s:%s", label, own);
        if (label == NULL)
            return NULL;
    }
    return label;
}
