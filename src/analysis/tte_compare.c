/* tte_compare.c - two arms: test, hazard ratio, difference of restricted means. */
#include "tte.h"

#include <math.h>
#include <string.h>

#include "mspike/analysis/intervals.h"

static uint32_t arm_index(const struct tte *t, const char *id)
{
    for (uint32_t i = 0; i < t->arms.n_levels; i++)
        if (strcmp(t->arms.level[i], id) == 0)
            return i;
    return MSP_NO_LEVEL;
}

msp_status tte_make_pair(struct tte *t, const msp_comparison *comparison, const uint8_t *keep,
                         struct pair *out, msp_error *err)
{
    struct study *study = t->study;
    const char *experimental = comparison->experimental.text, *control = comparison->control.text;
    const uint32_t of_experimental = arm_index(t, experimental), of_control = arm_index(t, control);
    out->arms = (msp_factor){.name = "arm", .n_levels = 2};
    out->arms.level = msp_arena_array(&study->arena, 2, sizeof *out->arms.level);
    out->arms.code = msp_arena_array(&study->arena, study->n_patients, sizeof *out->arms.code);
    out->keep = msp_arena_array(&study->arena, study->n_patients, 1);
    out->name = msp_arena_printf(&study->arena, "%s v %s", experimental, control);
    if (out->arms.level == NULL || out->arms.code == NULL || out->keep == NULL || out->name == NULL)
        return tte_no_memory(err);
    out->arms.level[0] = control;
    out->arms.level[1] = experimental;
    for (size_t p = 0; p < study->n_patients; p++) {
        const uint32_t code = t->arms.code[p];
        out->arms.code[p] = code == of_control ? 0 : code == of_experimental ? 1 : MSP_NO_LEVEL;
        out->keep[p] = keep[p] && out->arms.code[p] != MSP_NO_LEVEL;
    }
    return MSP_OK;
}

msp_status tte_keep_strata(struct tte *t, const uint8_t *keep, const msp_factor *strata,
                           const uint8_t *also, uint8_t **out, msp_error *err)
{
    *out = msp_arena_array(&t->study->arena, t->study->n_patients, 1);
    if (*out == NULL)
        return tte_no_memory(err);
    memcpy(*out, keep, t->study->n_patients);
    if (strata->n_levels > 0)
        msp_keep_levels(strata, t->study->n_patients, *out);
    for (size_t p = 0; also != NULL && p < t->study->n_patients; p++)
        (*out)[p] = (*out)[p] && also[p];
    return MSP_OK;
}

static void choose_test(const struct tte *t, msp_time_weight *weight, msp_survival_options *options)
{
    const msp_planned_test *asked = &t->analysis->test;
    if (!msp_was_said(asked->kind.at))
        return;
    options->maxcombo = asked->kind.value == MSP_TEST_MAXCOMBO;
    if (asked->kind.value == MSP_TEST_FLEMING_HARRINGTON)
        *weight =
            (msp_time_weight){MSP_FLEMING_HARRINGTON, asked->rho.value, asked->gamma.value, 0};
    else if (asked->kind.value == MSP_TEST_MODESTLY_WEIGHTED)
        *weight = (msp_time_weight){MSP_MODESTLY_WEIGHTED, 0, 0, asked->time.value / t->scale};
    else
        return;
    options->weight = weight;
}

/* "stratified log-rank", "Fleming-Harrington (0, 1)", "MaxCombo". */
static const char *name_of_test(struct tte *t)
{
    const msp_planned_test *asked = &t->analysis->test;
    const int kind = msp_was_said(asked->kind.at) ? (int)asked->kind.value : MSP_TEST_LOGRANK;
    msp_text text = {0};
    msp_text_add(&text, asked->strata.n > 0 ? "stratified " : "");
    if (kind == MSP_TEST_FLEMING_HARRINGTON)
        msp_text_printf(&text, "Fleming-Harrington (%g, %g)", asked->rho.value, asked->gamma.value);
    else if (kind == MSP_TEST_MODESTLY_WEIGHTED)
        msp_text_printf(&text, "modestly weighted log-rank (%g)", asked->time.value);
    else
        msp_text_add(&text, kind == MSP_TEST_MAXCOMBO   ? "MaxCombo"
                            : kind == MSP_TEST_INTERVAL ? "log-rank of times between visits"
                                                        : "log-rank");
    const char *kept = msp_arena_text(&t->study->arena, msp_text_str(&text));
    msp_text_free(&text);
    return kept != NULL ? kept : "";
}

static msp_status add_test(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_planned_test *asked = &t->analysis->test;
    msp_survival_data data = tte_data(t, pair->keep, &pair->arms);
    msp_survival_options options = t->options;
    uint8_t *keep;
    msp_survival s;
    msp_time_weight weight;
    options.test = true;
    choose_test(t, &weight, &options);
    msp_status rc = tte_keep_strata(t, pair->keep, &t->strata_test, NULL, &keep, err);
    if (rc != MSP_OK)
        return rc;
    data.stratum = t->strata_test.n_levels > 0 ? &t->strata_test : NULL;
    data.keep_test = keep;
    rc = msp_survival_fit(&data, &options, &s, err);
    if (rc != MSP_OK)
        return rc;
    msp_record r = t->base;
    r.arm = pair->name;
    r.statistic = MSP_STATISTIC_TEST;
    r.sided = asked->sided.value == 1 ? "one-sided" : "two-sided";
    r.method = name_of_test(t);
    r.note = s.test.note != NULL ? s.test.note : "";
    if (s.has_combination) {
        const msp_maxcombo *c = &s.combination;
        r.estimate = c->note == NULL ? fabs(c->z[c->largest]) : r.estimate;
        r.p = c->p;
        r.log_p = c->log_p;
        r.note = c->note != NULL ? c->note : "";
    } else {
        r.estimate = s.test.test.statistic;
        r.df = s.test.test.df;
        r.p = s.test.test.p;
        r.log_p = s.test.test.log_p;
    }
    r.category = study_strata_names(t->study, &asked->strata);
    r.n = (int64_t)s.n;
    r.events = (int64_t)s.events;
    rc = study_add(t->study, &r, err);
    msp_survival_free(&s);
    return rc;
}

/* The event came after one visit and by the next. */
static msp_status add_interval_test(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_planned_test *asked = &t->analysis->test;
    const size_t n = t->study->n_patients;
    msp_survival_data data = tte_data(t, pair->keep, &pair->arms);
    double *upper = msp_arena_array(&t->study->arena, n, sizeof *upper);
    uint8_t *keep;
    msp_intervals s;
    if (upper == NULL)
        return tte_no_memory(err);
    for (size_t p = 0; p < n; p++)
        upper[p] = t->event[p] ? t->time[p] : (double)INFINITY;
    msp_status rc = tte_keep_strata(t, pair->keep, &t->strata_test, NULL, &keep, err);
    if (rc != MSP_OK)
        return rc;
    data.time = t->after;
    data.upper = upper;
    data.stratum = t->strata_test.n_levels > 0 ? &t->strata_test : NULL;
    data.keep_test = keep;
    const msp_intervals_options options = {
        .level = 0.95, .alternative = t->options.alternative, .test = true};
    rc = msp_intervals_fit(&data, &options, &s, err);
    if (rc != MSP_OK)
        return rc;
    msp_record r = t->base;
    r.arm = pair->name;
    r.statistic = MSP_STATISTIC_TEST;
    r.sided = asked->sided.value == 1 ? "one-sided" : "two-sided";
    r.method = name_of_test(t);
    r.estimate = s.test.test.statistic;
    r.df = s.test.test.df;
    r.p = s.test.test.p;
    r.log_p = s.test.test.log_p;
    r.note = s.test.note != NULL ? s.test.note : "";
    r.category = study_strata_names(t->study, &asked->strata);
    r.n = (int64_t)s.n;
    r.events = 0;
    for (size_t a = 0; a < s.n_arms; a++)
        r.events += (int64_t)(s.arms[a].n_exact + s.arms[a].n_between);
    rc = study_add(t->study, &r, err);
    msp_intervals_free(&s);
    return rc;
}

/* The arm's coefficient of a fitted model as a hazard ratio. */
static msp_status add_ratio(struct tte *t, const struct pair *pair, const msp_survival *s,
                            const char *method, const char *strata, msp_error *err)
{
    const msp_cox_coefficient *c = s->cox.n_columns > 0 ? &s->cox.coefficients[0] : NULL;
    msp_record r = t->base;
    r.arm = pair->name;
    r.statistic = MSP_STATISTIC_HAZARD_RATIO;
    r.level = s->options.cox.level;
    r.sided = "two-sided";
    r.method = method;
    r.category = strata;
    r.n = (int64_t)s->cox.n;
    r.events = (int64_t)s->cox.n_events;
    r.note = s->cox.note != NULL ? s->cox.note : "";
    if (c != NULL && c->kind == MSP_COX_ESTIMATED) {
        r.estimate = c->hazard_ratio;
        r.std_error = c->std_error;
        r.lower = c->lower;
        r.upper = c->upper;
        r.p = c->p;
        r.log_p = c->log_p;
    } else if (c != NULL && c->kind == MSP_COX_INFINITE) {
        r.note = c->coef > 0 ? "infinite: no events in the control arm"
                             : "zero: no events in the experimental arm";
    } else if (r.note[0] == '\0') {
        r.note = "the arms cannot be compared here";
    }
    return study_add(t->study, &r, err);
}

static const char *ratio_method(struct tte *t, bool stratified)
{
    const char *text =
        msp_arena_printf(&t->study->arena, "%sCox, %s ties", stratified ? "stratified " : "",
                         msp_cox_ties_name(t->options.cox.ties));
    return text != NULL ? text : "Cox";
}

msp_status tte_arm_terms(struct tte *t, const struct pair *pair, const msp_terms *more,
                         msp_terms *out, msp_error *err)
{
    *out = (msp_terms){0};
    msp_status rc = msp_terms_add_factor(out, &pair->arms, "arm ", false, t->study->n_patients,
                                         &t->study->arena, err);
    for (size_t i = 0; more != NULL && rc == MSP_OK && i < more->n; i++)
        rc = msp_terms_add(out, &more->columns[i], &t->study->arena, err);
    return rc;
}

msp_status tte_fit_model(struct tte *t, const struct pair *pair, const msp_terms *terms,
                         const msp_factor *strata, const uint8_t *keep, msp_survival *out,
                         msp_error *err)
{
    msp_survival_data data = tte_data(t, pair->keep, &pair->arms);
    msp_survival_options options = t->options;
    options.model = true;
    data.terms = terms;
    data.stratum = strata;
    data.keep_model = keep;
    return msp_survival_fit(&data, &options, out, err);
}

static msp_status add_hazard_ratio(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_hazard_ratio *asked = &t->analysis->hazard_ratio;
    const bool stratified = t->strata_ratio.n_levels > 0;
    uint8_t *keep;
    msp_terms terms;
    msp_survival s;
    msp_status rc = tte_arm_terms(t, pair, &t->covariates, &terms, err);
    if (rc == MSP_OK)
        rc = tte_keep_strata(t, pair->keep, &t->strata_ratio, t->covered, &keep, err);
    if (rc == MSP_OK)
        rc = tte_fit_model(t, pair, &terms, stratified ? &t->strata_ratio : NULL, keep, &s, err);
    if (rc != MSP_OK)
        return rc;
    rc = add_ratio(t, pair, &s, ratio_method(t, stratified),
                   study_strata_names(t->study, &asked->strata), err);
    msp_survival_free(&s);
    return rc;
}

msp_status tte_plain_ratio(struct tte *t, const msp_comparison *comparison, const uint8_t *keep,
                           msp_error *err)
{
    struct pair pair;
    msp_terms terms;
    msp_survival s;
    msp_status rc = tte_make_pair(t, comparison, keep, &pair, err);
    if (rc == MSP_OK)
        rc = tte_arm_terms(t, &pair, NULL, &terms, err);
    if (rc == MSP_OK)
        rc = tte_fit_model(t, &pair, &terms, NULL, NULL, &s, err);
    if (rc == MSP_ENODATA) { /* nobody is here: the row says so */
        msp_record r = t->base;
        r.arm = pair.name;
        r.statistic = MSP_STATISTIC_HAZARD_RATIO;
        r.n = r.events = 0;
        r.note = "no patients";
        return study_add(t->study, &r, err);
    }
    if (rc != MSP_OK)
        return rc;
    rc = add_ratio(t, &pair, &s, ratio_method(t, false), "", err);
    msp_survival_free(&s);
    return rc;
}

/* The second arm's restricted mean less the first's. */
static msp_status add_mean_difference(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_restricted_mean *asked = &t->analysis->restricted_mean;
    const msp_survival_data data = tte_data(t, pair->keep, &pair->arms);
    msp_survival_options options = t->options;
    msp_survival s;
    options.tau = asked->until.value / t->scale;
    options.km.level = tte_level(asked->level, 0.95);
    msp_status rc = msp_survival_fit(&data, &options, &s, err);
    if (rc != MSP_OK)
        return rc;
    const msp_difference *d = s.n_contrasts > 0 ? &s.contrasts[0].difference : NULL;
    msp_record r = t->base;
    r.arm = pair->name;
    r.statistic = MSP_STATISTIC_DIFFERENCE;
    r.at = asked->until.value;
    r.method = "restricted mean";
    r.sided = "two-sided";
    r.level = options.km.level;
    r.n = (int64_t)s.n;
    r.events = (int64_t)s.events;
    r.note = d == NULL ? "fewer than two arms" : d->note != NULL ? d->note : "";
    if (d != NULL) {
        r.estimate = d->estimate * t->scale;
        r.std_error = d->std_error * t->scale;
        r.lower = d->lower * t->scale;
        r.upper = d->upper * t->scale;
        r.p = d->p;
        r.log_p = d->log_p;
    }
    rc = study_add(t->study, &r, err);
    msp_survival_free(&s);
    return rc;
}

msp_status tte_compare(struct tte *t, const msp_comparison *comparison, msp_error *err)
{
    struct pair pair;
    msp_status rc = tte_make_pair(t, comparison, t->keep, &pair, err);
    if (rc == MSP_OK && msp_was_said(t->analysis->test.at))
        rc = t->analysis->test.kind.value == MSP_TEST_INTERVAL ? add_interval_test(t, &pair, err)
                                                               : add_test(t, &pair, err);
    if (rc == MSP_OK && msp_was_said(t->analysis->hazard_ratio.at))
        rc = add_hazard_ratio(t, &pair, err);
    if (rc == MSP_OK && msp_was_said(t->analysis->restricted_mean.at))
        rc = add_mean_difference(t, &pair, err);
    return rc;
}
