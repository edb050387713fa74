/*
 * readers.h - records of several readers of one time (SDTM --EVALID), and the one that was accepted
 * (--ACPTFL).
 *
 * Where a record of a subject and a time is accepted, those count alone. Where none is, and several
 * readers read, those of the first reader in byte order do. A record that was not accepted (N)
 * never counts.
 */
#ifndef MSPIKE_PATIENT_READERS_H
#define MSPIKE_PATIENT_READERS_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* One record of one evaluator; texts are "" where the table says nothing. */
typedef struct msp_reader_row {
    const char *subject, *time; /* any texts that tell them apart: VISITNUM, else the date */
    const char *reader, *accepted;
    size_t row;
    bool left_out; /* the answer */
} msp_reader_row;

/* Sorts `all` by subject, time and row, and says what counts. `several`, which may be NULL, is told
 * once a subject of the first record of a second reader where nothing says whose counts, and whose
 * are taken. */
void msp_readers_choose(msp_reader_row *all, size_t n,
                        void (*several)(void *context, const msp_reader_row *second,
                                        const char *taken),
                        void *context);

/* Whether an evaluator (--EVAL) is not of the site: "INDEPENDENT ASSESSOR", "INDEPENDENT REVIEW
 * COMMITTEE", "IRC", "ADJUDICATION COMMITTEE". */
bool msp_evaluator_is_independent(const char *evaluator);

MSP_END
#endif
