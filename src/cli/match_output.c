/* match_output.c - what `match` prints: as text and JSON the comparison, as CSV the weights. */
#include <math.h>

#include "grid.h"
#include "match.h"
#include "mspike/stats/dist.h"

typedef struct limits {
    double estimate, lower, upper;
} limits;

static limits ratio(const match_job *j, double log_hr, double se)
{
    const double z = msp_dist_normal_limit(j->v->level);
    return (limits){exp(log_hr), exp(log_hr - z * se), exp(log_hr + z * se)};
}

static bool is_balanced(const match_job *j)
{
    return j->maic.state == MSP_MAIC_BALANCED;
}

/* A standard deviation is matched as the mean of squares. */
static double shown(const match_job *j, const match_target *t, double (*of)(const match_target *))
{
    if (!t->spread)
        return of(t);
    for (size_t k = 0; k < j->n_targets; k++) {
        const match_target *mean = &j->target[k];
        if (mean->column == t->column && !mean->spread && mean->level == NULL)
            return sqrt(fmax(0, of(t) - of(mean) * of(mean)));
    }
    return (double)NAN;
}

static double before(const match_target *t)
{
    return t->before;
}

static double after(const match_target *t)
{
    return t->after;
}

static double wanted(const match_target *t)
{
    return t->wanted;
}

/* -- as JSON -- */

static void put_ratio(const match_job *j, const char *key, double log_hr, double se, msp_json *json)
{
    const limits r = ratio(j, log_hr, se);
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "log_estimate", log_hr);
    msp_json_put_double(json, "std_error", se);
    msp_json_put_double(json, "estimate", r.estimate);
    msp_json_put_double(json, "lower", r.lower);
    msp_json_put_double(json, "upper", r.upper);
    msp_json_end_object(json);
}

static void put_targets(const match_job *j, msp_json *json)
{
    msp_json_key(json, "targets");
    msp_json_begin_array(json);
    for (size_t k = 0; k < j->n_targets; k++) {
        const match_target *t = &j->target[k];
        msp_json_begin_object(json);
        msp_json_put_text(json, "name", t->name);
        msp_json_put_double(json, "before", shown(j, t, before));
        msp_json_put_double(json, "after", shown(j, t, after));
        msp_json_put_double(json, "target", shown(j, t, wanted));
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void as_json(const match_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_int(&json, "n", (int64_t)j->n);
    msp_json_put_bool(&json, "balanced", is_balanced(j));
    msp_json_put_text(&json, "note", j->maic.note);
    msp_json_put_double(&json, "effective_sample_size", j->maic.ess);
    msp_json_put_double(&json, "largest_weight", j->maic.largest_weight);
    put_targets(j, &json);
    if (j->has_hazard) {
        put_ratio(j, "as_it_is", j->plain.log_hr, j->plain.robust_se, &json);
        if (is_balanced(j))
            put_ratio(j, "matched", j->weighted.log_hr, j->weighted.robust_se, &json);
        if (j->arm[0] != NULL) {
            put_ratio(j, "modelled", j->stc.log_hr, j->stc.std_error, &json);
            msp_json_put_text(&json, "modelled_note", j->stc.note);
        }
    }
    if (j->has_indirect) {
        put_ratio(j, "comparison", j->indirect.estimate, j->indirect.std_error, &json);
        msp_json_put_double(&json, "p", j->indirect.p);
        msp_json_put_bool(&json, "anchored", j->indirect.anchored);
        msp_json_put_bool(&json, "enough", j->indirect.enough);
        msp_json_put_text(&json, "caveat", j->indirect.caveat);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void as_csv(const match_job *j, msp_text *out)
{
    msp_text_add(out, "time,event,weight\n");
    for (size_t i = 0; i < j->n; i++) {
        msp_text_add_double(out, j->time[i]);
        msp_text_add(out, j->event[i] ? ",1," : ",0,");
        if (!isnan(j->maic.weight[i]))
            msp_text_add_double(out, j->maic.weight[i]);
        msp_text_add_char(out, '\n');
    }
}

/* -- as text -- */

static void add_ratio(const match_job *j, const char *what, double log_hr, double se, grid *g)
{
    const limits r = ratio(j, log_hr, se);
    grid_row(g);
    grid_cell(g, "%s", what);
    if (isnan(r.lower))
        grid_cell(g, "not estimable");
    else
        grid_cell(g, "%.3f (%.3f-%.3f)", r.estimate, r.lower, r.upper);
}

static void add_targets(const match_job *j, msp_text *out)
{
    static const char *const head[] = {"", "ours", "weighted", "theirs"};
    grid g = {0};
    grid_row(&g);
    for (size_t k = 0; k < MSP_COUNT(head); k++)
        grid_cell(&g, "%s", head[k]);
    for (size_t k = 0; k < j->n_targets; k++) {
        const match_target *t = &j->target[k];
        grid_row(&g);
        grid_cell(&g, "%s", t->name);
        grid_cell(&g, "%.4g", shown(j, t, before));
        if (is_balanced(j))
            grid_cell(&g, "%.4g", shown(j, t, after));
        else
            grid_cell(&g, "-");
        grid_cell(&g, "%.4g", shown(j, t, wanted));
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static void add_hazards(const match_job *j, msp_text *out)
{
    grid g = {0};
    if (j->arm[0] != NULL)
        msp_text_printf(out, "Hazard ratio of %s to %s\n", j->arm[1], j->arm[0]);
    else
        msp_text_add(out, "Hazard ratio of our patients to theirs, who are another trial's\n");
    add_ratio(j, "as it is", j->plain.log_hr, j->plain.robust_se, &g);
    if (is_balanced(j))
        add_ratio(j, "matched", j->weighted.log_hr, j->weighted.robust_se, &g);
    if (j->arm[0] != NULL)
        add_ratio(j, "modelled there", j->stc.log_hr, j->stc.std_error, &g);
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static void as_text(const match_job *j, msp_text *out)
{
    add_targets(j, out);
    if (!is_balanced(j)) {
        msp_text_printf(out, "No weights: %s.\n", j->maic.note);
    } else {
        msp_text_printf(out,
                        "%zu patients are worth %.1f after weighting; one has %.1f %% of all "
                        "weight.\n\n",
                        j->n, j->maic.ess, 100 * j->maic.largest_weight);
    }
    if (j->has_hazard)
        add_hazards(j, out);
    if (!j->has_indirect)
        return;
    const limits r = ratio(j, j->indirect.estimate, j->indirect.std_error);
    if (j->indirect.enough)
        msp_text_printf(out, "Ours to theirs, %s:\n  %.3f (%.3f-%.3f), p %.3g.\n",
                        j->indirect.caveat, r.estimate, r.lower, r.upper, j->indirect.p);
    else
        msp_text_printf(out, "Ours to theirs: no estimate, for %.1f patients are fewer than %g.\n",
                        j->maic.ess, j->v->least);
}

msp_status match_print(const match_job *j, msp_text *out, msp_error *err)
{
    if (j->v->common.format == CLI_CSV && !is_balanced(j))
        return msp_fail(err, MSP_ENUMERIC, "there are no weights: %s", j->maic.note);
    if (j->v->common.format == CLI_CSV)
        as_csv(j, out);
    else if (j->v->common.format == CLI_JSON)
        as_json(j, out);
    else
        as_text(j, out);
    return MSP_OK;
}
