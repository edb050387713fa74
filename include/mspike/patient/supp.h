/*
 * supp.h - supplemental qualifiers: which rows of a domain each row of its SUPP-- belongs to.
 *
 * SDTM keeps what a domain has no variable for in SUPP--: RDOMAIN names the domain, IDVAR a column
 * of it and IDVARVAL that column's value in the row meant, of the same USUBJID; an empty IDVAR
 * means all rows of the subject. QNAM is the name of the qualifier, QVAL its value (SDTMIG 8.4).
 * Values of IDVAR are compared as numbers where both are ("12" is 12.0), else as texts without
 * blanks at the ends.
 */
#ifndef MSPIKE_PATIENT_SUPP_H
#define MSPIKE_PATIENT_SUPP_H

#include "mspike/table/table.h"

MSP_BEGIN

#define MSP_SUPP_FAULT_LIST(X)                                               \
    X(NONE, "")                                                              \
    X(DOMAIN, "RDOMAIN names another domain than the file does")             \
    X(VARIABLE, "IDVAR names a column that the domain does not have")        \
    X(ORPHAN, "no row of the domain has this IDVARVAL for this subject")     \
    X(REPEATED, "the same qualifier of the same row is there before, alike") \
    X(CONTRADICTION, "the same qualifier of the same row is there before, with another value")
typedef enum msp_supp_fault {
#define MSP_AS_ENUM(code, text) MSP_SUPP_##code,
    MSP_SUPP_FAULT_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_supp_fault;
const char *msp_supp_fault_text(msp_supp_fault fault);

/* Of one row of SUPP--: rows[first .. first + n) of the domain; none where there is a fault. */
typedef struct msp_supp_found {
    size_t first, n;
    msp_supp_fault fault;
} msp_supp_found;

typedef struct msp_supp_match {
    const size_t *rows;
    const msp_supp_found *found; /* one a row of SUPP-- */
} msp_supp_match;

/* `supp` has USUBJID, QNAM and QVAL, and as a rule RDOMAIN, IDVAR and IDVARVAL; `table` the columns
 * that IDVAR names, numbers or texts. The match lives in `arena`. MSP_EINPUT where a column is
 * missing, or QNAM or QVAL hold numbers (read them as texts); MSP_EMEM. */
msp_status msp_supp_find(const msp_table *table, const char *domain, const msp_table *supp,
                         msp_arena *arena, msp_supp_match *out, msp_error *err);

/* Each of `names` that `table` has no column of, but `supp` a QNAM, becomes a column of texts. */
msp_status msp_supp_join(msp_table *table, const msp_table *supp, const msp_supp_match *match,
                         const char *const *names, size_t n, msp_error *err);

MSP_END
#endif
