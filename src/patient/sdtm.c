/* sdtm.c - patients from SDTM tables.
 *
 *   1. who, and the days that matter     2. the whole
 */
#include "sdtm.h"

#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

/* -- 1. who, and the days that matter -- */

static msp_patient *patient_of(const sdtm_table *t, size_t row)
{
    const uint32_t i = sdtm_patient(t, row);
    return i != SDTM_NO_PATIENT ? &t->s->out->patients[i] : NULL;
}

/* DM's patients in byte order of their ids. */
static msp_status list_patients(sdtm_table *dm, msp_error *err)
{
    msp_patients *out = dm->s->out;
    uint32_t *levels = msp_arena_array(&dm->s->scratch, dm->id->n_texts, sizeof *levels);
    bool memory = levels != NULL;
    out->n = memory ? msp_column_levels(dm->id, levels) : 0;
    out->patients = msp_arena_array(&out->arena, out->n + 1, sizeof *out->patients);
    memory = memory && out->patients != NULL;
    for (size_t i = 0; memory && i < out->n; i++) {
        out->patients[i] = (msp_patient){.id = msp_arena_text(&out->arena, dm->id->text[levels[i]]),
                                         .randomised = MSP_NO_DAY,
                                         .first_dose = MSP_NO_DAY,
                                         .last_dose = MSP_NO_DAY,
                                         .baseline = MSP_NO_DAY,
                                         .transplant = MSP_NO_DAY,
                                         .new_therapy = MSP_NO_DAY,
                                         .death = MSP_NO_DAY};
        memory = out->patients[i].id != NULL;
    }
    dm->s->disposition = msp_arena_array(&out->arena, out->n + 1, sizeof *dm->s->disposition);
    memory = memory && dm->s->disposition != NULL;
    for (size_t i = 0; memory && i < out->n; i++) {
        dm->s->disposition[i] = msp_disposition_none();
        out->patients[i].disposition = &dm->s->disposition[i];
    }
    const msp_column *study = msp_table_column(&dm->table, "STUDYID");
    if (memory && study != NULL && study->n_texts > 1)
        memory = (out->study = msp_arena_text(&out->arena, study->text[1])) != NULL;
    return memory ? sdtm_know_patients(dm, err)
                  : msp_fail(err, MSP_EMEM, "no memory for %zu patients", out->n);
}

/* A text of DM, kept; NULL where the cell is empty, or there is no such column. False when memory
 * is out. */
static bool keep_text(const sdtm_table *dm, const char *column, size_t row, const char **out)
{
    const char *text = sdtm_cell(msp_table_column(&dm->table, column), row);
    *out = text[0] != '\0' ? msp_arena_text(&dm->s->out->arena, text) : NULL;
    return text[0] == '\0' || *out != NULL;
}

/* Years; 0 for an age in another unit. */
static int age_of(const sdtm_table *dm, size_t row)
{
    const char *text = sdtm_cell(msp_table_column(&dm->table, "AGE"), row);
    const char *unit = sdtm_cell(msp_table_column(&dm->table, "AGEU"), row);
    double age;
    const bool years = unit[0] == '\0' || msp_text_equal_nocase(unit, "YEARS");
    return years && msp_double_parse(text, strlen(text), &age) && age >= 0 && age < 150 ? (int)age
                                                                                        : 0;
}

/* Who the patient is. False when memory is out. */
static bool describe(const sdtm_table *dm, size_t row, msp_patient *p)
{
    p->age = age_of(dm, row);
    return keep_text(dm, "SEX", row, &p->sex) && keep_text(dm, "ARM", row, &p->arm) &&
           keep_text(dm, "ACTARM", row, &p->actual_arm) &&
           (p->arm != NULL || keep_text(dm, "ARMCD", row, &p->arm));
}

static msp_status read_dm(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"STUDYID", "RFXSTDTC", "RFXENDTC", "DTHFL",
                                          "DTHDTC",  "ARM",      "ACTARM",   "ARMCD",
                                          "SEX",     "AGE",      "AGEU",     "RFICDTC"};
    sdtm_table *dm = &s->dm;
    msp_status rc = sdtm_open(s, "DM", columns, MSP_COUNT(columns), false, dm, err);
    if (rc == MSP_OK && !dm->there)
        rc = msp_fail(err, MSP_ENODATA, "%s: no table DM, which says who the patients are",
                      s->folder);
    if (rc == MSP_OK && dm->table.n_rows == 0)
        rc = msp_fail_at(err, MSP_EINPUT, (msp_place){.file = dm->path},
                         "the table DM has columns and no rows: there are no patients");
    if (rc == MSP_OK)
        rc = list_patients(dm, err);
    if (rc == MSP_OK && !sdtm_lives(s))
        rc = msp_fail(err, MSP_EMEM, "no memory for the patients");
    const msp_column *first = msp_table_column(&dm->table, "RFXSTDTC"),
                     *last = msp_table_column(&dm->table, "RFXENDTC"),
                     *died = msp_table_column(&dm->table, "DTHFL"),
                     *death = msp_table_column(&dm->table, "DTHDTC");
    bool *seen = msp_arena_array(&s->scratch, s->out->n + 1, sizeof *seen);
    if (rc == MSP_OK && seen == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for the patients");
    for (size_t row = 0; rc == MSP_OK && row < dm->table.n_rows; row++) {
        msp_patient *p = patient_of(dm, row);
        if (p == NULL)
            continue;
        if (seen[p - s->out->patients]) {
            sdtm_note(dm, MSP_SEVERITY_ERROR, "data-patient", row, dm->id, "the first one counts",
                      "a second row of one patient");
            continue;
        }
        seen[p - s->out->patients] = true;
        if (!describe(dm, row, p))
            rc = msp_fail(err, MSP_EMEM, "no memory for the patients");
        p->first_dose =
            sdtm_whole_day(dm, first, row,
                           "the first dose is that of EX; without one the baseline is up to the "
                           "randomisation, else the first assessment: give the whole date, or EX "
                           "its doses");
        p->last_dose = sdtm_whole_day(dm, last, row,
                                      "the last dose is that of EX: give the whole date, or EX its "
                                      "doses");
        s->disposition[p - s->out->patients].consent =
            sdtm_whole_day(dm, msp_table_column(&dm->table, "RFICDTC"), row,
                           "the consent is that of DS (INFORMED CONSENT OBTAINED), else not known");
        s->life[p - s->out->patients].row = row;
        sdtm_alive(dm, SDTM_DOSED, first, row);
        sdtm_alive(dm, SDTM_DOSED, last, row);
        sdtm_dead(dm, death, row, msp_text_equal_nocase(sdtm_cell(died, row), "Y"));
    }
    return rc;
}

/* What DSDECOD says became of a patient (CDISC's NCOMPLT, and what sites use). */
typedef enum fate { FATE_NOTHING, FATE_LOST, FATE_CLINICAL, FATE_ENDED } fate;

static fate fate_of(const char *term)
{
    static const struct {
        const char *term;
        fate fate;
    } terms[] = {
        {"LOST TO FOLLOW-UP", FATE_LOST},
        {"WITHDRAWAL BY SUBJECT", FATE_LOST},
        {"WITHDRAWAL BY PARENT/GUARDIAN", FATE_LOST},
        {"WITHDRAWAL OF CONSENT", FATE_LOST},
        {"CONSENT WITHDRAWN", FATE_LOST},
        {"SYMPTOMATIC DETERIORATION", FATE_CLINICAL},
        {"CLINICAL PROGRESSION", FATE_CLINICAL},
        {"COMPLETED", FATE_ENDED},
        {"PROGRESSIVE DISEASE", FATE_ENDED},
        {"DISEASE PROGRESSION", FATE_ENDED},
        {"DISEASE RELAPSE", FATE_ENDED},
        {"DEATH", FATE_ENDED},
    };
    for (size_t i = 0; i < MSP_COUNT(terms); i++)
        if (msp_text_equal_nocase(term, terms[i].term))
            return terms[i].fate;
    return FATE_NOTHING;
}

/* An end of treatment for any reason but these stops the treatment; an end of the study is one of
 * follow-up only where nobody is there any more. */
static void dispose(msp_disposition *d, fate f, bool of_treatment, msp_day day)
{
    if (of_treatment)
        sdtm_earlier(&d->treatment_ended, day);
    if (f == FATE_CLINICAL)
        sdtm_earlier(&d->clinical_progression, day);
    else if (of_treatment && f != FATE_ENDED)
        sdtm_earlier(&d->stopped, day);
    else if (f == FATE_LOST)
        sdtm_earlier(&d->lost, day);
}

/* "CROSSOVER TO IPD", "CROSSED OVER" */
static bool is_crossing(const char *term)
{
    return msp_text_contains_nocase(term, "crossover") ||
           msp_text_contains_nocase(term, "cross-over") ||
           msp_text_contains_nocase(term, "crossed over");
}

/* The first randomisation counts. */
static void randomise(sdtm_table *ds, size_t row, const msp_column *when, msp_patient *p,
                      msp_day day)
{
    if (p->randomised != MSP_NO_DAY && day != MSP_NO_DAY)
        sdtm_note(ds, MSP_SEVERITY_WARNING, "data-conflict", row, when, "the earlier date counts",
                  "the patient is randomised a second time");
    sdtm_earlier(&p->randomised, day);
}

static msp_status read_ds(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"DSDECOD", "DSSTDTC", "DSCAT", "DSSCAT", "DSSEQ"};
    sdtm_table ds;
    const msp_status rc = sdtm_open(s, "DS", columns, MSP_COUNT(columns), true, &ds, err);
    const msp_column *what = msp_table_column(&ds.table, "DSDECOD"),
                     *when = msp_table_column(&ds.table, "DSSTDTC"),
                     *category = msp_table_column(&ds.table, "DSCAT"),
                     *sub = msp_table_column(&ds.table, "DSSCAT"),
                     *seq = msp_table_column(&ds.table, "DSSEQ");
    for (size_t row = 0; rc == MSP_OK && ds.there && row < ds.table.n_rows; row++) {
        msp_patient *p = patient_of(&ds, row);
        const char *term = sdtm_cell(what, row);
        if (p == NULL)
            continue;
        msp_disposition *d = &s->disposition[p - s->out->patients];
        if (msp_text_equal_nocase(term, "DEATH")) {
            sdtm_dead(&ds, when, row, true);
            continue;
        }
        const msp_day day = sdtm_day(&ds, when, row, false);
        if (!msp_text_equal_nocase(term, "LOST TO FOLLOW-UP")) { /* said when he was missed */
            sdtm_later(&d->last_contact, day);
            sdtm_alive(&ds, SDTM_WRITTEN, when, row);
        }
        if (sdtm_is_deterioration(term)) {
            sdtm_keep_deterioration(&ds, row, "DSSTDTC");
            s->out->says_deterioration = true;
        }
        if (is_crossing(term)) {
            double number;
            const char *text = sdtm_cell(seq, row);
            const bool said =
                msp_double_parse(text, strlen(text), &number) && number > 0 && number <= UINT32_MAX;
            sdtm_cross(s, (uint32_t)(p - s->out->patients), CROSSED_DS, day,
                       said ? (uint32_t)number : (uint32_t)row + 1);
        } else if (msp_text_equal_nocase(term, "RANDOMIZED"))
            randomise(&ds, row, when, p, day);
        else if (msp_text_equal_nocase(term, "INFORMED CONSENT OBTAINED"))
            sdtm_earlier(&d->consent, day);
        else if (!msp_text_contains_nocase(sdtm_cell(category, row), "MILESTONE"))
            dispose(d, fate_of(term), msp_text_contains_nocase(sdtm_cell(sub, row), "TREATMENT"),
                    day);
    }
    return sdtm_close(&ds, rc, err);
}

/* Dead when he was asked for; a status after the cut-off says nothing of that day. */
static void read_dead(sdtm_table *ss, const msp_column *when, size_t row)
{
    msp_date date;
    const char *text = sdtm_cell(when, row);
    const bool later = ss->s->cutoff != MSP_NO_DAY && msp_date_parse(text, strlen(text), &date) &&
                       date.precision != MSP_DATE_NONE && date.earliest > ss->s->cutoff;
    if (!later)
        sdtm_dead(ss, NULL, row, true);
}

/* Survival status: the last day on which a patient was known to be alive, or that he was dead. */
static msp_status read_ss(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"SSTESTCD", "SSORRES", "SSDTC"};
    sdtm_table ss;
    const msp_status rc = sdtm_open(s, "SS", columns, MSP_COUNT(columns), true, &ss, err);
    const msp_column *test = msp_table_column(&ss.table, "SSTESTCD"),
                     *status = msp_table_column(&ss.table, "SSORRES"),
                     *when = msp_table_column(&ss.table, "SSDTC");
    for (size_t row = 0; rc == MSP_OK && ss.there && row < ss.table.n_rows; row++) {
        const msp_patient *p = patient_of(&ss, row);
        if (p == NULL || !msp_text_equal_nocase(sdtm_cell(test, row), "SURVSTAT"))
            continue;
        if (msp_text_equal_nocase(sdtm_cell(status, row), "DEAD"))
            read_dead(&ss, when, row);
        if (!msp_text_equal_nocase(sdtm_cell(status, row), "ALIVE"))
            continue;
        sdtm_alive(&ss, SDTM_CALLED, when, row);
        sdtm_later(&s->disposition[p - s->out->patients].last_contact,
                   sdtm_day(&ss, when, row, false));
    }
    return sdtm_close(&ss, rc, err);
}

static msp_status read_dd(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"DDTESTCD", "DDORRES"};
    sdtm_table dd;
    const msp_status rc = sdtm_open(s, "DD", columns, MSP_COUNT(columns), true, &dd, err);
    const msp_column *test = msp_table_column(&dd.table, "DDTESTCD"),
                     *result = msp_table_column(&dd.table, "DDORRES");
    for (size_t row = 0; rc == MSP_OK && dd.there && row < dd.table.n_rows; row++) {
        msp_patient *p = patient_of(&dd, row);
        const char *cause = sdtm_cell(result, row);
        if (p == NULL || !msp_text_equal_nocase(sdtm_cell(test, row), "PRCDTH") ||
            (s->cutoff != MSP_NO_DAY && !s->life[p - s->out->patients].died))
            continue; /* DD has no day of its own: a death after the cut-off is none yet */
        s->life[p - s->out->patients].died = true;
        p->died_of_myeloma = p->died_of_myeloma || msp_text_contains_nocase(cause, "myeloma") ||
                             msp_text_contains_nocase(cause, "progressi");
    }
    return sdtm_close(&dd, rc, err);
}

/* -- 2. the whole -- */

bool msp_sdtm_is(const char *folder)
{
    return msp_table_is_in(folder, "DM");
}

static msp_status read_all(sdtm *s, msp_error *err)
{
    size_t n_tables = 0;
    msp_status rc = read_dm(s, err);
    if (rc == MSP_OK && s->findings != NULL)
        rc = msp_domain_strangers(s->folder, s->options.protocol, s->findings, err);
    if (rc == MSP_OK && !sdtm_crossover_drugs(s))
        rc = msp_fail(err, MSP_EMEM, "no memory for the drugs of the crossover");
    if (rc == MSP_OK)
        rc = read_ds(s, err);
    if (rc == MSP_OK)
        rc = sdtm_therapy(s, err);
    if (rc == MSP_OK && !sdtm_crossovers(s))
        rc = msp_fail(err, MSP_EMEM, "no memory for the patients who crossed over");
    if (rc == MSP_OK)
        rc = read_dd(s, err);
    if (rc == MSP_OK)
        rc = read_ss(s, err);
    if (rc == MSP_OK)
        rc = sdtm_deteriorations(s, err);
    if (rc == MSP_OK)
        rc = sdtm_adverse(s, err);
    if (rc == MSP_OK)
        rc = sdtm_measure(s, &n_tables, err);
    if (rc == MSP_OK && n_tables == 0 && !s->options.may_lack_measurements)
        rc = msp_fail(err, MSP_ENODATA, "%s: no table of measurements (LB, MI, TR)", s->folder);
    if (rc == MSP_OK)
        rc = sdtm_assess(s, err);
    if (rc == MSP_OK)
        sdtm_settle_lives(s);
    return rc;
}

msp_status msp_sdtm_read(const char *folder, const msp_sdtm_options *options, msp_patients *out,
                         msp_findings *findings, msp_error *err)
{
    sdtm s = {.folder = folder, .out = out, .findings = findings, .cutoff = MSP_NO_DAY};
    if (options != NULL)
        s.options = *options;
    if (s.options.protocol != NULL)
        s.cutoff = msp_protocol_cutoff_day(s.options.protocol);
    *out = (msp_patients){0};
    const msp_status rc = sdtm_close(&s.dm, read_all(&s, err), err);
    if (rc != MSP_OK && err != NULL && findings == NULL)
        err->at.file = folder; /* the tables' names go now */
    free(s.samples);
    msp_arena_free(&s.scratch);
    if (rc != MSP_OK)
        msp_patients_free(out);
    return rc;
}
