/*
 * single_arm.h - designs of one arm, and of two proportions or means.
 */
#ifndef MSPIKE_DESIGN_SINGLE_ARM_H
#define MSPIKE_DESIGN_SINGLE_ARM_H

#include "mspike/design/events.h"
#include "mspike/stats/km.h"

MSP_BEGIN

/* -- two stages, a response --
 * n1 patients first; r1 or fewer responses among them stop the trial for futility; r or fewer among
 * all n end it without a claim. Exact binomial probabilities. Simon, Control Clin Trials 10:1
 * (1989). */
typedef struct msp_simon {
    int64_t r1, n1, r, n;
    double alpha, power;
    double expected_n_h0, expected_n_h1, stop_early_h0, stop_early_h1;
} msp_simon;

typedef enum msp_simon_choice {
    MSP_SIMON_OPTIMAL,    /* the fewest patients expected where p = p0 */
    MSP_SIMON_MINIMAX,    /* the fewest patients in all, then the fewest expected */
    MSP_SIMON_ADMISSIBLE, /* the fewest of (n + expected n) / 2: Jung, Stat Med 23:561 (2004) */
} msp_simon_choice;

/* 0 < p0 < p1 < 1, error rates at most alpha and 1 - power, at most `max_n` patients (0: as many as
 * it takes). The search ends where no larger trial can do better. MSP_ERANGE for impossible values
 * or where max_n is too few. */
msp_status msp_simon_find(double p0, double p1, double alpha, double power, int64_t max_n,
                          msp_simon_choice choice, msp_simon *out, msp_error *err);
/* Error rates and expectations of a design: 0 <= r1 <= n1 < n, r1 <= r < n. */
msp_status msp_simon_describe(int64_t r1, int64_t n1, int64_t r, int64_t n, double p0, double p1,
                              msp_simon *out, msp_error *err);

/* -- one stage, a response --
 * A claim where more than r of n respond: the smallest n that keeps both errors, at most `max_n`
 * (0: as many as it takes, up to 1000). Exact binomial probabilities. Fleming, Biometrics 38:143
 * (1982), is its normal approximation; A'Hern, Stat Med 20:859 (2001). */
typedef struct msp_single_stage {
    int64_t r, n;
    double alpha, power;
} msp_single_stage;

/* 0 < p0 < p1 < 1. MSP_ERANGE for impossible values or where max_n is too few. */
msp_status msp_single_stage_find(double p0, double p1, double alpha, double power, int64_t max_n,
                                 msp_single_stage *out, msp_error *err);

/* -- one-sample log-rank --
 * The test (E - O) / sqrt(E) of an arm against an exponential curve, under exponential survival.
 * Its moments are exact; n follows from Wu, Pharm Stat 14:26 (2015):
 * n = (z_a sqrt(v0) + z_b s)^2 / (v0 - v1)^2, with v0 and v1 the events expected a patient under
 * the null and the alternative hazards, and s^2 the variance of O - E a patient. */
typedef struct msp_one_sample_plan {
    double null_hazard, hazard; /* a month */
    double alpha;
    int sided;
    msp_intake enrolment; /* the shape is what counts */
    double follow_up;     /* months after the last patient */
    double power;         /* NaN: follows from sample_size */
    double sample_size;   /* NaN: follows from power; with power, the most there may be */
} msp_one_sample_plan;

typedef struct msp_one_sample {
    double sample_size, power; /* a fraction of a patient is kept */
    double events;             /* expected */
    double events_by_null;     /* that the null's curve expects of the same patients */
    double study_duration;
    const char *caution; /* of a small trial; NULL: none */
} msp_one_sample;

msp_status msp_one_sample_find(const msp_one_sample_plan *plan, msp_one_sample *out,
                               msp_error *err);

/* -- the median --
 * A claim where the interval of the median (Brookmeyer, Crowley, Biometrics 38:29, 1982) lies above
 * a known one, m: where the lower limit of the curve at m is above a half. With Greenwood's
 * variance v / n of S(m), on the scale g of the interval (Nagashima and others, Pharm Stat 20:139,
 * 2021):
 *   n = (z_a + z_b)^2 v g'(S)^2 / (g(S) - g(1/2))^2      v = S^2 integral_0^m h / (S(u) G(u)) du
 * S the alternative's curve, exponential with hazard h; G(u) the probability of no censoring by u
 * months. */
typedef struct msp_one_median_plan {
    double null_median, median; /* months; the second is larger */
    msp_km_interval scale;      /* of the interval */
    double alpha;
    int sided;
    msp_intake enrolment;      /* the shape is what counts */
    double follow_up;          /* months after the last patient */
    double dropout;            /* a month */
    double power, sample_size; /* as above */
} msp_one_median_plan;

typedef struct msp_one_median {
    double sample_size, power; /* a fraction of a patient is kept */
    double survival;           /* at the null's median, under the alternative */
    double std_error;          /* of the curve there */
    double events;             /* expected */
    double study_duration;
    const char *caution; /* of a small trial; NULL: none */
} msp_one_median;

/* MSP_ERANGE for impossible values, where nobody is followed for the null's median, and where the
 * power needs more than sample_size. */
msp_status msp_one_median_find(const msp_one_median_plan *plan, msp_one_median *out,
                               msp_error *err);

/* -- two proportions --
 * The chi-square test without continuity correction, by the normal approximation with the pooled
 * variance under the null. Fleiss, Tytun, Ury, Biometrics 36:343 (1980), uncorrected. */
typedef struct msp_proportions_plan {
    double p1, p2;
    double share; /* of group 1 */
    double alpha;
    int sided;
    double power, sample_size; /* as above */
} msp_proportions_plan;

typedef struct msp_proportions {
    double sample_size, power;
    double n1, n2;
    const char *caution; /* of a small trial; NULL: none */
} msp_proportions;

msp_status msp_proportions_find(const msp_proportions_plan *plan, msp_proportions *out,
                                msp_error *err);

/* -- two means --
 * The t-test of two groups with one standard deviation; its power in the right direction is that of
 * the non-central t distribution. The size is the real number at which the power is reached. */
typedef struct msp_means_plan {
    double difference, sd; /* both above 0 */
    double share;          /* of group 1 */
    double alpha;
    int sided;
    double power, sample_size; /* as above */
} msp_means_plan;

typedef struct msp_means {
    double sample_size, power;
    double n1, n2;
} msp_means;

msp_status msp_means_find(const msp_means_plan *plan, msp_means *out, msp_error *err);

MSP_END
#endif
