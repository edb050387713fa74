/* study_labs.c - the analysis tables of a study whose folder has laboratory values alone. */
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/labs.h"
#include "mspike/base/text.h"
#include "study_internal.h"

static msp_status add_source(struct study *study, const char *path, msp_error *err)
{
    const char *file = msp_arena_text(&study->findings->arena, path);
    msp_table table = {0};
    if (file == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the sources");
    msp_status rc = msp_table_read(file, NULL, &table, err);
    if (rc == MSP_OK)
        rc = study_add_source(study, file, table.n_rows, err);
    msp_table_free(&table);
    return rc;
}

/* The files that values and dates stand in. */
static msp_status add_sources(struct study *study, const msp_patients *patients, msp_error *err)
{
    static const char *const dates[] = {"DM", "EX", "DS", "DD", "CM", "PR"};
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < patients->n_sources; i++)
        rc = add_source(study, patients->sources[i].file, err);
    for (size_t i = 0; study->protocol->data.visits.text == NULL && i < MSP_COUNT(dates); i++) {
        char *path = NULL;
        if (rc == MSP_OK && msp_table_find(study->folder, dates[i], &path, NULL) == MSP_OK)
            rc = add_source(study, path, err);
        free(path);
    }
    return rc;
}

/* Where the trial has one arm and the values name none, it is everybody's. */
static void fill_arm(const msp_protocol *p, msp_patients *patients)
{
    for (size_t i = 0; p->arms.n == 1 && i < patients->n; i++)
        if (patients->patients[i].arm == NULL)
            patients->patients[i].arm = msp_arm_value(&p->arms.items[0]);
}

static msp_status derive(struct study *study, const msp_patients *patients, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    msp_responses responses = {0};
    msp_status rc = msp_responses_judge(patients, &p->rules, &p->measurability, &responses, err);
    if (rc == MSP_OK)
        rc = msp_adam_of_responses(
            patients, &responses, &p->rules, &p->measurability, NULL,
            patients->study != NULL ? patients->study : p->trial.acronym.text, &study->adam, err);
    msp_responses_free(&responses);
    return rc == MSP_OK ? add_sources(study, patients, err) : rc;
}

/* What cannot be used is said where the patients are read for their figures. */
msp_status study_derive(struct study *study, msp_error *err)
{
    msp_patients patients;
    msp_status rc = msp_labs_read(study->protocol, study->folder, &patients, NULL, err);
    if (rc != MSP_OK)
        return rc;
    fill_arm(study->protocol, &patients);
    rc = derive(study, &patients, err);
    msp_patients_free(&patients);
    return rc;
}

bool study_take_derived(struct study *study, struct study_table *table, msp_status *rc,
                        msp_error *err)
{
    msp_table *const made[] = {&study->adam.adsl, &study->adam.adrs, &study->adam.adtte};
    msp_table *taken = NULL;
    for (size_t i = 0; i < MSP_COUNT(made); i++)
        if (made[i]->name != NULL && msp_text_equal_nocase(made[i]->name, table->name))
            taken = made[i];
    if (taken == NULL)
        return false;
    table->table = *taken;
    *taken = (msp_table){0};
    *rc = MSP_OK;
    for (size_t i = 0; *rc == MSP_OK && i < table->n_columns; i++) {
        msp_column *column;
        *rc = msp_table_need_column(&table->table, table->columns[i].name, &column, err);
    }
    return true;
}
