#include "outline_internal.h"

#include <math.h>
#include <string.h>

#include "mspike/base/date.h"
#include "mspike/base/text.h"
#include "mspike/response/level.h"

void *outline_array(struct maker *m, size_t n, size_t size)
{
    void *room = msp_arena_array(m->arena, n + 1, size);
    m->failed = m->failed || room == NULL;
    return room;
}

/* Text made piece by piece, kept with the outline. */
const char *outline_keep(struct maker *m, msp_text *text)
{
    const char *kept = text->failed ? NULL : msp_arena_text(m->arena, msp_text_str(text));
    msp_text_free(text);
    m->failed = m->failed || kept == NULL;
    return kept != NULL ? kept : "";
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* -- facts and arms -- */

static void add_fact(msp_report_plan *plan, msp_plan_entry *facts, const char *term,
                     const char *text)
{
    if (text != NULL && *text != '\0')
        facts[plan->n_facts++] = (msp_plan_entry){term, text};
}

static const char *phase_of(const msp_trial *trial)
{
    static const char *const words[] = {
#define AS_WORD(name, text) text,
        MSP_TRIAL_PHASE_LIST(AS_WORD)
#undef AS_WORD
    };
    const int phase = trial->phase.value;
    const bool said = msp_was_said(trial->phase.at) && phase >= 0;
    return said && (size_t)phase < MSP_COUNT(words) ? words[phase] : NULL;
}

static void add_facts(struct maker *m, msp_report_plan *plan)
{
    const msp_trial *trial = &m->protocol->trial;
    msp_plan_entry *facts = outline_array(m, trial->registry.n + 4, sizeof *facts);
    if (facts == NULL)
        return;
    plan->facts = facts;
    for (size_t i = 0; i < trial->registry.n; i++)
        add_fact(plan, facts, trial->registry.items[i].id, trial->registry.items[i].number.text);
    add_fact(plan, facts, "Phase", phase_of(trial));
    add_fact(plan, facts, "Sponsor", trial->sponsor.text);
}

static void add_arms(struct maker *m, msp_report_plan *plan)
{
    const msp_protocol *p = m->protocol;
    msp_plan_name *arms = outline_array(m, p->arms.n, sizeof *arms);
    if (arms == NULL)
        return;
    for (size_t i = 0; i < p->arms.n; i++)
        arms[i] = (msp_plan_name){p->arms.items[i].id, msp_arm_label(&p->arms.items[i])};
    plan->arms = arms;
    plan->n_arms = p->arms.n;
}

static const char *population_label(const struct maker *m, const char *id)
{
    const msp_population *population = msp_protocol_population(m->protocol, id);
    return population != NULL ? msp_population_label(population) : "All patients";
}

/* -- summaries -- */

/* The decimals that the variable's numbers were collected with. */
static int digits_of(const struct maker *m, const char *analysis, const char *variable)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = analysis;
    query.endpoint = variable;
    query.statistic = MSP_STATISTIC_MEAN;
    const msp_record *record = msp_results_find(m->results, &query, NULL);
    return record != NULL && record->digits > 0 ? record->digits : 0;
}

static void add_variables(struct maker *m, const msp_summary *summary, const char *id,
                          msp_plan_summary *out)
{
    msp_plan_variable *variables = outline_array(m, summary->variables.n, sizeof *variables);
    for (size_t i = 0; variables != NULL && i < summary->variables.n; i++) {
        const msp_variable *v = &summary->variables.items[i];
        variables[i] = (msp_plan_variable){
            .name = v->column.text,
            .label = v->label.text != NULL ? v->label.text : v->column.text,
            .unit = or_empty(v->unit.text),
            .digits = digits_of(m, id, v->column.text),
        };
    }
    out->variables = variables;
    out->n_variables = summary->variables.n;
}

static void add_summary(struct maker *m, const msp_summary *summary, const char *id,
                        const char *title, msp_report_plan *plan, msp_plan_summary *summaries)
{
    if (!msp_was_said(summary->at))
        return;
    msp_plan_summary *out = &summaries[plan->n_summaries++];
    *out = (msp_plan_summary){
        .id = id,
        .number = or_empty(summary->number.text),
        .title = summary->title.text != NULL ? summary->title.text : title,
        .population = or_empty(summary->population.text),
        .population_label = population_label(m, summary->population.text),
    };
    add_variables(m, summary, id, out);
}

static bool is_listed(const msp_plan_variable *variables, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(variables[i].name, name) == 0)
            return true;
    return false;
}

/* What the patients were given: a variable a name of the records, in their order. */
static void add_exposure(struct maker *m, msp_report_plan *plan, msp_plan_summary *summaries)
{
    msp_record_query query = msp_record_query_any();
    size_t n = 0, most = 0;
    query.analysis = "exposure";
    for (const msp_record *r = NULL; (r = msp_results_find(m->results, &query, r)) != NULL;)
        most++;
    msp_plan_variable *variables = most > 0 ? outline_array(m, most, sizeof *variables) : NULL;
    if (variables == NULL)
        return;
    for (const msp_record *r = NULL; (r = msp_results_find(m->results, &query, r)) != NULL;)
        if (*r->endpoint != '\0' && !is_listed(variables, n, r->endpoint))
            variables[n++] =
                (msp_plan_variable){.name = r->endpoint, .label = r->endpoint, .unit = r->unit};
    const char *population = or_empty(m->protocol->safety.population.text);
    summaries[plan->n_summaries++] = (msp_plan_summary){
        .id = "exposure",
        .number = "",
        .title = "Exposure to treatment",
        .population = population,
        .population_label = population_label(m, m->protocol->safety.population.text),
        .variables = variables,
        .n_variables = n,
    };
}

/* -- analyses -- */

/* "<65": as records call it, and as readers do. */
static void add_levels(struct maker *m, const msp_analysis *a, const msp_subgroup *g, bool rates,
                       msp_plan_variable *out)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = a->id;
    query.subgroup = g->id;
    query.statistic = rates ? MSP_STATISTIC_ODDS_RATIO : MSP_STATISTIC_HAZARD_RATIO;
    size_t n = 0;
    for (const msp_record *r = NULL; (r = msp_results_find(m->results, &query, r)) != NULL;)
        n++;
    msp_plan_name *levels = outline_array(m, n, sizeof *levels);
    if (levels == NULL)
        return;
    for (const msp_record *r = NULL; (r = msp_results_find(m->results, &query, r)) != NULL;)
        if (out->n_levels == 0 || strcmp(levels[out->n_levels - 1].name, r->level_name) != 0)
            levels[out->n_levels++] = (msp_plan_name){r->level_name, r->level_name};
    out->levels = levels;
}

static void add_subgroups(struct maker *m, const msp_analysis *a, msp_plan_analysis *out)
{
    msp_plan_variable *subgroups = outline_array(m, a->subgroups.n, sizeof *subgroups);
    for (size_t i = 0; subgroups != NULL && i < a->subgroups.n; i++) {
        const msp_subgroup *g = msp_protocol_subgroup(m->protocol, a->subgroups.items[i].text);
        subgroups[i] = (msp_plan_variable){.name = g->id, .label = msp_subgroup_label(g)};
        add_levels(m, a, g, out->rates, &subgroups[i]);
    }
    out->subgroups = subgroups;
    out->n_subgroups = a->subgroups.n;
}

static void add_comparisons(struct maker *m, const msp_analysis *a, msp_plan_analysis *out)
{
    msp_plan_comparison *comparisons = outline_array(m, a->comparisons.n, sizeof *comparisons);
    for (size_t i = 0; comparisons != NULL && i < a->comparisons.n; i++) {
        const char *experimental = a->comparisons.items[i].experimental.text;
        const char *control = a->comparisons.items[i].control.text;
        msp_text name = {0}, label = {0};
        msp_text_printf(&name, "%s v %s", experimental, control);
        msp_text_printf(&label, "%s v %s",
                        msp_arm_label(msp_protocol_arm(m->protocol, experimental)),
                        msp_arm_label(msp_protocol_arm(m->protocol, control)));
        comparisons[i] = (msp_plan_comparison){
            .name = outline_keep(m, &name),
            .label = outline_keep(m, &label),
            .experimental = experimental,
            .control = control,
        };
    }
    out->comparisons = comparisons;
    out->n_comparisons = a->comparisons.n;
}

static const char *origin_in_words(const msp_endpoint *endpoint)
{
    static const char *const words[] = {
        [MSP_ORIGIN_RANDOMIZATION] = "randomisation",
        [MSP_ORIGIN_FIRST_DOSE] = "first dose",
        [MSP_ORIGIN_CONSENT] = "consent",
        [MSP_ORIGIN_RESPONSE] = "first response",
        [MSP_ORIGIN_COMPLETE_RESPONSE] = "complete response",
        [MSP_ORIGIN_TRANSPLANT] = "transplant",
        [MSP_ORIGIN_CROSSOVER] = "crossover",
        [MSP_ORIGIN_LAST_DOSE] = "last dose",
    };
    const int origin = endpoint->origin.value;
    return origin >= 0 && (size_t)origin < MSP_COUNT(words) ? words[origin] : "";
}

static void add_landmarks(struct maker *m, const msp_analysis *a, msp_plan_analysis *out)
{
    double *times = outline_array(m, a->survival_at.times.n, sizeof *times);
    for (size_t i = 0; times != NULL && i < a->survival_at.times.n; i++)
        times[i] = a->survival_at.times.items[i].value;
    out->landmarks = times;
    out->n_landmarks = a->survival_at.times.n;
}

static const char *missing_footnote(struct maker *m, const char *analysis)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = analysis;
    query.subgroup = "";
    query.category = "(missing)";
    const msp_record *missing = msp_results_find(m->results, &query, NULL);
    if (missing == NULL)
        return NULL;
    msp_text text = {0};
    msp_text_printf(&text,
                    "%.0f of %lld patients of the population have no record of this "
                    "endpoint and are left out.",
                    missing->estimate, (long long)missing->n);
    return outline_keep(m, &text);
}

/* What is called survival counts death among its events. */
static bool is_survival(const msp_endpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->events.n; i++)
        if (endpoint->events.items[i].value == MSP_EVENT_DEATH)
            return true;
    return false;
}

static const char *reached_in_words(const msp_endpoint *endpoint)
{
    switch (endpoint->kind.value) {
    case MSP_ENDPOINT_RESPONSE:
        return "Responders";
    case MSP_ENDPOINT_MRD:
        return "Negative";
    default:
        return "Achieved";
    }
}

static bool has_patients(const struct maker *m, const char *population, const char *arm)
{
    msp_record_query query = msp_record_query_any();
    query.analysis = "populations";
    query.population = population;
    query.arm = arm;
    query.statistic = MSP_STATISTIC_COUNT;
    const msp_record *record = msp_results_find(m->results, &query, NULL);
    return record == NULL || record->n > 0;
}

/* A population may have nobody in an arm, as those who crossed over: where no arms are compared, it
 * has no column. */
static void choose_arms(struct maker *m, msp_plan_analysis *out)
{
    const msp_protocol *p = m->protocol;
    const char **arms = outline_array(m, p->arms.n, sizeof *arms);
    if (arms == NULL || out->population == NULL || out->n_comparisons > 0)
        return;
    for (size_t i = 0; i < p->arms.n; i++)
        if (has_patients(m, out->population, p->arms.items[i].id))
            arms[out->n_arms++] = p->arms.items[i].id;
    out->arms = arms; /* none: all of the plan, which shows that they are empty */
}

static void add_analysis(struct maker *m, const msp_analysis *a, msp_plan_analysis *out)
{
    const msp_endpoint *endpoint = msp_protocol_endpoint(m->protocol, a->endpoint.text);
    const msp_record *median = outline_whole(m, a->id, MSP_STATISTIC_SURVIVAL_QUANTILE);
    *out = (msp_plan_analysis){
        .id = a->id,
        .number = or_empty(a->number.text),
        .title = a->title.text != NULL ? a->title.text : msp_endpoint_label(endpoint),
        .population = a->population.text,
        .population_label = population_label(m, a->population.text),
        .endpoint_label = msp_endpoint_label(endpoint),
        .time_unit = median != NULL ? median->unit : "",
        .y_label = is_survival(endpoint) ? msp_endpoint_label(endpoint) : "",
        .origin = origin_in_words(endpoint),
        .rates = outline_whole(m, a->id, MSP_STATISTIC_RATE) != NULL,
        .reached = reached_in_words(endpoint),
    };
    out->means = outline_whole(m, a->id, MSP_STATISTIC_ADJUSTED_MEAN) != NULL;
    out->figure = !out->rates && !out->means;
    add_comparisons(m, a, out);
    choose_arms(m, out);
    add_landmarks(m, a, out);
    if (!out->means)
        add_subgroups(m, a, out);
    outline_methods(m, a, out);
    const char *missing = missing_footnote(m, a->id);
    const char **footnotes = outline_array(m, 1, sizeof *footnotes);
    if (missing != NULL && footnotes != NULL) {
        footnotes[0] = missing;
        out->footnotes = footnotes;
        out->n_footnotes = 1;
    }
}

/* Whether the records tell levels of response apart, and not only yes from no. */
static bool has_levels(const struct maker *m, const char *analysis)
{
    msp_record_query query = msp_record_query_any();
    msp_response_level level;
    query.analysis = analysis;
    query.statistic = MSP_STATISTIC_CATEGORY;
    for (const msp_record *r = NULL; (r = msp_results_find(m->results, &query, r)) != NULL;)
        if (msp_response_level_parse(r->category, &level))
            return true;
    return false;
}

static void add_analyses(struct maker *m, msp_report_plan *plan)
{
    const msp_protocol *p = m->protocol;
    msp_plan_analysis *analyses = outline_array(m, p->analyses.n, sizeof *analyses);
    for (size_t i = 0; analyses != NULL && i < p->analyses.n; i++) {
        const char *id = p->analyses.items[i].id;
        if (outline_whole(m, id, MSP_STATISTIC_SURVIVAL_QUANTILE) != NULL ||
            outline_whole(m, id, MSP_STATISTIC_RATE) != NULL ||
            outline_whole(m, id, MSP_STATISTIC_ADJUSTED_MEAN) != NULL)
            add_analysis(m, &p->analyses.items[i], &analyses[plan->n_analyses++]);
    }
    /* The responses themselves stand once, in the first table of rates that has them. */
    for (size_t i = 0; i < plan->n_analyses; i++)
        if (analyses[i].rates && has_levels(m, analyses[i].id)) {
            analyses[i].categories = true;
            break;
        }
    plan->analyses = analyses;
}

static void add_multiplicity(struct maker *m, msp_report_plan *plan)
{
    const msp_multiplicity *said = &m->protocol->multiplicity;
    if (!msp_was_said(said->at))
        return;
    msp_plan_name *tests = outline_array(m, said->analyses.n, sizeof *tests);
    for (size_t i = 0; tests != NULL && i < said->analyses.n; i++) {
        const msp_analysis *a = msp_protocol_analysis(m->protocol, said->analyses.items[i].text);
        const msp_endpoint *e = msp_protocol_endpoint(m->protocol, a->endpoint.text);
        tests[plan->multiplicity.n_tests++] =
            (msp_plan_name){a->id, a->title.text != NULL ? a->title.text : msp_endpoint_label(e)};
    }
    plan->multiplicity.tests = tests;
    plan->multiplicity.title = said->title.text;
    plan->multiplicity.number = or_empty(said->number.text);
}

/* -- the whole -- */

static const msp_plan_entry abbreviations[] = {
    {"CI", "confidence interval"}, {"HR", "hazard ratio"}, {"NE", "not estimable"},
    {"NR", "not reached"},         {"OR", "odds ratio"},   {"SD", "standard deviation"},
};

msp_status msp_outline_make(const msp_protocol *protocol, const msp_results *results,
                            msp_outline *out, msp_error *err)
{
    *out = (msp_outline){.plan = {.format = msp_format_default()}};
    if (protocol->arms.n > MSP_PLAN_ARMS_MAX)
        return msp_fail_at(err, MSP_EUNSUPPORTED, protocol->arms.at,
                           "a report has room for %d arms; the protocol has %zu", MSP_PLAN_ARMS_MAX,
                           protocol->arms.n);
    struct maker m = {.protocol = protocol, .results = results, .arena = &out->arena};
    msp_report_plan *plan = &out->plan;
    msp_plan_summary *summaries = outline_array(&m, 3, sizeof *summaries);
    plan->title = protocol->trial.title.text;
    plan->acronym = or_empty(protocol->trial.acronym.text);
    plan->summaries = summaries;
    plan->abbreviations = abbreviations;
    plan->n_abbreviations = MSP_COUNT(abbreviations);
    add_facts(&m, plan);
    add_arms(&m, plan);
    if (summaries != NULL) {
        add_summary(&m, &protocol->disposition, "disposition", "Disposition", plan, summaries);
        add_summary(&m, &protocol->baseline, "baseline", "Baseline characteristics", plan,
                    summaries);
        add_exposure(&m, plan, summaries);
    }
    add_analyses(&m, plan);
    add_multiplicity(&m, plan);
    outline_general_methods(&m, plan);
    if (!m.failed)
        return MSP_OK;
    msp_outline_free(out);
    return msp_fail(err, MSP_EMEM, "no memory for the outline of the report");
}

void msp_outline_free(msp_outline *outline)
{
    msp_arena_free(&outline->arena);
    *outline = (msp_outline){0};
}
