/* schema_virtual.c - virtual: what is supposed of patients. Months, and rates a month. */
#include "schema_internal.h"

static const msp_schema_type fraction = {.kind = MSP_SCHEMA_NUMBER, .max = 1};
static const msp_schema_type below_one = {.kind = MSP_SCHEMA_NUMBER, .max = 1, .below_max = true};
static const msp_schema_type fractions = MSP_LIST_OF(fraction);

#define IN(member) MSP_MEMBER(msp_virtual_spread, member)
static const msp_schema_field spread_fields[] = {
    {"median", &msp__positive, IN(median), MSP_REQUIRED, "half of the patients have less"},
    {"spread", &msp__not_negative, IN(spread), "0", "standard deviation of the natural logarithm"},
};
#undef IN
static const msp_schema_type spread = {
    MSP_MAPPING(msp_virtual_spread, spread_fields, "what differs between patients",
                "A value that differs between patients as a log-normal one."),
    .shorthand = "median"};

static const msp_schema_type figure = MSP_CHOICE_OF(MSP_VIRTUAL_FIGURE_LIST);
#define IN(member) MSP_MEMBER(msp_virtual_target, member)
static const msp_schema_field target_fields[] = {
    {"figure", &figure, IN(figure), MSP_REQUIRED, "which one"},
    {"value", &msp__positive, IN(value), MSP_REQUIRED,
     "months of a median, a fraction, a ratio to the first other arm"},
    {"at", &msp__positive, IN(time), NULL, "month of a rate"},
    {"source", &msp__text, IN(source), NULL, "where it was published"},
};
#undef IN
static const msp_schema_type target = {
    MSP_MAPPING(msp_virtual_target, target_fields, "target",
                "A published figure that the virtual patients are to give.")};
static const msp_schema_type targets = MSP_LIST_OF(target);

#define IN(member) MSP_MEMBER(msp_virtual_death, member)
static const msp_schema_field death_fields[] = {
    {"before", &msp__not_negative, IN(before), "0.005", "hazard before progression"},
    {"after", &msp__not_negative, IN(after), "0.03", "hazard after it"},
};
#undef IN
static const msp_schema_type death = {
    MSP_MAPPING(msp_virtual_death, death_fields, "death", "Hazards of death, a month.")};

static const msp_schema_type at_least_one = {.kind = MSP_SCHEMA_NUMBER, .min = 1, .max = 1000};

#define IN(member) MSP_MEMBER(msp_virtual_transplant, member)
static const msp_schema_field transplant_fields[] = {
    {"sensitive", &msp__not_negative, IN(sensitive), "2", "of what is sensitive to the treatment"},
    {"resistant", &msp__not_negative, IN(resistant), "0.5", "of what is resistant to it"},
};
#undef IN
static const msp_schema_type transplant = {
    MSP_MAPPING(msp_virtual_transplant, transplant_fields, "virtual transplant",
                "What a transplant takes of the disease, in powers of ten.")};

#define IN(member) MSP_MEMBER(msp_virtual_arm, member)
static const msp_schema_field arm_fields[] = {
    {"decay", &spread, IN(decay), MSP_REQUIRED, "rate at which what is sensitive goes, a month"},
    {"resistant", &spread, IN(resistant), MSP_REQUIRED,
     "what is resistant at the start, to what is sensitive"},
    {"growth", &spread, IN(growth), MSP_REQUIRED, "rate at which what is resistant grows, a month"},
    {"regrowth", &at_least_one, IN(regrowth), "2",
     "growth without treatment, as a multiple of that of what is resistant under full doses; 1: "
     "doses do nothing to what is resistant"},
    {"transplant", &transplant, IN(transplant), "{}", "what a transplant of the arm's phases does"},
    {"harvest", &spread, IN(harvest), NULL,
     "million CD34+ cells/kg that two days of collection give, at the visit that plans a harvest; "
     "left out: nothing is collected"},
    {"refractory", &below_one, IN(refractory), "0",
     "fraction of patients whose disease only grows"},
    {"deep", &below_one, IN(deep), "0",
     "fraction of patients in whom a thousandth of that is resistant"},
    {"death", &death, IN(death), "{}", "hazards of death"},
    {"stop", &msp__not_negative, IN(stop), "0.005",
     "hazard of stopping treatment for toxicity, a month"},
    {"delay", &below_one, IN(delay), "0.05", "probability that a cycle begins a week late"},
    {"reduction", &below_one, IN(reduction), "0.02",
     "probability that doses of a drug are reduced from a cycle on"},
    {"missed_doses", &below_one, IN(missed_doses), "0.02",
     "probability that a drug is left out for a cycle"},
    {"grade3", &below_one, IN(grade3), "0.7",
     "fraction of patients with an adverse event of grade 3 or more"},
    {"serious", &below_one, IN(serious), "0.5", "fraction of patients with a serious one"},
    {"targets", &targets, IN(targets), NULL,
     "published figures; --calibrate finds what gives them"},
};
#undef IN
static const msp_schema_type arm = {MSP_MAPPING(
    msp_virtual_arm, arm_fields, "virtual arm",
    "The disease of the patients of an arm under its treatment: what is sensitive falls "
    "and what is resistant grows, both exponentially.")};
static const msp_schema_type arms = MSP_NAMED(msp_virtual_arm, arm, NULL);

#define IN(member) MSP_MEMBER(msp_virtual_stratum, member)
static const msp_schema_field stratum_fields[] = {
    {"shares", &fractions, IN(shares), MSP_REQUIRED, "of its levels, in their order"},
    {"growth", &msp__positives, IN(growth), NULL, "factors of the rate of growth; left out: 1"},
};
#undef IN
static const msp_schema_type stratum = {
    MSP_MAPPING(msp_virtual_stratum, stratum_fields, "virtual stratification factor",
                "How often the levels of a factor occur, and what they do to the disease.")};
static const msp_schema_type strata = MSP_NAMED(msp_virtual_stratum, stratum, NULL);

#define IN(member) MSP_MEMBER(msp_virtual_measured, member)
static const msp_schema_field measured_fields[] = {
    {"serum", &fraction, IN(serum), "0.75", "serum M-protein alone"},
    {"urine", &fraction, IN(urine), "0.05", "urine M-protein alone"},
    {"both", &fraction, IN(both), "0.2", "both"},
    {"light-chains", &fraction, IN(light_chains), "0", "free light chains alone"},
};
#undef IN
static const msp_schema_type measured = {
    MSP_MAPPING(msp_virtual_measured, measured_fields, "measured by",
                "By what the disease is measured: fractions of the patients, together 1.")};

static const msp_schema_type factor = {.kind = MSP_SCHEMA_NUMBER, .max = 1000, .above_min = true};

#define IN(member) MSP_MEMBER(msp_virtual_crossing, member)
static const msp_schema_field crossing_fields[] = {
    {"share", &fraction, IN(share), "1", "of the patients whose progression is seen"},
    {"delay", &spread, IN(delay), "21", "days from the visit that confirms it to the first dose"},
    {"decay", &spread, IN(decay), MSP_REQUIRED,
     "rate at which what is sensitive goes then, a month"},
    {"resistant", &spread, IN(resistant), MSP_REQUIRED,
     "what resists this treatment too, to what does not, of what resists the first one"},
    {"growth", &factor, IN(growth), "1",
     "rate at which what is resistant grows, to that under the first treatment"},
    {"targets", &targets, IN(targets), NULL,
     "published figures of those who went over; --calibrate finds what gives them"},
};
#undef IN
static const msp_schema_type crossing = {MSP_MAPPING(
    msp_virtual_crossing, crossing_fields, "virtual crossover",
    "Who of the arm that \"crossover:\" names goes over at progression, and the disease from then "
    "on: what the first treatment left, under the calendar of the arm with the other regimen.")};

static const msp_schema_type visits = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 1000};

#define IN(member) MSP_MEMBER(msp_virtual_plasmacytomas, member)
static const msp_schema_field plasmacytoma_fields[] = {
    {"share", &fraction, IN(share), MSP_REQUIRED,
     "of the patients who have measurable ones at the start"},
    {"new", &fraction, IN(fresh), "0",
     "of the patients in whom a new one comes with progression, those without any among them"},
    {"every", &visits, IN(every), "3",
     "of so many visits one has a scan, for those who had one at the start; so has everybody where "
     "M-protein or light chains show progression"},
};
#undef IN
static const msp_schema_type plasmacytomas = {
    MSP_MAPPING(msp_virtual_plasmacytomas, plasmacytoma_fields, "virtual plasmacytomas",
                "Soft-tissue plasmacytomas, whose volume follows the burden of the disease."),
    .shorthand = "share"};

#define IN(member) MSP_MEMBER(msp_virtual, member)
static const msp_schema_field virtual_fields[] = {
    {"follow_up", &msp__positive, IN(follow_up), "12", "months after the last patient"},
    {"measured_by", &measured, IN(measured), "{}", "by what the disease is measured"},
    {"missed_visits", &below_one, IN(missed_visits), "0.03", "probability that a visit is missed"},
    {"missed_labs", &below_one, IN(missed_labs), "0.02",
     "probability that a visit has no sample of the disease"},
    {"withdrawal", &msp__not_negative, IN(withdrawal), "0.003", "hazard of withdrawal, a month"},
    {"strata", &strata, IN(strata), NULL, "factors of the stratification, by their names"},
    {"arms", &arms, IN(arms), MSP_REQUIRED, "arms, by their names"},
    {"crossover", &crossing, IN(crossover), NULL,
     "what becomes of those who go over; left out: nobody does"},
    {"plasmacytomas", &plasmacytomas, IN(plasmacytomas), NULL,
     "soft-tissue plasmacytomas; left out: nobody has any"},
};
#undef IN
const msp_schema_type msp__virtual = {MSP_MAPPING(
    msp_virtual, virtual_fields, "virtual",
    "What is supposed of patients, so that a trial can be simulated with its laboratory "
    "values.")};
