#include "courses.h"

#include <string.h>

#include "mspike/base/text.h"

/* -- words -- */

bool courses_response(const char *text, msp_fact *out)
{
    static const struct {
        const char *word;
        msp_fact reached;
    } words[] = {
        {"", MSP_UNKNOWN},
        {"NE", MSP_UNKNOWN},
        {"sCR", MSP_YES},
        {"CR", MSP_YES},
        {"nCR", MSP_YES},
        {"VGPR", MSP_YES},
        {"PR", MSP_YES},
        {"MR", MSP_YES},
        {"SD", MSP_NO},
        {"PD", MSP_NO},
        {"NC", MSP_NO},
        {"1", MSP_YES},
        {"yes", MSP_YES},
        {"y", MSP_YES},
        {"true", MSP_YES},
        {"0", MSP_NO},
        {"no", MSP_NO},
        {"n", MSP_NO},
        {"false", MSP_NO},
        {"stringent complete response", MSP_YES},
        {"complete response", MSP_YES},
        {"very good partial response", MSP_YES},
        {"partial response", MSP_YES},
        {"minimal response", MSP_YES},
        {"stable disease", MSP_NO},
        {"progressive disease", MSP_NO},
        {"not evaluable", MSP_UNKNOWN},
        {"unknown", MSP_UNKNOWN},
    };
    for (size_t i = 0; i < MSP_COUNT(words); i++)
        if (msp_text_equal_nocase(text, words[i].word)) {
            *out = words[i].reached;
            return true;
        }
    return false;
}

/* -- courses -- */

static bool is_known(msp_date date)
{
    return date.precision != MSP_DATE_NONE;
}

/* A course begins with its first drug and stops with its last one. */
static void span(msp_course *c, const msp_given_drug *d)
{
    if (is_known(d->first) && (!is_known(c->start) || d->first.earliest < c->start.earliest))
        c->start = d->first;
    if (is_known(d->last) && (!is_known(c->stop) || d->last.latest > c->stop.latest))
        c->stop = d->last;
    if (!c->cycles.known || msp_amount_below(c->cycles, d->cycles) == MSP_YES)
        c->cycles = d->cycles.known ? d->cycles : c->cycles;
}

/* What a row says of its course, where an earlier one has not. */
static void describe(msp_course *c, const courses_row *row)
{
    c->planned = c->planned || row->planned;
    c->transplant = c->transplant || row->transplant;
    if (c->minimal_response == MSP_UNKNOWN)
        c->minimal_response = row->response;
    if (c->progressed == MSP_UNKNOWN)
        c->progressed = is_known(row->progression) ? MSP_YES : row->progressed;
    if (!is_known(c->progression))
        c->progression = row->progression;
}

/* The course that row `at` is the first of. */
static bool build_one(const courses_row *rows, size_t n, size_t at, msp_arena *arena, msp_course *c)
{
    msp_given_drug *drugs = msp_arena_array(arena, n - at, sizeof *drugs);
    bool ongoing = false;
    if (drugs == NULL)
        return false;
    *c = (msp_course){.drugs = drugs};
    for (size_t i = at; i < n; i++) {
        if (strcmp(rows[i].course, rows[at].course) != 0)
            continue;
        span(c, &rows[i].drug);
        describe(c, &rows[i]);
        ongoing = ongoing || rows[i].drug.ongoing;
        if (rows[i].drug.id[0] != '\0')
            drugs[c->n_drugs++] = rows[i].drug;
    }
    if (ongoing)
        c->stop = (msp_date){.earliest = MSP_NO_DAY, .latest = MSP_NO_DAY};
    return true;
}

static bool begins_course(const courses_row *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(rows[k].course, rows[i].course) == 0)
            return false;
    return true;
}

bool courses_build(const courses_row *rows, size_t n, msp_arena *arena, msp_course **courses,
                   size_t *n_courses)
{
    *courses = msp_arena_array(arena, n + 1, sizeof **courses);
    *n_courses = 0;
    bool memory = *courses != NULL;
    for (size_t i = 0; memory && i < n; i++)
        if (begins_course(rows, i))
            memory = build_one(rows, n, i, arena, &(*courses)[(*n_courses)++]);
    return memory;
}
