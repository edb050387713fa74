/* schema_data.c - data:, populations:, stratification:, subgroups:, baseline: and disposition: */
#include "schema_internal.h"

#define IN(member) MSP_MEMBER(msp_subjects, member)
static const msp_schema_field subjects_fields[] = {
    {"table", &msp__table, IN(table), "ADSL", "the table with one row a patient"},
    {"id", &msp__column, IN(id), "USUBJID", "the column that identifies a patient, in every table"},
    {"arm", &msp__column, IN(arm), "TRT01P", "the column of the planned arm"},
};
#undef IN
static const msp_schema_type subjects = {
    MSP_MAPPING(msp_subjects, subjects_fields, "subjects", "The table with one row a patient."),
    .shorthand = "table"};

#define IN(member) MSP_MEMBER(msp_event_rows, member)
static const msp_schema_field event_rows_fields[] = {
    {"table", &msp__table, IN(table), MSP_REQUIRED, "of SDTM, such as CE or FA"},
    {"where", &msp__conditions, IN(where), NULL,
     "columns and the value, or one of the values, that each has to hold; left out: every row"},
    {"date", &msp__column, IN(date), MSP_REQUIRED, "the column of the day it happened"},
};
#undef IN
static const msp_schema_type deterioration = {
    MSP_MAPPING(msp_event_rows, event_rows_fields, "deterioration",
                "Rows of an SDTM table that report an event; the first one of a patient counts.")};

#define IN(member) MSP_MEMBER(msp_data, member)
static const msp_schema_field data_fields[] = {
    {"subjects", &subjects, IN(subjects), "{}", "the table with one row a patient"},
    {"visits", &msp__table, IN(visits), NULL,
     "a table with a row a visit and laboratory values, as mspike respond reads it"},
    {"deterioration", &deterioration, IN(deterioration), NULL,
     "which rows of an SDTM table are a deterioration that endpoints count"},
    {"cutoff", &msp__cutoff_name, IN(cutoff), NULL, "which cut-off of the trial the tables show"},
};
#undef IN
const msp_schema_type msp__data = {
    MSP_MAPPING(msp_data, data_fields, "data", "Which tables hold what.")};

#define IN(member) MSP_MEMBER(msp_population, member)
static const msp_schema_field population_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"definition", &msp__text, IN(definition), NULL, "who belongs to it, in words"},
    {"table", &msp__table, IN(table), NULL, "that its columns stand in; that of the subjects"},
    {"where", &msp__conditions, IN(where), NULL,
     "columns and the value, or one of the values, that each has to hold; left out: every patient"},
    {"arm", &msp__column, IN(arm), NULL,
     "the column of the arm it is analysed by, such as TRT01A; that of the subjects"},
};
#undef IN
static const msp_schema_type population = {
    MSP_MAPPING(msp_population, population_fields, "population", "A set of patients to analyse.")};
const msp_schema_type msp__populations =
    MSP_NAMED(msp_population, population, &msp__population_names);

#define IN(member) MSP_MEMBER(msp_stratum, member)
static const msp_schema_field stratum_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"column", &msp__column, IN(column), NULL, "of the subjects' table"},
    {"levels", &msp__texts, IN(levels), NULL, "its values"},
};
#undef IN
static const msp_schema_type stratum = {MSP_MAPPING(
    msp_stratum, stratum_fields, "stratification factor", "A factor of the randomisation.")};
const msp_schema_type msp__stratification = MSP_NAMED(msp_stratum, stratum, &msp__stratum_names);

#define IN(member) MSP_MEMBER(msp_subgroup, member)
static const msp_schema_field subgroup_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"column", &msp__column, IN(column), MSP_REQUIRED, "of the subjects' table"},
    {"levels", &msp__texts, IN(levels), NULL, "its values in the order to show; as the data are"},
    {"cuts", &msp__numbers, IN(cuts), NULL,
     "of a number, increasing: [65, 75] makes <65, 65 to <75 and >=75"},
};
#undef IN
static const msp_schema_type subgroup = {
    MSP_MAPPING(msp_subgroup, subgroup_fields, "subgroup", "Patients told apart by a column."),
    .shorthand = "column"};
const msp_schema_type msp__subgroups = MSP_NAMED(msp_subgroup, subgroup, &msp__subgroup_names);

static const msp_schema_type decimals = {.kind = MSP_SCHEMA_COUNT, .max = 6};
static const msp_schema_type variable_kind = MSP_CHOICE_OF(MSP_VARIABLE_LIST);
#define IN(member) MSP_MEMBER(msp_variable, member)
static const msp_schema_field variable_fields[] = {
    {"column", &msp__column, IN(column), MSP_REQUIRED, "of the subjects' table"},
    {"label", &msp__text, IN(label), NULL, "what the table calls it; the column's label"},
    {"unit", &msp__text, IN(unit), NULL, "of a number"},
    {"kind", &variable_kind, IN(kind), "auto", "as a number or by category; by the column's type"},
    {"levels", &msp__texts, IN(levels), NULL, "categories in the order to show"},
    {"decimals", &decimals, IN(decimals), NULL,
     "with which its numbers are collected: means and quantiles show one more, standard deviations "
     "two; as the values have, at most 4"},
};
#undef IN
static const msp_schema_type variable = {
    MSP_MAPPING(msp_variable, variable_fields, "variable", "A column to summarise."),
    .shorthand = "column"};
static const msp_schema_type variables = MSP_LIST_OF(variable);

#define IN(member) MSP_MEMBER(msp_summary, member)
static const msp_schema_field summary_fields[] = {
    {"title", &msp__text, IN(title), NULL, "of the table"},
    {"number", &msp__text, IN(number), NULL, "of the table, such as 14.1.2"},
    {"population", &msp__population_name, IN(population), NULL, "whom it describes; every patient"},
    {"variables", &variables, IN(variables), MSP_REQUIRED, "columns, in their order"},
};
#undef IN
const msp_schema_type msp__summary = {
    MSP_MAPPING(msp_summary, summary_fields, "summary", "A table that describes patients by arm.")};
