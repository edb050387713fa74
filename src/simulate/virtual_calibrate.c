#include "mspike/simulate/virtual_calibrate.h"

#include <math.h>
#include <string.h>

enum { MOST = MSP_CALIBRATE_TARGETS_MAX + 1 };

/* -- parameters -- */

typedef enum parameter {
    RESISTANT,
    RESISTANT_SPREAD,
    REFRACTORY,
    DEEP,
    GROWTH,
    GROWTH_SPREAD,
    DEATH_AFTER,
    GROWTH_AFTER, /* a crossover: a factor */
} parameter;

static double logit(double x)
{
    return log(x / (1 - x));
}

/* On the scale that the search moves on. */
static double get(const msp_virtual_course *c, parameter which)
{
    switch (which) {
    case RESISTANT:
        return c->resistant.location;
    case RESISTANT_SPREAD:
        return log(c->resistant.scale);
    case REFRACTORY:
        return logit(c->refractory);
    case DEEP:
        return logit(c->deep);
    case GROWTH:
    case GROWTH_AFTER:
        return c->growth.location;
    case GROWTH_SPREAD:
        return log(c->growth.scale);
    default:
        return log(c->death_after);
    }
}

static void set(msp_virtual_course *c, parameter which, double x)
{
    switch (which) {
    case RESISTANT:
        c->resistant.location = x;
        break;
    case RESISTANT_SPREAD:
        c->resistant.scale = exp(x);
        break;
    case REFRACTORY:
        c->refractory = 1 / (1 + exp(-x));
        break;
    case DEEP:
        c->deep = 1 / (1 + exp(-x));
        break;
    case GROWTH:
    case GROWTH_AFTER:
        c->growth.location = x;
        break;
    case GROWTH_SPREAD:
        c->growth.scale = exp(x);
        break;
    default:
        c->death_after = exp(x);
    }
}

/* Where a parameter may go; what was said as 0 begins at the lower end. */
static const struct {
    double low, high;
} bounds[] = {
    [RESISTANT] = {-12, 4},    [RESISTANT_SPREAD] = {-2, 1.8},
    [REFRACTORY] = {-6, 1},    [DEEP] = {-6, 1},
    [GROWTH] = {-9, -2},       [GROWTH_SPREAD] = {-2, 1},
    [DEATH_AFTER] = {-12, -4}, [GROWTH_AFTER] = {-3, 7},
};

/* -- what is looked for in one arm -- */

typedef struct search {
    msp_virtual_plan *plan;
    msp_virtual_crowd *crowd;
    uint64_t seed;
    size_t n, threads, arm, n_targets, n_moves;
    const msp_virtual_target *target[MOST];
    parameter moves[MOST];
    const msp_progress *progress;
    size_t evaluated;
} search;

static bool is_kind(const msp_virtual_target *t, const msp_virtual_figure *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (t->figure.value == (int)kinds[i])
            return true;
    return false;
}

/* The targets of some kinds, in the order of these, move some parameters, in theirs. */
static msp_status assign(search *s, const msp_virtual_figure *kinds, size_t n_kinds,
                         const parameter *parameters, size_t n_parameters, msp_error *err)
{
    size_t moved = 0, n;
    const msp_virtual_target *targets = msp_virtual_targets(s->plan, s->arm, &n);
    for (size_t k = 0; k < n_kinds; k++)
        for (size_t i = 0; i < n; i++) {
            const msp_virtual_target *t = &targets[i];
            if (!is_kind(t, &kinds[k], 1))
                continue;
            if (moved == n_parameters)
                return msp_fail_at(err, MSP_ERANGE, t->at,
                                   "no parameter is left that this target could move");
            s->target[s->n_targets++] = t;
            s->moves[s->n_moves++] = parameters[moved++];
        }
    return MSP_OK;
}

static msp_status assign_all(search *s, msp_error *err)
{
    static const msp_virtual_figure depth[] = {MSP_FIGURE_VGPR, MSP_FIGURE_CR, MSP_FIGURE_ORR},
                                    time[] = {MSP_FIGURE_PFS_MEDIAN, MSP_FIGURE_PFS_RATE,
                                              MSP_FIGURE_HAZARD_RATIO},
                                    survival[] = {MSP_FIGURE_OS_RATE};
    static const parameter by_depth[] = {RESISTANT, RESISTANT_SPREAD, REFRACTORY},
                           by_time[] = {GROWTH, GROWTH_SPREAD}, by_survival[] = {DEATH_AFTER},
                           by_time_after[] = {GROWTH_AFTER};
    const bool after = s->arm >= s->plan->n_arms;
    s->n_targets = s->n_moves = 0;
    msp_status rc = assign(s, depth, MSP_COUNT(depth), by_depth, MSP_COUNT(by_depth) - after, err);
    if (rc == MSP_OK && s->n_targets == MSP_COUNT(depth))
        s->moves[s->n_moves++] = DEEP;
    if (rc == MSP_OK && after)
        rc = assign(s, time, MSP_COUNT(time), by_time_after, MSP_COUNT(by_time_after), err);
    else if (rc == MSP_OK)
        rc = assign(s, time, MSP_COUNT(time), by_time, MSP_COUNT(by_time), err);
    if (rc == MSP_OK && !after)
        rc = assign(s, survival, MSP_COUNT(survival), by_survival, MSP_COUNT(by_survival), err);
    return rc;
}

/* -- distances -- */

static double on_scale(int figure, double x)
{
    const bool fraction = figure != MSP_FIGURE_PFS_MEDIAN && figure != MSP_FIGURE_HAZARD_RATIO;
    if (!fraction)
        return log(x);
    x = x < 1e-4 ? 1e-4 : x > 1 - 1e-4 ? 1 - 1e-4 : x;
    return logit(x);
}

/* The arm whose patients have to be followed. */
static uint32_t arms_of(const search *s)
{
    return 1u << (s->arm < s->plan->n_arms ? s->arm : s->plan->crossover.from);
}

/* Growth under a second treatment is not above that without any. */
static double highest(const search *s, parameter which)
{
    const msp_virtual_plan *p = s->plan;
    return which == GROWTH_AFTER ? log(p->arm[p->crossover.from].regrowth) : bounds[which].high;
}

static double held(const search *s, parameter which, double x)
{
    const double low = bounds[which].low, high = highest(s, which);
    return x < low ? low : x > high ? high : x;
}

/* A median that is not reached is beyond the follow-up. */
static double beyond(const search *s, double x)
{
    const msp_virtual_plan *p = s->plan;
    return isnan(x) ? 1.2 * (p->accrual + p->follow_up) / MSP_DAYS_PER_MONTH : x;
}

static msp_status distances(search *s, const double *x, double *out, msp_error *err)
{
    for (size_t i = 0; i < s->n_moves; i++)
        set(&s->plan->arm[s->arm], s->moves[i], x[i]);
    msp_status rc =
        msp_virtual_crowd_follow(s->plan, s->seed, s->n, arms_of(s), s->threads, s->crowd, err);
    for (size_t i = 0; i < s->n_targets && rc == MSP_OK; i++) {
        const int figure = s->target[i]->figure.value;
        double achieved;
        rc = msp_virtual_figure_of(s->crowd, s->arm, s->target[i], &achieved, err);
        if (figure == MSP_FIGURE_PFS_MEDIAN)
            achieved = beyond(s, achieved);
        out[i] = on_scale(figure, achieved) - on_scale(figure, s->target[i]->value.value);
    }
    if (rc == MSP_OK && !msp_progress_report(s->progress, "trials followed", ++s->evaluated, 0))
        rc = msp_fail(err, MSP_EINTERRUPTED, "stopped");
    return rc;
}

static double norm(const double *d, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += d[i] * d[i];
    return sum;
}

/* -- the search -- */

/* A x = b by Gauss with the largest pivot; A and b are destroyed. False where A is singular. */
static bool solve(double a[MOST][MOST], double *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t largest = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[largest][k]))
                largest = i;
        if (!(fabs(a[largest][k]) > 1e-12))
            return false;
        for (size_t j = 0; j < n; j++) {
            const double kept = a[k][j];
            a[k][j] = a[largest][j];
            a[largest][j] = kept;
        }
        const double kept = b[k];
        b[k] = b[largest];
        b[largest] = kept;
        for (size_t i = k + 1; i < n; i++) {
            const double factor = a[i][k] / a[k][k];
            for (size_t j = k; j < n; j++)
                a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
    return true;
}

/* The slope of every distance by every parameter, over a step that is large beside the noise. */
static msp_status slopes(search *s, const double *x, const double *d, double out[MOST][MOST],
                         msp_error *err)
{
    enum { STEP_PARTS = 8 };
    msp_status rc = MSP_OK;
    for (size_t j = 0; j < s->n_moves && rc == MSP_OK; j++) {
        double there[MOST], moved[MOST];
        memcpy(moved, x, sizeof moved);
        moved[j] += 1.0 / STEP_PARTS;
        if (moved[j] > highest(s, s->moves[j]))
            moved[j] -= 2.0 / STEP_PARTS;
        rc = distances(s, moved, there, err);
        for (size_t i = 0; i < s->n_targets; i++)
            out[i][j] = (there[i] - d[i]) / (moved[j] - x[j]);
    }
    return rc;
}

/* (J'J + damping diag(J'J)) step = -J'd, of n distances and m parameters */
static bool step_of(double jacobian[MOST][MOST], const double *d, size_t n, size_t m,
                    double damping, double *step)
{
    double a[MOST][MOST];
    for (size_t i = 0; i < m; i++) {
        step[i] = 0;
        for (size_t k = 0; k < n; k++)
            step[i] -= jacobian[k][i] * d[k];
        for (size_t j = 0; j < m; j++) {
            a[i][j] = 0;
            for (size_t k = 0; k < n; k++)
                a[i][j] += jacobian[k][i] * jacobian[k][j];
        }
    }
    for (size_t i = 0; i < m; i++)
        a[i][i] += damping * a[i][i] + 1e-6;
    return solve(a, step, m);
}

/* One step that gets nearer, damped until it does; false where none does. */
static msp_status advance(search *s, double *x, double *d, double *damping, bool *moved,
                          msp_error *err)
{
    enum { TRIES = 6 };
    double jacobian[MOST][MOST];
    msp_status rc = slopes(s, x, d, jacobian, err);
    *moved = false;
    for (int i = 0; i < TRIES && rc == MSP_OK && !*moved; i++) {
        double step[MOST], there[MOST] = {0}, found[MOST];
        if (!step_of(jacobian, d, s->n_targets, s->n_moves, *damping, step))
            return MSP_OK;
        for (size_t k = 0; k < s->n_moves; k++)
            there[k] = held(s, s->moves[k], x[k] + (step[k] > 1 ? 1 : step[k] < -1 ? -1 : step[k]));
        rc = distances(s, there, found, err);
        if (rc == MSP_OK && norm(found, s->n_targets) < norm(d, s->n_targets)) {
            memcpy(x, there, sizeof there);
            memcpy(d, found, sizeof found);
            *damping /= 4;
            *moved = true;
        } else {
            *damping *= 5;
        }
    }
    return rc;
}

/* To four digits, as a protocol writes it. */
static double rounded(double x)
{
    const double parts = x > 0 ? pow(10, 3 - floor(log10(x))) : 1;
    return round(x * parts) / parts;
}

static void round_all(search *s)
{
    msp_virtual_course *c = &s->plan->arm[s->arm];
    c->resistant.location = log(rounded(exp(c->resistant.location)));
    c->resistant.scale = rounded(c->resistant.scale);
    c->refractory = rounded(c->refractory);
    c->deep = rounded(c->deep);
    const double per = s->arm < s->plan->n_arms ? MSP_DAYS_PER_MONTH : 1;
    c->growth.location = log(rounded(exp(c->growth.location) * per) / per);
    c->growth.scale = rounded(c->growth.scale);
    c->death_after = rounded(c->death_after * MSP_DAYS_PER_MONTH) / MSP_DAYS_PER_MONTH;
}

static msp_status calibrate_arm(search *s, double *worst, msp_error *err)
{
    enum { STEPS = 12 };
    double x[MOST] = {0}, d[MOST] = {0}, damping = 1e-2;
    bool moved = true;
    msp_status rc = assign_all(s, err);
    if (rc == MSP_OK && s->n_targets == 0)
        return msp_virtual_crowd_follow(s->plan, s->seed, s->n, arms_of(s), s->threads, s->crowd,
                                        err);
    for (size_t i = 0; i < s->n_moves; i++)
        x[i] = held(s, s->moves[i], get(&s->plan->arm[s->arm], s->moves[i]));
    if (rc == MSP_OK)
        rc = distances(s, x, d, err);
    for (int i = 0; i < STEPS && moved && rc == MSP_OK && norm(d, s->n_targets) > 1e-5; i++)
        rc = advance(s, x, d, &damping, &moved, err);
    if (rc != MSP_OK)
        return rc;
    rc = distances(s, x, d, err); /* leaves the parameters, and the crowd, of the best */
    for (size_t i = 0; i < s->n_targets; i++)
        *worst = fabs(d[i]) > *worst ? fabs(d[i]) : *worst;
    round_all(s);
    return rc;
}

msp_status msp_virtual_calibrate(msp_virtual_plan *plan, uint64_t seed, size_t n, size_t threads,
                                 const msp_progress *progress, double *worst, msp_error *err)
{
    msp_virtual_crowd crowd = {0};
    search s = {.plan = plan,
                .crowd = &crowd,
                .seed = seed,
                .n = n,
                .threads = threads,
                .progress = progress};
    size_t n_targets = 0, n_here;
    *worst = 0;
    for (size_t i = 0; i < msp_virtual_n_courses(plan); i++) {
        (void)msp_virtual_targets(plan, i, &n_here);
        n_targets += n_here;
    }
    msp_status rc = MSP_OK;
    if (n_targets == 0)
        rc = msp_fail_at(err, MSP_ENODATA, plan->protocol->supposed.at,
                         "nothing in the virtual block has targets");
    s.arm = plan->control;
    if (rc == MSP_OK)
        rc = calibrate_arm(&s, worst, err);
    for (size_t i = 0; i < msp_virtual_n_courses(plan) && rc == MSP_OK; i++) {
        s.arm = i;
        if (i != plan->control)
            rc = calibrate_arm(&s, worst, err);
    }
    msp_virtual_crowd_free(&crowd);
    return rc;
}
