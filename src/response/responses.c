/* responses.c - everyone judged, each under the switches that hold for him. */
#include <stdlib.h>
#include <string.h>

#include "mspike/response/judge.h"

/* Criteria by the text of the switches that a table sets; "" for none. */
typedef struct variant {
    const char *switches;
    const msp_criteria *criteria;
    struct variant *next;
} variant;

typedef struct everyone {
    const msp_patients *patients;
    const msp_rules *rules;
    const msp_measurability *measurability;
    msp_responses *out;
    variant *variants;
} everyone;

/* "a=b;c=d" into `rules`. */
static msp_status apply(const char *switches, msp_rules *rules, msp_arena *arena, msp_error *err)
{
    msp_status rc = MSP_OK;
    while (*switches != '\0' && rc == MSP_OK) {
        const size_t len = strcspn(switches, ";");
        char *name = msp_arena_text_n(arena, switches, len);
        if (name == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the rules of a patient");
        char *value = strchr(name, '=');
        if (value == NULL)
            return msp_hint(
                err, msp_fail(err, MSP_EUSAGE, "\"%.80s\" stands there; expected NAME=VALUE", name),
                "more of them follow after \";\", as in "
                "nadir=lowest_confirmed;mr_flc=on");
        *value++ = '\0';
        rc = msp_rules_set(rules, name, value, arena, err);
        switches += len + (switches[len] == ';');
    }
    return rc;
}

static msp_status make_criteria(const everyone *e, const char *switches, msp_criteria *out,
                                msp_error *err)
{
    msp_rules rules = *e->rules;
    const msp_status rc = apply(switches, &rules, &e->out->arena, err);
    return rc == MSP_OK ? msp_criteria_of(&rules, e->measurability, out, err) : rc;
}

static msp_status criteria_for(everyone *e, const char *switches, const msp_criteria **out,
                               msp_error *err)
{
    for (const variant *v = e->variants; v != NULL; v = v->next)
        if (strcmp(v->switches, switches) == 0) {
            *out = v->criteria;
            return MSP_OK;
        }
    variant *v = msp_arena_alloc(&e->out->arena, sizeof *v);
    msp_criteria *criteria = msp_arena_alloc(&e->out->arena, sizeof *criteria);
    if (v == NULL || criteria == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the criteria");
    const msp_status rc = make_criteria(e, switches, criteria, err);
    *v = (variant){switches, criteria, e->variants};
    e->variants = v;
    *out = criteria;
    return rc;
}

/* A switch that is none is said at the cell that sets it. */
static msp_status name_cell(const everyone *e, const msp_patient *p, msp_status rc, msp_error *err)
{
    if (rc != MSP_EUSAGE || err == NULL)
        return rc;
    const msp_error why = *err;
    const msp_place at = {.file = e->patients->sources[0].file,
                          .line = p->switches_line,
                          .col = p->switches_col,
                          .data = true};
    rc = msp_fail_at(err, MSP_EINPUT, at, "config: %.480s", why.text);
    return why.hint[0] != '\0' ? msp_hint(err, rc, "%s", why.hint) : rc;
}

/* Turns the index of a measurement into the file and line that it was reported in. */
static msp_status name_place(const msp_patients *patients, const msp_patient *p, msp_status rc,
                             msp_error *err)
{
    if (err == NULL || err->row >= p->n_measured)
        return rc;
    const msp_measured *m = &p->measured[err->row];
    const msp_patient_source *source = &patients->sources[m->table];
    err->at = (msp_place){.file = source->file, .line = source->has_lines ? m->row + 2 : 0};
    err->row = m->row;
    return rc;
}

static msp_status judge_one(everyone *e, msp_judge *judge, size_t i, msp_error *err)
{
    const msp_patient *p = &e->patients->patients[i];
    msp_response_result *result = &e->out->results[i];
    msp_status rc =
        criteria_for(e, p->switches != NULL ? p->switches : "", &e->out->criteria[i], err);
    if (rc != MSP_OK)
        return name_cell(e, p, rc, err);
    rc = msp_judge_patient(judge, p, e->out->criteria[i], result, err);
    if (rc != MSP_OK)
        return name_place(e->patients, p, rc, err);
    msp_assessed *assessed =
        msp_arena_array(&e->out->arena, result->n_assessed + 1, sizeof *assessed);
    if (assessed == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the responses");
    if (result->n_assessed > 0)
        memcpy(assessed, result->assessed, result->n_assessed * sizeof *assessed);
    result->assessed = assessed;
    return MSP_OK;
}

msp_status msp_responses_judge(const msp_patients *patients, const msp_rules *rules,
                               const msp_measurability *measurability, msp_responses *out,
                               msp_error *err)
{
    everyone e = {patients, rules, measurability, out, NULL};
    msp_judge judge = {0};
    *out = (msp_responses){.n = patients->n};
    out->results = msp_arena_array(&out->arena, patients->n + 1, sizeof *out->results);
    out->criteria = msp_arena_array(&out->arena, patients->n + 1, sizeof *out->criteria);
    msp_status rc = out->results != NULL && out->criteria != NULL
                        ? MSP_OK
                        : msp_fail(err, MSP_EMEM, "no memory for the responses");
    for (size_t i = 0; i < patients->n && rc == MSP_OK; i++)
        rc = judge_one(&e, &judge, i, err);
    msp_judge_free(&judge);
    if (rc != MSP_OK)
        msp_responses_free(out);
    return rc;
}

void msp_responses_free(msp_responses *responses)
{
    msp_arena_free(&responses->arena);
    *responses = (msp_responses){0};
}
