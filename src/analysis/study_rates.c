/* study_rates.c - one analysis of responders: each arm's rate, each comparison, each subgroup.
 *
 * Everybody in the population counts: a patient without a record of the endpoint has not responded,
 * and a record says how many those are.
 */
#include <math.h>
#include <string.h>

#include "mspike/analysis/rates.h"
#include "mspike/response/level.h"
#include "study_internal.h"

/* One value a patient of everything that the analysis needs. */
struct rates {
    struct study *study;
    const msp_analysis *analysis;
    const msp_endpoint *endpoint;
    const msp_column *column;
    uint32_t *response; /* code of the column's text; 0 without a record */
    uint8_t *responded, *keep;
    msp_factor arms, strata;
    msp_proportion_method method;
    const char *method_name;
    msp_confidence confidence; /* two-sided: a test's side is its own */
    msp_record base;
};

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for an analysis of rates");
}

static msp_status add(struct rates *t, const msp_record *r, msp_error *err)
{
    return study_add(t->study, r, err);
}

/* -- from the protocol and the tables -- */

static bool is_response(const msp_response_source *from, const char *text)
{
    for (size_t i = 0; i < from->values.n; i++)
        if (strcmp(from->values.items[i].text, text) == 0)
            return true;
    return false;
}

static msp_status repeated_record(const struct rates *t, const struct study_table *table,
                                  size_t row, msp_error *err)
{
    const msp_column *id =
        msp_table_column(&table->table, t->study->protocol->data.subjects.id.text);
    msp_table_fail(err, MSP_EINPUT, &table->table, row, id,
                   "this patient has a second record of endpoint %s", t->endpoint->id);
    return msp_hint(err, MSP_EINPUT, "narrow the endpoint's `where` in %s to one record a patient",
                    t->study->protocol->file);
}

static msp_status read_responses(struct rates *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_response_source *from = &t->endpoint->response;
    const struct study_table *table = study_find_table(study, from->table.text);
    const size_t n_rows = table->table.n_rows;
    uint8_t *rows = msp_arena_array(&study->arena, n_rows, 1);
    t->column = msp_table_column(&table->table, from->column.text);
    t->response = msp_arena_array(&study->arena, study->n_patients, sizeof *t->response);
    t->responded = msp_arena_array(&study->arena, study->n_patients, 1);
    if (rows == NULL || t->response == NULL || t->responded == NULL)
        return no_memory(err);
    study_rows_where(table, &from->where, rows);
    for (size_t row = 0; row < n_rows; row++) {
        const uint32_t patient = table->patient[row];
        if (!rows[row] || patient == NO_ROW || t->column->code[row] == 0)
            continue;
        if (t->response[patient] != 0)
            return repeated_record(t, table, row, err);
        t->response[patient] = t->column->code[row];
        t->responded[patient] = is_response(from, t->column->text[t->column->code[row]]);
    }
    return MSP_OK;
}

static void choose_method(struct rates *t)
{
    static const struct {
        msp_proportion_method method;
        const char *name;
    } of[] = {
        [MSP_RATE_INTERVAL_CLOPPER_PEARSON] = {MSP_CLOPPER_PEARSON, "Clopper-Pearson"},
        [MSP_RATE_INTERVAL_WILSON] = {MSP_WILSON, "Wilson"},
        [MSP_RATE_INTERVAL_AGRESTI_COULL] = {MSP_AGRESTI_COULL, "Agresti-Coull"},
        [MSP_RATE_INTERVAL_JEFFREYS] = {MSP_JEFFREYS, "Jeffreys"},
        [MSP_RATE_INTERVAL_WALD] = {MSP_WALD, "Wald"},
    };
    const msp_rate *asked = &t->analysis->rate;
    const size_t i =
        msp_was_said(asked->interval.at) && (size_t)asked->interval.value < MSP_COUNT(of)
            ? (size_t)asked->interval.value
            : MSP_RATE_INTERVAL_CLOPPER_PEARSON;
    t->method = of[i].method;
    t->method_name = of[i].name;
    t->confidence.level =
        asked->level.value > 0 && asked->level.value < 1 ? asked->level.value : 0.95;
    t->confidence.side = MSP_TWO_SIDED;
}

static msp_status read_inputs(struct rates *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_population *population =
        msp_protocol_population(study->protocol, t->analysis->population.text);
    msp_status rc = read_responses(t, err);
    if (rc == MSP_OK)
        rc = study_population(study, population, &t->keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &t->arms, err);
    if (rc == MSP_OK)
        rc = study_strata(study, &t->analysis->test.strata, &t->strata, err);
    for (size_t p = 0; rc == MSP_OK && p < study->n_patients; p++)
        t->keep[p] = t->keep[p] && t->arms.code[p] != MSP_NO_LEVEL;
    choose_method(t);
    return rc;
}

/* -- each arm -- */

struct counts {
    int64_t n, responded, without; /* patients; of them without a record */
};

static struct counts count_arm(const struct rates *t, const uint8_t *keep, uint32_t arm)
{
    struct counts c = {0, 0, 0};
    for (size_t p = 0; p < t->study->n_patients; p++) {
        if (!keep[p] || t->arms.code[p] != arm)
            continue;
        c.n++;
        c.responded += t->responded[p];
        c.without += t->response[p] == 0;
    }
    return c;
}

static msp_status add_rate(struct rates *t, const struct counts *c, msp_error *err)
{
    msp_interval interval;
    msp_record r = t->base;
    const msp_status rc =
        msp_proportion(c->responded, c->n, t->method, &t->confidence, &interval, err);
    if (rc != MSP_OK)
        return rc;
    r.statistic = MSP_STATISTIC_RATE;
    r.estimate = interval.estimate;
    r.lower = interval.lower;
    r.upper = interval.upper;
    r.level = t->confidence.level;
    r.method = t->method_name;
    r.n = c->n;
    r.events = c->responded;
    r.note = interval.note != NULL ? interval.note : "";
    return add(t, &r, err);
}

/* Levels of response from the best down, NE last; anything else behind them. */
static int rank_of(const char *text)
{
    msp_response_level level;
    return msp_response_level_parse(text, &level) ? -(int)level : 1;
}

/* The codes of the column's texts in that order; equal ones as they first appear. */
static uint32_t *ordered_codes(struct rates *t)
{
    const uint32_t n = (uint32_t)t->column->n_texts;
    uint32_t *codes = msp_arena_array(&t->study->arena, n, sizeof *codes);
    for (uint32_t i = 1; codes != NULL && i < n; i++) {
        uint32_t at = i - 1;
        for (; at > 0 && rank_of(t->column->text[codes[at - 1]]) > rank_of(t->column->text[i]);
             at--)
            codes[at] = codes[at - 1];
        codes[at] = i;
    }
    return codes;
}

/* How many patients of the arm have each value that the column holds, and how many none. */
static msp_status add_categories(struct rates *t, uint32_t arm, const struct counts *c,
                                 msp_error *err)
{
    msp_status rc = MSP_OK;
    msp_record r = t->base;
    const uint32_t *codes = ordered_codes(t);
    if (codes == NULL)
        return no_memory(err);
    r.statistic = MSP_STATISTIC_CATEGORY;
    r.n = c->n;
    for (size_t i = 0; rc == MSP_OK && i + 1 < t->column->n_texts; i++) {
        const uint32_t code = codes[i];
        int64_t in_arm = 0, in_all = 0;
        for (size_t p = 0; p < t->study->n_patients; p++) {
            const bool has = t->keep[p] && t->response[p] == code;
            in_all += has;
            in_arm += has && t->arms.code[p] == arm;
        }
        r.category = t->column->text[code];
        r.estimate = (double)in_arm;
        if (in_all > 0)
            rc = add(t, &r, err);
    }
    if (rc == MSP_OK && c->without > 0) {
        r.category = "(no record)";
        r.estimate = (double)c->without;
        r.note = "patients of the population without a record of this endpoint; they count as not "
                 "responding";
        rc = add(t, &r, err);
    }
    return rc;
}

static msp_status add_arms(struct rates *t, const uint8_t *keep, bool categories, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (uint32_t arm = 0; rc == MSP_OK && arm < t->arms.n_levels; arm++) {
        const struct counts c = count_arm(t, keep, arm);
        t->base.arm = t->arms.level[arm];
        rc = add_rate(t, &c, err);
        if (rc == MSP_OK && categories)
            rc = add_categories(t, arm, &c, err);
    }
    t->base.arm = "";
    return rc;
}

/* -- comparisons -- */

static uint32_t arm_index(const struct rates *t, const char *id)
{
    for (uint32_t i = 0; i < t->arms.n_levels; i++)
        if (strcmp(t->arms.level[i], id) == 0)
            return i;
    return MSP_NO_LEVEL;
}

/* The experimental arm against the control arm in one level of `factor` (NULL: in all). */
static msp_two_by_two table_of(const struct rates *t, const msp_comparison *comparison,
                               const uint8_t *keep, const msp_factor *factor, uint32_t level)
{
    const uint32_t one = arm_index(t, comparison->experimental.text),
                   two = arm_index(t, comparison->control.text);
    msp_two_by_two table = {0, 0, 0, 0};
    for (size_t p = 0; p < t->study->n_patients; p++) {
        if (!keep[p] || (factor != NULL && factor->code[p] != level))
            continue;
        table.n1 += t->arms.code[p] == one;
        table.x1 += t->arms.code[p] == one && t->responded[p];
        table.n2 += t->arms.code[p] == two;
        table.x2 += t->arms.code[p] == two && t->responded[p];
    }
    return table;
}

/* One table a level in which both arms have patients. */
static msp_status tables_of(struct rates *t, const msp_comparison *comparison,
                            const msp_factor *factor, msp_two_by_two **out, size_t *n,
                            msp_error *err)
{
    *out = msp_arena_array(&t->study->arena, factor->n_levels + 1, sizeof **out);
    *n = 0;
    if (*out == NULL)
        return no_memory(err);
    for (uint32_t level = 0; level < factor->n_levels; level++) {
        const msp_two_by_two table = table_of(t, comparison, t->keep, factor, level);
        if (table.n1 > 0 && table.n2 > 0)
            (*out)[(*n)++] = table;
    }
    return MSP_OK;
}

static msp_status name_pair(struct rates *t, const msp_comparison *comparison, msp_error *err)
{
    t->base.arm = msp_arena_printf(&t->study->arena, "%s v %s", comparison->experimental.text,
                                   comparison->control.text);
    return t->base.arm != NULL ? MSP_OK : no_memory(err);
}

static msp_status add_contrast(struct rates *t, msp_statistic statistic, const msp_interval *x,
                               const char *method, const msp_two_by_two *table, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = statistic;
    r.estimate = x->estimate;
    r.lower = x->lower;
    r.upper = x->upper;
    r.level = t->confidence.level;
    r.method = method;
    r.n = table->n1 + table->n2;
    r.events = table->x1 + table->x2;
    r.note = x->note != NULL ? x->note : "";
    return add(t, &r, err);
}

static bool stratified(const struct rates *t)
{
    return t->strata.n_levels > 1;
}

static msp_status add_contrasts(struct rates *t, const msp_comparison *comparison,
                                const msp_two_by_two *table, const msp_rates_pair *pair,
                                msp_error *err)
{
    if (!stratified(t)) {
        const msp_status rc =
            add_contrast(t, MSP_STATISTIC_DIFFERENCE, &pair->difference.miettinen_nurminen,
                         "Miettinen-Nurminen", table, err);
        return rc == MSP_OK ? add_contrast(t, MSP_STATISTIC_ODDS_RATIO, &pair->odds_ratio.wald,
                                           "Wald", table, err)
                            : rc;
    }
    msp_two_by_two *tables;
    size_t k;
    msp_interval x;
    t->base.category = study_strata_names(t->study, &t->analysis->test.strata);
    msp_status rc = tables_of(t, comparison, &t->strata, &tables, &k, err);
    if (rc == MSP_OK)
        rc = msp_stratified_difference(tables, k, MSP_STRATIFIED_MIETTINEN_NURMINEN, &t->confidence,
                                       &x, err);
    if (rc == MSP_OK)
        rc = add_contrast(t, MSP_STATISTIC_DIFFERENCE, &x, "stratified Miettinen-Nurminen", table,
                          err);
    if (rc == MSP_OK)
        rc = msp_stratified_ratio(tables, k, MSP_ODDS_RATIO, &t->confidence, &x, err);
    if (rc == MSP_OK)
        rc = add_contrast(t, MSP_STATISTIC_ODDS_RATIO, &x, "Mantel-Haenszel", table, err);
    t->base.category = "";
    return rc;
}

/* The two-sided p, or that of more responders in the experimental arm. */
static void put_p(msp_record *r, bool one_sided, msp_prob two, msp_prob greater)
{
    r->sided = one_sided ? "one-sided" : "two-sided";
    r->p = one_sided ? greater.p : two.p;
    r->log_p = one_sided ? greater.log_p : two.log_p;
}

/* Half of a chi-square test on one degree of freedom is the one-sided test, on the side where the
 * experimental arm has more. */
static void put_chi_square(msp_record *r, bool one_sided, const msp_test *test, bool more)
{
    r->estimate = test->statistic;
    r->df = test->df;
    r->sided = one_sided ? "one-sided" : "two-sided";
    r->p = !one_sided ? test->p : more ? test->p / 2 : 1 - test->p / 2;
    r->log_p = !one_sided ? test->log_p : more ? test->log_p - log(2) : log1p(-test->p / 2);
}

static msp_status chi_square(const msp_two_by_two *t, msp_test *out, const char **note,
                             msp_error *err)
{
    const int64_t events[] = {t->x1, t->x2}, n[] = {t->n1, t->n2};
    return msp_two_by_two_chi_square(events, n, 2, false, out, note, err);
}

static bool has_more(const msp_two_by_two *t)
{
    return (double)t->x1 * (double)t->n2 > (double)t->x2 * (double)t->n1;
}

static msp_status add_test(struct rates *t, const msp_comparison *comparison,
                           const msp_two_by_two *table, const msp_rates_pair *pair, msp_error *err)
{
    const msp_planned_test *asked = &t->analysis->test;
    const bool one_sided = asked->sided.value == 1;
    msp_record r = t->base;
    msp_two_by_two *tables;
    size_t k;
    msp_status rc = MSP_OK;
    r.statistic = MSP_STATISTIC_TEST;
    r.n = table->n1 + table->n2;
    r.events = table->x1 + table->x2;
    if (asked->kind.value == MSP_TEST_FISHER) {
        r.method = "Fisher";
        r.note = pair->fisher.note != NULL ? pair->fisher.note : "";
        put_p(&r, one_sided, pair->fisher.two_sided, pair->fisher.greater);
    } else {
        const bool in_strata = asked->kind.value == MSP_TEST_CMH && stratified(t);
        const char *note = NULL;
        msp_test test;
        rc = in_strata ? tables_of(t, comparison, &t->strata, &tables, &k, err) : MSP_OK;
        if (rc == MSP_OK)
            rc = in_strata ? msp_stratified_cmh(tables, k, false, &test, &note, err)
                           : chi_square(table, &test, &note, err);
        if (rc != MSP_OK)
            return rc;
        r.method = in_strata ? "Cochran-Mantel-Haenszel" : "chi-square";
        r.category = in_strata ? study_strata_names(t->study, &asked->strata) : "";
        r.note = note != NULL ? note : "";
        put_chi_square(&r, one_sided, &test, has_more(table));
    }
    return add(t, &r, err);
}

static msp_status compare(struct rates *t, const msp_comparison *comparison, msp_error *err)
{
    const msp_two_by_two table = table_of(t, comparison, t->keep, NULL, 0);
    msp_rates_pair pair;
    msp_status rc = name_pair(t, comparison, err);
    if (rc == MSP_OK)
        rc = msp_rates_compare(&table, &t->confidence, &pair, err);
    if (rc == MSP_OK)
        rc = add_contrasts(t, comparison, &table, &pair, err);
    if (rc == MSP_OK && msp_was_said(t->analysis->test.at))
        rc = add_test(t, comparison, &table, &pair, err);
    t->base.arm = "";
    return rc;
}

/* -- subgroups -- */

static msp_status ratio_in_level(struct rates *t, const msp_comparison *comparison,
                                 const msp_factor *levels, uint32_t level, msp_error *err)
{
    const msp_two_by_two table = table_of(t, comparison, t->keep, levels, level);
    msp_rates_pair pair;
    msp_status rc = name_pair(t, comparison, err);
    if (rc == MSP_OK)
        rc = msp_rates_compare(&table, &t->confidence, &pair, err);
    if (rc == MSP_OK)
        rc = add_contrast(t, MSP_STATISTIC_ODDS_RATIO, &pair.odds_ratio.wald, "Wald", &table, err);
    t->base.arm = "";
    return rc;
}

/* Breslow and Day: whether the odds ratio differs between the levels. */
static msp_status add_interaction(struct rates *t, const msp_comparison *comparison,
                                  const msp_factor *levels, msp_error *err)
{
    msp_two_by_two *tables;
    size_t k;
    msp_test test;
    const char *note = NULL;
    msp_status rc = name_pair(t, comparison, err);
    if (rc == MSP_OK)
        rc = tables_of(t, comparison, levels, &tables, &k, err);
    if (rc == MSP_OK)
        rc = msp_stratified_breslow_day(tables, k, false, &test, &note, err);
    if (rc != MSP_OK)
        return rc;
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_INTERACTION;
    r.estimate = test.statistic;
    r.df = test.df;
    r.p = test.p;
    r.log_p = test.log_p;
    r.method = "Breslow-Day";
    r.sided = "two-sided";
    r.note = note != NULL ? note : "";
    t->base.arm = "";
    return add(t, &r, err);
}

static msp_status analyse_subgroup(struct rates *t, const msp_subgroup *g, msp_error *err)
{
    const size_t n = t->study->n_patients;
    msp_factor levels;
    uint8_t *keep = msp_arena_array(&t->study->arena, n, 1);
    msp_status rc = keep != NULL ? study_subgroup(t->study, g, &levels, err) : no_memory(err);
    t->base.subgroup = g->id;
    for (uint32_t level = 0; rc == MSP_OK && level < levels.n_levels; level++) {
        for (size_t p = 0; p < n; p++)
            keep[p] = t->keep[p] && levels.code[p] == level;
        t->base.level_name = levels.level[level];
        rc = add_arms(t, keep, false, err);
        for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++)
            rc = ratio_in_level(t, &t->analysis->comparisons.items[i], &levels, level, err);
    }
    t->base.level_name = "";
    for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++)
        rc = add_interaction(t, &t->analysis->comparisons.items[i], &levels, err);
    t->base.subgroup = "";
    return rc;
}

/* -- the analysis -- */

static bool anybody_recorded(const struct rates *t)
{
    for (size_t p = 0; p < t->study->n_patients; p++)
        if (t->keep[p] && t->response[p] != 0)
            return true;
    return false;
}

/* What no table says of anybody is not known; it is no rate of 0. */
static void say_nobody(struct rates *t)
{
    msp_findings_add(t->study->findings, MSP_SEVERITY_WARNING, "study-no-patients", t->analysis->at,
                     "look at the population's and the endpoint's `where`",
                     "analysis \"%s\" is left out: no patient of the population has a record",
                     t->analysis->id);
}

msp_status study_rates(struct study *study, const msp_analysis *analysis,
                       const msp_endpoint *endpoint, msp_error *err)
{
    struct rates t = {
        .study = study, .analysis = analysis, .endpoint = endpoint, .base = msp_record_empty()};
    t.base.analysis = analysis->id;
    t.base.population = analysis->population.text;
    t.base.endpoint = endpoint->id;
    msp_status rc = read_inputs(&t, err);
    if (rc == MSP_OK && !anybody_recorded(&t)) {
        say_nobody(&t);
        return MSP_OK;
    }
    if (rc == MSP_OK)
        rc = add_arms(&t, t.keep, true, err);
    for (size_t i = 0; rc == MSP_OK && i < analysis->comparisons.n; i++)
        rc = compare(&t, &analysis->comparisons.items[i], err);
    for (size_t i = 0; rc == MSP_OK && i < analysis->subgroups.n; i++)
        rc = analyse_subgroup(
            &t, msp_protocol_subgroup(study->protocol, analysis->subgroups.items[i].text), err);
    return rc;
}
