/* supp.c - rows of SUPP-- and the rows of the domain that they qualify. */
#include "mspike/patient/supp.h"

#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

static const char *const fault_texts[] = {
#define AS_TEXT(code, text) text,
    MSP_SUPP_FAULT_LIST(AS_TEXT)
#undef AS_TEXT
};

const char *msp_supp_fault_text(msp_supp_fault fault)
{
    return fault_texts[fault];
}

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the supplemental qualifiers");
}

/* -- cells that compare by their texts -- */

/* A number as its shortest decimal, other texts without blanks at the ends; NULL when memory is
 * out. */
static const char *plain(const char *text, msp_arena *arena)
{
    text += strspn(text, " ");
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    double x;
    char number[MSP_DOUBLE_MAX];
    if (!msp_double_parse(text, len, &x))
        return msp_arena_text_n(arena, text, len);
    return msp_arena_text_n(arena, number, msp_double_format(x, number));
}

/* The cells of a column, one a row, each text of it made plain once; NULL when memory is out. A
 * column that is not there has empty cells. */
static const char **plain_cells(const msp_column *column, size_t n_rows, msp_arena *arena)
{
    const bool texts = column != NULL && column->type == MSP_COLUMN_TEXT;
    const size_t n_texts = texts ? column->n_texts : 0;
    const char **cells = msp_arena_array(arena, n_rows + 1, sizeof *cells);
    const char **known = msp_arena_array(arena, n_texts + 1, sizeof *known);
    bool memory = cells != NULL && known != NULL;
    for (size_t i = 0; memory && i < n_texts; i++)
        memory = (known[i] = plain(column->text[i], arena)) != NULL;
    for (size_t row = 0; memory && row < n_rows; row++) {
        char number[MSP_DOUBLE_MAX];
        if (texts)
            cells[row] = known[column->code[row]];
        else if (column == NULL || msp_column_is_missing(column, row))
            cells[row] = "";
        else
            memory = (cells[row] = msp_arena_text_n(
                          arena, number, msp_double_format(column->number[row], number))) != NULL;
    }
    return memory ? cells : NULL;
}

/* -- rows by subject and value -- */

typedef struct key {
    const char *id, *value;
    size_t row;
} key;

static int by_key(const key *a, const key *b)
{
    const int id = a->id == b->id ? 0 : strcmp(a->id, b->id);
    if (id != 0)
        return id;
    return a->value == b->value ? 0 : strcmp(a->value, b->value);
}

static int by_key_and_row(const void *a, const void *b)
{
    const key *x = a, *y = b;
    const int order = by_key(x, y);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

/* The first of the sorted keys that is not before `wanted`. */
static size_t lower_bound(const key *keys, size_t n, const key *wanted)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (by_key(&keys[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* -- matching -- */

typedef struct matcher {
    const msp_table *table, *supp;
    msp_arena *arena;
    const char **table_id, **id, **variable, **value, **name, **text; /* cells */
    size_t *rows;                                                     /* grows by a table each */
    size_t n_rows;
    msp_supp_found *found;
} matcher;

/* All rows of SUPP-- that say `variable`, which is column `of` of the table, or NULL for "". */
static bool match_variable(matcher *m, const char *variable, const msp_column *of)
{
    const size_t n = m->table->n_rows;
    key *keys = msp_arena_array(m->arena, n + 1, sizeof *keys);
    const char **values = plain_cells(of, n, m->arena);
    if (keys == NULL || values == NULL)
        return false;
    for (size_t row = 0; row < n; row++)
        keys[row] = (key){m->table_id[row], values[row], row};
    qsort(keys, n, sizeof *keys, by_key_and_row);
    size_t *rows = m->rows + m->n_rows;
    for (size_t i = 0; i < n; i++)
        rows[i] = keys[i].row;
    for (size_t i = 0; i < m->supp->n_rows; i++) {
        if (strcmp(m->variable[i], variable) != 0)
            continue;
        const key wanted = {m->id[i], of != NULL ? m->value[i] : "", 0};
        const size_t first = lower_bound(keys, n, &wanted);
        size_t end = first;
        while (end < n && by_key(&keys[end], &wanted) == 0)
            end++;
        m->found[i] = (msp_supp_found){m->n_rows + first, end - first,
                                       end > first ? MSP_SUPP_NONE : MSP_SUPP_ORPHAN};
    }
    m->n_rows += n;
    return true;
}

/* The columns that IDVAR names, each once. */
static bool match_all(matcher *m, const msp_column *idvar)
{
    const size_t n_variables = idvar != NULL ? idvar->n_texts : 1;
    m->rows = msp_arena_array(m->arena, n_variables * m->table->n_rows + 1, sizeof *m->rows);
    if (m->rows == NULL)
        return false;
    for (size_t i = 0; i < m->supp->n_rows; i++)
        m->found[i].fault = MSP_SUPP_VARIABLE;
    for (size_t i = 0; i < n_variables; i++) {
        const char *name = idvar != NULL ? idvar->text[i] : "";
        const msp_column *of = msp_table_column(m->table, name);
        if ((of != NULL || name[0] == '\0') && !match_variable(m, name, of))
            return false;
    }
    return true;
}

static void drop(msp_supp_found *found, msp_supp_fault fault)
{
    *found = (msp_supp_found){.fault = fault};
}

static void check_domain(matcher *m, const msp_column *rdomain, const char *domain)
{
    for (size_t i = 0; rdomain != NULL && i < m->supp->n_rows; i++)
        if (!msp_text_equal_nocase(rdomain->text[rdomain->code[i]], domain))
            drop(&m->found[i], MSP_SUPP_DOMAIN);
}

/* Of two rows with the same subject, row and name the first one stays. */
static bool check_repeats(matcher *m)
{
    const size_t n = m->supp->n_rows;
    key *keys = msp_arena_array(m->arena, n + 1, sizeof *keys);
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *what =
            msp_arena_printf(m->arena, "%s\n%s\n%s", m->name[i], m->variable[i], m->value[i]);
        if (what == NULL)
            return false;
        keys[i] = (key){m->id[i], what, i};
    }
    qsort(keys, n, sizeof *keys, by_key_and_row);
    for (size_t i = 1, first = 0; i < n; i++) {
        if (by_key(&keys[i], &keys[first]) != 0)
            first = i;
        else if (m->found[keys[i].row].fault == MSP_SUPP_NONE)
            drop(&m->found[keys[i].row], strcmp(m->text[keys[i].row], m->text[keys[first].row]) == 0
                                             ? MSP_SUPP_REPEATED
                                             : MSP_SUPP_CONTRADICTION);
    }
    return true;
}

/* A column of names: NULL where it is not there, or was read as numbers, which name nothing. */
static const msp_column *names_column(const msp_table *supp, const char *name)
{
    const msp_column *column = msp_table_column(supp, name);
    return column != NULL && column->type == MSP_COLUMN_TEXT ? column : NULL;
}

static msp_status need_texts(const msp_table *supp, const char *name, msp_column **out,
                             msp_error *err)
{
    const msp_status rc = msp_table_need_column(supp, name, out, err);
    if (rc != MSP_OK || (*out)->type == MSP_COLUMN_TEXT)
        return rc;
    return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = supp->file},
                       "column \"%s\" holds numbers; expected texts", name);
}

msp_status msp_supp_find(const msp_table *table, const char *domain, const msp_table *supp,
                         msp_arena *arena, msp_supp_match *out, msp_error *err)
{
    msp_column *id, *table_id, *name, *text;
    msp_status rc = msp_table_need_column(table, "USUBJID", &table_id, err);
    if (rc == MSP_OK)
        rc = msp_table_need_column(supp, "USUBJID", &id, err);
    if (rc == MSP_OK)
        rc = need_texts(supp, "QNAM", &name, err);
    if (rc == MSP_OK)
        rc = need_texts(supp, "QVAL", &text, err);
    if (rc != MSP_OK)
        return rc;
    const size_t n = supp->n_rows;
    const msp_column *idvar = names_column(supp, "IDVAR");
    matcher m = {.table = table,
                 .supp = supp,
                 .arena = arena,
                 .table_id = plain_cells(table_id, table->n_rows, arena),
                 .id = plain_cells(id, n, arena),
                 .variable = plain_cells(idvar, n, arena),
                 .value = plain_cells(msp_table_column(supp, "IDVARVAL"), n, arena),
                 .name = plain_cells(name, n, arena),
                 .text = plain_cells(text, n, arena),
                 .found = msp_arena_array(arena, n + 1, sizeof *m.found)};
    if (m.table_id == NULL || m.id == NULL || m.variable == NULL || m.value == NULL ||
        m.name == NULL || m.text == NULL || m.found == NULL || !match_all(&m, idvar))
        return no_memory(err);
    check_domain(&m, names_column(supp, "RDOMAIN"), domain);
    if (!check_repeats(&m))
        return no_memory(err);
    *out = (msp_supp_match){m.rows, m.found};
    return MSP_OK;
}

/* -- joining -- */

static msp_status join_one(msp_table *table, const msp_table *supp, const msp_supp_match *match,
                           const char *name, uint32_t code, msp_error *err)
{
    const msp_column *qnam = msp_table_column(supp, "QNAM"), *qval = msp_table_column(supp, "QVAL");
    msp_column *to = msp_table_add_column(table, name, MSP_COLUMN_TEXT);
    if (to == NULL)
        return no_memory(err);
    for (size_t i = 0; i < supp->n_rows; i++) {
        if (qnam->code[i] != code)
            continue;
        const char *text = qval->text[qval->code[i]];
        const msp_supp_found *found = &match->found[i];
        for (size_t k = 0; k < found->n; k++) {
            const size_t row = match->rows[found->first + k];
            if (to->code[row] == 0 &&
                msp_table_put_text(table, to, row, text, strlen(text)) != MSP_OK)
                return no_memory(err);
        }
    }
    return MSP_OK;
}

msp_status msp_supp_join(msp_table *table, const msp_table *supp, const msp_supp_match *match,
                         const char *const *names, size_t n, msp_error *err)
{
    const msp_column *qnam = msp_table_column(supp, "QNAM");
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < n; i++)
        for (uint32_t code = 1; code < qnam->n_texts && rc == MSP_OK; code++)
            if (msp_text_equal_nocase(qnam->text[code], names[i]) &&
                msp_table_column(table, names[i]) == NULL)
                rc = join_one(table, supp, match, names[i], code, err);
    return rc;
}
