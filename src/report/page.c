#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- memory and text -- */

void *page_grow(page *p, void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    const size_t more = *cap > 0 ? *cap * 2 : 16;
    void *larger = msp_arena_array(&p->arena, more, size);
    if (larger == NULL) {
        p->failed = true;
        return NULL;
    }
    if (n > 0)
        memcpy(larger, array, n * size);
    *cap = more;
    return larger;
}

const char *page_kept(page *p, const char *made)
{
    p->failed |= made == NULL;
    return made != NULL ? made : "";
}

const char *page_text(page *p, const char *s)
{
    return page_kept(p, msp_arena_text(&p->arena, s));
}

const char *page_or_empty(const char *s)
{
    return s != NULL ? s : "";
}

void page_html(page *p, const char *s)
{
    msp_text_add_html(&p->body, s);
}

void page_raw(page *p, const char *s)
{
    msp_text_add(&p->body, s);
}

void page_paragraphs(page *p, const char *class_name, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        msp_text_printf(&p->body, "<p class=\"%s\">", class_name);
        page_html(p, texts[i]);
        page_raw(p, "</p>\n");
    }
}

/* -- sections, items, numbers -- */

/* Letters and digits, everything else as '-': fit for an id and for a file name. */
static char *slug(page *p, const char *prefix, const char *number)
{
    const size_t at = strlen(prefix) + 1;
    char *out = msp_arena_alloc(&p->arena, at + strlen(number) + 1);
    if (out == NULL) {
        p->failed = true;
        return NULL;
    }
    memcpy(out, prefix, at - 1);
    out[at - 1] = '-';
    size_t n = at;
    for (const char *s = number; *s != '\0'; s++) {
        const bool kept =
            (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
        out[n++] = kept ? *s : '-';
    }
    return out;
}

static bool is_taken(const page *p, const char *anchor)
{
    for (size_t i = 0; i < p->n_items; i++)
        if (strcmp(p->items[i].anchor, anchor) == 0)
            return true;
    return false;
}

const char *page_add_item(page *p, const char *kind, const char *number, const char *title)
{
    const char *first = slug(p, kind[0] == 'T' ? "table" : "figure", number);
    page_item *items = page_grow(p, p->items, p->n_items, &p->cap_items, sizeof *items);
    if (first == NULL || items == NULL)
        return "none";
    const char *anchor = first;
    for (size_t i = 2; is_taken(p, anchor); i++)
        anchor = page_printf(p, "%s-%zu", first, i);
    p->items = items;
    items[p->n_items++] = (page_item){kind, number, title, anchor};
    return anchor;
}

void page_begin_section(page *p, const char *title, bool brief)
{
    page_section *sections =
        page_grow(p, p->sections, p->n_sections, &p->cap_sections, sizeof *sections);
    if (sections == NULL)
        return;
    p->sections = sections;
    const char *anchor = page_printf(p, "section-%zu", p->n_sections + 1);
    sections[p->n_sections++] = (page_section){title, anchor, p->n_items};
    msp_text_printf(&p->body, "<section id=\"%s\"%s>\n<h2><span class=\"no\">%zu</span> ", anchor,
                    brief ? " class=\"brief\"" : "", p->n_sections);
    page_html(p, title);
    page_raw(p, "</h2>\n");
}

void page_end_section(page *p)
{
    page_raw(p, "</section>\n");
}

const char *page_number(page *p, const char *number, size_t part)
{
    size_t dots = 0;
    for (const char *s = number; *s != '\0'; s++)
        dots += *s == '.';
    if (dots < 3)
        return page_printf(p, "%s.%zu", number, part + 1);
    const char *last = strrchr(number, '.');
    const unsigned long first = strtoul(last + 1, NULL, 10);
    return page_printf(p, "%.*s.%lu", (int)(last - number), number, first + (unsigned long)part);
}

/* -- records -- */

msp_record_query page_query(const char *analysis, msp_statistic statistic, const char *arm)
{
    return (msp_record_query){.analysis = analysis,
                              .subgroup = "",
                              .level_name = "",
                              .arm = arm,
                              .statistic = (int)statistic,
                              .at = NAN};
}

const msp_record *page_find(const page *p, const msp_record_query *query)
{
    return msp_results_find(p->results, query, NULL);
}

size_t page_index(const page *p, const msp_record *record)
{
    return (size_t)(record - p->results->records);
}

const msp_record *page_find_patients(const page *p, const char *analysis, const char *population,
                                     const char *arm)
{
    msp_record_query query = page_query(analysis, MSP_STATISTIC_COUNT, arm);
    query.endpoint = query.category = "";
    const msp_record *found = page_find(p, &query);
    if (found != NULL)
        return found;
    query.analysis = NULL;
    query.population = population;
    found = page_find(p, &query);
    if (found != NULL)
        return found;
    query = page_query(analysis, MSP_STATISTIC_EVENTS, arm);
    return page_find(p, &query);
}

/* A count of patients is the estimate of a COUNT, and the n of anything counted among them. */
double page_patients(const msp_record *record)
{
    if (record->statistic == MSP_STATISTIC_COUNT)
        return record->estimate;
    return record->n >= 0 ? (double)record->n : (double)NAN;
}

const char *page_arm_label(const page *p, const char *name)
{
    for (size_t i = 0; i < p->plan->n_arms; i++)
        if (strcmp(p->plan->arms[i].name, name) == 0)
            return p->plan->arms[i].label;
    return name;
}

const char *page_ci(page *p, const msp_record *record)
{
    if (record == NULL || !isfinite(record->level))
        return "CI";
    return page_printf(p, "%s CI", msp_format_level(record->level).s);
}

static bool has_name(const msp_plan_name *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].name, name) == 0)
            return true;
    return false;
}

size_t page_levels(page *p, const char *analysis, const msp_plan_variable *variable,
                   bool is_subgroup, const msp_plan_name **levels)
{
    *levels = variable->levels;
    if (variable->n_levels > 0)
        return variable->n_levels;
    msp_record_query query = msp_record_query_any();
    query.analysis = analysis;
    if (is_subgroup) {
        query.subgroup = variable->name;
    } else {
        query.endpoint = variable->name;
        query.statistic = MSP_STATISTIC_CATEGORY;
    }
    msp_plan_name *found = NULL;
    size_t n = 0, cap = 0;
    for (const msp_record *r = NULL; (r = msp_results_find(p->results, &query, r)) != NULL;) {
        const char *name = is_subgroup ? r->level_name : r->category;
        if (*name == '\0' || has_name(found, n, name))
            continue;
        msp_plan_name *more = page_grow(p, found, n, &cap, sizeof *more);
        if (more == NULL)
            break;
        found = more;
        found[n++] = (msp_plan_name){name, name};
    }
    *levels = found;
    return n;
}

/* -- figures -- */

void page_keep_figure(page *p, const char *anchor, const msp_text *svg)
{
    page_figure *figures = page_grow(p, p->figures, p->n_figures, &p->cap_figures, sizeof *figures);
    const char *copy = msp_arena_text_n(&p->arena, msp_text_str(svg), svg->len);
    if (figures == NULL || copy == NULL) {
        p->failed = true;
        return;
    }
    p->figures = figures;
    figures[p->n_figures++] = (page_figure){page_printf(p, "%s.svg", anchor), copy, svg->len};
}

static msp_status draw_form(page *p, const page_drawing *drawing, const char *class_name,
                            const msp_figure_frame *frame, msp_error *err)
{
    msp_text_printf(&p->body, "<div class=\"%s\">\n", class_name);
    const msp_status rc = drawing->draw(p, drawing->what, frame, &p->body, err);
    page_raw(p, "</div>\n");
    return rc;
}

static msp_status draw_file(page *p, const page_drawing *drawing, msp_figure_frame frame,
                            msp_error *err)
{
    msp_text svg = {0};
    frame.standalone = true;
    const msp_status rc = drawing->draw(p, drawing->what, &frame, &svg, err);
    if (rc == MSP_OK)
        page_keep_figure(p, frame.id, &svg);
    p->failed |= svg.failed;
    msp_text_free(&svg);
    return rc;
}

msp_status page_draw(page *p, const page_drawing *drawing, msp_error *err)
{
    const char *anchor = page_add_item(p, "Figure", drawing->number, drawing->title);
    const char *whole = page_printf(p, "Figure %s. %s", drawing->number, drawing->title);
    const msp_figure_frame wide = {page_printf(p, "%s-wide", anchor), whole, drawing->description,
                                   MSP_FIGURE_WIDE, false};
    const msp_figure_frame narrow = {page_printf(p, "%s-narrow", anchor), whole,
                                     drawing->description, MSP_FIGURE_NARROW, false};
    const msp_figure_frame file = {anchor, whole, drawing->description, MSP_FIGURE_WIDE, true};
    msp_text_printf(&p->body, "<figure id=\"%s\">\n<figcaption><b>Figure ", anchor);
    page_html(p, drawing->number);
    page_raw(p, "</b> ");
    page_html(p, drawing->title);
    page_raw(p, "</figcaption>\n");
    msp_status rc = draw_form(p, drawing, "wide", &wide, err);
    if (rc == MSP_OK)
        rc = draw_form(p, drawing, "narrow", &narrow, err);
    if (rc == MSP_OK)
        rc = draw_file(p, drawing, file, err);
    page_paragraphs(p, "foot", &drawing->footnote, 1);
    page_raw(p, "</figure>\n");
    return rc;
}
