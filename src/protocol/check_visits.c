/* check_visits.c - visits that cannot take place. */
#include <inttypes.h>

#include "check_internal.h"

static const char ID[] = "protocol-visit";

/* A visit of these cycles, in the regimen of its phase, or of an arm. */
static void check_in_regimen(const msp_visit *v, const msp_regimen *r, int64_t last,
                             msp_findings *findings)
{
    const msp_said_range cycles = msp__cut_range(v->cycles, last);
    const int64_t length = msp__shortest_cycle(r, cycles);
    if (v->cycles.from > last || (v->cycles.to != MSP_NO_END && v->cycles.to > last))
        FAULT(ID, v->cycles.at, "correct the cycles, or let the treatment go on",
              "\"%s\" is in cycle %" PRId64 ", which is never reached: there are %" PRId64, v->id,
              v->cycles.to != MSP_NO_END ? v->cycles.to : v->cycles.from, last);
    else if (length > 0 && v->day.value > length)
        FAULT(ID, v->day.at, "correct the day, or the length of the cycle",
              "\"%s\" is on day %" PRId64 ", but a cycle of \"%s\" has %" PRId64 " days", v->id,
              v->day.value, r->id, length);
}

static void check_cycles(const msp_protocol *p, const msp_visit *v, msp_findings *findings)
{
    const msp_phase *phase = msp_protocol_phase(p, v->phase.text);
    if (msp_was_said(v->every.at))
        FAULT(ID, v->every.at, "keep one of the two",
              "\"%s\" is both a visit of cycles and a series of its own", v->id);
    if (v->day.value != MSP_NO_COUNT && v->day.value < 1 && msp_was_said(v->day.at)) {
        FAULT(ID, v->day.at, "days of a cycle count from 1", "a cycle has no day %" PRId64,
              v->day.value);
        return;
    }
    if (v->cycles.from == MSP_NO_COUNT)
        return;
    if (phase != NULL) {
        const msp_regimen *r = msp_protocol_regimen(p, phase->regimen.text);
        if (r == NULL && !msp_was_said(phase->regimen.at))
            FAULT(ID, v->cycles.at, "say \"every:\" instead", "the phase \"%s\" has no cycles",
                  phase->id);
        if (r != NULL)
            check_in_regimen(v, r,
                             msp_was_said(phase->cycles.at) && phase->cycles.value > 0
                                 ? phase->cycles.value
                                 : msp__last_cycle(r),
                             findings);
        return;
    }
    for (size_t i = 0; i < p->arms.n; i++) {
        const msp_regimen *r = msp_protocol_regimen(p, p->arms.items[i].regimen.text);
        if (r != NULL)
            check_in_regimen(v, r, msp__last_cycle(r), findings);
    }
}

static void check_series(const msp_protocol *p, const msp_visit *v, msp_findings *findings)
{
    const double every = msp__duration_days(&v->every), until = msp__duration_days(&v->until);
    const msp_phase *phase = msp_protocol_phase(p, v->phase.text);
    if (msp_was_said(v->until.at) && !msp_was_said(v->every.at))
        FAULT(ID, v->until.at, "add \"every:\"", "\"%s\" takes place once, so it has no end",
              v->id);
    if (every > until)
        FAULT(ID, v->every.at, "shorten the interval",
              "\"%s\" never takes place: it ends before its first day", v->id);
    if (phase != NULL && until > msp__duration_days(&phase->duration))
        FAULT(ID, v->until.at, "end it with the phase",
              "\"%s\" goes on after the end of the phase \"%s\"", v->id, phase->id);
}

static void check_window(const msp_visit *v, msp_findings *findings)
{
    const msp_window *w = &v->window;
    if (msp_was_said(w->either.at) && (msp_was_said(w->before.at) || msp_was_said(w->after.at)))
        FAULT(ID, w->either.at, "keep one of the two",
              "a window is said on both sides, and on one of them again");
    const double either = msp_was_said(w->either.at) ? msp_decimal_to_double(w->either.value) : 0;
    const double before = msp_was_said(w->before.at) ? msp_decimal_to_double(w->before.value) : 0;
    const double after = msp_was_said(w->after.at) ? msp_decimal_to_double(w->after.value) : 0;
    if (2 * either + before + after >= msp__duration_days(&v->every))
        FAULT(ID, w->at, "narrow the window",
              "the windows of \"%s\" overlap: a day belongs to two visits", v->id);
}

static void check_origin(const msp_visit *v, msp_findings *findings)
{
    if (v->origin.value != MSP_VISIT_LAST_DOSE)
        return;
    if (msp_was_said(v->cycles.at) || msp_was_said(v->every.at) || msp_was_said(v->phase.at))
        FAULT(ID, v->origin.at, "keep \"day:\" alone",
              "\"%s\" counts from the last dose, so it is once and in no phase", v->id);
    else if (v->day.value < 1)
        FAULT(ID, said_or(v->day.at, v->at), "say how many days after it",
              "\"%s\" is not after the last dose", v->id);
}

void msp__check_visits(const msp_protocol *p, msp_findings *findings)
{
    for (size_t i = 0; i < p->visits.n; i++) {
        const msp_visit *v = &p->visits.items[i];
        if (!msp_was_said(v->day.at) && !msp_was_said(v->every.at))
            FAULT(ID, v->at, "add \"day:\" or \"every:\"", "\"%s\" has no time", v->id);
        if (msp_was_said(v->day.at) && v->day.value == 0)
            FAULT(ID, v->day.at, "the day before day 1 is day -1", "there is no day 0");
        if (msp_was_said(v->cycles.at))
            check_cycles(p, v, findings);
        check_series(p, v, findings);
        check_origin(v, findings);
        if (msp_was_said(v->window.at))
            check_window(v, findings);
    }
}
