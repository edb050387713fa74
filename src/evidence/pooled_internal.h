/* pooled_internal.h - what the files of pooled.h share. */
#ifndef MSP_EVIDENCE_POOLED_INTERNAL_H
#define MSP_EVIDENCE_POOLED_INTERNAL_H

#include "mspike/evidence/pooled.h"

/* The number of a name among those before it, or a new one. */
size_t msp__number_of(const char *name, const char **names, size_t *n);

/* MSP_ERANGE at a row of a trial of several arms of which a pair has no row, or which the sum of
 * two others contradicts. */
msp_status msp__pooled_check_sums(const msp_contrast_said *c, size_t n, msp_arena *arena,
                                  msp_error *err);

/* The posterior of one network into its pairs, which begin at `from`. */
msp_status msp__pooled_add_bayes(const msp_pooled_network *net, size_t component,
                                 const msp_pooling *o, size_t from, msp_pooled *out,
                                 msp_error *err);

#endif
