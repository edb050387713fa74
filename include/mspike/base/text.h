/*
 * text.h - growing text, UTF-8, and "did you mean".
 */
#ifndef MSPIKE_BASE_TEXT_H
#define MSPIKE_BASE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "mspike/base/status.h"

MSP_BEGIN

/* Text that grows. When memory runs out the text stays as it was and `failed` is set, so a writer
 * appends freely and checks once at the end. */
typedef struct msp_text {
    char *data; /* NUL-ended once anything was appended; NULL before */
    size_t len, cap;
    bool failed;
} msp_text; /* {0} is an empty text, ready to use */

void msp_text_add(msp_text *text, const char *s);
void msp_text_add_n(msp_text *text, const char *s, size_t len);
void msp_text_add_char(msp_text *text, char c);
/* `len` bytes more, for the caller to fill; NULL when memory runs out. Good until the next call. */
char *msp_text_extend(msp_text *text, size_t len);
void msp_text_printf(msp_text *text, const char *fmt, ...) MSP_PRINTF(2, 3);
/* The shortest decimal that reads back to the same bits; non-finite values become "NA". */
void msp_text_add_double(msp_text *text, double x);
/* A field of a CSV line, in quotes where it must be; NULL is the empty field. */
void msp_text_add_field(msp_text *text, const char *s);
/* With < > & " ' replaced, for HTML and SVG; what neither can hold (control characters, bytes that
 * are not UTF-8) becomes U+FFFD. */
void msp_text_add_html(msp_text *text, const char *s);
/* Never NULL: "" for an empty text. */
const char *msp_text_str(const msp_text *text);
void msp_text_clear(msp_text *text);
void msp_text_free(msp_text *text);

/* Room for any double written by msp_double_format, its NUL included. */
#define MSP_DOUBLE_MAX 32
/* Writes the shortest decimal that reads back to the same bits and returns its length. */
size_t msp_double_format(double x, char out[MSP_DOUBLE_MAX]);
/* Reads a decimal number (sign, digits, point, exponent) that fills s[0..len) entirely, rounded
 * correctly; false for anything else: inf, nan, hexadecimal, blanks. Overflow is false too.
 * The program's locale is never read. */
bool msp_double_parse(const char *s, size_t len, double *out);
/* The same with a decimal comma in place of the point. */
bool msp_double_parse_comma(const char *s, size_t len, double *out);

/* The length of the longest valid UTF-8 beginning of s[0..len): len when all of it is valid. */
size_t msp_utf8_valid(const char *s, size_t len);
/* Columns that s takes on a terminal, one a code point. */
size_t msp_utf8_width(const char *s);

/* The entry of `words` most like `word` (fewest edits, case ignored first), or NULL when none is
 * near enough to be what was meant. Used by every "did you mean". */
const char *msp_suggest(const char *word, const char *const *words, size_t n_words);

/* Case-insensitive for ASCII letters. */
bool msp_text_equal_nocase(const char *a, const char *b);
/* Letter by letter, but runs of digits as numbers: "Cycle 2" before "Cycle 10". Below 0, 0, above
 * 0, as strcmp; 0 also where numbers differ in leading zeros alone. */
int msp_text_natural_order(const char *a, const char *b);
bool msp_text_contains_nocase(const char *text, const char *word);

MSP_END
#endif
