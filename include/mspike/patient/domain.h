/*
 * domain.h - which tables of a folder are SDTM's, and which nothing reads.
 */
#ifndef MSPIKE_PATIENT_DOMAIN_H
#define MSPIKE_PATIENT_DOMAIN_H

#include "mspike/base/findings.h"
#include "mspike/protocol/protocol.h"
#include "mspike/table/read.h"

MSP_BEGIN

/* Says which tables of `folder` nothing reads: those named like a part of a domain that are none,
 * and those whose names neither SDTM nor ADaM has nor the protocol (may be NULL). */
msp_status msp_domain_strangers(const char *folder, const msp_protocol *protocol,
                                msp_findings *findings, msp_error *err);

MSP_END
#endif
