/* evidence_page.h - what the parts of a page of published results share. Private to the room. */
#ifndef MSP_REPORT_EVIDENCE_PAGE_H
#define MSP_REPORT_EVIDENCE_PAGE_H

#include "mspike/report/evidence.h"
#include "page.h"

/* A page being built; figures and tables are numbered as they come. */
typedef struct evidence_view {
    page *p;
    const msp_evidence_page *in;
    const char *prefix; /* of their numbers */
    size_t n_figures, n_tables;
} evidence_view;

/* -- words and numbers -- */

const char *view_treatment(const evidence_view *v, size_t treatment);
/* "BPd*": its own trial only stands for the population. */
const char *view_starred(const evidence_view *v, size_t treatment);
/* "Hazard ratio" */
const char *view_measure(const evidence_view *v);
/* On the scale that is printed. */
double view_scale(const evidence_view *v, double x);
/* "0.44 (0.28, 0.69)" of numbers on the analysis scale. */
const char *view_interval(const evidence_view *v, double estimate, double lower, double upper);
/* "95%" */
const char *view_level(const evidence_view *v);
/* How sure a statement about the two is; NULL where there is none. */
const msp_statement *view_statement(const evidence_view *v, const msp_pair *pair);
/* The treatments of a network by P-score, the first is best. Returns how many. */
size_t view_ranked(const evidence_view *v, size_t component, size_t *treatments);
/* The report's own trial says it. */
bool view_is_own(const msp_chosen *chosen);
/* What was chosen for a study of that name; NULL: nothing (a table). */
const msp_chosen *view_chosen(const evidence_view *v, const char *study);

/* -- tables: rows of texts -- */

/* `classes` of the table; heads NULL-ended. */
void view_table_begin(evidence_view *v, const char *title, const char *classes,
                      const char *const *heads);
/* The first cell heads the row. */
void view_row(evidence_view *v, const char *const *cells, size_t n);
/* A row over all n columns that heads those below it. */
void view_row_heading(evidence_view *v, const char *text, size_t n);
/* `foot` may be "". */
void view_table_end(evidence_view *v, const char *foot);
void view_list(evidence_view *v, const char *const *items, size_t n);

/* -- parts -- */

/* A statement and how sure it is. */
const char *view_statement_text(const evidence_view *v, const msp_statement *s);
/* The statements of a kind, under a heading of their own ("" for none). */
void view_statements(evidence_view *v, msp_statement_kind kind, const char *heading);
/* A trial's own results beside what was published, in its report. */
void view_own(evidence_view *v);

msp_status view_network(evidence_view *v, msp_error *err);
msp_status view_forest(evidence_view *v, msp_error *err);
void view_leagues(evidence_view *v);
msp_status view_ranks(evidence_view *v, msp_error *err);
msp_status view_bands(evidence_view *v, msp_error *err);
msp_status view_heat(evidence_view *v, msp_error *err);
msp_status view_funnel(evidence_view *v, msp_error *err);
void view_trials(evidence_view *v);
void view_splits(evidence_view *v);
void view_absolutes(evidence_view *v);
/* What trials printed of each treatment itself. */
void view_printed(evidence_view *v);
void view_harms(evidence_view *v);
void view_gaps(evidence_view *v);
void view_planned(evidence_view *v);
void view_sources(evidence_view *v);

#endif
