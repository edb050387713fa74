/* stats.h - numbers from arrays: the hot room. */
#ifndef MSPIKE_STATS_H
#define MSPIKE_STATS_H

#include "mspike/stats/agreement.h"
#include "mspike/stats/contrast.h"
#include "mspike/stats/convention.h"
#include "mspike/stats/cox.h"
#include "mspike/stats/cox_diagnostics.h"
#include "mspike/stats/cumulative.h"
#include "mspike/stats/describe.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/fine_gray.h"
#include "mspike/stats/fisher.h"
#include "mspike/stats/incidence.h"
#include "mspike/stats/km.h"
#include "mspike/stats/logistic.h"
#include "mspike/stats/logrank.h"
#include "mspike/stats/maxcombo.h"
#include "mspike/stats/mmrm.h"
#include "mspike/stats/multiplicity.h"
#include "mspike/stats/order.h"
#include "mspike/stats/parametric.h"
#include "mspike/stats/proportion.h"
#include "mspike/stats/quadrature.h"
#include "mspike/stats/rank.h"
#include "mspike/stats/root.h"
#include "mspike/stats/sequential.h"
#include "mspike/stats/stratified.h"
#include "mspike/stats/ttest.h"
#include "mspike/stats/two_by_two.h"

#endif
