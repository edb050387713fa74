/*
 * patient.h - a patient: who, when, and everything that was measured, with its source.
 */
#ifndef MSPIKE_PATIENT_PATIENT_H
#define MSPIKE_PATIENT_PATIENT_H

#include <stdbool.h>

#include "mspike/base/arena.h"
#include "mspike/base/date.h"
#include "mspike/patient/given.h"
#include "mspike/patient/measurement.h"

MSP_BEGIN

/* Heavy chain of the M-protein. LIGHT: light chains alone. */
#define MSP_HEAVY_CHAIN_LIST(X) \
    X(UNKNOWN, "")              \
    X(IGG, "IgG")               \
    X(IGA, "IgA")               \
    X(IGD, "IgD")               \
    X(IGE, "IgE")               \
    X(IGM, "IgM")               \
    X(LIGHT, "LC")
typedef enum msp_heavy_chain {
#define MSP_AS_ENUM(code, name) MSP_HEAVY_##code,
    MSP_HEAVY_CHAIN_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_heavy_chain;

/* An adverse event as SDTM's AE reports it; texts are NULL where it says nothing. */
typedef struct msp_reported_event {
    const char *term, *organ_class; /* AEDECOD, else AETERM; AEBODSYS */
    msp_date start, end;            /* precision NONE: not said */
    int grade;                      /* AETOXGR; 0: not said */
    bool serious;                   /* AESER */
    bool related;                   /* AEREL; a missing answer counts as related */
    bool withdrawn;                 /* AEACN: a study drug was stopped for it */
    bool withdrawn_all;             /* AEACN, or each of AEACN1 to AEACN6 that applies */
    bool fatal;                     /* AEOUT, AESDTH or grade 5 */
    uint32_t seq;                   /* AESEQ, else the row from 1 */
} msp_reported_event;

/* What words of AEREL and AEACN mean: an answer that does not deny it is a relation, a missing one
 * too; a drug was stopped for good. */
bool msp_words_relate(const char *aerel);
bool msp_words_withdraw(const char *aeacn);

/* How a patient went through the trial, and on; days are MSP_NO_DAY where it did not happen, or is
 * not known. */
typedef struct msp_disposition {
    msp_day consent;
    msp_day stopped; /* the trial's treatment, for another reason than progression or death */
    msp_day treatment_ended;      /* for any reason */
    msp_day clinical_progression; /* claimed, without a documented one */
    msp_day lost;                 /* to follow-up, or consent withdrawn */
    msp_day last_contact;
    msp_day second_progression; /* on the next therapy */
    msp_day third_line;         /* start of the therapy after the next one */
    msp_day adverse_event;      /* that counts as an event, where a table of visits says so */
    msp_day deterioration;      /* the same; of SDTM from a row of a table */
    const char *deterioration_from, *deterioration_variable; /* "CE", "CESTDTC"; NULL: unknown */
    uint32_t deterioration_seq;                              /* --SEQ, else the row from 1 */
} msp_disposition;
msp_disposition msp_disposition_none(void);

/* A patient who went over to another arm's treatment (the protocol's `crossover:`). */
typedef struct msp_crossed {
    msp_day day;
    const char *from, *variable; /* "EX", "EXSTDTC"; NULL where unknown */
    uint32_t seq;                /* --SEQ, else the row from 1; 0 where unknown */
    msp_day next_therapy;        /* start of the anti-myeloma therapy after it; MSP_NO_DAY */
} msp_crossed;

/* An M-protein that was reported as below a limit, and so is 0 (rules 1.3): where, and the limit.
 */
typedef struct msp_below_limit {
    uint32_t row;
    uint8_t table, marker;
    msp_decimal value;
} msp_below_limit;

typedef struct msp_below_limits {
    msp_below_limit *items; /* once all are there, in order of table, row, marker */
    size_t n, cap;
} msp_below_limits;

/* Days are MSP_NO_DAY where unknown or not reached. */
typedef struct msp_patient {
    const char *id;
    msp_heavy_chain heavy;
    char light;                         /* 'k', 'l', or 0 where unknown */
    const char *arm, *actual_arm, *sex; /* NULL where unknown */
    int age;                            /* years; 0 where unknown */
    msp_day randomised, first_dose, last_dose;
    msp_day baseline;    /* the last day whose values can be baseline values */
    msp_day transplant;  /* of stem cells, in the trial: the first */
    msp_day new_therapy; /* start of the next anti-myeloma therapy; a crossover is one */
    const char *new_therapy_from, *new_therapy_variable; /* "CM", "CMSTDTC"; NULL where unknown */
    uint32_t new_therapy_seq;                            /* --SEQ, else the row from 1 */
    msp_day death;
    bool died; /* with or without a day */
    bool died_of_myeloma;
    const msp_day
        *visits; /* days of assessment, ascending, each once; those up to `baseline` too */
    size_t n_visits;
    const msp_measured *measured; /* of those days; by day of assessment, then marker */
    size_t n_measured;
    const msp_below_limits *limits; /* of everybody's M-proteins; NULL: none is told */
    const msp_measured *apart;      /* from MSP_MARKER_APART on: no part of an assessment; by day */
    size_t n_apart;
    const struct msp_history *history;    /* therapy before the trial; NULL: not known */
    const char *history_fault;            /* then why not */
    const struct msp_history *next_lines; /* therapy after the trial's; NULL: not known */
    const msp_disposition *disposition;   /* NULL: nothing of it is known */
    const msp_reported_event *events;     /* adverse; as AE has them */
    size_t n_events;
    const msp_given *given; /* doses, where a protocol has regimens; as EX has them */
    size_t n_given;
    const msp_crossed *crossed; /* NULL: stayed on the treatment of the arm */
    const char *switches;       /* "a=b;c=d" that the table sets for this patient alone; or NULL */
    uint32_t switches_line, switches_col; /* the cell that says so, in the first source */
} msp_patient;

/* A file that patients were read from. */
typedef struct msp_patient_source {
    const char *file;         /* as it was given */
    const char *name;         /* of the data set: "LB" */
    bool has_lines;           /* row i is line i + 2 of a CSV file without quoted line ends */
    const char *variable;     /* the column of its values, "LBORRES"; NULL where it has several */
    const uint32_t *sequence; /* --SEQ of each row; NULL where the table has none */
} msp_patient_source;

/* What points back to a row in analysis tables: --SEQ, else the row counted from 1. */
static inline uint32_t msp_patient_source_seq(const msp_patient_source *source, uint32_t row)
{
    return source->sequence != NULL ? source->sequence[row] : row + 1;
}

typedef struct msp_patients {
    msp_patient *patients; /* in byte order of their ids */
    size_t n;
    msp_patient_source *sources;
    size_t n_sources;
    msp_below_limits *limits; /* what each patient's point to; NULL: none */
    const char *study;        /* STUDYID; NULL where no table says it */
    bool says_adverse_events; /* a table says what happened to whom, though it may be nothing */
    bool says_deterioration;
    msp_arena arena; /* owns everything */
} msp_patients;      /* {0} is empty, and safe to free */

/* Notes the limit of a measurement; false when memory is out. */
bool msp_patients_add_limit(msp_patients *patients, const msp_measured *m, msp_decimal limit);
/* Gives everybody the limits, once all of them are there. */
void msp_patients_share_limits(msp_patients *patients);
/* NULL where the measurement was reported as below no number. */
const msp_decimal *msp_patient_limit(const msp_patient *patient, const msp_measured *m);

/* How the identifier of a study of simulated patients ends. */
#define MSP_SIMULATED "-SIMULATED"
/* Whether the study says so of itself. */
bool msp_patients_simulated(const msp_patients *patients);

/* By id; NULL where there is none. */
const msp_patient *msp_patients_find(const msp_patients *patients, const char *id);
void msp_patients_free(msp_patients *patients);

MSP_END
#endif
