#include "mspike/base/random.h"

#include <Random123/philox.h>

msp_random msp_random_at(uint64_t seed, uint64_t trial, uint32_t patient, uint16_t purpose)
{
    return (msp_random){.seed = seed, .trial = trial, .patient = patient, .purpose = purpose};
}

void msp_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    philox4x32_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
    const philox4x32_key_t k = {{key[0], key[1]}};
    c = philox4x32(c, k);
    for (int i = 0; i < 4; i++)
        out[i] = c.v[i];
}

/* One block of the generator gives two draws of 64 bits. The counter holds patient, purpose and
 * block, and the trial; the key is the seed. */
uint64_t msp_random_bits(msp_random *random)
{
    const uint64_t block = random->next >> 1;
    const uint32_t counter[4] = {
        random->patient,
        (uint32_t)random->purpose << 16 | (uint32_t)(block & 0xffff),
        (uint32_t)random->trial,
        (uint32_t)(random->trial >> 32),
    };
    const uint32_t key[2] = {(uint32_t)random->seed, (uint32_t)(random->seed >> 32)};
    uint32_t out[4];
    msp_philox4x32(counter, key, out);
    const unsigned half = (unsigned)(random->next++ & 1) * 2;
    return (uint64_t)out[half + 1] << 32 | out[half];
}

double msp_random_uniform(msp_random *random)
{
    return ((double)(msp_random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

/* Draws that would make some values likelier than others are thrown away. */
uint64_t msp_random_below(msp_random *random, uint64_t n)
{
    const uint64_t surplus = (UINT64_MAX % n + 1) % n;
    uint64_t bits;
    do
        bits = msp_random_bits(random);
    while (surplus > 0 && bits > UINT64_MAX - surplus);
    return bits % n;
}
