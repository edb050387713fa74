#include "mspike/figure/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "measure.h"
#include "network_layout.h"
#include "plot.h"

#define RADIUS      17.0 /* of the largest disc */
#define RADIUS_MIN  4.0
#define LINE_MIN    1.4
#define LINE_MAX    5.0
#define LINE_ALIKE  2.2  /* where all weigh the same */
#define SIDE        62.0 /* free beside a network, for labels */
#define OVER        36.0
#define STEP        84.0 /* from node to node, at first */
#define STEP_MAX    210.0
#define HIGHEST     2.5   /* of the width */
#define LABEL_WIDTH 150.0 /* of a label where there is no room for more */

typedef struct box {
    double left, top, right, bottom;
} box;

/* What stands where, so that no text is put over it. */
typedef struct canvas {
    const msp_network_figure *f;
    network_layout at;
    double size_max, weight_min, weight_max;
    double label_most;                /* width of a node's label, which is cut there */
    box label[MSP_NETWORK_NODES_MAX]; /* of each node */
    box *line_label;                  /* of each line; as wide as nothing: it has no room */
    box *taken;                       /* all of them */
    size_t n_taken;
} canvas;

/* -- checks -- */

static bool fails(double x)
{
    return x < 0 || isinf(x);
}

static msp_status check(const msp_network_figure *f, msp_error *err)
{
    const msp_status rc = plot_check_width(&f->frame, err);
    if (rc != MSP_OK)
        return rc;
    if (f->n_nodes == 0 || f->n_nodes > MSP_NETWORK_NODES_MAX)
        return msp_fail(err, MSP_EINPUT, "a network of %zu nodes; expected 1 to %d", f->n_nodes,
                        MSP_NETWORK_NODES_MAX);
    for (size_t i = 0; i < f->n_nodes; i++)
        if (fails(f->nodes[i].size))
            return msp_fail_row(err, MSP_EINPUT, i, "node \"%s\" has the size %g",
                                f->nodes[i].label, f->nodes[i].size);
    for (size_t i = 0; i < f->n_edges; i++) {
        const msp_figure_edge *e = &f->edges[i];
        if (e->from >= f->n_nodes || e->to >= f->n_nodes || e->from == e->to || fails(e->weight))
            return msp_fail_row(err, MSP_EINPUT, i,
                                "a line from %zu to %zu of weight %g in a network of %zu nodes",
                                e->from, e->to, e->weight, f->n_nodes);
    }
    for (size_t i = 0; i < f->n_areas; i++) {
        bool wrong = f->areas[i].n < 3 || f->areas[i].n > f->n_nodes;
        for (size_t k = 0; !wrong && k < f->areas[i].n; k++)
            wrong = f->areas[i].nodes[k] >= f->n_nodes;
        if (wrong)
            return msp_fail_row(err, MSP_EINPUT, i, "an area of %zu nodes; expected 3 or more",
                                f->areas[i].n);
    }
    return MSP_OK;
}

/* -- where texts stand -- */

static double radius(const canvas *c, size_t node)
{
    const double size = c->f->nodes[node].size;
    if (!(size > 0) || !(c->size_max > 0))
        return RADIUS_MIN;
    return fmax(RADIUS * sqrt(size / c->size_max), RADIUS_MIN);
}

/* With the ring of a reference. */
static double reach(const canvas *c, size_t node)
{
    return radius(c, node) + (c->f->nodes[node].reference ? 4 : 0);
}

static bool overlap(const box *a, const box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool on_disc(const canvas *c, const box *b, size_t node)
{
    const double r = reach(c, node) + 1, x = c->at.x[node], y = c->at.y[node];
    const double dx = x - fmin(fmax(x, b->left), b->right);
    const double dy = y - fmin(fmax(y, b->top), b->bottom);
    return dx * dx + dy * dy < r * r;
}

/* Whether the line passes through the box, looked at in a few points. */
static bool on_line(const canvas *c, const box *b, const msp_figure_edge *e)
{
    for (int i = 1; i < 24; i++) {
        const double t = i / 24.0;
        const double x = c->at.x[e->from] + t * (c->at.x[e->to] - c->at.x[e->from]);
        const double y = c->at.y[e->from] + t * (c->at.y[e->to] - c->at.y[e->from]);
        if (x > b->left && x < b->right && y > b->top && y < b->bottom)
            return true;
    }
    return false;
}

static bool is_free(const canvas *c, const box *b)
{
    bool taken = b->left < 1 || b->right > c->f->frame.width - 1 || b->top < 1 ||
                 b->bottom > c->at.height - 1;
    for (size_t i = 0; !taken && i < c->n_taken; i++)
        taken = overlap(b, &c->taken[i]);
    for (size_t i = 0; !taken && i < c->f->n_nodes; i++)
        taken = on_disc(c, b, i);
    return !taken;
}

/* A node's label stands under, over, right or left of it, at a corner, or under or over it and
 * moved into the figure: the first place that is free, and of those one that no line passes
 * through.
 */
static bool place_label(canvas *c, size_t node)
{
    static const double ways[10][2] = {{0, 1},      {0, -1},     {1, 0},       {-1, 0}, {.75, .75},
                                       {-.75, .75}, {.75, -.75}, {-.75, -.75}, {0, 1},  {0, -1}};
    const double text = figure_text_width(c->f->nodes[node].label, FIGURE_TEXT, true);
    const double wide = fmin(text, c->label_most) + 4;
    const double high = FIGURE_TEXT + 2, r = reach(c, node) + 2.5;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < MSP_COUNT(ways); i++) {
        const double x = c->at.x[node] + ways[i][0] * (r + wide / 2);
        const double y = c->at.y[node] + ways[i][1] * (r + high / 2);
        double shift = i > 3 ? -ways[i][0] * wide / 4 : 0; /* corners: nearer */
        if (i > 7)
            shift = fmin(fmax(x, wide / 2 + 2), c->f->frame.width - wide / 2 - 2) - x;
        const box b = {x - wide / 2 + shift, y - high / 2, x + wide / 2 + shift, y + high / 2};
        size_t lines = 0;
        if (!is_free(c, &b))
            continue;
        for (size_t k = 0; k < c->f->n_edges; k++)
            lines += on_line(c, &b, &c->f->edges[k]);
        if (lines < fewest) {
            fewest = lines;
            c->label[node] = b;
        }
    }
    if (fewest == SIZE_MAX)
        return false;
    c->taken[c->n_taken++] = c->label[node];
    return true;
}

static bool place_labels(canvas *c)
{
    bool placed = true;
    c->n_taken = 0;
    for (size_t i = 0; placed && i < c->f->n_nodes; i++)
        placed = place_label(c, i);
    return placed;
}

/* At the line's middle, or a little off it, where no other line passes. */
static bool place_line_label(canvas *c, size_t line)
{
    static const double places[] = {0.5, 0.42, 0.58, 0.35, 0.65};
    const msp_figure_edge *e = &c->f->edges[line];
    c->line_label[line] = (box){0};
    if (e->label == NULL || *e->label == '\0')
        return true;
    const double text = figure_text_width(e->label, FIGURE_SMALL, false);
    const double wide = fmin(text, LABEL_WIDTH) + 2, high = FIGURE_SMALL + 1;
    const double dx = c->at.x[e->to] - c->at.x[e->from], dy = c->at.y[e->to] - c->at.y[e->from];
    for (size_t i = 0; i < MSP_COUNT(places); i++) {
        const double x = c->at.x[e->from] + places[i] * dx, y = c->at.y[e->from] + places[i] * dy;
        const box b = {x - wide / 2, y - high / 2, x + wide / 2, y + high / 2};
        bool crossed = !is_free(c, &b);
        for (size_t k = 0; !crossed && k < c->f->n_edges; k++)
            crossed = k != line && on_line(c, &b, &c->f->edges[k]);
        if (crossed)
            continue;
        c->taken[c->n_taken++] = c->line_label[line] = b;
        return true;
    }
    return false;
}

static bool place_line_labels(canvas *c)
{
    bool all = true;
    for (size_t i = 0; i < c->f->n_edges; i++)
        all &= place_line_label(c, i);
    return all;
}

/* Each label beside its column. */
static void lay_out_ladder(canvas *c)
{
    const double width = c->f->frame.width, room = width / 4 - RADIUS - 10;
    network_lay_out_ladder(c->f, width, width / 4, &c->at);
    c->n_taken = 0;
    for (size_t i = 0; i < c->f->n_nodes; i++) {
        const double wide = fmin(figure_text_width(c->f->nodes[i].label, FIGURE_TEXT, true), room);
        const double x = c->at.x[i], y = c->at.y[i], away = RADIUS + 6;
        c->label[i] = x < width / 2 ? (box){x - away - wide, y - 7, x - away, y + 7}
                                    : (box){x + away, y - 7, x + away + wide, y + 7};
        c->taken[c->n_taken++] = c->label[i];
    }
    place_line_labels(c);
}

/* Wider and wider, until every label has a place. */
static bool lay_out_from(canvas *c, double step, bool with_lines)
{
    const double width = c->f->frame.width, side = width < FIGURE_NARROW ? SIDE - 12 : SIDE;
    for (; step < STEP_MAX; step *= 1.25) {
        network_lay_out(c->f, width, step, side, OVER, &c->at);
        if (c->at.height > HIGHEST * width)
            return false;
        if (place_labels(c) && (place_line_labels(c) || !with_lines))
            return true;
    }
    return false;
}

/* At best names stand in full and lines are named too, at worst the nodes stand in two columns. */
static void lay_out(canvas *c)
{
    c->label_most = c->f->frame.width;
    if (lay_out_from(c, STEP, true))
        return;
    c->label_most = LABEL_WIDTH;
    if (!lay_out_from(c, STEP, true) && !lay_out_from(c, STEP / 2, false))
        lay_out_ladder(c);
}

/* -- drawing -- */

static double line_width(const canvas *c, const msp_figure_edge *e)
{
    if (!(c->weight_max > 0) || !(e->weight > 0))
        return LINE_MIN;
    if (c->weight_min == c->weight_max)
        return LINE_ALIKE;
    return fmax(LINE_MAX * e->weight / c->weight_max, LINE_MIN);
}

static void draw_area(const canvas *c, const msp_figure_area *area, msp_text *out)
{
    double mx = 0, my = 0, turn[MSP_NETWORK_NODES_MAX];
    size_t order[MSP_NETWORK_NODES_MAX];
    for (size_t i = 0; i < area->n; i++) {
        mx += c->at.x[area->nodes[i]] / (double)area->n;
        my += c->at.y[area->nodes[i]] / (double)area->n;
    }
    for (size_t i = 0; i < area->n; i++) { /* around their middle */
        const double at = atan2(c->at.y[area->nodes[i]] - my, c->at.x[area->nodes[i]] - mx);
        size_t k = i;
        for (; k > 0 && turn[k - 1] > at; k--) {
            turn[k] = turn[k - 1];
            order[k] = order[k - 1];
        }
        turn[k] = at;
        order[k] = area->nodes[i];
    }
    mark_hover_begin(out, area->hint != NULL ? area->hint : "");
    svg_path_begin(out, "band f c4");
    for (size_t i = 0; i < area->n; i++)
        svg_path_move(out, i == 0 ? 'M' : 'L', c->at.x[order[i]], c->at.y[order[i]]);
    msp_text_add_char(out, 'Z');
    svg_path_end(out);
    mark_hover_end(out);
}

static void draw_line(const canvas *c, const msp_figure_edge *e, msp_text *out)
{
    mark_hover_begin(out, e->hint != NULL ? e->hint : "");
    msp_text_printf(out, "<path class=\"link%s\" stroke-width=\"", e->broken ? " d2" : "");
    svg_number(out, line_width(c, e));
    msp_text_add(out, "\" d=\"");
    svg_path_move(out, 'M', c->at.x[e->from], c->at.y[e->from]);
    svg_path_move(out, 'L', c->at.x[e->to], c->at.y[e->to]);
    svg_path_end(out);
    mark_hover_end(out);
}

static void draw_line_label(const canvas *c, size_t line, msp_text *out)
{
    const box *b = &c->line_label[line];
    const double width = b->right - b->left;
    if (!(width > 0))
        return;
    svg_rect(out, "box", b->left, b->top, width, b->bottom - b->top);
    svg_text_in(out, "small", SVG_MIDDLE, (b->left + b->right) / 2, (b->top + b->bottom) / 2 + 4,
                c->f->edges[line].label, width, FIGURE_SMALL, false);
}

static void draw_node(const canvas *c, size_t node, msp_text *out)
{
    const msp_figure_node *n = &c->f->nodes[node];
    const double x = c->at.x[node], y = c->at.y[node], r = radius(c, node);
    mark_hover_begin(out, n->hint != NULL ? n->hint : "");
    if (n->reference)
        mark_shape(out, "ev", MSP_MARK_RING, x, y, (r + 4) / 0.85);
    mark_shape(out, n->size > 0 ? "mark" : "ev", n->size > 0 ? MSP_MARK_DISC : MSP_MARK_RING, x, y,
               r / (n->size > 0 ? 0.95 : 0.85));
    mark_hover_end(out);
    const box *b = &c->label[node];
    svg_text_in(out, "strong halo", SVG_MIDDLE, (b->left + b->right) / 2,
                (b->top + b->bottom) / 2 + 4, n->label, b->right - b->left + 1, FIGURE_TEXT, true);
}

static size_t make_keys(const msp_network_figure *f, figure_key *keys)
{
    size_t n = 0;
    bool broken = false, reference = false;
    for (size_t i = 0; i < f->n_edges; i++)
        broken |= f->edges[i].broken;
    for (size_t i = 0; i < f->n_nodes; i++)
        reference |= f->nodes[i].reference;
    if (*f->size_means != '\0')
        keys[n++] = (figure_key){f->size_means, -1, NULL, "mark", MSP_MARK_DISC, false};
    if (reference && *f->reference_means != '\0')
        keys[n++] = (figure_key){f->reference_means, -1, NULL, "ev", MSP_MARK_RING, false};
    if (*f->weight_means != '\0' && f->n_edges > 0)
        keys[n++] = (figure_key){f->weight_means, -1, "link thick", NULL, MSP_MARK_DISC, false};
    if (broken && *f->broken_means != '\0')
        keys[n++] = (figure_key){f->broken_means, -1, "link thick d2", NULL, MSP_MARK_DISC, false};
    if (f->n_areas > 0 && *f->area_means != '\0')
        keys[n++] = (figure_key){f->area_means, -1, NULL, "band f c4", MSP_MARK_SQUARE, false};
    return n;
}

static void draw(const canvas *c, const figure_key *keys, size_t n_keys, msp_text *out)
{
    const msp_network_figure *f = c->f;
    for (size_t i = 0; i < f->n_areas; i++)
        draw_area(c, &f->areas[i], out);
    for (size_t i = 0; i < f->n_edges; i++)
        draw_line(c, &f->edges[i], out);
    for (size_t i = 0; i < f->n_nodes; i++)
        draw_node(c, i, out);
    for (size_t i = 0; i < f->n_edges; i++)
        draw_line_label(c, i, out);
    plot_keys(f->frame.id, keys, n_keys, PLOT_EDGE, c->at.height + 4, f->frame.width - PLOT_EDGE,
              out);
}

msp_status msp_figure_network(const msp_network_figure *f, msp_text *out, msp_error *err)
{
    msp_status rc = check(f, err);
    if (rc != MSP_OK)
        return rc;
    canvas *c = calloc(1, sizeof *c);
    box *boxes = calloc(f->n_nodes + 2 * f->n_edges + 1, sizeof *boxes);
    if (c == NULL || boxes == NULL) {
        rc = msp_fail(err, MSP_EMEM, "no memory for a figure");
    } else {
        figure_key keys[5];
        const size_t n_keys = make_keys(f, keys);
        c->f = f;
        c->line_label = boxes;
        c->taken = boxes + f->n_edges;
        c->weight_min = f->n_edges > 0 ? f->edges[0].weight : 0;
        for (size_t i = 0; i < f->n_nodes; i++)
            c->size_max = fmax(c->size_max, f->nodes[i].size); /* passes over NaN */
        for (size_t i = 0; i < f->n_edges; i++) {
            c->weight_max = fmax(c->weight_max, f->edges[i].weight);
            c->weight_min = fmin(c->weight_min, f->edges[i].weight);
        }
        lay_out(c);
        const double legend =
            plot_keys("", keys, n_keys, PLOT_EDGE, 0, f->frame.width - PLOT_EDGE, NULL);
        rc = svg_open(out, &f->frame, c->at.height + legend + 8, err);
        if (rc == MSP_OK) {
            draw(c, keys, n_keys, out);
            svg_close(out);
        }
    }
    free(boxes);
    free(c);
    if (rc == MSP_OK && out->failed)
        return msp_fail(err, MSP_EMEM, "no memory for a figure");
    return rc;
}
