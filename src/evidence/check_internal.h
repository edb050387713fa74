/* check_internal.h - what an evidence file may not say although its form is right. */
#ifndef MSP_EVIDENCE_CHECK_INTERNAL_H
#define MSP_EVIDENCE_CHECK_INTERNAL_H

#include "mspike/evidence/file.h"

/* The most findings that are reported of one file. */
#define CHECK_FINDINGS_MAX 1000

/* One finding; a variable `findings` is in scope. */
#define FIND_AS(severity, id, at, hint, ...)                                       \
    (findings->n < CHECK_FINDINGS_MAX                                              \
         ? msp_findings_add(findings, (severity), (id), (at), (hint), __VA_ARGS__) \
         : (void)0)
#define FAULT(id, at, hint, ...)  FIND_AS(MSP_SEVERITY_ERROR, id, at, hint, __VA_ARGS__)
#define DOUBT(id, at, hint, ...)  FIND_AS(MSP_SEVERITY_WARNING, id, at, hint, __VA_ARGS__)
#define REMARK(id, at, hint, ...) FIND_AS(MSP_SEVERITY_NOTE, id, at, hint, __VA_ARGS__)

/* The place that said it, or where that would stand. */
static inline msp_place said_or(msp_place at, msp_place otherwise)
{
    return msp_was_said(at) ? at : otherwise;
}

/* Names that contradict each other and numbers that are none: errors, found while reading. */
void msp__evidence_check_sense(const msp_evidence *e, msp_findings *findings);

#endif
