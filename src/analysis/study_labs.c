/* study_labs.c - the analysis tables of a study whose folder has laboratory values alone. */
#include <stdlib.h>
#include <string.h>

#include "mspike/analysis/labs.h"
#include "mspike/base/text.h"
#include "mspike/patient/supp.h"
#include "study_internal.h"

static msp_status add_source(struct study *study, const char *path, msp_error *err)
{
    const char *file = msp_arena_text(&study->findings->arena, path);
    msp_table table = {0};
    if (file == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the sources");
    msp_status rc = msp_table_read(file, NULL, &table, err);
    if (rc == MSP_OK)
        rc = study_add_source(study, file, table.n_rows, err);
    msp_table_free(&table);
    return rc;
}

/* The files that values and dates stand in. */
static msp_status add_sources(struct study *study, const msp_patients *patients, msp_error *err)
{
    static const char *const dates[] = {"DM", "EX", "DS", "DD", "CM", "PR", "AE", "RS"};
    msp_status rc = MSP_OK;
    for (size_t i = 0; rc == MSP_OK && i < patients->n_sources; i++)
        rc = add_source(study, patients->sources[i].file, err);
    for (size_t i = 0; study->protocol->data.visits.text == NULL && i < MSP_COUNT(dates); i++) {
        const char *first = NULL;
        msp_table table = {0};
        if (rc == MSP_OK)
            rc = msp_table_read_split(study->folder, dates[i], NULL, &study->findings->arena,
                                      &table, &first, err);
        if (rc == MSP_OK && first != NULL)
            rc = study_add_domain(study, &table, err);
        msp_table_free(&table);
    }
    return rc;
}

/* Where the trial has one arm and the values name none, it is everybody's. */
static void fill_arm(const msp_protocol *p, msp_patients *patients)
{
    for (size_t i = 0; p->arms.n == 1 && i < patients->n; i++)
        if (patients->patients[i].arm == NULL)
            patients->patients[i].arm = msp_arm_value(&p->arms.items[0]);
}

/* -- what the protocol may ask of the tables that is not in every study's -- */

/* Each qualifier of SUPPDM (a stratum of the randomisation, say) is a column of ADSL. */
static msp_status join_qualifiers(msp_table *adsl, const msp_table *supp, msp_arena *arena,
                                  msp_error *err)
{
    msp_supp_match match;
    msp_column *name;
    msp_status rc = msp_table_need_column(supp, "QNAM", &name, err);
    if (rc == MSP_OK)
        rc = msp_supp_find(adsl, "DM", supp, arena, &match, err);
    return rc == MSP_OK ? msp_supp_join(adsl, supp, &match, name->text + 1, name->n_texts - 1, err)
                        : rc;
}

static msp_status add_qualifiers(struct study *study, msp_error *err)
{
    static const msp_read_column columns[] = {
        {"USUBJID", MSP_READ_TEXT}, {"RDOMAIN", MSP_READ_TEXT},  {"IDVAR", MSP_READ_TEXT},
        {"QNAM", MSP_READ_TEXT},    {"IDVARVAL", MSP_READ_TEXT}, {"QVAL", MSP_READ_TEXT}};
    const msp_read_options how = {
        .columns = columns, .n_columns = MSP_COUNT(columns), .skip_absent = true};
    const char *first = NULL;
    msp_table supp = {0};
    if (study->protocol->data.visits.text != NULL)
        return MSP_OK;
    msp_status rc = msp_table_read_split(study->folder, "SUPPDM", &how, &study->findings->arena,
                                         &supp, &first, err);
    if (rc == MSP_OK && first != NULL)
        rc = join_qualifiers(&study->adam.adsl, &supp, &study->arena, err);
    msp_table_free(&supp);
    return rc;
}

/* Whether a condition of some endpoint asks for PARAMCD `code` of the table. */
static bool is_asked(const msp_protocol *p, const char *table, const char *code)
{
    for (size_t i = 0; i < p->endpoints.n; i++) {
        const msp_endpoint *e = &p->endpoints.items[i];
        const struct {
            const char *table;
            const msp_conditions *where;
        } sources[] = {{e->from.table.text, &e->from.where},
                       {e->response.table.text, &e->response.where}};
        for (size_t s = 0; s < MSP_COUNT(sources); s++) {
            if (sources[s].table == NULL || !msp_text_equal_nocase(sources[s].table, table))
                continue;
            for (size_t c = 0; c < sources[s].where->n; c++)
                for (size_t v = 0; v < sources[s].where->items[c].values.n; v++)
                    if (strcmp(sources[s].where->items[c].values.items[v].text, code) == 0)
                        return true;
        }
    }
    return false;
}

static bool has_text(const msp_column *column, const char *text)
{
    for (size_t i = 0; i < column->n_texts; i++)
        if (strcmp(column->text[i], text) == 0)
            return true;
    return false;
}

/* The trial's assessment has no letter: what a protocol calls PFS is PFSD where responses are
 * derived, unless it asks for that too. */
static msp_status name_as_asked(struct study *study, msp_table *table, msp_error *err)
{
    msp_column *code;
    const char letter = msp_assessor_letter(study->assessor);
    const msp_status rc = msp_table_need_column(table, "PARAMCD", &code, err);
    if (letter == '\0')
        return rc;
    for (size_t i = 1; rc == MSP_OK && i < code->n_texts; i++) {
        const size_t n = strlen(code->text[i]);
        if (n < 2 || code->text[i][n - 1] != letter)
            continue;
        const char *plain = msp_arena_text_n(&table->arena, code->text[i], n - 1);
        if (plain == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for a name");
        if (is_asked(study->protocol, table->name, plain) &&
            !is_asked(study->protocol, table->name, code->text[i]) && !has_text(code, plain))
            code->text[i] = plain;
    }
    return rc;
}

/* Whether ADSL lacks a column that some population is told by. */
static bool lacks(const struct study *study, const char *name)
{
    const msp_protocol *p = study->protocol;
    for (size_t i = 0; i < p->populations.n; i++)
        for (size_t c = 0; c < p->populations.items[i].where.n; c++)
            if (msp_text_equal_nocase(p->populations.items[i].where.items[c].column, name))
                return msp_table_column(&study->adam.adsl, name) == NULL;
    return false;
}

/* -- flags of populations that the values tell -- */

/* What they are told by, of everybody. */
typedef struct told {
    const msp_patients *patients;
    const uint8_t *responded;
} told;

/* A response of PR or better was confirmed by the trial's assessor: one byte a patient. The rows of
 * ADRS stand in the order of the patients. */
static msp_status find_responders(struct study *study, const msp_patients *patients,
                                  const uint8_t **out, msp_error *err)
{
    const msp_table *adrs = &study->adam.adrs;
    const msp_column *id = msp_table_column(adrs, "USUBJID"),
                     *code = msp_table_column(adrs, "PARAMCD"),
                     *yes = msp_table_column(adrs, "AVALC");
    const char asked[] = {'R', 'S', 'P', msp_assessor_letter(study->assessor), '\0'};
    uint8_t *responded = msp_arena_array(&study->arena, patients->n + 1, 1);
    if (responded == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the responders");
    for (size_t row = 0, i = 0; row < adrs->n_rows; row++) {
        if (strcmp(code->text[code->code[row]], asked) != 0)
            continue;
        while (i < patients->n && strcmp(patients->patients[i].id, id->text[id->code[row]]) != 0)
            i++;
        if (i < patients->n)
            responded[i] = strcmp(yes->text[yes->code[row]], "Y") == 0;
    }
    *out = responded;
    return MSP_OK;
}

typedef bool (*tells)(const told *of, size_t i);

static bool responded(const told *of, size_t i)
{
    return of->responded[i] != 0;
}

static bool transplanted(const told *of, size_t i)
{
    return of->patients->patients[i].transplant != MSP_NO_DAY;
}

static bool consented(const told *of, size_t i)
{
    const msp_disposition *d = of->patients->patients[i].disposition;
    return d != NULL && d->consent != MSP_NO_DAY;
}

static const struct {
    const char *name;
    tells is;
    bool recorded; /* nobody's means that it was not recorded, and there is no flag */
} flags[] = {
    {"RESPFL", responded, false}, {"ASCTFL", transplanted, false}, {"ENRLFL", consented, true}};

static bool anybody(const told *of, size_t flag)
{
    for (size_t i = 0; i < of->patients->n; i++)
        if (flags[flag].is(of, i))
            return true;
    return false;
}

/* The column that tells the population of those who crossed over, and what it holds for them;
 * NULL where the protocol has none, or says it by more than one column. */
static const msp_condition *crossover_flag(const msp_protocol *p)
{
    const msp_population *population = msp_protocol_population(p, p->crossover.population.text);
    const bool plain =
        population != NULL && population->where.n == 1 && population->where.items[0].values.n == 1;
    return plain ? &population->where.items[0] : NULL;
}

static msp_status add_crossover_flag(struct study *study, const msp_patients *patients,
                                     msp_error *err)
{
    const msp_condition *asked = crossover_flag(study->protocol);
    msp_table *adsl = &study->adam.adsl;
    if (asked == NULL || !lacks(study, asked->column))
        return MSP_OK;
    const char *is = asked->values.items[0].text, *not = strcmp(is, "N") == 0 ? "" : "N";
    msp_column *flag = msp_table_add_column(adsl, asked->column, MSP_COLUMN_TEXT);
    msp_status rc = flag != NULL ? MSP_OK : MSP_EMEM;
    for (size_t i = 0; rc == MSP_OK && i < adsl->n_rows; i++) {
        const char *text = patients->patients[i].crossed != NULL ? is : not ;
        rc = msp_table_put_text(adsl, flag, i, text, strlen(text));
    }
    return rc == MSP_OK ? rc : msp_fail(err, rc, "no memory for the crossover");
}

/* Each of them that a population asks for and no table says. */
static msp_status add_flags(struct study *study, const msp_patients *patients, msp_error *err)
{
    msp_table *adsl = &study->adam.adsl;
    told of = {.patients = patients};
    msp_status rc = add_crossover_flag(study, patients, err);
    if (rc == MSP_OK)
        rc = find_responders(study, patients, &of.responded, err);
    if (rc != MSP_OK)
        return rc;
    for (size_t f = 0; rc == MSP_OK && f < MSP_COUNT(flags); f++) {
        if (!lacks(study, flags[f].name) || (flags[f].recorded && !anybody(&of, f)))
            continue;
        msp_column *flag = msp_table_add_column(adsl, flags[f].name, MSP_COLUMN_TEXT);
        rc = flag != NULL ? MSP_OK : MSP_EMEM;
        for (size_t i = 0; rc == MSP_OK && i < adsl->n_rows && i < patients->n; i++) {
            rc = msp_table_put_text(adsl, flag, i, flags[f].is(&of, i) ? "Y" : "N", 1);
        }
    }
    return rc == MSP_OK ? rc : msp_fail(err, rc, "no memory for the flags of populations");
}

/* Who crossed over at progression has progressed before: those of whom the values do not show it
 * are counted, as a date or a dose may be wrong. */
static void check_crossover(struct study *study, const msp_patients *patients,
                            const msp_responses *responses)
{
    size_t n = 0, before = 0;
    for (size_t i = 0; i < patients->n; i++) {
        const msp_crossed *crossed = patients->patients[i].crossed;
        const msp_day progression = responses->results[i].progression;
        n += crossed != NULL;
        before += crossed != NULL && (progression == MSP_NO_DAY || progression > crossed->day);
    }
    if (before > 0)
        msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-crossover",
                         study->protocol->crossover.at,
                         "compare their doses with the progression that was reported",
                         "%zu of %zu patients crossed over with no progression confirmed before "
                         "that day",
                         before, n);
}

/* Without a baseline progression-free survival ends where it starts, and a table of laboratory
 * values that was left out would read as a trial without a progression. */
static void check_baselines(struct study *study, const msp_responses *responses)
{
    size_t without = 0;
    for (size_t i = 0; i < responses->n; i++)
        without += !responses->results[i].baseline_assessed;
    if (without > 0)
        msp_findings_add(study->findings, MSP_SEVERITY_WARNING, "study-baseline",
                         study->protocol->data.at,
                         "`mspike respond --explain PATIENT` says what was left out; the rules "
                         "baseline_window_days and baseline_window_imaging_days say what counts",
                         "%zu of %zu patients: no value of the disease counts as a baseline; "
                         "progression-free survival is censored at its start (EMA: unless there "
                         "is an event)",
                         without, responses->n);
}

static msp_status fit_to_protocol(struct study *study, const msp_patients *patients,
                                  const msp_responses *responses, msp_error *err)
{
    msp_status rc = add_qualifiers(study, err);
    if (study->assessor == MSP_ASSESSOR_DERIVED) {
        check_baselines(study, responses);
        check_crossover(study, patients, responses);
    }
    if (rc == MSP_OK)
        rc = add_flags(study, patients, err);
    if (rc == MSP_OK)
        rc = name_as_asked(study, &study->adam.adtte, err);
    return rc == MSP_OK ? name_as_asked(study, &study->adam.adrs, err) : rc;
}

/* What was reported, where the folder has any. Derived responses stand alone, so that what has no
 * letter is theirs; of the committee's the investigator's are left out for the same reason. */
static msp_status read_reports(struct study *study, const msp_patients *patients, msp_reports *out,
                               msp_error *err)
{
    *out = (msp_reports){0};
    const msp_status rc = study->protocol->data.visits.text != NULL
                              ? MSP_OK
                              : msp_reports_read(study->folder, study->findings, out, err);
    if (rc != MSP_OK)
        return rc;
    study_choose_assessor(study, patients, out);
    if (study->assessor != MSP_ASSESSOR_INVESTIGATOR) {
        msp_rs_free(&out->investigator);
        out->investigator = (msp_rs){0};
    }
    if (study->assessor == MSP_ASSESSOR_DERIVED) {
        msp_rs_free(&out->committee);
        out->committee = (msp_rs){0};
    }
    return MSP_OK;
}

static msp_status derive(struct study *study, const msp_patients *patients, msp_error *err)
{
    const msp_protocol *p = study->protocol;
    msp_responses responses = {0};
    msp_reports reports;
    msp_status rc = read_reports(study, patients, &reports, err);
    if (rc == MSP_OK)
        rc = msp_responses_judge(patients, &p->rules, &p->measurability, &responses, err);
    const msp_adam_options options = {.rules = &p->rules,
                                      .measurability = &p->measurability,
                                      .protocol = p,
                                      .reports = &reports,
                                      .study = patients->study != NULL ? patients->study
                                                                       : p->trial.acronym.text};
    if (rc == MSP_OK)
        rc = msp_adam_of_responses(patients, &responses, &options, &study->adam, err);
    if (rc == MSP_OK)
        rc = fit_to_protocol(study, patients, &responses, err);
    msp_responses_free(&responses);
    msp_reports_free(&reports);
    return rc == MSP_OK ? add_sources(study, patients, err) : rc;
}

/* What cannot be used is said where the patients are read for their figures. */
msp_status study_derive(struct study *study, msp_error *err)
{
    msp_patients *patients = &study->patients;
    msp_findings said = {0}; /* a second time */
    msp_status rc = msp_labs_read(study->protocol, study->folder, patients, &said, err);
    if (rc != MSP_OK && err != NULL && err->at.file != NULL)
        err->at.file = msp_arena_text(&study->findings->arena, err->at.file);
    if (rc != MSP_OK) {
        msp_findings_free(&said);
        return rc;
    }
    study->results->simulated = msp_patients_simulated(patients);
    fill_arm(study->protocol, patients);
    rc = derive(study, patients, err);
    msp_findings_free(&said); /* it holds the names of the files */
    return rc;
}

size_t study_made_tables(struct study *study, msp_table *made[STUDY_MADE])
{
    msp_table *const all[STUDY_MADE] = {&study->adam.adsl, &study->adam.adrs, &study->adam.adtte,
                                        &study->scores};
    size_t n = 0;
    for (size_t i = 0; i < STUDY_MADE; i++)
        if (all[i]->name != NULL)
            made[n++] = all[i];
    return n;
}

bool study_take_derived(struct study *study, struct study_table *table, msp_status *rc,
                        msp_error *err)
{
    msp_table *made[STUDY_MADE], *taken = NULL;
    const size_t n = study_made_tables(study, made);
    for (size_t i = 0; i < n; i++)
        if (msp_text_equal_nocase(made[i]->name, table->name))
            taken = made[i];
    if (taken == NULL)
        return false;
    table->table = *taken;
    *taken = (msp_table){0};
    *rc = MSP_OK;
    for (size_t i = 0; *rc == MSP_OK && i < table->n_columns; i++) {
        msp_column *column;
        *rc = msp_table_need_column(&table->table, table->columns[i].name, &column, err);
        if (*rc != MSP_OK)
            msp_hint(err, *rc, "`mspike check` with the protocol and the folder shows its line");
    }
    return true;
}
