/* check_internal.h - what the checks of an evidence file share. */
#ifndef MSP_EVIDENCE_CHECK_INTERNAL_H
#define MSP_EVIDENCE_CHECK_INTERNAL_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mspike/evidence/file.h"

/* The most findings that are reported of one file. */
#define CHECK_FINDINGS_MAX 1000

/* One finding; a variable `findings` is in scope. */
#define FIND_AS(severity, id, at, hint, ...)                                       \
    (findings->n < CHECK_FINDINGS_MAX                                              \
         ? msp_findings_add(findings, (severity), (id), (at), (hint), __VA_ARGS__) \
         : (void)0)
#define FAULT(id, at, hint, ...) FIND_AS(MSP_SEVERITY_ERROR, id, at, hint, __VA_ARGS__)

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

static inline bool is_number(const msp_printed *x)
{
    return x->state == MSP_PRINTED_NUMBER && x->bound == 0;
}

/* Two prints of one number: what the coarser one shows. */
static inline bool same_print(const msp_printed *a, const msp_printed *b)
{
    return fabs(a->value - b->value) <= fmax(a->half, b->half) * (1 + 1e-9) + 1e-12;
}

/* Names that contradict each other and numbers that are none: errors, found while reading. */
void msp__evidence_check_sense(const msp_evidence *e, msp_findings *findings);

/* -- results that disagree -- */

/* One result, and where what is found of it goes. */
typedef struct subject {
    const msp_evidence *e;
    const msp_evidence_trial *t;
    const msp_evidence_result *r;
    msp_findings *findings;
} subject;

/* "IKEMA R047 (PFS, ITT)" */
#define SUBJECT_NAME_MAX 160
void msp__evidence_name(const msp_evidence_trial *t, const msp_evidence_result *r,
                        char out[SUBJECT_NAME_MAX]);

/* A finding about a subject, its name before the text. */
#define SAY(s, severity, id, at, hint, ...) \
    msp__evidence_say((s), MSP_SEVERITY_##severity, (id), (at), (hint), __VA_ARGS__)
void msp__evidence_say(const subject *s, msp_severity severity, const char *id, msp_place at,
                       const char *hint, const char *fmt, ...) MSP_PRINTF(6, 7);

/* What kind of endpoint it has: msp_evidence_kind, or -1. */
int msp__evidence_kind(const subject *s);

/* Of the same population and endpoint, and of no other stage or follow-up. */
bool msp__evidence_same_analysis(const msp_evidence_result *a, const msp_evidence_result *b);

void msp__evidence_check_effect(const subject *s);
void msp__evidence_check_arms(const subject *s);

/* -- one result against another of its trial, or against all of them -- */

void msp__evidence_compare_analyses(const subject *s, const msp_evidence_result *o);
void msp__evidence_check_unspecified(const subject *s);
void msp__evidence_compare_numbers(const subject *s, const msp_evidence_result *o);
void msp__evidence_compare_looks(const subject *s, const msp_evidence_result *later);
void msp__evidence_compare_arms_of_looks(const subject *s, const msp_evidence_result *later);
void msp__evidence_compare_subgroup(const subject *s, const msp_evidence_result *whole);
void msp__evidence_compare_patients(const subject *s, const msp_evidence_result *o);
void msp__evidence_compare_allocation(const subject *s, const msp_evidence_result *whole);
void msp__evidence_check_share(const subject *s);
void msp__evidence_compare_order(const subject *s, const msp_evidence_result *o);
/* The same regimen in a part of the trial, and in other trials. */
void msp__evidence_check_elsewhere(const subject *s);
void msp__evidence_check_plan(const msp_evidence *e, const msp_evidence_trial *t,
                              msp_findings *findings);
void msp__evidence_check_trial(const msp_evidence *e, const msp_evidence_trial *t,
                               msp_findings *findings);

#endif
