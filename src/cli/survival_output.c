/* survival_output.c - the answer of `survival` as JSON, as text for people, and as CSV, from its
 * parts: survival_KIND.c has one kind of result in all three forms. */
#include "survival_part.h"

survival_counts survival_count(const survival_job *j)
{
    if (j->lower == NULL)
        return (survival_counts){j->survival.n, j->survival.n_missing - j->n_elsewhere,
                                 j->survival.events};
    survival_counts c = {j->intervals.n, j->intervals.n_missing - j->n_elsewhere, 0};
    for (size_t a = 0; a < j->intervals.n_arms; a++)
        c.events += j->intervals.arms[a].n_exact + j->intervals.arms[a].n_between;
    return c;
}

static void put_method(msp_json *json, const survival_job *j)
{
    msp_json_put_text(json, "convention", cli_conventions[j->v->common.convention]);
    if (j->lower == NULL)
        msp_json_put_text(json, "interval", msp_km_interval_name(j->options.km.interval));
    if (j->v->unit > 0)
        msp_json_put_text(json, "unit", survival_units[j->v->unit]);
    if (j->weight != NULL) {
        msp_json_put_text(json, "weight", j->v->weight);
        msp_json_put_text(json, "variance", j->options.robust ? "robust" : "model");
    }
    msp_json_key(json, "strata");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->v->strata.n; i++)
        msp_json_text(json, j->v->strata.word[i]);
    msp_json_end_array(json);
}

static void put_parts(msp_json *json, const survival_job *j)
{
    if (j->lower != NULL) {
        survival_intervals_json(j, json);
    } else {
        survival_arms_json(j, json);
        survival_tests_json(j, json);
        survival_expected_json(j, json);
        survival_competing_json(j, json);
        survival_cox_json(j, json);
        survival_adjusted_json(j, json);
    }
    survival_lifetime_json(j, json);
    survival_periods_json(j, json);
}

void survival_as_json(const survival_job *j, msp_text *out)
{
    const survival_counts s = survival_count(j);
    msp_json json;
    msp_json_init(&json, out, j->v->curve ? 0 : 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "n", (int64_t)s.n);
    msp_json_put_int(&json, "n_missing", (int64_t)s.n_missing);
    msp_json_put_int(&json, "events", (int64_t)s.events);
    put_method(&json, j);
    put_parts(&json, j);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

void survival_as_text(const survival_job *j, msp_text *out)
{
    const survival_counts s = survival_count(j);
    msp_text_printf(out, "%zu rows, %zu events", s.n, s.events);
    if (s.n_missing > 0)
        msp_text_printf(out, "; %zu rows left out for a missing value", s.n_missing);
    if (j->v->unit > 0)
        msp_text_printf(out, "; times in %s", survival_units[j->v->unit]);
    if (j->weight != NULL)
        msp_text_printf(out, "; rows at risk are weighted by %s", j->v->weight);
    msp_text_add(out, "\n\n");
    if (j->lower != NULL) {
        survival_intervals_text(j, out);
        return;
    }
    survival_arms_text(j, out);
    survival_tests_text(j, out);
    survival_expected_text(j, out);
    survival_cox_text(j, out);
    survival_adjusted_text(j, out);
    survival_lifetime_text(j, out);
    survival_periods_text(j, out);
    survival_competing_text(j, out);
    survival_steps_text(j, out);
    msp_text_printf(out,
                    "\nKaplan-Meier; %s intervals (%s), medians after Brookmeyer and "
                    "Crowley,\nfollow-up by reverse Kaplan-Meier; defaults of %s. NE: not "
                    "estimable.\n",
                    msp_km_interval_name(j->options.km.interval),
                    j->weight != NULL && j->options.robust ? "robust" : "Greenwood",
                    j->v->common.convention == 0 ? "R" : "SAS");
}

void survival_as_csv(const survival_job *j, msp_text *out)
{
    msp_text_add(out, "name,statistic,at,estimate,std_error,lower,upper\n");
    if (j->lower != NULL) {
        survival_intervals_csv(j, out);
        survival_lifetime_csv(j, out);
        survival_periods_csv(j, out);
        return;
    }
    survival_arms_csv(j, out);
    survival_tests_csv(j, out);
    survival_expected_csv(j, out);
    survival_competing_csv(j, out);
    survival_lifetime_csv(j, out);
    survival_periods_csv(j, out);
    survival_cox_csv(j, out);
    survival_adjusted_csv(j, out);
}
