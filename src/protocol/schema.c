/* schema.c - the protocol as a whole. */
#include "schema_internal.h"

static const msp_schema_type version = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 1e6};

#define IN(member) offsetof(msp_protocol, member)
static const msp_schema_field protocol_fields[] = {
    {"mspike", &version, IN(version), NULL, "version of this form: 1"},
    {"trial", &msp__trial, IN(trial), NULL, "what the trial is"},
    {"arms", &msp__arms, IN(arms), NULL, "the arms by name; the first is shown first"},
    {"stratification", &msp__stratification, IN(stratification), NULL,
     "factors of the randomisation by name"},
    {"data", &msp__data, IN(data), "{}", "which tables hold what"},
    {"populations", &msp__populations, IN(populations), NULL, "sets of patients by name"},
    {"subgroups", &msp__subgroups, IN(subgroups), NULL, "patients told apart, by name"},
    {"disposition", &msp__summary, IN(disposition), NULL, "the table of what became of patients"},
    {"baseline", &msp__summary, IN(baseline), NULL, "the table of what patients were like"},
    {"endpoints", &msp__endpoints, IN(endpoints), NULL, "what is measured, by name"},
    {"analyses", &msp__analyses, IN(analyses), NULL,
     "the planned analyses by name, in their order"},
};
#undef IN

const msp_schema_type msp_protocol_schema = {
    MSP_MAPPING(msp_protocol, protocol_fields, "protocol",
                "The whole file. A file that holds only `design` is enough to size and simulate a "
                "trial; every other one says `mspike: 1` and `trial`.")};
