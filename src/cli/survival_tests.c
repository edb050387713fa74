/* survival_tests.c - the arms compared: tests and differences. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

static void put_numbers(msp_json *json, const char *key, const double *x, size_t n)
{
    msp_json_key(json, key);
    msp_json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        msp_json_double(json, x[i]);
    msp_json_end_array(json);
}

static void put_test(msp_json *json, const survival_job *j)
{
    const msp_logrank *t = &j->survival.test;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", j->v->test);
    msp_json_put_double(json, "statistic", t->test.statistic);
    msp_json_put_double(json, "df", t->test.df);
    msp_json_put_double(json, "z", t->z);
    part_put_p(json, t->test.p, t->test.log_p);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    put_numbers(json, "observed", t->observed, t->n_groups);
    put_numbers(json, "expected", t->expected, t->n_groups);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    else if (isnan(t->z))
        msp_json_put_text(json, "note", "z is for two groups");
    msp_json_end_object(json);
}

static void put_combination(msp_json *json, const survival_job *j)
{
    const msp_maxcombo *t = &j->survival.combination;
    msp_json_key(json, "test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "name", j->v->test);
    msp_json_put_double(json, "statistic", t->note == NULL ? fabs(t->z[t->largest]) : (double)NAN);
    msp_json_put_double(json, "df", (double)NAN);
    msp_json_put_double(json, "z", t->note == NULL ? t->z[t->largest] : (double)NAN);
    part_put_p(json, t->p, t->log_p);
    msp_json_put_text(json, "alternative", survival_alternatives[j->v->alternative]);
    msp_json_key(json, "tests");
    msp_json_begin_array(json);
    for (size_t i = 0; i < t->n_tests; i++) {
        msp_json_begin_object(json);
        msp_json_put_double(json, "rho", t->weights[i].rho);
        msp_json_put_double(json, "gamma", t->weights[i].gamma);
        msp_json_put_double(json, "z", t->z[i]);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    if (t->note != NULL)
        msp_json_put_text(json, "note", t->note);
    msp_json_end_object(json);
}

void part_put_contrast(msp_json *json, const msp_survival_contrast *c)
{
    const msp_difference *d = &c->difference;
    msp_json_begin_object(json);
    msp_json_put_text(json, "what", c->what);
    msp_json_put_text(json, "arm", c->arm);
    msp_json_put_text(json, "against", c->against);
    msp_json_put_double(json, "at", c->at);
    msp_json_put_double(json, "estimate", d->estimate);
    msp_json_put_double(json, "std_error", d->std_error);
    msp_json_put_double(json, "lower", d->lower);
    msp_json_put_double(json, "upper", d->upper);
    msp_json_put_double(json, "z", d->z);
    part_put_p(json, d->p, d->log_p);
    if (d->note != NULL)
        msp_json_put_text(json, "note", d->note);
    msp_json_end_object(json);
}

static void put_contrasts(msp_json *json, const msp_survival *s)
{
    msp_json_key(json, "difference");
    msp_json_begin_array(json);
    for (size_t i = 0; i < s->n_contrasts; i++)
        part_put_contrast(json, &s->contrasts[i]);
    msp_json_end_array(json);
}

void survival_tests_json(const survival_job *j, msp_json *json)
{
    if (j->survival.n_contrasts > 0)
        put_contrasts(json, &j->survival);
    if (j->survival.has_test)
        put_test(json, j);
    if (j->survival.has_combination)
        put_combination(json, j);
}

static void contrasts_as_text(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    char x[MSP_DOUBLE_MAX];
    if (s->n_contrasts == 0)
        return;
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "arms compared");
    grid_cell(&g, "%s", "");
    grid_cell(&g, "at");
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->options.km.level);
    grid_cell(&g, "p");
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const msp_survival_contrast *c = &s->contrasts[i];
        const bool ratio = strcmp(c->what, "rmst_ratio") == 0;
        grid_row(&g);
        grid_cell(&g, "%s %s %s", c->arm, ratio ? "/" : "-", c->against);
        grid_cell(&g, "%s", strcmp(c->what, "survival") == 0 ? "S" : "mean time");
        grid_cell(&g, "%s", part_number(c->at, x));
        grid_cell(&g, "%s", part_number(c->difference.estimate, x));
        part_limits_cell(&g, c->difference.lower, c->difference.upper);
        part_p(c->difference.p, c->difference.log_p, x);
        grid_cell(&g, "%s", x);
    }
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

static void test_as_text(const survival_job *j, msp_text *out)
{
    const msp_logrank *t = &j->survival.test;
    if (j->weight != NULL && j->survival.n_arms > 1)
        msp_text_add(out, "\nno log-rank test of weighted rows: the model's score test stands for "
                          "it\n");
    if (!j->survival.has_test)
        return;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\n%slog-rank test", j->v->strata.n > 0 ? "stratified " : "");
    if (j->options.weight != NULL)
        msp_text_printf(out, " (%s)", j->v->test);
    msp_text_add(out, ": ");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    part_p(t->test.p, t->test.log_p, p);
    msp_text_printf(out, "chi-square %s on %g df", part_number(t->test.statistic, a), t->test.df);
    if (!isnan(t->z))
        msp_text_printf(out, ", z %s", part_number(t->z, b));
    msp_text_printf(out, ", %s p = %s\n", j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

static void combination_as_text(const survival_job *j, msp_text *out)
{
    const msp_maxcombo *t = &j->survival.combination;
    if (!j->survival.has_combination)
        return;
    char p[MSP_DOUBLE_MAX], a[MSP_DOUBLE_MAX];
    msp_text_printf(out, "\n%sMaxCombo test: ", j->v->strata.n > 0 ? "stratified " : "");
    if (t->note != NULL) {
        msp_text_printf(out, "not estimable, %s\n", t->note);
        return;
    }
    part_p(t->p, t->log_p, p);
    const msp_time_weight *w = &t->weights[t->largest];
    msp_text_printf(out, "largest z %s (rho %g, gamma %g), %s p = %s\n",
                    part_number(t->z[t->largest], a), w->rho, w->gamma,
                    j->v->alternative == 0 ? "two-sided" : "one-sided", p);
}

void survival_tests_text(const survival_job *j, msp_text *out)
{
    contrasts_as_text(j, out);
    test_as_text(j, out);
    combination_as_text(j, out);
}

void survival_tests_csv(const survival_job *j, msp_text *out)
{
    const msp_survival *s = &j->survival;
    if (s->has_test) {
        part_csv(out, "logrank", "chi_square", NAN, s->test.test.statistic, NAN, NAN, NAN);
        part_csv(out, "logrank", "df", NAN, s->test.test.df, NAN, NAN, NAN);
        part_csv(out, "logrank", "z", NAN, s->test.z, NAN, NAN, NAN);
        part_csv(out, "logrank", "p", NAN, s->test.test.p, NAN, NAN, NAN);
    }
    if (s->has_combination) {
        part_csv(out, "maxcombo", "z", NAN, s->combination.z[s->combination.largest], NAN, NAN,
                 NAN);
        part_csv(out, "maxcombo", "p", NAN, s->combination.p, NAN, NAN, NAN);
    }
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const msp_difference *d = &s->contrasts[i].difference;
        part_csv(out, s->contrasts[i].arm,
                 strcmp(s->contrasts[i].what, "survival") == 0 ? "survival_difference"
                 : strcmp(s->contrasts[i].what, "rmst") == 0   ? "rmst_difference"
                                                               : "rmst_ratio",
                 s->contrasts[i].at, d->estimate, d->std_error, d->lower, d->upper);
    }
}
