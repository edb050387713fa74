/* rules.c - which rules are in force. */
#include <string.h>

#include "schema_internal.h"

/* The place of a said value: its last member. */
static msp_place place_in(const msp_rules *rules, const msp_schema_field *field)
{
    msp_place at;
    const size_t end = field->offset + msp_schema_size(field->type);
    memcpy(&at, (const char *)rules + end - sizeof at, sizeof at);
    return at;
}

msp_rules msp_protocol_rules(const msp_protocol *protocol, const msp_endpoint *endpoint)
{
    msp_rules rules = protocol->rules;
    if (endpoint == NULL || !msp_was_said(endpoint->rules.at))
        return rules;
    for (size_t i = 0; i < msp__rules.n_fields; i++) {
        const msp_schema_field *field = &msp__rules.fields[i];
        if (msp_was_said(place_in(&endpoint->rules, field)))
            memcpy((char *)&rules + field->offset, (const char *)&endpoint->rules + field->offset,
                   msp_schema_size(field->type));
    }
    return rules;
}
