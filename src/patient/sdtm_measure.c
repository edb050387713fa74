/* sdtm_measure.c - rows of SDTM tables as samples: which rule takes a row, and the tables.
 *
 *   1. which rule takes a row     2. tests that no rule takes     3. the tables
 */
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "mspike/base/text.h"
#include "sdtm_measure.h"

/* -- 1. which rule takes a row -- */

/* Whether the rule may take a row whose `name` says `text`. */
static bool passes(const map_rule *rule, const char *name, const char *text)
{
    for (size_t i = 0; i < rule->n_where; i++) {
        const map_condition *c = &rule->where[i];
        if (!msp_text_equal_nocase(c->column, name))
            continue;
        bool found = false;
        for (size_t k = 0; k < c->n && !found; k++)
            found = msp_text_equal_nocase(c->values[k], text);
        if (!found)
            return false;
    }
    return true;
}

static uint64_t rules_passed(const reader *r, const char *name, const char *text)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < r->n_rules; i++)
        mask |= (uint64_t)passes(r->rules[i], name, text) << i;
    return mask;
}

static bool make_filter(reader *r, filter *f, msp_arena *arena)
{
    f->column = msp_table_column(&r->t.table, f->name);
    f->pass_empty = rules_passed(r, f->name, "");
    if (f->column == NULL)
        return true;
    f->pass = msp_arena_array(arena, f->column->n_texts, sizeof *f->pass);
    for (size_t i = 0; f->pass != NULL && i < f->column->n_texts; i++)
        f->pass[i] = rules_passed(r, f->name, f->column->text[i]);
    return f->pass != NULL;
}

/* The rules that the row meets, a bit each. */
static uint64_t rules_met(const reader *r, size_t row)
{
    uint64_t mask = r->usable;
    for (size_t i = 0; i < r->n_filters; i++) {
        const filter *f = &r->filters[i];
        mask &= f->column != NULL ? f->pass[f->column->code[row]] : f->pass_empty;
    }
    return mask;
}

/* The first of them, of those that look at the same values; the others are taken out. */
static size_t next_rule(const reader *r, uint64_t *mask)
{
    size_t first = 0;
    while ((*mask >> first & 1) == 0)
        first++;
    *mask &= ~r->same_value[first];
    return first;
}

/* -- 2. tests that no rule takes -- */

static void propose(reader *r, size_t row)
{
    if (r->code == NULL || r->proposed[r->code->code[row]])
        return;
    r->proposed[r->code->code[row]] = true;
    const char *code = sdtm_cell(r->code, row), *name = r->t.name;
    const msp_marker_info *about =
        map_guess(code, sdtm_cell(r->test, row), sdtm_cell(r->specimen, row));
    if (about == NULL)
        return;
    char hint[DOUBT_TEXT_MAX];
    snprintf(hint, sizeof hint,
             "measurements: {%s: {table: %s, where: {%sTESTCD: [%.20s]}, value: %sORRES, "
             "unit_column: %sORRESU, date: %sDTC}}",
             about->name, name, name, code, name, name, name);
    sdtm_note(&r->t, MSP_SEVERITY_WARNING, "data-unmapped", row, r->code, hint,
              "the test \"%.20s\" (%.60s) is no measurement here; it looks like %s", code,
              sdtm_cell(r->test, row), about->text);
}

/* -- 3. the tables -- */

static void add_name(const char **names, size_t *n, const char *name)
{
    if (name == NULL)
        return;
    for (size_t i = 0; i < *n; i++)
        if (msp_text_equal_nocase(names[i], name))
            return;
    names[(*n)++] = name;
}

static const char *suffixed(sdtm *s, const char *name, const char *suffix)
{
    return msp_arena_printf(&s->scratch, "%s%s", name, suffix);
}

/* VISITNUM and those of every domain. */
#define COLUMNS_OF_ALL 11

/* The columns that the rules of a table look at; conditions first. */
static size_t name_columns(const reader *r, const char **names, size_t *n_conditions)
{
    static const char *const others[] = {"STAT",  "TESTCD", "TEST", "SPEC",   "SPURFL",
                                         "LNKID", "SEQ",    "EVAL", "EVALID", "ACPTFL"};
    sdtm *s = r->t.s;
    size_t n = 0;
    for (size_t i = 0; i < r->n_rules; i++)
        for (size_t k = 0; k < r->rules[i]->n_where; k++)
            add_name(names, &n, r->rules[i]->where[k].column);
    *n_conditions = n;
    for (size_t i = 0; i < r->n_rules; i++) {
        add_name(names, &n, r->rules[i]->value);
        add_name(names, &n, r->rules[i]->unit_column);
        add_name(names, &n, r->rules[i]->date);
    }
    add_name(names, &n, "VISITNUM");
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        add_name(names, &n, suffixed(s, r->t.name, others[i]));
    return n;
}

/* --SEQ of every row; NULL where the table has none, or one is no number. */
static msp_status read_sequence(const reader *r, const uint32_t **out, msp_error *err)
{
    const msp_column *seq = msp_table_column(&r->t.table, suffixed(r->t.s, r->t.name, "SEQ"));
    *out = NULL;
    if (seq == NULL)
        return MSP_OK;
    uint32_t *all = msp_arena_array(&r->t.s->out->arena, r->t.table.n_rows + 1, sizeof *all);
    if (all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the table %s", r->t.name);
    for (size_t row = 0; row < r->t.table.n_rows; row++) {
        double x;
        const char *text = sdtm_cell(seq, row);
        if (!msp_double_parse(text, strlen(text), &x) || x < 0 || x > UINT32_MAX)
            return MSP_OK;
        all[row] = (uint32_t)x;
    }
    *out = all;
    return MSP_OK;
}

/* The column that all rules of assessments take their values from; NULL where there are several. */
static const char *value_name(const reader *r)
{
    const char *name = NULL;
    for (size_t i = 0; i < r->n_rules; i++) {
        if (r->rules[i]->marker >= MSP_MARKER_APART)
            continue;
        if (name != NULL && strcmp(r->rules[i]->value, name) != 0)
            return NULL;
        name = r->rules[i]->value;
    }
    return name;
}

/* Each file of the table is a source. */
static msp_status add_sources(reader *r, msp_error *err)
{
    msp_patients *out = r->t.s->out;
    const msp_table *table = &r->t.table;
    const msp_table_part whole = {.file = table->file, .format = table->format};
    const size_t n = table->n_parts > 0 ? table->n_parts : 1;
    const uint32_t *sequence;
    const msp_status rc = read_sequence(r, &sequence, err);
    if (rc != MSP_OK)
        return rc;
    if (out->n_sources + n > UINT8_MAX)
        return msp_fail(err, MSP_ERANGE, "measurements stand in more than %d files", UINT8_MAX);
    const char *variable = value_name(r);
    r->t.source = (uint8_t)out->n_sources;
    for (size_t i = 0; i < n; i++) {
        const msp_table_part *part = table->n_parts > 0 ? &table->parts[i] : &whole;
        const msp_patient_source source = {
            .file = msp_arena_text(&out->arena, part->file),
            .name = msp_arena_text(&out->arena, r->t.name),
            .has_lines = part->format == MSP_TABLE_CSV,
            .variable = variable != NULL ? msp_arena_text(&out->arena, variable) : NULL,
            .sequence = sequence != NULL ? sequence + part->first : NULL};
        if (source.file == NULL || source.name == NULL ||
            (source.variable == NULL && variable != NULL))
            return msp_fail(err, MSP_EMEM, "no memory for the table %s", r->t.name);
        out->sources[out->n_sources++] = source;
    }
    return MSP_OK;
}

/* A row of the whole as one of its file. */
static void locate(const sdtm_table *t, uint8_t *table, uint32_t *row)
{
    size_t there;
    const msp_table_part *part = msp_table_part_of(&t->table, *row, &there);
    *table = (uint8_t)(t->source + (part - t->table.parts));
    *row = (uint32_t)there;
}

/* What was read of a table of several files: the samples from `first` on, and limits. */
static void locate_all(const sdtm_table *t, size_t first)
{
    const sdtm *s = t->s;
    const msp_below_limits *limits = s->out->limits;
    if (t->table.n_parts == 0)
        return;
    for (size_t i = first; i < s->n_samples; i++)
        locate(t, &s->samples[i].m.table, &s->samples[i].m.row);
    for (size_t i = limits != NULL ? limits->n : 0; i-- > 0 && limits->items[i].table == t->source;)
        locate(t, &limits->items[i].table, &limits->items[i].row);
}

/* The columns that a rule looks at. What the usual rules ask for beside assessments may be missing:
 * the rule is then not used. */
static msp_status find_value(reader *r, size_t i, msp_error *err)
{
    const map_rule *rule = r->rules[i];
    const msp_table *table = &r->t.table;
    const bool optional = rule->said == NULL && rule->marker >= MSP_MARKER_APART;
    msp_column *value, *date;
    r->unit[i] = rule->unit_column != NULL ? msp_table_column(table, rule->unit_column) : NULL;
    msp_status rc = msp_table_need_column(table, rule->value, &value, err);
    if (rc == MSP_OK)
        rc = msp_table_need_column(table, rule->date, &date, err);
    if (rc != MSP_OK)
        return optional ? MSP_OK : rc;
    r->value[i] = value;
    r->date[i] = date;
    r->usable |= UINT64_C(1) << i;
    for (size_t k = 0; k <= i; k++)
        if (r->value[k] == value) {
            r->same_value[k] |= UINT64_C(1) << i;
            r->same_value[i] |= UINT64_C(1) << k;
        }
    return MSP_OK;
}

/* The columns of the table that was opened, and what its conditions let pass. */
static msp_status prepare(reader *r, const char *const *names, size_t n_conditions, msp_error *err)
{
    sdtm *s = r->t.s;
    const msp_table *table = &r->t.table;
    msp_status rc = MSP_OK;
    if (table->n_rows > UINT32_MAX)
        return msp_fail(err, MSP_ERANGE, "%s: more than %u rows", table->file, UINT32_MAX);
    for (size_t i = 0; i < r->n_rules && rc == MSP_OK; i++)
        rc = find_value(r, i, err);
    if (rc != MSP_OK)
        return rc;
    r->visit = msp_table_column(table, "VISITNUM");
    r->status = msp_table_column(table, suffixed(s, r->t.name, "STAT"));
    r->code = msp_table_column(table, suffixed(s, r->t.name, "TESTCD"));
    r->test = msp_table_column(table, suffixed(s, r->t.name, "TEST"));
    r->specimen = msp_table_column(table, suffixed(s, r->t.name, "SPEC"));
    r->spurious = msp_table_column(table, suffixed(s, r->t.name, "SPURFL"));
    r->filters = msp_arena_array(&s->scratch, n_conditions + 1, sizeof *r->filters);
    r->proposed = msp_arena_array(&s->scratch, r->code != NULL ? r->code->n_texts : 1, 1);
    bool memory = r->filters != NULL && r->proposed != NULL && sdtm_choose_reader(&r->t);
    for (size_t i = 0; memory && i < n_conditions; i++) {
        r->filters[r->n_filters].name = names[i];
        memory = make_filter(r, &r->filters[r->n_filters++], &s->scratch);
    }
    return memory ? add_sources(r, err)
                  : msp_fail(err, MSP_EMEM, "no memory for the table %s", r->t.name);
}

static msp_status read_rows(reader *r, msp_error *err)
{
    for (size_t row = 0; row < r->t.table.n_rows; row++) {
        uint64_t mask = rules_met(r, row);
        if (sdtm_is_left_out(&r->t, row))
            continue;
        if (mask == 0)
            propose(r, row);
        while (mask != 0) {
            const size_t index = next_rule(r, &mask);
            if (!sdtm_read_value(r, row, r->rules[index], index))
                return msp_fail(err, MSP_EMEM, "no memory for the samples");
        }
    }
    return MSP_OK;
}

/* The rules of one table in the order of all. */
static msp_status choose_rules(reader *r, const map_rules *all, msp_error *err)
{
    for (size_t i = 0; i < all->n; i++) {
        if (!msp_text_equal_nocase(all->items[i].table, r->t.name))
            continue;
        if (r->n_rules == MAP_RULES_MAX)
            return msp_fail(err, MSP_ERANGE, "more than %d kinds of measurements are in table %s",
                            MAP_RULES_MAX, r->t.name);
        r->rules[r->n_rules++] = &all->items[i];
    }
    return MSP_OK;
}

static bool has_assessments(const reader *r)
{
    for (size_t i = 0; i < r->n_rules; i++)
        if (r->rules[i]->marker < MSP_MARKER_APART)
            return true;
    return false;
}

static msp_status measure_table(sdtm *s, const char *name, const map_rules *all,
                                msp_day *isotype_day, size_t *n_tables, msp_error *err)
{
    reader r = {.t = {.s = s, .name = name}, .isotype_day = isotype_day};
    size_t n_conditions = 0;
    msp_status rc = choose_rules(&r, all, err);
    const char **names = msp_arena_array(
        &s->scratch, r.n_rules * (MAP_CONDITIONS_MAX + 3) + COLUMNS_OF_ALL, sizeof *names);
    if (rc == MSP_OK && names == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for the columns of %s", name);
    if (rc != MSP_OK)
        return rc;
    const size_t n = name_columns(&r, names, &n_conditions);
    rc = sdtm_open(s, name, names, n, true, &r.t, err);
    if (rc == MSP_OK && r.t.there) {
        *n_tables += has_assessments(&r);
        const size_t first = s->n_samples;
        rc = prepare(&r, names, n_conditions, err);
        if (rc == MSP_OK)
            rc = read_rows(&r, err);
        if (rc == MSP_OK)
            rc = sdtm_urine(s, first, sdtm_refuse_concentration, &r, err);
        if (rc == MSP_OK && msp_text_equal_nocase(name, "TR"))
            rc = sdtm_lesions(&r.t, err);
        locate_all(&r.t, first);
    }
    return sdtm_close(&r.t, rc, err);
}

/* Whether an earlier rule has the same table. */
static bool seen_before(const map_rules *rules, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (msp_text_equal_nocase(rules->items[k].table, rules->items[i].table))
            return true;
    return false;
}

msp_status sdtm_measure(sdtm *s, size_t *n_tables, msp_error *err)
{
    map_rules rules;
    msp_status rc = map_rules_make(s->options.protocol, &s->scratch, &rules, err);
    if (rc != MSP_OK)
        return rc;
    msp_day *isotype_day = msp_arena_array(&s->scratch, s->out->n + 1, sizeof *isotype_day);
    s->out->sources = msp_arena_array(&s->out->arena, UINT8_MAX, sizeof *s->out->sources);
    if (isotype_day == NULL || s->out->sources == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the patients");
    for (size_t i = 0; i < s->out->n; i++)
        isotype_day[i] = MSP_NO_DAY;
    *n_tables = 0;
    for (size_t i = 0; i < rules.n && rc == MSP_OK; i++)
        if (!seen_before(&rules, i))
            rc = measure_table(s, rules.items[i].table, &rules, isotype_day, n_tables, err);
    if (rc == MSP_OK && !sdtm_clonality(s))
        rc = msp_fail(err, MSP_EMEM, "no memory for the clonality of the marrow");
    return rc;
}
