/* simulate_output.c - operating characteristics as text, JSON and CSV. */
#include <inttypes.h>
#include <math.h>

#include "grid.h"
#include "simulate.h"

static double share(uint64_t k, uint64_t n)
{
    return (double)k / (double)n;
}

static uint64_t trials_done(const simulate_job *j)
{
    uint64_t n = 0;
    for (size_t i = 0; i < j->n; i++)
        n += j->answers[i].result.trials;
    return n;
}

static const char *digest_of(const simulate_job *j, char out[17])
{
    uint64_t sum = 0;
    for (size_t i = 0; i < j->n; i++)
        sum = (sum << 1 | sum >> 63) + j->answers[i].result.digest;
    snprintf(out, 17, "%016" PRIx64, sum);
    return out;
}

static void put_mean(msp_json *json, const char *key, const char *error_key, const msp_sim_sum *sum)
{
    msp_json_put_double(json, key, msp_sim_mean(sum));
    msp_json_put_double(json, error_key, msp_sim_std_error(sum));
}

static void put_look(msp_json *json, const simulated *a, size_t k)
{
    const msp_sim_plan *p = &a->scenario.plan;
    const msp_sim_look *l = &a->result.look[k];
    const uint64_t n = a->result.trials;
    msp_json_begin_object(json);
    msp_json_put_int(json, "look", (int64_t)k + 1);
    msp_json_put_int(json, "events", (int64_t)p->events[k]);
    msp_json_put_double(json, "z", p->upper[k]);
    msp_json_put_double(json, "futility_z", k + 1 < p->n_looks ? p->lower[k] : (double)NAN);
    msp_json_put_double(json, "reached", share(l->reached, n));
    msp_json_put_double(json, "stop_efficacy", share(l->efficacy, n));
    msp_json_put_double(json, "stop_futility", share(l->futility, n));
    if (p->sided == 2)
        msp_json_put_double(json, "stop_harm", share(l->harm, n));
    msp_json_put_double(json, "expected_time", l->time / (double)l->reached);
    msp_json_end_object(json);
}

static void put_estimates(msp_json *json, const simulated *a)
{
    const msp_sim_sum *s = &a->result.log_ratio;
    const double truth = a->scenario.log_ratio;
    msp_json_key(json, "estimates");
    msp_json_begin_object(json);
    msp_json_put_int(json, "n", (int64_t)s->n);
    msp_json_put_double(json, "hazard_ratio", exp(msp_sim_mean(s)));
    msp_json_put_double(json, "true_hazard_ratio", exp(truth));
    put_mean(json, "mean_log_ratio", "mean_log_ratio_std_error", s);
    msp_json_put_double(json, "bias_log_ratio", msp_sim_mean(s) - truth);
    msp_json_put_double(json, "coverage",
                        isnan(truth) ? (double)NAN : share(a->result.covered, s->n));
    msp_json_put_double(json, "coverage_std_error",
                        isnan(truth) ? (double)NAN
                                     : msp_sim_share_std_error(a->result.covered, s->n));
    if (isnan(truth))
        msp_json_put_text(json, "note", "the true hazard ratio is not one number");
    msp_json_end_object(json);
}

/* What a hypothesis of the general road is about. */
static void name_hypothesis(const msp_sim_plan *p, size_t h, char name[32])
{
    if (p->general->has_subgroup)
        snprintf(name, 32, "%s", h == 0 ? "everyone" : "subgroup");
    else
        snprintf(name, 32, "arm %zu", h + 1);
}

static void put_general(msp_json *json, const simulated *a)
{
    const msp_sim_result *r = &a->result;
    const msp_sim_general *g = a->scenario.plan.general;
    msp_json_put_text(json, "road", g == NULL ? "fast" : "general");
    if (g == NULL)
        return;
    if (msp_sim_combines(g))
        msp_json_put_text(json, "multiplicity", g->dunnett ? "dunnett" : "bonferroni");
    msp_json_put_double(json, "untested", share(r->untested, r->trials));
    if (msp_sim_n_hypotheses(g) == 1)
        return;
    msp_json_key(json, "hypotheses");
    msp_json_begin_array(json);
    for (size_t h = 0; h < msp_sim_n_hypotheses(g); h++) {
        char name[32];
        name_hypothesis(&a->scenario.plan, h, name);
        msp_json_begin_object(json);
        msp_json_put_text(json, "name", name);
        msp_json_put_double(json, "power", share(r->claimed[h], r->trials));
        msp_json_put_double(json, "power_std_error",
                            msp_sim_share_std_error(r->claimed[h], r->trials));
        msp_json_put_double(json, "kept", share(r->kept[h], r->trials));
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_survival(msp_json *json, const simulated *a)
{
    const msp_sim_result *r = &a->result;
    msp_json_key(json, "survival");
    msp_json_begin_object(json);
    msp_json_put_int(json, "events", (int64_t)a->scenario.plan.survival.events);
    msp_json_put_double(json, "z", a->scenario.plan.survival.upper);
    msp_json_put_double(json, "power", share(r->survival, r->trials));
    msp_json_put_double(json, "power_std_error", msp_sim_share_std_error(r->survival, r->trials));
    msp_json_put_double(json, "power_alone", share(r->survival_alone, r->trials));
    put_mean(json, "expected_time", "expected_time_std_error", &r->survival_time);
    msp_json_end_object(json);
}

static void put_scenario(msp_json *json, const simulated *a)
{
    const msp_sim_result *r = &a->result;
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, r->digest);
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", a->scenario.name);
    msp_json_put_int(json, "trials", (int64_t)r->trials);
    msp_json_put_double(json, "hazard_ratio", exp(a->scenario.log_ratio));
    msp_json_put_int(json, "patients", (int64_t)a->scenario.plan.n);
    put_general(json, a);
    msp_json_put_double(json, "power", share(r->efficacy, r->trials));
    msp_json_put_double(json, "power_std_error", msp_sim_share_std_error(r->efficacy, r->trials));
    if (a->scenario.plan.sided == 2) {
        msp_json_put_double(json, "harm", share(r->harm, r->trials));
        msp_json_put_double(json, "rejected", share(r->efficacy + r->harm, r->trials));
    }
    put_mean(json, "expected_events", "expected_events_std_error", &r->events);
    put_mean(json, "expected_sample_size", "expected_sample_size_std_error", &r->enrolled);
    put_mean(json, "expected_duration", "expected_duration_std_error", &r->time);
    msp_json_put_double(json, "short_of_events", share(r->short_of_events, r->trials));
    msp_json_key(json, "looks");
    msp_json_begin_array(json);
    for (size_t k = 0; k < r->n_looks; k++)
        put_look(json, a, k);
    msp_json_end_array(json);
    if (a->scenario.plan.estimates)
        put_estimates(json, a);
    if (a->scenario.plan.survival.events > 0)
        put_survival(json, a);
    if (a->scenario.caution != NULL)
        msp_json_put_text(json, "caution", a->scenario.caution);
    msp_json_put_text(json, "digest", digest);
    msp_json_end_object(json);
}

void simulate_as_json(const simulate_job *j, msp_text *out)
{
    msp_json json;
    char digest[17];
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "trials", (int64_t)j->trials);
    msp_json_put_int(&json, "seed", (int64_t)j->v->common.seed);
    msp_json_put_double(&json, "trials_per_second", (double)trials_done(j) / j->seconds);
    msp_json_put_bool(&json, "interrupted", j->interrupted);
    msp_json_key(&json, "scenarios");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++)
        put_scenario(&json, &j->answers[i]);
    msp_json_end_array(&json);
    msp_json_put_text(&json, "digest", digest_of(j, digest));
    msp_json_end_object(&json);
    msp_text_printf(out, "\n");
}

static void general_as_text(const simulated *a, msp_text *out)
{
    const msp_sim_result *r = &a->result;
    const msp_sim_general *g = a->scenario.plan.general;
    const size_t n = msp_sim_n_hypotheses(g);
    for (size_t h = 0; h < n && n > 1; h++) {
        char name[32];
        name_hypothesis(&a->scenario.plan, h, name);
        msp_text_printf(out, "%s: claimed in %.5f, tested to the end in %.5f\n", name,
                        share(r->claimed[h], r->trials), share(r->kept[h], r->trials));
    }
    if (g->rule != MSP_SIM_AT_EVENTS && !msp_sim_combines(g))
        msp_text_printf(out,
                        "looks go by the calendar: boundaries are those at the events reached, "
                        "above stand the planned ones\n");
    if (g->n_arms > 1)
        msp_text_printf(out,
                        "events above are those of one comparison; a look waits for (arms + 1) / 2 "
                        "times as many, of the experimental arms that go on\n");
    if (msp_sim_combines(g))
        msp_text_printf(out,
                        "stages are combined with their planned weights%s; boundaries hold for "
                        "what comes of it\n",
                        n == 1       ? ""
                        : g->dunnett ? ", hypotheses tested together by Dunnett's law"
                                     : ", hypotheses tested together by Bonferroni");
    if (r->untested > 0)
        msp_text_printf(out,
                        "note: in %" PRIu64 " trials the test could not be made at a look, which "
                        "claimed nothing\n",
                        r->untested);
    msp_text_printf(out, "the general road: the stats room's tests, trial by trial\n");
}

/* A look that no trial reached has no month, one that spends nothing no boundary. */
static void number_cell(grid *g, int digits, double x)
{
    if (isfinite(x))
        grid_cell(g, "%.*f", digits, x);
    else
        grid_cell(g, "-");
}

static void estimates_as_text(const simulated *a, msp_text *out)
{
    const msp_sim_result *r = &a->result;
    if (r->log_ratio.n == 0)
        return;
    msp_text_printf(out, "hazard ratio where it stopped: geometric mean %.4f",
                    exp(msp_sim_mean(&r->log_ratio)));
    if (!isnan(a->scenario.log_ratio))
        msp_text_printf(out, ", true %.4f; 95 %% intervals hold it in %.4f",
                        exp(a->scenario.log_ratio), share(r->covered, r->log_ratio.n));
    msp_text_add_char(out, '\n');
}

static void scenario_as_text(const simulated *a, msp_text *out)
{
    const msp_sim_plan *p = &a->scenario.plan;
    const msp_sim_result *r = &a->result;
    grid g = {0};
    msp_text_printf(out,
                    "%s: %zu patients, %" PRIu64 " trials\n"
                    "claims of efficacy %.5f (+- %.5f)",
                    a->scenario.name, p->n, r->trials, share(r->efficacy, r->trials),
                    msp_sim_share_std_error(r->efficacy, r->trials));
    if (p->sided == 2)
        msp_text_printf(out, ", of harm %.5f", share(r->harm, r->trials));
    msp_text_printf(out, "\nexpected: %.2f events, %.2f patients, %.2f months",
                    msp_sim_mean(&r->events), msp_sim_mean(&r->enrolled), msp_sim_mean(&r->time));
    if (r->trials > 1) /* one trial has no error */
        msp_text_printf(out, " (+- %.2g)", msp_sim_std_error(&r->time));
    msp_text_add(out, "\n\n");
    static const char *const head[] = {"look",     "events",   "month", "boundary",
                                       "efficacy", "futility", "harm"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(head) - (p->sided == 1); i++)
        grid_cell(&g, "%s", head[i]);
    for (size_t k = 0; k < r->n_looks; k++) {
        const msp_sim_look *l = &r->look[k];
        grid_row(&g);
        grid_cell(&g, "%zu", k + 1);
        grid_cell(&g, "%zu", p->events[k]);
        number_cell(&g, 2, l->time / (double)l->reached);
        number_cell(&g, 4, p->upper[k]);
        grid_cell(&g, "%.5f", share(l->efficacy, r->trials));
        grid_cell(&g, "%.5f", share(l->futility, r->trials));
        if (p->sided == 2)
            grid_cell(&g, "%.5f", share(l->harm, r->trials));
    }
    grid_print(&g, out);
    if (p->estimates)
        estimates_as_text(a, out);
    if (p->survival.events > 0)
        msp_text_printf(out,
                        "survival at %zu deaths, month %.1f: claimed after the first endpoint in "
                        "%.5f, beyond its boundary in %.5f\n",
                        p->survival.events, msp_sim_mean(&r->survival_time),
                        share(r->survival, r->trials), share(r->survival_alone, r->trials));
    if (p->general != NULL)
        general_as_text(a, out);
    if (a->scenario.caution != NULL)
        msp_text_printf(out, "caution: %s\n", a->scenario.caution);
    if (r->short_of_events > 0)
        msp_text_printf(out,
                        "note: in %" PRIu64 " trials the events of a look never came; it was taken "
                        "at the last event\n",
                        r->short_of_events);
    msp_text_printf(out, "\n");
}

void simulate_as_text(const simulate_job *j, msp_text *out)
{
    char digest[17];
    for (size_t i = 0; i < j->n; i++)
        scenario_as_text(&j->answers[i], out);
    msp_text_printf(out, "seed %" PRIu64 ", digest %s, %.3g trials a second\n", j->v->common.seed,
                    digest_of(j, digest), (double)trials_done(j) / j->seconds);
    if (j->interrupted)
        msp_text_printf(out,
                        "note: stopped on request; the results are those of the trials done\n");
}

static void csv_double(msp_text *out, double x)
{
    char text[MSP_DOUBLE_MAX];
    msp_text_printf(out, ",%s", isfinite(x) ? (msp_double_format(x, text), text) : "");
}

/* A row a look. */
void simulate_as_csv(const simulate_job *j, msp_text *out)
{
    msp_text_printf(out, "scenario,trials,power,power_std_error,expected_events,"
                         "expected_sample_size,expected_duration,look,events,z,reached,"
                         "stop_efficacy,stop_futility,stop_harm,expected_time\n");
    for (size_t i = 0; i < j->n; i++) {
        const msp_sim_result *r = &j->answers[i].result;
        const msp_sim_plan *p = &j->answers[i].scenario.plan;
        for (size_t k = 0; k < r->n_looks; k++) {
            msp_text_add_field(out, j->answers[i].scenario.name);
            msp_text_printf(out, ",%" PRIu64, r->trials);
            csv_double(out, share(r->efficacy, r->trials));
            csv_double(out, msp_sim_share_std_error(r->efficacy, r->trials));
            csv_double(out, msp_sim_mean(&r->events));
            csv_double(out, msp_sim_mean(&r->enrolled));
            csv_double(out, msp_sim_mean(&r->time));
            msp_text_printf(out, ",%zu,%zu", k + 1, p->events[k]);
            csv_double(out, p->upper[k]);
            csv_double(out, share(r->look[k].reached, r->trials));
            csv_double(out, share(r->look[k].efficacy, r->trials));
            csv_double(out, share(r->look[k].futility, r->trials));
            csv_double(out, share(r->look[k].harm, r->trials));
            csv_double(out, r->look[k].time / (double)r->look[k].reached);
            msp_text_printf(out, "\n");
        }
    }
}
