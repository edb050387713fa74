#include "cells.h"

#include <math.h>
#include <string.h>

#include "mspike/base/text.h"

const char *msp__cell_text(const msp_column *column, size_t row)
{
    if (column == NULL || column->type != MSP_COLUMN_TEXT)
        return "";
    return column->text[column->code[row]];
}

int64_t msp__cell_count(const msp_column *column, size_t row)
{
    double x = 0;
    if (column->type == MSP_COLUMN_NUMBER)
        x = column->number[row];
    else {
        const char *text = msp__cell_text(column, row);
        if (!msp_double_parse(text, strlen(text), &x))
            return 0;
    }
    return fabs(x) < 9e15 && x == floor(x) ? (int64_t)x : 0; /* NaN compares false */
}

bool msp__cell_date(const msp_column *column, size_t row, msp_date *out)
{
    if (column->type == MSP_COLUMN_TEXT) {
        const char *text = msp__cell_text(column, row);
        return text[0] != '\0' && msp_date_parse(text, strlen(text), out);
    }
    char text[MSP_ISO_MAX];
    const msp_date_kind kind = msp_sas_format_kind(column->format);
    if ((kind != MSP_SAS_DATE && kind != MSP_SAS_DATETIME) || isnan(column->number[row]) ||
        !msp_sas_date_format(column->number[row], kind, text))
        return false;
    return msp_date_parse(text, strlen(text), out);
}
