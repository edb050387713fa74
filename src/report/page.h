/* page.h - what the parts of a report share while it is being built. Private to the room. */
#ifndef MSP_REPORT_PAGE_H
#define MSP_REPORT_PAGE_H

#include "mspike/analysis/record.h"
#include "mspike/base/text.h"
#include "mspike/figure/style.h"
#include "mspike/report/evidence.h"
#include "mspike/report/plan.h"

#include "folder.h"

/* A table or figure, for the list of contents. */
typedef struct page_item {
    const char *kind; /* "Table" */
    const char *number, *title, *anchor;
} page_item;

typedef struct page_section {
    const char *title, *anchor;
    size_t first_item; /* its items run to the next section's */
} page_section;

typedef struct page_figure {
    const char *file; /* "figure-14-2-1-1.svg" */
    const char *svg;
    size_t len;
} page_figure;

/* A report being built. Where memory runs out `failed` is set and texts become ""; who finishes the
 * page looks at it once. */
typedef struct page {
    const char *kind; /* of report, over its title */
    const msp_report_plan *plan;
    const msp_results *results;
    const msp_format *format;
    msp_arena arena;
    msp_text body;
    page_section *sections;
    size_t n_sections, cap_sections;
    page_item *items;
    size_t n_items, cap_items;
    page_figure *figures;
    size_t n_figures, cap_figures;
    bool failed;
} page;

/* Room for element n of a growing array in the page's arena; NULL when memory is out. */
void *page_grow(page *p, void *array, size_t n, size_t *cap, size_t size);
const char *page_text(page *p, const char *s);
/* `made` in the page's arena, or "" when memory was out. */
const char *page_kept(page *p, const char *made);
#define page_printf(p, ...) page_kept((p), msp_arena_printf(&(p)->arena, __VA_ARGS__))

/* A `brief` section does not begin a printed page. */
void page_begin_section(page *p, const char *title, bool brief);
void page_end_section(page *p);
/* Lists a table or figure and returns its anchor, "table-14-2-1-1", unique on the page. */
const char *page_add_item(page *p, const char *kind, const char *number, const char *title);
/* The number of the `part`th table or figure of something numbered (plan.h), from 0. */
const char *page_number(page *p, const char *number, size_t part);
/* Appends s to the body, escaped or as it is. */
void page_html(page *p, const char *s);
void page_raw(page *p, const char *s);
/* A paragraph for each. */
void page_paragraphs(page *p, const char *class_name, const char *const *texts, size_t n);
/* "" for NULL. */
const char *page_or_empty(const char *s);

/* -- records -- */

/* Looks in an analysis, among all patients; the caller narrows it. */
msp_record_query page_query(const char *analysis, msp_statistic statistic, const char *arm);
const msp_record *page_find(const page *p, const msp_record_query *query);
/* Index in results.json. */
size_t page_index(const page *p, const msp_record *record);
/* The record that says how many patients an arm has; NULL where none does. Its number is
 * page_patients(). */
const msp_record *page_find_patients(const page *p, const char *analysis, const char *population,
                                     const char *arm);
double page_patients(const msp_record *record);
/* What the plan calls an arm. */
const char *page_arm_label(const page *p, const char *name);
/* "95% CI" of a record; "CI" without one. */
const char *page_ci(page *p, const msp_record *record);
/* The levels of a variable: the plan's, or else those of the records in their order (`category` of
 * a summary, `level_name` of subgroups). Returns how many. */
size_t page_levels(page *p, const char *analysis, const msp_plan_variable *variable,
                   bool is_subgroup, const msp_plan_name **levels);

/* -- the parts, each appended to the body -- */

void page_summary(page *p, const msp_plan_summary *summary, size_t k);
void page_survival_table(page *p, const msp_plan_analysis *analysis, const char *number);
void page_means_table(page *p, const msp_plan_analysis *analysis, const char *number);
void page_rates_table(page *p, const msp_plan_analysis *analysis, const char *number);
msp_status page_survival_figure(page *p, const msp_plan_analysis *analysis, const char *number,
                                msp_error *err);
/* Table and forest of one comparison. */
msp_status page_subgroups(page *p, const msp_plan_analysis *analysis,
                          const msp_plan_comparison *comparison, const char *table_number,
                          const char *figure_number, msp_error *err);
void page_multiplicity(page *p);
/* Adverse events and laboratory grades, where the records have any. */
void page_safety(page *p);
/* Figures of patients, where the plan has some; everybody's course, for a page of its own. */
msp_status page_case_figures(page *p, msp_error *err);
msp_status page_case_courses(page *p, msp_error *err);
void page_methods(page *p);
void page_provenance(page *p);

/* A figure for the page, in its wide and its narrow form, and as a file of its own. */
typedef struct page_drawing {
    const char *number, *title, *description, *footnote;
    msp_status (*draw)(page *p, const void *what, const msp_figure_frame *frame, msp_text *out,
                       msp_error *err);
    const void *what;
} page_drawing;
msp_status page_draw(page *p, const page_drawing *drawing, msp_error *err);
/* A drawing as the file `anchor`.svg. */
void page_keep_figure(page *p, const char *anchor, const msp_text *svg);

/* -- published results -- */

/* The section that sets the trial among them. */
msp_status page_evidence(page *p, msp_error *err);
/* Their own page as the file `name` of a folder, with its figures and data. */
msp_status page_evidence_files(const msp_evidence_page *in, const char *name, folder *f,
                               msp_error *err);
/* The figures of a page as files. */
msp_status page_figure_files(const page *p, folder *f, msp_error *err);

/* The whole page: `title`, `style`, contents and body together. */
void page_assemble(page *p, msp_text *out);
extern const char *const page_style_sheet[]; /* NULL-ended */

/* -- the data as CSV -- */

void page_csv_records(const msp_results *results, msp_text *out);
void page_csv_curves(const msp_results *results, msp_text *out);
void page_csv_cases(const msp_cases *cases, msp_text *out);

#endif
