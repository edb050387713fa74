/* study_survival.c - one time-to-event analysis: all arms, each comparison, each subgroup. */
#include "study_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One value a patient of everything that the analysis needs. */
struct tte {
    struct study *study;
    const msp_analysis *analysis;
    const msp_endpoint *endpoint;
    double scale; /* from the table's unit to the result's: multiply */
    double *time; /* in the table's unit; NaN without a record */
    uint8_t *event;
    uint8_t *keep; /* in the population, with a record and an arm */
    msp_factor arms;
    msp_factor strata_test, strata_ratio; /* no levels: not stratified */
    msp_terms covariates;
    uint8_t *covered; /* has every covariate */
    double *times;    /* landmarks in the table's unit */
    msp_record base;
    msp_survival_options options;
};

static msp_status no_memory(msp_error *err)
{
    return msp_fail(err, MSP_EMEM, "no memory for a time-to-event analysis");
}

/* -- from the protocol and the tables -- */

static msp_status repeated_record(const struct tte *t, const struct study_table *table, size_t row,
                                  msp_error *err)
{
    const msp_column *id =
        msp_table_column(&table->table, t->study->protocol->data.subjects.id.text);
    msp_table_fail(err, MSP_EINPUT, &table->table, row, id,
                   "this patient has a second record of endpoint %s", t->endpoint->id);
    return msp_hint(err, MSP_EINPUT, "narrow the endpoint's `where` in %s to one record a patient",
                    t->study->protocol->file);
}

/* The records of the endpoint, by patient. */
static msp_status read_endpoint(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_event_source *from = &t->endpoint->from;
    const struct study_table *table = study_find_table(study, from->table.text);
    const size_t n_rows = table->table.n_rows, n = study->n_patients;
    const msp_column *time = msp_table_column(&table->table, from->time.text);
    const msp_column *event = msp_table_column(&table->table, from->event.text);
    uint8_t *rows = msp_arena_array(&study->arena, n_rows, 1);
    uint8_t *happened = msp_arena_array(&study->arena, n_rows, 1);
    t->time = msp_arena_array(&study->arena, n, sizeof *t->time);
    t->event = msp_arena_array(&study->arena, n, 1);
    if (rows == NULL || happened == NULL || t->time == NULL || t->event == NULL)
        return no_memory(err);
    study_rows_where(table, &from->where, rows);
    msp_status rc =
        msp_event_from_column(&table->table, event, from->event_value.text, happened, rows, err);
    for (size_t i = 0; i < n; i++)
        t->time[i] = NAN;
    for (size_t row = 0; rc == MSP_OK && row < n_rows; row++) {
        const uint32_t patient = table->patient[row];
        if (!rows[row] || patient == NO_ROW || isnan(time->number[row]))
            continue;
        if (!isnan(t->time[patient])) {
            rc = repeated_record(t, table, row, err);
        } else if (time->number[row] < 0) {
            rc = msp_table_fail(err, MSP_ERANGE, &table->table, row, time,
                                "%s is %g; a time to event is at least 0", time->name,
                                time->number[row]);
        } else {
            t->time[patient] = time->number[row];
            t->event[patient] = happened[row];
        }
    }
    return rc;
}

static msp_status read_covariates(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_said_texts *names = &t->analysis->hazard_ratio.covariates;
    t->covered = msp_arena_array(&study->arena, study->n_patients, 1);
    if (t->covered == NULL)
        return no_memory(err);
    memset(t->covered, 1, study->n_patients);
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < names->n; i++) {
        const char *name = names->items[i].text;
        const msp_column *column = msp_table_column(&study->subjects->table, name);
        if (column->type == MSP_COLUMN_NUMBER) {
            double *x;
            rc = study_numbers(study, study->subjects, name, &x, err);
            for (size_t p = 0; rc == MSP_OK && p < study->n_patients; p++)
                t->covered[p] = t->covered[p] && !isnan(x[p]);
            if (rc == MSP_OK)
                rc = msp_terms_add_number(&t->covariates, name, x, &study->arena, err);
        } else {
            msp_factor factor;
            rc = study_factor(study, study->subjects, name, NULL, &factor, err);
            if (rc == MSP_OK)
                rc = msp_terms_add_factor(&t->covariates, &factor, name, false, study->n_patients,
                                          &study->arena, err);
            if (rc == MSP_OK)
                msp_keep_levels(&factor, study->n_patients, t->covered);
        }
    }
    return rc;
}

static msp_status choose_times(struct tte *t, msp_error *err)
{
    const msp_said_numbers *asked = &t->analysis->survival_at.times;
    t->times = msp_arena_array(&t->study->arena, asked->n, sizeof *t->times);
    if (t->times == NULL)
        return no_memory(err);
    for (size_t i = 0; i < asked->n; i++)
        t->times[i] = asked->items[i].value / t->scale;
    return MSP_OK;
}

static msp_km_interval interval_of(msp_said_choice said, msp_km_interval fallback)
{
    static const msp_km_interval of[] = {
        [MSP_SURVIVAL_INTERVAL_LOG_LOG] = MSP_KM_LOG_LOG,
        [MSP_SURVIVAL_INTERVAL_LOG] = MSP_KM_LOG,
        [MSP_SURVIVAL_INTERVAL_PLAIN] = MSP_KM_PLAIN,
        [MSP_SURVIVAL_INTERVAL_ARCSINE] = MSP_KM_ARCSINE,
    };
    return said.value >= 0 && (size_t)said.value < MSP_COUNT(of) && msp_was_said(said.at)
               ? of[said.value]
               : fallback;
}

static double level_of(msp_said_number said, double fallback)
{
    return said.value > 0 && said.value < 1 ? said.value : fallback;
}

static msp_convention convention_of(const struct study *study, const msp_analysis *analysis)
{
    if (!msp_was_said(analysis->convention.at))
        return study->options->convention;
    return analysis->convention.value == MSP_PLANNED_CONVENTION_SAS ? MSP_CONVENTION_SAS
                                                                    : MSP_CONVENTION_R;
}

static void choose_method(struct tte *t)
{
    const msp_analysis *a = t->analysis;
    static const msp_cox_ties ties_of[] = {
        [MSP_PLANNED_TIES_EFRON] = MSP_COX_EFRON,
        [MSP_PLANNED_TIES_BRESLOW] = MSP_COX_BRESLOW,
        [MSP_PLANNED_TIES_DISCRETE] = MSP_COX_DISCRETE,
        [MSP_PLANNED_TIES_MARGINAL] = MSP_COX_MARGINAL,
    };
    t->options = msp_survival_options_default(convention_of(t->study, a));
    t->options.cox.level = level_of(a->hazard_ratio.level, 0.95);
    if (msp_was_said(a->hazard_ratio.ties.at) &&
        (size_t)a->hazard_ratio.ties.value < MSP_COUNT(ties_of))
        t->options.cox.ties = ties_of[a->hazard_ratio.ties.value];
    /* Less: the experimental arm, the second, has the lower hazard. */
    t->options.alternative = a->test.sided.value == 1 ? MSP_LESS : MSP_TWO_SIDED;
    t->options.test = t->options.model = false;
}

static msp_status read_inputs(struct tte *t, msp_error *err)
{
    struct study *study = t->study;
    const msp_analysis *a = t->analysis;
    const msp_population *population = msp_protocol_population(study->protocol, a->population.text);
    t->scale = msp_time_unit_days(t->endpoint->from.unit.value) /
               msp_time_unit_days(t->endpoint->unit.value);
    msp_status rc = read_endpoint(t, err);
    if (rc == MSP_OK)
        rc = study_population(study, population, &t->keep, err);
    if (rc == MSP_OK)
        rc = study_arms(study, population, &t->arms, err);
    if (rc == MSP_OK)
        rc = study_strata(study, &a->test.strata, &t->strata_test, err);
    if (rc == MSP_OK)
        rc = study_strata(study, &a->hazard_ratio.strata, &t->strata_ratio, err);
    if (rc == MSP_OK)
        rc = read_covariates(t, err);
    if (rc == MSP_OK)
        rc = choose_times(t, err);
    if (rc == MSP_OK)
        choose_method(t);
    return rc;
}

/* -- records -- */

static msp_status add(struct tte *t, const msp_record *r, msp_error *err)
{
    return study_add(t->study, r, err);
}

static msp_status add_count(struct tte *t, msp_statistic statistic, size_t count, size_t n,
                            const char *note, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = statistic;
    r.estimate = (double)count;
    r.n = (int64_t)n;
    r.note = note;
    return add(t, &r, err);
}

static msp_status add_estimate(struct tte *t, msp_statistic statistic, double at,
                               const msp_km_estimate *e, const msp_km_options *o,
                               const msp_survival_arm *arm, const char *note, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = statistic;
    r.at = at;
    r.estimate = e->estimate * t->scale;
    r.lower = e->lower * t->scale;
    r.upper = e->upper * t->scale;
    r.level = o->level;
    r.method = msp_km_interval_name(o->interval);
    r.n = (int64_t)arm->n;
    r.events = (int64_t)arm->events;
    r.note = isnan(e->estimate) ? note : "";
    return add(t, &r, err);
}

static msp_status add_point(struct tte *t, double at, const msp_km_point *p,
                            const msp_km_options *o, msp_error *err)
{
    const struct {
        msp_statistic statistic;
        double x;
    } counts[] = {
        {MSP_STATISTIC_AT_RISK, p->at_risk},
        {MSP_STATISTIC_EVENTS_BY, p->events_by},
        {MSP_STATISTIC_CENSORED_BY, p->censored_by},
    };
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_SURVIVAL_AT;
    r.at = at;
    r.estimate = p->beyond ? (double)NAN : p->survival; /* a report does not carry a curve on */
    r.std_error = p->beyond ? (double)NAN : p->std_error;
    r.lower = p->beyond ? (double)NAN : p->lower;
    r.upper = p->beyond ? (double)NAN : p->upper;
    r.level = o->level;
    r.method = msp_km_interval_name(o->interval);
    r.note = p->beyond ? "follow-up ended before this time" : "";
    msp_status rc = add(t, &r, err);
    for (size_t i = 0; rc == MSP_OK && i < MSP_COUNT(counts); i++) {
        r = t->base;
        r.statistic = counts[i].statistic;
        r.at = at;
        r.estimate = counts[i].x;
        rc = add(t, &r, err);
    }
    return rc;
}

static msp_status add_curve(struct tte *t, const msp_km_curve *c, msp_error *err)
{
    double *time = malloc((c->n + 1) * sizeof *time);
    if (time == NULL)
        return no_memory(err);
    for (size_t i = 0; i < c->n; i++)
        time[i] = c->time[i] * t->scale;
    const msp_curve curve = {
        .analysis = t->base.analysis,
        .population = t->base.population,
        .endpoint = t->base.endpoint,
        .subgroup = "",
        .level_name = "",
        .arm = t->base.arm,
        .unit = t->base.unit,
        .level = c->options.level,
        .method = msp_km_interval_name(c->options.interval),
        .n_patients = c->n_patients,
        .n = c->n,
        .time = time,
        .survival = c->survival,
        .lower = c->lower,
        .upper = c->upper,
        .at_risk = c->at_risk,
        .events = c->events,
        .censored = c->censored,
    };
    const bool added = msp_results_add_curve(t->study->results, &curve) != NULL;
    free(time);
    return added ? MSP_OK : no_memory(err);
}

/* -- all arms side by side -- */

static msp_survival_data data_of(const struct tte *t, const uint8_t *keep, const msp_factor *arm)
{
    return (msp_survival_data){
        .n = t->study->n_patients,
        .time = t->time,
        .event = t->event,
        .keep = keep,
        .arm = arm,
    };
}

/* Fits all arms with the interval of one statistic; the statistics of an analysis may each have
 * their own. Cheap: a study has hundreds of patients, not millions. */
static msp_status fit_arms(struct tte *t, const uint8_t *keep, msp_said_choice interval,
                           msp_said_number level, msp_survival *out, msp_error *err)
{
    msp_survival_options options = t->options;
    const msp_survival_data data = data_of(t, keep, &t->arms);
    /* One that is not said is that of the median, so that a figure and its tables agree. */
    options.km.interval =
        interval_of(interval, interval_of(t->analysis->median.interval, options.km.interval));
    options.km.level = level_of(level, options.km.level);
    options.times = t->times;
    options.n_times = t->analysis->survival_at.times.n;
    return msp_survival_fit(&data, &options, out, err);
}

/* The shortest and the longest follow-up. */
static msp_status add_range(struct tte *t, const msp_survival_arm *arm, msp_error *err)
{
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_SHORTEST;
    r.estimate = arm->shortest * t->scale;
    r.events = arm->shortest_censored ? 0 : 1;
    r.n = (int64_t)arm->n;
    const msp_status rc = add(t, &r, err);
    r.statistic = MSP_STATISTIC_LONGEST;
    r.estimate = arm->longest * t->scale;
    r.events = arm->longest_censored ? 0 : 1;
    return rc == MSP_OK ? add(t, &r, err) : rc;
}

static msp_status medians_of_arm(struct tte *t, const msp_survival *s, size_t i, msp_error *err)
{
    const msp_survival_arm *arm = &s->arms[i];
    const msp_km_options *o = &s->options.km;
    t->base.arm = arm->label;
    msp_status rc = add_count(t, MSP_STATISTIC_COUNT, arm->n, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_count(t, MSP_STATISTIC_EVENTS, arm->events, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_count(t, MSP_STATISTIC_CENSORED, arm->n - arm->events, arm->n, "", err);
    if (rc == MSP_OK)
        rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5, &arm->median, o, arm,
                          msp_survival_median_note(arm), err);
    if (rc == MSP_OK && t->base.subgroup[0] == '\0') {
        rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.25, &arm->lower_quartile, o, arm,
                          "not reached", err);
        if (rc == MSP_OK)
            rc = add_estimate(t, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.75, &arm->upper_quartile, o,
                              arm, "not reached", err);
        if (rc == MSP_OK && arm->n > 0)
            rc = add_range(t, arm, err);
        if (rc == MSP_OK)
            rc = add_curve(t, &s->km.curves[i], err);
    }
    t->base.arm = "";
    return rc;
}

static msp_status add_medians(struct tte *t, const uint8_t *keep, msp_error *err)
{
    const msp_median *median = &t->analysis->median;
    msp_survival s;
    msp_status rc = fit_arms(t, keep, median->interval, median->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++)
        rc = medians_of_arm(t, &s, i, err);
    msp_survival_free(&s);
    return rc;
}

static msp_status add_follow_up(struct tte *t, msp_error *err)
{
    const msp_median *asked = &t->analysis->follow_up;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_status rc = fit_arms(t, t->keep, asked->interval, asked->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        t->base.arm = s.arms[i].label;
        rc = add_estimate(t, MSP_STATISTIC_FOLLOW_UP, 0.5, &s.arms[i].follow_up, &s.options.km,
                          &s.arms[i], "not reached: fewer than half were censored", err);
    }
    t->base.arm = "";
    msp_survival_free(&s);
    return rc;
}

static msp_status add_landmarks(struct tte *t, msp_error *err)
{
    const msp_survival_at *asked = &t->analysis->survival_at;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_status rc = fit_arms(t, t->keep, asked->interval, asked->level, &s, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        t->base.arm = s.arms[i].label;
        for (size_t k = 0; rc == MSP_OK && k < asked->times.n; k++)
            rc =
                add_point(t, asked->times.items[k].value, &s.arms[i].points[k], &s.options.km, err);
    }
    t->base.arm = "";
    msp_survival_free(&s);
    return rc;
}

static msp_status add_restricted_means(struct tte *t, msp_error *err)
{
    const msp_restricted_mean *asked = &t->analysis->restricted_mean;
    msp_survival s;
    if (!msp_was_said(asked->at))
        return MSP_OK;
    msp_survival_options options = t->options;
    const msp_survival_data data = data_of(t, t->keep, &t->arms);
    options.tau = asked->until.value / t->scale;
    msp_status rc = msp_survival_fit(&data, &options, &s, err);
    if (rc != MSP_OK)
        return rc;
    const double level = level_of(asked->level, 0.95), z = msp_dist_normal_limit(level);
    for (size_t i = 0; rc == MSP_OK && i < s.n_arms; i++) {
        const msp_mean *m = &s.arms[i].restricted;
        msp_record r = t->base;
        r.arm = s.arms[i].label;
        r.statistic = MSP_STATISTIC_RESTRICTED_MEAN;
        r.at = asked->until.value;
        r.estimate = m->estimate * t->scale;
        r.std_error = m->std_error * t->scale;
        r.lower = (m->estimate - z * m->std_error) * t->scale;
        r.upper = (m->estimate + z * m->std_error) * t->scale;
        r.level = level;
        r.method = "area under the Kaplan-Meier curve";
        r.n = (int64_t)s.arms[i].n;
        r.events = (int64_t)s.arms[i].events;
        r.note = m->note != NULL ? m->note : "";
        rc = add(t, &r, err);
    }
    msp_survival_free(&s);
    return rc;
}

/* -- two arms -- */

/* The two arms of a comparison, control first, and the patients in them. */
struct pair {
    msp_factor arms;
    uint8_t *keep;
    const char *name; /* "KRd v Rd" */
};

static uint32_t arm_index(const struct tte *t, const char *id)
{
    for (uint32_t i = 0; i < t->arms.n_levels; i++)
        if (strcmp(t->arms.level[i], id) == 0)
            return i;
    return MSP_NO_LEVEL;
}

static msp_status make_pair(struct tte *t, const msp_comparison *comparison, const uint8_t *keep,
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
        return no_memory(err);
    out->arms.level[0] = control;
    out->arms.level[1] = experimental;
    for (size_t p = 0; p < study->n_patients; p++) {
        const uint32_t code = t->arms.code[p];
        out->arms.code[p] = code == of_control ? 0 : code == of_experimental ? 1 : MSP_NO_LEVEL;
        out->keep[p] = keep[p] && out->arms.code[p] != MSP_NO_LEVEL;
    }
    return MSP_OK;
}

static msp_status keep_of_strata(struct tte *t, const uint8_t *keep, const msp_factor *strata,
                                 const uint8_t *also, uint8_t **out, msp_error *err)
{
    *out = msp_arena_array(&t->study->arena, t->study->n_patients, 1);
    if (*out == NULL)
        return no_memory(err);
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
        msp_text_add(&text, kind == MSP_TEST_MAXCOMBO ? "MaxCombo" : "log-rank");
    const char *kept = msp_arena_text(&t->study->arena, msp_text_str(&text));
    msp_text_free(&text);
    return kept != NULL ? kept : "";
}

static msp_status add_test(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_planned_test *asked = &t->analysis->test;
    msp_survival_data data = data_of(t, pair->keep, &pair->arms);
    msp_survival_options options = t->options;
    uint8_t *keep;
    msp_survival s;
    msp_time_weight weight;
    options.test = true;
    choose_test(t, &weight, &options);
    msp_status rc = keep_of_strata(t, pair->keep, &t->strata_test, NULL, &keep, err);
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
    rc = add(t, &r, err);
    msp_survival_free(&s);
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
    return add(t, &r, err);
}

static const char *ratio_method(struct tte *t, bool stratified)
{
    const char *text =
        msp_arena_printf(&t->study->arena, "%sCox, %s ties", stratified ? "stratified " : "",
                         msp_cox_ties_name(t->options.cox.ties));
    return text != NULL ? text : "Cox";
}

/* One column for the experimental arm, then whatever else the model has. */
static msp_status arm_terms(struct tte *t, const struct pair *pair, const msp_terms *more,
                            msp_terms *out, msp_error *err)
{
    *out = (msp_terms){0};
    msp_status rc = msp_terms_add_factor(out, &pair->arms, "arm ", false, t->study->n_patients,
                                         &t->study->arena, err);
    for (size_t i = 0; more != NULL && rc == MSP_OK && i < more->n; i++)
        rc = msp_terms_add(out, &more->columns[i], &t->study->arena, err);
    return rc;
}

static msp_status fit_model(struct tte *t, const struct pair *pair, const msp_terms *terms,
                            const msp_factor *strata, const uint8_t *keep, msp_survival *out,
                            msp_error *err)
{
    msp_survival_data data = data_of(t, pair->keep, &pair->arms);
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
    msp_status rc = arm_terms(t, pair, &t->covariates, &terms, err);
    if (rc == MSP_OK)
        rc = keep_of_strata(t, pair->keep, &t->strata_ratio, t->covered, &keep, err);
    if (rc == MSP_OK)
        rc = fit_model(t, pair, &terms, stratified ? &t->strata_ratio : NULL, keep, &s, err);
    if (rc != MSP_OK)
        return rc;
    rc = add_ratio(t, pair, &s, ratio_method(t, stratified),
                   study_strata_names(t->study, &asked->strata), err);
    msp_survival_free(&s);
    return rc;
}

/* -- subgroups -- */

/* Products of the arm and each level of the subgroup but the first. */
static msp_status product_terms(struct tte *t, const struct pair *pair, const msp_factor *levels,
                                msp_terms *terms, msp_error *err)
{
    struct study *study = t->study;
    for (uint32_t level = 1; level < levels->n_levels; level++) {
        double *x = msp_arena_array(&study->arena, study->n_patients, sizeof *x);
        if (x == NULL)
            return no_memory(err);
        for (size_t p = 0; p < study->n_patients; p++)
            x[p] = pair->arms.code[p] == 1 && levels->code[p] == level ? 1 : 0;
        const msp_status rc = msp_terms_add_number(terms, "arm x level", x, &study->arena, err);
        if (rc != MSP_OK)
            return rc;
    }
    return MSP_OK;
}

static size_t parameters(const msp_cox *cox)
{
    size_t n = 0;
    for (size_t i = 0; i < cox->n_columns; i++)
        n += cox->coefficients[i].kind != MSP_COX_ALIASED;
    return n;
}

/* Twice the gain in log-likelihood from the products. */
static msp_status add_interaction(struct tte *t, const struct pair *pair, const msp_factor *levels,
                                  msp_error *err)
{
    struct study *study = t->study;
    msp_terms terms, main_terms = {0};
    msp_survival without = {0}, with = {0};
    uint8_t *keep;
    msp_status rc = msp_terms_add_factor(&main_terms, levels, "level ", false, study->n_patients,
                                         &study->arena, err);
    if (rc == MSP_OK)
        rc = keep_of_strata(t, pair->keep, levels, NULL, &keep, err);
    if (rc == MSP_OK)
        rc = arm_terms(t, pair, &main_terms, &terms, err);
    if (rc == MSP_OK)
        rc = fit_model(t, pair, &terms, NULL, keep, &without, err);
    if (rc == MSP_OK)
        rc = product_terms(t, pair, levels, &terms, err);
    if (rc == MSP_OK)
        rc = fit_model(t, pair, &terms, NULL, keep, &with, err);
    if (rc == MSP_OK) {
        msp_record r = t->base;
        const double gain = 2 * (with.cox.loglik - without.cox.loglik);
        const double df = (double)parameters(&with.cox) - (double)parameters(&without.cox);
        r.arm = pair->name;
        r.statistic = MSP_STATISTIC_INTERACTION;
        r.sided = "two-sided";
        r.method = "likelihood ratio, unstratified Cox";
        r.n = (int64_t)with.cox.n;
        r.events = (int64_t)with.cox.n_events;
        if (isnan(gain) || df < 1) {
            r.note = "too few events to test the interaction";
        } else {
            const msp_prob p = msp_dist_chisq_upper(gain > 0 ? gain : 0, df);
            r.estimate = gain > 0 ? gain : 0;
            r.df = df;
            r.p = p.p;
            r.log_p = p.log_p;
        }
        rc = add(t, &r, err);
    }
    msp_survival_free(&without);
    msp_survival_free(&with);
    return rc;
}

static msp_status ratio_in_level(struct tte *t, const msp_comparison *comparison,
                                 const uint8_t *keep, msp_error *err)
{
    struct pair pair;
    msp_terms terms;
    msp_survival s;
    msp_status rc = make_pair(t, comparison, keep, &pair, err);
    if (rc == MSP_OK)
        rc = arm_terms(t, &pair, NULL, &terms, err);
    if (rc == MSP_OK)
        rc = fit_model(t, &pair, &terms, NULL, NULL, &s, err);
    if (rc == MSP_ENODATA) { /* nobody is here: the row says so */
        msp_record r = t->base;
        r.arm = pair.name;
        r.statistic = MSP_STATISTIC_HAZARD_RATIO;
        r.n = r.events = 0;
        r.note = "no patients";
        return add(t, &r, err);
    }
    if (rc != MSP_OK)
        return rc;
    rc = add_ratio(t, &pair, &s, ratio_method(t, false), "", err);
    msp_survival_free(&s);
    return rc;
}

static msp_status analyse_level(struct tte *t, const msp_factor *levels, uint32_t level,
                                msp_error *err)
{
    const size_t n = t->study->n_patients;
    uint8_t *keep = msp_arena_array(&t->study->arena, n, 1);
    if (keep == NULL)
        return no_memory(err);
    for (size_t p = 0; p < n; p++)
        keep[p] = t->keep[p] && levels->code[p] == level;
    t->base.level_name = levels->level[level];
    msp_status rc = add_medians(t, keep, err);
    if (rc == MSP_ENODATA)
        rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++)
        rc = ratio_in_level(t, &t->analysis->comparisons.items[i], keep, err);
    t->base.level_name = "";
    return rc;
}

static msp_status analyse_subgroup(struct tte *t, const msp_subgroup *g, msp_error *err)
{
    msp_factor levels;
    t->base.subgroup = g->id;
    msp_status rc = study_subgroup(t->study, g, &levels, err);
    for (uint32_t level = 0; rc == MSP_OK && level < levels.n_levels; level++)
        rc = analyse_level(t, &levels, level, err);
    for (size_t i = 0; rc == MSP_OK && i < t->analysis->comparisons.n; i++) {
        struct pair pair;
        rc = make_pair(t, &t->analysis->comparisons.items[i], t->keep, &pair, err);
        if (rc == MSP_OK)
            rc = add_interaction(t, &pair, &levels, err);
    }
    t->base.subgroup = "";
    return rc;
}

/* -- the analysis -- */

/* What the protocol asks for and this version does not compute is said, never passed over. */
static void note_what_is_left_out(struct tte *t)
{
    const msp_analysis *a = t->analysis;
    const struct {
        msp_place at;
        bool left_out;
        const char *what;
    } parts[] = {
        {a->rate.at, msp_was_said(a->rate.at), "the rate of a time to event"},
    };
    for (size_t i = 0; i < MSP_COUNT(parts); i++)
        if (parts[i].left_out)
            msp_findings_add(t->study->findings, MSP_SEVERITY_WARNING, "study-not-computed",
                             parts[i].at, NULL, "analysis \"%s\": this version does not compute %s",
                             a->id, parts[i].what);
}

/* Patients of the population without a usable record are counted. */
static msp_status drop_missing(struct tte *t, msp_error *err)
{
    size_t missing = 0, n = 0;
    for (size_t p = 0; p < t->study->n_patients; p++) {
        const bool asked = t->keep[p] && t->arms.code[p] != MSP_NO_LEVEL;
        n += asked;
        missing += asked && isnan(t->time[p]);
        t->keep[p] = asked && !isnan(t->time[p]);
    }
    if (missing == 0)
        return MSP_OK;
    msp_record r = t->base;
    r.statistic = MSP_STATISTIC_COUNT;
    r.category = "(missing)";
    r.estimate = (double)missing;
    r.n = (int64_t)n;
    r.note = "patients of the population without a record of this endpoint; left out";
    return add(t, &r, err);
}

static bool can_test(const msp_analysis *a)
{
    return msp_was_said(a->test.at);
}

static bool can_estimate_ratio(const msp_analysis *a)
{
    return msp_was_said(a->hazard_ratio.at);
}

/* The second arm's restricted mean less the first's. */
static msp_status add_mean_difference(struct tte *t, const struct pair *pair, msp_error *err)
{
    const msp_restricted_mean *asked = &t->analysis->restricted_mean;
    const msp_survival_data data = data_of(t, pair->keep, &pair->arms);
    msp_survival_options options = t->options;
    msp_survival s;
    options.tau = asked->until.value / t->scale;
    options.km.level = level_of(asked->level, 0.95);
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
    rc = add(t, &r, err);
    msp_survival_free(&s);
    return rc;
}

static msp_status compare(struct tte *t, const msp_comparison *comparison, msp_error *err)
{
    struct pair pair;
    msp_status rc = make_pair(t, comparison, t->keep, &pair, err);
    if (rc == MSP_OK && can_test(t->analysis))
        rc = add_test(t, &pair, err);
    if (rc == MSP_OK && can_estimate_ratio(t->analysis))
        rc = add_hazard_ratio(t, &pair, err);
    if (rc == MSP_OK && msp_was_said(t->analysis->restricted_mean.at))
        rc = add_mean_difference(t, &pair, err);
    return rc;
}

static msp_status analyse(struct tte *t, msp_error *err)
{
    const msp_analysis *a = t->analysis;
    note_what_is_left_out(t);
    msp_status rc = read_inputs(t, err);
    if (rc == MSP_OK)
        rc = drop_missing(t, err);
    if (rc == MSP_OK)
        rc = add_medians(t, t->keep, err);
    if (rc == MSP_OK)
        rc = add_follow_up(t, err);
    if (rc == MSP_OK)
        rc = add_landmarks(t, err);
    if (rc == MSP_OK)
        rc = add_restricted_means(t, err);
    for (size_t i = 0; rc == MSP_OK && i < a->comparisons.n; i++)
        rc = compare(t, &a->comparisons.items[i], err);
    for (size_t i = 0; rc == MSP_OK && i < a->subgroups.n; i++)
        rc = analyse_subgroup(
            t, msp_protocol_subgroup(t->study->protocol, a->subgroups.items[i].text), err);
    return rc;
}

msp_status study_survival(struct study *study, const msp_analysis *analysis,
                          const msp_endpoint *endpoint, msp_error *err)
{
    static const char *const units[] = {
#define AS_NAME(name, text, days) text,
        MSP_TIME_UNIT_LIST(AS_NAME)
#undef AS_NAME
    };
    struct tte t = {
        .study = study,
        .analysis = analysis,
        .endpoint = endpoint,
        .base = msp_record_empty(),
    };
    t.base.analysis = analysis->id;
    t.base.population = analysis->population.text;
    t.base.endpoint = endpoint->id;
    t.base.unit = units[endpoint->unit.value];
    const msp_status rc = analyse(&t, err);
    if (rc != MSP_ENODATA)
        return rc;
    msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-no-patients", analysis->at,
                     "look at the population's and the endpoint's `where`",
                     "analysis \"%s\" is left out: no patient of the population has a record",
                     analysis->id);
    return MSP_OK;
}
