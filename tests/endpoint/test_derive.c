#include "near.h"

#include <string.h>

#include "mspike/base/file.h"
#include "mspike/base/random.h"
#include "mspike/base/text.h"
#include "mspike/endpoint.h"

/* Day 0 of these timelines is 2020-01-01; an assessment "56 PR" is 56 days later. */
static msp_day origin_day(void)
{
    return msp_day_from_civil(2020, 1, 1);
}

static msp_dated at(int days)
{
    return (msp_dated){.day = origin_day() + days, .from = {"TEST", "DAY", days}};
}

enum { SEEN_MAX = 32 };

typedef struct scene {
    msp_timeline timeline;
    msp_seen seen[SEEN_MAX];
    msp_dated therapies[4];
} scene;

/* A timeline from "28 SD, 56 PR, 84 NE": raw and confirmed level alike. */
static scene *scene_of(scene *s, const char *seen)
{
    memset(s, 0, sizeof *s);
    s->timeline = msp_timeline_none();
    s->timeline.randomised = at(0);
    s->timeline.seen = s->seen;
    s->timeline.therapies = s->therapies;
    for (const char *p = seen; *p != '\0';) {
        char *end, level[8];
        const int day = (int)strtol(p, &end, 10);
        assert_int_equal(sscanf(end, " %7[A-Za-z]", level), 1);
        msp_response_level read;
        assert_true(msp_response_level_parse(level, &read));
        assert_true(s->timeline.n_seen < SEEN_MAX);
        s->seen[s->timeline.n_seen++] =
            (msp_seen){.day = at(day).day, .raw = read, .confirmed = read, .from = at(day).from};
        p = strchr(p, ',');
        if (p == NULL)
            break;
        p += strspn(p, ", ");
    }
    return s;
}

static void add_therapy(scene *s, int day)
{
    s->therapies[s->timeline.n_therapies++] = at(day);
}

static const char *run(const scene *s, const char *paramcd, const msp_tte_rules *rules)
{
    static char text[64];
    const msp_tte_definition *definition = msp_tte_definition_find(paramcd);
    assert_non_null(definition);
    msp_error err;
    assert_int_equal(msp_timeline_check(&s->timeline, &err), MSP_OK);
    const msp_tte tte = msp_tte_derive(&s->timeline, definition, rules);
    if (tte.state == MSP_TTE_UNDEFINED)
        return "undefined";
    if (tte.state != MSP_TTE_FAULT)
        assert_int_equal(tte.end.day - tte.start.day + 1, tte.days);
    assert_int_equal(tte.state == MSP_TTE_EVENT, tte.why->cnsr == 0);
    snprintf(text, sizeof text, "%s %s %d", tte.why->id,
             tte.state == MSP_TTE_EVENT      ? "event"
             : tte.state == MSP_TTE_CENSORED ? "censored"
                                             : "fault",
             (int)(tte.end.day - origin_day()));
    return text;
}
#define EXPECT(s, paramcd, rules, want) assert_string_equal(run(s, paramcd, &(rules)), want)

/* Rows C1 to C15 of the clinical rules, section 4, both styles. */
static void censoring_row_by_row(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda(), ema = msp_tte_rules_ema();
    scene s;

    scene_of(&s, "28 PR, 56 PD")->timeline.no_baseline = true;
    s.timeline.progression = at(56);
    EXPECT(&s, "PFS", fda, "C1 censored 0");
    EXPECT(&s, "PFS", ema, "C4 event 56");
    s.timeline.progression.day = MSP_NO_DAY;
    EXPECT(&s, "PFS", ema, "C1 censored 0");

    scene_of(&s, "28 NE")->timeline.last_alive = at(100);
    EXPECT(&s, "PFS", fda, "C2 censored 0");
    EXPECT(&s, "PFS", ema, "C2 censored 0");
    s.timeline.death = at(40);
    EXPECT(&s, "PFS", fda, "C3 event 40");
    EXPECT(&s, "PFS", ema, "C3 event 40");

    scene_of(&s, "28 PR, 56 PR, 70 PD")->timeline.progression = at(70);
    EXPECT(&s, "PFS", fda, "C4 event 70");
    EXPECT(&s, "PFS", ema, "C4 event 70");

    scene_of(&s, "28 PR, 56 PR, 84 NE");
    EXPECT(&s, "PFS", fda, "C5 censored 56");

    add_therapy(&s, 60);
    EXPECT(&s, "PFS", fda, "C6 censored 56");
    EXPECT(&s, "PFS", ema, "C5 censored 56");
    s.timeline.death = at(90);
    EXPECT(&s, "PFS", fda, "C6 censored 56");
    EXPECT(&s, "PFS", ema, "C10 event 90");
    EXPECT(&s, "PFSNACT", fda, "C10 event 90");

    scene_of(&s, "28 PR")->timeline.stopped = at(40);
    EXPECT(&s, "PFS", fda, "C7 censored 28");
    s.timeline.lost = at(50);
    EXPECT(&s, "PFS", fda, "C11 censored 28");
    s.timeline.clinical_progression = at(45);
    EXPECT(&s, "PFS", fda, "C8 censored 28");
    EXPECT(&s, "PFSFDAC", fda, "E3 event 45");
    s.timeline.clinical_progression.day = s.timeline.lost.day = MSP_NO_DAY;
    s.seen[s.timeline.n_seen++] = (msp_seen){.day = at(56).day, .raw = MSP_LEVEL_PR};
    EXPECT(&s, "PFS", fda, "C5 censored 56"); /* followed on after it stopped */

    scene_of(&s, "28 PR, 56 PR")->timeline.death = at(60);
    EXPECT(&s, "PFS", fda, "C10 event 60");
    scene_of(&s, "28 PR, 56 PD")->timeline.death = at(56);
    s.timeline.progression = at(56);
    EXPECT(&s, "PFS", fda, "C14 event 56");
    s.timeline.death = at(57);
    EXPECT(&s, "PFS", fda, "C4 event 56");

    scene_of(&s, "28 PR")->timeline.progression = at(-3);
    EXPECT(&s, "PFS", fda, "C15 fault -3");
}

/* C6: on or before its start counts; a progression on the day itself is not after it. */
static void new_therapy_at_its_limits(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 56 PR, 84 PD")->timeline.progression = at(84);
    add_therapy(&s, 56);
    EXPECT(&s, "PFS", fda, "C6 censored 56");
    s.therapies[0] = at(55);
    EXPECT(&s, "PFS", fda, "C6 censored 28");
    s.therapies[0] = at(84);
    EXPECT(&s, "PFS", fda, "C4 event 84");
    s.therapies[0] = at(20);
    EXPECT(&s, "PFS", fda, "C6 censored 0");
    s.therapies[0] = at(0); /* on the first day already */
    EXPECT(&s, "PFS", fda, "C6 censored 0");
    EXPECT(&s, "TTNT", fda, "E6 event 0");
    s.therapies[0] = at(20);
    msp_tte_rules counts = fda;
    counts.new_therapy = MSP_NEW_THERAPY_EVENT;
    EXPECT(&s, "PFS", counts, "E6 event 20");
    counts.new_therapy = MSP_NEW_THERAPY_IGNORE;
    EXPECT(&s, "PFS", counts, "C4 event 84");
}

/* C12b: a progression that only rules without censoring at the next therapy can see. */
static void progression_on_the_next_therapy(void **state)
{
    (void)state;
    scene s;
    scene_of(&s, "28 PR, 56 PR, 84 PD, 112 PD")->timeline.progression_followed = at(84);
    add_therapy(&s, 60);
    const msp_tte_rules fda = msp_tte_rules_fda(), ema = msp_tte_rules_ema();
    EXPECT(&s, "PFS", fda, "C6 censored 56");
    EXPECT(&s, "PFS", ema, "C4 event 84");
}

/* Schedule 28, 56, 84, 112, window 7. Last adequate on day 28: day 56 counts as missed when
 * 28 + 7 < 56, day 84 when 84 < event - 7. */
static void missed_visits_at_their_limits(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda(), ema = msp_tte_rules_ema();
    scene s;
    scene_of(&s, "28 PR, 91 PD")->timeline.progression = at(91); /* 84 < 84: no */
    EXPECT(&s, "PFS", fda, "C4 event 91");
    scene_of(&s, "28 PR, 92 PD")->timeline.progression = at(92); /* 84 < 85: yes */
    EXPECT(&s, "PFS", fda, "C9 censored 28");
    EXPECT(&s, "PFS", ema, "C4 event 92");
    scene_of(&s, "48 PR, 92 PD")->timeline.progression = at(92); /* 48 + 7 < 56: still */
    EXPECT(&s, "PFS", fda, "C9 censored 48");
    scene_of(&s, "49 PR, 92 PD")->timeline.progression = at(92);
    EXPECT(&s, "PFS", fda, "C4 event 92");

    /* C3: never assessed; days 28 and 56 are missed from day 64 on. */
    scene_of(&s, "")->timeline.death = at(63);
    EXPECT(&s, "PFS", fda, "C3 event 63");
    s.timeline.death = at(64);
    EXPECT(&s, "PFS", fda, "C9 censored 0");
    msp_tte_rules three = fda;
    three.missed_visits = 3;
    EXPECT(&s, "PFS", three, "C3 event 64");
    three.missed_visits = 0;
    s.timeline.death = at(1000);
    EXPECT(&s, "PFS", three, "C3 event 1000");
    assert_int_equal(msp_tte_missed_visits(0, 0, 64, 28, 7), 2);
    assert_int_equal(msp_tte_missed_visits(0, 0, 63, 28, 7), 1);
    assert_int_equal(msp_tte_missed_visits(0, 0, 63, 0, 7), 0);
}

static void endpoints_of_one_patient(void **state)
{
    (void)state;
    msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 MR, 56 PR, 84 VGPR, 112 CR, 140 CR, 168 PD, 196 PD");
    s.timeline.progression = at(168);
    s.timeline.relapse_from_cr = at(160);
    s.timeline.last_dose = at(150);
    add_therapy(&s, 200);
    add_therapy(&s, 300);
    s.timeline.last_alive = at(400);
    EXPECT(&s, "PFS", fda, "C4 event 168");
    EXPECT(&s, "OS", fda, "S1 censored 400");
    EXPECT(&s, "TTP", fda, "C4 event 168");
    EXPECT(&s, "TTR", fda, "E4 event 56");
    EXPECT(&s, "TTVGPR", fda, "E4 event 84");
    EXPECT(&s, "TTCR", fda, "E4 event 112");
    EXPECT(&s, "TTBR", fda, "E5 event 112");
    EXPECT(&s, "TTNT", fda, "E6 event 200");
    EXPECT(&s, "TFI", fda, "E6 event 200");
    EXPECT(&s, "PFS2", fda, "E1 event 300");
    EXPECT(&s, "DFS", fda, "E2 event 160");
    const msp_tte dor =
        msp_tte_derive(&s.timeline, msp_tte_definition_find("RSD"), &fda); /* admiral's name */
    assert_int_equal(dor.start.day, at(56).day);
    assert_int_equal(dor.days, 168 - 56 + 1);
    assert_int_equal(dor.end.from.seq, 168);

    fda.third_line_for_second_progression = false;
    EXPECT(&s, "PFS2", fda, "S1 censored 400");
    s.timeline.second_progression = at(290);
    EXPECT(&s, "PFS2", fda, "E1 event 290");
}

static void deaths_by_cause_and_rule(void **state)
{
    (void)state;
    msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 56 PR")->timeline.death = at(70);
    s.timeline.last_alive = at(70);
    s.timeline.died_of_myeloma = MSP_NO;
    EXPECT(&s, "OS", fda, "C10 event 70");
    EXPECT(&s, "TTP", fda, "D1 censored 70");
    EXPECT(&s, "DOR", fda, "C10 event 70");
    EXPECT(&s, "TTNT", fda, "D1 censored 70");
    fda.dor_death_censors = fda.ttnt_death_counts = true;
    EXPECT(&s, "DOR", fda, "D1 censored 70");
    EXPECT(&s, "TTNT", fda, "C10 event 70");
    s.timeline.died_of_myeloma = MSP_UNKNOWN; /* not known to be an event */
    EXPECT(&s, "TTP", fda, "D1 censored 70");
    s.timeline.died_of_myeloma = MSP_YES;
    EXPECT(&s, "TTP", fda, "C10 event 70");
    EXPECT(&s, "DOR", fda, "C10 event 70");
}

static void extra_events_of_efs(void **state)
{
    (void)state;
    msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 56 PR, 84 PD")->timeline.progression = at(84);
    s.timeline.adverse_event = at(60);
    EXPECT(&s, "EFS", fda, "C4 event 84");
    fda.efs_events = MSP_EVENT_BIT(MSP_EVENT_ADVERSE_EVENT);
    EXPECT(&s, "EFS", fda, "E7 event 60");
    EXPECT(&s, "PFS", fda, "C4 event 84");
}

static void who_has_no_such_time(void **state)
{
    (void)state;
    msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 MR, 56 SD");
    EXPECT(&s, "DOR", fda, "undefined");
    EXPECT(&s, "TTR", fda, "undefined");
    EXPECT(&s, "DFS", fda, "undefined");
    EXPECT(&s, "TFI", fda, "undefined");
    fda.time_to_response_in_all = true;
    EXPECT(&s, "TTR", fda, "C5 censored 56");
    s.timeline.randomised.day = MSP_NO_DAY;
    EXPECT(&s, "PFS", fda, "undefined");
    fda.origin = MSP_ORIGIN_FIRST_DOSE;
    s.timeline.first_dose = at(2);
    EXPECT(&s, "PFS", fda, "C5 censored 56");
    s.seen[0].confirmed = MSP_LEVEL_PR;
    s.seen[0].excluded = true; /* after the next therapy: no response */
    EXPECT(&s, "DOR", fda, "undefined");
}

static void nothing_after_the_cutoff(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 56 PR, 84 PD")->timeline.progression = at(84);
    s.timeline.death = at(90);
    s.timeline.last_alive = at(90);
    s.timeline.cutoff = at(84).day;
    EXPECT(&s, "PFS", fda, "C4 event 84");
    EXPECT(&s, "OS", fda, "S1 censored 84"); /* who died on day 90 lived on day 84 */
    s.timeline.cutoff = at(83).day;
    EXPECT(&s, "PFS", fda, "C5 censored 56");
    s.timeline.cutoff = at(27).day;
    EXPECT(&s, "PFS", fda, "C2 censored 0");
    EXPECT(&s, "DOR", fda, "undefined");
    s.timeline.cutoff = at(-1).day;
    EXPECT(&s, "OS", fda, "undefined");
    s.timeline.cutoff = MSP_NO_DAY;
    EXPECT(&s, "OS", fda, "C10 event 90");
    scene_of(&s, "")->timeline.last_alive = at(-5);
    EXPECT(&s, "OS", fda, "S2 censored 0");
}

static void a_crossover_cohort_has_its_own_origin(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "228 PR, 256 PR, 300 PD")->timeline.crossover = at(200);
    s.timeline.progression = at(300);
    msp_tte_definition pfsx = *msp_tte_definition_find("PFS");
    pfsx.origin = MSP_ORIGIN_CROSSOVER;
    const msp_tte tte = msp_tte_derive(&s.timeline, &pfsx, &fda);
    assert_int_equal(tte.state, MSP_TTE_EVENT);
    assert_int_equal(tte.days, 101); /* the schedule counts from the crossover too: no gap */
}

/* The schedule starts with an endpoint that starts with the first dose, and C1 holds for it; for a
 * duration of response it starts with the trial. */
static void the_schedule_starts_with_the_trial(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 92 PD")->timeline.progression = at(92);
    s.timeline.first_dose = at(1);
    msp_tte_definition pfs = *msp_tte_definition_find("PFS");
    pfs.origin = MSP_ORIGIN_FIRST_DOSE; /* day 85 of the schedule is within 7 days of day 92 */
    assert_string_equal(msp_tte_derive(&s.timeline, &pfs, &fda).why->id, "C4");
    EXPECT(&s, "PFS", fda, "C9 censored 28");
    EXPECT(&s, "DOR", fda, "C9 censored 28");
    s.timeline.no_baseline = true;
    assert_string_equal(msp_tte_derive(&s.timeline, &pfs, &fda).why->id, "C1");
    EXPECT(&s, "DOR", fda, "C9 censored 28");
}

static void rates_at_named_times(void **state)
{
    (void)state;
    scene s;
    scene_of(&s, "28 MR, 168 VGPR, 200 CR, 261 sCR");
    assert_int_equal(msp_timeline_best(&s.timeline, at(0).day, at(167).day), MSP_LEVEL_MR);
    assert_int_equal(msp_timeline_best(&s.timeline, at(0).day, at(168).day), MSP_LEVEL_VGPR);
    s.timeline.transplant = at(200); /* within 60 days of it: to day 260 */
    assert_int_equal(msp_timeline_best(&s.timeline, at(201).day, at(260).day), MSP_LEVEL_NE);
    assert_int_equal(msp_timeline_best(&s.timeline, at(201).day, at(261).day), MSP_LEVEL_SCR);
    assert_int_equal(msp_timeline_best(&s.timeline, at(200).day, at(260).day), MSP_LEVEL_CR);
}

static void harvest_over_two_million(void **state)
{
    (void)state;
    scene s;
    scene_of(&s, "");
    msp_collected collected[] = {{at(100).day, msp_amount_of("1.2"), at(100).from},
                                 {at(101).day, msp_amount_of("0.8"), at(101).from},
                                 {at(102).day, msp_amount_of("?"), at(102).from},
                                 {at(140).day, msp_amount_of("5"), at(140).from}};
    s.timeline.collected = collected;
    s.timeline.n_collected = 2;
    const msp_decimal two = {2, 0};
    msp_fact enough;
    msp_dated when;
    msp_error err;
    const msp_day from = at(90).day, to = at(130).day;
    assert_int_equal(msp_timeline_harvest(&s.timeline, from, to, two, &enough, &when, &err),
                     MSP_OK);
    assert_int_equal(enough, MSP_NO); /* exactly 2 is not over 2 */
    assert_int_equal(when.day, MSP_NO_DAY);
    s.timeline.n_collected = 4;
    assert_int_equal(msp_timeline_harvest(&s.timeline, from, to, two, &enough, &when, &err),
                     MSP_OK);
    assert_int_equal(enough, MSP_UNKNOWN);
    assert_int_equal(
        msp_timeline_harvest(&s.timeline, at(101).day, at(140).day, two, &enough, &when, &err),
        MSP_OK);
    assert_int_equal(enough, MSP_YES); /* its last day counts, and one of 5 is enough */
    collected[2].cd34 = msp_amount_of("0.01");
    assert_int_equal(msp_timeline_harvest(&s.timeline, from, to, two, &enough, &when, &err),
                     MSP_OK);
    assert_int_equal(enough, MSP_YES);
    assert_int_equal(when.day, at(102).day); /* the collection that made it enough */
    assert_int_equal(when.from.seq, 102);
}

static void free_at_two_years(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    scene s;
    scene_of(&s, "28 PR, 56 PD")->timeline.progression = at(56);
    const msp_tte_definition *pfs = msp_tte_definition_find("PFS");
    msp_tte tte = msp_tte_derive(&s.timeline, pfs, &fda); /* 57 days */
    assert_int_equal(msp_tte_free_at(&tte, 56), MSP_YES);
    assert_int_equal(msp_tte_free_at(&tte, 57), MSP_NO);
    s.timeline.progression.day = MSP_NO_DAY;
    tte = msp_tte_derive(&s.timeline, pfs, &fda);
    assert_int_equal(msp_tte_free_at(&tte, 57), MSP_UNKNOWN);
    assert_int_equal(msp_tte_free_at(&tte, 56), MSP_YES);
}

/* A progression lies after the last adequate assessment before it, a death on its day. */
static void between_two_assessments(void **state)
{
    (void)state;
    const msp_tte_rules fda = msp_tte_rules_fda();
    const msp_tte_definition *pfs = msp_tte_definition_find("PFS");
    scene s;
    scene_of(&s, "28 PR, 56 NE, 84 PD")->timeline.progression = at(84);
    msp_tte tte = msp_tte_derive(&s.timeline, pfs, &fda);
    assert_int_equal(tte.days, 85);
    assert_int_equal(tte.after, 29); /* day 56 shows nothing */
    tte = msp_tte_derive(&s.timeline, msp_tte_definition_find("TTR"), &fda);
    assert_int_equal(tte.days, 29);
    assert_int_equal(tte.after, 0); /* no assessment before it */
    s.timeline.progression.day = MSP_NO_DAY;
    s.timeline.death = at(100);
    tte = msp_tte_derive(&s.timeline, pfs, &fda);
    assert_int_equal(tte.days, 101);
    assert_int_equal(tte.after, 101);
    s.timeline.death.day = MSP_NO_DAY;
    tte = msp_tte_derive(&s.timeline, pfs, &fda);
    assert_int_equal(tte.state, MSP_TTE_CENSORED);
    assert_int_equal(tte.after, tte.days);
}

/* A day of 0 to 399, or none. */
static int draw_day(msp_random *random, double chance)
{
    return msp_random_uniform(random) < chance ? (int)(msp_random_uniform(random) * 400) : -1;
}

static msp_dated drawn(msp_random *random, double chance)
{
    const int day = draw_day(random, chance);
    return day < 0 ? (msp_dated){.day = MSP_NO_DAY} : at(day);
}

static void draw_scene(msp_random *random, scene *s)
{
    scene_of(s, "");
    for (int day = 1; s->timeline.n_seen < SEEN_MAX; day += 20 + draw_day(random, 1) / 10) {
        s->seen[s->timeline.n_seen++] = (msp_seen){
            .day = at(day).day,
            .raw = (msp_response_level)(msp_random_uniform(random) * MSP_LEVEL_COUNT),
            .confirmed = (msp_response_level)(msp_random_uniform(random) * MSP_LEVEL_COUNT)};
    }
    s->timeline.no_baseline = msp_random_uniform(random) < 0.1;
    s->timeline.progression = drawn(random, 0.5);
    s->timeline.death = drawn(random, 0.4);
    s->timeline.died_of_myeloma = (msp_fact)((int)(msp_random_uniform(random) * 3) - 1);
    s->timeline.last_alive = drawn(random, 0.9);
    const msp_dated next = drawn(random, 0.4);
    if (next.day != MSP_NO_DAY)
        s->therapies[s->timeline.n_therapies++] = next;
    const msp_dated cutoff = drawn(random, 0.3);
    s->timeline.cutoff = cutoff.day;
}

/* What has to hold of every patient, whatever happened. */
static void properties_of_random_timelines(void **state)
{
    (void)state;
    msp_random random = msp_random_at(20, 3, 0, 0);
    const msp_tte_rules fda = msp_tte_rules_fda(), ema = msp_tte_rules_ema();
    const msp_tte_definition *all;
    const size_t n = msp_tte_definitions(&all);
    for (int trial = 0; trial < 20000; trial++) {
        scene s;
        draw_scene(&random, &s);
        const msp_timeline *t = &s.timeline;
        const msp_tte os = msp_tte_derive(t, msp_tte_definition_find("OS"), &fda);
        const msp_tte pfs = msp_tte_derive(t, msp_tte_definition_find("PFS"), &fda);
        const msp_tte later = msp_tte_derive(t, msp_tte_definition_find("PFS"), &ema);
        for (size_t i = 0; i < n; i++) {
            const msp_tte tte = msp_tte_derive(t, &all[i], &fda);
            if (tte.state == MSP_TTE_UNDEFINED || tte.state == MSP_TTE_FAULT)
                continue;
            assert_true(tte.days >= 1);
            if (t->cutoff != MSP_NO_DAY)
                assert_true(tte.end.day <= t->cutoff);
        }
        /* The FDA's style censors events of the EMA's, and moves none. */
        if (pfs.state == MSP_TTE_EVENT) {
            assert_int_equal(later.state, MSP_TTE_EVENT);
            assert_int_equal(later.end.day, pfs.end.day);
        }
        assert_true(pfs.state == MSP_TTE_UNDEFINED || pfs.days <= later.days);
        if (os.state == MSP_TTE_EVENT && later.state == MSP_TTE_EVENT)
            assert_true(later.days <= os.days);
        if (os.state == MSP_TTE_EVENT)
            assert_int_equal(later.state, MSP_TTE_EVENT);
    }
}

/* The definition in the rules, counted one by one. */
static void missed_visits_by_counting(void **state)
{
    (void)state;
    msp_random random = msp_random_at(21, 3, 0, 0);
    for (int trial = 0; trial < 100000; trial++) {
        const int last = draw_day(&random, 1) - 50, event = last + draw_day(&random, 1) - 20;
        const int interval = 1 + draw_day(&random, 1) / 8, window = draw_day(&random, 1) / 30;
        int64_t count = 0;
        for (int k = 1; k * interval < event - window; k++)
            count += last + window < k * interval;
        assert_int_equal(msp_tte_missed_visits(0, last, event, interval, window), count);
    }
}

static void texts_fit_adam(void **state)
{
    (void)state;
    const msp_tte_definition *all;
    const size_t n = msp_tte_definitions(&all);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(all[i].paramcd) <= 8);
        assert_true(strlen(all[i].param) <= 40);
        assert_true(all[i].events != 0);
    }
    const msp_outcome_rule *rules;
    const size_t n_rules = msp_outcome_rules(&rules);
    for (size_t i = 0; i < n_rules; i++)
        for (size_t j = 0; j < n_rules; j++) /* one reason, one code, and the other way */
            if (rules[i].id[0] != 'A' && rules[j].id[0] != 'A' && rules[i].cnsr > 0 &&
                rules[i].id[0] == 'C' && rules[j].id[0] == 'C' && rules[j].cnsr > 0)
                assert_int_equal(rules[i].cnsr == rules[j].cnsr, i == j);
}

/* The page of the method shows every row of both tables. */
static void the_page_has_every_row(void **state)
{
    (void)state;
    msp_error err;
    msp_file file;
    assert_int_equal(msp_file_open(project_file("docs/methods/endpoints.md"), &file, &err), MSP_OK);
    msp_text text = {0}, row = {0};
    msp_text_add_n(&text, file.data, file.size);
    msp_file_close(&file);
    const char *page = msp_text_str(&text);
    const msp_tte_definition *all;
    const size_t n = msp_tte_definitions(&all);
    for (size_t i = 0; i < n; i++) {
        msp_text_clear(&row);
        msp_text_printf(&row, "| %s | %s | %s |", all[i].paramcd, all[i].param, all[i].doc);
        assert_non_null(strstr(page, msp_text_str(&row)));
    }
    const msp_outcome_rule *rules;
    const size_t n_rules = msp_outcome_rules(&rules);
    for (size_t i = 0; i < n_rules; i++) {
        msp_text_clear(&row);
        msp_text_printf(&row, "| %s | %d | %s | %s | %s |", rules[i].id, rules[i].cnsr,
                        rules[i].evntdesc, rules[i].cnsdtdsc, rules[i].doc);
        assert_non_null(strstr(page, msp_text_str(&row)));
    }
    msp_text_free(&row);
    msp_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(censoring_row_by_row),
        cmocka_unit_test(new_therapy_at_its_limits),
        cmocka_unit_test(progression_on_the_next_therapy),
        cmocka_unit_test(missed_visits_at_their_limits),
        cmocka_unit_test(endpoints_of_one_patient),
        cmocka_unit_test(deaths_by_cause_and_rule),
        cmocka_unit_test(extra_events_of_efs),
        cmocka_unit_test(who_has_no_such_time),
        cmocka_unit_test(nothing_after_the_cutoff),
        cmocka_unit_test(a_crossover_cohort_has_its_own_origin),
        cmocka_unit_test(the_schedule_starts_with_the_trial),
        cmocka_unit_test(rates_at_named_times),
        cmocka_unit_test(harvest_over_two_million),
        cmocka_unit_test(free_at_two_years),
        cmocka_unit_test(between_two_assessments),
        cmocka_unit_test(properties_of_random_timelines),
        cmocka_unit_test(missed_visits_by_counting),
        cmocka_unit_test(texts_fit_adam),
        cmocka_unit_test(the_page_has_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
