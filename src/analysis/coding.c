/*
 * coding.c
 *   1. factors in their order
 *   2. variables and the rows that have them
 *   3. columns
 *   4. means and hypotheses
 */
#include "mspike/analysis/coding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the columns of the model");
}

static const msp_coding_levels *find_levels(const msp_coding_levels *factors, size_t n,
                                            const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (msp_text_equal_nocase(factors[i].name, name))
            return &factors[i];
    return NULL;
}

/* -- 1. factors -- */

/* Moves level `from` to place `to`, the ones between by one; `place` follows: old -> new. */
static void move_level(msp_factor *f, uint32_t *place, size_t from, size_t to)
{
    const char *level = f->level[from];
    const double value = f->value != NULL ? f->value[from] : 0;
    for (size_t i = from; i > to; i--) {
        f->level[i] = f->level[i - 1];
        if (f->value != NULL)
            f->value[i] = f->value[i - 1];
    }
    f->level[to] = level;
    if (f->value != NULL)
        f->value[to] = value;
    for (size_t i = 0; i < f->n_levels; i++)
        if (place[i] == from)
            place[i] = (uint32_t)to;
        else if (place[i] >= to && place[i] < from)
            place[i]++;
}

static msp_status no_level(const msp_factor *f, const char *wanted, msp_error *err)
{
    msp_fail(err, MSP_EUSAGE, "%s has no level \"%s\" in the rows used", f->name, wanted);
    const char *meant = msp_suggest(wanted, f->level, f->n_levels);
    if (meant != NULL)
        return msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", meant);
    msp_text all = {0};
    for (size_t i = 0; i < f->n_levels && all.len < 160; i++)
        msp_text_printf(&all, "%s%s", i > 0 ? ", " : "", f->level[i]);
    msp_hint(err, MSP_EUSAGE, "its levels are %s", msp_text_str(&all));
    msp_text_free(&all);
    return MSP_EUSAGE;
}

static msp_status bring_to(msp_factor *f, uint32_t *place, const char *level, size_t to,
                           msp_error *err)
{
    for (size_t i = to; i < f->n_levels; i++)
        if (strcmp(f->level[i], level) == 0) {
            move_level(f, place, i, to);
            return MSP_OK;
        }
    return no_level(f, level, err);
}

/* Insertion, for there are few levels and most come in order. */
static void sort_naturally(msp_factor *f, uint32_t *place)
{
    for (size_t i = 1; i < f->n_levels; i++) {
        size_t to = i;
        while (to > 0 && msp_text_natural_order(f->level[to - 1], f->level[i]) > 0)
            to--;
        if (to < i)
            move_level(f, place, i, to);
    }
}

static msp_status arrange(msp_factor *f, const msp_coding_levels *how, uint32_t *place,
                          msp_error *err)
{
    for (size_t i = 0; i < f->n_levels; i++)
        place[i] = (uint32_t)i;
    if (how->natural && f->value == NULL)
        sort_naturally(f, place);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < how->n_order && rc == MSP_OK; i++)
        rc = bring_to(f, place, how->order[i], i, err);
    if (rc == MSP_OK && how->n_order > 0 && how->n_order < f->n_levels)
        return msp_fail(err, MSP_EUSAGE, "%s has a level \"%s\" that the order given leaves out",
                        f->name, f->level[how->n_order]);
    if (rc == MSP_OK && how->reference != NULL)
        rc = bring_to(f, place, how->reference, 0, err);
    return rc;
}

msp_status msp_coding_factor(const msp_table *table, const msp_column *column, const uint8_t *keep,
                             const msp_coding_levels *how, msp_arena *arena, msp_factor *out,
                             msp_error *err)
{
    msp_status rc = msp_factor_from_column(column, table->n_rows, keep, arena, out, err);
    if (rc != MSP_OK || how == NULL || out->n_levels == 0)
        return rc;
    uint32_t *place = malloc(out->n_levels * sizeof *place);
    if (place == NULL)
        return no_memory(err);
    rc = arrange(out, how, place, err);
    for (size_t row = 0; row < table->n_rows && rc == MSP_OK; row++)
        if (out->code[row] != MSP_NO_LEVEL)
            out->code[row] = place[out->code[row]];
    free(place);
    return rc;
}

/* -- 2. variables -- */

void msp_coding_ask(const msp_formula *formula, const msp_coding_levels *factors, size_t n_factors,
                    msp_read_column *columns, size_t *n_columns)
{
    for (size_t v = 0; v < formula->n_variables; v++) {
        const msp_formula_variable *variable = &formula->variables[v];
        bool text = variable->factor || find_levels(factors, n_factors, variable->name) != NULL;
        size_t i = 0;
        for (size_t u = 0; u < formula->n_variables; u++) /* also there as a number */
            text = text && (formula->variables[u].factor ||
                            strcmp(formula->variables[u].name, variable->name) != 0 ||
                            find_levels(factors, n_factors, variable->name) != NULL);
        while (i < *n_columns && strcmp(columns[i].name, variable->name) != 0)
            i++;
        if (i == *n_columns)
            columns[(*n_columns)++] =
                (msp_read_column){variable->name, text ? MSP_READ_TEXT : MSP_READ_AUTO};
    }
}

/* A column of numbers but for a few cells is a fault of the table rather than a factor. */
static msp_status check_text(const msp_table *table, const msp_column *column, const uint8_t *keep,
                             msp_error *err)
{
    double number;
    size_t numbers = 0, others = 0, first = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        if (!keep[row])
            continue;
        const char *text = column->text[column->code[row]];
        if (msp_double_parse(text, strlen(text), &number))
            numbers++;
        else if (others++ == 0)
            first = row;
    }
    if (numbers <= others || others == 0)
        return MSP_OK;
    msp_table_fail(err, MSP_EINPUT, table, first, column, "%s is \"%s\", and elsewhere a number",
                   column->name, column->text[column->code[first]]);
    return msp_hint(err, MSP_EINPUT, "write factor(%s) where its values name groups", column->name);
}

static msp_status make_variable(msp_coding *c, const msp_formula_variable *said,
                                const msp_table *table, const msp_coding_levels *how,
                                const uint8_t *keep, msp_coding_variable *out, msp_error *err)
{
    msp_column *column;
    msp_status rc = msp_table_need_column(table, said->name, &column, err);
    if (rc != MSP_OK)
        return rc;
    *out = (msp_coding_variable){.name = said->name, .label = said->label};
    out->is_factor = said->factor || how != NULL || column->type == MSP_COLUMN_TEXT;
    if (!out->is_factor) {
        double sum = 0, lost = 0; /* in two doubles, for rows may come in any order */
        size_t n = 0;
        out->value = column->number;
        for (size_t row = 0; row < table->n_rows; row++)
            if (keep[row]) {
                const double x = column->number[row], more = sum + x, part = more - sum;
                lost += (sum - (more - part)) + (x - part);
                sum = more;
                n++;
            }
        out->mean = (sum + lost) / (double)n;
        return MSP_OK;
    }
    if (!said->factor && how == NULL)
        rc = check_text(table, column, keep, err);
    if (rc == MSP_OK)
        rc = msp_coding_factor(table, column, keep, how, &c->arena, &out->factor, err);
    if (rc == MSP_OK && out->factor.n_levels < 2) {
        msp_fail(err, MSP_EUSAGE, "%s has %s in the rows used: it explains nothing", said->label,
                 out->factor.n_levels == 0 ? "no value" : "only one level");
        return msp_hint(err, MSP_EUSAGE, "leave it out of the formula");
    }
    return rc;
}

static msp_status make_variables(msp_coding *c, const msp_table *table,
                                 const msp_coding_levels *factors, size_t n_factors, uint8_t *keep,
                                 msp_error *err)
{
    const msp_formula *f = c->formula;
    msp_status rc = MSP_OK;
    c->variables = msp_arena_array(&c->arena, f->n_variables + 1, sizeof *c->variables);
    if (c->variables == NULL)
        return no_memory(err);
    for (size_t v = 0; v < f->n_variables && rc == MSP_OK; v++) {
        msp_column *column;
        rc = msp_table_need_column(table, f->variables[v].name, &column, err);
        if (rc == MSP_OK)
            msp_keep_present(column, table->n_rows, keep);
    }
    if (rc == MSP_OK && memchr(keep, 1, table->n_rows) == NULL)
        return msp_fail(err, MSP_ENODATA, "none of the %zu rows has a value of every variable",
                        table->n_rows);
    for (size_t v = 0; v < f->n_variables && rc == MSP_OK; v++)
        rc = make_variable(c, &f->variables[v], table,
                           find_levels(factors, n_factors, f->variables[v].name), keep,
                           &c->variables[v], err);
    return rc;
}

/* -- 3. columns -- */

/* The first factor of the first term that has one. */
static bool is_first_factor(const msp_coding *c, msp_formula_term term, size_t v)
{
    for (size_t k = 0; k < c->formula->n_terms; k++)
        for (size_t u = 0; u < c->formula->n_variables; u++)
            if (c->formula->terms[k] >> u & 1 && c->variables[u].is_factor)
                return c->formula->terms[k] == term && u == v;
    return false;
}

/* Whether variable v has an indicator of each level in the term, for want of the term without it;
 * for want of an intercept, only the first factor has. */
static bool is_full(const msp_coding *c, msp_formula_term term, size_t v)
{
    const msp_formula_term margin = term & ~((msp_formula_term)1 << v);
    if (!c->formula->intercept && is_first_factor(c, term, v))
        return true;
    return margin != 0 && !msp_formula_has(c->formula, margin);
}

static const char *column_name(msp_coding *c, const uint32_t *part)
{
    const char *name = NULL;
    for (size_t v = 0; v < c->formula->n_variables; v++) {
        if (part[v] == MSP_CODING_ABSENT)
            continue;
        const msp_coding_variable *variable = &c->variables[v];
        const char *level = part[v] == MSP_CODING_NUMBER ? "" : variable->factor.level[part[v]];
        name = msp_arena_printf(&c->arena, "%s%s%s%s", name != NULL ? name : "",
                                name != NULL ? ":" : "", variable->label, level);
        if (name == NULL)
            return NULL;
    }
    return name != NULL ? name : "(Intercept)";
}

static msp_status add_column(msp_coding *c, size_t term, const uint32_t *part, msp_error *err)
{
    const size_t n = c->formula->n_variables;
    if (c->n_columns == MSP_CODING_COLUMNS)
        return msp_fail(err, MSP_ERANGE,
                        "the model has more than %d columns; is a factor of the "
                        "formula a measurement, or a patient?",
                        MSP_CODING_COLUMNS);
    msp_coding_column *column = &c->columns[c->n_columns];
    column->term = term;
    column->part = msp_arena_array(&c->arena, n + 1, sizeof *column->part);
    if (column->part == NULL)
        return no_memory(err);
    memcpy(column->part, part, n * sizeof *part);
    column->name = column_name(c, part);
    c->n_columns++;
    return column->name != NULL ? MSP_OK : no_memory(err);
}

/* The next combination of levels, the first variable changing fastest; false after the last. */
static bool next_levels(const msp_coding *c, msp_formula_term term, uint32_t *part)
{
    for (size_t v = 0; v < c->formula->n_variables; v++) {
        if (!(term >> v & 1) || !c->variables[v].is_factor)
            continue;
        if (++part[v] < c->variables[v].factor.n_levels)
            return true;
        part[v] = is_full(c, term, v) ? 0 : 1;
    }
    return false;
}

static void first_levels(const msp_coding *c, msp_formula_term term, uint32_t *part)
{
    for (size_t v = 0; v < c->formula->n_variables; v++)
        part[v] = !(term >> v & 1)             ? MSP_CODING_ABSENT
                  : !c->variables[v].is_factor ? MSP_CODING_NUMBER
                  : is_full(c, term, v)        ? 0
                                               : 1;
}

static msp_status make_columns(msp_coding *c, msp_error *err)
{
    const msp_formula *f = c->formula;
    uint32_t part[MSP_FORMULA_VARIABLES];
    c->columns = msp_arena_array(&c->arena, MSP_CODING_COLUMNS, sizeof *c->columns);
    if (c->columns == NULL)
        return no_memory(err);
    msp_status rc = MSP_OK;
    if (f->intercept) {
        first_levels(c, 0, part);
        rc = add_column(c, MSP_CODING_NO_TERM, part, err);
    }
    for (size_t k = 0; k < f->n_terms && rc == MSP_OK; k++) {
        first_levels(c, f->terms[k], part);
        do
            rc = add_column(c, k, part, err);
        while (rc == MSP_OK && next_levels(c, f->terms[k], part));
    }
    return rc;
}

msp_status msp_coding_make(const msp_formula *formula, const msp_table *table,
                           const msp_coding_levels *factors, size_t n_factors, uint8_t *keep,
                           msp_coding *out, msp_error *err)
{
    *out = (msp_coding){.formula = formula};
    msp_status rc = make_variables(out, table, factors, n_factors, keep, err);
    if (rc == MSP_OK)
        rc = make_columns(out, err);
    if (rc != MSP_OK)
        msp_coding_free(out);
    return rc;
}

void msp_coding_free(msp_coding *coding)
{
    msp_arena_free(&coding->arena);
    *coding = (msp_coding){0};
}

double msp_coding_at(const msp_coding *coding, size_t column, size_t row)
{
    const uint32_t *part = coding->columns[column].part;
    double product = 1;
    for (size_t v = 0; v < coding->formula->n_variables; v++)
        if (part[v] == MSP_CODING_NUMBER)
            product *= coding->variables[v].value[row];
        else if (part[v] != MSP_CODING_ABSENT && coding->variables[v].factor.code[row] != part[v])
            return 0;
    return product;
}

/* -- 4. means and hypotheses -- */

void msp_coding_mean(const msp_coding *coding, const uint32_t *fixed, double *l)
{
    for (size_t k = 0; k < coding->n_columns; k++) {
        const uint32_t *part = coding->columns[k].part;
        l[k] = 1;
        for (size_t v = 0; v < coding->formula->n_variables; v++)
            if (part[v] == MSP_CODING_NUMBER)
                l[k] *= coding->variables[v].mean;
            else if (part[v] != MSP_CODING_ABSENT)
                l[k] *= fixed[v] == MSP_CODING_ABSENT
                            ? 1 / (double)coding->variables[v].factor.n_levels
                            : (double)(fixed[v] == part[v]);
    }
}

/* What variable v contributes to a column in the row of a hypothesis that holds it at `level`. */
static double weight(const msp_coding *c, msp_formula_term term, size_t v, uint32_t part,
                     uint32_t level)
{
    const bool inside = term >> v & 1, absent = part == MSP_CODING_ABSENT;
    if (!c->variables[v].is_factor)
        return inside == !absent; /* by how much it changes with the number; or at 0 */
    if (!inside)
        return absent ? 1 : 1 / (double)c->variables[v].factor.n_levels;
    if (is_full(c, term, v))
        return absent || part == level;
    return absent ? 0 : (double)(part == level) - (double)(part == 0);
}

/* Whether the term tells cells apart that the intercept already shares a mean of. */
static bool is_cells(const msp_coding *c, msp_formula_term term)
{
    bool all = c->formula->intercept;
    for (size_t v = 0; v < c->formula->n_variables; v++)
        if (term >> v & 1)
            all = all && c->variables[v].is_factor && is_full(c, term, v);
    return all;
}

msp_status msp_coding_hypothesis(const msp_coding *coding, size_t term, msp_arena *arena,
                                 double **l, size_t *k, msp_error *err)
{
    const size_t p = coding->n_columns;
    const msp_formula_term set = coding->formula->terms[term];
    uint32_t level[MSP_FORMULA_VARIABLES];
    size_t rows = 0;
    for (size_t c = 0; c < p; c++)
        rows += coding->columns[c].term == term;
    *k = 0;
    *l = msp_arena_array(arena, rows * p, sizeof **l);
    if (*l == NULL)
        return no_memory(err);
    first_levels(coding, set, level);
    do {
        double *row = *l + *k * p;
        for (size_t c = 0; c < p; c++) {
            row[c] = 1;
            for (size_t v = 0; v < coding->formula->n_variables; v++)
                row[c] *= weight(coding, set, v, coding->columns[c].part[v], level[v]);
        }
        ++*k;
    } while (next_levels(coding, set, level));
    if (is_cells(coding, set)) { /* the last cell against each other one */
        const double *last = *l + --*k * p;
        for (size_t i = 0; i < *k * p; i++)
            (*l)[i] -= last[i % p];
    }
    return MSP_OK;
}
