/* svg_transform.c - transform lists (SVG 1.1, 7.6) and the numbers of a figure. */
#include <math.h>
#include <string.h>

#include "mspike/base/text.h"
#include "svg_internal.h"

void msp__svg_skip(svg_span text, size_t *i)
{
    while (*i < text.len && (svg_is_space(text.at[*i]) || text.at[*i] == ','))
        ++*i;
}

bool msp__svg_number(svg_span text, size_t *i, double *out)
{
    msp__svg_skip(text, i);
    const size_t from = *i;
    bool point = false, exponent = false;
    for (; *i < text.len; ++*i) {
        const char c = text.at[*i], before = *i > from ? text.at[*i - 1] : ' ';
        const bool sign = (c == '-' || c == '+') && (*i == from || before == 'e' || before == 'E');
        if (c == '.' && !point && !exponent)
            point = true;
        else if ((c == 'e' || c == 'E') && *i > from && !exponent)
            exponent = true;
        else if (!(c >= '0' && c <= '9') && !sign)
            break;
    }
    const size_t plus = *i > from && text.at[from] == '+';
    return msp_double_parse(text.at + from + plus, *i - from - plus, out);
}

svg_matrix msp__svg_product(const svg_matrix *o, const svg_matrix *n)
{
    return (svg_matrix){o->a * n->a + o->c * n->b,        o->b * n->a + o->d * n->b,
                        o->a * n->c + o->c * n->d,        o->b * n->c + o->d * n->d,
                        o->a * n->e + o->c * n->f + o->e, o->b * n->e + o->d * n->f + o->f};
}

static double radians(double degrees)
{
    return degrees * (acos(-1) / 180);
}

/* A rotation about (x, y). */
static svg_matrix rotation(double degrees, double x, double y)
{
    const double c = cos(radians(degrees)), s = sin(radians(degrees));
    return (svg_matrix){c, s, -s, c, x - c * x + s * y, y - s * x - c * y};
}

/* One function of n numbers; false where it does not take so many. */
static bool function(svg_span name, const double *x, size_t n, svg_matrix *out)
{
    static const struct {
        const char *name;
        size_t least, most;
    } functions[] = {{"matrix", 6, 6}, {"translate", 1, 2}, {"scale", 1, 2},
                     {"rotate", 1, 3}, {"skewX", 1, 1},     {"skewY", 1, 1}};
    size_t k = 0;
    while (k < MSP_COUNT(functions) && (strlen(functions[k].name) != name.len ||
                                        memcmp(functions[k].name, name.at, name.len) != 0))
        k++;
    if (k == MSP_COUNT(functions) || n < functions[k].least || n > functions[k].most ||
        (k == 3 && n == 2))
        return false;
    switch (k) {
    case 0:
        *out = (svg_matrix){x[0], x[1], x[2], x[3], x[4], x[5]};
        break;
    case 1:
        *out = (svg_matrix){1, 0, 0, 1, x[0], n > 1 ? x[1] : 0};
        break;
    case 2:
        *out = (svg_matrix){x[0], 0, 0, n > 1 ? x[1] : x[0], 0, 0};
        break;
    case 3:
        *out = rotation(x[0], n > 1 ? x[1] : 0, n > 1 ? x[2] : 0);
        break;
    case 4:
        *out = (svg_matrix){1, 0, tan(radians(x[0])), 1, 0, 0};
        break;
    default:
        *out = (svg_matrix){1, tan(radians(x[0])), 0, 1, 0, 0};
    }
    return true;
}

bool msp__svg_transform(svg_span list, svg_matrix *out)
{
    *out = SVG_IDENTITY;
    size_t i = 0;
    for (msp__svg_skip(list, &i); i < list.len; msp__svg_skip(list, &i)) {
        double x[6];
        size_t n = 0;
        svg_matrix one;
        svg_span name = {list.at + i, 0};
        while (i < list.len && list.at[i] != '(' && !svg_is_space(list.at[i]))
            i++;
        name.len = (size_t)(list.at + i - name.at);
        msp__svg_skip(list, &i);
        if (i == list.len || list.at[i++] != '(')
            return false;
        for (msp__svg_skip(list, &i); i < list.len && list.at[i] != ')'; msp__svg_skip(list, &i))
            if (n == MSP_COUNT(x) || !msp__svg_number(list, &i, &x[n++]))
                return false;
        if (i++ == list.len || !function(name, x, n, &one))
            return false;
        *out = msp__svg_product(out, &one);
    }
    return true;
}
