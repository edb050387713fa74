#include "mspike/base/text.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"

/* -- growing text -- */

static bool grow(msp_text *text, size_t more)
{
    if (text->failed || more > SIZE_MAX - text->len - 1) {
        text->failed = true;
        return false;
    }
    const size_t need = text->len + more + 1;
    size_t cap = text->cap > SIZE_MAX / 2 ? need : text->cap * 2;
    if (cap < need)
        cap = need;
    if (cap < 64)
        cap = 64;
    char *data = realloc(text->data, cap);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->cap = cap;
    return true;
}

/* Room for `more` bytes and a NUL behind them. */
static inline bool reserve(msp_text *text, size_t more)
{
    return (!text->failed && text->cap > text->len && text->cap - text->len > more) ||
           grow(text, more);
}

void msp_text_add_n(msp_text *text, const char *s, size_t len)
{
    if (!reserve(text, len))
        return;
    if (len > 0)
        memcpy(text->data + text->len, s, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void msp_text_add(msp_text *text, const char *s)
{
    msp_text_add_n(text, s, strlen(s));
}

void msp_text_add_char(msp_text *text, char c)
{
    if (!reserve(text, 1))
        return;
    text->data[text->len++] = c;
    text->data[text->len] = '\0';
}

char *msp_text_extend(msp_text *text, size_t len)
{
    if (!reserve(text, len))
        return NULL;
    char *begin = text->data + text->len;
    text->len += len;
    text->data[text->len] = '\0';
    return begin;
}

void msp_text_printf(msp_text *text, const char *fmt, ...)
{
    va_list args;
    if (!reserve(text, 0))
        return;
    /* Mostly there is room for it, and it is done. */
    va_start(args, fmt);
    const int len = vsnprintf(text->data + text->len, text->cap - text->len, fmt, args);
    va_end(args);
    const bool fits = len >= 0 && (size_t)len < text->cap - text->len;
    if (!fits) {
        text->data[text->len] = '\0';
        text->failed = len < 0;
        if (len < 0 || !reserve(text, (size_t)len))
            return;
        va_start(args, fmt);
        (void)vsnprintf(text->data + text->len, (size_t)len + 1, fmt, args);
        va_end(args);
    }
    text->len += (size_t)len;
}

void msp_text_add_field(msp_text *text, const char *s)
{
    if (s == NULL)
        return;
    if (strpbrk(s, ",\"\r\n") == NULL) {
        msp_text_add(text, s);
        return;
    }
    msp_text_add_char(text, '"');
    for (size_t n; *s != '\0'; s += n) {
        n = strcspn(s, "\"");
        if (s[n] == '"') {
            msp_text_add_n(text, s, ++n);
            msp_text_add_char(text, '"');
        } else {
            msp_text_add_n(text, s, n);
        }
    }
    msp_text_add_char(text, '"');
}

void msp_text_add_double(msp_text *text, double x)
{
    char number[MSP_DOUBLE_MAX];
    msp_text_add_n(text, number, msp_double_format(x, number));
}

/* What takes the place of the byte at `s`; NULL where it may stand as it is. */
static const char *html_replacement(const char *s)
{
    switch (*s) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return NULL;
    default:
        return (unsigned char)*s < 0x20 || *s == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

void msp_text_add_html(msp_text *text, const char *s)
{
    size_t len = strlen(s);
    while (len > 0) {
        const size_t valid = msp_utf8_valid(s, len);
        size_t written = 0;
        for (size_t i = 0; i < valid; i++) {
            const char *instead = html_replacement(s + i);
            if (instead == NULL)
                continue;
            msp_text_add_n(text, s + written, i - written);
            msp_text_add(text, instead);
            written = i + 1;
        }
        msp_text_add_n(text, s + written, valid - written);
        s += valid;
        len -= valid;
        if (len == 0)
            return;
        msp_text_add(text, "\xef\xbf\xbd"); /* U+FFFD for a byte that is not UTF-8 */
        s++;
        len--;
    }
}

const char *msp_text_str(const msp_text *text)
{
    return text->data != NULL ? text->data : "";
}

void msp_text_clear(msp_text *text)
{
    text->len = 0;
    text->failed = false;
    if (text->data != NULL)
        text->data[0] = '\0';
}

void msp_text_free(msp_text *text)
{
    free(text->data);
    *text = (msp_text){0};
}

/* -- numbers -- */

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The program may have set a locale with a decimal comma; strtod and printf then use it, we do not.
 * Only its point is looked at, and only on the slow path. */
static char locale_point(void)
{
    const char *point = localeconv()->decimal_point;
    return point != NULL && point[0] != '\0' && point[1] == '\0' ? point[0] : '.';
}

static bool parse_slow(const char *s, size_t len, char comma, double *out)
{
    char buffer[512];
    char *heap = NULL, *copy = buffer;
    if (len >= sizeof buffer) {
        copy = heap = malloc(len + 1);
        if (copy == NULL)
            return false;
    }
    memcpy(copy, s, len);
    copy[len] = '\0';
    char *point = memchr(copy, comma, len);
    if (point != NULL)
        *point = locale_point();
    char *end;
    *out = strtod(copy, &end);
    const bool whole = end == copy + len;
    free(heap);
    return whole && isfinite(*out);
}

/* Up to 19 digits and a power of ten within 10^22 give the correctly rounded result with one
 * multiplication or division of exact doubles when the digits fit 53 bits (Clinger 1990). */
static bool parse_double(const char *s, size_t len, char comma, double *out)
{
    size_t i = 0;
    const bool negative = len > 0 && s[0] == '-';
    if (len > 0 && (s[0] == '-' || s[0] == '+'))
        i++;
    uint64_t digits = 0;
    int n_digits = 0, power = 0;
    bool any = false, point = false, exact = true;
    for (; i < len; i++) {
        const unsigned d = (unsigned)(unsigned char)s[i] - '0';
        if (d < 10) {
            any = true;
            if (n_digits < 19) {
                digits = digits * 10 + d;
                n_digits += digits != 0;
                power -= point;
            } else {
                exact = exact && d == 0;
                power += !point;
            }
        } else if (s[i] == comma && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (!any)
        return false;
    if (i < len && (s[i] == 'e' || s[i] == 'E')) {
        size_t j = i + 1;
        const bool down = j < len && s[j] == '-';
        if (j < len && (s[j] == '-' || s[j] == '+'))
            j++;
        int e = 0;
        const size_t first = j;
        for (; j < len && s[j] >= '0' && s[j] <= '9'; j++)
            e = e < 100000 ? e * 10 + (s[j] - '0') : e;
        if (j == first || j != len)
            return false;
        power += down ? -e : e;
        i = j;
    }
    if (i != len)
        return false;
    if (exact && digits < (UINT64_C(1) << 53) && power >= -22 && power <= 22) {
        double x = (double)digits;
        x = power < 0 ? x / powers_of_ten[-power] : x * powers_of_ten[power];
        *out = negative ? -x : x;
        return true;
    }
    return parse_slow(s, len, comma, out);
}

bool msp_double_parse(const char *s, size_t len, double *out)
{
    return parse_double(s, len, '.', out);
}

bool msp_double_parse_comma(const char *s, size_t len, double *out)
{
    return parse_double(s, len, ',', out);
}

/* A number that is a decimal of at most 8 places and 15 digits, as measurements are: printf would
 * write the same. Returns 0 for any other. */
static size_t format_short(double x, char out[MSP_DOUBLE_MAX])
{
    const double size = fabs(x);
    for (int places = 1; places <= 8; places++) {
        const double scaled = size * powers_of_ten[places] + 0.5;
        if (size < 1e-4 || scaled >= 1e15)
            break;
        const uint64_t digits = (uint64_t)scaled, unit = (uint64_t)powers_of_ten[places];
        if ((double)digits / powers_of_ten[places] != size)
            continue;
        char *at = out;
        if (x < 0)
            *at++ = '-';
        at = msp__put_digits(at, digits / unit, 1);
        *at++ = '.';
        return msp__end_text(out, msp__put_digits(at, digits % unit, places));
    }
    return 0;
}

size_t msp_double_format(double x, char out[MSP_DOUBLE_MAX])
{
    if (!isfinite(x)) {
        memcpy(out, "NA", 3);
        return 2;
    }
    /* Whole numbers are the common case of a clinical table. */
    if (x == trunc(x) && fabs(x) < 1e15 && !(x == 0 && signbit(x))) {
        char *at = out;
        if (x < 0)
            *at++ = '-';
        return msp__end_text(out, msp__put_digits(at, (uint64_t)fabs(x), 1));
    }
    int len = (int)format_short(x, out);
    if (len > 0)
        return (size_t)len;
    /* 15 digits survive the way to a normal double and back; a subnormal holds fewer. */
    for (int precision = fabs(x) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        len = snprintf(out, MSP_DOUBLE_MAX, "%.*g", precision, x);
        char *point = memchr(out, locale_point(), (size_t)len);
        if (point != NULL)
            *point = '.';
        double back;
        if (precision == 17 || (msp_double_parse(out, (size_t)len, &back) && back == x))
            break;
    }
    return (size_t)len;
}

/* -- UTF-8 -- */

/* Length of the sequence at s, 0 when it is not valid UTF-8 (RFC 3629). */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return s[0] != 0; /* NUL is no text */
    size_t n;
    unsigned char low = 0x80, high = 0xbf;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        n = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        n = 3;
        low = s[0] == 0xe0 ? 0xa0 : 0x80;
        high = s[0] == 0xed ? 0x9f : 0xbf;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        n = 4;
        low = s[0] == 0xf0 ? 0x90 : 0x80;
        high = s[0] == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    if (len < n || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

size_t msp_utf8_valid(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len) {
        const size_t n = utf8_sequence((const unsigned char *)s + i, len - i);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

size_t msp_utf8_width(const char *s)
{
    size_t width = 0;
    for (; *s != '\0'; s++)
        width += ((unsigned char)*s & 0xc0) != 0x80;
    return width;
}

/* -- did you mean -- */

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool msp_text_equal_nocase(const char *a, const char *b)
{
    for (; *a != '\0' && lower((unsigned char)*a) == lower((unsigned char)*b); a++)
        b++;
    return lower((unsigned char)*a) == lower((unsigned char)*b);
}

int msp_text_natural_order(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    while (*a != '\0' && *b != '\0') {
        size_t na = strspn(a, digits), nb = strspn(b, digits);
        if (na == 0 || nb == 0) {
            if (*a != *b)
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++;
            b++;
            continue;
        }
        for (; na > 1 && *a == '0'; na--)
            a++;
        for (; nb > 1 && *b == '0'; nb--)
            b++;
        const int order = na != nb ? (na < nb ? -1 : 1) : strncmp(a, b, na);
        if (order != 0)
            return order;
        a += na;
        b += nb;
    }
    return (*a != '\0') - (*b != '\0');
}

bool msp_text_contains_nocase(const char *text, const char *word)
{
    const size_t n = strlen(word);
    for (;; text++) {
        size_t i = 0;
        while (i < n && lower((unsigned char)text[i]) == lower((unsigned char)word[i]))
            i++;
        if (i == n)
            return true;
        if (*text == '\0')
            return false;
    }
}

#define SUGGEST_MAX 64

/* Edits (insert, delete, replace, swap of neighbours) from a to b, letters' case ignored. */
static size_t edits(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    if (n > SUGGEST_MAX || m > SUGGEST_MAX)
        return SIZE_MAX;
    size_t rows[3][SUGGEST_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const bool same = lower((unsigned char)a[i - 1]) == lower((unsigned char)b[j - 1]);
            size_t best = last[j - 1] + !same;
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 &&
                lower((unsigned char)a[i - 1]) == lower((unsigned char)b[j - 2]) &&
                lower((unsigned char)a[i - 2]) == lower((unsigned char)b[j - 1]) &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *msp_suggest(const char *word, const char *const *words, size_t n_words)
{
    const char *best = NULL;
    const size_t len = strlen(word);
    size_t best_edits = len <= 2 ? 1 : len <= 5 ? 2 : len / 3 + 1;
    best_edits += 1; /* strictly fewer than this */
    for (size_t i = 0; i < n_words; i++) {
        const size_t e = edits(word, words[i]);
        const size_t other = strlen(words[i]);
        if (e < best_edits && e < (len > other ? len : other)) {
            best = words[i];
            best_edits = e;
        }
    }
    return best;
}
