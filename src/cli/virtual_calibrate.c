/* virtual_calibrate.c - simulate --calibrate: targets, and what virtual patients give. */
#include <math.h>

#include "grid.h"
#include "mspike/simulate.h"
#include "read_protocol.h"
#include "virtual.h"

enum {
    COURSE_NAME = 64,
    CROWD = 20000,
    CHECK_SEED = 1000003
}; /* what was found is checked on other patients */

typedef struct calibration {
    const cli_common *common;
    size_t n; /* patients an arm */
    msp_protocol protocol;
    msp_arena arena;
    msp_virtual_plan plan;
    /* by arm and target: as the protocol stands, and after the search; on other patients */
    double before[MSP_VIRTUAL_ARMS_MAX + 1][MSP_CALIBRATE_TARGETS_MAX];
    double after[MSP_VIRTUAL_ARMS_MAX + 1][MSP_CALIBRATE_TARGETS_MAX];
    double truth[MSP_VIRTUAL_ARMS_MAX + 1]
                [MSP_CALIBRATE_TARGETS_MAX]; /* of progression-free survival */
} calibration;

static const char *const figures[] = {
#define MSP_AS_TEXT(name, text) text,
    MSP_VIRTUAL_FIGURE_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
};

/* At most as many as an answer has room for: more are refused by the search. */
static const msp_virtual_target *targets_of(const calibration *c, size_t course, size_t *n)
{
    const msp_virtual_target *targets = msp_virtual_targets(&c->plan, course, n);
    *n = *n < MSP_CALIBRATE_TARGETS_MAX ? *n : MSP_CALIBRATE_TARGETS_MAX;
    return targets;
}

/* An arm, or "B, crossover". */
static void name_of(const calibration *c, size_t course, char out[COURSE_NAME])
{
    const bool after = course >= c->plan.n_arms;
    const size_t arm = after ? c->plan.crossover.from : course;
    snprintf(out, COURSE_NAME, "%.40s%s", c->plan.arm[arm].arm->id, after ? ", crossover" : "");
}

static bool is_pfs(const msp_virtual_target *t)
{
    return t->figure.value == MSP_FIGURE_PFS_MEDIAN || t->figure.value == MSP_FIGURE_PFS_RATE ||
           t->figure.value == MSP_FIGURE_HAZARD_RATIO;
}

static msp_status measure(calibration *c, double out[][MSP_CALIBRATE_TARGETS_MAX], msp_error *err)
{
    msp_virtual_crowd crowd = {0};
    msp_status rc = msp_virtual_crowd_follow(&c->plan, c->common->seed + CHECK_SEED, c->n,
                                             (1u << c->plan.n_arms) - 1, (size_t)c->common->threads,
                                             &crowd, err);
    for (size_t a = 0; a < msp_virtual_n_courses(&c->plan) && rc == MSP_OK; a++) {
        size_t n;
        const msp_virtual_target *targets = targets_of(c, a, &n);
        for (size_t i = 0; i < n && rc == MSP_OK; i++) {
            rc = msp_virtual_figure_of(&crowd, a, &targets[i], &out[a][i], err);
            if (rc == MSP_OK && is_pfs(&targets[i]))
                rc = msp_virtual_true_figure(&crowd, a, &targets[i], &c->truth[a][i], err);
        }
    }
    msp_virtual_crowd_free(&crowd);
    return rc;
}

static msp_status calibrate(calibration *c, msp_error *err)
{
    cli_progress progress;
    double worst;
    msp_status rc = measure(c, c->before, err);
    cli_progress_start(&progress, c->common);
    if (rc == MSP_OK)
        rc = msp_virtual_calibrate(&c->plan, c->common->seed, c->n, (size_t)c->common->threads,
                                   &progress.progress, &worst, err);
    cli_progress_done(&progress);
    return rc == MSP_OK ? measure(c, c->after, err) : rc;
}

/* -- as text -- */

static void spread_as_yaml(const char *name, double median, double spread, msp_text *out)
{
    msp_text_printf(out, "%s: {median: %.4g, spread: %.4g}\n", name, median, spread);
}

static void disease_as_yaml(const char *indent, const msp_virtual_course *a, msp_text *out)
{
    msp_text_add(out, indent);
    spread_as_yaml("decay", exp(a->decay.location) * MSP_DAYS_PER_MONTH, a->decay.scale, out);
    msp_text_add(out, indent);
    spread_as_yaml("resistant", exp(a->resistant.location), a->resistant.scale, out);
}

static void crossover_as_yaml(const msp_virtual_course *a, msp_text *out)
{
    msp_text_add(out, "  crossover:\n");
    disease_as_yaml("    ", a, out);
    msp_text_printf(out, "    growth: %.4g\n", exp(a->growth.location));
}

static void arm_as_yaml(const msp_virtual_course *a, msp_text *out)
{
    msp_text_printf(out, "    %s:\n", a->arm->id);
    disease_as_yaml("      ", a, out);
    msp_text_add(out, "      ");
    spread_as_yaml("growth", exp(a->growth.location) * MSP_DAYS_PER_MONTH, a->growth.scale, out);
    msp_text_printf(out, "      refractory: %.4g\n      deep: %.4g\n", a->refractory, a->deep);
    msp_text_printf(out, "      death: {before: %.4g, after: %.4g}\n",
                    a->death_before * MSP_DAYS_PER_MONTH, a->death_after * MSP_DAYS_PER_MONTH);
}

static void number(grid *g, double x)
{
    if (isnan(x))
        grid_cell(g, "not reached");
    else
        grid_cell(g, "%.4g", x);
}

static void as_text(const calibration *c, msp_text *out)
{
    grid g = {0};
    static const char *const head[] = {"arm",          "figure", "at",   "target",
                                       "as it stands", "found",  "true", "source"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(head); i++)
        grid_cell(&g, "%s", head[i]);
    for (size_t a = 0; a < msp_virtual_n_courses(&c->plan); a++) {
        size_t n;
        const msp_virtual_target *targets = targets_of(c, a, &n);
        char name[COURSE_NAME];
        name_of(c, a, name);
        for (size_t i = 0; i < n; i++) {
            const msp_virtual_target *t = &targets[i];
            grid_row(&g);
            grid_cell(&g, "%s", name);
            grid_cell(&g, "%s", figures[t->figure.value]);
            if (msp_was_said(t->time.at))
                grid_cell(&g, "%.4g", t->time.value);
            else
                grid_cell(&g, "%s", "");
            number(&g, t->value.value);
            number(&g, c->before[a][i]);
            number(&g, c->after[a][i]);
            if (is_pfs(t))
                number(&g, c->truth[a][i]);
            else
                grid_cell(&g, "%s", "");
            grid_cell(&g, "%s", t->source.text != NULL ? t->source.text : "");
        }
    }
    grid_print(&g, out);
    msp_text_printf(out, "\nsimulated; %zu patients an arm, others than those of the search\n\n",
                    c->n);
    msp_text_add(out, "  arms:\n");
    for (size_t a = 0; a < c->plan.n_arms; a++)
        arm_as_yaml(&c->plan.arm[a], out);
    if (c->plan.crossover.said != NULL)
        crossover_as_yaml(&c->plan.arm[c->plan.crossover.to], out);
}

/* -- as JSON and CSV -- */

/* Which a crossover has not. */
static void put_rates(msp_json *json, const msp_virtual_course *arm)
{
    msp_json_put_double(json, "growth_median", exp(arm->growth.location) * MSP_DAYS_PER_MONTH);
    msp_json_put_double(json, "growth_spread", arm->growth.scale);
    msp_json_put_double(json, "refractory", arm->refractory);
    msp_json_put_double(json, "deep", arm->deep);
    msp_json_put_double(json, "death_after", arm->death_after * MSP_DAYS_PER_MONTH);
}

static void as_json(const calibration *c, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_bool(&json, "simulated", true);
    msp_json_put_int(&json, "patients_an_arm", (int64_t)c->n);
    msp_json_put_int(&json, "seed", (int64_t)c->common->seed);
    msp_json_key(&json, "arms");
    msp_json_begin_array(&json);
    for (size_t a = 0; a < msp_virtual_n_courses(&c->plan); a++) {
        const msp_virtual_course *arm = &c->plan.arm[a];
        const bool after = a >= c->plan.n_arms;
        const msp_virtual_target *targets;
        size_t n;
        char name[COURSE_NAME];
        name_of(c, a, name);
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "arm", name);
        msp_json_put_double(&json, "decay_median", exp(arm->decay.location) * MSP_DAYS_PER_MONTH);
        msp_json_put_double(&json, "decay_spread", arm->decay.scale);
        msp_json_put_double(&json, "resistant_median", exp(arm->resistant.location));
        msp_json_put_double(&json, "resistant_spread", arm->resistant.scale);
        if (after)
            msp_json_put_double(&json, "growth", exp(arm->growth.location));
        else
            put_rates(&json, arm);
        msp_json_key(&json, "targets");
        msp_json_begin_array(&json);
        targets = targets_of(c, a, &n);
        for (size_t i = 0; i < n; i++) {
            const msp_virtual_target *t = &targets[i];
            msp_json_begin_object(&json);
            msp_json_put_text(&json, "figure", figures[t->figure.value]);
            msp_json_put_double(&json, "target", t->value.value);
            msp_json_put_double(&json, "before", c->before[a][i]);
            msp_json_put_double(&json, "achieved", c->after[a][i]);
            if (is_pfs(t))
                msp_json_put_double(&json, "true", c->truth[a][i]);
            msp_json_end_object(&json);
        }
        msp_json_end_array(&json);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void as_csv(const calibration *c, msp_text *out)
{
    msp_text_add(out, "arm,figure,target,before,achieved\n");
    for (size_t a = 0; a < msp_virtual_n_courses(&c->plan); a++) {
        size_t n;
        const msp_virtual_target *targets = targets_of(c, a, &n);
        char name[COURSE_NAME];
        name_of(c, a, name);
        for (size_t i = 0; i < n; i++) {
            const double x[] = {targets[i].value.value, c->before[a][i], c->after[a][i]};
            msp_text_add_field(out, name);
            msp_text_printf(out, ",%s", figures[targets[i].figure.value]);
            for (size_t k = 0; k < MSP_COUNT(x); k++) {
                char text[MSP_DOUBLE_MAX] = "";
                if (isfinite(x[k]))
                    msp_double_format(x[k], text);
                msp_text_printf(out, ",%s", text);
            }
            msp_text_add_char(out, '\n');
        }
    }
}

int virtual_calibrate(const virtual_values *v, const cli_common *common, const char *path)
{
    static void (*const as[])(const calibration *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    calibration c = {.common = common, .n = v->crowd > 0 ? (size_t)v->crowd : CROWD};
    msp_error err = {0};
    msp_text text = {0};
    msp_status rc = cli_read_protocol(common, path, &c.protocol, &err);
    if (rc == MSP_OK)
        rc = msp_virtual_plan_make(&c.protocol, 0, &c.arena, &c.plan, &err);
    if (rc == MSP_OK)
        rc = calibrate(&c, &err);
    if (rc == MSP_OK)
        as[common->format](&c, &text);
    const int exit_code = cli_answer(common, rc, &text, &err);
    msp_protocol_free(&c.protocol);
    msp_arena_free(&c.arena);
    return exit_code;
}
