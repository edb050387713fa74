/* respond_compare.c - what `mspike respond --compare` prints. */
#include <math.h>
#include <stdlib.h>

#include "cli.h"
#include "grid.h"
#include "respond.h"

msp_status respond_compare(const char *folder, const msp_reports *reports,
                           const msp_patients *patients, const msp_responses *responses,
                           const msp_tte_rules *rules, msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS],
                           msp_error *err)
{
    if (reports->investigator.n + reports->committee.n == 0) {
        const msp_status rc =
            msp_fail(err, MSP_ENODATA, "%s: no table RS with responses to compare with", folder);
        return msp_hint(err, rc, "RS holds the responses that investigators or a committee report");
    }
    return msp_assessors_compare(patients, responses, reports, rules, 0.95, pairs, err);
}

/* -- as text -- */

static void counts_as_text(const msp_assessor_pair *pair, msp_text *out)
{
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "%s \\ %s", msp_assessor_text(pair->first), msp_assessor_text(pair->second));
    for (int k = MSP_LEVEL_COUNT; k-- > 0;)
        grid_cell(&g, "%s", msp_response_level_name((msp_response_level)k));
    for (int i = MSP_LEVEL_COUNT; i-- > 0;) {
        grid_row(&g);
        grid_cell(&g, "%s", msp_response_level_name((msp_response_level)i));
        for (int k = MSP_LEVEL_COUNT; k-- > 0;)
            grid_cell(&g, "%.0f", pair->best.counts[i][k]);
    }
    grid_print(&g, out);
}

static void kappa_as_text(const char *what, const msp_agreement *a, msp_text *out)
{
    msp_text_printf(out, "%s: ", what);
    if (!isnan(a->identical))
        msp_text_printf(out, "%.1f %% alike, ", 100 * a->identical);
    if (a->note != NULL)
        msp_text_printf(out, "kappa NE (%s)\n", a->note);
    else
        msp_text_printf(out, "kappa %.3f (95 %% CI %.3f, %.3f)\n", a->kappa, a->lower, a->upper);
}

void respond_compare_as_text(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out)
{
    for (size_t i = 0; i < MSP_ASSESSOR_PAIRS; i++) {
        const msp_assessor_pair *p = &pairs[i];
        const msp_event_agreement *e = &p->progression;
        if (p->n == 0)
            continue;
        msp_text_printf(out, "%s and %s: %zu patient%s\n\n", msp_assessor_text(p->first),
                        msp_assessor_text(p->second), p->n, p->n == 1 ? "" : "s");
        counts_as_text(p, out);
        msp_text_add_char(out, '\n');
        kappa_as_text("best response (linear weights)", &p->best.levels, out);
        kappa_as_text("PR or better, or not", &p->best.responses, out);
        kappa_as_text("progression, or not", &e->events, out);
        msp_text_printf(out,
                        "progression by both %.0f: on one day %zu, %s earlier %zu, %s earlier %zu\n"
                        "by one alone: %s %.0f, %s %.0f\n\n",
                        e->counts[1][1], e->same_day, msp_assessor_text(p->first), e->first_earlier,
                        msp_assessor_text(p->second), e->second_earlier,
                        msp_assessor_text(p->first), e->counts[1][0], msp_assessor_text(p->second),
                        e->counts[0][1]);
    }
    if (out->len == 0)
        msp_text_add(out, "no patient was assessed by two\n");
}

/* -- as JSON and CSV -- */

static void put_agreement(msp_json *json, const char *key, const msp_agreement *a)
{
    msp_json_key(json, key);
    msp_json_begin_object(json);
    msp_json_put_double(json, "n", a->n);
    msp_json_put_double(json, "identical", a->identical);
    msp_json_put_double(json, "kappa", a->kappa);
    msp_json_put_double(json, "std_error", a->std_error);
    msp_json_put_double(json, "lower", a->lower);
    msp_json_put_double(json, "upper", a->upper);
    if (a->note != NULL)
        msp_json_put_text(json, "note", a->note);
    msp_json_end_object(json);
}

void respond_compare_as_json(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_key(&json, "comparisons");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < MSP_ASSESSOR_PAIRS; i++) {
        const msp_assessor_pair *p = &pairs[i];
        if (p->n == 0)
            continue;
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "first", msp_assessor_text(p->first));
        msp_json_put_text(&json, "second", msp_assessor_text(p->second));
        msp_json_put_int(&json, "patients", (int64_t)p->n);
        put_agreement(&json, "best_response", &p->best.levels);
        put_agreement(&json, "responders", &p->best.responses);
        put_agreement(&json, "progression", &p->progression.events);
        msp_json_put_int(&json, "same_day", (int64_t)p->progression.same_day);
        msp_json_put_int(&json, "first_earlier", (int64_t)p->progression.first_earlier);
        msp_json_put_int(&json, "second_earlier", (int64_t)p->progression.second_earlier);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

void respond_compare_as_csv(const msp_assessor_pair pairs[MSP_ASSESSOR_PAIRS], msp_text *out)
{
    msp_text_add(out, "first,second,first_best,second_best,patients\n");
    for (size_t i = 0; i < MSP_ASSESSOR_PAIRS; i++)
        for (int a = 0; pairs[i].n > 0 && a < MSP_LEVEL_COUNT; a++)
            for (int b = 0; b < MSP_LEVEL_COUNT; b++)
                msp_text_printf(out, "%s,%s,%s,%s,%.0f\n", msp_assessor_text(pairs[i].first),
                                msp_assessor_text(pairs[i].second),
                                msp_response_level_name((msp_response_level)a),
                                msp_response_level_name((msp_response_level)b),
                                pairs[i].best.counts[a][b]);
}
