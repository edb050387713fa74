/*
 * network.h - which things are compared with which: discs joined by lines.
 *
 * The layout is the picture's own: distances on paper follow the number of steps between two nodes
 * (stress majorisation: Gansner, Koren and North, Graph Drawing 2004, LNCS 3383:239), each network
 * that nothing joins to the others stands apart, and the same input gives the same picture.
 */
#ifndef MSPIKE_FIGURE_NETWORK_H
#define MSPIKE_FIGURE_NETWORK_H

#include "mspike/base/text.h"
#include "mspike/figure/style.h"

MSP_BEGIN

#define MSP_NETWORK_NODES_MAX 64

typedef struct msp_figure_node {
    const char *label;
    double size;      /* the area of the disc; NaN: not known, a small ring */
    bool reference;   /* a second ring around it */
    const char *hint; /* for the pointer; "" or NULL: none */
} msp_figure_node;

typedef struct msp_figure_edge {
    size_t from, to;
    double weight;     /* the width of the line grows with it */
    bool broken;       /* drawn broken: what it rests on is weaker, as `broken_means` says */
    const char *label; /* stands at the line where there is room; "" or NULL: none */
    const char *hint;
} msp_figure_edge;

/* Nodes that one and the same study joins: shaded. */
typedef struct msp_figure_area {
    const size_t *nodes;
    size_t n; /* 3 or more */
    const char *hint;
} msp_figure_area;

typedef struct msp_network_figure {
    msp_figure_frame frame;
    const msp_figure_node *nodes;
    size_t n_nodes;
    const msp_figure_edge *edges;
    size_t n_edges;
    const msp_figure_area *areas;
    size_t n_areas;
    /* The legend; "" leaves an entry out. */
    const char *size_means, *weight_means, *broken_means, *area_means, *reference_means;
} msp_network_figure;

/* Appends the <svg> element. MSP_EINPUT where there is no node or more than there is room for, a
 * line that ends at no node or where it began, an area of fewer than three, or a size or weight
 * below 0; MSP_EMEM. */
msp_status msp_figure_network(const msp_network_figure *figure, msp_text *out, msp_error *err);

MSP_END
#endif
