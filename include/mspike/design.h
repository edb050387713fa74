/* design.h - how large a trial is, and when it may stop. */
#ifndef MSPIKE_DESIGN_H
#define MSPIKE_DESIGN_H

#include "mspike/design/boundary.h"

#endif
