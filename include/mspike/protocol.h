/* protocol.h - the trial as typed data, read from its YAML form and checked. */
#ifndef MSPIKE_PROTOCOL_H
#define MSPIKE_PROTOCOL_H

#include "mspike/protocol/analysis.h"
#include "mspike/protocol/conduct.h"
#include "mspike/protocol/data.h"
#include "mspike/protocol/design.h"
#include "mspike/protocol/endpoint.h"
#include "mspike/protocol/protocol.h"
#include "mspike/protocol/rules.h"
#include "mspike/protocol/tables.h"
#include "mspike/protocol/treatment.h"
#include "mspike/protocol/trial.h"
#include "mspike/protocol/virtual.h"

#endif
