/* ctgov_trial.c - a registry record's trial: arms, drugs, plan, eligibility. */
#include <stdio.h>
#include <string.h>

#include "ctgov_internal.h"

/* -- the trial -- */

/* Names are cut to their room before they are compared. */
static bool is_listed(const record *r, const char *label)
{
    for (size_t i = 0; i < r->n_arms; i++)
        if (strncmp(r->arms[i].name, label, sizeof r->arms[i].name - 1) == 0)
            return true;
    return false;
}

void msp__ctgov_read_arms(record *r)
{
    json_t *groups = msp__ctgov_at(r->protocol, "armsInterventionsModule.armGroups"), *group;
    for (int experimental = 1; experimental >= 0; experimental--) {
        size_t i;
        for (i = 0; (group = json_array_get(groups, i)) != NULL; i++) {
            const bool is = strcmp(msp__ctgov_text(group, "type"), "EXPERIMENTAL") == 0;
            const char *label = msp__ctgov_text(group, "label");
            if (is != (experimental == 1) || r->n_arms == ARMS_MAX || label[0] == '\0' ||
                is_listed(r, label))
                continue;
            snprintf(r->arms[r->n_arms].name, sizeof r->arms[0].name, "%s", label);
            r->arms[r->n_arms++].experimental = is;
        }
    }
    r->n_planned = r->n_arms;
}

void msp__ctgov_add_drugs(record *r, const char *arm, msp_text *out)
{
    json_t *groups = msp__ctgov_at(r->protocol, "armsInterventionsModule.armGroups"), *group, *name;
    size_t i, k, n = 0;
    msp_text_add(out, "{drugs: [");
    for (i = 0; (group = json_array_get(groups, i)) != NULL; i++) {
        if (strcmp(msp__ctgov_text(group, "label"), arm) != 0)
            continue;
        for (k = 0; (name = json_array_get(msp__ctgov_at(group, "interventionNames"), k)) != NULL;
             k++) {
            const char *s = json_string_value(name) != NULL ? json_string_value(name) : "";
            const char *colon = strstr(s, ": ");
            msp_text_add(out, n++ > 0 ? ", " : "");
            msp__ctgov_quote(out, colon != NULL ? colon + 2 : s);
        }
    }
    if (n == 0)
        msp__ctgov_quote(out, "not said");
    msp_text_add(out, "]}");
}

void msp__ctgov_add_drug_list(record *r, msp_text *out)
{
    json_t *list = msp__ctgov_at(r->protocol, "armsInterventionsModule.armGroups"), *group, *name;
    msp_text names = {0};
    size_t i, k;
    msp_text_add(out, "\ndrugs:\n  \"not said\": {class: other}\n");
    for (i = 0; (group = json_array_get(list, i)) != NULL; i++)
        for (k = 0; (name = json_array_get(msp__ctgov_at(group, "interventionNames"), k)) != NULL;
             k++) {
            msp_text key = {0};
            const char *s = json_string_value(name) != NULL ? json_string_value(name) : "";
            const char *colon = strstr(s, ": ");
            msp__ctgov_quote(&key, colon != NULL ? colon + 2 : s);
            if (key.len > 2 && strstr(msp_text_str(&names), msp_text_str(&key)) == NULL) {
                msp_text_add(&names, msp_text_str(&key));
                msp_text_printf(out, "  %s: {class: other}\n", msp_text_str(&key));
            }
            msp_text_free(&key);
        }
    msp_text_free(&names);
}

/* "1/2" */
static void add_phase(record *r, msp_text *out)
{
    json_t *phases = msp__ctgov_at(r->protocol, "designModule.phases"), *phase;
    size_t i, n = 0;
    for (i = 0; (phase = json_array_get(phases, i)) != NULL; i++) {
        const char *s = json_string_value(phase) != NULL ? json_string_value(phase) : "";
        const char *digit = strpbrk(s, "1234");
        if (digit != NULL)
            msp_text_printf(out, n++ > 0 ? "/%c" : "    phase: \"%c", *digit);
    }
    if (n > 0)
        msp_text_add(out, "\"\n");
}

static void add_age(record *r, const char *key, const char *field, msp_text *out)
{
    char text[64];
    snprintf(text, sizeof text, "eligibilityModule.%s", key);
    const char *age = msp__ctgov_text(r->protocol, text);
    const size_t len = strspn(age, "0123456789");
    if (len > 0 && len < 4 && strstr(age, "Year") != NULL)
        msp_text_printf(out, "      %s: %.*s\n", field, (int)len, age);
}

static void add_plan(record *r, msp_text *out)
{
    json_t *outcomes = msp__ctgov_at(r->protocol, "outcomesModule.primaryOutcomes"), *outcome;
    long long n;
    size_t i;
    const bool planned =
        strcmp(msp__ctgov_text(r->protocol, "designModule.enrollmentInfo.type"), "ESTIMATED") == 0;
    msp_text objective = {0};
    for (i = 0; (outcome = json_array_get(outcomes, i)) != NULL; i++)
        msp_text_printf(&objective, "%s%s", i > 0 ? "; " : "", msp__ctgov_text(outcome, "measure"));
    msp_text_add(out, "    plan:\n      source: registry\n");
    if (objective.len > 0) {
        msp_text_add(out, "      objective: ");
        msp__ctgov_quote(out, msp_text_str(&objective));
        msp_text_add_char(out, '\n');
    }
    if (planned && msp__ctgov_count(r->protocol, "designModule.enrollmentInfo.count", &n))
        msp_text_printf(out, "      patients: %lld\n", n);
    msp_text_add(out, "    eligibility:\n      source: registry\n");
    add_age(r, "minimumAge", "age_min", out);
    add_age(r, "maximumAge", "age_max", out);
    msp_text_free(&objective);
}

void msp__ctgov_add_trial(record *r, msp_text *out)
{
    long long n;
    const char *acronym = msp__ctgov_text(r->protocol, "identificationModule.acronym");
    const bool randomised =
        strcmp(msp__ctgov_text(r->protocol, "designModule.designInfo.allocation"), "RANDOMIZED") ==
            0 &&
        r->n_planned > 1;
    msp_text_printf(out, "\ntrials:\n  %s:\n    label: ", r->nct);
    msp__ctgov_quote(out, acronym[0] != '\0'
                              ? acronym
                              : msp__ctgov_text(r->protocol, "identificationModule.briefTitle"));
    msp_text_printf(out, "\n    registry: %s\n    design: %s\n", r->nct,
                    randomised ? "randomised" : "single-arm");
    add_phase(r, out);
    const char *masking =
        msp__ctgov_text(r->protocol, "designModule.designInfo.maskingInfo.masking");
    if (masking[0] != '\0')
        msp_text_printf(out, "    open_label: %s\n", strcmp(masking, "NONE") == 0 ? "yes" : "no");
    if (strcmp(msp__ctgov_text(r->protocol, "designModule.enrollmentInfo.type"), "ACTUAL") == 0 &&
        msp__ctgov_count(r->protocol, "designModule.enrollmentInfo.count", &n))
        msp_text_printf(out, "    enrolled: %lld\n", n);
    msp_text_add(out, "    arms: [");
    for (size_t i = 0; i < r->n_arms; i++) {
        msp_text_add(out, i > 0 ? ", " : "");
        msp__ctgov_quote(out, r->arms[i].name);
    }
    msp_text_add(out, "]\n");
    add_plan(r, out);
}
