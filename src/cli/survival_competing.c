/* survival_competing.c - competing risks: incidence, Gray's test, the models of each cause. */
#include <math.h>
#include <stdio.h>

#include "survival_part.h"

static void put_incidence(msp_json *json, const survival_job *j)
{
    const msp_cumulative *f = &j->competing.incidence;
    msp_json_key(json, "cumulative_incidence");
    msp_json_begin_array(json);
    for (size_t i = 0; i < f->n_groups * f->n_causes; i++) {
        const msp_cumulative_curve *c = &f->curves[i];
        const double *times = j->n_times > 0 ? j->times : c->time;
        const size_t n = j->n_times > 0 ? j->n_times : c->n;
        msp_json_begin_object(json);
        msp_json_put_text(json, "arm", part_arm(j, i / f->n_causes));
        msp_json_put_text(json, "cause", j->causes.level[i % f->n_causes]);
        msp_json_put_int(json, "events", (int64_t)c->n_events);
        msp_json_key(json, "times");
        msp_json_begin_array(json);
        for (size_t t = 0; t < n; t++) {
            const msp_cumulative_point p = msp_cumulative_at(c, times[t], j->options.km.level);
            msp_json_begin_object(json);
            msp_json_put_double(json, "time", p.time);
            msp_json_put_double(json, "estimate", p.estimate);
            msp_json_put_double(json, "std_error", p.std_error);
            msp_json_put_double(json, "lower", p.lower);
            msp_json_put_double(json, "upper", p.upper);
            if (isnan(p.estimate))
                msp_json_put_text(json, "note", "follow-up ended before this time");
            msp_json_end_object(json);
        }
        msp_json_end_array(json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_gray(msp_json *json, const survival_job *j)
{
    msp_json_key(json, "gray_test");
    msp_json_begin_array(json);
    for (size_t c = 0; c < j->competing.n_causes; c++) {
        const msp_gray *t = &j->competing.causes[c].gray;
        msp_json_begin_object(json);
        msp_json_put_text(json, "cause", j->causes.level[c]);
        msp_json_put_double(json, "statistic", t->test.statistic);
        msp_json_put_double(json, "df", t->test.df);
        part_put_p(json, t->test.p, t->test.log_p);
        if (t->note != NULL)
            msp_json_put_text(json, "note", t->note);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

/* One cause's model: of the subdistribution, or of the cause-specific hazard. */
static void put_cause_model(msp_json *json, const survival_job *j, size_t c, const char *note,
                            const msp_cox_coefficient *coefficients)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "cause", j->causes.level[c]);
    if (note != NULL)
        msp_json_put_text(json, "note", note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->terms.n; i++)
        part_put_coefficient(json, j->terms.columns[i].name, &coefficients[i], NULL);
    msp_json_end_array(json);
    msp_json_end_object(json);
}

void survival_competing_json(const survival_job *j, msp_json *json)
{
    const msp_competing *r = &j->competing;
    if (r->n_causes == 0)
        return;
    put_incidence(json, j);
    if (r->has_test)
        put_gray(json, j);
    if (!r->has_model)
        return;
    msp_json_key(json, "fine_gray");
    msp_json_begin_array(json);
    for (size_t c = 0; c < r->n_causes; c++)
        put_cause_model(json, j, c, r->causes[c].fine_gray.note,
                        r->causes[c].fine_gray.coefficients);
    msp_json_end_array(json);
    msp_json_key(json, "cause_specific");
    msp_json_begin_array(json);
    for (size_t c = 0; c < r->n_causes; c++)
        put_cause_model(json, j, c, r->causes[c].specific.note, r->causes[c].specific.coefficients);
    msp_json_end_array(json);
}

static void incidence_as_text(const survival_job *j, msp_text *out)
{
    const msp_cumulative *f = &j->competing.incidence;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "incidence");
    grid_cell(&g, "cause");
    grid_cell(&g, "events");
    grid_cell(&g, "time");
    grid_cell(&g, "F");
    grid_cell(&g, "SE");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = 0; i < f->n_groups * f->n_causes; i++) {
        const msp_cumulative_curve *c = &f->curves[i];
        for (size_t t = 0; t < (j->n_times > 0 ? j->n_times : 1); t++) {
            const msp_cumulative_point p =
                msp_cumulative_at(c, j->n_times > 0 ? j->times[t] : c->end, j->options.km.level);
            grid_row(&g);
            grid_cell(&g, "%s", part_arm(j, i / f->n_causes));
            grid_cell(&g, "%s", j->causes.level[i % f->n_causes]);
            grid_cell(&g, "%zu", c->n_events);
            grid_cell(&g, "%s", part_number(p.time, x));
            grid_cell(&g, "%s", part_number(p.estimate, x));
            grid_cell(&g, "%s", part_number(p.std_error, x));
            part_limits_cell(&g, p.lower, p.upper);
        }
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void cause_model_as_text(const survival_job *j, const char *what, const char *note,
                                const msp_cox_coefficient *coefficients, msp_text *out)
{
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", what);
    grid_cell(&g, "HR");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.cox.level);
    grid_cell(&g, "p");
    for (size_t i = 0; i < j->terms.n; i++) {
        grid_row(&g);
        grid_cell(&g, "%s", j->terms.columns[i].name);
        grid_cell(&g, "%s", part_number(coefficients[i].hazard_ratio, x));
        part_limits_cell(&g, coefficients[i].lower, coefficients[i].upper);
        part_p(coefficients[i].p, coefficients[i].log_p, x);
        grid_cell(&g, "%s", x);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    if (note != NULL)
        msp_text_printf(out, "%s\n", note);
}

void survival_competing_text(const survival_job *j, msp_text *out)
{
    const msp_competing *r = &j->competing;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], what[256];
    if (r->n_causes == 0)
        return;
    incidence_as_text(j, out);
    for (size_t c = 0; c < r->n_causes; c++) {
        const msp_competing_cause *of = &r->causes[c];
        if (r->has_test) {
            part_p(of->gray.test.p, of->gray.test.log_p, p);
            msp_text_printf(out, "\nGray's test, cause %s: chi-square %s on %g df, p = %s\n",
                            j->causes.level[c], part_number(of->gray.test.statistic, a),
                            of->gray.test.df, p);
            if (of->gray.note != NULL)
                msp_text_printf(out, "%s\n", of->gray.note);
        }
        if (!r->has_model)
            continue;
        snprintf(what, sizeof what, "Fine-Gray, cause %s", j->causes.level[c]);
        cause_model_as_text(j, what, of->fine_gray.note, of->fine_gray.coefficients, out);
        snprintf(what, sizeof what, "cause-specific, cause %s", j->causes.level[c]);
        cause_model_as_text(j, what, of->specific.note, of->specific.coefficients, out);
    }
}

void survival_competing_csv(const survival_job *j, msp_text *out)
{
    const msp_competing *r = &j->competing;
    char what[256];
    for (size_t i = 0; i < r->incidence.n_groups * r->n_causes; i++) {
        const msp_cumulative_curve *c = &r->incidence.curves[i];
        const char *arm = part_arm(j, i / r->n_causes);
        snprintf(what, sizeof what, "incidence_%s", j->causes.level[i % r->n_causes]);
        for (size_t t = 0; t < (j->n_times > 0 ? j->n_times : c->n); t++) {
            const msp_cumulative_point p = msp_cumulative_at(
                c, j->n_times > 0 ? j->times[t] : c->time[t], j->options.km.level);
            part_csv(out, arm, what, p.time, p.estimate, p.std_error, p.lower, p.upper);
        }
    }
    for (size_t c = 0; c < r->n_causes; c++) {
        snprintf(what, sizeof what, "cause_%s", j->causes.level[c]);
        if (r->has_test)
            part_csv(out, "gray", what, NAN, r->causes[c].gray.test.statistic, NAN, NAN, NAN);
        if (r->has_test)
            part_csv(out, "gray_p", what, NAN, r->causes[c].gray.test.p, NAN, NAN, NAN);
        for (size_t i = 0; r->has_model && i < j->terms.n; i++) {
            const msp_cox_coefficient *f = &r->causes[c].fine_gray.coefficients[i];
            part_csv(out, j->terms.columns[i].name, what, NAN, f->hazard_ratio, NAN, f->lower,
                     f->upper);
        }
    }
}
