/* schema_analysis.c - analyses: */
#include "schema_internal.h"

#define IN(member) MSP_MEMBER(msp_comparison, member)
static const msp_schema_field comparison_fields[] = {
    {"experimental", &msp__arm_name, IN(experimental), MSP_REQUIRED, "the arm that is on trial"},
    {"control", &msp__arm_name, IN(control), MSP_REQUIRED, "the arm it is compared with"},
};
#undef IN
static const msp_schema_type comparison = {
    MSP_MAPPING(msp_comparison, comparison_fields, "comparison", "Two arms.")};
static const msp_schema_type comparisons = MSP_LIST_OF(comparison);

static const msp_schema_type sided = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 2};
static const msp_schema_type weight = {.kind = MSP_SCHEMA_NUMBER, .max = 10};

static const msp_schema_type test_kind = MSP_CHOICE_OF(MSP_TEST_LIST);
#define IN(member) MSP_MEMBER(msp_planned_test, member)
static const msp_schema_field test_fields[] = {
    {"kind", &test_kind, IN(kind), MSP_REQUIRED, "which test"},
    {"strata", &msp__stratum_name_list, IN(strata), NULL, "stratification factors"},
    {"sided", &sided, IN(sided), "2", "one-sided or two-sided"},
    {"alpha", &msp__probability, IN(alpha), NULL, "significance level, of all sides together"},
    {"rho", &weight, IN(rho), "0", "of fh: weight S(t)^rho (1 - S(t))^gamma"},
    {"gamma", &weight, IN(gamma), "0", "of fh"},
    {"time", &msp__positive, IN(time), NULL, "of mwlr, in the endpoint's unit"},
};
#undef IN
static const msp_schema_type test = {
    MSP_MAPPING(msp_planned_test, test_fields, "test", "How arms are tested."),
    .shorthand = "kind"};

static const msp_schema_type ties = MSP_CHOICE_OF(MSP_TIES_LIST);
#define IN(member) MSP_MEMBER(msp_hazard_ratio, member)
static const msp_schema_field hazard_ratio_fields[] = {
    {"ties", &ties, IN(ties), "efron", "how equal times are handled"},
    {"strata", &msp__stratum_name_list, IN(strata), NULL, "stratification factors"},
    {"covariates", &msp__columns, IN(covariates), NULL, "columns of the subjects' table"},
    {"level", &msp__level, IN(level), "0.95", "of its interval"},
};
#undef IN
static const msp_schema_type hazard_ratio = {MSP_MAPPING(
    msp_hazard_ratio, hazard_ratio_fields, "hazard ratio", "A Cox model of the comparison.")};

static const msp_schema_type survival_interval = MSP_CHOICE_OF(MSP_SURVIVAL_INTERVAL_LIST);
#define IN(member) MSP_MEMBER(msp_median, member)
static const msp_schema_field median_fields[] = {
    {"interval", &survival_interval, IN(interval), "log-log", "scale of the interval"},
    {"level", &msp__level, IN(level), "0.95", "of the interval"},
};
#undef IN
static const msp_schema_type median = {
    MSP_MAPPING(msp_median, median_fields, "median", "A median from the Kaplan-Meier curve.")};

#define IN(member) MSP_MEMBER(msp_survival_at, member)
static const msp_schema_field survival_at_fields[] = {
    {"times", &msp__positives, IN(times), MSP_REQUIRED, "in the endpoint's unit"},
    {"interval", &survival_interval, IN(interval), "log-log", "scale of the interval"},
    {"level", &msp__level, IN(level), "0.95", "of the interval"},
};
#undef IN
static const msp_schema_type survival_at = {MSP_MAPPING(msp_survival_at, survival_at_fields,
                                                        "survival at times",
                                                        "The Kaplan-Meier curve at given times."),
                                            .shorthand = "times"};

#define IN(member) MSP_MEMBER(msp_restricted_mean, member)
static const msp_schema_field restricted_mean_fields[] = {
    {"until", &msp__positive, IN(until), MSP_REQUIRED, "in the endpoint's unit"},
    {"level", &msp__level, IN(level), "0.95", "of the interval"},
};
#undef IN
static const msp_schema_type restricted_mean = {
    MSP_MAPPING(msp_restricted_mean, restricted_mean_fields, "restricted mean",
                "The mean time up to a limit."),
    .shorthand = "until"};

static const msp_schema_type rate_interval = MSP_CHOICE_OF(MSP_RATE_INTERVAL_LIST);
#define IN(member) MSP_MEMBER(msp_rate, member)
static const msp_schema_field rate_fields[] = {
    {"interval", &rate_interval, IN(interval), "clopper-pearson", "how its limits are found"},
    {"level", &msp__level, IN(level), "0.95", "of the interval"},
};
#undef IN
static const msp_schema_type rate = {
    MSP_MAPPING(msp_rate, rate_fields, "rate", "A proportion of patients.")};

static const msp_schema_type covariance = MSP_CHOICE_OF(MSP_COVARIANCE_LIST);
static const msp_schema_type means_df = MSP_CHOICE_OF(MSP_MEANS_DF_LIST);
#define IN(member) MSP_MEMBER(msp_planned_means, member)
static const msp_schema_field means_fields[] = {
    {"covariance", &covariance, IN(covariance), "unstructured", "of a patient's visits"},
    {"df", &means_df, IN(df), "kenward-roger", "degrees of freedom"},
    {"level", &msp__level, IN(level), "0.95", "of the intervals"},
    {"mid", &msp__positive, IN(mid), NULL,
     "minimal important difference; the questionnaire's, or that of the rules"},
};
#undef IN
static const msp_schema_type means = {MSP_MAPPING(
    msp_planned_means, means_fields, "means",
    "Means by visit from a mixed model for repeated measures: visit, arm, baseline, and "
    "their products with the visit.")};

static const msp_schema_type subgroup_name = MSP_NAME_OF(msp__subgroup_names);
static const msp_schema_type subgroup_names = MSP_LIST_OF(subgroup_name);
static const msp_schema_type convention = MSP_CHOICE_OF(MSP_CONVENTION_LIST);

#define IN(member) MSP_MEMBER(msp_analysis, member)
static const msp_schema_field analysis_fields[] = {
    {"title", &msp__text, IN(title), NULL, "of its table"},
    {"number", &msp__text, IN(number), NULL, "of its table, such as 14.2.1.1"},
    {"endpoint", &msp__endpoint_name, IN(endpoint), MSP_REQUIRED, "what is analysed"},
    {"population", &msp__population_name, IN(population), MSP_REQUIRED, "in whom"},
    {"cutoff", &msp__cutoff_name, IN(cutoff), NULL, "at which cut-off of the trial"},
    {"look", &msp__count, IN(look), NULL, "at which look of the design, counted from 1"},
    {"comparison", &comparisons, IN(comparisons), NULL,
     "two arms, or a list of such pairs; left out: all arms side by side"},
    {"test", &test, IN(test), NULL, "how arms are tested"},
    {"hazard_ratio", &hazard_ratio, IN(hazard_ratio), NULL, "of the comparison"},
    {"median", &median, IN(median), "{}", "of each arm"},
    {"follow_up", &median, IN(follow_up), NULL, "median follow-up, reverse Kaplan-Meier"},
    {"survival_at", &survival_at, IN(survival_at), NULL, "the curve at given times"},
    {"restricted_mean", &restricted_mean, IN(restricted_mean), NULL, "mean time up to a limit"},
    {"rate", &rate, IN(rate), NULL, "the proportion of each arm, for endpoints that are rates"},
    {"means", &means, IN(means), NULL, "by visit, for endpoints that are scores"},
    {"subgroups", &subgroup_names, IN(subgroups), NULL, "repeated in each"},
    {"convention", &convention, IN(convention), NULL, "what R or SAS does where the two differ"},
};
#undef IN
static const msp_schema_type analysis = {
    MSP_MAPPING(msp_analysis, analysis_fields, "analysis",
                "One planned analysis, with an interval level for each statistic.")};
const msp_schema_type msp__analyses = MSP_NAMED(msp_analysis, analysis, &msp__analysis_names);

static const msp_schema_type analysis_name = MSP_NAME_OF(msp__analysis_names);
static const msp_schema_type analysis_name_list = MSP_LIST_OF(analysis_name);
static const msp_schema_type part = {.kind = MSP_SCHEMA_NUMBER, .max = 1};
static const msp_schema_type weights = MSP_LIST_OF(part);
#define IN(member) MSP_MEMBER(msp_weight_transfer, member)
static const msp_schema_field transfer_fields[] = {
    {"from", &analysis_name, IN(from), MSP_REQUIRED, "the analysis that is rejected"},
    {"to", &analysis_name, IN(to), MSP_REQUIRED, "the one that gets of its weight"},
    {"part", &part, IN(part), "1", "how much of it"},
};
#undef IN
static const msp_schema_type transfer = {
    MSP_MAPPING(msp_weight_transfer, transfer_fields, "weight transfer",
                "Where the weight of a rejected hypothesis goes.")};
static const msp_schema_type transfers = MSP_LIST_OF(transfer);
static const msp_schema_type multiplicity_kind = MSP_CHOICE_OF(MSP_MULTIPLICITY_LIST);
#define IN(member) MSP_MEMBER(msp_multiplicity, member)
static const msp_schema_field multiplicity_fields[] = {
    {"title", &msp__text, IN(title), "Multiple hypotheses", "of its table"},
    {"number", &msp__text, IN(number), NULL, "of its table"},
    {"kind", &multiplicity_kind, IN(kind), MSP_REQUIRED, "the procedure"},
    {"analyses", &analysis_name_list, IN(analyses), MSP_REQUIRED,
     "whose tests; in the order of a fixed sequence, and of the weights"},
    {"alpha", &msp__probability, IN(alpha), MSP_REQUIRED, "of all of them together"},
    {"weights", &weights, IN(weights), NULL, "graphical: of alpha, for each analysis"},
    {"transfers", &transfers, IN(transfers), NULL, "graphical: where weights go"},
};
#undef IN
const msp_schema_type msp__multiplicity = {
    MSP_MAPPING(msp_multiplicity, multiplicity_fields, "multiplicity",
                "Analyses whose tests share one alpha, and the procedure that adjusts their p.")};

#define IN(member) MSP_MEMBER(msp_published, member)
static const msp_schema_field published_fields[] = {
    {"files", &msp__texts, IN(files), MSP_REQUIRED,
     "evidence files (docs/evidence.md), each from the protocol's folder"},
    {"population", &msp__text, IN(population), MSP_REQUIRED,
     "whom to answer for: a population of those files"},
    {"endpoint", &msp__text, IN(endpoint), "PFS", "one of those files"},
    {"reference", &msp__text, IN(reference), NULL,
     "the treatment to compare with; the most compared of each network"},
};
#undef IN
const msp_schema_type msp__published = {
    MSP_MAPPING(msp_published, published_fields, "evidence",
                "Published results that the report sets this trial among. Its own results join "
                "them under the names of its arms, populations and endpoints.")};
