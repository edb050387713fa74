/* check_trial.c - the trial's numbers and dates, its arms and their allocation. */
#include <inttypes.h>
#include <math.h>

#include "check_internal.h"

/* True where every day of `a` lies after every day of `b`. */
static bool later(const msp_said_date *a, const msp_said_date *b)
{
    return msp_was_said(a->at) && msp_was_said(b->at) && a->value.earliest != MSP_NO_DAY &&
           b->value.latest != MSP_NO_DAY && a->value.earliest > b->value.latest;
}

static void check_dates(const msp_trial *trial, msp_findings *findings)
{
    const msp_enrolment *e = &trial->enrolment;
    if (later(&e->first, &e->last))
        FAULT("protocol-trial", e->last.at, "exchange the two dates",
              "the last patient came in before the first");
    for (size_t i = 0; i < trial->cutoffs.n; i++)
        if (later(&e->first, &trial->cutoffs.items[i].date))
            FAULT("protocol-trial", trial->cutoffs.items[i].date.at, "check the year",
                  "the cut-off \"%s\" lies before the first patient", trial->cutoffs.items[i].id);
}

static void check_sizes(const msp_protocol *p, msp_findings *findings)
{
    const msp_said_count *planned = &p->trial.enrolment.planned;
    const msp_said_count *size = &p->design.max_sample_size;
    if (!msp_was_said(planned->at) || planned->value == MSP_NO_COUNT)
        return;
    if (msp_was_said(size->at) && size->value != MSP_NO_COUNT && size->value != planned->value)
        FAULT("protocol-design", size->at, "make the two agree, or leave one out",
              "%" PRId64 " patients here, but the trial plans %" PRId64, size->value,
              planned->value);
    int64_t sum = 0;
    for (size_t i = 0; i < p->arms.n; i++) {
        if (!msp_was_said(p->arms.items[i].planned.at) ||
            p->arms.items[i].planned.value == MSP_NO_COUNT)
            return;
        sum += p->arms.items[i].planned.value;
    }
    if (p->arms.n > 0 && sum != planned->value)
        FAULT("protocol-trial", planned->at, "make the arms add up to the trial",
              "the trial plans %" PRId64 " patients, its arms %" PRId64, planned->value, sum);
}

static void check_arm(const msp_protocol *p, const msp_arm *arm, msp_findings *findings)
{
    if (msp_was_said(arm->regimen.at) && msp_was_said(arm->phases.at))
        FAULT("protocol-arm", arm->phases.at, "name the regimen in a phase",
              "arm \"%s\" has both a regimen and phases", arm->id);
    if (!msp_was_said(arm->regimen.at) && !msp_was_said(arm->phases.at) && p->regimens.n > 0)
        FAULT("protocol-arm", arm->at, "add \"regimen:\" or \"phases:\"",
              "arm \"%s\" gets nothing: it has neither a regimen nor phases", arm->id);
    for (size_t i = 0; i < p->arms.n && &p->arms.items[i] != arm; i++)
        if (strcmp(msp_arm_value(&p->arms.items[i]), msp_arm_value(arm)) == 0 &&
            strcmp(p->arms.items[i].id, arm->id) != 0)
            FAULT("protocol-arm", said_or(arm->value.at, arm->at), "one value tells one arm",
                  "arms \"%s\" and \"%s\" have the same value in the data", p->arms.items[i].id,
                  arm->id);
}

/* Blocks hold whole multiples of the allocation: 3 to 2 needs blocks of 5, 10 ... */
static void check_blocks(const msp_protocol *p, msp_findings *findings)
{
    double sum = 0;
    for (size_t i = 0; i < p->arms.n; i++) {
        const double share = p->arms.items[i].allocation.value;
        if (!(share > 0) || share < floor(share) || share > floor(share))
            return; /* shares that are no whole numbers have no blocks to speak of */
        sum += share;
    }
    for (size_t i = 0; i < p->randomisation.blocks.n; i++) {
        const msp_said_count *block = &p->randomisation.blocks.items[i];
        if (block->value > 0 && sum > 0 && block->value % (int64_t)sum != 0)
            FAULT("protocol-randomisation", block->at, "choose a multiple of the arms' shares",
                  "a block of %" PRId64 " cannot hold the allocation: its shares add up to %g",
                  block->value, sum);
    }
    if (p->randomisation.blocks.n > 0 &&
        p->randomisation.method.value != MSP_RANDOMISATION_PERMUTED_BLOCKS)
        FAULT("protocol-randomisation", p->randomisation.blocks.at,
              "leave the blocks out, or say \"method: permuted-blocks\"",
              "this method has no blocks");
}

void msp__check_trial(const msp_protocol *p, msp_findings *findings)
{
    check_dates(&p->trial, findings);
    check_sizes(p, findings);
    for (size_t i = 0; i < p->arms.n; i++)
        check_arm(p, &p->arms.items[i], findings);
    check_blocks(p, findings);
    const msp_said_flag *randomised = &p->trial.randomised;
    if (msp_was_said(randomised->at) && randomised->value && p->arms.n == 1)
        FAULT("protocol-arm", randomised->at, "add the other arm, or say \"randomised: no\"",
              "a randomised trial has more than one arm");
    if (msp_was_said(randomised->at) && !randomised->value && msp_was_said(p->randomisation.at))
        FAULT("protocol-randomisation", p->randomisation.at,
              "leave the section out, or say \"randomised: yes\"", "the trial is not randomised");
}
