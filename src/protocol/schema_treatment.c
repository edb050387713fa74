/* schema_treatment.c - drugs:, regimens:, phases:, visits: and crossover: */
#include "schema_internal.h"

static const msp_schema_type drug_class = MSP_CHOICE_OF(MSP_DRUG_CLASS_LIST);
#define IN(member) MSP_MEMBER(msp_drug, member)
static const msp_schema_field drug_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"class", &drug_class, IN(drug_class), MSP_REQUIRED, "how it works"},
    {"values", &msp__texts, IN(values), NULL, "what the exposure table calls it; its name"},
};
#undef IN
static const msp_schema_type drug = {MSP_MAPPING(msp_drug, drug_fields, "drug", "A drug."),
                                     .shorthand = "class"};
const msp_schema_type msp__drugs = MSP_NAMED(msp_drug, drug, &msp__drug_names);

static const msp_schema_type dose = {
    .kind = MSP_SCHEMA_QUANTITY, .above_min = true, .words = MSP_WORDS(MSP_DOSE_UNIT_LIST)};
static const msp_schema_type day = {.kind = MSP_SCHEMA_RANGE, .min = 1, .max = 366};
static const msp_schema_type days = {.kind = MSP_SCHEMA_LIST, .of = &day, .max_items = 60};
static const msp_schema_type day_of_cycle = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 366};

#define IN(member) MSP_MEMBER(msp_dose_step, member)
static const msp_schema_field step_fields[] = {
    {"cycle", &msp__cycle, IN(cycle), MSP_REQUIRED, "from this cycle on"},
    {"day", &day_of_cycle, IN(day), "1", "from this day of it on"},
    {"dose", &dose, IN(dose), MSP_REQUIRED, "what is given then"},
};
#undef IN
static const msp_schema_type step = {
    MSP_MAPPING(msp_dose_step, step_fields, "dose step", "From a day on the dose is another one.")};
static const msp_schema_type steps = MSP_LIST_OF(step);

#define IN(member) MSP_MEMBER(msp_dose_adjustment, member)
static const msp_schema_field adjustment_fields[] = {
    {"measure", &msp__measurement_name, IN(measure), MSP_REQUIRED, "age, or a measurement"},
    {"at_least", &msp__number, IN(at_least), NULL, "its value, or more"},
    {"above", &msp__number, IN(above), NULL, "more than its value"},
    {"below", &msp__number, IN(below), NULL, "less than its value"},
    {"at_most", &msp__number, IN(at_most), NULL, "its value, or less"},
    {"dose", &dose, IN(dose), MSP_REQUIRED, "what is given then"},
};
#undef IN
static const msp_schema_type adjustment = {MSP_MAPPING(
    msp_dose_adjustment, adjustment_fields, "dose adjustment", "Another dose for some patients.")};
static const msp_schema_type adjustments = MSP_LIST_OF(adjustment);

#define IN(member) MSP_MEMBER(msp_dose_days, member)
static const msp_schema_field dose_days_fields[] = {
    {"cycles", &msp__cycle_range, IN(cycles), "1-", "which cycles: 1, 1-12 or 13-"},
    {"days", &days, IN(days), MSP_REQUIRED, "days of the cycle: [1, 8, 15] or 1-21"},
    {"dose", &dose, IN(dose), NULL, "on these days, where it differs"},
};
#undef IN
static const msp_schema_type dose_days = {
    MSP_MAPPING(msp_dose_days, dose_days_fields, "dosing days", "Days on which a drug is given."),
    .shorthand = "days"};
static const msp_schema_type schedule = {
    .kind = MSP_SCHEMA_LIST, .of = &dose_days, .max_items = 60};

static const msp_schema_type route = MSP_CHOICE_OF(MSP_ROUTE_LIST);
static const msp_schema_type body_surface = {
    .kind = MSP_SCHEMA_QUANTITY, .above_min = true, .words = (const char *const[]){"m2", NULL}};
#define IN(member) MSP_MEMBER(msp_dosing, member)
static const msp_schema_field dosing_fields[] = {
    {"drug", &msp__drug_name, IN(drug), NULL, "which drug, where the name here is not its name"},
    {"route", &route, IN(route), MSP_REQUIRED, "how it is given"},
    {"infusion", &msp__infusion_time, IN(infusion), NULL, "how long it runs"},
    {"dose", &dose, IN(dose), MSP_REQUIRED, "what is given, at first"},
    {"steps", &steps, IN(steps), NULL, "planned changes of the dose, in the order of time"},
    {"adjust", &adjustments, IN(adjustments), NULL, "other doses for some patients"},
    {"bsa_cap", &body_surface, IN(bsa_cap), NULL, "a larger body surface is dosed as this one"},
    {"schedule", &schedule, IN(schedule), MSP_REQUIRED, "cycles and their days; the last ends it"},
};
#undef IN
static const msp_schema_type dosing = {
    MSP_MAPPING(msp_dosing, dosing_fields, "dosing", "One drug of a regimen.")};
static const msp_schema_type dosings = MSP_NAMED(msp_dosing, dosing, NULL);

#define IN(member) MSP_MEMBER(msp_cycle_length, member)
static const msp_schema_field cycle_fields[] = {
    {"cycles", &msp__cycle_range, IN(cycles), "1-", "which cycles"},
    {"length", &msp__cycle_length, IN(length), MSP_REQUIRED, "how long each is"},
};
#undef IN
static const msp_schema_type cycle = {
    MSP_MAPPING(msp_cycle_length, cycle_fields, "cycle", "How long cycles are."),
    .shorthand = "length"};
static const msp_schema_type cycle_list = MSP_LIST_OF(cycle);

static const msp_schema_type until = MSP_CHOICE_OF(MSP_UNTIL_LIST);
static const msp_schema_type untils = MSP_LIST_OF(until);
#define IN(member) MSP_MEMBER(msp_regimen, member)
static const msp_schema_field regimen_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"cycle", &cycle_list, IN(cycle), MSP_REQUIRED,
     "length of a cycle, such as 28 days; or a list where it changes"},
    {"cycles", &msp__cycle, IN(cycles), NULL, "how many there are; left out: until it ends"},
    {"until", &untils, IN(until), NULL, "what ends it"},
    {"drugs", &dosings, IN(drugs), MSP_REQUIRED, "its drugs by name"},
};
#undef IN
static const msp_schema_type regimen = {
    MSP_MAPPING(msp_regimen, regimen_fields, "regimen", "Drugs given together, in cycles.")};
const msp_schema_type msp__regimens = MSP_NAMED(msp_regimen, regimen, &msp__regimen_names);

static const msp_schema_type phase_kind = MSP_CHOICE_OF(MSP_PHASE_LIST);
#define IN(member) MSP_MEMBER(msp_phase, member)
static const msp_schema_field phase_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"kind", &phase_kind, IN(kind), MSP_REQUIRED, "what happens in it"},
    {"regimen", &msp__regimen_name, IN(regimen), NULL, "what is given"},
    {"cycles", &msp__cycle, IN(cycles), NULL, "how many cycles of it"},
    {"duration", &msp__span, IN(duration), NULL, "or how long it lasts"},
    {"after", &msp__phase_name, IN(after), NULL, "the phase it follows; as the arm lists them"},
    {"requires", &msp__response_level, IN(requires), NULL, "response to enter it, at least"},
    {"within", &msp__span, IN(within), NULL, "how soon after the phase before"},
    {"every", &msp__interval, IN(every), NULL, "interval of contacts in follow-up"},
};
#undef IN
static const msp_schema_type phase = {
    MSP_MAPPING(msp_phase, phase_fields, "phase", "A part of a patient's way through the trial.")};
const msp_schema_type msp__phases = MSP_NAMED(msp_phase, phase, &msp__phase_names);

#define IN(member) MSP_MEMBER(msp_window, member)
static const msp_schema_field window_fields[] = {
    {"either", &msp__days, IN(either), NULL, "on both sides"},
    {"before", &msp__days, IN(before), NULL, "how much earlier"},
    {"after", &msp__days, IN(after), NULL, "how much later"},
};
#undef IN
static const msp_schema_type window = {
    MSP_MAPPING(msp_window, window_fields, "window", "How far a visit may be from its day."),
    .shorthand = "either"};

static const msp_schema_type assessment = MSP_CHOICE_OF(MSP_ASSESSMENT_LIST);
static const msp_schema_type assessments = MSP_LIST_OF(assessment);
static const msp_schema_type study_day = {.kind = MSP_SCHEMA_COUNT, .min = -1000, .max = 36500};
static const msp_schema_type visit_origin = MSP_CHOICE_OF(MSP_VISIT_ORIGIN_LIST);
#define IN(member) MSP_MEMBER(msp_visit, member)
static const msp_schema_field visit_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it"},
    {"phase", &msp__phase_name, IN(phase), NULL, "in which phase; in all of the trial"},
    {"day", &study_day, IN(day), NULL,
     "day of the study, or of each of `cycles`; there is no day 0"},
    {"from", &visit_origin, IN(origin), "start",
     "what the day counts from; the first day after the last dose is day 1"},
    {"cycles", &msp__cycle_range, IN(cycles), NULL, "in these cycles"},
    {"every", &msp__interval, IN(every), NULL, "repeated so often"},
    {"until", &msp__interval, IN(until), NULL, "for so long; to the end of the phase"},
    {"window", &window, IN(window), NULL, "how far it may be from its day"},
    {"assess", &assessments, IN(assess), NULL, "what is done"},
};
#undef IN
static const msp_schema_type visit = {
    MSP_MAPPING(msp_visit, visit_fields, "visit", "A visit, or a series of visits.")};
const msp_schema_type msp__visits = MSP_NAMED(msp_visit, visit, NULL);

static const msp_schema_type crossover_when = MSP_CHOICE_OF(MSP_UNTIL_LIST);
#define IN(member) MSP_MEMBER(msp_crossover, member)
static const msp_schema_field crossover_fields[] = {
    {"from", &msp__arm_name, IN(from), MSP_REQUIRED, "the arm whose patients may go over"},
    {"regimen", &msp__regimen_name, IN(regimen), MSP_REQUIRED, "what they get then"},
    {"when", &crossover_when, IN(when), "progression", "at what event"},
    {"population", &msp__population_name, IN(population), NULL, "those who did"},
    {"endpoints", &msp__endpoint_name_list, IN(endpoints), NULL,
     "counted from the crossover; each has `origin: crossover`"},
};
#undef IN
const msp_schema_type msp__crossover = {MSP_MAPPING(msp_crossover, crossover_fields, "crossover",
                                                    "Patients who go over to another treatment, "
                                                    "a cohort with a time origin of its own.")};
