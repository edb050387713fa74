/* base.h - what every room stands on. */
#ifndef MSPIKE_BASE_H
#define MSPIKE_BASE_H

#include "mspike/base/arena.h"
#include "mspike/base/date.h"
#include "mspike/base/decimal.h"
#include "mspike/base/file.h"
#include "mspike/base/findings.h"
#include "mspike/base/json.h"
#include "mspike/base/option.h"
#include "mspike/base/parallel.h"
#include "mspike/base/progress.h"
#include "mspike/base/random.h"
#include "mspike/base/status.h"
#include "mspike/base/team.h"
#include "mspike/base/text.h"

#endif
