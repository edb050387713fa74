/*
 * additive.h - treatments as sums of their parts, over all networks at once, behind a gate.
 *
 * component.h has the model. Where networks do not connect, common parts would tie them together:
 * that rests on nothing but additivity. So the gate: effects are given only where additivity could
 * be tested and the test did not speak against it. docs/methods/network-meta-analysis.md.
 */
#ifndef MSPIKE_EVIDENCE_ADDITIVE_H
#define MSPIKE_EVIDENCE_ADDITIVE_H

#include "mspike/evidence/component.h"
#include "mspike/evidence/pooled.h"

MSP_BEGIN

#define MSP_PARTS_MAX 256

/* What one treatment is made of; no parts: an inactive one, such as a placebo. */
typedef struct msp_parts {
    const char *const *part; /* not owned */
    size_t n;
} msp_parts;

typedef enum msp_gate {
    MSP_GATE_OPEN,
    MSP_GATE_REJECTED, /* p of the difference is below the level: effects do not add up */
    MSP_GATE_UNTESTED, /* no degrees of freedom: nothing speaks for additivity or against it */
} msp_gate;
const char *msp_gate_text(msp_gate gate);

/* Estimates are NaN where the gate is closed, or where no trial can tell. */
typedef struct msp_additive {
    size_t n_part;
    const char **part;            /* in byte order */
    msp_network_estimate *effect; /* of each part */
    msp_heterogeneity q;          /* of the additive model, a common effect */
    msp_heterogeneity difference; /* what additivity costs against the networks themselves */
    size_t left_out; /* trials of two arms of the same parts, such as two schedules: they say
                      * nothing of the parts */
    msp_gate gate;
    double tau2;
    const msp_pooled *pooled; /* not owned: has to live as long */
    double *holds;            /* [treatments * n_part] */
    msp_network network;
    msp_derived model;
    msp_pool_fit fit;
    msp_arena memory;
} msp_additive;

/*
 * `parts`: of each treatment of `pooled`, which is of the same contrasts. `method` estimates tau2
 * of the additive model (MSP_TAU_COMMON: none); `level` of the gate, such as 0.05. MSP_ENODATA
 * without any parts; MSP_ERANGE for the level, or too many parts; MSP_EMEM.
 */
msp_status msp_additive_make(const msp_contrast_said *contrasts, size_t n, const msp_pooled *pooled,
                             const msp_parts *parts, msp_tau_method method, double level,
                             msp_additive *out, msp_error *err);
/* Treatment a against b, indices of `pooled`, whichever networks they are of. */
msp_network_estimate msp_additive_compare(const msp_additive *additive, size_t a, size_t b);
/* Right after a failure too. */
void msp_additive_free(msp_additive *additive);

MSP_END
#endif
