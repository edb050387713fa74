/* ctgov_events.c - a registry record's participant flow and adverse events. */
#include <stdio.h>
#include <string.h>

#include "ctgov_internal.h"

/* -- flow and adverse events -- */

/* A rate of counts by arm; what it is of, in up to three parts. */
typedef struct counted {
    const char *name, *population, *title, *part, *period, *page;
    bool harm;
    size_t n;
    const char *const *arm;
    const long long *count, *patients;
} counted;

static bool has_patients(const counted *c, size_t i)
{
    return c->arm[i] != NULL && c->patients[i] > 0 && c->count[i] <= c->patients[i];
}

/* One arm a line; nothing where there is no arm with patients. */
static void add_counts(record *r, const counted *c)
{
    msp_text *out = &r->trial_results;
    size_t arms = 0;
    for (size_t i = 0; i < c->n; i++)
        arms += has_patients(c, i);
    if (arms == 0)
        return;
    const size_t endpoint =
        msp__ctgov_add_endpoint(r, "rate", c->title, c->part, c->period, c->harm);
    msp__ctgov_open_result(r, c->name, c->population, endpoint, c->page);
    msp_text_add(out, "        arms:\n");
    for (size_t i = 0; i < c->n; i++)
        if (has_patients(c, i) && msp__ctgov_begin_arm(r, c->arm[i])) {
            msp_text_add(out, "          ");
            msp__ctgov_quote(out, c->arm[i]);
            msp_text_printf(out, ": {n: %lld, count: %lld}\n", c->patients[i], c->count[i]);
        }
}

/* The groups of a period, in the order of the first table that names them. */
typedef struct flow {
    json_t *groups;
    const char *title;
    size_t number; /* of the period, from 1 */
    const char *group[ARMS_MAX], *arm[ARMS_MAX];
    long long started[ARMS_MAX];
    size_t n;
} flow;

/* ARMS_MAX where there is no room. */
static size_t group_of(record *r, flow *f, const char *id)
{
    size_t g = 0;
    while (g < f->n && strcmp(f->group[g], id) != 0)
        g++;
    if (g == f->n && f->n < ARMS_MAX) {
        f->group[f->n++] = id;
        f->arm[g] = msp__ctgov_arm_of_group(r, f->groups, id);
    }
    return g;
}

static void read_counts(record *r, flow *f, json_t *list, long long *count)
{
    json_t *one;
    for (size_t k = 0; (one = json_array_get(list, k)) != NULL; k++) {
        const size_t g = group_of(r, f, msp__ctgov_text(one, "groupId"));
        long long n;
        if (g < ARMS_MAX && msp__ctgov_count(one, "numSubjects", &n))
            count[g] = n;
    }
}

/* Those of the patients who started the period. In a later one they are no longer all that were
 * assigned. */
static void add_flow(record *r, flow *f, const char *row, const char *title, const char *part,
                     json_t *list)
{
    long long count[ARMS_MAX] = {0};
    char name[64];
    read_counts(r, f, list, count);
    if (f->number > 1)
        snprintf(name, sizeof name, "flow%zu%s", f->number, row);
    else
        snprintf(name, sizeof name, "flow%s", row);
    add_counts(r, &(counted){.name = name,
                             .population = f->number > 1 ? "assessed" : "assigned",
                             .title = title,
                             .part = part,
                             .period = f->title,
                             .page = "participant flow",
                             .harm = strstr(part, "Adverse") != NULL || strcmp(part, "Death") == 0,
                             .n = f->n,
                             .arm = f->arm,
                             .count = count,
                             .patients = f->started});
}

static void add_milestones(record *r, flow *f, json_t *rows)
{
    json_t *row;
    char name[24];
    for (size_t i = 0; (row = json_array_get(rows, i)) != NULL; i++) {
        const char *type = msp__ctgov_text(row, "type");
        const bool completed = strcmp(type, "COMPLETED") == 0;
        if (strcmp(type, "STARTED") == 0 || strcmp(type, "NOT COMPLETED") == 0)
            continue;
        snprintf(name, sizeof name, "-m%zu", i + 1);
        add_flow(r, f, completed ? "" : name, completed ? "Completed" : type, "",
                 msp__ctgov_at(row, "achievements"));
    }
}

static void add_period(record *r, json_t *module, json_t *period, size_t number)
{
    flow f = {.groups = msp__ctgov_at(module, "groups"),
              .title = msp__ctgov_text(period, "title"),
              .number = number};
    json_t *row, *rows = msp__ctgov_at(period, "milestones");
    char name[24];
    for (size_t i = 0; (row = json_array_get(rows, i)) != NULL; i++)
        if (strcmp(msp__ctgov_text(row, "type"), "STARTED") == 0)
            read_counts(r, &f, msp__ctgov_at(row, "achievements"), f.started);
    add_milestones(r, &f, rows);
    rows = msp__ctgov_at(period, "dropWithdraws");
    for (size_t i = 0; (row = json_array_get(rows, i)) != NULL; i++) {
        snprintf(name, sizeof name, "-left%zu", i + 1);
        add_flow(r, &f, name, "Left", msp__ctgov_text(row, "type"), msp__ctgov_at(row, "reasons"));
    }
}

void msp__ctgov_add_flow(record *r)
{
    json_t *module = msp__ctgov_at(r->results, "participantFlowModule"), *period;
    json_t *periods = msp__ctgov_at(module, "periods");
    for (size_t i = 0; (period = json_array_get(periods, i)) != NULL; i++)
        add_period(r, module, period, i + 1);
}

static void add_event_totals(record *r, json_t *module)
{
    static const struct {
        const char *affected, *at_risk, *title, *name;
    } rows[] = {
        {"deathsNumAffected", "deathsNumAtRisk", "Deaths of any cause", "deaths"},
        {"seriousNumAffected", "seriousNumAtRisk", "Serious adverse events", "serious"},
    };
    json_t *group;
    size_t k;
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        const char *arm[ARMS_MAX] = {0};
        long long count[ARMS_MAX] = {0}, patients[ARMS_MAX] = {0};
        for (k = 0; (group = json_array_get(msp__ctgov_at(module, "eventGroups"), k)) != NULL;
             k++) {
            if (k >= ARMS_MAX || !msp__ctgov_count(group, rows[i].affected, &count[k]) ||
                !msp__ctgov_count(group, rows[i].at_risk, &patients[k]))
                continue;
            arm[k] = msp__ctgov_arm(r, msp__ctgov_text(group, "title"));
        }
        add_counts(r, &(counted){rows[i].name, "assigned", rows[i].title, "", "",
                                 msp__ctgov_text(module, "timeFrame"), true, ARMS_MAX, arm, count,
                                 patients});
    }
}

/* One term of an adverse event; false where it is too rare. */
static bool add_event(record *r, json_t *module, json_t *event, const char *list, size_t number)
{
    const char *arm[ARMS_MAX] = {0};
    long long count[ARMS_MAX] = {0}, patients[ARMS_MAX] = {0};
    json_t *stat;
    size_t k;
    bool common = false;
    char name[48], kind[48];
    for (k = 0; (stat = json_array_get(msp__ctgov_at(event, "stats"), k)) != NULL; k++) {
        if (k >= ARMS_MAX || !msp__ctgov_count(stat, "numAffected", &count[k]) ||
            !msp__ctgov_count(stat, "numAtRisk", &patients[k]))
            continue;
        arm[k] = msp__ctgov_arm_of_group(r, msp__ctgov_at(module, "eventGroups"),
                                         msp__ctgov_text(stat, "groupId"));
        common |= (double)count[k] >= MSP_CTGOV_SHARE * (double)patients[k] && patients[k] > 0;
    }
    if (!common)
        return false;
    snprintf(name, sizeof name, "%s%zu", list, number);
    snprintf(kind, sizeof kind, "%s adverse event", list);
    add_counts(r, &(counted){name, "assigned", msp__ctgov_text(event, "term"), kind, "",
                             msp__ctgov_text(event, "organSystem"), true, ARMS_MAX, arm, count,
                             patients});
    return true;
}

void msp__ctgov_add_events(record *r)
{
    static const char *const lists[][2] = {{"seriousEvents", "serious"}, {"otherEvents", "other"}};
    json_t *module = msp__ctgov_at(r->results, "adverseEventsModule"), *event;
    size_t rare = 0, i;
    add_event_totals(r, module);
    for (size_t k = 0; k < MSP_COUNT(lists); k++)
        for (i = 0; (event = json_array_get(msp__ctgov_at(module, lists[k][0]), i)) != NULL; i++)
            rare += !add_event(r, module, event, lists[k][1], i + 1);
    if (rare > 0)
        NOTE(r, "%s: %zu terms of adverse events with less than %g %% in every group are left out",
             r->nct, rare, 100 * MSP_CTGOV_SHARE);
}
