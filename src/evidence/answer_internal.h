/* answer_internal.h - what the parts of an answer share. */
#ifndef MSP_EVIDENCE_ANSWER_INTERNAL_H
#define MSP_EVIDENCE_ANSWER_INTERNAL_H

#include "check_internal.h"
#include "mspike/evidence/answer.h"

typedef struct builder {
    const msp_evidence *e;
    const msp_choice *choice;
    const msp_pooled *pooled;
    const msp_answer_query *q;
    msp_answer *out;
    bool failed;           /* memory was out */
    msp_statement nowhere; /* where what finds no room is put */
    msp_gap nowhere_gap;
} builder;

/* A new statement or gap, zeroed; one that goes nowhere when memory is out. */
msp_statement *msp__answer_statement(builder *b, msp_statement_kind kind);
msp_gap *msp__answer_gap(builder *b);
/* Takes the text over into the answer; "" when memory is out. */
const char *msp__answer_text(builder *b, msp_text *text);
/* The names of results as an answer's list. */
const char *const *msp__answer_records(builder *b, const char *const *names, size_t n);

/* On the scale that is printed: exponential of a ratio. */
double msp__answer_scale(const builder *b, double x);
/* "0.44 (0.28 to 0.69)" of an estimate and limits on the analysis scale. */
void msp__answer_add_effect(const builder *b, double estimate, double lower, double upper,
                            msp_text *out);
/* "hazard ratio" */
const char *msp__answer_measure(const builder *b);
/* "*" for a treatment whose own trial only stands for the population. */
const char *msp__answer_star(const builder *b, const char *treatment);
/* The studies that carry a pair, in words, and their results as those of the statement. */
void msp__answer_rest_on(builder *b, const msp_pair *pair, msp_statement *s, msp_text *studies);
/* Whether the population asked for holds, or is held by, that of a gap. */
bool msp__answer_is_about(const builder *b, const char *population, const char *endpoint);
/* Whether the trial has a result that was chosen, itself or in a synthesis. */
bool msp__answer_has_result(const builder *b, const msp_evidence_trial *trial);

/* Each pair of a network once, the one that does better first; those with the reference first. */
void msp__answer_add_pairs(builder *b, size_t component);
void msp__answer_add_bounds(builder *b);
void msp__answer_add_modifications(builder *b);
void msp__answer_add_not_pooled(builder *b);
/* Treatments of each network beside its baseline. */
void msp__answer_add_absolute(builder *b);
void msp__answer_add_printed(builder *b);
/* The answer in a few sentences, before all others; after everything else is there. */
void msp__answer_add_brief(builder *b);
void msp__answer_add_gaps(builder *b);
void msp__answer_add_harms(builder *b);
void msp__answer_add_planned(builder *b);

#endif
