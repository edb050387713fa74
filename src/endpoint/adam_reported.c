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
    const msp_timeline *derived_crossed; /* from the crossover on; NULL: nobody crossed over */
    msp_assessor assessor;
    const msp_rs_rules *how;
} writer;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the reported responses");
}

/* What somebody reported of a patient: from the start, and from his crossover on. */
typedef struct periods {
    msp_timeline whole, crossed;
} periods;

/* A crossover cohort has a timeline of its own. */
static const msp_timeline *timeline_for(const writer *w, const periods *p, int origin)
{
    return origin == MSP_ORIGIN_CROSSOVER && w->derived_crossed != NULL ? &p->crossed : &p->whole;
}

static msp_status add_responses(const writer *w, const msp_rs_subject *subject, const periods *p,
                                msp_error *err)
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
    const msp_asked *asked = &w->asked->all;
    msp_status rc = msp_adrs_add(&w->adam->adrs, &responses, err);
    for (size_t i = 0; i < asked->n_rates && rc == MSP_OK; i++)
        rc = msp_adrs_add_rates(&w->adam->adrs, &responses,
                                timeline_for(w, p, asked->rates[i].rules.origin), &asked->rates[i],
                                1, err);
    return rc;
}

/* What somebody saw, and what happened to the patient whoever saw it. */
static msp_status make_timeline(const writer *w, const msp_rs_subject *subject,
                                const msp_timeline *d, msp_timeline *out, msp_error *err)
{
    const msp_adsl_dates dates = {.id = w->patient->id,
                                  .randomised = d->randomised,
                                  .first_dose = d->first_dose,
                                  .last_dose = d->last_dose,
                                  .death = d->death,
                                  .last_alive = d->last_alive,
                                  .died_undated = d->died_undated};
    const msp_status rc = msp_rs_timeline(subject, &dates, w->how, w->asked->arena, out, err);
    if (rc != MSP_OK)
        return rc;
    out->consent = d->consent;
    out->transplant = d->transplant;
    out->crossover = d->crossover;
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

/* The visits after the crossover, as if they were all. A next therapy that they name from before
 * it is the crossover itself, or older. */
static msp_status after_crossover(const writer *w, const msp_rs_subject *subject,
                                  msp_rs_subject *out, msp_error *err)
{
    const msp_crossed *crossed = w->patient->crossed;
    msp_rs_visit *visits = msp_arena_array(w->asked->arena, subject->n + 1, sizeof *visits);
    if (visits == NULL)
        return no_memory(err);
    *out =
        (msp_rs_subject){.id = subject->id, .visits = visits, .new_therapy = crossed->next_therapy};
    for (size_t i = 0; i < subject->n; i++) {
        if (subject->visits[i].day <= crossed->day)
            continue;
        visits[out->n] = subject->visits[i];
        if (visits[out->n].new_therapy <= crossed->day)
            visits[out->n].new_therapy = MSP_NO_DAY;
        out->n++;
    }
    return MSP_OK;
}

/* From the crossover on; none of those who stayed. */
static msp_status make_crossed(const writer *w, const msp_rs_subject *subject, msp_timeline *out,
                               msp_error *err)
{
    msp_rs_subject after;
    *out = msp_timeline_none();
    if (w->derived_crossed == NULL || w->patient->crossed == NULL)
        return MSP_OK;
    if (subject == NULL)
        return make_timeline(w, NULL, w->derived_crossed, out, err);
    const msp_status rc = after_crossover(w, subject, &after, err);
    return rc == MSP_OK ? make_timeline(w, &after, w->derived_crossed, out, err) : rc;
}

/* Times that depend on who assessed the disease. */
static msp_status add_times(const writer *w, const periods *p, msp_error *err)
{
    const msp_asked *asked = &w->asked->all;
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < asked->n_times && rc == MSP_OK; i++)
        if (asked->times[i].definition.followed_by != MSP_FOLLOWED_BY_CONTACT)
            rc = msp_adtte_add_all(&w->adam->adtte, w->asked->options->study, w->patient->id,
                                   msp_assessor_letter(w->assessor),
                                   timeline_for(w, p, asked->times[i].definition.origin),
                                   &asked->times[i], 1, err);
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
    periods p;
    msp_status rc = make_timeline(w, found, w->derived, &p.whole, err);
    if (rc == MSP_OK)
        rc = make_crossed(w, found, &p.crossed, err);
    if (rc == MSP_OK)
        rc = add_responses(w, found, &p, err);
    return rc == MSP_OK ? add_times(w, &p, err) : rc;
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
                                  const msp_timeline *derived_crossed, msp_error *err)
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
                          .derived_crossed = derived_crossed,
                          .assessor = all[i].assessor,
                          .how = &how};
        if (all[i].reports->n > 0)
            rc = add_reported(&w, all[i].reports, err);
    }
    return rc;
}
