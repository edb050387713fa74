/* synthetic.h - a made-up trial as results and a plan, for tests of the report and to look at it.
 *
 * Times come from a small generator with a fixed seed, curves and medians from the plainest
 * Kaplan-Meier; limits, ratios and tests are invented. Nothing here is a reference for statistics.
 */
#ifndef MSP_TEST_SYNTHETIC_H
#define MSP_TEST_SYNTHETIC_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/report.h"

#define SYNTHETIC_ARMS     3
#define SYNTHETIC_PATIENTS 396

typedef struct synthetic {
    msp_results results;
    msp_report_plan plan;
    /* what the plan points at */
    msp_plan_name arms[SYNTHETIC_ARMS];
    msp_plan_comparison comparisons[2];
    msp_plan_variable disposition[1], baseline[4], subgroups[12];
    msp_plan_summary summaries[2];
    msp_plan_analysis analyses[2];
    char comparison_names[2][64];
    uint64_t seed;
} synthetic;

static const double synthetic_landmarks[] = {6, 12, 24};
static const char *const synthetic_methods[] = {
    ("Kaplan-Meier estimates; limits of medians and rates from the log-log transformation "
     "(Brookmeyer-Crowley for medians)."),
    "Log-rank test, two-sided, stratified by ISS stage and previous lines.",
    "Hazard ratios from a Cox model with Efron's ties, stratified alike.",
};
static const char *const synthetic_footnotes[] = {
    "Progression by the independent review committee; patients without an event are censored at "
    "their last adequate assessment."};
static const char *const synthetic_general[] = {"Months are days divided by 30.4375."};
static const msp_plan_entry synthetic_facts[] = {
    {"Registry", "NCT00000000"}, {"Protocol", "MSP-301, version 4.0"}, {"Phase", "3"}};
static const msp_plan_entry synthetic_abbreviations[] = {
    {"CI", "confidence interval"}, {"HR", "hazard ratio"}, {"ITT", "intention to treat"}};

static inline double synthetic_uniform(synthetic *s)
{
    s->seed = s->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(s->seed >> 33) + 0.5) / 2147483648.0;
}

static inline int synthetic_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void synthetic_add(synthetic *s, msp_record record)
{
    if (msp_results_add(&s->results, &record) == NULL)
        abort();
}

static inline msp_record synthetic_record(const char *analysis, const char *arm,
                                          msp_statistic statistic, double estimate)
{
    msp_record r = msp_record_empty();
    r.analysis = analysis;
    r.population = "ITT";
    r.arm = arm;
    r.statistic = statistic;
    r.estimate = estimate;
    return r;
}

static inline void synthetic_count(synthetic *s, const char *analysis, const char *variable,
                                   const char *category, const char *arm, double count, int64_t n)
{
    msp_record r = synthetic_record(
        analysis, arm, *category != '\0' ? MSP_STATISTIC_CATEGORY : MSP_STATISTIC_COUNT, count);
    r.endpoint = variable;
    r.category = category;
    r.n = n;
    synthetic_add(s, r);
}

static inline void synthetic_with_limits(synthetic *s, msp_record r, double width)
{
    r.level = 0.95;
    if (!isnan(r.estimate)) {
        r.lower = r.estimate * (1 - width);
        r.upper = r.estimate * (1 + width);
    }
    synthetic_add(s, r);
}

/* -- one arm of an analysis -- */

typedef struct synthetic_arm {
    double time[SYNTHETIC_PATIENTS], event[SYNTHETIC_PATIENTS], survival[SYNTHETIC_PATIENTS],
        lower[SYNTHETIC_PATIENTS], upper[SYNTHETIC_PATIENTS], at_risk[SYNTHETIC_PATIENTS],
        censored[SYNTHETIC_PATIENTS];
    size_t n;
} synthetic_arm;

static inline void synthetic_draw(synthetic *s, synthetic_arm *arm, size_t n, double median)
{
    double rows[SYNTHETIC_PATIENTS][2];
    arm->n = n;
    for (size_t i = 0; i < n; i++) {
        const double event = -log(synthetic_uniform(s)) * median / log(2);
        const double end = 14 + 28 * synthetic_uniform(s);
        rows[i][0] = event < end ? event : end;
        rows[i][1] = event < end;
    }
    qsort(rows, n, sizeof rows[0], synthetic_compare);
    double survival = 1, sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double at_risk = (double)(n - i);
        if (rows[i][1] > 0) {
            survival *= 1 - 1 / at_risk;
            sum += at_risk > 1 ? 1 / (at_risk * (at_risk - 1)) : 0;
        }
        arm->time[i] = rows[i][0];
        arm->event[i] = rows[i][1];
        arm->censored[i] = 1 - rows[i][1];
        arm->at_risk[i] = at_risk;
        arm->survival[i] = survival;
        arm->lower[i] = arm->upper[i] = NAN;
        if (survival > 0 && survival < 1) {
            const double w = 1.96 * sqrt(sum) / fabs(log(survival));
            arm->lower[i] = pow(survival, exp(w));
            arm->upper[i] = pow(survival, exp(-w));
        }
    }
}

static inline double synthetic_quantile(const synthetic_arm *arm, double p)
{
    for (size_t i = 0; i < arm->n; i++)
        if (arm->survival[i] <= 1 - p + 1e-12)
            return arm->time[i];
    return NAN;
}

static inline double synthetic_at(const synthetic_arm *arm, double time)
{
    double survival = 1;
    for (size_t i = 0; i < arm->n && arm->time[i] <= time; i++)
        survival = arm->survival[i];
    return survival;
}

static inline void synthetic_add_arm(synthetic *s, const char *analysis, const char *name,
                                     const synthetic_arm *arm)
{
    double events = 0;
    for (size_t i = 0; i < arm->n; i++)
        events += arm->event[i];
    const int64_t n = (int64_t)arm->n;
    synthetic_count(s, analysis, "", "", name, (double)n, n);
    msp_record r = synthetic_record(analysis, name, MSP_STATISTIC_EVENTS, events);
    r.n = n;
    synthetic_add(s, r);
    r.statistic = MSP_STATISTIC_CENSORED;
    r.estimate = (double)n - events;
    synthetic_add(s, r);
    for (int q = 1; q <= 3; q++) {
        r = synthetic_record(analysis, name, MSP_STATISTIC_SURVIVAL_QUANTILE,
                             synthetic_quantile(arm, q / 4.0));
        r.at = q / 4.0;
        r.unit = "months";
        r.method = "log-log";
        r.n = n;
        r.note = isnan(r.estimate) ? "Not reached: the curve stays above this level." : "";
        synthetic_with_limits(s, r, 0.12);
    }
    r = synthetic_record(analysis, name, MSP_STATISTIC_SHORTEST, arm->time[0]);
    r.events = arm->event[0] > 0;
    synthetic_add(s, r);
    r = synthetic_record(analysis, name, MSP_STATISTIC_LONGEST, arm->time[arm->n - 1]);
    r.events = arm->event[arm->n - 1] > 0;
    synthetic_add(s, r);
    r = synthetic_record(analysis, name, MSP_STATISTIC_FOLLOW_UP, 27.94);
    synthetic_with_limits(s, r, 0.05);
    for (size_t i = 0; i < MSP_COUNT(synthetic_landmarks); i++) {
        r = synthetic_record(analysis, name, MSP_STATISTIC_SURVIVAL_AT,
                             synthetic_at(arm, synthetic_landmarks[i]));
        r.at = synthetic_landmarks[i];
        r.method = "log-log";
        synthetic_with_limits(s, r, 0.06);
    }
    const msp_curve curve = {.analysis = analysis,
                             .population = "ITT",
                             .arm = name,
                             .unit = "months",
                             .level = 0.95,
                             .method = "log-log",
                             .n_patients = arm->n,
                             .n = arm->n,
                             .time = arm->time,
                             .survival = arm->survival,
                             .lower = arm->lower,
                             .upper = arm->upper,
                             .at_risk = arm->at_risk,
                             .events = arm->event,
                             .censored = arm->censored};
    if (msp_results_add_curve(&s->results, &curve) == NULL)
        abort();
}

/* -- comparisons and subgroups -- */

static inline void synthetic_add_ratio(synthetic *s, const char *analysis, const char *comparison,
                                       const char *variable, const char *level, double ratio,
                                       double width)
{
    msp_record r = synthetic_record(analysis, comparison, MSP_STATISTIC_HAZARD_RATIO, ratio);
    r.subgroup = variable;
    r.level_name = level;
    r.method = "Cox, Efron ties, stratified";
    r.level = 0.95;
    r.lower = ratio * exp(-width);
    r.upper = ratio * exp(width);
    r.note = isnan(ratio) ? "One of the arms has no patient here." : "";
    synthetic_add(s, r);
}

static inline void synthetic_add_comparison(synthetic *s, const char *analysis,
                                            const char *comparison)
{
    synthetic_add_ratio(s, analysis, comparison, "", "", 0.69, 0.19);
    msp_record r = synthetic_record(analysis, comparison, MSP_STATISTIC_TEST, 15.2);
    r.df = 1;
    r.p = 0.0000966;
    r.sided = "two-sided";
    r.method = "log-rank, stratified by ISS stage and previous lines";
    synthetic_add(s, r);
}

static inline void synthetic_add_level(synthetic *s, const char *analysis, const char *variable,
                                       const char *level, double share, bool empty)
{
    for (int k = 0; k < 2; k++) {
        const double n = empty && k == 1 ? 0 : floor(SYNTHETIC_PATIENTS * share);
        msp_record r = synthetic_record(analysis, s->arms[k].name, MSP_STATISTIC_EVENTS,
                                        floor(n * (0.5 + 0.08 * k)));
        r.subgroup = variable;
        r.level_name = level;
        r.n = (int64_t)n;
        synthetic_add(s, r);
        r.statistic = MSP_STATISTIC_SURVIVAL_QUANTILE;
        r.at = 0.5;
        r.estimate = n > 0 ? 26.3 - 8 * k + share : (double)NAN;
        r.note = n > 0 ? "" : "No patients.";
        synthetic_add(s, r);
    }
    synthetic_add_ratio(s, analysis, s->comparisons[0].name, variable, level,
                        empty ? (double)NAN : 0.55 + 0.5 * synthetic_uniform(s),
                        0.11 / sqrt(share));
}

static const struct {
    const char *name, *label, *levels[3];
} synthetic_subgroups[12] = {
    {"AGE", "Age (years)", {"<65", "65 to <75", ">=75"}},
    {"SEX", "Sex", {"Female", "Male", NULL}},
    {"RACE", "Race", {"White", "Other", NULL}},
    {"ECOG", "ECOG performance status", {"0", "1", "2"}},
    {"ISS", "ISS stage at study entry", {"I", "II", "III"}},
    {"RISS", "Revised ISS stage at study entry", {"I", "II", "III"}},
    {"CYTO",
     "Cytogenetic risk by FISH (t(4;14), t(14;16), del(17p))",
     {"High", "Standard", "Unknown"}},
    {"LINES", "Previous lines", {"1", "2", "3 or more"}},
    {"BORT", "Previous bortezomib", {"Yes", "No", NULL}},
    {"LEN", "Previous lenalidomide", {"Yes", "No", NULL}},
    {"REF",
     "Refractory to both a proteasome inhibitor and an immunomodulatory drug in any line",
     {"Yes", "No", "Not evaluable"}},
    {"CRCL", "Creatinine clearance (mL/min)", {"<50", "50 to <80", ">=80"}},
};

static inline void synthetic_add_subgroups(synthetic *s, const char *analysis)
{
    for (size_t i = 0; i < MSP_COUNT(synthetic_subgroups); i++) {
        const char *name = synthetic_subgroups[i].name;
        for (size_t k = 0; k < 3 && synthetic_subgroups[i].levels[k] != NULL; k++)
            synthetic_add_level(s, analysis, name, synthetic_subgroups[i].levels[k],
                                k == 0   ? 0.5
                                : k == 1 ? 0.4
                                         : 0.02,
                                i == 10 && k == 2);
        msp_record r =
            synthetic_record(analysis, s->comparisons[0].name, MSP_STATISTIC_INTERACTION, 1.3);
        r.subgroup = name;
        r.p = synthetic_uniform(s);
        r.method = "likelihood ratio";
        synthetic_add(s, r);
        s->subgroups[i] = (msp_plan_variable){.name = name, .label = synthetic_subgroups[i].label};
    }
}

/* -- baseline and disposition -- */

static inline void synthetic_add_number(synthetic *s, const char *variable, const char *arm,
                                        double mean)
{
    static const double at[] = {0, 0.25, 0.5, 0.75, 1}, value[] = {-33, -7, 1, 8, 24};
    msp_record r = synthetic_record("baseline", arm, MSP_STATISTIC_MEAN, mean);
    r.endpoint = variable;
    r.std_error = 9.482;
    r.n = SYNTHETIC_PATIENTS;
    synthetic_add(s, r);
    for (size_t i = 0; i < MSP_COUNT(at); i++) {
        r = synthetic_record("baseline", arm, MSP_STATISTIC_QUANTILE, floor(mean) + value[i]);
        r.endpoint = variable;
        r.at = at[i];
        r.method = "type 2 (SAS PCTLDEF=5)";
        synthetic_add(s, r);
    }
}

static inline void synthetic_add_tables(synthetic *s, const char *arm, int k)
{
    const int64_t n =
        *arm == '\0' ? SYNTHETIC_PATIENTS * (int64_t)s->plan.n_arms : SYNTHETIC_PATIENTS;
    const double shift = k * 7;
    synthetic_count(s, "disposition", "", "", arm, (double)n, n);
    synthetic_count(s, "disposition", "EOSSTT", "Ongoing", arm, 118 - shift, n);
    synthetic_count(s, "disposition", "EOSSTT", "Death", arm, 143 + shift, n);
    synthetic_count(s, "disposition", "EOSSTT", "Withdrawal by patient", arm, (double)n - 118 - 143,
                    n);
    synthetic_count(s, "disposition", "EOSSTT", "Lost to follow-up", arm, 0, n);
    synthetic_count(s, "baseline", "", "", arm, (double)n, n);
    synthetic_add_number(s, "AGE", arm, 63.7 + k);
    synthetic_count(s, "baseline", "SEX", "Female", arm, 181 - shift, n);
    synthetic_count(s, "baseline", "SEX", "Male", arm, (double)n - 181 + shift, n);
    synthetic_count(s, "baseline", "ISS", "I", arm, 167 + shift, n);
    synthetic_count(s, "baseline", "ISS", "II", arm, 9, n);
    synthetic_count(s, "baseline", "ISS", "III", arm, (double)n - 176 - shift, n);
}

/* -- all of it -- */

static inline void synthetic_plan(synthetic *s)
{
    s->disposition[0] = (msp_plan_variable){.name = "EOSSTT", .label = "End of study"};
    s->baseline[0] = (msp_plan_variable){.name = "AGE", .label = "Age", .unit = "years"};
    s->baseline[1] = (msp_plan_variable){.name = "SEX", .label = "Sex"};
    s->baseline[2] = (msp_plan_variable){.name = "ISS", .label = "ISS stage"};
    s->baseline[3] = (msp_plan_variable){.name = "LDH", .label = "LDH", .unit = "U/L"};
    s->summaries[0] = (msp_plan_summary){.id = "disposition",
                                         .number = "14.1.1",
                                         .title = "Disposition",
                                         .population = "ITT",
                                         .population_label = "All randomised patients",
                                         .variables = s->disposition,
                                         .n_variables = 1};
    s->summaries[1] = (msp_plan_summary){.id = "baseline",
                                         .number = "14.1.2",
                                         .title = "Demographic and baseline characteristics",
                                         .population = "ITT",
                                         .population_label = "Intention-to-treat population",
                                         .variables = s->baseline,
                                         .n_variables = 4};
    const msp_plan_analysis analysis = {.id = "pfs-itt",
                                        .number = "14.2.1.1",
                                        .title = "Progression-free survival",
                                        .population = "ITT",
                                        .population_label = "Intention-to-treat population",
                                        .endpoint_label = "Progression-free survival",
                                        .time_unit = "months",
                                        .y_label = "Progression-free survival",
                                        .origin = "randomisation",
                                        .comparisons = s->comparisons,
                                        .n_comparisons = s->plan.n_arms - 1,
                                        .landmarks = synthetic_landmarks,
                                        .n_landmarks = MSP_COUNT(synthetic_landmarks),
                                        .figure = true,
                                        .subgroups = s->subgroups,
                                        .n_subgroups = MSP_COUNT(synthetic_subgroups),
                                        .methods = synthetic_methods,
                                        .n_methods = MSP_COUNT(synthetic_methods),
                                        .footnotes = synthetic_footnotes,
                                        .n_footnotes = 1};
    s->analyses[0] = s->analyses[1] = analysis;
    s->analyses[0].n_comparisons = 1;
    if (s->plan.n_arms > 2) {
        s->analyses[0].n_subgroups = 0;
        s->analyses[0].n_comparisons = 2;
    }
    s->analyses[1].id = "os-itt";
    s->analyses[1].number = "14.2.2.1";
    s->analyses[1].title = s->analyses[1].endpoint_label = "Overall survival";
    s->analyses[1].n_subgroups = s->analyses[1].n_footnotes = 0;
}

/* A trial of `n_arms` (2 or 3). With three the comparisons are two, and the third arm's name long.
 */
static inline void synthetic_make(synthetic *s, size_t n_arms)
{
    static const msp_plan_name names[SYNTHETIC_ARMS] = {
        {"KRd", "KRd"},
        {"Rd", "Rd"},
        {"LOW", "Carfilzomib once weekly at 56 mg/m\xc2\xb2 with lenalidomide"}};
    *s = (synthetic){.seed = 20240630};
    memcpy(s->arms, names, sizeof names);
    s->results.version = msp_version();
    s->results.convention = "r";
    s->results.seed = 1;
    s->results.cutoff = "2024-06-30";
    s->plan = (msp_report_plan){.title = "Carfilzomib, lenalidomide and dexamethasone against "
                                         "lenalidomide and dexamethasone in relapsed multiple "
                                         "myeloma",
                                .acronym = "SYNTHETIC-1",
                                .facts = synthetic_facts,
                                .n_facts = MSP_COUNT(synthetic_facts),
                                .arms = s->arms,
                                .n_arms = n_arms,
                                .summaries = s->summaries,
                                .n_summaries = 2,
                                .analyses = s->analyses,
                                .n_analyses = 2,
                                .methods = synthetic_general,
                                .n_methods = 1,
                                .abbreviations = synthetic_abbreviations,
                                .n_abbreviations = MSP_COUNT(synthetic_abbreviations),
                                .format = msp_format_default()};
    for (size_t i = 0; i + 1 < n_arms; i++) {
        const size_t experimental = i == 0 ? 0 : 2;
        snprintf(s->comparison_names[i], sizeof s->comparison_names[i], "%s v Rd",
                 names[experimental].name);
        s->comparisons[i] = (msp_plan_comparison){s->comparison_names[i], s->comparison_names[i],
                                                  names[experimental].name, "Rd"};
    }
    for (size_t k = 0; k < n_arms; k++)
        synthetic_add_tables(s, s->arms[k].name, (int)k);
    synthetic_add_tables(s, "", 0);
    static synthetic_arm arm;
    static const char *const analyses[] = {"pfs-itt", "os-itt"};
    for (size_t a = 0; a < 2; a++) {
        for (size_t k = 0; k < n_arms; k++) {
            synthetic_draw(s, &arm, SYNTHETIC_PATIENTS,
                           (a == 0 ? 27.0 : 80.0) / (1 + 0.4 * (double)k));
            synthetic_add_arm(s, analyses[a], s->arms[k].name, &arm);
        }
        for (size_t i = 0; i + 1 < n_arms; i++)
            synthetic_add_comparison(s, analyses[a], s->comparisons[i].name);
    }
    synthetic_add_subgroups(s, "pfs-itt");
    synthetic_plan(s);
    static const char sha[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    if (msp_results_add_source(&s->results, "adsl.xpt", sha, 792, NULL) != MSP_OK ||
        msp_results_add_source(&s->results, "adtte.xpt", sha, 1584, NULL) != MSP_OK)
        abort();
}

static inline void synthetic_free(synthetic *s)
{
    msp_results_free(&s->results);
}

#endif
