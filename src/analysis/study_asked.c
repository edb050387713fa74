/* study_asked.c - where tables that are made hold what the protocol asks for, where it does not
 * say.
 *
 * A protocol of a trial whose tables are made need not name a table for each endpoint: the makers
 * write a row for each (endpoint/asked.h), and here the endpoint learns where.
 */
#include <string.h>

#include "mspike/base/text.h"
#include "study_internal.h"

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the endpoints");
}

/* PARAMCD: code */
static bool add_condition(struct study *study, msp_conditions *where, const char *code,
                          msp_place at)
{
    msp_condition *condition = msp_arena_alloc(&study->arena, sizeof *condition);
    msp_said_text *value = msp_arena_alloc(&study->arena, sizeof *value);
    const char *kept = msp_arena_text(&study->arena, code);
    if (condition == NULL || value == NULL || kept == NULL)
        return false;
    *value = (msp_said_text){.text = kept, .at = at};
    *condition = (msp_condition){
        .at = at, .column = "PARAMCD", .values = {.items = value, .n = 1, .at = at}};
    *where = (msp_conditions){.items = condition, .n = 1, .at = at};
    return true;
}

/* AVALC is Y. */
static bool fill_rate(struct study *study, const msp_rate_asked *rate, msp_endpoint *e)
{
    msp_response_source *from = &e->response;
    msp_said_text *yes = msp_arena_alloc(&study->arena, sizeof *yes);
    if (yes == NULL)
        return false;
    *yes = (msp_said_text){.text = "Y", .at = e->at};
    from->at = e->at;
    from->table = (msp_said_text){.text = "ADRS", .at = e->at};
    from->column = (msp_said_text){.text = "AVALC", .at = e->at};
    from->values.items = yes;
    from->values.n = 1;
    from->values.at = e->at;
    return add_condition(study, &from->where, rate->paramcd, e->at);
}

static bool fill_time(struct study *study, const msp_time_asked *time, msp_endpoint *e)
{
    msp_event_source *from = &e->from;
    from->at = e->at;
    from->table = (msp_said_text){.text = "ADTTE", .at = e->at};
    from->time = (msp_said_text){.text = "AVAL", .at = e->at};
    from->unit = (msp_said_choice){.value = MSP_TIME_DAYS, .at = e->at};
    from->event = (msp_said_text){.text = "CNSR", .at = e->at};
    from->event_value = (msp_said_text){.text = "0", .at = e->at};
    return add_condition(study, &from->where, time->definition.paramcd, e->at);
}

/* The place of an endpoint in the protocol's list. */
static msp_endpoint *own(const struct study *study, msp_endpoint *copies, const msp_endpoint *e)
{
    return &copies[e - study->protocol->endpoints.items];
}

msp_status study_ask(struct study *study, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    msp_asked asked;
    msp_status rc = msp_asked_of(p, &p->rules, &study->arena, &asked, err);
    if (rc != MSP_OK)
        return rc;
    msp_endpoint *copies = msp_arena_array(&study->arena, p->endpoints.n + 1, sizeof *copies);
    bool good = copies != NULL;
    if (good && p->endpoints.n > 0)
        memcpy(copies, p->endpoints.items, p->endpoints.n * sizeof *copies);
    for (size_t i = 0; good && i < asked.n_rates; i++)
        if (!msp_was_said(asked.rates[i].endpoint->response.at))
            good = fill_rate(study, &asked.rates[i], own(study, copies, asked.rates[i].endpoint));
    for (size_t i = 0; good && i < asked.n_times; i++)
        if (asked.times[i].endpoint != NULL && !msp_was_said(asked.times[i].endpoint->from.at))
            good = fill_time(study, &asked.times[i], own(study, copies, asked.times[i].endpoint));
    if (!good)
        return no_memory(err);
    study->asking = *p;
    study->asking.endpoints.items = copies;
    study->protocol = &study->asking;
    return MSP_OK;
}
