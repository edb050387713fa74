/* evidence_output.c - the answer of `evidence` as JSON, as CSV, and as text for people. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "evidence.h"
#include "grid.h"

#define DISCLAIMER \
    "For health professionals. This is no medical device and no advice for a patient."

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
    msp_text_add(&prior, "half-normal:");
    msp_text_add_double(&prior, j->pooling.prior_scale);
    msp_json_put_text(json, "prior", msp_text_str(&prior));
    msp_text_free(&prior);
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
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_end_object(json);
}

static void put_findings(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "findings");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_trial *t = msp_evidence_trial_at(&j->evidence, f->at);
        const msp_evidence_result *r = msp_evidence_result_at(&j->evidence, f->at);
        msp_json_begin_object(json);
        msp_json_put_text(json, "severity", msp_severity_name(f->severity));
        msp_json_put_text(json, "id", f->id);
        msp_json_put_text(json, "trial", t != NULL ? t->id : NULL);
        msp_json_put_text(json, "result", r != NULL ? r->id : NULL);
        msp_json_put_text(json, "file", f->at.file);
        msp_json_put_int(json, "line", f->at.line);
        msp_json_put_int(json, "column", f->at.col);
        msp_json_put_text(json, "text", f->text);
        msp_json_put_text(json, "hint", f->hint);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_records(const evidence_job *j, const msp_statement *s, msp_json *json)
{
    msp_json_key(json, "records");
    msp_json_begin_array(json);
    for (size_t k = 0; k < s->n_records; k++) {
        msp_text text = {0};
        const msp_evidence_trial *t = NULL;
        const msp_evidence_result *r = msp_evidence_find_result(&j->evidence, s->records[k], &t);
        const msp_evidence_source *source =
            r != NULL ? msp_evidence_find_source(&j->evidence, r->source.text) : NULL;
        msp_answer_print_of(&j->evidence, s->records[k], &text);
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", s->records[k]);
        msp_json_put_text(json, "trial", t != NULL ? t->id : NULL);
        msp_json_put_text(json, "print", msp_text_str(&text));
        msp_json_put_text(json, "source", source != NULL ? source->text.text : NULL);
        msp_json_put_text(json, "page", r != NULL ? r->page.text : NULL);
        msp_json_end_object(json);
        msp_text_free(&text);
    }
    msp_json_end_array(json);
}

static void put_statements(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "statements");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_statements; i++) {
        const msp_statement *s = &j->answer.statements[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", s->id);
        msp_json_put_text(json, "kind", msp_statement_kind_name(s->kind));
        msp_json_put_text(json, "text", s->text);
        if (s->certainty >= 0) {
            msp_json_put_text(json, "certainty", msp_certainty_name((msp_certainty)s->certainty));
            msp_json_put_text(json, "because", s->why);
        }
        if (!isnan(s->estimate)) {
            msp_json_put_double(json, "estimate", s->estimate);
            msp_json_put_double(json, "lower", s->lower);
            msp_json_put_double(json, "upper", s->upper);
        }
        put_records(j, s, json);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_gaps(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "gaps");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_gaps; i++) {
        const msp_gap *g = &j->answer.gaps[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "id", g->id);
        msp_json_put_text(json, "text", g->text);
        msp_json_put_text(json, "source", g->source[0] != '\0' ? g->source : NULL);
        msp_json_put_text(json, "page", g->page[0] != '\0' ? g->page : NULL);
        msp_json_put_text(json, "closed_by", g->closed_by[0] != '\0' ? g->closed_by : NULL);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_beside(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "harms");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_harms; i++) {
        const msp_harm_line *h = &j->answer.harms[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", h->regimen);
        msp_json_put_text(json, "kind", h->kind);
        msp_json_put_text(json, "text", h->text);
        msp_json_put_text(json, "source", h->source);
        msp_json_put_text(json, "page", h->page);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
    msp_json_key(json, "planned");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_planned; i++) {
        const msp_planned_line *p = &j->answer.planned[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "trial", p->trial->id);
        msp_json_put_text(json, "registry", p->trial->registry.text);
        msp_json_put_text(json, "objective", p->trial->plan.objective.text);
        msp_json_key(json, "planned_patients");
        if (msp_was_said(p->trial->plan.patients.at))
            msp_json_int(json, p->trial->plan.patients.value);
        else
            msp_json_null(json);
        msp_json_put_bool(json, "has_result", p->has_result);
        if (p->eligible >= 0) {
            msp_json_put_text(json, "would_have_taken",
                              msp_eligible_name((msp_eligible)p->eligible));
            msp_json_put_text(json, "because", p->why);
        }
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_left_out(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "left_out");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->choice.n_left_out; i++) {
        const msp_left_out *l = &j->choice.left_out[i];
        msp_json_begin_object(json);
        msp_json_put_text(json, "trial", l->trial->id);
        msp_json_put_text(json, "result", l->result->id);
        msp_json_put_text(json, "because", l->why);
        msp_json_end_object(json);
    }
    msp_json_end_array(json);
}

static void put_answer(const evidence_job *j, msp_json *json)
{
    if (!j->answers)
        return;
    msp_json_key(json, "answer");
    msp_json_begin_object(json);
    msp_json_put_text(json, "population", j->v->population);
    msp_json_put_text(json, "endpoint", j->v->endpoint);
    msp_json_put_text(json, "notice", DISCLAIMER);
    msp_json_key(json, "text");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_statements; i++)
        msp_json_text(json, j->answer.statements[i].text);
    msp_json_end_array(json);
    put_statements(j, json);
    put_gaps(j, json);
    put_beside(j, json);
    put_left_out(j, json);
    if (j->changes.file != NULL) {
        msp_json_key(json, "changes");
        msp_json_begin_array(json);
        for (size_t i = 0; i < j->changes.n; i++) {
            msp_json_begin_object(json);
            msp_json_put_text(json, "id", j->changes.items[i].id);
            msp_json_put_text(json, "before", j->changes.items[i].before);
            msp_json_put_text(json, "now", j->changes.items[i].now);
            msp_json_put_text(json, "because", j->changes.items[i].because);
            msp_json_end_object(json);
        }
        msp_json_end_array(json);
    }
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

void evidence_as_json(const evidence_job *j, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    if (j->answers || !j->from_file) {
        msp_json_key(&json, "treatments");
        msp_json_begin_array(&json);
        for (size_t t = 0; t < p->n; t++)
            msp_json_text(&json, p->treatments[t]);
        msp_json_end_array(&json);
        msp_json_put_int(&json, "studies", (int64_t)p->n_studies);
        msp_json_put_int(&json, "comparisons", (int64_t)j->n_contrasts);
        msp_json_put_text(&json, "measure", evidence_measure(j));
        msp_json_put_text(&json, "model", j->pooling.random ? "random" : "common");
        msp_json_put_double(&json, "level", j->pooling.level);
        msp_json_put_bool(&json, "connected", p->n_components <= 1);
        put_components(j, &json);
        put_studies(j, &json);
        put_spreads(j, &json);
        put_league(j, &json);
        put_ranking(j, &json);
        put_bayes(j, &json);
    }
    put_findings(j, &json);
    put_answer(j, &json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void add_number(double x, msp_text *out)
{
    msp_text_add_char(out, ',');
    if (!isnan(x))
        msp_text_add_double(out, x);
}

static void findings_as_csv(const evidence_job *j, msp_text *out)
{
    msp_text_add(out, "severity,id,trial,file,line,column,text,hint\n");
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_trial *t = msp_evidence_trial_at(&j->evidence, f->at);
        msp_text_printf(out, "%s,%s,", msp_severity_name(f->severity), f->id);
        msp_text_add_field(out, t != NULL ? t->id : NULL);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->at.file);
        msp_text_printf(out, ",%u,%u,", (unsigned)f->at.line, (unsigned)f->at.col);
        msp_text_add_field(out, f->text);
        msp_text_add_char(out, ',');
        msp_text_add_field(out, f->hint);
        msp_text_add_char(out, '\n');
    }
}

/* The league table; without a question the findings. */
void evidence_as_csv(const evidence_job *j, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    if (j->from_file && !j->answers) {
        findings_as_csv(j, out);
        return;
    }
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

static void add_table_row(const evidence_job *j, const msp_pair *x, grid *g)
{
    const msp_pooled *p = &j->pooled;
    const msp_statement *s = statement_of(j, x);
    grid_row(g);
    grid_cell(g, "%s%s", p->treatments[x->treatment], star_of(j, p->treatments[x->treatment]));
    grid_cell(g, "%.3f (%.3f-%.3f)", evidence_scale(j, x->estimate), evidence_scale(j, x->lower),
              evidence_scale(j, x->upper));
    if (j->pooling.bayes) {
        grid_cell(g, "%.3f (%.3f-%.3f)", evidence_scale(j, x->median),
                  evidence_scale(j, x->bayes_lower), evidence_scale(j, x->bayes_upper));
        grid_cell(g, "%.2f-%.2f", evidence_scale(j, x->predictive_lower),
                  evidence_scale(j, x->predictive_upper));
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
        grid_cell(g, "exact Bayesian");
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
static void add_network(const evidence_job *j, size_t component, msp_text *out)
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

/* Wrapped at 100 columns, the first line after "- ". */
static void add_item(const char *text, msp_text *out)
{
    size_t column = 2;
    msp_text_add(out, "- ");
    while (*text != '\0') {
        const size_t len = strcspn(text, " ");
        if (column + len > 98 && column > 2) {
            msp_text_add(out, "\n  ");
            column = 2;
        } else if (column > 2) {
            msp_text_add_char(out, ' ');
            column++;
        }
        msp_text_add_n(out, text, len);
        column += len;
        text += len + (text[len] == ' ');
    }
    msp_text_add_char(out, '\n');
}

static void add_items(const evidence_job *j, msp_statement_kind kind, const char *heading,
                      msp_text *out)
{
    bool any = false;
    for (size_t i = 0; i < j->answer.n_statements; i++) {
        const msp_statement *s = &j->answer.statements[i];
        if (s->kind != kind)
            continue;
        if (!any && heading != NULL)
            msp_text_printf(out, "%s\n", heading);
        any = true;
        msp_text text = {0};
        msp_text_add(&text, s->text);
        if (s->certainty >= 0 && s->pair != NULL)
            msp_text_printf(&text, " How sure: %s%s%s.",
                            msp_certainty_name((msp_certainty)s->certainty),
                            s->why[0] != '\0' ? ", for " : "", s->why);
        add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (any)
        msp_text_add_char(out, '\n');
}

static void add_gap_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_gaps > 0)
        msp_text_add(out, "What is not known\n");
    for (size_t i = 0; i < j->answer.n_gaps; i++) {
        const msp_gap *g = &j->answer.gaps[i];
        msp_text text = {0};
        msp_text_add(&text, g->text);
        if (g->source[0] != '\0')
            msp_text_printf(&text, " (%s%s%s)", g->source, g->page[0] != '\0' ? ", " : "", g->page);
        if (g->closed_by[0] != '\0')
            msp_text_printf(&text, " Would tell: %s.", g->closed_by);
        add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_gaps > 0)
        msp_text_add_char(out, '\n');
}

static void add_harm_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_harms > 0)
        msp_text_add(out, "Harm and burden\n");
    for (size_t i = 0; i < j->answer.n_harms; i++) {
        const msp_harm_line *h = &j->answer.harms[i];
        msp_text text = {0};
        msp_text_printf(&text, "%s, %s: %s (%s)", h->regimen, h->kind, h->text, h->source);
        add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_harms > 0)
        msp_text_add_char(out, '\n');
}

static void add_planned_items(const evidence_job *j, msp_text *out)
{
    if (j->answer.n_planned > 0)
        msp_text_add(out, "Planned trials\n");
    for (size_t i = 0; i < j->answer.n_planned; i++) {
        const msp_planned_line *p = &j->answer.planned[i];
        msp_text text = {0};
        msp_text_add(&text, p->trial->id);
        if (p->trial->registry.text != NULL)
            msp_text_printf(&text, " (%s)", p->trial->registry.text);
        if (msp_was_said(p->trial->plan.patients.at))
            msp_text_printf(&text, ", %" PRId64 " patients planned", p->trial->plan.patients.value);
        if (p->trial->plan.objective.text != NULL)
            msp_text_printf(&text, ": %s", p->trial->plan.objective.text);
        msp_text_printf(&text, "; %s",
                        p->has_result ? "a result for this population is above"
                                      : "no result for this population yet");
        if (p->eligible >= 0)
            msp_text_printf(&text, ". Would have taken the patient: %s%s%s",
                            msp_eligible_name((msp_eligible)p->eligible),
                            p->why[0] != '\0' ? " - " : "", p->why);
        msp_text_add_char(&text, '.');
        add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    if (j->answer.n_planned > 0)
        msp_text_add_char(out, '\n');
}

static void add_changes(const evidence_job *j, msp_text *out)
{
    if (j->changes.file == NULL)
        return;
    msp_text_printf(out, "Since %s\n", j->changes.file);
    if (j->changes.n == 0)
        msp_text_add(out, "- Nothing changed.\n");
    for (size_t i = 0; i < j->changes.n; i++) {
        const msp_change *c = &j->changes.items[i];
        msp_text text = {0};
        if (c->now == NULL)
            msp_text_printf(&text, "No longer said: %s", c->before);
        else if (c->before == NULL)
            msp_text_printf(&text, "New: %s", c->now);
        else
            msp_text_printf(&text, "Now: %s Before: %s", c->now, c->before);
        msp_text_printf(&text, " Because %s.", c->because);
        add_item(msp_text_str(&text), out);
        msp_text_free(&text);
    }
    msp_text_add_char(out, '\n');
}

/* What the checks found of a result that the answer rests on. */
static void add_doubts(const evidence_job *j, msp_text *out)
{
    bool any = false;
    for (size_t i = 0; i < j->findings.n; i++) {
        const msp_finding *f = &j->findings.items[i];
        const msp_evidence_result *r = msp_evidence_result_at(&j->evidence, f->at);
        bool used = false;
        for (size_t k = 0; k < j->choice.n; k++)
            used |= r != NULL && (j->choice.items[k].result == r || j->choice.items[k].less == r);
        if (!used)
            continue;
        msp_text_add(out, any ? "" : "What the checks say of these prints\n");
        any = true;
        add_item(f->text, out);
    }
    if (any)
        msp_text_add_char(out, '\n');
}

static void answer_as_text(const evidence_job *j, msp_text *out)
{
    const msp_evidence_population *p = msp_evidence_find_population(&j->evidence, j->v->population);
    const msp_evidence_endpoint *e = msp_evidence_find_endpoint(&j->evidence, j->v->endpoint);
    msp_text_printf(out, "%s: %s\n%s\n\n", p->label.text != NULL ? p->label.text : p->id,
                    e->label.text != NULL ? e->label.text : e->id, DISCLAIMER);
    add_items(j, MSP_STATEMENT_SHAPE, NULL, out);
    for (size_t c = 0; c < j->pooled.n_components; c++)
        add_network(j, c, out);
    add_items(j, MSP_STATEMENT_WARNING, NULL, out);
    add_items(j, MSP_STATEMENT_EFFECT, "What can be said", out);
    add_items(j, MSP_STATEMENT_OPEN, "What cannot be told apart", out);
    add_items(j, MSP_STATEMENT_BOUND, "What a mixed control arm allows", out);
    add_items(j, MSP_STATEMENT_MODIFICATION, "The same trials in all of their patients", out);
    add_items(j, MSP_STATEMENT_MEDIANS, "From medians only", out);
    add_items(j, MSP_STATEMENT_ALONE, "Without a comparison", out);
    add_doubts(j, out);
    add_harm_items(j, out);
    add_gap_items(j, out);
    add_planned_items(j, out);
    add_changes(j, out);
}

static void table_as_text(const evidence_job *j, msp_text *out)
{
    const msp_pooled *p = &j->pooled;
    msp_text_printf(out, "%zu comparisons of %zu treatments in %zu network%s, %s\n\n",
                    j->n_contrasts, p->n, p->n_components, p->n_components == 1 ? "" : "s",
                    evidence_measure(j));
    for (size_t c = 0; c < p->n_components; c++) {
        const msp_spread *s = &p->spread[c];
        add_network(j, c, out);
        if (s->df > 0)
            msp_text_printf(out, "  Q %.4g on %g df, p %.3g; tau2 %.4g; I2 %.1f %%\n\n", s->q,
                            s->df, s->p, s->tau2, 100 * s->i2);
        else
            msp_text_add(out,
                         "  No degrees of freedom: the heterogeneity cannot be estimated.\n\n");
    }
}

void evidence_as_text(const evidence_job *j, msp_text *out)
{
    if (!j->from_file) {
        table_as_text(j, out);
    } else if (j->answers) {
        answer_as_text(j, out);
    } else {
        msp_findings_render(&j->findings, out);
        if (!j->v->common.quiet)
            msp_text_printf(out, "%s: %zu error%s, %zu warning%s, %zu notes\n", j->path,
                            j->findings.n_errors, j->findings.n_errors == 1 ? "" : "s",
                            j->findings.n_warnings, j->findings.n_warnings == 1 ? "" : "s",
                            j->findings.n - j->findings.n_errors - j->findings.n_warnings);
    }
}
