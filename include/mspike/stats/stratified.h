/*
 * stratified.h - the same comparison of two groups in several strata.
 *
 * With x1 of n1 and x2 of n2 patients, m events and N patients in a stratum, sums over strata:
 *
 *   Cochran-Mantel-Haenszel  (sum (x1 - n1 m / N))^2 / sum (n1 n2 m (N - m) / (N^2 (N - 1)))
 *   odds ratio               sum(x1 (n2 - x2) / N) / sum(x2 (n1 - x1) / N), with the variance of
 *                            Robins, Breslow & Greenland (Biometrics 42:311, 1986)
 *   risk ratio               sum(x1 n2 / N) / sum(x2 n1 / N), Greenland & Robins (1985)
 *   difference               sum(w (p1 - p2)) / sum(w), w = n1 n2 / N, with the variance of Sato
 *                            (Biometrics 45:1323, 1989) or of Greenland & Robins (Biometrics
 *                            41:55, 1985), or with the score limits of Miettinen & Nurminen:
 *                            (sum w (p1 - p2 - d))^2 <= z^2 sum w^2 V(d), V as in two_by_two.h
 *   Breslow-Day              do the odds ratios differ? Tarone (Biometrika 72:91, 1985) corrects
 *                            for having estimated the common one
 *
 * A stratum without patients in one of the groups, or where all or none have the event, adds
 * nothing to the first and last. docs/methods/proportions.md has a worked example.
 */
#ifndef MSPIKE_STATS_STRATIFIED_H
#define MSPIKE_STATS_STRATIFIED_H

#include "mspike/stats/fisher.h"

MSP_BEGIN

/* Every function: `tables` has k of them; MSP_ERANGE for counts or a level out of range; what is
 * not estimable is MSP_OK with NaN and a note (`*note` may not be NULL, and is NULL where there is
 * an answer). */

/* `corrected`: up to half a patient off the difference, as R's mantelhaen.test does by default. */
msp_status msp_stratified_cmh(const msp_two_by_two *tables, size_t k, bool corrected, msp_test *out,
                              const char **note, msp_error *err);

/* MSP_ODDS_RATIO and MSP_RISK_RATIO. */
msp_status msp_stratified_ratio(const msp_two_by_two *tables, size_t k, msp_contrast contrast,
                                const msp_confidence *confidence, msp_interval *out,
                                msp_error *err);

typedef enum msp_stratified_method {
    MSP_STRATIFIED_MIETTINEN_NURMINEN,
    MSP_STRATIFIED_SATO,
    MSP_STRATIFIED_GREENLAND_ROBINS,
} msp_stratified_method;

msp_status msp_stratified_difference(const msp_two_by_two *tables, size_t k,
                                     msp_stratified_method method, const msp_confidence *confidence,
                                     msp_interval *out, msp_error *err);

msp_status msp_stratified_breslow_day(const msp_two_by_two *tables, size_t k, bool tarone,
                                      msp_test *out, const char **note, msp_error *err);

/* Exact inference given the margins of every stratum; MSP_EUNSUPPORTED where there are too many
 * tables to add up, MSP_EMEM. As msp_fisher_test and msp_fisher_odds_ratio of one table. */
msp_status msp_stratified_exact(const msp_two_by_two *tables, size_t k, msp_fisher *out,
                                msp_error *err);
msp_status msp_stratified_exact_odds_ratio(const msp_two_by_two *tables, size_t k,
                                           const msp_confidence *confidence, msp_interval *out,
                                           msp_error *err);

MSP_END
#endif
