/* response.h - from a patient's measurements to response and progression, with the reasons. */
#ifndef MSPIKE_RESPONSE_H
#define MSPIKE_RESPONSE_H

#include "mspike/response/level.h"
#include "mspike/response/result.h"

#endif
