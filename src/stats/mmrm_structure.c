#include "mmrm_structure.h"

#include <math.h>
#include <string.h>

const char *msp_mmrm_structure_name(msp_mmrm_structure structure)
{
    static const char *const names[] = {[MSP_MMRM_UNSTRUCTURED] = "unstructured",
                                        [MSP_MMRM_COMPOUND_SYMMETRY] = "compound-symmetry",
                                        [MSP_MMRM_AR1] = "ar1",
                                        [MSP_MMRM_TOEPLITZ] = "toeplitz"};
    return names[structure];
}

size_t msp__mmrm_parameters(msp_mmrm_structure structure, size_t n)
{
    switch (structure) {
    case MSP_MMRM_UNSTRUCTURED:
        return n * (n + 1) / 2;
    case MSP_MMRM_TOEPLITZ:
        return n;
    case MSP_MMRM_COMPOUND_SYMMETRY:
    case MSP_MMRM_AR1:
        break;
    }
    return n > 1 ? 2 : 1;
}

void msp__mmrm_start(msp_mmrm_structure structure, size_t n, const double *variance,
                     double *parameters)
{
    double mean = 0;
    memset(parameters, 0, msp__mmrm_parameters(structure, n) * sizeof *parameters);
    for (size_t i = 0; i < n; i++)
        mean += variance[i] / (double)n;
    parameters[0] = mean;
    for (size_t i = 0, k = 0; structure == MSP_MMRM_UNSTRUCTURED && i < n; i++, k += i + 1)
        parameters[k] = variance[i];
}

static size_t distance(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

static double at(msp_mmrm_structure structure, const double *p, size_t i, size_t j)
{
    const size_t high = i > j ? i : j, low = i > j ? j : i, d = high - low;
    switch (structure) {
    case MSP_MMRM_UNSTRUCTURED:
        return p[high * (high + 1) / 2 + low];
    case MSP_MMRM_COMPOUND_SYMMETRY:
        return p[d > 0];
    case MSP_MMRM_AR1:
        return d > 0 ? p[0] * pow(p[1], (double)d) : p[0];
    case MSP_MMRM_TOEPLITZ:
        return p[d];
    }
    return 0;
}

void msp__mmrm_sigma(msp_mmrm_structure structure, size_t n, const double *parameters,
                     double *sigma)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sigma[i * n + j] = at(structure, parameters, i, j);
}

/* d^2 p0 p1^d by the parameters named: `of_first` times by p0, `of_second` times by p1. */
static double ar1_derivative(const double *p, double d, int of_first, int of_second)
{
    const double factor = of_second == 0 ? 1 : of_second == 1 ? d : d * (d - 1);
    if (of_first > 1 || !(d >= of_second) || !(fabs(factor) > 0))
        return 0;
    return (of_first == 1 ? 1 : p[0]) * factor * (d > of_second ? pow(p[1], d - of_second) : 1);
}

void msp__mmrm_first(msp_mmrm_structure structure, size_t n, const double *parameters, size_t k,
                     double *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const size_t d = distance(i, j), high = i > j ? i : j;
            const bool here = structure == MSP_MMRM_UNSTRUCTURED
                                  ? k == high * (high + 1) / 2 + high - d
                              : structure == MSP_MMRM_COMPOUND_SYMMETRY ? k == (d > 0)
                                                                        : k == d;
            out[i * n + j] = structure == MSP_MMRM_AR1
                                 ? ar1_derivative(parameters, (double)d, k == 0, k == 1)
                                 : here;
        }
}

bool msp__mmrm_second(msp_mmrm_structure structure, size_t n, const double *parameters, size_t k,
                      size_t l, double *out)
{
    if (structure != MSP_MMRM_AR1)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            out[i * n + j] = ar1_derivative(parameters, (double)distance(i, j), (k == 0) + (l == 0),
                                            (k == 1) + (l == 1));
    return true;
}
