/* survival_residuals.c - what Cox's model leaves over, a line for each row or each event. */
#include <math.h>

#include "survival_part.h"

enum { ROWS = 1, EVENTS };

msp_status survival_check_residuals(const survival_values *v, msp_error *err)
{
    if (v->cause != NULL || v->firth || v->profile || v->model > 0 || v->curve)
        return msp_fail(
            err, MSP_EUSAGE,
            "--residuals are of Cox's model alone: without --cause, --firth, --profile, "
            "--model and --curve");
    if (v->ties > 2)
        return msp_fail(err, MSP_EUSAGE, "--residuals need --ties efron or breslow");
    if (v->common.format == CLI_JSON)
        return msp_fail(err, MSP_EUSAGE, "--residuals are CSV, not JSON");
    return v->arm != NULL || v->covariates.n > 0
               ? MSP_OK
               : msp_fail(err, MSP_EUSAGE, "--residuals need a model: --arm or --covariates");
}

msp_status survival_has_residuals(const survival_job *j, msp_error *err)
{
    const msp_survival *s = &j->survival;
    if (s->has_residuals)
        return MSP_OK;
    return msp_fail_at(
        err, MSP_EUNSUPPORTED, (msp_place){.file = j->table.file}, "no residuals: %s",
        s->has_model && s->cox.note != NULL ? s->cox.note : "there is one group only");
}

static void head(const survival_job *j, const char *columns, const char *of_term,
                 const char *more_of_term, msp_text *out)
{
    msp_text name = {0};
    msp_text_add(out, j->v->id != NULL ? "row,id," : "row,");
    msp_text_add(out, columns);
    for (size_t k = 0; k < j->terms.n; k++)
        for (int more = 0; more <= 1; more++) {
            msp_text_clear(&name);
            msp_text_printf(&name, "%s %s", more ? more_of_term : of_term,
                            j->terms.columns[k].name);
            msp_text_add_char(out, ',');
            msp_text_add_field(out, msp_text_str(&name));
        }
    msp_text_add_char(out, '\n');
    msp_text_free(&name);
}

/* Rows of the table from 1; the patient where there is an id. */
static void name_row(const survival_job *j, size_t row, msp_text *out)
{
    msp_text_printf(out, "%zu", row + 1);
    if (j->v->id == NULL)
        return;
    msp_text_add_char(out, ',');
    msp_text_add_field(out, j->cluster.level[j->cluster.code[row]]);
}

static void number(double x, msp_text *out)
{
    msp_text_add_char(out, ',');
    if (isfinite(x))
        msp_text_add_double(out, x);
}

static void rows_as_csv(const survival_job *j, msp_text *out)
{
    const msp_cox_residuals *r = &j->survival.residuals;
    head(j, "time,event,martingale,deviance", "score", "dfbeta", out);
    for (size_t row = 0; row < r->n_rows; row++) {
        if (isnan(r->martingale[row]))
            continue; /* not in the model */
        name_row(j, row, out);
        number(j->time[row], out);
        number(j->event[row], out);
        number(r->martingale[row], out);
        number(r->deviance[row], out);
        for (size_t k = 0; k < r->n_columns; k++) {
            number(r->score[row * r->n_columns + k], out);
            number(r->dfbeta[row * r->n_columns + k], out);
        }
        msp_text_add_char(out, '\n');
    }
}

static void events_as_csv(const survival_job *j, msp_text *out)
{
    const msp_cox_residuals *r = &j->survival.residuals;
    const bool strata = j->v->strata.n > 0;
    head(j, strata ? "stratum,time" : "time", "schoenfeld", "scaled", out);
    for (size_t e = 0; e < r->n_events; e++) {
        const size_t row = r->event_row[e];
        name_row(j, row, out);
        if (strata) {
            msp_text_add_char(out, ',');
            msp_text_add_field(out, j->stratum.level[j->stratum.code[row]]);
        }
        number(j->time[row], out);
        for (size_t k = 0; k < r->n_columns; k++) {
            number(r->schoenfeld[e * r->n_columns + k], out);
            number(r->scaled_schoenfeld[e * r->n_columns + k], out);
        }
        msp_text_add_char(out, '\n');
    }
}

void survival_residuals_csv(const survival_job *j, msp_text *out)
{
    if (j->v->residuals == ROWS)
        rows_as_csv(j, out);
    else
        events_as_csv(j, out);
}
