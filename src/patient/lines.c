#include "mspike/base/text.h"
#include "mspike/patient/history.h"

typedef struct line_row {
    const char *rule, *text;
} line_row;

static const line_row rows[] = {
#define MSP_AS_ROW(name, rule, text) {rule, text},
    MSP_LINE_LIST(MSP_AS_ROW)
#undef MSP_AS_ROW
};

const char *msp_line_reason_rule(msp_line_reason reason)
{
    return (size_t)reason < MSP_COUNT(rows) ? rows[reason].rule : "?";
}

const char *msp_line_reason_text(msp_line_reason reason)
{
    return (size_t)reason < MSP_COUNT(rows) ? rows[reason].text : "?";
}

static bool contains(const msp_course *course, const char *drug)
{
    for (size_t i = 0; i < course->n_drugs; i++)
        if (msp_text_equal_nocase(course->drugs[i].id, drug))
            return true;
    return false;
}

/* Whether every drug of `a` is one of `b`. */
static bool is_part_of(const msp_course *a, const msp_course *b)
{
    for (size_t i = 0; i < a->n_drugs; i++)
        if (!contains(b, a->drugs[i].id))
            return false;
    return true;
}

static bool is_same(const msp_course *a, const msp_course *b)
{
    return is_part_of(a, b) && is_part_of(b, a);
}

static bool is_steroid_only(const msp_course *course)
{
    for (size_t i = 0; i < course->n_drugs; i++)
        if (course->drugs[i].drug_class != MSP_DRUG_CLASS_STEROID)
            return false;
    return !course->transplant;
}

static bool is_too_short(const msp_course *course, const msp_history_rules *rules)
{
    const msp_amount needed = {.known = true, .value = {rules->line_min_cycles, 0}};
    return !course->transplant && msp_amount_below(course->cycles, needed) == MSP_YES;
}

/* The courses of the line so far, as far as they count. */
typedef struct line_so_far {
    const msp_history *history;
    const msp_line *lines;
    size_t end;     /* the course in question */
    int64_t number; /* of the line */
} line_so_far;

static bool counts(const msp_line *line)
{
    return line->reason != MSP_LINE_STEROID_ONLY && line->reason != MSP_LINE_TOO_SHORT;
}

/* Whether some course of the line gave `drug`; whether one was this very regimen. */
static bool line_gave(const line_so_far *so_far, const char *drug)
{
    for (size_t i = 0; i < so_far->end; i++)
        if (so_far->lines[i].number == so_far->number && counts(&so_far->lines[i]) &&
            contains(&so_far->history->courses[i], drug))
            return true;
    return false;
}

static bool line_had_regimen(const line_so_far *so_far, const msp_course *course)
{
    for (size_t i = 0; i < so_far->end; i++)
        if (so_far->lines[i].number == so_far->number && counts(&so_far->lines[i]) &&
            is_same(&so_far->history->courses[i], course))
            return true;
    return false;
}

static bool has_new_drug(const line_so_far *so_far, const msp_course *course)
{
    for (size_t i = 0; i < course->n_drugs; i++)
        if (!line_gave(so_far, course->drugs[i].id))
            return true;
    return false;
}

/* Whether all drugs had stopped: at least a day lies between the two courses. */
static msp_fact had_stopped(const msp_course *before, const msp_course *course)
{
    if (before->stop.precision == MSP_DATE_NONE)
        return MSP_NO;
    if (course->start.earliest > before->stop.latest + 1)
        return MSP_YES;
    return course->start.latest <= before->stop.earliest + 1 ? MSP_NO : MSP_UNKNOWN;
}

/* Of a course that is neither planned nor a transplant, after `before`, the last that counts. */
static msp_line_reason compare(const line_so_far *so_far, const msp_course *before,
                               const msp_course *course, bool stopped,
                               const msp_history_rules *rules)
{
    if (is_same(course, before))
        return MSP_LINE_RESUMED;
    if (has_new_drug(so_far, course))
        return stopped ? MSP_LINE_CHANGED : MSP_LINE_ADDED;
    if (is_part_of(course, before))
        return stopped ? MSP_LINE_CHANGED : MSP_LINE_REDUCED;
    if (stopped && !line_had_regimen(so_far, course))
        return MSP_LINE_CHANGED;
    return rules->addback_new_line ? MSP_LINE_ADDED_BACK : MSP_LINE_BACK_AGAIN;
}

static bool starts_line(msp_line_reason reason)
{
    return reason <= MSP_LINE_ADDED_BACK;
}

static msp_line judge(const line_so_far *so_far, const msp_course *before,
                      const msp_history_rules *rules)
{
    const msp_course *course = &so_far->history->courses[so_far->end];
    if (is_steroid_only(course))
        return (msp_line){.reason = MSP_LINE_STEROID_ONLY};
    if (is_too_short(course, rules))
        return (msp_line){.reason = MSP_LINE_TOO_SHORT};
    if (before == NULL)
        return (msp_line){.reason = MSP_LINE_FIRST};
    if (course->planned)
        return (msp_line){.reason = MSP_LINE_PLANNED};
    if (course->transplant)
        return (msp_line){.reason = MSP_LINE_TRANSPLANT};
    const msp_fact stopped = had_stopped(before, course);
    const msp_line_reason reason = compare(so_far, before, course, stopped == MSP_YES, rules);
    const msp_line_reason other = compare(so_far, before, course, true, rules);
    return (msp_line){.reason = reason,
                      .uncertain =
                          stopped == MSP_UNKNOWN && starts_line(reason) != starts_line(other)};
}

int64_t msp_history_lines(const msp_history *history, const msp_history_rules *rules,
                          msp_line *lines)
{
    const msp_course *before = NULL;
    line_so_far so_far = {history, lines, 0, 0};
    for (size_t i = 0; i < history->n; i++) {
        so_far.end = i;
        lines[i] = judge(&so_far, before, rules);
        so_far.number += starts_line(lines[i].reason);
        lines[i].number = so_far.number;
        if (counts(&lines[i]))
            before = &history->courses[i];
    }
    return so_far.number;
}
