/*
 * csv_read.c - delimited text (RFC 4180) into columns, in one pass over the bytes.
 *
 * Only the columns asked for are parsed; of the others the bytes are checked and passed over. Every
 * loop over unquoted bytes ends at the latest at the newline that ends the data, so none tests for
 * the end. Lines are counted only when a message needs one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mspike/base/date.h"

typedef enum action {
    SKIP,
    AUTO, /* a number until a cell is not one */
    NUMBER,
    TEXT,
    NOT_NUMBERS, /* was AUTO: to be read as text in a second pass */
} action;

/* What a field is to become, and the array it goes to. */
typedef struct target {
    action todo;
    bool seen; /* an AUTO column has a number or a special missing */
    double *number;
} target;

typedef struct csv {
    const char *file;
    const msp_read_options *options;
    const char *data, *end; /* end[-1] is a newline */
    char *copy;             /* of data that did not end with one */
    char delimiter, decimal;
    bool stop[256]; /* bytes at which a plain run ends */
    bool check_text;

    const char **names; /* in the arena of the table */
    size_t n_fields;
    const char *rows; /* where the first row starts */

    target *targets; /* by field */
    bool kinds;      /* a special missing value was met */
    msp_text scratch;
} csv;

typedef struct field {
    const char *s;
    size_t len;
    const char *next; /* the delimiter or the line's end behind it */
    bool quoted;
} field;

/* -- places -- */

static msp_place place_of(const csv *c, const char *p, size_t span)
{
    uint32_t line = 1;
    const char *start = c->data;
    for (const char *nl; (nl = memchr(start, '\n', (size_t)(p - start))) != NULL; line++)
        start = nl + 1;
    return (msp_place){c->file, line, (uint32_t)(p - start) + 1, span < 100 ? (uint32_t)span : 100,
                       line > 1};
}

static bool at_line_end(const char *p)
{
    return *p == '\n' || (*p == '\r' && p[1] == '\n');
}

/* -- fields -- */

static msp_status bad_byte(const csv *c, const char *p, msp_error *err)
{
    const msp_place at = place_of(c, p, 1);
    if (*p == '\0')
        return msp_fail_at(err, MSP_EINPUT, at, "a NUL byte in the text");
    if (*p == '\r')
        return msp_hint(err, msp_fail_at(err, MSP_EINPUT, at, "a carriage return inside a field"),
                        "lines end in a newline; a field with a line break stands in quotes");
    if (*p == '"')
        return msp_hint(err, msp_fail_at(err, MSP_EINPUT, at, "a quote inside an unquoted field"),
                        "quote the whole field and double the quotes in it: \"a \"\"b\"\"\"");
    return msp_hint(
        err, msp_fail_at(err, MSP_EINPUT, at, "the text is not valid UTF-8"),
        "if the file has another encoding: mspike convert --encoding windows-1252 IN OUT");
}

static msp_status check_text(const csv *c, const char *s, size_t len, msp_error *err)
{
    const size_t valid = c->check_text ? msp_utf8_valid(s, len) : len;
    return valid == len ? MSP_OK : bad_byte(c, s + valid, err);
}

/* The field in quotes that starts at `p`, its doubled quotes made single in the scratch text. */
static msp_status take_quoted(csv *c, const char *p, field *out, msp_error *err)
{
    const char *from = p + 1;
    bool doubled = false;
    msp_text_clear(&c->scratch);
    for (;;) {
        const char *quote = memchr(from, '"', (size_t)(c->end - from));
        if (quote == NULL)
            return msp_fail_at(err, MSP_EINPUT, place_of(c, p, 1),
                               "the quote that opens here is never closed");
        out->next = quote + 1;
        if (quote + 1 < c->end && quote[1] == '"') {
            msp_text_add_n(&c->scratch, from, (size_t)(quote + 1 - from));
            from = quote + 2;
            doubled = true;
            continue;
        }
        out->s = from;
        out->len = (size_t)(quote - from);
        break;
    }
    if (doubled) {
        msp_text_add_n(&c->scratch, from, out->len);
        if (c->scratch.failed)
            return msp__no_memory(err, c->file);
        out->s = c->scratch.data;
        out->len = c->scratch.len;
    }
    out->quoted = true;
    if (*out->next != c->delimiter && !at_line_end(out->next))
        return msp_hint(
            err,
            msp_fail_at(err, MSP_EINPUT, place_of(c, out->next, 1), "text after the closing quote"),
            "a quote inside a quoted field is written twice");
    return check_text(c, p + 1, (size_t)(out->next - 1 - (p + 1)), err);
}

static msp_status take_field(csv *c, const char *p, field *out, msp_error *err)
{
    if (*p == '"')
        return take_quoted(c, p, out, err);
    unsigned bits = 0;
    const char *q = p;
    for (; !c->stop[(unsigned char)*q]; q++)
        bits |= (unsigned char)*q;
    if (*q != c->delimiter && !at_line_end(q))
        return bad_byte(c, q, err);
    *out = (field){p, (size_t)(q - p), q, false};
    return (bits & 0x80) != 0 ? check_text(c, p, out->len, err) : MSP_OK;
}

/* -- values -- */

static void trim(const char **s, size_t *len)
{
    while (*len > 0 && (**s == ' ' || **s == '\t'))
        (*s)++, (*len)--;
    while (*len > 0 && ((*s)[*len - 1] == ' ' || (*s)[*len - 1] == '\t'))
        (*len)--;
}

static bool is_missing(const char *s, size_t len)
{
    trim(&s, &len);
    return len == 0 || (len == 1 && s[0] == '.') || (len == 2 && s[0] == 'N' && s[1] == 'A');
}

/* .A to .Z and ._ */
static bool is_special_missing(const char *s, size_t len)
{
    return len == 2 && s[0] == '.' && ((s[1] >= 'A' && s[1] <= 'Z') || s[1] == '_');
}

bool msp__csv_number(const char *s, size_t len, char decimal, double *out)
{
    trim(&s, &len);
    return decimal == ',' ? msp_double_parse_comma(s, len, out) : msp_double_parse(s, len, out);
}

/* A number whose digits are not a name's: 01 and 12345678901234567 would not come back. */
bool msp__csv_plain_number(const char *s, size_t len, char decimal, double *out)
{
    if (!msp__csv_number(s, len, decimal, out))
        return false;
    trim(&s, &len);
    const size_t sign = s[0] == '-' || s[0] == '+';
    if (len > sign + 1 && s[sign] == '0' && s[sign + 1] >= '0' && s[sign + 1] <= '9')
        return false;
    if (len - sign < 16 || memchr(s, decimal, len) != NULL || memchr(s, 'e', len) != NULL ||
        memchr(s, 'E', len) != NULL)
        return true;
    char back[MSP_DOUBLE_MAX];
    return msp_double_format(*out, back) == len && memcmp(s, back, len) == 0;
}

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The common number, read while its end is looked for: up to 18 digits without exponent, exact in
 * 53 bits, so that one division rounds it correctly. Returns the byte behind it, or NULL for
 * anything else, which the slow way then judges. */
static inline const char *quick_number(const char *p, char delimiter, char decimal, bool plain,
                                       double *out)
{
    const bool negative = *p == '-';
    p += negative;
    const char *start = p;
    uint64_t digits = 0;
    unsigned d;
    while ((d = (unsigned)(unsigned char)*p - '0') < 10) {
        digits = digits * 10 + d;
        p++;
    }
    size_t n = (size_t)(p - start), n_fraction = 0;
    if (plain && n > 1 && *start == '0')
        return NULL;
    if (*p == decimal) {
        const char *fraction = ++p;
        while ((d = (unsigned)(unsigned char)*p - '0') < 10) {
            digits = digits * 10 + d;
            p++;
        }
        n_fraction = (size_t)(p - fraction);
        n += n_fraction;
    }
    if (n == 0 || n > 18 || digits >= (UINT64_C(1) << 53) ||
        (*p != delimiter && *p != '\n' && !at_line_end(p)))
        return NULL;
    const double x = n_fraction > 0 ? (double)digits / powers_of_ten[n_fraction] : (double)digits;
    *out = negative ? -x : x;
    return p;
}

/* Passes over a plain field; NULL for one that must be looked at: quoted, or not plain ASCII. */
static inline const char *quick_skip(const char *p, const bool *stop, char delimiter)
{
    unsigned bits = 0;
    for (; !stop[(unsigned char)*p]; p++)
        bits |= (unsigned char)*p;
    return bits < 0x80 && (*p == delimiter || at_line_end(p)) ? p : NULL;
}

static msp_status not_a_number(const csv *c, const char *p, const field *f, const char *name,
                               msp_error *err)
{
    const msp_status rc = msp_fail_at(err, MSP_EINPUT, place_of(c, p, (size_t)(f->next - p)),
                                      "column %s: found \"%.*s\" where a number is expected", name,
                                      f->len < 60 ? (int)f->len : 60, f->s);
    if (c->decimal == '.' && memchr(f->s, ',', f->len) != NULL)
        return msp_hint(err, rc, "if the file writes a decimal comma say so: --decimal ,");
    if (c->decimal == ',' && memchr(f->s, '.', f->len) != NULL)
        return msp_hint(err, rc, "if the file writes a decimal point say so: --decimal .");
    msp_date date;
    if (msp_date_parse(f->s, f->len, &date))
        return msp_hint(err, rc, "this is a date; a time is a number, counted from some first day");
    return msp_hint(err, rc, "a missing value is an empty field, NA or a point");
}

/* A cell of a number column, off the common path. */
static msp_status read_number(csv *c, const char *p, const field *f, size_t i, msp_table *table,
                              msp_column *column, size_t row, msp_error *err)
{
    const bool may_be_text = c->targets[i].todo == AUTO;
    const char *s = f->s;
    size_t len = f->len;
    trim(&s, &len);
    if (is_missing(s, len) || is_special_missing(s, len)) {
        c->targets[i].seen = c->targets[i].seen || len == 2;
        const char kind = is_special_missing(s, len) ? s[1] : '.';
        c->kinds = c->kinds || kind != '.';
        return msp_table_put_missing(table, column, row, kind) == MSP_OK
                   ? MSP_OK
                   : msp__no_memory(err, c->file);
    }
    double x;
    const bool good = may_be_text ? msp__csv_plain_number(s, len, c->decimal, &x)
                                  : msp__csv_number(s, len, c->decimal, &x);
    if (good) {
        column->number[row] = x;
        c->targets[i].seen = true;
    } else if (may_be_text) {
        c->targets[i].todo = NOT_NUMBERS;
        free(column->missing); /* no row of it is a number any more */
        column->missing = NULL;
    } else {
        return not_a_number(c, p, f, column->name, err);
    }
    return MSP_OK;
}

/* -- rows -- */

static msp_status wrong_width(const csv *c, const char *p, size_t n, msp_error *err)
{
    if (n < c->n_fields) {
        const msp_status rc = msp_fail_at(err, MSP_EINPUT, place_of(c, p, 1),
                                          "the row ends after %zu of %zu fields", n, c->n_fields);
        return msp_hint(err, rc, "the first field missing is %s", c->names[n]);
    }
    const msp_status rc = msp_fail_at(err, MSP_EINPUT, place_of(c, p, 1),
                                      "the row goes on after its %zu fields", c->n_fields);
    if (c->delimiter == ',')
        return msp_hint(err, rc, "quote a field that holds a comma");
    return rc;
}

/* A field that the quick ways left. *p moves behind it. */
static msp_status read_field(csv *c, const char **p, size_t i, const msp_selection *selection,
                             msp_table *table, size_t row, msp_error *err)
{
    field f;
    msp_status rc = take_field(c, *p, &f, err);
    if (rc != MSP_OK || c->targets[i].todo == SKIP || c->targets[i].todo == NOT_NUMBERS) {
        *p = f.next;
        return rc;
    }
    msp_column *column = &table->columns[selection->slot[i]];
    if (c->targets[i].todo == TEXT) {
        const bool missing = !f.quoted && is_missing(f.s, f.len);
        if (msp_table_put_text(table, column, row, f.s, missing ? 0 : f.len) != MSP_OK)
            rc = msp__no_memory(err, c->file);
    } else {
        rc = read_number(c, *p, &f, i, table, column, row, err);
    }
    *p = f.next;
    return rc;
}

/* Rows read the quick way hold numbers: marks that a kind of missing value left there go. */
static void clear_kinds(msp_table *table, size_t row)
{
    for (size_t k = 0; k < table->n_columns; k++) {
        const msp_column *column = &table->columns[k];
        if (column->missing != NULL && !isnan(column->number[row]))
            column->missing[row] = 0;
    }
}

static msp_status make_room(csv *c, const msp_selection *selection, msp_table *table, size_t cap,
                            msp_error *err)
{
    const msp_status rc = cap > table->cap_rows ? msp__table_reserve(table, cap, err) : MSP_OK;
    for (size_t i = 0; i < c->n_fields && rc == MSP_OK; i++) {
        const size_t slot = selection->slot[i];
        c->targets[i].number = slot != MSP_NO_SLOT ? table->columns[slot].number : NULL;
    }
    return rc;
}

/* All rows, or the first `limit` of them. */
static msp_status read_rows(csv *c, const msp_selection *selection, msp_table *table, size_t limit,
                            msp_error *err)
{
    const char delimiter = c->delimiter, decimal = c->decimal;
    const size_t n_fields = c->n_fields;
    const bool *stop = c->stop;
    target *targets = c->targets;
    size_t row = 0;
    /* a header of a hundred thousand columns shall not ask for much before the first row */
    const size_t first = n_fields < 64 ? 1024 : 65536 / n_fields + 1;
    msp_status rc = make_room(c, selection, table, first, err);
    for (const char *p = c->rows; rc == MSP_OK && p < c->end && row < limit;) {
        if (at_line_end(p) && n_fields > 1) { /* a blank line */
            p += *p == '\r' ? 2 : 1;
            continue;
        }
        if (row == table->cap_rows && (rc = make_room(c, selection, table, row * 2, err)) != MSP_OK)
            break;
        for (size_t i = 0; i < n_fields; i++) {
            const action todo = targets[i].todo;
            const char *behind = NULL;
            if (todo == NUMBER || todo == AUTO) {
                behind = quick_number(p, delimiter, decimal, todo == AUTO, &targets[i].number[row]);
                targets[i].seen = targets[i].seen || behind != NULL;
            } else if (todo != TEXT) {
                behind = quick_skip(p, stop, delimiter);
            }
            if (behind != NULL) {
                p = behind;
            } else {
                rc = read_field(c, &p, i, selection, table, row, err);
                if (rc != MSP_OK)
                    return rc;
            }
            const bool last = i + 1 == n_fields;
            if (at_line_end(p) != last)
                return wrong_width(c, p, last ? i + 2 : i + 1, err);
            p++;
        }
        if (p[-1] == '\r')
            p++;
        if (c->kinds)
            clear_kinds(table, row);
        table->n_rows = ++row;
        rc = msp__reading(c->options, c->file, row, (uint64_t)(p - c->data),
                          (uint64_t)(c->end - c->data), err);
    }
    return rc;
}

#define ROWS_TO_JUDGE 1000

/* Which columns hold numbers is judged on the first rows; one that turns out to hold texts further
 * down is read a second time, as text, once all others are done. */
static msp_status read_columns(csv *c, const msp_selection *selection, msp_table *table,
                               msp_error *err)
{
    bool any_auto = false;
    for (size_t k = 0; k < selection->n; k++) {
        const size_t i = selection->field[k];
        const msp_column_type type =
            selection->as[k] == MSP_READ_TEXT ? MSP_COLUMN_TEXT : MSP_COLUMN_NUMBER;
        if (msp_table_add_column(table, c->names[i], type) == NULL)
            return msp__no_memory(err, c->file);
        c->targets[i].todo = selection->as[k] == MSP_READ_TEXT     ? TEXT
                             : selection->as[k] == MSP_READ_NUMBER ? NUMBER
                                                                   : AUTO;
        any_auto = any_auto || c->targets[i].todo == AUTO;
    }
    msp_status rc = MSP_OK;
    if (any_auto) {
        rc = read_rows(c, selection, table, ROWS_TO_JUDGE, err);
        for (size_t i = 0; i < c->n_fields && rc == MSP_OK; i++)
            if (c->targets[i].todo == NOT_NUMBERS) {
                c->targets[i].todo = TEXT;
                rc = msp__column_becomes_text(table, &table->columns[selection->slot[i]], err);
            }
    }
    if (rc == MSP_OK)
        rc = read_rows(c, selection, table, SIZE_MAX, err);
    bool again = false;
    for (size_t i = 0; i < c->n_fields && rc == MSP_OK; i++) {
        const bool turned = c->targets[i].todo == NOT_NUMBERS;
        const bool empty =
            c->targets[i].todo == AUTO && !c->targets[i].seen; /* nothing says it is a number */
        if (turned || empty)
            rc = msp__column_becomes_text(table, &table->columns[selection->slot[i]], err);
        c->targets[i].todo = turned ? TEXT : SKIP;
        again = again || turned;
    }
    if (rc == MSP_OK && again)
        rc = read_rows(c, selection, table, SIZE_MAX, err);
    return rc;
}

/* -- the header -- */

/* The delimiter that the header line has most of, outside quotes. */
static char find_delimiter(const csv *c)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (const char *p = c->data; p < c->end && (quoted || *p != '\n'); p++) {
        quoted = quoted != (*p == '"');
        commas += !quoted && *p == ',';
        semicolons += !quoted && *p == ';';
        tabs += !quoted && *p == '\t';
    }
    if (tabs > commas && tabs >= semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}

static msp_status open_csv(csv *c, const char *data, size_t size, const char *file, char delimiter,
                           char decimal, msp_error *err)
{
    *c = (csv){.file = file, .check_text = true};
    if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        data += 3;
        size -= 3;
    }
    if (size == 0)
        return msp_fail_at(err, MSP_ENODATA, (msp_place){.file = file}, "the file is empty");
    if (data[size - 1] != '\n') {
        c->copy = malloc(size + 1);
        if (c->copy == NULL)
            return msp__no_memory(err, file);
        memcpy(c->copy, data, size);
        c->copy[size++] = '\n';
        data = c->copy;
    }
    c->data = data;
    c->end = data + size;
    c->delimiter = delimiter != 0 ? delimiter : find_delimiter(c);
    c->decimal = decimal != 0 ? decimal : c->delimiter == ';' ? ',' : '.';
    if (strchr("\"\r\n", c->delimiter) != NULL || strchr(".,", c->decimal) == NULL ||
        c->delimiter == c->decimal)
        return msp_fail(err, MSP_EUSAGE,
                        "a CSV file cannot have the delimiter \"%c\" and the decimal \"%c\"",
                        c->delimiter, c->decimal);
    c->stop['\0'] = c->stop['\n'] = c->stop['\r'] = c->stop['"'] = true;
    c->stop[(unsigned char)c->delimiter] = true;
    return MSP_OK;
}

static void close_csv(csv *c)
{
    free(c->copy);
    free(c->names);
    free(c->targets);
    msp_text_free(&c->scratch);
}

static bool grow_names(csv *c)
{
    if ((c->n_fields & (c->n_fields - 1)) != 0)
        return true; /* room is a power of two */
    const char **names = realloc(c->names, (c->n_fields > 0 ? c->n_fields * 2 : 1) * sizeof *names);
    if (names == NULL)
        return false;
    c->names = names;
    return true;
}

static msp_status read_header(csv *c, msp_arena *arena, msp_error *err)
{
    const char *p = c->data;
    for (;; p++) {
        field f;
        const msp_status rc = take_field(c, p, &f, err);
        if (rc != MSP_OK)
            return rc;
        if (!f.quoted)
            trim(&f.s, &f.len);
        if (!grow_names(c))
            return msp__no_memory(err, c->file);
        /* R writes its row names under an empty header. */
        const char *name = f.len > 0 ? msp_arena_text_n(arena, f.s, f.len)
                                     : msp_arena_printf(arena, "column_%zu", c->n_fields + 1);
        if (name == NULL)
            return msp__no_memory(err, c->file);
        c->names[c->n_fields++] = name;
        p = f.next;
        if (at_line_end(p))
            break;
    }
    c->rows = *p == '\r' ? p + 2 : p + 1;
    c->targets = calloc(c->n_fields, sizeof *c->targets);
    if (c->targets == NULL)
        return msp__no_memory(err, c->file);
    return MSP_OK;
}

msp_status msp__csv_read(const char *data, size_t size, const char *file,
                         const msp_read_options *options, msp_table *out, msp_error *err)
{
    csv c = {0};
    msp_selection selection = {0};
    const char delimiter = options != NULL ? options->delimiter : 0;
    const char decimal = options != NULL ? options->decimal : 0;
    msp_recoder *recoder;
    msp_status rc = msp__recoder_open(&recoder, options != NULL ? options->encoding : NULL, err);
    if (rc == MSP_OK && recoder != NULL && msp__recode(recoder, &data, &size) != MSP_OK)
        rc = msp_fail_at(err, MSP_EINPUT, (msp_place){.file = file},
                         "the text is not in the encoding %s", options->encoding);
    if (rc == MSP_OK)
        rc = open_csv(&c, data, size, file, delimiter, decimal, err);
    c.options = options;
    if (rc == MSP_OK)
        rc = read_header(&c, &out->arena, err);
    if (rc == MSP_OK)
        rc = msp__selection_init(&selection, c.names, c.n_fields, options, file, err);
    if (rc == MSP_OK) {
        out->format = MSP_TABLE_CSV;
        out->delimiter = c.delimiter;
        out->decimal = c.decimal;
        rc = read_columns(&c, &selection, out, err);
    }
    if (rc == MSP_OK)
        rc = msp__selection_apply(&selection, out, err);
    msp__selection_free(&selection);
    close_csv(&c);
    msp__recoder_close(recoder);
    return rc;
}

/* -- a cell's place, long after -- */

static msp_status walk_row(csv *c, const char **p, size_t stop_at, field *f)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        const msp_status rc = take_field(c, *p, f, NULL);
        if (rc != MSP_OK || i == stop_at)
            return rc;
        *p = f->next + 1;
    }
    if (f->next[0] == '\r')
        (*p)++;
    return MSP_OK;
}

msp_place msp__csv_place(const msp_table *table, const char *data, size_t size, size_t row,
                         const char *column_name)
{
    csv c;
    msp_arena arena = {0};
    msp_place at = {.file = table->file};
    if (open_csv(&c, data, size, table->file, table->delimiter, table->decimal, NULL) == MSP_OK) {
        c.check_text = false;
        msp_status rc = read_header(&c, &arena, NULL);
        const char *p = c.rows;
        field f = {0};
        for (size_t i = 0; rc == MSP_OK && p < c.end && i <= row;) {
            if (at_line_end(p) && c.n_fields > 1) {
                p += *p == '\r' ? 2 : 1;
                continue;
            }
            if (i++ < row) {
                rc = walk_row(&c, &p, SIZE_MAX, &f);
                continue;
            }
            size_t wanted = 0;
            while (column_name != NULL && wanted < c.n_fields &&
                   strcmp(c.names[wanted], column_name) != 0)
                wanted++;
            if (wanted < c.n_fields)
                rc = walk_row(&c, &p, wanted, &f);
            if (rc == MSP_OK)
                at = place_of(&c, p, f.next > p ? (size_t)(f.next - p) : 1);
        }
    }
    msp_arena_free(&arena);
    close_csv(&c);
    return at;
}
