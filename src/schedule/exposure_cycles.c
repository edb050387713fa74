/* exposure_cycles.c - in which cycle each dose was given, and when that was planned to begin. */
#include <string.h>

#include "exposure.h"

enum { CYCLE_DAYS_MAX = 3660 };

/* Where the walk through the doses stands. */
typedef struct walk {
    msp__finding *f;
    size_t course;
    int64_t cycle;     /* 0: before the first dose */
    msp_day begin;     /* day 1 of the cycle */
    msp_day next;      /* the planned start of the next one */
    msp_day early;     /* from when on a dose can be of that */
    msp_day phase_day; /* day 1 of the first cycle of the phase */
} walk;

int64_t msp__cycle_days(const msp_regimen *regimen, int64_t cycle)
{
    for (size_t i = 0; i < regimen->cycle.n; i++) {
        const msp_cycle_length *c = &regimen->cycle.items[i];
        const msp_day days = msp__after(0, &c->length, 1);
        if (cycle >= c->cycles.from && cycle <= c->cycles.to)
            return days <= CYCLE_DAYS_MAX ? days : 0;
    }
    return 0;
}

void msp__dosing_days(const msp_regimen *regimen, int64_t cycle, int64_t *first, int64_t *last)
{
    *first = INT64_MAX;
    *last = 0;
    for (size_t i = 0; i < regimen->drugs.n; i++)
        for (size_t k = 0; k < regimen->drugs.items[i].schedule.n; k++) {
            const msp_dose_days *row = &regimen->drugs.items[i].schedule.items[k];
            for (size_t r = 0; r < row->days.n; r++) {
                if (cycle < row->cycles.from || cycle > row->cycles.to)
                    continue;
                if (row->days.items[r].from < *first)
                    *first = row->days.items[r].from;
                if (row->days.items[r].to > *last)
                    *last = row->days.items[r].to;
            }
        }
    if (*last == 0)
        *first = 1;
}

static const msp__course *course_of(const walk *w)
{
    return &w->f->courses[w->course];
}

/* Of a cycle that is not planned at all the length of the last that is. */
static int64_t length_of(const walk *w, int64_t cycle)
{
    int64_t days = msp__cycle_days(course_of(w)->regimen, cycle);
    for (int64_t k = cycle - 1; days == 0 && k > 0; k--)
        days = msp__cycle_days(course_of(w)->regimen, k);
    return days;
}

static bool is_last_course(const walk *w)
{
    return w->course + 1 == w->f->n_courses;
}

/* -- the next cycle -- */

/* So many days before the planned start of the next cycle can a dose be its first: as late would be
 * no delay, and on which this one has no dose. */
static int64_t may_be_early(const walk *w)
{
    int64_t first, last;
    const int64_t length = length_of(w, w->cycle), limit = w->f->making.rules->delay_days.value;
    msp__dosing_days(course_of(w)->regimen, w->cycle, &first, &last);
    const int64_t rest = length > last ? length - last : 0;
    return rest < limit ? rest : limit;
}

/* `planned` is its day 1 as planned, MSP_NO_DAY: none; the first dose is on its first dosing day.
 */
static void begin(walk *w, size_t course, int64_t cycle, msp_day dose, msp_day planned)
{
    msp__finding *f = w->f;
    int64_t first, last;
    const bool same = w->cycle > 0 && course == w->course;
    msp__dosing_days(f->courses[course].regimen, cycle, &first, &last);
    const msp_day day_one = dose - (msp_day)(first - 1);
    msp_cycle_begun *c = &f->cycles[f->out->n_cycles];
    *c = (msp_cycle_begun){.phase = f->courses[course].phase,
                           .cycle = cycle,
                           .start = dose,
                           .planned = MSP_NO_DAY,
                           .passed = same ? cycle - w->cycle - 1 : 0};
    if (planned != MSP_NO_DAY) {
        c->planned = planned + (msp_day)(first - 1);
        c->late = (int64_t)dose - c->planned;
        c->delayed = c->late > f->making.rules->delay_days.value;
    }
    f->course[f->out->n_cycles] = course;
    f->day_one[f->out->n_cycles] = day_one;
    f->out->n_cycles++;
    if (!same)
        w->phase_day = day_one;
    w->course = course;
    w->cycle = cycle;
    w->begin = day_one;
    w->next = day_one + (msp_day)length_of(w, cycle);
    w->early = w->next - (msp_day)may_be_early(w);
}

/* Cycle n > the one that runs, of the same phase. */
static void begin_later(walk *w, int64_t n, msp_day dose)
{
    msp_day planned = w->begin;
    for (int64_t k = w->cycle; k < n; k++)
        planned += (msp_day)length_of(w, k);
    begin(w, w->course, n, dose, planned);
}

/* A row of many days goes on in the cycle that runs up to its planned end. */
static bool is_next(const walk *w, const msp__dose_day *dose)
{
    return dose->day >= (dose->goes_on ? w->next : w->early);
}

static bool is_complete(const walk *w, msp_day dose)
{
    const msp__course *c = course_of(w);
    return w->cycle >= c->cycles ||
           (c->duration != NULL && dose >= msp__after(w->phase_day, c->duration, 1));
}

/* The first phase after the transplant, where it has been done and the walk is before it. */
static bool transplanted(walk *w, msp_day dose, size_t *to)
{
    const msp_day transplant = w->f->who->transplant;
    if (transplant == MSP_NO_DAY || dose < transplant)
        return false;
    for (*to = w->course + 1; *to < w->f->n_courses; ++*to)
        if (w->f->courses[*to].after_transplant)
            return true;
    return false;
}

static void by_day(walk *w, const msp__dose_day *dose)
{
    if (!is_next(w, dose))
        return;
    if (!is_complete(w, dose->day))
        begin_later(w, w->cycle + 1, dose->day);
    else if (!is_last_course(w))
        begin(w, w->course + 1, 1, dose->day, MSP_NO_DAY);
}

static void by_name(walk *w, const msp__dose_day *dose)
{
    const int64_t n = dose->named, planned = course_of(w)->cycles;
    if (n > w->cycle && n > planned && !is_last_course(w))
        begin(w, w->course + 1, n - planned, dose->day, MSP_NO_DAY); /* numbered through */
    else if (n > w->cycle)
        begin_later(w, n, dose->day);
    else if (n < w->cycle && !is_last_course(w) && is_next(w, dose))
        begin(w, w->course + 1, n, dose->day, MSP_NO_DAY); /* numbered anew */
}

/* The cycle of the phase that has this number; else the one that runs. */
static size_t cycle_named(const walk *w, int64_t n)
{
    const msp__finding *f = w->f;
    for (size_t i = f->out->n_cycles; n > 0 && i-- > 0 && f->course[i] == w->course;)
        if (f->cycles[i].cycle == n)
            return i;
    return f->out->n_cycles - 1;
}

static void place(walk *w, msp__dose_day *dose)
{
    size_t to;
    const int64_t n = dose->named;
    if (w->cycle == 0)
        begin(w, 0, n > 0 ? n : 1, dose->day, MSP_NO_DAY);
    else if (transplanted(w, dose->day, &to))
        begin(w, to, n > 0 && n <= w->f->courses[to].cycles ? n : 1, dose->day, MSP_NO_DAY);
    else if (n > 0)
        by_name(w, dose);
    else
        by_day(w, dose);
    dose->cycle = cycle_named(w, n);
}

/* Those of a day: by the cycle that EX names, then the first ones of their rows. */
static bool is_before(const msp__dose_day *x, const msp__dose_day *y)
{
    if (x->day != y->day)
        return x->day < y->day;
    return x->named != y->named ? x->named < y->named : !x->goes_on && y->goes_on;
}

/* The earliest dose that has not been looked at. at[i] is the next one of drug i. */
static msp__dose_day *next_dose(const msp__finding *f, size_t *at)
{
    msp__dose_day *next = NULL;
    size_t of = 0;
    for (size_t i = 0; i < f->out->n_drugs; i++) {
        msp__dose_day *x = &f->doses[at[i]];
        if (at[i] < f->from[i + 1] && (next == NULL || is_before(x, next))) {
            next = x;
            of = i;
        }
    }
    at[of] += next != NULL;
    return next;
}

msp_status msp__begun_cycles(msp__finding *f, msp_error *err)
{
    walk w = {.f = f};
    f->cycles = msp_arena_array(f->arena, f->n_doses + 1, sizeof *f->cycles);
    f->course = msp_arena_array(&f->scratch, f->n_doses + 1, sizeof *f->course);
    f->day_one = msp_arena_array(&f->scratch, f->n_doses + 1, sizeof *f->day_one);
    size_t *at = msp_arena_array(&f->scratch, f->out->n_drugs + 1, sizeof *at);
    if (f->cycles == NULL || f->course == NULL || f->day_one == NULL || at == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the cycles of a patient");
    memcpy(at, f->from, (f->out->n_drugs + 1) * sizeof *at);
    for (size_t i = 0; i < f->n_courses; i++)
        if (msp__cycle_days(f->courses[i].regimen, 1) <= 0)
            return msp_fail_at(err, MSP_EINPUT, f->courses[i].regimen->at,
                               "the length of cycle 1 is not said");
    for (msp__dose_day *next; (next = next_dose(f, at)) != NULL;)
        place(&w, next);
    f->out->cycles = f->cycles;
    for (size_t i = 0; i < f->out->n_cycles; i++) {
        f->out->n_delays += f->cycles[i].delayed;
        f->out->days_delayed += f->cycles[i].delayed ? f->cycles[i].late : 0;
        f->out->n_passed += f->cycles[i].passed;
    }
    return MSP_OK;
}
