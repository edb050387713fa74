/* sdtm_lesions.c - plasmacytomas measured one by one: the sum of the products of their diameters,
 * and whether one grew longer by half.
 *
 * A sum stands for a visit where every lesion of the patient's first such visit has both diameters,
 * and is over those lesions; otherwise nothing is summed, and that is said: a sum over fewer
 * lesions would look like a response. A lesion that is first measured after the first dose, and was
 * not at that visit, is a new one (rules 2.4, P6), which is said too.
 */
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "mspike/base/text.h"
#include "sdtm.h"

/* One diameter of one lesion, in cm. */
typedef struct diameter {
    uint32_t patient, lesion; /* lesion: text of TRLNKID */
    bool across;              /* perpendicular */
    double visit;
    msp_day day;
    size_t row;
    msp_decimal value;
} diameter;

typedef struct lesions {
    sdtm_table *t;
    const msp_column *code, *link, *value, *unit, *date, *visit, *status;
    diameter *all;
    size_t n;
} lesions;

static int in_order(const void *a, const void *b)
{
    const diameter *x = a, *y = b;
    if (x->patient != y->patient)
        return x->patient < y->patient ? -1 : 1;
    if (x->visit != y->visit)
        return x->visit < y->visit ? -1 : 1;
    if (x->visit == SDTM_NO_VISIT && x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->lesion != y->lesion)
        return x->lesion < y->lesion ? -1 : 1;
    if (x->across != y->across)
        return x->across ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

/* A length in cm; false where it is none. */
static bool read_length(const char *text, const char *unit, msp_decimal *out)
{
    const bool mm = msp_text_equal_nocase(unit, "mm");
    return (mm || msp_text_equal_nocase(unit, "cm")) &&
           msp_decimal_parse(text, strlen(text), out) && out->coefficient >= 0 &&
           msp_decimal_shift(*out, mm ? 1 : 0, out);
}

static void read_diameter(lesions *l, size_t row)
{
    const char *code = sdtm_cell(l->code, row);
    const bool across = msp_text_equal_nocase(code, "PERP");
    const uint32_t patient = sdtm_patient(l->t, row);
    if ((!across && !msp_text_equal_nocase(code, "LDIAM")) || patient == SDTM_NO_PATIENT ||
        sdtm_is_left_out(l->t, row) || sdtm_cell(l->value, row)[0] == '\0' ||
        msp_text_equal_nocase(sdtm_cell(l->status, row), "NOT DONE"))
        return;
    diameter d = {.patient = patient,
                  .lesion = l->link->code[row],
                  .across = across,
                  .visit = SDTM_NO_VISIT,
                  .row = row};
    const char *visit = sdtm_cell(l->visit, row);
    if (!msp_double_parse(visit, strlen(visit), &d.visit))
        d.visit = SDTM_NO_VISIT;
    d.day = sdtm_day(l->t, l->date, row, false);
    if (!read_length(sdtm_cell(l->value, row), sdtm_cell(l->unit, row), &d.value)) {
        sdtm_note(l->t, MSP_SEVERITY_ERROR, "data-value", row, l->value,
                  "it counts as not measured",
                  "the diameter is \"%.40s\" in \"%.20s\"; expected a length in mm or cm",
                  sdtm_cell(l->value, row), sdtm_cell(l->unit, row));
        return;
    }
    if (d.day != MSP_NO_DAY)
        l->all[l->n++] = d;
}

static bool same_visit(const diameter *a, const diameter *b)
{
    return a->patient == b->patient && a->visit == b->visit &&
           (a->visit != SDTM_NO_VISIT || a->day == b->day);
}

static bool is_among(const diameter *all, size_t from, size_t to, uint32_t lesion)
{
    for (size_t i = from; i < to; i++)
        if (all[i].lesion == lesion)
            return true;
    return false;
}

/* The sum over those of all[from..to) that are among all[first..first_to); false where one of them
 * lacks a diameter. */
static bool sum(const diameter *all, size_t first, size_t first_to, size_t from, size_t to,
                msp_decimal *out)
{
    *out = (msp_decimal){0, 0};
    for (size_t i = from, next; i < to; i = next) {
        for (next = i + 1; next < to && all[next].lesion == all[i].lesion;)
            next++;
        if (!is_among(all, first, first_to, all[i].lesion))
            continue;
        msp_decimal product;
        if (next - i != 2 || all[i].across || !all[i + 1].across ||
            !msp_decimal_mul(all[i].value, all[i + 1].value, &product) ||
            !msp_decimal_add(*out, product, out))
            return false;
    }
    return true;
}

/* Whether every lesion of all[first..first_to) is among all[from..to). */
static bool has_all(const diameter *all, size_t first, size_t first_to, size_t from, size_t to)
{
    for (size_t i = first; i < first_to; i++)
        if (!is_among(all, from, to, all[i].lesion))
            return false;
    return true;
}

/* Whether the table gives the patient's sum at that visit itself. */
static bool is_given(const lesions *l, const diameter *d)
{
    const sdtm *s = l->t->s;
    for (size_t i = s->n_samples; i-- > 0 && s->samples[i].m.table == l->t->source;)
        if (s->samples[i].patient == d->patient && s->samples[i].m.marker == MSP_MARKER_SPD &&
            s->samples[i].visit == d->visit)
            return true;
    return false;
}

static msp_day first_day(const diameter *all, size_t from, size_t to)
{
    msp_day day = all[from].day;
    for (size_t i = from; i < to; i++)
        day = all[i].day < day ? all[i].day : day;
    return day;
}

/* False when memory is out. */
static bool keep_sample(lesions *l, const diameter *from, msp_marker marker, msp_decimal value,
                        msp_day day)
{
    sdtm *s = l->t->s;
    return sdtm_keep(s, (sdtm_sample){.m = {.coefficient = value.coefficient,
                                            .scale = (uint8_t)value.scale,
                                            .day = day,
                                            .assessed = day,
                                            .row = (uint32_t)from->row,
                                            .table = l->t->source,
                                            .marker = (uint8_t)marker},
                                      .patient = from->patient,
                                      .visit = from->visit});
}

/* -- lesions that grew longer -- */

/* What is later than a crossover is held against what was last measured up to it, and after it, as
 * all that is judged from there; anything else against all that is earlier. */
static msp_day held_against(const sdtm *s, const diameter *all, size_t i)
{
    const msp_crossed *crossed = s->out->patients[all[i].patient].crossed;
    msp_day day = INT32_MIN;
    if (crossed == NULL || all[i].day <= crossed->day)
        return day;
    for (size_t k = i; k-- > 0 && all[k].patient == all[i].patient;)
        if (all[k].day <= crossed->day && all[k].day > day)
            day = all[k].day;
    return day;
}

/* The lesion was wider than 1 cm at some earlier visit, and was this long at the shortest. */
static bool was_wide(const sdtm *s, const diameter *all, size_t i, msp_decimal *shortest)
{
    const msp_decimal wide = {1, 0};
    const msp_day since = held_against(s, all, i);
    bool is_wide = false, any = false;
    for (size_t k = i; k-- > 0 && all[k].patient == all[i].patient;) {
        const diameter *d = &all[k];
        if (d->lesion != all[i].lesion || same_visit(d, &all[i]) || d->day < since)
            continue;
        if (d->across)
            is_wide = is_wide || msp_decimal_cmp(d->value, wide) > 0;
        else if (!any || msp_decimal_cmp(d->value, *shortest) < 0) {
            *shortest = d->value;
            any = true;
        }
    }
    return is_wide && any;
}

/* Rules 2.4, P6: the longest diameter of a lesion half as long again as at its shortest; one that
 * is still gone is not. One row a visit says so. */
static msp_status add_longer(lesions *l, msp_error *err)
{
    const diameter *last = NULL;
    for (size_t i = 0; i < l->n; i++) {
        const diameter *d = &l->all[i];
        msp_decimal shortest;
        if (d->across || (last != NULL && same_visit(last, d)) ||
            !was_wide(l->t->s, l->all, i, &shortest) || msp_decimal_cmp(d->value, shortest) <= 0 ||
            msp_decimal_cmp_times(d->value, 2, shortest, 3) < 0)
            continue;
        last = d;
        if (!keep_sample(l, d, MSP_MARKER_LONGER, (msp_decimal){1, 0}, d->day))
            return msp_fail(err, MSP_EMEM, "no memory for the samples");
    }
    return MSP_OK;
}

/* The lesions of all[from..to) that none of the patient's earlier visits has, which begin at
 * `first`. False when memory is out. */
static bool add_new(lesions *l, size_t first, size_t from, size_t to)
{
    const diameter *all = l->all;
    const msp_day began = l->t->s->out->patients[all[from].patient].first_dose;
    for (size_t i = from; i < to; i++) {
        if (is_among(all, first, i, all[i].lesion) || began == MSP_NO_DAY || all[i].day <= began)
            continue;
        sdtm_note(l->t, MSP_SEVERITY_WARNING, "data-lesions", all[i].row, l->link,
                  "it counts as a new lesion, and not in the sum",
                  "a plasmacytoma that was not measured before");
        if (!keep_sample(l, &all[i], MSP_MARKER_NEW_LESION, (msp_decimal){1, 0}, all[i].day))
            return false;
    }
    return true;
}

static msp_status add_sums(lesions *l, msp_error *err)
{
    const diameter *all = l->all;
    size_t first = 0, first_to = 0;
    for (size_t from = 0, to; from < l->n; from = to) {
        for (to = from + 1; to < l->n && same_visit(&all[from], &all[to]);)
            to++;
        msp_decimal value;
        const bool new_patient = from == 0 || all[first].patient != all[from].patient;
        if (new_patient) {
            first = from;
            first_to = to;
        } else if (!add_new(l, first, from, to)) {
            return msp_fail(err, MSP_EMEM, "no memory for the samples");
        }
        const bool complete = sum(all, first, first_to, from, to, &value);
        if (is_given(l, &all[from]))
            continue;
        if (!complete || (!new_patient && !has_all(all, first, first_to, from, to))) {
            sdtm_note(l->t, MSP_SEVERITY_WARNING, "data-lesions", all[from].row, l->value,
                      "the sum of this visit counts as not measured",
                      "not every plasmacytoma has both diameters (LDIAM, PERP) here");
            continue;
        }
        if (!keep_sample(l, &all[from], MSP_MARKER_SPD, value, first_day(all, from, to)))
            return msp_fail(err, MSP_EMEM, "no memory for the samples");
    }
    return MSP_OK;
}

msp_status sdtm_lesions(sdtm_table *t, msp_error *err)
{
    lesions l = {.t = t,
                 .code = msp_table_column(&t->table, "TRTESTCD"),
                 .link = msp_table_column(&t->table, "TRLNKID"),
                 .value = msp_table_column(&t->table, "TRORRES"),
                 .unit = msp_table_column(&t->table, "TRORRESU"),
                 .date = msp_table_column(&t->table, "TRDTC"),
                 .visit = msp_table_column(&t->table, "VISITNUM"),
                 .status = msp_table_column(&t->table, "TRSTAT")};
    if (l.code == NULL || l.link == NULL)
        return MSP_OK;
    l.all = msp_arena_array(&t->s->scratch, t->table.n_rows + 1, sizeof *l.all);
    if (l.all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the lesions");
    for (size_t row = 0; row < t->table.n_rows; row++)
        read_diameter(&l, row);
    if (l.n > 0)
        qsort(l.all, l.n, sizeof *l.all, in_order);
    const msp_status rc = add_sums(&l, err);
    return rc == MSP_OK ? add_longer(&l, err) : rc;
}
