/* exposure_given.c - the days on which a patient got a drug of the arm's, from rows of EX. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure.h"

/* A row that goes on for longer is a mistake, or a date that stands for "ongoing". */
enum { ROW_DAYS_MAX = 3660 };

static const double none = NAN;

/* -- the drugs -- */

static bool is_listed(const msp__finding *f, const char *drug)
{
    for (size_t i = 0; i < f->out->n_drugs; i++)
        if (strcmp(f->drugs[i].drug, drug) == 0)
            return true;
    return false;
}

static msp_status list_drugs(msp__finding *f, msp_error *err)
{
    size_t most = 1;
    for (size_t i = 0; i < f->n_courses; i++)
        most += f->courses[i].regimen->drugs.n;
    f->drugs = msp_arena_array(f->arena, most, sizeof *f->drugs);
    f->unit = msp_arena_array(&f->scratch, most, sizeof *f->unit);
    f->vague = msp_arena_array(&f->scratch, most, sizeof *f->vague);
    if (f->vague == NULL || f->drugs == NULL || f->unit == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the drugs of an arm");
    for (size_t i = 0; i < f->n_courses; i++)
        for (size_t k = 0; k < f->courses[i].regimen->drugs.n; k++) {
            const char *drug = msp_dosing_drug(&f->courses[i].regimen->drugs.items[k]);
            if (is_listed(f, drug))
                continue;
            f->unit[f->out->n_drugs] = -1;
            f->drugs[f->out->n_drugs++] = (msp_drug_exposure){.drug = drug,
                                                              .given = none,
                                                              .planned = none,
                                                              .planned_rate = none,
                                                              .given_rate = none,
                                                              .relative = none,
                                                              .reductions = -1,
                                                              .omissions = -1};
        }
    f->out->drugs = f->drugs;
    return MSP_OK;
}

/* -- one row -- */

/* Why the days of a row are not known; NULL: they are. */
static const char *vague(const msp_given *g)
{
    return g->first == MSP_NO_DAY              ? "a dose without its day"
           : g->last == MSP_NO_DAY             ? "a dose of which the end is not known"
           : g->last - g->first > ROW_DAYS_MAX ? "a dose that goes on for more than ten years"
           : g->times == 0                     ? "how often a dose was given is not known"
                                               : NULL;
}

/* Grams become milligrams, so that units are alike where they can be. */
static bool amount_of(const msp_given *g, int *unit, msp_decimal *amount)
{
    const msp_decimal times = {g->times, 0};
    *unit = g->unit == MSP_DOSE_G ? MSP_DOSE_MG : g->unit;
    return msp_decimal_mul(g->amount.value, times, amount) &&
           msp_decimal_shift(*amount, g->unit == MSP_DOSE_G ? 3 : 0, amount);
}

/* The days of a row; only its first where the others are not known. */
static size_t days_of(const msp_given *g)
{
    const bool one = vague(g) != NULL;
    return g->first == MSP_NO_DAY ? 0 : one ? 1 : (size_t)((g->last - g->first) / g->every) + 1;
}

static void add_row(msp__finding *f, const msp_given *g, size_t drug)
{
    msp_drug_exposure *d = &f->drugs[drug];
    msp_decimal amount = {0};
    int unit = -1;
    const char *fault = vague(g);
    f->vague[drug] = f->vague[drug] || fault != NULL;
    if (fault == NULL && !g->amount.known)
        fault = "a dose without its amount";
    if (fault == NULL && g->unit < 0)
        fault = "a dose without a unit of dose";
    if (fault == NULL && !amount_of(g, &unit, &amount))
        fault = "a dose of too many digits";
    if (fault == NULL && f->unit[drug] >= 0 && f->unit[drug] != unit)
        fault = "doses in more than one unit";
    if (fault == NULL)
        f->unit[drug] = unit;
    else if (d->note == NULL)
        d->note = fault;
    const size_t n = days_of(g);
    for (size_t i = 0; i < n; i++)
        f->doses[f->n_doses++] = (msp__dose_day){.day = g->first + (msp_day)i * g->every,
                                                 .named = g->cycle,
                                                 .goes_on = i > 0,
                                                 .amount = amount};
}

/* -- all of them -- */

static int by_day(const void *a, const void *b)
{
    const msp__dose_day *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->named != y->named)
        return x->named < y->named ? -1 : 1;
    return (int)x->goes_on - (int)y->goes_on; /* what can begin a cycle first */
}

/* Rows mostly come by day. */
static void sort(msp__dose_day *doses, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (by_day(&doses[i - 1], &doses[i]) > 0) {
            qsort(doses, n, sizeof *doses, by_day);
            return;
        }
}

msp_status msp__given_days(msp__finding *f, msp_error *err)
{
    const msp_status rc = list_drugs(f, err);
    size_t most = 1;
    if (rc != MSP_OK)
        return rc;
    for (size_t i = 0; i < f->who->n_given; i++)
        most += days_of(&f->who->given[i]);
    f->doses = msp_arena_array(&f->scratch, most, sizeof *f->doses);
    f->from = msp_arena_array(&f->scratch, f->out->n_drugs + 1, sizeof *f->from);
    if (f->doses == NULL || f->from == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the doses of a patient");
    for (size_t k = 0; k < f->out->n_drugs; k++) {
        f->from[k] = f->n_doses;
        for (size_t i = 0; i < f->who->n_given; i++)
            if (strcmp(f->who->given[i].drug, f->drugs[k].drug) == 0)
                add_row(f, &f->who->given[i], k);
        sort(f->doses + f->from[k], f->n_doses - f->from[k]);
    }
    f->from[f->out->n_drugs] = f->n_doses;
    return MSP_OK;
}
