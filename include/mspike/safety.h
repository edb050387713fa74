/* safety.h - adverse events. */
#ifndef MSPIKE_SAFETY_H
#define MSPIKE_SAFETY_H

#include "mspike/safety/teae.h"

#endif
