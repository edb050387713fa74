/*
 * study_internal.h - what the files of a study share: its tables, its patients, its records.
 *
 * study_tables.c reads the tables and brings every column to one value a patient;
 * study_groups.c divides them; study_summary.c counts; study_survival.c (with tte.h) and
 * study_rates.c and study_means.c analyse;
 * study.c walks the protocol.
 */
#ifndef MSPIKE_STUDY_INTERNAL_H
#define MSPIKE_STUDY_INTERNAL_H

#include "mspike/analysis/study.h"
#include "mspike/analysis/survival.h"
#include "mspike/endpoint/adam.h"
#include "mspike/endpoint/adverse.h"
#include "mspike/table.h"

#define NO_ROW UINT32_MAX

/* A table of the study, with the columns that the protocol asks of it. */
struct study_table {
    const char *name;
    msp_read_column *columns;
    size_t n_columns, cap_columns;
    msp_table table;
    uint32_t *patient; /* of each row; NO_ROW where the subjects' table has no such patient */
    uint32_t *row;     /* of each patient: the first; NO_ROW where there is none */
};

struct study {
    const msp_protocol *protocol;
    msp_protocol asking; /* where tables are made: the same, with where they hold each endpoint */
    const char *folder;
    const msp_study_options *options;
    msp_results *results;
    msp_findings *findings;
    struct study_table *tables;
    size_t n_tables, cap_tables;
    struct study_table *subjects;
    bool from_labs;        /* ADSL, ADRS and ADTTE are made of laboratory values */
    msp_assessor assessor; /* then whose assessment is the trial's, and has no letter */
    msp_adam adam;         /* what of them no study_table has taken yet */
    msp_table scores;      /* the same of ADQS, made of the answers in QS */
    msp_patients patients; /* of laboratory values: what safety is counted in */
    bool counts_events;    /* adverse events were counted */
    size_t n_patients;
    msp_arena arena;
};

/* Makes the tables that are made of laboratory values. */
msp_status study_make_tables(struct study *study, msp_error *err);
/* Those that were made and no study_table has taken yet; returns how many. */
#define STUDY_MADE 4
size_t study_made_tables(struct study *study, msp_table *made[STUDY_MADE]);
/* Collects the columns that the protocol asks for, reads or makes the tables, and finds the
 * patients. */
msp_status study_read(struct study *study, msp_error *err);
void study_free(struct study *study);
struct study_table *study_find_table(const struct study *study, const char *name);

/* study_asked.c: where the tables that are made hold the endpoints that name none. MSP_EINPUT of an
 * endpoint whose code another one has. */
msp_status study_ask(struct study *study, msp_error *err);
/* study_assessor.c: whose assessment the tables are made of; a warning where the protocol names
 * another. */
void study_choose_assessor(struct study *study, const msp_patients *patients,
                           const msp_reports *reports);
/* study_labs.c: makes the analysis tables of the folder's laboratory values, and records the files
 * these stand in. */
msp_status study_derive(struct study *study, msp_error *err);
/* study_scores.c: makes ADQS of the folder's QS, where an endpoint asks for it and there is none.
 */
msp_status study_score(struct study *study, msp_error *err);
/* Whether `table` is one of those, which it then takes. MSP_EINPUT where it lacks a column. */
bool study_take_derived(struct study *study, struct study_table *table, msp_status *rc,
                        msp_error *err);
/* Records a file with its rows and its hash. */
msp_status study_add_source(struct study *study, const char *path, size_t rows, msp_error *err);
/* The same of each file that a domain was read from. */
msp_status study_add_domain(struct study *study, const msp_table *table, msp_error *err);

/* 1 for the patients of a population (NULL: all of them); in the study's arena. */
msp_status study_population(struct study *study, const msp_population *population, uint8_t **out,
                            msp_error *err);
/* 1 where a row of the table meets every condition. */
void study_rows_where(const struct study_table *table, const msp_conditions *where, uint8_t *rows);

/* A value a patient, from the patient's first row. */
msp_status study_numbers(struct study *study, const struct study_table *table, const char *column,
                         double **out, msp_error *err);
/* A level a patient; `levels` empty: as the data have them. */
msp_status study_factor(struct study *study, const struct study_table *table, const char *column,
                        const msp_said_texts *levels, msp_factor *out, msp_error *err);
/* The arms in the order of the protocol, named by their ids. */
msp_status study_arms(struct study *study, const msp_population *population, msp_factor *out,
                      msp_error *err);

/* The combinations of the planned strata that occur; their names, "lines, stage". */
msp_status study_strata(struct study *study, const msp_said_texts *names, msp_factor *out,
                        msp_error *err);
const char *study_strata_names(struct study *study, const msp_said_texts *strata);
/* A subgroup's level a patient. */
msp_status study_subgroup(struct study *study, const msp_subgroup *g, msp_factor *out,
                          msp_error *err);

/* Where the answer goes: counts, one record after the other. */
msp_status study_add(struct study *study, const msp_record *record, msp_error *err);
msp_status study_summary(struct study *study, const msp_summary *summary, const char *id,
                         msp_error *err);
/* study_exposure.c: what the patients were given, where doses are known. */
msp_status study_exposure(struct study *study, msp_error *err);
msp_status study_survival(struct study *study, const msp_analysis *analysis,
                          const msp_endpoint *endpoint, msp_error *err);
msp_status study_multiplicity(struct study *study, msp_error *err);
msp_status study_rates(struct study *study, const msp_analysis *analysis,
                       const msp_endpoint *endpoint, msp_error *err);
/* study_safety.c: adverse events and laboratory grades by arm, where the folder has them. */
msp_status study_safety(struct study *study, msp_error *err);
/* study_adae.c: whether there is a table ADAE; its treatment-emergent events of patients with an
 * arm, told to `use`. */
bool study_has_adae(const struct study *study);
msp_status study_count_adae(struct study *study, const uint32_t *arm,
                            msp_status (*use)(void *context, const msp_adverse_counted *counted,
                                              msp_error *err),
                            void *context, msp_error *err);
msp_status study_means(struct study *study, const msp_analysis *analysis,
                       const msp_endpoint *endpoint, msp_error *err);

#endif
