/*
 * compare.h - an answer against an earlier one: which statement changed because of which record.
 */
#ifndef MSPIKE_EVIDENCE_COMPARE_H
#define MSPIKE_EVIDENCE_COMPARE_H

#include "mspike/evidence/answer.h"

MSP_BEGIN

typedef struct msp_change {
    const char *id;           /* of the statement */
    const char *before, *now; /* its text; NULL: there was none, there is none any more */
    const char *because;      /* "R071 is new; R059 reads 0.40 (0.28-0.68), before 0.44 (...)" */
} msp_change;

typedef struct msp_answer_changes {
    msp_change *items;
    size_t n;
    const char *file; /* of the earlier answer, or its name; NULL: there was none to compare with */
    msp_arena arena;
} msp_answer_changes;

/* How a result reads in one line, for comparing: its numbers as they are printed. */
void msp_answer_print_of(const msp_evidence *evidence, const char *result, msp_text *out);

/* Compares with the JSON that `mspike evidence --format json` wrote at `path`. MSP_EINPUT where it
 * is no such answer, or one of another population or endpoint; MSP_EIO, MSP_EMEM. */
msp_status msp_answer_compare(const msp_evidence *evidence, const msp_answer *answer,
                              const msp_answer_query *query, const char *path,
                              msp_answer_changes *out, msp_error *err);
/* The same, the JSON being in memory; `name` is what changes and errors call it. */
msp_status msp_answer_compare_text(const msp_evidence *evidence, const msp_answer *answer,
                                   const msp_answer_query *query, const char *json, size_t len,
                                   const char *name, msp_answer_changes *out, msp_error *err);
void msp_answer_changes_free(msp_answer_changes *changes);

MSP_END
#endif
