/* network_layout.h - where the nodes of a network stand. Private to the room. */
#ifndef MSP_FIGURE_NETWORK_LAYOUT_H
#define MSP_FIGURE_NETWORK_LAYOUT_H

#include "mspike/figure/network.h"

/* Places of nodes; `part` is the network, from 0, that a node belongs to. */
typedef struct network_layout {
    double x[MSP_NETWORK_NODES_MAX], y[MSP_NETWORK_NODES_MAX];
    size_t part[MSP_NETWORK_NODES_MAX], n_parts;
    double height;
} network_layout;

/* Nodes at least about `step` apart, with `side` and `over` left free beside and above each, within
 * `width`. */
void network_lay_out(const msp_network_figure *figure, double width, double step, double side,
                     double over, network_layout *out);
/* Two columns, which has room for every label however many lines cross. */
void network_lay_out_ladder(const msp_network_figure *figure, double width, double side,
                            network_layout *out);

#endif
