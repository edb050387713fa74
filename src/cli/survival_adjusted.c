/* survival_adjusted.c - survival as the Cox model predicts it. */
#include "survival_part.h"

/* Curves of arms come first, that many. */
static size_t n_standardised(const msp_survival *s)
{
    return s->options.adjusted ? s->n_arms * s->n_times : 0;
}

static const char no_model[] = "the model has not all estimates: nothing is predicted from it";

/* Was a prediction asked for, and is there none? */
static bool is_refused(const msp_survival *s)
{
    return s->n_adjusted == 0 && (s->options.adjusted || s->options.at != NULL);
}

static void put_points(msp_json *json, const msp_survival *s, const char *key, const char *label,
                       size_t from, size_t end)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = from; i < end; i++) {
        const msp_survival_adjusted *a = &s->adjusted[i];
        msp_json_begin_object(json);
        if (a->label[0] != '\0')
            msp_json_put_text(json, label, a->label);
        msp_json_put_double(json, "time", a->point.time);
        msp_json_put_double(json, "survival", a->point.estimate);
        msp_json_put_double(json, "std_error", a->point.std_error);
        msp_json_put_double(json, "lower", a->lower);
        msp_json_put_double(json, "upper", a->upper);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void survival_adjusted_json(const survival_job *j, msp_json *json)
{
    const msp_survival *s = &j->survival;
    const size_t of_arms = n_standardised(s);
    if (is_refused(s))
        msp_json_put_text(json, "adjusted_note", no_model);
    if (s->n_adjusted == 0)
        return;
    if (of_arms > 0) {
        put_points(json, s, "adjusted_survival", "arm", 0, of_arms);
        msp_json_key(json, "adjusted_difference");
        msp_json_begin_array(json);
        for (size_t i = 0; i < s->n_adjusted_contrasts; i++)
            part_put_contrast(json, &s->adjusted_contrasts[i]);
        msp_json_end_array(json);
    }
    if (s->n_adjusted > of_arms)
        put_points(json, s, "predicted_survival", "stratum", of_arms, s->n_adjusted);
}

static void points_as_text(const survival_job *j, const char *title, const char *label, size_t from,
                           size_t end, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    msp_text_printf(out, "\n%s\n", title);
    grid_row(&g);
    grid_cell(&g, "%s", label);
    grid_cell(&g, "time");
    grid_cell(&g, "S");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    for (size_t i = from; i < end; i++) {
        const msp_survival_adjusted *a = &s->adjusted[i];
        grid_row(&g);
        grid_cell(&g, "%s", a->label);
        grid_cell(&g, "%s", part_number(a->point.time, x));
        grid_cell(&g, "%s", part_number(a->point.estimate, x));
        part_limits_cell(&g, a->lower, a->upper);
    }
    grid_print(&g, out);
}

static void differences_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "difference");
    grid_cell(&g, "time");
    grid_cell(&g, "S");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "p");
    for (size_t i = 0; i < s->n_adjusted_contrasts; i++) {
        const msp_survival_contrast *c = &s->adjusted_contrasts[i];
        grid_row(&g);
        grid_cell(&g, "%s - %s", c->arm, c->against);
        grid_cell(&g, "%s", part_number(c->at, x));
        grid_cell(&g, "%s", part_number(c->difference.estimate, x));
        part_limits_cell(&g, c->difference.lower, c->difference.upper);
        part_p(c->difference.p, c->difference.log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
}

void survival_adjusted_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    const size_t of_arms = n_standardised(s);
    if (is_refused(s))
        msp_text_printf(out, "\n%s\n", no_model);
    if (s->n_adjusted == 0)
        return;
    if (of_arms > 0) {
        points_as_text(j, "survival that the model predicts for all its patients in each arm",
                       "arm", 0, of_arms, out);
        differences_as_text(j, out);
    }
    if (s->n_adjusted > of_arms)
        points_as_text(j, "survival that the model predicts for the patient of --at",
                       j->v->strata.n > 0 ? "stratum" : "", of_arms, s->n_adjusted, out);
}

void survival_adjusted_csv(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    const size_t of_arms = n_standardised(s);
    for (size_t i = 0; i < s->n_adjusted; i++) {
        const msp_survival_adjusted *a = &s->adjusted[i];
        part_csv(out, i >= of_arms && a->label[0] == '\0' ? "patient" : a->label,
                 i < of_arms ? "adjusted_survival" : "predicted_survival", a->point.time,
                 a->point.estimate, a->point.std_error, a->lower, a->upper);
    }
    for (size_t i = 0; i < s->n_adjusted_contrasts; i++) {
        const msp_difference *d = &s->adjusted_contrasts[i].difference;
        part_csv(out, s->adjusted_contrasts[i].arm, "adjusted_survival_difference",
                 s->adjusted_contrasts[i].at, d->estimate, d->std_error, d->lower, d->upper);
    }
}
