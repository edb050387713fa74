/* dataset_json.h - what the reader and the writer of Dataset-JSON 1.1 share. */
#ifndef MSP_TABLE_DATASET_JSON_H
#define MSP_TABLE_DATASET_JSON_H

#include <string.h>

#include "internal.h"

/* What a column's values are in the rows (the specification's table of data types). */
typedef enum json_values {
    JSON_TEXT,
    JSON_NUMBER,
    JSON_DECIMAL, /* a number written as a string */
    JSON_BOOLEAN,
    JSON_DATE, /* ISO 8601 strings for SAS numbers; which kind is in `date` */
} json_values;

/* The kind of date a dataType names, for values that become numbers. */
static inline msp_date_kind date_kind_of_type(const char *data_type)
{
    return strcmp(data_type, "date") == 0       ? MSP_SAS_DATE
           : strcmp(data_type, "time") == 0     ? MSP_SAS_TIME
           : strcmp(data_type, "datetime") == 0 ? MSP_SAS_DATETIME
                                                : MSP_NOT_A_DATE;
}

#endif
