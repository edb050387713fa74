/* profile.c - who a patient is at the beginning.
 *
 *   1. values     2. stage and risk     3. body     4. previous therapy
 */
#include "mspike/patient/profile.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mspike/base/text.h"
#include "stage_limits.h"

/* -- 1. values -- */

static msp_amount amount_of(const msp_measured *m)
{
    const uint8_t bound = MSP_MEASURED_BELOW | MSP_MEASURED_ABOVE | MSP_MEASURED_OR_EQUAL;
    return (msp_amount){
        .known = true, .value = msp_measured_value(m), .flags = (uint8_t)(m->flags & bound)};
}

static const msp_measured *last_of(const msp_measured *all, size_t n, msp_marker marker,
                                   msp_day until)
{
    const msp_measured *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const msp_measured *m = &all[i];
        if (m->marker == marker && m->day <= until && (m->flags & MSP_MEASURED_SPURIOUS) == 0 &&
            (last == NULL || m->day >= last->day))
            last = m;
    }
    return last;
}

static msp_amount value_of(const msp_patient *p, msp_marker marker)
{
    const bool apart = marker >= MSP_MARKER_APART;
    const msp_measured *m = last_of(apart ? p->apart : p->measured,
                                    apart ? p->n_apart : p->n_measured, marker, p->baseline);
    return m != NULL ? amount_of(m) : (msp_amount){0};
}

/* One that is reckoned with: a bound is none. */
static msp_amount exact(msp_amount x)
{
    return x.flags == 0 ? x : (msp_amount){0};
}

/* LDH and the limit of the same report. */
static void read_ldh(const msp_patient *p, msp_risk_facts *out)
{
    const msp_measured *ldh = last_of(p->apart, p->n_apart, MSP_MARKER_LDH, p->baseline);
    if (ldh == NULL)
        return;
    out->ldh = amount_of(ldh);
    for (size_t i = 0; i < p->n_apart; i++) {
        const msp_measured *m = &p->apart[i];
        if (m->marker == MSP_MARKER_LDH_UPPER && m->table == ldh->table && m->row == ldh->row)
            out->ldh_upper = (msp_amount){.known = true, .value = msp_measured_value(m)};
    }
}

/* Creatinine is kept in umol/L; nine digits give back any mg/dL that a laboratory prints. */
static msp_amount creatinine_of(const msp_patient *p)
{
    msp_amount out = value_of(p, MSP_MARKER_CREATININE);
    out.known = out.known && out.value.coefficient > 0 &&
                msp_decimal_from_double(msp_decimal_to_double(out.value) / 88.42, &out.value);
    out.value = msp_decimal_round(out.value, 9);
    return out;
}

/* Any test that found it is enough. */
static msp_fact found(const msp_patient *p, msp_marker marker)
{
    msp_fact out = MSP_UNKNOWN;
    for (size_t i = 0; i < p->n_apart; i++) {
        const msp_measured *m = &p->apart[i];
        if (m->marker != marker || m->day > p->baseline)
            continue;
        const msp_fact here = msp_fact_of(m->coefficient != 0);
        out = out == MSP_UNKNOWN ? here : msp_fact_or(out, here);
    }
    return out;
}

static int openness(msp_amount a)
{
    return (a.flags & MSP_MEASURED_ABOVE) != 0 ? 2 : (a.flags & MSP_MEASURED_BELOW) != 0;
}

/* The larger of two; where bounds leave open which that is, what holds of both. */
static msp_amount larger(msp_amount a, msp_amount b)
{
    const msp_fact below = msp_amount_below(a, b);
    if (!a.known || below == MSP_YES)
        return b;
    if (below == MSP_NO)
        return a;
    if (openness(a) != openness(b))
        return openness(a) > openness(b) ? a : b;
    return msp_decimal_cmp(a.value, b.value) > 0 ? a : b;
}

static msp_amount largest(const msp_patient *p, msp_marker marker)
{
    msp_amount out = {0};
    for (size_t i = 0; i < p->n_apart; i++) {
        const msp_measured *m = &p->apart[i];
        if (m->marker == marker && m->day <= p->baseline)
            out = larger(out, amount_of(m));
    }
    return out;
}

/* In no cell is a lesion that is not there. */
static msp_lesion lesion_of(const msp_patient *p, msp_marker call, msp_marker cells)
{
    msp_lesion out = {.found = found(p, call), .cells = largest(p, cells)};
    if (out.found == MSP_UNKNOWN && out.cells.known && out.cells.value.coefficient == 0 &&
        (out.cells.flags & MSP_MEASURED_ABOVE) == 0)
        out.found = MSP_NO;
    return out;
}

static msp_risk_facts facts_of(const msp_patient *p)
{
    msp_risk_facts out = {
        .beta2_microglobulin = value_of(p, MSP_MARKER_B2M),
        .albumin = value_of(p, MSP_MARKER_ALBUMIN),
        .creatinine = creatinine_of(p),
        .del17p = lesion_of(p, MSP_MARKER_DEL17P, MSP_MARKER_DEL17P_CELLS),
        .t4_14 = lesion_of(p, MSP_MARKER_T4_14, MSP_MARKER_T4_14_CELLS),
        .t14_16 = lesion_of(p, MSP_MARKER_T14_16, MSP_MARKER_T14_16_CELLS),
        .t14_20 = {.found = found(p, MSP_MARKER_T14_20)},
        .gain_1q = found(p, MSP_MARKER_GAIN_1Q),
        .del1p32 = found(p, MSP_MARKER_DEL1P32),
        .del1p32_biallelic = found(p, MSP_MARKER_DEL1P32_BOTH),
        .tp53_mutation = found(p, MSP_MARKER_TP53),
    };
    read_ldh(p, &out);
    return out;
}

/* -- 2. stage and risk -- */

/* "not known: albumin, LDH"; NULL where `known`. */
typedef struct missing {
    msp_text text;
} missing;

static void lacks(missing *m, bool known, const char *what)
{
    if (!known)
        msp_text_printf(&m->text, "%s%s", m->text.len > 0 ? ", " : "not known: ", what);
}

/* The same of a value: it is not there, or is a bound that leaves the question open. */
static void lacks_answer(missing *m, msp_amount x, msp_fact answer, const char *name)
{
    char bound[MSP_AMOUNT_MAX];
    if (answer != MSP_UNKNOWN)
        return;
    lacks(m, false, name);
    msp_amount_format(x, bound);
    if (x.known && x.flags != 0)
        msp_text_printf(&m->text, " (only \"%s\")", bound);
}

static void lacks_lesion(missing *m, msp_lesion lesion, msp_amount cut, const char *name)
{
    char what[96];
    if (lesion.found == MSP_NO || (!cut.known && lesion.found == MSP_YES))
        return;
    snprintf(what, sizeof what, "share of cells with %s", name);
    if (cut.known) {
        lacks_answer(m, lesion.cells, msp_amount_at_least(lesion.cells, cut), what);
        return;
    }
    if (lesion.cells.known) {
        char share[MSP_AMOUNT_MAX];
        msp_amount_format(lesion.cells, share);
        snprintf(what, sizeof what, "whether %s in %s %% of cells counts", name, share);
    }
    lacks(m, false, lesion.cells.known ? what : name);
}

/* Keeps the text where the answer is not known. False when memory is out. */
static bool keep_note(missing *m, bool known, msp_arena *arena, const char **out)
{
    *out = NULL;
    if (!known)
        *out = msp_arena_text(arena, msp_text_str(&m->text));
    const bool memory = !m->text.failed && (known || *out != NULL);
    msp_text_free(&m->text);
    return memory;
}

/* What the stage would need, where it is not known without: albumin tells I from II alone. */
static void lacks_iss(missing *m, const msp_risk_facts *f)
{
    if (msp_stage_iss(f) != MSP_STAGE_UNKNOWN)
        return;
    const msp_fact low = msp_amount_below(f->beta2_microglobulin, STAGE_B2M_LOW);
    const msp_fact high = msp_amount_at_least(f->beta2_microglobulin, STAGE_B2M_HIGH);
    lacks_answer(m, f->beta2_microglobulin,
                 low == MSP_UNKNOWN || high == MSP_UNKNOWN ? MSP_UNKNOWN : MSP_YES,
                 "beta-2 microglobulin");
    if (low != MSP_NO)
        lacks_answer(m, f->albumin, msp_amount_at_least(f->albumin, STAGE_ALBUMIN), "albumin");
}

static void lacks_ldh(missing *m, const msp_risk_facts *f)
{
    if (f->ldh.known && !f->ldh_upper.known)
        lacks(m, false, "upper limit of LDH");
    else
        lacks_answer(m, f->ldh, msp_amount_above(f->ldh, f->ldh_upper), "LDH");
}

static void lacks_lesions(missing *m, const msp_risk_facts *f, const msp_lesion_cuts *cuts)
{
    lacks_lesion(m, f->del17p, cuts->del17p, "del(17p)");
    lacks_lesion(m, f->t4_14, cuts->translocation, "t(4;14)");
    lacks_lesion(m, f->t14_16, cuts->translocation, "t(14;16)");
}

static bool stage(const msp_patient *p, const msp_rules *rules, msp_arena *arena, msp_profile *out)
{
    const msp_lesion_cuts cuts = msp_lesion_cuts_of(rules);
    const msp_amount none = {0};
    out->risk = facts_of(p);
    const msp_risk_facts *f = &out->risk;
    out->iss = msp_stage_iss(f);
    out->riss = msp_stage_riss(f, &cuts);
    out->r2iss = msp_stage_r2iss(f, &cuts);
    out->lesions = msp_risk_lesions(f, &cuts);
    out->ims2025 = msp_risk_ims2025(f);

    missing iss = {0}, riss = {0}, r2iss = {0}, lesions = {0}, ims = {0};
    lacks_iss(&iss, f);
    lacks_iss(&riss, f);
    lacks_ldh(&riss, f);
    lacks_lesions(&riss, f, &cuts);
    lacks_iss(&r2iss, f);
    lacks_ldh(&r2iss, f);
    lacks_lesion(&r2iss, f->del17p, cuts.del17p, "del(17p)");
    lacks_lesion(&r2iss, f->t4_14, cuts.translocation, "t(4;14)");
    lacks(&r2iss, f->gain_1q != MSP_UNKNOWN, "1q");
    lacks_lesions(&lesions, f, &cuts);
    lacks_lesion(&ims, f->del17p, STAGE_DEL17P_CELLS, "del(17p)");
    lacks(&ims, f->tp53_mutation != MSP_UNKNOWN, "TP53");
    lacks_lesion(&ims, f->t4_14, none, "t(4;14)");
    lacks_lesion(&ims, f->t14_16, none, "t(14;16)");
    lacks_lesion(&ims, f->t14_20, none, "t(14;20)");
    lacks(&ims, f->gain_1q != MSP_UNKNOWN, "1q");
    lacks(&ims, f->del1p32 != MSP_UNKNOWN, "1p32");
    lacks_answer(&ims, f->beta2_microglobulin,
                 msp_amount_at_least(f->beta2_microglobulin, STAGE_B2M_HIGH),
                 "beta-2 microglobulin");
    lacks_answer(&ims, f->creatinine, msp_amount_below(f->creatinine, STAGE_CREATININE),
                 "creatinine");
    bool memory = keep_note(&iss, out->iss != MSP_STAGE_UNKNOWN, arena, &out->notes.iss);
    memory &= keep_note(&riss, out->riss != MSP_STAGE_UNKNOWN, arena, &out->notes.riss);
    memory &= keep_note(&r2iss, out->r2iss != MSP_STAGE_UNKNOWN, arena, &out->notes.r2iss);
    memory &= keep_note(&lesions, out->lesions != MSP_UNKNOWN, arena, &out->notes.lesions);
    memory &= keep_note(&ims, out->ims2025 != MSP_UNKNOWN, arena, &out->notes.ims2025);
    return memory;
}

/* -- 3. body -- */

static double number(msp_amount x)
{
    return x.known ? msp_decimal_to_double(x.value) : (double)NAN;
}

static bool body(const msp_patient *p, const msp_rules *rules, msp_arena *arena, msp_profile *out)
{
    const msp_amount weight = exact(value_of(p, MSP_MARKER_WEIGHT)),
                     height = exact(value_of(p, MSP_MARKER_HEIGHT)),
                     creatinine = exact(out->risk.creatinine);
    const msp_weight_kind kind = (msp_weight_kind)rules->cg_weight.value;
    const bool sexed = p->sex != NULL && (p->sex[0] == 'F' || p->sex[0] == 'M');
    const msp_body who = {.age = {p->age, 0},
                          .female = sexed && p->sex[0] == 'F',
                          .weight = weight.value,
                          .height = height.value};
    out->weight = number(weight);
    out->height = number(height);
    out->surface = weight.known && height.known
                       ? msp_surface_of(&who, (msp_surface_formula)rules->bsa.value)
                       : (double)NAN;
    missing clearance = {0}, surface = {0};
    lacks(&surface, weight.known, "weight");
    lacks(&surface, height.known, "height");
    lacks(&clearance, p->age > 0, "age");
    lacks(&clearance, sexed, "sex");
    lacks(&clearance, weight.known, "weight");
    lacks(&clearance, height.known || kind == MSP_WEIGHT_ACTUAL, "height");
    lacks(&clearance, creatinine.known, "creatinine");
    out->clearance = (double)NAN;
    if (clearance.text.len == 0) {
        msp_clearance quotient;
        msp_error why = {0};
        if (msp_clearance_of(&who, creatinine.value, kind, &quotient, &why) == MSP_OK)
            out->clearance = msp_clearance_value(quotient);
        else
            msp_text_add(&clearance.text, why.text);
    }
    bool memory = keep_note(&clearance, !isnan(out->clearance), arena, &out->notes.clearance);
    memory &= keep_note(&surface, !isnan(out->surface), arena, &out->notes.surface);
    return memory;
}

/* -- 4. previous therapy -- */

static const char *const drugs[] = {
#define AS_NAME(code, name) name,
    MSP_PROFILE_DRUG_LIST(AS_NAME)
#undef AS_NAME
};

static bool previous(const msp_patient *p, const msp_rules *rules, msp_arena *arena,
                     msp_profile *out)
{
    const msp_history *history = p->history;
    const msp_history_rules how = msp_history_rules_of(rules);
    out->lines = -1;
    out->notes.lines = out->notes.refractory = history != NULL            ? NULL
                                               : p->history_fault != NULL ? p->history_fault
                                                                          : "not in the tables";
    if (history == NULL)
        return true;
    msp_line *lines = msp_arena_array(arena, history->n + 1, sizeof *lines);
    if (lines == NULL)
        return false;
    out->lines = msp_history_lines(history, &how, lines);
    for (size_t i = 0; i < history->n; i++) {
        out->transplanted = out->transplanted || history->courses[i].transplant;
        if (lines[i].uncertain)
            out->notes.lines = "a partial date leaves open whether a line of therapy began";
    }
    if (history->n == 0)
        out->notes.lines = "no previous therapy in the tables";
    out->state = msp_history_state_of(history, &how);
    missing unknown = {0};
    for (size_t i = 0; i < MSP_PROFILE_DRUGS; i++) {
        out->refractory[i] = msp_refractory_drug(history, &how, drugs[i]);
        lacks(&unknown, out->refractory[i].status != MSP_UNKNOWN, drugs[i]);
    }
    out->double_refractory = msp_refractory_double(history, &how);
    out->triple_class_refractory = msp_refractory_triple_class(history, &how);
    out->penta_refractory = msp_refractory_penta(history, &how);
    if (unknown.text.len > 0)
        msp_text_add(&unknown.text,
                     " (response, progression, last dose, or which drugs were given)");
    return keep_note(&unknown, unknown.text.len == 0, arena, &out->notes.refractory);
}

msp_status msp_profile_of(const msp_patient *patient, const msp_rules *rules, msp_arena *arena,
                          msp_profile *out, msp_error *err)
{
    *out = (msp_profile){0};
    const bool memory = stage(patient, rules, arena, out) && body(patient, rules, arena, out) &&
                        previous(patient, rules, arena, out);
    return memory ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a patient's profile");
}
