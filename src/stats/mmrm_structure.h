/* mmrm_structure.h - covariance structures: S and its derivatives by the parameters. */
#ifndef MSP_STATS_MMRM_STRUCTURE_H
#define MSP_STATS_MMRM_STRUCTURE_H

#include "mspike/stats/mmrm.h"

size_t msp__mmrm_parameters(msp_mmrm_structure structure, size_t n_visits);
/* Independent visits of one variance, or of one variance each. */
void msp__mmrm_start(msp_mmrm_structure structure, size_t n_visits, const double *variance,
                     double *parameters);
/* The n_visits x n_visits matrix S. */
void msp__mmrm_sigma(msp_mmrm_structure structure, size_t n_visits, const double *parameters,
                     double *sigma);
/* Its derivative by parameter k, and by k and l. */
void msp__mmrm_first(msp_mmrm_structure structure, size_t n_visits, const double *parameters,
                     size_t k, double *out);
/* False where it is 0 everywhere, as it is unless S is curved in its parameters. */
bool msp__mmrm_second(msp_mmrm_structure structure, size_t n_visits, const double *parameters,
                      size_t k, size_t l, double *out);

#endif
