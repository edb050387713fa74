/*
 * xpt_write.c - SAS transport, version 5: what the agencies take.
 *
 * Everything the format would damage is refused before a byte is written: it truncates names and
 * labels, holds numbers of a smaller range, and cannot tell blank rows at the end from padding.
 * (ReadStat's writer does such damage without a word, and puts the local time into the file.)
 */
#include "xpt.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mspike/base/date.h"

enum { NAME_LIMIT = 8, LABEL_LIMIT = 40, TEXT_LIMIT = 200, VARIABLES_LIMIT = 9999 };

typedef struct shape { /* of one column in the file */
    char format[9];
    unsigned width, decimals;
    unsigned length;
    uint8_t *text_length; /* of a column of texts: of each, by code */
} shape;

/* -- what is refused -- */

static bool is_ascii(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
            return false;
    return true;
}

static bool is_sas_name(const char *s)
{
    size_t len = strlen(s);
    if (len == 0 || len > NAME_LIMIT || (s[0] >= '0' && s[0] <= '9'))
        return false;
    return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static msp_status refuse_name(const char *what, const char *name, const char *hint, msp_error *err)
{
    const msp_status rc = msp_fail(err, MSP_EUNSUPPORTED,
                                   "XPT cannot hold the %s \"%.60s\": it takes 1 to 8 letters, "
                                   "digits and underscores, no digit first",
                                   what, name);
    return msp_hint(err, rc, "%s", hint);
}

static msp_status refuse_label(const char *what, const char *name, const char *label,
                               msp_error *err)
{
    return msp_fail(
        err, MSP_EUNSUPPORTED,
        "XPT cannot hold the label of %s %s: it takes 40 ASCII characters, this has %zu "
        "bytes%s",
        what, name, strlen(label), is_ascii(label) ? "" : ", not all ASCII");
}

/* NAME, width and decimals of "DATE9.", "$20.", "8.2"; false for what is no format of up to 8
 * letters. */
static bool parse_format(const char *format, shape *out)
{
    const char *point = strrchr(format, '.');
    size_t len = point != NULL ? (size_t)(point - format) : strlen(format);
    unsigned long width = 0, decimals = 0;
    size_t digits = 0;
    while (digits < len && digits < 5 && isdigit((unsigned char)format[len - 1 - digits]))
        digits++;
    /* the digits that end a name such as E8601DA are followed by letters, so all of these are width
     */
    if (digits > 0)
        width = strtoul(format + len - digits, NULL, 10);
    if (point != NULL && point[1] != '\0') {
        char *end;
        decimals = strtoul(point + 1, &end, 10);
        if (*end != '\0' || !isdigit((unsigned char)point[1]))
            return false;
    }
    len -= digits;
    if (len > NAME_LIMIT || width > INT16_MAX || decimals > INT16_MAX)
        return false;
    memcpy(out->format, format, len);
    out->format[len] = '\0';
    out->width = (unsigned)width;
    out->decimals = (unsigned)decimals;
    return is_ascii(out->format);
}

static bool ends_blank(const char *s)
{
    const size_t len = strlen(s);
    return len > 0 && s[len - 1] == ' ';
}

static msp_status check_text(const msp_table *table, const msp_column *column, size_t row,
                             msp_error *err)
{
    const char *s = column->text[column->code[row]];
    if (strlen(s) > TEXT_LIMIT)
        return msp_table_fail(err, MSP_EUNSUPPORTED, table, row, column,
                              "XPT cannot hold a text of %zu bytes; it takes 200", strlen(s));
    if (is_ascii(s))
        return MSP_OK;
    return msp_hint(err,
                    msp_table_fail(err, MSP_EUNSUPPORTED, table, row, column,
                                   "XPT cannot hold this text: it takes printable ASCII"),
                    "Dataset-JSON holds every text: --to json");
}

/* Rows are looked at only for a text that cannot be written: the dictionary may hold one that no
 * row has any more. */
static msp_status check_texts(const msp_table *table, const msp_column *column, shape *out,
                              const msp_write_options *options, msp_error *err)
{
    bool doubtful = false, blank = false;
    size_t n_blank = 0;
    out->text_length = malloc(column->n_texts);
    if (out->text_length == NULL)
        return msp__no_memory(err, NULL);
    for (size_t code = 0; code < column->n_texts; code++) {
        const char *s = column->text[code];
        const size_t len = strlen(s);
        out->text_length[code] = len <= TEXT_LIMIT ? (uint8_t)len : 0;
        doubtful |= len > TEXT_LIMIT || !is_ascii(s);
        blank |= ends_blank(s);
    }
    for (size_t row = 0; doubtful && row < table->n_rows; row++) {
        const msp_status rc = check_text(table, column, row, err);
        if (rc != MSP_OK)
            return rc;
    }
    for (size_t row = 0; blank && row < table->n_rows; row++)
        n_blank += ends_blank(column->text[column->code[row]]);
    if (n_blank > 0)
        msp__note(options,
                  "column %s: blanks at the end of %zu texts are lost, as SAS has none there",
                  column->name, n_blank);
    const size_t longest = msp__longest_text(column);
    out->length = (unsigned)(longest > 0 ? longest : 1);
    if (column->length >= out->length && column->length <= TEXT_LIMIT)
        out->length = column->length;
    return MSP_OK;
}

static msp_status check_numbers(const msp_table *table, const msp_column *column, shape *out,
                                msp_error *err)
{
    out->length = column->length >= 3 && column->length <= 8 ? column->length : 8;
    for (size_t row = 0; row < table->n_rows; row++) {
        unsigned char bytes[8];
        const double x = column->number[row];
        if (isnan(x))
            continue;
        if (!msp__ibm_from_double(x, bytes)) {
            char number[MSP_DOUBLE_MAX];
            (void)msp_double_format(x, number);
            return msp_table_fail(err, MSP_EUNSUPPORTED, table, row, column,
                                  "XPT cannot hold the number %s; it takes 5.4e-79 to 7.2e75",
                                  number);
        }
        for (unsigned k = out->length; k < 8; k++)
            if (bytes[k] != 0)
                out->length = 8; /* the shorter length would cut digits off */
    }
    return MSP_OK;
}

static msp_status check_column(const msp_table *table, size_t i, shape *out,
                               const msp_write_options *options, msp_error *err)
{
    const msp_column *column = &table->columns[i];
    if (!is_sas_name(column->name))
        return refuse_name("column name", column->name,
                           "Dataset-JSON holds every name: --to json; or leave the column out: "
                           "--columns",
                           err);
    for (size_t k = 0; k < i; k++)
        if (msp_text_equal_nocase(table->columns[k].name, column->name))
            return msp_fail(err, MSP_EUNSUPPORTED,
                            "XPT cannot hold both %s and %s: letters' case does not count there",
                            table->columns[k].name, column->name);
    if (strlen(column->label) > LABEL_LIMIT || !is_ascii(column->label))
        return refuse_label("column", column->name, column->label, err);
    if (!parse_format(column->format, out))
        return msp_fail(err, MSP_EUNSUPPORTED, "XPT cannot hold the format \"%.60s\" of column %s",
                        column->format, column->name);
    return column->type == MSP_COLUMN_TEXT ? check_texts(table, column, out, options, err)
                                           : check_numbers(table, column, out, err);
}

/* Whether a cell is written as blanks only: a text of blanks, or the one number whose bytes are. */
static bool is_written_blank(const msp_column *column, size_t row, size_t length)
{
    unsigned char bytes[8];
    if (column->type == MSP_COLUMN_TEXT) {
        const char *s = column->text[column->code[row]];
        return s[strspn(s, " ")] == '\0';
    }
    if (isnan(column->number[row]) || !msp__ibm_from_double(column->number[row], bytes))
        return false;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != ' ')
            return false;
    return true;
}

/* A last row of nothing but blanks would read back as padding. */
static msp_status check_last_row(const msp_table *table, const shape *shapes, size_t row_length,
                                 msp_error *err)
{
    if (table->n_rows == 0 || row_length >= XPT_RECORD)
        return MSP_OK;
    for (size_t i = 0; i < table->n_columns; i++)
        if (!is_written_blank(&table->columns[i], table->n_rows - 1, shapes[i].length))
            return MSP_OK;
    return msp_hint(
        err,
        msp_fail(err, MSP_EUNSUPPORTED,
                 "XPT cannot hold this table: its last row (%zu) is all blank and would "
                 "vanish",
                 table->n_rows),
        "Dataset-JSON keeps blank rows: --to json");
}

static msp_status check_table(const msp_table *table, const msp_write_options *options,
                              shape *shapes, size_t *row_length, msp_error *err)
{
    if (!is_sas_name(table->name))
        return refuse_name("data set name", table->name, "give it another name: --name ADSL", err);
    if (strlen(table->label) > LABEL_LIMIT || !is_ascii(table->label))
        return refuse_label("data set", table->name, table->label, err);
    if (table->n_columns > VARIABLES_LIMIT || table->n_columns == 0)
        return msp_fail(err, MSP_EUNSUPPORTED, "XPT takes 1 to 9999 columns; this table has %zu",
                        table->n_columns);
    *row_length = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        const msp_status rc = check_column(table, i, &shapes[i], options, err);
        if (rc != MSP_OK)
            return rc;
        *row_length += shapes[i].length;
    }
    return check_last_row(table, shapes, *row_length, err);
}

/* -- records -- */

static void pad_record(msp_text *out)
{
    while (out->len % XPT_RECORD != 0 && !out->failed)
        msp_text_add_char(out, ' ');
}

static void add_header(msp_text *out, const char *name, const char *numbers)
{
    msp_text_printf(out, "HEADER RECORD*******%-8sHEADER RECORD!!!!!!!%s", name, numbers);
    pad_record(out);
}

/* 01JAN70:00:00:00, in UTC: the file does not say a zone. */
static void format_timestamp(int64_t seconds, char out[24])
{
    static const char months[][4] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                     "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const int64_t most = INT64_C(253402300799); /* the end of the year 9999 */
    seconds = seconds < 0 ? 0 : seconds > most ? most : seconds;
    int year, month, day;
    msp_day_to_civil((msp_day)(seconds / 86400), &year, &month, &day);
    const int second = (int)(seconds % 86400);
    (void)snprintf(out, 24, "%02d%s%02d:%02d:%02d:%02d", day, months[month - 1], year % 100,
                   second / 3600, second / 60 % 60, second % 60);
}

static void put_u16(unsigned char *p, size_t x)
{
    p[0] = (unsigned char)(x >> 8);
    p[1] = (unsigned char)x;
}

static void add_namestr(msp_text *out, const msp_column *column, const shape *as, size_t number,
                        size_t position)
{
    unsigned char n[XPT_NAMESTR] = {0};
    put_u16(n + NAMESTR_TYPE, column->type == MSP_COLUMN_TEXT ? 2 : 1);
    put_u16(n + NAMESTR_LENGTH, as->length);
    put_u16(n + NAMESTR_VARNUM, number);
    memset(n + NAMESTR_NAME, ' ', 8 + LABEL_LIMIT + 8);
    memcpy(n + NAMESTR_NAME, column->name, strlen(column->name));
    memcpy(n + NAMESTR_LABEL, column->label, strlen(column->label));
    memcpy(n + NAMESTR_FORMAT, as->format, strlen(as->format));
    put_u16(n + NAMESTR_FORMAT_WIDTH, as->width);
    put_u16(n + NAMESTR_FORMAT_DECIMALS, as->decimals);
    memset(n + NAMESTR_INFORMAT, ' ', 8);
    put_u16(n + NAMESTR_POSITION, position >> 16);
    put_u16(n + NAMESTR_POSITION + 2, position);
    msp_text_add_n(out, (const char *)n, sizeof n);
}

static void add_heads(const msp_table *table, const msp_write_options *options, const shape *shapes,
                      msp_text *out)
{
    static const char zeros[] = "000000000000000000000000000000";
    char when[24], count[32];
    format_timestamp(options != NULL ? options->timestamp : 0, when);
    add_header(out, "LIBRARY", zeros);
    msp_text_printf(out, "SAS     SAS     SASLIB  6.06    mspike  %24s%s%s", "", when, when);
    pad_record(out);
    add_header(out, "MEMBER", "000000000000000001600000000140");
    add_header(out, "DSCRPTR", zeros);
    msp_text_printf(out, "SAS     %-8sSASDATA 6.06    mspike  %24s%s", table->name, "", when);
    msp_text_printf(out, "%s%16s%-40s%8s", when, "", table->label, "");
    (void)snprintf(count, sizeof count, "000000%04u00000000000000000000",
                   (unsigned)table->n_columns);
    add_header(out, "NAMESTR", count);
    size_t position = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        add_namestr(out, &table->columns[i], &shapes[i], i + 1, position);
        position += shapes[i].length;
    }
    pad_record(out);
    add_header(out, "OBS", zeros);
}

static void put_number(const msp_column *column, size_t row, unsigned length, char *out)
{
    unsigned char bytes[8] = {0};
    if (isnan(column->number[row]))
        bytes[0] = (unsigned char)msp__missing_kind(column, row);
    else
        (void)msp__ibm_from_double(column->number[row], bytes); /* was checked */
    memcpy(out, bytes, length);
}

static void put_row(const msp_table *table, const shape *shapes, size_t row, char *out)
{
    for (size_t i = 0; i < table->n_columns; out += shapes[i++].length) {
        const msp_column *column = &table->columns[i];
        const uint32_t code = column->type == MSP_COLUMN_TEXT ? column->code[row] : 0;
        if (column->type == MSP_COLUMN_NUMBER)
            put_number(column, row, shapes[i].length, out);
        else if (code != 0)
            memcpy(out, column->text[code], shapes[i].text_length[code]);
    }
}

static void add_rows(const msp_table *table, const shape *shapes, size_t row_length, msp_text *out)
{
    if (table->n_rows > SIZE_MAX / row_length) {
        out->failed = true;
        return;
    }
    char *rows = msp_text_extend(out, table->n_rows * row_length);
    for (size_t row = 0; rows != NULL && row < table->n_rows; row++, rows += row_length) {
        memset(rows, ' ', row_length);
        put_row(table, shapes, row, rows);
    }
    pad_record(out);
}

msp_status msp__xpt_write(const msp_table *table, const msp_write_options *options, msp_text *out,
                          msp_error *err)
{
    shape *shapes = calloc(table->n_columns + 1, sizeof *shapes);
    if (shapes == NULL)
        return msp__no_memory(err, NULL);
    size_t row_length = 1;
    msp_status rc = check_table(table, options, shapes, &row_length, err);
    if (rc == MSP_OK) {
        add_heads(table, options, shapes, out);
        const size_t heads = out->len;
        add_rows(table, shapes, row_length, out);
        if (!out->failed && msp__xpt_has_member(out->data + heads, out->len - heads))
            rc = msp_fail(err, MSP_EUNSUPPORTED,
                          "XPT cannot hold this table: a text of it reads as the header of another "
                          "data set");
    }
    for (size_t i = 0; i < table->n_columns; i++)
        free(shapes[i].text_length);
    free(shapes);
    return rc;
}
