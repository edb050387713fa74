/* schema_endpoint.c - endpoints: */
#include "schema_internal.h"

static const msp_schema_type role = MSP_CHOICE_OF(MSP_ROLE_LIST);
static const msp_schema_type assessor = MSP_CHOICE_OF(MSP_ASSESSOR_LIST);
static const msp_schema_type origin = MSP_CHOICE_OF(MSP_ORIGIN_LIST);
static const msp_schema_type event = MSP_CHOICE_OF(MSP_EVENT_LIST);
static const msp_schema_type events = MSP_LIST_OF(event);

#define IN(member) MSP_MEMBER(msp_event_source, member)
static const msp_schema_field source_fields[] = {
    {"table", &msp__table, IN(table), "ADTTE", "the table that holds it"},
    {"where", &msp__conditions, IN(where), NULL, "which of its rows: PARAMCD: PFS"},
    {"time", &msp__column, IN(time), "AVAL", "the column of the time"},
    {"unit", &msp__time_unit, IN(unit), "days", "of that column"},
    {"event", &msp__column, IN(event), "CNSR", "the column that tells events from censored times"},
    {"event_value", &msp__text, IN(event_value), "0", "what it holds for an event"},
    {"after", &msp__column, IN(after), NULL,
     "the column of the last time without an event that is only seen at visits: AVALLO"},
};
#undef IN
static const msp_schema_type source = {
    MSP_MAPPING(msp_event_source, source_fields, "event source",
                "Where the tables hold a time to event that is derived already."),
    .shorthand = "table"};

#define IN(member) MSP_MEMBER(msp_response_source, member)
static const msp_schema_field response_source_fields[] = {
    {"table", &msp__table, IN(table), "ADRS", "the table that holds it"},
    {"where", &msp__conditions, IN(where), NULL, "which of its rows: PARAMCD: BOR"},
    {"column", &msp__column, IN(column), "AVALC", "the column of the response"},
    {"values", &msp__texts, IN(values), MSP_REQUIRED, "what it holds for a response"},
};
#undef IN
static const msp_schema_type response_source = {
    MSP_MAPPING(msp_response_source, response_source_fields, "response source",
                "Where the tables hold a response that is derived already.")};

#define IN(member) MSP_MEMBER(msp_score_source, member)
static const msp_schema_field score_source_fields[] = {
    {"table", &msp__table, IN(table), "ADQS", "the table that holds it"},
    {"where", &msp__conditions, IN(where), NULL, "which of its rows: PARAMCD: QL"},
    {"value", &msp__column, IN(value), "CHG", "the column of the change from baseline"},
    {"baseline", &msp__column, IN(baseline), "BASE", "the column of the score at baseline"},
    {"visit", &msp__column, IN(visit), "AVISIT",
     "the column of the visit: in the order of its numbers, also within texts"},
};
#undef IN
static const msp_schema_type score_source = {
    MSP_MAPPING(
        msp_score_source, score_source_fields, "score source",
        "Where the tables hold scores that are derived already, a row a patient and visit."),
    .shorthand = "table"};

#define IN(member) MSP_MEMBER(msp_timepoint, member)
static const msp_schema_field timepoint_fields[] = {
    {"phase", &msp__phase_name, IN(phase), NULL, "at the end of this phase"},
    {"cycle", &msp__cycle, IN(cycle), NULL, "after this cycle"},
    {"time", &msp__span, IN(time), NULL, "so long after the origin"},
    {"within", &msp__span, IN(within), NULL, "so long after the phase, at most"},
};
#undef IN
static const msp_schema_type timepoint = {
    MSP_MAPPING(msp_timepoint, timepoint_fields, "timepoint", "When something is assessed."),
    .shorthand = "time"};
static const msp_schema_type grade = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 5};

#define IN(member) MSP_MEMBER(msp_endpoint, member)
static const msp_schema_field endpoint_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"role", &role, IN(role), "secondary", "its rank"},
    {"assessor", &assessor, IN(assessor), NULL, "whose assessment counts; as the rules say"},
    {"population", &msp__population_name, IN(population), NULL, "those it is defined for; all"},
    {"rules", &msp__endpoint_rules, IN(rules), NULL, "what it does otherwise than the protocol"},
    {"assessed", &timepoint, IN(assessed), NULL, "when"},
};
static const msp_schema_field time_to_event_fields[] = {
    {"origin", &origin, IN(origin), "randomization", "where time starts"},
    {"events", &events, IN(events), NULL, "what ends it, whichever comes first"},
    {"from", &source, IN(from), NULL, "where the tables hold it, when it is derived already"},
    {"unit", &msp__time_unit, IN(unit), "months", "of the results"},
};
static const msp_schema_field response_fields[] = {
    {"level", &msp__response_level, IN(level), MSP_REQUIRED, "best confirmed response, at least"},
    {"origin", &origin, IN(origin), "randomization", "where time starts"},
    {"from", &response_source, IN(response), NULL, "where the tables hold it"},
};
static const msp_schema_field mrd_fields[] = {
    {"level", &msp__response_level, IN(level), NULL, "response it needs; as the rules say"},
    {"limit", &msp__probability, IN(limit), NULL, "sensitivity it needs; as the rules say"},
    {"from", &response_source, IN(response), NULL, "where the tables hold it"},
};
static const msp_schema_field landmark_fields[] = {
    {"of", &msp__endpoint_name, IN(of), MSP_REQUIRED, "the time-to-event endpoint"},
};
static const msp_schema_field threshold_fields[] = {
    {"measure", &msp__measurement_name, IN(measure), MSP_REQUIRED, "what is measured"},
    {"at_least", &msp__number, IN(at_least), NULL, "its value, or more"},
    {"above", &msp__number, IN(above), NULL, "more than its value"},
    {"below", &msp__number, IN(below), NULL, "less than its value"},
    {"at_most", &msp__number, IN(at_most), NULL, "its value, or less"},
    {"unit", &msp__text, IN(measure_unit), NULL, "of these numbers"},
};
static const msp_schema_field safety_fields[] = {
    {"counts", &msp__text, IN(events_counted), NULL, "which events, in words"},
    {"grade", &grade, IN(grade), NULL, "of this grade, at least"},
};
static const msp_schema_field quality_of_life_fields[] = {
    {"instrument", &msp__instrument_name, IN(instrument), MSP_REQUIRED, "which questionnaire"},
    {"scale", &msp__text, IN(scale), NULL, "which of its scales; all"},
    {"from", &score_source, IN(scores), NULL, "where the tables hold it"},
};
static const msp_schema_variant kinds[] = {
    {"time-to-event", time_to_event_fields, MSP_COUNT(time_to_event_fields),
     "a time from an origin to an event, or censored"},
    {"response", response_fields, MSP_COUNT(response_fields), "patients who respond"},
    {"mrd", mrd_fields, MSP_COUNT(mrd_fields), "patients without minimal residual disease"},
    {"landmark", landmark_fields, MSP_COUNT(landmark_fields),
     "patients without the event of another endpoint at a time"},
    {"threshold", threshold_fields, MSP_COUNT(threshold_fields),
     "patients in whom a measurement reaches a limit"},
    {"safety", safety_fields, MSP_COUNT(safety_fields), "patients with adverse events"},
    {"quality-of-life", quality_of_life_fields, MSP_COUNT(quality_of_life_fields),
     "a score of a questionnaire"},
};
static const msp_schema_type endpoint = {.kind = MSP_SCHEMA_VARIANT,
                                         .name = "endpoint",
                                         .doc = "What is measured.",
                                         .size = sizeof(msp_endpoint),
                                         .fields = endpoint_fields,
                                         .n_fields = MSP_COUNT(endpoint_fields),
                                         .selector = "kind",
                                         .selector_offset =
                                             MSP_OFFSET(msp_endpoint, msp_said_choice, kind),
                                         .variants = kinds,
                                         .n_variants = MSP_COUNT(kinds)};
const msp_schema_type msp__endpoints = MSP_NAMED(msp_endpoint, endpoint, &msp__endpoint_names);
