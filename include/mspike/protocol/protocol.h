/*
 * protocol.h - a whole protocol, and how it is read.
 *
 * Everything stands as the file said it, with its place; docs/protocol-form.md describes the form.
 * A protocol that was read without a finding of severity error can be relied on: required values
 * are there, choices are valid enumerators, every name refers to something in the same protocol.
 */
#ifndef MSPIKE_PROTOCOL_PROTOCOL_H
#define MSPIKE_PROTOCOL_PROTOCOL_H

#include "mspike/base/findings.h"
#include "mspike/base/text.h"
#include "mspike/form/schema.h"
#include "mspike/protocol/analysis.h"
#include "mspike/protocol/conduct.h"
#include "mspike/protocol/data.h"
#include "mspike/protocol/design.h"
#include "mspike/protocol/endpoint.h"
#include "mspike/protocol/rules.h"
#include "mspike/protocol/treatment.h"
#include "mspike/protocol/trial.h"
#include "mspike/protocol/virtual.h"

MSP_BEGIN

/* The version of the form that this library reads: `mspike: 1`. */
#define MSP_PROTOCOL_VERSION 1

typedef struct msp_protocol {
    msp_place at;
    msp_arena arena; /* owns every text and list below */
    const char *file;
    msp_said_count version;
    msp_trial trial;
    msp_sites sites;
    MSP_SAID_LIST(msp_arm) arms;
    msp_randomisation randomisation;
    MSP_SAID_LIST(msp_stratum) stratification;
    MSP_SAID_LIST(msp_drug) drugs;
    MSP_SAID_LIST(msp_regimen) regimens;
    MSP_SAID_LIST(msp_phase) phases;
    MSP_SAID_LIST(msp_visit) visits;
    msp_crossover crossover;
    msp_eligibility eligibility;
    msp_measurability measurability;
    MSP_SAID_LIST(msp_measurement) measurements;
    msp_previous_therapy previous_therapy;
    msp_data data;
    MSP_SAID_LIST(msp_population) populations;
    MSP_SAID_LIST(msp_subgroup) subgroups;
    msp_summary baseline, disposition;
    msp_rules rules;
    MSP_SAID_LIST(msp_endpoint) endpoints;
    MSP_SAID_LIST(msp_analysis) analyses;
    msp_multiplicity multiplicity;
    msp_planned_design design;
    msp_safety safety;
    msp_published published;
    MSP_SAID_LIST(msp_instrument) quality_of_life;
    msp_virtual supposed; /* `virtual:`, a word that C++ keeps */
} msp_protocol;           /* {0} is an empty protocol */

/* Reads and checks the protocol at `path`; every fault becomes a finding. Fails where the file
 * could not be read or is not YAML (*err has the place), or memory is out; *out is then empty. */
msp_status msp_protocol_read(const char *path, msp_protocol *out, msp_findings *findings,
                             msp_error *err);
/* The same for text in memory; `name` is what places call it and is copied. */
msp_status msp_protocol_parse(const char *text, size_t len, const char *name, msp_protocol *out,
                              msp_findings *findings, msp_error *err);
void msp_protocol_free(msp_protocol *protocol);

/* The form itself, and docs/protocol-form.md, which is made from it. */
extern const msp_schema_type msp_protocol_schema;
void msp_protocol_reference(msp_text *out);

/* By id; NULL where there is none. `id` may be NULL. */
const msp_arm *msp_protocol_arm(const msp_protocol *protocol, const char *id);
const msp_population *msp_protocol_population(const msp_protocol *protocol, const char *id);
const msp_endpoint *msp_protocol_endpoint(const msp_protocol *protocol, const char *id);
const msp_stratum *msp_protocol_stratum(const msp_protocol *protocol, const char *id);
const msp_subgroup *msp_protocol_subgroup(const msp_protocol *protocol, const char *id);
const msp_analysis *msp_protocol_analysis(const msp_protocol *protocol, const char *id);
const msp_regimen *msp_protocol_regimen(const msp_protocol *protocol, const char *id);
const msp_phase *msp_protocol_phase(const msp_protocol *protocol, const char *id);
/* The day that its `data: {cutoff: ...}` names; MSP_NO_DAY where it names none. */
msp_day msp_protocol_cutoff_day(const msp_protocol *protocol);
const msp_drug *msp_protocol_drug(const msp_protocol *protocol, const char *id);
const msp_cutoff *msp_protocol_cutoff(const msp_protocol *protocol, const char *id);

/* The rules in force for an endpoint (NULL: for the trial): its own, else the protocol's, else the
 * defaults. */
msp_rules msp_protocol_rules(const msp_protocol *protocol, const msp_endpoint *endpoint);

/* Whether the version of toxicity grades that the protocol says is one that laboratory values are
 * graded by here; version 3 is not. */
bool msp_protocol_grades_labs(const msp_protocol *protocol);

/* Never NULL: what outputs call it (its label, or its id), and what the data call an arm. */
const char *msp_arm_label(const msp_arm *arm);
const char *msp_arm_value(const msp_arm *arm);
const char *msp_population_label(const msp_population *population);
const char *msp_endpoint_label(const msp_endpoint *endpoint);
const char *msp_subgroup_label(const msp_subgroup *subgroup);
/* Of any table that holds one row a patient: where the population's columns stand, and the column
 * of the arm it is analysed by. NULL where the protocol says nothing of its data. */
const char *msp_population_table(const msp_protocol *protocol, const msp_population *population);
const char *msp_population_arm(const msp_protocol *protocol, const msp_population *population);

MSP_END
#endif
