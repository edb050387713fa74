/*
 * mspike.h - the whole library. This is the include that is supported; the headers of single rooms
 * and modules may move.
 */
#ifndef MSPIKE_H
#define MSPIKE_H

#include "mspike/analysis.h"
#include "mspike/base.h"
#include "mspike/design.h"
#include "mspike/endpoint.h"
#include "mspike/evidence.h"
#include "mspike/figure.h"
#include "mspike/form.h"
#include "mspike/patient.h"
#include "mspike/protocol.h"
#include "mspike/report.h"
#include "mspike/response.h"
#include "mspike/safety.h"
#include "mspike/schedule.h"
#include "mspike/simulate.h"
#include "mspike/stats.h"
#include "mspike/table.h"

#endif
