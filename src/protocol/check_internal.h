/* check_internal.h - what a protocol may not say although its form is right. */
#ifndef MSP_PROTOCOL_CHECK_INTERNAL_H
#define MSP_PROTOCOL_CHECK_INTERNAL_H

#include <string.h>

#include "mspike/form/tree.h"
#include "mspike/protocol.h"

/* All checks below. `root` shows which sections the file has. */
void msp__protocol_check(const msp_node *root, const msp_protocol *protocol,
                         msp_findings *findings);

void msp__check_trial(const msp_protocol *protocol, msp_findings *findings);
void msp__check_regimens(const msp_protocol *protocol, msp_findings *findings);
void msp__check_phases(const msp_protocol *protocol, msp_findings *findings);
void msp__check_visits(const msp_protocol *protocol, msp_findings *findings);
void msp__check_conduct(const msp_protocol *protocol, msp_findings *findings);
void msp__check_endpoints(const msp_protocol *protocol, msp_findings *findings);
void msp__check_analyses(const msp_protocol *protocol, msp_findings *findings);
void msp__check_design(const msp_protocol *protocol, msp_findings *findings);
void msp__check_virtual(const msp_protocol *protocol, msp_findings *findings);

/* The most findings that are reported of one file, those of its form among them: printing one reads
 * its line back. */
#define CHECK_FINDINGS_MAX (2 * MSP_SCHEMA_FINDINGS_MAX)
static inline bool may_find(const msp_findings *findings)
{
    return findings->n < CHECK_FINDINGS_MAX;
}

/* One finding; a variable `findings` is in scope. */
#define FAULT(id, at, hint, ...) FIND_AS(MSP_SEVERITY_ERROR, id, at, hint, __VA_ARGS__)
#define DOUBT(id, at, hint, ...) FIND_AS(MSP_SEVERITY_WARNING, id, at, hint, __VA_ARGS__)
#define FIND_AS(severity, id, at, hint, ...)                                                      \
    (may_find(findings) ? msp_findings_add(findings, (severity), (id), (at), (hint), __VA_ARGS__) \
                        : (void)0)

/* The place that said it, or where that would stand. */
static inline msp_place said_or(msp_place at, msp_place otherwise)
{
    return msp_was_said(at) ? at : otherwise;
}

/* Both are names, and the same. */
static inline bool same_name(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* In days; NaN for cycles and for what is no duration. A month is 30.4375 days here. */
double msp__duration_days(const msp_said_quantity *duration);
/* The first and last cycle of `range`, its open end cut at `last` (MSP_NO_END: no end). */
msp_said_range msp__cut_range(msp_said_range range, int64_t last);
/* The shortest cycle among these; 0 where the regimen does not say. */
int64_t msp__shortest_cycle(const msp_regimen *regimen, msp_said_range cycles);
/* The last cycle of the regimen, or MSP_NO_END. */
int64_t msp__last_cycle(const msp_regimen *regimen);
/* Reports bounds that leave nothing between them, and no bound at all unless `may_be_open`. */
void msp__check_bounds(const msp_said_number *at_least, const msp_said_number *above,
                       const msp_said_number *below, const msp_said_number *at_most, msp_place at,
                       bool may_be_open, const char *id, msp_findings *findings);

/* protocol.c: the version that `safety:` says as the rule `ctcae` has it; -1: it has none such. */
int msp__ctcae_rule(int safety);

#endif
