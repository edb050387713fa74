/* sdtm.c - patients from SDTM tables.
 *
 *   1. tables     2. who, and the days that matter     3. the whole
 */
#include "sdtm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mspike/base/text.h"

/* -- 1. tables -- */

const char *sdtm_cell(const msp_column *column, size_t row)
{
    return column != NULL ? column->text[column->code[row]] : "";
}

uint32_t sdtm_patient(const sdtm_table *t, size_t row)
{
    return t->patient[t->id->code[row]];
}

void sdtm_note(sdtm_table *t, msp_severity severity, const char *id, size_t row,
               const msp_column *column, const char *hint, const char *fmt, ...)
{
    if (t->s->findings == NULL || ++t->n_findings > MSP_SDTM_FINDINGS_MAX)
        return;
    const msp_place at = msp_table_place(&t->table, row, column);
    msp_text text = {0};
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (t->s->options.name_patients && t->id != NULL) {
        const msp_column *visit = msp_table_column(&t->table, "VISITNUM");
        msp_text_printf(&text, "patient %s", sdtm_cell(t->id, row));
        if (sdtm_cell(visit, row)[0] != '\0')
            msp_text_printf(&text, ", visit %s", sdtm_cell(visit, row));
        msp_text_add(&text, ": ");
    }
    if (at.line == 0) {
        msp_text_printf(&text, "row %zu", row + 1);
        if (column != NULL)
            msp_text_printf(&text, ", %s", column->name);
        msp_text_add(&text, ": ");
    }
    msp_findings_add(t->s->findings, severity, id, at, hint, "%s%s", msp_text_str(&text), what);
    msp_text_free(&text);
}

msp_status sdtm_close(sdtm_table *t, msp_status rc, msp_error *err)
{
    if (t->s->findings != NULL && t->n_findings > MSP_SDTM_FINDINGS_MAX)
        msp_findings_add(t->s->findings, MSP_SEVERITY_WARNING, "data-more",
                         (msp_place){.file = t->path}, NULL, "%zu more findings of this table",
                         t->n_findings - MSP_SDTM_FINDINGS_MAX);
    const char *named = err != NULL ? err->at.file : NULL;
    if (rc != MSP_OK && named != NULL && t->path != NULL && strcmp(named, t->path) == 0)
        err->at.file = t->path; /* the table's own name goes */
    msp_table_free(&t->table);
    return rc;
}

/* Which patient each text of USUBJID is; ids that DM does not have are said once each. */
static msp_status know_patients(sdtm_table *t, msp_error *err)
{
    const msp_patients *patients = t->s->out;
    uint32_t *index = msp_arena_array(&t->s->scratch, t->id->n_texts, sizeof *index);
    if (index == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the patients of %s", t->name);
    size_t n_unknown = 0, first = 0;
    for (size_t i = 0; i < t->id->n_texts; i++) {
        const msp_patient *p = msp_patients_find(patients, t->id->text[i]);
        index[i] = p != NULL ? (uint32_t)(p - patients->patients) : SDTM_NO_PATIENT;
    }
    for (size_t row = t->table.n_rows; row-- > 0;)
        if (index[t->id->code[row]] == SDTM_NO_PATIENT) {
            n_unknown++;
            first = row;
        }
    t->patient = index;
    if (n_unknown > 0)
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-patient", first, t->id, "they are left out",
                  "%zu row%s of patients who are not in DM, this the first", n_unknown,
                  n_unknown == 1 ? "" : "s");
    return MSP_OK;
}

/* The table's file; *path is NULL where the folder has none. It outlives the tables, for findings
 * and errors name it. */
static msp_status find_file(sdtm *s, const char *name, const char **path, msp_error *err)
{
    msp_arena *arena = s->findings != NULL ? &s->findings->arena : &s->scratch;
    char *found = NULL;
    msp_error why = {0};
    *path = NULL;
    const msp_status rc = msp_table_find(s->folder, name, &found, &why);
    if (rc == MSP_ENODATA)
        return MSP_OK;
    if (rc != MSP_OK) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    *path = msp_arena_text(arena, found);
    free(found);
    return *path != NULL ? MSP_OK : msp_fail(err, MSP_EMEM, "no memory for a file's name");
}

/* Reads those of the columns that the file has, as texts. */
static msp_status read_columns(sdtm_table *t, const char *const *columns, size_t n, msp_error *err)
{
    msp_read_column *asked = msp_arena_array(&t->s->scratch, n + 1, sizeof *asked);
    if (asked == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", t->name);
    asked[0] = (msp_read_column){"USUBJID", MSP_READ_TEXT};
    for (size_t i = 0; i < n; i++)
        asked[i + 1] = (msp_read_column){columns[i], MSP_READ_TEXT};
    const msp_read_options options = {
        .columns = asked, .n_columns = n + 1, .skip_absent = true, .notes = t->s->findings};
    msp_status rc = msp_table_read(t->path, &options, &t->table, err);
    msp_column *id = NULL;
    if (rc == MSP_OK)
        rc = msp_table_need_column(&t->table, "USUBJID", &id, err);
    t->id = id;
    t->there = rc == MSP_OK;
    return rc;
}

/* The qualifiers of a table, where there are any. */
static msp_status open_supp(sdtm *s, const char *name, sdtm_table *out, msp_error *err)
{
    static const char *const columns[] = {"RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QVAL"};
    *out = (sdtm_table){.s = s, .name = msp_arena_printf(&s->scratch, "SUPP%s", name)};
    if (out->name == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the qualifiers of %s", name);
    const msp_status rc = find_file(s, out->name, &out->path, err);
    return rc == MSP_OK && out->path != NULL ? read_columns(out, columns, MSP_COUNT(columns), err)
                                             : rc;
}

/* The columns asked for, and those by which the qualifiers find their rows. */
static msp_status open_table(sdtm_table *t, const sdtm_table *supp, const char *const *columns,
                             size_t n, msp_error *err)
{
    const msp_column *idvar = supp->there ? msp_table_column(&supp->table, "IDVAR") : NULL;
    const size_t n_more = idvar != NULL ? idvar->n_texts - 1 : 0;
    const char **all = msp_arena_array(&t->s->scratch, n + n_more + 1, sizeof *all);
    size_t n_all = 0;
    if (all == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the columns of %s", t->name);
    for (size_t i = 0; i < n + n_more; i++) {
        const char *name = i < n ? columns[i] : idvar->text[i - n + 1];
        bool known = msp_text_equal_nocase(name, "USUBJID");
        for (size_t k = 0; k < n_all && !known; k++)
            known = msp_text_equal_nocase(all[k], name);
        if (!known)
            all[n_all++] = name;
    }
    return read_columns(t, all, n_all, err);
}

/* Qualifiers become columns; what belongs to no row, or is there twice, is said. */
static msp_status join_supp(sdtm_table *t, sdtm_table *supp, const char *const *columns, size_t n,
                            msp_error *err)
{
    msp_supp_match match;
    msp_status rc = msp_supp_find(&t->table, t->name, &supp->table, &t->s->scratch, &match, err);
    for (size_t row = 0; rc == MSP_OK && row < supp->table.n_rows; row++) {
        const msp_supp_fault fault = match.found[row].fault;
        if (fault != MSP_SUPP_NONE)
            sdtm_note(supp, fault == MSP_SUPP_REPEATED ? MSP_SEVERITY_WARNING : MSP_SEVERITY_ERROR,
                      "data-supp", row, msp_table_column(&supp->table, "QNAM"), "it is left out",
                      "a qualifier of %s: %s", t->name, msp_supp_fault_text(fault));
    }
    if (rc == MSP_OK)
        rc = msp_supp_join(&t->table, &supp->table, &match, columns, n, err);
    t->id = msp_table_column(&t->table, "USUBJID"); /* columns moved */
    return rc;
}

msp_status sdtm_open(sdtm *s, const char *name, const char *const *columns, size_t n, bool know,
                     sdtm_table *out, msp_error *err)
{
    sdtm_table supp = {.s = s};
    *out = (sdtm_table){.s = s, .name = name};
    msp_status rc = find_file(s, name, &out->path, err);
    if (rc != MSP_OK || out->path == NULL)
        return rc;
    rc = open_supp(s, name, &supp, err);
    if (rc == MSP_OK)
        rc = open_table(out, &supp, columns, n, err);
    if (rc == MSP_OK && supp.there)
        rc = join_supp(out, &supp, columns, n, err);
    rc = sdtm_close(&supp, rc, err);
    if (rc == MSP_OK && know)
        rc = know_patients(out, err);
    return rc;
}

msp_day sdtm_day(sdtm_table *t, const msp_column *column, size_t row, bool partial)
{
    msp_date date;
    const char *text = sdtm_cell(column, row);
    if (!msp_date_parse(text, strlen(text), &date)) {
        sdtm_note(t, MSP_SEVERITY_ERROR, "data-date", row, column, "it counts as not said",
                  "\"%.40s\" is no date (YYYY-MM-DD)", text);
        return MSP_NO_DAY;
    }
    if (t->s->cutoff != MSP_NO_DAY && date.earliest > t->s->cutoff)
        return MSP_NO_DAY;
    if (date.precision == MSP_DATE_NONE || date.precision >= MSP_DATE_DAY)
        return date.earliest;
    sdtm_note(t, MSP_SEVERITY_WARNING, "data-date", row, column,
              partial ? "its earliest day is taken" : "the row is left out",
              "a part of the date \"%.20s\" is missing", text);
    return partial ? date.earliest : MSP_NO_DAY;
}

bool sdtm_keep(sdtm *s, sdtm_sample sample)
{
    if (s->n_samples == s->cap_samples) {
        const size_t cap = s->cap_samples > 0 ? 2 * s->cap_samples : 4096;
        sdtm_sample *more = realloc(s->samples, cap * sizeof *more);
        if (more == NULL)
            return false;
        s->samples = more;
        s->cap_samples = cap;
    }
    s->samples[s->n_samples++] = sample;
    return true;
}

/* -- 2. who, and the days that matter -- */

void sdtm_earlier(msp_day *day, msp_day other)
{
    if (other != MSP_NO_DAY && (*day == MSP_NO_DAY || other < *day))
        *day = other;
}

void sdtm_later(msp_day *day, msp_day other)
{
    if (other != MSP_NO_DAY && (*day == MSP_NO_DAY || other > *day))
        *day = other;
}

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
    return memory ? know_patients(dm, err)
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
    sdtm_table dm;
    msp_status rc = sdtm_open(s, "DM", columns, MSP_COUNT(columns), false, &dm, err);
    if (rc == MSP_OK && !dm.there)
        rc = msp_fail(err, MSP_ENODATA, "%s: no table DM, which says who the patients are",
                      s->folder);
    if (rc == MSP_OK)
        rc = list_patients(&dm, err);
    const msp_column *first = msp_table_column(&dm.table, "RFXSTDTC"),
                     *last = msp_table_column(&dm.table, "RFXENDTC"),
                     *died = msp_table_column(&dm.table, "DTHFL"),
                     *death = msp_table_column(&dm.table, "DTHDTC");
    bool *seen = msp_arena_array(&s->scratch, s->out->n + 1, sizeof *seen);
    if (rc == MSP_OK && seen == NULL)
        rc = msp_fail(err, MSP_EMEM, "no memory for the patients");
    for (size_t row = 0; rc == MSP_OK && row < dm.table.n_rows; row++) {
        msp_patient *p = patient_of(&dm, row);
        if (p == NULL)
            continue;
        if (seen[p - s->out->patients]) {
            sdtm_note(&dm, MSP_SEVERITY_ERROR, "data-patient", row, dm.id, "the first one counts",
                      "a second row of one patient");
            continue;
        }
        seen[p - s->out->patients] = true;
        if (!describe(&dm, row, p))
            rc = msp_fail(err, MSP_EMEM, "no memory for the patients");
        p->first_dose = sdtm_day(&dm, first, row, false);
        p->last_dose = sdtm_day(&dm, last, row, false);
        p->death = sdtm_day(&dm, death, row, true);
        s->disposition[p - s->out->patients].consent =
            sdtm_day(&dm, msp_table_column(&dm.table, "RFICDTC"), row, false);
        p->died = p->death != MSP_NO_DAY ||
                  (sdtm_cell(death, row)[0] == '\0' &&
                   msp_text_equal_nocase(sdtm_cell(died, row), "Y")); /* a later day: not yet */
    }
    return sdtm_close(&dm, rc, err);
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
    if (f == FATE_CLINICAL)
        sdtm_earlier(&d->clinical_progression, day);
    else if (of_treatment && f != FATE_ENDED)
        sdtm_earlier(&d->stopped, day);
    else if (f == FATE_LOST)
        sdtm_earlier(&d->lost, day);
}

static msp_status read_ds(sdtm *s, msp_error *err)
{
    static const char *const columns[] = {"DSDECOD", "DSSTDTC", "DSCAT", "DSSCAT"};
    sdtm_table ds;
    const msp_status rc = sdtm_open(s, "DS", columns, MSP_COUNT(columns), true, &ds, err);
    const msp_column *what = msp_table_column(&ds.table, "DSDECOD"),
                     *when = msp_table_column(&ds.table, "DSSTDTC"),
                     *category = msp_table_column(&ds.table, "DSCAT"),
                     *sub = msp_table_column(&ds.table, "DSSCAT");
    for (size_t row = 0; rc == MSP_OK && ds.there && row < ds.table.n_rows; row++) {
        msp_patient *p = patient_of(&ds, row);
        const char *term = sdtm_cell(what, row);
        if (p == NULL)
            continue;
        msp_disposition *d = &s->disposition[p - s->out->patients];
        if (msp_text_equal_nocase(term, "DEATH")) {
            const msp_day death = sdtm_day(&ds, when, row, true);
            if (p->death == MSP_NO_DAY)
                p->death = death;
            p->died = p->died || death != MSP_NO_DAY || sdtm_cell(when, row)[0] == '\0';
            continue;
        }
        const msp_day day = sdtm_day(&ds, when, row, false);
        if (!msp_text_equal_nocase(term, "LOST TO FOLLOW-UP")) /* said when he was missed */
            sdtm_later(&d->last_contact, day);
        if (msp_text_equal_nocase(term, "RANDOMIZED"))
            sdtm_earlier(&p->randomised, day);
        else if (msp_text_equal_nocase(term, "INFORMED CONSENT OBTAINED"))
            sdtm_earlier(&d->consent, day);
        else if (!msp_text_contains_nocase(sdtm_cell(category, row), "MILESTONE"))
            dispose(d, fate_of(term), msp_text_contains_nocase(sdtm_cell(sub, row), "TREATMENT"),
                    day);
    }
    return sdtm_close(&ds, rc, err);
}

/* A contact after the cut-off shows that the patient lived on that day. */
static msp_day contact_day(sdtm_table *t, const msp_column *column, size_t row)
{
    msp_date date;
    const char *text = sdtm_cell(column, row);
    const bool later = t->s->cutoff != MSP_NO_DAY && msp_date_parse(text, strlen(text), &date) &&
                       date.precision != MSP_DATE_NONE && date.earliest > t->s->cutoff;
    return later ? t->s->cutoff : sdtm_day(t, column, row, false);
}

/* Survival status: the last day on which a patient was known to be alive. */
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
        if (p != NULL && msp_text_equal_nocase(sdtm_cell(test, row), "SURVSTAT") &&
            msp_text_equal_nocase(sdtm_cell(status, row), "ALIVE"))
            sdtm_later(&s->disposition[p - s->out->patients].last_contact,
                       contact_day(&ss, when, row));
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
            (s->cutoff != MSP_NO_DAY && !p->died))
            continue; /* DD has no day of its own: a death after the cut-off is none yet */
        p->died = true;
        p->died_of_myeloma = p->died_of_myeloma || msp_text_contains_nocase(cause, "myeloma") ||
                             msp_text_contains_nocase(cause, "progressi");
    }
    return sdtm_close(&dd, rc, err);
}

/* -- 3. the whole -- */

bool msp_sdtm_is(const char *folder)
{
    char *path = NULL;
    const bool is = msp_table_find(folder, "DM", &path, NULL) == MSP_OK;
    free(path);
    return is;
}

static msp_status read_all(sdtm *s, msp_error *err)
{
    size_t n_tables = 0;
    msp_status rc = read_dm(s, err);
    if (rc == MSP_OK)
        rc = sdtm_therapy(s, err);
    if (rc == MSP_OK)
        rc = read_ds(s, err);
    if (rc == MSP_OK)
        rc = read_dd(s, err);
    if (rc == MSP_OK)
        rc = read_ss(s, err);
    if (rc == MSP_OK)
        rc = sdtm_measure(s, &n_tables, err);
    if (rc == MSP_OK && n_tables == 0 && !s->options.may_lack_measurements)
        rc = msp_fail(err, MSP_ENODATA, "%s: no table of measurements (LB, MI, TR)", s->folder);
    return rc == MSP_OK ? sdtm_assess(s, err) : rc;
}

/* That which the protocol says the tables were cut at. */
static msp_day cutoff_of(const msp_protocol *protocol)
{
    const char *name = protocol->data.cutoff.text;
    const msp_cutoff *cutoff = name != NULL ? msp_protocol_cutoff(protocol, name) : NULL;
    return cutoff != NULL && cutoff->date.value.precision != MSP_DATE_NONE
               ? cutoff->date.value.latest
               : MSP_NO_DAY;
}

msp_status msp_sdtm_read(const char *folder, const msp_sdtm_options *options, msp_patients *out,
                         msp_findings *findings, msp_error *err)
{
    sdtm s = {.folder = folder, .out = out, .findings = findings, .cutoff = MSP_NO_DAY};
    if (options != NULL)
        s.options = *options;
    if (s.options.protocol != NULL)
        s.cutoff = cutoff_of(s.options.protocol);
    *out = (msp_patients){0};
    const msp_status rc = read_all(&s, err);
    if (rc != MSP_OK && err != NULL && findings == NULL)
        err->at.file = folder; /* the tables' names go now */
    free(s.samples);
    msp_arena_free(&s.scratch);
    if (rc != MSP_OK)
        msp_patients_free(out);
    return rc;
}
