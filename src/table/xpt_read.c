/*
 * xpt_read.c - SAS transport files, versions 5 and 8.
 *
 * The rows stand at fixed offsets, so that columns not asked for cost nothing. ReadStat also reads
 * this format; checking a file well enough to hand it over would take all but the last fifty lines
 * of this reader, and ReadStat (1.1.8) does not look at the record count of version 8.
 */
#include "xpt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct variable {
    const char *name, *label, *format; /* in the arena of the table */
    bool text;
    uint32_t length;
    int number;      /* as the file counts variables */
    size_t position; /* in the row */
    const unsigned char *namestr;
} variable;

typedef struct xpt {
    const char *file;
    const msp_read_options *options;
    const char *data;
    size_t size, at; /* at: what is read next */
    int version;     /* 5 or 8 */
    variable *variables;
    size_t n_variables, row_length;
    int64_t count; /* rows as version 8 says; -1 where it does not */
    msp_table *table;
    msp_recoder *recoder; /* of the encoding asked for; NULL for UTF-8 */
    msp_recoder *windows; /* opened for the first text that is not UTF-8 */
} xpt;

static msp_status malformed(const xpt *x, msp_error *err, const char *what)
{
    return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = x->file},
                       "not a complete SAS transport file: %s (at byte %zu)", what, x->at);
}

static unsigned get_u16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static size_t trimmed(const char *s, size_t len)
{
    while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\0'))
        len--;
    return len;
}

/* -- the records ahead of the variables -- */

static msp_status take_record(xpt *x, const char **record, msp_error *err)
{
    if (x->size - x->at < XPT_RECORD)
        return malformed(x, err, "it ends inside its header");
    *record = x->data + x->at;
    x->at += XPT_RECORD;
    return MSP_OK;
}

static bool is_header(const char *record, const char *name)
{
    char want[49];
    (void)snprintf(want, sizeof want, "HEADER RECORD*******%-8sHEADER RECORD!!!!!!!", name);
    return memcmp(record, want, 48) == 0;
}

static msp_status take_header(xpt *x, const char *v5, const char *v8, const char **record,
                              msp_error *err)
{
    const char *name = x->version == 8 ? v8 : v5;
    const msp_status rc = take_record(x, record, err);
    if (rc != MSP_OK || is_header(*record, name))
        return rc;
    x->at -= XPT_RECORD;
    char what[64];
    (void)snprintf(what, sizeof what, "its %s record is not where it should be", name);
    return malformed(x, err, what);
}

/* The format does not say its encoding, and much of what SAS wrote is windows-1252: that is how a
 * text is read which is not UTF-8, and a note says so. */
static msp_status decode(xpt *x, const char **s, size_t *len)
{
    if (x->recoder != NULL)
        return msp__recode(x->recoder, s, len);
    if (msp_utf8_valid(*s, *len) == *len)
        return MSP_OK;
    if (x->windows == NULL && msp__recoder_open(&x->windows, "windows-1252", NULL) != MSP_OK)
        return MSP_EMEM;
    const msp_status rc = msp__recode(x->windows, s, len);
    return rc == MSP_OK && msp_utf8_valid(*s, *len) != *len ? MSP_EINPUT : rc;
}

static void note_windows(const xpt *x, const msp_read_options *options)
{
    if (x->windows != NULL && options != NULL && options->notes != NULL)
        msp_findings_add(options->notes, MSP_SEVERITY_WARNING, "table-encoding",
                         (msp_place){.file = x->file},
                         "if it is another encoding: mspike convert --encoding iso-8859-2 IN OUT",
                         "some texts are not UTF-8; they were read as windows-1252");
}

/* Text of the header: blanks and NULs at its end do not count. */
static msp_status header_text(xpt *x, const char *s, size_t len, const char **out, msp_error *err)
{
    len = trimmed(s, len);
    const msp_status rc = decode(x, &s, &len);
    if (rc == MSP_EMEM)
        return msp__no_memory(err, x->file);
    if (rc != MSP_OK)
        return malformed(x, err, "a name or label is neither UTF-8 nor of the encoding expected");
    *out = msp__table_text(x->table, s, len);
    return *out != NULL ? MSP_OK : msp__no_memory(err, x->file);
}

/* Digits as text; -1 where there are none. */
static int64_t digits_at(const char *s, size_t len)
{
    int64_t n = -1;
    while (len > 0 && *s == ' ')
        s++, len--;
    for (; len > 0 && *s >= '0' && *s <= '9' && n < INT64_MAX / 10 - 1; s++, len--)
        n = (n < 0 ? 0 : n * 10) + (*s - '0');
    return n;
}

static msp_status read_member(xpt *x, msp_error *err)
{
    const char *record = NULL;
    msp_status rc = take_record(x, &record, err);
    if (rc != MSP_OK)
        return rc;
    x->version = is_header(record, "LIBV8") ? 8 : 5;
    if (x->version == 5 && !is_header(record, "LIBRARY"))
        return malformed(x, err, "its first record names no library");
    for (int i = 0; i < 2 && rc == MSP_OK; i++) /* who wrote it, and when */
        rc = take_record(x, &record, err);
    if (rc == MSP_OK)
        rc = take_header(x, "MEMBER", "MEMBV8", &record, err);
    if (rc == MSP_OK && digits_at(record + 74, 4) != XPT_NAMESTR)
        return msp_fail_at(err, MSP_EUNSUPPORTED, (msp_place){.file = x->file},
                           "variables described in %.4s bytes; expected 0140", record + 74);
    if (rc == MSP_OK)
        rc = take_header(x, "DSCRPTR", "DSCPTV8", &record, err);
    if (rc == MSP_OK)
        rc = take_record(x, &record, err);
    if (rc == MSP_OK)
        rc = header_text(x, record + 8, x->version == 8 ? 32 : 8, &x->table->name, err);
    if (rc == MSP_OK)
        rc = take_record(x, &record, err);
    if (rc == MSP_OK)
        rc = header_text(x, record + 32, 40, &x->table->label, err);
    return rc;
}

/* -- variables -- */

/* "DATE9.", "8.2", "$20."; "" for none. Number formats without a name are still formats. */
static msp_status format_text(xpt *x, variable *v, const char *name, size_t len, msp_error *err)
{
    const unsigned width = get_u16(v->namestr + NAMESTR_FORMAT_WIDTH);
    const unsigned decimals = get_u16(v->namestr + NAMESTR_FORMAT_DECIMALS);
    const char *base;
    const msp_status rc = header_text(x, name, len, &base, err);
    if (rc != MSP_OK)
        return rc;
    v->format = "";
    if (base[0] == '\0' && width == 0 && decimals == 0)
        return MSP_OK;
    msp_text text = {0};
    msp_text_add(&text, base);
    if (width > 0)
        msp_text_printf(&text, "%u", width);
    msp_text_add_char(&text, '.');
    if (decimals > 0)
        msp_text_printf(&text, "%u", decimals);
    v->format = text.failed ? NULL : msp__table_text(x->table, text.data, text.len);
    msp_text_free(&text);
    return v->format != NULL ? MSP_OK : msp__no_memory(err, x->file);
}

static msp_status read_variable(xpt *x, variable *v, msp_error *err)
{
    const unsigned char *n = v->namestr;
    const char *c = (const char *)n;
    const unsigned type = get_u16(n + NAMESTR_TYPE);
    v->text = type == 2;
    v->length = get_u16(n + NAMESTR_LENGTH);
    v->number = (int)get_u16(n + NAMESTR_VARNUM);
    /* The values follow one another as the variables do. NAMESTR_POSITION is not read: files of
     * SAS's %LOC2XPT hold there where SAS kept the value, not where the file has it. */
    v->position = x->row_length;
    if (type != 1 && type != 2)
        return malformed(x, err, "a variable is neither number nor text");
    if (v->length < (v->text ? 1 : 2) || v->length > (v->text ? 32767u : 8u))
        return malformed(x, err, "a variable has an impossible length");
    x->row_length += v->length;
    const bool has_long_name = x->version == 8 && trimmed(c + NAMESTR_LONG_NAME, 32) > 0;
    msp_status rc = has_long_name ? header_text(x, c + NAMESTR_LONG_NAME, 32, &v->name, err)
                                  : header_text(x, c + NAMESTR_NAME, 8, &v->name, err);
    if (rc == MSP_OK && v->name[0] == '\0')
        rc = malformed(x, err, "a variable has no name");
    if (rc == MSP_OK)
        rc = header_text(x, c + NAMESTR_LABEL, 40, &v->label, err);
    if (rc == MSP_OK)
        rc = format_text(x, v, c + NAMESTR_FORMAT, 8, err);
    return rc;
}

static msp_status read_variables(xpt *x, msp_error *err)
{
    const char *record = NULL;
    msp_status rc = take_header(x, "NAMESTR", "NAMSTV8", &record, err);
    if (rc != MSP_OK)
        return rc;
    const int64_t n = digits_at(record + 54, 4);
    if (n < 0)
        return malformed(x, err, "the number of variables is not a number");
    if ((size_t)n > (x->size - x->at) / XPT_NAMESTR)
        return malformed(x, err, "it ends inside the descriptions of its variables");
    x->n_variables = (size_t)n;
    x->variables = calloc(x->n_variables + 1, sizeof *x->variables);
    if (x->variables == NULL)
        return msp__no_memory(err, x->file);
    for (size_t i = 0; i < x->n_variables && rc == MSP_OK; i++) {
        x->variables[i].namestr = (const unsigned char *)x->data + x->at;
        rc = read_variable(x, &x->variables[i], err);
        x->at += XPT_NAMESTR;
    }
    x->at = (x->at + XPT_RECORD - 1) / XPT_RECORD * XPT_RECORD;
    if (rc == MSP_OK && x->at > x->size)
        rc = malformed(x, err, "it ends inside the descriptions of its variables");
    return rc;
}

static variable *variable_of_number(const xpt *x, unsigned number)
{
    for (size_t i = 0; i < x->n_variables; i++)
        if (x->variables[i].number == (int)number)
            return &x->variables[i];
    return NULL;
}

/* Labels over 40 bytes (LABELV8) and formats over 8 (LABELV9) of version 8: for each the variable's
 * number, the lengths of the texts, then the texts. */
static msp_status read_long_labels(xpt *x, int64_t n, bool with_formats, msp_error *err)
{
    const size_t head = with_formats ? 10 : 6;
    for (int64_t i = 0; i < n; i++) {
        const unsigned char *p = (const unsigned char *)x->data + x->at;
        if (x->size - x->at < head)
            return malformed(x, err, "it ends inside its long labels");
        variable *v = variable_of_number(x, get_u16(p));
        if (v == NULL)
            return malformed(x, err, "a long label belongs to no variable");
        /* SAS puts the label right behind the name; ReadStat puts the formats between. */
        const unsigned label_length = get_u16(v->namestr + NAMESTR_LABEL_LENGTH);
        const bool label_last = with_formats && get_u16(p + 4) != label_length;
        size_t len[4] = {get_u16(p + 2), get_u16(p + 4), 0, 0}, all = len[0] + len[1];
        for (size_t k = 2; with_formats && k < 4; k++)
            all += len[k] = get_u16(p + 2 + 2 * k);
        if (x->size - x->at - head < all)
            return malformed(x, err, "it ends inside its long labels");
        const char *name = (const char *)p + head;
        const char *label = name + len[0] + (label_last ? len[1] + len[2] : 0);
        const char *format = name + len[0] + (label_last ? 0 : len[1]);
        const size_t format_length = label_last ? len[1] : len[2];
        msp_status rc = MSP_OK;
        if (len[0] > 0)
            rc = header_text(x, name, len[0], &v->name, err);
        if (rc == MSP_OK)
            rc = header_text(x, label, label_last ? len[3] : len[1], &v->label, err);
        if (rc == MSP_OK && format_length > 0)
            rc = header_text(x, format, format_length, &v->format, err);
        if (rc != MSP_OK)
            return rc;
        x->at += head + all;
    }
    x->at = (x->at + XPT_RECORD - 1) / XPT_RECORD * XPT_RECORD;
    return x->at <= x->size ? MSP_OK : malformed(x, err, "it ends inside its long labels");
}

static msp_status read_observation_header(xpt *x, msp_error *err)
{
    const char *record = x->data + x->at;
    x->count = -1;
    if (x->version == 8 && x->size - x->at >= XPT_RECORD) {
        const bool v9 = is_header(record, "LABELV9");
        if (v9 || is_header(record, "LABELV8")) {
            x->at += XPT_RECORD;
            const msp_status rc = read_long_labels(x, digits_at(record + 48, 30), v9, err);
            if (rc != MSP_OK)
                return rc;
        }
    }
    const msp_status rc = take_header(x, "OBS", "OBSV8", &record, err);
    if (rc == MSP_OK && x->version == 8)
        x->count = digits_at(record + 48, 30);
    return rc;
}

/* -- rows -- */

static bool is_blank(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] != ' ')
            return false;
    return true;
}

bool msp__xpt_has_member(const char *rows, size_t size)
{
    for (size_t at = 0; size - at >= XPT_RECORD; at += XPT_RECORD)
        if (rows[at] == 'H' && (is_header(rows + at, "MEMBER") || is_header(rows + at, "MEMBV8")))
            return true;
    return false;
}

static msp_status refuse_second_member(const xpt *x, msp_error *err)
{
    if (!msp__xpt_has_member(x->data + x->at, x->size - x->at))
        return MSP_OK;
    return msp_hint(err,
                    msp_fail_at(err, MSP_EUNSUPPORTED, (msp_place){.file = x->file},
                                "the file holds more than one data set"),
                    "write each data set to a file of its own");
}

/* Version 5 has no record count: the rows are what fills the file but for the blanks of its last
 * record. A row that is all blank is a row only where a later one is not. */
static msp_status count_rows(xpt *x, const msp_read_options *options, size_t *out, msp_error *err)
{
    const char *rows = x->data + x->at;
    const size_t bytes = x->size - x->at;
    *out = 0;
    if (x->row_length == 0)
        return MSP_OK;
    size_t n = bytes / x->row_length;
    if (x->size % XPT_RECORD != 0 || !is_blank(rows + n * x->row_length, bytes % x->row_length))
        return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = x->file},
                           "the file is cut short: it ends inside row %zu", n + 1);
    while (n > 0 && bytes - (n - 1) * x->row_length < XPT_RECORD &&
           is_blank(rows + (n - 1) * x->row_length, x->row_length))
        n--;
    *out = n;
    if (x->count < 0)
        return MSP_OK;
    if (x->count == 0 && n > 0) {
        /* Files of ReadStat up to 1.1.9, and so of haven and pyreadstat. */
        if (options != NULL && options->notes != NULL)
            msp_findings_add(options->notes, MSP_SEVERITY_WARNING, "table-count",
                             (msp_place){.file = x->file},
                             "SAS would read no rows; have the file written again",
                             "the file says that it has 0 rows; the %zu rows found are read", n);
        return MSP_OK;
    }
    const uint64_t count = (uint64_t)x->count, most = bytes / x->row_length;
    if (count > most || count < n)
        return msp_fail_at(err, MSP_EINPUT, (msp_place){.file = x->file},
                           "the file says that it has %lld rows; it holds %zu", (long long)x->count,
                           n);
    *out = (size_t)count;
    return MSP_OK;
}

static msp_status read_numbers(const xpt *x, const variable *v, msp_column *column, size_t from,
                               size_t to, msp_error *err)
{
    const unsigned char *p =
        (const unsigned char *)x->data + x->at + v->position + from * x->row_length;
    for (size_t row = from; row < to; row++, p += x->row_length) {
        char missing;
        const double value = msp__ibm_to_double(p, v->length, &missing);
        if (missing != 0) {
            if (msp_table_put_missing(x->table, column, row, missing) != MSP_OK)
                return msp__no_memory(err, x->file);
            continue;
        }
        msp_table_put_number(column, row, value);
    }
    return MSP_OK;
}

static msp_status bad_text(const xpt *x, const variable *v, size_t row, msp_error *err)
{
    const msp_status rc =
        msp_fail_at(err, MSP_EINPUT, (msp_place){.file = x->file},
                    "row %zu, column %s: the text is not valid in %s", row + 1, v->name,
                    x->recoder != NULL ? "the encoding given" : "UTF-8 or windows-1252");
    return msp_hint(err, rc,
                    "say which encoding it has: mspike convert --encoding iso-8859-2 IN OUT");
}

static msp_status read_texts(xpt *x, const variable *v, msp_column *column, size_t from, size_t to,
                             msp_error *err)
{
    const char *p = x->data + x->at + v->position + from * x->row_length;
    for (size_t row = from; row < to; row++, p += x->row_length) {
        const char *s = p;
        size_t len = trimmed(s, v->length);
        msp_status rc =
            x->recoder == NULL ? msp_table_put_text(x->table, column, row, s, len) : MSP_EINPUT;
        if (rc == MSP_EINPUT) { /* not UTF-8, or not yet */
            rc = decode(x, &s, &len);
            if (rc == MSP_OK)
                rc = msp_table_put_text(x->table, column, row, s, len);
        }
        if (rc != MSP_OK)
            return rc == MSP_EMEM ? msp__no_memory(err, x->file) : bad_text(x, v, row, err);
    }
    return MSP_OK;
}

static msp_status add_columns(xpt *x, const msp_selection *selection, msp_error *err)
{
    for (size_t k = 0; k < selection->n; k++) {
        const variable *v = &x->variables[selection->field[k]];
        msp_column *column =
            msp_table_add_column(x->table, v->name, v->text ? MSP_COLUMN_TEXT : MSP_COLUMN_NUMBER);
        if (column == NULL)
            return msp__no_memory(err, x->file);
        column->label = v->label;
        column->format = v->format;
        column->length = v->length;
    }
    return MSP_OK;
}

enum {
    BLOCK_ROWS = 512
}; /* whose bytes stay in the cache while column after column takes its own */

static msp_status read_rows(xpt *x, const msp_selection *selection, size_t n_rows, msp_error *err)
{
    msp_status rc = msp__table_reserve(x->table, n_rows, err);
    if (rc == MSP_OK)
        rc = add_columns(x, selection, err);
    for (size_t from = 0; from < n_rows && rc == MSP_OK; from += BLOCK_ROWS) {
        const size_t to = n_rows - from > BLOCK_ROWS ? from + BLOCK_ROWS : n_rows;
        for (size_t k = 0; k < selection->n && rc == MSP_OK; k++) {
            const variable *v = &x->variables[selection->field[k]];
            msp_column *column = &x->table->columns[k];
            rc = v->text ? read_texts(x, v, column, from, to, err)
                         : read_numbers(x, v, column, from, to, err);
        }
        if (rc == MSP_OK)
            rc = msp__reading(x->options, x->file, from, to, n_rows, err);
    }
    x->table->n_rows = rc == MSP_OK ? n_rows : 0;
    return rc;
}

static msp_status select_columns(const xpt *x, const msp_read_options *options,
                                 msp_selection *selection, msp_error *err)
{
    const char **names = calloc(x->n_variables + 1, sizeof *names);
    if (names == NULL)
        return msp__no_memory(err, x->file);
    for (size_t i = 0; i < x->n_variables; i++)
        names[i] = x->variables[i].name;
    const msp_status rc =
        msp__selection_init(selection, names, x->n_variables, options, x->file, err);
    free(names);
    return rc;
}

msp_status msp__xpt_read(const char *data, size_t size, const char *file,
                         const msp_read_options *options, msp_table *out, msp_error *err)
{
    xpt x = {.file = file, .options = options, .data = data, .size = size, .table = out};
    msp_selection selection = {0};
    size_t n_rows = 0;
    out->format = MSP_TABLE_XPT;
    msp_status rc = msp__recoder_open(&x.recoder, options != NULL ? options->encoding : NULL, err);
    if (rc == MSP_OK)
        rc = read_member(&x, err);
    if (rc == MSP_OK)
        rc = read_variables(&x, err);
    if (rc == MSP_OK)
        rc = read_observation_header(&x, err);
    if (rc == MSP_OK)
        rc = refuse_second_member(&x, err);
    if (rc == MSP_OK)
        rc = count_rows(&x, options, &n_rows, err);
    if (rc == MSP_OK)
        rc = select_columns(&x, options, &selection, err);
    if (rc == MSP_OK)
        rc = read_rows(&x, &selection, n_rows, err);
    if (rc == MSP_OK)
        rc = msp__selection_apply(&selection, out, err);
    if (rc == MSP_OK)
        note_windows(&x, options);
    msp__selection_free(&selection);
    msp__recoder_close(x.recoder);
    msp__recoder_close(x.windows);
    free(x.variables);
    return rc;
}
