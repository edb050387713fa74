/*
 * asked.h - what a protocol's endpoints ask of what happened to each patient: times and rates.
 *
 * The analysis tables hold a record of each of them, `mspike respond --rates` counts the rates, and
 * a report made from laboratory values reads the records. PARAMCD is made of the endpoint's id:
 * letters and digits in capitals, CR-KRd6 is CRKRD6; of a time it is the one that the endpoint's
 * `from:` asks of ADTTE, where it names one. A standard endpoint (define.h) of that code is changed
 * by what the protocol says of it: events, origin, rules.
 */
#ifndef MSPIKE_ENDPOINT_ASKED_H
#define MSPIKE_ENDPOINT_ASKED_H

#include "mspike/base/arena.h"
#include "mspike/endpoint/define.h"
#include "mspike/endpoint/period.h"
#include "mspike/patient/patient.h"

MSP_BEGIN

typedef enum msp_rate_kind {
    MSP_RATE_OF_RESPONSE, /* of `level` or better in `period` */
    MSP_RATE_OF_HARVEST,  /* more than `above` million CD34+ cells per kg, all collections of
                             `period` together; after a cycle, those up to the transplant too */
    MSP_RATE_OF_MRD,      /* no residual disease at `limit`, with a response of `level` */
} msp_rate_kind;

typedef struct msp_rate_asked {
    const msp_endpoint *endpoint;
    char paramcd[MSP_PARAMCD_MAX]; /* without an assessor's letter, for which there is room */
    bool standard;                 /* every ADRS holds this one already */
    msp_rate_kind kind;
    msp_response_level level;
    msp_period period;
    msp_decimal above;   /* million CD34+ cells per kg */
    msp_decimal limit;   /* residual cells per million */
    msp_tte_rules rules; /* `origin` is the endpoint's where it says one */
} msp_rate_asked;

typedef struct msp_time_asked {
    const msp_endpoint *endpoint; /* NULL: a standard one of which the protocol says nothing */
    msp_tte_definition definition;
    msp_tte_rules rules;
} msp_time_asked;

/* Texts are the protocol's or the arena's. */
typedef struct msp_asked {
    msp_time_asked *times; /* the standard ones in their order, then the protocol's own */
    size_t n_times;
    msp_rate_asked *rates; /* in the order of the protocol */
    size_t n_rates;
} msp_asked;

/* Of a protocol (NULL: the standard times alone) under `rules`, which an endpoint's own go before.
 * An endpoint that cannot be placed in time (period.h), or that measures anything else than stem
 * cells, asks for nothing. MSP_EINPUT, at the endpoint: its code is that of a standard parameter
 * which it is not, or of another endpoint. MSP_EMEM. */
msp_status msp_asked_of(const msp_protocol *protocol, const msp_rules *rules, msp_arena *arena,
                        msp_asked *out, msp_error *err);

/* The rules under which a time is derived: those in force, its endpoint's own before them. */
msp_rules msp_asked_rules(const msp_protocol *protocol, const msp_rules *rules,
                          const msp_time_asked *time);

/* MSP_EUNSUPPORTED, at the endpoint, where a time that the protocol asks for (or EFS by the rule
 * efs_events) counts adverse events or deterioration and no table says of anybody what they were:
 * it would be a time without them. */
msp_status msp_asked_check(const msp_asked *asked, const msp_patients *patients, msp_error *err);

typedef struct msp_rate_answer {
    bool counts;    /* false: a patient without such a period, not treated or not transplanted */
    msp_fact yes;   /* unknown: of collections that were not counted */
    msp_dated when; /* the first assessment that shows it, or the collection that made it enough */
} msp_rate_answer;

/* Whether one patient responded so, or gave enough cells. Residual disease is not answered here
 * (response/mrd.h). MSP_ERANGE as of msp_timeline_harvest. */
msp_status msp_rate_of(const msp_rate_asked *asked, const msp_timeline *timeline,
                       msp_rate_answer *out, msp_error *err);

MSP_END
#endif
