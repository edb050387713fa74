/* Bytes as a figure: its first path as a curve. */
#include <stdint.h>
#include <stdlib.h>

#include "mspike/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const msp_svg_axis time = {{0, 100}, {0, 10}}, survival = {{100, 0}, {0, 1}};
    msp_arena arena = {0};
    msp_curve_point *point;
    size_t n;
    if (msp_svg_curve((const char *)data, size, "1", &time, &survival, &arena, &point, &n, NULL) ==
        MSP_OK) {
        const msp_risk_column risk[] = {{0, 40}, {5, 20}};
        const msp_published_curve curve = {point, n, risk, 2, MSP_EVENTS_UNKNOWN};
        msp_reconstructed out;
        (void)msp_reconstruct(&curve, NULL, &out, NULL);
        msp_reconstructed_free(&out);
    }
    msp_arena_free(&arena);
    return 0;
}
