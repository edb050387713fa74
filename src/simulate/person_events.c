/* person_events.c - adverse events of a virtual patient, with CTCAE grades. */
#include <math.h>
#include <string.h>

#include "person.h"

/* How often a term is among the mild events, and among those of grade 3 and more: of the kind seen
 * under proteasome inhibitors and immunomodulatory drugs; nobody's figures. */
static const struct {
    const char *term, *organs;
    double mild, severe;
} terms[] = {
    {"Fatigue", "General disorders and administration site conditions", 0.12, 0.05},
    {"Upper respiratory tract infection", "Infections and infestations", 0.14, 0.03},
    {"Diarrhoea", "Gastrointestinal disorders", 0.12, 0.03},
    {"Nausea", "Gastrointestinal disorders", 0.08, 0},
    {"Cough", "Respiratory, thoracic and mediastinal disorders", 0.08, 0},
    {"Back pain", "Musculoskeletal and connective tissue disorders", 0.08, 0.01},
    {"Muscle spasms", "Musculoskeletal and connective tissue disorders", 0.07, 0},
    {"Insomnia", "Psychiatric disorders", 0.07, 0.03},
    {"Oedema peripheral", "General disorders and administration site conditions", 0.07, 0.01},
    {"Anaemia", "Blood and lymphatic system disorders", 0.05, 0.18},
    {"Neutropenia", "Blood and lymphatic system disorders", 0.03, 0.22},
    {"Thrombocytopenia", "Blood and lymphatic system disorders", 0.04, 0.16},
    {"Hypertension", "Vascular disorders", 0.04, 0.12},
    {"Pneumonia", "Infections and infestations", 0.01, 0.16},
};

#define MILD_A_MONTH   0.35
#define SEVERE_FURTHER 0.7 /* more of grade 3 or 4, in the mean, in those who have one */
#define GRADE_4        0.2
#define DAYS_AFTER     30 /* events are looked for so long after the last dose */

typedef struct event {
    size_t term;
    int grade;
    bool serious;
    msp_day start, end; /* MSP_NO_DAY: not over */
    const char *action, *outcome;
} event;

static size_t draw_term(msp_random *r, bool severe)
{
    double left = msp_random_uniform(r);
    size_t i = 0;
    while (i + 1 < MSP_COUNT(terms)) {
        left -= severe ? terms[i].severe : terms[i].mild;
        if (left < 0 && (severe ? terms[i].severe : terms[i].mild) > 0)
            break;
        i++;
    }
    return i;
}

/* Knuth's product of uniforms; the mean is small. */
static unsigned poisson(msp_random *r, double mean)
{
    const double floor_ = exp(-mean);
    unsigned n = 0;
    for (double product = msp_random_uniform(r); product > floor_ && n < 60;
         product *= msp_random_uniform(r))
        n++;
    return n;
}

static void put_event(sheet *s, const event *e, msp_day last)
{
    char grade[2] = {(char)('0' + e->grade), '\0'};
    const bool over = e->end != MSP_NO_DAY && e->end <= last;
    sheet_row(s, "AE");
    sheet_sequence(s, "AESEQ");
    sheet_text(s, "AETERM", "Reported Term for the Adverse Event", terms[e->term].term);
    sheet_text(s, "AEDECOD", "Dictionary-Derived Term", terms[e->term].term);
    sheet_text(s, "AEBODSYS", "Body System or Organ Class", terms[e->term].organs);
    sheet_text(s, "AESER", "Serious Event", e->serious ? "Y" : "N");
    sheet_text(s, "AEACN", "Action Taken with Study Treatment", e->action);
    sheet_text(s, "AEREL", "Causality", "RELATED");
    sheet_text(s, "AEOUT", "Outcome of Adverse Event",
               e->outcome != NULL ? e->outcome
               : over             ? "RECOVERED/RESOLVED"
                                  : "NOT RECOVERED/NOT RESOLVED");
    sheet_text(s, "AETOXGR", "Standard Toxicity Grade", grade);
    sheet_day(s, "AESTDTC", "Start Date/Time of Adverse Event", e->start);
    sheet_day(s, "AEENDTC", "End Date/Time of Adverse Event", over ? e->end : MSP_NO_DAY);
}

/* A treatment, the arm's or that of a crossover, while events of it are looked for. */
typedef struct treated {
    const person *who;
    const msp_virtual_arm *said; /* of the arm whose treatment it is */
    sheet *sheet;
    msp_random *r;
    msp_day first, last; /* in which events are looked for */
    msp_day last_dose, seen;
} treated;

static event draw_event(const treated *t, bool severe)
{
    msp_random *r = t->r;
    event e = {.term = draw_term(r, severe), .action = "DOSE NOT CHANGED"};
    e.grade = severe ? 3 + (msp_random_uniform(r) < GRADE_4) : 1 + (msp_random_uniform(r) < 0.4);
    e.start = t->first + (msp_day)msp_random_below(r, (uint64_t)(t->last - t->first) + 1);
    e.end = e.start + 2 + (msp_day)(-14 * log(msp_random_uniform(r)));
    if (severe)
        e.action = msp_random_uniform(r) < 0.5 ? "DRUG INTERRUPTED" : "DOSE REDUCED";
    return e;
}

/* The fraction of patients that the protocol says has one of grade 3 or more; the first of them, or
 * a milder one, is serious in the fraction that has a serious one. */
static void severe_events(const treated *t)
{
    const bool any = msp_random_uniform(t->r) < t->said->grade3.value;
    bool serious = msp_random_uniform(t->r) < t->said->serious.value;
    const unsigned n = any ? 1 + poisson(t->r, SEVERE_FURTHER) : 0;
    for (unsigned i = 0; i < n || serious; i++) {
        event e = draw_event(t, n > 0);
        e.serious = serious;
        serious = false;
        put_event(t->sheet, &e, t->last);
    }
}

/* What ended treatment, or life. */
static void last_events(const treated *t)
{
    const msp_virtual_patient *p = t->who->p;
    const bool fatal =
        p->patient.died && !p->patient.died_of_myeloma && p->patient.death <= t->last;
    const bool stopped = t->last_dose != t->seen && t->last_dose != p->cutoff &&
                         t->last_dose != p->withdrawn && !fatal;
    event e = draw_event(t, true);
    if (fatal) {
        e = (event){.term = MSP_COUNT(terms) - 1,
                    .grade = 5,
                    .serious = true,
                    .start = p->patient.death - 5 < t->first ? t->first : p->patient.death - 5,
                    .end = p->patient.death,
                    .action = "DRUG WITHDRAWN",
                    .outcome = "FATAL"};
    } else if (stopped) {
        e.start = t->last_dose - 3 < t->first ? t->first : t->last_dose - 3;
        e.end = t->last_dose + 14;
        e.grade = e.grade > 3 ? 3 : 2;
        e.action = "DRUG WITHDRAWN";
    }
    if (fatal || stopped)
        put_event(t->sheet, &e, t->last);
}

static void all_events(const treated *t)
{
    if (t->last < t->first)
        return;
    const unsigned mild =
        poisson(t->r, MILD_A_MONTH * (t->last - t->first + 1) / MSP_DAYS_PER_MONTH);
    for (unsigned i = 0; i < mild; i++) {
        const event e = draw_event(t, false);
        put_event(t->sheet, &e, t->last);
    }
    severe_events(t);
    last_events(t);
}

static msp_day sooner(msp_day a, msp_day b)
{
    return a < b ? a : b;
}

/* Events of the first treatment end where another begins. */
msp_status person_events(const person *who)
{
    const msp_virtual_patient *p = who->p;
    const msp_virtual_crossed *c = p->crossed;
    const msp_day end = person_last(who);
    msp_random r = person_stream(who, DRAW_EVENTS), again = person_stream(who, DRAW_EVENTS_AGAIN);
    sheet s = person_sheet(who, MSP_VIRTUAL_AE);
    const treated own = {.who = who,
                         .said = who->plan->arm[p->arm].said,
                         .sheet = &s,
                         .r = &r,
                         .first = p->patient.first_dose,
                         .last =
                             sooner(p->last_dose + DAYS_AFTER, c != NULL ? c->said.day - 1 : end),
                         .last_dose = p->last_dose,
                         .seen = p->seen};
    all_events(&own);
    if (c != NULL) {
        const treated second = {.who = who,
                                .said = who->plan->arm[who->plan->crossover.to].said,
                                .sheet = &s,
                                .r = &again,
                                .first = c->said.day,
                                .last = sooner(c->last_dose + DAYS_AFTER, end),
                                .last_dose = c->last_dose,
                                .seen = c->seen};
        all_events(&second);
    }
    return s.status;
}
