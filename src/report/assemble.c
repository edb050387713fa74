/* assemble.c - head, title block and contents around the body of the page. */
#include <string.h>

#include "page.h"

/* A CSS string: whatever is not a plain character is escaped, so that no label ends it, or the
 * style element. */
static void add_css_string(msp_text *out, const char *s)
{
    const size_t len = msp_utf8_valid(s, strlen(s));
    msp_text_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)s[i];
        const bool plain = c >= 0x80 || c == ' ' || (c >= '0' && c <= '9') ||
                           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (plain)
            msp_text_add_char(out, (char)c);
        else
            msp_text_printf(out, "\\%x ", c);
    }
    msp_text_add_char(out, '"');
}

static const char *short_title(const page *p)
{
    const char *acronym = page_or_empty(p->plan->acronym);
    return *acronym != '\0' ? acronym : p->plan->title;
}

/* Heads and feet of the printed page. */
static void add_page_boxes(page *p, msp_text *out)
{
    msp_text_add(out, "@page{margin:20mm 15mm 18mm;font:8pt Helvetica,Arial,\"Liberation "
                      "Sans\",sans-serif;color:#57606a;@top-left{content:");
    add_css_string(out, short_title(p));
    msp_text_add(out, "}@top-right{content:\"Page \" counter(page) \" of \" counter(pages)}"
                      "@bottom-left{content:");
    const char *cutoff = page_or_empty(p->results->cutoff);
    add_css_string(out, p->results->simulated ? "Simulated patients"
                        : *cutoff != '\0'     ? page_printf(p, "Data cut-off %s", cutoff)
                                              : "");
    msp_text_add(out, "}@bottom-right{content:");
    add_css_string(out,
                   page_printf(p, "mspike %s",
                               p->results->version != NULL ? p->results->version : msp_version()));
    msp_text_add(out, "}}\n");
}

static void add_head(page *p, msp_text *out)
{
    msp_text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                      "<meta name=\"generator\" content=\"mspike ");
    msp_text_add_html(out, p->results->version != NULL ? p->results->version : msp_version());
    msp_text_add(out, "\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
    msp_text_add_html(out, short_title(p));
    msp_text_add(out, ": report</title>\n<style>\n");
    for (const char *const *part = page_style_sheet; *part != NULL; part++)
        msp_text_add(out, *part);
    msp_text_add(out, msp_figure_css());
    add_page_boxes(p, out);
    msp_text_add(out, "</style>\n</head>\n");
}

static void add_fact(msp_text *out, const char *term, const char *text)
{
    msp_text_add(out, "<div><dt>");
    msp_text_add_html(out, term);
    msp_text_add(out, "</dt><dd>");
    msp_text_add_html(out, text);
    msp_text_add(out, "</dd></div>\n");
}

static void add_title(page *p, msp_text *out)
{
    const char *cutoff = page_or_empty(p->results->cutoff);
    msp_text_add(out, "<header>\n<p class=\"kicker\">");
    const char *kind = p->results->simulated ? "Report of simulated patients" : p->kind;
    msp_text_add_html(out, *page_or_empty(p->plan->acronym) != '\0'
                               ? page_printf(p, "%s \xc2\xb7 %s", p->plan->acronym, kind)
                               : kind);
    msp_text_add(out, "</p>\n<h1>");
    msp_text_add_html(out, p->plan->title);
    msp_text_add(out, "</h1>\n<dl class=\"facts\">\n");
    if (p->results->simulated)
        add_fact(out, "Patients", "simulated: nothing here is a result of the trial");
    for (size_t i = 0; i < p->plan->n_facts; i++)
        add_fact(out, p->plan->facts[i].term, p->plan->facts[i].text);
    if (*cutoff != '\0')
        add_fact(out, "Data cut-off", cutoff);
    msp_text_add(out, "</dl>\n</header>\n");
}

static void add_contents(page *p, msp_text *out)
{
    /* a long list of sections alone, as of patients, stands in columns */
    const bool list = p->n_items == 0 && p->n_sections > 12;
    msp_text_printf(out, "<nav aria-label=\"Contents\">\n<h2>Contents</h2>\n<ol%s>\n",
                    list ? " class=\"list\"" : "");
    for (size_t i = 0; i < p->n_sections; i++) {
        const size_t end = i + 1 < p->n_sections ? p->sections[i + 1].first_item : p->n_items;
        msp_text_printf(out, "<li><a href=\"#%s\">", p->sections[i].anchor);
        msp_text_add_html(out, p->sections[i].title);
        msp_text_add(out, "</a>");
        if (end > p->sections[i].first_item)
            msp_text_add(out, "\n<ul>\n");
        for (size_t k = p->sections[i].first_item; k < end; k++) {
            msp_text_printf(out, "<li><a href=\"#%s\"><span class=\"no\">%s ", p->items[k].anchor,
                            p->items[k].kind);
            msp_text_add_html(out, p->items[k].number);
            msp_text_add(out, "</span> ");
            msp_text_add_html(out, p->items[k].title);
            msp_text_add(out, "</a></li>\n");
        }
        msp_text_add(out, end > p->sections[i].first_item ? "</ul></li>\n" : "</li>\n");
    }
    msp_text_add(out, "</ol>\n</nav>\n");
}

void page_assemble(page *p, msp_text *out)
{
    add_head(p, out);
    msp_text_add(out, "<body>\n");
    add_title(p, out);
    add_contents(p, out);
    msp_text_add(out, "<main>\n");
    msp_text_add_n(out, msp_text_str(&p->body), p->body.len);
    msp_text_add(out, "</main>\n</body>\n</html>\n");
}
