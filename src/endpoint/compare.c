#include "mspike/endpoint/compare.h"

#include <math.h>

#include "mspike/endpoint/derived.h"
#include "mspike/endpoint/rs.h"
#include "mspike/endpoint/summary.h"

/* What one assessor says of every patient. */
typedef struct opinion {
    uint8_t *known; /* has assessed the patient */
    msp_response_level *best;
    msp_tte *progression;
} opinion;

typedef struct comparison {
    const msp_patients *patients;
    const msp_tte_rules *rules;
    const msp_tte_definition *progression;
    opinion opinions[MSP_ASSESSOR_DERIVED + 1];
    msp_arena arena;
} comparison;

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for the comparison of assessors");
}

static bool begin(comparison *c, opinion *o)
{
    const size_t n = c->patients->n + 1;
    o->known = msp_arena_array(&c->arena, n, sizeof *o->known);
    o->best = msp_arena_array(&c->arena, n, sizeof *o->best);
    o->progression = msp_arena_array(&c->arena, n, sizeof *o->progression);
    return o->known != NULL && o->best != NULL && o->progression != NULL;
}

/* Only the days of progression are compared: where a time begins is of no account, but it has to
 * begin somewhere. */
static msp_tte progression_of(const comparison *c, const msp_patient *p, msp_timeline *timeline)
{
    if (timeline->randomised.day == MSP_NO_DAY)
        timeline->randomised.day = p->baseline;
    return msp_tte_derive(timeline, c->progression, c->rules);
}

static msp_status derive(comparison *c, const msp_responses *derived, opinion *o, msp_error *err)
{
    for (size_t i = 0; i < c->patients->n; i++) {
        const msp_patient *p = &c->patients->patients[i];
        const msp_response_result *r = &derived->results[i];
        msp_timeline timeline;
        /* Not followed beyond the next therapy: progression there is nobody's here. */
        const msp_status rc =
            msp_derived_timeline(p, c->patients->sources, r, r, &c->arena, &timeline, err);
        if (rc != MSP_OK)
            return rc;
        o->known[i] = p->n_measured > 0;
        o->best[i] = r->best;
        o->progression[i] = progression_of(c, p, &timeline);
    }
    return MSP_OK;
}

static msp_dated at(msp_day day)
{
    return (msp_dated){.day = day};
}

/* The best of the visits that count; NE where none does. */
static msp_status best_of(comparison *c, const msp_timeline *t, msp_day randomised,
                          msp_response_level *out, msp_error *err)
{
    const msp_summary_rules rules = {.randomised = randomised, .benefit_days = MSP_BENEFIT_MR};
    uint8_t *flags = msp_arena_array(&c->arena, t->n_seen + 1, 1);
    if (flags == NULL)
        return no_memory(err);
    msp_summary_flags(t->seen, t->n_seen, &rules, flags);
    const msp_response_summary s = msp_summary_of(t->seen, flags, t->n_seen, &rules);
    *out = s.best != NULL ? s.best->confirmed : MSP_LEVEL_NE;
    return MSP_OK;
}

static msp_status reported(comparison *c, const msp_rs *rs, opinion *o, msp_error *err)
{
    const msp_rs_rules rules = msp_rs_rules_imwg();
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < c->patients->n; i++) {
        const msp_patient *p = &c->patients->patients[i];
        const msp_rs_subject *found = msp_rs_find(rs, p->id);
        const msp_adsl_dates dates = {.id = p->id,
                                      .randomised = at(p->randomised),
                                      .first_dose = at(p->first_dose),
                                      .last_dose = at(p->last_dose),
                                      .death = at(p->death),
                                      .last_alive = at(MSP_NO_DAY),
                                      .died_undated = p->died && p->death == MSP_NO_DAY};
        msp_timeline timeline;
        if (found == NULL)
            continue;
        msp_rs_subject subject = *found;
        subject.new_therapy = p->new_therapy;
        rc = msp_rs_timeline(&subject, &dates, &rules, &c->arena, &timeline, err);
        if (rc != MSP_OK)
            break;
        o->known[i] = subject.n > 0;
        o->progression[i] = progression_of(c, p, &timeline);
        rc = best_of(c, &timeline, p->randomised, &o->best[i], err);
    }
    return rc;
}

static msp_status compare(comparison *c, double level, msp_assessor_pair *out, msp_error *err)
{
    const opinion *a = &c->opinions[out->first], *b = &c->opinions[out->second];
    opinion first, second;
    if (!begin(c, &first) || !begin(c, &second))
        return no_memory(err);
    for (size_t i = 0; i < c->patients->n; i++) {
        if (!a->known[i] || !b->known[i])
            continue;
        first.best[out->n] = a->best[i];
        second.best[out->n] = b->best[i];
        first.progression[out->n] = a->progression[i];
        second.progression[out->n++] = b->progression[i];
    }
    if (out->n == 0)
        return MSP_OK;
    msp_status rc = msp_agree_levels(first.best, second.best, out->n, level, &out->best, err);
    if (rc == MSP_OK)
        rc = msp_agree_events(first.progression, second.progression, out->n, level,
                              &out->progression, err);
    if (rc != MSP_ENODATA)
        return rc;
    out->progression.events = (msp_agreement){
        .identical = NAN, .kappa = NAN, .note = "no patient has a time to progression by both"};
    return MSP_OK;
}

msp_status msp_assessors_compare(const msp_patients *patients, const msp_responses *derived,
                                 const msp_reports *reports, const msp_tte_rules *rules,
                                 double level, msp_assessor_pair out[MSP_ASSESSOR_PAIRS],
                                 msp_error *err)
{
    comparison c = {
        .patients = patients, .rules = rules, .progression = msp_tte_definition_find("TTP")};
    bool memory = true;
    for (size_t i = 0; i < MSP_COUNT(c.opinions); i++)
        memory = memory && begin(&c, &c.opinions[i]);
    out[0] =
        (msp_assessor_pair){.first = MSP_ASSESSOR_INVESTIGATOR, .second = MSP_ASSESSOR_DERIVED};
    out[1] = (msp_assessor_pair){.first = MSP_ASSESSOR_IRC, .second = MSP_ASSESSOR_DERIVED};
    out[2] = (msp_assessor_pair){.first = MSP_ASSESSOR_INVESTIGATOR, .second = MSP_ASSESSOR_IRC};
    msp_status rc = memory ? MSP_OK : no_memory(err);
    if (rc == MSP_OK)
        rc = derive(&c, derived, &c.opinions[MSP_ASSESSOR_DERIVED], err);
    if (rc == MSP_OK)
        rc = reported(&c, &reports->investigator, &c.opinions[MSP_ASSESSOR_INVESTIGATOR], err);
    if (rc == MSP_OK)
        rc = reported(&c, &reports->committee, &c.opinions[MSP_ASSESSOR_IRC], err);
    for (size_t i = 0; rc == MSP_OK && i < MSP_ASSESSOR_PAIRS; i++)
        rc = compare(&c, level, &out[i], err);
    msp_arena_free(&c.arena);
    return rc;
}

const char *msp_assessor_text(msp_assessor assessor)
{
    static const char *const texts[] = {[MSP_ASSESSOR_INVESTIGATOR] = "investigator",
                                        [MSP_ASSESSOR_IRC] = "review committee",
                                        [MSP_ASSESSOR_DERIVED] = "derived"};
    return texts[assessor];
}
