/* adam_reported.c - ADRS and ADTTE of responses that somebody reported (RS), beside the derived. */
#include "adam_responses.h"
#include "mspike/endpoint/adam.h"

/* The order of the words of profile in the rules. */
enum { ADMIRALONCO = 1 };

/* The vignette's clinical benefit needs SD for so long. */
#define ADMIRALONCO_BENEFIT_DAYS 42

typedef struct writer {
    msp_adam *adam;
    const msp__adam_asked *asked;
    const msp_patient *patient;
    const msp_timeline *derived;
    msp_assessor assessor;
    const msp_rs_rules *how;
} writer;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the reported responses");
}

static msp_status add_responses(const writer *w, const msp_rs_subject *subject,
                                const msp_timeline *timeline, msp_error *err)
{
    const size_t n = subject != NULL ? subject->n : 0;
    msp_seen *seen = msp_arena_array(w->asked->arena, n + 1, sizeof *seen);
    if (seen == NULL)
        return no_memory(err);
    if (subject != NULL)
        msp_rs_confirm(subject, w->how, w->derived->randomised.day, seen);
    const msp_adrs_subject responses = {
        .study = w->asked->options->study,
        .id = w->patient->id,
        .assessor = w->assessor,
        .seen = seen,
        .reported = subject != NULL ? subject->visits : NULL,
        .n = n,
        .rules = {.randomised = w->derived->randomised.day,
                  .benefit_days = w->how->admiralonco ? ADMIRALONCO_BENEFIT_DAYS : MSP_BENEFIT_MR},
    };
    const msp_status rc = msp_adrs_add(&w->adam->adrs, &responses, err);
    return rc == MSP_OK ? msp_adrs_add_rates(&w->adam->adrs, &responses, timeline,
                                             w->asked->all.rates, w->asked->all.n_rates, err)
                        : rc;
}

/* What somebody saw, and what happened to the patient whoever saw it. */
static msp_status make_timeline(const writer *w, const msp_rs_subject *subject, msp_timeline *out,
                                msp_error *err)
{
    const msp_timeline *d = w->derived;
    const msp_adsl_dates dates = {.id = w->patient->id,
                                  .randomised = d->randomised,
                                  .first_dose = d->first_dose,
                                  .last_dose = d->last_dose,
                                  .death = d->death,
                                  .last_alive = d->last_alive};
    const msp_status rc = msp_rs_timeline(subject, &dates, w->how, w->asked->arena, out, err);
    if (rc != MSP_OK)
        return rc;
    out->consent = d->consent;
    out->transplant = d->transplant;
    out->clinical_progression = d->clinical_progression;
    out->stopped = d->stopped;
    out->lost = d->lost;
    if (out->died_of_myeloma == MSP_UNKNOWN)
        out->died_of_myeloma = d->died_of_myeloma;
    if (d->n_therapies > 0) {
        out->therapies = d->therapies;
        out->n_therapies = d->n_therapies;
    }
    return MSP_OK;
}

/* Times that depend on who assessed the disease. */
static msp_status add_times(const writer *w, const msp_timeline *timeline, msp_error *err)
{
    const msp_asked *asked = &w->asked->all;
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < asked->n_times && rc == MSP_OK; i++)
        if (asked->times[i].definition.followed_by != MSP_FOLLOWED_BY_CONTACT)
            rc = msp_adtte_add_all(&w->adam->adtte, w->asked->options->study, w->patient->id,
                                   msp_assessor_letter(w->assessor), timeline, &asked->times[i], 1,
                                   err);
    return rc;
}

static msp_status add_reported(const writer *w, const msp_rs *reports, msp_error *err)
{
    const msp_rs_subject *found = msp_rs_find(reports, w->patient->id);
    msp_rs_subject own;
    if (found != NULL) {
        own = *found;
        own.new_therapy = w->patient->new_therapy;
        found = &own;
    }
    msp_timeline timeline;
    msp_status rc = make_timeline(w, found, &timeline, err);
    if (rc == MSP_OK)
        rc = add_responses(w, found, &timeline, err);
    return rc == MSP_OK ? add_times(w, &timeline, err) : rc;
}

msp_rs_rules msp_rs_rules_of(const msp_rules *rules)
{
    enum { NONE = 2 }; /* of pd_confirm_by_death */
    if (rules->profile.value == ADMIRALONCO)
        return msp_rs_rules_admiralonco();
    return (msp_rs_rules){.confirm_min_days = rules->confirm_min_days.value,
                          .death_confirms = rules->pd_confirm_by_death.value != NONE};
}

msp_status msp__adam_add_reported(msp_adam *adam, const msp__adam_asked *asked,
                                  const msp_patient *patient, const msp_timeline *derived,
                                  msp_error *err)
{
    const msp_reports *reports = asked->options->reports;
    const msp_rs_rules how = msp_rs_rules_of(asked->options->rules);
    const struct {
        msp_assessor assessor;
        const msp_rs *reports;
    } all[] = {{MSP_ASSESSOR_INVESTIGATOR, &reports->investigator},
               {MSP_ASSESSOR_IRC, &reports->committee}};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(all) && rc == MSP_OK; i++) {
        const writer w = {.adam = adam,
                          .asked = asked,
                          .patient = patient,
                          .derived = derived,
                          .assessor = all[i].assessor,
                          .how = &how};
        if (all[i].reports->n > 0)
            rc = add_reported(&w, all[i].reports, err);
    }
    return rc;
}
