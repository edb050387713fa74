/*
 * general_course.h - where a trial of the general road stands. Private to general*.c.
 */
#ifndef MSPIKE_SIMULATE_GENERAL_COURSE_H
#define MSPIKE_SIMULATE_GENERAL_COURSE_H

#include "general_road.h"

struct sim_general {
    const msp_sim_plan *plan;
    size_t n_arms;
    msp_sim_plan of_arm[MSP_SIM_ARMS_MAX]; /* as if that arm were the only one */
    double *rates;                         /* hazards of the arms beyond the plan's */
    sim_tables tables[MSP_SIM_ARMS_MAX];
};

struct sim_general_work {
    sim_work w;
    size_t *arm; /* n_arms: control */
    double *entry, *time, *death, *calendar, *sorted;
    bool *seen, *died;
    sim_cut cut;
    void *block;
};

/* Where a trial stands. */
typedef struct course {
    const sim_general *g;
    const msp_sim_plan *p;
    const msp_sim_general *how;
    sim_general_work *work;
    uint64_t seed, trial;
    uint32_t tested;              /* hypotheses that go on */
    double needed[MSP_LOOKS_MAX]; /* events of the looks; the last may be found anew */
    double z[MSP_LOOKS_MAX][MSP_SIM_HYPOTHESES_MAX];
    double events[MSP_LOOKS_MAX][MSP_SIM_HYPOTHESES_MAX];
    sim_closed closed;
    msp_sim_outcome *out;
} course;

/* -- general_patients.c -- */

/* All patients: entry, stratum, arm and times. */
void sim_course_enrol(const course *c);
/* Allocates the patients from number `first` on to what goes on, each stratum with its blocks, and
 * finds their times. choice: 0, then of each look. */
void sim_course_allocate(const course *c, size_t first, uint32_t choice);

/* -- general_look.c -- */

/* The day of event number `events`; where there are fewer, that of the last, and *short_of is set.
 */
double sim_course_day_of_events(const course *c, double events, bool *short_of);
double sim_course_day_of_look(const course *c, size_t look, bool *short_of);
/* The data of hypothesis h on a day, in c->work->cut. */
void sim_course_cut(const course *c, double day, size_t h);
/* Z of every hypothesis that goes on. */
msp_status sim_course_test(course *c, size_t look, double day, msp_error *err);

/* -- general_decide.c -- */

/* What the Z of a look lead to. */
msp_status sim_course_decide_one(course *c, size_t look, bool last, msp_error *err);
void sim_course_decide_several(course *c, size_t look, bool last);

#endif
