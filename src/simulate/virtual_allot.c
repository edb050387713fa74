/* virtual_allot.c - which arm each patient of a trial is allocated to, and what his strata are. */
#include "exact.h"
#include "mspike/simulate/virtual_patient.h"
#include "virtual_truth.h"

/* A block in an order of its own, each equally likely: Fisher and Yates. */
static void shuffle(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint32_t cell,
                    uint32_t block, uint8_t *out)
{
    msp_random r = msp_random_at(seed, trial, cell, DRAW_ARMS);
    r.next = (uint64_t)block * MSP_VIRTUAL_BLOCK_MAX;
    for (size_t i = 0; i < plan->n_block; i++) {
        const size_t j = (size_t)msp_random_below(&r, i + 1);
        out[i] = out[j];
        out[j] = plan->block[i];
    }
}

static size_t cell_at(const msp_virtual_plan *plan, double u)
{
    size_t i = 0;
    for (double sum = plan->cell[0].share; i + 1 < plan->n_cells && u >= sum;
         sum += plan->cell[i].share)
        i++;
    return i;
}

void msp_virtual_allot(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial, uint8_t *arm,
                       uint8_t *cell)
{
    uint8_t block[MSP_VIRTUAL_CELLS_MAX][MSP_VIRTUAL_BLOCK_MAX];
    uint32_t given[MSP_VIRTUAL_CELLS_MAX] = {0};
    for (size_t i = 0; i < plan->n; i++) {
        uint32_t w[4];
        four_words(seed, trial, (uint32_t)i, DRAW_CELLS, 0, w);
        const size_t c = plan->n_cells > 1 ? cell_at(plan, share_of(w[0])) : 0;
        const uint32_t in_block = given[c] % (uint32_t)plan->n_block;
        if (in_block == 0)
            shuffle(plan, seed, trial, (uint32_t)c, given[c] / (uint32_t)plan->n_block, block[c]);
        cell[i] = (uint8_t)c;
        arm[i] = block[c][in_block];
        given[c]++;
    }
}
