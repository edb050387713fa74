/* kernel.h - one trial after another, as fast as the processor can. Private to the room. */
#ifndef MSPIKE_SIMULATE_KERNEL_H
#define MSPIKE_SIMULATE_KERNEL_H

#include "mspike/simulate/trial.h"

/* What a plan comes down to before the first trial; shared by all threads. */
typedef struct sim_tables {
    const msp_sim_plan *plan;
    size_t cap;      /* patients, rounded up to whole vectors */
    bool plain;      /* exponential, of one kind of patient: no look-up a patient */
    bool constant;   /* exponential in each arm and stratum */
    bool gathers;    /* a stratified test: patients of a stratum side by side */
    bool even;       /* entry[i] = (i + 1) / rate, in that order: a rank is a product */
    size_t n_groups; /* of patients side by side: strata of a stratified test, or one */
    double *entry;   /* of patients that come evenly */
    size_t n_blocks; /* distinct permuted blocks in `block`; 0: drawn patient by patient */
    uint64_t *block; /* bit j: the j-th is experimental */
    double scale[2]; /* plain: months a unit of hazard */
    double ratio[2 * MSP_SIM_STRATA_MAX]; /* of hazards: by arm and stratum */
    double *cumulative[2];                /* hazard at the start of each step */
    double last_look;                     /* about when: sets the width of the buckets */
} sim_tables;

/* Who left, one row each, by time on study. */
typedef struct sim_exits {
    double *time, *calendar;
    double *is_event; /* 1, or 0: lost */
    uint32_t *arm;
} sim_exits;

/* Room for one trial, of one thread. A group is a stratum of a stratified test, or everyone. */
typedef struct sim_work {
    uint64_t *bits;
    double *entry, *time, *calendar, *spare;
    double *seen;               /* 1: leaves by the event, 0: is lost or never has it */
    double *death, *death_seen; /* the second endpoint, like `time` and `seen` */
    uint32_t *arm;              /* SIM_EXPERIMENTAL or SIM_CONTROL: 1 in the upper or lower half */
    uint32_t *risk;             /* at risk in both arms at each exit, packed like `arm` */
    uint32_t *censored; /* [p]: of the patients from p on, those still followed at the look */
    int32_t *bucket;    /* of each patient's event, by calendar time */
    uint32_t *count, *bucket_start;
    int32_t *rank;
    int32_t *first; /* where to look for an entry, group by group */
    uint32_t *order, *patient;
    uint32_t *number; /* of the patient at each place, where they stand by stratum */
    int32_t *stratum;
    sim_exits all;  /* by a day */
    sim_exits kept; /* by an earlier one */
    const sim_exits *at_look;
    double sorted_by; /* the day of `all` */
    size_t group_start[MSP_SIM_STRATA_MAX + 1];
    size_t exits_start[MSP_SIM_STRATA_MAX + 1];
    size_t entered[MSP_SIM_STRATA_MAX]; /* by the look, as the number after the last */
    void *block;
} sim_work;

/* What `arm` holds. */
#define SIM_EXPERIMENTAL (1u << 16)
#define SIM_CONTROL      1u

typedef enum sim_path {
    SIM_PORTABLE,
    SIM_AVX2,
    SIM_AVX512,
    SIM_N_PATHS,
} sim_path;

typedef void sim_kernel(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial,
                        msp_sim_outcome *out);

/* The fastest that this processor can run, or NULL for one it cannot. */
sim_path sim_best_path(void);
sim_kernel *sim_kernel_of(sim_path path);

/* The patients of a trial in two steps, for whoever changes something in between: their arms,
 * strata and entries; and with these their times, of which each is a function of draws of its own.
 */
void sim_place(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial);
void sim_live(const sim_tables *tables, sim_work *work, uint64_t seed, uint64_t trial);

/* When the enrolment has brought `patients` of `total`; at its mean rate after its end. */
double sim_entry_of(const msp_intake *intake, double total, double patients);

msp_status sim_tables_make(const msp_sim_plan *plan, sim_tables *out, msp_error *err);
void sim_tables_free(sim_tables *tables);
msp_status sim_work_make(const sim_tables *tables, sim_work *out, msp_error *err);
void sim_work_free(sim_work *work);

#endif
