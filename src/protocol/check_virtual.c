/* check_virtual.c - what is supposed of patients has to fit the rest of the protocol. */
#include <math.h>

#include "check_internal.h"

static const char id[] = "protocol-virtual";

#define SUM_TOLERANCE 1e-6 /* thirds are written 0.3333333 */

static bool adds_up(double sum)
{
    return isnan(sum) || fabs(sum - 1) <= SUM_TOLERANCE; /* NaN: said wrongly, and told already */
}

static void check_stratum(const msp_protocol *p, const msp_virtual_stratum *s,
                          msp_findings *findings)
{
    const msp_stratum *factor = msp_protocol_stratum(p, s->id);
    if (factor == NULL) {
        FAULT(id, s->at, "name a factor of \"stratification:\"",
              "there is no stratification factor \"%s\"", s->id);
        return;
    }
    double sum = 0;
    for (size_t i = 0; i < s->shares.n; i++)
        sum += s->shares.items[i].value;
    if (s->shares.n != factor->levels.n)
        FAULT(id, s->shares.at, "one share a level", "%zu shares, but \"%s\" has %zu levels",
              s->shares.n, s->id, factor->levels.n);
    else if (!adds_up(sum))
        FAULT(id, s->shares.at, "shares are fractions of the patients", "the shares add up to %g",
              sum);
    if (s->growth.n > 0 && s->growth.n != factor->levels.n)
        FAULT(id, s->growth.at, "one factor a level", "%zu factors, but \"%s\" has %zu levels",
              s->growth.n, s->id, factor->levels.n);
}

static void check_target(const msp_virtual_target *t, msp_findings *findings)
{
    const int figure = t->figure.value;
    const bool rate = figure == MSP_FIGURE_PFS_RATE || figure == MSP_FIGURE_OS_RATE;
    const bool share =
        rate || figure == MSP_FIGURE_ORR || figure == MSP_FIGURE_VGPR || figure == MSP_FIGURE_CR;
    if (rate != msp_was_said(t->time.at))
        FAULT(id, said_or(t->time.at, t->at), rate ? "add \"at:\"" : "leave \"at:\" out",
              rate ? "a rate at which month?" : "only a rate is at a time");
    if (share && t->value.value >= 1)
        FAULT(id, t->value.at, "87 % is 0.87", "a fraction of the patients is below 1");
}

static bool plans_harvest(const msp_protocol *p)
{
    for (size_t i = 0; i < p->visits.n; i++)
        for (size_t k = 0; k < p->visits.items[i].assess.n; k++)
            if (p->visits.items[i].assess.items[k].value == MSP_ASSESSMENT_HARVEST)
                return true;
    return false;
}

static void check_arm(const msp_protocol *p, const msp_virtual_arm *arm, msp_findings *findings)
{
    if (msp_protocol_arm(p, arm->id) == NULL)
        FAULT(id, arm->at, "name an arm of \"arms:\"", "there is no arm \"%s\"", arm->id);
    const double changes =
        arm->delay.value + arm->reduction.value + arm->missed_doses.value; /* one a cycle at most */
    if (changes >= 1)
        FAULT(id, arm->at, "delay, reduction and missed_doses are below 1 together",
              "a cycle of arm \"%s\" is changed with probability %g", arm->id, changes);
    if (msp_was_said(arm->harvest.at) && !plans_harvest(p))
        FAULT(id, arm->harvest.at, "add \"assess: [stem-cell-harvest]\" to the visit that plans it",
              "no visit collects the stem cells of arm \"%s\"", arm->id);
    for (size_t i = 0; i < arm->targets.n; i++)
        check_target(&arm->targets.items[i], findings);
}

/* The arm whose calendar those who go over have. */
static bool some_arm_gets(const msp_protocol *p, const char *regimen)
{
    for (size_t i = 0; i < p->arms.n; i++)
        if (same_name(p->arms.items[i].regimen.text, regimen))
            return true;
    return false;
}

static const msp_virtual_arm *patients_of(const msp_protocol *p, const char *arm)
{
    for (size_t i = 0; i < p->supposed.arms.n; i++)
        if (same_name(p->supposed.arms.items[i].id, arm))
            return &p->supposed.arms.items[i];
    return NULL;
}

static void check_crossing(const msp_protocol *p, msp_findings *findings)
{
    const msp_virtual_crossing *c = &p->supposed.crossover;
    if (!msp_was_said(p->crossover.at)) {
        FAULT(id, c->at, "say from which arm to which regimen: \"crossover: {from: ...}\"",
              "the protocol has no crossover");
        return;
    }
    if (p->crossover.when.value != MSP_UNTIL_PROGRESSION)
        FAULT(id, c->at, "say \"when: progression\"",
              "only a crossover at progression is simulated");
    if (p->crossover.regimen.text != NULL && !some_arm_gets(p, p->crossover.regimen.text))
        FAULT(id, c->at, "a crossover is simulated on the calendar of such an arm",
              "no arm has the regimen \"%s\"", p->crossover.regimen.text);
    const msp_virtual_arm *from = patients_of(p, p->crossover.from.text);
    if (from != NULL && c->growth.value > from->regrowth.value)
        FAULT(id, said_or(c->growth.at, c->at), "at most \"regrowth:\" of the first arm",
              "what is resistant would grow faster with this treatment than without any");
    for (size_t i = 0; i < c->targets.n; i++) {
        const msp_virtual_target *t = &c->targets.items[i];
        check_target(t, findings);
        if (t->figure.value == MSP_FIGURE_OS_RATE)
            FAULT(id, t->figure.at, "a response, or progression-free survival",
                  "a crossover changes nobody's death");
        if (t->figure.value == MSP_FIGURE_HAZARD_RATIO)
            FAULT(id, t->figure.at, "a median, or a rate",
                  "those who went over are compared to nobody");
    }
}

void msp__check_virtual(const msp_protocol *p, msp_findings *findings)
{
    const msp_virtual *v = &p->supposed;
    if (!msp_was_said(v->at))
        return;
    const msp_virtual_measured *m = &v->measured;
    const double sum = m->serum.value + m->urine.value + m->both.value + m->light_chains.value;
    if (!adds_up(sum))
        FAULT(id, m->at, "they are fractions of the patients",
              "what disease is measured by adds "
              "up to %g",
              sum);
    for (size_t i = 0; i < v->strata.n; i++)
        check_stratum(p, &v->strata.items[i], findings);
    for (size_t i = 0; i < v->arms.n; i++)
        check_arm(p, &v->arms.items[i], findings);
    if (msp_was_said(v->crossover.at))
        check_crossing(p, findings);
    for (size_t i = 0; i < p->arms.n; i++) {
        bool there = false;
        for (size_t j = 0; j < v->arms.n; j++)
            there = there || same_name(v->arms.items[j].id, p->arms.items[i].id);
        if (!there)
            FAULT(id, v->arms.at, "every arm needs its patients", "nothing is said of arm \"%s\"",
                  p->arms.items[i].id);
    }
}
