/*
 * drug_names.h - the drugs that a cell of a table names, each by one name and with its class.
 */
#ifndef MSPIKE_PATIENT_DRUG_NAMES_H
#define MSPIKE_PATIENT_DRUG_NAMES_H

#include "mspike/protocol/protocol.h"

/* More than any regimen has. */
#define NAMED_MAX 16

typedef struct named_drug {
    const char *id; /* "lenalidomide" of "LENALIDOMIDE HEMIHYDRATE", "Revlimid" */
    msp_drug_class drug_class;
    bool known; /* no: the text itself, of class OTHER, which may hold any drug */
} named_drug;

/* The drugs of `text` into out[0 .. n), each once: several apart by ; + / , & or "and", "with",
 * "plus", or by the usual abbreviation of a regimen ("VRd", "D-Rd", "CyBorD"), or as the protocol's
 * drugs: (may be NULL) name one. A transplant is no drug: *transplant (may be NULL) is set where
 * one is named. Ids are literals, the protocol's, or in `arena`. NAMED_MAX + 1 when memory is out.
 */
size_t name_drugs(const char *text, const msp_protocol *protocol, msp_arena *arena,
                  named_drug out[NAMED_MAX], bool *transplant);

/* Whether words are a transplant: "transplant", "ASCT". */
bool names_transplant(const char *text);

/* What to do about a text that is not known, for the hint of a finding; `out` has room for `size`.
 */
void name_drugs_hint(const char *text, char *out, size_t size);

#endif
