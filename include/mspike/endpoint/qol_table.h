/*
 * qol_table.h - answers to QLQ-C30 and QLQ-MY20 in a table, and the scores of each patient's
 * visits.
 *
 * The answers stand a row each, as in SDTM's QS, or a column each. An item is known by its code: a
 * prefix, then its number, the prefix saying which item 1 is ("EOR01" with 1: EOR0129 is item 29;
 * with 31: EOR0101 is item 31). A code of digits alone is the item's number.
 */
#ifndef MSPIKE_ENDPOINT_QOL_TABLE_H
#define MSPIKE_ENDPOINT_QOL_TABLE_H

#include "mspike/base/arena.h"
#include "mspike/endpoint/qol.h"
#include "mspike/table/table.h"

MSP_BEGIN

typedef struct msp_qol_prefix {
    const char *prefix;
    unsigned first; /* the item whose code is the prefix and 1; 1 to 50 */
} msp_qol_prefix;

/* CDISC's for QLQ-C30: EOR0101 to EOR0130. */
enum { MSP_QOL_N_CDISC = 1 };
extern const msp_qol_prefix msp_qol_cdisc[MSP_QOL_N_CDISC];

/* The item, 1 to 50, or 0 where the code is none. */
unsigned msp_qol_item(const char *code, const msp_qol_prefix *codes, size_t n_codes);

/* Columns of the table, texts but for the answers, `time` and `order`. */
typedef struct msp_qol_source {
    const char *subject, *visit;
    const char *item, *answer; /* a row an answer; NULL: a column an item, by its name */
    const char *time;          /* of the visit, NULL for none */
    const char *order;         /* a number by which visits are ordered; NULL: by their names */
    const char *baseline;      /* a visit; NULL: each patient's first */
    const msp_qol_prefix *codes;
    size_t n_codes;
} msp_qol_source;

typedef struct msp_qol_visit {
    const char *subject, *visit;
    size_t row;      /* its first */
    double time;     /* NaN where there is none */
    double order;    /* NaN without a column */
    size_t baseline; /* index of the patient's baseline visit; SIZE_MAX where there is none */
    uint8_t answers[MSP_QOL_ITEMS];
    msp_qol scores;
} msp_qol_visit;

typedef struct msp_qol_table {
    size_t n;
    msp_qol_visit *visits; /* by patient, texts in byte order, then by visit */
    size_t n_other;        /* rows, or columns, that are no item */
    size_t n_missing;      /* rows without patient, visit or answer */
    msp_arena arena;
} msp_qol_table; /* {0} is empty; texts are the table's */

/* MSP_EINPUT, at its place, for an answer that the item does not have, an item answered twice, a
 * column that is missing or no number; MSP_ENODATA without any item; MSP_EMEM. */
msp_status msp_qol_table_read(const msp_table *table, const msp_qol_source *source,
                              msp_qol_table *out, msp_error *err);
void msp_qol_table_free(msp_qol_table *scores);

/* What is written of the scores. */
typedef struct msp_qol_asked {
    bool scale[MSP_QOL_SCALES]; /* of these only those of which any item was answered */
    double mid;                 /* gain of a responder */
    double points;              /* loss of a deterioration */
    bool lasting;
    const char *const
        *carried; /* columns of the table read, as they stand at a visit's first row */
    size_t n_carried;
} msp_qol_asked;

/* ADQS, a row a patient, visit and scale: USUBJID, AVISIT, ADY (with a time), the columns carried,
 * PARAMCD, PARAM, AVAL, BASE, CHG, GAIN (CHG turned so that more is better), RESPONSE (1: a gain of
 * mid or more, 0: not, missing where a score is), ABLFL, ANSWERED, NEEDED. MSP_EINPUT, MSP_EMEM. */
msp_status msp_qol_write_scores(const msp_qol_table *scores, const msp_table *table,
                                const msp_qol_asked *asked, msp_table *out, msp_error *err);
/* ADTTE, a row a patient and scale: USUBJID, the columns carried, PARAMCD, PARAM, AVAL (the time as
 * it was read), CNSR (0: deteriorated), EVNTDESC. Visits without a time are passed over. MSP_EINPUT
 * for times that do not follow the visits. */
msp_status msp_qol_write_deterioration(const msp_qol_table *scores, const msp_table *table,
                                       const msp_qol_asked *asked, msp_table *out, msp_error *err);

MSP_END
#endif
