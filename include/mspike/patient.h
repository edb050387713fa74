/* patient.h - from tables and a protocol to patients: who they are, what was measured. */
#ifndef MSPIKE_PATIENT_H
#define MSPIKE_PATIENT_H

#include "mspike/patient/blood.h"
#include "mspike/patient/body.h"
#include "mspike/patient/domain.h"
#include "mspike/patient/fact.h"
#include "mspike/patient/given.h"
#include "mspike/patient/history.h"
#include "mspike/patient/lab_result.h"
#include "mspike/patient/measurement.h"
#include "mspike/patient/past.h"
#include "mspike/patient/patient.h"
#include "mspike/patient/profile.h"
#include "mspike/patient/readers.h"
#include "mspike/patient/sdtm.h"
#include "mspike/patient/stage.h"
#include "mspike/patient/supp.h"
#include "mspike/patient/tidy.h"
#include "mspike/patient/unit.h"

#endif
