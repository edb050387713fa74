/* csv.c - the records and the curves as tables: a header, then a line each; missing is empty. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "page.h"

/* Quoted only where it must be. */
static void add_text(msp_text *out, const char *s)
{
    s = page_or_empty(s);
    if (s[strcspn(s, ",\"\r\n")] == '\0') {
        msp_text_add(out, s);
        return;
    }
    msp_text_add_char(out, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            msp_text_add_char(out, '"');
        msp_text_add_char(out, *s);
    }
    msp_text_add_char(out, '"');
}

static void add_texts(msp_text *out, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        add_text(out, texts[i]);
        msp_text_add_char(out, ',');
    }
}

static void add_numbers(msp_text *out, const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isfinite(numbers[i]))
            msp_text_add_double(out, numbers[i]);
        msp_text_add_char(out, ',');
    }
}

static void add_count(msp_text *out, int64_t count, char end)
{
    if (count >= 0)
        msp_text_printf(out, "%" PRId64, count);
    msp_text_add_char(out, end);
}

void page_csv_records(const msp_results *results, msp_text *out)
{
    msp_text_add(out, "analysis,population,endpoint,subgroup,level_name,arm,category,statistic,"
                      "sided,method,unit,note,at,estimate,std_error,lower,upper,level,df,p,log_p,"
                      "n,events\n");
    for (size_t i = 0; i < results->n_records; i++) {
        const msp_record *r = &results->records[i];
        const char *const texts[] = {
            r->analysis,   r->population, r->endpoint, r->subgroup,
            r->level_name, r->arm,        r->category, msp_statistic_name(r->statistic),
            r->sided,      r->method,     r->unit,     r->note};
        const double numbers[] = {r->at,    r->estimate, r->std_error, r->lower, r->upper,
                                  r->level, r->df,       r->p,         r->log_p};
        add_texts(out, texts, MSP_COUNT(texts));
        add_numbers(out, numbers, MSP_COUNT(numbers));
        add_count(out, r->n, ',');
        add_count(out, r->events, '\n');
    }
}

static double at_row(const double *array, size_t i)
{
    return array != NULL ? array[i] : (double)NAN;
}

void page_csv_curves(const msp_results *results, msp_text *out)
{
    msp_text_add(out, "analysis,population,endpoint,subgroup,level_name,arm,unit,time,at_risk,"
                      "events,censored,survival,lower,upper,level\n");
    for (size_t k = 0; k < results->n_curves; k++) {
        const msp_curve *c = &results->curves[k];
        const char *const texts[] = {c->analysis,   c->population, c->endpoint, c->subgroup,
                                     c->level_name, c->arm,        c->unit};
        for (size_t i = 0; i < c->n; i++) {
            const double numbers[] = {at_row(c->time, i),     at_row(c->at_risk, i),
                                      at_row(c->events, i),   at_row(c->censored, i),
                                      at_row(c->survival, i), at_row(c->lower, i),
                                      at_row(c->upper, i)};
            add_texts(out, texts, MSP_COUNT(texts));
            add_numbers(out, numbers, MSP_COUNT(numbers));
            if (isfinite(c->level))
                msp_text_add_double(out, c->level);
            msp_text_add_char(out, '\n');
        }
    }
}

/* NaN is an empty field. */
static void add_months(msp_text *out, double x)
{
    msp_text_add_char(out, ',');
    if (!isnan(x))
        msp_text_add_double(out, x);
}

void page_csv_cases(const msp_cases *cases, msp_text *out)
{
    msp_text_add(out, "patient,arm,disease,best_response,marker,best_change_percent,"
                      "response_months,progression_months,next_therapy_months,death_months,"
                      "last_months\n");
    for (size_t i = 0; i < cases->n; i++) {
        const msp_case *c = &cases->items[i];
        const char *texts[] = {c->id, c->arm, c->disease, msp_response_level_name(c->best),
                               c->marker};
        const double times[] = {c->change,       c->response, c->progression,
                                c->next_therapy, c->death,    c->last};
        for (size_t k = 0; k < MSP_COUNT(texts); k++) {
            if (k > 0)
                msp_text_add_char(out, ',');
            msp_text_add_field(out, texts[k]);
        }
        for (size_t k = 0; k < MSP_COUNT(times); k++)
            add_months(out, times[k]);
        msp_text_add_char(out, '\n');
    }
}
