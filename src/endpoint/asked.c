/* asked.c - from a protocol's endpoints to times and rates. */
#include "mspike/endpoint/asked.h"

#include <string.h>

#include "mspike/base/text.h"
#include "mspike/patient/unit.h"
#include "mspike/response/mrd.h"

/* Codes leave room for an assessor's letter. */
enum { CODE_LENGTH = MSP_PARAMCD_MAX - 2 };

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the endpoints");
}

/* An endpoint's own rules go before those that are in force. */
static msp_rules rules_of(const msp_protocol *protocol, const msp_rules *rules,
                          const msp_endpoint *endpoint)
{
    msp_protocol under = *protocol;
    under.rules = *rules;
    return msp_protocol_rules(&under, endpoint);
}

/* -- times -- */

/* "PFSD" is the PFS of one assessor. */
static void drop_letter(char *code)
{
    const size_t n = strlen(code);
    const char letter = n > 1 ? code[n - 1] : '\0';
    if ((letter != 'D' && letter != 'I') || msp_tte_definition_find(code) != NULL)
        return;
    code[n - 1] = '\0';
    if (msp_tte_definition_find(code) == NULL)
        code[n - 1] = letter;
}

/* The code by which the tables are asked for the endpoint; else one of its id. False where another
 * table than ADTTE holds it. */
static bool time_code(const msp_endpoint *e, char code[MSP_PARAMCD_MAX])
{
    const msp_event_source *from = &e->from;
    msp_paramcd_of(e->id, code);
    code[CODE_LENGTH] = '\0';
    if (!msp_was_said(from->at))
        return true;
    if (!msp_text_equal_nocase(from->table.text, "ADTTE"))
        return false;
    for (size_t i = 0; i < from->where.n; i++) {
        const msp_condition *c = &from->where.items[i];
        if (!msp_text_equal_nocase(c->column, "PARAMCD") || c->values.n != 1 ||
            strlen(c->values.items[0].text) >= MSP_PARAMCD_MAX)
            continue;
        memcpy(code, c->values.items[0].text, strlen(c->values.items[0].text) + 1);
        drop_letter(code);
    }
    return true;
}

static bool says_anything(const msp_endpoint *e)
{
    return msp_was_said(e->events.at) || msp_was_said(e->origin.at) || msp_was_said(e->rules.at);
}

/* What the protocol says of a standard endpoint replaces what is standard. */
static msp_status change(msp_tte_definition *standard, const msp_endpoint *e, msp_error *err)
{
    char code[MSP_PARAMCD_MAX];
    msp_tte_definition said;
    if (msp_was_said(e->origin.at))
        standard->origin = e->origin.value;
    if (!msp_was_said(e->events.at))
        return MSP_OK;
    const msp_status rc = msp_tte_define(e, code, &said, err);
    if (rc == MSP_OK) {
        standard->events = said.events;
        standard->followed_by = said.followed_by;
    }
    return rc;
}

static msp_time_asked *find_time(msp_asked *asked, const char *code)
{
    for (size_t i = 0; i < asked->n_times; i++)
        if (strcmp(asked->times[i].definition.paramcd, code) == 0)
            return &asked->times[i];
    return NULL;
}

static msp_status own_time(const msp_endpoint *e, const char *code, msp_arena *arena,
                           msp_time_asked *out, msp_error *err)
{
    char unused[MSP_PARAMCD_MAX];
    const msp_status rc = msp_tte_define(e, unused, &out->definition, err);
    out->definition.paramcd = msp_arena_text(arena, code);
    return rc == MSP_OK && out->definition.paramcd == NULL ? no_memory(err) : rc;
}

static bool same_time(const msp_time_asked *a, const msp_time_asked *b)
{
    return a->definition.events == b->definition.events &&
           a->definition.origin == b->definition.origin &&
           a->endpoint->rules.at.line == b->endpoint->rules.at.line;
}

static msp_status ask_time(const msp_protocol *protocol, const msp_rules *rules,
                           const msp_endpoint *e, msp_arena *arena, msp_asked *out, msp_error *err)
{
    char code[MSP_PARAMCD_MAX];
    if (!says_anything(e) || !time_code(e, code))
        return MSP_OK;
    const msp_rules own = rules_of(protocol, rules, e);
    const msp_tte_definition *standard = msp_tte_definition_find(code);
    if (standard == NULL && !msp_was_said(e->events.at))
        return MSP_OK; /* the tables hold it, or nothing does */
    msp_time_asked asked = {.endpoint = e, .rules = msp_tte_rules_of(&own)};
    msp_status rc = MSP_OK;
    if (standard != NULL) {
        asked.definition = *standard;
        rc = change(&asked.definition, e, err);
    } else {
        rc = own_time(e, code, arena, &asked, err);
    }
    if (rc != MSP_OK)
        return rc;
    msp_time_asked *there = find_time(out, asked.definition.paramcd);
    if (there == NULL)
        there = &out->times[out->n_times++];
    else if (there->endpoint != NULL && !same_time(there, &asked))
        return msp_hint(err,
                        msp_fail_at(err, MSP_EINPUT, e->at,
                                    "\"%s\" and \"%s\" are different times with one PARAMCD, %s",
                                    there->endpoint->id, e->id, asked.definition.paramcd),
                        "give one of them another name, or another PARAMCD in its `from:`");
    else if (there->endpoint != NULL)
        return MSP_OK;
    *there = asked;
    return MSP_OK;
}

/* -- rates -- */

/* Parameters of every ADRS that an endpoint may stand for; level 0: none may. */
static const struct {
    const char *paramcd;
    msp_rate_kind kind;
    msp_response_level level;
} standard_rates[] = {
    {"RSP", MSP_RATE_OF_RESPONSE, MSP_LEVEL_PR},
    {"VGPRRSP", MSP_RATE_OF_RESPONSE, MSP_LEVEL_VGPR},
    {"CRRSP", MSP_RATE_OF_RESPONSE, MSP_LEVEL_CR},
    {"SCRRSP", MSP_RATE_OF_RESPONSE, MSP_LEVEL_SCR},
    {"MRDCR", MSP_RATE_OF_MRD, MSP_LEVEL_CR},
    {"OVR", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"COVR", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"PD", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"CB", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"CBOR", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"PDSYMP", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"CLINREL", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"CRREL", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"SIGREL", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"MRDNEG5", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"MRDNEG6", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"MRDIMG", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"MRDREL", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"SUSMRD1", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
    {"SUSMRDB", MSP_RATE_OF_RESPONSE, MSP_LEVEL_NE},
};

/* A code of its own, or that of the standard parameter which the endpoint is. */
static msp_status name_rate(msp_rate_asked *rate, bool plain, const msp_asked *others,
                            msp_error *err)
{
    const msp_endpoint *e = rate->endpoint;
    msp_paramcd_of(e->id, rate->paramcd);
    rate->paramcd[CODE_LENGTH] = '\0';
    for (size_t i = 0; i < MSP_COUNT(standard_rates); i++) {
        if (strcmp(standard_rates[i].paramcd, rate->paramcd) != 0)
            continue;
        rate->standard = true;
        /* An endpoint that says where it stands is read from there. */
        if (msp_was_said(e->response.at) || (plain && standard_rates[i].kind == rate->kind &&
                                             standard_rates[i].level == rate->level))
            return MSP_OK;
        return msp_hint(err,
                        msp_fail_at(err, MSP_EINPUT, e->at,
                                    "endpoint \"%s\" would have the PARAMCD of another parameter, "
                                    "%s",
                                    e->id, rate->paramcd),
                        "give it another name");
    }
    for (size_t i = 0; i < others->n_rates; i++)
        if (strcmp(others->rates[i].paramcd, rate->paramcd) == 0)
            return msp_hint(err,
                            msp_fail_at(err, MSP_EINPUT, e->at,
                                        "endpoints \"%s\" and \"%s\" would have one PARAMCD, %s",
                                        others->rates[i].endpoint->id, e->id, rate->paramcd),
                            "give one of them a name that differs in its first %d letters and "
                            "digits",
                            CODE_LENGTH);
    return MSP_OK;
}

static msp_response_level level_of(const msp_endpoint *e, msp_response_level unsaid)
{
    static const msp_response_level levels[] = {
#define AS_LEVEL(code, name) [MSP_ASKED_##code] = MSP_LEVEL_##code,
        MSP_RESPONSE_LIST(AS_LEVEL)
#undef AS_LEVEL
    };
    const int said = e->level.value;
    return msp_was_said(e->level.at) && said >= 0 && (size_t)said < MSP_COUNT(levels) ? levels[said]
                                                                                      : unsaid;
}

static bool is_harvest(const msp_endpoint *e)
{
    return e->kind.value == MSP_ENDPOINT_THRESHOLD && e->measure.text != NULL &&
           strcmp(e->measure.text, "cd34-cells") == 0;
}

/* The days by which a visit of the phase that plans a harvest may be late. */
static int64_t harvest_window(const msp_protocol *protocol, const char *phase)
{
    int64_t most = 0;
    for (size_t i = 0; i < protocol->visits.n; i++) {
        const msp_visit *v = &protocol->visits.items[i];
        const msp_said_quantity *window =
            msp_was_said(v->window.after.at) ? &v->window.after : &v->window.either;
        bool harvest = false;
        for (size_t k = 0; k < v->assess.n; k++)
            harvest = harvest || v->assess.items[k].value == MSP_ASSESSMENT_HARVEST;
        if (!harvest || v->phase.text == NULL || strcmp(v->phase.text, phase) != 0 ||
            !msp_was_said(window->at))
            continue;
        const int64_t days = (int64_t)msp_decimal_to_double(window->value);
        most = days > most ? days : most;
    }
    return most;
}

/* After a cycle is up to the end of the window in which the cells are to be collected. */
static bool harvest_period(const msp_protocol *protocol, const msp_endpoint *e, msp_period *out)
{
    if (!msp_period_of(protocol, e, out))
        return false;
    if (out->kind == MSP_PERIOD_OF_TREATMENT)
        out->days += harvest_window(protocol, e->assessed.phase.text);
    return true;
}

/* What the endpoint asks, but for its code; *plain where nothing but the level is its own. False:
 * nothing that can be answered. */
static bool describe(const msp_protocol *protocol, const msp_rules *own, msp_rate_asked *rate,
                     bool *plain)
{
    const msp_endpoint *e = rate->endpoint;
    const msp_mrd_rules mrd = msp_mrd_rules_of(own);
    rate->rules = msp_tte_rules_of(own);
    if (msp_was_said(e->origin.at) && e->origin.value != MSP_ORIGIN_RANDOMIZATION)
        rate->rules.origin = e->origin.value;
    if (e->kind.value == MSP_ENDPOINT_RESPONSE) {
        rate->kind = MSP_RATE_OF_RESPONSE;
        rate->level = level_of(e, MSP_LEVEL_PR);
        *plain = !msp_was_said(e->assessed.at) && e->origin.value != MSP_ORIGIN_CROSSOVER;
        return msp_period_of(protocol, e, &rate->period);
    }
    if (e->kind.value == MSP_ENDPOINT_MRD) {
        rate->kind = MSP_RATE_OF_MRD;
        rate->level = level_of(e, mrd.requires);
        rate->limit = mrd.limit;
        *plain = !msp_was_said(e->limit.at);
        return *plain || (msp_decimal_from_double(e->limit.value, &rate->limit) &&
                          msp_decimal_shift(rate->limit, -6, &rate->limit));
    }
    rate->kind = MSP_RATE_OF_HARVEST;
    rate->above = (msp_decimal){2, 0};
    *plain = false;
    return is_harvest(e) && harvest_period(protocol, e, &rate->period) &&
           (!msp_was_said(e->above.at) || msp_decimal_from_double(e->above.value, &rate->above));
}

static msp_status no_unit(const msp_endpoint *e, msp_error *err)
{
    return msp_hint(err,
                    msp_fail_at(err, MSP_EUNSUPPORTED, e->measure_unit.at,
                                "\"%.40s\" is no unit of a harvest of stem cells",
                                e->measure_unit.text),
                    "cells per kg of body weight, as 10^6/kg or /kg");
}

/* A harvest is good above so many cells; another bound would be read as that one. The number is
 * brought to million cells per kg. */
static msp_status read_harvest(msp_rate_asked *rate, msp_error *err)
{
    const msp_endpoint *e = rate->endpoint;
    const msp_said_number *const others[] = {&e->at_least, &e->below, &e->at_most};
    for (size_t i = 0; i < MSP_COUNT(others); i++)
        if (msp_was_said(others[i]->at))
            return msp_hint(err,
                            msp_fail_at(err, MSP_EUNSUPPORTED, others[i]->at,
                                        "a harvest of stem cells counts above a number, and "
                                        "\"%s\" says another bound",
                                        e->id),
                            "say above:");
    const bool said = msp_was_said(e->measure_unit.at) && e->measure_unit.text != NULL;
    msp_decimal above = rate->above;
    if (said && msp_unit_convert(MSP_MARKER_CD34, above, e->measure_unit.text, &above) !=
                    MSP_UNIT_CONVERTED)
        return no_unit(e, err);
    if (said && msp_was_said(e->above.at)) /* else it is 2 million */
        rate->above = above;
    return MSP_OK;
}

static msp_status ask_rate(const msp_protocol *protocol, const msp_rules *rules,
                           const msp_endpoint *e, msp_asked *out, msp_error *err)
{
    const msp_rules own = rules_of(protocol, rules, e);
    msp_rate_asked rate = {.endpoint = e};
    bool plain;
    if (!describe(protocol, &own, &rate, &plain))
        return MSP_OK;
    msp_status rc = rate.kind == MSP_RATE_OF_HARVEST ? read_harvest(&rate, err) : MSP_OK;
    if (rc == MSP_OK)
        rc = name_rate(&rate, plain, out, err);
    if (rc == MSP_OK)
        out->rates[out->n_rates++] = rate;
    return rc;
}

/* -- all of them -- */

static msp_status standard_times(const msp_rules *rules, size_t more, msp_arena *arena,
                                 msp_asked *out, msp_error *err)
{
    const msp_tte_definition *definitions;
    const size_t n = msp_tte_definitions(&definitions);
    const msp_tte_rules times = msp_tte_rules_of(rules);
    out->times = msp_arena_array(arena, n + more, sizeof *out->times);
    if (out->times == NULL)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        out->times[out->n_times++] = (msp_time_asked){NULL, definitions[i], times};
    return MSP_OK;
}

msp_status msp_asked_of(const msp_protocol *protocol, const msp_rules *rules, msp_arena *arena,
                        msp_asked *out, msp_error *err)
{
    const size_t n = protocol != NULL ? protocol->endpoints.n : 0;
    *out = (msp_asked){0};
    msp_status rc = standard_times(rules, n, arena, out, err);
    out->rates = msp_arena_array(arena, n + 1, sizeof *out->rates);
    if (rc == MSP_OK && out->rates == NULL)
        rc = no_memory(err);
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        const msp_endpoint *e = &protocol->endpoints.items[i];
        const int kind = e->kind.value;
        if (kind == MSP_ENDPOINT_TIME_TO_EVENT)
            rc = ask_time(protocol, rules, e, arena, out, err);
        else if (kind == MSP_ENDPOINT_RESPONSE || kind == MSP_ENDPOINT_MRD ||
                 kind == MSP_ENDPOINT_THRESHOLD)
            rc = ask_rate(protocol, rules, e, out, err);
    }
    return rc;
}

msp_rules msp_asked_rules(const msp_protocol *protocol, const msp_rules *rules,
                          const msp_time_asked *time)
{
    return time->endpoint != NULL ? rules_of(protocol, rules, time->endpoint) : *rules;
}

/* -- whether the tables can answer -- */

static msp_status no_source(const msp_time_asked *time, const char *what, const char *where,
                            msp_error *err)
{
    const msp_endpoint *e = time->endpoint;
    const msp_place at = e != NULL ? e->at : (msp_place){0};
    msp_fail_at(err, MSP_EUNSUPPORTED, at, "%s counts %s, and no table says them",
                e != NULL ? e->id : time->definition.paramcd, what);
    return msp_hint(err, MSP_EUNSUPPORTED, "%s; or leave them out of its events", where);
}

msp_status msp_asked_check(const msp_asked *asked, const msp_patients *patients, msp_error *err)
{
    for (size_t i = 0; i < asked->n_times; i++) {
        const msp_time_asked *time = &asked->times[i];
        uint32_t events = time->definition.events;
        if (strcmp(time->definition.paramcd, "EFS") == 0)
            events |= time->rules.efs_events;
        if ((events & MSP_EVENT_BIT(MSP_EVENT_ADVERSE_EVENT)) != 0 &&
            !patients->says_adverse_events)
            return no_source(time, "adverse events",
                             "they stand in AE, or in adverse_event_date of a table of visits",
                             err);
        if ((events & MSP_EVENT_BIT(MSP_EVENT_DETERIORATION)) != 0 && !patients->says_deterioration)
            return no_source(time, "deteriorations",
                             "they stand in CE or DS as a deterioration, in the rows that `data: "
                             "{deterioration: {table: ...}}` names, or in deterioration_date of a "
                             "table of visits (of a questionnaire `mspike qol` times them)",
                             err);
    }
    return MSP_OK;
}

/* -- of a patient -- */

msp_status msp_rate_of(const msp_rate_asked *asked, const msp_timeline *timeline,
                       msp_rate_answer *out, msp_error *err)
{
    msp_day from, to;
    *out = (msp_rate_answer){.counts = true, .yes = MSP_NO, .when = {.day = MSP_NO_DAY}};
    out->counts = msp_period_days(timeline, &asked->period, &asked->rules, &from, &to);
    if (!out->counts)
        return MSP_OK;
    if (asked->kind == MSP_RATE_OF_HARVEST) {
        /* Cycles that were late end later: what was collected for the transplant counts. */
        if (asked->period.kind == MSP_PERIOD_OF_TREATMENT && timeline->transplant.day > to)
            to = timeline->transplant.day;
        return msp_timeline_harvest(timeline, from, to, asked->above, &out->yes, &out->when, err);
    }
    const msp_seen *seen = msp_timeline_response_in(timeline, asked->level, from, to);
    out->yes = msp_fact_of(seen != NULL);
    if (seen != NULL)
        out->when = (msp_dated){seen->day, seen->from};
    return MSP_OK;
}
