/* study_exposure.c - treatment by arm, from ADEX: duration, cycles, delays, intensity, reductions,
 * omissions. */
#include <math.h>
#include <string.h>

#include "study_summary.h"

/* ADEX, its rows brought to the patients of ADSL. */
struct exposure {
    struct summary s;
    const msp_column *code, *drug, *value, *said, *cycle;
    const uint32_t *patient; /* of each row */
    size_t n_rows, n;        /* rows, patients */
    double *x;               /* a value a patient */
    uint8_t *yes, *of;
};

/* Both tables have the patients in one order. */
static msp_status find_patients(struct study *study, struct exposure *e, msp_error *err)
{
    const msp_table *adex = &study->adam.adex;
    const msp_column *id = msp_table_column(adex, "USUBJID"),
                     *of = msp_table_column(&study->subjects->table, "USUBJID");
    uint32_t *patient = msp_arena_array(&study->arena, adex->n_rows + 1, sizeof *patient);
    e->x = msp_arena_array(&study->arena, study->n_patients, sizeof *e->x);
    e->yes = msp_arena_array(&study->arena, study->n_patients, 1);
    e->of = msp_arena_array(&study->arena, study->n_patients, 1);
    if (patient == NULL || e->x == NULL || e->yes == NULL || e->of == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the exposure");
    for (size_t row = 0, p = 0; row < adex->n_rows; row++) {
        while (p < study->n_patients && strcmp(of->text[of->code[p]], id->text[id->code[row]]) != 0)
            p++;
        patient[row] = p < study->n_patients ? (uint32_t)p : NO_ROW;
    }
    e->patient = patient;
    e->n_rows = adex->n_rows;
    e->n = study->n_patients;
    e->code = msp_table_column(adex, "PARAMCD");
    e->drug = msp_table_column(adex, "PARCAT1");
    e->value = msp_table_column(adex, "AVAL");
    e->said = msp_table_column(adex, "AVALC");
    e->cycle = msp_table_column(adex, "AVISITN");
    return MSP_OK;
}

static const char *text_of(const msp_column *column, size_t row)
{
    return column->text[column->code[row]];
}

/* Whether the row is this parameter of this drug ("": of all). */
static bool is(const struct exposure *e, size_t row, const char *code, const char *drug)
{
    return e->patient[row] != NO_ROW && strcmp(text_of(e->code, row), code) == 0 &&
           strcmp(text_of(e->drug, row), drug) == 0;
}

static void take(struct exposure *e, const char *code, const char *drug)
{
    for (size_t p = 0; p < e->n; p++)
        e->x[p] = (double)NAN;
    for (size_t row = 0; row < e->n_rows; row++)
        if (is(e, row, code, drug))
            e->x[e->patient[row]] = e->value->number[row];
}

static msp_status numbers(struct exposure *e, const char *code, const char *drug, const char *name,
                          const char *unit, msp_error *err)
{
    take(e, code, drug);
    return study_summary_numbers(&e->s, name, unit, 0, e->x, err);
}

/* Who has more than none, of those of whom it is known. */
static msp_status any(struct exposure *e, const char *code, const char *drug, const char *name,
                      const char *category, msp_error *err)
{
    take(e, code, drug);
    for (size_t p = 0; p < e->n; p++) {
        e->of[p] = (uint8_t)!isnan(e->x[p]);
        e->yes[p] = e->x[p] > 0;
    }
    return study_summary_category(&e->s, name, category, e->yes, e->of, err);
}

/* Cycles beyond stand together. */
enum { CYCLES_APART = 12 };

/* Of those who began a cycle of these numbers, the delayed; of phases the cycles of one number
 * together. False where nobody was. */
static bool delayed_in(struct exposure *e, double from, double to)
{
    bool anybody = false;
    memset(e->of, 0, e->n);
    memset(e->yes, 0, e->n);
    for (size_t row = 0; row < e->n_rows; row++) {
        const double n = e->cycle->number[row];
        if (!is(e, row, "CYCLATE", "") || !(n >= from && n <= to) || *text_of(e->said, row) == '\0')
            continue;
        const bool delayed = strcmp(text_of(e->said, row), "Y") == 0;
        e->of[e->patient[row]] = 1;
        if (delayed)
            e->yes[e->patient[row]] = 1;
        anybody = anybody || delayed;
    }
    return anybody;
}

static msp_status delays(struct exposure *e, msp_arena *arena, msp_error *err)
{
    static const char name[] = "Patients with a delayed cycle";
    msp_status rc = any(e, "NDELAY", "", name, "any cycle", err);
    for (int n = 1; rc == MSP_OK && n <= CYCLES_APART + 1; n++) {
        const bool later = n > CYCLES_APART;
        const char *category = msp_arena_printf(arena, "cycle %d%s", n, later ? " on" : "");
        if (category == NULL)
            return msp_fail(err, MSP_EMEM, "no memory for the exposure");
        if (delayed_in(e, n, later ? (double)INFINITY : n))
            rc = study_summary_category(&e->s, name, category, e->yes, e->of, err);
    }
    return rc;
}

static msp_status one_drug(struct exposure *e, msp_arena *arena, const char *drug, msp_error *err)
{
    const char *intensity = msp_arena_printf(arena, "Relative dose intensity of %s", drug);
    const char *changed = msp_arena_printf(arena, "Patients with doses changed: %s", drug);
    if (intensity == NULL || changed == NULL)
        return msp_fail(err, MSP_EMEM, "no memory for the exposure");
    msp_status rc = numbers(e, "RDI", drug, intensity, "%", err);
    if (rc == MSP_OK)
        rc = any(e, "NREDUC", drug, changed, "reduced", err);
    return rc == MSP_OK ? any(e, "NOMIT", drug, changed, "omitted", err) : rc;
}

msp_status study_exposure(struct study *study, msp_error *err)
{
    struct exposure e = {0};
    if (study->adam.adex.name == NULL)
        return MSP_OK;
    msp_status rc =
        study_summary_begin(study, study->protocol->safety.population.text, "exposure", &e.s, err);
    if (rc == MSP_OK)
        rc = find_patients(study, &e, err);
    if (rc == MSP_OK)
        rc = numbers(&e, "TRTDURW", "", "Treatment duration", "weeks", err);
    if (rc == MSP_OK)
        rc = numbers(&e, "NCYCLE", "", "Cycles started", "", err);
    if (rc == MSP_OK)
        rc = delays(&e, &study->arena, err);
    if (rc == MSP_OK)
        rc = numbers(&e, "DELAYD", "", "Days of delay", "days", err);
    for (size_t i = 1; rc == MSP_OK && i < e.drug->n_texts; i++)
        rc = one_drug(&e, &study->arena, e.drug->text[i], err);
    return rc;
}
