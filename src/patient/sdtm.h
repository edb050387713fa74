/*
 * sdtm.h - what the files of the SDTM reader share: tables whose rows belong to patients, and the
 * samples found in them.
 */
#ifndef MSPIKE_PATIENT_SDTM_INTERNAL_H
#define MSPIKE_PATIENT_SDTM_INTERNAL_H

#include "courses.h"
#include "mapping.h"
#include "mspike/patient/domain.h"
#include "mspike/patient/readers.h"
#include "mspike/patient/sdtm.h"
#include "mspike/patient/supp.h"
#include "mspike/table/read.h"

#define SDTM_NO_VISIT   (-1e300)
#define SDTM_NO_PATIENT UINT32_MAX

/* One measurement before its assessment is known. */
typedef struct sdtm_sample {
    msp_measured m;
    uint32_t patient;
    bool total_calcium;
    bool concentration; /* of urine M-protein, in g/dL */
    double visit;       /* VISITNUM; SDTM_NO_VISIT */
} sdtm_sample;

/* What tells of a crossover, the best first: a dose, another therapy, the disposition. */
typedef enum sdtm_crossing { CROSSED_EX, CROSSED_CM, CROSSED_DS, CROSSINGS } sdtm_crossing;

typedef struct sdtm_crossed {
    msp_day day[CROSSINGS];
    uint32_t seq[CROSSINGS];
} sdtm_crossed;

/* A text that was read as a date: rows that follow often have the same one. */
typedef struct sdtm_read_date {
    const char *text; /* of the table's dictionary */
    msp_date date;
    bool good;
} sdtm_read_date;
#define SDTM_DATES_KEPT 8

/* A table, all of its columns text, that may not be there. */
typedef struct sdtm_table {
    struct sdtm *s;
    msp_table table;
    const char *name; /* "LB" */
    const char *path;
    const msp_column *id;        /* USUBJID */
    const uint32_t *patient;     /* per text of `id`: index of the patient, SDTM_NO_PATIENT */
    const msp_column *evaluator; /* --EVAL; NULL: one reader */
    uint8_t *left_out;           /* per patient: evaluators that are not taken */
    bool *row_left_out;          /* per row: of a reader who is not taken; NULL: none is */
    sdtm_read_date dates[SDTM_DATES_KEPT];
    size_t n_findings;
    uint8_t source; /* index of its first file among the patients' sources */
    bool there;
} sdtm_table;

/* What shows that a patient lived on a day. */
typedef enum sdtm_sign {
    SDTM_MEASURED,
    SDTM_DOSED,
    SDTM_TREATED, /* by the next therapy */
    SDTM_CALLED,  /* alive, as SS says */
    SDTM_WRITTEN, /* in DS */
    SDTM_SIGNS,
} sdtm_sign;

typedef struct sdtm_life {
    size_t row;               /* of DM */
    bool died;                /* with or without a date */
    msp_date death;           /* whatever is known of it */
    msp_day last[SDTM_SIGNS]; /* of each, after the cut-off too; MSP_NO_DAY */
} sdtm_life;

typedef struct sdtm {
    sdtm_table dm;         /* open until all is read */
    sdtm_life *life;       /* of each patient; NULL where nobody asks */
    sdtm_crossed *crossed; /* of each patient; NULL where the protocol has no crossover */
    const char **cross_drugs;
    size_t n_cross_drugs;
    msp_disposition *disposition; /* of each patient */
    msp_day cutoff;               /* what is later is not read; MSP_NO_DAY: none */
    const char *folder;
    msp_sdtm_options options;
    msp_patients *out;
    msp_findings *findings;
    sdtm_sample *samples;
    size_t n_samples, cap_samples;
    msp_arena scratch;
} sdtm;

/* Reads those of the columns that the table has ("USUBJID" always), or that its SUPP-- has as
 * qualifiers. Before DM is read the patients of other tables are not known: `know` says whether to
 * look them up. */
msp_status sdtm_open(sdtm *s, const char *name, const char *const *columns, size_t n, bool know,
                     sdtm_table *out, msp_error *err);
/* Which patient each text of USUBJID is; ids that DM does not have are said. */
msp_status sdtm_know_patients(sdtm_table *t, msp_error *err);
/* Says how many findings were left out, gives the table back and returns `rc`; the file that *err
 * names then lives as long as the findings do. */
msp_status sdtm_close(sdtm_table *t, msp_status rc, msp_error *err);

/* The text of a cell; "" where there is no such column. */
const char *sdtm_cell(const msp_column *column, size_t row);
/* The patient of a row, or SDTM_NO_PATIENT. */
uint32_t sdtm_patient(const sdtm_table *t, size_t row);
/* A finding at a cell; `column` may be NULL. */
void sdtm_note(sdtm_table *t, msp_severity severity, const char *id, size_t row,
               const msp_column *column, const char *hint, const char *fmt, ...) MSP_PRINTF(7, 8);
/* The date of a cell as msp_date_parse reads it; false where it is none. */
bool sdtm_date(sdtm_table *t, const msp_column *column, size_t row, msp_date *out);
/* The day of a cell. A partial date is its earliest day where `partial` allows it, else a finding
 * and no day. */
msp_day sdtm_day(sdtm_table *t, const msp_column *column, size_t row, bool partial);
/* The day of a cell of a row that stays, whatever its date; `otherwise` says what is done without.
 */
msp_day sdtm_whole_day(sdtm_table *t, const msp_column *column, size_t row, const char *otherwise);

/* The earlier, and the later one, of a day and another that may be none. */
void sdtm_earlier(msp_day *day, msp_day other);
void sdtm_later(msp_day *day, msp_day other);

/* sdtm_life.c: a life for each patient; false when memory is out. */
bool sdtm_lives(sdtm *s);
/* The patient of the row lived on the day of the cell, where it is one. */
void sdtm_alive(sdtm_table *t, sdtm_sign sign, const msp_column *column, size_t row);
/* He died, if it is `sure` or the cell has a date. The most exact date counts, DM's first. */
void sdtm_dead(sdtm_table *t, const msp_column *column, size_t row, bool sure);
/* Deaths to the cut-off, and who lived on it, once all tables have been read. */
void sdtm_settle_lives(sdtm *s);

/* Adds a sample; false when memory is out. */
bool sdtm_keep(sdtm *s, sdtm_sample sample);

/* What was given to whom: a row of CM, PR or EX of another time than the trial's. */
typedef struct sdtm_given {
    uint32_t patient;
    courses_row row;
} sdtm_given;

typedef struct sdtm_givens {
    sdtm_given *items;
    size_t n, cap;
} sdtm_givens;

/* A row of EX that is a dose of the trial. */
typedef struct sdtm_dose {
    uint32_t patient;
    msp_given given;
} sdtm_dose;

#define SDTM_UNKNOWN_MAX  16
#define SDTM_DOSE_COLUMNS 10
#define SDTM_DRUGS_KEPT   8

typedef struct sdtm_doses {
    sdtm_dose *items;
    size_t n, cap;
    const char *unknown[SDTM_UNKNOWN_MAX]; /* drugs that the protocol has not: said once */
    size_t n_unknown;
    const msp_column *column[SDTM_DOSE_COLUMNS];
    const char *text[SDTM_DRUGS_KEPT], *other[SDTM_DRUGS_KEPT]; /* of cells that were looked up */
    const char *drug[SDTM_DRUGS_KEPT];
    size_t n_kept;
    bool found; /* the columns: once the first row is read */
} sdtm_doses;

/* sdtm_doses.c: columns of EX that its doses need beside those of any therapy; ends with NULL. */
extern const char *const sdtm_dose_names[];
/* A row of EX from `start` to `end`; kept where a protocol has regimens. False when memory is out.
 */
bool sdtm_keep_dose(sdtm_table *t, size_t row, msp_day start, msp_day end, sdtm_doses *d);
/* Gives each patient his doses, in the order of the rows. False when memory is out. */
bool sdtm_give_doses(sdtm *s, const sdtm_doses *doses);

/* sdtm_history.c: histories of these rows. Patients without a row had nothing before, where the
 * tables say of anyone what he had. False when memory is out. */
bool sdtm_histories(sdtm *s, const sdtm_givens *before, const sdtm_givens *after);
/* sdtm_therapy.c: what was given before, in and after the trial. */
msp_status sdtm_therapy(sdtm *s, msp_error *err);
/* sdtm_crossover.c: the drugs that tell a crossover, their names of the arena `scratch`; those of
 * the other regimen that the patients' own arm does not get. False when memory is out. */
bool sdtm_crossover_drugs(sdtm *s);
/* Whether a drug of this name, given to this patient, is one of them. */
bool sdtm_is_crossover(const sdtm *s, uint32_t patient, const char *drug);
/* The first of what tells it: a row of EX, CM or DS. */
void sdtm_cross(sdtm *s, uint32_t patient, sdtm_crossing how, msp_day day, uint32_t seq);
/* Who crossed over, by the best of what tells it, once all tables have been read; for those it is
 * the next therapy. False when memory is out. */
bool sdtm_crossovers(sdtm *s);
/* sdtm_deterioration.c: whether a term is one of a deterioration; the first of each patient. */
bool sdtm_is_deterioration(const char *term);
void sdtm_keep_deterioration(sdtm_table *t, size_t row, const char *date);
msp_status sdtm_deteriorations(sdtm *s, msp_error *err);
/* sdtm_adverse.c: adverse events; a folder without AE has none. */
msp_status sdtm_adverse(sdtm *s, msp_error *err);
/* sdtm_measure.c, sdtm_value.c: the samples of every table that has measurements; how many such
 * tables there were.
 */
msp_status sdtm_measure(sdtm *s, size_t *n_tables, msp_error *err);
/* sdtm_reader.c: of a table's evaluators (--EVAL) one is taken for a patient: the site, or the
 * independent one where the rule `assessor` asks for it; the other where only that one is there. Of
 * his readers (--EVALID) the accepted one is (readers.h). False when memory is out. */
bool sdtm_choose_reader(sdtm_table *t);
/* Whether a row is of a reader who is not taken. */
bool sdtm_is_left_out(const sdtm_table *t, size_t row);
/* sdtm_lesions.c: sums of plasmacytomas from a TR that measures each. */
msp_status sdtm_lesions(sdtm_table *t, msp_error *err);
/* sdtm_urine.c: concentrations among the samples from `first` on become amounts a day by the
 * volumes among them; `refused` is told the rows that have none, and they go. */
msp_status sdtm_urine(sdtm *s, size_t first, void (*refused)(void *, size_t row), void *context,
                      msp_error *err);
/* sdtm_clonal.c: counts of plasma cells by their chain become the clonality of their day, where it
 * was not reported. False when memory is out. */
bool sdtm_clonality(sdtm *s);
/* sdtm_assess.c: samples to assessments, into s->out. */
msp_status sdtm_assess(sdtm *s, msp_error *err);

#endif
