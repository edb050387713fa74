/* compare.c - statements by their names, records by how they read. */
#include "mspike/evidence/compare.h"

#include <jansson.h>
#include <string.h>

#include "check_internal.h"

static void add_text(const char *before, const msp_said_text *said, const char *after,
                     msp_text *out)
{
    if (msp_was_said(said->at))
        msp_text_printf(out, "%s%s%s", before, said->text, after);
}

void msp_answer_print_of(const msp_evidence *e, const char *result, msp_text *out)
{
    const msp_evidence_result *r = msp_evidence_find_result(e, result, NULL);
    if (r == NULL)
        return;
    const msp_evidence_effect *f = &r->effect;
    add_text("", &f->estimate, "", out);
    if (f->interval.n == 2)
        msp_text_printf(out, " (%s-%s)", f->interval.items[0].text, f->interval.items[1].text);
    add_text(" <", &f->upper_bound, "", out);
    add_text(" >", &f->lower_bound, "", out);
    if (msp_was_said(f->level.at))
        msp_text_printf(out, " %g %%", 100 * f->level.value);
    add_text(" p ", &f->p, "", out);
    for (size_t i = 0; i < r->arms.n; i++)
        add_text(out->len > 0 ? ", " : "", &r->arms.items[i].value, "", out);
}

/* -- the earlier answer -- */

static const char *text_of(json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s != NULL ? s : "";
}

static json_t *statement_of(json_t *earlier, const char *id)
{
    json_t *statements = json_object_get(json_object_get(earlier, "answer"), "statements"), *s;
    for (size_t i = 0; (s = json_array_get(statements, i)) != NULL; i++)
        if (strcmp(text_of(s, "id"), id) == 0)
            return s;
    return NULL;
}

static json_t *record_of(json_t *statement, const char *id)
{
    json_t *records = json_object_get(statement, "records"), *r;
    for (size_t i = 0; (r = json_array_get(records, i)) != NULL; i++)
        if (strcmp(text_of(r, "id"), id) == 0)
            return r;
    return NULL;
}

static bool rests_on(const msp_statement *s, const char *id)
{
    for (size_t i = 0; s != NULL && i < s->n_records; i++)
        if (strcmp(s->records[i], id) == 0)
            return true;
    return false;
}

/* -- why -- */

static void add_reason(msp_text *out, const char *fmt, ...) MSP_PRINTF(2, 3);
static void add_reason(msp_text *out, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    msp_text_printf(out, "%s%s", out->len > 0 ? "; " : "", text);
}

/* What became of one record that the answer rests on; `r`: as it was, NULL where it was not used.
 */
static void add_record(const msp_evidence *e, const char *id, json_t *r, msp_text *out)
{
    msp_text print = {0};
    msp_answer_print_of(e, id, &print);
    if (r == NULL)
        add_reason(out, "%s is new: %s", id, msp_text_str(&print));
    else if (strcmp(text_of(r, "print"), msp_text_str(&print)) != 0)
        add_reason(out, "%s reads %s, before %s", id, msp_text_str(&print), text_of(r, "print"));
    msp_text_free(&print);
}

/* The record in the first `n` statements of the earlier answer. */
static json_t *record_anywhere(json_t *earlier, size_t n, const char *id)
{
    json_t *statements = json_object_get(json_object_get(earlier, "answer"), "statements"), *r;
    for (size_t i = 0; i < n && i < json_array_size(statements); i++)
        if ((r = record_of(json_array_get(statements, i), id)) != NULL)
            return r;
    return NULL;
}

static bool anything_rests_on(const msp_answer *a, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (rests_on(&a->statements[i], id))
            return true;
    return false;
}

/* Records of other statements: one of the same network tells how much its trials differ, and the
 * shape of the evidence is that of all. Each is named once. */
static void explain_by_others(const msp_evidence *e, const msp_answer *a, json_t *earlier,
                              msp_text *out)
{
    json_t *statements = json_object_get(json_object_get(earlier, "answer"), "statements"), *r;
    for (size_t i = 0; i < a->n_statements; i++)
        for (size_t k = 0; k < a->statements[i].n_records; k++) {
            const char *id = a->statements[i].records[k];
            if (!anything_rests_on(a, i, id))
                add_record(e, id, record_anywhere(earlier, SIZE_MAX, id), out);
        }
    for (size_t i = 0; i < json_array_size(statements); i++) {
        json_t *records = json_object_get(json_array_get(statements, i), "records");
        for (size_t k = 0; (r = json_array_get(records, k)) != NULL; k++) {
            const char *id = text_of(r, "id");
            if (!anything_rests_on(a, a->n_statements, id) &&
                record_anywhere(earlier, i, id) == NULL)
                add_reason(out, "%s is no longer used", id);
        }
    }
}

static void explain(const msp_evidence *e, const msp_answer *a, json_t *earlier,
                    const msp_statement *now, json_t *before, msp_text *out)
{
    json_t *records = json_object_get(before, "records"), *r;
    for (size_t i = 0; now != NULL && i < now->n_records; i++)
        add_record(e, now->records[i], record_of(before, now->records[i]), out);
    for (size_t i = 0; (r = json_array_get(records, i)) != NULL; i++)
        if (!rests_on(now, text_of(r, "id")))
            add_reason(out, "%s is no longer used", text_of(r, "id"));
    if (out->len > 0)
        return;
    explain_by_others(e, a, earlier, out);
    if (out->len == 0)
        msp_text_add(out, "no record of it changed: the method or the wording did");
    else if (now != NULL && now->pair != NULL)
        msp_text_add(out, ", from which the network learns how much trials differ");
}

static bool add_change(const msp_evidence *e, const msp_answer *a, json_t *earlier,
                       const msp_statement *now, json_t *before, msp_answer_changes *out)
{
    msp_change *change = &out->items[out->n];
    msp_text because = {0};
    explain(e, a, earlier, now, before, &because);
    change->id = msp_arena_text(&out->arena, now != NULL ? now->id : text_of(before, "id"));
    change->now = now != NULL ? now->text : NULL;
    change->before = before != NULL ? msp_arena_text(&out->arena, text_of(before, "text")) : NULL;
    change->because = msp_arena_text(&out->arena, msp_text_str(&because));
    const bool good = !because.failed && change->id != NULL && change->because != NULL &&
                      (before == NULL || change->before != NULL);
    msp_text_free(&because);
    out->n += good;
    return good;
}

/* -- the whole -- */

static bool find_changes(const msp_evidence *e, const msp_answer *a, json_t *earlier,
                         msp_answer_changes *out)
{
    json_t *statements = json_object_get(json_object_get(earlier, "answer"), "statements"), *s;
    out->items = msp_arena_array(&out->arena, a->n_statements + json_array_size(statements) + 1,
                                 sizeof *out->items);
    bool good = out->items != NULL;
    for (size_t i = 0; good && i < a->n_statements; i++) {
        if (a->statements[i].kind == MSP_STATEMENT_BRIEF) /* says again what others say */
            continue;
        s = statement_of(earlier, a->statements[i].id);
        if (s == NULL || strcmp(text_of(s, "text"), a->statements[i].text) != 0)
            good = add_change(e, a, earlier, &a->statements[i], s, out);
    }
    for (size_t i = 0; good && (s = json_array_get(statements, i)) != NULL; i++) {
        bool still = strcmp(text_of(s, "kind"), msp_statement_kind_name(MSP_STATEMENT_BRIEF)) == 0;
        for (size_t k = 0; k < a->n_statements; k++)
            still |= strcmp(a->statements[k].id, text_of(s, "id")) == 0;
        if (!still)
            good = add_change(e, a, earlier, NULL, s, out);
    }
    return good;
}

/* `earlier` is let go of. */
static msp_status compare(const msp_evidence *e, const msp_answer *a, const msp_answer_query *q,
                          json_t *earlier, const char *name, msp_answer_changes *out,
                          msp_error *err)
{
    json_t *answer = json_object_get(earlier, "answer");
    msp_status status = MSP_OK;
    if (answer == NULL)
        status = msp_fail(err, MSP_EINPUT, "%s holds no answer of `mspike evidence`", name);
    else if (strcmp(text_of(answer, "population"), q->choice.population) != 0 ||
             strcmp(text_of(answer, "endpoint"), q->choice.endpoint) != 0)
        status = msp_fail(err, MSP_EINPUT, "%s answers for %s and %s, not for %s and %s", name,
                          text_of(answer, "population"), text_of(answer, "endpoint"),
                          q->choice.population, q->choice.endpoint);
    else if ((out->file = msp_arena_text(&out->arena, name)) == NULL ||
             !find_changes(e, a, earlier, out))
        status = msp_fail(err, MSP_EMEM, "out of memory while comparing answers");
    json_decref(earlier);
    if (status != MSP_OK)
        msp_answer_changes_free(out);
    return status;
}

msp_status msp_answer_compare(const msp_evidence *e, const msp_answer *a, const msp_answer_query *q,
                              const char *path, msp_answer_changes *out, msp_error *err)
{
    *out = (msp_answer_changes){0};
    json_error_t fault;
    json_t *earlier = json_load_file(path, 0, &fault);
    if (earlier == NULL)
        return fault.line < 0 ? msp_fail(err, MSP_EIO, "%s: %s", path, fault.text)
                              : msp_fail(err, MSP_EINPUT, "%s:%d: this is no JSON: %s", path,
                                         fault.line, fault.text);
    return compare(e, a, q, earlier, path, out, err);
}

msp_status msp_answer_compare_text(const msp_evidence *e, const msp_answer *a,
                                   const msp_answer_query *q, const char *json, size_t len,
                                   const char *name, msp_answer_changes *out, msp_error *err)
{
    *out = (msp_answer_changes){0};
    json_error_t fault;
    json_t *earlier = json_loadb(json, len, 0, &fault);
    if (earlier == NULL)
        return msp_fail(err, MSP_EINPUT, "%s: this is no JSON: %s", name, fault.text);
    return compare(e, a, q, earlier, name, out, err);
}

void msp_answer_changes_free(msp_answer_changes *changes)
{
    msp_arena_free(&changes->arena);
    *changes = (msp_answer_changes){0};
}
