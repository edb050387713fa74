/* design.h - how large a trial is, and when it may stop. */
#ifndef MSPIKE_DESIGN_H
#define MSPIKE_DESIGN_H

#include "mspike/design/boundary.h"
#include "mspike/design/combine.h"
#include "mspike/design/events.h"
#include "mspike/design/look.h"
#include "mspike/design/plan.h"
#include "mspike/design/project.h"
#include "mspike/design/single_arm.h"
#include "mspike/design/survival.h"

#endif
