/*
 * mapping.h - which rows of SDTM tables are which measurement.
 *
 * A rule names a table, the values that some of its columns have in such rows, and the columns of
 * value, unit and date. Of the rules that a row meets, the first one for each column of values
 * takes that column: a row may hold LDH in LBORRES and its upper limit in LBORNRHI.
 */
#ifndef MSPIKE_PATIENT_MAPPING_H
#define MSPIKE_PATIENT_MAPPING_H

#include "mspike/patient/measurement.h"
#include "mspike/protocol/protocol.h"

/* A column and what it may hold; "" among the values: the cell may be empty, or the column not
 * there. Letters' case does not matter. */
typedef struct map_condition {
    const char *column;
    const char **values;
    size_t n;
} map_condition;

#define MAP_CONDITIONS_MAX 8
typedef struct map_rule {
    msp_marker marker;
    bool total_calcium; /* to be corrected for albumin */
    const char *table;
    map_condition where[MAP_CONDITIONS_MAX];
    size_t n_where;
    const char *value, *unit_column, *date;
    const char *unit;            /* where no column says it; or NULL */
    const msp_measurement *said; /* by the protocol; or NULL */
} map_rule;

/* The share of cells that a lesion is found in, where it is counted; else MSP_MARKER_COUNT. */
msp_marker map_cells_of(msp_marker lesion);

#define MAP_RULES_MAX 64 /* of one table: a bit each */
typedef struct map_rules {
    map_rule *items;
    size_t n;
} map_rules;

/* The protocol's rules, and for each measurement that it does not say (or where it is NULL) the
 * usual ones. Lives in `arena`. MSP_EMEM; MSP_EINPUT at a measurement with too many conditions. */
msp_status map_rules_make(const msp_protocol *protocol, msp_arena *arena, map_rules *out,
                          msp_error *err);

/* What a test that no rule takes looks like, from its code, its name and its specimen; or NULL. */
const msp_marker_info *map_guess(const char *code, const char *name, const char *specimen);

#endif
