/*
 * make-labs - simulates the laboratory values of a trial and writes them as SDTM tables.
 *
 *     make-labs FOLDER [PATIENTS [SEED]]     dm, ds, ex, cm, suppcm, pr, dd, vs, lb, mi, gf, tr and
 * rs.xpt; 24 patients, 1
 *
 * Nobody in it is a patient. M-protein falls and grows again as a sum of two exponentials; what a
 * laboratory, a site or a calendar adds to that stands below. Sites report in the units that they
 * are used to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "making.h"

#define CYCLE        28
#define CYCLES_MAX   48
#define MISSED       0.04  /* visits */
#define LIMIT        0.1   /* g/dL of serum M-protein, below which nothing can be quantified */
#define INVISIBLE    0.015 /* g/dL, below which immunofixation is negative */
#define FIRST_IN     (msp_day_from_civil(2021, 2, 1))
#define CUT_OFF      (msp_day_from_civil(2024, 12, 31))
#define ACCRUAL_DAYS 540

typedef enum purpose { PERSON, DISEASE, COURSE, VISITS, ASSAY, OPINION, BODY, PAST } purpose;

typedef struct person {
    uint32_t number;
    char id[32];
    bool si; /* the site's units: g/L, mmol/L */
    msp_day randomised, first_dose, relapse, next_therapy, death, last;
    bool of_myeloma, female;
    unsigned age, height;
    /* at the beginning; 0: not made */
    double serum, urine, light, lesion; /* g/dL, mg/24h, mg/L, cm */
    double resistant, kill, growth;     /* share; a month */
    double lowest;                      /* burden so far */
    msp_random visits, assay, opinion;
} person;

typedef struct trial {
    uint64_t seed;
    sheet dm, ds, ex, cm, suppcm, pr, dd, vs, lb, mi, gf, tr, rs;
    unsigned seq;
} trial;

/* -- the disease -- */

/* What is left of the tumour `day` days after the first dose, as a share of the beginning. */
static double burden(const person *p, double day)
{
    const double months = day > 0 ? day / MSP_DAYS_PER_MONTH : 0;
    const double x =
        (1 - p->resistant) * exp(-p->kill * months) + p->resistant * exp(p->growth * months);
    return x < 1 ? x : 2 - 1 / x; /* no tumour grows for ever */
}

/* The first day on which the burden is a quarter of the beginning above its lowest. */
static msp_day relapse_of(const person *p)
{
    double lowest = 1;
    for (int day = 0; day < CYCLE * CYCLES_MAX; day++) {
        const double now = burden(p, day);
        lowest = now < lowest ? now : lowest;
        if (now > 1.25 * lowest && now - lowest > 0.15)
            return p->first_dose + day;
    }
    return MSP_NO_DAY;
}

static void fall_ill(person *p, msp_random r)
{
    const double kind = msp_random_uniform(&r);
    if (kind < 0.8)
        p->serum = 2.6 * exp(0.45 * normal(&r));
    if (kind >= 0.6 && kind < 0.8)
        p->urine = 900 * exp(0.7 * normal(&r));
    p->light = (kind >= 0.8 ? 900 : 150) * exp(0.9 * normal(&r));
    if (chance(&r, 0.06))
        p->lesion = 2 + 3 * msp_random_uniform(&r);
    const double depth = 1.3 + 0.8 * normal(&r);
    p->resistant = pow(10, -(depth > 0.05 ? depth : 0.05));
    p->kill = 0.9 * exp(0.4 * normal(&r));
    p->growth = 0.11 * exp(0.6 * normal(&r));
}

static void live(person *p, msp_random r)
{
    p->relapse = relapse_of(p);
    p->next_therapy = p->death = MSP_NO_DAY;
    if (p->relapse != MSP_NO_DAY && chance(&r, 0.8))
        p->next_therapy = p->relapse + 45 + (msp_day)msp_random_below(&r, 40);
    double left = exponential(&r, 0.006); /* months; death comes sooner after the relapse */
    const double to_relapse =
        p->relapse != MSP_NO_DAY ? (p->relapse - p->first_dose) / MSP_DAYS_PER_MONTH : 1e9;
    if (left > to_relapse) {
        left = to_relapse + exponential(&r, 0.03);
        p->of_myeloma = true;
    }
    const msp_day end = p->first_dose + (msp_day)(left * MSP_DAYS_PER_MONTH);
    if (left < 1000 && end <= CUT_OFF)
        p->death = end;
    else
        p->of_myeloma = false;
    p->last = p->death != MSP_NO_DAY ? p->death : CUT_OFF;
}

static person make_person(uint64_t seed, uint32_t number)
{
    person p = {.number = number};
    msp_random r = msp_random_at(seed, 0, number, PERSON);
    const unsigned site = (unsigned)msp_random_below(&r, 20);
    snprintf(p.id, sizeof p.id, "LABS-%02u-%04u", site + 1, number + 1);
    p.si = site % 2 == 1;
    p.randomised = FIRST_IN + (msp_day)msp_random_below(&r, ACCRUAL_DAYS);
    p.first_dose = p.randomised + 1 + (msp_day)msp_random_below(&r, 5);
    r = msp_random_at(seed, 0, number, BODY);
    p.age = (unsigned)(52 + 30 * msp_random_uniform(&r));
    p.female = chance(&r, 0.45);
    p.height = (unsigned)((p.female ? 163 : 176) + 7 * normal(&r));
    fall_ill(&p, msp_random_at(seed, 0, number, DISEASE));
    live(&p, msp_random_at(seed, 0, number, COURSE));
    p.visits = msp_random_at(seed, 0, number, VISITS);
    p.assay = msp_random_at(seed, 0, number, ASSAY);
    p.opinion = msp_random_at(seed, 0, number, OPINION);
    p.lowest = 1;
    return p;
}

/* -- tables -- */

static void put_day(sheet *s, const char *name, const char *label, msp_day day)
{
    char text[MSP_DATE_MAX] = "";
    if (day != MSP_NO_DAY)
        msp_day_format(day, text);
    put(s, name, label, text);
}

static void put_who(sheet *s, const char *domain, const person *p)
{
    begin_row(s);
    put(s, "STUDYID", "Study Identifier", "LABS-1");
    put(s, "DOMAIN", "Domain Abbreviation", domain);
    put(s, "USUBJID", "Unique Subject Identifier", p->id);
}

typedef struct result {
    const char *code, *test, *specimen, *unit;
    char text[24];
    double upper; /* limit of normal; 0: none is said */
} result;

static void put_lab(trial *t, const person *p, const result *r, double visit, msp_day day)
{
    sheet *s = &t->lb;
    put_who(s, "LB", p);
    put_number(s, "LBSEQ", "Sequence Number", ++t->seq);
    put(s, "LBTESTCD", "Lab Test or Examination Short Name", r->code);
    put(s, "LBTEST", "Lab Test or Examination Name", r->test);
    put(s, "LBORRES", "Result or Finding in Original Units", r->text);
    put(s, "LBORRESU", "Original Units", r->unit);
    put(s, "LBSPEC", "Specimen Type", r->specimen);
    put_number(s, "VISITNUM", "Visit Number", visit);
    put_day(s, "LBDTC", "Date/Time of Specimen Collection", day);
    put_number(s, "LBORNRHI", "Reference Range Upper Limit in Orig Unit",
               r->upper > 0 ? r->upper : MISSING);
}

/* The figure as a laboratory prints it. */
static void quantity(trial *t, const person *p, const char *code, const char *test,
                     const char *specimen, const char *unit, double x, int digits, double visit,
                     msp_day day)
{
    result r = {code, test, specimen, unit, "", 0};
    snprintf(r.text, sizeof r.text, "%.*f", digits, x);
    put_lab(t, p, &r, visit, day);
}

static double measured(person *p, double x)
{
    return x * exp(0.04 * normal(&p->assay));
}

static void put_electrophoresis(trial *t, person *p, double left, double visit, msp_day day)
{
    const double serum = measured(p, p->serum * left);
    result r = {"MCPROT", "Monoclonal Protein", "SERUM", p->si ? "g/L" : "g/dL", "not detected", 0};
    if (serum >= LIMIT)
        snprintf(r.text, sizeof r.text, "%.*f", p->si ? 1 : 2, p->si ? 10 * serum : serum);
    put_lab(t, p, &r, visit, day);
    const bool negative = p->serum * left < INVISIBLE && p->urine * left < 5;
    if (serum < LIMIT) {
        result ife = {"MPIGISO", "Monoclonal Prot Immunoglobulin Isotype", "SERUM", "", "IgG kappa",
                      0};
        if (negative)
            snprintf(ife.text, sizeof ife.text, "NEGATIVE");
        put_lab(t, p, &ife, visit, day);
        ife.specimen = "URINE";
        put_lab(t, p, &ife, visit, day);
    }
    const double urine = measured(p, p->urine * left);
    quantity(t, p, "MPROTEXR", "Monoclonal Protein Excretion Rate", "URINE", "mg/day",
             urine < 10 ? 0 : urine, 0, visit, day + (msp_day)(visit > 0 ? 0 : 1));
    if (negative && chance(&p->assay, 0.3)) {
        sheet *s = &t->mi;
        char text[24];
        put_who(s, "MI", p);
        put(s, "MITESTCD", "Microscopic Examination Short Name", "PLSTCECE");
        put(s, "MITEST", "Microscopic Examination Name", "Plasma Cells/Total Cells");
        snprintf(text, sizeof text, "%u", (unsigned)msp_random_below(&p->assay, 7));
        put(s, "MIORRES", "Result or Finding in Original Units", text);
        put(s, "MIORRESU", "Original Units", "%");
        put(s, "MISPEC", "Specimen Material Type", "BONE MARROW");
        put_number(s, "VISITNUM", "Visit Number", visit);
        put_day(s, "MIDTC", "Date/Time of Specimen Collection", day + 1);
    }
}

static void put_chemistry(trial *t, person *p, double visit, msp_day day)
{
    const double calcium = 9.2 + 0.5 * normal(&p->assay), haemoglobin = 11 + normal(&p->assay);
    quantity(t, p, "CA", "Calcium", "SERUM", p->si ? "mmol/L" : "mg/dL",
             p->si ? calcium / 4.008 : calcium, p->si ? 2 : 1, visit, day);
    quantity(t, p, "ALB", "Albumin", "SERUM", p->si ? "g/L" : "g/dL",
             (p->si ? 10 : 1) * (3.8 + 0.3 * normal(&p->assay)), p->si ? 0 : 1, visit, day);
    quantity(t, p, "HGB", "Hemoglobin", "BLOOD", p->si ? "g/L" : "g/dL",
             (p->si ? 10 : 1) * haemoglobin, p->si ? 0 : 1, visit, day);
    quantity(t, p, "CREAT", "Creatinine", "SERUM", "umol/L", 85 * exp(0.2 * normal(&p->assay)), 0,
             visit, day);
}

static void put_lesion(trial *t, person *p, double left, double visit, msp_day day)
{
    static const char *const codes[][2] = {{"LDIAM", "Longest Diameter"},
                                           {"PERP", "Longest Perpendicular"}};
    const double length = left < 0.02 ? 0 : p->lesion * cbrt(left);
    for (size_t i = 0; i < 2; i++) {
        sheet *s = &t->tr;
        char text[24];
        put_who(s, "TR", p);
        put(s, "TRLNKID", "Link ID", "T01");
        put(s, "TRTESTCD", "Tumor/Lesion Assessment Short Name", codes[i][0]);
        put(s, "TRTEST", "Tumor/Lesion Assessment Test Name", codes[i][1]);
        snprintf(text, sizeof text, "%.0f", (i == 0 ? 10 : 7) * length);
        put(s, "TRORRES", "Result or Finding in Original Units", text);
        put(s, "TRORRESU", "Original Units", "mm");
        put_number(s, "VISITNUM", "Visit Number", visit);
        put_day(s, "TRDTC", "Date/Time of Tumor/Lesion Measurement", day);
    }
}

/* What somebody who looks at the tumour itself would say; one in ten says a level less. */
static const char *opinion(person *p, double left)
{
    static const char *const levels[] = {"CR", "VGPR", "PR", "MR", "SD"};
    static const double at_most[] = {0.004, 0.1, 0.5, 0.75, 1e9};
    size_t i = 0;
    if (left > 1.25 * p->lowest && left - p->lowest > 0.15)
        return "PD";
    while (left > at_most[i])
        i++;
    if (chance(&p->opinion, 0.1) && i + 1 < MSP_COUNT(levels))
        i++;
    return levels[i];
}

static void put_opinion(trial *t, person *p, double left, double visit, msp_day day)
{
    static const char *const who[] = {"INVESTIGATOR", "INDEPENDENT ASSESSOR"};
    for (size_t i = 0; i < MSP_COUNT(who); i++) {
        sheet *s = &t->rs;
        const char *level = opinion(p, left);
        put_who(s, "RS", p);
        put_number(s, "RSSEQ", "Sequence Number", ++t->seq);
        put(s, "RSTESTCD", "Assessment Short Name", "OVRLRESP");
        put(s, "RSTEST", "Assessment Name", "Overall Response");
        put(s, "RSCAT", "Category for Assessment", "IMWG");
        put(s, "RSORRES", "Result or Finding in Original Units", level);
        put(s, "RSSTRESC", "Character Result/Finding in Std Format", level);
        put(s, "RSEVAL", "Evaluator", who[i]);
        put_number(s, "VISITNUM", "Visit Number", visit);
        put(s, "VISIT", "Visit Name", "");
        put_day(s, "RSDTC", "Date/Time of Assessment", day);
    }
    p->lowest = left < p->lowest ? left : p->lowest;
}

/* A full visit; the first of all, before the first dose, has VISITNUM 0. */
static void put_visit(trial *t, person *p, unsigned cycle, msp_day day)
{
    const double left = burden(p, day - p->first_dose), visit = cycle;
    put_electrophoresis(t, p, left, visit, day);
    quantity(t, p, "KLCFR", "Kappa Light Chain, Free", "SERUM", "mg/L",
             measured(p, 14 + p->light * left), 1, visit, day);
    quantity(t, p, "LLCFR", "Lambda Light Chain, Free", "SERUM", "mg/L", measured(p, 13), 1, visit,
             day);
    put_chemistry(t, p, visit, day);
    if (cycle > 0)
        put_opinion(t, p, left, visit, day);
    if (p->lesion > 0 && cycle % 3 == 0)
        put_lesion(t, p, left, visit, day);
}

/* -- before the trial -- */

/* What stage and doses are worked out from; one in ten lacks a part of it. */
static void put_baseline(trial *t, const person *p, msp_random *r, msp_day day)
{
    const double b2m = 2 + exponential(r, 0.35);
    if (chance(r, 0.95))
        quantity(t, p, "B2MICG", "Beta-2 Microglobulin", "SERUM", "mg/L", b2m, 1, 0, day);
    result ldh = {"LDH", "Lactate Dehydrogenase", "SERUM", "U/L", "", 250};
    snprintf(ldh.text, sizeof ldh.text, "%.0f", 190 * exp(0.25 * normal(r)));
    put_lab(t, p, &ldh, 0, day);
    const struct {
        const char *code, *test, *unit;
        double value;
    } signs[] = {{"WEIGHT", "Weight", "kg", fmax(48, (double)p->height - 96 + 10 * normal(r))},
                 {"HEIGHT", "Height", "cm", p->height}};
    for (size_t i = 0; i < MSP_COUNT(signs); i++) {
        char text[24];
        snprintf(text, sizeof text, "%.0f", signs[i].value);
        put_who(&t->vs, "VS", p);
        put(&t->vs, "VSTESTCD", "Vital Signs Test Short Name", signs[i].code);
        put(&t->vs, "VSTEST", "Vital Signs Test Name", signs[i].test);
        put(&t->vs, "VSORRES", "Result or Finding in Original Units", text);
        put(&t->vs, "VSORRESU", "Original Units", signs[i].unit);
        put_number(&t->vs, "VISITNUM", "Visit Number", 0);
        put_day(&t->vs, "VSDTC", "Date/Time of Measurements", day);
    }
}

static void put_lesions(trial *t, const person *p, msp_random *r, msp_day day)
{
    static const struct {
        const char *code, *test;
        double share;
    } lesions[] = {{"DEL17P", "Deletion of 17p", 0.12},
                   {"T4_14", "Translocation t(4;14)", 0.12},
                   {"T14_16", "Translocation t(14;16)", 0.04},
                   {"GAIN1Q", "Gain of 1q21", 0.35}};
    for (size_t i = 0; i < MSP_COUNT(lesions); i++) {
        const bool there = chance(r, lesions[i].share), made = chance(r, 0.97);
        put_who(&t->gf, "GF", p);
        put(&t->gf, "GFTESTCD", "Short Name of Genomic Measurement", lesions[i].code);
        put(&t->gf, "GFTEST", "Name of Genomic Measurement", lesions[i].test);
        put(&t->gf, "GFORRES", "Result or Finding in Original Units",
            made ? there ? "DETECTED" : "NOT DETECTED" : "INCONCLUSIVE");
        put_day(&t->gf, "GFDTC", "Date/Time of Specimen Collection", day);
    }
}

static void qualify(trial *t, const person *p, unsigned seq, const char *name, const char *label,
                    const char *value)
{
    char text[12];
    sheet *s = &t->suppcm;
    snprintf(text, sizeof text, "%u", seq);
    begin_row(s);
    put(s, "STUDYID", "Study Identifier", "LABS-1");
    put(s, "RDOMAIN", "Related Domain Abbreviation", "CM");
    put(s, "USUBJID", "Unique Subject Identifier", p->id);
    put(s, "IDVAR", "Identifying Variable", "CMSEQ");
    put(s, "IDVARVAL", "Identifying Variable Value", text);
    put(s, "QNAM", "Qualifier Variable Name", name);
    put(s, "QLABEL", "Qualifier Variable Label", label);
    put(s, "QVAL", "Data Value", value);
}

/* One row of CM; its number. */
static unsigned put_drug(trial *t, const person *p, const char *drug, const char *category,
                         const char *course, msp_day from, msp_day to, const char *reason)
{
    sheet *s = &t->cm;
    put_who(s, "CM", p);
    put_number(s, "CMSEQ", "Sequence Number", ++t->seq);
    put(s, "CMTRT", "Reported Name of Drug, Med, or Therapy", drug);
    put(s, "CMCAT", "Category for Medication", category);
    put(s, "CMGRPID", "Group ID", course);
    put_day(s, "CMSTDTC", "Start Date/Time of Medication", from);
    put_day(s, "CMENDTC", "End Date/Time of Medication", to);
    put(s, "CMRSDISC", "Reason the Intervention Was Discontinued", reason);
    return t->seq;
}

/* One to three lines; a transplant belongs to the first of half of the patients. */
static void put_past(trial *t, const person *p, msp_random *r)
{
    static const char *const regimens[][3] = {
        {"BORTEZOMIB", "LENALIDOMIDE", "DEXAMETHASONE"},
        {"BORTEZOMIB", "CYCLOPHOSPHAMIDE", "DEXAMETHASONE"},
        {"LENALIDOMIDE", "DEXAMETHASONE", NULL},
        {"DARATUMUMAB", "LENALIDOMIDE", "DEXAMETHASONE"},
        {"POMALIDOMIDE", "DEXAMETHASONE", NULL},
    };
    static const char *const responses[] = {"VGPR", "PR", "CR", "SD"};
    const unsigned lines = 1 + (unsigned)msp_random_below(r, 3);
    msp_day day = p->randomised - 700 * (msp_day)lines - (msp_day)msp_random_below(r, 300);
    for (unsigned line = 1; line <= lines; line++) {
        const size_t which =
            line == 1 ? (size_t)msp_random_below(r, 2) : 2 + (size_t)msp_random_below(r, 3);
        const msp_day end = day + 180 + (msp_day)msp_random_below(r, 300);
        const bool progressed = chance(r, 0.5);
        char course[12], pd[MSP_DATE_MAX];
        snprintf(course, sizeof course, "%u", line);
        unsigned first = 0;
        for (size_t i = 0; i < 3 && regimens[which][i] != NULL; i++) {
            const unsigned seq =
                put_drug(t, p, regimens[which][i], "PRIOR ANTI-MYELOMA THERAPY", course, day, end,
                         progressed ? "PROGRESSIVE DISEASE" : "COMPLETED");
            first = first == 0 ? seq : first;
        }
        if (line == 1 && chance(r, 0.5)) {
            put_who(&t->pr, "PR", p);
            put(&t->pr, "PRTRT", "Reported Name of Procedure", "AUTOLOGOUS STEM CELL TRANSPLANT");
            put(&t->pr, "PRCAT", "Category", "PRIOR ANTI-MYELOMA THERAPY");
            put(&t->pr, "PRGRPID", "Group ID", course);
            put_day(&t->pr, "PRSTDTC", "Start Date/Time of Procedure", day + 120);
        }
        qualify(t, p, first, "CMBRESP", "Best Response",
                responses[msp_random_below(r, MSP_COUNT(responses))]);
        const msp_day next = line < lines ? day + 700 : p->randomised - 20;
        msp_day_format(progressed ? end : next - 30, pd);
        qualify(t, p, first, "CMPDDTC", "Date of Progression", pd);
        day = next;
    }
}

static void put_before(trial *t, const person *p)
{
    msp_random r = msp_random_at(t->seed, 0, p->number, PAST);
    const msp_day screening = p->randomised - 3;
    put_baseline(t, p, &r, screening);
    put_lesions(t, p, &r, screening - 4);
    put_past(t, p, &r);
}

/* -- in the trial -- */

static void put_course(trial *t, person *p)
{
    put_visit(t, p, 0, p->randomised - 3 - (msp_day)msp_random_below(&p->visits, 10));
    for (unsigned cycle = 1; cycle <= CYCLES_MAX; cycle++) {
        const bool missed = chance(&p->visits, MISSED);
        const msp_day day =
            p->first_dose + (msp_day)(CYCLE * cycle) - 2 + (msp_day)msp_random_below(&p->visits, 5);
        if (day >= p->last || (p->next_therapy != MSP_NO_DAY && day > p->next_therapy + 2 * CYCLE))
            break;
        if (day - 14 < p->last)
            put_chemistry(t, p, cycle - 0.5, day - 14);
        if (!missed)
            put_visit(t, p, cycle, day);
    }
}

static void put_facts(trial *t, const person *p)
{
    put_who(&t->dm, "DM", p);
    char age[12];
    snprintf(age, sizeof age, "%u", p->age);
    const msp_day last_dose =
        p->relapse != MSP_NO_DAY && p->relapse < p->last ? p->relapse : p->last;
    put_day(&t->dm, "RFXSTDTC", "Date/Time of First Study Treatment", p->first_dose);
    put_day(&t->dm, "RFXENDTC", "Date/Time of Last Study Treatment", last_dose);
    put(&t->dm, "AGE", "Age", age);
    put(&t->dm, "AGEU", "Age Units", "YEARS");
    put(&t->dm, "SEX", "Sex", p->female ? "F" : "M");
    put(&t->dm, "DTHFL", "Subject Death Flag", p->death != MSP_NO_DAY ? "Y" : "");
    put_day(&t->dm, "DTHDTC", "Date/Time of Death", p->death);
    put(&t->dm, "ARM", "Description of Planned Arm", p->number % 2 == 0 ? "A" : "B");
    put_who(&t->ds, "DS", p);
    put(&t->ds, "DSDECOD", "Standardized Disposition Term", "RANDOMIZED");
    put_day(&t->ds, "DSSTDTC", "Start Date/Time of Disposition Event", p->randomised);
    put_who(&t->ex, "EX", p);
    put(&t->ex, "EXTRT", "Name of Treatment", "CARFILZOMIB");
    put_number(&t->ex, "EXDOSE", "Dose", 36);
    put_day(&t->ex, "EXSTDTC", "Start Date/Time of Treatment", p->first_dose);
    put_day(&t->ex, "EXENDTC", "End Date/Time of Treatment", last_dose);
    if (p->next_therapy != MSP_NO_DAY && p->next_therapy < p->last)
        put_drug(t, p, "POMALIDOMIDE", "SUBSEQUENT ANTI-CANCER THERAPY", "S1", p->next_therapy,
                 MSP_NO_DAY, "");
    if (p->death != MSP_NO_DAY) {
        put_who(&t->dd, "DD", p);
        put(&t->dd, "DDTESTCD", "Death Detail Assessment Short Name", "PRCDTH");
        put(&t->dd, "DDORRES", "Result or Finding as Collected",
            p->of_myeloma ? "MULTIPLE MYELOMA" : "INFECTION");
    }
}

/* -- the whole -- */

/* A count on the command line; 0 where it is none. */
static uint64_t count_of(const char *text)
{
    double x;
    return msp_double_parse(text, strlen(text), &x) && x >= 1 && x <= 1e9 ? (uint64_t)x : 0;
}

static msp_status write(trial *t, const char *folder, msp_error *err)
{
    const struct {
        const sheet *sheet;
        const char *file;
    } all[] = {{&t->dm, "dm.xpt"},        {&t->ds, "ds.xpt"}, {&t->ex, "ex.xpt"},
               {&t->cm, "cm.xpt"},        {&t->dd, "dd.xpt"}, {&t->lb, "lb.xpt"},
               {&t->mi, "mi.xpt"},        {&t->tr, "tr.xpt"}, {&t->rs, "rs.xpt"},
               {&t->pr, "pr.xpt"},        {&t->vs, "vs.xpt"}, {&t->gf, "gf.xpt"},
               {&t->suppcm, "suppcm.xpt"}};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(all) && rc == MSP_OK; i++)
        if (all[i].sheet->table.n_rows > 0)
            rc = save(all[i].sheet, folder, all[i].file, MSP_TABLE_XPT, CUT_OFF, err);
    return rc;
}

static msp_status make(trial *t, uint32_t n, const char *folder, msp_error *err)
{
    const struct {
        sheet *sheet;
        const char *name, *label;
    } all[] = {{&t->dm, "DM", "Demographics"},
               {&t->ds, "DS", "Disposition"},
               {&t->ex, "EX", "Exposure"},
               {&t->cm, "CM", "Concomitant/Prior Medications"},
               {&t->suppcm, "SUPPCM", "Supplemental Qualifiers for CM"},
               {&t->pr, "PR", "Procedures"},
               {&t->vs, "VS", "Vital Signs"},
               {&t->gf, "GF", "Genomics Findings"},
               {&t->dd, "DD", "Death Details"},
               {&t->lb, "LB", "Laboratory Test Results"},
               {&t->mi, "MI", "Microscopic Findings"},
               {&t->tr, "TR", "Tumor/Lesion Results"},
               {&t->rs, "RS", "Disease Response and Clin Classification"}};
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < MSP_COUNT(all) && rc == MSP_OK; i++)
        rc = msp_table_init(&all[i].sheet->table, all[i].name, all[i].label, err);
    for (uint32_t i = 0; i < n && rc == MSP_OK; i++) {
        person p = make_person(t->seed, i);
        put_facts(t, &p);
        put_before(t, &p);
        put_course(t, &p);
    }
    if (rc == MSP_OK)
        rc = write(t, folder, err);
    for (size_t i = 0; i < MSP_COUNT(all); i++)
        msp_table_free(&all[i].sheet->table);
    return rc;
}

int main(int argc, char **argv)
{
    const uint64_t n = argc > 2 ? count_of(argv[2]) : 24;
    trial t = {.seed = argc > 3 ? count_of(argv[3]) : 1};
    if (argc < 2 || argc > 4 || n == 0 || n > 1000000 || t.seed == 0) {
        fputs("usage: make-labs FOLDER [PATIENTS [SEED]]\n", stderr);
        return 2;
    }
    msp_error err;
    const msp_status rc = make(&t, (uint32_t)n, argv[1], &err);
    if (rc != MSP_OK)
        fprintf(stderr, "make-labs: %s\n", err.text);
    return msp_status_exit_code(rc);
}
