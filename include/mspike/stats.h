/* stats.h - numbers from arrays: the hot room. */
#ifndef MSPIKE_STATS_H
#define MSPIKE_STATS_H

#include "mspike/stats/convention.h"
#include "mspike/stats/cox.h"
#include "mspike/stats/describe.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/km.h"
#include "mspike/stats/logrank.h"
#include "mspike/stats/order.h"

#endif
