#include "network_layout.h"

#include <math.h>
#include <string.h>

#define N_MAX MSP_NETWORK_NODES_MAX
#define ROUNDS                                                         \
    300 /* of the majorisation; what moves after them nobody would see \
         */

/* One network on its own. */
typedef struct part {
    size_t node[N_MAX], n;
    double x[N_MAX], y[N_MAX];
} part;

typedef struct graph {
    const msp_network_figure *figure;
    unsigned char steps[N_MAX][N_MAX]; /* from node to node; 0: none, or itself */
} graph;

static bool joined(const graph *g, size_t a, size_t b)
{
    for (size_t i = 0; i < g->figure->n_edges; i++) {
        const msp_figure_edge *e = &g->figure->edges[i];
        if ((e->from == a && e->to == b) || (e->from == b && e->to == a))
            return true;
    }
    return false;
}

/* Floyd and Warshall's shortest ways. */
static void count_steps(graph *g)
{
    const size_t n = g->figure->n_nodes;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            g->steps[i][k] = i != k && joined(g, i, k);
    for (size_t m = 0; m < n; m++)
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++) {
                if (i == k || g->steps[i][m] == 0 || g->steps[m][k] == 0)
                    continue;
                const int way = g->steps[i][m] + g->steps[m][k];
                if (g->steps[i][k] == 0 || way < g->steps[i][k])
                    g->steps[i][k] = (unsigned char)way;
            }
}

/* Depth first: a tree on a circle in this order has no lines that cross. */
static void walk(const graph *g, size_t from, size_t number, network_layout *out, part *p)
{
    out->part[from] = number;
    p->node[p->n++] = from;
    for (size_t k = 0; k < g->figure->n_nodes; k++)
        if (out->part[k] == N_MAX && g->steps[from][k] == 1)
            walk(g, k, number, out, p);
}

static void place_on_circle(part *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const double turn = 6.283185307179586 * (double)i / (double)p->n;
        p->x[i] = cos(turn);
        p->y[i] = sin(turn);
    }
}

/* Each node goes where the others, at the distances that they should have, want it on average. */
static void follow_steps(const graph *g, part *p)
{
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < p->n; i++) {
            double x = 0, y = 0, weights = 0;
            for (size_t k = 0; k < p->n; k++) {
                if (k == i)
                    continue;
                const double want = g->steps[p->node[i]][p->node[k]];
                const double dx = p->x[i] - p->x[k], dy = p->y[i] - p->y[k];
                const double stretch = want / fmax(hypot(dx, dy), 1e-9), w = 1 / (want * want);
                x += w * (p->x[k] + dx * stretch);
                y += w * (p->y[k] + dy * stretch);
                weights += w;
            }
            if (weights > 0) {
                p->x[i] = x / weights;
                p->y[i] = y / weights;
            }
        }
}

/* Its longest way lies level. */
static void level_out(part *p)
{
    double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < p->n; i++) {
        mx += p->x[i] / (double)p->n;
        my += p->y[i] / (double)p->n;
    }
    for (size_t i = 0; i < p->n; i++) {
        p->x[i] -= mx;
        p->y[i] -= my;
        xx += p->x[i] * p->x[i];
        xy += p->x[i] * p->y[i];
        yy += p->y[i] * p->y[i];
    }
    const double turn = atan2(2 * xy, xx - yy) / 2, c = cos(turn), s = sin(turn);
    for (size_t i = 0; i < p->n; i++) {
        const double x = p->x[i], y = p->y[i];
        p->x[i] = c * x + s * y;
        p->y[i] = c * y - s * x;
    }
}

static double extent(const double *at, size_t n, double *first)
{
    double lo = at[0], hi = at[0];
    for (size_t i = 1; i < n; i++) {
        lo = fmin(lo, at[i]);
        hi = fmax(hi, at[i]);
    }
    *first = lo;
    return hi - lo;
}

/* The nearest two get `step` apart; what is too wide is squeezed, and grows in height for it. */
static void fit(part *p, double step, double room)
{
    double nearest = INFINITY, first;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < i; k++)
            nearest = fmin(nearest, hypot(p->x[i] - p->x[k], p->y[i] - p->y[k]));
    const double unit = p->n > 1 ? step / fmax(nearest, 0.2) : 1;
    const double wide = unit * extent(p->x, p->n, &first);
    const double squeeze = wide > room ? room / wide : 1;
    for (size_t i = 0; i < p->n; i++) {
        p->x[i] *= unit * squeeze;
        p->y[i] *= unit / squeeze;
    }
}

/* Parts side by side, on further rows as needed; a row is as high as its highest part. */
typedef struct shelf {
    double x, top, high;
    size_t row, row_of[N_MAX]; /* of each part */
} shelf;

static void put(const part *p, double width, double side, double over, shelf *s,
                network_layout *out)
{
    double left, top;
    const double wide = extent(p->x, p->n, &left) + 2 * side;
    const double high = extent(p->y, p->n, &top) + 2 * over;
    if (s->x > 0 && s->x + wide > width) {
        s->top += s->high;
        s->x = s->high = 0;
        s->row++;
    }
    for (size_t i = 0; i < p->n; i++) {
        out->x[p->node[i]] = s->x + side + p->x[i] - left;
        out->y[p->node[i]] = s->top + over + p->y[i] - top;
    }
    s->row_of[out->part[p->node[0]]] = s->row;
    s->x += wide;
    s->high = fmax(s->high, high);
    out->height = s->top + s->high;
}

static void centre_row(const msp_network_figure *f, const shelf *s, size_t row, double free_right,
                       network_layout *out)
{
    double right = 0;
    for (size_t i = 0; i < f->n_nodes; i++)
        if (s->row_of[out->part[i]] == row)
            right = fmax(right, out->x[i]);
    for (size_t i = 0; i < f->n_nodes; i++)
        if (s->row_of[out->part[i]] == row)
            out->x[i] += fmax(free_right - right, 0) / 2;
}

static void begin(const msp_network_figure *f, graph *g, network_layout *out)
{
    *out = (network_layout){0};
    g->figure = f;
    count_steps(g);
    for (size_t i = 0; i < f->n_nodes; i++)
        out->part[i] = N_MAX;
}

void network_lay_out(const msp_network_figure *f, double width, double step, double side,
                     double over, network_layout *out)
{
    graph g;
    shelf s = {0};
    begin(f, &g, out);
    for (size_t i = 0; i < f->n_nodes; i++) {
        if (out->part[i] != N_MAX)
            continue;
        part p = {0};
        walk(&g, i, out->n_parts++, out, &p);
        place_on_circle(&p);
        follow_steps(&g, &p);
        level_out(&p);
        fit(&p, step, width - 2 * side);
        put(&p, width, side, over, &s, out);
    }
    for (size_t row = 0; row <= s.row; row++)
        centre_row(f, &s, row, width - side, out);
}

void network_lay_out_ladder(const msp_network_figure *f, double width, double side,
                            network_layout *out)
{
    const double gap = 46;
    graph g;
    size_t placed = 0;
    begin(f, &g, out);
    for (size_t i = 0; i < f->n_nodes; i++) {
        if (out->part[i] != N_MAX)
            continue;
        part p = {0};
        walk(&g, i, out->n_parts++, out, &p);
        for (size_t k = 0; k < p.n; k++, placed++) {
            out->x[p.node[k]] = placed % 2 == 0 ? side : width - side;
            out->y[p.node[k]] = gap * ((double)placed / 2 + 0.75);
        }
    }
    out->height = gap * ((double)placed / 2 + 1);
}
