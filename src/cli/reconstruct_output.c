/* reconstruct_output.c - what was rebuilt: as text and JSON how well, as CSV the patients. */
#include <math.h>

#include "grid.h"
#include "mspike/stats/dist.h"
#include "reconstruct.h"

typedef struct limits {
    double estimate, lower, upper;
} limits;

static limits hazard_ratio(const reconstruct_job *j)
{
    const msp_reconstructed_hazard *h = &j->hazard;
    const double z = msp_dist_normal_limit(j->v->level) * h->std_error;
    return (limits){exp(h->log_hr), exp(h->log_hr - z), exp(h->log_hr + z)};
}

/* -- as JSON -- */

static void put_pieces(const msp_reconstructed *r, msp_json *json)
{
    msp_json_key(json, "pieces");
    msp_json_begin_array(json);
    for (size_t k = 0; k < r->n_pieces; k++) {
        const msp_reconstructed_piece *p = &r->piece[k];
        msp_json_begin_object(json);
        msp_json_put_double(json, "from", p->from);
        msp_json_put_int(json, "at_risk", (int64_t)p->at_risk);
        msp_json_put_int(json, "events", (int64_t)p->events);
        msp_json_put_int(json, "censored", (int64_t)p->censored);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_arm(const reconstruct_arm *arm, msp_json *json)
{
    const msp_reconstructed *r = &arm->even;
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", arm->name);
    msp_json_put_int(json, "n", (int64_t)r->n);
    msp_json_put_int(json, "events", (int64_t)r->n_events);
    msp_json_key(json, "events_published");
    if (arm->curve.events == MSP_EVENTS_UNKNOWN)
        msp_json_null(json);
    else
        msp_json_int(json, (int64_t)arm->curve.events);
    msp_json_put_int(json, "lacking", (int64_t)r->lacking);
    msp_json_put_double(json, "median_read", r->median_read);
    msp_json_put_double(json, "median", r->median);
    msp_json_put_double(json, "rmse", r->rmse);
    msp_json_put_double(json, "largest_error", r->largest_error);
    put_pieces(r, json);
    msp_json_end_object(json);
}

static const char no_ratio[] =
    "an arm has no event in a reconstruction while the other has patients";

static void put_hazard(const reconstruct_job *j, msp_json *json)
{
    const limits hr = hazard_ratio(j);
    msp_json_key(json, "hazard_ratio");
    msp_json_begin_object(json);
    msp_json_put_text(json, "arm", j->arm[j->experimental].name);
    msp_json_put_text(json, "reference", j->arm[1 - j->experimental].name);
    msp_json_put_double(json, "estimate", hr.estimate);
    msp_json_put_double(json, "lower", hr.lower);
    msp_json_put_double(json, "upper", hr.upper);
    msp_json_put_double(json, "log_estimate", j->hazard.log_hr);
    msp_json_put_double(json, "std_error", j->hazard.std_error);
    msp_json_put_double(json, "std_error_between", j->hazard.between);
    msp_json_put_double(json, "log_estimate_even", j->hazard.even);
    msp_json_put_int(json, "draws", (int64_t)j->hazard.draws);
    if (isnan(hr.estimate))
        msp_json_put_text(json, "note", no_ratio);
    msp_json_end_object(json);
}

static void as_json(const reconstruct_job *j, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_key(&json, "arms");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++)
        put_arm(&j->arm[i], &json);
    msp_json_end_array(&json);
    if (j->has_hazard)
        put_hazard(j, &json);
    msp_findings_put(&j->findings, &json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void add_patients(const msp_reconstructed *r, uint64_t draw, const char *arm, msp_text *out)
{
    for (size_t i = 0; i < r->n; i++) {
        msp_text_printf(out, "%llu,", (unsigned long long)draw);
        msp_text_add_field(out, arm);
        msp_text_add_char(out, ',');
        msp_text_add_double(out, r->time[i]);
        msp_text_add(out, r->event[i] ? ",1\n" : ",0\n");
    }
}

/* Without draws the even reconstruction is the only set, draw 0. */
static msp_status as_csv(const reconstruct_job *j, msp_text *out, msp_error *err)
{
    msp_text_add(out, "draw,arm,time,event\n");
    for (size_t i = 0; j->v->draws == 0 && i < j->n; i++)
        add_patients(&j->arm[i].even, 0, j->arm[i].name, out);
    for (uint64_t d = 1; d <= j->v->draws; d++)
        for (size_t i = 0; i < j->n; i++) {
            /* Each arm a stream of its own. */
            const msp_reconstruct_draw draw = {j->v->common.seed, d * RECONSTRUCT_ARMS + i,
                                               j->v->reading};
            msp_reconstructed r;
            const msp_status rc = msp_reconstruct(&j->arm[i].curve, &draw, &r, err);
            if (rc != MSP_OK)
                return rc;
            add_patients(&r, d, j->arm[i].name, out);
            msp_reconstructed_free(&r);
        }
    return MSP_OK;
}

/* -- as text -- */

static void add_arm(const reconstruct_arm *arm, grid *g)
{
    const msp_reconstructed *r = &arm->even;
    grid_row(g);
    grid_cell(g, "%s", arm->name);
    grid_cell(g, "%zu", r->n);
    grid_cell(g, "%zu", r->n_events);
    if (arm->curve.events == MSP_EVENTS_UNKNOWN)
        grid_cell(g, "-");
    else
        grid_cell(g, "%zu", arm->curve.events);
    if (isnan(r->median))
        grid_cell(g, "not reached");
    else
        grid_cell(g, "%.4g", r->median);
    if (isnan(r->median_read))
        grid_cell(g, "not reached");
    else
        grid_cell(g, "%.4g", r->median_read);
    grid_cell(g, "%.4f", r->rmse);
    grid_cell(g, "%.4f", r->largest_error);
}

static void as_text(const reconstruct_job *j, msp_text *out)
{
    static const char *const head[] = {"arm",    "patients",    "events",     "published",
                                       "median", "median read", "mean error", "largest"};
    grid g = {0};
    grid_row(&g);
    for (size_t k = 0; k < MSP_COUNT(head); k++)
        grid_cell(&g, "%s", head[k]);
    for (size_t i = 0; i < j->n; i++)
        add_arm(&j->arm[i], &g);
    grid_print(&g, out);
    for (size_t i = 0; i < j->n; i++)
        if (j->arm[i].even.lacking > 0)
            msp_text_printf(out,
                            "\n  %s lacks %zu of the published events: the curve cannot hold "
                            "them.\n",
                            j->arm[i].name, j->arm[i].even.lacking);
    if (!j->has_hazard)
        return;
    const limits hr = hazard_ratio(j);
    if (isnan(hr.estimate)) {
        msp_text_printf(out, "\n  Hazard ratio of %s to %s: not estimable, %s.\n",
                        j->arm[j->experimental].name, j->arm[1 - j->experimental].name, no_ratio);
        return;
    }
    msp_text_printf(
        out,
        "\n  Hazard ratio of %s to %s: %.4f (%.4f-%.4f), of %zu reconstructions.\n"
        "  Standard error of its logarithm %.4f, of which %.4f is what the print leaves "
        "open.\n",
        j->arm[j->experimental].name, j->arm[1 - j->experimental].name, hr.estimate, hr.lower,
        hr.upper, j->hazard.draws, j->hazard.std_error, j->hazard.between);
}

msp_status reconstruct_print(const reconstruct_job *j, msp_text *out, msp_error *err)
{
    if (j->v->common.format == CLI_CSV)
        return as_csv(j, out, err);
    if (j->v->common.format == CLI_JSON)
        as_json(j, out);
    else
        as_text(j, out);
    return MSP_OK;
}
