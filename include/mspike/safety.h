/* safety.h - adverse events, and grades of toxicity by laboratory values. */
#ifndef MSPIKE_SAFETY_H
#define MSPIKE_SAFETY_H

#include "mspike/safety/grade.h"
#include "mspike/safety/incidence.h"
#include "mspike/safety/lab_course.h"
#include "mspike/safety/teae.h"

#endif
