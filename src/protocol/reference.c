/* reference.c - docs/protocol-form.md, from the same tables that reading uses. */
#include "mspike/protocol.h"

void msp_protocol_reference(msp_text *out)
{
    msp_text_add(
        out,
        "# The form of a protocol\n"
        "\n"
        "Made by `mspike --generate protocol-form`; do not edit. [protocol.md](protocol.md) is "
        "the\n"
        "guide, with examples; `mspike check` holds a file against these tables.\n"
        "\n"
        "A file is YAML 1.2 or JSON. Every value is taken as the text that stands there and read "
        "as\n"
        "its key asks, so `no`, `01` and `1e5` mean what they say. Numbers have a decimal point;\n"
        "quantities are a number and a unit (`27 mg/m2`); ranges are `8`, `1-12` or `13-`; yes "
        "and\n"
        "no may also be on and off, true and false. A list of one may be written without "
        "brackets.\n"
        "Anchors, aliases, tags, merge keys and second documents are not used.\n");
    msp_schema_reference(&msp_protocol_schema, out);
    msp_text_add(out, "\n## names of measurements\n\nWhat criteria, doses and `measurements:` may "
                      "call what is measured:\n\n");
    for (size_t i = 0; msp_measurement_names[i] != NULL; i++)
        msp_text_printf(out, "- `%s`\n", msp_measurement_names[i]);
}
