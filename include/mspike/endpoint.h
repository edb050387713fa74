/* endpoint.h - times to event and response rates, from what happened to a patient. */
#ifndef MSPIKE_ENDPOINT_H
#define MSPIKE_ENDPOINT_H

#include "mspike/endpoint/absent.h"
#include "mspike/endpoint/adam.h"
#include "mspike/endpoint/adlb.h"
#include "mspike/endpoint/adverse.h"
#include "mspike/endpoint/agree.h"
#include "mspike/endpoint/asked.h"
#include "mspike/endpoint/compare.h"
#include "mspike/endpoint/crossover.h"
#include "mspike/endpoint/define.h"
#include "mspike/endpoint/derive.h"
#include "mspike/endpoint/derived.h"
#include "mspike/endpoint/exposure.h"
#include "mspike/endpoint/period.h"
#include "mspike/endpoint/qol.h"
#include "mspike/endpoint/qol_table.h"
#include "mspike/endpoint/rs.h"
#include "mspike/endpoint/summary.h"
#include "mspike/endpoint/timeline.h"

#endif
