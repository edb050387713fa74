/* closing.c - what stands after the results: methods, abbreviations, provenance. */
#include <inttypes.h>
#include <string.h>

#include "page.h"

/* -- methods -- */

static void write_list(page *p, const char *title, const char *const *sentences, size_t n)
{
    if (n == 0)
        return;
    page_raw(p, "<h3>");
    page_html(p, title);
    page_raw(p, "</h3>\n");
    page_paragraphs(p, "text", sentences, n);
}

static const char *numbers_sentence(const page *p)
{
    return p->format->rounding == MSP_ROUNDING_SAS
               ? "Numbers are rounded half away from zero as the decimals they are (2.675 prints "
                 "2.68), as SAS does."
               : "Numbers are rounded as R prints them: by their binary value, ties to even.";
}

void page_methods(page *p)
{
    const char *const printing[] = {
        numbers_sentence(p),
        "NE: not estimable. NR: not reached. A dash: the results hold no such number; a note says "
        "why where it is known.",
        "Each number in a table stands in results.json; the cell's data-record is its place there, "
        "counted from 0."};
    page_begin_section(p, "Methods", false);
    for (size_t i = 0; i < p->plan->n_analyses; i++)
        write_list(p, p->plan->analyses[i].title, p->plan->analyses[i].methods,
                   p->plan->analyses[i].n_methods);
    write_list(p, "All analyses", p->plan->methods, p->plan->n_methods);
    write_list(p, "How numbers are printed", printing, MSP_COUNT(printing));
    page_end_section(p);
}

/* -- abbreviations and provenance -- */

static void write_entry(page *p, const char *term, const char *text)
{
    page_raw(p, "<div><dt>");
    page_html(p, term);
    page_raw(p, "</dt><dd>");
    page_html(p, text);
    page_raw(p, "</dd></div>\n");
}

static void write_abbreviations(page *p)
{
    if (p->plan->n_abbreviations == 0)
        return;
    page_begin_section(p, "Abbreviations", true);
    page_raw(p, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < p->plan->n_abbreviations; i++)
        write_entry(p, p->plan->abbreviations[i].term, p->plan->abbreviations[i].text);
    page_raw(p, "</dl>\n");
    page_end_section(p);
}

static void write_sources(page *p)
{
    page_raw(p, "<div class=\"table\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                "aria-label=\"Inputs\">\n<table class=\"sources\">\n<caption>Inputs</caption>\n"
                "<thead>\n<tr><th scope=\"col\">File</th><th scope=\"col\">Rows</th>"
                "<th scope=\"col\">SHA-256</th></tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < p->results->n_sources; i++) {
        const msp_source *source = &p->results->sources[i];
        page_raw(p, "<tr><th scope=\"row\">");
        page_html(p, source->file);
        msp_text_printf(&p->body, "</th><td>%zu</td><td><code>", source->rows);
        page_html(p, source->sha256);
        page_raw(p, "</code></td></tr>\n");
    }
    page_raw(p, "</tbody>\n</table>\n</div>\n</div>\n");
}

void page_provenance(page *p)
{
    const msp_results *results = p->results;
    const char *cutoff = page_or_empty(results->cutoff);
    write_abbreviations(p);
    page_begin_section(p, "Provenance", true);
    page_raw(p, "<dl class=\"facts\">\n");
    write_entry(
        p, "Made with",
        page_printf(p, "mspike %s", results->version != NULL ? results->version : msp_version()));
    write_entry(p, "Convention",
                strcmp(page_or_empty(results->convention), "sas") == 0
                    ? "sas: as SAS does where it differs from R"
                    : "r: as R does where it differs from SAS");
    write_entry(p, "Seed", page_printf(p, "%" PRIu64, results->seed));
    write_entry(p, "Data cut-off", *cutoff != '\0' ? cutoff : "none given");
    write_entry(p, "Date of the run", "left out, so that a re-run gives the same bytes");
    page_raw(p, "</dl>\n");
    if (results->n_sources > 0)
        write_sources(p);
    page_end_section(p);
}
