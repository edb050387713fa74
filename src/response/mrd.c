#include "mspike/response/mrd.h"

msp_mrd_rules msp_mrd_rules_of(const msp_rules *rules)
{
    enum { VGPR = 1 }; /* the order of the words of mrd_requires */
    msp_mrd_rules out = {.limit = {10, 0},
                         .requires =
                             rules->mrd_requires.value == VGPR ? MSP_LEVEL_VGPR : MSP_LEVEL_CR};
    msp_decimal limit;
    if (msp_decimal_from_double(rules->mrd_limit.value, &limit) &&
        msp_decimal_shift(limit, -6, &limit))
        out.limit = limit;
    return out;
}

static bool is_test(const msp_measured *m)
{
    return (m->marker == MSP_MARKER_MRD_FLOW || m->marker == MSP_MARKER_MRD_SEQUENCING) &&
           (m->flags & MSP_MEASURED_SPURIOUS) == 0;
}

static msp_fact is_negative(const msp_measured *m, msp_decimal limit)
{
    const int order = msp_decimal_cmp(msp_measured_value(m), limit);
    if ((m->flags & MSP_MEASURED_BELOW) == 0)
        return msp_fact_of(order < 0);
    return m->coefficient > 0 && order <= 0 ? MSP_YES : MSP_UNKNOWN;
}

/* Whether the level was reached, and confirmed, by the first assessment after the day, and the
 * disease had not progressed by then. */
static bool is_responding(const msp_response_result *r, msp_day day, msp_response_level level)
{
    bool reached = false, after = false;
    for (size_t i = 0; i < r->n_assessed && !after; i++) {
        const msp_assessed *a = &r->assessed[i];
        after = a->day > day;
        if (a->progressed && !after)
            return false;
        reached = reached || (!a->excluded && a->confirmed >= level);
    }
    return reached;
}

/* The last PET/CT up to the day after, for marrow and scan belong together. */
static msp_fact imaging_at(const msp_patient *p, msp_day day)
{
    msp_fact negative = MSP_UNKNOWN;
    msp_day last = MSP_NO_DAY;
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        if (m->marker != MSP_MARKER_PET || (m->flags & MSP_MEASURED_SPURIOUS) != 0 ||
            m->day > day + 1 || m->day < last)
            continue;
        negative = msp_fact_of(m->coefficient == 0);
        last = m->day;
    }
    return negative;
}

static bool counts(const msp_mrd_test *t, bool with_imaging)
{
    return t->negative == MSP_YES && t->responding && (!with_imaging || t->imaging == MSP_YES);
}

/* The first test that is a year after one that counts, nothing positive between them. */
static msp_day sustained(const msp_mrd *mrd, bool with_imaging)
{
    for (size_t from = 0; from < mrd->n; from++) {
        if (!counts(&mrd->tests[from], with_imaging))
            continue;
        for (size_t i = from + 1; i < mrd->n; i++) {
            const msp_mrd_test *t = &mrd->tests[i];
            if (t->negative == MSP_NO || (with_imaging && t->imaging == MSP_NO))
                break;
            if (counts(t, with_imaging) && t->day - mrd->tests[from].day >= MSP_MRD_SUSTAINED_DAYS)
                return t->day;
        }
    }
    return MSP_NO_DAY;
}

/* By day; measurements stand by the day of their assessment, which is nearly that. */
static void insert(msp_mrd_test *tests, size_t n, msp_mrd_test t)
{
    for (; n > 0 && tests[n - 1].day > t.day; n--)
        tests[n] = tests[n - 1];
    tests[n] = t;
}

msp_status msp_mrd_find(const msp_patient *patient, const msp_response_result *result,
                        const msp_mrd_rules *rules, msp_arena *arena, msp_mrd *out, msp_error *err)
{
    *out = (msp_mrd){.negative = MSP_NO_DAY,
                     .imaging_plus = MSP_NO_DAY,
                     .sustained = MSP_NO_DAY,
                     .sustained_marrow = MSP_NO_DAY};
    size_t n = 0;
    for (size_t i = 0; i < patient->n_measured; i++)
        n += is_test(&patient->measured[i]);
    msp_mrd_test *tests = msp_arena_array(arena, n + 1, sizeof *tests);
    if (tests == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the tests of residual disease");
    for (size_t i = 0; i < patient->n_measured; i++) {
        const msp_measured *m = &patient->measured[i];
        if (!is_test(m) || (patient->new_therapy != MSP_NO_DAY && m->day >= patient->new_therapy))
            continue;
        insert(tests, out->n++,
               (msp_mrd_test){.day = m->day,
                              .sequencing = m->marker == MSP_MARKER_MRD_SEQUENCING,
                              .negative = is_negative(m, rules->limit),
                              .responding = is_responding(result, m->day, rules->requires),
                              .imaging = imaging_at(patient, m->day),
                              .table = m->table,
                              .row = m->row});
    }
    out->tests = tests;
    for (size_t i = out->n; i-- > 0;) {
        if (counts(&tests[i], false))
            out->negative = tests[i].day;
        if (counts(&tests[i], true))
            out->imaging_plus = tests[i].day;
    }
    out->sustained = sustained(out, true);
    out->sustained_marrow = sustained(out, false);
    return MSP_OK;
}

bool msp_mrd_any(const msp_patients *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        for (size_t k = 0; k < patients->patients[i].n_measured; k++)
            if (is_test(&patients->patients[i].measured[k]))
                return true;
    return false;
}
