/* visits.c - when a patient is seen. */
#include <string.h>

#include "schedule_internal.h"

/* -- one visit -- */

static msp_day days(const msp_said_quantity *q, const msp_said_quantity *otherwise)
{
    const msp_said_quantity *said = msp_was_said(q->at) ? q : otherwise;
    return msp_was_said(said->at) ? (msp_day)msp_decimal_to_double(said->value) : 0;
}

static msp_status add_visit(msp__making *m, const msp__stretch *s, const msp_visit *v, msp_day day,
                            int64_t cycle, msp_day *last, msp_error *err)
{
    msp_calendar_entry *e = msp__entry(m, s, MSP_CALENDAR_VISIT, day,
                                       v->label.text != NULL ? v->label.text : v->id, err);
    if (e == NULL)
        return err->code;
    e->visit = v;
    e->earliest = day - days(&v->window.before, &v->window.either);
    e->latest = day + days(&v->window.after, &v->window.either);
    e->cycle = cycle;
    e->cycle_day = cycle > 0 ? v->day.value : 0;
    if (day > *last)
        *last = day;
    return MSP_OK;
}

/* -- series -- */

static msp_status add_of_cycles(msp__making *m, const msp__stretch *s, const msp_visit *v,
                                msp_day *last, msp_error *err)
{
    for (int64_t c = v->cycles.from; c <= v->cycles.to && c <= s->n_cycles; c++) {
        const msp_day day = s->cycles[c - 1] + (msp_day)(v->day.value - 1);
        if (day >= s->end || msp__stopped(m, day))
            continue;
        const msp_status rc = add_visit(m, s, v, day, c, last, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

/* The n-th of a series, from 0: counted from the phase's cycles, or from `from`. */
static msp_day nth(const msp__stretch *s, const msp_said_quantity *every, msp_day from, int64_t n)
{
    if (every->unit != MSP_DURATION_CYCLES)
        return msp__after(from, every, n);
    const int64_t cycle = n * (int64_t)msp_decimal_to_double(every->value);
    return s != NULL && s->n_cycles > 0 && cycle < s->n_cycles ? s->cycles[cycle] : INT32_MAX;
}

static msp_status add_series(msp__making *m, const msp__stretch *s, const msp_visit *v,
                             msp_day begin, msp_day end, msp_day *last, msp_error *err)
{
    const bool from_day = msp_was_said(v->day.at);
    const msp_day from = from_day ? begin + (msp_day)(v->day.value - 1) : begin;
    const bool treated = s != NULL && s->regimen != NULL;
    for (int64_t n = from_day ? 0 : 1;; n++) {
        const msp_day day = nth(s, &v->every, from, n);
        if (day > end || (treated && msp__stopped(m, day)))
            return MSP_OK;
        const msp_status rc = add_visit(m, s, v, day, 0, last, err);
        if (rc != MSP_OK)
            return rc;
    }
}

static msp_day end_of_series(const msp__stretch *s, const msp_visit *v, msp_day begin, msp_day last)
{
    if (msp_was_said(v->until.at))
        return nth(s, &v->until, begin, 1);
    return s != NULL && s->end != MSP_NO_DAY ? s->end : last;
}

static msp_status add_one(msp__making *m, const msp__stretch *s, const msp_visit *v, msp_day *last,
                          msp_error *err)
{
    if (msp_was_said(v->cycles.at))
        return s != NULL && s->regimen != NULL ? add_of_cycles(m, s, v, last, err) : MSP_OK;
    const msp_day begin = s != NULL ? s->begin : m->out->start;
    if (msp_was_said(v->every.at))
        return add_series(m, s, v, begin, end_of_series(s, v, begin, *last), last, err);
    if (v->origin.value == MSP_VISIT_LAST_DOSE)
        return m->last_dose == MSP_NO_DAY
                   ? MSP_OK
                   : add_visit(m, s, v, m->last_dose + (msp_day)v->day.value, 0, last, err);
    const msp_day day = begin + (msp_day)(v->day.value > 0 ? v->day.value - 1 : v->day.value);
    if (s != NULL && s->regimen != NULL && msp__stopped(m, day))
        return MSP_OK;
    return add_visit(m, s, v, day, 0, last, err);
}

/* -- contacts of follow-up that no visit describes -- */

static bool has_visit(const msp_protocol *p, const msp_phase *f)
{
    for (size_t i = 0; i < p->visits.n; i++)
        if (p->visits.items[i].phase.text != NULL &&
            strcmp(p->visits.items[i].phase.text, f->id) == 0)
            return true;
    return false;
}

static msp_status add_contacts(msp__making *m, const msp__stretch *s, msp_day *last, msp_error *err)
{
    const msp_phase *f = s->phase;
    if (!msp_was_said(f->every.at) || s->end == MSP_NO_DAY || has_visit(m->protocol, f))
        return MSP_OK;
    for (int64_t n = 1;; n++) {
        const msp_day day = nth(s, &f->every, s->begin, n);
        if (day > s->end)
            return MSP_OK;
        if (msp__entry(m, s, MSP_CALENDAR_VISIT, day, "contact", err) == NULL)
            return err->code;
        *last = day;
    }
}

/* -- questionnaires -- */

static msp_status add_questionnaire(msp__making *m, const msp__stretch *s, msp_day day,
                                    int64_t cycle, int64_t cycle_day, const char *name,
                                    msp_error *err)
{
    msp_calendar_entry *e = msp__entry(m, s, MSP_CALENDAR_VISIT, day, name, err);
    if (e == NULL)
        return err->code;
    e->note = "questionnaire";
    e->cycle = cycle;
    e->cycle_day = cycle_day;
    return MSP_OK;
}

static msp_status add_of_instrument(msp__making *m, const msp__stretch *s,
                                    const msp_questionnaire_visit *v, const char *name,
                                    msp_error *err)
{
    if (v->phase.text != NULL && strcmp(v->phase.text, s->phase->id) != 0)
        return MSP_OK;
    for (size_t i = 0; i < v->cycles.n; i++)
        for (int64_t c = v->cycles.items[i].from; c <= v->cycles.items[i].to && c <= s->n_cycles;
             c++) {
            const msp_day day = s->cycles[c - 1] + (msp_day)(v->day.value - 1);
            if (day >= s->end || msp__stopped(m, day))
                continue;
            const msp_status rc = add_questionnaire(m, s, day, c, v->day.value, name, err);
            if (rc != MSP_OK)
                return rc;
        }
    return MSP_OK;
}

/* Those of a treatment's cycles; of the trial (NULL) the baseline. */
static msp_status add_questionnaires(msp__making *m, const msp__stretch *s, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < m->protocol->quality_of_life.n; i++) {
        const msp_instrument *q = &m->protocol->quality_of_life.items[i];
        if (s == NULL && q->baseline.value)
            rc = add_questionnaire(m, NULL, m->out->start, 0, 0, q->id, err);
        for (size_t k = 0; rc == MSP_OK && s != NULL && s->regimen != NULL && k < q->schedule.n;
             k++)
            rc = add_of_instrument(m, s, &q->schedule.items[k], q->id, err);
    }
    return rc;
}

/* -- all of a phase -- */

/* A visit of no phase is one of every treatment where it is of cycles, else one of the trial. */
static bool belongs(const msp_visit *v, const msp__stretch *s)
{
    if (v->phase.text != NULL)
        return s != NULL && strcmp(v->phase.text, s->phase->id) == 0;
    return msp_was_said(v->cycles.at) == (s != NULL);
}

msp_status msp__add_visits(msp__making *m, const msp__stretch *s, msp_day *last, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < m->protocol->visits.n; i++)
        if (belongs(&m->protocol->visits.items[i], s))
            rc = add_one(m, s, &m->protocol->visits.items[i], last, err);
    if (rc == MSP_OK)
        rc = add_questionnaires(m, s, err);
    return rc == MSP_OK && s != NULL ? add_contacts(m, s, last, err) : rc;
}
