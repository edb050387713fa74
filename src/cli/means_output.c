/* means_output.c - the answer of `means`. */
#include <math.h>
#include <stdio.h>

#include "grid.h"
#include "means.h"

/* -- as JSON -- */

static void put_limits(msp_json *json, const msp_interval *i)
{
    msp_json_put_double(json, "estimate", i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void put_p(msp_json *json, double p, double log_p)
{
    msp_json_put_double(json, "p", p);
    if (p < 1e-15)
        msp_json_put_double(json, "log_p", log_p);
}

static void put_group(msp_json *json, const char *name, const msp_describe *d)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", name);
    msp_json_put_int(json, "n", (int64_t)d->n);
    msp_json_put_double(json, "mean", d->mean);
    msp_json_put_double(json, "standard_deviation", d->standard_deviation);
    msp_json_put_double(json, "minimum", d->minimum);
    msp_json_put_double(json, "lower_quartile", d->lower_quartile);
    msp_json_put_double(json, "median", d->median);
    msp_json_put_double(json, "upper_quartile", d->upper_quartile);
    msp_json_put_double(json, "maximum", d->maximum);
    if (d->n < 2)
        msp_json_put_text(json, "note", "one value has no standard deviation");
    msp_json_end_object(json);
}

static void put_pair(msp_json *json, const means_job *j)
{
    msp_json_key(json, "t_test");
    msp_json_begin_object(json);
    msp_json_put_text(json, "method", j->v->pooled ? "pooled" : "welch");
    msp_json_put_double(json, "t", j->t.t);
    msp_json_put_double(json, "df", j->t.df);
    put_p(json, j->t.p.p, j->t.p.log_p);
    msp_json_put_double(json, "std_error", j->t.std_error);
    put_limits(json, &j->t.difference);
    msp_json_end_object(json);
    msp_json_key(json, "wilcoxon");
    msp_json_begin_object(json);
    msp_json_put_double(json, "w", j->ranks.w);
    msp_json_put_bool(json, "exact", j->ranks.exact);
    if (!j->ranks.exact)
        msp_json_put_double(json, "z", j->ranks.z);
    put_p(json, j->ranks.p.p, j->ranks.p.log_p);
    if (j->ranks.note != NULL)
        msp_json_put_text(json, "note", j->ranks.note);
    msp_json_key(json, "shift");
    msp_json_begin_object(json);
    put_limits(json, &j->ranks.shift);
    msp_json_end_object(json);
    msp_json_end_object(json);
}

void means_as_json(const means_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_double(&json, "level", j->v->level);
    msp_json_put_text(&json, "alternative", means_alternatives[j->v->alternative]);
    msp_json_put_text(&json, "convention", cli_conventions[j->v->common.convention]);
    msp_json_put_text(&json, "quantiles", msp_describe_quantile_name(j->convention));
    msp_json_put_int(&json, "n_missing", (int64_t)j->n_missing);
    msp_json_key(&json, "groups");
    msp_json_begin_array(&json);
    for (size_t g = 0; g < j->n_groups; g++)
        put_group(&json, j->arm.level[g], &j->groups[g]);
    msp_json_end_array(&json);
    if (j->has_pair)
        put_pair(&json, j);
    if (j->v->strata.n > 0) {
        msp_json_key(&json, "van_elteren");
        msp_json_begin_object(&json);
        msp_json_put_double(&json, "statistic", j->stratified.statistic);
        msp_json_put_double(&json, "df", j->stratified.df);
        msp_json_put_double(&json, "z", j->stratified_z);
        put_p(&json, j->stratified.p, j->stratified.log_p);
        if (j->stratified_note != NULL)
            msp_json_put_text(&json, "note", j->stratified_note);
        msp_json_end_object(&json);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as text -- */

static const char *number(double x, char out[MSP_DOUBLE_MAX])
{
    if (isnan(x))
        return "NE";
    snprintf(out, MSP_DOUBLE_MAX, "%.5g", x);
    return out;
}

static const char *p_text(double p, char out[MSP_DOUBLE_MAX])
{
    if (isnan(p))
        return "NE";
    snprintf(out, MSP_DOUBLE_MAX, p < 0.0001 ? "%.2g" : "%.4f", p);
    return out;
}

static void groups_as_text(const means_job *j, msp_text *out)
{
    static const char *const heads[] = {"n",    "mean",   "SD",   "minimum",
                                        "25 %", "median", "75 %", "maximum"};
    char x[MSP_DOUBLE_MAX];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s", j->v->arm != NULL ? j->v->arm : "");
    for (size_t h = 0; h < MSP_COUNT(heads); h++)
        grid_cell(&g, "%s", heads[h]);
    for (size_t i = 0; i < j->n_groups; i++) {
        const msp_describe *d = &j->groups[i];
        const double row[] = {d->mean,   d->standard_deviation, d->minimum, d->lower_quartile,
                              d->median, d->upper_quartile,     d->maximum};
        grid_row(&g);
        grid_cell(&g, "%s", j->arm.level[i]);
        grid_cell(&g, "%zu", d->n);
        for (size_t k = 0; k < MSP_COUNT(row); k++)
            grid_cell(&g, "%s", number(row[k], x));
    }
    grid_print(&g, out);
}

static void contrast_row(grid *g, const char *what, const msp_interval *i, double p)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    grid_row(g);
    grid_cell(g, "%s", what);
    grid_cell(g, "%s", number(i->estimate, x));
    const char *lower = number(i->lower, x), *upper = number(i->upper, y);
    grid_cell(g, "(%s, %s)", lower, upper);
    grid_cell(g, "%s", p_text(p, x));
    grid_cell(g, "%s", i->note != NULL ? i->note : "");
}

static void pair_as_text(const means_job *j, msp_text *out)
{
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s - %s", j->arm.level[0], j->arm.level[1]);
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    grid_cell(&g, "p");
    contrast_row(&g, j->v->pooled ? "means, pooled t test" : "means, Welch's t test",
                 &j->t.difference, j->t.p.p);
    contrast_row(&g,
                 j->ranks.exact ? "shift (Hodges-Lehmann), exact Wilcoxon test"
                                : "shift (Hodges-Lehmann), Wilcoxon test",
                 &j->ranks.shift, j->ranks.p.p);
    msp_text_add_char(out, '\n');
    grid_print(&g, out);
}

void means_as_text(const means_job *j, msp_text *out)
{
    char x[MSP_DOUBLE_MAX], y[MSP_DOUBLE_MAX];
    groups_as_text(j, out);
    if (j->has_pair)
        pair_as_text(j, out);
    if (j->v->strata.n > 0 && j->stratified_note != NULL)
        msp_text_printf(out, "\nvan Elteren's test: not estimable, %s\n", j->stratified_note);
    else if (j->v->strata.n > 0)
        msp_text_printf(out, "\nvan Elteren's test: z %s, two-sided p = %s\n",
                        number(j->stratified_z, x), p_text(j->stratified.p, y));
    msp_text_printf(out, "\nQuantiles of %s (%s). NE: not estimable.",
                    msp_describe_quantile_name(j->convention),
                    j->convention == MSP_CONVENTION_SAS ? "SAS" : "R");
    if (j->has_pair)
        msp_text_printf(out, " p: %s.", means_alternatives[j->v->alternative]);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void csv_line(msp_text *out, const char *name, const char *what, double estimate,
                     double lower, double upper)
{
    const double numbers[] = {estimate, lower, upper};
    msp_text_add_field(out, name);
    msp_text_printf(out, ",%s", what);
    for (size_t k = 0; k < MSP_COUNT(numbers); k++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[k]))
            msp_text_add_double(out, numbers[k]);
    }
    msp_text_add_char(out, '\n');
}

void means_as_csv(const means_job *j, msp_text *out)
{
    msp_text_add(out, "name,statistic,estimate,lower,upper\n");
    for (size_t i = 0; i < j->n_groups; i++) {
        const msp_describe *d = &j->groups[i];
        const struct {
            const char *what;
            double x;
        } rows[] = {{"n", (double)d->n},
                    {"mean", d->mean},
                    {"standard_deviation", d->standard_deviation},
                    {"minimum", d->minimum},
                    {"lower_quartile", d->lower_quartile},
                    {"median", d->median},
                    {"upper_quartile", d->upper_quartile},
                    {"maximum", d->maximum}};
        for (size_t k = 0; k < MSP_COUNT(rows); k++)
            csv_line(out, j->arm.level[i], rows[k].what, rows[k].x, NAN, NAN);
    }
    if (j->has_pair) {
        const msp_interval *d = &j->t.difference, *s = &j->ranks.shift;
        csv_line(out, "t_test", "difference", d->estimate, d->lower, d->upper);
        csv_line(out, "t_test", "p", j->t.p.p, NAN, NAN);
        csv_line(out, "wilcoxon", "shift", s->estimate, s->lower, s->upper);
        csv_line(out, "wilcoxon", "p", j->ranks.p.p, NAN, NAN);
    }
    if (j->v->strata.n > 0)
        csv_line(out, "van_elteren", "p", j->stratified.p, NAN, NAN);
}
