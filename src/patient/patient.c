#include "mspike/patient/patient.h"

#include <string.h>

bool msp_patients_simulated(const msp_patients *patients)
{
    const size_t n = patients->study != NULL ? strlen(patients->study) : 0,
                 end = strlen(MSP_SIMULATED);
    return n >= end && strcmp(patients->study + n - end, MSP_SIMULATED) == 0;
}

const msp_patient *msp_patients_find(const msp_patients *patients, const char *id)
{
    size_t low = 0, high = patients->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(id, patients->patients[middle].id);
        if (order == 0)
            return &patients->patients[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void msp_patients_free(msp_patients *patients)
{
    msp_arena_free(&patients->arena);
    *patients = (msp_patients){0};
}

msp_disposition msp_disposition_none(void)
{
    return (msp_disposition){.consent = MSP_NO_DAY,
                             .stopped = MSP_NO_DAY,
                             .treatment_ended = MSP_NO_DAY,
                             .clinical_progression = MSP_NO_DAY,
                             .lost = MSP_NO_DAY,
                             .last_contact = MSP_NO_DAY,
                             .second_progression = MSP_NO_DAY,
                             .third_line = MSP_NO_DAY,
                             .adverse_event = MSP_NO_DAY,
                             .deterioration = MSP_NO_DAY};
}
