/* check_analyses.c - endpoints, subgroups and analyses that contradict themselves or each other. */
#include <inttypes.h>

#include "check_internal.h"

/* -- endpoints -- */

static void check_endpoint(const msp_protocol *p, const msp_endpoint *e, msp_findings *findings)
{
    static const char id[] = "protocol-endpoint";
    const int kind = e->kind.value;
    if (kind == MSP_ENDPOINT_TIME_TO_EVENT && !msp_was_said(e->events.at) &&
        !msp_was_said(e->from.at))
        FAULT(id, e->at, "add \"events:\", or \"from:\" where a table holds it",
              "nothing ends the time of \"%s\", and no table holds it", e->id);
    if ((kind == MSP_ENDPOINT_TIME_TO_EVENT || kind == MSP_ENDPOINT_RESPONSE) &&
        e->origin.value == MSP_ORIGIN_RANDOMIZATION && msp_was_said(p->trial.randomised.at) &&
        !p->trial.randomised.value)
        FAULT(id, said_or(e->origin.at, e->at), "say \"origin: consent\" or \"origin: first-dose\"",
              "\"%s\" starts at randomisation, but the trial is not randomised", e->id);
    if (e->origin.value == MSP_ORIGIN_CROSSOVER && !msp_was_said(p->crossover.at))
        FAULT(id, e->origin.at, "add the section \"crossover:\"",
              "\"%s\" starts at a crossover, but there is none", e->id);
    const msp_endpoint *of = msp_protocol_endpoint(p, e->of.text);
    if (of != NULL && of->kind.value >= 0 && of->kind.value != MSP_ENDPOINT_TIME_TO_EVENT)
        FAULT(id, e->of.at, "name a time-to-event endpoint", "\"%s\" is no time to an event",
              of->id);
    if (kind == MSP_ENDPOINT_LANDMARK && !msp_was_said(e->assessed.time.at))
        FAULT(id, e->at, "add \"assessed:\" with a time, such as 24 months",
              "\"%s\" does not say at what time", e->id);
    if (kind == MSP_ENDPOINT_THRESHOLD)
        msp__check_bounds(&e->at_least, &e->above, &e->below, &e->at_most, e->at, false, id,
                          findings);
}

/* A cycle that the phase does not have cannot be the time of an assessment. */
static void check_timepoint(const msp_protocol *p, const msp_endpoint *e, msp_findings *findings)
{
    const msp_phase *phase = msp_protocol_phase(p, e->assessed.phase.text);
    if (phase != NULL && msp_was_said(e->assessed.cycle.at) && msp_was_said(phase->cycles.at) &&
        e->assessed.cycle.value > phase->cycles.value)
        FAULT("protocol-endpoint", e->assessed.cycle.at, "name a cycle that the phase has",
              "\"%s\" is assessed after cycle %" PRId64 ", but \"%s\" has %" PRId64, e->id,
              e->assessed.cycle.value, phase->id, phase->cycles.value);
}

void msp__check_endpoints(const msp_protocol *p, msp_findings *findings)
{
    for (size_t i = 0; i < p->endpoints.n; i++) {
        check_endpoint(p, &p->endpoints.items[i], findings);
        check_timepoint(p, &p->endpoints.items[i], findings);
    }
}

/* -- subgroups -- */

static void check_cuts(const msp_subgroup *subgroup, msp_findings *findings)
{
    for (size_t i = 1; i < subgroup->cuts.n; i++)
        if (subgroup->cuts.items[i].value <= subgroup->cuts.items[i - 1].value)
            FAULT("protocol-subgroup", subgroup->cuts.items[i].at,
                  "write the cut points from low to high",
                  "the cut points of \"%s\" do not increase", subgroup->id);
    if (subgroup->cuts.n > 0 && subgroup->levels.n > 0)
        FAULT("protocol-subgroup", subgroup->levels.at,
              "keep levels for a text or a code, cuts for a number",
              "\"%s\" has both levels and cut points", subgroup->id);
}

/* -- analyses -- */

static const char ID[] = "protocol-analysis";

static void check_comparisons(const msp_protocol *p, const msp_analysis *a, msp_findings *findings)
{
    for (size_t i = 0; i < a->comparisons.n; i++) {
        const msp_comparison *c = &a->comparisons.items[i];
        if (same_name(c->experimental.text, c->control.text))
            FAULT("protocol-comparison", c->control.at, "name two different arms",
                  "arm \"%s\" is compared with itself", c->control.text);
    }
    if (msp_was_said(a->hazard_ratio.at) && !msp_was_said(a->comparisons.at))
        FAULT("protocol-comparison", a->hazard_ratio.at,
              "add \"comparison: {experimental: ..., control: ...}\"",
              "a hazard ratio needs to know which two arms it compares");
    if (msp_was_said(a->test.at) && p->arms.n == 1)
        FAULT("protocol-comparison", a->test.at, "leave the test out, or add the other arm",
              "a single arm is compared with nothing");
}

static bool is_rate_test(int kind)
{
    return kind == MSP_TEST_CMH || kind == MSP_TEST_FISHER || kind == MSP_TEST_CHI_SQUARE;
}

static void check_test(const msp_analysis *a, const msp_endpoint *e, msp_findings *findings)
{
    const msp_planned_test *t = &a->test;
    const int kind = t->kind.value;
    if (!msp_was_said(t->at) || kind < 0)
        return;
    const bool of_time = e != NULL && e->kind.value == MSP_ENDPOINT_TIME_TO_EVENT;
    if (e != NULL && e->kind.value >= 0 && of_time == is_rate_test(kind))
        FAULT(ID, said_or(t->kind.at, t->at),
              of_time ? "name logrank, fh, mwlr, maxcombo or interval"
                      : "name cmh, fisher or chi-square",
              "this test is not one for \"%s\", which is %s", e->id,
              of_time ? "a time to an event" : "a rate");
    if ((kind == MSP_TEST_FISHER || kind == MSP_TEST_CHI_SQUARE) && t->strata.n > 0)
        FAULT(ID, t->strata.at, "name cmh, or leave the strata out", "this test has no strata");
    if (kind != MSP_TEST_FLEMING_HARRINGTON &&
        (msp_was_said(t->rho.at) || msp_was_said(t->gamma.at)))
        FAULT(ID, said_or(t->rho.at, t->gamma.at), "say \"kind: fh\", or leave it out",
              "rho and gamma belong to the test fh");
    if (kind == MSP_TEST_MODESTLY_WEIGHTED && !msp_was_said(t->time.at))
        FAULT(ID, t->at, "add \"time:\" in the endpoint's unit",
              "the test mwlr needs the time at which its weight stops growing");
    if (kind == MSP_TEST_INTERVAL && of_time && !msp_was_said(e->from.after.at))
        FAULT(ID, said_or(t->kind.at, t->at), "add \"after: AVALLO\" to its `from:`",
              "the test interval needs to know after which visit \"%s\" came", e->id);
    if (kind != MSP_TEST_MODESTLY_WEIGHTED && msp_was_said(t->time.at))
        FAULT(ID, t->time.at, "say \"kind: mwlr\", or leave it out",
              "time belongs to the test mwlr");
}

/* Blocks that do not fit the endpoint. */
static void check_blocks(const msp_analysis *a, const msp_endpoint *e, msp_findings *findings)
{
    if (e == NULL || e->kind.value < 0)
        return;
    const struct {
        msp_place at;
        const char *name;
        bool of_time;
    } blocks[] = {
        {a->hazard_ratio.at, "hazard_ratio", true},
        {a->median.at, "median", true},
        {a->follow_up.at, "follow_up", true},
        {a->survival_at.at, "survival_at", true},
        {a->restricted_mean.at, "restricted_mean", true},
        {a->rate.at, "rate", false},
    };
    const bool of_time = e->kind.value == MSP_ENDPOINT_TIME_TO_EVENT;
    const bool scores = e->kind.value == MSP_ENDPOINT_QUALITY_OF_LIFE;
    if (msp_was_said(a->means.at) && !scores)
        FAULT(ID, a->means.at, "leave it out, or name an endpoint of kind quality-of-life",
              "means does not fit \"%s\", which is no score", e->id);
    if (msp_was_said(a->rate.at) && scores && !msp_was_said(e->response.at))
        FAULT(ID, a->rate.at, "leave it out, or name another endpoint",
              "rate does not fit \"%s\", which is a score", e->id);
    for (size_t i = 0; i < MSP_COUNT(blocks); i++)
        if (msp_was_said(blocks[i].at) && blocks[i].of_time != of_time)
            FAULT(ID, blocks[i].at, "leave it out, or name another endpoint",
                  "%s does not fit \"%s\", which is %s", blocks[i].name, e->id,
                  of_time ? "a time to an event" : "no time to an event");
}

/* The interval and the test of one ratio have to tell the same story: an interval narrower than the
 * test's level can leave 1 out while the test does not reject. */
static void check_levels(const msp_analysis *a, msp_findings *findings)
{
    const double alpha = a->test.alpha.value;
    const double level = a->hazard_ratio.level.value;
    if (!msp_was_said(a->test.alpha.at) || !msp_was_said(a->hazard_ratio.at))
        return;
    const bool one_sided = a->test.sided.value == 1;
    const double needed = one_sided ? 1 - 2 * alpha : 1 - alpha;
    if (level < needed - 1e-9)
        DOUBT("protocol-level", said_or(a->hazard_ratio.level.at, a->hazard_ratio.at),
              "widen the interval, or say the alpha that it belongs to",
              "an interval at %g %% can leave 1 out where the %s test at %g does not reject "
              "(that one goes with %g %%)",
              level * 100, one_sided ? "one-sided" : "two-sided", alpha, needed * 100);
}

static void check_against_design(const msp_protocol *p, const msp_analysis *a,
                                 msp_findings *findings)
{
    const msp_planned_design *d = &p->design;
    if (!msp_was_said(d->at) || d->kind.value != MSP_PLANNED_DESIGN_GROUP_SEQUENTIAL)
        return;
    const size_t looks = msp_was_said(d->looks.at) ? d->looks.information.n : 1;
    if (msp_was_said(a->look.at) && a->look.value > 0 && (size_t)a->look.value > looks && looks > 0)
        FAULT("protocol-design", a->look.at, "correct the number, or add the look to the design",
              "look %" PRId64 " of a design with %zu", a->look.value, looks);
    const msp_endpoint *e = msp_protocol_endpoint(p, a->endpoint.text);
    if (e == NULL || e->role.value != MSP_ROLE_PRIMARY || !msp_was_said(a->test.alpha.at))
        return;
    const double side = a->test.alpha.value / (double)a->test.sided.value;
    const double planned = d->alpha.value / (double)d->sided.value;
    if (side > planned + 1e-12)
        FAULT("protocol-design", a->test.alpha.at, "test at the alpha of the design",
              "the test of the primary endpoint uses %g a side, the design has %g", side, planned);
}

static void check_numbers(const msp_protocol *p, size_t i, msp_findings *findings)
{
    const msp_analysis *a = &p->analyses.items[i];
    for (size_t j = 0; j < i; j++)
        if (same_name(p->analyses.items[j].number.text, a->number.text)) {
            DOUBT(ID, a->number.at, "give each table a number of its own",
                  "the table of \"%s\" has this number too", p->analyses.items[j].id);
            return;
        }
}

/* -- several hypotheses -- */

static bool is_hypothesis(const msp_multiplicity *m, const char *name)
{
    for (size_t i = 0; i < m->analyses.n; i++)
        if (same_name(m->analyses.items[i].text, name))
            return true;
    return false;
}

static void check_hypotheses(const msp_protocol *p, const msp_multiplicity *m,
                             msp_findings *findings)
{
    int64_t sided = 0;
    for (size_t i = 0; i < m->analyses.n; i++) {
        const msp_said_text *name = &m->analyses.items[i];
        const msp_analysis *a = msp_protocol_analysis(p, name->text);
        if (a == NULL)
            continue; /* found already */
        if (a->comparisons.n != 1 || !msp_was_said(a->test.at))
            FAULT("protocol-multiplicity", name->at, "give it a comparison and a test",
                  "\"%s\" tests no single hypothesis", name->text);
        else if (sided != 0 && a->test.sided.value != sided)
            DOUBT("protocol-multiplicity", name->at, "one alpha goes with one kind of p",
                  "\"%s\" is tested on %s, an analysis before it otherwise", name->text,
                  a->test.sided.value == 1 ? "one side" : "two sides");
        else
            sided = a->test.sided.value;
        for (size_t k = 0; k < i; k++)
            if (same_name(m->analyses.items[k].text, name->text))
                FAULT("protocol-multiplicity", name->at, "name each analysis once",
                      "\"%s\" stands here twice", name->text);
    }
}

static void check_graph(const msp_multiplicity *m, msp_findings *findings)
{
    double sum = 0;
    for (size_t i = 0; i < m->weights.n; i++)
        sum += m->weights.items[i].value;
    if (m->weights.n != m->analyses.n)
        FAULT("protocol-multiplicity", m->at, "give each analysis a weight, 0 included",
              "%zu weights for %zu analyses", m->weights.n, m->analyses.n);
    else if (sum > 1 + 1e-9)
        FAULT("protocol-multiplicity", m->weights.items[0].at, "they share one alpha",
              "the weights sum to %g, more than 1", sum);
    for (size_t i = 0; i < m->analyses.n; i++) {
        const char *name = m->analyses.items[i].text;
        double out = 0;
        for (size_t k = 0; k < m->transfers.n; k++)
            out += same_name(m->transfers.items[k].from.text, name)
                       ? m->transfers.items[k].part.value
                       : 0;
        if (out > 1 + 1e-9)
            FAULT("protocol-multiplicity", m->at, "a weight can only be given away once",
                  "the transfers from \"%s\" sum to %g, more than 1", name, out);
    }
}

static void check_multiplicity(const msp_protocol *p, msp_findings *findings)
{
    const msp_multiplicity *m = &p->multiplicity;
    if (!msp_was_said(m->at))
        return;
    const bool graphical = m->kind.value == MSP_MULTIPLICITY_GRAPHICAL;
    check_hypotheses(p, m, findings);
    if (graphical)
        check_graph(m, findings);
    else if (m->weights.n > 0 || m->transfers.n > 0)
        FAULT("protocol-multiplicity", m->at, "say kind: graphical, or leave them out",
              "weights and transfers belong to a graphical procedure");
    for (size_t i = 0; i < m->transfers.n; i++) {
        const msp_weight_transfer *t = &m->transfers.items[i];
        if (same_name(t->from.text, t->to.text))
            FAULT("protocol-multiplicity", t->at, "name another analysis",
                  "a weight that goes from \"%s\" to itself", t->from.text);
        else if (!is_hypothesis(m, t->from.text) || !is_hypothesis(m, t->to.text))
            FAULT("protocol-multiplicity", t->at, "name two of `analyses:`",
                  "a transfer of an analysis that is not one of these hypotheses");
    }
}

void msp__check_analyses(const msp_protocol *p, msp_findings *findings)
{
    for (size_t i = 0; i < p->subgroups.n; i++)
        check_cuts(&p->subgroups.items[i], findings);
    for (size_t i = 0; i < p->analyses.n; i++) {
        const msp_analysis *a = &p->analyses.items[i];
        const msp_endpoint *e = msp_protocol_endpoint(p, a->endpoint.text);
        check_comparisons(p, a, findings);
        check_test(a, e, findings);
        check_blocks(a, e, findings);
        check_levels(a, findings);
        check_against_design(p, a, findings);
        check_numbers(p, i, findings);
    }
    check_multiplicity(p, findings);
}
