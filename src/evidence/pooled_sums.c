/* pooled_sums.c - whether a trial of several arms has all its effects and they add up; which does
 * not.
 */
#include <math.h>
#include <string.h>

#include "pooled_internal.h"

static const double rounding = 0.003; /* three effects printed to three digits, and some */

typedef struct trial {
    const msp_contrast_said *c;
    const size_t *row; /* of the trial, in c */
    size_t n;
} trial;

static double effect(const msp_contrast_said *c, const char *of, const char *to)
{
    if (strcmp(c->first, of) == 0 && strcmp(c->second, to) == 0)
        return c->estimate;
    if (strcmp(c->first, to) == 0 && strcmp(c->second, of) == 0)
        return -c->estimate;
    return NAN;
}

/* The trial's row with the effect of one treatment against another; n: it has none. */
static size_t find(const trial *t, const char *of, const char *to)
{
    size_t i = 0;
    while (i < t->n && isnan(effect(&t->c[t->row[i]], of, to)))
        i++;
    return i;
}

/* Whether two other rows of the trial lead from the first to the second treatment of row i with
 * another sum, by way of the first treatment of row k (the second, where `by_second`). */
static bool differs(const trial *t, size_t i, size_t k, bool by_second, size_t leg[2])
{
    const msp_contrast_said *c = &t->c[t->row[i]];
    const char *by = by_second ? t->c[t->row[k]].second : t->c[t->row[k]].first;
    leg[0] = find(t, c->first, by);
    leg[1] = find(t, by, c->second);
    if (leg[0] == t->n || leg[1] == t->n)
        return false;
    const double sum =
        effect(&t->c[t->row[leg[0]]], c->first, by) + effect(&t->c[t->row[leg[1]]], by, c->second);
    return fabs(sum - c->estimate) > rounding;
}

static const char *line_of(const msp_contrast_said *c, char out[32])
{
    out[0] = '\0';
    if (c->line > 0)
        snprintf(out, 32, " (line %u)", (unsigned)c->line);
    return out;
}

static msp_status say(const trial *t, size_t i, const size_t leg[2], msp_error *err)
{
    const msp_contrast_said *c = &t->c[t->row[i]];
    const msp_contrast_said *a = &t->c[t->row[leg[0]]], *b = &t->c[t->row[leg[1]]];
    const char *by = strcmp(a->first, c->first) == 0 ? a->second : a->first;
    const double to = effect(a, c->first, by), from = effect(b, by, c->second);
    char here[32], there[32], then[32];
    msp_fail_row(err, MSP_ERANGE, t->row[i],
                 "study \"%s\": the effect of %s to %s is %.6g%s, but %s to %s, %.6g%s, and %s to "
                 "%s, %.6g%s, add up to %.6g",
                 c->study, c->first, c->second, c->estimate, line_of(c, here), c->first, by, to,
                 line_of(a, there), by, c->second, from, line_of(b, then), to + from);
    return msp_hint(
        err, MSP_ERANGE,
        "one of the three is wrong, or has its sign turned: effects of one trial add up");
}

/* The row that contradicts the most ways around it, the first of several. */
static msp_status check_trial(const trial *t, msp_error *err)
{
    size_t worst = t->n, most = 0, leg[2] = {0, 0};
    for (size_t i = 0; i < t->n; i++) {
        size_t wrong = 0, own[2], shown[2] = {0, 0};
        for (size_t k = 0; k < 2 * t->n; k++)
            if (differs(t, i, k / 2, k % 2 != 0, own) && wrong++ == 0)
                memcpy(shown, own, sizeof shown);
        if (wrong > most) {
            most = wrong;
            worst = i;
            memcpy(leg, shown, sizeof leg);
        }
    }
    return worst == t->n ? MSP_OK : say(t, worst, leg, err);
}

/* Every two treatments of the trial have a row. */
static msp_status check_pairs(const trial *t, msp_error *err)
{
    for (size_t i = 0; i < 2 * t->n; i++)
        for (size_t k = 0; k < i; k++) {
            const msp_contrast_said *c = &t->c[t->row[i / 2]], *d = &t->c[t->row[k / 2]];
            const char *a = i % 2 == 0 ? c->first : c->second;
            const char *b = k % 2 == 0 ? d->first : d->second;
            if (strcmp(a, b) == 0 || find(t, a, b) < t->n)
                continue;
            msp_fail_row(err, MSP_ERANGE, t->row[i / 2],
                         "study \"%s\" has %s and %s, and no row that compares them", c->study, b,
                         a);
            return msp_hint(err, MSP_ERANGE,
                            "a trial of several treatments needs a row for each pair: their "
                            "standard errors say how the arms hang together");
        }
    return MSP_OK;
}

msp_status msp__pooled_check_sums(const msp_contrast_said *c, size_t n, msp_arena *arena,
                                  msp_error *err)
{
    size_t *row = msp_arena_array(arena, n + 1, sizeof *row);
    bool *seen = msp_arena_array(arena, n + 1, sizeof *seen);
    if (row == NULL || seen == NULL)
        return msp_fail(err, MSP_EMEM, "out of memory while pooling");
    for (size_t i = 0; i < n; i++) {
        trial t = {c, row, 0};
        for (size_t k = i; k < n && !seen[i]; k++)
            if (strcmp(c[k].study, c[i].study) == 0)
                row[t.n++] = k;
        for (size_t k = 0; k < t.n; k++)
            seen[row[k]] = k > 0; /* of this trial nothing is left to look at */
        msp_status status = t.n > 1 ? check_pairs(&t, err) : MSP_OK;
        if (status == MSP_OK && t.n > 2)
            status = check_trial(&t, err);
        if (status != MSP_OK)
            return status;
    }
    return MSP_OK;
}
