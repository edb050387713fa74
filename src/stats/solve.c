#include "solve.h"

size_t msp__factor(double *a, size_t p, const double *floor, bool *used)
{
    size_t rank = 0;
    for (size_t k = 0; k < p; k++) {
        double pivot = a[k * p + k];
        for (size_t j = 0; j < k; j++)
            if (used[j])
                pivot -= a[k * p + j] * a[k * p + j] * a[j * p + j];
        used[k] = pivot > floor[k];
        rank += used[k];
        a[k * p + k] = pivot;
        for (size_t i = k + 1; i < p && used[k]; i++) {
            double x = a[i * p + k];
            for (size_t j = 0; j < k; j++)
                if (used[j])
                    x -= a[i * p + j] * a[k * p + j] * a[j * p + j];
            a[i * p + k] = x / pivot;
        }
    }
    return rank;
}

void msp__solve(const double *factor, size_t p, const bool *used, const double *b, double *x)
{
    for (size_t k = 0; k < p; k++) {
        x[k] = used[k] ? b[k] : 0;
        for (size_t j = 0; j < k && used[k]; j++)
            x[k] -= used[j] ? factor[k * p + j] * x[j] : 0;
    }
    for (size_t k = p; k-- > 0;) {
        x[k] = used[k] ? x[k] / factor[k * p + k] : 0;
        for (size_t i = k + 1; i < p && used[k]; i++)
            x[k] -= used[i] ? factor[i * p + k] * x[i] : 0;
    }
}

void msp__invert(const double *factor, size_t p, const bool *used, double *inverse)
{
    for (size_t c = 0; c < p; c++) {
        double *column = inverse + c * p; /* symmetric: a row does as well */
        for (size_t k = 0; k < p; k++)
            column[k] = k == c;
        msp__solve(factor, p, used, column, column);
    }
}
