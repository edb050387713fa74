#include "mspike/endpoint/absent.h"

#include "derivation.h"

static const struct {
    int origin;
    const char *why, *remedy;
} starts[] = {
    {MSP_ORIGIN_RANDOMIZATION, "no date of randomisation",
     "it is randomisation_date of a table of visits, or a row of DS whose DSDECOD is RANDOMIZED; "
     "--set origin=first_dose or origin=consent starts times there"},
    {MSP_ORIGIN_FIRST_DOSE, "no first dose",
     "it is first_dose_date of a table of visits, EXSTDTC of a dose in EX, or RFXSTDTC of DM"},
    {MSP_ORIGIN_CONSENT, "no date of consent",
     "it is consent_date of a table of visits, a row of DS whose DSDECOD is INFORMED CONSENT "
     "OBTAINED, or RFICDTC of DM"},
    {MSP_ORIGIN_RESPONSE, "no response of PR or better", NULL},
    {MSP_ORIGIN_COMPLETE_RESPONSE, "no complete response", NULL},
    {MSP_ORIGIN_TRANSPLANT, "no transplant",
     "it is transplant_date of a table of visits, or the trial's own in PR"},
    {MSP_ORIGIN_CROSSOVER, "no crossover",
     "it is crossover_date of a table of visits, or a row of DS whose DSDECOD says CROSSOVER"},
    {MSP_ORIGIN_LAST_DOSE, "no last dose",
     "it is last_dose_date of a table of visits, EXENDTC of a dose in EX, or RFXENDTC of DM"},
};

msp_tte_absence msp_tte_no_start(int origin)
{
    for (size_t i = 0; i < MSP_COUNT(starts); i++)
        if (starts[i].origin == origin)
            return (msp_tte_absence){starts[i].why, starts[i].remedy};
    return (msp_tte_absence){"no start", NULL};
}

msp_tte_absence msp_tte_absent(const msp_timeline *timeline, const msp_tte *tte,
                               const msp_tte_definition *definition, const msp_tte_rules *rules)
{
    const int origin =
        definition->origin == MSP_ORIGIN_RANDOMIZATION ? rules->origin : definition->origin;
    if (tte->state == MSP_TTE_FAULT)
        return (msp_tte_absence){"the event lies before the start [C15]",
                                 "a fault in the data: correct one of the dates"};
    if (tte->state != MSP_TTE_UNDEFINED)
        return (msp_tte_absence){0};
    if (msp__happened(tte->start))
        return (msp_tte_absence){"no response", "--set ttr_all=on censors these patients"};
    if (msp__happened(msp__origin_of(timeline, origin)))
        return (msp_tte_absence){"starts after the cut-off", NULL};
    return msp_tte_no_start(origin);
}
