/* response.h - from a patient's measurements to response and progression, with the reasons. */
#ifndef MSPIKE_RESPONSE_H
#define MSPIKE_RESPONSE_H

#include "mspike/response/criteria.h"
#include "mspike/response/explain.h"
#include "mspike/response/followed.h"
#include "mspike/response/judge.h"
#include "mspike/response/level.h"
#include "mspike/response/mrd.h"
#include "mspike/response/result.h"
#include "mspike/response/rules.h"

#endif
