/* sdtm_reader.c - a lesion read by the site and by independent readers: whose reading is taken. */
#include "mspike/base/text.h"
#include "sdtm.h"

enum { BY_SITE = 1, BY_INDEPENDENT = 2 };

/* CDISC's EVAL: "INDEPENDENT ASSESSOR", "INDEPENDENT REVIEW COMMITTEE"; empty is the site. */
static uint8_t who_read(const char *evaluator)
{
    return msp_text_contains_nocase(evaluator, "independent") ||
                   msp_text_contains_nocase(evaluator, "adjudicat") ||
                   msp_text_equal_nocase(evaluator, "IRC")
               ? BY_INDEPENDENT
               : BY_SITE;
}

bool sdtm_choose_reader(sdtm_table *t)
{
    sdtm *s = t->s;
    const msp_protocol *p = s->options.protocol;
    const uint8_t wanted =
        p != NULL && p->rules.assessor.value == MSP_ASSESSOR_IRC ? BY_INDEPENDENT : BY_SITE;
    const char *name = msp_arena_printf(&s->scratch, "%sEVAL", t->name);
    t->evaluator = name != NULL ? msp_table_column(&t->table, name) : NULL;
    t->left_out = msp_arena_array(&s->scratch, s->out->n + 1, 1);
    if (name == NULL || t->left_out == NULL)
        return false;
    uint8_t *readers = t->left_out;
    for (size_t row = 0; t->evaluator != NULL && row < t->table.n_rows; row++)
        if (sdtm_patient(t, row) != SDTM_NO_PATIENT)
            readers[sdtm_patient(t, row)] |= who_read(sdtm_cell(t->evaluator, row));
    for (size_t i = 0; i < s->out->n; i++)
        t->left_out[i] = (readers[i] & wanted) != 0 ? (uint8_t)(readers[i] & ~wanted) : 0;
    return true;
}

bool sdtm_is_left_out(const sdtm_table *t, size_t row)
{
    const uint32_t patient = sdtm_patient(t, row);
    return t->evaluator != NULL && patient != SDTM_NO_PATIENT &&
           (t->left_out[patient] & who_read(sdtm_cell(t->evaluator, row))) != 0;
}
