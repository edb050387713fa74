/* study_means.c - one analysis of a score by visit: a mixed model for repeated measures
 * (stats/mmrm.h) of the change from baseline on visit, arm, baseline, and their products with the
 * visit; each arm's adjusted mean, each comparison's difference, and how it lies to the minimal
 * important difference.
 */
#include <math.h>
#include <string.h>

#include "mspike/analysis/coding.h"
#include "mspike/stats/mmrm.h"
#include "study_internal.h"

/* One value a row used: a patient at a visit. */
struct means {
    struct study *study;
    const msp_analysis *analysis;
    const msp_endpoint *endpoint;
    const struct study_table *table;
    msp_factor arms, visits;
    size_t n;
    size_t *row; /* of the table */
    double *change, *baseline;
    uint32_t *patient, *arm, *visit;
    msp_mmrm_design design;
    msp_mmrm fit;
    msp_mmrm_df df;
    msp_confidence confidence;
    double mid;
    double *l, *other; /* weights of a contrast */
    msp_record base;
};

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for an analysis of means");
}

/* -- from the protocol -- */

/* Points that matter: as the analysis says, the questionnaire, or the rules. */
static double important_difference(const struct means *t)
{
    const msp_protocol *p = t->study->protocol;
    if (msp_was_said(t->analysis->means.mid.at))
        return t->analysis->means.mid.value;
    for (size_t i = 0; i < p->quality_of_life.n; i++) {
        const msp_instrument *instrument = &p->quality_of_life.items[i];
        if (strcmp(instrument->id, t->endpoint->instrument.text) == 0 &&
            msp_was_said(instrument->mid.at))
            return instrument->mid.value;
    }
    return msp_protocol_rules(p, t->endpoint).qol_mid.value;
}

static msp_status choose_method(struct means *t, msp_error *err)
{
    const msp_planned_means *asked = &t->analysis->means;
    const bool said = msp_was_said(asked->at);
    const msp_mmrm_structure structure =
        said ? (msp_mmrm_structure)asked->covariance.value : MSP_MMRM_UNSTRUCTURED;
    t->df = said && asked->df.value == MSP_PLANNED_SATTERTHWAITE ? MSP_MMRM_SATTERTHWAITE
                                                                 : MSP_MMRM_KENWARD_ROGER;
    t->confidence = (msp_confidence){said ? asked->level.value : 0.95, MSP_TWO_SIDED};
    t->mid = important_difference(t);
    t->base.level = t->confidence.level;
    t->base.method = msp_arena_printf(
        &t->study->arena, "mixed model, %s covariance, %s", msp_mmrm_structure_name(structure),
        t->df == MSP_MMRM_KENWARD_ROGER ? "Kenward-Roger" : "Satterthwaite");
    return t->base.method != NULL ? MSP_OK : no_memory(err);
}

/* -- rows -- */

/* Rows of the endpoint, of patients in the population, with all three values. */
static msp_status choose_rows(struct means *t, uint8_t **out, msp_error *err)
{
    struct study *study = t->study;
    const msp_score_source *from = &t->endpoint->scores;
    const msp_table *table = &t->table->table;
    const msp_population *population =
        msp_protocol_population(study->protocol, t->analysis->population.text);
    uint8_t *rows = msp_arena_array(&study->arena, table->n_rows + 1, 1), *keep;
    if (rows == NULL)
        return no_memory(err);
    msp_status rc = study_population(study, population, &keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &t->arms, err);
    if (rc != MSP_OK)
        return rc;
    study_rows_where(t->table, &from->where, rows);
    for (size_t row = 0; row < table->n_rows; row++) {
        const uint32_t patient = t->table->patient[row];
        rows[row] = rows[row] && patient != NO_ROW && keep[patient] &&
                    t->arms.code[patient] != MSP_NO_LEVEL;
    }
    msp_keep_present(msp_table_column(table, from->value.text), table->n_rows, rows);
    msp_keep_present(msp_table_column(table, from->baseline.text), table->n_rows, rows);
    msp_keep_present(msp_table_column(table, from->visit.text), table->n_rows, rows);
    *out = rows;
    return MSP_OK;
}

static msp_status allocate(struct means *t, size_t n, msp_error *err)
{
    msp_arena *arena = &t->study->arena;
    t->row = msp_arena_array(arena, n + 1, sizeof *t->row);
    t->change = msp_arena_array(arena, n + 1, sizeof *t->change);
    t->baseline = msp_arena_array(arena, n + 1, sizeof *t->baseline);
    t->patient = msp_arena_array(arena, n + 1, sizeof *t->patient);
    t->arm = msp_arena_array(arena, n + 1, sizeof *t->arm);
    t->visit = msp_arena_array(arena, n + 1, sizeof *t->visit);
    return t->row != NULL && t->change != NULL && t->baseline != NULL && t->patient != NULL &&
                   t->arm != NULL && t->visit != NULL
               ? MSP_OK
               : no_memory(err);
}

static msp_status read_rows(struct means *t, msp_error *err)
{
    const msp_score_source *from = &t->endpoint->scores;
    const msp_table *table = &t->table->table;
    const msp_coding_levels in_time = {.name = from->visit.text, .natural = true};
    uint8_t *rows = NULL;
    msp_status rc = choose_rows(t, &rows, err);
    if (rc == MSP_OK)
        rc = msp_coding_factor(table, msp_table_column(table, from->visit.text), rows, &in_time,
                               &t->study->arena, &t->visits, err);
    if (rc == MSP_OK)
        rc = allocate(t, table->n_rows, err);
    for (size_t row = 0; row < table->n_rows && rc == MSP_OK; row++) {
        if (!rows[row])
            continue;
        t->row[t->n] = row;
        t->change[t->n] = msp_table_column(table, from->value.text)->number[row];
        t->baseline[t->n] = msp_table_column(table, from->baseline.text)->number[row];
        t->patient[t->n] = t->table->patient[row];
        t->arm[t->n] = t->arms.code[t->table->patient[row]];
        t->visit[t->n++] = t->visits.code[row];
    }
    return rc;
}

/* -- the model -- */

static msp_status at_its_row(const struct means *t, msp_status rc, msp_error *err)
{
    if (rc == MSP_OK || err == NULL || err->row == MSP_NO_ROW)
        return rc;
    const msp_error numeric = *err;
    return msp_table_fail(err, MSP_EINPUT, &t->table->table, t->row[numeric.row],
                          msp_table_column(&t->table->table, t->endpoint->scores.visit.text),
                          "endpoint %s: %s", t->endpoint->id, numeric.text);
}

static msp_status fit(struct means *t, msp_error *err)
{
    const msp_planned_means *asked = &t->analysis->means;
    const msp_mmrm_structure structure = msp_was_said(asked->at)
                                             ? (msp_mmrm_structure)asked->covariance.value
                                             : MSP_MMRM_UNSTRUCTURED;
    msp_status rc = msp_mmrm_design_init(&t->design, t->n, t->visit, t->visits.n_levels, t->arm,
                                         t->arms.n_levels, t->baseline, NULL, 0, err);
    if (rc != MSP_OK)
        return rc;
    const msp_mmrm_data data = {t->n,       t->change, t->design.x,       t->design.p,
                                t->patient, t->visit,  t->visits.n_levels};
    t->l = msp_arena_array(&t->study->arena, t->design.p, sizeof *t->l);
    t->other = msp_arena_array(&t->study->arena, t->design.p, sizeof *t->other);
    if (t->l == NULL || t->other == NULL)
        return no_memory(err);
    return at_its_row(t, msp_mmrm_fit(&data, structure, &t->fit, err), err);
}

/* -- records -- */

static msp_status estimate(struct means *t, msp_statistic statistic, size_t visit, msp_record *r,
                           msp_error *err)
{
    msp_mmrm_contrast c;
    const msp_status rc = msp_mmrm_estimate(&t->fit, t->l, t->df, &t->confidence, &c, err);
    *r = t->base;
    r->statistic = statistic;
    r->category = t->visits.level[visit];
    r->estimate = c.value.estimate;
    r->std_error = c.std_error;
    r->lower = c.value.lower;
    r->upper = c.value.upper;
    r->df = c.df;
    r->note = c.value.note != NULL ? c.value.note : "";
    if (statistic == MSP_STATISTIC_DIFFERENCE) {
        r->p = c.p.p;
        r->log_p = c.p.log_p;
        r->sided = "two-sided";
    }
    return rc;
}

static int64_t patients_at(const struct means *t, size_t arm, size_t visit)
{
    int64_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += t->arm[i] == arm && t->visit[i] == visit;
    return n;
}

static msp_status add_means(struct means *t, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t arm = 0; arm < t->arms.n_levels; arm++)
        for (size_t visit = 0; visit < t->visits.n_levels && rc == MSP_OK; visit++) {
            msp_record r;
            t->base.arm = t->arms.level[arm];
            msp_mmrm_design_mean(&t->design, arm, visit, t->l);
            rc = estimate(t, MSP_STATISTIC_ADJUSTED_MEAN, visit, &r, err);
            r.n = patients_at(t, arm, visit);
            if (rc == MSP_OK)
                rc = study_add(t->study, &r, err);
        }
    return rc;
}

/* The interval beside the difference that matters to patients. */
static msp_status add_important(struct means *t, const msp_record *difference, msp_error *err)
{
    msp_record r = t->base;
    const double size = fabs(difference->estimate);
    const bool reached = size >= t->mid;
    const bool beyond = difference->lower > t->mid || difference->upper < -t->mid;
    const bool within = difference->lower > -t->mid && difference->upper < t->mid;
    r.statistic = MSP_STATISTIC_IMPORTANT_DIFFERENCE;
    r.category = difference->category;
    r.estimate = t->mid;
    r.level = (double)NAN; /* it is a number of the protocol */
    r.method = "";
    r.note = isnan(size) ? "there is no difference to compare"
             : beyond    ? "reached, and the interval lies beyond it"
             : reached   ? "reached, but the interval does not lie beyond it"
             : within    ? "not reached, and the interval lies within it"
                         : "not reached, but the interval does not lie within it";
    return study_add(t->study, &r, err);
}

static size_t arm_index(const struct means *t, const char *id)
{
    size_t i = 0;
    while (i < t->arms.n_levels && strcmp(t->arms.level[i], id) != 0)
        i++;
    return i;
}

static msp_status add_difference(struct means *t, size_t one, size_t two, size_t visit,
                                 msp_error *err)
{
    msp_record r;
    msp_mmrm_design_mean(&t->design, one, visit, t->l);
    msp_mmrm_design_mean(&t->design, two, visit, t->other);
    for (size_t k = 0; k < t->design.p; k++)
        t->l[k] -= t->other[k];
    msp_status rc = estimate(t, MSP_STATISTIC_DIFFERENCE, visit, &r, err);
    r.n = patients_at(t, one, visit) + patients_at(t, two, visit);
    if (rc == MSP_OK)
        rc = study_add(t->study, &r, err);
    return rc == MSP_OK ? add_important(t, &r, err) : rc;
}

static msp_status add_comparisons(struct means *t, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < t->analysis->comparisons.n; i++) {
        const msp_comparison *c = &t->analysis->comparisons.items[i];
        const size_t one = arm_index(t, c->experimental.text), two = arm_index(t, c->control.text);
        t->base.arm =
            msp_arena_printf(&t->study->arena, "%s v %s", c->experimental.text, c->control.text);
        if (t->base.arm == NULL)
            return no_memory(err);
        if (one == t->arms.n_levels || two == t->arms.n_levels)
            continue;
        for (size_t visit = 0; visit < t->visits.n_levels && rc == MSP_OK; visit++)
            rc = add_difference(t, one, two, visit, err);
    }
    return rc;
}

static void note_left_out(const struct means *t)
{
    if (t->analysis->subgroups.n > 0)
        msp_findings_add(t->study->findings, MSP_SEVERITY_WARNING, "study-not-analysed",
                         t->analysis->at, "`mspike model --by` gives them",
                         "analysis \"%s\": means by visit are not repeated in subgroups",
                         t->analysis->id);
}

/* Too few rows for anything is a finding: the other analyses go on. */
static bool has_rows(const struct means *t)
{
    if (t->n > 0 && t->visits.n_levels <= MSP_MMRM_VISITS)
        return true;
    msp_findings_add(t->study->findings, MSP_SEVERITY_WARNING, "study-not-analysed",
                     t->analysis->at, "look at the endpoint's `from`",
                     "analysis \"%s\" is left out: %s has %zu rows and %zu visits of endpoint %s",
                     t->analysis->id, t->table->name, t->n, t->visits.n_levels, t->endpoint->id);
    return false;
}

msp_status study_means(struct study *study, const msp_analysis *analysis,
                       const msp_endpoint *endpoint, msp_error *err)
{
    struct means t = {.study = study, .analysis = analysis, .endpoint = endpoint};
    t.table = study_find_table(study, endpoint->scores.table.text);
    t.base = msp_record_empty();
    t.base.analysis = analysis->id;
    t.base.population = analysis->population.text;
    t.base.endpoint = endpoint->id;
    msp_status rc = choose_method(&t, err);
    if (rc == MSP_OK)
        rc = read_rows(&t, err);
    if (rc == MSP_OK && has_rows(&t)) {
        note_left_out(&t);
        rc = fit(&t, err);
        if (rc == MSP_OK)
            rc = add_means(&t, err);
        if (rc == MSP_OK)
            rc = add_comparisons(&t, err);
    }
    msp_mmrm_free(&t.fit);
    msp_mmrm_design_free(&t.design);
    return rc;
}
