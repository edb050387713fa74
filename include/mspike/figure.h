/* figure.h - arrays and labels in, SVG out. Knows nothing of trials. */
#ifndef MSPIKE_FIGURE_H
#define MSPIKE_FIGURE_H

#include "mspike/figure/course.h"
#include "mspike/figure/forest.h"
#include "mspike/figure/funnel.h"
#include "mspike/figure/heat.h"
#include "mspike/figure/mark.h"
#include "mspike/figure/network.h"
#include "mspike/figure/rankogram.h"
#include "mspike/figure/scale.h"
#include "mspike/figure/spider.h"
#include "mspike/figure/style.h"
#include "mspike/figure/survival.h"
#include "mspike/figure/swimmer.h"
#include "mspike/figure/waterfall.h"

#endif
