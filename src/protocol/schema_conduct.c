/* schema_conduct.c - sites:, randomisation:, eligibility:, measurability:, measurements:, safety:
 * and quality_of_life: */
#include "schema_internal.h"

#define IN(member) MSP_MEMBER(msp_site, member)
static const msp_schema_field site_fields[] = {
    {"name", &msp__text, IN(name), NULL, "of the hospital"},
    {"country", &msp__text, IN(country), NULL, "where it is"},
};
#undef IN
static const msp_schema_type site = {MSP_MAPPING(msp_site, site_fields, "site", "One centre.")};
static const msp_schema_type site_list = MSP_NAMED(msp_site, site, NULL);

#define IN(member) MSP_MEMBER(msp_sites, member)
static const msp_schema_field sites_fields[] = {
    {"centres", &msp__count, IN(centres), NULL, "how many"},
    {"country_count", &msp__count, IN(country_count), NULL, "in how many countries"},
    {"countries", &msp__texts, IN(countries), NULL, "which"},
    {"regions", &msp__texts, IN(regions), NULL, "or in which parts of the world"},
    {"list", &site_list, IN(list), NULL, "the centres by number or name"},
};
#undef IN
const msp_schema_type msp__sites = {
    MSP_MAPPING(msp_sites, sites_fields, "sites", "Where patients are treated.")};

static const msp_schema_type method = MSP_CHOICE_OF(MSP_RANDOMISATION_LIST);
#define IN(member) MSP_MEMBER(msp_randomisation, member)
static const msp_schema_field randomisation_fields[] = {
    {"method", &method, IN(method), "permuted-blocks", "how patients are allocated"},
    {"blocks", &msp__counts, IN(blocks), NULL, "sizes of the blocks"},
    {"by_site", &msp__flag, IN(by_site), "no", "whether each centre is a stratum"},
};
#undef IN
const msp_schema_type msp__randomisation = {MSP_MAPPING(msp_randomisation, randomisation_fields,
                                                        "randomisation",
                                                        "How patients are allocated to the arms."),
                                            .shorthand = "method"};

#define IN(member) MSP_MEMBER(msp_criterion, member)
static const msp_schema_field criterion_fields[] = {
    {"text", &msp__text, IN(text), NULL, "in words"},
    {"measure", &msp__measurement_name, IN(measure), NULL, "what it looks at"},
    {"at_least", &msp__number, IN(at_least), NULL, "its value, or more"},
    {"above", &msp__number, IN(above), NULL, "more than its value"},
    {"below", &msp__number, IN(below), NULL, "less than its value"},
    {"at_most", &msp__number, IN(at_most), NULL, "its value, or less"},
    {"unit", &msp__text, IN(unit), NULL, "of these numbers"},
    {"is", &msp__texts, IN(is), NULL, "one of these values"},
};
#undef IN
static const msp_schema_type criterion = {
    MSP_MAPPING(msp_criterion, criterion_fields, "criterion",
                "A condition to be met, or not to be met; in words, as a limit, or both."),
    .shorthand = "text"};
static const msp_schema_type criteria = MSP_NAMED(msp_criterion, criterion, NULL);

#define IN(member) MSP_MEMBER(msp_eligibility, member)
static const msp_schema_field eligibility_fields[] = {
    {"inclusion", &criteria, IN(inclusion), NULL, "what a patient has to meet, by name"},
    {"exclusion", &criteria, IN(exclusion), NULL, "what a patient must not meet, by name"},
};
#undef IN
const msp_schema_type msp__eligibility = {
    MSP_MAPPING(msp_eligibility, eligibility_fields, "eligibility", "Who may enter.")};

static const msp_schema_type isotype = MSP_CHOICE_OF(MSP_ISOTYPE_LIST);
static const msp_schema_type isotypes = MSP_LIST_OF(isotype);
#define CONCENTRATION(...)                                                             \
    {                                                                                  \
        .kind = MSP_SCHEMA_QUANTITY, .above_min = true, .words = (const char *const[]) \
        {                                                                              \
            __VA_ARGS__, NULL                                                          \
        }                                                                              \
    }
static const msp_schema_type serum = CONCENTRATION("g/dL", "g/L");
static const msp_schema_type urine = CONCENTRATION("mg/24h");
static const msp_schema_type flc = CONCENTRATION("mg/L", "mg/dL");
static const msp_schema_type percent = CONCENTRATION("%");

#define IN(member) MSP_MEMBER(msp_serum_limit, member)
static const msp_schema_field serum_limit_fields[] = {
    {"at_least", &serum, IN(at_least), MSP_REQUIRED, "the limit"},
    {"isotypes", &isotypes, IN(isotypes), NULL, "for these isotypes; for all"},
};
#undef IN
static const msp_schema_type serum_limit = {
    MSP_MAPPING(msp_serum_limit, serum_limit_fields, "serum limit", "Serum M-protein."),
    .shorthand = "at_least"};
static const msp_schema_type serum_limits = MSP_LIST_OF(serum_limit);

#define IN(member) MSP_MEMBER(msp_measurability, member)
static const msp_schema_field measurability_fields[] = {
    {"serum", &serum_limits, IN(serum), NULL, "serum M-protein, or a list by isotype"},
    {"urine", &urine, IN(urine), NULL, "urine M-protein in 24 hours"},
    {"flc", &flc, IN(flc), NULL, "involved free light chain, with an abnormal ratio"},
    {"quantitative_iga", &serum, IN(quantitative_iga), NULL,
     "IgA myeloma where electrophoresis cannot be relied on"},
    {"marrow", &percent, IN(marrow), NULL, "plasma cells in the marrow"},
    {"within", &msp__days, IN(within), NULL, "before randomisation, or the first dose"},
};
#undef IN
const msp_schema_type msp__measurability = {
    MSP_MAPPING(msp_measurability, measurability_fields, "measurability",
                "Which markers make disease measurable, from which value on. A marker that is not "
                "said does not.")};

static const msp_schema_type unit_name = {.kind = MSP_SCHEMA_TEXT, .name = "the unit that it is"};
static const msp_schema_type unit_names = {.kind = MSP_SCHEMA_ITEMS,
                                           .of = &unit_name,
                                           .size = sizeof(msp_unit_name),
                                           .offset =
                                               MSP_OFFSET(msp_unit_name, msp_said_text, unit)};
#define IN(member) MSP_MEMBER(msp_measurement, member)
static const msp_schema_field measurement_fields[] = {
    {"table", &msp__table, IN(table), "LB", "the table that holds it"},
    {"where", &msp__conditions, IN(where), NULL, "which of its rows: LBTESTCD: MPROT"},
    {"value", &msp__column, IN(value), "LBORRES", "the column of the value"},
    {"unit_column", &msp__column, IN(unit_column), "LBORRESU", "the column of its unit"},
    {"date", &msp__column, IN(date), "LBDTC", "the column of the date"},
    {"unit", &msp__text, IN(unit), NULL, "the unit, where no column says it"},
    {"units", &unit_names, IN(units), NULL, "units as the tables write them, and what they are"},
};
#undef IN
static const msp_schema_type measurement = {
    MSP_MAPPING(msp_measurement, measurement_fields, "measurement",
                "Where the tables hold a measurement, and what the sites call it.")};
const msp_schema_type msp__measurements =
    MSP_NAMED(msp_measurement, measurement, &msp__measurement_names);

#define IN(member) MSP_MEMBER(msp_previous_therapy, member)
static const msp_schema_field previous_therapy_fields[] = {
    {"categories", &msp__texts, IN(categories), NULL,
     "what the category (CMCAT, CMSCAT) of such rows contains; prior or previous, of the disease"},
    {"course", &msp__columns, IN(course), NULL,
     "columns, the first that a table has: rows that agree in it are one course; CMGRPID"},
    {"response", &msp__columns, IN(response), NULL, "of the best response to the course"},
    {"progression", &msp__columns, IN(progression), NULL, "of the date of progression"},
    {"reason", &msp__columns, IN(reason), NULL, "of why it was stopped"},
    {"cycles", &msp__columns, IN(cycles), NULL, "of how many cycles were given"},
    {"planned", &msp__columns, IN(planned), NULL,
     "of whether it was a planned part of the course before it"},
};
#undef IN
const msp_schema_type msp__previous_therapy = {
    MSP_MAPPING(msp_previous_therapy, previous_therapy_fields, "previous therapy",
                "Where CM, PR, EX and their qualifiers say what was given before the trial.")};

#define IN(member) MSP_MEMBER(msp_safety, member)
static const msp_schema_field safety_fields[] = {
    {"ctcae", MSP_ONE_OF("3", "4", "5", "6"), IN(ctcae), NULL,
     "version of the grades; laboratory values are graded by 4, 5 and 6"},
    {"window", &msp__days, IN(window), NULL, "after the last dose, still on treatment"},
    {"stop_at_new_therapy", &msp__flag, IN(stop_at_new_therapy), NULL,
     "whether it ends with the next therapy"},
    {"population", &msp__population_name, IN(population), NULL, "in whom"},
    {"dictionary", &msp__text, IN(dictionary), NULL, "of the terms, with its version"},
    {"interest", &msp__texts, IN(interest), NULL, "events of special interest"},
};
#undef IN
const msp_schema_type msp__safety = {
    MSP_MAPPING(msp_safety, safety_fields, "safety", "How adverse events are counted.")};

#define IN(member) MSP_MEMBER(msp_questionnaire_visit, member)
static const msp_schema_field questionnaire_visit_fields[] = {
    {"cycles", &msp__cycle_ranges, IN(cycles), MSP_REQUIRED, "in which cycles"},
    {"day", &msp__cycle, IN(day), "1", "on which day of them"},
    {"phase", &msp__phase_name, IN(phase), NULL, "of which phase"},
};
#undef IN
static const msp_schema_type questionnaire_visit = {
    MSP_MAPPING(msp_questionnaire_visit, questionnaire_visit_fields, "questionnaire visit",
                "When a questionnaire is filled in."),
    .shorthand = "cycles"};
static const msp_schema_type questionnaire_visits = MSP_LIST_OF(questionnaire_visit);

#define IN(member) MSP_MEMBER(msp_instrument, member)
static const msp_schema_field instrument_fields[] = {
    {"version", &msp__text, IN(version), NULL, "of the questionnaire"},
    {"baseline", &msp__flag, IN(baseline), "yes", "whether it is filled in before treatment"},
    {"schedule", &questionnaire_visits, IN(schedule), NULL, "and when after that"},
    {"scales", &msp__texts, IN(scales), NULL, "scales to analyse; all"},
    {"mid", &msp__positive, IN(mid), NULL, "points between arms that matter to patients"},
    {"deterioration", &msp__positive, IN(deterioration), NULL, "points that count as worse"},
};
#undef IN
static const msp_schema_type instrument = {
    MSP_MAPPING(msp_instrument, instrument_fields, "questionnaire", "A questionnaire.")};
const msp_schema_type msp__quality_of_life =
    MSP_NAMED(msp_instrument, instrument, &msp__instrument_names);
