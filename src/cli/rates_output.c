/* rates_output.c - the answer of `rates` as JSON, as text for people, and as CSV. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "rates.h"

/* -- as JSON -- */

/* The estimate and its limits, as members of an open object. */
static void put_limits(msp_json *json, const msp_interval *i)
{
    msp_json_put_double(json, "estimate", i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void put_interval(msp_json *json, const char *key, const msp_interval *i)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_limits(json, i);
    msp_json_end_object(json);
}

static void put_p(msp_json *json, const char *key, const msp_prob *p)
{
    msp_json_put_double(json, key, p->p);
    if (p->p < 1e-15) {
        char log_key[32];
        snprintf(log_key, sizeof log_key, "log_%s", key);
        msp_json_put_double(json, log_key, p->log_p);
    }
}

static void put_group(msp_json *json, const rates_job *j, const rates_group *g)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", g->name);
    msp_json_put_int(json, "events", g->events);
    msp_json_put_int(json, "n", g->n);
    put_limits(json, &g->rate);
    if (j->has_null) {
        msp_json_key(json, "test");
        msp_json_begin_object(json);
        msp_json_put_double(json, "null", j->v->null);
        put_p(json, "p", &g->test);
        msp_json_end_object(json);
    }
    msp_json_end_object(json);
}

/* The default method's figures, with the others beside them. */
static void put_contrast(msp_json *json, const char *key, const msp_rates_contrast *c,
                         const char *method)
{
    const bool difference = strcmp(key, "difference") == 0;
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_limits(json, difference ? &c->miettinen_nurminen : &c->wald);
    msp_json_put_text(json, "method", method);
    if (difference)
        put_interval(json, "newcombe", &c->newcombe);
    if (strcmp(key, "odds_ratio") == 0)
        put_interval(json, "conditional_exact", &c->exact);
    if (difference)
        put_interval(json, "wald", &c->wald);
    else
        put_interval(json, "miettinen_nurminen", &c->miettinen_nurminen);
    msp_json_end_object(json);
}

static void put_exact(msp_json *json, const char *key, const msp_fisher *f)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_p(json, "p", &f->two_sided);
    put_p(json, "p_less", &f->less);
    put_p(json, "p_greater", &f->greater);
    put_p(json, "mid_p", &f->mid_two_sided);
    put_p(json, "mid_p_less", &f->mid_less);
    put_p(json, "mid_p_greater", &f->mid_greater);
    if (f->note != NULL)
        msp_json_put_text(json, "note", f->note);
    msp_json_end_object(json);
}

/* As members of an open object. */
static void put_test(msp_json *json, const msp_test *t, const char *note)
{
    const msp_prob p = {t->p, t->log_p};
    msp_json_put_double(json, "statistic", t->statistic);
    msp_json_put_double(json, "df", t->df);
    put_p(json, "p", &p);
    if (note != NULL)
        msp_json_put_text(json, "note", note);
}

static void put_chi_square(msp_json *json, const char *key, const msp_test *t, const char *note)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    put_test(json, t, note);
    msp_json_end_object(json);
}

static void put_cmh(msp_json *json, const msp_rates_strata *s)
{
    msp_json_key(json, "cmh");
    msp_json_begin_object(json);
    put_test(json, &s->cmh, s->cmh_note);
    msp_json_put_double(json, "odds_ratio", s->odds_ratio.estimate);
    msp_json_put_double(json, "lower", s->odds_ratio.lower);
    msp_json_put_double(json, "upper", s->odds_ratio.upper);
    if (s->odds_ratio.note != NULL)
        msp_json_put_text(json, "odds_ratio_note", s->odds_ratio.note);
    put_interval(json, "risk_ratio", &s->risk_ratio);
    put_interval(json, "conditional_exact", &s->odds_ratio_exact);
    put_exact(json, "exact", &s->exact);
    msp_json_end_object(json);
    msp_json_key(json, "stratified_difference");
    msp_json_begin_object(json);
    put_limits(json, &s->difference);
    msp_json_put_text(json, "method", "miettinen-nurminen");
    msp_json_put_text(json, "weights", "mantel-haenszel");
    put_interval(json, "sato", &s->difference_sato);
    msp_json_end_object(json);
    put_chi_square(json, "breslow_day", &s->breslow_day, s->breslow_day_note);
    put_chi_square(json, "tarone", &s->tarone, s->breslow_day_note);
}

static void put_strata(msp_json *json, const rates_job *j)
{
    msp_json_key(json, "strata");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->n_strata; i++) {
        const msp_two_by_two *t = &j->tables[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "stratum", j->stratum.level[i]);
        msp_json_put_int(json, "events_1", t->x1);
        msp_json_put_int(json, "n_1", t->n1);
        msp_json_put_int(json, "events_2", t->x2);
        msp_json_put_int(json, "n_2", t->n2);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void rates_as_json(const rates_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    if (j->v->counts.n == 0) {
        msp_json_put_int(&json, "n", (int64_t)j->n);
        msp_json_put_int(&json, "n_missing", (int64_t)j->n_missing);
    }
    msp_json_put_double(&json, "level", j->v->level);
    msp_json_put_text(&json, "alternative", rates_alternatives[j->v->alternative]);
    msp_json_put_text(&json, "method", msp_proportion_method_name(j->method));
    msp_json_key(&json, "groups");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n_groups; i++)
        put_group(&json, j, &j->groups[i]);
    msp_json_end_array(&json);
    if (j->n_groups == 2) {
        put_contrast(&json, "difference", &j->pair.difference, "miettinen-nurminen");
        put_contrast(&json, "odds_ratio", &j->pair.odds_ratio, "wald");
        put_contrast(&json, "risk_ratio", &j->pair.risk_ratio, "wald");
        put_exact(&json, "fisher", &j->pair.fisher);
    }
    if (j->n_groups > 1)
        put_chi_square(&json, "chi_square", &j->chi_square, j->chi_square_note);
    if (j->n_strata > 0) {
        msp_json_put_int(&json, "n_missing_stratum", (int64_t)j->n_missing_stratum);
        put_cmh(&json, &j->strata);
        put_strata(&json, j);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

/* Five significant digits: what a person reads. */
static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    if (isinf(x))
        return x > 0 ? "infinite" : "-infinite";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

static const char *p_text(const msp_prob *p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p->p))
        return "NE";
    if (p->p < 1e-300)
        snprintf(out, MSP_DOUBLE_MAX, p->log_p > -1e6 ? "< 1e-300 (1e%.0f)" : "< 1e-300 (1e%.3g)",
                 floor(p->log_p / log(10)));
    else
        snprintf(out, MSP_DOUBLE_MAX, p->p < 0.0001 ? "%.2g" : "%.4f", p->p);
    return out;
}

static void limits_cell(grid *g, const msp_interval *i, double scale)
{
    char a[MSP_DOUBLE_MAX], b[MSP_DOUBLE_MAX];
    grid_cell(g, "(%s, %s)", number(scale * i->lower, a), number(scale * i->upper, b));
}

static void groups_as_text(const rates_job *j, msp_text *out)
{
    grid g = {0};
    char x[MSP_DOUBLE_MAX];
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "group");
    grid_cell(&g, "events");
    grid_cell(&g, "n");
    grid_cell(&g, "%%");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    if (j->has_null)
        grid_cell(&g, "p against %g", j->v->null);
    for (size_t i = 0; i < j->n_groups; i++) {
        const rates_group *group = &j->groups[i];
        grid_row(&g);
        grid_cell(&g, "%s", group->name);
        grid_cell(&g, "%lld", (long long)group->events);
        grid_cell(&g, "%lld", (long long)group->n);
        grid_cell(&g, "%s", number(100 * group->rate.estimate, x));
        limits_cell(&g, &group->rate, 100);
        if (j->has_null)
            grid_cell(&g, "%s", p_text(&group->test, x));
    }
    grid_print(&g, out);
    for (size_t i = 0; i < j->n_groups; i++)
        if (j->groups[i].rate.note != NULL)
            msp_text_printf(out, "  %s: %s\n", j->groups[i].name, j->groups[i].rate.note);
}

static void contrast_row(grid *g, const char *what, const msp_interval *i, const char *method)
{
    char x[MSP_DOUBLE_MAX];
    grid_row(g);
    grid_cell(g, "%s, %s", what, method);
    grid_cell(g, "%s", number(i->estimate, x));
    limits_cell(g, i, 1);
}

static void contrast_head(const rates_job *j, grid *g)
{
    grid_row(g);
    grid_cell(g, "%s to %s", j->groups[0].name, j->groups[1].name);
    grid_cell(g, "estimate");
    grid_cell(g, "(%g %% CI)", 100 * j->v->level);
}

/* Why figures are not there, each reason once. */
static void notes_as_text(const msp_interval *const *intervals, size_t n, msp_text *out)
{
    for (size_t i = 0; i < n; i++) {
        bool said = intervals[i]->note == NULL;
        for (size_t k = 0; k < i && !said; k++)
            said =
                intervals[k]->note != NULL && strcmp(intervals[k]->note, intervals[i]->note) == 0;
        if (!said)
            msp_text_printf(out, "  note: %s\n", intervals[i]->note);
    }
}

static void exact_as_text(const char *what, const msp_fisher *f, msp_text *out)
{
    char p[MSP_DOUBLE_MAX], less[MSP_DOUBLE_MAX], greater[MSP_DOUBLE_MAX], mid[MSP_DOUBLE_MAX];
    if (f->note != NULL) {
        msp_text_printf(out, "%s: p = %s, %s\n", what, p_text(&f->two_sided, p), f->note);
        return;
    }
    msp_text_printf(out, "%s: two-sided p = %s (mid-p %s), less %s, greater %s\n", what,
                    p_text(&f->two_sided, p), p_text(&f->mid_two_sided, mid),
                    p_text(&f->less, less), p_text(&f->greater, greater));
}

static void test_as_text(const char *what, const msp_test *t, const char *note, msp_text *out)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    const msp_prob p = {t->p, t->log_p};
    if (note != NULL)
        msp_text_printf(out, "%s: not estimable, %s\n", what, note);
    else
        msp_text_printf(out, "%s: %s on %g df, p = %s\n", what, number(t->statistic, x), t->df,
                        p_text(&p, y));
}

static void pair_as_text(const rates_job *j, msp_text *out)
{
    const msp_rates_pair *p = &j->pair;
    const msp_interval *const all[] = {&p->difference.miettinen_nurminen, &p->risk_ratio.wald,
                                       &p->odds_ratio.wald, &p->odds_ratio.exact};
    grid g = {0};
    contrast_head(j, &g);
    contrast_row(&g, "difference", &p->difference.miettinen_nurminen, "Miettinen-Nurminen");
    contrast_row(&g, "difference", &p->difference.newcombe, "Newcombe");
    contrast_row(&g, "risk ratio", &p->risk_ratio.wald, "Wald");
    contrast_row(&g, "odds ratio", &p->odds_ratio.wald, "Wald");
    contrast_row(&g, "odds ratio", &p->odds_ratio.exact, "conditional, exact");
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
    notes_as_text(all, MSP_COUNT(all), out);
    msp_text_add_char(out, '\n');
    exact_as_text("Fisher's exact test", &p->fisher, out);
}

static void strata_as_text(const rates_job *j, msp_text *out)
{
    const msp_rates_strata *s = &j->strata;
    const msp_interval *const all[] = {&s->difference, &s->risk_ratio, &s->odds_ratio,
                                       &s->odds_ratio_exact};
    grid g = {0};
    msp_text_printf(out, "\nin %zu strata:\n", j->n_strata);
    contrast_head(j, &g);
    contrast_row(&g, "difference", &s->difference, "Miettinen-Nurminen");
    contrast_row(&g, "risk ratio", &s->risk_ratio, "Mantel-Haenszel");
    contrast_row(&g, "odds ratio", &s->odds_ratio, "Mantel-Haenszel");
    contrast_row(&g, "odds ratio", &s->odds_ratio_exact, "conditional, exact");
    grid_print(&g, out);
    notes_as_text(all, MSP_COUNT(all), out);
    msp_text_add_char(out, '\n');
    test_as_text("Cochran-Mantel-Haenszel chi-square", &s->cmh, s->cmh_note, out);
    exact_as_text("exact test", &s->exact, out);
    test_as_text("Breslow-Day chi-square", &s->breslow_day, s->breslow_day_note, out);
}

void rates_as_text(const rates_job *j, msp_text *out)
{
    if (j->v->counts.n == 0) {
        msp_text_printf(out, "%zu rows", j->n);
        if (j->n_missing > 0)
            msp_text_printf(out, "; %zu rows left out for a missing value", j->n_missing);
        msp_text_add(out, "\n\n");
    }
    groups_as_text(j, out);
    if (j->n_groups == 2)
        pair_as_text(j, out);
    else if (j->n_groups > 2)
        msp_text_add_char(out, '\n');
    if (j->n_groups > 1)
        test_as_text("chi-square, not corrected", &j->chi_square, j->chi_square_note, out);
    if (j->n_strata > 0)
        strata_as_text(j, out);
    msp_text_printf(out, "\n%s intervals of the proportions. NE: not estimable.\n",
                    msp_proportion_method_name(j->method));
    if (j->v->alternative != 0)
        msp_text_printf(out, "One-sided (%s): every interval, and the test against a fixed rate.\n",
                        rates_alternatives[j->v->alternative]);
}

/* -- as CSV: one number a line -- */

static void csv_line(msp_text *out, const char *name, const char *what, const char *method,
                     const msp_interval *i)
{
    const double numbers[] = {i->estimate, i->lower, i->upper};
    msp_text_add_field(out, name);
    msp_text_printf(out, ",%s,%s", what, method);
    for (size_t k = 0; k < MSP_COUNT(numbers); k++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[k]))
            msp_text_add_double(out, numbers[k]);
    }
    msp_text_add_char(out, '\n');
}

static void csv_number(msp_text *out, const char *name, const char *what, const char *method,
                       double x)
{
    const msp_interval only = {x, (double)NAN, (double)NAN, NULL};
    csv_line(out, name, what, method, &only);
}

static void csv_contrast(msp_text *out, const char *what, const msp_rates_contrast *c)
{
    csv_line(out, "1 to 2", what, "miettinen-nurminen", &c->miettinen_nurminen);
    csv_line(out, "1 to 2", what, "wald", &c->wald);
    if (strcmp(what, "difference") == 0)
        csv_line(out, "1 to 2", what, "newcombe", &c->newcombe);
    if (strcmp(what, "odds_ratio") == 0)
        csv_line(out, "1 to 2", what, "conditional-exact", &c->exact);
}

static void csv_test(msp_text *out, const char *name, const char *method, const msp_test *t)
{
    csv_number(out, name, "chi_square", method, t->statistic);
    csv_number(out, name, "df", method, t->df);
    csv_number(out, name, "p", method, t->p);
}

static void csv_exact(msp_text *out, const char *name, const msp_fisher *f)
{
    csv_number(out, name, "p", "exact", f->two_sided.p);
    csv_number(out, name, "p_less", "exact", f->less.p);
    csv_number(out, name, "p_greater", "exact", f->greater.p);
    csv_number(out, name, "mid_p", "exact", f->mid_two_sided.p);
}

static void csv_strata(msp_text *out, const msp_rates_strata *s)
{
    csv_line(out, "stratified", "difference", "miettinen-nurminen", &s->difference);
    csv_line(out, "stratified", "difference", "sato", &s->difference_sato);
    csv_line(out, "stratified", "risk_ratio", "mantel-haenszel", &s->risk_ratio);
    csv_line(out, "stratified", "odds_ratio", "mantel-haenszel", &s->odds_ratio);
    csv_line(out, "stratified", "odds_ratio", "conditional-exact", &s->odds_ratio_exact);
    csv_test(out, "stratified", "cochran-mantel-haenszel", &s->cmh);
    csv_test(out, "stratified", "breslow-day", &s->breslow_day);
    csv_test(out, "stratified", "tarone", &s->tarone);
    csv_exact(out, "stratified", &s->exact);
}

void rates_as_csv(const rates_job *j, msp_text *out)
{
    const char *method = msp_proportion_method_name(j->method);
    msp_text_add(out, "name,statistic,method,estimate,lower,upper\n");
    for (size_t i = 0; i < j->n_groups; i++) {
        const rates_group *g = &j->groups[i];
        csv_number(out, g->name, "events", "", (double)g->events);
        csv_number(out, g->name, "n", "", (double)g->n);
        csv_line(out, g->name, "proportion", method, &g->rate);
        if (j->has_null)
            csv_number(out, g->name, "p", "exact", g->test.p);
    }
    if (j->n_groups == 2) {
        csv_contrast(out, "difference", &j->pair.difference);
        csv_contrast(out, "risk_ratio", &j->pair.risk_ratio);
        csv_contrast(out, "odds_ratio", &j->pair.odds_ratio);
        csv_exact(out, "fisher", &j->pair.fisher);
    }
    if (j->n_groups > 1)
        csv_test(out, "chi_square", "pearson", &j->chi_square);
    if (j->n_strata > 0)
        csv_strata(out, &j->strata);
}
