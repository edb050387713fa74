/* gpu_plan.c - which plans a graphics processor takes; in a build without one, none. */
#include "gpu.h"
#include "gpu_trial.h"

const char *sim_gpu_refuses(const sim_tables *t)
{
    const msp_sim_plan *p = t->plan;
    if (!t->plain)
        return "hazards that change, or patients of several kinds";
    if (p->test.rho > 0 || p->test.gamma > 0)
        return "a weighted test";
    if (p->survival.events > 0)
        return "a second endpoint";
    if (t->n_blocks == 0)
        return "blocks of so many kinds";
    if (p->poisson && p->enrolment.rate.n > 1)
        return "random arrivals at changing rates";
    return p->n > GPU_PATIENTS_MAX ? "more than 1,024 patients" : NULL;
}

#ifndef MSP_CUDA
msp_status sim_gpu_open(const sim_tables *tables, size_t most, sim_gpu **out, msp_error *err)
{
    (void)tables;
    (void)most;
    *out = NULL;
    msp_fail(err, MSP_EUNSUPPORTED, "this build cannot use a graphics processor");
    return msp_hint(err, MSP_EUNSUPPORTED,
                    "build with -DMSP_CUDA=ON, or leave out --gpu: the results are the same");
}

msp_status sim_gpu_run(sim_gpu *gpu, uint64_t seed, uint64_t first, size_t n, msp_sim_outcome *out,
                       msp_error *err)
{
    (void)gpu;
    (void)seed;
    (void)first;
    (void)n;
    (void)out;
    return msp_fail(err, MSP_EUNSUPPORTED, "no graphics processor is open");
}

void sim_gpu_close(sim_gpu *gpu)
{
    (void)gpu;
}
#endif
