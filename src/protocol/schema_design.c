/* schema_design.c - design: sizes, boundaries and looks. Times in months, hazards per month. */
#include "schema_internal.h"

static const msp_schema_type sided = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 2};
static const msp_schema_type fraction = {.kind = MSP_SCHEMA_NUMBER, .max = 1, .above_min = true};
static const msp_schema_type fractions = MSP_LIST_OF(fraction);
static const msp_schema_type drop_rate = {.kind = MSP_SCHEMA_NUMBER, .max = 1, .below_max = true};

#define IN(member) MSP_MEMBER(msp_planned_step, member)
static const msp_schema_field hazard_fields[] = {
    {"from", &msp__not_negative, IN(from), "0", "month from which it holds"},
    {"rate", &msp__positive, IN(value), MSP_REQUIRED, "hazard per month"},
};
static const msp_schema_field rate_fields[] = {
    {"from", &msp__not_negative, IN(from), "0", "month from which it holds"},
    {"rate", &msp__not_negative, IN(value), MSP_REQUIRED, "patients a month"},
};
static const msp_schema_field ratio_fields[] = {
    {"from", &msp__not_negative, IN(from), "0", "month from which it holds"},
    {"ratio", &msp__positive, IN(value), MSP_REQUIRED, "hazard, experimental to control"},
};
#undef IN
static const msp_schema_type hazard = {
    MSP_MAPPING(msp_planned_step, hazard_fields, "hazard step", "A hazard from a month on."),
    .shorthand = "rate"};
static const msp_schema_type rate = {
    MSP_MAPPING(msp_planned_step, rate_fields, "accrual step", "Patients a month from a month on."),
    .shorthand = "rate"};
static const msp_schema_type ratio = {
    MSP_MAPPING(msp_planned_step, ratio_fields, "ratio step", "A hazard ratio from a month on."),
    .shorthand = "ratio"};
static const msp_schema_type hazards = MSP_LIST_OF(hazard);
static const msp_schema_type rates = MSP_LIST_OF(rate);
static const msp_schema_type ratios = MSP_LIST_OF(ratio);

#define IN(member) MSP_MEMBER(msp_planned_curve, member)
static const msp_schema_field curve_fields[] = {
    {"median", &msp__positive, IN(median), NULL, "months, of an exponential curve"},
    {"hazard", &hazards, IN(hazard), NULL, "or hazards by time"},
};
#undef IN
static const msp_schema_type curve = {
    MSP_MAPPING(msp_planned_curve, curve_fields, "survival curve", "Survival in the control arm."),
    .shorthand = "median"};

static const msp_schema_type arrivals = MSP_CHOICE_OF(MSP_ARRIVALS_LIST);
#define IN(member) MSP_MEMBER(msp_planned_accrual, member)
static const msp_schema_field accrual_fields[] = {
    {"duration", &msp__positive, IN(duration), NULL, "months of enrolment"},
    {"rate", &rates, IN(rate), NULL,
     "patients a month, so that the sample size is known and the follow-up follows"},
    {"arrivals", &arrivals, IN(arrivals), "even", "at equal spacing, or at random"},
};
#undef IN
static const msp_schema_type accrual = {
    MSP_MAPPING(msp_planned_accrual, accrual_fields, "accrual", "How patients come in."),
    .shorthand = "duration"};

#define IN(member) MSP_MEMBER(msp_planned_dropout, member)
static const msp_schema_field dropout_fields[] = {
    {"experimental", &drop_rate, IN(experimental), "0", "probability"},
    {"control", &drop_rate, IN(control), "0", "probability"},
    {"per", &msp__positive, IN(per), "12", "within so many months"},
};
#undef IN
static const msp_schema_type dropout = {
    MSP_MAPPING(msp_planned_dropout, dropout_fields, "dropout", "Patients lost to follow-up.")};

static const msp_schema_type boundary_kind = MSP_CHOICE_OF(MSP_BOUNDARY_LIST);
static const msp_schema_type spending_kind = MSP_CHOICE_OF(MSP_SPENDING_LIST);
#define IN(member) MSP_MEMBER(msp_planned_boundary, member)
#define BOUNDARY_FIELDS                                                                  \
    {"boundary", &boundary_kind, IN(boundary), NULL, "a boundary of this shape"},        \
        {"delta", &msp__number, IN(delta), NULL,                                         \
         "of wang-tsiatis: 0 O'Brien-Fleming, 0.5 Pocock"},                              \
        {"spending", &spending_kind, IN(spending), NULL, "or a spending function"},      \
        {"rho", &msp__positive, IN(rho), NULL, "of kim-demets"},                         \
        {"gamma", &msp__number, IN(gamma), NULL,                                         \
         "of hwang-shih-decani; negative is cautious early"},                            \
    {                                                                                    \
        "cumulative", &fractions, IN(cumulative), NULL, "of user: spent up to each look" \
    }
static const msp_schema_field efficacy_fields[] = {BOUNDARY_FIELDS};
static const msp_schema_field futility_fields[] = {
    BOUNDARY_FIELDS,
    {"z", &msp__numbers, IN(z), NULL, "or fixed values, one less than looks"},
    {"binding", &msp__flag, IN(binding), "no", "whether the trial has to stop below it"},
};
#undef BOUNDARY_FIELDS
#undef IN
static const msp_schema_type efficacy = {MSP_MAPPING(msp_planned_boundary, efficacy_fields,
                                                     "efficacy boundary",
                                                     "How the error is spread over the looks.")};
static const msp_schema_type futility = {
    MSP_MAPPING(msp_planned_boundary, futility_fields, "futility boundary", "When to give up.")};

#define IN(member) MSP_MEMBER(msp_planned_looks, member)
static const msp_schema_field looks_fields[] = {
    {"information", &fractions, IN(information), MSP_REQUIRED,
     "fractions of the events, increasing to 1"},
    {"efficacy", &efficacy, IN(efficacy), NULL, "when to stop for benefit"},
    {"futility", &futility, IN(futility), NULL, "when to give up"},
};
#undef IN
static const msp_schema_type looks = {
    MSP_MAPPING(msp_planned_looks, looks_fields, "looks", "Interim looks and the last one.")};

#define IN(member) MSP_MEMBER(msp_planned_cure, member)
static const msp_schema_field cure_fields[] = {
    {"experimental", &drop_rate, IN(experimental), "0", "fraction"},
    {"control", &drop_rate, IN(control), "0", "fraction"},
};
#undef IN
static const msp_schema_type cure = {
    MSP_MAPPING(msp_planned_cure, cure_fields, "cure", "Patients who never have the event.")};

#define IN(member) MSP_MEMBER(msp_planned_stratum, member)
static const msp_schema_field kind_of_patient_fields[] = {
    {"share", &fraction, IN(share), MSP_REQUIRED, "of the patients; all of them add up to 1"},
    {"hazard_ratio", &msp__positive, IN(hazard_ratio), "1", "to the hazards of the curves"},
    {"effect", &msp__positive, IN(effect), "1", "and of the experimental arm's, times this"},
    {"subgroup", &msp__flag, IN(subgroup), "no", "one of the subgroup that may go on alone"},
};
#undef IN
static const msp_schema_type kind_of_patient = {
    MSP_MAPPING(msp_planned_stratum, kind_of_patient_fields, "stratum of a scenario",
                "A kind of patient, with permuted blocks of its own.")};
static const msp_schema_type kinds_of_patient = {
    .kind = MSP_SCHEMA_LIST, .of = &kind_of_patient, .min_items = 2, .max_items = 64};

static const msp_schema_type exponent = {.kind = MSP_SCHEMA_COUNT, .max = 4};
static const msp_schema_type test_kind = MSP_CHOICE_OF(MSP_SCENARIO_TEST_LIST);
#define IN(member) MSP_MEMBER(msp_planned_scenario_test, member)
static const msp_schema_field scenario_test_fields[] = {
    {"kind", &test_kind, IN(kind), "logrank", "which test"},
    {"stratified", &msp__flag, IN(stratified), "no", "by the strata of the scenario"},
    {"rho", &exponent, IN(rho), "0", "weight of early events, S^rho"},
    {"gamma", &exponent, IN(gamma), "0", "weight of late events, (1 - S)^gamma"},
    {"time", &msp__positive, IN(time), NULL,
     "months, of modestly-weighted, restricted-mean and milestone"},
};
#undef IN
static const msp_schema_type scenario_test = {
    MSP_MAPPING(msp_planned_scenario_test, scenario_test_fields, "test of a scenario",
                "Which test is made at the looks.")};

static const msp_schema_type look_rule = MSP_CHOICE_OF(MSP_LOOK_RULE_LIST);
static const msp_schema_type months = MSP_LIST_OF(msp__positive);
#define IN(member) MSP_MEMBER(msp_planned_when, member)
static const msp_schema_field when_fields[] = {
    {"rule", &look_rule, IN(rule), "month",
     "in a month; or at the earlier or later of it and the "
     "number of events"},
    {"months", &months, IN(months), MSP_REQUIRED, "since the first patient, one a planned look"},
};
#undef IN
static const msp_schema_type when = {
    MSP_MAPPING(msp_planned_when, when_fields, "looks of a scenario",
                "When the planned looks are taken; boundaries follow the events reached.")};

#define IN(member) MSP_MEMBER(msp_planned_further_arm, member)
static const msp_schema_field further_arm_fields[] = {
    {"hazard_ratio", &msp__positive, IN(hazard_ratio), MSP_REQUIRED, "to control"},
};
#undef IN
static const msp_schema_type further_arm = {
    MSP_MAPPING(msp_planned_further_arm, further_arm_fields, "further arm",
                "An experimental arm beyond the first, of the same size."),
    .shorthand = "hazard_ratio"};
static const msp_schema_type further_arms = {
    .kind = MSP_SCHEMA_LIST, .of = &further_arm, .min_items = 1, .max_items = 4};
static const msp_schema_type intersection = MSP_CHOICE_OF(MSP_INTERSECTION_LIST);

#define IN(member) MSP_MEMBER(msp_planned_choice, member)
static const msp_schema_field choice_fields[] = {
    {"look", &msp__count, IN(look), "1", "after which"},
    {"keep", &msp__count, IN(keep), "1", "experimental arms, those with the largest Z"},
    {"threshold", &msp__number, IN(threshold), "0",
     "Z of everyone under which the subgroup goes on alone"},
};
#undef IN
static const msp_schema_type choice = {MSP_MAPPING(
    msp_planned_choice, choice_fields, "choice at a look", "Which arms, or patients, go on.")};

#define IN(member) MSP_MEMBER(msp_planned_reestimate, member)
static const msp_schema_field reestimate_fields[] = {
    {"power", &msp__probability, IN(power), MSP_REQUIRED, "conditional, at the last look"},
    {"max_events", &msp__positive, IN(max_events), NULL, "in all; left out: no limit"},
    {"trend", &msp__flag, IN(trend), "no", "under the effect estimated, not the planned one"},
};
#undef IN
static const msp_schema_type reestimate = {
    MSP_MAPPING(msp_planned_reestimate, reestimate_fields, "events found anew",
                "How many events the last look takes, found at the look before it.")};

static const msp_schema_type share_of_one = {.kind = MSP_SCHEMA_NUMBER, .max = 1};
#define IN(member) MSP_MEMBER(msp_planned_survival, member)
static const msp_schema_field survival_fields[] = {
    {"deaths", &share_of_one, IN(deaths), "0.1", "fraction of the events that are deaths"},
    {"median_after", &msp__positive, IN(median_after), MSP_REQUIRED,
     "months from the event to death, control arm"},
    {"hazard_ratio", &msp__positive, IN(hazard_ratio), "1",
     "of death after the event, experimental to control"},
    {"crossover", &share_of_one, IN(crossover), "0",
     "fraction of the control arm that crosses over at the event"},
    {"crossover_ratio", &msp__positive, IN(crossover_ratio), "1",
     "their hazard of death, to that of those who do not"},
    {"events", &msp__count, IN(events), MSP_REQUIRED, "deaths at which survival is tested"},
    {"alpha", &msp__probability, IN(alpha), "0.025", "one-sided"},
};
#undef IN
static const msp_schema_type survival = {
    MSP_MAPPING(msp_planned_survival, survival_fields, "survival after the event",
                "Deaths behind the endpoint. Survival is tested once, and claimed where the "
                "endpoint's claim was made before.")};

#define IN(member) MSP_MEMBER(msp_planned_scenario, member)
static const msp_schema_field scenario_fields[] = {
    {"hazard_ratio", &ratios, IN(hazard_ratio), NULL, "experimental to control, or by time"},
    {"control", &curve, IN(control), NULL, "survival in the control arm"},
    {"shape", &msp__positive, IN(shape), "1", "of Weibull curves with these medians"},
    {"cured", &cure, IN(cured), NULL, "patients who never have the event; medians are the others'"},
    {"accrual", &accrual, IN(accrual), NULL, "how patients come in"},
    {"dropout", &dropout, IN(dropout), NULL, "patients lost"},
    {"strata", &kinds_of_patient, IN(strata), NULL, "kinds of patient"},
    {"test", &scenario_test, IN(test), NULL, "made at the looks; left out: the log-rank test"},
    {"survival", &survival, IN(survival), NULL, "a second endpoint, tested after the first"},
    {"looks", &when, IN(looks), NULL, "by the calendar; left out: at the planned events"},
    {"arms", &further_arms, IN(arms), NULL, "experimental arms beyond the first"},
    {"multiplicity", &intersection, IN(multiplicity), "bonferroni",
     "how several hypotheses are tested together; dunnett: for arms"},
    {"choose", &choice, IN(choose), NULL, "arms dropped, or the subgroup alone, after a look"},
    {"reestimate", &reestimate, IN(reestimate), NULL, "more events, found before the last look"},
};
#undef IN
static const msp_schema_type scenario = {
    MSP_MAPPING(msp_planned_scenario, scenario_fields, "scenario", "What a simulation changes.")};
static const msp_schema_type scenarios = MSP_NAMED(msp_planned_scenario, scenario, NULL);

#define IN(member) MSP_MEMBER(msp_planned_rate, member)
static const msp_schema_field rate_at_fields[] = {
    {"rate", &msp__probability, IN(rate), MSP_REQUIRED, "probability of no event"},
    {"at", &msp__positive, IN(time), MSP_REQUIRED, "month"},
};
#undef IN
static const msp_schema_type rate_at = {MSP_MAPPING(
    msp_planned_rate, rate_at_fields, "rate at a time", "A point of a survival curve.")};

static const msp_schema_type two_positives = {
    .kind = MSP_SCHEMA_LIST, .of = &msp__positive, .min_items = 2, .max_items = 2};
static const msp_schema_type formula = MSP_CHOICE_OF(MSP_FORMULA_LIST);
static const msp_schema_type simon_choice = MSP_CHOICE_OF(MSP_SIMON_LIST);

#define IN(member) MSP_MEMBER(msp_planned_design, member)
#define ALPHA                                                                                  \
    {                                                                                          \
        "alpha", &msp__probability, IN(alpha), MSP_REQUIRED, "error of the first kind, in all" \
    }
#define POWER                                                                                      \
    {                                                                                              \
        "power", &msp__probability, IN(power), NULL, "probability of success if the plan is right" \
    }
#define SIDED                                                                           \
    {                                                                                   \
        "sided", &sided, IN(sided), "1", "1 or 2; alpha is that of both sides together" \
    }
#define ALLOCATION                                             \
    {                                                          \
        "allocation", &two_positives, IN(allocation), NULL,    \
            "experimental, control; as the arms say, or equal" \
    }
#define ACCRUAL                                                        \
    {                                                                  \
        "accrual", &accrual, IN(accrual), NULL, "how patients come in" \
    }
#define FOLLOW_UP                                                                             \
    {                                                                                         \
        "follow_up", &msp__not_negative, IN(follow_up), NULL, "months after the last patient" \
    }
#define SIZE                                                       \
    {                                                              \
        "max_sample_size", &msp__count, IN(max_sample_size), NULL, \
            "patients, and the follow-up follows"                  \
    }
#define TRIALS                                                     \
    {                                                              \
        "trials", &msp__count, IN(trials), NULL, "of a simulation" \
    }

static const msp_schema_field group_sequential_fields[] = {
    ALPHA,
    SIDED,
    POWER,
    {"events", &msp__positive, IN(events), NULL, "instead of power, which follows then"},
    SIZE,
    {"hazard_ratio", &ratios, IN(hazard_ratio), MSP_REQUIRED,
     "experimental to control; 1 for a simulation of no effect"},
    {"control", &curve, IN(control), NULL, "survival in the control arm"},
    ALLOCATION,
    ACCRUAL,
    FOLLOW_UP,
    {"formula", &formula, IN(formula), "schoenfeld", "of the number of events"},
    {"dropout", &dropout, IN(dropout), NULL, "patients lost to follow-up"},
    {"looks", &looks, IN(looks), NULL, "interim looks; left out: one look at the end"},
    TRIALS,
    {"scenarios", &scenarios, IN(scenarios), NULL, "what simulations change, by name"},
};
static const msp_schema_field simon_fields[] = {
    {"p0", &msp__probability, IN(p0), MSP_REQUIRED, "response rate of no interest"},
    {"p1", &msp__probability, IN(p1), MSP_REQUIRED, "response rate of interest"},
    ALPHA,
    POWER,
    {"choice", &simon_choice, IN(choice), "optimal", "which of the designs"},
    SIZE,
    TRIALS,
};
static const msp_schema_field one_sample_fields[] = {
    {"null", &rate_at, IN(null), MSP_REQUIRED, "what is of no interest"},
    {"alternative", &rate_at, IN(alternative), MSP_REQUIRED, "what is hoped for"},
    ALPHA,
    SIDED,
    POWER,
    ACCRUAL,
    FOLLOW_UP,
    SIZE,
    TRIALS,
};
static const msp_schema_field proportions_fields[] = {
    {"p1", &msp__probability, IN(p1), MSP_REQUIRED, "proportion in group 1"},
    {"p2", &msp__probability, IN(p2), MSP_REQUIRED, "proportion in group 2"},
    ALPHA,
    SIDED,
    POWER,
    ALLOCATION,
    SIZE,
    TRIALS,
};
static const msp_schema_field single_stage_fields[] = {
    {"p0", &msp__probability, IN(p0), MSP_REQUIRED, "response rate of no interest"},
    {"p1", &msp__probability, IN(p1), MSP_REQUIRED, "response rate of interest"},
    ALPHA,
    POWER,
    SIZE,
};
static const msp_schema_field means_fields[] = {
    {"difference", &msp__positive, IN(difference), MSP_REQUIRED, "of the means, that matters"},
    {"sd", &msp__positive, IN(sd), MSP_REQUIRED, "standard deviation in each group"},
    ALPHA,
    SIDED,
    POWER,
    ALLOCATION,
    SIZE,
};
static const msp_schema_type scale = MSP_CHOICE_OF(MSP_SCALE_LIST);
static const msp_schema_field median_fields[] = {
    {"null", &msp__positive, IN(null_median), MSP_REQUIRED, "median of no interest, months"},
    {"alternative", &msp__positive, IN(median), MSP_REQUIRED, "median hoped for, months"},
    {"interval", &scale, IN(interval), "arcsine", "scale of the interval that has to lie above"},
    ALPHA,
    SIDED,
    POWER,
    ACCRUAL,
    FOLLOW_UP,
    {"dropout", &dropout, IN(dropout), NULL, "patients lost to follow-up: experimental"},
    SIZE,
};
static const msp_schema_variant kinds[] = {
    {"group-sequential", group_sequential_fields, MSP_COUNT(group_sequential_fields),
     "two arms, time to event, one look or several"},
    {"simon", simon_fields, MSP_COUNT(simon_fields), "one arm, response, two stages"},
    {"one-sample-logrank", one_sample_fields, MSP_COUNT(one_sample_fields),
     "one arm, time to event, against a known curve"},
    {"proportions", proportions_fields, MSP_COUNT(proportions_fields), "two arms, a proportion"},
    {"single-stage", single_stage_fields, MSP_COUNT(single_stage_fields),
     "one arm, response, one stage"},
    {"means", means_fields, MSP_COUNT(means_fields), "two arms, a mean"},
    {"median", median_fields, MSP_COUNT(median_fields), "one arm, the median of a time to event"},
};
const msp_schema_type msp__design = {.kind = MSP_SCHEMA_VARIANT,
                                     .name = "design",
                                     .doc = "What the size of the trial follows from. Times in "
                                            "months, hazards per month.",
                                     .size = sizeof(msp_planned_design),
                                     .selector = "kind",
                                     .selector_offset =
                                         MSP_OFFSET(msp_planned_design, msp_said_choice, kind),
                                     .variants = kinds,
                                     .n_variants = MSP_COUNT(kinds)};
