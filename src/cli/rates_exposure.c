/* rates_exposure.c - `rates --exposure`: events by time of exposure, of one group or more. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "rates.h"

typedef struct exposure_job {
    const rates_values *v;
    msp_confidence confidence;
    msp_exposure groups[MSP_WORDS_MAX];
    msp_interval rates[MSP_WORDS_MAX];
    msp_incidence_pair pair; /* of two groups */
    size_t n;
} exposure_job;

/* -- from the command line -- */

static msp_status read_groups(exposure_job *j, msp_error *err)
{
    const msp_words *words = &j->v->exposure;
    j->n = words->n;
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->word[i], *slash = strchr(word, '/');
        double events = -1;
        if (slash == NULL || !msp_double_parse(word, (size_t)(slash - word), &events) ||
            !(events >= 0 && events <= 0x1p52 && events == floor(events)) ||
            !msp_double_parse(slash + 1, strlen(slash + 1), &j->groups[i].time) ||
            !(j->groups[i].time >= 0))
            return msp_fail(err, MSP_EUSAGE,
                            "--exposure has \"%s\"; expected events/time, as 41/1234.5", word);
        j->groups[i].events = (int64_t)events;
    }
    return MSP_OK;
}

static msp_status analyse(exposure_job *j, msp_error *err)
{
    j->confidence = (msp_confidence){j->v->level, (msp_alternative)j->v->alternative};
    msp_status rc = read_groups(j, err);
    for (size_t i = 0; rc == MSP_OK && i < j->n; i++)
        rc = msp_incidence_rate(&j->groups[i], &j->confidence, &j->rates[i], err);
    if (rc == MSP_OK && j->n == 2)
        rc = msp_incidence_compare(&j->groups[0], &j->groups[1], &j->confidence, &j->pair, err);
    return rc;
}

/* -- the answer -- */

/* What two groups are compared by, in the order printed. */
typedef struct contrast {
    const char *key, *text;
    const msp_interval *interval;
} contrast;

#define N_CONTRASTS 3

static void list_contrasts(const exposure_job *j, contrast out[N_CONTRASTS])
{
    out[0] = (contrast){"rate_ratio", "ratio, exact", &j->pair.ratio};
    out[1] = (contrast){"rate_ratio_wald", "ratio, Wald", &j->pair.ratio_wald};
    out[2] = (contrast){"rate_difference", "difference, Wald", &j->pair.difference};
}

static void put_limits(msp_json *json, const msp_interval *i)
{
    msp_json_put_double(json, "estimate", i->estimate);
    msp_json_put_double(json, "lower", i->lower);
    msp_json_put_double(json, "upper", i->upper);
    if (i->note != NULL)
        msp_json_put_text(json, "note", i->note);
}

static void as_json(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_double(&json, "level", j->v->level);
    msp_json_put_text(&json, "alternative", rates_alternatives[j->v->alternative]);
    msp_json_key(&json, "groups");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < j->n; i++) {
        msp_json_begin_object(&json);
        msp_json_put_int(&json, "events", j->groups[i].events);
        msp_json_put_double(&json, "exposure", j->groups[i].time);
        put_limits(&json, &j->rates[i]);
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++) {
        msp_json_key(&json, contrasts[k].key);
        msp_json_begin_object(&json);
        put_limits(&json, contrasts[k].interval);
        msp_json_end_object(&json);
    }
    if (j->n == 2) {
        msp_json_put_double(&json, "p", j->pair.p.p);
        msp_json_put_double(&json, "log_p", j->pair.p.log_p);
    }
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

static void csv_line(msp_text *out, const char *what, const msp_interval *i)
{
    const double numbers[] = {i->estimate, i->lower, i->upper};
    msp_text_add(out, what);
    for (size_t k = 0; k < MSP_COUNT(numbers); k++) {
        msp_text_add_char(out, ',');
        if (isfinite(numbers[k]))
            msp_text_add_double(out, numbers[k]);
    }
    msp_text_add_char(out, '\n');
}

static void as_csv(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    char what[32];
    msp_text_add(out, "what,estimate,lower,upper\n");
    for (size_t i = 0; i < j->n; i++) {
        snprintf(what, sizeof what, "rate_%zu", i + 1);
        csv_line(out, what, &j->rates[i]);
    }
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++)
        csv_line(out, contrasts[k].key, contrasts[k].interval);
    const msp_interval p = {j->pair.p.p, (double)NAN, (double)NAN, NULL};
    if (j->n == 2)
        csv_line(out, "p", &p);
}

static void text_row(grid *g, const char *what, const msp_interval *i)
{
    grid_row(g);
    grid_cell(g, "%s", what);
    if (isnan(i->estimate))
        grid_cell(g, "NE");
    else
        grid_cell(g, "%.5g", i->estimate);
    if (isnan(i->lower))
        grid_cell(g, "(NE, NE)");
    else
        grid_cell(g, "(%.5g, %.5g)", i->lower, i->upper);
    grid_cell(g, "%s", i->note != NULL ? i->note : "");
}

static void as_text(const exposure_job *j, msp_text *out)
{
    contrast contrasts[N_CONTRASTS];
    char what[64];
    grid g = {0};
    grid_row(&g);
    grid_cell(&g, "incidence");
    grid_cell(&g, "estimate");
    grid_cell(&g, "(%g %% CI)", 100 * j->v->level);
    for (size_t i = 0; i < j->n; i++) {
        snprintf(what, sizeof what, "group %zu: %lld in %g", i + 1, (long long)j->groups[i].events,
                 j->groups[i].time);
        text_row(&g, what, &j->rates[i]);
    }
    list_contrasts(j, contrasts);
    for (size_t k = 0; j->n == 2 && k < N_CONTRASTS; k++)
        text_row(&g, contrasts[k].text, contrasts[k].interval);
    grid_print(&g, out);
    if (j->n == 2 && !isnan(j->pair.p.p))
        msp_text_printf(out, "\nexact test of equal rates, %s: p = %.4g\n",
                        rates_alternatives[j->v->alternative], j->pair.p.p);
}

int rates_exposure(const rates_values *v)
{
    static void (*const print_as[])(const exposure_job *, msp_text *) = {
        [CLI_TEXT] = as_text, [CLI_JSON] = as_json, [CLI_CSV] = as_csv};
    exposure_job j = {.v = v};
    msp_error err;
    msp_text text = {0};
    if (analyse(&j, &err) != MSP_OK)
        return cli_fail(&err);
    print_as[v->common.format](&j, &text);
    return cli_write(&v->common, &text, 0);
}
