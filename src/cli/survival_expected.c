/* survival_expected.c - one arm against a known survival: the one-sample log-rank test. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

/* "0.5@24": survival at a time, of an exponential curve. */
static bool read_null(const char *text, double *survival, double *at)
{
    const char *sign = strchr(text, '@');
    return sign != NULL && msp_double_parse(text, (size_t)(sign - text), survival) &&
           msp_double_parse(sign + 1, strlen(sign + 1), at) && *survival > 0 && *survival < 1 &&
           *at > 0 && isfinite(*at);
}

msp_status survival_check_expected(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    if (!read_null(v->expected, &j->null_survival, &j->null_at))
        return msp_fail(err, MSP_EUSAGE,
                        "--expected is \"%s\"; expected SURVIVAL@TIME, as 0.5@24: survival between "
                        "0 and 1 at a time above 0",
                        v->expected);
    if (v->arm != NULL || v->strata.n > 0 || v->cause != NULL || v->lower != NULL ||
        v->upper != NULL)
        return msp_fail(err, MSP_EUSAGE,
                        "--expected is of one arm, without --arm, --strata, --cause, --lower and "
                        "--upper; --where arm=NAME takes one of several");
    return MSP_OK;
}

msp_status survival_fit_expected(survival_job *j, const msp_survival_data *data, msp_error *err)
{
    const msp_follow_up follow_up = {.n = data->n,
                                     .time = data->time,
                                     .event = data->event,
                                     .entry = data->entry,
                                     .keep = data->keep};
    const double hazard = -log(j->null_survival) / j->null_at;
    double *cumulative = msp_arena_array(&j->arena, data->n, sizeof *cumulative);
    if (cumulative == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows", data->n);
    for (size_t i = 0; i < data->n; i++)
        cumulative[i] = hazard * (data->time[i] - (data->entry != NULL ? data->entry[i] : 0));
    msp_order order = {0};
    msp_status rc = msp_order_init(&order, &follow_up, err);
    if (rc == MSP_OK)
        rc = msp_one_sample_logrank(&order, cumulative, (msp_alternative)j->v->alternative,
                                    &j->one_sample, err);
    msp_order_free(&order);
    return rc;
}

void survival_expected_json(const survival_job *j, msp_json *json)
{
    const msp_one_sample_result *t = &j->one_sample;
    if (j->v->expected == NULL)
        return;
    msp_json_key(json, "one_sample");
    msp_json_begin_object(json);
    msp_json_put_double(json, "null_survival", j->null_survival);
    msp_json_put_double(json, "at", j->null_at);
    msp_json_put_double(json, "observed", t->observed);
    msp_json_put_double(json, "expected", t->expected);
    msp_json_put_double(json, "ratio", t->ratio);
    msp_json_put_double(json, "statistic", t->z * t->z);
    msp_json_put_double(json, "z", t->z);
    part_put_p(json, t->p, t->log_p);
    msp_json_put_double(json, "z_wu", t->z_wu);
    msp_json_put_double(json, "p_wu", t->p_wu);
    if (t->p_wu < 1e-300)
        msp_json_put_double(json, "log_p_wu", t->log_p_wu);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    msp_json_end_object(json);
}

void survival_expected_text(const survival_job *j, msp_text *out)
{
    const msp_one_sample_result *t = &j->one_sample;
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX], p[MSP_DOUBLE_MAX];
    if (j->v->expected == NULL)
        return;
    msp_text_printf(out, "\none-sample log-rank test against survival %s at %s: ",
                    part_number(j->null_survival, x), part_number(j->null_at, y));
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    msp_text_printf(out, "%s events, %s expected\n", part_number(t->observed, x),
                    part_number(t->expected, y));
    part_p(t->p, t->log_p, p);
    msp_text_printf(out, "  chi-square %s on 1 df, z %s, %s p = %s", part_number(t->z * t->z, x),
                    part_number(t->z, y), j->v->alternative == 0 ? "two-sided" : "one-sided", p);
    part_p(t->p_wu, t->log_p_wu, p);
    msp_text_printf(out, "; with Wu's variance z %s, p = %s\n", part_number(t->z_wu, x), p);
}

void survival_expected_csv(const survival_job *j, msp_text *out)
{
    const msp_one_sample_result *t = &j->one_sample;
    if (j->v->expected == NULL)
        return;
    part_csv(out, "one_sample", "observed", NAN, t->observed, NAN, NAN, NAN);
    part_csv(out, "one_sample", "expected", NAN, t->expected, NAN, NAN, NAN);
    part_csv(out, "one_sample", "chi_square", NAN, t->z * t->z, NAN, NAN, NAN);
    part_csv(out, "one_sample", "z", NAN, t->z, NAN, NAN, NAN);
    part_csv(out, "one_sample", "p", NAN, t->p, NAN, NAN, NAN);
    part_csv(out, "one_sample", "z_wu", NAN, t->z_wu, NAN, NAN, NAN);
    part_csv(out, "one_sample", "p_wu", NAN, t->p_wu, NAN, NAN, NAN);
}
