/*
 * tidy.h - what the files of the reader of visits share.
 */
#ifndef MSPIKE_PATIENT_TIDY_INTERNAL_H
#define MSPIKE_PATIENT_TIDY_INTERNAL_H

#include "doubt.h"
#include "mspike/base/text.h"
#include "mspike/patient/tidy.h"

/* What is said of a visit or a patient, beside measurements. */
#define FIELD_LIST(X)                                         \
    X(DATE, "visit_date", "")                                 \
    X(VISIT, "visit_no", "")                                  \
    X(SPURIOUS, "spurious", "")                               \
    X(STARTED, "new_therapy_started", "")                     \
    X(ARM, "arm", "")                                         \
    X(AGE, "age", "")                                         \
    X(SEX, "sex", "")                                         \
    X(ISOTYPE, "isotype", "")                                 \
    X(CONFIG, "config", "")                                   \
    X(FIRST_DOSE, "first_dose_date", "")                      \
    X(RANDOMISED, "randomisation_date", "randomization_date") \
    X(THERAPY, "new_therapy_date", "")                        \
    X(TRANSPLANT, "transplant_date", "")                      \
    X(CROSSOVER, "crossover_date", "")                        \
    X(LAST_DOSE, "last_dose_date", "")                        \
    X(CONSENT, "consent_date", "")                            \
    X(STOPPED, "treatment_stopped_date", "")                  \
    X(CLINICAL, "clinical_progression_date", "")              \
    X(LOST, "lost_date", "")                                  \
    X(CONTACT, "last_contact_date", "")                       \
    X(SECOND, "second_progression_date", "")                  \
    X(THIRD, "third_line_date", "")                           \
    X(ADVERSE, "adverse_event_date", "")                      \
    X(DETERIORATED, "deterioration_date", "")                 \
    X(DEATH, "death_date", "")                                \
    X(DEATH_PD, "death_due_to_pd", "")                        \
    X(DIED, "died", "")
enum {
#define AS_ENUM(code, name, other) FIELD_##code,
    FIELD_LIST(AS_ENUM)
#undef AS_ENUM
        FIELD_COUNT
};

#define TIDY_OTHER_UNITS 6 /* columns in another unit than the marker's own */

/* A column of measurements; `read` holds what each of its texts means, once. */
typedef struct value_column {
    const msp_column *column;
    const char *unit; /* NULL: the marker's own */
    msp_lab_result *read;
    uint8_t *doubt; /* per text: a doubt */
    bool bands;     /* immunofixations, of which some name the band */
    uint8_t marker;
} value_column;

#define VALUE_COLUMNS_MAX (MSP_MARKER_COUNT + TIDY_OTHER_UNITS)

typedef struct tidy {
    const char *band; /* of one patient: what his first positive immunofixation names; NULL */
    const msp_table *table;
    msp_day cutoff;   /* what is later is not read; MSP_NO_DAY: none */
    msp_day lived_to; /* the last day of the patient being built that is later; MSP_NO_DAY */
    bool name_patients;
    msp_findings *findings;
    size_t n_findings;
    const msp_column *id, *field[FIELD_COUNT];
    value_column values[VALUE_COLUMNS_MAX];
    size_t n_values;
    size_t *rows; /* by patient, then as they stand */
    msp_patients *out;
    /* of the patient being built */
    struct visit *visits;
    size_t n_visits;
    msp_measured *measured;
    size_t n_measured, cap_measured;
    msp_arena scratch;
} tidy;

typedef struct visit {
    msp_day day;
    size_t row;
} visit;

/* -- tidy.c -- */

void tidy_note(tidy *t, msp_severity severity, const char *id, size_t row, const msp_column *column,
               const char *hint, const char *text);
/* The text of a cell; a number as its shortest decimal. */
const char *tidy_cell(const msp_column *column, size_t row, char buffer[MSP_DOUBLE_MAX]);
/* NULL for a column that is not of this form. */
const char *tidy_known_name(const char *name);
msp_status tidy_need(const msp_table *table, const char *name, const msp_column **out,
                     msp_error *err);
/* A date: text as ISO 8601, a number as SAS counts days. */
bool tidy_date(const msp_column *column, size_t row, msp_date *out);

/* -- tidy_facts.c -- */

/* Whether a cell says 1 or yes. */
bool tidy_is_one(const tidy *t, int field, size_t row);
/* What the rows of a patient say of him; false when memory is out. */
bool tidy_facts(tidy *t, msp_patient *p, const size_t *rows, size_t n);
/* The last day of the baseline. */
msp_day tidy_baseline(const tidy *t, const msp_patient *p);

#endif
