/* outline_methods.c - how the numbers of a report were made, in words. */
#include <string.h>

#include "outline_internal.h"

/* -- of an analysis -- */

static void add_list(const struct maker *m, const msp_said_texts *strata, msp_text *out)
{
    for (size_t i = 0; i < strata->n; i++) {
        const msp_stratum *s = msp_protocol_stratum(m->protocol, strata->items[i].text);
        const char *name =
            s != NULL && s->label.text != NULL ? s->label.text : strata->items[i].text;
        msp_text_printf(out, "%s%s", i == 0 ? "" : i + 1 == strata->n ? " and " : ", ", name);
    }
}

/* The first record of a statistic in the analysis as a whole. */
const msp_record *outline_whole(const struct maker *m, const char *analysis,
                                msp_statistic statistic)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = analysis;
    query.subgroup = "";
    query.statistic = (int)statistic;
    return msp_results_find(m->results, &query, NULL);
}

static const char *curve_sentence(struct maker *m, const msp_record *median)
{
    msp_text text = {0};
    msp_text_printf(&text,
                    "Survival functions by Kaplan and Meier; medians and quartiles with %s "
                    "intervals of Brookmeyer and Crowley on the %s scale.",
                    msp_format_level(median->level).s, median->method);
    return outline_keep(m, &text);
}

static const char *landmark_sentence(struct maker *m, const msp_record *point)
{
    msp_text text = {0};
    msp_text_printf(&text, "Rates at a time with %s intervals on the %s scale (Greenwood).",
                    msp_format_level(point->level).s, point->method);
    return outline_keep(m, &text);
}

static const char *rate_sentence(struct maker *m, const msp_record *rate)
{
    msp_text text = {0};
    msp_text_printf(&text,
                    "Rates of all patients of the population, with %s %s intervals; a patient "
                    "without a record has not responded.",
                    msp_format_level(rate->level).s, rate->method);
    return outline_keep(m, &text);
}

static const char *mean_sentence(struct maker *m, const msp_record *mean)
{
    msp_text text = {0};
    msp_text_printf(&text,
                    "Change from baseline by restricted maximum likelihood (%s) on visit, arm, "
                    "baseline and their products with the visit; adjusted means at the mean "
                    "baseline, with %s intervals. Visits that were missed are taken as missing at "
                    "random.",
                    mean->method, msp_format_level(mean->level).s);
    return outline_keep(m, &text);
}

static const char *contrast_sentence(struct maker *m, const msp_analysis *a,
                                     const msp_record *difference, const msp_record *odds)
{
    msp_text text = {0};
    msp_text_printf(&text, "Difference (%s) and odds ratio (%s), experimental to control",
                    difference->method, odds->method);
    if (*difference->category != '\0') {
        msp_text_add(&text, ", in strata of ");
        add_list(m, &a->test.strata, &text);
    }
    msp_text_add(&text, ".");
    return outline_keep(m, &text);
}

static const char *test_sentence(struct maker *m, const msp_analysis *a, const msp_record *test)
{
    msp_text text = {0};
    msp_text_printf(&text, "Arms compared by the %s test, %s", test->method, test->sided);
    if (a->test.strata.n > 0) {
        msp_text_add(&text, ", stratified by ");
        add_list(m, &a->test.strata, &text);
    }
    if (strcmp(test->sided, "one-sided") == 0)
        msp_text_add(&text, "; small p favour the experimental arm");
    msp_text_add(&text, ".");
    return outline_keep(m, &text);
}

static const char *ratio_sentence(struct maker *m, const msp_analysis *a, const msp_record *ratio)
{
    msp_text text = {0};
    msp_text_printf(&text,
                    "Hazard ratio, experimental to control, by Cox's model (%s) with %s "
                    "intervals (Wald)",
                    ratio->method, msp_format_level(ratio->level).s);
    if (a->hazard_ratio.strata.n > 0) {
        msp_text_add(&text, ", stratified by ");
        add_list(m, &a->hazard_ratio.strata, &text);
    }
    for (size_t i = 0; i < a->hazard_ratio.covariates.n; i++)
        msp_text_printf(&text, "%s%s", i == 0 ? ", adjusted for " : ", ",
                        a->hazard_ratio.covariates.items[i].text);
    msp_text_add(&text, ".");
    return outline_keep(m, &text);
}

/* Each says the levels that its records carry, so that words and numbers cannot part. */
void outline_methods(struct maker *m, const msp_analysis *a, msp_plan_analysis *out)
{
    const msp_record *median = outline_whole(m, a->id, MSP_STATISTIC_SURVIVAL_QUANTILE);
    const msp_record *point = outline_whole(m, a->id, MSP_STATISTIC_SURVIVAL_AT);
    const msp_record *follow_up = outline_whole(m, a->id, MSP_STATISTIC_FOLLOW_UP);
    const msp_record *test = outline_whole(m, a->id, MSP_STATISTIC_TEST);
    const msp_record *ratio = outline_whole(m, a->id, MSP_STATISTIC_HAZARD_RATIO);
    const msp_record *rate = outline_whole(m, a->id, MSP_STATISTIC_RATE);
    const msp_record *odds = outline_whole(m, a->id, MSP_STATISTIC_ODDS_RATIO);
    const msp_record *difference = outline_whole(m, a->id, MSP_STATISTIC_DIFFERENCE);
    const msp_record *mean = outline_whole(m, a->id, MSP_STATISTIC_ADJUSTED_MEAN);
    const char **methods = outline_array(m, 8, sizeof *methods);
    if (methods == NULL)
        return;
    if (rate != NULL)
        methods[out->n_methods++] = rate_sentence(m, rate);
    if (mean != NULL)
        methods[out->n_methods++] = mean_sentence(m, mean);
    if (rate != NULL && odds != NULL && difference != NULL)
        methods[out->n_methods++] = contrast_sentence(m, a, difference, odds);
    if (median != NULL)
        methods[out->n_methods++] = curve_sentence(m, median);
    if (point != NULL)
        methods[out->n_methods++] = landmark_sentence(m, point);
    if (follow_up != NULL)
        methods[out->n_methods++] = "Median follow-up by the reverse Kaplan-Meier method.";
    if (test != NULL)
        methods[out->n_methods++] = test_sentence(m, a, test);
    if (ratio != NULL)
        methods[out->n_methods++] = ratio_sentence(m, a, ratio);
    if (ratio != NULL && a->subgroups.n > 0)
        methods[out->n_methods++] =
            "Subgroups without strata or covariates; interaction by the likelihood ratio of the "
            "products of arm and subgroup, two-sided.";
    if (odds != NULL && a->subgroups.n > 0)
        methods[out->n_methods++] = "Subgroups without strata: odds ratios with Wald intervals; "
                                    "interaction by Breslow and Day's test.";
    out->methods = methods;
}

/* -- of all -- */

static const char *assessor_in_words(const char *name)
{
    return strcmp(name, "irc") == 0            ? "assessed by an independent review committee"
           : strcmp(name, "investigator") == 0 ? "assessed by the investigators"
                                               : "derived from what was measured";
}

static void add_assessor(const msp_results *results, msp_text *out)
{
    msp_text_printf(out, "Responses and progressions are %s", assessor_in_words(results->assessor));
    if (strcmp(results->assessor, results->assessor_planned) != 0)
        msp_text_printf(out, "; the protocol has them %s",
                        assessor_in_words(results->assessor_planned));
    msp_text_add_char(out, '.');
}

void outline_general_methods(struct maker *m, msp_report_plan *plan)
{
    const char **methods = outline_array(m, 3, sizeof *methods);
    if (methods == NULL)
        return;
    msp_text text = {0}, whose = {0};
    msp_text_printf(&text,
                    "Where R and SAS differ and the protocol does not say, the defaults of "
                    "%s are used.",
                    strcmp(m->results->convention, "sas") == 0 ? "SAS" : "R");
    methods[0] = outline_keep(m, &text);
    methods[1] = "Times are compared in the unit of the data; a month is 30.4375 days and a year "
                 "365.25 days.";
    plan->methods = methods;
    plan->n_methods = 2;
    if (m->results->assessor == NULL)
        return;
    add_assessor(m->results, &whose);
    methods[plan->n_methods++] = outline_keep(m, &whose);
}
