/* schedule.h - what a patient gets and when: doses, dosing calendars, visits. */
#ifndef MSPIKE_SCHEDULE_H
#define MSPIKE_SCHEDULE_H

#include "mspike/schedule/calendar.h"
#include "mspike/schedule/dose.h"
#include "mspike/schedule/exposure.h"
#include "mspike/schedule/write.h"

#endif
