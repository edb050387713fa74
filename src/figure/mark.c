#include "mark.h"

#include "svg.h"

/* -- fills -- */

/* In a tile of 6 by 6; "" leaves the colour plain. */
static const char *const hatching[MSP_FILLS] = {
    "",
    "M-1.5 1.5L1.5 -1.5M0 6L6 0M4.5 7.5L7.5 4.5",
    "",
    "M-1.5 4.5L1.5 7.5M0 0L6 6M4.5 -1.5L7.5 1.5",
    "",
    "M1 2H3M4 5H6",
    "M0 0L6 6M0 6L6 0",
    "M3 0V6",
    "",
};

msp_status mark_check_states(const msp_figure_state *states, size_t n, msp_error *err)
{
    if (n > MSP_STATES_MAX)
        return msp_fail(err, MSP_EINPUT, "a figure has %zu states; expected at most %d", n,
                        MSP_STATES_MAX);
    for (size_t i = 0; i < n; i++)
        if (states[i].fill < 0 || states[i].fill >= MSP_FILLS)
            return msp_fail(err, MSP_EINPUT, "the state \"%s\" has fill %d; expected 0 to %d",
                            states[i].label, states[i].fill, MSP_FILLS - 1);
    return MSP_OK;
}

static void define_fill(msp_text *out, const char *id, int fill)
{
    msp_text_printf(out,
                    "<pattern id=\"%s-k%d\" width=\"6\" height=\"6\" "
                    "patternUnits=\"userSpaceOnUse\">\n",
                    id, fill);
    char style[16];
    snprintf(style, sizeof style, "k%d", fill);
    svg_rect(out, style, 0, 0, 6, 6);
    msp_text_printf(out, "<path class=\"hatch\" d=\"%s\"/>\n</pattern>\n", hatching[fill]);
}

void mark_define_fills(msp_text *out, const char *id, const msp_figure_state *states, size_t n)
{
    bool used[MSP_FILLS] = {false};
    for (size_t i = 0; i < n; i++)
        used[states[i].fill] = true;
    msp_text_add(out, "<defs>\n");
    for (int fill = 0; fill < MSP_FILLS; fill++)
        if (used[fill] && *hatching[fill] != '\0')
            define_fill(out, id, fill);
    msp_text_add(out, "</defs>\n");
}

static void attribute(msp_text *out, const char *name, double x)
{
    msp_text_printf(out, " %s=\"", name);
    svg_number(out, x);
    msp_text_add_char(out, '"');
}

void mark_rect(msp_text *out, const char *id, int fill, double x, double y, double w, double h)
{
    if (*hatching[fill] == '\0')
        msp_text_printf(out, "<rect class=\"bar k%d\"", fill);
    else
        msp_text_printf(out, "<rect class=\"bar\" fill=\"url(#%s-k%d)\"", id, fill);
    attribute(out, "x", x);
    attribute(out, "y", y);
    attribute(out, "width", w);
    attribute(out, "height", h);
    msp_text_add(out, "/>\n");
}

/* -- shapes -- */

/* Corners of a shape that fits into -1 to 1; a count of 0 is a circle. */
typedef struct shape {
    size_t n;
    double at[12][2];
} shape;

static const shape shapes[MSP_MARKS] = {
    [MSP_MARK_DISC] = {0},
    [MSP_MARK_RING] = {0},
    [MSP_MARK_SQUARE] = {4, {{-.85, -.85}, {.85, -.85}, {.85, .85}, {-.85, .85}}},
    [MSP_MARK_DIAMOND] = {4, {{0, -1.1}, {1.1, 0}, {0, 1.1}, {-1.1, 0}}},
    [MSP_MARK_TRIANGLE] = {3, {{0, -1.05}, {1.05, .85}, {-1.05, .85}}},
    [MSP_MARK_WEDGE] = {3, {{0, 1.05}, {-1.05, -.85}, {1.05, -.85}}},
    [MSP_MARK_CROSS] = {12,
                        {{-.6, -1},
                         {0, -.4},
                         {.6, -1},
                         {1, -.6},
                         {.4, 0},
                         {1, .6},
                         {.6, 1},
                         {0, .4},
                         {-.6, 1},
                         {-1, .6},
                         {-.4, 0},
                         {-1, -.6}}},
    [MSP_MARK_PLUS] = {12,
                       {{-.35, -1},
                        {.35, -1},
                        {.35, -.35},
                        {1, -.35},
                        {1, .35},
                        {.35, .35},
                        {.35, 1},
                        {-.35, 1},
                        {-.35, .35},
                        {-1, .35},
                        {-1, -.35},
                        {-.35, -.35}}},
    [MSP_MARK_STAR] = {10,
                       {{0, -1.2},
                        {.29, -.4},
                        {1.14, -.37},
                        {.47, .15},
                        {.71, .97},
                        {0, .49},
                        {-.71, .97},
                        {-.47, .15},
                        {-1.14, -.37},
                        {-.29, -.4}}},
    [MSP_MARK_PAUSE] = {4, {{-.9, -1}, {-.2, -1}, {-.2, 1}, {-.9, 1}}},
};

static void add_polygon(msp_text *out, const shape *s, double x, double y, double rx, double ry)
{
    for (size_t i = 0; i < s->n; i++)
        svg_path_move(out, i == 0 ? 'M' : 'L', x + rx * s->at[i][0], y + ry * s->at[i][1]);
    msp_text_add_char(out, 'Z');
}

void mark_shape(msp_text *out, const char *class_name, msp_mark mark, double x, double y, double r)
{
    const shape *s = &shapes[mark];
    if (s->n == 0) {
        msp_text_printf(out, "<circle class=\"%s%s\"", class_name,
                        mark == MSP_MARK_RING ? " hollow" : "");
        attribute(out, "cx", x);
        attribute(out, "cy", y);
        attribute(out, "r", mark == MSP_MARK_RING ? 0.85 * r : 0.95 * r);
        msp_text_add(out, "/>\n");
        return;
    }
    svg_path_begin(out, class_name);
    add_polygon(out, s, x, y, r, r);
    if (mark == MSP_MARK_PAUSE) /* the second bar is the first one's mirror image */
        add_polygon(out, s, x, y, -r, r);
    svg_path_end(out);
}

/* -- for the pointer -- */

void mark_hover_begin(msp_text *out, const char *text)
{
    msp_text_add(out, "<g>");
    if (*text != '\0') {
        msp_text_add(out, "<title>");
        msp_text_add_html(out, text);
        msp_text_add(out, "</title>");
    }
    msp_text_add_char(out, '\n');
}

void mark_hover_end(msp_text *out)
{
    msp_text_add(out, "</g>\n");
}
