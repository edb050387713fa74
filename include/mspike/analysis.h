/* analysis.h - population x endpoint x method -> result records. */
#ifndef MSPIKE_ANALYSIS_H
#define MSPIKE_ANALYSIS_H

#include "mspike/analysis/cases.h"
#include "mspike/analysis/coding.h"
#include "mspike/analysis/competing.h"
#include "mspike/analysis/evidence.h"
#include "mspike/analysis/formula.h"
#include "mspike/analysis/frame.h"
#include "mspike/analysis/intervals.h"
#include "mspike/analysis/labs.h"
#include "mspike/analysis/lifetime.h"
#include "mspike/analysis/model.h"
#include "mspike/analysis/periods.h"
#include "mspike/analysis/rates.h"
#include "mspike/analysis/record.h"
#include "mspike/analysis/safety.h"
#include "mspike/analysis/study.h"
#include "mspike/analysis/survival.h"

#endif
