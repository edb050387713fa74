/* evidence_answer.c - the answer of `evidence` for a population: as JSON, and as text for people.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "evidence_output.h"

/* -- as JSON -- */

static void put_records(const evidence_job *j, const msp_statement *s, msp_json *json)
{
    msp_json_key(json, "records");
    msp_json_begin_array(json);
    for (size_t k = 0; k < s->n_records; k++) {
        msp_text text = {0};
        const msp_evidence_trial *t = NULL;
        const msp_evidence_result *r = msp_evidence_find_result(&j->evidence, s->records[k], &t);
        const msp_evidence_source *source =
            r != NULL ? msp_evidence_find_source(&j->evidence, r->source.text) : NULL;
        msp_answer_print_of(&j->evidence, s->records[k], &text);
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", s->records[k]);
        msp_json_put_text(json, "trial", t != NULL ? t->id : NULL);
        msp_json_put_text(json, "print", msp_text_str(&text));
        msp_json_put_text(json, "source", source != NULL ? source->text.text : NULL);
        msp_json_put_text(json, "page", r != NULL ? r->page.text : NULL);
        msp_json_end_object(json);
        msp_text_free(&text);
    }
    msp_json_end_array(json);
}

static void put_statements(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "statements");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_statements; i++) {
        const msp_statement *s = &j->answer.statements[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", s->id);
        msp_json_put_text(json, "kind", msp_statement_kind_name(s->kind));
        msp_json_put_text(json, "text", s->text);
        if (s->certainty >= 0) {
            msp_json_put_text(json, "certainty", msp_certainty_name((msp_certainty)s->certainty));
            msp_json_put_text(json, "because", s->why);
        }
        if (!isnan(s->estimate)) {
            msp_json_put_double(json, "estimate", s->estimate);
            msp_json_put_double(json, "lower", s->lower);
            msp_json_put_double(json, "upper", s->upper);
        }
        put_records(j, s, json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_gaps(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "gaps");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_gaps; i++) {
        const msp_gap *g = &j->answer.gaps[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", g->id);
        msp_json_put_text(json, "text", g->text);
        msp_json_put_text(json, "source", g->source[0] != '\0' ? g->source : NULL);
        msp_json_put_text(json, "page", g->page[0] != '\0' ? g->page : NULL);
        msp_json_put_text(json, "closed_by", g->closed_by[0] != '\0' ? g->closed_by : NULL);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_beside(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "harms");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_harms; i++) {
        const msp_harm_line *h = &j->answer.harms[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", h->regimen);
        msp_json_put_text(json, "kind", h->kind);
        msp_json_put_text(json, "text", h->text);
        msp_json_put_text(json, "source", h->source);
        msp_json_put_text(json, "page", h->page);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_key(json, "planned");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_planned; i++) {
        const msp_planned_line *p = &j->answer.planned[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "trial", p->trial->id);
        msp_json_put_text(json, "registry", p->trial->registry.text);
        msp_json_put_text(json, "objective", p->trial->plan.objective.text);
        msp_json_key(json, "planned_patients");
        if (msp_was_said(p->trial->plan.patients.at))
            msp_json_int(json, p->trial->plan.patients.value);
        else
            msp_json_null(json);
        msp_json_put_bool(json, "has_result", p->has_result);
        if (p->eligible >= 0) {
            msp_json_put_text(json, "would_have_taken",
                              msp_eligible_name((msp_eligible)p->eligible));
            msp_json_put_text(json, "because", p->why);
        }
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_left_out(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "left_out");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->choice.n_left_out; i++) {
        const msp_left_out *l = &j->choice.left_out[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "trial", l->trial->id);
        msp_json_put_text(json, "result", l->result->id);
        msp_json_put_text(json, "because", l->why);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void evidence_put_answer(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "answer");
    msp_json_begin_object(json);
    msp_json_put_text(json, "population", j->v->population);
    msp_json_put_text(json, "endpoint", j->v->endpoint);
    msp_json_put_text(json, "notice", EVIDENCE_NOTICE);
    msp_json_key(json, "text");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_statements; i++)
        msp_json_text(json, j->answer.statements[i].text);
    msp_json_end_array(json);
    put_statements(j, json);
    put_gaps(j, json);
    put_beside(j, json);
    evidence_put_absolute(j, json);
    put_left_out(j, json);
    if (j->changes.file != NULL) {
        msp_json_key(json, "changes");
        msp_json_begin_array(json);
        for (size_t i = 0; i < j->changes.n; i++) {
            msp_json_begin_object(json);
            msp_json_put_text(json, "id", j->changes.items[i].id);
            msp_json_put_text(json, "before", j->changes.items[i].before);
            msp_json_put_text(json, "now", j->changes.items[i].now);
            msp_json_put_text(json, "because", j->changes.items[i].because);
            msp_json_end_object(json);
        }
        msp_json_end_array(json);
    }
    msp_json_end_object(json);
}

/* -- as text -- */

void evidence_add_item(const char *text, msp_text *out)
{
    size_t column = 2;
    msp_text_add(out, "- ");
    while (*text != '\0') {
        const size_t len = strcspn(text, " ");
        if (column + len > 98 && column > 2) {
            msp_text_add(out, "\n  ");
            column = 2;
        } else if (column > 2) {
            msp_text_add_char(out, ' ');
            column++;
        }
        msp_text_add_n(out, text, len);
        column += len;
        text += len + (text[len] == ' ');
    }
    msp_text_add_char(out, '\n');
}

static void add_items(const evidence_job *j, msp_statement_kind kind, const char *heading,
                      msp_text *out)
{
    bool any = false;
    for (size_t i = 0; i < j->answer.n_statements; i++) {
        const msp_statement *s = &j->answer.statements[i];
        if (s->kind != kind)
            continue;
        if (!any && heading != NULL)
            msp_text_printf(out, "%s\n", heading);
        any = true;
        msp_text text = {0};
        msp_text_add(&text, s->text);
        if (s->certainty >= 0 && s->pair != NULL)
            msp_text_printf(&text, " How sure: %s%s%s.",
                            msp_certainty_name((msp_certainty)s->certainty),
                            s->why[0] != '\0' ? ", for " : "", s->why);
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (any)
        msp_text_add_char(out, '\n');
}

static void add_gap_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_gaps > 0)
        msp_text_add(out, "What is not known\n");
    for (size_t i = 0; i < j->answer.n_gaps; i++) {
        const msp_gap *g = &j->answer.gaps[i];
        msp_text text = {0};
        msp_text_add(&text, g->text);
        if (g->source[0] != '\0')
            msp_text_printf(&text, " (%s%s%s)", g->source, g->page[0] != '\0' ? ", " : "", g->page);
        if (g->closed_by[0] != '\0')
            msp_text_printf(&text, " Would tell: %s.", g->closed_by);
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_gaps > 0)
        msp_text_add_char(out, '\n');
}

static void add_harm_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_harms + j->answer.n_without_harm > 0)
        msp_text_add(out, "Harm and burden\n");
    for (size_t i = 0; i < j->answer.n_harms; i++) {
        const msp_harm_line *h = &j->answer.harms[i];
        msp_text text = {0};
        msp_text_printf(&text, "%s, %s: %s (%s)", h->regimen, h->kind, h->text, h->source);
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_without_harm > 0) {
        msp_text text = {0};
        msp_text_add(&text, "Nothing in the file for ");
        for (size_t i = 0; i < j->answer.n_without_harm; i++)
            msp_text_printf(&text, "%s%s", i > 0 ? ", " : "", j->answer.without_harm[i]);
        msp_text_add(&text, ": a gap, not a sign of safety.");
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_harms + j->answer.n_without_harm > 0)
        msp_text_add_char(out, '\n');
}

static void add_planned_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_planned > 0)
        msp_text_add(out, "Planned trials\n");
    for (size_t i = 0; i < j->answer.n_planned; i++) {
        const msp_planned_line *p = &j->answer.planned[i];
        msp_text text = {0};
        msp_text_add(&text, p->trial->id);
        if (p->trial->registry.text != NULL)
            msp_text_printf(&text, " (%s)", p->trial->registry.text);
        if (msp_was_said(p->trial->plan.patients.at))
            msp_text_printf(&text, ", %" PRId64 " patients planned", p->trial->plan.patients.value);
        if (p->trial->plan.objective.text != NULL)
            msp_text_printf(&text, ": %s", p->trial->plan.objective.text);
        msp_text_printf(&text, "; %s",
                        p->has_result ? "a result for this population is above"
                                      : "no result for this population yet");
        if (p->eligible >= 0)
            msp_text_printf(&text, ". Would have taken the patient: %s%s%s",
                            msp_eligible_name((msp_eligible)p->eligible),
                            p->why[0] != '\0' ? " - " : "", p->why);
        msp_text_add_char(&text, '.');
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_planned > 0)
        msp_text_add_char(out, '\n');
}

static void add_changes(const evidence_job *j, msp_text *out)
{
    if (j->changes.file == NULL)
        return;
    msp_text_printf(out, "Since %s\n", j->changes.file);
    if (j->changes.n == 0)
        msp_text_add(out, "- Nothing changed.\n");
    for (size_t i = 0; i < j->changes.n; i++) {
        const msp_change *c = &j->changes.items[i];
        msp_text text = {0};
        if (c->now == NULL)
            msp_text_printf(&text, "No longer said: %s", c->before);
        else if (c->before == NULL)
            msp_text_printf(&text, "New: %s", c->now);
        else
            msp_text_printf(&text, "Now: %s Before: %s", c->now, c->before);
        msp_text_printf(&text, " Because %s.", c->because);
        evidence_add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    msp_text_add_char(out, '\n');
}

/* What the checks found of a result that the answer rests on. */
static void add_doubts(const evidence_job *j, msp_text *out)
{
    bool any = false;
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_result *r = msp_evidence_result_at(&j->evidence, f->at);
        bool used = false;
        for (size_t k = 0; k < j->choice.n; k++)
            used |= r != NULL && (j->choice.items[k].result == r || j->choice.items[k].less == r);
        if (!used)
            continue;
        msp_text_add(out, any ? "" : "What the checks say of these prints\n");
        any = true;
        evidence_add_item(f->text, out);
    }
    if (any)
        msp_text_add_char(out, '\n');
}

void evidence_answer_as_text(const evidence_job *j, msp_text *out)
{
    const msp_evidence_population *p = msp_evidence_find_population(&j->evidence, j->v->population);
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(&j->evidence, j->v->endpoint);
    msp_text_printf(out, "%s: %s\n%s\n\n", p->label.text != NULL ? p->label.text : p->id,
                    e->label.text != NULL ? e->label.text : e->id, EVIDENCE_NOTICE);
    add_items(j, MSP_STATEMENT_BRIEF, "In short", out);
    add_items(j, MSP_STATEMENT_SHAPE, "What was pooled", out);
    for (size_t c = 0; c < j->pooled.n_components; c++)
        evidence_add_network(j, c, out);
    add_items(j, MSP_STATEMENT_WARNING, NULL, out);
    evidence_absolute_as_text(j, out);
    add_harm_items(j, out);
    add_items(j, MSP_STATEMENT_EFFECT, "What can be said", out);
    add_items(j, MSP_STATEMENT_OPEN, "What cannot be told apart", out);
    add_items(j, MSP_STATEMENT_BOUND, "What a mixed control arm allows", out);
    add_items(j, MSP_STATEMENT_MODIFICATION, "The same trials in all of their patients", out);
    add_items(j, MSP_STATEMENT_MEDIANS, "From medians only", out);
    add_items(j, MSP_STATEMENT_ALONE, "Without a comparison", out);
    add_doubts(j, out);
    add_gap_items(j, out);
    add_planned_items(j, out);
    add_changes(j, out);
}
