/*
 * findings.h - faults collected rather than thrown one by one.
 *
 * A check adds a finding and goes on; one run shows everything. The printed form is what every
 * editor jumps to, followed by the line with a caret and the way out:
 *
 *     protocols/ikema.yaml:31:18: error: unknown endpoint "PSF"  [protocol-endpoint]
 *        31 |   primary: PSF
 *           |            ^~~
 *        hint: did you mean "PFS"?
 */
#ifndef MSPIKE_BASE_FINDINGS_H
#define MSPIKE_BASE_FINDINGS_H

#include "mspike/base/arena.h"
#include "mspike/base/json.h"

MSP_BEGIN

typedef enum msp_severity {
    MSP_SEVERITY_NOTE,
    MSP_SEVERITY_WARNING,
    MSP_SEVERITY_ERROR,
} msp_severity;

typedef struct msp_finding {
    msp_severity severity;
    const char *id; /* stable, such as "protocol-endpoint" */
    msp_place at;
    const char *text;
    const char *hint; /* NULL when there is nothing to add */
} msp_finding;

typedef struct msp_findings {
    msp_finding *items; /* in the order found; see msp_findings_sort */
    size_t n, cap;
    size_t n_errors, n_warnings;
    size_t n_lost; /* found when memory was out */
    msp_arena arena;
} msp_findings; /* {0} is an empty list, ready to use */

/* Texts are copied (the file's name too); `id` must be a literal. `hint` may be NULL. */
void msp_findings_add(msp_findings *list, msp_severity severity, const char *id, msp_place at,
                      const char *hint, const char *fmt, ...) MSP_PRINTF(6, 7);
/* By file, line and column; equal places keep the order found. */
void msp_findings_sort(msp_findings *list);
/* As people read it. Source lines are read back from the files named; one that cannot be read
 * is left out. */
void msp_findings_render(const msp_findings *list, msp_text *out);
void msp_finding_render(const msp_finding *finding, msp_text *out);
/* As "findings": [...] of the object that is open, and as {"findings": [...]}. */
void msp_findings_put(const msp_findings *list, msp_json *json);
void msp_findings_json(const msp_findings *list, msp_json *json);
const char *msp_severity_name(msp_severity severity);
void msp_findings_free(msp_findings *list);

/* An error in the same form as a finding, the name of its code in the brackets. */
void msp_error_render(const msp_error *err, msp_text *out);

MSP_END
#endif
