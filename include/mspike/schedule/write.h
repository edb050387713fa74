/*
 * write.h - a calendar as words, as iCalendar, and as a page to print.
 */
#ifndef MSPIKE_SCHEDULE_WRITE_H
#define MSPIKE_SCHEDULE_WRITE_H

#include "mspike/base/text.h"
#include "mspike/schedule/calendar.h"

MSP_BEGIN

const char *msp_calendar_kind_name(msp_calendar_kind kind);
const char *msp_route_name(int route);
/* Adds "response, labs": what is done at a visit. */
void msp_visit_assessments(const msp_visit *visit, msp_text *out);
/* Adds the entry in words: "carfilzomib 20 mg/m2: 36 mg iv over 10 min". */
void msp_calendar_say(const msp_calendar_entry *entry, msp_text *out);

/* Adds the calendar as iCalendar (RFC 5545): all-day events, lines folded at 75 octets, CRLF. The
 * same calendar gives the same bytes: DTSTAMP is midnight of day 1. A UID names the entry, not its
 * date, so that a calendar sent again moves what it sent before; `patient` (or NULL) keeps two
 * patients' events apart and is not in the text. */
void msp_calendar_as_ical(const msp_calendar *calendar, const char *patient, msp_text *out);
/* Adds one self-contained HTML page, to print: a table for each phase and cycle. */
void msp_calendar_as_page(const msp_calendar *calendar, const char *patient, msp_text *out);

MSP_END
#endif
