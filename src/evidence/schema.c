/* schema.c - the form of an evidence file, as tables. */
#include "mspike/form/schema.h"
#include "mspike/evidence/file.h"

#define AS_WORD(name, text) text,
#define CHOICE_OF(list)                                           \
    {                                                             \
        .kind = MSP_SCHEMA_CHOICE, .words = (const char *const[]) \
        {                                                         \
            list(AS_WORD) NULL                                    \
        }                                                         \
    }
#define ONE_OF(...)                                               \
    {                                                             \
        .kind = MSP_SCHEMA_CHOICE, .words = (const char *const[]) \
        {                                                         \
            __VA_ARGS__, NULL                                     \
        }                                                         \
    }
#define LIST_OF(type)                          \
    {                                          \
        .kind = MSP_SCHEMA_LIST, .of = &(type) \
    }
#define NAME_OF(names)                             \
    {                                              \
        .kind = MSP_SCHEMA_TEXT, .scope = &(names) \
    }
#define MAPPING(struct_type, rows, called, about)                                                 \
    {                                                                                             \
        .kind = MSP_SCHEMA_FIELDS, .name = (called), .doc = (about), .size = sizeof(struct_type), \
        .fields = (rows), .n_fields = MSP_COUNT(rows)                                             \
    }
#define NAMED(struct_type, item, names)                                                        \
    {                                                                                          \
        .kind = MSP_SCHEMA_ITEMS, .of = &(item), .size = sizeof(struct_type), .scope = (names) \
    }

/* -- what is shared -- */

static const msp_schema_scope drug_names = {"drug", "evidence-drug"};
static const msp_schema_scope regimen_names = {"regimen", "evidence-regimen"};
static const msp_schema_scope population_names = {"population", "evidence-population"};
static const msp_schema_scope endpoint_names = {"endpoint", "evidence-endpoint"};
static const msp_schema_scope source_names = {"source", "evidence-source"};
static const msp_schema_scope trial_names = {"trial", "evidence-trial"};

static const msp_schema_type text = {.kind = MSP_SCHEMA_TEXT};
static const msp_schema_type texts = LIST_OF(text);
static const msp_schema_type flag = {.kind = MSP_SCHEMA_FLAG};
static const msp_schema_type count = {.kind = MSP_SCHEMA_COUNT, .max = 1e9};
static const msp_schema_type printed = {.kind = MSP_SCHEMA_TEXT,
                                        .name = "a number as it was printed, or NR"};
static const msp_schema_type limits = {
    .kind = MSP_SCHEMA_LIST, .of = &printed, .min_items = 2, .max_items = 2};
static const msp_schema_type level = {
    .kind = MSP_SCHEMA_NUMBER, .max = 1, .above_min = true, .below_max = true};
static const msp_schema_type months = {
    .kind = MSP_SCHEMA_NUMBER, .max = 1200, .above_min = true, .name = "months"};
static const msp_schema_type follow_up = {
    .kind = MSP_SCHEMA_LIST, .of = &months, .max_items = 12, .name = "months, or one an arm"};
static const msp_schema_type years = {.kind = MSP_SCHEMA_NUMBER, .max = 130, .above_min = true};
static const msp_schema_type sides = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 2};
static const msp_schema_type percent = {.kind = MSP_SCHEMA_COUNT, .max = 100};
static const msp_schema_type lines = {.kind = MSP_SCHEMA_RANGE, .max = 50};
static const msp_schema_type drug_name = NAME_OF(drug_names);
static const msp_schema_type drug_list = LIST_OF(drug_name);
static const msp_schema_type regimen_name = NAME_OF(regimen_names);
static const msp_schema_type regimen_list = LIST_OF(regimen_name);
static const msp_schema_type compared = {
    .kind = MSP_SCHEMA_LIST, .of = &regimen_name, .min_items = 2, .max_items = 2};
static const msp_schema_type population_name = NAME_OF(population_names);
static const msp_schema_type endpoint_name = NAME_OF(endpoint_names);
static const msp_schema_type source_name = NAME_OF(source_names);
static const msp_schema_type trial_name = NAME_OF(trial_names);
static const msp_schema_type trial_list = LIST_OF(trial_name);
static const msp_schema_type drug_class = CHOICE_OF(MSP_DRUG_CLASS_LIST);

/* -- what results are about -- */

#define IN(member) MSP_MEMBER(msp_evidence_drug, member)
static const msp_schema_field drug_fields[] = {
    {"label", &text, IN(label), NULL, "what outputs call it"},
    {"class", &drug_class, IN(drug_class), MSP_REQUIRED, "how it works"},
};
#undef IN
static const msp_schema_type drug = MAPPING(msp_evidence_drug, drug_fields, "drug", "A drug.");
static const msp_schema_type drugs = NAMED(msp_evidence_drug, drug, &drug_names);

#define IN(member) MSP_MEMBER(msp_evidence_regimen, member)
static const msp_schema_field regimen_fields[] = {
    {"label", &text, IN(label), NULL, "what outputs call it"},
    {"drugs", &drug_list, IN(drugs), NULL, "what it is made of"},
    {"one_of", &regimen_list, IN(one_of), NULL, "what the physician chose from, of a mixed arm"},
    {"schedule", &text, IN(schedule), NULL, "how it is given: its burden"},
    {"source", &source_name, IN(source), NULL, "who says so"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type regimen =
    MAPPING(msp_evidence_regimen, regimen_fields, "regimen",
            "What is given together. Give `drugs`, or `one_of` for a mixed control arm.");
static const msp_schema_type regimens = NAMED(msp_evidence_regimen, regimen, &regimen_names);

#define IN(member) MSP_MEMBER(msp_evidence_population, member)
static const msp_schema_field population_fields[] = {
    {"label", &text, IN(label), NULL, "what outputs call it"},
    {"within", &population_name, IN(within), NULL, "a larger population that holds it whole"},
    {"all", &flag, IN(all), "no", "all patients of a trial, whoever they are"},
    {"varies", &flag, IN(varies), "no", "those assessed: other ones from result to result"},
};
#undef IN
static const msp_schema_type population =
    MAPPING(msp_evidence_population, population_fields, "population", "Whom a result is about.");
static const msp_schema_type populations =
    NAMED(msp_evidence_population, population, &population_names);

static const msp_schema_type endpoint_kind = CHOICE_OF(MSP_EVIDENCE_ENDPOINT_LIST);
static const msp_schema_type better = ONE_OF("lower", "higher");
#define IN(member) MSP_MEMBER(msp_evidence_endpoint, member)
static const msp_schema_field endpoint_fields[] = {
    {"label", &text, IN(label), NULL, "what outputs call it"},
    {"kind", &endpoint_kind, IN(kind), MSP_REQUIRED, "what it is"},
    {"better", &better, IN(better), "lower", "whether a ratio below 1 is good: lower, or above"},
    {"harm", &flag, IN(harm), "no", "a harm, shown beside the benefit"},
};
#undef IN
static const msp_schema_type endpoint =
    MAPPING(msp_evidence_endpoint, endpoint_fields, "endpoint", "What is measured.");
static const msp_schema_type endpoints = NAMED(msp_evidence_endpoint, endpoint, &endpoint_names);

#define IN(member) MSP_MEMBER(msp_evidence_source, member)
static const msp_schema_field source_fields[] = {
    {"text", &text, IN(text), MSP_REQUIRED, "as a reference list has it"},
    {"file", &text, IN(file), NULL, "the file that holds it, where there is one"},
};
#undef IN
static const msp_schema_type source = {.kind = MSP_SCHEMA_FIELDS,
                                       .name = "source",
                                       .doc = "Where a number was read.",
                                       .size = sizeof(msp_evidence_source),
                                       .fields = source_fields,
                                       .n_fields = MSP_COUNT(source_fields),
                                       .shorthand = "text"};
static const msp_schema_type sources = NAMED(msp_evidence_source, source, &source_names);

/* -- results -- */

static const msp_schema_type interval_kind = ONE_OF("confidence", "range");
#define IN(member) MSP_MEMBER(msp_evidence_arm, member)
static const msp_schema_field arm_fields[] = {
    {"n", &count, IN(n), NULL, "patients"},
    {"count", &count, IN(count), NULL, "patients with the event of a rate"},
    {"value", &printed, IN(value), NULL,
     "the median in months, or the percentage; NR where it was not reached"},
    {"interval", &limits, IN(interval), NULL, "its limits"},
    {"level", &level, IN(level), NULL, "of the interval"},
    {"interval_kind", &interval_kind, IN(interval_kind), NULL, "what the print calls it"},
    {"events", &count, IN(events), NULL, "events of a time to event"},
};
#undef IN
static const msp_schema_type arm = MAPPING(msp_evidence_arm, arm_fields, "arm of a result",
                                           "What was printed of one arm, by its regimen.");
static const msp_schema_type arms = {
    .kind = MSP_SCHEMA_ITEMS, .of = &arm, .size = sizeof(msp_evidence_arm), .max_items = 12};

static const msp_schema_type measure = CHOICE_OF(MSP_MEASURE_LIST);
static const msp_schema_type bound_sides = ONE_OF("not-said", "one-sided");
#define IN(member) MSP_MEMBER(msp_evidence_effect, member)
static const msp_schema_field effect_fields[] = {
    {"measure", &measure, IN(measure), "HR", "of the comparison"},
    {"compare", &compared, IN(compare), NULL,
     "the first to the second; the trial's first two arms when left out"},
    {"estimate", &printed, IN(estimate), NULL, "as it was printed"},
    {"interval", &limits, IN(interval), NULL, "its two limits"},
    {"upper_bound", &printed, IN(upper_bound), NULL, "where only an upper limit was printed"},
    {"lower_bound", &printed, IN(lower_bound), NULL, "where only a lower limit was printed"},
    {"bound_sides", &bound_sides, IN(bound_sides), NULL, "whether the bound is said one-sided"},
    {"level", &level, IN(level), NULL, "of the interval or bound"},
    {"p", &printed, IN(p), NULL, "as it was printed: 0.0007, <0.001"},
    {"p_sides", &sides, IN(p_sides), NULL, "1 or 2, where the print says so"},
};
#undef IN
static const msp_schema_type effect =
    MAPPING(msp_evidence_effect, effect_fields, "effect", "A comparison of two arms as printed.");

static const msp_schema_type stage = CHOICE_OF(MSP_STAGE_LIST);
static const msp_schema_type assessor = ONE_OF("independent", "investigator");
static const msp_schema_type claim = CHOICE_OF(MSP_CLAIM_LIST);
#define IN(member) MSP_MEMBER(msp_evidence_result, member)
static const msp_schema_field result_fields[] = {
    {"population", &population_name, IN(population), MSP_REQUIRED, "whom it is about"},
    {"endpoint", &endpoint_name, IN(endpoint), MSP_REQUIRED, "what was measured"},
    {"source", &source_name, IN(source), MSP_REQUIRED, "where it was read"},
    {"page", &text, IN(page), NULL, "where in the source"},
    {"stage", &stage, IN(stage), NULL, "which analysis of the trial"},
    {"assessor", &assessor, IN(assessor), NULL, "who assessed the endpoint"},
    {"follow_up", &follow_up, IN(follow_up), NULL, "median follow-up"},
    {"time", &months, IN(time), NULL, "the percentages are of patients without the event then"},
    {"stopped_early", &flag, IN(stopped_early), "no",
     "released at a look that crossed its boundary"},
    {"weighted", &flag, IN(weighted), "no", "the analysis weighted time"},
    {"crossover", &percent, IN(crossover), NULL, "per cent of controls who crossed over"},
    {"arms", &arms, IN(arms), NULL, "what was printed of each arm"},
    {"effect", &effect, IN(effect), NULL, "what was printed of the comparison"},
    {"events", &count, IN(events), NULL, "in all"},
    {"patients", &count, IN(patients), NULL, "in all"},
    {"value", &printed, IN(value), NULL, "of all arms together, where the print has no others"},
    {"share_of", &population_name, IN(share_of), NULL, "of a share: the population it is one of"},
    {"pools", &trial_list, IN(pools), NULL, "of a published synthesis: the trials in it"},
    {"claim", &claim, IN(claim), NULL, "what the print says in words"},
    {"unknown", &flag, IN(unknown), "no", "the print says that it is not known: a gap"},
    {"note", &text, IN(note), NULL, "what a reader should know"},
};
#undef IN
static const msp_schema_type result =
    MAPPING(msp_evidence_result, result_fields, "result", "One result of a trial as printed.");
static const msp_schema_scope result_names = {"result", "evidence-result"};
static const msp_schema_type results = NAMED(msp_evidence_result, result, &result_names);

/* -- trials -- */

#define IN(member) MSP_MEMBER(msp_evidence_plan, member)
static const msp_schema_field plan_fields[] = {
    {"patients", &count, IN(patients), NULL, "to enrol"},
    {"objective", &text, IN(objective), NULL, "in words"},
    {"source", &source_name, IN(source), NULL, "where it was read"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type plan =
    MAPPING(msp_evidence_plan, plan_fields, "plan", "What was planned, before the results.");

static const msp_schema_type drugs_or_classes = {
    .kind = MSP_SCHEMA_LIST, .of = &text, .max_items = 20, .name = "drugs, or classes of drugs"};
#define IN(member) MSP_MEMBER(msp_evidence_eligibility, member)
static const msp_schema_field eligibility_fields[] = {
    {"lines", &lines, IN(lines), NULL, "prior lines of therapy"},
    {"exposed", &drugs_or_classes, IN(exposed), NULL, "has had all of these"},
    {"refractory", &drugs_or_classes, IN(refractory), NULL, "is refractory to all of these"},
    {"not_refractory", &drugs_or_classes, IN(not_refractory), NULL, "is refractory to none"},
    {"refractory_to_last", &flag, IN(refractory_to_last), "no", "to the last line"},
    {"refractory_one", &drugs_or_classes, IN(refractory_one), NULL,
     "with one prior line only: is refractory to these"},
    {"age_min", &years, IN(age_min), NULL, "years"},
    {"age_max", &years, IN(age_max), NULL, "years"},
    {"other", &texts, IN(other), NULL, "in words; nobody is judged by them"},
    {"source", &source_name, IN(source), NULL, "where it was read"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type eligibility =
    MAPPING(msp_evidence_eligibility, eligibility_fields, "eligibility",
            "Who could enter, as far as it can be told from a patient's history.");

#define IN(member) MSP_MEMBER(msp_evidence_proxy, member)
static const msp_schema_field proxy_fields[] = {
    {"population", &population_name, IN(population), MSP_REQUIRED, "that it is taken for"},
    {"why", &text, IN(why), MSP_REQUIRED, "what speaks for it, and against"},
};
#undef IN
static const msp_schema_type proxy = MAPPING(
    msp_evidence_proxy, proxy_fields, "proxy",
    "The whole trial is taken for a population that it does not consist of, and marked so.");

#define IN(member) MSP_MEMBER(msp_evidence_description, member)
static const msp_schema_field description_fields[] = {
    {"drugs", &drug_list, IN(drugs), MSP_REQUIRED, "that the source names"},
    {"source", &source_name, IN(source), MSP_REQUIRED, "where it was read"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type description =
    MAPPING(msp_evidence_description, description_fields, "description",
            "What another source says that an arm got, by its regimen.");
static const msp_schema_type descriptions = {
    .kind = MSP_SCHEMA_ITEMS, .of = &description, .size = sizeof(msp_evidence_description)};

static const msp_schema_type design = CHOICE_OF(MSP_EVIDENCE_DESIGN_LIST);
static const msp_schema_type share = {.kind = MSP_SCHEMA_NUMBER, .max = 1000, .above_min = true};
static const msp_schema_type shares = {.kind = MSP_SCHEMA_LIST, .of = &share, .max_items = 12};
#define IN(member) MSP_MEMBER(msp_evidence_trial, member)
static const msp_schema_field trial_fields[] = {
    {"label", &text, IN(label), NULL, "what outputs call it"},
    {"registry", &text, IN(registry), NULL, "its number in a register"},
    {"phase", &text, IN(phase), NULL, "phase of development: 3, 1/2"},
    {"design", &design, IN(design), MSP_REQUIRED,
     "randomised, single-arm, or a synthesis of others"},
    {"open_label", &flag, IN(open_label), NULL, "whether patients knew their arm"},
    {"patients", &population_name, IN(patients), NULL, "the population that it enrolled"},
    {"enrolled", &count, IN(enrolled), NULL, "patients who came in"},
    {"allocation", &shares, IN(allocation), NULL, "in the order of `arms`: [3, 2]"},
    {"arms", &regimen_list, IN(arms), NULL, "regimens, the experimental one first"},
    {"plan", &plan, IN(plan), NULL, "what was planned"},
    {"eligibility", &eligibility, IN(eligibility), NULL, "who could enter"},
    {"stands_for", &proxy, IN(stands_for), NULL, "a population it is taken for, and marked so"},
    {"described", &descriptions, IN(described), NULL, "what other sources say that the arms got"},
    {"results", &results, IN(results), NULL, "by names of their own"},
};
#undef IN
static const msp_schema_type trial =
    MAPPING(msp_evidence_trial, trial_fields, "trial", "A trial, and what was printed of it.");
static const msp_schema_type trials = NAMED(msp_evidence_trial, trial, &trial_names);

/* -- harms, gaps, the whole -- */

static const msp_schema_type harm_kind = CHOICE_OF(MSP_HARM_LIST);
#define IN(member) MSP_MEMBER(msp_evidence_harm, member)
static const msp_schema_field harm_fields[] = {
    {"regimen", &regimen_name, IN(regimen), MSP_REQUIRED, "whose"},
    {"versus", &regimen_name, IN(versus), NULL, "what it was compared with"},
    {"kind", &harm_kind, IN(kind), MSP_REQUIRED, "which"},
    {"text", &text, IN(text), MSP_REQUIRED, "what the source says"},
    {"source", &source_name, IN(source), MSP_REQUIRED, "where it was read"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type harm =
    MAPPING(msp_evidence_harm, harm_fields, "harm", "What a source says of harm or burden.");
static const msp_schema_type harms = {
    .kind = MSP_SCHEMA_ITEMS, .of = &harm, .size = sizeof(msp_evidence_harm)};

#define IN(member) MSP_MEMBER(msp_evidence_gap, member)
static const msp_schema_field gap_fields[] = {
    {"population", &population_name, IN(population), MSP_REQUIRED, "for whom"},
    {"endpoint", &endpoint_name, IN(endpoint), NULL, "which; left out: any"},
    {"trial", &trial_name, IN(trial), NULL, "of which trial"},
    {"regimens", &regimen_list, IN(regimens), NULL, "of which regimens"},
    {"text", &text, IN(text), MSP_REQUIRED, "what is not known"},
    {"source", &source_name, IN(source), MSP_REQUIRED, "who says so"},
    {"page", &text, IN(page), NULL, "where in the source"},
};
#undef IN
static const msp_schema_type gap =
    MAPPING(msp_evidence_gap, gap_fields, "gap", "What a source says is not known.");
static const msp_schema_type gaps = {
    .kind = MSP_SCHEMA_ITEMS, .of = &gap, .size = sizeof(msp_evidence_gap)};

static const msp_schema_type version = {.kind = MSP_SCHEMA_COUNT, .min = 1, .max = 1};
#define IN(member) MSP_MEMBER(msp_evidence, member)
static const msp_schema_field evidence_fields[] = {
    {"mspike", &version, IN(version), NULL, "version of this form: 1"},
    {"title", &text, IN(title), NULL, "what the file holds"},
    {"drugs", &drugs, IN(drugs), NULL, "by name"},
    {"regimens", &regimens, IN(regimens), MSP_REQUIRED, "by name"},
    {"populations", &populations, IN(populations), MSP_REQUIRED, "by name"},
    {"endpoints", &endpoints, IN(endpoints), MSP_REQUIRED, "by name"},
    {"sources", &sources, IN(sources), MSP_REQUIRED, "by name"},
    {"trials", &trials, IN(trials), MSP_REQUIRED, "by name, each with its results"},
    {"harms", &harms, IN(harms), NULL, "by names of their own"},
    {"gaps", &gaps, IN(gaps), NULL, "by names of their own"},
};
#undef IN
const msp_schema_type msp_evidence_schema = MAPPING(msp_evidence, evidence_fields, "evidence file",
                                                    "Published results, as they were printed.");
