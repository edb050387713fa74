/* world.h - a protocol's virtual patients, ready to be made and watched. */
#ifndef TESTS_SIMULATE_WORLD_H
#define TESTS_SIMULATE_WORLD_H

#include <string.h>

#include "mspike/protocol.h"
#include "mspike/simulate.h"
#include "near.h"

typedef struct world {
    msp_protocol protocol;
    msp_findings findings;
    msp_arena arena;
    msp_virtual_plan plan;
    msp_virtual_watch watch;
} world;

/* `more` is appended to the text. */
static inline void open_world(world *w, const char *text, const char *more)
{
    char whole[4096];
    msp_error err = {0};
    *w = (world){0};
    snprintf(whole, sizeof whole, "%s%s", text, more);
    assert_int_equal(
        msp_protocol_parse(whole, strlen(whole), "x.yaml", &w->protocol, &w->findings, &err),
        MSP_OK);
    assert_int_equal(w->findings.n_errors, 0);
    assert_int_equal(msp_virtual_plan_make(&w->protocol, 0, &w->arena, &w->plan, &err), MSP_OK);
    assert_int_equal(msp_virtual_watch_init(&w->watch, &w->plan, NULL, &err), MSP_OK);
}

static inline void close_world(world *w)
{
    msp_virtual_watch_free(&w->watch);
    msp_arena_free(&w->arena);
    msp_protocol_free(&w->protocol);
    msp_findings_free(&w->findings);
}

/* Each value of a key of the virtual block, which stands on `line`, is refused there. */
static inline void refuse_all(const char *text, const char *key, const char *const wrong[],
                              size_t n, uint32_t line)
{
    for (size_t i = 0; i < n; i++) {
        char whole[4096];
        msp_error err = {0};
        msp_protocol protocol = {0};
        msp_findings findings = {0};
        snprintf(whole, sizeof whole, "%s  %s: %s\n", text, key, wrong[i]);
        assert_int_equal(
            msp_protocol_parse(whole, strlen(whole), "x.yaml", &protocol, &findings, &err), MSP_OK);
        assert_int_equal(findings.n_errors, 1);
        assert_int_equal(findings.items[0].at.line, line);
        assert_true(findings.items[0].at.col >= 3);
        msp_protocol_free(&protocol);
        msp_findings_free(&findings);
    }
}

#endif
