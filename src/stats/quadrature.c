#include "mspike/stats/quadrature.h"

const double msp_legendre[MSP_LEGENDRE_NODES / 2][2] = {
    {0.095012509837637440, 0.189450610455068496}, {0.281603550779258913, 0.182603415044923588},
    {0.458016777657227386, 0.169156519395002538}, {0.617876244402643748, 0.149595988816576732},
    {0.755404408355003033, 0.124628971255533872}, {0.865631202387831743, 0.095158511682492784},
    {0.944575023073232576, 0.062253523938647892}, {0.989400934991649932, 0.027152459411754094},
};

double msp_integrate(msp_function f, const void *context, double lo, double hi, size_t panels)
{
    const double half = (hi - lo) / (2 * (double)panels);
    double sum = 0;
    for (size_t k = 0; k < panels; k++) {
        const double centre = lo + (2 * (double)k + 1) * half;
        for (size_t i = 0; i < MSP_COUNT(msp_legendre); i++) {
            const double away = half * msp_legendre[i][0];
            sum += msp_legendre[i][1] * (f(centre - away, context) + f(centre + away, context));
        }
    }
    return half * sum;
}
