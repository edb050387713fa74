/*
 * boundary.h - group-sequential boundaries: when to stop at a look, from how the errors are to be
 * spread over the looks.
 *
 * Z is positive where the experimental arm does better. Information is a fraction of what the plan
 * ends with. Drift is the mean of Z at full information: the effect times the square root of the
 * full information.
 *
 * Boundaries: c t^(delta - 1/2) with one constant c (Wang, Tsiatis, Biometrics 43:193, 1987);
 * O'Brien-Fleming is delta 0, Pocock delta 1/2.
 * Spending functions of the error a of one side, up to information t:
 *   Lan-DeMets O'Brien-Fleming  2 (1 - Phi(Phi^-1(1 - a/2) / sqrt(t)))   Biometrika 70:659 (1983)
 *   Lan-DeMets Pocock           a log(1 + (e - 1) t)                     the same
 *   Kim-DeMets                  a t^rho                                  Biometrika 74:149 (1987)
 *   Hwang-Shih-DeCani           a (1 - e^(-gamma t)) / (1 - e^-gamma)    Stat Med 9:1439 (1990)
 *   user                        a line between the points given
 * Two-sided boundaries are symmetric and spend half of alpha a side.
 */
#ifndef MSPIKE_DESIGN_BOUNDARY_H
#define MSPIKE_DESIGN_BOUNDARY_H

#include <stdbool.h>

#include "mspike/base/status.h"

MSP_BEGIN

#define MSP_LOOKS_MAX 20

typedef enum msp_boundary_kind {
    MSP_BOUNDARY_NONE, /* nobody stops before the last look */
    MSP_BOUNDARY_WANG_TSIATIS,
    MSP_BOUNDARY_FIXED, /* z values given */
    MSP_BOUNDARY_LAN_DEMETS_OBRIEN_FLEMING,
    MSP_BOUNDARY_LAN_DEMETS_POCOCK,
    MSP_BOUNDARY_KIM_DEMETS,
    MSP_BOUNDARY_HWANG_SHIH_DECANI,
    MSP_BOUNDARY_USER,
} msp_boundary_kind;

/* How one boundary comes about. */
typedef struct msp_boundary {
    msp_boundary_kind kind;
    double parameter;             /* delta, rho or gamma */
    double values[MSP_LOOKS_MAX]; /* fixed: z a look; user: spent up to each planned look */
    double times[MSP_LOOKS_MAX];  /* user: the information of those looks */
    size_t n_values;
} msp_boundary;

/* What the boundaries are to do. Futility is one-sided, and NONE, FIXED or a spending function of
 * the error of the second kind; binding: the efficacy boundary counts on it. */
typedef struct msp_looks {
    size_t n;                          /* 1 to MSP_LOOKS_MAX */
    double information[MSP_LOOKS_MAX]; /* increasing, above 0 */
    double alpha;                      /* both sides together */
    int sided;                         /* 1 or 2 */
    msp_boundary efficacy, futility;
    bool binding;
} msp_looks;

/* The boundaries, and what they spend. `lower` is the futility boundary (-infinity: none) and
 * equals `upper` at the last look; where sided is 2 it is -upper. An infinite `upper` is a look at
 * which nothing is spent. */
typedef struct msp_boundaries {
    size_t n;
    double information[MSP_LOOKS_MAX];
    double upper[MSP_LOOKS_MAX], lower[MSP_LOOKS_MAX];
    double alpha_spent[MSP_LOOKS_MAX]; /* up to each look, both sides */
    double beta_spent[MSP_LOOKS_MAX];  /* P(stopped for futility by this look) under the drift */
    double constant;                   /* of MSP_BOUNDARY_WANG_TSIATIS; NaN elsewhere */
    double drift, power;               /* power: P(above upper), in the right direction */
    double upper_h0[MSP_LOOKS_MAX], lower_h0[MSP_LOOKS_MAX]; /* P(stopping at this look) */
    double upper_h1[MSP_LOOKS_MAX], lower_h1[MSP_LOOKS_MAX];
    double expected_h0, expected_h1; /* information at the end of the trial */
    double inflation;                /* full information to that of one look with the same power */
} msp_boundaries;

/* The error of one side spent up to information t (all of it from t = 1 on). NaN where the kind is
 * no spending function. */
double msp_boundary_spent(const msp_boundary *boundary, double error, double t);

/* Boundaries for a drift; the power follows. MSP_ERANGE for looks that are not increasing, too
 * many, or an impossible alpha; MSP_EUNSUPPORTED for two sides with futility; MSP_ENUMERIC where
 * the futility boundary meets the efficacy boundary before the last look. */
msp_status msp_boundaries_for_drift(const msp_looks *looks, double drift, msp_boundaries *out,
                                    msp_error *err);
/* Boundaries for a power in (alpha, 1); the drift follows. */
msp_status msp_boundaries_for_power(const msp_looks *looks, double power, msp_boundaries *out,
                                    msp_error *err);

/* Boundaries at `n` looks taken at the information reached, which need not be that of the plan:
 * spending functions at that information, constants as planned (`plan`), fixed values by their
 * number. The last look takes what is left where `final` is true; where it is not, a look that was
 * not planned spends what its function says. `looks` has the information reached; futility by
 * spending uses the plan's power. */
msp_status msp_boundaries_reached(const msp_looks *looks, const msp_boundaries *plan, bool final,
                                  msp_boundaries *out, msp_error *err);

MSP_END
#endif
