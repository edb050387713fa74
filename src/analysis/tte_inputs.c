/* tte_inputs.c - from the protocol and the tables to one value a patient. */
#include "tte.h"

#include <math.h>
#include <string.h>

static msp_status repeated_record(const struct tte *t, const struct study_table *table, size_t row,
                                  msp_error *err)
{
    const msp_column *id =
        msp_table_column(&table->table, t->study->protocol->data.subjects.id.text);
    msp_table_fail(err, MSP_EINPUT, &table->table, row, id,
                   "this patient has a second record of endpoint %s", t->endpoint->id);
    return msp_hint(err, MSP_EINPUT, "narrow the endpoint's `where` in %s to one record a patient",
                    t->study->protocol->file);
}

/* A visit after the event, or none, says nothing: the event was seen when it came. */
static double after_of(const msp_column *after, size_t row, bool event, double time)
{
    return after != NULL && event && after->number[row] >= 0 && after->number[row] < time
               ? after->number[row]
               : time;
}

/* The records of the endpoint, by patient. */
static msp_status read_endpoint(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_event_source *from = &t->endpoint->from;
    const struct study_table *table = study_find_table(study, from->table.text);
    const size_t n_rows = table->table.n_rows, n = study->n_patients;
    const msp_column *time = msp_table_column(&table->table, from->time.text);
    const msp_column *event = msp_table_column(&table->table, from->event.text);
    const msp_column *after =
        msp_was_said(from->after.at) ? msp_table_column(&table->table, from->after.text) : NULL;
    uint8_t *rows = msp_arena_array(&study->arena, n_rows, 1);
    uint8_t *happened = msp_arena_array(&study->arena, n_rows, 1);
    t->time = msp_arena_array(&study->arena, n, sizeof *t->time);
    t->event = msp_arena_array(&study->arena, n, 1);
    t->after = msp_arena_array(&study->arena, n, sizeof *t->after);
    if (rows == NULL || happened == NULL || t->time == NULL || t->event == NULL || t->after == NULL)
        return tte_no_memory(err);
    study_rows_where(table, &from->where, rows);
    msp_status rc =
        msp_event_from_column(&table->table, event, from->event_value.text, happened, rows, err);
    for (size_t i = 0; i < n; i++)
        t->time[i] = NAN;
    for (size_t row = 0; rc == MSP_OK && row < n_rows; row++) {
        const uint32_t patient = table->patient[row];
        if (!rows[row] || patient == NO_ROW || isnan(time->number[row]))
            continue;
        if (!isnan(t->time[patient])) {
            rc = repeated_record(t, table, row, err);
        } else if (time->number[row] < 0) {
            rc = msp_table_fail(err, MSP_ERANGE, &table->table, row, time,
                                "%s is %g; a time to event is at least 0", time->name,
                                time->number[row]);
        } else {
            t->time[patient] = time->number[row];
            t->event[patient] = happened[row];
            t->after[patient] = after_of(after, row, happened[row], time->number[row]);
        }
    }
    return rc;
}

static msp_status read_covariates(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_said_texts *names = &t->analysis->hazard_ratio.covariates;
    t->covered = msp_arena_array(&study->arena, study->n_patients, 1);
    if (t->covered == NULL)
        return tte_no_memory(err);
    memset(t->covered, 1, study->n_patients);
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < names->n; i++) {
        const char *name = names->items[i].text;
        const msp_column *column = msp_table_column(&study->subjects->table, name);
        if (column->type == MSP_COLUMN_NUMBER) {
            double *x;
            rc = study_numbers(study, study->subjects, name, &x, err);
            for (size_t p = 0; rc == MSP_OK && p < study->n_patients; p++)
                t->covered[p] = t->covered[p] && !isnan(x[p]);
            if (rc == MSP_OK)
                rc = msp_terms_add_number(&t->covariates, name, x, &study->arena, err);
        } else {
            msp_factor factor;
            rc = study_factor(study, study->subjects, name, NULL, &factor, err);
            if (rc == MSP_OK)
                rc = msp_terms_add_factor(&t->covariates, &factor, name, false, study->n_patients,
                                          &study->arena, err);
            if (rc == MSP_OK)
                msp_keep_levels(&factor, study->n_patients, t->covered);
        }
    }
    return rc;
}

static msp_status choose_times(struct tte *t, msp_error *err)
{
    const msp_said_numbers *asked = &t->analysis->survival_at.times;
    t->times = msp_arena_array(&t->study->arena, asked->n, sizeof *t->times);
    if (t->times == NULL)
        return tte_no_memory(err);
    for (size_t i = 0; i < asked->n; i++)
        t->times[i] = asked->items[i].value / t->scale;
    return MSP_OK;
}
static msp_convention convention_of(const struct study *study, const msp_analysis *analysis)
{
    if (!msp_was_said(analysis->convention.at))
        return study->options->convention;
    return analysis->convention.value == MSP_PLANNED_CONVENTION_SAS ? MSP_CONVENTION_SAS
                                                                    : MSP_CONVENTION_R;
}

static void choose_method(struct tte *t)
{
    const msp_analysis *a = t->analysis;
    static const msp_cox_ties ties_of[] = {
        [MSP_PLANNED_TIES_EFRON] = MSP_COX_EFRON,
        [MSP_PLANNED_TIES_BRESLOW] = MSP_COX_BRESLOW,
        [MSP_PLANNED_TIES_DISCRETE] = MSP_COX_DISCRETE,
        [MSP_PLANNED_TIES_MARGINAL] = MSP_COX_MARGINAL,
    };
    t->options = msp_survival_options_default(convention_of(t->study, a));
    t->options.cox.level = tte_level(a->hazard_ratio.level, 0.95);
    if (msp_was_said(a->hazard_ratio.ties.at) &&
        (size_t)a->hazard_ratio.ties.value < MSP_COUNT(ties_of))
        t->options.cox.ties = ties_of[a->hazard_ratio.ties.value];
    /* Less: the experimental arm, the second, has the lower hazard. */
    t->options.alternative = a->test.sided.value == 1 ? MSP_LESS : MSP_TWO_SIDED;
    t->options.test = t->options.model = false;
}

msp_status tte_read_inputs(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_analysis *a = t->analysis;
    const msp_population *population = msp_protocol_population(study->protocol, a->population.text);
    t->scale = msp_time_unit_days(t->endpoint->from.unit.value) /
               msp_time_unit_days(t->endpoint->unit.value);
    msp_status rc = read_endpoint(t, err);
    if (rc == MSP_OK)
        rc = study_population(study, population, &t->keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &t->arms, err);
    if (rc == MSP_OK)
        rc = study_strata(study, &a->test.strata, &t->strata_test, err);
    if (rc == MSP_OK)
        rc = study_strata(study, &a->hazard_ratio.strata, &t->strata_ratio, err);
    if (rc == MSP_OK)
        rc = read_covariates(t, err);
    if (rc == MSP_OK)
        rc = choose_times(t, err);
    if (rc == MSP_OK)
        choose_method(t);
    return rc;
}
