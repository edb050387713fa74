/*
 * random_patients.h - random patients on and beside every threshold, as a table of visits and as
 * the second evaluator takes them.
 */
#ifndef MSP_TEST_RANDOM_PATIENTS_H
#define MSP_TEST_RANDOM_PATIENTS_H

#include <stdio.h>
#include <stdlib.h>

#include "mspike/base.h"
#include "second.h"

#define FIRST   18262 /* 2020-01-01 */
#define FOREVER 100000

static int below_n(msp_random *r, int n)
{
    return (int)msp_random_below(r, (uint64_t)n);
}

static bool chance(msp_random *r, int percent)
{
    return below_n(r, 100) < percent;
}

static long pick(msp_random *r, const long *from, size_t n)
{
    return from[below_n(r, (int)n)];
}
#define PICK(r, ...) \
    pick((r), (const long[]){__VA_ARGS__}, sizeof((const long[]){__VA_ARGS__}) / sizeof(long))

/* -- switches -- */

typedef struct flag {
    size_t offset;
    const char *on; /* as --set writes it */
} flag;
#define FLAG(member, text)                      \
    {                                           \
        offsetof(second_switches, member), text \
    }
static const flag flags[] = {
    FLAG(screening, "baseline=screening"),
    FLAG(nadir_confirmed, "nadir=lowest_confirmed"),
    FLAG(mr_flc, "mr_flc=on"),
    FLAG(mr_spd25, "mr_plasmacytoma_pct=25"),
    FLAG(vgpr_spd90, "vgpr_plasmacytoma_pct=90"),
    FLAG(with_pct, "urine_abs_rule=with_pct"),
    FLAG(waive, "vgpr_urine=waive"),
    FLAG(red90, "vgpr_nonmeasurable=red90"),
    FLAG(bm_visit, "bm_run=visit"),
    FLAG(cr_first, "cr_date=first_ife_negative"),
    FLAG(imaging_visit, "imaging_carry=visit"),
    FLAG(assume, "antibody_reflex=assume_negative_le_0.2"),
    FLAG(renal, "flc_ratio_renal=on"),
    FLAG(include_new, "post_new_therapy=include"),
    FLAG(plasmacytoma_only, "plasmacytoma_only=on"),
    FLAG(pd_measurable, "pd_markers=measurable"),
    FLAG(ge5_with25, "pd_ge5_rule=with25"),
    FLAG(escape, "flc_escape_pd=on"),
    FLAG(simultaneous, "pd_simultaneous=on"),
    FLAG(same_marker, "pd_confirm_marker=same"),
    FLAG(second_date, "pd_date=second"),
    FLAG(allow, "pd_confirm_after_new_therapy=allow"),
    FLAG(count, "pd_unconfirmed=count"),
    FLAG(carry_best, "carry_best=on"),
};

static void random_switches(msp_random *r, second_switches *w, msp_text *config)
{
    static const char *const criteria[] = {"imwg2016", "imwg2011", "imwg2006"};
    static const char *const days[] = {"max", "last", "mean"};
    static const char *const missing[] = {"ne", "downgrade_one", "ignore"};
    static const char *const deaths[] = {"pd_related", "any", "none"};
    static const char *const calcium[] = {"profile", "on", "off"};
    *w = (second_switches){.serum_limit = 200,
                           .urine_limit = 4000,
                           .flc_limit = 2000,
                           .marrow_limit = 600,
                           .window = 28,
                           .imaging_window = 42,
                           .confirm_min = 1,
                           .relapse_confirm = true};
    const bool plain = chance(r, 40); /* the defaults */
    msp_text_clear(config);
    for (size_t i = 0; i < MSP_COUNT(flags) && !plain; i++)
        if (chance(r, 20)) {
            *(bool *)((char *)w + flags[i].offset) = true;
            msp_text_printf(config, "%s;", flags[i].on);
        }
    if (plain)
        return;
    w->criteria = chance(r, 50) ? 0 : below_n(r, 3);
    w->same_day = below_n(r, 3);
    w->missing = below_n(r, 3);
    w->death = below_n(r, 3);
    w->calcium = chance(r, 60) ? 0 : below_n(r, 3);
    w->relapse_confirm = chance(r, 70);
    w->serum_limit = PICK(r, 200, 200, 100);
    w->urine_limit = PICK(r, 4000, 4000, 10000);
    w->marrow_limit = PICK(r, 600, 200);
    w->window = (int)PICK(r, 28, 28, 21);
    w->urine_carry = (int)PICK(r, 0, 0, 28, 30, 60);
    w->confirm_min = (int)PICK(r, 1, 1, 28, 40);
    w->sd_min = (int)PICK(r, 0, 0, 56);
    msp_text_printf(config,
                    "criteria=%s;same_day=%s;missing_measurable=%s;pd_confirm_by_death=%s;"
                    "hypercalcemia_pd=%s;relapse_cr_confirm=%s;serum_measurable_gdl=%s;"
                    "urine_measurable_mg24h=%ld;marrow_measurable_pct=%ld;baseline_window_days=%d;"
                    "urine_carry_days=%d;confirm_min_days=%d;sd_min_days=%d",
                    criteria[w->criteria], days[w->same_day], missing[w->missing], deaths[w->death],
                    calcium[w->calcium], w->relapse_confirm ? "yes" : "no",
                    w->serum_limit == 200 ? "1.0" : "0.5", w->urine_limit / 20,
                    w->marrow_limit / 20, w->window, w->urine_carry, w->confirm_min, w->sd_min);
}

/* -- patients: plain units first (hundredths of g/dL, tenths), doubled at the end -- */

/* A value that sits on or beside a threshold of what went before: b the baseline, n the lowest. */
static long beside(msp_random *r, long b, long n, long last, const long *steps, size_t n_steps,
                   const long *limits, size_t n_limits)
{
    long x = 0;
    switch (below_n(r, 8)) {
    case 0:
        x = b * PICK(r, 75, 50, 10) / 100;
        break;
    case 1:
        x = n * PICK(r, 125, 150) / 100;
        break;
    case 2:
    case 3:
        x = n + pick(r, steps, n_steps);
        break;
    case 4:
        x = pick(r, limits, n_limits);
        break;
    case 5:
        x = b * below_n(r, 130) / 100;
        break;
    default:
        x = last;
    }
    x += PICK(r, 0, 0, 0, 1, -1);
    return x < 0 ? 0 : x;
}
#define BESIDE(r, b, n, last, steps, limits) \
    beside((r), (b), (n), (last), steps, MSP_COUNT(steps), limits, MSP_COUNT(limits))

static const long serum_steps[] = {50, 100, 49, 99}, serum_limits[] = {0, 20, 100, 500, 600};
static const long urine_steps[] = {2000, 1990}, urine_limits[] = {0, 1000, 2000, 990, 1990};
static const long flc_steps[] = {1000, 1010}, flc_limits[] = {0, 1000, 26, 165, 100};
static const long marrow_steps[] = {100, 90}, marrow_limits[] = {0, 50, 49, 100, 300};
static const long spd_steps[] = {5, 10}, spd_limits[] = {0, 40, 60};
static const long circ_steps[] = {1000, 2000}, circ_limits[] = {0, 2000, 1990};

typedef struct track { /* of one marker while a patient is made */
    long base, low, last;
} track;

static void follow(track *t, long x)
{
    t->last = x;
    if (x < t->low)
        t->low = x;
}

static long maybe(msp_random *r, int percent, long x)
{
    return chance(r, percent) ? x : NONE;
}

/* The lambda chain beside a kappa that puts the ratio on a bound. */
static long beside_ratio(msp_random *r, long other)
{
    const long x = PICK(r, other * 100 / 165, other * 100 / 26, other, 100, 50);
    return x + PICK(r, 0, 0, 1);
}

typedef struct maker {
    msp_random *r;
    second_patient *p;
    track s, u, f, m, t, c;
    bool kappa;  /* the involved chain */
    bool remits; /* has mostly deep responses after the baseline */
    int seen;    /* percent of values that are there */
} maker;

/* On and beside what complete and stringent complete response need. */
static void remission(maker *k, second_row *v)
{
    msp_random *r = k->r;
    v->s = maybe(r, k->seen, PICK(r, 0, 0, 0, 20, 21, 5));
    v->u = maybe(r, k->seen, PICK(r, 0, 0, 990, 1000));
    v->bm = maybe(r, 50, PICK(r, 10, 40, 49, 50));
    v->spd = maybe(r, 40, PICK(r, 0, 0, 0, 1, 40));
    v->k = maybe(r, k->seen, PICK(r, 165, 26, 100, 166, 25, 310, 37));
    v->l = maybe(r, k->seen, 100);
    v->circ = NONE;
    v->ifes = (int)maybe(r, k->seen, chance(r, 12));
    v->ifeu = (int)maybe(r, k->seen, chance(r, 6));
    v->clonal = (int)maybe(r, 60, chance(r, 10));
    v->bone = 0;
}

static second_row random_visit(maker *k, int day)
{
    msp_random *r = k->r;
    second_row v = {.day = day};
    v.s = maybe(r, k->seen, BESIDE(r, k->s.base, k->s.low, k->s.last, serum_steps, serum_limits));
    v.u = maybe(r, k->seen, BESIDE(r, k->u.base, k->u.low, k->u.last, urine_steps, urine_limits));
    v.bm = maybe(r, 30, BESIDE(r, k->m.base, k->m.low, k->m.last, marrow_steps, marrow_limits));
    v.spd = k->t.base > 0 || chance(r, 5)
                ? maybe(r, 40, BESIDE(r, k->t.base, k->t.low, k->t.last, spd_steps, spd_limits))
                : NONE;
    v.circ = maybe(r, 20, BESIDE(r, k->c.base, k->c.low, k->c.last, circ_steps, circ_limits));
    long involved = BESIDE(r, k->f.base, k->f.low, k->f.last, flc_steps, flc_limits);
    const long other = chance(r, 50) ? 50 : beside_ratio(r, involved);
    if (other == 50 && chance(r, 30)) /* the difference on a threshold */
        involved = 50 + (k->f.base - 50) * PICK(r, 75, 50, 10) / 100 + PICK(r, 0, 1, -1);
    v.k = maybe(r, k->seen, k->kappa ? involved : other);
    v.l = maybe(r, k->seen, k->kappa ? other : involved);
    v.ca = maybe(r, 30, PICK(r, 95, 110, 111, 115, 116));
    v.ifes = (int)maybe(r, k->seen, chance(r, 40));
    v.ifeu = (int)maybe(r, k->seen, chance(r, 25));
    v.reflex = (int)maybe(r, 15, chance(r, 40));
    v.clonal = (int)maybe(r, 25, chance(r, 30));
    v.bone = chance(r, 2);
    v.spurious = chance(r, 4);
    if (k->remits && day > 0 && chance(r, 85))
        remission(k, &v);
    if (v.s != NONE)
        follow(&k->s, v.s);
    if (v.u != NONE)
        follow(&k->u, v.u);
    if (v.bm != NONE)
        follow(&k->m, v.bm);
    if (v.spd != NONE)
        follow(&k->t, v.spd);
    if (v.circ != NONE)
        follow(&k->c, v.circ);
    if (v.k != NONE && v.l != NONE)
        follow(&k->f, involved);
    return v;
}

static track start(long base)
{
    return (track){base, base, base};
}

static void random_baseline(maker *k)
{
    msp_random *r = k->r;
    k->s = start(PICK(r, 300, 300, 400, 900, 600, 500, 100, 99, 50, 49, 30, 0));
    k->u = start(PICK(r, 0, 500, 1000, 2000, 1990, 10000, 20000, 5000));
    if (chance(r, 30)) { /* disease that neither shows */
        k->s = start(PICK(r, 49, 30, 0));
        k->u = start(PICK(r, 0, 500, 1000));
    }
    k->f = start(PICK(r, 1000, 990, 1650, 5000, 8200, 120));
    k->m = start(PICK(r, 300, 290, 600, 100, 99));
    k->t = start(chance(r, 25) ? PICK(r, 100, 85, 40) : 0);
    k->c = start(PICK(r, 0, 0, 1000, 2000));
    k->kappa = chance(r, 50);
    k->remits = chance(r, 45);
    k->seen = (int)PICK(r, 97, 85, 60);
}

/* Days up to the baseline: one to three, each with some of the values. */
static void add_screening(maker *k)
{
    static const int days[] = {-45, -29, -28, -21, -14, 0};
    msp_random *r = k->r;
    second_patient *p = k->p;
    for (int i = chance(r, 70) ? 5 : below_n(r, 5); i < 6; i++) {
        second_row v = random_visit(k, days[i]);
        if (i == 5 || chance(r, 50)) {
            v.s = maybe(r, 95, k->s.base);
            v.u = maybe(r, 95, k->u.base);
            v.bm = maybe(r, 60, k->m.base);
            v.spd = k->t.base > 0 ? k->t.base : maybe(r, 20, 0);
            long other = 50;
            if (chance(r, 15)) /* the ratio on its limit */
                other = k->kappa ? k->f.base * 100 / 165 : k->f.base * 26 / 100;
            v.k = maybe(r, 80, k->kappa ? k->f.base : other);
            v.l = maybe(r, 80, k->kappa ? other : k->f.base);
            v.circ = maybe(r, 50, k->c.base);
        }
        v.bone = 0;
        p->row[p->n++] = v;
    }
    p->row[p->n - 1].spurious = false;
    k->s.low = k->s.last = k->s.base; /* the story starts from the baseline */
    k->u.low = k->u.last = k->u.base;
    k->f.low = k->f.last = k->f.base;
    k->m.low = k->m.last = k->m.base;
    k->t.low = k->t.last = k->t.base;
    k->c.low = k->c.last = k->c.base;
}

static void add_visits(maker *k)
{
    msp_random *r = k->r;
    second_patient *p = k->p;
    int day = 0;
    for (int i = below_n(r, 11); i > 0; i--) {
        day += (int)PICK(r, 28, 28, 28, 27, 29, 14);
        p->row[p->n++] = random_visit(k, day);
        if (chance(r, 8)) { /* twice on one day, some with the same numbers */
            p->row[p->n] = chance(r, 40) ? p->row[p->n - 1] : random_visit(k, day);
            p->n++;
        }
        if (chance(r, 6) && p->new_therapy == FOREVER)
            p->new_therapy = day + (int)PICK(r, 0, 1, 10);
    }
}

static void twice(second_patient *p)
{
    for (int i = 0; i < p->n; i++)
        for (int what = 0; what < QUANTITIES; what++)
            if (p->row[i].x[what] != NONE)
                p->row[i].x[what] *= 2;
}

/* Some numbers are only bounds: those on a threshold too, as the numbers are. */
static void add_bounds(msp_random *r, second_patient *p)
{
    if (chance(r, 50))
        return;
    const int percent = (int)PICK(r, 5, 15, 40);
    for (int i = 0; i < p->n; i++)
        for (int what = 0; what < QUANTITIES; what++) {
            if (p->row[i].x[what] == NONE || !chance(r, percent))
                continue;
            int how = (int)PICK(r, LESS, LESS, AT_MOST, MORE, AT_LEAST, NOT_DETECTED);
            if (p->row[i].x[what] == 0 && how != MORE) /* nothing is below 0, all are at least 0 */
                how = NOT_DETECTED;
            if (how == NOT_DETECTED)
                p->row[i].x[what] = 0;
            p->row[i].how[what] = how;
        }
}

static void random_patient(msp_random *r, second_patient *p, msp_text *config)
{
    *p = (second_patient){.new_therapy = FOREVER};
    maker k = {.r = r, .p = p};
    random_switches(r, &p->sw, config);
    random_baseline(&k);
    p->igg_kappa = chance(r, 50);
    p->light = p->igg_kappa ? 'k' : chance(r, 50) ? 'l' : 0;
    add_screening(&k);
    add_visits(&k);
    p->died_pd = chance(r, 15);
    p->died = p->died_pd || chance(r, 15);
    twice(p);
    add_bounds(r, p);
}

/* -- as a table -- */

static void add_value(msp_text *out, const second_row *row, int what, int digits)
{
    static const char *const signs[] = {"", "<", "<=", ">", ">="};
    char text[MSP_DECIMAL_MAX];
    if (row->how[what] == NOT_DETECTED) {
        msp_text_add(out, "not detected");
    } else if (row->x[what] != NONE) {
        msp_decimal_format((msp_decimal){row->x[what] / 2, digits}, text);
        msp_text_printf(out, "%s%s", signs[row->how[what]], text);
    }
    msp_text_add_char(out, ',');
}

static void add_sign(msp_text *out, int sign)
{
    msp_text_add(out, sign == NONE ? "," : sign == 1 ? "pos," : "neg,");
}

static void add_day(msp_text *out, int day)
{
    char text[MSP_DATE_MAX];
    msp_day_format(FIRST + day, text);
    msp_text_printf(out, "%s,", text);
}

static const char header[] =
    "case_id,config,isotype,visit_no,visit_date,new_therapy_date,death_due_to_pd,died,spurious,"
    "serum_m_gdl,urine_m_mg24h,kappa_mgl,lambda_mgl,bm_pc_pct,plasmacytoma_spd_cm2,"
    "corrected_calcium_mgdl,circulating_pc_per_ul,ife_serum,ife_urine,ife_reflex,bm_clonal,"
    "bone_lesion_new_or_progressive\n";

static void add_patient(msp_text *out, int id, const second_patient *p, const char *config)
{
    for (int i = 0; i < p->n; i++) {
        const second_row *v = &p->row[i];
        msp_text_printf(out, "R%06d,%s,%s,%d,", id, config,
                        p->igg_kappa      ? "IgGk"
                        : p->light == 'l' ? "IgA lambda"
                                          : "IgA",
                        v->day <= 0 ? 0 : 1);
        add_day(out, v->day);
        if (p->new_therapy < FOREVER)
            add_day(out, p->new_therapy);
        else
            msp_text_add_char(out, ',');
        msp_text_printf(out, "%d,%d,%d,", p->died_pd, p->died, v->spurious);
        for (int what = 0; what < QUANTITIES; what++)
            add_value(out, v, what, what == S ? 2 : 1);
        add_sign(out, v->ifes);
        add_sign(out, v->ifeu);
        add_sign(out, v->reflex);
        add_sign(out, v->clonal);
        msp_text_printf(out, "%d\n", v->bone);
    }
}

#endif
