/* calendar.c - the phases of an arm in their order, and what is in them. */
#include "mspike/schedule/calendar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "schedule_internal.h"

enum { CYCLES_MAX = 1000, DELAY_MAX = 3660 };

/* -- days -- */

static msp_day last_day(void)
{
    return msp_day_from_civil(9999, 12, 31);
}

msp_day msp__after(msp_day day, const msp_said_quantity *duration, int64_t n)
{
    const double length = msp_decimal_to_double(duration->value) * (double)n;
    if (!(length <= 100000)) /* beyond any trial; the day says so */
        return INT32_MAX;
    switch (duration->unit) {
    case MSP_DURATION_DAYS:
        return day + (msp_day)length;
    case MSP_DURATION_WEEKS:
        return day + (msp_day)(7 * length);
    case MSP_DURATION_MONTHS:
        return msp_day_add_months(day, (int)length);
    case MSP_DURATION_YEARS:
        return msp_day_add_months(day, (int)(12 * length));
    default:
        return day;
    }
}

bool msp__stopped(const msp__making *m, msp_day day)
{
    return m->patient->stop != MSP_NO_DAY && day >= m->patient->stop;
}

/* -- entries -- */

msp_calendar_entry *msp__entry(msp__making *m, const msp__stretch *s, msp_calendar_kind kind,
                               msp_day day, const char *name, msp_error *err)
{
    msp_calendar *c = m->out;
    if (day > last_day() - 366 || day < msp_day_from_civil(1, 1, 1) + 366) {
        msp_fail(err, MSP_ERANGE, "the calendar leaves the years 2 to 9998");
        return NULL;
    }
    if (c->n == c->room) {
        const size_t room = c->room > 0 ? 2 * c->room : 64;
        msp_calendar_entry *grown =
            room <= SIZE_MAX / sizeof *grown ? realloc(c->entries, room * sizeof *grown) : NULL;
        if (grown == NULL) {
            msp_fail(err, MSP_EMEM, "no memory for %zu entries of a calendar", room);
            return NULL;
        }
        c->entries = grown;
        c->room = room;
    }
    msp_calendar_entry *e = &c->entries[c->n];
    *e = (msp_calendar_entry){.kind = kind,
                              .day = day,
                              .n_days = 1,
                              .earliest = day,
                              .latest = day,
                              .phase = s != NULL ? s->phase->id : NULL,
                              .name = name,
                              .order = c->n};
    c->n++;
    return e;
}

static int by_day(const void *a, const void *b)
{
    const msp_calendar_entry *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* -- cycles -- */

/* NULL where the regimen does not say. */
static const msp_said_quantity *cycle_length(const msp_regimen *r, int64_t cycle)
{
    for (size_t i = 0; i < r->cycle.n; i++)
        if (cycle >= r->cycle.items[i].cycles.from && cycle <= r->cycle.items[i].cycles.to)
            return &r->cycle.items[i].length;
    return NULL;
}

static int64_t delay_of(const msp_patient_plan *p, const char *phase, int64_t cycle)
{
    int64_t days = 0;
    for (size_t i = 0; i < p->n_delays; i++)
        if (p->delays[i].cycle == cycle &&
            (p->delays[i].phase == NULL || strcmp(p->delays[i].phase, phase) == 0))
            days += p->delays[i].days;
    return days;
}

/* How many cycles there are at most; a duration may end them earlier. */
static int64_t count_cycles(const msp__making *m, msp__stretch *s)
{
    if (msp_was_said(s->phase->cycles.at))
        return s->phase->cycles.value;
    if (msp_was_said(s->regimen->cycles.at))
        return s->regimen->cycles.value;
    s->open = !msp_was_said(s->phase->duration.at);
    return s->open ? m->patient->cycles : CYCLES_MAX;
}

/* Begin and end of each cycle; the end of the phase is that of its duration, or of the last. */
static msp_status lay_cycles(msp__making *m, msp__stretch *s, msp_error *err)
{
    const int64_t most = count_cycles(m, s);
    const bool timed = msp_was_said(s->phase->duration.at);
    const msp_day until = timed ? msp__after(s->begin, &s->phase->duration, 1) : last_day();
    msp_day *first = msp_arena_array(&m->out->arena, (size_t)most + 1, sizeof *first);
    if (first == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %" PRId64 " cycles", most);
    msp_day day = s->begin;
    for (s->n_cycles = 0; s->n_cycles < most && day < until; s->n_cycles++) {
        const msp_said_quantity *length = cycle_length(s->regimen, s->n_cycles + 1);
        if (length == NULL)
            return msp_fail_at(err, MSP_EINPUT, s->regimen->at,
                               "the length of cycle %" PRId64 " is not said", s->n_cycles + 1);
        day += (msp_day)delay_of(m->patient, s->phase->id, s->n_cycles + 1);
        first[s->n_cycles] = day;
        day = msp__after(day, length, 1);
    }
    first[s->n_cycles] = day;
    s->cycles = first;
    s->end = timed ? until : day;
    return MSP_OK;
}

/* -- phases -- */

static const char *phase_label(const msp__stretch *s)
{
    if (s->phase->label.text != NULL)
        return s->phase->label.text;
    return s->regimen != NULL && s->regimen->label.text != NULL ? s->regimen->label.text
                                                                : s->phase->id;
}

static const char *asked_name(int response)
{
    static const char *const names[] = {
#define AS_TEXT(name, text) [MSP_ASKED_##name] = (text),
        MSP_RESPONSE_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return names[response];
}

/* The beginning of a phase; where it asks for a response, what that is. */
static msp_status say_begin(msp__making *m, const msp__stretch *s, msp_error *err)
{
    const msp_phase *f = s->phase;
    msp_calendar_entry *e = msp__entry(m, s, MSP_CALENDAR_PHASE, s->begin, phase_label(s), err);
    if (e == NULL)
        return err->code;
    if (msp_was_said(f->within.at))
        e->latest = msp__after(s->begin, &f->within, 1);
    if (!msp_was_said(f->requires.at))
        return MSP_OK;
    e->note = msp_arena_printf(&m->out->arena, "with at least %s", asked_name(f->requires.value));
    return e->note != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the calendar");
}

static msp_status say_end(msp__making *m, const msp__stretch *s, msp_day day, const char *note,
                          msp_error *err)
{
    msp_calendar_entry *e = msp__entry(m, s, MSP_CALENDAR_END, day, phase_label(s), err);
    if (e == NULL)
        return err->code;
    e->note = note;
    return MSP_OK;
}

static bool response_falls_short(const msp_patient_plan *p, const msp_phase *f)
{
    return msp_was_said(f->requires.at) && p->response >= 0 && p->response > f->requires.value;
}

/* One phase from its first day on. */
static msp_status go_through(msp__making *m, msp__stretch *s, msp_error *err)
{
    msp_day last = s->begin;
    msp_status rc = say_begin(m, s, err);
    if (rc == MSP_OK && s->regimen != NULL)
        rc = lay_cycles(m, s, err);
    else if (msp_was_said(s->phase->duration.at))
        s->end = msp__after(s->begin, &s->phase->duration, 1);
    if (rc == MSP_OK && s->regimen != NULL)
        rc = msp__add_doses(m, s, err);
    if (rc == MSP_OK)
        rc = msp__add_visits(m, s, &last, err);
    if (rc != MSP_OK)
        return rc;
    if (s->end == MSP_NO_DAY)
        s->end = last + 1;
    if (s->regimen == NULL)
        return MSP_OK;
    if (msp__stopped(m, s->end - 1)) {
        s->end = m->patient->stop;
        return say_end(m, s, s->end, "stopped", err);
    }
    return say_end(m, s, s->end,
                   s->open ? "goes on in the same way; not shown further" : "complete", err);
}

/* The first day of phase i: as given, else after the phase it follows. */
static msp_status find_begin(msp__making *m, msp__stretch *all, size_t i, msp_day cursor,
                             msp_error *err)
{
    const msp_phase *f = all[i].phase;
    for (size_t k = 0; k < i && f->after.text != NULL; k++)
        if (strcmp(all[k].phase->id, f->after.text) == 0 && all[k].end != MSP_NO_DAY)
            cursor = all[k].end;
    for (size_t k = 0; k < m->patient->n_begins; k++)
        if (strcmp(m->patient->begins[k].phase, f->id) == 0)
            cursor = m->patient->begins[k].day;
    all[i].begin = cursor;
    if (i == 0 && cursor < m->out->start)
        return msp_fail(err, MSP_ERANGE, "%s cannot begin before the treatment does", f->id);
    if (i > 0 && cursor < all[i - 1].begin)
        return msp_fail(err, MSP_ERANGE, "%s cannot begin before %s does", f->id,
                        all[i - 1].phase->id);
    return MSP_OK;
}

static msp_status go_through_all(msp__making *m, msp__stretch *all, size_t n, msp_error *err)
{
    msp_day cursor = m->out->start;
    bool on_treatment = true;
    for (size_t i = 0; i < n; i++) {
        const bool follow_up = all[i].phase->kind.value == MSP_PHASE_FOLLOW_UP;
        if (!follow_up && on_treatment && response_falls_short(m->patient, all[i].phase)) {
            on_treatment = false;
            const msp_status rc =
                say_end(m, &all[i], cursor, "not entered: the response falls short", err);
            if (rc != MSP_OK)
                return rc;
        }
        all[i].begin = cursor;
        if (!follow_up && !(on_treatment && !msp__stopped(m, cursor)))
            continue;
        msp_status rc = find_begin(m, all, i, cursor, err);
        if (rc == MSP_OK)
            rc = go_through(m, &all[i], err);
        if (rc != MSP_OK)
            return rc;
        cursor = all[i].end;
    }
    return MSP_OK;
}

/* The arm's phases; its one regimen counts as a phase of that name. */
static msp_status list_phases(msp__making *m, const msp_arm *arm, msp__stretch **out, size_t *n,
                              msp_error *err)
{
    const msp_protocol *p = m->protocol;
    const bool single = arm->phases.n == 0;
    *n = single ? 1 : arm->phases.n;
    msp__stretch *all = msp_arena_array(&m->out->arena, *n, sizeof *all);
    msp_phase *own = msp_arena_alloc(&m->out->arena, sizeof *own);
    if (all == NULL || own == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu phases", *n);
    for (size_t i = 0; i < *n; i++) {
        all[i].phase = single ? own : msp_protocol_phase(p, arm->phases.items[i].text);
        all[i].end = MSP_NO_DAY;
        if (single) {
            own->id = arm->regimen.text;
            own->kind.value = MSP_PHASE_TREATMENT;
        }
        all[i].regimen =
            msp_protocol_regimen(p, single ? arm->regimen.text : all[i].phase->regimen.text);
    }
    *out = all;
    return single && all[0].regimen == NULL
               ? msp_fail_at(err, MSP_ENODATA, arm->at, "arm \"%s\" has no regimen and no phases",
                             arm->id)
               : MSP_OK;
}

/* -- what the patient's plan names -- */

static bool is_phase(const msp__stretch *all, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (id == NULL || strcmp(all[i].phase->id, id) == 0)
            return true;
    return false;
}

static bool is_drug(const msp__stretch *all, size_t n, const char *phase, const char *id)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; all[i].regimen != NULL && k < all[i].regimen->drugs.n; k++)
            if ((phase == NULL || strcmp(all[i].phase->id, phase) == 0) &&
                strcmp(all[i].regimen->drugs.items[k].id, id) == 0)
                return true;
    return false;
}

static msp_status check_names(const msp_patient_plan *p, const msp__stretch *all, size_t n,
                              msp_error *err)
{
    for (size_t i = 0; i < p->n_delays; i++) {
        if (!is_phase(all, n, p->delays[i].phase))
            return msp_fail(err, MSP_EUSAGE, "a delay in \"%s\": the arm has no such phase",
                            p->delays[i].phase);
        if (p->delays[i].days < 0 || p->delays[i].days > DELAY_MAX)
            return msp_fail(err, MSP_ERANGE, "a delay of %" PRId64 " days; expected 0 to %d",
                            p->delays[i].days, DELAY_MAX);
    }
    for (size_t i = 0; i < p->n_begins; i++)
        if (!is_phase(all, n, p->begins[i].phase))
            return msp_fail(err, MSP_EUSAGE, "the beginning of \"%s\": the arm has no such phase",
                            p->begins[i].phase);
    for (size_t i = 0; i < p->n_reductions; i++)
        if (!is_drug(all, n, p->reductions[i].phase, p->reductions[i].drug))
            return msp_fail(err, MSP_EUSAGE,
                            "a reduction of \"%s\": the arm gives no such drug%s%s",
                            p->reductions[i].drug, p->reductions[i].phase != NULL ? " in " : "",
                            p->reductions[i].phase != NULL ? p->reductions[i].phase : "");
    return MSP_OK;
}

/* -- the calendar -- */

static msp_day last_dose(const msp_calendar *c, const msp__stretch *all, size_t n,
                         const msp_patient_plan *p)
{
    msp_day last = MSP_NO_DAY;
    for (size_t i = 0; i < n; i++)
        if (all[i].open && p->stop == MSP_NO_DAY)
            return MSP_NO_DAY;
    for (size_t i = 0; i < c->n; i++) {
        const msp_calendar_entry *e = &c->entries[i];
        if (e->kind == MSP_CALENDAR_DOSE && e->day + (msp_day)e->n_days - 1 > last)
            last = e->day + (msp_day)e->n_days - 1;
    }
    return last;
}

static msp_status make(msp__making *m, msp_error *err)
{
    const msp_patient_plan *p = m->patient;
    const msp_arm *arm = msp_protocol_arm(m->protocol, p->arm);
    msp__stretch *all = NULL;
    size_t n = 0;
    if (arm == NULL)
        return msp_fail(err, MSP_EUSAGE, "there is no arm \"%s\"", p->arm != NULL ? p->arm : "");
    if (p->cycles < 1 || p->cycles > CYCLES_MAX)
        return msp_fail(err, MSP_ERANGE, "%" PRId64 " cycles to show; expected 1 to %d", p->cycles,
                        CYCLES_MAX);
    m->out->start = p->start;
    m->out->arm = msp_arm_label(arm);
    m->out->title = m->protocol->trial.acronym.text != NULL ? m->protocol->trial.acronym.text
                                                            : m->protocol->trial.title.text;
    msp_status rc = list_phases(m, arm, &all, &n, err);
    if (rc == MSP_OK)
        rc = check_names(p, all, n, err);
    if (rc == MSP_OK)
        rc = go_through_all(m, all, n, err);
    msp_day last = p->start;
    for (size_t i = 0; i < n; i++)
        if (all[i].end > last)
            last = all[i].end;
    if (rc != MSP_OK)
        return rc;
    m->last_dose = last_dose(m->out, all, n, p);
    return msp__add_visits(m, NULL, &last, err);
}

msp_status msp_calendar_make(const msp_protocol *protocol, const msp_patient_plan *patient,
                             msp_calendar *out, msp_error *err)
{
    msp_error own = {0};
    *out = (msp_calendar){0};
    const msp_rules *rules = patient->rules != NULL ? patient->rules : &protocol->rules;
    msp__making m = {.protocol = protocol,
                     .patient = patient,
                     .rules = rules,
                     .out = out,
                     .last_dose = MSP_NO_DAY};
    const msp_status rc = make(&m, err != NULL ? err : &own);
    if (rc != MSP_OK)
        msp_calendar_free(out);
    else if (out->n > 0)
        qsort(out->entries, out->n, sizeof *out->entries, by_day);
    return rc;
}

void msp_calendar_free(msp_calendar *calendar)
{
    free(calendar->entries);
    msp_arena_free(&calendar->arena);
    *calendar = (msp_calendar){0};
}
