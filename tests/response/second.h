/*
 * second.h - a second evaluator of response, for comparison only.
 *
 * Written from the text of the rules (sections 1, 2, Annexes A and B) and of nothing else: it
 * shares no code, no table and no order of work with src/response. It is slow and plain on purpose:
 * every question is asked anew from the whole history. Reported numbers are whole: twice the
 * hundredths of serum M-protein in g/dL, twice the tenths of everything else, so that the mean of
 * two is whole. What was reported is a range of values, from `lo` to `hi` in thousandths of that:
 * "<5" and ">5" leave a range open, and a thing holds where it does for all of it. No threshold
 * lies within so little of a reported number without being it.
 */
#ifndef MSP_TEST_SECOND_H
#define MSP_TEST_SECOND_H

#include <stdbool.h>
#include <string.h>

#define NONE     (-1L) /* not measured */
#define ROWS_MAX 40

/* what is reported of a quantity: 5, <5, <=5, >5, >=5, "not detected" */
enum { EXACT, LESS, AT_MOST, MORE, AT_LEAST, NOT_DETECTED };
enum { S, U, K, L, BM, SPD, CA, CIRC, QUANTITIES };
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
    union {
        struct {
            long s, u, k, l, bm, spd, ca, circ;
        };
        long x[QUANTITIES];
    };
    int how[QUANTITIES];
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

/* The values that a report leaves open, and the number that it names. */
typedef struct range {
    bool known;
    long lo, hi, number;
} range;

#define FINE    1000L
#define ENDLESS 1000000000000000L
#define POINT(x)                           \
    (range)                                \
    {                                      \
        true, (x)*FINE, (x)*FINE, (x)*FINE \
    }

/* One day, put together from its rows. */
typedef struct one_day {
    int day;
    range x[QUANTITIES];
    int ifes, ifeu, reflex, clonal, bone;
} one_day;

/* The history of one patient: element 0 is the baseline. */
typedef struct story {
    const second_patient *p;
    const second_switches *w;
    one_day v[ROWS_MAX + 1];
    int n, type;
    char chain;
    int day_s, day_u; /* of the baseline values */
    bool tumour;
} story;

/* -- 1.3: what a report says -- */

static bool is_protein(int what)
{
    return what == S || what == U;
}

/* "<x" of an M-protein is 0; of anything else it is any value below x. */
static range reported(int what, long x, int how)
{
    range r = POINT(x);
    if (x == NONE)
        return (range){0};
    if (how == NOT_DETECTED || (is_protein(what) && (how == LESS || how == AT_MOST)))
        return POINT(0);
    if (how == LESS || how == AT_MOST)
        r.lo = 0;
    if (how == MORE || how == AT_LEAST)
        r.hi = ENDLESS;
    if (how == LESS)
        r.hi -= 2; /* halved in a mean */
    if (how == MORE)
        r.lo += 2;
    return r;
}

/* -- one day from its rows -- */

static range larger(range a, range b)
{
    const range low = a.lo > b.lo ? a : b, high = a.hi > b.hi ? a : b;
    return (range){true, low.lo, high.hi, high.hi == ENDLESS ? low.number : high.number};
}

/* The highest of "<5" and 3 is "<5", of ">5" and 7 ">=7"; a mean is a bound where a value is. */
static range joined(const second_patient *p, int when, int what)
{
    range all = {0};
    long count = 0;
    bool less = false;
    for (int i = 0; i < p->n; i++) {
        const range r = reported(what, p->row[i].x[what], p->row[i].how[what]);
        if (p->row[i].day != when || p->row[i].spurious || !r.known)
            continue;
        if (++count == 1 || p->sw.same_day == LAST) {
            all = r;
            less = r.lo < r.hi && r.hi != ENDLESS;
            continue;
        }
        less = less || (r.lo < r.hi && r.hi != ENDLESS);
        if (p->sw.same_day == MEAN) {
            all.lo += r.lo;
            all.hi = all.hi >= ENDLESS || r.hi >= ENDLESS ? ENDLESS : all.hi + r.hi;
            all.number += r.number;
        } else {
            all = larger(all, r);
        }
    }
    if (count > 1 && p->sw.same_day == MEAN) {
        all.lo /= count;
        all.hi = all.hi == ENDLESS ? ENDLESS : all.hi / count;
        all.number /= count;
        if (less)
            all.lo = 0;
    }
    if (all.lo < all.hi && all.hi != ENDLESS)
        all.lo = 0;
    return all;
}

#define JOIN_SIGN(f)                                                                   \
    do {                                                                               \
        out.f = NONE;                                                                  \
        for (int i = 0; i < p->n; i++)                                                 \
            if (p->row[i].day == when && !p->row[i].spurious && p->row[i].f != NONE && \
                (out.f == NONE || p->sw.same_day == LAST || p->row[i].f > out.f))      \
                out.f = p->row[i].f;                                                   \
    } while (0)

static one_day whole_day(const second_patient *p, int when)
{
    one_day out = {.day = when};
    for (int what = 0; what < QUANTITIES; what++)
        out.x[what] = joined(p, when, what);
    JOIN_SIGN(ifes);
    JOIN_SIGN(ifeu);
    JOIN_SIGN(reflex);
    JOIN_SIGN(clonal);
    JOIN_SIGN(bone);
    return out;
}

/* -- 1.2 baseline -- */

static bool in_window(const second_patient *p, int when, bool imaging)
{
    return when <= p->baseline &&
           p->baseline - when <= (imaging ? p->sw.imaging_window : p->sw.window);
}

/* Both chains count as a pair. */
static bool has(const second_patient *p, int when, int what)
{
    if (what == K || what == L)
        return joined(p, when, K).known && joined(p, when, L).known;
    return joined(p, when, what).known;
}

/* The last day up to the baseline with the value; with "screening", before it if there is one. */
static int baseline_day(const second_patient *p, int what)
{
    int best = NO_DATE, before = NO_DATE;
    for (int i = 0; i < p->n; i++) {
        const int when = p->row[i].day;
        if (!in_window(p, when, what == BM || what == SPD) || !has(p, when, what))
            continue;
        if (when > best)
            best = when;
        if (when < p->baseline && when > before)
            before = when;
    }
    return p->sw.screening && before != NO_DATE ? before : best;
}

static one_day baseline_values(const second_patient *p, int *day_s, int *day_u)
{
    static const int taken[] = {S, U, K, L, BM, SPD, CIRC};
    one_day b = {.day = p->baseline};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        const int what = taken[i], when = baseline_day(p, what);
        if (when != NO_DATE)
            b.x[what] = joined(p, when, what);
        if (what == S)
            *day_s = when;
        if (what == U)
            *day_u = when;
    }
    return b;
}

/* -- 1.1 type, involved chain -- */

/* 0 normal, 1 too much kappa, -1 too much lambda, 9 not known */
static int ratio_of(const second_switches *w, long k, long l)
{
    const long low = w->renal ? 37 : 26, high = w->renal ? 310 : 165;
    if (k == 0 && l == 0)
        return 9;
    return k * 100 > l * high ? 1 : k * 100 < l * low ? -1 : 0;
}

/* The same for all that the reports leave open. */
static int ratio(const story *t, const one_day *d)
{
    const range k = d->x[K], l = d->x[L];
    if (!k.known || !l.known)
        return 9;
    const int side = ratio_of(t->w, k.lo, l.lo);
    return ratio_of(t->w, k.lo, l.hi) == side && ratio_of(t->w, k.hi, l.lo) == side &&
                   ratio_of(t->w, k.hi, l.hi) == side
               ? side
               : 9;
}

static bool reaches(range x, long limit)
{
    return x.known && x.lo >= limit * FINE;
}

static int disease(const story *t)
{
    const one_day *b = &t->v[0];
    const bool s = reaches(b->x[S], t->w->serum_limit);
    const bool u = reaches(b->x[U], t->w->urine_limit);
    const int r = ratio(t, b);
    if (s && u)
        return T_BOTH;
    if (s)
        return T_SERUM;
    if (u)
        return T_URINE;
    if ((r == 1 && reaches(b->x[K], t->w->flc_limit)) ||
        (r == -1 && reaches(b->x[L], t->w->flc_limit)))
        return T_FLC;
    if (reaches(b->x[BM], t->w->marrow_limit))
        return T_MARROW;
    return t->w->plasmacytoma_only && t->tumour ? T_PLASMA : T_NONE;
}

/* involved minus uninvolved, which counts as its number */
static range dflc(const story *t, int i)
{
    const one_day *d = &t->v[i];
    const range involved = d->x[t->chain == 'k' ? K : L], other = d->x[t->chain == 'k' ? L : K];
    if (t->chain == 0 || !involved.known || !other.known)
        return (range){0};
    const long less = other.number;
    const bool bound = involved.lo < involved.number; /* any difference below */
    return (range){true, bound ? -ENDLESS : involved.lo - less,
                   involved.hi == ENDLESS ? ENDLESS : involved.hi - less, involved.number - less};
}

/* -- 2.5 nadir: what = 's', 'u', 'd', 'm', 'p', 'c' -- */

static range value_of(const story *t, int i, char what)
{
    const one_day *d = &t->v[i];
    switch (what) {
    case 'd':
        return dflc(t, i);
    case 's':
        return d->x[S];
    case 'u':
        return d->x[U];
    case 'm':
        return d->x[BM];
    case 'p':
        return d->x[SPD];
    default:
        return d->x[CIRC];
    }
}

/* ">x" is no lowest value, nor is the larger of two of which one is ">x". */
static range nadir(const story *t, int i, char what)
{
    range lowest = {0}, previous = {0};
    for (int j = 0; j < i; j++) {
        const range x = value_of(t, j, what);
        if (!x.known)
            continue;
        range candidate = x;
        if (t->w->nadir_confirmed && j > 0) {
            candidate = previous.known ? larger(x, previous) : (range){0};
            previous = x;
        }
        if (!candidate.known || candidate.hi == ENDLESS)
            continue;
        if (!lowest.known)
            lowest = candidate;
        lowest.lo = candidate.lo < lowest.lo ? candidate.lo : lowest.lo;
        lowest.hi = candidate.hi < lowest.hi ? candidate.hi : lowest.hi;
    }
    return lowest;
}

/* -- 2.4 progression; letters of the markers whose rows are met -- */

/* From the highest that the nadir may be to the lowest that the value may be. */
static bool rise(const story *t, int i, char what, long amount, bool strict, long percent)
{
    const range now = value_of(t, i, what), before = nadir(t, i, what);
    const long x = now.lo, n = before.hi;
    if (!now.known || !before.known || x <= n)
        return false;
    const bool absolute = strict ? x - n > amount * FINE : x - n >= amount * FINE;
    return absolute && (n == 0 || x * 100 >= n * (100 + percent));
}

static bool reaches_from(const story *t, int i, char what, long level, long percent)
{
    return reaches(value_of(t, i, what), level) && rise(t, i, what, 0, false, percent);
}

static bool high_serum(const story *t, int i)
{
    const range n = nadir(t, i, 's'), from = t->w->criteria == E2016 ? n : t->v[0].x[S];
    return n.known && reaches(from, 2 * 500) &&
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
    return on && t->v[i].x[CA].known && t->v[i].x[CA].lo > 2 * 115 * FINE;
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

static int fell(range b, range x, long percent)
{
    if (!x.known || !b.known)
        return -1;
    const bool always = (b.lo - x.hi) * 100 >= b.lo * percent;
    const bool at_best = (b.hi - x.lo) * 100 >= b.hi * percent;
    return always ? 1 : at_best ? -1 : 0;
}

static int both(int a, int b)
{
    return a == 0 || b == 0 ? 0 : a == -1 || b == -1 ? -1 : 1;
}

static int either(int a, int b)
{
    return a == 1 || b == 1 ? 1 : a == -1 || b == -1 ? -1 : 0;
}

static int below(range x, long limit)
{
    return !x.known ? -1 : x.hi < limit * FINE ? 1 : x.lo < limit * FINE ? -1 : 0;
}

static int is_none(range x)
{
    return !x.known ? -1 : x.hi <= 0 ? 1 : x.lo <= 0 ? -1 : 0;
}

/* A13 */
static int serum_ife(const story *t, int i)
{
    const one_day *d = &t->v[i];
    if (d->ifes != 1)
        return d->ifes;
    if (d->reflex != NONE)
        return d->reflex;
    return t->w->assume && t->p->igg_kappa && d->x[S].known && d->x[S].hi <= 2 * 20 * FINE ? 0 : 1;
}

static bool positive(const story *t, int i)
{
    return serum_ife(t, i) == 1 || t->v[i].ifeu == 1;
}

/* 2.3: where the last marrow (or clonality) of the unbroken run up to i is; later ones with
 * cr_first; -1: nowhere. */
static int in_run(const story *t, int i, bool clonal)
{
    for (int j = i; j > 0; j--) {
        if (j < i && positive(t, j))
            break;
        if (clonal ? t->v[j].clonal != NONE : t->v[j].x[BM].known)
            return j;
        if (t->w->bm_visit)
            return -1;
    }
    if (!t->w->cr_first || positive(t, i))
        return -1;
    for (int j = i + 1; j < t->n && !positive(t, j); j++)
        if (clonal ? t->v[j].clonal != NONE : t->v[j].x[BM].known)
            return j;
    return -1;
}

static range marrow(const story *t, int i)
{
    const int at = in_run(t, i, false);
    return at < 0 ? (range){0} : t->v[at].x[BM];
}

static range scan(const story *t, int i)
{
    for (int j = i; j > 0; j--)
        if (t->v[j].x[SPD].known || t->w->imaging_visit)
            return t->v[j].x[SPD];
    return (range){0};
}

static range recent(const story *t, int i, char what)
{
    for (int j = i; j >= 0; j--) {
        const int taken = j > 0 ? t->v[j].day : what == 's' ? t->day_s : t->day_u;
        const range x = value_of(t, j, what);
        if (x.known)
            return j == i || t->v[i].day - taken <= t->w->urine_carry ? x : (range){0};
    }
    return (range){0};
}

static int tumour_fell(const story *t, int i, long percent)
{
    return t->tumour ? fell(t->v[0].x[SPD], scan(t, i), percent) : 1;
}

static int complete(const story *t, int i)
{
    const int ife = serum_ife(t, i), urine = t->v[i].ifeu;
    int met = both(ife == NONE ? -1 : ife == 0, urine == NONE ? -1 : urine == 0);
    met = both(met, below(marrow(t, i), 2 * 50));
    if (t->tumour)
        met = both(met, is_none(scan(t, i)));
    if (t->type == T_FLC)
        met = both(met, ratio(t, &t->v[i]) == 9 ? -1 : ratio(t, &t->v[i]) == 0);
    return met;
}

static int stringent(const story *t, int i)
{
    const int at = in_run(t, i, true), clonal = at < 0 ? NONE : t->v[at].clonal;
    const int r = ratio(t, &t->v[i]);
    return both(both(complete(t, i), r == 9 ? -1 : r == 0), clonal == NONE ? -1 : clonal == 0);
}

/* `forgiven` letters count as met: of a marker that is missing */
static int serum_part(const story *t, int i, long percent, const char *forgiven)
{
    return strchr(forgiven, 's') ? 1 : fell(t->v[0].x[S], t->v[i].x[S], percent);
}

static int urine_part(const story *t, int i, int level, const char *forgiven)
{
    const range b = t->v[0].x[U], x = t->v[i].x[U];
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
    return strchr(forgiven, 'd') ? 1 : fell(dflc(t, 0), dflc(t, i), percent);
}

static int very_good(const story *t, int i, const char *forgiven)
{
    int met;
    range other;
    switch (t->type) {
    case T_SERUM:
        other = recent(t, i, 'u');
        met = both(serum_part(t, i, 90, forgiven),
                   !other.known && t->w->waive ? 1 : below(other, 2 * 1000));
        break;
    case T_URINE:
        other = recent(t, i, 's');
        met = !other.known  ? (t->w->waive ? 1 : -1)
              : t->w->red90 ? fell(t->v[0].x[S], other, 90)
                            : 1;
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
        met = strchr(forgiven, 'm') ? 1 : fell(t->v[0].x[BM], t->v[i].x[BM], 50);
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
    const one_day *d = &t->v[i];
    char missing[4] = "";
    int n = 0, needed = 1;
    if (progresses(t, i))
        return PD;
    const int found = highest(t, i, "");
    if (found > SD)
        return found;
    bool nothing = d->ifes == NONE && d->ifeu == NONE && d->clonal == NONE;
    for (int what = 0; what < QUANTITIES; what++)
        nothing = nothing && (what == CA || !d->x[what].known);
    if (nothing)
        return NE;
    if ((t->type == T_SERUM || t->type == T_BOTH) && !d->x[S].known)
        missing[n++] = 's';
    if ((t->type == T_URINE || t->type == T_BOTH) && !d->x[U].known)
        missing[n++] = 'u';
    if (t->type == T_FLC && !(d->x[K].known && d->x[L].known))
        missing[n++] = 'd';
    if (t->type == T_MARROW && !d->x[BM].known)
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
           (t->v[i].x[CA].known && t->v[i].x[CA].lo > 2 * 110 * FINE);
}

static bool there(range x)
{
    return x.known && x.lo > 0;
}

static int relapse_from_complete(const story *t, const second_answer *a)
{
    int start = -1;
    for (int k = 0; k < a->n && !a->excluded[k]; k++) {
        const one_day *d = &t->v[k + 1];
        if (start < 0) {
            if (a->confirmed[k] >= CR)
                start = k + 1;
            continue;
        }
        const one_day *c = &t->v[start];
        bool band = positive(t, k + 1);
        if (band && t->w->relapse_confirm) {
            band = false;
            for (int j = k + 1; j < a->n && !a->excluded[j]; j++)
                if (t->v[j + 1].ifes != NONE || t->v[j + 1].ifeu != NONE) {
                    band = positive(t, j + 1);
                    break;
                }
        }
        if (band || a->raw[k] == PD || reaches(d->x[BM], 2 * 50) ||
            (there(d->x[S]) && !there(c->x[S])) || (there(d->x[U]) && !there(c->x[U])))
            return a->day[k];
    }
    return NO_DATE;
}

/* -- all of it -- */

static void tell_story(const second_patient *p, story *t)
{
    *t = (story){.p = p, .w = &p->sw, .n = 1};
    t->v[0] = baseline_values(p, &t->day_s, &t->day_u);
    t->tumour = t->v[0].x[SPD].known && t->v[0].x[SPD].hi > 0;
    const int r = ratio(t, &t->v[0]);
    t->chain = r == 1 ? 'k' : r == -1 ? 'l' : p->light;
    t->type = disease(t);
    for (int when = p->baseline + 1; when < 2000; when++)
        for (int i = 0; i < p->n; i++)
            if (p->row[i].day == when) {
                t->v[t->n++] = whole_day(p, when);
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
