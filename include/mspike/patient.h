/*
 * patient.h - the room `patient`: who the patient is, and what was measured.
 */
#ifndef MSPIKE_PATIENT_H
#define MSPIKE_PATIENT_H

#include "mspike/patient/body.h"
#include "mspike/patient/fact.h"
#include "mspike/patient/stage.h"

#endif
