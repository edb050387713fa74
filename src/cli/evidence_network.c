/* evidence_network.c - the pooled networks of `evidence`: as JSON, as CSV, and as tables. */
#include <math.h>
#include <string.h>

#include "evidence_output.h"
#include "grid.h"

#define COUNTS_NOTE                                                                           \
    "binomial likelihood of the arms' counts; weighted quasi-random points given tau, whose " \
    "Monte "                                                                                  \
    "Carlo error of the mean is `mean_error` and whose evenness (1: all alike) is `effective`"

/* -- as JSON -- */

/* Each treatment network a list. */
static void put_components(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    msp_json_key(json, "components");
    msp_json_begin_array(json);
    for (size_t c = 0; c < p->n_components; c++) {
        msp_json_begin_array(json);
        for (size_t t = 0; t < p->n; t++)
            if (p->component[t] == c)
                msp_json_text(json, p->treatments[t]);
        msp_json_end_array(json);
    }
    msp_json_end_array(json);
}

static void put_q(const msp_spread *s, msp_json *json)
{
    msp_json_key(json, "Q");
    msp_json_begin_object(json);
    msp_json_put_double(json, "total", s->q);
    msp_json_put_double(json, "df", s->df);
    msp_json_put_double(json, "p", s->p);
    msp_json_put_double(json, "heterogeneity", s->q_heterogeneity);
    msp_json_put_double(json, "inconsistency", s->q_inconsistency);
    msp_json_end_object(json);
}

static void put_spread(const evidence_job *j, const msp_spread *s, msp_json *json)
{
    msp_json_put_double(json, "tau2", s->tau2);
    put_q(s, json);
    msp_json_put_double(json, "I2", s->i2);
    if (isnan(s->tau2))
        msp_json_put_text(json, "note",
                          j->pooling.random
                              ? "no degrees of freedom: the heterogeneity cannot be estimated, and "
                                "the random-effects result equals the common-effect one"
                              : "no degrees of freedom: the heterogeneity cannot be estimated");
}

/* One network has its numbers at the top, several a list. */
static void put_spreads(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    if (p->n_components == 1) {
        put_spread(j, &p->spread[0], json);
        return;
    }
    msp_json_put_double(json, "tau2", p->total.tau2);
    put_q(&p->total, json);
    msp_json_put_double(json, "I2", p->total.i2);
    msp_json_put_text(json, "note", "several networks: see `networks` for each");
    msp_json_key(json, "networks");
    msp_json_begin_array(json);
    for (size_t c = 0; c < p->n_components; c++) {
        msp_json_begin_object(json);
        put_spread(j, &p->spread[c], json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_league(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    msp_json_key(json, "league");
    msp_json_begin_array(json);
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *pair = &p->pairs[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", p->treatments[pair->treatment]);
        msp_json_put_text(json, "comparator", p->treatments[pair->comparator]);
        msp_json_put_double(json, "log_estimate", pair->estimate);
        msp_json_put_double(json, "std_error", pair->std_error);
        msp_json_put_double(json, "estimate", evidence_scale(j, pair->estimate));
        msp_json_put_double(json, "lower", evidence_scale(j, pair->lower));
        msp_json_put_double(json, "upper", evidence_scale(j, pair->upper));
        msp_json_put_double(json, "p", pair->p);
        if (j->pooling.random) {
            msp_json_put_double(json, "new_trial_lower", evidence_scale(j, pair->new_trial_lower));
            msp_json_put_double(json, "new_trial_upper", evidence_scale(j, pair->new_trial_upper));
        }
        msp_json_put_double(json, "direct", evidence_scale(j, pair->direct));
        msp_json_put_double(json, "indirect", evidence_scale(j, pair->indirect));
        msp_json_put_double(json, "proportion_direct", pair->proportion_direct);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_ranking(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    msp_json_key(json, "ranking");
    msp_json_begin_array(json);
    for (size_t t = 0; t < p->n; t++) {
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", p->treatments[t]);
        msp_json_put_double(json, "p_score", p->p_score[t]);
        msp_json_put_double(json, "sucra", p->sucra[t]);
        msp_json_put_int(json, "network", (int64_t)p->component[t] + 1);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_tau(const evidence_job *j, size_t c, msp_json *json)
{
    msp_json_begin_object(json);
    msp_json_put_double(json, "mean", j->pooled.tau_mean[c]);
    msp_json_put_double(json, "median", j->pooled.tau_median[c]);
    msp_json_end_object(json);
}

static void put_bayes(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    if (!j->pooling.bayes || p->n_components == 0)
        return;
    msp_json_key(json, "bayes");
    msp_json_begin_object(json);
    msp_text prior = {0};
    msp_text_printf(&prior, "%s:", evidence_prior(j));
    msp_text_add_double(&prior, j->pooling.prior_scale);
    msp_json_put_text(json, "prior", msp_text_str(&prior));
    msp_text_free(&prior);
    if (j->pooling.arms != NULL) {
        msp_json_put_text(json, "likelihood", "binomial");
        msp_json_put_text(json, "note", COUNTS_NOTE);
        msp_json_put_double(json, "effective", p->effective[0]);
    }
    msp_json_key(json, "tau");
    put_tau(j, 0, json);
    if (p->n_components > 1) {
        msp_json_key(json, "tau_of_networks");
        msp_json_begin_array(json);
        for (size_t c = 0; c < p->n_components; c++)
            put_tau(j, c, json);
        msp_json_end_array(json);
    }
    msp_json_key(json, "league");
    msp_json_begin_array(json);
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *pair = &p->pairs[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", p->treatments[pair->treatment]);
        msp_json_put_text(json, "comparator", p->treatments[pair->comparator]);
        msp_json_put_double(json, "mean", pair->mean);
        msp_json_put_double(json, "median", pair->median);
        msp_json_put_double(json, "sd", pair->sd);
        msp_json_put_double(json, "lower", pair->bayes_lower);
        msp_json_put_double(json, "upper", pair->bayes_upper);
        msp_json_put_double(json, "predictive_lower", pair->predictive_lower);
        msp_json_put_double(json, "predictive_upper", pair->predictive_upper);
        msp_json_put_double(json, "probability_better", pair->probability_better);
        if (j->pooling.arms != NULL)
            msp_json_put_double(json, "mean_error", pair->mean_error);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void put_studies(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "contrasts");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->n_contrasts; i++) {
        const msp_contrast_said *c = &j->contrasts[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "study", c->study);
        msp_json_put_text(json, "treatment", c->first);
        msp_json_put_text(json, "comparator", c->second);
        msp_json_put_double(json, "log_estimate", c->estimate);
        msp_json_put_double(json, "std_error", c->std_error);
        if (j->choice.n == j->n_contrasts) {
            const msp_chosen *chosen = &j->choice.items[i];
            msp_json_put_text(json, "result", chosen->result->id);
            msp_json_put_text(json, "taken", msp_chosen_how_text(chosen->how));
            msp_json_put_text(json, "std_error_from",
                              msp_se_source_text(chosen->readings.reading[0].source));
        }
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

void evidence_put_network(const evidence_job *j, msp_json *json)
{
    const msp_pooled *p = &j->pooled;
    msp_json_key(json, "treatments");
    msp_json_begin_array(json);
    for (size_t t = 0; t < p->n; t++)
        msp_json_text(json, p->treatments[t]);
    msp_json_end_array(json);
    msp_json_put_int(json, "studies", (int64_t)p->n_studies);
    msp_json_put_int(json, "comparisons", (int64_t)j->n_contrasts);
    msp_json_put_text(json, "measure", evidence_measure(j));
    msp_json_put_text(json, "model", j->pooling.random ? "random" : "common");
    if (j->pooling.random)
        msp_json_put_text(json, "tau_method", evidence_tau(j));
    msp_json_put_double(json, "level", j->pooling.level);
    msp_json_put_bool(json, "connected", p->n_components <= 1);
    put_components(j, json);
    put_studies(j, json);
    put_spreads(j, json);
    put_league(j, json);
    put_ranking(j, json);
    put_bayes(j, json);
}

/* -- as CSV -- */

static void add_number(double x, msp_text *out)
{
    msp_text_add_char(out, ',');
    if (!isnan(x))
        msp_text_add_double(out, x);
}

/* The league table. */
void evidence_network_as_csv(const evidence_job *j, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    msp_text_add(out, "treatment,comparator,log_estimate,std_error,estimate,lower,upper,p,"
                      "proportion_direct,bayes_mean,bayes_sd,bayes_lower,bayes_upper,"
                      "predictive_lower,predictive_upper,probability_better\n");
    for (size_t i = 0; i < p->n_pairs; i++) {
        const msp_pair *x = &p->pairs[i];
        const double numbers[] = {x->estimate,
                                  x->std_error,
                                  evidence_scale(j, x->estimate),
                                  evidence_scale(j, x->lower),
                                  evidence_scale(j, x->upper),
                                  x->p,
                                  x->proportion_direct,
                                  x->mean,
                                  x->sd,
                                  x->bayes_lower,
                                  x->bayes_upper,
                                  x->predictive_lower,
                                  x->predictive_upper,
                                  x->probability_better};
        msp_text_add_field(out, p->treatments[x->treatment]);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, p->treatments[x->comparator]);
        for (size_t k = 0; k < MSP_COUNT(numbers); k++)
            add_number(numbers[k], out);
        msp_text_add_char(out, '\n');
    }
}

/* -- as text -- */

static const char *star_of(const evidence_job *j, const char *treatment)
{
    for (size_t i = 0; i < j->choice.n; i++)
        if (j->choice.items[i].how == MSP_CHOSEN_PROXY &&
            strcmp(j->choice.items[i].first, treatment) == 0)
            return "*";
    return "";
}

static const msp_statement *statement_of(const evidence_job *j, const msp_pair *pair)
{
    const msp_pair *back = msp_pooled_find(&j->pooled, j->pooled.treatments[pair->comparator],
                                           j->pooled.treatments[pair->treatment]);
    for (size_t i = 0; i < j->answer.n_statements; i++)
        if (j->answer.statements[i].pair == pair || j->answer.statements[i].pair == back)
            return &j->answer.statements[i];
    return NULL;
}

/* "0.773 (0.601-0.984)", on the measure's scale. */
static void add_estimate(const evidence_job *j, double estimate, double lower, double upper,
                         grid *g)
{
    const double low = evidence_scale(j, lower), high = evidence_scale(j, upper);
    grid_cell(g, "%.3f (%.3f%s%.3f)", evidence_scale(j, estimate), low, grid_between(low, high),
              high);
}

static void add_table_row(const evidence_job *j, const msp_pair *x, grid *g)
{
    const msp_pooled *p = &j->pooled;
    const msp_statement *s = statement_of(j, x);
    grid_row(g);
    grid_cell(g, "%s%s", p->treatments[x->treatment], star_of(j, p->treatments[x->treatment]));
    add_estimate(j, x->estimate, x->lower, x->upper, g);
    if (j->pooling.bayes) {
        const double low = evidence_scale(j, x->predictive_lower),
                     high = evidence_scale(j, x->predictive_upper);
        add_estimate(j, x->median, x->bayes_lower, x->bayes_upper, g);
        grid_cell(g, "%.2f%s%.2f", low, grid_between(low, high), high);
        grid_cell(g, "%.4f", x->probability_better);
    }
    grid_cell(g, "%.3f", p->p_score[x->treatment]);
    if (j->pooling.bayes)
        grid_cell(g, "%.3f", p->sucra[x->treatment]);
    if (s != NULL && s->certainty >= 0)
        grid_cell(g, "%s", msp_certainty_name((msp_certainty)s->certainty));
}

static void add_table_head(const evidence_job *j, const char *reference, grid *g)
{
    grid_row(g);
    grid_cell(g, "to %s", reference);
    grid_cell(g, "%s (%g %%)", j->pooling.random ? "random effects" : "common effect",
              100 * j->pooling.level);
    if (j->pooling.bayes) {
        grid_cell(g, j->pooling.arms != NULL ? "Bayesian, binomial" : "exact Bayesian");
        grid_cell(g, "new trial");
        grid_cell(g, "P(better)");
    }
    grid_cell(g, "P-score");
    if (j->pooling.bayes)
        grid_cell(g, "SUCRA");
    if (j->answers)
        grid_cell(g, "how sure");
}

/* The treatments of a network against its reference, by rank. */
void evidence_add_network(const evidence_job *j, size_t component, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    const size_t reference = p->reference[component];
    grid g = {0};
    add_table_head(j, p->treatments[reference], &g);
    double last = HUGE_VAL;
    for (;;) { /* the next lower P-score each time */
        size_t next = p->n;
        for (size_t t = 0; t < p->n; t++)
            if (p->component[t] == component && t != reference && p->p_score[t] < last &&
                (next == p->n || p->p_score[t] > p->p_score[next]))
                next = t;
        if (next == p->n)
            break;
        last = p->p_score[next];
        for (size_t t = 0; t < p->n; t++) {
            const msp_pair *x = p->component[t] == component && p->p_score[t] == last
                                    ? msp_pooled_find(p, p->treatments[t], p->treatments[reference])
                                    : NULL;
            if (x != NULL)
                add_table_row(j, x, &g);
        }
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

static double greatest_error(const msp_pooled *p, size_t component)
{
    double most = 0;
    for (size_t i = 0; i < p->n_pairs; i++)
        if (p->component[p->pairs[i].treatment] == component)
            most = fmax(most, p->pairs[i].mean_error);
    return most;
}

void evidence_network_as_text(const evidence_job *j, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    msp_text_printf(out, "%zu comparison%s of %zu treatments in %zu network%s, %s\n\n",
                    j->n_contrasts, j->n_contrasts == 1 ? "" : "s", p->n, p->n_components,
                    p->n_components == 1 ? "" : "s", evidence_measure(j));
    for (size_t c = 0; c < p->n_components; c++) {
        const msp_spread *s = &p->spread[c];
        evidence_add_network(j, c, out);
        if (s->df > 0)
            msp_text_printf(out, "  Q %.4g on %g df, p %.3g; tau2 %.4g; I2 %.1f %%\n\n", s->q,
                            s->df, s->p, s->tau2, 100 * s->i2);
        else
            msp_text_add(out,
                         "  No degrees of freedom: the heterogeneity cannot be estimated.\n\n");
        if (j->pooling.bayes && j->pooling.arms != NULL)
            msp_text_printf(out,
                            "  Bayesian: the counts' own binomial likelihood, prior of tau %s:%g; "
                            "greatest Monte Carlo error of a mean %.2g.\n\n",
                            evidence_prior(j), j->pooling.prior_scale, greatest_error(p, c));
    }
}
