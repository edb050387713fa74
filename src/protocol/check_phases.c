/* check_phases.c - ways through the trial that nobody can go: phases, visits, crossover. */
#include <inttypes.h>

#include "check_internal.h"

static const char ID[] = "protocol-phase";

/* -- one phase -- */

static bool is_treatment(const msp_phase *f)
{
    return f->kind.value == MSP_PHASE_INDUCTION || f->kind.value == MSP_PHASE_TREATMENT ||
           f->kind.value == MSP_PHASE_CONSOLIDATION || f->kind.value == MSP_PHASE_MAINTENANCE;
}

static void check_treatment(const msp_protocol *p, const msp_phase *f, msp_findings *findings)
{
    const msp_regimen *r = msp_protocol_regimen(p, f->regimen.text);
    if (!msp_was_said(f->regimen.at))
        FAULT(ID, f->at, "add \"regimen:\"", "phase \"%s\" gives nothing: it has no regimen",
              f->id);
    if (msp_was_said(f->every.at))
        FAULT(ID, f->every.at, "say it in a visit", "only follow-up has an interval of contacts");
    if (r == NULL)
        return;
    const int64_t last = msp__last_cycle(r);
    if (msp_was_said(f->cycles.at) && f->cycles.value > last)
        FAULT(ID, f->cycles.at, "correct one of the two",
              "%" PRId64 " cycles here, but the regimen \"%s\" has %" PRId64, f->cycles.value,
              r->id, last);
    if (!msp_was_said(f->cycles.at) && !msp_was_said(f->duration.at) && last == MSP_NO_END &&
        r->until.n == 0)
        DOUBT(ID, f->at, "add cycles or a duration, or \"until:\" to the regimen",
              "nothing ends the phase \"%s\"", f->id);
}

static void check_follow_up(const msp_phase *f, msp_findings *findings)
{
    const double every = msp__duration_days(&f->every), whole = msp__duration_days(&f->duration);
    if (msp_was_said(f->regimen.at))
        FAULT(ID, f->regimen.at, "make it a treatment, or leave the regimen out",
              "follow-up gives no treatment");
    if (every > whole)
        FAULT(ID, f->every.at, "shorten the interval, or lengthen the follow-up",
              "the first contact comes after the end of the phase");
}

static void check_phase(const msp_protocol *p, const msp_phase *f, msp_findings *findings)
{
    if (msp_was_said(f->cycles.at) && msp_was_said(f->duration.at))
        FAULT(ID, f->duration.at, "keep one of the two",
              "phase \"%s\" has both a number of cycles and a duration", f->id);
    if (is_treatment(f))
        check_treatment(p, f, findings);
    else if (f->kind.value == MSP_PHASE_FOLLOW_UP)
        check_follow_up(f, findings);
    if (same_name(f->after.text, f->id))
        FAULT(ID, f->after.at, "name the phase before it", "phase \"%s\" follows itself", f->id);
}

/* -- an arm's phases in their order -- */

static size_t position(const msp_arm *arm, const char *phase)
{
    size_t i = 0;
    while (i < arm->phases.n && !same_name(arm->phases.items[i].text, phase))
        i++;
    return i;
}

/* Which kinds may not stand before which. */
static bool out_of_order(int earlier, int later)
{
    return earlier == MSP_PHASE_FOLLOW_UP ||
           (later == MSP_PHASE_TRANSPLANT &&
            (earlier == MSP_PHASE_MAINTENANCE || earlier == MSP_PHASE_CONSOLIDATION)) ||
           (later == MSP_PHASE_INDUCTION && earlier != MSP_PHASE_INDUCTION) ||
           (later == MSP_PHASE_CONSOLIDATION && earlier == MSP_PHASE_MAINTENANCE);
}

static void check_order(const msp_protocol *p, const msp_arm *arm, msp_findings *findings)
{
    for (size_t i = 1; i < arm->phases.n; i++) {
        const msp_phase *later = msp_protocol_phase(p, arm->phases.items[i].text);
        const msp_phase *earlier = msp_protocol_phase(p, arm->phases.items[i - 1].text);
        if (later == NULL || earlier == NULL)
            continue;
        if (position(arm, later->id) < i)
            FAULT(ID, arm->phases.items[i].at, "define a second phase for it",
                  "arm \"%s\" goes through \"%s\" twice", arm->id, later->id);
        else if (out_of_order(earlier->kind.value, later->kind.value))
            FAULT(ID, arm->phases.items[i - 1].at, "put the phases in the order of time",
                  "\"%s\" cannot come before \"%s\"", earlier->id, later->id);
    }
}

static void check_way(const msp_protocol *p, const msp_arm *arm, msp_findings *findings)
{
    check_order(p, arm, findings);
    for (size_t i = 0; i < arm->phases.n; i++) {
        const msp_phase *f = msp_protocol_phase(p, arm->phases.items[i].text);
        if (f == NULL)
            continue;
        if (f->after.text != NULL && !same_name(f->after.text, f->id) &&
            msp_protocol_phase(p, f->after.text) != NULL && position(arm, f->after.text) >= i)
            FAULT(ID, f->after.at, "put that phase before it in the arm",
                  "\"%s\" follows \"%s\", which arm \"%s\" %s", f->id, f->after.text, arm->id,
                  position(arm, f->after.text) < arm->phases.n ? "reaches only later"
                                                               : "never goes through");
        if (i == 0 && msp_was_said(f->requires.at))
            FAULT(ID, f->requires.at, "ask for it in a later phase",
                  "the first phase cannot require a response");
    }
}

static bool is_reached(const msp_protocol *p, const msp_phase *f)
{
    for (size_t i = 0; i < p->arms.n; i++)
        if (position(&p->arms.items[i], f->id) < p->arms.items[i].phases.n)
            return true;
    return false;
}

static void check_crossover(const msp_protocol *p, msp_findings *findings)
{
    const msp_crossover *c = &p->crossover;
    const msp_arm *from = msp_protocol_arm(p, c->from.text);
    if (from != NULL && same_name(from->regimen.text, c->regimen.text))
        FAULT("protocol-crossover", c->regimen.at, "name the other regimen",
              "patients of arm \"%s\" get \"%s\" already", from->id, c->regimen.text);
    for (size_t i = 0; i < c->endpoints.n; i++) {
        const msp_endpoint *e = msp_protocol_endpoint(p, c->endpoints.items[i].text);
        if (e != NULL && e->origin.value >= 0 && e->origin.value != MSP_ORIGIN_CROSSOVER)
            FAULT("protocol-crossover", c->endpoints.items[i].at,
                  "say \"origin: crossover\" in the endpoint",
                  "\"%s\" does not start at the crossover", e->id);
    }
}

void msp__check_phases(const msp_protocol *p, msp_findings *findings)
{
    for (size_t i = 0; i < p->phases.n; i++) {
        check_phase(p, &p->phases.items[i], findings);
        if (!is_reached(p, &p->phases.items[i]))
            DOUBT(ID, p->phases.items[i].at, "name it in an arm's phases, or leave it out",
                  "no arm goes through the phase \"%s\"", p->phases.items[i].id);
    }
    for (size_t i = 0; i < p->arms.n; i++)
        check_way(p, &p->arms.items[i], findings);
    if (msp_was_said(p->crossover.at))
        check_crossover(p, findings);
}
