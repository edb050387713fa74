/* evidence_absolute.c - the answer of `evidence` in absolute terms, as JSON and as text. */
#include <inttypes.h>
#include <stdio.h>

#include "evidence_output.h"
#include "grid.h"

/* Medians beyond this many months are not printed: no trial here has followed curves that far. */
#define FAR 48

/* "median 5.6 months" */
static void add_print(const msp_baseline *b, const char *median, msp_text *out)
{
    if (msp_was_said(b->result->time.at))
        msp_text_printf(out, "%s %% at %g months", b->arm->value.text, b->result->time.value);
    else
        msp_text_printf(out, "%s%s months", median, b->arm->value.text);
}

/* "Vd in OPTIMISMM: median 5.6 months, 118 patients" */
static void add_source(const msp_baseline *b, msp_text *out)
{
    msp_text_printf(out, "%s in %s: ", b->regimen, b->trial->id);
    add_print(b, "median ", out);
    if (b->arm->n.value > 0)
        msp_text_printf(out, ", %" PRId64 " patients", b->arm->n.value);
    if (b->how == MSP_CHOSEN_PROXY)
        msp_text_add(out, ", of a trial that only stands for the population");
    else if (b->how == MSP_CHOSEN_PART)
        msp_text_add(out, ", a part of the population");
}

static void put_absolute(const char *name, const msp_absolute *x, msp_json *json)
{
    msp_json_key(json, name);
    msp_json_begin_object(json);
    msp_json_put_double(json, "estimate", x->estimate);
    msp_json_put_double(json, "lower", x->lower);
    msp_json_put_double(json, "upper", x->upper);
    msp_json_end_object(json);
}

static void put_printed(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "printed");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_printed; i++) {
        const msp_printed_line *line = &j->answer.printed[i];
        msp_text print = {0};
        add_source(&line->print, &print);
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", line->print.regimen);
        msp_json_put_text(json, "trial", line->print.trial->id);
        msp_json_put_text(json, "result", line->print.result->id);
        msp_json_put_text(json, "print", msp_text_str(&print));
        put_absolute("at_12_months", &line->at_12, json);
        msp_json_end_object(json);
        msp_text_free(&print);
    }
    msp_json_end_array(json);
}

void evidence_put_absolute(const evidence_job *j, msp_json *json)
{
    msp_json_key(json, "absolute");
    msp_json_begin_array(json);
    for (size_t i = 0; i < j->answer.n_absolutes; i++) {
        const msp_absolute_line *line = &j->answer.absolutes[i];
        const msp_baseline *b = &j->answer.baselines[line->component];
        msp_text source = {0};
        add_source(b, &source);
        msp_json_begin_object(json);
        msp_json_put_text(json, "treatment", line->treatment);
        msp_json_put_text(json, "baseline", b->regimen);
        msp_json_put_text(json, "baseline_result", b->result->id);
        msp_json_put_text(json, "baseline_print", msp_text_str(&source));
        put_absolute("median_months", &line->median, json);
        put_absolute("at_12_months", &line->at_12, json);
        msp_json_put_text(json, "printed_result",
                          line->printed.arm != NULL ? line->printed.result->id : NULL);
        msp_json_end_object(json);
        msp_text_free(&source);
    }
    msp_json_end_array(json);
    put_printed(j, json);
}

static void add_heading(const msp_baseline *b, msp_text *out)
{
    msp_text item = {0};
    msp_text_add(&item, "Beside ");
    add_source(b, &item);
    msp_text_add(&item, ". As if curves were exponential and hazards proportional; what trials "
                        "printed of each treatment itself stands beside.");
    if (b->no_interval)
        msp_text_add(&item, " No interval of the baseline was printed: these are too narrow.");
    evidence_add_item(msp_text_str(&item), out);
    msp_text_free(&item);
}

static void add_median(double months, char *out, size_t size)
{
    if (months > FAR)
        snprintf(out, size, ">%d", FAR);
    else
        snprintf(out, size, "%.1f", months);
}

static void add_row(const msp_absolute_line *line, grid *g)
{
    char median[3][32];
    msp_text print = {0};
    add_median(line->median.estimate, median[0], sizeof median[0]);
    add_median(line->median.lower, median[1], sizeof median[1]);
    add_median(line->median.upper, median[2], sizeof median[2]);
    grid_row(g);
    grid_cell(g, "%s", line->treatment);
    grid_cell(g, "%s (%s to %s)", median[0], median[1], median[2]);
    grid_cell(g, "%.0f %% (%.0f-%.0f)", 100 * line->at_12.estimate, 100 * line->at_12.lower,
              100 * line->at_12.upper);
    if (line->printed.arm != NULL) {
        add_print(&line->printed, "", &print);
        msp_text_printf(&print, " (%s)", line->printed.trial->id);
    }
    grid_cell(g, "%s", msp_text_str(&print));
    msp_text_free(&print);
}

static void printed_as_text(const evidence_job *j, msp_text *out)
{
    const msp_answer *a = &j->answer;
    grid g = {0};
    evidence_add_item("Each treatment by itself, as one trial printed it, and at 12 months as if "
                      "exponential. These are patients of different trials side by side, and no "
                      "comparison.",
                      out);
    grid_row(&g);
    grid_cell(&g, "%s", "");
    grid_cell(&g, "printed");
    grid_cell(&g, "patients");
    grid_cell(&g, "free of the event at 12 months");
    for (size_t i = 0; i < a->n_printed; i++) {
        const msp_baseline *b = &a->printed[i].print;
        msp_text print = {0};
        add_print(b, "", &print);
        grid_row(&g);
        grid_cell(&g, "%s", b->regimen);
        grid_cell(&g, "%s (%s)", msp_text_str(&print), b->trial->id);
        if (b->arm->n.value > 0)
            grid_cell(&g, "%" PRId64, b->arm->n.value);
        else
            grid_cell(&g, "-");
        grid_cell(&g, "%.1f %%%s", 100 * a->printed[i].at_12.estimate,
                  b->how == MSP_CHOSEN_PROXY ? " *" : "");
        msp_text_free(&print);
    }
    grid_print(&g, out);
    msp_text_add_char(out, '\n');
}

void evidence_absolute_as_text(const evidence_job *j, msp_text *out)
{
    const msp_answer *a = &j->answer;
    if (a->n_absolutes + a->n_printed > 0)
        msp_text_add(out, "In absolute terms\n");
    for (size_t i = 0; i < a->n_absolutes;) {
        const size_t component = a->absolutes[i].component;
        grid g = {0};
        add_heading(&a->baselines[component], out);
        grid_row(&g);
        grid_cell(&g, "%s", "");
        grid_cell(&g, "median, months (%g %%)", 100 * j->pooling.level);
        grid_cell(&g, "free of the event at 12 months");
        grid_cell(&g, "printed itself");
        for (; i < a->n_absolutes && a->absolutes[i].component == component; i++)
            add_row(&a->absolutes[i], &g);
        grid_print(&g, out);
        msp_text_add_char(out, '\n');
    }
    if (a->n_printed > 0)
        printed_as_text(j, out);
}
