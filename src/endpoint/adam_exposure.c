/* adam_exposure.c - ADEX: which columns, and what goes into them. */
#include <math.h>
#include <string.h>

#include "adam_write.h"
#include "mspike/endpoint/exposure.h"

static const double none = NAN;

/* -- whose plan -- */

const msp_arm *msp_arm_treated(const msp_protocol *protocol, const msp_patient *patient)
{
    const char *names[] = {patient->actual_arm, patient->arm};
    for (size_t k = 0; k < MSP_COUNT(names); k++)
        for (size_t i = 0; names[k] != NULL && i < protocol->arms.n; i++)
            if (strcmp(msp_arm_value(&protocol->arms.items[i]), names[k]) == 0)
                return &protocol->arms.items[i];
    return NULL;
}

/* As it is prescribed; what is not known stays 0. */
static void measure(const msp_profile *profile, const msp_rules *rules, msp_body_size *out)
{
    msp_decimal height;
    *out = (msp_body_size){0};
    if (isnan(profile->weight) || !msp_decimal_from_double(profile->weight, &out->weight))
        out->weight = (msp_decimal){0};
    else if (!isnan(profile->height) && msp_decimal_from_double(profile->height, &height) &&
             msp_surface_rounded(out->weight, height, (msp_surface_formula)rules->bsa.value,
                                 &out->surface, NULL) != MSP_OK)
        out->surface = (msp_decimal){0};
}

msp_status msp_dosage_of(const msp_protocol *protocol, const msp_rules *rules,
                         const msp_patient *patient, const msp_profile *profile, msp_arena *arena,
                         msp_dosage *out, msp_error *err)
{
    const msp_arm *arm = msp_arm_treated(protocol, patient);
    msp_patient_value values[2];
    msp_patient_plan plan = {.rules = rules, .values = values};
    *out = (msp_dosage){.first = MSP_NO_DAY, .last = MSP_NO_DAY};
    if (arm == NULL || patient->n_given == 0)
        return MSP_OK;
    plan.arm = arm->id;
    measure(profile, rules, &plan.size);
    if (patient->age > 0)
        values[plan.n_values++] = (msp_patient_value){"age", patient->age};
    if (!isnan(profile->clearance))
        values[plan.n_values++] = (msp_patient_value){"creatinine-clearance", profile->clearance};
    return msp_dosage_find(protocol, patient, &plan, arena, out, err);
}

/* -- the table -- */

static const adam_column columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"ASEQ", "Analysis Sequence Number", 'n'},
    {"PARAMCD", "Parameter Code", 't'},
    {"PARAM", "Parameter", 't'},
    {"PARCAT1", "Drug", 't'},
    {"AVAL", "Analysis Value", 'n'},
    {"AVALC", "Analysis Value (C)", 't'},
    {"AVALU", "Analysis Value Unit", 't'},
    {"APHASE", "Phase", 't'},
    {"AVISITN", "Cycle", 'n'},
    {"ADT", "First Dose of the Cycle", 'd'},
    {"PLANDT", "Planned First Dose of the Cycle", 'd'},
    {"REASON", "Reason the Value Is Not Known", 't'},
};

msp_status msp_adex_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADEX", "Exposure Analysis Dataset", columns, MSP_COUNT(columns),
                          err);
}

/* One row. */
typedef struct row {
    const char *paramcd, *param, *drug, *text, *unit, *reason;
    double value;
    const msp_cycle_begun *cycle;
} row;

typedef struct writer {
    msp_table *table;
    const char *study, *id;
    msp_error *err;
    msp_status rc;
} writer;

static void put(writer *w, const row *r)
{
    const msp_cycle_begun *c = r->cycle;
    if (w->rc != MSP_OK)
        return;
    adam_row out = msp__adam_row(w->table, w->err);
    msp__adam_text(&out, w->study);
    msp__adam_text(&out, w->id);
    msp__adam_sequence(&out);
    msp__adam_text(&out, r->paramcd);
    msp__adam_text(&out, r->param);
    msp__adam_text(&out, r->drug);
    msp__adam_number(&out, r->value);
    msp__adam_text(&out, r->text);
    msp__adam_text(&out, r->unit);
    msp__adam_text(&out, c != NULL ? c->phase : NULL);
    msp__adam_number(&out, c != NULL ? (double)c->cycle : none);
    msp__adam_day(&out, c != NULL ? c->start : MSP_NO_DAY);
    msp__adam_day(&out, c != NULL ? c->planned : MSP_NO_DAY);
    msp__adam_text(&out, r->reason);
    w->rc = out.failed;
}

static void put_cycles(writer *w, const msp_dosage *e)
{
    for (size_t i = 0; i < e->n_cycles; i++) {
        const msp_cycle_begun *c = &e->cycles[i];
        const bool planned = c->planned != MSP_NO_DAY;
        put(w, &(row){.paramcd = "CYCLATE",
                      .param = "Cycle Later Than Planned (Days)",
                      .value = planned ? (double)c->late : none,
                      .text = !planned     ? NULL
                              : c->delayed ? "Y"
                                           : "N",
                      .unit = "days",
                      .cycle = c,
                      .reason = planned ? NULL : "the first cycle of a phase"});
    }
}

static double count(int64_t n)
{
    return n >= 0 ? (double)n : none;
}

static void put_drug(writer *w, const msp_drug_exposure *d)
{
    const char *unit = d->unit != NULL ? d->unit : "";
    char weekly[32] = "";
    if (*unit != '\0')
        snprintf(weekly, sizeof weekly, "%s/week", unit);
    const row rows[] = {
        {.paramcd = "DOSEDAYS", .param = "Days With a Dose", .value = count(d->days)},
        {.paramcd = "TDOSE", .param = "Total Dose", .value = d->given, .unit = unit},
        {.paramcd = "PLDOSE", .param = "Planned Dose", .value = d->planned, .unit = unit},
        {.paramcd = "DOSEINT", .param = "Dose Intensity", .value = d->given_rate, .unit = weekly},
        {.paramcd = "PLINT",
         .param = "Planned Dose Intensity",
         .value = d->planned_rate,
         .unit = weekly},
        {.paramcd = "RDI",
         .param = "Relative Dose Intensity (%)",
         .value = d->relative,
         .unit = "%"},
        {.paramcd = "NREDUC", .param = "Dose Reductions", .value = count(d->reductions)},
        {.paramcd = "NOMIT", .param = "Doses Omitted", .value = count(d->omissions)},
    };
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        row r = rows[i];
        r.drug = d->drug;
        r.reason = isnan(r.value) ? d->note : NULL;
        put(w, &r);
    }
}

msp_status msp_adex_add(msp_table *table, const char *study, const char *id, const msp_dosage *e,
                        int64_t treated_days, msp_error *err)
{
    writer w = {table, study, id, err, MSP_OK};
    const row rows[] = {
        {.paramcd = "TRTDURW",
         .param = "Treatment Duration (Weeks)",
         .value = treated_days > 0 ? (double)treated_days / 7 : none,
         .unit = "weeks"},
        {.paramcd = "NCYCLE", .param = "Cycles Started", .value = (double)e->n_cycles},
        {.paramcd = "NPASSED", .param = "Cycles Passed Over", .value = (double)e->n_passed},
        {.paramcd = "NDELAY", .param = "Cycles Delayed", .value = (double)e->n_delays},
        {.paramcd = "DELAYD",
         .param = "Days of Delay",
         .value = (double)e->days_delayed,
         .unit = "days"},
    };
    if (e->n_cycles == 0)
        return MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        put(&w, &rows[i]);
    put_cycles(&w, e);
    for (size_t i = 0; i < e->n_drugs; i++)
        put_drug(&w, &e->drugs[i]);
    return w.rc;
}
