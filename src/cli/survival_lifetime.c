/* survival_lifetime.c - the accelerated failure time model. */
#include <math.h>

#include "survival_part.h"

bool survival_has_lifetime(const survival_job *j)
{
    return j->v->model > 0 && j->v->model < SURVIVAL_PIECEWISE;
}

static void put_parametric(msp_json *json, const char *term, const msp_parametric_coefficient *c)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "term", term);
    msp_json_put_double(json, "coef", c->estimate);
    msp_json_put_double(json, "std_error", c->std_error);
    msp_json_put_double(json, "z", c->z);
    msp_json_put_double(json, "p", c->p);
    msp_json_put_double(json, "log_p", c->log_p);
    msp_json_end_object(json);
}

static const char *term_name(const survival_job *j, size_t k)
{
    return k == 0 ? "(intercept)" : j->terms.columns[k - 1].name;
}

void survival_lifetime_json(const survival_job *j, msp_json *json)
{
    const msp_parametric *m = &j->lifetime;
    if (!survival_has_lifetime(j))
        return;
    msp_json_key(json, "parametric");
    msp_json_begin_object(json);
    msp_json_put_text(json, "model", survival_models[j->v->model]);
    msp_json_put_int(json, "n", (int64_t)m->n);
    msp_json_put_int(json, "events", (int64_t)m->n_events);
    msp_json_put_double(json, "scale", m->scale);
    msp_json_put_double(json, "log_scale_std_error", m->log_scale.std_error);
    if (m->lifetime == MSP_GENERALISED_GAMMA) {
        msp_json_put_double(json, "shape", m->shape.estimate);
        msp_json_put_double(json, "shape_std_error", m->shape.std_error);
    }
    msp_json_put_double(json, "loglik", m->loglik);
    msp_json_put_double(json, "null_loglik", m->null_loglik);
    if (m->note != NULL)
        msp_json_put_text(json, "note", m->note);
    msp_json_key(json, "coefficients");
    msp_json_begin_array(json);
    for (size_t k = 0; k <= m->n_columns; k++)
        put_parametric(json, term_name(j, k), &m->coefficients[k]);
    msp_json_end_array(json);
    msp_json_end_object(json);
}

/* exp(b) of a term is how many times as long it makes the times. */
void survival_lifetime_text(const survival_job *j, msp_text *out)
{
    const msp_parametric *m = &j->lifetime;
    if (!survival_has_lifetime(j))
        return;
    msp_text_printf(out, "\n%s model (accelerated failure time): n %zu, events %zu\n",
                    survival_models[j->v->model], m->n, m->n_events);
    if (m->note != NULL) {
        msp_text_printf(out, "  %s\n", m->note);
        return;
    }
    const double z = msp_dist_normal_limit(j->options.cox.level);
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "term");
    grid_cell(&g, "time ratio");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.cox.level);
    grid_cell(&g, "coef");
    grid_cell(&g, "SE");
    grid_cell(&g, "p");
    for (size_t k = 0; k <= m->n_columns; k++) {
        const msp_parametric_coefficient *c = &m->coefficients[k];
        grid_row(&g);
        grid_cell(&g, "%s", term_name(j, k));
        if (k == 0) {
            grid_cell(&g, "%s", "");
            grid_cell(&g, "%s", "");
        } else {
            grid_cell(&g, "%s", part_number(exp(c->estimate), x));
            part_limits_cell(&g, exp(c->estimate - z * c->std_error),
                             exp(c->estimate + z * c->std_error));
        }
        grid_cell(&g, "%s", part_number(c->estimate, x));
        grid_cell(&g, "%s", part_number(c->std_error, x));
        part_p(c->p, c->log_p, x);
        grid_cell(&g, "%s", x);
    }
    grid_print(&g, out);
    char y[MSP_DOUBLE_MAX];
    msp_text_printf(out, "  scale %s; log-likelihood %s\n", part_number(m->scale, x),
                    part_number(m->loglik, y));
    if (m->lifetime == MSP_GENERALISED_GAMMA)
        msp_text_printf(out, "  shape Q %s (SE %s); 0: log-normal, 1: Weibull\n",
                        part_number(m->shape.estimate, x), part_number(m->shape.std_error, y));
    if (m->lifetime == MSP_WEIBULL)
        msp_text_printf(out, "  Weibull shape %s; hazard ratios are exp(-coef / scale)\n",
                        part_number(1 / m->scale, x));
}

void survival_lifetime_csv(const survival_job *j, msp_text *out)
{
    for (size_t k = 0; survival_has_lifetime(j) && k <= j->lifetime.n_columns; k++) {
        const msp_parametric_coefficient *c = &j->lifetime.coefficients[k];
        part_csv(out, term_name(j, k), "parametric_coef", NAN, c->estimate, c->std_error, NAN, NAN);
        part_csv(out, term_name(j, k), "parametric_p", NAN, c->p, NAN, NAN, NAN);
    }
    if (survival_has_lifetime(j) && j->lifetime.lifetime == MSP_GENERALISED_GAMMA)
        part_csv(out, "shape", "parametric_coef", NAN, j->lifetime.shape.estimate,
                 j->lifetime.shape.std_error, NAN, NAN);
}
