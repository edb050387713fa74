/* report.h - records in, a folder of pages, figures and data out. */
#ifndef MSPIKE_REPORT_H
#define MSPIKE_REPORT_H

#include "mspike/report/evidence.h"
#include "mspike/report/format.h"
#include "mspike/report/outline.h"
#include "mspike/report/plan.h"
#include "mspike/report/write.h"

#endif
