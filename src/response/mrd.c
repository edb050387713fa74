#include "mspike/response/mrd.h"

msp_mrd_rules msp_mrd_rules_of(const msp_rules *rules)
{
    enum { VGPR = 1 }; /* the order of the words of mrd_requires */
    msp_mrd_rules out = {.limit = {10, 0},
                         .requires =
                             rules->mrd_requires.value == VGPR ? MSP_LEVEL_VGPR : MSP_LEVEL_CR};
    out.ife_once = !rules->relapse_cr_confirm.value;
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

/* -- relapse -- */

const char *msp_mrd_sign_text(msp_mrd_sign sign)
{
    static const char *const texts[] = {
#define AS_TEXT(code, text) text,
        MSP_MRD_SIGN_LIST(AS_TEXT)
#undef AS_TEXT
    };
    return (size_t)sign < MSP_COUNT(texts) ? texts[sign] : "?";
}

static void take_sign(msp_mrd *mrd, msp_day day, msp_mrd_sign sign)
{
    if (mrd->relapse == MSP_NO_DAY || day < mrd->relapse ||
        (day == mrd->relapse && sign < mrd->relapse_by)) {
        mrd->relapse = day;
        mrd->relapse_by = sign;
    }
}

/* What was there at the last assessment up to the negative test. */
static uint8_t signs_before(const msp_response_result *r, msp_day day)
{
    uint8_t signs = 0;
    for (size_t i = 0; i < r->n_assessed && r->assessed[i].day <= day; i++)
        signs = r->assessed[i].flags;
    return signs;
}

/* Whether the next assessment with an immunofixation is positive as well. */
static bool ife_again(const msp_response_result *r, size_t i)
{
    while (++i < r->n_assessed && !r->assessed[i].excluded)
        if ((r->assessed[i].flags & (MSP_ASSESSED_IFE_POSITIVE | MSP_ASSESSED_IFE_NEGATIVE)) != 0)
            return (r->assessed[i].flags & MSP_ASSESSED_IFE_POSITIVE) != 0;
    return false;
}

static void take_assessments(const msp_response_result *r, bool ife_once, msp_mrd *mrd)
{
    const uint8_t before = signs_before(r, mrd->negative);
    for (size_t i = 0; i < r->n_assessed && !r->assessed[i].excluded; i++) {
        const msp_assessed *a = &r->assessed[i];
        const uint8_t back = (uint8_t)(a->flags & ~before);
        if (a->day <= mrd->negative)
            continue;
        if ((back & MSP_ASSESSED_PROTEIN) != 0)
            take_sign(mrd, a->day, MSP_MRD_SIGN_PROTEIN);
        if ((back & MSP_ASSESSED_IFE_POSITIVE) != 0 && (ife_once || ife_again(r, i)))
            take_sign(mrd, a->day, MSP_MRD_SIGN_IMMUNOFIXATION);
        if ((a->flags & MSP_ASSESSED_MARROW) != 0)
            take_sign(mrd, a->day, MSP_MRD_SIGN_MARROW);
        if (a->raw == MSP_LEVEL_PD)
            take_sign(mrd, a->day, MSP_MRD_SIGN_PROGRESSION);
    }
}

static void find_relapse(const msp_patient *p, const msp_response_result *r, bool ife_once,
                         msp_mrd *mrd)
{
    if (mrd->negative == MSP_NO_DAY)
        return;
    for (size_t i = 0; i < mrd->n; i++)
        if (mrd->tests[i].day > mrd->negative && mrd->tests[i].negative == MSP_NO)
            take_sign(mrd, mrd->tests[i].day, MSP_MRD_SIGN_LOST);
    for (size_t i = 0; i < p->n_measured; i++) {
        const msp_measured *m = &p->measured[i];
        if (m->marker == MSP_MARKER_PET && m->coefficient != 0 && m->day > mrd->negative &&
            (m->flags & MSP_MEASURED_SPURIOUS) == 0 &&
            (p->new_therapy == MSP_NO_DAY || m->day < p->new_therapy))
            take_sign(mrd, m->day, MSP_MRD_SIGN_IMAGING);
    }
    take_assessments(r, ife_once, mrd);
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
                     .sustained_marrow = MSP_NO_DAY,
                     .relapse = MSP_NO_DAY};
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
    find_relapse(patient, result, rules->ife_once, out);
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
