/* ctgov.c - a record of ClinicalTrials.gov as an evidence file.
 *
 *   1. JSON and YAML       3. the trial        5. analyses
 *   2. groups and arms     4. outcomes         6. flow and adverse events
 */
#include "mspike/evidence/ctgov.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mspike/base/decimal.h"
#include "mspike/base/file.h"
#include "mspike/evidence/printed.h"

#define ARMS_MAX 24

typedef struct record {
    json_t *root, *protocol, *results;
    const char *nct, *file;
    struct {
        char name[160];
        bool experimental;
    } arms[ARMS_MAX]; /* regimens: the arms, then groups that are no arm */
    size_t n_arms, n_planned;
    msp_text endpoints, trial_results; /* written while going through the record */
    size_t n_endpoints;
    msp_findings *notes;
} record;

/* -- 1. JSON and YAML -- */

static json_t *at(json_t *object, const char *path)
{
    char key[64];
    while (object != NULL && *path != '\0') {
        const size_t len = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)len, path);
        object = json_object_get(object, key);
        path += len + (path[len] == '.');
    }
    return object;
}

/* "" where there is no such text. */
static const char *text_at(json_t *object, const char *path)
{
    const char *s = json_string_value(at(object, path));
    return s != NULL ? s : "";
}

/* Counts are texts in some modules and numbers in others. */
static bool count_at(json_t *object, const char *path, long long *out)
{
    json_t *x = at(object, path);
    if (json_is_integer(x)) {
        *out = json_integer_value(x);
        return *out >= 0;
    }
    double value;
    const char *s = json_string_value(x);
    if (s == NULL || !msp_double_parse(s, strlen(s), &value) || value < 0 || value > 1e9 ||
        value != floor(value))
        return false;
    *out = (long long)value;
    return true;
}

/* In double quotes, on one line. */
static void add_quoted(msp_text *out, const char *s)
{
    msp_text_add_char(out, '"');
    for (; *s != '\0'; s++)
        if (*s == '"' || *s == '\\')
            msp_text_printf(out, "\\%c", *s);
        else if (*s == '\n' || *s == '\t' || *s == '\r')
            msp_text_add_char(out, ' ');
        else if ((unsigned char)*s >= 0x20 && *s != 0x7f)
            msp_text_add_char(out, *s);
    msp_text_add_char(out, '"');
}

/* A number as the form takes it; false for text that is none. */
static bool is_printed(const char *s)
{
    const msp_printed x = msp_printed_parse(s);
    return x.state == MSP_PRINTED_NUMBER || x.state == MSP_PRINTED_NOT_REACHED;
}

/* The registry writes NA where a number could not be estimated; commas separate thousands. */
static const char *as_printed(const char *s, char out[64])
{
    size_t n = 0;
    if (strcmp(s, "NA") == 0 || strcmp(s, "N/A") == 0)
        return "NR";
    for (; *s == ' ' || *s == '='; s++)
        ;
    for (; *s != '\0' && n < 63; s++)
        if (*s != ',' && *s != ' ')
            out[n++] = *s;
    out[n] = '\0';
    return out;
}

#define NOTE(r, ...)                                                                               \
    msp_findings_add((r)->notes, MSP_SEVERITY_NOTE, "ctgov", (msp_place){.file = (r)->file}, NULL, \
                     __VA_ARGS__)

/* -- 2. groups and arms -- */

/* The next word of letters and digits, in lower case; NULL at the end. */
static const char *next_word(const char *s, char out[32])
{
    size_t n = 0;
    while (*s != '\0' && !isalnum((unsigned char)*s))
        s++;
    while (isalnum((unsigned char)*s)) {
        if (n < 31)
            out[n++] = (char)tolower((unsigned char)*s);
        s++;
    }
    out[n] = '\0';
    return n > 0 ? s : NULL;
}

/* Titles end in the name of an analysis set: "Placebo (FAS)". */
static void title_of(const char *title, char out[160])
{
    snprintf(out, 160, "%s", title);
    char *open = strrchr(out, '(');
    const size_t len = strlen(out);
    if (open != NULL && open > out + 1 && len > 0 && out[len - 1] == ')' && strlen(open) <= 8) {
        while (open > out && open[-1] == ' ')
            open--;
        *open = '\0';
    }
}

static size_t count_words(const char *s)
{
    char word[32];
    size_t n = 0;
    while ((s = next_word(s, word)) != NULL)
        n++;
    return n;
}

static bool has_word(const char *s, const char *wanted)
{
    char word[32];
    while ((s = next_word(s, word)) != NULL)
        if (strcmp(word, wanted) == 0)
            return true;
    return false;
}

/* Words of `a` that `b` has too. */
static size_t common_words(const char *a, const char *b)
{
    char word[32];
    size_t n = 0;
    while ((a = next_word(a, word)) != NULL)
        n += has_word(b, word);
    return n;
}

/* The arm that more than half of the words of both name; a title that names none, or two alike, is
 * a regimen of its own. NULL when there is no room. */
static const char *arm_of(record *r, const char *title)
{
    char name[160];
    title_of(title, name);
    double best = 0.5;
    size_t found = ARMS_MAX;
    for (size_t i = 0; i < r->n_arms; i++) {
        if (strcmp(r->arms[i].name, name) == 0)
            return r->arms[i].name;
        const double common = (double)common_words(name, r->arms[i].name);
        const double share =
            common / fmax((double)count_words(name), (double)count_words(r->arms[i].name));
        if (i < r->n_planned && share >= best) {
            found = share > best ? i : ARMS_MAX;
            best = share;
        }
    }
    if (found < ARMS_MAX)
        return r->arms[found].name;
    if (r->n_arms == ARMS_MAX || count_words(name) == 0)
        return NULL;
    snprintf(r->arms[r->n_arms].name, sizeof r->arms[0].name, "%s", name);
    return r->arms[r->n_arms++].name;
}

static json_t *group_of(json_t *groups, const char *id)
{
    size_t i;
    json_t *group;
    for (i = 0; (group = json_array_get(groups, i)) != NULL; i++)
        if (strcmp(text_at(group, "id"), id) == 0)
            return group;
    return NULL;
}

static const char *arm_of_group(record *r, json_t *groups, const char *id)
{
    json_t *group = group_of(groups, id);
    return group != NULL ? arm_of(r, text_at(group, "title")) : NULL;
}

/* -- 3. the trial -- */

/* Experimental arms first, in the order of the record. */
static void read_arms(record *r)
{
    json_t *groups = at(r->protocol, "armsInterventionsModule.armGroups"), *group;
    for (int experimental = 1; experimental >= 0; experimental--) {
        size_t i;
        for (i = 0; (group = json_array_get(groups, i)) != NULL; i++) {
            const bool is = strcmp(text_at(group, "type"), "EXPERIMENTAL") == 0;
            const char *label = text_at(group, "label");
            if (is != (experimental == 1) || r->n_arms == ARMS_MAX || label[0] == '\0')
                continue;
            snprintf(r->arms[r->n_arms].name, sizeof r->arms[0].name, "%s", label);
            r->arms[r->n_arms++].experimental = is;
        }
    }
    r->n_planned = r->n_arms;
}

/* The drugs of an arm, without their kind: "Drug: Pomalidomide". */
static void add_drugs(record *r, const char *arm, msp_text *out)
{
    json_t *groups = at(r->protocol, "armsInterventionsModule.armGroups"), *group, *name;
    size_t i, k, n = 0;
    msp_text_add(out, "{drugs: [");
    for (i = 0; (group = json_array_get(groups, i)) != NULL; i++) {
        if (strcmp(text_at(group, "label"), arm) != 0)
            continue;
        for (k = 0; (name = json_array_get(at(group, "interventionNames"), k)) != NULL; k++) {
            const char *s = json_string_value(name) != NULL ? json_string_value(name) : "";
            const char *colon = strstr(s, ": ");
            msp_text_add(out, n++ > 0 ? ", " : "");
            add_quoted(out, colon != NULL ? colon + 2 : s);
        }
    }
    if (n == 0)
        add_quoted(out, "not said");
    msp_text_add(out, "]}");
}

static void add_drug_list(record *r, msp_text *out)
{
    json_t *list = at(r->protocol, "armsInterventionsModule.armGroups"), *group, *name;
    msp_text names = {0};
    size_t i, k;
    msp_text_add(out, "\ndrugs:\n  \"not said\": {class: other}\n");
    for (i = 0; (group = json_array_get(list, i)) != NULL; i++)
        for (k = 0; (name = json_array_get(at(group, "interventionNames"), k)) != NULL; k++) {
            msp_text key = {0};
            const char *s = json_string_value(name) != NULL ? json_string_value(name) : "";
            const char *colon = strstr(s, ": ");
            add_quoted(&key, colon != NULL ? colon + 2 : s);
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
    json_t *phases = at(r->protocol, "designModule.phases"), *phase;
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
    const char *age = text_at(r->protocol, text);
    const size_t len = strspn(age, "0123456789");
    if (len > 0 && len < 4 && strstr(age, "Year") != NULL)
        msp_text_printf(out, "      %s: %.*s\n", field, (int)len, age);
}

static void add_plan(record *r, msp_text *out)
{
    json_t *outcomes = at(r->protocol, "outcomesModule.primaryOutcomes"), *outcome;
    long long n;
    size_t i;
    const bool planned =
        strcmp(text_at(r->protocol, "designModule.enrollmentInfo.type"), "ESTIMATED") == 0;
    msp_text objective = {0};
    for (i = 0; (outcome = json_array_get(outcomes, i)) != NULL; i++)
        msp_text_printf(&objective, "%s%s", i > 0 ? "; " : "", text_at(outcome, "measure"));
    msp_text_add(out, "    plan:\n      source: registry\n");
    if (objective.len > 0) {
        msp_text_add(out, "      objective: ");
        add_quoted(out, msp_text_str(&objective));
        msp_text_add_char(out, '\n');
    }
    if (planned && count_at(r->protocol, "designModule.enrollmentInfo.count", &n))
        msp_text_printf(out, "      patients: %lld\n", n);
    msp_text_add(out, "    eligibility:\n      source: registry\n");
    add_age(r, "minimumAge", "age_min", out);
    add_age(r, "maximumAge", "age_max", out);
    msp_text_free(&objective);
}

static void add_trial(record *r, msp_text *out)
{
    long long n;
    const char *acronym = text_at(r->protocol, "identificationModule.acronym");
    const bool randomised =
        strcmp(text_at(r->protocol, "designModule.designInfo.allocation"), "RANDOMIZED") == 0 &&
        r->n_planned > 1;
    msp_text_printf(out, "\ntrials:\n  %s:\n    label: ", r->nct);
    add_quoted(out, acronym[0] != '\0' ? acronym
                                       : text_at(r->protocol, "identificationModule.briefTitle"));
    msp_text_printf(out, "\n    registry: %s\n    design: %s\n", r->nct,
                    randomised ? "randomised" : "single-arm");
    add_phase(r, out);
    const char *masking = text_at(r->protocol, "designModule.designInfo.maskingInfo.masking");
    if (masking[0] != '\0')
        msp_text_printf(out, "    open_label: %s\n", strcmp(masking, "NONE") == 0 ? "yes" : "no");
    if (strcmp(text_at(r->protocol, "designModule.enrollmentInfo.type"), "ACTUAL") == 0 &&
        count_at(r->protocol, "designModule.enrollmentInfo.count", &n))
        msp_text_printf(out, "    enrolled: %lld\n", n);
    msp_text_add(out, "    arms: [");
    for (size_t i = 0; i < r->n_arms; i++) {
        msp_text_add(out, i > 0 ? ", " : "");
        add_quoted(out, r->arms[i].name);
    }
    msp_text_add(out, "]\n");
    add_plan(r, out);
}

/* -- 4. outcomes -- */

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
    for (i = 0; (analysis = json_array_get(at(outcome, "analyses"), i)) != NULL; i++)
        if (contains(text_at(analysis, "paramType"), "hazard") ||
            contains(text_at(analysis, "paramType"), "cox"))
            return true;
    return false;
}

/* What an outcome is: a rate where it counts participants or gives their percentage, a time to an
 * event where it is analysed by hazards or is a median time to something, else a mean. */
static const char *kind_of(json_t *outcome)
{
    const char *unit = text_at(outcome, "unitOfMeasure"), *title = text_at(outcome, "title");
    if (of_hazards(outcome))
        return "time-to-event";
    if (strcmp(text_at(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") == 0 ||
        (contains(unit, "percent") &&
         (contains(unit, "participant") || contains(unit, "subject") || contains(unit, "patient"))))
        return "rate";
    if (strcmp(text_at(outcome, "paramType"), "MEDIAN") == 0 &&
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
    json_t *denoms = at(class, "denoms"), *denom, *count;
    size_t i, k;
    if (json_array_size(denoms) == 0)
        denoms = at(outcome, "denoms");
    for (i = 0; (denom = json_array_get(denoms, i)) != NULL; i++)
        for (k = 0; (count = json_array_get(at(denom, "counts"), k)) != NULL; k++)
            if (strcmp(text_at(count, "groupId"), group) == 0 &&
                contains(text_at(denom, "units"), "participant"))
                return count;
    return NULL;
}

static bool n_of(json_t *outcome, json_t *class, const char *group, long long *n)
{
    return count_at(denominator(outcome, class, group), "value", n);
}

static void add_arm(record *r, json_t *outcome, json_t *class, json_t *measurement, msp_text *out)
{
    char buffer[64], low[64], high[64];
    const char *group = text_at(measurement, "groupId");
    const char *arm = arm_of_group(r, at(outcome, "groups"), group);
    long long n, count;
    double level;
    if (arm == NULL)
        return;
    const size_t from = out->len;
    msp_text_add(out, "          ");
    add_quoted(out, arm);
    msp_text_add(out, ": {");
    const size_t empty = out->len;
    if (n_of(outcome, class, group, &n))
        msp_text_printf(out, "n: %lld", n);
    const char *value = as_printed(text_at(measurement, "value"), buffer);
    const char *separator = out->len > empty ? ", " : "";
    if (strcmp(text_at(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") == 0) {
        if (count_at(measurement, "value", &count))
            msp_text_printf(out, "%scount: %lld", separator, count);
    } else if (is_printed(value)) {
        msp_text_printf(out, "%svalue: %s", separator, value);
    }
    const char *lower = as_printed(text_at(measurement, "lowerLimit"), low);
    const char *upper = as_printed(text_at(measurement, "upperLimit"), high);
    if (level_of(text_at(outcome, "dispersionType"), &level) && is_printed(lower) &&
        is_printed(upper)) {
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

/* An endpoint of its own for each row of an outcome's table. Returns its number. */
static size_t add_endpoint(record *r, const char *kind, const char *title, const char *class_title,
                           const char *category, bool harm)
{
    msp_text label = {0};
    msp_text_add(&label, title);
    if (class_title[0] != '\0')
        msp_text_printf(&label, ": %s", class_title);
    if (category[0] != '\0')
        msp_text_printf(&label, ": %s", category);
    msp_text_printf(&r->endpoints, "  e%zu: {kind: %s%s, label: ", ++r->n_endpoints, kind,
                    harm ? ", harm: yes" : "");
    add_quoted(&r->endpoints, msp_text_str(&label));
    msp_text_add(&r->endpoints, "}\n");
    msp_text_free(&label);
    return r->n_endpoints;
}

static void open_result(record *r, const char *name, const char *population, size_t endpoint,
                        const char *page)
{
    msp_text *out = &r->trial_results;
    msp_text_printf(out,
                    "      %s-%s:\n        population: %s\n        endpoint: e%zu\n"
                    "        source: registry\n        page: ",
                    r->nct, name, population, endpoint);
    add_quoted(out, page);
    msp_text_add_char(out, '\n');
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
    for (i = 0; (measurement = json_array_get(at(category, "measurements"), i)) != NULL; i++)
        add_arm(r, outcome, class, measurement, out);
    if (out->len == empty)
        drop(out, opened);
}

/* -- 5. analyses -- */

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
            const double x =
                (double)common_words(left, first) + (double)common_words(right, second);
            const double y =
                (double)common_words(left, second) + (double)common_words(right, first);
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
    for (i = 0; (measurement = json_array_get(at(category, "measurements"), i)) != NULL; i++) {
        if (strcmp(text_at(measurement, "groupId"), group) != 0)
            continue;
        if (strcmp(text_at(outcome, "paramType"), "COUNT_OF_PARTICIPANTS") != 0)
            return msp_printed_parse(as_printed(text_at(measurement, "value"), buffer)).value;
        if (count_at(measurement, "value", &count) && n_of(outcome, class, group, &n) && n > 0)
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
    const char *lower = as_printed(text_at(analysis, "ciLowerLimit"), a);
    const char *upper = as_printed(text_at(analysis, "ciUpperLimit"), b);
    const char *level = text_at(analysis, "ciPctValue");
    const bool one_sided = strcmp(text_at(analysis, "ciNumSides"), "ONE_SIDED") == 0;
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
    json_t *groups = at(outcome, "groups"), *ids = at(analysis, "groupIds");
    const char *ids_text[2] = {json_string_value(json_array_get(ids, 0)),
                               json_string_value(json_array_get(ids, 1))};
    const char *measure = measure_of(text_at(analysis, "paramType"));
    const char *estimate = as_printed(text_at(analysis, "paramValue"), buffer);
    if (json_array_size(ids) != 2 || ids_text[0] == NULL || ids_text[1] == NULL)
        return;
    const char *title[2] = {text_at(group_of(groups, ids_text[0]), "title"),
                            text_at(group_of(groups, ids_text[1]), "title")};
    const char *arm[2] = {arm_of(r, title[0]), arm_of(r, title[1])};
    if (arm[0] == NULL || arm[1] == NULL || strcmp(arm[0], arm[1]) == 0)
        return;
    if (measure == NULL && text_at(analysis, "paramType")[0] != '\0')
        NOTE(r, "%s: \"%s\" of %s is no ratio or difference that is read", r->nct,
             text_at(analysis, "paramType"), name);
    double direction = direction_of(text_at(analysis, "estimateComment"), title[0], title[1]);
    if (direction == 0)
        direction = direction_of(text_at(analysis, "groupDescription"), title[0], title[1]);
    if (direction == 0 && measure != NULL)
        direction = direction_by_value(measure, msp_printed_parse(estimate).value,
                                       value_of(outcome, class, category, ids_text[0]),
                                       value_of(outcome, class, category, ids_text[1]));
    if (direction == 0 && measure != NULL)
        NOTE(r, "%s: nothing says which arm %s compares with which; taken as %s to %s", r->nct,
             name, arm[0], arm[1]);
    msp_text_printf(out, "        effect: {measure: %s, compare: [",
                    measure != NULL ? measure : "OR");
    add_quoted(out, direction < 0 ? arm[1] : arm[0]);
    msp_text_add(out, ", ");
    add_quoted(out, direction < 0 ? arm[0] : arm[1]);
    msp_text_add(out, "]");
    if (measure != NULL && msp_printed_parse(estimate).state == MSP_PRINTED_NUMBER) {
        msp_text_printf(out, ", estimate: %s", estimate);
        add_interval(r, analysis, name, out);
    }
    const char *p = as_printed(text_at(analysis, "pValue"), buffer);
    if (msp_printed_parse(p).state == MSP_PRINTED_NUMBER)
        msp_text_printf(out, ", p: %s", p);
    int sides = sides_in(text_at(analysis, "pValueComment"));
    if (sides == 0)
        sides = sides_in(text_at(analysis, "groupDescription"));
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
    json_t *analyses = at(outcome, "analyses");
    const char *kind = kind_of(outcome);
    const size_t endpoint =
        add_endpoint(r, kind, text_at(outcome, "title"), text_at(class, "title"),
                     text_at(category, "title"), false);
    const size_t n = c == 0 && k == 0 ? json_array_size(analyses) : 0;
    for (size_t i = 0; i < (n > 0 ? n : 1); i++) {
        snprintf(name, sizeof name, "o%zu-%zu-%zu-%zu", number, c + 1, k + 1, i + 1);
        snprintf(page, sizeof page, "outcome measure %zu, %.60s", number,
                 text_at(outcome, "timeFrame"));
        const size_t from = r->trial_results.len;
        open_result(r, name, "assessed", endpoint, page);
        const char *unit = text_at(outcome, "unitOfMeasure");
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

static void add_outcomes(record *r)
{
    json_t *outcomes = at(r->results, "outcomeMeasuresModule.outcomeMeasures"), *outcome, *class,
           *category;
    size_t i, c, k;
    for (i = 0; (outcome = json_array_get(outcomes, i)) != NULL; i++)
        for (c = 0; (class = json_array_get(at(outcome, "classes"), c)) != NULL; c++)
            for (k = 0; (category = json_array_get(at(class, "categories"), k)) != NULL; k++)
                add_row(r, i + 1, outcome, c, class, k, category);
}

/* -- 6. flow and adverse events -- */

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
    open_result(r, name, "assigned", add_endpoint(r, "rate", title, "", "", harm), page);
    msp_text_add(out, "        arms:\n");
    for (size_t i = 0; i < n; i++)
        if (arm[i] != NULL && patients[i] > 0 && count[i] <= patients[i]) {
            msp_text_add(out, "          ");
            add_quoted(out, arm[i]);
            msp_text_printf(out, ": {n: %lld, count: %lld}\n", patients[i], count[i]);
        }
}

static void add_flow(record *r)
{
    json_t *flow = at(r->results, "participantFlowModule"), *milestone, *achievement;
    json_t *first = json_array_get(at(flow, "periods"), 0);
    const char *arm[ARMS_MAX] = {0};
    long long started[ARMS_MAX] = {0}, completed[ARMS_MAX] = {0}, n;
    const char *group[ARMS_MAX] = {0};
    size_t i, k, groups = 0;
    for (i = 0; (milestone = json_array_get(at(first, "milestones"), i)) != NULL; i++) {
        const char *type = text_at(milestone, "type");
        for (k = 0; (achievement = json_array_get(at(milestone, "achievements"), k)) != NULL; k++) {
            const char *id = text_at(achievement, "groupId");
            size_t g = 0;
            while (g < groups && strcmp(group[g], id) != 0)
                g++;
            if (g == ARMS_MAX || !count_at(achievement, "numSubjects", &n))
                continue;
            if (g == groups) {
                group[groups++] = id;
                arm[g] = arm_of_group(r, at(flow, "groups"), id);
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
        for (k = 0; (group = json_array_get(at(module, "eventGroups"), k)) != NULL; k++) {
            if (k >= ARMS_MAX || !count_at(group, rows[i].affected, &count[k]) ||
                !count_at(group, rows[i].at_risk, &patients[k]))
                continue;
            arm[k] = arm_of(r, text_at(group, "title"));
        }
        add_counts(r, rows[i].name, rows[i].title, text_at(module, "timeFrame"), true, ARMS_MAX,
                   arm, count, patients);
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
    for (k = 0; (stat = json_array_get(at(event, "stats"), k)) != NULL; k++) {
        if (k >= ARMS_MAX || !count_at(stat, "numAffected", &count[k]) ||
            !count_at(stat, "numAtRisk", &patients[k]))
            continue;
        arm[k] = arm_of_group(r, at(module, "eventGroups"), text_at(stat, "groupId"));
        common |= (double)count[k] >= MSP_CTGOV_SHARE * (double)patients[k] && patients[k] > 0;
    }
    if (!common)
        return false;
    snprintf(name, sizeof name, "%s%zu", list, number);
    snprintf(title, sizeof title, "%s (%s adverse event)", text_at(event, "term"), list);
    add_counts(r, name, title, text_at(event, "organSystem"), true, ARMS_MAX, arm, count, patients);
    return true;
}

static void add_adverse_events(record *r)
{
    static const char *const lists[][2] = {{"seriousEvents", "serious"}, {"otherEvents", "other"}};
    json_t *module = at(r->results, "adverseEventsModule"), *event;
    size_t rare = 0, i;
    add_event_totals(r, module);
    for (size_t k = 0; k < MSP_COUNT(lists); k++)
        for (i = 0; (event = json_array_get(at(module, lists[k][0]), i)) != NULL; i++)
            rare += !add_event(r, module, event, lists[k][1], i + 1);
    if (rare > 0)
        NOTE(r, "%s: %zu terms of adverse events with less than %g %% in every group are left out",
             r->nct, rare, 100 * MSP_CTGOV_SHARE);
}

/* -- the whole -- */

static void write_file(record *r, msp_text *out)
{
    msp_text_printf(out,
                    "# From the record of %s at ClinicalTrials.gov: read it through before use.\n"
                    "mspike: 1\ntitle: ",
                    r->nct);
    add_quoted(out, text_at(r->protocol, "identificationModule.briefTitle"));
    add_drug_list(r, out);
    msp_text_add(out, "\nregimens:\n");
    for (size_t i = 0; i < r->n_arms; i++) {
        msp_text_add(out, "  ");
        add_quoted(out, r->arms[i].name);
        msp_text_add(out, ": ");
        add_drugs(r, r->arms[i].name, out);
        msp_text_add_char(out, '\n');
    }
    if (r->n_arms == 0)
        msp_text_add(out, "  \"not said\": {drugs: [\"not said\"]}\n");
    msp_text_add(out, "\npopulations:\n  assigned: {label: participants of the record, all: yes}\n"
                      "  assessed: {label: those assessed, varies: yes}\n"
                      "\nendpoints:\n");
    if (r->endpoints.len == 0)
        msp_text_add(out, "  none: {kind: rate, label: no results}\n");
    msp_text_add(out, msp_text_str(&r->endpoints));
    msp_text_printf(out, "\nsources:\n  registry: ClinicalTrials.gov %s, updated %s\n", r->nct,
                    text_at(r->protocol, "statusModule.lastUpdatePostDateStruct.date"));
    add_trial(r, out);
    if (r->trial_results.len > 0)
        msp_text_printf(out, "    results:\n%s", msp_text_str(&r->trial_results));
}

static msp_status unsupported(const char *text, size_t len, const char *name, const char *what,
                              msp_error *err)
{
    const char *nct = NULL;
    for (size_t i = 0; nct == NULL && i + 11 <= len; i++)
        if (memcmp(text + i, "NCT", 3) == 0 && isdigit((unsigned char)text[i + 3]))
            nct = text + i;
    msp_fail(err, MSP_EUNSUPPORTED, "%s: %s of ClinicalTrials.gov is not read", name, what);
    return msp_hint(err, MSP_EUNSUPPORTED,
                    "get the JSON of version 2: https://clinicaltrials.gov/api/v2/studies/%.11s",
                    nct != NULL ? nct : "NCT...");
}

static const char *skip_blank(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && strchr(" \t\r\n\xEF\xBB\xBF", text[i]) != NULL && text[i] != '\0')
        i++;
    return text + i;
}

static bool begins(const char *s, const char *end, const char *with)
{
    return (size_t)(end - s) >= strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

static bool holds(const char *text, size_t len, const char *word)
{
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

bool msp_ctgov_is_record(const char *text, size_t len)
{
    const char *s = skip_blank(text, len), *end = text + len;
    if (begins(s, end, "<"))
        return holds(text, len, "clinical_study");
    return begins(s, end, "{") &&
           (holds(text, len, "\"protocolSection\"") || holds(text, len, "\"FullStudiesResponse\""));
}

msp_status msp_ctgov_convert_text(const char *text, size_t len, const char *name, msp_text *out,
                                  msp_findings *notes, msp_error *err)
{
    const char *s = skip_blank(text, len);
    if (begins(s, text + len, "<"))
        return unsupported(text, len, name, "the former XML", err);
    json_error_t fault;
    record r = {.file = name, .notes = notes};
    r.root = json_loadb(text, len, 0, &fault);
    if (r.root == NULL) {
        const msp_place place = {.file = name,
                                 .line = fault.line > 0 ? (uint32_t)fault.line : 0,
                                 .col = fault.column > 0 ? (uint32_t)fault.column : 0};
        return msp_fail_at(err, MSP_EINPUT, place, "this is no JSON: %s", fault.text);
    }
    r.protocol = at(r.root, "protocolSection");
    r.results = at(r.root, "resultsSection");
    r.nct = text_at(r.protocol, "identificationModule.nctId");
    msp_status status = MSP_OK;
    if (at(r.root, "FullStudiesResponse") != NULL)
        status = unsupported(text, len, name, "version 1 of the API", err);
    else if (r.protocol == NULL || strlen(r.nct) != 11 || strncmp(r.nct, "NCT", 3) != 0)
        status = msp_fail(err, MSP_EINPUT,
                          "%s is no record of ClinicalTrials.gov: it has no "
                          "protocolSection with an NCT number",
                          name);
    if (status == MSP_OK) {
        read_arms(&r);
        add_outcomes(&r);
        add_flow(&r);
        add_adverse_events(&r);
        write_file(&r, out);
        if (out->failed || r.endpoints.failed || r.trial_results.failed)
            status = msp_fail(err, MSP_EMEM, "out of memory while reading %s", name);
    }
    msp_text_free(&r.endpoints);
    msp_text_free(&r.trial_results);
    json_decref(r.root);
    return status;
}

msp_status msp_ctgov_convert(const char *path, msp_text *out, msp_findings *notes, msp_error *err)
{
    msp_file file;
    msp_status status = msp_file_open(path, &file, err);
    if (status != MSP_OK)
        return status;
    status = msp_ctgov_convert_text(file.data != NULL ? file.data : "", file.size, path, out, notes,
                                    err);
    msp_file_close(&file);
    return status;
}
