/* respond_output.c - what `mspike respond` prints of patients, visits and reasons. */
#include "cli.h"
#include "grid.h"
#include "mspike/response.h"
#include "respond.h"

/* -- one patient -- */

static const char *day_text(msp_day day, char out[MSP_DATE_MAX])
{
    if (day == MSP_NO_DAY)
        return NULL;
    msp_day_format(day, out);
    return out;
}

static const char *level_text(const msp_assessed *a, uint8_t level)
{
    return a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)level);
}

static const char *chain_text(char chain)
{
    return chain == 'k' ? "kappa" : chain == 'l' ? "lambda" : NULL;
}

/* The patient judged again, so that the reasons can be told. */
static msp_status judge_again(respond_answer *answer, size_t i, msp_response_result *result,
                              msp_error *err)
{
    return msp_judge_patient(&answer->judge, &answer->patients.patients[i],
                             answer->responses.criteria[i], result, err);
}

/* "labs.csv:12", or "" where a reason has no source */
static void add_source(const respond_answer *answer, const msp_reason *r, msp_text *out)
{
    if (r->table == MSP_NO_SOURCE)
        return;
    const msp_patient_source *source = &answer->patients.sources[r->table];
    msp_text_add(out, source->file);
    msp_text_add(out, source->has_lines ? ":" : " row ");
    msp_text_add_double(out, (double)r->row + (source->has_lines ? 2 : 1));
}

/* -- as JSON -- */

static void reason_as_json(const respond_answer *answer, const msp_reason *r, msp_json *json)
{
    msp_json_begin_object(json);
    msp_json_put_text(json, "rule", r->rule);
    msp_json_put_text(json, "kind", msp_reason_kind_name(r->kind));
    msp_json_put_text(json, "text", r->text);
    if (r->table != MSP_NO_SOURCE) {
        const msp_patient_source *source = &answer->patients.sources[r->table];
        msp_json_put_text(json, "file", source->file);
        msp_json_put_int(json, source->has_lines ? "line" : "row",
                         (int64_t)r->row + (source->has_lines ? 2 : 1));
    }
    msp_json_end_object(json);
}

static void reasons_as_json(const respond_answer *answer, const msp_reasons *reasons,
                            msp_json *json)
{
    msp_json_key(json, "reasons");
    msp_json_begin_array(json);
    for (size_t i = 0; i < reasons->n; i++)
        reason_as_json(answer, &reasons->items[i], json);
    msp_json_end_array(json);
}

static void put_day(msp_json *json, const char *key, msp_day day)
{
    char text[MSP_DATE_MAX];
    msp_json_put_text(json, key, day_text(day, text));
}

static const char *method_text(const msp_mrd_test *t)
{
    return t->sequencing ? "sequencing" : "flow";
}

static msp_status find_mrd(const respond_answer *answer, size_t i, msp_arena *arena, msp_mrd *mrd,
                           msp_error *err)
{
    const msp_mrd_rules rules = msp_mrd_rules_of(&answer->rules);
    return msp_mrd_find(&answer->patients.patients[i], &answer->responses.results[i], &rules, arena,
                        mrd, err);
}

/* Nothing where residual disease was never tested. */
static msp_status mrd_as_json(const respond_answer *answer, size_t i, msp_arena *arena,
                              msp_json *json, msp_error *err)
{
    msp_mrd mrd;
    const msp_status rc = find_mrd(answer, i, arena, &mrd, err);
    if (rc != MSP_OK || mrd.n == 0)
        return rc;
    msp_json_key(json, "mrd");
    msp_json_begin_object(json);
    put_day(json, "negative_date", mrd.negative);
    put_day(json, "imaging_plus_date", mrd.imaging_plus);
    put_day(json, "sustained_date", mrd.sustained);
    put_day(json, "sustained_marrow_date", mrd.sustained_marrow);
    put_day(json, "relapse_date", mrd.relapse);
    msp_json_put_text(json, "relapse_by",
                      mrd.relapse != MSP_NO_DAY ? msp_mrd_sign_text(mrd.relapse_by) : NULL);
    msp_json_key(json, "tests");
    msp_json_begin_array(json);
    for (size_t k = 0; k < mrd.n; k++) {
        const msp_mrd_test *t = &mrd.tests[k];
        msp_json_begin_object(json);
        put_day(json, "date", t->day);
        msp_json_put_text(json, "method", method_text(t));
        msp_json_put_text(json, "negative", msp_fact_name(t->negative));
        msp_json_put_text(json, "response_reached", t->responding ? "yes" : "no");
        msp_json_put_text(json, "imaging_negative", msp_fact_name(t->imaging));
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
    return MSP_OK;
}

static msp_status patient_as_json(respond_answer *answer, size_t i, msp_json *json, msp_error *err)
{
    msp_arena arena = {0};
    msp_reasons reasons;
    msp_response_result r;
    msp_status rc = judge_again(answer, i, &r, err);
    if (rc == MSP_OK)
        rc = msp_explain_baseline(&answer->judge, &r, &arena, &reasons, err);
    if (rc != MSP_OK)
        return rc;
    msp_json_begin_object(json);
    msp_json_put_text(json, "usubjid", answer->patients.patients[i].id);
    msp_json_put_text(json, "disease_type", msp_disease_type_name(r.type));
    msp_json_put_text(json, "involved_chain", chain_text(r.chain));
    put_day(json, "baseline_date", answer->patients.patients[i].baseline);
    reasons_as_json(answer, &reasons, json);
    msp_json_put_text(json, "best_confirmed", msp_response_level_name(r.best));
    put_day(json, "best_date", r.best_day);
    put_day(json, "first_response_date", r.first_response);
    put_day(json, "progression_date", r.progression);
    msp_json_put_text(json, "progression_basis",
                      r.progression_by == MSP_PD_BASIS_NONE ? NULL
                                                            : msp_pd_basis_text(r.progression_by));
    msp_json_put_text(
        json, "progression_kind",
        r.progression_kind == MSP_PD_KIND_NONE ? NULL : msp_pd_kind_text(r.progression_kind));
    put_day(json, "clinical_relapse_date", r.clinical_relapse);
    put_day(json, "relapse_from_cr_date", r.relapse_from_cr);
    put_day(json, "significant_relapse_date", r.significant_relapse);
    rc = mrd_as_json(answer, i, &arena, json, err);
    msp_json_key(json, "visits");
    msp_json_begin_array(json);
    for (size_t k = 0; k < r.n_assessed && rc == MSP_OK; k++) {
        const msp_assessed *a = &r.assessed[k];
        rc = msp_explain_assessment(&answer->judge, &r, k, &arena, &reasons, err);
        msp_json_begin_object(json);
        put_day(json, "date", a->day);
        msp_json_put_text(json, "response", level_text(a, a->raw));
        msp_json_put_text(json, "confirmed", level_text(a, a->confirmed));
        reasons_as_json(answer, &reasons, json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
    msp_arena_free(&arena);
    return rc;
}

msp_status respond_as_json(respond_answer *answer, size_t from, size_t to, msp_text *out,
                           msp_error *err)
{
    msp_json json;
    msp_status rc = MSP_OK;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_key(&json, "patients");
    msp_json_begin_array(&json);
    for (size_t i = from; i < to && rc == MSP_OK; i++)
        rc = patient_as_json(answer, i, &json, err);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
    return rc;
}

/* -- as CSV -- */

static void csv_cell(const char *s, bool last, msp_text *out)
{
    msp_text_add_field(out, s);
    msp_text_add_char(out, last ? '\n' : ',');
}

void respond_patients_as_csv(const respond_answer *answer, size_t from, size_t to, msp_text *out)
{
    msp_text_add(out, "usubjid,disease_type,involved_chain,best_confirmed,first_response_date,"
                      "progression_date,progression_basis,clinical_relapse_date,"
                      "relapse_from_cr_date,significant_relapse_date,progression_kind\n");
    for (size_t i = from; i < to; i++) {
        const msp_response_result *r = &answer->responses.results[i];
        char first[MSP_DATE_MAX], pd[MSP_DATE_MAX], clinical[MSP_DATE_MAX], cr[MSP_DATE_MAX],
            significant[MSP_DATE_MAX];
        csv_cell(answer->patients.patients[i].id, false, out);
        csv_cell(msp_disease_type_name(r->type), false, out);
        csv_cell(chain_text(r->chain), false, out);
        csv_cell(msp_response_level_name(r->best), false, out);
        csv_cell(day_text(r->first_response, first), false, out);
        csv_cell(day_text(r->progression, pd), false, out);
        csv_cell(r->progression == MSP_NO_DAY ? NULL : msp_pd_basis_text(r->progression_by), false,
                 out);
        csv_cell(day_text(r->clinical_relapse, clinical), false, out);
        csv_cell(day_text(r->relapse_from_cr, cr), false, out);
        csv_cell(day_text(r->significant_relapse, significant), false, out);
        csv_cell(r->progression_kind == MSP_PD_KIND_NONE ? NULL
                                                         : msp_pd_kind_text(r->progression_kind),
                 true, out);
    }
}

void respond_visits_as_csv(const respond_answer *answer, size_t from, size_t to, msp_text *out)
{
    msp_text_add(out, "usubjid,date,response,confirmed\n");
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < answer->responses.results[i].n_assessed; k++) {
            const msp_assessed *a = &answer->responses.results[i].assessed[k];
            char day[MSP_DATE_MAX];
            csv_cell(answer->patients.patients[i].id, false, out);
            csv_cell(day_text(a->day, day), false, out);
            csv_cell(level_text(a, a->raw), false, out);
            csv_cell(level_text(a, a->confirmed), true, out);
        }
}

static msp_status reasons_of_patient_as_csv(respond_answer *answer, size_t i, msp_text *out,
                                            msp_error *err)
{
    msp_arena arena = {0};
    msp_response_result r;
    msp_reasons reasons;
    msp_text source = {0};
    msp_status rc = judge_again(answer, i, &r, err);
    for (size_t k = 0; rc == MSP_OK && k < r.n_assessed; k++) {
        rc = msp_explain_assessment(&answer->judge, &r, k, &arena, &reasons, err);
        for (size_t n = 0; n < reasons.n; n++) {
            char day[MSP_DATE_MAX];
            msp_text_clear(&source);
            add_source(answer, &reasons.items[n], &source);
            csv_cell(answer->patients.patients[i].id, false, out);
            csv_cell(day_text(r.assessed[k].day, day), false, out);
            csv_cell(reasons.items[n].rule, false, out);
            csv_cell(msp_reason_kind_name(reasons.items[n].kind), false, out);
            csv_cell(reasons.items[n].text, false, out);
            csv_cell(msp_text_str(&source), true, out);
        }
    }
    msp_text_free(&source);
    msp_arena_free(&arena);
    return rc;
}

msp_status respond_reasons_as_csv(respond_answer *answer, size_t from, size_t to, msp_text *out,
                                  msp_error *err)
{
    msp_status rc = MSP_OK;
    msp_text_add(out, "usubjid,date,rule,kind,reason,source\n");
    for (size_t i = from; i < to && rc == MSP_OK; i++)
        rc = reasons_of_patient_as_csv(answer, i, out, err);
    return rc;
}

/* -- as text -- */

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void list_patients(const respond_answer *answer, size_t from, size_t to, msp_text *out)
{
    grid g = {0};
    static const char *const heads[] = {"patient", "disease", "best", "response", "progression"};
    grid_row(&g);
    for (size_t i = 0; i < MSP_COUNT(heads); i++)
        grid_cell(&g, "%s", heads[i]);
    for (size_t i = from; i < to; i++) {
        const msp_response_result *r = &answer->responses.results[i];
        char first[MSP_DATE_MAX], pd[MSP_DATE_MAX];
        grid_row(&g);
        grid_cell(&g, "%s", answer->patients.patients[i].id);
        grid_cell(&g, "%s", msp_disease_type_name(r->type));
        grid_cell(&g, "%s", msp_response_level_name(r->best));
        grid_cell(&g, "%s", or_dash(day_text(r->first_response, first)));
        grid_cell(&g, "%s", or_dash(day_text(r->progression, pd)));
    }
    grid_print(&g, out);
}

static void level_counts(const respond_answer *answer, msp_text *out)
{
    size_t count[MSP_LEVEL_COUNT] = {0}, progressed = 0;
    for (size_t i = 0; i < answer->responses.n; i++) {
        count[answer->responses.results[i].best]++;
        progressed += answer->responses.results[i].progression != MSP_NO_DAY;
    }
    msp_text_printf(out, "\n%zu patients; best confirmed response", answer->responses.n);
    for (int level = MSP_LEVEL_SCR; level >= 0; level--)
        if (count[level] > 0)
            msp_text_printf(out, " %s %zu,", msp_response_level_name((msp_response_level)level),
                            count[level]);
    msp_text_printf(out, " progressed %zu\n", progressed);
}

void respond_patients_as_text(const respond_answer *answer, size_t from, size_t to, msp_text *out)
{
    list_patients(answer, from, to, out);
    level_counts(answer, out);
}

static void reasons_as_text(const respond_answer *answer, const msp_reasons *reasons, msp_text *out)
{
    for (size_t i = 0; i < reasons->n; i++) {
        const msp_reason *r = &reasons->items[i];
        msp_text source = {0};
        add_source(answer, r, &source);
        msp_text_printf(out, "      %-8s %s  [%s%s%s]\n", msp_reason_kind_name(r->kind), r->text,
                        r->rule, source.len > 0 ? ", " : "", msp_text_str(&source));
        msp_text_free(&source);
    }
}

static void summary_as_text(const msp_patient *p, const msp_response_result *r, msp_text *out)
{
    char baseline[MSP_DATE_MAX], first[MSP_DATE_MAX], pd[MSP_DATE_MAX];
    msp_text_printf(out, "%s: disease measurable by: %s", p->id, msp_disease_type_name(r->type));
    if (r->chain != 0)
        msp_text_printf(out, ", involved chain %s", chain_text(r->chain));
    msp_text_printf(out, "\nbest confirmed response: %s; first response: %s; progression: %s",
                    msp_response_level_name(r->best), or_dash(day_text(r->first_response, first)),
                    or_dash(day_text(r->progression, pd)));
    if (r->progression != MSP_NO_DAY)
        msp_text_printf(out, " (%s; %s)", msp_pd_basis_text(r->progression_by),
                        msp_pd_kind_text(r->progression_kind));
    msp_text_printf(out, "\n\n  %s  baseline\n", or_dash(day_text(p->baseline, baseline)));
}

static msp_status mrd_as_text(const respond_answer *answer, size_t i, msp_arena *arena,
                              msp_text *out, msp_error *err)
{
    static const char *const says[] = {"positive", "not deep enough to say", "negative"};
    msp_mrd mrd;
    char day[MSP_DATE_MAX];
    const msp_status rc = find_mrd(answer, i, arena, &mrd, err);
    if (rc != MSP_OK || mrd.n == 0)
        return rc;
    msp_text_add(out, "\n  Residual disease\n");
    for (size_t k = 0; k < mrd.n; k++) {
        const msp_mrd_test *t = &mrd.tests[k];
        msp_text_printf(out, "  %s  %s: %s%s%s\n", or_dash(day_text(t->day, day)), method_text(t),
                        says[t->negative + 1],
                        t->responding ? "" : "; without the response that is required",
                        t->imaging == MSP_YES  ? "; PET/CT negative"
                        : t->imaging == MSP_NO ? "; disease on PET/CT"
                                               : "");
    }
    msp_text_printf(out, "  negative from %s", or_dash(day_text(mrd.negative, day)));
    msp_text_printf(out, ", with imaging from %s", or_dash(day_text(mrd.imaging_plus, day)));
    msp_text_printf(out, ", sustained at %s\n", or_dash(day_text(mrd.sustained, day)));
    if (mrd.relapse != MSP_NO_DAY)
        msp_text_printf(out, "  relapse from negativity on %s: %s\n", day_text(mrd.relapse, day),
                        msp_mrd_sign_text(mrd.relapse_by));
    return MSP_OK;
}

msp_status respond_explain_as_text(respond_answer *answer, size_t i, msp_text *out, msp_error *err)
{
    msp_arena arena = {0};
    msp_response_result r;
    msp_reasons reasons;
    msp_status rc = judge_again(answer, i, &r, err);
    if (rc == MSP_OK)
        rc = msp_explain_baseline(&answer->judge, &r, &arena, &reasons, err);
    if (rc == MSP_OK) {
        summary_as_text(&answer->patients.patients[i], &r, out);
        reasons_as_text(answer, &reasons, out);
    }
    for (size_t k = 0; rc == MSP_OK && k < r.n_assessed; k++) {
        const msp_assessed *a = &r.assessed[k];
        char day[MSP_DATE_MAX];
        msp_text_printf(out, "  %s  %s", or_dash(day_text(a->day, day)), level_text(a, a->raw));
        if (a->confirmed != a->raw && !a->excluded)
            msp_text_printf(out, " (confirmed: %s)", level_text(a, a->confirmed));
        msp_text_add_char(out, '\n');
        rc = msp_explain_assessment(&answer->judge, &r, k, &arena, &reasons, err);
        reasons_as_text(answer, &reasons, out);
    }
    if (rc == MSP_OK)
        rc = mrd_as_text(answer, i, &arena, out, err);
    msp_arena_free(&arena);
    return rc;
}
