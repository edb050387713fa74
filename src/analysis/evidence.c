/* evidence.c - the records of a finished trial as an evidence file. */
#include "mspike/analysis/evidence.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "mspike/evidence/file.h"
#include "mspike/protocol.h"

typedef struct writer {
    const msp_protocol *protocol;
    const msp_results *results;
    msp_text *out;
} writer;

static void add_quoted(msp_text *out, const char *s)
{
    msp_text_add_char(out, '"');
    for (; *s != '\0'; s++)
        if (*s == '"' || *s == '\\')
            msp_text_printf(out, "\\%c", *s);
        else
            msp_text_add_char(out, *s == '\n' || *s == '\t' ? ' ' : *s);
    msp_text_add_char(out, '"');
}

/* -- which records -- */

/* "KRd v Rd" of two arms of the protocol. */
static bool arms_of(const writer *w, const char *comparison, const msp_arm *out[2])
{
    out[0] = out[1] = NULL;
    for (size_t i = 0; i < w->protocol->arms.n; i++)
        for (size_t k = 0; k < w->protocol->arms.n; k++) {
            const msp_arm *a = &w->protocol->arms.items[i], *b = &w->protocol->arms.items[k];
            const size_t len = strlen(a->id);
            if (i != k && strncmp(comparison, a->id, len) == 0 &&
                strncmp(comparison + len, " v ", 3) == 0 &&
                strcmp(comparison + len + 3, b->id) == 0) {
                out[0] = a;
                out[1] = b;
            }
        }
    return out[0] != NULL;
}

static const msp_record *find(const writer *w, const msp_record *of, const char *arm,
                              msp_statistic statistic, double at)
{
    msp_record_query q = msp_record_query_any();
    q.analysis = of->analysis;
    q.subgroup = "";
    q.arm = arm;
    q.statistic = (int)statistic;
    q.at = at;
    return msp_results_find(w->results, &q, NULL);
}

/* One result a comparison: its hazard ratio, or the test of its rates. */
static bool is_result(const writer *w, const msp_record *r)
{
    const msp_arm *arms[2];
    if (r->subgroup[0] != '\0' || !arms_of(w, r->arm, arms))
        return false;
    if (r->statistic == MSP_STATISTIC_HAZARD_RATIO)
        return !isnan(r->estimate);
    return r->statistic == MSP_STATISTIC_TEST &&
           find(w, r, arms[0]->id, MSP_STATISTIC_RATE, (double)NAN) != NULL;
}

/* -- one result -- */

static void add_limits(const msp_record *r, int digits, msp_text *out)
{
    msp_text_add(out, ", interval: [");
    for (size_t k = 0; k < 2; k++) {
        const double x = k == 0 ? r->lower : r->upper;
        if (isnan(x))
            msp_text_printf(out, "%sNE", k > 0 ? ", " : "");
        else
            msp_text_printf(out, "%s%.*f", k > 0 ? ", " : "", digits, x);
    }
    msp_text_add(out, "], level: ");
    msp_text_add_double(out, r->level);
}

static void add_time_arm(const writer *w, const msp_record *of, const msp_arm *arm)
{
    const msp_record *median = find(w, of, arm->id, MSP_STATISTIC_SURVIVAL_QUANTILE, 0.5);
    if (median == NULL)
        return;
    msp_text_add(w->out, "          ");
    add_quoted(w->out, arm->id);
    msp_text_printf(w->out, ": {n: %" PRId64 ", events: %" PRId64, median->n, median->events);
    if (strcmp(median->unit, "months") == 0) {
        if (isnan(median->estimate))
            msp_text_add(w->out, ", value: NR");
        else
            msp_text_printf(w->out, ", value: %.2f", median->estimate);
        add_limits(median, 2, w->out);
    }
    msp_text_add(w->out, "}\n");
}

static void add_rate_arm(const writer *w, const msp_record *of, const msp_arm *arm)
{
    const msp_record *rate = find(w, of, arm->id, MSP_STATISTIC_RATE, (double)NAN);
    if (rate == NULL)
        return;
    msp_text_add(w->out, "          ");
    add_quoted(w->out, arm->id);
    msp_text_printf(w->out, ": {n: %" PRId64 ", count: %" PRId64 "}\n", rate->n, rate->events);
}

/* p of the planned test where there is one, else of the estimate's own. */
static void add_p(const writer *w, const msp_record *r)
{
    const msp_record *test = find(w, r, r->arm, MSP_STATISTIC_TEST, (double)NAN);
    if (test == NULL || isnan(test->p))
        test = r;
    if (isnan(test->p))
        return;
    if (test->p < 1e-4)
        msp_text_add(w->out, ", p: <0.0001");
    else
        msp_text_printf(w->out, ", p: %.5f", test->p);
    msp_text_printf(w->out, ", p_sides: %d", strcmp(test->sided, "one-sided") == 0 ? 1 : 2);
}

static void add_follow_up(const writer *w, const msp_record *r, const msp_arm *const arms[2])
{
    double x[2];
    for (size_t k = 0; k < 2; k++) {
        const msp_record *f = find(w, r, arms[k]->id, MSP_STATISTIC_FOLLOW_UP, (double)NAN);
        x[k] = f != NULL && strcmp(f->unit, "months") == 0 ? f->estimate : (double)NAN;
    }
    if (x[0] > 0 && x[1] > 0)
        msp_text_printf(w->out, "        follow_up: [%.2f, %.2f]\n", x[0], x[1]);
}

static void add_result(const writer *w, const msp_record *r, size_t number)
{
    const msp_arm *arms[2];
    const bool of_time = r->statistic == MSP_STATISTIC_HAZARD_RATIO;
    if (!arms_of(w, r->arm, arms))
        return;
    msp_text_printf(w->out, "      \"%s-%zu\":\n        population: ", r->analysis, number);
    add_quoted(w->out, r->population);
    msp_text_add(w->out, "\n        endpoint: ");
    add_quoted(w->out, r->endpoint);
    msp_text_add(w->out, "\n        source: " MSP_EVIDENCE_OWN "\n        page: ");
    add_quoted(w->out, r->analysis);
    msp_text_add(w->out, "\n");
    if (of_time)
        add_follow_up(w, r, arms);
    msp_text_add(w->out, "        arms:\n");
    for (size_t k = 0; k < 2; k++)
        if (of_time)
            add_time_arm(w, r, arms[k]);
        else
            add_rate_arm(w, r, arms[k]);
    msp_text_printf(w->out, "        effect: {measure: %s, compare: [", of_time ? "HR" : "OR");
    add_quoted(w->out, arms[0]->id);
    msp_text_add(w->out, ", ");
    add_quoted(w->out, arms[1]->id);
    msp_text_add(w->out, "]");
    if (of_time) {
        msp_text_printf(w->out, ", estimate: %.4f", r->estimate);
        add_limits(r, 4, w->out);
    }
    add_p(w, r);
    msp_text_add(w->out, "}\n");
}

/* -- what the results are about -- */

static void add_drugs_of(const writer *w, const char *regimen, msp_text *out, size_t *n)
{
    const msp_regimen *g = msp_protocol_regimen(w->protocol, regimen);
    for (size_t i = 0; g != NULL && i < g->drugs.n; i++) {
        const msp_dosing *d = &g->drugs.items[i];
        msp_text name = {0};
        add_quoted(&name, d->drug.text != NULL ? d->drug.text : d->id);
        if (out->len == 0 || strstr(msp_text_str(out), msp_text_str(&name)) == NULL)
            msp_text_printf(out, "%s%s", (*n)++ > 0 ? ", " : "", msp_text_str(&name));
        msp_text_free(&name);
    }
}

static void add_regimens(const writer *w)
{
    msp_text_add(w->out, "regimens:\n");
    for (size_t i = 0; i < w->protocol->arms.n; i++) {
        const msp_arm *arm = &w->protocol->arms.items[i];
        msp_text drugs = {0};
        size_t n = 0;
        add_drugs_of(w, arm->regimen.text, &drugs, &n);
        for (size_t k = 0; k < arm->phases.n; k++) {
            const msp_phase *phase = msp_protocol_phase(w->protocol, arm->phases.items[k].text);
            if (phase != NULL)
                add_drugs_of(w, phase->regimen.text, &drugs, &n);
        }
        msp_text_add(w->out, "  ");
        add_quoted(w->out, arm->id);
        msp_text_printf(w->out, ": {drugs: [%s]}\n", n > 0 ? msp_text_str(&drugs) : "not-said");
        msp_text_free(&drugs);
    }
}

static void add_drugs(const writer *w)
{
    static const char *const classes[] = {
#define AS_TEXT(name, text) text,
        MSP_DRUG_CLASS_LIST(AS_TEXT)
#undef AS_TEXT
    };
    msp_text_add(w->out, "drugs:\n  not-said: {class: other}\n");
    for (size_t i = 0; i < w->protocol->drugs.n; i++) {
        const msp_drug *d = &w->protocol->drugs.items[i];
        const int c = d->drug_class.value;
        msp_text_add(w->out, "  ");
        add_quoted(w->out, d->id);
        msp_text_printf(w->out, ": {class: %s}\n",
                        c >= 0 && (size_t)c < MSP_COUNT(classes) ? classes[c] : "other");
    }
}

/* The populations and endpoints of the results, each once. The intention-to-treat population is
 * all of the trial. */
static void add_names(const writer *w, bool endpoints)
{
    msp_text seen = {0};
    msp_text_add(w->out, endpoints ? "endpoints:\n" : "populations:\n");
    for (size_t i = 0; i < w->results->n_records; i++) {
        const msp_record *r = &w->results->records[i];
        const char *id = endpoints ? r->endpoint : r->population;
        msp_text name = {0};
        add_quoted(&name, id);
        if (is_result(w, r) && strstr(msp_text_str(&seen), msp_text_str(&name)) == NULL) {
            msp_text_add(&seen, msp_text_str(&name));
            msp_text_printf(w->out, "  %s: {", msp_text_str(&name));
            if (!endpoints)
                msp_text_add(w->out, strcmp(id, "ITT") == 0 ? "all: yes" : "");
            else if (r->statistic == MSP_STATISTIC_HAZARD_RATIO)
                msp_text_add(w->out, "kind: time-to-event");
            else
                msp_text_add(w->out, "kind: rate, better: higher");
            msp_text_add(w->out, "}\n");
        }
        msp_text_free(&name);
    }
    msp_text_free(&seen);
}

static void add_trial(const writer *w)
{
    const msp_trial *t = &w->protocol->trial;
    const char *name = t->acronym.text != NULL ? t->acronym.text : "this-trial";
    msp_text_add(w->out, "sources:\n  " MSP_EVIDENCE_OWN ": {text: ");
    add_quoted(w->out, t->title.text != NULL ? t->title.text : name);
    msp_text_printf(w->out, ", file: results.json}\ntrials:\n  ");
    add_quoted(w->out, name);
    msp_text_printf(w->out, ":\n    design: %s\n",
                    w->protocol->arms.n > 1 ? "randomised" : "single-arm");
    if (t->registry.n > 0 && t->registry.items[0].number.text != NULL) {
        msp_text_add(w->out, "    registry: ");
        add_quoted(w->out, t->registry.items[0].number.text);
        msp_text_add(w->out, "\n");
    }
    msp_text_add(w->out, "    arms: [");
    for (size_t i = 0; i < w->protocol->arms.n; i++) {
        msp_text_add(w->out, i > 0 ? ", " : "");
        add_quoted(w->out, w->protocol->arms.items[i].id);
    }
    msp_text_add(w->out, "]\n");
}

msp_status msp_results_evidence(const msp_protocol *protocol, const msp_results *results,
                                msp_text *out, msp_error *err)
{
    const writer w = {protocol, results, out};
    size_t n = 0;
    for (size_t i = 0; i < results->n_records; i++)
        n += is_result(&w, &results->records[i]);
    if (n == 0)
        return msp_fail(err, MSP_ENODATA,
                        "no analysis compares two arms: there is nothing for an evidence file");
    msp_text_printf(out, "# The results of this trial as evidence, by mspike %s.\nmspike: 1\n",
                    msp_version());
    add_drugs(&w);
    add_regimens(&w);
    add_names(&w, false);
    add_names(&w, true);
    add_trial(&w);
    msp_text_add(out, "    results:\n");
    n = 0;
    for (size_t i = 0; i < results->n_records; i++)
        if (is_result(&w, &results->records[i]))
            add_result(&w, &results->records[i], ++n);
    return out->failed ? msp_fail(err, MSP_EMEM, "no memory for the evidence file") : MSP_OK;
}
