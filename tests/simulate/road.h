/* road.h - a virtual trial as tables, read again as a real trial's are: what comes of each patient
 * has to be what came of him in memory. */
#ifndef TESTS_SIMULATE_ROAD_H
#define TESTS_SIMULATE_ROAD_H

#include <ctype.h>
#include <unistd.h>

#include "mspike/endpoint.h"
#include "mspike/patient.h"
#include "mspike/protocol.h"
#include "mspike/simulate.h"
#include "mspike/table.h"
#include "near.h"

/* What a trial's tables gave. */
typedef struct road {
    msp_patients patients;
    msp_responses responses;
    msp_timeline *whole, *crossed; /* crossed: NULL where nobody went over */
    msp_arena arena;
} road;

static inline void road_file(const char *folder, const msp_table *table, char path[128])
{
    int n = snprintf(path, 128, "%s/", folder);
    for (const char *c = table->name; *c != '\0' && n < 120; c++)
        path[n++] = (char)tolower((unsigned char)*c);
    snprintf(path + n, 128 - (size_t)n, ".xpt");
}

static inline void road_take(const msp_virtual_plan *plan, uint64_t seed, road *out)
{
    const msp_protocol *p = plan->protocol;
    const msp_sdtm_options options = {.protocol = p};
    char folder[] = "/tmp/mspike-road-XXXXXX", path[128];
    msp_virtual_tables tables;
    msp_error err = {0};
    *out = (road){0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(msp_virtual_tables_make(plan, seed, 0, &tables, &err), MSP_OK);
    for (size_t i = 0; i < MSP_VIRTUAL_TRUTH; i++) {
        road_file(folder, &tables.table[i], path);
        if (tables.table[i].n_rows > 0)
            assert_int_equal(msp_table_write(&tables.table[i], path, MSP_TABLE_XPT, NULL, &err),
                             MSP_OK);
    }
    assert_int_equal(msp_sdtm_read(folder, &options, &out->patients, NULL, &err), MSP_OK);
    for (size_t i = 0; i < MSP_VIRTUAL_TRUTH; i++) {
        road_file(folder, &tables.table[i], path);
        unlink(path);
    }
    rmdir(folder);
    msp_virtual_tables_free(&tables);
    assert_int_equal(
        msp_responses_judge(&out->patients, &p->rules, &p->measurability, &out->responses, &err),
        MSP_OK);
    assert_int_equal(msp_derived_timelines(&out->patients, &out->responses, &p->rules,
                                           &p->measurability, &out->arena, &out->whole, &err),
                     MSP_OK);
    assert_int_equal(msp_crossover_timelines(&out->patients, &p->rules, &p->measurability,
                                             &out->arena, out->whole, &out->crossed, &err),
                     MSP_OK);
}

static inline void road_leave(road *r)
{
    msp_arena_free(&r->arena);
    msp_responses_free(&r->responses);
    msp_patients_free(&r->patients);
}

static inline void road_time(const msp_tte *read, double time, bool event)
{
    const bool any = read->state == MSP_TTE_EVENT || read->state == MSP_TTE_CENSORED;
    assert_int_equal(read->state == MSP_TTE_EVENT, event);
    assert_near(any ? (double)read->days : 1, time, 0);
}

/* Response and progression-free survival of everybody, from randomisation and from a crossover;
 * how many went over. The watch's outcomes are those of the trial afterwards. */
static inline size_t road_compare(msp_virtual_watch *watch, uint64_t seed, const road *r)
{
    size_t crossed = 0;
    assert_int_equal(msp_virtual_trial_follow(watch, seed, 0, NULL), MSP_OK);
    assert_int_equal(r->patients.n, watch->plan->n);
    for (size_t i = 0; i < watch->plan->n; i++) {
        const msp_virtual_outcome *o = &watch->outcomes[i];
        const msp_tte pfs = msp_tte_derive(&r->whole[i], watch->pfs, &watch->rules);
        assert_int_equal(r->responses.results[i].best, o->best);
        road_time(&pfs, o->pfs, o->event);
        assert_int_equal(r->patients.patients[i].crossed != NULL, o->after.crossed);
        if (!o->after.crossed)
            continue;
        const msp_tte after = msp_tte_derive(&r->crossed[i], &watch->pfs_after, &watch->rules);
        road_time(&after, o->after.pfs, o->after.event);
        crossed++;
    }
    return crossed;
}

#endif
