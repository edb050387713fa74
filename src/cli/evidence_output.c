/* evidence_output.c - the result of `evidence` as JSON, as CSV, and as text for people. */
#include "evidence_output.h"

void evidence_as_json(const evidence_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    if (j->answers || !j->from_file) {
        evidence_put_network(j, &json);
        evidence_put_more(j, &json);
    }
    evidence_put_findings(j, &json);
    if (j->answers)
        evidence_put_answer(j, &json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* What --show asks for, else the league table; without a question the findings. */
void evidence_as_csv(const evidence_job *j, msp_text *out)
{
    if (j->from_file && !j->answers)
        evidence_findings_as_csv(j, out);
    else if (!evidence_more_as_csv(j, out))
        evidence_network_as_csv(j, out);
}

void evidence_as_text(const evidence_job *j, msp_text *out)
{
    if (!j->from_file)
        evidence_network_as_text(j, out);
    else if (j->answers)
        evidence_answer_as_text(j, out);
    else
        evidence_findings_as_text(j, out);
    evidence_more_as_text(j, out);
}
