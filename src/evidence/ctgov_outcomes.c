/* ctgov_outcomes.c - a registry record's outcome measures and their analyses. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ctgov_internal.h"
#include "mspike/base/decimal.h"
#include "mspike/evidence/printed.h"

/* -- outcomes -- */

static bool contains(const char *s, const char *part)
{
    const size_t len = strlen(part);
    for (; *s != '\0'; s++) {
        size_t i = 0;
        while (i < len && tolower((unsigned char)s[i]) == part[i])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

static bool of_hazards(json_t *outcome)
{
    size_t i;
    json_t *analysis;
    for (i = 0; (analysis = json_array_get(msp__ctgov_at(outcome, "analyses"), i)) != NULL; i++)
        if (contains(msp__ctgov_text(analysis, "paramType"), "hazard") ||
            contains(msp__ctgov_text(analysis, "paramType"), "cox"))
            return true;
    return false;
}

/* What an outcome is: a rate where it counts participants or gives their percentage, a time to an
 * event where it is analysed by hazards or is a median time to something, else a mean. */
static const char *kind_of(json_t *outcome)
{
    const char *unit = msp__ctgov_text(outcome, "unitOfMeasure"),
               *title = msp__ctgov_text(outcome, "title");
    if (of_hazards(outcome))
        return "time-to-event";
    if (strcmp(msp__ctgov_text(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") == 0 ||
        (contains(unit, "percent") &&
         (contains(unit, "participant") || contains(unit, "subject") || contains(unit, "patient"))))
        return "rate";
    if (strcmp(msp__ctgov_text(outcome, "paramType"), "MEDIAN") == 0 &&
        (contains(title, "survival") || contains(title, "time to") || contains(title, "duration")))
        return "time-to-event";
    return "mean";
}

/* "95% Confidence Interval" */
static bool level_of(const char *dispersion, double *level)
{
    if (!contains(dispersion, "confidence"))
        return false;
    const size_t len = strspn(dispersion, "0123456789.");
    return len > 0 && msp_double_parse(dispersion, len, level) && *level > 0 && *level < 100;
}

static void add_level(double percent, msp_text *out)
{
    msp_decimal exact;
    char text[MSP_DECIMAL_MAX];
    if (msp_decimal_from_double(percent, &exact) && msp_decimal_shift(exact, 2, &exact)) {
        msp_decimal_format(exact, text);
        msp_text_printf(out, ", level: %s", text);
    }
}

static json_t *denominator(json_t *outcome, json_t *class, const char *group)
{
    json_t *denoms = msp__ctgov_at(class, "denoms"), *denom, *count;
    size_t i, k;
    if (json_array_size(denoms) == 0)
        denoms = msp__ctgov_at(outcome, "denoms");
    for (i = 0; (denom = json_array_get(denoms, i)) != NULL; i++)
        for (k = 0; (count = json_array_get(msp__ctgov_at(denom, "counts"), k)) != NULL; k++)
            if (strcmp(msp__ctgov_text(count, "groupId"), group) == 0 &&
                contains(msp__ctgov_text(denom, "units"), "participant"))
                return count;
    return NULL;
}

static bool n_of(json_t *outcome, json_t *class, const char *group, long long *n)
{
    return msp__ctgov_count(denominator(outcome, class, group), "value", n);
}

static void add_arm(record *r, json_t *outcome, json_t *class, json_t *measurement, msp_text *out)
{
    char buffer[64], low[64], high[64];
    const char *group = msp__ctgov_text(measurement, "groupId");
    const char *arm = msp__ctgov_arm_of_group(r, msp__ctgov_at(outcome, "groups"), group);
    long long n, count;
    double level;
    if (arm == NULL || !msp__ctgov_begin_arm(r, arm))
        return;
    const size_t from = out->len;
    msp_text_add(out, "          ");
    msp__ctgov_quote(out, arm);
    msp_text_add(out, ": {");
    const size_t empty = out->len;
    if (n_of(outcome, class, group, &n))
        msp_text_printf(out, "n: %lld", n);
    const char *value = msp__ctgov_as_printed(msp__ctgov_text(measurement, "value"), buffer);
    const char *separator = out->len > empty ? ", " : "";
    if (strcmp(msp__ctgov_text(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") == 0) {
        if (msp__ctgov_count(measurement, "value", &count))
            msp_text_printf(out, "%scount: %lld", separator, count);
    } else if (msp__ctgov_is_printed(value)) {
        msp_text_printf(out, "%svalue: %s", separator, value);
    }
    const char *lower = msp__ctgov_as_printed(msp__ctgov_text(measurement, "lowerLimit"), low);
    const char *upper = msp__ctgov_as_printed(msp__ctgov_text(measurement, "upperLimit"), high);
    if (level_of(msp__ctgov_text(outcome, "dispersionType"), &level) &&
        msp__ctgov_is_printed(lower) && msp__ctgov_is_printed(upper)) {
        msp_text_printf(out, "%sinterval: [%s, %s]", out->len > empty ? ", " : "", lower, upper);
        add_level(level, out);
    }
    if (out->len == empty && out->data != NULL) {
        out->len = from;
        out->data[from] = '\0';
        return;
    }
    msp_text_add(out, "}\n");
}

size_t msp__ctgov_add_endpoint(record *r, const char *kind, const char *title,
                               const char *class_title, const char *category, bool harm)
{
    msp_text label = {0};
    msp_text_add(&label, title);
    if (class_title[0] != '\0')
        msp_text_printf(&label, ": %s", class_title);
    if (category[0] != '\0')
        msp_text_printf(&label, ": %s", category);
    msp_text_printf(&r->endpoints, "  e%zu: {kind: %s%s, label: ", ++r->n_endpoints, kind,
                    harm ? ", harm: yes" : "");
    msp__ctgov_quote(&r->endpoints, msp_text_str(&label));
    msp_text_add(&r->endpoints, "}\n");
    msp_text_free(&label);
    return r->n_endpoints;
}

void msp__ctgov_open_result(record *r, const char *name, const char *population, size_t endpoint,
                            const char *page)
{
    msp_text *out = &r->trial_results;
    r->n_said = 0;
    msp_text_printf(out,
                    "      %s-%s:\n        population: %s\n        endpoint: e%zu\n"
                    "        source: registry\n        page: ",
                    r->nct, name, population, endpoint);
    msp__ctgov_quote(out, page);
    msp_text_add_char(out, '\n');
}

bool msp__ctgov_begin_arm(record *r, const char *arm)
{
    for (size_t i = 0; i < r->n_said; i++)
        if (strcmp(r->said[i], arm) == 0) {
            NOTE(r, "%s: two groups of one table go by the name \"%s\": the first is taken", r->nct,
                 arm);
            return false;
        }
    if (r->n_said < ARMS_MAX)
        r->said[r->n_said++] = arm;
    return true;
}

/* Drops what was written since `from` where it says nothing. */
static void drop(msp_text *out, size_t from)
{
    if (out->data != NULL && !out->failed) {
        out->len = from;
        out->data[from] = '\0';
    }
}

static void add_arms(record *r, json_t *outcome, json_t *class, json_t *category, size_t opened)
{
    msp_text *out = &r->trial_results;
    json_t *measurement;
    size_t i;
    msp_text_add(out, "        arms:\n");
    const size_t empty = out->len;
    for (i = 0; (measurement = json_array_get(msp__ctgov_at(category, "measurements"), i)) != NULL;
         i++)
        add_arm(r, outcome, class, measurement, out);
    if (out->len == empty)
        drop(out, opened);
}

/* -- analyses -- */

static const char *measure_of(const char *parameter)
{
    static const struct {
        const char *part, *measure;
    } rows[] = {
        {"hazard", "HR"},
        {"cox", "HR"},
        {"odds", "OR"},
        {"risk ratio", "RR"},
        {"relative risk", "RR"},
        {"rate ratio", "IRR"},
        {"risk difference", "RD"},
        {"percentage difference", "RD"},
        {"difference", "MD"},
    };
    for (size_t i = 0; i < MSP_COUNT(rows); i++)
        if (contains(parameter, rows[i].part))
            return rows[i].measure;
    return NULL;
}

/* How much of a phrase "A over B" in `text` speaks for first to second; negative: for the other
 * way round. */
static double direction_of(const char *text, const char *first, const char *second)
{
    static const char *const between[] = {
        " over ", " versus ",      " vs. ",           " vs ",         "/",
        " - ",    " compared to ", " compared with ", " relative to "};
    double best = 0;
    for (size_t i = 0; i < MSP_COUNT(between); i++)
        for (const char *p = strstr(text, between[i]); p != NULL; p = strstr(p + 1, between[i])) {
            char left[64], right[64];
            const size_t back = (size_t)(p - text) < 40 ? (size_t)(p - text) : 40;
            snprintf(left, sizeof left, "%.*s", (int)back, p - back);
            snprintf(right, sizeof right, "%.40s", p + strlen(between[i]));
            const double x = (double)msp__ctgov_common_words(left, first) +
                             (double)msp__ctgov_common_words(right, second);
            const double y = (double)msp__ctgov_common_words(left, second) +
                             (double)msp__ctgov_common_words(right, first);
            if (fabs(x - y) > fabs(best))
                best = x - y;
        }
    return best;
}

/* What is printed of a group in this row, a percentage for counts; NaN where nothing is. */
static double value_of(json_t *outcome, json_t *class, json_t *category, const char *group)
{
    json_t *measurement;
    size_t i;
    long long n, count;
    char buffer[64];
    for (i = 0; (measurement = json_array_get(msp__ctgov_at(category, "measurements"), i)) != NULL;
         i++) {
        if (strcmp(msp__ctgov_text(measurement, "groupId"), group) != 0)
            continue;
        if (strcmp(msp__ctgov_text(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") != 0)
            return msp_printed_parse(
                       msp__ctgov_as_printed(msp__ctgov_text(measurement, "value"), buffer))
                .value;
        if (msp__ctgov_count(measurement, "value", &count) && n_of(outcome, class, group, &n) &&
            n > 0)
            return 100 * (double)count / (double)n;
    }
    return (double)NAN;
}

/* 1 where the numbers of the arms have the estimate's direction as first to second, -1 the other
 * way round, 0 where they do not tell. A longer median is a lower hazard. */
static int direction_by_value(const char *measure, double estimate, double first, double second)
{
    const bool ratio = strcmp(measure, "RD") != 0 && strcmp(measure, "MD") != 0;
    double effect = ratio ? log(estimate) : estimate;
    if (strcmp(measure, "HR") == 0)
        effect = -effect;
    const double product = effect * (first - second);
    return (product > 0) - (product < 0);
}

static int sides_in(const char *text)
{
    if (contains(text, "one-sided") || contains(text, "1-sided") || contains(text, "one sided"))
        return 1;
    if (contains(text, "two-sided") || contains(text, "2-sided") || contains(text, "two sided"))
        return 2;
    return 0;
}

static void add_interval(record *r, json_t *analysis, const char *name, msp_text *out)
{
    char a[64], b[64];
    const char *lower = msp__ctgov_as_printed(msp__ctgov_text(analysis, "ciLowerLimit"), a);
    const char *upper = msp__ctgov_as_printed(msp__ctgov_text(analysis, "ciUpperLimit"), b);
    const char *level = msp__ctgov_text(analysis, "ciPctValue");
    const bool one_sided = strcmp(msp__ctgov_text(analysis, "ciNumSides"), "ONE_SIDED") == 0;
    const bool has_lower = msp_printed_parse(lower).state == MSP_PRINTED_NUMBER;
    const bool has_upper = msp_printed_parse(upper).state == MSP_PRINTED_NUMBER;
    double percent;
    if (!has_lower && !has_upper)
        return;
    if (has_lower && has_upper && !one_sided)
        msp_text_printf(out, ", interval: [%s, %s]", lower, upper);
    else if (has_upper)
        msp_text_printf(out, ", upper_bound: %s%s", upper,
                        one_sided ? ", bound_sides: one-sided" : "");
    else
        msp_text_printf(out, ", lower_bound: %s%s", lower,
                        one_sided ? ", bound_sides: one-sided" : "");
    if (msp_double_parse(level, strlen(level), &percent) && percent > 0 && percent < 100)
        add_level(percent, out);
    else
        NOTE(r, "%s: the interval of %s has no level", r->nct, name);
}

static void add_effect(record *r, json_t *outcome, json_t *class, json_t *category,
                       json_t *analysis, const char *name)
{
    msp_text *out = &r->trial_results;
    char buffer[64];
    json_t *groups = msp__ctgov_at(outcome, "groups"), *ids = msp__ctgov_at(analysis, "groupIds");
    const char *ids_text[2] = {json_string_value(json_array_get(ids, 0)),
                               json_string_value(json_array_get(ids, 1))};
    const char *measure = measure_of(msp__ctgov_text(analysis, "paramType"));
    const char *estimate = msp__ctgov_as_printed(msp__ctgov_text(analysis, "paramValue"), buffer);
    if (json_array_size(ids) != 2 || ids_text[0] == NULL || ids_text[1] == NULL)
        return;
    const char *title[2] = {msp__ctgov_text(msp__ctgov_group(groups, ids_text[0]), "title"),
                            msp__ctgov_text(msp__ctgov_group(groups, ids_text[1]), "title")};
    const char *arm[2] = {msp__ctgov_arm(r, title[0]), msp__ctgov_arm(r, title[1])};
    if (arm[0] == NULL || arm[1] == NULL || strcmp(arm[0], arm[1]) == 0)
        return;
    if (measure == NULL && msp__ctgov_text(analysis, "paramType")[0] != '\0')
        NOTE(r, "%s: \"%s\" of %s is no ratio or difference that is read", r->nct,
             msp__ctgov_text(analysis, "paramType"), name);
    double direction =
        direction_of(msp__ctgov_text(analysis, "estimateComment"), title[0], title[1]);
    if (direction == 0)
        direction = direction_of(msp__ctgov_text(analysis, "groupDescription"), title[0], title[1]);
    if (direction == 0 && measure != NULL)
        direction = direction_by_value(measure, msp_printed_parse(estimate).value,
                                       value_of(outcome, class, category, ids_text[0]),
                                       value_of(outcome, class, category, ids_text[1]));
    if (direction == 0 && measure != NULL)
        NOTE(r, "%s: nothing says which arm %s compares with which; taken as %s to %s", r->nct,
             name, arm[0], arm[1]);
    msp_text_printf(out, "        effect: {measure: %s, compare: [",
                    measure != NULL ? measure : "OR");
    msp__ctgov_quote(out, direction < 0 ? arm[1] : arm[0]);
    msp_text_add(out, ", ");
    msp__ctgov_quote(out, direction < 0 ? arm[0] : arm[1]);
    msp_text_add(out, "]");
    if (measure != NULL && msp_printed_parse(estimate).state == MSP_PRINTED_NUMBER) {
        msp_text_printf(out, ", estimate: %s", estimate);
        add_interval(r, analysis, name, out);
    }
    const char *p = msp__ctgov_as_printed(msp__ctgov_text(analysis, "pValue"), buffer);
    if (msp_printed_parse(p).state == MSP_PRINTED_NUMBER)
        msp_text_printf(out, ", p: %s", p);
    int sides = sides_in(msp__ctgov_text(analysis, "pValueComment"));
    if (sides == 0)
        sides = sides_in(msp__ctgov_text(analysis, "groupDescription"));
    if (sides != 0)
        msp_text_printf(out, ", p_sides: %d", sides);
    msp_text_add(out, "}\n");
}

/* The first analysis stands with the numbers of the arms, each other one alone. Results are named
 * by outcome, class, category and analysis. */
static void add_row(record *r, size_t number, json_t *outcome, size_t c, json_t *class, size_t k,
                    json_t *category)
{
    char name[96], page[128];
    json_t *analyses = msp__ctgov_at(outcome, "analyses");
    const char *kind = kind_of(outcome);
    const size_t endpoint = msp__ctgov_add_endpoint(r, kind, msp__ctgov_text(outcome, "title"),
                                                    msp__ctgov_text(class, "title"),
                                                    msp__ctgov_text(category, "title"), false);
    const size_t n = c == 0 && k == 0 ? json_array_size(analyses) : 0;
    for (size_t i = 0; i < (n > 0 ? n : 1); i++) {
        snprintf(name, sizeof name, "o%zu-%zu-%zu-%zu", number, c + 1, k + 1, i + 1);
        snprintf(page, sizeof page, "outcome measure %zu, %.60s", number,
                 msp__ctgov_text(outcome, "timeFrame"));
        const size_t from = r->trial_results.len;
        msp__ctgov_open_result(r, name, "assessed", endpoint, page);
        const char *unit = msp__ctgov_text(outcome, "unitOfMeasure");
        const bool other_unit = strcmp(kind, "time-to-event") == 0 && !contains(unit, "month");
        if (i == 0 && other_unit)
            NOTE(r, "%s: the times of outcome measure %zu are in %s, not months, and left out",
                 r->nct, number, unit);
        if (i == 0 && !other_unit)
            add_arms(r, outcome, class, category, from);
        if (n > 0 && (i > 0 || r->trial_results.len > from || other_unit))
            add_effect(r, outcome, class, category, json_array_get(analyses, i), name);
        else if (other_unit)
            drop(&r->trial_results, from);
    }
}

void msp__ctgov_add_outcomes(record *r)
{
    json_t *outcomes = msp__ctgov_at(r->results, "outcomeMeasuresModule.outcomeMeasures"), *outcome,
           *class, *category;
    size_t i, c, k;
    for (i = 0; (outcome = json_array_get(outcomes, i)) != NULL; i++)
        for (c = 0; (class = json_array_get(msp__ctgov_at(outcome, "classes"), c)) != NULL; c++)
            for (k = 0; (category = json_array_get(msp__ctgov_at(class, "categories"), k)) != NULL;
                 k++)
                add_row(r, i + 1, outcome, c, class, k, category);
}
