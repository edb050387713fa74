/* sdtm_deterioration.c - deterioration of a patient, for endpoints that count it: the rows that the
 * protocol's data: names; else CE of that name, and DS. */
#include <string.h>

#include "mspike/base/text.h"
#include "sdtm.h"

/* "CLINICAL DETERIORATION", "SYMPTOMATIC DETERIORATION" */
bool sdtm_is_deterioration(const char *term)
{
    return msp_text_contains_nocase(term, "deteriorat");
}

/* --SEQ, else the row from 1. */
static uint32_t seq_of(const sdtm_table *t, size_t row)
{
    double seq;
    const char *name = msp_arena_printf(&t->s->scratch, "%sSEQ", t->name);
    const char *text = name != NULL ? sdtm_cell(msp_table_column(&t->table, name), row) : "";
    return msp_double_parse(text, strlen(text), &seq) && seq > 0 && seq <= UINT32_MAX
               ? (uint32_t)seq
               : (uint32_t)row + 1;
}

void sdtm_keep_deterioration(sdtm_table *t, size_t row, const char *date)
{
    const uint32_t i = sdtm_patient(t, row);
    const msp_day day = i != SDTM_NO_PATIENT
                            ? sdtm_day(t, msp_table_column(&t->table, date), row, true)
                            : MSP_NO_DAY;
    if (day == MSP_NO_DAY)
        return;
    msp_disposition *d = &t->s->disposition[i];
    if (d->deterioration != MSP_NO_DAY && d->deterioration <= day)
        return;
    d->deterioration = day;
    d->deterioration_from = msp_arena_text(&t->s->out->arena, t->name);
    d->deterioration_variable = msp_arena_text(&t->s->out->arena, date);
    d->deterioration_seq = seq_of(t, row);
}

/* -- as the protocol says -- */

static bool meets(const sdtm_table *t, size_t row, const msp_conditions *where)
{
    for (size_t i = 0; i < where->n; i++) {
        const msp_condition *c = &where->items[i];
        const char *cell = sdtm_cell(msp_table_column(&t->table, c->column), row);
        bool any = false;
        for (size_t k = 0; k < c->values.n; k++)
            any = any || msp_text_equal_nocase(cell, c->values.items[k].text);
        if (!any)
            return false;
    }
    return true;
}

static msp_status need_columns(const sdtm_table *t, const msp_event_rows *said, const char **names,
                               size_t n, msp_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (msp_table_column(&t->table, names[i]) == NULL)
            return msp_fail_at(err, MSP_EINPUT, said->at,
                               "%s has no column \"%s\", which tells a deterioration", t->name,
                               names[i]);
    return MSP_OK;
}

static msp_status read_said(sdtm *s, const msp_event_rows *said, msp_error *err)
{
    const size_t n = said->where.n + 1;
    const char **names = msp_arena_array(&s->scratch, n + 1, sizeof *names);
    sdtm_table t;
    if (names == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the deteriorations");
    for (size_t i = 0; i + 1 < n; i++)
        names[i] = said->where.items[i].column;
    names[n - 1] = said->date.text;
    names[n] = msp_arena_printf(&s->scratch, "%sSEQ", said->table.text);
    msp_status rc = names[n] != NULL ? sdtm_open(s, said->table.text, names, n + 1, true, &t, err)
                                     : msp_fail(err, MSP_EMEM, "no memory for the deteriorations");
    if (names[n] == NULL)
        return rc;
    if (rc == MSP_OK && t.there)
        rc = need_columns(&t, said, names, n, err);
    for (size_t row = 0; rc == MSP_OK && t.there && row < t.table.n_rows; row++)
        if (meets(&t, row, &said->where))
            sdtm_keep_deterioration(&t, row, said->date.text);
    s->out->says_deterioration = s->out->says_deterioration || t.there;
    return sdtm_close(&t, rc, err);
}

/* -- as SDTM does -- */

static msp_status read_ce(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"CETERM", "CEDECOD", "CESTDTC", "CEOCCUR", "CESEQ"};
    sdtm_table ce;
    const msp_status rc = sdtm_open(s, "CE", columns, MSP_COUNT(columns), true, &ce, err);
    const msp_column *term = msp_table_column(&ce.table, "CETERM"),
                     *coded = msp_table_column(&ce.table, "CEDECOD"),
                     *occurred = msp_table_column(&ce.table, "CEOCCUR");
    for (size_t row = 0; rc == MSP_OK && ce.there && row < ce.table.n_rows; row++) {
        if (!sdtm_is_deterioration(sdtm_cell(term, row)) &&
            !sdtm_is_deterioration(sdtm_cell(coded, row)))
            continue;
        s->out->says_deterioration = true; /* of somebody, though it may not have happened */
        if (!msp_text_equal_nocase(sdtm_cell(occurred, row), "N"))
            sdtm_keep_deterioration(&ce, row, "CESTDTC");
    }
    return sdtm_close(&ce, rc, err);
}

msp_status sdtm_deteriorations(sdtm *s, msp_error *err)
{
    const msp_protocol *p = s->options.protocol;
    if (p == NULL || !msp_was_said(p->data.deterioration.at))
        return read_ce(s, err);
    for (size_t i = 0; i < s->out->n; i++) /* not those that DS tells */
        s->disposition[i].deterioration = MSP_NO_DAY;
    s->out->says_deterioration = false;
    return read_said(s, &p->data.deterioration, err);
}
