#include "mspike/analysis/frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory to prepare the columns of the analysis");
}

/* -- factors -- */

/* A distinct value of a column while its place among the levels is being found. */
struct level {
    const char *text;
    double value;
    uint32_t from; /* dictionary code, or index of the distinct number */
};

static int by_text(const void *pa, const void *pb)
{
    const struct level *a = pa, *b = pb;
    return strcmp(a->text, b->text);
}

static int by_value(const void *pa, const void *pb)
{
    const struct level *a = pa, *b = pb;
    if (a->value < b->value || a->value > b->value)
        return a->value < b->value ? -1 : 1;
    return strcmp(a->text, b->text); /* "1" and "01" are two levels */
}

/* Sorts the levels, stores them in the factor, and fills `place`: from -> index of the level. */
static msp_status store_levels(msp_factor *factor, struct level *levels, size_t n, uint32_t *place,
                               msp_arena *arena, msp_error *err)
{
    bool numbers = n > 0;
    for (size_t i = 0; i < n; i++)
        if (!msp_double_parse(levels[i].text, strlen(levels[i].text), &levels[i].value))
            numbers = false;
    qsort(levels, n, sizeof *levels, numbers ? by_value : by_text);
    factor->n_levels = n;
    factor->level = msp_arena_array(arena, n, sizeof *factor->level);
    factor->value = numbers ? msp_arena_array(arena, n, sizeof *factor->value) : NULL;
    if (factor->level == NULL || (numbers && factor->value == NULL))
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        factor->level[i] = levels[i].text;
        if (numbers)
            factor->value[i] = levels[i].value;
        place[levels[i].from] = (uint32_t)i;
    }
    return MSP_OK;
}

static msp_status factor_from_text(const msp_column *column, size_t n_rows, const uint8_t *keep,
                                   msp_arena *arena, msp_factor *out, msp_error *err)
{
    const size_t n_texts = column->n_texts;
    uint32_t *place = msp_arena_array(arena, n_texts + 1, sizeof *place);
    struct level *levels = calloc(n_texts + 1, sizeof *levels);
    if (place == NULL || levels == NULL) {
        free(levels);
        return no_memory(err);
    }
    /* `place` first marks which texts occur, then says where each stands. */
    for (size_t row = 0; row < n_rows; row++)
        if (keep == NULL || keep[row])
            place[column->code[row]] = 1;
    size_t n = 0;
    for (uint32_t code = 1; code < n_texts; code++)
        if (place[code] != 0)
            levels[n++] = (struct level){column->text[code], 0, code};
    for (size_t code = 0; code < n_texts; code++)
        place[code] = MSP_NO_LEVEL;
    const msp_status rc = store_levels(out, levels, n, place, arena, err);
    free(levels);
    if (rc != MSP_OK)
        return rc;
    for (size_t row = 0; row < n_rows; row++)
        out->code[row] = place[column->code[row]];
    return MSP_OK;
}

static int by_number(const void *pa, const void *pb)
{
    const double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* The last of `sorted` that is not above x, or the first. */
static size_t index_of(const double *sorted, size_t n, double x)
{
    size_t low = 0, high = n;
    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A column of numbers with so many distinct ones divides nobody into groups. */
#define LEVELS_MAX 65536

static msp_status factor_from_number(const msp_column *column, size_t n_rows, const uint8_t *keep,
                                     msp_arena *arena, msp_factor *out, msp_error *err)
{
    double *sorted = malloc((n_rows + 1) * sizeof *sorted);
    if (sorted == NULL)
        return no_memory(err);
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++)
        if ((keep == NULL || keep[row]) && !isnan(column->number[row]))
            sorted[n++] = column->number[row];
    qsort(sorted, n, sizeof *sorted, by_number);
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        if (distinct == 0 || sorted[i] > sorted[distinct - 1])
            sorted[distinct++] = sorted[i];
    if (distinct > LEVELS_MAX) {
        free(sorted);
        msp_fail(err, MSP_EINPUT, "%s has %zu distinct numbers; a grouping has at most %d",
                 column->name, distinct, LEVELS_MAX);
        return msp_hint(err, MSP_EINPUT, "is %s a measurement rather than a group?", column->name);
    }
    out->n_levels = distinct;
    out->level = msp_arena_array(arena, distinct, sizeof *out->level);
    out->value = msp_arena_array(arena, distinct, sizeof *out->value);
    bool ok = out->level != NULL && out->value != NULL;
    for (size_t i = 0; ok && i < distinct; i++) {
        char text[MSP_DOUBLE_MAX];
        msp_double_format(sorted[i], text);
        out->value[i] = sorted[i];
        out->level[i] = msp_arena_text(arena, text);
        ok = out->level[i] != NULL;
    }
    for (size_t row = 0; ok && row < n_rows; row++) {
        const double x = column->number[row];
        const size_t i = distinct > 0 && !isnan(x) ? index_of(sorted, distinct, x) : 0;
        const bool found = distinct > 0 && sorted[i] <= x && sorted[i] >= x;
        out->code[row] = found ? (uint32_t)i : MSP_NO_LEVEL;
    }
    free(sorted);
    return ok ? MSP_OK : no_memory(err);
}

msp_status msp_factor_from_column(const msp_column *column, size_t n_rows, const uint8_t *keep,
                                  msp_arena *arena, msp_factor *out, msp_error *err)
{
    *out = (msp_factor){.name = msp_arena_text(arena, column->name)};
    out->code = msp_arena_array(arena, n_rows, sizeof *out->code);
    if (out->name == NULL || out->code == NULL)
        return no_memory(err);
    return column->type == MSP_COLUMN_TEXT
               ? factor_from_text(column, n_rows, keep, arena, out, err)
               : factor_from_number(column, n_rows, keep, arena, out, err);
}

bool msp_cell_equals(const msp_column *column, size_t row, const char *value)
{
    if (column->type == MSP_COLUMN_TEXT)
        return column->code[row] != 0 && strcmp(column->text[column->code[row]], value) == 0;
    double number;
    return msp_double_parse(value, strlen(value), &number) && column->number[row] >= number &&
           column->number[row] <= number;
}

msp_status msp_factor_from_values(const msp_column *column, size_t n_rows, const char *name,
                                  const char *const *values, const char *const *labels, size_t n,
                                  msp_arena *arena, msp_factor *out, msp_error *err)
{
    *out = (msp_factor){.name = msp_arena_text(arena, name), .n_levels = n};
    out->code = msp_arena_array(arena, n_rows, sizeof *out->code);
    out->level = msp_arena_array(arena, n, sizeof *out->level);
    if (out->name == NULL || out->code == NULL || out->level == NULL)
        return no_memory(err);
    for (size_t row = 0; row < n_rows; row++)
        out->code[row] = MSP_NO_LEVEL;
    for (size_t i = 0; i < n; i++) {
        out->level[i] = msp_arena_text(arena, labels != NULL ? labels[i] : values[i]);
        if (out->level[i] == NULL)
            return no_memory(err);
        for (size_t row = 0; row < n_rows; row++)
            if (msp_cell_equals(column, row, values[i]))
                out->code[row] = (uint32_t)i;
    }
    return MSP_OK;
}

/* Two factors at a time. The full grid may be far larger than the table (patients x visits), so the
 * rows are gathered by their level of `a`, and each gathering lists the levels of `b` that it has.
 */
struct crossing {
    const msp_factor *a, *b;
    size_t *start;  /* of each level of a among `row`; n_levels + 1 */
    uint32_t *row;  /* rows by level of a */
    uint32_t *seen; /* a level of b: 1 + the last level of a that it was seen with */
    uint32_t *list; /* the levels of b seen with one level of a */
    uint32_t *place;
};

static bool crossing_start(struct crossing *x, size_t n_rows)
{
    const size_t na = x->a->n_levels, nb = x->b->n_levels;
    x->start = calloc(na + 2, sizeof *x->start);
    x->row = malloc((n_rows + 1) * sizeof *x->row);
    x->seen = calloc(nb + 1, sizeof *x->seen);
    x->list = malloc((nb + 1) * sizeof *x->list);
    x->place = malloc((nb + 1) * sizeof *x->place);
    if (!x->start || !x->row || !x->seen || !x->list || !x->place)
        return false;
    const uint32_t *a = x->a->code, *b = x->b->code;
    for (size_t row = 0; row < n_rows; row++)
        if (a[row] != MSP_NO_LEVEL && b[row] != MSP_NO_LEVEL)
            x->start[a[row] + 2]++;
    for (size_t i = 2; i < na + 2; i++)
        x->start[i] += x->start[i - 1];
    for (size_t row = 0; row < n_rows; row++)
        if (a[row] != MSP_NO_LEVEL && b[row] != MSP_NO_LEVEL)
            x->row[x->start[a[row] + 1]++] = (uint32_t)row;
    return true;
}

static void crossing_free(struct crossing *x)
{
    free(x->start);
    free(x->row);
    free(x->seen);
    free(x->list);
    free(x->place);
}

static int by_code(const void *pa, const void *pb)
{
    const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

/* The combinations of one level of `a`: false where memory is out. */
static bool cross_level(struct crossing *x, uint32_t level, msp_arena *arena, msp_factor *out)
{
    size_t n = 0;
    for (size_t i = x->start[level]; i < x->start[level + 1]; i++) {
        const uint32_t b = x->b->code[x->row[i]];
        if (x->seen[b] != level + 1)
            x->list[n++] = b;
        x->seen[b] = level + 1;
    }
    qsort(x->list, n, sizeof *x->list, by_code);
    for (size_t i = 0; i < n; i++) {
        const char *name =
            msp_arena_printf(arena, "%s, %s", x->a->level[level], x->b->level[x->list[i]]);
        if (name == NULL)
            return false;
        x->place[x->list[i]] = (uint32_t)out->n_levels;
        out->level[out->n_levels++] = name;
    }
    for (size_t i = x->start[level]; i < x->start[level + 1]; i++)
        out->code[x->row[i]] = x->place[x->b->code[x->row[i]]];
    return true;
}

static msp_status cross_two(const msp_factor *a, const msp_factor *b, size_t n_rows,
                            msp_arena *arena, msp_factor *out, msp_error *err)
{
    struct crossing x = {.a = a, .b = b};
    out->code = msp_arena_array(arena, n_rows, sizeof *out->code);
    out->level = msp_arena_array(arena, n_rows, sizeof *out->level);
    out->name = msp_arena_printf(arena, "%s, %s", a->name, b->name);
    bool ok =
        out->code != NULL && out->level != NULL && out->name != NULL && crossing_start(&x, n_rows);
    for (size_t row = 0; ok && row < n_rows; row++)
        out->code[row] = MSP_NO_LEVEL;
    for (uint32_t level = 0; ok && level < a->n_levels; level++)
        ok = cross_level(&x, level, arena, out);
    crossing_free(&x);
    return ok ? MSP_OK : no_memory(err);
}

msp_status msp_factor_cross(const msp_factor *factors, size_t n_factors, size_t n_rows,
                            msp_arena *arena, msp_factor *out, msp_error *err)
{
    *out = n_factors > 0 ? factors[0] : (msp_factor){0};
    for (size_t i = 1; i < n_factors; i++) {
        const msp_factor before = *out;
        *out = (msp_factor){0};
        const msp_status rc = cross_two(&before, &factors[i], n_rows, arena, out, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

/* -- rows -- */

msp_status msp_check_numbers(const msp_table *table, const msp_column *column, const uint8_t *keep,
                             msp_error *err)
{
    size_t largest = table->n_rows;
    for (size_t row = 0; row < table->n_rows; row++)
        if (keep[row] && (largest == table->n_rows ||
                          !(fabs(column->number[row]) <= fabs(column->number[largest]))))
            largest = row;
    const double most = largest < table->n_rows ? fabs(column->number[largest]) : 0;
    if (most <= 1e70 && (most >= 1e-70 || !(most > 0)))
        return MSP_OK;
    msp_table_fail(err, MSP_ERANGE, table, largest, column, "the number is %g; expected %s",
                   column->number[largest],
                   most > 1 ? "one between -1e70 and 1e70" : "the largest to be at least 1e-70");
    return msp_hint(err, MSP_ERANGE, "give %s in another unit", column->name);
}

void msp_keep_present(const msp_column *column, size_t n_rows, uint8_t *keep)
{
    if (column->type == MSP_COLUMN_NUMBER)
        for (size_t row = 0; row < n_rows; row++)
            keep[row] = keep[row] && !isnan(column->number[row]);
    else
        for (size_t row = 0; row < n_rows; row++)
            keep[row] = keep[row] && column->code[row] != 0;
}

void msp_keep_levels(const msp_factor *factor, size_t n_rows, uint8_t *keep)
{
    for (size_t row = 0; row < n_rows; row++)
        keep[row] = keep[row] && factor->code[row] != MSP_NO_LEVEL;
}

static msp_status not_an_event(const msp_table *table, const msp_column *column, size_t row,
                               msp_error *err)
{
    char text[MSP_DOUBLE_MAX];
    const char *found = text;
    if (column->type == MSP_COLUMN_NUMBER)
        msp_double_format(column->number[row], text);
    else
        found = column->text[column->code[row]];
    msp_table_fail(err, MSP_EINPUT, table, row, column,
                   "%s is \"%s\"; expected 1 for an event and 0 for a censoring", column->name,
                   found);
    return msp_hint(err, MSP_EINPUT,
                    "say which value is the event: --event-value %s, or 0 for a column like CNSR",
                    found);
}

msp_status msp_event_from_column(const msp_table *table, const msp_column *column,
                                 const char *value, uint8_t *event, uint8_t *keep, msp_error *err)
{
    double wanted = 1;
    const bool numeric = column->type == MSP_COLUMN_NUMBER;
    if (value != NULL && numeric && !msp_double_parse(value, strlen(value), &wanted))
        return msp_fail(err, MSP_EINPUT, "%s holds numbers; the event value \"%s\" is none",
                        column->name, value);
    for (size_t row = 0; row < table->n_rows; row++) {
        if (msp_column_is_missing(column, row)) {
            keep[row] = 0;
            continue;
        }
        const double x = numeric ? column->number[row] : (double)NAN;
        event[row] = numeric ? x >= wanted && x <= wanted
                             : msp_cell_equals(column, row, value != NULL ? value : "1");
        if (value == NULL && !event[row] &&
            !(numeric ? x >= 0 && x <= 0 : msp_cell_equals(column, row, "0")))
            return not_an_event(table, column, row, err);
    }
    return MSP_OK;
}

/* -- terms -- */

static msp_cox_column *new_term(msp_terms *terms, msp_arena *arena)
{
    if (terms->n == terms->cap) {
        const size_t cap = terms->cap > 0 ? terms->cap * 2 : 8;
        msp_cox_column *columns = msp_arena_array(arena, cap, sizeof *columns);
        if (columns == NULL)
            return NULL;
        if (terms->n > 0)
            memcpy(columns, terms->columns, terms->n * sizeof *columns);
        terms->columns = columns;
        terms->cap = cap;
    }
    return &terms->columns[terms->n++];
}

msp_status msp_terms_add(msp_terms *terms, const msp_cox_column *column, msp_arena *arena,
                         msp_error *err)
{
    msp_cox_column *term = new_term(terms, arena);
    if (term == NULL)
        return no_memory(err);
    *term = *column;
    return MSP_OK;
}

msp_status msp_terms_add_number(msp_terms *terms, const char *name, const double *value,
                                msp_arena *arena, msp_error *err)
{
    msp_cox_column *term = new_term(terms, arena);
    if (term == NULL)
        return no_memory(err);
    *term = (msp_cox_column){.name = msp_arena_text(arena, name), .value = value};
    return term->name != NULL ? MSP_OK : no_memory(err);
}

msp_status msp_terms_add_factor(msp_terms *terms, const msp_factor *factor, const char *prefix,
                                bool as_number, size_t n_rows, msp_arena *arena, msp_error *err)
{
    if (as_number) {
        double *value = msp_arena_array(arena, n_rows, sizeof *value);
        if (value == NULL)
            return no_memory(err);
        for (size_t row = 0; row < n_rows; row++)
            value[row] =
                factor->code[row] == MSP_NO_LEVEL ? (double)NAN : factor->value[factor->code[row]];
        return msp_terms_add_number(terms, prefix, value, arena, err);
    }
    for (uint32_t level = 1; level < factor->n_levels; level++) {
        msp_cox_column *term = new_term(terms, arena);
        if (term == NULL)
            return no_memory(err);
        *term = (msp_cox_column){
            .name = msp_arena_printf(arena, "%s%s", prefix, factor->level[level]),
            .code = factor->code,
            .level = level,
        };
        if (term->name == NULL)
            return no_memory(err);
    }
    return MSP_OK;
}
