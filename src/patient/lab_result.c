#include "mspike/patient/lab_result.h"

#include <ctype.h>
#include <string.h>

#include "mspike/base/text.h"

#define TEXT_MAX 64

/* Lower case, blanks at both ends dropped; false where it is too long to be a result. */
static bool normal(const char *text, char out[TEXT_MAX])
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    if (n >= TEXT_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
    out[n] = '\0';
    return true;
}

static bool one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static bool is_nothing(const char *text)
{
    static const char *const words[] = {"",          "na",           ".",
                                        "not done",  "nd",           "missing",
                                        "unknown",   "inconclusive", "indeterminate",
                                        "equivocal", "not evaluable"};
    return one_of(text, words, MSP_COUNT(words));
}

static bool is_none_seen(const char *text)
{
    static const char *const words[] = {"not detected",
                                        "undetectable",
                                        "not detectable",
                                        "none detected",
                                        "not visible",
                                        "too small to quantify",
                                        "unquantifiable",
                                        "not quantifiable",
                                        "negative",
                                        "neg",
                                        "absent",
                                        "none",
                                        "tstq"};
    return one_of(text, words, MSP_COUNT(words));
}

static bool is_positive(const char *text)
{
    static const char *const words[] = {"pos",
                                        "positive",
                                        "1",
                                        "yes",
                                        "y",
                                        "true",
                                        "present",
                                        "detected",
                                        "clonal",
                                        "abnormal",
                                        "new",
                                        "new lesion",
                                        "deleted",
                                        "deletion",
                                        "gain",
                                        "amplified",
                                        "amplification",
                                        "mutated",
                                        "mutation detected"};
    return one_of(text, words, MSP_COUNT(words));
}

static bool is_negative(const char *text)
{
    static const char *const words[] = {"0",
                                        "no",
                                        "n",
                                        "false",
                                        "normal",
                                        "polyclonal",
                                        "not clonal",
                                        "no monoclonal protein",
                                        "no monoclonal band",
                                        "no m-protein",
                                        "no m protein",
                                        "no paraprotein",
                                        "wild type",
                                        "wild-type",
                                        "not mutated"};
    return is_none_seen(text) || one_of(text, words, MSP_COUNT(words));
}

static msp_lab_result sign(const char *text)
{
    if (is_positive(text))
        return (msp_lab_result){.kind = MSP_RESULT_VALUE, .value = {1, 0}};
    if (is_negative(text))
        return (msp_lab_result){.kind = MSP_RESULT_VALUE};
    return (msp_lab_result){.kind = MSP_RESULT_UNREADABLE};
}

static bool is_immunofixation(msp_marker marker)
{
    return marker == MSP_MARKER_IFE_SERUM || marker == MSP_MARKER_IFE_URINE;
}

bool msp_is_band(const char *text)
{
    static const char *const denied[] = {"no ", "not ", "neg", "without "};
    char plain[TEXT_MAX], light;
    msp_heavy_chain heavy;
    if (!normal(text, plain))
        return false;
    for (size_t i = 0; i < MSP_COUNT(denied); i++)
        if (strncmp(plain, denied[i], strlen(denied[i])) == 0)
            return false;
    msp_isotype_read(plain, &heavy, &light);
    return heavy != MSP_HEAVY_UNKNOWN || strstr(plain, "kappa") != NULL ||
           strstr(plain, "lambda") != NULL;
}

static bool is_protein(msp_marker marker)
{
    return marker == MSP_MARKER_SERUM_M || marker == MSP_MARKER_URINE_M ||
           marker == MSP_MARKER_SECOND_M;
}

/* "<0.1", ">= 20", "3.2" */
static msp_lab_result quantity(msp_marker marker, char *text, bool comma)
{
    msp_lab_result out = {.kind = MSP_RESULT_VALUE};
    if (is_none_seen(text)) {
        out.flags = MSP_MEASURED_BELOW;
        return out;
    }
    if (text[0] == '<' || text[0] == '>') {
        out.flags = text[0] == '<' ? MSP_MEASURED_BELOW : MSP_MEASURED_ABOVE;
        text++;
        const char *number = text + strspn(text, "= ");
        if (memchr(text, '=', (size_t)(number - text)) != NULL)
            out.flags |= MSP_MEASURED_OR_EQUAL;
        text += number - text;
    }
    char *point = comma ? strchr(text, ',') : NULL;
    if (point != NULL)
        *point = '.';
    if (!msp_decimal_parse(text, strlen(text), &out.value))
        return (msp_lab_result){.kind = MSP_RESULT_UNREADABLE};
    if ((out.flags & MSP_MEASURED_BELOW) != 0 && is_protein(marker)) {
        out.limit = out.value;
        out.value = (msp_decimal){0};
    }
    return out;
}

msp_lab_result msp_lab_result_read(msp_marker marker, const char *text, bool comma)
{
    char plain[TEXT_MAX];
    if (!normal(text, plain))
        return (msp_lab_result){.kind = MSP_RESULT_UNREADABLE};
    if (is_nothing(plain))
        return (msp_lab_result){.kind = MSP_RESULT_NOTHING};
    if (msp_marker_about(marker)->kind == MSP_MARKER_SIGN)
        return sign(is_immunofixation(marker) && msp_is_band(plain) ? "positive" : plain);
    return quantity(marker, plain, comma);
}

msp_fact msp_clonality_of(msp_decimal kappa, msp_decimal lambda)
{
    const msp_decimal enough = {100, 0};
    msp_decimal all;
    if (kappa.coefficient < 0 || lambda.coefficient < 0 || !msp_decimal_add(kappa, lambda, &all) ||
        msp_decimal_cmp(all, enough) < 0)
        return MSP_UNKNOWN;
    const bool at_least_half = msp_decimal_cmp_times(kappa, 2, lambda, 1) >= 0;
    const bool at_most_four = msp_decimal_cmp_times(kappa, 1, lambda, 4) <= 0;
    return msp_fact_of(!at_least_half || !at_most_four);
}

void msp_isotype_read(const char *text, msp_heavy_chain *heavy, char *light)
{
    char plain[TEXT_MAX];
    *heavy = MSP_HEAVY_UNKNOWN;
    *light = 0;
    if (!normal(text, plain))
        return;
#define AS_NAME(code, name) name,
    static const char *const names[] = {MSP_HEAVY_CHAIN_LIST(AS_NAME)};
#undef AS_NAME
    const size_t len = strlen(plain);
    for (size_t i = MSP_HEAVY_IGG; i < MSP_HEAVY_LIGHT; i++) {
        char name[TEXT_MAX];
        if (normal(names[i], name) && strstr(plain, name) != NULL)
            *heavy = (msp_heavy_chain)i;
    }
    if (*heavy == MSP_HEAVY_UNKNOWN &&
        (strncmp(plain, "lc", 2) == 0 || strstr(plain, "light") != NULL))
        *heavy = MSP_HEAVY_LIGHT;
    if (strstr(plain, "kappa") != NULL || (len > 0 && plain[len - 1] == 'k'))
        *light = 'k';
    else if (strstr(plain, "lambda") != NULL || (len > 2 && plain[len - 1] == 'l'))
        *light = 'l';
}
