/* check_regimens.c - schedules that cannot happen: days beyond the cycle, cycles that overlap or
 * are never reached, dose steps after the end. */
#include <inttypes.h>

#include "check_internal.h"

static const char ID[] = "protocol-schedule";

/* -- cycles -- */

static void check_cycle_lengths(const msp_regimen *r, msp_findings *findings)
{
    int64_t next = 1;
    for (size_t i = 0; i < r->cycle.n; i++) {
        const msp_cycle_length *c = &r->cycle.items[i];
        if (c->cycles.from == MSP_NO_COUNT || next == MSP_NO_END)
            return;
        if (c->cycles.from != next)
            FAULT(ID, said_or(c->cycles.at, c->at), "write the cycles in order, without a gap",
                  "the length of cycle %" PRId64 " is %s",
                  next < c->cycles.from ? next : c->cycles.from,
                  next < c->cycles.from ? "not said" : "said twice");
        next = c->cycles.to < MSP_NO_END ? c->cycles.to + 1 : MSP_NO_END;
    }
    const int64_t last = msp__last_cycle(r);
    if (next != MSP_NO_END && (last == MSP_NO_END || last >= next))
        FAULT(ID, r->cycle.at, "let the last range be open, such as 9-",
              "the length of cycle %" PRId64 " is not said", next);
}

/* -- days -- */

static void check_days(const msp_regimen *r, const msp_dosing *d, const msp_dose_days *row,
                       msp_findings *findings)
{
    const int64_t length = msp__shortest_cycle(r, msp__cut_range(row->cycles, msp__last_cycle(r)));
    for (size_t i = 0; i < row->days.n; i++) {
        const msp_said_range *day = &row->days.items[i];
        if (day->from == MSP_NO_COUNT)
            continue;
        if (day->to == MSP_NO_END)
            FAULT(ID, day->at, "say the last day too", "days of a cycle have an end");
        else if (length > 0 && day->to > length)
            FAULT(ID, day->at, "correct the day, or the length of the cycle",
                  "%s is given on day %" PRId64 ", but a cycle has %" PRId64 " days", d->id,
                  day->to, length);
        for (size_t j = 0; j < i; j++)
            if (row->days.items[j].from <= day->to && row->days.items[j].to >= day->from) {
                FAULT(ID, day->at, "say each day once", "day %" PRId64 " is said twice",
                      day->from > row->days.items[j].from ? day->from : row->days.items[j].from);
                break;
            }
    }
}

static bool share_a_day(const msp_dose_days *a, const msp_dose_days *b, int64_t *day)
{
    for (size_t i = 0; i < a->days.n; i++)
        for (size_t j = 0; j < b->days.n; j++) {
            const msp_said_range *x = &a->days.items[i], *y = &b->days.items[j];
            if (x->from != MSP_NO_COUNT && y->from != MSP_NO_COUNT && x->from <= y->to &&
                y->from <= x->to) {
                *day = x->from > y->from ? x->from : y->from;
                return true;
            }
        }
    return false;
}

static void check_rows(const msp_regimen *r, const msp_dosing *d, msp_findings *findings)
{
    const int64_t last = msp__last_cycle(r);
    for (size_t i = 0; i < d->schedule.n; i++) {
        const msp_dose_days *row = &d->schedule.items[i];
        if (row->cycles.from == MSP_NO_COUNT)
            continue;
        if (row->cycles.from > last || (row->cycles.to != MSP_NO_END && row->cycles.to > last))
            FAULT(ID, said_or(row->cycles.at, row->at),
                  "shorten the schedule, or say more cycles of the regimen",
                  "%s has a schedule for cycle %" PRId64 ", which is never reached: the regimen "
                  "has %" PRId64,
                  d->id, row->cycles.to != MSP_NO_END ? row->cycles.to : row->cycles.from, last);
        check_days(r, d, row, findings);
        for (size_t j = 0; j < i; j++) {
            const msp_dose_days *other = &d->schedule.items[j];
            int64_t day;
            if (other->cycles.from != MSP_NO_COUNT && other->cycles.from <= row->cycles.to &&
                other->cycles.to >= row->cycles.from && share_a_day(row, other, &day))
                FAULT(ID, said_or(row->cycles.at, row->at),
                      "let the ranges of cycles follow each other, or the days differ",
                      "two schedules of %s overlap: both give it on day %" PRId64
                      " of cycle %" PRId64,
                      d->id, day,
                      row->cycles.from > other->cycles.from ? row->cycles.from
                                                            : other->cycles.from);
        }
    }
}

/* -- doses -- */

static bool given_on(const msp_dosing *d, int64_t cycle, int64_t day)
{
    for (size_t i = 0; i < d->schedule.n; i++) {
        const msp_dose_days *row = &d->schedule.items[i];
        if (cycle < row->cycles.from || cycle > row->cycles.to)
            continue;
        for (size_t j = 0; j < row->days.n; j++)
            if (day >= row->days.items[j].from && day <= row->days.items[j].to)
                return true;
    }
    return false;
}

static int64_t last_dosed_cycle(const msp_regimen *r, const msp_dosing *d)
{
    int64_t last = 0;
    for (size_t i = 0; i < d->schedule.n; i++)
        if (d->schedule.items[i].cycles.to > last)
            last = d->schedule.items[i].cycles.to;
    const int64_t end = msp__last_cycle(r);
    return last < end ? last : end;
}

static void check_unit(const msp_dosing *d, const msp_said_quantity *dose, msp_findings *findings)
{
    if (msp_was_said(dose->at) && dose->unit >= 0 && d->dose.unit >= 0 &&
        dose->unit != d->dose.unit)
        FAULT(ID, dose->at, "say both doses in one unit",
              "the unit of this dose is not that of %s's first one", d->id);
}

static void check_steps(const msp_regimen *r, const msp_dosing *d, msp_findings *findings)
{
    const int64_t last = last_dosed_cycle(r, d);
    for (size_t i = 0; i < d->steps.n; i++) {
        const msp_dose_step *s = &d->steps.items[i];
        check_unit(d, &s->dose, findings);
        if (s->cycle.value == MSP_NO_COUNT || s->day.value == MSP_NO_COUNT)
            continue;
        const msp_dose_step *before = i > 0 ? &d->steps.items[i - 1] : NULL;
        if (before != NULL &&
            (before->cycle.value > s->cycle.value ||
             (before->cycle.value == s->cycle.value && before->day.value >= s->day.value)))
            FAULT(ID, s->at, "write the steps in the order of time",
                  "this dose step does not come after the one before it");
        if (last > 0 && s->cycle.value > last)
            FAULT(ID, s->cycle.at, "leave the step out, or let the schedule go on",
                  "a dose step in cycle %" PRId64 ", but %s ends with cycle %" PRId64,
                  s->cycle.value, d->id, last);
        else if (!given_on(d, s->cycle.value, s->day.value))
            FAULT(ID, said_or(s->day.at, s->at), "name a day on which it is given",
                  "a dose step on day %" PRId64 " of cycle %" PRId64 ", when %s is not given",
                  s->day.value, s->cycle.value, d->id);
    }
}

static void check_adjustments(const msp_dosing *d, msp_findings *findings)
{
    for (size_t i = 0; i < d->adjustments.n; i++) {
        const msp_dose_adjustment *a = &d->adjustments.items[i];
        check_unit(d, &a->dose, findings);
        msp__check_bounds(&a->at_least, &a->above, &a->below, &a->at_most, a->at, false, ID,
                          findings);
    }
}

static void check_route(const msp_dosing *d, msp_findings *findings)
{
    if (msp_was_said(d->infusion.at) &&
        (d->route.value == MSP_ROUTE_ORAL || d->route.value == MSP_ROUTE_SC ||
         d->route.value == MSP_ROUTE_IM))
        FAULT(ID, d->infusion.at, "correct the route, or leave the infusion out",
              "%s is not given into a vein, so it has no infusion time", d->id);
    if (msp_was_said(d->bsa_cap.at) && d->dose.unit >= 0 && d->dose.unit != MSP_DOSE_MG_PER_M2)
        FAULT(ID, d->bsa_cap.at, "leave the cap out, or say the dose in mg/m2",
              "%s is not dosed by body surface", d->id);
}

static void check_drug(const msp_protocol *p, const msp_dosing *d, msp_findings *findings)
{
    if (msp_was_said(d->drug.at) || msp_protocol_drug(p, d->id) != NULL)
        return;
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < p->drugs.n && n < MSP_COUNT(names); i++)
        names[n++] = p->drugs.items[i].id;
    const char *meant = msp_suggest(d->id, names, n);
    char hint[128] = "define it under \"drugs:\", or name it with \"drug:\"";
    if (meant != NULL)
        snprintf(hint, sizeof hint, "did you mean \"%.80s\"?", meant);
    FAULT("protocol-drug", d->at, hint, "unknown drug \"%s\"", d->id);
}

static bool is_used(const msp_protocol *p, const msp_regimen *r)
{
    for (size_t i = 0; i < p->arms.n; i++)
        if (same_name(p->arms.items[i].regimen.text, r->id))
            return true;
    for (size_t i = 0; i < p->phases.n; i++)
        if (same_name(p->phases.items[i].regimen.text, r->id))
            return true;
    return same_name(p->crossover.regimen.text, r->id);
}

void msp__check_regimens(const msp_protocol *p, msp_findings *findings)
{
    for (size_t i = 0; i < p->regimens.n; i++) {
        const msp_regimen *r = &p->regimens.items[i];
        check_cycle_lengths(r, findings);
        for (size_t j = 0; j < r->drugs.n; j++) {
            const msp_dosing *d = &r->drugs.items[j];
            check_drug(p, d, findings);
            check_route(d, findings);
            check_rows(r, d, findings);
            check_steps(r, d, findings);
            check_adjustments(d, findings);
            for (size_t k = 0; k < d->schedule.n; k++)
                check_unit(d, &d->schedule.items[k].dose, findings);
        }
        if (r->drugs.n == 0)
            FAULT(ID, said_or(r->drugs.at, r->at), "name its drugs",
                  "the regimen \"%s\" gives nothing", r->id);
        if (!is_used(p, r))
            DOUBT("protocol-regimen", r->at, "name it in an arm or a phase, or leave it out",
                  "nobody gets the regimen \"%s\"", r->id);
    }
}
