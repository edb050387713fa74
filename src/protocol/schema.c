/* schema.c - the protocol as a whole. */
#include "schema_internal.h"

static const msp_schema_type version = {.kind = MSP_SCHEMA_COUNT, .min = 1};

#define IN(member) MSP_MEMBER(msp_protocol, member)
static const msp_schema_field protocol_fields[] = {
    {"mspike", &version, IN(version), NULL, "version of this form: 1"},
    {"trial", &msp__trial, IN(trial), NULL, "what the trial is"},
    {"sites", &msp__sites, IN(sites), NULL, "where patients are treated"},
    {"arms", &msp__arms, IN(arms), NULL, "the arms by name, in the order to show"},
    {"randomisation", &msp__randomisation, IN(randomisation), NULL, "how patients are allocated"},
    {"stratification", &msp__stratification, IN(stratification), NULL, "its factors by name"},
    {"drugs", &msp__drugs, IN(drugs), NULL, "the drugs by name"},
    {"regimens", &msp__regimens, IN(regimens), NULL, "what is given together, by name"},
    {"phases", &msp__phases, IN(phases), NULL, "the parts of a patient's way, by name"},
    {"visits", &msp__visits, IN(visits), NULL, "visits by name"},
    {"crossover", &msp__crossover, IN(crossover), NULL, "patients who change treatment"},
    {"eligibility", &msp__eligibility, IN(eligibility), NULL, "who may enter"},
    {"measurability", &msp__measurability, IN(measurability), NULL, "what is measurable disease"},
    {"measurements", &msp__measurements, IN(measurements), NULL,
     "where the tables hold each measurement, by its name"},
    {"previous_therapy", &msp__previous_therapy, IN(previous_therapy), NULL,
     "where CM, PR and EX say what was given before the trial"},
    {"data", &msp__data, IN(data), "{}", "which tables hold what"},
    {"populations", &msp__populations, IN(populations), NULL, "sets of patients by name"},
    {"subgroups", &msp__subgroups, IN(subgroups), NULL, "patients told apart, by name"},
    {"disposition", &msp__summary, IN(disposition), NULL, "the table of what became of patients"},
    {"baseline", &msp__summary, IN(baseline), NULL, "the table of what patients were like"},
    {"rules", &msp__rules, IN(rules), "{}", "switches of the clinical rules"},
    {"endpoints", &msp__endpoints, IN(endpoints), NULL, "what is measured, by name"},
    {"analyses", &msp__analyses, IN(analyses), NULL,
     "the planned analyses by name, in their order"},
    {"multiplicity", &msp__multiplicity, IN(multiplicity), NULL,
     "analyses whose tests share one alpha"},
    {"design", &msp__design, IN(design), NULL, "what the size of the trial follows from"},
    {"evidence", &msp__published, IN(published), NULL, "published results to set the trial among"},
    {"safety", &msp__safety, IN(safety), NULL, "how adverse events are counted"},
    {"quality_of_life", &msp__quality_of_life, IN(quality_of_life), NULL, "questionnaires by name"},
    {"virtual", &msp__virtual, IN(supposed), NULL, "what simulated patients are like"},
};
#undef IN

const msp_schema_type msp_protocol_schema = {
    MSP_MAPPING(msp_protocol, protocol_fields, "protocol",
                "The whole file. A file that holds only `design` is enough to size and simulate a "
                "trial; every other one says `mspike: 1` and `trial`.")};
