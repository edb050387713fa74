/*
 * virtual_plan.h - what a virtual trial of patients with laboratory values is made from: the
 * protocol's virtual block, its arms, visits and strata.
 *
 * Times are days, rates per day. docs/methods/virtual-patients.md says what the model is.
 */
#ifndef MSPIKE_SIMULATE_VIRTUAL_PLAN_H
#define MSPIKE_SIMULATE_VIRTUAL_PLAN_H

#include "mspike/base/arena.h"
#include "mspike/base/date.h"
#include "mspike/protocol/protocol.h"

MSP_BEGIN

enum {
    MSP_VIRTUAL_ARMS_MAX = 8,
    MSP_VIRTUAL_BLOCK_MAX = 64,
    MSP_VIRTUAL_CELLS_MAX = 64,
    MSP_VIRTUAL_DRUGS_MAX = 8, /* of a regimen */
};

/* A log-normal value: exp(location + scale z). */
typedef struct msp_virtual_law {
    double location, scale;
} msp_virtual_law;

/* An assessment of response as the protocol plans it. */
typedef struct msp_planned_visit {
    int earliest; /* day from the first dose, which is 0 */
    int window;   /* how many days it may be on */
    size_t cycle; /* the planned cycle that it is in */
} msp_planned_visit;

/* A cycle of treatment, or a time without doses: a transplant, follow-up, what is beyond the end of
 * treatment. Each drug of a regimen counts alike; what its second cycle gives is full. */
typedef struct msp_planned_cycle {
    int day;           /* from the first dose, which is 0 */
    const char *phase; /* id */
    int number;        /* within the phase, from 1 on; 0: no doses are planned */
    const msp_regimen *regimen;
    double given;                     /* 1: full doses; the sum of: */
    double of[MSP_VIRTUAL_DRUGS_MAX]; /* each drug of the regimen */
    size_t next;     /* the next of the list that differs in any of this but day and number */
    bool transplant; /* it begins with one */
    double
        at_most; /* it asks for a burden of at most this, which is response; infinite: does not */
} msp_planned_cycle;

typedef struct msp_virtual_course {
    const msp_arm *arm;
    const msp_virtual_arm *said;
    msp_virtual_law decay, resistant, growth; /* `resistant` are odds */
    double refractory, deep, death_before, death_after, stop;
    double regrowth; /* growth without treatment, to `growth` */
    double taken[2]; /* by a transplant, of what is sensitive and resistant; logarithms */
    double delay, reduction, missed; /* probabilities, a cycle; one of them at most */
    const msp_planned_visit *visits; /* by day */
    size_t n_visits;
    const msp_planned_cycle *cycles; /* by day; the first is on day 0 */
    size_t n_cycles;
} msp_virtual_course;

/* Who goes over to another treatment once his progression is seen. */
typedef struct msp_virtual_crossover {
    const msp_virtual_crossing *said; /* NULL: nobody does */
    size_t from;                      /* arm[from] may */
    size_t to;             /* arm[to], behind the others: its treatment, and the disease under it;
                              `growth` is a factor of the rate under the first treatment */
    double share;          /* of those whose progression is seen */
    msp_virtual_law delay; /* days from then to the first dose */
} msp_virtual_crossover;

/* Soft-tissue plasmacytomas. */
typedef struct msp_virtual_lesions {
    bool any;            /* the protocol speaks of them */
    double share, fresh; /* of patients: with some at the start, with a new one at progression */
    uint32_t every;      /* visits between two scans */
} msp_virtual_lesions;

/* A combination of the levels of the stratification factors. */
typedef struct msp_virtual_cell {
    double share, growth; /* factor of the rate of growth */
} msp_virtual_cell;

typedef struct msp_virtual_plan {
    const msp_protocol *protocol;
    size_t n; /* patients */
    bool randomised;
    size_t n_arms;
    msp_virtual_course arm[MSP_VIRTUAL_ARMS_MAX + 1]; /* the last one for a crossover */
    msp_virtual_crossover crossover;
    msp_virtual_lesions lesions;
    size_t experimental, control; /* arms that are compared; the same in a trial of one arm */
    size_t n_block;               /* size of a permuted block */
    uint8_t block[MSP_VIRTUAL_BLOCK_MAX]; /* arms of one, in order */
    size_t n_cells;
    msp_virtual_cell cell[MSP_VIRTUAL_CELLS_MAX];
    msp_day start;             /* the first patient */
    double accrual, follow_up; /* the data are cut `follow_up` after the last patient came in */
    double measured[4];        /* shares: serum, urine, both, light chains; adding up to 1 */
    double missed_visits, missed_labs, withdrawal;
    size_t n_visits_max, n_cycles_max; /* of any patient, of any arm */
} msp_virtual_plan;

/* Arms, and behind them the treatment of those who go over, where some do. */
size_t msp_virtual_n_courses(const msp_virtual_plan *plan);

/* The published figures of a course; *n is how many. */
const msp_virtual_target *msp_virtual_targets(const msp_virtual_plan *plan, size_t course,
                                              size_t *n);

/* Level of factor `factor` (index into the protocol's stratification) in a cell. */
size_t msp_virtual_level(const msp_virtual_plan *plan, size_t cell, size_t factor);

/* The plan of a protocol; texts and lists are the protocol's and the arena's. With `every` above 0
 * response is assessed every so many days instead of at the protocol's visits. MSP_ENODATA where
 * the protocol has no virtual block, no patients or no visit of response; MSP_ERANGE (among others,
 * for a regimen of more drugs than MSP_VIRTUAL_DRUGS_MAX), MSP_EMEM. */
msp_status msp_virtual_plan_make(const msp_protocol *protocol, int every, msp_arena *arena,
                                 msp_virtual_plan *out, msp_error *err);

MSP_END
#endif
