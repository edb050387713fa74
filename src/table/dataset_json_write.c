/* dataset_json_write.c - CDISC Dataset-JSON 1.1, keys in the order of the specification. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "dataset_json.h"
#include "mspike/base/date.h"
#include "mspike/base/json.h"

/* -- what a column is written as -- */

static bool all_integers(const msp_table *table, const msp_column *column)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        const double x = column->number[row];
        if (!isnan(x) && (x != floor(x) || fabs(x) > 9007199254740992.0 || (x == 0 && signbit(x))))
            return false;
    }
    return true;
}

static bool all_missing(const msp_table *table, const msp_column *column)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (!isnan(column->number[row]))
            return false;
    return true;
}

static bool all_booleans(const msp_table *table, const msp_column *column)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (!isnan(column->number[row]) && column->number[row] != 0 && column->number[row] != 1)
            return false;
    return true;
}

typedef struct written {
    const char *data_type, *target; /* target NULL: none */
    json_values values;
    msp_date_kind date;
} written;

/* The type that the table's own file gave is kept as long as the values are of it. */
static written kind_of(const msp_table *table, const msp_column *column)
{
    const char *was = column->data_type;
    if (column->type == MSP_COLUMN_TEXT) {
        const bool keep = date_kind_of_type(was) != MSP_NOT_A_DATE || strcmp(was, "URI") == 0;
        return (written){keep ? was : "string", NULL, JSON_TEXT, MSP_NOT_A_DATE};
    }
    const msp_date_kind date = msp__written_as_date(table, column);
    if (date != MSP_NOT_A_DATE)
        return (written){date == MSP_SAS_DATE   ? "date"
                         : date == MSP_SAS_TIME ? "time"
                                                : "datetime",
                         "integer", JSON_DATE, date};
    if (strcmp(was, "decimal") == 0)
        return (written){was, "decimal", JSON_DECIMAL, MSP_NOT_A_DATE};
    if (strcmp(was, "boolean") == 0 && all_booleans(table, column))
        return (written){was, NULL, JSON_BOOLEAN, MSP_NOT_A_DATE};
    if (strcmp(was, "float") == 0 || strcmp(was, "double") == 0)
        return (written){was, NULL, JSON_NUMBER, MSP_NOT_A_DATE};
    const bool integer =
        all_integers(table, column) && (strcmp(was, "integer") == 0 || !all_missing(table, column));
    return (written){integer ? "integer" : "float", NULL, JSON_NUMBER, MSP_NOT_A_DATE};
}

/* -- metadata -- */

/* The OID that the file had, or one made by the convention of CDISC: IG.ADSL, IT.ADSL.AGE. */
static void put_oid(msp_json *json, const char *key, const char *oid, msp_text *made)
{
    msp_json_put_text(json, key, oid != NULL && oid[0] != '\0' ? oid : msp_text_str(made));
    json->out->failed = json->out->failed || made->failed;
    msp_text_clear(made);
}

static bool is_zone(const char *s)
{
    double x;
    return s[0] == '\0' || strcmp(s, "Z") == 0 ||
           ((s[0] == '+' || s[0] == '-') && msp_sas_date_parse(s + 1, 5, MSP_SAS_TIME, &x) &&
            strlen(s) == 6);
}

/* The schema's pattern: date, time with seconds, perhaps a fraction, perhaps a zone. */
static bool is_strict_datetime(const char *s)
{
    double x;
    if (strlen(s) < 19 || !msp_sas_date_parse(s, 19, MSP_SAS_DATETIME, &x))
        return false;
    s += 19;
    if (s[0] == '.' && s[1] >= '0' && s[1] <= '9')
        s += 1 + strspn(s + 1, "0123456789");
    return is_zone(s);
}

static void put_attribute(msp_json *json, const msp_table *table, const char *name)
{
    const char *value = msp_table_attribute_value(table, name);
    if (value != NULL && value[0] != '\0')
        msp_json_put_text(json, name, value);
}

static void put_source_attributes(msp_json *json, const msp_table *table,
                                  const msp_write_options *options)
{
    put_attribute(json, table, "fileOID");
    const char *modified = msp_table_attribute_value(table, "dbLastModifiedDateTime");
    if (modified != NULL && is_strict_datetime(modified))
        msp_json_put_text(json, "dbLastModifiedDateTime", modified);
    else if (modified != NULL)
        msp__note(options, "dbLastModifiedDateTime \"%.40s\" is no complete datetime; left out",
                  modified);
    put_attribute(json, table, "originator");
    const char *system = msp_table_attribute_value(table, "sourceSystem.name");
    const char *version = msp_table_attribute_value(table, "sourceSystem.version");
    if (system != NULL || version != NULL) {
        msp_json_key(json, "sourceSystem");
        msp_json_begin_object(json);
        msp_json_put_text(json, "name", system != NULL ? system : "");
        msp_json_put_text(json, "version", version != NULL ? version : "");
        msp_json_end_object(json);
    }
    put_attribute(json, table, "studyOID");
    put_attribute(json, table, "metaDataVersionOID");
    put_attribute(json, table, "metaDataRef");
}

static void put_column(msp_json *json, const msp_table *table, const msp_column *column,
                       const written *kind, msp_text *scratch)
{
    msp_json_begin_object(json);
    msp_text_printf(scratch, "IT.%s.%s", table->name, column->name);
    put_oid(json, "itemOID", column->oid, scratch);
    msp_json_put_text(json, "name", column->name);
    msp_json_put_text(json, "label", column->label);
    msp_json_put_text(json, "dataType", kind->data_type);
    if (kind->target != NULL)
        msp_json_put_text(json, "targetDataType", kind->target);
    /* 8 bytes is how SAS stores every number; it says nothing */
    const bool sas = table->format == MSP_TABLE_XPT || table->format == MSP_TABLE_SAS7BDAT;
    if (column->length > 0 && !(sas && column->type == MSP_COLUMN_NUMBER && column->length == 8))
        msp_json_put_int(json, "length", column->length);
    if (column->format[0] != '\0')
        msp_json_put_text(json, "displayFormat", column->format);
    if (column->key_sequence > 0)
        msp_json_put_int(json, "keySequence", column->key_sequence);
    msp_json_end_object(json);
}

static void put_metadata(msp_json *json, const msp_table *table, const written *kinds,
                         const msp_write_options *options, msp_text *scratch)
{
    char when[MSP_ISO_MAX] = "1970-01-01T00:00:00";
    const double seconds = options != NULL ? (double)options->timestamp : 0;
    (void)msp_sas_date_format(seconds - (double)MSP_SAS_EPOCH * 86400, MSP_SAS_DATETIME, when);
    msp_json_put_text(json, "datasetJSONCreationDateTime", when);
    msp_json_put_text(json, "datasetJSONVersion", "1.1.0");
    put_source_attributes(json, table, options);
    msp_text_printf(scratch, "IG.%s", table->name);
    put_oid(json, "itemGroupOID", msp_table_attribute_value(table, "itemGroupOID"), scratch);
    msp_json_put_int(json, "records", (int64_t)table->n_rows);
    msp_json_put_text(json, "name", table->name);
    msp_json_put_text(json, "label", table->label);
    msp_json_key(json, "columns");
    msp_json_begin_array(json);
    for (size_t i = 0; i < table->n_columns; i++)
        put_column(json, table, &table->columns[i], &kinds[i], scratch);
    msp_json_end_array(json);
}

/* -- rows -- */

static void put_number(msp_json *json, const msp_column *column, const written *kind, size_t row)
{
    const double x = column->number[row];
    char text[MSP_ISO_MAX];
    if (isnan(x)) {
        const char missing = msp__missing_kind(column, row);
        if (missing == '.')
            msp_json_null(json);
        else
            msp_json_text(json, (char[]){'.', missing, '\0'});
    } else if (kind->values == JSON_DATE && msp_sas_date_format(x, kind->date, text)) {
        msp_json_text(json, text);
    } else if (kind->values == JSON_DECIMAL) {
        (void)msp_double_format(x, text);
        msp_json_text(json, text);
    } else if (kind->values == JSON_BOOLEAN) {
        msp_json_bool(json, x != 0);
    } else {
        msp_json_double(json, x);
    }
}

static void put_row(const msp_table *table, const written *kinds, size_t row, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 0);
    msp_json_begin_array(&json);
    for (size_t i = 0; i < table->n_columns; i++) {
        const msp_column *column = &table->columns[i];
        if (column->type == MSP_COLUMN_TEXT)
            msp_json_text(&json, column->text[column->code[row]]);
        else
            put_number(&json, column, &kinds[i], row);
    }
    msp_json_end_array(&json);
}

static void add_notes(const msp_table *table, const written *kinds,
                      const msp_write_options *options)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const msp_column *column = &table->columns[i];
        if (column->missing != NULL)
            msp__note(options,
                      "column %s: special missing values are written as the strings \".A\" to "
                      "\".Z\" and \"._\"; programs other than mspike may refuse them",
                      column->name);
        if (column->type == MSP_COLUMN_NUMBER && kinds[i].values != JSON_DATE &&
            msp_sas_format_kind(column->format) != MSP_NOT_A_DATE)
            msp__note(options, "column %s: not all values are dates; written as numbers",
                      column->name);
    }
}

/* One value a file (json), or one line for the metadata and one a row (ndjson). */
static void add_json(const msp_table *table, const written *kinds, bool lines,
                     const msp_write_options *options, msp_text *out, msp_text *scratch)
{
    msp_json json;
    msp_json_init(&json, out, 0);
    msp_json_begin_object(&json);
    put_metadata(&json, table, kinds, options, scratch);
    if (!lines)
        msp_text_add(out, ",\"rows\":[");
    else
        msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
    for (size_t row = 0; row < table->n_rows; row++) {
        put_row(table, kinds, row, out);
        msp_text_add(out, lines || row + 1 == table->n_rows ? "\n" : ",\n");
    }
    if (!lines)
        msp_text_add(out, "]}\n");
}

/* The text as one zlib stream, as the specification of DSJC says. */
static msp_status pack(msp_text *text, msp_error *err)
{
    uLongf size = compressBound(text->len);
    char *packed = malloc(size);
    if (packed == NULL || text->failed ||
        compress2((Bytef *)packed, &size, (const Bytef *)text->data, text->len, 9) != Z_OK) {
        free(packed);
        return msp__no_memory(err, NULL);
    }
    msp_text_clear(text);
    msp_text_add_n(text, packed, size);
    free(packed);
    return MSP_OK;
}

msp_status msp__dataset_json_write(const msp_table *table, msp_table_format format,
                                   const msp_write_options *options, msp_text *out, msp_error *err)
{
    if (table->name[0] == '\0')
        return msp_hint(err, msp_fail(err, MSP_EUNSUPPORTED, "the data set has no name"),
                        "give it one: --name ADSL");
    written *kinds = calloc(table->n_columns + 1, sizeof *kinds);
    if (kinds == NULL)
        return msp__no_memory(err, NULL);
    for (size_t i = 0; i < table->n_columns; i++)
        kinds[i] = kind_of(table, &table->columns[i]);
    msp_text scratch = {0};
    add_json(table, kinds, format != MSP_TABLE_JSON, options, out, &scratch);
    add_notes(table, kinds, options);
    msp_text_free(&scratch);
    free(kinds);
    return format == MSP_TABLE_DSJC ? pack(out, err) : MSP_OK;
}
