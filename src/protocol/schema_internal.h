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

extern const msp_schema_type msp__text, msp__texts, msp__column, msp__table, msp__count, msp__whole,
    msp__number, msp__positive, msp__probability, msp__flag, msp__date, msp__level, msp__columns,
    msp__conditions, msp__time_unit, msp__positives;

extern const msp_schema_scope msp__arm_names, msp__population_names, msp__endpoint_names,
    msp__stratum_names, msp__subgroup_names, msp__analysis_names, msp__cutoff_names,
    msp__regimen_names, msp__phase_names, msp__drug_names;
extern const msp_schema_type msp__arm_name, msp__population_name, msp__endpoint_name,
    msp__stratum_name, msp__cutoff_name, msp__regimen_name, msp__phase_name;
extern const msp_schema_type msp__stratum_name_list, msp__phase_name_list;

/* The sections, one file each. */
extern const msp_schema_type msp__trial, msp__arms, msp__data, msp__populations,
    msp__stratification, msp__subgroups, msp__summary, msp__endpoints, msp__analyses;

#endif
