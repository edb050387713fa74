#include "mspike/analysis/cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/labs.h"
#include "mspike/base/text.h"
#include "mspike/patient.h"
#include "mspike/response.h"
#include "mspike/table.h"

typedef struct maker {
    const msp_protocol *protocol;
    msp_patients patients;
    msp_responses responses;
    msp_judge judge;
    msp_cases *out;
} maker;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the patients");
}

static double months(const msp_patient *p, msp_day day)
{
    return day == MSP_NO_DAY ? (double)NAN : (day - p->baseline) / MSP_DAYS_PER_MONTH;
}

/* What the protocol calls the arm that the data call `value`; as it is where it has no such arm. */
static const char *arm_id(const maker *m, const char *value)
{
    for (size_t i = 0; i < m->protocol->arms.n; i++)
        if (strcmp(msp_arm_value(&m->protocol->arms.items[i]), value) == 0)
            return m->protocol->arms.items[i].id;
    return value;
}

/* -- one patient -- */

/* The reasons of an assessment, one a line. */
static const char *why(maker *m, const msp_response_result *r, size_t k, msp_error *err)
{
    msp_arena arena = {0};
    msp_reasons reasons;
    msp_text text = {0};
    const char *kept = NULL;
    if (msp_explain_assessment(&m->judge, r, k, &arena, &reasons, err) == MSP_OK) {
        for (size_t i = 0; i < reasons.n; i++)
            msp_text_printf(&text, "%s%s: %s", i > 0 ? "\n" : "", reasons.items[i].rule,
                            reasons.items[i].text);
        kept = msp_arena_text(&m->out->arena, msp_text_str(&text));
    }
    if (kept == NULL)
        (void)no_memory(err);
    msp_text_free(&text);
    msp_arena_free(&arena);
    return kept;
}

static msp_status add_visits(maker *m, const msp_patient *p, const msp_response_result *r,
                             msp_case *c, msp_error *err)
{
    msp_case_visit *visits = msp_arena_array(&m->out->arena, r->n_assessed + 1, sizeof *visits);
    if (visits == NULL)
        return no_memory(err);
    for (size_t k = 0; k < r->n_assessed; k++) {
        const msp_assessed *a = &r->assessed[k];
        visits[k] = (msp_case_visit){
            .time = months(p, a->day),
            .level = a->excluded ? "EXCL" : msp_response_level_name((msp_response_level)a->raw),
            .confirmed = (msp_response_level)a->confirmed,
            .excluded = a->excluded,
            .why = why(m, r, k, err)};
        if (visits[k].why == NULL)
            return MSP_EMEM;
    }
    c->visits = visits;
    c->n_visits = r->n_assessed;
    return MSP_OK;
}

static msp_status add_series(maker *m, const msp_patient *p, msp_judged judged, msp_case *c,
                             msp_error *err)
{
    msp_followed f;
    const msp_status rc = msp_followed_make(&m->judge, judged, &m->out->arena, &f, err);
    if (rc != MSP_OK || f.n == 0)
        return rc;
    msp_case_value *values = msp_arena_array(&m->out->arena, f.n, sizeof *values);
    if (values == NULL)
        return no_memory(err);
    for (size_t i = 0; i < f.n; i++)
        values[i] = (msp_case_value){.time = months(p, f.values[i].day),
                                     .value = f.values[i].value,
                                     .below = f.values[i].below,
                                     .limit = f.values[i].limit,
                                     .lowest = f.values[i].lowest,
                                     .progression = f.values[i].progression};
    c->series[c->n_series++] =
        (msp_case_series){f.name, f.unit, f.abbreviation, f.baseline, values, f.n};
    return MSP_OK;
}

/* The disease's own marker first, then the others that were measured. */
static msp_status add_all_series(maker *m, const msp_patient *p, msp_case *c, msp_error *err)
{
    static const msp_judged others[] = {MSP_JUDGED_SERUM, MSP_JUDGED_URINE, MSP_JUDGED_DFLC,
                                        MSP_JUDGED_SPD};
    const msp_judged main = msp_followed_main(&m->judge);
    msp_status rc = main != MSP_JUDGED_COUNT ? add_series(m, p, main, c, err) : MSP_OK;
    c->marker = c->n_series > 0 ? c->series[0].abbreviation : "";
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(others) && c->n_series < MSP_CASE_SERIES_MAX;
         i++)
        if (others[i] != main)
            rc = add_series(m, p, others[i], c, err);
    return rc;
}

/* The lowest value after the baseline and before the next therapy, against the baseline's. */
static void find_best_change(msp_case *c)
{
    c->change = NAN;
    if (c->marker[0] == '\0')
        return;
    const msp_case_series *s = &c->series[0];
    for (size_t i = 0; i < s->n; i++) {
        const msp_case_value *v = &s->values[i];
        if (v->time <= 0 || v->time >= c->next_therapy || !(s->baseline > 0))
            continue;
        const double change = 100 * (v->value - s->baseline) / s->baseline;
        if (!(c->change <= change))
            c->change = change;
    }
}

static msp_day last_day(const msp_patient *p)
{
    msp_day last = p->baseline;
    if (p->n_visits > 0 && p->visits[p->n_visits - 1] > last)
        last = p->visits[p->n_visits - 1];
    if (p->new_therapy != MSP_NO_DAY && p->new_therapy > last)
        last = p->new_therapy;
    return p->death != MSP_NO_DAY && p->death > last ? p->death : last;
}

static msp_status add_case(maker *m, size_t i, msp_error *err)
{
    const msp_patient *p = &m->patients.patients[i];
    msp_case *c = &m->out->items[m->out->n];
    msp_response_result r;
    if (p->n_measured == 0) /* nothing was ever measured: there is nothing to draw */
        return MSP_OK;
    msp_status rc = msp_judge_patient(&m->judge, p, m->responses.criteria[i], &r, err);
    if (rc != MSP_OK)
        return rc;
    *c = (msp_case){.id = msp_arena_text(&m->out->arena, p->id),
                    .arm = msp_arena_text(&m->out->arena, p->arm != NULL ? arm_id(m, p->arm) : ""),
                    .disease = msp_disease_type_name(r.type),
                    .baseline = p->baseline,
                    .best = r.best,
                    .first_dose = months(p, p->first_dose),
                    .last_dose = months(p, p->last_dose),
                    .response = months(p, r.first_response),
                    .progression = months(p, r.progression),
                    .next_therapy = months(p, p->new_therapy),
                    .death = months(p, p->death),
                    .last = months(p, last_day(p))};
    if (c->id == NULL || c->arm == NULL)
        return no_memory(err);
    rc = add_visits(m, p, &r, c, err);
    if (rc == MSP_OK)
        rc = add_all_series(m, p, c, err);
    find_best_change(c);
    m->out->n++;
    return rc;
}

/* -- arms -- */

static msp_case *find_case(msp_cases *cases, const char *id)
{
    size_t low = 0, high = cases->n;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        const int order = strcmp(cases->items[mid].id, id);
        if (order == 0)
            return &cases->items[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* From the table with one row a patient, which goes before what the values say themselves. */
static msp_status read_arms(maker *m, const char *folder, msp_error *err)
{
    const msp_subjects *s = &m->protocol->data.subjects;
    if (s->table.text == NULL || s->id.text == NULL || s->arm.text == NULL)
        return MSP_OK;
    const msp_read_column columns[] = {{s->id.text, MSP_READ_TEXT}, {s->arm.text, MSP_READ_TEXT}};
    const msp_read_options options = {
        .columns = columns, .n_columns = MSP_COUNT(columns), .skip_absent = true};
    char *path = NULL;
    msp_table table = {0};
    if (msp_table_find(folder, s->table.text, &path, NULL) != MSP_OK)
        return MSP_OK;
    msp_status rc = msp_table_read(path, &options, &table, err);
    const msp_column *id = msp_table_column(&table, s->id.text),
                     *arm = msp_table_column(&table, s->arm.text);
    for (size_t row = 0; rc == MSP_OK && id != NULL && arm != NULL && row < table.n_rows; row++) {
        msp_case *c = find_case(m->out, id->text[id->code[row]]);
        if (c == NULL)
            continue;
        c->arm = msp_arena_text(&m->out->arena, arm_id(m, arm->text[arm->code[row]]));
        if (c->arm == NULL)
            rc = no_memory(err);
    }
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = folder;
    msp_table_free(&table);
    free(path);
    return rc;
}

/* -- the whole -- */

static msp_status make(maker *m, const char *folder, msp_findings *findings, msp_error *err)
{
    msp_status rc = msp_labs_read(m->protocol, folder, &m->patients, findings, err);
    if (rc == MSP_ENODATA)
        return MSP_OK;
    if (rc == MSP_OK)
        rc = msp_responses_judge(&m->patients, &m->protocol->rules, &m->protocol->measurability,
                                 &m->responses, err);
    if (rc != MSP_OK)
        return rc;
    m->out->items = msp_arena_array(&m->out->arena, m->patients.n + 1, sizeof *m->out->items);
    if (m->out->items == NULL)
        return no_memory(err);
    for (size_t i = 0; rc == MSP_OK && i < m->patients.n; i++)
        rc = add_case(m, i, err);
    return rc == MSP_OK ? read_arms(m, folder, err) : rc;
}

msp_status msp_cases_make(const msp_protocol *protocol, const char *folder, msp_cases *out,
                          msp_findings *findings, msp_error *err)
{
    maker m = {.protocol = protocol, .out = out};
    *out = (msp_cases){0};
    const msp_status rc = make(&m, folder, findings, err);
    msp_judge_free(&m.judge);
    msp_responses_free(&m.responses);
    msp_patients_free(&m.patients);
    if (rc != MSP_OK)
        msp_cases_free(out);
    return rc;
}

void msp_cases_free(msp_cases *cases)
{
    msp_arena_free(&cases->arena);
    *cases = (msp_cases){0};
}
