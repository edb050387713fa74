/* ctgov_events.c - a registry record's participant flow and adverse events. */
#include <stdio.h>
#include <string.h>

#include "ctgov_internal.h"

/* -- flow and adverse events -- */

/* A rate of counts, one arm a line; nothing where there is no arm with patients. */
static void add_counts(record *r, const char *name, const char *title, const char *page, bool harm,
                       size_t n, const char *const *arm, const long long *count,
                       const long long *patients)
{
    msp_text *out = &r->trial_results;
    size_t arms = 0;
    for (size_t i = 0; i < n; i++)
        arms += arm[i] != NULL && patients[i] > 0 && count[i] <= patients[i];
    if (arms == 0)
        return;
    msp__ctgov_open_result(r, name, "assigned",
                           msp__ctgov_add_endpoint(r, "rate", title, "", "", harm), page);
    msp_text_add(out, "        arms:\n");
    for (size_t i = 0; i < n; i++)
        if (arm[i] != NULL && patients[i] > 0 && count[i] <= patients[i] &&
            msp__ctgov_begin_arm(r, arm[i])) {
            msp_text_add(out, "          ");
            msp__ctgov_quote(out, arm[i]);
            msp_text_printf(out, ": {n: %lld, count: %lld}\n", patients[i], count[i]);
        }
}

void msp__ctgov_add_flow(record *r)
{
    json_t *flow = msp__ctgov_at(r->results, "participantFlowModule"), *milestone, *achievement;
    json_t *first = json_array_get(msp__ctgov_at(flow, "periods"), 0);
    const char *arm[ARMS_MAX] = {0};
    long long started[ARMS_MAX] = {0}, completed[ARMS_MAX] = {0}, n;
    const char *group[ARMS_MAX] = {0};
    size_t i, k, groups = 0;
    for (i = 0; (milestone = json_array_get(msp__ctgov_at(first, "milestones"), i)) != NULL; i++) {
        const char *type = msp__ctgov_text(milestone, "type");
        for (k = 0;
             (achievement = json_array_get(msp__ctgov_at(milestone, "achievements"), k)) != NULL;
             k++) {
            const char *id = msp__ctgov_text(achievement, "groupId");
            size_t g = 0;
            while (g < groups && strcmp(group[g], id) != 0)
                g++;
            if (g == ARMS_MAX || !msp__ctgov_count(achievement, "numSubjects", &n))
                continue;
            if (g == groups) {
                group[groups++] = id;
                arm[g] = msp__ctgov_arm_of_group(r, msp__ctgov_at(flow, "groups"), id);
            }
            if (strcmp(type, "STARTED") == 0)
                started[g] = n;
            if (strcmp(type, "COMPLETED") == 0)
                completed[g] = n;
        }
    }
    add_counts(r, "flow", "Completed the first period", "participant flow", false, groups, arm,
               completed, started);
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
        add_counts(r, rows[i].name, rows[i].title, msp__ctgov_text(module, "timeFrame"), true,
                   ARMS_MAX, arm, count, patients);
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
    char name[48], title[200];
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
    snprintf(title, sizeof title, "%s (%s adverse event)", msp__ctgov_text(event, "term"), list);
    add_counts(r, name, title, msp__ctgov_text(event, "organSystem"), true, ARMS_MAX, arm, count,
               patients);
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
