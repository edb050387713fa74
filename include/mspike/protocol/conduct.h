/*
 * conduct.h - who may enter and where, what is measured on them, what is watched: sites,
 * randomisation, eligibility, measurable disease, the sites' test names, safety, quality of life.
 */
#ifndef MSPIKE_PROTOCOL_CONDUCT_H
#define MSPIKE_PROTOCOL_CONDUCT_H

#include "mspike/protocol/data.h"

MSP_BEGIN

typedef struct msp_site {
    msp_place at;
    const char *id;
    msp_said_text name, country;
} msp_site;

typedef struct msp_sites {
    msp_place at;
    msp_said_count centres, country_count;
    msp_said_texts countries, regions;
    MSP_SAID_LIST(msp_site) list;
} msp_sites;

#define MSP_RANDOMISATION_LIST(X)         \
    X(PERMUTED_BLOCKS, "permuted-blocks") \
    X(SIMPLE, "simple")                   \
    X(BIG_STICK, "big-stick")             \
    X(BIASED_COIN, "biased-coin")         \
    X(URN, "urn")                         \
    X(MAXIMAL, "maximal")                 \
    X(MINIMISATION, "minimisation")
typedef enum msp_randomisation_method {
#define MSP_AS_ENUM(name, text) MSP_RANDOMISATION_##name,
    MSP_RANDOMISATION_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_randomisation_method;

typedef struct msp_randomisation {
    msp_place at;
    msp_said_choice method; /* msp_randomisation_method */
    msp_said_counts blocks; /* their sizes */
    msp_said_flag by_site;
} msp_randomisation;

/* A condition that a patient has to meet, or must not. Bounds that were not said do not bind; one
 * with only a text is for people to judge. */
typedef struct msp_criterion {
    msp_place at;
    const char *id;
    msp_said_text text;
    msp_said_text measure; /* a measurement, or one of the built-in ones such as age */
    msp_said_number at_least, above, below, at_most;
    msp_said_text unit;
    msp_said_texts is; /* one of these values */
} msp_criterion;

typedef struct msp_eligibility {
    msp_place at;
    MSP_SAID_LIST(msp_criterion) inclusion, exclusion;
} msp_eligibility;

#define MSP_ISOTYPE_LIST(X) \
    X(IGG, "IgG")           \
    X(IGA, "IgA")           \
    X(IGD, "IgD")           \
    X(IGE, "IgE")           \
    X(IGM, "IgM")
typedef enum msp_isotype {
#define MSP_AS_ENUM(name, text) MSP_ISOTYPE_##name,
    MSP_ISOTYPE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_isotype;

typedef struct msp_serum_limit {
    msp_place at;
    msp_said_quantity at_least; /* g/dL or g/L: index 0 or 1 */
    msp_said_choices isotypes;  /* msp_isotype; empty: any */
} msp_serum_limit;

/* Disease counts as measurable when one of the markers said here reaches its limit; a marker that
 * is not said does not make disease measurable in this trial. */
typedef struct msp_measurability {
    msp_place at;
    MSP_SAID_LIST(msp_serum_limit) serum;
    msp_said_quantity urine;            /* mg/24h */
    msp_said_quantity flc;              /* involved chain, mg/L or mg/dL, with an abnormal ratio */
    msp_said_quantity quantitative_iga; /* g/dL or g/L, where electrophoresis cannot be relied on */
    msp_said_quantity marrow;           /* % plasma cells */
    msp_said_quantity within;           /* before randomisation, or the first dose */
} msp_measurability;

/* Where the tables hold a measurement, and what the sites call its units. */
typedef struct msp_unit_name {
    msp_place at;
    const char *id; /* as the tables write it */
    msp_said_text unit;
} msp_unit_name;

typedef struct msp_measurement {
    msp_place at;
    const char *id; /* "serum-m-protein" */
    msp_said_text table;
    msp_conditions where; /* LBTESTCD: [MPROT, SPEP], LBSPEC: SERUM */
    msp_said_text value, unit_column, date;
    msp_said_text unit; /* where no column says it */
    MSP_SAID_LIST(msp_unit_name) units;
} msp_measurement;

/* Where CM, PR and EX say what was given before the trial. Of each list of columns (or qualifiers
 * of SUPP--) the first that a table has is read; an empty one: the usual names. */
typedef struct msp_previous_therapy {
    msp_place at;
    msp_said_texts categories; /* what --CAT or --SCAT contains; empty: the usual words */
    msp_said_texts course;     /* rows that agree in it are one course */
    msp_said_texts response, progression, reason, cycles, planned;
} msp_previous_therapy;

/* The measurements that rooms above know by name; NULL-ended. */
extern const char *const msp_measurement_names[];

typedef struct msp_safety {
    msp_place at;
    msp_said_choice ctcae;    /* index into 3, 4, 5, 6 */
    msp_said_quantity window; /* after the last dose, in days */
    msp_said_flag stop_at_new_therapy;
    msp_said_text population;
    msp_said_text dictionary; /* "MedDRA 24.0" */
    msp_said_texts interest;  /* adverse events of special interest */
} msp_safety;

typedef struct msp_questionnaire_visit {
    msp_place at;
    msp_said_ranges cycles;
    msp_said_count day;
    msp_said_text phase;
} msp_questionnaire_visit;

typedef struct msp_instrument {
    msp_place at;
    const char *id; /* "QLQ-C30" */
    msp_said_text version;
    msp_said_flag baseline;
    MSP_SAID_LIST(msp_questionnaire_visit) schedule;
    msp_said_texts scales;
    msp_said_number mid;           /* points that matter between arms */
    msp_said_number deterioration; /* points that count as worse */
} msp_instrument;

MSP_END
#endif
