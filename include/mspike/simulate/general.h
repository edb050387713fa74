/*
 * general.h - what the fast road of a trial cannot do, in ordinary code that asks the stats room:
 * looks by the calendar, other tests than the log-rank test, several experimental arms of which
 * some are dropped, a subgroup that goes on alone, events found anew at a look.
 *
 * One arm and no choice: Z is held against the boundary at the share of the events that the look
 * has (msp_boundaries_reached).
 *
 * Several hypotheses (an arm against control; everyone, and the subgroup), or events found anew:
 * the stages, each from its own events alone, are combined with the planned weights as in
 * design/combine.h, and held against the planned boundaries. A hypothesis is claimed where every
 * intersection with it is rejected, at this look or before (closed testing: Marcus, Peritz,
 * Gabriel, Biometrika 63:655, 1976; Bauer, Koehne, Biometrics 50:1029, 1994; Lehmacher, Wassmer,
 * Biometrics 55:1286, 1999). The p of an intersection at a stage is that of its smallest
 * hypothesis still tested, by Bonferroni, or by Dunnett's law for arms with one control (J Am Stat
 * Assoc 50:1096, 1955). So the error in the family is kept whatever was dropped and why, as long
 * as the choice uses no more than these Z.
 */
#ifndef MSPIKE_SIMULATE_GENERAL_H
#define MSPIKE_SIMULATE_GENERAL_H

#include "mspike/design/combine.h"

MSP_BEGIN

enum { MSP_SIM_ARMS_MAX = 5, MSP_SIM_HYPOTHESES_MAX = 5 };

/* When a look is taken: at its number of events, in its month, at the earlier or the later. */
#define MSP_SIM_RULE_LIST(X) \
    X(EVENTS, "events")      \
    X(MONTH, "month")        \
    X(EARLIER, "earlier")    \
    X(LATER, "later")
typedef enum msp_sim_rule {
#define MSP_AS_ENUM(name, text) MSP_SIM_AT_##name,
    MSP_SIM_RULE_LIST(MSP_AS_ENUM)
#undef MSP_AS_ENUM
} msp_sim_rule;

typedef enum msp_sim_test_kind {
    MSP_SIM_LOGRANK, /* with the weights of the plan's test */
    MSP_SIM_MODESTLY_WEIGHTED,
    MSP_SIM_MAXCOMBO,        /* the usual four weights; one-sided p as a normal Z */
    MSP_SIM_RESTRICTED_MEAN, /* difference up to `time` */
    MSP_SIM_MILESTONE,       /* log(-log S) at `time` */
} msp_sim_test_kind;

typedef struct msp_sim_general {
    msp_sim_rule rule;
    double months[MSP_LOOKS_MAX]; /* of the looks, increasing; for rules with a month */
    msp_sim_test_kind test;
    double time;

    /* Experimental arms, all of the same weight: the plan's, and those beyond it, whose hazards are
     * the plan's arm's times a ratio. */
    size_t n_arms;                      /* 1 to MSP_SIM_ARMS_MAX */
    double arm_ratio[MSP_SIM_ARMS_MAX]; /* [0]: 1 */
    bool dunnett;

    bool has_subgroup; /* hypotheses: everyone, the subgroup */
    bool in_subgroup[64];

    /* At look `choose_at` (from 0; SIZE_MAX: nothing is chosen): of several arms those `keep` with
     * the largest Z go on; with a subgroup, the subgroup alone where everyone's Z is under
     * `threshold`. Who enters later is allocated to what goes on, at the same pace. */
    size_t choose_at, keep;
    double threshold;

    bool reestimates; /* before the last look, by `reestimate` */
    msp_reestimate reestimate;

    const msp_survival_plan *plan;
    const msp_survival_design *design;
} msp_sim_general;

/* Hypotheses: arms, or everyone and the subgroup. */
static inline size_t msp_sim_n_hypotheses(const msp_sim_general *general)
{
    return general->has_subgroup ? 2 : general->n_arms;
}

/* Whether stages are combined. */
static inline bool msp_sim_combines(const msp_sim_general *general)
{
    return general->reestimates || msp_sim_n_hypotheses(general) > 1;
}

MSP_END
#endif
