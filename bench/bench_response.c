/*
 * bench_response.c - how many assessments of response a core judges in a second.
 *
 * bench_response [PATIENTS [VISITS]] makes simulated patients [1000 of 40 visits] as a table of
 * visits, reads it, and judges them again and again for a while; prints assessments a second of
 * processor time for judging alone, and for reading and judging together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mspike/base.h"
#include "mspike/patient.h"
#include "mspike/response.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const msp_error *err)
{
    fprintf(stderr, "bench_response: %s\n", err->text);
    exit(4);
}

/* A patient who responds, stays so, and relapses. */
static void add_patient(msp_text *out, unsigned id, int visits)
{
    msp_random r = msp_random_at(1, id, 0, 0);
    double serum = 2 + 4 * msp_random_uniform(&r), urine = 600 * msp_random_uniform(&r);
    const int relapse = visits / 2 + (int)msp_random_below(&r, (uint64_t)visits);
    for (int v = 0; v <= visits; v++) {
        char day[MSP_DATE_MAX];
        msp_day_format(18262 + 28 * v, day);
        msp_text_printf(out, "B%07u,%d,%s,%.2f,%.0f,%.1f,%.1f,%s,%s,%s,0,%.1f\n", id, v, day, serum,
                        urine, 20 * serum + 5, 9 + msp_random_uniform(&r),
                        serum < 0.05 ? "neg" : "pos", urine < 5 ? "neg" : "pos",
                        v % 6 == 0 ? "4" : "", 9 + msp_random_uniform(&r));
        const double factor = v < relapse ? 0.72 : 1.25;
        serum = (serum + (v < relapse ? 0 : 0.05)) * factor;
        urine *= factor;
    }
}

static void make_table(msp_text *out, unsigned patients, int visits)
{
    msp_text_add(out, "usubjid,visit_no,visit_date,serum_m_gdl,urine_m_mg24h,kappa_mgl,lambda_mgl,"
                      "ife_serum,ife_urine,bm_pc_pct,bone_lesion_new_or_progressive,"
                      "corrected_calcium_mgdl\n");
    for (unsigned i = 0; i < patients; i++)
        add_patient(out, i, visits);
}

static void read_table(const msp_text *table, msp_patients *patients)
{
    msp_error err = {0};
    if (msp_tidy_read_memory(table->data, table->len, "bench", patients, NULL, &err) != MSP_OK)
        die(&err);
}

static size_t judge_all(const msp_patients *patients, const msp_criteria *criteria,
                        msp_judge *judge, size_t levels[MSP_LEVEL_COUNT])
{
    msp_error err = {0};
    size_t n = 0;
    for (size_t i = 0; i < patients->n; i++) {
        msp_response_result result;
        if (msp_judge_patient(judge, &patients->patients[i], criteria, &result, &err) != MSP_OK)
            die(&err);
        n += result.n_assessed;
        levels[result.best]++;
    }
    return n;
}

int main(int argc, char **argv)
{
    const unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
    const int visits = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 40;
    msp_arena arena = {0};
    msp_rules said;
    msp_response_rules rules;
    msp_criteria criteria;
    msp_patients patients;
    msp_judge judge = {0};
    msp_text table = {0};
    msp_error err = {0};
    size_t levels[MSP_LEVEL_COUNT] = {0}, judged = 0;
    make_table(&table, n, visits);
    if (msp_rules_default(&arena, &said, &err) != MSP_OK ||
        msp_response_rules_of(&said, NULL, &rules, &err) != MSP_OK)
        die(&err);
    msp_criteria_init(&rules, &criteria);
    double start = now();
    read_table(&table, &patients);
    const double reading = now() - start;
    start = now();
    do
        judged += judge_all(&patients, &criteria, &judge, levels);
    while (now() - start < 1);
    const double each = (now() - start) / (double)judged;
    const double all = (double)n * visits;
    printf("%u patients of %d visits: judging %.1f million assessments/s (%.0f ns each); "
           "with reading %.0f MB of CSV %.2f million/s\n",
           n, visits, 1e-6 / each, 1e9 * each, (double)table.len / 1e6,
           all / (reading + each * all) / 1e6);
    msp_judge_free(&judge);
    msp_patients_free(&patients);
    msp_text_free(&table);
    msp_arena_free(&arena);
    return 0;
}
