/*
 * make-example - simulates the trial SPIKE-1 and writes its tables.
 *
 *     make-example FOLDER     writes FOLDER/spike-1/{adsl,adrs,adtte}.xpt and FOLDER/pfs.csv
 *
 * Nobody in it is a patient. What is assumed stands in the constants below and, in words, in
 * examples/spike-1/README.md; the tables in examples/ are what this program writes, and a test
 * holds them to it. Every draw is a function of (seed, patient, purpose), see random.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"

#define SEED       1
#define N_PATIENTS 240
#define N_SITES    24
#define BLOCK      4 /* of the allocation, half to each arm */

#define FIRST_PATIENT_IN (msp_day_from_civil(2019, 3, 4))
#define CUT_OFF          (msp_day_from_civil(2022, 3, 31))
#define ACCRUAL_DAYS     610
#define CYCLE            28 /* days from one assessment to the next */
#define NEVER            INT32_MAX
#define NEVER_DOSED      112 /* this patient left after randomisation, before the first dose */

/* Times in months, hazards per month. */
#define PROGRESSION_SHAPE  1.15
#define PROGRESSION_SCALE  48.0 /* of a patient whose linear predictor is 0 */
#define DEATH_FIRST        0.004
#define DEATH_AFTER        0.034
#define LOG_HR_TREATMENT   (-0.50)
#define LOG_HR_DEATH_AFTER (-0.10)
#define LOST               0.0022
#define NEW_THERAPY        0.0022
#define STOPS_FOR_TOXICITY 0.007

typedef enum purpose {
    ENTRY,
    SITE,
    BASELINE,
    STRATUM_ERROR,
    ALLOCATION,
    PROGRESSION,
    DEATH,
    FOLLOW_UP,
    VISIT,
    RESPONSE,
} purpose;

typedef enum risk { STANDARD, HIGH, UNKNOWN, NOT_DONE } risk;

typedef struct outcome {
    msp_day day;
    int censored; /* 0: an event; else why there is none, as below */
    const char *what, *at;
} outcome;

typedef struct patient {
    uint32_t number; /* order of randomisation, from 0 */
    unsigned site, number_at_site;
    msp_day randomised, first_dose, last_dose; /* MSP_NO_DAY when never dosed */
    unsigned age;
    bool female, refractory, transplant, carfilzomib;
    const char *race;
    unsigned iss, lines; /* from 1 */
    double ecog, b2m;    /* b2m in mg/L; either may be MISSING */
    risk cytogenetics;
    char diagnosed[MSP_DATE_MAX];
    bool late_line, stage_iii;                               /* the strata as randomised */
    msp_day progression, death, lost, new_therapy, toxicity; /* NEVER when it does not come */
    bool skips_visits;                                       /* the two before progression */
    outcome pfs, os;
    msp_day last_alive;
    const char *off_treatment, *off_study; /* reasons; "" while on */
} patient;

/* Every site once; patients go to a site in proportion to its weight. */
static const struct {
    const char *country;
    unsigned weight;
} sites[N_SITES] = {
    {"USA", 6}, {"USA", 4}, {"USA", 3}, {"USA", 3}, {"CAN", 4}, {"CAN", 2}, {"FRA", 6}, {"FRA", 3},
    {"DEU", 5}, {"DEU", 4}, {"DEU", 2}, {"ITA", 5}, {"ITA", 3}, {"ESP", 5}, {"ESP", 2}, {"POL", 4},
    {"POL", 3}, {"CZE", 4}, {"CZE", 2}, {"GRC", 4}, {"JPN", 5}, {"JPN", 3}, {"KOR", 4}, {"AUS", 3},
};

/* -- draws -- */

static msp_random stream(const patient *p, purpose what)
{
    return msp_random_at(SEED, 0, p->number, (uint16_t)what);
}

/* An index of `weights`, in proportion. */
static unsigned pick(msp_random *r, const unsigned *weights, unsigned n)
{
    unsigned total = 0, i = 0;
    for (unsigned j = 0; j < n; j++)
        total += weights[j];
    unsigned rest = (unsigned)msp_random_below(r, total);
    while (rest >= weights[i])
        rest -= weights[i++];
    return i;
}

static msp_day days(double months)
{
    return (msp_day)ceil(months * MSP_DAYS_PER_MONTH);
}

static msp_day earlier(msp_day a, msp_day b)
{
    return a < b ? a : b;
}

/* -- at the beginning -- */

static void enter(patient *p, unsigned patients_at_site[N_SITES])
{
    msp_random r = stream(p, ENTRY);
    const double at = ((double)p->number + msp_random_uniform(&r)) / N_PATIENTS * ACCRUAL_DAYS;
    p->randomised = FIRST_PATIENT_IN + (msp_day)at;
    const int day = msp_day_of_week(p->randomised);
    if (day > 5) /* nobody is randomised at a weekend */
        p->randomised += 8 - day;

    unsigned weights[N_SITES];
    for (size_t i = 0; i < N_SITES; i++)
        weights[i] = sites[i].weight;
    r = stream(p, SITE);
    p->site = pick(&r, weights, N_SITES);
    p->number_at_site = ++patients_at_site[p->site];
}

static const char *race_at(unsigned site, msp_random *r)
{
    static const char *const races[] = {"WHITE", "ASIAN", "BLACK OR AFRICAN AMERICAN", "OTHER",
                                        "NOT REPORTED"};
    static const unsigned america[] = {72, 4, 17, 4, 3}, asia[] = {0, 99, 0, 0, 1},
                          elsewhere[] = {88, 2, 2, 2, 6};
    const char *country = sites[site].country;
    const bool asian = strcmp(country, "JPN") == 0 || strcmp(country, "KOR") == 0;
    const bool american = strcmp(country, "USA") == 0 || strcmp(country, "CAN") == 0;
    return races[pick(r, asian ? asia : american ? america : elsewhere, MSP_COUNT(races))];
}

/* Diagnosed some years before; of some patients only the month or the year is known. */
static void diagnose(patient *p, msp_random *r)
{
    const double months = 9 + 15 * (double)p->lines + exponential(r, 1 / 12.0);
    const size_t len = msp_day_format(p->randomised - days(months), p->diagnosed);
    const double u = msp_random_uniform(r);
    p->diagnosed[u < 0.80 ? len : u < 0.95 ? strlen("2017-05") : strlen("2017")] = '\0';
}

static void describe(patient *p)
{
    static const unsigned lines[] = {50, 33, 17}, stages[] = {42, 35, 23}, ecog[] = {44, 46, 9, 1},
                          cytogenetics[] = {60, 22, 15, 3};
    msp_random r = stream(p, BASELINE);
    const double age = fmin(fmax(65 + 9.5 * normal(&r), 36), 87);
    p->age = (unsigned)age;
    p->female = chance(&r, 0.44);
    p->race = race_at(p->site, &r);
    p->lines = 1 + pick(&r, lines, MSP_COUNT(lines));
    p->iss = 1 + pick(&r, stages, MSP_COUNT(stages));
    const unsigned status = pick(&r, ecog, MSP_COUNT(ecog));
    p->ecog = status < 3 ? status : MISSING;
    p->cytogenetics = (risk)pick(&r, cytogenetics, MSP_COUNT(cytogenetics));
    p->transplant = chance(&r, p->age < 70 ? 0.72 : 0.18);
    p->refractory = p->lines > 1 && chance(&r, 0.25);
    /* stage III is beta-2 microglobulin of 5.5 mg/L and more, stage I below 3.5 */
    const double b2m = p->iss == 1   ? 1.6 + 1.8 * msp_random_uniform(&r)
                       : p->iss == 2 ? 2.6 + 2.8 * msp_random_uniform(&r)
                                     : 5.5 + exponential(&r, 0.4);
    p->b2m = chance(&r, 0.03) ? MISSING : floor(b2m * 10) / 10;
    diagnose(p, &r);

    /* in one patient of forty a site enters a wrong stratum */
    r = stream(p, STRATUM_ERROR);
    p->late_line = (p->lines > 1) != chance(&r, 0.0125);
    p->stage_iii = (p->iss == 3) != chance(&r, 0.0125);
}

typedef struct stratum {
    unsigned n; /* allocated so far */
    bool block[BLOCK];
} stratum;

/* Permuted blocks in each of the four strata. */
static void allocate(patient *p, stratum strata[4])
{
    stratum *s = &strata[2 * p->late_line + p->stage_iii];
    if (s->n % BLOCK == 0) {
        msp_random r = stream(p, ALLOCATION);
        for (unsigned i = 0; i < BLOCK; i++)
            s->block[i] = i < BLOCK / 2;
        for (unsigned i = BLOCK - 1; i > 0; i--) {
            const size_t j = (size_t)msp_random_below(&r, i + 1);
            const bool other = s->block[j];
            s->block[j] = s->block[i];
            s->block[i] = other;
        }
    }
    p->carfilzomib = s->block[s->n++ % BLOCK];
}

/* -- what happens -- */

/* The day of the n-th assessment (0: randomisation): planned every four weeks, come when it suits.
 */
static msp_day visit(const patient *p, unsigned n)
{
    if (n == 0)
        return p->randomised;
    msp_random r = stream(p, VISIT);
    r.next = n;
    return p->randomised + (msp_day)n * CYCLE - 3 + (msp_day)msp_random_below(&r, 7);
}

static unsigned first_visit_from(const patient *p, msp_day day)
{
    unsigned n = 0;
    while (visit(p, n) < day)
        n++;
    return n;
}

/* 0 is randomisation: there was none after it. */
static unsigned last_visit_until(const patient *p, msp_day day)
{
    unsigned n = 0;
    while (visit(p, n + 1) <= day)
        n++;
    return n;
}

static double linear_predictor(const patient *p)
{
    const double treatment =
        LOG_HR_TREATMENT + 0.25 * (p->cytogenetics == HIGH) + 0.20 * (p->age >= 75);
    return 0.35 * (p->lines > 1) + 0.15 * (p->iss == 2) + 0.45 * (p->iss == 3) +
           0.50 * (p->cytogenetics == HIGH) + 0.25 * (p->ecog == 2) + 0.45 * p->refractory +
           treatment * p->carfilzomib;
}

static void live(patient *p)
{
    msp_random r = stream(p, PROGRESSION);
    const double unit = exponential(&r, 1) / exp(linear_predictor(p));
    const double progression = PROGRESSION_SCALE * pow(unit, 1 / PROGRESSION_SHAPE);
    r = stream(p, DEATH);
    double death = exponential(&r, DEATH_FIRST * (p->age >= 75 ? 2.0 : 1.0));
    const bool progresses = progression < death;
    if (progresses)
        death = progression +
                exponential(&r, DEATH_AFTER *
                                    exp(LOG_HR_DEATH_AFTER * p->carfilzomib + 0.3 * (p->iss == 3)));
    p->death = p->randomised + days(death);
    p->progression = NEVER;
    if (progresses) {
        const unsigned n = first_visit_from(p, p->randomised + days(progression));
        r = stream(p, FOLLOW_UP);
        p->skips_visits = n > 4 && chance(&r, 0.03);
        if (visit(p, n) < p->death)
            p->progression = visit(p, n);
    }
    r = stream(p, FOLLOW_UP);
    r.next = 1;
    p->lost = p->randomised + days(exponential(&r, LOST));
    p->new_therapy = p->randomised + days(exponential(&r, NEW_THERAPY));
    p->toxicity = p->randomised + days(exponential(&r, STOPS_FOR_TOXICITY));
    p->first_dose = p->randomised + (msp_day)msp_random_below(&r, 6);
    if (p->number == NEVER_DOSED) {
        p->first_dose = MSP_NO_DAY;
        p->lost = p->randomised + 9;
    }
}

/* -- what the tables say of it, at the cut-off -- */

/* CNSR of ADTTE */
enum { EVENT, ONGOING, THERAPY, LOST_TO_FOLLOW_UP, NO_ASSESSMENT, MISSED };

static outcome pfs(const patient *p)
{
    const msp_day event = earlier(p->progression, p->death);
    const msp_day end = earlier(CUT_OFF, earlier(p->lost, p->new_therapy));
    const char *why = end == CUT_OFF   ? "Ongoing without event at the cut-off"
                      : end == p->lost ? "Lost to follow-up or withdrew consent"
                                       : "New anti-myeloma therapy before an event";
    int code = end == CUT_OFF ? ONGOING : end == p->lost ? LOST_TO_FOLLOW_UP : THERAPY;
    unsigned last = last_visit_until(p, end);
    if (event <= end) {
        if (!p->skips_visits)
            return (outcome){event, EVENT, event == p->death ? "Death" : "Disease progression", ""};
        last = last_visit_until(p, event) - 3;
        code = MISSED;
        why = "Event after two or more missed assessments";
    }
    if (last == 0)
        return (outcome){p->randomised, NO_ASSESSMENT, "No assessment after randomisation",
                         "Randomisation"};
    return (outcome){visit(p, last), code, why, "Last adequate assessment"};
}

static outcome os(const patient *p)
{
    if (p->death <= earlier(CUT_OFF, p->lost))
        return (outcome){p->death, EVENT, "Death", ""};
    if (p->lost <= CUT_OFF)
        return (outcome){p->last_alive, LOST_TO_FOLLOW_UP, "Lost to follow-up or withdrew consent",
                         "Last known alive"};
    return (outcome){p->last_alive, ONGOING, "Alive at the cut-off", "Last known alive"};
}

static bool dosed(const patient *p)
{
    return p->first_dose != MSP_NO_DAY;
}

static bool dead(const patient *p)
{
    return p->os.censored == EVENT;
}

static void close_treatment(patient *p)
{
    const struct {
        msp_day day;
        const char *why;
    } reasons[] = {
        {p->death, "DEATH"},
        {p->progression, "PROGRESSIVE DISEASE"},
        {p->toxicity, "ADVERSE EVENT"},
        {p->lost, "WITHDRAWAL BY SUBJECT"},
        {p->new_therapy, "PHYSICIAN DECISION"},
    };
    p->last_dose = dosed(p) ? CUT_OFF : MSP_NO_DAY;
    p->off_treatment = "";
    for (size_t i = 0; dosed(p) && i < MSP_COUNT(reasons); i++)
        if (reasons[i].day < p->last_dose) {
            p->last_dose = reasons[i].day;
            p->off_treatment = reasons[i].why;
        }
    if (p->last_dose != MSP_NO_DAY && p->last_dose < p->first_dose)
        p->last_dose = p->first_dose;
}

static void close_study(patient *p)
{
    msp_random r = stream(p, FOLLOW_UP);
    r.next = 16;
    p->pfs = pfs(p);
    const msp_day contact = CUT_OFF - (msp_day)msp_random_below(&r, CYCLE);
    p->last_alive = earlier(p->death, earlier(p->lost, CUT_OFF));
    if (p->last_alive == CUT_OFF) /* an assessment, too, shows that the patient lives */
        p->last_alive = contact > p->pfs.day ? contact : p->pfs.day;
    p->os = os(p);
    p->off_study = dead(p)              ? "DEATH"
                   : p->lost > CUT_OFF  ? ""
                   : p->number % 2 == 0 ? "LOST TO FOLLOW-UP"
                                        : "WITHDRAWAL BY SUBJECT";
    close_treatment(p);
}

/* -- tables -- */

static const char *yes(bool b)
{
    return b ? "Y" : "N";
}

static const char *age_group(const patient *p)
{
    return p->age < 65 ? "<65" : p->age < 75 ? "65-74" : ">=75";
}

static const char *stage(const patient *p)
{
    static const char *const stages[] = {"I", "II", "III"};
    return stages[p->iss - 1];
}

static const char *arm(const patient *p)
{
    return p->carfilzomib ? "KRd" : "Rd";
}

static void put_date(sheet *s, const char *name, const char *label, msp_day day)
{
    put_number(s, name, label, day == MSP_NO_DAY ? MISSING : day - MSP_SAS_EPOCH);
    if (s->status == MSP_OK)
        s->table.columns[s->next - 1].format = "DATE9.";
}

static void put_name(sheet *s, const patient *p)
{
    char name[32];
    put(s, "STUDYID", "Study Identifier", "SPIKE-1");
    snprintf(name, sizeof name, "SPIKE-1-%02u-%03u", p->site + 1, p->number_at_site);
    put(s, "USUBJID", "Unique Subject Identifier", name);
}

static void put_subject(sheet *s, const patient *p)
{
    static const char *const risks[] = {"STANDARD", "HIGH", "UNKNOWN", ""};
    char site[8];
    snprintf(site, sizeof site, "%02u", p->site + 1);
    put_name(s, p);
    put(s, "SITEID", "Study Site Identifier", site);
    put(s, "COUNTRY", "Country", sites[p->site].country);
    put(s, "TRT01P", "Planned Treatment for Period 01", arm(p));
    put_number(s, "TRT01PN", "Planned Treatment for Period 01 (N)", p->carfilzomib ? 1 : 2);
    put(s, "TRT01A", "Actual Treatment for Period 01", dosed(p) ? arm(p) : "");
    put_number(s, "TRT01AN", "Actual Treatment for Period 01 (N)",
               !dosed(p)        ? NAN
               : p->carfilzomib ? 1
                                : 2);
    put(s, "ITTFL", "Intent-To-Treat Population Flag", "Y");
    put(s, "SAFFL", "Safety Population Flag", yes(dosed(p)));
    put_date(s, "RANDDT", "Date of Randomization", p->randomised);
    put_date(s, "TRTSDT", "Date of First Exposure to Treatment", p->first_dose);
    put_date(s, "TRTEDT", "Date of Last Exposure to Treatment", p->last_dose);
    put_number(s, "AGE", "Age", p->age);
    put(s, "AGEU", "Age Units", "YEARS");
    put(s, "AGEGR1", "Pooled Age Group 1", age_group(p));
    put(s, "SEX", "Sex", p->female ? "F" : "M");
    put(s, "RACE", "Race", p->race);
    put(s, "ISS", "ISS Stage at Study Entry", stage(p));
    put_number(s, "ECOGBL", "ECOG Performance Status at Baseline", p->ecog);
    put_number(s, "PRIORLN", "Number of Prior Lines of Therapy", p->lines);
    put(s, "LENREFFL", "Refractory to Lenalidomide Flag", yes(p->refractory));
    put(s, "PREVASCT", "Previous Autologous Transplant Flag", yes(p->transplant));
    put_number(s, "B2MBL", "Beta-2 Microglobulin at Baseline (mg/L)", p->b2m);
    put(s, "CYTORISK", "Cytogenetic Risk", risks[p->cytogenetics]);
    put(s, "DIAGDTC", "Date of Initial Diagnosis", p->diagnosed);
    put(s, "STRAT1R", "Strat Factor 1 Used for Rand: Lines", p->late_line ? "2-3" : "1");
    put(s, "STRAT2R", "Strat Factor 2 Used for Rand: ISS", p->stage_iii ? "III" : "I-II");
    put(s, "STRAT1V", "Strat Factor 1 Verified: Lines", p->lines > 1 ? "2-3" : "1");
    put(s, "STRAT2V", "Strat Factor 2 Verified: ISS", p->iss == 3 ? "III" : "I-II");
    put(s, "EOTSTT", "End of Treatment Status",
        !dosed(p)                   ? ""
        : *p->off_treatment != '\0' ? "DISCONTINUED"
                                    : "ONGOING");
    put(s, "DCTREAS", "Reason for Discontinuation of Treatment", p->off_treatment);
    put(s, "EOSSTT", "End of Study Status", *p->off_study != '\0' ? "DISCONTINUED" : "ONGOING");
    put(s, "DCSREAS", "Reason for Discontinuation from Study", p->off_study);
    put(s, "DTHFL", "Subject Death Flag", dead(p) ? "Y" : "");
    put_date(s, "DTHDT", "Date of Death", dead(p) ? p->death : MSP_NO_DAY);
    put_date(s, "LSTALVDT", "Date Last Known Alive", p->last_alive);
}

static void put_outcome(sheet *s, const patient *p, const char *code, const char *parameter,
                        outcome o)
{
    put_name(s, p);
    put(s, "TRTP", "Planned Treatment", arm(p));
    put(s, "PARAMCD", "Parameter Code", code);
    put(s, "PARAM", "Parameter", parameter);
    put_date(s, "STARTDT", "Time-to-Event Origin Date for Subject", p->randomised);
    put_date(s, "ADT", "Analysis Date", o.day);
    put_number(s, "AVAL", "Analysis Value", o.day - p->randomised + 1);
    put(s, "AVALU", "Analysis Value Unit", "DAYS");
    put_number(s, "CNSR", "Censor", o.censored);
    put(s, "EVNTDESC", "Event or Censoring Description", o.what);
    put(s, "CNSDTDSC", "Censor Date Description", o.at);
}

/* The same PFS as people who are not at home in ADaM keep it: a row a patient. */
static void put_plain(sheet *s, const patient *p)
{
    char id[8];
    snprintf(id, sizeof id, "%03u", p->number + 1);
    put(s, "patient", "", id);
    put(s, "arm", "", arm(p));
    put_number(s, "days", "", p->pfs.day - p->randomised + 1);
    put_number(s, "event", "", p->pfs.censored == EVENT);
    put(s, "lines", "", p->late_line ? "2-3" : "1");
    put(s, "stage", "", p->stage_iii ? "III" : "I-II");
    put_number(s, "age", "", p->age);
    put(s, "sex", "", p->female ? "F" : "M");
    put_number(s, "ecog", "", p->ecog);
    put_number(s, "b2m", "", p->b2m);
}

/* Best responses in 100 patients of each arm: KRd, Rd. A patient who progresses by the second
 * assessment has responded to nothing. */
static const struct {
    const char *level;
    unsigned weight[2];
} responses[] = {{"sCR", {14, 4}}, {"CR", {18, 5}}, {"VGPR", {36, 31}}, {"PR", {18, 27}},
                 {"MR", {4, 10}},  {"SD", {7, 18}}, {"NE", {3, 5}}};

static void put_response(sheet *s, const patient *p)
{
    unsigned weights[MSP_COUNT(responses)];
    msp_random r = stream(p, RESPONSE);
    for (size_t i = 0; i < MSP_COUNT(responses); i++)
        weights[i] = responses[i].weight[p->carfilzomib ? 0 : 1];
    const char *level = responses[pick(&r, weights, MSP_COUNT(responses))].level;
    if (p->progression != NEVER && p->progression - p->randomised <= 2 * CYCLE)
        level = "PD";
    put_name(s, p);
    put(s, "PARAMCD", "Parameter Code", "CBOR");
    put(s, "PARAM", "Parameter", "Best Confirmed Response by Investigator");
    put(s, "AVALC", "Analysis Value (C)", dosed(p) ? level : "NE");
}

typedef struct trial {
    sheet adsl, adrs, adtte, plain;
} trial;

static void simulate(trial *t)
{
    unsigned patients_at_site[N_SITES] = {0};
    stratum strata[4] = {{0}};
    for (uint32_t i = 0; i < N_PATIENTS; i++) {
        patient p = {.number = i};
        enter(&p, patients_at_site);
        describe(&p);
        allocate(&p, strata);
        live(&p);
        close_study(&p);
        begin_row(&t->adsl);
        put_subject(&t->adsl, &p);
        begin_row(&t->adrs);
        put_response(&t->adrs, &p);
        begin_row(&t->adtte);
        put_outcome(&t->adtte, &p, "PFS", "Progression-Free Survival", p.pfs);
        begin_row(&t->adtte);
        put_outcome(&t->adtte, &p, "OS", "Overall Survival", p.os);
        begin_row(&t->plain);
        put_plain(&t->plain, &p);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make-example FOLDER\n", stderr);
        return 2;
    }
    trial t = {0};
    msp_error err;
    msp_status rc = msp_table_init(&t.adsl.table, "ADSL", "Subject-Level Analysis Dataset", &err);
    if (rc == MSP_OK)
        rc = msp_table_init(&t.adrs.table, "ADRS", "Response Analysis Dataset", &err);
    if (rc == MSP_OK)
        rc = msp_table_init(&t.adtte.table, "ADTTE", "Time-to-Event Analysis Dataset", &err);
    if (rc == MSP_OK)
        rc = msp_table_init(&t.plain.table, "PFS", "", &err);
    if (rc == MSP_OK) {
        simulate(&t);
        rc = save(&t.adsl, argv[1], "spike-1/adsl.xpt", MSP_TABLE_XPT, CUT_OFF, &err);
    }
    if (rc == MSP_OK)
        rc = save(&t.adrs, argv[1], "spike-1/adrs.xpt", MSP_TABLE_XPT, CUT_OFF, &err);
    if (rc == MSP_OK)
        rc = save(&t.adtte, argv[1], "spike-1/adtte.xpt", MSP_TABLE_XPT, CUT_OFF, &err);
    if (rc == MSP_OK)
        rc = save(&t.plain, argv[1], "pfs.csv", MSP_TABLE_CSV, CUT_OFF, &err);
    if (rc != MSP_OK)
        fprintf(stderr, "make-example: %s\n", err.text);
    msp_table_free(&t.adsl.table);
    msp_table_free(&t.adrs.table);
    msp_table_free(&t.adtte.table);
    msp_table_free(&t.plain.table);
    return msp_status_exit_code(rc);
}
