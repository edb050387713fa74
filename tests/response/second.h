/*
 * second.h - a second evaluator of response, for comparison only.
 *
 * Written from the text of the rules (sections 1, 2, Annexes A and B) and of nothing else: it
 * shares no code, no table and no order of work with src/response. It is slow and plain on purpose:
 * every question is asked anew from the whole history. Values are whole numbers: twice the
 * hundredths of serum M-protein in g/dL, twice the tenths of everything else, so that the mean of
 * two is whole.
 */
#ifndef MSP_TEST_SECOND_H
#define MSP_TEST_SECOND_H

#include <stdbool.h>
#include <string.h>

#define NONE     (-1L) /* not measured */
#define ROWS_MAX 40

enum { MAX, LAST, MEAN };
enum { E2016, E2011, E2006 };
enum { BY_NE, BY_DOWNGRADE, BY_IGNORE };
enum { DEATH_PD, DEATH_ANY, DEATH_NO };
/* as levels are ordered */
enum { NE, PD, SD, MR, PR, VGPR, CR, SCR };
enum { T_NONE, T_SERUM, T_URINE, T_BOTH, T_FLC, T_MARROW, T_PLASMA };

typedef struct second_switches {
    int criteria, same_day, missing, death;
    bool screening, nadir_confirmed, mr_flc, mr_spd25, vgpr_spd90, with_pct, waive, red90;
    bool bm_visit, cr_first, imaging_visit, assume, renal, include_new, plasmacytoma_only;
    bool pd_measurable, ge5_with25, escape, simultaneous, same_marker, second_date, allow, count;
    bool relapse_confirm, carry_best;
    int calcium; /* 0 profile, 1 on, 2 off */
    long serum_limit, urine_limit, flc_limit, marrow_limit;
    int window, imaging_window, urine_carry, confirm_min, sd_min;
} second_switches;

typedef struct second_row {
    int day;
    long s, u, k, l, bm, spd, ca, circ;
    int ifes, ifeu, reflex, clonal, bone; /* NONE, 0 negative, 1 positive */
    bool spurious;
} second_row;

typedef struct second_patient {
    second_switches sw;
    bool igg_kappa;
    char light; /* 'k', 'l', 0 */
    second_row row[ROWS_MAX];
    int n;
    int baseline;    /* day */
    int new_therapy; /* day, or a very large one */
    bool died, died_pd;
} second_patient;

typedef struct second_answer {
    int type, best, n, day[ROWS_MAX], raw[ROWS_MAX], confirmed[ROWS_MAX];
    bool excluded[ROWS_MAX];
    int first_response, progression, clinical, from_cr; /* days; -9999: none */
} second_answer;

#define NO_DATE (-9999)

/* The history of one patient: element 0 is the baseline. */
typedef struct story {
    const second_patient *p;
    const second_switches *w;
    second_row v[ROWS_MAX + 1];
    int n, type;
    char chain;
    int day_s, day_u; /* of the baseline values */
    bool tumour;
} story;

/* -- one day from its rows -- */

static void join(long *into, long x, int rule, bool sign, long *count)
{
    if (x == NONE)
        return;
    if (*into == NONE || rule == LAST)
        *into = x;
    else if (rule == MEAN && !sign)
        *into += x;
    else if (x > *into)
        *into = x;
    ++*count;
}

static second_row nothing_on(int day)
{
    return (second_row){.day = day,
                        .s = NONE,
                        .u = NONE,
                        .k = NONE,
                        .l = NONE,
                        .bm = NONE,
                        .spd = NONE,
                        .ca = NONE,
                        .circ = NONE,
                        .ifes = NONE,
                        .ifeu = NONE,
                        .reflex = NONE,
                        .clonal = NONE,
                        .bone = NONE};
}

#define JOIN_QUANTITY(f)                                                     \
    do {                                                                     \
        long total = NONE, count = 0;                                        \
        for (int i = 0; i < p->n; i++)                                       \
            if (p->row[i].day == day && !p->row[i].spurious)                 \
                join(&total, p->row[i].f, p->sw.same_day, false, &count);    \
        out.f = count > 1 && p->sw.same_day == MEAN ? total / count : total; \
    } while (0)
#define JOIN_SIGN(f)                                                     \
    do {                                                                 \
        long total = NONE, count = 0;                                    \
        for (int i = 0; i < p->n; i++)                                   \
            if (p->row[i].day == day && !p->row[i].spurious)             \
                join(&total, p->row[i].f, p->sw.same_day, true, &count); \
        out.f = (int)total;                                              \
    } while (0)

static second_row whole_day(const second_patient *p, int day)
{
    second_row out = nothing_on(day);
    JOIN_QUANTITY(s);
    JOIN_QUANTITY(u);
    JOIN_QUANTITY(k);
    JOIN_QUANTITY(l);
    JOIN_QUANTITY(bm);
    JOIN_QUANTITY(spd);
    JOIN_QUANTITY(ca);
    JOIN_QUANTITY(circ);
    JOIN_SIGN(ifes);
    JOIN_SIGN(ifeu);
    JOIN_SIGN(reflex);
    JOIN_SIGN(clonal);
    JOIN_SIGN(bone);
    return out;
}

/* -- 1.2 baseline -- */

static bool in_window(const second_patient *p, int day, bool imaging)
{
    return day <= p->baseline &&
           p->baseline - day <= (imaging ? p->sw.imaging_window : p->sw.window);
}

/* The last day up to the baseline with the value; with "screening", before it if there is one. */
static int baseline_day(const second_patient *p, bool (*known)(const second_row *), bool imaging)
{
    int best = NO_DATE, before = NO_DATE;
    for (int i = 0; i < p->n; i++) {
        const second_row d = whole_day(p, p->row[i].day);
        if (!in_window(p, d.day, imaging) || !known(&d))
            continue;
        if (d.day > best)
            best = d.day;
        if (d.day < p->baseline && d.day > before)
            before = d.day;
    }
    return p->sw.screening && before != NO_DATE ? before : best;
}

static bool has_s(const second_row *d)
{
    return d->s != NONE;
}
static bool has_u(const second_row *d)
{
    return d->u != NONE;
}
static bool has_flc(const second_row *d)
{
    return d->k != NONE && d->l != NONE;
}
static bool has_bm(const second_row *d)
{
    return d->bm != NONE;
}
static bool has_spd(const second_row *d)
{
    return d->spd != NONE;
}
static bool has_circ(const second_row *d)
{
    return d->circ != NONE;
}

static second_row baseline_values(const second_patient *p, int *day_s, int *day_u)
{
    second_row b = nothing_on(p->baseline);
    int day;
    if ((*day_s = baseline_day(p, has_s, false)) != NO_DATE)
        b.s = whole_day(p, *day_s).s;
    if ((*day_u = baseline_day(p, has_u, false)) != NO_DATE)
        b.u = whole_day(p, *day_u).u;
    if ((day = baseline_day(p, has_flc, false)) != NO_DATE) {
        b.k = whole_day(p, day).k;
        b.l = whole_day(p, day).l;
    }
    if ((day = baseline_day(p, has_bm, true)) != NO_DATE)
        b.bm = whole_day(p, day).bm;
    if ((day = baseline_day(p, has_spd, true)) != NO_DATE)
        b.spd = whole_day(p, day).spd;
    if ((day = baseline_day(p, has_circ, false)) != NO_DATE)
        b.circ = whole_day(p, day).circ;
    return b;
}

/* -- 1.1 type, involved chain -- */

/* 0 normal, 1 too much kappa, -1 too much lambda, 9 not known */
static int ratio(const story *t, const second_row *d)
{
    if (d->k == NONE || d->l == NONE || (d->k == 0 && d->l == 0))
        return 9;
    const long low = t->w->renal ? 37 : 26, high = t->w->renal ? 310 : 165;
    return d->k * 100 > d->l * high ? 1 : d->k * 100 < d->l * low ? -1 : 0;
}

static int disease(const story *t)
{
    const second_row *b = &t->v[0];
    const bool s = b->s != NONE && b->s >= t->w->serum_limit;
    const bool u = b->u != NONE && b->u >= t->w->urine_limit;
    const int r = ratio(t, b);
    if (s && u)
        return T_BOTH;
    if (s)
        return T_SERUM;
    if (u)
        return T_URINE;
    if ((r == 1 && b->k >= t->w->flc_limit) || (r == -1 && b->l >= t->w->flc_limit))
        return T_FLC;
    if (b->bm != NONE && b->bm >= t->w->marrow_limit)
        return T_MARROW;
    return t->w->plasmacytoma_only && t->tumour ? T_PLASMA : T_NONE;
}

/* involved minus uninvolved; *known false where it cannot be told */
static long dflc(const story *t, int i, bool *known)
{
    const second_row *d = &t->v[i];
    *known = t->chain != 0 && d->k != NONE && d->l != NONE;
    return !*known ? 0 : t->chain == 'k' ? d->k - d->l : d->l - d->k;
}

/* -- 2.5 nadir: what = 's', 'u', 'd', 'm', 'p', 'c' -- */

static long value_of(const story *t, int i, char what, bool *known)
{
    const second_row *d = &t->v[i];
    if (what == 'd')
        return dflc(t, i, known);
    const long x = what == 's'   ? d->s
                   : what == 'u' ? d->u
                   : what == 'm' ? d->bm
                   : what == 'p' ? d->spd
                                 : d->circ;
    *known = x != NONE;
    return x;
}

static long nadir(const story *t, int i, char what, bool *known)
{
    long lowest = 0, previous = 0;
    bool any = false, pair = false, here;
    for (int j = 0; j < i; j++) {
        const long x = value_of(t, j, what, &here);
        if (!here)
            continue;
        long candidate = x;
        bool counts = true;
        if (t->w->nadir_confirmed && j > 0) {
            counts = pair;
            candidate = x > previous ? x : previous;
            previous = x;
            pair = true;
        }
        if (counts && (!any || candidate < lowest)) {
            lowest = candidate;
            any = true;
        }
    }
    *known = any;
    return lowest;
}

/* -- 2.4 progression; letters of the markers whose rows are met -- */

static bool rise(const story *t, int i, char what, long amount, bool strict, long percent)
{
    bool now, before;
    const long x = value_of(t, i, what, &now), n = nadir(t, i, what, &before);
    if (!now || !before || x <= n)
        return false;
    const bool absolute = strict ? x - n > amount : x - n >= amount;
    return absolute && (n == 0 || x * 100 >= n * (100 + percent));
}

static bool reaches_from(const story *t, int i, char what, long level, long percent)
{
    bool now;
    const long x = value_of(t, i, what, &now);
    return now && x >= level && rise(t, i, what, 0, false, percent);
}

static bool high_serum(const story *t, int i)
{
    bool known;
    const long n = nadir(t, i, 's', &known);
    const long from = t->w->criteria == E2016 ? n : t->v[0].s;
    return known && from != NONE && from >= 2 * 500 &&
           rise(t, i, 's', 2 * 100, false, t->w->ge5_with25 ? 25 : 0);
}

/* Biochemical markers that progress at i, as a set of letters. */
static int biochemical(const story *t, int i, char out[8])
{
    int n = 0;
    const bool s_counts = !t->w->pd_measurable || t->type == T_SERUM || t->type == T_BOTH;
    const bool u_counts = !t->w->pd_measurable || t->type == T_URINE || t->type == T_BOTH;
    const bool secretory = t->type == T_SERUM || t->type == T_URINE || t->type == T_BOTH;
    if (s_counts && (rise(t, i, 's', 2 * 50, false, 25) || high_serum(t, i)))
        out[n++] = 's';
    if (u_counts && rise(t, i, 'u', 2 * 2000, false, 25))
        out[n++] = 'u';
    if ((!secretory || t->w->escape) && rise(t, i, 'd', 2 * 1000, true, 25))
        out[n++] = 'd';
    if (t->type == T_NONE && reaches_from(t, i, 'c', 2 * 2000, 50))
        out[n++] = 'c';
    out[n] = '\0';
    return n;
}

static bool marrow_progresses(const story *t, int i)
{
    if (t->w->criteria != E2016)
        return reaches_from(t, i, 'm', 2 * 100, 25);
    const bool only = t->type == T_MARROW || t->type == T_NONE || t->type == T_PLASMA;
    return only && rise(t, i, 'm', 2 * 100, false, 25);
}

static bool high_calcium(const story *t, int i)
{
    const bool on = t->w->calcium == 1 || (t->w->calcium == 0 && t->w->criteria != E2016);
    return on && t->v[i].ca != NONE && t->v[i].ca > 2 * 115;
}

static bool at_once(const story *t, int i)
{
    return marrow_progresses(t, i) || rise(t, i, 'p', 0, false, 50) || t->v[i].bone == 1 ||
           high_calcium(t, i);
}

static bool progresses(const story *t, int i)
{
    char set[8];
    return biochemical(t, i, set) > 0 || at_once(t, i);
}

/* -- 2.2 levels: 1 met, 0 not met, -1 unknown -- */

static int fell(long b, long x, long percent)
{
    if (x == NONE || b == NONE)
        return -1;
    return (b - x) * 100 >= b * percent;
}

static int both(int a, int b)
{
    return a == 0 || b == 0 ? 0 : a == -1 || b == -1 ? -1 : 1;
}

static int either(int a, int b)
{
    return a == 1 || b == 1 ? 1 : a == -1 || b == -1 ? -1 : 0;
}

static int below(long x, long limit)
{
    return x == NONE ? -1 : x < limit;
}

/* A13 */
static int serum_ife(const story *t, int i)
{
    const second_row *d = &t->v[i];
    if (d->ifes != 1)
        return d->ifes;
    if (d->reflex != NONE)
        return d->reflex;
    return t->w->assume && t->p->igg_kappa && d->s != NONE && d->s <= 2 * 20 ? 0 : 1;
}

static bool positive(const story *t, int i)
{
    return serum_ife(t, i) == 1 || t->v[i].ifeu == 1;
}

/* 2.3: the last marrow (or clonality) of the unbroken run up to i; later ones with cr_first. */
static long in_run(const story *t, int i, bool clonal)
{
    for (int j = i; j > 0; j--) {
        if (j < i && positive(t, j))
            break;
        const long x = clonal ? t->v[j].clonal : t->v[j].bm;
        if (x != NONE)
            return x;
        if (t->w->bm_visit)
            return NONE;
    }
    if (!t->w->cr_first || positive(t, i))
        return NONE;
    for (int j = i + 1; j < t->n && !positive(t, j); j++) {
        const long x = clonal ? t->v[j].clonal : t->v[j].bm;
        if (x != NONE)
            return x;
    }
    return NONE;
}

static long scan(const story *t, int i)
{
    for (int j = i; j > 0; j--) {
        if (t->v[j].spd != NONE)
            return t->v[j].spd;
        if (t->w->imaging_visit)
            return NONE;
    }
    return NONE;
}

static long recent(const story *t, int i, char what)
{
    bool known;
    for (int j = i; j >= 0; j--) {
        const int taken = j > 0 ? t->v[j].day : what == 's' ? t->day_s : t->day_u;
        const long x = value_of(t, j, what, &known);
        if (known)
            return j == i || t->v[i].day - taken <= t->w->urine_carry ? x : NONE;
    }
    return NONE;
}

static int tumour_fell(const story *t, int i, long percent)
{
    return t->tumour ? fell(t->v[0].spd, scan(t, i), percent) : 1;
}

static int complete(const story *t, int i)
{
    const int ife = serum_ife(t, i), urine = t->v[i].ifeu;
    int met = both(ife == NONE ? -1 : ife == 0, urine == NONE ? -1 : urine == 0);
    met = both(met, below(in_run(t, i, false), 2 * 50));
    if (t->tumour)
        met = both(met, below(scan(t, i), 1));
    if (t->type == T_FLC)
        met = both(met, ratio(t, &t->v[i]) == 9 ? -1 : ratio(t, &t->v[i]) == 0);
    return met;
}

static int stringent(const story *t, int i)
{
    const long clonal = in_run(t, i, true);
    const int r = ratio(t, &t->v[i]);
    return both(both(complete(t, i), r == 9 ? -1 : r == 0), clonal == NONE ? -1 : clonal == 0);
}

/* `forgiven` letters count as met: of a marker that is missing */
static int serum_part(const story *t, int i, long percent, const char *forgiven)
{
    return strchr(forgiven, 's') ? 1 : fell(t->v[0].s, t->v[i].s, percent);
}

static int urine_part(const story *t, int i, int level, const char *forgiven)
{
    const long b = t->v[0].u, x = t->v[i].u;
    if (strchr(forgiven, 'u'))
        return 1;
    if (level == VGPR)
        return t->w->with_pct ? both(below(x, 2 * 1000), fell(b, x, 90)) : below(x, 2 * 1000);
    if (level == MR)
        return either(fell(b, x, 50), below(x, 2 * 2000));
    const int small =
        t->w->with_pct ? both(below(x, 2 * 2000), fell(b, x, 50)) : below(x, 2 * 2000);
    return either(fell(b, x, 90), small);
}

static int chains_part(const story *t, int i, long percent, const char *forgiven)
{
    bool now, then;
    const long x = dflc(t, i, &now), b = dflc(t, 0, &then);
    if (strchr(forgiven, 'd'))
        return 1;
    return !now || !then ? -1 : (b - x) * 100 >= b * percent;
}

static int very_good(const story *t, int i, const char *forgiven)
{
    int met;
    long other;
    switch (t->type) {
    case T_SERUM:
        other = recent(t, i, 'u');
        met = both(serum_part(t, i, 90, forgiven),
                   other == NONE && t->w->waive ? 1 : below(other, 2 * 1000));
        break;
    case T_URINE:
        other = recent(t, i, 's');
        met = other == NONE ? (t->w->waive ? 1 : -1) : t->w->red90 ? fell(t->v[0].s, other, 90) : 1;
        met = both(met, urine_part(t, i, VGPR, forgiven));
        break;
    case T_BOTH:
        met = both(serum_part(t, i, 90, forgiven), urine_part(t, i, VGPR, forgiven));
        break;
    case T_FLC:
        met = t->w->criteria == E2006 ? 0 : chains_part(t, i, 90, forgiven);
        break;
    default:
        return 0;
    }
    return both(met, tumour_fell(t, i, t->w->vgpr_spd90 ? 90 : 50));
}

static int partial(const story *t, int i, const char *forgiven)
{
    int met = 0;
    switch (t->type) {
    case T_SERUM:
        met = serum_part(t, i, 50, forgiven);
        break;
    case T_URINE:
        met = urine_part(t, i, PR, forgiven);
        break;
    case T_BOTH:
        met = both(serum_part(t, i, 50, forgiven), urine_part(t, i, PR, forgiven));
        break;
    case T_FLC:
        met = chains_part(t, i, 50, forgiven);
        break;
    case T_MARROW:
        met = strchr(forgiven, 'm') ? 1 : fell(t->v[0].bm, t->v[i].bm, 50);
        break;
    case T_PLASMA:
        met = 1;
        break;
    default:
        return 0;
    }
    return both(met, tumour_fell(t, i, 50));
}

static int minimal(const story *t, int i, const char *forgiven)
{
    int met = 0;
    switch (t->type) {
    case T_SERUM:
        met = serum_part(t, i, 25, forgiven);
        break;
    case T_URINE:
        met = urine_part(t, i, MR, forgiven);
        break;
    case T_BOTH:
        met = both(serum_part(t, i, 25, forgiven), urine_part(t, i, MR, forgiven));
        break;
    case T_FLC:
        met = t->w->mr_flc ? chains_part(t, i, 25, forgiven) : 0;
        break;
    case T_PLASMA:
        met = 1;
        break;
    default:
        return 0;
    }
    return both(met, tumour_fell(t, i, t->w->mr_spd25 ? 25 : 50));
}

static int highest(const story *t, int i, const char *forgiven)
{
    if (stringent(t, i) == 1)
        return SCR;
    if (complete(t, i) == 1)
        return CR;
    if (very_good(t, i, forgiven) == 1)
        return VGPR;
    if (partial(t, i, forgiven) == 1)
        return PR;
    return minimal(t, i, forgiven) == 1 ? MR : SD;
}

/* -- 2.6 -- */

static int level(const story *t, int i)
{
    const second_row *d = &t->v[i];
    char missing[4] = "";
    int n = 0, needed = 1;
    if (progresses(t, i))
        return PD;
    const int found = highest(t, i, "");
    if (found > SD)
        return found;
    if (d->s == NONE && d->u == NONE && d->k == NONE && d->l == NONE && d->bm == NONE &&
        d->spd == NONE && d->circ == NONE && d->ifes == NONE && d->ifeu == NONE &&
        d->clonal == NONE)
        return NE;
    if ((t->type == T_SERUM || t->type == T_BOTH) && d->s == NONE)
        missing[n++] = 's';
    if ((t->type == T_URINE || t->type == T_BOTH) && d->u == NONE)
        missing[n++] = 'u';
    if (t->type == T_FLC && (d->k == NONE || d->l == NONE))
        missing[n++] = 'd';
    if (t->type == T_MARROW && d->bm == NONE)
        missing[n++] = 'm';
    missing[n] = '\0';
    needed = t->type == T_BOTH ? 2 : 1;
    if (n == 0)
        return SD;
    if (n == needed || t->w->missing == BY_NE)
        return NE;
    const int provisional = highest(t, i, missing);
    return t->w->missing == BY_DOWNGRADE && provisional > SD ? provisional - 1 : provisional;
}

/* -- 2.7 -- */

static int next_of(const story *t, const second_answer *a, int k)
{
    for (int j = k + 1; j < a->n; j++)
        if (a->raw[j] != NE && a->day[j] - a->day[k] >= t->w->confirm_min)
            return j;
    return -1;
}

static bool later_sample(const second_answer *a, int k)
{
    for (int j = k + 1; j < a->n; j++)
        if (a->raw[j] != NE)
            return true;
    return false;
}

static bool believed(const story *t, const second_answer *a, int k, int *second)
{
    char here[8], there[8];
    const int markers = biochemical(t, k + 1, here), next = next_of(t, a, k);
    *second = -1;
    if (at_once(t, k + 1) || (t->w->simultaneous && markers >= 2))
        return true;
    if (next >= 0 && a->raw[next] == PD && (!a->excluded[next] || t->w->allow)) {
        biochemical(t, next + 1, there);
        if (!t->w->same_marker || strpbrk(here, there) != NULL) {
            *second = next;
            return true;
        }
    }
    if (!later_sample(a, k) &&
        ((t->w->death == DEATH_PD && t->p->died_pd) || (t->w->death == DEATH_ANY && t->p->died)))
        return true;
    return t->w->count && (next < 0 || a->excluded[next]);
}

static int confirm_response(const story *t, const second_answer *a, int k)
{
    const int next = next_of(t, a, k);
    int result = SD;
    if (next >= 0 && !a->excluded[next] && a->raw[next] != PD)
        result = a->raw[k] < a->raw[next] ? a->raw[k] : a->raw[next];
    if ((t->type == T_MARROW || t->type == T_PLASMA) && result < PR) {
        if (a->raw[k] >= PR && partial(t, k + 1, "") == 1)
            return PR;
        if (a->raw[k] >= MR && minimal(t, k + 1, "") == 1 && result < MR)
            return MR;
    }
    return result;
}

/* -- 2.8 -- */

static bool clinical(const story *t, int i)
{
    return t->v[i].bone == 1 || rise(t, i, 'p', 2 * 10, false, 50) || /* 1 cm2 */
           (t->v[i].ca != NONE && t->v[i].ca > 2 * 110);
}

static int relapse_from_complete(const story *t, const second_answer *a)
{
    int start = -1;
    for (int k = 0; k < a->n && !a->excluded[k]; k++) {
        const second_row *d = &t->v[k + 1];
        if (start < 0) {
            if (a->confirmed[k] >= CR)
                start = k + 1;
            continue;
        }
        const second_row *c = &t->v[start];
        bool band = positive(t, k + 1);
        if (band && t->w->relapse_confirm) {
            band = false;
            for (int j = k + 1; j < a->n && !a->excluded[j]; j++)
                if (t->v[j + 1].ifes != NONE || t->v[j + 1].ifeu != NONE) {
                    band = positive(t, j + 1);
                    break;
                }
        }
        if (band || a->raw[k] == PD || (d->bm != NONE && d->bm >= 2 * 50) ||
            (d->s > 0 && !(c->s > 0)) || (d->u > 0 && !(c->u > 0)))
            return a->day[k];
    }
    return NO_DATE;
}

/* -- all of it -- */

static void tell_story(const second_patient *p, story *t)
{
    *t = (story){.p = p, .w = &p->sw, .n = 1};
    t->v[0] = baseline_values(p, &t->day_s, &t->day_u);
    t->tumour = t->v[0].spd != NONE && t->v[0].spd > 0;
    const int r = ratio(t, &t->v[0]);
    t->chain = r == 1 ? 'k' : r == -1 ? 'l' : p->light;
    t->type = disease(t);
    for (int day = p->baseline + 1; day < 2000; day++)
        for (int i = 0; i < p->n; i++)
            if (p->row[i].day == day) {
                t->v[t->n++] = whole_day(p, day);
                break;
            }
}

static void second_judge(const second_patient *p, second_answer *a)
{
    story t;
    tell_story(p, &t);
    *a = (second_answer){.type = t.type,
                         .n = t.n - 1,
                         .first_response = NO_DATE,
                         .progression = NO_DATE,
                         .clinical = NO_DATE};
    for (int k = 0; k < a->n; k++) {
        a->day[k] = t.v[k + 1].day;
        a->raw[k] = level(&t, k + 1);
        a->excluded[k] = a->day[k] >= p->new_therapy && !p->sw.include_new;
    }
    int stop = a->n, second = -1;
    for (int k = a->n - 1; k >= 0; k--) {
        int other;
        if (a->raw[k] == PD && !a->excluded[k] && believed(&t, a, k, &other)) {
            stop = k;
            second = other;
        }
    }
    int so_far = NE;
    for (int k = 0; k < a->n; k++) {
        int c = NE;
        if (a->excluded[k])
            c = NE;
        else if (k >= stop)
            c = PD;
        else if (a->raw[k] == SD)
            c = SD;
        else if (a->raw[k] > SD)
            c = confirm_response(&t, a, k);
        if (p->sw.carry_best && c != NE && c != PD && so_far > c)
            c = so_far;
        if (c > so_far)
            so_far = c;
        a->confirmed[k] = c;
        if (a->excluded[k])
            continue;
        if (c > a->best && (c != SD || a->day[k] - p->baseline >= p->sw.sd_min))
            a->best = c;
        if (c >= PR && a->first_response == NO_DATE)
            a->first_response = a->day[k];
        if (clinical(&t, k + 1) && a->clinical == NO_DATE)
            a->clinical = a->day[k];
    }
    if (stop < a->n)
        a->progression = p->sw.second_date && second >= 0 ? a->day[second] : a->day[stop];
    a->from_cr = relapse_from_complete(&t, a);
}

#endif
