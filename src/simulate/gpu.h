/*
 * gpu.h - many plain trials on a graphics processor, where the build has one (MSP_CUDA=ON).
 * Private to the room. Plain: exponential times, one kind of patient, the unweighted and
 * unstratified log-rank test, no second endpoint, at most 1,024 patients.
 */
#ifndef MSPIKE_SIMULATE_GPU_H
#define MSPIKE_SIMULATE_GPU_H

#include "kernel.h"

#ifdef __cplusplus /* MSP_BEGIN would export the names */
extern "C" {
#endif

typedef struct sim_gpu sim_gpu;

/* What keeps a plan from a graphics processor, as half a sentence; NULL: nothing. */
const char *sim_gpu_refuses(const sim_tables *tables);

/* Room there for `most` trials at a time. `tables` must outlive it. MSP_EUNSUPPORTED: no such
 * processor, a build without it, or a plan that is not plain; MSP_EMEM. */
msp_status sim_gpu_open(const sim_tables *tables, size_t most, sim_gpu **out, msp_error *err);
/* Trials first .. first + n - 1, n at most `most`, into out. MSP_ESYSTEM. */
msp_status sim_gpu_run(sim_gpu *gpu, uint64_t seed, uint64_t first, size_t n, msp_sim_outcome *out,
                       msp_error *err);
void sim_gpu_close(sim_gpu *gpu); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
