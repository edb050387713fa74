/* safety_output.c - adverse events, grades and shifts as text, JSON and CSV: views of the records.
 */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "safety.h"

/* -- finding records -- */

static const msp_record *find(const safety_answer *a, const char *subgroup, const char *class_name,
                              const char *endpoint, size_t arm, msp_statistic statistic, double at)
{
    msp_record_query q = msp_record_query_any();
    q.subgroup = subgroup;
    q.level_name = class_name;
    q.endpoint = endpoint;
    q.arm = a->arms[arm];
    q.statistic = (int)statistic;
    q.at = at;
    return msp_results_find(&a->results, &q, NULL);
}

/* The next of the first arm's records of a kind: one a row of a table. */
static const msp_record *next_row(const safety_answer *a, const char *subgroup, double at,
                                  msp_statistic statistic, const msp_record *after)
{
    msp_record_query q = msp_record_query_any();
    q.subgroup = subgroup;
    q.arm = a->n_arms > 0 ? a->arms[0] : "";
    q.statistic = (int)statistic;
    q.at = at;
    return msp_results_find(&a->results, &q, after);
}

static int64_t treated(const safety_answer *a, size_t arm)
{
    int64_t n = 0;
    for (size_t i = 0; i < a->patients.n; i++)
        n += a->arm[i] == arm;
    return n;
}

/* -- as text -- */

static void head(const safety_answer *a, grid *g, const char *first)
{
    grid_row(g);
    grid_cell(g, "%s", first);
    for (size_t i = 0; i < a->n_arms; i++)
        grid_cell(g, "%s (N = %lld)", a->arms[i], (long long)treated(a, i));
}

static void count_cell(grid *g, const msp_record *r)
{
    if (r == NULL)
        grid_cell(g, "-");
    else if (r->n == 0)
        grid_cell(g, "%.0f", r->estimate);
    else
        grid_cell(g, "%.0f (%.1f %%)", r->estimate, 100 * r->estimate / (double)r->n);
}

static void kinds_as_text(const safety_answer *a, msp_text *out)
{
    grid g = {0};
    msp_text_add(out, "Treatment-emergent adverse events, patients (%)\n\n");
    head(a, &g, "");
    for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++) {
        const char *name = msp_adverse_kind_name((msp_adverse_kind)k);
        grid_row(&g);
        grid_cell(&g, "%s", msp_adverse_kind_text((msp_adverse_kind)k));
        for (size_t i = 0; i < a->n_arms; i++)
            count_cell(&g, find(a, "", "", name, i, MSP_STATISTIC_INCIDENCE, NAN));
    }
    grid_print(&g, out);
}

static void rate_cell(grid *g, const msp_record *r)
{
    if (r == NULL || isnan(r->estimate))
        grid_cell(g, "NE");
    else
        grid_cell(g, "%.1f", r->estimate);
}

static void rates_as_text(const safety_answer *a, msp_text *out)
{
    grid g = {0};
    msp_text_add(out, "\nPatients with one per 100 patient-years at risk / events per 100 "
                      "patient-years\n\n");
    head(a, &g, "");
    for (size_t k = 0; k < MSP_ADVERSE_KINDS; k++) {
        const char *name = msp_adverse_kind_name((msp_adverse_kind)k);
        grid_row(&g);
        grid_cell(&g, "%s", msp_adverse_kind_text((msp_adverse_kind)k));
        for (size_t i = 0; i < a->n_arms; i++) {
            const msp_record *one = find(a, "", "", name, i, MSP_STATISTIC_EXPOSURE_ADJUSTED, NAN);
            const msp_record *all = find(a, "", "", name, i, MSP_STATISTIC_EVENT_RATE, NAN);
            if (one == NULL || all == NULL || isnan(one->estimate) || isnan(all->estimate))
                rate_cell(&g, all);
            else
                grid_cell(&g, "%.1f / %.1f", one->estimate, all->estimate);
        }
    }
    grid_print(&g, out);
}

static void group_row(const safety_answer *a, grid *g, const msp_record *row)
{
    const bool is_class = strcmp(row->subgroup, "class") == 0;
    grid_row(g);
    grid_cell(g, "%s%s", is_class ? "" : "  ", row->endpoint);
    for (size_t i = 0; i < a->n_arms; i++) {
        const msp_record *any =
            find(a, row->subgroup, row->level_name, row->endpoint, i, MSP_STATISTIC_INCIDENCE, 1);
        const msp_record *high =
            find(a, row->subgroup, row->level_name, row->endpoint, i, MSP_STATISTIC_INCIDENCE, 3);
        grid_cell(g, "%.0f | %.0f", any != NULL ? any->estimate : 0,
                  high != NULL ? high->estimate : 0);
    }
}

static void groups_as_text(const safety_answer *a, msp_text *out)
{
    grid g = {0};
    msp_text_add(out, "\nBy class and term, patients at the worst grade: any | 3 or higher\n\n");
    head(a, &g, "");
    for (const msp_record *c = NULL;
         (c = next_row(a, "class", 1, MSP_STATISTIC_INCIDENCE, c)) != NULL;) {
        group_row(a, &g, c);
        for (const msp_record *t = c;
             (t = next_row(a, "term", 1, MSP_STATISTIC_INCIDENCE, t)) != NULL;)
            if (strcmp(t->level_name, c->endpoint) == 0)
                group_row(a, &g, t);
    }
    grid_print(&g, out);
}

static void worst_as_text(const safety_answer *a, msp_text *out)
{
    grid g = {0};
    msp_text_printf(
        out, "\nWorst laboratory grade on treatment, CTCAE %s, patients (NE: not graded)\n\n",
        msp_ctcae_name(a->version));
    grid_row(&g);
    grid_cell(&g, "%s", "");
    static const char *const heads[] = {"arm", "n", "0", "1", "2", "3", "4", "NE", "3-4 (%)"};
    for (size_t i = 0; i < MSP_COUNT(heads); i++)
        grid_cell(&g, "%s", heads[i]);
    for (const msp_record *row = NULL;
         (row = next_row(a, "laboratory", 0, MSP_STATISTIC_WORST_GRADE, row)) != NULL;)
        for (size_t i = 0; i < a->n_arms; i++) {
            double high = 0;
            int64_t n = 0;
            grid_row(&g);
            grid_cell(&g, "%s", i == 0 ? row->endpoint : "");
            grid_cell(&g, "%s", a->arms[i]);
            for (int grade = 0; grade <= 4; grade++) {
                const msp_record *r =
                    find(a, "laboratory", "", row->endpoint, i, MSP_STATISTIC_WORST_GRADE, grade);
                n = r != NULL ? r->n : 0;
                if (grade == 0)
                    grid_cell(&g, "%lld", (long long)n);
                grid_cell(&g, "%.0f", r != NULL ? r->estimate : 0);
                high += grade >= 3 && r != NULL ? r->estimate : 0;
            }
            const msp_record *unknown = find(a, "laboratory", "", row->endpoint, i,
                                             MSP_STATISTIC_WORST_GRADE, MSP_GRADE_UNKNOWN);
            grid_cell(&g, "%.0f", unknown != NULL ? unknown->estimate : 0);
            if (n > 0)
                grid_cell(&g, "%.1f", 100 * high / (double)n);
        }
    grid_print(&g, out);
}

static void shift_row(const safety_answer *a, grid *g, const char *toxicity, const char *before,
                      size_t arm, bool first)
{
    msp_record_query q = msp_record_query_any();
    q.subgroup = "laboratory";
    q.endpoint = toxicity;
    q.category = before;
    q.arm = a->arms[arm];
    q.statistic = MSP_STATISTIC_SHIFT;
    if (msp_results_find(&a->results, &q, NULL) == NULL)
        return;
    grid_row(g);
    grid_cell(g, "%s", first ? toxicity : "");
    grid_cell(g, "%s", a->arms[arm]);
    grid_cell(g, "%s", before);
    for (int grade = 0; grade <= 4; grade++) {
        q.at = grade;
        const msp_record *r = msp_results_find(&a->results, &q, NULL);
        grid_cell(g, "%.0f", r != NULL ? r->estimate : 0);
    }
}

static const char *const baselines[] = {"0", "1", "2", "3", "4", "missing"};

static void shifts_as_text(const safety_answer *a, msp_text *out)
{
    grid g = {0};
    msp_text_add(out, "\nShift: grade at baseline (row) to the worst on treatment (column)\n\n");
    grid_row(&g);
    static const char *const heads[] = {"", "arm", "baseline", "0", "1", "2", "3", "4"};
    for (size_t i = 0; i < MSP_COUNT(heads); i++)
        grid_cell(&g, "%s", heads[i]);
    for (const msp_record *row = NULL;
         (row = next_row(a, "laboratory", 0, MSP_STATISTIC_WORST_GRADE, row)) != NULL;)
        for (size_t i = 0; i < a->n_arms; i++) {
            const size_t before = g.n_rows;
            for (size_t b = 0; b < MSP_COUNT(baselines); b++)
                shift_row(a, &g, row->endpoint, baselines[b], i, i == 0 && g.n_rows == before);
        }
    grid_print(&g, out);
}

static bool has_grades(const safety_answer *a)
{
    return next_row(a, "laboratory", 0, MSP_STATISTIC_WORST_GRADE, NULL) != NULL;
}

void safety_as_text(const safety_answer *a, msp_text *out)
{
    if (a->adverse && a->n_arms > 0) {
        kinds_as_text(a, out);
        rates_as_text(a, out);
        groups_as_text(a, out);
    }
    if (has_grades(a)) {
        worst_as_text(a, out);
        shifts_as_text(a, out);
    }
}

/* -- as JSON -- */

static void record_as_json(const msp_record *r, msp_json *json)
{
    const char *subgroup = r->subgroup;
    msp_json_begin_object(json);
    msp_json_put_text(json, "what", *subgroup != '\0' ? subgroup : "kind");
    msp_json_put_text(json, "name", r->endpoint);
    if (*r->level_name != '\0')
        msp_json_put_text(json, "class", r->level_name);
    msp_json_put_text(json, "arm", r->arm);
    msp_json_put_text(json, "statistic", msp_statistic_name(r->statistic));
    if (*r->category != '\0')
        msp_json_put_text(json, "baseline", r->category);
    if (!isnan(r->at))
        msp_json_put_int(json, "grade", (int64_t)r->at);
    msp_json_put_double(json, "estimate", r->estimate);
    msp_json_put_int(json, "n", r->n);
    if (r->statistic == MSP_STATISTIC_INCIDENCE && r->n > 0)
        msp_json_put_double(json, "percent", 100 * r->estimate / (double)r->n);
    if (r->events >= 0)
        msp_json_put_int(json, "events", r->events);
    if (*r->note != '\0')
        msp_json_put_text(json, "note", r->note);
    msp_json_end_object(json);
}

void safety_as_json(const safety_answer *a, msp_text *out)
{
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "ctcae", msp_ctcae_name(a->version));
    msp_json_key(&json, "arms");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < a->n_arms; i++) {
        msp_json_begin_object(&json);
        msp_json_put_text(&json, "arm", a->arms[i]);
        msp_json_put_int(&json, "n", treated(a, i));
        msp_json_end_object(&json);
    }
    msp_json_end_array(&json);
    msp_json_key(&json, "records");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < a->results.n_records; i++)
        record_as_json(&a->results.records[i], &json);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

/* -- as CSV -- */

static void add_double(msp_text *out, double x)
{
    char digits[MSP_DOUBLE_MAX];
    if (!isnan(x))
        msp_text_add_n(out, digits, msp_double_format(x, digits));
}

void safety_as_csv(const safety_answer *a, msp_text *out)
{
    msp_text_add(out, "what,name,class,arm,statistic,baseline,grade,estimate,n,events\n");
    for (size_t i = 0; i < a->results.n_records; i++) {
        const msp_record *r = &a->results.records[i];
        const char *texts[] = {*r->subgroup != '\0' ? r->subgroup : "kind",
                               r->endpoint,
                               r->level_name,
                               r->arm,
                               msp_statistic_name(r->statistic),
                               r->category};
        for (size_t k = 0; k < MSP_COUNT(texts); k++) {
            msp_text_add_field(out, texts[k]);
            msp_text_add_char(out, ',');
        }
        add_double(out, r->at);
        msp_text_add_char(out, ',');
        add_double(out, r->estimate);
        msp_text_printf(out, ",%lld,", (long long)r->n);
        if (r->events >= 0)
            msp_text_printf(out, "%lld", (long long)r->events);
        msp_text_add_char(out, '\n');
    }
}

/* -- one patient -- */

static const char *when(const msp_lab_grade *g)
{
    return g->is_baseline ? "baseline" : g->on_treatment ? "on treatment" : "";
}

void safety_patient_as_text(const safety_answer *a, size_t patient, msp_text *out)
{
    const msp_lab_course *c = &a->courses[patient];
    char day[MSP_DATE_MAX];
    msp_text_printf(out, "%s: %zu laboratory values graded by CTCAE %s\n",
                    a->patients.patients[patient].id, c->n, msp_ctcae_name(a->version));
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++) {
        bool any = false;
        for (size_t i = 0; i < c->n; i++) {
            const msp_lab_grade *g = &c->grades[i];
            if (g->toxicity != (msp_toxicity)t)
                continue;
            if (!any)
                msp_text_printf(out, "\n%s\n", msp_toxicity_about((msp_toxicity)t)->term);
            any = true;
            msp_day_format(g->x->day, day);
            msp_text_printf(out, "  %s  ", day);
            msp_grade_say((msp_toxicity)t, &g->grade, g->x, out);
            if ((g->x->flags & MSP_BLOOD_UNCORRECTED) != 0)
                msp_text_add(out, " (not corrected: no albumin of that day)");
            if (*when(g) != '\0')
                msp_text_printf(out, "  [%s%s]", when(g), g->worst ? ", worst" : "");
            msp_text_add_char(out, '\n');
        }
    }
    for (size_t t = 0; t < MSP_TOXICITY_COUNT; t++) {
        const char *why = msp_grade_refusal((msp_toxicity)t, a->version);
        if (why != NULL)
            msp_text_printf(out, "\n%s: not graded, %s\n",
                            msp_toxicity_about((msp_toxicity)t)->term, why);
    }
}

static uint32_t source_of(const safety_answer *a, const msp_blood *x)
{
    return a->bloods.sequence != NULL ? a->bloods.sequence[x->row] : x->row + 1;
}

static void value_as_json(const safety_answer *a, const msp_lab_grade *g, msp_json *json)
{
    msp_text reason = {0};
    char day[MSP_DATE_MAX], value[MSP_DECIMAL_MAX];
    msp_day_format(g->x->day, day);
    msp_decimal_format(g->x->value, value);
    msp_grade_say(g->toxicity, &g->grade, g->x, &reason);
    msp_json_begin_object(json);
    msp_json_put_text(json, "toxicity", msp_toxicity_about(g->toxicity)->term);
    msp_json_put_text(json, "date", day);
    msp_json_put_text(json, "value", value);
    msp_json_put_text(json, "unit", msp_blood_about((msp_blood_test)g->x->test)->unit[g->x->unit]);
    msp_json_key(json, "grade");
    if (g->grade.grade == MSP_GRADE_UNKNOWN)
        msp_json_null(json);
    else
        msp_json_int(json, g->grade.grade);
    msp_json_put_text(json, "when", when(g));
    msp_json_put_bool(json, "worst", g->worst);
    msp_json_put_text(json, "reason", msp_text_str(&reason));
    msp_json_put_int(json, "source", source_of(a, g->x));
    msp_json_end_object(json);
    msp_text_free(&reason);
}

void safety_patient_as_json(const safety_answer *a, size_t patient, msp_text *out)
{
    const msp_lab_course *c = &a->courses[patient];
    msp_json json;
    msp_json_init(&json, out, 2);
    msp_json_begin_object(&json);
    msp_json_put_text(&json, "usubjid", a->patients.patients[patient].id);
    msp_json_put_text(&json, "ctcae", msp_ctcae_name(a->version));
    msp_json_key(&json, "grades");
    msp_json_begin_array(&json);
    for (size_t i = 0; i < c->n; i++)
        value_as_json(a, &c->grades[i], &json);
    msp_json_end_array(&json);
    msp_json_end_object(&json);
    msp_text_add_char(out, '\n');
}

void safety_patient_as_csv(const safety_answer *a, size_t patient, msp_text *out)
{
    const msp_lab_course *c = &a->courses[patient];
    char day[MSP_DATE_MAX], value[MSP_DECIMAL_MAX];
    msp_text_add(out, "usubjid,toxicity,date,value,unit,grade,when,worst,reason,source\n");
    for (size_t i = 0; i < c->n; i++) {
        const msp_lab_grade *g = &c->grades[i];
        msp_text reason = {0};
        msp_day_format(g->x->day, day);
        msp_decimal_format(g->x->value, value);
        msp_grade_say(g->toxicity, &g->grade, g->x, &reason);
        msp_text_add_field(out, a->patients.patients[patient].id);
        msp_text_printf(out, ",%s,%s,%s,%s,", msp_toxicity_about(g->toxicity)->term, day, value,
                        msp_blood_about((msp_blood_test)g->x->test)->unit[g->x->unit]);
        if (g->grade.grade != MSP_GRADE_UNKNOWN)
            msp_text_printf(out, "%d", g->grade.grade);
        msp_text_printf(out, ",%s,%s,", when(g), g->worst ? "yes" : "no");
        msp_text_add_field(out, msp_text_str(&reason));
        msp_text_printf(out, ",%u\n", source_of(a, g->x));
        msp_text_free(&reason);
    }
}
