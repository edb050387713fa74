/* qol_write.c - scores as ADQS, times to deterioration as ADTTE. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/endpoint/qol_table.h"

static const double none = NAN;

/* A table while it is filled: columns are found by name, for they move as others are added. */
typedef struct writer {
    const msp_qol_table *scores;
    const msp_table *from;
    const msp_qol_asked *asked;
    bool present[MSP_QOL_SCALES];
    msp_table *out;
    msp_error *err;
} writer;

static msp_status no_memory(const writer *w)
{
    return msp_fail(w->err, MSP_EMEM, "no memory for the scores");
}

/* -- columns -- */

typedef struct wanted {
    const char *name, *label;
    msp_column_type type;
} wanted;

static msp_status add_columns(const writer *w, const wanted *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        msp_column *column = msp_table_add_column(w->out, columns[i].name, columns[i].type);
        if (column == NULL)
            return no_memory(w);
        column->label = columns[i].label;
    }
    return MSP_OK;
}

static msp_status add_carried(const writer *w)
{
    for (size_t i = 0; i < w->asked->n_carried; i++) {
        msp_column *from;
        const msp_status rc = msp_table_need_column(w->from, w->asked->carried[i], &from, w->err);
        if (rc != MSP_OK)
            return rc;
        if (msp_table_column(w->out, from->name) != NULL)
            return msp_fail(w->err, MSP_EINPUT, "the column %s cannot be carried over: it is made",
                            from->name);
        const wanted column = {from->name, from->label, from->type};
        const msp_status added = add_columns(w, &column, 1);
        if (added != MSP_OK)
            return added;
    }
    return MSP_OK;
}

static msp_status put_text(const writer *w, const char *name, const char *text)
{
    return msp_table_put_text(w->out, msp_table_column(w->out, name), w->out->n_rows - 1, text,
                              strlen(text));
}

static void put_number(const writer *w, const char *name, double x)
{
    if (!isnan(x))
        msp_table_put_number(msp_table_column(w->out, name), w->out->n_rows - 1, x);
}

static msp_status put_carried(const writer *w, size_t row)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < w->asked->n_carried && rc == MSP_OK; i++) {
        const msp_column *from = msp_table_column(w->from, w->asked->carried[i]);
        if (from->type == MSP_COLUMN_TEXT)
            rc = put_text(w, from->name, from->text[from->code[row]]);
        else
            put_number(w, from->name, from->number[row]);
    }
    return rc;
}

/* A scale is there where any of its items was answered, once. */
static void find_scales(writer *w)
{
    for (size_t i = 0; i < w->scores->n; i++)
        for (int s = 0; s < MSP_QOL_SCALES; s++)
            w->present[s] = w->present[s] ||
                            (w->asked->scale[s] && w->scores->visits[i].scores.answered[s] > 0);
}

/* -- scores -- */

static msp_status put_score(const writer *w, const msp_qol_visit *v, msp_qol_scale s)
{
    const msp_qol_visit *base = v->baseline != SIZE_MAX ? &w->scores->visits[v->baseline] : NULL;
    const double score = v->scores.score[s], before = base != NULL ? base->scores.score[s] : none;
    const double gain = base == v ? none : msp_qol_gain(s, before, score);
    msp_status rc = msp_table_add_row(w->out, w->err);
    if (rc == MSP_OK)
        rc = put_text(w, "USUBJID", v->subject);
    if (rc == MSP_OK)
        rc = put_text(w, "AVISIT", v->visit);
    if (rc == MSP_OK)
        rc = put_carried(w, v->row);
    if (rc == MSP_OK)
        rc = put_text(w, "PARAMCD", msp_qol_code(s));
    if (rc == MSP_OK)
        rc = put_text(w, "PARAM", msp_qol_text(s));
    if (rc == MSP_OK && base == v)
        rc = put_text(w, "ABLFL", "Y");
    put_number(w, "AVAL", score);
    put_number(w, "BASE", before);
    put_number(w, "CHG", base == v ? none : score - before);
    put_number(w, "GAIN", gain);
    put_number(w, "RESPONSE", isnan(gain) ? none : gain >= w->asked->mid - 1e-9);
    put_number(w, "ANSWERED", v->scores.answered[s]);
    put_number(w, "NEEDED", v->scores.needed[s]);
    if (msp_table_column(w->out, "ADY") != NULL)
        put_number(w, "ADY", v->time);
    return rc;
}

static msp_status start(writer *w, const char *name, const char *label)
{
    *w->out = (msp_table){0};
    find_scales(w);
    return msp_table_init(w->out, name, label, w->err);
}

static bool has_times(const writer *w)
{
    for (size_t i = 0; i < w->scores->n; i++)
        if (!isnan(w->scores->visits[i].time))
            return true;
    return false;
}

msp_status msp_qol_write_scores(const msp_qol_table *scores, const msp_table *table,
                                const msp_qol_asked *asked, msp_table *out, msp_error *err)
{
    static const wanted head[] = {{"USUBJID", "Unique Subject Identifier", MSP_COLUMN_TEXT},
                                  {"AVISIT", "Analysis Visit", MSP_COLUMN_TEXT}};
    static const wanted day = {"ADY", "Analysis Relative Day", MSP_COLUMN_NUMBER};
    static const wanted rest[] = {
        {"PARAMCD", "Parameter Code", MSP_COLUMN_TEXT},
        {"PARAM", "Parameter", MSP_COLUMN_TEXT},
        {"AVAL", "Analysis Value", MSP_COLUMN_NUMBER},
        {"BASE", "Baseline Value", MSP_COLUMN_NUMBER},
        {"CHG", "Change from Baseline", MSP_COLUMN_NUMBER},
        {"GAIN", "Improvement from Baseline", MSP_COLUMN_NUMBER},
        {"RESPONSE", "Improved by the Important Difference", MSP_COLUMN_NUMBER},
        {"ABLFL", "Baseline Record Flag", MSP_COLUMN_TEXT},
        {"ANSWERED", "Items Answered", MSP_COLUMN_NUMBER},
        {"NEEDED", "Items Needed", MSP_COLUMN_NUMBER},
    };
    writer w = {.scores = scores, .from = table, .asked = asked, .out = out, .err = err};
    msp_status rc = start(&w, "ADQS", "Quality of Life Scores");
    if (rc == MSP_OK)
        rc = add_columns(&w, head, MSP_COUNT(head));
    if (rc == MSP_OK && has_times(&w))
        rc = add_columns(&w, &day, 1);
    if (rc == MSP_OK)
        rc = add_carried(&w);
    if (rc == MSP_OK)
        rc = add_columns(&w, rest, MSP_COUNT(rest));
    for (size_t i = 0; i < scores->n; i++)
        for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SCALES && rc == MSP_OK; s++)
            if (w.present[s])
                rc = put_score(&w, &scores->visits[i], s);
    if (rc != MSP_OK)
        msp_table_free(out);
    return rc;
}

/* -- deterioration -- */

/* The visits of one patient that have a time, after baseline. */
typedef struct course {
    size_t first, end, n; /* visits */
    double *time, *score; /* n; room for all visits of all patients */
} course;

static double baseline_of(const writer *w, size_t first, msp_qol_scale s)
{
    const size_t at = w->scores->visits[first].baseline;
    return at != SIZE_MAX ? w->scores->visits[at].scores.score[s] : none;
}

static void take_course(const writer *w, msp_qol_scale s, course *c)
{
    const size_t base = w->scores->visits[c->first].baseline;
    c->n = 0;
    for (size_t i = c->first; i < c->end; i++) {
        const msp_qol_visit *v = &w->scores->visits[i];
        if (isnan(v->time) || base == SIZE_MAX || i <= base)
            continue;
        c->time[c->n] = v->time;
        c->score[c->n++] = v->scores.score[s];
    }
}

static msp_status put_deterioration(const writer *w, msp_qol_scale s, course *c)
{
    msp_qol_deterioration d;
    take_course(w, s, c);
    msp_status rc =
        msp_qol_time_to_deterioration(s, baseline_of(w, c->first, s), c->time, c->score, c->n,
                                      w->asked->points, w->asked->lasting, &d, w->err);
    if (rc == MSP_ERANGE && w->asked->points > 0)
        return msp_table_fail(w->err, MSP_EINPUT, w->from, w->scores->visits[c->first].row, NULL,
                              "this patient's times do not follow the order of the visits");
    if (rc == MSP_OK)
        rc = msp_table_add_row(w->out, w->err);
    if (rc == MSP_OK)
        rc = put_text(w, "USUBJID", w->scores->visits[c->first].subject);
    if (rc == MSP_OK)
        rc = put_carried(w, w->scores->visits[c->first].row);
    if (rc == MSP_OK)
        rc = put_text(w, "PARAMCD", msp_qol_code(s));
    if (rc == MSP_OK)
        rc = put_text(w, "PARAM", msp_qol_text(s));
    if (rc == MSP_OK)
        rc = put_text(w, "EVNTDESC", d.reason);
    if (rc == MSP_OK) {
        put_number(w, "AVAL", d.time);
        put_number(w, "CNSR", !d.event);
    }
    return rc;
}

static msp_status put_patients(const writer *w, course *c)
{
    const msp_qol_visit *v = w->scores->visits;
    msp_status rc = MSP_OK;
    for (c->first = 0; c->first < w->scores->n && rc == MSP_OK; c->first = c->end) {
        c->end = c->first + 1;
        while (c->end < w->scores->n && strcmp(v[c->end].subject, v[c->first].subject) == 0)
            c->end++;
        for (msp_qol_scale s = MSP_QOL_QL; s < MSP_QOL_SCALES && rc == MSP_OK; s++)
            if (w->present[s])
                rc = put_deterioration(w, s, c);
    }
    return rc;
}

msp_status msp_qol_write_deterioration(const msp_qol_table *scores, const msp_table *table,
                                       const msp_qol_asked *asked, msp_table *out, msp_error *err)
{
    static const wanted head = {"USUBJID", "Unique Subject Identifier", MSP_COLUMN_TEXT};
    static const wanted rest[] = {
        {"PARAMCD", "Parameter Code", MSP_COLUMN_TEXT},
        {"PARAM", "Parameter", MSP_COLUMN_TEXT},
        {"AVAL", "Analysis Value", MSP_COLUMN_NUMBER},
        {"CNSR", "Censor", MSP_COLUMN_NUMBER},
        {"EVNTDESC", "Event or Censoring Description", MSP_COLUMN_TEXT},
    };
    writer w = {.scores = scores, .from = table, .asked = asked, .out = out, .err = err};
    course c = {.n = 0};
    double *room = calloc(2 * scores->n + 1, sizeof *room);
    msp_status rc = start(&w, "ADTTE", "Time to Deterioration");
    if (rc == MSP_OK && room == NULL)
        rc = no_memory(&w);
    if (rc == MSP_OK)
        rc = add_columns(&w, &head, 1);
    if (rc == MSP_OK)
        rc = add_carried(&w);
    if (rc == MSP_OK)
        rc = add_columns(&w, rest, MSP_COUNT(rest));
    if (rc == MSP_OK) {
        c.time = room;
        c.score = room + scores->n;
        rc = put_patients(&w, &c);
    }
    free(room);
    if (rc != MSP_OK)
        msp_table_free(out);
    return rc;
}
