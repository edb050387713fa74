/* survival_curves.c - of each arm: its curve, medians, survival at given times, mean time. */
#include <math.h>

#include "survival_part.h"

static void put_limits(msp_json *json, double estimate, double lower, double upper, double level)
{
    msp_json_put_double(json, "estimate", estimate);
    msp_json_put_double(json, "lower", lower);
    msp_json_put_double(json, "upper", upper);
    msp_json_put_double(json, "level", level);
}

static void put_estimate(msp_json *json, const char *key, const msp_km_estimate *e, double level,
                         const char *note)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_limits(json, e->estimate, e->lower, e->upper, level);
    if (isnan(e->estimate))
        msp_json_put_text(json, "note", note);
    else if (isnan(e->lower) || isnan(e->upper))
        msp_json_put_text(json, "note", "a limit is not reached");
    msp_json_end_object(json);
}

/* Greenwood's variance divides by those who are left. */
static void put_note_at_zero(msp_json *json, double std_error)
{
    if (isnan(std_error))
        msp_json_put_text(json, "note", "no interval where S is 0");
}

static void put_point(msp_json *json, const msp_km_point *p)
{
    msp_json_begin_object(json);
    msp_json_put_double(json, "time", p->time);
    msp_json_put_double(json, "at_risk", p->at_risk);
    msp_json_put_double(json, "survival", p->survival);
    msp_json_put_double(json, "std_error", p->std_error);
    msp_json_put_double(json, "lower", p->lower);
    msp_json_put_double(json, "upper", p->upper);
    if (p->beyond)
        msp_json_put_text(json, "note",
                          isnan(p->survival) ? "follow-up ended before this time"
                                             : "follow-up ended before this time; carried on");
    else
        put_note_at_zero(json, p->std_error);
    msp_json_end_object(json);
}

static void put_curve(msp_json *json, const msp_km_curve *c)
{
    msp_json_key(json, "curve");
    msp_json_begin_array(json);
    for (size_t i = 0; i < c->n; i++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "time", c->time[i]);
        msp_json_put_double(json, "at_risk", c->at_risk[i]);
        msp_json_put_double(json, "events", c->events[i]);
        msp_json_put_double(json, "censored", c->censored[i]);
        msp_json_put_double(json, "survival", c->survival[i]);
        msp_json_put_double(json, "std_error", c->std_error[i]);
        msp_json_put_double(json, "lower", c->lower[i]);
        msp_json_put_double(json, "upper", c->upper[i]);
        put_note_at_zero(json, c->std_error[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_mean(msp_json *json, const msp_mean *m)
{
    msp_json_key(json, "rmst");
    msp_json_begin_object(json);
    msp_json_put_double(json, "tau", m->tau);
    msp_json_put_double(json, "estimate", m->estimate);
    msp_json_put_double(json, "std_error", m->std_error);
    if (m->note != NULL)
        msp_json_put_text(json, "note", m->note);
    msp_json_end_object(json);
}

static void put_arm(msp_json *json, const survival_job *j, size_t i)
{
    const msp_survival_arm *arm = &j->survival.arms[i];
    const double level = j->options.km.level;
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", part_arm(j, i));
    msp_json_put_int(json, "n", (int64_t)arm->n);
    msp_json_put_int(json, "events", (int64_t)arm->events);
    put_estimate(json, "median", &arm->median, level, msp_survival_median_note(arm));
    put_estimate(json, "lower_quartile", &arm->lower_quartile, level, "not reached");
    put_estimate(json, "upper_quartile", &arm->upper_quartile, level, "not reached");
    put_estimate(json, "median_follow_up", &arm->follow_up, level,
                 "not reached: fewer than half were censored");
    if (j->options.tau > 0)
        put_mean(json, &arm->restricted);
    if (j->n_times > 0) {
        msp_json_key(json, "times");
        msp_json_begin_array(json);
        for (size_t t = 0; t < j->n_times; t++)
            put_point(json, &arm->points[t]);
        msp_json_end_array(json);
    }
    if (j->v->curve)
        put_curve(json, &j->survival.km.curves[i]);
    msp_json_end_object(json);
}

void survival_arms_json(const survival_job *j, msp_json *json)
{
    msp_json_key(json, "arms");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->survival.n_arms; i++)
        put_arm(json, j, i);
    msp_json_end_array(json);
}

static void arms_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    grid_cell(&g, "n");
    grid_cell(&g, "events");
    grid_cell(&g, "median");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "median follow-up");
    for (size_t i = 0; i < s->n_arms; i++) {
        const msp_survival_arm *a = &s->arms[i];
        grid_row(&g);
        grid_cell(&g, "%s", part_arm(j, i));
        grid_cell(&g, "%zu", a->n);
        grid_cell(&g, "%zu", a->events);
        grid_cell(&g, "%s", part_number(a->median.estimate, x));
        part_limits_cell(&g, a->median.lower, a->median.upper);
        grid_cell(&g, "%s", part_number(a->follow_up.estimate, x));
    }
    grid_print(&g, out);
}

static void times_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    if (j->n_times == 0)
        return;
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    bool beyond = false;
    grid_row(&g);
    grid_cell(&g, "survival at");
    grid_cell(&g, "time");
    grid_cell(&g, "at risk");
    grid_cell(&g, "S");
    grid_cell(&g, "SE");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = 0; i < s->n_arms; i++)
        for (size_t t = 0; t < j->n_times; t++) {
            const msp_km_point *p = &s->arms[i].points[t];
            grid_row(&g);
            grid_cell(&g, "%s", part_arm(j, i));
            grid_cell(&g, "%s", part_number(p->time, x));
            grid_cell(&g, "%s", part_number(p->at_risk, x));
            grid_cell(&g, "%s", part_number(p->survival, x));
            grid_cell(&g, "%s", part_number(p->std_error, x));
            part_limits_cell(&g, p->lower, p->upper);
            if (p->beyond)
                grid_cell(&g, "*");
            beyond = beyond || p->beyond;
        }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (beyond)
        msp_text_add(out, "* follow-up ended before this time\n");
}

static void means_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    if (!(j->options.tau > 0))
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "mean time up to %s", part_number(j->options.tau, x));
    grid_cell(&g, "mean");
    grid_cell(&g, "SE");
    for (size_t i = 0; i < s->n_arms; i++) {
        grid_row(&g);
        grid_cell(&g, "%s", part_arm(j, i));
        grid_cell(&g, "%s", part_number(s->arms[i].restricted.estimate, x));
        grid_cell(&g, "%s", part_number(s->arms[i].restricted.std_error, x));
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (s->n_arms > 0 && s->arms[0].restricted.note != NULL)
        msp_text_printf(out, "NE: %s\n", s->arms[0].restricted.note);
}

void survival_arms_text(const survival_job *j, msp_text *out)
{
    arms_as_text(j, out);
    times_as_text(j, out);
    means_as_text(j, out);
}

void survival_steps_text(const survival_job *j, msp_text *out)
{
    for (size_t i = 0; j->v->curve && i < j->survival.n_arms; i++) {
        const msp_km_curve *c = &j->survival.km.curves[i];
        grid g = {0};
        char x[MSP_DOUBLE_MAX];
        grid_row(&g);
        grid_cell(&g, "%s", part_arm(j, i));
        static const char *const heads[] = {"time", "at risk", "events", "censored", "S", "SE"};
        for (size_t h = 0; h < MSP_COUNT(heads); h++)
            grid_cell(&g, "%s", heads[h]);
        grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
        for (size_t k = 0; k < c->n; k++) {
            const double row[] = {c->time[k],     c->at_risk[k],  c->events[k],
                                  c->censored[k], c->survival[k], c->std_error[k]};
            grid_row(&g);
            grid_cell(&g, "%s", "");
            for (size_t h = 0; h < MSP_COUNT(row); h++)
                grid_cell(&g, "%s", part_number(row[h], x));
            part_limits_cell(&g, c->lower[k], c->upper[k]);
        }
        msp_text_add_char(out, '\n');
        grid_print(&g, out);
    }
}

static void arm_as_csv(const survival_job *j, size_t i, msp_text *out)
{
    const msp_survival_arm *a = &j->survival.arms[i];
    const msp_km_curve *c = &j->survival.km.curves[i];
    const char *label = part_arm(j, i);
    part_csv(out, label, "n", NAN, (double)a->n, NAN, NAN, NAN);
    part_csv(out, label, "events", NAN, (double)a->events, NAN, NAN, NAN);
    part_csv(out, label, "median", 0.5, a->median.estimate, NAN, a->median.lower, a->median.upper);
    part_csv(out, label, "median_follow_up", 0.5, a->follow_up.estimate, NAN, a->follow_up.lower,
             a->follow_up.upper);
    for (size_t t = 0; t < j->n_times; t++) {
        const msp_km_point *p = &a->points[t];
        part_csv(out, label, "survival", p->time, p->survival, p->std_error, p->lower, p->upper);
        part_csv(out, label, "at_risk", p->time, p->at_risk, NAN, NAN, NAN);
    }
    if (j->options.tau > 0)
        part_csv(out, label, "rmst", a->restricted.tau, a->restricted.estimate,
                 a->restricted.std_error, NAN, NAN);
    for (size_t k = 0; j->v->curve && k < c->n; k++)
        part_csv(out, label, "curve", c->time[k], c->survival[k], c->std_error[k], c->lower[k],
                 c->upper[k]);
}

void survival_arms_csv(const survival_job *j, msp_text *out)
{
    for (size_t i = 0; i < j->survival.n_arms; i++)
        arm_as_csv(j, i, out);
}
