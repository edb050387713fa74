#include "mspike/patient/unit.h"

#include <ctype.h>
#include <string.h>

typedef enum dimension {
    MASS_CONCENTRATION,
    AMOUNT_CONCENTRATION,
    MASS_A_DAY,
    VOLUME_A_DAY,
    SHARE,
    AREA,
    CELLS,
    COUNT,
    CLEARANCE,
    CELLS_A_WEIGHT,
    MASS,
    LENGTH,
    ACTIVITY, /* of an enzyme, by U and by kat */
    CATALYSIS,
    POUNDS,
    INCHES,
    CHARGE, /* of ions */
} dimension;

typedef struct unit {
    const char *name; /* as normal() leaves it */
    dimension dimension;
    int power; /* of ten: how many of the dimension's smallest unit it is */
} unit;

static const unit units[] = {
    {"g/dl", MASS_CONCENTRATION, 4},
    {"g/100ml", MASS_CONCENTRATION, 4},
    {"g/l", MASS_CONCENTRATION, 3},
    {"mg/ml", MASS_CONCENTRATION, 3},
    {"mg/dl", MASS_CONCENTRATION, 1},
    {"mg/100ml", MASS_CONCENTRATION, 1},
    {"mg/l", MASS_CONCENTRATION, 0},
    {"ug/ml", MASS_CONCENTRATION, 0},
    {"mmol/l", AMOUNT_CONCENTRATION, 3},
    {"umol/l", AMOUNT_CONCENTRATION, 0},
    {"nmol/l", AMOUNT_CONCENTRATION, -3},
    {"ml/24h", VOLUME_A_DAY, 0},
    {"l/24h", VOLUME_A_DAY, 3},
    {"mg/24h", MASS_A_DAY, 0},
    {"g/24h", MASS_A_DAY, 3},
    {"%", SHARE, 0},
    {"fraction", SHARE, 2},
    {"/10^6", SHARE, -4},
    {"permillion", SHARE, -4},
    {"/10^6cells", SHARE, -4},
    {"cm2", AREA, 0},
    {"mm2", AREA, -2},
    {"/ul", CELLS, 0},
    {"/mm3", CELLS, 0},
    {"10^6/l", CELLS, 0},
    {"10^9/l", CELLS, 3},
    {"10^3/ul", CELLS, 3},
    {"10^3/mm3", CELLS, 3},
    {"10*9/l", CELLS, 3},
    {"10*3/ul", CELLS, 3},
    {"10e9/l", CELLS, 3},
    {"10e3/ul", CELLS, 3},
    {"x10^9/l", CELLS, 3},
    {"x10^3/ul", CELLS, 3},
    {"gi/l", CELLS, 3},
    {"k/ul", CELLS, 3},
    {"", COUNT, 0}, /* "cells", which normal() takes away */
    {"ml/min", CLEARANCE, 0},
    {"ml/min/1.73m2", CLEARANCE, 0},
    {"10^6/kg", CELLS_A_WEIGHT, 0},
    {"10^6cells/kg", CELLS_A_WEIGHT, 0},
    {"/kg", CELLS_A_WEIGHT, -6},
    {"kg", MASS, 3},
    {"g", MASS, 0},
    {"cm", LENGTH, 0},
    {"mm", LENGTH, -1},
    {"m", LENGTH, 2},
    {"u/l", ACTIVITY, 0},
    {"iu/l", ACTIVITY, 0},
    {"lb", POUNDS, 0},
    {"in", INCHES, 0},
    {"ukat/l", CATALYSIS, 0},
    {"nkat/l", CATALYSIS, -3},
    {"meq/l", CHARGE, 0},
};

/* Between two dimensions, such as mass and amount: how much of the marker's unit one of `unit` is.
 */
typedef struct bridge {
    msp_marker marker;
    const char *unit;
    msp_decimal factor;
} bridge;

static const bridge bridges[] = {
    {MSP_MARKER_CALCIUM, "mmol/l", {4008, 3}},   {MSP_MARKER_HAEMOGLOBIN, "mmol/l", {1611, 3}},
    {MSP_MARKER_CREATININE, "mg/dl", {8842, 2}}, {MSP_MARKER_B2M, "nmol/l", {118, 4}},
    {MSP_MARKER_WEIGHT, "lb", {45359237, 8}},    {MSP_MARKER_HEIGHT, "in", {254, 2}},
    {MSP_MARKER_LDH, "ukat/l", {60, 0}}, /* 1 U is 1 umol a minute */
    {MSP_MARKER_LDH_UPPER, "ukat/l", {60, 0}},
};

/* What a living patient can have, in the marker's unit, and the units that people confuse it with.
 * Generous: a finding here should be a unit or a typing error. */
typedef struct plausible {
    msp_marker marker;
    msp_decimal low, high;
    const char *confused[3];
} plausible;

static const plausible ranges[] = {
    {MSP_MARKER_SERUM_M, {0, 0}, {15, 0}, {"g/L", "mg/dL", NULL}},
    {MSP_MARKER_SECOND_M, {0, 0}, {15, 0}, {"g/L", "mg/dL", NULL}},
    {MSP_MARKER_IGA, {0, 0}, {15, 0}, {"g/L", "mg/dL", NULL}},
    {MSP_MARKER_URINE_M, {0, 0}, {60000, 0}, {NULL}},
    {MSP_MARKER_KAPPA, {0, 0}, {200000, 0}, {NULL}},
    {MSP_MARKER_LAMBDA, {0, 0}, {200000, 0}, {NULL}},
    {MSP_MARKER_MARROW, {0, 0}, {100, 0}, {NULL}},
    {MSP_MARKER_SPD, {0, 0}, {2000, 0}, {"mm2", NULL}},
    {MSP_MARKER_CALCIUM, {5, 0}, {25, 0}, {"mmol/L", NULL}},
    {MSP_MARKER_HAEMOGLOBIN, {2, 0}, {25, 0}, {"g/L", NULL}},
    {MSP_MARKER_CREATININE, {10, 0}, {3000, 0}, {"mg/dL", NULL}},
    {MSP_MARKER_B2M, {0, 0}, {100, 0}, {NULL}},
    {MSP_MARKER_ALBUMIN, {5, 1}, {8, 0}, {"g/L", NULL}},
    {MSP_MARKER_EGFR, {0, 0}, {300, 0}, {NULL}},
    {MSP_MARKER_MRD_FLOW, {0, 0}, {1000000, 0}, {NULL}},
    {MSP_MARKER_MRD_SEQUENCING, {0, 0}, {1000000, 0}, {NULL}},
    {MSP_MARKER_URINE_VOLUME, {0, 0}, {20000, 0}, {NULL}},
    {MSP_MARKER_CD34, {0, 0}, {200, 0}, {NULL}},
    {MSP_MARKER_MARROW_KAPPA, {0, 0}, {1000000, 0}, {NULL}},
    {MSP_MARKER_MARROW_LAMBDA, {0, 0}, {1000000, 0}, {NULL}},
    {MSP_MARKER_WEIGHT, {20, 0}, {350, 0}, {"lb", "g", NULL}},
    {MSP_MARKER_HEIGHT, {100, 0}, {230, 0}, {"in", "m", "mm"}},
    {MSP_MARKER_LDH, {20, 0}, {20000, 0}, {"ukat/L", NULL}},
    {MSP_MARKER_LDH_UPPER, {100, 0}, {700, 0}, {"ukat/L", NULL}},
    {MSP_MARKER_DEL17P_CELLS, {0, 0}, {100, 0}, {NULL}},
    {MSP_MARKER_T4_14_CELLS, {0, 0}, {100, 0}, {NULL}},
    {MSP_MARKER_T14_16_CELLS, {0, 0}, {100, 0}, {NULL}},
};

#define UNIT_MAX 24

/* Lower case, without blanks, with "day" and "d" as "24h", the micro sign as u. */
static void normal(const char *text, char out[UNIT_MAX])
{
    size_t n = 0;
    for (const char *s = text; *s != '\0' && n < UNIT_MAX - 1; s++) {
        const unsigned char c = (unsigned char)*s;
        const unsigned char next = (unsigned char)s[1];
        if (c == ' ')
            continue;
        if ((c == 0xC2 && next == 0xB5) || (c == 0xCE && next == 0xBC)) { /* micro, mu */
            out[n++] = 'u';
            s++;
        } else {
            out[n++] = (char)tolower(c);
        }
    }
    out[n] = '\0';
    static const char *const days[] = {"/day", "/d", "/24hr", "/24hrs", "/24hours"};
    char *slash = strchr(out, '/');
    for (size_t i = 0; slash != NULL && i < MSP_COUNT(days); i++)
        if (strcmp(slash, days[i]) == 0 && slash + sizeof "/24h" <= out + UNIT_MAX) {
            memcpy(slash, "/24h", sizeof "/24h");
            break;
        }
    if (strncmp(out, "cells", 5) == 0)
        memmove(out, out + 5, strlen(out + 5) + 1);
}

static const unit *find_unit(const char *name)
{
    for (size_t i = 0; i < MSP_COUNT(units); i++) /* a letter first: most differ there */
        if (units[i].name[0] == name[0] && strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

static const unit *own_unit(msp_marker marker)
{
    char name[UNIT_MAX];
    normal(msp_marker_about(marker)->unit, name);
    return find_unit(name);
}

static msp_unit_answer bridged(msp_marker marker, msp_decimal value, const unit *from,
                               msp_decimal *out)
{
    for (size_t i = 0; i < MSP_COUNT(bridges); i++) {
        if (bridges[i].marker != marker)
            continue;
        const unit *middle = find_unit(bridges[i].unit);
        if (middle->dimension != from->dimension)
            continue;
        return msp_decimal_shift(value, middle->power - from->power, out) &&
                       msp_decimal_mul(*out, bridges[i].factor, out)
                   ? MSP_UNIT_CONVERTED
                   : MSP_UNIT_TOO_LONG;
    }
    return MSP_UNIT_OTHER_DIMENSION;
}

msp_unit_answer msp_unit_convert(msp_marker marker, msp_decimal value, const char *text,
                                 msp_decimal *out)
{
    if (text == NULL || text[0] == '\0') {
        *out = value;
        return MSP_UNIT_CONVERTED;
    }
    if (strcmp(text, msp_marker_about(marker)->unit) == 0)
        return msp_decimal_shift(value, 0, out) ? MSP_UNIT_CONVERTED : MSP_UNIT_TOO_LONG;
    char name[UNIT_MAX];
    normal(text, name);
    const unit *own = own_unit(marker), *from = find_unit(name);
    if (from == NULL)
        return MSP_UNIT_UNKNOWN;
    if (own == NULL)
        return MSP_UNIT_OTHER_DIMENSION;
    if (from->dimension != own->dimension)
        return bridged(marker, value, from, out);
    return msp_decimal_shift(value, own->power - from->power, out) ? MSP_UNIT_CONVERTED
                                                                   : MSP_UNIT_TOO_LONG;
}

msp_unit_answer msp_unit_rescale(msp_decimal value, const char *from, const char *to,
                                 msp_decimal *out)
{
    char name[UNIT_MAX];
    normal(from, name);
    const unit *a = find_unit(name);
    normal(to, name);
    const unit *b = find_unit(name);
    if (a == NULL || b == NULL)
        return MSP_UNIT_UNKNOWN;
    if (a->dimension != b->dimension)
        return MSP_UNIT_OTHER_DIMENSION;
    return msp_decimal_shift(value, b->power - a->power, out) ? MSP_UNIT_CONVERTED
                                                              : MSP_UNIT_TOO_LONG;
}

static const plausible *range_of(msp_marker marker)
{
    for (size_t i = 0; i < MSP_COUNT(ranges); i++)
        if (ranges[i].marker == marker)
            return &ranges[i];
    return NULL;
}

bool msp_value_plausible(msp_marker marker, msp_decimal value)
{
    const plausible *range = range_of(marker);
    if (range == NULL)
        return value.coefficient >= 0;
    return msp_decimal_cmp(value, range->low) >= 0 && msp_decimal_cmp(value, range->high) <= 0;
}

const char *msp_value_plausible_unit(msp_marker marker, msp_decimal value)
{
    const plausible *range = range_of(marker);
    msp_decimal converted;
    if (range == NULL || msp_value_plausible(marker, value))
        return NULL;
    for (size_t i = 0; i < MSP_COUNT(range->confused) && range->confused[i] != NULL; i++)
        if (msp_unit_convert(marker, value, range->confused[i], &converted) == MSP_UNIT_CONVERTED &&
            msp_value_plausible(marker, converted))
            return range->confused[i];
    return NULL;
}
