/* outline_internal.h - what the parts of an outline share while it is made. */
#ifndef MSPIKE_REPORT_OUTLINE_INTERNAL_H
#define MSPIKE_REPORT_OUTLINE_INTERNAL_H

#include "mspike/base/text.h"
#include "mspike/report/outline.h"

/* Where the outline is being made. `failed` is looked at once, at the end: what is made after
 * memory ran out is thrown away with the rest. */
struct maker {
    const msp_protocol *protocol;
    const msp_results *results;
    msp_arena *arena;
    bool failed;
};

/* Room of the outline; NULL once memory is out. */
void *outline_array(struct maker *m, size_t n, size_t size);
/* Text made piece by piece, kept with the outline. */
const char *outline_keep(struct maker *m, msp_text *text);
/* The first record of a statistic in the analysis as a whole. */
const msp_record *outline_whole(const struct maker *m, const char *analysis,
                                msp_statistic statistic);

/* outline_methods.c: the sentences of one analysis, and those of the report. */
void outline_methods(struct maker *m, const msp_analysis *a, msp_plan_analysis *out);
void outline_general_methods(struct maker *m, msp_report_plan *plan);

#endif
