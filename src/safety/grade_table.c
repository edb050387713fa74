/* grade_table.c - the criteria as the page docs/methods/ctcae.md has them. */
#include <string.h>

#include "mspike/safety/grade.h"

static const msp_ctcae versions[] = {MSP_CTCAE_4, MSP_CTCAE_5, MSP_CTCAE_6};
#define VERSIONS 3

static const char *condition(const msp_grade_row *row)
{
    switch (row->when) {
    case MSP_IF_NOT_HIGH:
        return " (baseline not above its limit)";
    case MSP_IF_NOT_LOW:
        return " (baseline not below its limit)";
    case MSP_IF_ALWAYS:
    case MSP_IF_HIGH:
    case MSP_IF_LOW:
    case MSP_IF_FASTING:
        break;
    }
    return "";
}

/* "< 10.0 g/dL, < 6.2 mmol/L" */
static void say_row(const msp_grade_row *row, msp_text *out)
{
    const msp_blood_info *about = msp_blood_about(msp_toxicity_about(row->toxicity)->test);
    const bool two = row->against == MSP_AGAINST_CUT && about->unit[1][0] != '\0';
    if (two) {
        msp_grade_row_say(row, 1, out);
        msp_text_add(out, "; ");
    }
    msp_grade_row_say(row, 0, out);
    msp_text_add(out, condition(row));
}

/* The four grades of one version, a cell each. */
static void say_version(msp_toxicity toxicity, msp_ctcae version, msp_text *out)
{
    size_t n;
    const msp_grade_row *rows = msp_grade_rows(&n);
    const char *why = msp_grade_refusal(toxicity, version);
    if (why != NULL) {
        msp_text_printf(out, " %s | | | |", why);
        return;
    }
    for (uint8_t grade = 1; grade <= 4; grade++) {
        bool any = false;
        msp_text_add_char(out, ' ');
        for (size_t i = 0; i < n; i++) {
            if (rows[i].toxicity != toxicity || rows[i].grade != grade ||
                (rows[i].versions & version) == 0)
                continue;
            msp_text_add(out, any ? " or " : "");
            say_row(&rows[i], out);
            any = true;
        }
        msp_text_add(out, any ? " |" : "|");
    }
}

/* A line for all versions that say the same. */
static void say_toxicity(msp_toxicity toxicity, msp_text *out)
{
    msp_text cells[VERSIONS] = {{0}};
    bool said[VERSIONS] = {false};
    for (size_t v = 0; v < VERSIONS; v++)
        say_version(toxicity, versions[v], &cells[v]);
    for (size_t v = 0; v < VERSIONS; v++) {
        if (said[v])
            continue;
        msp_text_printf(out, "| %s | %s", msp_toxicity_about(toxicity)->term,
                        msp_ctcae_name(versions[v]));
        for (size_t w = v + 1; w < VERSIONS; w++)
            if (strcmp(msp_text_str(&cells[v]), msp_text_str(&cells[w])) == 0) {
                msp_text_printf(out, ", %s", msp_ctcae_name(versions[w]));
                said[w] = true;
            }
        msp_text_printf(out, " |%s\n", msp_text_str(&cells[v]));
    }
    for (size_t v = 0; v < VERSIONS; v++)
        msp_text_free(&cells[v]);
}

void msp_grade_table(msp_text *out)
{
    msp_text_add(out, "| term | version | grade 1 | grade 2 | grade 3 | grade 4 |\n"
                      "|---|---|---|---|---|---|\n");
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++)
        say_toxicity((msp_toxicity)t, out);
}
