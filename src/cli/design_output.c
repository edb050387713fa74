/* design_output.c - the answer of `design` as JSON, and as text for people. */
#include <inttypes.h>
#include <math.h>

#include "design.h"
#include "grid.h"

static const char *const kinds[] = {
#define AS_TEXT(name, text) text,
    MSP_DESIGN_LIST(AS_TEXT)
#undef AS_TEXT
};
static const char *const formulas[] = {
#define AS_TEXT(name, text) text,
    MSP_FORMULA_LIST(AS_TEXT)
#undef AS_TEXT
};

/* Patients that can be counted: a hazard near 0 asks for more than any integer holds. */
static bool countable(double n)
{
    return n < 1e15;
}

/* Whole patients in each arm: a number that was given is shared out, one that follows rounded up.
 */
static void whole(double n, double share, int64_t out[2])
{
    const bool given = fabs(n - round(n)) < 1e-9;
    out[0] = (int64_t)(given ? round(n * share) : ceil(n * share));
    out[1] = (int64_t)(given ? round(n) : ceil(n * (1 - share))) - (given ? out[0] : 0);
}

/* Events over those of one look with the same power: no number where there is no effect. */
static double inflation(const design_job *j)
{
    return j->plan.hazard_ratio == 1 ? (double)NAN : j->design.boundaries.inflation;
}

/* -- cautions of the command -- */

static const char *more_than_planned(const design_job *j)
{
    return j->projection.enrolled > ceil(j->design.sample_size - 1e-9)
               ? "more patients came in than the plan has: look at --enrolled"
               : NULL;
}

/* A patient has one event at most. */
static const char *too_many_events(const design_job *j)
{
    if (j->data.events[j->look.look] > j->design.sample_size)
        return "more events than the plan has patients: look at --events";
    return j->reestimated.events > j->design.sample_size
               ? "more events than the plan has patients: it takes more patients too; --max-events "
                 "limits them"
               : NULL;
}

/* -- as JSON -- */

static void put_caution(msp_json *json, const char *caution)
{
    if (caution != NULL)
        msp_json_put_text(json, "caution", caution);
}

static void put_patients(msp_json *json, double n, double share)
{
    int64_t arms[2];
    msp_json_put_double(json, "sample_size", n);
    if (!countable(n))
        return;
    whole(n, share, arms);
    msp_json_key(json, "patients");
    msp_json_begin_object(json);
    msp_json_put_int(json, "experimental", arms[0]);
    msp_json_put_int(json, "control", arms[1]);
    msp_json_end_object(json);
}

static void put_efficacy(msp_json *json, const design_job *j, size_t k)
{
    const msp_boundaries *b = &j->design.boundaries;
    msp_json_key(json, "efficacy");
    msp_json_begin_object(json);
    msp_json_put_double(json, "z", b->upper[k]);
    msp_json_put_double(json, "p", msp_dist_normal_upper(b->upper[k]).p);
    msp_json_put_double(json, "hazard_ratio",
                        isinf(b->upper[k]) ? (double)NAN : j->design.upper_ratio[k]);
    msp_json_put_double(json, "alpha_spent", b->alpha_spent[k]);
    msp_json_put_double(json, "stop_h0", b->upper_h0[k]);
    msp_json_put_double(json, "stop_h1", b->upper_h1[k]);
    if (isinf(b->upper[k]))
        msp_json_put_text(json, "note", "nothing is spent at this look: it cannot stop the trial");
    msp_json_end_object(json);
}

/* The futility boundary of the last look is the efficacy boundary. */
static void put_futility(msp_json *json, const design_job *j, size_t k)
{
    const msp_boundaries *b = &j->design.boundaries;
    if (j->plan.looks.futility.kind == MSP_BOUNDARY_NONE)
        return;
    const bool bounded = isfinite(b->lower[k]);
    msp_json_key(json, "futility");
    msp_json_begin_object(json);
    msp_json_put_double(json, "z", b->lower[k]);
    msp_json_put_double(json, "hazard_ratio", bounded ? j->design.lower_ratio[k] : (double)NAN);
    msp_json_put_double(json, "beta_spent", b->beta_spent[k]);
    msp_json_put_double(json, "stop_h0", b->lower_h0[k]);
    msp_json_put_double(json, "stop_h1", b->lower_h1[k]);
    if (!bounded)
        msp_json_put_text(json, "note", "nothing is spent at this look");
    msp_json_end_object(json);
}

static void put_look(msp_json *json, const design_job *j, size_t k)
{
    const msp_survival_design *d = &j->design;
    msp_json_begin_object(json);
    msp_json_put_int(json, "look", (int64_t)k + 1);
    msp_json_put_double(json, "information", d->boundaries.information[k]);
    msp_json_put_double(json, "events", d->look_events[k]);
    msp_json_put_double(json, "time", d->look_time[k]);
    msp_json_put_double(json, "patients", d->look_enrolled[k]);
    put_efficacy(json, j, k);
    put_futility(json, j, k);
    msp_json_end_object(json);
}

static void put_survival(msp_json *json, const design_job *j)
{
    const msp_survival_design *d = &j->design;
    const msp_boundaries *b = &d->boundaries;
    msp_json_put_double(json, "alpha", j->plan.looks.alpha);
    msp_json_put_int(json, "sided", j->plan.looks.sided);
    msp_json_put_double(json, "power", b->power);
    msp_json_put_double(json, "hazard_ratio", j->plan.hazard_ratio);
    msp_json_put_text(json, "formula", formulas[j->plan.formula]);
    msp_json_put_double(json, "events", d->events);
    msp_json_put_double(json, "events_planned", msp_planned_events(&j->plan, d));
    put_patients(json, d->sample_size, j->plan.share);
    msp_json_put_double(json, "follow_up", d->follow_up);
    msp_json_put_double(json, "study_duration", d->study_duration);
    if (d->note != NULL)
        msp_json_put_text(json, "note", d->note);
    put_caution(json, d->caution);
    msp_json_key(json, "looks");
    msp_json_begin_array(json);
    for (size_t k = 0; k < b->n; k++)
        put_look(json, j, k);
    msp_json_end_array(json);
    msp_json_key(json, "expected");
    msp_json_begin_object(json);
    msp_json_put_double(json, "events_h0", d->events_h0);
    msp_json_put_double(json, "events_h1", d->events_h1);
    msp_json_put_double(json, "duration_h0", d->duration_h0);
    msp_json_put_double(json, "duration_h1", d->duration_h1);
    msp_json_put_double(json, "patients_h1", d->enrolled_h1);
    msp_json_end_object(json);
    msp_json_put_double(json, "drift", b->drift);
    msp_json_put_double(json, "inflation_factor", inflation(j));
}

static void put_interval(msp_json *json, const char *key, const msp_ratio_interval *i)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    msp_json_put_double(json, "level", i->level);
    msp_json_end_object(json);
}

/* What is held against the boundary. */
static double tested_z(const design_job *j)
{
    const msp_look_data *d = &j->data;
    return j->v->combine ? msp_combined_z(j->plan.looks.information, d->events, d->z, d->n)
                         : d->z[d->n - 1];
}

static void put_analysis(msp_json *json, const design_job *j)
{
    const msp_look_analysis *a = &j->look;
    const double b = a->boundaries.upper[a->look];
    msp_json_put_int(json, "look", (int64_t)a->look + 1);
    msp_json_put_double(json, "events", j->data.events[a->look]);
    msp_json_put_double(json, "information", a->information);
    msp_json_put_double(json, "z", j->data.z[a->look]);
    if (j->v->combine)
        msp_json_put_double(json, "combined_z", tested_z(j));
    msp_json_put_double(json, "p", a->p);
    msp_json_put_double(json, "hazard_ratio", a->estimate);
    msp_json_key(json, "boundary");
    msp_json_begin_object(json);
    msp_json_put_double(json, "z", b);
    msp_json_put_double(json, "p", msp_dist_normal_upper(b).p);
    msp_json_put_double(json, "alpha_spent", a->boundaries.alpha_spent[a->look]);
    if (j->plan.looks.futility.kind != MSP_BOUNDARY_NONE)
        msp_json_put_double(json, "futility_z", a->boundaries.lower[a->look]);
    msp_json_end_object(json);
    msp_json_put_text(json, "decision", msp_decision_name(a->decision));
    put_interval(json, "repeated_interval", &a->repeated);
    if (a->repeated_note != NULL)
        msp_json_put_text(json, "repeated_note", a->repeated_note);
    msp_json_put_double(json, "stage_wise_p", a->stage_wise_p);
    msp_json_put_double(json, "median_unbiased", a->median_unbiased);
    put_interval(json, "final_interval", &a->final);
    msp_json_put_double(json, "conditional_power", a->conditional_power);
    msp_json_put_double(json, "conditional_power_trend", a->conditional_power_trend);
    msp_json_put_double(json, "predictive_power", a->predictive_power);
    if (a->note != NULL)
        msp_json_put_text(json, "note", a->note);
    if (a->power_note != NULL)
        msp_json_put_text(json, "power_note", a->power_note);
    if (a->warning != NULL)
        msp_json_put_text(json, "warning", a->warning);
    put_caution(json, too_many_events(j));
    if (j->is_reestimated) {
        msp_json_key(json, "reestimated");
        msp_json_begin_object(json);
        msp_json_put_double(json, "events", j->reestimated.events);
        msp_json_put_double(json, "conditional_power", j->reestimated.power);
        msp_json_put_double(json, "conditional_power_planned", j->reestimated.power_before);
        msp_json_put_bool(json, "limited", j->reestimated.limited);
        msp_json_end_object(json);
    }
}

static void put_projection(msp_json *json, const design_job *j)
{
    const msp_projection *p = &j->projection;
    msp_json_put_double(json, "month", j->so_far.month);
    msp_json_put_double(json, "events", j->so_far.events);
    msp_json_put_double(json, "enrolled", p->enrolled);
    msp_json_put_double(json, "enrolment_factor", p->enrolment_factor);
    msp_json_put_double(json, "hazard_factor", p->hazard_factor);
    msp_json_put_double(json, "sample_size", p->sample_size);
    msp_json_put_double(json, "last_patient", p->last_patient);
    put_caution(json, more_than_planned(j));
    msp_json_key(json, "looks");
    msp_json_begin_array(json);
    for (size_t k = 0; k < p->n; k++) {
        msp_json_begin_object(json);
        msp_json_put_int(json, "look", (int64_t)k + 1);
        msp_json_put_double(json, "events", p->events[k]);
        msp_json_put_bool(json, "reached", p->reached[k]);
        msp_json_put_double(json, "time", p->time[k]);
        msp_json_put_double(json, "lower", p->lower[k]);
        msp_json_put_double(json, "upper", p->upper[k]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_simon(msp_json *json, const design_job *j)
{
    const msp_simon *s = &j->simon;
    msp_json_put_int(json, "r1", s->r1);
    msp_json_put_int(json, "n1", s->n1);
    msp_json_put_int(json, "r", s->r);
    msp_json_put_int(json, "n", s->n);
    msp_json_put_double(json, "alpha", s->alpha);
    msp_json_put_double(json, "power", s->power);
    msp_json_put_double(json, "expected_n_h0", s->expected_n_h0);
    msp_json_put_double(json, "expected_n_h1", s->expected_n_h1);
    msp_json_put_double(json, "stop_early_h0", s->stop_early_h0);
    msp_json_put_double(json, "stop_early_h1", s->stop_early_h1);
}

/* What was asked, and the power there is. */
static void put_error_and_power(msp_json *json, double alpha, int sided, double power)
{
    msp_json_put_double(json, "alpha", alpha);
    msp_json_put_int(json, "sided", sided);
    msp_json_put_double(json, "power", power);
}

static void put_one_arm(msp_json *json, double sample_size)
{
    msp_json_put_double(json, "sample_size", sample_size);
    msp_json_put_int(json, "patients", (int64_t)ceil(sample_size - 1e-9));
}

static void put_two_arms(msp_json *json, double sample_size, double share, double n1, double n2)
{
    put_patients(json, sample_size, share);
    msp_json_put_double(json, "n1", n1);
    msp_json_put_double(json, "n2", n2);
}

static void put_one_sample(msp_json *json, const design_job *j)
{
    const msp_one_sample *s = &j->one_sample;
    put_error_and_power(json, j->one_sample_plan.alpha, j->one_sample_plan.sided, s->power);
    put_one_arm(json, s->sample_size);
    msp_json_put_double(json, "hazard_ratio",
                        j->one_sample_plan.hazard / j->one_sample_plan.null_hazard);
    msp_json_put_double(json, "events", s->events);
    msp_json_put_double(json, "events_by_null", s->events_by_null);
    msp_json_put_double(json, "study_duration", s->study_duration);
    put_caution(json, s->caution);
}

static void put_proportions(msp_json *json, const design_job *j)
{
    const msp_proportions_plan *p = &j->proportions_plan;
    const msp_proportions *s = &j->proportions;
    put_error_and_power(json, p->alpha, p->sided, s->power);
    put_two_arms(json, s->sample_size, p->share, s->n1, s->n2);
    put_caution(json, s->caution);
}

static void put_single_stage(msp_json *json, const design_job *j)
{
    const msp_single_stage *s = &j->single_stage;
    msp_json_put_int(json, "r", s->r);
    msp_json_put_int(json, "n", s->n);
    msp_json_put_double(json, "alpha", s->alpha);
    msp_json_put_double(json, "power", s->power);
}

static void put_means(msp_json *json, const design_job *j)
{
    const msp_means_plan *p = &j->means_plan;
    const msp_means *s = &j->means;
    put_error_and_power(json, p->alpha, p->sided, s->power);
    put_two_arms(json, s->sample_size, p->share, s->n1, s->n2);
}

static void put_median(msp_json *json, const design_job *j)
{
    const msp_one_median *m = &j->median;
    put_error_and_power(json, j->median_plan.alpha, j->median_plan.sided, m->power);
    put_one_arm(json, m->sample_size);
    msp_json_put_text(json, "interval", msp_km_interval_name(j->median_plan.scale));
    msp_json_put_double(json, "survival_at_null", m->survival);
    msp_json_put_double(json, "std_error", m->std_error);
    msp_json_put_double(json, "events", m->events);
    msp_json_put_double(json, "study_duration", m->study_duration);
    put_caution(json, m->caution);
}

void design_as_json(const design_job *j, msp_text *out)
{
    static void (*const of_kind[])(msp_json *, const design_job *) = {
        [MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL] = put_survival,
        [MSP_PLANNED_DESIGN_SIMON] = put_simon,
        [MSP_PLANNED_DESIGN_ONE_SAMPLE_LOGRANK] = put_one_sample,
        [MSP_PLANNED_DESIGN_PROPORTIONS] = put_proportions,
        [MSP_PLANNED_DESIGN_SINGLE_STAGE] = put_single_stage,
        [MSP_PLANNED_DESIGN_MEANS] = put_means,
        [MSP_PLANNED_DESIGN_MEDIAN] = put_median,
    };
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    if (j->has_look) {
        put_analysis(&json, j);
    } else if (j->is_running) {
        put_projection(&json, j);
    } else {
        msp_json_put_text(&json, "kind", kinds[j->kind]);
        of_kind[j->kind](&json, j);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

static void caution_as_text(const char *caution, msp_text *out)
{
    if (caution != NULL)
        msp_text_printf(out, "caution: %s\n", caution);
}

/* "-" where there is none. */
static const char *number(double x, int digits, char out[MSP_DOUBLE_MAX])
{
    if (!isfinite(x))
        return "-";
    snprintf(out, MSP_DOUBLE_MAX, "%.*f", digits, x);
    return out;
}

static const char *p_text(double p, char out[MSP_DOUBLE_MAX])
{
    if (!isfinite(p))
        return "-";
    snprintf(out, MSP_DOUBLE_MAX, p < 0.0001 ? "%.2g" : "%.5f", p);
    return out;
}

static void looks_as_text(const design_job *j, msp_text *out)
{
    const msp_survival_design *d = &j->design;
    const msp_boundaries *b = &d->boundaries;
    const bool futility = j->plan.looks.futility.kind != MSP_BOUNDARY_NONE;
    static const char *const head[] = {"look", "events", "month", "Z",       "one-sided p",
                                       "HR",   "spent",  "power", "futile Z"};
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(head) - !futility; i++)
        grid_cell(&g, "%s", head[i]);
    double power = 0;
    for (size_t k = 0; k < b->n; k++) {
        grid_row(&g);
        grid_cell(&g, "%zu (%.4g %%)", k + 1, 100 * b->information[k]);
        grid_cell(&g, "%s", number(d->look_events[k], 1, x));
        grid_cell(&g, "%s", number(d->look_time[k], 1, x));
        grid_cell(&g, "%s", number(b->upper[k], 4, x));
        grid_cell(&g, "%s", p_text(msp_dist_normal_upper(b->upper[k]).p, x));
        grid_cell(&g, "%s", isinf(b->upper[k]) ? "-" : number(d->upper_ratio[k], 3, x));
        grid_cell(&g, "%s", p_text(b->alpha_spent[k], x));
        grid_cell(&g, "%s", number(power += b->upper_h1[k], 4, x));
        if (futility)
            grid_cell(&g, "%s", number(b->lower[k], 4, x));
    }
    grid_print(&g, out);
}

static void survival_as_text(const design_job *j, msp_text *out)
{
    const msp_survival_design *d = &j->design;
    const msp_boundaries *b = &d->boundaries;
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    int64_t arms[2];
    msp_text_printf(out, "%.0f events", msp_planned_events(&j->plan, d));
    if (countable(d->sample_size)) {
        whole(d->sample_size, j->plan.share, arms);
        msp_text_printf(out,
                        " in %" PRId64 " patients (%" PRId64 " experimental, %" PRId64 " control)",
                        arms[0] + arms[1], arms[0], arms[1]);
    }
    if (!isnan(d->study_duration))
        msp_text_printf(out, ", %s months", number(d->study_duration, 1, x));
    msp_text_printf(out, ".\nPower %.4f", b->power);
    if (!isnan(j->plan.hazard_ratio))
        msp_text_printf(out, " at a hazard ratio of %g", j->plan.hazard_ratio);
    msp_text_printf(out, ", %s alpha %g, formula: %s.\n\n",
                    j->plan.looks.sided == 2 ? "two-sided" : "one-sided", j->plan.looks.alpha,
                    formulas[j->plan.formula]);
    looks_as_text(j, out);
    msp_text_printf(out, "\nexpected events: %s where there is no effect, %s as planned\n",
                    number(d->events_h0, 1, x), number(d->events_h1, 1, y));
    msp_text_printf(out, "expected months: %s where there is no effect, %s as planned\n",
                    number(d->duration_h0, 1, x), number(d->duration_h1, 1, y));
    msp_text_printf(out, "drift %.6f, inflation factor %s\n", b->drift, number(inflation(j), 6, x));
    if (d->note != NULL)
        msp_text_printf(out, "note: %s\n", d->note);
    caution_as_text(d->caution, out);
}

static void interval_as_text(const char *what, const msp_ratio_interval *i, msp_text *out)
{
    if (isfinite(i->level))
        msp_text_printf(out, "%s: %.4f to %.4f (%.2f %%)\n", what, i->lower, i->upper,
                        100 * i->level);
}

static void analysis_as_text(const design_job *j, msp_text *out)
{
    const msp_look_analysis *a = &j->look;
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "look %zu: %g events, %.4g %% of the information\n", a->look + 1,
                    j->data.events[a->look], 100 * a->information);
    msp_text_printf(
        out, "%s %.4f (one-sided p %s); boundary %s (p %s)\n", j->v->combine ? "combined Z" : "Z",
        tested_z(j), p_text(a->p, x), number(a->boundaries.upper[a->look], 4, y),
        p_text(msp_dist_normal_upper(a->boundaries.upper[a->look]).p, (char[MSP_DOUBLE_MAX]){0}));
    msp_text_printf(out, "decision: %s\n\nhazard ratio: %.4f\n", msp_decision_name(a->decision),
                    a->estimate);
    interval_as_text("repeated interval", &a->repeated, out);
    if (a->repeated_note != NULL)
        msp_text_printf(out, "note: no repeated interval: %s\n", a->repeated_note);
    if (a->note == NULL) {
        msp_text_printf(out, "stage-wise p: %s\n", p_text(a->stage_wise_p, x));
        if (!isnan(a->median_unbiased))
            msp_text_printf(out, "median-unbiased hazard ratio: %.4f\n", a->median_unbiased);
        interval_as_text("final interval", &a->final, out);
    } else {
        msp_text_printf(out, "note: %s\n", a->note);
    }
    if (a->power_note == NULL)
        msp_text_printf(out,
                        "conditional power: %.4f under the planned effect, %.4f under the trend\n"
                        "predictive power: %.4f\n",
                        a->conditional_power, a->conditional_power_trend, a->predictive_power);
    else
        msp_text_printf(out, "note: no conditional power: %s\n", a->power_note);
    if (a->warning != NULL)
        msp_text_printf(out, "warning: %s\n", a->warning);
    if (j->is_reestimated)
        msp_text_printf(
            out,
            "%.0f events in all%s: conditional power %.4f, with those planned %.4f; the "
            "last look is analysed with --combine\n",
            j->reestimated.events, j->reestimated.limited ? " (the limit)" : "",
            j->reestimated.power, j->reestimated.power_before);
    caution_as_text(too_many_events(j), out);
}

static void projection_as_text(const design_job *j, msp_text *out)
{
    const msp_projection *p = &j->projection;
    char time[MSP_DOUBLE_MAX], lower[MSP_DOUBLE_MAX], upper[MSP_DOUBLE_MAX];
    msp_text_printf(out,
                    "month %g: %g events in %.0f patients\n"
                    "pace: enrolment %.3f, hazards %.3f times the plan\n"
                    "last patient: month %.1f, %.0f patients in all\n\n",
                    j->so_far.month, j->so_far.events, p->enrolled, p->enrolment_factor,
                    p->hazard_factor, p->last_patient, p->sample_size);
    for (size_t k = 0; k < p->n; k++)
        if (p->reached[k])
            msp_text_printf(out, "look %zu, %.0f events: reached\n", k + 1, p->events[k]);
        else
            msp_text_printf(out, "look %zu, %.0f events: month %s (95 %% limits %s to %s)\n", k + 1,
                            p->events[k], number(p->time[k], 1, time),
                            number(p->lower[k], 1, lower), number(p->upper[k], 1, upper));
    caution_as_text(more_than_planned(j), out);
}

static void simon_as_text(const design_job *j, msp_text *out)
{
    const msp_simon *s = &j->simon;
    msp_text_printf(out,
                    "%" PRId64 " patients first: stop where %" PRId64 " or fewer respond.\n"
                    "%" PRId64 " in all: no claim where %" PRId64 " or fewer respond.\n\n"
                    "alpha %.5f, power %.5f\n"
                    "expected patients: %.2f where the rate is p0, %.2f where it is p1\n"
                    "stopped early: %.4f where the rate is p0, %.4f where it is p1\n",
                    s->n1, s->r1, s->n, s->r, s->alpha, s->power, s->expected_n_h0,
                    s->expected_n_h1, s->stop_early_h0, s->stop_early_h1);
}

static void one_sample_as_text(const design_job *j, msp_text *out)
{
    const msp_one_sample *s = &j->one_sample;
    msp_text_printf(out,
                    "%.0f patients, %.1f months.\nPower %.4f, %s alpha %g, one-sample log-rank.\n"
                    "expected events: %.1f as planned, where the null's curve expects %.1f\n",
                    ceil(s->sample_size - 1e-9), s->study_duration, s->power,
                    j->one_sample_plan.sided == 2 ? "two-sided" : "one-sided",
                    j->one_sample_plan.alpha, s->events, s->events_by_null);
    caution_as_text(s->caution, out);
}

static void proportions_as_text(const design_job *j, msp_text *out)
{
    const msp_proportions *s = &j->proportions;
    int64_t groups[2];
    whole(s->sample_size, j->proportions_plan.share, groups);
    msp_text_printf(out,
                    "%" PRId64 " patients: %" PRId64 " and %" PRId64 ".\n"
                    "Power %.4f, %s alpha %g, chi-square without continuity correction.\n",
                    groups[0] + groups[1], groups[0], groups[1], s->power,
                    j->proportions_plan.sided == 2 ? "two-sided" : "one-sided",
                    j->proportions_plan.alpha);
    caution_as_text(s->caution, out);
}

static void single_stage_as_text(const design_job *j, msp_text *out)
{
    const msp_single_stage *s = &j->single_stage;
    msp_text_printf(out,
                    "%" PRId64 " patients: no claim where %" PRId64 " or fewer respond.\n"
                    "alpha %.5f, power %.5f\n",
                    s->n, s->r, s->alpha, s->power);
}

static void means_as_text(const design_job *j, msp_text *out)
{
    int64_t groups[2];
    whole(j->means.sample_size, j->means_plan.share, groups);
    msp_text_printf(out,
                    "%" PRId64 " patients: %" PRId64 " and %" PRId64 ".\n"
                    "Power %.4f, %s alpha %g, t-test of two means.\n",
                    groups[0] + groups[1], groups[0], groups[1], j->means.power,
                    j->means_plan.sided == 2 ? "two-sided" : "one-sided", j->means_plan.alpha);
}

static void median_as_text(const design_job *j, msp_text *out)
{
    const msp_one_median *m = &j->median;
    msp_text_printf(out,
                    "%.0f patients, %.1f months.\nPower %.4f, %s alpha %g: the %s interval of the "
                    "median above %g months.\n"
                    "survival there as planned %.4f (standard error %.4f); expected events: %.1f\n",
                    ceil(m->sample_size - 1e-9), m->study_duration, m->power,
                    j->median_plan.sided == 2 ? "two-sided" : "one-sided", j->median_plan.alpha,
                    msp_km_interval_name(j->median_plan.scale), j->median_plan.null_median,
                    m->survival, m->std_error, m->events);
    caution_as_text(m->caution, out);
}

void design_as_text(const design_job *j, msp_text *out)
{
    static void (*const of_kind[])(const design_job *, msp_text *) = {
        [MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL] = survival_as_text,
        [MSP_PLANNED_DESIGN_SIMON] = simon_as_text,
        [MSP_PLANNED_DESIGN_ONE_SAMPLE_LOGRANK] = one_sample_as_text,
        [MSP_PLANNED_DESIGN_PROPORTIONS] = proportions_as_text,
        [MSP_PLANNED_DESIGN_SINGLE_STAGE] = single_stage_as_text,
        [MSP_PLANNED_DESIGN_MEANS] = means_as_text,
        [MSP_PLANNED_DESIGN_MEDIAN] = median_as_text,
    };
    if (j->has_look)
        analysis_as_text(j, out);
    else if (j->is_running)
        projection_as_text(j, out);
    else
        of_kind[j->kind](j, out);
}
