#include "kronrod.h"

#include <math.h>

/* Nodes and weights of Kronrod (1965), from the outside in; the odd ones are Gauss's. */
static const double node[11] = {0.995657163025808080735527280689003,
                                0.973906528517171720077964012084452,
                                0.930157491355708226001207180059508,
                                0.865063366688984510732096688423493,
                                0.780817726586416897063717578345042,
                                0.679409568299024406234327365114874,
                                0.562757134668604683339000099272694,
                                0.433395394129247190799265943165784,
                                0.294392862701460198131126603103866,
                                0.148874338981631210884826001129720,
                                0};
static const double kronrod[11] = {
    0.011694638867371874278064396062192, 0.032558162307964727478818972459390,
    0.054755896574351996031381300244580, 0.075039674810919952767043140916190,
    0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
    0.123491976262065851077958109585166, 0.134709217311473325928054001771707,
    0.142775938577060080797094273138717, 0.147739104901338491374841515972068,
    0.149445554002916905664936468389821};
static const double gauss[5] = {
    0.066671344308688137593568809893332, 0.149451349150580593145863396957658,
    0.219086362515982043995534934228163, 0.269266719309996355091226921569469,
    0.295524224714752870173815619188769};

/* Of a part's value: no halving makes it more exact. */
static const double rounding = 1e-14;

typedef struct part {
    double value, error;
} part;

static part estimate(msp__integrand f, const void *context, double a, double b)
{
    const double half = (b - a) / 2, middle = a + half;
    double y[21], fine = 0, coarse = 0, spread = 0;
    for (int i = 0; i < 10; i++) {
        y[i] = f(middle - half * node[i], context);
        y[20 - i] = f(middle + half * node[i], context);
        fine += kronrod[i] * (y[i] + y[20 - i]);
        if (i % 2 == 1)
            coarse += gauss[i / 2] * (y[i] + y[20 - i]);
    }
    y[10] = f(middle, context);
    fine += kronrod[10] * y[10];
    for (int i = 0; i < 21; i++)
        spread += kronrod[i < 10 ? i : 20 - i] * fabs(y[i] - fine / 2);
    /* The coarse rule errs far more than the fine one (de Doncker & Piessens' estimate). */
    const double difference = fabs(fine - coarse);
    const double ratio = spread > 0 ? pow(200 * difference / spread, 1.5) : 0;
    return (part){fine * half, half * (ratio < 1 ? spread * ratio : difference)};
}

static double refine(msp__integrand f, const void *context, double a, double b, part whole,
                     double tolerance, int depth)
{
    if (whole.error <= fmax(tolerance, rounding * fabs(whole.value)) || depth == 0)
        return whole.value;
    const double middle = a + (b - a) / 2;
    return refine(f, context, a, middle, estimate(f, context, a, middle), tolerance / 2,
                  depth - 1) +
           refine(f, context, middle, b, estimate(f, context, middle, b), tolerance / 2, depth - 1);
}

double msp__integrate(msp__integrand f, const void *context, double a, double b, double tolerance)
{
    enum { DEEPEST = 30 };
    return refine(f, context, a, b, estimate(f, context, a, b), tolerance, DEEPEST);
}
