/*
 * qol_table.c
 *   1. items and answers
 *   2. rows into visits
 *   3. visits in order, baseline, scores
 */
#include "mspike/endpoint/qol_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

static const double none = NAN;

const msp_qol_prefix msp_qol_cdisc[MSP_QOL_N_CDISC] = {{"EOR01", 1}};

/* One answer: where it stands and what it says. */
typedef struct entry {
    uint32_t subject, visit; /* codes of the texts */
    size_t row;
    const msp_column *column; /* of the answer */
    unsigned item;
} entry;

typedef struct reader {
    const msp_table *table;
    const msp_qol_source *source;
    msp_qol_table *out;
    const msp_column *subject, *visit, *item, *answer, *time, *order;
    entry *entries;
    size_t n, cap;
    msp_error *err;
} reader;

static msp_status no_memory(const reader *r)
{
    return msp_fail(r->err, MSP_EMEM, "no memory for the answers");
}

/* -- 1. items -- */

/* Up to three digits that fill the text; 0 for anything else. */
static unsigned number_of(const char *s)
{
    unsigned x = 0;
    const size_t n = strlen(s);
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || n > 3)
            return 0;
        x = 10 * x + (unsigned)(s[i] - '0');
    }
    return x;
}

unsigned msp_qol_item(const char *code, const msp_qol_prefix *codes, size_t n_codes)
{
    const unsigned plain = number_of(code);
    if (plain >= 1 && plain <= MSP_QOL_ITEMS)
        return plain;
    for (size_t i = 0; i < n_codes; i++) {
        const size_t n = strlen(codes[i].prefix);
        if (strncmp(code, codes[i].prefix, n) != 0)
            continue;
        const unsigned k = number_of(code + n);
        if (k >= 1 && codes[i].first + k - 1 <= MSP_QOL_ITEMS)
            return codes[i].first + k - 1;
    }
    return 0;
}

/* -- 2. rows -- */

static msp_status add_entry(reader *r, size_t row, const msp_column *column, unsigned item)
{
    if (msp_column_is_missing(r->subject, row) || msp_column_is_missing(r->visit, row) ||
        msp_column_is_missing(column, row)) {
        r->out->n_missing++;
        return MSP_OK;
    }
    if (r->n == r->cap) {
        const size_t cap = 2 * r->cap + 256;
        entry *grown = realloc(r->entries, cap * sizeof *grown);
        if (grown == NULL)
            return no_memory(r);
        r->entries = grown;
        r->cap = cap;
    }
    r->entries[r->n++] = (entry){r->subject->code[row], r->visit->code[row], row, column, item};
    return MSP_OK;
}

static msp_status read_rows(reader *r)
{
    msp_status rc = MSP_OK;
    for (size_t row = 0; row < r->table->n_rows && rc == MSP_OK; row++) {
        const unsigned item =
            msp_qol_item(r->item->text[r->item->code[row]], r->source->codes, r->source->n_codes);
        if (item == 0)
            r->out->n_other++;
        else
            rc = add_entry(r, row, r->answer, item);
    }
    return rc;
}

static msp_status read_columns(reader *r)
{
    msp_status rc = MSP_OK;
    for (size_t k = 0; k < r->table->n_columns; k++) {
        const msp_column *column = &r->table->columns[k];
        const unsigned item = msp_qol_item(column->name, r->source->codes, r->source->n_codes);
        if (item == 0) {
            r->out->n_other++;
            continue;
        }
        for (size_t row = 0; row < r->table->n_rows && rc == MSP_OK; row++)
            rc = add_entry(r, row, column, item);
    }
    return rc;
}

static msp_status need(const reader *r, const char *name, bool number, const msp_column **out)
{
    msp_column *column;
    if (name == NULL)
        return MSP_OK;
    const msp_status rc = msp_table_need_column(r->table, name, &column, r->err);
    if (rc == MSP_OK && (column->type == MSP_COLUMN_NUMBER) != number)
        return msp_fail(r->err, MSP_EINPUT, "%s holds %s; expected %s", name,
                        number ? "texts" : "numbers", number ? "numbers" : "texts");
    *out = rc == MSP_OK ? column : NULL;
    return rc;
}

static msp_status find_columns(reader *r)
{
    const msp_qol_source *s = r->source;
    msp_status rc = need(r, s->subject, false, &r->subject);
    if (rc == MSP_OK)
        rc = need(r, s->visit, false, &r->visit);
    if (rc == MSP_OK)
        rc = need(r, s->item, false, &r->item);
    if (rc == MSP_OK)
        rc = need(r, s->answer, true, &r->answer);
    if (rc == MSP_OK)
        rc = need(r, s->time, true, &r->time);
    return rc == MSP_OK ? need(r, s->order, true, &r->order) : rc;
}

/* -- 3. visits -- */

static int by_visit(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    if (a->visit != b->visit)
        return a->visit < b->visit ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int in_time(const void *pa, const void *pb)
{
    const msp_qol_visit *a = pa, *b = pb;
    const int subject = strcmp(a->subject, b->subject);
    if (subject != 0)
        return subject;
    if (a->order < b->order || a->order > b->order)
        return a->order < b->order ? -1 : 1;
    const int visit = msp_text_natural_order(a->visit, b->visit);
    return visit != 0 ? visit : strcmp(a->visit, b->visit);
}

static msp_status put_answer(const reader *r, const entry *e, msp_qol_visit *visit)
{
    const unsigned most = e->item == 29 || e->item == 30 ? 7 : 4;
    const bool number = e->column->type == MSP_COLUMN_NUMBER;
    const double x = number ? e->column->number[e->row] : none;
    if (!number || !(x >= 1 && x <= most && x <= floor(x)))
        return msp_table_fail(r->err, MSP_EINPUT, r->table, e->row, e->column,
                              "this is no answer to item %u; expected 1 to %u", e->item, most);
    if (visit->answers[e->item - 1] != 0)
        return msp_table_fail(r->err, MSP_EINPUT, r->table, e->row, e->column,
                              "this patient has a second answer to item %u at this visit", e->item);
    visit->answers[e->item - 1] = (uint8_t)x;
    return MSP_OK;
}

static void open_visit(const reader *r, const entry *e, msp_qol_visit *visit)
{
    *visit = (msp_qol_visit){
        .subject = r->subject->text[e->subject],
        .visit = r->visit->text[e->visit],
        .row = e->row,
        .time = r->time != NULL ? r->time->number[e->row] : none,
        .order = r->order != NULL ? r->order->number[e->row] : none,
        .baseline = SIZE_MAX,
    };
}

static msp_status make_visits(reader *r)
{
    msp_qol_table *out = r->out;
    qsort(r->entries, r->n, sizeof *r->entries, by_visit);
    out->visits = msp_arena_array(&out->arena, r->n + 1, sizeof *out->visits);
    if (out->visits == NULL)
        return no_memory(r);
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < r->n && rc == MSP_OK; i++) {
        const entry *e = &r->entries[i];
        if (i == 0 || e->subject != e[-1].subject || e->visit != e[-1].visit)
            open_visit(r, e, &out->visits[out->n++]);
        rc = put_answer(r, e, &out->visits[out->n - 1]);
    }
    return rc;
}

/* The visit named must be one. */
static msp_status check_baseline(const reader *r)
{
    const char *wanted = r->source->baseline;
    for (uint32_t code = 1; wanted != NULL && code < r->visit->n_texts; code++)
        if (strcmp(r->visit->text[code], wanted) == 0)
            return MSP_OK;
    if (wanted == NULL)
        return MSP_OK;
    const msp_place file = {.file = r->table->file};
    msp_fail_at(r->err, MSP_EINPUT, file, "no visit is called \"%s\"", wanted);
    const char *meant = msp_suggest(wanted, r->visit->text, r->visit->n_texts);
    return meant != NULL ? msp_hint(r->err, MSP_EINPUT, "did you mean \"%s\"?", meant) : MSP_EINPUT;
}

static void find_baseline(const reader *r)
{
    msp_qol_visit *v = r->out->visits;
    for (size_t i = 0, first = 0; i < r->out->n; i++) {
        if (i > 0 && strcmp(v[i].subject, v[first].subject) != 0)
            first = i;
        const bool is =
            r->source->baseline == NULL ? i == first : strcmp(v[i].visit, r->source->baseline) == 0;
        for (size_t k = first; is && k < r->out->n && strcmp(v[k].subject, v[first].subject) == 0;
             k++)
            v[k].baseline = i;
    }
}

msp_status msp_qol_table_read(const msp_table *table, const msp_qol_source *source,
                              msp_qol_table *out, msp_error *err)
{
    *out = (msp_qol_table){0};
    reader r = {.table = table, .source = source, .out = out, .err = err};
    msp_status rc = find_columns(&r);
    if (rc == MSP_OK)
        rc = source->item != NULL ? read_rows(&r) : read_columns(&r);
    if (rc == MSP_OK && r.n == 0) {
        const msp_place file = {.file = table->file};
        msp_fail_at(err, MSP_ENODATA, file, "there is no answer to an item of QLQ-C30 or QLQ-MY20");
        rc = msp_hint(err, MSP_ENODATA, "say how their codes begin, and which item is 1: EOR01=1");
    }
    if (rc == MSP_OK)
        rc = check_baseline(&r);
    if (rc == MSP_OK)
        rc = make_visits(&r);
    if (rc == MSP_OK) {
        qsort(out->visits, out->n, sizeof *out->visits, in_time);
        find_baseline(&r);
    }
    for (size_t i = 0; i < out->n && rc == MSP_OK; i++)
        rc = msp_qol_score(out->visits[i].answers, &out->visits[i].scores, err);
    free(r.entries);
    if (rc != MSP_OK)
        msp_qol_table_free(out);
    return rc;
}

void msp_qol_table_free(msp_qol_table *scores)
{
    msp_arena_free(&scores->arena);
    *scores = (msp_qol_table){0};
}
