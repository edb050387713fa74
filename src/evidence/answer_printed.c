/* answer_printed.c - what trials printed of each treatment itself, and what that is at 12 months.
 */
#include <string.h>

#include "answer_internal.h"

#define AT 12 /* months */

/* The line in its place: the most without the event first, then by name. */
static void put_line(msp_answer *out, msp_printed_line line)
{
    size_t k = out->n_printed++;
    for (; k > 0 && out->printed[k - 1].at_12.estimate < line.at_12.estimate; k--)
        out->printed[k] = out->printed[k - 1];
    out->printed[k] = line;
}

void msp__answer_add_printed(builder *b)
{
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(b->e, b->q->choice.endpoint);
    const double level = b->q->level > 0 ? b->q->level : 0.95;
    msp_answer *out = b->out;
    if (e == NULL || e->kind.value != MSP_EVIDENCE_TIME)
        return;
    out->printed = msp_arena_array(&out->arena, b->e->regimens.n + 1, sizeof *out->printed);
    b->failed |= out->printed == NULL;
    for (size_t i = 0; !b->failed && i < b->e->regimens.n; i++) {
        msp_printed_line line;
        if (!msp_baseline_find(b->e, &b->q->choice, b->e->regimens.items[i].id, NULL, &line.print))
            continue;
        line.at_12 = msp_baseline_survival(&line.print, 0, 0, level, AT);
        put_line(out, line);
    }
}
