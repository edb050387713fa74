#include "mspike/analysis/safety.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What both kinds of records share while they are made. */
typedef struct maker {
    const msp_safety_arms *arms;
    msp_results *out;
    msp_record base;
    msp_error *err;
} maker;

static maker begin(const msp_safety_arms *arms, msp_results *out, msp_error *err)
{
    maker m = {.arms = arms, .out = out, .base = msp_record_empty(), .err = err};
    m.base.analysis = MSP_SAFETY_ANALYSIS;
    m.base.population = arms->population;
    return m;
}

static msp_status add(maker *m, msp_statistic statistic, double at, double estimate, int64_t n,
                      int64_t events)
{
    msp_record r = m->base;
    r.statistic = statistic;
    r.at = at;
    r.estimate = estimate;
    r.n = n;
    r.events = events;
    if (isnan(estimate))
        r.note = "the time at risk is not known";
    return msp_results_add(m->out, &r) != NULL
               ? MSP_OK
               : msp_fail(m->err, MSP_EMEM, "no memory for the records of safety");
}

/* -- adverse events -- */

/* A term and its class ("" where not said), or a class alone (term NULL). */
typedef struct group {
    const char *organ_class, *term;
    size_t n_class, n_term; /* patients, of all arms */
} group;

typedef struct adverse {
    maker m;
    const msp_adverse_counted *counted;
    msp_day *first;
    uint8_t *worst;
} adverse;

static msp_incidence count(const adverse *a, uint32_t arm, const msp_adverse_asked *asked)
{
    return msp_incidence_of(a->counted->events, a->counted->n_events, a->counted->patients,
                            a->counted->n, arm, asked, a->first, a->worst);
}

/* Patients with what is asked for, and how often in the time at risk, by arm. */
static msp_status add_incidence(adverse *a, const msp_adverse_asked *asked)
{
    maker *m = &a->m;
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < m->arms->n; i++) {
        const msp_incidence r = count(a, (uint32_t)i, asked);
        m->base.arm = m->arms->names[i];
        m->base.unit = "";
        rc = add(m, MSP_STATISTIC_INCIDENCE, NAN, (double)r.patients, r.n, r.events);
        m->base.unit = "per 100 patient-years";
        if (rc == MSP_OK)
            rc = add(m, MSP_STATISTIC_EXPOSURE_ADJUSTED, NAN, r.exposure_adjusted, r.n, r.patients);
        if (rc == MSP_OK)
            rc = add(m, MSP_STATISTIC_EVENT_RATE, NAN, r.event_rate, r.n, r.events);
    }
    m->base.unit = "";
    return rc;
}

static msp_status add_kind(adverse *a, msp_adverse_kind kind)
{
    const msp_adverse_asked asked = {.kind = kind};
    a->m.base.endpoint = msp_adverse_kind_name(kind);
    return add_incidence(a, &asked);
}

static msp_status add_group(adverse *a, const group *g)
{
    const msp_adverse_asked all = {.organ_class = g->organ_class, .term = g->term},
                            severe = {.kind = MSP_ADVERSE_SEVERE,
                                      .organ_class = g->organ_class,
                                      .term = g->term};
    const bool is_class = g->term == NULL;
    const char *organ_class = *g->organ_class != '\0' ? g->organ_class : "not coded";
    maker *m = &a->m;
    msp_status rc = MSP_OK;
    m->base.subgroup = is_class ? "class" : "term";
    m->base.level_name = is_class ? "" : organ_class;
    m->base.endpoint = is_class ? organ_class : *g->term != '\0' ? g->term : "not coded";
    for (size_t i = 0; rc == MSP_OK && i < m->arms->n; i++) {
        const msp_incidence any = count(a, (uint32_t)i, &all);
        const msp_incidence high = count(a, (uint32_t)i, &severe);
        m->base.arm = m->arms->names[i];
        rc = add(m, MSP_STATISTIC_INCIDENCE, 1, (double)any.patients, any.n, any.events);
        if (rc == MSP_OK)
            rc = add(m, MSP_STATISTIC_INCIDENCE, 3, (double)high.patients, high.n, high.events);
        for (int grade = 0; rc == MSP_OK && grade <= 5; grade++)
            if (any.worst[grade] > 0)
                rc = add(m, MSP_STATISTIC_WORST_GRADE, grade, (double)any.worst[grade], any.n, -1);
    }
    m->base.subgroup = m->base.level_name = "";
    return rc;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static int by_name(const void *pa, const void *pb)
{
    const group *a = pa, *b = pb;
    const int order = strcmp(a->organ_class, b->organ_class);
    return order != 0 ? order : strcmp(a->term, b->term);
}

static int by_frequency(const void *pa, const void *pb)
{
    const group *a = pa, *b = pb;
    if (a->n_class != b->n_class)
        return a->n_class > b->n_class ? -1 : 1;
    const int order = strcmp(a->organ_class, b->organ_class);
    if (order != 0)
        return order;
    if (a->n_term != b->n_term)
        return a->n_term > b->n_term ? -1 : 1;
    return strcmp(a->term, b->term);
}

/* Patients with one, in all arms. */
static size_t patients_with(const adverse *a, const char *organ_class, const char *term)
{
    const msp_adverse_asked asked = {.organ_class = organ_class, .term = term};
    size_t n = 0;
    for (size_t i = 0; i < a->m.arms->n; i++)
        n += (size_t)count(a, (uint32_t)i, &asked).patients;
    return n;
}

/* Each class and term that a patient of an arm had, once, the most frequent first. */
static size_t list_groups(const adverse *a, group *groups)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < a->counted->n_events; i++) {
        const msp_counted_event *e = &a->counted->events[i];
        if (a->counted->patients[e->patient].arm != MSP_NO_ARM)
            groups[n++] = (group){or_empty(e->organ_class), or_empty(e->term), 0, 0};
    }
    qsort(groups, n, sizeof *groups, by_name);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && by_name(&groups[i], &groups[kept - 1]) == 0)
            continue;
        group *g = &groups[kept++];
        *g = groups[i];
        const bool same = kept > 1 && strcmp(g[-1].organ_class, g->organ_class) == 0;
        g->n_class = same ? g[-1].n_class : patients_with(a, g->organ_class, NULL);
        g->n_term = patients_with(a, g->organ_class, g->term);
    }
    qsort(groups, kept, sizeof *groups, by_frequency);
    return kept;
}

static msp_status add_groups(adverse *a)
{
    group *groups = calloc(a->counted->n_events + 1, sizeof *groups);
    if (groups == NULL)
        return msp_fail(a->m.err, MSP_EMEM, "no memory for the terms of adverse events");
    const size_t n = list_groups(a, groups);
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < n; i++) {
        const group whole = {.organ_class = groups[i].organ_class};
        if (i == 0 || strcmp(groups[i - 1].organ_class, whole.organ_class) != 0)
            rc = add_group(a, &whole);
        if (rc == MSP_OK)
            rc = add_group(a, &groups[i]);
    }
    free(groups);
    return rc;
}

static msp_status begin_adverse(const msp_adverse_counted *counted, const msp_safety_arms *arms,
                                msp_results *out, adverse *a, msp_error *err)
{
    *a = (adverse){.m = begin(arms, out, err),
                   .counted = counted,
                   .first = calloc(counted->n + 1, sizeof *a->first),
                   .worst = calloc(counted->n + 1, 1)};
    return a->first != NULL && a->worst != NULL
               ? MSP_OK
               : msp_fail(err, MSP_EMEM, "no memory for %zu patients", counted->n);
}

static msp_status end_adverse(adverse *a, msp_status rc)
{
    free(a->first);
    free(a->worst);
    return rc;
}

msp_status msp_safety_adverse_records(const msp_adverse_counted *counted,
                                      const msp_safety_arms *arms, msp_results *out, msp_error *err)
{
    adverse a;
    msp_status rc = begin_adverse(counted, arms, out, &a, err);
    for (size_t k = 0; rc == MSP_OK && k < MSP_ADVERSE_KINDS; k++)
        rc = add_kind(&a, (msp_adverse_kind)k);
    if (rc == MSP_OK)
        rc = add_groups(&a);
    return end_adverse(&a, rc);
}

msp_status msp_safety_endpoint_records(const msp_adverse_counted *counted,
                                       const msp_safety_arms *arms, const char *id,
                                       const char *label, const msp_adverse_asked *asked,
                                       msp_results *out, msp_error *err)
{
    adverse a;
    msp_status rc = begin_adverse(counted, arms, out, &a, err);
    a.m.base.subgroup = "endpoint";
    a.m.base.endpoint = id;
    a.m.base.category = label;
    if (rc == MSP_OK)
        rc = add_incidence(&a, asked);
    return end_adverse(&a, rc);
}

/* -- laboratory grades -- */

#define BASELINES 6 /* 0 to 4, missing */
#define MISSING   5

typedef struct shift_table {
    int64_t n[BASELINES][5]; /* by the worst on treatment */
    int64_t worst[5], graded, ungraded;
    bool measured;
} shift_table;

static shift_table count_shifts(const msp_lab_course *courses, const uint32_t *arm, size_t n,
                                uint32_t which, msp_toxicity toxicity)
{
    shift_table t = {0};
    for (size_t i = 0; i < n; i++) {
        const msp_lab_shift *s = &courses[i].shifts[toxicity];
        if (arm[i] != which || s->worst == MSP_GRADE_NOT_MEASURED)
            continue;
        t.measured = true;
        t.ungraded += s->worst == MSP_GRADE_UNKNOWN;
        if (s->worst == MSP_GRADE_UNKNOWN)
            continue;
        t.graded++;
        t.worst[s->worst]++;
        t.n[s->baseline >= 0 ? s->baseline : MISSING][s->worst]++;
    }
    return t;
}

static msp_status add_shifts(maker *m, const shift_table *t)
{
    static const char *const names[BASELINES] = {"0", "1", "2", "3", "4", "missing"};
    const int64_t n = t->graded + t->ungraded;
    msp_status rc = MSP_OK;
    for (int g = 0; rc == MSP_OK && g <= 4; g++)
        rc = add(m, MSP_STATISTIC_WORST_GRADE, g, (double)t->worst[g], n, -1);
    if (rc == MSP_OK)
        rc = add(m, MSP_STATISTIC_WORST_GRADE, MSP_GRADE_UNKNOWN, (double)t->ungraded, n, -1);
    for (size_t b = 0; rc == MSP_OK && b < BASELINES; b++) {
        m->base.category = names[b];
        for (int g = 0; rc == MSP_OK && g <= 4; g++)
            if (t->n[b][g] > 0)
                rc = add(m, MSP_STATISTIC_SHIFT, g, (double)t->n[b][g], t->graded, -1);
    }
    m->base.category = "";
    return rc;
}

msp_status msp_safety_lab_records(const msp_lab_course *courses, const uint32_t *arm, size_t n,
                                  const msp_safety_arms *arms, msp_ctcae version, msp_results *out,
                                  msp_error *err)
{
    maker m = begin(arms, out, err);
    char method[32];
    msp_status rc = MSP_OK;
    snprintf(method, sizeof method, "CTCAE %s", msp_ctcae_name(version));
    m.base.method = method;
    m.base.subgroup = "laboratory";
    for (size_t k = 0; k < MSP_TOXICITY_COUNT; k++) {
        bool measured = false;
        for (size_t i = 0; i < arms->n; i++)
            measured =
                measured || count_shifts(courses, arm, n, (uint32_t)i, (msp_toxicity)k).measured;
        m.base.endpoint = msp_toxicity_about((msp_toxicity)k)->term;
        for (size_t i = 0; measured && rc == MSP_OK && i < arms->n; i++) {
            const shift_table t = count_shifts(courses, arm, n, (uint32_t)i, (msp_toxicity)k);
            m.base.arm = arms->names[i];
            rc = add_shifts(&m, &t);
        }
    }
    return rc;
}
