/* survival_method.c - which statistics, as the options say. */
#include <math.h>
#include <string.h>

#include "survival_part.h"

msp_status survival_read_times(survival_job *j, msp_error *err)
{
    for (size_t i = 0; i < j->v->times.n; i++) {
        const char *word = j->v->times.word[i];
        if (!msp_double_parse(word, strlen(word), &j->times[i]) || j->times[i] < 0)
            return msp_fail(err, MSP_EUSAGE, "--times has \"%s\"; expected a time of at least 0",
                            word);
    }
    j->n_times = j->v->times.n;
    return MSP_OK;
}

/* "0,0.5": n numbers of at least 0. */
static bool numbers_from(const char *text, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *end = i + 1 < n ? strchr(text, ',') : text + strlen(text);
        if (end == NULL || !msp_double_parse(text, (size_t)(end - text), &out[i]) || out[i] < 0)
            return false;
        text = end + 1;
    }
    return true;
}

static msp_status choose_test(survival_job *j, msp_error *err)
{
    const char *test = j->v->test;
    double x[2] = {0, 0};
    bool good = strcmp(test, "logrank") == 0;
    if (strcmp(test, "maxcombo") == 0) {
        j->options.maxcombo = good = true;
    } else if (strncmp(test, "fh:", 3) == 0) {
        good = numbers_from(test + 3, x, 2);
        j->time_weight = (msp_time_weight){MSP_FLEMING_HARRINGTON, x[0], x[1], 0};
        j->options.weight = &j->time_weight;
    } else if (strncmp(test, "mwlr:", 5) == 0) {
        good = numbers_from(test + 5, x, 1);
        j->time_weight = (msp_time_weight){MSP_MODESTLY_WEIGHTED, 0, 0, x[0]};
        j->options.weight = &j->time_weight;
    }
    if (!good)
        return msp_fail(err, MSP_EUSAGE,
                        "--test is \"%s\"; expected logrank, fh:RHO,GAMMA, mwlr:TIME or maxcombo",
                        test);
    if (j->options.maxcombo && j->arm.n_levels > 2)
        return msp_fail(err, MSP_EUSAGE, "--test maxcombo compares two groups; --arm has %zu",
                        j->arm.n_levels);
    return MSP_OK;
}

/* A value for each term of the model, by its name. */
static msp_status read_patient(survival_job *j, msp_error *err)
{
    const size_t n = j->terms.n;
    j->at = msp_arena_array(&j->arena, n + 1, sizeof *j->at);
    if (j->at == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu terms", n);
    for (size_t k = 0; k < n; k++)
        j->at[k] = NAN;
    for (size_t i = 0; i < j->v->at.n; i++) {
        const char *word = j->v->at.word[i], *equals = strrchr(word, '=');
        const size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
        size_t k = 0;
        while (k < n && (strncmp(j->terms.columns[k].name, word, length) != 0 ||
                         j->terms.columns[k].name[length] != '\0'))
            k++;
        if (k == n || equals == NULL ||
            !msp_double_parse(equals + 1, strlen(equals + 1), &j->at[k]))
            return msp_fail(err, MSP_EUSAGE,
                            "--at has \"%s\"; expected the name of a term, = and a number", word);
    }
    for (size_t k = 0; k < n; k++)
        if (isnan(j->at[k]))
            return msp_fail(err, MSP_EUSAGE, "--at gives no value for the term %s",
                            j->terms.columns[k].name);
    j->options.at = j->at;
    return MSP_OK;
}

/* What the model is to predict. */
static msp_status choose_prediction(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    j->options.adjusted = v->adjusted;
    if (!v->adjusted && v->at.n == 0)
        return MSP_OK;
    if (v->times.n == 0 || v->cause != NULL || v->firth)
        return msp_fail(err, MSP_EUSAGE,
                        "--adjusted and --at need --times and go with neither --cause nor --firth");
    if (v->adjusted && j->arm.n_levels < 2)
        return msp_fail(err, MSP_EUSAGE, "--adjusted needs an --arm with at least two groups");
    if (j->options.cox.ties > MSP_COX_BRESLOW)
        return msp_fail(err, MSP_EUSAGE, "--adjusted and --at need --ties efron or breslow");
    return v->at.n > 0 ? read_patient(j, err) : MSP_OK;
}

/* Options that go together. */
static msp_status check_options(const survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    const bool simple_ties = j->options.cox.ties <= MSP_COX_BRESLOW;
    if (v->alternative != 0 && v->expected == NULL && j->arm.n_levels != 2)
        return msp_fail(err, MSP_EUSAGE,
                        "--alternative %s needs an --arm with two groups; there are %zu",
                        survival_alternatives[v->alternative], j->arm.n_levels);
    if ((v->robust || v->diagnostics) && (v->firth || v->profile))
        return msp_fail(err, MSP_EUSAGE,
                        "--robust and --diagnostics go with neither --firth nor --profile");
    if (v->firth && !simple_ties)
        return msp_fail(err, MSP_EUSAGE, "--firth needs --ties efron or breslow");
    if ((v->firth || v->profile) && v->cause != NULL)
        return msp_fail(err, MSP_EUSAGE, "--firth and --profile do not go with --cause");
    if ((v->robust || v->diagnostics) && !simple_ties)
        return msp_fail(err, MSP_EUSAGE, "--robust and --diagnostics need --ties efron or breslow");
    if ((v->cuts.n > 0) != (v->model == SURVIVAL_PIECEWISE))
        return msp_fail(err, MSP_EUSAGE, "--model piecewise and --cuts T,... go together");
    if (v->model > 0 && ((v->entry != NULL && v->model != SURVIVAL_PIECEWISE) || v->strata.n > 0 ||
                         v->cause != NULL))
        return msp_fail(err, MSP_EUSAGE,
                        "--model %s goes with neither --entry, --strata nor --cause",
                        survival_models[v->model]);
    return MSP_OK;
}

msp_status survival_choose(survival_job *j, msp_error *err)
{
    const survival_values *v = j->v;
    static const msp_km_interval interval_of[] = {0, MSP_KM_LOG_LOG, MSP_KM_LOG, MSP_KM_PLAIN,
                                                  MSP_KM_ARCSINE};
    static const msp_cox_ties ties_of[] = {
        0, MSP_COX_EFRON, MSP_COX_BRESLOW, MSP_COX_DISCRETE, MSP_COX_MARGINAL, MSP_COX_DISCRETE};
    const msp_convention convention =
        v->common.convention == 1 ? MSP_CONVENTION_SAS : MSP_CONVENTION_R;
    j->options = msp_survival_options_default(convention);
    j->options.km.level = v->level;
    j->options.cox.level = v->level_ratio;
    j->options.alternative = (msp_alternative)v->alternative;
    j->options.times = j->times;
    j->options.n_times = j->n_times;
    j->options.curves = v->curve;
    j->options.tau = v->rmst;
    j->options.robust = survival_is_robust(j);
    j->options.diagnostics = v->diagnostics;
    j->options.residuals = v->residuals > 0;
    j->options.firth = v->firth;
    j->options.profile = v->profile;
    j->options.test = j->options.model = v->cause == NULL;
    if (v->interval > 0)
        j->options.km.interval = interval_of[v->interval];
    if (v->ties > 0)
        j->options.cox.ties = ties_of[v->ties];
    if (v->ties == 5 && convention == MSP_CONVENTION_SAS)
        j->options.cox.ties = MSP_COX_MARGINAL;
    msp_status rc = check_options(j, err);
    if (rc == MSP_OK)
        rc = choose_prediction(j, err);
    return rc == MSP_OK ? choose_test(j, err) : rc;
}
