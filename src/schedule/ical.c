/* ical.c - a calendar as RFC 5545 asks. */
#include <inttypes.h>
#include <string.h>

#include "mspike/base/file.h"
#include "mspike/schedule/write.h"

enum { LINE_MAX_OCTETS = 75 };

/* 3.1: a line longer than 75 octets goes on after CRLF and a space; a character is not cut. */
static void add_folded(const char *line, msp_text *out)
{
    size_t used = 0;
    for (const char *c = line; *c != '\0';) {
        size_t width = 1;
        while (((unsigned char)c[width] & 0xC0) == 0x80)
            width++;
        if (used + width > LINE_MAX_OCTETS) {
            msp_text_add(out, "\r\n ");
            used = 1;
        }
        msp_text_add_n(out, c, width);
        used += width;
        c += width;
    }
    msp_text_add(out, "\r\n");
}

/* 3.3.11: backslash, semicolon, comma and line ends are escaped; other control characters have no
 * place in a text. */
static void add_escaped(const char *s, msp_text *out)
{
    for (; *s != '\0'; s++) {
        if (*s == '\n')
            msp_text_add(out, "\\n");
        else if (*s == '\\' || *s == ';' || *s == ',')
            msp_text_printf(out, "\\%c", *s);
        else if ((unsigned char)*s >= 0x20 && *s != 0x7F)
            msp_text_add_char(out, *s);
    }
}

/* `line` is cleared for the next one. */
static void add_line(msp_text *line, msp_text *out)
{
    if (line->failed)
        out->failed = true;
    add_folded(msp_text_str(line), out);
    msp_text_clear(line);
}

static void add_date(const char *what, msp_day day, msp_text *line)
{
    int y, m, d;
    msp_day_to_civil(day, &y, &m, &d);
    msp_text_printf(line, "%s%04d%02d%02d", what, y, m, d);
}

/* Names the entry by its place in the protocol, not by its date; `nth` tells series apart. */
static void add_uid(const msp_calendar *c, const char *patient, size_t i, size_t nth,
                    msp_text *line)
{
    const msp_calendar_entry *e = &c->entries[i];
    msp_text key = {0};
    char digest[65];
    msp_text_printf(&key, "%s\n%s\n%s\n%s\n%s\n%s\n%" PRId64 "\n%" PRId64 "\n%zu",
                    c->title != NULL ? c->title : "", c->arm, patient != NULL ? patient : "",
                    msp_calendar_kind_name(e->kind), e->phase != NULL ? e->phase : "", e->name,
                    e->cycle, e->cycle_day, nth);
    if (key.failed)
        line->failed = true;
    msp_sha256_hex(msp_text_str(&key), key.len, digest);
    msp_text_printf(line, "UID:%.32s@mspike", digest);
    msp_text_free(&key);
}

/* How many entries of the same name and place came before. */
static size_t nth_of_its_kind(const msp_calendar *c, size_t i)
{
    const msp_calendar_entry *e = &c->entries[i];
    size_t n = 0;
    for (size_t k = 0; e->cycle == 0 && k < i; k++) {
        const msp_calendar_entry *o = &c->entries[k];
        n += o->cycle == 0 && o->kind == e->kind && o->phase == e->phase &&
             strcmp(o->name, e->name) == 0;
    }
    return n;
}

static void describe(const msp_calendar_entry *e, msp_text *line)
{
    if (e->cycle > 0)
        msp_text_printf(line, "Cycle %" PRId64 " day %" PRId64 ". ", e->cycle, e->cycle_day);
    if (e->earliest != e->latest) {
        char from[MSP_DATE_MAX], to[MSP_DATE_MAX];
        msp_day_format(e->earliest, from);
        msp_day_format(e->latest, to);
        msp_text_printf(line, "From %s to %s. ", from, to);
    }
}

static void add_event(const msp_calendar *c, const char *patient, size_t i, msp_text *line,
                      msp_text *out)
{
    const msp_calendar_entry *e = &c->entries[i];
    msp_text words = {0};
    msp_calendar_say(e, &words);
    msp_text_add(out, "BEGIN:VEVENT\r\n");
    add_uid(c, patient, i, nth_of_its_kind(c, i), line);
    add_line(line, out);
    add_date("DTSTAMP:", c->start, line);
    msp_text_add(line, "T000000Z");
    add_line(line, out);
    add_date("DTSTART;VALUE=DATE:", e->day, line);
    add_line(line, out);
    add_date("DTEND;VALUE=DATE:", e->day + (msp_day)e->n_days, line);
    add_line(line, out);
    msp_text_add(line, "SUMMARY:");
    add_escaped(msp_text_str(&words), line);
    if (words.failed)
        line->failed = true;
    add_line(line, out);
    msp_text_clear(&words);
    describe(e, &words);
    if (words.len > 0) {
        msp_text_add(line, "DESCRIPTION:");
        add_escaped(msp_text_str(&words), line);
        add_line(line, out);
    }
    msp_text_add(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
    msp_text_free(&words);
}

void msp_calendar_as_ical(const msp_calendar *c, const char *patient, msp_text *out)
{
    msp_text line = {0};
    msp_text_add(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//mspike//calendar//EN\r\n"
                      "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    for (size_t i = 0; i < c->n; i++)
        add_event(c, patient, i, &line, out);
    msp_text_add(out, "END:VCALENDAR\r\n");
    msp_text_free(&line);
}
