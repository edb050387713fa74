#include "blood.h"

#include <stdlib.h>
#include <string.h>

#include "mspike/patient/lab_result.h"
#include "mspike/patient/unit.h"

const msp_blood_info *msp_blood_about(msp_blood_test test)
{
    static const msp_blood_info infos[] = {
#define AS_INFO(code, name, codes, column, unit, other, coefficient, scale, param, text) \
    {name, codes, column, {unit, other}, {coefficient, scale}, param, text},
        MSP_BLOOD_LIST(AS_INFO)
#undef AS_INFO
    };
    return &infos[test];
}

/* -- one row -- */

/* Which of the test's units `unit` is a power of ten of. */
static bool find_unit(msp_blood_test test, const char *unit, uint8_t *out)
{
    const msp_blood_info *about = msp_blood_about(test);
    msp_decimal unused;
    for (uint8_t i = 0; i < 2 && about->unit[i][0] != '\0'; i++)
        if (msp_unit_rescale((msp_decimal){1, 0}, unit, about->unit[i], &unused) ==
            MSP_UNIT_CONVERTED) {
            *out = i;
            return true;
        }
    return false;
}

/* A reference limit; "<5" is 5. False where there is none. */
static bool read_limit(const char *text, bool comma, const char *from, const char *to,
                       msp_decimal *out)
{
    const msp_lab_result r = msp_lab_result_read(MSP_MARKER_ALBUMIN, text, comma);
    return r.kind == MSP_RESULT_VALUE && r.value.coefficient >= 0 &&
           strspn(text, "<>= .,0123456789") == strlen(text) &&
           msp_unit_rescale(r.value, from, to, out) == MSP_UNIT_CONVERTED;
}

static void read_limits(const blood_cells *cells, const char *to, msp_blood *out)
{
    out->flags &= (uint8_t) ~(MSP_BLOOD_HAS_LOWER | MSP_BLOOD_HAS_UPPER);
    if (read_limit(cells->lower, cells->comma, cells->unit, to, &out->lower))
        out->flags |= MSP_BLOOD_HAS_LOWER;
    if (read_limit(cells->upper, cells->comma, cells->unit, to, &out->upper))
        out->flags |= MSP_BLOOD_HAS_UPPER;
    const unsigned both = MSP_BLOOD_HAS_LOWER | MSP_BLOOD_HAS_UPPER;
    if ((out->flags & both) == both && msp_decimal_cmp(out->lower, out->upper) > 0)
        out->flags &= (uint8_t)~both; /* one of them is wrong */
}

blood_fault blood_read(msp_blood_test test, const blood_cells *cells, msp_blood *out)
{
    const msp_lab_result r = msp_lab_result_read(MSP_MARKER_ALBUMIN, cells->value, cells->comma);
    if (r.kind != MSP_RESULT_VALUE)
        return r.kind == MSP_RESULT_NOTHING ? BLOOD_NOTHING : BLOOD_UNREADABLE;
    if (r.value.coefficient < 0)
        return BLOOD_NEGATIVE;
    if (cells->unit[0] == '\0')
        return BLOOD_NO_UNIT;
    if (!find_unit(test, cells->unit, &out->unit))
        return BLOOD_UNIT;
    const char *to = msp_blood_about(test)->unit[out->unit];
    if (msp_unit_rescale(r.value, cells->unit, to, &out->value) != MSP_UNIT_CONVERTED)
        return BLOOD_DIGITS;
    out->test = (uint8_t)test;
    if ((r.flags & MSP_MEASURED_BELOW) != 0)
        out->flags |= MSP_BLOOD_BELOW;
    if ((r.flags & MSP_MEASURED_ABOVE) != 0)
        out->flags |= MSP_BLOOD_ABOVE;
    read_limits(cells, to, out);
    return BLOOD_READ;
}

const char *blood_fault_text(blood_fault fault)
{
    static const char *const texts[] = {
        [BLOOD_READ] = "",
        [BLOOD_NOTHING] = "no result",
        [BLOOD_UNREADABLE] = "no number",
        [BLOOD_NEGATIVE] = "below 0",
        [BLOOD_NO_UNIT] = "without a unit",
        [BLOOD_UNIT] = "in a unit that is none of this test",
        [BLOOD_DIGITS] = "of more than 18 digits",
    };
    return texts[fault];
}

/* Generous: what is outside should be a unit or a typing error. In the test's first unit. */
static const struct {
    msp_blood_test test;
    int64_t low, high; /* in tenths */
} ranges[] = {
    {MSP_BLOOD_HAEMOGLOBIN, 20, 250}, {MSP_BLOOD_NEUTROPHILS, 0, 3000},
    {MSP_BLOOD_PLATELETS, 0, 40000},  {MSP_BLOOD_LYMPHOCYTES, 0, 10000},
    {MSP_BLOOD_LEUCOCYTES, 0, 10000}, {MSP_BLOOD_CREATININE, 100, 30000},
    {MSP_BLOOD_ALT, 0, 200000},       {MSP_BLOOD_AST, 0, 200000},
    {MSP_BLOOD_BILIRUBIN, 0, 15000},  {MSP_BLOOD_CALCIUM, 40, 250},
    {MSP_BLOOD_POTASSIUM, 10, 120},   {MSP_BLOOD_SODIUM, 900, 2000},
    {MSP_BLOOD_ALBUMIN, 5, 80},       {MSP_BLOOD_GLUCOSE, 50, 20000},
    {MSP_BLOOD_PHOSPHATE, 1, 300},
};

bool blood_plausible(const msp_blood *x)
{
    const msp_decimal tenth = {1, 1};
    msp_decimal value;
    if (!msp_blood_first_unit(x, &value))
        return false;
    for (size_t i = 0; i < MSP_COUNT(ranges); i++)
        if (ranges[i].test == (msp_blood_test)x->test)
            return msp_decimal_cmp_times(value, 1, tenth, ranges[i].low) >= 0 &&
                   msp_decimal_cmp_times(value, 1, tenth, ranges[i].high) <= 0;
    return true;
}

int msp_blood_cmp(const msp_blood *x, msp_decimal limit, int64_t tenths)
{
    const int order = msp_decimal_cmp_times(x->value, 10, limit, tenths);
    if (order != 0)
        return order;
    return (x->flags & MSP_BLOOD_BELOW) != 0 ? -1 : (x->flags & MSP_BLOOD_ABOVE) != 0 ? 1 : 0;
}

bool msp_blood_first_unit(const msp_blood *x, msp_decimal *out)
{
    const msp_decimal factor = msp_blood_about((msp_blood_test)x->test)->factor;
    *out = x->value;
    return x->unit == 0 || msp_decimal_mul(x->value, factor, out);
}

bool msp_blood_cmp_other(const msp_blood *x, const msp_blood *other, int64_t tenths, int *out)
{
    msp_blood first = *x;
    msp_decimal limit = other->value;
    if (x->unit != other->unit &&
        (!msp_blood_first_unit(x, &first.value) || !msp_blood_first_unit(other, &limit)))
        return false;
    *out = msp_blood_cmp(&first, limit, tenths);
    return true;
}

/* -- all rows -- */

bool blood_keep(blood_list *list, const blood_sample *sample)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap > 0 ? 2 * list->cap : 1024;
        blood_sample *more = realloc(list->items, cap * sizeof *more);
        if (more == NULL)
            return false;
        list->items = more;
        list->cap = cap;
    }
    list->items[list->n++] = *sample;
    return true;
}

static int by_time(const void *pa, const void *pb)
{
    const blood_sample *a = pa, *b = pb;
    if (a->patient != b->patient)
        return a->patient < b->patient ? -1 : 1;
    if (a->b.day != b->b.day)
        return a->b.day < b->b.day ? -1 : 1;
    if (a->b.second != b->b.second)
        return a->b.second < b->b.second ? -1 : 1;
    return (a->b.row > b->b.row) - (a->b.row < b->b.row);
}

/* Ca + 0.8 (4.0 - albumin) of mg/dL, 0.2 of mmol/L; as it stands where it needs too many digits. */
static bool correct(msp_blood *calcium, const msp_blood *albumin)
{
    const msp_decimal weight = calcium->unit == 0 ? (msp_decimal){8, 1} : (msp_decimal){2, 1};
    msp_decimal missing, out;
    if (!msp_decimal_sub((msp_decimal){40, 1}, albumin->value, &missing) ||
        !msp_decimal_mul(missing, weight, &missing) ||
        !msp_decimal_add(calcium->value, missing, &out) || out.coefficient < 0)
        return false;
    calcium->value = out;
    return true;
}

/* Total calcium of one day becomes corrected calcium, or goes where the laboratory reported that.
 * Returns how many are left. */
static size_t correct_day(blood_sample *day, size_t n)
{
    const msp_blood *albumin = NULL;
    bool reported = false;
    for (size_t i = 0; i < n; i++) {
        if (day[i].b.test == MSP_BLOOD_ALBUMIN)
            albumin = &day[i].b;
        reported = reported || (day[i].b.test == MSP_BLOOD_CALCIUM && !day[i].total);
    }
    const msp_blood level = albumin != NULL ? *albumin : (msp_blood){0}; /* rows move up below */
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        blood_sample now = day[i];
        if (now.total && reported)
            continue;
        if (now.total && (albumin == NULL || !correct(&now.b, &level)))
            now.b.flags |= MSP_BLOOD_UNCORRECTED;
        day[kept++] = now;
    }
    return kept;
}

static void give(const blood_list *list, msp_blood *items, msp_bloods *out)
{
    for (size_t i = 0; i < list->n; i++) {
        msp_blood_of *of = &out->of[list->items[i].patient];
        if (of->n == 0)
            of->items = items + i;
        items[i] = list->items[i].b;
        of->n++;
        out->n_unlimited += (items[i].flags & (MSP_BLOOD_HAS_LOWER | MSP_BLOOD_HAS_UPPER)) == 0;
    }
    out->n_values = list->n;
}

msp_status blood_finish(blood_list *list, size_t n, msp_bloods *out, msp_error *err)
{
    if (list->n > 0)
        qsort(list->items, list->n, sizeof *list->items, by_time);
    size_t kept = 0;
    for (size_t i = 0, to; i < list->n; i = to) {
        for (to = i + 1; to < list->n && list->items[to].patient == list->items[i].patient &&
                         list->items[to].b.day == list->items[i].b.day;)
            to++;
        const size_t left = correct_day(list->items + i, to - i);
        memmove(list->items + kept, list->items + i, left * sizeof *list->items);
        kept += left;
    }
    list->n = kept;
    msp_blood *items = msp_arena_array(&out->arena, list->n + 1, sizeof *items);
    out->of = msp_arena_array(&out->arena, n + 1, sizeof *out->of);
    out->n = n;
    const bool memory = items != NULL && out->of != NULL;
    if (memory)
        give(list, items, out);
    free(list->items);
    *list = (blood_list){0};
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for the blood values");
}

void msp_bloods_free(msp_bloods *bloods)
{
    msp_arena_free(&bloods->arena);
    *bloods = (msp_bloods){0};
}
