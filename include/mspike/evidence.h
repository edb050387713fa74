/* evidence.h - published results: reading them, checking them, pooling them. */
#ifndef MSPIKE_EVIDENCE_H
#define MSPIKE_EVIDENCE_H

#include "mspike/evidence/additive.h"
#include "mspike/evidence/answer.h"
#include "mspike/evidence/baseline.h"
#include "mspike/evidence/bayes.h"
#include "mspike/evidence/bayes_counts.h"
#include "mspike/evidence/check.h"
#include "mspike/evidence/choice.h"
#include "mspike/evidence/compare.h"
#include "mspike/evidence/component.h"
#include "mspike/evidence/ctgov.h"
#include "mspike/evidence/curve_network.h"
#include "mspike/evidence/curve_random.h"
#include "mspike/evidence/eligible.h"
#include "mspike/evidence/file.h"
#include "mspike/evidence/heat.h"
#include "mspike/evidence/ipd.h"
#include "mspike/evidence/maic.h"
#include "mspike/evidence/network.h"
#include "mspike/evidence/pooled.h"
#include "mspike/evidence/printed.h"
#include "mspike/evidence/rank.h"
#include "mspike/evidence/reconstruct.h"
#include "mspike/evidence/svg_curve.h"

#endif
