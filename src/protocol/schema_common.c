/* schema_common.c - the types and names that the tables of the protocol's form share. */
#include "schema_internal.h"

const msp_schema_type msp__text = {.kind = MSP_SCHEMA_TEXT};
const msp_schema_type msp__texts = MSP_LIST_OF(msp__text);
const msp_schema_type msp__column = {.kind = MSP_SCHEMA_TEXT, .name = "the name of a column"};
const msp_schema_type msp__columns = MSP_LIST_OF(msp__column);
const msp_schema_type msp__table = {.kind = MSP_SCHEMA_TEXT, .name = "the name of a table"};
const msp_schema_type msp__count = {.kind = MSP_SCHEMA_COUNT, .min = 1};
const msp_schema_type msp__whole = {.kind = MSP_SCHEMA_COUNT};
const msp_schema_type msp__counts = MSP_LIST_OF(msp__count);
const msp_schema_type msp__whole_up = {.kind = MSP_SCHEMA_COUNT, .max = 1e9};
const msp_schema_type msp__number = {.kind = MSP_SCHEMA_NUMBER};
const msp_schema_type msp__numbers = MSP_LIST_OF(msp__number);
const msp_schema_type msp__not_negative = {.kind = MSP_SCHEMA_NUMBER, .max = 1e9};
const msp_schema_type msp__positive = {.kind = MSP_SCHEMA_NUMBER, .above_min = true};
const msp_schema_type msp__positives = MSP_LIST_OF(msp__positive);
const msp_schema_type msp__probability = {
    .kind = MSP_SCHEMA_NUMBER, .max = 1, .above_min = true, .below_max = true};
const msp_schema_type msp__level = {
    .kind = MSP_SCHEMA_NUMBER, .max = 1, .above_min = true, .below_max = true};
const msp_schema_type msp__flag = {.kind = MSP_SCHEMA_FLAG};
const msp_schema_type msp__date = {.kind = MSP_SCHEMA_DATE};

#define MSP_AS_UNIT(name, text, days) text,
const msp_schema_type msp__time_unit = {
    .kind = MSP_SCHEMA_CHOICE,
    .words = (const char *const[]){MSP_TIME_UNIT_LIST(MSP_AS_UNIT) NULL}};

const msp_schema_type msp__cycle = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 1000};
const msp_schema_type msp__cycles = MSP_LIST_OF(msp__cycle);
const msp_schema_type msp__cycle_range = {.kind = MSP_SCHEMA_RANGE, .min = 1, .max = 1000};
const msp_schema_type msp__cycle_ranges = MSP_LIST_OF(msp__cycle_range);

/* Units of durations: parts of one list, in its order. */
#define DURATION(from, ...)                                                           \
    {                                                                                 \
        .kind = MSP_SCHEMA_QUANTITY, .above_min = true, .first = MSP_DURATION_##from, \
        .words = (const char *const[])                                                \
        {                                                                             \
            __VA_ARGS__, NULL                                                         \
        }                                                                             \
    }
const msp_schema_type msp__infusion_time = DURATION(MINUTES, "min", "h");
const msp_schema_type msp__cycle_length = DURATION(DAYS, "days", "weeks");
const msp_schema_type msp__span = DURATION(DAYS, "days", "weeks", "months", "years");
const msp_schema_type msp__interval = DURATION(DAYS, "days", "weeks", "months", "years", "cycles");
#undef DURATION
const msp_schema_type msp__days = {
    .kind = MSP_SCHEMA_QUANTITY, .max = 100000, .words = (const char *const[]){"days", NULL}};
const msp_schema_type msp__response_level = MSP_CHOICE_OF(MSP_RESPONSE_LIST);

static const msp_schema_type condition = {
    .kind = MSP_SCHEMA_LIST, .name = "values", .of = &msp__text};
const msp_schema_type msp__conditions = {.kind = MSP_SCHEMA_ITEMS,
                                         .of = &condition,
                                         .size = sizeof(msp_condition),
                                         .offset =
                                             MSP_OFFSET(msp_condition, msp_said_texts, values)};

const msp_schema_scope msp__arm_names = {"arm", "protocol-arm"};
const msp_schema_scope msp__population_names = {"population", "protocol-population"};
const msp_schema_scope msp__endpoint_names = {"endpoint", "protocol-endpoint"};
const msp_schema_scope msp__stratum_names = {"stratification factor", "protocol-stratum"};
const msp_schema_scope msp__subgroup_names = {"subgroup", "protocol-subgroup"};
const msp_schema_scope msp__analysis_names = {"analysis", "protocol-analysis"};
const msp_schema_scope msp__cutoff_names = {"cut-off", "protocol-cutoff"};
const msp_schema_scope msp__regimen_names = {"regimen", "protocol-regimen"};
const msp_schema_scope msp__phase_names = {"phase", "protocol-phase"};
const msp_schema_scope msp__drug_names = {"drug", "protocol-drug"};
const msp_schema_scope msp__measurement_names = {"measurement", "protocol-measurement"};
const msp_schema_scope msp__instrument_names = {"questionnaire", "protocol-questionnaire"};

const msp_schema_type msp__arm_name = MSP_NAME_OF(msp__arm_names);
const msp_schema_type msp__population_name = MSP_NAME_OF(msp__population_names);
const msp_schema_type msp__endpoint_name = MSP_NAME_OF(msp__endpoint_names);
const msp_schema_type msp__stratum_name = MSP_NAME_OF(msp__stratum_names);
const msp_schema_type msp__cutoff_name = MSP_NAME_OF(msp__cutoff_names);
const msp_schema_type msp__regimen_name = MSP_NAME_OF(msp__regimen_names);
const msp_schema_type msp__phase_name = MSP_NAME_OF(msp__phase_names);
const msp_schema_type msp__stratum_name_list = MSP_LIST_OF(msp__stratum_name);
const msp_schema_type msp__phase_name_list = {
    .kind = MSP_SCHEMA_LIST, .of = &msp__phase_name, .max_items = 60};
const msp_schema_type msp__endpoint_name_list = MSP_LIST_OF(msp__endpoint_name);
const msp_schema_type msp__drug_name = MSP_NAME_OF(msp__drug_names);
const msp_schema_type msp__instrument_name = MSP_NAME_OF(msp__instrument_names);

const char *const msp_measurement_names[] = {
    /* disease */
    "serum-m-protein", "urine-m-protein", "urine-volume", "serum-immunofixation",
    "urine-immunofixation", "quantitative-iga", "quantitative-igg", "quantitative-igm", "kappa",
    "lambda", "flc-ratio", "marrow-plasma-cells", "plasmacytoma-spd", "bone-lesions",
    "circulating-plasma-cells", "mrd", "mrd-flow", "mrd-sequencing", "pet-ct", "second-m-protein",
    "reflex-immunofixation", "marrow-clonality", "marrow-kappa-cells", "marrow-lambda-cells",
    "plasmacytoma-new", "plasmacytoma-longer",
    /* lesions of the chromosomes */
    "del17p", "del17p-cells", "t4-14", "t4-14-cells", "t14-16", "t14-16-cells", "t14-20", "gain-1q",
    "del1p32", "del1p32-biallelic", "tp53-mutation",
    /* chemistry, blood count */
    "calcium", "corrected-calcium", "egfr", "albumin", "creatinine", "creatinine-clearance",
    "b2-microglobulin", "ldh", "ldh-upper-limit", "alt", "ast", "bilirubin", "potassium", "sodium",
    "phosphate", "glucose", "haemoglobin", "neutrophils", "platelets", "lymphocytes", "leucocytes",
    "cd34-cells",
    /* the patient */
    "age", "sex", "weight", "height", "body-surface", "ecog", "lvef", "iss", "r-iss",
    "previous-lines", "previous-drugs", "refractory-to", "response-to-previous", NULL};
const msp_schema_type msp__measurement_name = {
    .kind = MSP_SCHEMA_TEXT, .scope = &msp__measurement_names, .built_in = msp_measurement_names};
