/* virtual_measurement.c - simulate --measurement: what measuring costs. */
#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "grid.h"
#include "mspike/simulate.h"
#include "mspike/stats/dist.h"
#include "read_protocol.h"
#include "virtual.h"

enum { TRIALS = 1000 };

typedef struct measurement {
    const cli_common *common;
    msp_protocol protocol;
    uint64_t trials;
    double boundary; /* Z from which benefit is claimed */
    const msp_virtual_way *ways;
    size_t n;
    msp_virtual_cost *costs; /* one a way */
    msp_arena arena;
    double seconds;
    bool interrupted;
} measurement;

/* One-sided, of the design; without one 2.5 %. */
static double boundary_of(const msp_protocol *p)
{
    const msp_planned_design *d = &p->design;
    double alpha = 0.025;
    if (msp_was_said(d->at) && d->alpha.value > 0)
        alpha = d->sided.value == 2 ? d->alpha.value / 2 : d->alpha.value;
    return -msp_dist_normal_quantile(alpha);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static msp_status run_ways(measurement *m, msp_error *err)
{
    cli_progress progress;
    msp_status rc = MSP_OK;
    const double start = now();
    m->n = msp_virtual_ways(&m->ways);
    m->costs = msp_arena_array(&m->arena, m->n, sizeof *m->costs);
    if (m->costs == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory");
    cli_progress_start(&progress, m->common);
    for (size_t i = 0; i < m->n && rc == MSP_OK; i++) {
        rc = msp_virtual_cost_of(&m->protocol, &m->ways[i], m->common->seed, m->trials,
                                 (size_t)m->common->threads, m->boundary, &progress.progress,
                                 &m->costs[i], err);
        if (rc == MSP_EINTERRUPTED)
            m->n = m->costs[i].trials > 0 ? i + 1 : i;
    }
    cli_progress_done(&progress);
    m->seconds = now() - start;
    m->interrupted = rc == MSP_EINTERRUPTED;
    return m->interrupted ? MSP_OK : rc;
}

/* -- as text -- */

static void with_error(grid *g, const msp_sim_sum *s, int digits)
{
    if (s->n < 2)
        grid_cell(g, "-");
    else
        grid_cell(g, "%+.*f (%.*f)", digits, msp_sim_mean(s), digits, msp_sim_std_error(s));
}

static void mean(grid *g, const msp_sim_sum *s, int digits)
{
    if (s->n == 0)
        grid_cell(g, "-");
    else
        grid_cell(g, "%.*f", digits, msp_sim_mean(s));
}

static void as_row(const msp_virtual_way *way, const msp_virtual_cost *c, bool two, grid *g)
{
    grid_row(g);
    grid_cell(g, "%s", way->name);
    grid_cell(g, "%.1f", (double)c->visits / (double)c->patients);
    with_error(g, &c->delay, 1);
    with_error(g, &c->median_bias[two], 2);
    if (!two)
        return;
    with_error(g, &c->median_bias[0], 2);
    mean(g, &c->events, 1);
    if (c->log_ratio.n > 1)
        grid_cell(g, "%.3f", exp(msp_sim_mean(&c->log_ratio)));
    else
        grid_cell(g, "-");
    with_error(g, &c->log_ratio_bias, 4);
    grid_cell(g, "%.3f (%.3f)", (double)c->claims / (double)c->trials,
              msp_sim_share_std_error(c->claims, c->trials));
}

static void as_text(const measurement *m, msp_text *out)
{
    static const char *const head[] = {
        "visits and rules", "visits", "delay, days",   "control, months", "experimental",
        "events",           "ratio",  "its logarithm", "claims"};
    const bool two = m->protocol.arms.n > 1;
    grid g = {0};
    grid_row(&g);
    for (size_t i = 0; i < (two ? MSP_COUNT(head) : 4); i++)
        grid_cell(&g, "%s", head[i]);
    for (size_t i = 0; i < m->n; i++)
        as_row(&m->ways[i], &m->costs[i], two, &g);
    grid_print(&g, out);
    const msp_virtual_cost *c = &m->costs[0];
    if (two && c->trials > 0)
        msp_text_printf(out,
                        "\nwhat is true: medians %.2f (experimental) and %.2f months, %.1f events, "
                        "ratio %.3f, claims %.3f\n",
                        msp_sim_mean(&c->true_median[0]), msp_sim_mean(&c->true_median[1]),
                        msp_sim_mean(&c->true_events), exp(msp_sim_mean(&c->true_log_ratio)),
                        (double)c->true_claims / (double)c->trials);
    msp_text_printf(out,
                    "\nsimulated: %" PRIu64 " trials each, seed %" PRIu64
                    ", digest of the first %016" PRIx64 "\n"
                    "delay, medians and ratio: what is seen less what is true, and the Monte Carlo "
                    "standard error\n",
                    c->trials, m->common->seed, c->digest);
    if (m->interrupted)
        msp_text_add(out, "note: stopped on request; the results are those of the trials done\n");
}

/* -- as JSON and CSV -- */

static void put_sum(msp_json *json, const char *key, const char *error_key, const msp_sim_sum *s)
{
    msp_json_put_double(json, key, msp_sim_mean(s));
    msp_json_put_double(json, error_key, msp_sim_std_error(s));
}

static void put_way(msp_json *json, const msp_virtual_way *way, const msp_virtual_cost *c)
{
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, c->digest);
    msp_json_begin_object(json);
    msp_json_put_text(json, "way", way->name);
    msp_json_put_int(json, "trials", (int64_t)c->trials);
    msp_json_put_double(json, "visits", (double)c->visits / (double)c->patients);
    put_sum(json, "delay_days", "delay_days_std_error", &c->delay);
    put_sum(json, "control_median", "control_median_std_error", &c->median[1]);
    put_sum(json, "control_true_median", "control_true_median_std_error", &c->true_median[1]);
    put_sum(json, "control_median_bias", "control_median_bias_std_error", &c->median_bias[1]);
    put_sum(json, "experimental_median", "experimental_median_std_error", &c->median[0]);
    put_sum(json, "experimental_true_median", "experimental_true_median_std_error",
            &c->true_median[0]);
    put_sum(json, "experimental_median_bias", "experimental_median_bias_std_error",
            &c->median_bias[0]);
    put_sum(json, "events", "events_std_error", &c->events);
    put_sum(json, "true_events", "true_events_std_error", &c->true_events);
    put_sum(json, "log_ratio", "log_ratio_std_error", &c->log_ratio);
    put_sum(json, "true_log_ratio", "true_log_ratio_std_error", &c->true_log_ratio);
    put_sum(json, "log_ratio_bias", "log_ratio_bias_std_error", &c->log_ratio_bias);
    msp_json_put_double(json, "claims", (double)c->claims / (double)c->trials);
    msp_json_put_double(json, "claims_std_error", msp_sim_share_std_error(c->claims, c->trials));
    msp_json_put_double(json, "true_claims", (double)c->true_claims / (double)c->trials);
    msp_json_put_text(json, "digest", digest);
    msp_json_end_object(json);
}

static void as_json(const measurement *m, msp_text *out)
{
    msp_json json;
    uint64_t visits = 0;
    for (size_t i = 0; i < m->n; i++)
        visits += m->costs[i].visits;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_bool(&json, "simulated", true);
    msp_json_put_int(&json, "seed", (int64_t)m->common->seed);
    msp_json_put_double(&json, "visits_per_second", (double)visits / m->seconds);
    msp_json_put_bool(&json, "interrupted", m->interrupted);
    msp_json_key(&json, "ways");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < m->n; i++)
        put_way(&json, &m->ways[i], &m->costs[i]);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void csv_number(msp_text *out, double x)
{
    char text[MSP_DOUBLE_MAX] = "";
    if (isfinite(x))
        msp_double_format(x, text);
    msp_text_printf(out, ",%s", text);
}

static void as_csv(const measurement *m, msp_text *out)
{
    msp_text_add(out, "way,trials,visits,delay_days,control_median_bias,experimental_median_bias,"
                      "log_ratio,log_ratio_bias,log_ratio_bias_std_error,claims,true_claims\n");
    for (size_t i = 0; i < m->n; i++) {
        const msp_virtual_cost *c = &m->costs[i];
        msp_text_add_field(out, m->ways[i].name);
        const double row[] = {(double)c->trials,
                              (double)c->visits / (double)c->patients,
                              msp_sim_mean(&c->delay),
                              msp_sim_mean(&c->median_bias[1]),
                              msp_sim_mean(&c->median_bias[0]),
                              msp_sim_mean(&c->log_ratio),
                              msp_sim_mean(&c->log_ratio_bias),
                              msp_sim_std_error(&c->log_ratio_bias),
                              (double)c->claims / (double)c->trials,
                              (double)c->true_claims / (double)c->trials};
        for (size_t k = 0; k < MSP_COUNT(row); k++)
            csv_number(out, row[k]);
        msp_text_add_char(out, '\n');
    }
}

int virtual_measurement(const cli_common *common, uint64_t trials, const char *path)
{
    static void (*const as[])(const measurement *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    measurement m = {.common = common, .trials = trials > 0 ? trials : TRIALS};
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = cli_read_protocol(common, path, &m.protocol, &err);
    m.boundary = boundary_of(&m.protocol);
    if (rc == MSP_OK)
        rc = run_ways(&m, &err);
    if (rc == MSP_OK)
        as[common->format](&m, &text);
    const int exit_code =
        rc == MSP_OK
            ? cli_write(common, &text, m.interrupted ? msp_status_exit_code(MSP_EINTERRUPTED) : 0)
            : cli_fail(&err);
    msp_protocol_free(&m.protocol);
    msp_arena_free(&m.arena);
    return exit_code;
}
