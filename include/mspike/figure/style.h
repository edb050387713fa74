/*
 * style.h - what all figures share: size, colours, line patterns.
 *
 * The colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; each
 * series has a dash pattern of its own as well, so a figure can be read in black and white. On a
 * dark screen lighter relatives of the same hues are used; print is always dark on white.
 */
#ifndef MSPIKE_FIGURE_STYLE_H
#define MSPIKE_FIGURE_STYLE_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

#define MSP_FIGURE_WIDE   720.0 /* of a page or a desktop screen */
#define MSP_FIGURE_NARROW 360.0 /* of a telephone; below 560 a figure is laid out for it */

/* What every figure is told besides its data. */
typedef struct msp_figure_frame {
    const char *id;          /* unique on the page; letters, digits and '-' */
    const char *title;       /* read aloud first; not drawn */
    const char *description; /* what the figure shows, in words, for those who do not see it */
    double width;            /* of the coordinates, 280 to 4000; the height follows */
    bool standalone;         /* a file of its own: carries its name space and style sheet */
} msp_figure_frame;

/* The style sheet of all figures, for the page that holds several. */
const char *msp_figure_css(void);

MSP_END
#endif
