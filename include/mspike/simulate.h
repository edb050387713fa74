/* simulate.h - the trial before the trial: many virtual ones. */
#ifndef MSPIKE_SIMULATE_H
#define MSPIKE_SIMULATE_H

#include "mspike/simulate/kinetics.h"
#include "mspike/simulate/plan.h"
#include "mspike/simulate/run.h"
#include "mspike/simulate/trial.h"
#include "mspike/simulate/virtual_calibrate.h"
#include "mspike/simulate/virtual_cost.h"
#include "mspike/simulate/virtual_figures.h"
#include "mspike/simulate/virtual_patient.h"
#include "mspike/simulate/virtual_plan.h"
#include "mspike/simulate/virtual_tables.h"
#include "mspike/simulate/virtual_trial.h"

#endif
