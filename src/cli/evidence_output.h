/*
 * evidence_output.h - what `evidence` prints, by kind of result.
 */
#ifndef MSPIKE_CLI_EVIDENCE_OUTPUT_H
#define MSPIKE_CLI_EVIDENCE_OUTPUT_H

#include "evidence.h"

/* Members of the object that is open. */
void evidence_put_findings(const evidence_job *j, msp_json *json);
void evidence_put_network(const evidence_job *j, msp_json *json);
void evidence_put_more(const evidence_job *j, msp_json *json);
void evidence_put_answer(const evidence_job *j, msp_json *json);
void evidence_put_absolute(const evidence_job *j, msp_json *json);
/* "A:B:C", the treatments of a design of a network. */
void evidence_add_design(const evidence_job *j, size_t c, size_t design, msp_text *out);

void evidence_findings_as_csv(const evidence_job *j, msp_text *out);
void evidence_network_as_csv(const evidence_job *j, msp_text *out);

void evidence_findings_as_text(const evidence_job *j, msp_text *out);
void evidence_network_as_text(const evidence_job *j, msp_text *out);
/* The one table that --show or --covariate asks for; false where neither does. */
bool evidence_more_as_csv(const evidence_job *j, msp_text *out);
void evidence_more_as_text(const evidence_job *j, msp_text *out);
void evidence_absolute_as_text(const evidence_job *j, msp_text *out);
/* A sentence after "- ", wrapped. */
void evidence_add_item(const char *text, msp_text *out);
void evidence_answer_as_text(const evidence_job *j, msp_text *out);
/* The treatments of one network against its reference, by rank. */
void evidence_add_network(const evidence_job *j, size_t component, msp_text *out);

#endif
