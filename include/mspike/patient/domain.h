/*
 * domain.h - the files of a folder as SDTM domains, one of which may be split over several files.
 *
 * A part is named by its domain and one or two letters or digits more (LBCH, LBUR, QS36; of a
 * SUPP-- SUPPLBUR), while its column DOMAIN (RDOMAIN) goes on naming the domain (SDTMIG, splitting
 * domains). The parts are read as one table, whose rows know their file; columns may differ. A file
 * that is named like a part but does not say that it is one is not read.
 */
#ifndef MSPIKE_PATIENT_DOMAIN_H
#define MSPIKE_PATIENT_DOMAIN_H

#include "mspike/base/findings.h"
#include "mspike/protocol/protocol.h"
#include "mspike/table/read.h"

MSP_BEGIN

/* Reads the domain `name` ("LB", "SUPPLB"; another name is one file) of `folder` with those of the
 * columns that each part has; `how->skip_absent` does not matter. *first is the path of the first
 * file, in `names`, where a failure's place is too; NULL where the folder has none, and *out then
 * is {0}. Fails as msp_table_read does, and where two files of one name are there (MSP_EINPUT). */
msp_status msp_domain_read(const char *folder, const char *name, const msp_read_options *how,
                           msp_arena *names, msp_table *out, const char **first, msp_error *err);

/* Says which tables of `folder` nothing reads: those named like a part of a domain that are none,
 * and those whose names neither SDTM nor ADaM has nor the protocol (may be NULL). */
msp_status msp_domain_strangers(const char *folder, const msp_protocol *protocol,
                                msp_findings *findings, msp_error *err);

MSP_END
#endif
