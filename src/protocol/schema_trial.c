/* schema_trial.c - trial: and arms: */
#include "schema_internal.h"

#define IN(member) MSP_MEMBER(msp_registration, member)
static const msp_schema_type registration = {.kind = MSP_SCHEMA_TEXT,
                                             .name = "the trial's number there"};
static const msp_schema_type registry = {.kind = MSP_SCHEMA_ITEMS,
                                         .of = &registration,
                                         .size = sizeof(msp_registration),
                                         .offset =
                                             MSP_OFFSET(msp_registration, msp_said_text, number)};
#undef IN

static const msp_schema_type cutoffs = {.kind = MSP_SCHEMA_ITEMS,
                                        .of = &msp__date,
                                        .size = sizeof(msp_cutoff),
                                        .offset = MSP_OFFSET(msp_cutoff, msp_said_date, date),
                                        .scope = &msp__cutoff_names};

#define IN(member) MSP_MEMBER(msp_enrolment, member)
static const msp_schema_field enrolment_fields[] = {
    {"planned", &msp__count, IN(planned), NULL, "patients to enrol"},
    {"enrolled", &msp__count, IN(enrolled), NULL, "patients who came in"},
    {"first", &msp__date, IN(first), NULL, "when the first patient came in"},
    {"last", &msp__date, IN(last), NULL, "when the last patient came in"},
};
#undef IN
static const msp_schema_type enrolment = {
    MSP_MAPPING(msp_enrolment, enrolment_fields, "enrolment", "How many patients, and when.")};

static const msp_schema_type phase = MSP_CHOICE_OF(MSP_TRIAL_PHASE_LIST);
static const msp_schema_type blinding = MSP_CHOICE_OF(MSP_BLINDING_LIST);

#define IN(member) MSP_MEMBER(msp_trial, member)
static const msp_schema_field trial_fields[] = {
    {"title", &msp__text, IN(title), MSP_REQUIRED, "what the trial is called in full"},
    {"acronym", &msp__text, IN(acronym), NULL, "its short name"},
    {"registry", &registry, IN(registry), NULL, "its number in each register"},
    {"phase", &phase, IN(phase), NULL, "phase of development"},
    {"sponsor", &msp__text, IN(sponsor), NULL, "who is responsible for it"},
    {"randomised", &msp__flag, IN(randomised), NULL, "whether patients are allocated by chance"},
    {"blinding", &blinding, IN(blinding), NULL, "who does not know the arm"},
    {"enrolment", &enrolment, IN(enrolment), NULL, "how many patients, and when"},
    {"cutoffs", &cutoffs, IN(cutoffs), NULL, "data cut-offs by name, each with its date"},
};
#undef IN
const msp_schema_type msp__trial = {
    MSP_MAPPING(msp_trial, trial_fields, "trial", "What the trial is.")};

#define IN(member) MSP_MEMBER(msp_arm, member)
static const msp_schema_field arm_fields[] = {
    {"label", &msp__text, IN(label), NULL, "what outputs call it; the arm's name when left out"},
    {"value", &msp__text, IN(value), NULL, "what the data call it; the arm's name when left out"},
    {"allocation", &msp__positive, IN(allocation), "1", "its share of the randomisation"},
    {"planned", &msp__count, IN(planned), NULL, "patients planned"},
    {"regimen", &msp__regimen_name, IN(regimen), NULL, "its one treatment, until it ends"},
    {"phases", &msp__phase_name_list, IN(phases), NULL, "or its phases, in their order"},
};
#undef IN
static const msp_schema_type arm = {
    MSP_MAPPING(msp_arm, arm_fields, "arm",
                "A group of patients and what it gets. Give `regimen` or `phases`.")};
const msp_schema_type msp__arms = MSP_NAMED(msp_arm, arm, &msp__arm_names);
