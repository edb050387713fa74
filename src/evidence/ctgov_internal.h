/* ctgov_internal.h - what the parts of the reader of registry records share. */
#ifndef MSP_EVIDENCE_CTGOV_INTERNAL_H
#define MSP_EVIDENCE_CTGOV_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "mspike/base/findings.h"
#include "mspike/base/text.h"
#include "mspike/evidence/ctgov.h"

#define ARMS_MAX 24

typedef struct record {
    json_t *root, *protocol, *results;
    const char *nct, *file;
    struct {
        char name[160];
        bool experimental;
    } arms[ARMS_MAX]; /* regimens: the arms, then groups that are no arm */
    size_t n_arms, n_planned;
    msp_text endpoints, trial_results; /* written while going through the record */
    size_t n_endpoints;
    const char *said[ARMS_MAX]; /* arms of the result that is being written */
    size_t n_said;
    msp_findings *notes;
} record;

#define NOTE(r, ...)                                                                               \
    msp_findings_add((r)->notes, MSP_SEVERITY_NOTE, "ctgov", (msp_place){.file = (r)->file}, NULL, \
                     __VA_ARGS__)

/* -- JSON and YAML -- */

json_t *msp__ctgov_at(json_t *object, const char *path);
/* "" where there is no such text. */
const char *msp__ctgov_text(json_t *object, const char *path);
/* Counts are texts in some modules and numbers in others. */
bool msp__ctgov_count(json_t *object, const char *path, long long *out);
/* In double quotes, on one line; nothing is "not said". */
void msp__ctgov_quote(msp_text *out, const char *s);
/* A number as the form takes it; false for text that is none. */
bool msp__ctgov_is_printed(const char *s);
/* The registry writes NA where a number could not be estimated; commas separate thousands. */
const char *msp__ctgov_as_printed(const char *s, char out[64]);

/* -- groups and arms -- */

/* Words of `a` that `b` has too. */
size_t msp__ctgov_common_words(const char *a, const char *b);
/* The arm that more than half of the words of both name, or that is the same but for the number of
 * a list; a title that names none, or two alike, is a regimen of its own. NULL when there is no
 * room.
 */
const char *msp__ctgov_arm(record *r, const char *title);
json_t *msp__ctgov_group(json_t *groups, const char *id);
const char *msp__ctgov_arm_of_group(record *r, json_t *groups, const char *id);

/* -- the trial -- */

/* Experimental arms first, in the order of the record. */
void msp__ctgov_read_arms(record *r);
/* The drugs of an arm, without their kind: "Drug: Pomalidomide". */
void msp__ctgov_add_drugs(record *r, const char *arm, msp_text *out);
void msp__ctgov_add_drug_list(record *r, msp_text *out);
void msp__ctgov_add_trial(record *r, msp_text *out);

/* -- outcomes -- */

/* An endpoint of its own for each row of an outcome's table. Returns its number. */
size_t msp__ctgov_add_endpoint(record *r, const char *kind, const char *title,
                               const char *class_title, const char *category, bool harm);
void msp__ctgov_open_result(record *r, const char *name, const char *population, size_t endpoint,
                            const char *page);
/* Whether the result has no line of this arm yet; a second one is noted and left out. */
bool msp__ctgov_begin_arm(record *r, const char *arm);
void msp__ctgov_add_outcomes(record *r);

/* -- flow and adverse events -- */

void msp__ctgov_add_flow(record *r);
void msp__ctgov_add_events(record *r);

#endif
