/* exposure_drugs.c - of each drug what was planned and what was given: intensity, reductions,
 * omissions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure.h"

/* A dose of one by body size is lower where it is so by more than a tenth: vials are rounded so far
 * (HOPA 2018), and a lower dose level is further. Others are what is printed on the tablet. */
static const double room_by_size = 0.1, room_exact = 1e-9;

/* One drug on its way. */
typedef struct drug {
    msp__finding *f;
    msp_drug_exposure *out;
    size_t end; /* of its doses */
    int unit;   /* of the doses */
    bool sized;
    msp_decimal *plan; /* of the days 1 to n_days of the cycle at hand; 0: none */
    int64_t n_days;
    const msp_regimen *planned_for; /* the plan is that of this cycle */
    int64_t planned_cycle;
    msp_decimal planned, given;         /* sums */
    msp_decimal was_given, was_planned; /* on the day before, of which the level is known */
    const char *no_sum, *no_plan; /* why what was given, or planned, is not known; NULL: it is */
    double level;                 /* part of the planned dose that was given last; 1 at first */
    msp_day last;                 /* dose */
} drug;

static void fault(const char **note, const char *what)
{
    if (*note == NULL)
        *note = what;
}

/* -- what is planned -- */

static void add_planned(drug *d, const msp_dosing *dosing, const msp__planned *planned, int64_t day)
{
    const msp_said_quantity cap = msp__dose_cap(&d->f->making, dosing);
    msp_decimal amount = planned->dose.value;
    const int unit = planned->dose.unit;
    bool capped;
    if (unit != d->unit) {
        const bool sized = unit != MSP_DOSE_MG && unit != MSP_DOSE_G;
        d->sized = d->sized || sized;
        if (d->unit != MSP_DOSE_MG)
            fault(&d->no_plan, "the doses are in another unit than the plan's");
        else if (!msp_dose_in_mg(&planned->dose, &cap, &d->f->making.patient->size, &amount,
                                 &capped))
            fault(&d->no_plan, unit == MSP_DOSE_MG_PER_M2 ? "the body surface is not known"
                                                          : "the weight is not known");
    }
    if (!msp_decimal_add(d->plan[day], amount, &d->plan[day]))
        fault(&d->no_plan, "a dose of too many digits");
}

static void plan_dosing(drug *d, const msp_dosing *dosing, int64_t cycle)
{
    for (size_t i = 0; i < dosing->schedule.n; i++) {
        const msp_dose_days *row = &dosing->schedule.items[i];
        for (size_t k = 0; k < row->days.n; k++) {
            const int64_t from = row->days.items[k].from;
            if (cycle < row->cycles.from || cycle > row->cycles.to)
                continue;
            for (int64_t day = from; day <= row->days.items[k].to && day <= d->n_days; day++) {
                msp__planned planned;
                if (day >= 1 &&
                    msp__planned_dose(&d->f->making, dosing, row, cycle, day, from, &planned))
                    add_planned(d, dosing, &planned, day);
            }
        }
    }
}

/* Whether a dosing is the same in this cycle as in the one before. */
static bool goes_on(const msp_dosing *dosing, int64_t cycle)
{
    for (size_t i = 0; i < dosing->schedule.n; i++) {
        const msp_said_range *cycles = &dosing->schedule.items[i].cycles;
        if (cycles->from == cycle || cycles->to == cycle - 1)
            return false;
    }
    for (size_t i = 0; i < dosing->steps.n; i++) {
        const int64_t at = dosing->steps.items[i].cycle.value;
        if (at == cycle || at == cycle - 1)
            return false;
    }
    return true;
}

/* Whether the plan at hand, of the cycle before, is that of this one too. */
static bool is_planned(drug *d, const msp_regimen *regimen, int64_t cycle)
{
    bool same = d->planned_for == regimen && d->planned_cycle == cycle - 1 &&
                d->n_days == msp__cycle_days(regimen, cycle);
    for (size_t i = 0; same && i < regimen->drugs.n; i++)
        same = goes_on(&regimen->drugs.items[i], cycle);
    d->planned_for = regimen;
    d->planned_cycle = cycle;
    return same;
}

/* The days of a cycle; false when memory is out. */
static bool plan_cycle(drug *d, const msp_regimen *regimen, int64_t cycle)
{
    if (is_planned(d, regimen, cycle))
        return true;
    const int64_t days = msp__cycle_days(regimen, cycle);
    if (d->plan == NULL || days > d->n_days)
        d->plan = msp_arena_array(&d->f->scratch, (size_t)days + 1, sizeof *d->plan);
    if (d->plan == NULL)
        return false;
    d->n_days = days;
    memset(d->plan, 0, ((size_t)d->n_days + 1) * sizeof *d->plan);
    for (size_t i = 0; i < regimen->drugs.n; i++)
        if (strcmp(msp_dosing_drug(&regimen->drugs.items[i]), d->out->drug) == 0)
            plan_dosing(d, &regimen->drugs.items[i], cycle);
    return true;
}

/* The dose of the planned day that is nearest to this one, the earlier of two; 0: none. */
static msp_decimal planned_near(const drug *d, int64_t day)
{
    for (int64_t away = 0; away <= d->n_days || away <= day; away++) {
        const int64_t sides[] = {day - away, day + away};
        for (size_t i = 0; i < MSP_COUNT(sides); i++)
            if (sides[i] >= 1 && sides[i] <= d->n_days && d->plan[sides[i]].coefficient > 0)
                return d->plan[sides[i]];
    }
    return (msp_decimal){0};
}

/* -- what was given -- */

static bool is_same(msp_decimal a, msp_decimal b)
{
    return a.coefficient == b.coefficient && a.scale == b.scale;
}

/* A day's dose against the level assigned before. */
static void judge_level(drug *d, msp_decimal given, int64_t day)
{
    const msp_decimal planned = planned_near(d, day);
    if (planned.coefficient <= 0 ||
        (is_same(given, d->was_given) && is_same(planned, d->was_planned)))
        return;
    const double room = d->sized ? room_by_size : room_exact;
    const double level = msp_decimal_to_double(given) / msp_decimal_to_double(planned);
    d->was_given = given;
    d->was_planned = planned;
    if (level < d->level * (1 - room)) {
        d->out->reductions++;
        d->level = level;
    } else if (level > d->level * (1 + room)) {
        d->level = level < 1 ? level : 1;
    }
}

/* The doses of one cycle, from f->doses[*at] on; how many days had one. */
static int64_t go_through_cycle(drug *d, size_t cycle, size_t *at)
{
    const msp__finding *f = d->f;
    int64_t n = 0;
    while (*at < d->end && f->doses[*at].cycle == cycle) {
        const msp_day day = f->doses[*at].day;
        msp_decimal sum = {0};
        for (; *at < d->end && f->doses[*at].cycle == cycle && f->doses[*at].day == day; ++*at)
            if (!msp_decimal_add(sum, f->doses[*at].amount, &sum))
                fault(&d->no_sum, "a dose of too many digits");
        if (!msp_decimal_add(d->given, sum, &d->given))
            fault(&d->no_sum, "a dose of too many digits");
        judge_level(d, sum, day - f->day_one[cycle] + 1);
        d->out->days++;
        n++;
    }
    return n;
}

/* Adds the plan of a cycle that begins on `day_one`; how many of its days are up to the drug's last
 * dose. */
static int64_t count_planned(drug *d, msp_day day_one)
{
    int64_t n = 0;
    for (int64_t day = 1; day <= d->n_days; day++) {
        if (d->plan[day].coefficient <= 0)
            continue;
        if (!msp_decimal_add(d->planned, d->plan[day], &d->planned))
            fault(&d->no_plan, "a dose of too many digits");
        n += d->last != MSP_NO_DAY && day_one + day - 1 <= d->last;
    }
    return n;
}

/* -- one drug -- */

static int in_cycles(const void *a, const void *b)
{
    const msp__dose_day *x = a, *y = b;
    if (x->cycle != y->cycle)
        return x->cycle < y->cycle ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* By cycle, where names put days into another order. */
static void sort(msp__dose_day *doses, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (in_cycles(&doses[i - 1], &doses[i]) > 0) {
            qsort(doses, n, sizeof *doses, in_cycles);
            return;
        }
}

/* Its doses from `at` on. */
static msp_status go_through(drug *d, size_t at, msp_error *err)
{
    msp__finding *f = d->f;
    for (size_t i = 0; i < f->out->n_cycles; i++) {
        const msp_regimen *regimen = f->courses[f->course[i]].regimen;
        const msp_cycle_begun *c = &f->cycles[i];
        msp_day begin = f->day_one[i];
        for (int64_t k = c->passed; k > 0; k--) /* those without a dose, just before */
            begin -= (msp_day)msp__cycle_days(regimen, c->cycle - k);
        for (int64_t k = c->passed; k >= 0; k--) {
            if (!plan_cycle(d, regimen, c->cycle - k))
                return msp_fail(err, MSP_EMEM, "no memory for the doses of a cycle");
            const int64_t planned = count_planned(d, k > 0 ? begin : f->day_one[i]);
            const int64_t given = k > 0 ? 0 : go_through_cycle(d, i, &at);
            d->out->omissions += planned > given ? planned - given : 0;
            begin += (msp_day)d->n_days;
        }
    }
    return MSP_OK;
}

static void say_rates(drug *d)
{
    msp_drug_exposure *out = d->out;
    const msp_dosage *all = d->f->out;
    if (d->no_sum == NULL) {
        out->unit = msp_dose_unit_name(d->unit);
        out->given = msp_decimal_to_double(d->given);
        out->given_rate = out->given / all->actual_weeks;
    }
    if (d->no_sum != NULL || d->no_plan != NULL) { /* nor a plan in the unit of the doses */
        out->reductions = -1;
        out->note = d->no_sum != NULL ? d->no_sum : d->no_plan;
        return;
    }
    out->planned = msp_decimal_to_double(d->planned);
    out->planned_rate = out->planned / all->planned_weeks;
    if (out->planned > 0)
        out->relative = 100 * out->given_rate / out->planned_rate;
    else
        out->note = "no dose is planned in these cycles";
}

msp_status msp__drug_exposures(msp__finding *f, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < f->out->n_drugs; i++) {
        const size_t at = f->from[i], end = f->from[i + 1];
        drug d = {.f = f,
                  .out = &f->drugs[i],
                  .end = end,
                  .unit = f->unit[i],
                  .no_sum = f->drugs[i].note,
                  .level = 1,
                  .last = end > at ? f->doses[end - 1].day : MSP_NO_DAY};
        if (end == at && d.no_sum == NULL)
            d.unit = MSP_DOSE_MG; /* never given: nothing of what is planned */
        d.out->reductions = d.out->omissions = 0;
        sort(f->doses + at, end - at);
        rc = go_through(&d, at, err);
        say_rates(&d);
        if (f->vague[i]) /* days without a date are not counted */
            d.out->days = d.out->omissions = -1;
    }
    return rc;
}
