#include "measure.h"

#include <string.h>

/* Advance widths of printable ASCII in thousandths of the type size, measured from a font with the
 * metrics of Helvetica and Arial, which the style sheet asks for. */
static const unsigned short widths[2][95] = {
    {
        /* regular */
        278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    },
    {
        /* bold */
        278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
        975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
        333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
        611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
    }};

#define WIDTH_OF_OTHER 0.66 /* Latin with marks, Greek, Cyrillic: their wide ones */
#define WIDTH_OF_WIDE  1.0  /* East Asian writing, symbols, and what we do not know */

static size_t code_point(const char *s, unsigned long *out)
{
    const unsigned char c = (unsigned char)*s;
    const size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    unsigned long value = n == 1 ? c : c & (0xffU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80) { /* not UTF-8: a replacement is drawn for it */
            *out = 0xfffd;
            return 1;
        }
        value = value << 6 | ((unsigned char)s[i] & 0x3f);
    }
    *out = value;
    return n;
}

static double advance(unsigned long c, bool is_bold)
{
    if (c >= 32 && c < 127)
        return widths[is_bold][c - 32] / 1000.0;
    if (c >= 0x300 && c < 0x370)
        return 0; /* marks that stand over a letter */
    if (c < 0x1100 || (c >= 0x2000 && c <= 0x2027 && c != 0x2014))
        return WIDTH_OF_OTHER;
    return WIDTH_OF_WIDE;
}

double figure_text_width(const char *s, double size, bool is_bold)
{
    double width = 0;
    while (*s != '\0') {
        unsigned long c;
        s += code_point(s, &c);
        width += advance(c, is_bold);
    }
    return width * size;
}

size_t figure_text_fit(const char *s, double width, double size, bool is_bold)
{
    double used = 0;
    size_t at = 0;
    while (s[at] != '\0') {
        unsigned long c;
        const size_t n = code_point(s + at, &c);
        used += advance(c, is_bold) * size;
        if (used > width)
            break;
        at += n;
    }
    return at;
}

/* The length of the first line: up to the last blank that fits, or as much of one word as fits. */
static size_t first_line(const char *s, double width, double size, bool is_bold)
{
    const size_t fit = figure_text_fit(s, width, size, is_bold);
    if (s[fit] == '\0' || s[fit] == ' ')
        return fit;
    for (size_t i = fit; i > 0; i--)
        if (s[i - 1] == ' ')
            return i - 1;
    unsigned long c;
    return fit > 0 ? fit : code_point(s, &c);
}

size_t figure_text_wrap(const char *s, double width, double size, bool is_bold, size_t max,
                        figure_line *lines)
{
    size_t n = 0;
    while (*s == ' ')
        s++;
    while (*s != '\0' && n < max) {
        size_t len = first_line(s, width, size, is_bold);
        const char *rest = s + len;
        while (*rest == ' ')
            rest++;
        const bool cut = n + 1 == max && *rest != '\0';
        if (cut) { /* room for the dots */
            len = figure_text_fit(s, width - size, size, is_bold);
            while (len > 0 && s[len - 1] == ' ')
                len--;
        }
        lines[n++] = (figure_line){s, len, cut};
        s = rest;
    }
    return n;
}
