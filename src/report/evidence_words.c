/* evidence_words.c - names, numbers and plain tables of a page of published results. */
#include <math.h>
#include <string.h>

#include "evidence_page.h"

const char *view_treatment(const evidence_view *v, size_t treatment)
{
    return v->in->pooled->treatments[treatment];
}

const char *view_starred(const evidence_view *v, size_t treatment)
{
    const char *name = view_treatment(v, treatment);
    for (size_t i = 0; v->in->choice != NULL && i < v->in->choice->n; i++) {
        const msp_chosen *c = &v->in->choice->items[i];
        if (c->how == MSP_CHOSEN_PROXY && strcmp(c->first, name) == 0)
            return page_printf(v->p, "%s*", name);
    }
    return name;
}

const char *view_measure(const evidence_view *v)
{
    static const char *const words[] = {"Hazard ratio", "Odds ratio",      "Risk ratio",
                                        "Rate ratio",   "Risk difference", "Mean difference"};
    return words[v->in->measure];
}

double view_scale(const evidence_view *v, double x)
{
    return msp_measure_is_ratio(v->in->measure) ? exp(x) : x;
}

const char *view_interval(const evidence_view *v, double estimate, double lower, double upper)
{
    return page_text(v->p, msp_format_interval(v->p->format, view_scale(v, estimate),
                                               view_scale(v, lower), view_scale(v, upper), 2)
                               .s);
}

const char *view_level(const evidence_view *v)
{
    return page_text(v->p, msp_format_level(v->in->pooling->level).s);
}

const msp_statement *view_statement(const evidence_view *v, const msp_pair *pair)
{
    for (size_t i = 0; v->in->answer != NULL && i < v->in->answer->n_statements; i++) {
        const msp_statement *s = &v->in->answer->statements[i];
        if (s->pair != NULL && s->certainty >= 0 &&
            ((s->pair->treatment == pair->treatment && s->pair->comparator == pair->comparator) ||
             (s->pair->treatment == pair->comparator && s->pair->comparator == pair->treatment)))
            return s;
    }
    return NULL;
}

size_t view_ranked(const evidence_view *v, size_t component, size_t *treatments)
{
    const msp_pooled *p = v->in->pooled;
    size_t n = 0;
    for (size_t t = 0; t < p->n; t++) {
        if (p->component[t] != component)
            continue;
        size_t k = n++;
        for (; k > 0 && p->p_score[treatments[k - 1]] < p->p_score[t]; k--)
            treatments[k] = treatments[k - 1];
        treatments[k] = t;
    }
    return n;
}

const msp_chosen *view_chosen(const evidence_view *v, const char *study)
{
    for (size_t i = 0; v->in->choice != NULL && i < v->in->choice->n; i++)
        if (strcmp(v->in->choice->items[i].study, study) == 0)
            return &v->in->choice->items[i];
    return NULL;
}

/* -- tables -- */

void view_table_begin(evidence_view *v, const char *title, const char *classes,
                      const char *const *heads)
{
    page *p = v->p;
    const char *number = page_printf(p, "%s%zu", v->prefix, ++v->n_tables);
    const char *anchor = page_add_item(p, "Table", number, title);
    msp_text_printf(&p->body,
                    "<div class=\"table\" id=\"%s\">\n<div class=\"scroll\" tabindex=\"0\" "
                    "role=\"region\" aria-label=\"Table %s\">\n<table class=\"%s\">\n<caption>"
                    "<b>Table %s</b> ",
                    anchor, number, classes, number);
    page_html(p, title);
    page_raw(p, "</caption>\n<thead>\n<tr>");
    for (size_t i = 0; heads[i] != NULL; i++) {
        page_raw(p, "<th scope=\"col\">");
        page_html(p, heads[i]);
        page_raw(p, "</th>");
    }
    page_raw(p, "</tr>\n</thead>\n<tbody>\n");
}

void view_row(evidence_view *v, const char *const *cells, size_t n)
{
    page *p = v->p;
    for (size_t i = 0; i < n; i++) {
        page_raw(p, i == 0 ? "<tr><th scope=\"row\">" : "<td>");
        page_html(p, cells[i]);
        page_raw(p, i == 0 ? "</th>" : "</td>");
    }
    page_raw(p, "</tr>\n");
}

void view_row_heading(evidence_view *v, const char *text, size_t n)
{
    msp_text_printf(&v->p->body,
                    "</tbody>\n<tbody>\n<tr class=\"group\"><th scope=\"colgroup\" "
                    "colspan=\"%zu\">",
                    n);
    page_html(v->p, text);
    page_raw(v->p, "</th></tr>\n");
}

void view_table_end(evidence_view *v, const char *foot)
{
    page_raw(v->p, "</tbody>\n</table>\n</div>\n");
    if (*foot != '\0')
        page_paragraphs(v->p, "foot", &foot, 1);
    page_raw(v->p, "</div>\n");
}

void view_list(evidence_view *v, const char *const *items, size_t n)
{
    if (n == 0)
        return;
    page_raw(v->p, "<ul class=\"said\">\n");
    for (size_t i = 0; i < n; i++) {
        page_raw(v->p, "<li>");
        page_html(v->p, items[i]);
        page_raw(v->p, "</li>\n");
    }
    page_raw(v->p, "</ul>\n");
}
