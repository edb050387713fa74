#include "mspike/stats/km.h"

#include <math.h>
#include <stdlib.h>

#include "kernels.h"
#include "km_limits.h"
#include "km_weighted.h"
#include "large.h"
#include "mspike/stats/dist.h"
#include "strata.h"

/* Arrays of a curve, one value a row. */
enum { N_ARRAYS = 8 };

/* S counts as equal to a level within this: the square root of the spacing of doubles at 1, as R.
 */
static const double level_tolerance = 1.4901161193847656e-08;

static const double none = NAN;

const char *msp_km_interval_name(msp_km_interval interval)
{
    static const char *const names[] = {"log-log", "log", "plain", "arcsine", "logit"};
    return (size_t)interval < MSP_COUNT(names) ? names[interval] : "?";
}

msp_km_options msp_km_options_default(msp_convention convention)
{
    return (msp_km_options){
        .interval = convention == MSP_CONVENTION_SAS ? MSP_KM_LOG_LOG : MSP_KM_LOG,
        .level = 0.95,
        .convention = convention,
    };
}

static size_t count_times(const msp_order *order, const uint32_t *at, size_t n)
{
    size_t n_times = n > 0;
    for (size_t i = 1; i < n; i++)
        n_times += order->key[at[i]] >> 1 != order->key[at[i - 1]] >> 1;
    return n_times;
}

static km_arrays cut_arrays(double *block, size_t n)
{
    return (km_arrays){block,         block + n,     block + 2 * n, block + 3 * n,
                       block + 4 * n, block + 5 * n, block + 6 * n, block + 7 * n};
}

/* Time, events and censorings of each row of the curve. Whether the next one begins is anybody's
 * guess, so no branch asks: each patient writes the counts so far. */
static void count_rows(const km_arrays *a, const msp_order *order, const uint32_t *at, size_t n)
{
    uint64_t last = UINT64_MAX;
    size_t row = SIZE_MAX;
    double patients = 0, censored = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t key = order->key[at[i]];
        const bool next = key >> 1 != last;
        last = key >> 1;
        row += next;
        patients = (next ? 0 : patients) + 1;
        censored = (next ? 0 : censored) + (double)(key & 1);
        a->time[row] = msp_order_time(order, at[i]);
        a->events[row] = patients - censored;
        a->censored[row] = censored;
    }
}

/* What a curve carries from row to row. */
typedef struct walk {
    const double *entry; /* NULL without entry times; else n, increasing */
    size_t entered, n;
    double left, survival, sum; /* gone before; S; the variance of log S */
} walk;

/* Who has entered before each time, less who has left before it. */
static void count_at_risk(const km_arrays *a, size_t n_rows, walk *now)
{
    for (size_t row = 0; row < n_rows; row++) {
        while (now->entered < now->n && now->entry[now->entered] < a->time[row])
            now->entered++;
        a->at_risk[row] = (double)now->entered - now->left;
        now->left += a->events[row] + a->censored[row];
    }
}

/* The rows of a block at which S changes, behind the state that the block begins with; the rows
 * between them, where patients were only censored, have what the last step had. */
typedef struct steps {
    size_t n;
    double at_risk[MSP_BLOCK + 1], events[MSP_BLOCK + 1], survival[MSP_BLOCK + 1],
        std_error[MSP_BLOCK + 1], lower[MSP_BLOCK + 1], upper[MSP_BLOCK + 1];
} steps;

/* Which row has an event is anybody's guess, so no branch asks. */
static void take_steps(steps *out, const km_arrays *a, size_t n_rows)
{
    size_t n = 1;
    out->at_risk[0] = 1;
    out->events[0] = 0;
    for (size_t row = 0; row < n_rows; row++) {
        out->at_risk[n] = a->at_risk[row];
        out->events[n] = a->events[row];
        n += a->events[row] > 0;
    }
    out->n = n;
}

static void spread_steps(const steps *from, const km_arrays *a, size_t n_rows)
{
    for (size_t row = 0, step = 0; row < n_rows; row++) {
        step += a->events[row] > 0;
        a->survival[row] = from->survival[step];
        a->std_error[row] = from->std_error[step];
        a->lower[row] = from->lower[step];
        a->upper[row] = from->upper[step];
    }
}

/* S and the standard error of log S, which is infinite where S is 0. What each step multiplies and
 * adds is worked out first, so that divisions and roots do not wait for one another. */
static void multiply_survival(steps *s, walk *now)
{
    for (size_t i = 0; i < s->n; i++) {
        double d = s->events[i], r = s->at_risk[i];
        s->survival[i] = (r - d) / r;
        s->std_error[i] = d / (r * (r - d));
    }
    for (size_t i = 0; i < s->n; i++) {
        now->survival *= s->survival[i];
        now->sum += s->std_error[i];
        s->survival[i] = now->survival;
        s->std_error[i] = now->sum;
    }
    for (size_t i = 0; i < s->n; i++)
        s->std_error[i] = sqrt(s->std_error[i]);
}

/* Everything after the counts, for a block of rows while they are near. */
static void fit_rows(const km_arrays *a, size_t n_rows, walk *now, msp_km_interval interval,
                     double z)
{
    steps s;
    count_at_risk(a, n_rows, now);
    take_steps(&s, a, n_rows);
    multiply_survival(&s, now);
    msp__km_limits(interval, z, s.survival, s.std_error, s.n, s.lower, s.upper);
    msp__multiply(s.std_error, s.std_error, s.survival, s.n);
    spread_steps(&s, a, n_rows);
}

/* From the counts of patients to the limits. */
static void fit_blocks(const km_arrays *a, size_t n_rows, const double *entry, size_t n,
                       const msp_km_options *options)
{
    const double z = msp_dist_normal_limit(options->level);
    walk now = {.entry = entry, .entered = entry != NULL ? 0 : n, .n = n, .survival = 1};
    for (size_t i = 0; i < n_rows; i += MSP_BLOCK) {
        km_arrays part = {a->time + i,     a->at_risk + i,   a->events + i, a->censored + i,
                          a->survival + i, a->std_error + i, a->lower + i,  a->upper + i};
        size_t rest = n_rows - i;
        fit_rows(&part, rest < MSP_BLOCK ? rest : MSP_BLOCK, &now, options->interval, z);
    }
}

/* From sums of weights to the limits; *n_events counts rows. */
static msp_status fit_weighted(const km_arrays *a, size_t n_rows, const km_group *group,
                               const msp_km_options *options, size_t *n_events, msp_error *err)
{
    const msp_status status = msp__km_weigh(a, n_rows, group, options, err);
    if (status != MSP_OK)
        return status;
    msp__km_limits(options->interval, msp_dist_normal_limit(options->level), a->survival,
                   a->std_error, n_rows, a->lower, a->upper);
    msp__multiply(a->std_error, a->std_error, a->survival, n_rows);
    for (size_t i = 0; i < group->n; i++)
        *n_events += msp_order_event(group->order, group->at[i]) != options->reverse;
    return MSP_OK;
}

static msp_status fit_curve(const km_group *group, double *block, size_t n_rows,
                            const double *entry, const double *entered,
                            const msp_km_options *options, msp_km_curve *out, msp_error *err)
{
    km_arrays a = cut_arrays(block, n_rows);
    size_t n_events = 0;
    if (options->weight != NULL) {
        const msp_status status = fit_weighted(&a, n_rows, group, options, &n_events, err);
        if (status != MSP_OK)
            return status;
    } else {
        count_rows(&a, group->order, group->at, group->n);
        if (options->reverse) {
            double *swap = a.events;
            a.events = a.censored;
            a.censored = swap;
        }
        fit_blocks(&a, n_rows, entry, group->n, options);
        n_events = (size_t)msp__sum(a.events, n_rows);
    }
    *out = (msp_km_curve){
        .n_patients = group->n,
        .n_events = n_events,
        .n = n_rows,
        .time = a.time,
        .at_risk = a.at_risk,
        .events = a.events,
        .censored = a.censored,
        .survival = a.survival,
        .std_error = a.std_error,
        .lower = a.lower,
        .upper = a.upper,
        .entry = entry,
        .entered = entered,
        .options = *options,
    };
    return MSP_OK;
}

/* One block for the rows of all curves and, after them, the entry times of all patients. */
static msp_status allocate(msp_km *out, const msp_order *order, const msp_layout *layout,
                           size_t *n_rows, bool weighted, msp_error *err)
{
    size_t total = 0, n_entries = order->entry == NULL ? 0 : weighted ? 2 * order->n : order->n;
    for (size_t g = 0; g < layout->n_codes; g++) {
        size_t n = layout->start[g + 1] - layout->start[g];
        n_rows[g] = count_times(order, layout->at + layout->start[g], n);
        total += n_rows[g];
    }
    out->curves = calloc(layout->n_codes, sizeof *out->curves);
    out->block = msp__large(N_ARRAYS * total + n_entries, sizeof *out->block);
    if (out->curves == NULL || out->block == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu rows of survival curves", total);
    return MSP_OK;
}

/* The entry times of each group in turn, and with weights how much has entered. */
static void copy_entries(double *entry, const msp_order *order, const uint32_t *by_entry,
                         const msp_layout *layout, const double *weight)
{
    for (size_t i = 0; i < order->n; i++)
        entry[i] = order->entry[by_entry[i]];
    for (size_t g = 0; weight != NULL && g < layout->n_codes; g++) {
        double sum = 0;
        for (size_t i = layout->start[g]; i < layout->start[g + 1]; i++) {
            sum += weight[order->row[order->entry_at[by_entry[i]]]];
            entry[order->n + i] = sum;
        }
    }
}

static msp_status fit_groups(msp_km *out, const msp_order *order, const msp_layout *layout,
                             const uint32_t *by_entry, const size_t *n_rows,
                             const msp_km_options *options, msp_error *err)
{
    const bool late = by_entry != NULL, weighted = options->weight != NULL;
    double *entry = out->block, *block = out->block;
    if (late) {
        copy_entries(entry, order, by_entry, layout, options->weight);
        block += weighted ? 2 * order->n : order->n;
    }
    msp_status status = MSP_OK;
    for (size_t g = 0; status == MSP_OK && g < out->n_groups; g++) {
        const size_t start = layout->start[g];
        const km_group group = {order, layout->at + start, layout->start[g + 1] - start,
                                late ? by_entry + start : NULL};
        status = fit_curve(&group, block, n_rows[g], late ? entry + start : NULL,
                           late && weighted ? entry + order->n + start : NULL, options,
                           &out->curves[g], err);
        block += N_ARRAYS * n_rows[g];
    }
    return status;
}

static msp_status fit_curves(msp_km *out, const msp_order *order, const uint32_t *group,
                             const msp_layout *layout, size_t *n_rows,
                             const msp_km_options *options, msp_error *err)
{
    uint32_t *by_entry = NULL;
    msp_status status = allocate(out, order, layout, n_rows, options->weight != NULL, err);
    if (status == MSP_OK && options->weight != NULL)
        status = msp__km_check_weights(order, options, err);
    if (status == MSP_OK && order->entry != NULL)
        status = msp__layout_entries(&by_entry, order, group, layout, err);
    if (status == MSP_OK)
        status = fit_groups(out, order, layout, by_entry, n_rows, options, err);
    free(by_entry);
    return status;
}

msp_status msp_km_fit(const msp_order *order, const uint32_t *group, size_t n_groups,
                      const msp_km_options *options, msp_km *out, msp_error *err)
{
    if (group == NULL)
        n_groups = 1;
    *out = (msp_km){.n_groups = n_groups};
    if (!(options->level > 0 && options->level < 1))
        return msp_fail(err, MSP_ERANGE, "level is %g; expected a number between 0 and 1",
                        options->level);
    msp_layout layout;
    msp_status status = msp__layout_init(&layout, order, group, n_groups, "group", err);
    if (status != MSP_OK)
        return status;
    size_t *n_rows = calloc(n_groups, sizeof *n_rows);
    status = n_rows != NULL ? fit_curves(out, order, group, &layout, n_rows, options, err)
                            : msp_fail(err, MSP_EMEM, "no memory for %zu groups", n_groups);
    free(n_rows);
    msp__layout_free(&layout);
    if (status != MSP_OK)
        msp_km_free(out);
    return status;
}

void msp_km_free(msp_km *km)
{
    free(km->curves);
    free(km->block);
    *km = (msp_km){0};
}

/* The row at which `height` (S or a limit of it) has fallen to `level` or below; n when none has.
 * Limits may rise again: R takes the row that comes nearest to the level, SAS the first. */
static size_t fallen_to(const msp_km_curve *curve, const double *height, double level)
{
    size_t found = curve->n;
    for (size_t i = 0; i < curve->n; i++) {
        if (!(height[i] <= level) || (found < curve->n && height[i] <= height[found]))
            continue;
        found = i;
        if (curve->options.convention == MSP_CONVENTION_SAS)
            break;
    }
    return found;
}

/* When `height` crosses the level: the middle of a rest on it, if there is one. */
static double crossing(const msp_km_curve *curve, const double *height, double level)
{
    size_t reached = fallen_to(curve, height, level + level_tolerance);
    size_t passed = fallen_to(curve, height, level - level_tolerance);
    if (reached == curve->n)
        return none;
    if (passed < curve->n)
        return curve->time[reached] / 2 + curve->time[passed] / 2; /* the sum may be infinite */
    return curve->options.convention == MSP_CONVENTION_SAS
               ? none
               : curve->time[reached] / 2 + curve->time[curve->n - 1] / 2;
}

msp_km_estimate msp_km_quantile(const msp_km_curve *curve, double p)
{
    if (!(p > 0 && p < 1))
        return (msp_km_estimate){none, none, none};
    return (msp_km_estimate){
        crossing(curve, curve->survival, 1 - p),
        crossing(curve, curve->lower, 1 - p),
        crossing(curve, curve->upper, 1 - p),
    };
}

/* The number of increasing values below x. */
static size_t count_below(const double *values, size_t n, double x)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (values[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Fills in S and its limits: those of the last row at or before time, where there is one. */
static void read_curve(const msp_km_curve *curve, size_t n_by, msp_km_point *point)
{
    if (n_by == 0) {
        point->survival = point->lower = point->upper = 1;
        point->std_error = 0;
        return;
    }
    size_t last = n_by - 1;
    bool beyond = last == curve->n - 1 && point->time > curve->time[last];
    point->beyond = beyond && curve->survival[last] > 0;
    bool unknown = point->beyond && curve->options.convention == MSP_CONVENTION_SAS;
    point->survival = unknown ? none : curve->survival[last];
    point->std_error = unknown ? none : curve->std_error[last];
    point->lower = unknown ? none : curve->lower[last];
    point->upper = unknown ? none : curve->upper[last];
}

/* Who has entered before `time` less who has left before; weights where rows have them. */
static double at_risk_at(const msp_km_curve *curve, double time, size_t n_before, double left)
{
    const size_t entered = curve->entry != NULL ? count_below(curve->entry, curve->n_patients, time)
                                                : curve->n_patients;
    if (curve->options.weight == NULL)
        return (double)entered - left;
    if (n_before == curve->n || entered == 0)
        return 0;
    return curve->entered == NULL ? curve->at_risk[n_before] : curve->entered[entered - 1] - left;
}

msp_km_point msp_km_at(const msp_km_curve *curve, double time)
{
    msp_km_point point = {.time = time};
    size_t n_before = count_below(curve->time, curve->n, time), n_by = n_before;
    while (n_by < curve->n && curve->time[n_by] == time)
        n_by++;
    double left = 0;
    for (size_t i = 0; i < n_by; i++) {
        point.events_by += curve->events[i];
        point.censored_by += curve->censored[i];
        if (i < n_before)
            left += curve->events[i] + curve->censored[i];
    }
    point.at_risk = at_risk_at(curve, time, n_before, left);
    read_curve(curve, n_by, &point);
    return point;
}
