/* adam_subjects.c - ADSL: which columns, and what goes into them. */
#include <math.h>

#include "adam_write.h"
#include "mspike/endpoint/adam.h"

static const double none = NAN;

static const adam_column columns[] = {
    {"STUDYID", "Study Identifier", 't'},
    {"USUBJID", "Unique Subject Identifier", 't'},
    {"AGE", "Age", 'n'},
    {"SEX", "Sex", 't'},
    {"TRT01P", "Planned Treatment for Period 01", 't'},
    {"TRT01A", "Actual Treatment for Period 01", 't'},
    {"ITTFL", "Intent-To-Treat Population Flag", 't'},
    {"SAFFL", "Safety Population Flag", 't'},
    {"RESPEVFL", "Response-Evaluable Population Flag", 't'},
    {"RANDDT", "Date of Randomization", 'd'},
    {"TRTSDT", "Date of First Exposure to Treatment", 'd'},
    {"TRTEDT", "Date of Last Exposure to Treatment", 'd'},
    {"TR02SDT", "Date of First Exposure in Period 02", 'd'},
    {"TRTDURD", "Total Treatment Duration (Days)", 'n'},
    {"DTHDT", "Date of Death", 'd'},
    {"DTHFL", "Subject Death Flag", 't'},
    {"LSTALVDT", "Date Last Known Alive", 'd'},
    {"MTYPE", "M-Protein Type", 't'},
    {"MEASDIS", "Measurable Disease", 't'},
    /* stage and risk */
    {"B2MBL", "Baseline Beta-2 Microglobulin (mg/L)", 'n'},
    {"ALBBL", "Baseline Albumin (g/dL)", 'n'},
    {"LDHBL", "Baseline LDH (U/L)", 'n'},
    {"LDHULN", "Upper Limit of Normal of LDH (U/L)", 'n'},
    {"ISS", "International Staging System", 't'},
    {"ISSRSN", "Reason ISS Is Not Known", 't'},
    {"RISS", "Revised ISS", 't'},
    {"RISSRSN", "Reason Revised ISS Is Not Known", 't'},
    {"R2ISS", "Second Revision of the ISS", 't'},
    {"R2ISSRSN", "Reason R2-ISS Is Not Known", 't'},
    {"CYTORISK", "Cytogenetic Risk", 't'},
    {"CYTORSN", "Reason Cytogenetic Risk Is Not Known", 't'},
    {"IMS25RSK", "Risk by IMS-IMWG Consensus of 2025", 't'},
    {"IMS25RSN", "Reason Risk of 2025 Is Not Known", 't'},
    /* body */
    {"WEIGHTBL", "Baseline Weight (kg)", 'n'},
    {"HEIGHTBL", "Baseline Height (cm)", 'n'},
    {"BSABL", "Baseline Body Surface Area (m2)", 'n'},
    {"BSARSN", "Reason Body Surface Is Not Known", 't'},
    {"CREATBL", "Baseline Creatinine (mg/dL)", 'n'},
    {"CRCLBL", "Creatinine Clearance (mL/min)", 'n'},
    {"CRCLRSN", "Reason Clearance Is Not Known", 't'},
    /* previous therapy */
    {"NPRIORL", "Number of Prior Lines of Therapy", 'n'},
    {"PRIORRSN", "Note on Prior Lines of Therapy", 't'},
    {"PRSCTFL", "Prior Stem Cell Transplant Flag", 't'},
    {"PRSTATE", "State of Disease After Prior Therapy", 't'},
    {"BORREFFL", "Refractory to Bortezomib", 't'},
    {"CFZREFFL", "Refractory to Carfilzomib", 't'},
    {"IXAREFFL", "Refractory to Ixazomib", 't'},
    {"THAREFFL", "Refractory to Thalidomide", 't'},
    {"LENREFFL", "Refractory to Lenalidomide", 't'},
    {"POMREFFL", "Refractory to Pomalidomide", 't'},
    {"DARREFFL", "Refractory to Daratumumab", 't'},
    {"ISAREFFL", "Refractory to Isatuximab", 't'},
    {"DBLREFFL", "Double Refractory", 't'},
    {"TRIREFFL", "Triple-Class Refractory", 't'},
    {"PENREFFL", "Penta-Refractory", 't'},
    {"REFRSN", "Reason Refractoriness Is Not Known", 't'},
};

msp_status msp_adsl_init(msp_table *table, msp_error *err)
{
    return msp__adam_init(table, "ADSL", "Subject-Level Analysis Dataset", columns,
                          MSP_COUNT(columns), err);
}

static const char *risk_name(msp_fact high)
{
    return high == MSP_YES ? "HIGH" : high == MSP_NO ? "STANDARD" : "UNKNOWN";
}

/* A bound is no number. */
static double number_of(msp_amount x)
{
    return x.known && x.flags == 0 ? msp_decimal_to_double(x.value) : none;
}

static void put_stage(adam_row *row, const msp_profile *p)
{
    msp__adam_number(row, number_of(p->risk.beta2_microglobulin));
    msp__adam_number(row, number_of(p->risk.albumin));
    msp__adam_number(row, number_of(p->risk.ldh));
    msp__adam_number(row, number_of(p->risk.ldh_upper));
    msp__adam_text(row, msp_stage_name(p->iss));
    msp__adam_text(row, p->notes.iss);
    msp__adam_text(row, msp_stage_name(p->riss));
    msp__adam_text(row, p->notes.riss);
    msp__adam_text(row, msp_stage_r2iss_name(p->r2iss));
    msp__adam_text(row, p->notes.r2iss);
    msp__adam_text(row, risk_name(p->lesions));
    msp__adam_text(row, p->notes.lesions);
    msp__adam_text(row, risk_name(p->ims2025));
    msp__adam_text(row, p->notes.ims2025);
}

static void put_body(adam_row *row, const msp_profile *p)
{
    msp__adam_number(row, p->weight);
    msp__adam_number(row, p->height);
    msp__adam_number(row, p->surface);
    msp__adam_text(row, p->notes.surface);
    msp__adam_number(row, number_of(p->risk.creatinine));
    msp__adam_number(row, p->clearance);
    msp__adam_text(row, p->notes.clearance);
}

static void put_previous(adam_row *row, const msp_profile *p)
{
    const bool known = p->lines >= 0;
    msp__adam_number(row, known ? (double)p->lines : none);
    msp__adam_text(row, p->notes.lines);
    msp__adam_fact(row, known ? msp_fact_of(p->transplanted) : MSP_UNKNOWN);
    msp__adam_text(row, known ? msp_history_state_text(p->state) : "");
    for (size_t i = 0; i < MSP_PROFILE_DRUGS; i++)
        msp__adam_fact(row, p->refractory[i].status);
    msp__adam_fact(row, p->double_refractory);
    msp__adam_fact(row, p->triple_class_refractory);
    msp__adam_fact(row, p->penta_refractory);
    msp__adam_text(row, p->notes.refractory);
}

msp_status msp_adsl_add(msp_table *table, const msp_adsl_subject *s, msp_error *err)
{
    adam_row row = msp__adam_row(table, err);
    msp__adam_text(&row, s->study);
    msp__adam_text(&row, s->id);
    msp__adam_number(&row, s->age);
    msp__adam_text(&row, s->sex);
    msp__adam_text(&row, s->arm);
    msp__adam_text(&row, s->actual_arm);
    msp__adam_fact(&row, s->itt);
    msp__adam_fact(&row, s->safety);
    msp__adam_fact(&row, s->response_evaluable);
    msp__adam_day(&row, s->randomised);
    msp__adam_day(&row, s->first_dose);
    msp__adam_day(&row, s->last_dose);
    msp__adam_day(&row, s->crossover);
    msp__adam_number(&row, s->treated_days > 0 ? (double)s->treated_days : none);
    msp__adam_day(&row, s->death);
    msp__adam_flag(&row, s->died);
    msp__adam_day(&row, s->last_alive);
    msp__adam_text(&row, s->m_protein);
    msp__adam_text(&row, s->measurable);
    put_stage(&row, s->profile);
    put_body(&row, s->profile);
    put_previous(&row, s->profile);
    return row.failed;
}
