#include "mapping.h"

#include <stdio.h>
#include <string.h>

#include "mspike/base/text.h"

/* -- the usual rules -- */

/* The first code of each is CDISC's (controlled terminology 2026-03-27) where it has one, the
 * others are what sites use. Lists are separated by |; an empty word: the cell may be empty.
 * Columns begin with the table's name. */
#define BLOOD  "BLOOD|WHOLE BLOOD|SERUM|PLASMA|"
#define SERUM  "SERUM|PLASMA|BLOOD|"
#define MARROW "BONE MARROW|BONE MARROW ASPIRATE|BONE MARROW BIOPSY|BONE MARROW TREPHINE|"

/* A lesion of the chromosomes, wherever it is reported. */
#define LESION(marker, codes)                                                         \
    {marker, "GF", "TESTCD", codes, "", ""}, {marker, "MI", "TESTCD", codes, "", ""}, \
    {                                                                                 \
        marker, "LB", "TESTCD", codes, "", ""                                         \
    }

static const struct usual {
    msp_marker marker;
    const char *table, *test, *codes, *second, *values;
} usual[] = {
    {MSP_MARKER_SERUM_M, "LB", "TESTCD", "MCPROT|MPROT|SPEP|MSPIKE|PARAPROT", "SPEC", SERUM},
    {MSP_MARKER_URINE_M, "LB", "TESTCD", "MPROTEXR|MCPROT|UPEP|MPROTU|UMPROT", "SPEC", "URINE|"},
    {MSP_MARKER_IFE_SERUM, "LB", "TESTCD", "MPIGISO|IFE|IMMFIX|IFIX", "SPEC", "SERUM|PLASMA|BLOOD"},
    {MSP_MARKER_IFE_SERUM, "LB", "TESTCD", "SIFE|IFES", "SPEC", SERUM},
    {MSP_MARKER_IFE_URINE, "LB", "TESTCD", "MPIGISO|IFE|IMMFIX|IFIX", "SPEC", "URINE"},
    {MSP_MARKER_IFE_URINE, "LB", "TESTCD", "UIFE|IFEU", "SPEC", "URINE|"},
    {MSP_MARKER_IFE_REFLEX, "LB", "TESTCD", "DIRA|IFERFLX|HYDRASHFT", "SPEC", SERUM},
    {MSP_MARKER_IGA, "LB", "TESTCD", "IGA", "SPEC", SERUM},
    {MSP_MARKER_KAPPA, "LB", "TESTCD", "KLCFR|FLCK|KAPPAFLC", "SPEC", SERUM},
    {MSP_MARKER_LAMBDA, "LB", "TESTCD", "LLCFR|FLCL|LAMBFLC", "SPEC", SERUM},
    {MSP_MARKER_MARROW, "LB", "TESTCD", "PLSTCECE|PLSMCECE|BMPC", "SPEC", MARROW},
    {MSP_MARKER_MARROW, "MI", "TESTCD", "PLSTCECE|PLSMCECE|BMPC", "SPEC", MARROW},
    {MSP_MARKER_CLONAL, "LB", "TESTCD", "PCCLONAL|CLONALPC", "SPEC", MARROW},
    {MSP_MARKER_CLONAL, "MI", "TESTCD", "PCCLONAL|CLONALPC", "SPEC", MARROW},
    {MSP_MARKER_MARROW_KAPPA, "LB", "TESTCD", "PCKAPPA|KAPPAPC", "SPEC", MARROW},
    {MSP_MARKER_MARROW_KAPPA, "MI", "TESTCD", "PCKAPPA|KAPPAPC", "SPEC", MARROW},
    {MSP_MARKER_MARROW_LAMBDA, "LB", "TESTCD", "PCLAMBDA|LAMBDAPC", "SPEC", MARROW},
    {MSP_MARKER_MARROW_LAMBDA, "MI", "TESTCD", "PCLAMBDA|LAMBDAPC", "SPEC", MARROW},
    {MSP_MARKER_CIRCULATING, "LB", "TESTCD", "PLSTCE|PLSNCE", "SPEC", BLOOD},
    {MSP_MARKER_CALCIUM, "LB", "TESTCD", "CA", "SPEC", SERUM},
    {MSP_MARKER_CALCIUM, "LB", "TESTCD", "CACR|CACRALB|CACORR", "SPEC", SERUM},
    {MSP_MARKER_HAEMOGLOBIN, "LB", "TESTCD", "HGB", "SPEC", BLOOD},
    {MSP_MARKER_CREATININE, "LB", "TESTCD", "CREAT", "SPEC", SERUM},
    {MSP_MARKER_EGFR, "LB", "TESTCD", "GFRBSCRT|GFR|GFRE", "SPEC", "SERUM|PLASMA|BLOOD|URINE|"},
    {MSP_MARKER_ALBUMIN, "LB", "TESTCD", "ALB", "SPEC", SERUM},
    {MSP_MARKER_B2M, "LB", "TESTCD", "B2MICG|B2M|B2MG", "SPEC", SERUM},
    {MSP_MARKER_SPD, "TR", "TESTCD", "SPD|SUMPPD|SUMPROD", "", ""},
    {MSP_MARKER_BONE, "TU", "ORRES", "NEW|NEW LESION", "LOC",
     "BONE|SKULL|SPINE|VERTEBRA|RIB|PELVIS|FEMUR|HUMERUS|STERNUM|SCAPULA|CLAVICLE"},
    {MSP_MARKER_NEW_LESION, "TU", "ORRES", "NEW|NEW LESION", "", ""},
    {MSP_MARKER_URINE_VOLUME, "LB", "TESTCD", "VOLUME|UVOL|VOL24H|URVOL", "SPEC", "URINE"},
    {MSP_MARKER_WEIGHT, "VS", "TESTCD", "WEIGHT", "", ""},
    {MSP_MARKER_HEIGHT, "VS", "TESTCD", "HEIGHT", "", ""},
    {MSP_MARKER_LDH, "LB", "TESTCD", "LDH", "SPEC", SERUM},
    {MSP_MARKER_LDH_UPPER, "LB", "TESTCD", "LDH", "SPEC", SERUM},
    LESION(MSP_MARKER_DEL17P, "DEL17P|DEL17P13|DEL17|TP53DEL"),
    LESION(MSP_MARKER_T4_14, "T4_14|T414|T0414|IGHFGFR3"),
    LESION(MSP_MARKER_T14_16, "T14_16|T1416|IGHMAF"),
    LESION(MSP_MARKER_T14_20, "T14_20|T1420|IGHMAFB"),
    LESION(MSP_MARKER_GAIN_1Q, "GAIN1Q|GAIN1Q21|AMP1Q|AMP1Q21|CKS1B"),
    LESION(MSP_MARKER_DEL1P32, "DEL1P32|DEL1P|CDKN2C"),
    LESION(MSP_MARKER_TP53, "TP53MUT|TP53"),
};

static size_t count_words(const char *list)
{
    size_t n = 1;
    for (; *list != '\0'; list++)
        n += *list == '|';
    return n;
}

static bool split(const char *list, msp_arena *arena, map_condition *out)
{
    const size_t n = count_words(list);
    out->values = msp_arena_array(arena, n, sizeof *out->values);
    for (out->n = 0; out->values != NULL && out->n < n; out->n++) {
        const size_t len = strcspn(list, "|");
        out->values[out->n] = msp_arena_text_n(arena, list, len);
        if (out->values[out->n] == NULL)
            return false;
        list += len + 1;
    }
    return out->values != NULL;
}

static bool add_condition(map_rule *rule, const char *suffix, const char *values, msp_arena *arena)
{
    if (suffix[0] == '\0')
        return true;
    map_condition *c = &rule->where[rule->n_where++];
    c->column = msp_arena_printf(arena, "%s%s", rule->table, suffix);
    return c->column != NULL && split(values, arena, c);
}

static bool add_usual(const struct usual *u, msp_arena *arena, map_rules *out)
{
    map_rule *rule = &out->items[out->n++];
    const bool limit = u->marker == MSP_MARKER_LDH_UPPER;
    *rule =
        (map_rule){.marker = u->marker,
                   .table = u->table,
                   .total_calcium = strcmp(u->codes, "CA") == 0,
                   .value = msp_arena_printf(arena, "%s%s", u->table, limit ? "ORNRHI" : "ORRES"),
                   .unit_column = msp_arena_printf(arena, "%sORRESU", u->table),
                   .date = msp_arena_printf(arena, "%sDTC", u->table)};
    return rule->value != NULL && rule->unit_column != NULL && rule->date != NULL &&
           add_condition(rule, u->test, u->codes, arena) &&
           add_condition(rule, u->second, u->values, arena);
}

/* -- the protocol's -- */

/* The marker of a measurement's name; MSP_MARKER_COUNT for what response does not look at. Total
 * calcium is what `calcium:` maps; laboratories rarely report the corrected one. */
static msp_marker marker_of(const char *name)
{
    for (size_t i = 0; i < MSP_MARKER_COUNT; i++)
        if (msp_text_equal_nocase(name, msp_marker_about((msp_marker)i)->name))
            return (msp_marker)i;
    return msp_text_equal_nocase(name, "corrected-calcium") ? MSP_MARKER_CALCIUM : MSP_MARKER_COUNT;
}

msp_marker map_cells_of(msp_marker lesion)
{
    return lesion == MSP_MARKER_DEL17P   ? MSP_MARKER_DEL17P_CELLS
           : lesion == MSP_MARKER_T4_14  ? MSP_MARKER_T4_14_CELLS
           : lesion == MSP_MARKER_T14_16 ? MSP_MARKER_T14_16_CELLS
                                         : MSP_MARKER_COUNT;
}

static msp_status add_said(const msp_measurement *m, msp_marker marker, msp_arena *arena,
                           map_rules *out, msp_error *err)
{
    map_rule *rule = &out->items[out->n++];
    *rule = (map_rule){.marker = marker,
                       .total_calcium = msp_text_equal_nocase(m->id, "calcium"),
                       .table = m->table.text,
                       .value = m->value.text,
                       .unit_column = m->unit_column.text,
                       .date = m->date.text,
                       .unit = m->unit.text,
                       .said = m};
    if (m->where.n > MAP_CONDITIONS_MAX)
        return msp_fail_at(err, MSP_EINPUT, m->at, "\"%s\" has %zu conditions; at most %d are read",
                           m->id, m->where.n, MAP_CONDITIONS_MAX);
    for (size_t i = 0; i < m->where.n; i++) {
        const msp_condition *c = &m->where.items[i];
        map_condition *to = &rule->where[rule->n_where++];
        *to = (map_condition){.column = c->column, .n = c->values.n};
        to->values = msp_arena_array(arena, c->values.n + 1, sizeof *to->values);
        if (to->values == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the measurements");
        for (size_t k = 0; k < c->values.n; k++)
            to->values[k] = c->values.items[k].text;
    }
    return MSP_OK;
}

msp_status map_rules_make(const msp_protocol *protocol, msp_arena *arena, map_rules *out,
                          msp_error *err)
{
    const size_t n_said = protocol != NULL ? protocol->measurements.n : 0;
    bool said[MSP_MARKER_COUNT] = {false}, memory = true;
    *out =
        (map_rules){.items = msp_arena_array(arena, n_said + MSP_COUNT(usual), sizeof *out->items)};
    if (out->items == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the measurements");
    for (size_t i = 0; i < n_said; i++) {
        const msp_measurement *m = &protocol->measurements.items[i];
        const msp_marker marker = marker_of(m->id);
        if (marker == MSP_MARKER_COUNT)
            continue;
        said[marker] = true;
        const msp_status rc = add_said(m, marker, arena, out, err);
        if (rc != MSP_OK)
            return rc;
    }
    for (size_t i = 0; i < MSP_COUNT(usual); i++)
        if (!said[usual[i].marker])
            memory = memory && add_usual(&usual[i], arena, out);
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the measurements");
}

/* -- what an unknown test looks like -- */

/* Words that a name has to hold, all of them, and words that it must not, by |. */
typedef struct look {
    const char *with, *without;
    msp_marker marker;
} look;

static const look urine_looks[] = {
    {"immunofix", "", MSP_MARKER_IFE_URINE},
    {"m-protein", "", MSP_MARKER_URINE_M},
    {"m protein", "", MSP_MARKER_URINE_M},
    {"m-spike", "", MSP_MARKER_URINE_M},
    {"m spike", "", MSP_MARKER_URINE_M},
    {"paraprotein", "", MSP_MARKER_URINE_M},
    {"monoclonal|protein", "", MSP_MARKER_URINE_M},
    {"bence", "", MSP_MARKER_URINE_M},
};

static const look blood_looks[] = {
    {"immunofix", "", MSP_MARKER_IFE_SERUM},
    {"kappa|free", "", MSP_MARKER_KAPPA},
    {"kappa|flc", "", MSP_MARKER_KAPPA},
    {"lambda|free", "", MSP_MARKER_LAMBDA},
    {"lambda|flc", "", MSP_MARKER_LAMBDA},
    {"m-protein", "", MSP_MARKER_SERUM_M},
    {"m protein", "", MSP_MARKER_SERUM_M},
    {"m-spike", "", MSP_MARKER_SERUM_M},
    {"m spike", "", MSP_MARKER_SERUM_M},
    {"paraprotein", "", MSP_MARKER_SERUM_M},
    {"monoclonal|protein", "isotype", MSP_MARKER_SERUM_M},
    {"immunoglobulin a", "anti|antibod", MSP_MARKER_IGA},
    {"microglobulin|beta", "", MSP_MARKER_B2M},
    {"microglobulin|b2", "", MSP_MARKER_B2M},
    {"lactate dehydrogenase", "isoenzyme", MSP_MARKER_LDH},
    {"haemoglobin", "a1c|glyc|corpuscular|free", MSP_MARKER_HAEMOGLOBIN},
    {"hemoglobin", "a1c|glyc|corpuscular|free", MSP_MARKER_HAEMOGLOBIN},
    {"creatinine", "clearance|kinase", MSP_MARKER_CREATININE},
    {"calcium", "ioni|score", MSP_MARKER_CALCIUM},
    {"albumin", "globulin|pre|micro", MSP_MARKER_ALBUMIN},
    {"17p", "", MSP_MARKER_DEL17P},
    {"(4;14)", "", MSP_MARKER_T4_14},
    {"(14;16)", "", MSP_MARKER_T14_16},
    {"(14;20)", "", MSP_MARKER_T14_20},
    {"1q", "11q|21q", MSP_MARKER_GAIN_1Q},
    {"1p32", "", MSP_MARKER_DEL1P32},
    {"residual disease|sequenc", "", MSP_MARKER_MRD_SEQUENCING},
    {"residual disease|flow", "", MSP_MARKER_MRD_FLOW},
    {"residual disease|ngf", "", MSP_MARKER_MRD_FLOW},
    {"cd34", "", MSP_MARKER_CD34},
};

/* How many of the words are in `text`. */
static size_t words_in(const char *text, const char *words, size_t *n)
{
    size_t found = 0;
    char word[32];
    *n = 0;
    while (*words != '\0') {
        const size_t len = strcspn(words, "|");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        found += msp_text_contains_nocase(text, word);
        ++*n;
        words += len + (words[len] == '|');
    }
    return found;
}

static bool looks_so(const look *l, const char *text)
{
    size_t n;
    return words_in(text, l->with, &n) == n && words_in(text, l->without, &n) == 0;
}

const msp_marker_info *map_guess(const char *code, const char *name, const char *specimen)
{
    char text[160];
    snprintf(text, sizeof text, "%.20s %.120s", code, name);
    if (msp_text_contains_nocase(name, "ratio") || msp_text_contains_nocase(name, "/"))
        return NULL;
    if (msp_text_contains_nocase(name, "plasma cell") &&
        (msp_text_contains_nocase(specimen, "marrow") || msp_text_contains_nocase(name, "marrow")))
        return msp_marker_about(MSP_MARKER_MARROW);
    const bool urine =
        msp_text_contains_nocase(specimen, "urine") || msp_text_contains_nocase(name, "urine");
    const look *looks = urine ? urine_looks : blood_looks;
    const size_t n = urine ? MSP_COUNT(urine_looks) : MSP_COUNT(blood_looks);
    for (size_t i = 0; i < n; i++)
        if (looks_so(&looks[i], text))
            return msp_marker_about(looks[i].marker);
    return NULL;
}
