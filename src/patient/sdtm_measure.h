/* sdtm_measure.h - a table of measurements while it is read. */
#ifndef MSPIKE_PATIENT_SDTM_MEASURE_H
#define MSPIKE_PATIENT_SDTM_MEASURE_H

#include "sdtm.h"

/* A column that conditions look at: per text of it, the rules (a bit each) that it lets pass. */
typedef struct filter {
    const char *name;
    const msp_column *column; /* NULL: not there, as if every cell were empty */
    uint64_t *pass;           /* of a column that is there */
    uint64_t pass_empty;
} filter;

typedef struct reader {
    sdtm_table t;
    const map_rule *rules[MAP_RULES_MAX];
    uint64_t usable;                    /* those whose columns are there */
    uint64_t same_value[MAP_RULES_MAX]; /* which rules look at the column of values of each */
    const msp_column *value[MAP_RULES_MAX], *unit[MAP_RULES_MAX], *date[MAP_RULES_MAX];
    size_t n_rules;
    filter *filters;
    size_t n_filters;
    const msp_column *visit, *status, *spurious, *code, *test, *specimen;
    msp_day *isotype_day; /* per patient: of the isotype kept */
    bool *proposed;       /* per text of `code` */
} reader;

/* sdtm_value.c: the value that rule `index` takes from a row, to the samples. False when memory is
 * out. */
bool sdtm_read_value(reader *r, size_t row, const map_rule *rule, size_t index);
/* Says of a row (of a reader, `context`) that its concentration has no volume. */
void sdtm_refuse_concentration(void *context, size_t row);

#endif
