/*
 * choice.h - one result a trial, by a stated rule; never two counted.
 *
 * For a population and an endpoint a result comes into question where it prints a comparison of the
 * measure asked for with what gives a standard error, and does not contradict itself (its estimate
 * is the middle of its interval); or, for OR, RR and RD of a rate, the counts of both arms. Of
 * several of one trial the first by this order is taken:
 *
 *   1. of exactly that population; then of a part of it; then of a whole trial that the file says
 *      may stand for it (a proxy, marked so)
 *   2. of the larger part
 *   3. of an analysis that did not weight time
 *   4. assessed independently, or by nobody in particular; then by the investigator
 *   5. with the longer follow-up; where one of the two is not known, of the later stage
 *   6. with an interval; then from p alone
 *   7. with more digits; then as the file has them
 *
 * A published synthesis is taken for the trials that have no result of their own; where one of its
 * trials has, it is left out. Two of its numbers that share a trial are not independent: where the
 * one goes over all trials of the other and both compare with the same regimen, their difference
 * is the link between them, with the difference of the variances; where not, the later is left out.
 */
#ifndef MSPIKE_EVIDENCE_CHOICE_H
#define MSPIKE_EVIDENCE_CHOICE_H

#include "mspike/evidence/file.h"

MSP_BEGIN

typedef struct msp_choice_query {
    const char *population, *endpoint;
    msp_measure measure;
    bool no_proxies;            /* leave out what only stands for the population */
    const char *const *sources; /* only results read there; n_sources 0: wherever */
    size_t n_sources;
} msp_choice_query;

#define MSP_CHOSEN_LIST(X)                       \
    X(EXACT, "of this population")               \
    X(PART, "of a part of this population")      \
    X(PROXY, "a whole trial that stands for it") \
    X(SYNTHESIS, "from a published synthesis")   \
    X(LINK, "difference of two published estimates")
typedef enum msp_chosen_how {
#define MSP_AS_ENUM(name, text) MSP_CHOSEN_##name,
    MSP_CHOSEN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_chosen_how;
const char *msp_chosen_how_text(msp_chosen_how how);

/* One comparison to pool. Places and names are the file's. */
typedef struct msp_chosen {
    const msp_evidence_trial *trial;
    const msp_evidence_result *result;
    const msp_evidence_result *less; /* LINK: what was subtracted; else NULL */
    msp_chosen_how how;
    const char *population;     /* that the result is of */
    const char *study;          /* "CASTOR", "ICARIA (Mohyuddin-2021)" */
    const char *first, *second; /* regimens compared */
    double estimate, std_error; /* on the analysis scale, first to second */
    msp_readings readings;      /* of `result` */
} msp_chosen;

/* A result that came into question, and why it was not taken. */
typedef struct msp_left_out {
    const msp_evidence_trial *trial;
    const msp_evidence_result *result;
    const char *why;
} msp_left_out;

typedef struct msp_choice {
    msp_chosen *items; /* in the order of the file */
    size_t n;
    msp_left_out *left_out;
    size_t n_left_out;
    msp_arena arena; /* owns the above; the file has to outlive it */
} msp_choice;

/* None chosen is no failure. MSP_EINPUT for a population or endpoint that the file does not have
 * (with the name that was probably meant), MSP_EMEM. */
msp_status msp_choice_make(const msp_evidence *evidence, const msp_choice_query *query,
                           msp_choice *out, msp_error *err);
/* Whether a result was read in one of the query's sources. */
bool msp_choice_may_use(const msp_choice_query *query, const msp_evidence_result *result);
void msp_choice_free(msp_choice *choice);

/* How a result's population stands to the one asked for; -1: not at all. */
int msp_choice_relation(const msp_evidence *evidence, const msp_evidence_trial *trial,
                        const msp_evidence_result *result, const char *population);

/* Adds the way out to a filled *err and returns `code`: the name that was meant, or those that
 * there are, as many as there is room for. */
msp_status msp_evidence_hint_names(msp_error *err, msp_status code, const char *wanted,
                                   const char *const *names, size_t n);

MSP_END
#endif
