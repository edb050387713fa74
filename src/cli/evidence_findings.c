/* evidence_findings.c - what the checks of `evidence` found. */
#include "evidence_output.h"

void evidence_put_findings(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "findings");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_trial *t = msp_evidence_trial_at(&j->evidence, f->at);
        const msp_evidence_result *r = msp_evidence_result_at(&j->evidence, f->at);
        msp_json_begin_object(json);
        msp_json_put_text(json, "severity", msp_severity_name(f->severity));
        msp_json_put_text(json, "id", f->id);
        msp_json_put_text(json, "trial", t != NULL ? t->id : NULL);
        msp_json_put_text(json, "result", r != NULL ? r->id : NULL);
        msp_json_put_text(json, "file", f->at.file);
        msp_json_put_int(json, "line", f->at.line);
        msp_json_put_int(json, "column", f->at.col);
        msp_json_put_text(json, "text", f->text);
        msp_json_put_text(json, "hint", f->hint);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void evidence_findings_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "severity,id,trial,file,line,column,text,hint\n");
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_trial *t = msp_evidence_trial_at(&j->evidence, f->at);
        msp_text_printf(out, "%s,%s,", msp_severity_name(f->severity), f->id);
        msp_text_add_field(out, t != NULL ? t->id : NULL);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->at.file);
        msp_text_printf(out, ",%u,%u,", (unsigned)f->at.line, (unsigned)f->at.col);
        msp_text_add_field(out, f->text);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->hint);
        msp_text_add_char(out, '\n');
    }
}

void evidence_findings_as_text(const evidence_job *j, msp_text *out)
{
    msp_findings_render(&j->findings, out);
    const size_t notes = j->findings.n - j->findings.n_errors - j->findings.n_warnings;
    if (!j->v->common.quiet)
        msp_text_printf(out, "%s: %zu error%s, %zu warning%s, %zu note%s\n", j->path,
                        j->findings.n_errors, j->findings.n_errors == 1 ? "" : "s",
                        j->findings.n_warnings, j->findings.n_warnings == 1 ? "" : "s", notes,
                        notes == 1 ? "" : "s");
}
