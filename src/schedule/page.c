/* page.c - a calendar to print and to tick off. */
#include <inttypes.h>
#include <string.h>

#include "mspike/schedule/write.h"

static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
static const char style[] =
    "</title>\n<style>\n"
    "body{font:15px/1.4 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
    "color:#1a1a1a}\n"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin:1.5em 0 .3em}\n"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
    "padding:.25em .6em;border-bottom:1px solid #ccc}\n"
    "th{font-weight:600}th:nth-child(1){width:1.2em}th:nth-child(2){width:10em}"
    "th:nth-child(3){width:4em}td.when{white-space:nowrap}tr.phase td,tr.end td{font-weight:600}\n"
    "td.done{width:1.2em}td.done span{display:inline-block;width:.9em;height:.9em;"
    "border:1px solid #555}\n"
    "@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}"
    "tr{break-inside:avoid}}\n"
    "</style>\n</head>\n<body>\n";

static void add_day(msp_day day, msp_text *out)
{
    static const char *const names[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char text[MSP_DATE_MAX];
    msp_day_format(day, text);
    msp_text_printf(out, "%s %s", names[msp_day_of_week(day)], text);
}

static void add_row(const msp_calendar_entry *e, msp_text *out)
{
    msp_text words = {0};
    msp_calendar_say(e, &words);
    const bool to_do = e->kind == MSP_CALENDAR_DOSE || e->kind == MSP_CALENDAR_VISIT;
    msp_text_printf(out, "<tr class=\"%s\"><td class=\"done\">%s</td><td class=\"when\">",
                    msp_calendar_kind_name(e->kind), to_do ? "<span></span>" : "");
    add_day(e->day, out);
    if (e->n_days > 1) {
        msp_text_add(out, "<br>to ");
        add_day(e->day + (msp_day)e->n_days - 1, out);
    }
    msp_text_add(out, "</td><td>");
    if (e->cycle > 0)
        msp_text_printf(out, "%" PRId64, e->cycle_day);
    if (e->cycle > 0 && e->n_days > 1)
        msp_text_printf(out, "-%" PRId64, e->cycle_day + e->n_days - 1);
    msp_text_add(out, "</td><td>");
    msp_text_add_html(out, msp_text_str(&words));
    if (e->earliest != e->latest) {
        msp_text_add(out, "<br>between ");
        add_day(e->earliest, out);
        msp_text_add(out, " and ");
        add_day(e->latest, out);
    }
    msp_text_add(out, "</td></tr>\n");
    if (words.failed)
        out->failed = true;
    msp_text_free(&words);
}

/* A phase and a cycle have a table each; what is in neither stays where it falls. */
static bool begins_section(const msp_calendar_entry *e, const msp_calendar_entry *section)
{
    return section == NULL || e->kind == MSP_CALENDAR_PHASE ||
           (e->cycle > 0 && (e->cycle != section->cycle || e->phase != section->phase));
}

static void add_heading(const msp_calendar_entry *e, msp_text *out)
{
    msp_text_add(out, "<h2>");
    msp_text_add_html(out, e->phase != NULL ? e->phase : "Trial");
    if (e->cycle > 0)
        msp_text_printf(out, ", cycle %" PRId64, e->cycle);
    msp_text_add(out, "</h2>\n<table>\n<tr><th></th><th>Date</th><th>Day</th><th>What</th></tr>\n");
}

static void add_title(const msp_calendar *c, const char *patient, msp_text *out)
{
    if (c->title != NULL) {
        msp_text_add_html(out, c->title);
        msp_text_add(out, ": ");
    }
    msp_text_add_html(out, c->arm);
    if (patient != NULL) {
        msp_text_add(out, ", ");
        msp_text_add_html(out, patient);
    }
}

void msp_calendar_as_page(const msp_calendar *c, const char *patient, msp_text *out)
{
    msp_text_add(out, head);
    add_title(c, patient, out);
    msp_text_add(out, style);
    msp_text_add(out, "<h1>");
    add_title(c, patient, out);
    msp_text_add(out, "</h1>\n<p>Day 1 is ");
    add_day(c->start, out);
    msp_text_add(out, ". This is the plan of a protocol, not a prescription.</p>\n");
    const msp_calendar_entry *section = NULL;
    for (size_t i = 0; i < c->n; i++) {
        if (begins_section(&c->entries[i], section)) {
            if (i > 0)
                msp_text_add(out, "</table>\n");
            section = &c->entries[i];
            add_heading(section, out);
        }
        add_row(&c->entries[i], out);
    }
    msp_text_add(out, c->n > 0 ? "</table>\n</body>\n</html>\n" : "</body>\n</html>\n");
}
