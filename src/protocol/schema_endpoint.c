/* schema_endpoint.c - endpoints: */
#include "schema_internal.h"

static const msp_schema_type role = MSP_CHOICE_OF(MSP_ROLE_LIST);
static const msp_schema_type assessor = MSP_CHOICE_OF(MSP_ASSESSOR_LIST);
static const msp_schema_type origin = MSP_CHOICE_OF(MSP_ORIGIN_LIST);
static const msp_schema_type event = MSP_CHOICE_OF(MSP_EVENT_LIST);
static const msp_schema_type events = MSP_LIST_OF(event);

#define IN(member) offsetof(msp_event_source, member)
static const msp_schema_field source_fields[] = {
    {"table", &msp__table, IN(table), "ADTTE", "the table that holds it"},
    {"where", &msp__conditions, IN(where), NULL, "which of its rows: PARAMCD: PFS"},
    {"time", &msp__column, IN(time), "AVAL", "the column of the time"},
    {"unit", &msp__time_unit, IN(unit), "days", "of that column"},
    {"event", &msp__column, IN(event), "CNSR", "the column that tells events from censored times"},
    {"event_value", &msp__text, IN(event_value), "0", "what it holds for an event"},
};
#undef IN
static const msp_schema_type source = {
    MSP_MAPPING(msp_event_source, source_fields, "event source",
                "Where the tables hold a time to event that is derived already."),
    .shorthand = "table"};

#define IN(member) offsetof(msp_endpoint, member)
static const msp_schema_field endpoint_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"role", &role, IN(role), "secondary", "its rank"},
    {"assessor", &assessor, IN(assessor), "investigator", "whose assessment counts"},
    {"population", &msp__population_name, IN(population), NULL, "those it is defined for; all"},
};
static const msp_schema_field time_to_event_fields[] = {
    {"origin", &origin, IN(origin), "randomization", "where time starts"},
    {"events", &events, IN(events), NULL, "what ends it, whichever comes first"},
    {"from", &source, IN(from), NULL, "where the tables hold it, when it is derived already"},
    {"unit", &msp__time_unit, IN(unit), "months", "of the results"},
};
#undef IN
static const msp_schema_variant kinds[] = {
    {"time-to-event", time_to_event_fields, MSP_COUNT(time_to_event_fields),
     "a time from an origin to an event, or censored"},
};
static const msp_schema_type endpoint = {.kind = MSP_SCHEMA_VARIANT,
                                         .name = "endpoint",
                                         .doc = "What is measured.",
                                         .size = sizeof(msp_endpoint),
                                         .fields = endpoint_fields,
                                         .n_fields = MSP_COUNT(endpoint_fields),
                                         .selector = "kind",
                                         .selector_offset = offsetof(msp_endpoint, kind),
                                         .variants = kinds,
                                         .n_variants = MSP_COUNT(kinds)};
const msp_schema_type msp__endpoints = MSP_NAMED(msp_endpoint, endpoint, &msp__endpoint_names);
