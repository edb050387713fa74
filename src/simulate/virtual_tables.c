/* virtual_tables.c - who the patients are, what was measured, what became of them. */
#include "mspike/simulate/virtual_tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "person.h"

static const double missing = NAN;

msp_day person_last(const person *who)
{
    const msp_virtual_patient *p = who->p;
    return p->patient.died              ? p->patient.death
           : p->withdrawn != MSP_NO_DAY ? p->withdrawn
                                        : p->cutoff;
}

/* -- who -- */

static double between(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double normal(msp_random *r)
{
    return normal_of((uint32_t)(msp_random_bits(r) >> 32));
}

static void be_born(person *who)
{
    msp_random r = person_stream(who, DRAW_PERSON);
    who->female = msp_random_uniform(&r) < 0.45;
    who->age = (int)between(round(65 + 9 * normal(&r)), 34, 88);
    who->weight = between(round((who->female ? 66 : 79) * exp(0.17 * normal(&r))), 40, 140);
    who->height = between(round((who->female ? 161 : 173) + 7 * normal(&r)), 145, 200);
}

static msp_status put_dm(const person *who)
{
    const msp_patient *p = &who->p->patient;
    char number[16];
    snprintf(number, sizeof number, "%04u", who->p->number + 1);
    sheet s = person_sheet(who, MSP_VIRTUAL_DM);
    sheet_row(&s, "DM");
    sheet_text(&s, "SUBJID", "Subject Identifier for the Study", number);
    sheet_day(&s, "RFSTDTC", "Subject Reference Start Date/Time", who->p->enrolled);
    sheet_day(&s, "RFXSTDTC", "Date/Time of First Study Treatment", p->first_dose);
    sheet_day(&s, "RFXENDTC", "Date/Time of Last Study Treatment",
              who->p->crossed != NULL ? who->p->crossed->last_dose : p->last_dose);
    sheet_day(&s, "RFPENDTC", "Date/Time of End of Participation", person_last(who));
    sheet_day(&s, "DTHDTC", "Date/Time of Death", p->death);
    sheet_text(&s, "DTHFL", "Subject Death Flag", p->died ? "Y" : "");
    sheet_number(&s, "AGE", "Age", who->age);
    sheet_text(&s, "AGEU", "Age Units", "YEARS");
    sheet_text(&s, "SEX", "Sex", who->female ? "F" : "M");
    sheet_text(&s, "ARMCD", "Planned Arm Code", p->arm);
    sheet_text(&s, "ARM", "Description of Planned Arm", p->arm);
    sheet_text(&s, "ACTARM", "Description of Actual Arm", p->actual_arm);
    return s.status;
}

void person_qualifier(sheet *s, const char *name, const char *label, const char *value)
{
    sheet_row(s, NULL);
    sheet_text(s, "RDOMAIN", "Related Domain Abbreviation", "DM");
    sheet_text(s, "IDVAR", "Identifying Variable", "");
    sheet_text(s, "IDVARVAL", "Identifying Variable Value", "");
    sheet_text(s, "QNAM", "Qualifier Variable Name", name);
    sheet_text(s, "QLABEL", "Qualifier Variable Label", label);
    sheet_text(s, "QVAL", "Data Value", value);
}

/* The strata, under the names of the columns that the protocol gives them. */
static void put_strata(const person *who, sheet *s)
{
    const msp_protocol *protocol = who->plan->protocol;
    for (size_t i = 0; i < protocol->stratification.n; i++) {
        const msp_stratum *factor = &protocol->stratification.items[i];
        if (factor->column.text != NULL && factor->levels.n > 0)
            person_qualifier(
                s, factor->column.text,
                factor->label.text != NULL ? factor->label.text : factor->id,
                factor->levels.items[msp_virtual_level(who->plan, who->p->cell, i)].text);
    }
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Flags of populations that the trial itself has to know: everybody was enrolled, some went over to
 * another treatment. Others are derived (ITTFL), or come with the transplant. */
static void put_flags(const person *who, sheet *s)
{
    static const char *const derived[] = {"ITTFL", "SAFFL", "RESPEVFL", "RESPFL", "ASCTFL"};
    const msp_protocol *p = who->plan->protocol;
    for (size_t i = 0; i < p->populations.n; i++) {
        const msp_population *population = &p->populations.items[i];
        const bool crossover = p->crossover.population.text != NULL &&
                               strcmp(p->crossover.population.text, population->id) == 0;
        for (size_t c = 0; c < population->where.n; c++) {
            const msp_condition *asked = &population->where.items[c];
            if (asked->values.n > 0 && !is_one_of(asked->column, derived, MSP_COUNT(derived)))
                person_qualifier(
                    s, asked->column, msp_population_label(population),
                    crossover && who->p->crossed == NULL ? "N" : asked->values.items[0].text);
        }
    }
}

static msp_status put_suppdm(const person *who)
{
    sheet s = person_sheet(who, MSP_VIRTUAL_SUPPDM);
    put_strata(who, &s);
    put_flags(who, &s);
    return s.status;
}

static void put_disposition(sheet *s, const char *category, const char *term, msp_day day)
{
    sheet_row(s, "DS");
    sheet_sequence(s, "DSSEQ");
    sheet_text(s, "DSTERM", "Reported Term for the Disposition Event", term);
    sheet_text(s, "DSDECOD", "Standardized Disposition Term", term);
    sheet_text(s, "DSCAT", "Category for Disposition Event", category);
    sheet_day(s, "DSSTDTC", "Start Date/Time of Disposition Event", day);
}

/* Treatment; NULL: it goes on. */
static const char *why_stopped(const msp_virtual_patient *p, msp_day last_dose, msp_day seen)
{
    if (last_dose == seen)
        return "PROGRESSIVE DISEASE";
    if (p->patient.died && last_dose == p->patient.death)
        return "DEATH";
    if (last_dose == p->withdrawn)
        return "WITHDRAWAL BY SUBJECT";
    return last_dose == p->cutoff ? NULL : "ADVERSE EVENT";
}

static msp_status put_ds(const person *who)
{
    const msp_virtual_patient *p = who->p;
    static const char milestone[] = "PROTOCOL MILESTONE", event[] = "DISPOSITION EVENT";
    const msp_virtual_crossed *c = p->crossed;
    const msp_day last_dose = c != NULL ? c->last_dose : p->last_dose;
    const char *stopped = why_stopped(p, p->last_dose, p->seen);
    sheet s = person_sheet(who, MSP_VIRTUAL_DS);
    put_disposition(&s, milestone, "INFORMED CONSENT OBTAINED", p->disposition.consent);
    if (p->patient.randomised != MSP_NO_DAY)
        put_disposition(&s, milestone, "RANDOMIZED", p->patient.randomised);
    if (stopped != NULL)
        put_disposition(&s, event, stopped, p->last_dose);
    if (c != NULL) {
        put_disposition(&s, milestone, "CROSSOVER", c->said.day);
        stopped = why_stopped(p, c->last_dose, c->seen);
        if (stopped != NULL)
            put_disposition(&s, event, stopped, c->last_dose);
    }
    if (p->withdrawn != MSP_NO_DAY && p->withdrawn != last_dose)
        put_disposition(&s, event, "WITHDRAWAL BY SUBJECT", p->withdrawn);
    if (p->patient.died && p->patient.death != last_dose)
        put_disposition(&s, event, "DEATH", p->patient.death);
    return s.status;
}

static msp_status put_dd(const person *who)
{
    sheet s = person_sheet(who, MSP_VIRTUAL_DD);
    if (!who->p->patient.died)
        return MSP_OK;
    sheet_row(&s, "DD");
    sheet_sequence(&s, "DDSEQ");
    sheet_text(&s, "DDTESTCD", "Death Detail Assessment Short Name", "PRCDTH");
    sheet_text(&s, "DDTEST", "Death Detail Assessment Name", "Primary Cause of Death");
    sheet_text(&s, "DDORRES", "Result or Finding as Collected",
               who->p->patient.died_of_myeloma ? "MULTIPLE MYELOMA" : "INFECTION");
    sheet_day(&s, "DDDTC", "Date/Time of Collection", who->p->patient.death);
    return s.status;
}

static msp_status put_cm(const person *who)
{
    const msp_virtual_crossed *c = who->p->crossed;
    const msp_day day = c != NULL ? c->said.next_therapy : who->p->patient.new_therapy;
    sheet s = person_sheet(who, MSP_VIRTUAL_CM);
    if (day == MSP_NO_DAY)
        return MSP_OK;
    sheet_row(&s, "CM");
    sheet_sequence(&s, "CMSEQ");
    sheet_text(&s, "CMTRT", "Reported Name of Drug, Med, or Therapy", "POMALIDOMIDE");
    sheet_text(&s, "CMCAT", "Category for Medication", "SUBSEQUENT ANTI-CANCER THERAPY");
    sheet_day(&s, "CMSTDTC", "Start Date/Time of Medication", day);
    return s.status;
}

static msp_status put_vs(const person *who)
{
    const struct {
        const char *code, *test, *unit;
        double value;
    } rows[] = {{"HEIGHT", "Height", "cm", who->height}, {"WEIGHT", "Weight", "kg", who->weight}};
    sheet s = person_sheet(who, MSP_VIRTUAL_VS);
    for (size_t i = 0; i < MSP_COUNT(rows); i++) {
        char text[16];
        snprintf(text, sizeof text, "%.0f", rows[i].value);
        sheet_row(&s, "VS");
        sheet_sequence(&s, "VSSEQ");
        sheet_text(&s, "VSTESTCD", "Vital Signs Test Short Name", rows[i].code);
        sheet_text(&s, "VSTEST", "Vital Signs Test Name", rows[i].test);
        sheet_text(&s, "VSORRES", "Result or Finding in Original Units", text);
        sheet_text(&s, "VSORRESU", "Original Units", rows[i].unit);
        sheet_day(&s, "VSDTC", "Date/Time of Measurements", who->p->patient.measured[0].day);
    }
    return s.status;
}

/* -- what was measured -- */

static const person_test lab_tests[] = {
    {MSP_MARKER_SERUM_M, "MCPROT", "Monoclonal Protein", "SERUM", "g/dL"},
    {MSP_MARKER_URINE_M, "MPROTEXR", "Monoclonal Protein Excretion Rate", "URINE", "mg/day"},
    {MSP_MARKER_KAPPA, "KLCFR", "Kappa Light Chain, Free", "SERUM", "mg/L"},
    {MSP_MARKER_LAMBDA, "LLCFR", "Lambda Light Chain, Free", "SERUM", "mg/L"},
    {MSP_MARKER_IFE_SERUM, "MPIGISO", "Monoclonal Prot Immunoglobulin Isotype", "SERUM", ""},
    {MSP_MARKER_IFE_URINE, "MPIGISO", "Monoclonal Prot Immunoglobulin Isotype", "URINE", ""},
    {MSP_MARKER_MARROW, "PLSTCECE", "Plasma Cells/Total Cells", "BONE MARROW", "%"},
    {MSP_MARKER_CLONAL, "PCCLONAL", "Clonal Plasma Cells", "BONE MARROW", ""},
    {MSP_MARKER_HAEMOGLOBIN, "HGB", "Hemoglobin", "BLOOD", "g/dL"},
    {MSP_MARKER_CALCIUM, "CA", "Calcium", "SERUM", "mg/dL"},
    {MSP_MARKER_ALBUMIN, "ALB", "Albumin", "SERUM", "g/dL"},
    {MSP_MARKER_CREATININE, "CREAT", "Creatinine", "SERUM", "umol/L"},
    {MSP_MARKER_B2M, "B2MICG", "Beta-2 Microglobulin", "SERUM", "mg/L"},
};

static const person_test *test_of(unsigned marker)
{
    size_t i = 0;
    while (lab_tests[i].marker != marker)
        i++;
    return &lab_tests[i];
}

/* "IgG kappa" of a positive immunofixation. */
static void isotype_text(const msp_patient *p, char out[24])
{
    static const char *const heavy[] = {
#define MSP_AS_TEXT(code, name) name,
        MSP_HEAVY_CHAIN_LIST(MSP_AS_TEXT)
#undef MSP_AS_TEXT
    };
    const char *light = p->light == 'k' ? "kappa" : "lambda";
    if (p->heavy == MSP_HEAVY_LIGHT)
        snprintf(out, 24, "%s light chain", light);
    else
        snprintf(out, 24, "%s %s", heavy[p->heavy], light);
}

/* The figure as a laboratory prints it. */
static void result_text(const msp_patient *p, const msp_measured *m, char out[MSP_DECIMAL_MAX])
{
    const bool sign = msp_marker_about((msp_marker)m->marker)->kind == MSP_MARKER_SIGN;
    if (sign && m->coefficient == 0)
        snprintf(out, MSP_DECIMAL_MAX, "NEGATIVE");
    else if (sign && m->marker == MSP_MARKER_CLONAL)
        snprintf(out, MSP_DECIMAL_MAX, "POSITIVE");
    else if (sign)
        isotype_text(p, out);
    else if ((m->flags & MSP_MEASURED_BELOW) != 0)
        snprintf(out, MSP_DECIMAL_MAX, m->marker == MSP_MARKER_SERUM_M ? "<0.1" : "<10");
    else
        msp_decimal_format(msp_measured_value(m), out);
}

void person_finding(sheet *s, const char *domain, const person_test *test, const char *result,
                    double visit, msp_day day)
{
    char name[6][9];
    static const char *const suffix[] = {"SEQ", "TESTCD", "TEST", "ORRES", "ORRESU", "SPEC"};
    for (size_t i = 0; i < MSP_COUNT(suffix); i++)
        snprintf(name[i], sizeof name[i], "%s%s", domain, suffix[i]);
    sheet_row(s, domain);
    sheet_sequence(s, name[0]);
    sheet_text(s, name[1], "Test Short Name", test->code);
    sheet_text(s, name[2], "Test Name", test->name);
    sheet_text(s, name[3], "Result or Finding in Original Units", result);
    sheet_text(s, name[4], "Original Units", test->unit);
    sheet_text(s, name[5], "Specimen Type", test->specimen);
    sheet_number(s, "VISITNUM", "Visit Number", visit);
    sheet_day(s, domain[0] == 'L' ? "LBDTC" : "MIDTC", "Date/Time of Specimen Collection", day);
}

/* Of plasmacytomas TU and TR speak. */
static bool is_of_lesions(const msp_measured *m)
{
    return m->marker == MSP_MARKER_SPD || m->marker == MSP_MARKER_LONGER ||
           m->marker == MSP_MARKER_NEW_LESION;
}

static void put_measured(sheet *lb, sheet *mi, const person *who, const msp_measured *m)
{
    const bool marrow = m->marker == MSP_MARKER_MARROW || m->marker == MSP_MARKER_CLONAL;
    char text[MSP_DECIMAL_MAX];
    result_text(&who->p->patient, m, text);
    person_finding(marrow ? mi : lb, marrow ? "MI" : "LB", test_of(m->marker), text, m->row,
                   m->day);
}

/* Blood counts and chemistry of a visit: they say nothing of the disease here, but for the stage.
 */
static void put_chemistry(sheet *lb, const person *who, msp_random *r, const msp_measured *visit)
{
    const struct {
        msp_marker marker;
        double value;
        int scale;
    } panel[] = {
        {MSP_MARKER_HAEMOGLOBIN, 11.2 + 1.2 * normal(r), 1},
        {MSP_MARKER_CALCIUM, between(9.2 + 0.35 * normal(r), 8, 10.4), 1},
        {MSP_MARKER_ALBUMIN, between(3.8 + 0.4 * normal(r), 2.2, 5), 1},
        {MSP_MARKER_CREATININE, 85 * exp(0.2 * normal(r)), 0},
        {MSP_MARKER_B2M, 3.4 * exp(0.4 * normal(r)), 1},
    };
    for (size_t i = 0; i < MSP_COUNT(panel); i++) {
        if (panel[i].marker == MSP_MARKER_B2M && visit->row > 0)
            continue; /* at the baseline alone */
        msp_measured m = *visit;
        m.marker = (uint8_t)panel[i].marker;
        m.scale = (uint8_t)panel[i].scale;
        m.coefficient = (int64_t)(panel[i].value * (panel[i].scale > 0 ? 10 : 1) + 0.5);
        m.flags = 0;
        put_measured(lb, lb, who, &m);
    }
}

static msp_status put_labs(const person *who)
{
    const msp_patient *p = &who->p->patient;
    msp_random r = person_stream(who, DRAW_CHEMISTRY);
    sheet lb = person_sheet(who, MSP_VIRTUAL_LB), mi = person_sheet(who, MSP_VIRTUAL_MI);
    for (size_t i = 0; i < p->n_measured; i++) {
        if (!is_of_lesions(&p->measured[i]))
            put_measured(&lb, &mi, who, &p->measured[i]);
        if (i + 1 == p->n_measured || p->measured[i + 1].day != p->measured[i].day)
            put_chemistry(&lb, who, &r, &p->measured[i]);
    }
    return lb.status == MSP_OK ? mi.status : lb.status;
}

/* -- what is true -- */

static double in_days(double day)
{
    return isfinite(day) ? day : missing;
}

/* Of those who went over; missing in others. */
static void put_crossover(const person *who, sheet *s)
{
    const msp_virtual_crossed *c = who->p->crossed;
    const int day = c != NULL ? c->said.day - who->p->enrolled : 0;
    sheet_number(s, "CROSSED", "Days to the Crossover", c != NULL ? day : missing);
    sheet_number(s, "XRESIST", "Resistant Share at the Crossover",
                 c != NULL ? c->truth.kinetics.resistant : missing);
    sheet_number(s, "XGROWTH", "Rate of Growth After the Crossover",
                 c != NULL ? c->truth.kinetics.growth * MSP_DAYS_PER_MONTH : missing);
    sheet_number(s, "XNADIR", "Lowest Burden, to the Crossover",
                 c != NULL ? c->truth.nadir : missing);
    sheet_number(s, "XTRUEPD", "Days to True Progression After It",
                 c != NULL ? in_days(c->truth.progression) : missing);
    sheet_number(s, "XTRUEPFS", "True PFS From the Crossover (Days)",
                 c != NULL ? in_days(msp_virtual_true_pfs(&c->truth) - day) : missing);
}

static msp_status put_truth(const person *who)
{
    const msp_virtual_patient *p = who->p;
    const msp_virtual_truth *t = &p->truth;
    sheet s = person_sheet(who, MSP_VIRTUAL_TRUTH);
    sheet_row(&s, NULL);
    sheet_text(&s, "ARM", "Arm", p->patient.arm);
    sheet_text(&s, "MEASURED", "Disease Is Measured By", msp_disease_type_name(p->type));
    sheet_number(&s, "SERUM", "Serum M-Protein at the Start (g/dL)", t->serum);
    sheet_number(&s, "URINE", "Urine M-Protein at the Start (mg/24h)", t->urine);
    sheet_number(&s, "LIGHT", "Involved Light Chain at the Start (mg/L)", t->light);
    sheet_number(&s, "DECAY", "Rate of Decay (per Month)", t->kinetics.decay * MSP_DAYS_PER_MONTH);
    sheet_number(&s, "GROWTH", "Rate of Growth (per Month)",
                 t->kinetics.growth * MSP_DAYS_PER_MONTH);
    sheet_number(&s, "RESIST", "Resistant Share at the Start", t->kinetics.resistant);
    sheet_number(&s, "NADIR", "Lowest Burden, as a Share of the Start", t->nadir);
    sheet_number(&s, "TRUEPD", "Days to True Progression", in_days(t->progression));
    sheet_number(&s, "TRUEDTH", "Days to True Death", in_days(t->death));
    sheet_number(&s, "TRUEPFS", "True Progression-Free Survival (Days)",
                 in_days(msp_virtual_true_pfs(t)));
    if (who->plan->lesions.any) {
        sheet_number(&s, "LESIONS", "Plasmacytomas at the Start", t->n_lesions);
        sheet_number(&s, "LONGEST", "Longest Diameter of the Largest (mm)",
                     t->n_lesions > 0 ? t->longest : missing);
        sheet_text(&s, "NEWLESN", "Another One Comes With Progression", t->new_lesion ? "Y" : "N");
    }
    if (who->plan->crossover.said != NULL)
        put_crossover(who, &s);
    sheet_number(&s, "CUTOFF", "Days to the Cut-Off of the Data", p->cutoff - p->enrolled);
    return s.status;
}

/* -- the whole -- */

static const char *study_name(const msp_protocol *protocol, msp_arena *arena)
{
    const char *acronym = protocol->trial.acronym.text;
    return msp_arena_printf(arena, "%.40s" MSP_SIMULATED, acronym != NULL ? acronym : "TRIAL");
}

static msp_status put_person(const person *who, msp_error *err)
{
    static msp_status (*const parts[])(const person *) = {
        put_dm, put_suppdm, put_ds,    put_dd,        put_cm,
        put_vs, put_labs,   put_truth, person_events, person_lesions};
    for (size_t i = 0; i < MSP_COUNT(parts); i++)
        if (parts[i](who) != MSP_OK)
            return msp_fail(err, MSP_EMEM, "no memory for the tables of a virtual patient");
    return person_doses(who, err);
}

static msp_status put_all(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                          msp_virtual_work *work, msp_virtual_tables *out, msp_error *err)
{
    const char *study = study_name(plan->protocol, &out->arena);
    uint8_t *arm = msp_arena_array(&out->arena, plan->n, 1);
    uint8_t *cell = msp_arena_array(&out->arena, plan->n, 1);
    msp_status rc = MSP_OK;
    if (study == NULL || arm == NULL || cell == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for %zu virtual patients", plan->n);
    msp_virtual_allot(plan, seed, trial, arm, cell);
    for (size_t i = 0; i < plan->n && rc == MSP_OK; i++) {
        msp_virtual_patient p;
        msp_virtual_patient_make(plan, seed, trial, (uint32_t)i, arm[i], cell[i], work, &p);
        char id[64];
        snprintf(id, sizeof id, "%s-%04zu", study, i + 1);
        person who = {.plan = plan,
                      .p = &p,
                      .work = work,
                      .id = id,
                      .study = study,
                      .arena = &out->arena,
                      .seed = seed,
                      .trial = trial,
                      .out = out};
        be_born(&who);
        rc = put_person(&who, err);
    }
    return rc;
}

msp_status msp_virtual_tables_make(const msp_virtual_plan *plan, uint64_t seed, uint64_t trial,
                                   msp_virtual_tables *out, msp_error *err)
{
    static const char *const names[][2] = {
#define MSP_AS_ROW(name, label) {#name, label},
        MSP_VIRTUAL_TABLE_LIST(MSP_AS_ROW)
#undef MSP_AS_ROW
    };
    msp_virtual_work work = {0};
    *out = (msp_virtual_tables){0};
    msp_status rc = msp_virtual_work_init(&work, plan, err);
    for (size_t i = 0; i < MSP_COUNT(names) && rc == MSP_OK; i++)
        rc = msp_table_init(&out->table[i], names[i][0], names[i][1], err);
    if (rc == MSP_OK)
        rc = put_all(plan, seed, trial, &work, out, err);
    msp_virtual_work_free(&work);
    if (rc != MSP_OK)
        msp_virtual_tables_free(out);
    return rc;
}

void msp_virtual_tables_free(msp_virtual_tables *tables)
{
    for (size_t i = 0; i < MSP_VIRTUAL_TABLES; i++)
        msp_table_free(&tables->table[i]);
    msp_arena_free(&tables->arena);
}
