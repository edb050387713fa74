/*
 * gpu.cu - plain trials on a graphics processor of CUDA: a block of threads a trial.
 *
 * Compiled without contraction of products and sums (--fmad=false), so that the bits are those of
 * every other processor.
 */
#include "gpu.h"

#include <stdlib.h>

#include "gpu_trial.h"

enum { THREADS = 128 };

struct sim_gpu {
    sim_tables tables; /* its arrays and its plan are the processor's */
    uint32_t size;
    size_t most;
    msp_sim_outcome *out; /* the processor's */
};

__global__ static void trials(sim_tables tables, const msp_sim_plan *plan, uint32_t size,
                              uint64_t seed, uint64_t first, msp_sim_outcome *out)
{
    extern __shared__ double memory[];
    const gpu_team team = {threadIdx.x, THREADS};
    msp_sim_outcome o;
    gpu_one_trial(&tables, plan, gpu_room_in((char *)memory, size), size, team, seed,
                  first + blockIdx.x, &o);
    if (team.thread == 0)
        out[blockIdx.x] = o;
}

static msp_status failed(cudaError_t code, const char *what, msp_error *err)
{
    return code == cudaSuccess
               ? MSP_OK
               : msp_fail(err, MSP_ESYSTEM, "the graphics processor could not %s: %s", what,
                          cudaGetErrorString(code));
}

/* n bytes of ours as an array of the processor's. */
static msp_status copy_there(const void *from, size_t n, void **to, msp_error *err)
{
    msp_status rc = failed(cudaMalloc(to, n > 0 ? n : 1), "find memory", err);
    if (rc == MSP_OK)
        rc = failed(cudaMemcpy(*to, from, n, cudaMemcpyHostToDevice), "be written to", err);
    return rc;
}

static msp_status prepare(const sim_tables *t, sim_gpu *g, msp_error *err)
{
    const msp_sim_plan *p = t->plan;
    void *entry = NULL, *block = NULL, *plan = NULL, *out = NULL;
    const size_t room = GPU_ROOM_BYTES(g->size);
    msp_status rc = copy_there(t->entry, t->cap * sizeof *t->entry, &entry, err);
    g->tables.entry = (double *)entry;
    if (rc == MSP_OK)
        rc = copy_there(t->block, t->n_blocks * sizeof *t->block, &block, err);
    g->tables.block = (uint64_t *)block;
    if (rc == MSP_OK)
        rc = copy_there(p, sizeof *p, &plan, err);
    g->tables.plan = (const msp_sim_plan *)plan;
    if (rc == MSP_OK)
        rc = failed(cudaMalloc(&out, g->most * sizeof *g->out), "find memory", err);
    g->out = (msp_sim_outcome *)out;
    if (rc == MSP_OK)
        rc = failed(cudaFuncSetAttribute((const void *)trials,
                                         cudaFuncAttributeMaxDynamicSharedMemorySize, (int)room),
                    "share so much memory", err);
    return rc;
}

msp_status sim_gpu_open(const sim_tables *t, size_t most, sim_gpu **out, msp_error *err)
{
    int n = 0;
    *out = NULL;
    const char *refused = sim_gpu_refuses(t);
    if (refused != NULL)
        return msp_fail(err, MSP_EUNSUPPORTED, "a graphics processor does not take %s", refused);
    if (cudaGetDeviceCount(&n) != cudaSuccess || n == 0)
        return msp_fail(err, MSP_EUNSUPPORTED, "there is no graphics processor here");
    sim_gpu *g = (sim_gpu *)calloc(1, sizeof *g);
    if (g == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for a simulation");
    g->tables = *t;
    g->tables.entry = NULL;
    g->tables.block = NULL;
    g->tables.plan = NULL;
    g->most = most;
    g->size = 16;
    while (g->size < t->plan->n)
        g->size *= 2;
    const msp_status rc = prepare(t, g, err);
    if (rc != MSP_OK) {
        sim_gpu_close(g);
        return rc;
    }
    *out = g;
    return MSP_OK;
}

msp_status sim_gpu_run(sim_gpu *g, uint64_t seed, uint64_t first, size_t n, msp_sim_outcome *out,
                       msp_error *err)
{
    trials<<<(unsigned)n, THREADS, GPU_ROOM_BYTES(g->size)>>>(g->tables, g->tables.plan, g->size,
                                                              seed, first, g->out);
    const msp_status rc = failed(cudaGetLastError(), "start", err);
    return rc == MSP_OK ? failed(cudaMemcpy(out, g->out, n * sizeof *out, cudaMemcpyDeviceToHost),
                                 "finish", err)
                        : rc;
}

void sim_gpu_close(sim_gpu *g)
{
    if (g == NULL)
        return;
    cudaFree(g->tables.entry);
    cudaFree(g->tables.block);
    cudaFree((void *)g->tables.plan);
    cudaFree(g->out);
    free(g);
}
