/*
 * data.h - where the patients' tables hold what an analysis asks for: subjects, populations,
 * strata, subgroups, the variables of the baseline and disposition tables.
 */
#ifndef MSPIKE_PROTOCOL_DATA_H
#define MSPIKE_PROTOCOL_DATA_H

#include "mspike/form/said.h"

MSP_BEGIN

/* COLUMN: value or list of values; a row counts where the column holds one of them. */
typedef struct msp_condition {
    msp_place at;
    const char *column;
    msp_said_texts values;
} msp_condition;
typedef MSP_SAID_LIST(msp_condition) msp_conditions; /* all of them have to hold */

/* The table with one row a patient. */
typedef struct msp_subjects {
    msp_place at;
    msp_said_text table; /* ADSL */
    msp_said_text id;    /* USUBJID, here and in every other table */
    msp_said_text arm;   /* the column of the planned arm */
} msp_subjects;

/* Rows of an SDTM table that report an event. */
typedef struct msp_event_rows {
    msp_place at;
    msp_said_text table;
    msp_conditions where;
    msp_said_text date; /* the column of its day */
} msp_event_rows;

typedef struct msp_data {
    msp_place at;
    msp_subjects subjects;
    msp_event_rows deterioration; /* line 0: CE and DS tell it */
    msp_said_text visits; /* a table of visits with laboratory values (patient/tidy.h); or NULL */
    msp_said_text cutoff; /* which of the trial's cut-offs the tables were cut at; or NULL */
} msp_data;

typedef struct msp_population {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_text definition; /* in words */
    msp_said_text table;      /* that its columns stand in; NULL: that of the subjects */
    msp_conditions where;     /* empty: every patient */
    msp_said_text arm;        /* column of the arm to analyse by; NULL: that of the subjects */
} msp_population;

/* A factor of the randomisation. */
typedef struct msp_stratum {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_text column; /* NULL: the trial's data are not here yet */
    msp_said_texts levels;
} msp_stratum;

typedef struct msp_subgroup {
    msp_place at;
    const char *id;
    msp_said_text label;
    msp_said_text column;
    msp_said_texts levels; /* in the order to show; empty: as the data have them */
    msp_said_numbers cuts; /* of a numeric column, increasing: 65, 75 give <65, 65 to <75, >=75 */
} msp_subgroup;

#define MSP_VARIABLE_LIST(X)    \
    X(AUTO, "auto")             \
    X(CONTINUOUS, "continuous") \
    X(CATEGORICAL, "categorical")
typedef enum msp_variable_kind { /* AUTO: by the column's type */
#define MSP_AS_ENUM(name, text) MSP_VARIABLE_##name,
                                 MSP_VARIABLE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_variable_kind;

/* A column to be summarised. */
typedef struct msp_variable {
    msp_place at;
    msp_said_text column, label, unit;
    msp_said_choice kind;
    msp_said_texts levels;   /* in the order to show; empty: as the data have them */
    msp_said_count decimals; /* of its numbers; not said: as many as the values have */
} msp_variable;

/* A table of summaries: baseline characteristics, disposition. */
typedef struct msp_summary {
    msp_place at;
    msp_said_text title, number; /* of the table */
    msp_said_text population;    /* NULL: every patient */
    MSP_SAID_LIST(msp_variable) variables;
} msp_summary;

MSP_END
#endif
