/* closed.c - closed testing of a few hypotheses with combined stages. */
#include <math.h>

#include "general_road.h"
#include "mspike/stats/dist.h"
#include "mspike/stats/quadrature.h"

/* A p of 1 would weigh without end. */
static const double most_p = 1 - 1e-12;

/* -- the p of an intersection -- */

typedef struct dunnett {
    double y, shared, own;
    size_t m;
} dunnett;

/* P(none of m is y or more, given what they share) at its density. */
static double all_below(double x, const void *context)
{
    const dunnett *d = context;
    const double p = msp_dist_normal_lower((d->y - d->shared * x) / d->own).p;
    return exp(-x * x / 2) * pow(p, (double)d->m);
}

double sim_dunnett(size_t m, double correlation, double y)
{
    const double root_two_pi = 2.50662827463100050242;
    const dunnett d = {y, sqrt(correlation), sqrt(1 - correlation), m};
    return m == 1 ? msp_dist_normal_upper(y).p
                  : 1 - msp_integrate(all_below, &d, -9, 9, 12) / root_two_pi;
}

static double z_of_stage(const msp_sim_plan *p, size_t m, double largest)
{
    if (m == 1)
        return largest;
    const double share = (double)p->block_experimental / p->block; /* of one arm and control */
    const double q = p->general->dunnett ? sim_dunnett(m, share, largest)
                                         : (double)m * msp_dist_normal_upper(largest).p;
    return -msp_dist_normal_quantile(fmax(fmin(q, most_p), 1e-300));
}

/* -- the looks -- */

void sim_closed_add(sim_closed *c, const msp_sim_plan *p, size_t look, const double *y,
                    uint32_t tested)
{
    const double full = (double)p->events[p->n_looks - 1];
    const double before = look > 0 ? (double)p->events[look - 1] : 0;
    const double weight = sqrt(((double)p->events[look] - before) / full);
    const double root = sqrt((double)p->events[look] / full);
    const uint32_t n = 1u << msp_sim_n_hypotheses(p->general);
    for (uint32_t set = 1; set < n; set++) {
        double largest = -INFINITY;
        size_t m = 0;
        for (uint32_t h = 0; 1u << h < n; h++)
            if ((set & tested) >> h & 1) {
                largest = fmax(largest, y[h]);
                m++;
            }
        if (m == 0)
            continue; /* of dropped hypotheses alone: nothing asks for it again */
        c->sum[set] += weight * z_of_stage(p, m, largest);
        c->rejected[set] = c->rejected[set] || c->sum[set] / root >= p->upper[look];
    }
}

uint32_t sim_closed_claims(const sim_closed *c, size_t n_hypotheses, uint32_t tested)
{
    uint32_t claims = tested;
    for (uint32_t set = 1; set < 1u << n_hypotheses; set++)
        if (!c->rejected[set])
            claims &= ~set;
    return claims;
}
