/* schema_internal.h - the types that several tables of the protocol's form share. */
#ifndef MSP_PROTOCOL_SCHEMA_INTERNAL_H
#define MSP_PROTOCOL_SCHEMA_INTERNAL_H

#include "mspike/form/schema.h"
#include "mspike/protocol.h"

/* The words of an X-macro list, NULL at their end. */
#define MSP_AS_WORD(name, text) text,
#define MSP_WORDS(list)        \
    (const char *const[])      \
    {                          \
        list(MSP_AS_WORD) NULL \
    }
#define MSP_CHOICE_OF(list)                                 \
    {                                                       \
        .kind = MSP_SCHEMA_CHOICE, .words = MSP_WORDS(list) \
    }
#define MSP_LIST_OF(type)                      \
    {                                          \
        .kind = MSP_SCHEMA_LIST, .of = &(type) \
    }
/* A mapping read into `struct_type` by the table `rows`. */
#define MSP_MAPPING(struct_type, rows, called, about)                                         \
    .kind = MSP_SCHEMA_FIELDS, .name = (called), .doc = (about), .size = sizeof(struct_type), \
    .fields = (rows), .n_fields = MSP_COUNT(rows)
#define MSP_NAMED(struct_type, item, names)                                                    \
    {                                                                                          \
        .kind = MSP_SCHEMA_ITEMS, .of = &(item), .size = sizeof(struct_type), .scope = (names) \
    }
#define MSP_NAME_OF(names)                         \
    {                                              \
        .kind = MSP_SCHEMA_TEXT, .scope = &(names) \
    }

/* A choice with its words in the row that uses it. */
#define MSP_ONE_OF(...)                                           \
    &(const msp_schema_type)                                      \
    {                                                             \
        .kind = MSP_SCHEMA_CHOICE, .words = (const char *const[]) \
        {                                                         \
            __VA_ARGS__, NULL                                     \
        }                                                         \
    }

extern const msp_schema_type msp__text, msp__texts, msp__column, msp__columns, msp__table;
extern const msp_schema_type msp__count, msp__counts, msp__whole, msp__whole_up, msp__number;
extern const msp_schema_type msp__numbers, msp__positive, msp__positives, msp__not_negative;
extern const msp_schema_type msp__probability, msp__level, msp__flag, msp__date, msp__conditions;
extern const msp_schema_type msp__cycle, msp__cycles, msp__cycle_range, msp__cycle_ranges;
extern const msp_schema_type msp__time_unit, msp__infusion_time, msp__cycle_length;
extern const msp_schema_type msp__span, msp__interval, msp__days, msp__response_level;

extern const msp_schema_scope msp__arm_names, msp__population_names, msp__endpoint_names,
    msp__stratum_names, msp__subgroup_names, msp__analysis_names, msp__cutoff_names,
    msp__regimen_names, msp__phase_names, msp__drug_names, msp__measurement_names,
    msp__instrument_names;
extern const msp_schema_type msp__arm_name, msp__population_name, msp__endpoint_name,
    msp__endpoint_name_list, msp__stratum_name, msp__stratum_name_list, msp__cutoff_name,
    msp__regimen_name, msp__phase_name, msp__phase_name_list, msp__drug_name, msp__measurement_name,
    msp__instrument_name;

/* The sections. */
extern const msp_schema_type msp__trial, msp__arms, msp__sites, msp__randomisation,
    msp__stratification, msp__drugs, msp__regimens, msp__phases, msp__visits, msp__crossover,
    msp__eligibility, msp__measurability, msp__measurements, msp__previous_therapy, msp__data,
    msp__populations, msp__subgroups, msp__summary, msp__rules, msp__endpoint_rules, msp__endpoints,
    msp__analyses, msp__multiplicity, msp__design, msp__safety, msp__published,
    msp__quality_of_life, msp__virtual;

#endif
