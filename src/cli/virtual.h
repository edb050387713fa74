/* virtual.h - what the command simulate does with patients who have laboratory values. */
#ifndef MSPIKE_CLI_VIRTUAL_H
#define MSPIKE_CLI_VIRTUAL_H

#include "cli.h"

/* What the command line says of them. */
typedef struct virtual_values {
    const char *patients; /* the folder to make; NULL */
    int table_format;     /* of virtual_table_formats */
    bool calibrate;
    uint64_t crowd; /* patients an arm that are followed for it */
    bool measurement;
} virtual_values;

extern const char *const virtual_table_formats[]; /* xpt csv json */

#define VIRTUAL_GROUP "Virtual patients"
/* Rows of an option table; `type` has the virtual_values as its member `virtual`. */
#define VIRTUAL_OPTION_PATIENTS(type)                                                        \
    {                                                                                        \
        "patients", 0, MSP_OPTION_TEXT, offsetof(type, virtual.patients), "DIR",             \
            "instead, write one virtual trial, patient by patient, as SDTM tables into DIR", \
            VIRTUAL_GROUP, NULL, 0, 0                                                        \
    }
#define VIRTUAL_OPTION_TABLE_FORMAT(type)                                                 \
    {                                                                                     \
        "table-format", 0, MSP_OPTION_CHOICE, offsetof(type, virtual.table_format), NULL, \
            "of those tables [xpt]", VIRTUAL_GROUP, virtual_table_formats, 0, 0           \
    }
#define VIRTUAL_OPTION_CALIBRATE(type)                                                            \
    {                                                                                             \
        "calibrate", 0, MSP_OPTION_FLAG, offsetof(type, virtual.calibrate), NULL,                 \
            "instead, find the virtual patients that give the targets of the protocol's virtual " \
            "block",                                                                              \
            VIRTUAL_GROUP, NULL, 0, 0                                                             \
    }
#define VIRTUAL_OPTION_CROWD(type)                                                               \
    {                                                                                            \
        "crowd", 0, MSP_OPTION_COUNT, offsetof(type, virtual.crowd), "N",                        \
            "patients of each arm that are followed for that [20000]", VIRTUAL_GROUP, NULL, 100, \
            1e7                                                                                  \
    }
#define VIRTUAL_OPTION_MEASUREMENT(type)                                                      \
    {                                                                                         \
        "measurement", 0, MSP_OPTION_FLAG, offsetof(type, virtual.measurement), NULL,         \
            "instead, what measuring costs: intervals of visits, missed visits and samples, " \
            "rules of confirmation, in bias, power and delay [1000 trials]",                  \
            VIRTUAL_GROUP, NULL, 0, 0                                                         \
    }
#define VIRTUAL_OPTIONS(type)                                         \
    VIRTUAL_OPTION_PATIENTS(type), VIRTUAL_OPTION_TABLE_FORMAT(type), \
        VIRTUAL_OPTION_CALIBRATE(type), VIRTUAL_OPTION_CROWD(type),   \
        VIRTUAL_OPTION_MEASUREMENT(type)

static inline bool virtual_asked(const virtual_values *v)
{
    return v->patients != NULL || v->calibrate || v->measurement;
}

/* Does what was asked with the protocol at `path`; the exit code. `trials` 0: as many as that takes
 * by itself. */
int virtual_run(const virtual_values *v, const cli_common *common, uint64_t trials,
                const char *path);

/* One virtual trial as SDTM tables in a folder. */
int virtual_write_patients(const virtual_values *v, const cli_common *common, const char *path);
/* The protocol's targets beside what its virtual patients give, before and after a search for the
 * parameters that give the targets. */
int virtual_calibrate(const virtual_values *v, const cli_common *common, const char *path);

/* The same trials as they are and as they are seen, by several ways of measuring. */
int virtual_measurement(const cli_common *common, uint64_t trials, const char *path);

#endif
