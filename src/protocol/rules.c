/* rules.c - which rules are in force. */
#include <string.h>

#include "check_internal.h"
#include "schema_internal.h"

/* The place of a said value: its last member. */
static msp_place place_in(const msp_rules *rules, const msp_schema_field *field)
{
    msp_place at;
    const size_t end = field->offset + msp_schema_size(field->type);
    memcpy(&at, (const char *)rules + end - sizeof at, sizeof at);
    return at;
}

/* Those of `over` that were said replace those of `rules`. */
static void overlay(msp_rules *rules, const msp_rules *over)
{
    for (size_t i = 0; i < msp__rules.n_fields; i++) {
        const msp_schema_field *field = &msp__rules.fields[i];
        if (msp_was_said(place_in(over, field)))
            memcpy((char *)rules + field->offset, (const char *)over + field->offset,
                   msp_schema_size(field->type));
    }
}

msp_rules msp_protocol_rules(const msp_protocol *protocol, const msp_endpoint *endpoint)
{
    msp_rules rules = protocol->rules;
    if (endpoint != NULL && msp_was_said(endpoint->rules.at))
        overlay(&rules, &endpoint->rules);
    return rules;
}

msp_status msp_rules_default(msp_arena *arena, msp_rules *out, msp_error *err)
{
    const msp_node nothing = {.kind = MSP_NODE_MAPPING, .at = {.file = "", .line = 1}};
    msp_findings findings = {0};
    *out = (msp_rules){0};
    const msp_status rc = msp_schema_read(&nothing, &msp__rules, arena, out, &findings, err);
    msp_findings_free(&findings);
    return rc;
}

static msp_status unknown_rule(const char *name, msp_error *err)
{
    const char *names[256];
    size_t n = 0;
    for (; n < msp__rules.n_fields && n < MSP_COUNT(names); n++)
        names[n] = msp__rules.fields[n].key;
    const char *meant = msp_suggest(name, names, n);
    msp_fail(err, MSP_EUSAGE, "there is no rule \"%s\"", name);
    if (meant == NULL)
        return msp_hint(err, MSP_EUSAGE, "docs/protocol-form.md lists the rules");
    return msp_hint(err, MSP_EUSAGE, "did you mean \"%s\"?", meant);
}

static const msp_schema_field *find_rule(const char *name)
{
    for (size_t i = 0; i < msp__rules.n_fields; i++)
        if (strcmp(msp__rules.fields[i].key, name) == 0)
            return &msp__rules.fields[i];
    return NULL;
}

/* The default of a rule that has none of its own: nothing, or what the trial says. */
static bool is_nothing(const msp_schema_field *rule, const char *value)
{
    return rule->fallback == NULL && (*value == '\0' || strcmp(value, "per trial") == 0);
}

static msp_status unset(msp_rules *rules, const msp_schema_field *rule, msp_arena *arena,
                        msp_error *err)
{
    msp_rules plain;
    const msp_status rc = msp_rules_default(arena, &plain, err);
    if (rc == MSP_OK)
        memcpy((char *)rules + rule->offset, (const char *)&plain + rule->offset,
               msp_schema_size(rule->type));
    return rc;
}

/* The mapping {name: value}, read by the table that reads a protocol's rules. */
msp_status msp_rules_set(msp_rules *rules, const char *name, const char *value, msp_arena *arena,
                         msp_error *err)
{
    const msp_schema_field *rule = find_rule(name);
    if (rule == NULL)
        return unknown_rule(name, err);
    if (is_nothing(rule, value))
        return unset(rules, rule, arena, err);
    const msp_place at = {.file = "--set", .line = 1, .col = 1, .span = 1};
    msp_node scalar = {.kind = MSP_NODE_SCALAR, .key = name, .key_at = at, .at = at, .text = value};
    const msp_node mapping = {.kind = MSP_NODE_MAPPING, .at = at, .n = 1, .first = &scalar};
    msp_findings findings = {0};
    msp_rules said = {0};
    msp_status rc = msp_schema_read(&mapping, &msp__endpoint_rules, arena, &said, &findings, err);
    if (rc == MSP_OK && findings.n_errors > 0) {
        rc = msp_fail(err, MSP_EUSAGE, "%s", findings.items[0].text);
        if (findings.items[0].hint != NULL)
            msp_hint(err, rc, "%s", findings.items[0].hint);
    }
    if (rc == MSP_OK)
        overlay(rules, &said);
    msp_findings_free(&findings);
    return rc;
}
