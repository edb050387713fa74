/* drawn.h - looks things up in a drawing: where texts stand, whether they collide or leave it. */
#ifndef MSP_TEST_DRAWN_H
#define MSP_TEST_DRAWN_H

#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "figure/measure.h"
#include "mspike/figure.h"
#include "wellformed.h"

#define DRAWN_MAX 4000

static const char hostile[] = "<script>alert(\"1\")</script> & 'x' \x01 \xff \xc3\xa9\xe4\xb8\xad";

typedef struct drawn_box {
    double left, right, top, bottom;
    const char *s; /* where the text begins in the drawing */
} drawn_box;

/* The nth (from 0) occurrence of `mark`. */
static inline const char *drawn_find(const char *svg, const char *mark, size_t n)
{
    const char *at = strstr(svg, mark);
    for (; at != NULL && n > 0; n--)
        at = strstr(at + 1, mark);
    if (at == NULL)
        fail_msg("not drawn: %s", mark);
    return at;
}

static inline size_t drawn_count(const char *svg, const char *mark)
{
    size_t n = 0;
    for (; (svg = strstr(svg, mark)) != NULL; svg++)
        n++;
    return n;
}

/* The number behind ` name="` in the tag at `tag`. */
static inline double drawn_number(const char *tag, const char *name)
{
    char key[32];
    snprintf(key, sizeof key, " %s=\"", name);
    const char *at = strstr(tag, key);
    if (at == NULL || at > strchr(tag, '>'))
        fail_msg("no %s in %.60s", name, tag);
    return at != NULL ? atof(at + strlen(key)) : 0;
}

/* What stands between tags, with its entities as the characters they mean. */
static inline void drawn_text(const char *s, char *out, size_t size)
{
    static const char *const entities[][2] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&#39;", "'"}};
    size_t n = 0;
    while (*s != '<' && n + 1 < size) {
        size_t k = 0;
        for (; k < MSP_COUNT(entities); k++)
            if (strncmp(s, entities[k][0], strlen(entities[k][0])) == 0)
                break;
        out[n++] = k < MSP_COUNT(entities) ? *entities[k][1] : *s;
        s += k < MSP_COUNT(entities) ? strlen(entities[k][0]) : 1;
    }
    out[n] = '\0';
}

/* The box of the text whose tag is at `tag`; `turn` is its turned group's transform, or NULL. */
static inline drawn_box drawn_box_of(const char *tag, const char *turn)
{
    char head[256] = "", text[4096];
    const size_t len = strcspn(tag, ">");
    snprintf(head, sizeof head, "%.*s>", (int)(len < 200 ? len : 200), tag);
    const char *content = tag + len + 1;
    if (strncmp(content, "<title>", 7) == 0)
        content = strstr(content, "</title>") + 8;
    drawn_text(content, text, sizeof text);
    const double size = strstr(head, "small") != NULL ? 11 : 12;
    const double width = figure_text_width(text, size, strstr(head, "strong") != NULL);
    double x = drawn_number(head, "x"), y = drawn_number(head, "y");
    const double share = strstr(head, "\"end\"") != NULL      ? 1
                         : strstr(head, "\"middle\"") != NULL ? 0.5
                                                              : 0;
    if (turn == NULL)
        return (drawn_box){x - share * width, x + (1 - share) * width, y - 0.72 * size,
                           y + 0.2 * size, content};
    assert_int_equal(sscanf(turn, "translate(%lf %lf)", &x, &y), 2);
    return (drawn_box){x - 0.72 * size, x + 0.2 * size, y - (1 - share) * width, y + share * width,
                       content};
}

static inline size_t drawn_boxes(const char *svg, drawn_box *boxes)
{
    size_t n = 0;
    const char *turn = NULL;
    for (; (svg = strchr(svg, '<')) != NULL; svg++) {
        if (strncmp(svg, "<g transform=\"", 14) == 0)
            turn = svg + 14;
        else if (strncmp(svg, "</g>", 4) == 0)
            turn = NULL;
        else if (strncmp(svg, "<text", 5) == 0 && n < DRAWN_MAX)
            boxes[n++] = drawn_box_of(svg, turn);
    }
    return n;
}

/* Well formed, nothing not finite, no text outside the drawing, and none over another. */
static inline void assert_readable(const char *svg)
{
    assert_wellformed(svg);
    assert_null(strstr(svg, "nan"));
    assert_null(strstr(svg, "<script"));
    assert_int_equal(msp_utf8_valid(svg, strlen(svg)), strlen(svg));
    double width, height;
    assert_int_equal(sscanf(strstr(svg, "viewBox=\""), "viewBox=\"0 0 %lf %lf", &width, &height),
                     2);
    drawn_box *boxes = malloc(DRAWN_MAX * sizeof *boxes);
    const size_t n = drawn_boxes(svg, boxes);
    assert_true(n > 0 && n < DRAWN_MAX);
    for (size_t i = 0; i < n; i++) {
        const drawn_box *a = &boxes[i];
        if (a->left < -0.5 || a->right > width + 0.5 || a->top < -0.5 || a->bottom > height + 0.5)
            fail_msg("outside: %.40s", a->s);
        for (size_t k = 0; k < i; k++) {
            const drawn_box *b = &boxes[k];
            if (a->left < b->right - 0.5 && b->left < a->right - 0.5 && a->top < b->bottom - 0.5 &&
                b->top < a->bottom - 0.5)
                fail_msg("collide: %.40s and %.40s", a->s, b->s);
        }
    }
    free(boxes);
}

/* Numbers that look random and are the same everywhere, 0 to 1. */
static inline double drawn_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) / 16777216.0;
}

static const msp_figure_state drawn_states[] = {{"sCR", 0}, {"CR", 1}, {"VGPR", 2}, {"PR", 3},
                                                {"MR", 4},  {"SD", 5}, {"PD", 6},   {"NE", 8}};
static const msp_figure_reference drawn_references[] = {
    {-25, "-25 % MR"}, {-50, "-50 % PR"}, {-90, "-90 % VGPR"}, {-95, "-95 %"}};
static const size_t drawn_sizes[] = {0, 1, 8, 60, 800};
static const double drawn_widths[] = {280, MSP_FIGURE_NARROW, MSP_FIGURE_WIDE, 1400};

#endif
