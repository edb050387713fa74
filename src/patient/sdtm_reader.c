/* sdtm_reader.c - a lesion read by the site and by independent readers, of whom there may be
 * several: whose reading is taken. */
#include <stdio.h>

#include "mspike/base/text.h"
#include "sdtm.h"

enum { BY_SITE = 1, BY_INDEPENDENT = 2 };

bool msp_evaluator_is_independent(const char *evaluator)
{
    return msp_text_contains_nocase(evaluator, "independent") ||
           msp_text_contains_nocase(evaluator, "adjudicat") ||
           msp_text_equal_nocase(evaluator, "IRC");
}

/* Nobody named is the site. */
static uint8_t who_read(const char *evaluator)
{
    return msp_evaluator_is_independent(evaluator) ? BY_INDEPENDENT : BY_SITE;
}

static bool is_other_evaluator(const sdtm_table *t, size_t row)
{
    const uint32_t patient = sdtm_patient(t, row);
    return t->evaluator != NULL && patient != SDTM_NO_PATIENT &&
           (t->left_out[patient] & who_read(sdtm_cell(t->evaluator, row))) != 0;
}

static const msp_column *column_of(const sdtm_table *t, const char *suffix)
{
    char name[64]; /* a longer one is no column */
    snprintf(name, sizeof name, "%s%s", t->name, suffix);
    return msp_table_column(&t->table, name);
}

static void say_several(void *context, const msp_reader_row *second, const char *taken)
{
    sdtm_table *t = context;
    char hint[160];
    snprintf(hint, sizeof hint, "those of %.40s are taken; %.8sACPTFL Y says which were accepted",
             taken[0] != '\0' ? taken : "nobody named", t->name);
    sdtm_note(t, MSP_SEVERITY_WARNING, "data-reader", second->row, column_of(t, "EVALID"), hint,
              "several readers at one time, and none accepted");
}

/* Of the readers of the evaluator who is taken. False when memory is out. */
static bool choose_readings(sdtm_table *t)
{
    const msp_column *reader = column_of(t, "EVALID"), *accepted = column_of(t, "ACPTFL"),
                     *visit = msp_table_column(&t->table, "VISITNUM"), *date = column_of(t, "DTC");
    if (reader == NULL && accepted == NULL)
        return true;
    const size_t n_rows = t->table.n_rows;
    msp_reader_row *all = msp_arena_array(&t->s->scratch, n_rows + 1, sizeof *all);
    t->row_left_out = msp_arena_array(&t->s->scratch, n_rows + 1, sizeof *t->row_left_out);
    if (all == NULL || t->row_left_out == NULL)
        return false;
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        const char *at = sdtm_cell(visit, row);
        if (sdtm_patient(t, row) == SDTM_NO_PATIENT || is_other_evaluator(t, row))
            continue;
        all[n++] = (msp_reader_row){.subject = sdtm_cell(t->id, row),
                                    .time = at[0] != '\0' ? at : sdtm_cell(date, row),
                                    .reader = sdtm_cell(reader, row),
                                    .accepted = sdtm_cell(accepted, row),
                                    .row = row};
    }
    msp_readers_choose(all, n, say_several, t);
    for (size_t i = 0; i < n; i++)
        t->row_left_out[all[i].row] = all[i].left_out;
    return true;
}

bool sdtm_choose_reader(sdtm_table *t)
{
    sdtm *s = t->s;
    const msp_protocol *p = s->options.protocol;
    const uint8_t wanted =
        p != NULL && p->rules.assessor.value == MSP_ASSESSOR_IRC ? BY_INDEPENDENT : BY_SITE;
    t->evaluator = column_of(t, "EVAL");
    t->left_out = msp_arena_array(&s->scratch, s->out->n + 1, 1);
    if (t->left_out == NULL)
        return false;
    uint8_t *readers = t->left_out;
    for (size_t row = 0; t->evaluator != NULL && row < t->table.n_rows; row++)
        if (sdtm_patient(t, row) != SDTM_NO_PATIENT)
            readers[sdtm_patient(t, row)] |= who_read(sdtm_cell(t->evaluator, row));
    for (size_t i = 0; i < s->out->n; i++)
        t->left_out[i] = (readers[i] & wanted) != 0 ? (uint8_t)(readers[i] & ~wanted) : 0;
    return choose_readings(t);
}

bool sdtm_is_left_out(const sdtm_table *t, size_t row)
{
    return is_other_evaluator(t, row) || (t->row_left_out != NULL && t->row_left_out[row]);
}
